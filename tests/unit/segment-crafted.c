/* segment-crafted.c - segments whose checksums are right and whose bytes are
   not: whoever made them, checking and reading them ends, and reads nothing
   outside the file.

   A sound segment is changed at random, a few bytes at a time and mostly where
   that changes much, and all checksums are made anew. */

#include "shared/index/segment.h"

#include <xxhash.h>

#include "shared/index/columns.h"
#include "shared/index/pairs.h"
#include "shared/index/segment-format.h"
#include "shared/index/stored.h"
#include "shared/index/terms.h"
#include "tests/random.h"
#include "tests/segment-make.h"
#include "tests/tap.h"

#define DOCS 1500u
#define TERMS 60u

static lede_error err;

/* ---- a sound segment ---- */

static void
add_list(struct terms_writer *dictionary, struct list_writer *lists,
         uint32_t i, const uint8_t *lengths, struct segment_facts *facts,
         struct buf sections[SECTIONS], struct random *random)
{
    bool positions = i % 3 == 0;
    bool tf = positions || i % 3 == 1;
    uint64_t every = 1 + random_below(random, i < 20 ? 3 : 400);
    struct list_info info = { .df = 0 };
    char name[40];

    lede__list_begin(lists, tf, positions, lengths);
    uint32_t doc = (uint32_t)random_below(random, every);
    while (doc < DOCS) {
        uint32_t n = tf ? 1 + (uint32_t)random_below(random, 6) : 0;
        uint32_t places[6];
        uint32_t at = 0;

        for (uint32_t k = 0; k < n; k++) {
            places[k] = at += 1 + (uint32_t)random_below(random, 50);
        }
        lede__list_add(lists, doc, n, places, positions ? n : 0, &err);
        doc += 1 + (uint32_t)random_below(random, every);
        facts->positions += positions ? n : 0;
    }
    lede__list_end(lists, &sections[SECTION_POSTINGS],
                   &sections[SECTION_POSITIONS], &info, &err);
    if (info.df > 0) {
        snprintf(name, sizeof name, "%sterm%02u", i < 30 ? "s*:" : "x*", i);
        lede__terms_add(dictionary, str_from(name), &info, &err);
        facts->terms++;
        facts->postings += info.df;
    }
}

static void
add_docs(struct buf sections[SECTIONS], struct random *random)
{
    struct stored_packer *packer = NULL;
    struct stored_index *index = NULL;
    struct columns_writer *columns = NULL;
    struct buf *blocks = &sections[SECTION_STORED];

    lede__stored_packer_new(&packer, 1, &err);
    lede__stored_index_new(&index, &err);
    lede__columns_writer_new(&columns, &err);
    for (uint32_t i = 0; i < DOCS; i++) {
        struct str values[COLUMNS] = { { NULL, 0 } };
        char text[200];
        char hash[16];

        for (unsigned k = 0; k < sizeof hash; k++) {
            hash[k] = (char)random_below(random, 256);
        }
        values[COLUMN_HASH] = (struct str){ hash, sizeof hash };
        values[COLUMN_DATE] = (struct str){ hash, i % 3 == 0 ? 0 : 9 };
        values[COLUMN_LANG] = i % 2 == 0 ? STR("en") : STR("de");
        values[COLUMN_TAGS] = (struct str){ hash, i % 15 };
        lede__columns_add(columns, values, &err);
        lede__stored_pack(
            packer, (struct str){ text, random_text(random, text, 100) },
            blocks, &err);
    }
    lede__stored_flush(packer, blocks, &err);
    lede__stored_index_add(index, lede__buf_view(blocks), &err);
    lede__stored_index_end(index, &sections[SECTION_STORED_INDEX], &err);
    lede__columns_end(columns, NULL, DOCS, &sections[SECTION_COLUMNS], &err);
    lede__stored_packer_free(packer);
    lede__stored_index_free(index);
    lede__columns_writer_free(columns);
}

static void
write_sound(const char *path, struct random *random)
{
    struct segment_facts facts = {
        .docs = DOCS, .first_number = 1, .last_number = DOCS, .ordered = true,
    };
    struct segment_writer *writer = NULL;
    struct terms_writer *dictionary = NULL;
    struct list_writer *lists = NULL;
    struct pairs_writer *pairs = NULL;
    struct buf sections[SECTIONS];
    uint8_t lengths[DOCS];
    uint64_t size = 0;
    uint32_t check = 0;

    for (unsigned i = 0; i < SECTIONS; i++) {
        sections[i] = (struct buf)BUF_INIT(BUF_MAX_ANY);
    }
    for (uint32_t i = 0; i < DOCS; i++) {
        lengths[i] = (uint8_t)random_below(random, 200);
        lede__put32(&sections[SECTION_NUMBERS], i + 1, &err);
    }
    zero_lengths(&sections[SECTION_LENGTHS], DOCS);
    memcpy(sections[SECTION_LENGTHS].p, lengths, sizeof lengths);
    lede__terms_writer_new(&dictionary, &err);
    lede__list_writer_new(&lists, &err);
    lede__pairs_writer_new(&pairs, &err);
    for (uint32_t i = 0; i < TERMS; i++) {
        add_list(dictionary, lists, i, lengths, &facts, sections, random);
    }
    lede__terms_end(dictionary, &sections[SECTION_TERMS], &err);
    add_docs(sections, random);
    lede__pairs_add(pairs, STR("roots"), STR("news"), &err);
    lede__pairs_add(pairs, STR("schema"), STR("fields"), &err);
    lede__pairs_end(pairs, &sections[SECTION_META], &err);
    lede__segment_create(&writer, path, &err);
    for (unsigned i = 0; i < SECTIONS; i++) {
        lede__segment_append(writer, (enum section)i,
                             lede__buf_view(&sections[i]), &err);
        lede__buf_free(&sections[i]);
    }
    lede__segment_finish(writer, &facts, &size, &check, &err);
    lede__segment_abandon(writer);
    lede__terms_writer_free(dictionary);
    lede__list_writer_free(lists);
    lede__pairs_writer_free(pairs);
}

