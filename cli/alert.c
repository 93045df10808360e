/* alert.c - lede alert: saved searches, and what is new for them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/hit.h"
#include "cli/news.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/text.h"
#include "cli/words.h"
#include "cli/writing.h"

/* Open the index for writing, do what `change` does, and commit. */
static int
change_index(const struct settings *settings,
             int (*change)(lede_writer *writer,
                           const struct settings *settings))
{
    lede_error error = LEDE_ERROR_INIT;
    struct writing writing;
    lede_status done;
    int status = writing_open(&writing, settings, false);
    int code = EXIT_DONE;

    if (status == EXIT_DONE) {
        status = code = change(writing.writer, settings);
    }
    if (status == EXIT_DONE || status == EXIT_NOTHING) {
        done = lede_writer_commit(writing.writer, &error);
        status = done == LEDE_STATUS_OK ? code : complain_error(done, &error);
    }
    writing_close(&writing);
    return status;
}

/* ---- add ---- */

/* What the query finds now, so that who saves it sees that it is right; in
   strict mode, since nobody is there to read a warning when it is run. */
static int
try_query(const struct settings *settings, const char *query, uint64_t *total)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    lede_results *results = NULL;
    struct places places;
    lede_status found;
    int status = places_open(&places, settings);

    if (status == EXIT_DONE) {
        status = query_options(&options, settings);
    }
    if (status == EXIT_DONE) {
        options.limit = 0;
        options.snippets = 0;
        options.strict = 1;
        found = lede_search(&results, places.indexes, places.n, query,
                            &options, &error);
        status = found == LEDE_STATUS_OK ? EXIT_DONE
                                         : query_complain(query, found,
                                                          &error);
    }
    if (status == EXIT_DONE) {
        *total = lede_results_total(results);
    }
    lede_results_free(results);
    places_close(&places);
    return status;
}

static int
set(lede_writer *writer, const struct settings *settings)
{
    lede_error error = LEDE_ERROR_INIT;
    char *query = words_join(settings->operands + 2,
                             settings->n_operands - 2);
    lede_status status;

    if (!query) {
        return complain_memory();
    }
    status = lede_writer_alert_set(writer, settings->operands[1], query,
                                   settings->all, &error);
    free(query);
    return status == LEDE_STATUS_OK ? EXIT_DONE
                                    : complain_error(status, &error);
}

static int
report_added(const struct settings *settings, const char *query,
             uint64_t total)
{
    const lede_alert alert = { .name = settings->operands[1],
                               .query = query };
    char count[32];

    if (news_is_json(settings)) {
        json *answer = json_answer();
        json *all = json_list();
        json *object = news_json(&alert);

        json_put(object, "total", json_number(total));
        json_push(all, object);
        json_put(answer, "alerts", all);
        json_put(answer, "index", NULL);
        return json_finish(answer, EXIT_DONE);
    }
    if (!settings->quiet) {
        format_count(count, sizeof(count), total);
        text_put(stdout, alert.name);
        printf(": %s article%s now; lede alert run tells %s\n", count,
               plural(total), settings->all ? "of all" : "of new ones");
    }
    return stdout_finish(EXIT_DONE);
}

static int
add(const struct settings *settings)
{
    uint64_t total = 0;
    char *query;
    int status;

    if (settings->n_operands < 3) {
        complain("lede alert add takes a NAME and a QUERY");
        return EXIT_ERROR;
    }
    query = words_join(settings->operands + 2, settings->n_operands - 2);
    if (!query) {
        return complain_memory();
    }
    status = try_query(settings, query, &total);
    if (status == EXIT_DONE) {
        status = change_index(settings, set);
    }
    if (status == EXIT_DONE) {
        status = report_added(settings, query, total);
    }
    free(query);
    return status;
}

/* ---- remove ---- */

static int
take_out(lede_writer *writer, const struct settings *settings)
{
    int code = EXIT_DONE;

    for (size_t i = 1; i < settings->n_operands; i++) {
        lede_error error = LEDE_ERROR_INIT;
        lede_status status = lede_writer_alert_remove(
            writer, settings->operands[i], &error);

        if (status == LEDE_STATUS_NOT_FOUND) {
            complain("there is no alert '%s'", settings->operands[i]);
            code = EXIT_NOTHING;
        } else if (status != LEDE_STATUS_OK) {
            return complain_error(status, &error);
        }
    }
    return code;
}

