/* date.c - reading and printing dates.

   One scanner that goes over the text once, with a function for each part:

       date   = iso | slash | packed | chinese | written
       iso    = year [ "-" month [ "-" day [ time ] ] ]
       slash  = year "/" month "/" day [ time ]
       packed = yyyymmdd [ time ]
       chinese = year "年" month "月" day "日" [ time ]
       written = [ weekday [ "," ] ]
                 ( day name year | name day "," year ) [ [ "," ] time ]
       time   = ( "T" | space ) hh:mm [ ":" ss [ ( "." | "," ) digits ] ]
                [ [ space ] zone ]
       zone   = "Z" | ( "+" | "-" ) hh [ [ ":" ] mm ] | name of RFC 2822

   A year has four digits, a month and a day one or two (but in `packed`).
   Letters are of either case.  A weekday is not compared with the date: where
   they differ, the weekday is more often the one that is wrong.

   Days are counted as in H. Hinnant, chrono-compatible low-level date
   algorithms (2013): a year begins in March, so that the leap day is its last,
   and 400 years are one era of 146,097 days. */

#include "shared/base/date-private.h"

#define ERA_DAYS 146097
#define EPOCH_DAYS 719468       // from 0000-03-01 to 1970-01-01

struct scanner {
    const char *p;
    const char *end;
};

const char *const lede__month_names[12] = {
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
};

const char *const lede__weekday_names[7] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    "Sunday",
};

/* ---- the calendar ---- */

int64_t
lede__days_of_civil(struct civil c)
{
    int64_t year = c.month <= 2 ? c.year - 1 : c.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (c.month > 2 ? c.month - 3 : c.month + 9) + 2) / 5
                      + c.day - 1;
    int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;

    return era * ERA_DAYS + days - EPOCH_DAYS;
}

struct civil
lede__civil_of_days(int64_t days)
{
    days += EPOCH_DAYS;
    int64_t era = (days >= 0 ? days : days - ERA_DAYS + 1) / ERA_DAYS;
    int64_t of_era = days - era * ERA_DAYS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096)
                   / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (unsigned)((5 * of_year + 2) / 153);
    struct civil c = {
        year + era * 400,
        month < 10 ? month + 3 : month - 9,
        (unsigned)(of_year - (153 * month + 2) / 5 + 1),
    };

    c.year += c.month <= 2;
    return c;
}

unsigned
lede__days_in_month(int64_t year, unsigned month)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
                                          31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool
is_civil(struct civil c)
{
    return c.year >= DATE_YEAR_MIN && c.year <= DATE_YEAR_MAX && c.month >= 1
           && c.month <= 12 && c.day >= 1
           && c.day <= lede__days_in_month(c.year, c.month);
}

int64_t
lede__day_of(int64_t seconds)
{
    return seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
}

/* Whether a second lies in the years that can be written. */
static bool
is_writable(int64_t seconds)
{
    struct civil first = { DATE_YEAR_MIN, 1, 1 };
    struct civil after = { DATE_YEAR_MAX + 1, 1, 1 };

    return seconds >= lede__days_of_civil(first) * DAY_SECONDS
           && seconds < lede__days_of_civil(after) * DAY_SECONDS;
}

/* ---- the scanner ---- */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
take(struct scanner *s, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(s->end - s->p) < len || memcmp(s->p, text, len) != 0) {
        return false;
    }
    s->p += len;
    return true;
}

static bool
take_spaces(struct scanner *s)
{
    const char *start = s->p;

    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t')) {
        s->p++;
    }
    return s->p > start;
}

/* A whole run of `min` to `max` digits, no more. */
static bool
take_number(struct scanner *s, unsigned min, unsigned max, unsigned *out)
{
    struct scanner at = *s;
    unsigned digits = 0;

    *out = 0;
    while (at.p < at.end && is_digit(*at.p)) {
        if (++digits > max) {
            return false;
        }
        *out = *out * 10 + (unsigned)(*at.p++ - '0');
    }
    if (digits < min) {
        return false;
    }
    *s = at;
    return true;
}

/* A whole run of letters that is one of `names`, or its first three letters;
   the number in the table, or -1 with nothing taken. */
static int
take_name(struct scanner *s, const char *const *names, int count)
{
    const char *end = s->p;

    while (end < s->end && is_letter(*end)) {
        end++;
    }
    struct str word = { s->p, (size_t)(end - s->p) };
    for (int i = 0; i < count; i++) {
        struct str name = str_from(names[i]);
        struct str three = { names[i], 3 };
        if (lede__str_eq_nocase(word, name)
            || lede__str_eq_nocase(word, three)) {
            s->p = end;
            return i;
        }
    }
    return -1;
}

