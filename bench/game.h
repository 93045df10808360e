/* game.h - lede as an engine of "Search Benchmark, the Game": the options, and
   the two halves. */

#ifndef LEDE_BENCH_GAME_H
#define LEDE_BENCH_GAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct game_options {
    const char *engine;         // of a new index
    unsigned threads;
    uint64_t memory;            // bytes
    size_t commit_every;        // articles; 0: one commit
    bool stored;                // keep the texts
    bool no_merge;              // leave the segments as they were committed
    bool optimize;              // make one segment
    bool reorder;               // ... with similar articles side by side
    const char *kernel;         // NULL: the best
    bool dump;
    bool exhaustive;            // score all that match
};

/* Build a new index of the corpus on standard input. */
void
game_build(const char *index, const struct game_options *options);

/* Answer queries. */
void
game_query(const char *index, const struct game_options *options);

#endif
