/* segment-format.h - the frame of a segment file, for those that write, read
   and check it; see segment.h and segment-write.c. */

#ifndef LEDE_INDEX_SEGMENT_FORMAT_H
#define LEDE_INDEX_SEGMENT_FORMAT_H

#include "shared/index/bytes.h"
#include "shared/index/segment.h"

#define SEGMENT_MAGIC "LEDESEG3"
/* The last character says the version. */
#define SEGMENT_MAGIC_KIND 7

/* A segment of the version before, which differs in having fewer columns, is
   read, so that a rebuild finds its articles: what is in its lists is another
   matter, and SCHEMA_VERSION's. */
#define SEGMENT_BEFORE '2'
#define SEGMENT_BEFORE_COLUMNS 8u

/* Sections begin at multiples of this: a cache line. */
#define SECTION_ALIGN 64u

enum {                          // offsets in the trailer
    TRAILER_SIZES = 0,
    TRAILER_DOCS = TRAILER_SIZES + 8 * SECTIONS,
    TRAILER_FIRST = TRAILER_DOCS + 4,
    TRAILER_LAST = TRAILER_FIRST + 4,
    TRAILER_FLAGS = TRAILER_LAST + 4,
    TRAILER_TERMS = TRAILER_FLAGS + 4,
    TRAILER_POSTINGS = TRAILER_TERMS + 8,
    TRAILER_POSITIONS = TRAILER_POSTINGS + 8,
    TRAILER_CHECKS = TRAILER_POSITIONS + 8,
    TRAILER_ZERO = TRAILER_CHECKS + 8,
    TRAILER_CHECK = TRAILER_ZERO + 4,
    TRAILER_BYTES = TRAILER_CHECK + 4
};

#define FLAG_ORDERED 1u
#define FLAG_REORDERED 2u

/* The low half of XXH3-64. */
uint32_t
lede__segment_hash(const void *bytes, size_t n);

/* What a section of `size` bytes takes in the file. */
uint64_t
lede__segment_padded(uint64_t size);

/* "PATH: damaged: WHAT; ..." with what to do; LEDE_STATUS_CORRUPT. */
lede_status
lede__segment_damaged(const struct segment *segment, const char *what,
                      lede_error *err);

#endif
