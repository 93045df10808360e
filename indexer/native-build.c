/* native-build.c - lists, made in many threads, into a segment; see
   native-build.h.

   A thread takes a batch of terms (the lock `in`), makes its lists and puts it
   to those that are done (the lock `out`).  Where it is the next one to be
   written the thread writes it, and all that follow; else it goes on with
   another batch, as long as there are any.

   A stem whose only form is itself has the same docs and tfs as the form, and
   so the same bytes of postings.  A list without positions is remembered by
   the hash of its bytes; one that comes later and has the same is not written
   again.  (Stems sort before forms.)  Two hashes of 64 bits that are equal by
   chance are not reckoned with. */

#include "indexer/native-build.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <xxhash.h>

#include "shared/base/file.h"
#include "shared/index/bigrams.h"

/* What of a batch is brought from memory for the first step should still be
   near for the second. */
#define BATCH_TERMS 512u
#define BATCH_WORK ((uint64_t)512 << 10)

/* Positions in memory before they go to a temporary file: so much, or a part of
   the memory; what is pending leaves more (lede__writer_make_room). */
#define POSITIONS_HELD ((uint64_t)4 << 20)
#define POSITIONS_PART 8
#define COPY_BYTES ((size_t)256 << 10)

/* To say where a shared list is takes some bytes too. */
#define SHARED_MIN 8u

/* Candidates for bigrams before all but the best are dropped. */
#define WORDS_HELD ((size_t)4096)

/* Batches for each thread: the one that it does, and those that are done and
   wait for one before them. */
#define BATCHES 3u

struct build_shared {
    uint64_t hash;              // 0: none
    uint64_t offset;
};

/* ---- batches ---- */

lede_status
lede__build_term(struct build_batch *batch, struct str text, lede_error *err)
{
    struct build_term *term = NULL;

    if (batch->n == batch->cap) {
        size_t cap = batch->cap == 0 ? 256 : batch->cap * 2;
        struct build_term *terms = realloc(batch->terms,
                                           cap * sizeof *terms);

        if (terms == NULL) {
            return lede__fail_memory(err);
        }
        batch->terms = terms;
        batch->cap = cap;
    }
    term = &batch->terms[batch->n];
    memset(term, 0, sizeof *term);
    term->text = (uint32_t)batch->texts.len;
    term->source = (uint32_t)batch->sources.len;
    term->len = (uint8_t)text.len;
    batch->n++;
    return lede__buf_str(&batch->texts, text, err);
}

bool
lede__build_full(const struct build_batch *batch, size_t n)
{
    return n >= BATCH_TERMS || batch->work >= BATCH_WORK;
}

static void
empty_batch(struct build_batch *batch)
{
    batch->n = 0;
    batch->texts.len = 0;
    batch->sources.len = 0;
    batch->range.len = 0;
    batch->work = 0;
    batch->postings.len = 0;
    batch->positions.len = 0;
}

static void
free_batch(struct build_batch *batch)
{
    free(batch->terms);
    lede__buf_free(&batch->texts);
    lede__buf_free(&batch->sources);
    lede__buf_free(&batch->range);
    lede__buf_free(&batch->postings);
    lede__buf_free(&batch->positions);
}

/* ---- lists written once ---- */

static struct build_shared *
shared_place(struct build_shared *shared, size_t cap, uint64_t hash)
{
    size_t at = (size_t)hash & (cap - 1);

    while (shared[at].hash != 0 && shared[at].hash != hash) {
        at = (at + 1) & (cap - 1);
    }
    return &shared[at];
}

static lede_status
grow_shared(struct build *build, lede_error *err)
{
    size_t cap = build->cap_shared == 0 ? 1024 : build->cap_shared * 2;
    struct build_shared *shared = calloc(cap, sizeof *shared);

    if (shared == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < build->cap_shared; i++) {
        if (build->shared[i].hash != 0) {
            *shared_place(shared, cap, build->shared[i].hash) =
                build->shared[i];
        }
    }
    free(build->shared);
    build->shared = shared;
    build->cap_shared = cap;
    return LEDE_STATUS_OK;
}

