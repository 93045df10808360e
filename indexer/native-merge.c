/* native-merge.c - adjacent segments become one, without what is deleted.

   Their dictionaries are merged term by term; of each term the lists follow
   one another (with another order of docs they are sorted), postings of docs
   that are gone left out.  Of metadata the last word is kept; that a key is
   gone is forgotten where no segment before could have it. */

#include <stdlib.h>

#include "indexer/native-heap.h"
#include "indexer/native-merge.h"
#include "shared/base/file.h"

/* A list for that of a term. */
struct merge_source {
    uint32_t part;
    struct list_info info;
};

struct merge_posting {
    uint32_t doc;
    uint32_t tf;
    uint32_t n;                 // positions
    size_t positions;           // where they begin
};

/* What a thread needs; postings are kept where docs are in another order. */
struct merge_hand {
    struct list_reader list;
    struct buf postings;        // struct merge_posting
    struct buf positions;       // uint32_t
};

struct merge_lists {
    struct merge *merge;
    struct terms_cursor *cursors;
    void **heap;                // those not at their end
    size_t n_heap;
    struct merge_hand *hands;
};

void
lede__merge_tell(struct merge *merge)
{
    uint64_t done = merge->done;

    if (merge->progress != NULL) {
        merge->progress->told(merge->progress->payload,
                              done < merge->total ? done : merge->total,
                              merge->total);
    }
}

/* ---- dictionaries merged ---- */

static bool
before(const void *a, const void *b)
{
    const struct terms_cursor *x = a;
    const struct terms_cursor *y = b;
    int order = lede__str_cmp(x->term, y->term);

    return order < 0 || (order == 0 && (uintptr_t)a < (uintptr_t)b);
}

static lede_status
take_source(struct merge_lists *lists, struct build_batch *batch,
            lede_error *err)
{
    struct terms_cursor *cursor = lists->heap[0];
    struct merge_source source = {
        (uint32_t)(cursor - lists->cursors), cursor->info,
    };
    lede_status status = lede__buf_add(&batch->sources, &source,
                                       sizeof source, err);

    batch->terms[batch->n - 1].sources++;
    batch->work += source.info.postings_len + source.info.positions_len;
    if (status == LEDE_STATUS_OK) {
        status = lede__terms_next(cursor, err);
    }
    if (cursor->term.p == NULL) {
        lists->heap[0] = lists->heap[--lists->n_heap];
    }
    if (status == LEDE_STATUS_OK && lists->n_heap > 1) {
        heap_sift(lists->heap, lists->n_heap, 0, before);
    }
    return status;
}

static lede_status
next(void *payload, struct build_batch *batch, lede_error *err)
{
    struct merge_lists *lists = payload;
    lede_status status = LEDE_STATUS_OK;

    while (lists->n_heap > 0 && !lede__build_full(batch, batch->n) &&
           status == LEDE_STATUS_OK) {
        const struct terms_cursor *top = lists->heap[0];
        char bytes[TERM_MAX];
        struct str text = { bytes, top->term.len };

        memcpy(bytes, top->term.p, text.len);
        status = lede__build_term(batch, text, err);
        while (status == LEDE_STATUS_OK) {
            status = take_source(lists, batch, err);
            top = lists->n_heap == 0 ? NULL : lists->heap[0];
            if (top == NULL || !str_eq(top->term, text)) {
                break;
            }
        }
    }
    lists->merge->done += batch->work;
    return status;
}

/* ---- the list of a term ---- */

/* A posting to the list, or aside until it is its turn. */
static lede_status
add_posting(const struct merge *merge, struct merge_hand *hand,
            const struct merge_posting *posting, const uint32_t *positions,
            struct list_writer *writer, lede_error *err)
{
    struct merge_posting kept = *posting;
    lede_status status = LEDE_STATUS_OK;

    if (merge->origins == NULL) {
        return lede__list_add(writer, posting->doc, posting->tf, positions,
                              posting->n, err);
    }
    kept.positions = hand->positions.len / sizeof *positions;
    status = lede__buf_add(&hand->positions, positions,
                           posting->n * sizeof *positions, err);
    return status == LEDE_STATUS_OK
               ? lede__buf_add(&hand->postings, &kept, sizeof kept, err)
               : status;
}

/* The postings of the block that is loaded. */
static lede_status
add_block(const struct merge *merge, struct merge_hand *hand,
          const struct merge_part *part, struct build_term *term,
          struct list_writer *writer, bool *any, lede_error *err)
{
    static const uint32_t none[LIST_BLOCK + 1] = { 0 };
    struct list_reader *list = &hand->list;
    const uint32_t *positions = none;
    const uint32_t *starts = none;
    lede_status status = lede__list_tfs(list, err);

