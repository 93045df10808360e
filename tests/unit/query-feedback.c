/* query-feedback.c - feedback and likeness against slow versions that count
   words in the texts, over tests/mock-searcher.h.

   Random articles of made words without a language in one to three indexes,
   some deleted; the terms that are learnt, their weights, and what the second
   search finds with which scores have to be equal, and so have the articles
   like one. */

#include <math.h>
#include <stdlib.h>

#include "query/feedback.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

#define DOCS 60
#define WORDS 80                /* of the language */
#define BODY_MAX 260
#define INDEXES 3
#define NEAR 60                 /* positions */

struct doc {
    char id[16];
    int title[4];
    int body[BODY_MAX];
    size_t n_title, n_body;
    char title_text[64];
    char body_text[BODY_MAX * 8];
    size_t index;
    bool deleted;
};

static struct doc docs[DOCS];
static lede_index *indexes[INDEXES];
static size_t n_indexes;

/* Two syllables, the same for the same number. */
static void
spell(char *out, int word)
{
    static const char consonants[] = "bdfgklmnpr";

    snprintf(out, 8, "%ca%co", consonants[word / 10], consonants[word % 10]);
}

static void
write_text(char *out, size_t size, const int *words, size_t n)
{
    size_t used = 0;
    size_t i;

    out[0] = '\0';
    for (i = 0; i < n; i++) {
        char word[8];

        spell(word, words[i]);
        used += (size_t)snprintf(out + used, size - used, "%s%s",
                                 i > 0 ? " " : "", word);
    }
}

/* Small numbers are frequent; a topic has words of its own. */
static int
draw(struct random *r, uint32_t topic)
{
    if (random_below(r, 3) == 0) {
        return (int)(20 + topic * 10 + random_below(r, 10));
    }
    return (int)random_below(r, 1 + random_below(r, WORDS));
}

static void
make(struct random *r)
{
    size_t i, j;

    n_indexes = 1 + random_below(r, INDEXES);
    for (i = 0; i < DOCS; i++) {
        struct doc *d = &docs[i];
        uint32_t topic = random_below(r, 6);

        snprintf(d->id, sizeof(d->id), "d%02zu", i);
        d->n_title = random_below(r, 5);
        d->n_body = 1 + random_below(r, i % 4 == 0 ? BODY_MAX - 1 : 40);
        for (j = 0; j < d->n_title; j++) {
            d->title[j] = draw(r, topic);
        }
        for (j = 0; j < d->n_body; j++) {
            d->body[j] = draw(r, topic);
        }
        write_text(d->title_text, sizeof(d->title_text), d->title,
                   d->n_title);
        write_text(d->body_text, sizeof(d->body_text), d->body, d->n_body);
        d->index = random_below(r, (uint32_t)n_indexes);
        d->deleted = random_below(r, 12) == 0;
    }
    for (i = 0; i < n_indexes; i++) {
        struct mock_article articles[DOCS];
        const struct mock_options options = { NULL, 4, 1 + i, 2, i == 1 };
        struct searcher *searcher = NULL;
        size_t n = 0;

        memset(articles, 0, sizeof(articles));
        for (j = 0; j < DOCS; j++) {
            struct mock_article *to = &articles[n];

            if (docs[j].index == i) {
                to->number = (uint32_t)(j + 1);
                to->deleted = docs[j].deleted;
                to->article.id = str_from(docs[j].id);
                to->article.title = str_from(docs[j].title_text);
                to->article.body = str_from(docs[j].body_text);
                n++;
            }
        }
        if (mock_searcher_new(&searcher, articles, n, &options, NULL) !=
                LEDE_STATUS_OK ||
            lede__index_new(&indexes[i], searcher, NULL) != LEDE_STATUS_OK) {
            exit(1);
        }
    }
}

/* ---- slowly ---- */

static size_t
count(const int *words, size_t n, int word)
{
    size_t found = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        found += words[i] == word;
    }
    return found;
}

static unsigned
title_weight(void)
{
    return indexes[0]->searcher->schema->fields[FIELD_TITLE].weight;
}

static uint32_t
tf_of(const struct doc *d, int word)
{
    return (uint32_t)(count(d->body, d->n_body, word) +
                      title_weight() * count(d->title, d->n_title, word));
}

