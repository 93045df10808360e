/* analysis-terms.c - terms, filter values, and lengths. */

#include "shared/analysis/analysis.h"
#include "tests/tap.h"

static struct buf out = BUF_INIT(BUF_MAX_ANY);

static const char *
text_of(lede_status status)
{
    return status == LEDE_STATUS_OK ? lede__buf_view(&out).p : "failed";
}

static const char *
fold(const char *text)
{
    out.len = 0;
    return text_of(lede__fold(&out, str_from(text), NULL));
}

static void
test_spelling(void)
{
    is_str(text_of(lede__term_exact(&out, FIELD_ALL, STR("qwen"), NULL)),
           "x*qwen", "an exact form in all fields");
    is_str(text_of(lede__term_exact(&out, FIELD_TITLE, STR("qwen"), NULL)),
           "xbqwen", "in one field");
    is_str(text_of(lede__term_extra(&out, FIELD_ALL, STR("gpt4o"), NULL)),
           "j*gpt4o", "an extra form");
    is_str(text_of(lede__term_stem(&out, FIELD_ALL, STR("en"), STR("run"),
                                   NULL)), "s*en:run", "a stem");
    is_str(text_of(lede__term_stem(&out, FIELDS_MAX - 1, STR(""), STR("run"),
                                   NULL)), "sp:run", "without a language");
    is_str(text_of(lede__term_keyword(&out, STR("tag"), STR("AI  Chips "),
                                      NULL)), "ktag=ai chips", "a filter");
    is_str(text_of(lede__term_raw(&out, TERM_FILE, STR("A b"), NULL)),
           "fA b", "a raw value");
    is_str(text_of(lede__term_raw(&out, TERM_ALL, STR(""), NULL)), "#",
           "every article");
}

static void
test_long(void)
{
    char text[2][600];
    char first[TERM_MAX + 1];

    memset(text, 'a', sizeof(text));
    for (size_t n = TERM_MAX - 1; n <= TERM_MAX; n++) {
        struct str value = { text[0], n };
        ok(lede__term_raw(&out, TERM_ID, value, NULL) == LEDE_STATUS_OK,
           "a value of %zu bytes", n);
        is_int(out.len, TERM_MAX, "its term is of the largest length");
        is_int(memcmp(out.p + 1, text[0], n < TERM_MAX ? n : 200), 0,
               "and begins like it");
        is_int(memchr(out.p + 1, 'a', out.len - 1) != NULL
               && strspn(out.p + 1, "a") == n, n < TERM_MAX, "uncut: %d",
               n < TERM_MAX);
    }
    text[1][599] = 'b';
    lede__term_raw(&out, TERM_ID, (struct str){ text[0], 600 }, NULL);
    is_int(out.len, TERM_MAX, "a long term is cut");
    snprintf(first, sizeof(first), "%s", out.p);
    lede__term_raw(&out, TERM_ID, (struct str){ text[1], 600 }, NULL);
    ok(strcmp(first, out.p) != 0, "two that differ at the end stay two");
    lede__term_raw(&out, TERM_ID, (struct str){ text[0], 600 }, NULL);
    is_str(out.p, first, "the same value has the same term");
    lede__term_raw(&out, TERM_FILE, (struct str){ text[0], 600 }, NULL);
    ok(strcmp(first + 1, out.p + 1) != 0, "the kind is part of it");

    for (size_t i = 0; i + 3 <= sizeof(text[0]); i += 3) {
        memcpy(text[0] + i, "\xE6\xA8\xA1", 3);
    }
    lede__term_exact(&out, FIELD_ALL, (struct str){ text[0], 600 }, NULL);
    size_t hash = out.len - 32;
    ok(out.len <= TERM_MAX && (hash - 2) % 3 == 0,
       "it is cut between characters");
    memset(text[0], '\0', sizeof(text[0]));
    lede__term_raw(&out, TERM_ID, (struct str){ text[0], 150 }, NULL);
    size_t size = 0;
    for (size_t i = 0; i < out.len; i++) {
        size += out.p[i] == '\0' ? 2 : 1;
    }
    ok(size <= TERM_MAX, "NUL bytes count twice: %zu", size);
}

static void
test_fold(void)
{
    is_str(fold(""), "", "nothing");
    is_str(fold(" \t\n"), "", "spaces");
    is_str(fold(" Machine \xC2\xA0\t Learning "), "machine learning",
           "spaces inside");
    is_str(fold("STRA\xC3\x9F" "E"), "strasse", "sharp s");
    is_str(fold("\xEF\xBC\xA1\xEF\xBC\xA9"), "ai", "full-width");
    is_str(fold("e\xE2\x80\x8D\xCC\x81"), "\xC3\xA9",
           "what is ignored does not keep a mark from its letter");
    is_str(fold("\xC4\xB0stanbul"), "istanbul", "a Turkish capital I");
    is_str(fold("a \xC2\xAD b"), "a b", "a soft hyphen between spaces");
    out.len = 0;
    lede__buf_str(&out, STR("key = "), NULL);
    lede__fold(&out, STR(" X "), NULL);
    is_str(out.p, "key = x", "what stands before stays");
    ok(lede__fold(&out, STR("\xC3"), NULL) == LEDE_STATUS_BAD_INPUT,
       "what is not UTF-8 is refused");
    struct buf small = BUF_INIT(4);
    ok(lede__fold(&small, STR("too long"), NULL) == LEDE_STATUS_LIMIT,
       "the limit of the buffer holds");
    lede__buf_free(&small);
}

static void
test_lengths(void)
{
    bool exact = true, monotone = true, close = true, round = true;
    uint32_t top = lede__length_value(255);
    unsigned before = 0;

    for (uint32_t n = 0; n <= 16; n++) {
        exact = exact && lede__length_value(lede__length_quantise(n)) == n;
    }
    ok(exact, "exact up to 16");
    for (unsigned byte = 0; byte < 256; byte++) {
        round = round && lede__length_quantise(
                             lede__length_value((uint8_t)byte)) == byte;
    }
    ok(round, "each value is its own byte");
    for (uint32_t n = 0; n <= top; n += 1 + n / 5000) {
        unsigned byte = lede__length_quantise(n);
        double value = lede__length_value((uint8_t)byte);
        double error = n == 0 ? 0 : (value - n) / n;
        monotone = monotone && byte >= before;
        close = close && error <= 1 / 31.0 && error >= -1 / 31.0;
        before = byte;
    }
    ok(monotone, "longer is never less");
    ok(close, "never off by more than 1 part in 31");
    is_int(lede__length_quantise(UINT32_MAX), 255, "the longest of all");
    is_int(lede__length_quantise(top + 1), 255, "beyond the last value");
    ok(top > (uint32_t)16 << 20, "there is a value for every article");
}

int
main(void)
{
    test_spelling();
    test_long();
    test_fold();
    test_lengths();
    lede__buf_free(&out);
    return done();
}
