/* replay.c - a disk as a power failure leaves it; see disk.h.

   Names and data of regular files, links and folders are modelled.  A name is
   on the disk once its folder was synced, data once its file was; what was not
   may be lost, alone or together (Pillai et al., All File Systems Are Not
   Created Equal, OSDI 2014). */

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/trials/disk-private.h"

#define NAMES_MAX 400

/* What a name stands for. */
enum { NAME_FOLDER = -1, NAME_LINK = -2 };

struct name {
    const char *path;
    const char *target;         // of a link
    int file;                   // or NAME_FOLDER, NAME_LINK
};

struct names {
    struct name items[NAMES_MAX];
    size_t n;
};

static struct name *
find_name(struct names *names, const char *path)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i].path, path) == 0) {
            return &names->items[i];
        }
    }
    return NULL;
}

static void
put_name(struct names *names, struct name name)
{
    struct name *old = find_name(names, name.path);

    if (old == NULL && names->n < NAMES_MAX) {
        old = &names->items[names->n++];
    }
    if (old != NULL) {
        *old = name;
    }
}

static void
remove_name(struct names *names, const char *path)
{
    struct name *old = find_name(names, path);

    if (old != NULL) {
        *old = names->items[--names->n];
    }
}

static bool
is_name_event(const struct event *event)
{
    return event->kind == EVENT_CREATE || event->kind == EVENT_RENAME ||
           event->kind == EVENT_UNLINK || event->kind == EVENT_FOLDER ||
           event->kind == EVENT_LINK;
}

/* What an event does to names. */
struct change {
    const char *gone;           // or NULL
    struct name made;           // path NULL: none
};

/* `all` are the names as the process sees them: what is renamed may come to
   the disk under the new name alone.  Folders are not renamed. */
static struct change
change_of(struct names *all, const struct event *event)
{
    struct change change = { NULL, { event->path, NULL, event->file } };
    const struct name *old;

    switch (event->kind) {
    case EVENT_FOLDER:
        change.made.file = NAME_FOLDER;
        break;
    case EVENT_LINK:
        change.made.file = NAME_LINK;
        change.made.target = event->other;
        break;
    case EVENT_UNLINK:
        change.gone = event->path;
        change.made.path = NULL;
        break;
    case EVENT_RENAME:
        old = find_name(all, event->path);
        change.gone = event->path;
        change.made = old == NULL ? (struct name){ NULL, NULL, 0 } : *old;
        change.made.path = old == NULL ? NULL : event->other;
        break;
    default:
        break;
    }
    return change;
}

static void
apply(struct names *names, const struct change *change)
{
    if (change->gone != NULL) {
        remove_name(names, change->gone);
    }
    if (change->made.path != NULL) {
        put_name(names, change->made);
    }
}

/* Is the name that changes in this folder? */
static bool
is_in_folder(const struct change *change, const char *folder)
{
    const char *path = change->made.path != NULL ? change->made.path
                                                 : change->gone;
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);

    return strlen(folder) == n && strncmp(folder, path, n) == 0;
}

/* The names that are on the disk before event `n`. */
static void
replay_names(struct names *names, size_t n, enum disk_loss loss,
             struct random *random)
{
    const struct record *record = disk_record();
    struct names *all = calloc(1, sizeof(*all));
    struct change *pending = calloc(n + 1, sizeof(*pending));
    size_t n_pending = 0;
    size_t cut;

