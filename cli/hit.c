/* hit.c - an article in a terminal; see hit.h. */

#define _GNU_SOURCE             // asprintf

#include "cli/hit.h"

#include <stdlib.h>
#include <string.h>

#include "cli/copies.h"
#include "cli/explain.h"
#include "cli/text.h"

#define SEPARATOR " \xC2\xB7 "  // U+00B7 MIDDLE DOT
#define BELOW " \xE2\x80\xBA "   // U+203A, from a heading to one below it
#define TITLE_LINES 3           // the title of a plain text may be a paragraph
#define LINK_END "\033]8;;\033\\"

void
hit_layout_begin(struct hit_layout *layout, const struct places *places,
                 uint64_t last)
{
    layout->places = places;
    layout->rank_width = 2;
    for (uint64_t rank = last; rank >= 100; rank /= 10) {
        layout->rank_width++;
    }
}

void
hit_date(char *out, size_t size, const char *date)
{
    // 2025-02-12T15:10:00Z; of the time, hours and minutes.
    if (strlen(date) >= 16 && date[10] == 'T') {
        snprintf(out, size, "%.10s %.5s", date, date + 11);
    } else {
        snprintf(out, size, "%s", date);
    }
}

char *
hit_place(const struct places *places, size_t index, const char *id,
          const char *path)
{
    size_t length = path ? strlen(path) : 0;
    char *seen;
    char *place = NULL;

    if (!path) {
        return strdup(id ? id : "");
    }
    seen = place_seen(places->folders[index], places->here, path);
    if (!seen || !id || strncmp(id, path, length) != 0 || id[length] != '#') {
        return seen;
    }
    if (asprintf(&place, "%s%s", seen, id + length) < 0) {
        place = NULL;
    }
    free(seen);
    return place;
}

int
hit_print_place(struct output *out, const struct places *places, size_t index,
                const char *place, const char *path)
{
    char *url = path && out->links ? place_url(places->folders[index], path)
                                   : NULL;
    int status;

    if (url) {
        fprintf(out->stream, "\033]8;;%s\033\\", url);
    }
    fputs(style(out, STYLE_PLACE), out->stream);
    status = text_put_apart(out, place);
    fputs(style(out, STYLE_PLAIN), out->stream);
    if (url) {
        fputs(LINK_END, out->stream);
    }
    free(url);
    return status;
}

/* "date · source · place"; the place on a line of its own where they do not
   fit on one. */
static int
print_origin(struct output *out, const struct hit_layout *layout,
             const lede_hit *hit, int indent)
{
    char *place = hit_place(layout->places, hit->index, hit->id, hit->path);
    const char *source = hit->source ? hit->source : "";
    char date[64] = "";
    int columns = indent + 3;
    int status = EXIT_DONE;

    if (!place) {
        return complain_memory();
    }
    if (hit->date) {
        hit_date(date, sizeof(date), hit->date);
    }
    fprintf(out->stream, "%*s%s%s", indent, "", date,
            *date && *source ? SEPARATOR : "");
    status = text_put_apart(out, source);
    if (*date || *source) {
        columns += (int)strlen(date) + (*date && *source ? 3 : 0) +
                   text_width(source, strlen(source)) +
                   text_width(place, strlen(place));
        if (columns > out->width) {
            fprintf(out->stream, "\n%*s", indent, "");
        } else {
            fputs(SEPARATOR, out->stream);
        }
    }
    if (status == EXIT_DONE) {
        status = hit_print_place(out, layout->places, hit->index, place,
                                 hit->path);
    }
    putc('\n', out->stream);
    free(place);
    return status;
}

/* "line 12 · Heading › Heading below it"; nothing where there is no
   heading and no other passage. */
static int
print_place(struct output *out, const lede_hit *hit,
            const lede_passage *passage, int indent)
{
    struct layout layout = { .indent = indent, .first = indent,
                             .max_lines = 1, .style = STYLE_FAINT };
    size_t size = 64;
    char *line;
    size_t used = 0;
    int status = EXIT_DONE;

    if (passage->n_headings == 0 &&
        (hit->n_passages < 2 || passage->line == 0)) {
        return EXIT_DONE;
    }
    for (size_t i = 0; i < passage->n_headings; i++) {
        size += strlen(passage->headings[i]) + strlen(BELOW);
    }
    line = malloc(size);
    if (!line) {
        return complain_memory();
    }
    if (passage->line > 0) {
        used = (size_t)snprintf(line, size, "line %u%s", passage->line,
                                passage->n_headings > 0 ? SEPARATOR : "");
    }
    for (size_t i = 0; i < passage->n_headings; i++) {
        used += (size_t)snprintf(line + used, size - used, "%s%s",
                                 i > 0 ? BELOW : "", passage->headings[i]);
    }
    fprintf(out->stream, "%*s", indent, "");
    status = text_print(out, line, &layout);
    free(line);
    return status;
}

static int
print_passage(struct output *out, const lede_hit *hit,
              const lede_passage *passage, int indent)
{
    struct layout layout = { .indent = indent, .first = indent,
                             .marks = passage->highlights,
                             .n_marks = passage->n_highlights };
    int status = print_place(out, hit, passage, indent);

    if (status == EXIT_DONE) {
        fprintf(out->stream, "%*s", indent, "");
        status = text_print(out, passage->text, &layout);
    }
    return status;
}

int
hit_print(struct output *out, const struct hit_layout *layout,
          const lede_hit *hit)
{
    int indent = layout->rank_width + 2;
    struct layout title = { .indent = indent, .first = indent,
                            .max_lines = TITLE_LINES, .style = STYLE_TITLE,
                            .marks = hit->title_highlights,
                            .n_marks = hit->n_title_highlights };
    int status;

    fprintf(out->stream, "%s%*zu%s  ", style(out, STYLE_FAINT),
            layout->rank_width, hit->rank, style(out, STYLE_PLAIN));
    status = text_print(out, hit->title ? hit->title : "(no title)", &title);
    if (status == EXIT_DONE) {
        status = print_origin(out, layout, hit, indent);
    }
    for (size_t i = 0; i < hit->n_passages && status == EXIT_DONE; i++) {
        status = print_passage(out, hit, &hit->passages[i], indent);
    }
    if (status == EXIT_DONE) {
        status = copies_print(out, layout->places, hit, indent);
    }
    if (hit->n_parts > 0 && status == EXIT_DONE) {
        status = explain_print(out, hit, indent);
    }
    putc('\n', out->stream);
    return status;
}
