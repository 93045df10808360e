/* results.c - lede_search: what was found -> hits with titles and passages.

   All strings of the results are in one arena of theirs. */

#include <stdlib.h>

#include "query/search.h"
#include "query/snippet.h"

struct lede_results {
    struct arena arena;
    lede_hit *hits;
    size_t n_hits;
    uint64_t total;
    int exact;
    const char *query;
    struct arena parsed;        // of the search, once it is done
    const struct syntax *syntax;
    struct buf query_json;      // made where it is asked for
    lede_warning *warnings;
    size_t n_warnings;
};

/* What the making of hits needs at hand. */
struct maker {
    lede_results *results;
    struct search *search;
    lede_index *const *indexes;
    const lede_search_options *options;
    struct article article;
    struct marks *marks[LEDE_INDEXES_MAX];
    lede_error *err;
};

static lede_status
copy(struct maker *mk, struct str text, const char **out)
{
    *out = NULL;
    if (text.len == 0) {
        return LEDE_STATUS_OK;
    }
    *out = lede__arena_str(&mk->results->arena, text).p;
    return *out == NULL ? lede__fail_memory(mk->err) : LEDE_STATUS_OK;
}

static lede_status
copy_list(struct maker *mk, const struct str_list *list,
          const char *const **out, size_t *count)
{
    const char **items;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    *count = 0;
    if (list->count == 0) {
        return LEDE_STATUS_OK;
    }
    items = lede__arena_array(&mk->results->arena, list->count,
                              sizeof(*items));
    if (items == NULL) {
        return lede__fail_memory(mk->err);
    }
    for (i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        items[i] = lede__arena_str(&mk->results->arena, list->items[i]).p;
        if (items[i] == NULL) {
            status = lede__fail_memory(mk->err);
        }
    }
    *out = items;
    *count = list->count;
    return status;
}

static lede_status
copy_article(struct maker *mk, lede_hit *hit)
{
    const struct article *a = &mk->article;
    const struct {
        struct str text;
        const char **to;
    } texts[] = {
        { a->id, &hit->id }, { a->key, &hit->key }, { a->path, &hit->path },
        { a->title, &hit->title }, { a->lang, &hit->lang },
        { a->source, &hit->source }, { a->url, &hit->url },
    };
    char date[24];
    size_t i;
    lede_status status;

    lede__date_format(a->date, date);
    status = copy(mk, str_from(date), &hit->date);
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]) &&
                status == LEDE_STATUS_OK; i++) {
        status = copy(mk, texts[i].text, texts[i].to);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_list(mk, &a->authors, &hit->authors, &hit->n_authors);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_list(mk, &a->tags, &hit->tags, &hit->n_tags);
    }
    return status;
}

/* The best passage of the body; where nothing in it matched, the summary, or
   the beginning of the body. */
static lede_status
add_passages(struct maker *mk, lede_index *index, struct marks *marks,
             lede_hit *hit)
{
    const struct article *a = &mk->article;
    struct arena *arena = &mk->results->arena;
    struct passage title = { a->title, a->lang, FIELD_TITLE, false };
    struct passage body = { a->body, a->lang, FIELD_BODY, a->n_blocks > 0 };
    struct passage summary = { a->summary, a->lang, FIELD_SUMMARY, false };
    size_t chars = mk->options->snippet_chars;
    struct snippet snippet;
    lede_range *ranges;
    lede_status status;

    status = lede__highlight(index, marks, &title, arena, &ranges,
                             &hit->n_title_highlights, mk->err);
    hit->title_highlights = ranges;
    if (status == LEDE_STATUS_OK) {
        status = lede__snippet(index, marks, &body, chars, arena, &snippet,
                               mk->err);
    }
    if (status == LEDE_STATUS_OK && !snippet.matched && a->summary.len > 0) {
        status = lede__snippet(index, marks, &summary, chars, arena, &snippet,
                               mk->err);
    }
    if (status == LEDE_STATUS_OK) {
        hit->snippet = snippet.text;
        hit->highlights = snippet.ranges;
        hit->n_highlights = snippet.n_ranges;
    }
    return status;
}

static lede_status
make_hit(struct maker *mk, const struct found *found, size_t rank,
         lede_hit *hit)
{
    lede_index *index = mk->indexes[found->index];
    struct marks **marks = &mk->marks[found->index];
    lede_status status;

    hit->rank = rank;
    hit->index = found->index;
    hit->score = (double)found->score / SCORE_ONE;
    status = lede__index_stored(index, found->doc, &mk->article, mk->err);
    if (status == LEDE_STATUS_OK) {
        status = copy_article(mk, hit);
    }
    if (status != LEDE_STATUS_OK || !mk->options->snippets) {
        return status;
    }
    if (*marks == NULL) {
        status = lede__marks_new(marks, &mk->search->plan, found->index,
                                 &mk->search->arena, mk->err);
    }
    return status != LEDE_STATUS_OK ? status :
           add_passages(mk, index, *marks, hit);
}

