/* parser.h - what the parts of the parser share:

     parse.c         lists, AND, OR, NOT, signs; the query as a whole
     parse-near.c    NEAR, ^ behind brackets, N of (...)
     parse-word.c    words, fields, brackets
     parse-form.c    what a word is by its looks
     parse-phrase.c  what stands in quotes
     parse-value.c   leaves, the values of filters, ranges, dates */

#ifndef LEDE_QUERY_PARSER_H
#define LEDE_QUERY_PARSER_H

#include "query/chars.h"
#include "query/parse.h"

struct form;

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
    const struct syntax *loose; // the last LIST that is no bracket: a member
                                // of a list gives it its children
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

/* Whether the scope takes a value, as filters do, and not words. */
static inline bool
scope_is_value(const struct scope *scope)
{
    return scope->kind != NAME_UNKNOWN && scope->kind != NAME_TEXT;
}

/* ---- parse.c ---- */

enum operator { OP_NONE, OP_AND, OP_OR, OP_NOT, OP_NEAR };

/* The operator at p, and its length. */
enum operator
lede__parse_operator(const struct parser *ps, const char *p, size_t *len);

/* Over white space, and the closing brackets of openings that were
   ignored. */
void
lede__parse_space(struct parser *ps);

/* An operator without an operand: dropped, but kept at hand for a query that
   has nothing else in it (OR is also a state). */
lede_status
lede__parse_lone(struct parser *ps, const char *p, size_t len);

/* A * among words says nothing: 2 * 3, SELECT * FROM.  Among filters it does,
   and alone. */
void
lede__parse_drop_stars(struct syntax **first);

/* Items to the end of the query or to a closing bracket, which is left: the
   first of them, with their number.  Those that say nothing are left out. */
lede_status
lede__parse_items(struct parser *ps, const struct scope *scope,
                  struct syntax **first, size_t *count);

/* The same as one node. */
lede_status
lede__parse_list(struct parser *ps, const struct scope *scope,
                 struct syntax **out);

/* ---- parse-near.c ---- */

/* What NEAR joins, or a primary, with its boost; NULL for nothing. */
lede_status
lede__parse_near(struct parser *ps, const struct scope *scope,
                 struct syntax **out);

/* N of (...) at ps->p; NULL, and ps->p as it was, where that is none. */
lede_status
lede__parse_some(struct parser *ps, const struct scope *scope,
                 struct syntax **out);

/* ---- parse-word.c ---- */

/* A word, a phrase or a bracket, with its field, at ps->p, which is no white
   space; *out is NULL where that is nothing to search for. */
lede_status
lede__parse_primary(struct parser *ps, const struct scope *scope,
                    struct syntax **out);

/* Over the opening bracket at ps->p; *entered is false where it is ignored. */
lede_status
lede__parse_enter(struct parser *ps, bool *entered);

/* Over the closing bracket of the one at `start`, or to the end. */
lede_status
lede__parse_leave(struct parser *ps, const char *start);

/* Make text of an expression that is none, with a warning. */
lede_status
lede__parse_check(struct parser *ps, struct form *form, struct str word);

/* A word that is text: *out is NULL for punctuation alone. */
lede_status
lede__parse_text(struct parser *ps, struct str word,
                 const struct scope *scope, struct syntax **out);

/* Without the punctuation at its end; of values only what is surely none. */
struct str
lede__parse_trim(struct str text, bool value);

bool
lede__parse_is_punctuation(struct str text);

/* ---- parse-form.c ---- */

struct form {
    enum syntax_kind kind;      // WORD, PATTERN, REGEX, FUZZY, ALL, ANY_WORD
    struct str text;            // of the word, without the signs of its kind
    uint32_t edits;
    double boost;
    bool exact;                 // =word
    bool literal;               // signs in it are escaped
    bool bad_boost;             // ^0: left out
};

/* What a word is; in a phrase (`quoted`) fewer signs count. */
void
lede__form(struct str word, bool quoted, struct form *form);

/* Whether a backslash at p takes the sense of a sign away. */
bool
lede__form_escapes(const char *p, const char *end);

/* Whether an expression is one: LEDE_STATUS_BAD_QUERY or _LIMIT with what is
   wrong with it, and `form` is the word as text then. */
lede_status
lede__form_check(struct arena *arena, struct form *form, struct str word,
                 lede_error *wrong);

lede_status
lede__form_unescape(struct arena *arena, struct str text, struct str *out,
                    lede_error *err);

/* Fill a node with what a form is. */
lede_status
lede__form_fill(struct arena *arena, const struct form *form,
                struct syntax *node, lede_error *err);

/* Whether ^2 behind this text is more than text. */
bool
lede__form_takes_boost(struct str text);

/* Append `text` so that it is read as a word that is just that, as typed bare
   or, `quoted`, in a phrase. */
lede_status
lede__form_escape(struct buf *out, struct str text, bool quoted,
                  lede_error *err);

/* Whether `text` is a number as after ^; *boost is 0 where it is none that
   something can count. */
bool
lede__form_boost(struct str text, double *boost);

bool
lede__form_is_operator(struct str text);

/* Whether it is NEAR/5, NEAR/p, ... */
bool
lede__form_near(struct str text, enum syntax_unit *unit, uint32_t *within);

/* ---- parse-phrase.c ---- */

/* The phrase, or value in quotes, at ps->p, with its ~n. */
lede_status
lede__parse_phrase(struct parser *ps, const struct scope *scope,
                   struct syntax **out);

/* The forms as words, with single spaces between. */
lede_status
lede__phrase_text(struct arena *arena, const struct syntax *first,
                  struct str *out, lede_error *err);

/* ---- parse-value.c ---- */

lede_status
lede__parse_make(struct parser *ps, enum syntax_kind kind, const char *start,
                 const char *end, struct syntax **out);

/* A leaf in the scope; NULL beyond QUERY_CLAUSES_MAX. */
lede_status
lede__parse_leaf(struct parser *ps, enum syntax_kind kind,
                 const struct scope *scope, const char *start,
                 const char *end, struct syntax **out);

/* The value of a filter, a range of numbers or of dates; *words where it is
   none of these but has to be: then it is to be searched as words. */
lede_status
lede__parse_value(struct parser *ps, struct str text, bool quoted,
                  const struct scope *scope, const char *start,
                  const char *end, struct syntax **out, bool *words);

/* A copy of `text` in lower case (ASCII). */
lede_status
lede__parse_lower(struct parser *ps, struct str text, struct str *out);

/* A decimal number with or without thousands commas, and nothing else. */
bool
lede__parse_number(struct str text, double *out);

/* ---- print.c ---- */

/* The shortest decimal number that reads as this one, without an exponent
   where it is no giant. */
lede_status
lede__print_number(struct buf *out, double number, lede_error *err);

#endif
