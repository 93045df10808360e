/* sketch.c - sketches against the resemblance that they estimate. */

#include <math.h>

#include "shared/analysis/sketch.h"
#include "tests/random.h"
#include "tests/tap.h"

#define WORDS_MAX 2000

static struct word words[WORDS_MAX];

static void
make_words(struct random *random)
{
    for (int i = 0; i < WORDS_MAX; i++) {
        words[i].hash = random_next(random);
    }
}

static bool
sketch(const unsigned *text, size_t n, uint8_t kind, struct sketch *out)
{
    struct sketcher sketcher;

    lede__sketch_begin(&sketcher);
    for (size_t i = 0; i < n; i++) {
        struct token tokens[] = {
            { .word = &words[text[i]], .kind = kind },
            { .word = &words[0], .kind = TOKEN_PART, .flags = TOKEN_EXTRA },
        };

        if (i % 3 == 0) {
            lede__sketch_add(&sketcher, tokens, 2);
        } else {
            lede__sketch_add(&sketcher, tokens, 1);
            lede__sketch_add(&sketcher, tokens + 1, 1);
        }
    }
    return lede__sketch_end(&sketcher, out);
}

static bool
has_shingle(const unsigned *text, size_t n, const unsigned *shingle, size_t k)
{
    for (size_t i = 0; i + k <= n; i++) {
        if (memcmp(text + i, shingle, k * sizeof(*text)) == 0) {
            return true;
        }
    }
    return false;
}

/* The share of shingles that both have. */
static double
resemblance(const unsigned *a, size_t n, const unsigned *b, size_t m,
            size_t k)
{
    size_t both = 0;
    size_t all = 0;

    for (size_t i = 0; i + k <= n; i++) {
        if (!has_shingle(a, i + k - 1, a + i, k)) {
            all++;
            both += has_shingle(b, m, a + i, k);
        }
    }
    for (size_t i = 0; i + k <= m; i++) {
        all += !has_shingle(b, i + k - 1, b + i, k) &&
               !has_shingle(a, n, b + i, k);
    }
    return all == 0 ? 0 : (double)both / (double)all;
}

/* A copy with one word in `every` replaced. */
static void
edit(struct random *random, const unsigned *from, unsigned *to, size_t n,
     unsigned every)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = random_once_in(random, every)
                ? (unsigned)random_below(random, WORDS_MAX) : from[i];
    }
}

static void
test_estimates(struct random *random, uint8_t kind, size_t k)
{
    static unsigned a[300], b[300];
    static const unsigned every[] = { 2, 5, 10, 20, 50, 100 };
    double square = 0;
    double bias = 0;
    double worst = 0;
    int n = 0;

    for (int round = 0; round < 600; round++) {
        size_t len = 60 + random_below(random, 240);
        struct sketch x, y;
        double error;

        for (size_t i = 0; i < len; i++) {
            a[i] = (unsigned)random_below(random, WORDS_MAX);
        }
        edit(random, a, b, len, every[round % 6]);
        sketch(a, len, kind, &x);
        sketch(b, len, kind, &y);
        error = lede__sketch_resemblance(&x, &y) -
                resemblance(a, len, b, len, k);
        square += error * error;
        bias += error;
        worst = fabs(error) > worst ? fabs(error) : worst;
        n++;
    }
    printf("# error: mean %.4f, root of mean square %.4f, worst %.3f\n",
           bias / n, sqrt(square / n), worst);
    ok(sqrt(square / n) < 0.06, "the error of shingles of %zu is as stated",
       k);
    ok(fabs(bias / n) < 0.01, "and leans to neither side");
    ok(worst < 0.3, "and is never far off");
}

static void
test_strangers(struct random *random)
{
    static unsigned a[SKETCH_WORDS + 300], b[SKETCH_WORDS + 300];
    int alike = 0;

    for (int round = 0; round < 2000; round++) {
        size_t n = SKETCH_WORDS + random_below(random, 300);
        size_t m = SKETCH_WORDS + random_below(random, 300);
        struct sketch x, y;

        for (size_t i = 0; i < n; i++) {
            a[i] = (unsigned)random_below(random, WORDS_MAX);
        }
        for (size_t i = 0; i < m; i++) {
            b[i] = (unsigned)random_below(random, WORDS_MAX);
        }
        sketch(a, n, TOKEN_WORD, &x);
        sketch(b, m, TOKEN_WORD, &y);
        alike += lede__sketch_resemblance(&x, &y) > 0.3;
    }
    ok(alike <= 2, "of 2,000 pairs of strangers %d seem alike", alike);
}

static void
test_small(void)
{
    static unsigned text[SKETCH_WORDS + 8];
    static unsigned other[SKETCH_WORDS + 8];
    struct sketch a, b;

    for (unsigned i = 0; i < SKETCH_WORDS + 8; i++) {
        text[i] = i;
        other[SKETCH_WORDS + 7 - i] = i;
    }
    ok(!sketch(text, 0, TOKEN_WORD, &a), "a text without words has none");
    ok(!sketch(text, SKETCH_WORDS - 1, TOKEN_WORD, &a),
       "nor has one of %d words", SKETCH_WORDS - 1);
    for (size_t n = SKETCH_WORDS; n < SKETCH_WORDS + 8; n++) {
        ok(sketch(text, n, TOKEN_WORD, &a), "%zu words have one", n);
        sketch(text, n, TOKEN_WORD, &b);
        ok(lede__sketch_resemblance(&a, &b) == 1, "and are themselves");
        sketch(text, n + 1, TOKEN_WORD, &b);
        ok(lede__sketch_resemblance(&a, &b) > 0.7, "and nearly one more");
    }
    sketch(text, SKETCH_WORDS, TOKEN_WORD, &a);
    sketch(other + 8, SKETCH_WORDS, TOKEN_WORD, &b);
    ok(lede__sketch_resemblance(&a, &b) < 0.5, "the order counts");
}

/* A word that stands again and again is one shingle, and no other. */
static void
test_monotonous(void)
{
    static unsigned a[100], b[100], c[100];
    struct sketch x, y, z;

    for (unsigned i = 0; i < 100; i++) {
        a[i] = 1;
        b[i] = 2;
        c[i] = 1 + i % 2;
    }
    sketch(a, 100, TOKEN_WORD, &x);
    sketch(a, 50, TOKEN_WORD, &y);
    ok(lede__sketch_resemblance(&x, &y) == 1, "one word, over and over");
    sketch(b, 100, TOKEN_WORD, &y);
    sketch(c, 100, TOKEN_WORD, &z);
    ok(lede__sketch_resemblance(&x, &y) < 0.3 &&
       lede__sketch_resemblance(&x, &z) < 0.3 &&
       lede__sketch_resemblance(&y, &z) < 0.3, "and another");
}

int
main(void)
{
    struct random random = random_begin(11);

    make_words(&random);
    test_small();
    test_monotonous();
    test_estimates(&random, TOKEN_WORD, 4);
    test_estimates(&random, TOKEN_GRAM, 3);
    test_strangers(&random);
    return done();
}
