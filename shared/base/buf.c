/* buf.c - growing byte buffers, and varints in them.

   A buffer doubles, up to its maximum and one byte for the NUL. */

#include "shared/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CAP_MIN 64
#define VARINT_MAX 10           // bytes: 64 bits, 7 in each

lede_status
lede__buf_reserve(struct buf *buf, size_t more, lede_error *err)
{
    size_t max = buf->max < BUF_MAX_ANY ? buf->max : BUF_MAX_ANY;
    size_t cap = buf->cap;
    char *p;

    if (buf->len > max || more > max - buf->len) {
        return lede__fail(err, LEDE_STATUS_LIMIT, "more than %zu bytes", max);
    }
    size_t needed = buf->len + more + 1;
    if (needed <= cap) {
        return LEDE_STATUS_OK;
    }
    cap = cap <= max / 2 ? cap * 2 : max + 1;
    if (cap < CAP_MIN) {
        cap = CAP_MIN;
    }
    if (cap < needed) {
        cap = needed;
    }
    p = realloc(buf->p, cap);
    if (p == NULL) {
        return lede__fail_memory(err);
    }
    p[buf->len] = '\0';
    buf->p = p;
    buf->cap = cap;
    return LEDE_STATUS_OK;
}

lede_status
lede__buf_add_slow(struct buf *buf, const void *bytes, size_t n,
                   lede_error *err)
{
    lede_status status = lede__buf_reserve(buf, n, err);

    if (status != LEDE_STATUS_OK || n == 0) {
        return status;
    }
    memcpy(buf->p + buf->len, bytes, n);
    buf->len += n;
    buf->p[buf->len] = '\0';
    return LEDE_STATUS_OK;
}

lede_status
lede__buf_addf(struct buf *buf, lede_error *err, const char *format, ...)
{
    lede_status status = LEDE_STATUS_OK;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        return lede__fail_memory(err);
    }
    status = lede__buf_reserve(buf, (size_t)n, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    va_start(args, format);
    vsnprintf(buf->p + buf->len, (size_t)n + 1, format, args);
    va_end(args);
    buf->len += (size_t)n;
    return LEDE_STATUS_OK;
}

void
lede__buf_free(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf)BUF_INIT(buf->max);
}

lede_status
lede__buf_varint(struct buf *buf, uint64_t value, lede_error *err)
{
    unsigned char bytes[VARINT_MAX];
    size_t n = 0;

    while (value >= 0x80) {
        bytes[n++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (unsigned char)value;
    return lede__buf_add(buf, bytes, n, err);
}

bool
lede__varint_read(const char **p, const char *end, uint64_t *value)
{
    const unsigned char *at = (const unsigned char *)*p;
    uint64_t sum = 0;

    for (unsigned i = 0; i < VARINT_MAX; i++) {
        if (at == (const unsigned char *)end) {
            return false;
        }
        unsigned char byte = *at++;
        if (i == VARINT_MAX - 1 && byte > 1) {
            return false;       // beyond 64 bits
        }
        sum |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            *p = (const char *)at;
            *value = sum;
            return true;
        }
    }
    return false;
}
