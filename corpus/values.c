/* values.c - what a value of the metadata is: null, bool, number, date, string.

   YAML's plain scalars are read as its core schema says, with YAML 1.1's
   further names of true and false (`draft: yes` is found in the wild), and with
   all the forms of dates that people write. */

#include "corpus/builder.h"

/* Seconds since 1970 as a number: below, it is rather a year, a day or an id
   (this one is in 1973). */
#define EPOCH_MIN 1e8
/* From here on it is milliseconds (seconds would be in the year 5138), then
   microseconds, then nanoseconds. */
#define EPOCH_MILLI 1e11
#define EPOCH_MICRO 1e14
#define EPOCH_NANO 1e17

#define DATE_TEXT_MIN 6
#define DATE_TEXT_MAX 40

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_word_of(struct str text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (lede__str_eq_nocase(text, str_from(*words))) {
            return true;
        }
    }
    return false;
}

bool
lede__value_is_null(const struct value *value)
{
    struct str text = lede__str_trim(value->text);

    return text.len == 0 || value->type == VALUE_NULL
           || (value->type == VALUE_PLAIN
               && (str_eq(text, STR("~"))
                   || lede__str_eq_nocase(text, STR("null"))));
}

static const char *const true_words[] = { "true", "yes", "on", NULL };
static const char *const false_words[] = { "false", "no", "off", NULL };

bool
lede__value_is_true(const struct value *value)
{
    struct str text = lede__str_trim(value->text);

    return is_word_of(text, true_words) || str_eq(text, STR("1"));
}

/* A decimal number as JSON writes it, but for a sign or zeros before it. */
static bool
is_number(struct str s)
{
    const char *p = s.p;
    const char *end = s.p + s.len;
    const char *digits;

    if (p < end && *p == '-') {
        p++;
    }
    digits = p;
    while (p < end && is_digit(*p)) {
        p++;
    }
    if (p == digits || (*digits == '0' && p - digits > 1)) {
        return false;           // 007 is a name
    }
    if (p < end && *p == '.') {
        digits = ++p;
        while (p < end && is_digit(*p)) {
            p++;
        }
        if (p == digits) {
            return false;
        }
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '-' || *p == '+')) {
            p++;
        }
        digits = p;
        while (p < end && is_digit(*p)) {
            p++;
        }
        if (p == digits) {
            return false;
        }
    }
    return p == end;
}

static bool
has_digit(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_digit(text.p[i])) {
            return true;
        }
    }
    return false;
}

static bool
is_date(const struct value *value, struct date *date)
{
    struct str text = lede__str_trim(value->text);
    enum date_precision least = value->type == VALUE_PLAIN ? DATE_MONTH
                                                           : DATE_DAY;

    // Most strings are neither so short nor so long, or have no year
    return text.len >= DATE_TEXT_MIN && text.len <= DATE_TEXT_MAX
           && has_digit(text) && lede__date_parse(text, date)
           && date->precision >= least;
}

static enum meta_type
type_of(const struct value *value, struct meta *meta)
{
    struct str text = lede__str_trim(value->text);

    switch (value->type) {
    case VALUE_BOOL:
        meta->number = lede__value_is_true(value);
        return META_BOOL;
    case VALUE_NUMBER:
        meta->number = lede__str_number(text);
        return META_NUMBER;
    case VALUE_PLAIN:
        if (is_number(text)) {
            meta->number = lede__str_number(text);
            return META_NUMBER;
        }
        if (is_word_of(text, true_words) || is_word_of(text, false_words)) {
            meta->number = lede__value_is_true(value);
            return META_BOOL;
        }
        break;
    default:
        break;
    }
    return is_date(value, &meta->date) ? META_DATE : META_STRING;
}

