/* fuzz-parse.c - any text is a query: its tree is printed and parsed, and
   written as JSON and read, to the same tree.  Any bytes given as JSON are
   refused, or a tree that this holds for.

   With a fuzzer:   clang -g -O1 -fsanitize=fuzzer,address,undefined
                    -DLEDE_FUZZER -I. tests/fuzz/fuzz-parse.c
                    query/parse*.c query/print*.c query/pattern*.c
                    query/warnings.c shared/base/ -ljson-c -lxxhash -lm
   Without one this is a test: it runs the inputs below, and every file that is
   named on the command line, so that what a fuzzer found stays found.

   The first byte chooses: JSON, a text, a text with the day known. */

#include <stdio.h>
#include <stdlib.h>

#include "shared/base/utf8.h"
#include "tests/query-same.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is cut at a limit may be cut elsewhere when it is printed. */
static bool
is_cut(const struct warnings *warnings)
{
    size_t i;

    for (i = 0; i < warnings->count; i++) {
        if (strncmp(warnings->items[i].code, "too-", 4) == 0) {
            return true;
        }
    }
    return false;
}

/* Brackets in brackets, as the text that is printed will have them. */
static size_t
depth_of(const struct syntax *tree)
{
    const struct syntax *child;
    size_t most = 0;

    for (child = tree->child; child != NULL; child = child->next) {
        size_t depth = depth_of(child);

        most = depth > most ? depth : most;
    }
    return most + 1;
}

static const char *
check_text(const struct syntax *tree, const struct names *names,
           struct arena *arena)
{
    struct warnings warnings = { arena, NULL, 0 };
    struct buf once = BUF_INIT(BUF_MAX_ANY);
    struct buf twice = BUF_INIT(BUF_MAX_ANY);
    struct syntax *again;
    const char *wrong = NULL;

    if (lede__print(&once, tree, NULL) != LEDE_STATUS_OK ||
        lede__parse(&again, lede__buf_view(&once), names, arena, &warnings,
                    NULL) != LEDE_STATUS_OK ||
        lede__print(&twice, again, NULL) != LEDE_STATUS_OK) {
        wrong = "printing fails";
    } else if (!is_cut(&warnings)) {
        wrong = again == NULL || !query_is_same(tree, again)
                ? "what is printed parses to another tree"
                : !str_eq(lede__buf_view(&once), lede__buf_view(&twice))
                ? "what is printed is printed otherwise" : NULL;
    }
    if (wrong != NULL) {
        fprintf(stderr, "%s: %s\n", wrong, once.p);
    }
    lede__buf_free(&once);
    lede__buf_free(&twice);
    return wrong;
}

static const char *
check_json(const struct syntax *tree, struct arena *arena)
{
    struct buf json = BUF_INIT(BUF_MAX_ANY);
    lede_error error = LEDE_ERROR_INIT;
    struct syntax *again = NULL;
    const char *wrong = NULL;

    if (lede__print_json(&json, tree, NULL) != LEDE_STATUS_OK) {
        wrong = "writing JSON fails";
    } else if (lede__parse_json(&again, lede__buf_view(&json), &query_names,
                                arena, &error) != LEDE_STATUS_OK) {
        wrong = "the JSON of a query is refused";
    } else if (!query_is_same(tree, again)) {
        wrong = "the JSON of a query is another tree";
    }
    if (wrong != NULL) {
        fprintf(stderr, "%s: %s: %s\n", wrong, error.message, json.p);
    }
    lede__buf_free(&json);
    return wrong;
}

static const char *
check_warnings(const struct warnings *warnings, size_t len)
{
    size_t i;

    for (i = 0; i < warnings->count; i++) {
        const lede_warning *w = &warnings->items[i];

        if (w->start > w->end || w->end > len ||
            lede__utf8_valid(str_from(w->message)) != strlen(w->message)) {
            return "a warning is out of place";
        }
    }
    return NULL;
}

