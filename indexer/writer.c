/* writer.c - the writer of one index: lede_writer_open and its relatives.

   Everything that changes goes through one sink and one lock; the statistics,
   the schema and the roots are metadata of the same transaction. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/writer.h"
#include "shared/cxx/cxx.h"
#include "shared/index/remains.h"

#define LOCK_NAME "lock"

/* What an index has in its folder, by engine. */
static const char *const marks[] = { MARK_XAPIAN, MARK_NATIVE };

#define MARKS (sizeof marks / sizeof *marks)

/* How many threads help at most.  One with less memory than this would forget
   its words after each article. */
#define THREADS_MAX 256
#define THREAD_MEMORY ((uint64_t)4 << 20)

void
lede__writer_event(const lede_writer *writer, const lede_event *event)
{
    if (writer->options.event != NULL) {
        writer->options.event(writer->options.payload, event);
    }
}

void
lede__writer_failed(const lede_writer *writer, lede_counts *counts,
                    const char *path, const lede_error *why)
{
    lede_event event = { 0 };

    counts->failed++;
    event.kind = LEDE_EVENT_FAILED;
    event.path = path;
    event.message = why->message;
    event.line = why->line;
    event.column = why->column;
    event.counts = counts;
    lede__writer_event(writer, &event);
}

/* A message says what is wrong, then "; " and what to do, which is being
   done. */
lede_status
lede__writer_lost(lede_writer *writer, const char *path,
                  const lede_error *why, const char *what, lede_error *err)
{
    const char *advice = strstr(why->message, "; ");
    size_t n = advice != NULL ? (size_t)(advice - why->message)
                              : strlen(why->message);

    writer->lost.max = BUF_MAX_ANY;
    return lede__buf_addf(&writer->lost, err, "%s%c%.*s; %s%c", path, 0,
                          (int)n, why->message, what, 0);
}

static lede_status
parse_config(const lede_writer *writer, struct schema **given,
             lede_error *err)
{
    *given = NULL;
    if (writer->config == NULL) {
        return LEDE_STATUS_OK;
    }
    return lede__schema_parse(given, str_from(writer->config),
                              writer->config_path == NULL
                                  ? "lede.yaml" : writer->config_path, err);
}

/* ---- opening ---- */

static lede_status
check_options(const lede_writer_options *options, lede_error *err)
{
    if (options == NULL ||
        options->version != LEDE_WRITER_OPTIONS_VERSION) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "the options are not initialised with "
                          "LEDE_WRITER_OPTIONS_INIT");
    }
    if (options->memory_bytes < LEDE_MEMORY_MIN) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "the memory must be at least 32 MiB");
    }
    if (options->max_article_bytes == 0) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "the largest article must be at least 1 byte");
    }
    return LEDE_STATUS_OK;
}

static lede_status
copy_options(lede_writer *writer, const lede_writer_options *options,
             lede_error *err)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    writer->options = *options;
    if (options->config != NULL) {
        writer->config = strdup(options->config);
    }
    if (options->config_path != NULL) {
        writer->config_path = strdup(options->config_path);
    }
    if ((options->config != NULL && writer->config == NULL) ||
        (options->config_path != NULL && writer->config_path == NULL)) {
        return lede__fail_memory(err);
    }
    writer->options.config = writer->config;
    writer->options.config_path = writer->config_path;
    writer->threads = options->threads > 0 ? options->threads
                      : processors > 0 ? (unsigned)processors : 1;
    if (writer->threads > THREADS_MAX) {
        writer->threads = THREADS_MAX;
    }
    if (writer->threads > options->memory_bytes / THREAD_MEMORY) {
        writer->threads = (unsigned)(options->memory_bytes / THREAD_MEMORY);
    }
    writer->max_article = options->memory_bytes / MEMORY_PER_BYTE;
    if (writer->max_article > options->max_article_bytes) {
        writer->max_article = options->max_article_bytes;
    }
    return LEDE_STATUS_OK;
}

/* Is there a file of this name in the folder of the index? */
static lede_status
has_file(const lede_writer *writer, const char *name, bool *has,
         lede_error *err)
{
    struct stat st;
    char *path = lede__path_join(writer->index, name);

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    *has = lstat(path, &st) == 0;
    free(path);
    return LEDE_STATUS_OK;
}

static lede_status
has_index(const lede_writer *writer, bool *has, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    *has = false;
    for (size_t i = 0; i < MARKS && !*has && status == LEDE_STATUS_OK; i++) {
        status = has_file(writer, marks[i], has, err);
    }
    return status;
}

