/* search.c - one search: parse, plan, collect. */

#include "query/search.h"

#include <math.h>

#include "query/chars.h"
#include "query/diversify.h"
#include "query/facets.h"
#include "query/feedback.h"
#include "query/rank.h"
#include "query/with-run.h"

#define DAY 86400
/* The years 1 to 9999. */
#define NOW_MIN INT64_C(-62135596800)
#define NOW_MAX INT64_C(253402300799)

lede_status
lede__search_check(lede_index *const *indexes, size_t n_indexes,
                   const char *query, const lede_search_options *options,
                   lede_error *err)
{
    struct str text = str_from(query);
    struct order order;
    size_t i, len;

    if (n_indexes == 0 || n_indexes > LEDE_INDEXES_MAX) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "1 to %d indexes are searched together, not %zu",
                          LEDE_INDEXES_MAX, n_indexes);
    }
    if (options->version != LEDE_SEARCH_OPTIONS_VERSION) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "search options of version %u are not known",
                          options->version);
    }
    if (options->limit > LEDE_LIMIT_MAX ||
        options->offset > LEDE_LIMIT_MAX - options->limit) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "limit and offset go up to %d together",
                          LEDE_LIMIT_MAX);
    }
    if (!(options->k1 >= 0) || !isfinite(options->k1) ||
        !(options->b >= 0 && options->b <= 1) ||
        !(options->length_power >= 0 && options->length_power <= 1)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "k1 is 0 or more, b and the power of the length "
                          "are from 0 to 1");
    }
    if (options->model < LEDE_MODEL_BM25 ||
        options->model > LEDE_MODEL_BM25_PLUS) {
        return lede__fail(err, LEDE_STATUS_USAGE, "there is no model %d",
                          (int)options->model);
    }
    if (options->feedback < LEDE_FEEDBACK_OFF ||
        options->feedback > LEDE_FEEDBACK_BO1) {
        return lede__fail(err, LEDE_STATUS_USAGE, "there is no feedback %d",
                          (int)options->feedback);
    }
    if (lede__rank_check(options, err) != LEDE_STATUS_OK) {
        return LEDE_STATUS_USAGE;
    }
    if (options->sort < LEDE_SORT_RELEVANCE ||
        options->sort > LEDE_SORT_DATE_DESCENDING) {
        return lede__fail(err, LEDE_STATUS_USAGE, "there is no sort %d",
                          (int)options->sort);
    }
    if (options->order != NULL &&
        lede__order_read(&order, options->order, err) != LEDE_STATUS_OK) {
        return LEDE_STATUS_USAGE;
    }
    if (options->after != NULL && options->offset > 0) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "a page begins behind a cursor or an offset, not "
                          "both");
    }
    if (lede__facets_check(options, err) != LEDE_STATUS_OK) {
        return LEDE_STATUS_USAGE;
    }
    if (!(options->diversify >= 0 && options->diversify <= 1)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "diversify is from 0 to 1");
    }
    if (options->collapse &&
        (!(options->collapse_similarity > 0 &&
           options->collapse_similarity <= 1) ||
         options->offset + options->limit > COLLAPSE_PAGE_MAX)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "articles are collapsed by a similarity above 0, up "
                          "to 1, and offset and limit then go up to %d "
                          "together", COLLAPSE_PAGE_MAX);
    }
    if (options->snippets < 0 || options->snippets > 3 ||
        (options->snippets > 0 && options->snippet_chars < 40)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "a hit has 0 to 3 passages of 40 characters or "
                          "more");
    }
    if (options->now != LEDE_NOW_UNKNOWN &&
        (options->now < NOW_MIN || options->now > NOW_MAX ||
         options->utc_offset < -DAY || options->utc_offset > DAY)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "now is not a time of these days");
    }
    if (options->run_path != NULL &&
        lede__with_run_check(options, err) != LEDE_STATUS_OK) {
        return LEDE_STATUS_USAGE;
    }
    for (i = 0; i < n_indexes; i++) {
        if (indexes[i]->analysis == NULL) {     // a refresh ran out of memory
            return lede__fail_memory(err);
        }
    }
    for (i = 0; i < text.len; i += len) {
        if (!char_is_space(char_at(text.p + i, text.p + text.len, &len))) {
            return LEDE_STATUS_OK;
        }
    }
    return lede__fail(err, LEDE_STATUS_BAD_QUERY, "the query is empty");
}

