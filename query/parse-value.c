/* parse-value.c - the leaves of a query; what stands behind tag:, words: and
   date:.

   A key of the metadata may hold anything, so what follows it is a range of
   numbers or of dates where it looks like one, and else a value.  What is no
   number behind words:, and no date behind date:, is searched as words, and
   the warning says what is wrong with it. */

#include <math.h>

#include "query/parser.h"

lede_status
lede__parse_make(struct parser *ps, enum syntax_kind kind, const char *start,
                 const char *end, struct syntax **out)
{
    struct syntax *node = lede__arena_array(ps->arena, 1, sizeof(*node));

    *out = node;
    if (node == NULL) {
        return lede__fail_memory(ps->err);
    }
    node->kind = kind;
    node->boost = 1;
    node->start = parser_offset(ps, start);
    node->end = parser_offset(ps, end);
    return LEDE_STATUS_OK;
}

lede_status
lede__parse_lower(struct parser *ps, struct str text, struct str *out)
{
    char *copy = (char *)lede__arena_str(ps->arena, text).p;
    size_t i;

    if (copy == NULL) {
        return lede__fail_memory(ps->err);
    }
    for (i = 0; i < text.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] += 'a' - 'A';
        }
    }
    *out = (struct str){ copy, text.len };
    return LEDE_STATUS_OK;
}

/* ---- leaves ---- */

/* Count a clause; *room is false where there are too many. */
static lede_status
count_clause(struct parser *ps, const char *start, bool *room)
{
    *room = ps->clauses < QUERY_CLAUSES_MAX;
    if (ps->clauses++ != QUERY_CLAUSES_MAX) {
        return LEDE_STATUS_OK;
    }
    return lede__warn(ps->warnings, "too-many-clauses",
                      parser_offset(ps, start), ps->query.len, ps->err,
                      "only the first %d words, phrases and filters are "
                      "searched", QUERY_CLAUSES_MAX);
}

lede_status
lede__parse_leaf(struct parser *ps, enum syntax_kind kind,
                 const struct scope *scope, const char *start,
                 const char *end, struct syntax **out)
{
    bool room;
    lede_status status;

    *out = NULL;
    if (scope->raw != NULL) {
        start = scope->raw;
    }
    status = count_clause(ps, start, &room);
    if (status != LEDE_STATUS_OK || !room) {
        return status;
    }
    status = lede__parse_make(ps, kind, start, end, out);
    if (status == LEDE_STATUS_OK && scope->kind != NAME_UNKNOWN) {
        (*out)->field = scope->field;
    }
    return status;
}

/* ---- numbers ---- */

/* The exponent that ends the text, as in 1e+20; its length. */
static size_t
exponent_length(struct str text)
{
    size_t i = text.len;

    while (i > 0 && char_is_digit((uint8_t)text.p[i - 1])) {
        i--;
    }
    if (i == text.len || text.len - i > 3) {
        return 0;
    }
    i -= i > 0 && (text.p[i - 1] == '+' || text.p[i - 1] == '-');
    return i > 0 && text.p[i - 1] == 'e' ? text.len - i + 1 : 0;
}

bool
lede__parse_number(struct str text, double *out)
{
    size_t exponent = exponent_length(text);
    char digits[64];
    size_t n = 0;
    size_t group = 0;           // digits since the last comma
    bool commas = false;
    bool point = false;
    bool any = false;
    size_t i;

    text.len -= exponent;
    for (i = 0; i < text.len && n + 6 < sizeof(digits); i++) {
        char c = text.p[i];

        if (char_is_digit((uint8_t)c)) {
            group++;
            any = true;
        } else if (c == ',' && any && !point && group <= 3 &&
                   (!commas || group == 3)) {
            commas = true;
            group = 0;
            continue;
        } else if (c == '.' && any && !point && (!commas || group == 3)) {
            point = true;
        } else if (c != '-' || i > 0) {
            return false;
        }
        digits[n++] = c;
    }
    if (!any || i < text.len || text.p[text.len - 1] == '.' ||
        (commas && !point && group != 3)) {
        return false;
    }
    memcpy(digits + n, text.p + text.len, exponent);
    *out = lede__str_number((struct str){ digits, n + exponent });
    return isfinite(*out);
}

/* One end of a range: a number, or nothing for none. */
static bool
take_end(struct str text, double none, double *out)
{
    text = lede__str_trim(text);
    *out = none;
    return text.len == 0 || str_eq(text, STR("*")) ||
           lede__parse_number(text, out);
}

/* Whether the text compares: >x, >=x, <x, <=x. */
static bool
is_compared(struct str text)
{
    return text.len > 1 && (text.p[0] == '>' || text.p[0] == '<');
}

/* Where the two points of a range are; its length where there are none. */
static size_t
find_points(struct str text)
{
    size_t i;

    for (i = 0; i + 1 < text.len; i++) {
        if (text.p[i] == '.' && text.p[i + 1] == '.') {
            return i;
        }
    }
    return text.len;
}

