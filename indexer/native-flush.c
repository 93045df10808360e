/* native-flush.c - what is pending becomes a segment.

   The terms of each gatherer are sorted (native-sort.c); a merge of those
   rows gives each term once, with the chain that each gatherer has of it; and
   the chains are merged by docs into a list.  An article lies with one
   gatherer, and its places ascend, so do the docs of each chain.

   In memory, beside what is pending: 16 bytes for each term of each gatherer,
   the dictionary, and some MiB for each thread. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "indexer/native-build.h"
#include "indexer/native-chain.h"
#include "indexer/native-heap.h"
#include "indexer/native-sort.h"
#include "indexer/native.h"
#include "shared/base/file.h"
#include "shared/index/bytes.h"
#include "shared/index/store.h"

/* A chain for the list of a term. */
struct flush_source {
    const struct gather_term *term;
    const uint32_t *docs;       // of the gatherer's places
};

/* The sorted terms of a gatherer. */
struct flush_row {
    const struct native_source *source;
    struct sort_item *items;
    size_t n, at;
    size_t mapped;              // bytes
};

/* What a thread needs. */
struct flush_hand {
    struct chain *chains;
    const uint32_t **docs;      // of each chain
    uint32_t *positions;
    size_t cap_positions;
};

struct flush {
    struct sink_native *x;
    struct flush_row *rows;
    size_t n_rows;
    void **heap;                // those not at their end, the least term first
    size_t n_heap;
    struct flush_hand *hands;
    unsigned threads;
    atomic_size_t sorting;      // the next row to be sorted
};

/* ---- sorting ---- */

static void *
sort_rows(void *payload)
{
    struct flush *flush = payload;

    for (;;) {
        size_t i = atomic_fetch_add(&flush->sorting, 1);

        if (i >= flush->n_rows) {
            return NULL;
        }
        lede__sort_terms(flush->rows[i].items, flush->rows[i].n);
    }
}

static lede_status
make_rows(struct flush *flush, lede_error *err)
{
    const struct sink_native *x = flush->x;

    flush->rows = calloc(x->n_sources + 1, sizeof *flush->rows);
    flush->heap = calloc(x->n_sources + 1, sizeof *flush->heap);
    if (flush->rows == NULL || flush->heap == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < x->n_sources; i++) {
        const struct gatherer_native *g = x->sources[i].gatherer;
        struct flush_row *row = &flush->rows[flush->n_rows];

        if (g->n_terms == 0) {
            continue;
        }
        row->source = &x->sources[i];
        row->mapped = g->n_terms * sizeof *row->items;
        row->items = lede__pages_resize(NULL, 0, row->mapped);
        if (row->items == NULL) {
            return lede__fail_memory(err);
        }
        flush->n_rows++;
        for (uint32_t t = 0; t < g->n_terms; t++) {
            if (g->terms[t].last > 0) {         // posted, not only asked for
                row->items[row->n++].term = &g->terms[t];
            }
        }
    }
    return LEDE_STATUS_OK;
}

static void
sort_all(struct flush *flush)
{
    pthread_t *threads = calloc(flush->threads, sizeof *threads);
    unsigned n = 0;

    while (threads != NULL && n + 1 < flush->threads &&
           n + 1 < flush->n_rows &&
           pthread_create(&threads[n], NULL, sort_rows, flush) == 0) {
        n++;
    }
    sort_rows(flush);
    for (unsigned i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
    }
    free(threads);
}

/* ---- the rows merged ---- */

static inline struct str
text_at(const struct flush_row *row)
{
    return gather_text(row->items[row->at].term);
}

/* Rows of the same term in the order of gatherers, so that the bytes do not
   depend on anything else. */
static bool
before(const void *a, const void *b)
{
    int order = lede__str_cmp(text_at(a), text_at(b));

    return order < 0 || (order == 0 && (uintptr_t)a < (uintptr_t)b);
}

static inline const uint8_t *
link_at(const uint8_t *p)
{
    const uint8_t *slice = NULL;

    memcpy(&slice, p, sizeof slice);
    return slice;
}

/* Terms lie all over the memory: ask early for what will be needed, first the
   term, then its text with the first slice, then the second, the third. */
static void
bring(const struct flush_row *row)
{
    const struct sort_item *items = row->items + row->at;
    size_t left = row->n - row->at;

    if (left > 32) {
        __builtin_prefetch(items[32].term);
    }
    if (left > 24) {
        __builtin_prefetch(items[24].term->text);
    }
    if (left > 16 && items[16].term->slices > 1) {
        const struct gather_term *term = items[16].term;

        __builtin_prefetch(link_at(term->text + 1 + term->text[0]));
    }
    if (left > 8 && items[8].term->slices > 2) {
        const struct gather_term *term = items[8].term;
        const uint8_t *second = link_at(term->text + 1 + term->text[0]);

        __builtin_prefetch(link_at(second + slice_next(SLICE_FIRST) -
                                   sizeof second));
    }
}

