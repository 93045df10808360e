/* encoding.c - bytes of any encoding -> UTF-8.

   In this order, the first that applies:
     1. a byte order mark: UTF-8, UTF-16, UTF-32;
     2. valid UTF-8 without zero bytes, the normal case, which costs a scan;
     3. zero bytes in a pattern: UTF-16 or UTF-32 without a mark;
     4. mostly valid UTF-8 (at least as many good characters of several bytes as
        ill-formed sequences): repaired;
     5. a declaration in the first lines, as editors and Python read it:
        "coding: latin-1", "charset=utf-8";
     6. what uchardet makes of it (Mozilla's detector, by statistics);
     7. Windows-1252, in which every text is something. */

#include "corpus/charset.h"
#include "corpus/encoding.h"

#include <errno.h>
#include <iconv.h>

#include "shared/base/utf8.h"

/* So much is given to the detector, from the first line on that is not ASCII:
   it finds out soon or never, at some 10 MB/s. */
#define DETECT_BYTES ((size_t)64 << 10)
/* A declaration stands near the beginning. */
#define DECLARED_BYTES ((size_t)1 << 10)
#define ENCODING_NAME_MAX CHARSET_NAME_MAX
/* Bytes looked at for patterns of zeros. */
#define ZEROS_BYTES ((size_t)4 << 10)

const char *
lede__encoding_of_mark(struct str bytes, size_t *len)
{
    static const struct {
        struct str mark;
        const char *encoding;
    } marks[] = {
        { { "\xEF\xBB\xBF", 3 }, "UTF-8" },
        { { "\xFF\xFE\x00\x00", 4 }, "UTF-32LE" },
        { { "\x00\x00\xFE\xFF", 4 }, "UTF-32BE" },
        { { "\xFF\xFE", 2 }, "UTF-16LE" },
        { { "\xFE\xFF", 2 }, "UTF-16BE" },
    };

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (bytes.len >= marks[i].mark.len
            && memcmp(bytes.p, marks[i].mark.p, marks[i].mark.len) == 0) {
            *len = marks[i].mark.len;
            return marks[i].encoding;
        }
    }
    *len = 0;
    return NULL;
}

const char *
lede__encoding_of_zeros(struct str bytes)
{
    size_t zeros[4] = { 0, 0, 0, 0 };
    size_t n = bytes.len < ZEROS_BYTES ? bytes.len : ZEROS_BYTES;
    size_t even, odd;

    if (bytes.len < 4 || bytes.len % 2 != 0
        || memchr(bytes.p, '\0', n) == NULL) {
        return NULL;
    }
    n -= n % 4;
    for (size_t i = 0; i < n; i++) {
        zeros[i % 4] += bytes.p[i] == '\0';
    }
    // Three of four bytes are zero in any text's UTF-32, nearly
    if (bytes.len % 4 == 0 && n > 0) {
        if (zeros[0] * 8 < n / 4 && zeros[2] * 8 > n / 4 * 7
            && zeros[3] * 8 > n / 4 * 7) {
            return "UTF-32LE";
        }
        if (zeros[3] * 8 < n / 4 && zeros[0] * 8 > n / 4 * 7
            && zeros[1] * 8 > n / 4 * 7) {
            return "UTF-32BE";
        }
    }
    // Even Chinese has spaces, figures and line ends: a zero on one side only
    even = zeros[0] + zeros[2];
    odd = zeros[1] + zeros[3];
    if (odd * 20 > n / 2 && even == 0) {
        return "UTF-16LE";
    }
    return even * 20 > n / 2 && odd == 0 ? "UTF-16BE" : NULL;
}

lede_status
lede__encoding_convert(struct buf *out, struct str bytes,
                       const char *encoding, lede_error *err)
{
    iconv_t converter = iconv_open("UTF-8", encoding);
    char *in = (char *)(uintptr_t)bytes.p;      // iconv does not change it
    size_t left = bytes.len;
    size_t unit = strncmp(encoding, "UTF-32", 6) == 0   ? 4
                  : strncmp(encoding, "UTF-16", 6) == 0 ? 2
                                                        : 1;
    lede_status status = LEDE_STATUS_OK;

    if (converter == (iconv_t)-1) {
        return errno == ENOMEM
                   ? lede__fail_memory(err)
                   : lede__fail(err, LEDE_STATUS_BAD_INPUT,
                                "%s: an encoding that is not known", encoding);
    }
    while (left > 0 && status == LEDE_STATUS_OK) {
        char chunk[4096];
        char *to = chunk;
        size_t room = sizeof(chunk);
        size_t result = iconv(converter, &in, &left, &to, &room);
        int reason = errno;
        status = lede__buf_add(out, chunk, sizeof(chunk) - room, err);
        if (result == (size_t)-1 && reason != E2BIG
            && status == LEDE_STATUS_OK) {
            // Not a character (EILSEQ), or cut at the end (EINVAL)
            size_t skip = left < unit ? left : unit;
            in += skip;
            left -= skip;
            status = lede__buf_add(out, "\xEF\xBF\xBD", 3, err);
        }
    }
    iconv_close(converter);
    return status;
}

/* Whether ill-formed sequences are few beside good characters of several
   bytes, so that it is UTF-8 with damage and not another encoding. */
