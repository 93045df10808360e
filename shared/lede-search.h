/* lede-search.h - searching: an index, a search, its results, the analysis; a
   part of lede.h. */

#ifndef LEDE_SEARCH_H
#define LEDE_SEARCH_H

#include "lede.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* ------------------------------------------------- searching: an index -- */

/* A snapshot of an index: what is committed afterwards does not change it. */
typedef struct lede_index lede_index;

/* Find the index for a folder: `.lede` in it or in the nearest parent that has
   one.  *out is the path, for lede_string_free.
   Returns LEDE_STATUS_OK, _NOT_FOUND (there is none), _IO. */
lede_status
lede_index_locate(char **out, const char *folder, lede_error *error);

void
lede_string_free(char *string);

/* Open the index in folder `path` as it was last committed.
   Returns LEDE_STATUS_OK, _NOT_FOUND, _PERMISSION, _IO, _CORRUPT, _VERSION,
   _ENGINE. */
lede_status
lede_index_open(lede_index **out, const char *path, lede_error *error);

/* Move on to the newest commit.  As lede_index_open; on failure the snapshot
   is kept. */
lede_status
lede_index_refresh(lede_index *index, lede_error *error);

void
lede_index_close(lede_index *index);

/* What costs nothing to know: the engine that it has, "native" or "xapian",
   and how many articles there are. */
const char *
lede_index_engine(const lede_index *index);
uint64_t
lede_index_articles(const lede_index *index);

/* The bytes that it takes on disk.  Returns LEDE_STATUS_OK, _IO. */
lede_status
lede_index_bytes(const lede_index *index, uint64_t *bytes, lede_error *error);

typedef struct lede_lang_count {
    const char *lang;            /* "" where unknown */
    uint64_t articles;
} lede_lang_count;

/* A segment of a native index: articles that were written together, in a file
   that never changes. */
typedef struct lede_segment {
    const char *name;            /* of its file: "12.segment" */
    uint64_t articles;           /* deleted ones too */
    uint64_t deleted;            /* articles that are still in it, and gone */
    uint64_t bytes;              /* of its file, of which are: */
    uint64_t bytes_stored;       /* the articles themselves, compressed */
    uint64_t bytes_columns;      /* dates, lengths and the like by article */
    uint64_t bytes_postings;     /* which articles have which terms */
    uint64_t bytes_positions;    /* and where */
    uint64_t bytes_terms;        /* the dictionary */
    uint64_t bytes_bigrams;      /* which words stand side by side */
    uint64_t bytes_metadata;     /* of the index: files seen, statistics */
} lede_segment;

/* What is in an index.  Borrowed strings, as long as the index is open and not
   refreshed. */
typedef struct lede_info {
    const char *path;
    const char *engine;          /* "native" or "xapian" */
    const char *analyzer;        /* name and version */
    uint64_t articles;
    uint64_t terms;              /* distinct, of every kind */
    uint64_t tokens;             /* sum of the articles' weighted lengths */
    const lede_lang_count *languages;   /* most articles first */
    size_t n_languages;
    const char *date_min;        /* RFC 3339 or a date; NULL: no dates */
    const char *date_max;
    uint64_t bytes;              /* on disk */
    const char *last_commit;     /* RFC 3339 */
    const char *const *roots;    /* given to lede_writer_index */
    size_t n_roots;
    const char *config;          /* the schema as lede.yaml text */
    const lede_segment *segments;/* of a native index, oldest first */
    size_t n_segments;           /* 0: an engine without */
} lede_info;

/* Fill *info; this reads the whole dictionary, and every date.  Returns
   LEDE_STATUS_OK, _IO, _CORRUPT. */
lede_status
lede_index_info(lede_index *index, lede_info *info, lede_error *error);

/* The stored article with this id, or, where no id fits, with this key where
   only one article has it.  *out is valid until the next call on the index.
   Returns LEDE_STATUS_OK, _NOT_FOUND, _CORRUPT, _IO. */
