/* spell.c - spelling: misspelt words of tests/data, in an index that has the
   words that were meant, and no others; and what happens to the rest of a
   query. */

#include "tests/random.h"
#include "tests/writer-check.h"

/* Articles with each of the words that were meant. */
#define COPIES 6
#define ROWS_MAX 1000

struct row {
    char *typed;
    char *meant;
    bool context;               // the other words decide
};

static struct row rows[ROWS_MAX];
static size_t n_rows;

static void
read_rows(const char *root)
{
    char *path = lede__path_join(root, "tests/data/misspellings.tsv");
    FILE *file = fopen(path, "re");
    char line[500];

    while (file != NULL && fgets(line, sizeof line, file) != NULL &&
           n_rows < ROWS_MAX) {
        char *rest = line;
        char *typed = strsep(&rest, "\t\n");
        char *meant = strsep(&rest, "\t\n");

        if (*line == '#' || meant == NULL) {
            continue;
        }
        rows[n_rows++] = (struct row){ strdup(typed), strdup(meant),
                                       rest != NULL && *rest != '\0' };
    }
    if (file == NULL || n_rows < 300) {
        printf("Bail out! no 300 rows in %s\n", path);
        exit(1);
    }
    fclose(file);
    free(path);
}

static void
add(lede_writer *writer, const char *title, const char *body)
{
    static unsigned number;
    lede_article article = { .title = title, .body = body, .lang = "en" };
    char id[20];

    snprintf(id, sizeof id, "%u", number++);
    article.id = id;
    if (lede_writer_add(writer, &article, NULL) != LEDE_STATUS_OK) {
        ok(false, "add %s", body);
    }
}

static lede_index *
make_index(void)
{
    lede_writer *writer = open_writer(NULL);
    lede_index *index = NULL;

    for (size_t i = 0; i < n_rows; i++) {
        for (int j = 0; j < COPIES; j++) {
            char *copy = strdup(rows[i].meant);
            char *rest = copy;
            char *meant;

            while ((meant = strsep(&rest, "|")) != NULL) {
                add(writer, NULL, meant);
            }
            free(copy);
        }
    }
    for (int j = 0; j < 30; j++) {
        add(writer, "Rendering engines", "the rendering of engines by a "
            "benchmark for databases, at lede@example.org");
        add(writer, "Benchmarks", "a model and its benchmark scores");
    }
    if (lede_writer_commit(writer, NULL) != LEDE_STATUS_OK) {
        ok(false, "commit");
    }
    lede_writer_close(writer);
    if (lede_index_open(&index, "index", NULL) != LEDE_STATUS_OK) {
        printf("Bail out! no index\n");
        exit(1);
    }
    return index;
}

static lede_results *
search(lede_index *index, const char *query, lede_suggest_mode mode)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    lede_results *results = NULL;

    options.suggest = mode;
    if (lede_search(&results, &index, 1, query, &options, &error) !=
        LEDE_STATUS_OK) {
        printf("Bail out! %s: %s\n", query, error.message);
        exit(1);
    }
    return results;
}

/* Which suggestion is what was meant, from 1; 0: none. */
static size_t
find_meant(const lede_results *results, const char *meant)
{
    size_t n = lede_results_suggestion_count(results);

    for (size_t i = 0; i < n; i++) {
        const char *query = lede_results_suggestion(results, i)->query;
        size_t len = strlen(query);
        const char *at = strstr(meant, query);

        if (at != NULL && (at == meant || at[-1] == ' ') &&
            (at[len] == '\0' || at[len] == ' ')) {
            return i + 1;
        }
    }
    return 0;
}

static void
test_rows(lede_index *index)
{
    size_t n[2] = { 0, 0 };
    size_t first[2] = { 0, 0 };
    size_t any[2] = { 0, 0 };
    size_t empty = 0;

    for (size_t i = 0; i < n_rows; i++) {
        lede_results *results = search(index, rows[i].typed,
                                       LEDE_SUGGEST_TELL);
        size_t at = find_meant(results, rows[i].meant);
        bool context = rows[i].context;

        n[context]++;
        first[context] += at == 1;
        any[context] += at > 0;
        for (size_t j = 0; j < lede_results_suggestion_count(results); j++) {
            empty += lede_results_suggestion(results, j)->articles == 0;
        }
        lede_results_free(results);
    }
    for (int i = 0; i < 2; i++) {
        printf("# %s: %zu rows, %zu first, %zu among three\n",
               i == 0 ? "words" : "in context", n[i], first[i], any[i]);
    }
    ok(first[0] * 20 >= n[0] * 17, "17 of 20 misspelt words are corrected");
    ok(first[1] * 10 >= n[1] * 9, "9 of 10 by the other words");
    is_int((long)empty, 0, "no suggestion finds nothing");
}

/* ---- the rest of the query ---- */

static void
suggests(lede_index *index, const char *query, const char *want)
{
    lede_results *results = search(index, query, LEDE_SUGGEST_TELL);
    const lede_suggestion *first = lede_results_suggestion(results, 0);

    is_str(first == NULL ? "" : first->query, want, "%s", query);
    lede_results_free(results);
}

