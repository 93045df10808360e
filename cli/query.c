/* query.c - the query of a command; see query.h. */

#include "cli/query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/output.h"
#include "cli/text.h"
#include "cli/words.h"

/* A tree that is longer than this is none that a program made. */
#define QUERY_FILE_MAX ((size_t)16 << 20)
/* Columns of a line of the query that is shown with a mark. */
#define WIDTH_MARKED 200

/* ---- the text ---- */

/* All of a file, ended by NUL; NULL with errno. */
static char *
read_all(FILE *file)
{
    size_t size = 4096;
    size_t length = 0;
    char *text = malloc(size);

    while (text) {
        size_t n = fread(text + length, 1, size - length - 1, file);
        char *bigger;

        length += n;
        if (ferror(file)) {
            break;
        }
        if (n == 0) {
            text[length] = '\0';
            return text;
        }
        if (length + 1 < size) {
            continue;
        }
        size *= 2;
        bigger = size > QUERY_FILE_MAX ? NULL : realloc(text, size);
        if (!bigger) {
            errno = size > QUERY_FILE_MAX ? EFBIG : ENOMEM;
            break;
        }
        text = bigger;
    }
    free(text);
    return NULL;
}

static char *
read_file(const char *path)
{
    bool from_stdin = strcmp(path, "-") == 0;
    FILE *file = from_stdin ? stdin : fopen(path, "re");
    char *text = file ? read_all(file) : NULL;

    if (!text) {
        complain("%s: %s", path, strerror(errno));
    }
    if (file && !from_stdin) {
        fclose(file);
    }
    return text;
}

char *
query_text(const struct settings *settings)
{
    char *text;

    if (settings->query_json && settings->n_operands > 0) {
        complain("--query-json and words exclude each other");
        return NULL;
    }
    if (settings->query_json) {
        return read_file(settings->query_json);
    }
    text = words_join(settings->operands, settings->n_operands);
    if (!text) {
        complain_memory();
        return NULL;
    }
    if (text[strspn(text, " \t\n")] == '\0') {
        complain("an empty query; give some words: lede search WORDS");
        free(text);
        return NULL;
    }
    return text;
}

/* ---- the clock ---- */

/* 2025-02-12, 2025-02-12T15:10:00Z or @SECONDS. */
static bool
read_now(const char *text, time_t *now)
{
    struct tm time = { 0 };
    int used = 0;
    int more = 0;
    char *last;

    if (text[0] == '@') {
        errno = 0;
        *now = (time_t)strtoll(text + 1, &last, 10);
        return errno == 0 && last > text + 1 && *last == '\0';
    }
    if (sscanf(text, "%4d-%2d-%2d%n", &time.tm_year, &time.tm_mon,
               &time.tm_mday, &used) != 3) {
        return false;
    }
    if (text[used] == 'T') {
        if (sscanf(text + used, "T%2d:%2d:%2dZ%n", &time.tm_hour,
                   &time.tm_min, &time.tm_sec, &more) != 3 || more == 0) {
            return false;
        }
        used += more;
    }
    time.tm_year -= 1900;
    time.tm_mon--;
    *now = timegm(&time);
    return text[used] == '\0';
}

int
query_options(lede_search_options *options, const struct settings *settings)
{
    time_t now = time(NULL);
    struct tm local;

    options->strict = settings->strict;
    options->query_json = settings->query_json != NULL;
    if (settings->now && !read_now(settings->now, &now)) {
        complain("--now takes a date such as 2025-02-12 or "
                 "2025-02-12T15:10:00Z, not `%s'", settings->now);
        return EXIT_ERROR;
    }
    if (localtime_r(&now, &local)) {
        options->now = now;
        options->utc_offset = (int)local.tm_gmtoff;
    }
    return EXIT_DONE;
}

/* ---- mistakes ---- */

static void
put_times(char c, int n)
{
    for (int i = 0; i < n; i++) {
        fputc(c, stderr);
    }
}

int
query_complain(const char *query, lede_status status, const lede_error *error)
{
    size_t length = strlen(query);
    const char *line = query;
    unsigned number = 1;
    unsigned column = 1;
    size_t start = error->start;
    size_t end = error->end;
    char *shown;

    if (status != LEDE_STATUS_BAD_QUERY || start >= end || end > length) {
        return complain_error(status, error);
    }
    for (size_t i = 0; i < start; i++) {
        column += ((unsigned char)query[i] & 0xC0) != 0x80;
        if (query[i] == '\n') {
            line = query + i + 1;
            number++;
            column = 1;
        }
    }
    complain("%s (line %u, column %u)", error->message, number, column);
    shown = strndup(line, strcspn(line, "\n"));
    if (!shown) {
        return complain_memory();
    }
    start -= (size_t)(line - query);
    end -= (size_t)(line - query);
    if (end > strlen(shown)) {
        end = strlen(shown);
    }
    // nobody finds a mark under a line that is wrapped
    if (text_width(shown, strlen(shown)) <= WIDTH_MARKED) {
        fputs("  ", stderr);
        text_put(stderr, shown);
        fputs("\n  ", stderr);
        put_times(' ', text_width(shown, start));
        put_times('^', text_width(shown + start, end - start));
        fputc('\n', stderr);
    }
    free(shown);
    return EXIT_ERROR;
}