static lede_status
is_empty(const char *path, bool *empty, lede_error *err)
{
    const struct dirent *entry = NULL;
    DIR *dir = opendir(path);

    if (dir == NULL) {
        return lede__fail_errno(err, errno, path, "reading the folder");
    }
    *empty = true;
    while (*empty && (entry = readdir(dir)) != NULL) {
        *empty = strcmp(entry->d_name, ".") == 0 ||
                 strcmp(entry->d_name, "..") == 0;
    }
    closedir(dir);
    return LEDE_STATUS_OK;
}

/* Nobody's files are to be mixed with an index: a folder that is not empty
   must be one already, or was to be.  *made: there is no index yet. */
static lede_status
make_folder(lede_writer *writer, bool *made, lede_error *err)
{
    struct stat st;
    lede_status status = LEDE_STATUS_OK;
    bool index = false;
    bool lock = false;
    bool empty = false;
    bool link = false;

    *made = true;
    if (stat(writer->index, &st) != 0) {
        return errno != ENOENT
                   ? lede__fail_errno(err, errno, writer->index, "looking")
                   : lede__file_make_dir(writer->index, err);
    }
    if (!S_ISDIR(st.st_mode)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "%s: not a folder, so it cannot be an index",
                          writer->index);
    }
    status = has_index(writer, &index, err);
    if (status == LEDE_STATUS_OK) {
        status = has_file(writer, LOCK_NAME, &lock, err);
    }
    *made = !index && !lock;
    if (status != LEDE_STATUS_OK || !*made) {
        return status;
    }
    if (lede__index_remains(writer->index, &link, NULL) ==
        LEDE_STATUS_CORRUPT) {
        *made = false;
        return LEDE_STATUS_OK;
    }
    status = is_empty(writer->index, &empty, err);
    return status != LEDE_STATUS_OK || empty
               ? status
               : lede__fail(err, LEDE_STATUS_USAGE,
                            "%s: the folder is not empty and not an index; "
                            "name another with --index", writer->index);
}

static lede_status
find_folders(lede_writer *writer, const char *path, lede_error *err)
{
    char *slash = NULL;
    char *real = NULL;
    lede_status status = lede__path_resolve(&writer->index, path, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    /* An index reached by a link lies where the link leads. */
    real = realpath(writer->index, NULL);
    if (real != NULL) {
        free(writer->index);
        writer->index = real;
    }
    writer->folder = strdup(writer->index);
    if (writer->folder == NULL) {
        return lede__fail_memory(err);
    }
    slash = strrchr(writer->folder, '/');
    if (slash == NULL || slash[1] == '\0') {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "%s: cannot be an index", writer->index);
    }
    slash[slash == writer->folder ? 1 : 0] = '\0';
    return LEDE_STATUS_OK;
}

/* No index may be there because there is none yet, or because what names its
   parts is gone: that is no reason to clear them away. */
