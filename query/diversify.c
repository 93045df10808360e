/* diversify.c - maximal marginal relevance (Carbonell and Goldstein 1998).

   The best article stays first.  Each further place goes to the article of
   which

       (1 - x) * score / best score - x * likeness

   is the most, `likeness` being that to the one of those before it that it is
   most like: the resemblance of their bodies, or SAME_SOURCE where that is
   more and both are of one source.  Equal ones keep their order, so that x = 0
   changes nothing.  Unlike in the paper nothing is left out: what is like
   others goes down, and is still there.  Scores stay what they are. */

#include "query/diversify.h"

#include "query/alike.h"

/* What one source makes of two articles: half as much as being the same. */
#define SAME_SOURCE 0.5

static double
likeness(const struct alike *a, const struct alike *b)
{
    double like = a->source.len > 0 && str_eq(a->source, b->source)
                  ? SAME_SOURCE : 0;
    double same = a->known && b->known
                  ? lede__sketch_resemblance(&a->sketch, &b->sketch) : 0;

    return same > like ? same : like;
}

/* Move items[from] to `to`, which is before it. */
static void
move(struct found *items, struct alike *alikes, double *most, size_t from,
     size_t to)
{
    struct found found = items[from];
    struct alike alike = alikes[from];

    memmove(items + to + 1, items + to, (from - to) * sizeof(*items));
    memmove(alikes + to + 1, alikes + to, (from - to) * sizeof(*alikes));
    memmove(most + to + 1, most + to, (from - to) * sizeof(*most));
    items[to] = found;
    alikes[to] = alike;
}

lede_status
lede__diversify(struct search *search, const lede_search_options *options,
                lede_error *err)
{
    struct topk *top = &search->found.top;
    size_t n = top->count < DIVERSIFY_DEPTH ? top->count : DIVERSIFY_DEPTH;
    double most[DIVERSIFY_DEPTH] = { 0 };       // likeness, of those left
    double x = options->diversify;
    struct alike *alikes;
    double best;
    size_t i, j;
    lede_status status;

    if (x <= 0 || n < 2 || top->items[0].score == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__alike_read(&alikes, search, n, true, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    best = (double)top->items[0].score;
    for (i = 1; i < n; i++) {
        size_t chosen = i;
        double value = 0;

        for (j = i; j < n; j++) {
            double like = likeness(&alikes[j], &alikes[i - 1]);
            double own;

            most[j] = like > most[j] ? like : most[j];
            own = (1 - x) * (double)top->items[j].score / best - x * most[j];
            if (j == i || own > value) {
                value = own;
                chosen = j;
            }
        }
        move(top->items, alikes, most, chosen, i);
    }
    return LEDE_STATUS_OK;
}
