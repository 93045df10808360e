/* match.h - evaluating a plan over one index.

   Docs are taken in ascending order, since lists only move on.  There are two
   ways to use a node:

     to lead     the next of its matches are enumerated, as arrays of docs
                 with tfs or scores (lede__leaf_run, lede__node_window)
     to follow   it is asked about docs that something else led to
                 (lede__leaf_at, lede__node_at)

   A conjunction is led by its rarest member and the others follow; a union
   adds up what its members lead to.  Whoever collects chooses, range by range
   of docs, from what is known beforehand: lede__node_bound, the best score in
   a range, and lede__leaf_end, where blocks of postings end.

   Arrays have up to DOC_PAGE docs.  All that a search needs is in the matcher
   and kept for the next one; it is cleaned where it was touched. */

#ifndef LEDE_QUERY_MATCH_H
#define LEDE_QUERY_MATCH_H

#include "query/plan.h"

/* A set of docs in a page. */
struct bits {
    uint64_t words[DOC_PAGE_WORDS];
};

static inline bool
bits_has(const struct bits *bits, uint32_t i)
{
    return (bits->words[i / 64] >> (i % 64) & 1) != 0;
}

static inline void
bits_add(struct bits *bits, uint32_t i)
{
    bits->words[i / 64] |= (uint64_t)1 << (i % 64);
}

static inline uint32_t
bits_count(const struct bits *bits)
{
    uint32_t n = 0;
    int i;

    for (i = 0; i < DOC_PAGE_WORDS; i++) {
        n += (uint32_t)__builtin_popcountll(bits->words[i]);
    }
    return n;
}

/* Room for the kernels, which write beyond what they keep. */
#define MATCH_ROOM (DOC_PAGE + SCORE_ROOM)

/* Matches: docs ascend. */
struct hits {
    size_t n;
    const uint32_t *docs;
    const uint32_t *tfs;
    const uint32_t *exact;      // tfs of the exact form; NULL: none
};

/* Arrays for one level of a tree. */
struct level {
    struct level *next;
    uint32_t docs[MATCH_ROOM];
    uint32_t sums[MATCH_ROOM];
    uint32_t tfs[MATCH_ROOM];
    uint32_t exact[MATCH_ROOM];
    uint32_t scores[MATCH_ROOM];
    uint32_t lead[MATCH_ROOM];  // tfs of what leads, not yet scored
};

/* One per open index; large, so on the heap. */
struct matcher {
    struct searcher *searcher;
    const struct scorer *scorer;
    const struct score_kernel *kernel;
    lede_error *err;
    /* the page of lengths at hand */
    const uint8_t *lengths;
    uint32_t lengths_page;
    /* what a leaf has in a page, by place in it: zero between calls */
    uint32_t stems[DOC_PAGE];
    uint32_t forms[DOC_PAGE];
    uint32_t plain[DOC_PAGE];
    uint32_t extra[DOC_PAGE];
    uint32_t total[DOC_PAGE];
    uint32_t evidence[DOC_PAGE];
    struct bits touched;
    /* sums of scores in a page: zero between calls */
    uint32_t sums[DOC_PAGE];
    /* what lede__leaf_run gave */
    uint32_t run_docs[MATCH_ROOM];
    uint32_t run_tfs[MATCH_ROOM];
    uint32_t run_exact[MATCH_ROOM];
    /* where in a block of postings a doc is; checked, never cleaned */
    uint8_t places[DOC_PAGE];
    uint32_t found[DOC_PAGE];   // of the call at hand
    struct level *levels;       // free ones
    struct buf positions[2];    // of the slots of a phrase
    struct buf starts;
};

lede_status
lede__matcher_new(struct matcher **out, lede_error *err);

void
lede__matcher_free(struct matcher *matcher);

/* A search begins. */
void
lede__matcher_begin(struct matcher *m, struct searcher *searcher,
                    const struct scorer *scorer, lede_error *err);

/* See what kinds of leaves there are below `node`, once postings are open. */
void
lede__node_prepare(struct node *node, const struct scorer *scorer);

/* An unused level, for lede__level_give; NULL without memory. */
struct level *
lede__level_take(struct matcher *m);
void
lede__level_give(struct matcher *m, struct level *level);

/* ---- match.c: trees ---- */

/* All matches with from <= doc < to, which are in one page, into `level`: docs
   and, where `scored`, their sums; *n is how many. */
lede_status
lede__node_window(struct matcher *m, struct node *node, uint32_t from,
                  uint32_t to, bool scored, struct level *level, size_t *n);

/* Which of n docs match: marks[i] 1, else 0.  Their scores are added to `sums`
   where that is not NULL. */
lede_status
lede__node_at(struct matcher *m, struct node *node, const uint32_t *docs,
              size_t n, uint32_t *marks, uint32_t *sums);

/* Some doc from `from` on, with no match before it; DOC_END for none. */
lede_status
lede__node_peek(struct matcher *m, struct node *node, uint32_t from,
                uint32_t *next);

/* No match with from <= doc < to scores more; 0: there is none. */
lede_status
lede__node_bound(struct matcher *m, struct node *node, uint32_t from,
                 uint32_t to, uint32_t *bound);

/* Whether lede__node_fill can be asked. */
bool
lede__node_fills(const struct node *node);

/* Add all matches in the page of docs that begins at `page`. */
lede_status
lede__node_fill(struct matcher *m, struct node *node, uint32_t page,
                struct bits *bits);

