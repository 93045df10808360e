/* kernel-private.h - what the kernels share among themselves. */

#ifndef LEDE_INDEX_KERNEL_PRIVATE_H
#define LEDE_INDEX_KERNEL_PRIVATE_H

#include "shared/index/bytes.h"
#include "shared/index/kernel.h"

extern const struct kernel lede__kernel_plain;

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNEL_X86 1
extern const struct kernel lede__kernel_avx2;
extern const struct kernel lede__kernel_avx512;
uint8_t *
lede__pack_avx2(uint8_t *header, uint8_t *out, const uint32_t values[FRAME],
                size_t count);
size_t
lede__varints_avx2(uint32_t *out, const uint8_t **p, const uint8_t *end);
#else
#define KERNEL_X86 0
#endif

/* Up to this width a value lies in two bytes wherever it begins, and the sum
   of a frame in 16 bits: 25 values below 2^9 and 7 exceptions below 2^12, each
   with one more, are below 2^16. */
#define KERNEL_NARROW 9

/* Up to this width it lies in four bytes.  A frame that is wider, and all
   after it, are left to the plain kernel by all others: gaps of 2^25 are
   rare. */
#define KERNEL_WIDE 25

/* The two parts of a frame's header; frame.h. */
static inline unsigned
lede__frame_width(uint8_t header)
{
    unsigned width = header & 31;

    return width + (width == 31);
}

static inline unsigned
lede__frame_exceptions(uint8_t header)
{
    return header >> 5;
}

/* Bytes of `count` values of `width` bits. */
static inline size_t
lede__frame_bytes(size_t count, unsigned width)
{
    return (count * width + 7) / 8;
}

/* Where the exceptions are of a frame after which are `left` values at most,
   its own included. */
static inline const uint8_t *
lede__frame_upper(const uint8_t *payload, size_t left, unsigned width)
{
    return payload
        + (left >= FRAME ? 4 * width : lede__frame_bytes(left, width));
}

/* ---- encoding ----

   The width of a frame is chosen among that of its largest value, `full`, and
   the three below it, which are all that exceptions can reach. */

#define UPPER_BITS 3            // of an exception
#define EXCEPTIONS_MAX 7

/* The width that makes a frame smallest, if above[i] values do not fit into
   full - i bits. */
static inline unsigned
lede__frame_choose(unsigned full, const unsigned above[UPPER_BITS + 1],
                   size_t count, unsigned *exceptions)
{
    unsigned best = full + (full == 31);
    size_t bytes = lede__frame_bytes(count, best);

    *exceptions = 0;
    for (unsigned less = 1; less <= UPPER_BITS && less <= full; less++) {
        unsigned width = full - less;
        size_t some = lede__frame_bytes(count, width) + above[less];
        if (above[less] <= EXCEPTIONS_MAX && width != 31 && some < bytes) {
            bytes = some;
            best = width;
            *exceptions = above[less];
        }
    }
    return best;
}

static inline uint8_t
lede__frame_header(unsigned width, unsigned exceptions)
{
    return (uint8_t)((width == 32 ? 31 : width) | exceptions << 5);
}

/* ---- tables ---- */

/* what(width, i) for the widths up to KERNEL_NARROW and the first eight values
   or all of a frame: tables of how narrow frames are unpacked. */
#define EIGHT(what, w, i) what(w, i), what(w, i + 1), what(w, i + 2), \
    what(w, i + 3), what(w, i + 4), what(w, i + 5), what(w, i + 6), \
    what(w, i + 7)
#define FIRST(what, w) { EIGHT(what, w, 0) }
#define WHOLE(what, w) { EIGHT(what, w, 0), EIGHT(what, w, 8), \
    EIGHT(what, w, 16), EIGHT(what, w, 24) }
#define WIDTHS(which, what) { which(what, 0), which(what, 1), \
    which(what, 2), which(what, 3), which(what, 4), which(what, 5), \
    which(what, 6), which(what, 7), which(what, 8), which(what, 9) }

/* The two bytes that hold value i of w bits, and at which bit it begins. */
#define TWO_BYTES(w, i) (i) * (w) / 8, (i) * (w) / 8 + 1
#define FIRST_BIT(w, i) (i) * (w) % 8

#endif
