/* print.c - a syntax tree -> the query as it was understood.

   The text is in the query language and parses to the same tree.  Every inner
   AND, OR and list gets its brackets, so that nobody needs to know which
   operator binds tighter; a text that would read as an operator, a
   backslash. */

#include <math.h>
#include <stdio.h>

#include "query/parser.h"

struct printer {
    struct buf *out;
    const struct syntax *number;    // a word of digits that gets a backslash
    lede_error *err;
};

static lede_status
print(struct printer *pr, const struct syntax *syntax, bool inner);

static lede_status
put(struct printer *pr, const char *text)
{
    return lede__buf_str(pr->out, str_from(text), pr->err);
}

/* ---- numbers ---- */

lede_status
lede__print_number(struct buf *out, double number, lede_error *err)
{
    char text[64];
    int digits;
    size_t i;

    for (digits = 0; digits < 20; digits++) {
        snprintf(text, sizeof(text), fabs(number) < 1e15 ? "%.*f" : "%.*e",
                 digits, number);
        // whatever the locale's point is
        for (i = 0; text[i] != '\0'; i++) {
            if (strchr("0123456789-+e", text[i]) == NULL) {
                text[i] = '.';
            }
        }
        if (lede__str_number(str_from(text)) == number) {
            break;
        }
    }
    return lede__buf_str(out, str_from(text), err);
}

static lede_status
print_boost(struct printer *pr, const struct syntax *syntax)
{
    lede_status status;

    if (syntax->boost == 1) {
        return LEDE_STATUS_OK;
    }
    status = put(pr, "^");
    return status != LEDE_STATUS_OK ? status
           : lede__print_number(pr->out, syntax->boost, pr->err);
}

/* ---- values ---- */

/* A value needs quotes where it would not be read back as one word. */
static bool
needs_quotes(const struct syntax *syntax)
{
    struct str value = syntax->text;
    const char *p = value.p;
    const char *end = value.p + value.len;
    uint32_t last = 0;
    bool path = str_eq(syntax->field, STR("path"));
    bool needed = value.len == 0;

    if (!path && value.len > 0) {
        needed = *p == '>' || *p == '<' || str_eq(value, STR("*"));
    }
    while (p < end) {
        size_t len;
        uint32_t c = char_at(p, end, &len);

        needed = needed || (p == value.p && char_is_colon(c)) ||
                 char_is_space(c) || char_is_open(c) || char_is_close(c) ||
                 char_is_quote(c) ||
                 (!path && c == '.' && last == '.');
        last = c;
        p += len;
    }
    return needed || char_is_trailing(last) || last == '\\';
}

static lede_status
print_value(struct printer *pr, const struct syntax *syntax)
{
    const char *p = syntax->text.p;
    const char *end = p + syntax->text.len;
    lede_status status;

    if (syntax->any) {
        return put(pr, "*");
    }
    if (!needs_quotes(syntax)) {
        return lede__buf_str(pr->out, syntax->text, pr->err);
    }
    status = put(pr, "\"");
    while (p < end && status == LEDE_STATUS_OK) {
        size_t len, next_len;
        uint32_t c = char_at(p, end, &len);
        uint32_t next = char_at(p + len, end, &next_len);

        if (char_is_quote(c) || (c == '\\' && (p + len == end ||
                                               next == '\\' ||
                                               char_is_quote(next)))) {
            status = put(pr, "\\");
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_add(pr->out, p, len, pr->err);
        }
        p += len;
    }
    return status != LEDE_STATUS_OK ? status : put(pr, "\"");
}

static lede_status
print_dates(struct printer *pr, const struct syntax *syntax)
{
    char from[24], to[24];
    bool one;

    lede__date_format(syntax->from, from);
    lede__date_format(syntax->to, to);
    one = syntax->from.precision == syntax->to.precision &&
          syntax->from.seconds == syntax->to.seconds;
    return lede__buf_addf(pr->out, pr->err, "%s%s%s", from, one ? "" : "..",
                          one ? "" : to);
}

