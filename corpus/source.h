/* source.h - the beginning of a file, inflated, for finding its format. */

#ifndef LEDE_CORPUS_SOURCE_H
#define LEDE_CORPUS_SOURCE_H

#include "corpus/reader.h"

/* Read up to `cap` inflated bytes of a file into `out`; *len is how many, fewer
   only where the file ends.  LEDE_STATUS_OK, also for a broken gzip stream with
   what comes before the damage; _NOT_FOUND, _PERMISSION, _IO. */
lede_status
lede__source_head(const char *path, char *out, size_t cap, size_t *len,
                  lede_error *err);

#endif
