/* searcher-engines.h - the providers of searcher.h, for searcher.c alone, and
   what they share. */

#ifndef LEDE_QUERY_SEARCHER_ENGINES_H
#define LEDE_QUERY_SEARCHER_ENGINES_H

#include "query/searcher.h"

lede_status
lede__searcher_xapian_open(struct searcher **out, const char *path,
                           lede_error *err);

/* Read the statistics and the schema through ops->meta, and refuse an index
   of another version.  For open and refresh. */
lede_status
lede__searcher_load(struct searcher *searcher, lede_error *err);

#endif
