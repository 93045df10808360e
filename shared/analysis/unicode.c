/* unicode.c - the Unicode library behind unicode.h.

   The library is GNU libunistring.  Measured against ICU on 50 MB of English,
   Korean and Chinese text it was the faster one on UTF-8, needs 1.8 MB instead
   of 36, and starts in a tenth of a millisecond; ICU's dictionary-based
   breaking of Chinese and Thai is of no use where grams are wanted.

   Its functions for whole strings are slow beside a table (they decompose,
   sort and compose), so that a character whose folded form does not depend on
   its neighbours is folded by a page of struct unicode, and only the others
   (combining marks, ligatures, jamo) go through the library.  A letter may be
   folded alone because composition joins a letter only with a mark or a jamo
   that follows, and those are folded as FOLD_COMPLEX. */

#include "shared/analysis/unicode.h"

#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>
#include <unictype.h>
#include <uniwbrk.h>

/* Room on the stack for what the library writes; it allocates what is longer */
#define PIECE_BYTES 1024

/* It only stretches an Arabic word. */
#define TATWEEL 0x0640
#define FRACTION_SLASH 0x2044
#define ALEF 0x0627

#define O CHAR_OTHER
#define L CHAR_LETTER
#define U (CHAR_LETTER | CHAR_UPPER)
#define D CHAR_DIGIT

const uint8_t lede__ascii_class[128] = {
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
    /* space ! " # $ % & ' */
    O, O, CHAR_QUOTE, CHAR_HASH, CHAR_DOLLAR, O, CHAR_AMP, CHAR_APOS,
    /* ( ) * + , - . / */
    O, O, O, CHAR_PLUS, CHAR_COMMA, CHAR_HYPHEN, CHAR_DOT, CHAR_SLASH,
    D, D, D, D, D, D, D, D, D, D, CHAR_COLON, O, O, O, O, O,
    CHAR_AT, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
    U, U, U, U, U, U, U, U, U, U, U, O, O, O, O, CHAR_UNDER,
    O, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, O, O, O, O, O,
};

#undef O
#undef L
#undef U
#undef D

/* ---- classes ---- */

struct special {
    uint32_t first, last;
    uint8_t class;
};

