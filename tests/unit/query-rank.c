/* query-rank.c - what orders the best articles, and what --explain says.

   By hand: each component on a few articles, against its formula.

   At random: over the corpora and queries of the oracle (tests/oracle.h), with
   random weights.  Whatever ranks, the parts of a score add up to it, to the
   last bit; those of the words are the score of the same search without
   components, which is the oracle's; hits are in order; pages are pieces of
   one long page.

   1,000 queries; 100,000 with LEDE_TEST_LONG.  LEDE_TEST_SEED or the first
   argument is the seed to begin with. */

#include <math.h>

#include "query/score.h"
#include "shared/analysis/analysis.h"
#include "tests/oracle.h"
#include "tests/tap.h"

#define UNIT 65536.0

/* ---- parts ---- */

static double
sum_of(const lede_hit *hit, bool components)
{
    static const char *const names[] = {
        "near", "title", "prior", "recency", "below",
    };
    double sum = 0;
    size_t i, j;

    for (i = 0; i < hit->n_parts; i++) {
        bool component = false;

        for (j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
            component |= strcmp(hit->parts[i].kind, names[j]) == 0;
        }
        sum += components || !component ? hit->parts[i].score : 0;
    }
    return sum;
}

static double
part_of(const lede_hit *hit, const char *kind)
{
    size_t i;

    for (i = 0; i < hit->n_parts; i++) {
        if (strcmp(hit->parts[i].kind, kind) == 0) {
            return hit->parts[i].score;
        }
    }
    return 0;
}

/* ---- by hand ---- */

struct source {
    const char *id, *title, *body, *date, *stars;
};

static const struct source library[] = {
    { "far", "Notes", "alpha one two three beta", "2020-01-01", "8" },
    { "side", "Notes", "alpha beta one two three", "2024-12-31", NULL },
    { "turned", "Notes", "beta alpha one two three", "2025-01-01", "-3" },
    { "one", "Notes", "alpha one two three four", NULL, "many" },
    { "twice", "Alpha", "alpha alpha beta gamma delta", "2026-01-01", "0.5" },
    { "title", "Alpha beta", "one two three four five", "2024-01-01", "" },
    { "long", "One two three alpha of five", "beta", "2024-01-01", "1e3" },
};

#define LIBRARY (sizeof(library) / sizeof(library[0]))

static lede_index *
make_library(bool unordered)
{
    static struct mock_article articles[LIBRARY];
    static struct meta metas[LIBRARY];
    struct mock_options options = { .block_max = 3, .seed = 1,
                                    .unordered = unordered };
    struct searcher *searcher;
    lede_index *index = NULL;
    size_t i;

    for (i = 0; i < LIBRARY; i++) {
        const struct source *s = &library[i];
        struct article *a = &articles[i].article;

        *a = (struct article){ .id = str_from(s->id),
                               .title = str_from(s->title),
                               .body = str_from(s->body), .lang = STR("xx") };
        if (s->date != NULL) {
            lede__date_parse(str_from(s->date), &a->date);
        }
        if (s->stars != NULL) {
            metas[i] = (struct meta){ .key = STR("stars"),
                                      .text = str_from(s->stars) };
            a->meta = &metas[i];
            a->n_meta = 1;
        }
        articles[i].number = (uint32_t)i + 1;
    }
    if (mock_searcher_new(&searcher, articles, LIBRARY, &options, NULL) !=
            LEDE_STATUS_OK ||
        lede__index_new(&index, searcher, NULL) != LEDE_STATUS_OK) {
        printf("Bail out! no index\n");
        exit(99);
    }
    return index;
}

static lede_results *
search(lede_index *index, const char *query, lede_search_options *options)
{
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;

    options->explain = 1;
    options->snippets = 0;
    if (lede_search(&results, &index, 1, query, options, &error) !=
        LEDE_STATUS_OK) {
        printf("# %s: %s\n", query, error.message);
    }
    return results;
}

