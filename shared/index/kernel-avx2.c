/* kernel-avx2.c - the kernel for x86-64 processors with AVX2 and BMI2.

   Packed values lie one after the other ("horizontally").  Eight values of w
   bits take w bytes, so that each group of eight begins at a byte, and the
   same shuffle and the same shifts unpack all four groups of a frame: a byte
   shuffle brings the bytes that hold a value into its lane, shifts do the
   rest.  Frames of up to 9 bits, which most are, have lanes of 16 bits until
   they are written: half the work, above all for sums.  After Lemire and
   Boytsov 2015, "Decoding billions of integers per second through
   vectorization", whose layout was another. */

#include "shared/index/kernel-private.h"

#if KERNEL_X86

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))
#define LANES 8

AVX2 static inline __m128i
load16(const void *p)
{
    return _mm_loadu_si128(p);
}

AVX2 static inline __m256i
load32(const void *p)
{
    return _mm256_loadu_si256(p);
}

AVX2 static inline void
store32(void *p, __m256i v)
{
    _mm256_storeu_si256(p, v);
}

/* A frame of up to KERNEL_WIDE bits, in lanes of 32 bits, `add` added. */
AVX2 static inline void
unpack(uint32_t *out, const uint8_t *in, unsigned width, __m256i add)
{
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3);
    const __m256i spread = _mm256_setr_epi8(
        0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12,
        0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12);
    const __m256i bytes = _mm256_set1_epi32(0x03020100);
    // the upper half begins at value 4, in the middle of a byte if w is odd
    __m128i half = _mm_set1_epi32(width % 2 * 4);
    __m256i at = _mm256_mullo_epi16(places, _mm256_set1_epi32((int)width));
    __m256i mask = _mm256_set1_epi32((int)(((uint64_t)1 << width) - 1));
    __m256i shuffle, shift;

    at = _mm256_add_epi32(at, _mm256_inserti128_si256(
                                  _mm256_setzero_si256(), half, 1));
    shift = _mm256_and_si256(at, _mm256_set1_epi32(7));
    shuffle = _mm256_shuffle_epi8(_mm256_srli_epi32(at, 3), spread);
    shuffle = _mm256_add_epi8(shuffle, bytes);
    for (unsigned i = 0; i < FRAME / LANES; i++) {
        const uint8_t *p = in + i * width;
        __m256i v = _mm256_castsi128_si256(load16(p));
        v = _mm256_inserti128_si256(v, load16(p + width / 2), 1);
        v = _mm256_shuffle_epi8(v, shuffle);
        v = _mm256_and_si256(_mm256_srlv_epi32(v, shift), mask);
        v = _mm256_add_epi32(v, add);
        store32(out + i * LANES, v);
    }
}

/* Sum up 8 gaps less one in place, after *before. */
AVX2 static inline void
sum_wide(uint32_t *values, __m256i *before)
{
    __m256i v = load32(values);
    __m256i low;

    v = _mm256_add_epi32(v, _mm256_set1_epi32(1));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    // the sum of the lower half, in all lanes of the upper
    low = _mm256_permute2x128_si256(v, v, 0x08);
    v = _mm256_add_epi32(v, _mm256_shuffle_epi32(low, 0xFF));
    store32(values, _mm256_add_epi32(v, *before));
    *before = _mm256_add_epi32(
        *before, _mm256_permutevar8x32_epi32(
            v, _mm256_set1_epi32(LANES - 1)));
}

AVX2 static void
sum(uint32_t *values, size_t n, uint32_t base)
{
    __m256i before = _mm256_set1_epi32((int)base);
    size_t i;

    for (i = 0; i + LANES <= n; i += LANES) {
        sum_wide(values + i, &before);
    }
    base = (uint32_t)_mm256_cvtsi256_si32(before);
    for (; i < n; i++) {
        base += values[i] + 1;
        values[i] = base;
    }
}

/* ---- frames up to KERNEL_NARROW: two times 16 lanes of 16 bits ---- */

