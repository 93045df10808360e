/* disk-private.h - the record of a disk that is watched; see disk.h. */

#ifndef LEDE_TESTS_TRIALS_DISK_PRIVATE_H
#define LEDE_TESTS_TRIALS_DISK_PRIVATE_H

#include "tests/trials/disk.h"

enum event_kind {
    EVENT_CREATE, EVENT_WRITE, EVENT_CUT, EVENT_SYNC, EVENT_SYNC_FOLDER,
    EVENT_RENAME, EVENT_UNLINK, EVENT_FOLDER, EVENT_LINK, EVENT_MARK,
};

struct event {
    enum event_kind kind;
    int file;                   // CREATE, WRITE, CUT, SYNC
    char *path;                 // below the folder
    char *other;                // of RENAME: the new one; of LINK: the target
    size_t offset;              // of WRITE; the size of CUT; MARK
    char *bytes;
    size_t n;
};

struct record {
    struct event *events;
    size_t n, cap;
};

const struct record *
disk_record(void);

#endif
