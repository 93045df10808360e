/* searcher-native-postings.c - the postings of a term over all segments; see
   searcher-native.h.

   The lists of a term in the parts are read one after the other.  Where no
   article of a part is deleted its blocks are passed on as they lie in the
   list's reader; else what is left of a block is copied.  The readers are
   large: an object is used again without being cleared, and a list is opened
   when it is first asked. */

#include <stdlib.h>

#include "query/searcher-native.h"
#include "shared/index/terms.h"

static struct native_postings *
self(struct postings *postings)
{
    return (struct native_postings *)postings;
}

static lede_status
open_lane(struct native_postings *x, struct native_lane *lane,
          lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (!lane->open) {
        status = lede__list_open(&lane->list, lane->part->segment,
                                 x->owner->searcher.kernel, &lane->info,
                                 lane->part->base, err);
        lane->open = status == LEDE_STATUS_OK;
    }
    return status;
}

/* ---- blocks ---- */

static lede_status
beyond(const struct native_lane *lane, lede_error *err)
{
    return lede__fail(err, LEDE_STATUS_CORRUPT,
                      "%s: damaged: a list names an article beyond the last; "
                      "run lede check", lane->part->segment->path);
}

/* Take what of the list's block is not deleted. */
static lede_status
take_block(struct native_postings *x, const struct native_lane *lane,
           lede_error *err)
{
    const struct list_reader *list = &lane->list;
    const uint64_t *deleted = lane->part->deleted;
    uint32_t base = lane->part->base;
    uint32_t docs = lane->part->end - base;
    uint32_t n = 0;

    if (list->docs[list->count - 1] - base >= docs) {
        return beyond(lane, err);
    }
    x->postings.docs = list->docs;
    x->postings.tfs = list->tfs;
    x->postings.count = list->count;
    x->tfs_ready = list->tfs_read;
    x->compacted = false;
    if (deleted == NULL) {
        return LEDE_STATUS_OK;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t doc = list->docs[i] - base;

        if (doc >= docs) {
            x->postings.count = 0;
            return beyond(lane, err);
        }
        x->docs[n] = list->docs[i];
        x->places[n] = (uint8_t)i;
        n += 1 & (uint32_t)(~deleted[doc / 64] >> (doc % 64));
    }
    if (n < list->count) {
        x->postings.docs = x->docs;
        x->postings.tfs = x->tfs;
        x->postings.count = n;
        x->tfs_ready = false;
        x->compacted = true;
    }
    return LEDE_STATUS_OK;
}

