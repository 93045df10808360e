/* list.c - moving along a term's postings; see match.h. */

#include "query/match.h"

/* The first of n docs, from `low` on, that is >= doc; n for none.  The way is
   the same for all docs, so that there are no branches to miss. */
static inline size_t
find_doc(const uint32_t *docs, size_t low, size_t n, uint32_t doc)
{
    const uint32_t *at = docs + low;
    size_t left = n - low;

    if (left == 0) {
        return n;
    }
    while (left > 1) {
        size_t half = left / 2;

        at += half & -(size_t)(at[half - 1] < doc);
        left -= half;
    }
    return (size_t)(at - docs) + (*at < doc);
}

/* Load the block that has the first posting >= doc, where it is not. */
static inline lede_status
load(struct list *list, uint32_t doc, lede_error *err)
{
    struct postings *postings = list->postings;
    lede_status status;

    if (postings->count > 0 && postings->docs[postings->count - 1] >= doc) {
        return LEDE_STATUS_OK;
    }
    if (list->done) {
        postings->count = 0;
        return LEDE_STATUS_OK;
    }
    status = lede__postings_advance(postings, doc, err);
    list->at = 0;
    list->done = status == LEDE_STATUS_OK && postings->count == 0;
    return status;
}

lede_status
lede__list_seek(struct list *list, uint32_t doc, uint32_t *found,
                lede_error *err)
{
    struct postings *postings = list->postings;
    lede_status status;

    *found = DOC_END;
    if (postings == NULL || doc == DOC_END) {
        return LEDE_STATUS_OK;
    }
    status = load(list, doc, err);
    if (status != LEDE_STATUS_OK || postings->count == 0) {
        return status;
    }
    if (postings->docs[list->at] < doc) {
        list->at = list->kernel->rank(postings->docs, postings->count, doc);
    }
    *found = postings->docs[list->at];
    return LEDE_STATUS_OK;
}

