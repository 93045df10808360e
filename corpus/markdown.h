/* markdown.h - the body of a Markdown article. */

#ifndef LEDE_CORPUS_MARKDOWN_H
#define LEDE_CORPUS_MARKDOWN_H

#include "corpus/builder.h"

/* Markdown is parsed in pieces of about so many bytes, cut where a paragraph
   ends, because the parser keeps 20 bytes for each line and for each character
   that may mean something. */
#define MARKDOWN_PIECE ((size_t)256 << 10)
/* Quotes and lists inside one another, opened by one line.  The parser looks
   at all open ones for each line, so that without a limit 16 MiB of "> > >"
   take hours. */
#define MARKDOWN_NESTING 100

/* In place of what is no Markdown; see markdown-piece.c. */
#define MARKDOWN_MASK '\xFF'

struct markdown_piece {
    size_t len;
    bool deep;                  // more nesting than allowed
    bool tight_headings;        // "##Heading", without a space
    bool masked;                // has something like a shortcode
};

/* Find where the first piece of `text` ends and what is in it. */
struct markdown_piece
lede__markdown_piece(struct str text);

/* A copy of that piece as md4c shall see it, a line end and zeros behind it;
   malloc'd, NULL and b failed where there is no memory. */
char *
lede__markdown_prepare(struct builder *b, struct str text,
                       const struct markdown_piece *piece);

/* Read the text as Markdown into the body; where the article has no title yet,
   its first heading is. */
void
lede__markdown_read(struct builder *b, struct str text);

#endif
