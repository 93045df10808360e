/* writing.c - what the commands that change an index have in common; see
   writing.h.

   ^C, SIGTERM and SIGHUP ask the writer to finish its batch and to commit it;
   afterwards the command ends by the same signal, so that a shell or a service
   manager sees how it ended (status 130 or 143).  The second signal ends it at
   once, which loses the batch and nothing else. */

#define _GNU_SOURCE             // asprintf

#include "cli/writing.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/place.h"
#include "cli/text.h"

#define CONFIG_NAME "lede.yaml"
#define CONFIG_MAX (1 << 20)    // bytes; a schema of a screenful is a long one
#define WARNINGS_SHOWN 5

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t stopped_by;
static lede_writer *volatile running;
static volatile sig_atomic_t rebuilding;    // and nothing is committed before

static void
on_signal(int number)
{
    static const char commits[] = "\nlede: finishing the batch; the same "
                                  "signal again stops at once\n";
    static const char discards[] = "\nlede: stopping; the index stays as it "
                                   "was\n";
    lede_writer *writer = running;

    stopped_by = number;
    if (writer) {
        ssize_t ignored = rebuilding
            ? write(STDERR_FILENO, discards, sizeof(discards) - 1)
            : write(STDERR_FILENO, commits, sizeof(commits) - 1);

        (void)ignored;
        lede_writer_stop(writer);
    }
}

/* A second signal finds the default action. */
static void
catch_signals(void (*handler)(int number))
{
    struct sigaction action = { .sa_handler = handler };

    sigemptyset(&action.sa_mask);
    // No SA_RESTART: waiting for input is to end.
    action.sa_flags = (int)SA_RESETHAND;
    for (size_t i = 0; i < sizeof(stop_signals) / sizeof(int); i++) {
        struct sigaction old;

        // nohup and background jobs have them ignored: that stays.
        if (sigaction(stop_signals[i], NULL, &old) == 0 &&
            old.sa_handler != SIG_IGN) {
            sigaction(stop_signals[i], &action, NULL);
        }
    }
    // A closed pipe is no reason to leave half of the work undone.
    signal(SIGPIPE, SIG_IGN);
}

/* Of work that leaves everything as it is until it is done: say so, and end by
   the signal. */
static void
on_end(int number)
{
    static const char said[] = "\nlede: stopped; what is in the index has not "
                               "changed\n";
    ssize_t ignored = write(STDERR_FILENO, said, sizeof(said) - 1);

    (void)ignored;
    raise(number);              // which has its default action again
}

/* ---- lede.yaml ---- */

/* The text of a file for free(); NULL with errno. */
static char *
read_text(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file ? malloc(CONFIG_MAX + 1) : NULL;
    size_t n;

    if (!text) {
        if (file) {
            fclose(file);
        }
        return NULL;
    }
    n = fread(text, 1, CONFIG_MAX + 1, file);
    if (ferror(file) || n > CONFIG_MAX) {
        errno = ferror(file) ? errno : EFBIG;
        free(text);
        text = NULL;
    } else {
        text[n] = '\0';
        if (strlen(text) < n) {
            errno = EINVAL;
            free(text);
            text = NULL;
        }
    }
    fclose(file);
    return text;
}

/* --config, else lede.yaml in the folder that holds the index, else in the one
   above. */
static int
load_config(struct writing *writing)
{
    const char *given = writing->settings->config;
    char *folder = given ? NULL : place_folder(writing->path);
    int status = EXIT_DONE;

    if (!given && !folder) {
        return complain_memory();
    }
    for (int up = 0; up < 2 && !writing->config; up++) {
        char *path = NULL;
        char *slash;
        int length = given ? asprintf(&path, "%s", given)
                           : asprintf(&path, "%s/" CONFIG_NAME,
                                      strcmp(folder, "/") ? folder : "");

        if (length < 0) {
            status = complain_memory();
            break;
        }
        writing->config = read_text(path);
        if (writing->config) {
            writing->config_path = path;
            break;
        }
        if (given || errno != ENOENT) {
            complain("%s: %s", path,
                     errno == EINVAL ? "not a text file" : strerror(errno));
            status = EXIT_ERROR;
        }
        free(path);
        if (given || status != EXIT_DONE) {
            break;
        }
        slash = strrchr(folder, '/');
        if (slash) {
            *slash = '\0';
        }
    }
    free(folder);
    return status;
}

/* ---- events ---- */

/* The message of an event without the place that it may begin with: the path,
   perhaps absolute, line and column. */
