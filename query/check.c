/* check.c - lede_index_check: read everything, say what is wrong, go on.

   Three things are looked at:
     1. the database itself, by xapian-check in a process of its own, because a
        damaged database can crash or hang whoever reads it;
     2. every stored article: its checksum, and that it can be read back;
     3. that the statistics are the sums over the articles;
     4. every word: that it has positions.
   All but the first run only where the first found the database sound
   enough to be read.  The writers' lock is held, for xapian-check does not
   like a database that changes under it. */

#define _GNU_SOURCE             // pipe2

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "query/searcher.h"
#include "shared/analysis/analysis.h"
#include "shared/base/file.h"
#include "shared/xapian/generation.h"

/* A sound database is checked at well over 10 MB/s; a child that takes longer
   than this has been caught in a loop. */
#define CHECK_SECONDS 120
#define CHECK_BYTES_PER_SECOND ((uint64_t)1 << 20)

/* The end of what xapian-check prints, where it counts the faults. */
#define OUTPUT_KEPT 4096

/* Problems told one by one; further ones are only counted. */
#define TOLD_MAX 1000

struct check {
    lede_check_callback problem;
    void *payload;
    size_t problems;
};

static void
tell(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
tell(struct check *check, const char *format, ...)
{
    char text[1024];
    va_list args;

    check->problems++;
    if (check->problem == NULL || check->problems > TOLD_MAX) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    check->problem(check->payload, text);
}

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
        tell(check, "%s: xapian-check cannot be run: %s", path,
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
        tell(check, "%s: %s cannot be run (%s); install xapian-tools", path,
             XAPIAN_CHECK, strerror(result));
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
        tell(check, "%s: xapian-check cannot be waited for: %s", path,
             strerror(errno));
        return true;
    }
    if (!in_time) {
        tell(check, "%s: damaged: xapian-check does not come to an end",
             path);
        return false;
    }
    if (WIFSIGNALED(result)) {
        tell(check, "%s: damaged: xapian-check crashed (signal %d)", path,
             WTERMSIG(result));
        return false;
    }
    if (WEXITSTATUS(result) != 0) {
        tell(check, "%s: damaged: xapian-check says: %s", path,
             last_line(kept));
        return false;
    }
    return true;
}

/* ---- the articles ---- */

struct sums {
    struct index_stats stats;
    uint32_t last;
};

