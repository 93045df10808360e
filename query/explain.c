/* explain.c - the parts of a score; see explain.h.

   The plan is walked once more, over the articles of the hits alone: each leaf
   tells its tf in them, and lede__score, which ranked them, what that is worth.
   Lists only move on, so the articles are taken in the order of docs, some at
   a time.  What the components brought was kept (rank.h), and so were the ranks
   of hits that were fused with a run. */

#include "query/explain.h"

#include <stdlib.h>

#include "query/rank.h"
#include "query/with-run.h"

/* Articles at a time. */
#define BATCH 256

/* What a leaf has in each article at hand. */
struct told {
    const struct node *leaf;
    size_t number;              // in the plan
    const char *label;
    uint32_t *tfs;
    uint32_t *exact;            // of the exact form, where leaf->evidence
};

struct explaining {
    struct search *search;
    const struct found *found;
    lede_hit *hits;
    size_t *order;              // of the hits, by index and doc
    size_t n;
    struct arena *arena;        // of what is told
    struct arena scratch;       // of a batch
    struct matcher *m;          // of the index at hand
    uint32_t docs[BATCH];
    size_t n_docs;
    struct told *told;
    size_t n_told;
    size_t cap_told;
    lede_error *err;
};

/* ---- what a leaf is called ---- */

/* The word as it was typed, in its form in the index; NULL where it is not one
   word. */
static const struct list *
find_word(const struct node *leaf)
{
    const struct member *word = leaf->members;
    size_t i;

    if (leaf->phrase || leaf->n_members == 0 || word->n_lists == 0 ||
        (leaf->syntax != NULL && leaf->syntax->kind != SYNTAX_WORD)) {
        return NULL;
    }
    for (i = 0; i < word->n_lists; i++) {
        if (word->lists[i].role == LIST_EXACT) {
            return &word->lists[i];
        }
    }
    return &word->lists[0];
}

static lede_status
make_label(struct explaining *ex, const struct node *leaf, const char **out)
{
    const struct list *word = find_word(leaf);
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    if (word == NULL) {
        status = lede__print(&text, leaf->syntax, ex->err);
    } else if (leaf->syntax != NULL && leaf->syntax->field.len > 0) {
        status = lede__buf_str(&text, leaf->syntax->field, ex->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_char(&text, ':', ex->err);
        }
    }
    if (status == LEDE_STATUS_OK && word != NULL) {
        status = lede__buf_str(&text, word->form, ex->err);
    }
    if (status == LEDE_STATUS_OK) {
        *out = lede__arena_str(ex->arena, lede__buf_view(&text)).p;
        status = *out == NULL ? lede__fail_memory(ex->err) : LEDE_STATUS_OK;
    }
    lede__buf_free(&text);
    return status;
}

/* ---- the walk ---- */

static lede_status
tell_leaf(struct explaining *ex, struct node *leaf, uint32_t *marks)
{
    struct told told = { .leaf = leaf, .number = ex->n_told };
    size_t i;
    lede_status status;

    if (ex->n_told == ex->cap_told) {
        size_t cap = ex->cap_told * 2 + 16;
        struct told *bigger = realloc(ex->told, cap * sizeof(*bigger));

        if (bigger == NULL) {
            return lede__fail_memory(ex->err);
        }
        ex->told = bigger;
        ex->cap_told = cap;
    }
    told.tfs = lede__arena_array(&ex->scratch, ex->n_docs + SCORE_ROOM,
                                 sizeof(*told.tfs));
    told.exact = lede__arena_array(&ex->scratch, ex->n_docs + SCORE_ROOM,
                                   sizeof(*told.exact));
    if (told.tfs == NULL || told.exact == NULL) {
        return lede__fail_memory(ex->err);
    }
    status = lede__leaf_at(ex->m, leaf, ex->docs, ex->n_docs, 0, told.tfs,
                           told.exact);
    if (status == LEDE_STATUS_OK) {
        status = make_label(ex, leaf, &told.label);
    }
    for (i = 0; i < ex->n_docs; i++) {
        marks[i] = told.tfs[i] > 0;
    }
    ex->told[ex->n_told++] = told;
    return status;
}

