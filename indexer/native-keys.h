/* native-keys.h - which of the articles added since the last flush have a term
   without tf (a filter, an id, a path). */

#ifndef LEDE_INDEXER_NATIVE_KEYS_H
#define LEDE_INDEXER_NATIVE_KEYS_H

#include "indexer/native-gather.h"

#define KEY_RUNS 64

struct keys {
    struct gather_key *items;
    size_t n, cap;
    size_t ends[KEY_RUNS];      // of the runs that are sorted
    size_t runs;
};

lede_status
lede__keys_add(struct keys *keys, const void *items, size_t n,
               lede_error *err);
/* The first number above `after`, or 0. */
lede_status
lede__keys_find(struct keys *keys, uint64_t hash, uint32_t after,
                uint32_t *number, lede_error *err);
void
lede__keys_clear(struct keys *keys);

#endif
