/* frame.h - small numbers, packed: what all lists of the native engine are
   made of.

   n values are cut into frames of FRAME, the last one shorter.  Each frame has
   a width of its own, and up to 7 exceptions, whose upper bits stand apart:

     frames    = header{ceil(n / 32)} payload{the same}
     header    = width (5 bits) | exceptions (3 bits) << 5
     payload   = the low `width` bits of each value, little-endian, without
                 gaps, ceil(count * width / 8) bytes;
                 then exception{exceptions}
     exception = place in the frame (5 bits) | upper bits (3 bits) << 5
   Exceptions ascend by place; their values are below 2^(width + 3), all others
   below 2^width.  Width 31 stands for 32, without exceptions (no value needs
   31 alone enough to matter).

   The encoder takes the smallest.  A frame can be found by adding up the
   headers before it, so that a few values are read without all others.

   Patched frames of reference go back to Zukowski, Heman, Nes and Boncz 2006
   ("Super-scalar RAM-CPU cache compression").  That an exception is one byte
   is what makes them pay in frames as short as these: of postings and
   positions of articles they save a tenth. */

#ifndef LEDE_INDEX_FRAME_H
#define LEDE_INDEX_FRAME_H

#include "shared/index/kernel.h"

/* Never a first header: what is otherwise frames can begin with it to say that
   it is something else. */
#define FRAME_NONE 0xFF

/* The most bytes that writing n values can touch. */
size_t
lede__frames_max(size_t n);

/* Write n values to `out`, which has room for lede__frames_max; returns the
   number of bytes. */
size_t
lede__frames_write(const struct kernel *kernel, uint8_t *out,
                   const uint32_t *values, size_t n);

/* Read n values into `values`, which has room for n rounded up to a multiple
   of FRAME.  Returns the byte after, or NULL where the frames would go beyond
   `end`, behind which are FRAME_SLACK bytes. */
const uint8_t *
lede__frames_read(const struct kernel *kernel, const uint8_t *p,
                  const uint8_t *end, uint32_t *values, size_t n);

/* The bytes of the payloads of n whole frames with these headers: to find one
   without reading those before it. */
size_t
lede__frames_bytes(const uint8_t *headers, size_t n);

#endif
