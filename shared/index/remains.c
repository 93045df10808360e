/* remains.c - a folder that is no index: is it one yet, or one no more?  See
   remains.h. */

#include "shared/index/remains.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "shared/base/file.h"

#define UNFINISHED "unfinished"

/* Does the name begin with a number behind `prefix`, and end so? */
static bool
is_numbered(const char *name, const char *prefix, const char *end)
{
    size_t n = strlen(prefix);
    size_t digits = 0;

    if (strncmp(name, prefix, n) != 0) {
        return false;
    }
    digits = strspn(name + n, "0123456789");
    return digits > 0 && strcmp(name + n + digits, end) == 0;
}

/* Has the folder an entry of such a name?  A folder that is not there has
   none. */
static lede_status
has_numbered(const char *folder, const char *prefix, const char *end,
             bool *has, lede_error *err)
{
    const struct dirent *entry = NULL;
    DIR *dir = opendir(folder);

    *has = false;
    if (dir == NULL) {
        return errno == ENOENT || errno == ENOTDIR
                   ? LEDE_STATUS_OK
                   : lede__fail_errno(err, errno, folder,
                                      "reading the folder");
    }
    while (!*has && (entry = readdir(dir)) != NULL) {
        *has = is_numbered(entry->d_name, prefix, end);
    }
    closedir(dir);
    return LEDE_STATUS_OK;
}

lede_status
lede__index_remains(const char *index, bool *link, lede_error *err)
{
    char *mark = lede__path_join(index, UNFINISHED);
    char *folder = lede__path_join(index, "native");
    lede_status status = LEDE_STATUS_OK;
    struct stat st;
    bool has = false;

    *link = false;
    if (mark == NULL || folder == NULL) {
        status = lede__fail_memory(err);
    } else if (lstat(mark, &st) != 0) {
        status = has_numbered(folder, "", ".segment", &has, err);
        if (status == LEDE_STATUS_OK && has) {
            status = lede__fail(err, LEDE_STATUS_CORRUPT,
                                "%s/manifest: missing, though the segments "
                                "that it names are there; restore it or the "
                                "index from a copy, or build it anew with "
                                "lede index --rebuild", folder);
        }
        if (status == LEDE_STATUS_OK) {
            status = has_numbered(index, "xapian.", "", &has, err);
            *link = has;
        }
        if (status == LEDE_STATUS_OK && has) {
            status = lede__fail(err, LEDE_STATUS_CORRUPT,
                                "%s/xapian: missing, the link to one of the "
                                "folders xapian.N beside it; make it again "
                                "with ln -s, or restore the index from a "
                                "copy", index);
        }
    }
    free(mark);
    free(folder);
    return status;
}

lede_status
lede__index_begin(const char *index, lede_error *err)
{
    char *mark = lede__path_join(index, UNFINISHED);
    lede_status status = mark == NULL
        ? lede__fail_memory(err)
        : lede__file_replace(mark, STR("A new index is being made here.\n"),
                             err);

    free(mark);
    return status;
}

void
lede__index_began(const char *index)
{
    char *mark = lede__path_join(index, UNFINISHED);

    // Where it stays, the next writer removes it.
    if (mark != NULL) {
        unlink(mark);
    }
    free(mark);
}
