/* run.c - lede_writer_index and lede_writer_add_jsonl: scan, plan, index,
   remove what has vanished, commit.

   Commits happen as memory fills, each of them whole.  A run that is killed
   has lost only what came after the last one; the next run finds by the state
   of the files (and by the hash of each record in files of many) what is still
   to be done. */

#include <stdlib.h>
#include <unistd.h>

#include "indexer/run.h"

/* ---- what the steps need ---- */

lede_status
lede__run_grow(void **array, size_t *cap, size_t count, size_t size,
               lede_error *err)
{
    size_t wanted = *cap == 0 ? 64 : *cap + *cap / 2;
    void *bigger = NULL;

    if (count < *cap) {
        return LEDE_STATUS_OK;
    }
    bigger = wanted > SIZE_MAX / size ? NULL : realloc(*array, wanted * size);
    if (bigger == NULL) {
        return lede__fail_memory(err);
    }
    *array = bigger;
    *cap = wanted;
    return LEDE_STATUS_OK;
}

uint64_t
lede__run_held_bytes(const struct run *run)
{
    return run->arena.used + run->cap_known * sizeof *run->known +
           run->known_map.cap * sizeof *run->known_map.entries +
           run->known_map.keys.used + run->cap_files * sizeof *run->files +
           run->cap_items * sizeof *run->items;
}

/* A path's text is NUL-terminated: it lies in the arena. */
static const char *
text_of(struct str path)
{
    return path.len == 0 ? NULL : path.p;
}

void
lede__run_tell(struct run *run, lede_event_kind kind, struct str path,
               const char *message)
{
    lede_event event = { 0 };

    event.kind = kind;
    event.path = text_of(path);
    event.message = message;
    event.counts = &run->counts;
    lede__writer_event(run->writer, &event);
}

void
lede__run_warn(struct run *run, struct str path,
               const struct reader_warning *warning)
{
    lede_event event = { 0 };

    run->counts.warnings++;
    event.kind = LEDE_EVENT_WARNING;
    event.path = text_of(path);
    event.message = warning->message;
    event.code = warning->code;
    event.line = warning->line;
    event.column = warning->column;
    event.counts = &run->counts;
    lede__writer_event(run->writer, &event);
}

void
lede__run_failed(struct run *run, struct str path, const lede_error *why)
{
    lede__writer_failed(run->writer, &run->counts, text_of(path), why);
}

lede_status
lede__run_articles_of(struct run *run, struct str path, uint32_t **numbers,
                      size_t *count, lede_error *err)
{
    lede_writer *writer = run->writer;
    lede_status status = LEDE_STATUS_OK;
    uint32_t number = 0;
    size_t cap = 0;

    *numbers = NULL;
    *count = 0;
    status = lede__term_raw(&writer->term, TERM_FILE, path, err);
    while (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->find(writer->sink,
                                         lede__buf_view(&writer->term),
                                         number, &number, err);
        if (status != LEDE_STATUS_OK || number == 0) {
            break;
        }
        status = lede__run_grow((void **)numbers, &cap, *count,
                                sizeof **numbers, err);
        if (status == LEDE_STATUS_OK) {
            (*numbers)[(*count)++] = number;
        }
    }
    return status;
}

lede_status
lede__run_replace_articles(struct run *run, struct run_file *file,
                           uint32_t but, lede_error *err)
{
    uint32_t *numbers = NULL;
    size_t count = 0;
    lede_status status = LEDE_STATUS_OK;

    file->state.articles = 0;
    status = lede__run_articles_of(run, file->state.path, &numbers, &count,
                                   err);
    for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        if (numbers[i] != but) {
            status = lede__writer_delete(run->writer, numbers[i], err);
            run->counts.removed += status == LEDE_STATUS_OK;
        }
    }
    free(numbers);
    return status;
}

/* Does the index say the same of the file already?  When it was seen last
   does not matter where it is read again in any case. */
static bool
is_stored(const struct run *run, const struct file_state *state)
{
    const uint64_t *place = lede__map_find(&run->known_map, state->path);
    const struct file_state *had = place == NULL ? NULL
                                                 : &run->known[*place].state;

    return !run->rebuild && had != NULL && state->failed && had->failed &&
           had->mtime_ns == state->mtime_ns &&
           had->ctime_ns == state->ctime_ns && had->size == state->size &&
           had->inode == state->inode && had->articles == state->articles &&
           memcmp(had->hash, state->hash, sizeof had->hash) == 0 &&
           had->many == state->many && had->drafts == state->drafts &&
           had->drafts_in == state->drafts_in;
}

