/* engine.c - plans made by hand; see engine.h.

   An arena has the nodes; it is emptied, not given back, between queries. */

#include "query/engine.h"

#include <stdlib.h>

#include "query/planner.h"

struct engine {
    struct arena arena;
    struct plan plan;
    struct plan_index index;
    struct matcher *matcher;
    struct collection found;
};

lede_status
lede__engine_new(struct engine **out, struct searcher *searcher, double k1,
                 double b, lede_error *err)
{
    const struct model model = { .k1 = k1, .b = b, .power = 1 };
    struct engine *engine = calloc(1, sizeof(*engine));

    *out = engine;
    if (engine == NULL) {
        return lede__fail_memory(err);
    }
    engine->index.searcher = searcher;
    engine->index.matcher = &engine->matcher;
    engine->plan.arena = &engine->arena;
    engine->plan.indexes = &engine->index;
    engine->plan.n_indexes = 1;
    lede__scorer_init(&engine->plan.scorer, &model, searcher->stats.articles,
                      searcher->stats.total_length);
    return LEDE_STATUS_OK;
}

void
lede__engine_free(struct engine *engine)
{
    if (engine != NULL) {
        lede__plan_close(&engine->plan);
        lede__matcher_free(engine->matcher);
        lede__topk_free(&engine->found.top);
        lede__arena_free(&engine->arena);
        free(engine);
    }
}

void
lede__engine_begin(struct engine *engine)
{
    struct plan *plan = &engine->plan;
    size_t i;

    for (i = 0; i < plan->n_open; i++) {
        lede__postings_close(plan->open[i]->postings);
    }
    plan->n_open = 0;
    lede__arena_reset(&engine->arena);
}

static lede_status
make_node(struct engine *engine, enum node_kind kind, struct node **out,
          lede_error *err)
{
    *out = lede__arena_array(&engine->arena, 1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(err);
    }
    (*out)->kind = kind;
    return LEDE_STATUS_OK;
}

/* A list for a term, opened. */
static lede_status
make_list(struct engine *engine, struct str term, struct list **out,
          lede_error *err)
{
    struct {
        struct list list;
        struct plan_term term;
    } *made = lede__arena_array(&engine->arena, 1, sizeof(*made));
    lede_status status;

    *out = NULL;
    if (made == NULL) {
        return lede__fail_memory(err);
    }
    made->list.term = &made->term;
    made->list.role = LIST_EXACT;
    made->list.bytes = lede__arena_str(&engine->arena, term);
    if (made->list.bytes.p == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__plan_open_list(&engine->plan, &engine->index, 1,
                                  &made->list, err);
    *out = &made->list;
    return status;
}

static lede_status
make_leaf(struct engine *engine, struct node **out, lede_error *err)
{
    lede_status status = make_node(engine, NODE_LEAF, out, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    (*out)->field = FIELD_ALL;
    (*out)->boost = 1;
    (*out)->n_members = 1;
    (*out)->members = lede__arena_array(&engine->arena, 1,
                                        sizeof(struct member));
    return (*out)->members == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

lede_status
lede__engine_word(struct engine *engine, struct str term, struct node **out,
                  lede_error *err)
{
    struct list *list;
    lede_status status = make_leaf(engine, out, err);

    if (status == LEDE_STATUS_OK) {
        status = make_list(engine, term, &list, err);
    }
    if (status == LEDE_STATUS_OK) {
        (*out)->members[0].lists = list;
        (*out)->members[0].n_lists = 1;
    }
    return status;
}

lede_status
lede__engine_phrase(struct engine *engine, const struct str *terms, size_t n,
                    struct node **out, lede_error *err)
{
    struct member *member;
    size_t i;
    lede_status status;

    if (n == 1) {
        return lede__engine_word(engine, terms[0], out, err);
    }
    status = make_leaf(engine, out, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    (*out)->phrase = true;
    member = &(*out)->members[0];
    member->slots = lede__arena_array(&engine->arena, n,
                                      sizeof(struct slot));
    if (member->slots == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct slot *slot = &member->slots[i];

        status = make_list(engine, terms[i], &slot->lists, err);
        slot->n_lists = 1;
        slot->offset = (uint32_t)i;
        member->n_slots = i + 1;
    }
    return status;
}

lede_status
lede__engine_join(struct engine *engine, enum node_kind kind,
                  struct node **nodes, size_t n, struct node **out,
                  lede_error *err)
{
    struct node **tail;
    size_t i;
    lede_status status;

    *out = nodes[0];
    if (n == 1) {
        return LEDE_STATUS_OK;
    }
    status = make_node(engine, kind, out, err);
    if (status == LEDE_STATUS_OK) {
        tail = &(*out)->child;
        for (i = 0; i < n; i++) {
            *tail = nodes[i];
            tail = &nodes[i]->next;
        }
        *tail = NULL;
    }
    return status;
}

lede_status
lede__engine_wrap(struct engine *engine, enum node_kind kind,
                  struct node *node, struct node **out, lede_error *err)
{
    lede_status status = make_node(engine, kind, out, err);

    if (status == LEDE_STATUS_OK) {
        (*out)->child = node;
    }
    return status;
}

lede_status
lede__engine_collect(struct engine *engine, struct node *root,
                     enum collect_mode mode, size_t k,
                     const struct collection **out, lede_error *err)
{
    struct topk top = engine->found.top;
    lede_status status;

    // the room for the best is kept
    top.count = 0;
    top.k = mode == COLLECT_COUNT ? 0 : k;
    engine->found = (struct collection){ .top = top, .mode = mode };
    engine->index.root = root;
    *out = &engine->found;
    status = lede__plan_pairs(&engine->plan, &engine->index, root, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    lede__plan_finish(&engine->plan, root);
    return lede__collect(&engine->found, &engine->plan, err);
}
