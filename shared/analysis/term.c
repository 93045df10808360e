/* term.c - terms, as schema.h spells them.

   A term longer than TERM_MAX is cut at a character and ends with a 128-bit
   hash of all of it in hexadecimal, so that it is never dropped and two long
   terms that differ stay different. */

#include "shared/analysis/analysis.h"

#include <stdio.h>
#include <xxhash.h>

#include "shared/analysis/words.h"
#include "shared/base/utf8.h"

#define HASH_CHARS 32

/* The number of bytes of `text`, NULs counted twice, and the longest prefix
   that takes at most `max` of them. */
static size_t
measure(struct str text, size_t max, size_t *prefix)
{
    size_t size = 0;

    *prefix = 0;
    for (size_t i = 0; i < text.len; i++) {
        size += text.p[i] == '\0' ? 2 : 1;
        if (size <= max) {
            *prefix = i + 1;
        }
    }
    return size;
}

lede_status
lede__shorten(struct buf *out, struct str text, size_t max, lede_error *err)
{
    size_t prefix;
    XXH128_hash_t hash;
    lede_status status;

    out->len = 0;
    if (text.len <= max / 2 || measure(text, max, &prefix) <= max) {
        return lede__buf_str(out, text, err);
    }
    measure(text, max - HASH_CHARS, &prefix);
    prefix = lede__utf8_floor(text, prefix);
    hash = XXH3_128bits(text.p, text.len);
    status = lede__buf_add(out, text.p, prefix, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    return lede__buf_addf(out, err, "%016llx%016llx",
                          (unsigned long long)hash.high64,
                          (unsigned long long)hash.low64);
}

/* Cut what is in `out` where it is too long. */
static lede_status
limit(struct buf *out, lede_error *err)
{
    struct buf cut = BUF_INIT(BUF_MAX_ANY);
    size_t prefix;
    lede_status status = LEDE_STATUS_OK;

    if (out->len > TERM_MAX / 2
        && measure(lede__buf_view(out), TERM_MAX, &prefix) > TERM_MAX) {
        status = lede__shorten(&cut, lede__buf_view(out), TERM_MAX, err);
        if (status == LEDE_STATUS_OK) {
            memcpy(out->p, cut.p, cut.len);
            out->p[cut.len] = '\0';
            out->len = cut.len;
        }
    }
    lede__buf_free(&cut);
    return status;
}

static lede_status
begin_field(struct buf *out, char kind, int field, lede_error *err)
{
    char prefix[2] = { kind, field == FIELD_ALL ? '*' : (char)('a' + field) };

    out->len = 0;
    return lede__buf_add(out, prefix, sizeof(prefix), err);
}

static lede_status
make(struct buf *out, char kind, int field, struct str form, lede_error *err)
{
    lede_status status = begin_field(out, kind, field, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, form, err);
    }
    return status == LEDE_STATUS_OK ? limit(out, err) : status;
}

lede_status
lede__term_exact(struct buf *out, int field, struct str form, lede_error *err)
{
    return make(out, TERM_EXACT, field, form, err);
}

lede_status
lede__term_extra(struct buf *out, int field, struct str form, lede_error *err)
{
    return make(out, TERM_EXTRA, field, form, err);
}

lede_status
lede__term_stem(struct buf *out, int field, struct str stemmer,
                struct str stem, lede_error *err)
{
    lede_status status = begin_field(out, TERM_STEM, field, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, stemmer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_char(out, ':', err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, stem, err);
    }
    return status == LEDE_STATUS_OK ? limit(out, err) : status;
}

lede_status
lede__term_keyword(struct buf *out, struct str name, struct str value,
                   lede_error *err)
{
    lede_status status;

    out->len = 0;
    status = lede__buf_char(out, TERM_KEYWORD, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, name, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_char(out, '=', err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__fold(out, value, err);
    }
    return status == LEDE_STATUS_OK ? limit(out, err) : status;
}

lede_status
lede__term_raw(struct buf *out, char kind, struct str value, lede_error *err)
{
    lede_status status;

    out->len = 0;
    status = lede__buf_char(out, kind, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, value, err);
    }
    return status == LEDE_STATUS_OK ? limit(out, err) : status;
}
