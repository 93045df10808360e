/* terms.c - tests of the dictionary: terms of all kinds, random and few, found
   and walked as a sorted array says; both ways to scan a block; and damaged
   bytes. */

#include "shared/index/terms.h"

#include "shared/index/terms-scan.h"
#include "tests/random.h"
#include "tests/segment-make.h"
#include "tests/tap.h"

#define MANY 20000u

static lede_error err;

struct entry {
    struct str term;
    struct list_info info;
};

/* ---- terms, and what is told of them ---- */

static int
compare(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;

    return lede__str_cmp(x->term, y->term);
}

/* Sort, and drop those that are there twice. */
static size_t
sort_entries(struct entry *entries, size_t n)
{
    size_t kept = 0;

    qsort(entries, n, sizeof *entries, compare);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0
            || !str_eq(entries[kept - 1].term, entries[i].term)) {
            entries[kept++] = entries[i];
        }
    }
    return kept;
}

/* Lists one after the other, some shared with one before. */
static void
give_infos(struct entry *entries, size_t n, struct random *random)
{
    uint64_t postings = 0;
    uint64_t positions = 0;

    for (size_t i = 0; i < n; i++) {
        struct list_info *info = &entries[i].info;
        const struct list_info *other =
            i > 0 ? &entries[random_below(random, i)].info : NULL;
        unsigned shift = (unsigned)random_below(random, 32);

        *info = (struct list_info){ .df = 1 };
        if (!random_once_in(random, 3)) {
            info->df = 1 + (uint32_t)random_below(random, 1u << shift);
        }
        info->tf = !random_once_in(random, 4);
        info->with_positions = info->tf && !random_once_in(random, 4);
        if (other != NULL && random_once_in(random, 4)) {
            info->df = other->df;
            info->postings = other->postings;
            info->postings_len = other->postings_len;
        } else {
            info->postings = postings;
            info->postings_len =
                random_below(random, random_once_in(random, 50) ? 1 << 30
                                                                : 200);
            postings += info->postings_len;
        }
        if (!info->with_positions) {
            info->positions = positions;
        } else if (other != NULL && other->with_positions
                   && random_once_in(random, 9)) {
            info->positions = other->positions;
            info->positions_len = other->positions_len;
        } else {
            info->positions = positions;
            info->positions_len = random_below(random, 300);
            positions += info->positions_len;
        }
    }
}

static bool
same_info(const struct list_info *a, const struct list_info *b)
{
    return a->df == b->df && a->tf == b->tf
        && a->with_positions == b->with_positions
        && a->postings == b->postings && a->postings_len == b->postings_len
        && (!a->with_positions
            || (a->positions == b->positions
                && a->positions_len == b->positions_len));
}

static lede_status
write_terms(const struct entry *entries, size_t n, struct buf *out)
{
    struct terms_writer *writer = NULL;
    lede_status status = lede__terms_writer_new(&writer, &err);

    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede__terms_add(writer, entries[i].term, &entries[i].info,
                                 &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__terms_end(writer, out, &err);
    }
    lede__terms_writer_free(writer);
    return status;
}

static struct segment *
make(const struct entry *entries, size_t n)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct str sections[SECTIONS] = { { NULL, 0 } };
    struct segment *segment = NULL;

    if (write_terms(entries, n, &bytes) == LEDE_STATUS_OK) {
        sections[SECTION_TERMS] = lede__buf_view(&bytes);
        segment = segment_make("terms", sections, 1);
    }
    lede__buf_free(&bytes);
    return segment;
}

/* ---- against the array ---- */

