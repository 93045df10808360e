/* walk.h - the sentences of a text, block by block. */

#ifndef LEDE_QUERY_WALK_H
#define LEDE_QUERY_WALK_H

#include "query/snippet.h"

/* Where in a text one is; only `text` is set at first. */
struct walk {
    const struct passage *text;
    size_t block;               // [block, block_end)
    size_t block_end;
    size_t start;               // of the sentence
    size_t end;                 // where the next one begins, or block_end
};

/* On to the sentence that `at` is in, or back.  What is between two blocks is
   one, of white space. */
void
lede__walk_to(struct walk *walk, size_t at);

/* The end of the walk's sentence, without the white space behind it. */
size_t
lede__walk_end(const struct walk *walk);

/* Whether `at` is in a heading. */
bool
lede__walk_heading(const struct passage *text, size_t at);

/* Where the block after the one that `at` is in begins. */
size_t
lede__walk_below(const struct passage *text, size_t at);

#endif