    for (size_t i = 0; i < n; i++) {
        const struct event *event = &record->events[i];

        if (is_name_event(event)) {
            pending[n_pending] = change_of(all, event);
            apply(all, &pending[n_pending++]);
        } else if (event->kind == EVENT_SYNC_FOLDER) {
            size_t left = 0;

            for (size_t j = 0; j < n_pending; j++) {
                if (is_in_folder(&pending[j], event->path)) {
                    apply(names, &pending[j]);
                } else {
                    pending[left++] = pending[j];
                }
            }
            n_pending = left;
        }
    }
    cut = random_below(random, n_pending + 1);
    for (size_t j = 0; j < n_pending; j++) {
        if (loss == DISK_IN_ORDER ? j < cut
            : loss == DISK_ANY ? random_once_in(random, 2)
            : loss == DISK_ALL_LEFT || loss == DISK_DATA_LOST) {
            apply(names, &pending[j]);
        }
    }
    free(pending);
    free(all);
}

/* What becomes of data that was not synced. */
enum left { LEFT_ALL, LEFT_NONE, LEFT_SOME, LEFT_ZEROS };

static void
replay_file(int fd, int file, size_t n, enum left left, struct random *random)
{
    const struct record *record = disk_record();
    size_t synced = 0;
    size_t unsynced = 0;
    size_t cut;

    for (size_t i = 0; i < n; i++) {
        if (record->events[i].file == file &&
            record->events[i].kind == EVENT_SYNC) {
            synced = i;
        }
    }
    for (size_t i = synced; i < n; i++) {
        unsynced += record->events[i].file == file &&
                    record->events[i].kind == EVENT_WRITE;
    }
    cut = random_below(random, unsynced + 1);
    unsynced = 0;
    for (size_t i = 0; i < n; i++) {
        const struct event *event = &record->events[i];
        bool old = i < synced;
        size_t size = event->n;

        if (event->file != file ||
            (event->kind != EVENT_WRITE && event->kind != EVENT_CUT)) {
            continue;
        }
        if (!old && left == LEFT_NONE) {
            break;
        }
        if (!old && left == LEFT_SOME && unsynced++ >= cut) {
            size = size > 0 ? random_below(random, size) : 0;   // torn
        }
        if (event->kind == EVENT_CUT
                ? ftruncate(fd, (off_t)event->offset) != 0
            : !old && left == LEFT_ZEROS
                ? ftruncate(fd, (off_t)(event->offset + size)) != 0
                : pwrite(fd, event->bytes, size, (off_t)event->offset) !=
                      (ssize_t)size) {
            perror("disk_replay");
        }
        if (size < event->n) {
            break;
        }
    }
}

/* Are all folders that the name is in there? */
static bool
is_reached(struct names *names, const char *path)
{
    char folder[PATH_MAX];

    snprintf(folder, sizeof(folder), "%s", path);
    while (strrchr(folder, '/') != NULL) {
        *strrchr(folder, '/') = '\0';
        if (find_name(names, folder) == NULL) {
            return false;
        }
    }
    return true;
}

static void
replay_name(struct names *names, const struct name *name, const char *to,
            size_t n, enum left left, struct random *random)
{
    char path[PATH_MAX];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", to, name->path);
    if (!is_reached(names, name->path)) {
        return;
    }
    if (name->file == NAME_FOLDER) {
        mkdir(path, 0777);
    } else if (name->file == NAME_LINK) {
        if (symlink(name->target, path) != 0) {
            perror(path);
        }
    } else {
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        replay_file(fd, name->file, n, left, random);
        close(fd);
    }
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->path,
                  ((const struct name *)b)->path);
}

void
disk_replay(const char *to, size_t n, enum disk_loss loss,
            struct random *random)
{
    struct names *names = calloc(1, sizeof(*names));

    replay_names(names, n, loss, random);
    // a folder before what is in it
    qsort(names->items, names->n, sizeof(names->items[0]), compare_names);
    for (size_t i = 0; i < names->n; i++) {
        enum left left =
            loss == DISK_ALL_LEFT || loss == DISK_NAMES_LOST ? LEFT_ALL
            : loss == DISK_DATA_LOST || loss == DISK_BOTH_LOST ? LEFT_NONE
            : (enum left)random_below(random, 4);

        replay_name(names, &names->items[i], to, n, left, random);
    }
    free(names);
}
