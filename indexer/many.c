/* many.c - the articles of a file of many; see many.h. */

#include <stdlib.h>
#include <unistd.h>

#include "indexer/many.h"

/* Batches on their way: one that a thread does, one that waits to be taken,
   and a reserve. */
#define BATCHES_PER_THREAD 3

/* ---- batches, in the calling thread ---- */

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

static lede_status
to_spool(struct run *run, const struct buf *bytes, lede_error *err)
{
    const char *index = run->writer->index;
    lede_status status = LEDE_STATUS_OK;

    if (bytes->len == 0) {
        return LEDE_STATUS_OK;
    }
    if (run->spool < 0) {
        status = lede__file_temporary(&run->spool, index, err);
    }
    return status != LEDE_STATUS_OK
               ? status
               : lede__file_append(run->spool, bytes->p, bytes->len, index,
                                   err);
}

/* A record with a fault: what an earlier run got from this line cannot be told
   from what has vanished; nothing of this file is removed while it has
   faults. */
static void
put_failure(struct many *many, const struct look *look)
{
    struct run_file *file = &many->run->files[many->file];

    lede__run_failed(many->run, file->state.path, look->error);
    file->state.failed = true;
}

static lede_status
put_batch(struct many *many, struct batch *batch, lede_error *err)
{
    struct run *run = many->run;
    uint64_t offset = run->spool_size;
    lede_status status = batch->status;

    if (status != LEDE_STATUS_OK) {
        if (status == LEDE_STATUS_NO_MEMORY) {
            return lede__fail_memory(err);
        }
        if (err != NULL) {
            *err = batch->error;
        }
        return status;
    }
    status = to_spool(run, &batch->spool, err);
    run->spool_size += batch->spool.len;
    for (size_t i = 0; i < batch->count && status == LEDE_STATUS_OK; i++) {
        struct look *look = &batch->looks[i];
        struct item *item = &look->item;

        if (look->error != NULL) {
            put_failure(many, look);
            continue;
        }
        if (item->old != 0) {
            keep_old(many, item->old);
        }
        if (item->kind == ITEM_PARSED || item->kind == ITEM_SPOOL) {
            item->offset = offset;
            offset += look->spooled;
        }
        item->id = lede__arena_str(&run->arena, item->id);
        status = item->id.p == NULL ? lede__fail_memory(err)
                                    : lede__run_push_item(run, item, err);
    }
    if (batch->bytes.cap > LOOKER_KEEPS) {
        lede__buf_free(&batch->bytes);
    }
    if (batch->spool.cap > LOOKER_KEEPS) {
        lede__buf_free(&batch->spool);
    }
    return status;
}

/* Records of a compressed file, or of one in UTF-16, are not at their place:
   the first one tells. */
