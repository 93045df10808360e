/* info.c - lede info: what is in an index. */

#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/text.h"

#define COLUMN 13               // where the values begin
#define LANGUAGES_SHOWN 8

static json *
json_segments(const lede_info *info)
{
    json *list = json_list();

    for (size_t i = 0; i < info->n_segments; i++) {
        const lede_segment *segment = &info->segments[i];
        json *object = json_new();
        json *sections = json_new();

        json_put(sections, "stored", json_number(segment->bytes_stored));
        json_put(sections, "columns", json_number(segment->bytes_columns));
        json_put(sections, "postings", json_number(segment->bytes_postings));
        json_put(sections, "positions",
                 json_number(segment->bytes_positions));
        json_put(sections, "terms", json_number(segment->bytes_terms));
        json_put(sections, "bigrams", json_number(segment->bytes_bigrams));
        json_put(sections, "metadata", json_number(segment->bytes_metadata));
        json_put(object, "name", json_text(segment->name));
        json_put(object, "articles", json_number(segment->articles));
        json_put(object, "deleted", json_number(segment->deleted));
        json_put(object, "bytes", json_number(segment->bytes));
        json_put(object, "sections", sections);
        json_push(list, object);
    }
    return list;
}

static int
print_json(const lede_info *info)
{
    json *answer = json_answer();
    json *languages = json_list();

    for (size_t i = 0; i < info->n_languages; i++) {
        const lede_lang_count *count = &info->languages[i];
        json *object = json_new();

        json_put(object, "lang",
                 count->lang[0] ? json_text(count->lang) : NULL);
        json_put(object, "articles",
                 json_number(count->articles));
        json_push(languages, object);
    }
    json_put(answer, "index", json_text(info->path));
    json_put(answer, "engine", json_text(info->engine));
    json_put(answer, "analyzer", json_text(info->analyzer));
    json_put(answer, "articles", json_number(info->articles));
    json_put(answer, "terms", json_number(info->terms));
    json_put(answer, "tokens", json_number(info->tokens));
    json_put(answer, "languages", languages);
    json_put(answer, "date_min", json_text(info->date_min));
    json_put(answer, "date_max", json_text(info->date_max));
    json_put(answer, "bytes", json_number(info->bytes));
    json_put(answer, "last_commit", json_text(info->last_commit));
    json_put(answer, "roots", json_texts(info->roots, info->n_roots));
    json_put(answer, "config", json_text(info->config));
    json_put(answer, "segments", json_segments(info));
    return json_finish(answer, EXIT_DONE);
}

static int
print_as(struct output *out, const char *name, const char *value, bool list)
{
    const struct layout layout = { .indent = COLUMN, .first = COLUMN,
                                   .whole = list };

    fprintf(out->stream, "%s%-*s%s", style(out, STYLE_FAINT), COLUMN, name,
            style(out, STYLE_PLAIN));
    return text_print(out, value, &layout);
}

static int
print_row(struct output *out, const char *name, const char *value)
{
    return print_as(out, name, value, false);
}

/* Items that are broken between each other only. */
static int
print_list(struct output *out, const char *name, const char *value)
{
    return print_as(out, name, value, true);
}

static int
print_number(struct output *out, const char *name, uint64_t number)
{
    char text[32];

    format_count(text, sizeof(text), number);
    return print_row(out, name, text);
}

/* "en 2,000 (96%), zh 84 (4%)" */
static int
print_languages(struct output *out, const lede_info *info)
{
    char text[1024] = "";
    size_t used = 0;
    uint64_t rest = 0;
    char count[32];
    double percent;

    for (size_t i = 0; i < info->n_languages; i++) {
        const lede_lang_count *row = &info->languages[i];

        if (i >= LANGUAGES_SHOWN) {
            rest += row->articles;
            continue;
        }
        percent = 100.0 * (double)row->articles /
                  (double)(info->articles ? info->articles : 1);
        format_count(count, sizeof(count), row->articles);
        used += (size_t)snprintf(
            text + used, sizeof(text) - used, "%s%.20s %s (%s%.0f%%)",
            i > 0 ? ", " : "", row->lang[0] ? row->lang : "unknown", count,
            percent < 1 ? "<" : "", percent < 1 ? 1 : percent);
    }
    if (rest > 0) {
        format_count(count, sizeof(count), rest);
        snprintf(text + used, sizeof(text) - used, ", others %s", count);
    }
    return print_list(out, "Languages", info->n_languages ? text : "none");
}

