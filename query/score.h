/* score.h - THE scoring function: ranking and explaining both call it.

   BM25 (Robertson, Walker, Jones, Hancock-Beaulieu and Gatford 1994) with the
   idf that cannot be negative (Lucene's), and with a power of the length:

       idf   = ln(1 + (N - n + 0.5) / (n + 0.5))
       K     = k1 * (1 - b + b * (dl/avgdl)^p)
       score = boost * idf * (tf * (k1 + 1) / (tf + K) + delta)

   tf is weighted by field before it saturates (BM25F: Robertson, Zaragoza and
   Taylor 2004), dl is the article's weighted length, rounded to what one byte
   tells, avgdl the exact average.

   p = 1 is BM25.  Robertson et al. give two reasons why an article is long:
   that it says more (scope), for which it should not pay, and that it says the
   same in more words (verbosity), for which it should; b is the share of the
   second.  One b for all lengths takes it that this share is the same in an
   article of twice and of a hundred times the average.  In encyclopaedias it
   is not: what is very long says more, so that a b which is right for abstracts
   punishes it too much, and one which is right for it tells abstracts too
   little apart.  With p < 1 the longer an article, the more of its length is
   taken for scope.  The form is ours: b mixes a power of dl/avgdl, which alone
   is normalisation Z (Amati 2003), with none, as BM25 mixes dl/avgdl itself.
   Near to it are pivoted normalisation, which is linear (Singhal, Buckley and
   Mitra 1996), the logarithm of dl/avgdl in DFR's second normalisation (Amati
   and van Rijsbergen 2002), verbosity told from scope by the distinct words of
   an article, which needs one more statistic (Lipani, Lupu, Hanbury and Aizawa
   2015), and a constant added for long articles (BM25+).  docs/ranking.md has
   what settings give on seven collections.

   delta is 0, or of BM25+ (Lv and Zhai 2011) 1: what an article has at least
   for a word, however long it is.

   A contribution is scale * tf / (tf + K) + offset, in this order, with
   scale = boost * idf * (k1 + 1) * 2^16 and offset = scale * delta / (k1 + 1).

   A contribution is rounded to a multiple of 2^-16 and kept as an integer, so
   that sums are the same in any order.  Sums saturate at SCORE_MAX (65,536
   points; a word brings at most 20 x (k1 + 1 + delta)), which keeps that
   true. */

#ifndef LEDE_QUERY_SCORE_H
#define LEDE_QUERY_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "shared/index/kernel.h"

/* delta of BM25+: Lv and Zhai's, good over all their collections. */
#define SCORE_DELTA 1.0

#define SCORE_ONE 65536
#define SCORE_MAX UINT32_MAX

/* How tf, length and forms are weighed. */
struct model {
    double k1;                  // >= 0
    double b;                   // 0 to 1
    double power;               // p, 0 to 1
    double delta;               // >= 0
    double exact;               // of a word's weight, for the exact form
    double particle;            // of a gram's, where a Korean particle is
};

struct scorer {
    struct model model;
    double k1;
    double plus;                // delta / (k1 + 1)
    double articles;            // N
    double average;             // avgdl
    double norms[256];          // K, by length byte
    float floors[256];          // the same, never more
};

/* Statistics of all indexes that are searched together.  The scorer is zeroed
   or of an earlier search, whose norms are kept where they are the same: they
   take as long as a short search. */
void
lede__scorer_init(struct scorer *scorer, const struct model *model,
                  uint64_t articles, uint64_t total_length);

/* idf of a term in `df` articles; deleted ones may be counted in df. */
double
lede__score_idf(const struct scorer *scorer, uint64_t df);

/* What does not depend on the article, for boost * idf = `weight`.  No
   contribution is above it by more than 1. */
double
lede__score_scale(const struct scorer *scorer, double weight);

/* The contribution of a term; 0 for tf 0. */
uint32_t
lede__score(const struct scorer *scorer, double scale, uint32_t tf,
            uint8_t length);

/* An upper bound for all tf up to `max_tf` and lengths from `min_length`. */
uint32_t
lede__score_bound(const struct scorer *scorer, double scale, uint32_t max_tf,
                  uint8_t min_length);

/* The same for all tf and lengths. */
double
lede__score_most(const struct scorer *scorer, double scale);

/* The least contribution that any posting can have. */
uint32_t
lede__score_least(const struct scorer *scorer, double scale);

/* What is added to each contribution, with the half that rounds it. */
static inline double
score_offset(const struct scorer *scorer, double scale)
{
    return 0.5 + scale * scorer->plus;
}

static inline uint32_t
score_add(uint32_t a, uint32_t b)
{
    uint32_t sum = a + b;

    return sum < a ? SCORE_MAX : sum;
}

/* ---- kernels ---- */

/* What a kernel may write beyond what it keeps. */
#define SCORE_ROOM 16

/* Postings in a block. */
#define SCORE_BLOCK 128

/* The loops over postings that have a version for the processor at hand, with
   equal results.  Docs that are scored or sifted are in one page of docs, whose
   lengths are `page`. */
struct score_kernel {
    const char *name;
    /* lede__score of each posting. */
    void (*score)(const struct scorer *scorer, double scale,
                  const uint32_t *docs, const uint32_t *tfs, size_t n,
                  const uint8_t *page, uint32_t *out);
    /* Copy the postings with tf >= ratio * floors[length]; returns how many.
       There is room for n + SCORE_ROOM. */
    size_t (*sift)(const struct scorer *scorer, float ratio,
                   const uint32_t *docs, const uint32_t *tfs, size_t n,
                   const uint8_t *page, uint32_t *docs_out,
                   uint32_t *tfs_out);
    /* The places with sums[i] >= need, need > 0, as base + i, and their sums;
       all sums are 0 afterwards.  n is a multiple of SCORE_ROOM, and there is
       room for n + SCORE_ROOM. */
    size_t (*reap)(uint32_t *sums, size_t n, uint32_t need, uint32_t base,
                   uint32_t *docs_out, uint32_t *sums_out);
    /* How many of `count` ascending docs are < doc; there are SCORE_BLOCK to
       be read, whatever lies beyond count. */
    size_t (*rank)(const uint32_t *block, size_t count, uint32_t doc);
    /* Where each of n docs is among them, from 1; 0: it is not. */
    void (*find)(const uint32_t *block, size_t count, const uint32_t *docs,
                 size_t n, uint32_t *places);
    /* Of n ascending numbers those that have one of k ascending `others`
       `offset` after them (modulo 2^32), to `out`, which has room for n +
       SCORE_ROOM and may be where they are; returns how many. */
    size_t (*follow)(const uint32_t *numbers, size_t n,
                     const uint32_t *others, size_t k, uint32_t offset,
                     uint32_t *out);
};

/* That which goes with a kernel of the index: plain with plain. */
const struct score_kernel *
lede__score_kernel(const struct kernel *kernel);

/* What ratio sifts out postings that score less than `need`: never one that
   scores as much.  False: no posting does. */
static inline int
score_ratio(const struct scorer *scorer, double scale, uint32_t need,
            float *ratio)
{
    double floor = (double)need - 2 - scale * scorer->plus;
    double exact;

    // false for a NaN
    if (!(floor > 0)) {
        floor = 0;
    }
    if (floor >= scale) {
        return 0;
    }
    exact = floor / (scale - floor) * 0.99999;
    *ratio = exact < 1e30 ? (float)exact : 1e30f;
    return 1;
}

#endif
