/* terms-format.h - the bytes of a dictionary, for terms-write.c and
   terms-read.c.

   Terms are cut into REGIONS, whose terms all begin with the same bytes (a
   kind and a field: "x*", "s*en:"), and regions into BLOCKS of TERMS_BLOCK
   terms, coded by what each has in common with the one before.  Above the
   blocks of a region is a static B-tree: the first 8 bytes of each block's
   first term, behind what the region has in common, as a big-endian number; of
   these every 16th, of those every 16th, until 16 or fewer are left.  A look-up
   counts the keys that are not above its own, in one node of two cache lines
   on each level: no branch to predict, and of all levels only the last is large
   (Rao & Ross, Cache conscious indexing, VLDB 1999).

   In a block the bytes that decide lie apart: how much each term has in common
   with the one before (HEAD), and the first byte in which it differs (START).
   So a look-up passes over all terms but those that it has more in common with,
   eight at a time (terms-read.c).

   What is told of a list is mostly the same few things: one doc, three bytes
   of postings, two of positions.  The 255 that save most are given a CODE of
   one byte; the rest are written out, in fields of one width each, so that
   they are passed over without a branch.

     terms     = block{blocks}, zeros up to a multiple of 8
                 key u64{levels of each region, the topmost first; keys}
                 place{blocks}
                 told{codes}              what codes 1, 2... stand for
                 region{regions}
                 prefix{regions}          the bytes in common
                 regions u32  blocks u32  keys u32  codes u32
                 prefixes u32             bytes of prefix{...}
                 offset u32               bytes of an offset in place{...}
               | nothing
     place     = end u32                  offset behind a block
                 postings  positions      where its first lists are; `offset`
                                          bytes each
     told      = postings byte  positions byte  df byte  flags byte
     region    = key u64                  the first 8 bytes of its first term
                 blocks u32               before it
                 keys u32                 before it
                 terms u32                that it has
                 prefix u32               where the bytes begin in prefix{...}
                 prefix_len u32  zero u32

     block     = first byte               length of the first term, behind the
                                          prefix
                 common byte              bytes that all its terms begin with,
                                          the prefix too
                 suffixes u16             twice the bytes of suffix{...}; 1 more
                                          where a head has a 15
                 head byte{terms - 1}     low 4 bits: bytes in common with the
                                          term before, less `common`; high 4:
                                          length of the suffix; 15: see suffix
                 start byte{terms - 1}    the first byte behind those in common
                 code byte{terms}         0: see info
                 bytes                    of the first term, behind the 8 that
                                          are its key
                 suffix{terms - 1}
                 info{codes that are 0}
     suffix    = common varint (of 15 on, less 15)    length varint (likewise)
                 bytes                    behind `start`
     info      = flags byte               1: tf   2: positions   4: postings
                                          shared   8: positions shared
                                          bits 4-5: the width of df and
                                          postings, 6-7: of the rest; 0 to 3
                                          stand for 1, 2, 3 and 8 bytes
                 df
                 postings                 length
                 positions                length, if it has positions
                 shared{as flagged}       zigzag: offset less the end of
                                          the last one shared in this block,
                                          at first less the block's
   Lists follow one another, beginning where the place says, except for those
   that are shared: these lie anywhere. */

#ifndef LEDE_INDEX_TERMS_FORMAT_H
#define LEDE_INDEX_TERMS_FORMAT_H

#include "shared/index/bytes.h"
#include "shared/index/terms.h"

#define TERMS_BLOCK 32u
#define TERMS_FANOUT 16u
#define TERMS_FANOUT_SHIFT 4u
#define TERMS_KEY 8u            // bytes
#define TERMS_CODES 255u
#define TERMS_CODE_BYTES 4u
#define TERMS_HEAD_MAX 15u
#define REGION_BYTES 32u
#define TERMS_FOOTER 24u
#define TERMS_BLOCK_HEAD 4u     // bytes before the heads

enum {
    INFO_TF = 1,
    INFO_POSITIONS = 2,
    INFO_POSTINGS_SHARED = 4,
    INFO_POSITIONS_SHARED = 8,
    INFO_COUNTS = 4,            // where the widths are
    INFO_OFFSETS = 6
};

/* The bytes of a field of each width, and what of eight bytes belongs to it. */
static const uint8_t info_bytes[] = { 1, 2, 3, 8 };
static const uint64_t info_masks[] = {
    0xFF, 0xFFFF, 0xFFFFFF, UINT64_MAX,
};

/* A dictionary that was opened: what a look-up needs of its tail. */
struct terms_region {
    uint32_t block, n_blocks;
    uint32_t last_terms;        // in its last block
    unsigned shift;             // of the topmost level: a key there stands for
                                // 1 << shift blocks
    const uint8_t *keys;        // of that level
    const uint8_t *leaves;      // of the lowest
    const uint8_t *prefix;
    size_t prefix_len;
    uint64_t prefix_key;
};

struct terms {
    const uint8_t *blocks, *places;
    uint64_t blocks_len;
    size_t place_bytes, offset_bytes;
    uint64_t offset_mask;
    uint32_t n_regions;
    /* What a code stands for: postings, << 16 positions, << 32 whether it is
       none, << 48 df, << 56 flags.  So sums over a block can be taken at
       once. */
    uint64_t told[TERMS_CODES + 1];
    const uint64_t *firsts;     // the key of each region
    struct terms_region regions[];
};

#define TOLD_POSTINGS 0
#define TOLD_POSITIONS 16
#define TOLD_NONE 32
#define TOLD_DF 48
#define TOLD_FLAGS 56

/* Open the dictionary of a segment; *out is NULL where there are no terms
   (terms-open.c). */
lede_status
lede__terms_open_slow(struct segment *segment, const struct terms **out,
                      lede_error *err);

/* The same, or take what was opened before. */
static inline lede_status
lede__terms_open(struct segment *segment, const struct terms **out,
                 lede_error *err)
{
    *out = __atomic_load_n(&segment->terms, __ATOMIC_ACQUIRE);
    return *out != NULL ? LEDE_STATUS_OK
        : lede__terms_open_slow(segment, out, err);
}

lede_status
lede__terms_damaged(const struct segment *segment, lede_error *err);

/* A varint at *p, which is not behind `end`.  The bytes behind every section
   can be read, so that the end is looked at once. */
static inline bool
lede__terms_varint(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
    const uint8_t *at = *p;
    uint64_t sum = *at++;

    if (sum >= 0x80) {
        unsigned shift = 7;
        uint8_t byte = 0;

        sum &= 0x7F;
        do {
            byte = *at++;
            sum |= (uint64_t)(byte & 0x7F) << shift;
            shift += 7;
        } while (byte >= 0x80 && shift < 64);
        if (byte >= 0x80) {
            return false;
        }
    }
    *p = at;
    *value = sum;
    return at <= end;
}

/* The first 8 bytes of a string, so that numbers compare as strings do. */
static inline uint64_t
lede__terms_key(const char *p, size_t len)
{
    uint64_t key = 0;

    if (len >= TERMS_KEY) {
        return __builtin_bswap64(lede__get64(p));
    }
    if (len >= 4) {
        // the two halves overlap
        key = __builtin_bswap32(lede__get32(p + len - 4));
        return (uint64_t)__builtin_bswap32(lede__get32(p)) << 32
            | key << (64 - 8 * len);
    }
    for (size_t i = 0; i < len; i++) {
        key |= (uint64_t)(uint8_t)p[i] << (56 - 8 * i);
    }
    return key;
}

#endif
