/* topk.h - the best k of what is offered, in order.

   A binary heap with the worst on top.  Order: the higher key, then the index
   searched first, then the lower document number; equal never happens, so the
   result is the same whatever the order of the offers. */

#ifndef LEDE_QUERY_TOPK_H
#define LEDE_QUERY_TOPK_H

#include "shared/base/str.h"

struct found {
    int64_t key;                // score or date; more is better
    int64_t score;
    uint32_t doc;
    uint32_t order;             // as document numbers are
    uint32_t index;
};

struct topk {
    struct found *items;
    size_t count;
    size_t cap;
    size_t k;
    bool ties;                  // an equal key can still come in
};

#define TOPK_INIT(most) { .k = (most) }

/* <0 where `a` comes before `b`. */
int
lede__found_compare(const struct found *a, const struct found *b);

/* Offer one. */
lede_status
lede__topk_add(struct topk *top, struct found found, lede_error *err);

/* The least key that can still come in.  Unless `ties` are told, of equal ones
   the first that is offered is before the others. */
static inline int64_t
topk_need(const struct topk *top)
{
    if (top->count < top->k) {
        return INT64_MIN;
    }
    return top->k == 0 ? INT64_MAX : top->items[0].key + !top->ties;
}

/* Best first; nothing can be added afterwards. */
void
lede__topk_sort(struct topk *top);

void
lede__topk_free(struct topk *top);

#endif
