/* oracle.h - the slow evaluator that query/ is tested against: random
   articles, random queries, and what they find, read off
   docs/query-language.md literally.

   It knows no terms, lists or windows: it looks at every token of every
   article. */

#ifndef LEDE_TESTS_ORACLE_H
#define LEDE_TESTS_ORACLE_H

#include "query/handle.h"
#include "tests/mock-searcher.h"

#define ORACLE_DOCS 60
#define ORACLE_INDEXES 3
#define ORACLE_KIDS 5
/* Articles with more tokens are not asked what is near. */
#define ORACLE_NEAR_PIECES 400

/* A token of an article, in the field and text that it is in. */
struct piece {
    struct str form;
    struct str stem;
    uint32_t position;
    uint32_t place;             // the same, in all of its field
    uint8_t field;
    uint8_t text;               // no phrase goes from one to another
    uint32_t units[2];          // of the body: which paragraph, which heading
    bool extra;
    bool word;                  // has a stem
};

struct doc {
    struct mock_article mock;
    size_t index;
    char id[16];
    struct piece *pieces;
    size_t n_pieces;
    uint8_t length;
};

struct corpus {
    struct arena arena;
    struct random random;
    struct doc docs[ORACLE_DOCS];
    size_t n_docs;
    size_t n_indexes;
    lede_index *indexes[ORACLE_INDEXES];
    struct analyzer *analyzer;
    struct analysis *analysis;
    struct schema *schema;
    /* what the searcher should find out */
    struct str langs[4];
    uint64_t lang_docs[4];
    size_t n_langs;
    double articles;
    double average;
    double k1, b, power, delta;
};

/* Make the corpus of a seed; exits where that fails. */
void
oracle_make(struct corpus *c, uint64_t seed);
void
oracle_free(struct corpus *c);

/* The languages of a hundredth of the articles, at most four; or `only`. */
void
oracle_find_langs(struct corpus *c, const char *only);

static inline struct str
oracle_copy(struct corpus *c, struct str s)
{
    return lede__arena_str(&c->arena, s);
}

/* ---- queries ---- */

struct units;

enum kind {
    WORD, PHRASE, PREFIX, TAG, DATES, AND, OR, NOT, LIST, SOME, NEAR,
};

struct query {
    enum kind kind;
    bool must;
    int field;                  // FIELD_ALL or a number
    char text[128];
    int from, to;               // years, of DATES
    double boost;               // what it counts
    double total;               // with that of all around it
    uint32_t least;             // of SOME
    uint32_t within;            // of NEAR; of a PHRASE: words between
    int unit;                   // of NEAR: 1 paragraph, 2 heading; 0: within
    struct query *kids[ORACLE_KIDS];
    size_t n;
    struct units *units;        // of text, once known
    uint64_t df;                // of a PREFIX, once known
    bool counted;
};

/* A random query, in the corpus's arena, and as text (appended to `out`). */
struct query *
oracle_query(struct corpus *c, int depth);
void
oracle_print(const struct query *q, struct buf *out);

/* ---- what it finds ---- */

struct hit {
    const struct doc *doc;
    uint64_t score;
    int64_t key;
};

/* Fill `hits` (ORACLE_DOCS) with what the query finds, in order. */
size_t
oracle_expect(struct corpus *c, struct query *q,
              const lede_search_options *options, struct hit *hits);

/* ---- oracle-eval.c for oracle-near.c ---- */

struct unit {
    struct str form;
    struct str plain;           // or empty
    struct str stems[4];
    bool word, gram, stop, letters;
    uint32_t position;
    bool counted;               // the df are known
    bool solid;                 // does not mean the same form as an extra
    uint64_t df_forms, df_stems;
};

struct units {
    struct unit items[64];
    size_t n;
    uint32_t chunk[64];
    struct str joined[64];      // of the chunk that an atom is in, or empty
    struct unit symbols[64];    // likewise
    struct unit solids[64];     // joined forms as words; else empty
};

struct units *
oracle_analyse(struct corpus *c, struct query *q);

double
oracle_idf(const struct corpus *c, uint64_t df);

/* In how many articles a word is, and what a prefix stands for. */
uint64_t
oracle_df(struct corpus *c, int field, struct unit *u, bool stems);
uint64_t
oracle_prefix_df(struct corpus *c, struct query *q);

/* ---- oracle-near.c for oracle-eval.c ---- */

/* How many stretches of the article are a NEAR or a phrase with room; *weight
   is its idf. */
uint32_t
oracle_near(struct corpus *c, const struct doc *doc, struct query *q,
            double *weight);

#endif
