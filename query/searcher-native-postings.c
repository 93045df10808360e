/* searcher-native-postings.c - the postings of a term over all segments; see
   searcher-native.h.

   The lists of a term in the parts are read one after the other.  Where no
   article of a part is deleted its blocks are passed on as they lie in the
   list's reader; else what is left of a block is copied.  The readers are
   large: an object is used again without being cleared, a list is opened when
   it is first asked, and what one reader had decoded is still in the cache
   when it takes the next list. */

#include <stdlib.h>

#include "query/searcher-native.h"
#include "shared/index/terms.h"

static struct native_postings *
self(struct postings *postings)
{
    return (struct native_postings *)postings;
}

/* The reader at lane `at`, opened where it is not. */
static inline lede_status
open_lane(struct native_postings *x, size_t at, struct list_reader **out,
          lede_error *err)
{
    size_t which = x->current;
    lede_status status = LEDE_STATUS_OK;

    if (x->held[which] != at) {
        which = 1 - which;
        *out = &x->lists[which];
        if (x->held[which] != at) {
            const struct native_lane *lane = &x->lanes[at];

            if (x->held[which] != NO_LANE) {
                lede__list_close(*out);
            }
            status = lede__list_open(*out, lane->part->segment,
                                     x->owner->searcher.kernel, &lane->info,
                                     lane->part->base, err);
            x->held[which] = status == LEDE_STATUS_OK ? at : NO_LANE;
        }
        // what was loaded is behind it
        x->current = at == x->at ? which : x->current;
        return status;
    }
    *out = &x->lists[which];
    return LEDE_STATUS_OK;
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
           const struct list_reader *list, lede_error *err)
{
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
        const struct native_lane *lane = &x->lanes[x->at];
        struct list_reader *list = NULL;
        lede_status status = LEDE_STATUS_OK;

        if (doc >= lane->part->end) {
            x->at++;
            continue;
        }
        doc = doc < lane->part->base ? lane->part->base : doc;
        status = open_lane(x, x->at, &list, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__list_advance(list, doc, err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (list->count == 0) {
            x->at++;
            continue;
        }
        status = take_block(x, lane, list, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (postings->count > 0 &&
            postings->docs[postings->count - 1] >= doc) {
            return LEDE_STATUS_OK;
        }
        /* All that it has from `doc` on is deleted. */
        postings->count = 0;
        doc = list->docs[list->count - 1] + 1;
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_tfs(struct postings *postings, lede_error *err)
{
    struct native_postings *x = self(postings);
    struct list_reader *list = &x->lists[x->current];
    lede_status status = LEDE_STATUS_OK;

    if (x->tfs_ready || postings->count == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__list_tfs(list, err);
    if (status == LEDE_STATUS_OK && x->compacted) {
        for (size_t i = 0; i < postings->count; i++) {
            x->tfs[i] = list->tfs[x->places[i]];
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
    status = lede__list_positions(&x->lists[x->current], (uint32_t)low,
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
        const struct native_lane *lane = &x->lanes[i];
        uint32_t base = lane->part->base;
        struct list_reader *list = NULL;
        lede_status status = LEDE_STATUS_OK;

        if (doc >= lane->part->end) {
            continue;
        }
        status = open_lane(x, i, &list, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__list_block_end(list, doc < base ? base : doc, last,
                                          err);
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
        const struct native_lane *lane = &x->lanes[i];
        struct list_reader *list = NULL;
        uint32_t first = from < lane->part->base ? lane->part->base : from;
        uint32_t end = to > lane->part->end ? lane->part->end : to;
        lede_status status = LEDE_STATUS_OK;

        if (first >= end) {
            continue;
        }
        status = open_lane(x, i, &list, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__list_bound(list, first, end, out, err);
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
    const struct native_lane *lane = NULL;
    struct list_reader *list = NULL;
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
    status = open_lane(x, x->at, &list, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__list_fill(list, page, page + DOC_PAGE, words, err);
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

    for (size_t i = 0; i < 2; i++) {
        if (x->held[i] != NO_LANE) {
            lede__list_close(&x->lists[i]);
        }
    }
    free(x->told);
    if (x->cap != owner->n_parts) {
        free(x);
        return;
    }
    x->next = owner->pool;
    owner->pool = x;
}

static const struct postings_ops postings_ops = {
    advance, read_tfs, read_positions, block_end, bound, fill,
    lede__native_told, close_postings,
};

struct native_postings *
lede__native_postings_take(struct searcher_native *owner, lede_error *err)
{
    struct native_postings *x = owner->pool;

    if (x != NULL) {
        owner->pool = x->next;
    } else {
        x = malloc(sizeof *x + owner->n_parts * sizeof x->lanes[0]);
    }
    if (x == NULL) {
        lede__fail_memory(err);
        return NULL;
    }
    x->postings = (struct postings){ .ops = &postings_ops, .exact_df = true };
    x->owner = owner;
    x->cap = owner->n_parts;
    x->n = 0;
    x->at = 0;
    x->held[0] = NO_LANE;
    x->held[1] = NO_LANE;
    x->current = 0;
    x->compacted = false;
    x->tfs_ready = false;
    x->told = NULL;
    return x;
}

/* A list is read soon: have its first bytes come. */
static inline void
fetch_list(const struct segment *segment, const struct list_info *info)
{
    if (info->postings < segment->facts.sizes[SECTION_POSTINGS]) {
        const uint8_t *p = segment->sections[SECTION_POSTINGS]
            + info->postings;

        __builtin_prefetch(p);
        __builtin_prefetch(p + 64);
        __builtin_prefetch(p + 128);
    }
}

lede_status
lede__native_postings_open(struct searcher *searcher, struct str term,
                           struct postings **out, lede_error *err)
{
    struct searcher_native *owner = lede__native(searcher);
    struct native_postings *x = lede__native_postings_take(owner, err);
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;

    *out = NULL;
    if (x == NULL) {
        return LEDE_STATUS_NO_MEMORY;
    }
    // each step in all parts, so that they wait together for what they read
    for (size_t i = 0; i < owner->n_parts && status == LEDE_STATUS_OK; i++) {
        const struct native_part *part = &owner->parts[i];

        if (part->base < part->end) {
            struct native_lane *lane = &x->lanes[n++];

            lane->part = part;
            status = lede__terms_probe(part->segment, term, &lane->probe,
                                       err);
        }
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede__terms_fetch(x->lanes[i].part->segment,
                                   &x->lanes[i].probe, err);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        const struct native_part *part = x->lanes[i].part;
        struct native_lane *lane = &x->lanes[x->n];
        bool found = false;

        status = lede__terms_take(part->segment, term, &x->lanes[i].probe,
                                  &found, &lane->info, err);
        if (status == LEDE_STATUS_OK && found) {
            fetch_list(part->segment, &lane->info);
            lane->part = part;
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
