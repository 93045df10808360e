/* collect.h - the hits of a plan: all windows of all indexes -> the best k. */

#ifndef LEDE_QUERY_COLLECT_H
#define LEDE_QUERY_COLLECT_H

#include "query/match.h"
#include "query/topk.h"

struct collection {
    struct topk top;            // k set by the caller
    lede_sort sort;
    bool prune;                 // the total may be a lower bound
    uint64_t total;             // out: how many match
    bool exact;                 // out: whether total is all of them
};

/* Sorted best first.  LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__collect(struct collection *collection, struct plan *plan,
              lede_error *err);

#endif
