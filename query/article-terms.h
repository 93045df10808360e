/* article-terms.h - the words of stored articles, counted: what feedback and
   likeness learn from.

   There is no list of the words that an article has; its text is analysed once
   more, as it was for the index.  So that the time is bounded whatever is
   stored, no more than a beginning of each text is read.

   A word counts by what a query would find it by: its stem, with the language
   of the article, or a gram.  Stop words, numbers, single characters and the
   further forms of identifiers do not count. */

#ifndef LEDE_QUERY_ARTICLE_TERMS_H
#define LEDE_QUERY_ARTICLE_TERMS_H

#include "query/handle.h"
#include "query/plan.h"

/* Of each text no more is read, and no more of what is read counts: of long
   articles what is near a word of the query, however far down, tells more than
   all of the beginning. */
#define ARTICLE_ATOMS_MAX 10000
#define ARTICLE_BYTES_MAX (32 * ARTICLE_ATOMS_MAX)
#define ARTICLE_COUNTED_MAX 3000

/* A term, with what the article that was read last has of it. */
struct article_term {
    struct str form;            // or the stem
    struct str stemmer;         // of a stem
    bool stem;
    uint32_t title;             // how often
    uint32_t body;
};

/* The terms of all articles read, in the order in which they were met. */
struct article_terms {
    struct arena *arena;
    struct map places;          // of items
    struct article_term *items;
    size_t n;
    uint32_t *read;             // those of the article read last
    size_t n_read;
    struct term_reader *readers[LEDE_INDEXES_MAX];
};

#define ARTICLE_TERMS_INIT(of) { .arena = (of), .places = MAP_INIT }

/* Read an article, as the analysis of an index sees it; `number` is the
   index's.  With a `root` only those words of the body count that are at most
   `window` positions from one that its leaves look for.
   LEDE_STATUS_OK, _NO_MEMORY. */
lede_status
lede__article_terms(struct article_terms *terms, lede_index *index,
                    size_t number, const struct article *article,
                    const struct node *root, uint32_t window,
                    lede_error *err);

void
lede__article_terms_free(struct article_terms *terms);

/* In how many articles of all indexes together the term is; deleted ones may
   be counted. */
lede_status
lede__article_term_df(const struct article_term *term,
                      lede_index *const *indexes, size_t n_indexes,
                      struct buf *scratch, uint64_t *df, lede_error *err);

/* One order for equal terms of one weight: bytewise. */
int
lede__article_term_cmp(const struct article_term *a,
                       const struct article_term *b);

#endif
