/* list-skip.c - what the entries of blocks tell without the blocks, and bits
   set from blocks, of which bitsets are not decoded either.

   See list.h.  A list of one block has no entries: its docs are decoded, once,
   to know where they end. */

#include "shared/index/list-private.h"

/* The only block of a list, decoded but not loaded. */
static lede_status
decode_only(struct list_reader *list, lede_error *err)
{
    return list->decoded == 0 ? LEDE_STATUS_OK
        : lede__list_decode(list, 0, err);
}

/* The first block with a doc >= `doc` (in the segment), or n_blocks.  Goes on
   from where it was the last time, unless that was too far. */
static uint32_t
look(struct list_reader *list, uint32_t doc)
{
    uint32_t from = list->ahead;

    if (from < list->block || lede__list_before(list, from) + 1 > doc) {
        from = list->block;
    }
    list->ahead = lede__list_find(list, from, doc);
    return list->ahead;
}

lede_status
lede__list_block_end(struct list_reader *list, uint32_t doc, uint32_t *last,
                     lede_error *err)
{
    lede_status status;

    *last = LIST_END;
    if (list->block >= list->n_blocks) {
        return LEDE_STATUS_OK;
    }
    if (list->lasts == NULL) {
        status = decode_only(list, err);
        if (status == LEDE_STATUS_OK && doc <= list->docs[list->df - 1]) {
            *last = list->docs[list->df - 1];
        }
        return status;
    }
    uint32_t block = look(list, lede__list_within(list, doc));
    if (block < list->n_blocks) {
        *last = list->base + lede__list_last(list, block);
    }
    return LEDE_STATUS_OK;
}

static inline void
add_pairs(struct impacts *impacts, const uint8_t *pairs, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        lede__impacts_add(impacts, (struct impact){
            .max_tf = lede__impact_tf_value(pairs[2 * i]),
            .min_length = pairs[2 * i + 1],
        });
    }
}

