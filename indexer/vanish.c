/* vanish.c - files that are no longer there: their articles go, and where a
   new file has the content of an old one, it has been renamed.

   A file has vanished where it lies below a root that this run has read
   without a fault, and was not found. */

#include <stdlib.h>

#include "indexer/run.h"

bool
lede__run_has_vanished(const struct run *run, const struct known *known)
{
    bool below = false;

    if (known->found) {
        return false;
    }
    for (size_t i = 0; i < run->n_unread; i++) {
        if (lede__path_is_below(known->state.path, run->unread[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < run->n_roots && !below; i++) {
        below = lede__path_is_below(known->state.path, run->roots[i]);
    }
    return below;
}

/* ---- renaming ---- */

/* The new files of this run, sorted by content, then path. */
struct twin {
    unsigned char hash[16];
    uint32_t file;
    bool taken;                 // one new file for one old one
};

struct twins {
    struct twin *items;
    size_t count;
};

static int
compare_twins(const void *a, const void *b)
{
    const struct twin *x = a;
    const struct twin *y = b;
    int order = memcmp(x->hash, y->hash, sizeof x->hash);

    return order != 0 ? order : (x->file > y->file) - (x->file < y->file);
}

static lede_status
find_twins(const struct run *run, struct twins *twins, lede_error *err)
{
    twins->count = 0;
    twins->items = calloc(run->n_files + 1, sizeof *twins->items);
    if (twins->items == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < run->n_files; i++) {
        const struct run_file *file = &run->files[i];

        if (!file->known && !file->state.failed && file->state.articles > 0) {
            struct twin *twin = &twins->items[twins->count++];

            memcpy(twin->hash, file->state.hash, sizeof twin->hash);
            twin->file = (uint32_t)i;
        }
    }
    qsort(twins->items, twins->count, sizeof *twins->items, compare_twins);
    return LEDE_STATUS_OK;
}

/* Where a new file has the content of the one that vanished, tell. */
static void
tell_renamed(struct run *run, struct twins *twins, const struct known *known)
{
    size_t low = 0;
    size_t high = twins->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(twins->items[middle].hash, known->state.hash,
                   sizeof known->state.hash) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < twins->count &&
           memcmp(twins->items[low].hash, known->state.hash,
                  sizeof known->state.hash) == 0; low++) {
        if (!twins->items[low].taken) {
            twins->items[low].taken = true;
            run->counts.renamed++;
            lede__run_tell(run, LEDE_EVENT_RENAMED,
                           run->files[twins->items[low].file].state.path,
                           known->state.path.p);
            return;
        }
    }
}

/* ---- a dry run ---- */

/* Tell which article would be removed, by its id. */
static lede_status
tell_number(struct run *run, uint32_t number, lede_error *err)
{
    lede_writer *writer = run->writer;
    struct sink *sink = writer->sink;
    lede_status status = sink->ops->stored(sink, number, &writer->value, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__record_read(&writer->article,
                                   lede__buf_view(&writer->value), err);
    }
    if (status == LEDE_STATUS_OK) {
        run->counts.removed++;
        lede__run_tell(run, LEDE_EVENT_REMOVED, writer->article.id, NULL);
    }
    return status;
}

static lede_status
tell_file(struct run *run, const struct known *known, lede_error *err)
{
    uint32_t *numbers = NULL;
    size_t count = 0;
    lede_status status = lede__run_articles_of(run, known->state.path,
                                               &numbers, &count, err);

    for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        status = tell_number(run, numbers[i], err);
    }
    free(numbers);
    return status;
}

/* ---- removing ---- */

static lede_status
remove_number(struct run *run, uint32_t number, lede_error *err)
{
    lede_status status = lede__writer_make_room(
        run->writer, 0, lede__run_held_bytes(run), err);

    if (status == LEDE_STATUS_OK) {
        status = lede__writer_delete(run->writer, number, err);
    }
    run->counts.removed += status == LEDE_STATUS_OK;
    return status;
}

static lede_status
remove_file(struct run *run, const struct known *known, lede_error *err)
{
    lede_writer *writer = run->writer;
    uint32_t *numbers = NULL;
    size_t count = 0;
    lede_status status = lede__run_articles_of(run, known->state.path,
                                               &numbers, &count, err);

    for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        status = remove_number(run, numbers[i], err);
    }
    free(numbers);
    if (status == LEDE_STATUS_OK) {
        status = lede__file_state_key(&writer->term, known->state.path, err);
    }
    return status != LEDE_STATUS_OK
               ? status
               : writer->sink->ops->meta_set(writer->sink,
                                             lede__buf_view(&writer->term),
                                             STR(""), err);
}

lede_status
lede__run_remove_vanished(struct run *run, lede_error *err)
{
    bool dry = run->options->dry_run != 0;
    struct twins twins = { NULL, 0 };
    lede_status status = dry ? LEDE_STATUS_OK : find_twins(run, &twins, err);

    for (size_t i = 0; i < run->n_known && status == LEDE_STATUS_OK; i++) {
        const struct known *known = &run->known[i];
        bool empty = known->state.articles == 0;

        if (!lede__run_has_vanished(run, known)) {
            continue;
        }
        if (run->rebuild) {
            run->counts.removed += known->state.articles;
        } else if (dry) {
            status = tell_file(run, known, err);
        } else {
            status = remove_file(run, known, err);
        }
        if (!dry && !empty && status == LEDE_STATUS_OK) {
            tell_renamed(run, &twins, known);
        }
    }
    for (size_t i = 0; i < run->n_gone && status == LEDE_STATUS_OK; i++) {
        status = dry ? tell_number(run, run->gone[i], err)
                     : remove_number(run, run->gone[i], err);
    }
    free(twins.items);
    return status;
}