static uint64_t
df_of(int word)
{
    uint64_t df = 0;
    size_t i;

    for (i = 0; i < DOCS; i++) {
        df += tf_of(&docs[i], word) > 0;
    }
    return df;
}

static uint8_t
length_of(const struct doc *d)
{
    return lede__length_quantise((uint32_t)(d->n_body +
                                            title_weight() * d->n_title));
}

static bool
is_near(const struct doc *d, size_t at, const int *query, size_t n)
{
    size_t i;

    for (i = 0; i < d->n_body; i++) {
        size_t far = i > at ? i - at : at - i;

        if (far <= NEAR && count(query, n, d->body[i]) > 0) {
            return true;
        }
    }
    return false;
}

struct learnt {
    int word;
    double r, rank, u;
};

static int
compare_learnt(const void *a, const void *b)
{
    const struct learnt *x = a;
    const struct learnt *y = b;
    char s[8], t[8];

    if (x->rank != y->rank) {
        return x->rank > y->rank ? -1 : 1;
    }
    spell(s, x->word);
    spell(t, y->word);
    return strcmp(s, t);
}

static const struct doc *
find_doc(const char *id)
{
    return &docs[(id[1] - '0') * 10 + id[2] - '0'];
}

/* What is learnt from the first search; how many. */
static size_t
learn(struct learnt *out, const struct scorer *scorer,
      const lede_results *first, const int *query, size_t n_query,
      lede_feedback model)
{
    size_t n = lede_results_count(first);
    double shares[FEEDBACK_DOCS];
    double sum = 0, weight = 0, all = 0;
    size_t n_learnt = 0;
    size_t i, j;
    int word;

    for (i = 0; i < n; i++) {
        double best = lede_results_hit(first, 0)->score;

        shares[i] = exp((lede_results_hit(first, i)->score - best) /
                        (0.15 * best));
        sum += shares[i];
    }
    for (word = 0; word < WORDS; word++) {
        double articles = scorer->articles;
        uint64_t df = df_of(word);
        double idf = lede__score_idf(scorer, df);
        double p = (double)df / articles;
        struct learnt one = { word, 0, 0, 0 };
        size_t has = 0;

        for (i = 0; i < n; i++) {
            const struct doc *d = find_doc(lede_results_hit(first, i)->id);
            double k = scorer->norms[length_of(d)];
            double c = (double)count(d->title, d->n_title, word);

            for (j = 0; j < d->n_body; j++) {
                c += d->body[j] == word && is_near(d, j, query, n_query);
            }
            has += c > 0;
            one.r += model == LEDE_FEEDBACK_BO1
                     ? shares[i] / sum * c * (double)n
                     : shares[i] / sum * c / (c + 50 * k);
        }
        if (one.r == 0 || df < 2 || (double)df > 0.2 * articles) {
            continue;
        }
        if (model == LEDE_FEEDBACK_BO1) {
            one.rank = one.r * log2((1 + p) / p) + log2(1 + p);
            one.u = one.rank * idf;
        } else {
            one.rank = one.r * idf * sqrt((double)has / (double)n);
            one.u = pow(one.r, 0.8) * pow(idf, 1.5);
        }
        out[n_learnt++] = one;
    }
    qsort(out, n_learnt, sizeof(*out), compare_learnt);
    n_learnt = n_learnt < FEEDBACK_TERMS ? n_learnt : FEEDBACK_TERMS;
    for (i = 0; i < n_query; i++) {
        uint64_t df = df_of(query[i]);

        weight += df > 0 ? lede__score_idf(scorer, df) : 0;
    }
    for (i = 0; i < n_learnt; i++) {
        all += out[i].u;
    }
    for (i = 0; i < n_learnt; i++) {
        out[i].u *= weight * (model == LEDE_FEEDBACK_BO1 ? 1.0 : 1.7) / all;
    }
    return n_learnt;
}

/* ---- one query ---- */

