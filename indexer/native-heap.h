/* native-heap.h - a binary heap of pointers: the one that comes before all
   others is on top. */

#ifndef LEDE_INDEXER_NATIVE_HEAP_H
#define LEDE_INDEXER_NATIVE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

typedef bool heap_before(const void *a, const void *b);

/* The member at `i` may come after others below it now. */
static inline void
heap_sift(void **heap, size_t n, size_t i, heap_before *before)
{
    void *member = heap[i];

    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= n) {
            break;
        }
        if (child + 1 < n && before(heap[child + 1], heap[child])) {
            child++;
        }
        if (!before(heap[child], member)) {
            break;
        }
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = member;
}

static inline void
heap_make(void **heap, size_t n, heap_before *before)
{
    for (size_t i = n / 2; i > 0; i--) {
        heap_sift(heap, n, i - 1, before);
    }
}

#endif
