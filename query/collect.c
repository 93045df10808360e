/* collect.c - the hits of a plan; see collect.h.

   Here everything is evaluated and scored, page by page; shorter ways are
   tried first (collector.h).  Where both the best k and the total are asked
   for, looking twice, once for each, is less work than scoring all, as long as
   there is a quick way to count. */

#include "query/collector.h"

/* ---- the best k ---- */

void
lede__collector_update(struct collector *c)
{
    int64_t need = topk_need(&c->to->top);

    c->need = need < 0 ? 0 : need > SCORE_MAX ? SCORE_MAX : (uint32_t)need;
}

/* What orders articles of equal keys: their numbers. */
static lede_status
find_order(struct collector *c, uint32_t doc, uint32_t *order)
{
    struct searcher *searcher = c->m->searcher;

    *order = doc;
    return searcher->ordered ? LEDE_STATUS_OK :
           lede__searcher_number(searcher, doc, order, c->m->err);
}

/* Whether an article is behind where the page begins. */
static lede_status
is_behind(struct collector *c, const struct found *one, bool *behind)
{
    char key[4];

    *behind = true;
    if (c->to->after == NULL) {
        return LEDE_STATUS_OK;
    }
    order_score(key, (uint32_t)one->score);
    return lede__position_before(c->to->after,
                                 (struct str){ key, sizeof(key) },
                                 c->m->searcher, one, behind, c->m->err);
}

