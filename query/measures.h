/* measures.h - the measures of a ranking, as trec_eval -c computes them.

   One topic's list of grades in rank order -> nDCG@10 with linear gain and
   log2 discount (Jarvelin and Kekalainen 2002), average precision, precision
   at 10, reciprocal rank, recall at 100 and at 1,000. */

#ifndef LEDE_QUERY_MEASURES_H
#define LEDE_QUERY_MEASURES_H

#include "shared/base/str.h"

/* Hits judged per topic. */
#define MEASURES_DEPTH 1000

/* A topic's judgments: all grades above 0, in any order. */
struct judged {
    int32_t *grades;
    size_t count;
};

/* The measures of one topic.  `grades` are those of the hits, best hit first,
   0 for what is not relevant or not judged.  Sorts judged->grades.  `out` has
   topics = 1. */
void
lede__measure(lede_measures *out, const int32_t *grades, size_t n,
              struct judged *judged);

/* Add one topic, and divide by the topics at the end. */
void
lede__measures_add(lede_measures *sum, const lede_measures *one);
void
lede__measures_average(lede_measures *sum);

#endif
