/* plan.c - from files to the articles that are to be indexed.

   A file that is one article is one item, read when its turn comes.  A file of
   many is read through once here: each record's own id and a hash of its bytes
   are compared with what the index has, and only those that differ become
   items.  Records of compressed files, of UTF-16 and of standard input cannot
   be read again at their place; they are copied to a spool, a file without a
   name in the index's folder.

   Items are then sorted by id, so that document numbers follow the ids
   whatever the order of lines and the number of threads. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

#include "indexer/run.h"

/* A gzip-compressed article's size is not known before; text seldom shrinks
   more than this. */
#define INFLATED_PER_BYTE 5

/* ---- the spool ---- */

static lede_status
open_spool(struct run *run, lede_error *err)
{
    const char *index = run->writer->index;

    if (run->spool >= 0) {
        return LEDE_STATUS_OK;
    }
    return lede__file_temporary(&run->spool, index, err);
}

static lede_status
to_spool(struct run *run, const struct record *record, uint64_t *offset,
         lede_error *err)
{
    lede_status status = open_spool(run, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__file_append(run->spool, record->p, record->len,
                                   run->writer->index, err);
    }
    *offset = run->spool_size;
    run->spool_size += record->len;
    return status;
}

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

static void
hash_record(const struct record *record, unsigned char out[16])
{
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical,
                             XXH3_128bits(record->p, record->len));
    memcpy(out, canonical.digest, 16);
}

