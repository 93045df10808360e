/* native-pending.c - articles that were added and are not yet a segment.

   Their terms and postings stay with the gatherers.  Their stored blocks go to
   the file of the segment to be, which is begun with the first article; the
   rest is kept here. */

#include <stdlib.h>

#include "indexer/native.h"

static uint32_t *
numbers_of(const struct pending *pending)
{
    return (uint32_t *)(void *)pending->numbers.p;
}

/* ---- adding ---- */

lede_status
lede__pending_begin(struct sink_native *x, lede_error *err)
{
    struct pending *p = &x->pending;
    lede_status status = LEDE_STATUS_OK;

    if (p->writer != NULL) {
        return LEDE_STATUS_OK;
    }
    p->numbers.max = BUF_MAX_ANY;
    p->lengths.max = BUF_MAX_ANY;
    p->spans.max = BUF_MAX_ANY;
    if (p->index == NULL) {
        status = lede__stored_index_new(&p->index, err);
    }
    if (status == LEDE_STATUS_OK && p->columns == NULL) {
        status = lede__columns_writer_new(&p->columns, err);
    }
    if (status == LEDE_STATUS_OK && p->path == NULL) {
        status = lede__native_name(x, &p->name, &p->path, err);
    }
    return status == LEDE_STATUS_OK
               ? lede__segment_create(&p->writer, p->path, err) : status;
}

/* The docs of the parcel's places. */
static lede_status
add_places(struct sink_native *x, const struct parcel_native *parcel,
           lede_error *err)
{
    struct native_source *source = x->sources;
    lede_status status = LEDE_STATUS_OK;

    while (source->gatherer != parcel->from) {
        source++;
    }
    if (source->docs.len / sizeof(uint32_t) != parcel->first) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "articles were not added in the order in which "
                          "they were gathered");
    }
    for (uint32_t i = 0;
         i < parcel->parcel.articles && status == LEDE_STATUS_OK; i++) {
        uint32_t doc = x->pending.docs + i;

        status = lede__buf_add(&source->docs, &doc, sizeof doc, err);
    }
    return status;
}

static lede_status
add_columns(struct pending *p, const struct parcel_native *parcel,
            lede_error *err)
{
    const char *at = parcel->columns.p;
    const char *end = at + parcel->columns.len;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < parcel->parcel.articles &&
                       status == LEDE_STATUS_OK; i++) {
        struct str values[COLUMNS];

        for (int c = 0; c < COLUMNS; c++) {
            uint64_t len = 0;

            lede__varint_read(&at, end, &len);
            values[c] = (struct str){ at, (size_t)len };
            at += len;
        }
        status = lede__columns_add(p->columns, values, err);
    }
    return status;
}

static lede_status
add_stored(struct pending *p, const struct parcel_native *parcel,
           lede_error *err)
{
    struct str blocks = lede__buf_view(&parcel->stored);
    struct stored_span span = {
        p->docs, (uint32_t)blocks.len,
        lede__segment_written(p->writer, SECTION_STORED),
    };
    lede_status status = LEDE_STATUS_OK;

    if (blocks.len == 0) {
        return LEDE_STATUS_OK;
    }
    if (blocks.len > UINT32_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "more than 4 GiB of articles at once");
    }
    status = lede__segment_append(p->writer, SECTION_STORED, blocks, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_index_add(p->index, blocks, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_add(&p->spans, &span, sizeof span, err);
    }
    return status;
}

