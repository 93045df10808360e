/* segment.h - a segment of the native engine: one immutable file of sections,
   written front to back and read by mapping it.

     segment   = magic "LEDESEG3", zeros up to 64, section{SECTIONS} checks
                 trailer
     section   = bytes, then zeros up to a multiple of 64, at least FRAME_SLACK
     checks    = u32{one for each CHECK_UNIT of all before, the last shorter}
     trailer   = section table, counts, checksum of the checks and of itself;
                 of fixed size, so that it is found from the end of the file
                 (segment-write.c has its layout)
   A checksum is the low half of XXH3-64 (as fast as memory, and already needed
   for hashes).  A unit is verified when something in it is first read.

   A handle may be read by several threads.

   Docs are the articles of the segment in stored order, from 0. */

#ifndef LEDE_INDEX_SEGMENT_H
#define LEDE_INDEX_SEGMENT_H

#include "shared/base/str.h"
#include "shared/index/frame.h"
#include "shared/schema.h"

#define CHECK_UNIT 16384u

/* In the order of the file.  The first is written while articles come in. */
enum section {
    SECTION_STORED,             // deflated records (stored.h)
    SECTION_STORED_INDEX,
    SECTION_NUMBERS,            // document numbers; empty where they are
                                // first_number + doc
    SECTION_LENGTHS,            // a byte for each doc, quantised; padded with
                                // zeros to a multiple of LENGTHS_PAGE
    SECTION_COLUMNS,            // columns.h
    SECTION_POSTINGS,           // list.h
    SECTION_POSITIONS,          // list.h
    SECTION_TERMS,              // terms.h
    SECTION_BIGRAMS,            // bigrams.h
    SECTION_META,               // sorted keys with values; pairs.h
    SECTIONS
};

struct segment_facts {
    uint32_t docs;
    uint32_t first_number;      // the lowest document number; 0: no docs
    uint32_t last_number;       // the highest
    bool ordered;               // numbers ascend with docs
    bool reordered;             // all docs were put in the best order known
    uint64_t terms;
    uint64_t postings;          // of all lists
    uint64_t positions;
    uint64_t sizes[SECTIONS];   // in bytes, without padding
};

/* ---- writing ---- */

struct segment_writer;
struct segment;

/* Make the file at `path`, which must not exist. */
lede_status
lede__segment_create(struct segment_writer **out, const char *path,
                     lede_error *err);
/* Append to section `section`: the one before or a later one. */
lede_status
lede__segment_append(struct segment_writer *writer, enum section section,
                     struct str bytes, lede_error *err);
/* Bytes appended to this section so far. */
uint64_t
lede__segment_written(const struct segment_writer *writer,
                      enum section section);
/* Append to `out` what was appended before: n bytes from `offset` on in the
   section at hand. */
lede_status
lede__segment_read_back(struct segment_writer *writer, uint64_t offset,
                        size_t n, struct buf *out, lede_error *err);
/* End the section at hand; the segment so far can then be read, until it is
   closed, while more is written.  Nothing of it is verified: it has just been
   made. */
lede_status
lede__segment_preview(struct segment_writer *writer,
                      const struct segment_facts *facts,
                      struct segment **out, lede_error *err);
/* Write what remains and sync the file.  `facts`: sizes are filled in.
   *size and *check are what the manifest keeps. */
lede_status
lede__segment_finish(struct segment_writer *writer,
                     struct segment_facts *facts, uint64_t *size,
                     uint32_t *check, lede_error *err);
/* Close; a file that was not finished is removed.  NULL is fine. */
void
lede__segment_abandon(struct segment_writer *writer);

/* ---- reading ---- */

struct terms;

struct segment {
    char *path;
    const uint8_t *map;
    size_t size;
    uint32_t check;             // that stands for all bytes of the file
    struct segment_facts facts;
    unsigned columns;           // how many it has
    const uint8_t *sections[SECTIONS];
    uint8_t *verified;          // a byte for each unit: set once it was
    size_t n_units;
    const uint8_t *checks;
    struct terms *terms;        // made when a term is first looked up
};

/* Map the file.  Size and checksum are those that the manifest names; with
   size 0 they are not compared.
   LEDE_STATUS_OK, _NOT_FOUND, _CORRUPT, _VERSION, _PERMISSION, _IO,
   _NO_MEMORY. */
lede_status
lede__segment_open(struct segment **out, const char *path, uint64_t size,
                   uint32_t check, lede_error *err);
void
lede__segment_close(struct segment *segment);

/* Verify the units of `len` bytes at `p` that were not yet. */
lede_status
lede__segment_verify_slow(struct segment *segment, const uint8_t *p,
                          size_t len, lede_error *err);

/* To be called before bytes of a section are read: costs a test once they
   have been verified. */
static inline lede_status
lede__segment_verify(struct segment *segment, const uint8_t *p, size_t len,
                     lede_error *err)
{
    size_t first = (size_t)(p - segment->map) / CHECK_UNIT;
    size_t last = (size_t)(p - segment->map + len) / CHECK_UNIT;

    if (first == last
        && __atomic_load_n(&segment->verified[first], __ATOMIC_RELAXED)) {
        return LEDE_STATUS_OK;
    }
    return lede__segment_verify_slow(segment, p, len, err);
}

/* A part of a section, verified; LEDE_STATUS_CORRUPT where it is not inside. */
lede_status
lede__segment_part(struct segment *segment, enum section section,
                   uint64_t offset, uint64_t len, const uint8_t **out,
                   lede_error *err);

/* The document number of a doc, and the first doc whose number is >= `number`
   (facts.docs: none).  The latter only where numbers ascend with docs; else a
   doc with exactly this number or facts.docs. */
lede_status
lede__segment_number(struct segment *segment, uint32_t doc, uint32_t *number,
                     lede_error *err);
lede_status
lede__segment_doc(struct segment *segment, uint32_t number, uint32_t *doc,
                  lede_error *err);

/* All lengths, for facts.docs docs padded to a multiple of LENGTHS_PAGE.  A
   page is verified by lede__segment_verify before it is read. */
static inline const uint8_t *
lede__segment_lengths(const struct segment *segment)
{
    return segment->sections[SECTION_LENGTHS];
}

/* Read everything: every checksum, and then whether each section says what it
   may (lists ascend, the dictionary is sorted, stored articles inflate...).
   `told` gets one message for each fault.  LEDE_STATUS_CORRUPT where there was
   any. */
lede_status
lede__segment_check(struct segment *segment, const struct kernel *kernel,
                    void (*told)(void *payload, const char *message),
                    void *payload, lede_error *err);

#endif