static lede_status
tell(struct explaining *ex, struct node *node, uint32_t *marks);

/* How many children of AND, OR or SOME each article has; whoever has one of
   NOT has one too few of all. */
static lede_status
tell_children(struct explaining *ex, struct node *node, uint32_t *counts)
{
    uint32_t marks[BATCH + SCORE_ROOM];
    struct node *child;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    memset(counts, 0, ex->n_docs * sizeof(*counts));
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        bool not = child->kind == NODE_NOT;

        if (not) {
            status = lede__node_at(ex->m, child->child, ex->docs, ex->n_docs,
                                   marks, NULL);
        } else {
            status = tell(ex, child->kind == NODE_MAYBE ? child->child
                                                        : child, marks);
        }
        for (i = 0; i < ex->n_docs && status == LEDE_STATUS_OK; i++) {
            counts[i] += child->kind == NODE_MAYBE || (marks[i] > 0) != not;
        }
    }
    return status;
}

static lede_status
tell_joined(struct explaining *ex, struct node *node, uint32_t *marks)
{
    size_t first = ex->n_told;
    uint32_t least = node->kind == NODE_SOME ? node->least : 1;
    struct node *child;
    size_t i, j;
    lede_status status = tell_children(ex, node, marks);

    if (node->kind == NODE_AND) {
        least = 0;
        for (child = node->child; child != NULL; child = child->next) {
            least++;
        }
    }
    for (i = 0; i < ex->n_docs && status == LEDE_STATUS_OK; i++) {
        marks[i] = marks[i] >= least;
        // what is within does not count
        for (j = first; j < ex->n_told && !marks[i]; j++) {
            ex->told[j].tfs[i] = 0;
            ex->told[j].exact[i] = 0;
        }
    }
    return status;
}

static lede_status
tell(struct explaining *ex, struct node *node, uint32_t *marks)
{
    switch (node->kind) {
    case NODE_LEAF:
        return tell_leaf(ex, node, marks);
    case NODE_AND:
    case NODE_OR:
    case NODE_SOME:
        return tell_joined(ex, node, marks);
    default:
        return lede__node_at(ex->m, node, ex->docs, ex->n_docs, marks, NULL);
    }
}

/* ---- the parts ---- */

/* As in the query; then what is not in it, the weightiest first. */
static int
compare_told(const void *a, const void *b)
{
    const struct told *x = a;
    const struct told *y = b;
    uint32_t from = x->leaf->syntax == NULL ? UINT32_MAX
                                            : x->leaf->syntax->start;
    uint32_t to = y->leaf->syntax == NULL ? UINT32_MAX
                                          : y->leaf->syntax->start;

    if (from != to) {
        return from < to ? -1 : 1;
    }
    if (from == UINT32_MAX && x->leaf->weight != y->leaf->weight) {
        return x->leaf->weight > y->leaf->weight ? -1 : 1;
    }
    return x->number < y->number ? -1 : 1;
}

static const char *
kind_of(const struct explaining *ex, const struct node *leaf)
{
    if (leaf->given > 0 && ex->search->options.feedback !=
                           LEDE_FEEDBACK_OFF) {
        return "feedback";
    }
    return leaf->phrase ? "phrase" : "word";
}

/* One part more of a sum, which saturates. */
static void
put_part(lede_hit *hit, lede_part *parts, uint32_t *sum, lede_part part,
         uint32_t score)
{
    uint32_t before = *sum;

    *sum = score_add(before, score);
    part.score = (double)(*sum - before) / SCORE_ONE;
    parts[hit->n_parts++] = part;
}

