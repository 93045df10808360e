/* passages.h - which passages of a text to show: the runs of matches that say
   most, with the sentences that they are in. */

#ifndef LEDE_QUERY_PASSAGES_H
#define LEDE_QUERY_PASSAGES_H

#include "query/snippet.h"

#define PASSAGES_MAX 3

/* A place in the text. */
struct edge {
    size_t at;
    size_t chars;               // before it, from any one place on
    bool whole;                 // a sentence or a block begins, or ends, there
};

/* A passage, without white space at its ends. */
struct piece {
    struct edge start;
    struct edge end;
};

/* For each match, the edges of what is shown at least where it is the first or
   the last one of a passage. */
struct reach {
    struct edge left;
    struct edge right;
    size_t section;             // a passage is in one: what a heading is above
    size_t ended;               // matches up to the last whole right edge
};

/* The reach of all matches, for free().  `third`: characters to the border of
   the sentence that are too many to show all of it; then half as many are. */
lede_status
lede__passages_reach(const struct passage *text, const struct events *events,
                     size_t third, struct reach **out, lede_error *err);

/* What a match adds to passages that have its leaf so many times. */
uint64_t
lede__passages_gain(uint32_t weight, uint32_t times);

/* What that is worth in a passage whose edges may be within sentences. */
uint64_t
lede__passages_worth(uint64_t gain, const struct piece *piece);

/* Up to `max` passages of about `chars` characters each, the best first, that
   do not overlap; the beginning of the text where nothing matched.  At most
   PASSAGES_MAX.  No match is before text->from. */
lede_status
lede__passages_choose(const struct marks *marks, const struct passage *text,
                      const struct events *events, size_t chars, size_t max,
                      struct piece *out, size_t *n, lede_error *err);

#endif
