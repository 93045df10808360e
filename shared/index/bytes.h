/* bytes.h - numbers in bytes, little-endian on every machine, and arrays of
   numbers that take so many bits each. */

#ifndef LEDE_INDEX_BYTES_H
#define LEDE_INDEX_BYTES_H

#include "shared/base/str.h"

static inline uint32_t
lede__get32(const void *p)
{
    const uint8_t *b = p;

    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16
        | (uint32_t)b[3] << 24;
}

static inline uint64_t
lede__get64(const void *p)
{
    return lede__get32(p)
        | (uint64_t)lede__get32((const uint8_t *)p + 4) << 32;
}

static inline void
lede__set32(void *p, uint32_t value)
{
    uint8_t *b = p;

    for (unsigned i = 0; i < 4; i++) {
        b[i] = (uint8_t)(value >> (8 * i));
    }
}

static inline void
lede__set64(void *p, uint64_t value)
{
    lede__set32(p, (uint32_t)value);
    lede__set32((uint8_t *)p + 4, (uint32_t)(value >> 32));
}

static inline lede_status
lede__put32(struct buf *out, uint32_t value, lede_error *err)
{
    uint8_t bytes[4];

    lede__set32(bytes, value);
    return lede__buf_add(out, bytes, sizeof bytes, err);
}

static inline lede_status
lede__put64(struct buf *out, uint64_t value, lede_error *err)
{
    uint8_t bytes[8];

    lede__set64(bytes, value);
    return lede__buf_add(out, bytes, sizeof bytes, err);
}

/* ---- arrays of bits: value i at bit i * width, low bits first ---- */

/* More than this cannot be read at once from any bit of a byte on. */
#define BITS_WIDTH_MAX 56

/* So many bytes from a value's first on are read and written. */
#define BITS_SLACK 8

/* The bits that a value takes. */
static inline unsigned
lede__bits_width(uint64_t value)
{
    return value == 0 ? 0 : 64 - (unsigned)__builtin_clzll(value);
}

/* The bytes of n values; BITS_SLACK more can be read after them. */
static inline uint64_t
lede__bits_bytes(uint64_t n, unsigned width)
{
    return (n * width + 7) / 8;
}

static inline uint64_t
lede__bits_get(const uint8_t *p, uint64_t i, unsigned width)
{
    uint64_t at = i * width;

    return lede__get64(p + at / 8) >> (at % 8)
        & (((uint64_t)1 << width) - 1);
}

/* Value i into zeros, with BITS_SLACK bytes after them. */
static inline void
lede__bits_set(uint8_t *p, uint64_t i, unsigned width, uint64_t value)
{
    uint64_t at = i * width;

    p += at / 8;
    lede__set64(p, lede__get64(p) | value << (at % 8));
}

#endif