static bool
same_terms(const struct weighted_terms *terms, const struct learnt *learnt,
           size_t n)
{
    size_t i;

    if (terms->n != n) {
        printf("# %zu terms, not %zu\n", terms->n, n);
        return false;
    }
    for (i = 0; i < n; i++) {
        const struct weighted_term *term = &terms->items[i];
        char word[8];

        spell(word, learnt[i].word);
        if (!str_eq(term->form, str_from(word)) || !term->stem ||
            term->stemmer.len > 0 ||
            fabs(term->weight - learnt[i].u) > 1e-9 * learnt[i].u) {
            printf("# term %zu is %s %.9f, not %s %.9f\n", i, term->form.p,
                   term->weight, word, learnt[i].u);
            return false;
        }
    }
    return true;
}

static double
score_of(const struct scorer *scorer, const struct doc *d, const int *query,
         size_t n_query, const struct learnt *learnt, size_t n)
{
    uint32_t sum = 0;
    size_t i;

    for (i = 0; i < n_query; i++) {
        double weight = lede__score_idf(scorer, df_of(query[i]));
        uint32_t tf = tf_of(d, query[i]);

        sum += lede__score(scorer, lede__score_scale(scorer, weight), tf,
                           length_of(d)) +
               lede__score(scorer, lede__score_scale(scorer, weight *
                                                     LEDE_EXACT_DEFAULT), tf,
                           length_of(d));
    }
    for (i = 0; i < n; i++) {
        sum += lede__score(scorer, lede__score_scale(scorer, learnt[i].u),
                           tf_of(d, learnt[i].word), length_of(d));
    }
    return (double)sum / SCORE_ONE;
}

static bool
same_hits(const lede_results *results, const struct scorer *scorer,
          const int *query, size_t n_query, const struct learnt *learnt,
          size_t n)
{
    size_t expected = 0;
    size_t i;

    for (i = 0; i < DOCS; i++) {
        expected += !docs[i].deleted &&
                    score_of(scorer, &docs[i], query, n_query, learnt, n) > 0;
    }
    if (lede_results_total(results) != expected ||
        lede_results_count(results) != expected) {
        printf("# %zu found, not %zu\n", lede_results_count(results),
               expected);
        return false;
    }
    for (i = 0; i < expected; i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        double want = score_of(scorer, find_doc(hit->id), query, n_query,
                               learnt, n);

        // a weight may differ in its last bit, and a part by one unit
        if (fabs(hit->score - want) > 64.0 / SCORE_ONE ||
            (i > 0 && hit->score > lede_results_hit(results, i - 1)->score)) {
            printf("# %s has %f, not %f\n", hit->id, hit->score, want);
            return false;
        }
    }
    return true;
}

static bool
try(const char *text, const int *query, size_t n_query, lede_feedback model,
    size_t changed_after)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    struct search *search = calloc(1, sizeof(*search));
    struct learnt learnt[WORDS];
    struct weighted_terms terms;
    lede_results *first = NULL;
    lede_results *results = NULL;
    size_t n;
    bool good;

    // not what the query before has left over
    mock_searcher_change(indexes[0]->searcher, SIZE_MAX);
    options.near = 0;
    options.title_share = 0;
    options.limit = FEEDBACK_DOCS;
    lede_search(&first, indexes, n_indexes, text, &options, NULL);
    good = lede__search_run(search, indexes, n_indexes, text, false, &options,
                            NULL) == LEDE_STATUS_OK &&
           lede__feedback(&terms, search, indexes, n_indexes, model, NULL) ==
               LEDE_STATUS_OK;
    n = learn(learnt, &search->plan.scorer, first, query, n_query, model);
    good = good && same_terms(&terms, learnt, n);
    options.limit = DOCS;
    options.feedback = model;
    // somebody commits between or within the two searches
    mock_searcher_change(indexes[0]->searcher, changed_after);
    good = good && lede_search(&results, indexes, n_indexes, text, &options,
                               NULL) == LEDE_STATUS_OK;
    good = good && same_hits(results, &search->plan.scorer, query, n_query,
                             learnt, n);
    lede_results_free(first);
    lede_results_free(results);
    lede__search_free(search);
    free(search);
    return good;
}

/* ---- articles like one ---- */

#define LIKE_TERMS 40

