/* columns.c - tests of the columns of a segment: each form, chosen and read;
   docs reordered and left out; damaged bytes. */

#include "shared/index/columns.h"

#include "tests/random.h"
#include "tests/segment-make.h"
#include "tests/tap.h"

#define MANY 5000u

static lede_error err;

/* ---- columns of all kinds ---- */

enum shape {
    SHAPE_EMPTY, SHAPE_HASH, SHAPE_SOME_DATES, SHAPE_FEW, SHAPE_ONE,
    SHAPE_LISTS, SHAPE_NUMBERS, SHAPE_FIXED_FEW, SHAPES
};

static const char *const shape_names[SHAPES] = {
    "all empty", "hashes", "some dates", "few texts", "one text",
    "many texts", "numbers", "few hashes",
};

static struct str
random_value(enum shape shape, struct arena *arena, struct random *random)
{
    char text[400];
    size_t len = 0;

    switch (shape) {
    case SHAPE_HASH:
        len = 16;
        break;
    case SHAPE_SOME_DATES:
        len = random_once_in(random, 3) ? 0 : 9;
        break;
    case SHAPE_FEW:
        len = (size_t)snprintf(text, sizeof text, "%.*s",
                               (int)random_below(random, 5), "abcd");
        return lede__arena_str(arena, (struct str){ text, len });
    case SHAPE_ONE:
        return STR("en");
    case SHAPE_LISTS:
        len = random_once_in(random, 20) ? random_below(random, 400)
                                         : random_below(random, 8);
        break;
    case SHAPE_NUMBERS:
        len = 1 + random_below(random, 2);
        text[0] = (char)random_below(random, 40);
        text[1] = (char)random_below(random, 3);
        return lede__arena_str(arena, (struct str){ text, len });
    case SHAPE_FIXED_FEW:
        memset(text, (int)random_below(random, 300), 16);
        return lede__arena_str(arena, (struct str){ text, 16 });
    default:
        return STR("");
    }
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)random_below(random, 256);
    }
    return lede__arena_str(arena, (struct str){ text, len });
}

struct model {
    struct arena arena;
    struct str (*values)[COLUMNS];
    uint32_t n;
};

static struct columns_writer *
fill(struct model *model, uint32_t n, unsigned rotate, struct random *random)
{
    struct columns_writer *writer = NULL;

    lede__columns_writer_new(&writer, &err);
    model->arena = (struct arena)ARENA_INIT;
    model->values = calloc(n + 1, sizeof *model->values);
    model->n = n;
    for (uint32_t i = 0; i < n; i++) {
        for (unsigned k = 0; k < COLUMNS; k++) {
            model->values[i][k] =
                random_value((enum shape)((k + rotate) % SHAPES),
                             &model->arena, random);
        }
        lede__columns_add(writer, model->values[i], &err);
    }
    return writer;
}

static void
forget(struct model *model)
{
    lede__arena_free(&model->arena);
    free(model->values);
}

static struct segment *
make(struct str bytes, uint32_t docs)
{
    struct str sections[SECTIONS] = { { NULL, 0 } };

    sections[SECTION_COLUMNS] = bytes;
    return segment_make("columns", sections, docs);
}

/* As ordinals, where the column is a table, all values are what they are one by
   one; returns how many columns are. */
static unsigned
check_ordinals(struct segment *segment, uint32_t docs)
{
    uint32_t *ordinals = calloc(docs + 1, sizeof *ordinals);
    unsigned tables = 0;
    uint32_t wrong = 0;

    for (unsigned k = 0; k < COLUMNS; k++) {
        uint32_t count = 0;

        for (uint32_t i = 0; i < docs; i++) {
            ordinals[i] = i;
        }
        wrong += lede__columns_ordinals(segment, (enum column)k, ordinals,
                                        docs, ordinals, &count, &err)
                 != LEDE_STATUS_OK;
        tables += count > 0;
        for (uint32_t i = 0; i < docs && count > 0; i++) {
            struct str one, other;

            wrong += ordinals[i] >= count
                || lede__columns_read(segment, (enum column)k, i, &one, &err)
                   != LEDE_STATUS_OK
                || lede__columns_text(segment, (enum column)k, ordinals[i],
                                      &other, &err) != LEDE_STATUS_OK
                || !str_eq(one, other);
        }
    }
    is_int(wrong, 0, "the ordinals of %u columns", tables);
    free(ordinals);
    return tables;
}

static void
check(const struct model *model, struct columns_writer *writer,
      const uint32_t *order, uint32_t docs, unsigned rotate)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct segment *segment = NULL;

    is_int(lede__columns_end(writer, order, docs, &bytes, &err),
           LEDE_STATUS_OK, "%u docs of %u", docs, model->n);
    segment = make(lede__buf_view(&bytes), docs);
    for (unsigned k = 0; k < COLUMNS && segment != NULL; k++) {
        uint32_t wrong = 0;

        for (uint32_t i = 0; i < docs; i++) {
            struct str value = { NULL, 0 };
            uint32_t from = order == NULL ? i : order[i];

            if (lede__columns_read(segment, (enum column)k, i, &value, &err)
                != LEDE_STATUS_OK
                || !str_eq(value, model->values[from][k])) {
                wrong++;
            }
        }
        is_int(wrong, 0, "%s", shape_names[(k + rotate) % SHAPES]);
    }
    if (segment != NULL) {
        ok(check_ordinals(segment, docs) > 0 || docs < MANY,
           "some of many docs are tables");
    }
    segment_drop(segment);
    lede__buf_free(&bytes);
}

