/* parse-form.c - what a word of a query is, by its looks alone.

   A sign is an operator in one place of a word only, with the neighbours that
   an operator has; anywhere else it is text:

     =word         first, a letter or digit next
     word^2.5      last, after two letters or more (2^10 and x^2 are text)
     /colou?r/     a whole word, with no other slash and with a sign of an
                   expression in it (/etc/ is a path)
     word~ word~1  last, after letters alone, three or more (x~2 is text)
     w*d *ord      next to a letter or digit, not between digits (2*3), and
                   not parting single letters (M*A*S*H)
     w?rd          between letters or digits (rust? is a question), in a word
                   of nothing else (not in a.com/x?y=1)
     ***           every article

   One escaped sign, \* say, makes text of all that are in the word, but for ^.
   Nothing is looked up: the same word reads alike in every query. */

#include "query/parser.h"
#include "query/pattern.h"

#define FUZZY_LETTERS_MIN 3
#define FUZZY_LETTERS_MAX 40
/* Letters from which on word~ allows two edits. */
#define FUZZY_LETTERS_TWO 8
#define REGEX_BYTES_MAX 256

/* ---- escapes ---- */

bool
lede__form_escapes(const char *p, const char *end)
{
    size_t len;

    return p + 1 < end && *p == '\\' && char_is_sign(char_at(p + 1, end,
                                                             &len));
}

/* Over one character, with the backslash before it. */
static const char *
step(const char *p, const char *end, uint32_t *c, bool *escaped)
{
    size_t len;

    *escaped = lede__form_escapes(p, end);
    p += *escaped;
    *c = char_at(p, end, &len);
    return p + len;
}

static bool
has_escape(struct str word)
{
    const char *end = word.p + word.len;
    const char *p;

    for (p = word.p; p < end; p++) {
        if (lede__form_escapes(p, end)) {
            return true;
        }
    }
    return false;
}

lede_status
lede__form_unescape(struct arena *arena, struct str text, struct str *out,
                    lede_error *err)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    char *copy = (char *)lede__arena_str(arena, text).p;
    size_t n = 0;

    if (copy == NULL) {
        return lede__fail_memory(err);
    }
    while (p < end) {
        p += lede__form_escapes(p, end);
        copy[n++] = *p++;
    }
    copy[n] = '\0';
    *out = (struct str){ copy, n };
    return LEDE_STATUS_OK;
}

/* ---- operators ---- */

bool
lede__form_is_operator(struct str text)
{
    return str_eq(text, STR("AND")) || str_eq(text, STR("OR")) ||
           str_eq(text, STR("NOT"));
}

bool
lede__form_near(struct str text, enum syntax_unit *unit, uint32_t *within)
{
    static const struct {
        const char *name;
        enum syntax_unit unit;
    } units[] = {
        { "p", UNIT_PARAGRAPH }, { "paragraph", UNIT_PARAGRAPH },
        { "h", UNIT_HEADING }, { "heading", UNIT_HEADING },
    };
    struct str reach = { text.p + 5, text.len - 5 };
    size_t i;

    if (text.len < 6 || memcmp(text.p, "NEAR/", 5) != 0) {
        return false;
    }
    *within = 0;
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (str_eq(reach, str_from(units[i].name))) {
            *unit = units[i].unit;
            return true;
        }
    }
    *unit = UNIT_POSITIONS;
    for (i = 0; i < reach.len && *within <= QUERY_WITHIN_MAX; i++) {
        if (!char_is_digit((uint8_t)reach.p[i])) {
            return false;
        }
        *within = *within * 10 + (uint32_t)(reach.p[i] - '0');
    }
    return *within >= 1 && *within <= QUERY_WITHIN_MAX;
}

static bool
is_digits(struct str text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (!char_is_digit((uint8_t)text.p[i])) {
            return false;
        }
    }
    return text.len > 0;
}

/* Whether a backslash before it makes a word of it that would be read as an
   operator, or as the number of one. */
static bool
is_revived(struct str text)
{
    enum syntax_unit unit;
    uint32_t within;

    return lede__form_is_operator(text) || str_eq(text, STR("NEAR")) ||
           is_digits(text) || lede__form_near(text, &unit, &within);
}