/* ---- the parts of a date ---- */

static bool
take_month_name(struct scanner *s, unsigned *month)
{
    int i = take_name(s, lede__month_names, 12);

    *month = (unsigned)(i + 1);
    return i >= 0;
}

static bool
take_weekday(struct scanner *s)
{
    return take_name(s, lede__weekday_names, 7) >= 0;
}

/* The zones that RFC 2822 names, in hours from UTC; the military letters but Z
   are left out, as it asks for. */
static bool
take_zone_name(struct scanner *s, int64_t *offset)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {
        { "Z", 0 },    { "UTC", 0 },  { "UT", 0 },   { "GMT", 0 },
        { "EST", -5 }, { "EDT", -4 }, { "CST", -6 }, { "CDT", -5 },
        { "MST", -7 }, { "MDT", -6 }, { "PST", -8 }, { "PDT", -7 },
    };
    const char *end = s->p;

    while (end < s->end && is_letter(*end)) {
        end++;
    }
    struct str word = { s->p, (size_t)(end - s->p) };
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        if (lede__str_eq_nocase(word, str_from(zones[i].name))) {
            s->p = end;
            *offset = zones[i].hours * 3600;
            return true;
        }
    }
    return false;
}

static bool
take_zone(struct scanner *s, int64_t *offset)
{
    bool west = take(s, "-");
    unsigned hours, minutes = 0;

    if (!west && !take(s, "+")) {
        return take_zone_name(s, offset);
    }
    if (take_number(s, 4, 4, &hours)) {
        minutes = hours % 100;
        hours /= 100;
    } else if (!take_number(s, 2, 2, &hours)
               || (take(s, ":") && !take_number(s, 2, 2, &minutes))) {
        return false;
    }
    if (hours > 23 || minutes > 59) {
        return false;
    }
    *offset = (int64_t)hours * 3600 + minutes * 60;
    if (west) {
        *offset = -*offset;
    }
    return true;
}

