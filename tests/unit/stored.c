/* stored.c - tests of stored articles: packed by several, put in a row, read
   in every order; and damaged bytes. */

#include "shared/index/stored.h"

#include "shared/index/bytes.h"
#include "tests/random.h"
#include "tests/segment-make.h"
#include "tests/tap.h"

static lede_error err;

struct model {
    struct arena arena;
    struct str *records;
    uint32_t n;
    struct buf blocks;
    struct buf index;
};

/* n records, packed by a new packer every now and then. */
static void
make_model(struct model *model, uint32_t n, size_t max, struct random *random)
{
    struct stored_packer *packer = NULL;
    struct stored_index *index = NULL;
    char *text = malloc(max + 1);

    *model = (struct model){
        .arena = ARENA_INIT, .n = n, .blocks = BUF_INIT(BUF_MAX_ANY),
        .index = BUF_INIT(BUF_MAX_ANY),
    };
    model->records = calloc(n + 1, sizeof *model->records);
    lede__stored_index_new(&index, &err);
    for (uint32_t i = 0; i < n; i++) {
        struct buf some = BUF_INIT(BUF_MAX_ANY);
        size_t len = random_once_in(random, 9)
            ? 0 : random_text(random, text, random_below(random, max));

        model->records[i] =
            lede__arena_str(&model->arena, (struct str){ text, len });
        if (packer == NULL) {
            lede__stored_packer_new(&packer, (int)random_below(random, 10),
                                    &err);
        }
        lede__stored_pack(packer, model->records[i], &some, &err);
        if (random_once_in(random, 50)) {
            lede__stored_flush(packer, &some, &err);
            lede__stored_packer_free(packer);
            packer = NULL;
        } else if (i + 1 == n) {
            lede__stored_flush(packer, &some, &err);
        }
        lede__stored_index_add(index, lede__buf_view(&some), &err);
        lede__buf_str(&model->blocks, lede__buf_view(&some), &err);
        lede__buf_free(&some);
    }
    is_int(lede__stored_index_docs(index), n, "%u records", n);
    lede__stored_index_end(index, &model->index, &err);
    lede__stored_index_free(index);
    lede__stored_packer_free(packer);
    free(text);
}

static void
forget(struct model *model)
{
    lede__arena_free(&model->arena);
    lede__buf_free(&model->blocks);
    lede__buf_free(&model->index);
    free(model->records);
}

static struct segment *
make(struct str blocks, struct str index, uint32_t docs)
{
    struct str sections[SECTIONS] = { { NULL, 0 } };

    sections[SECTION_STORED] = blocks;
    sections[SECTION_STORED_INDEX] = index;
    return segment_make("stored", sections, docs);
}

static void
test_read(struct random *random)
{
    static const uint32_t sizes[] = { 1, 2, 30, 2000 };
    static const size_t lengths[] = { 100, 100000, 3000, 2000 };
    struct stored_reader *reader = NULL;

    lede__stored_reader_new(&reader, &err);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct model model;
        struct segment *segment = NULL;
        struct str record = { NULL, 0 };
        uint32_t wrong = 0;

        make_model(&model, sizes[s], lengths[s], random);
        segment = make(lede__buf_view(&model.blocks),
                       lede__buf_view(&model.index), sizes[s]);
        for (uint32_t i = 0; i < 2 * sizes[s]; i++) {
            uint32_t doc = i < sizes[s]
                ? i : (uint32_t)random_below(random, sizes[s]);

            wrong += lede__stored_read(reader, segment, doc, &record, &err)
                     != LEDE_STATUS_OK
                || !str_eq(record, model.records[doc]);
        }
        is_int(wrong, 0, "read %u of at most %zu bytes", sizes[s],
               lengths[s]);
        is_int(lede__stored_read(reader, segment, sizes[s], &record, &err),
               LEDE_STATUS_NOT_FOUND, "no more of them");
        wrong = 0;
        for (uint32_t i = 0; i < 50; i++) {
            uint32_t doc = (uint32_t)random_below(random, sizes[s]);

            wrong += lede__stored_read_block(
                reader, lede__buf_view(&model.blocks), doc, &record, &err)
                != LEDE_STATUS_OK
                || !str_eq(record, model.records[doc]);
        }
        is_int(wrong, 0, "read from blocks in memory");
        is_int(lede__stored_read_block(reader, lede__buf_view(&model.blocks),
                                       sizes[s], &record, &err),
               LEDE_STATUS_CORRUPT, "no more of them");
        segment_drop(segment);
        forget(&model);
    }
    lede__stored_reader_free(reader);
    lede__stored_reader_free(NULL);
    lede__stored_packer_free(NULL);
    lede__stored_index_free(NULL);
}

