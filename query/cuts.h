/* cuts.h - where a text may be cut: between words, or where a script has no
   spaces between characters; never within what is seen as one character, an
   HTML entity that stands in the text, or a short construct of Markdown. */

#ifndef LEDE_QUERY_CUTS_H
#define LEDE_QUERY_CUTS_H

#include "query/chars.h"

/* Characters in [from, to). */
size_t
lede__count_chars(struct str text, size_t from, size_t to);

/* `at` moved over white space, up to `to`; back, down to `from`. */
size_t
lede__skip_space(struct str text, size_t at, size_t to);
size_t
lede__skip_space_back(struct str text, size_t from, size_t at);

/* Where a text that must have what is at `at` may begin, up to `room`
   characters before it but not before `from`; where it may end, if it must have
   what is before `at`.  A few more characters are taken rather than cut within
   something. */
size_t
lede__cut_start(struct str text, size_t from, size_t at, size_t room);
size_t
lede__cut_end(struct str text, size_t at, size_t to, size_t room);

#endif
