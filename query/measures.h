/* measures.h - the measures of a ranking, as trec_eval -c computes them.

   What judged articles a topic has, and at which ranks they were found ->

     ndcg, ndcg@K     discounted cumulative gain by that of the ideal ranking;
                      linear gain, log2 discount (Jarvelin and Kekalainen 2002)
     map, map@K       average precision
     p@K, recall@K    the part of K hits, or of what is relevant
     mrr, mrr@K       one by the rank of the first relevant hit
     rprec            precision at as many hits as are relevant
     bpref            how often a relevant article is before one that is judged
                      not to be (Buckley and Voorhees 2004; as trec_eval 9 has
                      it, with the lesser of the two numbers below the line)

   trec_eval calls them ndcg, ndcg_cut_K, map, map_cut_K, P_K, recall_K,
   recip_rank, Rprec and bpref; mrr@K it does not have. */

#ifndef LEDE_QUERY_MEASURES_H
#define LEDE_QUERY_MEASURES_H

#include "shared/base/str.h"

/* Hits judged per topic that is searched. */
#define MEASURES_DEPTH 1000

/* So many at once, cut off at so many hits. */
#define MEASURES_MAX 64
#define MEASURE_CUT_MAX 1000000

enum measure_kind {
    MEASURE_NDCG, MEASURE_MAP, MEASURE_P, MEASURE_RECALL, MEASURE_MRR,
    MEASURE_RPREC, MEASURE_BPREF,
};

struct measure {
    enum measure_kind kind;
    uint32_t cut;               // UINT32_MAX: none
    char name[24];
};

/* A topic's judgments. */
struct judged {
    int32_t *grades;            // those above 0, highest first
    size_t count;
    size_t zeros;               // how many are judged not to be relevant
};

/* An article that is judged, where it was found. */
struct placed {
    uint64_t rank;              // from 1
    int32_t grade;              // 0 or more
};

/* "ndcg@10,map": add those that `measures` does not have yet.
   LEDE_STATUS_OK, _USAGE (no such measure, or too many). */
lede_status
lede__measures_parse(struct measure measures[MEASURES_MAX], size_t *n,
                     const char *list, lede_error *err);

/* One measure of one topic; `placed` by rank. */
double
lede__measure(const struct measure *measure, const struct placed *placed,
              size_t n, const struct judged *judged);

#endif
