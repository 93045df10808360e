/* sink.h - the write half of an engine: it takes inverted articles under a
   number and stores them; commit and rollback are atomic.

   One provider per engine (sink-xapian.c; the native one to come).  A sink
   belongs to one thread.  Everything between two commits is one transaction,
   reads through the sink see it, and a killed process loses it whole. */

#ifndef LEDE_INDEXER_SINK_H
#define LEDE_INDEXER_SINK_H

#include "shared/index/store.h"
#include "shared/schema.h"

/* A term of one article. */
struct sink_term {
    struct str term;            // whole, as analysis/term.c made it
    uint32_t tf;                // weighted; 0 for filters
    const uint32_t *positions;  // ascending; NULL where it has none
    uint32_t n_positions;
};

/* An article, inverted.  Borrowed during the call. */
struct sink_article {
    uint32_t number;            // above every number given before, or the same
                                // transaction's in any order
    const struct sink_term *terms;      // distinct, in any order
    size_t n_terms;
    uint8_t length;             // quantised
    struct str columns[COLUMNS];        // empty: none
    struct str stored;          // the record
};

struct sink {
    const struct sink_ops *ops;
};

struct sink_ops {
    const char *engine;         // its name

    lede_status (*add)(struct sink *sink, const struct sink_article *article,
                       lede_error *err);
    lede_status (*remove)(struct sink *sink, uint32_t number, lede_error *err);

    /* The first article after `after` that has the term; 0: none. */
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

    /* About how much memory is held for what is not yet committed. */
    uint64_t (*pending_bytes)(const struct sink *sink);
    lede_status (*commit)(struct sink *sink, lede_error *err);
    lede_status (*rollback)(struct sink *sink, lede_error *err);
    /* After a commit: let readers see this generation from now on, and remove
       the one before.  Nothing where it is the one they see. */
    lede_status (*publish)(struct sink *sink, lede_error *err);
    /* What is not committed is undone, a generation not published removed. */
    void (*close)(struct sink *sink);
};

/* What lede__sink_open is to do. */
enum sink_mode {
    SINK_CURRENT,               // the generation that readers see, or a first
    SINK_REBUILD,               // a new, empty generation beside it
    SINK_EXISTING,              // as SINK_CURRENT; never makes an index
};

/* Open the index in folder `path`, whose lock the caller holds.  *made tells
   whether it is new and empty (then commit and publish it before use).
   `engine` NULL: the index's own, else the default.
   LEDE_STATUS_OK, _NOT_FOUND, _USAGE (no such engine), _PERMISSION,
   _DISK_FULL, _CORRUPT, _VERSION, _IO, _ENGINE. */
lede_status
lede__sink_open(struct sink **out, const char *path, const char *engine,
                enum sink_mode mode, bool *made, lede_error *err);

#endif
