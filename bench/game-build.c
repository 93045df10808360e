/* game-build.c - building an index of the game's corpus, through the sink.

   Threads take chunks of whole lines, and with them numbers, one after the
   other; each inverts its chunk through a gatherer of its own.  A ROUND is so
   many bytes that memory allows; after it the parcels are added in order, and
   where enough is pending it is spilled or committed.  So the index is the same
   for any number of threads (as in indexer/pipeline.c).

   An article is inverted by counting: each token's word is looked up (words.h)
   and noted with its number within the article; counts become offsets, and a
   second pass deals the positions out. */

#include "bench/game.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/words.h"
#include "indexer/sink.h"
#include "shared/analysis/analysis.h"
#include "shared/base/file.h"

/* Small enough to stay in the second-level cache. */
#define CHUNK_BYTES ((size_t)256 << 10)
#define THREADS_MAX 64
/* Tokens whose words are asked for from memory before the first is used. */
#define BATCH 128

struct builder {
    const struct game_options *options;
    struct sink *sink;
    struct corpus corpus;
    struct index_stats stats;
    /* the round */
    pthread_mutex_t lock;
    uint32_t next_number;
    uint64_t round_bytes;       // still to be read
    size_t round_articles;
    bool ended;                 // the corpus has
    struct parcel **parcels;    // by chunk
    size_t n_parcels;
    size_t cap_parcels;
};

/* A word of the article at hand. */
struct slot {
    uint32_t handle;
    uint32_t count;
    uint32_t end;               // of its positions, when they are dealt out
};

struct worker {
    pthread_t thread;
    struct builder *builder;
    struct gatherer *gatherer;
    struct words words;
    uint64_t epoch;             // of their handles
    struct chunk chunk;
    struct article_text article;
    struct buf term;
    struct buf record;
    struct slot *slots;
    uint32_t *sequence;         // of each token the slot
    uint32_t *positions;
    struct posting *postings;
    size_t cap;                 // tokens
    uint64_t tokens;
    lede_error err;             // large, and so not made for each article
};

static void
must(lede_status status, const lede_error *err)
{
    if (status != LEDE_STATUS_OK) {
        die("game: %s", err->message);
    }
}

/* ---- inverting ---- */

/* The place of a word that this gatherer has no handle of. */
__attribute__((noinline)) static struct known_word *
learn(struct worker *worker, uint64_t hash, struct str token)
{
    struct known_word *word = words_add(&worker->words, hash);
    lede_error *err = &worker->err;

    must(lede__term_exact(&worker->term, FIELD_ALL, token, err), err);
    must(worker->gatherer->ops->term(worker->gatherer,
                                     lede__buf_view(&worker->term),
                                     &word->handle, err), err);
    return word;
}

/* Note the tokens' words; returns how many different ones there are. */
static uint32_t
note(struct worker *worker)
{
    struct slot *slots = worker->slots;
    uint32_t n_slots = 0;
    uint32_t *sequence = worker->sequence;
    uint64_t hashes[BATCH];
    struct str batch[BATCH];
    struct tokens tokens;
    size_t n;

    if (worker->epoch != worker->gatherer->epoch) {
        worker->epoch = worker->gatherer->epoch;
        words_clear(&worker->words);
    }
    tokens_begin(&tokens, &worker->article);
    do {
        n = 0;
        while (n < BATCH && tokens_next(&tokens, &batch[n])) {
            hashes[n] = words_hash(batch[n]);
            __builtin_prefetch(&worker->words.places[
                words_start(&worker->words, hashes[n])]);
            n++;
        }
        for (size_t i = 0; i < n; i++) {
            struct known_word *word = words_find(&worker->words, hashes[i]);

            uint32_t slot;
            bool fresh;

            if (word->hash == 0) {
                word = learn(worker, hashes[i], batch[i]);
            }
            /* Its slot may be that of another article, which is as likely as
               not, and so no branch. */
            slot = word->slot;
            fresh = (slot >= n_slots) |
                    (slots[slot].handle != word->handle);
            slot = fresh ? n_slots : slot;
            n_slots += fresh;
            word->slot = slot;
            slots[slot].handle = word->handle;
            slots[slot].count = (fresh ? 0 : slots[slot].count) + 1;
            *sequence++ = slot;
        }
    } while (n == BATCH);
    return n_slots;
}

static void
post_all(struct worker *worker, uint32_t n_slots)
{
    struct gatherer *gatherer = worker->gatherer;
    uint32_t at = 0;

    for (uint32_t i = 0; i < n_slots; i++) {
        worker->slots[i].end = at;
        at += worker->slots[i].count;
    }
    for (uint32_t i = 0; i < worker->article.tokens; i++) {
        worker->positions[worker->slots[worker->sequence[i]].end++] = i;
    }
    for (uint32_t i = 0; i < n_slots; i++) {
        const struct slot *slot = &worker->slots[i];

        worker->postings[i] = (struct posting){
            .positions = worker->positions + slot->end - slot->count,
            .n = slot->count,
            .tf = slot->count,
            .handle = slot->handle,
        };
    }
    must(gatherer->ops->post(gatherer, worker->postings, n_slots,
                             &worker->err), &worker->err);
}

