/* file.c - tests of the file layer: with sound files, with each system call
   failing in turn, with signals and short writes; paths; the lock.

   The system calls that are to fail are defined here, before the C library's
   own: what is linked with this program calls these. */

#include "shared/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/tap.h"

/* ---- system calls that fail ---- */

enum call {
    CALL_NONE, CALL_OPEN, CALL_READ, CALL_WRITE, CALL_FSYNC, CALL_CLOSE,
    CALL_RENAME, CALL_SYMLINK, CALL_MKDIR,
};

static struct {
    enum call call;
    int after;                  // so many calls go well before it
    int errnum;
    int times;                  // it fails so often
    bool trickle;               // read and write 3 bytes at a time
} fault;

static bool
fails(enum call call)
{
    if (call != fault.call || fault.times == 0 || fault.after-- > 0) {
        return false;
    }
    fault.times--;
    errno = fault.errnum;
    return true;
}

int
open(const char *path, int flags, ...)
{
    va_list args;
    int mode;

    va_start(args, flags);
    mode = flags & O_CREAT ? va_arg(args, int) : 0;
    va_end(args);
    return fails(CALL_OPEN) ? -1 : openat(AT_FDCWD, path, flags, mode);
}

ssize_t
read(int fd, void *p, size_t n)
{
    struct iovec part = { p, fault.trickle && n > 3 ? 3 : n };

    return fails(CALL_READ) ? -1 : readv(fd, &part, 1);
}

ssize_t
write(int fd, const void *p, size_t n)
{
    struct iovec part = { (void *)p, fault.trickle && n > 3 ? 3 : n };

    return fails(CALL_WRITE) ? -1 : writev(fd, &part, 1);
}

