/* mock-private.h - what the two halves of the mock searcher share. */

#ifndef LEDE_TESTS_MOCK_PRIVATE_H
#define LEDE_TESTS_MOCK_PRIVATE_H

#include "tests/mock-searcher.h"

#include <stdio.h>
#include <stdlib.h>

#include "shared/analysis/analysis.h"

struct mock_posting {
    uint32_t doc;
    uint8_t length;             // of the article
    uint32_t tf;
    uint32_t *positions;
    size_t n_positions;
    bool deleted;
};

struct mock_term {
    struct str name;
    struct mock_posting *postings;      // with those of deleted articles
    size_t count;
    size_t cap;
};

struct mock_doc {
    uint32_t doc;
    uint32_t number;
    uint8_t length;
    bool deleted;
    struct buf stored;
    struct buf columns[COLUMNS];
};

struct mock {
    struct searcher searcher;
    struct map map;             // term -> index in terms
    struct mock_term *terms;
    size_t n_terms;
    size_t cap_terms;
    struct mock_term **sorted;
    struct mock_doc *docs;      // in order of docs
    size_t n_docs;
    uint8_t *lengths;           // by doc, whole pages
    struct mock_options options;
    struct random random;
    size_t calls;
    size_t change_at;           // 0: never
    bool changed;
    struct analyzer *analyzer;
    struct analysis *analysis;
    struct buf term;
};

/* Out of memory in a test is the end of it. */
static inline void *
must(void *p)
{
    if (p == NULL) {
        fprintf(stderr, "mock-searcher: out of memory\n");
        exit(99);
    }
    return p;
}

/* ---- mock-build.c ---- */

/* The term in mock->term; made where it is not there, or NULL. */
struct mock_term *
mock_find_term(struct mock *mock, bool make);

/* Invert the articles, and say which is at which doc. */
void
mock_build(struct mock *mock, const struct mock_article *articles, size_t n);

#endif
