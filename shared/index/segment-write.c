/* segment-write.c - writing a segment front to back; see segment.h.

     trailer   = size u64{SECTIONS}     bytes without padding
                 docs u32  first_number u32  last_number u32
                 flags u32              1: numbers ascend with docs
                                            2: docs were reordered
                 terms u64  postings u64  positions u64
                 checks u64             XXH3-64 of the checks
                 zero u32
                 check u32              of the trailer before it: it stands for
                                        every byte of the file

   Bytes gather in a buffer of whole check units; when it is full they are
   hashed, where they are still at hand, and written. */

#include "shared/index/segment-format.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

#include "shared/base/file.h"

#define BUFFER_BYTES ((size_t)64 * CHECK_UNIT)

struct segment_writer {
    char *path;
    int fd;
    bool finished;
    unsigned section;           // being appended to
    uint64_t section_start;     // its place in the file
    uint64_t written;           // bytes in the file, before the buffer
    uint64_t sizes[SECTIONS];
    struct buf checks;
    uint8_t *buffer;
    size_t n;                   // bytes in it
};

uint32_t
lede__segment_hash(const void *bytes, size_t n)
{
    return (uint32_t)XXH3_64bits(bytes, n);
}

uint64_t
lede__segment_padded(uint64_t size)
{
    return (size + FRAME_SLACK + SECTION_ALIGN - 1) / SECTION_ALIGN
        * SECTION_ALIGN;
}

/* Hash and write what is in the buffer. */
static lede_status
write_out(struct segment_writer *writer, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t at = 0; at < writer->n; at += CHECK_UNIT) {
        size_t left = writer->n - at;

        status = lede__put32(
            &writer->checks,
            lede__segment_hash(writer->buffer + at,
                               left < CHECK_UNIT ? left : CHECK_UNIT),
            err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    status = lede__file_append(writer->fd, writer->buffer, writer->n,
                               writer->path, err);
    if (status == LEDE_STATUS_OK) {
        writer->written += writer->n;
        writer->n = 0;
    }
    return status;
}

static lede_status
add(struct segment_writer *writer, struct str bytes, lede_error *err)
{
    while (bytes.len > 0) {
        size_t room = BUFFER_BYTES - writer->n;
        size_t n = bytes.len < room ? bytes.len : room;

        memcpy(writer->buffer + writer->n, bytes.p, n);
        writer->n += n;
        bytes.p += n;
        bytes.len -= n;
        if (writer->n == BUFFER_BYTES) {
            lede_status status = write_out(writer, err);

            if (status != LEDE_STATUS_OK) {
                return status;
            }
        }
    }
    return LEDE_STATUS_OK;
}

/* Zeros after the section at hand, and on to the next. */
static lede_status
end_section(struct segment_writer *writer, lede_error *err)
{
    static const char zeros[SECTION_ALIGN + FRAME_SLACK] = { 0 };
    uint64_t size = writer->sizes[writer->section];
    uint64_t padded = lede__segment_padded(size);
    lede_status status = add(
        writer, (struct str){ zeros, (size_t)(padded - size) }, err);

    writer->section++;
    writer->section_start += padded;
    return status;
}

lede_status
lede__segment_create(struct segment_writer **out, const char *path,
                     lede_error *err)
{
    static const char head[SECTION_ALIGN] = SEGMENT_MAGIC;
    struct segment_writer *writer = calloc(1, sizeof *writer);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (writer == NULL) {
        return lede__fail_memory(err);
    }
    writer->fd = -1;
    writer->finished = true;    // no file yet
    writer->checks = (struct buf)BUF_INIT(BUF_MAX_ANY);
    writer->section_start = sizeof head;
    writer->path = strdup(path);
    writer->buffer = malloc(BUFFER_BYTES);
    if (writer->path == NULL || writer->buffer == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    status = lede__file_create(&writer->fd, path, err);
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    writer->finished = false;
    status = add(writer, (struct str){ head, sizeof head }, err);
out:
    if (status != LEDE_STATUS_OK) {
        lede__segment_abandon(writer);
        return status;
    }
    *out = writer;
    return LEDE_STATUS_OK;
}

lede_status
lede__segment_append(struct segment_writer *writer, enum section section,
                     struct str bytes, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (section < writer->section) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "%s: section %d after section %u", writer->path,
                          (int)section, writer->section);
    }
    while (writer->section < section && status == LEDE_STATUS_OK) {
        status = end_section(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add(writer, bytes, err);
        writer->sizes[section] += bytes.len;
    }
    return status;
}

uint64_t
lede__segment_written(const struct segment_writer *writer,
                      enum section section)
{
    return writer->sizes[section];
}

lede_status
lede__segment_read_back(struct segment_writer *writer, uint64_t offset,
                        size_t n, struct buf *out, lede_error *err)
{
    uint64_t size = writer->sizes[writer->section];
    uint64_t at = writer->section_start + offset;
    lede_status status = LEDE_STATUS_OK;

    if (offset > size || n > size - offset) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "%s: reading back what was not written",
                          writer->path);
    }
    if (at < writer->written) {
        uint64_t there = writer->written - at;
        size_t first = n < there ? n : (size_t)there;

        status = lede__file_read_at(out, writer->fd, at, first, writer->path,
                                    err);
        at += first;
        n -= first;
    }
    if (status == LEDE_STATUS_OK && n > 0) {
        status = lede__buf_add(
            out, writer->buffer + (size_t)(at - writer->written), n, err);
    }
    return status;
}

