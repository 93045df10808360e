/* date-read.c - one date as people ask for it: last-week.

   Six kinds of rules, in the order in which they are tried:

     a date as articles have it    2025-02-12, "12 Feb 2025", ...; to the
                                   minute it is all of that minute
     part of a year                2025-W07, 2025-W07-3, 2025-Q1, "march 2025"
     a day of no year              "12 february": the latest that has come
     a unit so many ago            yesterday, last-week, 3-months-ago: as long
                                   as the unit is, weeks by ISO 8601
     so many units                 7d, last-3-months: ending with today
     a weekday or month            the latest that has begun

   The reader's clock says which day it is, and nothing else: the days are
   those of UTC, as they are in articles.  Pieces may be parted by hyphens,
   points, low lines, spaces, or nothing. */

#include "shared/base/date-private.h"

#include <stdio.h>

#define AGO_MAX 1000000

enum unit { UNIT_NONE, HOUR, DAY, WEEK, MONTH, QUARTER, YEAR };

/* What is being read. */
struct reading {
    struct date_pieces pieces;
    bool clocked;
    int64_t now;
    int64_t today;              // days since 1970, for the reader
    struct civil date;          // of today
    struct date from;
    struct date to;
    struct date_told *told;
};

/* ---- pieces ---- */

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char
small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void
lede__date_cut(struct str text, struct date_pieces *out)
{
    size_t i = 0;

    memset(out, 0, sizeof(*out));
    while (i < text.len) {
        struct date_piece *piece = &out->items[out->count];
        size_t n = 0;

        if (strchr("-_. ,", text.p[i]) != NULL && text.p[i] != '\0') {
            i++;
            continue;
        }
        if (out->count == DATE_PIECES_MAX) {
            out->count = 0;
            return;
        }
        piece->start = i;
        piece->before = i > 0 ? text.p[i - 1] : '\0';
        if (is_digit(text.p[i])) {
            piece->kind = '0';
            for (; i < text.len && is_digit(text.p[i]); i++) {
                piece->digits += piece->digits < 20;
                if (piece->digits < 19) {
                    piece->number = piece->number * 10 +
                                    (uint64_t)(text.p[i] - '0');
                }
            }
        } else if (is_letter(text.p[i])) {
            piece->kind = 'a';
            for (; i < text.len && is_letter(text.p[i]); i++) {
                if (n + 1 < sizeof(piece->word)) {
                    piece->word[n++] = small(text.p[i]);
                }
            }
        } else {
            piece->kind = text.p[i++];
        }
        piece->end = i;
        out->count++;
    }
}

static int
find_name(const char *word, const char *const *names, int count)
{
    struct str typed = str_from(word);
    int i;

    for (i = 0; i < count; i++) {
        if (lede__str_eq_nocase(typed, str_from(names[i])) ||
            lede__str_eq_nocase(typed, (struct str){ names[i], 3 })) {
            return i;
        }
    }
    return -1;
}

int
lede__date_month(const char *word)
{
    return find_name(word, lede__month_names, 12);
}

int
lede__date_weekday(const char *word)
{
    return find_name(word, lede__weekday_names, 7);
}

static bool
is_word(const struct date_piece *piece, const char *word)
{
    return piece->kind == 'a' && strcmp(piece->word, word) == 0;
}

static bool
is_number(const struct date_piece *piece, unsigned min, unsigned max)
{
    return piece->kind == '0' && piece->digits >= min &&
           piece->digits <= max;
}

/* Whether the pieces are of these kinds, "0a0" say. */
static bool
is_shape(const struct date_pieces *pieces, const char *shape)
{
    size_t i;

    if (pieces->count != strlen(shape)) {
        return false;
    }
    for (i = 0; i < pieces->count; i++) {
        if (pieces->items[i].kind != shape[i]) {
            return false;
        }
    }
    return true;
}

/* ---- making dates ---- */

static bool
tell(struct reading *r, const char *text)
{
    snprintf(r->told->text, sizeof(r->told->text), "%s", text);
    return false;
}

