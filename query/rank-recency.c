/* rank-recency.c - of two articles that are alike the newer; see rank.h.

   Off by default.  The score is multiplied by

       floor + (1 - floor) * 2^(-age / half-life)

   so that an article of today keeps all of it, one a half-life old the middle
   between all and the floor, and one that is very old the floor: what is about
   the query and old still comes before what is new and is not.  The exponential
   is Li and Croft's (2003, "Time-based language models"), the floor is what
   users of others found to be missing.

   An article without a date is not known to be new: it counts as very old. */

#include "query/rank.h"

#include <math.h>

#include "query/match.h"

#define DAY 86400.0

static bool
is_wanted(const lede_search_options *options)
{
    return options->recency_days > 0 && options->recency_floor < 1;
}

/* What is left of the score of an article of that age. */
static double
share_left(const lede_search_options *options, struct date date)
{
    double floor = options->recency_floor;
    double age;

    if (date.precision == DATE_NONE) {
        return floor;
    }
    age = ((double)options->now - (double)date.seconds) / DAY;
    return age <= 0 ? 1
           : floor + (1 - floor) * exp2(-age / options->recency_days);
}

static lede_status
run(struct ranking *ranking, enum rank_part part)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i, j;

    for (i = 0; i < ranking->n_indexes; i++) {
        struct rank_index *index = &ranking->indexes[i];

        for (j = 0; j < index->n; j++) {
            struct candidate *candidate = &index->items[j];
            double points = (double)candidate->found.score / SCORE_ONE;
            struct str value;

            status = lede__searcher_column(index->m->searcher, COLUMN_DATE,
                                           candidate->found.doc, &value,
                                           ranking->err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            if (points > 0) {
                double left = share_left(ranking->options,
                                         lede__column_date_read(value));

                candidate->parts[part] = rank_part(points * (left - 1));
            }
        }
    }
    return LEDE_STATUS_OK;
}

const struct component lede__rank_recency = { "recency", is_wanted, run };
