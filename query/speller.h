/* speller.h - what the parts of spelling share: spell.c (which words, and
   which suggestions), spell-forms.c (what a word may have been meant to be),
   spell-together.c (which of these go with the other words), spell-tree.c (the
   query with other words in it). */

#ifndef LEDE_QUERY_SPELLER_H
#define LEDE_QUERY_SPELLER_H

#include "query/search.h"
#include "query/spell.h"

/* Natural logarithms of likelihoods. */

/* Words of a query that are looked at; those after are taken as they are. */
#define SPELL_WORDS_MAX 16
/* What a word may be meant to be: so many are compared in its context. */
#define SPELL_FORMS_MAX 8
/* Characters of a word that is looked at. */
#define SPELL_CHARS_MIN 3
#define SPELL_CHARS_MAX 40

/* What a word may have been meant to be: one word, or two that were run
   together. */
struct spell_form {
    struct str form;
    struct str second;          // of two
    uint64_t df;                // of two: articles that have them in a row
    double edits;               // how likely the mistake is
    double alone;               // with how frequent it is
    double score;               // and with its context
};

struct speller {
    struct search *search;      // its indexes and arena
    uint64_t articles;
    struct buf term;            // scratch
    uint64_t steps;             // so much has been looked at
    lede_error *err;
};

/* ---- spell-forms.c ---- */

/* The number of a text field in an index, by its name; below FIELD_ALL: it has
   none. */
int
lede__spell_field(const struct searcher *searcher, struct str field);

/* The articles that have the form in the field named, exactly or as an extra
   form. */
lede_status
lede__spell_df(struct speller *sp, struct str field, struct str form,
               uint64_t *df);

/* The words most likely meant by `form`, best first, each in more articles
   than `df`; SPELL_FORMS_MAX at most.  `wide`: with two mistakes too, which
   takes more time. */
lede_status
lede__spell_forms(struct speller *sp, struct str field, struct str form,
                  uint64_t df, bool wide, struct spell_form *out, size_t *n);

/* ---- spell-together.c ---- */

/* In how many articles two words stand, and in how many of these side by side
   in this order; estimated where they are many. */
struct together {
    double both;
    double row;
};

lede_status
lede__spell_together(struct speller *sp, struct str field, struct str first,
                     struct str second, struct together *out);

/* ---- spell-tree.c ---- */

/* A word of the query that may be meant otherwise. */
struct spell_word {
    const struct syntax *syntax;
    const struct syntax *parent;
    struct str form;
    struct str field;
    uint64_t df;
    bool follows;               // the word before it could be one with it
    bool stop;                  // a stop word
    size_t n;                   // 0: it is as it should be
    struct spell_form forms[SPELL_FORMS_MAX + 1];
    double alone;               // of itself, among them
    double score;
};

/* What a query is to have in place of some of its words. */
struct spell_change {
    const struct syntax *syntax;
    struct str first;
    struct str second;          // two words
    const struct syntax *last;  // one for all up to this sibling; or NULL
};

/* The words of the query, in order, that can be told to be misspelt. */
lede_status
lede__spell_words(struct speller *sp, const struct syntax *root,
                  struct spell_word *out, size_t *n);

/* The stem of a form in the language of most articles; in the arena. */
lede_status
lede__spell_stem(struct speller *sp, struct str form, struct str *out);

/* Append the query with the changes made, in the query language. */
lede_status
lede__spell_print(struct speller *sp, const struct syntax *root,
                  const struct spell_change *changes, size_t n,
                  struct buf *out);

#endif
