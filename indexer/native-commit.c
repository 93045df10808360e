/* native-commit.c - the row of segments becomes what the manifest names.

   Order: segments are synced as they are made; then what is deleted is written
   and synced, the folder is synced, and the manifest replaced.  Files that it
   does not name any more are removed last.  Until then the commit before is
   whole.

   Where replacing the manifest failed it may have been replaced all the same
   (the folder could not be synced): then `unsure` is set, the rollback looks
   what it says, and nothing is removed; the next writer does that. */

#include <stdlib.h>

#include "indexer/native.h"
#include "shared/base/file.h"

/* ---- the manifest ---- */

/* Write one of these segments as the next generation. */
static lede_status
write_manifest(struct sink_native *x, struct manifest_segment *segments,
               size_t n, lede_error *err)
{
    struct manifest manifest = { x->generation + 1, x->next_name, segments,
                                 n };
    lede_status status = LEDE_STATUS_OK;

    if (!x->published) {
        return LEDE_STATUS_OK;
    }
    status = lede__file_sync_dir(x->folder, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__manifest_write(&manifest, x->index, err);
        x->unsure = status != LEDE_STATUS_OK;
    }
    return status;
}

static lede_status
facts_of_row(const struct sink_native *x, size_t n,
             struct manifest_segment **out, lede_error *err)
{
    *out = calloc(n + 2, sizeof **out);
    if (*out == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = x->row[i].facts;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__native_write_manifest(struct sink_native *x, lede_error *err)
{
    struct manifest_segment *segments = NULL;
    lede_status status = facts_of_row(x, x->n_committed, &segments, err);

    if (status == LEDE_STATUS_OK) {
        status = write_manifest(x, segments, x->n_committed, err);
    }
    if (status == LEDE_STATUS_OK) {
        x->generation++;
    }
    free(segments);
    return status;
}

/* ---- what is deleted ---- */

static void
remove_deleted(const struct sink_native *x,
               const struct manifest_segment *facts)
{
    char *path = facts->deleted_name == 0
                     ? NULL
                     : lede__deleted_path(x->index, facts->name,
                                          facts->deleted_name);

    if (path != NULL) {
        lede__file_remove_tree(path, NULL);
    }
    free(path);
}

void
lede__native_remove(const struct sink_native *x,
                    const struct manifest_segment *facts)
{
    char *path = lede__segment_path(x->index, facts->name);

    if (path != NULL) {
        lede__file_remove_tree(path, NULL);
    }
    free(path);
    remove_deleted(x, facts);
}

/* Where a segment has other docs deleted than its facts say, they are written
   under the next generation. */
static lede_status
write_deleted(const struct sink_native *x, const struct native_segment *s,
              struct manifest_segment *facts, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    char *path = NULL;

    if (!s->dirty) {
        return LEDE_STATUS_OK;
    }
    path = lede__deleted_path(x->index, facts->name, x->generation + 1);
    status = path == NULL
                 ? lede__fail_memory(err)
                 : lede__deleted_write(path, s->deleted, facts->docs,
                                       &facts->deleted_check, err);
    free(path);
    if (status == LEDE_STATUS_OK) {
        facts->deleted = s->n_deleted;
        facts->deleted_name = x->generation + 1;
    }
    return status;
}

/* ---- commit and rollback ---- */

/* The row is committed, with these facts. */
static void
accept(struct sink_native *x, const struct manifest_segment *facts,
       bool clean)
{
    for (size_t i = 0; i < x->n_row; i++) {
        if (clean && x->row[i].facts.deleted_name != facts[i].deleted_name) {
            remove_deleted(x, &x->row[i].facts);
        }
        x->row[i].facts = facts[i];
        x->row[i].dirty = false;
    }
    x->n_committed = x->n_row;
    x->generation++;
    lede__buf_free(&x->deletions);
}

static lede_status
commit_row(struct sink_native *x, lede_error *err)
{
    struct manifest_segment *facts = NULL;
    lede_status status = facts_of_row(x, x->n_row, &facts, err);

    for (size_t i = 0; i < x->n_row && status == LEDE_STATUS_OK; i++) {
        status = write_deleted(x, &x->row[i], &facts[i], err);
    }
    if (status == LEDE_STATUS_OK) {
        status = write_manifest(x, facts, x->n_row, err);
    }
    if (status == LEDE_STATUS_OK) {
        accept(x, facts, true);
    }
    for (size_t i = 0; i < x->n_row && status != LEDE_STATUS_OK &&
                       facts != NULL && !x->unsure; i++) {
        if (facts[i].deleted_name != x->row[i].facts.deleted_name) {
            remove_deleted(x, &facts[i]);
        }
    }
    free(facts);
    return status;
}

/* Merges are for the future: where one fails, what was committed stays, and
   the next commit tries again. */
static void
tidy(struct sink_native *x)
{
    lede_status status = LEDE_STATUS_OK;

    while (!x->no_merge && status == LEDE_STATUS_OK) {
        struct tier *tiers = calloc(x->n_row + 1, sizeof *tiers);
        size_t first = 0;
        size_t n = 0;

        if (tiers == NULL) {
            return;
        }
        for (size_t i = 0; i < x->n_row; i++) {
            tiers[i] = (struct tier){ x->row[i].facts.size,
                                      x->row[i].facts.docs,
                                      x->row[i].n_deleted };
        }
        lede__tiers_choose(tiers, x->n_row, &first, &n);
        free(tiers);
        if (n == 0) {
            return;
        }
        status = lede__native_merge(x, first, n, false, NULL, NULL);
    }
}

lede_status
lede__native_commit(struct sink_native *x, lede_error *err)
{
    lede_status status = lede__native_flush(x, err);

    if (status != LEDE_STATUS_OK ||
        (x->n_row == x->n_committed && x->deletions.len == 0)) {
        return status;
    }
    status = commit_row(x, err);
    if (status == LEDE_STATUS_OK) {
        tidy(x);
    }
    return status;
}

/* After a commit that failed in its last step: was it done? */
static lede_status
look(struct sink_native *x, bool *done, lede_error *err)
{
    struct manifest manifest = { 0 };
    lede_status status = LEDE_STATUS_OK;

    *done = false;
    if (!x->unsure) {
        return LEDE_STATUS_OK;
    }
    status = lede__manifest_read(&manifest, x->index, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *done = manifest.generation == x->generation + 1 &&
            manifest.n == x->n_row;
    if (*done) {
        accept(x, manifest.segments, false);
    }
    lede__manifest_free(&manifest);
    x->unsure = false;
    return LEDE_STATUS_OK;
}

lede_status
lede__native_rollback(struct sink_native *x, lede_error *err)
{
    bool done = false;
    lede_status status = LEDE_STATUS_OK;

    lede__pending_clear(x);
    lede__metas_clear(&x->metas);
    x->found_term.len = 0;
    status = look(x, &done, err);
    if (status != LEDE_STATUS_OK || done) {
        return status;
    }
    lede__native_undelete_all(x);
    while (x->n_row > x->n_committed) {
        struct native_segment *s = &x->row[--x->n_row];

        lede__native_close(s);
        lede__native_remove(x, &s->facts);
    }
    return LEDE_STATUS_OK;
}

/* ---- merges ---- */

lede_status
lede__native_replace(struct sink_native *x, size_t first, size_t n,
                     struct native_segment *with, lede_error *err)
{
    struct manifest_segment *facts = NULL;
    size_t more = with != NULL;
    size_t after = x->n_row - first - n;
    bool unsure = false;
    lede_status status = facts_of_row(x, x->n_row, &facts, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    memmove(facts + first + more, facts + first + n, after * sizeof *facts);
    if (with != NULL) {
        facts[first] = with->facts;
    }
    status = write_manifest(x, facts, first + more + after, err);
    free(facts);
    if (status != LEDE_STATUS_OK && x->unsure) {
        struct manifest manifest = { 0 };

        if (lede__manifest_read(&manifest, x->index, NULL) ==
                LEDE_STATUS_OK &&
            manifest.generation == x->generation + 1) {
            status = LEDE_STATUS_OK;
            unsure = true;
        }
        lede__manifest_free(&manifest);
        x->unsure = false;
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    x->generation++;
    x->found_term.len = 0;
    for (size_t i = first; i < first + n; i++) {
        lede__native_close(&x->row[i]);
        if (!unsure) {
            lede__native_remove(x, &x->row[i].facts);
        }
    }
    memmove(x->row + first + more, x->row + first + n,
            after * sizeof *x->row);
    if (with != NULL) {
        x->row[first] = *with;
    }
    x->n_row = first + more + after;
    x->n_committed = x->n_row;
    return LEDE_STATUS_OK;
}
