/* hit.c - an article in a terminal; see hit.h. */

#define _GNU_SOURCE             // asprintf

#include "cli/hit.h"

#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

#define SEPARATOR " \xC2\xB7 "  // U+00B7 MIDDLE DOT
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
    status = text_put(out->stream, place);
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
    char date[64] = "";
    char *line = NULL;
    int status = EXIT_DONE;

    if (hit->date) {
        hit_date(date, sizeof(date), hit->date);
    }
    if (!place || asprintf(&line, "%s%s%s", date,
                           hit->date && hit->source ? SEPARATOR : "",
                           hit->source ? hit->source : "") < 0) {
        free(place);
        return complain_memory();
    }
    fprintf(out->stream, "%*s", indent, "");
    if (*line) {
        int columns = indent + text_width(line, strlen(line)) +
                      text_width(place, strlen(place)) + 3;

        status = text_put(out->stream, line);
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
    free(line);
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
    struct layout passage = { .indent = indent, .first = indent,
                              .marks = hit->highlights,
                              .n_marks = hit->n_highlights };
    int status;

    fprintf(out->stream, "%s%*zu%s  ", style(out, STYLE_FAINT),
            layout->rank_width, hit->rank, style(out, STYLE_PLAIN));
    status = text_print(out, hit->title ? hit->title : "(no title)", &title);
    if (status == EXIT_DONE) {
        status = print_origin(out, layout, hit, indent);
    }
    if (hit->snippet && *hit->snippet && status == EXIT_DONE) {
        fprintf(out->stream, "%*s", indent, "");
        status = text_print(out, hit->snippet, &passage);
    }
    putc('\n', out->stream);
    return status;
}
