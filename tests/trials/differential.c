/* differential.c - each engine tests the other: random articles brought into
   an index of each engine by the same random history, and random questions.
   Hits, order, scores and totals have to be exactly the same from both, and
   from the slow oracle (tests/oracle.h) where there are few articles;
   exhaustively, pruned and with each kernel.  As long as an engine counts
   deleted articles its scores differ, and only what is found is compared.

   A trial that fails is made small and printed as a script for a shell.

     differential [--seed N] [--rounds N] [--seconds N]

   About 10 seconds; an hour with LEDE_TEST_LONG. */

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/trials/trial.h"
#include "tests/tap.h"

#define SECONDS 10
#define SECONDS_LONG 3600
#define SHRINK_SECONDS 60
#define FAILURES_MAX 3

/* The disk is no part of this test: everything is quicker without. */
#pragma GCC visibility push(default)
int
fsync(int fd)
{
    (void)fd;
    return 0;
}

int
fdatasync(int fd)
{
    (void)fd;
    return 0;
}
#pragma GCC visibility pop

/* ---- making a trial ---- */

/* Add `n` new items for a step; mostly of ids that are not there yet. */
static void
add_items(struct trial *t, struct step *step, size_t n, bool deletes)
{
    struct random *r = &t->random;
    char url[60];

    step->first = t->n_items;
    for (size_t i = 0; i < n; i++) {
        struct item *item = &t->items[t->n_items];
        unsigned id = (unsigned)random_below(r, t->n_ids);
        bool twice = false;

        for (size_t j = step->first; j < t->n_items && n < 500; j++) {
            twice = twice || t->items[j].id == id;
        }
        if (n >= 500) {         // a large batch takes them in turn
            id = (unsigned)(i % t->n_ids);
        } else if (twice) {
            continue;
        }
        if (deletes && random_once_in(r, 12)) {
            memset(item, 0, sizeof(*item));
            item->id = id;
            item->article.id = trial_copy(t, trial_id(id));
        } else {
            trial_make_item(t, item, id);
            snprintf(url, sizeof(url), "https://example.org/%zu", t->n_items);
            item->article.url = trial_copy(t, url);
        }
        t->n_items++;
    }
    step->n = t->n_items - step->first;
}

static void
make_steps(struct trial *t, size_t n, size_t most)
{
    static const enum step_kind kinds[] = {
        STEP_BATCH, STEP_BATCH, STEP_BATCH, STEP_ADD, STEP_ADD, STEP_ADD,
        STEP_ADD, STEP_REMOVE, STEP_REMOVE, STEP_REMOVE, STEP_COMMIT,
        STEP_COMMIT, STEP_ROLLBACK, STEP_SPILL, STEP_SPILL, STEP_SPILL,
        STEP_REOPEN, STEP_OPTIMIZE, STEP_REORDER, STEP_CONVERT, STEP_ASK,
    };
    struct random *r = &t->random;

    for (size_t i = 0; i < n; i++) {
        struct step *step = &t->steps[t->n_steps++];

        memset(step, 0, sizeof(*step));
        step->kind = i == 0 ? STEP_BATCH
                            : kinds[random_below(r, sizeof(kinds) /
                                                    sizeof(kinds[0]))];
        step->id = (unsigned)random_below(r, t->n_ids);
        step->threads = 1 + (unsigned)random_below(r, 4);
        if (step->kind == STEP_BATCH || step->kind == STEP_ADD) {
            add_items(t, step, i == 0 ? most : 1 + random_below(r, most),
                      step->kind == STEP_BATCH);
            most = most > 500 ? 400 : most;
        }
    }
}

struct trial *
trial_new(uint64_t seed)
{
    struct trial *t = trial_must(calloc(1, sizeof(*t)));
    struct random *r = &t->random;
    uint64_t size;
    size_t n_steps, most;

    t->seed = seed;
    r->state = seed * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < 4; i++) {
        random_next(r);
    }
    size = random_below(r, 60);
    t->n_ids = size < 50 ? 1 + (unsigned)random_below(r, 50)
               : size < 59 ? 100 + (unsigned)random_below(r, 400)
                           : 4200 + (unsigned)random_below(r, 2000);
    t->many = size >= 48 && !random_once_in(r, 3);
    if (t->many && size < 59) {
        t->n_ids = 300 + (unsigned)random_below(r, 1500);
    }
    t->tight = t->many && random_once_in(r, 2);
    t->length = 6 + (unsigned)random_below(r, 12);
    t->n_words = t->many ? 4 + (unsigned)random_below(r, 60)
                 : size < 50 && random_once_in(r, 2)
                     ? 0 : 1 + (unsigned)random_below(r, 2 * t->n_ids);
    t->wild = !t->many && random_once_in(r, 3);
    trial_make_config(t);
    n_steps = t->n_ids > 1000 ? 2 + random_below(r, 6)
                              : 1 + random_below(r, 14);
    most = t->n_ids > 1000 || t->many ? t->n_ids
                           : 1 + random_below(r, t->n_ids > 50 ? 300 : 30);
    t->steps = trial_must(calloc(n_steps, sizeof(*t->steps)));
    t->items = trial_must(calloc(n_steps * (most > 400 ? 400 : most) + most,
                                 sizeof(*t->items)));
    make_steps(t, n_steps, most);
    if (t->tight && n_steps > 1) {      // scores are not compared before
        t->steps[n_steps - 1].kind = random_once_in(r, 2) ? STEP_OPTIMIZE
                                                          : STEP_REORDER;
    }
    t->questions = trial_must(calloc(24, sizeof(*t->questions)));
    t->n_questions = t->n_ids > 1000 && !t->many ? 8 : 24;
    for (size_t i = 0; i < t->n_questions; i++) {
        trial_make_question(t, &t->questions[i]);
    }
    return t;
}

