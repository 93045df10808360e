/* plan-terms.c - the terms of a plan: their names, postings and statistics.

   A term of several indexes is one by its name: FIELD NUL TERM, with the
   field's name, since a field may have another number elsewhere. */

#include <stdlib.h>

#include "query/planner.h"

static struct str
field_name(const struct planner *pl, int field)
{
    return field == FIELD_ALL ? STR("*")
                              : pl->index->searcher->schema->fields[field].name;
}

lede_status
lede__plan_bytes(struct buf *out, enum list_role role, int field,
                 struct str stemmer, struct str form, lede_error *err)
{
    switch (role) {
    case LIST_STEM:
        return lede__term_stem(out, field, stemmer, form, err);
    case LIST_EXACT:
    case LIST_OTHER:
        return lede__term_exact(out, field, form, err);
    default:
        return lede__term_extra(out, field, form, err);
    }
}

/* The term named `field` NUL pl->term. */
static lede_status
find_term(struct planner *pl, struct str field, struct plan_term **out)
{
    struct arena *arena = pl->plan->arena;
    struct str term = lede__buf_view(&pl->term);
    char *name = lede__arena_alloc(arena, field.len + 1 + term.len);
    uint64_t *place;
    bool added;

    if (name == NULL) {
        return lede__fail_memory(pl->err);
    }
    memcpy(name, field.p, field.len);
    name[field.len] = '\0';
    memcpy(name + field.len + 1, term.p, term.len);
    place = lede__map_put(&pl->plan->terms,
                          (struct str){ name, field.len + 1 + term.len },
                          &added);
    if (place != NULL && added) {
        *place = (uintptr_t)lede__arena_array(arena, 1, sizeof(**out));
    }
    *out = place == NULL ? NULL : (struct plan_term *)(uintptr_t)*place;
    return *out == NULL ? lede__fail_memory(pl->err) : LEDE_STATUS_OK;
}

lede_status
lede__plan_filter_list(struct planner *pl, struct list *list)
{
    *list = (struct list){ .role = LIST_FILTER };
    list->bytes = lede__arena_str(pl->plan->arena, lede__buf_view(&pl->term));
    if (list->bytes.p == NULL) {
        return lede__fail_memory(pl->err);
    }
    return find_term(pl, STR(""), &list->term);
}

