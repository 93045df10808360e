/* generation.c - where the database of an index lies; see generation.h. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shared/base/file.h"
#include "shared/xapian/generation.h"

#define LINK_NAME "xapian"
#define GENERATION_PREFIX "xapian."

/* The N of "xapian.N", or 0. */
static unsigned
generation_of(const char *name)
{
    size_t prefix = strlen(GENERATION_PREFIX);
    unsigned long value = 0;

    if (strncmp(name, GENERATION_PREFIX, prefix) != 0) {
        return 0;
    }
    for (const char *p = name + prefix; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || value > 100000000) {
            return 0;
        }
        value = value * 10 + (unsigned long)(*p - '0');
    }
    return (unsigned)value;
}

lede_status
lede__generation_current(unsigned *generation, const char *index,
                         lede_error *err)
{
    char target[64];
    char *path = lede__path_join(index, LINK_NAME);
    lede_status status = LEDE_STATUS_OK;
    ssize_t n = 0;

    *generation = 0;
    if (path == NULL) {
        return lede__fail_memory(err);
    }
    n = readlink(path, target, sizeof target - 1);
    if (n < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        status = lede__fail(err, LEDE_STATUS_NOT_FOUND,
                            "%s: no index here; make one with lede index",
                            index);
    } else if (n < 0 && errno != EINVAL) {
        status = lede__fail_errno(err, errno, path, "reading the link");
    } else {
        target[n < 0 ? 0 : n] = '\0';
        *generation = generation_of(target);
        if (*generation == 0) {
            status = lede__fail(err, LEDE_STATUS_CORRUPT,
                                "%s: not a link to a generation of the index; "
                                "remove the index and make it anew", path);
        }
    }
    free(path);
    return status;
}

char *
lede__generation_path(const char *index, unsigned generation)
{
    char name[32];

    snprintf(name, sizeof name, GENERATION_PREFIX "%u", generation);
    return lede__path_join(index, name);
}

lede_status
lede__generation_publish(const char *index, unsigned generation,
                         lede_error *err)
{
    char target[32];
    char *path = lede__path_join(index, LINK_NAME);
    lede_status status = LEDE_STATUS_OK;

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    snprintf(target, sizeof target, GENERATION_PREFIX "%u", generation);
    status = lede__file_replace_link(path, target, err);
    free(path);
    return status;
}

lede_status
lede__generation_clean(const char *index, unsigned keep, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    const struct dirent *entry = NULL;
    DIR *dir = opendir(index);

    if (dir == NULL) {
        return lede__fail_errno(err, errno, index, "reading the folder");
    }
    while (status == LEDE_STATUS_OK && (entry = readdir(dir)) != NULL) {
        unsigned generation = generation_of(entry->d_name);
        char *path = NULL;

        if (generation == 0 || generation == keep) {
            continue;
        }
        path = lede__generation_path(index, generation);
        status = path == NULL ? lede__fail_memory(err)
                              : lede__file_remove_tree(path, err);
        free(path);
    }
    closedir(dir);
    return status;
}
