/* plan.c - from files to the articles that are to be indexed.

   A file that is one article is one item, read when its turn comes; a file of
   many is read through once (many.c).  Items are then sorted by id, so that
   document numbers follow the ids whatever the order of lines and the number
   of threads. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/run.h"

/* A gzip-compressed article's size is not known before; text seldom shrinks
   more than this. */
#define INFLATED_PER_BYTE 5

/* ---- items ---- */

lede_status
lede__run_push_item(struct run *run, const struct item *item,
                    lede_error *err)
{
    lede_status status = lede__run_grow((void **)&run->items,
                                        &run->cap_items, run->n_items,
                                        sizeof *run->items, err);

    if (status == LEDE_STATUS_OK) {
        run->items[run->n_items++] = *item;
    }
    return status;
}

static bool
is_compressed(const char *path)
{
    unsigned char magic[2] = { 0, 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;

    if (fd < 0) {
        return true;            // the opening below will tell
    }
    n = read(fd, magic, sizeof magic);
    close(fd);
    return n == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

/* ---- sorting and numbering ---- */

static int
compare_items(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;
    int order = lede__str_cmp(x->id, y->id);
    bool x_stored = x->kind == ITEM_STORED;
    bool y_stored = y->kind == ITEM_STORED;

    /* Of several with one id the last counts, and least what is carried
       over. */
    if (order == 0) {
        order = y_stored - x_stored;
    }
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void
warn_duplicate(struct run *run, const struct item *item, struct str path)
{
    struct reader_warning warning = {
        "duplicate-id", item->line, 0,
        "another article further down has the same id and takes its place",
    };

    lede__run_warn(run, path, &warning);
}

lede_status
lede__run_number(struct run *run, lede_error *err)
{
    uint32_t number = run->writer->stats.last_number;
    size_t n = 0;

    if (run->n_items > 0 && !run->convert) {
        qsort(run->items, run->n_items, sizeof *run->items, compare_items);
    }
    for (size_t i = 0; i < run->n_items; i++) {
        struct item *item = &run->items[i];
        struct run_file *file =
            item->kind == ITEM_STORED ? NULL : &run->files[item->file];

        if (i + 1 < run->n_items &&
            str_eq(item->id, run->items[i + 1].id)) {
            if (item->kind != ITEM_DELETE && file != NULL) {
                warn_duplicate(run, item, file->state.path);
            }
            continue;
        }
        if (item->kind == ITEM_SAME) {
            run->counts.unchanged++;
            file->state.articles++;
            continue;
        }
        if (number >= UINT32_MAX - 2) {
            return lede__fail(err, LEDE_STATUS_LIMIT,
                              "more articles than document numbers; number "
                              "anew with lede index --rebuild");
        }
        item->number = ++number;
        if (file != NULL) {
            file->left++;
        }
        run->bytes_total += item->size;
        run->items[n++] = *item;
    }
    run->n_items = n;
    return LEDE_STATUS_OK;
}

/* ---- the interface ---- */

static lede_status
plan_file(struct run *run, uint32_t index, lede_error *err)
{
    struct run_file *file = &run->files[index];
    struct item item = { 0 };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    uint64_t size = 0;
    char *path = lede__path_of_id(run->writer, file->state.path);

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__format_find(&file->format, path, &why);
    if (status == LEDE_STATUS_NO_MEMORY) {
        status = lede__fail_memory(err);
        goto out;
    }
    if (status != LEDE_STATUS_OK) {
        lede__run_failed(run, file->state.path, &why);
        file->state.failed = true;
        status = LEDE_STATUS_OK;
        goto out;
    }
    if (file->format == FORMAT_NONE) {
        /* No article; where it has been one, as good as not found. */
        const uint64_t *place = lede__map_find(&run->known_map,
                                               file->state.path);

        if (file->state.articles > 0) {
            run->known[*place].found = false;
        }
        goto out;
    }
    if (lede__format_is_many(file->format)) {
        status = lede__run_plan_many(run, index, path, err);
        goto out;
    }
    item.id = file->state.path;
    item.file = index;
    item.kind = ITEM_FILE;
    size = file->state.size;
    if (is_compressed(path)) {
        size = size < UINT32_MAX ? size * INFLATED_PER_BYTE : size;
    }
    item.len = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    item.size = item.len;
    status = lede__writer_find_id(run->writer, item.id, &item.old, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__run_push_item(run, &item, err);
    }

out:
    free(path);
    return status;
}

lede_status
lede__run_plan(struct run *run, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < run->n_files && status == LEDE_STATUS_OK; i++) {
        if (atomic_load(&run->writer->stop)) {
            return lede__fail(err, LEDE_STATUS_STOPPED, "stopped");
        }
        status = plan_file(run, (uint32_t)i, err);
    }
    return status;
}