lede_status
lede__plan_list(struct planner *pl, struct list *list, enum list_role role,
                int field, struct str stemmer, struct str form, bool minus)
{
    struct arena *arena = pl->plan->arena;
    lede_status status;

    *list = (struct list){ .role = (uint8_t)role, .minus = minus,
                           .form = form, .stemmer = stemmer };
    // the name has the term over all fields, the bytes that of the field
    status = lede__plan_bytes(&pl->term, role, FIELD_ALL, stemmer, form,
                              pl->err);
    if (status == LEDE_STATUS_OK) {
        status = find_term(pl, field_name(pl, field), &list->term);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__plan_bytes(&pl->term, role, field, stemmer, form,
                                  pl->err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    list->bytes = lede__arena_str(arena, lede__buf_view(&pl->term));
    return list->bytes.p == NULL ? lede__fail_memory(pl->err)
                                 : LEDE_STATUS_OK;
}

/* ---- postings ---- */

/* A list to those that are to be closed. */
static lede_status
keep_open(struct plan *plan, struct list *list, lede_error *err)
{
    if (plan->n_open == plan->cap_open) {
        size_t cap = plan->cap_open == 0 ? 64 : plan->cap_open * 2;
        struct list **bigger = realloc(plan->open,
                                       cap * sizeof(struct list *));

        if (bigger == NULL) {
            return lede__fail_memory(err);
        }
        plan->open = bigger;
        plan->cap_open = cap;
    }
    plan->open[plan->n_open++] = list;
    return LEDE_STATUS_OK;
}

static lede_status
open_postings(struct list *list, lede_error *err)
{
    lede_status status;

    list->postings = NULL;
    if (list->first == NULL) {
        status = lede__postings_open(list->searcher, list->bytes,
                                     &list->postings, err);
    } else {
        status = lede__postings_pair(list->searcher, list->first->postings,
                                     list->second->postings, &list->postings,
                                     err);
    }
    if (status != LEDE_STATUS_OK) {
        list->postings = NULL;
    }
    return status;
}

/* Open it, and keep it where there is something. */
static lede_status
open_list(struct plan *plan, const struct plan_index *index,
          struct list *list, lede_error *err)
{
    lede_status status;

    list->searcher = index->searcher;
    list->kernel = lede__score_kernel(index->searcher->kernel);
    status = open_postings(list, err);
    if (status == LEDE_STATUS_OK && list->postings != NULL) {
        status = keep_open(plan, list, err);
        if (status != LEDE_STATUS_OK) {
            lede__postings_close(list->postings);
            list->postings = NULL;
        }
    }
    return status;
}

lede_status
lede__plan_open_list(struct plan *plan, const struct plan_index *index,
                     size_t number, struct list *list, lede_error *err)
{
    lede_status status = open_list(plan, index, list, err);

    if (status != LEDE_STATUS_OK || list->postings == NULL) {
        return status;
    }
    if (list->term->counted != number) {
        list->term->counted = number;
        list->term->df += list->postings->df;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__plan_open_pair(struct plan *plan, const struct plan_index *index,
                     struct list *pair, lede_error *err)
{
    lede_status status = open_list(plan, index, pair, err);
    uint32_t end;

    pair->whole = status == LEDE_STATUS_OK && pair->postings != NULL &&
                  lede__postings_told(pair->postings, 0, &end) &&
                  end >= index->searcher->docs;
    return status;
}

/* Of docs given, too, the first is the next. */
static void
rewind_docs(struct node *node)
{
    for (; node != NULL; node = node->next) {
        node->at = 0;
        rewind_docs(node->child);
    }
}

lede_status
lede__plan_rewind(struct plan *plan, const struct plan_index *index,
                  lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    rewind_docs(index->root);
    for (i = 0; i < plan->n_open && status == LEDE_STATUS_OK; i++) {
        struct list *list = plan->open[i];

        if (list->searcher != index->searcher) {
            continue;
        }
        // words come before their pairs
        lede__postings_close(list->postings);
        list->at = 0;
        list->done = false;
        status = open_postings(list, err);
    }
    return status;
}

static lede_status
open_lists(struct planner *pl, struct list *lists, size_t n)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede__plan_open_list(pl->plan, pl->index, pl->number + 1,
                                      &lists[i], pl->err);
    }
    return status;
}

static lede_status
open_span(struct planner *pl, struct span *span)
{
    lede_status status = open_lists(pl, span->slot.lists, span->slot.n_lists);
    size_t i;

    if (status == LEDE_STATUS_OK && span->stem != NULL) {
        status = open_lists(pl, span->stem, 1);
    }
    if (status == LEDE_STATUS_OK && span->borders != NULL) {
        status = open_span(pl, span->borders);
    }
    for (i = 0; i < span->n && status == LEDE_STATUS_OK; i++) {
        status = open_span(pl, &span->children[i]);
    }
    return status;
}

lede_status
lede__plan_open(struct planner *pl, struct node *node)
{
    struct node *child;
    lede_status status = open_lists(pl, node->lists, node->n_lists);
    size_t i, j;

    for (i = 0; i < node->n_members && status == LEDE_STATUS_OK; i++) {
        struct member *member = &node->members[i];

        status = open_lists(pl, member->lists, member->n_lists);
        for (j = 0; j < member->n_slots && status == LEDE_STATUS_OK; j++) {
            status = open_lists(pl, member->slots[j].lists,
                                member->slots[j].n_lists);
        }
        if (member->span != NULL && status == LEDE_STATUS_OK) {
            status = open_span(pl, member->span);
        }
    }
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = lede__plan_open(pl, child);
    }
    return status;
}

/* ---- weights and costs ---- */

/* Columns are looked up for each candidate: after all lists. */
#define RANGE_COST ((uint64_t)1 << 40)

/* The common df of a group of lists, and how many articles it may have. */
struct summary {
    uint64_t df;                // the largest, over all indexes
    uint64_t cost;              // here
};

static struct summary
summarise(const struct list *lists, size_t n)
{
    struct summary sum = { 0, 0 };
    size_t i;

    for (i = 0; i < n; i++) {
        const struct postings *postings = lists[i].postings;

        if (lists[i].minus) {
            continue;
        }
        if (lists[i].term->df > sum.df) {
            sum.df = lists[i].term->df;
        }
        sum.cost += postings == NULL ? 0 : postings->df;
    }
    return sum;
}

/* Of a phrase: *weight is the sum of its words' idf. */
static struct summary
summarise_phrase(const struct scorer *scorer, const struct member *member,
                 double *weight)
{
    struct summary sum = { 0, UINT64_MAX };
    size_t i;

    *weight = 0;
    for (i = 0; i < member->n_slots; i++) {
        struct summary slot = summarise(member->slots[i].lists,
                                        member->slots[i].n_lists);
        const struct list *pair = member->slots[i].pair;

        *weight += lede__score_idf(scorer, slot.df);
        if (slot.cost < sum.cost) {
            sum.cost = slot.cost;
        }
        if (pair != NULL && pair->whole && pair->postings->df < sum.cost) {
            sum.cost = pair->postings->df;
        }
    }
    return sum;
}

/* Of a span the sum of its words' idf, of any of several that of the most
   frequent; and its rarest child. */
static struct summary
summarise_span(const struct scorer *scorer, struct span *span,
               double *weight)
{
    bool any = span->kind == SPAN_ANY;
    struct summary sum = { 0, any ? 0 : UINT64_MAX };
    size_t i;

    *weight = 0;
    if (span->n == 0) {
        sum = summarise(span->stem != NULL ? span->stem : span->slot.lists,
                        span->stem != NULL ? 1 : span->slot.n_lists);
        *weight = span->boost * lede__score_idf(scorer, sum.df);
        return sum;
    }
    for (i = 0; i < span->n; i++) {
        double one_weight;
        struct summary one = summarise_span(scorer, &span->children[i],
                                            &one_weight);

        if (any) {
            *weight = i == 0 || one_weight < *weight ? one_weight : *weight;
            sum.cost += one.cost;
            continue;
        }
        *weight += one_weight;
        if (one.cost < sum.cost) {
            sum.cost = one.cost;
            span->rarest = i;
        }
    }
    *weight *= span->boost;
    return sum;
}

/* Rarest first, so that positions are read where they rule out most. */
static void
order_slots(struct member *phrase)
{
    size_t i, j;

    for (i = 1; i < phrase->n_slots; i++) {
        struct slot slot = phrase->slots[i];
        uint64_t cost = summarise(slot.lists, slot.n_lists).cost;

        for (j = i; j > 0 && summarise(phrase->slots[j - 1].lists,
                                       phrase->slots[j - 1].n_lists).cost >
                             cost; j--) {
            phrase->slots[j] = phrase->slots[j - 1];
        }
        phrase->slots[j] = slot;
    }
}

static void
finish_leaf(struct plan *plan, struct node *node)
{
    struct summary all = { 0, 0 };
    double weight = 0;
    bool stems = false;
    size_t i;

    for (i = 0; i < node->n_members; i++) {
        const struct member *member = &node->members[i];
        struct summary one;
        double phrase_weight = 0;

        if (member->span != NULL) {
            one = summarise_span(&plan->scorer, member->span, &phrase_weight);
        } else if (member->n_slots > 0) {
            // the sum in the order of the text, so that it is one everywhere
            one = summarise_phrase(&plan->scorer, member, &phrase_weight);
            order_slots(&node->members[i]);
        } else {
            one = summarise(member->lists, member->n_lists);
        }
        if (i == 0) {
            weight = phrase_weight;
        }
        all.df = one.df > all.df ? one.df : all.df;
        all.cost += one.cost;
    }
    for (i = 0; node->n_members > 0 && i < node->members[0].n_lists; i++) {
        stems = stems || node->members[0].lists[i].role == LIST_STEM;
    }
    node->cost = all.cost;
    if (!node->phrase) {
        node->df = all.df;
        weight = lede__score_idf(&plan->scorer, all.df);
    }
    node->weight = node->boost * (node->given > 0 ? node->given : weight);
    node->scale = lede__score_scale(&plan->scorer, node->weight);
    node->exact_scale = stems && !node->phrase && node->given == 0
                        ? lede__score_scale(&plan->scorer, node->weight *
                                            plan->scorer.model.exact) : 0;
}

/* What only tests or adds to others comes after them, rarest first. */
static bool
comes_before(const struct node *a, const struct node *b)
{
    int x = a->kind == NODE_MAYBE ? 2 : a->kind == NODE_NOT;
    int y = b->kind == NODE_MAYBE ? 2 : b->kind == NODE_NOT;

    return x < y || (x == y && a->cost < b->cost);
}

static void
order_children(struct node *node)
{
    struct node *sorted = NULL;
    struct node *child = node->child;

    while (child != NULL) {
        struct node *next = child->next;
        struct node **place = &sorted;

        while (*place != NULL && !comes_before(child, *place)) {
            place = &(*place)->next;
        }
        child->next = *place;
        *place = child;
        child = next;
    }
    node->child = sorted;
}

void
lede__plan_finish(struct plan *plan, struct node *node)
{
    struct node *child;
    uint64_t sum = 0;

    for (child = node->child; child != NULL; child = child->next) {
        lede__plan_finish(plan, child);
        sum += child->cost;
    }
    switch (node->kind) {
    case NODE_LEAF:
        finish_leaf(plan, node);
        break;
    case NODE_SET:
        node->cost = summarise(node->lists, node->n_lists).cost;
        break;
    case NODE_DOCS:
        node->cost = node->n_docs;
        break;
    case NODE_RANGE:
        node->cost = RANGE_COST;
        break;
    case NODE_AND:
        order_children(node);
        node->cost = node->child->cost;
        break;
    default:
        node->cost = sum;
        break;
    }
}
