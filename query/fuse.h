/* fuse.h - reciprocal rank fusion of several lists of names.

   score = the sum over the lists of weight / (k + rank)  (Cormack, Clarke and
   Buettcher: Reciprocal rank fusion outperforms Condorcet and individual rank
   learning methods, SIGIR 2009).  Sums are of whole multiples of 2^-46, so
   that they do not depend on the order of the lists, and the score is the sum
   as a 32-bit float, which is what trec_eval reads.  Equal ones are ordered by
   name, highest first, as it does. */

#ifndef LEDE_QUERY_FUSE_H
#define LEDE_QUERY_FUSE_H

#include "shared/base/str.h"

struct fused {
    struct str name;            // the caller's
    uint64_t sum;
    size_t list;                // the last that has it, from 1
    float score;
};

struct fusion {
    struct map names;           // -> place in items
    struct fused *items;
    size_t n;
    double k;
};

#define FUSION_INIT(constant) { .names = MAP_INIT, .k = (constant) }

/* `name` is at `rank` of list number `list`, counted from 1, of this weight
   (up to LEDE_FUSE_WEIGHT_MAX).  Lists come one after the other.  *twice: the
   list has it already, and it counts nothing. */
lede_status
lede__fuse(struct fusion *fusion, struct str name, size_t list, size_t rank,
           double weight, bool *twice, lede_error *err);

/* Once all are there: best first.  lede__fuse makes no sense then. */
void
lede__fusion_sort(struct fusion *fusion);

void
lede__fusion_free(struct fusion *fusion);

#endif
