/* results.c - lede_search, and the results that a caller holds.

   All strings of the results are in one arena of theirs. */

#include <stdlib.h>

#include "query/hits.h"
#include "query/spell.h"

struct lede_results {
    struct arena arena;
    struct hit_list hits;
    uint64_t total;
    int exact;
    const char *query;
    struct arena parsed;        // of the search, once it is done
    const struct syntax *syntax;
    struct buf query_json;      // made where it is asked for
    const char *cursor;         // this and the following in `parsed`
    const lede_facet *facets;
    size_t n_facets;
    lede_histogram histogram;
    lede_warning *warnings;
    size_t n_warnings;
    struct spelling spelling;
    lede_results *typed;        // nothing, of which these are the correction
};

/* What is not a hit: the query, the warnings, the total. */
static lede_status
describe(lede_results *results, const struct search *search, lede_error *err)
{
    struct arena *arena = &results->arena;
    struct buf printed = BUF_INIT(BUF_MAX_ANY);
    size_t n = search->warnings.count;
    size_t i;
    lede_status status = lede__print(&printed, search->syntax, err);

    results->total = search->found.total;
    results->exact = search->found.exact;
    if (status == LEDE_STATUS_OK) {
        results->query = lede__arena_str(arena, lede__buf_view(&printed)).p;
        results->warnings = lede__arena_array(arena, n,
                                              sizeof(*results->warnings));
        if (results->query == NULL || (n > 0 && results->warnings == NULL)) {
            status = lede__fail_memory(err);
        }
    }
    lede__buf_free(&printed);
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        results->warnings[i] = search->warnings.items[i];
        results->warnings[i].message =
            lede__arena_str(arena, str_from(search->warnings.items[i].message))
                .p;
        if (results->warnings[i].message == NULL) {
            status = lede__fail_memory(err);
        }
        results->n_warnings++;
    }
    return status;
}

static lede_status
search_once(lede_results **out, lede_index *const *indexes, size_t n_indexes,
            const struct likeness *likeness, const char *query,
            const lede_search_options *options, lede_error *err);

/* Where nothing was found for the query as typed, search for what it was
   probably meant to be.  *results are replaced, and kept by those. */
static lede_status
correct(lede_results **results, lede_index *const *indexes, size_t n_indexes,
        const lede_search_options *options, lede_error *err)
{
    lede_results *typed = *results;
    lede_search_options meant = *options;
    lede_results *better;
    lede_status status;

    meant.suggest = LEDE_SUGGEST_OFF;
    meant.query_json = 0;
    meant.strict = 0;
    status = search_once(&better, indexes, n_indexes, NULL,
                         typed->spelling.items[0].query, &meant, err);
    if (status == LEDE_STATUS_OK) {
        better->warnings = typed->warnings;
        better->n_warnings = typed->n_warnings;
        better->spelling = typed->spelling;
        better->typed = typed;
        *results = better;
    }
    return status;
}