static bool
is_year(int64_t year)
{
    return year >= DATE_YEAR_MIN && year <= DATE_YEAR_MAX;
}

static bool
set_days(struct reading *r, int64_t first, int64_t last)
{
    if (lede__civil_of_days(first).year < DATE_YEAR_MIN) {
        return tell(r, "that is before the year 1");
    }
    if (lede__civil_of_days(last).year > DATE_YEAR_MAX) {
        return tell(r, "that is after the year 9999");
    }
    r->from = (struct date){ first * DAY_SECONDS, DATE_DAY };
    r->to = (struct date){ last * DAY_SECONDS, DATE_DAY };
    return true;
}

static bool
set_seconds(struct reading *r, int64_t first, int64_t last)
{
    if (lede__civil_of_days(lede__day_of(first)).year < DATE_YEAR_MIN) {
        return tell(r, "that is before the year 1");
    }
    r->from = (struct date){ first, DATE_SECOND };
    r->to = (struct date){ last, DATE_SECOND };
    return true;
}

/* `count` months from `month` on, which are counted from that of year 0. */
static bool
set_months(struct reading *r, int64_t month, int64_t count)
{
    struct civil first = { month / 12, (unsigned)(month % 12) + 1, 1 };
    struct civil last = { (month + count - 1) / 12,
                          (unsigned)((month + count - 1) % 12) + 1, 1 };

    if (month < 12 * DATE_YEAR_MIN) {
        return tell(r, "that is before the year 1");
    }
    if (!is_year(last.year)) {
        return tell(r, "that is after the year 9999");
    }
    r->from.seconds = lede__days_of_civil(first) * DAY_SECONDS;
    r->to.seconds = lede__days_of_civil(last) * DAY_SECONDS;
    r->from.precision = r->to.precision = count == 12 ? DATE_YEAR
                                                      : DATE_MONTH;
    if (count == 12) {
        r->to = r->from;
    }
    return true;
}

/* Monday is 0; 1970-01-01 was a Thursday. */
static int64_t
weekday_of(int64_t day)
{
    return ((day + 3) % 7 + 7) % 7;
}

/* The Monday of week 1: that of 4 January (ISO 8601). */
static int64_t
first_monday(int64_t year)
{
    int64_t day = lede__days_of_civil((struct civil){ year, 1, 4 });

    return day - weekday_of(day);
}

static bool
needs_clock(struct reading *r)
{
    return r->clocked || tell(r, "no clock tells what day it is");
}

/* ---- dates that stand still ---- */

static bool
read_week(struct reading *r)
{
    const struct date_piece *p = r->pieces.items;
    char text[64];
    int64_t monday;
    unsigned weeks;

    if ((!is_shape(&r->pieces, "0a0") && !is_shape(&r->pieces, "0a00")) ||
        !is_word(&p[1], "w") || !is_number(&p[0], 4, 4) ||
        !is_number(&p[2], 1, 2) || !is_year((int64_t)p[0].number)) {
        return false;
    }
    monday = first_monday((int64_t)p[0].number);
    weeks = (unsigned)((first_monday((int64_t)p[0].number + 1) - monday) / 7);
    if (p[2].number < 1 || p[2].number > weeks) {
        snprintf(text, sizeof(text), "%u has %u weeks",
                 (unsigned)p[0].number, weeks);
        return tell(r, text);
    }
    monday += 7 * ((int64_t)p[2].number - 1);
    if (r->pieces.count == 3) {
        return set_days(r, monday, monday + 6);
    }
    if (!is_number(&p[3], 1, 1) || p[3].number < 1 || p[3].number > 7) {
        return tell(r, "a week has 7 days");
    }
    monday += (int64_t)p[3].number - 1;
    return set_days(r, monday, monday);
}

