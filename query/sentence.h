/* sentence.h - where sentences begin. */

#ifndef LEDE_QUERY_SENTENCE_H
#define LEDE_QUERY_SENTENCE_H

#include "shared/base/str.h"

/* Where the sentence after the one that begins at `from` does, of the text up
   to `to`, which is one block; at most `to`. */
size_t
lede__sentence_next(struct str text, size_t from, size_t to, struct str lang);

#endif
