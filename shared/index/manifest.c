/* manifest.c - which segments a native index has; see manifest.h.

   The manifest is text, a line for each fact, so that it can be read without
   this program; but it is written in one way only, and read strictly:

     manifest  = "lede-native " version "\n"
                 "generation " n "\n"
                 "next " n "\n"
                 segment{segments}
                 "check " 16 hexadecimal digits "\n"
     version   = "1"
     segment   = "segment " name " " size " " check " " docs " " deleted
                 " " deleted_name " " deleted_check "\n"
   All numbers decimal without leading zeros.  The check is XXH3-64 of all
   before its line.

     deleted   = magic "LEDEDEL1"  docs u32  check u32    XXH3-64, its low half,
                                                          of docs and words
                 word u64{ceil(docs / 64)} */

#include "shared/index/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "shared/base/file.h"
#include "shared/index/segment-format.h"
#include "shared/index/store.h"

#define MANIFEST_NAME "manifest"
#define MANIFEST_HEAD "lede-native "
#define MANIFEST_VERSION "1"
/* Some ten thousand segments: merging keeps to a few dozen. */
#define MANIFEST_MAX ((size_t)1 << 20)
#define DELETED_MAGIC "LEDEDEL1"
#define DELETED_HEAD 16u

/* ---- paths ---- */

char *
lede__native_path(const char *index)
{
    return lede__path_join(index, NATIVE_FOLDER);
}

static char *
path_in(const char *index, const char *name)
{
    char *folder = lede__native_path(index);
    char *path = folder == NULL ? NULL : lede__path_join(folder, name);

    free(folder);
    return path;
}

char *
lede__segment_path(const char *index, uint64_t name)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRIu64 ".segment", name);
    return path_in(index, text);
}

char *
lede__deleted_path(const char *index, uint64_t name, uint64_t generation)
{
    char text[64];

    snprintf(text, sizeof text, "%" PRIu64 "-%" PRIu64 ".deleted", name,
             generation);
    return path_in(index, text);
}

/* ---- reading ---- */

static lede_status
damaged(const char *path, lede_error *err)
{
    return lede__fail_at(err, LEDE_STATUS_CORRUPT, path, 0, 0,
                         "damaged; restore the index from a copy, or build "
                         "it anew with lede index --rebuild");
}

/* Pass over `text` at the beginning of *rest. */
static bool
take_text(struct str *rest, const char *text)
{
    size_t len = strlen(text);

    if (rest->len < len || memcmp(rest->p, text, len) != 0) {
        return false;
    }
    rest->p += len;
    rest->len -= len;
    return true;
}

/* A decimal number up to `max`, and the character behind it. */
static bool
take_number(struct str *rest, uint64_t max, char behind, uint64_t *out)
{
    uint64_t value = 0;
    size_t i = 0;

    while (i < rest->len && rest->p[i] >= '0' && rest->p[i] <= '9') {
        uint64_t digit = (uint64_t)(rest->p[i] - '0');

        if (value > (UINT64_MAX - digit) / 10 || (i > 0 && value == 0)) {
            return false;
        }
        value = value * 10 + digit;
        i++;
    }
    if (i == 0 || i == rest->len || rest->p[i] != behind || value > max) {
        return false;
    }
    rest->p += i + 1;
    rest->len -= i + 1;
    *out = value;
    return true;
}

static bool
take_segment(struct str *rest, struct manifest_segment *out)
{
    uint64_t check = 0;
    uint64_t docs = 0;
    uint64_t deleted = 0;
    uint64_t deleted_check = 0;

    if (!take_number(rest, UINT64_MAX, ' ', &out->name)
        || !take_number(rest, UINT64_MAX, ' ', &out->size)
        || !take_number(rest, UINT32_MAX, ' ', &check)
        || !take_number(rest, UINT32_MAX, ' ', &docs)
        || !take_number(rest, docs, ' ', &deleted)
        || !take_number(rest, UINT64_MAX, ' ', &out->deleted_name)
        || !take_number(rest, UINT32_MAX, '\n', &deleted_check)) {
        return false;
    }
    out->check = (uint32_t)check;
    out->docs = (uint32_t)docs;
    out->deleted = (uint32_t)deleted;
    out->deleted_check = (uint32_t)deleted_check;
    return out->deleted_name > 0 || (deleted == 0 && deleted_check == 0);
}

static lede_status
add_segment(struct buf *segments, const struct manifest_segment *segment,
            const char *path, lede_error *err)
{
    const struct manifest_segment *all = (const void *)segments->p;
    size_t n = segments->len / sizeof *all;
    uint64_t docs = segment->docs;

    for (size_t i = 0; i < n; i++) {
        docs += all[i].docs;
        if (all[i].name == segment->name) {
            return damaged(path, err);
        }
    }
    return docs > UINT32_MAX
        ? damaged(path, err)
        : lede__buf_add(segments, segment, sizeof *segment, err);
}