static bool
is_mostly_utf8(struct str bytes)
{
    const char *p = bytes.p;
    const char *end = bytes.p + bytes.len;
    size_t good = 0;
    size_t bad = 0;

    while (p < end) {
        uint32_t cp;
        size_t n = lede__utf8_next(p, end, &cp);
        good += n > 1;
        bad += n == 1 && (unsigned char)*p >= 0x80;
        p += n;
    }
    return good >= bad;
}

static bool
is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* "coding: NAME", "charset=NAME" in the first lines (Python's PEP 263, and
   what Emacs, Vim and HTML say). */
static bool
declared(struct str bytes, char name[ENCODING_NAME_MAX])
{
    static const char *const words[] = { "coding", "charset" };
    size_t n = bytes.len < DECLARED_BYTES ? bytes.len : DECLARED_BYTES;

    for (size_t i = 0; i < n; i++) {
        for (size_t w = 0; w < 2; w++) {
            size_t len = strlen(words[w]);
            size_t at = i + len;
            size_t k = 0;
            if (at >= n || memcmp(bytes.p + i, words[w], len) != 0
                || (bytes.p[at] != ':' && bytes.p[at] != '=')) {
                continue;
            }
            at++;
            while (at < n && strchr(" \t\"'", bytes.p[at]) != NULL) {
                at++;
            }
            while (at < n && k < ENCODING_NAME_MAX - 1
                   && is_name_byte(bytes.p[at])) {
                name[k++] = bytes.p[at++];
            }
            name[k] = '\0';
            if (k > 0) {
                return true;
            }
        }
    }
    return false;
}

/* Python and Emacs say "latin-1", iconv knows "latin1". */
static const char *
without_hyphens(char *name)
{
    char *to = name;

    for (const char *from = name; *from != '\0'; from++) {
        if (*from != '-') {
            *to++ = *from;
        }
    }
    *to = '\0';
    return name;
}

/* What the detector says of the text from its first line with a byte that is
   not ASCII on. */
static bool
detected(struct str bytes, char name[ENCODING_NAME_MAX])
{
    size_t at = lede__utf8_valid(bytes);
    size_t n = 0;

    while (at > 0 && bytes.p[at - 1] != '\n') {
        at--;
    }
    n = bytes.len - at < DETECT_BYTES ? bytes.len - at : DETECT_BYTES;
    return lede__charset_detect((struct str){ bytes.p + at, n }, name);
}

/* Convert, then make sure of the result: an encoding can make NULs. */
static bool
convert(struct builder *b, struct str bytes, const char *encoding,
        struct buf *buf)
{
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = lede__encoding_convert(buf, bytes, encoding, &err);

    if (status == LEDE_STATUS_OK) {
        for (char *p = buf->p; p != NULL && p < buf->p + buf->len; p++) {
            if (*p == '\0') {
                *p = ' ';
            }
        }
        return true;
    }
    if (status != LEDE_STATUS_BAD_INPUT) {
        lede__builder_fail(b, status, err.message);
    }
    return false;
}

void
lede__encoding_decode(struct builder *b, struct str bytes, struct buf *buf,
                      struct str *out)
{
    char name[ENCODING_NAME_MAX];
    size_t mark;
    const char *encoding = lede__encoding_of_mark(bytes, &mark);
    bool zeros;

    *out = STR("");
    bytes.p += mark;
    bytes.len -= mark;
    if (encoding != NULL && strcmp(encoding, "UTF-8") != 0) {
        if (convert(b, bytes, encoding, buf)) {
            *out = lede__buf_view(buf);
        }
        return;
    }
    zeros = bytes.len > 0 && memchr(bytes.p, '\0', bytes.len) != NULL;
    if (!zeros && lede__utf8_valid(bytes) == bytes.len) {
        *out = bytes;
        return;
    }
    encoding = lede__encoding_of_zeros(bytes);
    if (encoding == NULL && !zeros && !is_mostly_utf8(bytes)) {
        if (declared(bytes, name)
            && (convert(b, bytes, name, buf)
                || convert(b, bytes, without_hyphens(name), buf))) {
            *out = lede__buf_view(buf);
            return;
        }
        buf->len = 0;
        encoding = detected(bytes, name) ? name : "WINDOWS-1252";
    }
    if (encoding != NULL && b->status == LEDE_STATUS_OK
        && convert(b, bytes, encoding, buf)) {
        lede__builder_warn(b, "encoding", b->line, 0,
                           "neither UTF-8 nor declared; read as %s",
                           encoding);
        *out = lede__buf_view(buf);
        return;
    }
    if (b->status != LEDE_STATUS_OK) {
        return;
    }
    // Also where the detector names what iconv does not know
    buf->len = 0;
    size_t at = lede__utf8_valid(bytes);
    unsigned line = b->line;
    for (size_t i = 0; i < at; i++) {
        line += bytes.p[i] == '\n';
    }
    b->status = lede__utf8_repair(buf, bytes, b->err);
    if (at < bytes.len) {
        lede__builder_warn(b, "encoding", line, 0,
                           "UTF-8 with damage; replaced by U+FFFD");
    }
    *out = lede__buf_view(buf);
}
