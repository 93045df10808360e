/* unicode.h - what analysis knows of characters: one class for each, and the
   folded form of a piece of text.

   The only file that includes the Unicode library is unicode.c.  Its answers
   are kept in pages of 256 characters, filled as characters are met, so that
   one costs two memory reads from its second time on. */

#ifndef LEDE_ANALYSIS_UNICODE_H
#define LEDE_ANALYSIS_UNICODE_H

#include "shared/base/str.h"
#include "shared/base/utf8.h"

/* What a character is to the cutting of text.  Built from the word break
   property of UAX #29, the general category and the script. */
enum char_class {
    CHAR_OTHER,                 // white space, punctuation, signs
    CHAR_LETTER,
    CHAR_DIGIT,
    CHAR_MARK,                  // stays with the character before it
    CHAR_IGNORE,                // the same, and is not in the form
    CHAR_TRAIL,                 // a mark after a gram: jamo vowels, Thai am
    CHAR_EMOJI,
    CHAR_FLAG,                  // half of a flag
    CHAR_MIDDLE,                // dropped between letters: U+00B7
    CHAR_QUOTE,                 // dropped between Hebrew letters
    /* connectors: between letters and digits they do not end a chunk */
    CHAR_HYPHEN,
    CHAR_UNDER,
    CHAR_DOT,
    CHAR_SLASH,
    CHAR_APOS,
    CHAR_AMP,
    CHAR_PLUS,
    CHAR_HASH,
    CHAR_AT,
    CHAR_COLON,
    CHAR_DOLLAR,
    CHAR_COMMA,
    /* scripts written without spaces; a run of one class makes grams */
    CHAR_CJK,                   // Han, kana, Hangul
    CHAR_THAI,
    CHAR_LAO,
    CHAR_KHMER,
    CHAR_MYANMAR,
    CHAR_TAI,                   // Tai Le, New Tai Lue, Tai Tham, Tai Viet
    /* set besides the class */
    CHAR_HEBREW = 0x40,
    CHAR_UPPER = 0x80,
    CHAR_CLASS_MASK = 0x1F,
    CHAR_UNKNOWN = 0xFF,        // not looked up yet
};

static inline bool
char_is_word(unsigned class)
{
    return class == CHAR_LETTER || class == CHAR_DIGIT;
}

static inline bool
char_is_connector(unsigned class)
{
    return class >= CHAR_HYPHEN && class <= CHAR_COMMA;
}

static inline bool
char_is_gram(unsigned class)
{
    return class >= CHAR_CJK && class <= CHAR_TAI;
}

/* lede__utf8_next, with the common lengths in line. */
static inline uint32_t
char_decode(const char *p, const char *end, uint32_t *cp)
{
    const unsigned char *b = (const unsigned char *)p;

    if (b[0] < 0x80) {
        *cp = b[0];
        return 1;
    }
    if (b[0] >= 0xC2 && b[0] < 0xE0 && end - p >= 2
        && (b[1] & 0xC0) == 0x80) {
        *cp = (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
        return 2;
    }
    if (b[0] > 0xE0 && b[0] < 0xED && end - p >= 3 && (b[1] & 0xC0) == 0x80
        && (b[2] & 0xC0) == 0x80) {
        *cp = (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
        return 3;
    }
    return (uint32_t)lede__utf8_next(p, end, cp);
}

/* The classes of ASCII, so that the fast path needs no page. */
extern const uint8_t lede__ascii_class[128];

struct char_page {
    uint8_t class[256];         // CHAR_UNKNOWN until asked for
    uint32_t fold[256];         // FOLD_UNKNOWN until asked for
};

/* Inside a form: nothing stands for the character. */
#define FOLD_DROP 0xFFFFFFFDu
/* The fold is not one character, or depends on what stands beside. */
#define FOLD_COMPLEX 0xFFFFFFFEu
#define FOLD_UNKNOWN 0xFFFFFFFFu

/* One per thread.  Zeroed is ready for use. */
#define UNICODE_PAGES 0x1100

struct unicode {
    struct char_page *pages[UNICODE_PAGES];
};

void
lede__unicode_free(struct unicode *unicode);

unsigned
lede__char_class_slow(struct unicode *unicode, uint32_t cp);

/* The class of a character, with CHAR_HEBREW and CHAR_UPPER. */
static inline unsigned
lede__char_class(struct unicode *unicode, uint32_t cp)
{
    const struct char_page *page = unicode->pages[cp >> 8];

    if (page != NULL && page->class[cp & 0xFF] != CHAR_UNKNOWN) {
        return page->class[cp & 0xFF];
    }
    return lede__char_class_slow(unicode, cp);
}

uint32_t
lede__char_fold_slow(struct unicode *unicode, uint32_t cp);

/* Is the character left out of forms where it stands inside an atom? */
static inline bool
char_is_dropped(unsigned class)
{
    return class == CHAR_IGNORE || class == CHAR_MIDDLE || class == CHAR_QUOTE
           || class == CHAR_APOS || class == CHAR_COMMA;
}

/* The one character that this one is folded to wherever it stands, or
   FOLD_DROP or FOLD_COMPLEX. */
static inline uint32_t
lede__char_fold(struct unicode *unicode, uint32_t cp)
{
    const struct char_page *page = unicode->pages[cp >> 8];

    if (page != NULL && page->fold[cp & 0xFF] != FOLD_UNKNOWN) {
        return page->fold[cp & 0xFF];
    }
    return lede__char_fold_slow(unicode, cp);
}

/* Append the folded form of `text`, by the library: NFKC_Casefold (Unicode
   3.13, D146) of Unicode with two departures: digits of every script become
   0 to 9, and a dot above that follows i is dropped, so that a Turkish capital
   I with a dot is an i.  Default ignorable characters (CHAR_IGNORE) are to be
   left out of `text`, so that none stands between a letter and its mark.  The
   cost grows with the square of a run of marks: callers cut the text into
   pieces.
   LEDE_STATUS_OK, _NO_MEMORY, _LIMIT (of out). */
lede_status
lede__unicode_fold(struct buf *out, struct str text, lede_error *err);

/* Append the folded form `form` as it is typed without a way to write accents
   ("citroen" for citroën): Latin and Greek letters lose their diacritics and
   strokes, Cyrillic yo becomes ye; Arabic and Hebrew words lose their points,
   an alef what is written over it, and a final ya its shape.  Nothing is
   appended where it would be the same. */
lede_status
lede__unicode_plain(struct buf *out, struct str form, lede_error *err);

#endif