static struct str
record_of(struct worker *worker)
{
    struct article article = { .id = worker->article.id };

    if (!worker->builder->options->stored) {
        return STR("");
    }
    article.body = (struct str){ worker->article.original,
                                 worker->article.len };
    worker->record.len = 0;
    must(lede__record_write(&worker->record, &article, &worker->err),
         &worker->err);
    return lede__buf_view(&worker->record);
}

static void
invert(struct worker *worker, uint32_t number)
{
    struct gatherer *gatherer = worker->gatherer;
    size_t n = worker->article.tokens;
    struct str columns[COLUMNS] = { { NULL, 0 } };

    if (n > worker->cap) {
        worker->cap = n + n / 2;
        worker->slots = grow(worker->slots,
                             worker->cap * sizeof(*worker->slots));
        worker->sequence = grow(worker->sequence,
                                worker->cap * sizeof(*worker->sequence));
        worker->positions = grow(worker->positions,
                                 worker->cap * sizeof(*worker->positions));
        worker->postings = grow(worker->postings,
                                worker->cap * sizeof(*worker->postings));
    }
    must(gatherer->ops->begin(gatherer, number,
                              lede__length_quantise((uint32_t)n), &worker->err),
         &worker->err);
    post_all(worker, note(worker));
    columns[COLUMN_SOURCE] = worker->article.id;
    must(gatherer->ops->end(gatherer, columns, record_of(worker), &worker->err),
         &worker->err);
    worker->tokens += n;
}

/* ---- chunks ---- */

static uint32_t
count_lines(const struct chunk *chunk)
{
    const char *p = chunk->bytes;
    const char *end = p + chunk->len;
    uint32_t lines = 0;

    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));

        p = newline == NULL ? end : newline + 1;        // the last has no end
        lines++;
    }
    return lines;
}

/* The next chunk of the round, the number of its first article, and which
   chunk of the round it is. */
static bool
take_chunk(struct worker *worker, uint32_t *number, size_t *place)
{
    struct builder *builder = worker->builder;
    bool taken = false;

    pthread_mutex_lock(&builder->lock);
    if (builder->round_bytes > 0 && builder->round_articles > 0) {
        taken = corpus_read(&builder->corpus, &worker->chunk, CHUNK_BYTES);
        builder->ended = !taken;
    }
    if (taken) {
        uint32_t lines = count_lines(&worker->chunk);
        uint64_t bytes = worker->chunk.len;

        *number = builder->next_number;
        *place = builder->n_parcels++;
        if (builder->n_parcels > builder->cap_parcels) {
            builder->cap_parcels = builder->n_parcels * 2;
            builder->parcels = grow(builder->parcels, builder->cap_parcels *
                                                      sizeof(struct parcel *));
        }
        builder->next_number += lines;
        builder->round_bytes -= bytes < builder->round_bytes
                                ? bytes : builder->round_bytes;
        builder->round_articles -= lines < builder->round_articles
                                   ? lines : builder->round_articles;
    }
    pthread_mutex_unlock(&builder->lock);
    return taken;
}

static void *
work(void *payload)
{
    struct worker *worker = payload;
    struct builder *builder = worker->builder;
    uint32_t number;
    size_t place;
    lede_error err = { 0 };

    while (take_chunk(worker, &number, &place)) {
        struct parcel *parcel = NULL;

        while (chunk_next(&worker->chunk, &worker->article)) {
            invert(worker, number++);
        }
        must(worker->gatherer->ops->parcel(worker->gatherer, &parcel, &err),
             &err);
        pthread_mutex_lock(&builder->lock);
        builder->parcels[place] = parcel;
        pthread_mutex_unlock(&builder->lock);
    }
    return NULL;
}

/* ---- rounds ---- */

static void
run_round(struct builder *builder, struct worker *workers)
{
    unsigned threads = builder->options->threads;
    lede_error err = { 0 };

    builder->round_bytes = builder->options->memory / 16;
    builder->n_parcels = 0;
    for (unsigned i = 1; i < threads; i++) {
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            die("game: cannot start a thread");
        }
    }
    work(&workers[0]);
    for (unsigned i = 1; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    for (size_t i = 0; i < builder->n_parcels; i++) {
        if (builder->parcels[i] != NULL) {
            builder->stats.articles += builder->parcels[i]->articles;
            must(builder->sink->ops->add(builder->sink, builder->parcels[i],
                                         &err), &err);
        }
    }
}

