/* fold.c - folding of whole values, for filters: `tag:"Machine Learning"`.

   The library's cost grows with the square of a run of combining marks, so a
   value is folded piece by piece: up to white space, or to a character that is
   no mark once a piece is long. */

#include "shared/analysis/analysis.h"
#include "shared/analysis/unicode.h"

#include <stdlib.h>

#define PIECE_LONG 256          // cut at the next character that is no mark
#define PIECE_MAX 512           // cut anyway

static bool
is_space(uint32_t cp)
{
    return cp == ' ' || (cp >= 0x09 && cp <= 0x0D) || cp == 0x85 || cp == 0xA0
           || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028
           || cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

static bool
is_mark(struct unicode *unicode, uint32_t cp)
{
    unsigned class = lede__char_class(unicode, cp) & CHAR_CLASS_MASK;

    return class == CHAR_MARK || class == CHAR_IGNORE || class == CHAR_JAMO;
}

static bool
is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static lede_status
fold_piece(struct buf *out, struct str piece, lede_error *err)
{
    lede_status status;

    if (!is_ascii(piece)) {
        return lede__unicode_fold(out, piece, err);
    }
    status = lede__buf_str(out, piece, err);
    if (status == LEDE_STATUS_OK) {
        for (char *p = out->p + out->len - piece.len; *p != '\0'; p++) {
            *p = (char)((unsigned)*p - 'A' < 26u ? *p | 0x20 : *p);
        }
    }
    return status;
}

/* The length of the piece that begins `text`, which begins with no space. */
static size_t
piece_length(struct unicode *unicode, struct str text)
{
    const char *end = text.p + text.len;
    size_t len = 0;

    while (len < text.len) {
        uint32_t cp;
        size_t size = lede__utf8_next(text.p + len, end, &cp);
        if (is_space(cp) || len + size > PIECE_MAX
            || (len >= PIECE_LONG && !is_mark(unicode, cp))) {
            break;
        }
        len += size;
    }
    return len;
}

lede_status
lede__fold(struct buf *out, struct str text, lede_error *err)
{
    const char *at = text.p;
    const char *end = text.p + text.len;
    struct unicode *unicode = NULL;
    size_t start = out->len;
    bool space = false;
    lede_status status = LEDE_STATUS_OK;

    unicode = calloc(1, sizeof(*unicode));
    if (unicode == NULL) {
        return lede__fail_memory(err);
    }
    while (status == LEDE_STATUS_OK && at < end) {
        uint32_t cp;
        size_t size = lede__utf8_next(at, end, &cp);
        if (is_space(cp)) {
            space = true;
            at += size;
            continue;
        }
        size_t len =
            piece_length(unicode, (struct str){ at, (size_t)(end - at) });
        if (space && out->len > start) {
            status = lede__buf_char(out, ' ', err);
        }
        space = false;
        if (status == LEDE_STATUS_OK) {
            status = fold_piece(out, (struct str){ at, len }, err);
        }
        at += len;
    }
    lede__unicode_free(unicode);
    free(unicode);
    return status;
}
