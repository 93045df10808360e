/* native-salvage.c - a damaged index, to carry over what of it can be read.

   Each segment is opened on its own.  Where the manifest cannot be read, all
   segments that lie in the folder are taken, each with the last of its files
   of deleted docs: that is what the manifest said, but for what the last
   writer was about when it was killed.  An article is found by its number
   alone, without the lists, and read from its record, which has a checksum of
   its own; so what is damaged beside that, in the same 16 KiB or not, does not
   matter. */

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "indexer/native.h"
#include "shared/base/file.h"
#include "shared/index/bytes.h"
#include "shared/index/stored.h"

static bool
is_damage(lede_status status)
{
    return status == LEDE_STATUS_CORRUPT || status == LEDE_STATUS_VERSION ||
           status == LEDE_STATUS_NOT_FOUND;
}

static lede_status
tell(const struct sink_native *x, const char *path, const lede_error *why,
     const char *what, lede_error *err)
{
    return x->lost(x->lost_payload, path, why, what, err);
}

/* ---- the segments, where no manifest names them ---- */

static int
compare_names(const void *a, const void *b)
{
    const struct manifest_segment *x = a;
    const struct manifest_segment *y = b;

    return (x->name > y->name) - (x->name < y->name);
}

/* "N.segment" (generation 0), or "N-G.deleted". */
static bool
read_name(const char *name, uint64_t *segment, uint64_t *generation)
{
    char back[64];

    *generation = 0;
    if (sscanf(name, "%" SCNu64 "-%" SCNu64, segment, generation) == 2) {
        snprintf(back, sizeof back, "%" PRIu64 "-%" PRIu64 ".deleted",
                 *segment, *generation);
        return strcmp(name, back) == 0 && *generation > 0;
    }
    if (sscanf(name, "%" SCNu64, segment) != 1) {
        return false;
    }
    snprintf(back, sizeof back, "%" PRIu64 ".segment", *segment);
    return strcmp(name, back) == 0;
}

/* All in the folder, by name, with nothing but the names of their files. */
static lede_status
list_segments(struct manifest *out, const char *folder, lede_error *err)
{
    struct buf found = BUF_INIT(BUF_MAX_ANY);
    struct manifest_segment one = { 0 };
    const struct dirent *entry = NULL;
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;
    DIR *dir = opendir(folder);

    *out = (struct manifest){ .n = 0 };
    if (dir == NULL) {
        return errno == ENOENT
                   ? LEDE_STATUS_OK
                   : lede__fail_errno(err, errno, folder,
                                      "reading the folder");
    }
    while (status == LEDE_STATUS_OK && (entry = readdir(dir)) != NULL) {
        if (read_name(entry->d_name, &one.name, &one.deleted_name)) {
            status = lede__buf_add(&found, &one, sizeof one, err);
        }
    }
    closedir(dir);
    if (status != LEDE_STATUS_OK) {
        lede__buf_free(&found);
        return status;
    }
    out->segments = (struct manifest_segment *)(void *)found.p;
    n = found.len / sizeof one;
    if (n > 0) {
        qsort(out->segments, n, sizeof one, compare_names);
    }
    /* A segment, and its files of deleted docs, to one. */
    for (size_t i = 0; i < n; i++) {
        struct manifest_segment *last = out->n == 0
                                            ? NULL
                                            : &out->segments[out->n - 1];

        one = out->segments[i];
        if (last == NULL || last->name != one.name) {
            out->segments[out->n++] = one;
        } else if (one.deleted_name > last->deleted_name) {
            last->deleted_name = one.deleted_name;
        }
    }
    return LEDE_STATUS_OK;
}

/* What the manifest would say, by what the files say of themselves; nothing of
   those that cannot be read. */
static lede_status
learn_facts(const struct sink_native *x, struct manifest_segment *facts,
            lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct segment *segment = NULL;
    char *path = lede__segment_path(x->index, facts->name);
    char *deleted = lede__deleted_path(x->index, facts->name,
                                       facts->deleted_name);
    lede_status status = path == NULL || deleted == NULL
        ? lede__fail_memory(err)
        : lede__segment_open(&segment, path, 0, 0, err);

    if (status == LEDE_STATUS_OK) {
        facts->size = segment->size;
        facts->check = segment->check;
        facts->docs = segment->facts.docs;
        lede__segment_close(segment);
    }
    if (status == LEDE_STATUS_OK && facts->deleted_name > 0) {
        status = lede__file_read(&bytes, deleted, err);
    }
    if (status == LEDE_STATUS_OK && bytes.len >= 16) {
        facts->deleted_check = lede__get32(bytes.p + 12);
    }
    lede__buf_free(&bytes);
    free(path);
    free(deleted);
    return is_damage(status) ? LEDE_STATUS_OK : status;
}

/* ---- a segment ---- */

static lede_status
nothing(void *payload, struct str key, struct str value, lede_error *err)
{
    (void)payload;
    (void)key;
    (void)value;
    (void)err;
    return LEDE_STATUS_OK;
}

/* Without what is deleted, where that is all that cannot be read. */
static lede_status
open_segment(struct sink_native *x, const struct manifest_segment *facts,
             struct native_segment *out, lede_error *err)
{
    struct manifest_segment whole = *facts;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = lede__native_open(out, x->index, facts, &why);
    lede_status again = status;
    char *path = NULL;

