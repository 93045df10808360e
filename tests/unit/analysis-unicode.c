/* analysis-unicode.c - the classes and folds of all characters. */

#include "shared/analysis/unicode.h"
#include "tests/tap.h"

static struct unicode unicode;

static unsigned
class_of(uint32_t cp)
{
    return lede__char_class(&unicode, cp) & CHAR_CLASS_MASK;
}

static struct str
encode(uint32_t cp, char bytes[4])
{
    return (struct str){ bytes, lede__utf8_put(cp, bytes) };
}

static void
test_ascii(void)
{
    int wrong = 0;

    for (uint32_t cp = 0; cp < 128; cp++) {
        uint32_t lower = cp >= 'A' && cp <= 'Z' ? cp | 0x20
                         : cp == '"' || cp == '\'' || cp == ',' ? FOLD_DROP
                         : cp;
        if (lede__ascii_class[cp] != lede__char_class(&unicode, cp)
            || lede__char_fold(&unicode, cp) != lower) {
            printf("# U+%04X: %u, not %u\n", (unsigned)cp,
                   lede__ascii_class[cp], lede__char_class(&unicode, cp));
            wrong++;
        }
    }
    is_int(wrong, 0, "the table of ASCII is what the library says");
}

static void
test_classes(void)
{
    static const struct {
        uint32_t cp;
        unsigned class;
    } rows[] = {
        { 0xE9, CHAR_LETTER }, { 0x130, CHAR_LETTER }, { 0x2019, CHAR_APOS },
        { 0xAD, CHAR_IGNORE }, { 0x200B, CHAR_MIDDLE }, { 0x200D, CHAR_IGNORE },
        { 0xFE0F, CHAR_IGNORE }, { 0x301, CHAR_MARK }, { 0x20E3, CHAR_IGNORE },
        { 0x2011, CHAR_HYPHEN }, { 0x2212, CHAR_HYPHEN },
        { 0x2013, CHAR_OTHER }, { 0x2014, CHAR_OTHER }, { 0xA7, CHAR_OTHER },
        { 0x20AC, CHAR_OTHER }, { 0xB2, CHAR_OTHER }, { 0x2082, CHAR_DIGIT },
        { 0x661, CHAR_DIGIT }, { 0xFF14, CHAR_DIGIT }, { 0xFF0D, CHAR_HYPHEN },
        { 0x212A, CHAR_LETTER }, { 0x2122, CHAR_OTHER }, { 0x6A21, CHAR_CJK },
        { 0x2000B, CHAR_CJK }, { 0x3005, CHAR_CJK }, { 0x3007, CHAR_CJK },
        { 0x30FC, CHAR_CJK }, { 0x30FB, CHAR_OTHER }, { 0x3002, CHAR_OTHER },
        { 0xFF76, CHAR_CJK }, { 0xFF9E, CHAR_MARK }, { 0xAC00, CHAR_CJK },
        { 0x1161, CHAR_TRAIL }, { 0xE01, CHAR_THAI }, { 0xE33, CHAR_TRAIL },
        { 0xE81, CHAR_LAO }, { 0x1780, CHAR_KHMER }, { 0x1000, CHAR_MYANMAR },
        { 0x1950, CHAR_TAI }, { 0x1F44D, CHAR_EMOJI }, { 0x2764, CHAR_EMOJI },
        { 0x1F1F0, CHAR_FLAG }, { 0x915, CHAR_LETTER }, { 0x94D, CHAR_MARK },
        { 0xFFFD, CHAR_OTHER }, { 0xE000, CHAR_OTHER }, { 0x378, CHAR_OTHER },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        is_int(class_of(rows[i].cp), rows[i].class, "the class of U+%04X",
               (unsigned)rows[i].cp);
    }
}

/* Each character folds to what folds to itself, alone as by the library, and
   never to nothing or to what is ignored. */
