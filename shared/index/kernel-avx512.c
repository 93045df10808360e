/* kernel-avx512.c - the kernel for x86-64 processors with AVX-512 VBMI2 (from
   Ice Lake and Zen 4 on).

   As kernel-avx2.c, 16 or 32 values at a time, which one byte permutation over
   a whole register spreads.  A frame's exceptions are put into their lanes by
   an expanding move, without a branch for each.  Packing is AVX2's. */

#include "shared/index/kernel-private.h"

#if KERNEL_X86

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi," \
                                     "avx512vbmi2,avx2,bmi,bmi2,lzcnt," \
                                     "popcnt")))
#define LANES 16

/* A constant that stays in its register: made again in a loop it would take
   the unit that permutes, which everything here waits for. */
AVX512 static inline __m512i
keep(__m512i v)
{
    __asm__("" : "+v"(v));
    return v;
}

AVX512 static inline __m128i
load8(const void *p)
{
    return _mm_loadl_epi64(p);
}

/* How a frame of one width is unpacked. */
struct way {
    __m512i permutation;
    __m512i shift;
    __m512i mask;
};

AVX512 static inline struct way
way_of(unsigned width)
{
    const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
                                             11, 12, 13, 14, 15);
    const __m512i spread = _mm512_broadcast_i32x4(_mm_setr_epi8(
        0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12));
    const __m512i bytes = _mm512_set1_epi32(0x03020100);
    __m512i at = _mm512_mullo_epi16(places, _mm512_set1_epi32((int)width));
    struct way way;

    way.shift = _mm512_and_si512(at, _mm512_set1_epi32(7));
    way.permutation = _mm512_shuffle_epi8(_mm512_srli_epi32(at, 3), spread);
    way.permutation = _mm512_add_epi8(way.permutation, bytes);
    way.mask = _mm512_set1_epi32((int)(((uint64_t)1 << width) - 1));
    return way;
}

/* 16 values in lanes of 32 bits. */
AVX512 static inline __m512i
unpack_half(const uint8_t *in, struct way way)
{
    __m512i v = _mm512_loadu_si512(in);

    v = _mm512_permutexvar_epi8(way.permutation, v);
    return _mm512_and_si512(_mm512_srlv_epi32(v, way.shift), way.mask);
}

/* Sum up the gaps less one in `v` from *before on. */
AVX512 static inline __m512i
sum_lanes(__m512i v, __m512i *before)
{
    const __m512i zero = _mm512_setzero_si512();
    const __m512i last = _mm512_set1_epi32(LANES - 1);
    __m512i total;

    v = _mm512_add_epi32(v, _mm512_set1_epi32(1));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 15));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 14));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 12));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 8));
    total = _mm512_permutexvar_epi32(last, v);
    v = _mm512_add_epi32(v, *before);
    *before = _mm512_add_epi32(*before, total);
    return v;
}

AVX512 static void
sum(uint32_t *values, size_t n, uint32_t base)
{
    __m512i before = _mm512_set1_epi32((int)base);
    size_t i;

    for (i = 0; i + LANES <= n; i += LANES) {
        __m512i v = _mm512_loadu_si512(values + i);
        _mm512_storeu_si512(values + i, sum_lanes(v, &before));
    }
    base = (uint32_t)_mm512_cvtsi512_si32(before);
    for (; i < n; i++) {
        base += values[i] + 1;
        values[i] = base;
    }
}

/* Which lanes of a frame are exceptions.  A lane of 32 bits for each makes a
   bit, and these are or-ed together. */
AVX512 static inline uint32_t
which_lanes(__m128i upper, unsigned exceptions)
{
    __m256i lanes = _mm256_and_si256(_mm256_cvtepu8_epi32(upper),
                                     _mm256_set1_epi32(FRAME - 1));
    __m256i bits = _mm256_maskz_sllv_epi32((__mmask8)((1u << exceptions) - 1),
                                           _mm256_set1_epi32(1), lanes);
    __m128i all = _mm_or_si128(_mm256_castsi256_si128(bits),
                               _mm256_extracti128_si256(bits, 1));

    all = _mm_or_si128(all, _mm_shuffle_epi32(all, 0x4E));
    all = _mm_or_si128(all, _mm_shuffle_epi32(all, 0xB1));
    return (uint32_t)_mm_cvtsi128_si32(all);
}

/* ---- frames up to KERNEL_NARROW: 32 lanes of 16 bits ---- */

static const uint8_t bytes_of[][2 * FRAME] = WIDTHS(WHOLE, TWO_BYTES);
static const uint16_t bits_of[][FRAME] = WIDTHS(WHOLE, FIRST_BIT);
static const uint32_t mask_of[] = {
    0, 0x00010001, 0x00030003, 0x00070007, 0x000F000F, 0x001F001F, 0x003F003F,
    0x007F007F, 0x00FF00FF, 0x01FF01FF,
};

