/* native-lists.c - the lists of what is pending.

   The terms of each gatherer are sorted, and merged (native-rows.h): so each
   term is there once, with the chain that each gatherer has of it.  The chains
   are merged by docs into a list.  An article lies with one gatherer, and its
   places ascend, so do the docs of each chain.

   Terms and slices of chains lie all over the memory, and most of the time
   would go to waiting for them: they are asked for before their turn. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "indexer/native-chain.h"
#include "indexer/native-rows.h"

/* Postings of a term, of several chains. */
struct flush_run {
    uint32_t n;
    uint32_t docs[CHAIN_RUN];
    uint32_t tfs[CHAIN_RUN];
    uint32_t counts[CHAIN_RUN];
    uint32_t *gaps;
    size_t n_gaps, cap_gaps;
};

/* How far a chain of the batch was followed. */
struct flush_walk {
    size_t source;              // its place
    const uint8_t *slice;
    uint32_t size;
    uint8_t slices;             // still to come
};

/* How many chains are followed at once, and what of a slice is asked for. */
#define WALKS 6u
#define WALK_BYTES 256u
#define CACHE_LINE 64u

/* What a thread needs. */
struct flush_hand {
    struct chain *chains;
    struct buf walks;           // struct flush_walk
    size_t walk;                // the next one
    struct flush_run run;
    struct flush_row *rows;     // of the batch at hand
    void **heap;                // those not at their end, the least term first
};

struct flush {
    struct sink_native *x;
    struct flush_rows rows;
    struct flush_hand *hands;
    unsigned threads;
    atomic_size_t sorting;      // the next row to be sorted
};

/* ---- chains that come next ---- */

/* Slices lie all over the memory, too, and each says where the next one is: go
   a slice ahead in each of the chains that come next. */
static void
walk_ahead(struct flush_hand *hand, size_t after)
{
    struct flush_walk *walks = (struct flush_walk *)(void *)hand->walks.p;
    size_t n = hand->walks.len / sizeof *walks;

    while (hand->walk < n && walks[hand->walk].source < after) {
        hand->walk++;
    }
    for (size_t i = hand->walk; i < n && i < hand->walk + WALKS; i++) {
        struct flush_walk *walk = &walks[i];

        if (walk->slices == 0) {
            continue;
        }
        walk->slice = link_at(walk->slice + walk->size - SLICE_LINK);
        walk->size = slice_next(walk->size);
        walk->slices--;
        for (uint32_t at = 0; at < walk->size && at < WALK_BYTES;
             at += CACHE_LINE) {
            __builtin_prefetch(walk->slice + at);
        }
        __builtin_prefetch(walk->slice + walk->size - SLICE_LINK);
    }
}

/* The chains of the batch that are worth it. */
static lede_status
begin_walks(struct flush_hand *hand, const struct build_batch *batch,
            lede_error *err)
{
    const struct flush_source *sources = (const struct flush_source *)
        (const void *)batch->sources.p;
    size_t n = batch->sources.len / sizeof *sources;
    lede_status status = LEDE_STATUS_OK;

    hand->walk = 0;
    hand->walks.len = 0;
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        const struct gather_term *term = sources[i].term;

        if (term->slices > 2) {
            struct flush_walk walk = {
                i, term->text + 1 + term->text[0], SLICE_FIRST,
                (uint8_t)(term->slices - 1),
            };

            status = lede__buf_add(&hand->walks, &walk, sizeof walk, err);
        }
    }
    return status;
}

/* ---- the list of a term ---- */

/* The chain with the least doc, and the least doc of the others. */
static size_t
least_chain(const struct flush_hand *hand, size_t n, uint32_t *other)
{
    uint32_t least = UINT32_MAX;
    size_t found = n;

    *other = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct chain *chain = &hand->chains[i];
        uint32_t doc = chain->at < chain->n ? chain->docs[chain->at]
                                            : UINT32_MAX;

        if (doc < least) {
            *other = least;
            least = doc;
            found = i;
        } else if (doc < *other) {
            *other = doc;
        }
    }
    return found;
}

