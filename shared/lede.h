/* lede.h - the public interface of liblede, full-text search for articles.

   lede turns articles (Markdown with front matter, plain text, JSON Lines, or
   what your program has) into an index, and answers queries on it, best match
   first.  Two ways to use it:

     Searching:   lede_index_open, lede_search, lede_results_hit ...,
                  lede_results_free, lede_index_close
     Indexing:    lede_writer_open, then any of lede_writer_index (folders),
                  lede_writer_add (articles of your own), lede_writer_remove,
                  then lede_writer_commit and lede_writer_close

   CONVENTIONS
   - A function that can fail returns a lede_status, LEDE_STATUS_OK (0) on
     success, and takes a lede_error last, which may be NULL.  Each function
     lists what it can return; any of them can return LEDE_STATUS_NO_MEMORY.
   - What comes back through an `out` pointer is yours: release it with the
     type's _free or _close, which take NULL.  On failure *out is NULL.
     A returned pointer is borrowed: it lives as long as its parent, or as
     long as its comment says.
   - Strings are UTF-8 and NUL-terminated.  An absent string is NULL, both
     given and received; an absent list has count 0.
   - Option structs begin with a version: initialise them with the _INIT
     constant, then set what you need.  New members are added at the end.
   - A handle belongs to one thread at a time; two handles may be used in two
     threads.  lede_writer_stop alone may be called from anywhere.
   - The library never prints, exits, reads the environment, the clock (but to
     wait for a lock) or the locale, and keeps no global state. */

#ifndef LEDE_H
#define LEDE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

#define LEDE_VERSION_MAJOR 0
#define LEDE_VERSION_MINOR 1
#define LEDE_VERSION_PATCH 0
#define LEDE_VERSION_STRING "0.1.0"

/* The version of the library that is running, as "0.1.0". */
const char *
lede_version(void);

/* ------------------------------------------------------------- statuses -- */

/* The values are fixed and never used again for anything else. */
typedef enum lede_status {
    LEDE_STATUS_OK = 0,
    LEDE_STATUS_NO_MEMORY = 10,
    LEDE_STATUS_USAGE = 20,      /* an argument out of its range */
    LEDE_STATUS_IO = 30,         /* reading or writing failed */
    LEDE_STATUS_NOT_FOUND = 31,  /* no such file, index, or article */
    LEDE_STATUS_PERMISSION = 32,
    LEDE_STATUS_DISK_FULL = 33,
    LEDE_STATUS_LOCKED = 40,     /* another writer holds the index */
    LEDE_STATUS_CORRUPT = 50,    /* damaged data; run `lede check` */
    LEDE_STATUS_VERSION = 51,    /* an index of a version not supported */
    LEDE_STATUS_BAD_INPUT = 60,  /* an article that cannot be read */
    LEDE_STATUS_BAD_CONFIG = 61, /* a fault in lede.yaml */
    LEDE_STATUS_BAD_QUERY = 62,  /* an empty query */
    LEDE_STATUS_LIMIT = 63,      /* larger than a stated limit */
    LEDE_STATUS_STOPPED = 70,    /* by lede_writer_stop */
    LEDE_STATUS_ENGINE = 80,     /* the storage engine failed otherwise */
} lede_status;

/* The name of a status in words, "not found"; never NULL. */
const char *
lede_status_string(lede_status status);

/* What went wrong.  Yours, on the stack; a function that fails fills it, one
   that succeeds leaves it alone. */
typedef struct lede_error {
    lede_status status;
    unsigned line;               /* in `file`, from 1; 0: unknown */
    unsigned column;
    size_t start;                /* byte range in a query; both 0: unknown */
    size_t end;
    char file[512];              /* cut at the front where longer; or "" */
    char message[1024];          /* one line, file and place included */
} lede_error;

#define LEDE_ERROR_INIT { LEDE_STATUS_OK, 0, 0, 0, 0, "", "" }

/* ------------------------------------------------------------- articles -- */

/* One value of an article's metadata; lists are several with the same key. */
typedef struct lede_meta {
    const char *key;
    const char *value;
} lede_meta;

/* An article, to add or as stored.  Only `id` and one of title and body are
   needed to add one. */
