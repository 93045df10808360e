/* charset.h - the detector of encodings behind a face of our own. */

#ifndef LEDE_CORPUS_CHARSET_H
#define LEDE_CORPUS_CHARSET_H

#include "shared/base/str.h"

#define CHARSET_NAME_MAX 32

/* What uchardet (Mozilla's detector, by statistics) says of some bytes; false
   where it does not know, or where it would be UTF-8 or ASCII.
   Thread-safe. */
bool
lede__charset_detect(struct str bytes, char name[CHARSET_NAME_MAX]);

#endif
