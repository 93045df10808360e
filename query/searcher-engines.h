/* searcher-engines.h - the providers of searcher.h, for those who open one,
   and what the providers share. */

#ifndef LEDE_QUERY_SEARCHER_ENGINES_H
#define LEDE_QUERY_SEARCHER_ENGINES_H

#include "query/searcher.h"

enum engine { ENGINE_NATIVE, ENGINE_XAPIAN };

/* Which one the index in folder `path` has now: where the link INDEX/xapian is
   there, it wins.
   LEDE_STATUS_OK, _NOT_FOUND (no index), _PERMISSION, _IO. */
lede_status
lede__searcher_engine(const char *path, enum engine *engine, lede_error *err);

lede_status
lede__searcher_xapian_open(struct searcher **out, const char *path,
                           lede_error *err);
lede_status
lede__searcher_native_open(struct searcher **out, const char *path,
                           lede_error *err);

/* lede__searcher_refresh, and, where the index has another engine by now,
   another searcher in its place.  It is kept on failure. */
lede_status
lede__searcher_renew(struct searcher **searcher, lede_error *err);

/* Read the statistics and the schema through ops->meta, and refuse an index
   of another version.  For open and refresh. */
lede_status
lede__searcher_load(struct searcher *searcher, lede_error *err);

#endif