static lede_status
search_once(lede_results **out, lede_index *const *indexes, size_t n_indexes,
            const struct likeness *likeness, const char *query,
            const lede_search_options *options, lede_error *err)
{
    struct search *search = calloc(1, sizeof(*search));
    lede_results *results = calloc(1, sizeof(*results));
    lede_status status;

    if (search == NULL || results == NULL) {
        free(search);
        free(results);
        return lede__fail_memory(err);
    }
    results->query_json.max = BUF_MAX_ANY;
    status = likeness == NULL
             ? lede__search_run(search, indexes, n_indexes, query, false,
                                options, err)
             : lede__search_like(search, indexes, n_indexes, likeness, query,
                                 options, err);
    if (status == LEDE_STATUS_OK) {
        status = describe(results, search, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__hits_make(&results->hits, &results->arena, search,
                                 indexes, n_indexes, options, err);
    }
    if (status == LEDE_STATUS_OK && options->suggest != LEDE_SUGGEST_OFF &&
        options->limit > 0 && likeness == NULL) {
        status = lede__spell(search, indexes, n_indexes, options,
                             &results->arena, &results->spelling, err);
    }
    // the tree outlives the search, which has no other use for its memory
    results->parsed = search->arena;
    results->syntax = search->syntax;
    results->cursor = search->cursor;
    results->facets = search->facets;
    results->n_facets = search->n_facets;
    results->histogram = search->histogram;
    search->arena = (struct arena)ARENA_INIT;
    lede__search_free(search);
    free(search);
    if (status == LEDE_STATUS_OK && results->total == 0 &&
        results->spelling.count > 0 &&
        options->suggest == LEDE_SUGGEST_CORRECT) {
        status = correct(&results, indexes, n_indexes, options, err);
    }
    if (status != LEDE_STATUS_OK) {
        lede_results_free(results);
        return status;
    }
    *out = results;
    return LEDE_STATUS_OK;
}

lede_status
lede__results_search(lede_results **out, lede_index *const *indexes,
                     size_t n_indexes, const struct likeness *likeness,
                     const char *query, const lede_search_options *options,
                     lede_error *error)
{
    static const lede_search_options defaults = LEDE_SEARCH_OPTIONS_INIT;
    size_t tries = 0;
    lede_status status;

    *out = NULL;
    if (options == NULL) {
        options = &defaults;
    }
    status = lede__search_check(indexes, n_indexes, query == NULL ? "-" :
                                query, options, error);
    while (status == LEDE_STATUS_OK) {
        status = search_once(out, indexes, n_indexes, likeness, query,
                             options, error);
        if (status != LEDE__STATUS_CHANGED) {
            break;
        }
        status = lede__index_retry(indexes, n_indexes, tries++, error);
    }
    return status;
}

lede_status
lede_search(lede_results **out, lede_index *const *indexes, size_t n_indexes,
            const char *query, const lede_search_options *options,
            lede_error *error)
{
    return lede__results_search(out, indexes, n_indexes, NULL, query, options,
                                error);
}

uint64_t
lede_results_total(const lede_results *results)
{
    return results->total;
}

int
lede_results_total_exact(const lede_results *results)
{
    return results->exact;
}

size_t
lede_results_count(const lede_results *results)
{
    return results->hits.count;
}

const lede_hit *
lede_results_hit(const lede_results *results, size_t i)
{
    return i < results->hits.count ? &results->hits.items[i] : NULL;
}

const char *
lede_results_query(const lede_results *results)
{
    return results->query;
}

const char *
lede_results_query_json(lede_results *results)
{
    struct buf *json = &results->query_json;

    if (json->len == 0 &&
        lede__print_json(json, results->syntax, NULL) != LEDE_STATUS_OK) {
        lede__buf_free(json);
        return NULL;
    }
    return json->p;
}

const char *
lede_results_cursor(const lede_results *results)
{
    return results->cursor;
}

size_t
lede_results_facet_count(const lede_results *results)
{
    return results->n_facets;
}

const lede_facet *
lede_results_facet(const lede_results *results, size_t i)
{
    return i < results->n_facets ? &results->facets[i] : NULL;
}

const lede_histogram *
lede_results_histogram(const lede_results *results)
{
    return results->histogram.unit == NULL ? NULL : &results->histogram;
}

size_t
lede_results_warning_count(const lede_results *results)
{
    return results->n_warnings;
}

const lede_warning *
lede_results_warning(const lede_results *results, size_t i)
{
    return i < results->n_warnings ? &results->warnings[i] : NULL;
}

size_t
lede_results_suggestion_count(const lede_results *results)
{
    return results->spelling.count;
}

const lede_suggestion *
lede_results_suggestion(const lede_results *results, size_t i)
{
    return i < results->spelling.count ? &results->spelling.items[i] : NULL;
}

int
lede_results_corrected(const lede_results *results)
{
    return results->typed != NULL;
}

void
lede_results_free(lede_results *results)
{
    if (results != NULL) {
        lede_results_free(results->typed);
        lede__arena_free(&results->arena);
        lede__arena_free(&results->parsed);
        lede__buf_free(&results->query_json);
        free(results);
    }
}
