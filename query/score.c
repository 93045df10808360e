/* score.c - the scoring function; see score.h.

   Compiled with -ffp-contract=off (Makefile.mk): a fused multiply-add rounds
   once where the formula rounds twice, and scores would depend on the
   processor. */

#include "query/score.h"

#include <math.h>

#include "query/score-kernels.h"
#include "shared/analysis/analysis.h"
#include "shared/index/store.h"

#if SCORE_KERNELS_X86
#include "shared/base/cpu.h"
#endif

void
lede__scorer_init(struct scorer *scorer, const struct model *model,
                  uint64_t articles, uint64_t total_length)
{
    double k1 = model->k1;
    double b = model->b;
    double average = 1;
    int i;

    if (articles > 0 && total_length > 0) {
        average = (double)total_length / (double)articles;
    }
    scorer->k1 = k1;
    scorer->plus = model->delta / (k1 + 1);
    scorer->articles = (double)articles;
    // the average of a zeroed one is no average
    if (scorer->average == average && scorer->model.k1 == k1 &&
        scorer->model.b == b && scorer->model.power == model->power) {
        scorer->model = *model;
        return;
    }
    scorer->model = *model;
    scorer->average = average;
    for (i = 0; i < 256; i++) {
        double length = lede__length_value((uint8_t)i) / average;

        if (model->power != 1) {
            length = pow(length, model->power);
        }
        scorer->norms[i] = k1 * (1 - b + b * length);
        scorer->floors[i] = scorer->norms[i] < 1e37
                            ? (float)(scorer->norms[i] * 0.999999) : 1e37f;
    }
}

double
lede__score_idf(const struct scorer *scorer, uint64_t df)
{
    double n = (double)df;

    if (n > scorer->articles) {
        n = scorer->articles;
    }
    return log(1 + (scorer->articles - n + 0.5) / (n + 0.5));
}

double
lede__score_scale(const struct scorer *scorer, double weight)
{
    return weight * (scorer->k1 + 1) * SCORE_ONE;
}

uint32_t
lede__score(const struct scorer *scorer, double scale, uint32_t tf,
            uint8_t length)
{
    double f = tf;
    double score;

    if (tf == 0) {
        return 0;
    }
    score = scale * f / (f + scorer->norms[length]) +
            score_offset(scorer, scale);
    // false for a NaN, which a huge k1 makes
    return score < (double)SCORE_MAX ? (uint32_t)score : SCORE_MAX;
}

uint32_t
lede__score_bound(const struct scorer *scorer, double scale, uint32_t max_tf,
                  uint8_t min_length)
{
    // one more: division does not round in step with its operands
    return score_add(lede__score(scorer, scale, max_tf, min_length), 1);
}

double
lede__score_most(const struct scorer *scorer, double scale)
{
    return scale * (1 + scorer->plus) + 2;
}

uint32_t
lede__score_least(const struct scorer *scorer, double scale)
{
    uint32_t least = lede__score(scorer, scale, 1, UINT8_MAX);

    return least > 0 ? least - 1 : 0;
}

/* ---- plain C ---- */

static void
score(const struct scorer *scorer, double scale, const uint32_t *docs,
      const uint32_t *tfs, size_t n, const uint8_t *page, uint32_t *out)
{
    size_t i;

    for (i = 0; i < n; i++) {
        out[i] = lede__score(scorer, scale, tfs[i],
                             page[docs[i] % LENGTHS_PAGE]);
    }
}

static size_t
sift(const struct scorer *scorer, float ratio, const uint32_t *docs,
     const uint32_t *tfs, size_t n, const uint8_t *page, uint32_t *docs_out,
     uint32_t *tfs_out)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        uint8_t length = page[docs[i] % LENGTHS_PAGE];

        docs_out[kept] = docs[i];
        tfs_out[kept] = tfs[i];
        kept += (float)tfs[i] >= ratio * scorer->floors[length];
    }
    return kept;
}

static size_t
reap(uint32_t *sums, size_t n, uint32_t need, uint32_t base,
     uint32_t *docs_out, uint32_t *sums_out)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        docs_out[kept] = base + (uint32_t)i;
        sums_out[kept] = sums[i];
        kept += sums[i] >= need;
        sums[i] = 0;
    }
    return kept;
}

static size_t
rank(const uint32_t *block, size_t count, uint32_t doc)
{
    const uint32_t *at = block;

    if (count == 0) {
        return 0;
    }
    while (count > 1) {
        size_t half = count / 2;

        at += half & -(size_t)(at[half - 1] < doc);
        count -= half;
    }
    return (size_t)(at - block) + (*at < doc);
}

static void
find(const uint32_t *block, size_t count, const uint32_t *docs, size_t n,
     uint32_t *places)
{
    size_t i;

    for (i = 0; i < n; i++) {
        size_t at = rank(block, count, docs[i]);

        places[i] = at < count && block[at] == docs[i] ? (uint32_t)at + 1 : 0;
    }
}

/* One walk over both. */
size_t
lede__score_follow(const uint32_t *numbers, size_t n, const uint32_t *others,
                   size_t k, uint32_t offset, uint32_t *out)
{
    size_t i = 0;
    size_t j = 0;
    size_t kept = 0;

    while (i < n && j < k) {
        int64_t wanted = (int64_t)numbers[i] + (int32_t)offset;
        int64_t have = others[j];

        out[kept] = numbers[i];
        kept += wanted == have;
        i += wanted <= have;
        j += wanted >= have;
    }
    return kept;
}

static const struct score_kernel plain = {
    "plain", score, sift, reap, rank, find, lede__score_follow,
};

const struct score_kernel *
lede__score_kernel(const struct kernel *kernel)
{
    const struct score_kernel *best = &plain;

    if (kernel == lede__kernel_at(0)) {
        return best;
    }
#if SCORE_KERNELS_X86
    if (CPU_HAS(AVX2, "avx2")) {
        best = &lede__score_avx2;
    }
    if (kernel == lede__kernel_best() && CPU_HAS(AVX512F, "avx512f") &&
        CPU_HAS(AVX512VL, "avx512vl")) {
        best = &lede__score_avx512;
    }
#endif
    return best;
}
