/* pipeline.c - from items to the sink: read, parse and invert in many threads,
   add in one, in the order of the items.

   Items go to threads in chunks (item.h); the calling thread, which alone
   touches the sink and calls back, takes the chunks back in order.  Chunks go
   in ROUNDS of so much text; between two rounds all threads are idle and all
   that was made is added, and there, looking at what is pending, memory is
   freed by a commit.  Chunks and rounds are cut by the plan and the memory
   alone, so that the index does not depend on the number of threads.

   A large article is a round of its own, and gets all the memory where it is
   costly.  One that turns out to be costly without being large (one that holds
   no language) waits until the others are done; its number is the next one
   then. */

#include <stdlib.h>
#include <string.h>

#include "indexer/item.h"

/* The part of the memory whose size a round's text has, and its bounds. */
#define ROUND_SHARE 128
#define ROUND_MIN ((uint64_t)256 << 10)
#define ROUND_MAX ((uint64_t)16 << 20)
#define ROUND_ITEMS 16384

/* Chunks on their way, for each thread: one that it does, one that waits to be
   taken, and a reserve. */
#define CHUNKS_PER_THREAD 4

/* What a parcel takes, in bytes of memory per byte of text. */
#define PARCEL_PER_BYTE 10

/* Progress is told after this much text, or that many articles. */
#define PROGRESS_BYTES ((uint64_t)1 << 19)
#define PROGRESS_ARTICLES 100

struct pipeline {
    struct run *run;
    struct crew *crew;
    struct worker *workers;
    pthread_mutex_t old;
    struct chunk *chunks;
    size_t n_chunks;
    size_t next_chunk;
    uint64_t round_bytes;
    uint64_t growth;            // of what is pending, the most in a round
    size_t *late;               // items that wait until the end
    size_t n_late, cap_late;
    bool last;                  // no item waits any more
    uint64_t told_bytes;
    uint64_t told_articles;
    uint64_t done;              // items
};

/* ---- what an outcome means for the index ---- */

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