/* The term at the top of the heap to the batch; the row goes on. */
static lede_status
take_source(struct flush *flush, struct build_batch *batch, lede_error *err)
{
    struct flush_row *row = flush->heap[0];
    const struct sort_item *item = &row->items[row->at];
    struct flush_source source = {
        item->term, (const uint32_t *)(const void *)row->source->docs.p,
    };
    lede_status status = lede__buf_add(&batch->sources, &source,
                                       sizeof source, err);
    uint32_t size = SLICE_FIRST;

    batch->terms[batch->n - 1].sources++;
    for (unsigned i = 0; i < item->term->slices; i++) {
        batch->work += size;
        size = slice_next(size);
    }
    row->at++;
    bring(row);
    if (row->at == row->n) {
        flush->heap[0] = flush->heap[--flush->n_heap];
    }
    if (flush->n_heap > 1) {
        heap_sift(flush->heap, flush->n_heap, 0, before);
    }
    return status;
}

static lede_status
next(void *payload, struct build_batch *batch, lede_error *err)
{
    struct flush *flush = payload;
    lede_status status = LEDE_STATUS_OK;

    while (flush->n_heap > 0 && !lede__build_full(batch) &&
           status == LEDE_STATUS_OK) {
        struct str text = text_at(flush->heap[0]);

        status = lede__build_term(batch, text, err);
        while (status == LEDE_STATUS_OK) {
            status = take_source(flush, batch, err);
            if (flush->n_heap == 0 ||
                !str_eq(text_at(flush->heap[0]), text)) {
                break;
            }
        }
    }
    return status;
}

/* ---- the list of a term ---- */

static lede_status
add_posting(struct flush_hand *hand, struct chain *chain, uint32_t doc,
            struct build_term *term, struct list_writer *writer,
            lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (chain->n > hand->cap_positions) {
        size_t cap = chain->n + (size_t)chain->n / 2 + 256;
        uint32_t *positions = realloc(hand->positions,
                                      cap * sizeof *positions);

        if (positions == NULL) {
            return lede__fail_memory(err);
        }
        hand->positions = positions;
        hand->cap_positions = cap;
    }
    chain_positions(chain, hand->positions);
    status = lede__list_add(writer, doc, chain->tf, hand->positions, chain->n,
                            err);
    term->positions += chain->n;
    chain_next(chain);
    return status;
}

/* The chain with the least doc, and the least doc of the others. */
static size_t
least_chain(const struct flush_hand *hand, size_t n, uint32_t *other)
{
    uint32_t least = UINT32_MAX;
    size_t found = n;

    *other = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct chain *chain = &hand->chains[i];
        uint32_t doc = chain->some ? hand->docs[i][chain->place]
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

    for (uint32_t i = 0; i < term->sources; i++) {
        flags |= sources[i].term->flags;
        hand->docs[i] = sources[i].docs;
        lede__chain_open(&hand->chains[i], sources[i].term);
    }
    lede__list_begin(writer, (flags & GATHER_TF) != 0,
                     (flags & GATHER_ANY_POSITIONS) != 0,
                     (const uint8_t *)flush->x->pending.lengths.p);
    *any = true;
    while (status == LEDE_STATUS_OK) {
        uint32_t other = 0;
        size_t i = least_chain(hand, term->sources, &other);
        struct chain *chain = NULL;

        if (i == term->sources) {
            break;
        }
        chain = &hand->chains[i];
        while (status == LEDE_STATUS_OK && chain->some &&
               hand->docs[i][chain->place] < other) {
            status = add_posting(hand, chain, hand->docs[i][chain->place],
                                 term, writer, err);
        }
    }
    return status;
}

/* ---- sections ---- */

