/* hits.h - what a search found, as hits: articles with what is stored of them,
   the marks in their titles, their passages. */

#ifndef LEDE_QUERY_HITS_H
#define LEDE_QUERY_HITS_H

#include "query/search.h"

struct hit_list {
    lede_hit *items;
    size_t count;
};

/* Make the hits of search->found from options->offset on; all of their strings
   are in `arena`.  *out is empty before. */
lede_status
lede__hits_make(struct hit_list *out, struct arena *arena,
                struct search *search, lede_index *const *indexes,
                size_t n_indexes, const lede_search_options *options,
                lede_error *err);

/* ---- results.c ---- */

/* lede_search; with a likeness for articles like one, among those that the
   query finds (NULL: all). */
lede_status
lede__results_search(lede_results **out, lede_index *const *indexes,
                     size_t n_indexes, const struct likeness *likeness,
                     const char *query, const lede_search_options *options,
                     lede_error *error);

#endif
