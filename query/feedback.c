/* feedback.c - pseudo relevance feedback; see feedback.h.

   The best articles are taken for relevant and their words for words of the
   topic (Rocchio 1971); a second search adds the most telling of them.  Two
   ways to choose and to weigh:

     rm3  the relevance model (Lavrenko and Croft, SIGIR 2001), added to the
          query (Abdul-Jaleel and others, TREC 2004):
              R(t) = sum over articles of a(d) * c / (c + 50 K(d))
              u(t) = R(t)^0.8 * idf(t)^1.5
     bo1  Bose-Einstein statistics (Amati 2003), the terms whose number in the
          best articles is the least to be expected by chance:
              u(t) = (f log2((1 + P) / P) + log2(1 + P)) * idf(t)
              f = D * sum of a(d) * c,  P = df / N
          (P is the frequency of t over N there, which the index does not have)

   c is how often t is in the title and, near a word of the query, in the body
   (positional relevance, Lv and Zhai, SIGIR 2010, in its simplest form); K(d)
   is that of score.h, so that c / (c + 50 K) is in effect c over the
   normalised length.  The terms with the greatest R * idf * sqrt(share of the
   articles that have t) (bo1: the greatest u / idf) are added, with weights
   that are to those of the query as STRENGTH to 1.

   When not to expand is decided by the weights of the articles:

       a(d) = exp((s(d) - s(1)) / (0.15 s(1))), normalised to the sum 1

   Where one article stands out, as when there is one right answer, nearly all
   the weight is its own, its words come in, and it stays first; where many are
   alike, all of them speak.  The relevance model has the likelihood of the
   query there, which is as steep; to put in scores as they are loses that.

   Measured on seven collections (docs/ranking.md), with the numbers below
   chosen there.  Nothing was gained by not expanding at all where measures of
   a query's difficulty would have it so. */

#include "query/feedback.h"

#include <math.h>
#include <stdlib.h>

#include "query/article-terms.h"
#include "query/qrels.h"

/* How fast the weight falls below the best article's score. */
#define STEEPNESS 0.15
/* Positions around a word of the query. */
#define WINDOW 60
/* Terms whose df is looked up: those with the most weight. */
#define CANDIDATES 400
/* Terms in a larger share of the articles tell nothing, those in one article
   find nothing. */
#define DF_SHARE_MAX 0.2
#define DF_MIN 2
/* c is weighed as if articles were so many times as long. */
#define LENGTH_FACTOR 50
#define POWER 0.8
#define IDF_POWER 1.5
#define RM3_STRENGTH 1.7
#define BO1_STRENGTH 1.0

/* What is known of a term. */
struct heard {
    const struct article_term *term;
    double weight;              // R, or f
    uint32_t articles;          // that have it, of those learnt from
    double rank;                // by which it is chosen
    double u;
};

struct learner {
    struct search *search;
    lede_index *const *indexes;
    size_t n_indexes;
    lede_feedback model;
    size_t docs;
    double shares[FEEDBACK_DOCS];
    struct arena arena;         // of the terms of all articles
    struct article_terms terms;
    struct heard *heard;        // by number of the term
    size_t n_heard;
    lede_error *err;
};

/* ---- the query ---- */

/* Whether any article has it: a word that is nowhere weighs nothing. */
static bool
is_known(const struct list *lists, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!lists[i].minus && lists[i].term->df > 0) {
            return true;
        }
    }
    return false;
}

/* The weights of the leaves below a node. */
static double
add_weights(const struct node *node)
{
    const struct node *child;
    double sum = 0;
    size_t i;

    for (i = 0; i < node->n_members; i++) {
        const struct member *member = &node->members[i];

        if (member->n_slots > 0 || member->span != NULL ||
            is_known(member->lists, member->n_lists)) {
            sum = node->weight;
        }
    }
    for (child = node->child; child != NULL && node->kind != NODE_NOT;
         child = child->next) {
        sum += add_weights(child);
    }
    return sum;
}

