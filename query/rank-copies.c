/* rank-copies.c - of the background of an article its near-copies last; see
   rank.h and likeness.c.

   What tells the same story once more explains nothing, and nothing is more
   like it.  An article loses as much of its score as it resembles the one that
   is to be explained, by the sketches of their bodies (sketch.h), from COPY on:
   articles that merely quote each other stay below that. */

#include "query/rank.h"

#include "query/match.h"

#define COPY 0.4

static lede_status
run(struct ranking *ranking, enum rank_part part)
{
    const struct liked *liked = &ranking->search->liked;
    size_t i, j;

    for (i = 0; i < ranking->n_indexes && liked->has_sketch; i++) {
        struct rank_index *index = &ranking->indexes[i];

        for (j = 0; j < index->n; j++) {
            struct candidate *candidate = &index->items[j];
            double points = (double)candidate->found.score / SCORE_ONE;
            double same = 0;
            struct sketch sketch;
            struct str value;
            lede_status status = lede__searcher_column(
                index->m->searcher, COLUMN_SKETCH, candidate->found.doc,
                &value, ranking->err);

            if (status != LEDE_STATUS_OK) {
                return status;
            }
            if (value.len == sizeof(sketch.bytes)) {
                memcpy(sketch.bytes, value.p, sizeof(sketch.bytes));
                same = lede__sketch_resemblance(&liked->sketch, &sketch);
            }
            if (same >= COPY && points > 0) {
                candidate->parts[part] = rank_part(-points * same);
            }
        }
    }
    return LEDE_STATUS_OK;
}

/* It is the search that says so, and no option. */
static bool
is_wanted(const lede_search_options *options)
{
    (void)options;
    return false;
}

const struct component lede__rank_copies = { "copy", is_wanted, run };
