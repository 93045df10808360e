/* disk.c - watching and recording; see disk.h.

   The calls are caught by defining them here: the test's own code, linked into
   one program, finds these first. */

#define _GNU_SOURCE             // RTLD_NEXT

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/trials/disk-private.h"

#define FDS_MAX 1024

static struct disk {
    pthread_mutex_t mutex;
    char folder[PATH_MAX];      // "": not watched
    size_t calls;
    size_t fail_at;
    int errnum;
    bool lasts;
    struct record record;
    int files;
    int file_of[FDS_MAX];       // + 1; 0: none of ours
    char *folder_of[FDS_MAX];   // of a folder that is open
    size_t at[FDS_MAX];
} disk = { .mutex = PTHREAD_MUTEX_INITIALIZER };

/* The call itself, as `next`. */
#define NEXT(name) \
    __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* ---- recording ---- */

/* The path below the folder, or NULL. */
static const char *
below(const char *path)
{
    size_t n = strlen(disk.folder);

    if (n == 0 || strncmp(path, disk.folder, n) != 0 ||
        (path[n] != '/' && path[n] != '\0')) {
        return NULL;
    }
    return path[n] == '/' ? path + n + 1 : "";
}

/* Count a call; true, with errno, where it is to fail. */
static bool
fails(void)
{
    bool fails;

    pthread_mutex_lock(&disk.mutex);
    disk.calls++;
    fails = disk.fail_at > 0 && (disk.calls == disk.fail_at ||
                                 (disk.lasts && disk.calls > disk.fail_at));
    pthread_mutex_unlock(&disk.mutex);
    if (fails) {
        errno = disk.errnum;
    }
    return fails;
}

static void
add_event(struct event event, const char *path, const char *other,
          const void *bytes)
{
    struct record *record = &disk.record;
    int errnum = errno;

    event.path = path == NULL ? NULL : strdup(path);
    event.other = other == NULL ? NULL : strdup(other);
    if (event.n > 0) {
        event.bytes = malloc(event.n);
        memcpy(event.bytes, bytes, event.n);
    }
    pthread_mutex_lock(&disk.mutex);
    if (record->n == record->cap) {
        record->cap = record->cap * 2 + 64;
        record->events = realloc(record->events,
                                 record->cap * sizeof(*record->events));
    }
    record->events[record->n++] = event;
    pthread_mutex_unlock(&disk.mutex);
    errno = errnum;
}

static int
file_of(int fd)
{
    return fd >= 0 && fd < FDS_MAX && disk.folder[0] != '\0'
               ? disk.file_of[fd] - 1 : -1;
}

static void
opened(int fd, const char *path, int flags, bool made)
{
    int file = -1;

    if (fd < 0 || fd >= FDS_MAX) {
        return;
    }
    disk.at[fd] = 0;
    if ((flags & O_ACCMODE) == O_RDONLY) {
        disk.folder_of[fd] = strdup(path);
        return;
    }
    // the file that was made last under this name
    for (size_t i = disk.record.n; !made && i-- > 0 && file < 0; ) {
        if (disk.record.events[i].kind == EVENT_CREATE &&
            strcmp(disk.record.events[i].path, path) == 0) {
            file = disk.record.events[i].file;
        }
    }
    if (file < 0) {
        file = disk.files++;
        add_event((struct event){ .kind = EVENT_CREATE, .file = file }, path,
                  NULL, NULL);
    } else if ((flags & O_TRUNC) != 0) {
        add_event((struct event){ .kind = EVENT_CUT, .file = file }, NULL,
                  NULL, NULL);
    }
    disk.file_of[fd] = file + 1;
}

static void
forget_fd(int fd)
{
    if (fd >= 0 && fd < FDS_MAX) {
        disk.file_of[fd] = 0;
        free(disk.folder_of[fd]);
        disk.folder_of[fd] = NULL;
    }
}

/* ---- the calls ---- */

#pragma GCC visibility push(default)

int
open(const char *path, int flags, ...)
{
    NEXT(open);
    const char *inside = below(path);
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    struct stat st;
    va_list args;
    mode_t mode;
    bool made;
    int fd;

    va_start(args, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    made = inside != NULL && (flags & O_CREAT) != 0 && lstat(path, &st) != 0;
    if (made && fails()) {
        return -1;
    }
    fd = next(path, flags, mode);
    if (inside != NULL && fd >= 0 && (writes || (flags & O_DIRECTORY))) {
        opened(fd, inside, flags, made);
    }
    return fd;
}

int
close(int fd)
{
    NEXT(close);

    forget_fd(fd);
    return next(fd);
}

ssize_t
write(int fd, const void *bytes, size_t n)
{
    NEXT(write);
    int file = file_of(fd);
    ssize_t done;

    if (file >= 0 && fails()) {
        return -1;
    }
    done = next(fd, bytes, n);
    if (file >= 0 && done > 0) {
        add_event((struct event){ .kind = EVENT_WRITE, .file = file,
                                  .offset = disk.at[fd],
                                  .n = (size_t)done }, NULL, NULL, bytes);
        disk.at[fd] += (size_t)done;
    }
    return done;
}

ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    NEXT(pwrite);
    int file = file_of(fd);
    ssize_t done;

    if (file >= 0 && fails()) {
        return -1;
    }
    done = next(fd, bytes, n, at);
    if (file >= 0 && done > 0) {
        add_event((struct event){ .kind = EVENT_WRITE, .file = file,
                                  .offset = (size_t)at, .n = (size_t)done },
                  NULL, NULL, bytes);
    }
    return done;
}

int
ftruncate(int fd, off_t size)
{
    NEXT(ftruncate);
    int file = file_of(fd);

    if (file >= 0) {
        add_event((struct event){ .kind = EVENT_CUT, .file = file,
                                  .offset = (size_t)size }, NULL, NULL,
                  NULL);
    }
    return next(fd, size);
}

