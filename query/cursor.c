/* cursor.c - where a page ends, as a short text; see cursor.h.

     text     = the bytes in base64url (RFC 4648), without padding
     bytes    = flags u8  query u24  content u24
                passed varint
                now zigzag                      where FLAG_NOW
                position                        where FLAG_BEHIND
                check u32                       XXH3-64, the low half, of all
                                                before
     position = lowered zigzag  index varint  number varint  key{rest}

   Nobody is to be kept from reading it; the check is against typing errors. */

#include "query/cursor.h"

#include <xxhash.h>

#define VERSION 0x10            // in the upper half of the flags
#define FLAG_NOW 1
#define FLAG_BEHIND 2
#define CHECK_BYTES 4
#define HASH_BYTES 3
/* Keys of the greatest number and length, and what is around them. */
#define CURSOR_BYTES_MAX (ORDER_KEYS_MAX * (2 * ORDER_TEXT_MAX + 16) + 64)

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- base64url ---- */

static lede_status
encode(struct buf *out, struct str bytes, lede_error *err)
{
    uint32_t held = 0;
    unsigned bits = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < bytes.len && status == LEDE_STATUS_OK; i++) {
        held = held << 8 | (uint8_t)bytes.p[i];
        for (bits += 8; bits >= 6 && status == LEDE_STATUS_OK; bits -= 6) {
            status = lede__buf_char(out, alphabet[held >> (bits - 6) & 63],
                                    err);
        }
    }
    return status != LEDE_STATUS_OK || bits == 0 ? status
           : lede__buf_char(out, alphabet[held << (6 - bits) & 63], err);
}

static bool
decode(struct str text, char *out, size_t *len)
{
    uint32_t held = 0;
    unsigned bits = 0;
    size_t i;

    *len = 0;
    for (i = 0; i < text.len; i++) {
        const char *digit = text.p[i] == '\0' ? NULL
                                              : strchr(alphabet, text.p[i]);

        if (digit == NULL || *len == CURSOR_BYTES_MAX) {
            return false;
        }
        held = held << 6 | (uint32_t)(digit - alphabet);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[(*len)++] = (char)(held >> bits);
        }
    }
    return true;
}

/* ---- the bytes ---- */

static lede_status
put_low(struct buf *out, uint32_t value, int bytes, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    int i;

    for (i = 0; i < bytes && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_char(out, (char)(value >> (8 * i)), err);
    }
    return status;
}

static uint32_t
get_low(const char *p, int bytes)
{
    uint32_t value = 0;
    int i;

    for (i = 0; i < bytes; i++) {
        value |= (uint32_t)(uint8_t)p[i] << (8 * i);
    }
    return value;
}

static lede_status
put_position(struct buf *out, const struct cursor *cursor, lede_error *err)
{
    lede_status status = lede__buf_varint(out, lede__zigzag(cursor->lowered),
                                          err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(out, cursor->after.index, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(out, cursor->after.number, err);
    }
    return status != LEDE_STATUS_OK ? status
           : lede__buf_str(out, cursor->after.key, err);
}

lede_status
lede__cursor_write(struct buf *out, const struct cursor *cursor,
                   lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    bool dated = cursor->now != LEDE_NOW_UNKNOWN;
    lede_status status;

    status = lede__buf_char(&bytes, (char)(VERSION |
                                           (dated ? FLAG_NOW : 0) |
                                           (cursor->behind ? FLAG_BEHIND
                                                           : 0)), err);
    if (status == LEDE_STATUS_OK) {
        status = put_low(&bytes, cursor->query, HASH_BYTES, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_low(&bytes, cursor->content, HASH_BYTES, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(&bytes, cursor->passed, err);
    }
    if (status == LEDE_STATUS_OK && dated) {
        status = lede__buf_varint(&bytes, lede__zigzag(cursor->now), err);
    }
    if (status == LEDE_STATUS_OK && cursor->behind) {
        status = put_position(&bytes, cursor, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_low(&bytes, (uint32_t)XXH3_64bits(bytes.p, bytes.len),
                         CHECK_BYTES, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = encode(out, lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

static bool
read_bytes(struct cursor *cursor, struct str bytes)
{
    const char *p = bytes.p;
    const char *end = bytes.p + bytes.len - CHECK_BYTES;
    uint64_t now = 0;
    uint64_t lowered, index, number;
    int flags;

    if (bytes.len < 1 + 2 * HASH_BYTES + CHECK_BYTES ||
        get_low(end, CHECK_BYTES) !=
        (uint32_t)XXH3_64bits(p, (size_t)(end - p))) {
        return false;
    }
    flags = (uint8_t)*p++;
    cursor->query = get_low(p, HASH_BYTES);
    cursor->content = get_low(p + HASH_BYTES, HASH_BYTES);
    p += 2 * HASH_BYTES;
    if ((flags & ~(FLAG_NOW | FLAG_BEHIND)) != VERSION ||
        !lede__varint_read(&p, end, &cursor->passed)) {
        return false;
    }
    cursor->now = LEDE_NOW_UNKNOWN;
    if ((flags & FLAG_NOW) != 0) {
        if (!lede__varint_read(&p, end, &now)) {
            return false;
        }
        cursor->now = lede__unzigzag(now);
    }
    cursor->behind = (flags & FLAG_BEHIND) != 0;
    if (!cursor->behind) {
        return p == end;
    }
    if (!lede__varint_read(&p, end, &lowered) ||
        !lede__varint_read(&p, end, &index) || index > UINT32_MAX ||
        !lede__varint_read(&p, end, &number) || number > UINT32_MAX) {
        return false;
    }
    cursor->lowered = lede__unzigzag(lowered);
    cursor->after = (struct position){ { p, (size_t)(end - p) },
                                       (uint32_t)index, (uint32_t)number };
    return true;
}

lede_status
lede__cursor_read(struct cursor *cursor, const char *text,
                  struct arena *arena, lede_error *err)
{
    char *bytes = lede__arena_alloc(arena, CURSOR_BYTES_MAX);
    size_t len = 0;

    *cursor = (struct cursor){ 0 };
    if (bytes == NULL) {
        return lede__fail_memory(err);
    }
    if (!decode(str_from(text), bytes, &len) ||
        !read_bytes(cursor, (struct str){ bytes, len })) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "%.60s is not a cursor, or a part of one",
                          text);
    }
    return LEDE_STATUS_OK;
}