/* Of the leaves. */
static void
put_leaves(struct explaining *ex, size_t at, uint8_t length, lede_hit *hit,
           lede_part *parts)
{
    const struct scorer *scorer = &ex->search->plan.scorer;
    uint32_t sum = 0;
    size_t i;

    for (i = 0; i < ex->n_told; i++) {
        const struct told *told = &ex->told[i];
        const struct node *leaf = told->leaf;
        lede_part part = { .kind = kind_of(ex, leaf), .of = told->label,
                           .weight = leaf->weight, .df = leaf->df,
                           .tf = told->tfs[at] };

        part.idf = leaf->phrase && leaf->boost > 0
                   ? leaf->weight / leaf->boost
                   : lede__score_idf(scorer, leaf->df);
        if (part.tf > 0) {
            put_part(hit, parts, &sum, part,
                     lede__score(scorer, leaf->scale, part.tf, length));
        }
        if (leaf->evidence && told->exact[at] > 0) {
            part.kind = "exact";
            part.weight *= scorer->model.exact;
            part.tf = told->exact[at];
            put_part(hit, parts, &sum, part,
                     lede__score(scorer, leaf->exact_scale, part.tf,
                                 length));
        }
    }
}

/* Of the components. */
static void
put_ranked(const struct explaining *ex, const struct found *found,
           lede_hit *hit, lede_part *parts)
{
    const struct ranked *ranked = ex->search->ranked;
    const struct candidate *candidate = NULL;
    enum rank_part part;
    size_t i;

    for (i = 0; ranked != NULL && i < ranked->n; i++) {
        if (ranked->items[i].found.index == found->index &&
            ranked->items[i].found.doc == found->doc) {
            candidate = &ranked->items[i];
        }
    }
    for (part = 0; candidate != NULL && part < RANK_PARTS; part++) {
        if (candidate->parts[part] != 0) {
            parts[hit->n_parts++] = (lede_part){
                .kind = lede__rank_component(part)->name,
                .score = (double)candidate->parts[part] / SCORE_ONE,
            };
        }
    }
    if (candidate == NULL && ranked != NULL && ranked->lowered > 0) {
        parts[hit->n_parts++] = (lede_part){
            .kind = "below",
            .score = -(double)ranked->lowered / SCORE_ONE,
        };
    }
}