typedef struct lede_article {
    const char *id;
    const char *key;             /* its own id; stored articles only */
    const char *path;            /* its file, relative to the folder that holds
                                    the index, or absolute; stored articles */
    const char *title;
    const char *body;            /* plain text */
    const char *summary;
    const char *date;            /* to add: any form of docs/formats.md */
    const char *lang;            /* "en"; NULL when adding: is detected */
    const char *source;
    const char *url;
    const char *const *authors;
    size_t n_authors;
    const char *const *tags;
    size_t n_tags;
    const char *const *categories;
    size_t n_categories;
    const lede_meta *meta;       /* other keys, lists flattened */
    size_t n_meta;
    const lede_meta *header;     /* stored articles only: as it was written,
                                    what became one of the members above */
    size_t n_header;
} lede_article;

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

/* BM25's defaults, chosen on seven test collections together, abstracts and
   uncut encyclopaedias; docs/ranking.md has the table. */
#define LEDE_K1_DEFAULT 1.6
#define LEDE_B_DEFAULT 0.7
#define LEDE_LENGTH_POWER_DEFAULT 0.7

typedef struct lede_search_options {
    unsigned version;            /* LEDE_SEARCH_OPTIONS_VERSION */
    size_t limit;                /* hits wanted, 0 to LEDE_LIMIT_MAX */
    size_t offset;               /* hits passed over; with limit, to
                                    LEDE_LIMIT_MAX */
    lede_sort sort;
    double k1;                   /* >= 0, saturation of tf */
    double b;                    /* 0 to 1, length normalisation */
    const char *lang;            /* stem the query in this language only */
    int snippets;                /* 0: none */
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
} lede_search_options;

#define LEDE_NOW_UNKNOWN INT64_MIN

#define LEDE_SEARCH_OPTIONS_VERSION 1
#define LEDE_LIMIT_MAX 1000000
#define LEDE_SEARCH_OPTIONS_INIT                                            \
    { LEDE_SEARCH_OPTIONS_VERSION, 10, 0, LEDE_SORT_RELEVANCE,              \
      LEDE_K1_DEFAULT, LEDE_B_DEFAULT, NULL, 1, 240, 0, 0,                  \
      LEDE_NOW_UNKNOWN, 0, 0, LEDE_MODEL_BM25, LEDE_LENGTH_POWER_DEFAULT,   \
      NULL, NULL }

/* A byte range [start, end). */
typedef struct lede_range {
    size_t start;
    size_t end;
} lede_range;

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

size_t
lede_results_warning_count(const lede_results *results);
const lede_warning *
lede_results_warning(const lede_results *results, size_t i);

void
lede_results_free(lede_results *results);

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

/* ----------------------------------------------------------- evaluation -- */

/* A ranking is judged as trec_eval -c does it: by score, a 32-bit float,
   highest first, equal ones by name, highest first; averages are over all
   judged topics, and one without hits counts 0.  An article's name is its key,
   or its id where it has none.

   The measures, with K for a number of hits: ndcg, ndcg@K, map, map@K, p@K,
   recall@K, mrr, mrr@K, rprec, bpref. */
#define LEDE_MEASURES_DEFAULT "ndcg@10,map,p@10,mrr,recall@100,recall@1000"

typedef struct lede_evaluation_options {
    unsigned version;            /* LEDE_EVALUATION_OPTIONS_VERSION */
    const char *qrels_path;      /* lines `topic 0 name relevance`; needed */
    const char *measures;        /* with commas; NULL: the default ones */
    const char *topics_path;     /* lines `id<TAB>text`, or a TREC file */
    const char *topic_fields;    /* of a TREC file: "title,desc,narr"; NULL:
                                    the title alone */
    int syntax;                  /* 1: topics are in the query language; 0:
                                    they are plain words */
    const char *run_path;        /* gets the run in TREC's form; or NULL */
    const char *run_name;        /* its last column; NULL: "lede" */
} lede_evaluation_options;

#define LEDE_EVALUATION_OPTIONS_VERSION 1
#define LEDE_EVALUATION_OPTIONS_INIT                                        \
    { LEDE_EVALUATION_OPTIONS_VERSION, NULL, NULL, NULL, NULL, 0, NULL,     \
      NULL }

typedef struct lede_evaluation lede_evaluation;

/* Run each topic and judge the first 1,000 hits.  Of `search` what ranks
   counts; NULL are the defaults.  A set of topics is searched in the order of
   its file, and judged in that of the judgments.
   Returns LEDE_STATUS_OK, _USAGE (no such measure), _NOT_FOUND, _BAD_INPUT
   (file and line), _IO, or what lede_search returns. */
