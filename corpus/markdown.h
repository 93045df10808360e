/* markdown.h - the body of a Markdown article. */

#ifndef LEDE_CORPUS_MARKDOWN_H
#define LEDE_CORPUS_MARKDOWN_H

#include "corpus/builder.h"

/* Markdown is parsed in pieces of about so many bytes, cut where a paragraph
   ends, because the parser keeps a note of every line of what it is given. */
#define MARKDOWN_PIECE ((size_t)1 << 20)
/* Quotes and lists inside one another, opened by one line.  The parser looks
   at all open ones for each line, so that without a limit 16 MiB of "> > >"
   take hours. */
#define MARKDOWN_NESTING 100

/* Read the text as Markdown into the body; where the article has no title yet,
   its first heading is. */
void
lede__markdown_read(struct builder *b, struct str text);

#endif