static void
commit(struct builder *builder, const struct worker *workers)
{
    struct sink *sink = builder->sink;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_error err = { 0 };

    builder->stats.commits++;
    builder->stats.last_number = builder->next_number - 1;
    builder->stats.total_length = 0;
    for (unsigned i = 0; i < builder->options->threads; i++) {
        builder->stats.total_length += workers[i].tokens;
    }
    must(lede__stats_write(&bytes, &builder->stats, &err), &err);
    must(sink->ops->meta_set(sink, STR(META_KEY_STATS),
                             lede__buf_view(&bytes), &err), &err);
    must(sink->ops->commit(sink, &err), &err);
    lede__buf_free(&bytes);
}

/* Make room for the next round. */
static void
relieve(struct builder *builder, const struct worker *workers)
{
    struct sink *sink = builder->sink;
    uint64_t most = builder->options->memory / 4 * 3;
    lede_error err = { 0 };

    if (builder->round_articles == 0) {
        commit(builder, workers);
    } else if (sink->ops->pending_bytes(sink) > most) {
        if (sink->ops->can_spill(sink)) {
            must(sink->ops->spill(sink, &err), &err);
        } else {
            commit(builder, workers);
        }
    }
}

/* ---- the index ---- */

static void
no_progress(void *payload, uint64_t done, uint64_t total)
{
    (void)payload;
    (void)done;
    (void)total;
}

static void
open_sink(struct builder *builder, const char *index)
{
    const struct game_options *options = builder->options;
    struct sink_options sink = {
        .engine = options->engine,
        .mode = SINK_REBUILD,
        .memory = options->memory,
        .threads = options->threads,
        .no_stored = !options->stored,
        .no_merge = options->no_merge,
    };
    struct schema *schema = NULL;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_error err = { 0 };
    bool made = false;

    must(lede__file_remove_tree(index, &err), &err);
    must(lede__file_make_dir(index, &err), &err);
    must(lede__sink_open(&builder->sink, index, &sink, &made, &err), &err);
    must(lede__schema_default(&schema, &err), &err);
    must(lede__schema_write(&bytes, schema, &err), &err);
    must(builder->sink->ops->meta_set(builder->sink, STR(META_KEY_SCHEMA),
                                      lede__buf_view(&bytes), &err), &err);
    snprintf(builder->stats.analyzer, sizeof(builder->stats.analyzer),
             "%s %d", ANALYZER_NAME, ANALYZER_VERSION);
    builder->stats.schema_version = SCHEMA_VERSION;
    lede__schema_free(schema);
    lede__buf_free(&bytes);
}

static void
open_worker(struct worker *worker, struct builder *builder)
{
    lede_error err = { 0 };

    worker->builder = builder;
    worker->term.max = BUF_MAX_ANY;
    worker->record.max = BUF_MAX_ANY;
    worker->article.keep = builder->options->stored;
    words_new(&worker->words);
    must(builder->sink->ops->gatherer(builder->sink, &worker->gatherer, &err),
         &err);
}

static void
close_worker(struct worker *worker)
{
    worker->gatherer->ops->close(worker->gatherer);
    words_free(&worker->words);
    article_text_free(&worker->article);
    lede__buf_free(&worker->term);
    lede__buf_free(&worker->record);
    free(worker->chunk.bytes);
    free(worker->slots);
    free(worker->sequence);
    free(worker->positions);
    free(worker->postings);
}

void
game_build(const char *index, const struct game_options *options)
{
    struct builder builder = { .options = options,
                               .corpus = { .fd = STDIN_FILENO },
                               .next_number = 1 };
    static struct worker workers[THREADS_MAX];
    size_t every = options->commit_every > 0 ? options->commit_every
                                             : SIZE_MAX;
    lede_error err = { 0 };

    if (options->threads > THREADS_MAX) {
        die("game: at most %d threads", THREADS_MAX);
    }
    pthread_mutex_init(&builder.lock, NULL);
    open_sink(&builder, index);
    for (unsigned i = 0; i < options->threads; i++) {
        open_worker(&workers[i], &builder);
    }
    while (!builder.ended) {
        builder.round_articles = builder.round_articles > 0
                                 ? builder.round_articles : every;
        run_round(&builder, workers);
        if (!builder.ended) {
            relieve(&builder, workers);
        }
    }
    commit(&builder, workers);
    for (unsigned i = 0; i < options->threads; i++) {
        close_worker(&workers[i]);
    }
    must(builder.sink->ops->publish(builder.sink, &err), &err);
    if (!options->no_merge || options->optimize) {
        must(builder.sink->ops->merge(builder.sink, options->optimize,
                                      options->reorder, no_progress, NULL,
                                      &err), &err);
    }
    builder.sink->ops->close(builder.sink);
    pthread_mutex_destroy(&builder.lock);
    free(builder.corpus.rest);
    free(builder.parcels);
}
