/* score-avx2.c - scoring with AVX2, 4 or 8 postings at once; see score.h.

   The same operations in the same order as lede__score, so the same bits.
   What has a tf or a score of 2^31 or more goes through lede__score. */

#include "query/score-kernels.h"
#include "shared/index/store.h"

#if SCORE_KERNELS_X86

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* The lengths of 8 docs: bytes, gathered as the aligned words they are in. */
AVX2 static inline __m256i
gather_lengths(const uint8_t *page, __m256i docs)
{
    __m256i at = _mm256_and_si256(docs, _mm256_set1_epi32(LENGTHS_PAGE - 1));
    __m256i word = _mm256_srli_epi32(at, 2);
    __m256i shift = _mm256_slli_epi32(_mm256_and_si256(
                        at, _mm256_set1_epi32(3)), 3);
    __m256i words = _mm256_i32gather_epi32((const int *)(const void *)page,
                                           word, 4);

    return _mm256_and_si256(_mm256_srlv_epi32(words, shift),
                            _mm256_set1_epi32(0xFF));
}

AVX2 static void
score(const struct scorer *scorer, double scale, const uint32_t *docs,
      const uint32_t *tfs, size_t n, const uint8_t *page, uint32_t *out)
{
    const __m256d scales = _mm256_set1_pd(scale);
    const __m256d offset = _mm256_set1_pd(score_offset(scorer, scale));
    const __m256d limit = _mm256_set1_pd(2147483648.0);
    size_t i, j;

    for (i = 0; i + 8 <= n; i += 8) {
        __m256i tf = _mm256_loadu_si256((const void *)(tfs + i));
        __m256i lengths = gather_lengths(page, _mm256_loadu_si256(
                              (const void *)(docs + i)));
        __m256i none = _mm256_cmpeq_epi32(tf, _mm256_setzero_si256());
        __m256d f0 = _mm256_cvtepi32_pd(_mm256_castsi256_si128(tf));
        __m256d f1 = _mm256_cvtepi32_pd(_mm256_extracti128_si256(tf, 1));
        __m256d n0 = _mm256_i32gather_pd(scorer->norms,
                                         _mm256_castsi256_si128(lengths), 8);
        __m256d n1 = _mm256_i32gather_pd(
            scorer->norms, _mm256_extracti128_si256(lengths, 1), 8);
        __m256d s0 = _mm256_div_pd(_mm256_mul_pd(scales, f0),
                                   _mm256_add_pd(f0, n0));
        __m256d s1 = _mm256_div_pd(_mm256_mul_pd(scales, f1),
                                   _mm256_add_pd(f1, n1));
        __m256i whole;
        int odd;

        s0 = _mm256_add_pd(s0, offset);
        s1 = _mm256_add_pd(s1, offset);
        odd = _mm256_movemask_ps(_mm256_castsi256_ps(tf)) |
              _mm256_movemask_pd(_mm256_cmp_pd(s0, limit, _CMP_NLT_UQ)) |
              _mm256_movemask_pd(_mm256_cmp_pd(s1, limit, _CMP_NLT_UQ));
        if (odd != 0) {
            for (j = i; j < i + 8; j++) {
                out[j] = lede__score(scorer, scale, tfs[j],
                                     page[docs[j] % LENGTHS_PAGE]);
            }
            continue;
        }
        whole = _mm256_set_m128i(_mm256_cvttpd_epi32(s1),
                                 _mm256_cvttpd_epi32(s0));
        _mm256_storeu_si256((void *)(out + i),
                            _mm256_andnot_si256(none, whole));
    }
    for (; i < n; i++) {
        out[i] = lede__score(scorer, scale, tfs[i],
                             page[docs[i] % LENGTHS_PAGE]);
    }
}

AVX2 static size_t
sift(const struct scorer *scorer, float ratio, const uint32_t *docs,
     const uint32_t *tfs, size_t n, const uint8_t *page, uint32_t *docs_out,
     uint32_t *tfs_out)
{
    const __m256 ratios = _mm256_set1_ps(ratio);
    size_t kept = 0;
    size_t i;

    for (i = 0; i + 8 <= n; i += 8) {
        __m256i tf = _mm256_loadu_si256((const void *)(tfs + i));
        __m256i lengths = gather_lengths(page, _mm256_loadu_si256(
                              (const void *)(docs + i)));
        __m256 floors = _mm256_i32gather_ps(scorer->floors, lengths, 4);
        __m256 over = _mm256_cmp_ps(_mm256_cvtepi32_ps(tf),
                                    _mm256_mul_ps(ratios, floors),
                                    _CMP_GE_OQ);
        // a tf of 2^31 or more seems negative
        unsigned mask = (unsigned)(_mm256_movemask_ps(over) |
                                   _mm256_movemask_ps(
                                       _mm256_castsi256_ps(tf)));

        while (mask != 0) {
            size_t at = i + (size_t)__builtin_ctz(mask);

            docs_out[kept] = docs[at];
            tfs_out[kept++] = tfs[at];
            mask &= mask - 1;
        }
    }
    for (; i < n; i++) {
        uint8_t length = page[docs[i] % LENGTHS_PAGE];

        docs_out[kept] = docs[i];
        tfs_out[kept] = tfs[i];
        kept += (float)tfs[i] >= ratio * scorer->floors[length];
    }
    return kept;
}

