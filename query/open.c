/* open.c - finding and opening an index. */

#include <stdlib.h>
#include <sys/stat.h>

#include "query/handle.h"
#include "shared/base/file.h"

lede_status
lede_index_open(lede_index **out, const char *path, lede_error *error)
{
    struct searcher *searcher = NULL;
    lede_status status = lede__searcher_open(&searcher, path, error);

    *out = NULL;
    if (status != LEDE_STATUS_OK) {
        return status == LEDE__STATUS_CHANGED
               ? lede__fail(error, LEDE_STATUS_ENGINE,
                            "%s: changes faster than it can be opened", path)
               : status;
    }
    return lede__index_new(out, searcher, error);
}

/* Cut the last component off; false at the root. */
static bool
to_parent(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash == NULL || path[1] == '\0') {
        return false;
    }
    if (slash == path) {
        slash++;
    }
    *slash = '\0';
    return true;
}

lede_status
lede_index_locate(char **out, const char *folder, lede_error *error)
{
    char *path = NULL;
    char *found;
    struct stat st;
    lede_status status = lede__path_absolute(&path, folder, error);

    *out = NULL;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    do {
        found = lede__path_join(path, ".lede");
        if (found == NULL) {
            free(path);
            return lede__fail_memory(error);
        }
        if (stat(found, &st) == 0 && S_ISDIR(st.st_mode)) {
            free(path);
            *out = found;
            return LEDE_STATUS_OK;
        }
        free(found);
    } while (to_parent(path));
    free(path);
    return lede__fail(error, LEDE_STATUS_NOT_FOUND,
                      "%s: no index here or in a parent folder; "
                      "make one with lede index", folder);
}

