/* faults.h - a disk that fails: the calls that write, sync, rename and link,
   for one file of a program to include.  It says before when they fail:

     static bool
     fails(void);       // counts a call; true, with errno, where it is to fail

   No call on the three standard descriptors is touched. */

#ifndef LEDE_TESTS_FAULTS_H
#define LEDE_TESTS_FAULTS_H

#include <dlfcn.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* The call itself, as `next`. */
#define NEXT(name) \
    __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#pragma GCC visibility push(default)

ssize_t
write(int fd, const void *bytes, size_t n)
{
    NEXT(write);

    return fd > 2 && fails() ? -1 : next(fd, bytes, n);
}

ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    NEXT(pwrite);

    return fails() ? -1 : next(fd, bytes, n, at);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    NEXT(pwrite64);

    return fails() ? -1 : next(fd, bytes, n, at);
}

int
fsync(int fd)
{
    NEXT(fsync);

    return fails() ? -1 : next(fd);
}

int
fdatasync(int fd)
{
    NEXT(fdatasync);

    return fails() ? -1 : next(fd);
}

int
rename(const char *from, const char *to)
{
    NEXT(rename);

    return fails() ? -1 : next(from, to);
}

int
symlink(const char *target, const char *path)
{
    NEXT(symlink);

    return fails() ? -1 : next(target, path);
}

#pragma GCC visibility pop

#endif
