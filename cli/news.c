/* news.c - running the alerts of an index, and telling what is new; see
   news.h.

   What was written is noted in the index afterwards: whatever ends the command
   in between, the same is told once more, and nothing is lost. */

#include "cli/news.h"

#include <stdlib.h>
#include <string.h>

#include "cli/hit.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/text.h"

static int
choose(struct news *news, const char *const *names, size_t n)
{
    size_t all = lede_alerts_count(news->alerts);
    int status = EXIT_DONE;

    news->told = calloc((n > 0 ? n : all) + 1, sizeof(*news->told));
    if (!news->told) {
        return complain_memory();
    }
    for (size_t i = 0; i < (n > 0 ? n : all); i++) {
        size_t place = n > 0 ? lede_alerts_find(news->alerts, names[i]) : i;

        if (place == all) {
            complain("there is no alert '%s'; lede alert list shows all",
                     names[i]);
            status = EXIT_NOTHING;
        } else {
            news->told[news->n++].alert = place;
        }
    }
    return status;
}

int
news_open(struct news *news, const struct settings *settings,
          const char *const *names, size_t n)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_status opened;
    int status;

    *news = (struct news){ .search = { .settings = settings } };
    status = places_open(&news->search.places, settings);
    if (status != EXIT_DONE) {
        return status;
    }
    if (news->search.places.n != 1) {
        complain("alerts are those of one index; name one with --index");
        return EXIT_ERROR;
    }
    opened = lede_alerts_open(&news->alerts, news->search.places.indexes[0],
                              &error);
    return opened == LEDE_STATUS_OK ? choose(news, names, n)
                                    : complain_error(opened, &error);
}

/* ---- running ---- */

static int
run(struct news *news, struct told *told, lede_alert_news *fresh)
{
    const struct settings *settings = news->search.settings;
    const lede_alert *alert = lede_alerts_get(news->alerts, told->alert);
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    lede_status found;
    int status = query_options(&options, settings);

    if (status != EXIT_DONE) {
        return status;
    }
    options.limit = settings->alert_limit;
    options.snippets = !settings->no_snippets;
    options.strict = 0;
    found = lede_alerts_run(&news->search.results, fresh, news->alerts,
                            told->alert, &options, &error);
    if (found == LEDE_STATUS_OK) {
        told->seen = fresh->seen;
        news->found += fresh->total > 0;
        return EXIT_DONE;
    }
    // the others are run all the same
    complain("alert '%s': %s", alert->name, error.message);
    news->failed = true;
    return found == LEDE_STATUS_BAD_QUERY ? EXIT_NOTHING : EXIT_ERROR;
}

static void
end_run(struct news *news)
{
    lede_results_free(news->search.results);
    news->search.results = NULL;
}

/* ---- as JSON ---- */

bool
news_is_json(const struct settings *settings)
{
    return settings->json ||
           (settings->format && strcmp(settings->format, "json") == 0);
}

json *
news_json(const lede_alert *alert)
{
    json *object = json_new();

    json_put(object, "name", json_text(alert->name));
    json_put(object, "query", json_text(alert->query));
    json_put(object, "added", json_text(alert->added));
    json_put(object, "told", json_text(alert->told));
    json_put(object, "total", NULL);
    json_put(object, "hits", json_list());
    json_put(object, "warnings", json_list());
    return object;
}

static json *
json_news(const struct news *news, const struct told *told,
          const lede_alert_news *fresh)
{
    const lede_results *results = news->search.results;
    json *object = news_json(lede_alerts_get(news->alerts, told->alert));
    json *hits = json_list();

    for (size_t i = 0; i < lede_results_count(results); i++) {
        json_push(hits, search_json_hit(&news->search,
                                        lede_results_hit(results, i)));
    }
    json_put(object, "total", json_number(fresh->total));
    json_put(object, "hits", hits);
    json_put(object, "warnings", search_json_warnings(results));
    return object;
}

/* Each with something new, as a member of a list or, at once, as text. */
static int
each(struct news *news, int (*tell)(struct news *news,
                                    const struct told *told,
                                    const lede_alert_news *fresh,
                                    struct output *out),
     struct output *out)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < news->n && status == EXIT_DONE; i++) {
        struct told *told = &news->told[i];
        lede_alert_news fresh;

        status = run(news, told, &fresh);
        if (status == EXIT_NOTHING) {
            status = EXIT_DONE;
            continue;
        }
        if (status == EXIT_DONE && fresh.total > 0) {
            status = tell(news, told, &fresh, out);
        }
        told->told = status == EXIT_DONE && fresh.any;
        end_run(news);
    }
    return status;
}

static int
gather(struct news *news, const struct told *told,
       const lede_alert_news *fresh, struct output *out)
{
    (void)out;
    json_push(news->list, json_news(news, told, fresh));
    return EXIT_DONE;
}

int
news_gather(struct news *news)
{
    news->list = json_list();
    return each(news, gather, NULL);
}

static int
write_object(struct news *news, const struct told *told,
             const lede_alert_news *fresh, struct output *out)
{
    (void)out;
    if (news->found > 1) {
        putchar(',');
    }
    json_write(json_news(news, told, fresh));
    return EXIT_DONE;
}

/* A line for each article, with the alert's name. */
static int
write_lines(struct news *news, const struct told *told,
            const lede_alert_news *fresh, struct output *out)
{
    const lede_alert *alert = lede_alerts_get(news->alerts, told->alert);
    const lede_results *results = news->search.results;

    (void)fresh;
    (void)out;
    for (size_t i = 0; i < lede_results_count(results); i++) {
        json *object = search_json_hit(&news->search,
                                       lede_results_hit(results, i));

        json_put(object, "alert", json_text(alert->name));
        json_write(object);
        putchar('\n');
    }
    return EXIT_DONE;
}

