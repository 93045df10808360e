/* union.c - the best k of a union of leaves; see collector.h.

   MaxScore (Turtle and Flood 1995) by ranges of docs, each with bounds of its
   own (block-max, Ding and Suel 2011; ranges as in Lucene's
   MaxScoreBulkScorer).  As many of the leaves with the lowest bounds as cannot
   bring what is needed together are not essential in a range: an article with
   only these does not come in.  What the essential ones have is scored:

     none is essential    the range is passed over
     one is               it leads; its postings are sifted by what the others
                          can bring at most, and these follow (follow.c)
     several are          their scores are added up in an array over the page;
                          what can come in is picked out, and the others follow

   A leaf may be required (+a b c).  As long as it is essential it leads alone;
   later it follows first.

   A union with filters beside it (nodes that do not score, NOT) is the same:
   filters follow last, as there are few articles left then.

   Ranges end where blocks of essential leaves end, so that bounds are those of
   blocks; they are no shorter than is worth their bounds.

   Before all that, the leaf that can bring most leads alone where it is rare:
   what has it is soon known, and mostly too good for the rest to come in.
   Else these are gone through afterwards, without what had it. */

#include "query/collector.h"

/* Docs in a range at least: its bounds take time, too.  The first ones are
   shorter, so that there is something to compare with soon. */
#define RANGE_USUAL DOC_PAGE
#define RANGE_FIRST 64

/* A filter or a required leaf with so many times fewer articles than the rest
   leads instead: conjunction.c. */
#define FILTER_RARER 8

/* The best leaf goes first where it has at most this share of all postings,
   and at least that of the score. */
#define RARE_SHARE 2            // a half
#define BEST_SHARE 3            // a third

struct united {
    struct follower leaves[FOLLOWERS_MAX];      // the lowest bound first
    size_t n;
    struct follower filters[FOLLOWERS_MAX];
    size_t n_filters;
    struct follower queue[2 * FOLLOWERS_MAX];   // those that follow
    size_t n_queue;
    struct level *level;
    uint32_t range;             // docs in the next range
};

/* ---- what is a union ---- */

static bool
is_union(const struct node *node)
{
    const struct node *child;

    if (node->kind == NODE_LEAF) {
        return true;
    }
    for (child = node->child; child != NULL && node->kind == NODE_OR;
         child = child->next) {
        if (child->kind != NODE_LEAF) {
            return false;
        }
    }
    return node->kind == NODE_OR;
}

static bool
scores(const struct node *node)
{
    const struct node *child;

    for (child = node->child; child != NULL; child = child->next) {
        if (scores(child)) {
            return true;
        }
    }
    return node->kind == NODE_LEAF;
}

static bool
add(struct follower *list, size_t *n, struct node *node, enum follow how)
{
    if (node->shape == SHAPE_NONE && node->kind == NODE_LEAF &&
        how == FOLLOW_OPTIONAL) {
        return true;
    }
    if (*n == FOLLOWERS_MAX) {
        return false;
    }
    list[(*n)++] = (struct follower){ .node = node, .how = how };
    return true;
}

static bool
add_union(struct united *u, struct node *node)
{
    struct node *child;

    if (node->kind == NODE_LEAF) {
        return add(u->leaves, &u->n, node, FOLLOW_OPTIONAL);
    }
    for (child = node->child; child != NULL; child = child->next) {
        if (!add(u->leaves, &u->n, child, FOLLOW_OPTIONAL)) {
            return false;
        }
    }
    return true;
}

/* An AND of one union and filters, or of leaves, MAYBE and filters. */
static bool
take_members(struct united *u, struct node *root)
{
    size_t unions = 0;
    size_t leaves = 0;
    bool maybe = false;
    bool fits = true;
    struct node *child;

    for (child = root->child; child != NULL && fits; child = child->next) {
        if (child->kind == NODE_NOT) {
            fits = add(u->filters, &u->n_filters, child->child,
                       FOLLOW_EXCLUDED);
        } else if (child->kind == NODE_MAYBE && is_union(child->child)) {
            maybe = true;
            fits = add_union(u, child->child);
        } else if (child->kind == NODE_LEAF) {
            leaves++;
            fits = add(u->leaves, &u->n, child, FOLLOW_REQUIRED);
        } else if (child->kind == NODE_OR && is_union(child)) {
            unions++;
            fits = add_union(u, child);
        } else {
            fits = !scores(child) && add(u->filters, &u->n_filters, child,
                                         FOLLOW_REQUIRED);
        }
    }
    return fits && (unions == 0 ? leaves > 0 && maybe
                                : unions == 1 && leaves == 0 && !maybe);
}

