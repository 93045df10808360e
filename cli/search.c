/* search.c - lede search: its options, the search, and which form the answer
   is written in. */

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/interactive.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/query.h"
#include "cli/ranking.h"
#include "cli/search.h"
#include "cli/trec.h"
#include "cli/words.h"

/* The values of --format. */
static const char *const form_names[] = {
    [FORM_TEXT] = "text",
    [FORM_JSON] = "json",
    [FORM_JSONL] = "jsonl",
    [FORM_CSV] = "csv",
    [FORM_TSV] = "tsv",
    [FORM_TREC] = "trec",
    [FORM_PATHS] = "paths",
};

int
search_choose_form(struct search *search)
{
    const struct settings *settings = search->settings;
    const struct {
        const char *option;
        bool given;
        enum search_form form;
    } shorthands[] = {
        { "--json", settings->json, FORM_JSON },
        { "--trec", settings->trec, FORM_TREC },
        { "--paths", settings->paths, FORM_PATHS },
    };
    const char *by = settings->format ? "--format" : NULL;

    while (settings->format &&
           strcmp(settings->format, form_names[search->form]) != 0) {
        search->form++;
    }
    for (size_t i = 0; i < sizeof(shorthands) / sizeof(shorthands[0]); i++) {
        if (!shorthands[i].given) {
            continue;
        }
        if (by && search->form != shorthands[i].form) {
            complain("%s and %s exclude each other", by,
                     shorthands[i].option);
            return EXIT_ERROR;
        }
        by = shorthands[i].option;
        search->form = shorthands[i].form;
    }
    if (settings->null && search->form != FORM_PATHS) {
        complain("-0 goes with --paths");
        return EXIT_ERROR;
    }
    if ((settings->facets.n > 0 || settings->histogram) &&
        search->form != FORM_TEXT && search->form != FORM_JSON) {
        complain("--%s goes with --format text and json",
                 settings->histogram ? "histogram" : "facet");
        return EXIT_ERROR;
    }
    return fields_read(&search->fields, settings, search->form);
}

static int
check_settings(const struct settings *settings)
{
    if (settings->offset + settings->limit > LEDE_LIMIT_MAX) {
        complain("--offset and --limit together are at most %d",
                 LEDE_LIMIT_MAX);
        return EXIT_ERROR;
    }
    if (settings->after && settings->offset > 0) {
        complain("--after and --offset exclude each other");
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

int
search_report(const struct search *search)
{
    bool explain = search->settings->explain_query;
    bool object = search->form == FORM_JSON;
    uint64_t total = lede_results_total(search->results);
    int status = total > 0 ? EXIT_DONE : EXIT_NOTHING;
    size_t n = lede_results_warning_count(search->results);

    for (size_t i = 0; i < n && !object; i++) {
        note("%s", lede_results_warning(search->results, i)->message);
    }
    if (explain && !object) {
        puts(lede_results_query(search->results));
        return stdout_finish(EXIT_DONE);
    }
    if (search->form != FORM_TEXT && !object) {
        search_suggest(search);
    }
    if (total == 0 && !object) {
        search_nothing(search);
    }
    switch (search->form) {
    case FORM_JSON:
        return search_json(search, explain ? EXIT_DONE : status);
    case FORM_JSONL:
    case FORM_CSV:
    case FORM_TSV:
        return search_lines(search, status);
    case FORM_TREC:
        return trec_print(search->results, search->settings, status);
    case FORM_PATHS:
        return search_paths(search, status);
    case FORM_TEXT:
        break;
    }
    return total == 0 ? status : search_text(search, status);
}

int
search_passages(const struct search *search)
{
    bool shown = search->form == FORM_TEXT || search->form == FORM_JSON ||
                 search->fields.passages || search->fields.all;

    return shown && !search->settings->no_snippets
               ? (int)search->settings->passages : 0;
}

/* The query, for free(); NULL after a message.  It may be empty where it is
   to be typed. */
static char *
read_query(const struct settings *settings)
{
    char *text;

    if (!settings->interactive) {
        return query_text(settings);
    }
    text = words_join(settings->operands, settings->n_operands);
    if (!text) {
        complain_memory();
    }
    return text;
}

/* The search, in indexes that are open. */
static int
run(struct search *search, const lede_search_options *options)
{
    lede_error error = LEDE_ERROR_INIT;
    int64_t begin = progress_now_us();
    lede_status found = lede_search(&search->results, search->places.indexes,
                                    search->places.n, search->query, options,
                                    &error);

    search->took_us = progress_now_us() - begin;
    return found == LEDE_STATUS_OK
               ? search_report(search)
               : query_complain(search->query, found, &error);
}

int
command_search(const struct settings *settings)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    struct search search = { .settings = settings };
    int status = check_settings(settings);

    if (status == EXIT_DONE) {
        status = ranking_options(&options, settings);
    }
    if (status == EXIT_DONE) {
        status = search_choose_form(&search);
    }
    if (status == EXIT_DONE && settings->interactive) {
        status = interactive_check(&search);
    }
    if (status != EXIT_DONE) {
        fields_free(&search.fields);
        return status;
    }
    options.limit = settings->explain_query ? 0 : settings->limit;
    options.offset = settings->explain_query ? 0 : settings->offset;
    options.order = settings->sort;
    options.collapse = settings->collapse;
    options.collapse_similarity = settings->similarity;
    options.diversify = settings->diversify;
    options.after = settings->after;
    options.facets = settings->facets.items;
    options.n_facets = settings->facets.n;
    options.facet_limit = settings->facet_limit;
    options.histogram = settings->histogram;
    options.snippets = search_passages(&search);
    options.explain = settings->explain;
    options.run_path = settings->with_run;
    options.run_topic = settings->topic;
    options.approximate = settings->approximate;
    // what goes on to programs is what was asked for
    options.suggest = settings->no_suggest ? LEDE_SUGGEST_OFF
                      : search.form == FORM_TEXT || search.form == FORM_JSON
                      ? LEDE_SUGGEST_CORRECT : LEDE_SUGGEST_TELL;
    status = query_options(&options, settings);
    search.query = status == EXIT_DONE ? read_query(settings) : NULL;
    status = search.query ? places_open(&search.places, settings) : EXIT_ERROR;
    if (status == EXIT_DONE) {
        status = settings->interactive ? interactive_run(&search, &options)
                                       : run(&search, &options);
    }
    lede_results_free(search.results);
    places_close(&search.places);
    fields_free(&search.fields);
    free(search.query);
    return status;
}
