/* record.c - the stored article: what is written is read back; whatever is
   damaged is found, and never read outside. */

#include <zlib.h>

#include "shared/index/store.h"
#include "tests/random.h"
#include "tests/tap.h"

static struct str
text(struct arena *arena, struct random *random, size_t max)
{
    size_t len = (size_t)random_below(random, max + 1);
    char *p = lede__arena_alloc(arena, len + 1);

    len = random_text(random, p, len);
    p[len] = '\0';
    return (struct str){ p, len };
}

static void
list(struct arena *arena, struct random *random, struct str_list *out)
{
    out->count = (size_t)random_below(random, 5);
    out->items = lede__arena_array(arena, out->count + 1, sizeof *out->items);
    for (size_t i = 0; i < out->count; i++) {
        do {
            out->items[i] = text(arena, random, 20);
        } while (out->items[i].len == 0);
    }
}

static void
make_meta(struct arena *arena, struct random *random, struct meta **out,
          size_t *count)
{
    *count = (size_t)random_below(random, 6);
    *out = lede__arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        struct meta *meta = &(*out)[i];

        meta->key = text(arena, random, 15);
        meta->type = (enum meta_type)random_below(random, 4);
        switch (meta->type) {
        case META_STRING:
            meta->text = text(arena, random, 40);
            break;
        case META_NUMBER:
            meta->text = STR("-12.5");
            meta->number = -12.5;
            break;
        case META_BOOL:
            meta->text = STR("true");
            meta->number = 1;
            break;
        case META_DATE:
            meta->text = STR("2025-02-12");
            lede__date_parse(meta->text, &meta->date);
            break;
        }
    }
}

static void
make_blocks(struct arena *arena, struct random *random, struct article *a)
{
    size_t max = a->body.len / 4;
    uint64_t at = 0;

    a->blocks = lede__arena_array(arena, max + 1, sizeof *a->blocks);
    while (a->n_blocks < max) {
        struct block *block = &a->blocks[a->n_blocks];
        uint64_t start = at + random_below(random, 4);
        uint64_t len = random_below(random, 30);

        if (start + len > a->body.len) {
            break;
        }
        block->start = (uint32_t)start;
        block->len = (uint32_t)len;
        block->line = (uint32_t)random_below(random, 100000);
        block->kind = (uint8_t)random_below(random, BLOCK_TABLE + 1);
        block->level = (uint8_t)random_below(random, 7);
        at = start + len;
        a->n_blocks++;
    }
}

static void
make(struct article *a, struct random *random, size_t size)
{
    struct arena arena = a->arena;

    lede__arena_reset(&arena);
    memset(a, 0, sizeof *a);
    a->id = text(&arena, random, 50);
    a->path = text(&arena, random, 50);
    a->key = text(&arena, random, 20);
    a->title = text(&arena, random, 80);
    a->body = text(&arena, random, size);
    a->summary = text(&arena, random, 80);
    a->lang = text(&arena, random, 3);
    a->source = text(&arena, random, 20);
    a->url = text(&arena, random, 300);
    if (!random_once_in(random, 3)) {
        a->date.seconds = (int64_t)random_next(random);
        a->date.precision = (enum date_precision)
            (1 + random_below(random, DATE_SECOND));
    }
    list(&arena, random, &a->authors);
    list(&arena, random, &a->tags);
    list(&arena, random, &a->categories);
    make_meta(&arena, random, &a->meta, &a->n_meta);
    make_meta(&arena, random, &a->header, &a->n_header);
    make_blocks(&arena, random, a);
    a->line = random_once_in(random, 2) ? 0 : (uint32_t)random_next(random);
    a->draft = random_once_in(random, 2);
    a->title_in_body = random_once_in(random, 2);
    a->lang_detected = random_once_in(random, 2);
    a->arena = arena;
}

static bool
same_list(const struct str_list *a, const struct str_list *b)
{
    bool same = a->count == b->count;

    for (size_t i = 0; same && i < a->count; i++) {
        same = str_eq(a->items[i], b->items[i]);
    }
    return same;
}

static bool
same_meta(const struct meta *a, const struct meta *b, size_t count)
{
    bool same = true;

    for (size_t i = 0; same && i < count; i++) {
        const struct meta *x = &a[i];
        const struct meta *y = &b[i];

        same = str_eq(x->key, y->key) && str_eq(x->text, y->text) &&
               x->type == y->type && x->number == y->number &&
               x->date.seconds == y->date.seconds &&
               x->date.precision == y->date.precision;
    }
    return same;
}

static bool
same(const struct article *a, const struct article *b)
{
    bool same = str_eq(a->id, b->id) && str_eq(a->path, b->path) &&
                str_eq(a->key, b->key) && str_eq(a->title, b->title) &&
                str_eq(a->body, b->body) && str_eq(a->summary, b->summary) &&
                str_eq(a->lang, b->lang) && str_eq(a->source, b->source) &&
                str_eq(a->url, b->url) &&
                a->date.seconds == b->date.seconds &&
                a->date.precision == b->date.precision &&
                same_list(&a->authors, &b->authors) &&
                same_list(&a->tags, &b->tags) &&
                same_list(&a->categories, &b->categories) &&
                a->n_meta == b->n_meta && a->n_header == b->n_header &&
                a->n_blocks == b->n_blocks &&
                a->line == b->line && a->draft == b->draft &&
                a->title_in_body == b->title_in_body &&
                a->lang_detected == b->lang_detected;

    same = same && same_meta(a->meta, b->meta, a->n_meta) &&
           same_meta(a->header, b->header, a->n_header);
    for (size_t i = 0; same && i < a->n_blocks; i++) {
        const struct block *x = &a->blocks[i];
        const struct block *y = &b->blocks[i];

        same = x->start == y->start && x->len == y->len &&
               x->line == y->line && x->kind == y->kind &&
               x->level == y->level;
    }
    return same;
}