static const char *
bare_message(const lede_event *event)
{
    static const char place[] = ":0123456789";
    const char *message = event->message ? event->message : "not read";
    size_t length = event->path ? strlen(event->path) : 0;
    const char *path = length > 0 ? strstr(message, event->path) : NULL;
    size_t n;

    if (path && (path == message || (*message == '/' && path[-1] == '/'))) {
        path += length;
        n = strspn(path, place);
        if (*path == ':' && path[n] == ' ') {
            message = path + n + 1;
        }
    }
    n = strspn(message, place);
    return n > 0 && message[n - 1] == ':' && message[n] == ' '
               ? message + n + 1
               : message;
}

/* "PATH:LINE:COLUMN: MESSAGE" for free(). */
static char *
describe(const lede_event *event)
{
    const char *path = event->path ? event->path : "";
    const char *message = bare_message(event);
    char place[32] = "";
    char *text = NULL;

    if (event->line > 0 && event->column > 0) {
        snprintf(place, sizeof(place), ":%u:%u", event->line, event->column);
    } else if (event->line > 0) {
        snprintf(place, sizeof(place), ":%u", event->line);
    }
    if (*path == '\0') {
        text = strdup(message);
    } else if (asprintf(&text, "%s%s: %s", path, place, message) < 0) {
        text = NULL;
    }
    return text;
}

static json *
json_event(const lede_event *event)
{
    json *object = json_new();

    if (event->kind == LEDE_EVENT_WARNING) {
        json_put(object, "code", json_text(event->code));
    }
    json_put(object, "path", json_text(event->path));
    json_put(object, "line",
             event->line ? json_number(event->line) : NULL);
    json_put(object, "column",
             event->column ? json_number(event->column) : NULL);
    json_put(object, "message", json_text(bare_message(event)));
    return object;
}

static void
on_warning(struct writing *writing, const lede_event *event)
{
    char *text;

    if (writing->warnings) {
        json_push(writing->warnings, json_event(event));
    }
    if (!writing->settings->verbose &&
        (writing->settings->quiet || writing->settings->json ||
         writing->warnings_shown >= WARNINGS_SHOWN)) {
        return;
    }
    text = describe(event);
    note("%s", text ? text : event->message);
    free(text);
    writing->warnings_shown++;
}

/* Told in any case: what the user has written is not in force. */
static void
on_config(struct writing *writing, const lede_event *event)
{
    char *text = describe(event);

    if (writing->warnings) {
        json_push(writing->warnings, json_event(event));
    }
    note("%s", text ? text : event->message);
    free(text);
}

static void
on_failure(struct writing *writing, const lede_event *event)
{
    char *text = describe(event);

    if (writing->failures) {
        json_push(writing->failures, json_event(event));
    }
    complain("%s", text ? text : event->message);
    free(text);
}

static void
on_rename(struct writing *writing, const lede_event *event)
{
    if (writing->renames) {
        json *object = json_new();

        json_put(object, "from", json_text(event->message));
        json_put(object, "to", json_text(event->path));
        json_push(writing->renames, object);
    } else if (!writing->settings->quiet) {
        fputs("renamed: ", stdout);
        text_put(stdout, event->message);
        fputs(" -> ", stdout);
        text_put(stdout, event->path);
        putchar('\n');
    }
}

/* Of a dry run. */
static void
on_would(struct writing *writing, const char *verb, json *list,
         const char *path)
{
    if (list) {
        json_push(list, json_text(path));
    } else if (!writing->settings->quiet && path) {
        printf("would %s: ", verb);
        text_put(stdout, path);
        putchar('\n');
    }
}

static void
on_event(void *payload, const lede_event *event)
{
    struct writing *writing = payload;

    if (event->kind == LEDE_EVENT_PROGRESS) {
        progress_draw(&writing->progress, event);
        return;
    }
    if (event->kind == LEDE_EVENT_COMMITTED) {
        return;
    }
    progress_clear(&writing->progress);
    switch (event->kind) {
    case LEDE_EVENT_WARNING:
        on_warning(writing, event);
        break;
    case LEDE_EVENT_FAILED:
        on_failure(writing, event);
        break;
    case LEDE_EVENT_RENAMED:
        on_rename(writing, event);
        break;
    case LEDE_EVENT_ADDED:
        on_would(writing, "add", writing->would_add, event->path);
        break;
    case LEDE_EVENT_UPDATED:
        on_would(writing, "update", writing->would_update, event->path);
        break;
    case LEDE_EVENT_REMOVED:
        on_would(writing, "remove", writing->would_remove, event->path);
        break;
    case LEDE_EVENT_CONFIG:
        on_config(writing, event);
        break;
    default:
        break;
    }
}

/* ---- opening and closing ---- */

