/* segment-make.h - small segments for unit tests, in a folder that is removed
   at the end. */

#ifndef LEDE_TESTS_SEGMENT_MAKE_H
#define LEDE_TESTS_SEGMENT_MAKE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shared/base/file.h"
#include "shared/index/segment.h"
#include "shared/index/store.h"

/* Go to a new folder; false where that fails. */
static inline bool
scratch_begin(char folder[64])
{
    snprintf(folder, 64, "/tmp/lede-test-XXXXXX");
    return mkdtemp(folder) != NULL && chdir(folder) == 0;
}

static inline void
scratch_end(const char *folder)
{
    if (chdir("/") == 0) {
        lede__file_remove_tree(folder, NULL);
    }
}

/* Zeros for the lengths of so many docs. */
static inline struct str
zero_lengths(struct buf *out, uint32_t docs)
{
    size_t n = ((size_t)docs + LENGTHS_PAGE - 1) / LENGTHS_PAGE * LENGTHS_PAGE;

    out->len = 0;
    lede__buf_reserve(out, n, NULL);
    memset(out->p, 0, n);
    out->len = n;
    return lede__buf_view(out);
}

/* Move the bytes of a segment to the heap, where a sanitizer sees what is read
   outside. */
static inline void
segment_to_heap(struct segment *segment)
{
    uint8_t *copy = malloc(segment->size);

    memcpy(copy, segment->map, segment->size);
    for (unsigned i = 0; i < SECTIONS; i++) {
        segment->sections[i] = copy + (segment->sections[i] - segment->map);
    }
    segment->checks = copy + (segment->checks - segment->map);
    lede__file_unmap(segment->map, segment->size);
    segment->map = copy;
}

/* Close what segment_make made. */
static inline void
segment_drop(struct segment *segment)
{
    if (segment != NULL) {
        free((void *)(uintptr_t)segment->map);
        segment->map = NULL;
        lede__segment_close(segment);
    }
}

/* A segment of `docs` docs, the lowest number being 1, of whose sections those
   with bytes are written; with the lengths, where they are none, all 0.  NULL
   where it failed, which is said.  Closed by segment_drop. */
static inline struct segment *
segment_make_numbered(const char *path, const struct str sections[SECTIONS],
                      uint32_t docs, uint32_t last_number, bool ordered)
{
    struct segment_facts facts = {
        .docs = docs, .first_number = docs > 0, .last_number = last_number,
        .ordered = ordered,
    };
    lede_error err = LEDE_ERROR_INIT;
    struct segment_writer *writer = NULL;
    struct segment *segment = NULL;
    struct buf lengths = BUF_INIT(BUF_MAX_ANY);
    uint64_t size = 0;
    uint32_t check = 0;
    lede_status status = LEDE_STATUS_OK;

    unlink(path);
    status = lede__segment_create(&writer, path, &err);
    for (unsigned i = 0; i < SECTIONS && status == LEDE_STATUS_OK; i++) {
        struct str bytes = sections[i];

        if (i == SECTION_LENGTHS && bytes.len == 0) {
            bytes = zero_lengths(&lengths, docs);
        }
        status = lede__segment_append(writer, (enum section)i, bytes, &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_finish(writer, &facts, &size, &check, &err);
    }
    lede__segment_abandon(writer);
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_open(&segment, path, size, check, &err);
    }
    if (status != LEDE_STATUS_OK) {
        printf("# %s\n", err.message);
    }
    if (segment != NULL) {
        segment_to_heap(segment);
    }
    lede__buf_free(&lengths);
    return segment;
}

/* The same, numbered from 1 on without gaps. */
static inline struct segment *
segment_make(const char *path, const struct str sections[SECTIONS],
             uint32_t docs)
{
    return segment_make_numbered(path, sections, docs, docs, true);
}

#endif