/* What shifts a value to the left end of its lane, as a factor. */
#define FACTOR(w, i) (w) == 0 ? 0 : 1 << (16 - (w) - FIRST_BIT(w, i)) % 16

static const uint8_t bytes_of[][16] = WIDTHS(FIRST, TWO_BYTES);
static const uint16_t factors_of[][8] = WIDTHS(FIRST, FACTOR);

AVX2 static inline __m256i
twice(__m128i v)
{
    return _mm256_broadcastsi128_si256(v);
}

/* The upper bits of a frame's exceptions, in the byte of each.  Four at once,
   without a branch for each. */
AVX2 static inline __m256i
spread(const uint8_t *upper, unsigned exceptions)
{
    const __m256i all = _mm256_setr_epi8(
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
        20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    uint64_t bytes = lede__get64(upper);
    // those that are not there have places beyond all
    uint64_t absent = ~(uint64_t)0 << (8 * exceptions);
    __m256i places = _mm256_set1_epi64x(
        (long long)((bytes & 0x1F1F1F1F1F1F1F1F) | absent));
    __m256i uppers = _mm256_set1_epi64x(
        (long long)(bytes >> 5 & 0x0707070707070707));
    __m256i v = _mm256_setzero_si256();

#define PUT(i) do { \
        const __m256i which = _mm256_set1_epi8(i); \
        __m256i here = _mm256_cmpeq_epi8( \
            all, _mm256_shuffle_epi8(places, which)); \
        v = _mm256_or_si256(v, _mm256_and_si256( \
                                here, _mm256_shuffle_epi8(uppers, which))); \
    } while (0)

    PUT(0);
    PUT(1);
    PUT(2);
    PUT(3);
    if (exceptions > 4) {
        PUT(4);
        PUT(5);
        PUT(6);
    }
#undef PUT
    return v;
}

AVX2 static inline void
narrow(const uint8_t *payload, unsigned width, const uint8_t *upper,
       unsigned exceptions, __m256i *low, __m256i *high)
{
    __m256i shuffle = twice(load16(bytes_of[width]));
    __m256i factors = twice(load16(factors_of[width]));
    __m128i down = _mm_cvtsi32_si128(16 - (int)width);
    __m256i v[2];

    for (unsigned i = 0; i < 2; i++) {
        const uint8_t *p = payload + 2 * i * width;
        v[i] = _mm256_castsi128_si256(load16(p));
        v[i] = _mm256_inserti128_si256(v[i], load16(p + width), 1);
        v[i] = _mm256_shuffle_epi8(v[i], shuffle);
        v[i] = _mm256_srl_epi16(_mm256_mullo_epi16(v[i], factors), down);
    }
    if (exceptions > 0) {
        __m256i more = spread(upper, exceptions);
        __m128i up = _mm_cvtsi32_si128((int)width);
        __m256i one = _mm256_cvtepu8_epi16(_mm256_castsi256_si128(more));
        __m256i two = _mm256_cvtepu8_epi16(_mm256_extracti128_si256(more, 1));
        v[0] = _mm256_add_epi16(v[0], _mm256_sll_epi16(one, up));
        v[1] = _mm256_add_epi16(v[1], _mm256_sll_epi16(two, up));
    }
    *low = v[0];
    *high = v[1];
}

AVX2 static inline void
store(uint32_t *out, __m256i v, __m256i add)
{
    __m256i low = _mm256_cvtepu16_epi32(_mm256_castsi256_si128(v));
    __m256i high = _mm256_cvtepu16_epi32(_mm256_extracti128_si256(v, 1));

    store32(out, _mm256_add_epi32(low, add));
    store32(out + LANES, _mm256_add_epi32(high, add));
}