/* The scores of n matches of a leaf; exact may be NULL. */
lede_status
lede__leaf_score(struct matcher *m, const struct node *leaf,
                 const uint32_t *docs, const uint32_t *tfs,
                 const uint32_t *exact, size_t n, uint32_t *scratch,
                 uint32_t *out);

/* Of n matches of a leaf those that can score `need`, at least. */
lede_status
lede__leaf_sift(struct matcher *m, const struct node *leaf, uint32_t need,
                const uint32_t *docs, const uint32_t *tfs, size_t n,
                uint32_t *docs_out, uint32_t *tfs_out, size_t *kept);

/* ---- leaf.c: what has lists: NODE_LEAF, NODE_SET, NODE_DOCS ---- */

/* Some of the matches with from <= doc < to, which are in one page unless the
   leaf is LEAF_ONE; none before *next are left out.  Those that score less
   than `floor` may be missing.  `tfs` false: tfs are not needed. */
lede_status
lede__leaf_run(struct matcher *m, struct node *leaf, uint32_t from,
               uint32_t to, uint32_t floor, bool tfs, struct hits *out,
               uint32_t *next);

/* The tfs of n docs, 0 where a doc does not match; of a set 1.  `exact` is
   filled where leaf->evidence, and may be NULL where it is not. */
lede_status
lede__leaf_at(struct matcher *m, struct node *leaf, const uint32_t *docs,
              size_t n, uint32_t floor, uint32_t *tfs, uint32_t *exact);

lede_status
lede__leaf_peek(struct matcher *m, struct node *leaf, uint32_t from,
                uint32_t *next);

/* Where the leaf's block ends that `doc` is in: the last doc, or DOC_END. */
lede_status
lede__leaf_end(struct matcher *m, struct node *leaf, uint32_t doc,
               uint32_t *last);

/* ---- bound.c ---- */

lede_status
lede__leaf_bound(struct matcher *m, struct node *leaf, uint32_t from,
                 uint32_t to, uint32_t *bound);

/* ---- phrase.c ---- */

/* LEAF_PHRASE: as lede__leaf_run and lede__leaf_at. */
lede_status
lede__phrase_run(struct matcher *m, struct node *leaf, uint32_t from,
                 uint32_t to, uint32_t floor, struct hits *out,
                 uint32_t *next);
lede_status
lede__phrase_at(struct matcher *m, struct node *leaf, const uint32_t *docs,
                size_t n, uint32_t floor, uint32_t *tfs);

/* How a SHAPE_PHRASE is looked for in `doc` and those after it. */
const struct way *
lede__phrase_way(struct member *phrase, uint32_t doc);

/* Any phrase: its matches in a range in the page at `base`, added to
   m->total and m->touched; and for docs given. */
lede_status
lede__phrase_window(struct matcher *m, struct member *phrase, uint32_t base,
                    uint32_t from, uint32_t to);
lede_status
lede__phrase_add(struct matcher *m, struct member *phrase,
                 const uint32_t *docs, size_t n, uint32_t *tfs);

/* The positions of a place in article `doc`: of any of its lists, without
   those of minus lists.  Valid until the next call. */
lede_status
lede__slot_positions(struct matcher *m, struct slot *slot, uint32_t doc,
                     const uint32_t **out, size_t *count);

/* ---- span.c ---- */

/* The first doc from `from` on that may have it; DOC_END for none. */
lede_status
lede__span_peek(struct matcher *m, struct span *span, uint32_t from,
                uint32_t *next);

/* span->found in `doc`; without a matcher, of what its words have already. */
lede_status
lede__span_find(struct matcher *m, struct span *span, uint32_t doc);

/* Room for n, none of which is kept; doubled, so that what the arena loses is
   no more than what it has. */
lede_status
lede__span_room(struct matcher *m, const struct span *span,
                struct stretches *stretches, size_t n);

/* As lede__phrase_window and lede__phrase_add. */
lede_status
lede__span_window(struct matcher *m, struct span *span, uint32_t base,
                  uint32_t from, uint32_t to);
lede_status
lede__span_add(struct matcher *m, struct span *span, const uint32_t *docs,
               size_t n, uint32_t *tfs);

/* ---- list.c ---- */

/* Move to the first posting with a doc >= `doc`; *found is its doc or
   DOC_END. */
lede_status
lede__list_seek(struct list *list, uint32_t doc, uint32_t *found,
                lede_error *err);

/* The least of lede__list_seek over lists, minus lists left out. */
lede_status
lede__lists_seek(struct list *lists, size_t n, uint32_t doc, uint32_t *found,
                 lede_error *err);

/* The next postings with from <= doc < to that are in one block. */
lede_status
lede__list_run(struct list *list, uint32_t from, uint32_t to, bool tfs,
               struct hits *out, lede_error *err);

/* For each of n docs that the list has: set values[i] to the tf, add it, take
   it off, set values[i] to 1, or, where all n are in the block that is loaded,
   to the place in it + 1. */
enum list_use { LIST_PUT, LIST_ADD, LIST_TAKE, LIST_MARK, LIST_PLACE };

lede_status
lede__list_at(struct matcher *m, struct list *list, const uint32_t *docs,
              size_t n, enum list_use use, uint32_t *values);

/* What bounds the postings with from <= doc < to; as lede__postings_bound, for
   any ascending `from`. */
lede_status
lede__list_bound_at(struct list *list, uint32_t from, uint32_t to,
                    struct impacts *out, lede_error *err);

/* As lede__postings_block_end, likewise. */
lede_status
lede__list_last_at(struct list *list, uint32_t doc, uint32_t *last,
               lede_error *err);

#endif