lede_status
lede_evaluate(lede_evaluation **out, lede_index *const *indexes,
              size_t n_indexes, const lede_evaluation_options *options,
              const lede_search_options *search, lede_error *error);

/* Judge a run from elsewhere, all of it; options->topics_path and what goes
   with it is not looked at.  The file is read twice and may have any length:
   what is in memory is the judgments and a window of the file.
   Returns LEDE_STATUS_OK, _USAGE, _NOT_FOUND, _BAD_INPUT (file and line; a
   judged article that a topic has twice), _LIMIT (a line of over 1 MiB), _IO
   (a pipe). */
lede_status
lede_evaluate_run(lede_evaluation **out, const char *run_path,
                  const lede_evaluation_options *options, lede_error *error);

/* The measures, as they are called, and the mean of each. */
size_t
lede_evaluation_measure_count(const lede_evaluation *evaluation);
const char *
lede_evaluation_measure(const lede_evaluation *evaluation, size_t measure);
double
lede_evaluation_mean(const lede_evaluation *evaluation, size_t measure);

/* The judged topics, in the order of the judgments, and what each has of a
   measure. */
size_t
lede_evaluation_topic_count(const lede_evaluation *evaluation);
const char *
lede_evaluation_topic(const lede_evaluation *evaluation, size_t topic);
double
lede_evaluation_value(const lede_evaluation *evaluation, size_t topic,
                      size_t measure);

/* How many topics were searched, or are in the run, that nothing is judged
   of. */
size_t
lede_evaluation_unjudged(const lede_evaluation *evaluation);

void
lede_evaluation_free(lede_evaluation *evaluation);

typedef struct lede_comparison {
    double mean_a;
    double mean_b;
    size_t wins;                 /* topics for which b is better */
    size_t ties;
    size_t losses;
    double p;                    /* of the null hypothesis that both are one
                                    system, two-sided */
    int exact;                   /* 1: of all permutations, else of 100,000 */
} lede_comparison;

/* Compare two evaluations by the same judgments and measures, by Fisher's
   paired randomisation test (Smucker, Allan and Carterette, CIKM 2007).  The
   same evaluations give the same p.
   Returns LEDE_STATUS_OK, _USAGE (not the same topics or measures). */
lede_status
lede_evaluation_compare(lede_comparison *out, const lede_evaluation *a,
                        const lede_evaluation *b, size_t measure,
                        lede_error *error);

/* ----------------------------------------------------------------- runs -- */

/* A line of a run, `topic Q0 name rank score run`, with its end; *out is for
   lede_string_free.  White space in a name is written %20 and so on.  Whatever
   the locale is, a score has a point, and as many digits as keep the order. */
lede_status
lede_run_line(char **out, const char *topic, const char *name, size_t rank,
              double score, const char *run, lede_error *error);

typedef struct lede_fuse_options {
    unsigned version;            /* LEDE_FUSE_OPTIONS_VERSION */
    double k;                    /* 0 up; the more, the less the first ranks
                                    stand out */
    const double *weights;       /* of each run, 0 to LEDE_FUSE_WEIGHT_MAX;
                                    NULL: 1 each */
    size_t depth;                /* of each topic, of each run and of what
                                    comes out */
} lede_fuse_options;

#define LEDE_FUSE_OPTIONS_VERSION 1
#define LEDE_FUSE_RUNS_MAX 64
#define LEDE_FUSE_WEIGHT_MAX 1000.0
#define LEDE_FUSE_OPTIONS_INIT { LEDE_FUSE_OPTIONS_VERSION, 60, NULL, 1000 }

typedef struct lede_run_entry {
    const char *topic;
    const char *name;
    size_t rank;                 /* from 1, in its topic */
    double score;
} lede_run_entry;

typedef struct lede_run lede_run;

/* Fuse TREC runs by reciprocal rank: what is at rank r of a run gets the run's
   weight / (k + r), and these add up (Cormack, Clarke and Buettcher, SIGIR
   2009).  Ranks are those that lede_evaluate_run judges by, and so is the order
   of what comes out.  Memory: `depth` lines of each topic of each run.
   Returns LEDE_STATUS_OK, _USAGE, _NOT_FOUND, _BAD_INPUT (file and line), _IO,
   _LIMIT. */
lede_status
lede_fuse(lede_run **out, const char *const *paths, size_t n_paths,
          const lede_fuse_options *options, lede_error *error);

/* Topic by topic, in the order that the runs have them; best first. */
size_t
lede_run_count(const lede_run *run);
const lede_run_entry *
lede_run_get(const lede_run *run, size_t i);
void
lede_run_free(lede_run *run);

