/* fuzz-passages.c - any text has passages that are sound: whole characters,
   what is marked within them, no byte twice, about as long as wanted, and the
   range in the text that they are said to be.

   With a fuzzer:   as fuzz-query.c, with this file for that one.
   Without one this is a test: it runs the inputs below, many made of pieces,
   and every file that is named on the command line, so that what a fuzzer found
   stays found.

   The first byte chooses the query and the length, the second where blocks and
   headings are; the rest is the text. */

#include "query/cuts.h"
#include "query/handle.h"
#include "shared/base/utf8.h"
#include "tests/mock-searcher.h"

#define BLOCKS_MAX 64

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const queries[] = {
    "model", "\"a model\"", "a b c model", "mod*", "model NEAR/4 a",
    "\xE6\xA8\xA1\xE5\x9E\x8B", "modle~2 OR x", "lang:en",
};

/* Blocks of what is between blank lines, of kinds that `bits` chooses. */
static size_t
make_blocks(struct str body, uint8_t bits, struct block *blocks)
{
    size_t n = 0;
    size_t at = lede__skip_space(body, 0, body.len);

    while (at < body.len && n < BLOCKS_MAX) {
        size_t end = at + 1;

        while (end < body.len &&
               (body.p[end] != '\n' || body.p[end - 1] != '\n')) {
            end++;
        }
        end = n + 1 == BLOCKS_MAX ? body.len : end;
        end = lede__skip_space_back(body, at, end);
        if (end > at) {
            bool heading = ((bits >> (n % 8)) & 1) != 0;

            blocks[n] = (struct block){
                (uint32_t)at, (uint32_t)(end - at), (uint32_t)n + 1,
                heading ? BLOCK_HEADING : BLOCK_PARAGRAPH,
                heading ? (uint8_t)(1 + n % 6) : 0,
            };
            n++;
        }
        at = lede__skip_space(body, end > at ? end : at + 1, body.len);
    }
    return n;
}

static const char *
check_passage(const lede_passage *passage, struct str body, unsigned chars)
{
    size_t len = strlen(passage->text);
    size_t last = 0;
    size_t i;

    if (lede__utf8_valid((struct str){ passage->text, len }) != len) {
        return "a passage is no UTF-8";
    }
    if (passage->start >= passage->end || passage->end > body.len ||
        lede__utf8_floor(body, passage->start) != passage->start ||
        lede__utf8_floor(body, passage->end) != passage->end) {
        return "a passage is no range of the text";
    }
    if (lede__count_chars(body, passage->start, passage->end) >
        chars + 300) {
        return "a passage is too long";
    }
    for (i = 0; i < passage->n_highlights; i++) {
        const lede_range *range = &passage->highlights[i];

        if (range->start < last || range->end <= range->start ||
            range->end > len) {
            return "a highlight is out of place";
        }
        last = range->end + 1;
    }
    return NULL;
}

static const char *
check_hit(const lede_hit *hit, struct str body, unsigned chars)
{
    const char *wrong = NULL;
    size_t i, j;

    for (i = 0; i < hit->n_passages && wrong == NULL; i++) {
        const lede_passage *one = &hit->passages[i];

        wrong = check_passage(one, body, chars);
        for (j = 0; j < i && wrong == NULL; j++) {
            if (one->start < hit->passages[j].end &&
                hit->passages[j].start < one->end) {
                wrong = "two passages overlap";
            }
        }
    }
    return wrong;
}

static const char *
check_text(struct str body, uint8_t first, uint8_t second)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    const struct mock_options mock = { NULL, 8, 1, 0, false };
    struct mock_article article = { .number = 1 };
    struct block blocks[BLOCKS_MAX];
    struct searcher *searcher = NULL;
    lede_index *index = NULL;
    lede_results *results = NULL;
    const char *wrong = NULL;

    article.article.id = STR("a");
    article.article.lang = (first & 8) != 0 ? STR("zh") : STR("en");
    article.article.body = body;
    article.article.blocks = blocks;
    article.article.n_blocks = second == 0 ? 0 : make_blocks(body, second,
                                                             blocks);
    options.snippets = 3;
    options.snippet_chars = 40 + (first >> 4) * 20;
    if (mock_searcher_new(&searcher, &article, 1, &mock, NULL) !=
            LEDE_STATUS_OK ||
        lede__index_new(&index, searcher, NULL) != LEDE_STATUS_OK) {
        return "no index";
    }
    if (lede_search(&results, &index, 1, queries[first % 8], &options,
                    NULL) != LEDE_STATUS_OK) {
        wrong = "searching fails";
    } else if (lede_results_count(results) > 0) {
        wrong = check_hit(lede_results_hit(results, 0), body,
                          options.snippet_chars);
    }
    lede_results_free(results);
    lede_index_close(index);
    return wrong;
}