static lede_status
print_numbers(struct printer *pr, const struct syntax *syntax)
{
    bool one = syntax->low == syntax->high &&
               str_eq(syntax->field, STR(NAME_WORDS));
    lede_status status = LEDE_STATUS_OK;

    if (syntax->low_open || syntax->high_open) {
        status = put(pr, syntax->low_open ? ">" : "<");
        return status != LEDE_STATUS_OK ? status
               : lede__print_number(pr->out, syntax->low_open ? syntax->low
                                    : syntax->high, pr->err);
    }
    if (isfinite(syntax->low)) {
        status = lede__print_number(pr->out, syntax->low, pr->err);
    }
    if (status == LEDE_STATUS_OK && !one) {
        status = put(pr, "..");
    }
    if (status == LEDE_STATUS_OK && !one && isfinite(syntax->high)) {
        status = lede__print_number(pr->out, syntax->high, pr->err);
    }
    return status;
}

/* ---- words and phrases ---- */

/* Whether a word as typed would join what is printed around it: a backslash
   the bracket behind it, a colon the one of its field; or would be read as an
   operator elsewhere: AND"x. */
static bool
ends_open(const struct syntax *word)
{
    struct str text = word->text;
    size_t i = 0;
    size_t len;

    while (i < text.len && text.p[i] >= 'A' && text.p[i] <= 'Z') {
        i++;
    }
    return text.len > 0 &&
           (text.p[text.len - 1] == '\\' ||
            (word->field.len > 0 &&
             char_is_colon(char_at(text.p, text.p + text.len, &len))) ||
            (text.p[0] == '=' &&
             char_is_quote(char_at(text.p + 1, text.p + text.len, &len))) ||
            (lede__form_is_operator((struct str){ text.p, i }) &&
             char_is_quote(char_at(text.p + i, text.p + text.len, &len))));
}

static lede_status
print_form(struct printer *pr, const struct syntax *form, bool quoted)
{
    struct buf *out = pr->out;
    struct str text = form->text;

    switch (form->kind) {
    case SYNTAX_ANY_WORD:
    case SYNTAX_ALL:
        return put(pr, "*");
    case SYNTAX_REGEX:
        return lede__buf_addf(out, pr->err, "/%.*s/", (int)text.len, text.p);
    case SYNTAX_FUZZY:
        return lede__buf_addf(out, pr->err, "%.*s~%u", (int)text.len, text.p,
                              (unsigned)form->within);
    case SYNTAX_WORD:
        if (form == pr->number) {
            return lede__buf_addf(out, pr->err, "\\%.*s", (int)text.len,
                                  text.p);
        }
        return quoted || form->literal || ends_open(form)
               ? lede__form_escape(out, text, quoted, pr->err)
               : lede__buf_str(out, text, pr->err);
    default:
        return lede__buf_str(out, text, pr->err);
    }
}

