/* search.c - lede search: the hits of a query, as text, paths or JSON.

   A hit as text is

      1  Title, bold, the words that matched marked
         2025-02-12 · source · path of the file, a link where the terminal can
         The best passage, the words that matched marked, over as many lines
         as it takes.

   and below all of them stands how many there are. */

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/hit.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "cli/query.h"
#include "cli/ranking.h"
#include "cli/trec.h"

struct search {
    const struct settings *settings;
    struct places places;
    char *query;                // the operands, joined
    lede_results *results;
    int64_t took_us;
};

static int
check_settings(const struct settings *settings)
{
    if (settings->offset + settings->limit > LEDE_LIMIT_MAX) {
        complain("--offset and --limit together are at most %d",
                 LEDE_LIMIT_MAX);
        return EXIT_ERROR;
    }
    if (settings->paths && settings->json) {
        complain("--paths and --json exclude each other");
        return EXIT_ERROR;
    }
    if (settings->trec && (settings->paths || settings->json)) {
        complain("--trec, --paths and --json exclude each other");
        return EXIT_ERROR;
    }
    if (settings->null && !settings->paths) {
        complain("-0 goes with --paths");
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

/* ---- JSON ---- */

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
json_hit(const lede_hit *hit, const char *index)
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
    json_put(object, "index", json_text(index));
    return object;
}

static json *
json_warnings(const lede_results *results)
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

/* Hits are written one by one: a million of them at once would take gigabytes
   as a tree. */
static int
print_json(const struct search *search, int status)
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
        const lede_hit *hit = lede_results_hit(results, i);

        if (i > 0) {
            putchar(',');
        }
        json_write(json_hit(hit, search->places.paths[hit->index]));
    }
    fputs("],\"warnings\":", stdout);
    json_write(json_warnings(results));
    puts("}");
    return stdout_finish(status);
}

/* ---- paths ---- */

/* Each file once, where its best article stands. */
static int
print_paths(const struct search *search, int status)
{
    size_t n = lede_results_count(search->results);
    json *seen = json_new();     // paths, as the names of members
    size_t without = 0;

    for (size_t i = 0; i < n; i++) {
        const lede_hit *hit = lede_results_hit(search->results, i);
        char *path;

        if (!hit->path) {
            without++;
            continue;
        }
        path = place_seen(search->places.folders[hit->index],
                          search->places.here, hit->path);
        if (!path) {
            json_object_put(seen);
            return complain_memory();
        }
        if (!json_object_object_get_ex(seen, path, NULL)) {
            json_put(seen, path, NULL);
            // A name like -x would be an option to who reads the list.
            printf("%s%s", *path == '-' ? "./" : "", path);
            putchar(search->settings->null ? '\0' : '\n');
        }
        free(path);
    }
    json_object_put(seen);
    if (without > 0) {
        note("%zu article%s not listed: no file, added by lede add", without,
             plural(without));
    }
    return stdout_finish(status);
}

/* ---- text ---- */

static void
print_footer(struct output *out, const struct search *search)
{
    const struct settings *settings = search->settings;
    uint64_t total = lede_results_total(search->results);
    size_t n = lede_results_count(search->results);
    char shown[32];
    char all[32];

    format_count(shown, sizeof(shown), n);
    format_count(all, sizeof(all), total);
    fputs(style(out, STYLE_FAINT), out->stream);
    if (n > 0 && settings->offset > 0) {
        fprintf(out->stream, "%llu to %llu of ",
                (unsigned long long)settings->offset + 1,
                (unsigned long long)settings->offset + n);
    } else if (n > 0) {
        fprintf(out->stream, "%s of ", shown);
    }
    fprintf(out->stream, "%s%s article%s (%.1f ms)",
            lede_results_total_exact(search->results) ? "" : "at least ", all,
            plural(total), (double)search->took_us / 1000);
    if (n > 0 && settings->offset + n < total) {
        fprintf(out->stream, "; more: --offset %llu",
                (unsigned long long)settings->offset + n);
    }
    fprintf(out->stream, "%s\n", style(out, STYLE_PLAIN));
}

static int
print_text(const struct search *search, int status)
{
    size_t n = lede_results_count(search->results);
    struct hit_layout layout = { 0 };
    struct output out;
    int failed = output_open(&out, search->settings);

    if (failed) {
        return failed;
    }
    hit_layout_begin(&layout, &search->places, search->settings->offset + n);
    for (size_t i = 0; i < n && !failed; i++) {
        failed = hit_print(&out, &layout,
                           lede_results_hit(search->results, i));
    }
    if (!failed) {
        print_footer(&out, search);
    }
    return output_close(&out, failed ? failed : status);
}

/* What to do about an empty answer. */
static void
say_nothing_found(const struct search *search)
{
    uint64_t articles = 0;

    for (size_t i = 0; i < search->places.n; i++) {
        articles += lede_index_articles(search->places.indexes[i]);
    }
    if (articles == 0) {
        complain("the index is empty; fill it with `lede index FOLDER'");
    } else if (strpbrk(search->query, "\"+-:") ||
               strstr(search->query, "AND") || strstr(search->query, "NOT")) {
        complain("nothing found; try plain words, without quotes, operators "
                 "and filters (--explain-query shows how it was understood)");
    } else {
        complain("nothing found; try other words");
    }
}

static int
report(const struct search *search)
{
    const struct settings *settings = search->settings;
    uint64_t total = lede_results_total(search->results);
    int status = total > 0 ? EXIT_DONE : EXIT_NOTHING;
    size_t n = lede_results_warning_count(search->results);

    for (size_t i = 0; i < n && !settings->json; i++) {
        note("%s", lede_results_warning(search->results, i)->message);
    }
    if (settings->explain_query && !settings->json) {
        puts(lede_results_query(search->results));
        return stdout_finish(EXIT_DONE);
    }
    if (settings->json) {
        return print_json(search, settings->explain_query ? EXIT_DONE : status);
    }
    if (total == 0) {
        say_nothing_found(search);
        return status;
    }
    if (settings->trec) {
        return trec_print(search->results, settings, status);
    }
    if (settings->paths) {
        return print_paths(search, status);
    }
    return print_text(search, status);
}

int
command_search(const struct settings *settings)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    struct search search = { .settings = settings };
    lede_error error = LEDE_ERROR_INIT;
    int64_t begin;
    lede_status found;
    int status = check_settings(settings);

    if (status != EXIT_DONE) {
        return status;
    }
    options.limit = settings->explain_query ? 0 : settings->limit;
    options.offset = settings->explain_query ? 0 : settings->offset;
    options.sort = (lede_sort)settings->sort;
    ranking_options(&options, settings);
    options.snippets = !settings->no_snippets && !settings->paths &&
                       !settings->trec;
    options.run_path = settings->with_run;
    options.run_topic = settings->topic;
    options.approximate = settings->approximate;
    status = query_options(&options, settings);
    search.query = status == EXIT_DONE ? query_text(settings) : NULL;
    if (!search.query) {
        return EXIT_ERROR;
    }
    status = places_open(&search.places, settings);
    if (status == EXIT_DONE) {
        begin = progress_now_us();
        found = lede_search(&search.results, search.places.indexes,
                            search.places.n, search.query, &options, &error);
        search.took_us = progress_now_us() - begin;
        status = found == LEDE_STATUS_OK ? report(&search)
                                         : query_complain(search.query, found,
                                                          &error);
    }
    lede_results_free(search.results);
    places_close(&search.places);
    free(search.query);
    return status;
}
