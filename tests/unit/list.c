/* list.c - test: lists of postings are read as they were written, by every
   kernel and in every way; and damaged ones do no harm. */

#include "shared/index/list.h"

#include <sys/mman.h>

#include "shared/index/segment.h"
#include "tests/random.h"
#include "tests/tap.h"

#define DF_MAX 100000
#define WINDOW 4096

static struct random rnd;

/* What a list shall hold. */
static struct {
    uint32_t df;
    bool tf, with_positions;
    uint32_t docs[DF_MAX];
    uint32_t tfs[DF_MAX];
    size_t starts[DF_MAX + 1];
    uint32_t *positions;
    size_t cap;
    uint32_t end;               // all docs are below
} model;

static const uint8_t *lengths;
static struct list_writer *writer;
static struct buf postings = BUF_INIT(BUF_MAX_ANY);
static struct buf positions = BUF_INIT(BUF_MAX_ANY);
static struct list_info info;

/* ---- a segment that is only a list ---- */

static struct segment fake;

/* Copies of what was written, with nothing behind the slack.  Bytes may be
   changed after. */
static void
fake_segment(void)
{
    size_t size = 2 * FRAME_SLACK + postings.len + positions.len;
    uint8_t *map = malloc(size);
    size_t at = FRAME_SLACK + postings.len;

    if (map == NULL) {
        exit(99);
    }
    free((uint8_t *)fake.map);
    free(fake.verified);
    memset(map, 0xA5, size);
    memcpy(map, postings.p, postings.len);
    if (positions.len > 0) {
        memcpy(map + at, positions.p, positions.len);
    }
    fake.path = (char *)"fake";
    fake.map = map;
    fake.size = size;
    fake.sections[SECTION_POSTINGS] = map;
    fake.sections[SECTION_POSITIONS] = map + at;
    fake.facts.sizes[SECTION_POSTINGS] = postings.len;
    fake.facts.sizes[SECTION_POSITIONS] = positions.len;
    fake.facts.docs = model.end;
    fake.n_units = size / CHECK_UNIT + 1;
    fake.verified = malloc(fake.n_units);
    fake.checks = map + size;
    memset(fake.verified, 1, fake.n_units);
}

/* ---- models ---- */

enum { TFS = 1, PLACES = 2, WEIGHTS = 4, HUGE_TFS = 8 };

