/* writer.h - the writer of one index, and what the files of indexer/ share.

     writer.c    open and close
     meta.c      what an index has besides its articles
     commit.c    commit, rollback; adding and removing one article
     alerts.c    saved searches
     change.c    a program's own articles
     run.c       a run over files and folders: scan, plan, pipeline, clean-up
     scan.c      folders -> the files that must be read, and those that vanished
     plan.c      files -> articles to index, sorted by id and numbered
     many.c      the same for a file of many articles
     pipeline.c  articles -> the sink, in many threads, in order
     item.c      the work on one of them
     carry.c     a rebuild and a conversion: what the index had before
     crew.c      threads that do jobs and give them back in order
     invert.c    an article -> its postings
     sink.h      an engine's write half */

#ifndef LEDE_INDEXER_WRITER_H
#define LEDE_INDEXER_WRITER_H

#include <stdatomic.h>

#include "indexer/invert.h"
#include "indexer/sink.h"
#include "shared/base/file.h"
#include "shared/index/alerts.h"

struct lede_writer {
    char *index;                // the folder of the index, absolute
    char *folder;               // the folder that holds it: ids are relative
    lede_writer_options options;
    char *config;               // options.config and config_path, owned
    char *config_path;
    unsigned threads;
    uint64_t max_article;       // what options and memory allow
    struct file_lock *lock;
    struct sink *sink;
    struct sink *old;           // a rebuild: the generation before, or NULL
    struct buf lost;            // a rebuild: what of that could not be read, a
                                // path and a message, each NUL-terminated
    bool fresh;                 // there is no index until the first commit
    bool remains;               // there is what is left of one
    struct schema *schema;
    struct analyzer *analyzer;
    struct index_stats stats;   // as they will be committed
    struct str_list roots;      // in the form that ids have
    bool roots_changed;         // since the last commit
    struct alerts alerts;       // as they will be committed
    bool alerts_read;           // they are there
    bool alerts_changed;        // since the last commit
    bool spilled;               // something is on the disk, uncommitted
    struct arena roots_arena;
    struct member *members;     // one for each thread; the calling one's first
    struct article article;     // of the calling thread
    struct buf term;
    struct buf value;
    struct map waiting;         // ids added and not yet given to the sink
    uint64_t waiting_bytes;     // of their text
    bool commits;               // as it goes: a run, which may be killed and
                                // taken up again
    atomic_bool stop;
};

/* What a thread needs to make articles into postings; made when needed, kept
   until the writer is closed. */
struct member {
    struct inverter *inverter;  // NULL: not made yet
    struct gatherer *gatherer;
    struct article article;
    struct buf bytes;           // of a record
};

/* ---- paths (paths.c) ---- */

/* A path as the user gave it -> absolute; the links in its folders resolved,
   its last part kept.  malloc'd. */
lede_status
lede__path_resolve(char **out, const char *path, lede_error *err);
/* Absolute -> the form that ids have: relative to writer->folder where it lies
   below it ("." for the folder itself). */
struct str
lede__path_to_id(const lede_writer *writer, const char *absolute);
/* And back; malloc'd, NULL when out of memory. */
char *
lede__path_of_id(const lede_writer *writer, struct str id);
/* Is `path` the folder `root` or below it?  Both in the form of ids. */
bool
lede__path_is_below(struct str path, struct str root);

/* ---- events (writer.c) ---- */

void
lede__writer_event(const lede_writer *writer, const lede_event *event);
/* Keep, to be told by the run, that this is lost to a rebuild. */
lede_status
lede__writer_lost(lede_writer *writer, const char *path,
                  const lede_error *why, const char *what, lede_error *err);
/* An article or file failed: count it and tell. */
void
lede__writer_failed(const lede_writer *writer, lede_counts *counts,
                    const char *path, const lede_error *why);

/* Say of which index it is that the disk is full, and what to do. */
void
lede__writer_explain(const lede_writer *writer, lede_status status,
                     lede_error *err);

/* ---- metadata (meta.c) ---- */

