/* columns.h - the columns of a segment: one value per doc, by doc.

   Each column takes the smallest of: nothing (all empty), one width for all,
   a table of the distinct values with an ordinal per doc, or offsets into
   bytes.  The bytes: see columns.c. */

#ifndef LEDE_INDEX_COLUMNS_H
#define LEDE_INDEX_COLUMNS_H

#include "shared/index/segment.h"

struct columns_writer;

lede_status
lede__columns_writer_new(struct columns_writer **out, lede_error *err);
void
lede__columns_writer_free(struct columns_writer *writer);
/* The values of the next doc. */
lede_status
lede__columns_add(struct columns_writer *writer,
                  const struct str values[COLUMNS], lede_error *err);
/* Append the section; `order`, where not NULL, tells which of the docs added
   is doc 0, 1, ... of `docs`: so docs can be reordered and left out. */
lede_status
lede__columns_end(struct columns_writer *writer, const uint32_t *order,
                  uint32_t docs, struct buf *out, lede_error *err);
/* A value added before; valid until the next call of add. */
struct str
lede__columns_added(const struct columns_writer *writer, uint32_t doc,
                    enum column column);
/* Memory held. */
size_t
lede__columns_bytes(const struct columns_writer *writer);

/* A value, in the mapping: valid as long as the segment. */
lede_status
lede__columns_read(struct segment *segment, enum column column, uint32_t doc,
                   struct str *out, lede_error *err);

/* Where a column is a table: the ordinals of n ascending docs, which may be in
   `out`, and how many ordinals there are; *count 0 where it is none. */
lede_status
lede__columns_ordinals(struct segment *segment, enum column column,
                       const uint32_t *docs, size_t n, uint32_t *out,
                       uint32_t *count, lede_error *err);
/* The value that an ordinal stands for; as lede__columns_read. */
lede_status
lede__columns_text(struct segment *segment, enum column column,
                   uint32_t ordinal, struct str *out, lede_error *err);

#endif
