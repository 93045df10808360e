/* evaluation.h - a lede_evaluation: what each judged topic has of each
   measure. */

#ifndef LEDE_QUERY_EVALUATION_H
#define LEDE_QUERY_EVALUATION_H

#include "query/qrels.h"

struct lede_evaluation {
    struct arena arena;
    struct qrels qrels;
    struct measure measures[MEASURES_MAX];
    size_t n_measures;
    double *values;             // n_measures of each topic
    double means[MEASURES_MAX];
    size_t unjudged;
};

/* Check the options and read the judgments; all values are 0.  *out is for
   lede_evaluation_free, NULL on failure. */
lede_status
lede__evaluation_new(lede_evaluation **out,
                     const lede_evaluation_options *options, lede_error *err);

/* Measure a topic by what was found of it. */
void
lede__evaluation_set(lede_evaluation *evaluation, const struct topic *topic,
                     const struct placed *placed, size_t n);

/* Once all are measured. */
void
lede__evaluation_average(lede_evaluation *evaluation);

#endif
