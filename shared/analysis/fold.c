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

    return class == CHAR_MARK || class == CHAR_IGNORE || class == CHAR_TRAIL;
}

/* Move the piece that begins at *at, no white space, to `piece`, without its
   ignored characters.  True where it is ASCII alone. */
static lede_status
take_piece(struct unicode *unicode, const char **at, const char *end,
           struct buf *piece, bool *ascii, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    piece->len = 0;
    *ascii = true;
    while (status == LEDE_STATUS_OK && *at < end) {
        uint32_t cp;
        size_t size = lede__utf8_next(*at, end, &cp);
        if (is_space(cp) || piece->len + size > PIECE_MAX
            || (piece->len >= PIECE_LONG && !is_mark(unicode, cp))) {
            break;
        }
        if (cp == 0xFFFD && size == 1) {
            return lede__fail(err, LEDE_STATUS_BAD_INPUT, "not valid UTF-8");
        }
        *ascii = *ascii && cp < 0x80;
        if ((lede__char_class(unicode, cp) & CHAR_CLASS_MASK)
            != CHAR_IGNORE) {
            status = lede__buf_add(piece, *at, size, err);
        }
        *at += size;
    }
    return status;
}

static lede_status
fold_piece(struct buf *out, struct str piece, bool ascii, lede_error *err)
{
    lede_status status;

    if (!ascii) {
        return lede__unicode_fold(out, piece, err);
    }
    status = lede__buf_str(out, piece, err);
    for (size_t i = 0; i < piece.len && status == LEDE_STATUS_OK; i++) {
        char *p = out->p + out->len - piece.len + i;
        *p = (char)((unsigned)*p - 'A' < 26 ? *p | 0x20 : *p);
    }
    return status;
}

/* One space for many, and none at the ends, from `start` on: folding makes
   spaces of its own, before accents that stand alone. */
static void
collapse(struct buf *out, size_t start)
{
    size_t to = start;

    if (out->p == NULL) {
        return;
    }
    for (size_t i = start; i < out->len; i++) {
        if (out->p[i] != ' ' || (to > start && out->p[to - 1] != ' ')) {
            out->p[to++] = out->p[i];
        }
    }
    if (to > start && out->p[to - 1] == ' ') {
        to--;
    }
    out->len = to;
    out->p[to] = '\0';
}

static bool
is_ascii(struct str text)
{
    unsigned char all = 0;

    for (size_t i = 0; i < text.len; i++) {
        all |= (unsigned char)text.p[i];
    }
    return all < 0x80;
}

/* The same as below, for most values, without any table. */
static lede_status
fold_ascii(struct buf *out, struct str text, lede_error *err)
{
    size_t start = out->len;
    lede_status status = fold_piece(out, text, true, err);

    for (size_t i = start; i < out->len; i++) {
        out->p[i] = is_space((unsigned char)out->p[i]) ? ' ' : out->p[i];
    }
    collapse(out, start);
    return status;
}

/* The same for values that are not ASCII. */
static lede_status
fold_any(struct unicode *unicode, struct buf *out, struct str text,
         lede_error *err)
{
    const char *at = text.p;
    const char *end = text.p + text.len;
    struct buf piece = BUF_INIT(PIECE_MAX);
    size_t start = out->len;
    bool ascii;
    lede_status status = LEDE_STATUS_OK;

    while (status == LEDE_STATUS_OK && at < end) {
        uint32_t cp;
        size_t size = lede__utf8_next(at, end, &cp);
        if (is_space(cp)) {
            status = lede__buf_char(out, ' ', err);
            at += size;
            continue;
        }
        status = take_piece(unicode, &at, end, &piece, &ascii, err);
        if (status == LEDE_STATUS_OK) {
            status = fold_piece(out, lede__buf_view(&piece), ascii, err);
        }
    }
    collapse(out, start);
    lede__buf_free(&piece);
    return status;
}

lede_status
lede__folder_fold(struct folder *folder, struct buf *out, struct str text,
                  lede_error *err)
{
    if (is_ascii(text)) {
        return fold_ascii(out, text, err);
    }
    if (folder->unicode == NULL) {
        folder->unicode = calloc(1, sizeof(*folder->unicode));
        if (folder->unicode == NULL) {
            return lede__fail_memory(err);
        }
    }
    return fold_any(folder->unicode, out, text, err);
}

void
lede__folder_free(struct folder *folder)
{
    if (folder->unicode != NULL) {
        lede__unicode_free(folder->unicode);
        free(folder->unicode);
        folder->unicode = NULL;
    }
}

lede_status
lede__fold(struct buf *out, struct str text, lede_error *err)
{
    struct folder folder = { NULL };
    lede_status status = lede__folder_fold(&folder, out, text, err);

    lede__folder_free(&folder);
    return status;
}