/* "stored 44.1 MB, postings 20.3 MB, ..." over all segments. */
static int
print_sections(struct output *out, const lede_info *info)
{
    lede_segment sum = { 0 };
    char text[256] = "";
    size_t used = 0;

    for (size_t i = 0; i < info->n_segments; i++) {
        sum.bytes_stored += info->segments[i].bytes_stored;
        sum.bytes_columns += info->segments[i].bytes_columns;
        sum.bytes_postings += info->segments[i].bytes_postings;
        sum.bytes_positions += info->segments[i].bytes_positions;
        sum.bytes_terms += info->segments[i].bytes_terms;
        sum.bytes_bigrams += info->segments[i].bytes_bigrams;
        sum.bytes_metadata += info->segments[i].bytes_metadata;
    }
    const struct {
        const char *name;
        uint64_t bytes;
    } parts[] = {
        { "articles", sum.bytes_stored }, { "postings", sum.bytes_postings },
        { "positions", sum.bytes_positions }, { "terms", sum.bytes_terms },
        { "bigrams", sum.bytes_bigrams }, { "columns", sum.bytes_columns },
        { "metadata", sum.bytes_metadata },
    };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char size[32];

        format_size(size, sizeof(size), parts[i].bytes);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s",
                                 i > 0 ? ", " : "", parts[i].name, size);
    }
    return print_list(out, "Sections", text);
}

/* "12.segment: 2,000 articles, 3 deleted, 1.5 MB", a line each. */
static int
print_segments(struct output *out, const lede_info *info)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < info->n_segments && status == EXIT_DONE; i++) {
        const lede_segment *segment = &info->segments[i];
        char articles[32];
        char deleted[32];
        char size[32];
        char text[160];

        format_count(articles, sizeof(articles), segment->articles);
        format_count(deleted, sizeof(deleted), segment->deleted);
        format_size(size, sizeof(size), segment->bytes);
        snprintf(text, sizeof(text), "%.40s: %s article%s, %s deleted, %s",
                 segment->name, articles, plural(segment->articles), deleted,
                 size);
        status = print_row(out, i == 0 ? "Segments" : "", text);
    }
    return status || info->n_segments == 0 ? status
                                           : print_sections(out, info);
}

static int
print_text(struct output *out, const lede_info *info)
{
    int status = print_row(out, "Index", info->path);
    char text[128];

    format_size(text, sizeof(text), info->bytes);
    status = status ? status : print_row(out, "Size", text);
    status = status ? status : print_number(out, "Articles", info->articles);
    status = status ? status : print_number(out, "Terms", info->terms);
    status = status ? status : print_number(out, "Tokens", info->tokens);
    status = status ? status : print_languages(out, info);
    snprintf(text, sizeof(text), "%.10s to %.10s",
             info->date_min ? info->date_min : "",
             info->date_max ? info->date_max : "");
    status = status ? status
                    : print_row(out, "Dates", info->date_min ? text : "none");
    status = status ? status
                    : print_row(out, "Last commit",
                                info->last_commit ? info->last_commit
                                                  : "none");
    for (size_t i = 0; i < info->n_roots && status == EXIT_DONE; i++) {
        status = print_row(out, i == 0 ? "Folders" : "", info->roots[i]);
    }
    status = status ? status : print_row(out, "Engine", info->engine);
    status = status ? status : print_segments(out, info);
    return status ? status : print_row(out, "Analyzer", info->analyzer);
}

int
command_info(const struct settings *given)
{
    struct settings settings = *given;
    struct places places;
    lede_error error = LEDE_ERROR_INIT;
    struct output out;
    lede_info info;
    lede_status known;
    int status = place_operand(&settings);

    if (status != EXIT_DONE) {
        return status;
    }
    if (settings.n_indexes > 1) {
        complain("lede info works on one index");
        return EXIT_ERROR;
    }
    status = places_open(&places, &settings);
    if (status == EXIT_DONE) {
        known = lede_index_info(places.indexes[0], &info, &error);
        if (known != LEDE_STATUS_OK) {
            status = complain_error(known, &error);
        }
    }
    if (status == EXIT_DONE && settings.json) {
        status = print_json(&info);
    } else if (status == EXIT_DONE) {
        status = output_open(&out, &settings);
        if (status == EXIT_DONE) {
            status = output_close(&out, print_text(&out, &info));
        }
    }
    places_close(&places);
    return status;
}
