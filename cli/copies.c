/* copies.c - the near copies of a story; see copies.h.

   In text they are where the story is also to be read:

         Also: Reuters, The Daily News (2), archive/2025/storm.md and 3 more

   a source once, with how often where that is more than once, and the place of
   a copy that has none. */

#define _GNU_SOURCE             // open_memstream

#include "cli/copies.h"

#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

/* How many of the copies from `i` on have the source of that one; 0 where one
   before has it. */
static size_t
count_source(const lede_hit *hit, size_t i)
{
    const char *source = hit->copies[i].source;
    size_t n = 0;

    for (size_t j = 0; j < hit->n_copies && source; j++) {
        if (hit->copies[j].source &&
            strcmp(hit->copies[j].source, source) == 0) {
            if (j < i) {
                return 0;
            }
            n++;
        }
    }
    return source ? n : 1;
}

/* "Also: ..." for free(). */
static char *
line_of(const struct places *places, const lede_hit *hit)
{
    size_t rest = hit->copies_found - hit->n_copies;
    char *line = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&line, &size);
    const char *comma = "Also: ";

    if (!stream) {
        return NULL;
    }
    for (size_t i = 0; i < hit->n_copies; i++) {
        const lede_copy *copy = &hit->copies[i];
        size_t n = count_source(hit, i);
        char *place = copy->source || n == 0
                      ? NULL : hit_place(places, copy->index, copy->id,
                                         copy->path);

        if (n > 0) {
            fprintf(stream, "%s%s", comma,
                    copy->source ? copy->source : place ? place : copy->id);
            comma = ", ";
        }
        if (n > 1) {
            fprintf(stream, " (%zu)", n);
        }
        free(place);
    }
    if (rest > 0) {
        fprintf(stream, " and %zu more", rest);
    }
    return fclose(stream) == 0 ? line : NULL;
}

int
copies_print(struct output *out, const struct places *places,
             const lede_hit *hit, int indent)
{
    struct layout layout = { .indent = indent, .first = indent,
                             .style = STYLE_FAINT };
    char *line;
    int status;

    if (hit->n_copies == 0) {
        return EXIT_DONE;
    }
    line = line_of(places, hit);
    if (!line) {
        return complain_memory();
    }
    fprintf(out->stream, "%*s", indent, "");
    status = text_print(out, line, &layout);
    free(line);
    return status;
}

json *
copies_json(const struct places *places, const lede_hit *hit)
{
    json *list = json_list();

    for (size_t i = 0; i < hit->n_copies; i++) {
        const lede_copy *copy = &hit->copies[i];
        json *object = json_new();

        json_put(object, "id", json_text(copy->id));
        json_put(object, "path", json_text(copy->path));
        json_put(object, "title", json_text(copy->title));
        json_put(object, "source", json_text(copy->source));
        json_put(object, "url", json_text(copy->url));
        json_put(object, "date", json_text(copy->date));
        json_put(object, "similarity", json_real(copy->similarity));
        json_put(object, "index", json_text(places->paths[copy->index]));
        json_push(list, object);
    }
    return list;
}
