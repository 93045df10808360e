/* query-snippet.c - passages and highlights: by example, and as properties of
   random articles and queries. */

#include <unigbrk.h>

#include "query/handle.h"
#include "shared/base/utf8.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

static lede_index *
open_one(const char *lang, const char *title, const char *body,
         const char *summary, const char *config)
{
    struct mock_article article = { .number = 1 };
    const struct mock_options options = { config, 8, 1, 0, false };
    struct searcher *searcher = NULL;
    lede_index *index = NULL;

    article.article.id = STR("a");
    article.article.lang = str_from(lang);
    article.article.title = str_from(title);
    article.article.body = str_from(body);
    article.article.summary = str_from(summary);
    if (mock_searcher_new(&searcher, &article, 1, &options, NULL) !=
            LEDE_STATUS_OK ||
        lede__index_new(&index, searcher, NULL) != LEDE_STATUS_OK) {
        ok(false, "an index of one article");
        exit(1);
    }
    return index;
}

/* `text` with [ ] around the ranges. */
static void
mark(char *out, size_t size, const char *text, const lede_range *ranges,
     size_t n)
{
    size_t at = 0;
    size_t used = 0;
    size_t i;

    for (i = 0; text != NULL && i < n; i++) {
        used += (size_t)snprintf(out + used, size - used, "%.*s[%.*s]",
                                 (int)(ranges[i].start - at), text + at,
                                 (int)(ranges[i].end - ranges[i].start),
                                 text + ranges[i].start);
        at = ranges[i].end;
    }
    snprintf(out + used, size - used, "%s", text == NULL ? "(none)"
                                                         : text + at);
}

/* Append to a text in `size` bytes. */
static void
append(char *to, size_t size, const char *text)
{
    size_t used = strlen(to);

    snprintf(to + used, size - used, "%s", text);
}

static const struct {
    const char *lang, *title, *body, *summary, *query, *want_title, *want;
} examples[] = {
    { "en", "The model", "It runs models. A model ran.", "", "model runs",
      "The [model]", "It [runs] [models]. A [model] ran." },
    { "en", "x", "It runs models. A model ran.", "", "\"model\"",
      "x", "It runs models. A [model] ran." },
    { "en", "x", "Model runs, runs model, the model runs on.", "",
      "\"model runs\"", "x", "[Model runs], runs model, the [model runs] on."
      },
    { "en", "GPT-4o", "The gpt4o and GPT 4o, not GPT alone.", "", "GPT-4o",
      "[GPT-4o]", "The [gpt4o] and [GPT 4o], not GPT alone." },
    { "en", "x", "A multi-agent, multiagent, agent.", "", "multiagent",
      "x", "A [multi-agent], [multiagent], agent." },
    { "en", "Qwen2.5-VL", "The Qwen2.5-VL-72B.", "", "qwen2.5",
      "[Qwen2.5]-VL", "The [Qwen2.5]-VL-72B." },
    { "en", "x", "Use C++, not C.", "", "c++", "x", "Use [C++], not C." },
    { "en", "x", "Ask @handle to handle it.", "", "@handle", "x",
      "Ask [@handle] to handle it." },
    { "en", "x", "Citro\xC3\xABn and Citroen.", "", "citroen", "x",
      "[Citro\xC3\xABn] and [Citroen]." },
    { "zh", "\xE6\xA8\xA1\xE5\x9E\x8B",
      "\xE5\xA4\xA7\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B"
      "\xE3\x80\x82", "",
      "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B",
      "[\xE6\xA8\xA1\xE5\x9E\x8B]",
      "\xE5\xA4\xA7[\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B]"
      "\xE3\x80\x82" },
    { "en", "qwen", "qwen text", "", "title:qwen text", "[qwen]",
      "qwen [text]" },
    { "en", "qwen", "qwen here", "", "body:qwen", "qwen", "[qwen] here" },
    { "en", "qwen", "One. Two.", "", "qwen", "[qwen]", "One. Two." },
    { "en", "x", "Nothing in it.", "A model here.", "model", "x",
      "A [model] here." },
    { "en", "x", "model", "", "-zebra model", "x", "[model]" },
    { "en", "x", "model zebra", "", "(model OR zebra) -lion", "x",
      "[model] [zebra]" },
    { "en", "x", "A  model\nwith\tspace", "", "model space", "x",
      "A [model] with [space]" },
    { "en", "x", "A  model\n\nwith: \n\nspace", "", "model space", "x",
      "A [model] \xC2\xB7 with: [space]" },
    { "en", "x", "bench benchmark benches", "", "bench*", "x",
      "[bench] [benchmark] [benches]" },
    { "en", "x", "The speed of light and price. Then many other words until "
      "speed.", "", "speeds NEAR/5 price", "x", "The [speed] of light and "
      "[price]. Then many other words until speed." },
    { "en", "x", "An open large model, open a b c model.", "",
      "\"open model\"~2", "x",
      "An [open] large [model], open a b c model." },
    { "en", "x", "A big model at a price, big deal.", "",
      "\"big model\" NEAR/3 prices", "x",
      "A [big model] at a [price], big deal." },
    { "de", "x", "Die H\xC3\xA4user.", "", "Haus", "x",
      "Die [H\xC3\xA4user]." },
    { "en", "", "model", "", "model", "(none)", "[model]" },
    { "en", "model", "", "", "model", "[model]", "(none)" },
    { "en", "x", "\"A model.\" he said", "", "model", "x",
      "\"A [model].\" he said" },
    { "en", "x", "some model text", "", "lang:en", "x", "some model text" },
};

