/* likeness.c - articles like another one; see likeness.h.

   An article is told by the words that are frequent in it and rare in others
   (Salton's tf idf; "more like this" of other engines): the TERMS with the
   greatest weights are searched for, each with its weight, any of them, and
   BM25 does the rest.

       tf = body + TITLE * title                   how often t is in the article
       w  = idf(t) * tf / (tf + SATURATION)

   A background is for the reader of a news article who wants to know what led
   to it: the earlier articles that explain it (the background linking task of
   the News tracks of TREC 2018 to 2021: Soboroff, Huang and Harman).  What is
   hard to do better than is a search by a hundred of the article's own most
   telling words among those published before (Yang and Lin 2018).  So here,
   with two things more: its near-copies explain nothing, and come last
   (rank-copies.c); of two that explain as much the later one comes first.  To
   weigh names, or the first paragraph, more than the rest gave nothing
   (docs/ranking.md). */

#include "query/likeness.h"

#include <math.h>
#include <stdlib.h>

#include "query/article-terms.h"
#include "query/qrels.h"
#include "query/search.h"

/* Occurrences that one in the title stands for. */
#define TITLE 2
#define SATURATION 2
#define TERMS 40
#define BACKGROUND_TERMS 100
/* Those in one article find nothing. */
#define DF_MIN 2
/* Of two articles that explain as much the later one: two years take a tenth
   of the score, and no age more than a fifth. */
#define RECENCY_DAYS 730
#define RECENCY_FLOOR 0.8

struct telling {
    const struct article_term *term;
    double weight;
};

struct liker {
    struct search *search;
    struct liked *liked;
    lede_index *const *indexes;
    size_t n_indexes;
    struct article stored;
    struct article article;     // its strings are borrowed
    size_t number;              // of the index whose analysis reads it
    struct arena arena;
    struct article_terms terms;
    struct telling *telling;
    size_t n;
    lede_error *err;
};

/* ---- the article ---- */

/* Where it is, in the first index that has it. */
static lede_status
find(struct liker *l, struct str id, lede_error *err)
{
    struct liked *liked = l->liked;
    lede_status status = LEDE_STATUS_NOT_FOUND;
    size_t i;

    for (i = 0; i < l->n_indexes && status == LEDE_STATUS_NOT_FOUND; i++) {
        status = lede__index_find(l->indexes[i], id, false, &liked->doc, err);
        if (status == LEDE_STATUS_OK) {
            liked->inside = true;
            liked->index = (uint32_t)i;
        }
    }
    return status;
}

/* That of most articles: what is too short to be told is rather in that than in
   none. */
static struct str
guess_lang(const struct liker *l)
{
    const struct lang_stats *most = NULL;
    size_t i, j;

    for (i = 0; i < l->n_indexes; i++) {
        const struct index_stats *stats = &l->indexes[i]->searcher->stats;

        for (j = 0; j < stats->n_langs; j++) {
            if (most == NULL || stats->langs[j].articles > most->articles) {
                most = &stats->langs[j];
            }
        }
    }
    return str_from(most == NULL ? "" : most->lang);
}

static lede_status
take_article(struct liker *l)
{
    const struct likeness *likeness = l->liked->likeness;
    lede_status status = LEDE_STATUS_OK;

    if (likeness->id != NULL) {
        status = find(l, str_from(likeness->id), l->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__index_stored(l->indexes[l->liked->index],
                                        l->liked->doc, &l->stored, l->err);
        }
        l->article = l->stored;
    } else {
        l->article = *likeness->article;
        if (l->article.id.len > 0) {
            status = find(l, l->article.id, NULL);
        }
        if (status == LEDE_STATUS_NOT_FOUND) {
            status = LEDE_STATUS_OK;
        }
    }
    l->number = l->liked->inside ? l->liked->index : 0;
    if (l->article.lang.len == 0) {
        l->article.lang = guess_lang(l);
    }
    return status;
}

/* ---- what it is told by ---- */

static int
compare_telling(const void *a, const void *b)
{
    const struct telling *x = a;
    const struct telling *y = b;

    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return lede__article_term_cmp(x->term, y->term);
}

static double
weigh(const struct article_term *term, double idf)
{
    double tf = term->body + TITLE * term->title;

    return idf * tf / (tf + SATURATION);
}

static lede_status
tell(struct liker *l, const struct scorer *scorer)
{
    struct buf scratch = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    l->telling = lede__arena_array(&l->arena, l->terms.n,
                                   sizeof(*l->telling));
    if (l->telling == NULL) {
        return lede__fail_memory(l->err);
    }
    for (i = 0; i < l->terms.n_read && status == LEDE_STATUS_OK; i++) {
        const struct article_term *term = &l->terms.items[l->terms.read[i]];
        uint64_t df = 0;

        status = lede__article_term_df(term, l->indexes, l->n_indexes,
                                       &scratch, &df, l->err);
        if (df >= DF_MIN) {
            l->telling[l->n++] = (struct telling){
                term, weigh(term, lede__score_idf(scorer, df)),
            };
        }
    }
    lede__buf_free(&scratch);
    if (l->n > 0) {
        qsort(l->telling, l->n, sizeof(*l->telling), compare_telling);
    }
    return status;
}

