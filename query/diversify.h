/* diversify.h - the best articles, so that they differ more. */

#ifndef LEDE_QUERY_DIVERSIFY_H
#define LEDE_QUERY_DIVERSIFY_H

#include "query/search.h"

/* So many of the best change places; each choice looks at all that are left. */
#define DIVERSIFY_DEPTH 100

/* Order the first DIVERSIFY_DEPTH of search->found anew, by
   options->diversify.  LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__diversify(struct search *search, const lede_search_options *options,
                lede_error *err);

#endif
