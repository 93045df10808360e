/* html.h - the text in the HTML that stands in Markdown.

   Not a parser of web pages: tags are dropped, what they enclose is kept, and
   those that end a paragraph end a block. */

#ifndef LEDE_CORPUS_HTML_H
#define LEDE_CORPUS_HTML_H

#include "corpus/builder.h"

/* Longest name of a tag or an attribute that means something here. */
#define HTML_NAME_MAX 15
/* Bytes of an entity, "&CounterClockwiseContourIntegral;" the longest. */
#define HTML_ENTITY_MAX 34

struct html {
    int state;
    bool closing;               // </...>
    bool raw;                   // in script or style: text is dropped
    bool inlined;               // inside a paragraph of Markdown
    char quote;
    char tag[HTML_NAME_MAX + 1];
    size_t tag_len;
    char attribute[HTML_NAME_MAX + 1];
    size_t attribute_len;
    char tail[3];               // the last bytes of a comment
};

/* Between two blocks of Markdown: no tag goes on. */
void
lede__html_reset(struct html *html);

/* Read a piece of HTML; a tag may go on in the next piece.  The blocks are
   begun and ended as the tags say. */
void
lede__html_text(struct html *html, struct builder *b, struct str piece);

/* The character of "&name;", "&#1234;" or "&#x12AB;" as UTF-8; 0 bytes where
   it is none that is known. */
size_t
lede__html_entity(struct str entity, char out[4]);

/* `text` with its entities made characters; a copy where it has any. */
struct str
lede__html_unescape(struct builder *b, struct str text);

/* Add text to the block, entities made characters. */
void
lede__html_decoded(struct builder *b, struct str text);

#endif