AVX512 static inline __m512i
narrow(const uint8_t *payload, unsigned width, const uint8_t *upper,
       unsigned exceptions)
{
    __m512i v = _mm512_permutexvar_epi8(_mm512_loadu_si512(bytes_of[width]),
                                        _mm512_loadu_si512(payload));
    __m128i bytes = load8(upper);
    uint32_t lanes = which_lanes(bytes, exceptions);
    __m128i more = _mm_srli_epi16(_mm_cvtepu8_epi16(bytes), 5);

    v = _mm512_srlv_epi16(v, _mm512_loadu_si512(bits_of[width]));
    v = _mm512_and_si512(v, _mm512_set1_epi32((int)mask_of[width]));
    more = _mm_sll_epi16(more, _mm_cvtsi32_si128((int)width));
    return _mm512_add_epi16(v, _mm512_maskz_expand_epi16(
                                   lanes, _mm512_castsi128_si512(more)));
}

/* Each half of the lanes, in 32 bits. */
AVX512 static inline void
widen(__m512i v, __m512i *low, __m512i *high)
{
    *low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(v));
    *high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(v, 1));
}

/* What sums up a frame of 16-bit lanes. */
struct sums {
    __m512i one;
    __m512i eighth, quarter, half, last;
    __m512i low;
};

AVX512 static inline struct sums
sums_begin(void)
{
    // sums of 4 lanes first; then they get those before them, which are at
    // the ends of the eighth before, the quarter before, the half before
    return (struct sums){
        .one = keep(_mm512_set1_epi16(1)),
        .eighth = _mm512_broadcast_i32x4(_mm_set_epi64x(
            0x0706070607060706, -1)),
        .quarter = _mm512_set_epi64(
            0x0017001700170017, 0x0017001700170017, 0x000F000F000F000F,
            0x000F000F000F000F, 0x0007000700070007, 0x0007000700070007, 0, 0),
        .half = _mm512_set_epi64(
            0x000F000F000F000F, 0x000F000F000F000F, 0x0007000700070007,
            0x0007000700070007, 0, 0, 0, 0),
        .last = keep(_mm512_set1_epi16(FRAME - 1)),
        .low = keep(_mm512_set1_epi32(0xFFFF)),
    };
}

/* As sum_lanes, for a frame of 16-bit lanes. */
AVX512 static inline void
sum_narrow(__m512i v, const struct sums *sums, __m512i *low, __m512i *high,
           __m512i *before)
{
    __m512i total;

    v = _mm512_add_epi16(v, sums->one);
    v = _mm512_add_epi16(v, _mm512_slli_epi64(v, 16));
    v = _mm512_add_epi16(v, _mm512_slli_epi64(v, 32));
    v = _mm512_add_epi16(v, _mm512_shuffle_epi8(v, sums->eighth));
    v = _mm512_add_epi16(v, _mm512_maskz_permutexvar_epi16(
                                0xFFFFFF00, sums->quarter, v));
    v = _mm512_add_epi16(v, _mm512_maskz_permutexvar_epi16(
                                0xFFFF0000, sums->half, v));
    total = _mm512_and_si512(_mm512_permutexvar_epi16(sums->last, v),
                             sums->low);
    widen(v, low, high);
    *low = _mm512_add_epi32(*low, *before);
    *high = _mm512_add_epi32(*high, *before);
    *before = _mm512_add_epi32(*before, total);
}

/* ---- frames up to KERNEL_WIDE: two times 16 lanes of 32 bits ---- */

AVX512 static inline void
wide(const uint8_t *payload, unsigned width, const uint8_t *upper,
     unsigned exceptions, __m512i *low, __m512i *high)
{
    struct way way = way_of(width);
    __m128i bytes = load8(upper);
    uint32_t lanes = which_lanes(bytes, exceptions);
    unsigned below = (unsigned)__builtin_popcount(lanes & 0xFFFF);
    __m128i count = _mm_cvtsi32_si128((int)width);
    __m512i more = _mm512_cvtepu8_epi32(bytes);

    more = _mm512_sll_epi32(_mm512_srli_epi32(more, 5), count);
    *low = _mm512_add_epi32(unpack_half(payload, way),
                            _mm512_maskz_expand_epi32((__mmask16)lanes,
                                                      more));
    bytes = load8(upper + below);
    more = _mm512_cvtepu8_epi32(bytes);
    more = _mm512_sll_epi32(_mm512_srli_epi32(more, 5), count);
    *high = _mm512_add_epi32(unpack_half(payload + 2 * width, way),
                             _mm512_maskz_expand_epi32(
                                 (__mmask16)(lanes >> 16), more));
}

/* ---- all frames ---- */

