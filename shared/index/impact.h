/* impact.h - bounds of what postings can score, for any k1 and b.

   A pair stands for all postings with at most its tf and at least its length.
   A set of pairs bounds a set of postings where each posting is below some
   pair; the bound of a score is the best that any pair scores. */

#ifndef LEDE_INDEX_IMPACT_H
#define LEDE_INDEX_IMPACT_H

#include <stddef.h>
#include <stdint.h>

#define IMPACTS_MAX 4

struct impact {
    uint32_t max_tf;
    uint8_t min_length;         // quantised
};

/* Tfs and lengths both ascend strictly; none: no postings. */
struct impacts {
    size_t n;
    struct impact pairs[IMPACTS_MAX];
};

/* Add a pair, keeping the set a bound: drops what is below others, merges the
   two nearest where there would be too many. */
void
lede__impacts_add(struct impacts *impacts, struct impact pair);

/* A tf as one byte, rounded up, and back: exact up to 31, then five bits and
   an exponent; the highest code has no limit. */
#define IMPACT_EXACT 32         // codes below are the tf itself

uint8_t
lede__impact_tf_slow(uint32_t tf);

static inline uint8_t
lede__impact_tf(uint32_t tf)
{
    return tf < IMPACT_EXACT ? (uint8_t)tf : lede__impact_tf_slow(tf);
}

uint32_t
lede__impact_tf_value(uint8_t code);

/* ---- choosing pairs, for the encoder ---- */

/* The least length of the postings with each tf (a code). */
struct impact_set {
    int max_code;               // the highest that any has; -1: no postings
    uint8_t min_length[256];    // of those with this code; none: 255
};

void
lede__impact_set_clear(struct impact_set *set);

static inline void
lede__impact_set_add(struct impact_set *set, uint8_t code, uint8_t length)
{
    if (code > set->max_code) {
        set->max_code = code;
    }
    if (length < set->min_length[code]) {
        set->min_length[code] = length;
    }
}

/* Add all that `other` has. */
void
lede__impact_set_merge(struct impact_set *set, const struct impact_set *other);

/* At most `max` pairs (code, length) that bound the set, as tight as can be
   for BM25 with a usual k1 and b; the last stands again for those that are
   missing.  `values` are the lengths that the bytes stand for, `average` the
   length of a usual article. */
void
lede__impact_set_choose(const struct impact_set *set, const float values[256],
                        float average, unsigned max, uint8_t (*pairs)[2]);

#endif
