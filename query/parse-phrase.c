/* parse-phrase.c - what stands in quotes: a phrase of forms, or a value.

   A straight quote closes a straight one where there is one; any other pair
   will do as well.  The words of a phrase are cut at white space, so that
   patterns among them are seen; a star alone is one word, whichever. */

#include "query/parser.h"

/* Where the phrase ends that the quote `open` before p begins; NULL where it
   does not. */
static const char *
find_close(const struct parser *ps, const char *p, uint32_t open,
           bool escapes, size_t *len)
{
    const char *other = NULL;
    size_t other_len = 0;
    uint32_t before = 0;

    for (; p < ps->end; p += *len) {
        uint32_t c;
        size_t after_len;

        if (escapes && lede__form_escapes(p, ps->end)) {
            p++;
            char_at(p, ps->end, len);
            before = 0;
            continue;
        }
        c = char_at(p, ps->end, len);
        if (!char_is_quote(c) ||
            char_is_angle_quote(c) != char_is_angle_quote(open) ||
            (char_is_hebrew(before) &&
             char_is_hebrew(char_at(p + *len, ps->end, &after_len)))) {
            before = c;
            continue;
        }
        if (char_is_straight_quote(c) || !char_is_straight_quote(open)) {
            return p;
        }
        if (other == NULL) {
            other = p;
            other_len = *len;
        }
        before = c;
    }
    *len = other_len;
    return other;
}

/* A value between quotes: single spaces, other quotes left out, an escaped
   quote or backslash itself. */
static lede_status
copy_value(struct parser *ps, const char *p, const char *end,
           struct str *out)
{
    char *copy = lede__arena_alloc(ps->arena, (size_t)(end - p) + 1);
    size_t n = 0;
    size_t len;

    if (copy == NULL) {
        return lede__fail_memory(ps->err);
    }
    for (; p < end; p += len) {
        uint32_t c = char_at(p, end, &len);
        bool escaped = false;

        if (c == '\\' && p + 1 < end) {
            size_t next_len;
            uint32_t next = char_at(p + 1, end, &next_len);

            escaped = next == '\\' || char_is_quote(next);
            if (escaped) {
                p++;
                len = next_len;
                c = next;
            }
        }
        if (escaped || (!char_is_space(c) && !char_is_quote(c))) {
            memcpy(copy + n, p, len);
            n += len;
        } else if (n > 0 && copy[n - 1] != ' ') {
            copy[n++] = ' ';
        }
    }
    n -= n > 0 && copy[n - 1] == ' ';
    copy[n] = '\0';
    *out = (struct str){ copy, n };
    return LEDE_STATUS_OK;
}

/* ---- phrases ---- */

/* The end of the form at p: white space, or a quote of another kind, but not
   between Hebrew letters. */
static const char *
form_end(const char *p, const char *end)
{
    uint32_t before = 0;
    size_t len;

    while (p < end) {
        uint32_t c;
        size_t after_len;

        if (lede__form_escapes(p, end)) {
            p++;
            char_at(p, end, &len);
            c = 0;
        } else {
            c = char_at(p, end, &len);
        }
        if (char_is_space(c) ||
            (char_is_quote(c) &&
             !(char_is_hebrew(before) &&
               char_is_hebrew(char_at(p + len, end, &after_len))))) {
            break;
        }
        before = c;
        p += len;
    }
    return p;
}

/* The next form of a phrase; NULL at its end. */
static lede_status
next_form(struct parser *ps, const char **p, const char *end,
          struct syntax **out)
{
    struct form form;
    struct str word;
    lede_status status;

    *out = NULL;
    for (;;) {
        const char *start = *p;
        size_t len;

        if (start >= end) {
            return LEDE_STATUS_OK;
        }
        *p = form_end(start, end);
        word = (struct str){ start, (size_t)(*p - start) };
        if (word.len == 0) {
            char_at(start, end, &len);
            *p += len;
            continue;
        }
        // what trails a word is told by the analysis; a pattern has nothing
        lede__form(lede__parse_trim(word, false), true, &form);
        if (form.kind == SYNTAX_WORD) {
            lede__form(word, true, &form);
        }
        status = lede__parse_check(ps, &form, word);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (form.kind != SYNTAX_WORD || form.literal ||
            !lede__parse_is_punctuation(form.text)) {
            break;
        }
    }
    form.exact = true;
    status = lede__parse_make(ps, form.kind, word.p, word.p + word.len, out);
    if (status == LEDE_STATUS_OK) {
        status = lede__form_fill(ps->arena, &form, *out, ps->err);
    }
    return status;
}

lede_status
lede__phrase_text(struct arena *arena, const struct syntax *first,
                  struct str *out, lede_error *err)
{
    const struct syntax *form;
    size_t len = 0;
    char *text;

