/* parse-word.c - the words, phrases, fields and dates of a query.

   - A quote opens a phrase at the beginning of a word, and within one after a
     character that is no ASCII letter or digit: 19" is inches, while
     查询"你好" has a phrase.
   - A bracket within a word that closes in it belongs to it: f(x).
   - NAME: is a field where NAME is one: 12:30, http://x, C:\x and std::vector
     are words. */

#include "query/parser.h"

/* How far the end of a bracket within a word is looked for. */
#define WORD_BRACKET_MAX 256

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

static bool
is_operator(struct str text)
{
    return str_eq(text, STR("AND")) || str_eq(text, STR("OR")) ||
           str_eq(text, STR("NOT"));
}

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

struct str
lede__parse_trim(struct str text, bool value)
{
    while (text.len > 0) {
        size_t at = lede__utf8_floor(text, text.len - 1);
        size_t len;
        uint32_t c = char_at(text.p + at, text.p + text.len, &len);

        // the last point of U.S. belongs to it
        if (c == '.' && memchr(text.p, '.', at) != NULL) {
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

/* Whether the bracket at p, within a word, is closed in the same word. */
static bool
closes_in_word(const struct parser *ps, const char *p)
{
    const char *end = ps->end - p > WORD_BRACKET_MAX ? p + WORD_BRACKET_MAX
                                                     : ps->end;
    size_t open = 0;

    while (p < end) {
        size_t len;
        uint32_t c = char_at(p, ps->end, &len);

        if (char_is_space(c)) {
            return false;
        }
        if (char_is_open(c)) {
            open++;
        } else if (char_is_close(c) && --open == 0) {
            return true;
        }
        p += len;
    }
    return false;
}

/* Whether the quote `c` opens a phrase in the middle of a word. */
static bool
opens_within(uint32_t c, uint32_t before)
{
    if (char_is_straight_quote(c)) {
        return !char_is_letter(before) && !char_is_digit(before);
    }
    return char_is_quote(c) && c != 0x201D && c != 0xBB;
}

/* The word at ps->p, which moves behind it. */
static struct str
scan_word(struct parser *ps)
{
    const char *start = ps->p;
    size_t open = 0;
    uint32_t before = 0;

    while (ps->p < ps->end) {
        struct str word = { start, (size_t)(ps->p - start) };
        size_t len;
        uint32_t c = char_at(ps->p, ps->end, &len);

        if (char_is_space(c) || (char_is_close(c) && open == 0) ||
            (word.len > 0 && char_is_quote(c) && opens_within(c, before))) {
            break;
        }
        if (char_is_open(c)) {
            if (is_operator(word) ||
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

/* Whether `text` has one star, at its end, after something to search for. */
static bool
is_prefix(struct str text)
{
    size_t at, len;

    if (text.len < 2 ||
        memchr(text.p, '*', text.len) != text.p + text.len - 1) {
        return false;
    }
    at = lede__utf8_floor(text, text.len - 2);
    return !char_is_punctuation(char_at(text.p + at, text.p + text.len,
                                        &len));
}

static lede_status
warn_star(struct parser *ps, struct str word)
{
    if (memchr(word.p, '*', word.len) == NULL) {
        return LEDE_STATUS_OK;
    }
    return lede__warn(ps->warnings, "wildcard", parser_offset(ps, word.p),
                      parser_offset(ps, word.p) + word.len, ps->err,
                      "a * stands for what follows only at the end of a "
                      "word; here it was ignored");
}

/* ---- fields ---- */

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
                                       text.p[i] == '-')))) {
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
    uint32_t after;
    lede_status status;

    scope->kind = NAME_UNKNOWN;
    if (len == 0) {
        return LEDE_STATUS_OK;
    }
    status = find_name(ps, &name, &scope->kind);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    after = char_at(ps->p, ps->end, &len);
    if (value.len == 0 && !char_is_open(after) && !char_is_quote(after)) {
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

/* ---- dates ---- */

static bool
parse_day(struct str text, struct date *out)
{
    text = lede__str_trim(text);
    *out = (struct date){ 0, DATE_NONE };
    return text.len == 0 || lede__date_parse(text, out);
}

/* A, A..B, A.. or ..B; *found is false where it is none of them. */
static lede_status
parse_dates(struct parser *ps, struct syntax *node, struct str text,
            bool *found)
{
    struct str first = text;
    struct str last = text;
    int64_t from, to, unused;
    size_t i;

    for (i = 0; i + 1 < text.len; i++) {
        if (text.p[i] == '.' && text.p[i + 1] == '.') {
            first.len = i;
            last.p = text.p + i + 2;
            last.len = text.len - i - 2;
            break;
        }
    }
    *found = parse_day(first, &node->from) && parse_day(last, &node->to) &&
             (node->from.precision != DATE_NONE ||
              node->to.precision != DATE_NONE);
    if (!*found) {
        return lede__warn(ps->warnings, "bad-date", node->start, node->end,
                          ps->err, "\"%.*s\" is no date; searched as words",
                          (int)text.len, text.p);
    }
    if (node->from.precision == DATE_NONE ||
        node->to.precision == DATE_NONE) {
        return LEDE_STATUS_OK;
    }
    lede__date_span(node->from, &from, &unused);
    lede__date_span(node->to, &unused, &to);
    if (from <= to) {
        return LEDE_STATUS_OK;
    }
    return lede__warn(ps->warnings, "empty-range", node->start, node->end,
                      ps->err, "the range \"%.*s\" ends before it begins",
                      (int)text.len, text.p);
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

/* A word as it is searched: *text trimmed, empty where it is nothing, and its
   kind. */
static lede_status
settle_word(struct parser *ps, struct str *text, enum syntax_kind *kind)
{
    *text = lede__parse_trim(*text, false);
    if (lede__parse_is_punctuation(*text)) {
        text->len = 0;
        return LEDE_STATUS_OK;
    }
    if (is_prefix(*text)) {
        *kind = SYNTAX_PREFIX;
        text->len--;
        return LEDE_STATUS_OK;
    }
    if (is_operator(*text)) {
        return lede__parse_lower(ps, *text, text);
    }
    return warn_star(ps, *text);
}

/* What is no date is searched as words: the whole of date:x, or the value
   alone where it stands in quotes or brackets. */
static lede_status
settle_date(struct parser *ps, const struct scope *scope, const char *start,
            const char *end, struct syntax **node)
{
    struct syntax *word = *node;
    lede_status status = LEDE_STATUS_OK;

    if (word->kind == SYNTAX_WORD && scope->raw != NULL) {
        word->text = (struct str){ start, (size_t)(end - start) };
    } else if (word->kind == SYNTAX_WORD) {
        status = settle_word(ps, &word->text, &word->kind);
    } else if (lede__parse_is_punctuation(word->text)) {
        word->text.len = 0;
    }
    if (word->text.len == 0) {
        *node = NULL;
    }
    return status;
}

lede_status
lede__parse_leaf(struct parser *ps, enum syntax_kind kind, struct str text,
                 const struct scope *scope, const char *start,
                 const char *end, struct syntax **out)
{
    struct syntax *node = NULL;
    bool room, found;
    lede_status status;

    *out = NULL;
    if (scope->raw != NULL) {
        start = scope->raw;
    }
    status = count_clause(ps, start, &room);
    if (status != LEDE_STATUS_OK || !room) {
        return status;
    }
    status = lede__parse_make(ps, kind, start, end, &node);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *out = node;
    node->text = text;
    if (scope->kind == NAME_TEXT) {
        node->field = scope->field;
    } else if (scope->kind == NAME_FILTER) {
        node->kind = SYNTAX_FILTER;
        node->field = scope->field;
    } else if (scope->kind == NAME_DATE) {
        status = parse_dates(ps, node, text, &found);
        if (found) {
            node->kind = SYNTAX_DATES;
        } else if (status == LEDE_STATUS_OK) {
            status = settle_date(ps, scope, start, end, out);
        }
    }
    return status;
}

/* Whether the scope takes a value, as filters do, and not words. */
static bool
is_value(const struct scope *scope)
{
    return scope->kind == NAME_FILTER || scope->kind == NAME_DATE;
}

/* Where the phrase ends that the quote `open` before p begins; NULL where it
   does not.  A straight quote closes a straight one where there is one. */
static const char *
find_close(const struct parser *ps, const char *p, uint32_t open, size_t *len)
{
    const char *other = NULL;
    size_t other_len = 0;

    for (; p < ps->end; p += *len) {
        uint32_t c = char_at(p, ps->end, len);

        if (!char_is_quote(c) ||
            char_is_angle_quote(c) != char_is_angle_quote(open)) {
            continue;
        }
        if (char_is_straight_quote(c) || !char_is_straight_quote(open)) {
            return p;
        }
        if (other == NULL) {
            other = p;
            other_len = *len;
        }
    }
    *len = other_len;
    return other;
}

/* The text between quotes with single spaces; quotes in it are spaces. */
static lede_status
copy_phrase(struct parser *ps, const char *p, const char *end,
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

        if (!char_is_space(c) && !char_is_quote(c)) {
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

static lede_status
parse_phrase(struct parser *ps, const struct scope *scope,
             struct syntax **out)
{
    const char *start = ps->p;
    size_t len, close_len;
    uint32_t open = char_at(start, ps->end, &len);
    const char *close = find_close(ps, start + len, open, &close_len);
    struct str text;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
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
    if (status == LEDE_STATUS_OK) {
        status = copy_phrase(ps, start + len, close, &text);
    }
    if (status != LEDE_STATUS_OK || text.len == 0 ||
        (!is_value(scope) && lede__parse_is_punctuation(text))) {
        return status;
    }
    return lede__parse_leaf(ps, SYNTAX_PHRASE, text, scope, start, ps->p,
                            out);
}

static lede_status
parse_bracket(struct parser *ps, const struct scope *scope,
              struct syntax **out)
{
    struct scope inner = *scope;
    size_t start = parser_offset(ps, ps->p);
    size_t len;
    lede_status status;

    *out = NULL;
    char_at(ps->p, ps->end, &len);
    ps->p += len;
    if (ps->depth == QUERY_DEPTH_MAX) {
        ps->ignored++;
        return lede__warn(ps->warnings, "too-deep", start, start + len,
                          ps->err, "brackets in more than %d others are "
                          "ignored", QUERY_DEPTH_MAX);
    }
    inner.raw = NULL;
    ps->depth++;
    status = lede__parse_list(ps, &inner, out);
    ps->depth--;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (ps->p >= ps->end) {
        return lede__warn(ps->warnings, "unclosed-bracket", start,
                          start + len, ps->err, "the bracket is not closed; "
                          "it goes to the end of the query");
    }
    char_at(ps->p, ps->end, &len);
    ps->p += len;
    return LEDE_STATUS_OK;
}

lede_status
lede__parse_primary(struct parser *ps, const struct scope *scope,
                    struct syntax **out)
{
    struct scope own = *scope;
    enum syntax_kind kind = SYNTAX_WORD;
    struct str word;
    const char *start, *end;
    size_t len;
    uint32_t c = char_at(ps->p, ps->end, &len);
    lede_status status;

    *out = NULL;
    if (char_is_open(c)) {
        return parse_bracket(ps, scope, out);
    }
    if (char_is_quote(c)) {
        return parse_phrase(ps, scope, out);
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
    start = word.p;
    if (is_value(&own)) {
        word = lede__parse_trim(word, true);
    } else {
        status = settle_word(ps, &word, &kind);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (word.len == 0) {
        return LEDE_STATUS_OK;
    }
    end = start + word.len + (kind == SYNTAX_PREFIX);
    return lede__parse_leaf(ps, kind, word, &own, start, end, out);
}
