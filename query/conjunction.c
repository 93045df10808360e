/* conjunction.c - the best k of a conjunction; see collector.h.

   The rarest member that can leads, a block at a time; the others follow, the
   rarest first, what is excluded and what only adds to the score last.  A
   block in which the members cannot come to what is needed together, or in
   whose range one of them has nothing, is passed over unread (block-max
   conjunctions, Ding and Suel 2011). */

#include "query/collector.h"

struct conjunction {
    struct node *lead;
    struct follower followers[FOLLOWERS_MAX];
    size_t n;
};

static bool
can_lead(const struct node *node)
{
    return node->kind == NODE_LEAF || node->kind == NODE_SET ||
           node->kind == NODE_DOCS;
}

/* False where there are too many. */
static bool
add(struct conjunction *j, struct node *node, enum follow how)
{
    if (j->n == FOLLOWERS_MAX) {
        return false;
    }
    j->followers[j->n++] = (struct follower){ .node = node, .how = how };
    return true;
}

/* The children come in the right order already, from plan-terms.c. */
static bool
take_apart(struct conjunction *j, struct node *root)
{
    struct node *child, *part;
    bool fits = true;
    size_t i;

    j->lead = NULL;
    j->n = 0;
    for (child = root->child; child != NULL && fits; child = child->next) {
        if (child->kind == NODE_NOT) {
            fits = add(j, child->child, FOLLOW_EXCLUDED);
        } else if (child->kind == NODE_MAYBE &&
                   child->child->kind == NODE_OR) {
            // each for itself, so that each is left out where it can be
            for (part = child->child->child; part != NULL && fits;
                 part = part->next) {
                fits = add(j, part, FOLLOW_OPTIONAL);
            }
        } else if (child->kind == NODE_MAYBE) {
            fits = add(j, child->child, FOLLOW_OPTIONAL);
        } else if (j->lead == NULL && can_lead(child)) {
            j->lead = child;
        } else {
            fits = add(j, child, FOLLOW_REQUIRED);
        }
    }
    for (i = 0; i < j->n; i++) {
        j->followers[i].bound = j->followers[i].node->most;
    }
    lede__followers_add_up(j->followers, j->n);
    return fits && j->lead != NULL;
}

/* The bounds in a range; *hope is whether an article there may come in. */
static lede_status
find_bounds(struct collector *c, struct conjunction *j, uint32_t from,
            uint32_t to, bool *hope)
{
    struct matcher *m = c->m;
    uint32_t sum;
    size_t i;
    lede_status status;

    *hope = true;
    if (c->need == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__node_bound(m, j->lead, from, to, &sum);
    *hope = sum > 0 || j->lead->kind != NODE_LEAF;
    if (status != LEDE_STATUS_OK || !*hope) {
        return status;
    }
    for (i = 0; i < j->n && status == LEDE_STATUS_OK; i++) {
        struct follower *follower = &j->followers[i];

        follower->bound = 0;
        if (follower->how == FOLLOW_EXCLUDED) {
            continue;
        }
        status = lede__node_bound(m, follower->node, from, to,
                                  &follower->bound);
        if (follower->bound == 0 && follower->how == FOLLOW_REQUIRED &&
            follower->node->kind == NODE_LEAF) {
            *hope = false;
            return status;
        }
        sum = score_add(sum, follower->bound);
    }
    lede__followers_add_up(j->followers, j->n);
    *hope = sum >= c->need;
    return status;
}

static lede_status
find_end(struct collector *c, const struct node *lead, uint32_t from,
         uint32_t *to)
{
    uint32_t docs = c->m->searcher->docs;
    uint32_t last = DOC_END;
    lede_status status = LEDE_STATUS_OK;

    if (lead->kind != NODE_DOCS) {
        status = lede__leaf_end(c->m, (struct node *)lead, from, &last);
    }
    *to = last < docs ? last + 1 : docs;
    return status;
}

static lede_status
take_ranges(struct collector *c, struct conjunction *j, struct level *level)
{
    uint32_t docs = c->m->searcher->docs;
    uint32_t from = 0;
    lede_status status = LEDE_STATUS_OK;

    while (from < docs && status == LEDE_STATUS_OK) {
        uint32_t to;
        bool hope = false;

        status = find_end(c, j->lead, from, &to);
        if (status == LEDE_STATUS_OK) {
            status = find_bounds(c, j, from, to, &hope);
        }
        if (status == LEDE_STATUS_OK && hope) {
            status = lede__lead(c, j->lead, from, to, j->followers, j->n,
                                level);
        }
        from = to;
    }
    return status;
}

lede_status
lede__collect_conjunction(struct collector *c, bool *done)
{
    struct conjunction j;
    struct level *level;
    lede_status status;

    *done = false;
    if (c->root->kind != NODE_AND || !take_apart(&j, c->root)) {
        return LEDE_STATUS_OK;
    }
    level = lede__level_take(c->m);
    if (level == NULL) {
        return lede__fail_memory(c->m->err);
    }
    *done = true;
    status = take_ranges(c, &j, level);
    lede__level_give(c->m, level);
    return status;
}
