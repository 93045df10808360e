/* pipeline.c - from items to the sink: read, parse and invert in many threads,
   add in one, in the order of the items.

   Workers take the next item in turn; what they make goes to a ring of slots,
   and the calling thread, which alone touches the sink and calls back, takes
   it out in order.  A worker waits while the ring is full or the articles in
   flight would take more memory than their share, but never for the article
   that is next to be added, so that there is no deadlock and one huge article
   is worked on alone.  An article that turns out to be costly waits until it
   is the next and what is pending has been committed. */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/run.h"

/* Slots for each thread: enough that a large article holds nobody up. */
#define SLOTS_PER_THREAD 32

/* What slots and workers keep of their memory between articles: the part of
   all of it that all slots may, and what a worker may. */
#define SLOTS_SHARE 64
#define WORKER_KEEPS ((size_t)1 << 20)

/* Progress is told after this much text, or that many articles. */
#define PROGRESS_BYTES ((uint64_t)1 << 19)
#define PROGRESS_ARTICLES 100

struct warning {
    struct warning *next;
    struct reader_warning warning;
};

/* What a worker makes of an item. */
struct result {
    bool ready;
    lede_status status;
    lede_error error;
    struct inverted inverted;
    struct arena arena;         // of the warnings
    struct warning *warnings;
    struct warning **last;
    unsigned char hash[16];     // of an ITEM_FILE
    uint64_t bytes;             // of text read
    uint64_t reserved;          // of the memory for articles in flight
    bool costly;                // waits for its turn and for room
    bool room;                  // has been made for it
    bool same;                  // the content has not changed
    bool draft;                 // and not wanted
    bool draft_in;              // and wanted
    bool empty;                 // an empty file: nothing to index
};

struct pipeline {
    struct run *run;
    pthread_mutex_t mutex;
    pthread_cond_t room;        // for the workers
    pthread_cond_t ready;       // for the calling thread
    struct result *ring;
    size_t n_ring;
    size_t next;                // item to be taken by a worker
    size_t done;                // items added
    uint64_t flying;            // memory of articles in flight
    uint64_t flying_max;
    bool quit;
};

struct worker {
    struct pipeline *pipeline;
    pthread_t thread;
    struct inverter *inverter;
    struct article article;
    struct buf bytes;
    size_t limit;               // of an article's cost
    int fd;                     // of the file of many read last, or -1
    uint32_t fd_file;
    bool started;
};

/* ---- the work on one item ---- */

static void
keep_warning(void *payload, const struct reader_warning *warning)
{
    struct result *result = payload;
    struct warning *w = lede__arena_array(&result->arena, 1, sizeof *w);
    struct str message = lede__arena_str(&result->arena,
                                         str_from(warning->message));

    if (w == NULL || message.p == NULL) {
        return;                 // a warning less is no failure
    }
    w->warning = *warning;
    w->warning.message = message.p;
    *result->last = w;
    result->last = &w->next;
}

static void
set_hash(struct str bytes, unsigned char out[16])
{
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.p, bytes.len));
    memcpy(out, canonical.digest, 16);
}

