/* add.c - lede add: articles from JSON Lines, as a batch job writes them. */

#include <unistd.h>

#include "cli/commands.h"
#include "cli/news.h"

int
command_add(const struct settings *settings)
{
    lede_source_options options = LEDE_SOURCE_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    const char *path = settings->n_operands ? settings->operands[0] : "-";
    struct writing writing;
    lede_status done;
    int status;

    if (settings->n_operands == 0 && isatty(STDIN_FILENO)) {
        note("reading JSON Lines from the terminal; ^D ends them");
    }
    options.dry_run = settings->dry_run;
    status = writing_open(&writing, settings, true);
    if (status == EXIT_DONE) {
        done = lede_writer_add_jsonl(writing.writer, path, &options,
                                     &writing.counts, &error);
        status = news_report(&writing, done, &error);
    }
    writing_close(&writing);
    return status;
}
