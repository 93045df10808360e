/* writer.c - the writer of one index: lede_writer_open and its relatives.

   Everything that changes goes through one sink and one lock; the statistics,
   the schema and the roots are metadata of the same transaction. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/writer.h"

#define LOCK_NAME "lock"
#define LINK_NAME "xapian"

/* How many threads help at most; beyond, the one sink is what is slow.  One
   with less memory than this would forget its words after each article. */
#define THREADS_MAX 256
#define THREAD_MEMORY ((uint64_t)4 << 20)

/* The part of the memory that all inverters' caches of words may take, and
   what one of them can make use of. */
#define CACHE_SHARE 8
#define CACHE_MAX ((size_t)24 << 20)

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

/* ---- what an index has besides its articles ---- */

static lede_status
write_meta(lede_writer *writer, lede_error *err)
{
    struct buf *value = &writer->value;
    lede_status status = LEDE_STATUS_OK;

    value->len = 0;
    status = lede__stats_write(value, &writer->stats, err);
    if (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->meta_set(
            writer->sink, STR(META_KEY_STATS), lede__buf_view(value), err);
    }
    value->len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__column_list_write(value, &writer->roots, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->meta_set(
            writer->sink, STR(META_KEY_ROOTS), lede__buf_view(value), err);
    }
    return status;
}

static lede_status
write_schema(lede_writer *writer, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    writer->value.len = 0;
    status = lede__schema_write(&writer->value, writer->schema, err);
    return status != LEDE_STATUS_OK
               ? status
               : writer->sink->ops->meta_set(writer->sink,
                                             STR(META_KEY_SCHEMA),
                                             lede__buf_view(&writer->value),
                                             err);
}

lede_status
lede__writer_set_roots(lede_writer *writer, const struct str *roots,
                       size_t count, lede_error *err)
{
    struct str *items = lede__arena_array(&writer->roots_arena, count + 1,
                                          sizeof *items);

    if (items == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = lede__arena_str(&writer->roots_arena, roots[i]);
        if (items[i].p == NULL) {
            return lede__fail_memory(err);
        }
    }
    writer->roots = (struct str_list){ items, count };
    return LEDE_STATUS_OK;
}

static lede_status
read_roots(lede_writer *writer, struct sink *sink, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    struct str rest;
    struct str *roots = NULL;
    size_t n = 0;

    status = sink->ops->meta_get(sink, STR(META_KEY_ROOTS), &bytes, err);
    rest = lede__buf_view(&bytes);
    roots = calloc(rest.len + 1, sizeof *roots);
    if (roots == NULL) {
        status = lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_OK) {
        while (lede__column_list_next(&rest, &roots[n])) {
            n++;
        }
        status = lede__writer_set_roots(writer, roots, n, err);
    }
    free(roots);
    lede__buf_free(&bytes);
    return status;
}