    for (form = first; form != NULL; form = form->next) {
        len += form->text.len + 1;
    }
    text = lede__arena_alloc(arena, len + 1);
    if (text == NULL) {
        return lede__fail_memory(err);
    }
    *out = (struct str){ text, 0 };
    for (form = first; form != NULL; form = form->next) {
        if (form != first) {
            text[out->len++] = ' ';
        }
        if (form->text.len > 0) {
            memcpy(text + out->len, form->text.p, form->text.len);
        }
        out->len += form->text.len;
    }
    return LEDE_STATUS_OK;
}

/* The phrase of what is between p and end; a form alone is no phrase. */
static lede_status
parse_forms(struct parser *ps, const char *p, const char *end,
            const struct scope *scope, const char *start, struct syntax **out)
{
    struct syntax *first = NULL;
    struct syntax **tail = &first;
    struct syntax **after_last = &first;
    struct syntax *form;
    lede_status status;

    *out = NULL;
    for (;;) {
        status = next_form(ps, &p, end, &form);
        if (status != LEDE_STATUS_OK || form == NULL) {
            break;
        }
        // a star at either end says nothing
        if (form->kind == SYNTAX_ANY_WORD && first == NULL) {
            continue;
        }
        *tail = form;
        tail = &form->next;
        if (form->kind != SYNTAX_ANY_WORD) {
            after_last = tail;
        }
    }
    *after_last = NULL;
    if (status != LEDE_STATUS_OK || first == NULL) {
        return status;
    }
    status = lede__parse_leaf(ps, SYNTAX_PHRASE, scope, start, ps->p, out);
    if (*out == NULL) {
        return status;
    }
    if (first->next == NULL) {
        first->field = (*out)->field;
        first->start = (*out)->start;
        first->end = (*out)->end;
        *out = first;
        return status;
    }
    (*out)->child = first;
    return lede__phrase_text(ps->arena, first, &(*out)->text, ps->err);
}

/* ~n behind a phrase. */
static lede_status
scan_within(struct parser *ps, uint32_t *within)
{
    const char *p = ps->p;
    const char *digits = p + 1;
    uint64_t n = 0;

    *within = 0;
    if (p >= ps->end || *p != '~') {
        return LEDE_STATUS_OK;
    }
    for (p++; p < ps->end && char_is_digit((uint8_t)*p); p++) {
        n = n > QUERY_WITHIN_MAX ? n : n * 10 + (uint64_t)(*p - '0');
    }
    if (p == digits || (!parser_delimits(ps, p) && *p != '^' &&
                        !char_is_trailing((uint8_t)*p))) {
        return LEDE_STATUS_OK;
    }
    if (n > QUERY_WITHIN_MAX) {
        n = 0;
        ps->p = p;
        return lede__warn(ps->warnings, "bad-number",
                          parser_offset(ps, digits) - 1, parser_offset(ps, p),
                          ps->err, "~ goes up to %d; left out",
                          QUERY_WITHIN_MAX);
    }
    *within = (uint32_t)n;
    ps->p = p;
    return LEDE_STATUS_OK;
}

lede_status
lede__parse_phrase(struct parser *ps, const struct scope *scope,
                   struct syntax **out)
{
    const struct scope none = { { NULL, 0 }, NAME_UNKNOWN, NULL };
    const char *start = ps->p;
    size_t len, close_len;
    uint32_t open = char_at(start, ps->end, &len);
    const char *text = start + len;
    const char *close = find_close(ps, text, open, true, &close_len);
    bool words = true;
    uint32_t within = 0;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (close == NULL) {
        close = find_close(ps, text, open, false, &close_len);
    }
    if (close == NULL) {
        close = ps->end;
        close_len = 0;
        status = lede__warn(ps->warnings, "unclosed-quote",
                            parser_offset(ps, start),
                            parser_offset(ps, start) + len, ps->err,
                            "the quote is not closed; the phrase goes to the "
                            "end of the query");
    }
    ps->p = close + close_len;
    if (status == LEDE_STATUS_OK && scope_is_value(scope)) {
        struct str value;

        status = copy_value(ps, text, close, &value);
        words = false;
        if (status == LEDE_STATUS_OK && value.len > 0) {
            status = lede__parse_value(ps, value, true, scope, start, ps->p,
                                       out, &words);
        }
        scope = &none;
    }
    if (status != LEDE_STATUS_OK || !words) {
        return status;
    }
    status = parse_forms(ps, text, close, scope, start, out);
    if (status == LEDE_STATUS_OK && close_len > 0) {
        status = scan_within(ps, &within);
    }
    if (status == LEDE_STATUS_OK && *out != NULL &&
        (*out)->kind == SYNTAX_PHRASE && close_len > 0) {
        (*out)->within = within;
        (*out)->end = parser_offset(ps, ps->p);
    }
    return status;
}