static bool
read_quarter(struct reading *r)
{
    const struct date_piece *p = r->pieces.items;
    const struct date_piece *year = NULL;
    const struct date_piece *quarter = NULL;

    if (is_shape(&r->pieces, "0a0") && is_word(&p[1], "q")) {
        year = &p[0];
        quarter = &p[2];
    } else if (is_shape(&r->pieces, "a00") && is_word(&p[0], "q")) {
        quarter = &p[1];
        year = &p[2];
    }
    if (year == NULL || !is_number(year, 4, 4) ||
        !is_year((int64_t)year->number)) {
        return false;
    }
    if (!is_number(quarter, 1, 1) || quarter->number < 1 ||
        quarter->number > 4) {
        return tell(r, "a year has 4 quarters");
    }
    return set_months(r, (int64_t)year->number * 12 +
                      ((int64_t)quarter->number - 1) * 3, 3);
}

static bool
set_day(struct reading *r, int64_t year, int month, uint64_t day)
{
    struct civil c = { year, (unsigned)month + 1, (unsigned)day };
    char text[64];
    unsigned most = lede__days_in_month(year, c.month);

    if (day < 1 || day > most) {
        snprintf(text, sizeof(text), "%s %u has %u days",
                 lede__month_names[month], (unsigned)year, most);
        return tell(r, text);
    }
    return set_days(r, lede__days_of_civil(c), lede__days_of_civil(c));
}

/* march-2025, 2025-march, 12-feb-2025. */
static bool
read_month(struct reading *r)
{
    const struct date_piece *p = r->pieces.items;
    int month;

    if (is_shape(&r->pieces, "a0") || is_shape(&r->pieces, "0a")) {
        const struct date_piece *name = p[0].kind == 'a' ? &p[0] : &p[1];
        const struct date_piece *year = p[0].kind == 'a' ? &p[1] : &p[0];

        month = lede__date_month(name->word);
        return month >= 0 && is_number(year, 4, 4) &&
               is_year((int64_t)year->number) &&
               set_months(r, (int64_t)year->number * 12 + month, 1);
    }
    if (!is_shape(&r->pieces, "0a0") && !is_shape(&r->pieces, "a00")) {
        return false;
    }
    month = lede__date_month(p[p[0].kind == '0'].word);
    return month >= 0 && is_number(&p[2], 4, 4) &&
           is_number(&p[p[0].kind == 'a'], 1, 2) &&
           is_year((int64_t)p[2].number) &&
           set_day(r, (int64_t)p[2].number, month,
                   p[p[0].kind == 'a'].number);
}

/* @SECONDS since 1970. */
static bool
read_seconds(struct reading *r)
{
    const struct date_piece *p = r->pieces.items;
    char text[24];

    if (!is_shape(&r->pieces, "@0") || p[1].digits > 12) {
        return false;
    }
    r->from = (struct date){ (int64_t)p[1].number, DATE_SECOND };
    r->to = r->from;
    lede__date_format(r->from, text);
    return text[0] != '\0';
}

/* ---- dates that move ---- */

static enum unit
unit_of(const char *word)
{
    static const struct {
        const char *name;
        enum unit unit;
    } units[] = {
        { "h", HOUR }, { "hour", HOUR }, { "hours", HOUR }, { "d", DAY },
        { "day", DAY }, { "days", DAY }, { "w", WEEK }, { "week", WEEK },
        { "weeks", WEEK }, { "m", MONTH }, { "mo", MONTH },
        { "month", MONTH }, { "months", MONTH }, { "quarter", QUARTER },
        { "quarters", QUARTER }, { "y", YEAR }, { "year", YEAR },
        { "years", YEAR },
    };
    size_t i;

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(word, units[i].name) == 0) {
            return units[i].unit;
        }
    }
    return UNIT_NONE;
}