static lede_status
make_hits(struct maker *mk)
{
    const struct topk *top = &mk->search->found.top;
    lede_results *results = mk->results;
    size_t first = mk->options->offset;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (top->count <= first) {
        return LEDE_STATUS_OK;
    }
    results->hits = lede__arena_array(&results->arena, top->count - first,
                                      sizeof(*results->hits));
    if (results->hits == NULL) {
        return lede__fail_memory(mk->err);
    }
    for (i = first; i < top->count && status == LEDE_STATUS_OK; i++) {
        status = make_hit(mk, &top->items[i], i + 1,
                          &results->hits[i - first]);
        results->n_hits++;
    }
    return status;
}

/* What is not a hit: the query, the warnings, the total. */
static lede_status
describe(struct maker *mk)
{
    const struct search *search = mk->search;
    struct arena *arena = &mk->results->arena;
    lede_results *results = mk->results;
    struct buf printed = BUF_INIT(BUF_MAX_ANY);
    size_t n = search->warnings.count;
    size_t i;
    lede_status status = lede__print(&printed, search->syntax, mk->err);

    results->total = search->found.total;
    results->exact = search->found.exact;
    if (status == LEDE_STATUS_OK) {
        results->query = lede__arena_str(arena, lede__buf_view(&printed)).p;
        results->warnings = lede__arena_array(arena, n,
                                              sizeof(*results->warnings));
        if (results->query == NULL || (n > 0 && results->warnings == NULL)) {
            status = lede__fail_memory(mk->err);
        }
    }
    lede__buf_free(&printed);
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        results->warnings[i] = search->warnings.items[i];
        status = copy(mk, str_from(search->warnings.items[i].message),
                      &results->warnings[i].message);
        results->n_warnings++;
    }
    return status;
}

static lede_status
search_once(lede_results **out, lede_index *const *indexes, size_t n_indexes,
            const char *query, const lede_search_options *options,
            lede_error *err)
{
    struct search *search = calloc(1, sizeof(*search));
    struct maker *mk = calloc(1, sizeof(*mk));
    lede_results *results = calloc(1, sizeof(*results));
    lede_status status;
    size_t i;

    if (search == NULL || mk == NULL || results == NULL) {
        free(search);
        free(mk);
        free(results);
        return lede__fail_memory(err);
    }
    results->query_json.max = BUF_MAX_ANY;
    mk->results = results;
    mk->search = search;
    mk->indexes = indexes;
    mk->options = options;
    mk->err = err;
    status = lede__search_run(search, indexes, n_indexes, query, false,
                              options, err);
    if (status == LEDE_STATUS_OK) {
        status = describe(mk);
    }
    if (status == LEDE_STATUS_OK) {
        status = make_hits(mk);
    }
    for (i = 0; i < n_indexes; i++) {
        lede__marks_free(mk->marks[i]);
    }
    lede__arena_free(&mk->article.arena);
    free(mk);
    // the tree outlives the search, which has no other use for its memory
    results->parsed = search->arena;
    results->syntax = search->syntax;
    search->arena = (struct arena)ARENA_INIT;
    lede__search_free(search);
    free(search);
    if (status != LEDE_STATUS_OK) {
        lede_results_free(results);
        return status;
    }
    *out = results;
    return LEDE_STATUS_OK;
}

lede_status
lede_search(lede_results **out, lede_index *const *indexes, size_t n_indexes,
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
    status = lede__search_check(indexes, n_indexes, query, options, error);
    while (status == LEDE_STATUS_OK) {
        status = search_once(out, indexes, n_indexes, query, options, error);
        if (status != LEDE__STATUS_CHANGED) {
            break;
        }
        status = lede__index_retry(indexes, n_indexes, tries++, error);
    }
    return status;
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
    return results->n_hits;
}

const lede_hit *
lede_results_hit(const lede_results *results, size_t i)
{
    return i < results->n_hits ? &results->hits[i] : NULL;
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

void
lede_results_free(lede_results *results)
{
    if (results != NULL) {
        lede__arena_free(&results->arena);
        lede__arena_free(&results->parsed);
        lede__buf_free(&results->query_json);
        free(results);
    }
}
