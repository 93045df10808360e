/* print.c - a syntax tree -> the query as it was understood.

   The text is in the query language and parses to the same tree.  Every inner
   AND, OR and list gets its brackets, so that nobody needs to know which
   operator binds tighter. */

#include "query/chars.h"
#include "query/parse.h"

/* A value needs quotes where it would not be read back as one word.  One that
   holds quotes was one. */
static bool
needs_quotes(struct str value)
{
    const char *p = value.p;
    const char *end = value.p + value.len;
    uint32_t last = 0;
    bool needed = value.len == 0;

    while (p < end) {
        size_t len;
        uint32_t c = char_at(p, end, &len);

        if (char_is_quote(c)) {
            return false;
        }
        needed = needed || char_is_space(c) || char_is_open(c) ||
                 char_is_close(c);
        last = c;
        p += len;
    }
    return needed || char_is_trailing(last);
}

static lede_status
print_value(struct buf *out, struct str value, lede_error *err)
{
    if (needs_quotes(value)) {
        return lede__buf_addf(out, err, "\"%.*s\"", (int)value.len, value.p);
    }
    return lede__buf_str(out, value, err);
}

static lede_status
print_dates(struct buf *out, const struct syntax *syntax, lede_error *err)
{
    char from[24], to[24];
    bool one;

    lede__date_format(syntax->from, from);
    lede__date_format(syntax->to, to);
    one = syntax->from.precision == syntax->to.precision &&
          syntax->from.seconds == syntax->to.seconds;
    return lede__buf_addf(out, err, "date:%s%s%s", from, one ? "" : "..",
                          one ? "" : to);
}

/* -5 alone is a number: NOT 5 says what is meant. */
static bool
is_number(const struct syntax *syntax)
{
    return (syntax->kind == SYNTAX_WORD || syntax->kind == SYNTAX_PREFIX) &&
           syntax->field.len == 0 && char_is_digit((uint8_t)syntax->text.p[0]);
}

static lede_status
print(struct buf *out, const struct syntax *syntax, bool inner,
      lede_error *err)
{
    static const char *const between[] = {
        [SYNTAX_AND] = " AND ", [SYNTAX_OR] = " OR ", [SYNTAX_LIST] = " ",
    };
    const struct syntax *child;
    lede_status status = LEDE_STATUS_OK;

    if (syntax->field.len > 0) {
        status = lede__buf_addf(out, err, "%.*s:", (int)syntax->field.len,
                                syntax->field.p);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    switch (syntax->kind) {
    case SYNTAX_WORD:
        return lede__buf_str(out, syntax->text, err);
    case SYNTAX_PHRASE:
        return lede__buf_addf(out, err, "\"%.*s\"", (int)syntax->text.len,
                              syntax->text.p);
    case SYNTAX_PREFIX:
        return lede__buf_addf(out, err, "%.*s*", (int)syntax->text.len,
                              syntax->text.p);
    case SYNTAX_FILTER:
        return print_value(out, syntax->text, err);
    case SYNTAX_DATES:
        return print_dates(out, syntax, err);
    case SYNTAX_NOT:
        status = lede__buf_str(out, is_number(syntax->child) ? STR("NOT ")
                               : STR("-"), err);
        if (status == LEDE_STATUS_OK) {
            status = print(out, syntax->child, true, err);
        }
        return status;
    case SYNTAX_AND:
    case SYNTAX_OR:
    case SYNTAX_LIST:
        break;
    }
    if (inner) {
        status = lede__buf_char(out, '(', err);
    }
    for (child = syntax->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        if (child != syntax->child) {
            status = lede__buf_str(out, str_from(between[syntax->kind]), err);
        }
        if (status == LEDE_STATUS_OK && child->must) {
            status = lede__buf_char(out, '+', err);
        }
        if (status == LEDE_STATUS_OK) {
            status = print(out, child, true, err);
        }
    }
    if (status == LEDE_STATUS_OK && inner) {
        status = lede__buf_char(out, ')', err);
    }
    return status;
}

lede_status
lede__print(struct buf *out, const struct syntax *syntax, lede_error *err)
{
    if (syntax == NULL) {
        return LEDE_STATUS_OK;
    }
    return print(out, syntax, false, err);
}