static lede_status
make_parts(struct explaining *ex, size_t at, size_t which)
{
    const struct found *found = &ex->found[which];
    lede_hit *hit = &ex->hits[which];
    lede_part *parts = lede__arena_array(ex->arena,
                                         2 * ex->n_told + RANK_PARTS + 3,
                                         sizeof(*parts));
    const uint8_t *lengths;
    uint8_t length;
    lede_status status;

    if (parts == NULL) {
        return lede__fail_memory(ex->err);
    }
    status = lede__searcher_lengths(ex->m->searcher,
                                    found->doc - found->doc % DOC_PAGE,
                                    &lengths, ex->err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    length = lengths[found->doc % DOC_PAGE];
    hit->length = lede__length_value(length);
    hit->length_average = ex->search->plan.scorer.average;
    hit->parts = parts;
    hit->n_parts = 0;
    put_leaves(ex, at, length, hit, parts);
    put_ranked(ex, found, hit, parts);
    return LEDE_STATUS_OK;
}

static lede_status
explain_batch(struct explaining *ex, struct node *root, const size_t *order)
{
    uint32_t marks[BATCH + SCORE_ROOM];
    size_t i;
    lede_status status;

    ex->n_told = 0;
    for (i = 0; i < ex->n_docs; i++) {
        ex->docs[i] = ex->found[order[i]].doc;
    }
    status = tell(ex, root, marks);
    if (ex->n_told > 0 && status == LEDE_STATUS_OK) {
        qsort(ex->told, ex->n_told, sizeof(*ex->told), compare_told);
    }
    for (i = 0; i < ex->n_docs && status == LEDE_STATUS_OK; i++) {
        status = make_parts(ex, i, order[i]);
    }
    lede__arena_reset(&ex->scratch);
    return status;
}

/* ---- the order ---- */

struct place {
    const struct found *found;
    size_t hit;
};

static int
compare_places(const void *a, const void *b)
{
    const struct found *x = ((const struct place *)a)->found;
    const struct found *y = ((const struct place *)b)->found;

    if (x->index != y->index) {
        return x->index < y->index ? -1 : 1;
    }
    return (x->doc > y->doc) - (x->doc < y->doc);
}

static lede_status
find_order(struct explaining *ex)
{
    struct place *places = malloc(ex->n * sizeof(*places));
    size_t i;

    ex->order = malloc(ex->n * sizeof(*ex->order));
    if (places == NULL || ex->order == NULL) {
        free(places);
        return lede__fail_memory(ex->err);
    }
    for (i = 0; i < ex->n; i++) {
        places[i] = (struct place){ &ex->found[i], i };
    }
    qsort(places, ex->n, sizeof(*places), compare_places);
    for (i = 0; i < ex->n; i++) {
        ex->order[i] = places[i].hit;
    }
    free(places);
    return LEDE_STATUS_OK;
}

/* The hits from order[*at] on that are in one index. */
static lede_status
explain_index(struct explaining *ex, size_t *at)
{
    struct plan *plan = &ex->search->plan;
    uint32_t number = ex->found[ex->order[*at]].index;
    struct plan_index *index = &plan->indexes[number];
    lede_status status = lede__plan_rewind(plan, index, ex->err);

    ex->m = *index->matcher;
    lede__matcher_begin(ex->m, index->searcher, &plan->scorer, ex->err);
    while (*at < ex->n && status == LEDE_STATUS_OK &&
           ex->found[ex->order[*at]].index == number) {
        ex->n_docs = 0;
        while (ex->n_docs < BATCH && *at + ex->n_docs < ex->n &&
               ex->found[ex->order[*at + ex->n_docs]].index == number) {
            ex->n_docs++;
        }
        status = explain_batch(ex, index->root, ex->order + *at);
        *at += ex->n_docs;
    }
    return status;
}

/* ---- interface ---- */

/* What a place in a list is worth. */
static void
put_rank(lede_hit *hit, lede_part *parts, const char *kind, size_t rank)
{
    if (rank > 0) {
        parts[hit->n_parts++] = (lede_part){
            .kind = kind, .rank = rank,
            .score = (double)lede__with_run_share(rank) / SCORE_ONE,
        };
    }
}

/* Instead of all the rest, for hits that were fused with a run. */
static lede_status
explain_fused(const struct search *search, const struct found *found,
              lede_hit *hits, size_t n, struct arena *arena, lede_error *err)
{
    size_t i, j;

    for (i = 0; i < n; i++) {
        const struct fused *fused = search->fused;
        lede_part *parts = lede__arena_array(arena, 2, sizeof(*parts));

        if (parts == NULL) {
            return lede__fail_memory(err);
        }
        for (j = 0; j < search->n_fused &&
                    (fused->index != found[i].index ||
                     fused->doc != found[i].doc); j++) {
            fused++;
        }
        hits[i].parts = parts;
        hits[i].n_parts = 0;
        if (j < search->n_fused) {
            put_rank(&hits[i], parts, "search", fused->rank);
            put_rank(&hits[i], parts, "run", fused->run_rank);
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__explain(struct search *search, const struct found *found,
              lede_hit *hits, size_t n, struct arena *arena, lede_error *err)
{
    struct explaining *ex = NULL;
    size_t at = 0;
    lede_status status;

    if (n == 0 || search->fused != NULL) {
        return n == 0 ? LEDE_STATUS_OK
                      : explain_fused(search, found, hits, n, arena, err);
    }
    ex = calloc(1, sizeof(*ex));
    if (ex == NULL) {
        return lede__fail_memory(err);
    }
    ex->search = search;
    ex->found = found;
    ex->hits = hits;
    ex->n = n;
    ex->arena = arena;
    ex->err = err;
    status = find_order(ex);
    while (at < n && status == LEDE_STATUS_OK) {
        status = explain_index(ex, &at);
    }
    lede__arena_free(&ex->scratch);
    free(ex->told);
    free(ex->order);
    free(ex);
    return status;
}