lede_status
lede__writer_set_roots(lede_writer *writer, const struct str *roots,
                       size_t count, lede_error *err);
/* Statistics and roots as they are committed. */
lede_status
lede__writer_write_meta(lede_writer *writer, lede_error *err);
lede_status
lede__writer_read_meta(lede_writer *writer, lede_error *err);
/* Those of an index that was just opened; `given` is a configuration, or
   NULL. */
lede_status
lede__writer_load(lede_writer *writer, const struct schema *given,
                  lede_error *err);
/* Those of a new index; takes `*given`, or the schema and the roots of the
   generation before. */
lede_status
lede__writer_begin(lede_writer *writer, struct schema **given,
                   lede_error *err);

/* ---- saved searches (alerts.c) ---- */

/* Those of the generation before, at the beginning of a rebuild. */
lede_status
lede__writer_begin_alerts(lede_writer *writer, lede_error *err);
/* Before a commit, where they were changed. */
lede_status
lede__writer_write_alerts(lede_writer *writer, lede_error *err);
/* After a rollback: those that were committed last are read when needed. */
void
lede__writer_forget_alerts(lede_writer *writer);

/* ---- changes (commit.c) ---- */

/* The first `count` members are there. */
lede_status
lede__writer_make_members(lede_writer *writer, unsigned count,
                          lede_error *err);
void
lede__writer_free_members(lede_writer *writer);

/* Add an article of the calling thread, in place of the one with its id. */
lede_status
lede__writer_put(lede_writer *writer, const struct article *article,
                 const unsigned char hash[16], lede_error *err);
/* Give what was put to the sink, before anything is read through it. */
lede_status
lede__writer_settle(lede_writer *writer, lede_error *err);
/* Give a parcel to the sink. */
lede_status
lede__writer_add(lede_writer *writer, struct parcel *parcel,
                 lede_error *err);
/* Count an article that was added. */
void
lede__writer_count(lede_writer *writer, const struct inverted *inverted,
                   uint32_t number);
/* Remove one article by number; statistics follow. */
lede_status
lede__writer_delete(lede_writer *writer, uint32_t number, lede_error *err);
/* The number of the article with this id; 0: none. */
lede_status
lede__writer_find_id(lede_writer *writer, struct str id, uint32_t *number,
                     lede_error *err);
/* What one article may cost: while other things go on, and when nothing is
   pending.  Neither depends on the number of threads. */
uint64_t
lede__writer_small_limit(const lede_writer *writer);
uint64_t
lede__writer_large_limit(const lede_writer *writer);
/* May an article of so much text cost more than the small limit? */
bool
lede__writer_is_large(const lede_writer *writer, uint64_t bytes);
/* Flush what is pending to the disk, if the engine can, and do not commit
   it. */
lede_status
lede__writer_spill(lede_writer *writer, lede_error *err);
/* Where what is pending is more than the memory allows, counting `coming` bytes
   to be added and `held` elsewhere: commit it, in a run; else spill it, if the
   engine can, so that a program's transaction stays one.  All threads are
   idle, and what they made has been added. */
lede_status
lede__writer_make_room(lede_writer *writer, uint64_t coming, uint64_t held,
                       lede_error *err);

/* ---- whole indexes ---- */

/* Make one segment of all (commit.c); `reorder` puts articles that have words
   in common side by side.  What is pending is committed before. */
lede_status
lede__writer_optimize(lede_writer *writer, bool reorder,
                      void (*progress)(void *payload, uint64_t done,
                                       uint64_t total),
                      void *payload, lede_error *err);
/* Index everything anew from the stored articles alone, in their order, and
   publish it (run.c).  The writer was opened with options.rebuild and the
   engine to convert to in options.engine; events and counts as of a run.  An
   article that cannot be read is a failure of its own, told and counted. */
lede_status
lede__writer_convert(lede_writer *writer, lede_counts *counts,
                     lede_error *err);

/* What reading and inverting an article takes, in bytes of memory per byte of
   its text, where its words are those of a language. */
#define MEMORY_PER_BYTE 28

#endif
