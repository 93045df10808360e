/* tally.h - walking all matches of a plan once, and counting what columns have
   for them: facets and histograms. */

#ifndef LEDE_QUERY_TALLY_H
#define LEDE_QUERY_TALLY_H

#include "query/plan.h"

/* One column that is counted. */
struct tally {
    enum column column;
    /* So many articles of the index at hand have this value, and `order` is the
       least of their places in the order of document numbers.  Called once
       or several times for a value. */
    lede_status (*add)(struct tally *tally, struct str value, uint64_t count,
                       uint32_t index, uint32_t order, lede_error *err);
    /* by ordinal, of the part of the index at hand */
    size_t part;
    uint32_t count;             // ordinals; 0: none is at hand
    uint32_t cap;
    uint32_t *counts;
    uint32_t *orders;
};

/* Walk all matches; *articles is how many there are.  The plan is fresh, or
   `again`: it has been searched with.  LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a
   searcher's. */
lede_status
lede__tally(struct plan *plan, bool again, struct tally *const *tallies,
            size_t n, uint64_t *articles, lede_error *err);

/* Of one that was tallied. */
void
lede__tally_free(struct tally *tally);

#endif
