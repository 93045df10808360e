/* fuzz-analysis.c - any text gives tokens that are in order, in bounds, the
   same by the fast path and by the Unicode library, in linear work.

   With a fuzzer:   clang -g -O1 -fsanitize=fuzzer,address,undefined
                    -DLEDE_FUZZER -I. tests/fuzz/fuzz-analysis.c
                    shared/analysis/ and shared/base/ (without inspect.c)
                    -lunistring -lstemmer -lxxhash -lm
   Without one this is a test: it runs the inputs below, and every file that is
   named on the command line, so that what a fuzzer found stays found.

   The first byte chooses the language, the rest is the text; bytes that are
   not UTF-8 are repaired first, as the readers do. */

#include "tests/analysis-check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct analyzer *analyzer;
static struct analysis *fast, *slow;
static struct unicode unicode;

/* More tokens than bytes cannot be: a character makes at most one atom, and
   an atom its parts, a joined, a symbolic and a plain form. */
#define TOKENS_PER_BYTE 4

#define CACHE_BYTES ((size_t)32 << 20)

static const char *
run(struct str text, struct str lang)
{
    struct digest digests[2];
    const char *wrong = check_text(fast, &unicode, text, lang, 16,
                                   &digests[0]);

    if (wrong == NULL) {
        wrong = check_text(slow, &unicode, text, lang, 256, &digests[1]);
    }
    if (wrong == NULL && !digest_eq(&digests[0], &digests[1])) {
        wrong = "the two ways differ";
    }
    if (wrong == NULL && digests[0].tokens > text.len * TOKENS_PER_BYTE) {
        wrong = "too many tokens";
    }
    return wrong;
}

/* Longer texts may be cut into other pieces the second time. */
#define FOLD_STABLE 200

/* A folded text stays as it is when folded again. */
static const char *
run_fold(struct str text)
{
    struct buf once = BUF_INIT(BUF_MAX_ANY);
    struct buf twice = BUF_INIT(BUF_MAX_ANY);
    const char *wrong = NULL;

    if (lede__fold(&once, text, NULL) != LEDE_STATUS_OK
        || lede__fold(&twice, lede__buf_view(&once), NULL)
           != LEDE_STATUS_OK) {
        wrong = "folding failed";
    } else if (lede__utf8_valid(lede__buf_view(&once)) != once.len) {
        wrong = "folding made what is not UTF-8";
    } else if (once.len <= FOLD_STABLE
               && !str_eq(lede__buf_view(&once), lede__buf_view(&twice))) {
        wrong = "folding again changes it";
    }
    lede__buf_free(&once);
    lede__buf_free(&twice);
    return wrong;
}

static const char *
run_input(const uint8_t *data, size_t size)
{
    static const char *const langs[] = {
        "", "ar", "ca", "da", "de", "el", "en", "es", "eu", "fi", "fr", "ga",
        "hi", "hu", "hy", "id", "it", "lt", "ne", "nl", "no", "pt", "ro", "ru",
        "sr", "sv", "ta", "tr", "yi", "zh",
    };
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    const char *wrong = NULL;

    if (analyzer == NULL) {
        if (lede__analyzer_new(&analyzer, NULL, NULL) != LEDE_STATUS_OK
            || lede__analysis_new(&fast, analyzer, NULL) != LEDE_STATUS_OK
            || lede__analysis_new(&slow, analyzer, NULL) != LEDE_STATUS_OK) {
            return "no memory";
        }
        lede__analysis_by_pages(slow, true);
    }
    if (size == 0) {
        return NULL;
    }
    struct str lang = str_from(langs[data[0] % (sizeof(langs)
                                                / sizeof(*langs))]);
    struct str raw = { (const char *)data + 1, size - 1 };
    if (lede__utf8_repair(&text, raw, NULL) != LEDE_STATUS_OK) {
        return "no memory";
    }
    wrong = run(lede__buf_view(&text), lang);
    if (wrong == NULL) {
        wrong = run_fold(lede__buf_view(&text));
    }
    lede__buf_free(&text);
    if (lede__analysis_cache_bytes(fast) > CACHE_BYTES) {
        lede__analysis_trim(fast);
        lede__analysis_trim(slow);
    }
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

/* Found by fuzzing or by thinking; the first character is the language. */
static const char *const inputs[] = {
    "a",
    "aQwen2.5-VL, GPT-4o's C++17 HK$121 AT&T U.S.'s don\xE2\x80\x99t @a_b #x",
    "b1,1,1,1,1,1,1,111,1,1 1,000,000,000,000,000,000,000,000,000,000,0001",
    "ca1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5z",
    "d++++c++++c+c#c##.#.c#",
    "ee\xCC\x81\xCC\x81\xCC\x81'\xCC\x81s n't n'\xCC\x81t",
    "f\xCC\x81 \xC2\xAD \xC2\xAD\xC2\xAD" "a\xC2\xAD-\xC2\xAD" "b\xC2\xAD",
    "g\xED\x95\x9C\xE1\x86\xAB\xE1\x85\xA1\xE1\x84\x92\xEF\xBE\x9E\xE0\xB8\xB3",
    "h\xF0\x9F\x87\xB0\xF0\x9F\x87\xB7\xF0\x9F\x87\xB0" "a\xF0\x9F\x91\x8D\xE2"
    "\x80\x8D\xF0\x9F\x91\x8D\xEF\xB8\x8F",
    "i\xE1\x85\xA0\xE3\x85\xA4" "a\xE1\x85\xA0",
    "j\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA"
    "\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA\xEF\xB7\xBA",
    "k________________________________________a______",
    "la\xFF\xFE\xC0\x80" "b",
    "m\xEF\xB9\xB9 \xEF\xB9\xB9",
};

int
main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
        const char *wrong = run_input((const uint8_t *)inputs[i],
                                      strlen(inputs[i]));
        ok(wrong == NULL, "input %zu: %s", i, wrong ? wrong : "in order");
    }
    for (int i = 1; i < argc; i++) {
        struct buf data = BUF_INIT(BUF_MAX_ANY);
        char block[4096];
        size_t n;
        FILE *file = fopen(argv[i], "rb");
        const char *wrong = file == NULL ? "cannot be read" : NULL;
        while (file != NULL && (n = fread(block, 1, sizeof(block), file)) > 0) {
            lede__buf_add(&data, block, n, NULL);
        }
        if (wrong == NULL) {
            wrong = run_input((const uint8_t *)data.p, data.len);
            fclose(file);
        }
        ok(wrong == NULL, "%s: %s", argv[i], wrong ? wrong : "in order");
        lede__buf_free(&data);
    }
    lede__analysis_free(fast);
    lede__analysis_free(slow);
    lede__analyzer_free(analyzer);
    lede__unicode_free(&unicode);
    return done();
}

#endif
