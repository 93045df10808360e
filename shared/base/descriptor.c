/* descriptor.c - reading and writing at places of a file; see file.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shared/base/file.h"

lede_status
lede__file_temporary(int *fd, const char *dir, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    char *name = lede__path_join(dir, "spool.XXXXXX");

    *fd = -1;
    if (name == NULL) {
        return lede__fail_memory(err);
    }
    *fd = mkstemp(name);
    if (*fd < 0 || fcntl(*fd, F_SETFD, FD_CLOEXEC) < 0 || unlink(name) < 0) {
        status = lede__fail_errno(err, errno, dir,
                                  "making a temporary file");
        lede__file_close(*fd);
        *fd = -1;
    }
    free(name);
    return status;
}

lede_status
lede__file_open(int *fd, const char *path, lede_error *err)
{
    do {
        *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (*fd < 0 && errno == EINTR);
    return *fd < 0 ? lede__fail_errno(err, errno, path, "cannot open")
                   : LEDE_STATUS_OK;
}

lede_status
lede__file_create(int *fd, const char *path, lede_error *err)
{
    do {
        *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY,
                   0666);
    } while (*fd < 0 && errno == EINTR);
    return *fd < 0 ? lede__fail_errno(err, errno, path, "cannot make")
                   : LEDE_STATUS_OK;
}

lede_status
lede__file_sync(int fd, const char *path, lede_error *err)
{
    int result;

    do {
        result = fsync(fd);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? lede__fail_errno(err, errno, path, "cannot sync")
                      : LEDE_STATUS_OK;
}

void
lede__file_close(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

lede_status
lede__file_append(int fd, const void *bytes, size_t n, const char *path,
                  lede_error *err)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return lede__fail_errno(err, errno, path, "cannot write");
        }
        p += done;
        n -= (size_t)done;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__file_read_at(struct buf *out, int fd, uint64_t offset, size_t n,
                   const char *path, lede_error *err)
{
    lede_status status = lede__buf_reserve(out, n, err);

    while (status == LEDE_STATUS_OK && n > 0) {
        ssize_t done = pread(fd, out->p + out->len, n, (off_t)offset);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return lede__fail_errno(err, errno, path, "cannot read");
        }
        if (done == 0) {
            return lede__fail(err, LEDE_STATUS_IO,
                              "%s: shorter than when it was looked at; "
                              "run again", path);
        }
        out->len += (size_t)done;
        offset += (uint64_t)done;
        n -= (size_t)done;
    }
    if (status == LEDE_STATUS_OK && out->p != NULL) {
        out->p[out->len] = '\0';
    }
    return status;
}

lede_status
lede__file_write(const char *path, struct str bytes, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    int fd = -1;

    do {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
                  0666);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        return lede__fail_errno(err, errno, path, "cannot make");
    }
    status = lede__file_append(fd, bytes.p, bytes.len, path, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__file_sync(fd, path, err);
    }
    if (close(fd) < 0 && errno != EINTR && status == LEDE_STATUS_OK) {
        status = lede__fail_errno(err, errno, path, "cannot write");
    }
    if (status != LEDE_STATUS_OK) {
        unlink(path);
    }
    return status;
}

lede_status
lede__file_map(const uint8_t **map, size_t *size, const char *path,
               lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    void *mapped = NULL;
    struct stat st;
    int fd = -1;

    *map = NULL;
    *size = 0;
    status = lede__file_open(&fd, path, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (fstat(fd, &st) < 0) {
        status = lede__fail_errno(err, errno, path, "cannot read");
        goto out;
    }
    if (!S_ISREG(st.st_mode) || (uintmax_t)st.st_size > SIZE_MAX / 2) {
        status = lede__fail_at(err, LEDE_STATUS_IO, path, 0, 0,
                               "not a file that can be mapped");
        goto out;
    }
    if (st.st_size > 0) {
        mapped = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (mapped == MAP_FAILED) {
            status = lede__fail_errno(err, errno, path, "cannot map");
            goto out;
        }
        *map = mapped;
        *size = (size_t)st.st_size;
    }
out:
    lede__file_close(fd);
    return status;
}

void
lede__file_unmap(const uint8_t *map, size_t size)
{
    if (map != NULL) {
        munmap((void *)map, size);
    }
}