/* False where this is no union, or something rare had better lead. */
static bool
take_apart(struct united *u, struct node *root)
{
    uint64_t most = 0;
    size_t i;

    u->n = 0;
    u->n_filters = 0;
    if (is_union(root)) {
        return add_union(u, root);
    }
    if (root->kind != NODE_AND || !take_members(u, root)) {
        return false;
    }
    for (i = 0; i < u->n; i++) {
        most += u->leaves[i].node->cost;
    }
    // children are in order: the rarest of those that have to be there
    return root->child->cost * FILTER_RARER >= most;
}

/* ---- a range ---- */

/* Insertion: there are few, and mostly in order. */
static void
sort_by_bound(struct follower *list, size_t n)
{
    size_t i, j;

    for (i = 1; i < n; i++) {
        struct follower one = list[i];

        for (j = i; j > 0 && list[j - 1].bound > one.bound; j--) {
            list[j] = list[j - 1];
        }
        list[j] = one;
    }
}

/* How many of the first cannot come to `need` together. */
static size_t
count_lesser(const struct follower *list, size_t n, uint32_t need)
{
    uint32_t sum = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        sum = score_add(sum, list[i].bound);
        if (sum >= need) {
            break;
        }
    }
    return i;
}

/* Who follows leaves[first] and those after it; or, where `lead` is one of
   them, this alone: of the others the required ones first, then the highest
   bound, then filters. */
static void
make_queue(struct united *u, size_t first, const struct node *lead)
{
    size_t n = lead == NULL ? first : u->n;
    size_t i;

    u->n_queue = 0;
    for (i = n; i-- > 0;) {
        if (u->leaves[i].node != lead &&
            u->leaves[i].how == FOLLOW_REQUIRED) {
            u->queue[u->n_queue++] = u->leaves[i];
        }
    }
    for (i = n; i-- > 0;) {
        if (u->leaves[i].node != lead &&
            u->leaves[i].how != FOLLOW_REQUIRED && u->leaves[i].bound > 0) {
            u->queue[u->n_queue++] = u->leaves[i];
        }
    }
    for (i = 0; i < u->n_filters; i++) {
        u->queue[u->n_queue++] = u->filters[i];
    }
    lede__followers_add_up(u->queue, u->n_queue);
}

/* Which leaf is to lead alone, of those from `first` on; NULL: none. */
static struct node *
find_lead(const struct united *u, size_t first)
{
    struct node *lead = NULL;
    size_t i;

    if (first + 1 == u->n) {
        return u->leaves[first].node;
    }
    for (i = first; i < u->n; i++) {
        struct node *node = u->leaves[i].node;

        if (u->leaves[i].how == FOLLOW_REQUIRED &&
            (lead == NULL || node->cost < lead->cost)) {
            lead = node;
        }
    }
    return lead;
}

/* Whether a required leaf has nothing in the range. */
static bool
is_empty(const struct united *u)
{
    size_t i;

    for (i = 0; i < u->n; i++) {
        if (u->leaves[i].how == FOLLOW_REQUIRED && u->leaves[i].bound == 0) {
            return true;
        }
    }
    return false;
}

