/* alike.h - how alike articles are that were found: by the sketches of their
   bodies (shared/analysis/sketch.h). */

#ifndef LEDE_QUERY_ALIKE_H
#define LEDE_QUERY_ALIKE_H

#include "query/search.h"
#include "shared/analysis/sketch.h"

struct alike {
    struct sketch sketch;
    bool known;                 // it has one: its body is long enough
    struct str source;          // where asked for; empty: none
};

/* Those of the first n of search->found.top, in its order, in the search's
   arena. */
lede_status
lede__alike_read(struct alike **out, struct search *search, size_t n,
                 bool sources, lede_error *err);

/* Of how many bytes of two sketches at least so many have to be the same that
   the resemblance is this. */
int
lede__alike_need(double resemblance);

/* How many are the same, or 0 where it is less than `need`: most are told
   apart by the first few. */
static inline int
alike_same(const struct sketch *a, const struct sketch *b, int need)
{
    int same = 0;
    int i, j;

    for (i = 0; i < SKETCH_BYTES; i += 8) {
        for (j = i; j < i + 8; j++) {
            same += a->bytes[j] == b->bytes[j];
        }
        if (same + SKETCH_BYTES - j < need) {
            return 0;
        }
    }
    return same;
}

#endif
