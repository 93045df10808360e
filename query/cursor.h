/* cursor.h - where a page ends, as a short text, and back. */

#ifndef LEDE_QUERY_CURSOR_H
#define LEDE_QUERY_CURSOR_H

#include "query/order.h"

struct cursor {
    uint32_t query;             // what it is of: 24 bits each
    uint32_t content;
    uint64_t passed;            // hits on this page and those before
    bool behind;                // the next begins behind `after`
    struct position after;
    int64_t lowered;
    int64_t now;                // LEDE_NOW_UNKNOWN: does not matter
};

/* Hashes are cut to this. */
#define CURSOR_HASH 0xFFFFFFu

lede_status
lede__cursor_write(struct buf *out, const struct cursor *cursor,
                   lede_error *err);

/* after.key is in `arena`.  LEDE_STATUS_OK, _USAGE. */
lede_status
lede__cursor_read(struct cursor *cursor, const char *text,
                  struct arena *arena, lede_error *err);

#endif
