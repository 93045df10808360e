/* native-sort.h - the terms of a gatherer in bytewise order. */

#ifndef LEDE_INDEXER_NATIVE_SORT_H
#define LEDE_INDEXER_NATIVE_SORT_H

#include "indexer/native-gather.h"

struct sort_item {
    uint64_t key;               // bytes of the term, while sorting
    const struct gather_term *term;
};

void
lede__sort_terms(struct sort_item *items, size_t n);

#endif
