/* native-chain.c - the postings of a term, read again; see native-chain.h. */

#include "indexer/native-chain.h"

#include <stdlib.h>

/* Behind numbers, and behind gaps. */
#define SLACK (VARINTS_SLACK + CHAIN_SLACK)

/* ---- bytes ---- */

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

/* Fill the window: what is left of it goes to the front. */
static void
fill_window(struct chain *chain)
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

/* ---- numbers ---- */

/* Room for `n` numbers, and for as many gaps. */
static lede_status
make_room(struct chain *chain, size_t n, lede_error *err)
{
    size_t cap = n + n / 2;
    uint32_t *numbers = NULL;

    if (n <= chain->cap_numbers) {
        return LEDE_STATUS_OK;
    }
    numbers = calloc(2 * (cap + SLACK), sizeof *numbers);
    if (numbers == NULL) {
        return lede__fail_memory(err);
    }
    if (chain->n_numbers > 0) {
        memcpy(numbers, chain->numbers, chain->n_numbers * sizeof *numbers);
    }
    free(chain->numbers);
    chain->numbers = numbers;
    chain->cap_numbers = cap;
    chain->gaps = numbers + cap + SLACK;
    return LEDE_STATUS_OK;
}

/* Unpack what is at hand, behind what is left. */
static lede_status
more_numbers(struct chain *chain, lede_error *err)
{
    size_t left = chain->n_numbers - chain->at_number;
    lede_status status = LEDE_STATUS_OK;

    if (chain->slice != NULL) {
        fill_window(chain);
    }
    if (left > 0) {
        memmove(chain->numbers, chain->numbers + chain->at_number,
                left * sizeof *chain->numbers);
    }
    chain->at_number = 0;
    chain->n_numbers = left;
    status = make_room(chain, left + (size_t)(chain->end - chain->p), err);
    if (status == LEDE_STATUS_OK) {
        chain->n_numbers += chain->kernel->varints(chain->numbers + left,
                                                   &chain->p, chain->end);
    }
    return status;
}

/* ---- postings ---- */

/* The postings that are whole among the numbers.  Nobody can guess which have
   a tf, so that is no branch. */
static void
take_postings(struct chain *chain)
{
    const uint32_t *numbers = chain->numbers;
    const uint32_t one = (chain->term->flags & GATHER_TF) != 0;
    const uint32_t usual = (chain->term->flags & GATHER_POSITIONS) != 0
                               ? UINT32_MAX : 0;
    size_t end = chain->n_numbers;
    size_t at = chain->at_number;
    uint32_t *gap = chain->gaps;
    uint32_t place = chain->place;
    uint32_t n = 0;

    for (; n < CHAIN_RUN && at < end; n++) {
        uint32_t head = numbers[at];
        uint32_t more = head & 1;
        uint32_t tf = more ? (numbers[at + 1] >> 1) + 1 : one;
        uint32_t count = tf & usual;
        size_t next = at + 1 + more;

        if ((more & numbers[at + 1]) != 0) {
            count = numbers[next++];
        }
        if (next > end || count > end - next) {
            break;
        }
        place += (head >> 1) + 1;
        chain->docs[n] = chain->places[place];
        chain->tfs[n] = tf;
        chain->counts[n] = count;
        chain_copy(gap, numbers + next, count);
        gap += count;
        at = next + count;
    }
    chain->at_number = at;
    chain->place = place;
    chain->n = n;
}

lede_status
lede__chain_more(struct chain *chain, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    chain->at = 0;
    chain->at_gap = 0;
    chain->n = 0;
    if (chain->at_number < chain->n_numbers) {
        take_postings(chain);
    }
    while (chain->n == 0 && (chain->slice != NULL || chain->p < chain->end) &&
           status == LEDE_STATUS_OK) {
        status = more_numbers(chain, err);
        if (status == LEDE_STATUS_OK) {
            take_postings(chain);
        }
    }
    return status;
}

lede_status
lede__chain_open(struct chain *chain, const struct kernel *kernel,
                 const struct gather_term *term, const uint32_t *places,
                 lede_error *err)
{
    const uint8_t *slice = term->text + 1 + term->text[0];

    chain->kernel = kernel;
    chain->term = term;
    chain->places = places;
    chain->place = UINT32_MAX;
    chain->p = slice;
    chain->end = term->slices == 1 ? term->at : slice;
    chain->slice = term->slices == 1 ? NULL : slice;
    chain->slice_left = 0;
    chain->slice_size = SLICE_FIRST;
    chain->slices = (uint8_t)(term->slices - 1);
    chain->at_number = 0;
    chain->n_numbers = 0;
    return lede__chain_more(chain, err);
}

void
lede__chain_free(struct chain *chain)
{
    free(chain->numbers);
}