/* Sum up 16 gaps less one, and write them after *before. */
AVX2 static inline void
sum_narrow(uint32_t *out, __m256i v, __m256i *before)
{
    // sums of 4 lanes first; then they get those before them
    const __m256i quarter = twice(_mm_set_epi64x(0x0706070607060706, -1));
    const __m256i end = _mm256_set1_epi16(0x0F0E);
    const __m256i total = _mm256_setr_epi8(
        14, 15, -1, -1, 14, 15, -1, -1, 14, 15, -1, -1, 14, 15, -1, -1,
        14, 15, -1, -1, 14, 15, -1, -1, 14, 15, -1, -1, 14, 15, -1, -1);
    __m256i half;

    v = _mm256_add_epi16(v, _mm256_set1_epi16(1));
    v = _mm256_add_epi16(v, _mm256_slli_epi64(v, 16));
    v = _mm256_add_epi16(v, _mm256_slli_epi64(v, 32));
    v = _mm256_add_epi16(v, _mm256_shuffle_epi8(v, quarter));
    half = _mm256_permute2x128_si256(v, v, 0x08);
    v = _mm256_add_epi16(v, _mm256_shuffle_epi8(half, end));
    store(out, v, *before);
    half = _mm256_permute2x128_si256(v, v, 0x11);
    *before = _mm256_add_epi32(*before, _mm256_shuffle_epi8(half, total));
}

/* ---- frames up to KERNEL_WIDE ---- */

/* Unpack, and add the upper bits of exceptions in memory; those that are not
   there add 0. */
AVX2 static inline void
wide(uint32_t *out, const uint8_t *payload, unsigned width,
     const uint8_t *upper, unsigned exceptions, __m256i adds)
{
    uint64_t bytes = lede__get64(upper);
    uint64_t there = ((uint64_t)1 << (8 * exceptions)) - 1;

    unpack(out, payload, width, adds);
    bytes = (bytes & there) | (0x0706050403020100 & ~there);
    if (exceptions > 0) {
        for (unsigned i = 0; i < 7; i++) {
            unsigned byte = bytes >> (8 * i) & 0xFF;
            out[byte % FRAME] += byte / FRAME << width;
            if (i == 3 && exceptions <= 4) {
                break;
            }
        }
    }
}

/* ---- all frames ---- */