static void
test_examples(void)
{
    char marked[1024];
    size_t i;

    for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        lede_index *index = open_one(examples[i].lang, examples[i].title,
                                     examples[i].body, examples[i].summary,
                                     NULL);
        lede_results *results = NULL;
        const lede_hit *hit;

        lede_search(&results, &index, 1, examples[i].query, NULL, NULL);
        if (results == NULL || lede_results_count(results) != 1) {
            ok(false, "%s is found in %s", examples[i].query,
               examples[i].body);
            lede_results_free(results);
            lede_index_close(index);
            continue;
        }
        hit = lede_results_hit(results, 0);
        mark(marked, sizeof(marked), hit->title, hit->title_highlights,
             hit->n_title_highlights);
        is_str(marked, examples[i].want_title, "%s: title",
               examples[i].query);
        mark(marked, sizeof(marked), hit->snippet, hit->highlights,
             hit->n_highlights);
        is_str(marked, examples[i].want, "%s: passage", examples[i].query);
        lede_results_free(results);
        lede_index_close(index);
    }
}

/* Where in a long text the passage is taken from. */
static void
test_choice(void)
{
    static const struct {
        const char *name, *near, *query, *want;
    } rows[] = {
        { "both words together", "A qwen alone. % The model is here. % "
          "The qwen model is this one. % And a model.", "qwen model",
          "The [qwen] [model] is this one." },
        { "the first of two as good", "Zero. % The first qwen here. % "
          "The second qwen here. %", "qwen", "The first [qwen] here." },
        { "the rarer word", "Zero. % A common common common. % A rare "
          "thing. %", "rare", "A [rare] thing." },
        { "a block begins", "Zero\n\n%\n\nNo stop before the qwen % %",
          "qwen", "No stop before the [qwen]" },
    };
    char filler[2000] = "";
    char body[8000];
    size_t i;

    while (strlen(filler) < 900) {
        append(filler, sizeof(filler),
               "Some words that say nothing at all go on. ");
    }
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede_results *results = NULL;
        lede_index *index;
        const lede_hit *hit;
        char marked[2000];
        const char *c;

        body[0] = '\0';
        for (c = rows[i].near; *c != '\0'; c++) {
            append(body, sizeof(body),
                   *c == '%' ? filler : (char[]){ *c, '\0' });
        }
        index = open_one("en", "x", body, "", NULL);
        lede_search(&results, &index, 1, rows[i].query, NULL, NULL);
        hit = lede_results_hit(results, 0);
        mark(marked, sizeof(marked), hit->snippet, hit->highlights,
             hit->n_highlights);
        ok(strncmp(marked, rows[i].want, strlen(rows[i].want)) == 0,
           "%s: %.60s", rows[i].name, marked);
        lede_results_free(results);
        lede_index_close(index);
    }
}

/* ---- properties ---- */