/* What an article is told by; how many. */
static size_t
tell(struct learnt *out, const struct scorer *scorer, const struct doc *d)
{
    size_t n = 0;
    int word;

    for (word = 0; word < WORDS; word++) {
        double tf = (double)count(d->body, d->n_body, word) +
                    2.0 * (double)count(d->title, d->n_title, word);
        uint64_t df = df_of(word);

        if (tf > 0 && df >= 2) {
            double weight = lede__score_idf(scorer, df) * tf / (tf + 2);

            out[n++] = (struct learnt){ word, 0, weight, weight };
        }
    }
    qsort(out, n, sizeof(*out), compare_learnt);
    return n < LIKE_TERMS ? n : LIKE_TERMS;
}

/* Every article but `like` that has `among` (-1: all), with its score. */
static bool
same_like(const lede_results *results, const struct scorer *scorer,
          const struct doc *like, int among)
{
    struct learnt learnt[WORDS];
    size_t n = tell(learnt, scorer, like);
    size_t expected = 0;
    size_t i;

    for (i = 0; i < DOCS; i++) {
        expected += !docs[i].deleted && &docs[i] != like &&
                    (among < 0 || tf_of(&docs[i], among) > 0) &&
                    score_of(scorer, &docs[i], NULL, 0, learnt, n) > 0;
    }
    if (lede_results_total(results) != expected ||
        lede_results_count(results) != expected) {
        printf("# %zu like %s, not %zu\n", lede_results_count(results),
               like->id, expected);
        return false;
    }
    for (i = 0; i < expected; i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        double want = score_of(scorer, find_doc(hit->id), NULL, 0, learnt, n);

        if (fabs(hit->score - want) > 64.0 / SCORE_ONE ||
            strcmp(hit->id, like->id) == 0 ||
            (i > 0 && hit->score > lede_results_hit(results, i - 1)->score)) {
            printf("# %s has %f, not %f\n", hit->id, hit->score, want);
            return false;
        }
    }
    return true;
}

static bool
try_like(struct random *r, const struct scorer *scorer)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    const struct doc *d = &docs[random_below(r, DOCS)];
    lede_article article = { .id = d->id, .title = d->title_text,
                             .body = d->body_text, .lang = "" };
    int among = random_below(r, 2) == 0 ? -1 : (int)random_below(r, 20);
    lede_results *results = NULL;
    char word[8] = "";
    lede_status status;
    bool good;

    if (among >= 0) {
        spell(word, among);
    }
    options.limit = DOCS;
    mock_searcher_change(indexes[0]->searcher, random_below(r, 300));
    if (d->deleted) {
        status = lede_similar(&results, indexes, n_indexes, d->id, NULL,
                              &options, NULL);
        return status == LEDE_STATUS_NOT_FOUND && results == NULL;
    }
    status = random_below(r, 2) == 0
             ? lede_similar(&results, indexes, n_indexes, d->id,
                            among < 0 ? NULL : word, &options, NULL)
             : lede_similar_to(&results, indexes, n_indexes, &article,
                               among < 0 ? NULL : word, &options, NULL);
    good = status == LEDE_STATUS_OK && same_like(results, scorer, d, among);
    lede_results_free(results);
    return good;
}

static void
test_like(void)
{
    static const struct model model = {
        LEDE_K1_DEFAULT, LEDE_B_DEFAULT, LEDE_LENGTH_POWER_DEFAULT, 0,
        LEDE_EXACT_DEFAULT, LEDE_PARTICLES_DEFAULT,
    };
    struct random r = random_begin(77);
    size_t good = 0;
    size_t tried = 0;
    size_t i, j;

    for (i = 0; i < 30; i++) {
        struct scorer scorer;
        uint64_t articles = 0;
        uint64_t length = 0;

        make(&r);
        for (j = 0; j < n_indexes; j++) {
            articles += indexes[j]->searcher->stats.articles;
            length += indexes[j]->searcher->stats.total_length;
        }
        lede__scorer_init(&scorer, &model, articles, length);
        for (j = 0; j < 8; j++) {
            tried++;
            good += try_like(&r, &scorer);
        }
        for (j = 0; j < n_indexes; j++) {
            lede_index_close(indexes[j]);
        }
    }
    ok(good == tried, "%zu of %zu articles have the like of the slow version",
       good, tried);
}