/* The unit that was so many before this one. */
static bool
set_ago(struct reading *r, enum unit unit, int64_t ago)
{
    int64_t month = r->date.year * 12 + r->date.month - 1;
    int64_t monday = r->today - weekday_of(r->today);

    if (!needs_clock(r)) {
        return false;
    }
    if (ago > AGO_MAX) {
        return tell(r, "that is before the year 1");
    }
    switch (unit) {
    case HOUR:
        return set_seconds(r, r->now - ago * 3600,
                           r->now - ago * 3600 + 3599);
    case DAY:
        return set_days(r, r->today - ago, r->today - ago);
    case WEEK:
        return set_days(r, monday - 7 * ago, monday - 7 * ago + 6);
    case MONTH:
        return set_months(r, month - ago, 1);
    case QUARTER:
        return set_months(r, month - month % 3 - 3 * ago, 3);
    case YEAR:
        return set_months(r, (r->date.year - ago) * 12, 12);
    default:
        return false;
    }
}

/* So many units, of which today is the end. */
static bool
set_span(struct reading *r, enum unit unit, uint64_t number)
{
    struct civil c = lede__civil_of_days(r->today + 1);
    int64_t n = (int64_t)number;
    int64_t month;
    unsigned most;

    if (!needs_clock(r)) {
        return false;
    }
    if (number == 0) {
        return tell(r, "that is no days at all");
    }
    if (number > AGO_MAX) {
        return tell(r, "that is before the year 1");
    }
    if (unit == HOUR) {
        return set_seconds(r, r->now - n * 3600, r->now);
    }
    if (unit == DAY || unit == WEEK) {
        n *= unit == WEEK ? 7 : 1;
        return set_days(r, r->today - n + 1, r->today);
    }
    n *= unit == YEAR ? 12 : unit == QUARTER ? 3 : 1;
    month = c.year * 12 + c.month - 1 - n;
    if (month < 12 * DATE_YEAR_MIN) {
        return tell(r, "that is before the year 1");
    }
    c.year = month / 12;
    c.month = (unsigned)(month % 12) + 1;
    most = lede__days_in_month(c.year, c.month);
    c.day = c.day > most ? most : c.day;
    return set_days(r, lede__days_of_civil(c), r->today);
}

/* today, last-week, 3-months-ago. */
static bool
read_ago(struct reading *r)
{
    static const struct {
        const char *word;
        int64_t ago;
    } days[] = { { "today", 0 }, { "yesterday", 1 }, { "tomorrow", -1 } };
    static const struct {
        const char *word;
        int64_t ago;
    } units[] = { { "this", 0 }, { "last", 1 }, { "next", -1 } };
    const struct date_piece *p = r->pieces.items;
    size_t i;

    for (i = 0; is_shape(&r->pieces, "a") && i < 3; i++) {
        size_t len = strlen(units[i].word);

        if (strcmp(p[0].word, days[i].word) == 0) {
            return set_ago(r, DAY, days[i].ago);
        }
        // lastweek
        if (strncmp(p[0].word, units[i].word, len) == 0 &&
            unit_of(p[0].word + len) >= DAY && strlen(p[0].word) > len + 2) {
            return set_ago(r, unit_of(p[0].word + len), units[i].ago);
        }
    }
    if (is_shape(&r->pieces, "a") && strcmp(p[0].word, "now") == 0) {
        if (!needs_clock(r)) {
            return false;
        }
        r->from = (struct date){ r->now, DATE_SECOND };
        r->to = r->from;
        return true;
    }
    for (i = 0; is_shape(&r->pieces, "aa") && i < 3; i++) {
        if (strcmp(p[0].word, units[i].word) == 0 &&
            strlen(p[1].word) > 2 && unit_of(p[1].word) >= DAY) {
            return set_ago(r, unit_of(p[1].word), units[i].ago);
        }
    }
    if (is_shape(&r->pieces, "0aa") && is_word(&p[2], "ago") &&
        unit_of(p[1].word) != UNIT_NONE) {
        return set_ago(r, unit_of(p[1].word), p[0].number > AGO_MAX
                       ? AGO_MAX + 1 : (int64_t)p[0].number);
    }
    return false;
}

