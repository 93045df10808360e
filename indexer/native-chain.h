/* native-chain.h - the postings that a gatherer has of a term, read again; the
   bytes: see native-gather.c.

   Bytes of slices are brought into a window, so that no number lies across
   the end of one; a chain of a single slice is read where it is. */

#ifndef LEDE_INDEXER_NATIVE_CHAIN_H
#define LEDE_INDEXER_NATIVE_CHAIN_H

#include "indexer/native-gather.h"

#define CHAIN_WINDOW 1024u
/* The bytes that a number can take. */
#define CHAIN_NUMBER 5u
/* Copied at once; so many bytes may be read behind every slice. */
#define CHAIN_PIECE 16u

struct chain {
    const struct gather_term *term;
    const uint8_t *p, *end;     // what is at hand
    const uint8_t *slice;       // the next bytes to bring; NULL: none
    uint32_t slice_left;        // of the slice
    uint32_t slice_size;
    uint8_t slices;             // still to come after it
    /* the posting at hand */
    bool some;                  // there is one
    uint32_t place;
    uint32_t tf;
    uint32_t n;                 // positions
    uint8_t window[CHAIN_WINDOW + CHAIN_PIECE];
};

/* To the first posting. */
void
lede__chain_open(struct chain *chain, const struct gather_term *term);

/* Fill the window: what is left of it goes to the front. */
void
lede__chain_fill(struct chain *chain);

/* Whether a number has one byte or two is anybody's guess, and so no branch. */
static inline uint64_t
chain_number(const uint8_t **at)
{
    const uint8_t *p = *at;
    unsigned more = p[0] >> 7;
    uint64_t value = (p[0] & 0x7f) | (uint64_t)(p[1] & (0u - more)) << 7;

    p += 1 + more;
    if (__builtin_expect(value >= (uint64_t)1 << 14, 0)) {
        unsigned shift = 14;

        value &= ((uint64_t)1 << 14) - 1;
        while (*p >= 0x80) {
            value |= (uint64_t)(*p++ & 0x7f) << shift;
            shift += 7;
        }
        value |= (uint64_t)*p++ << shift;
    }
    *at = p;
    return value;
}

/* Have the bytes of `n` numbers at hand, or all that are left. */
static inline void
chain_need(struct chain *chain, size_t n)
{
    if ((size_t)(chain->end - chain->p) < n * CHAIN_NUMBER &&
        chain->slice != NULL) {
        lede__chain_fill(chain);
    }
}

/* To the next posting. */
static inline void
chain_next(struct chain *chain)
{
    unsigned flags = chain->term->flags;
    uint64_t head = 0;
    uint64_t tf = 0;

    chain_need(chain, 3);
    chain->some = chain->p < chain->end;
    if (!chain->some) {
        return;
    }
    head = chain_number(&chain->p);
    chain->place += (uint32_t)(head >> 1) + 1;
    chain->tf = (flags & GATHER_TF) != 0;
    if ((head & 1) != 0) {
        tf = chain_number(&chain->p);
        chain->tf = (uint32_t)(tf >> 1) + 1;
    }
    chain->n = (tf & 1) != 0 ? (uint32_t)chain_number(&chain->p)
               : (flags & GATHER_POSITIONS) != 0 ? chain->tf : 0;
}

/* The positions of the posting at hand, chain->n of them; to be read before
   the next one. */
static inline void
chain_positions(struct chain *chain, uint32_t *positions)
{
    uint32_t base = 0;
    uint32_t i = 0;

    while (i < chain->n) {
        size_t some = 0;

        chain_need(chain, 1);
        some = (size_t)(chain->end - chain->p) / CHAIN_NUMBER;
        if (chain->slice == NULL || some > chain->n - i) {
            some = chain->n - i;
        }
        for (; some > 0; some--) {
            positions[i] = base + (uint32_t)chain_number(&chain->p);
            base = positions[i] + 1;
            i++;
        }
    }
}

#endif