static lede_status
print_phrase(struct printer *pr, const struct syntax *syntax)
{
    const struct syntax *form = syntax->child;
    lede_status status = put(pr, "\"");

    if (syntax->kind == SYNTAX_WORD) {
        status = print_form(pr, syntax, true);
    }
    for (; form != NULL && status == LEDE_STATUS_OK; form = form->next) {
        status = print_form(pr, form, true);
        if (status == LEDE_STATUS_OK && form->next != NULL) {
            status = put(pr, " ");
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = put(pr, "\"");
    }
    if (status == LEDE_STATUS_OK && syntax->within > 0) {
        status = lede__buf_addf(pr->out, pr->err, "~%u",
                                (unsigned)syntax->within);
    }
    return status;
}

static lede_status
print_leaf(struct printer *pr, const struct syntax *syntax)
{
    switch (syntax->kind) {
    case SYNTAX_PHRASE:
        return print_phrase(pr, syntax);
    case SYNTAX_FILTER:
        return print_value(pr, syntax);
    case SYNTAX_DATES:
        return print_dates(pr, syntax);
    case SYNTAX_NUMBERS:
        return print_numbers(pr, syntax);
    default:
        break;
    }
    if (syntax->exact) {
        return print_phrase(pr, syntax);
    }
    return print_form(pr, syntax, false);
}

/* ---- operators ---- */

static bool
is_digits(const struct syntax *word)
{
    size_t i;

    if (word->kind != SYNTAX_WORD || word->exact || word->field.len > 0 ||
        word->boost != 1) {
        return false;
    }
    for (i = 0; i < word->text.len; i++) {
        if (!char_is_digit((uint8_t)word->text.p[i])) {
            return false;
        }
    }
    return true;
}

/* -5 alone is a number: NOT 5 says what is meant. */
static bool
begins_with_digit(const struct syntax *syntax)
{
    return syntax->kind <= SYNTAX_FUZZY && syntax->field.len == 0 &&
           !syntax->exact && char_is_digit((uint8_t)syntax->text.p[0]);
}

/* Whether what is printed for it, in a list, begins with a bracket. */
static bool
begins_with_bracket(const struct syntax *syntax)
{
    if (syntax->kind == SYNTAX_NEAR && syntax->boost == 1) {
        return syntax->child->kind == SYNTAX_NEAR ||
               begins_with_bracket(syntax->child);
    }
    return syntax->kind == SYNTAX_AND || syntax->kind == SYNTAX_OR ||
           syntax->kind == SYNTAX_LIST || syntax->boost != 1;
}

/* The word of digits that `child` of a list ends with, where what follows
   would make N of (...) of it; NULL. */
static const struct syntax *
find_number(const struct syntax *child)
{
    const struct syntax *of = child->next;
    const struct syntax *list = of == NULL ? NULL : of->next;
    const struct syntax *item;
    bool plain = child->kind == SYNTAX_WORD && !child->must;
    size_t n = 0;

    if (list == NULL || of->kind != SYNTAX_WORD || of->exact || of->must ||
        of->field.len > 0 || of->boost != 1 ||
        !str_eq(of->text, STR("of")) || list->must ||
        !begins_with_bracket(list)) {
        return NULL;
    }
    while (child->kind == SYNTAX_NOT || child->kind == SYNTAX_NEAR) {
        child = child->child;
        while (child->next != NULL && child->next != of) {
            child = child->next;
        }
    }
    if (!is_digits(child)) {
        return NULL;
    }
    // a bracket with too little in it for so many is a bracket
    for (item = list->child; item != NULL && list->kind == SYNTAX_LIST;
         item = item->next) {
        n++;
    }
    return plain && list->kind != SYNTAX_NEAR && list->boost == 1 &&
           (n < 2 || lede__str_number(child->text) < 1 ||
            lede__str_number(child->text) > (double)n) ? NULL : child;
}

/* Whether +5 before it would be the begin of a telephone number. */
static bool
goes_on_with_digits(const struct syntax *next)
{
    while (next != NULL && next->kind == SYNTAX_NEAR && !next->must) {
        next = next->child;
    }
    return next != NULL && !next->must && next->kind != SYNTAX_NOT &&
           (next->kind >= SYNTAX_AND || begins_with_digit(next));
}

static lede_status
print_near(struct printer *pr, const struct syntax *syntax)
{
    if (syntax->unit != UNIT_POSITIONS) {
        return put(pr, syntax->unit == UNIT_PARAGRAPH ? " NEAR/paragraph "
                                                      : " NEAR/heading ");
    }
    return lede__buf_addf(pr->out, pr->err, " NEAR/%u ",
                          (unsigned)syntax->within);
}

/* Whether the child gets brackets. */
static bool
is_inner(const struct syntax *parent, const struct syntax *child)
{
    switch (child->kind) {
    case SYNTAX_AND:
    case SYNTAX_OR:
    case SYNTAX_LIST:
        return true;
    case SYNTAX_NEAR:
        return parent->kind == SYNTAX_NEAR || parent->kind == SYNTAX_NOT ||
               child->must;
    default:
        return false;
    }
}

static lede_status
print_children(struct printer *pr, const struct syntax *syntax)
{
    static const char *const between[] = {
        [SYNTAX_AND] = " AND ", [SYNTAX_OR] = " OR ", [SYNTAX_LIST] = " ",
        [SYNTAX_SOME] = " ",
    };
    const struct syntax *child;
    lede_status status = LEDE_STATUS_OK;

    for (child = syntax->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        if (child != syntax->child) {
            status = syntax->kind == SYNTAX_NEAR
                     ? print_near(pr, syntax)
                     : put(pr, between[syntax->kind]);
        }
        if (syntax->kind == SYNTAX_LIST || syntax->kind == SYNTAX_SOME) {
            pr->number = find_number(child);
        }
        if (child->must && is_digits(child) &&
            child->text.len <= COUNTRY_DIGITS_MAX &&
            goes_on_with_digits(child->next)) {
            pr->number = child;
        }
        if (status == LEDE_STATUS_OK && child->must) {
            status = put(pr, "+");
        }
        if (status == LEDE_STATUS_OK) {
            status = print(pr, child, is_inner(syntax, child));
        }
    }
    return status;
}

/* A leaf with its field, and in brackets where ^2 would be text behind it. */
static lede_status
print_field(struct printer *pr, const struct syntax *syntax)
{
    bool brackets = syntax->boost != 1 && syntax->kind <= SYNTAX_FUZZY &&
                    !syntax->exact && syntax->kind != SYNTAX_REGEX &&
                    (!lede__form_takes_boost(syntax->text) ||
                     memchr(syntax->text.p, ':', syntax->text.len) != NULL ||
                     memchr(syntax->text.p, '^', syntax->text.len) != NULL);
    lede_status status = brackets ? put(pr, "(") : LEDE_STATUS_OK;

    if (status == LEDE_STATUS_OK && syntax->field.len > 0) {
        status = lede__buf_addf(pr->out, pr->err, "%.*s:",
                                (int)syntax->field.len, syntax->field.p);
    }
    if (status == LEDE_STATUS_OK) {
        status = print_leaf(pr, syntax);
    }
    return status == LEDE_STATUS_OK && brackets ? put(pr, ")") : status;
}

static lede_status
print(struct printer *pr, const struct syntax *syntax, bool inner)
{
    lede_status status = LEDE_STATUS_OK;

    switch (syntax->kind) {
    case SYNTAX_NOT:
        status = put(pr, begins_with_digit(syntax->child) ? "NOT " : "-");
        if (status == LEDE_STATUS_OK) {
            status = print(pr, syntax->child,
                           is_inner(syntax, syntax->child));
        }
        return status;
    case SYNTAX_SOME:
        inner = true;
        status = lede__buf_addf(pr->out, pr->err, "%u of ",
                                (unsigned)syntax->within);
        break;
    case SYNTAX_AND:
    case SYNTAX_OR:
    case SYNTAX_LIST:
    case SYNTAX_NEAR:
        inner = inner || syntax->boost != 1;
        break;
    default:
        status = print_field(pr, syntax);
        return status != LEDE_STATUS_OK ? status : print_boost(pr, syntax);
    }
    if (status == LEDE_STATUS_OK && inner) {
        status = put(pr, "(");
    }
    if (status == LEDE_STATUS_OK) {
        status = print_children(pr, syntax);
    }
    if (status == LEDE_STATUS_OK && inner) {
        status = put(pr, ")");
    }
    return status != LEDE_STATUS_OK ? status : print_boost(pr, syntax);
}

lede_status
lede__print(struct buf *out, const struct syntax *syntax, lede_error *err)
{
    struct printer pr = { out, NULL, err };

    return syntax == NULL ? LEDE_STATUS_OK : print(&pr, syntax, false);
}