/* ---- / ---- */

static bool
is_regex(struct str text)
{
    bool sign = false;
    size_t i;

    if (text.len < 3 || text.len > REGEX_BYTES_MAX + 2 || text.p[0] != '/' ||
        text.p[text.len - 1] != '/') {
        return false;
    }
    for (i = 1; i + 1 < text.len; i++) {
        char c = text.p[i];

        if (c == '/') {
            return false;
        }
        sign = sign || strchr("*+?[({|^$\\", c) != NULL;
        if (c == '\\' && ++i + 1 >= text.len) {
            return false;       // the last slash is escaped
        }
    }
    return sign;
}

/* ---- ^ ---- */

/* Digits with at most one point: a number, which may be 0. */
static bool
is_decimal(struct str text)
{
    size_t points = 0;
    size_t digits = 0;
    size_t i;

    for (i = 0; i < text.len; i++) {
        points += text.p[i] == '.';
        digits += char_is_digit((uint8_t)text.p[i]);
    }
    return digits > 0 && points <= 1 && digits + points == text.len;
}

bool
lede__form_boost(struct str text, double *boost)
{
    if (!is_decimal(text)) {
        return false;
    }
    *boost = lede__str_number(text);
    if (!(*boost >= QUERY_BOOST_MIN && *boost <= QUERY_BOOST_MAX)) {
        *boost = 0;
    }
    return true;
}

/* A formula is none. */
bool
lede__form_takes_boost(struct str text)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    size_t letters = 0;

    while (p < end) {
        uint32_t c;
        bool escaped;

        if (end - p > 2 && memcmp(p, "://", 3) == 0) {
            return false;
        }
        p = step(p, end, &c, &escaped);
        letters += !char_is_digit(c) && !char_is_punctuation(c);
    }
    return letters >= 2;
}

static void
split_boost(struct str word, struct form *form)
{
    const char *end = word.p + word.len;
    const char *p = word.p;
    size_t at = 0;              // behind the last ^
    size_t carets = 0;

    while (p < end) {
        uint32_t c;
        bool escaped;

        p = step(p, end, &c, &escaped);
        if (c == '^' && !escaped) {
            at = (size_t)(p - word.p);
            carets++;
        }
    }
    if (at < 2) {
        return;
    }
    form->text.len = at - 1;
    // 2^10 is a formula, and so is a^2^2
    if ((!is_regex(form->text) &&
         (carets > 1 || !lede__form_takes_boost(form->text))) ||
        !lede__form_boost((struct str){ word.p + at, word.len - at },
                          &form->boost)) {
        form->text = word;
        return;
    }
    form->text = lede__parse_trim(form->text, false);
    if (form->boost <= 0) {
        form->boost = 1;
        form->bad_boost = true;
    }
}

/* ---- ~ ---- */

static bool
is_fuzzy(struct str text, bool quoted, struct form *form)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    size_t letters = 0;
    size_t len;
    uint32_t c = char_at(p, end, &len);

    while (char_is_spelt(c)) {
        letters++;
        p += len;
        c = char_at(p, end, &len);
    }
    if (c != '~' || letters < FUZZY_LETTERS_MIN ||
        letters > FUZZY_LETTERS_MAX) {
        return false;
    }
    if (p + 1 == end && !quoted) {
        form->edits = letters < FUZZY_LETTERS_TWO ? 1 : 2;
        form->text.len--;
        return true;
    }
    if (p + 2 != end || (p[1] != '1' && p[1] != '2')) {
        return false;
    }
    form->edits = (uint32_t)(p[1] - '0');
    form->text.len -= 2;
    return true;
}

/* ---- * and ? ---- */

/* What may stand in a pattern besides its wildcards. */
static bool
is_plain(uint32_t c, bool quoted)
{
    if (char_is_spelt(c) || (c >= 0x80 && !char_is_punctuation(c))) {
        return true;
    }
    return !quoted && (char_is_digit(c) ||
                       (c < 0x80 && c > ' ' &&
                        strchr("-'._+#@&$%!", (int)c) != NULL));
}

