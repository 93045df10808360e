/* list-private.h - what the parts of the decoder of lists share. */

#ifndef LEDE_INDEX_LIST_PRIVATE_H
#define LEDE_INDEX_LIST_PRIVATE_H

#include "shared/index/bytes.h"
#include "shared/index/list.h"
#include "shared/index/segment.h"

/* A block's form. */
#define LIST_WORDS 0x3F
#define LIST_ALL_ONE 0x40

lede_status
lede__list_corrupt(const struct list_reader *list, lede_error *err);

/* Of `blocks` those bytes that the offsets `ends` give to one, verified. */
lede_status
lede__list_range(struct list_reader *list, const uint8_t *ends,
                 const uint8_t *blocks, const uint8_t *blocks_end,
                 uint32_t block, const uint8_t **p, const uint8_t **end,
                 lede_error *err);

/* The docs of a block, into list->docs; tfs too where the list is short. */
lede_status
lede__list_decode(struct list_reader *list, uint32_t block, lede_error *err);

static inline uint32_t
lede__list_last(const struct list_reader *list, uint32_t block)
{
    return lede__get32(list->lasts + 4 * (size_t)block);
}

/* The doc before those of a block, in the segment; -1 for the first. */
static inline uint32_t
lede__list_before(const struct list_reader *list, uint32_t block)
{
    return block == 0 ? UINT32_MAX : lede__list_last(list, block - 1);
}

static inline uint32_t
lede__list_count(const struct list_reader *list, uint32_t block)
{
    return block + 1 < list->n_blocks ? LIST_BLOCK
        : list->df - block * LIST_BLOCK;
}

/* A doc as the segment has it. */
static inline uint32_t
lede__list_within(const struct list_reader *list, uint32_t doc)
{
    return doc > list->base ? doc - list->base : 0;
}

/* The first block from `block` on with a doc >= `doc`, or n_blocks. */
static inline uint32_t
lede__list_find(const struct list_reader *list, uint32_t block, uint32_t doc)
{
    return block + (uint32_t)list->kernel->find(
        list->lasts + 4 * (size_t)block, list->n_blocks - block, doc);
}

/* As lede__varint_read for at most 35 bits; the caller sees to the end. */
static inline uint64_t
lede__list_varint(const uint8_t **p)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = *(*p)++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return value;
}

#endif
