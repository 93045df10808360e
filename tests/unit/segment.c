/* segment.c - tests of segment files: written and read back, each byte flipped
   and each length cut, parts that contradict each other, a disk that fails at
   each call; and the example in docs/native-format.md. */

#include "shared/index/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "shared/index/bigrams.h"
#include "shared/index/bytes.h"
#include "shared/index/columns.h"
#include "shared/index/pairs.h"
#include "shared/index/stored.h"
#include "shared/index/terms.h"
#include "tests/random.h"
#include "tests/segment-make.h"
#include "tests/tap.h"

static lede_error err;

/* ---- a disk that fails ---- */

static struct {
    int at;                     // the call, from 1, that fails; 0: none
    int calls;
} fault;

static bool
fails(void)
{
    fault.calls++;
    if (fault.calls != fault.at) {
        return false;
    }
    errno = ENOSPC;
    return true;
}

ssize_t
write(int fd, const void *p, size_t n)
{
    struct iovec part = { (void *)(uintptr_t)p, n };

    return fd > 2 && fails() ? -1 : writev(fd, &part, 1);
}

int
fsync(int fd)
{
    return fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

/* ---- a whole segment ---- */

struct posting {
    uint32_t doc, tf;
    uint32_t positions[4];
    uint32_t n;
};

struct term {
    const char *text;
    bool tf, with_positions;
    struct posting postings[3];
    uint32_t df;
};

/* Three articles: "apple pie", "apple apples", "pie". */
#define DOCS 3u

static const struct term terms[] = {
    { "#", false, false, { { .doc = 0 }, { .doc = 1 }, { .doc = 2 } }, 3 },
    { "i1", false, false, { { .doc = 0 } }, 1 },
    { "i2", false, false, { { .doc = 1 } }, 1 },
    { "i3", false, false, { { .doc = 2 } }, 1 },
    { "klang=en", false, false, { { .doc = 0 }, { .doc = 1 } }, 2 },
    { "s*en:appl", true, false,
      { { .doc = 0, .tf = 1 }, { .doc = 1, .tf = 2 } }, 2 },
    { "s*en:pie", true, false,
      { { .doc = 0, .tf = 1 }, { .doc = 2, .tf = 1 } }, 2 },
    { "x*apple", true, true,
      { { 0, 1, { 0 }, 1 }, { 1, 1, { 0 }, 1 } }, 2 },
    { "x*apples", true, true, { { 1, 1, { 1 }, 1 } }, 1 },
    { "x*pie", true, true,
      { { 0, 1, { 1 }, 1 }, { 2, 1, { 0 }, 1 } }, 2 },
};

static const char *const texts[DOCS] = { "apple pie", "apple apples", "pie" };

/* What can be made wrong in it. */
enum wrong {
    WRONG_NOTHING, WRONG_PADDING, WRONG_NUMBERS, WRONG_LAST,
    WRONG_DF, WRONG_COUNT, WRONG_RECORDS, WRONG_INDEX, WRONG_ORDER, WRONG_META,
    WRONGS
};

static const char *const wrong_names[WRONGS] = {
    "nothing", "the padding of the lengths", "the numbers",
    "the last number", "a df", "the number of postings", "a missing record",
    "the index of stored articles", "the order of terms",
    "the order of metadata",
};

/* "apple pie" has a list, "apple apples" has none, and others never meet. */
static lede_status
add_bigrams(struct list_writer *lists, const uint64_t *places,
            const uint8_t *lengths, struct buf *out)
{
    uint32_t dfs[3 * BIGRAM_WORDS] = { 0 };
    bool kept[3 * BIGRAM_WORDS] = { false };
    uint64_t ends[1];
    struct bigrams_table table = { places, 3, dfs, kept, ends };
    struct buf none = BUF_INIT(BUF_MAX_ANY);
    struct list_info info;
    lede_status status;

    dfs[1] = 1;
    dfs[2] = 1;
    kept[2] = true;
    lede__list_begin(lists, true, false, lengths);
    status = lede__list_add(lists, 0, 1, NULL, 0, &err);
    if (status == LEDE_STATUS_OK) {
        status = lede__list_end(lists, out, &none, &info, &err);
    }
    ends[0] = out->len;
    return status == LEDE_STATUS_OK ? lede__bigrams_write(&table, out, &err)
                                    : status;
}

static lede_status
add_terms(struct segment_facts *facts, enum wrong wrong,
          const uint8_t *lengths, struct buf sections[SECTIONS])
{
    struct terms_writer *writer = NULL;
    struct list_writer *lists = NULL;
    uint64_t places[sizeof terms / sizeof *terms];
    lede_status status = lede__terms_writer_new(&writer, &err);

    if (status == LEDE_STATUS_OK) {
        status = lede__list_writer_new(&lists, &err);
    }
    for (size_t i = 0; i < sizeof terms / sizeof *terms
         && status == LEDE_STATUS_OK; i++) {
        const struct term *term =
            &terms[wrong == WRONG_ORDER && i < 3 && i > 0 ? 3 - i : i];
        struct list_info info = { .df = 0 };

        lede__list_begin(lists, term->tf, term->with_positions, lengths);
        for (uint32_t k = 0; k < term->df; k++) {
            const struct posting *p = &term->postings[k];

            status = lede__list_add(lists, p->doc, p->tf, p->positions, p->n,
                                    &err);
            facts->positions += p->n;
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__list_end(lists, &sections[SECTION_POSTINGS],
                                    &sections[SECTION_POSITIONS], &info,
                                    &err);
        }
        places[i] = info.positions;
        info.df += wrong == WRONG_DF && i == 7;
        facts->terms++;
        facts->postings += info.df;
        if (status == LEDE_STATUS_OK) {
            status = lede__terms_add(writer, str_from(term->text), &info,
                                     &err);
        }
    }
    facts->postings += wrong == WRONG_COUNT;
    if (status == LEDE_STATUS_OK) {
        status = lede__terms_end(writer, &sections[SECTION_TERMS], &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_bigrams(lists, &places[7], lengths,
                             &sections[SECTION_BIGRAMS]);
    }
    lede__list_writer_free(lists);
    lede__terms_writer_free(writer);
    return status;
}

static lede_status
add_docs(enum wrong wrong, struct buf sections[SECTIONS])
{
    struct stored_packer *packer = NULL;
    struct stored_index *index = NULL;
    struct columns_writer *columns = NULL;
    struct buf *blocks = &sections[SECTION_STORED];
    lede_status status = lede__stored_packer_new(&packer, 0, &err);

    if (status == LEDE_STATUS_OK) {
        status = lede__stored_index_new(&index, &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__columns_writer_new(&columns, &err);
    }
    for (unsigned i = 0; i < DOCS && status == LEDE_STATUS_OK; i++) {
        struct str values[COLUMNS] = { { NULL, 0 } };
        char length = (char)(i == 2 ? 1 : 2);

        values[COLUMN_LENGTH] = (struct str){ &length, 1 };
        values[COLUMN_LANG] = i == 2 ? STR("") : STR("en");
        values[COLUMN_SOURCE] = STR("example");
        status = lede__columns_add(columns, values, &err);
        if (status == LEDE_STATUS_OK && (wrong != WRONG_RECORDS || i < 2)) {
            status = lede__stored_pack(packer, str_from(texts[i]), blocks,
                                       &err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_flush(packer, blocks, &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_index_add(index, lede__buf_view(blocks), &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_index_end(
            index, &sections[SECTION_STORED_INDEX], &err);
    }
    if (wrong == WRONG_INDEX) {
        sections[SECTION_STORED_INDEX].p[4] = 1;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__columns_end(columns, NULL, DOCS,
                                   &sections[SECTION_COLUMNS], &err);
    }
    lede__stored_packer_free(packer);
    lede__stored_index_free(index);
    lede__columns_writer_free(columns);
    return status;
}

static lede_status
add_meta(enum wrong wrong, struct buf *out)
{
    struct pairs_writer *writer = NULL;
    lede_status status = lede__pairs_writer_new(&writer, &err);

    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_add(writer, STR("roots"), STR("news"), &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_add(
            writer, wrong == WRONG_META ? STR("roots") : STR("schema"),
            STR(""), &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__pairs_end(writer, out, &err);
    }
    lede__pairs_writer_free(writer);
    return status;
}

static lede_status
write_sections(const char *path, const struct buf sections[SECTIONS],
               struct segment_facts *facts, uint64_t *size, uint32_t *check)
{
    struct segment_writer *writer = NULL;
    lede_status status = lede__segment_create(&writer, path, &err);

    for (unsigned i = 0; i < SECTIONS && status == LEDE_STATUS_OK; i++) {
        status = lede__segment_append(writer, (enum section)i,
                                      lede__buf_view(&sections[i]), &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_finish(writer, facts, size, check, &err);
    }
    lede__segment_abandon(writer);
    return status;
}

static lede_status
write_whole(const char *path, enum wrong wrong, uint64_t *size,
            uint32_t *check)
{
    struct segment_facts facts = {
        .docs = DOCS, .first_number = 1, .last_number = DOCS, .ordered = true,
    };
    struct buf sections[SECTIONS];
    uint8_t lengths[DOCS] = { 2, 2, 1 };
    uint32_t numbers[DOCS] = { 1, 2, 4 };
    lede_status status = LEDE_STATUS_OK;

    for (unsigned i = 0; i < SECTIONS; i++) {
        sections[i] = (struct buf)BUF_INIT(BUF_MAX_ANY);
    }
    if (wrong == WRONG_NUMBERS || wrong == WRONG_LAST) {
        numbers[1] = wrong == WRONG_NUMBERS ? 4 : 2;
        facts.last_number = wrong == WRONG_NUMBERS ? 4 : 9;
        for (unsigned i = 0; i < DOCS && status == LEDE_STATUS_OK; i++) {
            status = lede__put32(&sections[SECTION_NUMBERS], numbers[i],
                                 &err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = add_terms(&facts, wrong, lengths, sections);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_docs(wrong, sections);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_meta(wrong, &sections[SECTION_META]);
    }
    zero_lengths(&sections[SECTION_LENGTHS], DOCS);
    memcpy(sections[SECTION_LENGTHS].p, lengths, sizeof lengths);
    if (wrong == WRONG_PADDING) {
        sections[SECTION_LENGTHS].p[DOCS] = 1;
    }
    if (status == LEDE_STATUS_OK) {
        unlink(path);
        status = write_sections(path, sections, &facts, size, check);
    }
    for (unsigned i = 0; i < SECTIONS; i++) {
        lede__buf_free(&sections[i]);
    }
    return status;
}

/* ---- checking ---- */

struct told {
    size_t n;
    char last[1024];
};

static void
told(void *payload, const char *message)
{
    struct told *seen = payload;

    seen->n++;
    snprintf(seen->last, sizeof seen->last, "%s", message);
}

/* How many faults opening and checking finds. */
static size_t
faults(const char *path, uint64_t size, uint32_t check, struct told *seen)
{
    struct segment *segment = NULL;
    lede_status status = LEDE_STATUS_OK;

    *seen = (struct told){ .n = 0 };
    status = lede__segment_open(&segment, path, size, check, &err);
    if (status != LEDE_STATUS_OK) {
        told(seen, err.message);
        return 1;
    }
    segment_to_heap(segment);
    status = lede__segment_check(segment, lede__kernel_at(0), told, seen,
                                 &err);
    if ((status == LEDE_STATUS_CORRUPT) != (seen->n > 0)) {
        ok(false, "the status says whether there was a fault");
    }
    segment_drop(segment);
    return seen->n;
}

static void
test_check(void)
{
    struct told seen;
    uint64_t size = 0;
    uint32_t check = 0;

    for (int i = 0; i < WRONGS; i++) {
        is_int(write_whole("whole", (enum wrong)i, &size, &check),
               LEDE_STATUS_OK, "write with %s wrong", wrong_names[i]);
        faults("whole", size, check, &seen);
        ok((seen.n > 0) == (i != WRONG_NOTHING), "found %zu faults: %s",
           seen.n, seen.last);
    }
}

/* Bounds are made with other lengths than the segment has. */
static void
test_bounds(void)
{
    struct segment_facts facts = {
        .docs = 40, .first_number = 1, .last_number = 40, .ordered = true,
    };
    struct list_writer *lists = NULL;
    struct terms_writer *writer = NULL;
    struct buf sections[SECTIONS];
    struct list_info info = { .df = 0 };
    uint8_t lengths[40];
    struct told seen;
    uint64_t size = 0;
    uint32_t check = 0;

    for (unsigned i = 0; i < SECTIONS; i++) {
        sections[i] = (struct buf)BUF_INIT(BUF_MAX_ANY);
    }
    memset(lengths, 90, sizeof lengths);
    lede__list_writer_new(&lists, &err);
    lede__terms_writer_new(&writer, &err);
    lede__list_begin(lists, true, false, lengths);
    for (uint32_t i = 0; i < 40; i++) {
        lede__list_add(lists, i, 1 + i % 3, NULL, 0, &err);
    }
    lede__list_end(lists, &sections[SECTION_POSTINGS],
                   &sections[SECTION_POSITIONS], &info, &err);
    lede__terms_add(writer, STR("s*:x"), &info, &err);
    lede__terms_end(writer, &sections[SECTION_TERMS], &err);
    facts.terms = 1;
    facts.postings = 40;
    zero_lengths(&sections[SECTION_LENGTHS], 40);
    for (int round = 0; round < 2; round++) {
        memcpy(sections[SECTION_LENGTHS].p, lengths, sizeof lengths);
        sections[SECTION_LENGTHS].p[17] = round == 0 ? 90 : 3;
        unlink("bounds");
        write_sections("bounds", sections, &facts, &size, &check);
        is_int(faults("bounds", size, check, &seen) > 0, round,
               "%d bounds are wrong: %s", round, seen.last);
    }
    for (unsigned i = 0; i < SECTIONS; i++) {
        lede__buf_free(&sections[i]);
    }
    lede__list_writer_free(lists);
    lede__terms_writer_free(writer);
}

/* ---- damage by accident ---- */

static void
test_flips(void)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct told seen;
    uint64_t size = 0;
    uint32_t check = 0;
    size_t unseen = 0;
    FILE *file = NULL;

    write_whole("whole", WRONG_NOTHING, &size, &check);
    is_int(faults("whole", size, check, &seen), 0, "a sound file");
    lede__file_read(&bytes, "whole", &err);
    is_int(bytes.len, size, "of its size");
    file = fopen("whole", "r+");
    for (size_t i = 0; i < bytes.len; i++) {
        fseek(file, (long)i, SEEK_SET);
        fputc((uint8_t)bytes.p[i] ^ (1 << i % 8), file);
        fflush(file);
        if (faults("whole", 0, 0, &seen) == 0) {
            printf("# byte %zu\n", i);
            unseen++;
        }
        fseek(file, (long)i, SEEK_SET);
        fputc((uint8_t)bytes.p[i], file);
        fflush(file);
    }
    fclose(file);
    is_int(unseen, 0, "each of %zu bytes flipped is found", bytes.len);
    is_int(faults("whole", size, check, &seen), 0, "a sound file again");
    is_int(faults("whole", size + 1, check, &seen), 1, "another size");
    is_int(faults("whole", size, check + 1, &seen), 1, "another check");
    unseen = 0;
    for (size_t n = bytes.len; n-- > 0;) {
        unseen += truncate("whole", (off_t)n) < 0
            || faults("whole", 0, 0, &seen) == 0;
    }
    is_int(unseen, 0, "each length it is cut to is found");
    lede__buf_free(&bytes);
}

static void
test_open(void)
{
    struct str value = { NULL, 0 };
    struct segment *segment = NULL;
    uint64_t size = 0;
    uint32_t check = 0;
    FILE *file = NULL;

    is_int(lede__segment_open(&segment, "none", 0, 0, &err),
           LEDE_STATUS_NOT_FOUND, "no file");
    ok(segment == NULL, "gives no segment");
    is_int(lede__segment_open(&segment, ".", 0, 0, &err), LEDE_STATUS_IO,
           "a folder");
    lede__file_write("text", STR("lede"), &err);
    is_int(lede__segment_open(&segment, "text", 0, 0, &err),
           LEDE_STATUS_CORRUPT, "a short file");
    lede__file_write("text", STR(""), &err);
    is_int(lede__segment_open(&segment, "text", 0, 0, &err),
           LEDE_STATUS_CORRUPT, "an empty one");
    write_whole("whole", WRONG_NOTHING, &size, &check);
    file = fopen("whole", "r+");
    fseek(file, 7, SEEK_SET);
    fputc('4', file);
    fclose(file);
    is_int(lede__segment_open(&segment, "whole", size, check, &err),
           LEDE_STATUS_VERSION, "a later version");
    lede__segment_close(NULL);
    file = fopen("whole", "r+");
    fseek(file, 7, SEEK_SET);
    fputc('2', file);
    fclose(file);
    is_int(lede__segment_open(&segment, "whole", size, check, &err),
           LEDE_STATUS_OK, "the version before opens");
    is_int(segment == NULL ? 0 : segment->columns, 8, "with its columns");
    is_int(segment == NULL ? LEDE_STATUS_IO
           : lede__columns_read(segment, COLUMN_WORDS, 0, &value, &err),
           LEDE_STATUS_OK, "of those that it has not");
    is_int(value.len, 0, "values are empty");
    lede__segment_close(segment);
}

/* ---- writing ---- */

/* Sections of random sizes, some beyond the buffer, in random pieces. */
static void
test_write(struct random *random)
{
    struct segment_writer *writer = NULL;
    struct segment *segment = NULL;
    struct segment_facts facts = { .ordered = true };
    struct buf sections[SECTIONS];
    struct buf back = BUF_INIT(BUF_MAX_ANY);
    uint64_t size = 0;
    uint32_t check = 0;
    size_t wrong = 0;

    is_int(lede__segment_create(&writer, "parts", &err), LEDE_STATUS_OK,
           "create");
    for (unsigned i = 0; i < SECTIONS; i++) {
        size_t n = i == SECTION_NUMBERS || i == SECTION_LENGTHS ? 0
            : random_below(random, i % 3 == 0 ? 3000000 : 50000);

        sections[i] = (struct buf)BUF_INIT(BUF_MAX_ANY);
        while (sections[i].len < n) {
            char piece[5000];
            size_t len = random_below(random, sizeof piece);
            size_t from = 0;

            for (size_t k = 0; k < len; k += 8) {
                uint64_t value = random_next(random);

                memcpy(piece + k, &value, len - k < 8 ? len - k : 8);
            }
            lede__buf_add(&sections[i], piece, len, &err);
            lede__segment_append(writer, (enum section)i,
                                 (struct str){ piece, len }, &err);
            wrong += lede__segment_written(writer, (enum section)i)
                != sections[i].len;
            from = random_below(random, sections[i].len + 1);
            len = random_below(random, sections[i].len - from + 1);
            if (random_once_in(random, 4)) {
                back.len = 0;
                wrong += lede__segment_read_back(writer, from, len, &back,
                                                 &err) != LEDE_STATUS_OK
                    || back.len != len
                    || memcmp(lede__buf_view(&back).p,
                              lede__buf_view(&sections[i]).p + from, len)
                       != 0;
            }
        }
    }
    is_int(wrong, 0, "written and read back");
    is_int(lede__segment_append(writer, SECTION_STORED, STR("x"), &err),
           LEDE_STATUS_USAGE, "back to a section before");
    is_int(lede__segment_read_back(writer, 1u << 30, 1, &back, &err),
           LEDE_STATUS_USAGE, "back from beyond the end");
    is_int(lede__segment_finish(writer, &facts, &size, &check, &err),
           LEDE_STATUS_OK, "finish");
    lede__segment_abandon(writer);
    is_int(lede__segment_create(&writer, "parts", &err), LEDE_STATUS_IO,
           "no file is overwritten");
    is_int(lede__segment_open(&segment, "parts", size, check, &err),
           LEDE_STATUS_OK, "open");
    for (unsigned i = 0; i < SECTIONS; i++) {
        const uint8_t *p = NULL;

        is_int(segment->facts.sizes[i], sections[i].len, "section %u", i);
        ok(lede__segment_part(segment, (enum section)i, 0, sections[i].len,
                              &p, &err) == LEDE_STATUS_OK
           && memcmp(p, lede__buf_view(&sections[i]).p, sections[i].len) == 0,
           "what is in it");
        is_int((uintptr_t)segment->sections[i] % 64, 0, "its place");
        is_int(lede__segment_part(segment, (enum section)i,
                                  sections[i].len + 1, 0, &p, &err),
               LEDE_STATUS_CORRUPT, "beyond it");
        is_int(lede__segment_part(segment, (enum section)i, 0,
                                  sections[i].len + 1, &p, &err),
               LEDE_STATUS_CORRUPT, "longer than it");
        lede__buf_free(&sections[i]);
    }
    lede__segment_close(segment);
    lede__buf_free(&back);
    unlink("parts");
}

/* Where what is in the file and what waits in memory meet. */
static void
test_read_back(void)
{
    static char bytes[3 << 20];
    struct segment_writer *writer = NULL;
    struct buf back = BUF_INIT(BUF_MAX_ANY);
    size_t wrong = 0;

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * 7 + i / 256);
    }
    lede__segment_create(&writer, "back", &err);
    lede__segment_append(writer, SECTION_STORED,
                         (struct str){ bytes, (5 << 19) + 100 }, &err);
    for (size_t from = (2 << 20) - 70; from < (2 << 20) + 10; from++) {
        for (size_t n = 0; n < 70; n += 3) {
            back.len = 0;
            wrong += lede__segment_read_back(writer, from, n, &back, &err)
                != LEDE_STATUS_OK || back.len != n
                || memcmp(lede__buf_view(&back).p, bytes + from, n) != 0;
        }
    }
    is_int(wrong, 0, "read back across the end of the file");
    lede__segment_abandon(writer);
    ok(access("back", F_OK) < 0, "abandoned: no file is left");
    lede__buf_free(&back);
}

static void
test_faults(void)
{
    uint64_t size = 0;
    uint32_t check = 0;
    int calls = 0;

    fault.calls = 0;
    write_whole("whole", WRONG_NOTHING, &size, &check);
    calls = fault.calls;
    ok(calls >= 3, "%d calls", calls);
    for (int i = 1; i <= calls; i++) {
        fault.calls = 0;
        fault.at = i;
        is_int(write_whole("failed", WRONG_NOTHING, &size, &check),
               LEDE_STATUS_DISK_FULL, "a full disk at call %d", i);
        ok(access("failed", F_OK) < 0, "no file is left");
    }
    fault.at = 0;
    lede__segment_abandon(NULL);
}

/* ---- numbers ---- */

static void
test_numbers(struct random *random)
{
    for (int kind = 0; kind < 3; kind++) {
        struct str sections[SECTIONS] = { { NULL, 0 } };
        struct segment *segment = NULL;
        uint32_t numbers[200];
        uint8_t bytes[sizeof numbers];
        uint32_t wrong = 0;
        uint32_t n = 200;

        // From 1 on; with gaps; and not in order
        for (uint32_t i = 0; i < n; i++) {
            numbers[i] = kind == 0 ? i + 1
                : i == 0 ? 1
                : numbers[i - 1] + 1 + (uint32_t)random_below(random, 3);
        }
        uint32_t last = numbers[n - 1];
        for (uint32_t i = n - 1; kind == 2 && i > 0; i--) {
            uint32_t at = (uint32_t)random_below(random, i + 1);
            uint32_t swap = numbers[i];

            numbers[i] = numbers[at];
            numbers[at] = swap;
        }
        for (uint32_t i = 0; i < n; i++) {
            lede__set32(bytes + 4 * i, numbers[i]);
        }
        if (kind > 0) {
            sections[SECTION_NUMBERS] =
                (struct str){ (const char *)bytes, sizeof bytes };
        }
        segment = segment_make_numbered("numbers", sections, n, last,
                                        kind < 2);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t number = 0;
            uint32_t doc = 0;

            wrong += lede__segment_number(segment, i, &number, &err)
                != LEDE_STATUS_OK || number != numbers[i];
            wrong += lede__segment_doc(segment, numbers[i], &doc, &err)
                != LEDE_STATUS_OK || doc != i;
        }
        for (uint32_t number = 0; number < last + 3; number++) {
            uint32_t want = 0;
            uint32_t doc = 0;

            while (want < n && (kind == 2 ? numbers[want] != number
                                          : numbers[want] < number)) {
                want++;
            }
            lede__segment_doc(segment, number, &doc, &err);
            wrong += doc != want;
        }
        is_int(wrong, 0, "numbers of kind %d", kind);
        segment_drop(segment);
    }
}

/* ---- the example in the documentation ---- */

/* The bytes on a line like "    000013c4  0a 65    comment": compared with the
   file's, and marked as seen.  false where they are others. */
static bool
compare_line(const char *line, const struct buf *file, bool *seen)
{
    char *end = NULL;
    unsigned long at = strtoul(line, &end, 16);
    const char *p = end;

    if (end != line + 8 || strncmp(p, "  ", 2) != 0) {
        return true;            // another line
    }
    p++;
    while (p[0] == ' ' && strspn(p + 1, "0123456789abcdef") == 2) {
        unsigned long byte = strtoul(p + 1, &end, 16);

        if (at >= file->len || (uint8_t)file->p[at] != byte) {
            printf("# %06lx: %02lx is not there\n", at, byte);
            return false;
        }
        seen[at++] = true;
        p = end;
    }
    return true;
}

static void
test_documentation(const char *top)
{
    struct buf page = BUF_INIT(BUF_MAX_ANY);
    struct buf file = BUF_INIT(BUF_MAX_ANY);
    char path[1024];
    uint64_t size = 0;
    uint32_t check = 0;
    size_t wrong = 0;
    size_t unseen = 0;
    bool *seen = NULL;

    snprintf(path, sizeof path, "%s/docs/native-format.md",
             top == NULL ? "" : top);
    if (top == NULL
        || lede__file_read(&page, path, &err) != LEDE_STATUS_OK) {
        skip(2, "docs/native-format.md is not here");
        return;
    }
    write_whole("whole", WRONG_NOTHING, &size, &check);
    lede__file_read(&file, "whole", &err);
    seen = calloc(file.len, sizeof *seen);
    for (char *p = page.p, *end = NULL; p != NULL; p = end) {
        end = strchr(p, '\n');
        if (end != NULL) {
            *end++ = '\0';
        }
        if (strncmp(p, "    0000", 8) == 0) {
            wrong += !compare_line(p + 4, &file, seen);
        }
    }
    for (size_t i = 0; i < file.len; i++) {
        unseen += file.p[i] != 0 && !seen[i];
    }
    is_int(wrong, 0, "the example is what is written");
    is_int(unseen, 0, "and has all bytes that are not 0");
    free(seen);
    lede__buf_free(&page);
    lede__buf_free(&file);
}

int
main(void)
{
    struct random random = random_begin(45);
    char folder[64];

    if (!scratch_begin(folder)) {
        return EXIT_FAILURE;
    }
    test_check();
    test_bounds();
    test_flips();
    test_open();
    test_write(&random);
    test_read_back();
    test_faults();
    test_numbers(&random);
    test_documentation(getenv("TOP_SRCDIR"));
    scratch_end(folder);
    return done();
}
