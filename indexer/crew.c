/* crew.c - threads that do jobs and give them back in order; see crew.h.

   Jobs lie in a ring: those from `taken` to `begun` are being done or done,
   those from there to `given` wait.  A job waits while what is being done
   takes too much memory, but never where nothing is being done, so that one
   that is larger than all the memory is done alone. */

#include "indexer/crew.h"

#include <pthread.h>
#include <stdlib.h>

struct helper {
    struct crew *crew;
    void *member;
    pthread_t thread;
};

struct crew {
    pthread_mutex_t mutex;
    pthread_cond_t wanted;      // for the helpers: there may be a job to do
    pthread_cond_t done;        // for the calling thread
    crew_work *work;
    void *member;               // of the calling thread
    struct helper *helpers;
    unsigned n_helpers;
    struct job **ring;
    size_t room;
    size_t taken, begun, given; // counts, ascending
    size_t busy;                // jobs being done
    uint64_t memory;            // that they take
    uint64_t memory_max;
    bool quit;
};

/* ---- with the mutex held ---- */

static struct job *
job_at(const struct crew *crew, size_t i)
{
    return crew->ring[i % crew->room];
}

static bool
can_begin(const struct crew *crew)
{
    return crew->begun < crew->given &&
           (crew->busy == 0 ||
            crew->memory + job_at(crew, crew->begun)->memory <=
                crew->memory_max);
}

static void
do_next(struct crew *crew, void *member)
{
    struct job *job = job_at(crew, crew->begun);

    crew->begun++;
    crew->busy++;
    crew->memory += job->memory;
    pthread_mutex_unlock(&crew->mutex);

    crew->work(member, job);

    pthread_mutex_lock(&crew->mutex);
    crew->busy--;
    crew->memory -= job->memory;
    job->done = true;
    pthread_cond_signal(&crew->done);
    if (crew->begun < crew->given) {
        pthread_cond_broadcast(&crew->wanted);  // there is memory again
    }
}

/* ---- threads ---- */

static void *
run_helper(void *payload)
{
    struct helper *helper = payload;
    struct crew *crew = helper->crew;

    pthread_mutex_lock(&crew->mutex);
    while (!crew->quit) {
        if (can_begin(crew)) {
            do_next(crew, helper->member);
        } else {
            pthread_cond_wait(&crew->wanted, &crew->mutex);
        }
    }
    pthread_mutex_unlock(&crew->mutex);
    return NULL;
}

lede_status
lede__crew_new(struct crew **out, void *const *members, unsigned count,
               size_t room, uint64_t memory, crew_work *work,
               lede_error *err)
{
    struct crew *crew = calloc(1, sizeof *crew);

    *out = NULL;
    if (crew == NULL) {
        return lede__fail_memory(err);
    }
    crew->ring = calloc(room, sizeof *crew->ring);
    crew->helpers = calloc(count, sizeof *crew->helpers);
    if (crew->ring == NULL || crew->helpers == NULL) {
        free(crew->ring);
        free(crew->helpers);
        free(crew);
        return lede__fail_memory(err);
    }
    crew->room = room;
    crew->memory_max = memory;
    crew->work = work;
    crew->member = members[0];
    pthread_mutex_init(&crew->mutex, NULL);
    pthread_cond_init(&crew->wanted, NULL);
    pthread_cond_init(&crew->done, NULL);
    for (unsigned i = 1; i < count; i++) {
        struct helper *helper = &crew->helpers[crew->n_helpers];

        helper->crew = crew;
        helper->member = members[i];
        if (pthread_create(&helper->thread, NULL, run_helper, helper) != 0) {
            break;              // fewer threads are slower, not wrong
        }
        crew->n_helpers++;
    }
    *out = crew;
    return LEDE_STATUS_OK;
}

void
lede__crew_free(struct crew *crew)
{
    if (crew == NULL) {
        return;
    }
    pthread_mutex_lock(&crew->mutex);
    crew->quit = true;
    pthread_cond_broadcast(&crew->wanted);
    pthread_mutex_unlock(&crew->mutex);
    for (unsigned i = 0; i < crew->n_helpers; i++) {
        pthread_join(crew->helpers[i].thread, NULL);
    }
    pthread_cond_destroy(&crew->done);
    pthread_cond_destroy(&crew->wanted);
    pthread_mutex_destroy(&crew->mutex);
    free(crew->helpers);
    free(crew->ring);
    free(crew);
}

/* ---- the calling thread ---- */

bool
lede__crew_is_full(const struct crew *crew)
{
    return crew->given - crew->taken == crew->room;     // its own counts
}

void
lede__crew_give(struct crew *crew, struct job *job)
{
    pthread_mutex_lock(&crew->mutex);
    job->done = false;
    crew->ring[crew->given % crew->room] = job;
    crew->given++;
    pthread_cond_signal(&crew->wanted);
    pthread_mutex_unlock(&crew->mutex);
}

struct job *
lede__crew_take(struct crew *crew)
{
    struct job *job = NULL;

    pthread_mutex_lock(&crew->mutex);
    if (crew->taken < crew->given) {
        job = job_at(crew, crew->taken);
        while (!job->done) {
            if (can_begin(crew)) {
                do_next(crew, crew->member);
            } else {
                pthread_cond_wait(&crew->done, &crew->mutex);
            }
        }
        crew->taken++;
    }
    pthread_mutex_unlock(&crew->mutex);
    return job;
}
