/* pairs.c - sorted keys with values in a section of a segment; see pairs.h.

     pairs     = pair{pairs}
                 offset bits{pairs}     where each begins, `width` bits each
                                        (bytes.h)
                 pairs u32  width u32
               | nothing
     pair      = key varint  value varint     lengths
                 bytes of the key, bytes of the value

   Found by binary search. */

#include "shared/index/pairs.h"

#include <stdlib.h>

#include "shared/index/segment-format.h"

#define FOOTER_BYTES 8

/* ---- writing ---- */

struct pairs_writer {
    struct buf pairs;
    struct buf offsets;         // u64 each
    uint32_t n;
};

lede_status
lede__pairs_writer_new(struct pairs_writer **out, lede_error *err)
{
    struct pairs_writer *writer = calloc(1, sizeof *writer);

    *out = writer;
    if (writer == NULL) {
        return lede__fail_memory(err);
    }
    writer->pairs = (struct buf)BUF_INIT(BUF_MAX_ANY);
    writer->offsets = (struct buf)BUF_INIT(BUF_MAX_ANY);
    return LEDE_STATUS_OK;
}

void
lede__pairs_writer_free(struct pairs_writer *writer)
{
    if (writer != NULL) {
        lede__buf_free(&writer->pairs);
        lede__buf_free(&writer->offsets);
        free(writer);
    }
}

lede_status
lede__pairs_add(struct pairs_writer *writer, struct str key, struct str value,
                lede_error *err)
{
    size_t start = writer->pairs.len;
    lede_status status = LEDE_STATUS_OK;

    if (writer->n == UINT32_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT, "too much metadata");
    }
    status = lede__buf_varint(&writer->pairs, key.len, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(&writer->pairs, value.len, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&writer->pairs, key, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&writer->pairs, value, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__put64(&writer->offsets, start, err);
    }
    if (status != LEDE_STATUS_OK) {
        writer->pairs.len = start;
        return status;
    }
    writer->n++;
    return LEDE_STATUS_OK;
}

