/* str.c - tests of strings, arenas, buffers, varints, maps, and errors. */

#include "shared/base/str.h"

#include <errno.h>

#include "shared/base/utf8.h"
#include "tests/tap.h"

static void
test_str(void)
{
    ok(lede__str_cmp(STR("a"), STR("b")) < 0, "a before b");
    ok(lede__str_cmp(STR("a"), STR("ab")) < 0, "a prefix comes first");
    ok(lede__str_cmp(STR("ab"), STR("a")) > 0, "and the longer one after it");
    ok(lede__str_cmp(STR("\x7F"), STR("\x80")) < 0, "bytes are unsigned");
    is_int(lede__str_cmp(STR("ab"), STR("ab")), 0, "equal");
    is_int(lede__str_cmp((struct str){ NULL, 0 }, STR("")), 0, "both empty");

    ok(str_eq(STR("a\0b"), STR("a\0b")), "NULs count");
    ok(!str_eq(STR("a\0b"), STR("a\0c")), "and what is after them");
    ok(str_eq(str_from(NULL), STR("")), "NULL is empty");

    ok(lede__str_eq_nocase(STR("AbZz@["), STR("aBzZ@[")), "case");
    ok(!lede__str_eq_nocase(STR("@"), STR("`")), "only letters have case");
    ok(!lede__str_eq_nocase(STR("\xC3\x84"), STR("\xC3\xA4")), "only ASCII");
    ok(!lede__str_eq_nocase(STR("a"), STR("ab")), "the length counts");

    ok(str_eq(lede__str_trim(STR(" \t\r\n\v\fa b\n")), STR("a b")), "trim");
    ok(str_eq(lede__str_trim(STR(" \n ")), STR("")), "trim to nothing");
    ok(str_eq(lede__str_trim(STR("\xC2\xA0")), STR("\xC2\xA0")),
       "a space beyond ASCII stays");
}

static void
test_number(void)
{
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        { "0", 0 }, { "1", 1 }, { "-1", -1 }, { "+7", 7 }, { "1.5", 1.5 },
        { "-1.5e3", -1500 }, { "1E-2", 0.01 }, { "1e+2", 100 },
        { ".5", 0.5 }, { "5.", 5 }, { "0.1", 0.1 }, { "3.14159", 3.14159 },
        { "1e308", 1e308 }, { "1e-308", 1e-308 }, { "5e-324", 5e-324 },
        { "9007199254740993", 9007199254740992. },
        { "123456789012345678901234567890", 123456789012345678901234567890. },
        { "0.000000000000000000000000000001", 1e-30 },
        { "0e999999999", 0 }, { "1e-999999999", 0 }, { "", 0 }, { "-", 0 },
        { "x", 0 }, { "1x", 0 }, { "1.2.3", 0 }, { "1 ", 0 }, { "0x10", 0 },
        { "nan", 0 }, { "inf", 0 }, { "1,5", 0 }, { "1e5e", 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double got = lede__str_number(str_from(rows[i].text));
        ok(got == rows[i].value, "number \"%s\": %.17g", rows[i].text, got);
    }
}

static void
test_zigzag(void)
{
    static const int64_t values[] = { 0, -1, 1, -2, 2, 63, -64,
                                      INT64_MAX, INT64_MIN };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        is_int(lede__unzigzag(lede__zigzag(values[i])), values[i],
               "zigzag of %lld", (long long)values[i]);
    }
    is_int(lede__zigzag(-1), 1, "small numbers stay small");
}

