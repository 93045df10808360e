/* utf8.c - tests of UTF-8 decoding, checking and repair. */

#include "shared/base/utf8.h"

#include "tests/tap.h"

#define R "\xEF\xBF\xBD"

/* Every code point there and back, and no other. */
static void
test_all(void)
{
    uint32_t bad = 0;

    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char text[4];
        uint32_t back;
        size_t len = lede__utf8_put(cp, text);
        size_t want = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        struct str s = { text, len };
        if (len != want || lede__utf8_next(text, text + len, &back) != len
            || back != (surrogate ? 0xFFFD : cp)
            || lede__utf8_valid(s) != len) {
            bad++;
        }
        // Cut, it is not valid, and nothing beyond the end is read
        char *cut = malloc(len);
        memcpy(cut, text, len - 1);
        if (len > 1
            && (lede__utf8_next(cut, cut + len - 1, &back) != 1
                || back != 0xFFFD
                || lede__utf8_valid((struct str){ cut, len - 1 }) != 0)) {
            bad++;
        }
        free(cut);
    }
    is_int(bad, 0, "every code point is written and read");
}

/* Each sequence of two bytes, and of three that begin with E0..EF, F0..FF:
   valid or not by the rule said in another way, by the value alone. */
static void
test_sequences(void)
{
    unsigned bad = 0;

    for (unsigned n = 0; n < 1u << 16; n++) {
        unsigned char b[2] = { n >> 8, n & 0xFF };
        bool valid = b[0] >= 0xC0 && b[0] < 0xE0 && (b[1] & 0xC0) == 0x80
            && ((b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu)) >= 0x80;
        bool both = b[0] < 0x80 && b[1] < 0x80;
        struct str s = { (char *)b, 2 };
        bad += (lede__utf8_valid(s) == 2) != (valid || both);
    }
    for (unsigned n = 0xE00000; n < 1u << 24; n++) {
        unsigned char b[3] = { n >> 16, n >> 8 & 0xFF, n & 0xFF };
        unsigned cp = (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6
            | (b[2] & 0x3Fu);
        bool valid = b[0] < 0xF0 && (b[1] & 0xC0) == 0x80
            && (b[2] & 0xC0) == 0x80 && cp >= 0x800
            && (cp < 0xD800 || cp > 0xDFFF);
        struct str s = { (char *)b, 3 };
        bad += (lede__utf8_valid(s) == 3) != valid;
    }
    is_int(bad, 0, "every sequence of two or three bytes");
    ok(lede__utf8_valid(STR("\xF0\x8F\xBF\xBF")) == 0, "overlong in four");
    ok(lede__utf8_valid(STR("\xF4\x90\x80\x80")) == 0, "above U+10FFFF");
    ok(lede__utf8_valid(STR("\xF5\x80\x80\x80")) == 0, "F5");
}

static void
test_valid(void)
{
    static const char sound[] = "0123456789 \xC3\xA9 \xE2\x82\xAC "
        "\xF0\x9F\x98\x80 abcdefghijklmnop";
    char text[sizeof(sound)];

    is_int(lede__utf8_valid(STR(sound)), sizeof(sound) - 1, "all valid");
    is_int(lede__utf8_valid(str_from(NULL)), 0, "nothing");
    is_int(lede__utf8_valid(STR("a\0b")), 3, "NUL is a character");
    for (size_t i = 0; i < sizeof(sound) - 1; i++) {
        memcpy(text, sound, sizeof(sound));
        text[i] = '\xFF';
        struct str s = { text, sizeof(sound) - 1 };
        is_int(lede__utf8_valid(s), lede__utf8_floor(STR(sound), i),
               "a broken byte at %zu", i);
    }
}

static void
test_repair(void)
{
    // From the Unicode Standard, tables 3-8 to 3-11, and WHATWG practice
    static const struct {
        struct str from;
        const char *to;
    } rows[] = {
        { { "", 0 }, "" },
        { { "caf\xC3\xA9", 5 }, "caf\xC3\xA9" },
        { { "a\0b\0", 4 }, "a b " },
        { { "\0", 1 }, " " },
        { { "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", 9 },
          R R R R R R R R "A" },
        { { "\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", 9 },
          R R R R R R R R "A" },
        { { "\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", 9 },
          R R R R R "A" R R "B" },
        { { "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 9 }, R R R R "A" },
        { { "x\xF0\x9F\x98", 4 }, "x" R },
        { { "x\xE2\x82", 3 }, "x" R },
        { { "\xE2\x82y", 3 }, R "y" },
    };
    lede_error err = LEDE_ERROR_INIT;
    struct buf buf = BUF_INIT(100);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede__buf_free(&buf);
        lede__buf_str(&buf, STR("> "), NULL);
        is_int(lede__utf8_repair(&buf, rows[i].from, &err), LEDE_STATUS_OK,
               "repair %zu", i);
        is_str(buf.p + 2, rows[i].to, "repaired %zu", i);
    }
    lede__buf_free(&buf);

    struct buf small = BUF_INIT(5);
    lede__buf_str(&small, STR("ab"), NULL);
    is_int(lede__utf8_repair(&small, STR("\xFF"), &err), LEDE_STATUS_OK,
           "what fits");
    small.len = 2;
    is_int(lede__utf8_repair(&small, STR("c\xFF"), &err), LEDE_STATUS_LIMIT,
           "what does not");
    ok(str_eq(lede__buf_view(&small), STR("ab")), "leaves the buffer alone");
    lede__buf_free(&small);
}

static void
test_floor(void)
{
    struct str s = STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x80\xE2\x82");
    static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6,
                                   10, 11, 12, 13, 13 };

    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        is_int(lede__utf8_floor(s, i), want[i], "floor of %zu", i);
    }
    is_int(lede__utf8_floor(str_from(NULL), 5), 0, "floor in nothing");
}

int
main(void)
{
    test_all();
    test_sequences();
    test_valid();
    test_repair();
    test_floor();
    return done();
}
