/* search-json.c - the answer of a search as one JSON object; see
   docs/json.md. */

#include "cli/search.h"

#include "cli/copies.h"
#include "cli/explain.h"
#include "cli/facets.h"
#include "cli/output.h"

static json *
json_ranges(const lede_range *ranges, size_t n)
{
    json *list = json_list();

    for (size_t i = 0; i < n; i++) {
        json *range = json_list();

        json_push(range, json_number(ranges[i].start));
        json_push(range, json_number(ranges[i].end));
        json_push(list, range);
    }
    return list;
}

static json *
json_passages(const lede_hit *hit)
{
    json *list = json_list();

    for (size_t i = 0; i < hit->n_passages; i++) {
        const lede_passage *passage = &hit->passages[i];
        json *object = json_new();

        json_put(object, "text", json_text(passage->text));
        json_put(object, "highlights",
                 json_ranges(passage->highlights, passage->n_highlights));
        json_put(object, "headings",
                 json_texts(passage->headings, passage->n_headings));
        json_put(object, "line",
                 passage->line > 0 ? json_number(passage->line) : NULL);
        json_put(object, "start", json_number(passage->start));
        json_put(object, "end", json_number(passage->end));
        json_push(list, object);
    }
    return list;
}

json *
search_json_hit(const struct search *search, const lede_hit *hit)
{
    json *object = json_new();

    json_put(object, "rank", json_number(hit->rank));
    json_put(object, "id", json_text(hit->id));
    json_put(object, "key", json_text(hit->key));
    json_put(object, "path", json_text(hit->path));
    json_put(object, "score", json_real(hit->score));
    json_put(object, "title", json_text(hit->title));
    json_put(object, "date", json_text(hit->date));
    json_put(object, "lang", json_text(hit->lang));
    json_put(object, "authors", json_texts(hit->authors, hit->n_authors));
    json_put(object, "tags", json_texts(hit->tags, hit->n_tags));
    json_put(object, "source", json_text(hit->source));
    json_put(object, "url", json_text(hit->url));
    json_put(object, "snippet", json_text(hit->snippet));
    json_put(object, "highlights",
             json_ranges(hit->highlights, hit->n_highlights));
    json_put(object, "title_highlights",
             json_ranges(hit->title_highlights, hit->n_title_highlights));
    json_put(object, "passages", json_passages(hit));
    if (search->settings->explain) {
        json_put(object, "explain", explain_json(hit));
    }
    if (search->settings->collapse) {
        json_put(object, "copies", copies_json(&search->places, hit));
        json_put(object, "copies_found", json_number(hit->copies_found));
    }
    json_put(object, "index",
             json_text(search->places.paths[hit->index]));
    return object;
}

json *
search_json_warnings(const lede_results *results)
{
    size_t n = lede_results_warning_count(results);
    json *list = json_list();

    for (size_t i = 0; i < n; i++) {
        const lede_warning *warning = lede_results_warning(results, i);
        json *object = json_new();

        json_put(object, "code", json_text(warning->code));
        json_put(object, "message", json_text(warning->message));
        json_put(object, "start", json_number(warning->start));
        json_put(object, "end", json_number(warning->end));
        json_push(list, object);
    }
    return list;
}

static json *
json_suggestions(const lede_results *results)
{
    size_t n = lede_results_suggestion_count(results);
    json *list = json_list();

    for (size_t i = 0; i < n; i++) {
        const lede_suggestion *item = lede_results_suggestion(results, i);
        json *object = json_new();

        json_put(object, "query", json_text(item->query));
        json_put(object, "likelihood", json_real(item->likelihood));
        json_put(object, "articles", json_number(item->articles));
        json_push(list, object);
    }
    return list;
}

/* Hits are written one by one: a million of them at once would take gigabytes
   as a tree. */
int
search_json(const struct search *search, int status)
{
    lede_results *results = search->results;
    size_t n = lede_results_count(results);
    json *query = json_new();

    json_put(query, "text", json_text(search->query));
    json_put(query, "parsed", json_text(lede_results_query(results)));
    json_put(query, "tree", json_parsed(lede_results_query_json(results)));
    fputs("{\"schema\":1,\"query\":", stdout);
    json_write(query);
    printf(",\"total\":%llu,\"total_exact\":%s,\"took_us\":%lld,\"hits\":[",
           (unsigned long long)lede_results_total(results),
           lede_results_total_exact(results) ? "true" : "false",
           (long long)search->took_us);
    for (size_t i = 0; i < n && !ferror(stdout); i++) {
        if (i > 0) {
            putchar(',');
        }
        json_write(search_json_hit(search, lede_results_hit(results, i)));
    }
    fputs("],\"cursor\":", stdout);
    json_write(json_text(lede_results_cursor(results)));
    if (lede_results_facet_count(results) > 0) {
        fputs(",\"facets\":", stdout);
        json_write(facets_json(results));
    }
    if (lede_results_histogram(results)) {
        fputs(",\"histogram\":", stdout);
        json_write(histogram_json(lede_results_histogram(results)));
    }
    fputs(",\"suggestions\":", stdout);
    json_write(json_suggestions(results));
    printf(",\"corrected\":%s",
           lede_results_corrected(results) ? "true" : "false");
    fputs(",\"warnings\":", stdout);
    json_write(search_json_warnings(results));
    puts("}");
    return stdout_finish(status);
}
