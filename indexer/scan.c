/* scan.c - folders -> the files that must be read.

   A file is passed over when its state (mtime and ctime in ns, size, inode) is
   the one that was stored, unless it was written in the second of the run that
   read it or later: then it may have changed since without a trace, and its
   content is compared (git calls such entries racy). */

#include <errno.h>
#include <stdlib.h>

#include "indexer/run.h"

static lede_status
load_one(void *payload, struct str key, struct str value, lede_error *err)
{
    struct run *run = payload;
    struct known *known = NULL;
    uint64_t *place = NULL;
    lede_status status = LEDE_STATUS_OK;

    (void)key;
    status = lede__run_grow((void **)&run->known, &run->cap_known,
                            run->n_known, sizeof *run->known, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    known = &run->known[run->n_known];
    memset(known, 0, sizeof *known);
    status = lede__file_state_read(&known->state, value, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    known->state.path = lede__arena_str(&run->arena, known->state.path);
    place = known->state.path.p == NULL
                ? NULL
                : lede__map_put(&run->known_map, known->state.path, NULL);
    if (place == NULL) {
        return lede__fail_memory(err);
    }
    *place = run->n_known++;
    return LEDE_STATUS_OK;
}

lede_status
lede__run_load_known(struct run *run, lede_error *err)
{
    struct sink *sink = run->rebuild ? run->writer->old : run->writer->sink;

    return sink == NULL ? LEDE_STATUS_OK
                        : sink->ops->meta_each(sink, STR(META_KEY_FILE),
                                               load_one, run, err);
}

static void
fill_state(struct file_state *state, const struct stat *st)
{
    /* Unsigned: a file may say that it is from the year 300,000. */
    state->mtime_ns = (int64_t)((uint64_t)st->st_mtim.tv_sec * 1000000000 +
                                (uint64_t)st->st_mtim.tv_nsec);
    state->ctime_ns = (int64_t)((uint64_t)st->st_ctim.tv_sec * 1000000000 +
                                (uint64_t)st->st_ctim.tv_nsec);
    state->size = (uint64_t)st->st_size;
    state->inode = (uint64_t)st->st_ino;
}

static bool
same_state(const struct file_state *a, const struct file_state *b)
{
    return a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns &&
           a->size == b->size && a->inode == b->inode;
}

static bool
racy(const struct file_state *state)
{
    int64_t newest = state->mtime_ns > state->ctime_ns ? state->mtime_ns
                                                       : state->ctime_ns;

    return newest / 1000000000 >= state->seen;
}

static lede_status
see_file(struct run *run, struct str path, const struct stat *st,
         lede_error *err)
{
    const uint64_t *place = lede__map_find(&run->known_map, path);
    struct known *known = place == NULL ? NULL : &run->known[*place];
    struct run_file file = { 0 };
    lede_status status = LEDE_STATUS_OK;

    if (known != NULL && known->found) {
        return LEDE_STATUS_OK;          // reached twice
    }
    fill_state(&file.state, st);
    file.state.seen = run->writer->options.now;
    if (known != NULL) {
        bool drafts = run->writer->options.drafts
                          ? known->state.drafts : known->state.drafts_in;
        bool again = known->state.failed || run->rebuild || drafts;

        known->found = true;
        if (same_state(&known->state, &file.state) && !again &&
            !racy(&known->state)) {
            run->counts.unchanged += known->state.articles;
            return LEDE_STATUS_OK;
        }
        known->file = (uint32_t)run->n_files + 1;
        file.known = true;
        file.doubtful = !again;
        file.state.articles = run->rebuild ? 0 : known->state.articles;
        file.state.many = known->state.many;
        file.state.drafts = known->state.drafts;
        file.state.drafts_in = known->state.drafts_in;
        memcpy(file.state.hash, known->state.hash, sizeof file.state.hash);
        file.state.path = known->state.path;
    } else {
        uint64_t *added = NULL;

        file.state.path = lede__arena_str(&run->arena, path);
        status = lede__run_grow((void **)&run->known, &run->cap_known,
                                run->n_known, sizeof *run->known, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        /* Two roots may reach it: an entry tells that it was found. */
        added = file.state.path.p == NULL
                    ? NULL
                    : lede__map_put(&run->known_map, file.state.path, NULL);
        if (added == NULL) {
            return lede__fail_memory(err);
        }
        *added = run->n_known;
        run->known[run->n_known++] = (struct known){
            file.state, true, (uint32_t)run->n_files + 1,
        };
    }
    status = lede__run_grow((void **)&run->files, &run->cap_files,
                            run->n_files, sizeof *run->files, err);
    if (status == LEDE_STATUS_OK) {
        run->files[run->n_files++] = file;
    }
    return status;
}

/* ---- walking a root ---- */

struct walking {
    struct run *run;
    size_t seen;
    size_t failed;
};

static lede_status
on_file(void *payload, const struct walk_file *file, lede_error *err)
{
    struct walking *walking = payload;

    walking->seen++;
    if (atomic_load(&walking->run->writer->stop)) {
        return lede__fail(err, LEDE_STATUS_STOPPED, "stopped");
    }
    return see_file(walking->run,
                    lede__path_to_id(walking->run->writer, file->path),
                    file->st, err);
}

static lede_status
note_path(struct run *run, struct str **paths, size_t *count, size_t *cap,
          struct str path, lede_error *err)
{
    lede_status status = lede__run_grow((void **)paths, cap, *count,
                                        sizeof **paths, err);

    if (status == LEDE_STATUS_OK) {
        (*paths)[*count] = lede__arena_str(&run->arena, path);
        if ((*paths)[*count].p == NULL) {
            return lede__fail_memory(err);
        }
        (*count)++;
    }
    return status;
}

static lede_status
note_unread(struct run *run, struct str path, lede_error *err)
{
    return note_path(run, &run->unread, &run->n_unread, &run->cap_unread,
                     path, err);
}

static lede_status
on_failed(void *payload, const char *path, const lede_error *why,
          lede_error *err)
{
    struct walking *walking = payload;
    struct str id = lede__path_to_id(walking->run->writer, path);

    walking->failed++;
    lede__run_failed(walking->run, id, why);
    return note_unread(walking->run, id, err);
}

/* Does the index hold articles of files below `root`? */
static bool
holds_below(const struct run *run, struct str root)
{
    for (size_t i = 0; i < run->n_known; i++) {
        if (run->known[i].state.articles > 0 &&
            lede__path_is_below(run->known[i].state.path, root)) {
            return true;
        }
    }
    return false;
}

lede_status
lede__run_scan_root(struct run *run, struct str root, lede_error *err)
{
    const char *skip[] = { run->writer->index };
    struct walk_options options = { skip, 1 };
    struct walking walking = { run, 0, 0 };
    struct walk_callbacks callbacks = { on_file, on_failed, &walking };
    bool prune = run->options->prune != 0;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    char *path = lede__path_of_id(run->writer, root);

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__walk(path, &options, &callbacks, &why);
    if (status == LEDE_STATUS_NO_MEMORY || status == LEDE_STATUS_STOPPED) {
        if (err != NULL) {
            *err = why;
        }
        goto out;
    }
    if (status == LEDE_STATUS_OK && walking.seen == 0 &&
        walking.failed == 0 && !prune) {
        status = lede__fail(&why, LEDE_STATUS_NOT_FOUND,
                            "%s: no file to read there%s", path,
                            holds_below(run, root)
                                ? " any more; its articles are kept (--prune "
                                  "removes them)" : "");
    }
    if (status != LEDE_STATUS_OK) {
        bool gone = prune && status == LEDE_STATUS_NOT_FOUND;

        if (!gone) {
            lede__run_failed(run, root, &why);
        }
        status = !prune ? note_unread(run, root, err)
                 : gone ? note_path(run, &run->missing, &run->n_missing,
                                    &run->cap_missing, root, err)
                        : LEDE_STATUS_OK;
        if (!prune || status != LEDE_STATUS_OK) {
            goto out;
        }
    }
    run->roots[run->n_roots++] = root;

out:
    free(path);
    return status;
}

lede_status
lede__run_scan_file(struct run *run, struct str path, lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    struct stat st;
    char *name = lede__path_of_id(run->writer, path);

    if (name == NULL) {
        return lede__fail_memory(err);
    }
    if (stat(name, &st) != 0) {
        if (errno == ENOENT && run->options->prune) {
            run->roots[run->n_roots++] = path;
        } else {
            lede__fail_errno(&why, errno, name, "looking");
            lede__run_failed(run, path, &why);
        }
    } else if (!S_ISREG(st.st_mode)) {
        lede__fail(&why, LEDE_STATUS_BAD_INPUT, "%s: not a file", name);
        lede__run_failed(run, path, &why);
    } else {
        status = see_file(run, path, &st, err);
    }
    free(name);
    return status;
}
