/* check-xapian.c - checking an index of the xapian engine: the database itself,
   by xapian-check in a process of its own, because a damaged database can crash
   or hang whoever reads it; and that every word has positions. */

#define _GNU_SOURCE             // pipe2

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "query/check.h"
#include "shared/base/file.h"
#include "shared/xapian/generation.h"

/* A sound database is checked at well over 10 MB/s; a child that takes longer
   than this has been caught in a loop. */
#define CHECK_SECONDS 120
#define CHECK_BYTES_PER_SECOND ((uint64_t)1 << 20)

/* The end of what xapian-check prints, where it counts the faults. */
#define OUTPUT_KEPT 4096

/* ---- xapian-check ---- */

static int64_t
now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* Read the child's output until its end or the time is up; keep the end. */
static bool
read_output(int fd, int64_t until, char *kept, size_t size)
{
    char chunk[1024];
    size_t len = 0;

    for (;;) {
        struct pollfd wait = { fd, POLLIN, 0 };
        int64_t left = until - now_seconds();
        ssize_t n = 0;

        if (left <= 0) {
            return false;
        }
        if (poll(&wait, 1, left > 1 ? 1000 : (int)left * 1000) <= 0) {
            continue;
        }
        n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            kept[len] = '\0';
            return true;
        }
        if (len + (size_t)n >= size) {
            size_t drop = len + (size_t)n - size + 1;

            drop = drop < len ? drop : len;
            memmove(kept, kept + drop, len - drop);
            len -= drop;
        }
        memcpy(kept + len, chunk, (size_t)n);
        len += (size_t)n;
    }
}

/* The last line that says something. */
static const char *
last_line(char *text)
{
    char *end = text + strlen(text);
    char *start = NULL;

    while (end > text && (end[-1] == '\n' || end[-1] == ' ')) {
        *--end = '\0';
    }
    start = strrchr(text, '\n');
    return start == NULL ? text : start + 1;
}

/* Returns whether the database can be read further. */
static bool
check_database(struct check *check, const char *path, uint64_t bytes)
{
    char *const arguments[] = { (char *)"xapian-check", (char *)path, NULL };
    char *const environment[] = { (char *)"LC_ALL=C", NULL };
    char kept[OUTPUT_KEPT] = "";
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    pid_t waited = 0;
    int pipes[2] = { -1, -1 };
    int result = 0;
    bool in_time = false;
    int64_t until = now_seconds() + CHECK_SECONDS +
                    (int64_t)(bytes / CHECK_BYTES_PER_SECOND);

    if (pipe2(pipes, O_CLOEXEC) != 0) {
        lede__check_tell(check, "%s: xapian-check cannot be run: %s", path,
                         strerror(errno));
        return true;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 2);
    result = posix_spawn(&child, XAPIAN_CHECK, &actions, NULL, arguments,
                         environment);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    if (result != 0) {
        close(pipes[0]);
        lede__check_tell(check, "%s: %s cannot be run (%s); install "
                         "xapian-tools", path, XAPIAN_CHECK,
                         strerror(result));
        return true;
    }
    in_time = read_output(pipes[0], until, kept, sizeof kept);
    close(pipes[0]);
    if (!in_time) {
        kill(child, SIGKILL);
    }
    do {
        waited = waitpid(child, &result, 0);
    } while (waited < 0 && errno == EINTR);
    if (waited < 0) {
        lede__check_tell(check, "%s: xapian-check cannot be waited for: %s",
                         path, strerror(errno));
        return true;
    }
    if (!in_time) {
        lede__check_tell(check, "%s: damaged: xapian-check does not come to "
                         "an end", path);
        return false;
    }
    if (WIFSIGNALED(result)) {
        lede__check_tell(check, "%s: damaged: xapian-check crashed (signal "
                         "%d)", path, WTERMSIG(result));
        return false;
    }
    if (WEXITSTATUS(result) != 0) {
        lede__check_tell(check, "%s: damaged: xapian-check says: %s", path,
                         last_line(kept));
        return false;
    }
    return true;
}

/* ---- the words ---- */

/* Xapian takes a table of positions that is missing for an empty one, and so
   does xapian-check: each word must have some in its first article. */
static lede_status
check_term(struct check *check, struct searcher *searcher, struct str term,
           lede_error *err)
{
    struct postings *postings = NULL;
    const uint32_t *positions = NULL;
    lede_status status = LEDE_STATUS_OK;
    size_t count = 0;

    status = lede__postings_open(searcher, term, &postings, err);
    if (status == LEDE_STATUS_OK && postings != NULL) {
        status = lede__postings_advance(postings, 0, err);
    }
    if (status == LEDE_STATUS_OK && postings != NULL && postings->count > 0) {
        status = lede__postings_positions(postings, postings->docs[0],
                                          &positions, &count, err);
        if (status == LEDE_STATUS_OK && count == 0) {
            lede__check_tell(check, "the word \"%.*s\" has lost its "
                             "positions", (int)(term.len - 2), term.p + 2);
        }
    }
    lede__postings_close(postings);
    return status;
}

static lede_status
check_words(struct check *check, struct searcher *searcher, char kind,
            lede_error *err)
{
    struct dictionary *dictionary = NULL;
    lede_status status = lede__dictionary_open(
        searcher, (struct str){ &kind, 1 }, &dictionary, err);

    while (status == LEDE_STATUS_OK) {
        struct str term = { NULL, 0 };
        uint32_t df = 0;

        status = searcher->ops->dictionary_next(dictionary, &term, &df, err);
        if (status != LEDE_STATUS_OK || term.p == NULL) {
            break;
        }
        if (term.len > 2) {
            status = check_term(check, searcher, term, err);
        }
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    return status;
}

static lede_status
check_kinds(struct check *check, const char *index, lede_error *err)
{
    struct searcher *searcher = NULL;
    lede_status status = lede__searcher_open(&searcher, index, err);

    if (status == LEDE_STATUS_OK) {
        status = check_words(check, searcher, TERM_EXACT, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = check_words(check, searcher, TERM_EXTRA, err);
    }
    lede__searcher_close(searcher);
    return status;
}

lede_status
lede__check_xapian(struct check *check, const char *index, bool *readable,
                   lede_error *err)
{
    char *database = NULL;
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    unsigned generation = 0;
    uint64_t bytes = 0;

    *readable = false;
    status = lede__generation_current(&generation, index, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    database = lede__generation_path(index, generation);
    if (database == NULL) {
        return lede__fail_memory(err);
    }
    lede__file_size_tree(database, &bytes, NULL);
    *readable = check_database(check, database, bytes);
    free(database);
    if (!*readable) {
        return LEDE_STATUS_OK;
    }
    status = check_kinds(check, index, &why);
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status != LEDE_STATUS_OK) {
        lede__check_tell(check, "%s", why.message);
        *readable = false;
    }
    return LEDE_STATUS_OK;
}
