/* writer-check.h - a scratch folder with files and an index in it, runs over
   them, and what is in the index afterwards. */

#ifndef LEDE_TESTS_WRITER_CHECK_H
#define LEDE_TESTS_WRITER_CHECK_H

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shared/base/file.h"
#include "shared/lede.h"
#include "tests/tap.h"

/* Long after the files were written: none of them is doubtful. */
#define LATER ((int64_t)4000000000)

static char events[100000];     // "KIND PATH: MESSAGE" lines
static size_t n_events;

static inline void
on_event(void *payload, const lede_event *event)
{
    static const char *const kinds[] = {
        "?", "progress", "warning", "failed", "renamed", "added", "updated",
        "removed", "config", "committed",
    };

    (void)payload;
    if (event->kind == LEDE_EVENT_PROGRESS) {
        return;
    }
    n_events += (size_t)snprintf(
        events + n_events, sizeof events - n_events, "%s %s: %s\n",
        kinds[event->kind], event->path == NULL ? "" : event->path,
        event->message == NULL ? "" : event->message);
    n_events = n_events < sizeof events ? n_events : sizeof events - 1;
}

static inline void
forget_events(void)
{
    n_events = 0;
    events[0] = '\0';
}

/* Go into a new scratch folder; the index will be "index", files "tree". */
static inline void
enter_scratch(char folder[])
{
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
        mkdir("tree", 0777) != 0) {
        puts("Bail out! no scratch folder");
        exit(1);
    }
}

static inline void
leave_scratch(const char *folder)
{
    if (chdir("/") == 0) {
        lede__file_remove_tree(folder, NULL);
    }
}

static inline void
put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        printf("Bail out! cannot write %s\n", path);
        exit(1);
    }
}

/* Seconds since 1970. */
static inline void
set_time(const char *path, int64_t seconds)
{
    struct timespec times[2] = { { (time_t)seconds, 0 },
                                 { (time_t)seconds, 0 } };

    utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

static inline lede_writer_options
writer_options(void)
{
    lede_writer_options options = LEDE_WRITER_OPTIONS_INIT;

    options.engine = getenv("LEDE_TEST_ENGINE");    // NULL: the default
    options.now = LATER;
    options.memory_bytes = LEDE_MEMORY_MIN;
    options.threads = 3;
    options.event = on_event;
    return options;
}

static inline lede_writer *
open_writer(const lede_writer_options *options)
{
    lede_writer_options defaults = writer_options();
    lede_error error = LEDE_ERROR_INIT;
    lede_writer *writer = NULL;

    forget_events();
    if (lede_writer_open(&writer, "index",
                         options == NULL ? &defaults : options,
                         &error) != LEDE_STATUS_OK) {
        ok(false, "open the writer: %s", error.message);
        printf("Bail out! no writer\n");
        exit(1);
    }
    return writer;
}

/* One run over `path` (NULL: the roots) by a writer of its own. */
static inline lede_counts
run_with(const lede_writer_options *options,
         const lede_source_options *sources, const char *path,
         lede_status want)
{
    lede_writer *writer = open_writer(options);
    lede_error error = LEDE_ERROR_INIT;
    lede_counts counts = { 0 };
    lede_status status = lede_writer_index(writer, &path, path != NULL,
                                           sources, &counts, &error);

    if (status != want) {
        ok(false, "index %s: %d, not %d: %s", path == NULL ? "" : path,
           status, want, error.message);
    }
    lede_writer_close(writer);
    return counts;
}

static inline lede_counts
run(const char *path)
{
    return run_with(NULL, NULL, path, LEDE_STATUS_OK);
}

/* "added updated unchanged removed renamed failed skipped" */
static inline bool
are_counts(const lede_counts *counts, const char *want, const char *name)
{
    char got[200];

    snprintf(got, sizeof got, "%d %d %d %d %d %d %d", (int)counts->added,
             (int)counts->updated, (int)counts->unchanged,
             (int)counts->removed, (int)counts->renamed, (int)counts->failed,
             (int)counts->skipped);
    if (!is_str(got, want, "%s", name)) {
        printf("# %s\n", events);
    }
    return strcmp(got, want) == 0;
}

static inline lede_index *
open_index(void)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_index *index = NULL;

    if (lede_index_open(&index, "index", &error) != LEDE_STATUS_OK) {
        printf("# %s\n", error.message);
    }
    return index;
}

/* The body of a stored article, or NULL; until the next call. */
static inline const char *
body_of(const char *id)
{
    static char body[1000];
    lede_index *index = open_index();
    const lede_article *article = NULL;
    bool found = index != NULL &&
                 lede_index_article(index, id, &article, NULL) ==
                     LEDE_STATUS_OK;

    if (found) {
        snprintf(body, sizeof body, "%s",
                 article->body == NULL ? "" : article->body);
    }
    lede_index_close(index);
    return found ? body : NULL;
}

static inline long
article_count(void)
{
    lede_index *index = open_index();
    lede_info info;
    long count = -1;

    if (index != NULL &&
        lede_index_info(index, &info, NULL) == LEDE_STATUS_OK) {
        count = (long)info.articles;
    }
    lede_index_close(index);
    return count;
}

/* How many articles have this word. */
static inline long
matches(const char *query)
{
    lede_index *index = open_index();
    lede_results *results = NULL;
    long total = -1;

    if (index != NULL && lede_search(&results, &index, 1, query, NULL,
                                     NULL) == LEDE_STATUS_OK) {
        total = (long)lede_results_total(results);
    }
    lede_results_free(results);
    lede_index_close(index);
    return total;
}

static inline void
on_problem(void *payload, const char *problem)
{
    (void)payload;
    printf("# problem: %s\n", problem);
}

static inline void
is_sound(const char *name)
{
    lede_error error = LEDE_ERROR_INIT;
    size_t problems = 0;
    lede_status status = lede_index_check("index", on_problem, NULL,
                                          &problems, &error);

    if (!ok(status == LEDE_STATUS_OK && problems == 0, "sound: %s", name)) {
        printf("# %d %s\n", status, error.message);
    }
}

#endif
