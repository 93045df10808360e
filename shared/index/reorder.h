/* reorder.h - an order of the docs that puts alike ones side by side, so that
   gaps in lists get short and a segment gets smaller and faster.

   Give it lists of docs, those whose size matters most; it says which doc goes
   where.  The order is the same for the same lists, however many threads work
   on it.  The algorithm: see reorder.c. */

#ifndef LEDE_INDEX_REORDER_H
#define LEDE_INDEX_REORDER_H

#include "shared/base/str.h"

struct reorder;

/* For `docs` docs.  It will hold at most `memory` bytes, but no less than 32
   for each doc: where all lists do not fit, the rarest and the most frequent
   ones are left out.
   LEDE_STATUS_OK, _NO_MEMORY. */
lede_status
lede__reorder_new(struct reorder **out, uint32_t docs, uint64_t memory,
                  lede_error *err);
void
lede__reorder_free(struct reorder *reorder);

/* A list: n docs, strictly ascending, below `docs`.  Copied, if it is of use;
   lists may come in any order, but another order can give another result.
   LEDE_STATUS_OK, _NO_MEMORY. */
lede_status
lede__reorder_add(struct reorder *reorder, const uint32_t *docs, uint32_t n,
                  lede_error *err);

/* Work out the order: order[i] is the doc that comes to place i.  Once.
   `progress` (or NULL) is called in this thread.
   LEDE_STATUS_OK, _NO_MEMORY. */
lede_status
lede__reorder_run(struct reorder *reorder, unsigned threads,
                  void (*progress)(void *payload, uint64_t done,
                                   uint64_t total),
                  void *payload, uint32_t *order, lede_error *err);

#endif