lede_status
lede_index_article(lede_index *index, const char *id,
                   const lede_article **out, lede_error *error);

typedef void (*lede_check_callback)(void *payload, const char *problem);

/* Read all of the index in folder `path` and call `problem` for each thing
   that is wrong (one line each), going on after the first.  *problems counts
   them; 0 means sound.  A native index may be read and written meanwhile, and
   every byte of it has a checksum.  Of a xapian index the writers' lock is
   held, and what it has no checksum for can be damaged and still hold
   together: see lede-check(1).
   Returns LEDE_STATUS_OK (also when problems were found), _NOT_FOUND, _IO,
   _PERMISSION; xapian: _LOCKED (a writer is at work), _PERMISSION (it may only
   be read). */
lede_status
lede_index_check(const char *path, lede_check_callback problem, void *payload,
                 size_t *problems, lede_error *error);

/* ---------------------------------------------------------- searching -- */

typedef enum lede_sort {
    LEDE_SORT_RELEVANCE = 0,     /* ties: the article indexed first */
    LEDE_SORT_DATE = 1,          /* oldest first, then without a date */
    LEDE_SORT_DATE_DESCENDING = 2, /* newest first, then without a date */
} lede_sort;

/* What an article has for a word that is in it so many times. */
typedef enum lede_model {
    LEDE_MODEL_BM25 = 0,
    LEDE_MODEL_BM25_PLUS = 1,    /* Lv and Zhai 2011 */
} lede_model;

/* Pseudo relevance feedback. */
typedef enum lede_feedback {
    LEDE_FEEDBACK_OFF = 0,
    LEDE_FEEDBACK_RM3 = 1,       /* Abdul-Jaleel et al. 2004 */
    LEDE_FEEDBACK_BO1 = 2,       /* Amati 2003 */
} lede_feedback;

/* BM25's defaults, chosen on seven test collections together, abstracts and
   uncut encyclopaedias; docs/ranking.md has the table. */
#define LEDE_K1_DEFAULT 1.5
#define LEDE_B_DEFAULT 0.75
#define LEDE_LENGTH_POWER_DEFAULT 0.7

/* What words near each other, and a title's share of words, weigh: from the
   same table. */
#define LEDE_NEAR_DEFAULT 0.25
#define LEDE_TITLE_SHARE_DEFAULT 1.0
/* Enough to order what is equal, too little to outweigh a word. */
#define LEDE_EXACT_DEFAULT 0.125
#define LEDE_PARTICLES_DEFAULT 0.5

/* What is done about words that are probably misspelt: in (nearly) no article,
   while a word like them is in many. */
typedef enum lede_suggest_mode {
    LEDE_SUGGEST_OFF = 0,
    LEDE_SUGGEST_TELL = 1,       /* lede_results_suggestion */
    LEDE_SUGGEST_CORRECT = 2,    /* and where nothing is found, the hits are
                                    those of the first suggestion */
} lede_suggest_mode;

