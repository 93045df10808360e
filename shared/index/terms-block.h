/* terms-block.h - a block of a dictionary, opened: for terms-probe.c, which
   finds it, and terms-read.c, which looks into it. */

#ifndef LEDE_INDEX_TERMS_BLOCK_H
#define LEDE_INDEX_TERMS_BLOCK_H

#include "shared/index/segment-format.h"
#include "shared/index/terms-format.h"

/* A block before its terms are looked at. */
struct open_block {
    uint64_t key;               // of its first term
    size_t known;               // so many bytes of that are in the key
    size_t first_len;           // all, behind the prefix
    const uint8_t *rest;        // those behind the key
    unsigned n;
    size_t common;
    bool wide;                  // a head has a 15
    const uint8_t *heads, *starts, *codes, *suffixes, *infos, *end;
    uint64_t postings, positions;
};

static inline uint64_t
block_key(const struct terms_region *region, uint32_t block)
{
    return lede__get64(region->leaves + 8 * (size_t)block);
}

/* The bytes of the block-th block of a region. */
static inline lede_status
find_bytes(struct segment *segment, const struct terms *terms,
           const struct terms_region *region, uint32_t block,
           const uint8_t **p, const uint8_t **end, lede_error *err)
{
    uint32_t at = region->block + block;
    const uint8_t *place = terms->places + at * terms->place_bytes;
    size_t before = at > 0 ? terms->place_bytes : 0;
    lede_status status = lede__segment_verify(
        segment, place - before, before + terms->place_bytes, err);
    uint64_t from = 0;
    uint64_t to = 0;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    from = at > 0 ? lede__get32(place - before) : 0;
    to = lede__get32(place);
    if (from + TERMS_BLOCK_HEAD > to || to > terms->blocks_len) {
        return lede__terms_damaged(segment, err);
    }
    *p = terms->blocks + from;
    *end = terms->blocks + to;
    return LEDE_STATUS_OK;
}

/* The block-th block of a region, which is at `p`; its key was verified. */
static inline lede_status
read_block(struct segment *segment, const struct terms *terms,
           const struct terms_region *region, uint32_t block,
           const uint8_t *p, const uint8_t *end, struct open_block *out,
           lede_error *err)
{
    const uint8_t *place =
        terms->places + (region->block + block) * terms->place_bytes;
    size_t suffixes = 0;
    lede_status status = lede__segment_verify(segment, p, (size_t)(end - p),
                                              err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->end = end;
    out->n = block + 1 < region->n_blocks ? TERMS_BLOCK : region->last_terms;
    out->key = block_key(region, block);
    out->first_len = p[0];
    out->common = p[1];
    out->wide = p[2] % 2 != 0;
    suffixes = ((size_t)p[2] | (size_t)p[3] << 8) / 2;
    out->known = out->first_len < TERMS_KEY ? out->first_len : TERMS_KEY;
    out->heads = p + TERMS_BLOCK_HEAD;
    out->starts = out->heads + out->n - 1;
    out->codes = out->starts + out->n - 1;
    out->rest = out->codes + out->n;
    out->suffixes = out->rest + out->first_len - out->known;
    out->infos = out->suffixes + suffixes;
    out->postings = lede__get64(place + 4) & terms->offset_mask;
    out->positions = lede__get64(place + 4 + terms->offset_bytes)
        & terms->offset_mask;
    if (out->first_len > TERM_MAX - region->prefix_len
        || TERMS_BLOCK_HEAD + 3 * out->n - 2 + out->first_len - out->known
           + suffixes > (size_t)(end - p)) {
        return lede__terms_damaged(segment, err);
    }
    return LEDE_STATUS_OK;
}

static inline lede_status
open_block(struct segment *segment, const struct terms *terms,
           const struct terms_region *region, uint32_t block,
           struct open_block *out, lede_error *err)
{
    const uint8_t *p = NULL;
    const uint8_t *end = NULL;
    lede_status status = find_bytes(segment, terms, region, block, &p, &end,
                                    err);

    if (status == LEDE_STATUS_OK) {
        status = lede__segment_verify(segment,
                                      region->leaves + 8 * (size_t)block, 8,
                                      err);
    }
    return status != LEDE_STATUS_OK ? status
        : read_block(segment, terms, region, block, p, end, out, err);
}

/* The first term of a block, behind the prefix, against `rest`, whose key is
   `key`; *same: how many bytes they have in common. */
static inline int
compare_first(const struct open_block *block, struct str rest, uint64_t key,
              size_t *same)
{
    size_t max = block->first_len < rest.len ? block->first_len : rest.len;
    size_t i = block->known < max ? block->known : max;

    if (block->key != key) {
        size_t equal = (size_t)__builtin_clzll(block->key ^ key) / 8;

        if (equal < i) {
            *same = equal;
            return block->key < key ? -1 : 1;
        }
    }
    while (i < max) {
        uint8_t a = block->rest[i - block->known];
        uint8_t b = (uint8_t)rest.p[i];

        if (a != b) {
            *same = i;
            return a < b ? -1 : 1;
        }
        i++;
    }
    *same = i;
    return block->first_len < rest.len ? -1 : block->first_len > rest.len;
}

/* `term` behind the prefix of a region that it begins with. */
static inline struct str
rest_of(const struct terms_region *region, struct str term)
{
    if (term.len == 0) {
        return STR("");
    }
    return (struct str){ term.p + region->prefix_len,
                         term.len - region->prefix_len };
}

#endif