/* What is read from a copy of exactly these bytes, so that a sanitizer sees
   every byte beyond. */
static lede_status
read_copy(struct article *out, const char *bytes, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    lede_status status = LEDE_STATUS_NO_MEMORY;

    if (copy != NULL) {
        memcpy(copy, bytes, len);
        status = lede__record_read(out, (struct str){ copy, len }, NULL);
    }
    free(copy);
    return status;
}

static void
test_example(void)
{
    static const char want[] = "\x69\x01\x61\x74\x02Hi";
    struct article a = { .id = STR("a"), .title = STR("Hi") };
    struct article b = { 0 };
    struct buf out = BUF_INIT(BUF_MAX_ANY);

    lede__record_write(&out, &a, NULL);
    ok(out.len == 12 && out.p[0] == 1 && memcmp(out.p + 5, want, 7) == 0,
       "the example of the format");
    is_int(read_copy(&b, out.p, out.len), LEDE_STATUS_OK, "is read");
    ok(same(&a, &b), "as it was");
    out.len = 3;
    lede__record_write(&out, &a, NULL);
    ok(out.len == 15 && read_copy(&b, out.p + 3, 12) == LEDE_STATUS_OK &&
           same(&a, &b), "appended to a buffer with something in it");
    lede__arena_free(&b.arena);
    lede__buf_free(&out);
}

static void
test_round_trips(struct random *random, int rounds)
{
    struct article a = { 0 };
    struct article b = { 0 };
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    int wrong = 0;

    for (int i = 0; i < rounds; i++) {
        make(&a, random, random_once_in(random, 10) ? 50000 : 1000);
        out.len = 0;
        wrong += lede__record_write(&out, &a, NULL) != LEDE_STATUS_OK ||
                 read_copy(&b, out.p, out.len) != LEDE_STATUS_OK ||
                 !same(&a, &b);
    }
    is_int(wrong, 0, "%d random articles come back as they were", rounds);
    lede__arena_free(&a.arena);
    lede__arena_free(&b.arena);
    lede__buf_free(&out);
}

static void
test_damage(struct random *random, int rounds)
{
    struct article a = { 0 };
    struct article b = { 0 };
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    int flips = 0;
    int cuts = 0;
    int longer = 0;

    for (int i = 0; i < rounds; i++) {
        make(&a, random, 300);
        out.len = 0;
        lede__record_write(&out, &a, NULL);
        for (size_t at = 0; at < out.len; at++) {
            char mask = (char)(1 + random_below(random, 255));

            out.p[at] ^= mask;
            flips += read_copy(&b, out.p, out.len) != LEDE_STATUS_CORRUPT;
            out.p[at] ^= mask;
            cuts += read_copy(&b, out.p, at) != LEDE_STATUS_CORRUPT;
        }
        lede__buf_char(&out, 'x', NULL);
        longer += read_copy(&b, out.p, out.len) != LEDE_STATUS_CORRUPT;
    }
    is_int(flips, 0, "every byte that is changed is found");
    is_int(cuts, 0, "every cut is found");
    is_int(longer, 0, "a byte too much is found");
    lede__arena_free(&a.arena);
    lede__arena_free(&b.arena);
    lede__buf_free(&out);
}

/* Damage that the checksum does not show, as a malicious index has it. */
static void
test_forged(struct random *random, int rounds)
{
    struct article a = { 0 };
    struct article b = { 0 };
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    int wrong = 0;

    for (int i = 0; i < rounds; i++) {
        lede_status status;
        uint64_t changes = 1 + random_below(random, 4);
        uint32_t sum = 0;

        make(&a, random, 200);
        out.len = 0;
        lede__record_write(&out, &a, NULL);
        if (random_once_in(random, 4)) {
            out.len = 5 + (size_t)random_below(random, out.len - 4);
        }
        while (changes-- > 0 && out.len > 5) {
            out.p[5 + random_below(random, out.len - 5)] =
                (char)random_next(random);
        }
        sum = (uint32_t)crc32_z(0, (const Bytef *)out.p + 5, out.len - 5);
        for (int j = 0; j < 4; j++) {
            out.p[1 + j] = (char)(sum >> (8 * j));
        }
        status = read_copy(&b, out.p, out.len);
        wrong += status != LEDE_STATUS_OK && status != LEDE_STATUS_CORRUPT;
        for (size_t j = 0; status == LEDE_STATUS_OK && j < b.n_blocks; j++) {
            wrong += (uint64_t)b.blocks[j].start + b.blocks[j].len >
                     b.body.len;
        }
    }
    is_int(wrong, 0, "%d forged records are refused or hold together",
           rounds);
    lede__arena_free(&a.arena);
    lede__arena_free(&b.arena);
    lede__buf_free(&out);
}

int
main(void)
{
    struct random random = random_begin(1);
    int times = long_tests() ? 20 : 1;

    test_example();
    test_round_trips(&random, 1000 * times);
    test_damage(&random, 20 * times);
    test_forged(&random, 20000 * times);
    return done();
}
