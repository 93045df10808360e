/* query-search.c - what queries find: a small collection, and for each query
   the articles that it finds, best first. */

#include "query/handle.h"
#include "query/plan.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

struct source {
    const char *id, *lang, *date, *title, *body, *tag, *author, *path;
};

static const struct source library[] = {
    { "gpt", "en", "2024-05-13", "GPT-4o is here",
      "GPT-4o sees and hears. Its price fell by 50 %.", "ai", "Jane Doe",
      "news/2024/gpt.md" },
    { "gpt4", "en", "2023-03-14", "GPT-4 passes the bar",
      "The model gpt-4 wrote 4 essays.", "ai", "Jane Doe",
      "news/2023/gpt4.md" },
    { "qwen", "en", "2025-01-28", "Qwen2.5-Max benchmarks",
      "The model Qwen2.5-Max was benchmarked against GPT-4o.", "ai",
      "Li Wei", "news/2025/qwen.md" },
    { "vl", "en", "2025-01-26", "Qwen2.5-VL",
      "A vision language model. Running it needs one GPU.", "models",
      "Li Wei", "news/2025/vl.md" },
    { "agents", "en", "2024-11", "Multi-agent systems",
      "Multi-agent planning with many agents, and an agent in the middle.",
      "Open Source", NULL, "blog/agents.md" },
    { "one", "en", NULL, "A multiagent survey",
      "One paper on multiagent learning.", NULL, NULL, "blog/one.md" },
    { "runner", "en", "2022", "The runner",
      "He runs. She is running. They run a benchmark.", "sport", NULL,
      "blog/runner.md" },
    { "cpp", "en", "2026-02-01", "C++26 and C#",
      "C++ has reflection, C# had it, and C never will. .NET 9 too.", "code",
      "Bj\xC3\xB8rn", "docs/cpp.md" },
    { "haus", "de", "2024-01-01", "Das Haus",
      "Die H\xC3\xA4user der Stadt. Die Modelle der Architekten.", NULL,
      NULL, "de/haus.md" },
    { "car", "fr", "2024-02-02", "La Citro\xC3\xABn",
      "Une vieille Citro\xC3\xABn devant un caf\xC3\xA9.", NULL, NULL,
      "fr/car.md" },
    { "zh", "zh", "2025-03-03",
      "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B",
      "\xE5\xA4\xA7\xE6\xA8\xA1\xE5\x9E\x8B\xE7\x9A\x84\xE8\xAF\x84\xE6\xB5"
      "\x8B Qwen", NULL, NULL, "zh/zh.md" },
    { "zh2", "zh", "2025-03-04", "\xE5\x9E\x8B\xE5\x8F\xB7",
      "\xE6\xA8\xA1\xE4\xBB\xBF \xE8\xAF\x84\xE8\xAE\xBA", NULL, NULL,
      "zh/zh2.md" },
    { "mail", "en", "2021-05-05", "Write to user@host",
      "Ask @handle, or handle it yourself; tell AT&T at 12:30.", NULL, NULL,
      "mail.md" },
};

#define LIBRARY (sizeof(library) / sizeof(library[0]))