static lede_status
give(const struct liker *l, struct weighted_terms *out)
{
    struct arena *arena = &l->search->arena;
    size_t most = l->liked->likeness->background ? BACKGROUND_TERMS : TERMS;
    size_t n = l->n < most ? l->n : most;
    struct weighted_term *items = lede__arena_array(arena, n,
                                                    sizeof(*items));
    size_t i;

    if (items == NULL) {
        return lede__fail_memory(l->err);
    }
    for (i = 0; i < n; i++) {
        const struct article_term *term = l->telling[i].term;

        items[i] = (struct weighted_term){
            lede__arena_str(arena, term->form),
            lede__arena_str(arena, term->stemmer),
            term->stem, l->telling[i].weight,
        };
        if (items[i].form.p == NULL || items[i].stemmer.p == NULL) {
            return lede__fail_memory(l->err);
        }
    }
    *out = (struct weighted_terms){ items, n, true, l->liked->inside,
                                    l->liked->index, l->liked->doc };
    return LEDE_STATUS_OK;
}

/* ---- a background ---- */

/* Of a text that is in no index. */
static lede_status
make_sketch(struct liker *l)
{
    struct analysis *analysis = l->indexes[l->number]->analysis;
    struct liked *liked = l->liked;
    struct sketcher sketcher;
    struct token tokens[256];
    size_t count = 1;
    lede_status status = lede__analysis_begin(analysis, l->article.body,
                                              l->article.lang, l->err);

    lede__sketch_begin(&sketcher);
    while (status == LEDE_STATUS_OK && count > 0) {
        status = lede__analysis_next(analysis, tokens, 256, &count, l->err);
        if (status == LEDE_STATUS_OK) {
            lede__sketch_add(&sketcher, tokens, count);
        }
    }
    liked->has_sketch = lede__sketch_end(&sketcher, &liked->sketch);
    return status;
}

/* By which its near-copies are known. */
static lede_status
find_sketch(struct liker *l)
{
    struct liked *liked = l->liked;
    struct str value;
    lede_status status;

    if (!liked->inside || liked->likeness->id == NULL) {
        return make_sketch(l);
    }
    status = lede__searcher_column(l->indexes[liked->index]->searcher,
                                   COLUMN_SKETCH, liked->doc, &value, l->err);
    if (status == LEDE_STATUS_OK) {
        liked->has_sketch = value.len == sizeof(liked->sketch.bytes);
    }
    if (liked->has_sketch) {
        memcpy(liked->sketch.bytes, value.p, value.len);
    }
    return status;
}

/* The query, and articles of before. */
static lede_status
add_date(struct liker *l)
{
    struct arena *arena = &l->search->arena;
    struct syntax *dates = lede__arena_array(arena, 1, sizeof(*dates));
    struct syntax *list = lede__arena_array(arena, 1, sizeof(*list));
    struct date date = l->article.date;
    int64_t last;

    if (dates == NULL || list == NULL) {
        return lede__fail_memory(l->err);
    }
    if (date.precision == DATE_NONE) {
        return lede__fail(l->err, LEDE_STATUS_BAD_INPUT, "the article has no "
                          "date, so that none can be said to be before it");
    }
    lede__date_span(date, &date.seconds, &last);
    *dates = (struct syntax){
        .kind = SYNTAX_DATES, .must = true, .field = STR("date"), .boost = 1,
        .to = { date.seconds - 1, DATE_SECOND },
    };
    *list = (struct syntax){ .kind = SYNTAX_LIST, .boost = 1,
                             .child = dates };
    dates->next = l->search->syntax;
    l->search->syntax = list;
    l->search->options.now = date.seconds;
    l->search->options.recency_days = RECENCY_DAYS;
    l->search->options.recency_floor = RECENCY_FLOOR;
    return find_sketch(l);
}

/* ---- interface ---- */

bool
lede__is_background(const struct search *search)
{
    return search->liked.likeness != NULL &&
           search->liked.likeness->background;
}

lede_status
lede__likeness(struct weighted_terms *out, struct search *search,
               lede_index *const *indexes, size_t n_indexes,
               const struct model *model, lede_error *err)
{
    struct liker *l = calloc(1, sizeof(*l));
    struct scorer scorer = { .k1 = 0 };
    uint64_t articles = 0;
    uint64_t length = 0;
    size_t i;
    lede_status status;

    *out = (struct weighted_terms){ .alone = true };
    if (l == NULL) {
        return lede__fail_memory(err);
    }
    l->search = search;
    l->liked = &search->liked;
    l->indexes = indexes;
    l->n_indexes = n_indexes;
    l->terms = (struct article_terms)ARTICLE_TERMS_INIT(&l->arena);
    l->err = err;
    for (i = 0; i < n_indexes; i++) {
        articles += indexes[i]->searcher->stats.articles;
        length += indexes[i]->searcher->stats.total_length;
    }
    lede__scorer_init(&scorer, model, articles, length);
    // there are no words of a query
    search->options.near = 0;
    search->options.title_share = 0;
    status = take_article(l);
    if (status == LEDE_STATUS_OK && l->liked->likeness->background) {
        status = add_date(l);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__article_terms(&l->terms, indexes[l->number],
                                     l->number, &l->article, NULL, 0, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = tell(l, &scorer);
    }
    if (status == LEDE_STATUS_OK) {
        status = give(l, out);
    }
    lede__article_terms_free(&l->terms);
    lede__arena_free(&l->arena);
    lede__arena_free(&l->stored.arena);
    free(l);
    return status;
}
