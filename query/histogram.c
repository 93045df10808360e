/* histogram.c - how the articles found lie over time; see facets.h.

   Dates are counted by days, months and years, as exactly as each is known,
   and put together into buckets of one unit at the end, when first and last
   are known.  A date that is less exact than the unit (2025, in months) is in
   no bucket: it is told apart.  All is in UTC; weeks begin on Monday. */

#include "query/facets.h"

#include <stdlib.h>

/* More buckets than these are not told; years never are more. */
#define BUCKETS_MAX 10000
/* What auto has at most, unless it has years. */
#define BUCKETS_AUTO 40
/* auto puts up with one date in so many that is not as exact. */
#define VAGUE_SHARE 10

#define YEARS (DATE_YEAR_MAX + 1)
#define DAY_SECONDS 86400

enum unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR, UNITS };

static const char *const unit_names[] = { "day", "week", "month", "year" };

struct year {
    uint64_t days[12][31];
    uint64_t months[12];        // with no day
    uint64_t only;              // with no month
};

struct histogram {
    struct tally tally;         // first
    struct year *years[YEARS];
    uint64_t dated;
    uint64_t without;
};

/* ---- the calendar (proleptic Gregorian; H. Hinnant, "chrono-compatible
   low-level date algorithms", 2014) ---- */

struct day {
    int year, month, day;       // month and day from 1
};

static int64_t
days_of(struct day d)
{
    int64_t y = d.year - (d.month <= 2);
    int64_t era = y / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 +
                      d.day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           719468;
}