/* Found articles by id, best first; in any order where it begins with ~. */
static const struct {
    const char *query;
    const char *found;
    const char *codes;
} rows[] = {
    /* words */
    { "benchmarks", "~qwen runner", "" },
    { "running", "~runner vl", "" },
    { "\"runs\"", "runner", "" },
    { "\"run\"", "runner", "" },
    { "\"benchmark\"", "runner", "" },
    { "citroen", "car", "" },
    { "Citro\xC3\xABn", "car", "" },
    { "\"citroen\"", "car", "" },
    { "nothing-like-it", "", "" },
    { "the reflection", "cpp", "" },
    { "+the reflection", "~gpt4 qwen agents runner", "" },
    { "Architekt", "haus", "" },
    /* names */
    { "gpt4o", "~gpt qwen", "" },
    { "GPT-4o", "~gpt qwen", "" },
    { "gpt-4", "~gpt4", "" },
    { "+gpt", "~gpt gpt4 qwen", "" },
    { "qwen2.5", "~qwen vl", "" },
    { "Qwen2.5-Max", "qwen", "" },
    { "\"Qwen2.5-VL\"", "vl", "" },
    { "\"qwen 2.5 vl\"", "vl", "" },
    { "qwen2", "~qwen vl", "" },
    { "multiagent", "~agents one", "" },
    { "+multi-agent", "~agents one", "" },
    { "multi-agent", "~agents one", "" },
    { "\"multi agent\"", "agents", "" },
    { "C++", "cpp", "" },
    { "C#", "cpp", "" },
    { ".net", "cpp", "" },
    { "@handle", "mail", "" },
    { "#handle", "", "" },
    { "handle", "mail", "" },
    { "AT&T", "mail", "" },
    { "user@host", "mail", "" },
    { "12:30", "mail", "" },
    /* Chinese */
    { "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B", "zh", "" },
    { "\xE6\xA8\xA1", "~zh zh2", "" },
    { "+\xE6\xA8\xA1\xE5\x9E\x8B", "zh", "" },
    { "\"\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B\"", "zh", "" },
    { "+\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE8\xAE\xBA", "", "" },
    /* operators */
    { "qwen AND gpt", "qwen", "" },
    { "qwen -max", "~vl zh", "" },
    { "+qwen gpt-4o", "~qwen vl zh", "" },
    { "qwen NOT (max OR vl)", "zh", "" },
    { "(qwen OR gpt) AND price", "gpt", "" },
    { "-qwen -gpt -the -a -zh", "~cpp haus car zh2 mail", "" },
    /* fields */
    { "title:qwen2.5", "~qwen vl", "" },
    { "body:gpt-4o", "~gpt qwen", "" },
    { "title:gpt-4o", "gpt", "" },
    { "+body:bar", "", "" },
    { "+title:bar", "gpt4", "" },
    { "title:\"passes the bar\"", "gpt4", "" },
    { "body:\"passes the bar\"", "", "" },
    { "authors:doe", "~gpt gpt4", "" },
    { "tags:open", "agents", "" },
    { "foo:qwen", "~qwen vl zh", "unknown-field not-as-one" },
    { "series:llm", "~gpt vl", "" },
    /* filters */
    { "tag:ai", "qwen gpt gpt4", "" },
    { "tag:AI", "qwen gpt gpt4", "" },
    { "tag:\"open source\"", "agents", "" },
    { "tag:sport tag:code", "cpp runner", "" },
    { "tag:ai author:\"li wei\"", "qwen", "" },
    { "+tag:ai +tag:code", "", "" },
    { "-tag:ai -lang:de -lang:fr -lang:zh",
      "cpp vl agents runner mail one", "" },
    { "lang:de", "haus", "" },
    { "gpt tag:ai", "~gpt gpt4 qwen", "" },
    { "price (tag:ai OR tag:code)", "gpt", "" },
    { "path:blog", "agents runner one", "" },
    { "path:news/2025", "qwen vl", "" },
    { "path:news/2025/", "qwen vl", "" },
    { "path:news/2025/*", "qwen vl", "" },
    { "path:./blog/one.md", "one", "" },
    { "path:blog/one.md", "one", "" },
    { "path:blog/one", "", "" },
    { "path:news/202*", "qwen vl gpt gpt4", "" },
    { "path:zh/zh*", "zh2 zh", "" },
    { "path:nowhere*", "", "" },
    { "-path:news*", "cpp zh2 zh agents car haus runner mail one", "" },
    { "key:k-gpt", "gpt", "" },
    /* dates */
    { "date:2025", "zh2 zh qwen vl", "" },
    { "date:2025-01", "qwen vl", "" },
    { "date:2025-01-26", "vl", "" },
    { "date:2025-01-26..2025-01-27", "vl", "" },
    { "date:2025-01-27..2025-03-03", "zh qwen", "" },
    { "date:..2022", "runner mail", "" },
    { "date:2025-03-04..", "cpp zh2", "" },
    { "date:2024-11", "agents", "" },
    { "date:2024-11-01", "agents", "" },
    { "date:2024-11-02", "", "" },
    { "date:2022", "runner", "" },
    { "date:2021 date:2022", "runner mail", "" },
    { "date:2025 qwen", "~qwen vl zh", "" },
    { "-date:2020..2026", "one", "" },
    { "qwen -date:2025-01", "zh", "" },
    { "tag:sport OR date:2021", "runner mail", "" },
    { "date:2026..2025", "", "empty-range" },
    { "date:2025-02-30", "", "bad-date" },
    /* beginnings */
    { "bench*", "~qwen runner", "" },
    { "gpt4*", "~gpt gpt4 qwen", "" },
    { "title:bench*", "qwen", "" },
    { "body:bench*", "~qwen runner", "" },
    { "+mul* -agents", "one", "" },
    { "qwen2.5*", "~qwen vl", "" },
    /* nothing */
    { "???", "", "nothing-to-search" },
    { "()", "", "nothing-to-search" },
};