static void
test_queries(lede_index *index)
{
    suggests(index, "+benchmrak -model", "+benchmark -model");
    suggests(index, "title:rendring", "title:rendering");
    suggests(index, "\"rendering of enignes\" lang:en",
             "\"rendering of engines\" lang:en");
    suggests(index, "benchmrak^2 OR (scoers AND model)",
             "benchmark^2 OR (scores AND model)");
    suggests(index, "Benchmrak", "Benchmark");
    suggests(index, "benchmrak NEAR/3 scores", "benchmark NEAR/3 scores");
    suggests(index, "\"bench mark\"", "\"benchmark\"");
    suggests(index, "+modelbenchmark", "");     // they are in no row
    suggests(index, "+unitedstates", "+\"united states\"");
    suggests(index, "benchmark", "");
    suggests(index, "rendered", "");            // its stem is found
    suggests(index, "bench*", "");
    suggests(index, "-benchmrak model", "");
    suggests(index, "gpt5 4711 x200 a.b.c", "");
    suggests(index, "lede@exampel.org", "");
    suggests(index, "tag:benchmrak", "");
    suggests(index, "zzzzzzzz", "");
    suggests(index, "\xE6\xA8\xA1\xE5\x9E\x8B", "");
}

static void
test_corrected(lede_index *index)
{
    lede_results *results = search(index, "benchmrak scoers",
                                   LEDE_SUGGEST_CORRECT);

    ok(lede_results_corrected(results), "nothing found: corrected");
    is_int((long)lede_results_total(results), 60, "what that finds");
    is_str(lede_results_query(results), "benchmark scores", "the query");
    is_int((long)lede_results_suggestion_count(results), 1, "and said so");
    lede_results_free(results);

    results = search(index, "benchmrak model", LEDE_SUGGEST_CORRECT);
    ok(!lede_results_corrected(results), "something found: not corrected");
    is_str(lede_results_query(results), "benchmrak model", "the query");
    is_str(lede_results_suggestion(results, 0)->query, "benchmark model",
           "but suggested");
    lede_results_free(results);

    results = search(index, "benchmrak nosuch:thing", LEDE_SUGGEST_CORRECT);
    ok(lede_results_corrected(results), "corrected");
    ok(lede_results_warning_count(results) > 0, "with the warnings");
    lede_results_free(results);

    results = search(index, "benchmrak", LEDE_SUGGEST_OFF);
    is_int((long)lede_results_suggestion_count(results), 0, "not asked for");
    is_int((long)lede_results_total(results), 0, "nothing");
    ok(lede_results_suggestion(results, 0) == NULL, "no suggestion");
    lede_results_free(results);
}

/* ---- several indexes, and anything at all ---- */

static void
test_several(lede_index *index)
{
    lede_index *both[2] = { index, NULL };
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_completions *completions = NULL;
    lede_results *results = NULL;

    options.suggest = LEDE_SUGGEST_TELL;
    if (lede_index_open(&both[1], "index", NULL) != LEDE_STATUS_OK ||
        lede_search(&results, both, 2, "benchmrak", &options, NULL) !=
            LEDE_STATUS_OK ||
        lede_suggest(&completions, both, 2, "a model and its be", 10, NULL) !=
            LEDE_STATUS_OK) {
        ok(false, "two indexes");
        return;
    }
    is_int((long)lede_results_suggestion_count(results), 1,
           "a form of two indexes is one");
    is_str(lede_results_suggestion(results, 0)->query, "benchmark",
           "suggested of two");
    is_int((long)lede_results_suggestion(results, 0)->articles, 120,
           "with the articles of both");
    is_str(lede_completions_get(completions, 0)->text,
           "a model and its benchmark", "completed of two");
    ok(lede_completions_get(completions, 0)->articles == 60, "once each");
    lede_results_free(results);
    lede_completions_free(completions);
    lede_index_close(both[1]);
}

/* Pieces of queries at random: nothing is an error but what is not UTF-8, and
   no suggestion finds nothing. */
static void
test_anything(lede_index *index)
{
    static const char *const pieces[] = {
        " ", "\"", "(", ")", "+", "-", "benchmrak", "laerning", "title:",
        "OR", "AND", "NEAR/3", "~1", "*", "\xC3\xA9", "\xE6\xA8\xA1", "^2",
        "\xF0\x9F\x98\x80", "date:2025", "x", "a", "modle", "'s", "/", ".",
        "\xED\x95\x9C", "\\", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    struct random random = random_begin(20251120);
    size_t wrong = 0;

    for (int i = 0; i < 1500; i++) {
        lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
        lede_completions *completions = NULL;
        lede_results *results = NULL;
        char text[600] = "";
        size_t n = 1 + random_below(&random, 12);
        lede_status status;

        while (n-- > 0) {
            size_t at = random_below(&random,
                                     sizeof pieces / sizeof pieces[0]);

            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                     pieces[at], random_below(&random, 2) ? " " : "");
        }
        options.suggest = LEDE_SUGGEST_CORRECT;
        status = lede_search(&results, &index, 1, text, &options, NULL);
        if (status == LEDE_STATUS_OK) {
            n = lede_results_suggestion_count(results);
            for (size_t j = 0; j < n; j++) {
                wrong += lede_results_suggestion(results, j)->articles == 0;
            }
            wrong += lede_results_corrected(results) &&
                     lede_results_total(results) == 0;
            lede_results_free(results);
        } else {
            wrong += status != LEDE_STATUS_BAD_QUERY;
        }
        status = lede_suggest(&completions, &index, 1, text, 10, NULL);
        wrong += status != LEDE_STATUS_OK;
        lede_completions_free(completions);
    }
    is_int((long)wrong, 0, "anything");
}

int
main(void)
{
    char folder[] = "/tmp/spell-XXXXXX";
    const char *root = getenv("TOP_SRCDIR");
    lede_index *index;

    read_rows(root == NULL ? "." : root);
    enter_scratch(folder);
    index = make_index();
    test_rows(index);
    test_queries(index);
    test_corrected(index);
    test_several(index);
    test_anything(index);
    lede_index_close(index);
    leave_scratch(folder);
    for (size_t i = 0; i < n_rows; i++) {
        free(rows[i].typed);
        free(rows[i].meant);
    }
    return done();
}