/* A letter, digit or sign of writing: what wildcards stand beside. */
static bool
is_solid(uint32_t c)
{
    return c != 0 && c != '*' && c != '?' && !char_is_punctuation(c);
}

/* Stars that part single letters, as in M*A*S*H. */
static bool
is_spaced_out(struct str text)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    size_t pieces = 0;
    size_t letters = 0;

    while (p < end) {
        size_t len;
        uint32_t c = char_at(p, end, &len);

        letters = c == '*' ? 0 : letters + 1;
        pieces += letters == 1;
        if (letters > 1) {
            return false;
        }
        p += len;
    }
    return pieces >= 3;
}

static bool
is_pattern(struct str text, bool quoted)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    uint32_t before = 0;
    bool wild = false;
    bool only = true;           // letters and digits besides wildcards
    bool asked = false;

    while (p < end) {
        size_t len, after_len;
        uint32_t c = char_at(p, end, &len);
        uint32_t after;

        if (c == '*') {
            while (p + len < end && p[len] == '*') {
                len++;
            }
        }
        after = char_at(p + len, end, &after_len);
        if (c == '*') {
            if ((char_is_digit(before) && char_is_digit(after)) ||
                (!is_solid(before) && before != '?' && !is_solid(after) &&
                 after != '?')) {
                return false;
            }
            wild = true;
        } else if (c == '?') {
            asked = true;
            // ** of ?* are one, ?? are two
            if ((before != '?' && before != '*' && !char_is_spelt(before) &&
                 !char_is_digit(before)) ||
                (after != '?' && after != '*' && !char_is_spelt(after) &&
                 !char_is_digit(after))) {
                return false;
            }
            wild = true;
        } else if (!is_plain(c, quoted)) {
            return false;
        } else {
            only = only && (char_is_spelt(c) || char_is_digit(c) ||
                            char_is_minus(c) || c == '\'');
        }
        before = c;
        p += len;
    }
    return wild && (!asked || only) && !is_spaced_out(text);
}

static bool
is_all(struct str text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (text.p[i] != '*') {
            return false;
        }
    }
    return text.len > 0;
}

/* ---- interface ---- */

/* Whether any sign is in the word that the rules above begin with. */
static bool
has_sign(struct str word)
{
    size_t i;

    for (i = 0; i < word.len; i++) {
        char c = word.p[i];

        if (c == '*' || c == '?' || c == '~' || c == '^' || c == '/' ||
            c == '=' || c == '\\') {
            return true;
        }
    }
    return false;
}

void
lede__form(struct str word, bool quoted, struct form *form)
{
    size_t len = 0;
    uint32_t c;

    *form = (struct form){ .kind = SYNTAX_WORD, .text = word, .boost = 1 };
    if (!has_sign(word)) {
        return;
    }
    if (!quoted) {
        split_boost(word, form);
    }
    if (!quoted && form->text.len > 1 && form->text.p[0] == '=') {
        c = char_at(form->text.p + 1, form->text.p + form->text.len, &len);
        if (!char_is_punctuation(c)) {
            form->exact = true;
            form->text.p++;
            form->text.len--;
        }
    }
    if (form->text.len > 1 && form->text.p[0] == '\\' &&
        is_revived((struct str){ form->text.p + 1, form->text.len - 1 })) {
        form->literal = true;
        form->text.p++;
        form->text.len--;
        return;
    }
    if (is_regex(form->text)) {
        form->kind = SYNTAX_REGEX;
        form->text.p++;
        form->text.len -= 2;
    } else if (has_escape(form->text)) {
        form->literal = true;
    } else if (is_all(form->text) && !form->exact) {
        form->kind = quoted ? SYNTAX_ANY_WORD : SYNTAX_ALL;
    } else if (is_fuzzy(form->text, quoted, form)) {
        form->kind = SYNTAX_FUZZY;
    } else if (is_pattern(form->text, quoted)) {
        form->kind = SYNTAX_PATTERN;
    }
}

