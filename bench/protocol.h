/* protocol.h - what the engines measured here are asked, and how they answer.

   The protocol of "Search Benchmark, the Game". A line is

       COMMAND TAB QUERY

   COMMAND is COUNT (how many articles match), TOP_k (the best k by BM25) or
   TOP_k_COUNT (both), with k of 10, 100 or 1000; QUERY is

       a b       either       +a +b     both       "a b"     the phrase
       +a b      a, and better with b              +a -b     a without b

   and what these make together.  The answer is one line: the count where it
   was asked for, else 1, or UNSUPPORTED.  With --dump the hits of TOP_k come
   instead, `ID SCORE` with a TAB between, on one line with a TAB between hits.

   The loop over the lines is here, so that engines differ in nothing else. */

#ifndef LEDE_BENCH_PROTOCOL_H
#define LEDE_BENCH_PROTOCOL_H

#include "bench/corpus.h"

#define QUERY_WORDS_MAX 64

enum query_sign {
    QUERY_OPTIONAL,
    QUERY_REQUIRED,
    QUERY_EXCLUDED,
};

/* A word, or the words of a phrase. */
struct query_item {
    enum query_sign sign;
    size_t first;               // of query->words
    size_t n;
};

struct query {
    bool count;                 // asked for
    size_t top;                 // k, 0: not asked for
    size_t n_words;
    size_t n_items;
    size_t n_required;
    size_t n_excluded;
    struct str words[QUERY_WORDS_MAX];          // in `line`, lower-cased
    struct query_item items[QUERY_WORDS_MAX];
};

/* Parse a line, without its end, in place; false where it is UNSUPPORTED. */
bool
query_parse(struct query *query, char *line, size_t len);

/* Answers one query: the count, and, where `dump` is not NULL, the hits. */
typedef uint64_t query_answer(void *payload, const struct query *query,
                              struct buf *dump);

/* Answer standard input until it ends. */
void
protocol_run(query_answer *answer, void *payload, bool dump);

/* Add a hit to a dump. */
void
protocol_hit(struct buf *dump, struct str id, double score);

#endif
