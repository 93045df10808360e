/* searcher.h - the read half of an engine: a snapshot of one index that stores
   and delivers, and neither matches nor scores.

   Written for two providers: searcher-xapian.c over xapian-core, and the
   native segments to come.  What each call costs is said for both, so that the
   matcher above can be one.  One handle belongs to one thread.

   Any call can return LEDE__STATUS_CHANGED: the snapshot has been overwritten
   by later commits (Xapian keeps a revision for two commits).  The search is
   then begun anew after lede__searcher_refresh; it never reaches the user. */

#ifndef LEDE_QUERY_SEARCHER_H
#define LEDE_QUERY_SEARCHER_H

#include "shared/index/store.h"
#include "shared/schema.h"

#define POSTING_BLOCK 128

/* The largest document number; NUMBER_END follows every list. */
#define NUMBER_MAX (UINT32_MAX - 1)
#define NUMBER_END UINT32_MAX

/* The best that a posting of a term or a block can have: with the highest
   tf and the shortest length the contribution is an upper bound for any k1
   and b.  Bounds may be loose, never too low. */
struct impact {
    uint32_t max_tf;
    uint8_t min_length;         // quantised
};

/* A term's postings in order of number, a block at a time.  A deleted article
   is never delivered, though df may still count it.
   Made by lede__postings_open with no block loaded (count 0). */
struct postings {
    const struct postings_ops *ops;
    uint32_t df;                // in this index; may count deleted articles
    struct impact bound;        // over all postings
    /* the block */
    size_t count;
    const uint32_t *numbers;
    const uint32_t *tfs;        // weighted; 0 for filters
    struct impact block_bound;
};

struct postings_ops {
    lede_status (*advance)(struct postings *postings, uint32_t number,
                           lede_error *err);
    lede_status (*positions)(struct postings *postings, uint32_t number,
                             const uint32_t **positions, size_t *count,
                             lede_error *err);
    void (*close)(struct postings *postings);
};

struct dictionary;

struct searcher {
    const struct searcher_ops *ops;
    struct schema *schema;      // of the index
    struct index_stats stats;
    char *path;
};

struct searcher_ops {
    lede_status (*refresh)(struct searcher *searcher, lede_error *err);
    lede_status (*postings)(struct searcher *searcher, struct str term,
                            struct postings **out, lede_error *err);
    lede_status (*lengths)(struct searcher *searcher, const uint32_t *numbers,
                           size_t count, uint8_t *out, lede_error *err);
    lede_status (*column)(struct searcher *searcher, enum column column,
                          uint32_t number, struct str *out, lede_error *err);
    lede_status (*stored)(struct searcher *searcher, uint32_t number,
                          struct str *out, lede_error *err);
    lede_status (*dictionary)(struct searcher *searcher, struct str prefix,
                              struct dictionary **out, lede_error *err);
    lede_status (*dictionary_next)(struct dictionary *dictionary,
                                   struct str *term, uint32_t *df,
                                   lede_error *err);
    void (*dictionary_close)(struct dictionary *dictionary);
    lede_status (*meta)(struct searcher *searcher, struct str key,
                        struct buf *out, bool *found, lede_error *err);
    const char *(*engine)(void);
    void (*close)(struct searcher *searcher);
};

/* Open the index in folder `path`, whichever engine it has.  Statuses as
   lede_index_open.  Milliseconds (xapian), less (native). */
lede_status
lede__searcher_open(struct searcher **out, const char *path, lede_error *err);

void
lede__searcher_close(struct searcher *searcher);

/* To the newest commit: stats and schema are read again, and everything got
   from the searcher before is invalid.  Nothing where nothing changed. */
static inline lede_status
lede__searcher_refresh(struct searcher *searcher, lede_error *err)
{
    return searcher->ops->refresh(searcher, err);
}

/* A term's postings, or *out NULL where no article has it.  One dictionary
   look-up: microseconds (xapian), one or two cache misses (native). */
static inline lede_status
lede__postings_open(struct searcher *searcher, struct str term,
                    struct postings **out, lede_error *err)
{
    return searcher->ops->postings(searcher, term, out, err);
}

/* Load the block that holds the first posting with a number >= `number`, or
   count 0 at the end.  The block may begin before `number`, except that it
   never goes back to postings delivered by an earlier block.  Skips what lies
   between without decoding it (native), or by one B-tree look-up (xapian). */
static inline lede_status
lede__postings_advance(struct postings *postings, uint32_t number,
                       lede_error *err)
{
    return postings->ops->advance(postings, number, err);
}

/* The positions of the term in article `number`, which is in the block that is
   loaded, ascending; none for terms without positions.  Valid until the next
   call on these postings.  Costs a look-up and the decoding of one list: ask
   in ascending order, and only where all else matches. */
static inline lede_status
lede__postings_positions(struct postings *postings, uint32_t number,
                         const uint32_t **positions, size_t *count,
                         lede_error *err)
{
    return postings->ops->positions(postings, number, positions, count, err);
}

static inline void
lede__postings_close(struct postings *postings)
{
    if (postings != NULL) {
        postings->ops->close(postings);
    }
}

/* The quantised lengths of articles, in ascending order of number.  A page of
   4,096 is kept at hand: cheap for neighbours. */
static inline lede_status
lede__searcher_lengths(struct searcher *searcher, const uint32_t *numbers,
                       size_t count, uint8_t *out, lede_error *err)
{
    return searcher->ops->lengths(searcher, numbers, count, out, err);
}

/* A column's value, empty where the article has none; valid until the next
   call for the same column.  Cheap in ascending order. */
static inline lede_status
lede__searcher_column(struct searcher *searcher, enum column column,
                      uint32_t number, struct str *out, lede_error *err)
{
    return searcher->ops->column(searcher, column, number, out, err);
}

/* The stored record (lede__record_read decodes it), valid until the next call.
   Inflates one article: tens of microseconds; for hits, not for candidates.
   LEDE_STATUS_NOT_FOUND where there is no such article. */
static inline lede_status
lede__searcher_stored(struct searcher *searcher, uint32_t number,
                      struct str *out, lede_error *err)
{
    return searcher->ops->stored(searcher, number, out, err);
}

/* Walk the terms that begin with `prefix` in bytewise order: open, next until
   term.p is NULL, close.  A term is valid until the next call. */
static inline lede_status
lede__dictionary_open(struct searcher *searcher, struct str prefix,
                      struct dictionary **out, lede_error *err)
{
    return searcher->ops->dictionary(searcher, prefix, out, err);
}

/* A value of the index's metadata, replacing what `out` holds. */
static inline lede_status
lede__searcher_meta(struct searcher *searcher, struct str key,
                    struct buf *out, bool *found, lede_error *err)
{
    return searcher->ops->meta(searcher, key, out, found, err);
}

#endif
