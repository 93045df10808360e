/* native-merge.h - what the parts of a merge share. */

#ifndef LEDE_INDEXER_NATIVE_MERGE_H
#define LEDE_INDEXER_NATIVE_MERGE_H

#include "indexer/native-build.h"
#include "indexer/native.h"

#define MERGE_GONE UINT32_MAX

/* One of the segments that are merged. */
struct merge_part {
    struct native_segment *from;
    uint32_t first;             // where its docs begin, where map is NULL
    uint32_t *map;              // of each doc: where it goes, or MERGE_GONE
};

struct merge_origin {
    uint32_t part, doc;
};

struct merge {
    struct sink_native *x;
    struct merge_part *parts;
    size_t n;
    uint32_t docs;              // of the new segment
    struct merge_origin *origins;       // of each new doc, where these are in
                                        // another order; else NULL
    struct segment_writer *writer;
    struct buf lengths;         // of the new docs
    struct segment_facts facts;
    const struct native_progress *progress;
    _Atomic uint64_t done;      // bytes
    uint64_t total;
};

static inline uint32_t
merge_doc(const struct merge_part *part, uint32_t doc)
{
    return part->map == NULL ? part->first + doc : part->map[doc];
}

void
lede__merge_tell(struct merge *merge);

/* Where docs go, without an order (native-docs.c). */
lede_status
lede__merge_map(struct merge *merge, lede_error *err);
/* Find an order, and change the maps (native-order.c). */
lede_status
lede__merge_reorder(struct merge *merge, lede_error *err);
/* The sections before the lists (native-docs.c). */
lede_status
lede__merge_docs(struct merge *merge, lede_error *err);

#endif
