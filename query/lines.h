/* lines.h - the lines of a file, one after the other, and the fields of a line:
   judgments, runs, topics.  However long the file is, only a window of it is
   in memory. */

#ifndef LEDE_QUERY_LINES_H
#define LEDE_QUERY_LINES_H

#include "shared/base/str.h"

/* No line is longer: runs have some 50 bytes a line, topics some 100. */
#define LINE_BYTES_MAX ((size_t)1 << 20)

struct lines {
    const char *path;           // the caller's
    int fd;
    struct buf window;
    size_t at;                  // of the next line in it
    bool ended;                 // nothing follows the window
    unsigned number;            // of the last line, from 1
};

/* "-" is standard input.  For lede__lines_close, also on failure.
   LEDE_STATUS_OK, _NOT_FOUND, _PERMISSION, _IO. */
lede_status
lede__lines_open(struct lines *lines, const char *path, lede_error *err);

/* The next line without its end, borrowed until the next call; *more is false
   after the last.  LEDE_STATUS_OK, _IO, _LIMIT (a line of LINE_BYTES_MAX). */
lede_status
lede__lines_next(struct lines *lines, struct str *line, bool *more,
                 lede_error *err);

/* From the beginning again.  LEDE_STATUS_OK, _IO (a pipe). */
lede_status
lede__lines_again(struct lines *lines, lede_error *err);

void
lede__lines_close(struct lines *lines);

/* The next line of *rest, without its end; false after the last. */
bool
lede__line_next(struct str *rest, struct str *line);

/* The next field of a line, apart by spaces and tabs; false after the last. */
bool
lede__field_next(struct str *rest, struct str *field);

#endif
