/* stored.c - stored articles in deflated blocks; see stored.h.

   The section SECTION_STORED:

     stored    = block{blocks}
     block     = records varint     at least 1
                 raw varint         bytes after inflating
                 deflated varint    bytes of what follows
                 raw deflate (RFC 1951) of: length varint{records}
                                            record{records}

   The section SECTION_STORED_INDEX, for binary search:

     index     = entry{blocks}
     entry     = first u32 (the first doc of the block)
                 offset u64 (of the block in its section)

   Blocks of 16 KiB: twice as large they are some percent smaller, and an
   article takes twice as long to read. */

#include "shared/index/stored.h"

#include <libdeflate.h>
#include <stdlib.h>

#include "shared/index/deflate.h"
#include "shared/index/segment-format.h"

#define ENTRY_BYTES 12
#define RECORD_MAX ((size_t)1 << 30)
/* Deflate cannot do better than this (zlib's technical details). */
#define RATIO_MAX 1032u

/* ---- making blocks ---- */

struct stored_packer {
    struct deflater *deflater;
    struct buf lengths;
    struct buf records;
    struct buf raw;             // the two, one after the other
    uint64_t n;
};

lede_status
lede__stored_packer_new(struct stored_packer **out, int level,
                        lede_error *err)
{
    struct stored_packer *packer = calloc(1, sizeof *packer);

    *out = NULL;
    if (packer == NULL
        || (packer->deflater = lede__deflater_new(level)) == NULL) {
        free(packer);
        return lede__fail_memory(err);
    }
    packer->lengths = (struct buf)BUF_INIT(BUF_MAX_ANY);
    packer->records = (struct buf)BUF_INIT(BUF_MAX_ANY);
    packer->raw = (struct buf)BUF_INIT(BUF_MAX_ANY);
    *out = packer;
    return LEDE_STATUS_OK;
}

void
lede__stored_packer_free(struct stored_packer *packer)
{
    if (packer != NULL) {
        lede__deflater_free(packer->deflater);
        lede__buf_free(&packer->lengths);
        lede__buf_free(&packer->records);
        lede__buf_free(&packer->raw);
        free(packer);
    }
}