static void
test_random(uint64_t seed)
{
    struct random r = random_begin(seed);
    size_t good = 0;
    size_t tried = 0;
    size_t i, j;

    for (i = 0; i < 40; i++) {
        make(&r);
        for (j = 0; j < 6; j++) {
            int query[3];
            size_t n = 1 + random_below(&r, 3);
            char text[64];
            size_t k;

            for (k = 0; k < n; k++) {
                query[k] = draw(&r, random_below(&r, 6));
            }
            write_text(text, sizeof(text), query, n);
            tried++;
            if (try(text, query, n, j % 2 == 0 ? LEDE_FEEDBACK_RM3
                                               : LEDE_FEEDBACK_BO1,
                    random_below(&r, 2000))) {
                good++;
            } else {
                printf("# collection %zu, query %s\n", i, text);
            }
        }
        for (j = 0; j < n_indexes; j++) {
            lede_index_close(indexes[j]);
        }
    }
    ok(good == tried, "%zu of %zu queries as the slow version has it", good,
       tried);
}

/* ---- which queries are widened ---- */

static size_t
found(const char *query, lede_feedback model)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results = NULL;
    size_t total;

    options.feedback = model;
    if (lede_search(&results, indexes, n_indexes, query, &options, NULL) !=
        LEDE_STATUS_OK) {
        return SIZE_MAX;
    }
    total = (size_t)lede_results_total(results);
    lede_results_free(results);
    return total;
}

static void
test_kinds(void)
{
    static const struct {
        const char *query;
        bool wider;
    } rows[] = {
        { "fako", true },
        { "fako pago", true },
        { "+fako", false },
        { "+fako pago", false },
        { "fako AND bado", false },
        { "\"fako\"", false },
        { "=fako", false },
        { "fa*", false },
        { "fako -bado", true },
        { "lang:en", false },
        { "*", false },
    };
    struct random r = random_begin(5);
    size_t i;

    make(&r);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t without = found(rows[i].query, LEDE_FEEDBACK_OFF);
        size_t with = found(rows[i].query, LEDE_FEEDBACK_RM3);

        ok(rows[i].wider ? with > without : with == without,
           "%s finds %s: %zu, %zu", rows[i].query,
           rows[i].wider ? "more" : "the same", without, with);
    }
    ok(found("notaword", LEDE_FEEDBACK_RM3) == 0,
       "nothing is learnt from nothing");
    for (i = 0; i < n_indexes; i++) {
        lede_index_close(indexes[i]);
    }
}

/* ---- what is stored is long, or nothing that one reads ---- */

static void
test_hostile(void)
{
    enum { N = 6, LONG = 4 << 20 };
    struct mock_article articles[N];
    const struct mock_options options = { NULL, 4, 1, 0, false };
    lede_search_options search = LEDE_SEARCH_OPTIONS_INIT;
    struct searcher *searcher = NULL;
    lede_results *results = NULL;
    char *bodies[N];
    size_t i, j;

    memset(articles, 0, sizeof(articles));
    for (i = 0; i < N; i++) {
        static const char *const pieces[] = {
            "a", "fako ", "\xED\x95\x9C", " ", "@", "1 ",
        };
        size_t len = strlen(pieces[i]);

        bodies[i] = malloc(LONG + 32);
        for (j = 0; j + len < LONG; j += len) {
            memcpy(bodies[i] + j, pieces[i], len);
        }
        memcpy(bodies[i] + j, " fako bado", sizeof(" fako bado"));
        articles[i].number = (uint32_t)(i + 1);
        articles[i].article.id = STR("hostile");
        articles[i].article.title = STR("bado fako");
        articles[i].article.lang = STR("ko");
        articles[i].article.body = str_from(bodies[i]);
    }
    search.feedback = LEDE_FEEDBACK_RM3;
    search.snippets = 0;
    ok(mock_searcher_new(&searcher, articles, N, &options, NULL) ==
           LEDE_STATUS_OK &&
       lede__index_new(&indexes[0], searcher, NULL) == LEDE_STATUS_OK,
       "an index of strange articles");
    ok(lede_search(&results, indexes, 1, "fako", &search, NULL) ==
           LEDE_STATUS_OK && lede_results_total(results) == N,
       "is learnt from");
    lede_results_free(results);
    lede_index_close(indexes[0]);
    for (i = 0; i < N; i++) {
        free(bodies[i]);
    }
}

int
main(void)
{
    test_random(1);
    test_random(20251);
    test_like();
    test_kinds();
    test_hostile();
    return done();
}