static void
fill(struct mock_article *to, const struct source *from, size_t i)
{
    static struct str tag[LIBRARY], author[LIBRARY];
    static struct meta meta[LIBRARY];
    static char keys[LIBRARY][16];
    struct article *a = &to->article;

    memset(to, 0, sizeof(*to));
    to->number = (uint32_t)(i + 1);
    a->id = str_from(from->path);
    snprintf(keys[i], sizeof(keys[i]), "k-%s", from->id);
    a->key = str_from(keys[i]);
    a->path = str_from(from->path);
    a->lang = str_from(from->lang);
    a->title = str_from(from->title);
    a->body = str_from(from->body);
    if (from->date != NULL) {
        lede__date_parse(str_from(from->date), &a->date);
    }
    if (from->tag != NULL) {
        tag[i] = str_from(from->tag);
        a->tags = (struct str_list){ &tag[i], 1 };
    }
    if (from->author != NULL) {
        author[i] = str_from(from->author);
        a->authors = (struct str_list){ &author[i], 1 };
    }
    if (i % 3 == 0 && i < 4) {
        meta[i] = (struct meta){ STR("series"), STR("LLM"), META_STRING, 0,
                                 { 0, DATE_NONE } };
        a->meta = &meta[i];
        a->n_meta = 1;
    }
}

static lede_index *
open_library(const struct source *sources, size_t n, const char *config)
{
    struct mock_article articles[LIBRARY];
    const struct mock_options options = { config, 3, 1, 0, false };
    struct searcher *searcher = NULL;
    lede_index *index = NULL;
    size_t i;

    for (i = 0; i < n; i++) {
        fill(&articles[i], &sources[i], i);
    }
    if (mock_searcher_new(&searcher, articles, n, &options, NULL) !=
            LEDE_STATUS_OK ||
        lede__index_new(&index, searcher, NULL) != LEDE_STATUS_OK) {
        ok(false, "the library opens");
        exit(1);
    }
    return index;
}

#define FOUND 1024

/* Append to a text in `size` bytes. */
static void
append(char *to, size_t size, const char *text)
{
    size_t used = strlen(to);

    snprintf(to + used, size - used, "%s", text);
}

static int
compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words of `text` in order. */
static void
sort_words(char *text)
{
    char copy[FOUND];
    char *list[64];
    char *save = NULL;
    char *word;
    size_t n = 0;
    size_t i;

    snprintf(copy, sizeof(copy), "%s", text);
    for (word = strtok_r(copy, " ", &save); word != NULL && n < 64;
         word = strtok_r(NULL, " ", &save)) {
        list[n++] = word;
    }
    qsort(list, n, sizeof(list[0]), compare_words);
    text[0] = '\0';
    for (i = 0; i < n; i++) {
        append(text, FOUND, i > 0 ? " " : "");
        append(text, FOUND, list[i]);
    }
}

static void
find(lede_index *const *indexes, size_t n, const char *query,
     const lede_search_options *options, char *found, char *codes)
{
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede_search(&results, indexes, n, query, options,
                                     &error);
    size_t i;

    found[0] = codes[0] = '\0';
    if (status != LEDE_STATUS_OK) {
        snprintf(found, FOUND, "status %d", (int)status);
        return;
    }
    for (i = 0; i < lede_results_count(results); i++) {
        append(found, FOUND, i > 0 ? " " : "");
        append(found, FOUND, lede_results_hit(results, i)->key + 2);
    }
    for (i = 0; i < lede_results_warning_count(results); i++) {
        append(codes, FOUND, i > 0 ? " " : "");
        append(codes, FOUND, lede_results_warning(results, i)->code);
    }
    lede_results_free(results);
}

