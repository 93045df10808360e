/* kernel.h - the few loops that have a version for the processor at hand.

   A kernel is a table of functions; all kernels give the same results, bit for
   bit, and the plain C one is always there.  Nothing global: whoever opens an
   index takes lede__kernel_best, tests take each in turn. */

#ifndef LEDE_INDEX_KERNEL_H
#define LEDE_INDEX_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Values in a frame, the unit of packing. */
#define FRAME 32

/* So many bytes after anything packed can be read without harm: whoever holds
   packed bytes has them followed by as many, of any content. */
#define FRAME_SLACK 192

/* The same of varints. */
#define VARINTS_SLACK 8

struct kernel {
    const char *name;           // "plain", "avx2", ...
    /* Write a frame of `count` values (frame.h), those after them being 0: its
       header, and its payload to `out`; returns the byte after that.  Bytes
       behind may be overwritten, up to FRAME_SLACK. */
    uint8_t *(*pack)(uint8_t *header, uint8_t *out,
                     const uint32_t values[FRAME], size_t count);
    /* In place: values[i] += 1 + values[i - 1], the one before the first being
       `base`; so gaps less one become numbers after base. */
    void (*sum)(uint32_t *values, size_t n, uint32_t base);
    /* n values in frames (frame.h), n > 0, whose headers and payloads are at
       these places; `add` is added to each.  `out` has room for n rounded up
       to a multiple of FRAME.  Returns the byte after the payloads, or NULL
       where it would be beyond `end`, behind which are FRAME_SLACK bytes. */
    const uint8_t *(*frames)(uint32_t *out, const uint8_t *headers,
                             const uint8_t *payloads, const uint8_t *end,
                             size_t n, uint32_t add);
    /* The same, summed up as `sum` does. */
    const uint8_t *(*frames_sum)(uint32_t *out, const uint8_t *headers,
                                 const uint8_t *payloads, const uint8_t *end,
                                 size_t n, uint32_t base);
    /* base + i for each bit i of the `n` 64-bit words that is set; at most
       `max` of them, into `out`, which has room for max + 64.  Returns how
       many there are, or more than `max`. */
    size_t (*bits)(uint32_t *out, const uint8_t *words, size_t n,
                   uint32_t base, size_t max);
    /* The first of n ascending 32-bit numbers that is >= `value`, or n; quick
       where it is among the first.  Behind them are FRAME_SLACK bytes. */
    size_t (*find)(const uint8_t *numbers, size_t n, uint32_t value);
    /* The varints (shared/base/str.h) from *p to before `end`, all below 2^32,
       into `out`, which has room for as many as there are bytes and
       VARINTS_SLACK more.  Returns how many are whole; *p is the byte after
       them.  Behind `end` are VARINTS_SLACK bytes. */
    size_t (*varints)(uint32_t *out, const uint8_t **p, const uint8_t *end);
};

/* The kernels that this processor can run, the plain one first; NULL beyond
   the last. */
const struct kernel *
lede__kernel_at(size_t i);

const struct kernel *
lede__kernel_best(void);

#endif
