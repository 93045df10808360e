/* list-read.c - decoder of the postings of a term; the bytes: list.h.

   Nothing is trusted: offsets are compared with the list's end, docs with the
   last of their block and with the segment's, counts with the bytes that are
   there.  That costs a few comparisons for each block.  Decoders may read up
   to FRAME_SLACK bytes beyond a list, which every section has behind it.

   Positions are read in list-places.c; what tells of blocks without reading
   them is in list-skip.c. */

#include "shared/index/list-private.h"

#include <stdlib.h>

lede_status
lede__list_corrupt(const struct list_reader *list, lede_error *err)
{
    return lede__fail(err, LEDE_STATUS_CORRUPT,
                      "%s: a list of postings is damaged",
                      list->segment->path);
}

/* A list's bytes within a section. */
static const uint8_t *
bytes_of(struct segment *segment, enum section section, uint64_t offset,
         uint64_t len)
{
    uint64_t size = segment->facts.sizes[section];

    if (offset > size || len > size - offset) {
        return NULL;
    }
    return segment->sections[section] + offset;
}

lede_status
lede__list_open(struct list_reader *list, struct segment *segment,
                const struct kernel *kernel, const struct list_info *info,
                uint32_t base, lede_error *err)
{
    size_t n = ((size_t)info->df + LIST_BLOCK - 1) / LIST_BLOCK;
    size_t head;
    const uint8_t *p;

    list->kernel = kernel;
    list->segment = segment;
    list->df = info->df;
    list->tf = info->tf;
    list->with_positions = info->with_positions && info->tf;
    list->base = base;
    list->n_blocks = (uint32_t)n;
    list->block = 0;
    list->count = 0;
    list->tfs_read = false;
    list->decoded = list->n_blocks;
    list->ahead = 0;
    list->places_block = list->n_blocks;
    list->lasts = NULL;
    list->positions = NULL;
    list->cap_positions = 0;
    p = bytes_of(segment, info->bigram ? SECTION_BIGRAMS : SECTION_POSTINGS,
                 info->postings, info->postings_len);
    if (p == NULL) {
        return lede__list_corrupt(list, err);
    }
    list->blocks_end = p + info->postings_len;
    head = info->df < LIST_SHORT ? 0 : 2 * LIST_PAIRS * n;
    if (n > 1) {
        head += 8 * n + 2 * LIST_GROUP_PAIRS
            * ((n + LIST_GROUP - 1) / LIST_GROUP);
    }
    if (head > info->postings_len) {
        return lede__list_corrupt(list, err);
    }
    list->blocks = p + head;
    list->impacts = p;
    if (n > 1) {
        list->lasts = p;
        list->ends = p + 4 * n;
        list->impacts = p + 8 * n;
        list->groups = list->impacts + 2 * LIST_PAIRS * n;
    }
    if (list->with_positions) {
        list->places = bytes_of(segment, SECTION_POSITIONS, info->positions,
                                info->positions_len);
        if (list->places == NULL
            || (n > 1 && 4 * n > info->positions_len)) {
            return lede__list_corrupt(list, err);
        }
        list->places_end = list->places + info->positions_len;
    }
    // blocks are verified when they are decoded
    return head > 0 ? lede__segment_verify(segment, p, head, err)
        : LEDE_STATUS_OK;
}

void
lede__list_close(struct list_reader *list)
{
    free(list->positions);
    list->positions = NULL;
    list->cap_positions = 0;
}

/* ---- blocks ---- */

lede_status
lede__list_range(struct list_reader *list, const uint8_t *ends,
                 const uint8_t *blocks, const uint8_t *blocks_end,
                 uint32_t block, const uint8_t **p, const uint8_t **end,
                 lede_error *err)
{
    size_t from = 0;
    size_t to = (size_t)(blocks_end - blocks);

    if (list->lasts != NULL) {
        size_t all = to;
        to = lede__get32(ends + 4 * (size_t)block);
        from = block == 0 ? 0 : lede__get32(ends + 4 * (size_t)(block - 1));
        if (to > all || from > to) {
            return lede__list_corrupt(list, err);
        }
    }
    *p = blocks + from;
    *end = blocks + to;
    return lede__segment_verify(list->segment, *p, to - from, err);
}

/* Docs and tfs of a short list.  What it takes at most is less than the bytes
   that can be read beyond the end, so that it is enough to look for that
   then. */