AVX512 static const uint8_t *
frames(uint32_t *out, const uint8_t *headers, const uint8_t *payloads,
       const uint8_t *end, size_t n, uint32_t add)
{
    __m512i adds = _mm512_set1_epi32((int)add);
    size_t left = n;

    for (;;) {
        unsigned width = lede__frame_width(*headers);
        unsigned exceptions = lede__frame_exceptions(*headers++);
        const uint8_t *upper = lede__frame_upper(payloads, left, width);
        __m512i low, high;

        if (width <= KERNEL_NARROW) {
            widen(narrow(payloads, width, upper, exceptions), &low, &high);
        } else if (width <= KERNEL_WIDE) {
            wide(payloads, width, upper, exceptions, &low, &high);
        } else {
            return lede__kernel_plain.frames(out, headers - 1, payloads, end,
                                             left, add);
        }
        _mm512_storeu_si512(out, _mm512_add_epi32(low, adds));
        _mm512_storeu_si512(out + LANES, _mm512_add_epi32(high, adds));
        payloads = upper + exceptions;
        if (payloads > end) {
            return NULL;
        }
        if (left <= FRAME) {
            return payloads;
        }
        left -= FRAME;
        out += FRAME;
    }
}

AVX512 static const uint8_t *
frames_sum(uint32_t *out, const uint8_t *headers, const uint8_t *payloads,
           const uint8_t *end, size_t n, uint32_t base)
{
    const struct sums sums = sums_begin();
    __m512i before = _mm512_set1_epi32((int)base);
    size_t left = n;

    for (;;) {
        unsigned width = lede__frame_width(*headers);
        unsigned exceptions = lede__frame_exceptions(*headers++);
        const uint8_t *upper = lede__frame_upper(payloads, left, width);
        __m512i low, high;

        if (width <= KERNEL_NARROW) {
            __m512i v = narrow(payloads, width, upper, exceptions);
            sum_narrow(v, &sums, &low, &high, &before);
        } else if (width <= KERNEL_WIDE) {
            wide(payloads, width, upper, exceptions, &low, &high);
            low = sum_lanes(low, &before);
            high = sum_lanes(high, &before);
        } else {
            base = (uint32_t)_mm512_cvtsi512_si32(before);
            return lede__kernel_plain.frames_sum(out, headers - 1, payloads,
                                                 end, left, base);
        }
        _mm512_storeu_si512(out, low);
        _mm512_storeu_si512(out + LANES, high);
        payloads = upper + exceptions;
        if (payloads > end) {
            return NULL;
        }
        if (left <= FRAME) {
            return payloads;
        }
        left -= FRAME;
        out += FRAME;
    }
}

/* The numbers of the bits that are set are compressed as bytes, a word at a
   time, and widened 16 at a time. */
AVX512 static size_t
bits(uint32_t *out, const uint8_t *words, size_t n, uint32_t base, size_t max)
{
    const __m512i numbers = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48,
        47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
        31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
        15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t word = lede__get64(words + 8 * i);
        unsigned set = (unsigned)__builtin_popcountll(word);
        __m512i which = _mm512_maskz_compress_epi8(word, numbers);
        __m512i from = _mm512_set1_epi32((int)base);
        __m512i v = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(which));

        _mm512_storeu_si512(out + count, _mm512_add_epi32(v, from));
        v = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(which, 1));
        _mm512_storeu_si512(out + count + LANES, _mm512_add_epi32(v, from));
        if (set > 2 * LANES) {
            v = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(which, 2));
            _mm512_storeu_si512(out + count + 2 * LANES,
                                _mm512_add_epi32(v, from));
            v = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(which, 3));
            _mm512_storeu_si512(out + count + 3 * LANES,
                                _mm512_add_epi32(v, from));
        }
        count += set;
        if (count > max) {
            return count;
        }
        base += 64;
    }
    return count;
}

AVX512 static size_t
find(const uint8_t *numbers, size_t n, uint32_t value)
{
    size_t low = 0;             // all before are < value
    size_t high = n;            // at most there
    size_t step = LANES;
    __mmask16 at;

    while (high - low > step
           && lede__get32(numbers + 4 * (low + step - 1)) < value) {
        low += step;
        step *= 2;
    }
    if (high - low > step) {
        high = low + step;
    }
    while (high - low > LANES) {
        size_t middle = low + (high - low) / 2;
        if (lede__get32(numbers + 4 * (middle - 1)) < value) {
            low = middle;
        } else {
            high = middle;
        }
    }
    at = _mm512_cmpge_epu32_mask(_mm512_loadu_si512(numbers + 4 * low),
                                 _mm512_set1_epi32((int)value));
    low += (size_t)__builtin_ctz((unsigned)at | 1u << LANES);
    return low < high ? low : high;
}

const struct kernel lede__kernel_avx512 = {
    .name = "avx512",
    .pack = lede__pack_avx2,
    .sum = sum,
    .frames = frames,
    .frames_sum = frames_sum,
    .bits = bits,
    .find = find,
    .varints = lede__varints_avx2,
};

#endif