/* The first entry >= `from`. */
static size_t
lower_bound(const struct entry *entries, size_t n, struct str from)
{
    size_t low = 0;
    size_t high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lede__str_cmp(entries[middle].term, from) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Whether a look-up and a seek of `term` give what the array says. */
static bool
agrees(struct segment *segment, const struct entry *entries, size_t n,
       struct str term)
{
    size_t at = lower_bound(entries, n, term);
    bool there = at < n && str_eq(entries[at].term, term);
    struct list_info info = { .df = 0 };
    struct terms_cursor cursor;
    bool found = false;

    if (lede__terms_find(segment, term, &found, &info, &err) != LEDE_STATUS_OK
        || found != there
        || (there && !same_info(&info, &entries[at].info))
        || lede__terms_seek(&cursor, segment, term, &err) != LEDE_STATUS_OK) {
        return false;
    }
    for (size_t i = at; i < at + 20; i++) {
        if (i >= n) {
            return cursor.term.p == NULL;
        }
        if (cursor.term.p == NULL || !str_eq(cursor.term, entries[i].term)
            || !same_info(&cursor.info, &entries[i].info)
            || lede__terms_next(&cursor, &err) != LEDE_STATUS_OK) {
            return false;
        }
    }
    return true;
}

static bool
walks(struct segment *segment, const struct entry *entries, size_t n)
{
    struct terms_cursor cursor;
    size_t i = 0;

    if (lede__terms_seek(&cursor, segment, STR(""), &err) != LEDE_STATUS_OK) {
        return false;
    }
    while (cursor.term.p != NULL) {
        if (i == n || !str_eq(cursor.term, entries[i].term)
            || !same_info(&cursor.info, &entries[i].info)
            || lede__terms_next(&cursor, &err) != LEDE_STATUS_OK) {
            return false;
        }
        i++;
    }
    return i == n && lede__terms_next(&cursor, &err) == LEDE_STATUS_OK
        && cursor.term.p == NULL;
}

/* All terms, and terms beside each: longer, shorter, another last byte. */
static void
compare_all(const struct entry *entries, size_t n, struct random *random,
            const char *name)
{
    struct segment *segment = make(entries, n);
    char other[TERM_MAX + 2];
    size_t wrong = 0;

    if (!ok(segment != NULL, "%s: %zu terms", name, n)) {
        return;
    }
    ok(walks(segment, entries, n), "%s: walked", name);
    wrong += !agrees(segment, entries, n, STR(""));
    wrong += !agrees(segment, entries, n, (struct str){ NULL, 0 });
    wrong += !agrees(segment, entries, n, STR("\xff\xff"));
    for (size_t i = 0; i < n; i++) {
        struct str term = entries[i].term;

        if (n > 3000 && !random_once_in(random, 8)) {
            continue;
        }
        memcpy(other, term.p, term.len);
        other[term.len] = (char)random_below(random, 256);
        wrong += !agrees(segment, entries, n, term);
        wrong += !agrees(segment, entries, n,
                         (struct str){ other, term.len + 1 });
        wrong += !agrees(segment, entries, n,
                         (struct str){ other,
                                       random_below(random, term.len + 1) });
        if (term.len > 0) {
            other[random_below(random, term.len)] ^=
                (char)(1 << random_below(random, 8));
            wrong += !agrees(segment, entries, n,
                             (struct str){ other, term.len });
        }
    }
    is_int(wrong, 0, "%s: found", name);
    segment_drop(segment);
}

/* ---- kinds of terms ---- */

enum kind { KIND_WORDS, KIND_PATHS, KIND_BYTES, KIND_LONG, KINDS };

static size_t
random_term(struct random *random, enum kind kind, char *out)
{
    static const char *const heads[] = {
        "x*", "xa", "xb", "s*en:", "s*de:", "saen:", "s*:", "j*", "klang=",
        "kauthor=", "ktag=", "i", "d", "",
    };
    size_t len = 0;

    switch (kind) {
    case KIND_WORDS:
        len = (size_t)snprintf(
            out, 32, "%s", heads[random_below(random, 14)]);
        for (uint64_t n = random_below(random, 12); n > 0; n--) {
            out[len++] = "etaoinshr"[random_below(random, 9)];
        }
        return len;
    case KIND_PATHS:
        return (size_t)snprintf(
            out, TERM_MAX, "f/some/where/deep/in/a/tree/%s/%u/page-%u.md",
            random_once_in(random, 2) ? "left" : "right",
            (unsigned)random_below(random, 3),
            (unsigned)random_below(random, 100000));
    case KIND_BYTES:
        len = random_below(random, 14);
        for (size_t i = 0; i < len; i++) {
            out[i] = "\0\1a\xff"[random_below(random, 4)];
        }
        return len;
    default:
        len = 200 + random_below(random, TERM_MAX - 199);
        memset(out, 'm', len);
        for (unsigned i = 0; i < 3; i++) {
            out[random_below(random, len)] = (char)random_below(random, 256);
        }
        return len;
    }
}

static void
test_kinds(struct random *random)
{
    static const char *const names[] = { "words", "paths", "bytes", "long" };
    static const size_t sizes[] = { 0, 1, 2, 16, 17, 255, 300, 5000, MANY };
    struct entry *entries = calloc(MANY, sizeof *entries);
    struct arena arena = ARENA_INIT;
    char name[64];
    char term[TERM_MAX + 1];

    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size_t n = kind == KIND_LONG && sizes[i] > 5000 ? 5000 : sizes[i];

            for (size_t k = 0; k < n; k++) {
                size_t len = random_term(random, (enum kind)kind, term);

                entries[k].term =
                    lede__arena_str(&arena, (struct str){ term, len });
            }
            n = sort_entries(entries, n);
            give_infos(entries, n, random);
            snprintf(name, sizeof name, "%s", names[kind]);
            compare_all(entries, n, random, name);
            lede__arena_reset(&arena);
        }
    }
    lede__arena_free(&arena);
    free(entries);
}