static lede_status
find_place(struct many *many, const struct record *record, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    int fd = -1;

    if (many->known) {
        return LEDE_STATUS_OK;
    }
    many->known = true;
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

/* Take one batch back. */
static lede_status
take(struct many *many, lede_error *err)
{
    struct job *job = lede__crew_take(many->looking->crew);

    return job == NULL ? LEDE_STATUS_OK
                       : put_batch(many, (struct batch *)job, err);
}

static void
give(struct many *many, struct batch **batch)
{
    uint64_t largest = 0;

    if (*batch == NULL) {
        return;
    }
    for (size_t i = 0; i < (*batch)->count; i++) {
        uint64_t len = (*batch)->looks[i].record.len;

        largest = len > largest ? len : largest;
    }
    (*batch)->job.memory = largest * MEMORY_PER_BYTE;
    lede__crew_give(many->looking->crew, &(*batch)->job);
    *batch = NULL;
}

static lede_status
add_record(struct many *many, struct batch **batch,
           const struct record *record, lede_error *err)
{
    struct looking *looking = many->looking;
    struct look *look = NULL;
    lede_status status = find_place(many, record, err);

    if (status == LEDE_STATUS_OK && *batch == NULL) {
        if (lede__crew_is_full(looking->crew)) {
            status = take(many, err);
        }
        *batch = &looking->batches[looking->next++ % looking->n_batches];
        (*batch)->many = many;
        (*batch)->count = 0;
        (*batch)->bytes.len = 0;
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    look = &(*batch)->looks[(*batch)->count++];
    memset(look, 0, sizeof *look);
    look->record = *record;
    look->record.p = (const char *)(uintptr_t)(*batch)->bytes.len;
    status = lede__buf_add(&(*batch)->bytes, record->p, record->len, err);
    if (status == LEDE_STATUS_OK &&
        ((*batch)->bytes.len >= BATCH_BYTES ||
         (*batch)->count == BATCH_RECORDS)) {
        give(many, batch);
    }
    return status;
}

/* All records of a source.  *why tells of a fault of the source, which is the
   status then; a fault of ours is in *ours, told in err. */
static lede_status
read_records(struct many *many, struct source *source, lede_status *ours,
             lede_error *why, lede_error *err)
{
    const atomic_bool *stop = &many->run->writer->stop;
    const struct record *record = NULL;
    struct batch *batch = NULL;
    lede_status status = LEDE_STATUS_OK;

    *ours = LEDE_STATUS_OK;
    while (*ours == LEDE_STATUS_OK && !atomic_load(stop)) {
        status = lede__source_next(source, &record, why);
        if (status != LEDE_STATUS_OK || record == NULL) {
            break;
        }
        if (many->hash != NULL) {
            XXH3_128bits_update(many->hash, record->p, record->len);
        }
        *ours = add_record(many, &batch, record, err);
    }
    if (*ours == LEDE_STATUS_OK) {
        give(many, &batch);
    }
    for (;;) {
        struct job *job = lede__crew_take(many->looking->crew);

        if (job == NULL) {
            break;
        }
        if (*ours == LEDE_STATUS_OK) {
            *ours = put_batch(many, (struct batch *)job, err);
        }
    }
    return status;
}

/* ---- the crew that looks ---- */

void
lede__run_free_looking(struct run *run)
{
    struct looking *looking = run->looking;

    if (looking == NULL) {
        return;
    }
    lede__crew_free(looking->crew);
    for (unsigned i = 0; looking->lookers != NULL && i < looking->n_lookers;
         i++) {
        lede__arena_free(&looking->lookers[i].article.arena);
        lede__arena_free(&looking->lookers[i].scratch);
        lede__buf_free(&looking->lookers[i].term);
        lede__buf_free(&looking->lookers[i].value);
    }
    for (size_t i = 0; looking->batches != NULL && i < looking->n_batches;
         i++) {
        lede__buf_free(&looking->batches[i].bytes);
        lede__buf_free(&looking->batches[i].spool);
        lede__arena_free(&looking->batches[i].arena);
    }
    pthread_mutex_destroy(&looking->sink);
    free(looking->lookers);
    free(looking->batches);
    free(looking);
    run->looking = NULL;
}

static lede_status
begin_looking(struct run *run, lede_error *err)
{
    unsigned count = run->writer->threads;
    void **members = NULL;
    struct looking *looking = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (run->looking != NULL) {
        return LEDE_STATUS_OK;
    }
    looking = calloc(1, sizeof *looking);
    members = calloc(count, sizeof *members);
    if (looking == NULL || members == NULL) {
        free(looking);
        free(members);
        return lede__fail_memory(err);
    }
    run->looking = looking;
    pthread_mutex_init(&looking->sink, NULL);
    looking->n_lookers = count;
    looking->n_batches = (size_t)count * BATCHES_PER_THREAD;
    looking->lookers = calloc(count, sizeof *looking->lookers);
    looking->batches = calloc(looking->n_batches, sizeof *looking->batches);
    if (looking->lookers == NULL || looking->batches == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    for (unsigned i = 0; i < count; i++) {
        struct looker *looker = &looking->lookers[i];

        looker->term.max = BUF_MAX_ANY;
        looker->value.max = BUF_MAX_ANY;
        members[i] = looker;
    }
    for (size_t i = 0; i < looking->n_batches; i++) {
        looking->batches[i].bytes.max = BUF_MAX_ANY;
        looking->batches[i].spool.max = BUF_MAX_ANY;
    }
    status = lede__crew_new(&looking->crew, members, count,
                            looking->n_batches,
                            run->writer->options.memory_bytes / 4,
                            lede__look_at_batch, err);

out:
    free(members);
    return status;
}

/* ---- the interface ---- */

static void
begin_state(struct many *many)
{
    struct run_file *file = &many->run->files[many->file];
    bool drafts = many->run->writer->options.drafts;

    file->state.many = true;
    file->state.failed = false;
    file->state.drafts = false;
    many->all = file->state.drafts_in && !drafts;
    file->state.drafts_in = file->state.drafts_in && !many->all;
    file->state.articles = 0;
}

/* What the file had and has no more. */
static lede_status
note_gone(struct many *many, lede_error *err)
{
    struct run *run = many->run;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < many->n_old && status == LEDE_STATUS_OK; i++) {
        if (many->kept[i]) {
            continue;
        }
        status = lede__run_grow((void **)&run->gone, &run->cap_gone,
                                run->n_gone, sizeof *run->gone, err);
        if (status == LEDE_STATUS_OK) {
            run->gone[run->n_gone++] = many->old[i];
        }
    }
    return status;
}

lede_status
lede__run_plan_many(struct run *run, uint32_t index, const char *path,
                    lede_error *err)
{
    struct run_file *file = &run->files[index];
    struct many many = {
        .run = run, .file = index, .path = path,
        .known = run->options->dry_run != 0,    // nothing is read again then
    };
    struct source *source = NULL;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = begin_looking(run, err);
    lede_status read = LEDE_STATUS_OK;
    XXH128_canonical_t canonical;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    many.looking = run->looking;
    begin_state(&many);
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
    read = lede__source_open(&source, path, file->format,
                             (size_t)run->writer->max_article, &why);
    if (read == LEDE_STATUS_OK) {
        read = read_records(&many, source, &status, &why, err);
    }
    if (status == LEDE_STATUS_OK && atomic_load(&run->writer->stop)) {
        status = lede__fail(err, LEDE_STATUS_STOPPED, "stopped");
    }
    if (status == LEDE_STATUS_OK && read == LEDE_STATUS_NO_MEMORY) {
        status = lede__fail_memory(err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    if (read != LEDE_STATUS_OK) {
        lede__run_failed(run, file->state.path, &why);
        file->state.failed = true;
    }
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(many.hash));
    memcpy(file->state.hash, canonical.digest, sizeof file->state.hash);
    if (!file->state.failed) {
        status = note_gone(&many, err);
    }

out:
    lede__source_close(source);
    XXH3_freeState(many.hash);
    free(many.old);
    free(many.kept);
    return status;
}

lede_status
lede__run_plan_batch(struct run *run, const char *path, lede_error *err)
{
    struct many many = {
        .run = run, .path = path, .batch = true, .known = true,
        .spooled = run->options->dry_run == 0,
    };
    struct source *source = NULL;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = begin_looking(run, err);
    lede_status ours = LEDE_STATUS_OK;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    many.looking = run->looking;
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
    status = read_records(&many, source, &ours, &why, err);
    if (ours != LEDE_STATUS_OK) {
        status = ours;
    } else if (status == LEDE_STATUS_STOPPED || status == LEDE_STATUS_OK) {
        /* Told to stop: what has come so far is a batch, to be finished. */
        run->stopped = atomic_exchange(&run->writer->stop, false);
        status = LEDE_STATUS_OK;
    } else if (status == LEDE_STATUS_CORRUPT || status == LEDE_STATUS_IO) {
        /* What came before the fault is good. */
        lede__run_failed(run, run->files[0].state.path, &why);
        status = LEDE_STATUS_OK;
    } else if (err != NULL) {
        *err = why;
    }
    lede__source_close(source);
    return status;
}