static const lede_hit *
find_hit(const lede_results *results, const char *id)
{
    size_t i;

    for (i = 0; i < lede_results_count(results); i++) {
        if (strcmp(lede_results_hit(results, i)->id, id) == 0) {
            return lede_results_hit(results, i);
        }
    }
    return NULL;
}

static double
idf_of(double n)
{
    return log(1 + (LIBRARY - n + 0.5) / (n + 0.5));
}

static bool
is_near_to(double x, double y)
{
    return fabs(x - y) <= 1 / UNIT;
}

static void
test_near(lede_index *index)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results;
    double alpha = idf_of(7);
    double beta = idf_of(6);
    const struct {
        const char *id;
        double times;           // sum of 1 / distance^2
    } rows[] = {
        { "far", 1.0 / 16 }, { "side", 1 }, { "turned", 1 }, { "one", 0 },
        { "twice", 1 }, { "title", 1 },
    };
    size_t i;

    options.near = 0.5;
    options.title_share = 0;
    results = search(index, "alpha beta alpha", &options);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const lede_hit *hit = find_hit(results, rows[i].id);
        double norm = options.k1 * (1 - options.b + options.b *
                                    pow(hit->length / hit->length_average,
                                        options.length_power));
        double a = beta * rows[i].times;
        double b = alpha * rows[i].times;
        double want = 0.5 * (options.k1 + 1) *
                      (fmin(1, alpha) * a / (a + norm) +
                       fmin(1, beta) * b / (b + norm));

        ok(is_near_to(part_of(hit, "near"), want), "nearness in %s", hit->id);
    }
    lede_results_free(results);
    options.near = 0;
    results = search(index, "alpha beta", &options);
    ok(part_of(find_hit(results, "side"), "near") == 0, "switched off");
    lede_results_free(results);
    options.near = 0.5;
    results = search(index, "alpha", &options);
    ok(part_of(find_hit(results, "side"), "near") == 0, "one word alone");
    lede_results_free(results);
    results = search(index, "alpha \"beta one\" -gamma", &options);
    ok(part_of(find_hit(results, "side"), "near") == 0, "a phrase is no word");
    lede_results_free(results);
}

static void
test_title(lede_index *index)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results;
    double alpha = idf_of(7);
    double beta = idf_of(6);

    options.near = 0;
    options.title_share = 2;
    results = search(index, "alpha beta", &options);
    ok(part_of(find_hit(results, "side"), "title") == 0, "not in the title");
    ok(is_near_to(part_of(find_hit(results, "twice"), "title"), 2 * alpha),
       "all of the title");
    ok(is_near_to(part_of(find_hit(results, "title"), "title"),
                  alpha + beta), "two words of two");
    ok(is_near_to(part_of(find_hit(results, "long"), "title"), alpha / 3),
       "one of six");
    lede_results_free(results);
    results = search(index, "body:alpha alpha^3", &options);
    ok(is_near_to(part_of(find_hit(results, "twice"), "title"), 6 * alpha),
       "a word of the body has no share, ^ counts");
    lede_results_free(results);
    options.title_share = 0;
    results = search(index, "alpha beta", &options);
    ok(part_of(find_hit(results, "title"), "title") == 0, "switched off");
    lede_results_free(results);
}

static void
test_recency(lede_index *index)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results;
    const lede_hit *hit;
    struct date now;
    size_t i;

    lede__date_parse(STR("2025-01-01"), &now);
    options.near = 0;
    options.title_share = 0;
    options.recency_days = 365;
    options.recency_floor = 0.25;
    options.now = now.seconds;
    results = search(index, "alpha", &options);
    for (i = 0; i < lede_results_count(results); i++) {
        double days, left;
        struct date date;

        hit = lede_results_hit(results, i);
        left = 0.25;
        if (hit->date != NULL) {
            lede__date_parse(str_from(hit->date), &date);
            days = (double)(now.seconds - date.seconds) / 86400;
            left = days <= 0 ? 1 : 0.25 + 0.75 * pow(2, -days / 365);
        }
        ok(is_near_to(hit->score, sum_of(hit, false) * left),
           "what is left of %s", hit->id);
    }
    lede_results_free(results);
    options.now = LEDE_NOW_UNKNOWN;
    ok(lede_search(&results, &index, 1, "alpha", &options, NULL) ==
       LEDE_STATUS_USAGE, "recency needs to know what time it is");
    options.now = now.seconds;
    options.recency_floor = 1.5;
    ok(lede_search(&results, &index, 1, "alpha", &options, NULL) ==
       LEDE_STATUS_USAGE, "a floor is at most 1");
}

