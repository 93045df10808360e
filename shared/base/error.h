/* error.h - statuses and messages inside the library.

   Every function that can fail returns a lede_status and takes a
   `lede_error *err` last, which may be NULL.  The public types are in lede.h;
   here are the helpers that fill them.

   A message is one line, impersonal, names the file and the place and says
   what to do where there is something to do.  The deepest message wins: a
   caller that only passes a status on does not touch `err`. */

#ifndef LEDE_BASE_ERROR_H
#define LEDE_BASE_ERROR_H

#include "shared/lede.h"

/* Private, above all public statuses: a snapshot has been overwritten by later
   commits (query/searcher.h says when).  It never reaches the user. */
#define LEDE__STATUS_CHANGED ((lede_status)1000)

/* Fill `err` (where not NULL) and return `status`, so that a failure is one
   statement: return lede__fail (err, LEDE_STATUS_IO, "%s: ...", path, ...). */
lede_status
lede__fail(lede_error *err, lede_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a fault in a file: the message is prefixed with
   FILE:LINE:COLUMN: (line and column left out where 0; both start at 1). */
lede_status
lede__fail_at(lede_error *err, lede_status status, const char *file,
              unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* A system call failed with `errnum`: "PATH: ACTION: strerror".  The status is
   LEDE_STATUS_NO_MEMORY, _NOT_FOUND, _PERMISSION, _DISK_FULL or _IO. */
lede_status
lede__fail_errno(lede_error *err, int errnum, const char *path,
                 const char *action);

/* "not enough memory"; returns LEDE_STATUS_NO_MEMORY. */
lede_status
lede__fail_memory(lede_error *err);

#endif
