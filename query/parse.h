/* parse.h - the text of a query -> a syntax tree, and back.

   The language is docs/query-language.md.  As a grammar, loosest first:

     query   := item*                      side by side: a LIST
     item    := and ("OR" and)*
     and     := unary ("AND" unary)*
     unary   := "NOT"* ["+" | "-"] near
     near    := boosted ("NEAR/" reach boosted)*
     boosted := primary ["^" number]
     primary := "(" query ")" | number "of" "(" query ")" | phrase | word
              | field ":" primary | filter ":" (value | range)
     phrase  := quote (word | "*")* quote ["~" number]
     word    := ["="] text | text with * and ? | "/" expression "/"
              | text "~" ["1" | "2"] | "*"

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

/* What ^ may say. */
#define QUERY_BOOST_MIN 0.001
#define QUERY_BOOST_MAX 1000
/* What NEAR may join at once. */
#define QUERY_NEAR_MAX 6
/* Words that may stand between those of "a b"~n, and positions of NEAR/n. */
#define QUERY_WITHIN_MAX 1000
/* Digits of a country in a telephone number: E.164 of the ITU. */
#define COUNTRY_DIGITS_MAX 3

enum syntax_kind {
    SYNTAX_WORD,                // text: no white space, as typed
    SYNTAX_PATTERN,             // text: with * and ?
    SYNTAX_REGEX,               // text: between the slashes
    SYNTAX_FUZZY,               // text; within: edits, 1 or 2
    SYNTAX_PHRASE,              // children: its forms; within: words that may
                                // stand between, altogether; text: the forms
                                // as words, apart by single spaces
    SYNTAX_ANY_WORD,            // in a phrase: one word, whichever
    SYNTAX_ALL,                 // every article
    SYNTAX_NEAR,                // children; within: positions, or unit
    SYNTAX_FILTER,              // field: its name; text: the value, or any
    SYNTAX_DATES,               // field: "date" or a key; from, to; text: as
                                // typed
    SYNTAX_NUMBERS,             // field: a key; low, high
    SYNTAX_AND,
    SYNTAX_OR,
    SYNTAX_NOT,                 // one child
    SYNTAX_LIST,                // side by side
    SYNTAX_SOME,                // at least `within` of the children
};

enum syntax_unit {
    UNIT_POSITIONS,
    UNIT_PARAGRAPH,
    UNIT_HEADING,
};

struct syntax {
    enum syntax_kind kind;
    bool must;                  // of a member of a LIST: +
    bool exact;                 // of a WORD: =word, or in quotes
    bool literal;               // of a WORD: signs in it were escaped
    bool any;                   // of a FILTER: all that have the key
    bool low_open;              // of NUMBERS: > and not >=
    bool high_open;
    struct str field;           // of a text field; empty: all of them
    struct str text;
    double boost;               // what it counts, 1 unless said
    uint32_t within;
    enum syntax_unit unit;
    struct date from;           // DATES; DATE_NONE: open
    struct date to;
    double low;                 // NUMBERS; -INFINITY: open
    double high;                // INFINITY: open
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

/* How many words the body has. */
#define NAME_WORDS "words"

enum name_kind {
    NAME_UNKNOWN,
    NAME_TEXT,                  // a text field
    NAME_FILTER,                // tag, author ...
    NAME_KEY,                   // a metadata key
    NAME_NUMBER,                // words
    NAME_DATE,                  // date, or a key whose values are dates
};

struct names {
    lede_status (*find)(void *payload, struct str name, enum name_kind *kind,
                        lede_error *err);
    void *payload;
    const struct date_clock *clock;     // NULL: it is not known what day it is
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

/* The same for a tree in JSON (docs/json.md), which is read strictly: what is
   not as it has to be is LEDE_STATUS_BAD_QUERY, with its path.  In its words
   no sign is an operator. */
lede_status
lede__parse_json(struct syntax **out, struct str json,
                 const struct names *names, struct arena *arena,
                 lede_error *err);

/* Append the query as it was understood.  Parsing that gives the same tree. */
lede_status
lede__print(struct buf *out, const struct syntax *syntax, lede_error *err);

/* The same in JSON; null for none. */
lede_status
lede__print_json(struct buf *out, const struct syntax *syntax,
                 lede_error *err);

/* The metadata key that a filter's field names: without its "meta.". */
static inline struct str
lede__syntax_key(struct str field)
{
    if (field.len > 5 && memcmp(field.p, "meta.", 5) == 0) {
        return (struct str){ field.p + 5, field.len - 5 };
    }
    return field;
}

/* Whether it has a place in the text of an article, which NEAR needs; *field
   is NULL at first, then where the field is named; *same becomes false where
   there are several. */
bool
lede__syntax_has_place(const struct syntax *syntax, const struct str **field,
                       bool *same);

/* Whether all that it holds are filters: it selects, and scores nothing. */
bool
lede__syntax_is_filter(const struct syntax *syntax);

#endif
