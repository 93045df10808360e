/* file.c - reading and replacing files, links and folders.

   A file is replaced by writing a temporary one beside it, syncing that,
   renaming it over the target and syncing the directory: after a crash there
   is the old content or the new one, whole (Pillai et al., All File Systems
   Are Not Created Equal, OSDI 2014).  On failure the temporary file is
   removed; one that a killed process left behind is in nobody's way.  Where
   only the last step fails, the new content is there, but a loss of power may
   bring back the old. */

#include "shared/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define READ_BYTES ((size_t)1 << 16)

/* Names tried for a temporary file.  They hold the process's id, so that only
   leftovers of an older process, or other threads, can be in the way. */
#define TEMP_TRIES 100

/* ---- system calls that signals may interrupt ---- */

static int
open_file(const char *path, int flags)
{
    int fd;

    do {
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static int
sync_file(int fd)
{
    int result;

    do {
        result = fsync(fd);
    } while (result < 0 && errno == EINTR);
    return result;
}

/* Close, where that can still tell of a failed write.  After EINTR the
   descriptor is closed on Linux, and the data has been synced before. */
static int
close_file(int fd)
{
    return close(fd) < 0 && errno != EINTR ? -1 : 0;
}

static int
write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        size_t n = bytes.len < SSIZE_MAX ? bytes.len : SSIZE_MAX;
        ssize_t written = write(fd, bytes.p, n);
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return -1;
        }
        bytes.p += written;
        bytes.len -= (size_t)written;
    }
    return 0;
}

/* ---- reading ---- */

