/* driver.h - what the driver measures, and the tables that it prints. */

#ifndef LEDE_BENCH_DRIVER_H
#define LEDE_BENCH_DRIVER_H

#include "bench/process.h"

#define ENGINES_MAX 16
#define COMMANDS_MAX 8

enum query_class {
    CLASS_UNION,
    CLASS_INTERSECTION,
    CLASS_PHRASE,
    CLASSES
};

struct game_query {
    char *text;
    enum query_class class;
};

/* An engine, or one engine in several ways. */
struct engine {
    const char *name;
    const char *program;        // its command, to which is added ...
    const char *options;        // ... these before `build` or `query`
    const char *build_options;  // ... or before `build` alone
    size_t articles;            // the first so many; 0: all
    unsigned cores;             // for building
    bool build_only;
    /* found out */
    char *index;
    bool built;
    struct usage usage;
    uint64_t corpus_bytes;
    uint64_t index_bytes;
    uint64_t query_anon;
    size_t passes[COMMANDS_MAX];
    double *best[COMMANDS_MAX]; // seconds, of each query
    bool *unsupported[COMMANDS_MAX];
    char **counts[COMMANDS_MAX];        // answers
    struct process process;
};

struct bench {
    const char *commands[COMMANDS_MAX];
    size_t n_commands;
    struct game_query *queries;
    size_t n_queries;
    struct engine engines[ENGINES_MAX];
    size_t n_engines;
    struct engine *yardstick;   // that ratios are of; may be NULL
    double floor;               // seconds, of a round trip to an echo
    size_t slowest;             // so many queries are listed
};

/* Markdown on standard output. */
void
report(const struct bench *bench);

/* `lede index` and `lede search` with the program `lede`: their figures. */
void
report_lede(const char *lede, const char *corpus, const char *folder,
            const struct bench *bench);

#endif
