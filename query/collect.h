/* collect.h - the hits of a plan -> the best k, or how many they are. */

#ifndef LEDE_QUERY_COLLECT_H
#define LEDE_QUERY_COLLECT_H

#include "query/match.h"
#include "query/order.h"

enum collect_mode {
    COLLECT_TOP_K,              // the total may be a lower bound
    COLLECT_TOP_K_COUNT,        // the best k, and the total
    COLLECT_COUNT,              // the total alone
    COLLECT_ALL,                // as TOP_K_COUNT, but scoring all that match
};

struct collection {
    struct topk top;            // k set by the caller
    const struct order *order;  // NULL: by score
    const struct position *after;       // only those behind it; NULL: all
    enum collect_mode mode;
    uint64_t total;             // out: how many match
    bool exact;                 // out: whether total is all of them
};

/* Sorted best first.  LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__collect(struct collection *collection, struct plan *plan,
              lede_error *err);

#endif