typedef struct lede_search_options {
    unsigned version;            /* LEDE_SEARCH_OPTIONS_VERSION */
    size_t limit;                /* hits wanted, 0 to LEDE_LIMIT_MAX */
    size_t offset;               /* hits passed over; with limit, to
                                    LEDE_LIMIT_MAX */
    lede_sort sort;
    double k1;                   /* >= 0, saturation of tf */
    double b;                    /* 0 to 1, length normalisation */
    const char *lang;            /* stem the query in this language only */
    int snippets;                /* passages of each hit, 0 to 3; 0: no
                                    highlights either */
    unsigned snippet_chars;      /* about that many characters each, 40 up */
    int approximate;             /* 1: the count may be a lower bound, which
                                    lets weak articles be passed over */
    int strict;                  /* 1: a query that would be repaired is
                                    LEDE_STATUS_BAD_QUERY with its place */
    int64_t now;                 /* seconds since 1970 UTC, for date:yesterday;
                                    LEDE_NOW_UNKNOWN: that is no date */
    int utc_offset;              /* seconds east of UTC: what day it is */
    int query_json;              /* 1: the query is a tree in JSON, as
                                    lede_results_query_json gives it */
    lede_model model;
    double length_power;         /* 0 to 1, of an article's length over the
                                    average; 1: BM25 as it is known */
    const char *run_path;        /* a TREC run to fuse with, by reciprocal
                                    rank; limit and offset then go to 1,000.
                                    What it alone has need not match */
    const char *run_topic;       /* which of its topics; NULL: its only one */
    double near;                 /* 0 up: weight of words near each other */
    double title_share;          /* 0 up: weight of a title's share of words */
    lede_feedback feedback;
    double recency_days;         /* half-life before `now`; 0: off */
    double recency_floor;        /* 0 to 1: what is left of a very old one */
    const char *prior;           /* a metadata key whose number is a prior */
    double prior_weight;
    int explain;                 /* 1: hits have parts */
    const char *order;           /* sort keys, "-date,title"; NULL: `sort` */
    const char *after;           /* cursor of an earlier page; NULL: none */
    const char *const *facets;   /* tag author source lang category meta.KEY */
    size_t n_facets;
    size_t facet_limit;          /* values told of each */
    const char *histogram;       /* year month week day auto; NULL: none */
    int collapse;                /* 1: near-duplicates of a better hit are its
                                    copies */
    double collapse_similarity;  /* 0 to 1 */
    double diversify;            /* 0 to 1: demote what is like better hits */
    lede_suggest_mode suggest;   /* other spellings of the query; not where
                                    limit is 0 */
    double exact;                /* 0 to 1: what the form that was typed is
                                    worth besides its word */
    double particles;            /* over 0, to 1: what is left of the weight
                                    of a Korean word's end */
} lede_search_options;

#define LEDE_NOW_UNKNOWN INT64_MIN

#define LEDE_SEARCH_OPTIONS_VERSION 1
#define LEDE_LIMIT_MAX 1000000
#define LEDE_SEARCH_OPTIONS_INIT                                            \
    { LEDE_SEARCH_OPTIONS_VERSION, 10, 0, LEDE_SORT_RELEVANCE,              \
      LEDE_K1_DEFAULT, LEDE_B_DEFAULT, NULL, 1, 240, 0, 0,                  \
      LEDE_NOW_UNKNOWN, 0, 0, LEDE_MODEL_BM25, LEDE_LENGTH_POWER_DEFAULT,   \
      NULL, NULL, LEDE_NEAR_DEFAULT, LEDE_TITLE_SHARE_DEFAULT,              \
      LEDE_FEEDBACK_OFF, 0, 0, NULL, 0, 0, NULL, NULL,                      \
      NULL, 0, 10, NULL, 0, 0.5, 0, 0, LEDE_EXACT_DEFAULT,                  \
      LEDE_PARTICLES_DEFAULT }

/* A byte range [start, end). */
typedef struct lede_range {
    size_t start;
    size_t end;
} lede_range;

/* A piece of an article's text: whole sentences, where that is possible. */
typedef struct lede_passage {
    const char *text;            /* one line */
    const lede_range *highlights;/* in it: what matched; ascending */
    size_t n_highlights;
    const char *const *headings; /* that it is below, the outermost first */
    size_t n_headings;
    unsigned line;               /* of the source that its first paragraph
                                    begins in, from 1; 0: unknown */
    size_t start;                /* byte range in the article's body; of what */
    size_t end;                  /* is from its summary, 0 and 0 */
} lede_passage;

/* Of a group of near copies, one that another hit stands for. */
typedef struct lede_copy {
    const char *id;
    const char *path;
    const char *title;
    const char *source;
    const char *url;
    const char *date;
    size_t index;                /* which of the indexes searched */
    double similarity;           /* of the bodies, estimated, 0 to 1 */
} lede_copy;

/* A hit tells of so many. */
#define LEDE_COPIES_MAX 20

