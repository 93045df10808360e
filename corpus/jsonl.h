/* jsonl.h - a line of JSON Lines -> an article. */

#ifndef LEDE_CORPUS_JSONL_H
#define LEDE_CORPUS_JSONL_H

#include "corpus/builder.h"

/* Objects and arrays inside one another in a record.  What is deeper is no
   metadata that anybody could name in a query. */
#define JSON_DEPTH_MAX 64
/* A list of more strings than this is a text in paragraphs, and one value. */
#define JSON_LIST_MAX 1000

/* Read valid UTF-8 into the article.  `path` is for messages. */
void
lede__jsonl_read(struct builder *b, struct str text, const char *path);

#endif
