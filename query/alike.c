/* alike.c - the sketches of articles that were found; see alike.h. */

#include "query/alike.h"

#include <stdlib.h>

/* Columns are cheap to read in order of docs. */
struct place {
    uint32_t index, doc;
    size_t rank;
};

static int
compare_places(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;

    return x->index != y->index ? (x->index > y->index) - (x->index < y->index)
                                : (x->doc > y->doc) - (x->doc < y->doc);
}

static lede_status
read_one(struct alike *alike, struct search *search,
         const struct place *place, bool sources, lede_error *err)
{
    struct searcher *searcher = search->indexes[place->index].searcher;
    struct str value;
    lede_status status = lede__searcher_column(searcher, COLUMN_SKETCH,
                                               place->doc, &value, err);

    if (status == LEDE_STATUS_OK && value.len == SKETCH_BYTES) {
        memcpy(alike->sketch.bytes, value.p, SKETCH_BYTES);
        alike->known = true;
    }
    if (status != LEDE_STATUS_OK || !sources) {
        return status;
    }
    status = lede__searcher_column(searcher, COLUMN_SOURCE, place->doc,
                                   &value, err);
    if (status == LEDE_STATUS_OK && value.len > 0) {
        alike->source = lede__arena_str(&search->arena, value);
        if (alike->source.p == NULL) {
            return lede__fail_memory(err);
        }
    }
    return status;
}

lede_status
lede__alike_read(struct alike **out, struct search *search, size_t n,
                 bool sources, lede_error *err)
{
    const struct found *found = search->found.top.items;
    struct place *places = calloc(n + 1, sizeof(*places));
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    *out = lede__arena_array(&search->arena, n + 1, sizeof(**out));
    if (*out == NULL || places == NULL) {
        free(places);
        return lede__fail_memory(err);
    }
    for (i = 0; i < n; i++) {
        places[i] = (struct place){ found[i].index, found[i].doc, i };
    }
    qsort(places, n, sizeof(*places), compare_places);
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = read_one(&(*out)[places[i].rank], search, &places[i],
                          sources, err);
    }
    free(places);
    return status;
}

int
lede__alike_need(double resemblance)
{
    struct sketch a = { { 0 } };
    struct sketch b = { { 0 } };
    int need = SKETCH_BYTES;

    // sketches of which so many bytes are the same
    while (need > 0) {
        b.bytes[need - 1] = 1;
        if (lede__sketch_resemblance(&a, &b) < resemblance) {
            break;
        }
        need--;
    }
    return need;
}
