/* codec.c - measures the encoder and decoder of lists, alone.

     bench/codec [KERNEL...]

   Lists are made up: gaps and positions are geometric, which real ones are in
   the main.  Each line is the best of many short runs, so that what else the
   machine does is seen little; all is in the processor's cache. */

#include "shared/index/list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "shared/index/segment.h"

#define DF (100 * LIST_BLOCK)
#define RUNS 200
#define PAGE 4096
#define OPENED 100

static uint64_t state = 88172645463325252u;

static double
random_double(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) / 9007199254740992.0;
}

/* Geometric, from 0, `mean` on average. */
static uint32_t
geometric(double mean)
{
    return mean <= 0 ? 0
        : (uint32_t)(log(1 - random_double()) / log(mean / (1 + mean)));
}

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ---- a list ---- */

static uint32_t docs[DF], tfs[DF], places[64 * DF];
static uint8_t *lengths;
static struct segment segment;
static struct list_info info;

static lede_status
encode(struct list_writer *writer, struct buf *postings,
       struct buf *positions)
{
    uint32_t at = 0;

    postings->len = 0;
    positions->len = 0;
    lede__list_begin(writer, true, true, lengths);
    for (uint32_t i = 0; i < DF; i++) {
        lede_status status = lede__list_add(writer, docs[i], tfs[i],
                                            places + at, tfs[i], NULL);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        at += tfs[i];
    }
    return lede__list_end(writer, postings, positions, &info, NULL);
}

static bool
make(double gap, double tf, double distance)
{
    struct list_writer *writer = NULL;
    struct buf postings = BUF_INIT(BUF_MAX_ANY);
    struct buf positions = BUF_INIT(BUF_MAX_ANY);
    uint32_t doc = geometric(gap);
    uint32_t at = 0;
    double best = 1e18;
    bool made = false;
    uint8_t *map = NULL;
    size_t size;

    for (uint32_t i = 0; i < DF; i++) {
        uint32_t place = geometric(distance);
        docs[i] = doc;
        doc += 1 + geometric(gap);
        tfs[i] = 1 + geometric(tf - 1);
        tfs[i] = tfs[i] > 64 ? 64 : tfs[i];
        for (uint32_t j = 0; j < tfs[i]; j++) {
            places[at++] = place;
            place += 1 + geometric(distance);
        }
    }
    free(lengths);
    lengths = malloc(doc);
    if (lengths == NULL
        || lede__list_writer_new(&writer, NULL) != LEDE_STATUS_OK) {
        goto out;
    }
    for (uint32_t i = 0; i < doc; i++) {
        lengths[i] = (uint8_t)(80 + geometric(10));
    }
    for (unsigned run = 0; run < RUNS / 4; run++) {
        double start = now();
        if (encode(writer, &postings, &positions) != LEDE_STATUS_OK) {
            goto out;
        }
        start = now() - start;
        best = start < best ? start : best;
    }
    printf("gaps of %.0f, tf %.1f, every %.0f words: "
           "%.2f + %.2f bits a posting, encoded in %.1f ns\n", gap, tf,
           distance, (double)postings.len * 8 / DF,
           (double)positions.len * 8 / DF, best / DF);
    size = postings.len + positions.len + 2 * FRAME_SLACK;
    map = calloc(1, size);
    free(segment.verified);
    segment.n_units = size / CHECK_UNIT + 1;
    segment.verified = malloc(segment.n_units);
    if (map == NULL || segment.verified == NULL) {
        goto out;
    }
    memset(segment.verified, 1, segment.n_units);
    memcpy(map, postings.p, postings.len);
    memcpy(map + postings.len + FRAME_SLACK, positions.p, positions.len);
    free((uint8_t *)segment.map);
    segment.map = map;
    segment.checks = map + size;
    segment.path = (char *)"codec";
    segment.facts.docs = doc;
    segment.facts.sizes[SECTION_POSTINGS] = postings.len;
    segment.facts.sizes[SECTION_POSITIONS] = positions.len;
    segment.sections[SECTION_POSTINGS] = map;
    segment.sections[SECTION_POSITIONS] = map + postings.len + FRAME_SLACK;
    made = true;
out:
    lede__list_writer_free(writer);
    lede__buf_free(&postings);
    lede__buf_free(&positions);
    return made;
}

/* ---- what is measured ---- */

enum task { OPEN, DOCS, TFS, ONE, EACH, BLOCK, SKIP, BOUND, FILL, TASKS };