lede_status
lede__run_store_state(struct run *run, const struct file_state *state,
                      lede_error *err)
{
    lede_writer *writer = run->writer;
    struct sink *sink = writer->sink;
    lede_status status = LEDE_STATUS_OK;

    if (is_stored(run, state)) {
        return LEDE_STATUS_OK;
    }
    status = lede__file_state_key(&writer->term, state->path, err);
    writer->value.len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__file_state_write(&writer->value, state, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = sink->ops->meta_set(sink, lede__buf_view(&writer->term),
                                     lede__buf_view(&writer->value), err);
    }
    return status;
}

/* ---- the end of files ---- */

/* A new file of many may be committed in parts.  So that its articles are
   known to be its own whatever comes between, it gets a state before the
   first, one that has it read again. */
static lede_status
begin_files(struct run *run, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < run->n_files && status == LEDE_STATUS_OK; i++) {
        struct file_state state = run->files[i].state;

        if (!run->batch && !run->files[i].known && state.many &&
            run->files[i].left > 0) {
            state.failed = true;
            status = lede__run_store_state(run, &state, err);
        }
    }
    return status;
}

/* Files without a changed article have no item that ends them: files of many,
   those that could not be opened, and those that are no articles. */
static lede_status
finish_files(struct run *run, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < run->n_files && status == LEDE_STATUS_OK; i++) {
        const struct run_file *file = &run->files[i];

        if (!run->batch && file->left == 0 &&
            (file->state.many || file->state.failed ||
             (file->format == FORMAT_NONE && file->state.articles == 0))) {
            status = lede__run_store_state(run, &file->state, err);
        }
    }
    return status;
}

/* ---- a dry run ---- */

/* Would reading this file change anything?  Only its content can tell. */
static lede_status
is_same_file(struct run *run, const struct item *item, bool *same,
             lede_error *err)
{
    const struct run_file *file = &run->files[item->file];
    struct file_state now;
    lede_status status = LEDE_STATUS_OK;

    *same = false;
    if (item->kind != ITEM_FILE || !file->doubtful) {
        return LEDE_STATUS_OK;
    }
    status = lede__run_hash_file(run, file, now.hash, err);
    *same = status == LEDE_STATUS_OK &&
            memcmp(now.hash, file->state.hash, sizeof now.hash) == 0;
    return status;
}

static lede_status
tell_items(struct run *run, lede_error *err)
{
    for (size_t i = 0; i < run->n_items; i++) {
        const struct item *item = &run->items[i];
        bool same = false;
        lede_status status = is_same_file(run, item, &same, err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (same) {
            run->counts.unchanged++;
        } else if (item->kind == ITEM_DELETE) {
            run->counts.removed += item->old != 0;
            lede__run_tell(run, LEDE_EVENT_REMOVED, item->id, NULL);
        } else if (item->old != 0 && item->kind != ITEM_STORED) {
            run->counts.updated++;
            lede__run_tell(run, LEDE_EVENT_UPDATED, item->id, NULL);
        } else {
            run->counts.added++;
            lede__run_tell(run, LEDE_EVENT_ADDED, item->id, NULL);
        }
    }
    return LEDE_STATUS_OK;
}

/* ---- the run ---- */

static lede_status
begin(struct run *run, lede_writer *writer,
      const lede_source_options *options, lede_error *err)
{
    memset(run, 0, sizeof *run);
    run->writer = writer;
    run->options = options;
    run->rebuild = writer->options.rebuild != 0;
    run->spool = -1;
    run->reader.json_map = writer->schema->json_map;
    run->reader.n_json_map = writer->schema->n_json_map;
    run->reader.front_map = writer->schema->front_map;
    run->reader.n_front_map = writer->schema->n_front_map;
    run->reader.default_lang = writer->schema->default_lang.p;
    if (options->version != LEDE_SOURCE_OPTIONS_VERSION) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "the options are not initialised with "
                          "LEDE_SOURCE_OPTIONS_INIT");
    }
    lede__run_tell_lost(run);
    return lede__writer_settle(writer, err);
}