/* What brought how much of a score.  `kind` is one of

     "word"      a word of the query, in any of its forms
     "phrase"    what stands for several words: a phrase, GPT-4o, NEAR
     "exact"     besides the word, the form that was typed, where there are
                 others too
     "feedback"  a term that the best articles suggested
     "near" "title" "prior" "recency"  of the best 100, by those names above
     "copy"      of a background: what a near-copy of the article loses
     "below"     what the others are lowered by, to be after these
     "search" "run"  instead of all of these, where a run was fused with: the
                 rank in either

   More may come. */
typedef struct lede_part {
    const char *kind;
    const char *of;              /* the word or phrase; NULL: of the article */
    double score;                /* a multiple of 2^-16, may be negative */
    double weight;               /* of a word: idf times what ^ says */
    double idf;                  /* of a phrase the sum of its words' */
    uint64_t df;                 /* articles that have the word; of a phrase
                                    0 */
    uint32_t tf;                 /* how often it is in the article, weighted by
                                    field */
    size_t rank;                 /* of "search" and "run" */
} lede_part;

typedef struct lede_hit {
    size_t rank;                 /* from 1, over all pages */
    size_t index;                /* which of the indexes searched */
    double score;                /* a multiple of 2^-16 */
    const char *id;
    const char *key;             /* the article's own id */
    const char *path;            /* the file that it is in: relative to the
                                    folder that holds the index, or absolute */
    const char *title;
    const char *date;            /* RFC 3339 in UTC, or the date alone */
    const char *lang;
    const char *source;
    const char *url;
    const char *const *authors;
    size_t n_authors;
    const char *const *tags;
    size_t n_tags;
    const char *snippet;         /* the best passage; one line */
    const lede_range *highlights;/* in snippet: the words that matched */
    size_t n_highlights;
    const lede_range *title_highlights;
    size_t n_title_highlights;
    const lede_passage *passages;/* best first, without a common byte; the
                                    first one is `snippet` */
    size_t n_passages;
    const lede_copy *copies;     /* with options.collapse, best first */
    size_t n_copies;
    size_t copies_found;         /* all of them, among the articles looked at */
    const lede_part *parts;      /* with options.explain; they add up to the
                                    score, to the last bit */
    size_t n_parts;
    double length;               /* with options.explain: of the article in
                                    weighted words, as far as the ranking knows
                                    it; 0 where a run was fused with */
    double length_average;       /* of all articles */
} lede_hit;

/* Something in the query that was not honoured as written. */
typedef struct lede_warning {
    const char *code;            /* "unclosed-quote", "bad-date", ... */
    const char *message;
    size_t start;                /* byte range in the query */
    size_t end;
} lede_warning;

typedef struct lede_results lede_results;

/* Search `n_indexes` (1 to LEDE_INDEXES_MAX) indexes as if they were one.  The
   language is in docs/query-language.md.  No text is a syntax error: what
   cannot be honoured is searched as words, with a warning.  NULL options are
   the defaults.
   Returns LEDE_STATUS_OK (also when nothing is found), _BAD_QUERY (nothing in
   it to search for; a tree in JSON that is none), _USAGE, _CORRUPT, _IO,
   _LIMIT, _ENGINE. */
lede_status
lede_search(lede_results **out, lede_index *const *indexes, size_t n_indexes,
            const char *query, const lede_search_options *options,
            lede_error *error);

#define LEDE_INDEXES_MAX 64

/* Articles like the one with this id, or with this key where only one has it,
   the most alike first, without the article itself: told by the words that are
   frequent in it and rare in others.  `among` NULL: of all; else of those that
   this query finds, in the query language.  Of the options those of feedback,
   nearness and the title's share do nothing.  Results are as those of
   lede_search.
   Returns as lede_search, and LEDE_STATUS_NOT_FOUND (no such article). */
lede_status
lede_similar(lede_results **out, lede_index *const *indexes, size_t n_indexes,
             const char *id, const char *among,
             const lede_search_options *options, lede_error *error);

