/* reorder.c - the order that recursive graph bisection finds: a permutation,
   a better one, and the same in all ways. */

#include "shared/index/reorder.h"

#include <math.h>

#include "tests/random.h"
#include "tests/tap.h"

#define THEMES 25
#define DOCS 12000              // enough to be worked on by several threads
#define LISTS 3000

struct lists {
    uint32_t *docs[LISTS];
    uint32_t n[LISTS];
};

/* Docs take turns in themes; a list is about one of them, or about none. */
static void
make_lists(struct lists *lists, uint32_t docs)
{
    struct random random = random_begin(7);

    for (size_t l = 0; l < LISTS; l++) {
        bool theme = l % 4 != 0;
        unsigned rare = 1 + (unsigned)random_below(&random, 20);

        lists->docs[l] = calloc(docs + 1, sizeof(uint32_t));
        lists->n[l] = 0;
        for (uint32_t doc = 0; doc < docs; doc++) {
            bool mine = doc % THEMES == l % THEMES;

            if (random_once_in(&random, theme && mine ? rare
                                        : theme ? 200 * rare : 20 * rare)) {
                lists->docs[l][lists->n[l]++] = doc;
            }
        }
    }
}

static void
free_lists(struct lists *lists)
{
    for (size_t l = 0; l < LISTS; l++) {
        free(lists->docs[l]);
    }
}

static int
compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* The sum of the logarithms of all gaps. */
static double
gaps(const struct lists *lists, uint32_t docs, const uint32_t *order)
{
    uint32_t *place = calloc(docs, sizeof(*place));
    uint32_t *list = calloc(docs, sizeof(*list));
    double sum = 0;

    for (uint32_t i = 0; i < docs; i++) {
        place[order[i]] = i;
    }
    for (size_t l = 0; l < LISTS; l++) {
        for (uint32_t i = 0; i < lists->n[l]; i++) {
            list[i] = place[lists->docs[l][i]];
        }
        qsort(list, lists->n[l], sizeof(*list), compare);
        for (uint32_t i = 1; i < lists->n[l]; i++) {
            sum += log2(list[i] - list[i - 1]);
        }
    }
    free(place);
    free(list);
    return sum;
}

static bool
is_permutation(const uint32_t *order, uint32_t docs)
{
    bool *seen = calloc(docs + 1, sizeof(*seen));
    bool valid = true;

    for (uint32_t i = 0; i < docs && valid; i++) {
        valid = order[i] < docs && !seen[order[i]];
        if (valid) {
            seen[order[i]] = true;
        }
    }
    free(seen);
    return valid;
}

struct told {
    uint64_t done, total;
    bool wrong;
};

static void
progress(void *payload, uint64_t done, uint64_t total)
{
    struct told *told = payload;

    told->wrong = told->wrong || done < told->done || done > total ||
                  (told->total > 0 && told->total != total);
    told->done = done;
    told->total = total;
}

static bool
run(const struct lists *lists, uint32_t docs, uint64_t memory,
    unsigned threads, uint32_t *order, struct told *told)
{
    struct reorder *reorder = NULL;
    bool good = lede__reorder_new(&reorder, docs, memory, NULL) ==
                LEDE_STATUS_OK;

    for (size_t l = 0; l < LISTS && good; l++) {
        good = lede__reorder_add(reorder, lists->docs[l], lists->n[l],
                                 NULL) == LEDE_STATUS_OK;
    }
    memset(order, 0xff, docs * sizeof(*order));
    good = good && lede__reorder_run(reorder, threads,
                                     told != NULL ? progress : NULL, told,
                                     order, NULL) == LEDE_STATUS_OK;
    lede__reorder_free(reorder);
    return good;
}

static void
test_small(void)
{
    static const uint32_t sizes[] = { 0, 1, 2, 31, 32, 33, 64, 65, 500 };
    uint32_t order[500];

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct lists lists;

        make_lists(&lists, sizes[i]);
        ok(run(&lists, sizes[i], UINT64_MAX, 2, order, NULL) &&
           is_permutation(order, sizes[i]), "%u docs", (unsigned)sizes[i]);
        free_lists(&lists);
    }
}

static void
test_memory(const struct lists *lists, const uint32_t *order, double before,
            double after)
{
    static const uint64_t memories[] = { 0, 32 * DOCS, 1 << 19, 1 << 20,
                                         3 << 20, 6 << 20 };
    uint32_t *other = calloc(DOCS, sizeof(*other));

    for (size_t i = 0; i < sizeof(memories) / sizeof(memories[0]); i++) {
        ok(run(lists, DOCS, memories[i], 2, other, NULL) &&
           is_permutation(other, DOCS) &&
           gaps(lists, DOCS, other) <= before,
           "in %llu bytes", (unsigned long long)memories[i]);
    }
    ok(gaps(lists, DOCS, other) < (before + 4 * after) / 5,
       "leaving some lists out costs little");
    run(lists, DOCS, 16 << 20, 1, other, NULL);
    ok(memcmp(order, other, DOCS * sizeof(*order)) == 0,
       "more memory than needed changes nothing");
    free(other);
}

int
main(void)
{
    struct lists lists;
    uint32_t *order = calloc(DOCS, sizeof(*order));
    uint32_t *other = calloc(DOCS, sizeof(*other));
    struct told told = { 0 };
    double before, after;

    test_small();
    make_lists(&lists, DOCS);
    for (uint32_t i = 0; i < DOCS; i++) {
        order[i] = i;
    }
    before = gaps(&lists, DOCS, order);
    ok(run(&lists, DOCS, UINT64_MAX, 1, order, &told) &&
       is_permutation(order, DOCS), "a permutation");
    after = gaps(&lists, DOCS, order);
    printf("# log2 of gaps: %.0f before, %.0f after\n", before, after);
    ok(after < 0.75 * before, "gaps are shorter");
    ok(!told.wrong && told.total > 0 && told.done == told.total,
       "progress comes to its end");
    for (unsigned threads = 2; threads <= 64; threads = threads * 2 + 1) {
        ok(run(&lists, DOCS, UINT64_MAX, threads, other, NULL) &&
           memcmp(order, other, DOCS * sizeof(*order)) == 0,
           "the same with %u threads", threads);
    }
    test_memory(&lists, order, before, after);
    free_lists(&lists);
    free(order);
    free(other);
    return done();
}
