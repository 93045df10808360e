/* disk.h - a disk that is watched: every call of this process that makes,
   writes, syncs, renames or removes a file below one folder is counted, can be
   made to fail, and is recorded, so that the disk can be put together as it
   would be had the power failed between any two calls. */

#ifndef LEDE_TESTS_TRIALS_DISK_H
#define LEDE_TESTS_TRIALS_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/random.h"

/* Watch calls below `folder`, an absolute path, from now on; NULL: none. */
void
disk_watch(const char *folder);

/* Calls since disk_watch. */
size_t
disk_calls(void);

/* Let call `at`, from 1, fail with `errnum`, and with `lasts` all later ones
   too; 0: none. */
void
disk_fail(size_t at, int errnum, bool lasts);

/* ---- recording ---- */

/* Note something at this place of the record. */
void
disk_mark(int mark);
/* Events recorded. */
size_t
disk_events(void);
/* The last mark before event `n`, or 0. */
int
disk_mark_before(size_t n);
/* What event `n` is, for messages. */
const char *
disk_event(size_t n);

/* What is left of what was not synced. */
enum disk_loss {
    DISK_ALL_LEFT,              // the process was killed, not the machine
    DISK_DATA_LOST,             // names are there, data is not
    DISK_NAMES_LOST,            // the other way around
    DISK_BOTH_LOST,
    DISK_IN_ORDER,              // names up to some point, some of the data
    DISK_ANY,                   // any of the names, some of the data
    DISK_LOSSES
};

/* Make folder `to`, which is empty, what the watched one would be had the
   power failed before event `n`.  A name is synced by syncing its folder, data
   by syncing its file; data that is not synced is there, missing, zeros, or
   cut off. */
void
disk_replay(const char *to, size_t n, enum disk_loss loss,
            struct random *random);

void
disk_forget(void);

#endif