/* ---- as text ---- */

static int
write_text(struct news *news, const struct told *told,
           const lede_alert_news *fresh, struct output *out)
{
    const lede_alert *alert = lede_alerts_get(news->alerts, told->alert);
    const lede_results *results = news->search.results;
    size_t n = lede_results_count(results);
    struct hit_layout layout = { 0 };
    char all[32];
    int status;

    for (size_t i = 0; i < lede_results_warning_count(results); i++) {
        note("alert '%s': %s", alert->name,
             lede_results_warning(results, i)->message);
    }
    format_count(all, sizeof(all), fresh->total);
    fputs(style(out, STYLE_TITLE), out->stream);
    status = text_put(out->stream, alert->name);
    fprintf(out->stream, "%s: %s new", style(out, STYLE_PLAIN), all);
    if (n < fresh->total) {
        fprintf(out->stream, "%s; the first %zu are here, the next time tells "
                "the others%s", style(out, STYLE_FAINT), n,
                style(out, STYLE_PLAIN));
    }
    fputs("\n\n", out->stream);
    hit_layout_begin(&layout, &news->search.places, n);
    for (size_t i = 0; i < n && status == EXIT_DONE; i++) {
        status = hit_print(out, &layout, lede_results_hit(results, i));
    }
    return status;
}

/* ---- telling ---- */

int
news_tell(struct news *news)
{
    const struct settings *settings = news->search.settings;
    struct output out;
    int status;
    int code;

    if (news_is_json(settings)) {
        fputs("{\"schema\":1,\"alerts\":[", stdout);
        status = each(news, write_object, NULL);
        fputs("],\"index\":", stdout);
        json_write(json_text(news->search.places.paths[0]));
        puts("}");
    } else if (settings->format && strcmp(settings->format, "jsonl") == 0) {
        status = each(news, write_lines, NULL);
    } else {
        status = output_open(&out, settings);
        if (status == EXIT_DONE) {
            status = each(news, write_text, &out);
            status = output_close(&out, status);
        }
    }
    code = news->failed ? EXIT_ERROR
           : news->found > 0 ? EXIT_DONE : EXIT_NOTHING;
    status = stdout_finish(status);
    news->written = status == EXIT_DONE;
    return status == EXIT_DONE ? code : status;
}

/* ---- noting ---- */

int
news_note(const struct news *news, lede_writer *writer)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    bool any = false;

    if (!news->written) {
        return EXIT_DONE;
    }
    for (size_t i = 0; i < news->n && status == LEDE_STATUS_OK; i++) {
        const struct told *told = &news->told[i];

        if (!told->told) {
            continue;
        }
        status = lede_writer_alert_seen(
            writer, lede_alerts_get(news->alerts, told->alert)->name,
            told->seen, &error);
        if (status == LEDE_STATUS_NOT_FOUND) {
            status = LEDE_STATUS_OK;    // it was removed meanwhile
        }
        any = true;
    }
    if (status == LEDE_STATUS_OK && any) {
        status = lede_writer_commit(writer, &error);
    }
    if (status != LEDE_STATUS_OK) {
        complain("what was told is not noted, and told again the next time");
        return complain_error(status, &error);
    }
    return EXIT_DONE;
}

/* ---- after lede index and lede add ---- */

/* The writer that wrote was closed, so that its report could say how large the
   index has become; another one may be at work by now. */
#define NOTE_WAIT 10            // seconds

static int
note_after(const struct news *news)
{
    struct settings settings = *news->search.settings;
    struct writing writing;
    int status;

    settings.rebuild = false;
    settings.json = false;
    settings.quiet = true;
    settings.engine = NULL;
    settings.wait = settings.wait > NOTE_WAIT ? settings.wait : NOTE_WAIT;
    status = writing_open(&writing, &settings, false);
    if (status == EXIT_DONE) {
        status = news_note(news, writing.writer);
    }
    writing_close(&writing);
    return status;
}

int
news_report(struct writing *writing, lede_status status,
            const lede_error *error)
{
    const struct settings *settings = writing->settings;
    struct news news = { 0 };
    int told = EXIT_DONE;
    int code;

    if (!settings->alerts || settings->dry_run || status != LEDE_STATUS_OK) {
        return writing_report(writing, status, error);
    }
    if (settings->json) {
        told = news_open(&news, settings, NULL, 0);
        told = told == EXIT_DONE ? news_gather(&news) : told;
        if (told == EXIT_DONE) {
            json_object_put(writing->alerts);
            writing->alerts = json_object_get(news.list);
        }
    }
    code = writing_report(writing, status, error);
    if (!settings->json && code != EXIT_ERROR) {
        told = news_open(&news, settings, NULL, 0);
        told = told == EXIT_DONE ? news_tell(&news) : told;
    }
    news.written = settings->json ? told == EXIT_DONE && code != EXIT_ERROR
                                  : news.written;
    if (news.written && note_after(&news) != EXIT_DONE) {
        told = EXIT_ERROR;
    }
    told = news.failed ? EXIT_ERROR : told;
    news_close(&news);
    return told == EXIT_ERROR ? told : code;
}

void
news_close(struct news *news)
{
    end_run(news);
    lede_alerts_close(news->alerts);
    places_close(&news->search.places);
    free(news->told);
    json_object_put(news->list);
}
