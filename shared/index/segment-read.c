/* segment-read.c - opening a segment and reading its parts; see segment.h.

   Opening looks at the first and the last bytes of the file alone, whatever
   its size; the checksums stand for the rest, when it is read.  The kernel is
   given no advice: what it reads ahead by itself suits lists, and the parts
   that are read at random are few. */

#include "shared/index/segment-format.h"

#include <stdio.h>
#include <stdlib.h>

#include "shared/base/file.h"
#include "shared/index/store.h"

lede_status
lede__segment_damaged(const struct segment *segment, const char *what,
                      lede_error *err)
{
    return lede__fail_at(err, LEDE_STATUS_CORRUPT, segment->path, 0, 0,
                         "damaged: %s; restore the index from a copy, or "
                         "build it anew with lede index --rebuild", what);
}

/* The places of the sections, by their sizes; and that these and the checks
   make up the whole file. */
static bool
place_sections(struct segment *segment)
{
    uint64_t at = SECTION_ALIGN;
    uint64_t units = 0;

    for (unsigned i = 0; i < SECTIONS; i++) {
        uint64_t size = segment->facts.sizes[i];

        if (size > segment->size
            || lede__segment_padded(size) > segment->size - at) {
            return false;
        }
        segment->sections[i] = segment->map + at;
        at += lede__segment_padded(size);
    }
    units = (at + CHECK_UNIT - 1) / CHECK_UNIT;
    segment->checks = segment->map + at;
    segment->n_units = (size_t)units;
    return segment->size - at == 4 * units + TRAILER_BYTES;
}

/* Whether what the trailer says can be. */
static bool
facts_sound(const struct segment_facts *facts, uint32_t flags)
{
    uint64_t docs = facts->docs;
    uint64_t numbers = facts->sizes[SECTION_NUMBERS];
    uint64_t span = (uint64_t)facts->last_number - facts->first_number + 1;
    uint64_t pages = (docs + LENGTHS_PAGE - 1) / LENGTHS_PAGE * LENGTHS_PAGE;

    if (flags > (FLAG_ORDERED | FLAG_REORDERED)
        || facts->sizes[SECTION_LENGTHS] != pages) {
        return false;
    }
    if (docs == 0) {
        return facts->first_number == 0 && facts->last_number == 0
            && numbers == 0;
    }
    return facts->first_number > 0
        && facts->last_number >= facts->first_number
        && (numbers == 0 ? facts->ordered && span == docs
                         : numbers == 4 * docs && span >= docs);
}

