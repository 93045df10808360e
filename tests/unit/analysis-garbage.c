/* analysis-garbage.c - texts that nobody means to read: linear time, bounded
   memory, sound tokens.

   Each kind is analysed at one size and at four times that size; more than
   ten times the time (and enough of it to measure) means that something is
   not linear.  LEDE_TEST_LONG makes the larger one 16 MiB. */

#include <time.h>

#include "tests/analysis-check.h"
#include "tests/tap.h"

static struct analyzer *analyzer;
static struct unicode unicode;

/* By the high bits: the low ones of such a generator have short periods. */
static size_t
random_below(uint32_t *state, size_t n)
{
    *state = *state * 1664525 + 1013904223;     // Numerical Recipes
    return (size_t)((uint64_t)*state * n >> 32);
}

static void
fill_unit(char *text, size_t size, const char *unit)
{
    size_t n = strlen(unit);

    for (size_t i = 0; i < size; i++) {
        text[i] = i - i % n + n <= size ? unit[i % n] : ' ';
    }
}

static void
fill_random(char *text, size_t size, const char *from, size_t line)
{
    size_t n = strlen(from);
    uint32_t state = 1;

    for (size_t i = 0; i < size; i++) {
        text[i] = line > 0 && i % line == line - 1 ? '\n'
                  : from[random_below(&state, n)];
    }
}

#define ALPHABET "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const struct {
    const char *name;
    const char *unit;           // repeated, or
    const char *from;           // drawn from
    size_t line;                // a line end after so many
} kinds[] = {
    { "one letter", "a", NULL, 0 },
    { "one digit", "7", NULL, 0 },
    { "spaces", " ", NULL, 0 },
    { "NUL bytes", NULL, NULL, 0 },
    { "combining acutes", "\xCC\x81", NULL, 0 },
    { "alternating marks", "\xCC\x81\xCC\xA3", NULL, 0 },
    { "a letter with marks", "a\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3", NULL, 0 },
    { "soft hyphens", "\xC2\xAD", NULL, 0 },
    { "letters and soft hyphens", "a\xC2\xAD", NULL, 0 },
    { "joiners", "\xE2\x80\x8D", NULL, 0 },
    { "Han", "\xE6\xA8\xA1", NULL, 0 },
    { "Han with selectors", "\xE6\xA8\xA1\xEF\xB8\x80", NULL, 0 },
    { "jamo vowels", "\xE1\x85\xA1", NULL, 0 },
    { "Thai", "\xE0\xB8\x81\xE0\xB8\xB4", NULL, 0 },
    { "Tibetan", "\xE0\xBD\x80\xE0\xBD\xBC", NULL, 0 },
    { "emoji and joiners", "\xF0\x9F\x91\xA9\xE2\x80\x8D", NULL, 0 },
    { "half flags", "\xF0\x9F\x87\xA6", NULL, 0 },
    { "an Arabic ligature", "\xEF\xB7\xBA", NULL, 0 },
    { "apostrophes", "'", NULL, 0 },
    { "a'", "a'", NULL, 0 },
    { "n't", "n't", NULL, 0 },
    { "underscores", "_", NULL, 0 },
    { "a___", "a______", NULL, 0 },
    { "points", ".", NULL, 0 },
    { "1.", "1.", NULL, 0 },
    { "1,", "1,", NULL, 0 },
    { "thousands", "123,", NULL, 0 },
    { "lakhs", "12,", NULL, 0 },
    { "u.s.", "u.s.", NULL, 0 },
    { "c++", "c++", NULL, 0 },
    { "a&b", "a&b&", NULL, 0 },
    { "#a@b$c", "#a@b$c", NULL, 0 },
    { "a1", "a1", NULL, 0 },
    { "a path", "/usr/share/doc", NULL, 0 },
    { "a query string", "&key=%20value", NULL, 0 },
    { "Hebrew quotes", "\xD7\x90\"", NULL, 0 },
    { "middle dots", "l\xC2\xB7", NULL, 0 },
    { "base64 in one line", NULL, ALPHABET "0123456789+/", 0 },
    { "base64 in lines", NULL, ALPHABET "0123456789+/", 77 },
    { "hexadecimal", NULL, "0123456789abcdef", 0 },
    { "letters and spaces", NULL, "abcdefghijklmnopqrstuvwxyz     ", 0 },
    { "all of ASCII", NULL, ALPHABET "0123456789 !\"#$%&'()*+,-./:;<=>?@[]_~",
      0 },
};

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Tokens alone, without the checks: what is timed.  The bytes of the cache
   come back in *cache. */
static double
time_text(struct str text, size_t *cache)
{
    struct analysis *analysis = NULL;
    struct token tokens[256];
    size_t count = 1;
    double start;

    if (lede__analysis_new(&analysis, analyzer, NULL) != LEDE_STATUS_OK
        || lede__analysis_begin(analysis, text, STR("en"), NULL)
           != LEDE_STATUS_OK) {
        return 1e9;
    }
    start = seconds();
    while (count > 0) {
        if (lede__analysis_next(analysis, tokens, 256, &count, NULL)
            != LEDE_STATUS_OK) {
            return 1e9;
        }
    }
    start = seconds() - start;
    *cache = lede__analysis_cache_bytes(analysis);
    lede__analysis_free(analysis);
    return start;
}

int
main(void)
{
    size_t large = long_tests() ? (size_t)16 << 20 : (size_t)2 << 20;
    char *text = malloc(large);
    struct analysis *analysis = NULL;

    if (!ok(text != NULL && lede__analyzer_new(&analyzer, NULL, NULL)
                            == LEDE_STATUS_OK
            && lede__analysis_new(&analysis, analyzer, NULL)
               == LEDE_STATUS_OK, "memory for the texts")) {
        return done();
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        struct digest digest;
        size_t cache;
        double times[2];
        const char *wrong = NULL;
        for (int k = 0; k < 2; k++) {
            size_t size = k == 0 ? large / 4 : large;
            if (kinds[i].unit != NULL) {
                fill_unit(text, size, kinds[i].unit);
            } else if (kinds[i].from != NULL) {
                fill_random(text, size, kinds[i].from, kinds[i].line);
            } else {
                memset(text, 0, size);
            }
            times[k] = time_text((struct str){ text, size }, &cache);
        }
        wrong = check_text(analysis, &unicode,
                           (struct str){ text, large / 8 }, STR("en"), 256,
                           &digest);
        lede__analysis_trim(analysis);
        ok(wrong == NULL, "%s: %s", kinds[i].name,
           wrong == NULL ? "sound tokens" : wrong);
        ok(times[1] < 0.25 || times[1] < 10 * times[0],
           "%s: %.0f and %.0f ms, %.1f MB/s, cache %.1f MB", kinds[i].name,
           times[0] * 1e3, times[1] * 1e3, (double)large / times[1] / 1e6,
           (double)cache / 1e6);
        ok(cache <= (size_t)64 * 1024 + 24 * large,
           "%s: the cache is no more than 24 times the text", kinds[i].name);
    }
    lede__analysis_free(analysis);
    lede__analyzer_free(analyzer);
    lede__unicode_free(&unicode);
    free(text);
    return done();
}
