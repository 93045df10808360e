/* walk.c - a folder -> the paths of the files in it, in bytewise order.

   Each folder is read whole and sorted with "/" after the names of folders, so
   that the paths come out in the order of their bytes ("a-b" < "a/b" < "a.c"
   is not the order of the names).

   Links.  A link is followed where its target lies inside the root, by the
   target's real path.  A link to a folder that the walk is in would be a
   circle.  Links that name each other's folders could still multiply the
   paths without end; so a folder is entered through links once, besides by
   its own path. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "corpus/ignore.h"
#include "corpus/reader.h"
#include "shared/base/file.h"

/* Folders inside one another.  Paths of this depth are at their length limit
   (PATH_MAX) in practice; deeper ones can only be made on purpose. */
#define WALK_DEPTH_MAX 512

struct entry {
    char *name;
    struct stat st;             // of the target, for a link
    bool folder;
    bool link;
};

/* A folder that the walk is in, and its ignore file. */
struct level {
    const struct level *parent;
    dev_t dev;
    ino_t ino;
    size_t path_len;            // of the path, with the slash after it
    struct ignore ignore;
};

struct walk {
    const struct walk_callbacks *callbacks;
    struct buf path;            // where the walk is
    char *real_root;            // without links
    struct map by_link;         // folders entered by a link
    struct stat *skip;
    size_t n_skip;
};

static lede_status
walk_folder(struct walk *w, const struct level *parent, const struct stat *st,
            size_t depth, lede_error *err);

static void
cut_path(struct walk *w, size_t len)
{
    w->path.len = len;
    w->path.p[len] = '\0';
}

/* Tell that w->path could not be read; the walk goes on. */
static lede_status
failed(struct walk *w, const lede_error *why, lede_error *err)
{
    return w->callbacks->failed == NULL
               ? LEDE_STATUS_OK
               : w->callbacks->failed(w->callbacks->payload, w->path.p, why,
                                      err);
}

/* A folder's path has a slash at its end while it is read, but not in what is
   told about it. */
static void
drop_slash(struct walk *w)
{
    if (w->path.len > 1 && w->path.p[w->path.len - 1] == '/') {
        cut_path(w, w->path.len - 1);
    }
}

static lede_status
failed_errno(struct walk *w, int errnum, const char *action, lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;

    if (lede__fail_errno(&why, errnum, w->path.p, action)
        == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    return failed(w, &why, err);
}

/* ---- links ---- */

/* Whether a link's target may be followed. */
static lede_status
may_follow(struct walk *w, const struct level *in, const struct entry *entry,
           bool *yes, lede_error *err)
{
    size_t root = strlen(w->real_root);
    char *target = realpath(w->path.p, NULL);
    struct { dev_t dev; ino_t ino; } folder = { entry->st.st_dev,
                                                entry->st.st_ino };
    bool added;

    *yes = false;
    if (target == NULL) {
        return errno == ENOMEM ? lede__fail_memory(err)
                               : failed_errno(w, errno, "following", err);
    }
    bool inside = strncmp(target, w->real_root, root) == 0
                  && (target[root] == '/' || root == 1);
    free(target);
    if (!inside) {
        return LEDE_STATUS_OK;
    }
    if (!entry->folder) {
        *yes = true;
        return LEDE_STATUS_OK;
    }
    for (; in != NULL; in = in->parent) {
        if (in->dev == entry->st.st_dev && in->ino == entry->st.st_ino) {
            return LEDE_STATUS_OK;
        }
    }
    if (lede__map_put(&w->by_link, (struct str){ (const char *)&folder,
                                                 sizeof(folder) }, &added)
        == NULL) {
        return lede__fail_memory(err);
    }
    *yes = added;
    return LEDE_STATUS_OK;
}

/* ---- one folder ---- */

static bool
is_skipped(const struct walk *w, const struct stat *st)
{
    for (size_t i = 0; i < w->n_skip; i++) {
        if (w->skip[i].st_dev == st->st_dev
            && w->skip[i].st_ino == st->st_ino) {
            return true;
        }
    }
    return false;
}

/* Ask the ignore files from the innermost outwards. */
static bool
is_ignored(const struct walk *w, const struct level *level, bool folder)
{
    for (; level != NULL; level = level->parent) {
        struct str path = { w->path.p + level->path_len,
                            w->path.len - level->path_len };
        switch (lede__ignore_match(&level->ignore, path, folder)) {
        case IGNORE_YES:
            return true;
        case IGNORE_NO:
            return false;
        default:
            break;
        }
    }
    return false;
}

static lede_status
read_ignore(struct walk *w, struct ignore *ignore, struct arena *arena,
            lede_error *err)
{
    struct buf text = BUF_INIT(IGNORE_FILE_MAX);
    size_t len = w->path.len;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = lede__buf_str(&w->path, STR(LEDE_IGNORE_FILE), err);

    *ignore = (struct ignore){ NULL, 0 };
    if (status == LEDE_STATUS_OK) {
        lede_status result = lede__file_read(&text, w->path.p, &why);
        if (result == LEDE_STATUS_OK) {
            status = lede__ignore_parse(ignore, lede__buf_view(&text), arena,
                                        err);
        } else if (result == LEDE_STATUS_NO_MEMORY) {
            status = lede__fail_memory(err);
        } else if (result != LEDE_STATUS_NOT_FOUND) {
            status = failed(w, &why, err);
        }
    }
    lede__buf_free(&text);
    cut_path(w, len);
    return status;
}

static int
compare(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    const char *p = x->name;
    const char *q = y->name;

    while (*p != '\0' && *p == *q) {
        p++;
        q++;
    }
    int c = *p == '\0' && x->folder ? '/' : (unsigned char)*p;
    int d = *q == '\0' && y->folder ? '/' : (unsigned char)*q;
    return c - d;
}

static void
free_entries(struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(entries[i].name);
    }
    free(entries);
}

