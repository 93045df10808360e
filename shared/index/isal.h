/* isal.h - raw deflate by ISA-L, Intel's library for storage, behind a face of
   our own. */

#ifndef LEDE_INDEX_ISAL_H
#define LEDE_INDEX_ISAL_H

#include "shared/base/str.h"

/* The bytes of memory that deflating needs; 0 where lede was built without
   ISA-L. */
size_t
lede__isal_memory(void);

/* Deflate to `to`; how many bytes it were, 0 where it cannot be done.  What was
   left in `memory` makes no difference. */
size_t
lede__isal_deflate(void *memory, struct str raw, char *to, size_t room);

#endif