static lede_status
check_article(struct check *check, struct searcher *searcher,
              struct article *article, uint32_t number, struct sums *sums,
              lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    struct str bytes = { NULL, 0 };
    struct str lang = { NULL, 0 };
    struct str value = { NULL, 0 };
    uint64_t length = 0;
    uint8_t quantised = 0;
    const char *p = NULL;

    status = lede__searcher_stored(searcher, number, &bytes, &why);
    if (status == LEDE_STATUS_OK) {
        status = lede__record_read(article, bytes, &why);
    }
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status != LEDE_STATUS_OK) {
        tell(check, "article number %u: %s", number, why.message);
    }
    status = lede__searcher_column(searcher, COLUMN_LENGTH, number, &value,
                                   err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    p = value.p;
    if (!lede__varint_read(&p, value.p + value.len, &length)) {
        tell(check, "article number %u: its length is missing", number);
    }
    status = lede__searcher_lengths(searcher, &number, 1, &quantised, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (quantised != lede__length_quantise((uint32_t)length)) {
        tell(check, "article number %u: two different lengths", number);
    }
    status = lede__searcher_column(searcher, COLUMN_LANG, number, &lang, err);
    if (status == LEDE_STATUS_OK) {
        lede__stats_count(&sums->stats, lang, (uint32_t)length, 1);
        sums->last = number;
    }
    return status;
}

static void
check_sums(struct check *check, const struct searcher *searcher,
           const struct sums *sums)
{
    const struct index_stats *said = &searcher->stats;
    const struct index_stats *found = &sums->stats;

    if (said->articles != found->articles) {
        tell(check, "%s: the statistics say %llu articles, there are %llu",
             searcher->path, (unsigned long long)said->articles,
             (unsigned long long)found->articles);
    }
    if (said->total_length != found->total_length) {
        tell(check, "%s: the statistics say %llu tokens, there are %llu",
             searcher->path, (unsigned long long)said->total_length,
             (unsigned long long)found->total_length);
    }
    if (sums->last > said->last_number) {
        tell(check, "%s: an article has number %u, beyond the last one, %u",
             searcher->path, sums->last, said->last_number);
    }
}

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
        status = lede__postings_positions(postings, postings->numbers[0],
                                          &positions, &count, err);
        if (status == LEDE_STATUS_OK && count == 0) {
            tell(check, "the word \"%.*s\" has lost its positions",
                 (int)(term.len - 2), term.p + 2);
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
check_articles(struct check *check, const char *index, lede_error *err)
{
    struct searcher *searcher = NULL;
    struct postings *all = NULL;
    struct article article = { 0 };
    struct sums *sums = calloc(1, sizeof *sums);
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;
    uint32_t next = 0;

    if (sums == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__searcher_open(&searcher, index, &why);
    if (status == LEDE_STATUS_OK) {
        status = lede__term_raw(&term, TERM_ALL, STR(""), &why);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__postings_open(searcher, lede__buf_view(&term), &all,
                                     &why);
    }
    while (status == LEDE_STATUS_OK && all != NULL) {
        status = lede__postings_advance(all, next, &why);
        if (status != LEDE_STATUS_OK || all->count == 0) {
            break;
        }
        for (size_t i = 0; i < all->count && status == LEDE_STATUS_OK; i++) {
            status = check_article(check, searcher, &article,
                                   all->numbers[i], sums, &why);
        }
        next = all->numbers[all->count - 1] + 1;
    }
    if (status == LEDE_STATUS_OK) {
        check_sums(check, searcher, sums);
        status = check_words(check, searcher, TERM_EXACT, &why);
    }
    if (status == LEDE_STATUS_OK) {
        status = check_words(check, searcher, TERM_EXTRA, &why);
    }
    if (status == LEDE_STATUS_NO_MEMORY) {
        status = lede__fail_memory(err);
    } else if (status != LEDE_STATUS_OK) {
        tell(check, "%s", why.message);
        status = LEDE_STATUS_OK;
    }
    lede__postings_close(all);
    lede__searcher_close(searcher);
    lede__arena_free(&article.arena);
    lede__buf_free(&term);
    free(sums);
    return status;
}

/* ---- the interface ---- */

lede_status
lede_index_check(const char *path, lede_check_callback problem,
                 void *payload, size_t *problems, lede_error *error)
{
    struct check check = { problem, payload, 0 };
    struct file_lock *lock = NULL;
    char *lock_path = NULL;
    char *database = NULL;
    lede_status status = LEDE_STATUS_OK;
    unsigned generation = 0;
    uint64_t bytes = 0;

    *problems = 0;
    status = lede__generation_current(&generation, path, error);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    lock_path = lede__path_join(path, "lock");
    if (lock_path == NULL) {
        status = lede__fail_memory(error);
        goto out;
    }
    status = lede__lock_acquire(&lock, lock_path, 0, error);
    if (status == LEDE_STATUS_LOCKED) {
        status = lede__fail(error, status,
                            "%s: a writer is at work; check it when that has "
                            "ended", path);
    } else if (status == LEDE_STATUS_PERMISSION) {
        status = lede__fail(error, status,
                            "%s: only who may write to it can check it, for "
                            "xapian-check opens its files for writing", path);
    }
    /* Again, now that no rebuild can change it. */
    if (status == LEDE_STATUS_OK) {
        status = lede__generation_current(&generation, path, error);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    database = lede__generation_path(path, generation);
    if (database == NULL) {
        status = lede__fail_memory(error);
        goto out;
    }
    lede__file_size_tree(database, &bytes, NULL);
    if (check_database(&check, database, bytes)) {
        status = check_articles(&check, path, error);
    }
    *problems = check.problems;

out:
    lede__lock_release(lock);
    free(lock_path);
    free(database);
    return status;
}