/* ------------------------------------------------------------- indexing -- */

typedef enum lede_event_kind {
    LEDE_EVENT_PROGRESS = 1,     /* several times a second, not per article */
    LEDE_EVENT_WARNING = 2,      /* an article was read, but ... */
    LEDE_EVENT_FAILED = 3,       /* an article or file was not indexed */
    LEDE_EVENT_RENAMED = 4,      /* path: new, message: old */
    LEDE_EVENT_ADDED = 5,        /* in a dry run only: would be */
    LEDE_EVENT_UPDATED = 6,      /* likewise */
    LEDE_EVENT_REMOVED = 7,      /* likewise */
    LEDE_EVENT_CONFIG = 8,       /* the given config is not the index's */
    LEDE_EVENT_COMMITTED = 9,
} lede_event_kind;

typedef struct lede_counts {
    uint64_t added;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t removed;
    uint64_t renamed;            /* of added and removed */
    uint64_t failed;
    uint64_t warnings;
    uint64_t skipped;            /* drafts */
    uint64_t bytes;              /* of article text read, inflated */
} lede_counts;

typedef struct lede_event {
    lede_event_kind kind;
    const char *path;            /* or NULL */
    const char *message;         /* or NULL */
    const char *code;            /* of a warning */
    unsigned line;
    unsigned column;
    const lede_counts *counts;   /* so far */
    uint64_t bytes_total;        /* PROGRESS: expected, 0 unknown */
    uint64_t articles_total;     /* likewise */
} lede_event;

/* Called in the thread that called the writer.  The event and its strings
   live during the call. */
typedef void (*lede_event_callback)(void *payload, const lede_event *event);

typedef struct lede_writer_options {
    unsigned version;            /* LEDE_WRITER_OPTIONS_VERSION */
    const char *engine;          /* "native" or "xapian", for a new index or a
                                    rebuild; NULL: the index's own, of a new
                                    one "native" */
    uint64_t memory_bytes;       /* LEDE_MEMORY_MIN up; the process needs at
                                    most 64 MiB beyond it */
    unsigned threads;            /* 0: as many as there are processors */
    unsigned wait_ms;            /* for another writer to finish */
    uint64_t max_article_bytes;
    int drafts;                  /* 1: index drafts too */
    int rebuild;                 /* 1: make a new generation beside the old
                                    one; the commit switches to it.  What
                                    cannot be read of one that is damaged is
                                    a failure of lede_writer_index */
    const char *config;          /* the text of a lede.yaml, or NULL: for a
                                    new index the defaults, else its own */
    const char *config_path;     /* for messages */
    int64_t now;                 /* seconds since 1970 UTC; needed */
    lede_event_callback event;   /* or NULL */
    void *payload;
} lede_writer_options;

#define LEDE_WRITER_OPTIONS_VERSION 1
#define LEDE_MEMORY_DEFAULT ((uint64_t)512 << 20)
#define LEDE_MEMORY_MIN ((uint64_t)32 << 20)
#define LEDE_MAX_ARTICLE_DEFAULT ((uint64_t)16 << 20)
#define LEDE_WRITER_OPTIONS_INIT                                            \
    { LEDE_WRITER_OPTIONS_VERSION, NULL, LEDE_MEMORY_DEFAULT, 0, 0,         \
      LEDE_MAX_ARTICLE_DEFAULT, 0, 0, NULL, NULL, 0, NULL, NULL }

typedef struct lede_writer lede_writer;

/* Open the index in folder `path` for writing, or make it.
   Returns LEDE_STATUS_OK, _LOCKED (names the process), _BAD_CONFIG, _USAGE (no
   such engine, or not the one that the index has), _VERSION, _CORRUPT,
   _PERMISSION, _DISK_FULL, _IO, _ENGINE. */
lede_status
lede_writer_open(lede_writer **out, const char *path,
                 const lede_writer_options *options, lede_error *error);

typedef struct lede_source_options {
    unsigned version;            /* LEDE_SOURCE_OPTIONS_VERSION */
    int prune;                   /* 1: a root that is missing, empty or
                                    unreadable removes its articles */
    int dry_run;                 /* 1: report what would be done */
    int files_only;              /* 1: the paths are files; they do not become
                                    roots, and nothing vanishes */
} lede_source_options;

