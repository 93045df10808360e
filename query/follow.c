/* follow.c - from what leads, through what follows, to the best k; see
   collector.h.

   What the leading list has is sifted before it is scored: with what all
   others can bring at most, an article needs a certain score from this list,
   and so, for its length, a certain tf.  Then the followers are asked one
   after the other, each only about the articles that can still come in with
   the best that it and those after it can bring. */

#include "query/collector.h"

void
lede__followers_add_up(struct follower *followers, size_t n)
{
    uint32_t sum = 0;

    while (n-- > 0) {
        sum = score_add(sum, followers[n].bound);
        followers[n].rest = sum;
    }
}

/* Those whose sums come to `need` with `rest`. */
static size_t
drop_low(struct level *level, size_t n, uint32_t need, uint32_t rest)
{
    uint32_t least = need > rest ? need - rest : 0;
    size_t kept = 0;
    size_t i;

    if (least == 0) {
        return n;
    }
    for (i = 0; i < n; i++) {
        level->docs[kept] = level->docs[i];
        level->sums[kept] = level->sums[i];
        kept += level->sums[i] >= least;
    }
    return kept;
}

/* Those that are marked in level->tfs, or not. */
static size_t
keep_marked(struct level *level, size_t n, bool marked)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        level->docs[kept] = level->docs[i];
        level->sums[kept] = level->sums[i];
        kept += (level->tfs[i] > 0) == marked;
    }
    return kept;
}

/* The same for a leaf, whose tfs and exact tfs are kept with them, and those of
   the lead. */
static size_t
keep_matches(struct level *level, size_t n, bool exact, bool lead)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        uint32_t tf = level->tfs[i];

        level->docs[kept] = level->docs[i];
        level->sums[kept] = level->sums[i];
        level->tfs[kept] = tf;
        if (exact) {
            level->exact[kept] = level->exact[i];
        }
        if (lead) {
            level->lead[kept] = level->lead[i];
        }
        kept += tf > 0;
    }
    return kept;
}

/* What one leaf must bring at least for any of the articles to come in. */
static uint32_t
find_floor(const struct collector *c, const struct follower *follower,
           const struct level *level, size_t n)
{
    uint32_t others = follower->rest - follower->bound;
    uint32_t best = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        best = level->sums[i] > best ? level->sums[i] : best;
    }
    others = score_add(others, best);
    return c->need > others ? c->need - others : 0;
}

static lede_status
follow_leaf(struct collector *c, const struct node *lead,
            const struct follower *follower, struct level *level, size_t *n)
{
    struct matcher *m = c->m;
    struct node *leaf = follower->node;
    bool required = follower->how == FOLLOW_REQUIRED;
    uint32_t floor = 0;
    uint32_t scratch[DOC_PAGE];
    size_t i;
    lede_status status;

    if (leaf->shape == SHAPE_PHRASE) {
        // an optional one that brings less than this changes nothing either
        floor = find_floor(c, follower, level, *n);
    }
    status = lede__leaf_at(m, leaf, level->docs, *n, floor, level->tfs,
                           level->exact);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (required) {
        *n = keep_matches(level, *n, leaf->evidence, lead != NULL);
    }
    if (*n == 0) {
        return LEDE_STATUS_OK;
    }
    if (lead != NULL) {
        status = lede__leaf_score(m, lead, level->docs, level->lead, NULL, *n,
                                  scratch, level->sums);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    status = lede__leaf_score(m, leaf, level->docs, level->tfs, level->exact,
                              *n, scratch, level->scores);
    for (i = 0; i < *n && status == LEDE_STATUS_OK; i++) {
        level->sums[i] += level->scores[i];
    }
    return status;
}

static lede_status
follow_node(struct collector *c, const struct follower *follower,
            struct level *level, size_t *n)
{
    bool excluded = follower->how == FOLLOW_EXCLUDED;
    lede_status status = lede__node_at(c->m, follower->node, level->docs, *n,
                                       level->tfs,
                                       excluded ? NULL : level->sums);

    if (status == LEDE_STATUS_OK && follower->how != FOLLOW_OPTIONAL) {
        *n = keep_marked(level, *n, !excluded);
    }
    return status;
}

/* The k-th best of the sums, a min-heap of which is built in `best`. */
static uint32_t
find_kth(const uint32_t *sums, size_t n, size_t k, uint32_t *best)
{
    size_t count = 0;
    size_t i, at, child;

    for (i = 0; i < n; i++) {
        uint32_t sum = sums[i];

        if (count < k) {
            for (at = count++; at > 0 && best[(at - 1) / 2] > sum;
                 at = (at - 1) / 2) {
                best[at] = best[(at - 1) / 2];
            }
            best[at] = sum;
        } else if (sum > best[0]) {
            for (at = 0; (child = 2 * at + 1) < k; at = child) {
                child += child + 1 < k && best[child + 1] < best[child];
                if (best[child] >= sum) {
                    break;
                }
                best[at] = best[child];
            }
            best[at] = sum;
        }
    }
    return best[0];
}

/* What must be scored to come in, given that all of n articles will be
   offered with these sums or more: the k-th best of them is beaten by none
   that comes in. */
static uint32_t
find_need(const struct collector *c, const struct follower *followers,
          size_t n_followers, struct level *level, size_t n)
{
    size_t k = c->to->top.k;
    uint32_t need;
    size_t i;

    for (i = 0; i < n_followers; i++) {
        if (followers[i].how != FOLLOW_OPTIONAL) {
            return c->need;
        }
    }
    // of those before where the page begins none comes in
    if (n < 16 * k || n_followers == 0 || c->to->after != NULL) {
        return c->need;
    }
    need = find_kth(level->sums, n, k, level->scores);
    return need > c->need ? need : c->need;
}

lede_status
lede__follow(struct collector *c, const struct node *lead,
             const struct follower *followers, size_t n_followers,
             struct level *level, size_t n)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < n_followers && status == LEDE_STATUS_OK; i++) {
        const struct follower *follower = &followers[i];

        if (lead == NULL) {
            n = drop_low(level, n, find_need(c, follower, n_followers - i,
                                             level, n), follower->rest);
        }
        if (n == 0) {
            return LEDE_STATUS_OK;
        }
        if (follower->node->kind == NODE_LEAF &&
            follower->how != FOLLOW_EXCLUDED) {
            status = follow_leaf(c, lead, follower, level, &n);
        } else {
            status = follow_node(c, follower, level, &n);
        }
        lead = NULL;
    }
    return status != LEDE_STATUS_OK || n == 0 ? status :
           lede__offer(c, level->docs, level->sums, n);
}

