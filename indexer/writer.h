/* writer.h - the writer of one index, and what the files of indexer/ share.

     writer.c    open, commit, rollback, close; adding and removing one article
     run.c       a run over files and folders: scan, plan, pipeline, clean-up
     scan.c      folders -> the files that must be read, and those that vanished
     plan.c      files -> articles to index, sorted by id and numbered
     pipeline.c  articles -> inverted articles, in many threads, in order
     invert.c    an article -> its terms
     sink.h      an engine's write half */

#ifndef LEDE_INDEXER_WRITER_H
#define LEDE_INDEXER_WRITER_H

#include <stdatomic.h>

#include "indexer/invert.h"
#include "indexer/sink.h"
#include "shared/base/file.h"

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
    struct schema *schema;
    struct analyzer *analyzer;
    struct index_stats stats;   // as they will be committed
    struct str_list roots;      // in the form that ids have
    struct arena roots_arena;
    struct inverter *inverter;  // of the calling thread
    struct inverted inverted;
    struct article article;     // of the calling thread
    struct buf term;
    struct buf value;
    atomic_bool stop;
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
/* An article or file failed: count it and tell. */
void
lede__writer_failed(const lede_writer *writer, lede_counts *counts,
                    const char *path, const lede_error *why);

/* ---- changes (writer.c) ---- */

/* An inverter with a share of the memory. */
lede_status
lede__writer_new_inverter(const lede_writer *writer, struct inverter **out,
                          lede_error *err);

/* Add an inverted article under the next number or the one it has. */
lede_status
lede__writer_put(lede_writer *writer, struct inverted *inverted,
                 lede_error *err);
/* Remove one article by number; statistics follow. */
lede_status
lede__writer_delete(lede_writer *writer, uint32_t number, lede_error *err);
/* The number of the article with this id; 0: none. */
lede_status
lede__writer_find_id(lede_writer *writer, struct str id, uint32_t *number,
                     lede_error *err);
/* Invert an article of the calling thread into writer->inverted, and make room
   for it. */
lede_status
lede__writer_invert(lede_writer *writer, const struct article *article,
                    const unsigned char hash[16], uint64_t held,
                    lede_error *err);
/* What one article may cost: while other things go on, and when nothing is
   pending. */
size_t
lede__writer_small_limit(const lede_writer *writer);
size_t
lede__writer_large_limit(const lede_writer *writer);
/* Commit what is pending where it is more than the memory allows, counting
   `coming` bytes of an article to be added. */
lede_status
lede__writer_make_room(lede_writer *writer, uint64_t coming, uint64_t held,
                       lede_error *err);
lede_status
lede__writer_set_roots(lede_writer *writer, const struct str *roots,
                       size_t count, lede_error *err);

/* What reading and inverting an article takes, in bytes of memory per byte of
   its text, where its words are those of a language. */
#define MEMORY_PER_BYTE 28

#endif