/* In strict mode the first thing that was not honoured is an error. */
static lede_status
be_strict(const struct warnings *warnings, lede_error *err)
{
    const lede_warning *first = warnings->items;
    lede_status status;

    if (warnings->count == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__fail(err, LEDE_STATUS_BAD_QUERY, "%s", first->message);
    if (err != NULL) {
        err->start = first->start;
        err->end = first->end;
    }
    return status;
}

static lede_status
parse(struct search *search, struct str text, bool plain, size_t n_indexes,
      const lede_search_options *options, lede_error *err)
{
    struct plan_names payload = { search->indexes, n_indexes };
    struct date_clock clock = { options->now, options->utc_offset };
    struct names names = { lede__plan_find_name, &payload,
                           options->now == LEDE_NOW_UNKNOWN ? NULL : &clock };

    if (options->query_json && !plain) {
        return lede__parse_json(&search->syntax, text, &names, &search->arena,
                                err);
    }
    if (plain) {
        return lede__parse_plain(&search->syntax, text, &search->arena,
                                 &search->warnings, err);
    }
    return lede__parse(&search->syntax, text, &names, &search->arena,
                       &search->warnings, err);
}

static struct model
find_model(const lede_search_options *options)
{
    return (struct model){
        .k1 = options->k1, .b = options->b, .power = options->length_power,
        .delta = options->model == LEDE_MODEL_BM25_PLUS ? SCORE_DELTA : 0,
        .exact = options->exact, .particle = options->particles,
    };
}

static lede_status
plan(struct search *search, const struct weighted_terms *terms,
     size_t n_indexes, const lede_search_options *options, lede_error *err)
{
    const struct model model = find_model(options);

    return lede__plan(&search->plan, search->syntax, terms, search->indexes,
                      n_indexes, options->lang, &model, &search->arena,
                      &search->warnings, err);
}

/* The best that are asked for, in their order. */
static lede_status
collect(struct search *search, const lede_search_options *options,
        lede_error *err)
{
    struct collection *found = &search->found;
    size_t wanted = options->run_path == NULL
                    ? options->offset + options->limit : WITH_RUN_DEPTH;
    lede_status status;
    // what is learnt from is what comes first, whichever page this is
    bool behind = options->after != NULL && search->page.behind;

    *found = (struct collection){
        .top = TOPK_INIT(behind ? wanted : lede__rank_depth(options, wanted)),
        .order = lede__page_order(search),
        .after = behind ? &search->page.after : NULL,
        .mode = options->approximate ? COLLECT_TOP_K : COLLECT_TOP_K_COUNT,
    };
    status = lede__collect(found, &search->plan, err);
    if (status == LEDE_STATUS_OK) {
        status = behind ? lede__page_lower(search, err)
                        : lede__rank(search, options, err);
    }
    found->top.count = found->top.count < wanted ? found->top.count : wanted;
    return status;
}

/* Search once for what to learn from, and plan anew with what was learnt. */
static lede_status
learn(struct search *search, lede_index *const *indexes, size_t n_indexes,
      const lede_search_options *options, lede_error *err)
{
    size_t warnings = search->warnings.count;
    lede_search_options first = *options;
    struct weighted_terms terms;
    lede_status status;

    if (options->feedback == LEDE_FEEDBACK_OFF || !search->plan.scored ||
        lede__page_order(search) != NULL) {
        return LEDE_STATUS_OK;
    }
    first.offset = 0;
    first.limit = FEEDBACK_DOCS;
    first.approximate = 1;
    first.run_path = NULL;
    first.after = NULL;
    status = collect(search, &first, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__feedback(&terms, search, indexes, n_indexes,
                                options->feedback, err);
    }
    lede__topk_free(&search->found.top);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    lede__plan_close(&search->plan);
    status = plan(search, &terms, n_indexes, options, err);
    // what is wrong with the query has been said
    search->warnings.count = warnings;
    return status;
}

/* What the page is made of: the best, joined with what a run has, spread, and
   near copies put together. */
static lede_status
find_page(struct search *search, lede_index *const *indexes, size_t n_indexes,
          bool run, const lede_search_options *options, lede_error *err)
{
    struct topk *top = &search->found.top;
    size_t wanted = options->offset + options->limit;
    lede_search_options deep = *options;
    bool again = true;
    size_t depth = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (options->diversify > 0 && search->page.ordered) {
        return lede__fail(err, LEDE_STATUS_USAGE, "only what is sorted by "
                          "relevance is diversified");
    }
    while (again && status == LEDE_STATUS_OK) {
        if (options->collapse) {
            depth = lede__collapse_depth(search, wanted, depth);
        } else if (options->diversify > 0) {
            depth = wanted > DIVERSIFY_DEPTH ? wanted : DIVERSIFY_DEPTH;
        }
        if (depth > 0) {
            deep.offset = 0;
            deep.limit = depth;
        }
        lede__topk_free(top);
        status = collect(search, &deep, err);
        if (status == LEDE_STATUS_OK && run) {
            status = lede__with_run(search, indexes, n_indexes, &deep, err);
        }
        if (status == LEDE_STATUS_OK && options->diversify > 0 &&
            search->plan.scored) {
            status = lede__diversify(search, options, err);
        }
        if (status == LEDE_STATUS_OK && options->collapse) {
            status = lede__collapse(search, options, err);
        }
        again = options->collapse && !run &&
                lede__collapse_depth(search, wanted, depth) > 0;
        for (i = 0; i < n_indexes && again && status == LEDE_STATUS_OK; i++) {
            status = lede__plan_rewind(&search->plan, &search->indexes[i],
                                       err);
        }
    }
    search->stories.more = top->count > wanted ||
                           search->stories.looked == depth;
    top->count = top->count < wanted ? top->count : wanted;
    return status;
}

/* Ready for a new search. */
static void
begin(struct search *search, lede_index *const *indexes, size_t n_indexes,
      const lede_search_options *options)
{
    size_t i;

    memset(search, 0, sizeof(*search));
    search->options = *options;
    search->warnings.arena = &search->arena;
    for (i = 0; i < n_indexes; i++) {
        search->indexes[i].searcher = indexes[i]->searcher;
        search->indexes[i].analysis = indexes[i]->analysis;
        search->indexes[i].matcher = &indexes[i]->matcher;
        search->indexes[i].scorer = &indexes[i]->scorer;
        search->indexes[i].within = indexes[i]->within;
        lede__analysis_trim(indexes[i]->analysis);
    }
}

/* What is told besides, once what was found is in order. */
static lede_status
finish(struct search *search, lede_error *err)
{
    const lede_search_options *options = &search->options;
    lede_status status = LEDE_STATUS_OK;

    if (options->n_facets > 0 || options->histogram != NULL) {
        status = lede__facets_count(search, options, err);
    }
    return status == LEDE_STATUS_OK ? lede__page_end(search, err) : status;
}

lede_status
lede__search_run(struct search *search, lede_index *const *indexes,
                 size_t n_indexes, const char *query, bool plain,
                 const lede_search_options *options, lede_error *err)
{
    struct str text = str_from(query);
    lede_status status;

    begin(search, indexes, n_indexes, options);
    options = &search->options;         // the cursor may say more
    status = lede__page_begin(search, n_indexes, text, err);
    if (status == LEDE_STATUS_OK) {
        status = parse(search, text, plain, n_indexes, options, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = plan(search, NULL, n_indexes, options, err);
    }
    if (status == LEDE_STATUS_OK && search->plan.empty) {
        status = lede__warn(&search->warnings, "nothing-to-search", 0,
                            text.len, err,
                            "there is no word in the query to search for");
    }
    if (status == LEDE_STATUS_OK && options->strict) {
        status = be_strict(&search->warnings, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = learn(search, indexes, n_indexes, options, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = find_page(search, indexes, n_indexes,
                           options->run_path != NULL, options, err);
    }
    return status == LEDE_STATUS_OK ? finish(search, err) : status;
}

lede_status
lede__search_like(struct search *search, lede_index *const *indexes,
                  size_t n_indexes, const struct likeness *likeness,
                  const char *query, const lede_search_options *options,
                  lede_error *err)
{
    struct model model = find_model(options);
    struct weighted_terms terms;
    lede_status status = LEDE_STATUS_OK;

    begin(search, indexes, n_indexes, options);
    options = &search->options;
    search->liked.likeness = likeness;
    status = lede__page_begin(search, n_indexes, str_from(query), err);
    if (status == LEDE_STATUS_OK && query != NULL) {
        status = parse(search, str_from(query), false, n_indexes, options,
                       err);
    }
    if (status == LEDE_STATUS_OK && options->strict) {
        status = be_strict(&search->warnings, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__likeness(&terms, search, indexes, n_indexes, &model,
                                err);
    }
    if (status == LEDE_STATUS_OK) {
        status = plan(search, &terms, n_indexes, options, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = find_page(search, indexes, n_indexes, false, options, err);
    }
    return status == LEDE_STATUS_OK ? finish(search, err) : status;
}

void
lede__search_free(struct search *search)
{
    lede__plan_close(&search->plan);
    lede__topk_free(&search->found.top);
    lede__arena_free(&search->arena);
}
