/* match.h - evaluating a plan over one index.

   Document numbers are taken in windows of WINDOW.  In a window a node gets
   the candidates as a bitset and answers with those that match; what scores
   adds to an array of sums.  So each list is read in runs, a conjunction asks
   its later members only for what is left of the earlier ones, and positions
   are read only where all else matches.  Windows in which nothing can match
   are not visited.

   A node is asked once per window, in ascending order of windows, since lists
   only move on. */

#ifndef LEDE_QUERY_MATCH_H
#define LEDE_QUERY_MATCH_H

#include "query/plan.h"

/* As many as a page of lengths. */
#define WINDOW 4096
#define WINDOW_WORDS (WINDOW / 64)

/* A set of numbers in the window. */
struct bits {
    uint64_t words[WINDOW_WORDS];
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

static inline void
bits_remove(struct bits *bits, uint32_t i)
{
    bits->words[i / 64] &= ~((uint64_t)1 << (i % 64));
}

/* The first member >= i, or WINDOW. */
static inline uint32_t
bits_next(const struct bits *bits, uint32_t i)
{
    uint32_t word = i / 64;
    uint64_t rest;

    if (i >= WINDOW) {
        return WINDOW;
    }
    rest = bits->words[word] & ~(uint64_t)0 << (i % 64);
    while (rest == 0) {
        if (++word == WINDOW_WORDS) {
            return WINDOW;
        }
        rest = bits->words[word];
    }
    return word * 64 + (uint32_t)__builtin_ctzll(rest);
}

static inline bool
bits_empty(const struct bits *bits)
{
    return bits_next(bits, 0) == WINDOW;
}

/* One per index and search; large, so on the heap. */
struct matcher {
    struct searcher *searcher;
    const struct scorer *scorer;
    uint32_t base;              // of the window
    lede_error *err;
    /* of the leaf at hand, zero between leaves */
    uint32_t stems[WINDOW];
    uint32_t exact[WINDOW];
    uint32_t plain[WINDOW];
    uint32_t evidence[WINDOW];  // exact tf of the first member
    uint32_t total[WINDOW];
    /* scratch */
    uint32_t numbers[WINDOW];
    uint8_t lengths[WINDOW];
    struct score_block *blocks; // sums of nested AND, free ones
    struct buf positions[2];    // of the slots of a phrase
    struct buf starts;
};

lede_status
lede__matcher_new(struct matcher **out, struct searcher *searcher,
                  const struct scorer *scorer, lede_error *err);

void
lede__matcher_free(struct matcher *matcher);

/* No article from `from` up to *next (exclusive) matches; NUMBER_END where
   none does any more. */
lede_status
lede__node_peek(struct matcher *m, struct node *node, uint32_t from,
                uint32_t *next);

/* Those of the candidates `in` of the window at m->base that match, into
   `out`.  Scores are added to `sums`; what is added for others than `out` is
   meaningless, except that a leaf adds nothing there.  `sums` NULL: none. */
lede_status
lede__node_eval(struct matcher *m, struct node *node, const struct bits *in,
                struct bits *out, uint32_t *sums);

/* ---- leaf.c ---- */

lede_status
lede__leaf_peek(struct matcher *m, struct node *leaf, uint32_t from,
                uint32_t *next);
lede_status
lede__leaf_eval(struct matcher *m, struct node *leaf, const struct bits *in,
                struct bits *out, uint32_t *sums);

/* ---- phrase.c ---- */

/* The matches of a phrase added to m->total. */
lede_status
lede__phrase_eval(struct matcher *m, struct member *phrase,
                  const struct bits *in, struct bits *out);

/* ---- list.c ---- */

/* Move to the first posting >= number; *found is its number or NUMBER_END. */
lede_status
lede__list_seek(struct list *list, uint32_t number, uint32_t *found,
                lede_error *err);

/* The least of lede__list_seek over lists, minus lists left out. */
lede_status
lede__lists_seek(struct list *lists, size_t n, uint32_t number,
                 uint32_t *found, lede_error *err);

/* Add (of a minus list: take off) the tfs of the candidates to `tfs`, where
   not NULL, and the candidates that the list has to `out`. */
lede_status
lede__list_add(struct matcher *m, struct list *list, const struct bits *in,
               uint32_t *tfs, struct bits *out);

#endif