static void
test_arena(void)
{
    struct arena arena = ARENA_INIT;
    bool aligned = true;
    bool kept = true;
    char *parts[1000];
    size_t used = 0;

    for (size_t i = 0; i < 1000; i++) {
        parts[i] = lede__arena_alloc(&arena, i);
        aligned = aligned && (uintptr_t)parts[i] % 16 == 0;
        memset(parts[i], (int)(i % 251), i);
        used += i;
    }
    for (size_t i = 0; i < 1000; i++) {
        for (size_t k = 0; k < i; k++) {
            kept = kept && parts[i][k] == (char)(i % 251);
        }
    }
    ok(aligned, "memory is 16-aligned");
    ok(kept, "and nobody else's");
    ok(arena.used >= used && arena.used < used + 16 * 1000, "used is counted");

    char *small = lede__arena_alloc(&arena, 1);
    char *large = lede__arena_alloc(&arena, 10 << 20);
    ok(large != NULL, "a block larger than any other");
    large[0] = large[(10 << 20) - 1] = 'x';
    char *next = lede__arena_alloc(&arena, 1);
    is_int(next - small, 16, "leaves the first one in use");

    lede__arena_reset(&arena);
    is_int(arena.used, 0, "reset");
    ok(lede__arena_alloc(&arena, 10 << 20) == large, "keeps the largest");
    lede__arena_reset(&arena);

    int *zeroed = lede__arena_array(&arena, 100, sizeof(*zeroed));
    bool all = true;
    for (size_t i = 0; i < 100; i++) {
        all = all && zeroed[i] == 0;
    }
    ok(all, "an array is zeroed");
    ok(lede__arena_array(&arena, SIZE_MAX / 8, 16) == NULL, "overflow");
    ok(lede__arena_alloc(&arena, SIZE_MAX) == NULL, "SIZE_MAX");
    ok(lede__arena_alloc(&arena, PTRDIFF_MAX) == NULL, "PTRDIFF_MAX");
    ok(lede__arena_alloc(&arena, 0) != NULL, "nothing is a place too");

    struct str copy = lede__arena_str(&arena, STR("Qwen"));
    is_str(copy.p, "Qwen", "a copy ends with NUL");
    is_int(copy.len, 4, "and has its length");
    is_str(lede__arena_str(&arena, str_from(NULL)).p, "", "a copy of NULL");

    lede__arena_free(&arena);
    ok(arena.head == NULL && arena.used == 0, "free");
    lede__arena_free(&arena);
    lede__arena_reset(&arena);
    ok(lede__arena_alloc(&arena, 5) != NULL, "an arena lives again");
    lede__arena_free(&arena);
}

static void
test_buf(void)
{
    lede_error err = LEDE_ERROR_INIT;
    struct buf buf = BUF_INIT(200);

    ok(str_eq(lede__buf_view(&buf), STR("")), "empty");
    is_int(lede__buf_add(&buf, NULL, 0, &err), LEDE_STATUS_OK, "add nothing");
    is_int(lede__buf_str(&buf, STR("ab"), &err), LEDE_STATUS_OK, "add");
    is_int(lede__buf_char(&buf, 'c', &err), LEDE_STATUS_OK, "add one");
    is_int(lede__buf_addf(&buf, &err, "%d-%s", 42, "x"), LEDE_STATUS_OK,
           "addf");
    is_str(buf.p, "abc42-x", "what was added");
    is_int(buf.len, 7, "its length");
    is_int(lede__buf_addf(&buf, &err, "%0*d", 193, 7), LEDE_STATUS_OK,
           "up to the limit");
    is_int(buf.len, 200, "the limit");
    is_int(lede__buf_char(&buf, 'x', &err), LEDE_STATUS_LIMIT, "limit + 1");
    is_str(err.message, "more than 200 bytes", "its message");
    is_int(lede__buf_addf(&buf, &err, "%d", 1), LEDE_STATUS_LIMIT, "addf too");
    is_int(lede__buf_add(&buf, "", SIZE_MAX, NULL), LEDE_STATUS_LIMIT,
           "far beyond it");
    is_int(buf.len, 200, "nothing was added");
    is_int(strlen(buf.p), 200, "and it still ends with NUL");
    lede__buf_free(&buf);
    ok(buf.p == NULL && buf.len == 0 && buf.max == 200, "free keeps the limit");

    struct buf any = BUF_INIT(BUF_MAX_ANY);
    is_int(lede__buf_reserve(&any, SIZE_MAX / 2, &err), LEDE_STATUS_LIMIT,
           "no size overflows");
    for (int i = 0; i < 10000; i++) {
        lede__buf_char(&any, (char)('a' + i % 26), NULL);
    }
    ok(any.len == 10000 && any.p[9999] == 'a' + 9999 % 26
           && any.p[10000] == '\0', "growing");
    lede__buf_free(&any);

    struct buf none = BUF_INIT(0);
    is_int(lede__buf_add(&none, "", 0, &err), LEDE_STATUS_OK, "max 0 holds 0");
    is_int(lede__buf_char(&none, 'x', &err), LEDE_STATUS_LIMIT, "but no more");
    lede__buf_free(&none);
}

