/* plan-weighted.c - leaves for terms that bring their weights: what feedback
   adds to a query (feedback.c), and what articles like another are searched by
   (likeness.c).

   Such a leaf is one list, over all fields, and takes its weight from whoever
   found the term; it has no exact form to prefer. */

#include "query/planner.h"

static lede_status
weighted_leaf(struct planner *pl, const struct weighted_term *term,
              struct node **out)
{
    struct member *member;
    struct node *leaf;
    lede_status status = lede__plan_node(pl, NODE_LEAF, out);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    leaf = *out;
    leaf->members = lede__arena_array(pl->plan->arena, 1, sizeof(*member));
    if (leaf->members == NULL) {
        return lede__fail_memory(pl->err);
    }
    member = leaf->members;
    member->lists = lede__arena_array(pl->plan->arena, 1,
                                      sizeof(*member->lists));
    if (member->lists == NULL) {
        return lede__fail_memory(pl->err);
    }
    leaf->field = FIELD_ALL;
    leaf->boost = 1;
    leaf->given = term->weight;
    leaf->n_members = 1;
    member->n_lists = 1;
    pl->plan->scored = true;
    return lede__plan_list(pl, member->lists,
                           term->stem ? LIST_STEM : LIST_EXACT, FIELD_ALL,
                           term->stemmer, term->form, false);
}

lede_status
lede__plan_weighted(struct planner *pl, const struct weighted_terms *terms,
                    struct node **first)
{
    struct node **tail = first;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    *first = NULL;
    for (i = 0; i < terms->n && status == LEDE_STATUS_OK; i++) {
        status = weighted_leaf(pl, &terms->items[i], tail);
        if (status == LEDE_STATUS_OK) {
            tail = &(*tail)->next;
        }
    }
    return status;
}
