/* search.h - one search, from the text of the query to the numbers of the
   articles found; results.c makes hits of these, evaluate.c judges them. */

#ifndef LEDE_QUERY_SEARCH_H
#define LEDE_QUERY_SEARCH_H

#include "query/collapse.h"
#include "query/collect.h"
#include "query/handle.h"
#include "query/likeness.h"
#include "query/page.h"
#include "query/plan.h"

struct search {
    struct arena arena;         // of all below
    struct warnings warnings;
    lede_search_options options;        // with what the cursor says
    struct page page;           // of the hits
    struct syntax *syntax;      // NULL: nothing to search for
    struct liked liked;         // what the articles are to be like
    struct plan_index indexes[LEDE_INDEXES_MAX];
    struct plan plan;
    struct collection found;    // found.top has the best offset + limit
    struct ranked *ranked;      // how they came to be in this order (rank.h);
                                // NULL: nothing but the sum of the words
    struct fused *fused;        // and of what lists (with-run.h); NULL: of one
    size_t n_fused;
    struct stories stories;       // of found.top, where they were put together
    const char *cursor;         // of the page after; NULL: there is none
    lede_facet *facets;
    size_t n_facets;
    lede_histogram histogram;   // without a unit: there is none
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

/* Search for articles like another one, among those that the query finds; NULL:
   among all.  As lede__search_run; LEDE_STATUS_NOT_FOUND, _BAD_INPUT: see
   lede__likeness. */
lede_status
lede__search_like(struct search *search, lede_index *const *indexes,
                  size_t n_indexes, const struct likeness *likeness,
                  const char *query, const lede_search_options *options,
                  lede_error *err);

void
lede__search_free(struct search *search);

#endif