static void
test_rows(void)
{
    lede_index *index = open_library(library, LIBRARY, NULL);
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    char found[FOUND], want[FOUND], codes[FOUND];
    size_t i;

    options.limit = 100;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *expected = rows[i].found;

        find(&index, 1, rows[i].query, &options, found, codes);
        if (expected[0] == '~') {
            expected++;
            sort_words(found);
        }
        snprintf(want, sizeof(want), "%s", expected);
        if (rows[i].found[0] == '~') {
            sort_words(want);
        }
        is_str(found, want, "%s", rows[i].query);
        is_str(codes, rows[i].codes, "%s: warnings", rows[i].query);
    }
    lede_index_close(index);
}

/* The exact form first, of two articles equal in all else. */
static void
test_exact_first(void)
{
    static const struct source twins[] = {
        { "plural", "en", NULL, "x", "All models there.", NULL, NULL, "a" },
        { "single", "en", NULL, "x", "All model there.", NULL, NULL, "b" },
        { "plural2", "en", NULL, "x", "All models there.", NULL, NULL, "c" },
    };
    lede_index *index = open_library(twins, 3, NULL);
    char found[FOUND], codes[FOUND];

    find(&index, 1, "model", NULL, found, codes);
    is_str(found, "single plural plural2", "the exact form first: model");
    find(&index, 1, "models", NULL, found, codes);
    is_str(found, "plural plural2 single", "the exact form first: models");
    lede_index_close(index);
}

static void
test_synonyms(void)
{
    static const struct source notes[] = {
        { "llm", "en", NULL, "x", "An LLM wrote this note.", NULL, NULL,
          "a" },
        { "long", "en", NULL, "x", "A large language model wrote it.", NULL,
          NULL, "b" },
        { "large", "en", NULL, "x", "A large map, a model of a language.",
          NULL, NULL, "c" },
        { "car", "en", NULL, "x", "My automobile is an old one.", NULL, NULL,
          "d" },
    };
    static const char config[] =
        "synonyms:\n"
        "  - [llm, large language model]\n"
        "  - [car, automobile]\n";
    lede_index *index = open_library(notes, 4, config);
    char found[FOUND], codes[FOUND];

    find(&index, 1, "llm", NULL, found, codes);
    sort_words(found);
    is_str(found, "llm long", "a synonym of several words");
    find(&index, 1, "large language model", NULL, found, codes);
    sort_words(found);
    is_str(found, "large llm long", "several words have a synonym");
    find(&index, 1, "cars", NULL, found, codes);
    is_str(found, "", "a synonym is of the exact form");
    find(&index, 1, "+car", NULL, found, codes);
    is_str(found, "car", "a required word has its synonyms");
    find(&index, 1, "\"car\"", NULL, found, codes);
    is_str(found, "", "a quoted one has none");
    lede_index_close(index);
}

/* Indexes of other schemas rank together. */
static void
test_schemas(void)
{
    static const char custom[] =
        "fields:\n"
        "  series: {weight: 2}\n";
    lede_index *indexes[2];
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    char found[FOUND], codes[FOUND];

    options.limit = 100;
    indexes[0] = open_library(library, 4, NULL);
    indexes[1] = open_library(library + 4, LIBRARY - 4, custom);
    find(indexes, 2, "qwen2.5 multiagent", &options, found, codes);
    sort_words(found);
    is_str(found, "agents one qwen vl", "two indexes, two schemas");
    find(indexes, 2, "series:zzz qwen", &options, found, codes);
    sort_words(found);
    is_str(found, "qwen vl zh", "a field that only one has");
    is_str(codes, "", "is known");
    lede_index_close(indexes[0]);
    lede_index_close(indexes[1]);
}

static void
test_languages(void)
{
    lede_index *index = open_library(library, LIBRARY, NULL);
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    char found[FOUND], codes[FOUND];

    options.lang = "de";
    find(&index, 1, "Haus", &options, found, codes);
    is_str(found, "haus", "stemmed in German");
    find(&index, 1, "runs", &options, found, codes);
    is_str(found, "runner", "the exact form in another language");
    find(&index, 1, "benchmarks", &options, found, codes);
    is_str(found, "qwen", "without that language's stems");
    options.lang = "en";
    find(&index, 1, "benchmarks", &options, found, codes);
    sort_words(found);
    is_str(found, "qwen runner", "with them");
    lede_index_close(index);
}

