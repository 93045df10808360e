/* jsonl.h - a line of JSON Lines -> an article. */

#ifndef LEDE_CORPUS_JSONL_H
#define LEDE_CORPUS_JSONL_H

#include "corpus/builder.h"

/* A list of more strings than this is a text in paragraphs, and one value. */
#define JSON_LIST_MAX 1000

/* Read a record, in any encoding, into the article.  `path` is for messages. */
void
lede__jsonl_read(struct builder *b, struct str bytes, const char *path);

#endif
