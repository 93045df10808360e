/* list.c - moving along a term's postings. */

#include "query/match.h"

lede_status
lede__list_seek(struct list *list, uint32_t number, uint32_t *found,
                lede_error *err)
{
    struct postings *postings = list->postings;
    size_t low, high;
    lede_status status;

    *found = NUMBER_END;
    if (postings == NULL || number == NUMBER_END) {
        return LEDE_STATUS_OK;
    }
    if (postings->count == 0 ||
        postings->numbers[postings->count - 1] < number) {
        if (list->done) {
            return LEDE_STATUS_OK;
        }
        status = lede__postings_advance(postings, number, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        list->at = 0;
        if (postings->count == 0) {
            list->done = true;
            return LEDE_STATUS_OK;
        }
    }
    // at is before the target or on it: mostly near
    low = list->at;
    high = postings->count - 1;
    if (postings->numbers[low] < number) {
        size_t step = 1;

        while (low + step <= high && postings->numbers[low + step] < number) {
            low += step;
            step *= 2;
        }
        high = low + step < high ? low + step : high;
        while (low + 1 < high) {
            size_t middle = low + (high - low) / 2;

            if (postings->numbers[middle] < number) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low = high;
    }
    list->at = low;
    *found = postings->numbers[low];
    return LEDE_STATUS_OK;
}

lede_status
lede__lists_seek(struct list *lists, size_t n, uint32_t number,
                 uint32_t *found, lede_error *err)
{
    size_t i;

    *found = NUMBER_END;
    for (i = 0; i < n; i++) {
        uint32_t one;
        lede_status status;

        if (lists[i].minus) {
            continue;
        }
        status = lede__list_seek(&lists[i], number, &one, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        *found = one < *found ? one : *found;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__list_add(struct matcher *m, struct list *list, const struct bits *in,
               uint32_t *tfs, struct bits *out)
{
    uint32_t i = bits_next(in, 0);

    while (i < WINDOW) {
        const struct postings *postings = list->postings;
        uint32_t number;
        size_t at;
        lede_status status = lede__list_seek(list, m->base + i, &number,
                                             m->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (number >= m->base + WINDOW || number < m->base) {
            return LEDE_STATUS_OK;
        }
        for (at = list->at; at < postings->count; at++) {
            i = postings->numbers[at] - m->base;
            if (i >= WINDOW) {
                break;
            }
            if (!bits_has(in, i)) {
                continue;
            }
            bits_add(out, i);
            if (tfs == NULL) {
                continue;
            }
            if (list->minus) {
                tfs[i] -= tfs[i] < postings->tfs[at] ? tfs[i]
                                                     : postings->tfs[at];
            } else {
                tfs[i] = score_add(tfs[i], postings->tfs[at]);
            }
        }
        if (at < postings->count) {
            list->at = at;
            return LEDE_STATUS_OK;
        }
        list->at = postings->count - 1;
        i = bits_next(in, i + 1);
    }
    return LEDE_STATUS_OK;
}
