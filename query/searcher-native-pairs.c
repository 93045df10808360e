/* searcher-native-pairs.c - the articles in which one word comes right after
   another, from the bigrams of segments; see searcher-native.h.

   A part either has a list of the two words, or knows that they never meet, or
   does not tell; so what is told is told of stretches of docs. */

#include <stdlib.h>

#include "query/searcher-native.h"
#include "shared/index/bigrams.h"

/* A word's lane in a part, or NULL. */
static const struct native_lane *
lane_of(const struct native_postings *x, const struct native_part *part)
{
    for (size_t i = 0; i < x->n; i++) {
        if (x->lanes[i].part == part) {
            return &x->lanes[i];
        }
    }
    return NULL;
}

/* What a part knows of two words. */
static lede_status
ask_part(const struct native_part *part, const struct native_postings *first,
         const struct native_postings *second, enum bigram *known,
         struct list_info *info, lede_error *err)
{
    const struct native_lane *a = lane_of(first, part);
    const struct native_lane *b = lane_of(second, part);
    struct bigrams bigrams;
    lede_status status;

    if (a == NULL || b == NULL) {
        *known = BIGRAM_NEVER;
        return LEDE_STATUS_OK;
    }
    *known = BIGRAM_UNKNOWN;
    status = lede__bigrams_open(&bigrams, part->segment, err);
    if (status != LEDE_STATUS_OK || bigrams.words == 0) {
        return status;
    }
    return lede__bigrams_find(&bigrams, part->segment,
                              lede__bigrams_word(&bigrams, &a->info),
                              lede__bigrams_word(&bigrams, &b->info), known,
                              info, err);
}

lede_status
lede__native_pair_open(struct searcher *searcher, struct postings *first,
                       struct postings *second, struct postings **out,
                       lede_error *err)
{
    struct searcher_native *owner = lede__native(searcher);
    struct native_postings *x = lede__native_postings_take(owner, err);
    bool any = false;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (x == NULL) {
        return LEDE_STATUS_NO_MEMORY;
    }
    x->told = calloc(owner->n_parts, sizeof *x->told);
    if (x->told == NULL) {
        status = lede__fail_memory(err);
    }
    for (size_t i = 0; i < owner->n_parts && status == LEDE_STATUS_OK; i++) {
        const struct native_part *part = &owner->parts[i];
        struct native_lane *lane = &x->lanes[x->n];
        enum bigram known = BIGRAM_NEVER;

        if (part->base < part->end) {
            status = ask_part(part, (const struct native_postings *)first,
                              (const struct native_postings *)second, &known,
                              &lane->info, err);
        }
        x->told[i] = known != BIGRAM_UNKNOWN;
        any = any || x->told[i];
        if (status == LEDE_STATUS_OK && known == BIGRAM_LIST) {
            lane->part = part;
            x->postings.df += lane->info.df;
            x->postings.exact_df &= part->deleted == NULL;
            x->n++;
        }
    }
    if (status != LEDE_STATUS_OK || !any) {
        lede__postings_close(&x->postings);
        return status;
    }
    *out = &x->postings;
    return LEDE_STATUS_OK;
}

bool
lede__native_told(const struct postings *postings, uint32_t doc,
                  uint32_t *end)
{
    const struct native_postings *x =
        (const struct native_postings *)postings;
    const struct native_part *parts = x->owner->parts;
    size_t n = x->owner->n_parts;
    size_t i = 0;
    bool told;

    while (i + 1 < n && parts[i + 1].base <= doc) {
        i++;
    }
    told = x->told != NULL && x->told[i];
    while (i + 1 < n && x->told != NULL && x->told[i + 1] == told) {
        i++;
    }
    *end = x->told != NULL && i + 1 < n ? parts[i + 1].base : DOC_END;
    return told;
}
