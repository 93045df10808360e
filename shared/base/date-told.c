/* date-told.c - what is wrong with a text that is no date, and what to type
   instead; see date-private.h.

   Nothing is guessed: where two days may be meant, both are told.  A slip of
   typing is found by the edit distance to the words that dates are made of
   (one edit; two from seven letters on), and told only where the text with
   that word in its place is a date. */

#include "shared/base/date-private.h"

#include <stdio.h>

static void
put(struct date_told *told, const char *text)
{
    snprintf(told->text, sizeof(told->text), "%s", text);
}

static bool
is_number(const struct date_piece *piece, unsigned min, unsigned max)
{
    return piece->kind == '0' && piece->digits >= min &&
           piece->digits <= max;
}

/* ---- days that there are not ---- */

static bool
tell_day(uint64_t year, uint64_t month, uint64_t day, struct date_told *told)
{
    unsigned most;

    if (month < 1 || month > 12) {
        put(told, "there are 12 months");
        return true;
    }
    if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX) {
        return false;
    }
    most = lede__days_in_month((int64_t)year, (unsigned)month);
    if (day >= 1 && day <= most) {
        return false;
    }
    snprintf(told->text, sizeof(told->text), "%s %u has %u days",
             lede__month_names[month - 1], (unsigned)year, most);
    return true;
}

/* 2025-02-30, 2025-13, 2025-02-12T25:00, 2025.02.12. */
static bool
tell_iso(const struct date_pieces *pieces, struct date_told *told)
{
    const struct date_piece *p = pieces->items;

    if (pieces->count < 2 || !is_number(&p[0], 4, 4) ||
        !is_number(&p[1], 1, 2)) {
        return false;
    }
    if (pieces->count == 2) {
        return tell_day(p[0].number, p[1].number, 1, told);
    }
    if (!is_number(&p[2], 1, 2)) {
        return false;
    }
    if (tell_day(p[0].number, p[1].number, p[2].number, told)) {
        return true;
    }
    if (pieces->count == 3) {
        snprintf(told->text, sizeof(told->text), "type %04u-%02u-%02u",
                 (unsigned)p[0].number, (unsigned)p[1].number,
                 (unsigned)p[2].number);
        return true;
    }
    put(told, "there is no such time");
    return true;
}

/* ---- days of which there is more than one ---- */

/* 03/04/2025, 12.02.2025, 25-02-12. */
static bool
tell_order(const struct date_pieces *pieces, struct date_told *told)
{
    const struct date_piece *p = pieces->items;
    struct date_piece packed[3];
    unsigned year, a, b;
    size_t n = 0;
    size_t i;

    // the slashes are pieces of their own
    for (i = 0; i < pieces->count; i++) {
        if (p[i].kind != '/' && n < 3) {
            packed[n++] = p[i];
        }
    }
    if (n != 3 || !is_number(&packed[0], 1, 2) ||
        !is_number(&packed[1], 1, 2) || packed[2].kind != '0') {
        return false;
    }
    if (packed[2].digits == 2) {
        put(told, "a year has four digits");
        return true;
    }
    year = (unsigned)packed[2].number;
    a = (unsigned)packed[0].number;
    b = (unsigned)packed[1].number;
    if (packed[2].digits != 4 || a == 0 || b == 0 || (a > 12 && b > 12)) {
        return false;
    }
    // points are German, and the day is first there
    if (packed[2].before == '.' || a > 12 || b > 12 || a == b) {
        snprintf(told->text, sizeof(told->text), "type %04u-%02u-%02u", year,
                 b > 12 ? a : b, b > 12 ? b : a);
        return true;
    }
    snprintf(told->text, sizeof(told->text), "it may be %04u-%02u-%02u or "
             "%04u-%02u-%02u: type one of these", year, b, a, year, a, b);
    return true;
}

/* ---- words that are no dates ---- */

static bool
tell_word(const struct date_pieces *pieces, const struct date_clock *clock,
          struct date_told *told)
{
    static const char *const seasons[] = { "spring", "summer", "autumn",
                                           "fall", "winter" };
    const struct date_piece *p = pieces->items;
    int64_t today = clock == NULL ? 0 : lede__day_of(clock->now +
                                                     clock->utc_offset);
    struct civil c = lede__civil_of_days(today);
    size_t i;
    int weekday;

    for (i = 0; i < sizeof(seasons) / sizeof(seasons[0]); i++) {
        if (pieces->count > 0 && strcmp(p[0].word, seasons[i]) == 0) {
            put(told, "type a range, as 2024-06..2024-08");
            return true;
        }
    }
    if (clock == NULL) {
        return false;
    }
    if (pieces->count == 2 && strcmp(p[0].word, "w") == 0 &&
        is_number(&p[1], 1, 2)) {
        snprintf(told->text, sizeof(told->text), "type %04u-W%02u",
                 (unsigned)c.year, (unsigned)p[1].number);
        return true;
    }
    if (pieces->count == 3 && strcmp(p[0].word, "now") == 0 &&
        p[1].kind == '0' && p[2].kind == 'a') {
        snprintf(told->text, sizeof(told->text), "type %u%s",
                 (unsigned)p[1].number, p[2].word);
        return true;
    }
    weekday = pieces->count == 2 ? lede__date_weekday(p[1].word) : -1;
    if (weekday >= 0 && strcmp(p[0].word, "next") == 0) {
        int64_t of_today = ((today + 3) % 7 + 7) % 7;

        c = lede__civil_of_days(today + 1 + (weekday - of_today + 6) % 7);
        snprintf(told->text, sizeof(told->text), "type %04u-%02u-%02u",
                 (unsigned)c.year, c.month, c.day);
        return true;
    }
    return false;
}

