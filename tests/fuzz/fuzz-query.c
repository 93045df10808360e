/* fuzz-query.c - any query is parsed, planned, matched and printed; what is
   printed parses to the same; what is pruned finds the same as what is not.

   With a fuzzer:   clang -g -O1 -fsanitize=fuzzer,address,undefined
                    -DLEDE_FUZZER -I. tests/fuzz/fuzz-query.c
                    tests/oracle-corpus.c tests/mock-*.c shared/
                    (without xapian and inspect.c) query/ (without check.c,
                    open.c, searcher*.c, and with a lede__searcher_close that
                    calls ops->close) -lunistring -lstemmer -lxxhash -lyaml
                    -lz -lm
   Without one this is a test: it runs the inputs below, and every file that is
   named on the command line, so that what a fuzzer found stays found.

   The first byte chooses options, the rest is the query, over a random
   corpus. */

#include "query/search.h"
#include "shared/base/utf8.h"
#include "tests/oracle.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct corpus corpus;

/* Parse and print with the names of the corpus; NULL where it fails. */
static char *
reprint(struct plan_index *indexes, const char *query)
{
    struct arena arena = ARENA_INIT;
    struct warnings warnings = { &arena, NULL, 0 };
    struct plan_names payload = { indexes, corpus.n_indexes };
    struct names names = { lede__plan_find_name, &payload, NULL };
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    struct syntax *syntax;

    if (lede__parse(&syntax, str_from(query), &names, &arena, &warnings,
                    NULL) != LEDE_STATUS_OK ||
        lede__print(&out, syntax, NULL) != LEDE_STATUS_OK ||
        lede__buf_add(&out, "", 0, NULL) != LEDE_STATUS_OK) {
        lede__buf_free(&out);
    }
    lede__arena_free(&arena);
    return out.p;
}

static const char *
check_print(const char *query)
{
    struct plan_index indexes[ORACLE_INDEXES];
    char *once, *twice;
    const char *wrong = NULL;
    size_t i;

    for (i = 0; i < corpus.n_indexes; i++) {
        indexes[i].searcher = corpus.indexes[i]->searcher;
    }
    once = reprint(indexes, query);
    twice = once == NULL ? NULL : reprint(indexes, once);
    // nothing prints as nothing; what is cut at a limit may be cut elsewhere
    if (once != NULL && strlen(query) < 2000 &&
        (twice == NULL ? once[0] != '\0' : strcmp(once, twice) != 0)) {
        wrong = "what is printed does not parse to the same";
    }
    free(once);
    free(twice);
    return wrong;
}

static const char *
check_hit(const lede_hit *hit)
{
    size_t len = hit->snippet == NULL ? 0 : strlen(hit->snippet);
    size_t last = 0;
    size_t i;

    if (lede__utf8_valid((struct str){ hit->snippet, len }) != len) {
        return "a passage is no UTF-8";
    }
    for (i = 0; i < hit->n_highlights; i++) {
        if (hit->highlights[i].start < last ||
            hit->highlights[i].end <= hit->highlights[i].start ||
            hit->highlights[i].end > len) {
            return "a highlight is out of place";
        }
        last = hit->highlights[i].end + 1;
    }
    return NULL;
}

static const char *
check_warnings(const lede_results *results, size_t len)
{
    size_t i;

    for (i = 0; i < lede_results_warning_count(results); i++) {
        const lede_warning *w = lede_results_warning(results, i);

        if (w->start > w->end || w->end > len) {
            return "a warning is out of place";
        }
    }
    return NULL;
}

static const char *
compare(const lede_results *all, const lede_results *best)
{
    size_t i;

    for (i = 0; i < lede_results_count(best); i++) {
        const lede_hit *a = lede_results_hit(all, i);
        const lede_hit *b = lede_results_hit(best, i);

        if (a == NULL || strcmp(a->id, b->id) != 0 || a->score > b->score ||
            a->score < b->score) {
            return "pruning changes what is found";
        }
    }
    return lede_results_total(best) > lede_results_total(all)
           ? "pruning counts too many" : NULL;
}

