/* score-avx512.c - scoring with AVX-512, 8 or 16 postings at once; see
   score.h.

   The same operations in the same order as lede__score, so the same bits: what
   is above 2^32, or no number, is converted to 2^32 - 1, which is SCORE_MAX. */

#include "query/score-kernels.h"
#include "shared/index/store.h"

#if SCORE_KERNELS_X86

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512vl")))

/* The lengths of 16 docs: bytes, gathered as the aligned words they are in. */
AVX512 static inline __m512i
gather_lengths(const uint8_t *page, __m512i docs, __mmask16 mask)
{
    __m512i at = _mm512_and_si512(docs, _mm512_set1_epi32(LENGTHS_PAGE - 1));
    __m512i shift = _mm512_slli_epi32(_mm512_and_si512(
                        at, _mm512_set1_epi32(3)), 3);
    __m512i words = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask,
                                                _mm512_srli_epi32(at, 2),
                                                page, 4);

    return _mm512_and_si512(_mm512_srlv_epi32(words, shift),
                            _mm512_set1_epi32(0xFF));
}

AVX512 static inline __m256i
score_8(const struct scorer *scorer, __m512d scales, __m512d offset,
        __m256i tf, __m256i lengths)
{
    __m512d f = _mm512_cvtepu32_pd(tf);
    __m512d norms = _mm512_i32gather_pd(lengths, scorer->norms, 8);
    __m512d score = _mm512_div_pd(_mm512_mul_pd(scales, f),
                                  _mm512_add_pd(f, norms));
    __mmask8 some = _mm256_test_epi32_mask(tf, tf);

    score = _mm512_add_pd(score, offset);
    return _mm256_maskz_mov_epi32(some, _mm512_cvttpd_epu32(score));
}

AVX512 static void
score(const struct scorer *scorer, double scale, const uint32_t *docs,
      const uint32_t *tfs, size_t n, const uint8_t *page, uint32_t *out)
{
    const __m512d scales = _mm512_set1_pd(scale);
    const __m512d offset = _mm512_set1_pd(score_offset(scorer, scale));
    size_t i;

    for (i = 0; i < n; i += 16) {
        __mmask16 mask = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1)
                                    : (__mmask16)0xFFFF;
        __m512i tf = _mm512_maskz_loadu_epi32(mask, tfs + i);
        __m512i lengths = gather_lengths(
            page, _mm512_maskz_loadu_epi32(mask, docs + i), mask);
        __m256i low = score_8(scorer, scales, offset,
                              _mm512_castsi512_si256(tf),
                              _mm512_castsi512_si256(lengths));
        __m256i high = _mm256_setzero_si256();

        if (n - i > 8) {
            high = score_8(scorer, scales, offset,
                           _mm512_extracti64x4_epi64(tf, 1),
                           _mm512_extracti64x4_epi64(lengths, 1));
        }
        _mm512_mask_storeu_epi32(out + i, mask, _mm512_inserti64x4(
                                     _mm512_castsi256_si512(low), high, 1));
    }
}

AVX512 static size_t
sift(const struct scorer *scorer, float ratio, const uint32_t *docs,
     const uint32_t *tfs, size_t n, const uint8_t *page, uint32_t *docs_out,
     uint32_t *tfs_out)
{
    const __m512 ratios = _mm512_set1_ps(ratio);
    size_t kept = 0;
    size_t i;

    for (i = 0; i < n; i += 16) {
        __mmask16 mask = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1)
                                    : (__mmask16)0xFFFF;
        __m512i tf = _mm512_maskz_loadu_epi32(mask, tfs + i);
        __m512i doc = _mm512_maskz_loadu_epi32(mask, docs + i);
        __m512 floors = _mm512_mask_i32gather_ps(
            _mm512_setzero_ps(), mask, gather_lengths(page, doc, mask),
            scorer->floors, 4);
        __mmask16 over = _mm512_mask_cmp_ps_mask(
            mask, _mm512_cvtepu32_ps(tf), _mm512_mul_ps(ratios, floors),
            _CMP_GE_OQ);

        _mm512_storeu_si512(docs_out + kept,
                            _mm512_maskz_compress_epi32(over, doc));
        _mm512_storeu_si512(tfs_out + kept,
                            _mm512_maskz_compress_epi32(over, tf));
        kept += (size_t)__builtin_popcount(over);
    }
    return kept;
}

