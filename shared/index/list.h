/* list.h - the postings of a term in one segment: encoder and decoder.

   A DOC is an article's place in its segment, from 0.  Short lists are made of
   varints (shared/base/str.h), others of blocks of LIST_BLOCK postings, each
   packed (frame.h); what is needed to skip a block stands apart from it.

     postings  = last{blocks} end{blocks} impacts{blocks} group{groups}
                 block{blocks}                              df > 128
               | impacts block                              128 >= df >= 16
               | posting{df}                                df < 16
     blocks    = ceil(df / 128);   groups = ceil(blocks / 32)
     last      = u32              the last doc of a block
     end       = u32              the byte after it, from the first block on
     impacts   = pair{3}
     group     = pair{4}          of 32 blocks
     pair      = tf length        one byte each; see below
     block     = form             one byte:
                                  bits 0-5: 0: gaps; else so many 64-bit words
                                  of a bitset
                                  bit 6: every tf is 1 (or the list has none)
                 docs             gaps less one as frames, the doc before the
                                  first being the last of the block before,
                                  or -1; or a bitset from that doc + 1 on
                 tfs              tf - 1 as frames, unless bit 6
     posting   = varint           gap less one; if the list has tfs
                                  (gap less one) << 1 | (tf > 1),
                 varint           then tf - 2, where it is > 1

     positions = end u32{blocks, if more than one} places{blocks}   df >= 16
               | [0x80 0x00] {count{if so begun} position{count}}{df}
                                                                    df < 16
     end       = the byte after the places of a block, from the first on
     places    = [FRAME_NONE differences]
                                  where counts are not tfs: tf - count, as
                                  frames
                 positions        of one posting after the other: the first,
                                  then gaps less one; as frames
     count     = varint           else it is the tf
     position  = varint           the first, then gaps less one
   All numbers little-endian.  A list whose tfs are all 0 (a filter) says so in
   the dictionary (LIST_TF unset).

   IMPACTS: a pair (tf, length) says that postings with at most this tf have at
   least this length.  Of the pairs of a block each posting is below one: it
   has tf <= pair.tf and length >= pair.length, so that the best score of any
   pair is a bound for every score, whatever k1 and b.  A tf above 31 is
   rounded up to a number of five bits and an exponent (lede__impact_tf).
   (With one pair the bound of a block is 18 % above its best score on average,
   with two 10 %, with three 5 %, with four 2 %: Wikipedia, k1 1.2, b 0.75.)

   Two lists with the same docs and tfs have the same bytes of postings; the
   writer of a segment stores them once (a stem with one form). */

#ifndef LEDE_INDEX_LIST_H
#define LEDE_INDEX_LIST_H

#include "shared/base/str.h"
#include "shared/index/frame.h"
#include "shared/index/impact.h"

#define LIST_BLOCK 128
#define LIST_GROUP 32           // blocks
#define LIST_PAIRS 3            // of a block
#define LIST_GROUP_PAIRS 4      // IMPACTS_MAX at most
#define LIST_SHORT 16           // lists with a lower df are varints
#define LIST_END UINT32_MAX     // after the last doc

/* What the dictionary tells of a list. */
struct list_info {
    uint32_t df;
    bool tf;                    // postings have a tf; else it is 0
    bool with_positions;
    uint64_t postings;          // offset in the section of postings
    uint64_t postings_len;
    uint64_t positions;         // offset in the section of positions
    uint64_t positions_len;
    bool bigram;                // postings lie in the section of bigrams
};

/* ---- writing ---- */

struct list_writer;

lede_status
lede__list_writer_new(struct list_writer **out, lede_error *err);
void
lede__list_writer_free(struct list_writer *writer);

/* A list begins; `lengths` are the quantised lengths of all docs.  Only lists
   with tfs have positions. */
void
lede__list_begin(struct list_writer *writer, bool tf, bool with_positions,
                 const uint8_t *lengths);
/* The next posting: docs ascend; tf > 0 where the list has tfs; positions
   ascend strictly, at most tf of them. */
lede_status
lede__list_add(struct list_writer *writer, uint32_t doc, uint32_t tf,
               const uint32_t *positions, uint32_t n, lede_error *err);
/* The next `n` postings, where counts[i] positions are of the i-th; all of them
   as places have them, one after the other: the first, then gaps less one. */
lede_status
lede__list_add_many(struct list_writer *writer, const uint32_t *docs,
                    const uint32_t *tfs, const uint32_t *counts, size_t n,
                    const uint32_t *gaps, lede_error *err);
/* Append what the list comes to to the two buffers.  info->postings and
   info->positions are the lengths that they had. */