static void
test_prior(lede_index *index)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results;
    const struct {
        const char *id;
        double stars;
    } rows[] = {
        { "far", 8 }, { "side", 0 }, { "turned", 0 }, { "one", 0 },
        { "twice", 0.5 }, { "title", 0 }, { "long", 1000 },
    };
    size_t i;

    options.near = 0;
    options.title_share = 0;
    options.prior = "Stars";
    options.prior_weight = -1.5;
    results = search(index, "alpha", &options);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const lede_hit *hit = find_hit(results, rows[i].id);

        ok(is_near_to(part_of(hit, "prior"), -1.5 * log1p(rows[i].stars)),
           "stars of %s", hit->id);
    }
    lede_results_free(results);
    options.near = NAN;
    ok(lede_search(&results, &index, 1, "alpha", &options, NULL) ==
       LEDE_STATUS_USAGE, "a weight is a number");
}

/* ---- at random ---- */

static bool
is_sum(const lede_hit *hit)
{
    if (sum_of(hit, true) == hit->score) {
        return true;
    }
    printf("# %s: %.0f, and parts of %.0f\n", hit->id, hit->score * UNIT,
           sum_of(hit, true) * UNIT);
    return false;
}

/* Of the words alone: what the oracle finds. */
static bool
is_plain(const lede_results *results, const struct hit *hits, size_t n)
{
    size_t i;

    for (i = 0; i < n && i < lede_results_count(results); i++) {
        const lede_hit *hit = lede_results_hit(results, i);

        if (hit->score * UNIT != (double)hits[i].score || !is_sum(hit) ||
            sum_of(hit, false) != hit->score) {
            return false;
        }
    }
    return lede_results_count(results) == n;
}

static bool
is_before(const lede_hit *a, const lede_hit *b)
{
    if (a->score != b->score) {
        return a->score > b->score;
    }
    if (a->index != b->index) {
        return a->index < b->index;
    }
    return strtol(a->id, NULL, 10) < strtol(b->id, NULL, 10);
}

/* With components: the same articles and words, in order. */
static bool
is_ranked(const lede_results *results, const lede_results *plain)
{
    size_t n = lede_results_count(plain);
    size_t i;

    for (i = 0; i < n && i < lede_results_count(results); i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        const lede_hit *before = NULL;
        size_t j;

        for (j = 0; j < n && before == NULL; j++) {
            before = lede_results_hit(plain, j);
            if (strcmp(before->id, hit->id) != 0 ||
                before->index != hit->index) {
                before = NULL;
            }
        }
        if (before == NULL || !is_sum(hit) ||
            sum_of(hit, false) != before->score) {
            printf("# %s has words of %.0f, not %.0f\n", hit->id,
                   sum_of(hit, false) * UNIT,
                   before == NULL ? -1 : before->score * UNIT);
            return false;
        }
        if (i > 0 && !is_before(lede_results_hit(results, i - 1), hit)) {
            printf("# %s is out of order\n", hit->id);
            return false;
        }
    }
    return lede_results_count(results) == n;
}

static bool
is_piece(const lede_results *page, const lede_results *whole, size_t from,
         size_t limit)
{
    size_t n = lede_results_count(whole);
    size_t i;

    n = n > from ? n - from : 0;
    n = n < limit ? n : limit;
    for (i = 0; i < n && i < lede_results_count(page); i++) {
        const lede_hit *a = lede_results_hit(page, i);
        const lede_hit *b = lede_results_hit(whole, from + i);

        if (strcmp(a->id, b->id) != 0 || a->index != b->index ||
            a->score != b->score || a->rank != b->rank || !is_sum(a)) {
            printf("# a page has %s with %.0f where %s with %.0f is\n", a->id,
                   a->score * UNIT, b->id, b->score * UNIT);
            return false;
        }
    }
    return lede_results_count(page) == n;
}

