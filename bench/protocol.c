/* protocol.c - parsing the queries of the game, and the loop that answers. */

#include "bench/protocol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- parsing ---- */

/* TOP_ digits [_COUNT], or COUNT. */
static bool
parse_command(struct query *query, struct str command)
{
    static const struct {
        const char *name;
        size_t top;
        bool count;
    } commands[] = {
        { "COUNT", 0, true },
        { "TOP_10", 10, false },
        { "TOP_100", 100, false },
        { "TOP_1000", 1000, false },
        { "TOP_10_COUNT", 10, true },
        { "TOP_100_COUNT", 100, true },
        { "TOP_1000_COUNT", 1000, true },
    };

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (str_eq(command, str_from(commands[i].name))) {
            query->top = commands[i].top;
            query->count = commands[i].count;
            return true;
        }
    }
    return false;
}

/* The word at *p, lower-cased in place; false where there is none. */
static bool
parse_word(struct query *query, char **p, char *end)
{
    char *start = *p;

    while (*p < end && ((unsigned char)**p | 0x20) >= 'a' &&
           ((unsigned char)**p | 0x20) <= 'z') {
        **p = (char)(**p | 0x20);
        ++*p;
    }
    if (*p == start || query->n_words == QUERY_WORDS_MAX) {
        return false;
    }
    query->words[query->n_words++] =
        (struct str){ start, (size_t)(*p - start) };
    return true;
}

static void
skip_spaces(char **p, const char *end)
{
    while (*p < end && **p == ' ') {
        ++*p;
    }
}

static bool
parse_item(struct query *query, char **p, char *end)
{
    struct query_item *item = &query->items[query->n_items];

    item->sign = QUERY_OPTIONAL;
    item->first = query->n_words;
    if (**p == '+') {
        item->sign = QUERY_REQUIRED;
        ++*p;
    } else if (**p == '-') {
        item->sign = QUERY_EXCLUDED;
        ++*p;
    }
    if (*p < end && **p == '"') {
        ++*p;
        skip_spaces(p, end);
        while (*p < end && **p != '"') {
            if (!parse_word(query, p, end)) {
                return false;
            }
            skip_spaces(p, end);
        }
        if (*p == end) {
            return false;
        }
        ++*p;
    } else if (!parse_word(query, p, end)) {
        return false;
    }
    item->n = query->n_words - item->first;
    query->n_items++;
    query->n_required += item->sign == QUERY_REQUIRED;
    query->n_excluded += item->sign == QUERY_EXCLUDED;
    return item->n > 0 && (*p == end || **p == ' ');
}

bool
query_parse(struct query *query, char *line, size_t len)
{
    char *end = line + len;
    char *tab = memchr(line, '\t', len);
    char *p;

    query->n_words = 0;
    query->n_items = 0;
    query->n_required = 0;
    query->n_excluded = 0;
    if (tab == NULL ||
        !parse_command(query, (struct str){ line, (size_t)(tab - line) })) {
        return false;
    }
    p = tab + 1;
    skip_spaces(&p, end);
    while (p < end) {
        if (!parse_item(query, &p, end)) {
            return false;
        }
        skip_spaces(&p, end);
    }
    return query->n_items > query->n_excluded;
}

/* ---- answering ---- */

void
protocol_hit(struct buf *dump, struct str id, double score)
{
    if (lede__buf_addf(dump, NULL, "%s%.*s\t%.6f", dump->len > 0 ? "\t" : "",
                       (int)id.len, id.p, score) != LEDE_STATUS_OK) {
        die("out of memory");
    }
}

static void
write_all(const char *p, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, p, len);

        if (n < 0 && errno != EINTR) {
            exit(errno == EPIPE ? 0 : 1);
        }
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        }
    }
}

static void
answer_line(query_answer *answer, void *payload, char *line, size_t len,
            struct buf *dump)
{
    struct query query;
    char text[32];
    int n;
    uint64_t count;

    if (!query_parse(&query, line, len)) {
        write_all("UNSUPPORTED\n", 12);
        return;
    }
    if (dump == NULL || query.top == 0) {
        count = answer(payload, &query, NULL);
        n = snprintf(text, sizeof(text), "%llu\n",
                     query.count ? (unsigned long long)count : 1ull);
        write_all(text, (size_t)n);
        return;
    }
    dump->len = 0;
    answer(payload, &query, dump);
    if (lede__buf_char(dump, '\n', NULL) != LEDE_STATUS_OK) {
        die("out of memory");
    }
    write_all(dump->p, dump->len);
}

void
protocol_run(query_answer *answer, void *payload, bool dump)
{
    struct buf hits = BUF_INIT(BUF_MAX_ANY);
    static char bytes[1 << 16];
    size_t len = 0;

    for (;;) {
        ssize_t n = read(STDIN_FILENO, bytes + len, sizeof(bytes) - len);
        char *line = bytes;
        char *newline;

        if (n <= 0) {
            if (n < 0 && errno == EINTR) {
                continue;
            }
            break;
        }
        len += (size_t)n;
        while ((newline = memchr(line, '\n', len)) != NULL) {
            answer_line(answer, payload, line, (size_t)(newline - line),
                        dump ? &hits : NULL);
            len -= (size_t)(newline + 1 - line);
            line = newline + 1;
        }
        if (len == sizeof(bytes)) {
            die("a query is too long");
        }
        memmove(bytes, line, len);
    }
    lede__buf_free(&hits);
}