static void
add_positions(size_t *at, uint32_t count)
{
    uint32_t next = 0;

    if (*at + count > model.cap) {
        model.cap = 2 * (*at + count);
        model.positions = realloc(model.positions, model.cap * 4);
        if (model.positions == NULL) {
            exit(99);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        next += (uint32_t)random_below(&rnd, random_once_in(&rnd, 9) ? 9000
                                       : 200);
        model.positions[(*at)++] = next++;
    }
}

/* Gaps are below `gap` mostly; `wild`: once in so many is far larger. */
static void
make(uint32_t df, uint64_t gap, unsigned wild, int how)
{
    uint64_t doc = random_below(&rnd, gap);
    size_t at = 0;

    model.tf = (how & TFS) != 0;
    model.with_positions = (how & PLACES) != 0;
    model.df = 0;
    while (model.df < df && doc < UINT32_MAX - 1) {
        uint32_t i = model.df++;
        uint32_t tf = random_once_in(&rnd, 3)
            ? 1 + (uint32_t)random_below(&rnd, random_once_in(&rnd, 20) ? 200
                                         : 4) : 1;
        uint32_t count = tf;
        if ((how & WEIGHTS) && random_once_in(&rnd, 4)) {
            tf += (uint32_t)random_below(&rnd, 9);
            count = random_once_in(&rnd, 5) ? 0 : count;
        }
        if ((how & HUGE_TFS) && random_once_in(&rnd, 30)) {
            tf = (uint32_t)random_next(&rnd) | 1u << 31;
        }
        model.docs[i] = (uint32_t)doc;
        model.tfs[i] = model.tf ? tf : 0;
        model.starts[i] = at;
        if (model.with_positions) {
            add_positions(&at, count);
        }
        doc += 1 + random_below(&rnd, gap);
        if (wild > 0 && random_once_in(&rnd, wild)) {
            doc += random_below(&rnd, 1000 * gap);
        }
    }
    model.starts[model.df] = at;
    model.end = model.docs[model.df - 1] + 1;
}

/* The same list, many postings at a time, has the same bytes. */
static bool
write_again(void)
{
    struct buf again[2] = { BUF_INIT(BUF_MAX_ANY), BUF_INIT(BUF_MAX_ANY) };
    size_t n = model.starts[model.df];
    uint32_t *counts = calloc(model.df + 1, sizeof *counts);
    uint32_t *gaps = calloc(n + 1, sizeof *gaps);
    struct list_info twin;
    lede_status status = LEDE_STATUS_OK;
    bool good = false;

    lede__list_begin(writer, model.tf, model.with_positions, lengths);
    for (uint32_t i = 0; i < model.df; i++) {
        uint32_t before = UINT32_MAX;

        counts[i] = (uint32_t)(model.starts[i + 1] - model.starts[i]);
        for (size_t j = model.starts[i]; j < model.starts[i + 1]; j++) {
            gaps[j] = model.positions[j] - before - 1;
            before = model.positions[j];
        }
    }
    for (uint32_t i = 0; i < model.df && status == LEDE_STATUS_OK;) {
        uint32_t left = model.df - i;
        uint32_t some = (uint32_t)random_below(&rnd, left < 300 ? left : 300);

        status = lede__list_add_many(writer, model.docs + i, model.tfs + i,
                                     counts + i, some + 1,
                                     gaps + model.starts[i], NULL);
        i += some + 1;
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__list_end(writer, &again[0], &again[1], &twin, NULL);
    }
    good = status == LEDE_STATUS_OK && twin.df == model.df
        && again[0].len == postings.len - 3
        && memcmp(again[0].p, postings.p + 3, again[0].len) == 0
        && again[1].len == positions.len - 3
        && (again[1].len == 0
            || memcmp(again[1].p, positions.p + 3, again[1].len) == 0);
    lede__buf_free(&again[0]);
    lede__buf_free(&again[1]);
    free(counts);
    free(gaps);
    return good;
}

static bool
write_model(void)
{
    lede_status status = LEDE_STATUS_OK;

    postings.len = 0;
    positions.len = 0;
    // lists lie behind others
    for (unsigned i = 0; i < 3; i++) {
        lede__buf_char(&postings, 'x', NULL);
        lede__buf_char(&positions, 'x', NULL);
    }
    lede__list_begin(writer, model.tf, model.with_positions, lengths);
    for (uint32_t i = 0; i < model.df && status == LEDE_STATUS_OK; i++) {
        status = lede__list_add(
            writer, model.docs[i], model.tfs[i],
            model.positions + model.starts[i],
            (uint32_t)(model.starts[i + 1] - model.starts[i]), NULL);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__list_end(writer, &postings, &positions, &info, NULL);
    }
    fake_segment();
    return status == LEDE_STATUS_OK && info.df == model.df
        && info.tf == model.tf && info.with_positions == model.with_positions
        && info.postings == 3 && info.postings_len == postings.len - 3
        && info.positions == 3 && info.positions_len == positions.len - 3
        && write_again();
}

/* ---- reading, against the model ---- */

static uint32_t base;

/* The first posting with a doc (with base) >= `doc`, or df. */
static uint32_t
place_of(uint64_t doc)
{
    uint32_t low = 0;
    uint32_t high = model.df;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if ((uint64_t)base + model.docs[middle] < doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The block that is loaded is the one that holds posting `i`. */
static bool
loaded(struct list_reader *list, uint32_t i)
{
    uint32_t first = i / LIST_BLOCK * LIST_BLOCK;
    uint32_t n = model.df - first < LIST_BLOCK ? model.df - first : LIST_BLOCK;

    if (i == model.df) {
        return list->count == 0 && list->block == list->n_blocks;
    }
    if (list->count != n || list->block != i / LIST_BLOCK) {
        return false;
    }
    for (uint32_t j = 0; j < n; j++) {
        if (list->docs[j] != base + model.docs[first + j]) {
            return false;
        }
    }
    return true;
}

static bool
same_tfs(struct list_reader *list)
{
    const uint32_t *want = model.tfs + list->block * LIST_BLOCK;

    return lede__list_tfs(list, NULL) == LEDE_STATUS_OK
        && memcmp(list->tfs, want, list->count * sizeof *want) == 0;
}

static bool
same_positions(struct list_reader *list, uint32_t i)
{
    size_t place = (size_t)list->block * LIST_BLOCK + i;
    size_t count = model.starts[place + 1] - model.starts[place];
    const uint32_t *got;
    uint32_t n;

    return lede__list_positions(list, i, &got, &n, NULL) == LEDE_STATUS_OK
        && n == count
        && (n == 0 || memcmp(got, model.positions + model.starts[place],
                             n * sizeof *got) == 0);
}

static bool
same_block_positions(struct list_reader *list)
{
    size_t first = (size_t)list->block * LIST_BLOCK;
    const uint32_t *got, *starts;

    if (lede__list_block_positions(list, &got, &starts, NULL)
        != LEDE_STATUS_OK) {
        return false;
    }
    for (size_t i = 0; i <= list->count; i++) {
        if (starts[i] != model.starts[first + i] - model.starts[first]) {
            return false;
        }
    }
    return starts[list->count] == 0
        || memcmp(got, model.positions + model.starts[first],
                  starts[list->count] * sizeof *got) == 0;
}

static bool
read_all(const struct kernel *kernel)
{
    struct list_reader list;
    bool good;
    uint32_t i = 0;
    uint32_t next = 0;

    good = lede__list_open(&list, &fake, kernel, &info, base, NULL)
        == LEDE_STATUS_OK && list.count == 0 && list.block == 0;
    while (good && i <= model.df) {
        good = lede__list_advance(&list, next, NULL) == LEDE_STATUS_OK
            && loaded(&list, i);
        if (list.count == 0) {
            break;
        }
        good = good && same_tfs(&list) && same_block_positions(&list);
        for (uint32_t j = 0; j < list.count && good; j++) {
            good = same_positions(&list, j);
        }
        i += list.count;
        next = list.docs[list.count - 1] + 1;
    }
    lede__list_close(&list);
    return good;
}

static bool
bounded(const struct impacts *impacts, uint32_t i)
{
    for (size_t j = 0; j < impacts->n; j++) {
        if (impacts->pairs[j].max_tf >= model.tfs[i]
            && impacts->pairs[j].min_length <= lengths[model.docs[i]]) {
            return true;
        }
    }
    return false;
}

/* The bound from `doc` to `to`, and where the block of `doc` ends. */
static bool
look(struct list_reader *list, uint32_t doc, uint32_t to)
{
    struct impacts impacts = { 0 };
    uint32_t first = place_of(doc);
    uint32_t last;

    if (lede__list_block_end(list, doc, &last, NULL) != LEDE_STATUS_OK
        || lede__list_bound(list, doc, to, &impacts, NULL)
        != LEDE_STATUS_OK) {
        return false;
    }
    if (first == model.df) {
        return last == LIST_END && impacts.n == 0;
    }
    uint32_t end = (first / LIST_BLOCK + 1) * LIST_BLOCK - 1;
    end = end < model.df ? end : model.df - 1;
    if (last != base + model.docs[end]) {
        return false;
    }
    for (uint32_t i = first; i < model.df && base + model.docs[i] < to; i++) {
        if (!bounded(&impacts, i)) {
            return false;
        }
    }
    return true;
}

/* Forward by steps of any length, asking for all there is. */
static bool
skip_through(const struct kernel *kernel)
{
    struct list_reader list;
    uint64_t span = model.end / (1 + random_below(&rnd, 500)) + 2;
    uint64_t doc = 0;
    bool good;

    good = lede__list_open(&list, &fake, kernel, &info, base, NULL)
        == LEDE_STATUS_OK;
    while (good && doc < UINT32_MAX) {
        uint64_t ahead = doc + random_below(&rnd, span);
        uint64_t to = ahead + random_below(&rnd, span);
        good = ahead > UINT32_MAX || to > UINT32_MAX
            || look(&list, (uint32_t)ahead, (uint32_t)to);
        good = good && lede__list_advance(&list, (uint32_t)doc, NULL)
            == LEDE_STATUS_OK && loaded(&list, place_of(doc));
        if (list.count == 0) {
            break;
        }
        if (random_once_in(&rnd, 2)) {
            good = good && same_tfs(&list);
        }
        if (random_once_in(&rnd, 2)) {
            uint32_t i = (uint32_t)random_below(&rnd, list.count);
            good = good && same_positions(&list, i)
                && same_positions(&list, (uint32_t)random_below(
                                             &rnd, list.count));
        }
        doc += random_below(&rnd, span);
    }
    lede__list_close(&list);
    return good;
}

static bool
fill_windows(const struct kernel *kernel)
{
    struct list_reader list;
    uint64_t words[WINDOW / 64], want[WINDOW / 64];
    uint32_t page = base;
    bool good;

    good = lede__list_open(&list, &fake, kernel, &info, base, NULL)
        == LEDE_STATUS_OK;
    for (unsigned i = 0; good && i < 2000; i++) {
        uint32_t at = place_of(page);
        if (page > UINT32_MAX - 2 * WINDOW || page > base + model.end) {
            break;
        }
        memset(words, 0, sizeof words);
        memset(want, 0, sizeof want);
        for (; at < model.df && base + model.docs[at] < page + WINDOW; at++) {
            uint32_t bit = base + model.docs[at] - page;
            want[bit / 64] |= (uint64_t)1 << (bit % 64);
        }
        good = lede__list_fill(&list, page, page + WINDOW, words, NULL)
            == LEDE_STATUS_OK && memcmp(words, want, sizeof words) == 0;
        page += WINDOW * (random_once_in(&rnd, 4) ? 3 : 1);
        if (good && random_once_in(&rnd, 3)) {
            good = lede__list_advance(&list, page, NULL) == LEDE_STATUS_OK
                && loaded(&list, place_of(page))
                && (list.count == 0
                    || (same_tfs(&list)
                        && same_positions(&list, list.count - 1)));
        }
        if (i % 8 == 0 && at < model.df
            && base + model.docs[at] > page + WINDOW) {
            page = (base + model.docs[at]) / WINDOW * WINDOW;
        }
    }
    lede__list_close(&list);
    return good;
}

static bool
holds(void)
{
    const struct kernel *kernel;
    bool good = write_model();

    for (size_t k = 0; good && (kernel = lede__kernel_at(k)) != NULL; k++) {
        base = model.end < UINT32_MAX / 2
            ? (uint32_t)random_below(&rnd, 3) * 10 * WINDOW : 0;
        good = read_all(kernel) && skip_through(kernel)
            && fill_windows(kernel);
        if (!good) {
            printf("# %s, df %u\n", kernel->name, model.df);
        }
    }
    return good;
}

/* ---- damage ---- */

/* Read all of a list that may hold anything.  What is delivered ascends and
   is within the segment. */
static bool
harmless(const struct kernel *kernel)
{
    struct list_reader list;
    struct impacts impacts = { 0 };
    uint64_t words[WINDOW / 64] = { 0 };
    uint32_t next = 0;
    uint32_t last, n;
    const uint32_t *some, *starts;
    bool good = true;

    if (lede__list_open(&list, &fake, kernel, &info, 0, NULL)
        == LEDE_STATUS_OK) {
        for (uint32_t i = 0; good && i < model.df / LIST_BLOCK + 2; i++) {
            lede__list_block_end(&list, next, &last, NULL);
            lede__list_bound(&list, next, next + 5000, &impacts, NULL);
            if (i % 4 == 3) {
                uint32_t page = next / 64 * 64;
                lede__list_fill(&list, page, page + WINDOW, words, NULL);
                next = page + WINDOW;
            }
            if (lede__list_advance(&list, next, NULL) != LEDE_STATUS_OK
                || list.count == 0) {
                break;
            }
            good = list.count <= LIST_BLOCK
                && list.docs[list.count - 1] >= next;
            for (uint32_t j = 0; j < list.count; j++) {
                good = good && list.docs[j] < model.end
                    && (j == 0 || list.docs[j] > list.docs[j - 1]);
            }
            lede__list_tfs(&list, NULL);
            for (uint32_t j = 0; j < list.count; j += 17) {
                lede__list_positions(&list, j, &some, &n, NULL);
            }
            if (random_once_in(&rnd, 4)) {
                lede__list_block_positions(&list, &some, &starts, NULL);
            }
            next = list.docs[list.count - 1] + 1;
        }
        lede__list_close(&list);
    }
    return good;
}

static bool
survives(unsigned rounds)
{
    uint8_t *bytes[2] = { (uint8_t *)fake.sections[SECTION_POSTINGS],
                          (uint8_t *)fake.sections[SECTION_POSITIONS] };
    struct list_info right = info;
    const struct kernel *kernel;
    bool good = true;

    for (unsigned i = 0; i < rounds && good; i++) {
        unsigned faults = 1 + (unsigned)random_below(&rnd, 9);
        info = right;
        memcpy(bytes[0], postings.p, postings.len);
        memcpy(bytes[1], positions.p, positions.len);
        for (unsigned j = 0; j < faults; j++) {
            unsigned which = (unsigned)random_below(&rnd, 2);
            size_t len = which == 0 ? postings.len : positions.len;
            // the first bytes say most
            len = random_once_in(&rnd, 2) && len > 40 ? 40 : len;
            bytes[which][random_below(&rnd, len)] =
                (uint8_t)random_next(&rnd);
        }
        if (random_once_in(&rnd, 5)) {
            info.df = (uint32_t)random_below(&rnd, 3 * (uint64_t)info.df);
        }
        if (random_once_in(&rnd, 5)) {
            info.postings_len = random_below(&rnd, info.postings_len + 9);
            info.positions_len = random_below(&rnd, info.positions_len + 9);
        }
        if (random_once_in(&rnd, 9)) {
            info.tf = !info.tf;
        }
        for (size_t k = 0; (kernel = lede__kernel_at(k)) != NULL; k++) {
            good = harmless(kernel) && good;
        }
    }
    info = right;
    return good;
}

/* ---- */

static const uint32_t dfs[] = { 1, 2, 15, 16, 17, 127, 128, 129, 4096, 4097,
                                100000 };
#define DFS (sizeof dfs / sizeof *dfs)

static void
test_shapes(void)
{
    static const struct {
        const char *name;
        uint64_t gap;
        unsigned wild;
        int how;
    } shapes[] = {
        { "every doc", 1, 0, TFS | PLACES },
        { "bitsets", 3, 0, TFS | PLACES },
        { "bitsets and gaps", 12, 30, TFS | PLACES | WEIGHTS },
        { "gaps", 300, 9, TFS | PLACES },
        { "clusters", 5, 60, TFS | PLACES | WEIGHTS },
        { "no positions", 40, 10, TFS },
        { "filters", 20, 10, 0 },
        { "huge tfs", 30, 10, TFS | PLACES | HUGE_TFS },
        { "huge gaps", (uint64_t)1 << 24, 3, TFS | PLACES },
    };

    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t d = 0; d < DFS; d++) {
            make(dfs[d], shapes[s].gap, shapes[s].wild, shapes[s].how);
            if ((shapes[s].how & HUGE_TFS) && dfs[d] > 4097) {
                continue;
            }
            ok(holds(), "%s, df %u", shapes[s].name, model.df);
        }
    }
}

static void
test_last_docs(void)
{
    uint32_t all[2] = { 100, 3 };

    for (unsigned i = 0; i < 2; i++) {
        make(all[i], 10, 0, TFS | PLACES);
        uint32_t more = UINT32_MAX - 2 - model.docs[model.df - 1];
        for (uint32_t j = model.df / 2; j < model.df; j++) {
            model.docs[j] += more;
        }
        model.end = UINT32_MAX - 1;
        ok(holds(), "%u postings up to doc 2^32 - 3", model.df);
    }
}

static void
test_random(void)
{
    unsigned rounds = long_tests() ? 3000 : 60;
    bool good = true;

    for (unsigned i = 0; i < rounds && good; i++) {
        uint32_t df = 1 + (uint32_t)random_below(&rnd, i % 3 == 0 ? 40 : 3000);
        int how = (int)random_below(&rnd, 8);
        make(df, 1 + random_below(&rnd, 100), (unsigned)random_below(&rnd, 40),
             how & TFS ? how : 0);
        good = holds();
    }
    ok(good, "lists of any kind");
}

static void
test_damage(void)
{
    unsigned rounds = long_tests() ? 20000 : 150;
    bool good = true;

    for (unsigned i = 0; i < 12 && good; i++) {
        make(dfs[i % DFS] > 5000 ? 5000 : dfs[i % DFS],
             (uint64_t[]){ 2, 10, 100000 }[i % 3], 20,
             TFS | PLACES | (i % 2 ? WEIGHTS : 0));
        good = write_model() && survives(rounds);
    }
    ok(good, "damaged lists deliver ascending docs or none");
}

static void
test_bytes(void)
{
    static const uint32_t at[] = { 5, 9 };

    lede__list_begin(writer, true, true, lengths);
    postings.len = positions.len = 0;
    lede__list_add(writer, 300, 1, at, 1, NULL);
    lede__list_end(writer, &postings, &positions, &info, NULL);
    ok(postings.len == 2 && memcmp(postings.p, "\xD8\x04", 2) == 0
       && positions.len == 1 && positions.p[0] == 5,
       "a word that is once in one article takes a few bytes");

    lede__list_begin(writer, true, true, lengths);
    postings.len = positions.len = 0;
    lede__list_add(writer, 1, 5, at, 2, NULL);
    lede__list_end(writer, &postings, &positions, &info, NULL);
    ok(postings.len == 2 && memcmp(postings.p, "\x03\x03", 2) == 0
       && positions.len == 5
       && memcmp(positions.p, "\x80\x00\x02\x05\x03", 5) == 0,
       "a short list whose counts are not its tfs");
}

int
main(void)
{
    size_t all = (size_t)UINT32_MAX + 1;
    uint8_t *bytes = mmap(NULL, all, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    rnd = random_begin(3);
    if (bytes == MAP_FAILED
        || lede__list_writer_new(&writer, NULL) != LEDE_STATUS_OK) {
        return 99;
    }
    for (size_t i = 0; i < 20 * DF_MAX; i++) {
        bytes[i] = (uint8_t)(random_next(&rnd) % 90 + random_next(&rnd) % 90);
    }
    lengths = bytes;
    test_bytes();
    test_shapes();
    test_last_docs();
    test_random();
    test_damage();
    lede__list_writer_free(writer);
    lede__buf_free(&postings);
    lede__buf_free(&positions);
    free(model.positions);
    free((uint8_t *)fake.map);
    free(fake.verified);
    munmap(bytes, all);
    return done();
}