/* Characters whose class does not follow from their properties. */
static const struct special specials[] = {
    { 0x0022, 0x0022, CHAR_QUOTE },
    { 0x0023, 0x0023, CHAR_HASH },
    { 0x0024, 0x0024, CHAR_DOLLAR },
    { 0x0026, 0x0026, CHAR_AMP },
    { 0x0027, 0x0027, CHAR_APOS },
    { 0x002B, 0x002B, CHAR_PLUS },
    { 0x002C, 0x002C, CHAR_COMMA },
    { 0x002D, 0x002D, CHAR_HYPHEN },
    { 0x002E, 0x002E, CHAR_DOT },
    { 0x002F, 0x002F, CHAR_SLASH },
    { 0x003A, 0x003A, CHAR_COLON },
    { 0x0040, 0x0040, CHAR_AT },
    { 0x005F, 0x005F, CHAR_UNDER },
    { 0x00B4, 0x00B4, CHAR_APOS },      // acute accent, often typed for '
    { 0x00B7, 0x00B7, CHAR_MIDDLE },    // Catalan l·l
    { 0x02BB, 0x02BC, CHAR_APOS },      // okina; Ukrainian apostrophe
    { 0x0387, 0x0387, CHAR_MIDDLE },
    { 0x05F3, 0x05F3, CHAR_MIDDLE },    // Hebrew geresh
    { 0x05F4, 0x05F4, CHAR_QUOTE },     // Hebrew gershayim
    { TATWEEL, TATWEEL, CHAR_IGNORE },
    { 0x066C, 0x066C, CHAR_COMMA },     // Arabic thousands separator
    { 0x0E33, 0x0E33, CHAR_TRAIL },     // Thai and Lao am: GCB SpacingMark
    { 0x0EB3, 0x0EB3, CHAR_TRAIL },
    { 0x1160, 0x1160, CHAR_IGNORE },    // a filler
    { 0x1161, 0x11FF, CHAR_TRAIL },
    { 0x200B, 0x200B, CHAR_MIDDLE },    // zero width space: a line may break
    { 0x2010, 0x2011, CHAR_HYPHEN },    // hyphen; non-breaking hyphen
    { 0x2018, 0x2019, CHAR_APOS },
    { 0x2024, 0x2024, CHAR_DOT },
    { 0x2027, 0x2027, CHAR_MIDDLE },
    { 0x202F, 0x202F, CHAR_OTHER },     // narrow space
    { 0x203F, 0x2040, CHAR_UNDER },
    { 0x2044, 0x2044, CHAR_SLASH },     // fraction slash
    { 0x2054, 0x2054, CHAR_UNDER },
    { 0x2080, 0x2089, CHAR_DIGIT },     // subscripts, as in CO2 and H2O
    { 0x2212, 0x2212, CHAR_HYPHEN },    // minus
    { 0x3006, 0x3006, CHAR_CJK },
    { 0x303C, 0x303C, CHAR_CJK },
    { 0x30FC, 0x30FC, CHAR_CJK },       // prolonged sound mark
    { 0x3371, 0x337A, CHAR_LETTER },    // squared units: kg, GHz
    { 0x3380, 0x33DF, CHAR_LETTER },
    { 0xD7B0, 0xD7FF, CHAR_TRAIL },
    { 0xFE33, 0xFE34, CHAR_UNDER },
    { 0xFE4D, 0xFE4F, CHAR_UNDER },
    { 0xFE52, 0xFE52, CHAR_DOT },
    { 0xFE55, 0xFE55, CHAR_COLON },
    { 0xFE5F, 0xFE5F, CHAR_HASH },
    { 0xFE60, 0xFE60, CHAR_AMP },
    { 0xFE62, 0xFE62, CHAR_PLUS },
    { 0xFE63, 0xFE63, CHAR_HYPHEN },
    { 0xFE69, 0xFE69, CHAR_DOLLAR },
    { 0xFE6B, 0xFE6B, CHAR_AT },
    { 0xFF03, 0xFF03, CHAR_HASH },
    { 0xFF04, 0xFF04, CHAR_DOLLAR },
    { 0xFF06, 0xFF06, CHAR_AMP },
    { 0xFF07, 0xFF07, CHAR_APOS },
    { 0xFF0B, 0xFF0B, CHAR_PLUS },
    { 0xFF0D, 0xFF0D, CHAR_HYPHEN },
    { 0xFF0E, 0xFF0E, CHAR_DOT },
    { 0xFF0F, 0xFF0F, CHAR_SLASH },
    { 0xFF20, 0xFF20, CHAR_AT },
    { 0xFF3F, 0xFF3F, CHAR_UNDER },
    { 0xFF70, 0xFF70, CHAR_CJK },       // half-width prolonged sound mark
    { 0xFF9E, 0xFF9F, CHAR_MARK },      // half-width voiced sound marks
    { 0x1F1E6, 0x1F1FF, CHAR_FLAG },
};

static int
compare_special(const void *key, const void *member)
{
    uint32_t cp = *(const uint32_t *)key;
    const struct special *special = member;

    return cp < special->first ? -1 : cp > special->last;
}

static const struct {
    const char *script;
    uint8_t class;
} gram_scripts[] = {
    { "Han", CHAR_CJK },
    { "Hiragana", CHAR_CJK },
    { "Katakana", CHAR_CJK },
    { "Hangul", CHAR_CJK },
    { "Thai", CHAR_THAI },
    { "Lao", CHAR_LAO },
    { "Khmer", CHAR_KHMER },
    { "Myanmar", CHAR_MYANMAR },
    { "Tai_Le", CHAR_TAI },
    { "New_Tai_Lue", CHAR_TAI },
    { "Tai_Tham", CHAR_TAI },
    { "Tai_Viet", CHAR_TAI },
};

