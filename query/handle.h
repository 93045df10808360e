/* handle.h - a lede_index: a snapshot, and what is made from it. */

#ifndef LEDE_QUERY_HANDLE_H
#define LEDE_QUERY_HANDLE_H

#include "query/score.h"
#include "query/searcher.h"
#include "shared/analysis/analysis.h"

/* Each commit can overtake a search that is under way; that many in a row are
   no accident. */
#define CHANGED_TRIES 100

struct lede_index {
    struct searcher *searcher;
    struct analyzer *analyzer;
    struct analysis *analysis;
    struct matcher *matcher;    // kept from search to search, or NULL
    struct scorer scorer;       // of the last search
    const struct within *within;        // what is searched; NULL: all of it
    uintptr_t serial;           // of what word->user was last set for
    struct arena info;          // of lede_index_info's strings
    struct arena lists;         // of `view`
    struct article article;     // the last of lede_index_article
    lede_article view;
};

/* Take over `searcher`, also on failure. */
lede_status
lede__index_new(lede_index **out, struct searcher *searcher,
                lede_error *err);

/* After LEDE__STATUS_CHANGED for the `tries`-th time: refresh all; fails where
   it was too often. */
lede_status
lede__index_retry(lede_index *const *indexes, size_t n, size_t tries,
                  lede_error *err);

/* The doc of the article with this id, else of the only one with this key.
   Not `exact`: a key that is the same but for case will do where no other
   article has one like it, so that the article need not be read.
   LEDE_STATUS_OK, _NOT_FOUND, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__index_find(lede_index *index, struct str id, bool exact, uint32_t *doc,
                 lede_error *err);

/* The stored article at `doc` into `article`. */
lede_status
lede__index_stored(lede_index *index, uint32_t doc,
                   struct article *article, lede_error *err);

#endif
