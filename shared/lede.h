/* lede.h - the public interface of liblede, full-text search for articles.

   lede turns articles (Markdown with front matter, plain text, JSON Lines, or
   what your program has) into an index, and answers queries on it, best match
   first.  Two ways to use it:

     Searching:   lede_index_open, lede_search, lede_results_hit ...,
                  lede_results_free, lede_index_close
     Indexing:    lede_writer_open, then any of lede_writer_index (folders),
                  lede_writer_add (articles of your own), lede_writer_remove,
                  then lede_writer_commit and lede_writer_close

   This file has what all of it needs; it includes lede-search.h, lede-eval.h
   (is the ranking good?) and lede-write.h, which are not for themselves.

   CONVENTIONS
   - A function that can fail returns a lede_status, LEDE_STATUS_OK (0) on
     success, and takes a lede_error last, which may be NULL.  Each function
     lists what it can return; any of them can return LEDE_STATUS_NO_MEMORY.
   - What comes back through an `out` pointer is yours: release it with the
     type's _free or _close, which take NULL.  On failure *out is NULL.
     A returned pointer is borrowed: it lives as long as its parent, or as
     long as its comment says.
   - Strings are UTF-8 and NUL-terminated.  An absent string is NULL, both
     given and received; an absent list has count 0.
   - Option structs begin with a version: initialise them with the _INIT
     constant, then set what you need.  New members are added at the end.
   - A handle belongs to one thread at a time; two handles may be used in two
     threads.  lede_writer_stop alone may be called from anywhere.
   - The library never prints, exits, reads the environment, the clock (but to
     wait for a lock) or the locale, and keeps no global state. */

#ifndef LEDE_H
#define LEDE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

#define LEDE_VERSION_MAJOR 0
#define LEDE_VERSION_MINOR 1
#define LEDE_VERSION_PATCH 0
#define LEDE_VERSION_STRING "0.1.0"

/* The version of the library that is running, as "0.1.0". */
const char *
lede_version(void);

/* ------------------------------------------------------------- statuses -- */

/* The values are fixed and never used again for anything else. */
typedef enum lede_status {
    LEDE_STATUS_OK = 0,
    LEDE_STATUS_NO_MEMORY = 10,
    LEDE_STATUS_USAGE = 20,      /* an argument out of its range */
    LEDE_STATUS_IO = 30,         /* reading or writing failed */
    LEDE_STATUS_NOT_FOUND = 31,  /* no such file, index, or article */
    LEDE_STATUS_PERMISSION = 32,
    LEDE_STATUS_DISK_FULL = 33,
    LEDE_STATUS_LOCKED = 40,     /* another writer holds the index */
    LEDE_STATUS_CORRUPT = 50,    /* damaged data; run `lede check` */
    LEDE_STATUS_VERSION = 51,    /* an index of a version not supported */
    LEDE_STATUS_BAD_INPUT = 60,  /* an article that cannot be read */
    LEDE_STATUS_BAD_CONFIG = 61, /* a fault in lede.yaml */
    LEDE_STATUS_BAD_QUERY = 62,  /* an empty query */
    LEDE_STATUS_LIMIT = 63,      /* larger than a stated limit */
    LEDE_STATUS_STOPPED = 70,    /* by lede_writer_stop */
    LEDE_STATUS_ENGINE = 80,     /* the storage engine failed otherwise */
} lede_status;

/* The name of a status in words, "not found"; never NULL. */
const char *
lede_status_string(lede_status status);

/* What went wrong.  Yours, on the stack; a function that fails fills it, one
   that succeeds leaves it alone. */
typedef struct lede_error {
    lede_status status;
    unsigned line;               /* in `file`, from 1; 0: unknown */
    unsigned column;
    size_t start;                /* byte range in a query; both 0: unknown */
    size_t end;
    char file[512];              /* cut at the front where longer; or "" */
    char message[1024];          /* one line, file and place included */
} lede_error;

#define LEDE_ERROR_INIT { LEDE_STATUS_OK, 0, 0, 0, 0, "", "" }

/* ------------------------------------------------------------- articles -- */

/* One value of an article's metadata; lists are several with the same key. */
typedef struct lede_meta {
    const char *key;
    const char *value;
} lede_meta;

/* An article, to add or as stored.  Only `id` and one of title and body are
   needed to add one. */
typedef struct lede_article {
    const char *id;
    const char *key;             /* its own id; stored articles only */
    const char *path;            /* its file, relative to the folder that holds
                                    the index, or absolute; stored articles */
    const char *title;
    const char *body;            /* plain text */
    const char *summary;
    const char *date;            /* to add: any form of docs/formats.md */
    const char *lang;            /* "en"; NULL when adding: is detected */
    const char *source;
    const char *url;
    const char *const *authors;
    size_t n_authors;
    const char *const *tags;
    size_t n_tags;
    const char *const *categories;
    size_t n_categories;
    const lede_meta *meta;       /* other keys, lists flattened */
    size_t n_meta;
    const lede_meta *header;     /* stored articles only: as it was written,
                                    what became one of the members above */
    size_t n_header;
} lede_article;

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#include "lede-search.h"
#include "lede-eval.h"
#include "lede-write.h"
#include "lede-alert.h"

#endif