/* Take one name of a folder into the list; *used false for what is no article
   and no folder. */
static lede_status
make_entry(struct walk *w, struct entry *entry, const char *name, bool *used,
           lede_error *err)
{
    size_t len = w->path.len;
    lede_status status = lede__buf_str(&w->path, str_from(name), err);

    *used = false;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (lstat(w->path.p, &entry->st) != 0) {
        status = errno == ENOENT ? LEDE_STATUS_OK      // gone meanwhile
                                 : failed_errno(w, errno, "reading", err);
    } else {
        entry->link = S_ISLNK(entry->st.st_mode);
        *used = true;
        if (entry->link && stat(w->path.p, &entry->st) != 0) {
            *used = false;
            if (errno != ENOENT && errno != ELOOP) {
                status = failed_errno(w, errno, "following", err);
            }
        }
        entry->folder = S_ISDIR(entry->st.st_mode);
        *used = *used && (entry->folder || S_ISREG(entry->st.st_mode));
    }
    cut_path(w, len);
    if (*used) {
        entry->name = strdup(name);
        if (entry->name == NULL) {
            return lede__fail_memory(err);
        }
    }
    return status;
}

static lede_status
list_folder(struct walk *w, struct entry **out, size_t *count,
            lede_error *err)
{
    DIR *dir = opendir(w->path.p);
    lede_status status = LEDE_STATUS_OK;
    struct entry *entries = NULL;
    size_t cap = 0;
    size_t n = 0;

    *out = NULL;
    *count = 0;
    if (dir == NULL) {
        int reason = errno;
        drop_slash(w);
        return failed_errno(w, reason, "opening", err);
    }
    while (status == LEDE_STATUS_OK) {
        bool used;
        errno = 0;
        struct dirent *d = readdir(dir);
        if (d == NULL) {
            if (errno != 0) {
                status = failed_errno(w, errno, "reading", err);
            }
            break;
        }
        if (d->d_name[0] == '.') {
            continue;           // hidden, and "." and ".."
        }
        if (n == cap) {
            size_t grown = cap == 0 ? 32 : cap * 2;
            struct entry *more = grown > SIZE_MAX / sizeof(*more)
                                     ? NULL
                                     : realloc(entries,
                                               grown * sizeof(*more));
            if (more == NULL) {
                status = lede__fail_memory(err);
                break;
            }
            entries = more;
            cap = grown;
        }
        memset(&entries[n], 0, sizeof(entries[n]));
        status = make_entry(w, &entries[n], d->d_name, &used, err);
        n += used && entries[n].name != NULL;
    }
    closedir(dir);
    if (status != LEDE_STATUS_OK) {
        free_entries(entries, n);
        return status;
    }
    if (n > 0) {
        qsort(entries, n, sizeof(*entries), compare);
    }
    *out = entries;
    *count = n;
    return LEDE_STATUS_OK;
}

