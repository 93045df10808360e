/* print-json.c - a syntax tree -> JSON, which lede__parse_json reads; the
   members are in docs/json.md. */

#include <math.h>
#include <stdio.h>

#include "query/parser.h"

struct writer {
    struct buf *out;
    lede_status status;         // the first failure; then nothing is written
    lede_error *err;
};

static void
put(struct writer *w, const char *text)
{
    if (w->status == LEDE_STATUS_OK) {
        w->status = lede__buf_str(w->out, str_from(text), w->err);
    }
}

/* A string; it is UTF-8. */
static void
put_string(struct writer *w, struct str text)
{
    size_t from = 0;
    size_t i;

    put(w, "\"");
    for (i = 0; i <= text.len && w->status == LEDE_STATUS_OK; i++) {
        unsigned char c = i < text.len ? (unsigned char)text.p[i] : '"';
        char escape[8];

        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        w->status = lede__buf_add(w->out, text.p + from, i - from, w->err);
        from = i + 1;
        if (i < text.len) {
            snprintf(escape, sizeof(escape), c < 0x20 ? "\\u%04x" : "\\%c",
                     c);
            put(w, escape);
        }
    }
    put(w, "\"");
}

static void
put_member(struct writer *w, const char *name, struct str text)
{
    put(w, ",\"");
    put(w, name);
    put(w, "\":");
    put_string(w, text);
}

static void
put_number(struct writer *w, double number)
{
    if (w->status == LEDE_STATUS_OK) {
        w->status = lede__print_number(w->out, number, w->err);
    }
}

static void
put_date(struct writer *w, const char *name, struct date date)
{
    char text[24];

    lede__date_format(date, text);
    put(w, name);
    if (text[0] == '\0') {
        put(w, "null");
    } else {
        put_string(w, str_from(text));
    }
}

static void
put_end(struct writer *w, const char *name, double number)
{
    put(w, name);
    if (isfinite(number)) {
        put_number(w, number);
    } else {
        put(w, "null");
    }
}

static const char *
type_of(const struct syntax *syntax)
{
    static const char *const types[] = {
        [SYNTAX_WORD] = "word", [SYNTAX_PATTERN] = "pattern",
        [SYNTAX_REGEX] = "regex", [SYNTAX_FUZZY] = "fuzzy",
        [SYNTAX_PHRASE] = "phrase", [SYNTAX_ANY_WORD] = "gap",
        [SYNTAX_ALL] = "all", [SYNTAX_NEAR] = "near",
        [SYNTAX_FILTER] = "filter", [SYNTAX_DATES] = "dates",
        [SYNTAX_NUMBERS] = "range", [SYNTAX_AND] = "and",
        [SYNTAX_OR] = "or", [SYNTAX_NOT] = "not", [SYNTAX_LIST] = "list",
        [SYNTAX_SOME] = "list",
    };

    return types[syntax->kind];
}

/* What is of one kind of node alone, but its children. */
static void
put_own(struct writer *w, const struct syntax *syntax)
{
    char number[32];

    switch (syntax->kind) {
    case SYNTAX_WORD:
    case SYNTAX_PATTERN:
    case SYNTAX_REGEX:
    case SYNTAX_FUZZY:
        put_member(w, "text", syntax->text);
        break;
    case SYNTAX_FILTER:
        if (syntax->any) {
            put(w, ",\"any\":true");
        } else {
            put_member(w, "value", syntax->text);
        }
        break;
    case SYNTAX_DATES:
        put_date(w, ",\"from\":", syntax->from);
        put_date(w, ",\"to\":", syntax->to);
        if (syntax->text.len > 0) {
            put_member(w, "typed", syntax->text);
        }
        break;
    case SYNTAX_NUMBERS:
        put_end(w, ",\"from\":", syntax->low);
        put_end(w, ",\"to\":", syntax->high);
        put(w, syntax->low_open ? ",\"from_open\":true"
               : syntax->high_open ? ",\"to_open\":true" : "");
        break;
    case SYNTAX_NEAR:
        if (syntax->unit != UNIT_POSITIONS) {
            put(w, syntax->unit == UNIT_PARAGRAPH
                   ? ",\"within\":\"paragraph\"" : ",\"within\":\"heading\"");
            return;
        }
        break;
    default:
        break;
    }
    if (syntax->within > 0) {
        snprintf(number, sizeof(number), ",\"%s\":%u",
                 syntax->kind == SYNTAX_FUZZY ? "edits"
                 : syntax->kind == SYNTAX_PHRASE ? "between"
                 : syntax->kind == SYNTAX_SOME ? "least" : "within",
                 (unsigned)syntax->within);
        put(w, number);
    }
}

static void
put_node(struct writer *w, const struct syntax *syntax)
{
    const struct syntax *child;
    bool one = syntax->kind == SYNTAX_NOT;
    char at[64];

    put(w, "{\"type\":\"");
    put(w, type_of(syntax));
    put(w, "\"");
    if (syntax->field.len > 0) {
        put_member(w, "field", syntax->field);
    }
    put_own(w, syntax);
    if (syntax->exact) {
        put(w, ",\"exact\":true");
    }
    if (syntax->must) {
        put(w, ",\"must\":true");
    }
    if (syntax->boost != 1) {
        put(w, ",\"boost\":");
        put_number(w, syntax->boost);
    }
    if (syntax->child != NULL) {
        put(w, one ? ",\"of\":" : ",\"of\":[");
        for (child = syntax->child; child != NULL; child = child->next) {
            put_node(w, child);
            put(w, child->next != NULL ? "," : "");
        }
        put(w, one ? "" : "]");
    }
    if (syntax->end > 0) {
        snprintf(at, sizeof(at), ",\"at\":[%zu,%zu]", syntax->start,
                 syntax->end);
        put(w, at);
    }
    put(w, "}");
}

lede_status
lede__print_json(struct buf *out, const struct syntax *syntax,
                 lede_error *err)
{
    struct writer w = { out, LEDE_STATUS_OK, err };

    if (syntax == NULL) {
        put(&w, "null");
    } else {
        put_node(&w, syntax);
    }
    return w.status;
}
