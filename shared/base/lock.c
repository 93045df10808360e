/* lock.c - one writer at a time.

   flock on a file that is seldom removed.  Where it is, one process could hold
   the lock of a file that is gone while the next one locks a new file of the
   same name; so that whoever gets the lock looks whether the file still has
   its name.  The lock ends with the process, however that ends.  The file
   holds the process's id, for the message of those who find it locked, and
   nothing more. */

#include "shared/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* Pauses between attempts grow from the first to the second. */
#define PAUSE_MIN_MS 1
#define PAUSE_MAX_MS 100

#define PID_MAX 32              // bytes of a process's id in decimal

struct file_lock {
    int fd;
};

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* flock, again and again until `wait_ms` have passed; false with errno. */
static bool
lock_within(int fd, unsigned wait_ms)
{
    int64_t end = now_ms() + wait_ms;
    int64_t pause = PAUSE_MIN_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EINTR) {
            continue;
        }
        int64_t left = end - now_ms();
        if (errno != EWOULDBLOCK || left <= 0) {
            return false;
        }
        pause = pause < left ? pause : left;
        struct timespec time = { pause / 1000, pause % 1000 * 1000000 };
        nanosleep(&time, NULL); // a signal only makes it shorter
        pause = pause < PAUSE_MAX_MS / 2 ? pause * 2 : PAUSE_MAX_MS;
    }
    return true;
}

/* The process that holds the lock; 0 where it has not written its id yet. */
static long
read_pid(int fd)
{
    char text[PID_MAX] = "";
    char *end;
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    long pid = n > 0 ? strtol(text, &end, 10) : 0;

    return pid > 0 && *end == '\0' ? pid : 0;
}

/* On a full disk the id is missing, which only makes a message poorer. */
static void
write_pid(int fd)
{
    char text[PID_MAX];
    int len = snprintf(text, sizeof(text), "%ld", (long)getpid());

    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) != len) {
        (void)!ftruncate(fd, 0);
    }
}

/* Is the file of `fd` still the one that `path` names? */
static bool
still_named(int fd, const char *path)
{
    struct stat locked;
    struct stat named;

    return fstat(fd, &locked) == 0 && stat(path, &named) == 0 &&
           locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

lede_status
lede__lock_acquire(struct file_lock **out, const char *path, unsigned wait_ms,
                   lede_error *err)
{
    struct file_lock *lock = NULL;
    lede_status status = LEDE_STATUS_OK;
    int fd = -1;

    *out = NULL;
again:
    do {
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        status = lede__fail_errno(err, errno, path,
                                  errno == EACCES || errno == EROFS
                                      ? "cannot lock the index, which takes "
                                        "the right to write to its folder"
                                      : "cannot lock the index");
        goto out;
    }
    if (!lock_within(fd, wait_ms)) {
        long pid = errno == EWOULDBLOCK ? read_pid(fd) : -1;
        if (pid < 0) {
            status = lede__fail_errno(err, errno, path, "cannot lock");
        } else if (pid == 0) {
            status = lede__fail_at(err, LEDE_STATUS_LOCKED, path, 0, 0,
                                   "locked by another process; wait for it "
                                   "with --wait or stop it");
        } else {
            status = lede__fail_at(err, LEDE_STATUS_LOCKED, path, 0, 0,
                                   "locked by process %ld; wait for it with "
                                   "--wait or stop it", pid);
        }
        goto out;
    }
    if (!still_named(fd, path)) {
        close(fd);
        goto again;
    }
    lock = malloc(sizeof(*lock));
    if (lock == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    write_pid(fd);
    lock->fd = fd;
    fd = -1;
    *out = lock;
out:
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

void
lede__lock_release(struct file_lock *lock)
{
    if (lock == NULL) {
        return;
    }
    (void)!ftruncate(lock->fd, 0);      // the next message names nobody stale
    close(lock->fd);
    free(lock);
}

void
lede__lock_remove(struct file_lock *lock, const char *path)
{
    if (lock != NULL) {
        unlink(path);           // while it is ours
        lede__lock_release(lock);
    }
}