lede_status
lede__list_end(struct list_writer *writer, struct buf *postings,
               struct buf *positions, struct list_info *info,
               lede_error *err);

/* ---- reading ---- */

/* Where bytes are verified before they are first read; see segment.h. */
struct segment;

/* A place in a list.  Need not be cleared before lede__list_open. */
struct list_reader {
    const struct kernel *kernel;
    struct segment *segment;
    uint32_t df;
    bool tf;
    bool with_positions;
    uint32_t base;              // added to every doc that is delivered
    uint32_t n_blocks;
    uint32_t block;             // the one that is loaded; n_blocks: the end
    /* of the block, docs with `base` added */
    uint32_t count;
    uint32_t docs[LIST_BLOCK + 64];
    uint32_t tfs[LIST_BLOCK + FRAME];   // after lede__list_tfs
    bool tfs_read;
    /* the rest is the decoder's own: list-read.c */
    bool ones;                  // all tfs of the block decoded are 1
    uint32_t decoded;           // whose docs are in `docs`; n_blocks: none
    uint32_t ahead;             // where block_end or bound looked last
    uint32_t places_block;      // whose counts are summed; n_blocks: none
    const uint8_t *lasts, *ends, *impacts, *groups; // lasts NULL: one block
    const uint8_t *blocks, *blocks_end;
    const uint8_t *tfs_at, *block_end;
    const uint8_t *places, *places_end;
    uint32_t starts[LIST_BLOCK + 1 + FRAME];    // of the postings' positions
    const uint8_t *headers, *payloads, *block_places_end;
    size_t frame;               // whose payload is at `payloads`
    uint32_t near[4 * FRAME];   // positions of a posting, if they fit:
    uint32_t near_from, near_to;        // these of the block are unpacked,
    uint32_t near_summed;       // summed up before here,
    uint32_t near_first;        // and from here on asked for last
    uint32_t *positions;        // else; malloc'd
    size_t cap_positions;
};

/* Begin at the block that comes first, not yet loaded (count 0, block 0).
   Allocates nothing; what later calls do is freed by lede__list_close.
   `base` is added to all docs.
   LEDE_STATUS_OK, _CORRUPT, _IO. */
lede_status
lede__list_open(struct list_reader *list, struct segment *segment,
                const struct kernel *kernel, const struct list_info *info,
                uint32_t base, lede_error *err);
void
lede__list_close(struct list_reader *list);

/* Load the block that holds the first doc >= `doc`, or none (count 0) at the
   end.  Only forward; a block that holds it already stays.
   Statuses as lede__list_open. */
lede_status
lede__list_advance(struct list_reader *list, uint32_t doc, lede_error *err);

/* The tfs of the block that is loaded, into list->tfs. */
lede_status
lede__list_tfs(struct list_reader *list, lede_error *err);

/* The positions of the i-th posting of the block that is loaded; valid until
   the next call. */
lede_status
lede__list_positions(struct list_reader *list, uint32_t i,
                     const uint32_t **positions, uint32_t *n,
                     lede_error *err);

/* All positions of the block that is loaded, for merging: those of the i-th
   posting are positions[starts[i]] to before positions[starts[i + 1]].  Valid
   until the next call. */
lede_status
lede__list_block_positions(struct list_reader *list,
                           const uint32_t **positions,
                           const uint32_t **starts, lede_error *err);

/* The same of a list with positions and a df of LIST_SHORT at least, but of the
   positions of a posting only the first stands there; then come gaps less
   one. */
lede_status
lede__list_block_gaps(struct list_reader *list, const uint32_t **gaps,
                      const uint32_t **starts, lede_error *err);

/* The last doc of the block that holds the first doc >= `doc` (LIST_END where
   there is none), without loading it.  `doc` ascends from call to call. */
lede_status
lede__list_block_end(struct list_reader *list, uint32_t doc, uint32_t *last,
                     lede_error *err);

/* Add to `impacts` what bounds all postings from `from` to before `to`,
   without loading them: groups where they lie within, else blocks.  Nothing
   where there are no postings.  `from` is not before the block loaded. */
lede_status
lede__list_bound(struct list_reader *list, uint32_t from, uint32_t to,
                 struct impacts *impacts, lede_error *err);

/* Set the bit doc - from for each posting from `from` to before `to`; both
   multiples of 64 beyond `base`.  Moves on to the block that holds the first
   doc >= `to`, or the one before; it need not be loaded then (count 0), and is
   by the next lede__list_advance. */
lede_status
lede__list_fill(struct list_reader *list, uint32_t from, uint32_t to,
                uint64_t *words, lede_error *err);

#endif