static lede_status
parse(struct manifest *out, struct str rest, const char *path,
      lede_error *err)
{
    struct buf segments = BUF_INIT(BUF_MAX_ANY);
    const char *start = rest.p;
    lede_status status = LEDE_STATUS_OK;
    char check[32];

    if (!take_text(&rest, MANIFEST_HEAD)) {
        return damaged(path, err);
    }
    if (!take_text(&rest, MANIFEST_VERSION "\n")) {
        return lede__fail_at(err, LEDE_STATUS_VERSION, path, 0, 0,
                             "an index of a version that is not supported; "
                             "build it anew with lede index --rebuild");
    }
    if (!take_text(&rest, "generation ")
        || !take_number(&rest, UINT64_MAX, '\n', &out->generation)
        || !take_text(&rest, "next ")
        || !take_number(&rest, UINT64_MAX, '\n', &out->next_name)) {
        return damaged(path, err);
    }
    while (take_text(&rest, "segment ")) {
        struct manifest_segment segment = { .name = 0 };

        status = take_segment(&rest, &segment)
                 && segment.name < out->next_name
            ? add_segment(&segments, &segment, path, err)
            : damaged(path, err);
        if (status != LEDE_STATUS_OK) {
            goto out;
        }
    }
    snprintf(check, sizeof check, "check %016" PRIx64 "\n",
             (uint64_t)XXH3_64bits(start, (size_t)(rest.p - start)));
    if (!take_text(&rest, check) || rest.len > 0) {
        status = damaged(path, err);
        goto out;
    }
    out->n = segments.len / sizeof *out->segments;
    out->segments = (struct manifest_segment *)(void *)segments.p;
    segments = (struct buf)BUF_INIT(0);
out:
    lede__buf_free(&segments);
    return status;
}

