/* plan-pairs.c - what an index knows of words that stand side by side; see
   plan.h.

   Where two places of a phrase that follow each other have one list each, the
   engine may know in which articles the second word comes right after the
   first (lede__postings_pair), in the whole index or in stretches of it. */

#include "query/plan.h"

/* The list of a place that has just one, or NULL. */
static struct list *
only_list(const struct slot *slot)
{
    struct list *only = NULL;

    for (size_t i = 0; i < slot->n_lists; i++) {
        struct list *list = &slot->lists[i];

        if (list->postings == NULL) {
            continue;
        }
        if (only != NULL || list->minus) {
            return NULL;
        }
        only = list;
    }
    return only;
}

static lede_status
open_pair(struct plan *plan, const struct plan_index *index,
          struct slot *slot, const struct slot *next, lede_error *err)
{
    struct list *first = only_list(slot);
    struct list *second = only_list(next);
    struct list *pair;
    lede_status status;

    if (first == NULL || second == NULL ||
        next->offset != slot->offset + 1) {
        return LEDE_STATUS_OK;
    }
    pair = lede__arena_array(plan->arena, 1, sizeof(*pair));
    if (pair == NULL) {
        return lede__fail_memory(err);
    }
    pair->first = first;
    pair->second = second;
    status = lede__plan_open_pair(plan, index, pair, err);
    if (status == LEDE_STATUS_OK && pair->postings != NULL) {
        slot->pair = pair;
    }
    return status;
}

static lede_status
open_pairs(struct plan *plan, const struct plan_index *index,
           struct member *phrase, lede_error *err)
{
    size_t n = phrase->n_slots;
    lede_status status = LEDE_STATUS_OK;

    // its words, and what lies between each two of them
    phrase->way = lede__arena_array(plan->arena, 1, sizeof(*phrase->way) +
                                    2 * n * sizeof(struct list *));
    if (phrase->way == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i + 1 < n && status == LEDE_STATUS_OK; i++) {
        status = open_pair(plan, index, &phrase->slots[i],
                           &phrase->slots[i + 1], err);
    }
    return status;
}

lede_status
lede__plan_pairs(struct plan *plan, const struct plan_index *index,
                 struct node *node, lede_error *err)
{
    struct node *child;
    lede_status status = LEDE_STATUS_OK;

    // what has several ways to be written is not matched by pairs
    if (node->n_members == 1 && node->members[0].n_slots > 0) {
        status = open_pairs(plan, index, &node->members[0], err);
    }
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = lede__plan_pairs(plan, index, child, err);
    }
    return status;
}
