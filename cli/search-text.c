/* search-text.c - the hits of a search as a person reads them.

   A hit is

      1  Title, bold, the words that matched marked
         2025-02-12 · source · path of the file, a link where the terminal can
         The best passage, the words that matched marked, over as many lines
         as it takes.

   and below all of them stands how many there are. */

#include <string.h>

#include "cli/facets.h"
#include "cli/hit.h"
#include "cli/output.h"
#include "cli/search.h"
#include "cli/text.h"

/* How to see more: one line with what stands before it, in `column`, where it
   fits. */
static void
print_more(struct output *out, const struct search *search, int column)
{
    const struct settings *settings = search->settings;
    const char *cursor = lede_results_cursor(search->results);
    size_t n = lede_results_count(search->results);
    uint64_t next = settings->offset + n;
    bool offset = !settings->after && n > 0 &&
                  (cursor || !settings->collapse) &&
                  next < lede_results_total(search->results) &&
                  next + settings->limit <= LEDE_LIMIT_MAX;
    char more[64] = "; more:";

    if (offset) {
        snprintf(more, sizeof(more), "; more: --offset %llu%s",
                 (unsigned long long)next, cursor ? " or" : "");
    }
    if (!offset && !cursor) {
        return;
    }
    fputs(more, out->stream);
    if (cursor) {
        column += (int)(strlen(more) + strlen(" --after ") + strlen(cursor));
        fprintf(out->stream, "%s--after %s", column > out->width ? "\n" : " ",
                cursor);
    }
}

static void
print_footer(struct output *out, const struct search *search)
{
    uint64_t total = lede_results_total(search->results);
    size_t n = lede_results_count(search->results);
    const lede_hit *first = lede_results_hit(search->results, 0);
    char count[32];
    char shown[64] = "";
    char all[32];
    char line[200];

    const char *what = !search->settings->collapse ? ""
                       : n == 1 ? " story" : " stories";

    format_count(all, sizeof(all), total);
    if (n > 0 && first->rank > 1) {
        snprintf(shown, sizeof(shown), "%zu to %zu%s of ", first->rank,
                 first->rank + n - 1, *what ? " of the stories" : "");
    } else if (n > 0) {
        format_count(count, sizeof(count), n);
        snprintf(shown, sizeof(shown), "%s%s of ", count, what);
    }
    snprintf(line, sizeof(line), "%s%s%s article%s (%.1f ms)", shown,
             lede_results_total_exact(search->results) ? "" : "at least ",
             all, plural(total), (double)search->took_us / 1000);
    fprintf(out->stream, "%s%s", style(out, STYLE_FAINT), line);
    print_more(out, search, (int)strlen(line));
    fprintf(out->stream, "%s\n", style(out, STYLE_PLAIN));
}

/* The suggestions from `first` on, in a row. */
static void
put_suggestions(FILE *stream, const lede_results *results, size_t first,
                const char *before, const char *after)
{
    size_t n = lede_results_suggestion_count(results);

    for (size_t i = first; i < n; i++) {
        fputs(i == first ? "" : i + 1 < n ? ", " : " or ", stream);
        fputs(before, stream);
        text_put(stream, lede_results_suggestion(results, i)->query);
        fputs(after, stream);
    }
}

/* What may have been meant, or what is shown instead, above the hits. */
static void
print_suggestions(struct output *out, const struct search *search)
{
    const lede_results *results = search->results;
    bool corrected = lede_results_corrected(results);
    const char *bold = style(out, STYLE_TITLE);
    const char *plain = style(out, STYLE_PLAIN);

    if (lede_results_suggestion_count(results) == 0) {
        return;
    }
    if (corrected) {
        fputs("Nothing found", out->stream);
        if (!search->settings->query_json) {
            fputs(" for ", out->stream);
            text_put(out->stream, search->query);
        }
        fputs("; showing ", out->stream);
        fputs(bold, out->stream);
        text_put(out->stream, lede_results_suggestion(results, 0)->query);
        fprintf(out->stream, "%s\n", plain);
    }
    if (lede_results_suggestion_count(results) > corrected) {
        fputs("Did you mean ", out->stream);
        put_suggestions(out->stream, results, corrected, bold, plain);
        fputs("?\n", out->stream);
    }
    fputc('\n', out->stream);
}

void
search_suggest(const struct search *search)
{
    if (lede_results_suggestion_count(search->results) > 0) {
        fputs("lede: note: did you mean ", stderr);
        put_suggestions(stderr, search->results, 0, "`", "'");
        fputs("?\n", stderr);
    }
}

int
search_text(const struct search *search, int status)
{
    size_t n = lede_results_count(search->results);
    struct hit_layout layout = { 0 };
    struct output out;
    int failed = output_open(&out, search->settings);

    if (failed) {
        return failed;
    }
    print_suggestions(&out, search);
    hit_layout_begin(&layout, &search->places,
                     n > 0 ? lede_results_hit(search->results, n - 1)->rank
                           : 0);
    for (size_t i = 0; i < n && !failed; i++) {
        failed = hit_print(&out, &layout,
                           lede_results_hit(search->results, i));
    }
    if (!failed) {
        failed = facets_print(&out, search->results);
    }
    if (!failed) {
        print_footer(&out, search);
    }
    return output_close(&out, failed ? failed : status);
}

void
search_nothing(const struct search *search)
{
    uint64_t articles = 0;

    for (size_t i = 0; i < search->places.n; i++) {
        articles += lede_index_articles(search->places.indexes[i]);
    }
    if (articles == 0) {
        complain("the index is empty; fill it with `lede index FOLDER'");
    } else if (search->settings->command->kind != OPERAND_WORDS) {
        complain("nothing found%s", *search->query ? "; try without --in"
                                                    : "");
    } else if (strpbrk(search->query, "\"+-:") ||
               strstr(search->query, "AND") || strstr(search->query, "NOT")) {
        complain("nothing found; try plain words, without quotes, operators "
                 "and filters (--explain-query shows how it was understood)");
    } else {
        complain("nothing found; try other words");
    }
}
