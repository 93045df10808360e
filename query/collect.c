/* collect.c - the hits of a plan; see collect.h.

   Exhaustively: every window that may have a match is evaluated and counted.

   Where the count need not be exact and the query is a union of leaves:
   MaxScore (Turtle and Flood 1995; over windows as in Lucene's
   MaxScoreBulkScorer).  Leaves are ordered by the highest score they can
   bring.  As many of the lowest as together cannot reach the score of the
   k-th best so far are not essential: an article with only these cannot come
   in any more, since the later of two equal ones loses.  Windows are driven by
   the essential leaves, and the others are asked, highest first, only for the
   articles that can still come in with them.  The hits are those of the
   exhaustive way, exactly. */

#include "query/collect.h"

#include <stdlib.h>

struct collector {
    struct collection *to;
    struct matcher *m;
    size_t index;
    uint32_t sums[WINDOW];
};

/* ---- one window ---- */

/* The sort key of an article; articles without a date come last, whichever
   way. */
static lede_status
date_key(struct collector *c, uint32_t number, int64_t *key)
{
    struct str value;
    struct date date;
    lede_status status = lede__searcher_column(c->m->searcher, COLUMN_DATE,
                                               number, &value, c->m->err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    date = lede__column_date_read(value);
    if (date.precision == DATE_NONE) {
        *key = INT64_MIN;
    } else {
        *key = c->to->sort == LEDE_SORT_DATE ? -date.seconds : date.seconds;
    }
    return LEDE_STATUS_OK;
}

static lede_status
take_window(struct collector *c, const struct bits *found)
{
    uint32_t i;

    for (i = bits_next(found, 0); i < WINDOW; i = bits_next(found, i + 1)) {
        uint32_t number = c->m->base + i;
        int64_t key = c->sums[i];
        lede_status status = LEDE_STATUS_OK;

        if (c->to->sort != LEDE_SORT_RELEVANCE && c->to->top.k > 0) {
            status = date_key(c, number, &key);
        }
        if (status == LEDE_STATUS_OK && topk_admits(&c->to->top, key)) {
            status = lede__topk_add(&c->to->top,
                                    (struct found){ key, c->sums[i], number,
                                                    (uint32_t)c->index },
                                    c->m->err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

static uint32_t
count(const struct bits *bits)
{
    uint32_t n = 0;
    int i;

    for (i = 0; i < WINDOW_WORDS; i++) {
        n += (uint32_t)__builtin_popcountll(bits->words[i]);
    }
    return n;
}

/* The next window to look at from `next` on: its base, and all candidates. */
static void
open_window(struct collector *c, uint32_t next, struct bits *all)
{
    c->m->base = next - next % WINDOW;
    memset(all, 0xFF, sizeof(*all));
    memset(c->sums, 0, sizeof(c->sums));
}

/* The first number of the window after; NUMBER_END after the last. */
static uint32_t
after_window(const struct collector *c)
{
    return c->m->base > NUMBER_END - WINDOW ? NUMBER_END
                                            : c->m->base + WINDOW;
}

/* ---- exhaustively ---- */

static lede_status
collect_all(struct collector *c, struct node *root)
{
    struct bits all, found;
    uint32_t from = 0;

    while (from != NUMBER_END) {
        uint32_t next;
        lede_status status = lede__node_peek(c->m, root, from, &next);

        if (status != LEDE_STATUS_OK || next == NUMBER_END) {
            return status;
        }
        open_window(c, next, &all);
        status = lede__node_eval(c->m, root, &all, &found, c->sums);
        c->to->total += count(&found);
        if (status == LEDE_STATUS_OK) {
            status = take_window(c, &found);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        from = after_window(c);
    }
    return LEDE_STATUS_OK;
}

/* ---- MaxScore ---- */

/* Leaves, the lowest bound first, and reach[i], what the first i of them bring
   together at most. */
struct union_leaves {
    struct node **leaves;
    uint32_t *reach;
    size_t count;
    size_t essential;           // the first that is
};

static bool
is_union(const struct node *root)
{
    const struct node *child;

    if (root->kind != NODE_OR) {
        return false;
    }
    for (child = root->child; child != NULL; child = child->next) {
        if (child->kind != NODE_LEAF) {
            return false;
        }
    }
    return true;
}

static int
compare_bounds(const void *a, const void *b)
{
    const struct node *x = *(struct node *const *)a;
    const struct node *y = *(struct node *const *)b;

    return (x->bound > y->bound) - (x->bound < y->bound);
}

static lede_status
make_union(struct union_leaves *u, const struct node *root, lede_error *err)
{
    struct node *child;
    size_t n = 0;

    for (child = root->child; child != NULL; child = child->next) {
        n++;
    }
    u->leaves = calloc(n, sizeof(struct node *));
    u->reach = calloc(n + 1, sizeof(*u->reach));
    u->count = n;
    u->essential = 0;
    if (u->leaves == NULL || u->reach == NULL) {
        return lede__fail_memory(err);
    }
    n = 0;
    for (child = root->child; child != NULL; child = child->next) {
        u->leaves[n++] = child;
    }
    qsort(u->leaves, n, sizeof(struct node *), compare_bounds);
    for (n = 0; n < u->count; n++) {
        u->reach[n + 1] = score_add(u->reach[n], u->leaves[n]->bound);
    }
    return LEDE_STATUS_OK;
}

/* The candidates that are in with what the leaves below `n` can still add. */
static void
drop_hopeless(const struct collector *c, const struct union_leaves *u,
              size_t n, struct bits *candidates)
{
    uint32_t i = bits_next(candidates, 0);

    while (i < WINDOW) {
        if (!topk_admits(&c->to->top, score_add(c->sums[i], u->reach[n]))) {
            bits_remove(candidates, i);
        }
        i = bits_next(candidates, i + 1);
    }
}

static lede_status
peek_essential(struct collector *c, const struct union_leaves *u,
               uint32_t from, uint32_t *next)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    *next = NUMBER_END;
    for (i = u->essential; i < u->count && status == LEDE_STATUS_OK; i++) {
        uint32_t one;

        status = lede__node_peek(c->m, u->leaves[i], from, &one);
        *next = one < *next ? one : *next;
    }
    return status;
}

static lede_status
eval_union(struct collector *c, const struct union_leaves *u,
           struct bits *all)
{
    struct bits candidates = { { 0 } };
    struct bits found;
    lede_status status = LEDE_STATUS_OK;
    size_t i;
    int w;

    for (i = u->essential; i < u->count && status == LEDE_STATUS_OK; i++) {
        status = lede__node_eval(c->m, u->leaves[i], all, &found, c->sums);
        for (w = 0; w < WINDOW_WORDS; w++) {
            candidates.words[w] |= found.words[w];
        }
    }
    c->to->total += count(&candidates);
    for (i = u->essential; i > 0 && status == LEDE_STATUS_OK; i--) {
        drop_hopeless(c, u, i, &candidates);
        if (bits_empty(&candidates)) {
            return LEDE_STATUS_OK;
        }
        status = lede__node_eval(c->m, u->leaves[i - 1], &candidates, &found,
                                 c->sums);
    }
    return status == LEDE_STATUS_OK ? take_window(c, &candidates) : status;
}

static lede_status
collect_best(struct collector *c, const struct node *root)
{
    struct union_leaves u = { NULL, NULL, 0, 0 };
    struct bits all;
    uint32_t from = 0;
    lede_status status = make_union(&u, root, c->m->err);

    while (status == LEDE_STATUS_OK && from != NUMBER_END) {
        uint32_t next;

        while (u.essential < u.count &&
               !topk_admits(&c->to->top, u.reach[u.essential + 1])) {
            u.essential++;
            c->to->exact = false;
        }
        status = peek_essential(c, &u, from, &next);
        if (status != LEDE_STATUS_OK || next == NUMBER_END) {
            break;
        }
        open_window(c, next, &all);
        status = eval_union(c, &u, &all);
        from = after_window(c);
    }
    free(u.leaves);
    free(u.reach);
    return status;
}

lede_status
lede__collect(struct collection *collection, struct plan *plan,
              lede_error *err)
{
    struct collector *c = malloc(sizeof(*c));
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    collection->total = 0;
    collection->exact = true;
    if (c == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < plan->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct node *root = plan->indexes[i].root;

        if (root == NULL) {
            continue;
        }
        c->to = collection;
        c->index = i;
        status = lede__matcher_new(&c->m, plan->indexes[i].searcher,
                                   &plan->scorer, err);
        if (status == LEDE_STATUS_OK && collection->prune &&
            collection->top.k > 0 && is_union(root) &&
            collection->sort == LEDE_SORT_RELEVANCE) {
            status = collect_best(c, root);
        } else if (status == LEDE_STATUS_OK) {
            status = collect_all(c, root);
        }
        lede__matcher_free(c->m);
    }
    free(c);
    lede__topk_sort(&collection->top);
    return status;
}
