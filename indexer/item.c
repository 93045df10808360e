/* item.c - the work on one article of a run: read, parse, invert. */

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/item.h"

/* What a member keeps of its memory between articles. */
#define MEMBER_KEEPS ((size_t)1 << 20)

void
lede__hash_bytes(struct str bytes, unsigned char out[16])
{
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.p, bytes.len));
    memcpy(out, canonical.digest, 16);
}

void
lede__member_shrink(struct member *member)
{
    if (member->article.arena.used > MEMBER_KEEPS) {
        lede__arena_free(&member->article.arena);
    }
    if (member->bytes.cap > MEMBER_KEEPS) {
        lede__buf_free(&member->bytes);
    }
}

static void
keep_warning(void *payload, const struct reader_warning *warning)
{
    struct worker *worker = payload;
    struct arena *arena = &worker->chunk->arena;
    struct outcome *outcome = worker->outcome;
    struct warning *w = lede__arena_array(arena, 1, sizeof *w);
    struct str message = lede__arena_str(arena, str_from(warning->message));

    if (w == NULL || message.p == NULL) {
        return;                 // a warning less is no failure
    }
    w->warning = *warning;
    w->warning.message = message.p;
    *outcome->last = w;
    outcome->last = &w->next;
}

static const lede_error *
keep_error(struct chunk *chunk, const lede_error *why)
{
    lede_error *kept = lede__arena_array(&chunk->arena, 1, sizeof *kept);

    if (kept != NULL) {
        *kept = *why;
    }
    return kept;
}

/* ---- adding ---- */

/* A failure here is one of the whole run, but for LEDE_STATUS_LIMIT. */
static void
add(struct worker *worker, const struct item *item,
    const struct article *article, const unsigned char *hash,
    struct str stored)
{
    struct inversion what = {
        .article = article,
        .number = item->number,
        .hash = hash,
        .stored = stored,
        .limit = worker->chunk->limit,
    };
    struct outcome *outcome = worker->outcome;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = lede__invert(worker->member->inverter,
                                      worker->member->gatherer, &what,
                                      &outcome->inverted, &why);

    outcome->added = status == LEDE_STATUS_OK;
    outcome->costly = status == LEDE_STATUS_LIMIT;
    if (outcome->costly) {
        outcome->error = keep_error(worker->chunk, &why);
        if (outcome->error == NULL) {
            status = lede__fail_memory(&why);
        }
    }
    if (status != LEDE_STATUS_OK && status != LEDE_STATUS_LIMIT) {
        worker->chunk->status = status;
        worker->chunk->error = why;
    }
}

/* ---- from records ---- */

/* Parse one record and add it. */
static lede_status
work_record(struct worker *worker, const struct item *item,
            const struct record *record, lede_error *err)
{
    struct run *run = worker->run;
    const struct run_file *file = &run->files[item->file];
    struct article *article = &worker->member->article;
    struct outcome *outcome = worker->outcome;
    lede_status status = LEDE_STATUS_OK;

    outcome->bytes = record->len;
    status = lede__article_parse(article, record, file->state.path,
                                 &run->reader, keep_warning, worker, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (run->batch) {
        article->path = STR("");        // it comes from no file
    }
    article->id = item->id;
    if (article->draft && !run->writer->options.drafts) {
        outcome->draft = true;
        return LEDE_STATUS_OK;
    }
    outcome->draft_in = article->draft;
    add(worker, item, article,
        item->kind == ITEM_FILE ? outcome->hash : item->hash,
        (struct str){ NULL, 0 });
    return LEDE_STATUS_OK;
}

static lede_status
work_file(struct worker *worker, const struct item *item, lede_error *err)
{
    struct run *run = worker->run;
    const struct run_file *file = &run->files[item->file];
    struct outcome *outcome = worker->outcome;
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
        outcome->empty = true;
        goto out;
    }
    if (record->too_large) {
        status = lede__fail(err, LEDE_STATUS_LIMIT,
                            "%s: an article larger than %llu bytes; allow "
                            "more with --max-article and --memory", path,
                            (unsigned long long)run->writer->max_article);
        goto out;
    }
    outcome->bytes = record->len;
    lede__hash_bytes((struct str){ record->p, record->len }, outcome->hash);
    if (file->doubtful && !file->state.many &&
        memcmp(outcome->hash, file->state.hash, sizeof outcome->hash) == 0) {
        outcome->same = true;
        goto out;
    }
    status = work_record(worker, item, record, err);

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
        lede__hash_bytes((struct str){ record->p, record->len }, out);
    }
    lede__source_close(source);
    free(path);
    return status;
}

/* The bytes of an item in a file of many or in the spool. */
static lede_status
read_bytes(struct worker *worker, const struct item *item, lede_error *err)
{
    struct run *run = worker->run;
    const struct run_file *file = &run->files[item->file];
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
    worker->member->bytes.len = 0;
    return lede__file_read_at(&worker->member->bytes, fd, item->offset,
                              item->len, file->state.path.p, err);
}