/* w->path is the entry's. */
static lede_status
visit(struct walk *w, const struct level *level, const struct entry *entry,
      size_t depth, lede_error *err)
{
    struct walk_file file = { w->path.p, &entry->st };
    lede_status status;
    bool follow = true;

    if (is_ignored(w, level, entry->folder)) {
        return LEDE_STATUS_OK;
    }
    if (entry->link) {
        status = may_follow(w, level, entry, &follow, err);
        if (status != LEDE_STATUS_OK || !follow) {
            return status;
        }
    }
    if (entry->folder) {
        return walk_folder(w, level, &entry->st, depth + 1, err);
    }
    return w->callbacks->file(w->callbacks->payload, &file, err);
}

static lede_status
walk_folder(struct walk *w, const struct level *parent, const struct stat *st,
            size_t depth, lede_error *err)
{
    struct level level = { .parent = parent, .dev = st->st_dev,
                           .ino = st->st_ino };
    struct arena arena = ARENA_INIT;
    struct entry *entries = NULL;
    size_t count = 0;
    size_t len = w->path.len;
    lede_status status;

    if (is_skipped(w, st)) {
        return LEDE_STATUS_OK;
    }
    if (depth > WALK_DEPTH_MAX) {
        lede_error why = LEDE_ERROR_INIT;
        lede__fail_at(&why, LEDE_STATUS_LIMIT, w->path.p, 0, 0,
                      "more than %d folders in one another", WALK_DEPTH_MAX);
        return failed(w, &why, err);
    }
    if (w->path.p[len - 1] != '/') {
        status = lede__buf_char(&w->path, '/', err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    level.path_len = w->path.len;
    status = list_folder(w, &entries, &count, err);
    if (status == LEDE_STATUS_OK && count > 0) {
        status = read_ignore(w, &level.ignore, &arena, err);
    }
    for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_str(&w->path, str_from(entries[i].name), err);
        if (status == LEDE_STATUS_OK) {
            status = visit(w, &level, &entries[i], depth, err);
        }
        cut_path(w, level.path_len);
    }
    cut_path(w, len);
    free_entries(entries, count);
    lede__arena_free(&arena);
    return status;
}

/* ---- the root ---- */

static lede_status
find_skipped(struct walk *w, const struct walk_options *options,
             lede_error *err)
{
    if (options == NULL || options->n_skip_dirs == 0) {
        return LEDE_STATUS_OK;
    }
    w->skip = calloc(options->n_skip_dirs, sizeof(*w->skip));
    if (w->skip == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < options->n_skip_dirs; i++) {
        // One that is not there cannot be entered either
        w->n_skip += stat(options->skip_dirs[i], &w->skip[w->n_skip]) == 0;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__walk(const char *root, const struct walk_options *options,
           const struct walk_callbacks *callbacks, lede_error *err)
{
    struct walk w = {
        .callbacks = callbacks, .path = BUF_INIT(BUF_MAX_ANY),
        .by_link = MAP_INIT,
    };
    struct walk_file file = { root, NULL };
    lede_status status = LEDE_STATUS_OK;
    struct stat st;

    if (stat(root, &st) != 0) {
        return lede__fail_errno(err, errno, root, "opening");
    }
    if (S_ISREG(st.st_mode)) {
        file.st = &st;
        return callbacks->file(callbacks->payload, &file, err);
    }
    if (!S_ISDIR(st.st_mode)) {
        return lede__fail_at(err, LEDE_STATUS_BAD_INPUT, root, 0, 0,
                             "neither a file nor a folder");
    }
    // The root itself must be readable: all below it may be gone otherwise
    DIR *dir = opendir(root);
    if (dir == NULL) {
        return lede__fail_errno(err, errno, root, "opening");
    }
    closedir(dir);
    w.real_root = realpath(root, NULL);
    if (w.real_root == NULL) {
        return lede__fail_errno(err, errno, root, "opening");
    }
    status = find_skipped(&w, options, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(&w.path, str_from(root), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = walk_folder(&w, NULL, &st, 0, err);
    }
    lede__buf_free(&w.path);
    lede__map_free(&w.by_link);
    free(w.real_root);
    free(w.skip);
    return status;
}