/* A run of a leaf to docs and sums in `level`, without those that cannot come
   in; where `later`, to docs and tfs. */
static lede_status
score_run(struct collector *c, struct node *lead, const struct hits *run,
          uint32_t floor, bool later, struct level *level, size_t *n)
{
    struct matcher *m = c->m;
    uint32_t *tfs = later ? level->lead : level->tfs;
    uint32_t scratch[DOC_PAGE];
    lede_status status = LEDE_STATUS_OK;

    *n = run->n;
    if (lead->kind != NODE_LEAF) {
        memset(level->sums, 0, run->n * sizeof(*run->docs));
    } else if (run->exact == NULL && (floor > 0 || later)) {
        status = lede__leaf_sift(m, lead, floor, run->docs, run->tfs, run->n,
                                 level->docs, tfs, n);
        if (status == LEDE_STATUS_OK && *n > 0 && !later) {
            status = lede__leaf_score(m, lead, level->docs, tfs, NULL, *n,
                                      scratch, level->sums);
        }
        return status;
    } else {
        status = lede__leaf_score(m, lead, run->docs, run->tfs, run->exact,
                                  run->n, scratch, level->sums);
    }
    memcpy(level->docs, run->docs, run->n * sizeof(*run->docs));
    return status;
}

/* Whether the first follower had better be asked before the lead is scored. */
static bool
is_first_needed(const struct follower *followers, size_t n)
{
    return n > 0 && followers[0].how == FOLLOW_REQUIRED &&
           followers[0].node->kind == NODE_LEAF &&
           (followers[0].node->shape == SHAPE_ONE ||
            followers[0].node->shape == SHAPE_WORDS);
}

lede_status
lede__lead(struct collector *c, struct node *lead, uint32_t from, uint32_t to,
           const struct follower *followers, size_t n, struct level *level)
{
    uint32_t rest = n > 0 ? followers[0].rest : 0;

    while (from < to) {
        uint32_t floor = c->need > rest ? c->need - rest : 0;
        uint32_t end = to;
        bool later = false;
        struct hits run;
        size_t count = 0;
        lede_status status;

        // what is not one list is added up page by page
        if (lead->kind == NODE_DOCS || lead->shape == SHAPE_WORDS ||
            lead->shape == SHAPE_MIXED) {
            uint32_t page = from | (DOC_PAGE - 1);

            end = page < to ? page + 1 : to;
        }
        status = lede__leaf_run(c->m, lead, from, end, floor, true, &run,
                                &from);
        if (status == LEDE_STATUS_OK && run.n > 0) {
            later = lead->kind == NODE_LEAF && run.exact == NULL &&
                    is_first_needed(followers, n);
            status = score_run(c, lead, &run, floor, later, level, &count);
        }
        if (status == LEDE_STATUS_OK && count > 0) {
            status = lede__follow(c, later ? lead : NULL, followers, n, level,
                                  count);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}
