/* searcher-native-terms.c - the dictionary of a native index: those of its
   segments merged, each term once.

   The segments are few, so the least of the terms at hand is looked for by
   comparing all of them. */

#include <stdlib.h>

#include "query/searcher-native.h"
#include "shared/index/terms.h"

/* Terms to step over before one that lies ahead is looked up: about what a
   look-up takes. */
#define SEEK_STEPS 16

struct dictionary {
    char prefix[TERM_MAX + 1];
    size_t prefix_len;
    char term[TERM_MAX + 1];
    size_t n;                   // cursors that are not at their end
    struct terms_cursor *cursors[];
};

static bool
is_inside(const struct dictionary *dictionary, struct str term)
{
    return term.p != NULL && term.len >= dictionary->prefix_len &&
           memcmp(term.p, dictionary->prefix, dictionary->prefix_len) == 0;
}

/* Cursor i is at another term: drop it where that is not looked for. */
static void
keep_or_drop(struct dictionary *dictionary, size_t i)
{
    if (!is_inside(dictionary, dictionary->cursors[i]->term)) {
        free(dictionary->cursors[i]);
        dictionary->cursors[i] = dictionary->cursors[--dictionary->n];
    }
}

lede_status
lede__native_dictionary_open(struct searcher *searcher, struct str prefix,
                             struct dictionary **out, lede_error *err)
{
    struct searcher_native *x = lede__native(searcher);
    struct dictionary *dictionary =
        malloc(sizeof *dictionary +
               x->n_parts * sizeof dictionary->cursors[0]);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (dictionary == NULL) {
        return lede__fail_memory(err);
    }
    dictionary->n = 0;
    dictionary->prefix_len = prefix.len;
    if (prefix.len > TERM_MAX) {
        *out = dictionary;      // no term is as long
        return LEDE_STATUS_OK;
    }
    if (prefix.len > 0) {
        memcpy(dictionary->prefix, prefix.p, prefix.len);
    }
    for (size_t i = 0; i < x->n_parts && status == LEDE_STATUS_OK; i++) {
        struct terms_cursor *cursor = NULL;

        if (x->parts[i].base == x->parts[i].end) {
            continue;
        }
        cursor = malloc(sizeof *cursor);
        if (cursor == NULL) {
            status = lede__fail_memory(err);
            break;
        }
        dictionary->cursors[dictionary->n++] = cursor;
        status = lede__terms_seek(cursor, x->parts[i].segment, prefix, err);
        if (status == LEDE_STATUS_OK) {
            keep_or_drop(dictionary, dictionary->n - 1);
        }
    }
    if (status != LEDE_STATUS_OK) {
        lede__native_dictionary_close(dictionary);
        return status;
    }
    *out = dictionary;
    return LEDE_STATUS_OK;
}

lede_status
lede__native_dictionary_next(struct dictionary *dictionary, struct str *term,
                             uint32_t *df, lede_error *err)
{
    struct str least = { NULL, 0 };
    lede_status status = LEDE_STATUS_OK;

    *df = 0;
    for (size_t i = 0; i < dictionary->n; i++) {
        struct str other = dictionary->cursors[i]->term;

        if (least.p == NULL || lede__str_cmp(other, least) < 0) {
            least = other;
        }
    }
    if (least.p == NULL) {
        *term = least;
        return LEDE_STATUS_OK;
    }
    memcpy(dictionary->term, least.p, least.len);
    *term = (struct str){ dictionary->term, least.len };
    for (size_t i = dictionary->n; i-- > 0 && status == LEDE_STATUS_OK;) {
        struct terms_cursor *cursor = dictionary->cursors[i];

        if (str_eq(cursor->term, *term)) {
            *df += cursor->info.df;
            status = lede__terms_next(cursor, err);
            if (status == LEDE_STATUS_OK) {
                keep_or_drop(dictionary, i);
            }
        }
    }
    return status;
}

/* On to the first term >= `term`. */
static lede_status
seek_cursor(struct terms_cursor *cursor, struct str term, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (int i = 0; cursor->term.p != NULL && status == LEDE_STATUS_OK; i++) {
        if (lede__str_cmp(cursor->term, term) >= 0) {
            break;
        }
        if (i == SEEK_STEPS) {
            return lede__terms_seek(cursor, cursor->segment, term, err);
        }
        status = lede__terms_next(cursor, err);
    }
    return status;
}

lede_status
lede__native_dictionary_seek(struct dictionary *dictionary, struct str term,
                             lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = dictionary->n; i-- > 0 && status == LEDE_STATUS_OK;) {
        status = seek_cursor(dictionary->cursors[i], term, err);
        if (status == LEDE_STATUS_OK) {
            keep_or_drop(dictionary, i);
        }
    }
    return status;
}

void
lede__native_dictionary_close(struct dictionary *dictionary)
{
    if (dictionary != NULL) {
        for (size_t i = 0; i < dictionary->n; i++) {
            free(dictionary->cursors[i]);
        }
        free(dictionary);
    }
}
