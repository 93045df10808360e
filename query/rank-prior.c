/* rank-prior.c - what an article is worth whatever is asked; see rank.h.

   Off by default.  A number in the articles' metadata, of visits or stars or
   links say, adds

       weight * ln(1 + number)

   which is the logarithm of Craswell, Robertson, Zaragoza and Taylor (2005,
   "Relevance weighting for query independent evidence"), with 1 added so that
   nothing is below 0.  Without the number, or with one below 0, an article gets
   0. */

#include "query/rank.h"

#include <math.h>

#include "query/match.h"
#include "shared/index/store.h"

static bool
is_wanted(const lede_search_options *options)
{
    return options->prior != NULL && options->prior_weight != 0;
}

/* The first value of the key, as a number; 0 for none. */
static double
find_number(struct str values, struct str key)
{
    struct str name, value;

    while (lede__column_meta_next(&values, &name, &value)) {
        if (lede__str_eq_nocase(name, key)) {
            return lede__str_number(lede__str_trim(value));
        }
    }
    return 0;
}

static lede_status
run(struct ranking *ranking, enum rank_part part)
{
    struct str key = str_from(ranking->options->prior);
    double weight = ranking->options->prior_weight;
    lede_status status = LEDE_STATUS_OK;
    size_t i, j;

    for (i = 0; i < ranking->n_indexes; i++) {
        struct rank_index *index = &ranking->indexes[i];

        for (j = 0; j < index->n; j++) {
            struct candidate *candidate = &index->items[j];
            struct str values;
            double number;

            status = lede__searcher_column(index->m->searcher, COLUMN_META,
                                           candidate->found.doc, &values,
                                           ranking->err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            number = find_number(values, key);
            // false for a NaN
            if (number > 0) {
                candidate->parts[part] = rank_part(weight * log1p(number));
            }
        }
    }
    return LEDE_STATUS_OK;
}

const struct component lede__rank_prior = { "prior", is_wanted, run };
