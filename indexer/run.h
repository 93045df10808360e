/* run.h - one run over files: what its steps share.

     scan.c      folders -> run->files, run->known
     plan.c      run->files -> run->items
     many.c      one file of many articles -> run->items
     pipeline.c  run->items -> the sink
     item.c      the work on one item
     vanish.c    what is no longer there
     carry.c     a rebuild: what the generation before has and no file gives */

#ifndef LEDE_INDEXER_RUN_H
#define LEDE_INDEXER_RUN_H

#include "corpus/reader.h"
#include "indexer/writer.h"

/* A file that an earlier run has seen, or this one. */
struct known {
    struct file_state state;    // path in the run's arena
    bool found;                 // by this run
    uint32_t file;              // in run->files, plus 1; 0: not to be read
};

/* A file that is to be read in this run. */
struct run_file {
    struct file_state state;    // as it will be stored; path in the arena
    enum format format;
    bool known;                 // an earlier run has seen it
    bool doubtful;              // its stat may be right: compare the content
    uint32_t left;              // articles of it not yet indexed
};

enum item_kind {
    ITEM_FILE,                  // a file that is one article
    ITEM_LINE,                  // a record in a file that is not compressed
    ITEM_SPOOL,                 // a record in the run's spool
    ITEM_PARSED,                // likewise, already as it will be stored
    ITEM_STORED,                // carried over from the old generation
    ITEM_DELETE,                // {"delete":"ID"}
    ITEM_SAME,                  // as it is in the index; only while planning
};

/* An article to index. */
struct item {
    struct str id;
    uint64_t offset;            // of the record
    uint32_t len;               // of what is read, about where it is
                                // compressed
    uint32_t size;              // of the text
    uint32_t line;
    uint32_t file;              // in run->files
    uint32_t number;            // given by the plan
    uint32_t old;               // the number that it replaces, or 0; of
                                // ITEM_STORED: in the old generation
    uint8_t kind;
    unsigned char hash[16];     // of the record; not of ITEM_FILE
};

struct run {
    lede_writer *writer;
    const lede_source_options *options;
    lede_counts counts;
    struct arena arena;
    struct reader_options reader;

    struct known *known;
    size_t n_known, cap_known;
    struct map known_map;

    struct str *roots;          // of this run, read without a fault
    size_t n_roots;
    struct str *unread;         // files and folders that could not be read
    size_t n_unread, cap_unread;
    struct str *missing;        // roots that are gone, and may be (prune)
    size_t n_missing, cap_missing;

    struct run_file *files;
    size_t n_files, cap_files;
    struct item *items;
    size_t n_items, cap_items;
    uint32_t *gone;             // numbers to remove at the end
    size_t n_gone, cap_gone;

    bool batch;                 // JSON Lines of lede_writer_add_jsonl
    bool stopped;               // while these were read
    bool rebuild;               // everything is read, whatever is known
    bool convert;               // nothing is read: all is carried over
    struct looking *looking;    // many.c
    int spool;                  // descriptor, or -1
    uint64_t spool_size;
    uint64_t bytes_total;       // expected
};

/* ---- scan.c: folders -> run->files, run->known[].found ---- */

/* Load what earlier runs have seen. */
lede_status
lede__run_load_known(struct run *run, lede_error *err);
/* Walk one root (in the form of ids). */
lede_status
lede__run_scan_root(struct run *run, struct str root, lede_error *err);
/* Look at one file that was named. */
lede_status
lede__run_scan_file(struct run *run, struct str path, lede_error *err);

/* ---- plan.c: run->files -> run->items ---- */

/* Find the articles of each file. */
lede_status
lede__run_plan(struct run *run, lede_error *err);
/* Those of a file of many. */
lede_status
lede__run_plan_many(struct run *run, uint32_t index, const char *path,
                    lede_error *err);
/* The same for JSON Lines from a batch job, whose ids are their own. */
lede_status
lede__run_plan_batch(struct run *run, const char *path, lede_error *err);
/* Sort what is planned by id, drop what is unchanged, give numbers. */
lede_status
lede__run_number(struct run *run, lede_error *err);
lede_status
lede__run_push_item(struct run *run, const struct item *item,
                    lede_error *err);

/* What planning files of many has made. */
void
lede__run_free_looking(struct run *run);

/* ---- pipeline.c: run->items -> the sink ---- */

/* Index all items.  LEDE_STATUS_STOPPED where the writer was told to stop;
   then what was done is whole, and not yet committed. */
lede_status
lede__run_items(struct run *run, lede_error *err);

/* The hash of a file that is one article, as item.c would take it. */
lede_status
lede__run_hash_file(struct run *run, const struct run_file *file,
                    unsigned char out[16], lede_error *err);

/* ---- vanish.c ---- */

/* Has this file vanished, as far as this run can tell? */
bool
lede__run_has_vanished(const struct run *run, const struct known *known);
/* Remove the articles of files that have vanished, and run->gone; a dry run
   only tells. */
lede_status
lede__run_remove_vanished(struct run *run, lede_error *err);

/* ---- carry.c ---- */

/* Tell what of the generation before could not be read. */
void
lede__run_tell_lost(struct run *run);
/* Plan to carry over what the generation before has and no file gives. */
lede_status
lede__run_carry_over(struct run *run, lede_error *err);
/* The states of the files whose articles were carried over. */
lede_status
lede__run_carry_states(struct run *run, lede_error *err);

/* ---- alerts.c ---- */

/* At the end of a rebuild: which of its articles the saved searches have
   seen. */
lede_status
lede__run_carry_serials(struct run *run, lede_error *err);

/* ---- run.c: what the steps need ---- */

/* About how much memory the run itself holds. */
uint64_t
lede__run_held_bytes(const struct run *run);
void
lede__run_warn(struct run *run, struct str path,
               const struct reader_warning *warning);
void
lede__run_failed(struct run *run, struct str path, const lede_error *why);
void
lede__run_tell(struct run *run, lede_event_kind kind, struct str path,
               const char *message);
/* Store the state of a file. */
lede_status
lede__run_store_state(struct run *run, const struct file_state *state,
                      lede_error *err);
/* Room for one more member. */
lede_status
lede__run_grow(void **array, size_t *cap, size_t count, size_t size,
               lede_error *err);
/* Remove what a file has in the index, but not article `but`, which is about
   to be replaced. */
lede_status
lede__run_replace_articles(struct run *run, struct run_file *file,
                           uint32_t but, lede_error *err);
/* Note the numbers of all articles that a file has in the index. */
lede_status
lede__run_articles_of(struct run *run, struct str path, uint32_t **numbers,
                      size_t *count, lede_error *err);

#endif
