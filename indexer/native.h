/* native.h - the write half of the native engine, inside.

   An index is a row of segments.  The sink (sink-native.c) has those that are
   committed, then those of the transaction, then what is PENDING: articles and
   metadata that are not yet a segment.

     native-gather.c    what one thread gathers: terms and their postings
     native-chain.c     the postings of a term, read again
     native-keys.c      which pending articles have a filter, an id, a path
     native-pending.c   what of articles is not said by terms
     native-metas.c     metadata: pending, and over all segments
     native-flush.c     what is pending -> a segment
     native-lists.c     its lists, of the chains of all gatherers
     native-rows.c      the terms of all gatherers, merged
     native-sort.c      the terms of a gatherer, sorted
     native-build.c     lists of terms -> a segment, in many threads
     native-bigrams.c   and which words stand side by side
     native-segments.c  the row: opening, deleting, looking up
     native-commit.c    the row -> the manifest
     native-merge.c     adjacent segments -> one: lists and metadata
     native-docs.c      and what is not said by terms
     native-tiers.c     which segments to merge
     native-salvage.c   what of a damaged row can be read */

#ifndef LEDE_INDEXER_NATIVE_H
#define LEDE_INDEXER_NATIVE_H

#include "indexer/native-gather.h"
#include "indexer/native-keys.h"
#include "shared/index/columns.h"
#include "shared/index/kernel.h"
#include "shared/index/manifest.h"
#include "shared/index/pairs.h"

/* ---- metadata of the transaction (native-metas.c) ---- */

struct metas {
    struct map places;          // key -> place in `items`
    struct pair *items;
    size_t n, cap;
    struct arena values;
    uint64_t cost;
};

struct pair {
    struct str key;
    struct str value;           // empty: removed
};

void
lede__metas_init(struct metas *metas);
lede_status
lede__metas_set(struct metas *metas, struct str key, struct str value,
                lede_error *err);
/* NULL: nothing is said of the key. */
const struct pair *
lede__metas_find(const struct metas *metas, struct str key);
/* Those whose keys begin so, sorted by key; malloc'd. */
lede_status
lede__metas_sorted(const struct metas *metas, struct str prefix,
                   struct pair **out, size_t *n, lede_error *err);
void
lede__metas_clear(struct metas *metas);

/* ---- what is pending (native-pending.c) ---- */

/* Stored blocks of a parcel, in the section of stored articles. */
struct stored_span {
    uint32_t doc;               // the first
    uint32_t len;
    uint64_t offset;
};

/* A gatherer, and which of its places is which pending doc. */
struct native_source {
    struct gatherer_native *gatherer;
    struct buf docs;            // uint32_t for each place
};

struct pending {
    char *path;                 // of the file being written, or NULL
    uint64_t name;
    struct segment_writer *writer;
    struct stored_index *index;
    struct columns_writer *columns;
    uint32_t docs;
    struct buf numbers;         // uint32_t for each doc
    struct buf lengths;
    struct buf spans;           // struct stored_span
    uint64_t *deleted;          // bits; NULL: none
    uint32_t n_deleted, cap_deleted;
    struct keys keys;
    uint64_t cost;
};

struct sink_native;

/* Begin the file, where it is not yet. */
lede_status
lede__pending_begin(struct sink_native *x, lede_error *err);
lede_status
lede__pending_add(struct sink_native *x, struct parcel_native *parcel,
                  lede_error *err);
/* The doc with this number; docs: none. */
uint32_t
lede__pending_doc(const struct pending *pending, uint32_t number);
lede_status
lede__pending_delete(struct pending *pending, uint32_t doc, lede_error *err);
bool
lede__pending_is_deleted(const struct pending *pending, uint32_t doc);
lede_status
lede__pending_find(struct pending *pending, struct str term, uint32_t after,
                   uint32_t *number, lede_error *err);
lede_status
lede__pending_stored(struct sink_native *x, uint32_t doc, struct buf *out,
                     lede_error *err);
/* Forget what is pending, and the file where it is not finished. */
void
lede__pending_clear(struct sink_native *x);

/* ---- segments (native-segments.c) ---- */

struct native_segment {
    struct manifest_segment facts;      // as in the manifest, where it is there
    struct segment *segment;
    uint64_t *deleted;          // bits, padded to whole words; NULL: none
    uint32_t n_deleted;
    bool dirty;                 // facts do not say what is deleted
    /* of a salvage: */
    bool mute;                  // its metadata cannot be read
    bool believed;              // it is read without comparing checks
    struct native_number *numbers;      // ascending, where docs are in another
                                        // order; NULL: not yet needed
};

struct native_number {
    uint32_t number, doc;
};

/* A doc deleted in this transaction, of a committed segment. */
struct native_deletion {
    uint32_t segment;           // its place in the row
    uint32_t doc;
};

struct sink_native {
    struct sink sink;
    char *index;
    char *folder;               // INDEX/native
    uint64_t memory;
    unsigned threads;
    uint32_t bigram_df;         // as in sink_options
    struct gather_limits limits;
    const struct kernel *kernel;
    struct stored_reader *reader;
    bool published;             // the manifest is this row's
    bool unsure;                // a commit failed: look what the manifest says
    bool no_merge;              // but where it is asked for
    lede_status (*lost)(void *payload, const char *path,
                        const lede_error *why, const char *what,
                        lede_error *err);       // NULL: no salvage
    void *lost_payload;
    uint64_t generation;
    uint64_t next_name;
    uint64_t epoch;
    struct native_segment *row;
    size_t n_row, cap_row;
    size_t n_committed;         // of the row, the first ones
    struct buf deletions;       // struct native_deletion
    struct pending pending;
    struct native_source *sources;      // every gatherer that there is
    size_t n_sources;
    struct metas metas;
    /* a term's articles in a segment whose docs are in another order than their
       numbers, for the next lede__native_find */
    uint32_t found_place;
    struct buf found_term;      // empty: none
    struct buf found;           // struct native_number, ascending
};

