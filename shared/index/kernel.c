/* kernel.c - the plain C kernel, and the choice among all.

   Everything here reads bytes by shifts, so it is right on any machine; it is
   what the others are tested against.  They leave to it what is rare. */

#include "shared/index/kernel-private.h"

#if KERNEL_X86
#include "shared/base/cpu.h"
#endif

static void
unpack(uint32_t *out, const uint8_t *in, unsigned width)
{
    uint64_t mask = ((uint64_t)1 << width) - 1;

    for (unsigned i = 0; i < FRAME; i++) {
        unsigned at = i * width;
        out[i] = (uint32_t)(lede__get64(in + at / 8) >> (at % 8) & mask);
    }
}

static void
sum(uint32_t *values, size_t n, uint32_t base)
{
    for (size_t i = 0; i < n; i++) {
        base += values[i] + 1;
        values[i] = base;
    }
}

static const uint8_t *
frames(uint32_t *out, const uint8_t *headers, const uint8_t *payloads,
       const uint8_t *end, size_t n, uint32_t add)
{
    for (size_t at = 0; at < n; at += FRAME) {
        unsigned width = lede__frame_width(*headers);
        unsigned exceptions = lede__frame_exceptions(*headers++);
        const uint8_t *upper = lede__frame_upper(payloads, n - at, width);

        unpack(out + at, payloads, width);
        for (unsigned i = 0; i < exceptions; i++) {
            out[at + upper[i] % FRAME] +=
                (uint32_t)((uint64_t)(upper[i] / FRAME) << width);
        }
        for (size_t i = at; i < at + FRAME; i++) {
            out[i] += add;
        }
        payloads = upper + exceptions;
        if (payloads > end) {
            return NULL;
        }
    }
    return payloads;
}

static const uint8_t *
frames_sum(uint32_t *out, const uint8_t *headers, const uint8_t *payloads,
           const uint8_t *end, size_t n, uint32_t base)
{
    const uint8_t *after = frames(out, headers, payloads, end, n, 0);

    if (after != NULL) {
        sum(out, n, base);
    }
    return after;
}

static size_t
bits(uint32_t *out, const uint8_t *words, size_t n, uint32_t base, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t word = lede__get64(words + 8 * i);
        while (word != 0) {
            out[count++] = base + (uint32_t)__builtin_ctzll(word);
            word &= word - 1;
        }
        if (count > max) {
            return count;
        }
        base += 64;
    }
    return count;
}

static size_t
find(const uint8_t *numbers, size_t n, uint32_t value)
{
    size_t low = 0;             // all before are < value
    size_t high = 1;

    while (high <= n && lede__get32(numbers + 4 * (high - 1)) < value) {
        low = high;
        high *= 2;
    }
    high = high <= n ? high - 1 : n;    // it is >= value, or the end
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lede__get32(numbers + 4 * middle) < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t
varints(uint32_t *out, const uint8_t **p, const uint8_t *end)
{
    const uint8_t *at = *p;
    uint64_t value = 0;
    unsigned shift = 0;
    size_t n = 0;

    while (at < end) {
        value |= (uint64_t)(*at & 0x7f) << shift;
        shift += 7;
        if (*at++ < 0x80) {
            out[n++] = (uint32_t)value;
            *p = at;
            value = 0;
            shift = 0;
        }
    }
    return n;
}

/* The low `width` bits of each value. */
static void
put_bits(uint8_t *out, const uint32_t *values, size_t count, unsigned width)
{
    uint64_t mask = ((uint64_t)1 << width) - 1;
    uint64_t word = 0;
    unsigned fill = 0;          // bits in `word`, below 32

    for (size_t i = 0; i < count; i++) {
        word |= (values[i] & mask) << fill;
        fill += width;
        if (fill >= 32) {
            lede__set32(out, (uint32_t)word);
            out += 4;
            word >>= 32;
            fill -= 32;
        }
    }
    lede__set32(out, (uint32_t)word);
}

static uint8_t *
pack(uint8_t *header, uint8_t *out, const uint32_t values[FRAME],
     size_t count)
{
    unsigned above[UPPER_BITS + 1] = { 0 };
    unsigned full, width, exceptions;
    uint32_t all = 0;

    for (unsigned i = 0; i < FRAME; i++) {
        all |= values[i];
    }
    full = lede__bits_width(all);
    for (unsigned less = 1; less <= UPPER_BITS && less <= full; less++) {
        for (unsigned i = 0; i < FRAME; i++) {
            above[less] += values[i] >> (full - less) != 0;
        }
    }
    width = lede__frame_choose(full, above, count, &exceptions);
    *header = lede__frame_header(width, exceptions);
    put_bits(out, values, count, width);
    out += lede__frame_bytes(count, width);
    for (unsigned i = 0; i < FRAME && exceptions > 0; i++) {
        if (values[i] >> width != 0) {
            *out++ = (uint8_t)(i | values[i] >> width << 5);
        }
    }
    return out;
}

const struct kernel lede__kernel_plain = {
    .name = "plain",
    .pack = pack,
    .sum = sum,
    .frames = frames,
    .frames_sum = frames_sum,
    .bits = bits,
    .find = find,
    .varints = varints,
};

const struct kernel *
lede__kernel_at(size_t i)
{
    const struct kernel *kernels[] = { &lede__kernel_plain, NULL, NULL, NULL };
    size_t n = 1;

#if KERNEL_X86
    if (CPU_HAS(AVX2, "avx2") && CPU_HAS(BMI2, "bmi2")) {
        kernels[n++] = &lede__kernel_avx2;
        if (CPU_HAS(AVX512BW, "avx512bw") && CPU_HAS(AVX512VL, "avx512vl")
            && CPU_HAS(AVX512_VBMI, "avx512vbmi")
            && CPU_HAS(AVX512_VBMI2, "avx512vbmi2")) {
            kernels[n++] = &lede__kernel_avx512;
        }
    }
#endif
    return i < n ? kernels[i] : NULL;
}

const struct kernel *
lede__kernel_best(void)
{
    const struct kernel *best = &lede__kernel_plain;
    const struct kernel *kernel;

    for (size_t i = 0; (kernel = lede__kernel_at(i)) != NULL; i++) {
        best = kernel;
    }
    return best;
}
