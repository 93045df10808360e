/* language.h - codes of languages, and the detector behind a C face. */

#ifndef LEDE_CORPUS_LANGUAGE_H
#define LEDE_CORPUS_LANGUAGE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* At most so much of a text is looked at. */
#define LANG_SAMPLE_MAX 2048
/* Where the body has less than this, the title is looked at too. */
#define LANG_TITLE_BELOW 128
/* CLD2's code for the language of at most LANG_SAMPLE_MAX bytes of valid UTF-8.
   NULL where it is not sure, or where the language has less than `percent_min`
   per cent of the text; with 0, only where it has no idea.  Thread-safe. */
const char *
lede__cld2_detect(const char *text, size_t len, int percent_min);

#ifdef __cplusplus
}
#else

#include "shared/base/str.h"

/* The ISO 639-1 code (or -3 where there is no -1) for what people write as a
   language: "en", "en-US", "EN_us", "eng", "English"; NULL where it is none.
   A static string. */
const char *
lede__lang_code(struct str name);

#endif

#endif
