/* topk.c - the best k of what is offered; see topk.h. */

#include "query/topk.h"

#include <stdlib.h>

int
lede__found_compare(const struct found *a, const struct found *b)
{
    if (a->key != b->key) {
        return a->key > b->key ? -1 : 1;
    }
    if (a->index != b->index) {
        return a->index < b->index ? -1 : 1;
    }
    return (a->order > b->order) - (a->order < b->order);
}

static int
compare(const void *a, const void *b)
{
    return lede__found_compare(a, b);
}

static bool
is_worse(const struct found *a, const struct found *b)
{
    return lede__found_compare(a, b) > 0;
}

static void
sift_up(struct topk *top, size_t i)
{
    struct found item = top->items[i];

    while (i > 0 && is_worse(&item, &top->items[(i - 1) / 2])) {
        top->items[i] = top->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    top->items[i] = item;
}

static void
sift_down(struct topk *top)
{
    struct found item = top->items[0];
    size_t i = 0;

    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= top->count) {
            break;
        }
        if (child + 1 < top->count &&
            is_worse(&top->items[child + 1], &top->items[child])) {
            child++;
        }
        if (!is_worse(&top->items[child], &item)) {
            break;
        }
        top->items[i] = top->items[child];
        i = child;
    }
    top->items[i] = item;
}

lede_status
lede__topk_add(struct topk *top, struct found found, lede_error *err)
{
    if (top->k == 0) {
        return LEDE_STATUS_OK;
    }
    if (top->count == top->k) {
        if (is_worse(&top->items[0], &found)) {
            top->items[0] = found;
            sift_down(top);
        }
        return LEDE_STATUS_OK;
    }
    if (top->count == top->cap) {
        size_t cap = top->cap == 0 ? 64 : top->cap * 2;
        struct found *items;

        if (cap > top->k) {
            cap = top->k;
        }
        items = realloc(top->items, cap * sizeof(*items));
        if (items == NULL) {
            return lede__fail_memory(err);
        }
        top->items = items;
        top->cap = cap;
    }
    top->items[top->count] = found;
    sift_up(top, top->count++);
    return LEDE_STATUS_OK;
}

void
lede__topk_sort(struct topk *top)
{
    if (top->count > 0) {
        qsort(top->items, top->count, sizeof(*top->items), compare);
    }
}

void
lede__topk_free(struct topk *top)
{
    free(top->items);
    top->items = NULL;
    top->count = 0;
}
