/* significance.c - lede_evaluation_compare: whether the difference of two
   evaluations can be chance.

   Fisher's paired randomisation test, two-sided, on the difference of the
   means: under the null hypothesis a topic's two values could as well have been
   swapped; p is the part of all swappings whose difference is at least as large
   as the one observed (Smucker, Allan and Carterette: A comparison of
   statistical significance tests for information retrieval evaluation, CIKM
   2007).  Topics that tie do not change it.  Up to EXACT_TOPICS others, all
   2^n are looked at; else SAMPLES at random from a fixed seed, counting the
   observed one as one of them, so that p is never 0 (Phipson and Smyth 2010).

   Differences are whole multiples of 2^-40, so that sums do not depend on
   their order, and a tie is one.  Eight topics are swapped by one look into a
   table of their 256 sums. */

#include "query/evaluation.h"

#include <math.h>
#include <stdlib.h>

#define EXACT_TOPICS 16         // 65,536 swappings
#define SAMPLES 100000
#define SEED UINT64_C(0x1ede)
#define GROUP 8
#define GROUP_SUMS (1 << GROUP)

/* splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t
random_next(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The sums of eight differences, each bit swapping one. */
static void
fill_sums(int64_t *sums, const int64_t *differences, size_t n)
{
    size_t bits, i;

    for (bits = 0; bits < GROUP_SUMS; bits++) {
        sums[bits] = 0;
        for (i = 0; i < n && i < GROUP; i++) {
            sums[bits] += bits >> i & 1 ? -differences[i] : differences[i];
        }
    }
}

static bool
is_as_large(int64_t sum, int64_t observed)
{
    return llabs(sum) >= llabs(observed);
}

static double
test_all(const int64_t *sums, size_t n, int64_t observed)
{
    size_t all = (size_t)1 << n;
    size_t large = 0;
    size_t bits;

    for (bits = 0; bits < all; bits++) {
        large += is_as_large(sums[bits % GROUP_SUMS] +
                             (n > GROUP ? sums[GROUP_SUMS +
                                               bits / GROUP_SUMS] : 0),
                             observed);
    }
    return (double)large / (double)all;
}

static double
test_samples(const int64_t *sums, size_t n_groups, int64_t observed)
{
    uint64_t state = SEED;
    size_t large = 1;
    size_t sample, i;

    for (sample = 0; sample < SAMPLES; sample++) {
        uint64_t bits = 0;
        int64_t sum = 0;

        for (i = 0; i < n_groups; i++) {
            bits = i % sizeof(bits) == 0 ? random_next(&state)
                                         : bits >> GROUP;
            sum += sums[i * GROUP_SUMS + bits % GROUP_SUMS];
        }
        large += is_as_large(sum, observed);
    }
    return (double)large / (SAMPLES + 1);
}

static lede_status
test(lede_comparison *out, const int64_t *differences, size_t n,
     lede_error *err)
{
    size_t n_groups = (n + GROUP - 1) / GROUP;
    int64_t *sums = calloc(n_groups + 1, GROUP_SUMS * sizeof(int64_t));
    int64_t observed = 0;
    size_t i;

    if (sums == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < n; i++) {
        observed += differences[i];
    }
    for (i = 0; i < n_groups; i++) {
        fill_sums(sums + i * GROUP_SUMS, differences + i * GROUP,
                  n - i * GROUP);
    }
    out->exact = n <= EXACT_TOPICS;
    out->p = out->exact ? test_all(sums, n, observed)
                        : test_samples(sums, n_groups, observed);
    free(sums);
    return LEDE_STATUS_OK;
}

static bool
are_comparable(const lede_evaluation *a, const lede_evaluation *b,
               size_t measure)
{
    size_t i;

    if (a->qrels.n != b->qrels.n || measure >= a->n_measures ||
        measure >= b->n_measures ||
        strcmp(a->measures[measure].name, b->measures[measure].name) != 0) {
        return false;
    }
    for (i = 0; i < a->qrels.n; i++) {
        if (!str_eq(a->qrels.topics[i].id, b->qrels.topics[i].id)) {
            return false;
        }
    }
    return true;
}

lede_status
lede_evaluation_compare(lede_comparison *out, const lede_evaluation *a,
                        const lede_evaluation *b, size_t measure,
                        lede_error *error)
{
    int64_t *differences = NULL;
    size_t n = 0;
    size_t i;
    lede_status status;

    memset(out, 0, sizeof(*out));
    if (!are_comparable(a, b, measure)) {
        return lede__fail(error, LEDE_STATUS_USAGE,
                          "evaluations are compared by the same judgments "
                          "and measures");
    }
    differences = calloc(a->qrels.n + 1, sizeof(*differences));
    if (differences == NULL) {
        return lede__fail_memory(error);
    }
    for (i = 0; i < a->qrels.n; i++) {
        double difference = lede_evaluation_value(b, i, measure) -
                            lede_evaluation_value(a, i, measure);
        int64_t units = (int64_t)rint(ldexp(difference, 40));

        out->wins += units > 0;
        out->losses += units < 0;
        if (units != 0) {
            differences[n++] = units;
        }
    }
    out->ties = a->qrels.n - n;
    out->mean_a = lede_evaluation_mean(a, measure);
    out->mean_b = lede_evaluation_mean(b, measure);
    status = test(out, differences, n, error);
    free(differences);
    return status;
}