#define LEDE_SOURCE_OPTIONS_VERSION 1
#define LEDE_SOURCE_OPTIONS_INIT { LEDE_SOURCE_OPTIONS_VERSION, 0, 0, 0 }

/* Bring the index up to date with files and folders: add what is new, replace
   what has changed, remove what has vanished below the paths.  Without paths,
   the roots of earlier runs.  Commits as it goes, a batch at a time, and at
   the end.  What could not be read is an event and counted in counts->failed.
   Returns LEDE_STATUS_OK (also where some articles failed), _NOT_FOUND (no
   paths and no roots), _STOPPED (what was done is committed), _DISK_FULL,
   _IO, _CORRUPT, _ENGINE: then what was committed stays, the rest is undone. */
lede_status
lede_writer_index(lede_writer *writer, const char *const *paths,
                  size_t n_paths, const lede_source_options *options,
                  lede_counts *counts, lede_error *error);

/* Add or replace articles from JSON Lines ("-": standard input), or delete
   them ({"delete":"ID"}), and commit.  They never vanish by themselves.  Where
   an id comes twice, its last line counts.  As lede_writer_index. */
lede_status
lede_writer_add_jsonl(lede_writer *writer, const char *path,
                      const lede_source_options *options, lede_counts *counts,
                      lede_error *error);

/* Add one article, or replace the one with the same id.  It is found after
   lede_writer_commit.
   Returns LEDE_STATUS_OK, _BAD_INPUT (no id, nothing in it, not UTF-8),
   _LIMIT (over max_article_bytes), _DISK_FULL, _IO, _ENGINE. */
lede_status
lede_writer_add(lede_writer *writer, const lede_article *article,
                lede_error *error);

/* Remove the article with this id or unambiguous key, or all articles of this
   file or folder; *removed (or NULL) counts them, 0 where none is known.
   Returns LEDE_STATUS_OK, _USAGE (several articles have this key), _IO,
   _ENGINE. */
lede_status
lede_writer_remove(lede_writer *writer, const char *id, uint64_t *removed,
                   lede_error *error);

/* Make all changes since the last commit durable, at once.  A reader that
   opens the index afterwards, crash or not, sees them.
   Returns LEDE_STATUS_OK, _DISK_FULL, _IO, _ENGINE: then nothing changed. */
lede_status
lede_writer_commit(lede_writer *writer, lede_error *error);

/* Undo all changes since the last commit. */
lede_status
lede_writer_rollback(lede_writer *writer, lede_error *error);

typedef struct lede_optimize_options {
    unsigned version;            /* LEDE_OPTIMIZE_OPTIONS_VERSION */
    int reorder;                 /* 1: put articles that are alike side by
                                    side, which makes the index smaller and
                                    searching faster, and takes its time */
} lede_optimize_options;

#define LEDE_OPTIMIZE_OPTIONS_VERSION 1
#define LEDE_OPTIMIZE_OPTIONS_INIT { LEDE_OPTIMIZE_OPTIONS_VERSION, 0 }

/* Make one segment of all that the index consists of, without the articles
   that are deleted, and commit; what was not committed is, before.  PROGRESS
   events tell counts->bytes of bytes_total.  Of an engine without segments
   (xapian) nothing is to be done.  It cannot be stopped, but may be killed.
   Returns LEDE_STATUS_OK, _USAGE, _DISK_FULL, _IO, _CORRUPT, _ENGINE: then the
   index is as it was last committed. */
lede_status
lede_writer_optimize(lede_writer *writer, const lede_optimize_options *options,
                     lede_error *error);

/* Make the index anew out of the articles that are stored in it, without their
   files: what it knows of those is kept.  The writer was opened with `rebuild`,
   and with the `engine` to convert to.  Readers see the index as it was until
   the new one is complete, and then change over at once.  Events and counts
   are those of lede_writer_index.
   Returns LEDE_STATUS_OK, _USAGE (not opened so), _NOT_FOUND (there is nothing
   to convert), _STOPPED, _DISK_FULL, _IO, _CORRUPT, _ENGINE: then the index is
   as it was. */
lede_status
lede_writer_convert(lede_writer *writer, lede_counts *counts,
                    lede_error *error);

/* Ask a running lede_writer_index or _add_jsonl to finish its batch, commit
   and return LEDE_STATUS_STOPPED, and _convert to give up.  May be called from
   another thread or a signal handler. */
void
lede_writer_stop(lede_writer *writer);

/* Release the writer and its lock; what was not committed is undone. */
void
lede_writer_close(lede_writer *writer);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