AVX2 static const uint8_t *
frames(uint32_t *out, const uint8_t *headers, const uint8_t *payloads,
       const uint8_t *end, size_t n, uint32_t add)
{
    __m256i adds = _mm256_set1_epi32((int)add);
    size_t left = n;

    for (;;) {
        unsigned width = lede__frame_width(*headers);
        unsigned exceptions = lede__frame_exceptions(*headers++);
        const uint8_t *upper = lede__frame_upper(payloads, left, width);

        if (width <= KERNEL_NARROW) {
            __m256i low, high;
            narrow(payloads, width, upper, exceptions, &low, &high);
            store(out, low, adds);
            store(out + 2 * LANES, high, adds);
        } else if (width <= KERNEL_WIDE) {
            wide(out, payloads, width, upper, exceptions, adds);
        } else {
            return lede__kernel_plain.frames(out, headers - 1, payloads, end,
                                             left, add);
        }
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

AVX2 static const uint8_t *
frames_sum(uint32_t *out, const uint8_t *headers, const uint8_t *payloads,
           const uint8_t *end, size_t n, uint32_t base)
{
    __m256i before = _mm256_set1_epi32((int)base);
    size_t left = n;

    for (;;) {
        unsigned width = lede__frame_width(*headers);
        unsigned exceptions = lede__frame_exceptions(*headers++);
        const uint8_t *upper = lede__frame_upper(payloads, left, width);

        if (width <= KERNEL_NARROW) {
            __m256i low, high;
            narrow(payloads, width, upper, exceptions, &low, &high);
            sum_narrow(out, low, &before);
            sum_narrow(out + 2 * LANES, high, &before);
        } else if (width <= KERNEL_WIDE) {
            wide(out, payloads, width, upper, exceptions,
                 _mm256_setzero_si256());
            for (unsigned i = 0; i < FRAME; i += LANES) {
                sum_wide(out + i, &before);
            }
        } else {
            base = (uint32_t)_mm256_cvtsi256_si32(before);
            return lede__kernel_plain.frames_sum(out, headers - 1, payloads,
                                                 end, left, base);
        }
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

/* 16 bits at a time: the numbers of those that are set, of 4 bits each, are
   extracted from all 16 numbers, and spread into lanes. */
AVX2 static size_t
bits(uint32_t *out, const uint8_t *words, size_t n, uint32_t base, size_t max)
{
    const __m256i shifts = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
    const __m256i nibble = _mm256_set1_epi32(15);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t word = lede__get64(words + 8 * i);
        for (unsigned part = 0; part < 4; part++) {
            uint64_t some = word & 0xFFFF;
            uint64_t all = _pdep_u64(some, 0x1111111111111111) * 15;
            uint64_t which = _pext_u64(0xFEDCBA9876543210, all);
            __m256i from = _mm256_set1_epi32((int)base);
            __m256i low = _mm256_set1_epi32((int)(uint32_t)which);
            __m256i high = _mm256_set1_epi32((int)(uint32_t)(which >> 32));

            low = _mm256_and_si256(_mm256_srlv_epi32(low, shifts), nibble);
            high = _mm256_and_si256(_mm256_srlv_epi32(high, shifts), nibble);
            store32(out + count, _mm256_add_epi32(low, from));
            store32(out + count + LANES, _mm256_add_epi32(high, from));
            count += (size_t)__builtin_popcountll(some);
            word >>= 16;
            base += 16;
        }
        if (count > max) {
            return count;
        }
    }
    return count;
}

AVX2 static size_t
find(const uint8_t *numbers, size_t n, uint32_t value)
{
    size_t low = 0;             // all before are < value
    size_t high = n;            // at most there
    size_t step = LANES;
    __m256i wanted = _mm256_set1_epi32((int)value);
    __m256i v;
    unsigned at;

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
    v = load32(numbers + 4 * low);
    v = _mm256_cmpeq_epi32(_mm256_max_epu32(v, wanted), v);
    at = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(v));
    low += (size_t)__builtin_ctz(at | 1u << LANES);
    return low < high ? low : high;
}

/* ---- varints ---- */

/* Eight bytes at a time, which have up to eight numbers: whether a number has
   one byte or two is anybody's guess, and so no branch.  (As the numbers of a
   word are found one after the other but do not wait for each other.) */
AVX2 size_t
lede__varints_avx2(uint32_t *out, const uint8_t **p, const uint8_t *end)
{
    const uint64_t tops = 0x8080808080808080;
    const uint8_t *at = *p;
    uint32_t *to = out;

    while (at < end) {
        uint64_t word = lede__get64(at);
        uint64_t ends = ~word & tops;   // the last byte of each number
        uint64_t before = 0;
        uint64_t found = 0;

        if (end - at < 8) {
            ends = _bzhi_u64(ends, (unsigned)(end - at) * 8);
        }
        if (ends == 0) {
            break;
        }
        found = ends;
        for (unsigned i = 0; i < 8; i++) {
            uint64_t up_to = _blsmsk_u64(ends);

            to[i] = (uint32_t)_pext_u64(word, (up_to ^ before) & ~tops);
            before = up_to;
            ends = _blsr_u64(ends);
        }
        to += _mm_popcnt_u64(found);
        at += 8 - _lzcnt_u64(found) / 8;
    }
    *p = at;
    return (size_t)(to - out);
}

/* ---- encoding ---- */

/* 32 lanes as bytes or as 16 bits, which their values fit into. */
AVX2 static inline __m256i
as_bytes(const __m256i v[4])
{
    __m256i low = _mm256_packus_epi32(v[0], v[1]);
    __m256i high = _mm256_packus_epi32(v[2], v[3]);

    return _mm256_permutevar8x32_epi32(
        _mm256_packus_epi16(low, high),
        _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

static inline void
put64(uint8_t *out, uint64_t value)
{
    memcpy(out, &value, sizeof value);
}

/* The low `width` bits of each value: narrowed to 8 or 16 bits, they are
   extracted many at once. */
AVX2 static inline void
put_bits(uint8_t *out, const __m256i values[4], unsigned width)
{
    __m256i mask = _mm256_set1_epi32((int)((1u << width) - 1));
    uint64_t which = ((uint64_t)1 << width) - 1;
    uint64_t words[8];
    __m256i v[4];

    for (unsigned i = 0; i < 4; i++) {
        v[i] = _mm256_and_si256(values[i], mask);
    }
    if (width <= 8) {
        store32(words, as_bytes(v));
        which *= 0x0101010101010101;
        for (unsigned i = 0; i < 4; i++) {
            put64(out + i * width, _pext_u64(words[i], which));
        }
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        __m256i some = _mm256_packus_epi32(v[2 * i], v[2 * i + 1]);
        store32(words + 4 * i, _mm256_permute4x64_epi64(some, 0xD8));
    }
    which *= 0x0001000100010001;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t low = _pext_u64(words[2 * i], which);
        uint64_t high = _pext_u64(words[2 * i + 1], which);
        // of 4 * width bits each, 36 to 64
        put64(out + i * width, low | high << (4 * width - 1) << 1);
        put64(out + i * width + 8, high >> (64 - 4 * width) % 64);
    }
}

AVX2 uint8_t *
lede__pack_avx2(uint8_t *header, uint8_t *out, const uint32_t values[FRAME],
                size_t count)
{
    unsigned above[UPPER_BITS + 1] = { 0 };
    uint32_t which[UPPER_BITS + 1] = { 0 };
    unsigned full, down, width, exceptions;
    uint8_t upper[FRAME];
    __m256i v[4], top[4], tops;
    __m128i all;

    for (unsigned i = 0; i < 4; i++) {
        v[i] = load32(values + i * LANES);
    }
    top[0] = _mm256_or_si256(_mm256_or_si256(v[0], v[1]),
                             _mm256_or_si256(v[2], v[3]));
    all = _mm_or_si128(_mm256_castsi256_si128(top[0]),
                       _mm256_extracti128_si256(top[0], 1));
    all = _mm_or_si128(all, _mm_shuffle_epi32(all, 0x4E));
    all = _mm_or_si128(all, _mm_shuffle_epi32(all, 0xB1));
    full = lede__bits_width((uint32_t)_mm_cvtsi128_si32(all));
    if (full > 2 * 8) {
        return lede__kernel_plain.pack(header, out, values, count);
    }
    // the three highest bits
    down = full > UPPER_BITS ? full - UPPER_BITS : 0;
    for (unsigned i = 0; i < 4; i++) {
        top[i] = _mm256_srl_epi32(v[i], _mm_cvtsi32_si128((int)down));
    }
    tops = as_bytes(top);
    for (unsigned less = 1; less <= UPPER_BITS && less <= full; less++) {
        char most = (char)((1 << (full - less - down)) - 1);
        which[less] = (uint32_t)_mm256_movemask_epi8(
            _mm256_cmpgt_epi8(tops, _mm256_set1_epi8(most)));
        above[less] = (unsigned)__builtin_popcount(which[less]);
    }
    width = lede__frame_choose(full, above, count, &exceptions);
    *header = lede__frame_header(width, exceptions);
    put_bits(out, v, width);
    out += lede__frame_bytes(count, width);
    if (exceptions > 0) {
        uint32_t left = which[full - width];
        store32(upper, tops);
        for (; left != 0; left &= left - 1) {
            unsigned i = (unsigned)__builtin_ctz(left);
            *out++ = (uint8_t)(i | upper[i] >> (width - down) << 5);
        }
    }
    return out;
}

const struct kernel lede__kernel_avx2 = {
    .name = "avx2",
    .pack = lede__pack_avx2,
    .sum = sum,
    .frames = frames,
    .frames_sum = frames_sum,
    .bits = bits,
    .find = find,
    .varints = lede__varints_avx2,
};

#endif