/* Postings of several chains to the list. */
static lede_status
put_run(struct flush_run *run, struct build_term *term,
        struct list_writer *writer, lede_error *err)
{
    uint32_t n = run->n;

    term->positions += run->n_gaps;
    run->n = 0;
    run->n_gaps = 0;
    return lede__list_add_many(writer, run->docs, run->tfs, run->counts, n,
                               run->gaps, err);
}

static lede_status
make_room(struct flush_run *run, size_t n, lede_error *err)
{
    size_t cap = 2 * (run->n_gaps + n) + 1024;
    uint32_t *gaps = NULL;

    if (run->n_gaps + n <= run->cap_gaps) {
        return LEDE_STATUS_OK;
    }
    gaps = realloc(run->gaps, cap * sizeof *gaps);
    if (gaps == NULL) {
        return lede__fail_memory(err);
    }
    run->gaps = gaps;
    run->cap_gaps = cap;
    return LEDE_STATUS_OK;
}

/* The chain's postings at hand whose docs are before `end`, as many as the run
   has room for: mostly one or two. */
static lede_status
take_postings(struct flush_run *run, struct chain *chain, uint32_t end,
              lede_error *err)
{
    uint32_t n = run->n;
    uint32_t at = chain->at;

    do {
        uint32_t count = chain->counts[at];
        const uint32_t *gaps = chain->gaps + chain->at_gap;

        if (run->n_gaps + count + CHAIN_SLACK > run->cap_gaps) {
            lede_status status = make_room(run, count + CHAIN_SLACK, err);

            if (status != LEDE_STATUS_OK) {
                return status;
            }
        }
        run->docs[n] = chain->docs[at];
        run->tfs[n] = chain->tfs[at];
        run->counts[n++] = count;
        chain_copy(run->gaps + run->n_gaps, gaps, count);
        run->n_gaps += count;
        chain->at_gap += count;
        at++;
    } while (n < CHAIN_RUN && at < chain->n && chain->docs[at] < end);
    run->n = n;
    chain->at = at;
    return at < chain->n ? LEDE_STATUS_OK : lede__chain_more(chain, err);
}

/* The list of many chains. */
static lede_status
merge_chains(struct flush_hand *hand, struct build_term *term,
             struct list_writer *writer, lede_error *err)
{
    struct flush_run *run = &hand->run;
    lede_status status = LEDE_STATUS_OK;

    while (status == LEDE_STATUS_OK) {
        uint32_t other = 0;
        size_t i = least_chain(hand, term->sources, &other);

        if (i == term->sources) {
            break;
        }
        status = take_postings(run, &hand->chains[i], other, err);
        if (status == LEDE_STATUS_OK && run->n == CHAIN_RUN) {
            status = put_run(run, term, writer, err);
        }
    }
    return status == LEDE_STATUS_OK ? put_run(run, term, writer, err)
                                    : status;
}

/* The list of one. */
static lede_status
copy_chain(struct chain *chain, struct build_term *term,
           struct list_writer *writer, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    while (chain->n > 0 && status == LEDE_STATUS_OK) {
        for (uint32_t i = 0; i < chain->n; i++) {
            term->positions += chain->counts[i];
        }
        status = lede__list_add_many(writer, chain->docs, chain->tfs,
                                     chain->counts, chain->n, chain->gaps,
                                     err);
        if (status == LEDE_STATUS_OK) {
            status = lede__chain_more(chain, err);
        }
    }
    return status;
}

