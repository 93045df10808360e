/* utf8.h - UTF-8 decoding, checking and repair. */

#ifndef LEDE_BASE_UTF8_H
#define LEDE_BASE_UTF8_H

#include "shared/base/str.h"

/* Decode one character at p (p < end).  Returns its length in bytes, 1 to 4,
   with the code point in *cp; for a byte that begins no valid character 1 and
   U+FFFD.  Overlong forms, surrogates and values above U+10FFFF are invalid. */
size_t
lede__utf8_next(const char *p, const char *end, uint32_t *cp);

/* Write `cp` to out; the number of bytes, 1 to 4. */
size_t
lede__utf8_put(uint32_t cp, char out[4]);

/* The length of the longest valid prefix; equal to s.len where all is valid. */
size_t
lede__utf8_valid(struct str s);

/* Append `s` with each ill-formed sequence replaced by one U+FFFD (the maximal
   subparts of Unicode, chapter 3) and each NUL by a space. */
lede_status
lede__utf8_repair(struct buf *out, struct str s, lede_error *err);

/* `at` moved back to the start of the character that it lies in. */
size_t
lede__utf8_floor(struct str s, size_t at);

#endif