static lede_results *
ask(struct corpus *c, const char *text, const lede_search_options *options)
{
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;

    if (lede_search(&results, c->indexes, c->n_indexes, text, options,
                    &error) != LEDE_STATUS_OK) {
        printf("# %s\n", error.message);
    }
    return results;
}

static bool
test_pages(struct corpus *c, const char *text, lede_search_options *options,
           const lede_results *whole)
{
    bool good = true;
    int i;

    for (i = 0; i < 4 && good; i++) {
        lede_results *page;

        options->offset = random_below(&c->random, 30);
        options->limit = random_below(&c->random, 12);
        // meanwhile somebody commits
        mock_searcher_change(c->indexes[0]->searcher,
                             random_below(&c->random, 2000));
        page = ask(c, text, options);
        good = page != NULL && is_piece(page, whole, options->offset,
                                        options->limit);
        lede_results_free(page);
    }
    return good;
}

static bool
test_query(struct corpus *c, uint64_t seed, size_t number)
{
    static const double weights[] = { 0, 0.25, 1, 30 };
    struct random *r = &c->random;
    struct hit hits[ORACLE_DOCS];
    struct query *q = oracle_query(c, 3);
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    struct buf printed = BUF_INIT(BUF_MAX_ANY);
    lede_results *plain, *ranked = NULL;
    size_t n;
    bool good;

    oracle_print(q, &printed);
    options.limit = 300;
    options.explain = 1;
    options.near = 0;
    options.title_share = 0;
    options.model = random_below(r, 2) == 0 ? LEDE_MODEL_BM25
                                            : LEDE_MODEL_BM25_PLUS;
    oracle_find_langs(c, NULL);
    n = oracle_expect(c, q, &options, hits);
    plain = ask(c, printed.p, &options);
    good = plain != NULL && is_plain(plain, hits, n);
    options.near = weights[random_below(r, 4)];
    options.title_share = weights[random_below(r, 4)];
    options.now = 1700000000;
    options.recency_days = random_below(r, 2) == 0 ? 0 : 300;
    options.recency_floor = weights[random_below(r, 3)];
    // sorted by date where nothing scores: nothing is ranked then
    if (good) {
        ranked = ask(c, printed.p, &options);
        good = ranked != NULL &&
               (n == 0 || hits[0].key != (int64_t)hits[0].score ||
                is_ranked(ranked, plain)) &&
               test_pages(c, printed.p, &options, ranked);
    }
    if (!good) {
        printf("# seed %llu, query %zu: %s (near %g title %g recency %g,%g "
               "model %d limit %zu offset %zu)\n", (unsigned long long)seed,
               number, printed.p, options.near, options.title_share,
               options.recency_days, options.recency_floor,
               (int)options.model, options.limit, options.offset);
    }
    lede_results_free(plain);
    lede_results_free(ranked);
    lede__buf_free(&printed);
    return good;
}

int
main(int argc, char **argv)
{
    const char *given = argc > 1 ? argv[1] : getenv("LEDE_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 1;
    size_t corpora = long_tests() ? 5000 : 50;
    size_t failed = 0;
    size_t i, j;
    static struct corpus c;

    for (i = 0; i < 2; i++) {
        lede_index *index = make_library(i == 1);

        test_near(index);
        test_title(index);
        test_recency(index);
        test_prior(index);
        lede_index_close(index);
    }
    for (i = 0; i < corpora && failed < 5; i++) {
        oracle_make(&c, seed + i);
        for (j = 0; j < 20 && failed < 5; j++) {
            failed += !test_query(&c, seed + i, j);
        }
        oracle_free(&c);
    }
    ok(failed == 0, "%zu queries over %zu corpora", i * 20, i);
    return done();
}