static const char *const pieces[] = {
    "model", "models", "qwen", "GPT-4o", "the", ". ", "! ", "\n\n", "  ",
    "\xE6\xA8\xA1\xE5\x9E\x8B", "\xE8\xAF\x84", "\xE3\x80\x82", "e\xCC\x81",
    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
    "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA", "caf\xC3\xA9", "\xC2\xA0",
    "\xE0\xB8\xAA\xE0\xB8\xA7\xE0\xB8\xB1\xE0\xB8\xAA\xE0\xB8\x94\xE0\xB8"
    "\xB5", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "-", "\"", "\xE2\x80\x9C", "x",
};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static const char *const queries[] = {
    "model", "\"model qwen\"", "GPT-4o", "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF"
    "\x84", "caf\xC3\xA9 e\xCC\x81", "model qwen the x", "a*", "lang:en",
    "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "-zebra",
};

#define QUERIES (sizeof(queries) / sizeof(queries[0]))

static bool
is_border(const char *text, size_t at)
{
    uint32_t before, after;
    size_t start = lede__utf8_floor(str_from(text), at);

    if (at == 0 || text[at] == '\0') {
        return true;
    }
    if (start != at) {
        return false;
    }
    start = lede__utf8_floor(str_from(text), at - 1);
    lede__utf8_next(text + start, text + strlen(text), &before);
    lede__utf8_next(text + at, text + strlen(text), &after);
    return before == 0x2026 || after == 0x2026 ||
           uc_is_grapheme_break(before, after);
}

/* The ends of the passage are not within what is seen as one character. */
static bool
is_from(const char *snippet, const char *body)
{
    char piece[64] = "";
    const char *end = strstr(snippet, "\xE2\x80\xA6");
    size_t len = strlen(snippet);
    const char *found;

    (void)end;
    // the last word or so, without the ellipsis, is somewhere in the body
    if (len >= 3 && strcmp(snippet + len - 3, "\xE2\x80\xA6") == 0) {
        len -= 3;
    }
    while (len > 0 && strlen(piece) < 20) {
        size_t at = lede__utf8_floor(str_from(snippet), len - 1);

        if (snippet[at] == ' ' || (unsigned char)snippet[at] == 0xE2) {
            break;
        }
        memmove(piece + (len - at), piece, strlen(piece) + 1);
        memcpy(piece, snippet + at, len - at);
        len = at;
    }
    found = strstr(body, piece);
    return found != NULL;
}

/* Whether what is marked is what the query looks for. */
static bool
is_match(const char *query, const char *p, size_t len)
{
    const struct {
        const char *query, *first, *last;
    } forms[] = {
        { "model", "model", "models" },
        { "\"model qwen\"", "model", "qwen" },
        { "GPT-4o", "GPT-4o", "GPT-4o" },
    };
    size_t i;

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        size_t last = strlen(forms[i].last);
        size_t first = strlen(forms[i].first);

        if (strcmp(query, forms[i].query) == 0) {
            return len >= first && memcmp(p, forms[i].first, first) == 0 &&
                   (len == first ||
                    (len >= last &&
                     memcmp(p + len - last, forms[i].last, last) == 0));
        }
    }
    return true;
}

static bool
check_hit(const lede_hit *hit, const char *query, const char *body,
          unsigned chars)
{
    size_t last = 0;
    size_t i, n;
    bool good = true;

    if (hit->snippet == NULL) {
        return true;
    }
    for (i = 0, n = 0; hit->snippet[i] != '\0'; i++) {
        n += ((unsigned char)hit->snippet[i] & 0xC0) != 0x80;
        good = good && hit->snippet[i] != '\n' &&
               !(hit->snippet[i] == ' ' && hit->snippet[i + 1] == ' ');
    }
    // a grapheme or a phrase at the end may take some more
    good = good && n <= chars + 100 && lede__utf8_valid(str_from(
               hit->snippet)) == strlen(hit->snippet);
    for (i = 0; i < hit->n_highlights; i++) {
        const lede_range *r = &hit->highlights[i];

        good = good && r->start < r->end && r->end <= strlen(hit->snippet) &&
               (i == 0 || r->start > last) &&
               is_match(query, hit->snippet + r->start,
                        r->end - r->start) &&
               lede__utf8_floor(str_from(hit->snippet), r->start) ==
                   r->start &&
               (r->end == strlen(hit->snippet) ||
                lede__utf8_floor(str_from(hit->snippet), r->end) == r->end);
        last = r->end;
    }
    return good && is_from(hit->snippet, body);
}

