/* date.c - tests of dates: what is read, what is refused, spans, printing. */

#include "shared/base/date.h"

#include "tests/tap.h"

/* text, and how the date is printed */
static const char *const accepted[][2] = {
    // the forms of date.h
    { "2025-02-12", "2025-02-12" },
    { "2025-02-12 15:10:00", "2025-02-12T15:10:00Z" },
    { "2025-02-12T15:10:00Z", "2025-02-12T15:10:00Z" },
    { "2025-02-12T15:10:00+01:00", "2025-02-12T14:10:00Z" },
    { "2025-02-12T15:10:00.123456789Z", "2025-02-12T15:10:00Z" },
    { "2025/02/12", "2025-02-12" },
    { "20250212", "2025-02-12" },
    { "12 Feb 2025", "2025-02-12" },
    { "12 February 2025 15:10", "2025-02-12T15:10:00Z" },
    { "Feb 12, 2025", "2025-02-12" },
    { "Wed, 12 Feb 2025 15:10:00 +0100", "2025-02-12T14:10:00Z" },
    { "2025-02", "2025-02" },
    { "2025", "2025" },
    { "2025\xE5\xB9\xB4" "2\xE6\x9C\x88" "12\xE6\x97\xA5", "2025-02-12" },

    // white space around, one digit for a month or a day
    { "  2025-02-12\n", "2025-02-12" },
    { "2025-2-3", "2025-02-03" },
    { "2025/2/3", "2025-02-03" },
    { "2025-2", "2025-02" },
    { "3 Feb 2025", "2025-02-03" },
    { "Feb 3, 2025", "2025-02-03" },
    { "2025\xE5\xB9\xB4" "02\xE6\x9C\x88" "03\xE6\x97\xA5 08:09",
      "2025-02-03T08:09:00Z" },

    // times
    { "2025-02-12 15:10", "2025-02-12T15:10:00Z" },
    { "2025-02-12T15:10", "2025-02-12T15:10:00Z" },
    { "2025-02-12t15:10:00z", "2025-02-12T15:10:00Z" },
    { "2025-02-12 \t 15:10", "2025-02-12T15:10:00Z" },
    { "2025-02-12 5:10", "2025-02-12T05:10:00Z" },
    { "2025-02-12 00:00:00", "2025-02-12T00:00:00Z" },
    { "2025-02-12 23:59:59", "2025-02-12T23:59:59Z" },
    { "2025-02-12 15:10:00.5", "2025-02-12T15:10:00Z" },
    { "2025-02-12 15:10:00,5", "2025-02-12T15:10:00Z" },
    { "2025-02-12 15:10:00.999999 +0100", "2025-02-12T14:10:00Z" },
    { "1990-12-31T23:59:60Z", "1990-12-31T23:59:59Z" },
    { "2025/02/12 15:10:00", "2025-02-12T15:10:00Z" },
    { "20250212 15:10", "2025-02-12T15:10:00Z" },
    { "20250212T15:10:00Z", "2025-02-12T15:10:00Z" },

    // zones
    { "2025-02-12 15:10:00 +0000", "2025-02-12T15:10:00Z" },
    { "2025-02-12 15:10:00 -0800", "2025-02-12T23:10:00Z" },
    { "2025-02-12 15:10:00 -08", "2025-02-12T23:10:00Z" },
    { "2025-02-12 15:10:00-08:00", "2025-02-12T23:10:00Z" },
    { "2025-02-12 15:10 Z", "2025-02-12T15:10:00Z" },
    { "2025-02-12 15:10Z", "2025-02-12T15:10:00Z" },
    { "2025-02-12T15:10:00-00:00", "2025-02-12T15:10:00Z" },
    { "2025-02-12T15:10:00+05:30", "2025-02-12T09:40:00Z" },
    { "2025-02-12T00:10:00+05:45", "2025-02-11T18:25:00Z" },
    { "2025-02-12T20:00:00-09:30", "2025-02-13T05:30:00Z" },
    { "2025-02-12T12:00:00+23:59", "2025-02-11T12:01:00Z" },
    { "2025-01-01T00:00:00+14:00", "2024-12-31T10:00:00Z" },
    { "2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z" },
    { "2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z" },
    { "2025-03-01T00:00:00+00:01", "2025-02-28T23:59:00Z" },
    { "2025-02-12 15:10:00 UTC", "2025-02-12T15:10:00Z" },
    { "2025-02-12 15:10:00 gmt", "2025-02-12T15:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 GMT", "2025-02-12T15:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 UT", "2025-02-12T15:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 EST", "2025-02-12T20:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 EDT", "2025-02-12T19:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 CST", "2025-02-12T21:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 CDT", "2025-02-12T20:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 MST", "2025-02-12T22:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 MDT", "2025-02-12T21:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 PST", "2025-02-12T23:10:00Z" },
    { "Wed, 12 Feb 2025 15:10:00 PDT", "2025-02-12T22:10:00Z" },

    // names
    { "1 January 2025", "2025-01-01" },
    { "1 february 2025", "2025-02-01" },
    { "1 MARCH 2025", "2025-03-01" },
    { "1 April 2025", "2025-04-01" },
    { "1 May 2025", "2025-05-01" },
    { "1 June 2025", "2025-06-01" },
    { "1 July 2025", "2025-07-01" },
    { "1 August 2025", "2025-08-01" },
    { "1 September 2025", "2025-09-01" },
    { "1 October 2025", "2025-10-01" },
    { "1 November 2025", "2025-11-01" },
    { "1 December 2025", "2025-12-01" },
    { "1 dec 2025", "2025-12-01" },
    { "December 31, 2025", "2025-12-31" },
    { "December 31,2025", "2025-12-31" },
    { "Feb 12, 2025 15:10", "2025-02-12T15:10:00Z" },
    { "Feb 12, 2025, 15:10", "2025-02-12T15:10:00Z" },
    { "Wednesday, February 12, 2025", "2025-02-12" },
    { "Wednesday 12 February 2025", "2025-02-12" },
    { "Mon, 12 Feb 2025", "2025-02-12" },       // it was a Wednesday

    // the calendar
    { "2024-02-29", "2024-02-29" },
    { "2000-02-29", "2000-02-29" },
    { "2025-01-31", "2025-01-31" },
    { "2025-04-30", "2025-04-30" },
    { "1970-01-01", "1970-01-01" },
    { "1969-12-31 23:59:59", "1969-12-31T23:59:59Z" },
    { "1600-02-29", "1600-02-29" },
    { "0001-01-01", "0001-01-01" },
    { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z" },
    { "0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00Z" },
    { "9999-12-31", "9999-12-31" },
    { "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
    { "9999-12-31T22:59:59-01:00", "9999-12-31T23:59:59Z" },
    { "0001", "0001" },
    { "9999-12", "9999-12" },
};

static const char *const refused[] = {
    "", " ", "x", "-", "2", "20", "202", "20255", "202502", "2025021",
    "202502123", "0000", "0000-01-01", "0000-12", "00000101", "10000-01-01",
    "-2025", "+2025", "2025-", "2025-02-", "2025--02", "2025-02-12-",
    "2025-00", "2025-13", "2025-00-01", "2025-01-00", "2025-01-32",
    "2025-02-29", "2025-02-30", "2100-02-29", "1900-02-29", "2025-04-31",
    "2025-06-31", "2025-09-31", "2025-11-31", "20250230", "20251301",
    "2025/02/30", "2025/02", "2025-02/12", "2025/02-12", "12/02/2025",
    "12.02.2025", "02-12-2025", "25-02-12", "2025-002-12", "2025-02-012",
    "2025 02 12", "2025-W07", "2025-043",
    "2025-02-12x", "2025-02-12 x", "2025-02-12T", "2025-02-12 15",
    "2025-02-12 15:", "2025-02-12 15:1", "2025-02-12 15:100",
    "2025-02-12 15:10:", "2025-02-12 15:10:0", "2025-02-12 15:10:000",
    "2025-02-12 24:00", "2025-02-12 15:60", "2025-02-12 15:10:61",
    "2025-02-12 15:10:00.", "2025-02-12 15:10:00.x", "2025-02-12 -1:10",
    "2025-02-12 15:10:00 +", "2025-02-12 15:10:00 +1",
    "2025-02-12 15:10:00 +010", "2025-02-12 15:10:00 +01000",
    "2025-02-12 15:10:00 +24:00", "2025-02-12 15:10:00 +01:60",
    "2025-02-12 15:10:00 +01:", "2025-02-12 15:10:00 +01:0",
    "2025-02-12 15:10:00 A", "2025-02-12 15:10:00 XYZ",
    "2025-02-12 15:10:00 UTCX", "2025-02-12 15:10:00Z Z",
    "2025-02-12 15:10:00 Z+01:00", "2025-02-1215:10", "2025-02 15:10",
    "2025 15:10",
    "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    "Feb 2025", "Feb", "12 Feb", "12 Feb 25", "Feb 12 2025", "Feb 12,",
    "12 Febr 2025", "12 Fe 2025", "12 Februaryx 2025", "12Feb 2025",
    "12 Feb2025", "30 Feb 2025", "0 Feb 2025", "012 Feb 2025",
    "12 Feb 2025,", "12 Feb 0000", "Feb 30, 2025", "Xxx, 12 Feb 2025",
    "Wed,12 Feb 2025", "Wed", "Wed,", "Wed 2025-02-12", "We, 12 Feb 2025",
    "2025\xE5\xB9\xB4", "2025\xE5\xB9\xB4" "2\xE6\x9C\x88",
    "2025\xE5\xB9\xB4" "2\xE6\x9C\x88" "12",
    "2025\xE5\xB9\xB4" "2\xE6\x9C\x88" "30\xE6\x97\xA5",
    "2025\xE5\xB9", "\xEF\xBC\x92\xEF\xBC\x90\xEF\xBC\x92\xEF\xBC\x95",
    "99999999999999999999", "2025-99999999999-01", "yesterday", "true",
};

static void
test_parse(void)
{
    struct date date;
    char text[24];

    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        struct str from = str_from(accepted[i][0]);
        // In memory of its own, so that reading beyond the end is caught
        char *copy = malloc(from.len);
        memcpy(copy, from.p, from.len);
        bool parsed = lede__date_parse((struct str){ copy, from.len }, &date);
        free(copy);
        lede__date_format(date, text);
        is_str(parsed ? text : "refused", accepted[i][1], "%s", from.p);
        struct date again;
        ok(lede__date_parse(str_from(text), &again)
               && again.seconds == date.seconds
               && again.precision == date.precision, "%s and back", text);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        date = (struct date){ 1, DATE_DAY };
        ok(!lede__date_parse(str_from(refused[i]), &date)
               && date.precision == DATE_NONE, "refused: \"%s\"", refused[i]);
    }
    ok(!lede__date_parse(STR("2025-02-12\0"), &date), "a NUL after it");
    ok(!lede__date_parse(STR("2025\0-02-12"), &date), "a NUL within");
    ok(!lede__date_parse(str_from(NULL), &date), "NULL");
}

/* Each day of all years, counted one by one. */
static void
test_calendar(void)
{
    static const int months[] = { 31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31 };
    int64_t seconds = INT64_C(-62135596800);    // 0001-01-01, RFC 3339 tools
    unsigned bad = 0;

    for (int year = 1; year <= 9999; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int days = months[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= days; day++) {
                struct date date;
                char text[24], back[24];
                snprintf(text, sizeof(text), "%04d-%02d-%02d", year % 10000,
                         month % 100, day % 100);
                bool parsed = lede__date_parse(str_from(text), &date);
                lede__date_format(date, back);
                bad += !parsed || date.seconds != seconds
                    || strcmp(text, back) != 0;
                seconds += 86400;
            }
        }
    }
    is_int(bad, 0, "every day from 0001-01-01 to 9999-12-31");
    is_int(seconds, INT64_C(253402300800), "and how many there are");
}

