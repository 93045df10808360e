/* score.c - the scoring function; see score.h.

   Compiled with -ffp-contract=off (Makefile.mk): a fused multiply-add rounds
   once where the formula rounds twice, and scores would depend on the
   processor. */

#include "query/score.h"

#include <math.h>

#include "shared/analysis/analysis.h"

void
lede__scorer_init(struct scorer *scorer, double k1, double b,
                  uint64_t articles, uint64_t total_length)
{
    double average = 1;
    int i;

    if (articles > 0 && total_length > 0) {
        average = (double)total_length / (double)articles;
    }
    scorer->k1 = k1;
    scorer->articles = (double)articles;
    for (i = 0; i < 256; i++) {
        double length = lede__length_value((uint8_t)i);

        scorer->norms[i] = k1 * (1 - b + b * length / average);
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

uint32_t
lede__score(const struct scorer *scorer, double weight, uint32_t tf,
            uint8_t length)
{
    double f = tf;
    double score;

    if (tf == 0) {
        return 0;
    }
    score = weight * f * (scorer->k1 + 1) / (f + scorer->norms[length]);
    score = score * SCORE_ONE + 0.5;
    // false for a NaN, which a huge k1 makes
    return score < (double)SCORE_MAX ? (uint32_t)score : SCORE_MAX;
}

uint32_t
lede__score_bound(const struct scorer *scorer, double weight, uint32_t max_tf,
                  uint8_t min_length)
{
    // one more: division does not round in step with its operands
    return score_add(lede__score(scorer, weight, max_tf, min_length), 1);
}