/* What the query weighs; where indexes differ, as the expansions of a pattern
   do, the most. */
static double
weigh_query(const struct plan *plan)
{
    double most = 0;
    size_t i;

    for (i = 0; i < plan->n_indexes; i++) {
        double sum = add_weights(plan->indexes[i].root);

        most = sum > most ? sum : most;
    }
    return most;
}

/* ---- the articles ---- */

static void
share_out(struct learner *l)
{
    const struct found *items = l->search->found.top.items;
    double scale = STEEPNESS * (double)items[0].score;
    double sum = 0;
    size_t i;

    for (i = 0; i < l->docs; i++) {
        l->shares[i] = exp(((double)items[i].score -
                            (double)items[0].score) / scale);
        sum += l->shares[i];
    }
    for (i = 0; i < l->docs; i++) {
        l->shares[i] /= sum;
    }
}

/* What an article adds: how the terms in it are weighed. */
static lede_status
hear(struct learner *l, const struct found *found, double share)
{
    const struct scorer *scorer = &l->search->plan.scorer;
    const uint8_t *lengths = NULL;
    double k;
    size_t i;
    lede_status status = lede__searcher_lengths(
        l->indexes[found->index]->searcher,
        found->doc - found->doc % LENGTHS_PAGE, &lengths, l->err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    k = scorer->norms[lengths[found->doc % LENGTHS_PAGE]];
    while (l->n_heard < l->terms.n) {
        if (!lede__array_grow((void **)&l->heard, l->n_heard,
                              sizeof(*l->heard))) {
            return lede__fail_memory(l->err);
        }
        l->heard[l->n_heard++] = (struct heard){ .term = NULL };
    }
    for (i = 0; i < l->terms.n_read; i++) {
        const struct article_term *term = &l->terms.items[l->terms.read[i]];
        struct heard *heard = &l->heard[l->terms.read[i]];
        double c = (double)term->title + term->body;

        heard->weight += l->model == LEDE_FEEDBACK_BO1
                         ? share * c * (double)l->docs
                         : share * c / (c + LENGTH_FACTOR * k);
        heard->articles++;
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_articles(struct learner *l)
{
    struct article article = { .arena = ARENA_INIT };
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < l->docs && status == LEDE_STATUS_OK; i++) {
        const struct found *found = &l->search->found.top.items[i];
        lede_index *index = l->indexes[found->index];

        status = lede__index_stored(index, found->doc, &article, l->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__article_terms(
                &l->terms, index, found->index, &article,
                l->search->plan.indexes[found->index].root, WINDOW, l->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = hear(l, found, l->shares[i]);
        }
    }
    lede__arena_free(&article.arena);
    return status;
}

/* ---- the terms ---- */

static int
compare(double x, double y, const struct heard *a, const struct heard *b)
{
    if (x != y) {
        return x > y ? -1 : 1;
    }
    return lede__article_term_cmp(a->term, b->term);
}

static int
compare_weights(const void *a, const void *b)
{
    const struct heard *x = a;
    const struct heard *y = b;

    return compare(x->weight, y->weight, x, y);
}

static int
compare_ranks(const void *a, const void *b)
{
    const struct heard *x = a;
    const struct heard *y = b;

    return compare(x->rank, y->rank, x, y);
}

/* Of the candidates those that can tell and find something. */
static lede_status
judge(struct learner *l)
{
    const struct scorer *scorer = &l->search->plan.scorer;
    struct buf scratch = BUF_INIT(BUF_MAX_ANY);
    size_t n = l->n_heard < CANDIDATES ? l->n_heard : CANDIDATES;
    size_t kept = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct heard *heard = &l->heard[i];
        uint64_t df = 0;
        double idf, p;

        if (heard->weight <= 0) {
            break;
        }
        status = lede__article_term_df(heard->term, l->indexes, l->n_indexes,
                                       &scratch, &df, l->err);
        if (df < DF_MIN || (double)df > DF_SHARE_MAX * scorer->articles) {
            continue;
        }
        idf = lede__score_idf(scorer, df);
        p = (double)df / scorer->articles;
        if (l->model == LEDE_FEEDBACK_BO1) {
            heard->rank = heard->weight * log2((1 + p) / p) + log2(1 + p);
            heard->u = heard->rank * idf;
        } else {
            heard->rank = heard->weight * idf *
                          sqrt((double)heard->articles / (double)l->docs);
            heard->u = pow(heard->weight, POWER) * pow(idf, IDF_POWER);
        }
        l->heard[kept++] = *heard;
    }
    l->n_heard = kept;
    lede__buf_free(&scratch);
    return status;
}

static lede_status
choose(struct learner *l, double query, struct weighted_terms *out)
{
    struct weighted_term *items;
    double sum = 0;
    size_t n, i;
    lede_status status;

    for (i = 0; i < l->n_heard; i++) {
        l->heard[i].term = &l->terms.items[i];
    }
    if (l->n_heard > 0) {
        qsort(l->heard, l->n_heard, sizeof(*l->heard), compare_weights);
    }
    status = judge(l);
    if (status != LEDE_STATUS_OK || l->n_heard == 0) {
        return status;
    }
    qsort(l->heard, l->n_heard, sizeof(*l->heard), compare_ranks);
    n = l->n_heard < FEEDBACK_TERMS ? l->n_heard : FEEDBACK_TERMS;
    items = lede__arena_array(&l->search->arena, n, sizeof(*items));
    if (items == NULL) {
        return lede__fail_memory(l->err);
    }
    query *= l->model == LEDE_FEEDBACK_BO1 ? BO1_STRENGTH : RM3_STRENGTH;
    for (i = 0; i < n; i++) {
        sum += l->heard[i].u;
    }
    for (i = 0; i < n; i++) {
        const struct article_term *term = l->heard[i].term;
        double weight = query * l->heard[i].u / sum;

        // false for a NaN
        if (!(weight > 0)) {
            continue;
        }
        items[out->n] = (struct weighted_term){
            lede__arena_str(&l->search->arena, term->form),
            lede__arena_str(&l->search->arena, term->stemmer),
            term->stem, weight,
        };
        if (items[out->n].form.p == NULL || items[out->n].stemmer.p == NULL) {
            return lede__fail_memory(l->err);
        }
        out->n++;
    }
    out->items = items;
    return LEDE_STATUS_OK;
}

lede_status
lede__feedback(struct weighted_terms *out, struct search *search,
               lede_index *const *indexes, size_t n_indexes,
               lede_feedback model, lede_error *err)
{
    const struct topk *top = &search->found.top;
    double query = weigh_query(&search->plan);
    struct learner *l;
    lede_status status;

    *out = (struct weighted_terms){ .n = 0 };
    // where a prior takes the best below 0, none speaks for the query
    if (top->count == 0 || top->items[0].score <= 0 || !(query > 0)) {
        return LEDE_STATUS_OK;
    }
    l = calloc(1, sizeof(*l));
    if (l == NULL) {
        return lede__fail_memory(err);
    }
    l->search = search;
    l->indexes = indexes;
    l->n_indexes = n_indexes;
    l->model = model;
    l->docs = top->count < FEEDBACK_DOCS ? top->count : FEEDBACK_DOCS;
    l->terms = (struct article_terms)ARTICLE_TERMS_INIT(&l->arena);
    l->err = err;
    share_out(l);
    status = read_articles(l);
    if (status == LEDE_STATUS_OK) {
        status = choose(l, query, out);
    }
    lede__article_terms_free(&l->terms);
    lede__arena_free(&l->arena);
    free(l->heard);
    free(l);
    return status;
}
