/* feedback.h - pseudo relevance feedback: what the best articles of a search
   speak of, as further terms of the query. */

#ifndef LEDE_QUERY_FEEDBACK_H
#define LEDE_QUERY_FEEDBACK_H

#include "query/search.h"

/* Articles that are learnt from. */
#define FEEDBACK_DOCS 15
/* Terms that are added. */
#define FEEDBACK_TERMS 48

/* What search->found.top, best first, suggests beside the query that found it;
   out->n is 0 where there is nothing to learn.  The terms are in the arena of
   the search.  LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__feedback(struct weighted_terms *out, struct search *search,
               lede_index *const *indexes, size_t n_indexes,
               lede_feedback model, lede_error *err);

#endif