/* Of the one block there is. */
static lede_status
bound_only(struct list_reader *list, uint32_t from, uint32_t to,
           struct impacts *impacts, lede_error *err)
{
    lede_status status = decode_only(list, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (list->df >= LIST_SHORT) {
        if (list->docs[0] < to && list->docs[list->df - 1] >= from) {
            add_pairs(impacts, list->impacts, LIST_PAIRS);
        }
        return LEDE_STATUS_OK;
    }
    for (uint32_t i = 0; i < list->df; i++) {
        if (list->docs[i] >= from && list->docs[i] < to) {
            lede__impacts_add(impacts, (struct impact){ list->tfs[i], 0 });
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__list_bound(struct list_reader *list, uint32_t from, uint32_t to,
                 struct impacts *impacts, lede_error *err)
{
    uint32_t block;

    if (from >= to || to <= list->base || list->block >= list->n_blocks) {
        return LEDE_STATUS_OK;
    }
    if (list->lasts == NULL) {
        return bound_only(list, from, to, impacts, err);
    }
    from = lede__list_within(list, from);
    to -= list->base;
    block = look(list, from);
    while (block < list->n_blocks
           && lede__list_before(list, block) + 1 < to) {
        if (block % LIST_GROUP == 0) {
            uint32_t next = list->n_blocks - block < LIST_GROUP
                ? list->n_blocks : block + LIST_GROUP;
            if (lede__list_last(list, next - 1) < to) {
                add_pairs(impacts, list->groups + 2 * LIST_GROUP_PAIRS
                          * (block / LIST_GROUP), LIST_GROUP_PAIRS);
                block = next;
                continue;
            }
        }
        add_pairs(impacts, list->impacts + 2 * LIST_PAIRS * (size_t)block,
                  LIST_PAIRS);
        block++;
    }
    return LEDE_STATUS_OK;
}

/* ---- bits ---- */

static inline void
set_bit(uint64_t *words, uint32_t at)
{
    words[at / 64] |= (uint64_t)1 << (at % 64);
}

/* How many of the n docs are below `doc`. */
static uint32_t
below(const uint32_t *docs, uint32_t n, uint32_t doc)
{
    uint32_t low = 0;

    while (n > 0) {
        uint32_t half = n / 2;
        if (docs[low + half] < doc) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

/* Set the bits of the docs that are decoded.  Four at a time from far apart,
   so that one seldom waits for the word that another has just changed. */
static void
set_docs(const struct list_reader *list, uint32_t n, uint32_t from,
         uint32_t to, uint64_t *words)
{
    const uint32_t *docs = list->docs;
    uint32_t i = n > 0 && docs[0] < from ? below(docs, n, from) : 0;
    uint32_t quarter;

    if (n > 0 && docs[n - 1] >= to) {
        n = below(docs, n, to);
    }
    quarter = n > i ? (n - i) / 4 : 0;
    for (uint32_t end = i + quarter; i < end; i++) {
        set_bit(words, docs[i] - from);
        set_bit(words, docs[i + quarter] - from);
        set_bit(words, docs[i + 2 * quarter] - from);
        set_bit(words, docs[i + 3 * quarter] - from);
    }
    for (i += 3 * quarter; i < n; i++) {
        set_bit(words, docs[i] - from);
    }
}

/* Set the bits of a block that is a bitset; *done false where it is none.
   `first` is the doc of its first bit, `last` the block's last. */
static lede_status
set_words(struct list_reader *list, uint32_t block, uint32_t first,
          uint32_t last, uint32_t from, uint32_t to, uint64_t *words,
          bool *done, lede_error *err)
{
    // bits before `from` and from `to` on fall outside
    size_t n_words = (to - from) / 64;
    int64_t at = (int64_t)first - from;
    const uint8_t *p, *end;
    lede_status status;
    unsigned n, shift;

    *done = false;
    status = lede__list_range(list, list->ends, list->blocks,
                              list->blocks_end, block, &p, &end, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (p == end || (*p & LIST_WORDS) == 0) {
        return LEDE_STATUS_OK;
    }
    n = *p++ & LIST_WORDS;
    if (8 * (size_t)n > (size_t)(end - p) || first > last
        || (last - first) / 64 + 1 != n
        || last - list->base >= list->segment->facts.docs) {
        return lede__list_corrupt(list, err);
    }
    shift = (unsigned)(at & 63);
    for (unsigned i = 0; i < n; i++, at += 64) {
        uint64_t word = lede__get64(p + 8 * i);
        size_t to_word = (size_t)((at - (int64_t)shift) / 64);
        if (i + 1 == n) {
            word &= UINT64_MAX >> (63 - (last - first) % 64);
        }
        // a negative place is beyond n_words too
        if (to_word < n_words) {
            words[to_word] |= word << shift;
        }
        if (shift > 0 && to_word + 1 < n_words) {
            words[to_word + 1] |= word >> (64 - shift);
        }
    }
    *done = true;
    return LEDE_STATUS_OK;
}

/* Set the bits of one block of many. */
static lede_status
fill_block(struct list_reader *list, uint32_t block, uint32_t from,
           uint32_t to, uint64_t *words, lede_error *err)
{
    uint32_t first = list->base + lede__list_before(list, block) + 1;
    uint32_t last = list->base + lede__list_last(list, block);
    bool done = false;
    lede_status status = LEDE_STATUS_OK;

    if (list->decoded != block) {
        status = set_words(list, block, first, last, from, to, words, &done,
                           err);
        if (status == LEDE_STATUS_OK && !done) {
            status = lede__list_decode(list, block, err);
        }
    }
    if (status == LEDE_STATUS_OK && !done) {
        set_docs(list, lede__list_count(list, block), from, to, words);
    }
    return status;
}

lede_status
lede__list_fill(struct list_reader *list, uint32_t from, uint32_t to,
                uint64_t *words, lede_error *err)
{
    lede_status status;
    uint32_t block;

    if (list->block >= list->n_blocks || from >= to || to <= list->base) {
        return LEDE_STATUS_OK;
    }
    if (list->lasts == NULL) {
        status = lede__list_advance(list, from, err);
        if (status == LEDE_STATUS_OK) {
            set_docs(list, list->count, from, to, words);
        }
        return status;
    }
    block = lede__list_find(list, list->block, lede__list_within(list, from));
    for (; block < list->n_blocks; block++) {
        if (lede__list_before(list, block) + 1 >= to - list->base) {
            break;
        }
        status = fill_block(list, block, from, to, words, err);
        if (status != LEDE_STATUS_OK) {
            list->block = list->n_blocks;
            list->count = 0;
            return status;
        }
        if (lede__list_last(list, block) >= to - list->base) {
            break;
        }
    }
    // a block that is decoded and may hold docs from `to` on stays loaded
    list->block = block;
    list->count = block < list->n_blocks && list->decoded == block
        ? lede__list_count(list, block) : 0;
    return LEDE_STATUS_OK;
}
