/* utf8.c - UTF-8 decoding, checking and repair (Unicode 15, section 3.9).

   Well-formed sequences are those of table 3-7: the first byte decides the
   length and what the second one may be; the others are 80..BF.  An ill-formed
   sequence ends before the first byte that cannot continue it (its maximal
   subpart), as the Unicode Standard and the WHATWG recommend. */

#include "shared/base/utf8.h"

#define REPLACEMENT 0xFFFD

/* The length of the character at p with its code point, or, where *valid is
   false, of the maximal subpart of an ill-formed one. */
static size_t
decode(const unsigned char *p, const unsigned char *end, uint32_t *cp,
       bool *valid)
{
    unsigned char first = p[0];
    unsigned char low = 0x80;   // bounds of the second byte
    unsigned char high = 0xBF;
    size_t len;

    *valid = true;
    *cp = first;
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        len = 2;
        *cp = first & 0x1F;
    } else if (first >= 0xE0 && first <= 0xEF) {
        len = 3;
        *cp = first & 0x0F;
        low = first == 0xE0 ? 0xA0 : low;       // else overlong
        high = first == 0xED ? 0x9F : high;     // else a surrogate
    } else if (first >= 0xF0 && first <= 0xF4) {
        len = 4;
        *cp = first & 0x07;
        low = first == 0xF0 ? 0x90 : low;       // else overlong
        high = first == 0xF4 ? 0x8F : high;     // else above U+10FFFF
    } else {
        *valid = false;
        return 1;
    }
    for (size_t i = 1; i < len; i++) {
        if (p + i == end || p[i] < low || p[i] > high) {
            *valid = false;
            return i;
        }
        *cp = *cp << 6 | (p[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return len;
}

size_t
lede__utf8_next(const char *p, const char *end, uint32_t *cp)
{
    bool valid;
    size_t len = decode((const unsigned char *)p, (const unsigned char *)end,
                        cp, &valid);

    if (!valid) {
        *cp = REPLACEMENT;
        return 1;
    }
    return len;
}

size_t
lede__utf8_put(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if ((cp >= 0xD800 && cp <= 0xDFFF) || cp > 0x10FFFF) {
        cp = REPLACEMENT;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

size_t
lede__utf8_valid(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t at = 0;

    while (at < s.len) {
        uint64_t eight;
        uint32_t cp;
        bool valid;
        // Most text is ASCII: eight bytes at a time
        if (s.len - at >= sizeof(eight)) {
            memcpy(&eight, p + at, sizeof(eight));
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof(eight);
                continue;
            }
        }
        size_t len = decode(p + at, p + s.len, &cp, &valid);
        if (!valid) {
            break;
        }
        at += len;
    }
    return at;
}

/* Append valid UTF-8 with each NUL as a space. */
static lede_status
add_without_nul(struct buf *out, struct str s, lede_error *err)
{
    size_t at = out->len;
    lede_status status = lede__buf_str(out, s, err);
    char *nul;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    while (at < out->len
           && (nul = memchr(out->p + at, '\0', out->len - at)) != NULL) {
        *nul = ' ';
        at = (size_t)(nul - out->p) + 1;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__utf8_repair(struct buf *out, struct str s, lede_error *err)
{
    size_t before = out->len;
    lede_status status = LEDE_STATUS_OK;

    while (s.len > 0) {
        uint32_t cp;
        bool valid;
        struct str sound = { s.p, lede__utf8_valid(s) };
        status = add_without_nul(out, sound, err);
        if (status != LEDE_STATUS_OK) {
            goto out;
        }
        s.p += sound.len;
        s.len -= sound.len;
        if (s.len == 0) {
            break;
        }
        size_t broken = decode((const unsigned char *)s.p,
                               (const unsigned char *)s.p + s.len, &cp,
                               &valid);
        status = lede__buf_str(out, STR("\xEF\xBF\xBD"), err);
        if (status != LEDE_STATUS_OK) {
            goto out;
        }
        s.p += broken;
        s.len -= broken;
    }
out:
    if (status != LEDE_STATUS_OK && out->p != NULL) {
        out->len = before;
        out->p[before] = '\0';
    }
    return status;
}

size_t
lede__utf8_floor(struct str s, size_t at)
{
    size_t start = at;
    uint32_t cp;

    if (at >= s.len) {
        return s.len;
    }
    while (start > 0 && at - start < 3
           && ((unsigned char)s.p[start] & 0xC0) == 0x80) {
        start--;
    }
    size_t len = lede__utf8_next(s.p + start, s.p + s.len, &cp);
    return start + len > at ? start : at;       // at: a stray byte
}
