/* search.c - one search: parse, plan, collect. */

#include "query/search.h"

#include <math.h>

#include "query/chars.h"
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
    if (options->sort < LEDE_SORT_RELEVANCE ||
        options->sort > LEDE_SORT_DATE_DESCENDING) {
        return lede__fail(err, LEDE_STATUS_USAGE, "there is no sort %d",
                          (int)options->sort);
    }
    if (options->snippets && options->snippet_chars < 40) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "snippets have 40 characters or more");
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

static lede_status
collect(struct search *search, const lede_search_options *options,
        lede_error *err)
{
    struct collection *found = &search->found;

    *found = (struct collection){
        .top = TOPK_INIT(options->run_path == NULL
                         ? options->offset + options->limit
                         : WITH_RUN_DEPTH),
        .sort = options->sort,
        .mode = options->approximate ? COLLECT_TOP_K : COLLECT_TOP_K_COUNT,
    };
    // what scores nothing has no best: the newest first
    if (!search->plan.scored && found->sort == LEDE_SORT_RELEVANCE) {
        found->sort = LEDE_SORT_DATE_DESCENDING;
    }
    return lede__collect(found, &search->plan, err);
}

lede_status
lede__search_run(struct search *search, lede_index *const *indexes,
                 size_t n_indexes, const char *query, bool plain,
                 const lede_search_options *options, lede_error *err)
{
    const struct model model = {
        .k1 = options->k1, .b = options->b, .power = options->length_power,
        .delta = options->model == LEDE_MODEL_BM25_PLUS ? SCORE_DELTA : 0,
    };
    struct str text = str_from(query);
    size_t i;
    lede_status status;

    memset(search, 0, sizeof(*search));
    search->warnings.arena = &search->arena;
    for (i = 0; i < n_indexes; i++) {
        search->indexes[i].searcher = indexes[i]->searcher;
        search->indexes[i].analysis = indexes[i]->analysis;
        search->indexes[i].matcher = &indexes[i]->matcher;
        lede__analysis_trim(indexes[i]->analysis);
    }
    status = parse(search, text, plain, n_indexes, options, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__plan(&search->plan, search->syntax, search->indexes,
                            n_indexes, options->lang, &model, &search->arena,
                            &search->warnings, err);
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
        status = collect(search, options, err);
    }
    if (status == LEDE_STATUS_OK && options->run_path != NULL) {
        status = lede__with_run(search, indexes, n_indexes, options, err);
    }
    return status;
}

void
lede__search_free(struct search *search)
{
    lede__plan_close(&search->plan);
    lede__topk_free(&search->found.top);
    lede__arena_free(&search->arena);
}
