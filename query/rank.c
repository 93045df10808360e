/* rank.c - the components that order the best articles; see rank.h. */

#include "query/rank.h"

#include <math.h>
#include <stdlib.h>

#include "query/match.h"

/* In this order: the last weighs the sum of those before. */
static const struct component *const components[RANK_PARTS] = {
    [RANK_NEAR] = &lede__rank_near,
    [RANK_TITLE] = &lede__rank_title,
    [RANK_PRIOR] = &lede__rank_prior,
    [RANK_RECENCY] = &lede__rank_recency,
    [RANK_COPIES] = &lede__rank_copies,
};

const struct component *
lede__rank_component(enum rank_part part)
{
    return components[part];
}

lede_status
lede__rank_check(const lede_search_options *options, lede_error *err)
{
    if (!(options->near >= 0) || !isfinite(options->near) ||
        !(options->title_share >= 0) || !isfinite(options->title_share)) {
        return lede__fail(err, LEDE_STATUS_USAGE, "nearness and the title's "
                          "share weigh 0 or more");
    }
    if (!(options->exact >= 0 && options->exact <= 1) ||
        !(options->particles > 0 && options->particles <= 1)) {
        return lede__fail(err, LEDE_STATUS_USAGE, "exact forms and particles "
                          "weigh up to 1, and a particle more than 0");
    }
    if (!isfinite(options->prior_weight)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "the weight of the prior is no number");
    }
    if (!(options->recency_days >= 0) || !isfinite(options->recency_days) ||
        !(options->recency_floor >= 0 && options->recency_floor <= 1)) {
        return lede__fail(err, LEDE_STATUS_USAGE, "the half-life of recency "
                          "is 0 days or more, its floor from 0 to 1");
    }
    if (options->recency_days > 0 && options->now == LEDE_NOW_UNKNOWN) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "recency needs to know what time it is now");
    }
    return LEDE_STATUS_OK;
}

static bool
is_wanted(const lede_search_options *options)
{
    size_t i = 0;

    while (i < RANK_PARTS && !components[i]->wanted(options)) {
        i++;
    }
    return i < RANK_PARTS;
}

size_t
lede__rank_depth(const lede_search_options *options, size_t wanted)
{
    return wanted > 0 && wanted < RANK_DEPTH && is_wanted(options)
           ? RANK_DEPTH : wanted;
}

/* ---- candidates ---- */

static int
compare_places(const void *a, const void *b)
{
    const struct found *x = &((const struct candidate *)a)->found;
    const struct found *y = &((const struct candidate *)b)->found;

    if (x->index != y->index) {
        return x->index < y->index ? -1 : 1;
    }
    return (x->doc > y->doc) - (x->doc < y->doc);
}

/* The candidates, by place. */
static lede_status
take_candidates(struct ranking *ranking, const struct topk *top)
{
    struct ranked *ranked = ranking->ranked;
    size_t n = top->count < RANK_DEPTH ? top->count : RANK_DEPTH;
    size_t i;

    *ranked = (struct ranked){ .n = n };
    ranked->items = lede__arena_array(ranking->arena, n,
                                      sizeof(*ranked->items));
    if (ranked->items == NULL) {
        return lede__fail_memory(ranking->err);
    }
    for (i = 0; i < n; i++) {
        ranked->items[i].found = top->items[i];
    }
    qsort(ranked->items, n, sizeof(*ranked->items), compare_places);
    return LEDE_STATUS_OK;
}

static lede_status
read_lengths(struct rank_index *index, lede_error *err)
{
    const uint8_t *lengths = NULL;
    uint32_t page = 1;          // none is
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < index->n && status == LEDE_STATUS_OK; i++) {
        uint32_t doc = index->items[i].found.doc;

        if (doc - doc % DOC_PAGE != page) {
            page = doc - doc % DOC_PAGE;
            status = lede__searcher_lengths(index->m->searcher, page,
                                            &lengths, err);
        }
        if (status == LEDE_STATUS_OK) {
            index->items[i].length = lengths[doc % DOC_PAGE];
        }
    }
    return status;
}

