/* lede-alert.h - alerts: searches that are saved in an index, and the articles
   that are new for them; a part of lede.h, which includes it.

   An alert is a query under a name.  It is part of the index: committed with
   it, kept by a rebuild, a conversion and lede_writer_optimize.

   What is NEW for an alert are the articles that it finds among those that
   were added or replaced since it was told of.  A rebuild and a conversion
   make no article new, unless it has changed.

       lede_alerts_open             a snapshot's alerts
       lede_alerts_run              what is new for one of them
       ... print it, send it ...
       lede_writer_alert_seen       it has been told of
       lede_writer_commit

   What happens between the run and the commit loses nothing: without it the
   same articles are new once more.  So each is told of at least once, and
   twice only where a program ended in between. */

#ifndef LEDE_ALERT_H
#define LEDE_ALERT_H

#include "lede.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* Of an index; and bytes of a name and of a query.  All names and queries have
   at most 4 MiB together. */
#define LEDE_ALERTS_MAX 10000
#define LEDE_ALERT_NAME_MAX 128
#define LEDE_ALERT_QUERY_MAX 8192

typedef struct lede_alert {
    const char *name;
    const char *query;
    const char *added;           /* RFC 3339 */
    const char *told;            /* when _seen was last called; NULL: never */
} lede_alert;

typedef struct lede_alerts lede_alerts;

/* The alerts of an index, by name; `index` must live as long.
   Returns LEDE_STATUS_OK, _CORRUPT, _IO, _ENGINE. */
lede_status
lede_alerts_open(lede_alerts **out, lede_index *index, lede_error *error);
size_t
lede_alerts_count(const lede_alerts *alerts);
const lede_alert *
lede_alerts_get(const lede_alerts *alerts, size_t i);
/* Which of them has this name; lede_alerts_count where none has. */
size_t
lede_alerts_find(const lede_alerts *alerts, const char *name);
void
lede_alerts_close(lede_alerts *alerts);

typedef struct lede_alert_news {
    uint64_t total;              /* articles that are new for it */
    uint64_t seen;               /* for lede_writer_alert_seen */
    int any;                     /* 0: nothing was added at all since, so that
                                    there is nothing to tell the writer */
} lede_alert_news;

/* Search what is new for alert `i`, with its query and these options (NULL: the
   defaults; offset must be 0).  The results have the best options->limit of
   them or, where they are more, so many of those that were added first: the
   others are left for the next time.
   Returns as lede_search. */
lede_status
lede_alerts_run(lede_results **out, lede_alert_news *news,
                lede_alerts *alerts, size_t i,
                const lede_search_options *options, lede_error *error);

/* Save a query under a name, which has no control characters.  Whether it says
   what it should is for lede_search to tell, with options.strict.  New for it
   is what is added from now on or, with `all`, all that there is.  Where
   there is an alert of this name its query is replaced, and what is new for it
   stays, unless `all` is set.  It is there after lede_writer_commit.
   Returns LEDE_STATUS_OK, _USAGE (no name, no query, not of that form; a
   rebuild that is not done), _LIMIT, _CORRUPT, _IO, _ENGINE. */
lede_status
lede_writer_alert_set(lede_writer *writer, const char *name,
                      const char *query, int all, lede_error *error);
/* Returns LEDE_STATUS_OK, _NOT_FOUND, _CORRUPT, _IO, _ENGINE. */
lede_status
lede_writer_alert_remove(lede_writer *writer, const char *name,
                         lede_error *error);
/* An alert has been told of all up to `seen`, which a run of it gave.  As
   _remove. */
lede_status
lede_writer_alert_seen(lede_writer *writer, const char *name, uint64_t seen,
                       lede_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
