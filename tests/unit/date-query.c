/* date-query.c - what may stand after date: in a query, and what it means:
   each row of tests/data/human-dates.tsv, by the clock that it names. */

#include "shared/base/date.h"
#include "shared/base/file.h"
#include "tests/tap.h"

/* The next of the columns that tabs part. */
static char *
next_column(char **line)
{
    char *column = *line;
    char *tab = column == NULL ? NULL : strchr(column, '\t');

    if (tab != NULL) {
        *tab++ = '\0';
    }
    *line = tab;
    return column == NULL ? (char *)"" : column;
}

static int64_t
seconds_of(const char *text)
{
    struct date date;

    if (!lede__date_parse(str_from(text), &date)) {
        ok(false, "%s in the table is a date", text);
    }
    return date.seconds;
}

/* "-05:00". */
static int32_t
offset_of(const char *text)
{
    int hours = 0;
    int minutes = 0;

    sscanf(text + 1, "%d:%d", &hours, &minutes);
    return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

static void
test_end(struct date date, bool last, const char *want, const char *name)
{
    int64_t first, second;
    struct date found = date;
    char text[24] = "*";

    if (date.precision != DATE_NONE) {
        lede__date_span(date, &first, &second);
        found.seconds = last ? second + 1 : first;
        found.precision = DATE_SECOND;
        lede__date_format(found, text);
    }
    is_str(text, want, "%s: the %s second", name,
           last ? "one after the last" : "first");
}

static void
test_row(char *line)
{
    char *query = next_column(&line);
    char *now = next_column(&line);
    char *offset = next_column(&line);
    char *from = next_column(&line);
    char *to = next_column(&line);
    char *told = next_column(&line);
    struct date_clock clock = { seconds_of(now), offset_of(offset) };
    struct str text = str_from(query);
    struct date first, last;
    struct date_told wrong;
    bool found;

    if (text.len > 1 && text.p[0] == '"') {
        text.p++;
        text.len -= 2;
    }
    found = lede__date_query(text, &clock, &first, &last, &wrong);
    if (strcmp(from, "ERROR") == 0) {
        ok(!found && (strcmp(told, "no date") == 0
                      ? wrong.text[0] == '\0'
                      : strstr(wrong.text, told) != NULL),
           "%s: %s (%s)", query, told, found ? "a date" : wrong.text);
        return;
    }
    if (strcmp(from, "EMPTY") == 0) {
        int64_t a, b, unused;

        lede__date_span(first, &a, &unused);
        lede__date_span(last, &unused, &b);
        ok(found && a > b, "%s: %s", query, told);
        return;
    }
    ok(found, "%s at %s%s is a date (%s)", query, now, offset, wrong.text);
    if (found) {
        test_end(first, false, from, query);
        test_end(last, true, to, query);
    }
}

/* What is beyond the table. */
static void
test_odd(void)
{
    static const char *const texts[] = {
        "", " ", "..", ".", ">", ">=", "<", "=", "@", "@99999999999999999999",
        "W", "-", "99999999999999999999d", "9999999 years ago", "0-0-0",
        "////", "a.b.c.d.e.f.g.h.i.j", "last", "ago", "3 ago", "@1 d",
        "0 february", "32 february", "\xFF\xFE", "2025-W", "Q0-2025",
        "999999 quarters ago", "next-9999999-years", "1000000h",
    };
    struct date_clock clock = { 1739373000, 0 };
    struct date_clock last = { INT64_C(253402300799), 0 };
    struct date from, to;
    struct date_told told;
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        bool found = lede__date_query(str_from(texts[i]), &clock, &from, &to,
                                      &told);

        ok(!found || strcmp(texts[i], "1000000h") == 0, "\"%s\" is no date",
           texts[i]);
    }
    ok(!lede__date_query(STR("yesterday"), NULL, &from, &to, &told) &&
       strstr(told.text, "no clock") != NULL,
       "nothing is relative without a clock");
    ok(lede__date_query(STR("2025-W07"), NULL, &from, &to, &told),
       "a week of a year needs none");
    ok(!lede__date_query(STR("tomorrow"), &last, &from, &to, &told) &&
       strstr(told.text, "9999") != NULL, "the years end with 9999");
}

int
main(void)
{
    const char *top = getenv("TOP_SRCDIR");
    char *path = lede__path_join(top == NULL ? "." : top,
                                 "tests/data/human-dates.tsv");
    struct buf text = BUF_INIT(1 << 20);
    lede_error error = LEDE_ERROR_INIT;
    char *line, *next;
    size_t rows = 0;

    if (lede__file_read(&text, path, &error) != LEDE_STATUS_OK) {
        ok(false, "%s", error.message);
        return done();
    }
    for (line = text.p; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (strncmp(line, "# ", 2) != 0) {
            test_row(line);
            rows++;
        }
    }
    ok(rows >= 161, "%zu rows", rows);
    test_odd();
    lede__buf_free(&text);
    free(path);
    return done();
}