static void
test_properties(void)
{
    struct random random = random_begin(42);
    size_t rounds = long_tests() ? 50000 : 400;
    size_t i, j, hits = 0, marks = 0;
    size_t failed = 0;
    static char body[40000];

    for (i = 0; i < rounds && failed < 3; i++) {
        size_t n = random_below(&random, 10) == 0 ? 400 : 40;
        lede_index *index;

        body[0] = '\0';
        for (j = random_below(&random, (uint32_t)n) + 1; j > 0; j--) {
            append(body, sizeof(body), pieces[random_below(&random, PIECES)]);
            append(body, sizeof(body), random_once_in(&random, 3) ? "" : " ");
        }
        index = open_one(random_below(&random, 2) == 0 ? "en" : "zh", "t",
                         body, "", NULL);
        for (j = 0; j < QUERIES; j++) {
            lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
            lede_results *results = NULL;

            options.snippet_chars = 40 + (unsigned)random_below(&random, 300);
            lede_search(&results, &index, 1, queries[j], &options, NULL);
            if (results != NULL && lede_results_count(results) == 1) {
                const lede_hit *hit = lede_results_hit(results, 0);

                hits++;
                marks += hit->n_highlights;
                if (!check_hit(hit, queries[j], body,
                               options.snippet_chars)) {
                    failed++;
                    printf("# %s (%u) in: %s\n# gives: %s\n", queries[j],
                           options.snippet_chars, body, hit->snippet);
                }
            }
            lede_results_free(results);
        }
        lede_index_close(index);
    }
    ok(failed == 0 && hits > 500 && marks > 500,
       "%zu passages with %zu marks", hits, marks);
}

/* A cut text ends between what is seen as characters. */
static void
test_cuts(void)
{
    static const char *const units[] = {
        "e\xCC\x81", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
        "\xE0\xB8\xAA\xE0\xB8\xB1", "\xE6\xA8\xA1", "\xC3\xA9",
    };
    char body[8000];
    size_t i, j;
    bool good = true;

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        unsigned chars;

        snprintf(body, sizeof(body), "model ");
        for (j = 0; j < 400; j++) {
            append(body, sizeof(body), units[i]);
        }
        for (chars = 40; chars < 60; chars++) {
            lede_index *index = open_one("en", "t", body, "", NULL);
            lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
            lede_results *results = NULL;
            const char *snippet;
            size_t len;

            options.snippet_chars = chars;
            lede_search(&results, &index, 1, "model", &options, NULL);
            snippet = lede_results_hit(results, 0)->snippet;
            len = strlen(snippet) - 3;
            good = good && strcmp(snippet + len, "\xE2\x80\xA6") == 0 &&
                   (len - 6) % strlen(units[i]) == 0 &&
                   is_border(snippet, len);
            if (!good) {
                printf("# %s\n", snippet);
            }
            lede_results_free(results);
            lede_index_close(index);
        }
    }
    ok(good, "nothing is cut in two");
}

/* Megabytes of text, and matches everywhere. */
static void
test_large(void)
{
    size_t size = 4u << 20;
    char *body = malloc(size + 1);
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results = NULL;
    lede_index *index;
    size_t i;

    for (i = 0; i < size; i++) {
        body[i] = "model "[i % 6];
    }
    memcpy(body + size - 20, "the needle stands here", 20);
    body[size] = '\0';
    index = open_one("en", "t", body, "", NULL);
    lede_search(&results, &index, 1, "model", &options, NULL);
    ok(results != NULL && lede_results_hit(results, 0)->n_highlights > 10,
       "matches everywhere");
    lede_results_free(results);
    lede_search(&results, &index, 1, "needle", &options, NULL);
    ok(results != NULL && lede_results_count(results) == 1 &&
       strstr(lede_results_hit(results, 0)->snippet, "needle") != NULL,
       "a match at the end");
    lede_results_free(results);
    lede_index_close(index);
    free(body);
}

int
main(void)
{
    test_examples();
    test_choice();
    test_properties();
    test_cuts();
    test_large();
    return done();
}
