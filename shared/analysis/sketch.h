/* sketch.h - how alike two texts are, from 64 bytes of each.

   A text is the set of its shingles: four words in a row, or four characters
   of a script without spaces (three of its overlapping pairs).  Two texts
   resemble each other as the shingles that they share are of all that they
   have (Broder 1997: resemblance).  Each shingle is hashed once, into one of
   64 bins, and a bin keeps its least hash (Li, Owen and Zhang 2012: one
   permutation hashing); an empty bin borrows from another one, chosen by its
   number alone (Shrivastava 2017: optimal densification).  Of the least hash
   one byte is kept (Li and König 2010: b-bit minwise hashing), so that two
   different bins agree once in 256.  The estimate of a resemblance r has a
   standard error of about sqrt(r * (1 - r) / 64), 0.05 at 0.8.

   The hashes are those of the words' forms: sketches can be compared where the
   analysis was the same. */

#ifndef LEDE_ANALYSIS_SKETCH_H
#define LEDE_ANALYSIS_SKETCH_H

#include "shared/analysis/analysis.h"

#define SKETCH_BYTES 64

/* Texts of fewer words are alike by accident: they have no sketch. */
#define SKETCH_WORDS 16

struct sketch {
    uint8_t bytes[SKETCH_BYTES];
};

/* A sketch in the making. */
struct sketcher {
    uint64_t last[3];           // hashes of the words before
    uint32_t words;             // so far, saturating
    uint32_t least[SKETCH_BYTES];
};

void
lede__sketch_begin(struct sketcher *sketcher);

/* The next tokens; extras do not count. */
void
lede__sketch_add(struct sketcher *sketcher, const struct token *tokens,
                 size_t count);

/* False where the text has fewer than SKETCH_WORDS words. */
bool
lede__sketch_end(const struct sketcher *sketcher, struct sketch *out);

/* The resemblance of the texts, estimated: 0 to 1. */
double
lede__sketch_resemblance(const struct sketch *a, const struct sketch *b);

#endif