static lede_status
read_stats(lede_writer *writer, lede_error *err)
{
    lede_status status = writer->sink->ops->meta_get(
        writer->sink, STR(META_KEY_STATS), &writer->value, err);

    if (status == LEDE_STATUS_OK && writer->value.len == 0) {
        status = lede__fail(err, LEDE_STATUS_CORRUPT,
                            "%s: its statistics are missing; "
                            "make it anew with lede index --rebuild",
                            writer->index);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stats_read(&writer->stats,
                                  lede__buf_view(&writer->value), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__analyzer_accept(writer->stats.analyzer,
                                       writer->stats.schema_version,
                                       writer->index, err);
    }
    return status;
}

static void
new_stats(lede_writer *writer)
{
    memset(&writer->stats, 0, sizeof writer->stats);
    lede__analyzer_identity(writer->stats.analyzer,
                            sizeof writer->stats.analyzer);
    writer->stats.schema_version = SCHEMA_VERSION;
}

/* The line at the beginning of `text`, which moves on behind it. */
static struct str
next_line(struct str *text)
{
    const char *end = text->len == 0 ? NULL : memchr(text->p, '\n', text->len);
    struct str line = { text->p, end == NULL ? text->len
                                             : (size_t)(end - text->p) };
    size_t used = line.len + (end != NULL);

    text->p += used;
    text->len -= used;
    return line;
}

/* The first lines of two configs that differ, both in canonical form. */
static void
describe_difference(struct str given, struct str own, char *out, size_t size)
{
    enum { SHOWN = 60 };
    struct str a = { "", 0 };
    struct str b = { "", 0 };

    while (str_eq(a, b) && (given.len > 0 || own.len > 0)) {
        a = lede__str_trim(next_line(&given));
        b = lede__str_trim(next_line(&own));
    }
    snprintf(out, size,
             "says \"%.*s\" where the index was made with \"%.*s\", which "
             "stays in force; apply the file with lede index --rebuild",
             (int)(a.len < SHOWN ? a.len : SHOWN), a.p,
             (int)(b.len < SHOWN ? b.len : SHOWN), b.p);
}

/* The schema of an existing index: its own.  Where a config is given and says
   something else, that is told, and waits for a rebuild. */
static lede_status
read_schema(lede_writer *writer, struct sink *sink, struct schema *given,
            lede_error *err)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    status = sink->ops->meta_get(sink, STR(META_KEY_SCHEMA), &writer->value,
                                 err);
    if (status == LEDE_STATUS_OK) {
        status = lede__schema_parse(&writer->schema,
                                    lede__buf_view(&writer->value),
                                    "lede.yaml (as stored in the index)",
                                    err);
    }
    if (status == LEDE_STATUS_OK && given != NULL) {
        status = lede__schema_write(&text, given, err);
        if (status == LEDE_STATUS_OK &&
            !str_eq(lede__buf_view(&text), lede__buf_view(&writer->value))) {
            lede_event event = { 0 };

            char message[400];

            describe_difference(lede__buf_view(&text),
                                lede__buf_view(&writer->value), message,
                                sizeof message);
            event.kind = LEDE_EVENT_CONFIG;
            event.code = "config";
            event.path = writer->config_path;
            event.message = message;
            lede__writer_event(writer, &event);
        }
    }
    lede__buf_free(&text);
    return status;
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
   must be one already. */
static lede_status
make_folder(lede_writer *writer, lede_error *err)
{
    struct stat st;
    lede_status status = LEDE_STATUS_OK;
    bool link = false;
    bool lock = false;
    bool empty = false;

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
    status = has_file(writer, LINK_NAME, &link, err);
    if (status == LEDE_STATUS_OK) {
        status = has_file(writer, LOCK_NAME, &lock, err);
    }
    if (status != LEDE_STATUS_OK || link || lock) {
        return status;
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

/* A rebuild goes beside the old generation, which gives what is nowhere else:
   the roots, the schema, and articles that came from no file.  An old one that
   cannot be opened gives nothing, and is told. */
static void
open_old(lede_writer *writer)
{
    lede_event event = { 0 };
    lede_error why = LEDE_ERROR_INIT;
    bool made = false;
    lede_status status = lede__sink_open(&writer->old, writer->index, NULL,
                                         SINK_EXISTING, &made, &why);

    if (status == LEDE_STATUS_OK || status == LEDE_STATUS_NOT_FOUND) {
        return;
    }
    event.kind = LEDE_EVENT_WARNING;
    event.code = "old-index";
    event.path = writer->index;
    event.message = why.message;
    lede__writer_event(writer, &event);
}

static lede_status
open_sink(lede_writer *writer, lede_error *err)
{
    bool rebuild = writer->options.rebuild != 0;
    struct schema *given = NULL;
    lede_status status = LEDE_STATUS_OK;
    bool made = false;

    status = parse_config(writer, &given, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (rebuild) {
        open_old(writer);
    }
    status = lede__sink_open(&writer->sink, writer->index,
                             writer->options.engine,
                             rebuild ? SINK_REBUILD : SINK_CURRENT, &made,
                             err);
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    if (!made) {
        status = read_stats(writer, err);
        if (status == LEDE_STATUS_OK) {
            status = read_schema(writer, writer->sink, given, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = read_roots(writer, writer->sink, err);
        }
        goto out;
    }
    new_stats(writer);
    if (given != NULL) {
        writer->schema = given;
        given = NULL;
    } else if (writer->old == NULL ||
               read_schema(writer, writer->old, NULL, NULL) !=
                   LEDE_STATUS_OK) {
        status = lede__schema_default(&writer->schema, err);
    }
    if (status == LEDE_STATUS_OK && writer->old != NULL) {
        status = read_roots(writer, writer->old, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = write_schema(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = write_meta(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->commit(writer->sink, err);
    }

out:
    lede__schema_free(given);
    return status;
}

lede_status
lede__writer_new_inverter(const lede_writer *writer, struct inverter **out,
                          lede_error *err)
{
    uint64_t cache = writer->options.memory_bytes / CACHE_SHARE /
                     (writer->threads + 1);

    return lede__inverter_new(out, writer->analyzer, writer->schema,
                              cache < CACHE_MAX ? (size_t)cache : CACHE_MAX,
                              err);
}

lede_status
lede_writer_open(lede_writer **out, const char *path,
                 const lede_writer_options *options, lede_error *error)
{
    lede_writer *writer = NULL;
    char *lock = NULL;
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
        status = find_folders(writer, path, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = make_folder(writer, error);
    }
    if (status == LEDE_STATUS_OK) {
        lock = lede__path_join(writer->index, LOCK_NAME);
        status = lock == NULL ? lede__fail_memory(error)
                              : lede__lock_acquire(&writer->lock, lock,
                                                   options->wait_ms, error);
        free(lock);
    }
    if (status == LEDE_STATUS_OK) {
        status = open_sink(writer, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__analyzer_new(&writer->analyzer, writer->schema, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__writer_new_inverter(writer, &writer->inverter, error);
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
    bool link = true;

    if (writer->lock == NULL) {
        return;
    }
    if (has_file(writer, LINK_NAME, &link, NULL) == LEDE_STATUS_OK && !link) {
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
    if (writer->sink != NULL) {
        writer->sink->ops->close(writer->sink);
    }
    if (writer->old != NULL) {
        writer->old->ops->close(writer->old);
    }
    release_lock(writer);
    lede__inverter_free(writer->inverter);
    lede__inverted_free(&writer->inverted);
    lede__arena_free(&writer->article.arena);
    lede__analyzer_free(writer->analyzer);
    lede__schema_free(writer->schema);
    lede__arena_free(&writer->roots_arena);
    lede__buf_free(&writer->term);
    lede__buf_free(&writer->value);
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

/* ---- commits ---- */

static lede_status
commit(lede_writer *writer, bool publish, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    lede_event event = { 0 };

    writer->stats.commits++;
    writer->stats.last_commit = writer->options.now;
    status = write_meta(writer, err);
    if (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->commit(writer->sink, err);
    }
    if (status != LEDE_STATUS_OK) {
        lede_writer_rollback(writer, NULL);
        return status;
    }
    if (publish) {
        /* Readers of a new generation see it from now on. */
        status = writer->sink->ops->publish(writer->sink, err);
    }
    if (status == LEDE_STATUS_OK && publish && writer->old != NULL) {
        writer->old->ops->close(writer->old);
        writer->old = NULL;
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    writer->options.rebuild = writer->options.rebuild && !publish;
    event.kind = LEDE_EVENT_COMMITTED;
    lede__writer_event(writer, &event);
    return LEDE_STATUS_OK;
}

lede_status
lede_writer_commit(lede_writer *writer, lede_error *error)
{
    return commit(writer, true, error);
}

/* What was committed last is read again, so that it is right also where a
   commit failed in its last step. */
lede_status
lede_writer_rollback(lede_writer *writer, lede_error *error)
{
    lede_status status = writer->sink->ops->rollback(writer->sink, error);

    if (status == LEDE_STATUS_OK) {
        status = read_stats(writer, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = read_roots(writer, writer->sink, error);
    }
    return status;
}

lede_status
lede__writer_make_room(lede_writer *writer, uint64_t coming, uint64_t held,
                       lede_error *err)
{
    uint64_t pending = writer->sink->ops->pending_bytes(writer->sink);
    uint64_t memory = writer->options.memory_bytes;

    /* What is held elsewhere (a plan, articles in flight) leaves less; but
       never so little that each article is a commit. */
    memory = held < memory / 2 ? memory - held : memory / 2;
    if (pending == 0 || pending + coming <= memory) {
        return LEDE_STATUS_OK;
    }
    return commit(writer, !writer->options.rebuild, err);
}

/* ---- what an article may cost ---- */

/* Beside the memory that was allowed the process may have 64 MiB, of which it
   takes a third for itself: the rest may be one article's. */
#define ARTICLE_BYTES ((size_t)40 << 20)

size_t
lede__writer_small_limit(const lede_writer *writer)
{
    return (size_t)(writer->options.memory_bytes / 4 / writer->threads);
}

size_t
lede__writer_large_limit(const lede_writer *writer)
{
    return (size_t)(writer->options.memory_bytes / 4 * 3) + ARTICLE_BYTES;
}

lede_status
lede__writer_invert(lede_writer *writer, const struct article *article,
                    const unsigned char hash[16], uint64_t held,
                    lede_error *err)
{
    lede_status status = lede__invert(writer->inverter, article, hash,
                                      lede__writer_small_limit(writer),
                                      &writer->inverted, err);

    if (status == LEDE_STATUS_LIMIT) {
        status = lede__writer_make_room(writer, writer->options.memory_bytes,
                                        held, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__invert(writer->inverter, article, hash,
                                  lede__writer_large_limit(writer),
                                  &writer->inverted, err);
        }
    }
    return status != LEDE_STATUS_OK
               ? status
               : lede__writer_make_room(writer, writer->inverted.cost, held,
                                        err);
}

/* ---- changes ---- */

lede_status
lede__writer_find_id(lede_writer *writer, struct str id, uint32_t *number,
                     lede_error *err)
{
    lede_status status = lede__term_raw(&writer->term, TERM_ID, id, err);

    *number = 0;
    if (status == LEDE_STATUS_OK && writer->stats.articles > 0) {
        status = writer->sink->ops->find(
            writer->sink, lede__buf_view(&writer->term), 0, number, err);
    }
    return status;
}

lede_status
lede__writer_put(lede_writer *writer, struct inverted *inverted,
                 lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (inverted->article.number == 0) {
        if (writer->stats.last_number >= UINT32_MAX - 2) {
            return lede__fail(err, LEDE_STATUS_LIMIT,
                              "%s: all document numbers are used up; number "
                              "anew with lede index --rebuild",
                              writer->index);
        }
        inverted->article.number = writer->stats.last_number + 1;
    }
    status = writer->sink->ops->add(writer->sink, &inverted->article, err);
    if (status == LEDE_STATUS_OK) {
        if (inverted->article.number > writer->stats.last_number) {
            writer->stats.last_number = inverted->article.number;
        }
        lede__stats_count(&writer->stats, inverted->lang, inverted->length,
                          1);
    }
    return status;
}

lede_status
lede__writer_delete(lede_writer *writer, uint32_t number, lede_error *err)
{
    struct sink *sink = writer->sink;
    struct buf lang = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    uint64_t length = 0;
    const char *p = NULL;

    status = sink->ops->column(sink, COLUMN_LENGTH, number, &writer->value,
                               err);
    if (status == LEDE_STATUS_OK) {
        p = lede__buf_view(&writer->value).p;
        lede__varint_read(&p, p + writer->value.len, &length);
        status = sink->ops->column(sink, COLUMN_LANG, number, &lang, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = sink->ops->remove(sink, number, err);
    }
    if (status == LEDE_STATUS_OK) {
        lede__stats_count(&writer->stats, lede__buf_view(&lang),
                          (uint32_t)length, -1);
    }
    lede__buf_free(&lang);
    return status;
}