static int
take(const struct settings *settings)
{
    if (settings->n_operands < 2) {
        complain("lede alert remove takes the NAMEs of alerts");
        return EXIT_ERROR;
    }
    return change_index(settings, take_out);
}

/* ---- list ---- */

static int
print_alerts(const struct news *news)
{
    const struct settings *settings = news->search.settings;
    int width = 0;
    struct output out;
    int status = output_open(&out, settings);

    if (status != EXIT_DONE) {
        return status;
    }
    for (size_t i = 0; i < news->n; i++) {
        const char *name = lede_alerts_get(news->alerts, i)->name;
        int columns = text_width(name, strlen(name));

        width = columns > width ? columns : width;
    }
    width = width > out.width / 3 ? out.width / 3 : width;
    for (size_t i = 0; i < news->n && status == EXIT_DONE; i++) {
        const lede_alert *alert = lede_alerts_get(news->alerts, i);
        int columns = text_width(alert->name, strlen(alert->name));
        struct layout query = { .indent = width + 2 };
        char told[64] = "never";

        fputs(style(&out, STYLE_TITLE), out.stream);
        status = text_put(out.stream, alert->name);
        fprintf(out.stream, "%s%*s", style(&out, STYLE_PLAIN),
                columns < width ? width - columns + 2 : 2, "");
        query.first = columns < width ? query.indent : columns + 2;
        if (status == EXIT_DONE) {
            status = text_print(&out, alert->query, &query);
        }
        if (alert->told) {
            hit_date(told, sizeof(told), alert->told);
        }
        fprintf(out.stream, "%*s%ssince %.10s, told last: %s%s\n", width + 2,
                "", style(&out, STYLE_FAINT), alert->added, told,
                style(&out, STYLE_PLAIN));
    }
    return output_close(&out, status);
}

static int
list(const struct settings *settings)
{
    struct news news = { 0 };
    int status = news_open(&news, settings, NULL, 0);
    int code = news.n > 0 ? EXIT_DONE : EXIT_NOTHING;

    if (status == EXIT_DONE && news_is_json(settings)) {
        json *answer = json_answer();
        json *all = json_list();

        for (size_t i = 0; i < news.n; i++) {
            json_push(all, news_json(lede_alerts_get(news.alerts, i)));
        }
        json_put(answer, "alerts", all);
        json_put(answer, "index", json_text(news.search.places.paths[0]));
        status = json_finish(answer, code);
    } else if (status == EXIT_DONE && news.n == 0) {
        complain("there are no alerts; lede alert add NAME QUERY saves one");
        status = code;
    } else if (status == EXIT_DONE) {
        status = print_alerts(&news);
    }
    news_close(&news);
    return status;
}

/* ---- run ---- */

/* The writer is opened before, so that two runs at once do not tell the same
   twice; and nobody leafs through a pager while others wait for it. */
static int
run(const struct settings *given)
{
    struct settings own = *given;
    const struct settings *settings = &own;
    struct writing writing = { 0 };
    struct news news = { 0 };
    int noted = EXIT_DONE;
    int status = settings->peek ? EXIT_DONE
                                : writing_open(&writing, settings, false);

    own.no_pager = own.no_pager || !own.peek;
    if (status == EXIT_DONE) {
        status = news_open(&news, settings, settings->operands + 1,
                           settings->n_operands - 1);
    }
    if (status == EXIT_DONE) {
        status = news_tell(&news);
        noted = settings->peek ? EXIT_DONE
                               : news_note(&news, writing.writer);
        if (status == EXIT_NOTHING && !settings->quiet && stderr_draws()) {
            note("%s", news.n == 0 ? "there are no alerts" : "nothing new");
        }
    }
    news_close(&news);
    writing_close(&writing);
    return noted != EXIT_DONE ? noted : status;
}

int
command_alert(const struct settings *settings)
{
    static const struct {
        const char *name;
        int (*run)(const struct settings *settings);
    } actions[] = {
        { "add", add }, { "list", list }, { "remove", take }, { "run", run },
    };
    const char *wanted = settings->operands[0];

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(wanted, actions[i].name) == 0) {
            return actions[i].run(settings);
        }
    }
    complain("'%s' is none of: add list remove run", wanted);
    return EXIT_ERROR;
}