AVX2 static size_t
reap(uint32_t *sums, size_t n, uint32_t need, uint32_t base,
     uint32_t *docs_out, uint32_t *sums_out)
{
    const __m256i zero = _mm256_setzero_si256();
    const __m256i needs = _mm256_set1_epi32((int)need);
    size_t kept = 0;
    size_t i;

    for (i = 0; i < n; i += 8) {
        __m256i sum = _mm256_loadu_si256((const void *)(sums + i));
        // sum >= need, unsigned
        __m256i over = _mm256_cmpeq_epi32(_mm256_max_epu32(sum, needs), sum);
        unsigned mask = (unsigned)_mm256_movemask_ps(
                            _mm256_castsi256_ps(over));

        while (mask != 0) {
            size_t at = i + (size_t)__builtin_ctz(mask);

            docs_out[kept] = base + (uint32_t)at;
            sums_out[kept++] = sums[at];
            mask &= mask - 1;
        }
        _mm256_storeu_si256((void *)(sums + i), zero);
    }
    return kept;
}

AVX2 static size_t
rank(const uint32_t *block, size_t count, uint32_t doc)
{
    const __m256i flip = _mm256_set1_epi32((int)0x80000000);
    const __m256i limit = _mm256_xor_si256(_mm256_set1_epi32((int)doc), flip);
    __m256i less = _mm256_setzero_si256();
    __m128i half;
    size_t n, i;

    for (i = 0; i + 8 <= count; i += 8) {
        __m256i one = _mm256_loadu_si256((const void *)(block + i));

        less = _mm256_sub_epi32(less, _mm256_cmpgt_epi32(
                                    limit, _mm256_xor_si256(one, flip)));
    }
    half = _mm_add_epi32(_mm256_castsi256_si128(less),
                         _mm256_extracti128_si256(less, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1));
    n = (size_t)_mm_cvtsi128_si32(half);
    for (; i < count; i++) {
        n += block[i] < doc;
    }
    return n;
}

AVX2 static void
find(const uint32_t *block, size_t count, const uint32_t *docs, size_t n,
     uint32_t *places)
{
    const __m256i eight = _mm256_set1_epi32(8);
    size_t i, j;

    for (i = 0; i < n; i++) {
        const __m256i doc = _mm256_set1_epi32((int)docs[i]);
        __m256i place = _mm256_set_epi32(8, 7, 6, 5, 4, 3, 2, 1);
        __m256i found = _mm256_setzero_si256();
        __m128i half;

        for (j = 0; j + 8 <= count; j += 8) {
            __m256i one = _mm256_loadu_si256((const void *)(block + j));

            found = _mm256_or_si256(found, _mm256_and_si256(
                                        place, _mm256_cmpeq_epi32(one, doc)));
            place = _mm256_add_epi32(place, eight);
        }
        half = _mm_max_epu32(_mm256_castsi256_si128(found),
                             _mm256_extracti128_si256(found, 1));
        half = _mm_max_epu32(half, _mm_shuffle_epi32(half, 0x4E));
        half = _mm_max_epu32(half, _mm_shuffle_epi32(half, 0xB1));
        places[i] = (uint32_t)_mm_cvtsi128_si32(half);
        for (; j < count; j++) {
            places[i] = block[j] == docs[i] ? (uint32_t)j + 1 : places[i];
        }
    }
}

/* Each eight of the numbers against each of the others, where these are
   few. */
AVX2 static size_t
follow(const uint32_t *numbers, size_t n, const uint32_t *others, size_t k,
       uint32_t offset, uint32_t *out)
{
    const __m256i add = _mm256_set1_epi32((int)offset);
    size_t kept = 0;
    size_t i, j;

    if (n < 8 || n / 8 * k > 2 * (n + k)) {
        return lede__score_follow(numbers, n, others, k, offset, out);
    }
    for (i = 0; i + 8 <= n; i += 8) {
        __m256i eight = _mm256_add_epi32(
            _mm256_loadu_si256((const void *)(numbers + i)), add);
        __m256i found = _mm256_setzero_si256();
        unsigned mask;

        for (j = 0; j < k; j++) {
            found = _mm256_or_si256(found, _mm256_cmpeq_epi32(
                                        eight, _mm256_set1_epi32(
                                                   (int)others[j])));
        }
        mask = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(found));
        while (mask != 0) {
            out[kept++] = numbers[i + (size_t)__builtin_ctz(mask)];
            mask &= mask - 1;
        }
    }
    return kept + lede__score_follow(numbers + i, n - i, others, k, offset,
                                     out + kept);
}

const struct score_kernel lede__score_avx2 = {
    "avx2", score, sift, reap, rank, find, follow,
};

#endif