/* The same for an article that need not be in an index: its title, body and
   lang are looked at (lang NULL: it is detected); where there is one with its
   id, that is left out. */
lede_status
lede_similar_to(lede_results **out, lede_index *const *indexes,
                size_t n_indexes, const lede_article *article,
                const char *among, const lede_search_options *options,
                lede_error *error);

/* Earlier articles that explain a news article: of those dated before it the
   ones that speak of the same people, places and matters.  Near-copies of the
   article come last.  What has no date is not found.
   Returns as the above, and LEDE_STATUS_BAD_INPUT (the article has no date). */
lede_status
lede_background(lede_results **out, lede_index *const *indexes,
                size_t n_indexes, const char *id, const char *among,
                const lede_search_options *options, lede_error *error);
lede_status
lede_background_to(lede_results **out, lede_index *const *indexes,
                   size_t n_indexes, const lede_article *article,
                   const char *among, const lede_search_options *options,
                   lede_error *error);

/* The article in a file that need not be in an index, in any of the forms that
   lede_writer_index reads; of a file of many the first.  `path` "-" is standard
   input: a line of JSON, Markdown with metadata before it, or plain text.
   `index` is asked how keys are mapped to fields; NULL: as they are.
   Returns LEDE_STATUS_OK, _NOT_FOUND, _PERMISSION, _IO, _BAD_INPUT (no article
   is in it), _LIMIT (over LEDE_MAX_ARTICLE_DEFAULT). */
typedef struct lede_document lede_document;
lede_status
lede_document_read(lede_document **out, const char *path,
                   const lede_index *index, lede_error *error);
/* Borrowed, as long as the document is.  Its id is `path`, if not "-", and can
   be changed in a copy. */
const lede_article *
lede_document_article(const lede_document *document);
void
lede_document_free(lede_document *document);

/* How many articles match; a lower bound where _total_exact is 0. */
uint64_t
lede_results_total(const lede_results *results);
int
lede_results_total_exact(const lede_results *results);

/* The hits of this page, best first. */
size_t
lede_results_count(const lede_results *results);
const lede_hit *
lede_results_hit(const lede_results *results, size_t i);

/* The query as it was understood, printed back in the query language. */
const char *
lede_results_query(const lede_results *results);

/* The same as a tree in JSON (docs/json.md); "null" for none.  It is made at
   the first call; NULL when out of memory. */
const char *
lede_results_query_json(lede_results *results);

/* What options.after goes on from to get the hits behind those of this page;
   NULL where none follows.  A short text, for the same query and options. */
const char *
lede_results_cursor(const lede_results *results);

/* A value that articles found have. */
typedef struct lede_facet_value {
    const char *value;           /* as the article that was indexed first has
                                    it; those are one that filters take for
                                    the same */
    uint64_t count;              /* articles found that have it */
    int selected;                /* 1: the query has it as a filter */
} lede_facet_value;

/* How many articles have which value; of all found, whichever are hits.  Where
   the query requires any of some values of this facet (tag:a, or tag:a tag:b),
   it is counted as if that filter were not there, so that what else could be
   chosen has its count too. */
typedef struct lede_facet {
    const char *name;            /* as in options.facets */
    const lede_facet_value *values;     /* the most articles first, then those
                                    selected that are not among these */
    size_t n_values;             /* up to options.facet_limit, and those */
    uint64_t distinct;           /* how many values there are */
    uint64_t articles;           /* that were counted */
    uint64_t without;            /* of these, that have no value */
} lede_facet;

size_t
lede_results_facet_count(const lede_results *results);
const lede_facet *
lede_results_facet(const lede_results *results, size_t i);

typedef struct lede_bucket {
    const char *begin;           /* "2025", "2025-02", "2025-02-12" */
    uint64_t count;
} lede_bucket;