    if (status == LEDE_STATUS_OK && list->with_positions) {
        status = lede__list_block_positions(list, &positions, &starts, err);
    }
    for (uint32_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        struct merge_posting posting = {
            merge_doc(part, list->docs[i]), list->tfs[i],
            starts[i + 1] - starts[i], 0,
        };

        if (posting.doc == MERGE_GONE) {
            continue;
        }
        *any = true;
        term->positions += posting.n;
        status = add_posting(merge, hand, &posting, positions + starts[i],
                             writer, err);
    }
    return status;
}

static lede_status
add_list(const struct merge *merge, struct merge_hand *hand,
         const struct merge_source *source, struct build_term *term,
         struct list_writer *writer, bool *any, lede_error *err)
{
    const struct merge_part *part = &merge->parts[source->part];
    struct segment *segment = part->from->segment;
    struct list_reader *list = &hand->list;
    lede_status status = LEDE_STATUS_OK;
    uint32_t doc = 0;

    status = lede__list_open(list, segment, merge->x->kernel, &source->info,
                             0, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    while (status == LEDE_STATUS_OK) {
        status = lede__list_advance(list, doc, err);
        if (status != LEDE_STATUS_OK || list->count == 0) {
            break;
        }
        doc = list->docs[list->count - 1] + 1;
        if (doc > part->from->facts.docs) {
            status = lede__fail(err, LEDE_STATUS_CORRUPT,
                                "%s: damaged: a list with docs that it does "
                                "not have", segment->path);
            break;
        }
        status = add_block(merge, hand, part, term, writer, any, err);
    }
    lede__list_close(list);
    return status;
}

static int
compare_postings(const void *a, const void *b)
{
    const struct merge_posting *x = a;
    const struct merge_posting *y = b;

    return (x->doc > y->doc) - (x->doc < y->doc);
}

/* The postings put aside, in the new order. */
static lede_status
add_sorted(struct merge_hand *hand, struct list_writer *writer,
           lede_error *err)
{
    struct merge_posting *postings =
        (struct merge_posting *)(void *)hand->postings.p;
    const uint32_t *positions =
        (const uint32_t *)(const void *)hand->positions.p;
    size_t n = hand->postings.len / sizeof *postings;
    lede_status status = LEDE_STATUS_OK;

    if (n > 1) {
        qsort(postings, n, sizeof *postings, compare_postings);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede__list_add(writer, postings[i].doc, postings[i].tf,
                                postings[i].n == 0
                                    ? NULL
                                    : positions + postings[i].positions,
                                postings[i].n, err);
    }
    hand->postings.len = 0;
    hand->positions.len = 0;
    return status;
}

static lede_status
list(void *payload, unsigned thread, const struct build_batch *batch,
     struct build_term *term, struct list_writer *writer, bool *any,
     lede_error *err)
{
    struct merge_lists *lists = payload;
    struct merge *merge = lists->merge;
    struct merge_hand *hand = &lists->hands[thread];
    const struct merge_source *sources = (const struct merge_source *)
        (const void *)(batch->sources.p + term->source);
    lede_status status = LEDE_STATUS_OK;
    bool with_positions = false;

    *any = false;
    if (thread == 0 && term == batch->terms) {
        lede__merge_tell(merge);        // in the thread of the caller
    }
    for (uint32_t i = 0; i < term->sources; i++) {
        with_positions |= sources[i].info.with_positions;
        if (sources[i].info.tf != sources[0].info.tf) {
            return lede__fail(err, LEDE_STATUS_CORRUPT,
                              "%s: damaged: a filter with frequencies; make "
                              "the index anew with lede index --rebuild",
                              merge->x->folder);
        }
    }
    lede__list_begin(writer, sources[0].info.tf, with_positions,
                     (const uint8_t *)merge->lengths.p);
    for (uint32_t i = 0; i < term->sources && status == LEDE_STATUS_OK;
         i++) {
        status = add_list(merge, hand, &sources[i], term, writer, any, err);
    }
    if (status == LEDE_STATUS_OK && merge->origins != NULL) {
        status = add_sorted(hand, writer, err);
    }
    return status;
}

static lede_status
open_cursors(struct merge_lists *lists, lede_error *err)
{
    const struct merge *merge = lists->merge;
    lede_status status = LEDE_STATUS_OK;

    lists->cursors = calloc(merge->n, sizeof *lists->cursors);
    lists->heap = calloc(merge->n, sizeof *lists->heap);
    lists->hands = calloc(merge->x->threads, sizeof *lists->hands);
    if (lists->cursors == NULL || lists->heap == NULL ||
        lists->hands == NULL) {
        return lede__fail_memory(err);
    }
    for (unsigned i = 0; i < merge->x->threads; i++) {
        lists->hands[i].postings.max = BUF_MAX_ANY;
        lists->hands[i].positions.max = BUF_MAX_ANY;
    }
    for (size_t i = 0; i < merge->n && status == LEDE_STATUS_OK; i++) {
        struct terms_cursor *cursor = &lists->cursors[i];

        status = lede__terms_seek(cursor, merge->parts[i].from->segment,
                                  STR(""), err);
        if (status == LEDE_STATUS_OK && cursor->term.p != NULL) {
            lists->heap[lists->n_heap++] = cursor;
        }
    }
    if (status == LEDE_STATUS_OK) {
        heap_make(lists->heap, lists->n_heap, before);
    }
    return status;
}

static lede_status
put_lists(struct merge *merge, lede_error *err)
{
    static const struct build_ops ops = { next, NULL, list };
    const struct sink_native *x = merge->x;
    const struct build_means means = {
        x->folder, x->kernel, x->threads, x->bigram_df, x->memory,
    };
    struct merge_lists lists = { .merge = merge };
    lede_status status = open_cursors(&lists, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__build(merge->writer, &means, &merge->facts, &ops,
                             &lists, err);
    }
    for (unsigned i = 0; lists.hands != NULL && i < merge->x->threads; i++) {
        lede__buf_free(&lists.hands[i].postings);
        lede__buf_free(&lists.hands[i].positions);
    }
    free(lists.hands);
    free(lists.heap);
    free(lists.cursors);
    return status;
}

/* ---- metadata ---- */

struct put_meta {
    struct pairs_writer *pairs;
    bool first;                 // no segment comes before
};

static lede_status
put_meta(void *payload, struct str key, struct str value, lede_error *err)
{
    const struct put_meta *put = payload;

    return value.len == 0 && put->first
               ? LEDE_STATUS_OK
               : lede__pairs_add(put->pairs, key, value, err);
}

static lede_status
put_metas(struct merge *merge, size_t first, lede_error *err)
{
    struct put_meta put = { NULL, first == 0 };
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__pairs_writer_new(&put.pairs, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__native_meta_walk(&merge->x->row[first], merge->n, NULL,
                                        0, STR(""), put_meta, &put, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_end(put.pairs, &bytes, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(merge->writer, SECTION_META,
                                      lede__buf_view(&bytes), err);
    }
    lede__pairs_writer_free(put.pairs);
    lede__buf_free(&bytes);
    return status;
}

/* ---- all of it ---- */

static lede_status
write_segment(struct merge *merge, size_t first, struct native_segment *out,
              lede_error *err)
{
    struct manifest_segment facts = { 0 };
    char *path = NULL;
    lede_status status = lede__native_name(merge->x, &facts.name, &path, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__segment_create(&merge->writer, path, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__merge_docs(merge, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_lists(merge, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_metas(merge, first, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_finish(merge->writer, &merge->facts,
                                      &facts.size, &facts.check, err);
    }
    lede__segment_abandon(merge->writer);
    if (status == LEDE_STATUS_OK) {
        facts.docs = merge->docs;
        status = lede__native_open(out, merge->x->index, &facts, err);
        if (status != LEDE_STATUS_OK) {
            lede__file_remove_tree(path, NULL);
        }
    }
    free(path);
    return status;
}

static void
remove_segment(const struct sink_native *x, struct native_segment *segment)
{
    char *path = lede__segment_path(x->index, segment->facts.name);

    lede__native_close(segment);
    if (path != NULL) {
        lede__file_remove_tree(path, NULL);
    }
    free(path);
}

lede_status
lede__native_merge(struct sink_native *x, size_t first, size_t n,
                   bool reorder, const struct native_progress *progress,
                   lede_error *err)
{
    struct merge merge = { .x = x, .n = n, .progress = progress,
                           .lengths = BUF_INIT(BUF_MAX_ANY) };
    struct native_segment out = { .segment = NULL };
    lede_status status = LEDE_STATUS_OK;

    merge.parts = calloc(n, sizeof *merge.parts);
    if (merge.parts == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        merge.parts[i].from = &x->row[first + i];
        merge.total += x->row[first + i].facts.size;
    }
    status = lede__merge_map(&merge, err);
    if (status == LEDE_STATUS_OK && reorder) {
        status = lede__merge_reorder(&merge, err);
        merge.facts.reordered = true;
    }
    if (status == LEDE_STATUS_OK) {
        status = write_segment(&merge, first, &out, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__native_replace(x, first, n, &out, err);
        if (status != LEDE_STATUS_OK) {
            remove_segment(x, &out);
        }
    }
    merge.done = merge.total;
    lede__merge_tell(&merge);
    for (size_t i = 0; i < n; i++) {
        free(merge.parts[i].map);
    }
    free(merge.parts);
    free(merge.origins);
    lede__buf_free(&merge.lengths);
    return status;
}