/* Where the postings of a term come to lie: *again where they are there. */
static lede_status
place_postings(struct build *build, const struct build_term *term,
               uint64_t *offset, bool *again, lede_error *err)
{
    struct build_shared *place = NULL;

    *again = false;
    *offset = build->n_postings;
    if (term->info.postings_len < SHARED_MIN) {
        return LEDE_STATUS_OK;
    }
    if (build->n_shared >= build->cap_shared / 4 * 3) {
        lede_status status = grow_shared(build, err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    place = shared_place(build->shared, build->cap_shared, term->hash);
    if (place->hash != 0) {
        *offset = place->offset;
        *again = true;
    } else if (!term->info.with_positions) {
        *place = (struct build_shared){ term->hash, *offset };
        build->n_shared++;
    }
    return LEDE_STATUS_OK;
}

/* ---- frequent words ---- */

static int
compare_dfs(const void *a, const void *b)
{
    const struct list_info *x = a;
    const struct list_info *y = b;

    if (x->df != y->df) {
        return x->df > y->df ? -1 : 1;
    }
    return (x->positions > y->positions) - (x->positions < y->positions);
}

static int
compare_places(const void *a, const void *b)
{
    const struct list_info *x = a;
    const struct list_info *y = b;

    return (x->positions > y->positions) - (x->positions < y->positions);
}

static void
begin_frequent(struct frequent *frequent, uint32_t docs, uint32_t df)
{
    uint32_t least = df > 0 ? df : BIGRAM_DF;

    *frequent = (struct frequent){
        .least = least > docs / BIGRAM_SHARE ? least : docs / BIGRAM_SHARE,
        .words = BUF_INIT(BUF_MAX_ANY),
    };
}

/* Leave the most frequent words; returns how many there are. */
static size_t
choose_frequent(struct frequent *frequent)
{
    struct list_info *words =
        (struct list_info *)(void *)frequent->words.p;
    size_t n = frequent->words.len / sizeof *words;

    if (n > BIGRAM_WORDS) {
        qsort(words, n, sizeof *words, compare_dfs);
        n = BIGRAM_WORDS;
    }
    if (n > 1) {
        qsort(words, n, sizeof *words, compare_places);
    }
    frequent->words.len = n * sizeof *words;
    return n;
}

/* A term that may be one: an exact form over all fields. */
static lede_status
note_frequent(struct frequent *frequent, struct str term,
              const struct list_info *info, lede_error *err)
{
    if (info->df < frequent->least || !info->with_positions ||
        info->positions_len == 0 || term.len < 2 ||
        term.p[0] != TERM_EXACT || term.p[1] != '*') {
        return LEDE_STATUS_OK;
    }
    if (frequent->words.len >= WORDS_HELD * sizeof *info) {
        choose_frequent(frequent);
    }
    return lede__buf_add(&frequent->words, info, sizeof *info, err);
}

/* ---- writing a batch ---- */

/* Positions follow postings in the file, so they wait. */
static lede_status
hold_positions(struct build *build, struct str bytes, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    build->n_positions += bytes.len;
    if (build->positions.len > 0 &&
        build->positions.len + bytes.len > build->hold) {
        if (build->fd < 0) {
            status = lede__file_temporary(&build->fd, build->folder, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__file_append(build->fd, build->positions.p,
                                       build->positions.len, build->folder,
                                       err);
        }
        build->positions.len = 0;
    }
    return status == LEDE_STATUS_OK
               ? lede__buf_str(&build->positions, bytes, err) : status;
}

static lede_status
write_batch(struct build *build, struct build_batch *batch, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint64_t positions = build->n_positions;
    char *to = batch->postings.p;       // lists that are there close up

    for (size_t i = 0; i < batch->n && status == LEDE_STATUS_OK; i++) {
        struct build_term *term = &batch->terms[i];
        struct list_info *info = &term->info;
        const char *from = batch->postings.p + info->postings;
        struct str text = { batch->texts.p + term->text, term->len };
        bool again = false;

        if (info->df == 0) {
            continue;
        }
        status = place_postings(build, term, &info->postings, &again, err);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        if (!again) {
            memmove(to, from, info->postings_len);
            to += info->postings_len;
            build->n_postings += info->postings_len;
        }
        info->positions += positions;
        build->facts->terms++;
        build->facts->postings += info->df;
        build->facts->positions += term->positions;
        status = lede__terms_add(build->terms, text, info, err);
        if (status == LEDE_STATUS_OK) {
            status = note_frequent(&build->frequent, text, info, err);
        }
    }
    if (status == LEDE_STATUS_OK && batch->n > 0) {
        status = lede__segment_append(
            build->writer, SECTION_POSTINGS,
            (struct str){ batch->postings.p,
                          (size_t)(to - batch->postings.p) }, err);
    }
    return status == LEDE_STATUS_OK
               ? hold_positions(build, lede__buf_view(&batch->positions), err)
               : status;
}

/* ---- threads ---- */

struct line {
    struct build *build;
    const struct build_ops *ops;
    void *payload;
    pthread_mutex_t in, out;
    uint64_t taken;             // under `in`
    bool end;                   // likewise
    /* under `out` */
    pthread_cond_t spare;       // there is a batch, or all has failed
    uint64_t written;
    bool writing;               // somebody does
    struct build_batch *batches;
    struct build_batch **idle;
    size_t n_batches, n_idle;
    struct build_batch **done;  // by ticket, modulo n_batches; or NULL
    atomic_bool failed;
    lede_status status;         // under `out`, with the rest
    lede_error error;
};

struct hand {
    struct line *line;
    unsigned number;
    struct list_writer *writer;
    struct build_batch *batch;
    uint64_t ticket;
};

/* An idle batch; NULL where all has failed.  There will be one: of those that
   are done the first waits for a thread that has its batch already. */
static struct build_batch *
idle_batch(struct line *line)
{
    struct build_batch *batch = NULL;

    pthread_mutex_lock(&line->out);
    while (line->n_idle == 0 && !atomic_load(&line->failed)) {
        pthread_cond_wait(&line->spare, &line->out);
    }
    if (!atomic_load(&line->failed)) {
        batch = line->idle[--line->n_idle];
    }
    pthread_mutex_unlock(&line->out);
    return batch;
}

/* The next terms into hand->batch; NULL at the end. */
static lede_status
take_batch(struct hand *hand, lede_error *err)
{
    struct line *line = hand->line;
    struct build_batch *batch = idle_batch(line);
    lede_status status = LEDE_STATUS_OK;

    hand->batch = NULL;
    if (batch == NULL) {
        return LEDE_STATUS_OK;
    }
    empty_batch(batch);
    pthread_mutex_lock(&line->in);
    if (!line->end) {
        hand->ticket = line->taken;
        status = line->ops->next(line->payload, batch, err);
        line->end = (batch->n == 0 && batch->range.len == 0) ||
                    status != LEDE_STATUS_OK;
        line->taken += !line->end;
        hand->batch = line->end ? NULL : batch;
    }
    pthread_mutex_unlock(&line->in);
    if (hand->batch != NULL && line->ops->fill != NULL) {
        status = line->ops->fill(line->payload, hand->number, batch, err);
    }
    return status;
}

static lede_status
make_lists(struct hand *hand, lede_error *err)
{
    struct build_batch *batch = hand->batch;
    struct line *line = hand->line;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < batch->n && status == LEDE_STATUS_OK; i++) {
        struct build_term *term = &batch->terms[i];
        bool any = false;

        status = line->ops->list(line->payload, hand->number, batch, term,
                                 hand->writer, &any, err);
        if (status != LEDE_STATUS_OK || !any) {
            continue;
        }
        status = lede__list_end(hand->writer, &batch->postings,
                                &batch->positions, &term->info, err);
        if (status == LEDE_STATUS_OK &&
            term->info.postings_len >= SHARED_MIN) {
            term->hash = XXH3_64bits_withSeed(
                batch->postings.p + term->info.postings,
                (size_t)term->info.postings_len, term->info.tf) | 1;
        }
    }
    return status;
}

/* The batch to those that are done, and all to the file whose turn it is. */
static lede_status
write_in_turn(struct hand *hand, lede_error *err)
{
    struct line *line = hand->line;
    struct build_batch **next = NULL;
    lede_status status = LEDE_STATUS_OK;

    pthread_mutex_lock(&line->out);
    line->done[hand->ticket % line->n_batches] = hand->batch;
    next = &line->done[line->written % line->n_batches];
    while (!line->writing && *next != NULL && status == LEDE_STATUS_OK &&
           !atomic_load(&line->failed)) {
        line->writing = true;
        pthread_mutex_unlock(&line->out);
        status = write_batch(line->build, *next, err);
        pthread_mutex_lock(&line->out);
        line->writing = false;
        line->idle[line->n_idle++] = *next;
        *next = NULL;
        line->written++;
        next = &line->done[line->written % line->n_batches];
        pthread_cond_signal(&line->spare);
    }
    pthread_mutex_unlock(&line->out);
    return status;
}

static void *
work(void *payload)
{
    struct hand *hand = payload;
    struct line *line = hand->line;
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede__list_writer_new(&hand->writer, &error);

    while (status == LEDE_STATUS_OK && !atomic_load(&line->failed)) {
        status = take_batch(hand, &error);
        if (status != LEDE_STATUS_OK || hand->batch == NULL) {
            break;
        }
        status = make_lists(hand, &error);
        if (status == LEDE_STATUS_OK) {
            status = write_in_turn(hand, &error);
        }
    }
    if (status != LEDE_STATUS_OK) {
        pthread_mutex_lock(&line->out);
        if (!atomic_load(&line->failed)) {
            line->status = status;
            line->error = error;
            atomic_store(&line->failed, true);
        }
        pthread_cond_broadcast(&line->spare);
        pthread_mutex_unlock(&line->out);
    }
    lede__list_writer_free(hand->writer);
    return NULL;
}

void
lede__in_threads(void *all, size_t size, unsigned n, void *(*work_of)(void *))
{
    pthread_t threads[BUILD_THREADS];
    unsigned begun = 1;

    while (begun < n &&
           pthread_create(&threads[begun], NULL, work_of,
                          (char *)all + begun * size) == 0) {
        begun++;
    }
    work_of(all);
    for (unsigned i = begun; i < n; i++) {
        work_of((char *)all + i * size);
    }
    for (unsigned i = 1; i < begun; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void
make_batches(struct line *line)
{
    for (size_t i = 0; i < line->n_batches; i++) {
        struct build_batch *batch = &line->batches[i];

        batch->texts.max = BUF_MAX_ANY;
        batch->sources.max = BUF_MAX_ANY;
        batch->range.max = BUF_MAX_ANY;
        batch->postings.max = BUF_MAX_ANY;
        batch->positions.max = BUF_MAX_ANY;
        line->idle[line->n_idle++] = batch;
    }
}

static lede_status
work_all(struct build *build, const struct build_ops *ops, void *payload,
         unsigned threads, lede_error *err)
{
    struct line line = { .build = build, .ops = ops, .payload = payload,
                         .error = LEDE_ERROR_INIT };
    struct hand *hands = NULL;

    threads = threads == 0 ? 1
              : threads > BUILD_THREADS ? BUILD_THREADS : threads;
    line.n_batches = threads == 1 ? 1 : (size_t)threads * BATCHES;
    hands = calloc(threads, sizeof *hands);
    line.batches = calloc(line.n_batches, sizeof *line.batches);
    line.idle = calloc(line.n_batches, sizeof *line.idle);
    line.done = calloc(line.n_batches, sizeof *line.done);
    if (hands == NULL || line.batches == NULL || line.idle == NULL ||
        line.done == NULL) {
        line.status = lede__fail_memory(&line.error);
        goto out;
    }
    for (unsigned i = 0; i < threads; i++) {
        hands[i].line = &line;
        hands[i].number = i;
    }
    make_batches(&line);
    pthread_mutex_init(&line.in, NULL);
    pthread_mutex_init(&line.out, NULL);
    pthread_cond_init(&line.spare, NULL);
    lede__in_threads(hands, sizeof *hands, threads, work);
    pthread_mutex_destroy(&line.in);
    pthread_mutex_destroy(&line.out);
    pthread_cond_destroy(&line.spare);
    for (size_t i = 0; i < line.n_batches; i++) {
        free_batch(&line.batches[i]);
    }
out:
    free(line.done);
    free(line.idle);
    free(line.batches);
    free(hands);
    if (line.status != LEDE_STATUS_OK && err != NULL) {
        *err = line.error;
    }
    return line.status;
}

/* ---- sections ---- */

static lede_status
put_positions(struct build *build, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    uint64_t in_file = build->n_positions - build->positions.len;
    lede_status status = LEDE_STATUS_OK;

    for (uint64_t at = 0; at < in_file && status == LEDE_STATUS_OK;
         at += COPY_BYTES) {
        uint64_t left = in_file - at;

        bytes.len = 0;
        status = lede__file_read_at(
            &bytes, build->fd, at,
            left < COPY_BYTES ? (size_t)left : COPY_BYTES, build->folder,
            err);
        if (status == LEDE_STATUS_OK) {
            status = lede__segment_append(build->writer, SECTION_POSITIONS,
                                          lede__buf_view(&bytes), err);
        }
    }
    lede__buf_free(&bytes);
    return status == LEDE_STATUS_OK
               ? lede__segment_append(build->writer, SECTION_POSITIONS,
                                      lede__buf_view(&build->positions), err)
               : status;
}

static lede_status
put_terms(struct build *build, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__terms_end(build->terms, &bytes, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(build->writer, SECTION_TERMS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

lede_status
lede__build(struct segment_writer *writer, const struct build_means *means,
            struct segment_facts *facts, const struct build_ops *ops,
            void *payload, lede_error *err)
{
    struct build build = { .writer = writer, .folder = means->folder,
                           .facts = facts, .fd = -1,
                           .hold = means->memory / POSITIONS_PART,
                           .positions = BUF_INIT(BUF_MAX_ANY) };
    lede_status status = lede__terms_writer_new(&build.terms, err);

    if (build.hold < POSITIONS_HELD) {
        build.hold = POSITIONS_HELD;
    }
    begin_frequent(&build.frequent, facts->docs, means->bigram_df);
    if (status == LEDE_STATUS_OK) {
        status = work_all(&build, ops, payload, means->threads, err);
    }
    free(build.shared);
    if (status == LEDE_STATUS_OK) {
        status = put_positions(&build, err);
    }
    lede__buf_free(&build.positions);
    lede__file_close(build.fd);
    if (status == LEDE_STATUS_OK) {
        status = put_terms(&build, err);
    }
    lede__terms_writer_free(build.terms);
    if (status == LEDE_STATUS_OK) {
        size_t n = choose_frequent(&build.frequent);

        status = n == 0 ? LEDE_STATUS_OK : lede__bigrams_put(
            (const struct list_info *)(const void *)build.frequent.words.p, n,
            writer, facts, means, err);
    }
    lede__buf_free(&build.frequent.words);
    return status;
}