    if (is_damage(status) && facts->deleted_name > 0) {
        whole.deleted = 0;
        whole.deleted_name = 0;
        whole.deleted_check = 0;
        again = lede__native_open(out, x->index, &whole, NULL);
    }
    if (again == status) {
        if (status != LEDE_STATUS_OK && err != NULL) {
            *err = why;
        }
        return status;
    }
    path = lede__deleted_path(x->index, facts->name, facts->deleted_name);
    status = path == NULL
        ? lede__fail_memory(err)
        : tell(x, path, &why, "the articles that it says are removed are back",
               err);
    free(path);
    if (status != LEDE_STATUS_OK) {
        lede__native_close(out);
    }
    return status;
}

static lede_status
take(struct sink_native *x, const struct manifest_segment *facts,
     lede_error *err)
{
    struct native_segment segment = { .segment = NULL };
    lede_error why = LEDE_ERROR_INIT;
    char what[120] = "its metadata is lost";
    char *path = lede__segment_path(x->index, facts->name);
    lede_status status = path == NULL ? lede__fail_memory(err)
                                      : open_segment(x, facts, &segment, &why);

    if (is_damage(status)) {
        uint32_t articles = facts->docs - facts->deleted;

        snprintf(what, sizeof what, "its article%s lost, but for those that "
                 "files give", articles == 1 ? " is" : "s are");
        if (articles > 1) {
            snprintf(what, sizeof what, "its %" PRIu32 " articles are lost, "
                     "but for those that files give", articles);
        }
        status = tell(x, path, &why, what, err);
        free(path);
        return status;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__native_meta_walk(&segment, 1, NULL, 0, STR(""),
                                        nothing, NULL, &why);
        if (is_damage(status)) {
            segment.mute = true;
            status = tell(x, path, &why, "what it says of files, folders and "
                          "settings is lost", &why);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__native_append(x, &segment, &why);
    }
    if (status != LEDE_STATUS_OK) {
        lede__native_close(&segment);
        if (err != NULL && path != NULL) {
            *err = why;
        }
    }
    free(path);
    return status;
}

/* Believe all that the segment says from now on, but for its numbers, which
   are taken now as far as they can be: records have checks of their own. */
static lede_status
believe(struct native_segment *s, lede_error *err)
{
    struct segment *segment = s->segment;
    lede_status status = lede__native_make_numbers(s, false, NULL);

    if (status != LEDE_STATUS_OK) {
        status = lede__native_make_numbers(s, true, err);
    }
    if (status == LEDE_STATUS_OK) {
        segment->facts.ordered = false;
        memset(segment->verified, 1, segment->n_units);
        s->believed = true;
    }
    return status;
}

/* ---- the interface ---- */

lede_status
lede__native_salvage(struct sink_native *x, lede_error *err)
{
    struct manifest manifest = { 0 };
    lede_error why = LEDE_ERROR_INIT;
    char *path = lede__path_join(x->folder, "manifest");
    lede_status read = LEDE_STATUS_OK;
    lede_status status = LEDE_STATUS_OK;

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    read = lede__manifest_read(&manifest, x->index, &why);
    if (is_damage(read)) {
        status = list_segments(&manifest, x->folder, err);
        if (status == LEDE_STATUS_OK && manifest.n > 0) {
            status = tell(x, path, &why, "all segments that lie there are "
                          "taken, with what was added or removed last or "
                          "without", err);
        }
    }
    if ((read != LEDE_STATUS_OK && !is_damage(read)) ||
        (read != LEDE_STATUS_OK && manifest.n == 0 &&
         status == LEDE_STATUS_OK)) {
        if (err != NULL) {
            *err = why;
        }
        status = read;
    }
    for (size_t i = 0; i < manifest.n && status == LEDE_STATUS_OK; i++) {
        if (read != LEDE_STATUS_OK) {
            status = learn_facts(x, &manifest.segments[i], err);
        }
        if (status == LEDE_STATUS_OK) {
            status = take(x, &manifest.segments[i], err);
        }
    }
    x->n_committed = x->n_row;
    if (status == LEDE_STATUS_OK && x->n_row == 0 && manifest.n > 0) {
        status = lede__fail(err, LEDE_STATUS_CORRUPT,
                            "%s: none of its segments can be read", x->index);
    }
    lede__manifest_free(&manifest);
    free(path);
    return status;
}

lede_status
lede__native_next(struct sink_native *x, uint32_t after, uint32_t *number,
                  lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    *number = 0;
    for (size_t i = 0; i < x->n_row && status == LEDE_STATUS_OK; i++) {
        struct native_segment *s = &x->row[i];
        uint32_t next = 0;

        status = lede__native_next_of(s, after, &next, err);
        if (is_damage(status)) {
            status = believe(s, err);
            if (status == LEDE_STATUS_OK) {
                status = lede__native_next_of(s, after, &next, err);
            }
        }
        if (next > 0 && (*number == 0 || next < *number)) {
            *number = next;
        }
    }
    return status;
}

lede_status
lede__native_record(struct sink_native *x, uint32_t place, uint32_t doc,
                    struct str *record, lede_error *err)
{
    struct native_segment *s = &x->row[place];
    lede_status status = lede__stored_read(x->reader, s->segment, doc, record,
                                           err);

    if (is_damage(status) && !s->believed) {
        status = believe(s, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__stored_read(x->reader, s->segment, doc, record,
                                       err);
        }
    }
    return status;
}