/* Deflate lengths and records to the end of `out`. */
static lede_status
deflate_block(struct stored_packer *packer, struct buf *out, lede_error *err)
{
    struct buf *raw = &packer->raw;
    size_t bound = lede__deflate_bound(
        packer->deflater, packer->lengths.len + packer->records.len);
    size_t size;
    lede_status status = LEDE_STATUS_OK;

    raw->len = 0;
    status = lede__buf_str(raw, lede__buf_view(&packer->lengths), err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(raw, lede__buf_view(&packer->records), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_reserve(out, bound, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    size = lede__deflate(packer->deflater, lede__buf_view(raw),
                         out->p + out->len, bound);
    if (size == 0) {
        return lede__fail(err, LEDE_STATUS_ENGINE,
                          "cannot deflate");
    }
    out->len += size;
    return LEDE_STATUS_OK;
}

/* The head of a block, before what was deflated to out->p + start. */
static lede_status
put_head(const struct stored_packer *packer, struct buf *out, size_t start,
         lede_error *err)
{
    struct buf head = BUF_INIT(64);
    size_t deflated = out->len - start;
    lede_status status = lede__buf_varint(&head, packer->n, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(
            &head, packer->lengths.len + packer->records.len, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(&head, deflated, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_reserve(out, head.len, err);
    }
    if (status == LEDE_STATUS_OK) {
        memmove(out->p + start + head.len, out->p + start, deflated);
        memcpy(out->p + start, head.p, head.len);
        out->len += head.len;
        out->p[out->len] = '\0';
    }
    lede__buf_free(&head);
    return status;
}

lede_status
lede__stored_flush(struct stored_packer *packer, struct buf *out,
                   lede_error *err)
{
    size_t start = out->len;
    lede_status status = LEDE_STATUS_OK;

    if (packer->n == 0) {
        return LEDE_STATUS_OK;
    }
    status = deflate_block(packer, out, err);
    if (status == LEDE_STATUS_OK) {
        status = put_head(packer, out, start, err);
    }
    if (status != LEDE_STATUS_OK) {
        out->len = start;
        return status;
    }
    packer->n = 0;
    packer->lengths.len = 0;
    packer->records.len = 0;
    return LEDE_STATUS_OK;
}

lede_status
lede__stored_pack(struct stored_packer *packer, struct str record,
                  struct buf *out, lede_error *err)
{
    size_t before = packer->lengths.len;
    lede_status status = LEDE_STATUS_OK;

    if (record.len > RECORD_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "an article of more than %zu bytes", RECORD_MAX);
    }
    status = lede__buf_varint(&packer->lengths, record.len, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&packer->records, record, err);
    }
    if (status != LEDE_STATUS_OK) {
        packer->lengths.len = before;
        return status;
    }
    packer->n++;
    return packer->lengths.len + packer->records.len >= STORED_BLOCK
        ? lede__stored_flush(packer, out, err) : LEDE_STATUS_OK;
}

/* ---- blocks ---- */

struct stored_block {
    uint64_t records;
    uint64_t raw;
    const char *deflated;
    uint64_t size;              // of it
};

/* The block at *p, which is moved behind it; false where it is damaged. */
static bool
read_block(struct stored_block *out, const char **p, const char *end)
{
    const char *at = *p;

    if (!lede__varint_read(&at, end, &out->records)
        || !lede__varint_read(&at, end, &out->raw)
        || !lede__varint_read(&at, end, &out->size)
        || out->size > (uint64_t)(end - at)
        || out->records == 0 || out->records > STORED_BLOCK
        || out->records > out->raw || out->raw > RECORD_MAX + 2 * STORED_BLOCK
        || out->raw / RATIO_MAX > out->size) {
        return false;
    }
    out->deflated = at;
    *p = at + out->size;
    return true;
}

/* ---- the index of blocks ---- */

struct stored_index {
    struct buf entries;
    uint64_t docs;
    uint64_t bytes;
};

lede_status
lede__stored_index_new(struct stored_index **out, lede_error *err)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL) {
        return lede__fail_memory(err);
    }
    (*out)->entries = (struct buf)BUF_INIT(BUF_MAX_ANY);
    return LEDE_STATUS_OK;
}

void
lede__stored_index_free(struct stored_index *index)
{
    if (index != NULL) {
        lede__buf_free(&index->entries);
        free(index);
    }
}

lede_status
lede__stored_index_add(struct stored_index *index, struct str blocks,
                       lede_error *err)
{
    const char *p = blocks.p;
    const char *end = blocks.p + blocks.len;
    lede_status status = LEDE_STATUS_OK;

    while (p < end && status == LEDE_STATUS_OK) {
        const char *start = p;
        struct stored_block block;

        if (!read_block(&block, &p, end)
            || block.records > UINT32_MAX - index->docs) {
            return lede__fail(err, LEDE_STATUS_CORRUPT,
                              "stored articles: not whole blocks");
        }
        status = lede__put32(&index->entries, (uint32_t)index->docs, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__put64(&index->entries, index->bytes, err);
        }
        index->docs += block.records;
        index->bytes += (uint64_t)(p - start);
    }
    return status;
}

uint64_t
lede__stored_index_docs(const struct stored_index *index)
{
    return index->docs;
}

lede_status
lede__stored_index_end(struct stored_index *index, struct buf *out,
                       lede_error *err)
{
    return lede__buf_str(out, lede__buf_view(&index->entries), err);
}

/* ---- reading ---- */

struct stored_reader {
    struct libdeflate_decompressor *z;
    struct buf raw;             // of the block inflated last
    /* which block that is; segment NULL: none that can be known again */
    const struct segment *segment;
    uint32_t check;
    uint64_t offset;
};

lede_status
lede__stored_reader_new(struct stored_reader **out, lede_error *err)
{
    struct stored_reader *reader = calloc(1, sizeof *reader);

    *out = NULL;
    if (reader == NULL
        || (reader->z = libdeflate_alloc_decompressor()) == NULL) {
        free(reader);
        return lede__fail_memory(err);
    }
    reader->raw = (struct buf)BUF_INIT(BUF_MAX_ANY);
    *out = reader;
    return LEDE_STATUS_OK;
}

void
lede__stored_reader_free(struct stored_reader *reader)
{
    if (reader != NULL) {
        libdeflate_free_decompressor(reader->z);
        lede__buf_free(&reader->raw);
        free(reader);
    }
}

static lede_status
damaged(lede_error *err)
{
    return lede__fail(err, LEDE_STATUS_CORRUPT,
                      "a damaged block of stored articles");
}

static lede_status
inflate_block(struct stored_reader *reader, const struct stored_block *block,
              lede_error *err)
{
    struct buf *raw = &reader->raw;
    size_t used = 0;
    lede_status status;

    reader->segment = NULL;
    raw->len = 0;
    status = lede__buf_reserve(raw, (size_t)block->raw, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    // without a place for the size it must be the one said
    if (libdeflate_deflate_decompress_ex(reader->z, block->deflated,
                                         (size_t)block->size, raw->p,
                                         (size_t)block->raw, &used, NULL)
            != LIBDEFLATE_SUCCESS
        || used != block->size) {
        return damaged(err);
    }
    raw->len = (size_t)block->raw;
    return LEDE_STATUS_OK;
}

/* The record with this number of the block inflated. */
static lede_status
find_record(const struct stored_reader *reader,
            const struct stored_block *block, uint64_t record,
            struct str *out, lede_error *err)
{
    const char *p = reader->raw.p;
    const char *end = p + reader->raw.len;
    uint64_t before = 0;
    uint64_t len = 0;

    *out = (struct str){ NULL, 0 };
    if (record >= block->records) {
        return damaged(err);
    }
    for (uint64_t i = 0; i < block->records; i++) {
        uint64_t length = 0;

        if (!lede__varint_read(&p, end, &length) || length > block->raw) {
            return damaged(err);
        }
        before += i < record ? length : 0;
        len = i == record ? length : len;
    }
    if (before > (uint64_t)(end - p)
        || len > (uint64_t)(end - p) - before) {
        return damaged(err);
    }
    *out = (struct str){ p + before, (size_t)len };
    return LEDE_STATUS_OK;
}

/* The entry of the block that holds `doc`. */
static lede_status
find_entry(struct segment *segment, uint32_t doc, const uint8_t **entry,
           lede_error *err)
{
    uint64_t low = 0;
    uint64_t high = segment->facts.sizes[SECTION_STORED_INDEX] / ENTRY_BYTES;

    *entry = NULL;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const uint8_t *p = NULL;
        lede_status status = lede__segment_part(
            segment, SECTION_STORED_INDEX, middle * ENTRY_BYTES, ENTRY_BYTES,
            &p, err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (lede__get32(p) <= doc) {
            *entry = p;
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return *entry == NULL
        ? lede__segment_damaged(segment, "stored articles", err)
        : LEDE_STATUS_OK;
}

/* The block that begins at `offset` of its section.  Only its head is
   verified. */
static lede_status
block_at(struct segment *segment, uint64_t offset, struct stored_block *block,
         lede_error *err)
{
    uint64_t size = segment->facts.sizes[SECTION_STORED];
    const char *p = (const char *)segment->sections[SECTION_STORED];
    const char *end = p + size;
    lede_status status = LEDE_STATUS_OK;
    const uint8_t *part = NULL;

    // Its head; what follows it may be padding
    status = lede__segment_part(segment, SECTION_STORED, offset,
                                offset < size, &part, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_verify(segment, part, FRAME_SLACK, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    p += offset;
    return read_block(block, &p, end) ? LEDE_STATUS_OK : damaged(err);
}

/* The same, and it is inflated where it is not the one at hand. */
static lede_status
load(struct stored_reader *reader, struct segment *segment, uint64_t offset,
     struct stored_block *block, lede_error *err)
{
    lede_status status = block_at(segment, offset, block, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    // Another segment may have come to lie where one was closed
    if (reader->segment == segment && reader->check == segment->check
        && reader->offset == offset) {
        return LEDE_STATUS_OK;
    }
    status = lede__segment_verify(segment, (const uint8_t *)block->deflated,
                                  (size_t)block->size, err);
    if (status == LEDE_STATUS_OK) {
        status = inflate_block(reader, block, err);
    }
    if (status == LEDE_STATUS_OK) {
        reader->segment = segment;
        reader->check = segment->check;
        reader->offset = offset;
    }
    return status;
}

lede_status
lede__stored_read(struct stored_reader *reader, struct segment *segment,
                  uint32_t doc, struct str *out, lede_error *err)
{
    const uint8_t *entry = NULL;
    struct stored_block block = { .records = 0 };
    lede_status status = LEDE_STATUS_OK;

    *out = (struct str){ NULL, 0 };
    if (doc >= segment->facts.docs
        || segment->facts.sizes[SECTION_STORED] == 0) {
        return lede__fail_at(err, LEDE_STATUS_NOT_FOUND, segment->path, 0, 0,
                             "no such article");
    }
    status = find_entry(segment, doc, &entry, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    status = load(reader, segment, lede__get64(entry + 4), &block, err);
    if (status == LEDE_STATUS_OK) {
        status = find_record(reader, &block, doc - lede__get32(entry), out,
                             err);
    }
    return status == LEDE_STATUS_CORRUPT
        ? lede__segment_damaged(segment, "stored articles", err) : status;
}

lede_status
lede__stored_run_at(struct segment *segment, uint32_t doc,
                    struct stored_run *out, lede_error *err)
{
    const char *start = (const char *)segment->sections[SECTION_STORED];
    const uint8_t *entry = NULL;
    struct stored_block block = { .records = 0 };
    lede_status status = find_entry(segment, doc, &entry, err);

    if (status == LEDE_STATUS_OK) {
        status = block_at(segment, lede__get64(entry + 4), &block, err);
    }
    if (status == LEDE_STATUS_OK) {
        start += lede__get64(entry + 4);
        out->first = lede__get32(entry);
        out->docs = (uint32_t)block.records;
        out->bytes = (struct str){
            start, (size_t)(block.deflated - start) + (size_t)block.size
        };
        status = doc - out->first < out->docs
            ? lede__segment_verify(segment, (const uint8_t *)start,
                                   out->bytes.len, err)
            : damaged(err);
    }
    return status == LEDE_STATUS_CORRUPT
        ? lede__segment_damaged(segment, "stored articles", err) : status;
}

lede_status
lede__stored_read_block(struct stored_reader *reader, struct str blocks,
                        uint32_t record, struct str *out, lede_error *err)
{
    const char *p = blocks.p;
    const char *end = blocks.p + blocks.len;
    lede_status status = LEDE_STATUS_OK;
    uint64_t before = 0;
    struct stored_block block = { .records = 0 };

    *out = (struct str){ NULL, 0 };
    while (before + block.records <= record) {
        before += block.records;
        if (!read_block(&block, &p, end)) {
            return damaged(err);
        }
    }
    status = inflate_block(reader, &block, err);
    return status == LEDE_STATUS_OK
        ? find_record(reader, &block, record - before, out, err) : status;
}
