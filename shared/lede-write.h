/* lede-write.h - indexing; a part of lede.h. */

#ifndef LEDE_WRITE_H
#define LEDE_WRITE_H

#include "lede.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* ------------------------------------------------------------- indexing -- */

typedef enum lede_event_kind {
    LEDE_EVENT_PROGRESS = 1,     /* several times a second, not per article */
    LEDE_EVENT_WARNING = 2,      /* an article was read, but ... */
    LEDE_EVENT_FAILED = 3,       /* an article or file was not indexed */
    LEDE_EVENT_RENAMED = 4,      /* path: new, message: old */
    LEDE_EVENT_ADDED = 5,        /* in a dry run only: would be */
    LEDE_EVENT_UPDATED = 6,      /* likewise */
    LEDE_EVENT_REMOVED = 7,      /* likewise */
    LEDE_EVENT_CONFIG = 8,       /* the given config is not the index's */
    LEDE_EVENT_COMMITTED = 9,
} lede_event_kind;

typedef struct lede_counts {
    uint64_t added;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t removed;
    uint64_t renamed;            /* of added and removed */
    uint64_t failed;
    uint64_t warnings;
    uint64_t skipped;            /* drafts */
    uint64_t bytes;              /* of article text read, inflated */
} lede_counts;

typedef struct lede_event {
    lede_event_kind kind;
    const char *path;            /* or NULL */
    const char *message;         /* or NULL */
    const char *code;            /* of a warning */
    unsigned line;
    unsigned column;
    const lede_counts *counts;   /* so far */
    uint64_t bytes_total;        /* PROGRESS: expected, 0 unknown */
    uint64_t articles_total;     /* likewise */
} lede_event;

/* Called in the thread that called the writer.  The event and its strings
   live during the call. */
typedef void (*lede_event_callback)(void *payload, const lede_event *event);

typedef struct lede_writer_options {
    unsigned version;            /* LEDE_WRITER_OPTIONS_VERSION */
    const char *engine;          /* "native" or "xapian", for a new index or a
                                    rebuild; NULL: the index's own, of a new
                                    one "native" */
    uint64_t memory_bytes;       /* LEDE_MEMORY_MIN up; the process needs at
                                    most 64 MiB beyond it */
    unsigned threads;            /* 0: as many as there are processors */
    unsigned wait_ms;            /* for another writer to finish */
    uint64_t max_article_bytes;
    int drafts;                  /* 1: index drafts too */
    int rebuild;                 /* 1: make a new generation beside the old
                                    one; the commit switches to it.  What
                                    cannot be read of one that is damaged is
                                    a failure of lede_writer_index */
    const char *config;          /* the text of a lede.yaml, or NULL: for a
                                    new index the defaults, else its own */
    const char *config_path;     /* for messages */
    int64_t now;                 /* seconds since 1970 UTC; needed */
    lede_event_callback event;   /* or NULL */
    void *payload;
} lede_writer_options;

#define LEDE_WRITER_OPTIONS_VERSION 1
#define LEDE_MEMORY_DEFAULT ((uint64_t)512 << 20)
#define LEDE_MEMORY_MIN ((uint64_t)32 << 20)
#define LEDE_MAX_ARTICLE_DEFAULT ((uint64_t)16 << 20)
#define LEDE_WRITER_OPTIONS_INIT                                            \
    { LEDE_WRITER_OPTIONS_VERSION, NULL, LEDE_MEMORY_DEFAULT, 0, 0,         \
      LEDE_MAX_ARTICLE_DEFAULT, 0, 0, NULL, NULL, 0, NULL, NULL }

typedef struct lede_writer lede_writer;

/* Open the index in folder `path` for writing, or make it.
   Returns LEDE_STATUS_OK, _LOCKED (names the process), _BAD_CONFIG, _USAGE (no
   such engine, or not the one that the index has), _VERSION, _CORRUPT,
   _PERMISSION, _DISK_FULL, _IO, _ENGINE. */
lede_status
lede_writer_open(lede_writer **out, const char *path,
                 const lede_writer_options *options, lede_error *error);

typedef struct lede_source_options {
    unsigned version;            /* LEDE_SOURCE_OPTIONS_VERSION */
    int prune;                   /* 1: a root that is missing, empty or
                                    unreadable removes its articles */
    int dry_run;                 /* 1: report what would be done */
    int files_only;              /* 1: the paths are files; they do not become
                                    roots, and nothing vanishes */
} lede_source_options;

