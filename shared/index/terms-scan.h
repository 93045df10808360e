/* terms-scan.h - which terms of a block stop a look-up, for terms-read.c: all
   heads and starts at once, as bytes of a few numbers (Lamport, Multiple byte
   processing with full-word instructions, CACM 1975), or with what every
   x86-64 has.  Both give the same. */

#ifndef LEDE_INDEX_TERMS_SCAN_H
#define LEDE_INDEX_TERMS_SCAN_H

#include "shared/index/terms-format.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define TERMS_BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit i: term i + 1 of a block of TERMS_BLOCK has less than `shared` bytes in
   common with the one before, or as many, and goes on with `byte` or a higher
   one.  No head has a 15.  Where a block has fewer terms the rest are any. */
static inline uint32_t
lede__terms_stops_plain(const uint8_t *heads, const uint8_t *starts,
                        size_t shared, uint8_t byte)
{
    uint64_t high = TERMS_BYTES(0x80);
    uint64_t limit = TERMS_BYTES(shared < TERMS_HEAD_MAX ? shared
                                                         : TERMS_HEAD_MAX);
    uint64_t other = ~TERMS_BYTES(byte);
    uint64_t low = TERMS_BYTES(byte & 0x7F);
    uint32_t stops = 0;

    for (unsigned i = 0; i < TERMS_BLOCK; i += 8) {
        uint64_t same = lede__get64(heads + i) & TERMS_BYTES(0x0F);
        uint64_t start = lede__get64(starts + i);
        uint64_t less = limit + (high - TERMS_BYTES(1)) - same;
        uint64_t as_much = limit + high - same;
        // a byte is not below where its high bit is, or is the same and the
        // rest is not
        uint64_t not_below = (start & other)
            | ((start ^ other) & ((start | high) - low));
        uint64_t stop = (less | (as_much & not_below)) & high;

        stops |= (uint32_t)((stop >> 7) * UINT64_C(0x0102040810204080) >> 56)
            << i;
    }
    return stops;
}

/* The bytes of the suffixes of the first n heads.  No head has a 15. */
static inline size_t
lede__terms_bytes_plain(const uint8_t *heads, unsigned n)
{
    size_t sum = 0;

    for (unsigned i = 0; i < n; i += 8) {
        uint64_t lens = lede__get64(heads + i) >> 4 & TERMS_BYTES(0x0F);

        lens &= n - i >= 8 ? UINT64_MAX : ((uint64_t)1 << 8 * (n - i)) - 1;
        sum += lens * TERMS_BYTES(1) >> 56;
    }
    return sum;
}

#ifdef __SSE2__
static inline unsigned
lede__terms_stops_half(const uint8_t *heads, const uint8_t *starts,
                       __m128i shared, __m128i byte)
{
    __m128i same = _mm_and_si128(_mm_loadu_si128((const __m128i *)heads),
                                 _mm_set1_epi8(0x0F));
    __m128i start = _mm_loadu_si128((const __m128i *)starts);
    __m128i not_below = _mm_cmpeq_epi8(_mm_max_epu8(start, byte), start);

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(
        _mm_cmpgt_epi8(shared, same),
        _mm_and_si128(_mm_cmpeq_epi8(shared, same), not_below)));
}

static inline uint32_t
lede__terms_stops(const uint8_t *heads, const uint8_t *starts, size_t shared,
                  uint8_t byte)
{
    __m128i limit = _mm_set1_epi8((char)(shared < TERMS_HEAD_MAX
                                         ? shared : TERMS_HEAD_MAX));
    __m128i bytes = _mm_set1_epi8((char)byte);

    return lede__terms_stops_half(heads, starts, limit, bytes)
        | lede__terms_stops_half(heads + 16, starts + 16, limit, bytes) << 16;
}

static inline size_t
lede__terms_bytes(const uint8_t *heads, unsigned n)
{
    const __m128i places = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
                                         12, 13, 14, 15);
    __m128i low = _mm_set1_epi8(0x0F);
    __m128i a = _mm_srli_epi16(_mm_loadu_si128((const __m128i *)heads), 4);
    __m128i b = _mm_srli_epi16(_mm_loadu_si128((const __m128i *)(heads + 16)),
                               4);
    __m128i end = _mm_set1_epi8((char)n);

    a = _mm_and_si128(_mm_and_si128(a, low), _mm_cmpgt_epi8(end, places));
    b = _mm_and_si128(_mm_and_si128(b, low),
                      _mm_cmpgt_epi8(_mm_sub_epi8(end, _mm_set1_epi8(16)),
                                     places));
    a = _mm_sad_epu8(_mm_add_epi8(a, b), _mm_setzero_si128());
    return (size_t)(_mm_cvtsi128_si32(a) + _mm_extract_epi16(a, 4));
}
#else
#define lede__terms_stops lede__terms_stops_plain
#define lede__terms_bytes lede__terms_bytes_plain
#endif

#endif
