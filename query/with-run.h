/* with-run.h - the hits of a search, fused with a run from elsewhere. */

#ifndef LEDE_QUERY_WITH_RUN_H
#define LEDE_QUERY_WITH_RUN_H

#include "query/search.h"

/* So many of either are fused, and no more can be asked for. */
#define WITH_RUN_DEPTH 1000

/* An article of either. */
struct fused {
    uint32_t index;
    uint32_t doc;
    size_t rank;                // in what was found, from 1; 0: it is not
    size_t run_rank;            // in the run, likewise
};

/* What a rank is worth, in units of scores. */
uint32_t
lede__with_run_share(size_t rank);

/* What lede__search_check does for options->run_path. */
lede_status
lede__with_run_check(const lede_search_options *options, lede_error *err);

/* Fuse search->found, which has the best WITH_RUN_DEPTH, with
   options->run_path, and keep as many as are asked for; for
   options->explain also search->fused.  LEDE_STATUS_OK,
   _NOT_FOUND (no such file, or nothing of the topic in it), _USAGE (several
   topics, and none is named), _BAD_INPUT, _IO, LEDE__STATUS_CHANGED, a
   searcher's. */
lede_status
lede__with_run(struct search *search, lede_index *const *indexes,
               size_t n_indexes, const lede_search_options *options,
               lede_error *err);

#endif
