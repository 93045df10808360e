/* score.h - THE scoring function: ranking and explaining both call it.

   BM25 (Robertson, Walker, Jones, Hancock-Beaulieu and Gatford 1994) with the
   idf that cannot be negative (Lucene's):

       idf   = ln(1 + (N - n + 0.5) / (n + 0.5))
       score = boost * idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * dl/avgdl))

   tf is weighted by field before it saturates (BM25F: Robertson, Zaragoza and
   Taylor 2004), dl is the article's weighted length, rounded to what one byte
   tells, avgdl the exact average.

   A contribution is rounded to a multiple of 2^-16 and kept as an integer, so
   that sums are the same in any order.  Sums saturate at SCORE_MAX (65,536
   points; a word brings at most 20 x (k1 + 1)), which keeps that true. */

#ifndef LEDE_QUERY_SCORE_H
#define LEDE_QUERY_SCORE_H

#include <stdint.h>

#define SCORE_ONE 65536
#define SCORE_MAX UINT32_MAX

struct scorer {
    double k1;
    double articles;            // N
    double norms[256];          // k1 * (1 - b + b * dl/avgdl), by length byte
};

/* Statistics of all indexes that are searched together. */
void
lede__scorer_init(struct scorer *scorer, double k1, double b,
                  uint64_t articles, uint64_t total_length);

/* idf of a term in `df` articles; deleted ones may be counted in df. */
double
lede__score_idf(const struct scorer *scorer, uint64_t df);

/* The contribution of a term with boost * idf = `weight`. */
uint32_t
lede__score(const struct scorer *scorer, double weight, uint32_t tf,
            uint8_t length);

/* An upper bound for all tf up to `max_tf` and lengths from `min_length`. */
uint32_t
lede__score_bound(const struct scorer *scorer, double weight, uint32_t max_tf,
                  uint8_t min_length);

static inline uint32_t
score_add(uint32_t a, uint32_t b)
{
    uint32_t sum = a + b;

    return sum < a ? SCORE_MAX : sum;
}

#endif