static void
test_folds(void)
{
    struct buf once = BUF_INIT(4096);
    struct buf twice = BUF_INIT(4096);
    char bytes[4];
    int wrong = 0;

    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        unsigned class = class_of(cp);
        if ((cp >= 0xD800 && cp < 0xE000) || class == CHAR_IGNORE) {
            continue;
        }
        once.len = twice.len = 0;
        if (lede__unicode_fold(&once, encode(cp, bytes), NULL)
            != LEDE_STATUS_OK
            || lede__unicode_fold(&twice, lede__buf_view(&once), NULL)
               != LEDE_STATUS_OK
            || (once.len == 0 && cp != 0x200B)  // zero width space
            || !str_eq(lede__buf_view(&once), lede__buf_view(&twice))) {
            printf("# U+%04X does not fold once for all\n", (unsigned)cp);
            wrong++;
        }
        uint32_t alone = lede__char_fold(&unicode, cp);
        if (alone != FOLD_COMPLEX && alone != FOLD_DROP
            && !str_eq(lede__buf_view(&once), encode(alone, bytes))) {
            printf("# U+%04X folds in two ways\n", (unsigned)cp);
            wrong++;
        }
        // a digit of several is one half, or twelve in a circle
        if (char_is_word(class) && (class != CHAR_DIGIT
                                    || alone != FOLD_COMPLEX)
            && class_of(alone == FOLD_COMPLEX ? 'a' : alone) != class) {
            printf("# U+%04X changes its class\n", (unsigned)cp);
            wrong++;
        }
    }
    is_int(wrong, 0, "the folds of all characters");
    lede__buf_free(&once);
    lede__buf_free(&twice);
}

static void
test_plain(void)
{
    static const char *const rows[][2] = {
        { "citro\xC3\xABn", "citroen" },
        { "\xC5\x82\xC3\xB3\x64\xC5\xBA", "lodz" },
        { "troms\xC3\xB8", "tromso" },
        { "\xC5\x93uvre", "oeuvre" },
        { "\xCE\xB5\xCE\xBB\xCE\xBB\xCE\xAC\xCE\xB4\xCE\xB1",
          "\xCE\xB5\xCE\xBB\xCE\xBB\xCE\xB1\xCE\xB4\xCE\xB1" },
        { "\xD0\xB5\xD1\x89\xD1\x91", "\xD0\xB5\xD1\x89\xD0\xB5" },
        { "\xD0\xBC\xD0\xB0\xD0\xB9", "" },             // short i is a letter
        { "\xE0\xA4\x95\xE0\xA5\x8D", "" },
        // kitab with a kasra; ahmad without its hamza; ad-dawri, ending in ya
        { "\xD9\x83\xD9\x90\xD8\xAA\xD8\xA7\xD8\xA8",
          "\xD9\x83\xD8\xAA\xD8\xA7\xD8\xA8" },
        { "\xD8\xA3\xD8\xAD\xD9\x85\xD8\xAF",
          "\xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF" },
        { "\xD8\xAF\xD9\x88\xD8\xB1\xD9\x89",
          "\xD8\xAF\xD9\x88\xD8\xB1\xD9\x8A" },
        { "\xD8\xB3\xD8\xA4\xD8\xA7\xD9\x84", "" },   // hamza over waw
        { "\xD9\x85\xD8\xAF\xD8\xB1\xD8\xB3\xD8\xA9", "" },  // ta marbuta
        // a word with points
        { "\xD7\x9B\xD6\xBC\xD6\xB8\xD7\xAA", "\xD7\x9B\xD7\xAA" },
        { "qwen", "" },
        { "\xED\x95\x9C", "" },
    };
    struct buf out = BUF_INIT(4096);

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        out.len = 0;
        ok(lede__unicode_plain(&out, str_from(rows[i][0]), NULL)
           == LEDE_STATUS_OK
           && str_eq(lede__buf_view(&out), str_from(rows[i][1])),
           "%s without accents", rows[i][0]);
    }
    lede__buf_free(&out);
}

int
main(void)
{
    test_ascii();
    test_classes();
    test_folds();
    test_plain();
    lede__unicode_free(&unicode);
    return done();
}
