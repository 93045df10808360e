/* text.h - plain text: paragraphs, sentences, and the lines of credit. */

#ifndef LEDE_CORPUS_TEXT_H
#define LEDE_CORPUS_TEXT_H

#include "corpus/builder.h"

/* Read a plain-text article: credits, title, date and body. */
void
lede__text_read(struct builder *b, struct str text);

/* Add the paragraphs of a text to the body. */
void
lede__text_paragraphs(struct builder *b, struct str text);

/* The title for an article that has none, out of a paragraph of its body: the
   paragraph where it is short, else its first sentence. */
struct str
lede__text_title(struct builder *b, struct str paragraph);

#endif
