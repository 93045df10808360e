/* pairs.c - tests of the metadata of a segment: random keys and values found
   and walked as a sorted array says; and damaged bytes. */

#include "shared/index/pairs.h"

#include "tests/random.h"
#include "tests/segment-make.h"
#include "tests/tap.h"

#define MANY 3000u

static lede_error err;

struct pair {
    struct str key;
    struct str value;
};

static int
compare(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;

    return lede__str_cmp(x->key, y->key);
}

/* Up to n pairs with different keys, sorted. */
static size_t
random_pairs(struct pair *pairs, size_t n, struct arena *arena,
             struct random *random)
{
    size_t kept = 0;
    char text[400];

    for (size_t i = 0; i < n; i++) {
        size_t len = random_text(random, text, random_below(random, 30));

        pairs[i].key = lede__arena_str(arena, (struct str){ text, len });
        len = random_text(random, text,
                          random_once_in(random, 5)
                          ? 0 : random_below(random, sizeof text));
        pairs[i].value = lede__arena_str(arena, (struct str){ text, len });
    }
    qsort(pairs, n, sizeof *pairs, compare);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || !str_eq(pairs[kept - 1].key, pairs[i].key)) {
            pairs[kept++] = pairs[i];
        }
    }
    return kept;
}

static void
write_pairs(const struct pair *pairs, size_t n, struct buf *out)
{
    struct pairs_writer *writer = NULL;

    lede__pairs_writer_new(&writer, &err);
    for (size_t i = 0; i < n; i++) {
        lede__pairs_add(writer, pairs[i].key, pairs[i].value, &err);
    }
    lede__pairs_end(writer, out, &err);
    lede__pairs_writer_free(writer);
}

static struct segment *
make(struct str bytes)
{
    struct str sections[SECTIONS] = { { NULL, 0 } };

    sections[SECTION_META] = bytes;
    return segment_make("pairs", sections, 1);
}

/* Whether a key is found, and from it on the rest, as the array says. */
static bool
agrees(struct segment *segment, const struct pair *pairs, size_t n,
       struct str key)
{
    struct pairs_cursor cursor;
    struct str value = { NULL, 0 };
    bool found = false;
    size_t at = 0;

    while (at < n && lede__str_cmp(pairs[at].key, key) < 0) {
        at++;
    }
    if (lede__pairs_find(segment, key, &found, &value, &err) != LEDE_STATUS_OK
        || found != (at < n && str_eq(pairs[at].key, key))
        || (found && !str_eq(value, pairs[at].value))
        || lede__pairs_seek(&cursor, segment, key, &err) != LEDE_STATUS_OK) {
        return false;
    }
    for (size_t i = at; i < at + 3; i++) {
        if (i >= n) {
            return cursor.key.p == NULL;
        }
        if (cursor.key.p == NULL || !str_eq(cursor.key, pairs[i].key)
            || !str_eq(cursor.value, pairs[i].value)
            || lede__pairs_next(&cursor, &err) != LEDE_STATUS_OK) {
            return false;
        }
    }
    return true;
}

static void
test_random(struct random *random)
{
    static const size_t sizes[] = { 0, 1, 2, 40, 300, MANY };
    struct pair *pairs = calloc(MANY, sizeof *pairs);
    struct arena arena = ARENA_INIT;

    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = random_pairs(pairs, sizes[k], &arena, random);
        struct buf bytes = BUF_INIT(BUF_MAX_ANY);
        struct segment *segment = NULL;
        struct pairs_cursor cursor;
        size_t wrong = 0;
        size_t walked = 0;
        char text[40];

        write_pairs(pairs, n, &bytes);
        segment = make(lede__buf_view(&bytes));
        lede__buf_free(&bytes);
        wrong += !agrees(segment, pairs, n, STR(""));
        for (size_t i = 0; i < n; i++) {
            size_t len = random_text(random, text, 20);

            wrong += !agrees(segment, pairs, n, pairs[i].key);
            wrong += !agrees(segment, pairs, n, (struct str){ text, len });
        }
        is_int(wrong, 0, "%zu pairs: found", n);
        lede__pairs_seek(&cursor, segment, STR(""), &err);
        while (cursor.key.p != NULL && walked < n
               && str_eq(cursor.key, pairs[walked].key)) {
            walked++;
            lede__pairs_next(&cursor, &err);
        }
        is_int(walked, n, "%zu pairs: walked", n);
        ok(cursor.key.p == NULL, "to their end");
        is_int(lede__pairs_next(&cursor, &err), LEDE_STATUS_OK,
               "and no further");
        segment_drop(segment);
        lede__arena_reset(&arena);
    }
    lede__arena_free(&arena);
    free(pairs);
}

static void
test_empty(void)
{
    struct segment *segment = make(STR(""));
    struct pairs_cursor cursor;
    struct str value = { NULL, 0 };
    bool found = true;

    is_int(lede__pairs_find(segment, STR("x"), &found, &value, &err),
           LEDE_STATUS_OK, "an empty section");
    ok(!found, "has no pairs");
    is_int(lede__pairs_seek(&cursor, segment, STR(""), &err), LEDE_STATUS_OK,
           "an empty section");
    ok(cursor.key.p == NULL, "is at its end");
    segment_drop(segment);
    lede__pairs_writer_free(NULL);
}

/* Bytes whose checksums are right but which no writer made. */
static void
test_damage(struct random *random)
{
    struct pair pairs[60];
    struct arena arena = ARENA_INIT;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    size_t n = random_pairs(pairs, 60, &arena, random);
    unsigned rounds = long_tests() ? 20000 : 1000;

    write_pairs(pairs, n, &bytes);
    for (unsigned i = 0; i < rounds; i++) {
        struct buf copy = BUF_INIT(BUF_MAX_ANY);
        struct segment *segment = NULL;
        struct pairs_cursor cursor;
        struct str value = { NULL, 0 };
        bool found = false;
        size_t steps = 0;
        lede_status status = LEDE_STATUS_OK;

        lede__buf_add(&copy, bytes.p, random_once_in(random, 4)
                      ? random_below(random, bytes.len) : bytes.len, &err);
        for (uint64_t k = 0; k < 3 && copy.len > 0; k++) {
            size_t tail = copy.len < 100 ? copy.len : 100;

            copy.p[copy.len - 1 - random_below(random, k == 0 ? copy.len
                                                              : tail)] =
                (char)random_below(random, 256);
        }
        segment = make(lede__buf_view(&copy));
        for (size_t k = 0; k < n; k += 5) {
            lede__pairs_find(segment, pairs[k].key, &found, &value, &err);
        }
        status = lede__pairs_seek(&cursor, segment, STR(""), &err);
        while (status == LEDE_STATUS_OK && cursor.key.p != NULL
               && steps++ < 1000) {
            status = lede__pairs_next(&cursor, &err);
        }
        segment_drop(segment);
        lede__buf_free(&copy);
    }
    ok(true, "%u damaged sections", rounds);
    lede__buf_free(&bytes);
    lede__arena_free(&arena);
}

int
main(void)
{
    struct random random = random_begin(42);
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    test_random(&random);
    test_empty();
    test_damage(&random);
    scratch_end(folder);
    return done();
}