static void
end(struct run *run)
{
    lede__run_free_looking(run);
    lede__file_close(run->spool);
    lede__arena_free(&run->arena);
    lede__map_free(&run->known_map);
    free(run->known);
    free(run->roots);
    free(run->unread);
    free(run->missing);
    free(run->files);
    free(run->items);
    free(run->gone);
}

/* Index what is planned, and commit; or undo. */
static lede_status
carry_out(struct run *run, lede_error *err)
{
    lede_writer *writer = run->writer;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = begin_files(run, &why);
    bool stopped = false;

    writer->commits = true;
    if (status == LEDE_STATUS_OK) {
        status = lede__run_items(run, &why);
        stopped = status == LEDE_STATUS_STOPPED;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_remove_vanished(run, &why);
    }
    if (status == LEDE_STATUS_OK && run->rebuild) {
        status = lede__run_carry_states(run, &why);
    }
    if (status == LEDE_STATUS_OK && run->rebuild) {
        status = lede__run_carry_serials(run, &why);
    }
    if (status == LEDE_STATUS_OK) {
        status = finish_files(run, &why);
    }
    if (stopped && writer->options.rebuild) {
        status = lede__fail(&why, LEDE_STATUS_STOPPED,
                            "stopped; the index is as it was before the "
                            "rebuild");
        lede_writer_rollback(writer, NULL);
    } else if (status == LEDE_STATUS_OK || stopped) {
        lede_status committed = lede_writer_commit(writer, &why);

        status = committed != LEDE_STATUS_OK ? committed : status;
    } else {
        lede_writer_rollback(writer, NULL);
    }
    writer->commits = false;
    lede__writer_explain(writer, status, &why);
    if (status != LEDE_STATUS_OK && err != NULL) {
        *err = why;
    }
    return status;
}

/* The paths of this run in the form of ids: those given, else those of
   earlier runs.  What is given becomes a root of later runs. */
static lede_status
choose_roots(struct run *run, const char *const *paths, size_t n_paths,
             struct str **out, size_t *count, lede_error *err)
{
    lede_writer *writer = run->writer;
    lede_status status = LEDE_STATUS_OK;

    // A rebuild has all that a batch job added, where there is no path.
    if (n_paths == 0 && writer->roots.count == 0 && writer->old == NULL) {
        return lede__fail(err, LEDE_STATUS_NOT_FOUND,
                          "%s: nothing to index: no path is given, and no "
                          "earlier run had one", writer->index);
    }
    if (n_paths == 0) {
        *out = writer->roots.items;
        *count = writer->roots.count;
        return LEDE_STATUS_OK;
    }
    *out = lede__arena_array(&run->arena, n_paths, sizeof **out);
    if (*out == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < n_paths && status == LEDE_STATUS_OK; i++) {
        char *absolute = NULL;

        status = lede__path_resolve(&absolute, paths[i], err);
        if (status == LEDE_STATUS_OK) {
            (*out)[i] = lede__arena_str(&run->arena,
                                        lede__path_to_id(writer, absolute));
            if ((*out)[i].p == NULL) {
                status = lede__fail_memory(err);
            }
        }
        free(absolute);
    }
    *count = n_paths;
    return status;
}

static bool
is_missing(const struct run *run, struct str root)
{
    for (size_t i = 0; i < run->n_missing; i++) {
        if (str_eq(run->missing[i], root)) {
            return true;
        }
    }
    return false;
}

/* The roots of later runs: those of earlier ones and those that could be read
   now, but for those that are gone and those below another. */
static lede_status
remember_roots(struct run *run, lede_error *err)
{
    const struct str_list *had = &run->writer->roots;
    size_t count = had->count + run->n_roots;
    struct str *all = lede__arena_array(&run->arena, count + 1, sizeof *all);
    size_t n = 0;
    size_t kept = 0;

    if (all == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        all[n] = i < had->count ? had->items[i] : run->roots[i - had->count];
        n += !is_missing(run, all[n]);
    }
    for (size_t i = 0; i < n; i++) {
        bool covered = false;

        for (size_t j = 0; j < n && !covered; j++) {
            covered = str_eq(all[i], all[j])
                          ? j < i : lede__path_is_below(all[i], all[j]);
        }
        if (!covered) {
            all[kept++] = all[i];
        }
    }
    return lede__writer_set_roots(run->writer, all, kept, err);
}