lede_status
lede__lists_seek(struct list *lists, size_t n, uint32_t doc, uint32_t *found,
                 lede_error *err)
{
    size_t i;

    *found = DOC_END;
    for (i = 0; i < n; i++) {
        uint32_t one;
        lede_status status;

        if (lists[i].minus) {
            continue;
        }
        status = lede__list_seek(&lists[i], doc, &one, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        *found = one < *found ? one : *found;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__list_run(struct list *list, uint32_t from, uint32_t to, bool tfs,
               struct hits *out, lede_error *err)
{
    struct postings *postings = list->postings;
    uint32_t first;
    size_t end;
    lede_status status = lede__list_seek(list, from, &first, err);

    *out = (struct hits){ 0, NULL, NULL, NULL };
    if (status != LEDE_STATUS_OK || first >= to) {
        return status;
    }
    end = postings->count;
    if (postings->docs[end - 1] >= to) {
        end = list->kernel->rank(postings->docs, end, to);
    }
    if (tfs) {
        status = lede__postings_tfs(postings, err);
    }
    out->n = end - list->at;
    out->docs = postings->docs + list->at;
    out->tfs = postings->tfs + list->at;
    // what was given is passed; the last stands for the end of the block
    list->at = end < postings->count ? end : end - 1;
    return status;
}

/* ---- following ---- */

/* Docs that are asked for in one block before it pays to note where each of
   its docs is. */
#define MANY 12

/* The docs are many and near each other: a map of the block, which needs no
   cleaning, since what it says is checked (Briggs and Torczon 1993).  There
   are no branches in it: they would be missed every few docs. */
static void
find_by_map(struct matcher *m, const struct list *list, const uint32_t *docs,
            size_t n, uint32_t *places)
{
    const uint32_t *block = list->postings->docs;
    uint32_t first = block[list->at];
    size_t end = list->at;
    size_t i;

    // what lies beyond the map would overwrite what is in it
    while (end < list->postings->count && block[end] - first < DOC_PAGE) {
        m->places[block[end] - first] = (uint8_t)end;
        end++;
    }
    for (i = 0; i < n; i++) {
        size_t place = m->places[docs[i] - first];

        place = place < end ? place : end - 1;
        places[i] = (uint32_t)(place + 1) & -(uint32_t)(block[place] ==
                                                        docs[i]);
    }
}

/* Do with n values what is to be done with the postings at `places`. */
static void
use_places(const uint32_t *tfs, const uint32_t *places, size_t n,
           enum list_use use, uint32_t *values)
{
    size_t i;

    switch (use) {
    case LIST_PUT:
        for (i = 0; i < n; i++) {
            values[i] = tfs[places[i] - (places[i] > 0)] &
                        -(uint32_t)(places[i] > 0);
        }
        break;
    case LIST_ADD:
        for (i = 0; i < n; i++) {
            values[i] = score_add(values[i],
                                  places[i] > 0 ? tfs[places[i] - 1] : 0);
        }
        break;
    case LIST_TAKE:
        for (i = 0; i < n; i++) {
            uint32_t tf = places[i] > 0 ? tfs[places[i] - 1] : 0;

            values[i] -= values[i] < tf ? values[i] : tf;
        }
        break;
    case LIST_MARK:
        for (i = 0; i < n; i++) {
            values[i] |= places[i] > 0;
        }
        break;
    case LIST_PLACE:
        memcpy(values, places, n * sizeof(*values));
        break;
    }
}

/* The same for docs that are all within the block at hand, from list->at. */
static lede_status
at_block(struct matcher *m, struct list *list, const uint32_t *docs,
         size_t n, enum list_use use, uint32_t *values)
{
    struct postings *postings = list->postings;
    uint32_t first = postings->docs[list->at];
    uint32_t *places = m->found;
    size_t i;

    if (n < MANY || docs[n - 1] - first >= DOC_PAGE) {
        m->kernel->find(postings->docs, postings->count, docs, n, places);
    } else {
        find_by_map(m, list, docs, n, places);
    }
    for (i = n; i-- > 0;) {
        if (places[i] > 0) {
            // not beyond what is asked for next
            list->at = places[i] - 1;
            break;
        }
    }
    if (use != LIST_MARK && use != LIST_PLACE && i < n) {
        lede_status status = lede__postings_tfs(postings, m->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (i < n || use == LIST_PUT || use == LIST_PLACE) {
        use_places(postings->tfs, places, n, use, values);
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__list_at(struct matcher *m, struct list *list, const uint32_t *docs,
              size_t n, enum list_use use, uint32_t *values)
{
    struct postings *postings = list->postings;
    size_t i = 0;
    size_t end;

    while (postings != NULL && i < n) {
        lede_status status = load(list, docs[i], m->err);
        uint32_t first, last;

        if (status != LEDE_STATUS_OK || postings->count == 0) {
            return status;
        }
        first = postings->docs[list->at];
        last = postings->docs[postings->count - 1];
        if (docs[i] < first) {
            i = find_doc(docs, i, n, first);
            continue;
        }
        end = docs[n - 1] <= last ? n : find_doc(docs, i, n, last + 1);
        status = at_block(m, list, docs + i, end - i, use, values + i);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        i = end;
    }
    return LEDE_STATUS_OK;
}

/* ---- what stands beside the blocks ---- */

lede_status
lede__list_bound_at(struct list *list, uint32_t from, uint32_t to,
                    struct impacts *out, lede_error *err)
{
    struct postings *postings = list->postings;

    out->n = 0;
    if (postings == NULL) {
        return LEDE_STATUS_OK;
    }
    if (postings->count > 0 && postings->docs[postings->count - 1] >= from) {
        uint32_t first = postings->docs[list->at];

        if (first >= to) {
            return LEDE_STATUS_OK;
        }
        from = first > from ? first : from;
    } else if (list->done) {
        return LEDE_STATUS_OK;
    }
    return lede__postings_bound(postings, from, to, out, err);
}

lede_status
lede__list_last_at(struct list *list, uint32_t doc, uint32_t *last,
               lede_error *err)
{
    struct postings *postings = list->postings;

    *last = DOC_END;
    if (postings == NULL || list->done) {
        return LEDE_STATUS_OK;
    }
    if (postings->count > 0 && postings->docs[postings->count - 1] >= doc) {
        *last = postings->docs[postings->count - 1];
        return LEDE_STATUS_OK;
    }
    return lede__postings_block_end(postings, doc, last, err);
}