lede_status
lede__form_check(struct arena *arena, struct form *form, struct str word,
                 lede_error *wrong)
{
    struct pattern *pattern;
    lede_status status;

    if (form->kind != SYNTAX_REGEX) {
        return LEDE_STATUS_OK;
    }
    status = lede__pattern_regex(&pattern, form->text, arena, wrong);
    if (status == LEDE_STATUS_BAD_QUERY || status == LEDE_STATUS_LIMIT) {
        *form = (struct form){ .kind = SYNTAX_WORD, .text = word,
                               .boost = 1 };
    }
    return status;
}

/* Several stars at one place are one. */
static lede_status
collapse(struct arena *arena, struct str text, struct str *out,
         lede_error *err)
{
    char *copy = (char *)lede__arena_str(arena, text).p;
    size_t n = 0;
    size_t i;

    if (copy == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < text.len; i++) {
        if (text.p[i] != '*' || n == 0 || copy[n - 1] != '*') {
            copy[n++] = text.p[i];
        }
    }
    copy[n] = '\0';
    *out = (struct str){ copy, n };
    return LEDE_STATUS_OK;
}

lede_status
lede__form_fill(struct arena *arena, const struct form *form,
                struct syntax *node, lede_error *err)
{
    node->kind = form->kind;
    node->text = form->text;
    node->within = form->edits;
    node->boost = form->boost;
    node->exact = form->exact && form->kind == SYNTAX_WORD;
    node->literal = form->literal;
    if (form->kind == SYNTAX_ALL || form->kind == SYNTAX_ANY_WORD) {
        node->text = STR("");
    }
    if (form->literal) {
        return lede__form_unescape(arena, form->text, &node->text, err);
    }
    return form->kind == SYNTAX_PATTERN
           ? collapse(arena, form->text, &node->text, err) : LEDE_STATUS_OK;
}

/* ---- and back ---- */

/* Whether a sign in a word counts, wherever in the word it is. */
static bool
needs_escape(uint32_t c, bool first, bool last, bool quoted)
{
    if (char_is_quote(c)) {
        return true;
    }
    if (quoted) {
        return false;
    }
    return char_is_open(c) || char_is_close(c) || char_is_colon(c) ||
           c == '*' || c == '?' || c == '~' || c == '^' ||
           (first && (char_is_plus(c) || char_is_minus(c) || c == '=' ||
                      c == '/')) ||
           (last && char_is_trailing(c));
}

/* The text with backslashes before the signs in it; with `all` before the
   first that can have one, whatever it is. */
static lede_status
add_escaped(struct buf *out, struct str text, bool quoted, bool all,
            lede_error *err)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    lede_status status = LEDE_STATUS_OK;

    while (p < end && status == LEDE_STATUS_OK) {
        size_t len;
        uint32_t c = char_at(p, end, &len);
        bool last = p + len == end;
        bool escape = needs_escape(c, p == text.p, last, quoted) ||
                      (c == '\\' && (last || lede__form_escapes(p, end)));

        if (!escape && all && char_is_sign(c)) {
            escape = true;
        }
        all = all && !escape;
        if (escape) {
            status = lede__buf_char(out, '\\', err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_add(out, p, len, err);
        }
        p += len;
    }
    return status;
}

lede_status
lede__form_escape(struct buf *out, struct str text, bool quoted,
                  lede_error *err)
{
    size_t at = out->len;
    struct str rest = { text.p + 1, text.len - 1 };
    struct form form;
    struct str printed;
    lede_status status;

    if ((!quoted && is_revived(text) && !is_digits(text)) ||
        (text.p[0] == '\\' && is_revived(rest))) {
        status = lede__buf_char(out, '\\', err);
        return status != LEDE_STATUS_OK ? status
               : lede__buf_str(out, text, err);
    }
    status = add_escaped(out, text, quoted, false, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    printed = (struct str){ out->p + at, out->len - at };
    lede__form(quoted ? lede__parse_trim(printed, false) : printed, quoted,
               &form);
    if (form.kind == SYNTAX_WORD &&
        (form.literal || !lede__parse_is_punctuation(form.text))) {
        return LEDE_STATUS_OK;
    }
    out->len = at;
    return add_escaped(out, text, quoted, true, err);
}