/* So many blocks that the tree has several levels, and keys that are equal. */
static void
test_levels(struct random *random)
{
    struct entry *entries = calloc(MANY, sizeof *entries);
    struct arena arena = ARENA_INIT;
    char term[64];

    for (unsigned i = 0; i < MANY; i++) {
        int len = snprintf(term, sizeof term, "x*%s%05u",
                           i % 3 == 0 ? "samesame" : "", i);

        entries[i].term =
            lede__arena_str(&arena, (struct str){ term, (size_t)len });
    }
    size_t n = sort_entries(entries, MANY);
    give_infos(entries, n, random);
    compare_all(entries, n, random, "levels");
    lede__arena_free(&arena);
    free(entries);
}

static void
test_limits(void)
{
    struct terms_writer *writer = NULL;
    struct list_info info = { .df = 1 };
    struct terms_cursor cursor;
    struct str none[SECTIONS] = { { NULL, 0 } };
    struct segment *segment = segment_make("terms", none, 1);
    char term[TERM_MAX + 1];
    bool found = true;

    memset(term, 'x', sizeof term);
    lede__terms_writer_new(&writer, &err);
    is_int(lede__terms_add(writer, (struct str){ term, TERM_MAX }, &info,
                           &err), LEDE_STATUS_OK, "at the limit");
    is_int(lede__terms_add(writer, (struct str){ term, TERM_MAX + 1 }, &info,
                           &err), LEDE_STATUS_LIMIT, "beyond it");
    lede__terms_writer_free(writer);
    lede__terms_writer_free(NULL);
    is_int(lede__terms_find(segment, STR("x"), &found, &info, &err),
           LEDE_STATUS_OK, "an empty section");
    ok(!found, "has no terms");
    is_int(lede__terms_seek(&cursor, segment, STR("x"), &err), LEDE_STATUS_OK,
           "an empty section");
    ok(cursor.term.p == NULL, "is at its end");
    segment_drop(segment);
}

/* ---- what stops a look-up ---- */

/* Whether the i-th term stops it, as terms-scan.h says. */
static bool
does_stop(uint8_t head, uint8_t start, size_t shared, uint8_t byte)
{
    size_t same = head % 16;

    return same < shared || (same == shared && start >= byte);
}