/* *seconds since the day began in UTC: below 0 or beyond a day by the zone. */
static bool
take_clock(struct scanner *s, int64_t *seconds)
{
    unsigned hour, minute, second = 0;
    int64_t offset = 0;

    if (!take_number(s, 1, 2, &hour) || !take(s, ":")
        || !take_number(s, 2, 2, &minute)) {
        return false;
    }
    if (take(s, ":")) {
        if (!take_number(s, 2, 2, &second)) {
            return false;
        }
        if (take(s, ".") || take(s, ",")) {
            const char *digits = s->p;
            while (s->p < s->end && is_digit(*s->p)) {
                s->p++;
            }
            if (s->p == digits) {
                return false;
            }
        }
    }
    if (hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    if (second == 60) {
        second = 59;            // a leap second stays in its day
    }
    take_spaces(s);
    if (s->p < s->end && !take_zone(s, &offset)) {
        return false;
    }
    *seconds = (int64_t)hour * 3600 + minute * 60 + second - offset;
    return true;
}

/* The end of the text after a day, or a time. */
static bool
finish(struct scanner *s, struct civil c, struct date *out)
{
    int64_t clock = 0;
    bool timed = s->p < s->end;

    if (!is_civil(c)) {
        return false;
    }
    if (timed
        && ((!take_spaces(s) && !take(s, "T") && !take(s, "t"))
            || !take_clock(s, &clock) || s->p < s->end)) {
        return false;
    }
    out->seconds = lede__days_of_civil(c) * DAY_SECONDS + clock;
    out->precision = timed ? DATE_SECOND : DATE_DAY;
    return is_writable(out->seconds);
}

static bool
finish_coarse(struct civil c, enum date_precision precision, struct date *out)
{
    if (!is_civil(c)) {
        return false;
    }
    out->seconds = lede__days_of_civil(c) * DAY_SECONDS;
    out->precision = precision;
    return true;
}

/* ---- the forms ---- */

/* What begins with a year. */
static bool
parse_year_first(struct scanner *s, struct date *out)
{
    struct civil c = { 0, 1, 1 };
    unsigned year;

    if (!take_number(s, 4, 4, &year)) {
        if (!take_number(s, 8, 8, &year)) {
            return false;
        }
        c = (struct civil){ year / 10000, year / 100 % 100, year % 100 };
        return finish(s, c, out);
    }
    c.year = year;
    if (s->p == s->end) {
        return finish_coarse(c, DATE_YEAR, out);
    }
    if (take(s, "\xE5\xB9\xB4")) {
        return take_number(s, 1, 2, &c.month) && take(s, "\xE6\x9C\x88")
               && take_number(s, 1, 2, &c.day) && take(s, "\xE6\x97\xA5")
               && finish(s, c, out);
    }
    const char *separator = take(s, "-") ? "-" : take(s, "/") ? "/" : NULL;
    if (separator == NULL || !take_number(s, 1, 2, &c.month)) {
        return false;
    }
    if (s->p == s->end) {
        return *separator == '-' && finish_coarse(c, DATE_MONTH, out);
    }
    return take(s, separator) && take_number(s, 1, 2, &c.day)
           && finish(s, c, out);
}

/* What has the name of a month. */
static bool
parse_written(struct scanner *s, struct date *out)
{
    struct civil c = { 0, 1, 1 };
    unsigned year;

    if (take_weekday(s)) {
        take(s, ",");
        if (!take_spaces(s)) {
            return false;
        }
    }
    if (take_month_name(s, &c.month)) {
        if (!take_spaces(s) || !take_number(s, 1, 2, &c.day)
            || !take(s, ",")) {
            return false;
        }
        take_spaces(s);
    } else if (!take_number(s, 1, 2, &c.day) || !take_spaces(s)
               || !take_month_name(s, &c.month) || !take_spaces(s)) {
        return false;
    }
    if (!take_number(s, 4, 4, &year)) {
        return false;
    }
    c.year = year;
    if (take(s, ",") && s->p == s->end) {
        return false;
    }
    return finish(s, c, out);
}

/* ---- interface ---- */

bool
lede__date_parse(struct str text, struct date *out)
{
    struct str trimmed = lede__str_trim(text);
    struct date made = { 0, DATE_NONE };
    bool found = false;

    if (trimmed.len > 0) {
        struct scanner s = { trimmed.p, trimmed.p + trimmed.len };
        struct scanner again = s;
        found = parse_year_first(&s, &made) || parse_written(&again, &made);
    }
    if (!found) {
        made = (struct date){ 0, DATE_NONE };
    }
    *out = made;
    return found;
}

void
lede__date_span(struct date date, int64_t *first, int64_t *last)
{
    *first = date.seconds;
    *last = date.seconds;
    if (date.precision == DATE_NONE) {
        *first = INT64_MAX;     // nothing lies between
        *last = INT64_MIN;
        return;
    }
    if (date.precision == DATE_SECOND || !is_writable(date.seconds)) {
        return;
    }
    int64_t start = lede__day_of(date.seconds);
    int64_t after = start + 1;
    struct civil c = lede__civil_of_days(start);
    if (date.precision == DATE_MONTH) {
        c.day = 1;
        start = lede__days_of_civil(c);
        after = start + lede__days_in_month(c.year, c.month);
    } else if (date.precision == DATE_YEAR) {
        start = lede__days_of_civil((struct civil){ c.year, 1, 1 });
        after = lede__days_of_civil((struct civil){ c.year + 1, 1, 1 });
    }
    *first = start * DAY_SECONDS;
    *last = after * DAY_SECONDS - 1;
}

/* Write `value` in so many digits after a separator; the end. */
static char *
put(char *out, const char *separator, int64_t value, unsigned digits)
{
    size_t len = strlen(separator);

    memcpy(out, separator, len);
    for (unsigned i = digits; i > 0; i--) {
        out[len + i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + len + digits;
}

void
lede__date_format(struct date date, char out[24])
{
    char *end = out;

    // A second out of range comes from a damaged index
    if (date.precision != DATE_NONE && is_writable(date.seconds)) {
        int64_t day = lede__day_of(date.seconds);
        int64_t clock = date.seconds - day * DAY_SECONDS;
        struct civil c = lede__civil_of_days(day);
        end = put(end, "", c.year, 4);
        if (date.precision >= DATE_MONTH) {
            end = put(end, "-", c.month, 2);
        }
        if (date.precision >= DATE_DAY) {
            end = put(end, "-", c.day, 2);
        }
        if (date.precision >= DATE_SECOND) {
            end = put(end, "T", clock / 3600, 2);
            end = put(end, ":", clock / 60 % 60, 2);
            end = put(end, ":", clock % 60, 2);
            *end++ = 'Z';
        }
    }
    *end = '\0';
}
