/* frame.c - test: every kernel packs as the plain one does and unpacks what was
   packed; and bytes of any kind do no harm. */

#include "shared/index/frame.h"

#include "shared/index/bytes.h"
#include "tests/random.h"
#include "tests/tap.h"

#define MOST 4000               // values in one test

static struct random rnd;
static uint32_t values[MOST], back[MOST + 3 * FRAME], other[MOST + 3 * FRAME];
static uint8_t packed[MOST * 5 + FRAME_SLACK], twin[sizeof packed];

/* Values mostly below 2^width, some with more bits. */
static void
make(size_t n, unsigned width, unsigned outliers)
{
    for (size_t i = 0; i < n; i++) {
        unsigned bits = width;
        if (outliers > 0 && random_once_in(&rnd, outliers)) {
            bits = width + (unsigned)random_below(&rnd, 8);
            bits = bits > 32 ? 32 : bits;
        }
        values[i] = (uint32_t)(random_next(&rnd)
                               & (((uint64_t)1 << bits) - 1));
    }
}

static bool
same(const uint32_t *a, const uint32_t *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

static size_t
plain_size(const uint32_t *some, size_t n)
{
    size_t size = 0;

    for (size_t i = 0; i < n; i += FRAME) {
        size_t count = n - i < FRAME ? n - i : FRAME;
        unsigned width = 0;
        for (size_t j = i; j < i + count; j++) {
            unsigned bits = lede__bits_width(some[j]);
            width = bits > width ? bits : width;
        }
        width += width == 31;
        size += 1 + (count * width + 7) / 8;
    }
    return size;
}

/* One array through all that reads it. */
static bool
holds(const struct kernel *kernel, size_t n)
{
    size_t size = lede__frames_write(kernel, packed, values, n);
    const uint8_t *end = packed + size;
    size_t whole = n / FRAME;
    size_t headers = (n + FRAME - 1) / FRAME;
    uint32_t base = (uint32_t)random_next(&rnd);

    if (lede__frames_write(lede__kernel_at(0), twin, values, n) != size
        || memcmp(packed, twin, size) != 0) {
        return false;
    }
    memset(packed + size, (int)random_below(&rnd, 256), FRAME_SLACK);
    if (size > plain_size(values, n) || size > lede__frames_max(n)) {
        return false;
    }
    if (lede__frames_read(kernel, packed, end, back, n) != end
        || !same(back, values, n)) {
        return false;
    }
    if (n > 0 && lede__frames_read(kernel, packed, end - 1, back, n) != NULL) {
        return false;
    }
    if (headers == whole
        && lede__frames_bytes(packed, whole) != size - headers) {
        return false;
    }
    if (n == 0) {
        return true;
    }
    if (kernel->frames(back, packed, packed + headers, end, n, 7) != end
        || kernel->frames_sum(other, packed, packed + headers, end, n, base)
        != end) {
        return false;
    }
    uint32_t sum = base;
    for (size_t i = 0; i < n; i++) {
        sum += values[i] + 1;
        if (back[i] != values[i] + 7 || other[i] != sum) {
            return false;
        }
    }
    memcpy(back, values, n * sizeof *back);
    kernel->sum(back, n, base);
    return same(back, other, n);
}

/* A frame without exceptions, bit by bit. */
static bool
unpacks(const struct kernel *kernel, unsigned width)
{
    uint8_t header = (uint8_t)(width == 32 ? 31 : width);

    for (unsigned i = 0; i < 4 * FRAME + FRAME_SLACK; i++) {
        packed[i] = (uint8_t)random_next(&rnd);
    }
    if (kernel->frames(back, &header, packed, packed + 4 * width, FRAME, 0)
        != packed + 4 * width) {
        return false;
    }
    for (unsigned i = 0; i < FRAME; i++) {
        uint64_t bits = 0;
        for (unsigned j = 0; j < width; j++) {
            unsigned at = i * width + j;
            bits |= (uint64_t)(packed[at / 8] >> (at % 8) & 1) << j;
        }
        if (back[i] != bits) {
            return false;
        }
    }
    return true;
}

static bool
sets_bits(const struct kernel *kernel)
{
    size_t n = random_below(&rnd, 20);
    uint32_t base = (uint32_t)random_next(&rnd);
    unsigned dense = 1 + (unsigned)random_below(&rnd, 20);
    size_t count = 0;

    memset(packed, 0, 8 * n);
    for (size_t i = 0; i < 64 * n; i++) {
        if (random_once_in(&rnd, dense)) {
            packed[i / 8] |= (uint8_t)(1u << i % 8);
            values[count++] = base + (uint32_t)i;
        }
    }
    if (kernel->bits(back, packed, n, base, MOST) != count
        || !same(back, values, count)) {
        return false;
    }
    return count < 3 || kernel->bits(back, packed, n, base, count - 1)
        >= count;
}

static bool
finds(const struct kernel *kernel)
{
    size_t n = random_below(&rnd, random_once_in(&rnd, 4) ? 700 : 40);
    uint32_t last = 0;

    for (size_t i = 0; i < n; i++) {
        last += (uint32_t)random_below(&rnd, random_once_in(&rnd, 9) ? 9999999
                                       : 3);
        lede__set32(packed + 4 * i, last);
    }
    for (unsigned i = 0; i < 30; i++) {
        uint32_t value = (uint32_t)random_below(&rnd, (uint64_t)last + 3);
        size_t want = 0;
        while (want < n && lede__get32(packed + 4 * want) < value) {
            want++;
        }
        if (kernel->find(packed, n, value) != want) {
            return false;
        }
    }
    return kernel->find(packed, n, UINT32_MAX) == n;
}

/* Varints, the last of which may not be whole. */
static bool
reads_varints(const struct kernel *kernel)
{
    size_t n = random_below(&rnd, 100);
    size_t ends[100];
    size_t len = 0;
    size_t cut = 0;
    size_t whole = 0;
    uint8_t *bytes = NULL;
    const uint8_t *p = NULL;
    bool good = true;

    make(n, (unsigned)random_below(&rnd, 33), (unsigned)random_below(&rnd, 5));
    for (size_t i = 0; i < n; i++) {
        uint32_t value = values[i];

        for (; value >= 0x80; value >>= 7) {
            packed[len++] = (uint8_t)(value | 0x80);
        }
        packed[len++] = (uint8_t)value;
        ends[i] = len;
    }
    cut = random_once_in(&rnd, 2) ? len : random_below(&rnd, len + 1);
    while (whole < n && ends[whole] <= cut) {
        whole++;
    }
    // where a tool would see a read too far
    bytes = malloc(cut + VARINTS_SLACK);
    if (bytes == NULL) {
        return false;
    }
    memcpy(bytes, packed, cut);
    for (size_t i = 0; i < VARINTS_SLACK; i++) {
        bytes[cut + i] = (uint8_t)random_next(&rnd);
    }
    p = bytes;
    good = kernel->varints(back, &p, bytes + cut) == whole
        && p == bytes + (whole > 0 ? ends[whole - 1] : 0)
        && same(back, values, whole);
    free(bytes);
    return good;
}

/* Bytes of any kind, as frames. */
static void
survive(const struct kernel *kernel)
{
    size_t len = random_below(&rnd, 700);
    size_t n = random_below(&rnd, MOST);
    // where a tool would see a read too far
    uint8_t *bytes = malloc(len + FRAME_SLACK);

    if (bytes == NULL) {
        return;
    }
    for (size_t i = 0; i < len + FRAME_SLACK; i++) {
        bytes[i] = random_once_in(&rnd, 2) ? (uint8_t)random_next(&rnd)
            : (uint8_t)random_below(&rnd, 8);
    }
    lede__frames_read(kernel, bytes, bytes + len, back, n);
    free(bytes);
}

int
main(void)
{
    const struct kernel *kernel;
    unsigned rounds = long_tests() ? 2000 : 40;

    rnd = random_begin(1);
    for (size_t k = 0; (kernel = lede__kernel_at(k)) != NULL; k++) {
        bool good = true;
        for (unsigned width = 0; width <= 32; width++) {
            good = good && (width == 31 || unpacks(kernel, width));
        }
        ok(good, "%s: unpacks all widths", kernel->name);
        good = true;
        for (unsigned width = 0; width <= 32 && good; width++) {
            for (unsigned i = 0; i < rounds && good; i++) {
                size_t n = i < 5 ? (size_t[]){ 0, 1, 31, 32, 33 }[i]
                    : random_below(&rnd, i % 10 == 0 ? MOST : 200);
                make(n, width, i % 3 * 4);
                good = holds(kernel, n);
                if (!good) {
                    printf("# width %u, %zu values\n", width, n);
                }
            }
        }
        ok(good, "%s: reads what was written", kernel->name);
        good = true;
        for (unsigned i = 0; i < 20 * rounds && good; i++) {
            good = sets_bits(kernel) && finds(kernel);
        }
        ok(good, "%s: numbers of bits, and places of numbers", kernel->name);
        good = true;
        for (unsigned i = 0; i < 50 * rounds && good; i++) {
            good = reads_varints(kernel);
        }
        ok(good, "%s: reads varints", kernel->name);
        for (unsigned i = 0; i < 50 * rounds; i++) {
            survive(kernel);
        }
        ok(true, "%s: survives bytes of any kind", kernel->name);
    }
    ok(lede__kernel_best() == lede__kernel_at(
           lede__kernel_at(1) == NULL ? 0 : lede__kernel_at(2) == NULL ? 1
           : 2), "the best is the last");

    // what the format says, byte by byte
    kernel = lede__kernel_best();
    memset(values, 0, sizeof values);
    for (unsigned i = 0; i < 32; i++) {
        values[i] = i % 4;
    }
    values[5] = 17;             // 1 + 4 << 2
    is_int(lede__frames_write(kernel, packed, values, 32), 1 + 8 + 1,
           "an exception");
    is_int(packed[0], 2 | 1 << 5, "its frame's header");
    is_int(packed[1], 0xE4, "four values");
    is_int(packed[9], 5 | 4 << 5, "the exception");
    values[0] = UINT32_MAX;
    is_int(lede__frames_write(kernel, packed, values, 1), 5,
           "one large value");
    is_int(packed[0], 31, "width 31 is 32");
    return done();
}
