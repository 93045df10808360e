/* native-chain.c - the postings of a term, read again; see native-chain.h. */

#include "indexer/native-chain.h"

/* Copy n bytes, and some more behind them, which have room. */
static inline void
copy(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n > 8 * CHAIN_PIECE) {
        memcpy(to, from, n);
        return;
    }
    for (size_t i = 0; i < n; i += CHAIN_PIECE) {
        memcpy(to + i, from + i, CHAIN_PIECE);
    }
}

/* On to the next slice; false where there is none. */
static inline bool
next_slice(struct chain *chain)
{
    const uint8_t *next = NULL;

    if (chain->slices == 0) {
        chain->slice = NULL;
        return false;
    }
    memcpy(&next, chain->slice, sizeof next);
    chain->slice = next;
    chain->slice_size = slice_next(chain->slice_size);
    chain->slices--;
    chain->slice_left = chain->slices == 0
                            ? (uint32_t)(chain->term->at - next)
                            : chain->slice_size - (uint32_t)sizeof next;
    __builtin_prefetch(next + chain->slice_left);       // with the next link
    return true;
}

void
lede__chain_fill(struct chain *chain)
{
    size_t n = (size_t)(chain->end - chain->p);

    copy(chain->window, chain->p, n);
    while (n < CHAIN_WINDOW) {
        size_t some = CHAIN_WINDOW - n;

        if (chain->slice_left == 0 && !next_slice(chain)) {
            break;
        }
        if (some > chain->slice_left) {
            some = chain->slice_left;
        }
        copy(chain->window + n, chain->slice, some);
        n += some;
        chain->slice += some;
        chain->slice_left -= (uint32_t)some;
    }
    chain->p = chain->window;
    chain->end = chain->window + n;
}

void
lede__chain_open(struct chain *chain, const struct gather_term *term)
{
    const uint8_t *slice = term->text + 1 + term->text[0];

    chain->term = term;
    chain->place = UINT32_MAX;
    chain->p = slice;
    chain->end = term->slices == 1 ? term->at : slice;
    chain->slice = term->slices == 1 ? NULL : slice;
    chain->slice_left = 0;
    chain->slice_size = SLICE_FIRST;
    chain->slices = (uint8_t)(term->slices - 1);
    chain->some = false;
    /* A term that was asked for and never posted has none. */
    if (term->last > 0) {
        chain_next(chain);
    }
}