/* Add the scores of a leaf in a range of the page at `base`. */
static lede_status
add_scores(struct collector *c, struct united *u, struct node *leaf,
           uint32_t base, uint32_t from, uint32_t to)
{
    struct matcher *m = c->m;
    uint32_t *sums = m->sums;

    while (from < to) {
        struct hits run;
        size_t i;
        lede_status status = lede__leaf_run(m, leaf, from, to, 0, true, &run,
                                            &from);

        if (status == LEDE_STATUS_OK) {
            status = lede__leaf_score(m, leaf, run.docs, run.tfs, run.exact,
                                      run.n, u->level->tfs,
                                      u->level->scores);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        for (i = 0; i < run.n; i++) {
            sums[run.docs[i] - base] += u->level->scores[i];
        }
    }
    return LEDE_STATUS_OK;
}

/* The leaves from `first` on are essential. */
static lede_status
take_several(struct collector *c, struct united *u, size_t first,
             uint32_t from, uint32_t to)
{
    struct matcher *m = c->m;
    uint32_t base = from - from % DOC_PAGE;
    uint32_t low = (from - base) / SCORE_ROOM * SCORE_ROOM;
    uint32_t high = (to - base + SCORE_ROOM - 1) / SCORE_ROOM * SCORE_ROOM;
    uint32_t need;
    size_t i, n;
    lede_status status = LEDE_STATUS_OK;

    for (i = first; i < u->n && status == LEDE_STATUS_OK; i++) {
        if (u->leaves[i].bound > 0) {
            status = add_scores(c, u, u->leaves[i].node, base, from, to);
        }
    }
    make_queue(u, first, NULL);
    need = u->n_queue > 0 ? u->queue[0].rest : 0;
    need = c->need > need ? c->need - need : 0;
    // also after a failure, so that all is zero again
    n = m->kernel->reap(m->sums + low, high - low, need > 0 ? need : 1,
                        base + low, u->level->docs, u->level->sums);
    return status != LEDE_STATUS_OK || n == 0 ? status :
           lede__follow(c, NULL, u->queue, u->n_queue, u->level, n);
}

/* Where the next range ends: with the first block of an essential leaf that
   does. */
static lede_status
find_end(struct collector *c, const struct united *u, size_t essential,
         uint32_t from, uint32_t *to)
{
    uint32_t docs = c->m->searcher->docs;
    uint32_t end = DOC_END;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = essential; i < u->n && status == LEDE_STATUS_OK; i++) {
        uint32_t last;

        status = lede__leaf_end(c->m, u->leaves[i].node, from, &last);
        end = last < end ? last : end;
    }
    if (end - from < u->range) {
        end = from + u->range - 1;
    }
    *to = end < docs ? end + 1 : docs;
    return status;
}

static lede_status
find_bounds(struct collector *c, struct united *u, uint32_t from, uint32_t to)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < u->n && status == LEDE_STATUS_OK; i++) {
        struct follower *leaf = &u->leaves[i];

        leaf->bound = leaf->node->most;
        // nothing is too low yet
        if (c->need > 0) {
            status = lede__leaf_bound(c->m, leaf->node, from, to,
                                      &leaf->bound);
        }
    }
    return status;
}

/* Docs that have some more than k matches. */
static uint32_t
first_range(const struct collector *c, const struct united *u)
{
    uint64_t matches = 1;
    uint64_t range;
    size_t i;

    for (i = 0; i < u->n; i++) {
        matches += u->leaves[i].node->cost;
    }
    range = 4 * c->to->top.k * (uint64_t)c->m->searcher->docs / matches;
    return range < RANGE_FIRST ? RANGE_FIRST :
           range > RANGE_USUAL ? RANGE_USUAL : (uint32_t)range;
}

/* How many of the first leaves cannot come in together, wherever. */
static size_t
count_hopeless(const struct collector *c, const struct united *u)
{
    uint32_t sum = 0;
    size_t i;

    for (i = 0; i < u->n; i++) {
        sum = score_add(sum, u->leaves[i].node->most);
        if (sum >= c->need) {
            break;
        }
    }
    return i;
}

