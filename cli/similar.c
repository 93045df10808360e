/* similar.c - lede similar and lede background: articles like one, and earlier
   ones that explain it.

   What is typed is the id of an article; else the path of a file as the current
   folder sees it, which is the id of an article or a file that is in no
   index. */

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/query.h"
#include "cli/search.h"

struct asking {
    struct search search;
    lede_search_options options;
    bool background;
    lede_error error;           // of what was tried last
};

static lede_status
ask_id(struct asking *a, const char *id)
{
    struct search *search = &a->search;
    const struct settings *settings = search->settings;

    a->error = (lede_error)LEDE_ERROR_INIT;
    return (a->background ? lede_background : lede_similar)(
        &search->results, search->places.indexes, search->places.n, id,
        settings->in, &a->options, &a->error);
}

static lede_status
ask_file(struct asking *a, const char *path)
{
    struct search *search = &a->search;
    const struct settings *settings = search->settings;
    lede_document *document = NULL;
    lede_article article;
    lede_status status;

    a->error = (lede_error)LEDE_ERROR_INIT;
    status = lede_document_read(&document, path, search->places.indexes[0],
                                &a->error);
    if (status == LEDE_STATUS_OK) {
        article = *lede_document_article(document);
        article.id = NULL;      // by its path it was looked for before
        status = (a->background ? lede_background_to : lede_similar_to)(
            &search->results, search->places.indexes, search->places.n,
            &article, settings->in, &a->options, &a->error);
    }
    lede_document_free(document);
    return status;
}

static lede_status
ask(struct asking *a, const char *typed)
{
    const struct places *places = &a->search.places;
    bool input = strcmp(typed, "-") == 0;
    lede_status status = input ? LEDE_STATUS_NOT_FOUND : ask_id(a, typed);

    for (size_t i = 0; i < places->n && status == LEDE_STATUS_NOT_FOUND &&
                       !input; i++) {
        char *stored = place_stored(places->folders[i], places->here, typed);

        status = stored ? ask_id(a, stored) : LEDE_STATUS_NO_MEMORY;
        free(stored);
    }
    if (status != LEDE_STATUS_NOT_FOUND) {
        return status;
    }
    status = ask_file(a, typed);
    if (status == LEDE_STATUS_NOT_FOUND) {
        snprintf(a->error.message, sizeof(a->error.message),
                 "%s: there is no such article, and no such file", typed);
    }
    return status;
}

static int
run(struct asking *a)
{
    struct search *search = &a->search;
    int64_t begin = progress_now_us();
    lede_status found = ask(a, search->settings->operands[0]);
    int status;

    search->took_us = progress_now_us() - begin;
    if (found == LEDE_STATUS_OK) {
        return search_report(search);
    }
    if (found == LEDE_STATUS_BAD_QUERY) {
        return query_complain(search->query, found, &a->error);
    }
    status = complain_error(found, &a->error);
    return found == LEDE_STATUS_NOT_FOUND ? EXIT_NOTHING : status;
}

static int
command(const struct settings *settings, bool background)
{
    struct asking a = { .search = { .settings = settings },
                        .options = LEDE_SEARCH_OPTIONS_INIT,
                        .background = background };
    struct search *search = &a.search;
    int status;

    if (settings->after && settings->offset > 0) {
        complain("--after and --offset exclude each other");
        return EXIT_ERROR;
    }
    status = search_choose_form(search);
    if (status == EXIT_DONE) {
        status = query_options(&a.options, settings);
    }
    a.options.limit = settings->limit;
    a.options.offset = settings->offset;
    a.options.after = settings->after;
    a.options.explain = settings->explain;
    a.options.snippets = search_passages(search);
    search->query = strdup(settings->in ? settings->in : "");
    if (status == EXIT_DONE && !search->query) {
        status = complain_memory();
    }
    if (status == EXIT_DONE) {
        status = places_open(&search->places, settings);
    }
    if (status == EXIT_DONE) {
        status = run(&a);
    }
    lede_results_free(search->results);
    places_close(&search->places);
    fields_free(&search->fields);
    free(search->query);
    return status;
}

int
command_similar(const struct settings *settings)
{
    return command(settings, false);
}

int
command_background(const struct settings *settings)
{
    return command(settings, true);
}
