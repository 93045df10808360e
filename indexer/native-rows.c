/* native-rows.c - the terms of all gatherers in order; see native-rows.h.

   A thread takes a range of each row: of the longest one as many terms as make
   a batch, of the others those up to the same term.  That is done by one
   thread at a time, and is quick; merging the ranges is done by all. */

#include "indexer/native-rows.h"

#include <stdlib.h>

#include "indexer/native-heap.h"

/* ---- rows ---- */

static size_t
row_bytes(const struct flush_row *row)
{
    return row->source->gatherer->n_terms * sizeof *row->items;
}

lede_status
lede__rows_make(struct flush_rows *rows, const struct sink_native *x,
                lede_error *err)
{
    rows->rows = calloc(x->n_sources + 1, sizeof *rows->rows);
    if (rows->rows == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < x->n_sources; i++) {
        struct flush_row *row = &rows->rows[rows->n];

        if (x->sources[i].gatherer->n_terms == 0) {
            continue;
        }
        row->source = &x->sources[i];
        row->items = lede__pages_resize(NULL, 0, row_bytes(row));
        if (row->items == NULL) {
            return lede__fail_memory(err);
        }
        rows->n++;
    }
    return LEDE_STATUS_OK;
}

void
lede__row_sort(struct flush_row *row)
{
    const struct gatherer_native *g = row->source->gatherer;

    for (uint32_t t = 0; t < g->n_terms; t++) {
        if (g->terms[t].last > 0) {             // posted, not only asked for
            row->items[row->n++].term = &g->terms[t];
        }
    }
    lede__sort_terms(row->items, row->n);
}

void
lede__rows_free(struct flush_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        lede__pages_free(rows->rows[i].items, row_bytes(&rows->rows[i]));
    }
    free(rows->rows);
}

/* ---- ranges of the rows ---- */

/* Terms of a row that go to a batch. */
struct flush_range {
    size_t row;
    size_t from, to;
};

static inline struct str
text_of(const struct sort_item *item)
{
    return gather_text(item->term);
}

/* Bytes of its chain, about. */
static uint64_t
chain_bytes(const struct gather_term *term)
{
    uint32_t size = SLICE_FIRST;
    uint64_t bytes = size;

    for (unsigned i = 1; i < term->slices; i++) {
        size = slice_next(size);
        bytes += size;
    }
    return bytes;
}

/* The row that has most left, or NULL; *n: how many have any. */
static struct flush_row *
longest_row(const struct flush_rows *rows, size_t *n)
{
    struct flush_row *longest = NULL;

    *n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        struct flush_row *row = &rows->rows[i];

        *n += row->at < row->n;
        if (row->at < row->n &&
            (longest == NULL || row->n - row->at > longest->n - longest->at)) {
            longest = row;
        }
    }
    return longest;
}

/* The first place of the row whose term comes after this one. */
static size_t
place_after(const struct flush_row *row, struct str text)
{
    size_t low = row->at;
    size_t step = 1;
    size_t high = 0;

    while (low + step <= row->n &&
           lede__str_cmp(text_of(&row->items[low + step - 1]), text) <= 0) {
        low += step;
        step *= 2;
    }
    high = low + step <= row->n ? low + step - 1 : row->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lede__str_cmp(text_of(&row->items[middle]), text) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

lede_status
lede__rows_next(struct flush_rows *rows, struct build_batch *batch,
                lede_error *err)
{
    size_t n_rows = 0;
    const struct flush_row *lead = longest_row(rows, &n_rows);
    struct str last = { NULL, 0 };
    lede_status status = LEDE_STATUS_OK;
    size_t end = 0;
    size_t n = 0;

    if (lead == NULL) {
        return LEDE_STATUS_OK;
    }
    end = lead->at;
    do {
        batch->work += chain_bytes(lead->items[end++].term) * n_rows;
        n += n_rows;
        if (end + 8 < lead->n) {
            __builtin_prefetch(lead->items[end + 8].term);
        }
    } while (end < lead->n && !lede__build_full(batch, n));
    last = text_of(&lead->items[end - 1]);
    for (size_t i = 0; i < rows->n && status == LEDE_STATUS_OK; i++) {
        struct flush_row *row = &rows->rows[i];
        struct flush_range range = { i, row->at, 0 };

        range.to = row == lead ? end : place_after(row, last);
        if (range.to > range.from) {
            status = lede__buf_add(&batch->range, &range, sizeof range, err);
        }
        row->at = range.to;
    }
    return status;
}

/* ---- the rows merged ---- */

static inline struct str
text_at(const struct flush_row *row)
{
    return text_of(&row->items[row->at]);
}

/* Rows of the same term in the order of gatherers, so that the bytes do not
   depend on anything else. */
static bool
before(const void *a, const void *b)
{
    int order = lede__str_cmp(text_at(a), text_at(b));

    return order < 0 || (order == 0 && (uintptr_t)a < (uintptr_t)b);
}

/* Terms lie all over the memory: ask early for what will be needed, first the
   term, then its text with the first slice, then the second one. */
#define AHEAD 24u

static void
bring(const struct flush_row *row, size_t at)
{
    const struct sort_item *items = row->items;

    if (at < row->n) {
        __builtin_prefetch(items[at].term);
    }
    if (at - 8 < row->n) {
        __builtin_prefetch(items[at - 8].term->text);
    }
    if (at - 16 < row->n && items[at - 16].term->slices > 1) {
        const struct gather_term *term = items[at - 16].term;

        __builtin_prefetch(link_at(term->text + 1 + term->text[0]));
    }
}

/* The term at the top of the heap to the batch; the row goes on. */
static lede_status
take_source(void **heap, size_t *n, struct build_batch *batch,
            lede_error *err)
{
    struct flush_row *row = heap[0];
    struct flush_source source = {
        row->items[row->at].term,
        (const uint32_t *)(const void *)row->source->docs.p,
    };
    lede_status status = lede__buf_add(&batch->sources, &source,
                                       sizeof source, err);

    batch->terms[batch->n - 1].sources++;
    bring(row, row->at + AHEAD);
    row->at++;
    if (row->at == row->n) {
        heap[0] = heap[--*n];
    }
    if (*n > 1) {
        heap_sift(heap, *n, 0, before);
    }
    return status;
}

lede_status
lede__rows_merge(const struct flush_rows *rows, struct flush_row *some,
                 void **heap, struct build_batch *batch, lede_error *err)
{
    const struct flush_range *ranges = (const struct flush_range *)
        (const void *)batch->range.p;
    size_t n = batch->range.len / sizeof *ranges;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < n; i++) {
        struct flush_row *row = &some[i];

        row->source = rows->rows[ranges[i].row].source;
        row->items = rows->rows[ranges[i].row].items + ranges[i].from;
        row->n = ranges[i].to - ranges[i].from;
        row->at = 0;
        for (size_t at = 0; at < AHEAD; at++) {
            bring(row, at);
        }
        heap[i] = row;
    }
    heap_make(heap, n, before);
    while (n > 0 && status == LEDE_STATUS_OK) {
        struct str text = text_at(heap[0]);

        status = lede__build_term(batch, text, err);
        while (status == LEDE_STATUS_OK) {
            status = take_source(heap, &n, batch, err);
            if (n == 0 || !str_eq(text_at(heap[0]), text)) {
                break;
            }
        }
    }
    return status;
}