static const char *
run_input(const uint8_t *data, size_t size)
{
    const struct date_clock clock = { 1739373000, 3600 };
    struct names names = query_names;
    struct arena arena = ARENA_INIT;
    struct warnings warnings = { &arena, NULL, 0 };
    struct str text = { (const char *)data + 1, size - 1 };
    struct syntax *tree = NULL;
    const char *wrong = NULL;
    bool json;

    if (size == 0) {
        return NULL;
    }
    json = data[0] % 3 == 0;
    names.clock = data[0] % 3 == 1 ? &clock : NULL;
    if (json) {
        lede__parse_json(&tree, text, &names, &arena, NULL);
    } else {
        lede__parse(&tree, text, &names, &arena, &warnings, NULL);
        wrong = check_warnings(&warnings, text.len);
    }
    if (wrong == NULL && tree != NULL && size < 2000 && !is_cut(&warnings) &&
        depth_of(tree) < QUERY_DEPTH_MAX) {
        wrong = json ? NULL : check_text(tree, &names, &arena);
        wrong = wrong == NULL ? check_json(tree, &arena) : wrong;
    }
    lede__arena_free(&arena);
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

#include "tests/random.h"
#include "tests/tap.h"

static const char *const inputs[] = {
    "", "1", "1a", "1\"", "1((((", "1))))", "1a AND OR NOT NEAR/5",
    "1\"a b\"~3^2 (c d)^2 2 of (a b c) x~ w?d *b /a+/ =z title:(a NEAR/3 b)",
    "1date:yesterday date:..2024 date:7d words:>5 meta.x:* tag:\"a\\\"b\"",
    "2\\* \\AND a\\(b \\2 of (a b) C:\\x", "1+1 2 +1 (2 -5 +5 x",
    "0{\"type\":\"word\",\"text\":\"x\"}", "0[", "0{\"type\":", "0null",
    "1a NEAR/3 b NEAR/4 (c AND d) NEAR/p (e OR f g) NEAR/h -x",
    "1(((a)^2)^3)^4 ((a b))^.5 -(-(a b)) +(+a) ((+a))",
    "1\xE2\x80\x9C" "a\xE2\x80\x9D \xEF\xBC\x88" "b\xEF\xBC\x89",
    "1\xD7\xA6\"\xD7\x94 x\x01y \x02",
};

/* Pieces of the language in any order. */
static bool
run_random(uint64_t seed)
{
    static const char *const pieces[] = {
        "a", "qwen", " ", " ", " ", "\"", "(", ")", "+", "-", "*", "?", "~1",
        "~", "^2", "/", "=", "\\", ":", "title:", "tag:", "words:", "date:",
        "meta.series:", "AND", " AND ", " OR ", " NOT ", " NEAR/3 ",
        " NEAR/p ", "2 of (", " of ", "3", ">", "<", "..", ".", ",", "2025",
        "yesterday", "[", "|", "\xE6\xA8\xA1", "\xC2\xAB", "\xE2\x80\x9D",
        "\xEF\xBC\x88", "\xEF\xBC\x89", "\xD7\xA6", "'", "\xFF", "{", "!",
    };
    struct random random = random_begin(seed);
    char text[512];
    size_t n = 1 + random_below(&random, 20);
    size_t len = 1;
    const char *wrong;

    text[0] = (char)('1' + random_below(&random, 2));
    while (n-- > 0) {
        const char *piece = pieces[random_below(&random, sizeof(pieces) /
                                                sizeof(pieces[0]))];

        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    wrong = run_input((const uint8_t *)text, len);
    if (wrong != NULL) {
        text[len] = '\0';
        ok(false, "seed %d: %s: %s", (int)seed, text + 1, wrong);
    }
    return wrong == NULL;
}

int
main(int argc, char **argv)
{
    uint64_t seeds = getenv("LEDE_TEST_LONG") != NULL ? 5000000 : 50000;
    uint64_t i;
    int bad = 0;

    for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        const char *wrong = run_input((const uint8_t *)inputs[i],
                                      strlen(inputs[i]));

        ok(wrong == NULL, "%s: %s", inputs[i], wrong == NULL ? "" : wrong);
    }
    for (i = 1; i < (uint64_t)argc; i++) {
        static uint8_t bytes[1 << 20];
        FILE *file = fopen(argv[i], "rb");
        size_t size = file == NULL ? 0 : fread(bytes, 1, sizeof(bytes), file);

        ok(file != NULL && run_input(bytes, size) == NULL, "%s", argv[i]);
        if (file != NULL) {
            fclose(file);
        }
    }
    for (i = 0; i < seeds && bad < 10; i++) {
        bad += !run_random(i + 1);
    }
    ok(bad == 0, "%d random queries", (int)i);
    return done();
}

#endif
