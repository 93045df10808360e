/* generation.h - where the database of an index lies.

     INDEX/xapian      a symbolic link to the generation that readers see
     INDEX/xapian.N    generation N, a Xapian database

   A rebuild makes generation N + 1 and replaces the link, which is atomic.
   Generations that the link does not name are left-overs of a run that was
   killed, and the next writer removes them. */

#ifndef LEDE_XAPIAN_GENERATION_H
#define LEDE_XAPIAN_GENERATION_H

#include "shared/base/str.h"

/* The generation that the link names.
   LEDE_STATUS_OK, _NOT_FOUND (no index here), _CORRUPT (the link names none),
   _IO, _PERMISSION. */
lede_status
lede__generation_current(unsigned *generation, const char *index,
                         lede_error *err);

/* "INDEX/xapian.N", malloc'd; NULL when out of memory. */
char *
lede__generation_path(const char *index, unsigned generation);

/* Let the link name `generation`. */
lede_status
lede__generation_publish(const char *index, unsigned generation,
                         lede_error *err);

/* Remove all generations but this one (0: all). */
lede_status
lede__generation_clean(const char *index, unsigned keep, lede_error *err);

#endif
