/* analysis-oracle.c - the fast path against the Unicode path, token by token,
   over random texts and the sample articles; and both against UAX #29. */

#define _GNU_SOURCE
#include <ftw.h>
#include <unictype.h>
#include <uniwbrk.h>

#include "tests/analysis-check.h"
#include "tests/tap.h"

#define TEXT_BYTES 4000

static struct analysis *fast, *slow;
static struct unicode unicode;
static uint64_t random_state = 20250212;

static uint32_t
random_below(uint32_t n)
{
    random_state ^= random_state << 13;         // xorshift, Marsaglia 2003
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) * n >> 32);
}

/* Pieces that meet each other in every order: words, signs, letters of many
   scripts, marks, and what is invisible. */
static const char *const pieces[] = {
    "R", " & ", "\xC2\xBD", "\xE2\x91\xA0",
    "a", "I", "us", "US", "IT", "who", "the", "Qwen", "GPT", "don", "running",
    "can't", "'s", "\xE2\x80\x99s", "s", "t", "re", "ll", "x86", "0", "4", "12",
    "123", "000", "2.5", "4o", "405B", "1,000", "3rd", "st", "kg", ",", ".",
    "-", "_", "/", "'", "\xE2\x80\x99", "&", "+", "++", "#", "@", ":", "::",
    "$", "%", "\"", "(", ")", " ", " ", " ", " ", "\n", "\t", "\xC2\xA0",
    "\xC2\xAD", "\xE2\x80\x8D", "\xE2\x80\x8B", "\xE2\x80\x91", "\xE2\x88\x92",
    "\xC3\xA9", "\xC3\x89", "e\xCC\x81", "\xCC\x81", "\xCC\x88\xCC\x81",
    "\xC4\xB0", "\xC4\xB1", "\xC3\x9F", "\xEF\xAC\x81", "\xC2\xB7",
    "\xE2\x84\xAA", "\xC5\xBF", "\xC2\xB2", "\xE2\x82\x82", "\xE3\x8E\x8F",
    "\xEF\xBC\xA1", "\xEF\xBC\x94", "\xEF\xBC\x8D", "\xEF\xBC\x8C",
    "\xD0\x9C\xD0\xBE", "\xD1\x91", "\xD0\xB9", "\xCE\x86", "\xCF\x82",
    "\xD7\xA6", "\xD7\x94", "\xD8\xA7\xD9\x84", "\xD9\x80", "\xD9\x8B",
    "\xD9\xA1", "\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA4\xB7", "\xE0\xA4\xBF",
    "\xE0\xB8\xA0\xE0\xB8\xB2", "\xE0\xB8\xB3", "\xE0\xBA\x81",
    "\xE1\x9E\x80", "\xE1\x80\x80", "\xE6\xA8\xA1\xE5\x9E\x8B", "\xE6\x89\x8B",
    "\xF0\xA0\x80\x8B", "\xEF\xA4\x80", "\xE3\x81\x8B\xE3\x82\x99",
    "\xE3\x83\x87\xE3\x83\xBC\xE3\x82\xBF", "\xEF\xBE\x83\xEF\xBE\x9E",
    "\xEF\xBD\xB0", "\xED\x95\x9C\xEA\xB5\xAD", "\xE1\x84\x92\xE1\x85\xA1",
    "\xE1\x86\xAB", "\xE3\x85\x8B", "\xF0\x9F\x91\x8D", "\xF0\x9F\x8F\xBD",
    "\xF0\x9F\x87\xB0", "\xEF\xB8\x8F", "\xE2\x9D\xA4", "\xF0\x9F\x91\xA9",
    "\xF0\x9D\x90\x80", "\xEF\xB7\xBA", "\xCB\xBC", "\xCA\xBC",
};

#define N_PIECES (sizeof(pieces) / sizeof(*pieces))

static struct str
random_text(char *out, size_t max)
{
    size_t len = 0;
    size_t want = random_below((uint32_t)max);
    uint32_t few = random_below(4) == 0 ? 8 : N_PIECES;
    uint32_t from = random_below(N_PIECES);

    for (;;) {
        const char *piece = pieces[(from + random_below(few)) % N_PIECES];
        size_t n = strlen(piece);
        if (len + n > want) {
            return (struct str){ out, len };
        }
        memcpy(out + len, piece, n);
        len += n;
    }
}

/* Any characters at all. */
static struct str
random_characters(char *out, size_t max)
{
    size_t len = 0;

    while (len + 4 <= max) {
        uint32_t bits = 7 + random_below(14);
        uint32_t cp = random_below(1u << bits);
        if (cp != 0 && cp < 0x110000 && !(cp >= 0xD800 && cp < 0xE000)) {
            len += lede__utf8_put(cp, out + len);
        }
    }
    return (struct str){ out, len };
}

/* The two ways give the same tokens, whatever room they have. */
static const char *
compare(struct str text, struct str lang)
{
    struct digest digests[4];
    const char *wrong = check_text(fast, &unicode, text, lang, 256,
                                   &digests[0]);

    if (wrong == NULL) {
        wrong = check_text(slow, &unicode, text, lang, 256, &digests[1]);
    }
    if (wrong == NULL) {
        wrong = check_text(fast, &unicode, text, lang, 16, &digests[2]);
    }
    if (wrong == NULL) {
        wrong = check_text(fast, &unicode, text, STR("fr"), 256, &digests[3]);
    }
    if (wrong == NULL && !digest_eq(&digests[0], &digests[1])) {
        wrong = "the fast path differs";
    }
    if (wrong == NULL && !digest_eq(&digests[0], &digests[2])) {
        wrong = "less room gives other tokens";
    }
    if (wrong == NULL && digests[0].shape != digests[3].shape) {
        wrong = "another language gives other tokens";
    }
    return wrong;
}

