/* plan.h - a syntax tree -> what is matched and scored, for each index.

   A plan has, for each index, a tree of nodes over lists of postings.  All
   that is scored is a LEAF: a word or phrase with the other ways to write it.

     a word      its stems in the languages of the query, its exact form, the
                 same form as an extra, and the form without accents:
                     tf = max(stems, exact, plain) + extra
                 (an exact form lies within its stem, except in an article of
                 a language that the query is not stemmed in; a plain form as
                 an extra stands beside the accented one; extras are the
                 others: the form as an extra, the plain form as a word)
     a unit      what several atoms form: their phrase, or the joined form as
                 a word (GPT-4o: "gpt 4o" or gpt4o)
     a pattern   the exact and extra forms that it means (expand.c)
   A synonym is one more way (member) of the same leaf.

     a span      what is near each other, or in order with words between: tf is
                 how many stretches of the article are it (span.c)

   tf is the sum over the members; df of a word is the largest of its lists',
   of a phrase idf is the sum of its words'.  Of two articles equal in all else
   the one with the exact form ranks first: where there are stems, the exact
   form's tf scores once more with a share of the weight (model.exact).

   The n grams of a run overlap, and so repeat each other's evidence: each has
   1/sqrt(n) of its weight (nDCG@10 on 300 Korean questions 0.572 -> 0.593), and
   model.particle of that where it has a syllable of a Korean particle at the
   end (0.622 -> 0.640).

   Statistics are common to all indexes: terms are known by name and field, and
   df is summed; so are N, the average length and the languages. */

#ifndef LEDE_QUERY_PLAN_H
#define LEDE_QUERY_PLAN_H

#include "query/parse.h"
#include "query/score.h"
#include "query/searcher.h"
#include "shared/analysis/analysis.h"

/* A query word is stemmed in each language that holds a hundredth of the
   articles, at most this many. */
#define PLAN_LANGS_MAX 4
#define PLAN_LANG_SHARE 100

/* Words after analysis, with those of phrases and those that word* stands for.
   Each opens a few lists of postings, of 10 KB or so; what is beyond is
   dropped, with a warning. */
#define PLAN_WORDS_MAX 4096
/* Words in a phrase. */
#define PLAN_SLOTS_MAX 256
/* Other ways to write a leaf, from synonyms. */
#define PLAN_MEMBERS_MAX 32
/* Forms that a pattern stands for: those in most articles, of so many terms
   compared. */
#define PLAN_FORMS_MAX 256
#define PLAN_FORMS_LOOKED 5000000
/* Files that path:x* stands for. */
#define PLAN_PATHS_MAX 10000
/* Roots below which a path: is looked for. */
#define PLAN_ROOTS_MAX 64

/* What the phrase "multi agent" is worth besides its words, which score
   already: as much as an exact form besides its stem (LEDE_EXACT_DEFAULT).  At
   its full weight it costs up to 0.03 nDCG@10 (seven test collections). */
#define EVIDENCE_BOOST (1.0 / 8)

/* A term, by name, over all indexes. */
struct plan_term {
    uint64_t df;
    size_t counted;             // the last index whose df is in, from 1
};

enum list_role {
    LIST_STEM,
    LIST_EXACT,
    LIST_PLAIN,                 // an extra form beside an accented word
    LIST_EXTRA,                 // an extra form
    LIST_OTHER,                 // an exact form that counts like an extra
    LIST_FILTER,
};

/* A term's postings in one index, and the place in them. */
struct list {
    struct searcher *searcher;  // of the index
    struct plan_term *term;
    struct str bytes;           // the term in this index
    struct str form;            // for marking: a form or a stem
    struct str stemmer;         // of a stem
    uint8_t role;
    bool minus;                 // taken off: fields that are not meant
    const struct score_kernel *kernel;
    struct postings *postings;  // NULL: no article has it
    size_t at;                  // in the block
    bool done;                  // nothing follows the block
    struct list *first, *second;        // of a pair: its words; else NULL
    bool whole;                 // of a pair: it tells of all docs
};

/* A place in a phrase: any of its lists there, `offset` after the first. */
struct slot {
    struct list *lists;
    size_t n_lists;
    struct list *pair;          // of this and the next place, or NULL
    uint32_t offset;
    /* of SHAPE_PHRASE */
    struct list *only;
    bool again;                 // which is that of an earlier place
    bool aside;                 // which is not among the way's
};

/* How a phrase is looked for in a stretch of docs (phrase.c). */
struct way {
    uint32_t begin, end;        // of the stretch
    bool told;                  // what the only list has is the answer
    size_t n;
    struct list *lists[];       // that an article must have, the rarest first
};

/* Operands of one NEAR. */
#define SPAN_NEAR_MAX QUERY_NEAR_MAX

enum span_kind {
    SPAN_WORD,                  // a position of any of slot's lists
    SPAN_STEM,                  // the same, in the articles that `stem` has
    SPAN_ANY,                   // any child
    SPAN_ORDERED,               // the children in this order, at their
                                // slots' offsets, or `within` more altogether
    SPAN_NEAR,                  // in any order, none further than `within`
                                // positions from the next, and no border
                                // between the first and the last
};

/* Positions from first to last. */
struct stretch {
    uint32_t first, last;
};

/* None has another in it, so that both ends ascend. */
struct stretches {
    struct stretch *items;
    size_t count;
    size_t cap;
};

/* What stands in a stretch of an article, and how it is made up (span.c). */
struct span {
    enum span_kind kind;
    uint32_t within;
    double boost;               // of its idf
    struct slot slot;           // of WORD and STEM; the offset in ORDERED
    struct list *stem;          // without positions: slot has its forms
    struct span *children;
    size_t n;
    size_t rarest;              // of the children
    struct span *borders;       // a WORD: where units of the text begin; NULL
    struct arena *arena;        // of what follows
    struct stretches found;     // in the article at hand
    struct stretches spare;
    uint32_t *table;
    size_t table_cap;
    struct mark_places *places; // of a text (marks.c)
};

