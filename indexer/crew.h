/* crew.h - threads that do jobs at the same time and give them back in order.

   The thread that made a crew is one of it: while the job that it waits for is
   not done it does others.  So a crew of one has no thread of its own, and a
   crew of n keeps n processors busy.

   Jobs are begun in the order in which they are given, each member meeting
   them in that order, and they are taken back in that order. */

#ifndef LEDE_INDEXER_CREW_H
#define LEDE_INDEXER_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/base/error.h"

/* The first member of what a caller has for a job. */
struct job {
    uint64_t memory;            // that doing it takes, about
    bool done;
};

struct crew;

/* Do a job; `member` is the caller's, one for each thread. */
typedef void crew_work(void *member, struct job *job);

/* `members[0]` is for the calling thread.  At most `room` jobs are given and
   not yet taken; jobs that take more than `memory` together are not done at
   the same time.  Where not all threads can be started there are fewer.
   LEDE_STATUS_OK, _NO_MEMORY. */
lede_status
lede__crew_new(struct crew **out, void *const *members, unsigned count,
               size_t room, uint64_t memory, crew_work *work,
               lede_error *err);

/* Is there no room for a further job? */
bool
lede__crew_is_full(const struct crew *crew);

/* Never where there is no room. */
void
lede__crew_give(struct crew *crew, struct job *job);

/* The job given first of those not yet taken, done; NULL where there is none,
   and then all threads are idle. */
struct job *
lede__crew_take(struct crew *crew);

/* All jobs have been taken. */
void
lede__crew_free(struct crew *crew);

#endif
