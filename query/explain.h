/* explain.h - what brought how much of the score of a hit. */

#ifndef LEDE_QUERY_EXPLAIN_H
#define LEDE_QUERY_EXPLAIN_H

#include "query/search.h"

/* Fill in the parts and lengths of n hits, made of `found`; the strings are in
   `arena`.  For --explain alone: the plan is walked once more over the articles
   of the hits, so that afterwards its lists are where they are.
   LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__explain(struct search *search, const struct found *found,
              lede_hit *hits, size_t n, struct arena *arena,
              lede_error *err);

#endif
