/* terms-open.c - the tail of a dictionary, read once per segment; see
   terms-format.h.

   It is checked here that all its parts are in the section, so that a look-up
   has to check no more than the block it reads. */

#include "shared/index/terms-format.h"

#include <stdlib.h>

#include "shared/index/segment-format.h"

/* The footer, and where the parts before it begin. */
struct tail {
    uint32_t n_regions, n_blocks, n_keys, n_codes, prefixes_len;
    uint32_t offset_bytes;
    uint64_t place_bytes;
    const uint8_t *keys, *places, *told, *regions, *prefixes;
};

lede_status
lede__terms_damaged(const struct segment *segment, lede_error *err)
{
    return lede__segment_damaged(segment, "its dictionary", err);
}

static lede_status
read_tail(struct segment *segment, struct tail *out, lede_error *err)
{
    uint64_t size = segment->facts.sizes[SECTION_TERMS];
    const uint8_t *base = segment->sections[SECTION_TERMS];
    const uint8_t *footer = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint64_t tail = TERMS_FOOTER;

    if (size < TERMS_FOOTER) {
        return lede__terms_damaged(segment, err);
    }
    footer = base + size - TERMS_FOOTER;
    status = lede__segment_verify(segment, footer, TERMS_FOOTER, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->n_regions = lede__get32(footer);
    out->n_blocks = lede__get32(footer + 4);
    out->n_keys = lede__get32(footer + 8);
    out->n_codes = lede__get32(footer + 12);
    out->prefixes_len = lede__get32(footer + 16);
    out->offset_bytes = lede__get32(footer + 20);
    if (out->offset_bytes == 0 || out->offset_bytes > 8
        || out->n_codes > TERMS_CODES) {
        return lede__terms_damaged(segment, err);
    }
    out->place_bytes = 4 + 2 * (uint64_t)out->offset_bytes;
    tail += out->prefixes_len + (uint64_t)out->n_regions * REGION_BYTES
        + (uint64_t)out->n_codes * TERMS_CODE_BYTES;
    if (tail + out->n_blocks * out->place_bytes + (uint64_t)out->n_keys * 8
        > size) {
        return lede__terms_damaged(segment, err);
    }
    out->told = base + size - tail;
    out->regions = out->told + out->n_codes * TERMS_CODE_BYTES;
    out->prefixes = footer - out->prefixes_len;
    out->places = out->told - out->n_blocks * out->place_bytes;
    out->keys = out->places - (uint64_t)out->n_keys * 8;
    return lede__segment_verify(segment, out->told,
                                (size_t)(footer - out->told), err);
}

/* The i-th region; false where it is damaged. */
static bool
read_region(const struct tail *tail, uint32_t i, struct terms_region *out)
{
    const uint8_t *p = tail->regions + (size_t)i * REGION_BYTES;
    bool last = i + 1 == tail->n_regions;
    uint32_t next_block = last ? tail->n_blocks
                               : lede__get32(p + REGION_BYTES + 8);
    uint32_t next_key = last ? tail->n_keys
                             : lede__get32(p + REGION_BYTES + 12);
    uint32_t key = lede__get32(p + 12);
    uint32_t terms = lede__get32(p + 16);
    uint32_t prefix = lede__get32(p + 20);
    uint64_t keys = 0;
    uint64_t full = 0;

    out->block = lede__get32(p + 8);
    out->prefix_len = lede__get32(p + 24);
    if (out->block >= next_block || next_block > tail->n_blocks
        || key > next_key || next_key > tail->n_keys
        || out->prefix_len > TERM_MAX || prefix > tail->prefixes_len
        || out->prefix_len > tail->prefixes_len - prefix
        || (i == 0 && out->block != 0)) {
        return false;
    }
    out->n_blocks = next_block - out->block;
    out->shift = 0;
    keys = out->n_blocks;
    while (((out->n_blocks - 1) >> out->shift) >= TERMS_FANOUT) {
        out->shift += TERMS_FANOUT_SHIFT;
        keys += ((out->n_blocks - 1) >> out->shift) + 1;
    }
    full = (uint64_t)(out->n_blocks - 1) * TERMS_BLOCK;
    if (keys != next_key - key || terms <= full
        || terms > full + TERMS_BLOCK) {
        return false;
    }
    out->last_terms = (uint32_t)(terms - full);
    out->keys = tail->keys + 8 * (uint64_t)key;
    out->leaves = tail->keys + 8 * ((uint64_t)next_key - out->n_blocks);
    out->prefix = tail->prefixes + prefix;
    out->prefix_key = lede__terms_key((const char *)out->prefix,
                                      out->prefix_len);
    return true;
}

static void
read_told(const struct tail *tail, uint64_t told[TERMS_CODES + 1])
{
    told[0] = (uint64_t)1 << TOLD_NONE;
    for (uint32_t i = 0; i < tail->n_codes; i++) {
        const uint8_t *p = tail->told + (size_t)i * TERMS_CODE_BYTES;

        told[i + 1] = (uint64_t)p[0] << TOLD_POSTINGS
            | (uint64_t)p[1] << TOLD_POSITIONS | (uint64_t)p[2] << TOLD_DF
            | (uint64_t)p[3] << TOLD_FLAGS;
    }
}

static lede_status
open_terms(struct segment *segment, struct terms **out, lede_error *err)
{
    struct tail tail = { .n_regions = 0 };
    struct terms *terms = NULL;
    uint64_t *firsts = NULL;
    lede_status status = read_tail(segment, &tail, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    // Regions were found to be in the file, so that this is no overflow
    terms = calloc(1, sizeof *terms
                   + tail.n_regions * (sizeof *terms->regions
                                       + sizeof *firsts));
    if (terms == NULL) {
        return lede__fail_memory(err);
    }
    firsts = (void *)&terms->regions[tail.n_regions];
    for (uint32_t i = 0; i < tail.n_regions; i++) {
        firsts[i] = lede__get64(tail.regions + (size_t)i * REGION_BYTES);
        if (!read_region(&tail, i, &terms->regions[i])
            || (i > 0 && firsts[i] < firsts[i - 1])) {
            free(terms);
            return lede__terms_damaged(segment, err);
        }
    }
    read_told(&tail, terms->told);
    terms->blocks = segment->sections[SECTION_TERMS];
    terms->blocks_len = (uint64_t)(tail.keys - terms->blocks);
    terms->places = tail.places;
    terms->place_bytes = (size_t)tail.place_bytes;
    terms->offset_bytes = tail.offset_bytes;
    terms->offset_mask = UINT64_MAX >> (64 - 8 * tail.offset_bytes);
    terms->n_regions = tail.n_regions;
    terms->firsts = firsts;
    *out = terms;
    return LEDE_STATUS_OK;
}

lede_status
lede__terms_open_slow(struct segment *segment, const struct terms **out,
                      lede_error *err)
{
    struct terms *terms = NULL;
    struct terms *before = NULL;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (segment->facts.sizes[SECTION_TERMS] == 0) {
        return LEDE_STATUS_OK;
    }
    status = open_terms(segment, &terms, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    // Two threads may have come here: the first one's stays
    if (!__atomic_compare_exchange_n(&segment->terms, &before, terms, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        free(terms);
        terms = before;
    }
    *out = terms;
    return LEDE_STATUS_OK;
}