static void
test_varint(void)
{
    static const struct {
        uint64_t value;
        size_t len;
    } rows[] = {
        { 0, 1 }, { 1, 1 }, { 127, 1 }, { 128, 2 }, { 16383, 2 },
        { 16384, 3 }, { UINT32_MAX, 5 }, { UINT64_C(1) << 62, 9 },
        { UINT64_C(1) << 63, 10 }, { UINT64_MAX, 10 },
    };
    struct buf buf = BUF_INIT(64);
    uint64_t value;
    const char *p;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf.len = 0;
        lede__buf_varint(&buf, rows[i].value, NULL);
        is_int(buf.len, rows[i].len, "varint %llu: length",
               (unsigned long long)rows[i].value);
        p = buf.p;
        ok(lede__varint_read(&p, buf.p + buf.len, &value)
               && value == rows[i].value && p == buf.p + buf.len,
           "varint %llu: read back", (unsigned long long)rows[i].value);
        p = buf.p;
        ok(!lede__varint_read(&p, buf.p + buf.len - 1, &value) && p == buf.p,
           "varint %llu: cut", (unsigned long long)rows[i].value);
    }
    lede__buf_free(&buf);

    const char *wide = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02";
    p = wide;
    ok(!lede__varint_read(&p, wide + 10, &value), "65 bits");
    const char *longer = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00";
    p = longer;
    ok(!lede__varint_read(&p, longer + 11, &value), "11 bytes");
}

static void
test_map(void)
{
    struct map map = MAP_INIT;
    bool added;
    bool sound = true;
    char key[32];

    ok(lede__map_find(&map, STR("x")) == NULL, "nothing in an empty map");
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(key, sizeof(key), "key %u", i);
        uint64_t *value = lede__map_put(&map, str_from(key), &added);
        sound = sound && value != NULL && added && *value == 0;
        *value = i;
    }
    ok(sound, "10,000 keys are new");
    is_int(map.count, 10000, "and counted");
    sound = true;
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(key, sizeof(key), "key %u", i);
        uint64_t *found = lede__map_find(&map, str_from(key));
        sound = sound && found != NULL && *found == i
            && lede__map_put(&map, str_from(key), &added) == found && !added;
    }
    ok(sound, "and found with their values");
    ok(lede__map_find(&map, STR("key 10000")) == NULL, "another is not");

    *lede__map_put(&map, STR("a\0b"), NULL) = 1;
    *lede__map_put(&map, STR("a\0c"), NULL) = 2;
    *lede__map_put(&map, STR(""), NULL) = 3;
    is_int(*lede__map_find(&map, STR("a\0b")), 1, "a key with a NUL");
    is_int(*lede__map_find(&map, STR("a\0c")), 2, "and another");
    is_int(*lede__map_find(&map, str_from(NULL)), 3, "the empty key");
    lede__map_free(&map);
    ok(map.entries == NULL && map.count == 0, "free");
}