static lede_status
look_around(lede_writer *writer, lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;
    bool index = false;
    bool link = false;
    lede_status status = has_index(writer, &index, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (index) {
        lede__index_began(writer->index);
        return LEDE_STATUS_OK;
    }
    status = lede__index_remains(writer->index, &link, &why);
    writer->remains = status != LEDE_STATUS_OK;
    if (status == LEDE_STATUS_CORRUPT && !link && writer->options.rebuild) {
        return LEDE_STATUS_OK;
    }
    if (status != LEDE_STATUS_OK) {
        if (err != NULL) {
            *err = why;
        }
        return status;
    }
    writer->fresh = true;
    return lede__index_begin(writer->index, err);
}

static lede_status
on_lost(void *payload, const char *path, const lede_error *why,
        const char *what, lede_error *err)
{
    return lede__writer_lost(payload, path, why, what, err);
}

/* A rebuild goes beside the old generation, which gives what is nowhere else:
   the roots, the schema, and articles that came from no file.  Of one that is
   damaged that is what can be read; the rest is told.  Where it is sound for
   all we know (a right is missing, memory, a disk does not answer), nothing is
   made anew either, or those articles would be lost. */
static lede_status
open_old(lede_writer *writer, lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;
    bool made = false;
    struct sink_options options = {
        .mode = SINK_SALVAGE,
        .memory = writer->options.memory_bytes,
        .threads = 1,
        .lost = on_lost,
        .payload = writer,
    };
    lede_status status = lede__sink_open(&writer->old, writer->index,
                                         &options, &made, &why);

    if (status == LEDE_STATUS_OK || status == LEDE_STATUS_NOT_FOUND) {
        return LEDE_STATUS_OK;
    }
    if (status != LEDE_STATUS_CORRUPT && status != LEDE_STATUS_VERSION) {
        if (err != NULL) {
            *err = why;
        }
        return status;
    }
    return lede__writer_lost(writer, writer->index, &why,
                             "what files do not give (lede add) is lost",
                             err);
}

static lede_status
open_sink(lede_writer *writer, lede_error *err)
{
    bool rebuild = writer->options.rebuild != 0;
    struct sink_options options = {
        .engine = writer->options.engine,
        .mode = rebuild ? SINK_REBUILD : SINK_CURRENT,
        .memory = writer->options.memory_bytes,
        .threads = writer->threads,
    };
    struct schema *given = NULL;
    lede_status status = LEDE_STATUS_OK;
    bool made = false;

    status = parse_config(writer, &given, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (rebuild) {
        status = open_old(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__sink_open(&writer->sink, writer->index, &options, &made,
                                 err);
    }
    if (status == LEDE_STATUS_OK) {
        status = made ? lede__writer_begin(writer, &given, err)
                      : lede__writer_load(writer, given, err);
    }
    lede__schema_free(given);
    return status;
}

lede_status
lede_writer_open(lede_writer **out, const char *path,
                 const lede_writer_options *options, lede_error *error)
{
    lede_writer *writer = NULL;
    char *lock = NULL;
    bool made = false;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    status = check_options(options, error);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        return lede__fail_memory(error);
    }
    writer->term.max = BUF_MAX_ANY;
    writer->value.max = BUF_MAX_ANY;
    atomic_init(&writer->stop, false);
    status = copy_options(writer, options, error);
    if (status == LEDE_STATUS_OK) {
        status = lede__cxx_need(error); // languages are detected by it
    }
    if (status == LEDE_STATUS_OK) {
        status = find_folders(writer, path, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = make_folder(writer, &made, error);
    }
    if (status == LEDE_STATUS_OK) {
        lock = lede__path_join(writer->index, LOCK_NAME);
        status = lock == NULL ? lede__fail_memory(error)
                              : lede__lock_acquire(&writer->lock, lock,
                                                   options->wait_ms, error);
        free(lock);
    }
    /* By its lock a folder is known as one that was to be an index, whatever
       else of it comes to the disk. */
    if (status == LEDE_STATUS_OK && made) {
        status = lede__file_sync_dir(writer->index, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = look_around(writer, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = open_sink(writer, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__analyzer_new(&writer->analyzer, writer->schema, error);
    }
    if (status != LEDE_STATUS_OK) {
        lede_writer_close(writer);
        return status;
    }
    *out = writer;
    return LEDE_STATUS_OK;
}

/* A new index that nothing was committed to leaves nothing behind. */
static void
release_lock(lede_writer *writer)
{
    char *lock = NULL;
    bool index = true;

    if (writer->lock == NULL) {
        return;
    }
    if (!writer->remains &&
        has_index(writer, &index, NULL) == LEDE_STATUS_OK && !index) {
        lede__index_began(writer->index);
        lock = lede__path_join(writer->index, LOCK_NAME);
    }
    if (lock == NULL) {
        lede__lock_release(writer->lock);
        return;
    }
    lede__lock_remove(writer->lock, lock);
    rmdir(writer->index);
    free(lock);
}

void
lede_writer_close(lede_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    lede__writer_free_members(writer);
    if (writer->sink != NULL) {
        writer->sink->ops->close(writer->sink);
    }
    if (writer->old != NULL) {
        writer->old->ops->close(writer->old);
    }
    release_lock(writer);
    lede__arena_free(&writer->article.arena);
    lede__analyzer_free(writer->analyzer);
    lede__schema_free(writer->schema);
    lede__arena_free(&writer->roots_arena);
    lede__alerts_free(&writer->alerts);
    lede__buf_free(&writer->term);
    lede__buf_free(&writer->value);
    lede__buf_free(&writer->lost);
    lede__map_free(&writer->waiting);
    free(writer->config);
    free(writer->config_path);
    free(writer->index);
    free(writer->folder);
    free(writer);
}

void
lede_writer_stop(lede_writer *writer)
{
    atomic_store(&writer->stop, true);
}
