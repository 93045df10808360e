/* planner.h - what the parts of the planner share: plan.c (the tree),
   plan-words.c (words and phrases), expand.c (patterns), plan-near.c and
   expand-stem.c (NEAR), plan-synonyms.c, plan-filters.c, plan-weighted.c,
   plan-terms.c (terms, their postings and statistics). */

#ifndef LEDE_QUERY_PLANNER_H
#define LEDE_QUERY_PLANNER_H

#include "query/plan.h"

/* The planning for one index. */
struct planner {
    struct plan *plan;
    struct plan_index *index;
    size_t number;              // of the index, from 0
    struct str base_lang;       // to cut text in
    size_t words;               // so far
    bool full;                  // PLAN_WORDS_MAX was reached
    size_t negated;             // NOTs around
    const struct syntax *apart; // the last of which not-as-one was said
    struct map synonyms;        // words -> struct synonym_use *
    struct buf term;            // scratch
    lede_error *err;
};

/* A token of the query, or a pattern in it. */
struct atom {
    struct str form;
    struct str plain;           // without its accents; empty: it has none
    struct str stems[PLAN_LANGS_MAX];   // by plan->langs
    const struct expansion *forms;      // of a pattern; it has no form then
    uint32_t start, end;
    uint32_t position;
    uint32_t chunk;
    uint8_t kind;
    bool extra;
    bool stop;
    bool solid;                 // does not mean the same form as an extra
};

struct atoms {
    struct atom *items;
    size_t count;
};

/* How a text is matched. */
enum text_mode {
    TEXT_RANKED,                // optional: its words, any of them
    TEXT_STRICT,                // required or forbidden: as one thing
    TEXT_QUOTED,                // as one thing, in its exact form
};

/* ---- plan.c ---- */

lede_status
lede__plan_node(struct planner *pl, enum node_kind kind, struct node **out);

/* A warning, given once and not for each index. */
#define plan_warn(pl, code, syntax, ...)                                    \
    ((pl)->number > 0 ? LEDE_STATUS_OK :                                    \
     lede__warn((pl)->plan->warnings, code, (syntax)->start, (syntax)->end, \
                (pl)->err, __VA_ARGS__))

/* ---- plan-text.c ---- */

/* The atoms of a phrase, some of which may be patterns; positions count from
   its beginning. */
lede_status
lede__plan_phrase(struct planner *pl, const struct syntax *syntax,
                  struct atoms *out);

/* Append the leaves for a word, phrase or pattern at *tail; none where there
   is nothing in it to search for, several (any of them) for a ranked one. */
lede_status
lede__plan_text(struct planner *pl, const struct syntax *syntax,
                enum text_mode mode, struct node ***tail);

/* ---- plan-words.c ---- */

/* The tokens of `text`, copied to the arena. */
lede_status
lede__plan_analyse(struct planner *pl, struct str text, struct atoms *out);

/* The number of a text field in this index; FIELD_ALL for an empty name.
   False where the index has no such field. */
bool
lede__plan_field(const struct planner *pl, struct str name, int *field);

/* A leaf without members, for so many words; NULL beyond PLAN_WORDS_MAX. */
lede_status
lede__plan_leaf(struct planner *pl, const struct syntax *syntax, int field,
                size_t words, struct node **out);

/* One more way to match `leaf`: the atoms (no extras), a word with its stems
   where there is one, else a phrase. */
lede_status
lede__plan_member(struct planner *pl, struct node *leaf,
                  const struct atom *atoms, size_t n, bool stems);

/* ---- expand.c ---- */

/* A form that a pattern stands for. */
struct plan_form {
    struct str form;
    uint64_t df;
    enum list_role role;        // LIST_EXACT or LIST_EXTRA
    unsigned edits;
};

struct expansion {
    struct plan_form *forms;    // the most frequent first
    size_t count;
    uint64_t found;             // so many there are
    bool cut;                   // and perhaps more
    bool bad;                   // no pattern: it is searched as words
};

