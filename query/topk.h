/* topk.h - the best k of what is offered, in order.

   A binary heap with the worst on top.  Order: the higher key, then the index
   searched first, then the lower number; equal never happens, so the result
   is the same whatever the order of the offers. */

#ifndef LEDE_QUERY_TOPK_H
#define LEDE_QUERY_TOPK_H

#include "shared/base/str.h"

struct found {
    int64_t key;                // score or date; more is better
    uint32_t score;
    uint32_t number;
    uint32_t index;
};

struct topk {
    struct found *items;
    size_t count;
    size_t cap;
    size_t k;
};

#define TOPK_INIT(most) { NULL, 0, 0, (most) }

/* Offer one. */
lede_status
lede__topk_add(struct topk *top, struct found found, lede_error *err);

/* Whether `key` can still come in, offered after all that were. */
static inline bool
topk_admits(const struct topk *top, int64_t key)
{
    return top->count < top->k || (top->k > 0 && key > top->items[0].key);
}

/* Best first; nothing can be added afterwards. */
void
lede__topk_sort(struct topk *top);

void
lede__topk_free(struct topk *top);

#endif
