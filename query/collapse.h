/* collapse.h - near copies of one story, shown as one.

   An article is a copy of the best one before it that it resembles enough: by
   the sketches of their bodies, so that a headline of one's own changes
   nothing.  The first of them stands for the group, the others are listed with
   it.  Which articles begin a group follows from those before them alone, so
   that pages of any size show the same groups in the same order. */

#ifndef LEDE_QUERY_COLLAPSE_H
#define LEDE_QUERY_COLLAPSE_H

#include "query/handle.h"
#include "query/topk.h"

struct search;

/* So many of the best articles are grouped at least, so that a group has its
   copies; more where they do not make enough groups for the page, up to
   COLLAPSE_DEPTH_MAX: each is compared with all groups. */
#define COLLAPSE_DEPTH 1000
#define COLLAPSE_DEPTH_MAX 10000

/* Offset and limit together. */
#define COLLAPSE_PAGE_MAX 1000

struct story {
    size_t first;               // of search->copies
    size_t n;
};

struct story_copy {
    struct found found;
    double similarity;
};

struct stories {
    struct story *items;        // one for each of found.top
    struct story_copy *copies;
    size_t looked;              // at so many articles
    bool more;                  // there are or may be further ones
};

/* How many articles to group for a page of `wanted` groups, when so many were
   before; 0 where it is of no use to look at more. */
size_t
lede__collapse_depth(const struct search *search, size_t wanted,
                     size_t before);

/* Leave in search->found.top the first of each group, and the copies in
   search->stories.  LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__collapse(struct search *search, const lede_search_options *options,
               lede_error *err);

/* The copies of the i-th of found.top, as a hit tells them, into `hit`; their
   strings in `arena`. */
lede_status
lede__collapse_copies(lede_hit *hit, const struct search *search, size_t i,
                      lede_index *const *indexes, struct article *scratch,
                      struct arena *arena, lede_error *err);

#endif
