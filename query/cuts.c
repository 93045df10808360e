/* cuts.c - where a text may be cut; see cuts.h. */

#include "query/cuts.h"

#include <unigbrk.h>

/* What is seen as one character is looked for no farther than this: a text can
   pile up a million accents on one letter. */
#define CLUSTER_MAX 32

/* Bytes of an entity, &CounterClockwiseContourIntegral; and of a construct of
   Markdown that is kept whole. */
#define ENTITY_MAX 33
#define MARKUP_MAX 120

/* Characters without a border that are no word which is kept whole. */
#define WORD_MAX 24

size_t
lede__count_chars(struct str text, size_t from, size_t to)
{
    size_t n = 0;

    while (from < to) {
        n += ((unsigned char)text.p[from] & 0xC0) != 0x80;
        from++;
    }
    return n;
}

static bool
is_ascii(struct str text, size_t at)
{
    return (unsigned char)text.p[at] < 0x80;
}

static uint32_t
char_before(struct str text, size_t at, size_t *start)
{
    size_t len;

    if (at == 0) {
        *start = 0;
        return 0;
    }
    *start = lede__utf8_floor(text, at - 1);
    return char_at(text.p + *start, text.p + text.len, &len);
}

static uint32_t
char_after(struct str text, size_t at, size_t *end)
{
    size_t len;
    uint32_t c = char_at(text.p + at, text.p + text.len, &len);

    *end = at + len;
    return c;
}

size_t
lede__skip_space(struct str text, size_t at, size_t to)
{
    while (at < to) {
        size_t end;

        if (!char_is_space(char_after(text, at, &end))) {
            break;
        }
        at = end;
    }
    return at;
}

size_t
lede__skip_space_back(struct str text, size_t from, size_t at)
{
    while (at > from) {
        size_t start;

        if (!char_is_space(char_before(text, at, &start))) {
            break;
        }
        at = start;
    }
    return at;
}

/* ---- what is not cut ---- */

/* Whether `at` is within an entity: &amp; &#8217; &#x2019; */
static bool
in_entity(struct str text, size_t at)
{
    size_t p = at;

    while (p > 0 && at - p < ENTITY_MAX &&
           (char_is_letter((unsigned char)text.p[p - 1]) ||
            char_is_digit((unsigned char)text.p[p - 1]) ||
            text.p[p - 1] == '#')) {
        p--;
    }
    if (p == 0 || text.p[p - 1] != '&') {
        return false;
    }
    while (at < text.len && at - p < ENTITY_MAX &&
           (char_is_letter((unsigned char)text.p[at]) ||
            char_is_digit((unsigned char)text.p[at]) || text.p[at] == '#')) {
        at++;
    }
    return at > p && at < text.len && text.p[at] == ';';
}

/* Whether the text may be cut here.  Pairs are enough: after a joiner nothing
   is cut, and flags that follow each other stay together. */
static bool
is_cut(struct str text, size_t at)
{
    size_t unused;
    uint32_t before;

    if (at == 0 || at >= text.len) {
        return true;
    }
    before = char_before(text, at, &unused);
    return before != 0x200D &&
           uc_is_grapheme_break(before, char_after(text, at, &unused)) &&
           !in_entity(text, at);
}

/* Scripts that are written without spaces and cut anywhere. */
static bool
is_wide(uint32_t c)
{
    return (c >= 0x2E80 && c <= 0xABFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFF01 && c <= 0xFF9F) || (c >= 0x20000 && c <= 0x3FFFF);
}

/* What is not moved away from the word before it. */
static bool
clings(uint32_t c)
{
    return char_is_trailing(c) || char_is_close(c) || char_is_quote(c) ||
           c == 0x2019 || c == 0x300B || c == 0x300D || c == 0x300F ||
           c == 0x3011 || c == ']' || c == '\'' || c == 0x30FC;
}

/* Whether a word begins or ends at `at`. */
static bool
is_border(struct str text, size_t at)
{
    size_t unused;
    uint32_t before, after;

    if (at == 0 || at >= text.len) {
        return true;
    }
    if (is_ascii(text, at - 1) && is_ascii(text, at)) {
        return char_is_space((unsigned char)text.p[at - 1]) ||
               char_is_space((unsigned char)text.p[at]);
    }
    before = char_before(text, at, &unused);
    after = char_after(text, at, &unused);
    if (char_is_space(before) || char_is_space(after) ||
        ((is_wide(before) || is_wide(after)) && !clings(after))) {
        return is_cut(text, at);
    }
    return false;
}

/* `c` repeated `n` times, in [from, to); text.len where it is not there. */
static size_t
find_sign(struct str text, size_t from, size_t to, char c, size_t n)
{
    while (from + n <= to) {
        if (text.p[from] == c && (n == 1 || text.p[from + 1] == c)) {
            return from;
        }
        from++;
    }
    return text.len;
}