static struct day
day_of(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = z / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 -
                    of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t m = (5 * of_year + 2) / 153;
    struct day d;

    d.day = (int)(of_year - (153 * m + 2) / 5 + 1);
    d.month = (int)(m < 10 ? m + 3 : m - 9);
    d.year = (int)(year + era * 400 + (d.month <= 2));
    return d;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* ---- counting ---- */

static lede_status
add(struct tally *tally, struct str value, uint64_t count, uint32_t index,
    uint32_t order, lede_error *err)
{
    struct histogram *h = (struct histogram *)tally;
    struct date date = lede__column_date_read(value);
    struct day d;
    struct year *year;

    (void)index;
    (void)order;
    d = day_of(floor_div(date.seconds, DAY_SECONDS));
    if (date.precision == DATE_NONE || d.year < DATE_YEAR_MIN ||
        d.year > DATE_YEAR_MAX) {
        h->without += count;
        return LEDE_STATUS_OK;
    }
    year = h->years[d.year];
    if (year == NULL) {
        year = calloc(1, sizeof(*year));
        if (year == NULL) {
            return lede__fail_memory(err);
        }
        h->years[d.year] = year;
    }
    h->dated += count;
    if (date.precision == DATE_YEAR) {
        year->only += count;
    } else if (date.precision == DATE_MONTH) {
        year->months[d.month - 1] += count;
    } else {
        year->days[d.month - 1][d.day - 1] += count;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__histogram_new(struct histogram **out, lede_error *err)
{
    *out = calloc(1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(err);
    }
    (*out)->tally.column = COLUMN_DATE;
    (*out)->tally.add = add;
    return LEDE_STATUS_OK;
}

struct tally *
lede__histogram_tally(struct histogram *h)
{
    return &h->tally;
}

void
lede__histogram_free(struct histogram *h)
{
    int i;

    if (h == NULL) {
        return;
    }
    for (i = 0; i < YEARS; i++) {
        free(h->years[i]);
    }
    lede__tally_free(&h->tally);
    free(h);
}

bool
lede__histogram_has(const char *unit)
{
    int i;

    for (i = 0; i < UNITS; i++) {
        if (strcmp(unit, unit_names[i]) == 0) {
            return true;
        }
    }
    return strcmp(unit, "auto") == 0;
}

/* ---- buckets ---- */

/* Which bucket a day is in, counted from any. */
static int64_t
bucket_of(enum unit unit, struct day d)
{
    switch (unit) {
    case UNIT_DAY:
        return days_of(d);
    case UNIT_WEEK:             // 1970-01-01 was a Thursday
        return floor_div(days_of(d) + 3, 7);
    case UNIT_MONTH:
        return d.year * 12 + d.month - 1;
    default:
        return d.year;
    }
}

/* The name of a bucket: its first day, as exactly as the unit is. */
static void
name_bucket(enum unit unit, int64_t bucket, char out[24])
{
    struct day d = { (int)bucket, 1, 1 };
    struct date date = { 0, DATE_DAY };

    if (unit == UNIT_DAY) {
        d = day_of(bucket);
    } else if (unit == UNIT_WEEK) {
        d = day_of(bucket * 7 - 3);
    } else if (unit == UNIT_MONTH) {
        d = (struct day){ (int)(bucket / 12), (int)(bucket % 12) + 1, 1 };
        date.precision = DATE_MONTH;
    } else {
        date.precision = DATE_YEAR;
    }
    date.seconds = days_of(d) * DAY_SECONDS;
    lede__date_format(date, out);
}

/* What one unit makes of all: the first and last bucket, and how many are too
   vague for it.  `counts` NULL: they are not filled in, from first on. */
struct made {
    int64_t first, last;
    uint64_t vague;
    bool any;
};

static void
put(struct made *made, int64_t bucket, uint64_t count, lede_bucket *buckets)
{
    if (count == 0) {
        return;
    }
    if (buckets != NULL) {
        buckets[bucket - made->first].count += count;
        return;
    }
    made->first = made->any && made->first < bucket ? made->first : bucket;
    made->last = made->any && made->last > bucket ? made->last : bucket;
    made->any = true;
}

static void
make(const struct histogram *h, enum unit unit, struct made *made,
     lede_bucket *buckets)
{
    struct day d;

    made->vague = 0;
    for (d.year = DATE_YEAR_MIN; d.year <= DATE_YEAR_MAX; d.year++) {
        const struct year *year = h->years[d.year];

        if (year == NULL) {
            continue;
        }
        d.month = d.day = 1;
        if (unit == UNIT_YEAR) {
            put(made, bucket_of(unit, d), year->only, buckets);
        } else {
            made->vague += year->only;
        }
        for (d.month = 1; d.month <= 12; d.month++) {
            d.day = 1;
            if (unit >= UNIT_MONTH) {
                put(made, bucket_of(unit, d), year->months[d.month - 1],
                    buckets);
            } else {
                made->vague += year->months[d.month - 1];
            }
            for (; d.day <= 31; d.day++) {
                put(made, bucket_of(unit, d),
                    year->days[d.month - 1][d.day - 1], buckets);
            }
        }
    }
}

static uint64_t
size_of(const struct made *made)
{
    return made->any ? (uint64_t)(made->last - made->first) + 1 : 0;
}

/* The finest unit that gives few buckets and is as exact as the dates are;
   else the unit asked for, or the next one that has not too many. */
static enum unit
choose_unit(const struct histogram *h, const char *name, struct made *made)
{
    bool free_choice = strcmp(name, "auto") == 0;
    int unit = 0;

    while (!free_choice && strcmp(name, unit_names[unit]) != 0) {
        unit++;
    }
    for (;; unit++) {
        *made = (struct made){ 0 };
        make(h, (enum unit)unit, made, NULL);
        if (unit == UNIT_YEAR || !made->any) {
            if (unit == UNIT_YEAR || !free_choice) {
                return (enum unit)unit;
            }
        } else if (free_choice
                   ? size_of(made) <= BUCKETS_AUTO &&
                     made->vague <= h->dated / VAGUE_SHARE
                   : size_of(made) <= BUCKETS_MAX) {
            return (enum unit)unit;
        }
    }
}

lede_status
lede__histogram_end(struct histogram *h, const char *name,
                    struct arena *arena, struct warnings *warnings,
                    lede_histogram *out, lede_error *err)
{
    struct made made;
    enum unit unit = choose_unit(h, name, &made);
    size_t n = (size_t)size_of(&made);
    lede_bucket *buckets = lede__arena_array(arena, n, sizeof(*buckets));
    size_t i;

    if (buckets == NULL && n > 0) {
        return lede__fail_memory(err);
    }
    make(h, unit, &made, buckets);
    for (i = 0; i < n; i++) {
        char text[24];

        name_bucket(unit, made.first + (int64_t)i, text);
        buckets[i].begin = lede__arena_str(arena, str_from(text)).p;
        if (buckets[i].begin == NULL) {
            return lede__fail_memory(err);
        }
    }
    *out = (lede_histogram){ .unit = unit_names[unit], .buckets = buckets,
                             .n_buckets = n, .vague = made.vague,
                             .without = h->without };
    if (strcmp(name, "auto") == 0 || strcmp(name, unit_names[unit]) == 0) {
        return LEDE_STATUS_OK;
    }
    return lede__warn(warnings, "histogram-coarser", 0, 0, err,
                      "from the first date to the last there are more than %d "
                      "%ss: this is by %s", BUCKETS_MAX, name,
                      unit_names[unit]);
}
