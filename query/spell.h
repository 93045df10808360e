/* spell.h - queries that were probably meant, where little was found. */

#ifndef LEDE_QUERY_SPELL_H
#define LEDE_QUERY_SPELL_H

#include "query/search.h"

/* So many are told. */
#define SPELL_SUGGESTIONS_MAX 3

struct spelling {
    lede_suggestion *items;     // the most likely first
    size_t count;
};

/* What may have been meant by what `search` has searched for; all of it in the
   arena.  None where nothing was found to be misspelt, which costs a look-up
   for each word of the query.  Each finds something with the same options.
   LEDE_STATUS_OK, LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__spell(struct search *search, lede_index *const *indexes,
            size_t n_indexes, const lede_search_options *options,
            struct arena *arena, struct spelling *out, lede_error *err);

#endif
