/* native-chain.h - the postings that a gatherer has of a term, read again; the
   bytes: see native-gather.c.

   Bytes of slices are brought into a window, so that no number lies across
   the end of one; a chain of a single slice is read where it is.  All numbers
   at hand are unpacked at once, then as many postings as they hold. */

#ifndef LEDE_INDEXER_NATIVE_CHAIN_H
#define LEDE_INDEXER_NATIVE_CHAIN_H

#include "indexer/native-gather.h"
#include "shared/index/kernel.h"

#define CHAIN_WINDOW 1024u
/* The bytes that a number can take. */
#define CHAIN_NUMBER 5u
/* Copied at once; so many bytes may be read behind every slice. */
#define CHAIN_PIECE 16u
/* Postings at hand, at most. */
#define CHAIN_RUN 128u

/* Begins as zeros. */
struct chain {
    const struct kernel *kernel;
    const struct gather_term *term;
    const uint32_t *places;     // of the gatherer: their docs
    uint32_t place;             // of the last posting
    const uint8_t *p, *end;     // bytes at hand
    const uint8_t *slice;       // the next bytes to bring; NULL: none
    uint32_t slice_left;        // of the slice
    uint32_t slice_size;
    uint8_t slices;             // still to come after it
    uint32_t *numbers;          // unpacked; malloc'd, as gaps
    size_t at_number, n_numbers, cap_numbers;
    /* postings at hand: those from `at` to before `n` */
    uint32_t at, n;
    uint32_t docs[CHAIN_RUN];
    uint32_t tfs[CHAIN_RUN];
    uint32_t counts[CHAIN_RUN]; // of positions
    uint32_t *gaps;             // of all postings, as lists have positions
    size_t at_gap;              // where those of posting `at` begin
    uint8_t window[CHAIN_WINDOW + CHAIN_PIECE];
};

/* To the first postings of a term; `places` are the docs of the gatherer's
   places. */
lede_status
lede__chain_open(struct chain *chain, const struct kernel *kernel,
                 const struct gather_term *term, const uint32_t *places,
                 lede_error *err);

/* To the next ones, where all at hand were taken; none at the end. */
lede_status
lede__chain_more(struct chain *chain, lede_error *err);

void
lede__chain_free(struct chain *chain);

/* Numbers may be written, and read, so far behind those that are meant. */
#define CHAIN_SLACK 4u

/* Copy numbers, mostly a few, without a branch for each. */
static inline void
chain_copy(uint32_t *to, const uint32_t *from, size_t n)
{
    memcpy(to, from, CHAIN_SLACK * sizeof *to);
    if (n > CHAIN_SLACK) {
        memcpy(to, from, n * sizeof *to);
    }
}

#endif
