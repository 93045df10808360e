/* native-sort.c - the terms of a gatherer in bytewise order; see
   native-sort.h.

   Eight bytes of each term are kept beside it as a number, most significant
   byte first, so that a term itself is looked at once for eight bytes.  The
   numbers are sorted in place, a byte at a time from the first on (McIlroy,
   Bostic and McIlroy, Engineering radix sort, 1993), few of them by insertion;
   terms that are equal so far go on with their next eight bytes. */

#include "indexer/native-sort.h"

#include <stdlib.h>

#include "shared/index/bytes.h"

#define FEW 64u
#define KEY_BYTES 8u
/* Terms and texts are asked for before they are needed. */
#define AHEAD 8u

/* Bytes of the term from `depth` on, zeros behind its end. */
static uint64_t
key_of(const struct gather_term *term, size_t depth)
{
    struct str text = gather_text(term);
    size_t left = text.len > depth ? text.len - depth : 0;
    uint64_t key = 0;

    if (left == 0) {
        return 0;
    }
    /* A slice follows the text, so that there are always eight bytes. */
    key = __builtin_bswap64(lede__get64(text.p + depth));
    return left >= KEY_BYTES ? key
                             : key & ~(~(uint64_t)0 >> 8 * left);
}

static int
compare_whole(const void *a, const void *b)
{
    const struct sort_item *x = a;
    const struct sort_item *y = b;

    return lede__str_cmp(gather_text(x->term), gather_text(y->term));
}

static void
sort_bytes(struct sort_item *items, size_t n, size_t depth, unsigned shift);

/* Terms whose bytes before `depth` are equal. */
static void
sort_deeper(struct sort_item *items, size_t n, size_t depth)
{
    if (n < 2) {
        return;
    }
    /* A zero is the end of a term, or a NUL in it: few, and not told apart by
       keys. */
    if (depth > 0 && (items[0].key & 0xff) == 0) {
        qsort(items, n, sizeof *items, compare_whole);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (i + 2 * AHEAD < n) {
            __builtin_prefetch(items[i + 2 * AHEAD].term);
        }
        if (i + AHEAD < n) {
            __builtin_prefetch(items[i + AHEAD].term->text + depth);
        }
        items[i].key = key_of(items[i].term, depth);
    }
    sort_bytes(items, n, depth, 64 - 8);
}

static void
sort_few(struct sort_item *items, size_t n, size_t depth)
{
    size_t first = 0;

    for (size_t i = 1; i < n; i++) {
        struct sort_item item = items[i];
        size_t j = i;

        for (; j > 0 && items[j - 1].key > item.key; j--) {
            items[j] = items[j - 1];
        }
        items[j] = item;
    }
    for (size_t i = 1; i <= n; i++) {
        if (i == n || items[i].key != items[first].key) {
            sort_deeper(items + first, i - first, depth + KEY_BYTES);
            first = i;
        }
    }
}

/* Put each item into the part that the byte at `shift` says: parts end at
   `ends`, and begin where they stand in `at`. */
static void
part(struct sort_item *items, size_t at[256], const size_t ends[256],
     unsigned shift)
{
    for (unsigned b = 0; b < 256; b++) {
        while (at[b] < ends[b]) {
            struct sort_item item = items[at[b]];
            unsigned to = (uint8_t)(item.key >> shift);

            while (to != b) {
                struct sort_item other = items[at[to]];

                items[at[to]++] = item;
                item = other;
                to = (uint8_t)(item.key >> shift);
            }
            items[at[b]++] = item;
        }
    }
}

static void
sort_bytes(struct sort_item *items, size_t n, size_t depth, unsigned shift)
{
    size_t counts[256] = { 0 };
    size_t at[256];
    size_t ends[256];
    size_t sum = 0;

    if (n <= FEW) {
        sort_few(items, n, depth);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        counts[(uint8_t)(items[i].key >> shift)]++;
    }
    if (counts[(uint8_t)(items[0].key >> shift)] == n && shift > 0) {
        sort_bytes(items, n, depth, shift - 8);         // they all have it
        return;
    }
    for (unsigned b = 0; b < 256; b++) {
        at[b] = sum;
        sum += counts[b];
        ends[b] = sum;
    }
    part(items, at, ends, shift);
    sum = 0;
    for (unsigned b = 0; b < 256; b++) {
        size_t count = ends[b] - sum;

        if (count > 1 && shift > 0) {
            sort_bytes(items + sum, count, depth, shift - 8);
        } else if (count > 1) {
            sort_deeper(items + sum, count, depth + KEY_BYTES);
        }
        sum = ends[b];
    }
}

void
lede__sort_terms(struct sort_item *items, size_t n)
{
    sort_deeper(items, n, 0);
}
