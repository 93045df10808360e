/* crew.c - jobs come back in order, are begun in order, and respect the
   memory, whatever the number of threads. */

#include <pthread.h>
#include <stdlib.h>

#include "indexer/crew.h"
#include "tests/random.h"
#include "tests/tap.h"

#define JOBS 3000
#define ROOM 7
#define MEMORY 1000
#define THREADS_MAX 5

struct work {
    struct job job;
    unsigned n;
    unsigned loops;
    unsigned times;             // done
};

struct hand {
    unsigned last;              // job that it did, plus 1
    unsigned done;
    bool disordered;
};

/* What goes on at the same time. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t memory;
static unsigned at_work;
static bool crowded;

static void
work(void *member, struct job *job)
{
    struct hand *hand = member;
    struct work *w = (struct work *)job;
    volatile unsigned waste = 0;

    pthread_mutex_lock(&mutex);
    memory += job->memory;
    at_work++;
    crowded |= memory > MEMORY && at_work > 1;
    pthread_mutex_unlock(&mutex);
    for (unsigned i = 0; i < w->loops; i++) {
        waste += i;
    }
    hand->disordered |= w->n < hand->last;
    hand->last = w->n + 1;
    hand->done++;
    w->times++;
    pthread_mutex_lock(&mutex);
    memory -= job->memory;
    at_work--;
    pthread_mutex_unlock(&mutex);
}

static void
test_crew(unsigned threads, struct random *random)
{
    static struct work works[ROOM];
    struct hand hands[THREADS_MAX] = { { 0, 0, false } };
    void *members[THREADS_MAX];
    struct crew *crew = NULL;
    unsigned given = 0;
    unsigned taken = 0;
    unsigned total = 0;
    bool ordered = true;
    bool once = true;
    bool disordered = false;

    for (unsigned i = 0; i < threads; i++) {
        members[i] = &hands[i];
    }
    crowded = false;
    ok(lede__crew_new(&crew, members, threads, ROOM, MEMORY, work, NULL) ==
           LEDE_STATUS_OK, "%u threads", threads);
    ok(lede__crew_take(crew) == NULL, "nothing to take");
    while (taken < JOBS) {
        struct work *w = NULL;

        if (given < JOBS && !lede__crew_is_full(crew) &&
            random_below(random, 8) > 0) {
            w = &works[given % ROOM];
            w->n = given++;
            w->times = 0;
            w->loops = random_below(random, 10) == 0 ? 20000 : 50;
            w->job.memory = random_below(random, 20) == 0
                                ? MEMORY * 2 : random_below(random, MEMORY);
            lede__crew_give(crew, &w->job);
            continue;
        }
        w = (struct work *)lede__crew_take(crew);
        if (w == NULL) {
            ordered &= given == taken;
            continue;
        }
        ordered &= w->n == taken++;
        once &= w->times == 1;
    }
    ok(lede__crew_take(crew) == NULL, "%u: nothing is left", threads);
    lede__crew_free(crew);
    for (unsigned i = 0; i < threads; i++) {
        disordered |= hands[i].disordered;
        total += hands[i].done;
    }
    ok(ordered, "%u: they come back in order", threads);
    ok(once && total == JOBS, "%u: each is done once", threads);
    ok(!disordered, "%u: each member meets them in order", threads);
    ok(!crowded, "%u: no more memory than allowed", threads);
}

int
main(void)
{
    struct random random = random_begin(11);

    for (unsigned threads = 1; threads <= THREADS_MAX; threads++) {
        test_crew(threads, &random);
    }
    return done();
}