static lede_status
read_trailer(struct segment *segment, uint64_t size, uint32_t check,
             lede_error *err)
{
    struct segment_facts *facts = &segment->facts;
    const uint8_t *trailer = NULL;
    uint32_t flags = 0;

    if (segment->size < SECTION_ALIGN + TRAILER_BYTES
        || (size != 0 && size != segment->size)) {
        return lede__segment_damaged(segment, "not of its size", err);
    }
    if (memcmp(segment->map, SEGMENT_MAGIC, SEGMENT_MAGIC_KIND) != 0) {
        return lede__segment_damaged(segment, "not a segment", err);
    }
    segment->columns = COLUMNS;
    if (segment->map[SEGMENT_MAGIC_KIND] == SEGMENT_BEFORE) {
        segment->columns = SEGMENT_BEFORE_COLUMNS;
    } else if (segment->map[SEGMENT_MAGIC_KIND]
               != (uint8_t)SEGMENT_MAGIC[SEGMENT_MAGIC_KIND]) {
        return lede__fail_at(err, LEDE_STATUS_VERSION, segment->path, 0, 0,
                             "a segment of a version that is not supported; "
                             "build the index anew with lede index --rebuild");
    }
    trailer = segment->map + segment->size - TRAILER_BYTES;
    segment->check = lede__get32(trailer + TRAILER_CHECK);
    if (lede__segment_hash(trailer, TRAILER_CHECK) != segment->check
        || (size != 0 && check != segment->check)) {
        return lede__segment_damaged(segment, "its trailer", err);
    }
    for (unsigned i = 0; i < SECTIONS; i++) {
        facts->sizes[i] = lede__get64(trailer + TRAILER_SIZES + 8 * i);
    }
    facts->docs = lede__get32(trailer + TRAILER_DOCS);
    facts->first_number = lede__get32(trailer + TRAILER_FIRST);
    facts->last_number = lede__get32(trailer + TRAILER_LAST);
    flags = lede__get32(trailer + TRAILER_FLAGS);
    facts->ordered = (flags & FLAG_ORDERED) != 0;
    facts->reordered = (flags & FLAG_REORDERED) != 0;
    facts->terms = lede__get64(trailer + TRAILER_TERMS);
    facts->postings = lede__get64(trailer + TRAILER_POSTINGS);
    facts->positions = lede__get64(trailer + TRAILER_POSITIONS);
    if (!place_sections(segment) || !facts_sound(facts, flags)) {
        return lede__segment_damaged(segment, "its trailer", err);
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__segment_open(struct segment **out, const char *path, uint64_t size,
                   uint32_t check, lede_error *err)
{
    struct segment *segment = calloc(1, sizeof *segment);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (segment == NULL) {
        return lede__fail_memory(err);
    }
    segment->path = strdup(path);
    if (segment->path == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    status = lede__file_map(&segment->map, &segment->size, path, err);
    if (status == LEDE_STATUS_OK) {
        status = read_trailer(segment, size, check, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    segment->verified = calloc(segment->n_units, 1);
    if (segment->verified == NULL) {
        status = lede__fail_memory(err);
    }
out:
    if (status != LEDE_STATUS_OK) {
        lede__segment_close(segment);
        return status;
    }
    *out = segment;
    return LEDE_STATUS_OK;
}

void
lede__segment_close(struct segment *segment)
{
    if (segment == NULL) {
        return;
    }
    lede__file_unmap(segment->map, segment->size);
    free(segment->terms);
    free(segment->verified);
    free(segment->path);
    free(segment);
}

lede_status
lede__segment_verify_slow(struct segment *segment, const uint8_t *p,
                          size_t len, lede_error *err)
{
    size_t body = (size_t)(segment->checks - segment->map);
    size_t from = (size_t)(p - segment->map);
    size_t last = (from + len) / CHECK_UNIT;

    for (size_t i = from / CHECK_UNIT; i <= last && i < segment->n_units;
         i++) {
        size_t at = i * CHECK_UNIT;
        size_t n = body - at < CHECK_UNIT ? body - at : CHECK_UNIT;

        if (__atomic_load_n(&segment->verified[i], __ATOMIC_RELAXED)) {
            continue;
        }
        if (lede__segment_hash(segment->map + at, n)
            != lede__get32(segment->checks + 4 * i)) {
            char what[64];

            snprintf(what, sizeof what, "bytes %zu to %zu", at, at + n);
            return lede__segment_damaged(segment, what, err);
        }
        __atomic_store_n(&segment->verified[i], 1, __ATOMIC_RELAXED);
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__segment_part(struct segment *segment, enum section section,
                   uint64_t offset, uint64_t len, const uint8_t **out,
                   lede_error *err)
{
    uint64_t size = segment->facts.sizes[section];

    *out = NULL;
    if (offset > size || len > size - offset) {
        return lede__segment_damaged(segment, "a place beyond its section",
                                     err);
    }
    *out = segment->sections[section] + offset;
    return lede__segment_verify(segment, *out, (size_t)len, err);
}

/* ---- document numbers ---- */

lede_status
lede__segment_number(struct segment *segment, uint32_t doc, uint32_t *number,
                     lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    const uint8_t *p = NULL;

    *number = 0;
    if (doc >= segment->facts.docs) {
        return lede__segment_damaged(segment, "a doc that it does not have",
                                     err);
    }
    if (segment->facts.sizes[SECTION_NUMBERS] == 0) {
        *number = segment->facts.first_number + doc;
        return LEDE_STATUS_OK;
    }
    status = lede__segment_part(segment, SECTION_NUMBERS, (uint64_t)doc * 4, 4,
                                &p, err);
    if (status == LEDE_STATUS_OK) {
        *number = lede__get32(p);
    }
    return status;
}

/* The doc with this number, by looking at all. */
static lede_status
find_number(struct segment *segment, uint32_t number, uint32_t *doc,
            lede_error *err)
{
    const uint8_t *p = NULL;
    lede_status status = lede__segment_part(
        segment, SECTION_NUMBERS, 0, segment->facts.sizes[SECTION_NUMBERS],
        &p, err);
    uint32_t i = 0;

    while (status == LEDE_STATUS_OK && i < segment->facts.docs
           && lede__get32(p + (size_t)i * 4) != number) {
        i++;
    }
    *doc = status == LEDE_STATUS_OK ? i : segment->facts.docs;
    return status;
}

lede_status
lede__segment_doc(struct segment *segment, uint32_t number, uint32_t *doc,
                  lede_error *err)
{
    const struct segment_facts *facts = &segment->facts;
    uint32_t low = 0;
    uint32_t high = facts->docs;

    if (facts->sizes[SECTION_NUMBERS] == 0) {
        uint32_t past = number <= facts->first_number
            ? 0 : number - facts->first_number;

        *doc = past < high ? past : high;
        return LEDE_STATUS_OK;
    }
    if (!facts->ordered) {
        return find_number(segment, number, doc, err);
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t there = 0;
        lede_status status = lede__segment_number(segment, middle, &there,
                                                  err);

        if (status != LEDE_STATUS_OK) {
            *doc = facts->docs;
            return status;
        }
        if (there >= number) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *doc = low;
    return LEDE_STATUS_OK;
}
