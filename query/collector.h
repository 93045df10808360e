/* collector.h - what the ways to collect hits share: collect.c (which way to
   go), union.c, conjunction.c, count.c, and follow.c beneath them.

   All give exactly what evaluating and scoring every article gives.  That the
   best k can be found by looking at fewer rests on two things: no article
   scores more than the bounds of what it has, and what scores less than the
   k-th best so far (`need`) does not come in. */

#ifndef LEDE_QUERY_COLLECTOR_H
#define LEDE_QUERY_COLLECTOR_H

#include "query/collect.h"

struct collector {
    struct collection *to;
    struct plan *plan;
    struct plan_index *index;
    uint32_t number;            // of the index
    struct matcher *m;
    struct node *root;
    struct sorter *sorter;      // where it is not by score
    uint32_t need;              // the least score that still comes in
};

/* How the members of a conjunction or union follow what leads. */
enum follow {
    FOLLOW_REQUIRED,
    FOLLOW_OPTIONAL,
    FOLLOW_EXCLUDED,
};

struct follower {
    struct node *node;
    enum follow how;
    uint32_t bound;             // the best score in the range at hand
    uint32_t rest;              // of this and all after it
};

/* More members than these are evaluated exhaustively. */
#define FOLLOWERS_MAX 256

/* ---- collect.c ---- */

/* c->need, after the best k have changed, or whether equal ones may come in. */
void
lede__collector_update(struct collector *c);

/* Put n articles to the best k. */
lede_status
lede__offer(struct collector *c, const uint32_t *docs, const uint32_t *sums,
            size_t n);

/* ---- follow.c ---- */

/* Sum up the bounds of followers. */
void
lede__followers_add_up(struct follower *followers, size_t n);

/* Ask the followers, in their order, about the n docs in `level` with sums so
   far, as long as one of them can still come in; offer what is left.  Where
   `lead` is a leaf its tfs are in level->lead, and not in the sums yet; the
   first follower is required then. */
lede_status
lede__follow(struct collector *c, const struct node *lead,
             const struct follower *followers, size_t n_followers,
             struct level *level, size_t n);

/* Let `lead`, a leaf, set or docs, lead over a range of docs; `bound` is the
   best it has there. */
lede_status
lede__lead(struct collector *c, struct node *lead, uint32_t from, uint32_t to,
           const struct follower *followers, size_t n, struct level *level);

/* ---- the ways; *done false: this is not for them ---- */

lede_status
lede__collect_union(struct collector *c, bool *done);
lede_status
lede__collect_conjunction(struct collector *c, bool *done);
lede_status
lede__collect_count(struct collector *c);
/* Whether that is less than evaluating all articles that may match. */
bool
lede__counts_quickly(const struct node *root);

#endif
