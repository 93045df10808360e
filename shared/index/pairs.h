/* pairs.h - metadata of the native engine: keys with values, sorted, in a
   section of each segment; what a later segment says of a key holds, and an
   empty value there means that the key is gone. */

#ifndef LEDE_INDEX_PAIRS_H
#define LEDE_INDEX_PAIRS_H

#include "shared/index/segment.h"

struct pairs_writer;

lede_status
lede__pairs_writer_new(struct pairs_writer **out, lede_error *err);
void
lede__pairs_writer_free(struct pairs_writer *writer);
/* Keys ascend bytewise, strictly. */
lede_status
lede__pairs_add(struct pairs_writer *writer, struct str key,
                struct str value, lede_error *err);
lede_status
lede__pairs_end(struct pairs_writer *writer, struct buf *out,
                lede_error *err);

/* In the mapping: valid as long as the segment. */
lede_status
lede__pairs_find(struct segment *segment, struct str key, bool *found,
                 struct str *value, lede_error *err);

struct pairs_cursor {
    struct segment *segment;
    struct str key;             // p NULL: at the end
    struct str value;
    uint64_t at;
};

lede_status
lede__pairs_seek(struct pairs_cursor *cursor, struct segment *segment,
                 struct str from, lede_error *err);
lede_status
lede__pairs_next(struct pairs_cursor *cursor, lede_error *err);

#endif
