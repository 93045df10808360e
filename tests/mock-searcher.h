/* mock-searcher.h - a third provider of query/searcher.h, in memory, for
   tests: small corpora, blocks of any size, bounds as tight as can be,
   deletions, docs in an order of their own, and a snapshot that is overwritten
   at any call. */

#ifndef LEDE_TESTS_MOCK_SEARCHER_H
#define LEDE_TESTS_MOCK_SEARCHER_H

#include "query/searcher.h"
#include "tests/random.h"

struct mock_article {
    struct article article;     // dates, texts, lists; borrowed while made
    uint32_t number;            // ascending
    bool deleted;               // counted in df, and nowhere else
};

struct mock_options {
    const char *config;         // a lede.yaml, or NULL
    uint32_t block_max;         // postings in a block, 1 to POSTING_BLOCK
    uint64_t seed;              // of what is random below
    uint32_t spread;            // most docs left out between two articles
    bool unordered;             // docs do not ascend with numbers
};

lede_status
mock_searcher_new(struct searcher **out, const struct mock_article *articles,
                  size_t n, const struct mock_options *options,
                  lede_error *err);

/* Let the call after `calls` more return LEDE__STATUS_CHANGED, once, and with
   it all calls until the searcher is refreshed. */
void
mock_searcher_change(struct searcher *searcher, size_t calls);

/* Calls so far. */
size_t
mock_searcher_calls(const struct searcher *searcher);

#endif
