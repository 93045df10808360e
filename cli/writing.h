/* writing.h - what the commands that change an index have in common: opening
   it with its lede.yaml, progress, failures and warnings, stopping by a signal,
   and the report at the end. */

#ifndef LEDE_CLI_WRITING_H
#define LEDE_CLI_WRITING_H

#include "cli/json.h"
#include "cli/output.h"
#include "cli/progress.h"

struct writing {
    const struct settings *settings;
    char *path;                 // of the index
    char *config;               // text of lede.yaml, or NULL
    char *config_path;
    lede_writer *writer;
    struct progress progress;
    lede_counts counts;
    size_t warnings_shown;
    // Of --json; NULL without.
    json *failures;
    json *warnings;
    json *renames;
    json *would_add;
    json *would_update;
    json *would_remove;
    json *alerts;               // what is new for them, with --alerts
};

/* Open the writer.  EXIT_DONE or, after a message, EXIT_ERROR; writing_close
   in any case. */
int
writing_open(struct writing *writing, const struct settings *settings,
             bool make);

/* From now on ^C, SIGTERM and SIGHUP stop the writer; writing_open with `make`
   has done so. */
void
writing_may_stop(struct writing *writing);

/* From now on they end the command at once, which says that nothing has
   changed. */
void
writing_may_end(void);

/* What the run came to: the report, and the exit status.  The writer is closed
   first.  Where a signal stopped the run, the program ends by that signal. */
int
writing_report(struct writing *writing, lede_status status,
               const lede_error *error);

/* For commands with a report of their own: close the writer, take the progress
   off the terminal; the seconds it took.  And end by the signal that stopped
   the run, where one has. */
double
writing_end(struct writing *writing);
void
writing_end_by_signal(void);

/* An index as it is now. */
struct sizes {
    bool known;                 // false: there is none
    char *name;                 // its path, as the current folder sees it
    uint64_t articles;
    uint64_t bytes;
};

/* sizes.name is for free(). */
struct sizes
writing_measure(const char *path);

void
writing_close(struct writing *writing);

#endif
