/* show.c - lede show: an article as it is stored. */

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/hit.h"
#include "cli/json.h"
#include "cli/text.h"

static void
put_values(json *object, const lede_meta *meta, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json *values;

        if (!json_object_object_get_ex(object, meta[i].key, &values)) {
            values = json_list();
            json_put(object, meta[i].key, values);
        }
        json_push(values, json_text(meta[i].value));
    }
}

static json *
json_meta(const lede_article *article)
{
    json *object = json_new();

    put_values(object, article->header, article->n_header);
    put_values(object, article->meta, article->n_meta);
    return object;
}

static int
print_json(const struct settings *settings, const lede_article *article)
{
    json *answer = json_answer();

    json_put(answer, "id", json_text(article->id));
    json_put(answer, "key", json_text(article->key));
    json_put(answer, "path", json_text(article->path));
    if (!settings->meta) {
        json_put(answer, "title", json_text(article->title));
        json_put(answer, "date", json_text(article->date));
        json_put(answer, "lang", json_text(article->lang));
        json_put(answer, "authors",
                 json_texts(article->authors, article->n_authors));
        json_put(answer, "tags", json_texts(article->tags, article->n_tags));
        json_put(answer, "categories",
                 json_texts(article->categories, article->n_categories));
        json_put(answer, "source", json_text(article->source));
        json_put(answer, "url", json_text(article->url));
        json_put(answer, "summary", json_text(article->summary));
        json_put(answer, "body", json_text(article->body));
    }
    json_put(answer, "meta", json_meta(article));
    return json_finish(answer, EXIT_DONE);
}

static int
print_values(struct output *out, const lede_meta *meta, size_t n)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < n && status == EXIT_DONE; i++) {
        fputs(style(out, STYLE_PLACE), out->stream);
        status = text_put(out->stream, meta[i].key);
        fprintf(out->stream, ":%s ", style(out, STYLE_PLAIN));
        if (status == EXIT_DONE) {
            status = text_put(out->stream, meta[i].value);
        }
        putc('\n', out->stream);
    }
    return status;
}

/* Lines "key: value"; several values of a key are several lines. */
static int
print_meta(struct output *out, const lede_article *article)
{
    int status = print_values(out, article->header, article->n_header);

    return status == EXIT_DONE
               ? print_values(out, article->meta, article->n_meta) : status;
}

/* "name: a, b", or nothing. */
static int
print_field(struct output *out, const char *name, const char *const *values,
            size_t n)
{
    struct layout layout = { .indent = 2 };
    char *line;
    size_t size = strlen(name) + 3;
    size_t used;
    int status;

    for (size_t i = 0; i < n; i++) {
        size += strlen(values[i]) + 2;
    }
    line = n > 0 ? malloc(size) : NULL;
    if (!line) {
        return n > 0 ? complain_memory() : EXIT_DONE;
    }
    used = (size_t)snprintf(line, size, "%s: ", name);
    for (size_t i = 0; i < n; i++) {
        used += (size_t)snprintf(line + used, size - used, "%s%s",
                                 i > 0 ? ", " : "", values[i]);
    }
    layout.style = STYLE_FAINT;
    status = text_print(out, line, &layout);
    free(line);
    return status;
}

/* Lines of the text; filled on a terminal, else as they are stored. */
static int
print_body(struct output *out, const char *body)
{
    const struct layout layout = { 0 };
    int status = EXIT_DONE;

    if (!out->terminal) {
        fputs(body, out->stream);
        if (*body && body[strlen(body) - 1] != '\n') {
            putc('\n', out->stream);
        }
        return EXIT_DONE;
    }
    while (*body && status == EXIT_DONE) {
        size_t length = strcspn(body, "\n");
        char *line = strndup(body, length);

        if (!line) {
            return complain_memory();
        }
        status = text_print(out, line, &layout);
        free(line);
        body += length + (body[length] == '\n');
    }
    return status;
}

static int
print_text(struct output *out, const struct places *places,
           const lede_article *article)
{
    const struct layout title = { .style = STYLE_TITLE };
    const struct layout summary = { .style = STYLE_FAINT };
    int status = EXIT_DONE;
    char *place;
    char date[64];

    if (article->title) {
        status = text_print(out, article->title, &title);
    }
    if (article->date) {
        const char *dates[] = { date };

        hit_date(date, sizeof(date), article->date);
        status = status ? status : print_field(out, "date", dates, 1);
    }
    status = status ? status : print_field(out, "authors", article->authors,
                                           article->n_authors);
    status = status ? status : print_field(out, "source", &article->source,
                                           article->source != NULL);
    status = status ? status : print_field(out, "tags", article->tags,
                                           article->n_tags);
    status = status ? status : print_field(out, "categories",
                                           article->categories,
                                           article->n_categories);
    status = status ? status : print_field(out, "url", &article->url,
                                           article->url != NULL);
    place = hit_place(places, 0, article->id, article->path);
    if (status == EXIT_DONE) {
        status = place ? hit_print_place(out, places, 0, place, article->path)
                       : complain_memory();
    }
    free(place);
    fputs("\n\n", out->stream);
    if (article->summary && status == EXIT_DONE) {
        status = text_print(out, article->summary, &summary);
        putc('\n', out->stream);
    }
    if (article->body && status == EXIT_DONE) {
        status = print_body(out, article->body);
    }
    return status;
}

/* By what was typed, else as a path seen from the current folder. */
static lede_status
find(const struct places *places, const char *typed,
     const lede_article **article, lede_error *error)
{
    lede_status status = lede_index_article(places->indexes[0], typed, article,
                                            error);
    lede_error ignored = LEDE_ERROR_INIT;
    lede_status again;
    char *stored;

    if (status != LEDE_STATUS_NOT_FOUND) {
        return status;
    }
    stored = place_stored(places->folders[0], places->here, typed);
    if (!stored) {
        return LEDE_STATUS_NO_MEMORY;
    }
    again = lede_index_article(places->indexes[0], stored, article, &ignored);
    free(stored);
    return again == LEDE_STATUS_OK ? again : status;
}

int
command_show(const struct settings *settings)
{
    struct places places;
    const lede_article *article = NULL;
    lede_error error = LEDE_ERROR_INIT;
    struct output out;
    lede_status found;
    int status;

    if (settings->n_indexes > 1) {
        complain("lede show works on one index");
        return EXIT_ERROR;
    }
    status = places_open(&places, settings);
    if (status == EXIT_DONE) {
        found = find(&places, settings->operands[0], &article, &error);
        if (found != LEDE_STATUS_OK) {
            status = complain_error(found, &error);
            status = found == LEDE_STATUS_NOT_FOUND ? EXIT_NOTHING : status;
        }
    }
    if (status == EXIT_DONE && settings->json) {
        status = print_json(settings, article);
    } else if (status == EXIT_DONE) {
        status = output_open(&out, settings);
        if (status == EXIT_DONE) {
            status = settings->meta ? print_meta(&out, article)
                                    : print_text(&out, &places, article);
            status = output_close(&out, status);
        }
    }
    places_close(&places);
    return status;
}