#define LEDE_SOURCE_OPTIONS_VERSION 1
#define LEDE_SOURCE_OPTIONS_INIT { LEDE_SOURCE_OPTIONS_VERSION, 0, 0, 0 }

/* Bring the index up to date with files and folders: add what is new, replace
   what has changed, remove what has vanished below the paths.  Without paths,
   the roots of earlier runs.  Commits as it goes, a batch at a time, and at
   the end.  What could not be read is an event and counted in counts->failed.
   Returns LEDE_STATUS_OK (also where some articles failed), _NOT_FOUND (no
   paths and no roots), _STOPPED (what was done is committed), _DISK_FULL,
   _IO, _CORRUPT, _ENGINE: then what was committed stays, the rest is undone. */
lede_status
lede_writer_index(lede_writer *writer, const char *const *paths,
                  size_t n_paths, const lede_source_options *options,
                  lede_counts *counts, lede_error *error);

/* Add or replace articles from JSON Lines ("-": standard input), or delete
   them ({"delete":"ID"}), and commit.  They never vanish by themselves.  Where
   an id comes twice, its last line counts.  As lede_writer_index. */
lede_status
lede_writer_add_jsonl(lede_writer *writer, const char *path,
                      const lede_source_options *options, lede_counts *counts,
                      lede_error *error);

/* Add one article, or replace the one with the same id.  It is found after
   lede_writer_commit.
   Returns LEDE_STATUS_OK, _BAD_INPUT (no id, nothing in it, not UTF-8),
   _LIMIT (over max_article_bytes), _DISK_FULL, _IO, _ENGINE. */
lede_status
lede_writer_add(lede_writer *writer, const lede_article *article,
                lede_error *error);

/* Remove the article with this id or unambiguous key, or all articles of this
   file or folder; *removed (or NULL) counts them, 0 where none is known.
   Returns LEDE_STATUS_OK, _USAGE (several articles have this key), _IO,
   _ENGINE. */
lede_status
lede_writer_remove(lede_writer *writer, const char *id, uint64_t *removed,
                   lede_error *error);

/* Make all changes since the last commit durable, at once.  A reader that
   opens the index afterwards, crash or not, sees them.
   Returns LEDE_STATUS_OK, _DISK_FULL, _IO, _ENGINE: then nothing changed. */
lede_status
lede_writer_commit(lede_writer *writer, lede_error *error);

/* Undo all changes since the last commit. */
lede_status
lede_writer_rollback(lede_writer *writer, lede_error *error);

typedef struct lede_optimize_options {
    unsigned version;            /* LEDE_OPTIMIZE_OPTIONS_VERSION */
    int reorder;                 /* 1: put articles that are alike side by
                                    side, which makes the index smaller and
                                    searching faster, and takes its time */
} lede_optimize_options;

#define LEDE_OPTIMIZE_OPTIONS_VERSION 1
#define LEDE_OPTIMIZE_OPTIONS_INIT { LEDE_OPTIMIZE_OPTIONS_VERSION, 0 }

/* Make one segment of all that the index consists of, without the articles
   that are deleted, and commit; what was not committed is, before.  PROGRESS
   events tell counts->bytes of bytes_total.  Of an engine without segments
   (xapian) nothing is to be done.  It cannot be stopped, but may be killed.
   Returns LEDE_STATUS_OK, _USAGE, _DISK_FULL, _IO, _CORRUPT, _ENGINE: then the
   index is as it was last committed. */
lede_status
lede_writer_optimize(lede_writer *writer, const lede_optimize_options *options,
                     lede_error *error);

/* Make the index anew out of the articles that are stored in it, without their
   files: what it knows of those is kept.  The writer was opened with `rebuild`,
   and with the `engine` to convert to.  Readers see the index as it was until
   the new one is complete, and then change over at once.  Events and counts
   are those of lede_writer_index.
   Returns LEDE_STATUS_OK, _USAGE (not opened so), _NOT_FOUND (there is nothing
   to convert), _STOPPED, _DISK_FULL, _IO, _CORRUPT, _ENGINE: then the index is
   as it was. */
lede_status
lede_writer_convert(lede_writer *writer, lede_counts *counts,
                    lede_error *error);

/* Ask a running lede_writer_index or _add_jsonl to finish its batch, commit
   and return LEDE_STATUS_STOPPED, and _convert to give up.  May be called from
   another thread or a signal handler. */
void
lede_writer_stop(lede_writer *writer);

/* Release the writer and its lock; what was not committed is undone. */
void
lede_writer_close(lede_writer *writer);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
