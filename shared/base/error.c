/* error.c - filling lede_error; the words for statuses; the version.

   A message is always one line of valid UTF-8, whatever is in the paths and
   values that go into it: control characters, line separators and bytes that
   are no UTF-8 appear escaped, \n or \x1b, and what is too long is cut at the
   border of a character and ends in "...".  Nothing here allocates, so that a
   lack of memory can be reported too. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE             // strerrordesc_np
#endif

#include "shared/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/base/utf8.h"

#define CUT "..."

/* A message before escaping: larger than a message, so that the cut is made
   once, after escaping. */
#define RAW_MAX 2048

const char *
lede_version(void)
{
    return LEDE_VERSION_STRING;
}

void
lede_string_free(char *string)
{
    free(string);
}

const char *
lede_status_string(lede_status status)
{
    switch (status) {
    case LEDE_STATUS_OK:
        return "no error";
    case LEDE_STATUS_NO_MEMORY:
        return "not enough memory";
    case LEDE_STATUS_USAGE:
        return "argument out of range";
    case LEDE_STATUS_IO:
        return "input or output failed";
    case LEDE_STATUS_NOT_FOUND:
        return "not found";
    case LEDE_STATUS_PERMISSION:
        return "permission denied";
    case LEDE_STATUS_DISK_FULL:
        return "disk full";
    case LEDE_STATUS_LOCKED:
        return "locked by another writer";
    case LEDE_STATUS_CORRUPT:
        return "damaged data";
    case LEDE_STATUS_VERSION:
        return "version not supported";
    case LEDE_STATUS_BAD_INPUT:
        return "article cannot be read";
    case LEDE_STATUS_BAD_CONFIG:
        return "fault in the configuration";
    case LEDE_STATUS_BAD_QUERY:
        return "query cannot be searched";
    case LEDE_STATUS_LIMIT:
        return "larger than a limit";
    case LEDE_STATUS_STOPPED:
        return "stopped";
    case LEDE_STATUS_ENGINE:
        return "storage engine failed";
    }
    return "unknown status";
}

/* Write the character at `p` (`len` bytes, code point `cp`) as it may stand in
   a message; returns the bytes written, at most 12. */
static size_t
escape(const char *p, size_t len, uint32_t cp, char out[16])
{
    bool broken = cp == 0xFFFD && len == 1;

    if (cp == '\n') {
        return (size_t)snprintf(out, 16, "\\n");
    }
    if (cp == '\t') {
        return (size_t)snprintf(out, 16, "\\t");
    }
    if (cp == '\r') {
        return (size_t)snprintf(out, 16, "\\r");
    }
    if (broken || cp < 0x20 || cp == 0x7F) {
        return (size_t)snprintf(out, 16, "\\x%02x", (unsigned char)*p);
    }
    if ((cp >= 0x80 && cp < 0xA0) || cp == 0x2028 || cp == 0x2029) {
        return (size_t)snprintf(out, 16, "\\u%04x", (unsigned)cp);
    }
    memcpy(out, p, len);
    return len;
}

static void
set_message(lede_error *err, const char *raw)
{
    const char *p = raw;
    const char *end = raw + strlen(raw);
    size_t room = sizeof(err->message) - 1;
    size_t used = 0;
    size_t cut = 0;             // where CUT still fits

    while (p < end) {
        char piece[16];
        uint32_t cp;
        size_t len = lede__utf8_next(p, end, &cp);
        size_t n = escape(p, len, cp, piece);
        if (used + n > room) {
            used = cut;
            memcpy(err->message + used, CUT, strlen(CUT));
            used += strlen(CUT);
            break;
        }
        memcpy(err->message + used, piece, n);
        used += n;
        if (used + strlen(CUT) <= room) {
            cut = used;
        }
        p += len;
    }
    err->message[used] = '\0';
}

/* A path that is too long is cut at the front: its end says more. */
static void
set_file(lede_error *err, const char *file)
{
    size_t len = file == NULL ? 0 : strlen(file);
    size_t room = sizeof(err->file) - 1;

    if (len <= room) {
        memmove(err->file, file == NULL ? "" : file, len + 1);
        return;
    }
    file += len - (room - strlen(CUT));
    while (((unsigned char)*file & 0xC0) == 0x80) {
        file++;
    }
    memmove(err->file + strlen(CUT), file, strlen(file) + 1);
    memcpy(err->file, CUT, strlen(CUT));
}

static lede_status
fail(lede_error *err, lede_status status, const char *file, unsigned line,
     unsigned column, const char *format, va_list args)
    __attribute__((format(printf, 6, 0)));

/* The arguments may point into `err`: it is filled last. */
static lede_status
fail(lede_error *err, lede_status status, const char *file, unsigned line,
     unsigned column, const char *format, va_list args)
{
    char raw[RAW_MAX];
    int used = 0;

    if (err == NULL) {
        return status;
    }
    lede_error made = LEDE_ERROR_INIT;
    made.status = status;
    made.line = line;
    made.column = line == 0 ? 0 : column;
    set_file(&made, file);
    if (made.file[0] != '\0') {
        used = snprintf(raw, sizeof(raw), "%s:", made.file);
    }
    if (made.line != 0) {
        used += snprintf(raw + used, sizeof(raw) - (size_t)used, "%u:", line);
    }
    if (made.column != 0) {
        used += snprintf(raw + used, sizeof(raw) - (size_t)used, "%u:",
                         column);
    }
    if (used > 0) {
        raw[used++] = ' ';
    }
    vsnprintf(raw + used, sizeof(raw) - (size_t)used, format, args);
    set_message(&made, raw);
    *err = made;
    return status;
}

lede_status
lede__fail(lede_error *err, lede_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fail(err, status, NULL, 0, 0, format, args);
    va_end(args);
    return status;
}

lede_status
lede__fail_at(lede_error *err, lede_status status, const char *file,
              unsigned line, unsigned column, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fail(err, status, file, line, column, format, args);
    va_end(args);
    return status;
}

/* In English whatever the locale. */
static const char *
describe(int errnum, char *out, size_t size)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
    const char *words = strerrordesc_np(errnum);

    if (words != NULL) {
        return words;
    }
#endif
    snprintf(out, size, "system error %d", errnum);
    return out;
}

static lede_status
status_of_errno(int errnum)
{
    switch (errnum) {
    case ENOMEM:
        return LEDE_STATUS_NO_MEMORY;
    case ENOENT:
    case ENOTDIR:
        return LEDE_STATUS_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return LEDE_STATUS_PERMISSION;
    case ENOSPC:
    case EDQUOT:
        return LEDE_STATUS_DISK_FULL;
    default:
        return LEDE_STATUS_IO;
    }
}

lede_status
lede__fail_errno(lede_error *err, int errnum, const char *path,
                 const char *action)
{
    char number[32];

    return lede__fail_at(err, status_of_errno(errnum), path, 0, 0, "%s: %s",
                         action, describe(errnum, number, sizeof(number)));
}

lede_status
lede__fail_memory(lede_error *err)
{
    return lede__fail(err, LEDE_STATUS_NO_MEMORY, "not enough memory");
}
