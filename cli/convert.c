/* convert.c - lede convert: the same index with another engine. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/place.h"
#include "cli/writing.h"

struct conversion {
    const char *from;           // engines
    const char *to;
    struct sizes before;
    struct sizes after;
    double seconds;
};

/* The engine that the index has. */
static int
find_engine(const char **engine, const struct settings *settings)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_index *index = NULL;
    char *path = NULL;
    lede_status opened;
    int status = place_index(&path, settings, false);

    *engine = NULL;
    if (status != EXIT_DONE) {
        return status;
    }
    opened = lede_index_open(&index, path, &error);
    if (opened != LEDE_STATUS_OK) {
        status = complain_error(opened, &error);
    } else {
        *engine = strcmp(lede_index_engine(index), "native") == 0 ? "native"
                                                                  : "xapian";
    }
    lede_index_close(index);
    free(path);
    return status;
}

static int
print_json(const struct writing *writing, const struct conversion *done,
           int status)
{
    json *answer = json_answer();

    json_put(answer, "index", json_text(writing->path));
    json_put(answer, "from", json_text(done->from));
    json_put(answer, "engine", json_text(done->to));
    json_put(answer, "articles", json_number(done->after.articles));
    json_put(answer, "failed", json_number(writing->counts.failed));
    json_put(answer, "seconds",
             json_real(round(done->seconds * 1000) / 1000));
    json_put(answer, "bytes_before", json_number(done->before.bytes));
    json_put(answer, "index_bytes", json_number(done->after.bytes));
    json_put(answer, "failures", json_object_get(writing->failures));
    return json_finish(answer, status);
}

static int
print_text(const struct conversion *done, int status)
{
    char articles[32];
    char before[32];
    char after[32];

    format_count(articles, sizeof(articles), done->after.articles);
    format_size(before, sizeof(before), done->before.bytes);
    format_size(after, sizeof(after), done->after.bytes);
    printf("%s to %s: %s article%s, %s, before %s; %.1f s\n", done->from,
           done->to, articles, plural(done->after.articles), after, before,
           done->seconds);
    return stdout_finish(status);
}

static int
report(struct writing *writing, struct conversion *done, lede_status status,
       const lede_error *error)
{
    int code = writing->counts.failed > 0 ? EXIT_PARTLY : EXIT_DONE;

    done->seconds = writing_end(writing);
    if (status == LEDE_STATUS_STOPPED) {
        note("stopped; the index is as it was");
        writing_end_by_signal();
    }
    if (status != LEDE_STATUS_OK) {
        return complain_error(status, error);
    }
    done->after = writing_measure(writing->path);
    if (writing->settings->json) {
        return print_json(writing, done, code);
    }
    return writing->settings->quiet ? stdout_finish(code)
                                    : print_text(done, code);
}

int
command_convert(const struct settings *given)
{
    struct settings settings = *given;
    struct conversion done = { 0 };
    lede_error error = LEDE_ERROR_INIT;
    struct writing writing;
    lede_status converted;
    int status;

    status = place_operand(&settings);
    if (status != EXIT_DONE) {
        return status;
    }
    status = find_engine(&done.from, &settings);
    if (status != EXIT_DONE) {
        return status;
    }
    if (!settings.engine) {
        settings.engine = strcmp(done.from, "native") == 0 ? "xapian"
                                                           : "native";
    }
    done.to = settings.engine;
    if (strcmp(done.from, done.to) == 0) {
        complain("the index has the engine %s already", done.to);
        return EXIT_ERROR;
    }
    settings.rebuild = true;
    status = writing_open(&writing, &settings, false);
    if (status == EXIT_DONE) {
        done.before = writing_measure(writing.path);
        writing_may_stop(&writing);
        converted = lede_writer_convert(writing.writer, &writing.counts,
                                        &error);
        status = report(&writing, &done, converted, &error);
    }
    writing_close(&writing);
    free(done.before.name);
    free(done.after.name);
    return status;
}