/* Bring what the buffer has to the file, too, where it will be written once
   more when it is full. */
static lede_status
show_buffer(struct segment_writer *writer, lede_error *err)
{
    size_t done = 0;

    while (done < writer->n) {
        ssize_t n = pwrite(writer->fd, writer->buffer + done,
                           writer->n - done,
                           (off_t)(writer->written + done));

        if (n < 0 && errno != EINTR) {
            return lede__fail_errno(err, errno, writer->path,
                                    "cannot write");
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__segment_preview(struct segment_writer *writer,
                      const struct segment_facts *facts,
                      struct segment **out, lede_error *err)
{
    struct segment *segment = calloc(1, sizeof *segment);
    uint64_t at = SECTION_ALIGN;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (segment == NULL) {
        return lede__fail_memory(err);
    }
    segment->facts = *facts;
    segment->columns = COLUMNS;
    segment->path = strdup(writer->path);
    status = segment->path == NULL ? lede__fail_memory(err)
                                   : end_section(writer, err);
    if (status == LEDE_STATUS_OK) {
        status = show_buffer(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__file_map(&segment->map, &segment->size, writer->path,
                                err);
    }
    if (status == LEDE_STATUS_OK) {
        segment->n_units = segment->size / CHECK_UNIT + 1;
        segment->verified = malloc(segment->n_units);
        status = segment->verified == NULL ? lede__fail_memory(err) : status;
    }
    if (status != LEDE_STATUS_OK) {
        lede__segment_close(segment);
        return status;
    }
    memset(segment->verified, 1, segment->n_units);
    segment->checks = segment->map + segment->size;
    for (unsigned i = 0; i < writer->section; i++) {
        segment->facts.sizes[i] = writer->sizes[i];
        segment->sections[i] = segment->map + at;
        at += lede__segment_padded(writer->sizes[i]);
    }
    *out = segment;
    return LEDE_STATUS_OK;
}

/* The trailer as bytes; returns its own checksum. */
static uint32_t
make_trailer(uint8_t out[TRAILER_BYTES], const struct segment_facts *facts,
             struct str checks)
{
    uint32_t check = 0;

    memset(out, 0, TRAILER_BYTES);
    for (unsigned i = 0; i < SECTIONS; i++) {
        lede__set64(out + TRAILER_SIZES + 8 * i, facts->sizes[i]);
    }
    lede__set32(out + TRAILER_DOCS, facts->docs);
    lede__set32(out + TRAILER_FIRST, facts->first_number);
    lede__set32(out + TRAILER_LAST, facts->last_number);
    lede__set32(out + TRAILER_FLAGS,
                (facts->ordered ? FLAG_ORDERED : 0) |
                    (facts->reordered ? FLAG_REORDERED : 0));
    lede__set64(out + TRAILER_TERMS, facts->terms);
    lede__set64(out + TRAILER_POSTINGS, facts->postings);
    lede__set64(out + TRAILER_POSITIONS, facts->positions);
    lede__set64(out + TRAILER_CHECKS, XXH3_64bits(checks.p, checks.len));
    check = lede__segment_hash(out, TRAILER_CHECK);
    lede__set32(out + TRAILER_CHECK, check);
    return check;
}

lede_status
lede__segment_finish(struct segment_writer *writer,
                     struct segment_facts *facts, uint64_t *size,
                     uint32_t *check, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint8_t trailer[TRAILER_BYTES];

    while (writer->section < SECTIONS && status == LEDE_STATUS_OK) {
        status = end_section(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = write_out(writer, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    memcpy(facts->sizes, writer->sizes, sizeof facts->sizes);
    *check = make_trailer(trailer, facts, lede__buf_view(&writer->checks));
    status = lede__buf_add(&writer->checks, trailer, sizeof trailer, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__file_append(writer->fd, writer->checks.p,
                                   writer->checks.len, writer->path, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__file_sync(writer->fd, writer->path, err);
    }
    if (status == LEDE_STATUS_OK) {
        *size = writer->written + writer->checks.len;
        writer->finished = true;
    }
    return status;
}

void
lede__segment_abandon(struct segment_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    lede__file_close(writer->fd);
    if (!writer->finished) {
        unlink(writer->path);
    }
    lede__buf_free(&writer->checks);
    free(writer->buffer);
    free(writer->path);
    free(writer);
}
