/* page.h - which of the hits are shown: an order, where a page begins, and the
   cursor that the next one begins at.

   A page begins behind so many hits, or behind a POSITION: the key of the last
   hit of the page before.  By position a page costs what the first one costs,
   and articles added in between neither move nor repeat what follows.  But the
   best RANK_DEPTH hits of a search by relevance are not in the order of their
   keys (rank.h), nor are hits that were fused with a run, put together or
   spread: these begin behind so many hits. */

#ifndef LEDE_QUERY_PAGE_H
#define LEDE_QUERY_PAGE_H

#include "query/order.h"

struct search;

struct page {
    struct order order;
    bool ordered;               // by that, and not by score
    uint32_t query;             // what says that a cursor is of this search
    uint32_t content;           // and of these indexes as they are
    uint64_t passed;            // hits on earlier pages, where `behind`
    bool behind;                // it begins behind `after`
    bool as_of;                 // the cursors keep what time it was
    struct position after;
    int64_t lowered;            // of a search by score: what scores are less by
};

/* Take the order and the cursor of search->options; what the cursor says of
   the page goes there too.  A cursor that is not of this search, or of other
   articles, is warned of.  LEDE_STATUS_OK, _USAGE. */
lede_status
lede__page_begin(struct search *search, size_t n_indexes, struct str query,
                 lede_error *err);

/* What hits are sorted by; NULL: by score. */
const struct order *
lede__page_order(struct search *search);

/* Once all is in order: lower the scores of a page that begins behind those
   that were ranked. */
lede_status
lede__page_lower(struct search *search, lede_error *err);

/* search->cursor, of the page after this one; NULL where there is none. */
lede_status
lede__page_end(struct search *search, lede_error *err);

#endif
