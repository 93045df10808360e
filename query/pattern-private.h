/* pattern-private.h - the automaton: pattern.c runs it, pattern-regex.c makes
   it. */

#ifndef LEDE_QUERY_PATTERN_PRIVATE_H
#define LEDE_QUERY_PATTERN_PRIVATE_H

#include "query/pattern.h"

#define POSITION_WORDS 4

/* A set of positions; 0 is where an expression begins. */
struct positions {
    uint64_t words[POSITION_WORDS];
};

/* Characters: those in the ranges, or those that are not. */
struct char_range {
    uint32_t first;
    uint32_t last;
};

struct char_class {
    struct char_range *ranges;
    size_t count;
    bool negated;
};

struct pattern {
    bool fuzzy;
    struct str prefix;
    /* an expression */
    const struct char_class **classes;  // by position, from 1
    struct positions *follow;           // by position, 0: the first ones
    struct positions accepting;
    struct positions ascii[128];        // positions that take this character
    unsigned n;                         // positions
    /* edit distance */
    uint32_t chars[PATTERN_FUZZY_MAX];
    unsigned length;
    unsigned distance;
};

static inline void
positions_add(struct positions *set, unsigned position)
{
    set->words[position / 64] |= (uint64_t)1 << (position % 64);
}

static inline bool
positions_has(const struct positions *set, unsigned position)
{
    return (set->words[position / 64] >> (position % 64) & 1) != 0;
}

static inline void
positions_unite(struct positions *set, const struct positions *other)
{
    for (int i = 0; i < POSITION_WORDS; i++) {
        set->words[i] |= other->words[i];
    }
}

static inline bool
char_class_has(const struct char_class *class, uint32_t c)
{
    size_t i;

    for (i = 0; i < class->count; i++) {
        if (c >= class->ranges[i].first && c <= class->ranges[i].last) {
            return !class->negated;
        }
    }
    return class->negated;
}

#endif
