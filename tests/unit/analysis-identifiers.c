/* analysis-identifiers.c - the table of names: what is indexed, what is typed.

   Each row of tests/data/identifiers.tsv is matched by a small matcher that
   knows nothing but the rules at the top of analysis.h. */

#include <stdint.h>

#include "shared/analysis/analysis.h"
#include "tests/tap.h"

#define TOKENS_MAX 256

struct tokens {
    struct token items[TOKENS_MAX];
    size_t count;
};

static struct analysis *analysis;

static void
read_tokens(const char *text, struct tokens *out)
{
    size_t count = 1;

    out->count = 0;
    if (lede__analysis_begin(analysis, str_from(text), STR("en"), NULL)
        != LEDE_STATUS_OK) {
        return;
    }
    while (count > 0 && out->count + 16 <= TOKENS_MAX) {
        if (lede__analysis_next(analysis, out->items + out->count, 16, &count,
                                NULL) != LEDE_STATUS_OK) {
            return;
        }
        out->count += count;
    }
}

static bool
is_extra(const struct token *token)
{
    return (token->flags & TOKEN_EXTRA) != 0;
}

/* Does `word` stand in the text, exact or as an extra, at `position`?  At any
   position where that is negative. */
static bool
has_form(const struct tokens *text, const struct word *word, int64_t position)
{
    for (size_t i = 0; i < text->count; i++) {
        if (text->items[i].word == word
            && (position < 0 || text->items[i].position == position)) {
            return true;
        }
    }
    return false;
}

static bool
has_extra(const struct tokens *text, const struct word *word)
{
    for (size_t i = 0; i < text->count; i++) {
        if (text->items[i].word == word && is_extra(&text->items[i])) {
            return true;
        }
    }
    return false;
}

static bool
has_stem(const struct tokens *text, const struct word *word)
{
    for (size_t i = 0; i < text->count; i++) {
        if (!is_extra(&text->items[i])
            && str_eq(text->items[i].word->stem, word->stem)) {
            return true;
        }
    }
    return false;
}

/* Do the atoms of the chunk stand in the text one after another? */
static bool
has_phrase(const struct tokens *text, const struct token *chunk, size_t n)
{
    for (size_t i = 0; i < text->count; i++) {
        int64_t first = text->items[i].position;
        bool all = true;
        for (size_t k = 0; k < n && all; k++) {
            all = is_extra(&chunk[k])
                  || has_form(text, chunk[k].word,
                              first + chunk[k].position - chunk[0].position);
        }
        if (all) {
            return true;
        }
    }
    return false;
}

static const struct word *
find_kind(const struct token *chunk, size_t n, int kind)
{
    for (size_t i = 0; i < n; i++) {
        if (chunk[i].kind == kind && is_extra(&chunk[i])) {
            return chunk[i].word;
        }
    }
    return NULL;
}

static bool
chunk_matches(const struct tokens *text, const struct token *chunk, size_t n)
{
    const struct word *symbolic = find_kind(chunk, n, TOKEN_SYMBOLIC);
    const struct word *joined = find_kind(chunk, n, TOKEN_JOINED);
    const struct word *plain = find_kind(chunk, n, TOKEN_PLAIN);
    size_t atoms = 0;

    for (size_t i = 0; i < n; i++) {
        atoms += !is_extra(&chunk[i]);
    }
    if (symbolic != NULL) {
        return has_extra(text, symbolic);
    }
    if (atoms == 1) {
        return has_form(text, chunk[0].word, -1)
               || has_stem(text, chunk[0].word)
               || (plain != NULL && has_form(text, plain, -1));
    }
    return has_phrase(text, chunk, n)
           || (joined != NULL && has_form(text, joined, -1));
}

static bool
matches(const char *text, const char *query)
{
    struct tokens in_text, in_query;
    size_t start = 0;

    read_tokens(text, &in_text);
    read_tokens(query, &in_query);
    for (size_t i = 1; i <= in_query.count; i++) {
        if (i == in_query.count
            || in_query.items[i].chunk != in_query.items[start].chunk) {
            if (!chunk_matches(&in_text, in_query.items + start, i - start)) {
                return false;
            }
            start = i;
        }
    }
    return in_query.count > 0;
}

int
main(void)
{
    const char *folder = getenv("TOP_SRCDIR");
    char path[4096], line[1024];
    struct analyzer *analyzer = NULL;
    FILE *file = NULL;
    int rows[2] = { 0, 0 };

    snprintf(path, sizeof(path), "%s/tests/data/identifiers.tsv",
             folder == NULL ? "." : folder);
    file = fopen(path, "r");
    if (!ok(file != NULL, "the table is there")
        || !ok(lede__analyzer_new(&analyzer, NULL, NULL) == LEDE_STATUS_OK
               && lede__analysis_new(&analysis, analyzer, NULL)
                  == LEDE_STATUS_OK, "an analysis")) {
        return done();
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        char *query, *want;
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "# ", 2) == 0) {
            continue;
        }
        query = strchr(line, '\t');
        want = query == NULL ? NULL : strchr(query + 1, '\t');
        if (want == NULL) {
            ok(false, "a row has three fields: %s", line);
            continue;
        }
        *query++ = '\0';
        *want++ = '\0';
        bool match = strcmp(want, "match") == 0;
        rows[match]++;
        ok(matches(line, query) == match, "`%s' %s %s", query,
           match ? "finds" : "does not find", line);
    }
    fclose(file);
    ok(rows[0] >= 60 && rows[1] >= 60, "%d rows that match, %d that do not",
       rows[1], rows[0]);
    lede__analysis_free(analysis);
    lede__analyzer_free(analyzer);
    return done();
}