static bool
script_is(uint32_t cp, const char *name)
{
    const uc_script_t *script = uc_script(cp);

    return script != NULL && strcmp(script->name, name) == 0;
}

static unsigned
classify_letter(uint32_t cp)
{
    if (uc_is_property_ideographic(cp)) {
        return CHAR_CJK;        // Tangut, Nushu and Khitan too
    }
    for (size_t i = 0; i < sizeof(gram_scripts) / sizeof(*gram_scripts); i++) {
        if (script_is(cp, gram_scripts[i].script)) {
            return gram_scripts[i].class;
        }
    }
    return CHAR_LETTER
           | (uc_is_general_category_withtable(
                  cp, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt)
              ? CHAR_UPPER : 0)
           | (uc_wordbreak_property(cp) == WBP_HL ? CHAR_HEBREW : 0);
}

/* One sign for a number or a fraction, as in a circle: ½ is 1/2.  Not a raised
   one, which mostly is the number of a note. */
static bool
is_written_number(uint32_t cp)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag = 0;
    int n = 0;

    if (!uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_No)) {
        return false;
    }
    n = uc_decomposition(cp, &tag, parts);
    for (int i = 0; i < n; i++) {
        if (parts[i] != FRACTION_SLASH
            && (parts[i] < '0' || parts[i] > '9')) {
            return false;
        }
    }
    return n > 0 && tag != UC_DECOMP_SUPER;
}

static unsigned
classify(uint32_t cp)
{
    const struct special *special =
        bsearch(&cp, specials, sizeof(specials) / sizeof(*specials),
                sizeof(*specials), compare_special);

    if (special != NULL) {
        return special->class;
    }
    if (uc_is_property_default_ignorable_code_point(cp)
        || uc_is_general_category_withtable(
               cp, UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Me)) {
        return CHAR_IGNORE;
    }
    if (uc_is_general_category_withtable(
            cp, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Mc)) {
        return CHAR_MARK;
    }
    if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Nd)
        || is_written_number(cp)) {
        return CHAR_DIGIT;
    }
    if (uc_is_general_category_withtable(
            cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nl)
        || uc_is_property_alphabetic(cp)) {
        return classify_letter(cp);
    }
    if (uc_is_property_emoji_presentation(cp)
        || (cp >= 0x2600 && uc_is_property_extended_pictographic(cp))) {
        return CHAR_EMOJI;
    }
    return CHAR_OTHER;
}

/* The page of a character; NULL when out of memory, which only costs time. */
static struct char_page *
page_of(struct unicode *unicode, uint32_t cp)
{
    struct char_page **page = &unicode->pages[cp >> 8];

    if (*page == NULL) {
        *page = malloc(sizeof(**page));
        if (*page != NULL) {
            memset(*page, 0xFF, sizeof(**page));
        }
    }
    return *page;
}

unsigned
lede__char_class_slow(struct unicode *unicode, uint32_t cp)
{
    struct char_page *page = page_of(unicode, cp);
    unsigned class = classify(cp);

    if (page != NULL) {
        page->class[cp & 0xFF] = (uint8_t)class;
    }
    return class;
}

void
lede__unicode_free(struct unicode *unicode)
{
    for (size_t i = 0; i < UNICODE_PAGES; i++) {
        free(unicode->pages[i]);
        unicode->pages[i] = NULL;
    }
}

/* ---- folding ---- */

/* A result of the library is in the buffer given, or allocated. */
static void
release(uint8_t *result, const uint8_t *given)
{
    if (result != given) {
        free(result);
    }
}

/* Take out of `p`, in place, default ignorable characters, the tatweel that
   Arabic presentation forms decompose to, and the dot above that case folding
   leaves behind i; make digits ASCII.  The new length. */
