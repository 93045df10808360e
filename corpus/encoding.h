/* encoding.h - bytes of any encoding -> UTF-8. */

#ifndef LEDE_CORPUS_ENCODING_H
#define LEDE_CORPUS_ENCODING_H

#include "corpus/builder.h"

/* What a byte order mark at the start says; NULL where there is none.  *len
   becomes the bytes of the mark. */
const char *
lede__encoding_of_mark(struct str bytes, size_t *len);

/* UTF-16 or UTF-32 by its zero bytes, in text that has no mark; else NULL. */
const char *
lede__encoding_of_zeros(struct str bytes);

/* Make `bytes` valid UTF-8 without NUL and without a mark.  *out is `bytes`
   itself where nothing was to be done, else in `buf`.  What was guessed or
   repaired is a warning. */
void
lede__encoding_decode(struct builder *b, struct str bytes, struct buf *buf,
                      struct str *out);

/* Append `bytes` in `encoding` to `out` as UTF-8, ill-formed sequences as
   U+FFFD.  LEDE_STATUS_BAD_INPUT for an unknown encoding, _NO_MEMORY. */
lede_status
lede__encoding_convert(struct buf *out, struct str bytes,
                       const char *encoding, lede_error *err);

#endif
