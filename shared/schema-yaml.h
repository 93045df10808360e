/* schema-yaml.h - the text of a lede.yaml as a tree, within limits.

   Only what a settings file needs: texts, lists and mappings.  Anchors,
   aliases, tags, a second document and a key that comes twice are refused, so
   that the tree is never larger than the text. */

#ifndef LEDE_SCHEMA_YAML_H
#define LEDE_SCHEMA_YAML_H

#include "shared/base/str.h"

/* Of the text.  A stop list of every word of a language fits. */
#define SCHEMA_BYTES_MAX ((size_t)1 << 20)

/* Collections in each other; lede.yaml needs four. */
#define SCHEMA_DEPTH_MAX 8

/* Of one text, in bytes.  Longer than any term (TERM_MAX), so that nothing
   that could be found is refused. */
#define SCHEMA_TEXT_MAX 256

enum node_kind {
    NODE_TEXT,
    NODE_LIST,
    NODE_MAPPING,
};

/* Where something is in the file, from 1. */
struct place {
    unsigned line;
    unsigned column;            // in characters
};

struct node {
    enum node_kind kind;
    struct place place;
    struct str key;             // in a mapping: what it is the value of
    struct place key_place;
    struct str text;            // NODE_TEXT: valid UTF-8, no control characters
    bool quoted;
    struct node *first;         // of the children
    struct node *next;          // of the siblings
    size_t count;               // of the children
};

/* *out is the tree in `arena`, NULL where there is nothing but comments.
   LEDE_STATUS_OK, _BAD_CONFIG (with its place in `file`), _NO_MEMORY. */
lede_status
lede__schema_yaml(struct node **out, struct arena *arena, struct str text,
                  const char *file, lede_error *err);

#endif