static lede_status
take_range(struct collector *c, struct united *u, uint32_t *from)
{
    uint32_t page = *from | (DOC_PAGE - 1);
    uint32_t docs = c->m->searcher->docs;
    uint32_t to = *from + u->range;
    struct node *lead;
    size_t first;
    lede_status status = LEDE_STATUS_OK;

    to = to > page ? page + 1 : to;
    to = to > docs ? docs : to;
    if (c->need > 0) {
        status = find_end(c, u, count_hopeless(c, u), *from, &to);
    }
    u->range = u->range < RANGE_USUAL / 2 ? 2 * u->range : RANGE_USUAL;
    if (status == LEDE_STATUS_OK) {
        status = find_bounds(c, u, *from, to);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    sort_by_bound(u->leaves, u->n);
    first = count_lesser(u->leaves, u->n, c->need);
    if (first < u->n && !is_empty(u)) {
        lead = find_lead(u, first);
        if (lead != NULL) {
            make_queue(u, 0, lead);
            status = lede__lead(c, lead, *from, to, u->queue, u->n_queue,
                                u->level);
        } else {
            to = page < to ? page + 1 : to;
            status = take_several(c, u, first, *from, to);
        }
    }
    *from = to;
    return status;
}

/* ---- all ---- */

/* Whether the best leaf, the last, is to lead alone. */
static bool
is_rare(const struct united *u)
{
    const struct follower *best = &u->leaves[u->n - 1];
    uint64_t cost = 0;
    uint64_t most = 0;
    size_t i;

    for (i = 0; i < u->n; i++) {
        cost += u->leaves[i].node->cost;
        most += u->leaves[i].node->most;
        if (u->leaves[i].how == FOLLOW_REQUIRED &&
            u->leaves[i].node->cost < best->node->cost) {
            return false;
        }
    }
    return u->n > 1 && u->n_filters < FOLLOWERS_MAX &&
           best->node->cost * RARE_SHARE <= cost &&
           (uint64_t)best->node->most * BEST_SHARE >= most;
}

/* All that the last leaf has; afterwards it is out of the union.  *hope is
   false where nothing else can match. */
static lede_status
take_rarest(struct collector *c, struct united *u, bool *hope)
{
    struct follower best = u->leaves[u->n - 1];
    lede_status status;

    make_queue(u, 0, best.node);
    status = lede__lead(c, best.node, 0, c->m->searcher->docs, u->queue,
                        u->n_queue, u->level);
    *hope = best.how != FOLLOW_REQUIRED;
    if (status != LEDE_STATUS_OK || !*hope) {
        return status;
    }
    u->n--;
    u->filters[u->n_filters++] = (struct follower){ .node = best.node,
                                                    .how = FOLLOW_EXCLUDED };
    // what comes now is not after what came
    c->to->top.ties = true;
    lede__collector_update(c);
    return lede__plan_rewind(c->plan, c->index, c->m->err);
}

/* The lowest first, by what they can score anywhere; *hope is whether they can
   come in. */
static void
order_leaves(const struct collector *c, struct united *u, bool *hope)
{
    size_t i;

    for (i = 0; i < u->n; i++) {
        u->leaves[i].bound = u->leaves[i].node->most;
    }
    sort_by_bound(u->leaves, u->n);
    *hope = *hope && count_lesser(u->leaves, u->n, c->need) < u->n;
}

static lede_status
take_all(struct collector *c, struct united *u)
{
    uint32_t from = 0;
    bool hope = true;
    lede_status status = LEDE_STATUS_OK;

    order_leaves(c, u, &hope);
    while (status == LEDE_STATUS_OK && hope && is_rare(u)) {
        status = take_rarest(c, u, &hope);
        order_leaves(c, u, &hope);
    }
    u->range = first_range(c, u);
    while (status == LEDE_STATUS_OK && hope && from < c->m->searcher->docs) {
        status = take_range(c, u, &from);
    }
    return status;
}

lede_status
lede__collect_union(struct collector *c, bool *done)
{
    struct united u;
    lede_status status;

    *done = false;
    if (!take_apart(&u, c->root)) {
        return LEDE_STATUS_OK;
    }
    *done = true;
    if (u.n == 0) {
        return LEDE_STATUS_OK;
    }
    u.level = lede__level_take(c->m);
    if (u.level == NULL) {
        return lede__fail_memory(c->m->err);
    }
    status = take_all(c, &u);
    lede__level_give(c->m, u.level);
    return status;
}
