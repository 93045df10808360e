/* lede-eval.h - judging a ranking, and runs; a part of lede.h. */

#ifndef LEDE_EVAL_H
#define LEDE_EVAL_H

#include "lede.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

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

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
