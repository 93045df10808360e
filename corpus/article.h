/* article.h - what an article is, once it has been read.

   Readers (reader.h) make it, the indexer turns it into terms and a stored
   record, and a search shows it again.  All strings are valid UTF-8 without
   NUL, live in the article's arena, and are empty (len 0) where absent. */

#ifndef LEDE_CORPUS_ARTICLE_H
#define LEDE_CORPUS_ARTICLE_H

#include "shared/base/date.h"
#include "shared/base/str.h"

enum block_kind {
    BLOCK_PARAGRAPH,
    BLOCK_HEADING,
    BLOCK_ITEM,                 // of a list
    BLOCK_QUOTE,
    BLOCK_CODE,
    BLOCK_TABLE,                // one row
};

/* A piece of the body that hangs together.  Blocks are in order, do not
   overlap, and what is between them is white space. */
struct block {
    uint32_t start;             // byte offset in body
    uint32_t len;               // bytes
    uint32_t line;              // in the source, from 1; 0 unknown
    uint8_t kind;               // enum block_kind
    uint8_t level;              // of a heading, 1 to 6; else 0
};

enum meta_type {
    META_STRING,
    META_NUMBER,
    META_BOOL,
    META_DATE,
};

/* One value of the metadata that is no field of its own.  A list is several
   entries with one key; a nested mapping is "outer.inner". */
struct meta {
    struct str key;
    struct str text;            // as written
    enum meta_type type;
    double number;              // META_NUMBER; META_BOOL as 0 or 1
    struct date date;           // META_DATE
};

struct str_list {
    struct str *items;
    size_t count;
};

struct article {
    struct arena arena;

    struct str id;              // unique in the index; see DESIGN, Ids
    struct str path;            // the file, in the form ids have; may be empty
    struct str key;             // its own id (JSON id, front matter id)
    struct str title;
    struct str body;            // plain text; blocks apart by blank lines
    struct str summary;
    struct str lang;            // ISO 639-1 ("en"), else -3; "" unknown
    struct str source;          // the publication
    struct str url;
    struct date date;
    struct str_list authors;
    struct str_list tags;
    struct str_list categories;

    struct block *blocks;
    size_t n_blocks;
    struct meta *meta;
    size_t n_meta;
    struct meta *header;        // as written: what became a field above
    size_t n_header;

    uint32_t line;              // where it begins in its file, from 1
    bool draft;
    bool title_in_body;         // the title is a part of the body's text
    bool lang_detected;         // not from metadata
};

#endif