/* 7d, last-7-days. */
static bool
read_span(struct reading *r)
{
    const struct date_piece *p = r->pieces.items;

    if (is_shape(&r->pieces, "a0a") &&
        (is_word(&p[0], "last") || is_word(&p[0], "past"))) {
        p++;
    } else if (!is_shape(&r->pieces, "0a")) {
        return false;
    }
    // 2025-W is no span of weeks
    if (p[1].before == '-' && p[1].word[1] == '\0') {
        return false;
    }
    return unit_of(p[1].word) != UNIT_NONE &&
           set_span(r, unit_of(p[1].word), p[0].number);
}

/* monday, last-monday, march. */
static bool
read_name(struct reading *r)
{
    const struct date_piece *p = r->pieces.items;
    bool last = is_shape(&r->pieces, "aa") && is_word(&p[0], "last");
    int64_t day = r->today - last;
    int number;

    if (!last && !is_shape(&r->pieces, "a")) {
        return false;
    }
    number = lede__date_weekday(p[last].word);
    if (number >= 0) {
        day -= (weekday_of(day) - number + 7) % 7;
        return needs_clock(r) && set_days(r, day, day);
    }
    number = lede__date_month(p[0].word);
    if (number < 0 || last || !needs_clock(r)) {
        return false;
    }
    return set_months(r, (r->date.year - ((unsigned)number >=
                                          r->date.month)) * 12 + number, 1);
}

/* 12-february: the latest that has come. */
static bool
read_day(struct reading *r)
{
    const struct date_piece *p = r->pieces.items;
    const struct date_piece *day = &p[p[0].kind == 'a'];
    int64_t year = r->date.year;
    int month;

    if (!is_shape(&r->pieces, "0a") && !is_shape(&r->pieces, "a0")) {
        return false;
    }
    month = lede__date_month(p[p[0].kind == '0'].word);
    if (month < 0 || !is_number(day, 1, 2) || !needs_clock(r)) {
        return false;
    }
    for (; year > r->date.year - 9; year--) {
        struct civil c = { year, (unsigned)month + 1, (unsigned)day->number };

        if (is_year(year) && day->number >= 1 &&
            day->number <= lede__days_in_month(year, c.month) &&
            lede__days_of_civil(c) <= r->today) {
            return set_days(r, lede__days_of_civil(c),
                            lede__days_of_civil(c));
        }
    }
    return set_day(r, r->date.year, month, day->number);
}

/* ---- one date ---- */

/* Whether a time is written without its seconds. */
static bool
is_minute(struct str text)
{
    const char *colon = memchr(text.p, ':', text.len);
    size_t after = colon == NULL ? 0
                   : (size_t)(text.p + text.len - colon);

    return colon != NULL && !(after > 3 && colon[3] == ':');
}

static bool
has_zone(struct str text, const char *zone)
{
    size_t len = strlen(zone);

    return text.len > len &&
           lede__str_eq_nocase((struct str){ text.p + text.len - len, len },
                               str_from(zone));
}

bool
lede__date_read(struct str text, const struct date_clock *clock,
                struct date *from, struct date *to, struct date_told *told)
{
    static bool (*const rules[])(struct reading *) = {
        read_week, read_quarter, read_month, read_seconds, read_ago,
        read_span, read_name, read_day,
    };
    struct reading r = { .told = told };
    size_t i;

    text = lede__str_trim(text);
    if (has_zone(text, " CST") && lede__date_parse(text, from)) {
        return tell(&r, "CST may be -06:00 or +08:00: type one of these");
    }
    if (lede__date_parse(text, from)) {
        *to = *from;
        to->seconds += from->precision == DATE_SECOND && is_minute(text)
                       ? 59 : 0;
        return true;
    }
    lede__date_cut(text, &r.pieces);
    if (clock != NULL) {
        r.clocked = true;
        r.now = clock->now;
        r.today = lede__day_of(clock->now + clock->utc_offset);
        r.date = lede__civil_of_days(r.today);
    }
    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i](&r)) {
            *from = r.from;
            *to = r.to;
            return true;
        }
        if (told->text[0] != '\0') {
            break;
        }
    }
    return false;
}
