/* pattern.h - which forms a pattern means: w?rd, *ing, /colou?r/, word~2.

   A pattern is compared with whole forms, character by character, while the
   dictionary is walked in bytewise order.  What one form shares with the one
   before is not compared again, and where no form that begins so can match,
   the walk tells how much of it to skip:

     walk = lede__walk_new(pattern)
     for each form in order:
         if lede__walk_form(walk, form, &skip) ...
         else if skip > 0: go on behind all forms that begin with these bytes

   Wildcards and expressions are position automata (Glushkov 1961), run as sets
   of positions, so time is linear in the form, whatever the expression.  Edit
   distances are rows of the table of Wagner and Fischer (1974), one a
   character, with neighbours exchanged (Damerau 1964, restricted: no piece is
   edited twice): on a sorted walk this visits what an automaton of Levenshtein
   (Schulz and Mihov 2002) visits.

   EXPRESSIONS: characters, `.`, [a-z] [^a-z], ( ) |, * + ? {n} {n,} {n,m},
   \d (digits), \w (letters and digits), and \ before any sign; ^ at the
   beginning and $ at the end change nothing: forms match as a whole. */

#ifndef LEDE_QUERY_PATTERN_H
#define LEDE_QUERY_PATTERN_H

#include "shared/base/str.h"

/* Bytes of a pattern. */
#define PATTERN_BYTES_MAX 1024
/* Characters that it compares with, after {n} has been written out. */
#define PATTERN_POSITIONS_MAX 255
/* Characters of a word that is compared by its edit distance. */
#define PATTERN_FUZZY_MAX 63

struct pattern;

/* Compile; the pattern is in `arena`.  `text` is valid UTF-8 and, as forms
   are, folded.
   LEDE_STATUS_OK, _NO_MEMORY, _LIMIT (beyond a maximum), _BAD_QUERY (an
   expression that is none; err->start and err->end tell the bytes in text). */

/* * is any characters, ? any one; \ takes the sense of what follows away. */
lede_status
lede__pattern_wildcard(struct pattern **out, struct str text,
                       struct arena *arena, lede_error *err);
lede_status
lede__pattern_regex(struct pattern **out, struct str text,
                    struct arena *arena, lede_error *err);
/* Forms at most `distance` (1 or 2) edits away: a character more, less, or
   another one, or two neighbours exchanged. */
lede_status
lede__pattern_fuzzy(struct pattern **out, struct str text, unsigned distance,
                    struct arena *arena, lede_error *err);

/* What all forms that match begin with; may be empty. */
struct str
lede__pattern_prefix(const struct pattern *pattern);

struct walk;

/* NULL when out of memory. */
struct walk *
lede__walk_new(const struct pattern *pattern, struct arena *arena);

/* Whether the form matches; *distance, where not NULL, is then that of a fuzzy
   pattern, else 0.  Where it does not, *skip > 0 says that no form matches
   that begins with the same *skip bytes.  Forms come in bytewise order; others
   only cost time. */
bool
lede__walk_form(struct walk *walk, struct str form, size_t *skip,
                unsigned *distance);

#endif