static const struct {
    const char *name;
    double times;               // in one run
    const char *unit;
} tasks[TASKS] = {
    [OPEN] = { "open", OPENED, "list" },
    [DOCS] = { "docs", DF / LIST_BLOCK, "block" },
    [TFS] = { "docs, tfs", DF / LIST_BLOCK, "block" },
    [ONE] = { "docs, tfs, positions of one", DF / LIST_BLOCK, "block" },
    [EACH] = { "docs, tfs, positions of each", DF, "posting" },
    [BLOCK] = { "docs, tfs, positions of all", DF, "posting" },
    [SKIP] = { "skip 2 blocks, docs", DF / LIST_BLOCK / 3, "block" },
    [BOUND] = { "bound of a window", 0, "window" },
    [FILL] = { "fill a window", 0, "window" },
};

static uint32_t sink;           // what is read ends here

static lede_status
read_blocks(struct list_reader *list, enum task task)
{
    uint32_t doc = 0;
    const uint32_t *p, *starts;
    uint32_t n;

    for (uint32_t b = 0;; b += task == SKIP ? 3 : 1) {
        lede_status status;
        if (task == SKIP && b < DF / LIST_BLOCK) {
            doc = docs[b * LIST_BLOCK];
        }
        status = lede__list_advance(list, doc, NULL);
        if (status != LEDE_STATUS_OK || list->count == 0) {
            return status;
        }
        doc = list->docs[list->count - 1] + 1;
        sink += doc;
        if (task == TFS || task == ONE) {
            status = lede__list_tfs(list, NULL);
        }
        for (uint32_t i = task == ONE ? 77 : 0; i < list->count
             && (task == ONE || task == EACH); i++) {
            status = lede__list_positions(list, i, &p, &n, NULL);
            sink += p[n - 1];
            if (task == ONE) {
                break;
            }
        }
        if (task == BLOCK) {
            status = lede__list_block_positions(list, &p, &starts, NULL);
            sink += p[starts[5]];
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (task == SKIP && b + 3 >= DF / LIST_BLOCK) {
            return status;
        }
    }
}

static lede_status
run_task(const struct kernel *kernel, enum task task)
{
    struct list_reader list;
    uint64_t words[PAGE / 64];
    lede_status status = LEDE_STATUS_OK;

    for (unsigned i = task == OPEN ? OPENED : 1; i > 0; i--) {
        status = lede__list_open(&list, &segment, kernel, &info, 0, NULL);
    }
    if (task == BOUND || task == FILL) {
        for (uint32_t page = 0; page < segment.facts.docs
             && status == LEDE_STATUS_OK; page += PAGE) {
            struct impacts impacts = { 0 };
            status = task == BOUND
                ? lede__list_bound(&list, page, page + PAGE, &impacts, NULL)
                : lede__list_fill(&list, page, page + PAGE, words, NULL);
            sink += (uint32_t)impacts.n;
        }
    } else if (task != OPEN && status == LEDE_STATUS_OK) {
        status = read_blocks(&list, task);
    }
    lede__list_close(&list);
    return status;
}

int
main(int argc, char **argv)
{
    static const double shapes[][3] = {
        { 1, 4, 60 }, { 8, 2, 100 }, { 60, 1.5, 200 }, { 900, 1.3, 300 },
    };
    const struct kernel *kernel;

    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        if (!make(shapes[s][0], shapes[s][1], shapes[s][2])) {
            return 1;
        }
        for (int task = 0; task < TASKS; task++) {
            printf("  %-30s", tasks[task].name);
            for (size_t k = 0; (kernel = lede__kernel_at(k)) != NULL; k++) {
                double best = 1e18;
                double times = tasks[task].times;
                bool wanted = argc < 2;
                for (int i = 1; i < argc; i++) {
                    wanted |= strcmp(argv[i], kernel->name) == 0;
                }
                for (unsigned run = 0; run < RUNS && wanted; run++) {
                    double start = now();
                    if (run_task(kernel, (enum task)task)
                        != LEDE_STATUS_OK) {
                        return 1;
                    }
                    start = now() - start;
                    best = start < best ? start : best;
                }
                if (times == 0) {
                    times = segment.facts.docs / PAGE + 1;
                }
                if (wanted) {
                    printf("%9.1f (%s)", best / times, kernel->name);
                }
            }
            printf("  ns/%s\n", tasks[task].unit);
        }
    }
    free((uint8_t *)segment.map);
    free(segment.verified);
    free(lengths);
    return sink == 42;
}
