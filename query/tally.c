/* tally.c - counting what columns have for all matches; see tally.h.

   Matches are walked page by page, without scores.  Where the engine has a
   column as ordinals, they are counted, and each distinct value is looked at
   once for each part of an index; else the value of each article is. */

#include "query/tally.h"

#include <stdlib.h>

#include "query/match.h"

struct walk {
    struct matcher *m;
    struct tally *const *tallies;
    size_t n;
    uint32_t index;
    uint32_t ordinals[DOC_PAGE];
    lede_error *err;
};

/* Where an article stands in the order of document numbers. */
static lede_status
find_order(struct walk *walk, uint32_t doc, uint32_t *order)
{
    struct searcher *searcher = walk->m->searcher;

    *order = doc;
    return searcher->ordered ? LEDE_STATUS_OK :
           lede__searcher_number(searcher, doc, order, walk->err);
}

/* What was counted by ordinals, to who wanted it. */
static lede_status
flush(struct walk *walk, struct tally *tally)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t i;

    for (i = 0; i < tally->count && status == LEDE_STATUS_OK; i++) {
        struct str value;

        if (tally->counts[i] == 0) {
            continue;
        }
        status = lede__searcher_ordinal_text(walk->m->searcher, tally->column,
                                             tally->part, i, &value,
                                             walk->err);
        if (status == LEDE_STATUS_OK) {
            status = tally->add(tally, value, tally->counts[i], walk->index,
                                tally->orders[i], walk->err);
        }
    }
    tally->count = 0;
    return status;
}

/* Room for the ordinals of another part. */
static lede_status
begin_part(struct walk *walk, struct tally *tally,
           const struct ordinals *about)
{
    lede_status status = flush(walk, tally);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (about->count > tally->cap) {
        lede__tally_free(tally);
        tally->counts = malloc(about->count * sizeof(*tally->counts));
        tally->orders = malloc(about->count * sizeof(*tally->orders));
        if (tally->counts == NULL || tally->orders == NULL) {
            return lede__fail_memory(walk->err);
        }
        tally->cap = about->count;
    }
    memset(tally->counts, 0, about->count * sizeof(*tally->counts));
    tally->count = about->count;
    tally->part = about->part;
    return LEDE_STATUS_OK;
}

static lede_status
count_ordinals(struct walk *walk, struct tally *tally, const uint32_t *docs,
               size_t n)
{
    bool ordered = walk->m->searcher->ordered;
    size_t i;

    for (i = 0; i < n; i++) {
        uint32_t ordinal = walk->ordinals[i];
        uint32_t order = docs[i];

        if (!ordered) {
            lede_status status = find_order(walk, docs[i], &order);

            if (status != LEDE_STATUS_OK) {
                return status;
            }
        }
        if (tally->counts[ordinal]++ == 0 || order < tally->orders[ordinal]) {
            tally->orders[ordinal] = order;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
count_values(struct walk *walk, struct tally *tally, const uint32_t *docs,
             size_t n)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct str value;
        uint32_t order;

        status = find_order(walk, docs[i], &order);
        if (status == LEDE_STATUS_OK) {
            status = lede__searcher_column(walk->m->searcher, tally->column,
                                           docs[i], &value, walk->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = tally->add(tally, value, 1, walk->index, order,
                                walk->err);
        }
    }
    return status;
}

/* n docs in a page, to one tally. */
static lede_status
count_page(struct walk *walk, struct tally *tally, const uint32_t *docs,
           size_t n)
{
    struct ordinals about;
    lede_status status = lede__searcher_ordinals(
        walk->m->searcher, tally->column, docs, n, walk->ordinals, &about,
        walk->err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (about.count == 0) {
        return count_values(walk, tally, docs, n);
    }
    if (tally->count == 0 || tally->part != about.part) {
        status = begin_part(walk, tally, &about);
    }
    return status != LEDE_STATUS_OK ? status
           : count_ordinals(walk, tally, docs, n);
}

static lede_status
walk_index(struct walk *walk, struct node *root, struct level *level,
           uint64_t *articles)
{
    struct matcher *m = walk->m;
    uint32_t from = 0;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    while (status == LEDE_STATUS_OK) {
        uint32_t to;
        size_t n = 0;

        status = lede__node_peek(m, root, from, &from);
        if (status != LEDE_STATUS_OK || from >= m->searcher->docs) {
            break;
        }
        to = from > DOC_END - DOC_PAGE ? DOC_END
                                       : (from | (DOC_PAGE - 1)) + 1;
        status = lede__node_window(m, root, from, to, false, level, &n);
        *articles += n;
        for (i = 0; i < walk->n && n > 0 && status == LEDE_STATUS_OK; i++) {
            status = count_page(walk, walk->tallies[i], level->docs, n);
        }
        from = to;
    }
    for (i = 0; i < walk->n && status == LEDE_STATUS_OK; i++) {
        status = flush(walk, walk->tallies[i]);
    }
    return status;
}

static lede_status
begin_index(struct plan *plan, struct plan_index *index, bool again,
            lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (*index->matcher == NULL) {
        status = lede__matcher_new(index->matcher, err);
    }
    if (status == LEDE_STATUS_OK && again) {
        status = lede__plan_rewind(plan, index, err);
    }
    if (status == LEDE_STATUS_OK) {
        lede__matcher_begin(*index->matcher, index->searcher, &plan->scorer,
                            err);
        lede__node_prepare(index->root, &plan->scorer);
    }
    return status;
}

lede_status
lede__tally(struct plan *plan, bool again, struct tally *const *tallies,
            size_t n, uint64_t *articles, lede_error *err)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    *articles = 0;
    if (walk == NULL) {
        return lede__fail_memory(err);
    }
    *walk = (struct walk){ .tallies = tallies, .n = n, .err = err };
    for (i = 0; i < plan->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct plan_index *index = &plan->indexes[i];
        struct level *level;

        if (index->root == NULL) {
            continue;
        }
        status = begin_index(plan, index, again, err);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        walk->m = *index->matcher;
        walk->index = (uint32_t)i;
        level = lede__level_take(walk->m);
        if (level == NULL) {
            status = lede__fail_memory(err);
            break;
        }
        status = walk_index(walk, index->root, level, articles);
        lede__level_give(walk->m, level);
    }
    free(walk);
    return status;
}

void
lede__tally_free(struct tally *tally)
{
    free(tally->counts);
    free(tally->orders);
    tally->counts = NULL;
    tally->orders = NULL;
    tally->cap = 0;
    tally->count = 0;
}
