/* tree.c - removing and measuring a folder with all that is in it.

   Every step down is taken from the open folder above and never through a
   link, so that a name exchanged for a link meanwhile leads nowhere else.
   What vanishes meanwhile is as good as removed, and takes no bytes. */

#include "shared/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* How deep a folder may be: each level holds a descriptor open, and an index
   has three. */
#define TREE_DEPTH_MAX 64

enum tree_task { TREE_REMOVE, TREE_MEASURE };

struct tree {
    enum tree_task task;
    uint64_t bytes;             // of the regular files so far
    struct buf path;            // of what is being visited, for messages
    unsigned depth;
};

static lede_status
visit(struct tree *tree, int at, const char *name, lede_error *err);

/* Visit what is in the folder `name`. */
static lede_status
visit_children(struct tree *tree, int at, const char *name, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t len = tree->path.len;
    struct dirent *entry;
    DIR *dir = NULL;
    int fd = openat(at, name,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return errno == ENOENT
            ? LEDE_STATUS_OK
            : lede__fail_errno(err, errno, tree->path.p, "cannot open");
    }
    dir = fdopendir(fd);
    if (dir == NULL) {
        status = lede__fail_errno(err, errno, tree->path.p, "cannot open");
        close(fd);
        return status;
    }
    if (++tree->depth > TREE_DEPTH_MAX) {
        status = lede__fail_at(err, LEDE_STATUS_LIMIT, tree->path.p, 0, 0,
                               "more than %d folders deep", TREE_DEPTH_MAX);
        goto out;
    }
    while (errno = 0, (entry = readdir(dir)) != NULL) {
        const char *child = entry->d_name;
        if (strcmp(child, ".") == 0 || strcmp(child, "..") == 0) {
            continue;
        }
        status = lede__buf_addf(&tree->path, err, "/%s", child);
        if (status != LEDE_STATUS_OK) {
            goto out;
        }
        status = visit(tree, dirfd(dir), child, err);
        tree->path.len = len;
        tree->path.p[len] = '\0';
        if (status != LEDE_STATUS_OK) {
            goto out;
        }
    }
    if (errno != 0) {
        status = lede__fail_errno(err, errno, tree->path.p, "cannot read");
    }
out:
    tree->depth--;
    closedir(dir);
    return status;
}

static lede_status
visit(struct tree *tree, int at, const char *name, lede_error *err)
{
    struct stat st;

    if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        return errno == ENOENT
            ? LEDE_STATUS_OK
            : lede__fail_errno(err, errno, tree->path.p, "cannot open");
    }
    if (S_ISDIR(st.st_mode)) {
        lede_status status = visit_children(tree, at, name, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    } else if (S_ISREG(st.st_mode) && st.st_size > 0) {
        tree->bytes += (uint64_t)st.st_size;
    }
    if (tree->task == TREE_REMOVE
        && unlinkat(at, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) < 0
        && errno != ENOENT) {
        return lede__fail_errno(err, errno, tree->path.p, "cannot remove");
    }
    return LEDE_STATUS_OK;
}

static lede_status
visit_top(struct tree *tree, const char *path, lede_error *err)
{
    lede_status status = lede__buf_str(&tree->path, str_from(path), err);

    if (status == LEDE_STATUS_OK) {
        status = visit(tree, AT_FDCWD, path, err);
    }
    lede__buf_free(&tree->path);
    return status;
}

lede_status
lede__file_remove_tree(const char *path, lede_error *err)
{
    struct tree tree = { TREE_REMOVE, 0, BUF_INIT(BUF_MAX_ANY), 0 };

    return visit_top(&tree, path, err);
}

lede_status
lede__file_size_tree(const char *path, uint64_t *bytes, lede_error *err)
{
    struct tree tree = { TREE_MEASURE, 0, BUF_INIT(BUF_MAX_ANY), 0 };
    struct stat st;
    lede_status status;

    *bytes = 0;
    if (lstat(path, &st) < 0) {
        return lede__fail_errno(err, errno, path, "cannot open");
    }
    status = visit_top(&tree, path, err);
    if (status == LEDE_STATUS_OK) {
        *bytes = tree.bytes;
    }
    return status;
}
