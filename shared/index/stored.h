/* stored.h - the stored articles of a segment: records deflated (zlib) in
   blocks of some, so that neighbours help each other and one article is read
   by inflating little more than itself.

   Blocks are made by whoever has the records (many threads), and only put in a
   row by the one that writes the segment. */

#ifndef LEDE_INDEX_STORED_H
#define LEDE_INDEX_STORED_H

#include "shared/index/segment.h"

/* A block is closed once it has so many bytes before deflating. */
#define STORED_BLOCK 16384u

/* ---- making blocks: one packer per thread ---- */

struct stored_packer;

lede_status
lede__stored_packer_new(struct stored_packer **out, int level,
                        lede_error *err);
void
lede__stored_packer_free(struct stored_packer *packer);
/* The next record; blocks that come to be full are appended to `out`. */
lede_status
lede__stored_pack(struct stored_packer *packer, struct str record,
                  struct buf *out, lede_error *err);
/* Close the block at hand, where there is one. */
lede_status
lede__stored_flush(struct stored_packer *packer, struct buf *out,
                   lede_error *err);

/* ---- the index of blocks ---- */

/* Gathered while blocks are written one after the other. */
struct stored_index;

lede_status
lede__stored_index_new(struct stored_index **out, lede_error *err);
void
lede__stored_index_free(struct stored_index *index);
/* Blocks made by a packer, whole ones; they say themselves how many records
   they have. */
lede_status
lede__stored_index_add(struct stored_index *index, struct str blocks,
                       lede_error *err);
/* Records in the blocks so far. */
uint64_t
lede__stored_index_docs(const struct stored_index *index);
/* Append the section SECTION_STORED_INDEX to `out`. */
lede_status
lede__stored_index_end(struct stored_index *index, struct buf *out,
                       lede_error *err);

/* ---- reading ---- */

/* Holds the block inflated last. */
struct stored_reader;

lede_status
lede__stored_reader_new(struct stored_reader **out, lede_error *err);
void
lede__stored_reader_free(struct stored_reader *reader);
/* The record of a doc, valid until the next call.  LEDE_STATUS_NOT_FOUND where
   the segment has none. */
lede_status
lede__stored_read(struct stored_reader *reader, struct segment *segment,
                  uint32_t doc, struct str *out, lede_error *err);

/* A block as it is, to be copied. */
struct stored_run {
    uint32_t first, docs;
    struct str bytes;           // in the segment
};

/* The block that holds a doc, of a segment that has stored articles. */
lede_status
lede__stored_run_at(struct segment *segment, uint32_t doc,
                    struct stored_run *out, lede_error *err);

/* lede__stored_read from blocks that are in memory or in a file being written,
   by the number of the record in them: for what is not yet a segment. */
lede_status
lede__stored_read_block(struct stored_reader *reader, struct str blocks,
                        uint32_t record, struct str *out, lede_error *err);

#endif