/* What has candidates, with their lengths and the words of the query. */
static lede_status
take_indexes(struct ranking *ranking)
{
    const struct plan *plan = &ranking->search->plan;
    struct ranked *ranked = ranking->ranked;
    size_t at = 0;
    lede_status status = LEDE_STATUS_OK;

    ranking->indexes = lede__arena_array(ranking->arena, plan->n_indexes,
                                         sizeof(*ranking->indexes));
    if (ranking->indexes == NULL) {
        return lede__fail_memory(ranking->err);
    }
    while (at < ranked->n && status == LEDE_STATUS_OK) {
        struct rank_index *index = &ranking->indexes[ranking->n_indexes++];
        uint32_t number = ranked->items[at].found.index;
        const struct plan_index *planned = &plan->indexes[number];

        index->m = *planned->matcher;
        index->items = ranked->items + at;
        while (at < ranked->n && ranked->items[at].found.index == number) {
            index->n++;
            at++;
        }
        lede__matcher_begin(index->m, planned->searcher, &plan->scorer,
                            ranking->err);
        status = read_lengths(index, ranking->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__rank_words(ranking, index, planned->root);
        }
    }
    return status;
}

/* ---- the order ---- */

static void
sort_candidates(const struct ranked *ranked, struct topk *top)
{
    struct topk head = { .items = top->items, .count = ranked->n };
    size_t i;

    for (i = 0; i < ranked->n; i++) {
        head.items[i] = ranked->items[i].found;
        head.items[i].key = head.items[i].score;
    }
    lede__topk_sort(&head);
}

/* Those after the candidates come to lie below them. */
static void
lower_others(struct ranked *ranked, struct topk *top)
{
    const struct found *last = &top->items[ranked->n - 1];
    const struct found *next = last + 1;
    size_t i;

    if (ranked->n == top->count || lede__found_compare(last, next) < 0) {
        return;
    }
    // equal ones would be in the order of their numbers
    ranked->lowered = next->key - last->key +
                      (last->index > next->index ||
                       (last->index == next->index &&
                        last->order > next->order));
    for (i = ranked->n; i < top->count; i++) {
        top->items[i].score -= ranked->lowered;
        top->items[i].key = top->items[i].score;
    }
}

static lede_status
run_component(struct ranking *ranking, enum rank_part part)
{
    struct ranked *ranked = ranking->ranked;
    lede_status status;
    size_t i;

    if (!components[part]->wanted(ranking->options) &&
        !(part == RANK_COPIES && lede__is_background(ranking->search))) {
        return LEDE_STATUS_OK;
    }
    status = components[part]->run(ranking, part);
    for (i = 0; i < ranked->n && status == LEDE_STATUS_OK; i++) {
        ranked->items[i].found.score += ranked->items[i].parts[part];
    }
    return status;
}

lede_status
lede__rank(struct search *search, const lede_search_options *options,
           lede_error *err)
{
    struct topk *top = &search->found.top;
    struct ranking ranking = { .search = search, .options = options,
                               .arena = &search->arena, .err = err };
    enum rank_part part;
    lede_status status;

    search->ranked = NULL;
    if (search->found.order != NULL || top->count == 0 ||
        !is_wanted(options)) {
        return LEDE_STATUS_OK;
    }
    ranking.ranked = lede__arena_array(ranking.arena, 1,
                                       sizeof(*ranking.ranked));
    if (ranking.ranked == NULL) {
        return lede__fail_memory(err);
    }
    status = take_candidates(&ranking, top);
    if (status == LEDE_STATUS_OK) {
        status = take_indexes(&ranking);
    }
    for (part = 0; part < RANK_PARTS && status == LEDE_STATUS_OK; part++) {
        status = run_component(&ranking, part);
    }
    if (status == LEDE_STATUS_OK) {
        sort_candidates(ranking.ranked, top);
        lower_others(ranking.ranked, top);
        search->ranked = ranking.ranked;
    }
    return status;
}