/* --engine, else $LEDE_ENGINE where there is no index yet. */
static int
choose_engine(const char **engine, const struct writing *writing)
{
    const char *wanted = getenv("LEDE_ENGINE");
    lede_index *index = NULL;

    *engine = writing->settings->engine;
    if (*engine || !wanted || !*wanted) {
        return EXIT_DONE;
    }
    if (strcmp(wanted, "native") != 0 && strcmp(wanted, "xapian") != 0) {
        complain("LEDE_ENGINE is '%s', and not one of: native xapian",
                 wanted);
        return EXIT_ERROR;
    }
    if (lede_index_open(&index, writing->path, NULL) ==
        LEDE_STATUS_NOT_FOUND) {
        *engine = wanted;
    }
    lede_index_close(index);
    return EXIT_DONE;
}

/* There has to be an index: a writer would make one.  Whether it can be used,
   the writer says. */
static int
find_index(const char *path)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_index *index = NULL;
    lede_status opened = lede_index_open(&index, path, &error);

    lede_index_close(index);
    return opened == LEDE_STATUS_NOT_FOUND ? complain_error(opened, &error)
                                           : EXIT_DONE;
}

int
writing_open(struct writing *writing, const struct settings *settings,
             bool make)
{
    lede_writer_options options = LEDE_WRITER_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    lede_status status;
    int failed;

    *writing = (struct writing){ .settings = settings };
    // A file that must not grow any more (ulimit -f) is an error to be told.
    signal(SIGXFSZ, SIG_IGN);
    progress_begin(&writing->progress, !settings->quiet);
    failed = place_index(&writing->path, settings, make);
    if (failed == EXIT_DONE && make) {
        failed = load_config(writing);
    }
    if (failed != EXIT_DONE) {
        return failed;
    }
    failed = make ? EXIT_DONE : find_index(writing->path);
    if (failed != EXIT_DONE) {
        return failed;
    }
    if (settings->json) {
        writing->failures = json_list();
        writing->warnings = json_list();
        writing->renames = json_list();
        writing->would_add = json_list();
        writing->would_update = json_list();
        writing->would_remove = json_list();
        writing->alerts = json_list();
    }
    failed = choose_engine(&options.engine, writing);
    if (failed != EXIT_DONE) {
        return failed;
    }
    options.memory_bytes = settings->memory;
    options.threads = (unsigned)settings->jobs;
    options.wait_ms = (unsigned)(settings->wait * 1000);
    options.max_article_bytes = settings->max_article;
    options.drafts = settings->drafts;
    options.rebuild = settings->rebuild;
    options.config = writing->config;
    options.config_path = writing->config_path;
    options.now = (int64_t)time(NULL);
    options.event = on_event;
    options.payload = writing;
    status = lede_writer_open(&writing->writer, writing->path, &options,
                              &error);
    if (status != LEDE_STATUS_OK) {
        return complain_error(status, &error);
    }
    if (make) {
        writing_may_stop(writing);
    }
    return EXIT_DONE;
}

void
writing_may_stop(struct writing *writing)
{
    rebuilding = writing->settings->rebuild;
    running = writing->writer;
    catch_signals(on_signal);
}

void
writing_may_end(void)
{
    catch_signals(on_end);
}

void
writing_close(struct writing *writing)
{
    running = NULL;
    lede_writer_close(writing->writer);
    writing->writer = NULL;
    free(writing->path);
    free(writing->config);
    free(writing->config_path);
    json_object_put(writing->failures);
    json_object_put(writing->warnings);
    json_object_put(writing->renames);
    json_object_put(writing->would_add);
    json_object_put(writing->would_update);
    json_object_put(writing->would_remove);
    json_object_put(writing->alerts);
}

/* ---- the report ---- */

struct sizes
writing_measure(const char *path)
{
    struct sizes sizes = { 0 };
    lede_index *index = NULL;
    uint64_t bytes = 0;

    if (lede_index_open(&index, path, NULL) == LEDE_STATUS_OK &&
        lede_index_bytes(index, &bytes, NULL) == LEDE_STATUS_OK) {
        char *here = getcwd(NULL, 0);

        sizes = (struct sizes){
            .known = true, .articles = lede_index_articles(index),
            .bytes = bytes,
        };
        sizes.name = here ? place_seen(here, here, path) : NULL;
        free(here);
    }
    lede_index_close(index);
    return sizes;
}

