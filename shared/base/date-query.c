/* date-query.c - what stands behind date: in a query: a date, or a range of
   two; date-read.c has the dates, date-told.c what is said of mistakes. */

#include "shared/base/date-private.h"

#include <stdio.h>

static bool
read_one(struct str text, const struct date_clock *clock, struct date *from,
         struct date *to, struct date_told *told)
{
    if (lede__date_read(text, clock, from, to, told)) {
        return true;
    }
    if (told->text[0] == '\0') {
        lede__date_tell(text, clock, told);
    }
    return false;
}

/* One end of a range; open for nothing and a star. */
static bool
take_end(struct str text, const struct date_clock *clock, struct date *from,
         struct date *to, struct date_told *told)
{
    text = lede__str_trim(text);
    *from = *to = (struct date){ 0, DATE_NONE };
    return text.len == 0 || str_eq(text, STR("*")) ||
           read_one(text, clock, from, to, told);
}

/* The date of the same precision after, or with -1 before, this one. */
static struct date
beside(struct date date, int step)
{
    int64_t first, last;

    lede__date_span(date, &first, &last);
    date.seconds = step > 0 ? last + 1 : first - 1;
    lede__date_span(date, &first, &last);
    date.seconds = first;
    return date;
}

/* >A, >=A, <A, <=A, =A. */
static bool
read_compared(struct str text, const struct date_clock *clock,
              struct date *from, struct date *to, struct date_told *told)
{
    const struct date open = { 0, DATE_NONE };
    char sign = text.p[0];
    bool equal = sign == '=';
    struct date first, last;

    text.p++;
    text.len--;
    if (sign != '=' && text.len > 0 && text.p[0] == '=') {
        equal = true;
        text.p++;
        text.len--;
    }
    if (!read_one(text, clock, &first, &last, told)) {
        return false;
    }
    *from = sign == '<' ? open : sign == '=' || equal ? first
            : beside(last, 1);
    *to = sign == '>' ? open : sign == '=' || equal ? last
          : beside(first, -1);
    return true;
}

/* A/B, which is A..B. */
static bool
tell_slash(struct str text, const struct date_clock *clock,
           struct date_told *told)
{
    const char *slash = memchr(text.p, '/', text.len);
    struct date unused[4];
    struct date_told none;
    struct str first, last;

    if (slash == NULL) {
        return false;
    }
    first = (struct str){ text.p, (size_t)(slash - text.p) };
    last = (struct str){ slash + 1, text.len - first.len - 1 };
    if (memchr(last.p, '/', last.len) != NULL ||
        !lede__date_read(first, clock, &unused[0], &unused[1], &none) ||
        !lede__date_read(last, clock, &unused[2], &unused[3], &none)) {
        return false;
    }
    snprintf(told->text, sizeof(told->text), "type %.*s..%.*s",
             (int)first.len, first.p, (int)last.len, last.p);
    return true;
}

bool
lede__date_query(struct str text, const struct date_clock *clock,
                 struct date *from, struct date *to, struct date_told *told)
{
    struct date unused;
    size_t i;

    text = lede__str_trim(text);
    told->text[0] = '\0';
    *from = *to = (struct date){ 0, DATE_NONE };
    if (text.len == 0) {
        return false;
    }
    if (strchr("<>=", text.p[0]) != NULL && text.p[0] != '\0') {
        return read_compared(text, clock, from, to, told);
    }
    if (str_eq(text, STR("*"))) {
        // whatever has a date
        return lede__date_parse(STR("0001"), from);
    }
    for (i = 0; i + 1 < text.len; i++) {
        if (text.p[i] != '.' || text.p[i + 1] != '.') {
            continue;
        }
        if (i + 2 < text.len && text.p[i + 2] == '.') {
            snprintf(told->text, sizeof(told->text),
                     "a range has two points");
            return false;
        }
        return take_end((struct str){ text.p, i }, clock, from, &unused,
                        told) &&
               take_end((struct str){ text.p + i + 2, text.len - i - 2 },
                        clock, &unused, to, told) &&
               (from->precision != DATE_NONE || to->precision != DATE_NONE);
    }
    if (tell_slash(text, clock, told)) {
        return false;
    }
    told->text[0] = '\0';
    return read_one(text, clock, from, to, told);
}
