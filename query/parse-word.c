/* parse-word.c - the words, fields and brackets of a query.

   - A quote opens a phrase at the beginning of a word, and within one after a
     character that is no ASCII letter or digit: 19" is inches, while
     查询"你好" has a phrase; one between two Hebrew letters is of the word.
   - A bracket within a word that closes in it belongs to it: f(x).
   - NAME: is a field where NAME is one: 12:30, http://x, C:\x and std::vector
     are words.
   - An expression between slashes is one word, whatever is in it. */

#include "query/parser.h"

/* How far the end of a bracket within a word is looked for. */
#define WORD_BRACKET_MAX 256

/* ---- words ---- */

bool
lede__parse_is_punctuation(struct str text)
{
    const char *p = text.p;
    const char *end = p + text.len;

    while (p < end) {
        size_t len;

        if (!char_is_punctuation(char_at(p, end, &len))) {
            return false;
        }
        p += len;
    }
    return true;
}

/* Whether the sign at `at` has a backslash of its own before it. */
static bool
is_escaped(struct str text, size_t at)
{
    size_t slashes = 0;

    while (slashes < at && text.p[at - slashes - 1] == '\\') {
        slashes++;
    }
    return slashes % 2 == 1;
}

struct str
lede__parse_trim(struct str text, bool value)
{
    while (text.len > 0) {
        size_t at = lede__utf8_floor(text, text.len - 1);
        size_t len;
        uint32_t c = char_at(text.p + at, text.p + text.len, &len);

        // the last point of U.S. belongs to it
        if ((c == '.' && memchr(text.p, '.', at) != NULL) ||
            is_escaped(text, at)) {
            break;
        }
        if (value ? c != '?' && c != '!' && c != ',' && c != ';'
                  : !char_is_trailing(c)) {
            break;
        }
        text.len = at;
    }
    return text;
}

/* Whether the quote at p opens a phrase in the middle of a word. */
static bool
opens_within(const struct parser *ps, const char *p, uint32_t before)
{
    size_t len;
    uint32_t c = char_at(p, ps->end, &len);
    uint32_t after = char_at(p + len, ps->end, &len);

    if (char_is_straight_quote(c)) {
        return !char_is_letter(before) && !char_is_digit(before) &&
               !(char_is_hebrew(before) && char_is_hebrew(after));
    }
    return char_is_quote(c) && c != 0x201D && c != 0xBB;
}

/* Whether the bracket at p, within a word, is closed in the same word. */
static bool
closes_in_word(const struct parser *ps, const char *p)
{
    const char *end = ps->end - p > WORD_BRACKET_MAX ? p + WORD_BRACKET_MAX
                                                     : ps->end;
    uint32_t before = 0;
    size_t open = 0;

    while (p < end) {
        bool escaped = lede__form_escapes(p, ps->end);
        size_t len;
        uint32_t c;

        p += escaped;
        c = char_at(p, ps->end, &len);
        if (!escaped && (char_is_space(c) ||
                         (char_is_quote(c) && opens_within(ps, p, before)))) {
            return false;
        }
        if (!escaped && char_is_open(c)) {
            open++;
        } else if (!escaped && char_is_close(c) && --open == 0) {
            return true;
        }
        before = c;
        p += len;
    }
    return false;
}

/* The end of the expression between slashes at p; p where there is none. */
static const char *
regex_end(const struct parser *ps, const char *p)
{
    const char *at = p + 1;
    struct form form;
    size_t len;

    if (*p != '/') {
        return p;
    }
    while (at < ps->end && *at != '/') {
        uint32_t c = char_at(at, ps->end, &len);

        if (c == '\\') {
            at++;
            c = char_at(at, ps->end, &len);
        }
        if (at >= ps->end || char_is_space(c)) {
            return p;
        }
        at += len;
    }
    if (at >= ps->end) {
        return p;
    }
    at++;
    if (!parser_delimits(ps, at) && *at != '^' &&
        !char_is_trailing(char_at(at, ps->end, &len))) {
        return p;
    }
    lede__form((struct str){ p, (size_t)(at - p) }, false, &form);
    return form.kind == SYNTAX_REGEX ? at : p;
}

