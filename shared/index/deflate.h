/* deflate.h - raw deflate (RFC 1951) of whole texts. */

#ifndef LEDE_INDEX_DEFLATE_H
#define LEDE_INDEX_DEFLATE_H

#include "shared/base/str.h"

struct deflater;

/* Levels as libdeflate has them, 0 (none) to 12.  NULL where there is no
   memory. */
struct deflater *
lede__deflater_new(int level);

void
lede__deflater_free(struct deflater *deflater);

/* The most bytes that deflating `size` bytes gives. */
size_t
lede__deflate_bound(struct deflater *deflater, size_t size);

/* Deflate to `to`, where there is room for lede__deflate_bound bytes; how many
   it were.  0 where it cannot be done. */
size_t
lede__deflate(struct deflater *deflater, struct str raw, char *to,
              size_t room);

#endif