/* The reader knows a block again by more than its address. */
static void
test_two_segments(struct random *random)
{
    struct stored_reader *reader = NULL;
    uint32_t wrong = 0;

    lede__stored_reader_new(&reader, &err);
    for (uint32_t i = 0; i < 20; i++) {
        struct model model;
        struct segment *segment = NULL;
        struct str record = { NULL, 0 };

        make_model(&model, 1, 3000, random);
        segment = make(lede__buf_view(&model.blocks),
                       lede__buf_view(&model.index), 1);
        wrong += lede__stored_read(reader, segment, 0, &record, &err)
                 != LEDE_STATUS_OK
            || !str_eq(record, model.records[0]);
        segment_drop(segment);
        forget(&model);
    }
    is_int(wrong, 0, "a segment in another's place");
    lede__stored_reader_free(reader);
}

static void
test_none(void)
{
    struct segment *segment = make(STR(""), STR(""), 3);
    struct stored_reader *reader = NULL;
    struct str record = { NULL, 0 };

    lede__stored_reader_new(&reader, &err);
    is_int(lede__stored_read(reader, segment, 2, &record, &err),
           LEDE_STATUS_NOT_FOUND, "nothing was stored");
    lede__stored_reader_free(reader);
    segment_drop(segment);
}

/* A block that says it inflates to more than deflate can. */
static void
test_bomb(void)
{
    struct stored_reader *reader = NULL;
    struct stored_index *index = NULL;
    struct str record = { NULL, 0 };
    struct str blocks = STR("\x01\xff\xff\xff\xff\x0f\x02\x03\x00");

    lede__stored_reader_new(&reader, &err);
    lede__stored_index_new(&index, &err);
    is_int(lede__stored_read_block(reader, blocks, 0, &record, &err),
           LEDE_STATUS_CORRUPT, "more than deflate can do");
    is_int(lede__stored_index_add(index, blocks, &err), LEDE_STATUS_CORRUPT,
           "nor is it put in a row");
    lede__stored_index_free(index);
    lede__stored_reader_free(reader);
}

/* Bytes whose checksums are right but which no writer made. */
static void
test_damage(struct random *random)
{
    struct stored_reader *reader = NULL;
    struct model model;
    unsigned rounds = long_tests() ? 20000 : 1000;

    make_model(&model, 60, 2000, random);
    lede__stored_reader_new(&reader, &err);
    for (unsigned i = 0; i < rounds; i++) {
        struct buf blocks = BUF_INIT(BUF_MAX_ANY);
        struct buf index = BUF_INIT(BUF_MAX_ANY);
        struct buf *which = random_once_in(random, 3) ? &index : &blocks;
        struct segment *segment = NULL;
        struct str record = { NULL, 0 };
        const uint8_t *entry = NULL;
        size_t at = 0;

        lede__buf_add(&blocks, model.blocks.p, random_once_in(random, 4)
                      ? random_below(random, model.blocks.len)
                      : model.blocks.len, &err);
        lede__buf_add(&index, model.index.p, model.index.len, &err);
        // Where blocks begin is where it hurts
        entry = (const uint8_t *)model.index.p
            + random_below(random, model.index.len / 12) * 12;
        at = which == &blocks ? lede__get64(entry + 4)
                                + random_below(random, 12)
                              : random_below(random, index.len);
        if (at < which->len) {
            which->p[at] = (char)random_below(random, 256);
        }
        segment = make(lede__buf_view(&blocks), lede__buf_view(&index), 60);
        for (uint32_t doc = 0; doc < 60; doc++) {
            lede__stored_read(reader, segment, doc, &record, &err);
        }
        for (uint32_t doc = 0; doc < 60; doc += 17) {
            lede__stored_read_block(reader, lede__buf_view(&blocks), doc,
                                    &record, &err);
        }
        segment_drop(segment);
        lede__buf_free(&blocks);
        lede__buf_free(&index);
    }
    ok(true, "%u damaged sections", rounds);
    lede__stored_reader_free(reader);
    forget(&model);
}

int
main(void)
{
    struct random random = random_begin(44);
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    test_read(&random);
    test_two_segments(&random);
    test_none();
    test_bomb();
    test_damage(&random);
    scratch_end(folder);
    return done();
}
