/* paths.c - between the paths that a user gives and the ids of articles.

   An id's path is relative to the folder that holds the index, so that moving
   both together changes no id.  Links in the folders of a path are resolved,
   so that one file has one id however it is reached; a link as its last part
   keeps its own name. */

#include <errno.h>
#include <stdlib.h>

#include "indexer/writer.h"

lede_status
lede__path_resolve(char **out, const char *path, lede_error *err)
{
    char *absolute = NULL;
    char *folder = NULL;
    char *real = NULL;
    const char *slash = NULL;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    status = lede__path_absolute(&absolute, path, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    slash = strrchr(absolute, '/');
    if (slash == NULL || slash[1] == '\0') {
        *out = absolute;
        return LEDE_STATUS_OK;
    }
    folder = strndup(absolute, slash == absolute
                                   ? 1 : (size_t)(slash - absolute));
    if (folder == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    real = realpath(folder, NULL);
    if (real == NULL) {
        /* A missing folder: the opening of the path will say so. */
        *out = absolute;
        absolute = NULL;
        goto out;
    }
    *out = lede__path_join(real, slash + 1);
    if (*out == NULL) {
        status = lede__fail_memory(err);
    }

out:
    free(absolute);
    free(folder);
    free(real);
    return status;
}

struct str
lede__path_to_id(const lede_writer *writer, const char *absolute)
{
    size_t n = strlen(writer->folder);

    if (strcmp(writer->folder, "/") == 0) {
        return absolute[1] == '\0' ? STR(".") : str_from(absolute + 1);
    }
    if (strncmp(absolute, writer->folder, n) != 0) {
        return str_from(absolute);
    }
    if (absolute[n] == '\0') {
        return STR(".");
    }
    return absolute[n] == '/' ? str_from(absolute + n + 1)
                              : str_from(absolute);
}

char *
lede__path_of_id(const lede_writer *writer, struct str id)
{
    char *name = strndup(id.p, id.len);
    char *path = NULL;

    if (name == NULL) {
        return NULL;
    }
    path = strcmp(name, ".") == 0 ? strdup(writer->folder)
                                  : lede__path_join(writer->folder, name);
    free(name);
    return path;
}

bool
lede__path_is_below(struct str path, struct str root)
{
    if (str_eq(root, STR("."))) {
        return path.len > 0 && path.p[0] != '/';
    }
    if (path.len < root.len || memcmp(path.p, root.p, root.len) != 0) {
        return false;
    }
    return path.len == root.len || path.p[root.len] == '/' ||
           (root.len > 0 && root.p[root.len - 1] == '/');
}