/* ---- slips ---- */

/* Edits from one word to another: letters more, less or other. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned row[24];
    size_t n = strlen(b);
    size_t i, j;

    for (j = 0; j <= n; j++) {
        row[j] = (unsigned)j;
    }
    for (i = 0; a[i] != '\0'; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i + 1;
        for (j = 1; j <= n; j++) {
            unsigned above = row[j];
            unsigned best = corner + (a[i] != b[j - 1]);

            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            corner = above;
        }
    }
    return row[n];
}

/* The known word that is nearest; NULL for none, or two. */
static const char *
find_near(const char *word, char out[24])
{
    static const char *const words[] = {
        "today", "yesterday", "tomorrow", "this", "last", "next", "past",
        "ago", "days", "week", "weeks", "month", "months", "quarter",
        "quarters", "year", "years", "hours",
    };
    size_t n = sizeof(words) / sizeof(words[0]);
    size_t len = strlen(word);
    unsigned least = len >= 7 ? 3 : 2;
    bool twice = false;
    size_t i, j;

    out[0] = '\0';
    for (i = 0; len >= 3 && i < n + 19; i++) {
        const char *known = i < n ? words[i] : i < n + 12
                            ? lede__month_names[i - n]
                            : lede__weekday_names[i - n - 12];
        char small[24];
        unsigned edits;

        for (j = 0; known[j] != '\0'; j++) {
            small[j] = known[j] >= 'A' && known[j] <= 'Z'
                       ? (char)(known[j] - 'A' + 'a') : known[j];
        }
        small[j] = '\0';
        edits = distance(word, small);
        twice = edits == least ? true : edits < least ? false : twice;
        if (edits < least) {
            least = edits;
            memcpy(out, small, j + 1);
        }
    }
    return out[0] == '\0' || twice ? NULL : out;
}

/* Whether `text` is a date; then it is told. */
static bool
tell_instead(struct str text, const struct date_clock *clock,
             struct date_told *told)
{
    struct date from, to;
    struct date_told none = { "" };
    const char *quote = memchr(text.p, ' ', text.len) != NULL ? "\"" : "";

    if (!lede__date_read(text, clock, &from, &to, &none)) {
        return false;
    }
    snprintf(told->text, sizeof(told->text), "did you mean %s%.*s%s", quote,
             (int)text.len, text.p, quote);
    return true;
}

static bool
tell_slip(struct str text, const struct date_pieces *pieces,
          const struct date_clock *clock, struct date_told *told)
{
    char fixed[64];
    size_t i;

    for (i = 0; i < pieces->count; i++) {
        const struct date_piece *piece = &pieces->items[i];
        char word[24];
        const char *known;
        int len;

        if (piece->kind != 'a' ||
            piece->end - piece->start >= sizeof(piece->word)) {
            continue;
        }
        known = find_near(piece->word, word);
        if (known == NULL || strcmp(known, piece->word) == 0) {
            continue;
        }
        len = snprintf(fixed, sizeof(fixed), "%.*s%s%.*s", (int)piece->start,
                       text.p, known, (int)(text.len - piece->end),
                       text.p + piece->end);
        if (len > 0 && (size_t)len < sizeof(fixed) &&
            tell_instead((struct str){ fixed, (size_t)len }, clock, told)) {
            return true;
        }
    }
    return false;
}

/* O typed for 0. */
static bool
tell_zeros(struct str text, const struct date_clock *clock,
           struct date_told *told)
{
    char fixed[64];
    bool any = false;
    size_t i;

    if (text.len > sizeof(fixed)) {
        return false;
    }
    for (i = 0; i < text.len; i++) {
        char before = i > 0 ? text.p[i - 1] : '\0';
        char after = i + 1 < text.len ? text.p[i + 1] : '\0';
        bool zero = (text.p[i] == 'O' || text.p[i] == 'o') &&
                    ((before >= '0' && before <= '9') ||
                     (after >= '0' && after <= '9'));

        fixed[i] = zero ? '0' : text.p[i];
        any = any || zero;
    }
    return any && tell_instead((struct str){ fixed, text.len }, clock, told);
}

void
lede__date_tell(struct str text, const struct date_clock *clock,
                struct date_told *told)
{
    struct date_pieces pieces;

    lede__date_cut(text, &pieces);
    if (!tell_iso(&pieces, told) && !tell_order(&pieces, told) &&
        !tell_word(&pieces, clock, told) &&
        !tell_slip(text, &pieces, clock, told)) {
        tell_zeros(text, clock, told);
    }
}