static void
test_random(size_t rounds, const char *name,
            struct str (*make)(char *out, size_t max), size_t max)
{
    static const char *const langs[] = { "en", "de", "tr", "zh", "" };
    static char text[TEXT_BYTES];
    size_t wrong = 0;

    for (size_t i = 0; i < rounds && wrong < 3; i++) {
        struct str made = make(text, max);
        const char *why = compare(made, str_from(langs[random_below(5)]));
        if (why != NULL) {
            wrong++;
            printf("# %s: %.*s\n", why, (int)made.len, made.p);
        }
        if (i % 1000 == 0) {
            lede__analysis_trim(fast);
            lede__analysis_trim(slow);
        }
    }
    ok(wrong == 0, "%zu %s", rounds, name);
}

/* ---- UAX #29 ---- */

/* What departs from it on purpose; see docs/analysis.md. */
static bool
departs(struct str atom)
{
    size_t at = 0;

    while (at < atom.len) {
        uint32_t cp;
        at += lede__utf8_next(atom.p + at, atom.p + atom.len, &cp);
        if (cp == '+' || cp == '#' || cp == 0x00B4 || cp == 0x05F3
            || cp == 0x0640 || cp == 0x200B
            || uc_is_general_category(cp, UC_CATEGORY_No)
            || (cp >= 0x2080 && cp <= 0x2089)
            || (cp >= 0x3371 && cp <= 0x33DF)) {
            return true;
        }
    }
    return false;
}

/* No atom of letters or digits goes over a word boundary of the standard. */
static const char *
inside_words(struct str text)
{
    struct token tokens[256];
    size_t count = 1;
    char *breaks = malloc(text.len + 1);
    const char *wrong = NULL;

    if (breaks == NULL
        || lede__analysis_begin(fast, text, STR("en"), NULL)
           != LEDE_STATUS_OK) {
        free(breaks);
        return "no memory";
    }
    u8_wordbreaks((const uint8_t *)text.p, text.len, breaks);
    while (count > 0 && wrong == NULL) {
        if (lede__analysis_next(fast, tokens, 256, &count, NULL)
            != LEDE_STATUS_OK) {
            break;
        }
        for (size_t i = 0; i < count; i++) {
            const struct token *token = &tokens[i];
            if ((token->flags & TOKEN_EXTRA) != 0
                || (token->kind != TOKEN_WORD && token->kind != TOKEN_NUMBER)
                || departs((struct str){ text.p + token->start,
                                         token->end - token->start })) {
                continue;
            }
            for (uint32_t at = token->start + 1; at < token->end; at++) {
                if (breaks[at]) {
                    wrong = "an atom goes over a word boundary";
                    printf("# '%.*s'\n", (int)(token->end - token->start),
                           text.p + token->start);
                }
            }
        }
    }
    free(breaks);
    return wrong;
}

/* ---- the sample articles ---- */

static int files, bad_files;

static int
visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    struct buf raw = BUF_INIT(BUF_MAX_ANY);
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    char block[4096];
    size_t n;
    FILE *file = NULL;
    const char *why = NULL;

    (void)st;
    (void)ftw;
    if (type != FTW_F || (file = fopen(path, "r")) == NULL) {
        return 0;
    }
    while ((n = fread(block, 1, sizeof(block), file)) > 0) {
        lede__buf_add(&raw, block, n, NULL);
    }
    fclose(file);
    lede__utf8_repair(&text, lede__buf_view(&raw), NULL);
    why = compare(lede__buf_view(&text), STR("en"));
    if (why == NULL) {
        why = inside_words(lede__buf_view(&text));
    }
    files++;
    if (why != NULL) {
        bad_files++;
        printf("# %s: %s\n", path, why);
    }
    lede__buf_free(&raw);
    lede__buf_free(&text);
    return 0;
}

int
main(void)
{
    const char *samples = getenv("SAMPLES");
    size_t rounds = long_tests() ? 200000 : 4000;
    struct analyzer *analyzer = NULL;

    if (!ok(lede__analyzer_new(&analyzer, NULL, NULL) == LEDE_STATUS_OK
            && lede__analysis_new(&fast, analyzer, NULL) == LEDE_STATUS_OK
            && lede__analysis_new(&slow, analyzer, NULL) == LEDE_STATUS_OK,
            "two ways of analysis")) {
        return done();
    }
    lede__analysis_by_pages(slow, true);
    test_random(rounds * 4, "short texts of pieces", random_text, 40);
    test_random(rounds, "long texts of pieces", random_text, TEXT_BYTES);
    test_random(rounds / 4, "texts of any characters", random_characters,
                1000);
    nftw(samples == NULL ? "corpus/samples" : samples, visit, 16, FTW_PHYS);
    ok(files > 0 && bad_files == 0, "%d sample files", files);
    for (size_t i = 0; i < rounds; i++) {
        char text[200];
        struct str made = random_text(text, sizeof(text));
        const char *why = inside_words(made);
        if (why != NULL) {
            ok(false, "%s: %.*s", why, (int)made.len, made.p);
        }
    }
    ok(true, "atoms lie inside the words of UAX #29");
    lede__analysis_free(fast);
    lede__analysis_free(slow);
    lede__analyzer_free(analyzer);
    lede__unicode_free(&unicode);
    return done();
}
