/* likeness.h - articles like another one, and earlier ones that explain it: a
   search by the terms that an article is told by. */

#ifndef LEDE_QUERY_LIKENESS_H
#define LEDE_QUERY_LIKENESS_H

#include "query/plan.h"
#include "shared/analysis/sketch.h"

/* What to be like. */
struct likeness {
    const char *id;             // an article in one of the indexes; or NULL:
    const struct article *article;      // this one; its id may be in them too
    bool background;            // those before it, that explain it
};

/* What a search knows of it. */
struct liked {
    const struct likeness *likeness;    // NULL: it is a search by words
    bool inside;                // in an index, and not to be found itself:
    uint32_t index;
    uint32_t doc;
    bool has_sketch;
    struct sketch sketch;
};

struct search;

/* Whether it looks for what explains an article. */
bool
lede__is_background(const struct search *search);

/* See what search->liked.likeness is like: its terms; and for a background the
   date before which articles are looked for, which goes to search->syntax, and
   mild recency, which goes to search->options.
   LEDE_STATUS_OK, _NOT_FOUND, _BAD_INPUT (a background of what has no date),
   LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__likeness(struct weighted_terms *out, struct search *search,
               lede_index *const *indexes, size_t n_indexes,
               const struct model *model, lede_error *err);

#endif
