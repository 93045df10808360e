/* facets.c - facets and the histogram of a search: a line for each value, with
   its count and a bar.

     tag
       * ai              1,234 ████████████████████████
         open source        45 █
         7 values more; 20 of 1,800 articles have none

   A star is at what the query selects.  Bars are as long as the count is of the
   largest, in eighths of a column, and never nothing for something. */

#include "cli/facets.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "cli/text.h"

#define WIDTH_BARS 80           // wider ones are no easier to compare
#define INDENT 4
#define ELLIPSIS "\xE2\x80\xA6"
/* So many empty buckets in a row are one line. */
#define GAP 6

struct rows {
    struct output *out;
    int label;                  // columns of the longest
    int count;
    int bar;
    uint64_t most;
};

/* The columns for what labels and counts of these widths leave. */
static void
lay_out(struct rows *rows, int label, uint64_t most)
{
    int width = rows->out->width < WIDTH_BARS ? rows->out->width : WIDTH_BARS;
    char text[32];

    format_count(text, sizeof(text), most);
    rows->most = most;
    rows->count = (int)strlen(text);
    rows->label = label < width * 2 / 5 ? label : width * 2 / 5;
    rows->bar = width - INDENT - rows->label - rows->count - 3;
}

/* Of `text` what fits into so many columns, padded. */
static void
print_label(const struct rows *rows, const char *text)
{
    size_t n = strlen(text);
    const uint8_t *s = (const uint8_t *)text;
    int width = text_width(text, n);
    size_t end = 0;

    if (width > rows->label) {
        for (size_t i = 0; i < n;) {
            ucs4_t character;
            size_t next = i + (size_t)u8_mbtouc(&character, s + i, n - i);

            if (text_width(text, next) > rows->label - 1) {
                break;
            }
            end = i = next;
        }
        width = text_width(text, end) + 1;
    }
    fprintf(rows->out->stream, "%.*s%s%*s", (int)(end > 0 ? end : n), text,
            end > 0 ? ELLIPSIS : "",
            rows->label > width ? rows->label - width : 0, "");
}

static void
print_bar(const struct rows *rows, uint64_t count)
{
    static const char *const parts[] = {
        "", "\xE2\x96\x8F", "\xE2\x96\x8E", "\xE2\x96\x8D", "\xE2\x96\x8C",
        "\xE2\x96\x8B", "\xE2\x96\x8A", "\xE2\x96\x89",
    };
    double share = (double)count / (double)rows->most;
    int eighths = (int)(share * rows->bar * 8 + 0.5);

    if (count == 0) {
        return;
    }
    eighths = eighths < 1 ? 1 : eighths;
    fputs(" ", rows->out->stream);
    for (; eighths >= 8; eighths -= 8) {
        fputs("\xE2\x96\x88", rows->out->stream);
    }
    fputs(parts[eighths], rows->out->stream);
}

static void
print_row(const struct rows *rows, const char *label, uint64_t count,
          bool selected)
{
    FILE *stream = rows->out->stream;
    char text[32];

    format_count(text, sizeof(text), count);
    fprintf(stream, "%s  %c ", style(rows->out, selected ? STYLE_TITLE
                                                         : STYLE_PLAIN),
            selected ? '*' : ' ');
    print_label(rows, label);
    fprintf(stream, "  %*s%s%s", rows->count, text,
            style(rows->out, STYLE_PLAIN), style(rows->out, STYLE_PLACE));
    print_bar(rows, count);
    fprintf(stream, "%s\n", style(rows->out, STYLE_PLAIN));
}

static void
print_heading(const struct output *out, const char *name, const char *unit)
{
    fprintf(out->stream, "%s", style(out, STYLE_TITLE));
    text_put(out->stream, name);
    fprintf(out->stream, "%s%s%s\n", unit ? ", by " : "", unit ? unit : "",
            style(out, STYLE_PLAIN));
}

/* ---- facets ---- */

static void
print_rest(const struct output *out, const lede_facet *facet)
{
    uint64_t told = 0;
    char more[32];
    char without[32];
    char articles[32];
    bool rest;

    for (size_t i = 0; i < facet->n_values; i++) {
        told += facet->values[i].count > 0;
    }
    rest = facet->distinct > told;
    if (!rest && facet->without == 0) {
        return;
    }
    format_count(more, sizeof(more), facet->distinct - told);
    format_count(without, sizeof(without), facet->without);
    format_count(articles, sizeof(articles), facet->articles);
    fprintf(out->stream, "%s%*s", style(out, STYLE_FAINT), INDENT, "");
    if (rest) {
        fprintf(out->stream, "%s value%s more%s", more,
                plural(facet->distinct - told), facet->without ? "; " : "");
    }
    if (facet->without > 0) {
        fprintf(out->stream, "%s of %s article%s %s none", without, articles,
                plural(facet->articles), facet->without == 1 ? "has" : "have");
    }
    fprintf(out->stream, "%s\n", style(out, STYLE_PLAIN));
}