static lede_status
advance(struct postings *postings, uint32_t doc, lede_error *err)
{
    struct native_postings *x = self(postings);

    if (postings->count > 0 && postings->docs[postings->count - 1] >= doc) {
        return LEDE_STATUS_OK;
    }
    postings->count = 0;
    while (x->at < x->n) {
        struct native_lane *lane = &x->lanes[x->at];
        lede_status status = LEDE_STATUS_OK;

        if (doc >= lane->part->end) {
            x->at++;
            continue;
        }
        doc = doc < lane->part->base ? lane->part->base : doc;
        status = open_lane(x, lane, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__list_advance(&lane->list, doc, err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (lane->list.count == 0) {
            x->at++;
            continue;
        }
        status = take_block(x, lane, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (postings->count > 0 &&
            postings->docs[postings->count - 1] >= doc) {
            return LEDE_STATUS_OK;
        }
        /* All that it has from `doc` on is deleted. */
        postings->count = 0;
        doc = lane->list.docs[lane->list.count - 1] + 1;
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_tfs(struct postings *postings, lede_error *err)
{
    struct native_postings *x = self(postings);
    struct native_lane *lane = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (x->tfs_ready || postings->count == 0) {
        return LEDE_STATUS_OK;
    }
    lane = &x->lanes[x->at];
    status = lede__list_tfs(&lane->list, err);
    if (status == LEDE_STATUS_OK && x->compacted) {
        for (size_t i = 0; i < postings->count; i++) {
            x->tfs[i] = lane->list.tfs[x->places[i]];
        }
    }
    x->tfs_ready = status == LEDE_STATUS_OK;
    return status;
}

static lede_status
read_positions(struct postings *postings, uint32_t doc,
               const uint32_t **positions, size_t *count, lede_error *err)
{
    struct native_postings *x = self(postings);
    const uint32_t *docs = postings->docs;
    size_t low = 0;
    size_t high = postings->count;
    uint32_t n = 0;
    lede_status status = LEDE_STATUS_OK;

    *positions = NULL;
    *count = 0;
    if (postings->hint < high && docs[postings->hint] == doc) {
        low = postings->hint;
        high = low;
    }
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (docs[middle] < doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == postings->count || docs[low] != doc) {
        return LEDE_STATUS_OK;
    }
    if (x->compacted) {
        low = x->places[low];
    }
    status = lede__list_positions(&x->lanes[x->at].list, (uint32_t)low,
                                  positions, &n, err);
    *count = n;
    return status;
}

/* ---- what stands beside the blocks ---- */

static lede_status
block_end(struct postings *postings, uint32_t doc, uint32_t *last,
          lede_error *err)
{
    struct native_postings *x = self(postings);

    for (size_t i = x->at; i < x->n; i++) {
        struct native_lane *lane = &x->lanes[i];
        uint32_t base = lane->part->base;
        lede_status status = LEDE_STATUS_OK;

        if (doc >= lane->part->end) {
            continue;
        }
        status = open_lane(x, lane, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__list_block_end(&lane->list,
                                          doc < base ? base : doc, last, err);
        }
        if (status != LEDE_STATUS_OK || *last != LIST_END) {
            return status;
        }
    }
    *last = DOC_END;
    return LEDE_STATUS_OK;
}

static lede_status
bound(struct postings *postings, uint32_t from, uint32_t to,
      struct impacts *out, lede_error *err)
{
    struct native_postings *x = self(postings);

    for (size_t i = x->at; i < x->n; i++) {
        struct native_lane *lane = &x->lanes[i];
        uint32_t first = from < lane->part->base ? lane->part->base : from;
        uint32_t end = to > lane->part->end ? lane->part->end : to;
        lede_status status = LEDE_STATUS_OK;

        if (first >= end) {
            continue;
        }
        status = open_lane(x, lane, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__list_bound(&lane->list, first, end, out, err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
fill(struct postings *postings, uint32_t page,
     uint64_t words[DOC_PAGE_WORDS], lede_error *err)
{
    struct native_postings *x = self(postings);
    struct native_lane *lane = NULL;
    const uint64_t *deleted = NULL;
    lede_status status = LEDE_STATUS_OK;

    while (x->at < x->n && page >= x->lanes[x->at].part->end) {
        x->at++;
        postings->count = 0;
    }
    if (x->at == x->n || page < x->lanes[x->at].part->base) {
        return LEDE_STATUS_OK;
    }
    lane = &x->lanes[x->at];
    status = open_lane(x, lane, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__list_fill(&lane->list, page, page + DOC_PAGE, words,
                                 err);
    }
    /* It may have moved on; what it stands at is taken by the next advance. */
    postings->count = 0;
    deleted = lane->part->deleted;
    if (status == LEDE_STATUS_OK && deleted != NULL) {
        deleted += (page - lane->part->base) / 64;
        for (size_t i = 0; i < DOC_PAGE_WORDS; i++) {
            words[i] &= ~deleted[i];
        }
    }
    return status;
}

/* ---- open and close ---- */

static void
close_postings(struct postings *postings)
{
    struct native_postings *x = self(postings);
    struct searcher_native *owner = x->owner;

    for (size_t i = 0; i < x->n; i++) {
        if (x->lanes[i].open) {
            lede__list_close(&x->lanes[i].list);
        }
    }
    if (x->cap != owner->n_parts) {
        free(x);
        return;
    }
    x->next = owner->pool;
    owner->pool = x;
}

static const struct postings_ops postings_ops = {
    advance, read_tfs, read_positions, block_end, bound, fill, close_postings,
};

static struct native_postings *
take_object(struct searcher_native *owner)
{
    struct native_postings *x = owner->pool;

    if (x != NULL) {
        owner->pool = x->next;
    } else {
        x = malloc(sizeof *x + owner->n_parts * sizeof x->lanes[0]);
    }
    if (x == NULL) {
        return NULL;
    }
    x->postings = (struct postings){ .ops = &postings_ops, .exact_df = true };
    x->owner = owner;
    x->cap = owner->n_parts;
    x->n = 0;
    x->at = 0;
    x->compacted = false;
    x->tfs_ready = false;
    return x;
}

lede_status
lede__native_postings_open(struct searcher *searcher, struct str term,
                           struct postings **out, lede_error *err)
{
    struct searcher_native *owner = lede__native(searcher);
    struct native_postings *x = take_object(owner);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (x == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < owner->n_parts && status == LEDE_STATUS_OK; i++) {
        const struct native_part *part = &owner->parts[i];
        struct native_lane *lane = &x->lanes[x->n];
        bool found = false;

        if (part->base == part->end) {
            continue;
        }
        status = lede__terms_find(part->segment, term, &found, &lane->info,
                                  err);
        if (status == LEDE_STATUS_OK && found) {
            lane->part = part;
            lane->open = false;
            x->postings.df += lane->info.df;
            x->postings.exact_df &= part->deleted == NULL;
            x->n++;
        }
    }
    if (status != LEDE_STATUS_OK || x->n == 0) {
        close_postings(&x->postings);
        return status;
    }
    *out = &x->postings;
    return LEDE_STATUS_OK;
}

void
lede__native_pool_free(struct searcher_native *x)
{
    while (x->pool != NULL) {
        struct native_postings *next = x->pool->next;

        free(x->pool);
        x->pool = next;
    }
}