/* Parse and invert one record. */
static lede_status
work_record(struct worker *worker, const struct item *item,
            const struct record *record, struct result *result,
            lede_error *err)
{
    struct run *run = worker->pipeline->run;
    const struct run_file *file = &run->files[item->file];
    struct article *article = &worker->article;
    const unsigned char *hash = item->kind == ITEM_FILE ? result->hash
                                                        : item->hash;
    lede_status status = LEDE_STATUS_OK;

    result->bytes = record->len;
    status = lede__article_parse(article, record, file->state.path,
                                 &run->reader, keep_warning, result, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (run->batch) {
        article->path = STR("");        // it comes from no file
    }
    article->id = item->id;
    if (article->draft && !run->writer->options.drafts) {
        result->draft = true;
        return LEDE_STATUS_OK;
    }
    result->draft_in = article->draft;
    return lede__invert(worker->inverter, article, hash, worker->limit,
                        &result->inverted, err);
}

static lede_status
work_file(struct worker *worker, const struct item *item,
          struct result *result, lede_error *err)
{
    struct run *run = worker->pipeline->run;
    const struct run_file *file = &run->files[item->file];
    const struct record *record = NULL;
    struct source *source = NULL;
    lede_status status = LEDE_STATUS_OK;
    char *path = lede__path_of_id(run->writer, file->state.path);

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__source_open(&source, path, file->format,
                               (size_t)run->writer->max_article, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__source_next(source, &record, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    if (record == NULL) {
        result->empty = true;
        goto out;
    }
    if (record->too_large) {
        status = lede__fail(err, LEDE_STATUS_LIMIT,
                            "%s: an article larger than %llu bytes; allow "
                            "more with --max-article and --memory", path,
                            (unsigned long long)run->writer->max_article);
        goto out;
    }
    result->bytes = record->len;
    set_hash((struct str){ record->p, record->len }, result->hash);
    if (file->doubtful && !file->state.many &&
        memcmp(result->hash, file->state.hash, sizeof result->hash) == 0) {
        result->same = true;
        goto out;
    }
    status = work_record(worker, item, record, result, err);

out:
    lede__source_close(source);
    free(path);
    return status;
}

lede_status
lede__run_hash_file(struct run *run, const struct run_file *file,
                    unsigned char out[16], lede_error *err)
{
    const struct record *record = NULL;
    struct source *source = NULL;
    lede_status status = LEDE_STATUS_OK;
    char *path = lede__path_of_id(run->writer, file->state.path);

    memset(out, 0, 16);
    status = path == NULL
                 ? lede__fail_memory(err)
                 : lede__source_open(&source, path, file->format,
                                     (size_t)run->writer->max_article, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__source_next(source, &record, err);
    }
    if (status == LEDE_STATUS_OK && record != NULL) {
        set_hash((struct str){ record->p, record->len }, out);
    }
    lede__source_close(source);
    free(path);
    return status;
}

/* A record of a file of many, at its place. */
static lede_status
work_line(struct worker *worker, const struct item *item,
          struct result *result, lede_error *err)
{
    struct run *run = worker->pipeline->run;
    const struct run_file *file = &run->files[item->file];
    struct record record = { 0 };
    unsigned char hash[16];
    lede_status status = LEDE_STATUS_OK;
    char *path = NULL;
    int fd = run->spool;

    if (item->kind == ITEM_LINE) {
        if (worker->fd < 0 || worker->fd_file != item->file) {
            lede__file_close(worker->fd);
            worker->fd = -1;
            path = lede__path_of_id(run->writer, file->state.path);
            status = path == NULL
                         ? lede__fail_memory(err)
                         : lede__file_open(&worker->fd, path, err);
            free(path);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            worker->fd_file = item->file;
        }
        fd = worker->fd;
    }
    worker->bytes.len = 0;
    status = lede__file_read_at(&worker->bytes, fd, item->offset, item->len,
                                file->state.path.p, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    set_hash(lede__buf_view(&worker->bytes), hash);
    if (memcmp(hash, item->hash, sizeof hash) != 0) {
        return lede__fail_at(err, LEDE_STATUS_IO, file->state.path.p,
                             item->line, 0,
                             "changed while it was read; run again");
    }
    record.p = worker->bytes.p;
    record.len = worker->bytes.len;
    record.offset = item->offset;
    record.line = item->line;
    record.format = file->format;
    return work_record(worker, item, &record, result, err);
}

static void
work(struct worker *worker, const struct item *item, struct result *result)
{
    lede_error *err = &result->error;

    result->same = false;
    result->draft = false;
    result->draft_in = false;
    result->empty = false;
    result->bytes = 0;
    memset(result->hash, 0, sizeof result->hash);
    result->warnings = NULL;
    result->last = &result->warnings;
    lede__arena_reset(&result->arena);
    *err = (lede_error)LEDE_ERROR_INIT;
    switch (item->kind) {
    case ITEM_FILE:
        result->status = work_file(worker, item, result, err);
        break;
    case ITEM_LINE:
    case ITEM_SPOOL:
        result->status = work_line(worker, item, result, err);
        break;
    default:
        result->status = LEDE_STATUS_OK;        // the calling thread's
    }
    if (worker->article.arena.used > WORKER_KEEPS) {
        lede__arena_free(&worker->article.arena);
    }
    if (worker->bytes.cap > WORKER_KEEPS) {
        lede__buf_free(&worker->bytes);
        worker->bytes.max = BUF_MAX_ANY;
    }
}

/* ---- the workers ---- */

static void *
run_worker(void *payload)
{
    struct worker *worker = payload;
    struct pipeline *p = worker->pipeline;
    struct run *run = p->run;

    pthread_mutex_lock(&p->mutex);
    while (!p->quit && p->next < run->n_items) {
        const struct item *item = &run->items[p->next];
        uint64_t bytes = (uint64_t)item->len * MEMORY_PER_BYTE;
        struct result *result = NULL;

        if (p->next != p->done &&
            (p->next - p->done >= p->n_ring ||
             p->flying + bytes > p->flying_max)) {
            pthread_cond_wait(&p->room, &p->mutex);
            continue;
        }
        result = &p->ring[p->next % p->n_ring];
        p->next++;
        p->flying += bytes;
        pthread_mutex_unlock(&p->mutex);

        worker->limit = lede__writer_small_limit(run->writer);
        work(worker, item, result);

        pthread_mutex_lock(&p->mutex);
        if (result->status == LEDE_STATUS_LIMIT) {
            lede__inverted_free(&result->inverted);
            memset(&result->inverted, 0, sizeof result->inverted);
            result->costly = true;
            pthread_cond_broadcast(&p->ready);
            while (!result->room && !p->quit) {
                pthread_cond_wait(&p->room, &p->mutex);
            }
            pthread_mutex_unlock(&p->mutex);

            worker->limit = lede__writer_large_limit(run->writer);
            work(worker, item, result);

            pthread_mutex_lock(&p->mutex);
        }
        p->flying += result->inverted.arena.used - bytes;
        result->reserved = result->inverted.arena.used;
        result->ready = true;
        pthread_cond_broadcast(&p->ready);
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

/* ---- the calling thread ---- */

/* An article that cannot be read any more stays as it was; a rebuild takes it
   from the generation before. */
static lede_status
keep_old(struct run *run, const struct item *item, struct run_file *file,
         lede_error *err)
{
    uint32_t old = 0;
    lede_status status = LEDE_STATUS_OK;

    if (!run->rebuild) {
        file->state.articles += item->kind != ITEM_FILE && item->old != 0;
        return LEDE_STATUS_OK;
    }
    status = lede__run_find_old(run, item->id, &old, err);
    if (status == LEDE_STATUS_OK && old != 0) {
        status = lede__run_put_stored(run, old, item->number, err);
        file->state.articles += status == LEDE_STATUS_OK;
    }
    return status;
}

static lede_status
put_article(struct run *run, const struct item *item, struct result *result,
            lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (item->old != 0) {
        status = lede__writer_delete(run->writer, item->old, err);
    }
    if (status == LEDE_STATUS_OK && !result->draft) {
        result->inverted.article.number = item->number;
        status = lede__writer_put(run->writer, &result->inverted, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (result->draft) {
        run->counts.skipped++;
        run->counts.removed += item->old != 0;
        run->files[item->file].state.drafts = true;
    } else {
        run->counts.added += item->old == 0;
        run->counts.updated += item->old != 0;
        run->files[item->file].state.articles++;
        run->files[item->file].state.drafts_in |= result->draft_in;
    }
    return LEDE_STATUS_OK;
}

static lede_status
put_deletion(struct run *run, const struct item *item, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (item->old != 0) {
        status = lede__writer_delete(run->writer, item->old, err);
        run->counts.removed += status == LEDE_STATUS_OK;
    }
    return status;
}

/* What a result means for the index; only faults of the index itself fail. */
static lede_status
put_result(struct run *run, const struct item *item, struct result *result,
           lede_error *err)
{
    struct run_file *file = &run->files[item->file];
    lede_status status = LEDE_STATUS_OK;

    if (item->kind == ITEM_STORED) {
        return lede__run_put_stored(run, item->old, item->number, err);
    }
    if (item->kind == ITEM_DELETE) {
        return put_deletion(run, item, err);
    }
    if (result->status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    for (struct warning *w = result->warnings; w != NULL; w = w->next) {
        lede__run_warn(run, file->state.path, &w->warning);
    }
    run->counts.bytes += result->bytes;
    if (item->kind == ITEM_FILE) {
        memcpy(file->state.hash, result->hash, sizeof file->state.hash);
        file->state.many = false;
    }
    if (result->status != LEDE_STATUS_OK) {
        lede__run_failed(run, file->state.path, &result->error);
        file->state.failed = true;
        status = keep_old(run, item, file, err);
    } else if (result->same) {
        run->counts.unchanged += file->state.articles;
    } else if (result->empty) {
        file->state.articles = 0;
        status = put_deletion(run, item, err);
    } else {
        if (item->kind == ITEM_FILE) {
            file->state.drafts = false;
            file->state.drafts_in = false;
            status = lede__run_replace_articles(run, file, item->old, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = put_article(run, item, result, err);
        }
    }
    if (status == LEDE_STATUS_OK && --file->left == 0 && !run->batch) {
        status = lede__run_store_state(run, &file->state, err);
    }
    return status;
}

static void
tell_progress(struct run *run, uint64_t bytes)
{
    lede_event event = { 0 };

    event.kind = LEDE_EVENT_PROGRESS;
    event.counts = &run->counts;
    event.bytes_total = bytes;
    event.articles_total = run->n_items;
    lede__writer_event(run->writer, &event);
}

/* Until the result that is next is ready; where it is costly, room is made
   first. */
static lede_status
wait_for(struct pipeline *p, struct result *result, lede_error *err)
{
    lede_writer *writer = p->run->writer;
    lede_status status = LEDE_STATUS_OK;

    pthread_mutex_lock(&p->mutex);
    while (!result->ready && status == LEDE_STATUS_OK) {
        if (result->costly && !result->room) {
            pthread_mutex_unlock(&p->mutex);
            status = lede__writer_make_room(writer,
                                            writer->options.memory_bytes,
                                            lede__run_held_bytes(p->run),
                                            err);
            pthread_mutex_lock(&p->mutex);
            result->room = true;
            pthread_cond_broadcast(&p->room);
        } else {
            pthread_cond_wait(&p->ready, &p->mutex);
        }
    }
    pthread_mutex_unlock(&p->mutex);
    return status;
}

static lede_status
take_results(struct pipeline *p, lede_error *err)
{
    struct run *run = p->run;
    uint64_t keep = run->writer->options.memory_bytes / SLOTS_SHARE /
                    p->n_ring;
    lede_status status = LEDE_STATUS_OK;
    uint64_t told_bytes = 0;
    size_t told = 0;

    while (status == LEDE_STATUS_OK && p->done < run->n_items) {
        const struct item *item = &run->items[p->done];
        struct result *result = &p->ring[p->done % p->n_ring];

        if (atomic_load(&run->writer->stop)) {
            return lede__fail(err, LEDE_STATUS_STOPPED,
                              "stopped; what was done is committed");
        }
        status = wait_for(p, result, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__writer_make_room(
                run->writer, result->inverted.cost,
                lede__run_held_bytes(run), err);
        }
        if (status == LEDE_STATUS_OK) {
            status = put_result(run, item, result, err);
        }
        if (result->inverted.arena.used > keep) {
            lede__inverted_free(&result->inverted);
            memset(&result->inverted, 0, sizeof result->inverted);
        }
        pthread_mutex_lock(&p->mutex);
        result->ready = false;
        result->costly = false;
        result->room = false;
        p->flying -= result->reserved;
        p->done++;
        pthread_cond_broadcast(&p->room);
        pthread_mutex_unlock(&p->mutex);

        if (run->counts.bytes - told_bytes >= PROGRESS_BYTES ||
            p->done - told >= PROGRESS_ARTICLES) {
            told_bytes = run->counts.bytes;
            told = p->done;
            tell_progress(run, run->bytes_total);
        }
    }
    return status;
}

static lede_status
start_workers(struct pipeline *p, struct worker *workers, unsigned count,
              lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (unsigned i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        workers[i].pipeline = p;
        workers[i].bytes.max = BUF_MAX_ANY;
        status = lede__writer_new_inverter(p->run->writer,
                                           &workers[i].inverter, err);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        if (pthread_create(&workers[i].thread, NULL, run_worker,
                           &workers[i]) != 0) {
            /* Fewer threads are slower, not wrong; none is a failure. */
            status = i > 0 ? LEDE_STATUS_OK
                           : lede__fail(err, LEDE_STATUS_NO_MEMORY,
                                        "no thread can be started");
            break;
        }
        workers[i].started = true;
    }
    return status;
}

lede_status
lede__run_items(struct run *run, lede_error *err)
{
    unsigned n_workers = run->writer->threads;
    struct pipeline p = { .run = run };
    struct worker *workers = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (run->n_items == 0) {
        return LEDE_STATUS_OK;
    }
    if (run->n_items < n_workers) {
        n_workers = (unsigned)run->n_items;
    }
    p.n_ring = (size_t)n_workers * SLOTS_PER_THREAD;
    p.flying_max = run->writer->options.memory_bytes / 8;
    p.ring = calloc(p.n_ring, sizeof *p.ring);
    workers = calloc(n_workers, sizeof *workers);
    if (p.ring == NULL || workers == NULL) {
        free(p.ring);
        free(workers);
        return lede__fail_memory(err);
    }
    for (unsigned i = 0; i < n_workers; i++) {
        workers[i].fd = -1;
    }
    pthread_mutex_init(&p.mutex, NULL);
    pthread_cond_init(&p.room, NULL);
    pthread_cond_init(&p.ready, NULL);

    status = start_workers(&p, workers, n_workers, err);
    if (status == LEDE_STATUS_OK) {
        status = take_results(&p, err);
    }

    pthread_mutex_lock(&p.mutex);
    p.quit = true;
    pthread_cond_broadcast(&p.room);
    pthread_mutex_unlock(&p.mutex);
    for (unsigned i = 0; i < n_workers; i++) {
        if (workers[i].started) {
            pthread_join(workers[i].thread, NULL);
        }
        lede__inverter_free(workers[i].inverter);
        lede__arena_free(&workers[i].article.arena);
        lede__buf_free(&workers[i].bytes);
        lede__file_close(workers[i].fd);
    }
    for (size_t i = 0; i < p.n_ring; i++) {
        lede__inverted_free(&p.ring[i].inverted);
        lede__arena_free(&p.ring[i].arena);
    }
    pthread_cond_destroy(&p.ready);
    pthread_cond_destroy(&p.room);
    pthread_mutex_destroy(&p.mutex);
    free(p.ring);
    free(workers);
    return status;
}
