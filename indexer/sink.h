/* sink.h - the write half of an engine: it takes inverted articles under a
   number and stores them; commit and rollback are atomic.

   One provider per engine (sink-xapian.c, sink-native.c).  Everything between
   two commits is one transaction, reads through the sink see it, and a killed
   process loses it whole.

   A GATHERER is what one thread adds through.  It takes one article after the
   other, term by term, and gives parcels of finished articles, which the
   thread that owns the sink adds in order of their numbers.  So an engine does
   most of its work in the threads that invert: terms are known by handles, so
   that a word seen before costs no look-up.  An article that was begun is
   ended, or the whole transaction is rolled back.

   The sink itself, and sink->ops, belong to one thread.  While it commits,
   spills or rolls back no gatherer is used; before a commit and a spill all
   that was ended has been added.  A rollback drops what gatherers hold. */

#ifndef LEDE_INDEXER_SINK_H
#define LEDE_INDEXER_SINK_H

#include "shared/index/store.h"
#include "shared/schema.h"

/* ---- what one thread adds through ---- */

struct gatherer {
    const struct gatherer_ops *ops;
    uint64_t epoch;             // never 0; a handle of this gatherer is good
                                // while it stays
};

/* Finished articles on their way to the sink. */
struct parcel {
    size_t articles;
    uint64_t bytes;             // of memory, held by the parcel itself
    uint64_t cost;              // that pending_bytes of the sink grows by, but
                                // for terms that it has not seen; the same
                                // whatever thread made it
    void (*free)(struct parcel *parcel);        // where it cannot be added any
                                                // more: before a rollback
};

/* An article's posting: it has the term.  tf is weighted, 0 for filters;
   positions ascend strictly and are at most tf many. */
struct posting {
    const uint32_t *positions;
    uint32_t n;                 // of them
    uint32_t tf;
    uint32_t handle;
};

struct gatherer_ops {
    /* Begin article `number`, above all that this gatherer has begun since the
       last commit; `length` is quantised. */
    lede_status (*begin)(struct gatherer *gatherer, uint32_t number,
                         uint8_t length, lede_error *err);
    /* The handle of a term, whole as analysis/term.c made it; within begin and
       end. */
    lede_status (*term)(struct gatherer *gatherer, struct str term,
                        uint32_t *handle, lede_error *err);
    /* Postings of the article, borrowed, the more at once the better: each term
       once, in any order. */
    lede_status (*post)(struct gatherer *gatherer,
                        const struct posting *postings, size_t n,
                        lede_error *err);
    /* `stored` is the record; all borrowed. */
    lede_status (*end)(struct gatherer *gatherer,
                       const struct str columns[COLUMNS], struct str stored,
                       lede_error *err);
    /* The articles ended since the last parcel, for sink->ops->add; NULL where
       there are none. */
    lede_status (*parcel)(struct gatherer *gatherer, struct parcel **out,
                          lede_error *err);
    /* Before the sink is closed.  What was gathered stays with the sink. */
    void (*close)(struct gatherer *gatherer);
};

/* ---- the sink ---- */

struct sink {
    const struct sink_ops *ops;
};

struct sink_ops {
    const char *engine;         // its name

    lede_status (*gatherer)(struct sink *sink, struct gatherer **out,
                            lede_error *err);
    /* Takes the parcel, whatever it returns.  Its numbers are above all added
       before. */
    lede_status (*add)(struct sink *sink, struct parcel *parcel,
                       lede_error *err);
    lede_status (*remove)(struct sink *sink, uint32_t number, lede_error *err);

    /* The first article after `after` that has the term, one without tf (a
       filter, an id, a path); 0: none. */
    lede_status (*find)(struct sink *sink, struct str term, uint32_t after,
                        uint32_t *number, lede_error *err);
    /* These three replace what `out` holds. */
    lede_status (*column)(struct sink *sink, enum column column,
                          uint32_t number, struct buf *out, lede_error *err);
    lede_status (*stored)(struct sink *sink, uint32_t number, struct buf *out,
                          lede_error *err);
    lede_status (*meta_get)(struct sink *sink, struct str key,
                            struct buf *out, lede_error *err);
    /* An empty value removes the key. */
    lede_status (*meta_set)(struct sink *sink, struct str key,
                            struct str value, lede_error *err);
    lede_status (*meta_each)(struct sink *sink, struct str prefix,
                             lede_status (*each)(void *payload, struct str key,
                                                 struct str value,
                                                 lede_error *err),
                             void *payload, lede_error *err);

    /* About how much memory is held for what was added and not yet committed:
       the same for the same articles, whatever the number of threads. */
    uint64_t (*pending_bytes)(const struct sink *sink);
    /* Flush what was added to the disk and free its memory, without making it
       visible: it stays part of the transaction.  Where an engine cannot do
       that can_spill is false. */
    bool (*can_spill)(const struct sink *sink);
    lede_status (*spill)(struct sink *sink, lede_error *err);
    lede_status (*commit)(struct sink *sink, lede_error *err);
    lede_status (*rollback)(struct sink *sink, lede_error *err);
    /* After a commit: let readers see this generation from now on, and remove
       the one before.  Nothing where it is the one they see. */
    lede_status (*publish)(struct sink *sink, lede_error *err);
    /* Make few segments of many, or one (`optimize`), `progress` being told of
       the bytes done of all; within the memory and threads the sink was opened
       with, and committed when done.  Nothing to do for an engine that has no
       segments. */
    lede_status (*merge)(struct sink *sink, bool optimize, bool reorder,
                         void (*progress)(void *payload, uint64_t done,
                                          uint64_t total),
                         void *payload, lede_error *err);
    /* What is not committed is undone, a generation not published removed. */
    void (*close)(struct sink *sink);
};

/* The engine that a new index has. */
#define LEDE_DEFAULT_ENGINE "native"

/* What lede__sink_open is to do. */
enum sink_mode {
    SINK_CURRENT,               // the generation that readers see, or a first
    SINK_REBUILD,               // a new, empty generation beside it
    SINK_EXISTING,              // as SINK_CURRENT; never makes an index
    SINK_SALVAGE,               // as SINK_EXISTING, to be read only: what is
                                // damaged is told to `lost`, and left out
};

struct sink_options {
    const char *engine;         // NULL: the index's own, else the default
    enum sink_mode mode;
    uint64_t memory;            // that it may use, in bytes
    unsigned threads;           // that it may use
    uint32_t bigram_df;         // least df of words that bigrams are kept of;
                                // 0: the usual (tests/)
    bool no_stored;             // drop stored records (bench/)
    bool no_merge;              // leave segments as they are committed, but
                                // for sink->ops->merge (bench/)
    /* What cannot be read, why, and what of the index is lost by that. */
    lede_status (*lost)(void *payload, const char *path,
                        const lede_error *why, const char *what,
                        lede_error *err);
    void *payload;
};

/* Open the index in folder `path`, whose lock the caller holds.  *made tells
   whether it is new and empty (then commit and publish it before use).  A
   rebuild may be of another engine than the index has; readers change over
   when it is published.
   LEDE_STATUS_OK, _NOT_FOUND, _USAGE (no such engine, or not the index's),
   _PERMISSION, _DISK_FULL, _CORRUPT, _VERSION, _IO, _ENGINE. */
lede_status
lede__sink_open(struct sink **out, const char *path,
                const struct sink_options *options, bool *made,
                lede_error *err);

#endif
