/* search.h - one search, from the text of the query to the numbers of the
   articles found; results.c makes hits of these, evaluate.c judges them. */

#ifndef LEDE_QUERY_SEARCH_H
#define LEDE_QUERY_SEARCH_H

#include "query/collect.h"
#include "query/handle.h"
#include "query/plan.h"

struct search {
    struct arena arena;         // of all below
    struct warnings warnings;
    struct syntax *syntax;      // NULL: nothing to search for
    struct plan_index indexes[LEDE_INDEXES_MAX];
    struct plan plan;
    struct collection found;    // found.top has the best offset + limit
};

/* Check what a caller gave.  LEDE_STATUS_OK, _USAGE, _BAD_QUERY. */
lede_status
lede__search_check(lede_index *const *indexes, size_t n_indexes,
                   const char *query, const lede_search_options *options,
                   lede_error *err);

/* Search; `plain`: the query has no operators.  `search` is filled anew, for
   lede__search_free in any case.  LEDE__STATUS_CHANGED: once more after
   lede__index_retry. */
lede_status
lede__search_run(struct search *search, lede_index *const *indexes,
                 size_t n_indexes, const char *query, bool plain,
                 const lede_search_options *options, lede_error *err);

void
lede__search_free(struct search *search);

#endif