/* One way in which a leaf matches: a word, a phrase of n_slots places, or a
   span. */
struct member {
    struct span *span;
    struct list *lists;
    size_t n_lists;
    struct slot *slots;
    size_t n_slots;
    struct way *way;            // of SHAPE_PHRASE
};

/* What the lists of a leaf or set come to in one index. */
enum shape {
    SHAPE_NONE,                 // no article has any
    SHAPE_ONE,                  // one list
    SHAPE_WORDS,                // several, none of them a phrase's or minus
    SHAPE_PHRASE,               // a phrase of one list in each place
    SHAPE_MIXED,
};

enum node_kind {
    NODE_NONE,                  // nothing
    NODE_LEAF,                  // scored
    NODE_SET,                   // any of its lists, score 0
    NODE_DOCS,                  // given docs, score 0
    NODE_RANGE,                 // a column from first to last, score 0
    NODE_AND,                   // all children but MAYBE and NOT, and no NOT
    NODE_OR,
    NODE_SOME,                  // at least so many of its children
    NODE_NOT,                   // in AND alone
    NODE_MAYBE,                 // in AND alone: adds to the score
};

struct node {
    enum node_kind kind;
    struct node *child;
    struct node *next;
    uint32_t least;             // SOME
    uint64_t cost;              // about how many articles it has
    /* LEAF */
    struct member *members;
    size_t n_members;
    int field;
    bool phrase;                // idf is that of its first member's slots
    bool stop;                  // a stop word
    const struct syntax *syntax;        // what of the query it is of, or NULL
    uint64_t df;                // of a word, over all indexes
    double boost;               // of idf
    double given;               // the weight, whatever idf is; 0: it is not
    double weight;              // boost * idf, or what is given
    double scale;               // of that; see score.h
    double exact_scale;         // of the exact form's share, or 0
    /* LEAF and SET, by lede__node_prepare */
    enum shape shape;
    struct list *only;          // of SHAPE_ONE
    bool evidence;              // there is a list for exact_scale
    uint32_t most;              // no tf and length score more
    /* SET */
    struct list *lists;
    size_t n_lists;
    /* DOCS */
    uint32_t *docs;
    size_t n_docs;
    size_t at;
    /* RANGE */
    enum column column;         // DATE, in seconds since 1970, or WORDS
    int64_t first;
    int64_t last;
};

struct matcher;

/* The only docs of an index that are searched, ascending (alerts.c). */
struct within {
    uint32_t *docs;
    size_t n;
};

/* What a plan needs to know of one index. */
struct plan_index {
    struct searcher *searcher;
    struct analysis *analysis;
    const struct within *within;        // NULL: all
    struct matcher **matcher;   // made when first needed
    struct scorer *scorer;      // of the last search, or zeroed; or NULL
    struct node *root;
};

struct plan {
    struct arena *arena;
    struct warnings *warnings;
    struct plan_index *indexes;
    size_t n_indexes;
    struct map terms;           // name -> struct plan_term *
    struct str langs[PLAN_LANGS_MAX];   // of the query, most articles first
    uint64_t lang_articles[PLAN_LANGS_MAX];
    size_t n_langs;
    struct map expansions;      // of patterns -> struct expansion *
    struct list **open;         // whose postings are to be closed
    size_t n_open;
    size_t cap_open;
    struct scorer scorer;
    bool scored;                // something in it scores
    bool empty;                 // nothing in it to search for
};

/* A term that brings its weight. */
struct weighted_term {
    struct str form;            // or the stem
    struct str stemmer;         // of a stem
    bool stem;
    double weight;              // > 0, where others have boost * idf
};

/* What scores besides the query, or instead of it (plan-weighted.c). */
struct weighted_terms {
    const struct weighted_term *items;
    size_t n;
    bool alone;                 // an article needs one of them, and the query
                                // only selects; else they are further words of
                                // a query that any word will do for, and only
                                // add to the score of any other
    bool but;                   // of `alone`: without this article
    uint32_t index;
    uint32_t doc;
};

/* Make the plan of `syntax` (NULL: nothing) and `terms` (NULL: none).
   `indexes` has searcher and analysis set; roots are filled in.  `lang` is
   NULL or the only language to stem in.  The postings are open afterwards:
   lede__plan_close in any case.
   LEDE_STATUS_OK, LEDE__STATUS_CHANGED, or a searcher's. */
lede_status
lede__plan(struct plan *plan, const struct syntax *syntax,
           const struct weighted_terms *terms, struct plan_index *indexes,
           size_t n_indexes, const char *lang, const struct model *model,
           struct arena *arena, struct warnings *warnings, lede_error *err);

void
lede__plan_close(struct plan *plan);

/* Open the postings of an index again, to walk its lists once more. */
lede_status
lede__plan_rewind(struct plan *plan, const struct plan_index *index,
                  lede_error *err);

/* Open what the index has ready of words side by side in phrases, once its
   lists are open and before lede__plan_finish. */
lede_status
lede__plan_pairs(struct plan *plan, const struct plan_index *index,
                 struct node *node, lede_error *err);
lede_status
lede__plan_open_pair(struct plan *plan, const struct plan_index *index,
                     struct list *pair, lede_error *err);

/* The names that the parser asks for: fields, filters and metadata keys of any
   of the indexes.  payload: struct plan_names. */
struct plan_names {
    struct plan_index *indexes;
    size_t n_indexes;
};

lede_status
lede__plan_find_name(void *payload, struct str name, enum name_kind *kind,
                     lede_error *err);

#endif
