/* optimize.c - lede optimize: one segment of many. */

#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/place.h"
#include "cli/writing.h"

struct state {
    size_t segments;
    uint64_t bytes;
    char last[40];              // the name of the last of them
};

/* Nothing where the index cannot be read. */
static struct state
measure(const char *path)
{
    struct state state = { 0 };
    lede_index *index = NULL;
    lede_info info;

    if (lede_index_open(&index, path, NULL) == LEDE_STATUS_OK &&
        lede_index_info(index, &info, NULL) == LEDE_STATUS_OK) {
        state = (struct state){ info.n_segments, info.bytes, "" };
        if (info.n_segments > 0) {
            snprintf(state.last, sizeof(state.last), "%s",
                     info.segments[info.n_segments - 1].name);
        }
    }
    lede_index_close(index);
    return state;
}

static int
print_json(const struct writing *writing, const struct state *before,
           const struct state *after, double seconds)
{
    json *answer = json_answer();

    json_put(answer, "index", json_text(writing->path));
    json_put(answer, "segments_before", json_number(before->segments));
    json_put(answer, "segments", json_number(after->segments));
    json_put(answer, "bytes_before", json_number(before->bytes));
    json_put(answer, "index_bytes", json_number(after->bytes));
    json_put(answer, "seconds", json_real(round(seconds * 1000) / 1000));
    return json_finish(answer, EXIT_DONE);
}

static int
print_text(const struct state *before, const struct state *after,
           double seconds, bool reorder)
{
    char old[32];
    char new[32];

    if (after->segments == 0) {
        puts("nothing to do: the xapian engine has no segments, and keeps its "
             "tables in order as it writes");
        return stdout_finish(EXIT_DONE);
    }
    if (strcmp(before->last, after->last) == 0) {
        printf("nothing to do: one segment%s already, and nothing deleted in "
               "it\n", reorder ? ", reordered" : "");
        return stdout_finish(EXIT_DONE);
    }
    format_size(old, sizeof(old), before->bytes);
    format_size(new, sizeof(new), after->bytes);
    printf("%zu segment%s, before %zu; %s, before %s; %.1f s\n",
           after->segments, plural(after->segments), before->segments, new,
           old, seconds);
    return stdout_finish(EXIT_DONE);
}

int
command_optimize(const struct settings *given)
{
    lede_optimize_options options = LEDE_OPTIMIZE_OPTIONS_INIT;
    struct settings settings = *given;
    lede_error error = LEDE_ERROR_INIT;
    struct state before;
    struct state after;
    struct writing writing;
    lede_status done;
    double seconds;
    int status;

    status = place_operand(&settings);
    if (status != EXIT_DONE) {
        return status;
    }
    options.reorder = settings.reorder;
    status = writing_open(&writing, &settings, false);
    if (status == EXIT_DONE) {
        before = measure(writing.path);
        writing_may_end();
        done = lede_writer_optimize(writing.writer, &options, &error);
        seconds = writing_end(&writing);
        if (done != LEDE_STATUS_OK) {
            status = complain_error(done, &error);
        } else {
            after = measure(writing.path);
            if (settings.json) {
                status = print_json(&writing, &before, &after, seconds);
            } else if (!settings.quiet) {
                status = print_text(&before, &after, seconds,
                                    settings.reorder);
            }
        }
    }
    writing_close(&writing);
    return status;
}
