/* path.c - joining paths, and making them absolute by their letters alone. */

#include "shared/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *
lede__path_join(const char *dir, const char *name)
{
    size_t len = strlen(dir);
    bool alone = len == 0 || name[0] == '/';
    const char *slash = alone || dir[len - 1] == '/' ? "" : "/";
    size_t size = (alone ? 0 : len + strlen(slash)) + strlen(name) + 1;
    char *path = malloc(size);

    if (path != NULL) {
        snprintf(path, size, "%s%s%s", alone ? "" : dir, slash, name);
    }
    return path;
}

/* Rewrite an absolute path in place without empty parts, `.` and `..`. */
static void
clean(char *path)
{
    const char *from = path;
    char *to = path;            // what is before it is clean, no "/" at its end

    while (*from != '\0') {
        while (*from == '/') {
            from++;
        }
        size_t len = strcspn(from, "/");
        if (len == 2 && from[0] == '.' && from[1] == '.') {
            while (to > path && *--to != '/') {
                continue;
            }
        } else if (len > 0 && !(len == 1 && from[0] == '.')) {
            *to++ = '/';
            memmove(to, from, len);
            to += len;
        }
        from += len;
    }
    if (to == path) {
        *to++ = '/';
    }
    *to = '\0';
}

lede_status
lede__path_absolute(char **out, const char *path, lede_error *err)
{
    char *here = NULL;
    char *joined = NULL;

    *out = NULL;
    if (path[0] == '\0') {
        return lede__fail(err, LEDE_STATUS_USAGE, "an empty path");
    }
    if (path[0] != '/') {
        here = getcwd(NULL, 0);
        if (here == NULL) {
            return lede__fail_errno(err, errno, ".", "cannot be found");
        }
    }
    joined = lede__path_join(here == NULL ? "" : here, path);
    free(here);
    if (joined == NULL) {
        return lede__fail_memory(err);
    }
    clean(joined);
    *out = joined;
    return LEDE_STATUS_OK;
}