/* The word at ps->p, which moves behind it. */
static struct str
scan_word(struct parser *ps)
{
    const char *start = ps->p;
    size_t open = 0;
    uint32_t before = 0;

    ps->p = regex_end(ps, start);
    while (ps->p < ps->end) {
        struct str word = { start, (size_t)(ps->p - start) };
        size_t len;
        uint32_t c = char_at(ps->p, ps->end, &len);

        if (lede__form_escapes(ps->p, ps->end)) {
            ps->p++;
            before = char_at(ps->p, ps->end, &len);
            ps->p += len;
            continue;
        }
        if (char_is_space(c) || (char_is_close(c) && open == 0) ||
            (word.len > 0 && char_is_quote(c) &&
             opens_within(ps, ps->p, before))) {
            break;
        }
        if (char_is_open(c)) {
            if (lede__form_is_operator(word) ||
                (open == 0 && !closes_in_word(ps, ps->p))) {
                break;
            }
            open++;
        } else if (char_is_close(c)) {
            open--;
        }
        before = c;
        ps->p += len;
    }
    return (struct str){ start, (size_t)(ps->p - start) };
}

/* ---- fields ---- */

/* Whether a key of the metadata is named in full. */
static bool
is_meta(struct str name)
{
    return name.len > 5 &&
           lede__str_eq_nocase((struct str){ name.p, 5 }, STR("meta."));
}

/* The length of NAME in NAME:value at the beginning of `text`, 0 where there
   is none. */
static size_t
name_length(struct str text, size_t *colon_len)
{
    const char *end = text.p + text.len;
    size_t i = 0;
    size_t len;

    while (i < text.len && (char_is_letter((uint8_t)text.p[i]) ||
                            text.p[i] == '_' ||
                            (i > 0 && (char_is_digit((uint8_t)text.p[i]) ||
                                       text.p[i] == '.' ||
                                       text.p[i] == '-')) ||
                            (i > 4 && is_meta(text) &&
                             !char_is_colon(char_at(text.p + i, end,
                                                    &len)) &&
                             (uint8_t)text.p[i] >= 0x80))) {
        i++;
    }
    if (i == 0 || !char_is_colon(char_at(text.p + i, end, colon_len))) {
        return 0;
    }
    if (char_is_colon(char_at(text.p + i + *colon_len, end, &len))) {
        return 0;
    }
    return i;
}

static lede_status
find_name(struct parser *ps, struct str *name, enum name_kind *kind)
{
    lede_status status;

    status = ps->names->find(ps->names->payload, *name, kind, ps->err);
    if (status == LEDE_STATUS_OK && *kind == NAME_UNKNOWN) {
        status = lede__parse_lower(ps, *name, name);
        if (status == LEDE_STATUS_OK) {
            status = ps->names->find(ps->names->payload, *name, kind,
                                     ps->err);
        }
    }
    return status;
}

/* meta.KEY: is always a filter, of whatever key. */
static lede_status
find_key(struct parser *ps, struct str *name, enum name_kind *kind,
         size_t start, size_t end)
{
    struct str typed = *name;
    lede_status status = find_name(ps, name, kind);

    if (status != LEDE_STATUS_OK || *kind != NAME_UNKNOWN) {
        return status;
    }
    *kind = NAME_KEY;
    *name = typed;
    return lede__warn(ps->warnings, "unknown-key", start, end, ps->err,
                      "no article has the key \"%.*s\"",
                      (int)(typed.len - 5), typed.p + 5);
}

/* If the word begins with a field, `scope` says which, and ps->p moves to its
   value. */
