/* facets.h - which values the articles found have, and how many of each, and
   over which dates they lie. */

#ifndef LEDE_QUERY_FACETS_H
#define LEDE_QUERY_FACETS_H

#include "query/search.h"
#include "query/tally.h"

/* Facets of one search. */
#define FACETS_MAX 32
/* Different values of one facet, as written, and their bytes; what is beyond
   is not counted, with a warning. */
#define FACET_VALUES_MAX 1000000
#define FACET_BYTES_MAX (64u << 20)

/* Check options->facets, facet_limit and histogram.  LEDE_STATUS_OK, _USAGE. */
lede_status
lede__facets_check(const lede_search_options *options, lede_error *err);

/* Count what the options ask for over all that search->plan matches, into
   search->facets and search->histogram, in its arena.  LEDE_STATUS_OK,
   LEDE__STATUS_CHANGED, a searcher's. */
lede_status
lede__facets_count(struct search *search, const lede_search_options *options,
                   lede_error *err);

/* ---- facets-query.c ---- */

/* The values that a query wants of one key. */
struct selected {
    struct str text;            // as typed
    struct selected *next;
};

/* The filters of `key` that the query as a whole requires: *selected has their
   values, in order.  Where they are one set of alternatives, *without is the
   query without them (in `arena`; SYNTAX_ALL where nothing else is left), else
   NULL: where there are none, or several that have to hold together. */
lede_status
lede__facet_selected(const struct syntax *syntax, struct str key,
                     struct arena *arena, struct selected **selected,
                     struct syntax **without, lede_error *err);

/* ---- histogram.c ---- */

struct histogram;

/* A tally of dates, for lede__histogram_free. */
lede_status
lede__histogram_new(struct histogram **out, lede_error *err);
struct tally *
lede__histogram_tally(struct histogram *histogram);

/* `unit` as options->histogram has it; may be coarser in the end, with a
   warning. */
lede_status
lede__histogram_end(struct histogram *histogram, const char *unit,
                    struct arena *arena, struct warnings *warnings,
                    lede_histogram *out, lede_error *err);
void
lede__histogram_free(struct histogram *histogram);

/* Whether this is one of the units, or "auto". */
bool
lede__histogram_has(const char *unit);

#endif
