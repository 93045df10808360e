/* analysis-stems.c - stemming only some words: what lede__analysis_stem_only
   leaves out could not have been one of the stems that are looked for. */

#include "shared/analysis/analysis.h"
#include "tests/random.h"
#include "tests/tap.h"

#define WORDS 4000

static char text[WORDS * 24];

/* Words of letters that a language writes, many with common endings. */
static size_t
make_text(struct random *random)
{
    static const char *const endings[] = {
        "", "s", "es", "ing", "ed", "ation", "ly", "en", "er", "ern", "heit",
        "ungen", "aux", "ement", "mente", "idad", "s", "issimo", "zioni",
        "issa", "ssa", "lla", "arna", "ene", "elor", "ilor", "ij", "ying",
    };
    static const char *const letters[] = {
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n",
        "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z", "a", "e",
        "i", "o", "u", "y", "ä", "ö", "ü", "ß", "é", "è", "å", "ø", "ã", "ș",
    };
    size_t n = 0;

    for (int i = 0; i < WORDS; i++) {
        uint64_t count = 1 + random_below(random, 7);

        while (count-- > 0) {
            const char *letter = letters[random_below(
                random, sizeof letters / sizeof *letters)];

            n += (size_t)snprintf(text + n, sizeof text - n, "%s", letter);
        }
        n += (size_t)snprintf(
            text + n, sizeof text - n, "%s ",
            endings[random_below(random, sizeof endings / sizeof *endings)]);
    }
    return n;
}

/* Read the text with a language twice: all stems, and only those that begin
   with some letters; count the differences that matter. */
static int
compare(struct analyzer *analyzer, struct str lang, const bool first[256],
        size_t n)
{
    struct str whole = { text, n };
    struct analysis *all = NULL;
    struct analysis *some = NULL;
    struct token a[256];
    struct token b[256];
    size_t n_a = 0;
    size_t n_b = 0;
    int wrong = 0;

    lede__analysis_new(&all, analyzer, NULL);
    lede__analysis_new(&some, analyzer, NULL);
    lede__analysis_begin(all, whole, lang, NULL);
    lede__analysis_stem_only(some, first);
    lede__analysis_begin(some, whole, lang, NULL);
    do {
        lede__analysis_next(all, a, 256, &n_a, NULL);
        lede__analysis_next(some, b, 256, &n_b, NULL);
        wrong += n_a != n_b;
        for (size_t i = 0; i < n_a && i < n_b; i++) {
            struct str stem = a[i].word->stem;
            struct str other = b[i].word->stem;

            wrong += !str_eq(a[i].word->form, b[i].word->form);
            if (first[(unsigned char)stem.p[0]]) {
                wrong += !str_eq(stem, other);
            } else {
                wrong += first[(unsigned char)other.p[0]];
            }
        }
    } while (n_a > 0 && n_b > 0);
    lede__analysis_free(all);
    lede__analysis_free(some);
    return wrong;
}

/* Once it is trimmed, all are stemmed again. */
static void
test_trim(struct analyzer *analyzer)
{
    static const bool none[256];
    struct analysis *analysis = NULL;
    struct token tokens[16];
    size_t n = 0;

    lede__analysis_new(&analysis, analyzer, NULL);
    lede__analysis_stem_only(analysis, none);
    lede__analysis_begin(analysis, STR("models"), STR("en"), NULL);
    lede__analysis_next(analysis, tokens, 16, &n, NULL);
    is_str(tokens[0].word->stem.p, "models", "no stem is wanted");
    lede__analysis_trim(analysis);
    lede__analysis_begin(analysis, STR("models"), STR("en"), NULL);
    lede__analysis_next(analysis, tokens, 16, &n, NULL);
    is_str(tokens[0].word->stem.p, "model", "after a trim all are");
    lede__analysis_free(analysis);
}

int
main(void)
{
    static const char *const languages[] = {
        "ar", "ca", "da", "de", "el", "en", "es", "eu", "fi", "fr", "ga",
        "hi", "hu", "hy", "id", "it", "lt", "ne", "nl", "no", "pt", "ro",
        "ru", "sr", "sv", "ta", "tr", "yi", "zh", "",
    };
    struct random random = random_begin(23);
    struct analyzer *analyzer = NULL;

    lede__analyzer_new(&analyzer, NULL, NULL);
    for (size_t l = 0; l < sizeof languages / sizeof *languages; l++) {
        int wrong = 0;

        for (int i = 0; i < (long_tests() ? 500 : 5); i++) {
            size_t n = make_text(&random);
            bool first[256] = { false };

            for (int k = 0; k < 4; k++) {
                first['a' + random_below(&random, 26)] = true;
            }
            first[0xC3] = random_once_in(&random, 2);
            wrong += compare(analyzer, str_from(languages[l]), first, n);
        }
        is_int(wrong, 0, "\"%s\": the stems that are looked for are found",
               languages[l]);
    }
    test_trim(analyzer);
    lede__analyzer_free(analyzer);
    return done();
}
