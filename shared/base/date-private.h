/* date-private.h - the calendar that dates are read with, in articles (date.c)
   and in queries (date-query.c). */

#ifndef LEDE_BASE_DATE_PRIVATE_H
#define LEDE_BASE_DATE_PRIVATE_H

#include "shared/base/date.h"

#define DAY_SECONDS 86400

struct civil {
    int64_t year;
    unsigned month;
    unsigned day;
};

extern const char *const lede__month_names[12];
extern const char *const lede__weekday_names[7];

/* Days since 1970-01-01, and back. */
int64_t
lede__days_of_civil(struct civil c);
struct civil
lede__civil_of_days(int64_t days);

unsigned
lede__days_in_month(int64_t year, unsigned month);

/* The day that holds a second, rounding down before 1970 too. */
int64_t
lede__day_of(int64_t seconds);

/* ---- queries ---- */

/* A piece of a date that people write: a number, a word in small letters, or
   some other character.  Hyphens, points, low lines and spaces only part
   them. */
struct date_piece {
    char kind;                  // '0' a number, 'a' a word, else itself
    uint8_t digits;             // of a number
    char before;                // what stood before it; 0 for nothing
    uint64_t number;
    char word[16];              // cut
    size_t start;               // byte range in the text
    size_t end;
};

#define DATE_PIECES_MAX 8

struct date_pieces {
    struct date_piece items[DATE_PIECES_MAX];
    size_t count;               // 0: none, or too many
};

void
lede__date_cut(struct str text, struct date_pieces *out);

/* One end of a range; *told may say what is wrong with it. */
bool
lede__date_read(struct str text, const struct date_clock *clock,
                struct date *from, struct date *to, struct date_told *told);

/* Say what is wrong with a text that is no date: no such day, more than one
   day may be meant, a slip of typing.  Nothing where that is not known. */
void
lede__date_tell(struct str text, const struct date_clock *clock,
                struct date_told *told);

/* The number of the month or weekday that is named, in full or by three
   letters; -1 for none. */
int
lede__date_month(const char *word);
int
lede__date_weekday(const char *word);

#endif
