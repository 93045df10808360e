/* trial.h - a trial: random articles, a random history that brings them into
   an index, and questions.  All of it is made before anything is run, so that
   parts can be left out again and a failing trial shrunk.

     articles.c    random articles and a lede.yaml
     questions.c   random queries
     history.c     the model, and a history done to an index of some engine
     answers.c     the same questions to two indexes and to the slow oracle
     shrink.c      the smallest trial that still fails, as a script */

#ifndef LEDE_TESTS_TRIALS_TRIAL_H
#define LEDE_TESTS_TRIALS_TRIAL_H

#include "indexer/writer.h"
#include "query/handle.h"
#include "tests/oracle.h"
#include "tests/random.h"

#define NODE_KIDS ORACLE_KIDS
#define IDS_MAX 8000

/* A part of a query.  RAW is text that the oracle does not know. */
enum node_kind {
    NODE_WORD, NODE_PHRASE, NODE_PREFIX, NODE_TAG, NODE_YEARS, NODE_RAW,
    NODE_NOT, NODE_AND, NODE_OR, NODE_LIST, NODE_SOME, NODE_NEAR,
};

struct node {
    enum node_kind kind;
    bool must;
    const char *field;          // or NULL
    const char *text;
    int from, to;               // of YEARS
    double boost;               // what it counts; 0: as it is
    unsigned within;            // of NEAR and PHRASE; of SOME the least
    struct node *kids[NODE_KIDS];
    size_t n;
};

struct question {
    struct node *query;
    lede_search_options options;
};

/* An article to add; without title and body it is one to be deleted. */
struct item {
    unsigned id;
    lede_article article;
};

enum step_kind {
    STEP_BATCH,                 // items through JSON Lines; commits
    STEP_ADD,                   // items one by one
    STEP_REMOVE,                // by id
    STEP_COMMIT,
    STEP_ROLLBACK,
    STEP_SPILL,                 // to disk, uncommitted, where it can be
    STEP_REOPEN,                // the writer, without a commit
    STEP_OPTIMIZE,
    STEP_REORDER,               // optimize, and reorder the articles
    STEP_CONVERT,               // to the other engine and back
    STEP_ASK,                   // commit, and ask all questions
};

struct step {
    enum step_kind kind;
    size_t first, n;            // items of BATCH and ADD
    unsigned id;                // of REMOVE
    unsigned threads;           // of REOPEN
};

struct trial {
    struct arena arena;
    struct random random;
    uint64_t seed;
    const char *config;         // a lede.yaml
    bool wild;                  // words that the oracle does not know
    bool many;                  // many short articles of few words, so that
                                // there are blocks to be passed over
    bool tight;                 // of these: all of a length, so that scores
                                // are equal but for the few articles that a
                                // bound is about
    unsigned length;            // of those, in words
    unsigned n_ids;
    unsigned n_words;           // made-up words, for lists of all lengths
    struct item *items;
    size_t n_items;
    struct step *steps;
    size_t n_steps;
    struct question *questions;
    size_t n_questions;
};

/* Out of memory in a test is the end of it. */
static inline void *
trial_must(void *p)
{
    if (p == NULL) {
        fputs("Bail out! out of memory\n", stdout);
        exit(99);
    }
    return p;
}

static inline const char *
trial_copy(struct trial *t, const char *text)
{
    return trial_must((void *)lede__arena_str(&t->arena, str_from(text)).p);
}

/* ---- making one ---- */

struct trial *
trial_new(uint64_t seed);
void
trial_free(struct trial *t);

/* articles.c */
void
trial_make_config(struct trial *t);
/* The article `id` in one of its versions. */
void
trial_make_item(struct trial *t, struct item *item, unsigned id);
/* The id as text, until the next call but three. */
const char *
trial_id(unsigned id);
unsigned
trial_id_number(const char *id);
/* A random word of those that articles are made of. */
const char *
trial_word(struct trial *t);
/* One that a tight trial asks for. */
const char *
trial_hot_word(struct trial *t);

/* questions.c */
void
trial_make_question(struct trial *t, struct question *question);
void
trial_print_query(const struct node *node, struct buf *out);
/* For the oracle, in its arena; NULL where it cannot. */
struct query *
trial_oracle_query(struct corpus *c, const struct node *node);

/* ---- running one ---- */

/* What is in the index, by id: the item, and when it came. */
struct content {
    size_t n_ids;
    size_t *items;              // SIZE_MAX: none
    uint64_t *order;
    uint64_t next;
};

/* An index under test. */
struct side {
    const char *engine;
    char folder[200];           // that the index is in
    char path[240];             // of the index
    const struct trial *trial;
    lede_writer *writer;
    struct content pending, committed;
    bool counts_deleted;        // df may count articles that are gone
};

/* Failures are told to `why`, and everything returns false then. */
bool
side_open(struct side *side, const struct trial *t, const char *engine,
          const char *folder, struct buf *why);
bool
side_step(struct side *side, const struct step *step, struct buf *why);
void
side_close(struct side *side);
/* The public way of adding, as a line of JSON. */
void
trial_print_item(const struct item *item, struct buf *out);

/* answers.c: whether both indexes, which hold the same, answer alike, and as
   the oracle does where it can. */
bool
trial_ask(const struct trial *t, struct side *sides, size_t n_sides,
          struct buf *why);

/* Run all of it in folder `scratch`: 0 where it went well, 1 where answers are
   wrong, 2 where a step failed. */
int
trial_run(const struct trial *t, const char *scratch, struct buf *why);

/* ---- shrink.c ---- */

/* The same in a process of its own, whose end, as waitpid tells it, is
   returned; `why` says what went wrong. */
int
trial_try(const struct trial *t, const char *scratch, bool quiet,
          struct buf *why);
/* Leave out whatever can be left out while it still ends so. */
void
trial_shrink(struct trial *t, const char *scratch, int outcome,
             unsigned seconds);
/* As a script for a shell. */
void
trial_print(const struct trial *t, struct buf *out);

#endif