/* `at` is between two of these signs: from the first to behind the second. */
static void
widen(struct str text, size_t from, size_t at, size_t to, char c, size_t n,
      size_t *start, size_t *end)
{
    size_t open = text.len;
    size_t p = from;

    while ((p = find_sign(text, p, at, c, n)) < text.len) {
        open = open == text.len ? p : text.len;
        p += n;
    }
    p = open == text.len ? text.len : find_sign(text, at, to, c, n);
    if (p < text.len && p + n - open <= MARKUP_MAX) {
        *start = open < *start ? open : *start;
        *end = p + n > *end ? p + n : *end;
    }
}

/* `at` is within [text](place). */
static void
widen_link(struct str text, size_t from, size_t at, size_t to, size_t *start,
           size_t *end)
{
    size_t open = at;
    size_t middle, close;

    while (open > from && text.p[open - 1] != '[') {
        open--;
    }
    if (open == from) {
        return;
    }
    open -= open - 1 > from && text.p[open - 2] == '!' ? 2 : 1;
    middle = open;
    while (middle + 1 < to &&
           !(text.p[middle] == ']' && text.p[middle + 1] == '(')) {
        middle++;
    }
    close = find_sign(text, middle, to, ')', 1);
    if (close < text.len && close >= at && close + 1 - open <= MARKUP_MAX) {
        *start = open < *start ? open : *start;
        *end = close + 1 > *end ? close + 1 : *end;
    }
}

/* The construct of Markdown that `at` is within; both `at` where in none. */
static void
find_markup(struct str text, size_t from, size_t at, size_t to, size_t *start,
            size_t *end)
{
    size_t p = at;

    while (p > from && at - p < MARKUP_MAX && text.p[p - 1] != '\n') {
        p--;
    }
    from = p;
    for (p = at; p < to && p - at < MARKUP_MAX && text.p[p] != '\n'; p++) {
    }
    to = p;
    *start = at;
    *end = at;
    widen(text, from, at, to, '`', 1, start, end);
    widen(text, from, at, to, '*', 2, start, end);
    widen_link(text, from, at, to, start, end);
}

/* ---- cuts ---- */

/* `at` moved back to where the text may be cut, if that is near. */
static size_t
cut_before(struct str text, size_t from, size_t at)
{
    size_t p = at;
    size_t n;

    for (n = 0; n < CLUSTER_MAX && p > from; n++) {
        if (is_cut(text, p)) {
            return p;
        }
        char_before(text, p, &p);
    }
    return p == from ? from : at;
}

static size_t
cut_after(struct str text, size_t at, size_t to)
{
    size_t p = at;
    size_t n;

    for (n = 0; n < CLUSTER_MAX && p < to; n++) {
        if (is_cut(text, p)) {
            return p;
        }
        char_after(text, p, &p);
    }
    return p == to ? to : at;
}

size_t
lede__cut_start(struct str text, size_t from, size_t at, size_t room)
{
    size_t far = at;            // as far as there is room
    size_t found = at;          // a word begins there
    size_t since = is_border(text, at) ? 0 : WORD_MAX;
    size_t start, end;

    while (far > from && room > 0) {
        far--;
        far = is_ascii(text, far) ? far : lede__utf8_floor(text, far);
        room--;
        since++;
        if (is_border(text, far) &&
            !char_is_space(char_after(text, far, &end))) {
            found = far;
            since = 0;
        }
    }
    if (far <= from) {
        return from;
    }
    if (since > WORD_MAX) {
        found = cut_before(text, from, far);
    }
    find_markup(text, from, found, text.len, &start, &end);
    return end <= at && end > found ? lede__skip_space(text, end, at) : start;
}

size_t
lede__cut_end(struct str text, size_t at, size_t to, size_t room)
{
    size_t far = at;
    size_t found = at;          // a word ends there
    size_t since = is_border(text, at) ? 0 : WORD_MAX;
    size_t start, end;

    while (far < to && room > 0) {
        if (is_ascii(text, far)) {
            far++;
        } else {
            char_after(text, far, &far);
        }
        room--;
        since++;
        if (is_border(text, far) &&
            !char_is_space(char_before(text, far, &end))) {
            found = far;
            since = 0;
        }
    }
    if (far >= to) {
        return to;
    }
    if (since > WORD_MAX) {
        found = cut_after(text, far, to);
    }
    find_markup(text, at > MARKUP_MAX ? at - MARKUP_MAX : 0, found, to,
                &start, &end);
    if (start < found && start >= at) {
        return lede__skip_space_back(text, at, start);
    }
    return end;
}