/* Append what is left of `fd` to `out`. */
static lede_status
read_all(struct buf *out, int fd, const char *path, lede_error *err)
{
    size_t before = out->len;
    struct stat st;
    size_t want = READ_BYTES;

    // One byte more than the file has: the end is seen without growing again
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0
        && (uintmax_t)st.st_size < BUF_MAX_ANY) {
        want = (size_t)st.st_size + 1;
    }
    for (;;) {
        size_t left = out->max > out->len ? out->max - out->len : 0;
        char extra;             // read where the buffer is full: is this all?
        char *to = &extra;
        ssize_t n;
        if (left > 0) {
            want = want < left ? want : left;
            lede_status status = lede__buf_reserve(out, want, err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            to = out->p + out->len;
        }
        n = read(fd, to, left > 0 ? want : 1);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return lede__fail_errno(err, errno, path, "cannot read");
        }
        if (n == 0) {
            break;
        }
        if (left == 0) {
            return lede__fail_at(err, LEDE_STATUS_LIMIT, path, 0, 0,
                                 "larger than %zu bytes", out->max - before);
        }
        out->len += (size_t)n;
        out->p[out->len] = '\0';
        want = READ_BYTES;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__file_read(struct buf *out, const char *path, lede_error *err)
{
    size_t before = out->len;
    int fd = open_file(path, O_RDONLY);

    if (fd < 0) {
        return lede__fail_errno(err, errno, path, "cannot open");
    }
    lede_status status = read_all(out, fd, path, err);
    if (status != LEDE_STATUS_OK && out->p != NULL) {
        out->len = before;
        out->p[before] = '\0';
    }
    close(fd);
    return status;
}

/* ---- replacing ---- */

/* The folder that holds `path`; malloc'd. */
static char *
parent_of(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    while (len > 0 && path[len - 1] != '/') {
        len--;
    }
    if (len == 0) {
        return strdup(".");
    }
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    return strndup(path, len);
}

static lede_status
sync_parent(const char *path, lede_error *err)
{
    char *parent = parent_of(path);
    lede_status status;

    if (parent == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__file_sync_dir(parent, err);
    free(parent);
    return status;
}

/* The n-th name for a temporary file beside `path`. */
static lede_status
temp_name(struct buf *out, const char *path, unsigned n, lede_error *err)
{
    out->len = 0;
    return lede__buf_addf(out, err, "%s.%ld-%u.tmp", path, (long)getpid(), n);
}

/* Make a temporary file beside `path`: its descriptor, and its name in
   `temp`. */
static lede_status
open_temp(int *fd, struct buf *temp, const char *path, lede_error *err)
{
    *fd = -1;
    for (unsigned n = 0; n < TEMP_TRIES; n++) {
        lede_status status = temp_name(temp, path, n, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        *fd = open_file(temp->p, O_WRONLY | O_CREAT | O_EXCL);
        if (*fd >= 0) {
            return LEDE_STATUS_OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return lede__fail_errno(err, errno, temp->p, "cannot make");
}

/* The file to replace: `path`, or where a link leads to; malloc'd.  A device
   or a pipe is refused, so that /dev/null survives. */
static lede_status
find_target(char **out, const char *path, lede_error *err)
{
    char *target = NULL;
    struct stat st;
    bool exists = lstat(path, &st) == 0;

    *out = NULL;
    if (!exists && errno != ENOENT) {
        return lede__fail_errno(err, errno, path, "cannot replace");
    }
    if (exists && S_ISLNK(st.st_mode)) {
        target = realpath(path, NULL);
        if (target == NULL || lstat(target, &st) < 0) {
            int errnum = errno;
            free(target);
            return lede__fail_errno(err, errnum, path, "cannot replace");
        }
    } else {
        target = strdup(path);
        if (target == NULL) {
            return lede__fail_memory(err);
        }
    }
    if (exists && !S_ISREG(st.st_mode)) {
        free(target);
        return lede__fail_at(err, LEDE_STATUS_IO, path, 0, 0,
                             "cannot replace: not a regular file");
    }
    *out = target;
    return LEDE_STATUS_OK;
}

/* Put the finished `temp` in the place of `path`, or remove it. */
static lede_status
rename_temp(const char *temp, const char *path, lede_error *err)
{
    if (rename(temp, path) < 0) {
        int errnum = errno;
        unlink(temp);
        return lede__fail_errno(err, errnum, path, "cannot replace");
    }
    return sync_parent(path, err);
}

lede_status
lede__file_replace(const char *path, struct str bytes, lede_error *err)
{
    struct buf temp = BUF_INIT(BUF_MAX_ANY);
    char *target = NULL;
    lede_status status = find_target(&target, path, err);
    int fd = -1;

    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    status = open_temp(&fd, &temp, target, err);
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    int errnum = write_all(fd, bytes) < 0 || sync_file(fd) < 0 ? errno : 0;
    if (close_file(fd) < 0 && errnum == 0) {
        errnum = errno;
    }
    if (errnum != 0) {
        unlink(temp.p);
        status = lede__fail_errno(err, errnum, path, "cannot write");
        goto out;
    }
    status = rename_temp(temp.p, target, err);
out:
    lede__buf_free(&temp);
    free(target);
    return status;
}

lede_status
lede__file_replace_link(const char *link, const char *target, lede_error *err)
{
    struct buf temp = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    int made = -1;

    for (unsigned n = 0; made < 0 && n < TEMP_TRIES; n++) {
        status = temp_name(&temp, link, n, err);
        if (status != LEDE_STATUS_OK) {
            goto out;
        }
        made = symlink(target, temp.p);
        if (made < 0 && errno != EEXIST) {
            break;
        }
    }
    if (made < 0) {
        status = lede__fail_errno(err, errno, link, "cannot make a link");
        goto out;
    }
    status = rename_temp(temp.p, link, err);
out:
    lede__buf_free(&temp);
    return status;
}

/* ---- folders ---- */

lede_status
lede__file_sync_dir(const char *path, lede_error *err)
{
    int fd = open_file(path, O_RDONLY | O_DIRECTORY);
    lede_status status = LEDE_STATUS_OK;

    if (fd < 0) {
        return lede__fail_errno(err, errno, path, "cannot open");
    }
    // EINVAL: a file system that has nothing to sync for a folder
    if (sync_file(fd) < 0 && errno != EINVAL) {
        status = lede__fail_errno(err, errno, path, "cannot sync");
    }
    close(fd);
    return status;
}

lede_status
lede__file_make_dir(const char *path, lede_error *err)
{
    struct stat st;

    if (mkdir(path, 0777) == 0) {
        return sync_parent(path, err);
    }
    int errnum = errno;
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode)) {
            return LEDE_STATUS_OK;
        }
        errnum = ENOTDIR;
    }
    return lede__fail_errno(err, errnum, path, "cannot make the folder");
}