static void
test_scan(struct random *random)
{
    size_t wrong = 0;

    for (unsigned round = 0; round < 20000; round++) {
        uint8_t heads[TERMS_BLOCK];
        uint8_t starts[TERMS_BLOCK];
        size_t shared = random_below(random, 18);
        uint8_t byte = (uint8_t)random_below(random, 256);
        unsigned n = (unsigned)random_below(random, TERMS_BLOCK);
        uint32_t stops = 0;
        size_t bytes = 0;

        for (unsigned i = 0; i < TERMS_BLOCK; i++) {
            heads[i] = (uint8_t)(random_below(random, 15)
                                 | random_below(random, 15) << 4);
            starts[i] = random_once_in(random, 3)
                ? byte : (uint8_t)random_below(random, 256);
            stops |= (uint32_t)does_stop(heads[i], starts[i], shared, byte)
                << i;
            bytes += i < n ? heads[i] >> 4 : 0;
        }
        wrong += lede__terms_stops(heads, starts, shared, byte) != stops
            || lede__terms_stops_plain(heads, starts, shared, byte) != stops
            || lede__terms_bytes(heads, n) != bytes
            || lede__terms_bytes_plain(heads, n) != bytes;
    }
    is_int(wrong, 0, "what stops a look-up, by both ways");
}

/* ---- damage ---- */

/* Bytes whose checksums are right but which no writer made: nothing but wrong
   answers and LEDE_STATUS_CORRUPT comes of them. */
static void
try_bytes(struct str bytes, const struct entry *entries, size_t n)
{
    struct str sections[SECTIONS] = { { NULL, 0 } };
    struct segment *segment = NULL;
    struct terms_cursor cursor;
    struct list_info info;
    bool found = false;
    lede_status status = LEDE_STATUS_OK;
    size_t steps = 0;

    sections[SECTION_TERMS] = bytes;
    segment = segment_make("terms", sections, 1);
    for (size_t i = 0; i < n; i += 7) {
        lede__terms_find(segment, entries[i].term, &found, &info, &err);
        lede__terms_seek(&cursor, segment, entries[i].term, &err);
    }
    status = lede__terms_seek(&cursor, segment, STR(""), &err);
    while (status == LEDE_STATUS_OK && cursor.term.p != NULL
           && steps++ < 100000) {
        status = lede__terms_next(&cursor, &err);
    }
    if (steps > 50000) {
        ok(false, "a walk comes to an end");
    }
    segment_drop(segment);
}

static void
test_damage(struct random *random)
{
    static struct entry entries[400];
    struct arena arena = ARENA_INIT;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    char term[TERM_MAX + 1];
    size_t n = 0;
    unsigned rounds = long_tests() ? 40000 : 1500;

    for (size_t i = 0; i < 400; i++) {
        size_t len = random_term(random, i % 3 == 0 ? KIND_PATHS : KIND_WORDS,
                                 term);

        entries[i].term = lede__arena_str(&arena, (struct str){ term, len });
    }
    n = sort_entries(entries, 400);
    give_infos(entries, n, random);
    write_terms(entries, n, &bytes);
    for (unsigned i = 0; i < rounds; i++) {
        struct buf copy = BUF_INIT(BUF_MAX_ANY);
        size_t len = random_once_in(random, 4)
            ? random_below(random, bytes.len) : bytes.len;

        lede__buf_add(&copy, bytes.p, len, &err);
        for (uint64_t k = random_below(random, 4); copy.len > 0; k--) {
            size_t at = random_once_in(random, 2)
                ? random_below(random, copy.len)
                : copy.len - 1 - random_below(
                    random, copy.len < 1500 ? copy.len : 1500);

            copy.p[at] = (char)random_below(random, 256);
            if (k == 0) {
                break;
            }
        }
        try_bytes(lede__buf_view(&copy), entries, n);
        lede__buf_free(&copy);
    }
    ok(true, "%u damaged dictionaries", rounds);
    lede__buf_free(&bytes);
    lede__arena_free(&arena);
}

int
main(void)
{
    struct random random = random_begin(41);
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    test_kinds(&random);
    test_levels(&random);
    test_limits();
    test_scan(&random);
    test_damage(&random);
    scratch_end(folder);
    return done();
}
