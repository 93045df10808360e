/* query-oracle.c - matching and ranking against the slow evaluator of
   tests/oracle.h, over tests/mock-searcher.h.

   Random small corpora in one to three indexes, and random queries.  Hits,
   their order, scores and totals have to be equal exactly; exhaustively and
   pruned, whole and by the page, and while somebody commits.

   2,000 queries; 200,000 with LEDE_TEST_LONG.  LEDE_TEST_SEED or the first
   argument is the seed to begin with. */

#include "tests/oracle.h"
#include "tests/tap.h"

#define QUERIES 20              /* per corpus */
#define HITS 300

static bool
same(const struct hit *hits, size_t n, const lede_results *results,
     const lede_search_options *options)
{
    size_t i;
    size_t from = options->offset < n ? options->offset : n;
    size_t count = n - from < options->limit ? n - from : options->limit;

    if (lede_results_count(results) != count) {
        printf("# %zu hits, not %zu\n", lede_results_count(results), count);
        return false;
    }
    if (options->approximate && !lede_results_total_exact(results)
        ? lede_results_total(results) > n
        : lede_results_total(results) != n) {
        printf("# total %llu, not %zu\n",
               (unsigned long long)lede_results_total(results), n);
        return false;
    }
    for (i = 0; i < count; i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        const struct hit *want = &hits[from + i];

        if (strcmp(hit->id, want->doc->id) != 0 ||
            hit->index != want->doc->index || hit->rank != from + i + 1 ||
            hit->score * 65536 != (double)want->score) {
            printf("# hit %zu is %s of index %zu with %.0f, not %s of %zu "
                   "with %llu\n", i, hit->id, hit->index,
                   hit->score * 65536, want->doc->id, want->doc->index,
                   (unsigned long long)want->score);
            return false;
        }
    }
    return true;
}

static bool
try(struct corpus *c, const char *text, const struct hit *hits, size_t n,
    const lede_search_options *options)
{
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede_search(&results, c->indexes, c->n_indexes, text,
                                     options, &error);
    bool equal = status == LEDE_STATUS_OK;

    if (!equal) {
        printf("# status %d: %s\n", (int)status, error.message);
    } else {
        equal = same(hits, n, results, options);
    }
    if (equal && lede_results_warning_count(results) > 0) {
        printf("# %s\n", lede_results_warning(results, 0)->message);
        equal = false;
    }
    if (!equal) {
        printf("# understood: %s\n", results == NULL ? "" :
               lede_results_query(results));
    }
    lede_results_free(results);
    return equal;
}

static bool
test_query(struct corpus *c, uint64_t seed, size_t number)
{
    static const double settings[][3] = {
        { 0.9, 0.4, 1 }, { 1.6, 0.7, 0.7 }, { 0, 0, 0.5 }, { 2, 1, 0 },
    };
    struct hit hits[ORACLE_DOCS];
    struct query *q = oracle_query(c, 3);
    struct random *r = &c->random;
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    struct buf printed = BUF_INIT(BUF_MAX_ANY);
    const char *text;
    uint32_t setting = random_below(r, 4);
    size_t calls = random_below(r, 400);
    bool good = true;
    size_t n;

    oracle_print(q, &printed);
    text = printed.p;
    options.k1 = settings[setting][0];
    options.b = settings[setting][1];
    options.length_power = settings[setting][2];
    options.model = random_below(r, 2) == 0 ? LEDE_MODEL_BM25
                                            : LEDE_MODEL_BM25_PLUS;
    options.lang = random_below(r, 6) == 0 ? "de" : NULL;
    options.snippets = (int)random_below(r, 4) == 0;
    // what looks at the best alone is tested by query-rank.c
    options.near = 0;
    options.title_share = 0;
    options.limit = HITS;
    oracle_find_langs(c, options.lang);
    n = oracle_expect(c, q, &options, hits);
    good = try(c, text, hits, n, &options);
    options.approximate = 1;
    options.limit = 1 + random_below(r, 5);
    good = good && try(c, text, hits, n, &options);
    options.approximate = 0;
    options.offset = random_below(r, 10);
    // meanwhile somebody commits
    mock_searcher_change(c->indexes[0]->searcher, calls);
    good = good && try(c, text, hits, n, &options);
    options.sort = random_below(r, 2) == 0 ? LEDE_SORT_DATE
                                           : LEDE_SORT_DATE_DESCENDING;
    n = oracle_expect(c, q, &options, hits);
    good = good && try(c, text, hits, n, &options);
    if (!good) {
        printf("# seed %llu, query %zu: %s (k1 %g b %g p %g model %d lang %s "
               "sort %d limit %zu offset %zu)\n", (unsigned long long)seed,
               number, text, options.k1, options.b, options.length_power,
               (int)options.model, options.lang ? options.lang : "-",
               (int)options.sort, options.limit, options.offset);
    }
    lede__buf_free(&printed);
    return good;
}

int
main(int argc, char **argv)
{
    const char *given = argc > 1 ? argv[1] : getenv("LEDE_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : 1;
    size_t corpora = long_tests() ? 10000 : 100;
    size_t failed = 0;
    size_t i, j;
    static struct corpus c;

    for (i = 0; i < corpora && failed < 5; i++) {
        oracle_make(&c, seed + i);
        for (j = 0; j < QUERIES && failed < 5; j++) {
            failed += !test_query(&c, seed + i, j);
        }
        oracle_free(&c);
    }
    ok(failed == 0, "%zu queries over %zu corpora", i * QUERIES, i);
    return done();
}