/* Append a value to one of the article's two lists. */
static void
add_value(struct builder *b, const struct value *value, struct meta **list,
          size_t *count, size_t *cap)
{
    struct meta meta = { .type = META_STRING };
    size_t size = value->key.len + value->text.len;

    if (lede__value_is_null(value) || b->status != LEDE_STATUS_OK) {
        return;
    }
    if (value->text.len > META_TEXT_MAX) {
        lede__builder_warn(b, "limit", value->line, value->column,
                           "%.*s: longer than %zu KiB; the rest is left out",
                           (int)(value->key.len < 64 ? value->key.len : 64),
                           value->key.p, META_TEXT_MAX >> 10);
        size = value->key.len + META_TEXT_MAX;
    }
    if (b->meta_bytes + size > META_BYTES_MAX) {
        if (!b->meta_full) {
            b->meta_full = true;
            lede__builder_warn(b, "limit", value->line, value->column,
                               "more than %zu KiB of metadata; the rest is "
                               "left out", META_BYTES_MAX >> 10);
        }
        return;
    }
    b->meta_bytes += size;
    meta.type = type_of(value, &meta);
    meta.key = lede__text_line(b, value->key, META_KEY_MAX);
    meta.text = lede__text_lines(b, value->text, META_TEXT_MAX);
    if (meta.key.len > 0
        && lede__builder_grow(b, list, *count, cap, sizeof(**list))) {
        (*list)[(*count)++] = meta;
    }
}

void
lede__builder_meta(struct builder *b, const struct value *value)
{
    add_value(b, value, &b->article->meta, &b->article->n_meta,
              &b->cap_meta);
}

void
lede__builder_header(struct builder *b, const struct value *value)
{
    add_value(b, value, &b->article->header, &b->article->n_header,
              &b->cap_header);
}

/* ---- the article's date ---- */

static bool
epoch(struct str text, struct date *out)
{
    double value = lede__str_number(text);
    double size = value < 0 ? -value : value;

    if (!(size >= EPOCH_MIN)) {
        return false;
    }
    if (size >= EPOCH_NANO) {
        value /= 1e9;
    } else if (size >= EPOCH_MICRO) {
        value /= 1e6;
    } else if (size >= EPOCH_MILLI) {
        value /= 1e3;
    }
    if (value > 253402300799.0 || value < -62135596800.0) {
        return false;           // the years 1 to 9999
    }
    out->seconds = (int64_t)value;
    if (value < (double)out->seconds) {
        out->seconds--;
    }
    out->precision = DATE_SECOND;
    return true;
}

/* Day, month and year in figures: 11/04/2016, 4.11.2016. */
static bool
figures(struct str text, bool month_first, struct date *out)
{
    unsigned n[3] = { 0, 0, 0 };
    size_t digits[3] = { 0, 0, 0 };
    size_t part = 0;
    char sign = '\0';
    char iso[] = "YYYY-MM-DD";
    unsigned day, month;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        if (is_digit(c) && digits[part] < 4) {
            n[part] = n[part] * 10 + (unsigned)(c - '0');
            digits[part]++;
        } else if ((c == '/' || c == '.') && part < 2
                   && (sign == '\0' || c == sign)) {
            sign = c;
            part++;
        } else {
            return false;
        }
    }
    if (part != 2 || digits[2] != 4 || digits[0] - 1 > 1
        || digits[1] - 1 > 1) {
        return false;
    }
    // A point is only used where the day comes first; with a slash one of the
    // two has to be no month, or else nobody could tell
    if (sign == '.' || n[0] > 12) {
        day = n[0];
        month = n[1];
    } else if (n[1] > 12 || n[0] == n[1] || month_first) {
        day = n[1];
        month = n[0];
    } else {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        iso[3 - i] = (char)('0' + n[2] % 10);
        n[2] /= 10;
    }
    iso[5] = (char)('0' + month / 10);
    iso[6] = (char)('0' + month % 10);
    iso[8] = (char)('0' + day / 10);
    iso[9] = (char)('0' + day % 10);
    return lede__date_parse(str_from(iso), out);
}

bool
lede__value_date(const struct value *value, bool month_first, struct date *out)
{
    struct str text = lede__str_trim(value->text);

    if (text.len == 0 || text.len > DATE_TEXT_MAX * 2) {
        return false;
    }
    if (lede__date_parse(text, out)) {
        return true;
    }
    if (is_number(text)) {
        return epoch(text, out);
    }
    return figures(text, month_first, out);
}