static const char *
check_search(const char *query, uint8_t bits)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *all = NULL;
    lede_results *best = NULL;
    const char *wrong = NULL;
    lede_status status;
    size_t i;

    options.limit = 100;
    options.lang = (bits & 1) != 0 ? "en" : NULL;
    options.sort = (bits & 2) != 0 ? LEDE_SORT_DATE : LEDE_SORT_RELEVANCE;
    options.snippet_chars = 40 + (bits >> 2);
    status = lede_search(&all, corpus.indexes, corpus.n_indexes, query,
                         &options, NULL);
    if (status == LEDE_STATUS_BAD_QUERY) {
        return NULL;
    }
    if (status != LEDE_STATUS_OK) {
        return "searching fails";
    }
    options.limit = 3;
    options.snippets = 0;
    options.approximate = 1;
    if (lede_search(&best, corpus.indexes, corpus.n_indexes, query, &options,
                    NULL) != LEDE_STATUS_OK) {
        wrong = "searching again fails";
    } else {
        wrong = compare(all, best);
    }
    if (wrong == NULL) {
        wrong = check_warnings(all, strlen(query));
    }
    for (i = 0; i < lede_results_count(all) && wrong == NULL; i++) {
        wrong = check_hit(lede_results_hit(all, i));
    }
    lede_results_free(all);
    lede_results_free(best);
    return wrong;
}

static const char *
run_input(const uint8_t *data, size_t size)
{
    char *query;
    const char *wrong;

    if (corpus.n_indexes == 0) {
        oracle_make(&corpus, 4);
    }
    if (size == 0) {
        return NULL;
    }
    query = calloc(1, size);
    if (query == NULL) {
        return "no memory";
    }
    memcpy(query, data + 1, size - 1);
    wrong = check_print(query);
    if (wrong == NULL) {
        wrong = check_search(query, data[0]);
    }
    free(query);
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

/* Found by fuzzing or by thinking; the first character chooses options. */
static const char *const inputs[] = {
    "a",
    "aqwen model benchmarks",
    "b+qwen -\"gpt 4o\" (multi-agent OR c++) AND NOT the tag:ai date:2025..",
    "c((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
    "d))))) AND OR NOT + - \" (",
    "e\"\xE2\x80\x9C\xC2\xAB \xC2\xBB\xE2\x80\x9D\"",
    "f-5 -5\xC2\xB0 +-+- --x NOT NOT 5",
    "gtitle:(body:(x) tag:\"y) date:( path:* path:",
    "hm* r* * ** z*",
    "i\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B+\xE6\xA8\xA1\"\xE5\x9E"
    "\x8B\"",
    "j\xFF\xFE\xC3(\x80",
    "ndate:(050..2 26 * x*) date:\"?\" date:x*",
    "kdate:2025-01..2024 date:x date:.. date:\"12 Feb 2025\"",
    "mtag:aiath:p\"* tag:f(x) tag:\"a (\" tag:(ia: : c,x c2..",
    "l(tag:ai OR NOT (date:2022 AND -tag:chips)) body:the",
    "oa NEAR/3 the NEAR/3 \"b c\" -(x NEAR/p y) +(a OR b) NEAR/h (c d)^2",
    "p2 of (a b the* -c tag:ai) 2 of (\"a b\"~3 \"a * b\" c^2)^3 +2 of (a b c)",
    "qa* *b t?e /a+|b/ abc~1 abcd~2 \"th* a~\" \"a*  b*\"~2 title:*a =the ="
    "\"a b\"",
    "r* -a * tag:ai +* (* OR a) NOT * 2 of (* tag:ai date:2025)",
    "swords:>5 words:1..3 meta.x:* meta.x:>2025-01 tag:* -meta.y:1..2 lang:*",
    // two rounds of what leads alone, and a list of docs gone through each time
    "atag:* \"benchmark model\" NEAR/5 /mod.*/^10 models cafe",
    "t((a NEAR/2 b) NEAR/9 (c OR \"d e\")) NEAR/1 f title:(a NEAR/5 b) AND c",
};

int
main(int argc, char **argv)
{
    size_t i;
    int arg;

    for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        const char *wrong = run_input((const uint8_t *)inputs[i],
                                      strlen(inputs[i]));

        ok(wrong == NULL, "input %zu: %s", i, wrong ? wrong : "sound");
    }
    for (arg = 1; arg < argc; arg++) {
        struct buf data = BUF_INIT(BUF_MAX_ANY);
        char block[4096];
        size_t n;
        FILE *file = fopen(argv[arg], "rb");
        const char *wrong = file == NULL ? "cannot be read" : NULL;

        while (file != NULL &&
               (n = fread(block, 1, sizeof(block), file)) > 0) {
            lede__buf_add(&data, block, n, NULL);
        }
        if (file != NULL) {
            wrong = run_input((const uint8_t *)data.p, data.len);
            fclose(file);
        }
        ok(wrong == NULL, "%s: %s", argv[arg], wrong ? wrong : "sound");
        lede__buf_free(&data);
    }
    oracle_free(&corpus);
    return done();
}

#endif