lede_status
lede__pairs_end(struct pairs_writer *writer, struct buf *out, lede_error *err)
{
    unsigned width = lede__bits_width(writer->pairs.len);
    size_t bytes = (size_t)lede__bits_bytes(writer->n, width);
    lede_status status = lede__buf_str(out, lede__buf_view(&writer->pairs),
                                       err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_reserve(out, bytes + BITS_SLACK, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    memset(out->p + out->len, 0, bytes + BITS_SLACK);
    for (uint32_t i = 0; i < writer->n; i++) {
        lede__bits_set((uint8_t *)out->p + out->len, i, width,
                       lede__get64(writer->offsets.p + (size_t)i * 8));
    }
    out->len += bytes;
    status = lede__put32(out, writer->n, err);
    return status == LEDE_STATUS_OK ? lede__put32(out, width, err) : status;
}

/* ---- reading ---- */

struct layout {
    const uint8_t *pairs, *offsets;
    uint64_t pairs_len;
    uint32_t n;
    unsigned width;
};

static lede_status
damaged(struct segment *segment, lede_error *err)
{
    return lede__segment_damaged(segment, "its metadata", err);
}

static lede_status
open_layout(struct segment *segment, struct layout *out, lede_error *err)
{
    uint64_t size = segment->facts.sizes[SECTION_META];
    const uint8_t *footer = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint64_t bytes = 0;

    if (size == 0) {
        *out = (struct layout){ .n = 0 };
        return LEDE_STATUS_OK;
    }
    if (size < FOOTER_BYTES) {
        return damaged(segment, err);
    }
    status = lede__segment_part(segment, SECTION_META, size - FOOTER_BYTES,
                                FOOTER_BYTES, &footer, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->n = lede__get32(footer);
    out->width = lede__get32(footer + 4);
    bytes = lede__bits_bytes(out->n, out->width & 63);
    if (out->width > BITS_WIDTH_MAX || bytes > size - FOOTER_BYTES) {
        return damaged(segment, err);
    }
    out->pairs = segment->sections[SECTION_META];
    out->pairs_len = size - FOOTER_BYTES - bytes;
    out->offsets = out->pairs + out->pairs_len;
    return LEDE_STATUS_OK;
}

/* The i-th pair. */
static lede_status
read_pair(struct segment *segment, const struct layout *layout, uint64_t i,
          struct str *key, struct str *value, lede_error *err)
{
    const uint8_t *bits = layout->offsets + i * layout->width / 8;
    const char *end = (const char *)layout->pairs + layout->pairs_len;
    lede_status status = lede__segment_verify(segment, bits, BITS_SLACK, err);
    uint64_t key_len = 0;
    uint64_t value_len = 0;
    uint64_t offset = 0;
    const char *p = NULL;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    offset = lede__bits_get(layout->offsets, i, layout->width);
    if (offset >= layout->pairs_len) {
        return damaged(segment, err);
    }
    p = (const char *)layout->pairs + offset;
    status = lede__segment_verify(segment, (const uint8_t *)p, FRAME_SLACK,
                                  err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (!lede__varint_read(&p, end, &key_len)
        || !lede__varint_read(&p, end, &value_len)
        || key_len > (uint64_t)(end - p)
        || value_len > (uint64_t)(end - p) - key_len) {
        return damaged(segment, err);
    }
    *key = (struct str){ p, (size_t)key_len };
    *value = (struct str){ p + key_len, (size_t)value_len };
    return lede__segment_verify(segment, (const uint8_t *)p,
                                (size_t)(key_len + value_len), err);
}

/* The first pair whose key is >= `key`, or the number of pairs. */
static lede_status
lower_bound(struct segment *segment, const struct layout *layout,
            struct str key, uint64_t *out, lede_error *err)
{
    uint64_t low = 0;
    uint64_t high = layout->n;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct str there = { NULL, 0 };
        struct str value = { NULL, 0 };
        lede_status status = read_pair(segment, layout, middle, &there,
                                       &value, err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (lede__str_cmp(there, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *out = low;
    return LEDE_STATUS_OK;
}

lede_status
lede__pairs_find(struct segment *segment, struct str key, bool *found,
                 struct str *value, lede_error *err)
{
    struct layout layout;
    struct str there = { NULL, 0 };
    uint64_t at = 0;
    lede_status status = open_layout(segment, &layout, err);

    *found = false;
    *value = (struct str){ NULL, 0 };
    if (status == LEDE_STATUS_OK) {
        status = lower_bound(segment, &layout, key, &at, err);
    }
    if (status != LEDE_STATUS_OK || at == layout.n) {
        return status;
    }
    status = read_pair(segment, &layout, at, &there, value, err);
    *found = status == LEDE_STATUS_OK && str_eq(there, key);
    return status;
}

/* To the pair cursor->at, or to the end. */
static lede_status
stay(struct pairs_cursor *cursor, const struct layout *layout,
     lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    cursor->key = (struct str){ NULL, 0 };
    cursor->value = (struct str){ NULL, 0 };
    if (cursor->at < layout->n) {
        status = read_pair(cursor->segment, layout, cursor->at, &cursor->key,
                           &cursor->value, err);
    }
    if (status != LEDE_STATUS_OK) {
        cursor->key = (struct str){ NULL, 0 };
    }
    return status;
}

lede_status
lede__pairs_seek(struct pairs_cursor *cursor, struct segment *segment,
                 struct str from, lede_error *err)
{
    struct layout layout;
    lede_status status = open_layout(segment, &layout, err);

    *cursor = (struct pairs_cursor){ .segment = segment };
    if (status == LEDE_STATUS_OK) {
        status = lower_bound(segment, &layout, from, &cursor->at, err);
    }
    return status == LEDE_STATUS_OK ? stay(cursor, &layout, err) : status;
}

lede_status
lede__pairs_next(struct pairs_cursor *cursor, lede_error *err)
{
    struct layout layout;
    lede_status status = LEDE_STATUS_OK;

    if (cursor->key.p == NULL) {
        return LEDE_STATUS_OK;
    }
    status = open_layout(cursor->segment, &layout, err);
    cursor->at++;
    return status == LEDE_STATUS_OK ? stay(cursor, &layout, err) : status;
}