static void
print_counts(const struct writing *writing, double seconds,
             const struct sizes *sizes)
{
    const lede_counts *counts = &writing->counts;
    const struct {
        const char *name;
        uint64_t number;
        bool always;
    } rows[] = {
        { "added", counts->added, true },
        { "updated", counts->updated, true },
        { "unchanged", counts->unchanged, true },
        { "removed", counts->removed, true },
        { "failed", counts->failed, true },
        { "renamed", counts->renamed, false },
        { counts->skipped == 1 ? "draft skipped" : "drafts skipped",
          counts->skipped, false },
        { counts->warnings == 1 ? "warning" : "warnings", counts->warnings,
          false },
    };
    const char *comma = writing->settings->dry_run ? "dry run: " : "";
    char text[32];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].always || rows[i].number > 0) {
            format_count(text, sizeof(text), rows[i].number);
            printf("%s%s %s", comma, text, rows[i].name);
            comma = ", ";
        }
    }
    format_size(text, sizeof(text), counts->bytes);
    printf("\n%.1f s, %s read", seconds, text);
    if (sizes->known) {
        format_count(text, sizeof(text), sizes->articles);
        printf("; %s: %s article%s", sizes->name ? sizes->name : "index", text,
               plural(sizes->articles));
        format_size(text, sizeof(text), sizes->bytes);
        printf(", %s", text);
    }
    putchar('\n');
}

static int
print_json(struct writing *writing, double seconds, const struct sizes *sizes,
           int status)
{
    const lede_counts *counts = &writing->counts;
    bool dry = writing->settings->dry_run;
    json *answer = json_answer();
    json *would = dry ? json_new() : NULL;

    json_put(answer, "added", json_number(counts->added));
    json_put(answer, "updated", json_number(counts->updated));
    json_put(answer, "unchanged", json_number(counts->unchanged));
    json_put(answer, "removed", json_number(counts->removed));
    json_put(answer, "renamed", json_number(counts->renamed));
    json_put(answer, "skipped", json_number(counts->skipped));
    json_put(answer, "failed", json_number(counts->failed));
    json_put(answer, "seconds", json_real(round(seconds * 1000) / 1000));
    json_put(answer, "bytes_read", json_number(counts->bytes));
    json_put(answer, "index_bytes",
             sizes->known ? json_number(sizes->bytes)
                          : NULL);
    json_put(answer, "index", json_text(writing->path));
    json_put(answer, "committed", json_flag(!dry));
    json_put(answer, "failures", json_object_get(writing->failures));
    json_put(answer, "renames", json_object_get(writing->renames));
    if (dry) {
        json_put(would, "added", json_object_get(writing->would_add));
        json_put(would, "updated", json_object_get(writing->would_update));
        json_put(would, "removed", json_object_get(writing->would_remove));
    }
    json_put(answer, "dry_run", would);
    json_put(answer, "alerts", json_object_get(writing->alerts));
    json_put(answer, "warnings", json_object_get(writing->warnings));
    return json_finish(answer, status);
}

void
writing_end_by_signal(void)
{
    if (stopped_by) {
        fflush(NULL);
        signal(stopped_by, SIG_DFL);
        raise(stopped_by);
    }
}

double
writing_end(struct writing *writing)
{
    double seconds;

    running = NULL;
    lede_writer_close(writing->writer);
    writing->writer = NULL;
    seconds = (double)(progress_now_us() - writing->progress.begin_us) / 1e6;
    progress_clear(&writing->progress);
    return seconds;
}

int
writing_report(struct writing *writing, lede_status status,
               const lede_error *error)
{
    const struct settings *settings = writing->settings;
    int code = writing->counts.failed > 0 ? EXIT_PARTLY : EXIT_DONE;
    double seconds = writing_end(writing);
    struct sizes sizes;

    if (status != LEDE_STATUS_OK && status != LEDE_STATUS_STOPPED) {
        return complain_error(status, error);
    }
    if (writing->counts.warnings > writing->warnings_shown &&
        !settings->quiet && !settings->json) {
        char hidden[32];

        format_count(hidden, sizeof(hidden),
                     writing->counts.warnings - writing->warnings_shown);
        note("%s more warning%s; --verbose lists all", hidden,
             plural(writing->counts.warnings - writing->warnings_shown));
    }
    if (status == LEDE_STATUS_STOPPED) {
        note("stopped; what was read so far is committed, and the next run "
             "goes on from there");
    }
    sizes = writing_measure(writing->path);
    if (settings->json) {
        code = print_json(writing, seconds, &sizes, code);
    } else {
        if (!settings->quiet) {
            print_counts(writing, seconds, &sizes);
        }
        code = stdout_finish(code);
    }
    free(sizes.name);
    if (status == LEDE_STATUS_STOPPED) {
        writing_end_by_signal();
    }
    return code;
}
