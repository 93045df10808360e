/* corpus-json.c - the two libraries that read JSON: what simdjson reads, json-c
   reads alike; what it must leave to json-c. */

#include "corpus/json.h"
#include "shared/base/utf8.h"
#include "tests/tap.h"

#include <stdlib.h>

#define ROUNDS 40000

static const struct {
    const char *text;
    bool simd;                  // simdjson reads it
} rows[] = {
    { "{}", true },
    { " {\"a\" : [ ] }\r\n", true },
    { "{\"id\":\"x\",\"text\":\"One.\\n\\nTwo \\\"words\\\" \\/ \\u00e9.\"}",
      true },
    { "{\"a\":[1,-2,[{\"b\":null}],true,false],\"c\":{\"\":\"\"}}", true },
    { "{\"a\":9223372036854775807,\"b\":18446744073709551615,"
      "\"c\":-9223372036854775808,\"d\":-0}", true },
    { "{\"a\":\"\\ud834\\udd1e \xF0\x9D\x84\x9E\"}", true },
    { "{\"a\":\"x\\u0000y\"}", true },
    { "{\"a\":1.50}", false },
    { "{\"a\":1e5}", false },
    { "{\"a\":18446744073709551616}", false },
    { "{\"a\":NaN,\"b\":-Infinity}", false },
    { "{\"a\":\"\\ud800\"}", false },
    { "{\"a\":\"\\udc00\\ud800x\"}", false },
    { "{\"a\":1,\"b\":2,\"a\":3}", false },
    { "{\"a\\u0000b\":1}", false },
    { "\xEF\xBB\xBF{\"a\":1}", false },
    { "{\"a\":\"\xE9\"}", false },
    { "{\"a\":\"\t\"}", false },
    { "{\"a\":1,}", false },
    { "{\"a\":1} x", false },
    { "{\"a\":1", false },
    { "[1]", false },
    { "", false },
};

static void
check_kinds(void)
{
    struct str text = STR("{\"s\":\"t\",\"l\":[7,true,null],\"o\":{}}");
    static const enum json_kind kinds[] = {
        JSON_OBJECT, JSON_STRING, JSON_ARRAY, JSON_INTEGER, JSON_BOOL,
        JSON_NULL, JSON_OBJECT,
    };
    static const uint32_t after[] = { 7, 2, 6, 4, 5, 6, 7 };
    struct json *json = lede__json_simd(text);

    ok(json != NULL && json->count == 7, "seven values");
    for (size_t i = 0; json != NULL && i < json->count && i < 7; i++) {
        ok(json->values[i].kind == kinds[i]
               && json->values[i].after == after[i], "value %zu", i);
    }
    if (json != NULL) {
        ok(str_eq(json->values[6].key, STR("o"))
               && str_eq(json->values[3].text, STR("7")), "key and text");
        json->free(json);
    }
}

static bool
alike(const struct json *a, const struct json *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const struct json_value *x = &a->values[i];
        const struct json_value *y = &b->values[i];
        if (x->kind != y->kind || x->after != y->after
            || !str_eq(x->key, y->key) || !str_eq(x->text, y->text)) {
            return false;
        }
    }
    return true;
}

/* Whether json-c reads alike what simdjson has read; *read tells whether that
   has. */
static bool
agree(struct str text, bool *read)
{
    struct json *simd = lede__json_simd(text);
    struct json *plain = NULL;
    bool same = true;

    *read = simd != NULL;
    if (simd != NULL) {
        same = lede__utf8_valid(text) == text.len
               && memchr(text.p, '\0', text.len) == NULL
               && lede__json_parse(&plain, text, "f", 1, NULL)
                      == LEDE_STATUS_OK
               && alike(simd, plain);
        if (plain != NULL) {
            plain->free(plain);
        }
        simd->free(simd);
    }
    return same;
}

static uint32_t
random_below(uint64_t *state, uint32_t n)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 33) % n;
}

/* A row with something put in, taken out or put in its place. */
static struct str
changed(char out[256], uint64_t *state)
{
    static const char *const pieces[] = {
        "{", "}", "[", "]", "\"", ",", ":", "\\", "\\u0000", "\\ud800",
        "\\udc00", "\\udbff", "-0", "1", ".5", "e9", "true", "null", "NaN",
        "\"a\":", ",\"a\":1", " ", "\n", "\x01", "\x7F", "\xC3", "\xA9",
        "\xEF\xBF\xBF", "\xED\xA0\x80", "//", "'",
    };
    uint32_t row = random_below(state, sizeof(rows) / sizeof(rows[0]));
    size_t len = strlen(rows[row].text);

    memcpy(out, rows[row].text, len);
    for (uint32_t i = random_below(state, 3); i < 3; i++) {
        const char *piece = pieces[random_below(
            state, sizeof(pieces) / sizeof(pieces[0]))];
        size_t n = strlen(piece);
        size_t at = random_below(state, (uint32_t)len + 1);
        size_t cut = random_below(state, 3);
        cut = cut > len - at ? len - at : cut;
        memmove(out + at + n, out + at + cut, len - at - cut);
        memcpy(out + at, piece, n);
        len += n - cut;
    }
    return (struct str){ out, len };
}

int
main(void)
{
    uint64_t state = 88172645463325252u;
    size_t wrong = 0;
    size_t reads = 0;
    char *large = malloc(JSON_SIMD_MAX + 1);
    bool read;

    check_kinds();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ok(agree(str_from(rows[i].text), &read), "row %zu: alike", i);
        is_int(read, rows[i].simd, "row %zu: read by simdjson", i);
    }
    for (int i = 0; i < ROUNDS; i++) {
        char text[256];
        struct str s = changed(text, &state);
        if (!agree(s, &read)) {
            wrong++;
            ok(false, "not alike: %.*s", (int)s.len, s.p);
        }
        reads += read;
    }
    is_int(wrong, 0, "changed rows that are not read alike");
    ok(reads > ROUNDS / 50, "%zu of them were read", reads);
    memset(large, ' ', JSON_SIMD_MAX + 1);
    memcpy(large, "{}", 2);
    ok(agree((struct str){ large, JSON_SIMD_MAX }, &read) && read,
       "a text of JSON_SIMD_MAX bytes");
    ok(agree((struct str){ large, JSON_SIMD_MAX + 1 }, &read) && !read,
       "a longer one is left to json-c");
    free(large);
    return done();
}
