/* phrase.c - the matches of a phrase in a window.

   Article at a time: the places of the phrase leapfrog to the next article
   that all of them have; only there positions are read, rarest place first,
   and the surviving starts of the phrase are narrowed down place by place. */

#include "query/match.h"

/* Move all places to the next common candidate >= *i; WINDOW for none. */
static lede_status
next_common(struct matcher *m, struct member *phrase, const struct bits *in,
            uint32_t *i)
{
    size_t agreed = 0;
    size_t s;

    *i = bits_next(in, *i);
    for (s = 0; *i < WINDOW && agreed < phrase->n_slots;
         s = (s + 1) % phrase->n_slots) {
        uint32_t number;
        lede_status status = lede__lists_seek(phrase->slots[s].lists,
                                              phrase->slots[s].n_lists,
                                              m->base + *i, &number, m->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (number - m->base == *i) {
            agreed++;
        } else if (number - m->base < WINDOW) {
            *i = bits_next(in, number - m->base);
            agreed = m->base + *i == number;
        } else {
            *i = WINDOW;
        }
    }
    return LEDE_STATUS_OK;
}

/* The positions of one list in article `number`. */
static lede_status
read_positions(struct matcher *m, struct list *list, uint32_t number,
               const uint32_t **positions, size_t *count)
{
    uint32_t found;
    lede_status status = lede__list_seek(list, number, &found, m->err);

    *positions = NULL;
    *count = 0;
    if (status != LEDE_STATUS_OK || found != number) {
        return status;
    }
    return lede__postings_positions(list->postings, number, positions, count,
                                    m->err);
}

/* Both runs, ascending, each position once. */
static lede_status
merge(struct buf *out, const uint32_t *a, size_t n, const uint32_t *b,
      size_t k, lede_error *err)
{
    size_t i = 0;
    size_t j = 0;
    uint32_t *to;
    lede_status status;

    out->len = 0;
    status = lede__buf_reserve(out, (n + k) * sizeof(*to), err);
    if (status != LEDE_STATUS_OK || n + k == 0) {
        return status;
    }
    to = (uint32_t *)(void *)out->p;
    while (i < n || j < k) {
        uint32_t x = i < n ? a[i] : UINT32_MAX;
        uint32_t y = j < k ? b[j] : UINT32_MAX;

        i += x <= y;
        j += y <= x;
        *to++ = x < y ? x : y;
    }
    out->len = (size_t)((char *)to - out->p);
    return LEDE_STATUS_OK;
}

/* The first run without the members of the second, in place. */
static size_t
subtract(uint32_t *a, size_t n, const uint32_t *b, size_t k)
{
    size_t i, j = 0, kept = 0;

    for (i = 0; i < n; i++) {
        while (j < k && b[j] < a[i]) {
            j++;
        }
        if (j == k || b[j] != a[i]) {
            a[kept++] = a[i];
        }
    }
    return kept;
}

/* The positions of a place in article `number`: of any of its lists, without
   those of minus lists.  Valid until the next call. */
static lede_status
slot_positions(struct matcher *m, struct slot *slot, uint32_t number,
               const uint32_t **out, size_t *count)
{
    struct buf *all = &m->positions[0];
    struct buf *spare = &m->positions[1];
    const uint32_t *positions;
    bool copied = false;
    size_t i, n;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    *count = 0;
    for (i = 0; i < slot->n_lists && status == LEDE_STATUS_OK; i++) {
        if (slot->lists[i].postings == NULL || slot->lists[i].minus) {
            continue;
        }
        status = read_positions(m, &slot->lists[i], number, &positions, &n);
        if (status != LEDE_STATUS_OK || n == 0) {
            continue;
        }
        if (*count == 0) {
            *out = positions;
            *count = n;
            continue;
        }
        status = merge(spare, *out, *count, positions, n, m->err);
        if (status == LEDE_STATUS_OK) {
            struct buf swap = *all;

            *all = *spare;
            *spare = swap;
            copied = true;
            *out = (const uint32_t *)(const void *)all->p;
            *count = all->len / sizeof(**out);
        }
    }
    for (i = 0; i < slot->n_lists && status == LEDE_STATUS_OK; i++) {
        if (slot->lists[i].postings == NULL || !slot->lists[i].minus ||
            *count == 0) {
            continue;
        }
        status = read_positions(m, &slot->lists[i], number, &positions, &n);
        if (status != LEDE_STATUS_OK || n == 0) {
            continue;
        }
        if (!copied) {
            status = merge(all, *out, *count, NULL, 0, m->err);
            copied = true;
            *out = (const uint32_t *)(const void *)all->p;
        }
        if (status == LEDE_STATUS_OK) {
            *count = subtract((uint32_t *)(void *)all->p, *count, positions,
                              n);
        }
    }
    return status;
}

/* Keep the starts that have the place at their offset. */
static size_t
narrow(uint32_t *starts, size_t n, const uint32_t *positions, size_t count,
       uint32_t offset)
{
    size_t i, j = 0, kept = 0;

    for (i = 0; i < n; i++) {
        uint64_t wanted = (uint64_t)starts[i] + offset;

        while (j < count && positions[j] < wanted) {
            j++;
        }
        if (j < count && positions[j] == wanted) {
            starts[kept++] = starts[i];
        }
    }
    return kept;
}

/* How often the phrase stands in article `number`, which has all its words. */
static lede_status
count_matches(struct matcher *m, struct member *phrase, uint32_t number,
              uint32_t *count)
{
    uint32_t *starts = NULL;
    size_t kept = 0;
    size_t s;

    *count = 0;
    for (s = 0; s < phrase->n_slots; s++) {
        const struct slot *slot = &phrase->slots[s];
        const uint32_t *positions;
        size_t n, i;
        lede_status status = slot_positions(m, &phrase->slots[s], number,
                                            &positions, &n);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (s > 0) {
            kept = narrow(starts, kept, positions, n, slot->offset);
        } else {
            m->starts.len = 0;
            status = lede__buf_reserve(&m->starts, n * sizeof(*starts),
                                       m->err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            starts = (uint32_t *)(void *)m->starts.p;
            for (i = 0; i < n; i++) {
                if (positions[i] >= slot->offset) {
                    starts[kept++] = positions[i] - slot->offset;
                }
            }
        }
        if (kept == 0) {
            return LEDE_STATUS_OK;
        }
    }
    *count = (uint32_t)kept;
    return LEDE_STATUS_OK;
}

lede_status
lede__phrase_eval(struct matcher *m, struct member *phrase,
                  const struct bits *in, struct bits *out)
{
    uint32_t i = 0;
    lede_status status = LEDE_STATUS_OK;

    for (;;) {
        uint32_t count;

        status = next_common(m, phrase, in, &i);
        if (status != LEDE_STATUS_OK || i >= WINDOW) {
            return status;
        }
        status = count_matches(m, phrase, m->base + i, &count);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (count > 0) {
            m->total[i] = score_add(m->total[i], count);
            bits_add(out, i);
        }
        i++;
    }
}