AVX512 static size_t
reap(uint32_t *sums, size_t n, uint32_t need, uint32_t base,
     uint32_t *docs_out, uint32_t *sums_out)
{
    const __m512i needs = _mm512_set1_epi32((int)need);
    const __m512i step = _mm512_set1_epi32(16);
    __m512i doc = _mm512_add_epi32(
        _mm512_set1_epi32((int)base),
        _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
                         0));
    size_t kept = 0;
    size_t i;

    for (i = 0; i < n; i += 16) {
        __m512i sum = _mm512_loadu_si512(sums + i);
        __mmask16 over = _mm512_cmpge_epu32_mask(sum, needs);

        _mm512_storeu_si512(sums + i, _mm512_setzero_si512());
        if (over != 0) {
            _mm512_storeu_si512(docs_out + kept,
                                _mm512_maskz_compress_epi32(over, doc));
            _mm512_storeu_si512(sums_out + kept,
                                _mm512_maskz_compress_epi32(over, sum));
            kept += (size_t)__builtin_popcount(over);
        }
        doc = _mm512_add_epi32(doc, step);
    }
    return kept;
}

AVX512 static size_t
rank(const uint32_t *block, size_t count, uint32_t doc)
{
    const __m512i limit = _mm512_set1_epi32((int)doc);
    const __m512i one = _mm512_set1_epi32(1);
    __m512i less = _mm512_setzero_si512();
    size_t i;

    for (i = 0; i < count; i += 16) {
        __mmask16 part = count - i < 16 ? (__mmask16)((1u << (count - i)) - 1)
                                        : (__mmask16)0xFFFF;
        __mmask16 mask = _mm512_mask_cmplt_epu32_mask(
            part, _mm512_loadu_si512(block + i), limit);

        less = _mm512_mask_add_epi32(less, mask, less, one);
    }
    return (size_t)_mm512_reduce_add_epi32(less);
}

AVX512 static void
find(const uint32_t *block, size_t count, const uint32_t *docs, size_t n,
     uint32_t *places)
{
    __m512i docs_of[SCORE_BLOCK / 16];
    size_t i, j;

    for (j = 0; j < SCORE_BLOCK / 16; j++) {
        docs_of[j] = _mm512_loadu_si512(block + 16 * j);
    }
    for (i = 0; i < n; i++) {
        const __m512i doc = _mm512_set1_epi32((int)docs[i]);
        uint64_t low = 0;
        uint64_t high = 0;
        uint32_t place;

        for (j = 0; j < 4; j++) {
            low |= (uint64_t)_mm512_cmpeq_epi32_mask(docs_of[j], doc)
                   << (16 * j);
            high |= (uint64_t)_mm512_cmpeq_epi32_mask(docs_of[j + 4], doc)
                    << (16 * j);
        }
        place = low != 0 ? (uint32_t)__builtin_ctzll(low) + 1 :
                high != 0 ? (uint32_t)__builtin_ctzll(high) + 65 : 0;
        places[i] = place <= count ? place : 0;
    }
}

/* Each 16 of the numbers against each of the others, where these are few. */
AVX512 static size_t
follow(const uint32_t *numbers, size_t n, const uint32_t *others, size_t k,
       uint32_t offset, uint32_t *out)
{
    const __m512i add = _mm512_set1_epi32((int)offset);
    size_t kept = 0;
    size_t i, j;

    if ((n / 16 + 1) * k > 4 * (n + k)) {
        return lede__score_follow(numbers, n, others, k, offset, out);
    }
    for (i = 0; i < n; i += 16) {
        __mmask16 part = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1)
                                    : (__mmask16)0xFFFF;
        __m512i number = _mm512_maskz_loadu_epi32(part, numbers + i);
        __m512i wanted = _mm512_add_epi32(number, add);
        unsigned found = 0;

        for (j = 0; j < k; j++) {
            found |= _mm512_cmpeq_epi32_mask(
                wanted, _mm512_set1_epi32((int)others[j]));
        }
        found &= part;
        _mm512_storeu_si512(out + kept, _mm512_maskz_compress_epi32(
                                (__mmask16)found, number));
        kept += (size_t)__builtin_popcount(found);
    }
    return kept;
}

const struct score_kernel lede__score_avx512 = {
    "avx512", score, sift, reap, rank, find, follow,
};

#endif
