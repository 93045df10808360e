/* explain.c - the parts of a hit's score; see explain.h.

        18.2731  score; 523 words, weighted, and 611 on average
         6.1023  word qwen: tf 7, in 12 articles, idf 2.2310
         0.7120  exact qwen: tf 7, weight 0.2789
         1.5000  title: the words' share of it */

#define _GNU_SOURCE             // open_memstream

#include "cli/explain.h"

#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

#define NUMBER_WIDTH 10

/* What stands for itself. */
static const struct {
    const char *kind;
    const char *meaning;
} meanings[] = {
    { "near", "how near the words are" },
    { "title", "the words' share of it" },
    { "prior", "what its metadata says" },
    { "recency", "what its age takes away" },
    { "copy", "it is nearly the article that is to be explained" },
    { "below", "to be after the best that were ranked" },
    { "search", "its rank in what was found" },
    { "run", "its rank in the run" },
};

static void
write_part(FILE *stream, const lede_part *part)
{
    char articles[32];

    fputs(part->kind, stream);
    if (part->of) {
        format_count(articles, sizeof(articles), part->df);
        fprintf(stream, " %s: tf %lu", part->of, (unsigned long)part->tf);
        // "exact" stands below its word
        if (part->df > 0 && strcmp(part->kind, "exact") != 0) {
            fprintf(stream, ", in %s article%s", articles, plural(part->df));
        }
        if (strcmp(part->kind, "exact") != 0) {
            fprintf(stream, ", idf %.4f", part->idf);
        }
        if (part->weight != part->idf) {
            fprintf(stream, ", weight %.4f", part->weight);
        }
        return;
    }
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (strcmp(part->kind, meanings[i].kind) == 0) {
            fprintf(stream, ": %s", meanings[i].meaning);
        }
    }
    if (part->rank > 0) {
        fprintf(stream, ", %zu", part->rank);
    }
}

/* A number, and what it is. */
static int
print_line(struct output *out, int indent, double number, const char *text)
{
    struct layout layout = { .indent = indent + NUMBER_WIDTH + 2,
                             .first = indent + NUMBER_WIDTH + 2,
                             .style = STYLE_FAINT };

    fprintf(out->stream, "%*s%*.4f  ", indent, "", NUMBER_WIDTH, number);
    return text_print(out, text, &layout);
}

int
explain_print(struct output *out, const lede_hit *hit, int indent)
{
    char text[128] = "score";
    int status;

    if (hit->length > 0) {
        snprintf(text, sizeof(text),
                 "score; %.0f words, weighted, and %.0f on average",
                 hit->length, hit->length_average);
    }
    status = print_line(out, indent, hit->score, text);
    for (size_t i = 0; i < hit->n_parts && status == EXIT_DONE; i++) {
        char *line = NULL;
        size_t length;
        FILE *stream = open_memstream(&line, &length);

        if (!stream) {
            return complain_memory();
        }
        write_part(stream, &hit->parts[i]);
        if (fclose(stream) != 0) {
            free(line);
            return complain_memory();
        }
        status = print_line(out, indent, hit->parts[i].score, line);
        free(line);
    }
    return status;
}

json *
explain_json(const lede_hit *hit)
{
    json *object = json_new();
    json *list = json_list();

    json_put(object, "length", json_real(hit->length));
    json_put(object, "length_average", json_real(hit->length_average));
    for (size_t i = 0; i < hit->n_parts; i++) {
        const lede_part *part = &hit->parts[i];
        json *one = json_new();

        json_put(one, "kind", json_text(part->kind));
        json_put(one, "of", json_text(part->of));
        json_put(one, "score", json_real(part->score));
        json_put(one, "weight", json_real(part->weight));
        json_put(one, "idf", json_real(part->idf));
        json_put(one, "df", json_number(part->df));
        json_put(one, "tf", json_number(part->tf));
        json_put(one, "rank", json_number(part->rank));
        json_push(list, one);
    }
    json_put(object, "parts", list);
    return object;
}