/* Nothing is really synced: the record says what would be. */
int
fsync(int fd)
{
    int file = file_of(fd);

    if (file >= 0) {
        if (fails()) {
            return -1;
        }
        add_event((struct event){ .kind = EVENT_SYNC, .file = file }, NULL,
                  NULL, NULL);
    } else if (fd >= 0 && fd < FDS_MAX && disk.folder_of[fd] != NULL) {
        if (fails()) {
            return -1;
        }
        add_event((struct event){ .kind = EVENT_SYNC_FOLDER },
                  disk.folder_of[fd], NULL, NULL);
    }
    return 0;
}

int
fdatasync(int fd)
{
    return fsync(fd);
}

int
rename(const char *from, const char *to)
{
    NEXT(rename);
    int result;

    if (below(from) == NULL) {
        return next(from, to);
    }
    if (fails()) {
        return -1;
    }
    result = next(from, to);
    if (result == 0) {
        add_event((struct event){ .kind = EVENT_RENAME }, below(from),
                  below(to), NULL);
    }
    return result;
}

int
unlink(const char *path)
{
    NEXT(unlink);
    int result;

    if (below(path) == NULL) {
        return next(path);
    }
    if (fails()) {
        return -1;
    }
    result = next(path);
    if (result == 0) {
        add_event((struct event){ .kind = EVENT_UNLINK }, below(path), NULL,
                  NULL);
    }
    return result;
}

int
rmdir(const char *path)
{
    NEXT(rmdir);
    int result = next(path);

    if (result == 0 && below(path) != NULL) {
        add_event((struct event){ .kind = EVENT_UNLINK }, below(path), NULL,
                  NULL);
    }
    return result;
}

int
unlinkat(int at, const char *name, int flags)
{
    NEXT(unlinkat);
    char link[40], path[PATH_MAX];
    ssize_t n;
    int result;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", at);
    n = at == AT_FDCWD ? 0 : readlink(link, path, sizeof(path) - 1);
    if (n < 0 || (size_t)n + strlen(name) + 2 > sizeof(path)) {
        n = 0;
    }
    snprintf(path + n, sizeof(path) - (size_t)n, "%s%s", n > 0 ? "/" : "",
             name);
    if (below(path) == NULL) {
        return next(at, name, flags);
    }
    if (fails()) {
        return -1;
    }
    result = next(at, name, flags);
    if (result == 0) {
        add_event((struct event){ .kind = EVENT_UNLINK }, below(path), NULL,
                  NULL);
    }
    return result;
}

int
mkdir(const char *path, mode_t mode)
{
    NEXT(mkdir);
    struct stat st;
    int result;

    if (below(path) == NULL || lstat(path, &st) == 0) {
        return next(path, mode);
    }
    if (fails()) {
        return -1;
    }
    result = next(path, mode);
    if (result == 0) {
        add_event((struct event){ .kind = EVENT_FOLDER }, below(path), NULL,
                  NULL);
    }
    return result;
}

int
symlink(const char *target, const char *path)
{
    NEXT(symlink);
    int result;

    if (below(path) == NULL) {
        return next(target, path);
    }
    if (fails()) {
        return -1;
    }
    result = next(target, path);
    if (result == 0) {
        add_event((struct event){ .kind = EVENT_LINK }, below(path), target,
                  NULL);
    }
    return result;
}

#pragma GCC visibility pop

void
disk_watch(const char *folder)
{
    snprintf(disk.folder, sizeof(disk.folder), "%s",
             folder == NULL ? "" : folder);
    disk.calls = 0;
}

size_t
disk_calls(void)
{
    return disk.calls;
}

void
disk_fail(size_t at, int errnum, bool lasts)
{
    disk.fail_at = at;
    disk.errnum = errnum;
    disk.lasts = lasts;
}

void
disk_mark(int mark)
{
    add_event((struct event){ .kind = EVENT_MARK, .offset = (size_t)mark },
              NULL, NULL, NULL);
}

const struct record *
disk_record(void)
{
    return &disk.record;
}

size_t
disk_events(void)
{
    return disk.record.n;
}

int
disk_mark_before(size_t n)
{
    while (n-- > 0) {
        if (disk.record.events[n].kind == EVENT_MARK) {
            return (int)disk.record.events[n].offset;
        }
    }
    return 0;
}

const char *
disk_event(size_t n)
{
    static const char *const kinds[] = {
        "create", "write", "cut", "sync", "sync folder", "rename", "remove",
        "make folder", "link", "mark",
    };
    static char text[300];
    const struct event *event;
    const char *path;

    if (n >= disk.record.n) {
        return "the end";
    }
    event = &disk.record.events[n];
    path = event->path == NULL ? "" : event->path;
    for (size_t i = 0; i < n && event->path == NULL; i++) {
        if (disk.record.events[i].kind == EVENT_CREATE &&
            disk.record.events[i].file == event->file) {
            path = disk.record.events[i].path;
        }
    }
    snprintf(text, sizeof(text), "%s %.100s %.100s (%zu bytes at %zu)",
             kinds[event->kind], path,
             event->other == NULL ? "" : event->other, event->n,
             event->offset);
    return text;
}

void
disk_forget(void)
{
    for (size_t i = 0; i < disk.record.n; i++) {
        free(disk.record.events[i].path);
        free(disk.record.events[i].other);
        free(disk.record.events[i].bytes);
    }
    free(disk.record.events);
    disk.record.events = NULL;
    disk.record.n = disk.record.cap = 0;
    disk.files = 0;
    for (int fd = 0; fd < FDS_MAX; fd++) {
        forget_fd(fd);
    }
}