static lede_status
list(void *payload, unsigned thread, const struct build_batch *batch,
     struct build_term *term, struct list_writer *writer, bool *any,
     lede_error *err)
{
    struct flush *flush = payload;
    struct flush_hand *hand = &flush->hands[thread];
    const struct flush_source *sources = (const struct flush_source *)
        (const void *)(batch->sources.p + term->source);
    unsigned flags = 0;
    lede_status status = LEDE_STATUS_OK;

    *any = true;
    walk_ahead(hand, term->source / sizeof *sources + term->sources);
    for (uint32_t i = 0; i < term->sources && status == LEDE_STATUS_OK;
         i++) {
        flags |= sources[i].term->flags;
        status = lede__chain_open(&hand->chains[i], flush->x->kernel,
                                  sources[i].term, sources[i].docs, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    lede__list_begin(writer, (flags & GATHER_TF) != 0,
                     (flags & GATHER_ANY_POSITIONS) != 0,
                     (const uint8_t *)flush->x->pending.lengths.p);
    return term->sources == 1
               ? copy_chain(&hand->chains[0], term, writer, err)
               : merge_chains(hand, term, writer, err);
}

/* ---- all of them ---- */

static lede_status
next(void *payload, struct build_batch *batch, lede_error *err)
{
    struct flush *flush = payload;

    return lede__rows_next(&flush->rows, batch, err);
}

static lede_status
fill(void *payload, unsigned thread, struct build_batch *batch,
     lede_error *err)
{
    struct flush *flush = payload;
    struct flush_hand *hand = &flush->hands[thread];
    lede_status status = lede__rows_merge(&flush->rows, hand->rows,
                                          hand->heap, batch, err);

    return status == LEDE_STATUS_OK ? begin_walks(hand, batch, err) : status;
}

static lede_status
make_hands(struct flush *flush, lede_error *err)
{
    flush->hands = calloc(flush->threads, sizeof *flush->hands);
    if (flush->hands == NULL) {
        return lede__fail_memory(err);
    }
    for (unsigned i = 0; i < flush->threads; i++) {
        struct flush_hand *hand = &flush->hands[i];

        hand->chains = calloc(flush->rows.n + 1, sizeof *hand->chains);
        hand->rows = calloc(flush->rows.n + 1, sizeof *hand->rows);
        hand->heap = calloc(flush->rows.n + 1, sizeof *hand->heap);
        hand->walks.max = BUF_MAX_ANY;
        if (hand->chains == NULL || hand->rows == NULL ||
            hand->heap == NULL) {
            return lede__fail_memory(err);
        }
    }
    return LEDE_STATUS_OK;
}

static void
free_flush(struct flush *flush)
{
    for (unsigned i = 0; flush->hands != NULL && i < flush->threads; i++) {
        struct chain *chains = flush->hands[i].chains;

        for (size_t c = 0; chains != NULL && c < flush->rows.n; c++) {
            lede__chain_free(&chains[c]);
        }
        free(chains);
        free(flush->hands[i].run.gaps);
        lede__buf_free(&flush->hands[i].walks);
        free(flush->hands[i].rows);
        free(flush->hands[i].heap);
    }
    free(flush->hands);
    lede__rows_free(&flush->rows);
}

static void *
sort_rows(void *payload)
{
    struct flush *flush = payload;

    for (;;) {
        size_t i = atomic_fetch_add(&flush->sorting, 1);

        if (i >= flush->rows.n) {
            return NULL;
        }
        lede__row_sort(&flush->rows.rows[i]);
    }
}

/* Sort the rows in all threads, this one when `meanwhile` is done. */
static lede_status
sort_all(struct flush *flush, flush_meanwhile *meanwhile,
         struct segment_facts *facts, lede_error *err)
{
    pthread_t *threads = calloc(flush->threads, sizeof *threads);
    lede_status status = LEDE_STATUS_OK;
    unsigned n = 0;

    while (threads != NULL && n + 1 < flush->threads && n < flush->rows.n &&
           pthread_create(&threads[n], NULL, sort_rows, flush) == 0) {
        n++;
    }
    status = meanwhile(&flush->x->pending, facts, err);
    sort_rows(flush);
    for (unsigned i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
    }
    free(threads);
    return status;
}

lede_status
lede__native_lists(struct sink_native *x, struct segment_facts *facts,
                   flush_meanwhile *meanwhile, lede_error *err)
{
    static const struct build_ops ops = { next, fill, list };
    const struct build_means means = {
        x->folder, x->kernel, x->threads, x->bigram_df, x->memory,
    };
    struct flush flush = { .x = x, .threads = x->threads };
    lede_status status = lede__rows_make(&flush.rows, x, err);

    if (status == LEDE_STATUS_OK) {
        status = make_hands(&flush, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = sort_all(&flush, meanwhile, facts, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__build(x->pending.writer, &means, facts, &ops, &flush,
                             err);
    }
    free_flush(&flush);
    return status;
}
