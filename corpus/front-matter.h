/* front-matter.h - the header of a Markdown article: YAML, TOML, or lines. */

#ifndef LEDE_CORPUS_FRONT_MATTER_H
#define LEDE_CORPUS_FRONT_MATTER_H

#include "corpus/builder.h"

/* Bytes of a header; a longer one is left out with a warning.  The largest of
   12,000 real ones has 16 KiB. */
#define HEADER_MAX ((size_t)256 << 10)
/* Mappings and lists inside one another; real headers have at most 4. */
#define HEADER_DEPTH_MAX 32
/* Nodes that are visited when the header is read out, each time that an alias
   names them: what a "billion laughs" costs at most. */
#define HEADER_VISITS_MAX 20000
#define HEADER_ANCHORS_MAX 64

enum header_kind { HEADER_NONE, HEADER_YAML, HEADER_TOML, HEADER_LINES };

/* Whether a text begins with a header, for finding the format. */
enum header_kind
lede__header_find(struct str text);

/* Take the header off `*text` and read it into b's values; b->line moves on to
   the body's first line.  The values live as long as the text. */
enum header_kind
lede__header_read(struct builder *b, struct str *text);

/* One dialect each; `line` is that of the header's first line. */
void
lede__yaml_read(struct builder *b, struct str header, unsigned line);
void
lede__toml_read(struct builder *b, struct str header, unsigned line);

#endif