static lede_status
put_numbers(struct pending *p, struct segment_facts *facts, lede_error *err)
{
    const uint32_t *numbers = (const uint32_t *)(const void *)p->numbers.p;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    facts->docs = p->docs;
    facts->ordered = true;
    if (p->docs == 0) {
        return LEDE_STATUS_OK;
    }
    facts->first_number = numbers[0];
    facts->last_number = numbers[p->docs - 1];
    if (facts->last_number - facts->first_number == p->docs - 1) {
        return LEDE_STATUS_OK;          // no gaps: nothing to be told
    }
    for (uint32_t i = 0; i < p->docs && status == LEDE_STATUS_OK; i++) {
        status = lede__put32(&bytes, numbers[i], err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(p->writer, SECTION_NUMBERS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

static lede_status
put_lengths(struct pending *p, lede_error *err)
{
    static const char zeros[LENGTHS_PAGE] = { 0 };
    size_t rest = (LENGTHS_PAGE - p->docs % LENGTHS_PAGE) % LENGTHS_PAGE;
    lede_status status = lede__segment_append(
        p->writer, SECTION_LENGTHS, lede__buf_view(&p->lengths), err);

    return status == LEDE_STATUS_OK
               ? lede__segment_append(p->writer, SECTION_LENGTHS,
                                      (struct str){ zeros, rest }, err)
               : status;
}

/* The sections before the lists. */
static lede_status
put_docs(struct pending *p, struct segment_facts *facts, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__stored_index_end(p->index, &bytes, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(p->writer, SECTION_STORED_INDEX,
                                      lede__buf_view(&bytes), err);
    }
    bytes.len = 0;
    if (status == LEDE_STATUS_OK) {
        status = put_numbers(p, facts, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_lengths(p, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__columns_end(p->columns, NULL, p->docs, &bytes, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(p->writer, SECTION_COLUMNS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

static lede_status
put_metas(const struct sink_native *x, lede_error *err)
{
    struct pairs_writer *pairs = NULL;
    struct pair *sorted = NULL;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    size_t n = 0;
    lede_status status = lede__metas_sorted(&x->metas, STR(""), &sorted, &n,
                                            err);

    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_writer_new(&pairs, err);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede__pairs_add(pairs, sorted[i].key, sorted[i].value, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_end(pairs, &bytes, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(x->pending.writer, SECTION_META,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    lede__pairs_writer_free(pairs);
    free(sorted);
    return status;
}

/* ---- all of it ---- */

static lede_status
make_hands(struct flush *flush, lede_error *err)
{
    flush->hands = calloc(flush->threads, sizeof *flush->hands);
    if (flush->hands == NULL) {
        return lede__fail_memory(err);
    }
    for (unsigned i = 0; i < flush->threads; i++) {
        struct flush_hand *hand = &flush->hands[i];

        hand->chains = calloc(flush->n_rows + 1, sizeof *hand->chains);
        hand->docs = calloc(flush->n_rows + 1, sizeof *hand->docs);
        if (hand->chains == NULL || hand->docs == NULL) {
            return lede__fail_memory(err);
        }
    }
    return LEDE_STATUS_OK;
}

static void
free_flush(struct flush *flush)
{
    for (unsigned i = 0; flush->hands != NULL && i < flush->threads; i++) {
        free(flush->hands[i].chains);
        free(flush->hands[i].docs);
        free(flush->hands[i].positions);
    }
    for (size_t i = 0; i < flush->n_rows; i++) {
        lede__pages_free(flush->rows[i].items, flush->rows[i].mapped);
    }
    free(flush->hands);
    free(flush->rows);
    free(flush->heap);
}

static lede_status
put_lists(struct sink_native *x, struct segment_facts *facts,
          lede_error *err)
{
    static const struct build_ops ops = { next, list };
    struct flush flush = { .x = x, .threads = x->threads };
    lede_status status = make_rows(&flush, err);

    if (status == LEDE_STATUS_OK) {
        status = make_hands(&flush, err);
    }
    if (status == LEDE_STATUS_OK) {
        sort_all(&flush);
        for (size_t i = 0; i < flush.n_rows; i++) {
            if (flush.rows[i].n > 0) {
                flush.heap[flush.n_heap++] = &flush.rows[i];
            }
        }
        heap_make(flush.heap, flush.n_heap, before);
        status = lede__build(x->pending.writer, x->folder, facts, &ops,
                             &flush, x->threads, err);
    }
    free_flush(&flush);
    return status;
}

/* The segment to the row, with those of its docs that were deleted. */
static lede_status
append(struct sink_native *x, uint64_t size, uint32_t check,
       lede_error *err)
{
    struct pending *p = &x->pending;
    struct manifest_segment facts = {
        .name = p->name, .size = size, .check = check, .docs = p->docs,
    };
    struct native_segment segment = { .segment = NULL };
    lede_status status = lede__native_open(&segment, x->index, &facts, err);

    if (status == LEDE_STATUS_OK && p->n_deleted > 0) {
        status = lede__native_make_deleted(&segment, err);
        for (uint32_t i = 0;
             status == LEDE_STATUS_OK && i < p->cap_deleted &&
             i < (p->docs + 63) / 64; i++) {
            segment.deleted[i] = p->deleted[i];
        }
        segment.n_deleted = p->n_deleted;
        segment.dirty = true;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__native_append(x, &segment, err);
    }
    if (status != LEDE_STATUS_OK) {
        lede__native_close(&segment);
    }
    return status;
}

lede_status
lede__native_flush(struct sink_native *x, lede_error *err)
{
    struct pending *p = &x->pending;
    struct segment_facts facts = { 0 };
    lede_status status = LEDE_STATUS_OK;
    uint64_t size = 0;
    uint32_t check = 0;

    if (p->docs == 0 && x->metas.n == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__pending_begin(x, err);
    if (status == LEDE_STATUS_OK) {
        status = put_docs(p, &facts, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_lists(x, &facts, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_metas(x, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_finish(p->writer, &facts, &size, &check, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = append(x, size, check, err);
        if (status != LEDE_STATUS_OK) {
            lede__file_remove_tree(p->path, NULL);
        }
    }
    if (status == LEDE_STATUS_OK) {
        lede__pending_clear(x);
        lede__metas_clear(&x->metas);
    }
    return status;
}
