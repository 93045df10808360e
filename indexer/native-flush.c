/* native-flush.c - what is pending becomes a segment; lists: native-lists.c.

   In memory, beside what is pending: 16 bytes for each term of each gatherer,
   the dictionary, positions that wait (native-build.c), and some MiB for each
   thread. */

#include <stdlib.h>

#include "indexer/native.h"
#include "shared/base/file.h"
#include "shared/index/bytes.h"
#include "shared/index/store.h"

/* ---- sections ---- */

static lede_status
put_numbers(struct pending *p, struct segment_facts *facts, lede_error *err)
{
    const uint32_t *numbers = (const uint32_t *)(const void *)p->numbers.p;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    facts->docs = p->docs;
    facts->ordered = true;
    if (p->docs == 0) {
        return LEDE_STATUS_OK;
    }
    facts->first_number = numbers[0];
    facts->last_number = numbers[p->docs - 1];
    if (facts->last_number - facts->first_number == p->docs - 1) {
        return LEDE_STATUS_OK;          // no gaps: nothing to be told
    }
    for (uint32_t i = 0; i < p->docs && status == LEDE_STATUS_OK; i++) {
        status = lede__put32(&bytes, numbers[i], err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(p->writer, SECTION_NUMBERS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

static lede_status
put_lengths(struct pending *p, lede_error *err)
{
    static const char zeros[LENGTHS_PAGE] = { 0 };
    size_t rest = (LENGTHS_PAGE - p->docs % LENGTHS_PAGE) % LENGTHS_PAGE;
    lede_status status = lede__segment_append(
        p->writer, SECTION_LENGTHS, lede__buf_view(&p->lengths), err);

    return status == LEDE_STATUS_OK
               ? lede__segment_append(p->writer, SECTION_LENGTHS,
                                      (struct str){ zeros, rest }, err)
               : status;
}

/* The sections before the lists. */
static lede_status
put_docs(struct pending *p, struct segment_facts *facts, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__stored_index_end(p->index, &bytes, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(p->writer, SECTION_STORED_INDEX,
                                      lede__buf_view(&bytes), err);
    }
    bytes.len = 0;
    if (status == LEDE_STATUS_OK) {
        status = put_numbers(p, facts, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_lengths(p, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__columns_end(p->columns, NULL, p->docs, &bytes, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(p->writer, SECTION_COLUMNS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

static lede_status
put_metas(const struct sink_native *x, lede_error *err)
{
    struct pairs_writer *pairs = NULL;
    struct pair *sorted = NULL;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    size_t n = 0;
    lede_status status = lede__metas_sorted(&x->metas, STR(""), &sorted, &n,
                                            err);

    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_writer_new(&pairs, err);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede__pairs_add(pairs, sorted[i].key, sorted[i].value, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_end(pairs, &bytes, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(x->pending.writer, SECTION_META,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    lede__pairs_writer_free(pairs);
    free(sorted);
    return status;
}

/* ---- all of it ---- */

/* The segment to the row, with those of its docs that were deleted. */
static lede_status
append(struct sink_native *x, uint64_t size, uint32_t check,
       lede_error *err)
{
    struct pending *p = &x->pending;
    struct manifest_segment facts = {
        .name = p->name, .size = size, .check = check, .docs = p->docs,
    };
    struct native_segment segment = { .segment = NULL };
    lede_status status = lede__native_open(&segment, x->index, &facts, err);

    if (status == LEDE_STATUS_OK && p->n_deleted > 0) {
        status = lede__native_make_deleted(&segment, err);
        for (uint32_t i = 0;
             status == LEDE_STATUS_OK && i < p->cap_deleted &&
             i < (p->docs + 63) / 64; i++) {
            segment.deleted[i] = p->deleted[i];
        }
        segment.n_deleted = p->n_deleted;
        segment.dirty = true;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__native_append(x, &segment, err);
    }
    if (status != LEDE_STATUS_OK) {
        lede__native_close(&segment);
    }
    return status;
}

lede_status
lede__native_flush(struct sink_native *x, lede_error *err)
{
    struct pending *p = &x->pending;
    struct segment_facts facts = { 0 };
    lede_status status = LEDE_STATUS_OK;
    uint64_t size = 0;
    uint32_t check = 0;

    if (p->docs == 0 && x->metas.n == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__pending_begin(x, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__native_lists(x, &facts, put_docs, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_metas(x, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_finish(p->writer, &facts, &size, &check, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = append(x, size, check, err);
        if (status != LEDE_STATUS_OK) {
            lede__file_remove_tree(p->path, NULL);
        }
    }
    if (status == LEDE_STATUS_OK) {
        lede__pending_clear(x);
        lede__metas_clear(&x->metas);
    }
    return status;
}