static const char *
run_input(const uint8_t *data, size_t size)
{
    struct buf body = BUF_INIT(BUF_MAX_ANY);
    const char *wrong = NULL;

    if (size < 2) {
        return NULL;
    }
    // readers make valid UTF-8 without NUL of everything
    if (lede__utf8_repair(&body, (struct str){ (const char *)data + 2,
                                               size - 2 }, NULL) !=
        LEDE_STATUS_OK) {
        wrong = "no memory";
    } else if (body.len > 0) {
        wrong = check_text(lede__buf_view(&body), data[0], data[1]);
    }
    lede__buf_free(&body);
    return wrong;
}

#ifdef LEDE_FUZZER

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run_input(data, size) != NULL) {
        __builtin_trap();
    }
    return 0;
}

#else

#include "tests/tap.h"

/* Found by fuzzing or by thinking. */
static const char *const inputs[] = {
    "a\1model", "a\xFFmodel", "\x01\x01x", "\x02\x02 ", "\x03\x01\n\n\n",
    "\x10\x01model\n\nmodel\n\nmodel",
    "\x07\x01**thatisaverylongwordwithoutanyspaceinit and so on it goes** x",
    "\x20\x55model. A model.\n\n\n \n a model",
    "\x70\x01model &amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;"
    "&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;",
    "\x10\x00model [a](b [model](c **model `model ** model` ](",
    "\x35\x03\xE6\xA8\xA1\xE5\x9E\x8B\xE3\x80\x82\xE6\xA8\xA1\xE5\x9E\x8B",
};

static const char *const pieces[] = {
    "model", "a model", "a", "b", "x", " ", " ", ". ", "! ", "\n", "\n\n",
    "\xE6\xA8\xA1\xE5\x9E\x8B", "\xE3\x80\x82", "\xCC\x81", "&amp;", "&", ";",
    "`", "**", "[", "](u)", "\xE2\x80\x8D", "\xF0\x9F\x91\xA9",
    "\xF0\x9F\x87\xA9", "\xD7\xA9\xD7\x9C", "\xFF", "Dr. ", "1. ", "U.S. ",
    "\xE2\x80\x9C", "\xE2\x80\x9D", "thatisaverylongwordwithoutanyspaceinit",
};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static void
run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    static uint8_t data[1 << 20];
    size_t size = file == NULL ? 0 : fread(data, 1, sizeof(data), file);
    const char *wrong = run_input(data, size);

    ok(file != NULL && wrong == NULL, "%s: %s", path,
       wrong == NULL ? "sound" : wrong);
    if (file != NULL) {
        fclose(file);
    }
}

static void
run_random(void)
{
    struct random random = random_begin(11);
    size_t rounds = long_tests() ? 200000 : 2000;
    static char data[20000];
    const char *wrong = NULL;
    size_t i, j;

    for (i = 0; i < rounds && wrong == NULL; i++) {
        size_t n = 1 + random_below(&random, i % 10 == 0 ? 400 : 60);
        size_t used = 2;

        data[0] = (char)random_below(&random, 256);
        data[1] = (char)(random_below(&random, 3) == 0
                             ? 0 : random_below(&random, 256));
        for (j = 0; j < n; j++) {
            used += (size_t)snprintf(data + used, 48, "%s",
                                     pieces[random_below(&random, PIECES)]);
        }
        wrong = run_input((const uint8_t *)data, used);
        if (wrong != NULL) {
            printf("# round %zu, %02x %02x: %s\n", i, data[0] & 255,
                   data[1] & 255, data + 2);
        }
    }
    ok(wrong == NULL, "%zu random texts: %s", i,
       wrong == NULL ? "sound" : wrong);
}

int
main(int argc, char **argv)
{
    size_t i;

    for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        const char *wrong = run_input((const uint8_t *)inputs[i],
                                      strlen(inputs[i]));

        ok(wrong == NULL, "input %zu: %s", i,
           wrong == NULL ? "sound" : wrong);
    }
    run_random();
    for (i = 1; i < (size_t)argc; i++) {
        run_file(argv[i]);
    }
    return done();
}

#endif
