/* query-document.c - docs/query-language.md says what is so: each row of its
   tables that begins with a query is parsed, and prints as the next column has
   it. */

#include "query/parse.h"
#include "shared/base/file.h"
#include "tests/tap.h"

static lede_status
find_name(void *payload, struct str name, enum name_kind *kind,
          lede_error *err)
{
    static const char *const texts[] = { "title", "body", "summary", "tags",
                                         "authors" };
    static const char *const filters[] = { "tag", "category", "author",
                                           "source", "lang", "path" };
    size_t i;

    (void)payload;
    (void)err;
    *kind = str_eq(name, STR("date")) || str_eq(name, STR("meta.updated"))
            ? NAME_DATE : NAME_UNKNOWN;
    if (str_eq(name, STR(NAME_WORDS))) {
        *kind = NAME_NUMBER;
    } else if (*kind == NAME_UNKNOWN && name.len > 5 &&
               memcmp(name.p, "meta.", 5) == 0) {
        *kind = NAME_KEY;
    }
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        *kind = str_eq(name, str_from(texts[i])) ? NAME_TEXT : *kind;
    }
    for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        *kind = str_eq(name, str_from(filters[i])) ? NAME_FILTER : *kind;
    }
    return LEDE_STATUS_OK;
}

/* The next text between backticks; NULL where the row has none. */
static char *
next_code(char **at)
{
    char *start = strchr(*at, '`');
    char *end = start == NULL ? NULL : strchr(start + 1, '`');

    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    *at = end + 1;
    return start + 1;
}

static void
test_row(char *line, const char *section)
{
    // 12 February 2025, 15:10 UTC
    const struct date_clock clock = { 1739373000, 0 };
    const struct names names = { find_name, NULL, &clock };
    struct arena arena = ARENA_INIT;
    struct warnings warnings = { &arena, NULL, 0 };
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    struct syntax *syntax = NULL;
    char *at = line;
    char *query = next_code(&at);
    char *printed = next_code(&at);
    bool warned = strstr(at, "warning") != NULL ||
                  strstr(at, "likewise") != NULL;

    lede__parse(&syntax, str_from(query), &names, &arena, &warnings, NULL);
    lede__print(&out, syntax, NULL);
    is_str(out.p, printed, "%s: %s", section, query);
    // words like "likewise" may stand in rows without a warning
    ok(warnings.count == 0 || warned, "%s: %s: a warning is told of",
       section, query);
    if (strstr(at, "warning") != NULL) {
        ok(warnings.count > 0, "%s: %s: there is a warning", section, query);
    }
    lede__buf_free(&out);
    lede__arena_free(&arena);
}

int
main(void)
{
    const char *top = getenv("TOP_SRCDIR");
    char *path = lede__path_join(top == NULL ? "." : top,
                                 "docs/query-language.md");
    struct buf text = BUF_INIT(1 << 20);
    lede_error error = LEDE_ERROR_INIT;
    char section[80] = "";
    bool queries = false;
    size_t rows = 0;
    char *line, *next;

    if (lede__file_read(&text, path, &error) != LEDE_STATUS_OK) {
        ok(false, "%s", error.message);
        return done();
    }
    for (line = text.p; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (strncmp(line, "## ", 3) == 0) {
            snprintf(section, sizeof(section), "%s", line + 3);
        }
        if (strncmp(line, "| query |", 9) == 0) {
            queries = true;
        } else if (line[0] != '|') {
            queries = false;
        } else if (queries && strncmp(line, "| `", 3) == 0) {
            test_row(line, section);
            rows++;
        }
    }
    ok(rows >= 130, "%zu rows", rows);
    lede__buf_free(&text);
    free(path);
    return done();
}