static lede_status
work_line(struct worker *worker, const struct item *item, lede_error *err)
{
    const struct run_file *file = &worker->run->files[item->file];
    struct str bytes;
    struct record record = { 0 };
    unsigned char hash[16];
    lede_status status = read_bytes(worker, item, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    bytes = lede__buf_view(&worker->member->bytes);
    lede__hash_bytes(bytes, hash);
    if (memcmp(hash, item->hash, sizeof hash) != 0) {
        return lede__fail_at(err, LEDE_STATUS_IO, file->state.path.p,
                             item->line, 0,
                             "changed while it was read; run again");
    }
    record.p = bytes.p;
    record.len = bytes.len;
    record.offset = item->offset;
    record.line = item->line;
    record.format = file->format;
    return work_record(worker, item, &record, err);
}

/* ---- from stored records ---- */

/* One that the plan has parsed. */
static lede_status
work_parsed(struct worker *worker, const struct item *item, lede_error *err)
{
    struct article *article = &worker->member->article;
    struct outcome *outcome = worker->outcome;
    lede_status status = read_bytes(worker, item, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__record_read(article,
                                   lede__buf_view(&worker->member->bytes),
                                   err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    outcome->bytes = item->size;
    outcome->draft_in = article->draft;
    add(worker, item, article, item->hash,
        lede__buf_view(&worker->member->bytes));
    return LEDE_STATUS_OK;
}

/* Article `old` of the generation before.  It is stored as it was. */
static lede_status
work_old(struct worker *worker, const struct item *item, uint32_t old,
         lede_error *err)
{
    struct member *member = worker->member;
    struct sink *sink = worker->run->writer->old;
    struct buf column = BUF_INIT(BUF_MAX_ANY);
    unsigned char hash[16] = { 0 };
    lede_status status = LEDE_STATUS_OK;

    pthread_mutex_lock(worker->old);
    status = sink->ops->stored(sink, old, &member->bytes, err);
    if (status == LEDE_STATUS_OK) {
        status = sink->ops->column(sink, COLUMN_HASH, old, &column, err);
    }
    pthread_mutex_unlock(worker->old);
    if (status == LEDE_STATUS_OK) {
        status = lede__record_read(&member->article,
                                   lede__buf_view(&member->bytes), err);
    }
    if (status == LEDE_STATUS_OK) {
        if (column.len == sizeof hash) {
            memcpy(hash, column.p, sizeof hash);
        }
        add(worker, item, &member->article, hash,
            lede__buf_view(&member->bytes));
        worker->outcome->old = true;
    }
    lede__buf_free(&column);
    return status;
}

/* An article that cannot be read any more is in a rebuild what the generation
   before has of it. */
static lede_status
work_failed(struct worker *worker, const struct item *item, lede_error *err)
{
    struct sink *sink = worker->run->writer->old;
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    uint32_t old = 0;

    if (!worker->run->rebuild || sink == NULL) {
        return LEDE_STATUS_OK;
    }
    status = lede__term_raw(&term, TERM_ID, item->id, err);
    if (status == LEDE_STATUS_OK) {
        pthread_mutex_lock(worker->old);
        status = sink->ops->find(sink, lede__buf_view(&term), 0, &old, err);
        pthread_mutex_unlock(worker->old);
    }
    lede__buf_free(&term);
    return status != LEDE_STATUS_OK || old == 0
               ? status : work_old(worker, item, old, err);
}

/* ---- items ---- */

static lede_status
work_item(struct worker *worker, const struct item *item, lede_error *err)
{
    switch (item->kind) {
    case ITEM_FILE:
        return work_file(worker, item, err);
    case ITEM_LINE:
    case ITEM_SPOOL:
        return work_line(worker, item, err);
    case ITEM_PARSED:
        return work_parsed(worker, item, err);
    default:
        return LEDE_STATUS_OK;          // the calling thread's
    }
}

/* Note a failure of the item itself; what cannot be noted ends the run. */
static void
fail_item(struct worker *worker, const struct item *item, lede_status status,
          const lede_error *why)
{
    struct chunk *chunk = worker->chunk;
    struct outcome *outcome = worker->outcome;

    outcome->error = keep_error(chunk, why);
    if (outcome->error == NULL || status == LEDE_STATUS_NO_MEMORY) {
        chunk->status = lede__fail_memory(&chunk->error);
        return;
    }
    outcome->status = status;
    chunk->status = work_failed(worker, item, &chunk->error);
}

void
lede__work_chunk(void *payload, struct job *job)
{
    struct worker *worker = payload;
    struct chunk *chunk = (struct chunk *)job;
    struct gatherer *gatherer = worker->member->gatherer;

    worker->chunk = chunk;
    chunk->status = LEDE_STATUS_OK;
    chunk->parcel = NULL;
    lede__arena_reset(&chunk->arena);
    for (size_t i = 0; i < chunk->count; i++) {
        const struct item *item = &worker->run->items[chunk->first + i];
        lede_error why = LEDE_ERROR_INIT;
        lede_status status = LEDE_STATUS_OK;

        worker->outcome = &chunk->outcomes[i];
        memset(worker->outcome, 0, sizeof *worker->outcome);
        worker->outcome->last = &worker->outcome->warnings;
        if (item->kind == ITEM_STORED) {
            chunk->status = work_old(worker, item, item->old, &chunk->error);
        } else {
            status = work_item(worker, item, &why);
            if (status != LEDE_STATUS_OK) {
                fail_item(worker, item, status, &why);
            }
        }
        lede__member_shrink(worker->member);
        if (chunk->status != LEDE_STATUS_OK) {
            return;
        }
    }
    chunk->status = gatherer->ops->parcel(gatherer, &chunk->parcel,
                                          &chunk->error);
}