static lede_status
scan_field(struct parser *ps, struct str word, struct scope *scope)
{
    size_t start = parser_offset(ps, word.p);
    size_t colon = 0;
    size_t len = name_length(word, &colon);
    struct str name = { word.p, len };
    struct str value = { word.p + len + colon, word.len - len - colon };
    bool key = len > 0 && is_meta(name);
    uint32_t after;
    bool empty;
    lede_status status;

    scope->kind = NAME_UNKNOWN;
    if (len == 0) {
        return LEDE_STATUS_OK;
    }
    after = char_at(ps->p, ps->end, &len);
    empty = value.len == 0 && !char_is_open(after) && !char_is_quote(after);
    status = key && !empty ? find_key(ps, &name, &scope->kind, start,
                                      start + name.len)
                           : find_name(ps, &name, &scope->kind);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (empty) {
        if (scope->kind == NAME_UNKNOWN) {
            return LEDE_STATUS_OK;
        }
        scope->kind = NAME_UNKNOWN;
        return lede__warn(ps->warnings, "empty-field", start,
                          start + word.len, ps->err,
                          "nothing follows \"%.*s:\"; searched as a word",
                          (int)name.len, name.p);
    }
    if (scope->kind == NAME_UNKNOWN) {
        if (value.len > 0 && (value.p[0] == '\\' ||
                              (value.p[0] == '/' && value.len > 1 &&
                               value.p[1] == '/'))) {
            return LEDE_STATUS_OK;
        }
        return lede__warn(ps->warnings, "unknown-field", start,
                          start + word.len, ps->err,
                          "there is no field \"%.*s\"; searched as words",
                          (int)name.len, name.p);
    }
    scope->field = name;
    scope->raw = word.p;
    ps->p = value.p;
    return LEDE_STATUS_OK;
}

/* ---- brackets ---- */

lede_status
lede__parse_enter(struct parser *ps, bool *entered)
{
    size_t start = parser_offset(ps, ps->p);
    size_t len;

    char_at(ps->p, ps->end, &len);
    ps->p += len;
    *entered = ps->depth < QUERY_DEPTH_MAX;
    if (*entered) {
        ps->depth++;
        return LEDE_STATUS_OK;
    }
    ps->ignored++;
    return lede__warn(ps->warnings, "too-deep", start, start + len, ps->err,
                      "brackets in more than %d others are ignored",
                      QUERY_DEPTH_MAX);
}

lede_status
lede__parse_leave(struct parser *ps, const char *start)
{
    size_t len;

    ps->depth--;
    if (ps->p < ps->end) {
        char_at(ps->p, ps->end, &len);
        ps->p += len;
        return LEDE_STATUS_OK;
    }
    char_at(start, ps->end, &len);
    return lede__warn(ps->warnings, "unclosed-bracket",
                      parser_offset(ps, start), parser_offset(ps, start) + len,
                      ps->err, "the bracket is not closed; it goes to the end "
                      "of the query");
}

static lede_status
parse_bracket(struct parser *ps, const struct scope *scope,
              struct syntax **out)
{
    struct scope inner = *scope;
    const char *start = ps->p;
    bool entered;
    lede_status status = lede__parse_enter(ps, &entered);

    *out = NULL;
    if (status != LEDE_STATUS_OK || !entered) {
        return status;
    }
    inner.raw = NULL;
    status = lede__parse_list(ps, &inner, out);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    return lede__parse_leave(ps, start);
}

/* ---- primaries ---- */

lede_status
lede__parse_check(struct parser *ps, struct form *form, struct str word)
{
    lede_error wrong = LEDE_ERROR_INIT;
    lede_status status = lede__form_check(ps->arena, form, word, &wrong);

    if (status != LEDE_STATUS_BAD_QUERY && status != LEDE_STATUS_LIMIT) {
        return status == LEDE_STATUS_OK ? status : lede__fail_memory(ps->err);
    }
    return lede__warn(ps->warnings, "bad-regex", parser_offset(ps, word.p),
                      parser_offset(ps, word.p + word.len), ps->err,
                      "%s; searched as words", wrong.message);
}