static size_t
clean(uint8_t *p, size_t n)
{
    const char *at = (const char *)p;
    const char *end = at + n;
    char *to = (char *)p;
    uint32_t before = 0;

    while (at < end) {
        uint32_t cp;
        size_t size = lede__utf8_next(at, end, &cp);
        int digit = cp < 0x80 ? -1 : uc_decimal_value(cp);
        if (digit >= 0) {
            cp = (uint32_t)('0' + digit);
            *to++ = (char)cp;
        } else if (!(cp == 0x0307 && before == 'i') && cp != TATWEEL
                   && !(cp >= 0x80
                        && uc_is_property_default_ignorable_code_point(cp))) {
            memmove(to, at, size);
            to += size;
        } else {
            cp = before;
        }
        at += size;
        before = cp;
    }
    return (size_t)(to - (char *)p);
}

lede_status
lede__unicode_fold(struct buf *out, struct str text, lede_error *err)
{
    uint8_t given[3][PIECE_BYTES];
    uint8_t *result[3] = { given[0], given[1], given[2] };
    size_t len[3] = { PIECE_BYTES, PIECE_BYTES, PIECE_BYTES };
    lede_status status = LEDE_STATUS_OK;

    if (text.len == 0) {
        return LEDE_STATUS_OK;
    }
    result[0] = u8_normalize(UNINORM_NFKC, (const uint8_t *)text.p, text.len,
                             given[0], &len[0]);
    if (result[0] != NULL) {
        result[1] = u8_casefold(result[0], len[0], NULL, NULL, given[1],
                                &len[1]);
    }
    if (result[0] != NULL && result[1] != NULL) {
        len[1] = clean(result[1], len[1]);
        result[2] = u8_normalize(UNINORM_NFKC, result[1], len[1], given[2],
                                 &len[2]);
    }
    if (result[0] != NULL && result[1] != NULL && result[2] != NULL) {
        status = lede__buf_add(out, result[2], len[2], err);
    } else {
        status = lede__fail_memory(err);
    }
    for (size_t i = 0; i < 3; i++) {
        release(result[i], given[i]);
    }
    return status;
}

static uint32_t
fold_alone(struct unicode *unicode, uint32_t cp)
{
    unsigned class = lede__char_class(unicode, cp) & CHAR_CLASS_MASK;
    char bytes[4];
    struct buf form = BUF_INIT(256);
    uint32_t fold = FOLD_COMPLEX;

    if (char_is_dropped(class)) {
        return FOLD_DROP;
    }
    if (class == CHAR_MARK || class == CHAR_TRAIL) {
        return FOLD_COMPLEX;
    }
    if ((cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0xAC00 && cp <= 0xD7A3)) {
        return cp;              // most of Chinese and Korean
    }
    if (lede__unicode_fold(&form,
                           (struct str){ bytes, lede__utf8_put(cp, bytes) },
                           NULL) == LEDE_STATUS_OK
        && form.len > 0) {
        uint32_t one;
        if (lede__utf8_next(form.p, form.p + form.len, &one) == form.len) {
            class = lede__char_class(unicode, one) & CHAR_CLASS_MASK;
            if (class != CHAR_MARK && class != CHAR_TRAIL) {
                fold = one;
            }
        }
    }
    lede__buf_free(&form);
    return fold;
}

uint32_t
lede__char_fold_slow(struct unicode *unicode, uint32_t cp)
{
    struct char_page *page = page_of(unicode, cp);
    uint32_t fold = fold_alone(unicode, cp);

    if (page != NULL) {
        page->fold[cp & 0xFF] = fold;
    }
    return fold;
}

/* ---- without accents ---- */

/* Letters with a stroke or of their own, which do not decompose, and others of
   another shape. */
