/* news.h - running the alerts of an index, and telling what is new. */

#ifndef LEDE_CLI_NEWS_H
#define LEDE_CLI_NEWS_H

#include "cli/search.h"
#include "cli/writing.h"

/* An alert that is run. */
struct told {
    size_t alert;               // its place among all
    bool told;                  // all up to `seen` was
    uint64_t seen;
};

struct news {
    struct search search;       // the one at hand
    lede_alerts *alerts;
    struct told *told;
    size_t n;
    size_t found;               // alerts with something new
    bool failed;                // some could not be run
    bool written;               // all that was to be told
    json *list;                 // what is told, where it is gathered
};

/* Open the index's alerts, of these names or, without any, all.  EXIT_DONE;
   after a message EXIT_NOTHING (a name that no alert has) or EXIT_ERROR.
   news_close in any case. */
int
news_open(struct news *news, const struct settings *settings,
          const char *const *names, size_t n);

/* Run them and write what is new to stdout, as settings have it.  EXIT_DONE,
   EXIT_NOTHING (nothing is new) or, after a message, EXIT_ERROR. */
int
news_tell(struct news *news);

/* Run them, into news->list. */
int
news_gather(struct news *news);

/* What has been told is not new any more.  EXIT_DONE or, after a
   message, EXIT_ERROR. */
int
news_note(const struct news *news, lede_writer *writer);

/* writing_report and, where --alerts asks for it, what is new. */
int
news_report(struct writing *writing, lede_status status,
            const lede_error *error);

/* Whether the answer is one object. */
bool
news_is_json(const struct settings *settings);

/* An alert as an object, of which nothing is found yet. */
json *
news_json(const lede_alert *alert);

void
news_close(struct news *news);

#endif
