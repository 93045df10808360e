/* native-rows.h - the terms of all gatherers in order: for each gatherer a ROW
   of its terms, sorted; merged range by range, in many threads. */

#ifndef LEDE_INDEXER_NATIVE_ROWS_H
#define LEDE_INDEXER_NATIVE_ROWS_H

#include "indexer/native-build.h"
#include "indexer/native-sort.h"
#include "indexer/native.h"

/* The terms of a gatherer, or some of them. */
struct flush_row {
    const struct native_source *source;
    struct sort_item *items;    // 16 bytes for each term
    size_t n, at;
};

struct flush_rows {
    struct flush_row *rows;
    size_t n;
};

/* A chain for the list of a term. */
struct flush_source {
    const struct gather_term *term;
    const uint32_t *docs;       // of the gatherer's places
};

/* A row for each gatherer that has terms, still empty; and the terms, sorted,
   into one of them. */
lede_status
lede__rows_make(struct flush_rows *rows, const struct sink_native *x,
                lede_error *err);
void
lede__row_sort(struct flush_row *row);
void
lede__rows_free(struct flush_rows *rows);

/* Terms for a batch, as many as it should have: a range of each row, into
   batch->range; none at the end. */
lede_status
lede__rows_next(struct flush_rows *rows, struct build_batch *batch,
                lede_error *err);
/* Merge these ranges into the batch; batch->sources are struct flush_source.
   `some` and `heap` have room for as many as there are rows. */
lede_status
lede__rows_merge(const struct flush_rows *rows, struct flush_row *some,
                 void **heap, struct build_batch *batch, lede_error *err);

/* The address of the next slice, which lies at `p`. */
static inline const uint8_t *
link_at(const uint8_t *p)
{
    const uint8_t *slice = NULL;

    memcpy(&slice, p, sizeof slice);
    return slice;
}

#endif