lede_status
lede__pending_add(struct sink_native *x, struct parcel_native *parcel,
                  lede_error *err)
{
    struct pending *p = &x->pending;
    lede_status status = lede__pending_begin(x, err);

    if (status == LEDE_STATUS_OK) {
        status = add_places(x, parcel, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_columns(p, parcel, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_stored(p, parcel, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__keys_add(&p->keys, parcel->keys.p,
                                parcel->keys.len / sizeof(struct gather_key),
                                err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&p->lengths, lede__buf_view(&parcel->lengths),
                               err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&p->numbers, lede__buf_view(&parcel->numbers),
                               err);
    }
    if (status == LEDE_STATUS_OK) {
        p->docs += (uint32_t)parcel->parcel.articles;
        p->cost += parcel->parcel.cost;
    }
    return status;
}

/* ---- looking up ---- */

uint32_t
lede__pending_doc(const struct pending *pending, uint32_t number)
{
    const uint32_t *numbers = numbers_of(pending);
    uint32_t low = 0;
    uint32_t high = pending->docs;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (numbers[middle] < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < pending->docs && numbers[low] == number ? low
                                                         : pending->docs;
}

lede_status
lede__pending_delete(struct pending *pending, uint32_t doc, lede_error *err)
{
    uint32_t words = doc / 64 + 1;

    if (words > pending->cap_deleted) {
        uint32_t cap = words + words / 2 + 64;
        uint64_t *bigger = realloc(pending->deleted, cap * sizeof *bigger);

        if (bigger == NULL) {
            return lede__fail_memory(err);
        }
        memset(bigger + pending->cap_deleted, 0,
               (cap - pending->cap_deleted) * sizeof *bigger);
        pending->deleted = bigger;
        pending->cap_deleted = cap;
    }
    if (!lede__pending_is_deleted(pending, doc)) {
        pending->deleted[doc / 64] |= (uint64_t)1 << (doc % 64);
        pending->n_deleted++;
    }
    return LEDE_STATUS_OK;
}

bool
lede__pending_is_deleted(const struct pending *pending, uint32_t doc)
{
    return doc / 64 < pending->cap_deleted &&
           (pending->deleted[doc / 64] >> (doc % 64) & 1) != 0;
}

lede_status
lede__pending_find(struct pending *pending, struct str term, uint32_t after,
                   uint32_t *number, lede_error *err)
{
    uint64_t hash = lede__gather_hash(term);
    lede_status status = LEDE_STATUS_OK;

    *number = after;
    do {
        status = lede__keys_find(&pending->keys, hash, *number, number, err);
    } while (status == LEDE_STATUS_OK && *number != 0 &&
             lede__pending_is_deleted(pending,
                                      lede__pending_doc(pending, *number)));
    return status;
}

lede_status
lede__pending_stored(struct sink_native *x, uint32_t doc, struct buf *out,
                     lede_error *err)
{
    struct pending *p = &x->pending;
    const struct stored_span *spans =
        (const struct stored_span *)(const void *)p->spans.p;
    size_t low = 0;
    size_t high = p->spans.len / sizeof *spans;
    struct buf blocks = BUF_INIT(BUF_MAX_ANY);
    struct str record = { NULL, 0 };
    lede_status status = LEDE_STATUS_OK;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (spans[middle].doc <= doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return LEDE_STATUS_OK;          // nothing is stored
    }
    status = lede__segment_read_back(p->writer, spans[low - 1].offset,
                                     spans[low - 1].len, &blocks, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_read_block(x->reader, lede__buf_view(&blocks),
                                         doc - spans[low - 1].doc, &record,
                                         err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, record, err);
    }
    lede__buf_free(&blocks);
    return status;
}

void
lede__pending_clear(struct sink_native *x)
{
    struct pending *p = &x->pending;

    lede__segment_abandon(p->writer);
    lede__stored_index_free(p->index);
    lede__columns_writer_free(p->columns);
    lede__buf_free(&p->numbers);
    lede__buf_free(&p->lengths);
    lede__buf_free(&p->spans);
    lede__keys_clear(&p->keys);
    free(p->deleted);
    free(p->path);
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < x->n_sources; i++) {
        lede__gatherer_reset(x->sources[i].gatherer, ++x->epoch);
        lede__buf_free(&x->sources[i].docs);
    }
}