lede_status
lede__parse_text(struct parser *ps, struct str word,
                 const struct scope *scope, struct syntax **out)
{
    struct form form;
    const char *text_end;
    enum syntax_unit unit;
    uint32_t within;
    lede_status status;

    *out = NULL;
    word = lede__parse_trim(word, false);
    lede__form(word, false, &form);
    text_end = form.text.p + form.text.len;
    status = lede__parse_check(ps, &form, word);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (form.kind == SYNTAX_WORD && !form.literal) {
        if (lede__parse_is_punctuation(form.text)) {
            return LEDE_STATUS_OK;
        }
        if (!form.exact && (lede__form_is_operator(form.text) ||
                            lede__form_near(form.text, &unit, &within))) {
            status = lede__parse_lower(ps, form.text, &form.text);
        }
    }
    if (form.bad_boost && status == LEDE_STATUS_OK) {
        status = lede__warn(ps->warnings, "bad-boost",
                            parser_offset(ps, text_end),
                            parser_offset(ps, word.p + word.len), ps->err,
                            "^ is followed by a number from %g to %d; left "
                            "out", QUERY_BOOST_MIN, QUERY_BOOST_MAX);
    }
    if (form.kind == SYNTAX_ALL && scope->kind == NAME_TEXT) {
        return lede__warn(ps->warnings, "empty-field",
                          parser_offset(ps, word.p),
                          parser_offset(ps, word.p + word.len), ps->err,
                          "a * alone stands for no word of a field; left "
                          "out");
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__parse_leaf(ps, form.kind, scope, word.p,
                                  word.p + word.len, out);
    }
    if (*out == NULL) {
        return status;
    }
    return lede__form_fill(ps->arena, &form, *out, ps->err);
}

/* The word behind tag:, words: or date:. */
static lede_status
parse_value_word(struct parser *ps, struct str word,
                 const struct scope *scope, struct syntax **out)
{
    const struct scope none = { { NULL, 0 }, NAME_UNKNOWN, NULL };
    bool words;
    lede_status status;

    *out = NULL;
    word = lede__parse_trim(word, true);
    if (word.len == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__parse_value(ps, word, false, scope, word.p,
                               word.p + word.len, out, &words);
    if (status != LEDE_STATUS_OK || !words) {
        return status;
    }
    if (scope->raw == NULL) {
        status = lede__parse_text(ps, word, &none, out);
        if (*out != NULL && (*out)->kind == SYNTAX_WORD) {
            // out of its bracket a colon might make a field of it
            (*out)->literal = (*out)->literal ||
                              memchr(word.p, ':', word.len) != NULL;
        }
        return status;
    }
    // as typed, with its name
    status = lede__parse_leaf(ps, SYNTAX_WORD, &none, scope->raw,
                              word.p + word.len, out);
    if (*out != NULL) {
        (*out)->text = (struct str){ scope->raw, (size_t)(word.p + word.len -
                                                          scope->raw) };
    }
    return status;
}

lede_status
lede__parse_primary(struct parser *ps, const struct scope *scope,
                    struct syntax **out)
{
    struct scope own = *scope;
    struct str word;
    size_t len;
    uint32_t c = char_at(ps->p, ps->end, &len);
    lede_status status;

    *out = NULL;
    if (char_is_open(c)) {
        return parse_bracket(ps, scope, out);
    }
    if (c == '=' && !scope_is_value(scope) &&
        char_is_quote(char_at(ps->p + 1, ps->end, &len))) {
        ps->p++;
        c = char_at(ps->p, ps->end, &len);
    }
    if (char_is_quote(c)) {
        return lede__parse_phrase(ps, scope, out);
    }
    if (char_is_digit(c) && scope->raw == NULL && !scope_is_value(scope)) {
        status = lede__parse_some(ps, scope, out);
        if (status != LEDE_STATUS_OK || *out != NULL) {
            return status;
        }
    }
    word = scan_word(ps);
    if (scope->kind == NAME_UNKNOWN) {
        status = scan_field(ps, word, &own);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (own.kind != NAME_UNKNOWN) {
            return lede__parse_primary(ps, &own, out);
        }
    }
    return scope_is_value(&own) ? parse_value_word(ps, word, &own, out)
                                : lede__parse_text(ps, word, &own, out);
}
