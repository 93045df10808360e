/* lines.c - the lines of a file; see lines.h. */

#include "query/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "shared/base/file.h"

#define READ_BYTES ((size_t)1 << 18)

lede_status
lede__lines_open(struct lines *lines, const char *path, lede_error *err)
{
    *lines = (struct lines){ .path = path, .fd = -1,
                             .window = BUF_INIT(LINE_BYTES_MAX +
                                                READ_BYTES) };
    if (strcmp(path, "-") == 0) {
        lines->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        return lines->fd >= 0 ? LEDE_STATUS_OK
               : lede__fail_errno(err, errno, path, "cannot open");
    }
    return lede__file_open(&lines->fd, path, err);
}

void
lede__lines_close(struct lines *lines)
{
    lede__file_close(lines->fd);
    lines->fd = -1;
    lede__buf_free(&lines->window);
}

lede_status
lede__lines_again(struct lines *lines, lede_error *err)
{
    if (lseek(lines->fd, 0, SEEK_SET) < 0) {
        return lede__fail_errno(err, errno, lines->path,
                                "it is read twice, which this cannot be");
    }
    lines->window.len = 0;
    lines->at = 0;
    lines->ended = false;
    lines->number = 0;
    return LEDE_STATUS_OK;
}

/* Forget what was taken, and read on. */
static lede_status
read_more(struct lines *lines, lede_error *err)
{
    struct buf *window = &lines->window;
    ssize_t n;
    lede_status status;

    if (window->len > 0) {
        memmove(window->p, window->p + lines->at, window->len - lines->at);
        window->len -= lines->at;
        lines->at = 0;
    }
    if (window->len > LINE_BYTES_MAX) {
        return lede__fail_at(err, LEDE_STATUS_LIMIT, lines->path,
                             lines->number + 1, 0,
                             "a line of more than %zu bytes", LINE_BYTES_MAX);
    }
    status = lede__buf_reserve(window, READ_BYTES, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    do {
        n = read(lines->fd, window->p + window->len, READ_BYTES);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return lede__fail_errno(err, errno, lines->path, "cannot read");
    }
    window->len += (size_t)n;
    lines->ended = n == 0;
    return LEDE_STATUS_OK;
}

lede_status
lede__lines_next(struct lines *lines, struct str *line, bool *more,
                 lede_error *err)
{
    struct str rest;
    lede_status status;

    while (true) {
        rest.p = lines->window.p + lines->at;
        rest.len = lines->window.len - lines->at;
        if (lines->ended ||
            (rest.len > 0 && memchr(rest.p, '\n', rest.len) != NULL)) {
            break;
        }
        status = read_more(lines, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    *more = lede__line_next(&rest, line);
    lines->number += *more;
    lines->at = lines->window.len - rest.len;
    return LEDE_STATUS_OK;
}

bool
lede__line_next(struct str *rest, struct str *line)
{
    const char *end;

    if (rest->len == 0) {
        return false;
    }
    end = memchr(rest->p, '\n', rest->len);
    line->p = rest->p;
    line->len = end == NULL ? rest->len : (size_t)(end - rest->p);
    rest->p += line->len + (end != NULL);
    rest->len -= line->len + (end != NULL);
    if (line->len > 0 && line->p[line->len - 1] == '\r') {
        line->len--;
    }
    return true;
}

bool
lede__field_next(struct str *rest, struct str *field)
{
    while (rest->len > 0 && (*rest->p == ' ' || *rest->p == '\t')) {
        rest->p++;
        rest->len--;
    }
    field->p = rest->p;
    field->len = 0;
    while (rest->len > 0 && *rest->p != ' ' && *rest->p != '\t') {
        rest->p++;
        rest->len--;
        field->len++;
    }
    return field->len > 0;
}
