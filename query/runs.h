/* runs.h - runs in TREC's form: lines `topic Q0 name rank score run`.

   As trec_eval takes them: a topic's lines are ordered by score, a 32-bit
   float, highest first, and equal scores by name, highest first; the rank that
   is written there is not looked at.

   A name that is not one word is written with %09, %0A, %0D and %20. */

#ifndef LEDE_QUERY_RUNS_H
#define LEDE_QUERY_RUNS_H

#include "query/lines.h"

struct run_line {
    struct str topic;
    struct str name;
    float score;
};

/* The next line of a run, empty ones passed over; as lede__lines_next, or
   _BAD_INPUT. */
lede_status
lede__run_next(struct lines *lines, struct run_line *line, bool *more,
               lede_error *err);

/* Order of a run: < 0 where a comes first. */
static inline int
run_compare(float score_a, struct str name_a, float score_b,
            struct str name_b)
{
    if (score_a != score_b) {
        return score_a > score_b ? -1 : 1;
    }
    return lede__str_cmp(name_b, name_a);
}

/* Append a line. */
lede_status
lede__run_add(struct buf *out, struct str topic, struct str name, size_t rank,
              double score, struct str run, lede_error *err);

/* The best `depth` of each topic of a run, ordered. */
struct ranked {
    struct str name;            // in the arena
    uint32_t room;              // that it has there
    float score;
};

struct ranking_of {
    struct str topic;
    struct ranked *items;
    size_t n;
};

struct best {
    struct arena arena;
    struct map topics;          // id -> place in items
    struct ranking_of *items;   // in the order of the file
    size_t n;
};

/* Read a run; `topic` NULL: all topics.  For lede__best_free, also on failure.
   LEDE_STATUS_OK, _NOT_FOUND, _PERMISSION, _IO, _BAD_INPUT, _LIMIT. */
lede_status
lede__best_read(struct best *best, const char *path, const char *topic,
                size_t depth, lede_error *err);

void
lede__best_free(struct best *best);

#endif