static bool
take_numbers(struct str text, struct syntax *node)
{
    size_t at = find_points(text);
    struct str rest = { text.p + 1, text.len - 1 };
    bool open = true;

    node->low = -INFINITY;
    node->high = INFINITY;
    if (at < text.len) {
        return take_end((struct str){ text.p, at }, -INFINITY, &node->low) &&
               take_end((struct str){ text.p + at + 2, text.len - at - 2 },
                        INFINITY, &node->high) &&
               (isfinite(node->low) || isfinite(node->high));
    }
    if (!is_compared(text)) {
        if (text.len > 1 && text.p[0] == '=') {
            text = rest;
        }
        return lede__parse_number(lede__str_trim(text), &node->low) &&
               lede__parse_number(lede__str_trim(text), &node->high);
    }
    if (rest.p[0] == '=') {
        open = false;
        rest.p++;
        rest.len--;
    }
    node->low_open = open && text.p[0] == '>';
    node->high_open = open && text.p[0] == '<';
    return lede__parse_number(lede__str_trim(rest), text.p[0] == '>'
                              ? &node->low : &node->high);
}

/* ---- dates ---- */

static lede_status
check_order(struct parser *ps, const struct syntax *node, struct str text)
{
    bool empty = node->low > node->high;
    int64_t from, to, unused;

    if (node->kind == SYNTAX_DATES) {
        if (node->from.precision == DATE_NONE ||
            node->to.precision == DATE_NONE) {
            return LEDE_STATUS_OK;
        }
        lede__date_span(node->from, &from, &unused);
        lede__date_span(node->to, &unused, &to);
        empty = from > to;
    }
    if (!empty) {
        return LEDE_STATUS_OK;
    }
    return lede__warn(ps->warnings, "empty-range", node->start, node->end,
                      ps->err, "the range \"%.*s\" ends before it begins",
                      (int)text.len, text.p);
}

/* ---- values ---- */

static lede_status
parse_range(struct parser *ps, enum syntax_kind kind,
            const struct syntax *range, struct str text,
            const struct scope *scope, const char *start, const char *end,
            struct syntax **out)
{
    lede_status status = lede__parse_leaf(ps, kind, scope, start, end, out);

    if (*out == NULL) {
        return status;
    }
    (*out)->text = text;
    (*out)->from = range->from;
    (*out)->to = range->to;
    (*out)->low = range->low;
    (*out)->high = range->high;
    (*out)->low_open = range->low_open;
    (*out)->high_open = range->high_open;
    return check_order(ps, *out, text);
}

lede_status
lede__parse_value(struct parser *ps, struct str text, bool quoted,
                  const struct scope *scope, const char *start,
                  const char *end, struct syntax **out, bool *words)
{
    struct syntax range = { .kind = SYNTAX_FILTER };
    struct date_told told = { "" };
    enum name_kind kind = scope->kind;
    bool ranged = is_compared(text) || find_points(text) < text.len;
    bool any = !quoted && str_eq(text, STR("*")) &&
               !str_eq(scope->field, STR("path"));
    size_t from = parser_offset(ps, scope->raw != NULL ? scope->raw : start);
    lede_status status;

    *out = NULL;
    *words = false;
    if ((kind == NAME_NUMBER || (kind == NAME_KEY && ranged && !quoted)) &&
        take_numbers(text, &range)) {
        return parse_range(ps, SYNTAX_NUMBERS, &range, text, scope, start,
                           end, out);
    }
    range.low_open = range.high_open = false;
    range.low = range.high = 0;
    if ((kind == NAME_DATE || (kind == NAME_KEY && ranged && !quoted)) &&
        lede__date_query(text, ps->names->clock, &range.from, &range.to,
                         &told)) {
        return parse_range(ps, SYNTAX_DATES, &range, text, scope, start, end,
                           out);
    }
    if (str_eq(scope->field, STR("date"))) {
        *words = true;
        return lede__warn(ps->warnings, "bad-date", from,
                          parser_offset(ps, end), ps->err, "\"%.*s\" is no "
                          "date%s%s; searched as words", (int)text.len,
                          text.p, told.text[0] != '\0' ? ": " : "",
                          told.text);
    }
    if (kind == NAME_NUMBER || (!quoted && is_compared(text) &&
                                kind != NAME_FILTER)) {
        *words = true;
        return lede__warn(ps->warnings, "bad-number", from,
                          parser_offset(ps, end), ps->err, "\"%.*s\" is no "
                          "number; searched as words", (int)text.len,
                          text.p);
    }
    status = lede__parse_leaf(ps, SYNTAX_FILTER, scope, start, end, out);
    if (*out != NULL) {
        (*out)->any = any;
        (*out)->text = any ? STR("") : text;
    }
    return status;
}