void
trial_free(struct trial *t)
{
    lede__arena_free(&t->arena);
    free(t->steps);
    free(t->items);
    free(t->questions);
    free(t);
}

/* ---- running it ---- */

int
trial_run(const struct trial *t, const char *scratch, struct buf *why)
{
    static const char *const engines[] = { "xapian", "native" };
    struct side sides[2];
    size_t n = 0;
    int outcome = 0;

    lede__file_remove_tree(scratch, NULL);
    mkdir(scratch, 0777);
    while (n < 2 && outcome == 0) {
        outcome = side_open(&sides[n], t, engines[n], scratch, why) ? 0 : 2;
        n++;
    }
    for (size_t i = 0; i <= t->n_steps && outcome == 0; i++) {
        struct step last = { .kind = STEP_ASK };
        const struct step *step = i < t->n_steps ? &t->steps[i] : &last;

        for (size_t j = 0; j < n && outcome == 0; j++) {
            outcome = side_step(&sides[j], step, why) ? 0 : 2;
        }
        if (outcome == 0 && step->kind == STEP_ASK) {
            outcome = trial_ask(t, sides, n, why) ? 0 : 1;
        }
    }
    for (size_t i = 0; i < n; i++) {
        side_close(&sides[i]);
    }
    return outcome;
}

static void
tell_failure(struct trial *t, const char *scratch, int outcome,
             const struct buf *why)
{
    struct buf script = BUF_INIT(BUF_MAX_ANY);
    struct buf now = BUF_INIT(BUF_MAX_ANY);
    char *line, *rest = NULL;

    printf("# seed %llu fails: %s\n", (unsigned long long)t->seed,
           why->p == NULL ? "" : why->p);
    trial_shrink(t, scratch, outcome, SHRINK_SECONDS);
    trial_try(t, scratch, true, &now);
    printf("# made smaller, it says: %s\n", now.p == NULL ? "" : now.p);
    trial_print(t, &script);
    line = strtok_r(script.p, "\n", &rest);
    while (line != NULL) {
        printf("#   %s\n", line);
        line = strtok_r(NULL, "\n", &rest);
    }
    fflush(stdout);
    lede__buf_free(&script);
    lede__buf_free(&now);
}

int
main(int argc, char **argv)
{
    char folder[] = "/tmp/lede-differential-XXXXXX";
    char scratch[64];
    const char *given = getenv("LEDE_TEST_SEED");
    uint64_t seed = given == NULL ? 1 : strtoull(given, NULL, 10);
    uint64_t rounds = UINT64_MAX;
    time_t seconds = long_tests() ? SECONDS_LONG : SECONDS;
    time_t begin = time(NULL);
    uint64_t done_rounds = 0;
    unsigned failures = 0;

    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t value = strtoull(argv[i + 1], NULL, 10);

        if (strcmp(argv[i], "--seed") == 0) {
            seed = value;
        } else if (strcmp(argv[i], "--rounds") == 0) {
            rounds = value;
            seconds = 1 << 30;
        } else if (strcmp(argv[i], "--seconds") == 0) {
            seconds = (time_t)value;
        }
    }
    if (mkdtemp(folder) == NULL) {
        puts("Bail out! no scratch folder");
        return 1;
    }
    snprintf(scratch, sizeof(scratch), "%s/trial", folder);
    while (done_rounds < rounds && failures < FAILURES_MAX &&
           time(NULL) - begin < seconds) {
        struct trial *t = trial_new(seed + done_rounds);
        struct buf why = BUF_INIT(BUF_MAX_ANY);
        int outcome = trial_try(t, scratch, false, &why);

        if (outcome != 0) {
            failures++;
            tell_failure(t, scratch, outcome, &why);
        }
        done_rounds++;
        lede__buf_free(&why);
        trial_free(t);
    }
    lede__file_remove_tree(folder, NULL);
    ok(failures == 0, "%llu trials from seed %llu on",
       (unsigned long long)done_rounds, (unsigned long long)seed);
    return done();
}