static const struct {
    uint32_t cp;
    char plain[3];
} strokes[] = {
    { 0x00E6, "ae" }, { 0x00F0, "d" }, { 0x00F8, "o" }, { 0x00FE, "th" },
    { 0x0111, "d" }, { 0x0127, "h" }, { 0x0131, "i" }, { 0x0142, "l" },
    { 0x0153, "oe" }, { 0x0167, "t" }, { 0x0180, "b" }, { 0x01E5, "g" },
    { 0x0268, "i" }, { 0x0289, "u" },
    { 0x0649, "\xD9\x8A" },            // alef maksura, typed for ya
    { 0x0671, "\xD8\xA7" },            // alef wasla
};

static lede_status
add_plain(struct buf *out, uint32_t cp, lede_error *err)
{
    char bytes[4];

    for (size_t i = 0; i < sizeof(strokes) / sizeof(*strokes); i++) {
        if (strokes[i].cp == cp) {
            return lede__buf_str(out, str_from(strokes[i].plain), err);
        }
    }
    return lede__buf_add(out, bytes, lede__utf8_put(cp, bytes), err);
}

/* Vowel signs and points that are mostly not written; the hamza and madda over
   an alef, but not over waw and ya, where words differ by them (as Lucene's
   ArabicNormalizer has it).  `base` is the letter before. */
static bool
is_point(uint32_t cp, uint32_t base)
{
    static const struct {
        uint32_t first, last;
    } points[] = {
        { 0x0591, 0x05BD }, { 0x05BF, 0x05BF }, { 0x05C1, 0x05C2 },
        { 0x05C4, 0x05C5 }, { 0x05C7, 0x05C7 }, { 0x0610, 0x061A },
        { 0x064B, 0x0652 }, { 0x0656, 0x065F }, { 0x0670, 0x0670 },
        { 0x06D6, 0x06ED },
    };

    if (cp < points[0].first || cp > 0x06ED) {
        return false;
    }
    if (cp >= 0x0653 && cp <= 0x0655) {
        return base == ALEF;
    }
    for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
        if (cp >= points[i].first && cp <= points[i].last) {
            return true;
        }
    }
    return false;
}

lede_status
lede__unicode_plain(struct buf *out, struct str form, lede_error *err)
{
    uint8_t given[PIECE_BYTES];
    uint8_t composed[PIECE_BYTES];
    size_t len = PIECE_BYTES;
    size_t composed_len = PIECE_BYTES;
    uint8_t *result = NULL;
    uint8_t *again = NULL;
    size_t start = out->len;
    uint32_t base = 0;
    bool latin = false;
    lede_status status = LEDE_STATUS_OK;

    result = u8_normalize(UNINORM_NFD, (const uint8_t *)form.p, form.len,
                          given, &len);
    if (result == NULL) {
        return lede__fail_memory(err);
    }
    const char *at = (const char *)result;
    const char *end = at + len;
    while (status == LEDE_STATUS_OK && at < end) {
        uint32_t cp;
        at += lede__utf8_next(at, end, &cp);
        if (cp >= 0x0300 && cp <= 0x036F) {
            if (latin || (cp == 0x0308 && base == 0x0435)) {
                continue;
            }
        } else if (is_point(cp, base)) {
            continue;
        } else {
            base = cp;
            latin = script_is(cp, "Latin") || script_is(cp, "Greek");
        }
        status = add_plain(out, cp, err);
    }
    release(result, given);
    if (status != LEDE_STATUS_OK || out->len == start) {
        return status;
    }
    again = u8_normalize(UNINORM_NFC, (const uint8_t *)out->p + start,
                         out->len - start, composed, &composed_len);
    if (again == NULL) {
        return lede__fail_memory(err);
    }
    out->len = start;
    if (composed_len != form.len
        || memcmp(again, form.p, form.len) != 0) {
        status = lede__buf_add(out, again, composed_len, err);
    }
    release(again, composed);
    return status;
}
