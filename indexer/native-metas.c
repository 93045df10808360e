/* native-metas.c - metadata of the native engine: what a transaction says of
   keys, and what all segments say; the last word holds. */

#include <stdlib.h>

#include "indexer/native.h"

/* ---- of the transaction ---- */

void
lede__metas_init(struct metas *metas)
{
    memset(metas, 0, sizeof *metas);
}

lede_status
lede__metas_set(struct metas *metas, struct str key, struct str value,
                lede_error *err)
{
    struct str copy = lede__arena_str(&metas->values, value);
    bool added = false;
    uint64_t *place = NULL;

    if (copy.p == NULL) {
        return lede__fail_memory(err);
    }
    if (metas->n == metas->cap) {
        size_t cap = metas->cap == 0 ? 16 : metas->cap * 2;
        struct pair *items = realloc(metas->items, cap * sizeof *items);

        if (items == NULL) {
            return lede__fail_memory(err);
        }
        metas->items = items;
        metas->cap = cap;
    }
    place = lede__map_put(&metas->places, key, &added);
    if (place == NULL) {
        return lede__fail_memory(err);
    }
    if (added) {
        struct str name = lede__arena_str(&metas->values, key);

        *place = metas->n++;
        metas->items[*place] = (struct pair){ name, copy };
        if (name.p == NULL) {
            return lede__fail_memory(err);
        }
    }
    metas->items[*place].value = copy;
    metas->cost += value.len + 32 +
                   (added ? 2 * key.len + 5 * sizeof *metas->items : 0);
    return LEDE_STATUS_OK;
}

const struct pair *
lede__metas_find(const struct metas *metas, struct str key)
{
    const uint64_t *place = lede__map_find(&metas->places, key);

    return place == NULL ? NULL : &metas->items[*place];
}

static bool
begins(struct str key, struct str prefix)
{
    return key.len >= prefix.len &&
           (prefix.len == 0 || memcmp(key.p, prefix.p, prefix.len) == 0);
}

static int
compare_keys(const void *a, const void *b)
{
    return lede__str_cmp(((const struct pair *)a)->key,
                         ((const struct pair *)b)->key);
}

lede_status
lede__metas_sorted(const struct metas *metas, struct str prefix,
                   struct pair **out, size_t *n, lede_error *err)
{
    struct pair *sorted = malloc((metas->n + 1) * sizeof *sorted);

    *out = sorted;
    *n = 0;
    if (sorted == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < metas->n; i++) {
        if (begins(metas->items[i].key, prefix)) {
            sorted[(*n)++] = metas->items[i];
        }
    }
    qsort(sorted, *n, sizeof *sorted, compare_keys);
    return LEDE_STATUS_OK;
}

void
lede__metas_clear(struct metas *metas)
{
    lede__map_free(&metas->places);
    lede__arena_free(&metas->values);
    free(metas->items);
    lede__metas_init(metas);
}

/* ---- over all segments ---- */

lede_status
lede__native_meta_get(struct sink_native *x, struct str key, struct buf *out,
                      lede_error *err)
{
    const struct pair *meta = lede__metas_find(&x->metas, key);
    lede_status status = LEDE_STATUS_OK;
    struct str value = { NULL, 0 };
    bool found = meta != NULL;

    out->len = 0;
    if (found) {
        value = meta->value;
    }
    for (size_t i = x->n_row; i > 0 && !found; i--) {
        if (x->row[i - 1].mute) {
            continue;
        }
        status = lede__pairs_find(x->row[i - 1].segment, key, &found, &value,
                                  err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return found ? lede__buf_str(out, value, err) : LEDE_STATUS_OK;
}

/* The least of the keys at hand; p NULL: none. */
static struct str
least_key(const struct pairs_cursor *cursors, size_t n,
          const struct pair *pending, size_t n_pending)
{
    struct str least = { NULL, 0 };

    if (n_pending > 0) {
        least = pending->key;
    }
    for (size_t i = 0; i < n; i++) {
        struct str key = cursors[i].key;

        if (key.p != NULL &&
            (least.p == NULL || lede__str_cmp(key, least) < 0)) {
            least = key;
        }
    }
    return least;
}

/* Past `key`, which is the least; *value is what the last one says. */
static lede_status
pass_key(struct pairs_cursor *cursors, size_t n, const struct pair **pending,
         size_t *n_pending, struct str key, struct str *value,
         lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        if (cursors[i].key.p != NULL && str_eq(cursors[i].key, key)) {
            *value = cursors[i].value;
            status = lede__pairs_next(&cursors[i], err);
        }
    }
    if (*n_pending > 0 && str_eq((*pending)->key, key)) {
        *value = (*pending)->value;
        (*pending)++;
        (*n_pending)--;
    }
    return status;
}

lede_status
lede__native_meta_walk(const struct native_segment *segments, size_t n,
                       const struct pair *pending, size_t n_pending,
                       struct str prefix,
                       lede_status (*each)(void *payload, struct str key,
                                           struct str value, lede_error *err),
                       void *payload, lede_error *err)
{
    struct pairs_cursor *cursors = calloc(n + 1, sizeof *cursors);
    lede_status status = LEDE_STATUS_OK;
    struct buf key = BUF_INIT(BUF_MAX_ANY);

    if (cursors == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        if (!segments[i].mute) {
            status = lede__pairs_seek(&cursors[i], segments[i].segment,
                                      prefix, err);
        }
    }
    while (status == LEDE_STATUS_OK) {
        struct str least = least_key(cursors, n, pending, n_pending);
        struct str value = { NULL, 0 };

        if (least.p == NULL || !begins(least, prefix)) {
            break;
        }
        key.len = 0;
        status = lede__buf_str(&key, least, err);
        if (status == LEDE_STATUS_OK) {
            status = pass_key(cursors, n, &pending, &n_pending,
                              lede__buf_view(&key), &value, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = each(payload, lede__buf_view(&key), value, err);
        }
    }
    lede__buf_free(&key);
    free(cursors);
    return status;
}

struct present {
    lede_status (*each)(void *payload, struct str key, struct str value,
                        lede_error *err);
    void *payload;
};

static lede_status
only_present(void *payload, struct str key, struct str value,
             lede_error *err)
{
    const struct present *present = payload;

    return value.len == 0 ? LEDE_STATUS_OK
                          : present->each(present->payload, key, value, err);
}

lede_status
lede__native_meta_each(struct sink_native *x, struct str prefix,
                       lede_status (*each)(void *payload, struct str key,
                                           struct str value, lede_error *err),
                       void *payload, lede_error *err)
{
    struct present present = { each, payload };
    struct pair *sorted = NULL;
    size_t n = 0;
    lede_status status = lede__metas_sorted(&x->metas, prefix, &sorted, &n,
                                            err);

    if (status == LEDE_STATUS_OK) {
        status = lede__native_meta_walk(x->row, x->n_row, sorted, n, prefix,
                                        only_present, &present, err);
    }
    free(sorted);
    return status;
}