static lede_status
scan(struct run *run, const struct str *roots, size_t count, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    run->roots = calloc(count + 1, sizeof *run->roots);
    if (run->roots == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        status = run->options->files_only
                     ? lede__run_scan_file(run, roots[i], err)
                     : lede__run_scan_root(run, roots[i], err);
    }
    return status;
}

lede_status
lede_writer_index(lede_writer *writer, const char *const *paths,
                  size_t n_paths, const lede_source_options *options,
                  lede_counts *counts, lede_error *error)
{
    static const lede_source_options defaults = LEDE_SOURCE_OPTIONS_INIT;
    struct run run;
    struct str *roots = NULL;
    size_t n_roots = 0;
    lede_status status = LEDE_STATUS_OK;

    status = begin(&run, writer, options == NULL ? &defaults : options,
                   error);
    if (status == LEDE_STATUS_OK) {
        status = choose_roots(&run, paths, n_paths, &roots, &n_roots, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_load_known(&run, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = scan(&run, roots, n_roots, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_plan(&run, error);
    }
    if (status == LEDE_STATUS_OK && run.rebuild) {
        status = lede__run_carry_over(&run, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_number(&run, error);
    }
    if (status == LEDE_STATUS_OK && writer->lost.len > 0 &&
        run.n_items == 0) {
        status = lede__fail(error, LEDE_STATUS_CORRUPT,
                            "%s: no article of it can be read, and none is "
                            "named to be indexed; it is left as it is",
                            writer->index);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;               // nothing has been changed so far
    }
    if (run.options->dry_run) {
        status = tell_items(&run, error);
        if (status == LEDE_STATUS_OK) {
            status = lede__run_remove_vanished(&run, error);
        }
        goto out;
    }
    if (writer->stats.commits == 0 && run.n_roots == 0 &&
        run.counts.failed > 0 && run.n_items == 0) {
        /* Nothing that was named is there: a slip of the pen, most likely,
           and no reason to make an index. */
        status = lede__fail(error, LEDE_STATUS_NOT_FOUND,
                            "nothing to index there, so no index was made");
        goto out;
    }
    if (!run.options->files_only) {
        status = remember_roots(&run, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = carry_out(&run, error);
    }

out:
    if (counts != NULL) {
        *counts = run.counts;
    }
    end(&run);
    return status;
}

lede_status
lede_writer_add_jsonl(lede_writer *writer, const char *path,
                      const lede_source_options *options,
                      lede_counts *counts, lede_error *error)
{
    static const lede_source_options defaults = LEDE_SOURCE_OPTIONS_INIT;
    struct run run;
    lede_status status = LEDE_STATUS_OK;

    status = begin(&run, writer, options == NULL ? &defaults : options,
                   error);
    run.batch = true;
    if (status == LEDE_STATUS_OK) {
        status = lede__run_plan_batch(&run, path, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_number(&run, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = run.options->dry_run ? tell_items(&run, error)
                                      : carry_out(&run, error);
    }
    if (status == LEDE_STATUS_OK && run.stopped) {
        status = lede__fail(error, LEDE_STATUS_STOPPED,
                            "stopped; what was read until then is committed");
    }
    if (counts != NULL) {
        *counts = run.counts;
    }
    end(&run);
    return status;
}

lede_status
lede__writer_convert(lede_writer *writer, lede_counts *counts,
                     lede_error *err)
{
    static const lede_source_options defaults = LEDE_SOURCE_OPTIONS_INIT;
    struct run run;
    lede_status status = begin(&run, writer, &defaults, err);

    run.convert = true;
    if (status == LEDE_STATUS_OK && writer->old == NULL) {
        status = lede__fail(err, LEDE_STATUS_NOT_FOUND,
                            "%s: no index to convert", writer->index);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_load_known(&run, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_carry_over(&run, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__run_number(&run, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = carry_out(&run, err);
    }
    if (counts != NULL) {
        *counts = run.counts;
    }
    end(&run);
    return status;
}