static void
test_options(void)
{
    lede_index *index = open_library(library, LIBRARY, NULL);
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;
    char found[FOUND], codes[FOUND];

    is_int(lede_search(&results, &index, 1, "", NULL, &error),
           LEDE_STATUS_BAD_QUERY, "an empty query");
    is_int(lede_search(&results, &index, 1, " \t\xE3\x80\x80", NULL, &error),
           LEDE_STATUS_BAD_QUERY, "white space");
    is_int(lede_search(&results, &index, 0, "x", NULL, &error),
           LEDE_STATUS_USAGE, "no index");
    options.k1 = -1;
    is_int(lede_search(&results, &index, 1, "x", &options, &error),
           LEDE_STATUS_USAGE, "k1 below 0");
    options.k1 = 1;
    options.b = 1.5;
    is_int(lede_search(&results, &index, 1, "x", &options, &error),
           LEDE_STATUS_USAGE, "b over 1");
    options.b = 1;
    options.limit = LEDE_LIMIT_MAX;
    options.offset = 1;
    is_int(lede_search(&results, &index, 1, "x", &options, &error),
           LEDE_STATUS_USAGE, "limit and offset too large");
    options.offset = 0;
    is_int(lede_search(&results, &index, 1, "x", &options, &error),
           LEDE_STATUS_OK, "as large as may be");
    lede_results_free(results);
    options.k1 = 1e300;
    is_int(lede_search(&results, &index, 1, "gpt", &options, &error),
           LEDE_STATUS_OK, "a huge k1");
    lede_results_free(results);
    options = (lede_search_options)LEDE_SEARCH_OPTIONS_INIT;
    options.limit = 0;
    is_int(lede_search(&results, &index, 1, "gpt", &options, &error),
           LEDE_STATUS_OK, "no hits wanted");
    is_int(lede_results_total(results), 3, "but counted");
    is_int(lede_results_count(results), 0, "and none given");
    lede_results_free(results);
    options.strict = 1;
    is_int(lede_search(&results, &index, 1, "gpt \"x", &options, &error),
           LEDE_STATUS_BAD_QUERY, "strict");
    is_int(error.start, 4, "tells where");
    options = (lede_search_options)LEDE_SEARCH_OPTIONS_INIT;
    options.sort = LEDE_SORT_DATE;
    find(&index, 1, "gpt multiagent", &options, found, codes);
    is_str(found, "gpt4 gpt agents qwen one", "oldest first, undated last");
    options.sort = LEDE_SORT_DATE_DESCENDING;
    find(&index, 1, "gpt multiagent", &options, found, codes);
    is_str(found, "qwen agents gpt gpt4 one", "newest first, undated last");
    lede_index_close(index);
}

static void
test_article(void)
{
    struct source twice[2];
    lede_index *index = open_library(library, LIBRARY, NULL);
    const lede_article *article = NULL;
    lede_info info;
    lede_error error = LEDE_ERROR_INIT;

    is_int(lede_index_article(index, "blog/one.md", &article, &error),
           LEDE_STATUS_OK, "an article by id");
    is_str(article->title, "A multiagent survey", "has its title");
    is_str(article->date, NULL, "and no date");
    is_int(lede_index_article(index, "k-runner", &article, &error),
           LEDE_STATUS_OK, "an article by key");
    is_str(article->date, "2022", "has its date");
    is_str(article->tags[0], "sport", "and its tag");
    is_int(lede_index_article(index, "K-RUNNER", &article, &error),
           LEDE_STATUS_NOT_FOUND, "a key in its own case");
    is_int(lede_index_article(index, "nobody", &article, &error),
           LEDE_STATUS_NOT_FOUND, "no such article");
    mock_searcher_change(index->searcher, 0);
    is_int(lede_index_article(index, "k-runner", &article, &error),
           LEDE_STATUS_OK, "while somebody commits");

    is_int(lede_index_info(index, &info, &error), LEDE_STATUS_OK, "info");
    is_int(info.articles, LIBRARY, "articles");
    is_str(info.date_min, "2021-05-05", "the first date");
    is_str(info.date_max, "2026-02-01", "the last date");
    is_str(info.languages[0].lang, "en", "the commonest language");
    ok(info.terms > 100 && info.tokens > 50, "terms and tokens");
    is_str(info.engine, "mock", "the engine");
    ok(info.config != NULL && strstr(info.config, "title") != NULL,
       "the schema");
    lede_index_close(index);

    twice[0] = twice[1] = library[0];
    twice[1].path = "other.md";
    index = open_library(twice, 2, NULL);
    is_int(lede_index_article(index, "k-gpt", &article, &error),
           LEDE_STATUS_NOT_FOUND, "a key of two articles");
    ok(strstr(error.message, "several") != NULL, "%s", error.message);
    lede_index_close(index);
}

