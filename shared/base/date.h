/* date.h - dates as people write them in articles, and date ranges in queries.

   A date is seconds since 1970-01-01T00:00:00Z (proleptic Gregorian, no leap
   seconds) and a precision.  A time without a zone is taken as UTC; a date
   without a time is that day from 00:00:00 UTC. */

#ifndef LEDE_BASE_DATE_H
#define LEDE_BASE_DATE_H

#include "shared/base/str.h"

enum date_precision {
    DATE_NONE = 0,              // no date
    DATE_YEAR,
    DATE_MONTH,
    DATE_DAY,
    DATE_SECOND,
};

struct date {
    int64_t seconds;
    enum date_precision precision;
};

/* The years that are accepted: four digits, so that RFC 3339 can print them */
#define DATE_YEAR_MIN 1
#define DATE_YEAR_MAX 9999

/* Parse the forms that people write: `2025-02-12`, `2025-02-12 15:10:00`,
   RFC 3339 with `Z` or an offset, fractions of a second (dropped),
   `2025/02/12`, `20250212`, `12 Feb 2025`, `12 February 2025 15:10`,
   `Feb 12, 2025`, RFC 2822 (`Wed, 12 Feb 2025 15:10:00 +0100`), `2025-02`,
   `2025`, `2025年2月12日`.  English month names, full or of three letters.
   False where it is none of them or no such day exists (2025-02-30). */
bool
lede__date_parse(struct str text, struct date *out);

/* What day it is for who asks. */
struct date_clock {
    int64_t now;                // seconds since 1970 UTC
    int32_t utc_offset;         // seconds east of UTC
};

/* What is wrong with a text that is no date, and what to type instead; empty
   where nothing more can be said. */
struct date_told {
    char text[120];
};

/* Read what stands behind date: in a query: a date as above, a relative one
   (yesterday, last-week, 7d, "march 2025"; docs/query-language.md has all), or
   a range of two (A..B, >A, <=B).  *from and *to are the first and the last
   day, month, ... of it; DATE_NONE for an open end.  `clock` NULL: relative
   dates are refused.  False where it is none; nothing is guessed. */
bool
lede__date_query(struct str text, const struct date_clock *clock,
                 struct date *from, struct date *to, struct date_told *told);

/* The first and the last second that `date` covers by its precision. */
void
lede__date_span(struct date date, int64_t *first, int64_t *last);

/* RFC 3339 in UTC, or the date alone (2025, 2025-02, 2025-02-12) by its
   precision.  `out` holds at least 24 bytes; "" for DATE_NONE. */
void
lede__date_format(struct date date, char out[24]);

#endif