static int
print_facet(struct output *out, const lede_facet *facet)
{
    struct rows rows = { .out = out };
    char **labels = calloc(facet->n_values + 1, sizeof(*labels));
    int widest = 0;
    uint64_t most = 1;
    bool failed = !labels;

    for (size_t i = 0; i < facet->n_values && !failed; i++) {
        int width;

        labels[i] = strdup(facet->values[i].value);
        failed = !labels[i];
        if (!failed) {
            text_clean(labels[i], false);
            width = text_width(labels[i], strlen(labels[i]));
            widest = width > widest ? width : widest;
            most = facet->values[i].count > most ? facet->values[i].count
                                                 : most;
        }
    }
    if (!failed) {
        print_heading(out, facet->name, NULL);
        lay_out(&rows, widest, most);
    }
    for (size_t i = 0; i < facet->n_values && !failed; i++) {
        print_row(&rows, labels[i], facet->values[i].count,
                  facet->values[i].selected);
    }
    if (!failed) {
        print_rest(out, facet);
        fputs("\n", out->stream);
    }
    for (size_t i = 0; labels && i < facet->n_values; i++) {
        free(labels[i]);
    }
    free(labels);
    return failed ? complain_memory() : EXIT_DONE;
}

/* ---- the histogram ---- */

static void
print_histogram(struct output *out, const lede_histogram *histogram)
{
    struct rows rows = { .out = out };
    uint64_t most = 1;
    char text[32];
    size_t gap = 0;

    for (size_t i = 0; i < histogram->n_buckets; i++) {
        most = histogram->buckets[i].count > most ? histogram->buckets[i].count
                                                  : most;
    }
    print_heading(out, "date", histogram->unit);
    lay_out(&rows, 10, most);
    for (size_t i = 0; i < histogram->n_buckets; i += gap ? gap : 1) {
        for (gap = 0; histogram->buckets[i + gap].count == 0; gap++) {
            // the last bucket is never empty
        }
        if (gap >= GAP) {
            fprintf(out->stream, "%s%*s%zu %ss without articles%s\n",
                    style(out, STYLE_FAINT), INDENT, "", gap, histogram->unit,
                    style(out, STYLE_PLAIN));
            continue;
        }
        gap = 0;
        print_row(&rows, histogram->buckets[i].begin,
                  histogram->buckets[i].count, false);
    }
    if (histogram->vague > 0 || histogram->without > 0) {
        fprintf(out->stream, "%s%*s", style(out, STYLE_FAINT), INDENT, "");
        if (histogram->vague > 0) {
            format_count(text, sizeof(text), histogram->vague);
            fprintf(out->stream, "%s article%s with a date less exact%s", text,
                    plural(histogram->vague), histogram->without ? "; " : "");
        }
        if (histogram->without > 0) {
            format_count(text, sizeof(text), histogram->without);
            fprintf(out->stream, "%s article%s without a date", text,
                    plural(histogram->without));
        }
        fprintf(out->stream, "%s\n", style(out, STYLE_PLAIN));
    }
    fputs("\n", out->stream);
}

int
facets_print(struct output *out, const lede_results *results)
{
    size_t n = lede_results_facet_count(results);
    const lede_histogram *histogram = lede_results_histogram(results);
    int failed = EXIT_DONE;

    for (size_t i = 0; i < n && !failed; i++) {
        failed = print_facet(out, lede_results_facet(results, i));
    }
    if (histogram && !failed) {
        print_histogram(out, histogram);
    }
    return failed;
}

/* ---- JSON ---- */

static json *
json_values(const lede_facet *facet)
{
    json *values = json_list();

    for (size_t i = 0; i < facet->n_values; i++) {
        json *value = json_new();

        json_put(value, "value", json_text(facet->values[i].value));
        json_put(value, "count", json_number(facet->values[i].count));
        json_put(value, "selected", json_flag(facet->values[i].selected));
        json_push(values, value);
    }
    return values;
}

json *
facets_json(const lede_results *results)
{
    size_t n = lede_results_facet_count(results);
    json *list = json_list();

    for (size_t i = 0; i < n; i++) {
        const lede_facet *facet = lede_results_facet(results, i);
        json *object = json_new();

        json_put(object, "name", json_text(facet->name));
        json_put(object, "articles", json_number(facet->articles));
        json_put(object, "without", json_number(facet->without));
        json_put(object, "distinct", json_number(facet->distinct));
        json_put(object, "values", json_values(facet));
        json_push(list, object);
    }
    return list;
}

json *
histogram_json(const lede_histogram *histogram)
{
    json *object = json_new();
    json *buckets = json_list();

    for (size_t i = 0; i < histogram->n_buckets; i++) {
        json *bucket = json_new();

        json_put(bucket, "begin", json_text(histogram->buckets[i].begin));
        json_put(bucket, "count", json_number(histogram->buckets[i].count));
        json_push(buckets, bucket);
    }
    json_put(object, "unit", json_text(histogram->unit));
    json_put(object, "without", json_number(histogram->without));
    json_put(object, "vague", json_number(histogram->vague));
    json_put(object, "buckets", buckets);
    return object;
}