lede_status
lede__manifest_read(struct manifest *out, const char *index, lede_error *err)
{
    struct buf bytes = BUF_INIT(MANIFEST_MAX);
    char *path = path_in(index, MANIFEST_NAME);
    lede_status status = LEDE_STATUS_OK;

    *out = (struct manifest){ .n = 0 };
    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__file_read(&bytes, path, err);
    if (status == LEDE_STATUS_LIMIT) {
        status = damaged(path, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = parse(out, lede__buf_view(&bytes), path, err);
    }
    lede__buf_free(&bytes);
    free(path);
    return status;
}

/* ---- writing ---- */

static lede_status
format(struct buf *out, const struct manifest *manifest, lede_error *err)
{
    lede_status status = lede__buf_addf(
        out, err, MANIFEST_HEAD MANIFEST_VERSION "\n"
        "generation %" PRIu64 "\nnext %" PRIu64 "\n",
        manifest->generation, manifest->next_name);

    for (size_t i = 0; i < manifest->n && status == LEDE_STATUS_OK; i++) {
        const struct manifest_segment *s = &manifest->segments[i];

        status = lede__buf_addf(
            out, err, "segment %" PRIu64 " %" PRIu64 " %" PRIu32 " %" PRIu32
            " %" PRIu32 " %" PRIu64 " %" PRIu32 "\n", s->name, s->size,
            s->check, s->docs, s->deleted, s->deleted_name,
            s->deleted_check);
    }
    return status == LEDE_STATUS_OK
        ? lede__buf_addf(out, err, "check %016" PRIx64 "\n",
                         (uint64_t)XXH3_64bits(out->p, out->len))
        : status;
}

lede_status
lede__manifest_write(const struct manifest *manifest, const char *index,
                     lede_error *err)
{
    struct buf bytes = BUF_INIT(MANIFEST_MAX);
    char *path = path_in(index, MANIFEST_NAME);
    lede_status status = path == NULL ? lede__fail_memory(err)
                                      : format(&bytes, manifest, err);

    // Replacing syncs the folder, and so the names of the segments too
    if (status == LEDE_STATUS_OK) {
        status = lede__file_replace(path, lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    free(path);
    return status;
}

lede_status
lede__manifest_copy(struct manifest *out, const struct manifest *from,
                    lede_error *err)
{
    struct manifest_segment *segments = NULL;

    *out = (struct manifest){ .n = 0 };
    if (from->n > 0) {
        segments = malloc(from->n * sizeof *segments);
        if (segments == NULL) {
            return lede__fail_memory(err);
        }
        memcpy(segments, from->segments, from->n * sizeof *segments);
    }
    *out = *from;
    out->segments = segments;
    return LEDE_STATUS_OK;
}

void
lede__manifest_free(struct manifest *manifest)
{
    free(manifest->segments);
    *manifest = (struct manifest){ .n = 0 };
}

/* ---- leftovers ---- */

/* What a file in the folder is, by its name. */
enum kind { KIND_OTHER, KIND_MANIFEST, KIND_NAMED, KIND_LEFT };

static enum kind
kind_of(const char *name, const struct manifest *manifest)
{
    struct str rest = str_from(name);
    uint64_t segment = 0;
    uint64_t generation = 0;
    bool bits = false;

    if (strcmp(name, MANIFEST_NAME) == 0) {
        return KIND_MANIFEST;
    }
    if (take_text(&rest, MANIFEST_NAME ".")) {
        return KIND_LEFT;       // a temporary one
    }
    bits = take_number(&rest, UINT64_MAX, '-', &segment);
    if (!take_number(&rest, UINT64_MAX, '.', bits ? &generation : &segment)
        || !take_text(&rest, bits ? "deleted" : "segment") || rest.len > 0) {
        return KIND_OTHER;
    }
    for (size_t i = 0; manifest != NULL && i < manifest->n; i++) {
        const struct manifest_segment *there = &manifest->segments[i];

        if (there->name == segment
            && (!bits || there->deleted_name == generation)) {
            return KIND_NAMED;
        }
    }
    return KIND_LEFT;
}

lede_status
lede__manifest_clean(const struct manifest *manifest, const char *index,
                     lede_error *err)
{
    char *folder = lede__native_path(index);
    lede_status status = LEDE_STATUS_OK;
    const struct dirent *entry = NULL;
    DIR *dir = NULL;

    if (folder == NULL) {
        return lede__fail_memory(err);
    }
    dir = opendir(folder);
    if (dir == NULL) {
        status = errno == ENOENT
            ? LEDE_STATUS_OK
            : lede__fail_errno(err, errno, folder, "reading the folder");
        goto out;
    }
    // Without its manifest nothing else is looked for
    if (manifest == NULL) {
        char *path = lede__path_join(folder, MANIFEST_NAME);

        status = path == NULL ? lede__fail_memory(err)
                              : lede__file_remove_tree(path, err);
        free(path);
    }
    while (status == LEDE_STATUS_OK && (entry = readdir(dir)) != NULL) {
        char *path = NULL;

        if (kind_of(entry->d_name, manifest) != KIND_LEFT) {
            continue;
        }
        path = lede__path_join(folder, entry->d_name);
        status = path == NULL ? lede__fail_memory(err)
                              : lede__file_remove_tree(path, err);
        free(path);
    }
    closedir(dir);
out:
    free(folder);
    return status;
}

/* ---- deleted docs ---- */

/* The low half of XXH3-64 of the head's docs and of the words, as written. */
static uint32_t
deleted_check(const uint8_t *bytes, size_t n)
{
    uint64_t words = XXH3_64bits(bytes + DELETED_HEAD, n - DELETED_HEAD);
    uint8_t both[12];

    memcpy(both, bytes + 8, 4);
    lede__set64(both + 4, words);
    return lede__segment_hash(both, sizeof both);
}

lede_status
lede__deleted_write(const char *path, const uint64_t *words, uint32_t docs,
                    uint32_t *check, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    size_t n = ((size_t)docs + 63) / 64;
    lede_status status = lede__buf_reserve(&bytes, DELETED_HEAD + 8 * n, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    memcpy(bytes.p, DELETED_MAGIC, 8);
    lede__set32(bytes.p + 8, docs);
    for (size_t i = 0; i < n; i++) {
        lede__set64(bytes.p + DELETED_HEAD + 8 * i, words[i]);
    }
    bytes.len = DELETED_HEAD + 8 * n;
    *check = deleted_check((const uint8_t *)bytes.p, bytes.len);
    lede__set32(bytes.p + 12, *check);
    status = lede__file_write(path, lede__buf_view(&bytes), err);
    lede__buf_free(&bytes);
    return status;
}

lede_status
lede__deleted_read(uint64_t **out, const char *path, uint32_t docs,
                   uint32_t check, lede_error *err)
{
    size_t n = ((size_t)docs + 63) / 64;
    size_t padded = ((size_t)docs + LENGTHS_PAGE - 1) / LENGTHS_PAGE
        * LENGTHS_PAGE / 64;
    struct buf bytes = BUF_INIT(DELETED_HEAD + 8 * n);
    uint64_t *words = NULL;
    lede_status status = lede__file_read(&bytes, path, err);

    *out = NULL;
    if (status == LEDE_STATUS_LIMIT
        || (status == LEDE_STATUS_OK
            && (bytes.len != DELETED_HEAD + 8 * n
                || memcmp(bytes.p, DELETED_MAGIC, 8) != 0
                || lede__get32(bytes.p + 8) != docs
                || lede__get32(bytes.p + 12) != check
                || deleted_check((const uint8_t *)bytes.p, bytes.len)
                   != check
                || (docs % 64 != 0
                    && lede__get64(bytes.p + bytes.len - 8)
                       >> (docs % 64) != 0)))) {
        status = damaged(path, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    words = calloc(padded + 1, sizeof *words);
    if (words == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        words[i] = lede__get64(bytes.p + DELETED_HEAD + 8 * i);
    }
    *out = words;
out:
    lede__buf_free(&bytes);
    return status;
}
