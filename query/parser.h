/* parser.h - what the two halves of the parser share: parse.c has the
   operators and lists, parse-word.c the words, phrases and fields. */

#ifndef LEDE_QUERY_PARSER_H
#define LEDE_QUERY_PARSER_H

#include "query/chars.h"
#include "query/parse.h"

/* What a primary stands in: the field that it belongs to. */
struct scope {
    struct str field;
    enum name_kind kind;        // NAME_UNKNOWN: in none
    const char *raw;            // where the field's name begins, or NULL in
                                // brackets
};

struct parser {
    struct str query;
    const char *p;
    const char *end;
    const struct names *names;
    struct arena *arena;
    struct warnings *warnings;
    size_t depth;
    size_t ignored;             // brackets beyond QUERY_DEPTH_MAX, still open
    size_t clauses;
    struct syntax *lone;        // operators without operands, as words, in
                                // order
    size_t n_lone;
    lede_error *err;
};

static inline size_t
parser_offset(const struct parser *ps, const char *p)
{
    return (size_t)(p - ps->query.p);
}

/* Whether a word must end before the character at p. */
static inline bool
parser_delimits(const struct parser *ps, const char *p)
{
    size_t len;
    uint32_t c = char_at(p, ps->end, &len);

    return p >= ps->end || char_is_space(c) || char_is_open(c) ||
           char_is_close(c) || char_is_quote(c);
}

/* ---- parse.c ---- */

/* Items to the end of the query or to a closing bracket, which is left. */
lede_status
lede__parse_list(struct parser *ps, const struct scope *scope,
                 struct syntax **out);

/* ---- parse-word.c ---- */

/* A word, a phrase or a bracket, with its field, at ps->p, which is no white
   space; *out is NULL where that is nothing to search for. */
lede_status
lede__parse_primary(struct parser *ps, const struct scope *scope,
                    struct syntax **out);

lede_status
lede__parse_make(struct parser *ps, enum syntax_kind kind, const char *start,
                 const char *end, struct syntax **out);

/* A leaf of `text` in the scope: a filter, a range of dates, or what `kind`
   says; NULL beyond QUERY_CLAUSES_MAX. */
lede_status
lede__parse_leaf(struct parser *ps, enum syntax_kind kind, struct str text,
                 const struct scope *scope, const char *start,
                 const char *end, struct syntax **out);

/* A copy of `text` in lower case (ASCII). */
lede_status
lede__parse_lower(struct parser *ps, struct str text, struct str *out);

/* Without the punctuation at its end; of values only what is surely none. */
struct str
lede__parse_trim(struct str text, bool value);

bool
lede__parse_is_punctuation(struct str text);

#endif