static void
test_error(void)
{
    lede_error err = LEDE_ERROR_INIT;
    char text[3000];

    is_int(lede__fail(NULL, LEDE_STATUS_IO, "x"), LEDE_STATUS_IO, "no error");
    err.start = err.end = 7;
    is_int(lede__fail(&err, LEDE_STATUS_USAGE, "k1 is %d", -1),
           LEDE_STATUS_USAGE, "the status is returned");
    is_int(err.status, LEDE_STATUS_USAGE, "and filled in");
    is_str(err.message, "k1 is -1", "message");
    ok(err.start == 0 && err.end == 0 && err.line == 0, "all is filled in");

    lede__fail_at(&err, LEDE_STATUS_BAD_INPUT, "a.md", 3, 5, "no title");
    is_str(err.message, "a.md:3:5: no title", "with its place");
    is_str(err.file, "a.md", "the file");
    ok(err.line == 3 && err.column == 5, "line and column");
    lede__fail_at(&err, LEDE_STATUS_BAD_INPUT, "a.md", 3, 0, "x");
    is_str(err.message, "a.md:3: x", "no column");
    lede__fail_at(&err, LEDE_STATUS_BAD_INPUT, "a.md", 0, 0, "x");
    is_str(err.message, "a.md: x", "no line");
    lede__fail_at(&err, LEDE_STATUS_BAD_INPUT, NULL, 0, 0, "x");
    is_str(err.message, "x", "no file");
    lede__fail(&err, LEDE_STATUS_IO, "again: %s", err.message);
    is_str(err.message, "again: x", "a message from the one before");

    lede__fail_at(&err, LEDE_STATUS_IO, "a\nb\t\r\x1B[1m\x7F.md", 0, 0,
                  "\xC2\x9Bx \xE2\x80\xA8 \xFF\xC3 caf\xC3\xA9 \xEF\xBF\xBD");
    is_str(err.message,
           "a\\nb\\t\\r\\x1b[1m\\x7f.md: \\u009bx \\u2028 \\xff\\xc3 "
           "caf\xC3\xA9 \xEF\xBF\xBD",
           "one line of UTF-8, whatever the path is");
    is_str(err.file, "a\nb\t\r\x1B[1m\x7F.md", "the path itself is left");

    for (size_t len = 1018; len < 1030; len++) {
        memset(text, 'x', len);
        text[len] = '\0';
        lede__fail(&err, LEDE_STATUS_IO, "%s", text);
        if (len <= 1023) {
            is_str(err.message, text, "%zu bytes fit", len);
        } else {
            memcpy(text + 1020, "...", 4);
            is_str(err.message, text, "%zu bytes are cut", len);
        }
    }
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i < 2000; i += 3) {
            memcpy(text + i, "\xE2\x82\xAC", 4);
        }
        lede__fail(&err, LEDE_STATUS_IO, "%s", text);
        struct str message = str_from(err.message);
        ok(message.len > 1015 && lede__utf8_valid(message) == message.len
               && strcmp(message.p + message.len - 3, "...") == 0,
           "cut at the border of a character, %zu", shift);
        lede__fail_at(&err, LEDE_STATUS_IO, text, 0, 0, "why");
        struct str file = str_from(err.file);
        ok(file.len > 505 && lede__utf8_valid(file) == file.len
               && strncmp(file.p, "...", 3) == 0,
           "a long path is cut at its front, %zu", shift);
        ok(strstr(err.message, "\xE2\x82\xAC: why") != NULL,
           "and leaves room for the reason, %zu", shift);
    }
    memset(text, '\n', 2999);
    text[2999] = '\0';
    lede__fail_at(&err, LEDE_STATUS_IO, text, 1, 2, "%s", text);
    ok(strchr(err.message, '\n') == NULL && strlen(err.message) > 1015,
       "nothing but control characters");

    static const struct {
        int errnum;
        lede_status status;
    } rows[] = {
        { ENOENT, LEDE_STATUS_NOT_FOUND }, { ENOTDIR, LEDE_STATUS_NOT_FOUND },
        { EACCES, LEDE_STATUS_PERMISSION }, { EPERM, LEDE_STATUS_PERMISSION },
        { EROFS, LEDE_STATUS_PERMISSION }, { ENOSPC, LEDE_STATUS_DISK_FULL },
        { EDQUOT, LEDE_STATUS_DISK_FULL }, { ENOMEM, LEDE_STATUS_NO_MEMORY },
        { EIO, LEDE_STATUS_IO }, { EMFILE, LEDE_STATUS_IO },
        { 9999, LEDE_STATUS_IO },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        is_int(lede__fail_errno(&err, rows[i].errnum, "p", "cannot read"),
               rows[i].status, "status of errno %d", rows[i].errnum);
    }
    lede__fail_errno(&err, ENOENT, "a/b", "cannot open");
    is_str(err.message, "a/b: cannot open: No such file or directory",
           "message of errno");
    is_str(err.file, "a/b", "file of errno");
    is_int(lede__fail_memory(&err), LEDE_STATUS_NO_MEMORY, "no memory");
    is_str(err.message, "not enough memory", "in words");

    is_str(lede_status_string(LEDE_STATUS_NOT_FOUND), "not found", "in words");
    for (int i = -1; i < 100; i++) {
        if (lede_status_string((lede_status)i) == NULL) {
            ok(false, "status %d has no words", i);
        }
    }
    is_str(lede_version(), LEDE_VERSION_STRING, "version");
    lede_string_free(NULL);
}

int
main(void)
{
    test_str();
    test_number();
    test_zigzag();
    test_arena();
    test_buf();
    test_varint();
    test_map();
    test_error();
    return done();
}
