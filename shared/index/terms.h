/* terms.h - the dictionary of a segment: sorted terms -> where their lists
   are.  An exact look-up touches about one cache line that is not at hand;
   terms can be walked in order.  The bytes: see terms-format.h. */

#ifndef LEDE_INDEX_TERMS_H
#define LEDE_INDEX_TERMS_H

#include "shared/index/list.h"
#include "shared/index/segment.h"

/* ---- writing ---- */

struct terms_writer;

lede_status
lede__terms_writer_new(struct terms_writer **out, lede_error *err);
/* Terms ascend bytewise, strictly; at most TERM_MAX bytes.  Lists mostly
   follow each other in their sections, which costs nothing; a list that lies
   elsewhere (shared with another term) is said so. */
lede_status
lede__terms_add(struct terms_writer *writer, struct str term,
                const struct list_info *info, lede_error *err);
/* Append the section to `out`. */
lede_status
lede__terms_end(struct terms_writer *writer, struct buf *out,
                lede_error *err);
void
lede__terms_writer_free(struct terms_writer *writer);

/* ---- reading ---- */

struct terms;

/* Where a term is, if anywhere: the block, or where to go on from if there is
   none. */
struct terms_probe {
    const struct terms *terms;
    bool inside;                // a block may have it
    uint32_t region, block;     // from the first step on near it
    uint64_t key;               // of the term behind the region's prefix
    const uint8_t *p, *end;     // the block
};

/* A look-up in three steps, so that who looks in several segments can take
   each step in all of them: the next one's bytes are on their way then. */
lede_status
lede__terms_probe(struct segment *segment, struct str term,
                  struct terms_probe *probe, lede_error *err);
lede_status
lede__terms_fetch(struct segment *segment, struct terms_probe *probe,
                  lede_error *err);
/* *found false where the segment does not have the term. */
lede_status
lede__terms_take(struct segment *segment, struct str term,
                 const struct terms_probe *probe, bool *found,
                 struct list_info *info, lede_error *err);

/* All three. */
lede_status
lede__terms_find(struct segment *segment, struct str term, bool *found,
                 struct list_info *info, lede_error *err);

struct terms_cursor {
    struct segment *segment;
    struct str term;            // p NULL: at the end
    struct list_info info;
    char bytes[TERM_MAX + 1];
    /* the decoder's own: terms-read.c */
    const struct terms *terms;
    uint32_t region, block;     // the block of the region
    unsigned n, i;              // terms in the block, and which this is
    size_t common;
    const uint8_t *heads, *starts, *codes, *suffix, *suffixes_end;
    const uint8_t *infos, *end;
    uint64_t next_postings, next_positions;
    uint64_t shared_postings, shared_positions;
};

/* To the first term >= `from`. */
lede_status
lede__terms_seek(struct terms_cursor *cursor, struct segment *segment,
                 struct str from, lede_error *err);
lede_status
lede__terms_next(struct terms_cursor *cursor, lede_error *err);

#endif