/* ---- crafting ---- */

/* Make the checksums right. */
static void
seal(uint8_t *file, size_t size, size_t body)
{
    size_t units = (body + CHECK_UNIT - 1) / CHECK_UNIT;
    uint8_t *checks = file + body;
    uint8_t *trailer = file + size - TRAILER_BYTES;

    for (size_t i = 0; i < units; i++) {
        size_t at = i * CHECK_UNIT;

        lede__set32(checks + 4 * i,
                    lede__segment_hash(file + at, body - at < CHECK_UNIT
                                       ? body - at : CHECK_UNIT));
    }
    lede__set64(trailer + TRAILER_CHECKS, XXH3_64bits(checks, 4 * units));
    lede__set32(trailer + TRAILER_CHECK,
                lede__segment_hash(trailer, TRAILER_CHECK));
}

/* A place that matters: in a random section, often near its ends. */
static size_t
random_place(struct random *random, const struct segment *segment)
{
    unsigned section = (unsigned)random_below(random, SECTIONS);
    size_t size = (size_t)segment->facts.sizes[section];
    size_t start = (size_t)(segment->sections[section] - segment->map);
    size_t near = size < 300 ? size : 300;

    switch (size == 0 ? 3 : random_below(random, 4)) {
    case 0:
        return start + random_below(random, near);
    case 1:
        return start + size - 1 - random_below(random, near);
    case 2:
        return start + random_below(random, size);
    default:
        return segment->size - TRAILER_BYTES
            + random_below(random, TRAILER_BYTES);
    }
}

static void
ignore(void *payload, const char *message)
{
    size_t *n = payload;

    *n += message[0] != '\0';
}

static void
try_changed(const struct buf *sound, const struct segment *like,
            struct random *random, size_t *found)
{
    struct buf file = BUF_INIT(BUF_MAX_ANY);
    struct segment *segment = NULL;

    lede__buf_str(&file, lede__buf_view(sound), &err);
    for (uint64_t n = 1 + random_below(random, 3); n > 0; n--) {
        static const uint8_t likely[] = { 0, 1, 0x7F, 0x80, 0xFF };
        size_t at = random_place(random, like);

        file.p[at] = (char)(random_once_in(random, 2)
                            ? likely[random_below(random, sizeof likely)]
                            : random_below(random, 256));
    }
    seal((uint8_t *)file.p, file.len, (size_t)(like->checks - like->map));
    lede__file_write("crafted", lede__buf_view(&file), &err);
    if (lede__segment_open(&segment, "crafted", 0, 0, &err)
        == LEDE_STATUS_OK) {
        const struct kernel *kernel = NULL;

        segment_to_heap(segment);
        for (size_t i = 0; (kernel = lede__kernel_at(i)) != NULL; i++) {
            lede__segment_check(segment, kernel, ignore, found, &err);
        }
        segment_drop(segment);
    } else {
        ++*found;
    }
    lede__buf_free(&file);
}

int
main(void)
{
    struct random random = random_begin(47);
    struct buf sound = BUF_INIT(BUF_MAX_ANY);
    struct segment *segment = NULL;
    unsigned rounds = long_tests() ? 100000 : 300;
    size_t found = 0;
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    write_sound("sound", &random);
    lede__file_read(&sound, "sound", &err);
    is_int(lede__segment_open(&segment, "sound", 0, 0, &err), LEDE_STATUS_OK,
           "a sound segment");
    is_int(lede__segment_check(segment, lede__kernel_best(), ignore, &found,
                               &err), LEDE_STATUS_OK, "is sound");
    is_int(found, 0, "without a fault");
    for (unsigned i = 0; i < rounds; i++) {
        try_changed(&sound, segment, &random, &found);
    }
    ok(found > rounds / 4, "%u crafted ones, %zu faults", rounds, found);
    lede__segment_close(segment);
    lede__buf_free(&sound);
    scratch_end(folder);
    return done();
}