static lede_status
decode_short(struct list_reader *list, lede_error *err)
{
    const uint8_t *p = list->blocks;
    uint64_t doc = 0;
    lede_status status;

    _Static_assert(2 * 5 * (LIST_SHORT - 1) <= FRAME_SLACK, "read beyond");
    status = lede__segment_verify(list->segment, p,
                                  (size_t)(list->blocks_end - p), err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (uint32_t i = 0; i < list->df; i++) {
        uint64_t gap = lede__list_varint(&p);
        list->tfs[i] = 0;
        if (list->tf) {
            list->tfs[i] = gap & 1 ? (uint32_t)lede__list_varint(&p) + 2 : 1;
            gap >>= 1;
        }
        doc += gap;
        list->docs[i] = list->base + (uint32_t)doc++;
    }
    if (p > list->blocks_end || doc > list->segment->facts.docs) {
        return lede__list_corrupt(list, err);
    }
    list->tfs_read = true;
    list->decoded = 0;
    return LEDE_STATUS_OK;
}

/* Whether the gaps in frames may sum up to 2^32 and more: only then can docs
   that end with the right one not ascend. */
static inline bool
wide(const uint8_t *headers, size_t n)
{
    uint32_t widths = lede__get32(headers) & 0x1F1F1F1F;

    // below 2^22, or 2^25 with exceptions, each
    if (n <= LIST_BLOCK - FRAME) {
        widths &= (1u << 8 * ((n + FRAME - 1) / FRAME)) - 1;
    }
    return ((widths + 0x0A0A0A0A) & 0x20202020) != 0;
}

static bool
ascend(const uint32_t *docs, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        if (docs[i] <= docs[i - 1]) {
            return false;
        }
    }
    return true;
}

lede_status
lede__list_decode(struct list_reader *list, uint32_t block, lede_error *err)
{
    const struct kernel *kernel = list->kernel;
    uint32_t n = lede__list_count(list, block);
    uint32_t first = lede__list_before(list, block) + 1;
    uint32_t last = list->segment->facts.docs - 1;
    const uint8_t *p, *end;
    lede_status status;
    bool good = true;
    unsigned form;

    list->decoded = list->n_blocks;
    list->tfs_read = false;
    if (list->df < LIST_SHORT) {
        return decode_short(list, err);
    }
    status = lede__list_range(list, list->ends, list->blocks,
                              list->blocks_end, block, &p, &end, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (list->lasts != NULL) {
        uint32_t entry = lede__list_last(list, block);
        good = entry <= last;
        last = entry;
    }
    if (!good || first > last || last - first < n - 1 || p == end) {
        return lede__list_corrupt(list, err);
    }
    form = *p++;
    if ((form & LIST_WORDS) == 0) {
        size_t n_frames = (n + FRAME - 1) / FRAME;
        bool check = wide(p, n);
        p = n_frames > (size_t)(end - p) ? NULL
            : kernel->frames_sum(list->docs, p, p + n_frames, end, n,
                                 list->base + first - 1);
        good = p != NULL && (!check || ascend(list->docs, n));
    } else {
        size_t words = form & LIST_WORDS;
        good = 8 * words <= (size_t)(end - p)
            && kernel->bits(list->docs, p, words, list->base + first,
                            LIST_BLOCK) == n;
        p += 8 * words;
    }
    if (!good || (list->lasts != NULL ? list->docs[n - 1] != list->base + last
                  : list->docs[n - 1] - list->base > last)) {
        return lede__list_corrupt(list, err);
    }
    list->ones = (form & LIST_ALL_ONE) != 0;
    list->tfs_at = p;
    list->block_end = end;
    list->decoded = block;
    return LEDE_STATUS_OK;
}

static void
at_end(struct list_reader *list)
{
    list->block = list->n_blocks;
    list->count = 0;
}

lede_status
lede__list_advance(struct list_reader *list, uint32_t doc, lede_error *err)
{
    uint32_t block = 0;
    lede_status status;

    if (list->count > 0 && doc <= list->docs[list->count - 1]) {
        return LEDE_STATUS_OK;
    }
    if (list->block >= list->n_blocks) {
        return LEDE_STATUS_OK;
    }
    if (list->lasts != NULL) {
        uint32_t target = lede__list_within(list, doc);
        block = list->block + (list->count > 0);
        // a branch, which is foreseen, for what mostly follows
        if (block < list->n_blocks && lede__list_last(list, block) < target) {
            block = lede__list_find(list, block + 1, target);
        }
        if (block == list->n_blocks) {
            at_end(list);
            return LEDE_STATUS_OK;
        }
    }
    if (list->decoded != block) {
        status = lede__list_decode(list, block, err);
        if (status != LEDE_STATUS_OK) {
            at_end(list);
            return status;
        }
    }
    list->block = block;
    list->count = lede__list_count(list, block);
    if (list->docs[list->count - 1] < doc) {
        at_end(list);           // of the one block there is
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__list_tfs(struct list_reader *list, lede_error *err)
{
    const uint8_t *p = list->tfs_at;
    uint32_t n = list->count;

    if (list->tfs_read || n == 0) {
        return LEDE_STATUS_OK;
    }
    if (!list->tf || list->ones) {
        for (uint32_t i = 0; i < LIST_BLOCK; i++) {
            list->tfs[i] = list->tf;
        }
    } else {
        size_t n_frames = (n + FRAME - 1) / FRAME;
        if (n_frames > (size_t)(list->block_end - p)
            || list->kernel->frames(list->tfs, p, p + n_frames,
                                    list->block_end, n, 1) == NULL) {
            return lede__list_corrupt(list, err);
        }
    }
    list->tfs_read = true;
    return LEDE_STATUS_OK;
}
