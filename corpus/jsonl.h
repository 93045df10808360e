/* jsonl.h - a line of JSON Lines -> an article. */

#ifndef LEDE_CORPUS_JSONL_H
#define LEDE_CORPUS_JSONL_H

#include "corpus/builder.h"

/* Objects and arrays inside one another in a record.  What is deeper is no
   metadata that anybody could name in a query. */
#define JSON_DEPTH_MAX 64
/* Members and items of a record, which the parser holds in some 100 bytes each:
   16 MiB of "[0,0,0,0..." would be 800. */
#define JSON_NODES_MAX ((size_t)200000)
/* A list of more strings than this is a text in paragraphs, and one value. */
#define JSON_LIST_MAX 1000

/* Read valid UTF-8 into the article.  `path` is for messages. */
void
lede__jsonl_read(struct builder *b, struct str text, const char *path);

#endif
