/* manifest.h - which segments a native index consists of.

   INDEX/native/ holds

     manifest         replaced by an atomic rename; the folder is synced after
     N.segment        immutable; N ascends, and is never used twice
     N-G.deleted      the docs of segment N that are deleted, as of generation
                      G: a bitset with a checksum, immutable too

   What the manifest does not name is left over from a writer that was killed;
   the next writer removes it.  A reader holds what its manifest names by
   mapping it: removing a file does not harm it.  Where a file is gone before
   the reader has mapped it, the manifest has been replaced: read it again.

   Segments are in order of their numbers, which do not overlap: the document
   numbers of one are all above those of the one before. */

#ifndef LEDE_INDEX_MANIFEST_H
#define LEDE_INDEX_MANIFEST_H

#include "shared/index/segment.h"

#define NATIVE_FOLDER "native"

struct manifest_segment {
    uint64_t name;              // N
    uint64_t size;
    uint32_t check;
    uint32_t docs;
    uint32_t deleted;           // docs of it that are
    uint64_t deleted_name;      // G, or 0: none
    uint32_t deleted_check;
};

struct manifest {
    uint64_t generation;        // + 1 with each commit
    uint64_t next_name;
    struct manifest_segment *segments;
    size_t n;
};

/* LEDE_STATUS_OK, _NOT_FOUND (no manifest), _CORRUPT, _VERSION, _PERMISSION,
   _IO, _NO_MEMORY. */
lede_status
lede__manifest_read(struct manifest *out, const char *index,
                    lede_error *err);
/* Replace the manifest of `index`; everything it names has been synced. */
lede_status
lede__manifest_write(const struct manifest *manifest, const char *index,
                     lede_error *err);
lede_status
lede__manifest_copy(struct manifest *out, const struct manifest *from,
                    lede_error *err);
void
lede__manifest_free(struct manifest *manifest);

/* Paths; malloc'd, NULL when out of memory. */
char *
lede__native_path(const char *index);
char *
lede__segment_path(const char *index, uint64_t name);
char *
lede__deleted_path(const char *index, uint64_t name, uint64_t generation);

/* Remove the files in INDEX/native that the manifest does not name (all,
   where it is NULL). */
lede_status
lede__manifest_clean(const struct manifest *manifest, const char *index,
                     lede_error *err);

/* ---- deleted docs: one bit for each doc, in words of 64 ---- */

lede_status
lede__deleted_write(const char *path, const uint64_t *words, uint32_t docs,
                    uint32_t *check, lede_error *err);
/* malloc'd, padded with zeros to a multiple of LENGTHS_PAGE bits. */
lede_status
lede__deleted_read(uint64_t **out, const char *path, uint32_t docs,
                   uint32_t check, lede_error *err);

#endif