lede_status
lede__offer(struct collector *c, const uint32_t *docs, const uint32_t *sums,
            size_t n)
{
    size_t i;

    c->to->total += n;
    for (i = 0; i < n; i++) {
        struct found one = { .key = sums[i], .score = sums[i],
                             .doc = docs[i], .index = c->number };
        bool behind;
        lede_status status;

        if (sums[i] < c->need) {
            continue;
        }
        status = is_behind(c, &one, &behind);
        if (status == LEDE_STATUS_OK && !behind) {
            continue;
        }
        if (status == LEDE_STATUS_OK) {
            status = find_order(c, docs[i], &one.order);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__topk_add(&c->to->top, one, c->m->err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        lede__collector_update(c);
    }
    return LEDE_STATUS_OK;
}

/* The same as lede__offer, where the order is another. */
static lede_status
offer_sorted(struct collector *c, const struct level *level, size_t n)
{
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    c->to->total += n;
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct found one = { .score = level->sums[i], .doc = level->docs[i],
                             .index = c->number };

        status = lede__sorter_add(c->sorter, c->m->searcher, one, c->m->err);
    }
    return status;
}

/* ---- exhaustively ---- */

static lede_status
collect_all(struct collector *c)
{
    struct level *level = lede__level_take(c->m);
    bool scored = c->to->top.k > 0;
    uint32_t from = 0;
    lede_status status = LEDE_STATUS_OK;

    if (level == NULL) {
        return lede__fail_memory(c->m->err);
    }
    while (status == LEDE_STATUS_OK) {
        uint32_t to;
        size_t n;

        status = lede__node_peek(c->m, c->root, from, &from);
        if (status != LEDE_STATUS_OK || from >= c->m->searcher->docs) {
            break;
        }
        to = from > DOC_END - DOC_PAGE ? DOC_END
                                       : (from | (DOC_PAGE - 1)) + 1;
        status = lede__node_window(c->m, c->root, from, to, scored, level,
                                   &n);
        if (status == LEDE_STATUS_OK) {
            status = c->to->order == NULL
                     ? lede__offer(c, level->docs, level->sums, n)
                     : offer_sorted(c, level, n);
        }
        from = to;
    }
    lede__level_give(c->m, level);
    return status;
}

/* ---- which way ---- */

/* The most and the least that one leaf, and the leaves together, score. */
static void
add_extremes(const struct collector *c, const struct node *node, double *most,
             uint32_t *least)
{
    const struct scorer *scorer = &c->plan->scorer;
    const struct node *child;

    if (node->kind == NODE_LEAF) {
        uint32_t one = lede__score_least(scorer, node->scale);

        *most += lede__score_most(scorer, node->scale + node->exact_scale) +
                 2;
        *least = one < *least ? one : *least;
    }
    for (child = node->child; child != NULL; child = child->next) {
        add_extremes(c, child, most, least);
    }
}

/* Whether nothing that scores 0 can come in. */
static bool
is_above_0(const struct topk *top)
{
    return top->count == top->k && top->items[0].key > 0;
}

/* The shorter ways.  They take it that sums do not saturate, and pass over what
   scores 0; where such an article might be among the best, which takes lengths
   of millions, all is done again. */
static lede_status
collect_best(struct collector *c, bool *done)
{
    struct topk *top = &c->to->top;
    double most = 0;
    uint32_t least = SCORE_MAX;
    lede_status status;

    add_extremes(c, c->root, &most, &least);
    // false for a NaN
    if (!(most < (double)SCORE_MAX - 1) ||
        (least == 0 && top->count > 0 && !is_above_0(top))) {
        return LEDE_STATUS_OK;
    }
    status = lede__collect_union(c, done);
    if (status == LEDE_STATUS_OK && !*done) {
        status = lede__collect_conjunction(c, done);
    }
    if (status == LEDE_STATUS_OK && *done && least == 0 && !is_above_0(top)) {
        *done = false;
        top->count = 0;
        lede__collector_update(c);
        status = lede__plan_rewind(c->plan, c->index, c->m->err);
    }
    return status;
}

static lede_status
collect_index(struct collector *c)
{
    struct collection *to = c->to;
    uint64_t total = to->total;
    bool done = false;
    lede_status status = LEDE_STATUS_OK;

    lede__node_prepare(c->root, &c->plan->scorer);
    to->top.ties = !c->m->searcher->ordered;
    lede__collector_update(c);
    if (to->mode == COLLECT_ALL) {
        return collect_all(c);
    }
    if (to->mode == COLLECT_COUNT || to->top.k == 0) {
        return lede__collect_count(c);
    }
    if (to->order == NULL &&
        (to->mode == COLLECT_TOP_K || lede__counts_quickly(c->root))) {
        status = collect_best(c, &done);
    }
    if (status != LEDE_STATUS_OK || (done && to->mode == COLLECT_TOP_K)) {
        to->exact = to->exact && !done;
        return status;
    }
    to->total = total;
    if (!done) {
        return collect_all(c);
    }
    status = lede__plan_rewind(c->plan, c->index, c->m->err);
    return status == LEDE_STATUS_OK ? lede__collect_count(c) : status;
}

static lede_status
collect_indexes(struct collection *collection, struct plan *plan,
                struct sorter *sorter, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < plan->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct plan_index *index = &plan->indexes[i];
        struct collector c = { .to = collection, .plan = plan,
                               .index = index, .number = (uint32_t)i,
                               .root = index->root, .sorter = sorter };

        if (c.root == NULL) {
            continue;
        }
        if (*index->matcher == NULL) {
            status = lede__matcher_new(index->matcher, err);
        }
        if (status == LEDE_STATUS_OK) {
            c.m = *index->matcher;
            lede__matcher_begin(c.m, index->searcher, &plan->scorer, err);
            status = collect_index(&c);
        }
    }
    return status;
}

lede_status
lede__collect(struct collection *collection, struct plan *plan,
              lede_error *err)
{
    struct sorter sorter;
    lede_status status;

    collection->total = 0;
    collection->exact = true;
    if (collection->order == NULL) {
        status = collect_indexes(collection, plan, NULL, err);
        lede__topk_sort(&collection->top);
        return status;
    }
    lede__sorter_begin(&sorter, collection->order, collection->after,
                       collection->top.k);
    status = collect_indexes(collection, plan, &sorter, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__sorter_end(&sorter, &collection->top, err);
    }
    lede__sorter_free(&sorter);
    return status;
}
