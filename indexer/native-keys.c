/* native-keys.c - a log of (hash of a term, number), searched by few and added
   to by many; see native-keys.h.

   Additions are appended.  A search first sorts what is new, and joins sorted
   runs so that each is at least twice as long as the next: so n additions with
   searches between them cost n log n, and without any nothing. */

#include "indexer/native-keys.h"

#include <stdlib.h>

#define FIRST_CAP 1024u

static int
compare_keys(const void *a, const void *b)
{
    const struct gather_key *x = a;
    const struct gather_key *y = b;
    uint64_t i = gather_hash(x);
    uint64_t j = gather_hash(y);

    return i != j ? (i > j) - (i < j)
                  : (x->number > y->number) - (x->number < y->number);
}

lede_status
lede__keys_add(struct keys *keys, const void *items, size_t n,
               lede_error *err)
{
    size_t cap = keys->cap == 0 ? FIRST_CAP : keys->cap;

    while (cap < keys->n + n) {
        cap *= 2;
    }
    if (cap > keys->cap) {
        struct gather_key *bigger = lede__pages_resize(
            keys->items, keys->cap * sizeof *bigger, cap * sizeof *bigger);

        if (bigger == NULL) {
            return lede__fail_memory(err);
        }
        keys->items = bigger;
        keys->cap = cap;
    }
    if (n > 0) {
        memcpy(keys->items + keys->n, items, n * sizeof *keys->items);
    }
    keys->n += n;
    return LEDE_STATUS_OK;
}

static size_t
run_begin(const struct keys *keys, size_t run)
{
    return run == 0 ? 0 : keys->ends[run - 1];
}

/* Join the last two runs, from the end down; the last one, which is mostly the
   shorter, is put aside. */
static lede_status
join(struct keys *keys, lede_error *err)
{
    size_t first = run_begin(keys, keys->runs - 2);
    size_t middle = keys->ends[keys->runs - 2];
    size_t end = keys->ends[keys->runs - 1];
    size_t n = end - middle;
    struct gather_key *items = keys->items;
    struct gather_key *aside = malloc(n * sizeof *aside);

    if (aside == NULL) {
        return lede__fail_memory(err);
    }
    memcpy(aside, items + middle, n * sizeof *aside);
    while (n > 0) {
        if (middle > first &&
            compare_keys(&items[middle - 1], &aside[n - 1]) > 0) {
            items[--end] = items[--middle];
        } else {
            items[--end] = aside[--n];
        }
    }
    free(aside);
    keys->runs--;
    keys->ends[keys->runs - 1] = keys->ends[keys->runs];
    return LEDE_STATUS_OK;
}

static lede_status
tidy(struct keys *keys, lede_error *err)
{
    size_t sorted = run_begin(keys, keys->runs);
    lede_status status = LEDE_STATUS_OK;

    if (sorted == keys->n) {
        return LEDE_STATUS_OK;
    }
    qsort(keys->items + sorted, keys->n - sorted, sizeof *keys->items,
          compare_keys);
    keys->ends[keys->runs++] = keys->n;
    while (status == LEDE_STATUS_OK && keys->runs > 1) {
        size_t last = keys->n - run_begin(keys, keys->runs - 1);
        size_t before = keys->n - last - run_begin(keys, keys->runs - 2);

        if (before >= 2 * last) {
            break;
        }
        status = join(keys, err);
    }
    return status;
}

/* The first number above `after` in a run, or 0. */
static uint32_t
find_in_run(const struct keys *keys, size_t run, uint64_t hash,
            uint32_t after)
{
    size_t low = run_begin(keys, run);
    size_t end = keys->ends[run];
    size_t high = end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct gather_key *key = &keys->items[middle];
        uint64_t h = gather_hash(key);

        if (h < hash || (h == hash && key->number <= after)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < end && gather_hash(&keys->items[low]) == hash
               ? keys->items[low].number : 0;
}

lede_status
lede__keys_find(struct keys *keys, uint64_t hash, uint32_t after,
                uint32_t *number, lede_error *err)
{
    lede_status status = tidy(keys, err);

    *number = 0;
    for (size_t run = 0; run < keys->runs && status == LEDE_STATUS_OK;
         run++) {
        uint32_t found = find_in_run(keys, run, hash, after);

        if (found != 0 && (*number == 0 || found < *number)) {
            *number = found;
        }
    }
    return status;
}

void
lede__keys_clear(struct keys *keys)
{
    lede__pages_free(keys->items, keys->cap * sizeof *keys->items);
    memset(keys, 0, sizeof *keys);
}
