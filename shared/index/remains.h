/* remains.h - a folder that is no index: is it one yet, or one no more?

   An index is known by INDEX/xapian, a link, or by INDEX/native/manifest.  A
   new one has neither until it is published; so long INDEX/unfinished stands
   beside what is written, made before anything else of it.  Parts of an index
   without all three are not what a first run that was killed has left: somebody
   has removed the manifest, or copied the folder with a program that knows no
   links.  Nobody may take them for leavings and clear them away. */

#ifndef LEDE_INDEX_REMAINS_H
#define LEDE_INDEX_REMAINS_H

#include "shared/base/str.h"

/* What an index has in its folder, by engine. */
#define MARK_XAPIAN "xapian"
#define MARK_NATIVE "native/manifest"

/* LEDE_STATUS_CORRUPT, with advice, where parts of an index lie in this folder
   and nothing says what they are; `link`: they are of the engine xapian.
   LEDE_STATUS_OK where there is nothing of the kind, or no folder.  Whether
   there is an index is for the caller to see, who looks again after this, for
   one may be published meanwhile. */
lede_status
lede__index_remains(const char *index, bool *link, lede_error *err);

/* From now on what is written here is of an index that is not there yet. */
lede_status
lede__index_begin(const char *index, lede_error *err);
/* It is there, or given up. */
void
lede__index_began(const char *index);

#endif