static lede_status
item_id(struct run *run, struct str path, struct str key, uint32_t line,
        struct str *out, lede_error *err)
{
    struct buf id = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    if (path.len > 0) {
        status = lede__buf_str(&id, path, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_char(&id, '#', err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = key.len > 0 ? lede__buf_str(&id, key, err)
                             : lede__buf_addf(&id, err, "%u", line);
    }
    if (status == LEDE_STATUS_OK) {
        *out = lede__arena_str(&run->arena, lede__buf_view(&id));
        status = out->p == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
    }
    lede__buf_free(&id);
    return status;
}

/* ---- a file of many articles ---- */

struct many {
    struct run *run;
    uint32_t file;
    const char *path;
    bool looked;                // at where its records are
    bool spooled;               // not at their place in the file
    uint32_t *old;              // numbers that the file has in the index
    size_t n_old;
    bool *kept;                 // which of them are still in the file
    XXH3_state_t *hash;
    struct arena scratch;
    bool all;                   // index them all: drafts are to go
};

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void
keep_old(struct many *many, uint32_t number)
{
    const uint32_t *found =
        many->n_old == 0
            ? NULL
            : bsearch(&number, many->old, many->n_old, sizeof *many->old,
                      compare_numbers);

    if (found != NULL) {
        many->kept[found - many->old] = true;
    }
}

/* Records above the limit are a failure of their own. */
static bool
too_large(struct run *run, const struct record *record, struct str path)
{
    lede_error why = LEDE_ERROR_INIT;

    if (!record->too_large) {
        return false;
    }
    lede__fail_at(&why, LEDE_STATUS_LIMIT, path.p, record->line, 0,
                  "an article larger than %llu bytes; allow more with "
                  "--max-article and --memory",
                  (unsigned long long)run->writer->max_article);
    lede__run_failed(run, path, &why);
    return true;
}

/* Records of a compressed file, or of one in UTF-16, are not at their place:
   the first one tells. */
static lede_status
find_place(struct many *many, const struct record *record, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    int fd = -1;

    if (many->looked) {
        return LEDE_STATUS_OK;
    }
    many->looked = true;
    status = lede__file_open(&fd, many->path, NULL);
    if (status == LEDE_STATUS_OK) {
        status = lede__file_read_at(&bytes, fd, record->offset, record->len,
                                    many->path, NULL);
    }
    many->spooled = status != LEDE_STATUS_OK ||
                    memcmp(bytes.p, record->p, record->len) != 0;
    lede__file_close(fd);
    lede__buf_free(&bytes);
    return status == LEDE_STATUS_NO_MEMORY ? lede__fail_memory(err)
                                           : LEDE_STATUS_OK;
}

static lede_status
plan_record(struct many *many, const struct record *record, lede_error *err)
{
    struct run *run = many->run;
    struct run_file *file = &run->files[many->file];
    struct sink *sink = run->writer->sink;
    struct item item = { 0 };
    enum json_action action = JSON_ARTICLE;
    struct str key = { NULL, 0 };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;

    XXH3_128bits_update(many->hash, record->p, record->len);
    if (too_large(run, record, file->state.path)) {
        file->state.failed = true;
        return LEDE_STATUS_OK;
    }
    lede__arena_reset(&many->scratch);
    status = lede__json_peek(record, &run->reader, &many->scratch, &key,
                             &action, &why);
    if (status == LEDE_STATUS_OK && action == JSON_DELETE) {
        status = lede__fail(&why, LEDE_STATUS_BAD_INPUT,
                            "a line that deletes is for lede add");
    }
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status != LEDE_STATUS_OK) {
        lede_error placed = LEDE_ERROR_INIT;

        lede__fail_at(&placed, status, file->state.path.p, record->line,
                      why.column, "%s", why.message);
        lede__run_failed(run, file->state.path, &placed);
        file->state.failed = true;
        /* What an earlier run got from this line cannot be told from what has
           vanished; nothing of this file is removed while it has faults. */
        return LEDE_STATUS_OK;
    }
    status = item_id(run, file->state.path, key, record->line, &item.id, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    hash_record(record, item.hash);
    item.file = many->file;
    item.line = record->line;
    item.len = (uint32_t)record->len;
    item.offset = record->offset;
    item.kind = ITEM_LINE;
    status = lede__writer_find_id(run->writer, item.id, &item.old, err);
    if (status == LEDE_STATUS_OK && item.old != 0) {
        keep_old(many, item.old);
        status = sink->ops->column(sink, COLUMN_HASH, item.old,
                                   &run->writer->value, err);
        if (status == LEDE_STATUS_OK && !many->all &&
            run->writer->value.len == sizeof item.hash &&
            memcmp(run->writer->value.p, item.hash, sizeof item.hash) == 0) {
            item.kind = ITEM_SAME;
        }
    }
    if (status == LEDE_STATUS_OK && item.kind == ITEM_LINE) {
        status = find_place(many, record, err);
    }
    if (status == LEDE_STATUS_OK && item.kind == ITEM_LINE && many->spooled) {
        item.kind = ITEM_SPOOL;
        status = to_spool(run, record, &item.offset, err);
    }
    return status != LEDE_STATUS_OK ? status
                                    : lede__run_push_item(run, &item, err);
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

static lede_status
plan_many(struct run *run, uint32_t index, const char *path, lede_error *err)
{
    struct run_file *file = &run->files[index];
    struct many many = { .run = run, .file = index, .path = path };
    struct source *source = NULL;
    const struct record *record = NULL;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    XXH128_canonical_t canonical;

    file->state.many = true;
    file->state.failed = false;
    file->state.drafts = false;
    many.all = file->state.drafts_in && !run->writer->options.drafts;
    file->state.drafts_in = file->state.drafts_in && !many.all;
    file->state.articles = 0;
    many.hash = XXH3_createState();
    if (many.hash == NULL) {
        return lede__fail_memory(err);
    }
    XXH3_128bits_reset(many.hash);
    status = lede__run_articles_of(run, file->state.path, &many.old,
                                   &many.n_old, err);
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    many.kept = calloc(many.n_old + 1, sizeof *many.kept);
    if (many.kept == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    status = lede__source_open(&source, path, file->format,
                               (size_t)run->writer->max_article, &why);
    while (status == LEDE_STATUS_OK) {
        status = lede__source_next(source, &record, &why);
        if (status != LEDE_STATUS_OK || record == NULL) {
            break;
        }
        if (atomic_load(&run->writer->stop)) {
            status = lede__fail(err, LEDE_STATUS_STOPPED, "stopped");
            goto out;
        }
        status = plan_record(&many, record, err);
        if (status != LEDE_STATUS_OK) {
            goto out;
        }
    }
    if (status == LEDE_STATUS_NO_MEMORY) {
        status = lede__fail_memory(err);
        goto out;
    }
    if (status != LEDE_STATUS_OK) {
        lede__run_failed(run, file->state.path, &why);
        file->state.failed = true;
        status = LEDE_STATUS_OK;
    }
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(many.hash));
    memcpy(file->state.hash, canonical.digest, sizeof file->state.hash);
    for (size_t i = 0; i < many.n_old && !file->state.failed &&
                       status == LEDE_STATUS_OK; i++) {
        if (many.kept[i]) {
            continue;
        }
        status = lede__run_grow((void **)&run->gone, &run->cap_gone,
                                run->n_gone, sizeof *run->gone, err);
        if (status == LEDE_STATUS_OK) {
            run->gone[run->n_gone++] = many.old[i];
        }
    }

out:
    lede__source_close(source);
    lede__arena_free(&many.scratch);
    XXH3_freeState(many.hash);
    free(many.old);
    free(many.kept);
    return status;
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

    if (run->n_items > 0) {
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
        run->bytes_total += item->len;
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
        status = plan_many(run, index, path, err);
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

/* One line of a batch: the article's id is its own. */
static lede_status
plan_batch_record(struct run *run, const struct record *record,
                  struct arena *scratch, lede_error *err)
{
    struct str path = run->files[0].state.path;
    struct sink *sink = run->writer->sink;
    struct item item = { 0 };
    enum json_action action = JSON_ARTICLE;
    struct str key = { NULL, 0 };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;

    if (too_large(run, record, path)) {
        return LEDE_STATUS_OK;
    }
    lede__arena_reset(scratch);
    status = lede__json_peek(record, &run->reader, scratch, &key, &action,
                             &why);
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_OK && key.len == 0) {
        status = lede__fail(&why, LEDE_STATUS_BAD_INPUT,
                            "the article has no id; give it an \"id\"");
    }
    if (status != LEDE_STATUS_OK) {
        lede_error placed = LEDE_ERROR_INIT;

        lede__fail_at(&placed, status, path.p, record->line, why.column,
                      "%s", why.message);
        lede__run_failed(run, path, &placed);
        return LEDE_STATUS_OK;
    }
    status = item_id(run, STR(""), key, record->line, &item.id, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    hash_record(record, item.hash);
    item.line = record->line;
    item.len = (uint32_t)record->len;
    item.kind = action == JSON_DELETE ? ITEM_DELETE : ITEM_SPOOL;
    status = lede__writer_find_id(run->writer, item.id, &item.old, err);
    if (status == LEDE_STATUS_OK && item.old != 0 &&
        item.kind == ITEM_SPOOL) {
        status = sink->ops->column(sink, COLUMN_HASH, item.old,
                                   &run->writer->value, err);
        if (status == LEDE_STATUS_OK &&
            run->writer->value.len == sizeof item.hash &&
            memcmp(run->writer->value.p, item.hash, sizeof item.hash) == 0) {
            item.kind = ITEM_SAME;
        }
    }
    if (status == LEDE_STATUS_OK && item.kind == ITEM_SPOOL) {
        status = to_spool(run, record, &item.offset, err);
    }
    return status != LEDE_STATUS_OK ? status
                                    : lede__run_push_item(run, &item, err);
}

lede_status
lede__run_plan_batch(struct run *run, const char *path, lede_error *err)
{
    struct arena scratch = ARENA_INIT;
    struct source *source = NULL;
    const struct record *record = NULL;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;

    run->files = calloc(1, sizeof *run->files);
    if (run->files == NULL) {
        return lede__fail_memory(err);
    }
    run->n_files = 1;
    run->cap_files = 1;
    run->files[0].format = FORMAT_JSONL;
    run->files[0].state.path = strcmp(path, "-") == 0
                                   ? STR("(standard input)")
                                   : str_from(path);
    status = lede__source_open(&source, path, FORMAT_JSONL,
                               (size_t)run->writer->max_article, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    lede__source_stop_by(source, &run->writer->stop);
    while (status == LEDE_STATUS_OK && !atomic_load(&run->writer->stop)) {
        status = lede__source_next(source, &record, &why);
        if (status != LEDE_STATUS_OK || record == NULL) {
            break;
        }
        status = plan_batch_record(run, record, &scratch, &why);
    }
    if (status == LEDE_STATUS_STOPPED || status == LEDE_STATUS_OK) {
        /* Told to stop: what has come so far is a batch, to be finished. */
        run->stopped = atomic_exchange(&run->writer->stop, false);
        status = LEDE_STATUS_OK;
    }
    if (status == LEDE_STATUS_CORRUPT || status == LEDE_STATUS_IO) {
        /* What came before the fault is good. */
        lede__run_failed(run, run->files[0].state.path, &why);
        status = LEDE_STATUS_OK;
    } else if (status != LEDE_STATUS_OK && err != NULL) {
        *err = why;
    }
    lede__source_close(source);
    lede__arena_free(&scratch);
    return status;
}