/* The forms in all indexes, in the field named, that a SYNTAX_PATTERN, REGEX
   or FUZZY means; what of it has to be said is said once. */
lede_status
lede__plan_expand(struct planner *pl, const struct syntax *syntax,
                  struct str field, struct expansion **out);

/* ---- whole.c: by the signs between them ---- */

/* Whether people write the atoms of a chunk apart as well. */
bool
lede__whole_is_compound(struct str text, const struct atom *atoms, size_t n);

/* Whether several chunks without white space are one thing. */
bool
lede__whole_is_link(struct str text, const struct atoms *tokens);

/* ---- plan-known.c ---- */

/* Whether an article of any index has the atoms, in a row, in the field. */
lede_status
lede__plan_known(struct planner *pl, struct str field,
                 const struct atom *atoms, size_t n, bool *known);

/* ---- plan-umlauts.c ---- */

/* Add the other spelling of ä, ö, ü in a word to its leaf. */
lede_status
lede__plan_umlauts(struct planner *pl, struct str field,
                   const struct atom *atom, struct node *leaf);

/* ---- expand-stem.c ---- */

/* The exact forms in this index, in the field, that have this stem. */
lede_status
lede__expand_stem(struct planner *pl, int field, struct str stemmer,
                  struct str stem, struct expansion **out);

/* ---- plan-near.c ---- */

/* A leaf for a NEAR, or a phrase with words between its own; NULL where there
   is nothing in it to search for. */
lede_status
lede__plan_near(struct planner *pl, const struct syntax *syntax,
                struct node **out);

/* ---- plan-weighted.c ---- */

/* A leaf for each term, in a row. */
lede_status
lede__plan_weighted(struct planner *pl, const struct weighted_terms *terms,
                    struct node **first);

/* ---- plan-synonyms.c ---- */

lede_status
lede__plan_synonyms_init(struct planner *pl);
void
lede__plan_synonyms_free(struct planner *pl);

/* Add what the atoms (no extras) are synonyms of to `leaf`, which gets a
   leaf made where it is NULL and there is a synonym. */
lede_status
lede__plan_synonyms(struct planner *pl, const struct syntax *syntax,
                    int field, const struct atom *atoms, size_t n,
                    struct node **leaf);

/* Append a leaf for each run of words, from `syntax` on, that is a synonym of
   something. */
lede_status
lede__plan_synonym_runs(struct planner *pl, const struct syntax *syntax,
                        struct node ***tail);

/* ---- plan-filters.c ---- */

lede_status
lede__plan_filter(struct planner *pl, const struct syntax *syntax,
                  struct node **out);

/* A set of the articles that have the term in planner->term. */
lede_status
lede__plan_set(struct planner *pl, struct node **out);

/* ---- plan-terms.c ---- */

/* The bytes of a term of words. */
lede_status
lede__plan_bytes(struct buf *out, enum list_role role, int field,
                 struct str stemmer, struct str form, lede_error *err);

/* Fill *list with a term: role and, for words, the field (or FIELD_ALL), the
   form and the stemmer. */
lede_status
lede__plan_list(struct planner *pl, struct list *list, enum list_role role,
                int field, struct str stemmer, struct str form, bool minus);

/* The same for the term in planner->term. */
lede_status
lede__plan_filter_list(struct planner *pl, struct list *list);

/* Open the postings of a list, and count df for the index with this number,
   from 1. */
lede_status
lede__plan_open_list(struct plan *plan, const struct plan_index *index,
                     size_t number, struct list *list, lede_error *err);

/* Open all postings below `node`, and count df. */
lede_status
lede__plan_open(struct planner *pl, struct node *node);

/* Weights and costs below `node`, once df is known; order AND. */
void
lede__plan_finish(struct plan *plan, struct node *node);

#endif