/* More words begin so than are searched. */
static void
test_prefix_cap(void)
{
    static char bodies[PLAN_FORMS_MAX + 1][16];
    static struct mock_article articles[PLAN_FORMS_MAX + 1];
    const struct mock_options options = { NULL, 8, 1, 0, false };
    struct searcher *searcher = NULL;
    lede_index *index = NULL;
    lede_search_options wanted = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results;
    size_t i, n;

    for (n = PLAN_FORMS_MAX; n <= PLAN_FORMS_MAX + 1; n++) {
        for (i = 0; i < n; i++) {
            memset(&articles[i], 0, sizeof(articles[i]));
            snprintf(bodies[i], sizeof(bodies[i]), "zz%c%c%c",
                     (int)('a' + i / 26 / 26), (int)('a' + i / 26 % 26),
                     (int)('a' + i % 26));
            articles[i].article.id = str_from(bodies[i]);
            articles[i].article.body = str_from(bodies[i]);
            articles[i].number = (uint32_t)(i + 1);
        }
        mock_searcher_new(&searcher, articles, n, &options, NULL);
        lede__index_new(&index, searcher, NULL);
        wanted.limit = 1000;
        if (lede_search(&results, &index, 1, "zz*", &wanted, NULL) !=
            LEDE_STATUS_OK) {
            ok(false, "many words");
            break;
        }
        is_int(lede_results_count(results), PLAN_FORMS_MAX,
               "of %zu words that begin so", n);
        is_int(lede_results_warning_count(results), n > PLAN_FORMS_MAX,
               "and it is told");
        lede_results_free(results);
        lede_index_close(index);
    }
}

/* As many words as may be, and one more. */
static void
test_many_words(void)
{
    lede_index *index = open_library(library, LIBRARY, NULL);
    size_t n;

    for (n = PLAN_WORDS_MAX; n <= PLAN_WORDS_MAX + 1; n++) {
        struct buf query = BUF_INIT(BUF_MAX_ANY);
        lede_results *results = NULL;
        size_t i;

        // n pairs of characters
        for (i = 0; i <= n; i++) {
            lede__buf_str(&query, i % 2 == 0 ? STR("\xE6\xA8\xA1")
                          : STR("\xE5\x9E\x8B"), NULL);
        }
        lede_search(&results, &index, 1, query.p, NULL, NULL);
        if (ok(results != NULL, "%zu words", n)) {
            is_int(lede_results_warning_count(results), n > PLAN_WORDS_MAX,
                   "and it is told");
            is_int(lede_results_total(results), 1, "the rest is found");
        }
        lede_results_free(results);
        lede__buf_free(&query);
    }
    lede_index_close(index);
}

/* Whatever call the snapshot changes at, the answer is the same. */
static void
test_changes(void)
{
    lede_index *index = open_library(library, LIBRARY, NULL);
    const char *query = "+qwen* \"gpt 4o\" model tag:ai -title:zz date:2025 "
                        "path:news/2*";
    char found[FOUND], again[FOUND], codes[FOUND];
    size_t calls = mock_searcher_calls(index->searcher);
    size_t i;
    bool same = true;

    find(&index, 1, query, NULL, found, codes);
    calls = mock_searcher_calls(index->searcher) - calls;
    for (i = 0; i <= calls && same; i++) {
        mock_searcher_change(index->searcher, i);
        find(&index, 1, query, NULL, again, codes);
        same = strcmp(found, again) == 0;
    }
    is_str(found, "qwen", "a search");
    ok(same && calls > 50, "and the same at each of %zu changes", calls);
    lede_index_close(index);
}

int
main(void)
{
    test_rows();
    test_exact_first();
    test_synonyms();
    test_schemas();
    test_languages();
    test_options();
    test_article();
    test_prefix_cap();
    test_many_words();
    test_changes();
    return done();
}
