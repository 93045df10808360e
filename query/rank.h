/* rank.h - what orders the best articles after the sum of their words.

   BM25 finds; its best RANK_DEPTH articles are CANDIDATES.  Each component adds
   a part of its own to a candidate's score, and they are sorted anew.  Those
   after them keep their order: where the last candidate has fallen below the
   first of them, all of them are lowered by what is missing.

   A component is one file, rank-NAME.c, that says where it is from.  Parts are
   whole units of 2^-16, as scores are, so that they add up to the score
   exactly; each is rounded once, and sums of floats are in an order that
   neither the engine nor the plan changes. */

#ifndef LEDE_QUERY_RANK_H
#define LEDE_QUERY_RANK_H

#include "query/search.h"

/* So few are enough: 50 to 1,000 give the same nDCG@10 to .0005 (on seven test
   collections), and each is asked where its words stand. */
#define RANK_DEPTH 100

/* A part is cut to this, which no weight that is of use comes near. */
#define RANK_PART_MAX (INT64_C(1) << 40)

enum rank_part {
    RANK_NEAR,
    RANK_TITLE,
    RANK_PRIOR,
    RANK_RECENCY,
    RANK_COPIES,                // of the background of an article alone
    RANK_PARTS
};

struct candidate {
    struct found found;         // score: the sum of the parts so far
    uint8_t length;             // its byte
    int64_t parts[RANK_PARTS];
};

/* What a search keeps of it. */
struct ranked {
    struct candidate *items;    // by index and doc
    size_t n;
    int64_t lowered;            // all others by so much
};

/* A word of the query, in one index. */
struct rank_word {
    const struct node *leaf;
    struct str form;            // as it was typed, analysed
    double weight;              // boost * idf
};

/* Candidates of one index, and the distinct words of the query there, by
   form. */
struct rank_index {
    struct matcher *m;
    struct candidate *items;    // by doc
    size_t n;
    struct rank_word *words;
    size_t n_words;
};

struct ranking {
    const struct search *search;
    const lede_search_options *options;
    struct ranked *ranked;
    struct rank_index *indexes; // those with candidates
    size_t n_indexes;
    struct arena *arena;
    lede_error *err;
};

struct component {
    const char *name;           // of its part, as it is told
    bool (*wanted)(const lede_search_options *options);
    /* Set the part of each candidate that has one. */
    lede_status (*run)(struct ranking *ranking, enum rank_part part);
};

extern const struct component lede__rank_near;
extern const struct component lede__rank_title;
extern const struct component lede__rank_prior;
extern const struct component lede__rank_recency;
extern const struct component lede__rank_copies;

/* The component of a part. */
const struct component *
lede__rank_component(enum rank_part part);

/* What lede__search_check does for the options of ranking. */
lede_status
lede__rank_check(const lede_search_options *options, lede_error *err);

/* How many of the best are to be collected so that the first `wanted` can be
   told. */
size_t
lede__rank_depth(const lede_search_options *options, size_t wanted);

/* Rank search->found, once collected, and keep what came of it in
   search->ranked; that is NULL where it is not sorted by score, or nothing is
   asked for.  Can be called again after collecting again.  LEDE_STATUS_OK,
   LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__rank(struct search *search, const lede_search_options *options,
           lede_error *err);

/* ---- rank-words.c ---- */

/* Fill in the words of an index: those that score, but for what stands for a
   phrase, a pattern or what feedback adds; no stop words unless there are no
   others. */
lede_status
lede__rank_words(struct ranking *ranking, struct rank_index *index,
                 struct node *root);

/* ---- for components ---- */

/* A part of so much, in points. */
static inline int64_t
rank_part(double points)
{
    double units = points * SCORE_ONE;

    // false for a NaN
    if (!(units > -(double)RANK_PART_MAX)) {
        return -RANK_PART_MAX;
    }
    return units < (double)RANK_PART_MAX
           ? (int64_t)(units < 0 ? units - 0.5 : units + 0.5) : RANK_PART_MAX;
}

#endif