lede_status
lede__native_open(struct native_segment *out, const char *index,
                  const struct manifest_segment *facts, lede_error *err);
void
lede__native_close(struct native_segment *segment);
/* Room for what is deleted, where there is none yet. */
lede_status
lede__native_make_deleted(struct native_segment *segment, lede_error *err);
/* To the end of the row. */
lede_status
lede__native_append(struct sink_native *x,
                    const struct native_segment *segment, lede_error *err);
/* A new name for a segment, and its path, malloc'd. */
lede_status
lede__native_name(struct sink_native *x, uint64_t *name, char **path,
                  lede_error *err);

static inline bool
native_is_deleted(const struct native_segment *segment, uint32_t doc)
{
    return segment->deleted != NULL &&
           (segment->deleted[doc / 64] >> (doc % 64) & 1) != 0;
}

/* The segment and doc of a number that is not deleted. */
lede_status
lede__native_place(struct sink_native *x, uint32_t number,
                   uint32_t *place, uint32_t *doc, bool *found,
                   lede_error *err);
/* Make segment->numbers; what was there is forgotten.  With `guess` any that
   ascend with docs will do. */
lede_status
lede__native_make_numbers(struct native_segment *segment, bool guess,
                          lede_error *err);
/* The first number above `after` that is not deleted; 0: none. */
lede_status
lede__native_next_of(struct native_segment *segment, uint32_t after,
                     uint32_t *number, lede_error *err);
/* Mark a doc as deleted, to be undone by a rollback. */
lede_status
lede__native_delete(struct sink_native *x, uint32_t place, uint32_t doc,
                    lede_error *err);
void
lede__native_undelete_all(struct sink_native *x);
/* The first number above `after` that has the term, in the row. */
lede_status
lede__native_find(struct sink_native *x, struct str term, uint32_t after,
                  uint32_t *number, lede_error *err);

/* ---- from one to the other ---- */

/* What is pending becomes a segment at the end of the row; nothing where there
   is nothing (native-flush.c). */
lede_status
lede__native_flush(struct sink_native *x, lede_error *err);

/* What of a segment is made while others sort its terms. */
typedef lede_status
flush_meanwhile(struct pending *pending, struct segment_facts *facts,
                lede_error *err);

/* The sections made of what the gatherers have (native-lists.c). */
lede_status
lede__native_lists(struct sink_native *x, struct segment_facts *facts,
                   flush_meanwhile *meanwhile, lede_error *err);

/* The values of keys that begin with `prefix`, over the row and what is
   pending (native-metas.c). */
lede_status
lede__native_meta_get(struct sink_native *x, struct str key, struct buf *out,
                      lede_error *err);
lede_status
lede__native_meta_each(struct sink_native *x, struct str prefix,
                       lede_status (*each)(void *payload, struct str key,
                                           struct str value, lede_error *err),
                       void *payload, lede_error *err);
/* Key by key over `n` segments of the row, the last that says something of it;
   removed keys with an empty value. */
lede_status
lede__native_meta_walk(const struct native_segment *segments, size_t n,
                       const struct pair *pending, size_t n_pending,
                       struct str prefix,
                       lede_status (*each)(void *payload, struct str key,
                                           struct str value, lede_error *err),
                       void *payload, lede_error *err);

/* The row, with what is pending, becomes the committed one
   (native-commit.c). */
lede_status
lede__native_commit(struct sink_native *x, lede_error *err);
lede_status
lede__native_rollback(struct sink_native *x, lede_error *err);
/* Replace `n` committed segments from `first` on by `with`, which may be NULL,
   in the row and the manifest; the old ones are closed and removed.  Where it
   fails nothing has changed. */
lede_status
lede__native_replace(struct sink_native *x, size_t first, size_t n,
                     struct native_segment *with, lede_error *err);
/* Remove the files of a segment that is closed. */
void
lede__native_remove(const struct sink_native *x,
                    const struct manifest_segment *facts);
/* Write the manifest of the committed row. */
lede_status
lede__native_write_manifest(struct sink_native *x, lede_error *err);

struct native_progress {
    void (*told)(void *payload, uint64_t done, uint64_t total);
    void *payload;
};

/* Make one segment of `n` committed ones from `first` on, and replace them by
   it; with `reorder` its docs get an order that makes it smaller.  `progress`
   may be NULL (native-merge.c). */
lede_status
lede__native_merge(struct sink_native *x, size_t first, size_t n,
                   bool reorder, const struct native_progress *progress,
                   lede_error *err);

/* ---- a damaged index (native-salvage.c) ---- */

/* Make a row of what can be read, to be read only.  The statuses of the
   manifest, where nothing can be; what is lost is told to x->lost. */
lede_status
lede__native_salvage(struct sink_native *x, lede_error *err);
/* The first article above `after` in it; 0: none. */
lede_status
lede__native_next(struct sink_native *x, uint32_t after, uint32_t *number,
                  lede_error *err);
/* The record of a doc, in a block that fails its check too. */
lede_status
lede__native_record(struct sink_native *x, uint32_t place, uint32_t doc,
                    struct str *record, lede_error *err);

/* ---- which to merge (native-tiers.c) ---- */

struct tier {
    uint64_t size;              // of the file
    uint32_t docs, deleted;
};

/* The next merge: n segments from `first` on, or none (n 0). */
void
lede__tiers_choose(const struct tier *segments, size_t count, size_t *first,
                   size_t *n);

#endif
