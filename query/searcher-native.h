/* searcher-native.h - the read half of the native engine, for its own files,
   for check.c and for lede_index_info. */

#ifndef LEDE_QUERY_SEARCHER_NATIVE_H
#define LEDE_QUERY_SEARCHER_NATIVE_H

#include "query/searcher-engines.h"
#include "shared/index/list.h"
#include "shared/index/manifest.h"
#include "shared/index/stored.h"
#include "shared/index/terms.h"

/* A segment in a snapshot. */
struct native_part {
    struct segment *segment;
    struct manifest_segment entry;
    uint32_t base;              // its first doc, a multiple of DOC_PAGE
    uint32_t end;               // after its last
    uint64_t *deleted;          // by doc of the segment; NULL: none is
    // While refreshing: what another snapshot owns too.
    bool kept;
    bool deleted_kept;
};

/* One term's list in one part. */
struct native_lane {
    const struct native_part *part;
    struct terms_probe probe;
    struct list_info info;
};

/* Of a reader: it is at no lane. */
#define NO_LANE SIZE_MAX

struct native_postings {
    struct postings postings;
    struct searcher_native *owner;
    struct native_postings *next;       // in the pool
    size_t cap;                 // lanes there is room for
    size_t n;
    size_t at;                  // the lane that is read
    /* Readers are large, and lanes are read one after the other: one for the
       lane that is read, one that looks ahead. */
    struct list_reader lists[2];
    size_t held[2];             // the lane that each is at, or NO_LANE
    size_t current;             // which is for the lane that is read
    /* Where articles of the block are deleted: those that are not. */
    uint32_t docs[LIST_BLOCK];
    uint32_t tfs[LIST_BLOCK];
    uint8_t places[LIST_BLOCK];         // where in the list's block
    bool *told;                 // of a pair: which parts tell; else NULL
    bool compacted;
    bool tfs_ready;
    struct native_lane lanes[];
};

struct searcher_native {
    struct searcher searcher;
    uint64_t generation;
    struct native_part *parts;
    size_t n_parts;
    size_t near;                // the part that was asked for last
    struct stored_reader *stored;
    struct native_postings *pool;
};

static inline struct searcher_native *
lede__native(struct searcher *searcher)
{
    return (struct searcher_native *)searcher;
}

/* The part that a doc is in, or NULL. */
const struct native_part *
lede__native_part(struct searcher_native *x, uint32_t doc);

/* The parts of a searcher, in order; none where it has another engine. */
const struct native_part *
lede__searcher_native_parts(const struct searcher *searcher, size_t *n);

/* searcher-native-postings.c */
lede_status
lede__native_postings_open(struct searcher *searcher, struct str term,
                           struct postings **out, lede_error *err);
/* An object without lanes; NULL without memory, which is said. */
struct native_postings *
lede__native_postings_take(struct searcher_native *owner, lede_error *err);
void
lede__native_pool_free(struct searcher_native *x);

/* searcher-native-pairs.c */
lede_status
lede__native_pair_open(struct searcher *searcher, struct postings *first,
                       struct postings *second, struct postings **out,
                       lede_error *err);
bool
lede__native_told(const struct postings *postings, uint32_t doc,
                  uint32_t *end);

/* searcher-native-terms.c */
lede_status
lede__native_dictionary_open(struct searcher *searcher, struct str prefix,
                             struct dictionary **out, lede_error *err);
lede_status
lede__native_dictionary_next(struct dictionary *dictionary, struct str *term,
                             uint32_t *df, lede_error *err);
lede_status
lede__native_dictionary_seek(struct dictionary *dictionary, struct str term,
                             lede_error *err);
void
lede__native_dictionary_close(struct dictionary *dictionary);

#endif