static lede_status
put_article(struct run *run, const struct item *item,
            const struct outcome *outcome, lede_error *err)
{
    struct run_file *file = &run->files[item->file];
    lede_status status = LEDE_STATUS_OK;

    if (item->kind == ITEM_FILE) {
        file->state.drafts = false;
        file->state.drafts_in = false;
        status = lede__run_replace_articles(run, file, item->old, err);
    }
    if (status == LEDE_STATUS_OK && item->old != 0) {
        status = lede__writer_delete(run->writer, item->old, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (outcome->draft) {
        run->counts.skipped++;
        run->counts.removed += item->old != 0;
        file->state.drafts = true;
    } else {
        lede__writer_count(run->writer, &outcome->inverted, item->number);
        run->counts.added += item->old == 0;
        run->counts.updated += item->old != 0;
        file->state.articles++;
        file->state.drafts_in |= outcome->draft_in;
    }
    return LEDE_STATUS_OK;
}

/* An article that cannot be read any more stays as it was; a rebuild took it
   from the generation before. */
static void
put_failure(struct run *run, const struct item *item,
            const struct outcome *outcome)
{
    struct run_file *file = &run->files[item->file];

    lede__run_failed(run, file->state.path, outcome->error);
    file->state.failed = true;
    if (!run->rebuild) {
        file->state.articles += item->kind != ITEM_FILE && item->old != 0;
    } else if (outcome->old && outcome->added) {
        lede__writer_count(run->writer, &outcome->inverted, item->number);
        run->counts.added++;
        file->state.articles++;
    }
}

/* Only faults of the index itself fail. */
static lede_status
put_outcome(struct run *run, const struct item *item,
            const struct outcome *outcome, lede_error *err)
{
    struct run_file *file = &run->files[item->file];
    lede_status status = LEDE_STATUS_OK;

    if (item->kind == ITEM_DELETE) {
        return put_deletion(run, item, err);
    }
    for (const struct warning *w = outcome->warnings; w != NULL;
         w = w->next) {
        lede__run_warn(run, file->state.path, &w->warning);
    }
    run->counts.bytes += outcome->bytes;
    if (item->kind == ITEM_FILE) {
        memcpy(file->state.hash, outcome->hash, sizeof file->state.hash);
        file->state.many = false;
    }
    if (outcome->status != LEDE_STATUS_OK) {
        put_failure(run, item, outcome);
    } else if (outcome->same) {
        run->counts.unchanged += file->state.articles;
    } else if (outcome->empty) {
        file->state.articles = 0;
        status = put_deletion(run, item, err);
    } else {
        status = put_article(run, item, outcome, err);
    }
    if (status == LEDE_STATUS_OK && --file->left == 0 && !run->batch) {
        status = lede__run_store_state(run, &file->state, err);
    }
    return status;
}

static void
put_stored(struct run *run, const struct item *item,
           const struct outcome *outcome)
{
    lede_error told = LEDE_ERROR_INIT;

    run->counts.bytes += item->size;
    if (outcome->status == LEDE_STATUS_OK) {
        lede__writer_count(run->writer, &outcome->inverted, item->number);
        run->counts.added++;
        return;
    }
    lede__fail(&told, outcome->status, "%.*s: %s", (int)item->id.len,
               item->id.p, outcome->error->message);
    lede__run_failed(run, str_from(run->writer->index), &told);
}

static void
tell_progress(struct pipeline *p)
{
    struct run *run = p->run;
    lede_event event = { 0 };

    if (run->counts.bytes - p->told_bytes < PROGRESS_BYTES &&
        p->done - p->told_articles < PROGRESS_ARTICLES) {
        return;
    }
    p->told_bytes = run->counts.bytes;
    p->told_articles = p->done;
    event.kind = LEDE_EVENT_PROGRESS;
    event.counts = &run->counts;
    event.bytes_total = run->bytes_total;
    event.articles_total = run->n_items;
    lede__writer_event(run->writer, &event);
}

/* ---- chunks ---- */

static lede_status
put_late(struct pipeline *p, size_t item, lede_error *err)
{
    lede_status status = lede__run_grow((void **)&p->late, &p->cap_late,
                                        p->n_late, sizeof *p->late, err);

    if (status == LEDE_STATUS_OK) {
        p->late[p->n_late++] = item;
    }
    return status;
}

/* What a chunk means for the index; takes its parcel. */
static lede_status
put_chunk(struct pipeline *p, struct chunk *chunk, lede_error *err)
{
    struct run *run = p->run;
    lede_status status = chunk->status;

    if (status != LEDE_STATUS_OK && err != NULL) {
        *err = chunk->error;
    }
    for (size_t i = 0; i < chunk->count && status == LEDE_STATUS_OK; i++) {
        const struct item *item = &run->items[chunk->first + i];
        struct outcome *outcome = &chunk->outcomes[i];

        if (outcome->costly && !p->last) {
            status = put_late(p, chunk->first + i, err);
            continue;
        }
        if (outcome->costly && outcome->status == LEDE_STATUS_OK) {
            outcome->status = LEDE_STATUS_LIMIT;
        }
        if (item->kind == ITEM_STORED) {
            put_stored(run, item, outcome);
        } else {
            status = put_outcome(run, item, outcome, err);
        }
        p->done++;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__writer_add(run->writer, chunk->parcel, err);
    } else if (chunk->parcel != NULL) {
        chunk->parcel->free(chunk->parcel);
    }
    chunk->parcel = NULL;
    if (status == LEDE_STATUS_OK) {
        tell_progress(p);
    }
    return status;
}

/* The next chunk of the items before `end`, from `first` on. */
static struct chunk *
cut_chunk(struct pipeline *p, size_t first, size_t end)
{
    const struct item *items = p->run->items;
    struct chunk *chunk = &p->chunks[p->next_chunk++ % p->n_chunks];
    uint64_t bytes = 0;
    uint64_t largest = 0;

    chunk->first = first;
    chunk->count = 0;
    chunk->limit = lede__writer_small_limit(p->run->writer);
    while (first < end && bytes < CHUNK_BYTES && chunk->count < CHUNK_ITEMS) {
        uint64_t len = items[first++].len;

        bytes += len;
        largest = len > largest ? len : largest;
        chunk->count++;
    }
    chunk->job.memory = largest * MEMORY_PER_BYTE + bytes * PARCEL_PER_BYTE;
    return chunk;
}

/* ---- rounds ---- */

static lede_status
make_room(struct pipeline *p, uint64_t coming, lede_error *err)
{
    return lede__writer_make_room(p->run->writer, coming,
                                  lede__run_held_bytes(p->run), err);
}

static bool
is_large(const struct pipeline *p, const struct item *item)
{
    return lede__writer_is_large(p->run->writer, item->len);
}

/* One article alone. */
static lede_status
run_alone(struct pipeline *p, size_t item, lede_error *err)
{
    const struct run *run = p->run;
    struct chunk *chunk = cut_chunk(p, item, item + 1);
    lede_status status = make_room(
        p, (uint64_t)run->items[item].len * MEMORY_PER_BYTE, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    lede__crew_give(p->crew, &chunk->job);
    lede__crew_take(p->crew);
    if (chunk->status == LEDE_STATUS_OK && chunk->outcomes[0].costly) {
        status = make_room(p, run->writer->options.memory_bytes, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        chunk->limit = lede__writer_large_limit(run->writer);
        lede__crew_give(p->crew, &chunk->job);
        lede__crew_take(p->crew);
    }
    p->last = true;
    status = put_chunk(p, chunk, err);
    p->last = false;
    return status;
}

/* The items from `first` to `end`. */
static lede_status
run_round(struct pipeline *p, size_t first, size_t end, lede_error *err)
{
    struct sink *sink = p->run->writer->sink;
    const atomic_bool *stop = &p->run->writer->stop;
    uint64_t before = sink->ops->pending_bytes(sink);
    uint64_t after = 0;
    lede_status status = LEDE_STATUS_OK;

    for (;;) {
        struct chunk *chunk = NULL;
        lede_status put = LEDE_STATUS_OK;

        if (status == LEDE_STATUS_OK && first < end && !atomic_load(stop) &&
            !lede__crew_is_full(p->crew)) {
            chunk = cut_chunk(p, first, end);
            first += chunk->count;
            lede__crew_give(p->crew, &chunk->job);
            continue;
        }
        chunk = (struct chunk *)lede__crew_take(p->crew);
        if (chunk == NULL) {
            break;
        }
        if (status == LEDE_STATUS_OK) {
            put = put_chunk(p, chunk, err);
        } else if (chunk->parcel != NULL) {
            chunk->parcel->free(chunk->parcel);
        }
        status = put != LEDE_STATUS_OK ? put : status;
    }
    after = sink->ops->pending_bytes(sink);
    if (after > before && after - before > p->growth) {
        p->growth = after - before;
    }
    return status;
}

static size_t
cut_round(const struct pipeline *p, size_t first)
{
    const struct run *run = p->run;
    uint64_t bytes = 0;
    size_t end = first;

    while (end < run->n_items && bytes < p->round_bytes &&
           end - first < ROUND_ITEMS && !is_large(p, &run->items[end])) {
        bytes += run->items[end++].len;
    }
    return end;
}

static lede_status
run_rounds(struct pipeline *p, lede_error *err)
{
    struct run *run = p->run;
    lede_status status = LEDE_STATUS_OK;
    size_t next = 0;
    size_t late = 0;

    while (status == LEDE_STATUS_OK &&
           (next < run->n_items || late < p->n_late)) {
        if (atomic_load(&run->writer->stop)) {
            return lede__fail(err, LEDE_STATUS_STOPPED,
                              "stopped; what was done is committed");
        }
        if (next == run->n_items) {
            struct item *item = &run->items[p->late[late++]];

            item->number = run->writer->stats.last_number + 1;
            status = run_alone(p, (size_t)(item - run->items), err);
        } else if (is_large(p, &run->items[next])) {
            status = run_alone(p, next++, err);
        } else {
            size_t end = cut_round(p, next);

            status = make_room(p, p->growth, err);
            if (status == LEDE_STATUS_OK) {
                status = run_round(p, next, end, err);
            }
            next = end;
        }
    }
    if (status == LEDE_STATUS_OK && atomic_load(&run->writer->stop) &&
        p->done < run->n_items) {
        return lede__fail(err, LEDE_STATUS_STOPPED,
                          "stopped; what was done is committed");
    }
    return status;
}

/* ---- the whole ---- */

static uint64_t
round_size(uint64_t memory)
{
    uint64_t bytes = memory / ROUND_SHARE;

    return bytes < ROUND_MIN ? ROUND_MIN
           : bytes > ROUND_MAX ? ROUND_MAX : bytes;
}

static lede_status
begin(struct pipeline *p, unsigned count, lede_error *err)
{
    struct run *run = p->run;
    uint64_t memory = run->writer->options.memory_bytes;
    void **members = calloc(count, sizeof *members);
    lede_status status = LEDE_STATUS_OK;

    p->round_bytes = round_size(memory);
    p->n_chunks = (size_t)(p->round_bytes / CHUNK_BYTES) + 1;
    if (p->n_chunks > (size_t)count * CHUNKS_PER_THREAD) {
        p->n_chunks = (size_t)count * CHUNKS_PER_THREAD;
    }
    p->chunks = calloc(p->n_chunks, sizeof *p->chunks);
    p->workers = calloc(count, sizeof *p->workers);
    if (members == NULL || p->chunks == NULL || p->workers == NULL) {
        status = lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__writer_make_members(run->writer, count, err);
    }
    if (status == LEDE_STATUS_OK) {
        for (unsigned i = 0; i < count; i++) {
            p->workers[i].run = run;
            p->workers[i].member = &run->writer->members[i];
            p->workers[i].old = &p->old;
            p->workers[i].fd = -1;
            members[i] = &p->workers[i];
        }
        status = lede__crew_new(&p->crew, members, count, p->n_chunks,
                                memory / 8, lede__work_chunk, err);
    }
    free(members);
    return status;
}

lede_status
lede__run_items(struct run *run, lede_error *err)
{
    unsigned count = run->writer->threads;
    struct pipeline p = { .run = run };
    lede_status status = LEDE_STATUS_OK;

    if (run->n_items == 0) {
        return LEDE_STATUS_OK;
    }
    if (run->n_items < count) {
        count = (unsigned)run->n_items;
    }
    pthread_mutex_init(&p.old, NULL);
    status = begin(&p, count, err);
    if (status == LEDE_STATUS_OK) {
        status = run_rounds(&p, err);
    }
    lede__crew_free(p.crew);
    for (unsigned i = 0; p.workers != NULL && i < count; i++) {
        if (p.workers[i].member != NULL) {
            lede__file_close(p.workers[i].fd);
        }
    }
    for (size_t i = 0; p.chunks != NULL && i < p.n_chunks; i++) {
        lede__arena_free(&p.chunks[i].arena);
    }
    pthread_mutex_destroy(&p.old);
    free(p.chunks);
    free(p.workers);
    free(p.late);
    return status;
}
