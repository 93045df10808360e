/* parse.h - the text of a query -> a syntax tree, and back.

   The language is docs/query-language.md.  As a grammar, loosest first:

     query   := item*                      side by side: a LIST
     item    := and ("OR" and)*
     and     := unary ("AND" unary)*
     unary   := "NOT"* ["+" | "-"] primary
     primary := "(" query ")" | phrase | word | word "*"
              | field ":" primary | filter ":" value

   No text is an error.  What cannot be honoured is repaired - a bracket
   closed, an operator without operands dropped, an unknown field searched as
   words - and each repair is a warning with its byte range.  The parser knows
   no index: which names are fields it asks through `struct names`. */

#ifndef LEDE_QUERY_PARSE_H
#define LEDE_QUERY_PARSE_H

#include "shared/base/date.h"
#include "shared/base/str.h"

/* A query of a person has a hundred bytes, a pasted paragraph a few thousand;
   what lies beyond is cut. */
#define QUERY_BYTES_MAX 65536
/* Brackets in brackets; deeper ones are ignored.  Bounds the recursion. */
#define QUERY_DEPTH_MAX 64
/* Words, phrases and filters; further ones are dropped. */
#define QUERY_CLAUSES_MAX 1024
/* A query that is all mistakes need not be told so 10,000 times. */
#define QUERY_WARNINGS_MAX 100

enum syntax_kind {
    SYNTAX_WORD,                // text: no white space, as typed
    SYNTAX_PHRASE,              // text: between quotes
    SYNTAX_PREFIX,              // text: before the star
    SYNTAX_FILTER,              // field: its name; text: the value
    SYNTAX_DATES,               // from, to
    SYNTAX_AND,
    SYNTAX_OR,
    SYNTAX_NOT,                 // one child
    SYNTAX_LIST,                // side by side
};

struct syntax {
    enum syntax_kind kind;
    bool must;                  // of a member of a LIST: +
    struct str field;           // of a text field; empty: all of them
    struct str text;
    struct date from;           // DATES; DATE_NONE: open
    struct date to;
    struct syntax *child;       // the first
    struct syntax *next;        // sibling
    size_t start;               // byte range in the query
    size_t end;
};

/* ---- warnings ---- */

struct warnings {
    struct arena *arena;        // of the strings and the items
    lede_warning *items;
    size_t count;
};

/* Add one; beyond QUERY_WARNINGS_MAX it is dropped. */
lede_status
lede__warn(struct warnings *warnings, const char *code, size_t start,
           size_t end, lede_error *err, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* ---- names ---- */

enum name_kind {
    NAME_UNKNOWN,
    NAME_TEXT,                  // a text field
    NAME_FILTER,                // tag, author, a metadata key ...
    NAME_DATE,
};

struct names {
    lede_status (*find)(void *payload, struct str name, enum name_kind *kind,
                        lede_error *err);
    void *payload;
};

/* ---- text to tree and back ---- */

/* *out is NULL where there is nothing in the query.  The tree is in `arena`;
   its strings too. */
lede_status
lede__parse(struct syntax **out, struct str query, const struct names *names,
            struct arena *arena, struct warnings *warnings, lede_error *err);

/* The same for text without operators: words apart by white space. */
lede_status
lede__parse_plain(struct syntax **out, struct str query, struct arena *arena,
                  struct warnings *warnings, lede_error *err);

/* Append the query as it was understood.  Parsing that gives the same tree. */
lede_status
lede__print(struct buf *out, const struct syntax *syntax, lede_error *err);

/* Whether all that it holds are filters: it selects, and scores nothing. */
bool
lede__syntax_is_filter(const struct syntax *syntax);

#endif