static void
test_forms(struct random *random)
{
    static const uint32_t sizes[] = { 0, 1, 2, 17, 300, MANY };

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct model model;
        struct columns_writer *writer = fill(&model, sizes[s], (unsigned)s,
                                             random);
        uint32_t *order = calloc(sizes[s] + 1, sizeof *order);
        uint32_t n = 0;
        uint32_t wrong = 0;

        for (uint32_t i = 0; i < sizes[s]; i++) {
            for (unsigned k = 0; k < COLUMNS; k++) {
                wrong += !str_eq(lede__columns_added(writer, i,
                                                     (enum column)k),
                                 model.values[i][k]);
            }
        }
        is_int(wrong, 0, "%u added", sizes[s]);
        ok(sizes[s] == 0 || lede__columns_bytes(writer) > 0, "in memory");
        check(&model, writer, NULL, sizes[s], (unsigned)s);
        // Half of the docs, shuffled
        for (uint32_t i = 0; i < sizes[s]; i++) {
            if (random_once_in(random, 2)) {
                uint32_t at = (uint32_t)random_below(random, n + 1);

                order[n++] = order[at];
                order[at] = i;
            }
        }
        check(&model, writer, order, n, (unsigned)s);
        free(order);
        lede__columns_writer_free(writer);
        forget(&model);
    }
    lede__columns_writer_free(NULL);
}

/* A column takes no more than its best form. */
static void
test_sizes(struct random *random)
{
    struct columns_writer *writer = NULL;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct str values[COLUMNS] = { { NULL, 0 } };
    char hash[16];

    lede__columns_writer_new(&writer, &err);
    for (unsigned i = 0; i < 8000; i++) {
        for (unsigned k = 0; k < sizeof hash; k++) {
            hash[k] = (char)random_below(random, 256);
        }
        values[COLUMN_HASH] = (struct str){ hash, sizeof hash };
        values[COLUMN_LANG] = random_once_in(random, 2) ? STR("en")
                                                        : STR("de");
        values[COLUMN_SOURCE] = STR("the one source");
        values[COLUMN_DATE] = (struct str){ hash, i % 8 == 0 ? 0 : 9 };
        lede__columns_add(writer, values, &err);
    }
    lede__columns_end(writer, NULL, 8000, &bytes, &err);
    ok(bytes.len < 8000 * (16 + 9) + 2 * 8000 / 8 + 400,
       "25 bytes and 2 bits for each doc: %zu bytes", bytes.len);
    lede__columns_writer_free(writer);
    lede__buf_free(&bytes);
}

static void
test_none(void)
{
    struct segment *segment = make(STR(""), 3);
    struct str value = { NULL, 1 };

    is_int(lede__columns_read(segment, COLUMN_TAGS, 2, &value, &err),
           LEDE_STATUS_OK, "an empty section");
    is_int(value.len, 0, "has empty values");
    is_int(lede__columns_read(segment, COLUMN_TAGS, 3, &value, &err),
           LEDE_STATUS_CORRUPT, "beyond the last doc");
    segment_drop(segment);
}

/* Bytes whose checksums are right but which no writer made. */
static void
test_damage(struct random *random)
{
    struct model model;
    struct columns_writer *writer = fill(&model, 100, 0, random);
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    unsigned rounds = long_tests() ? 20000 : 1000;
    unsigned sum = 0;

    lede__columns_end(writer, NULL, 100, &bytes, &err);
    for (unsigned i = 0; i < rounds; i++) {
        struct buf copy = BUF_INIT(BUF_MAX_ANY);
        struct segment *segment = NULL;
        struct str value = { NULL, 0 };

        lede__buf_add(&copy, bytes.p, random_once_in(random, 4)
                      ? random_below(random, bytes.len) : bytes.len, &err);
        for (uint64_t k = 0; k < 3 && copy.len > 0; k++) {
            size_t tail = copy.len < 192 ? copy.len : 192;

            copy.p[copy.len - 1 - random_below(random, k == 0 ? copy.len
                                                              : tail)] =
                (char)random_below(random, 256);
        }
        segment = make(lede__buf_view(&copy), 100);
        for (uint32_t doc = 0; doc < 100; doc++) {
            for (unsigned k = 0; k < COLUMNS; k++) {
                if (lede__columns_read(segment, (enum column)k, doc, &value,
                                       &err) == LEDE_STATUS_OK
                    && value.len > 0) {
                    // Touched, so that a sanitizer sees where they are
                    sum += (uint8_t)value.p[0]
                        + (unsigned)(uint8_t)value.p[value.len - 1];
                }
            }
        }
        segment_drop(segment);
        lede__buf_free(&copy);
    }
    ok(sum > 0, "%u damaged sections", rounds);
    lede__columns_writer_free(writer);
    lede__buf_free(&bytes);
    forget(&model);
}

int
main(void)
{
    struct random random = random_begin(43);
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    test_forms(&random);
    test_sizes(&random);
    test_none();
    test_damage(&random);
    scratch_end(folder);
    return done();
}
