/* score-kernels.h - the kernels of score.h, for score.c alone. */

#ifndef LEDE_QUERY_SCORE_KERNELS_H
#define LEDE_QUERY_SCORE_KERNELS_H

#include "query/score.h"

/* In plain C, for those that have no better way with many numbers. */
size_t
lede__score_follow(const uint32_t *numbers, size_t n, const uint32_t *others,
                   size_t k, uint32_t offset, uint32_t *out);

#if defined(__x86_64__) && defined(__GNUC__)
#define SCORE_KERNELS_X86 1
extern const struct score_kernel lede__score_avx2;
extern const struct score_kernel lede__score_avx512;
#else
#define SCORE_KERNELS_X86 0
#endif

#endif
