/* file.h - every byte that lede itself reads or writes on disk.

   One thin layer over the system calls, so that errors carry the path and a
   test can make any write, sync or rename fail.  Writes are all or nothing:
   a temporary file beside the target, synced, renamed, directory synced. */

#ifndef LEDE_BASE_FILE_H
#define LEDE_BASE_FILE_H

#include <sys/stat.h>

#include "shared/base/str.h"

/* Append the whole file to `out` (which limits the size: LEDE_STATUS_LIMIT).
   LEDE_STATUS_OK, _NOT_FOUND, _PERMISSION, _IO, _LIMIT, _NO_MEMORY. */
lede_status
lede__file_read(struct buf *out, const char *path, lede_error *err);

/* Replace `path` by `bytes`, atomically and durably. */
lede_status
lede__file_replace(const char *path, struct str bytes, lede_error *err);

/* Make `link` a symbolic link to `target`, replacing what is there,
   atomically and durably. */
lede_status
lede__file_replace_link(const char *link, const char *target,
                        lede_error *err);

lede_status
lede__file_sync_dir(const char *path, lede_error *err);

/* mkdir; existing is fine.  The parent's entry is synced. */
lede_status
lede__file_make_dir(const char *path, lede_error *err);

/* Remove a file, or a folder with all that is in it (links are removed, not
   followed).  Absent is fine. */
lede_status
lede__file_remove_tree(const char *path, lede_error *err);

/* The bytes that a file or a folder with all its files takes. */
lede_status
lede__file_size_tree(const char *path, uint64_t *bytes, lede_error *err);

/* ---- descriptors (descriptor.c) ---- */

/* A new file in folder `dir` that has no name and is gone when it is closed. */
lede_status
lede__file_temporary(int *fd, const char *dir, lede_error *err);

/* For reading. */
lede_status
lede__file_open(int *fd, const char *path, lede_error *err);

/* A new file, for writing and reading; LEDE_STATUS_IO where it exists. */
lede_status
lede__file_create(int *fd, const char *path, lede_error *err);

/* Write what was appended to the disk. */
lede_status
lede__file_sync(int fd, const char *path, lede_error *err);

/* -1 is fine. */
void
lede__file_close(int fd);

/* Make or overwrite a file that nothing names yet: durable once its folder is
   synced, but not atomic.  Where it fails no file is left. */
lede_status
lede__file_write(const char *path, struct str bytes, lede_error *err);

/* Map a whole file for reading; an empty one gives NULL and size 0.  The
   mapping holds the file, even one that is removed or replaced later. */
lede_status
lede__file_map(const uint8_t **map, size_t *size, const char *path,
               lede_error *err);
void
lede__file_unmap(const uint8_t *map, size_t size);

/* Write `n` bytes at the end; `path` is for messages, here and below. */
lede_status
lede__file_append(int fd, const void *bytes, size_t n, const char *path,
                  lede_error *err);

/* Append `n` bytes from `offset` to `out`; LEDE_STATUS_IO where the file ends
   before. */
lede_status
lede__file_read_at(struct buf *out, int fd, uint64_t offset, size_t n,
                   const char *path, lede_error *err);

/* ---- paths ---- */

/* "DIR/NAME", or NAME alone where it is absolute or DIR is empty; malloc'd. */
char *
lede__path_join(const char *dir, const char *name);

/* The absolute path without `.`, `..` and double slashes, links left as they
   are; the file need not exist.  malloc'd. */
lede_status
lede__path_absolute(char **out, const char *path, lede_error *err);

/* ---- the writer's lock ---- */

struct file_lock;

/* Lock `path` (made where absent) for this process; tries again until
   `wait_ms` have passed.  LEDE_STATUS_LOCKED names the process that holds
   it.  Released by lede__lock_release or the end of the process. */
lede_status
lede__lock_acquire(struct file_lock **out, const char *path, unsigned wait_ms,
                   lede_error *err);

void
lede__lock_release(struct file_lock *lock);

/* Release it and remove its file: where nothing is left to be locked. */
void
lede__lock_remove(struct file_lock *lock, const char *path);

#endif
