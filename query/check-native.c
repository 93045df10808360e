/* check-native.c - checking the files of a native index: the manifest, every
   segment from its first byte to its last, and the sets of deleted articles.

   Nothing is locked: the files never change, and where a commit removes one
   before it is opened, the manifest of that commit is looked at instead. */

#include <stdlib.h>

#include "query/check.h"
#include "shared/index/manifest.h"

/* A commit may remove a segment before it is opened; that often in a row is no
   accident. */
#define CHECK_TRIES 20

/* A segment and its deleted articles; NULL where it cannot be opened. */
struct opened {
    struct segment *segment;
    uint64_t *deleted;
};

struct native_check {
    struct check *check;
    const char *index;
    const struct kernel *kernel;
    struct manifest manifest;
    struct opened *opened;      // by segment of the manifest
};

static lede_status
open_segment(struct native_check *n, size_t i, lede_error *err)
{
    const struct manifest_segment *entry = &n->manifest.segments[i];
    char *path = lede__segment_path(n->index, entry->name);
    lede_status status = LEDE_STATUS_OK;

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__segment_open(&n->opened[i].segment, path, entry->size,
                                entry->check, err);
    free(path);
    return status;
}

static lede_status
read_deleted(struct native_check *n, size_t i, lede_error *err)
{
    const struct manifest_segment *entry = &n->manifest.segments[i];
    char *path = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (entry->deleted_name == 0) {
        return LEDE_STATUS_OK;
    }
    path = lede__deleted_path(n->index, entry->name, entry->deleted_name);
    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__deleted_read(&n->opened[i].deleted, path, entry->docs,
                                entry->deleted_check, err);
    free(path);
    return status;
}

static void
close_all(struct native_check *n)
{
    for (size_t i = 0; n->opened != NULL && i < n->manifest.n; i++) {
        lede__segment_close(n->opened[i].segment);
        free(n->opened[i].deleted);
    }
    free(n->opened);
    n->opened = NULL;
    lede__manifest_free(&n->manifest);
}

/* Whether the manifest is another by now. */
static bool
has_changed(const struct native_check *n)
{
    struct manifest manifest = { 0 };
    bool changed = false;

    if (lede__manifest_read(&manifest, n->index, NULL) == LEDE_STATUS_OK) {
        changed = manifest.generation != n->manifest.generation;
        lede__manifest_free(&manifest);
    }
    return changed;
}

/* Open what the manifest names, as far as it can be opened. */
static lede_status
open_all(struct native_check *n, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (int tries = 0; tries < CHECK_TRIES; tries++) {
        bool missing = false;

        status = lede__manifest_read(&n->manifest, n->index, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        n->opened = calloc(n->manifest.n + 1, sizeof *n->opened);
        if (n->opened == NULL) {
            return lede__fail_memory(err);
        }
        for (size_t i = 0; i < n->manifest.n; i++) {
            missing |= open_segment(n, i, NULL) == LEDE_STATUS_NOT_FOUND;
            missing |= read_deleted(n, i, NULL) == LEDE_STATUS_NOT_FOUND;
        }
        if (!missing || !has_changed(n)) {
            return LEDE_STATUS_OK;
        }
        close_all(n);
    }
    return lede__fail(err, LEDE_STATUS_ENGINE,
                      "%s: changes faster than it can be opened", n->index);
}

/* A failure is a problem of the index, but for want of memory or of a
   right. */
static lede_status
judge(struct native_check *n, lede_status status, const lede_error *why,
      lede_error *err)
{
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_PERMISSION || status == LEDE_STATUS_ENGINE) {
        return lede__fail(err, status, "%s", why->message);
    }
    if (status != LEDE_STATUS_OK) {
        lede__check_tell(n->check, "%s", why->message);
    }
    return LEDE_STATUS_OK;
}

static void
on_fault(void *payload, const char *message)
{
    struct native_check *n = payload;

    lede__check_tell(n->check, "%s", message);
}

static lede_status
check_segment(struct native_check *n, size_t i, lede_error *err)
{
    const struct manifest_segment *entry = &n->manifest.segments[i];
    struct segment *segment = n->opened[i].segment;
    lede_error why = LEDE_ERROR_INIT;
    size_t before = n->check->problems;
    lede_status status = LEDE_STATUS_OK;

    if (segment == NULL) {
        status = open_segment(n, i, &why);
        segment = n->opened[i].segment;
    }
    if (segment != NULL && segment->facts.docs != entry->docs) {
        lede__check_tell(n->check, "%s: it has %u articles, and the manifest "
                         "says %u", segment->path, segment->facts.docs,
                         entry->docs);
    }
    if (segment != NULL) {
        status = lede__segment_check(segment, n->kernel, on_fault, n, &why);
    }
    if (status == LEDE_STATUS_CORRUPT && n->check->problems > before) {
        return LEDE_STATUS_OK;  // told already
    }
    return judge(n, status, &why, err);
}

static lede_status
check_deleted(struct native_check *n, size_t i, lede_error *err)
{
    const struct manifest_segment *entry = &n->manifest.segments[i];
    const uint64_t *words = n->opened[i].deleted;
    uint32_t count = 0;

    if (words == NULL && entry->deleted_name != 0) {
        lede_error why = LEDE_ERROR_INIT;
        lede_status status = read_deleted(n, i, &why);

        words = n->opened[i].deleted;
        if (words == NULL) {
            return judge(n, status, &why, err);
        }
    }
    for (uint32_t w = 0; words != NULL && w < (entry->docs + 63) / 64; w++) {
        count += (uint32_t)__builtin_popcountll(words[w]);
    }
    if (count != entry->deleted) {
        lede__check_tell(n->check, "%s: segment %llu has %u deleted articles, "
                         "and the manifest says %u", n->index,
                         (unsigned long long)entry->name, count,
                         entry->deleted);
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__check_native(struct check *check, const char *index, bool *readable,
                   lede_error *err)
{
    struct native_check n = {
        .check = check, .index = index, .kernel = lede__kernel_best(),
    };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = open_all(&n, &why);

    if (status != LEDE_STATUS_OK) {
        status = judge(&n, status, &why, err);
    } else {
        for (size_t i = 0; i < n.manifest.n && status == LEDE_STATUS_OK;
             i++) {
            status = check_segment(&n, i, err);
            if (status == LEDE_STATUS_OK) {
                status = check_deleted(&n, i, err);
            }
        }
    }
    close_all(&n);
    *readable = status == LEDE_STATUS_OK && check->problems == 0;
    return status;
}