static void
test_span(void)
{
    static const char *const rows[][3] = {
        { "2025", "2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z" },
        { "2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59Z" },
        { "2025-02", "2025-02-01T00:00:00Z", "2025-02-28T23:59:59Z" },
        { "2025-12", "2025-12-01T00:00:00Z", "2025-12-31T23:59:59Z" },
        { "2025-02-12", "2025-02-12T00:00:00Z", "2025-02-12T23:59:59Z" },
        { "1969-12-31", "1969-12-31T00:00:00Z", "1969-12-31T23:59:59Z" },
        { "1901", "1901-01-01T00:00:00Z", "1901-12-31T23:59:59Z" },
        { "2025-02-12T15:10:11Z", "2025-02-12T15:10:11Z",
          "2025-02-12T15:10:11Z" },
        { "0001", "0001-01-01T00:00:00Z", "0001-12-31T23:59:59Z" },
        { "9999", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z" },
    };
    struct date date;
    int64_t first, last;
    char text[24];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede__date_parse(str_from(rows[i][0]), &date);
        lede__date_span(date, &first, &last);
        lede__date_format((struct date){ first, DATE_SECOND }, text);
        is_str(text, rows[i][1], "%s begins", rows[i][0]);
        lede__date_format((struct date){ last, DATE_SECOND }, text);
        is_str(text, rows[i][2], "%s ends", rows[i][0]);
    }
    // A second in the middle belongs to its day, month and year
    lede__date_parse(STR("2024-02-12T15:10:11Z"), &date);
    for (int p = DATE_YEAR; p <= DATE_DAY; p++) {
        date.precision = (enum date_precision)p;
        lede__date_span(date, &first, &last);
        ok(first % 86400 == 0 && (last + 1) % 86400 == 0
               && first <= date.seconds && date.seconds <= last,
           "precision %d rounds", p);
    }
    lede__date_span((struct date){ 0, DATE_NONE }, &first, &last);
    ok(first > last, "no date covers nothing");
}

/* What a damaged index may hold. */
static void
test_extremes(void)
{
    static const int64_t seconds[] = {
        INT64_MIN, INT64_MIN + 1, -INT64_C(62135596801),
        INT64_C(253402300800), INT64_MAX - 1, INT64_MAX,
    };
    int64_t first, last;
    char text[24];

    for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
        for (int p = DATE_NONE; p <= DATE_SECOND; p++) {
            struct date date = { seconds[i], (enum date_precision)p };
            lede__date_span(date, &first, &last);
            lede__date_format(date, text);
            is_str(text, "", "%lld, precision %d", (long long)seconds[i], p);
        }
    }
    lede__date_format((struct date){ 0, DATE_NONE }, text);
    is_str(text, "", "no date");
}

int
main(void)
{
    test_parse();
    test_calendar();
    test_span();
    test_extremes();
    return done();
}
