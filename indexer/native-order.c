/* native-order.c - another order of the docs of a merge, by which its lists
   get smaller (shared/index/reorder.h). */

#include <stdlib.h>

#include "indexer/native-heap.h"
#include "indexer/native-merge.h"
#include "shared/index/reorder.h"

/* The memory that the order may take, of all. */
#define MEMORY_SHARE 2

struct order {
    struct merge *merge;
    struct reorder *reorder;
    struct buf docs;            // of the term at hand, uint32_t
    struct list_reader list;
};

static bool
before(const void *a, const void *b)
{
    const struct terms_cursor *x = a;
    const struct terms_cursor *y = b;
    int order = lede__str_cmp(x->term, y->term);

    return order < 0 || (order == 0 && (uintptr_t)a < (uintptr_t)b);
}

/* The docs of one part's list, where they are without another order. */
static lede_status
read_docs(struct order *order, const struct merge_part *part,
          const struct list_info *info, lede_error *err)
{
    struct list_reader *list = &order->list;
    uint32_t doc = 0;
    lede_status status = lede__list_open(list, part->from->segment,
                                         order->merge->x->kernel, info, 0,
                                         err);

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
                                "not have", part->from->segment->path);
            break;
        }
        for (uint32_t i = 0; i < list->count && status == LEDE_STATUS_OK;
             i++) {
            uint32_t to = merge_doc(part, list->docs[i]);

            if (to != MERGE_GONE) {
                status = lede__buf_add(&order->docs, &to, sizeof to, err);
            }
        }
    }
    lede__list_close(list);
    return status;
}

/* The lists of all terms with positions: of those the size matters. */
static lede_status
read_lists(struct order *order, struct terms_cursor *cursors, void **heap,
           lede_error *err)
{
    const struct merge *merge = order->merge;
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;

    for (size_t i = 0; i < merge->n && status == LEDE_STATUS_OK; i++) {
        status = lede__terms_seek(&cursors[i], merge->parts[i].from->segment,
                                  STR(""), err);
        if (status == LEDE_STATUS_OK && cursors[i].term.p != NULL) {
            heap[n++] = &cursors[i];
        }
    }
    heap_make(heap, n, before);
    while (n > 0 && status == LEDE_STATUS_OK) {
        struct terms_cursor *cursor = heap[0];
        char bytes[TERM_MAX];
        struct str text = { bytes, cursor->term.len };

        memcpy(bytes, cursor->term.p, text.len);
        order->docs.len = 0;
        while (n > 0 && status == LEDE_STATUS_OK) {
            cursor = heap[0];
            if (!str_eq(cursor->term, text)) {
                break;
            }
            if (cursor->info.with_positions) {
                status = read_docs(order, &merge->parts[cursor - cursors],
                                   &cursor->info, err);
            }
            if (status == LEDE_STATUS_OK) {
                status = lede__terms_next(cursor, err);
            }
            if (cursor->term.p == NULL) {
                heap[0] = heap[--n];
            }
            if (n > 1) {
                heap_sift(heap, n, 0, before);
            }
        }
        if (status == LEDE_STATUS_OK && order->docs.len > 0) {
            status = lede__reorder_add(
                order->reorder,
                (const uint32_t *)(const void *)order->docs.p,
                (uint32_t)(order->docs.len / sizeof(uint32_t)), err);
        }
    }
    return status;
}

/* order[i] comes to place i: where each doc of each part goes, and where each
   new one is from. */
static lede_status
apply(struct merge *merge, const uint32_t *order, lede_error *err)
{
    uint32_t *places = malloc(merge->docs * sizeof *places + 1);

    merge->origins = malloc(merge->docs * sizeof *merge->origins + 1);
    if (places == NULL || merge->origins == NULL) {
        free(places);
        return lede__fail_memory(err);
    }
    for (uint32_t i = 0; i < merge->docs; i++) {
        places[order[i]] = i;
    }
    for (size_t i = 0; i < merge->n; i++) {
        struct merge_part *part = &merge->parts[i];
        uint32_t docs = part->from->facts.docs;
        uint32_t *map = malloc(docs * sizeof *map + 1);

        if (map == NULL) {
            free(places);
            return lede__fail_memory(err);
        }
        for (uint32_t doc = 0; doc < docs; doc++) {
            uint32_t to = merge_doc(part, doc);

            map[doc] = to == MERGE_GONE ? MERGE_GONE : places[to];
            if (to != MERGE_GONE) {
                merge->origins[places[to]] =
                    (struct merge_origin){ (uint32_t)i, doc };
            }
        }
        free(part->map);
        part->map = map;
    }
    free(places);
    return LEDE_STATUS_OK;
}

lede_status
lede__merge_reorder(struct merge *merge, lede_error *err)
{
    struct order order = { .merge = merge, .docs = BUF_INIT(BUF_MAX_ANY) };
    struct terms_cursor *cursors = calloc(merge->n, sizeof *cursors);
    void **heap = calloc(merge->n, sizeof *heap);
    uint32_t *places = malloc(merge->docs * sizeof *places + 1);
    lede_status status = LEDE_STATUS_OK;

    if (cursors == NULL || heap == NULL || places == NULL) {
        status = lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_OK && merge->docs > 0) {
        status = lede__reorder_new(&order.reorder, merge->docs,
                                   merge->x->memory / MEMORY_SHARE, err);
        if (status == LEDE_STATUS_OK) {
            status = read_lists(&order, cursors, heap, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__reorder_run(order.reorder, merge->x->threads,
                                       NULL, NULL, places, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = apply(merge, places, err);
        }
        lede__reorder_free(order.reorder);
    }
    lede__buf_free(&order.docs);
    free(places);
    free(heap);
    free(cursors);
    return status;
}