/* How the articles found lie over time, in UTC. */
typedef struct lede_histogram {
    const char *unit;            /* "year" "month" "week" "day": what was asked
                                    for, or a coarser one where that makes more
                                    than 10,000 buckets */
    const lede_bucket *buckets;  /* without gaps; a week begins on Monday */
    size_t n_buckets;
    uint64_t vague;              /* articles whose date is not so exact */
    uint64_t without;            /* articles without a date */
} lede_histogram;

/* NULL where options.histogram is. */
const lede_histogram *
lede_results_histogram(const lede_results *results);

size_t
lede_results_warning_count(const lede_results *results);
const lede_warning *
lede_results_warning(const lede_results *results, size_t i);

/* A query that was probably meant, with its operators and filters. */
typedef struct lede_suggestion {
    const char *query;
    double likelihood;           /* 0 to 1, that this was meant */
    uint64_t articles;           /* that it finds; never 0 */
} lede_suggestion;

/* The likeliest first; none unless options.suggest wanted them, and something
   in the query is probably misspelt. */
size_t
lede_results_suggestion_count(const lede_results *results);
const lede_suggestion *
lede_results_suggestion(const lede_results *results, size_t i);

/* 1: nothing was found for the query as it was typed, and all that is told
   here but the warnings is of the first suggestion (LEDE_SUGGEST_CORRECT). */
int
lede_results_corrected(const lede_results *results);

void
lede_results_free(lede_results *results);

/* ----------------------------------------------------------- completion -- */

typedef enum lede_completion_kind {
    LEDE_COMPLETION_WORD = 0,
    LEDE_COMPLETION_PHRASE = 1,
    LEDE_COMPLETION_TITLE = 2,   /* of an article */
} lede_completion_kind;

typedef struct lede_completion {
    const char *text;
    lede_completion_kind kind;
    uint64_t articles;           /* that have the word; about so many that
                                    have the phrase; 1 for a title */
} lede_completion;

typedef struct lede_completions lede_completions;

#define LEDE_COMPLETIONS_MAX 1000

/* What a query that is being typed may become: up to `limit` (1 to
   LEDE_COMPLETIONS_MAX) words and phrases, to half of that, then titles.  The
   last word of `prefix` is half a word unless white space follows it; case and
   accents do not matter.  Fast enough for every key stroke: what is looked at
   is bounded, whatever the prefix.
   Returns LEDE_STATUS_OK (also where there is none), _USAGE, _BAD_QUERY (not
   UTF-8), _CORRUPT, _IO, _ENGINE. */
lede_status
lede_suggest(lede_completions **out, lede_index *const *indexes,
             size_t n_indexes, const char *prefix, size_t limit,
             lede_error *error);
size_t
lede_completions_count(const lede_completions *completions);
const lede_completion *
lede_completions_get(const lede_completions *completions, size_t i);
void
lede_completions_free(lede_completions *completions);

/* ------------------------------------------------------------- analysis -- */

typedef struct lede_token {
    size_t start;                /* byte range in the text */
    size_t end;
    size_t position;
    const char *form;            /* the exact form */
    const char *stem;            /* NULL where it has none of its own */
    const char *kind;            /* "word", "number", "gram", "char",
                                    "joined", "part", "symbolic",
                                    "plain" (without accents) */
    int extra;                   /* adds no position and no length */
    int stop;                    /* a stop word */
    const char *const *terms;    /* what is indexed for it */
    size_t n_terms;
} lede_token;

typedef struct lede_tokens lede_tokens;

/* Analyse a text as indexing does.  `lang` NULL: detected.
   Returns LEDE_STATUS_OK, _BAD_INPUT (not UTF-8), _LIMIT (over 16 MiB),
   _ENGINE (the module that detects languages is missing). */
lede_status
lede_analyze(lede_tokens **out, const char *text, const char *lang,
             lede_error *error);
const char *
lede_tokens_lang(const lede_tokens *tokens);
size_t
lede_tokens_count(const lede_tokens *tokens);
const lede_token *
lede_tokens_get(const lede_tokens *tokens, size_t i);
void
lede_tokens_free(lede_tokens *tokens);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