int
fsync(int fd)
{
    return fails(CALL_FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int
close(int fd)
{
    int result = (int)syscall(SYS_close, fd);

    return fails(CALL_CLOSE) ? -1 : result;
}

int
rename(const char *from, const char *to)
{
    return fails(CALL_RENAME) ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int
symlink(const char *target, const char *path)
{
    return fails(CALL_SYMLINK) ? -1 : symlinkat(target, AT_FDCWD, path);
}

int
mkdir(const char *path, mode_t mode)
{
    return fails(CALL_MKDIR) ? -1 : mkdirat(AT_FDCWD, path, mode);
}

/* ---- helpers ---- */

static lede_error err;

/* The content of a file, or why there is none; until the next call. */
static const char *
content(const char *path)
{
    static struct buf buf = BUF_INIT(1 << 20);

    lede__buf_free(&buf);
    buf.max = 1 << 20;
    if (lede__file_read(&buf, path, &err) != LEDE_STATUS_OK) {
        return err.message;
    }
    return lede__buf_view(&buf).p;
}

static unsigned
count_entries(const char *path)
{
    DIR *dir = opendir(path);
    unsigned n = 0;

    while (dir != NULL && readdir(dir) != NULL) {
        n++;
    }
    closedir(dir);
    return n - 2;               // . and ..
}

static unsigned
count_descriptors(void)
{
    return count_entries("/proc/self/fd");
}

/* ---- reading ---- */

static void
test_read(void)
{
    struct buf buf = BUF_INIT(10);
    char big[200001];

    lede__file_replace("ten", STR("0123456789"), &err);
    is_int(lede__file_read(&buf, "ten", &err), LEDE_STATUS_OK, "at the limit");
    is_str(buf.p, "0123456789", "what was read");
    is_int(lede__file_read(&buf, "ten", &err), LEDE_STATUS_LIMIT, "beyond it");
    is_str(err.message, "ten: larger than 0 bytes", "its message");
    is_str(buf.p, "0123456789", "and nothing was added");
    lede__buf_free(&buf);
    buf.max = 9;
    is_int(lede__file_read(&buf, "ten", &err), LEDE_STATUS_LIMIT, "limit + 1");
    is_str(err.message, "ten: larger than 9 bytes", "its message");
    is_str(err.file, "ten", "its file");
    lede__buf_free(&buf);

    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    lede__file_replace("big", str_from(big), &err);
    buf.max = BUF_MAX_ANY;
    lede__buf_str(&buf, STR("> "), NULL);
    is_int(lede__file_read(&buf, "big", &err), LEDE_STATUS_OK, "a large file");
    ok(buf.len == 200002 && strcmp(buf.p + 2, big) == 0, "is appended");
    lede__buf_free(&buf);

    lede__file_replace("empty", STR(""), &err);
    is_int(lede__file_read(&buf, "empty", &err), LEDE_STATUS_OK, "empty");
    is_int(buf.len, 0, "nothing");
    lede__buf_free(&buf);

    // A file whose size is not known before
    is_int(lede__file_read(&buf, "/proc/self/status", &err), LEDE_STATUS_OK,
           "a file that says it is empty");
    ok(buf.len > 100, "and is not");
    lede__buf_free(&buf);

    is_int(lede__file_read(&buf, "none", &err), LEDE_STATUS_NOT_FOUND,
           "no file");
    is_str(err.message, "none: cannot open: No such file or directory",
           "its message");
    is_int(lede__file_read(&buf, "ten/x", &err), LEDE_STATUS_NOT_FOUND,
           "a file as a folder");
    is_int(lede__file_read(&buf, ".", &err), LEDE_STATUS_IO, "a folder");
    is_str(err.message, ".: cannot read: Is a directory", "its message");

    fault.trickle = true;
    is_str(content("ten"), "0123456789", "3 bytes at a time");
    fault.trickle = false;
    fault.call = CALL_READ;
    fault.errnum = EINTR;
    fault.times = 3;
    is_str(content("ten"), "0123456789", "interrupted by signals");
    fault.call = CALL_OPEN;
    fault.times = 3;
    is_str(content("ten"), "0123456789", "interrupted when opening");
    fault.errnum = EACCES;
    fault.times = 1;
    is_int(lede__file_read(&buf, "ten", &err), LEDE_STATUS_PERMISSION,
           "not allowed");
    fault.call = CALL_READ;
    fault.errnum = EIO;
    fault.times = 1;
    fault.after = 1;
    fault.trickle = true;
    lede__buf_str(&buf, STR("> "), NULL);
    is_int(lede__file_read(&buf, "ten", &err), LEDE_STATUS_IO, "a bad disk");
    ok(str_eq(lede__buf_view(&buf), STR("> ")), "leaves the buffer alone");
    memset(&fault, 0, sizeof(fault));
    lede__buf_free(&buf);
    unlink("ten");
    unlink("big");
    unlink("empty");
}

/* ---- replacing ---- */

static void
test_replace(void)
{
    struct stat st;

    is_int(lede__file_replace("a", STR("one"), &err), LEDE_STATUS_OK, "new");
    is_str(content("a"), "one", "content");
    is_int(lede__file_replace("a", STR("two\0x"), &err), LEDE_STATUS_OK,
           "replaced");
    is_str(content("a"), "two", "new content");
    is_int(lede__file_size_tree("a", &(uint64_t){ 0 }, &err), LEDE_STATUS_OK,
           "its size");
    stat("a", &st);
    is_int(st.st_size, 5, "NUL and all");
    is_int(count_entries("."), 1, "nothing is left beside it");

    fault.trickle = true;
    lede__file_replace("a", STR("0123456789"), &err);
    fault.trickle = false;
    is_str(content("a"), "0123456789", "short writes");

    // What a killed process left under the name that is tried first
    char stale[64];
    snprintf(stale, sizeof(stale), "a.%ld-0.tmp", (long)getpid());
    close(open(stale, O_WRONLY | O_CREAT, 0600));
    is_int(lede__file_replace("a", STR("x"), &err), LEDE_STATUS_OK,
           "a leftover is in nobody's way");
    is_str(content("a"), "x", "content");
    unlink(stale);

    symlink("a", "link");
    is_int(lede__file_replace("link", STR("by link"), &err), LEDE_STATUS_OK,
           "through a link");
    is_str(content("a"), "by link", "the file is replaced");
    lstat("link", &st);
    ok(S_ISLNK(st.st_mode), "the link is left");
    unlink("link");
    symlink("nowhere", "link");
    is_int(lede__file_replace("link", STR("x"), &err), LEDE_STATUS_NOT_FOUND,
           "a link to nowhere");
    unlink("link");

    is_int(lede__file_replace("/dev/null", STR("x"), &err), LEDE_STATUS_IO,
           "a device");
    is_str(err.message, "/dev/null: cannot replace: not a regular file",
           "its message");
    stat("/dev/null", &st);
    ok(S_ISCHR(st.st_mode), "and it survives");
    is_int(lede__file_replace(".", STR("x"), &err), LEDE_STATUS_IO,
           "a folder");
    is_int(lede__file_replace("none/a", STR("x"), &err),
           LEDE_STATUS_NOT_FOUND, "no folder");
    is_int(lede__file_replace("a/b", STR("x"), &err),
           LEDE_STATUS_NOT_FOUND, "in a file");
    unlink("a");
}

/* One call of a replacement fails: the file holds what `holds` says and no
   temporary file is left. */
static void
check_fault(enum call call, int after, int errnum, lede_status want,
            const char *holds)
{
    unsigned before = count_descriptors();
    lede_status status;

    lede__file_replace("a", STR("old"), NULL);
    fault.call = call;
    fault.after = after;
    fault.errnum = errnum;
    fault.times = 1;
    status = lede__file_replace("a", STR("new and longer"), &err);
    ok(fault.times == 0, "call %d.%d was made", call, after);
    memset(&fault, 0, sizeof(fault));
    is_int(status, want, "call %d.%d fails with %d", call, after, errnum);
    if (status != LEDE_STATUS_OK) {
        ok(strchr(err.message, 'a') != NULL && err.status == want,
           "and says: %s", err.message);
    }
    is_str(content("a"), holds, "the file is whole");
    is_int(count_entries("."), 1, "nothing is left beside it");
    is_int(count_descriptors(), before, "every descriptor is closed");
}

static void
test_faults(void)
{
    static const enum call calls[] = { CALL_OPEN, CALL_WRITE, CALL_FSYNC,
                                       CALL_CLOSE, CALL_RENAME };

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        check_fault(calls[i], 0, ENOSPC, LEDE_STATUS_DISK_FULL, "old");
        check_fault(calls[i], 0, EDQUOT, LEDE_STATUS_DISK_FULL, "old");
        check_fault(calls[i], 0, EIO, LEDE_STATUS_IO, "old");
        check_fault(calls[i], 0, EROFS, LEDE_STATUS_PERMISSION, "old");
        check_fault(calls[i], 0, EACCES, LEDE_STATUS_PERMISSION, "old");
        check_fault(calls[i], 0, ENOMEM, LEDE_STATUS_NO_MEMORY, "old");
    }
    for (size_t i = 0; i < 4; i++) {
        check_fault(calls[i], 0, EINTR, LEDE_STATUS_OK, "new and longer");
    }
    fault.trickle = true;
    check_fault(CALL_WRITE, 2, ENOSPC, LEDE_STATUS_DISK_FULL, "old");
    // After the rename: opening and syncing the folder
    check_fault(CALL_OPEN, 1, EACCES, LEDE_STATUS_PERMISSION,
                "new and longer");
    check_fault(CALL_FSYNC, 1, EIO, LEDE_STATUS_IO, "new and longer");
    check_fault(CALL_FSYNC, 1, EINTR, LEDE_STATUS_OK, "new and longer");
    check_fault(CALL_FSYNC, 1, EINVAL, LEDE_STATUS_OK, "new and longer");
    fault.call = CALL_OPEN;
    fault.errnum = EEXIST;
    fault.times = INT_MAX;
    is_int(lede__file_replace("a", STR("x"), &err), LEDE_STATUS_IO,
           "no name is free");
    memset(&fault, 0, sizeof(fault));
    unlink("a");
}

static const char *
link_target(const char *path)
{
    static char target[100];
    ssize_t n = readlink(path, target, sizeof(target) - 1);

    target[n > 0 ? n : 0] = '\0';
    return target;
}

static void
test_link(void)
{
    is_int(lede__file_replace_link("l", "one", &err), LEDE_STATUS_OK, "new");
    is_str(link_target("l"), "one", "target");
    is_int(lede__file_replace_link("l", "two", &err), LEDE_STATUS_OK, "again");
    is_str(link_target("l"), "two", "new target");
    fault.call = CALL_RENAME;
    fault.errnum = ENOSPC;
    fault.times = 1;
    is_int(lede__file_replace_link("l", "three", &err),
           LEDE_STATUS_DISK_FULL, "a full disk");
    is_str(link_target("l"), "two", "the target is kept");
    fault.call = CALL_SYMLINK;
    fault.errnum = EACCES;
    fault.times = 1;
    is_int(lede__file_replace_link("l", "three", &err),
           LEDE_STATUS_PERMISSION, "not allowed");
    is_int(count_entries("."), 1, "nothing is left beside it");
    fault.errnum = EEXIST;
    fault.times = 3;
    is_int(lede__file_replace_link("l", "three", &err), LEDE_STATUS_OK,
           "names that are taken");
    is_str(link_target("l"), "three", "target");
    fault.times = INT_MAX;
    is_int(lede__file_replace_link("l", "x", &err), LEDE_STATUS_IO,
           "no name is free");
    memset(&fault, 0, sizeof(fault));
    unlink("l");
}

/* ---- descriptors ---- */

static void
test_descriptors(void)
{
    unsigned before = count_descriptors();
    struct buf buf = BUF_INIT(100);
    int fd = -1;

    is_int(lede__file_temporary(&fd, ".", &err), LEDE_STATUS_OK, "temporary");
    is_int(count_entries("."), 0, "it has no name");
    fault.trickle = true;
    is_int(lede__file_append(fd, "0123456789", 10, "spool", &err),
           LEDE_STATUS_OK, "append");
    is_int(lede__file_append(fd, "abc", 3, "spool", &err), LEDE_STATUS_OK,
           "and again");
    memset(&fault, 0, sizeof(fault));
    is_int(lede__file_read_at(&buf, fd, 8, 4, "spool", &err), LEDE_STATUS_OK,
           "read");
    is_str(buf.p, "89ab", "what was written");
    is_int(lede__file_read_at(&buf, fd, 8, 6, "spool", &err), LEDE_STATUS_IO,
           "beyond the end");
    fault.call = CALL_WRITE;
    fault.errnum = ENOSPC;
    fault.times = 1;
    is_int(lede__file_append(fd, "x", 1, "spool", &err),
           LEDE_STATUS_DISK_FULL, "a full disk");
    memset(&fault, 0, sizeof(fault));
    lede__file_close(fd);
    lede__file_close(-1);
    is_int(lede__file_open(&fd, "none", &err), LEDE_STATUS_NOT_FOUND,
           "open no file");
    is_int(lede__file_temporary(&fd, "none", &err), LEDE_STATUS_NOT_FOUND,
           "temporary in no folder");
    is_int(count_descriptors(), before, "every descriptor is closed");
    lede__buf_free(&buf);
}

/* Files that are made once and mapped. */
static void
test_write_and_map(void)
{
    unsigned before = count_descriptors();
    const uint8_t *map = NULL;
    size_t size = 7;
    int fd = -1;

    is_int(lede__file_create(&fd, "new", &err), LEDE_STATUS_OK, "create");
    is_int(lede__file_append(fd, "12345", 5, "new", &err), LEDE_STATUS_OK,
           "append");
    is_int(lede__file_sync(fd, "new", &err), LEDE_STATUS_OK, "sync");
    fault.call = CALL_FSYNC;
    fault.errnum = EIO;
    fault.times = 1;
    is_int(lede__file_sync(fd, "new", &err), LEDE_STATUS_IO, "a bad disk");
    memset(&fault, 0, sizeof(fault));
    lede__file_close(fd);
    is_int(lede__file_create(&fd, "new", &err), LEDE_STATUS_IO,
           "create what is there");
    is_int(lede__file_map(&map, &size, "new", &err), LEDE_STATUS_OK, "map");
    is_int(size, 5, "its size");
    lede__file_remove_tree("new", NULL);
    ok(memcmp(map, "12345", 5) == 0, "mapped, though it is removed");
    lede__file_unmap(map, size);
    is_int(lede__file_map(&map, &size, "new", &err), LEDE_STATUS_NOT_FOUND,
           "map no file");
    is_int(lede__file_map(&map, &size, ".", &err), LEDE_STATUS_IO,
           "map a folder");
    ok(map == NULL && size == 0, "gives nothing");
    lede__file_unmap(NULL, 0);

    is_int(lede__file_write("w", STR("longer"), &err), LEDE_STATUS_OK,
           "write");
    is_int(lede__file_write("w", STR("abc"), &err), LEDE_STATUS_OK,
           "overwrite");
    is_str(content("w"), "abc", "what was written");
    is_int(lede__file_write("w", STR(""), &err), LEDE_STATUS_OK,
           "write nothing");
    is_int(lede__file_map(&map, &size, "w", &err), LEDE_STATUS_OK,
           "map an empty file");
    ok(map == NULL && size == 0, "gives nothing");
    for (enum call call = CALL_WRITE; call <= CALL_CLOSE; call++) {
        fault.call = call;
        fault.errnum = ENOSPC;
        fault.times = 1;
        is_int(lede__file_write("w", STR("x"), &err), LEDE_STATUS_DISK_FULL,
               "a full disk");
        memset(&fault, 0, sizeof(fault));
        is_int(count_entries("."), 0, "nothing is left");
    }
    is_int(lede__file_write("none/w", STR("x"), &err), LEDE_STATUS_NOT_FOUND,
           "write in no folder");
    is_int(count_descriptors(), before, "every descriptor is closed");
}

/* ---- folders ---- */

static void
test_make_dir(void)
{
    is_int(lede__file_make_dir("d", &err), LEDE_STATUS_OK, "make");
    is_int(lede__file_make_dir("d", &err), LEDE_STATUS_OK, "there already");
    is_int(lede__file_make_dir("d/e/", &err), LEDE_STATUS_OK, "in a folder");
    is_int(lede__file_make_dir("none/d", &err), LEDE_STATUS_NOT_FOUND,
           "without its parent");
    is_int(lede__file_make_dir("/", &err), LEDE_STATUS_OK, "the root");
    lede__file_replace("f", STR(""), NULL);
    is_int(lede__file_make_dir("f", &err), LEDE_STATUS_NOT_FOUND,
           "a file is there");
    is_str(err.message, "f: cannot make the folder: Not a directory",
           "its message");
    fault.call = CALL_MKDIR;
    fault.errnum = ENOSPC;
    fault.times = 1;
    is_int(lede__file_make_dir("g", &err), LEDE_STATUS_DISK_FULL,
           "a full disk");
    fault.call = CALL_FSYNC;
    fault.errnum = EIO;
    fault.times = 1;
    is_int(lede__file_make_dir("g", &err), LEDE_STATUS_IO, "a bad disk");
    memset(&fault, 0, sizeof(fault));
    is_int(lede__file_sync_dir("none", &err), LEDE_STATUS_NOT_FOUND,
           "sync no folder");
    is_int(lede__file_sync_dir("f", &err), LEDE_STATUS_NOT_FOUND,
           "sync a file");
    lede__file_remove_tree("d", NULL);
    lede__file_remove_tree("f", NULL);
    lede__file_remove_tree("g", NULL);
    is_int(count_entries("."), 0, "all is removed");
}

/* Make `depth` folders, one in the other, from `name` on. */
static void
make_deep(const char *name, int depth)
{
    char path[1000];
    int len = snprintf(path, sizeof(path), "%s", name);

    for (int i = 0; i < depth; i++) {
        mkdir(path, 0777);
        len += snprintf(path + len, sizeof(path) - (size_t)len, "/d");
    }
}

static void
test_tree(void)
{
    uint64_t bytes = 7;

    mkdir("keep", 0777);
    lede__file_replace("keep/me", STR("12345"), NULL);
    mkdir("t", 0777);
    mkdir("t/u", 0777);
    lede__file_replace("t/a", STR("123"), NULL);
    lede__file_replace("t/u/b", STR("4567"), NULL);
    lede__file_replace("t/u/.c", STR("8"), NULL);
    symlink("../keep", "t/link");
    symlink("t", "circle");

    is_int(lede__file_size_tree("t", &bytes, &err), LEDE_STATUS_OK, "size");
    is_int(bytes, 8, "of what is in it, links not followed");
    is_int(lede__file_size_tree("t/a", &bytes, &err), LEDE_STATUS_OK, "size");
    is_int(bytes, 3, "of a file");
    is_int(lede__file_size_tree("none", &bytes, &err), LEDE_STATUS_NOT_FOUND,
           "size of nothing");
    is_int(bytes, 0, "is 0");

    is_int(lede__file_remove_tree("circle", &err), LEDE_STATUS_OK,
           "remove a link");
    is_str(content("t/a"), "123", "what it led to is left");
    is_int(lede__file_remove_tree("t", &err), LEDE_STATUS_OK, "remove");
    ok(access("t", F_OK) < 0, "it is gone");
    is_str(content("keep/me"), "12345", "what a link led to is not");
    is_int(lede__file_remove_tree("t", &err), LEDE_STATUS_OK, "remove again");
    is_int(lede__file_remove_tree("keep/me", &err), LEDE_STATUS_OK,
           "remove a file");
    is_int(lede__file_remove_tree("keep", &err), LEDE_STATUS_OK,
           "remove an empty folder");

    unsigned before = count_descriptors();
    make_deep("deep", 65);
    is_int(lede__file_size_tree("deep", &bytes, &err), LEDE_STATUS_LIMIT,
           "65 folders deep");
    ok(strstr(err.message, "more than 64 folders deep") != NULL,
       "says: %s", err.message);
    is_int(lede__file_remove_tree("deep", &err), LEDE_STATUS_LIMIT,
           "not removed either");
    is_int(lede__file_remove_tree("deep/d", &err), LEDE_STATUS_OK,
           "64 folders deep");
    is_int(lede__file_remove_tree("deep", &err), LEDE_STATUS_OK, "the rest");
    is_int(count_descriptors(), before, "every descriptor is closed");
    is_int(count_entries("."), 0, "nothing is left");
}

/* ---- paths ---- */

static void
test_path(void)
{
    static const char *const joined[][3] = {
        { "a", "b", "a/b" }, { "a/", "b", "a/b" }, { "", "b", "b" },
        { "a", "/b", "/b" }, { "/", "b", "/b" }, { "a", "", "a/" },
        { "", "", "" }, { "a/b", "c/d", "a/b/c/d" },
    };
    static const char *const absolute[][2] = {
        { "/", "/" }, { "//", "/" }, { "/a", "/a" }, { "/a/", "/a" },
        { "/a//b///c", "/a/b/c" }, { "/a/./b/.", "/a/b" },
        { "/a/../b", "/b" }, { "/a/b/../../c", "/c" }, { "/..", "/" },
        { "/../../a", "/a" }, { "/a/..", "/" }, { "/a/b/..", "/a" },
        { "/...", "/..." }, { "/.a", "/.a" }, { "/a.", "/a." },
        { "/..a/b..", "/..a/b.." }, { "/a/...", "/a/..." }, { "/.", "/" },
    };
    char *here = getcwd(NULL, 0);
    char want[PATH_MAX];
    char *path;

    for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++) {
        path = lede__path_join(joined[i][0], joined[i][1]);
        is_str(path, joined[i][2], "\"%s\" and \"%s\"", joined[i][0],
               joined[i][1]);
        free(path);
    }
    for (size_t i = 0; i < sizeof(absolute) / sizeof(absolute[0]); i++) {
        lede__path_absolute(&path, absolute[i][0], &err);
        is_str(path, absolute[i][1], "absolute: %s", absolute[i][0]);
        free(path);
    }
    lede__path_absolute(&path, "x/../y", &err);
    snprintf(want, sizeof(want), "%s/y", here);
    is_str(path, want, "relative");
    free(path);
    lede__path_absolute(&path, ".", &err);
    is_str(path, here, "this folder");
    free(path);
    is_int(lede__path_absolute(&path, "", &err), LEDE_STATUS_USAGE, "empty");
    ok(path == NULL, "gives no path");
    mkdir("gone", 0777);
    if (chdir("gone") == 0 && rmdir("../gone") == 0) {
        is_int(lede__path_absolute(&path, "x", &err), LEDE_STATUS_NOT_FOUND,
               "in a folder that is gone");
    }
    ok(chdir(here) == 0, "back again");
    free(here);
}

/* ---- the lock ---- */

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A process that holds the lock for `ms`, once this one returns. */
static pid_t
hold(unsigned ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000L };
    int ends[2];
    char ready;

    if (pipe(ends) < 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        struct file_lock *lock;
        ready = lede__lock_acquire(&lock, "lock", 0, NULL) == LEDE_STATUS_OK;
        if (write(ends[1], &ready, 1) == 1 && ready) {
            nanosleep(&time, NULL);
            lede__lock_release(lock);
        }
        _exit(0);
    }
    ok(read(ends[0], &ready, 1) == 1 && ready, "another process has it");
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void
test_lock(void)
{
    struct file_lock *lock = NULL;
    struct file_lock *second = NULL;
    unsigned before = count_descriptors();
    char want[200];

    is_int(lede__lock_acquire(&lock, "lock", 0, &err), LEDE_STATUS_OK, "lock");
    snprintf(want, sizeof(want), "%ld", (long)getpid());
    is_str(content("lock"), want, "the file holds the process's id");
    is_int(lede__lock_acquire(&second, "lock", 0, &err), LEDE_STATUS_LOCKED,
           "not twice");
    ok(second == NULL, "gives no lock");
    snprintf(want, sizeof(want), "lock: locked by process %ld; wait for it "
             "with --wait or stop it", (long)getpid());
    is_str(err.message, want, "and says who has it");
    is_str(err.file, "lock", "and of which file");

    // A program started meanwhile does not inherit it
    pid_t child = fork();
    if (child == 0) {
        execlp("sleep", "sleep", "30", (char *)NULL);
        _exit(127);
    }
    lede__lock_release(lock);
    is_int(lede__lock_acquire(&lock, "lock", 5000, &err), LEDE_STATUS_OK,
           "released, though a program runs on");
    lede__lock_release(lock);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ok(access("lock", F_OK) == 0, "the file stays");

    child = hold(10000);
    int64_t start = now_ms();
    is_int(lede__lock_acquire(&lock, "lock", 250, &err), LEDE_STATUS_LOCKED,
           "waiting in vain");
    int64_t waited = now_ms() - start;
    ok(waited >= 250 && waited < 5000, "took %lld ms", (long long)waited);
    snprintf(want, sizeof(want), "process %ld;", (long)child);
    ok(strstr(err.message, want) != NULL, "the right process");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    is_int(lede__lock_acquire(&lock, "lock", 0, &err), LEDE_STATUS_OK,
           "a killed process holds nothing");
    lede__lock_release(lock);

    child = hold(200);
    is_int(lede__lock_acquire(&lock, "lock", 10000, &err), LEDE_STATUS_OK,
           "waiting until it is released");
    lede__lock_release(lock);
    waitpid(child, NULL, 0);

    // The holder has not written its id, or something else is there
    int fd = open("lock", O_RDWR | O_TRUNC);
    lede__lock_acquire(&lock, "lock", 0, NULL);
    is_int(ftruncate(fd, 0), 0, "no id");
    lede__lock_acquire(&second, "lock", 0, &err);
    is_str(err.message, "lock: locked by another process; wait for it with "
           "--wait or stop it", "is no id");
    is_int(write(fd, "12x", 3), 3, "no number");
    lede__lock_acquire(&second, "lock", 0, &err);
    ok(strstr(err.message, "another process") != NULL, "is no id either");
    close(fd);
    lede__lock_release(lock);
    lede__lock_release(NULL);

    // Whoever waits for a file that is removed gets the new one of the name
    int ends[2];
    char go = 1;
    ok(pipe(ends) == 0, "a pipe");
    child = fork();
    if (child == 0) {
        _exit(read(ends[0], &go, 1) == 1
              ? (int)lede__lock_acquire(&second, "lock", 10000, NULL) : 1);
    }
    lede__lock_acquire(&lock, "lock", 0, NULL);
    is_int(write(ends[1], &go, 1), 1, "another process waits");
    close(ends[0]);
    close(ends[1]);
    nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
    lede__lock_remove(lock, "lock");
    int result = -1;
    waitpid(child, &result, 0);
    is_int(result, 0, "waiting for a lock whose file is removed");
    ok(access("lock", F_OK) == 0, "the one who waited has a new file");
    lede__lock_remove(NULL, "lock");
    ok(access("lock", F_OK) == 0, "without a lock nothing is removed");

    is_int(lede__lock_acquire(&lock, "none/lock", 0, &err),
           LEDE_STATUS_NOT_FOUND, "no folder");
    fault.call = CALL_OPEN;
    fault.errnum = EROFS;
    fault.times = 1;
    is_int(lede__lock_acquire(&lock, "lock", 0, &err),
           LEDE_STATUS_PERMISSION, "not writable");
    memset(&fault, 0, sizeof(fault));
    is_int(count_descriptors(), before, "every descriptor is closed");
    unlink("lock");
}

int
main(void)
{
    char folder[] = "/tmp/lede-file-XXXXXX";

    if (mkdtemp(folder) == NULL || chdir(folder) < 0) {
        return EXIT_FAILURE;
    }
    test_read();
    test_replace();
    test_faults();
    test_link();
    test_descriptors();
    test_write_and_map();
    test_make_dir();
    test_tree();
    test_path();
    test_lock();
    is_int(count_entries("."), 0, "nothing is left");
    if (chdir("/") == 0) {
        rmdir(folder);
    }
    content("/");               // frees its buffer
    return done();
}
