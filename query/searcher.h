/* searcher.h - the read half of an engine: a snapshot of one index that stores
   and delivers, and neither matches nor scores.

   Written for two providers: searcher-xapian.c over xapian-core, and
   searcher-native.c over segments.  What each call costs is said for both, so
   that the matcher above can be one.  One handle belongs to one thread.

   A DOC is an article's place in the snapshot, from 0 up to searcher->docs;
   some places may be empty.  All lists are in order of docs.  An article's own
   document number, which never changes, is asked for with
   lede__searcher_number; where searcher->ordered, numbers ascend with docs.
   (xapian: doc = number.  native: segments one after the other, each beginning
   at a multiple of DOC_PAGE.)

   Any call can return LEDE__STATUS_CHANGED: the snapshot has been overwritten
   by later commits (Xapian keeps a revision for two commits).  The search is
   then begun anew after lede__searcher_refresh; it never reaches the user. */

#ifndef LEDE_QUERY_SEARCHER_H
#define LEDE_QUERY_SEARCHER_H

#include "shared/index/impact.h"
#include "shared/index/kernel.h"
#include "shared/index/store.h"
#include "shared/schema.h"

#define POSTING_BLOCK 128

/* DOC_END follows every list. */
#define DOC_END UINT32_MAX

/* Docs whose lengths lie together, and that one window of matching takes. */
#define DOC_PAGE LENGTHS_PAGE
#define DOC_PAGE_WORDS (DOC_PAGE / 64)

/* A term's postings in order of docs, a block at a time.  A deleted article is
   never delivered, though df may still count it.
   Made by lede__postings_open with no block loaded (count 0). */
struct postings {
    const struct postings_ops *ops;
    uint32_t df;                // in this index; may count deleted articles
    bool exact_df;              // it does not
    /* the block */
    size_t count;
    const uint32_t *docs;
    const uint32_t *tfs;        // after lede__postings_tfs; weighted, 0 for
                                // filters
    size_t hint;                // where in the block the doc probably is whose
                                // positions are asked for next
};

struct postings_ops {
    lede_status (*advance)(struct postings *postings, uint32_t doc,
                           lede_error *err);
    lede_status (*tfs)(struct postings *postings, lede_error *err);
    lede_status (*positions)(struct postings *postings, uint32_t doc,
                             const uint32_t **positions, size_t *count,
                             lede_error *err);
    lede_status (*block_end)(struct postings *postings, uint32_t doc,
                             uint32_t *last, lede_error *err);
    lede_status (*bound)(struct postings *postings, uint32_t from,
                         uint32_t to, struct impacts *out, lede_error *err);
    lede_status (*fill)(struct postings *postings, uint32_t page,
                        uint64_t words[DOC_PAGE_WORDS], lede_error *err);
    /* NULL: an engine without pairs. */
    bool (*told)(const struct postings *postings, uint32_t doc,
                 uint32_t *end);
    void (*close)(struct postings *postings);
};

struct dictionary;

/* The values of a column as numbers, in one part of a snapshot: equal ones are
   the same value, and those of two parts have nothing in common. */
struct ordinals {
    uint32_t count;             // all are below; 0: nothing is ready here
    size_t part;
};

struct searcher {
    const struct searcher_ops *ops;
    const struct kernel *kernel;        // lede__kernel_best; tests set others
    struct schema *schema;      // of the index
    struct index_stats stats;
    uint32_t docs;              // all docs are below
    bool ordered;               // numbers ascend with docs
    char *path;
};

struct searcher_ops {
    const char *engine;         // its name

    lede_status (*refresh)(struct searcher *searcher, lede_error *err);
    lede_status (*postings)(struct searcher *searcher, struct str term,
                            struct postings **out, lede_error *err);
    /* NULL: an engine without pairs. */
    lede_status (*pair)(struct searcher *searcher, struct postings *first,
                        struct postings *second, struct postings **out,
                        lede_error *err);
    lede_status (*lengths)(struct searcher *searcher, uint32_t page,
                           const uint8_t **out, lede_error *err);
    lede_status (*number)(struct searcher *searcher, uint32_t doc,
                          uint32_t *number, lede_error *err);
    lede_status (*column)(struct searcher *searcher, enum column column,
                          uint32_t doc, struct str *out, lede_error *err);
    lede_status (*stored)(struct searcher *searcher, uint32_t doc,
                          struct str *out, lede_error *err);
    lede_status (*dictionary)(struct searcher *searcher, struct str prefix,
                              struct dictionary **out, lede_error *err);
    lede_status (*dictionary_next)(struct dictionary *dictionary,
                                   struct str *term, uint32_t *df,
                                   lede_error *err);
    lede_status (*dictionary_seek)(struct dictionary *dictionary,
                                   struct str term, lede_error *err);
    void (*dictionary_close)(struct dictionary *dictionary);
    lede_status (*meta)(struct searcher *searcher, struct str key,
                        struct buf *out, bool *found, lede_error *err);
    void (*close)(struct searcher *searcher);
    /* NULL: an engine without ordinals. */
    lede_status (*ordinals)(struct searcher *searcher, enum column column,
                            const uint32_t *docs, size_t n, uint32_t *out,
                            struct ordinals *about, lede_error *err);
    lede_status (*ordinal_text)(struct searcher *searcher, enum column column,
                                size_t part, uint32_t ordinal,
                                struct str *out, lede_error *err);
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
   look-up: microseconds (xapian), one or two cache misses a segment
   (native). */
static inline lede_status
lede__postings_open(struct searcher *searcher, struct str term,
                    struct postings **out, lede_error *err)
{
    return searcher->ops->postings(searcher, term, out, err);
}

/* The articles in which the second of two terms stands right after the first,
   and how often (tf), as far as the engine has that ready: in stretches of
   docs, of which lede__postings_told tells.  Without positions.  *out NULL
   where it has nothing ready.  Both were opened, and stay so. */
static inline lede_status
lede__postings_pair(struct searcher *searcher, struct postings *first,
                    struct postings *second, struct postings **out,
                    lede_error *err)
{
    *out = NULL;
    return searcher->ops->pair == NULL
               ? LEDE_STATUS_OK
               : searcher->ops->pair(searcher, first, second, out, err);
}

/* Of a pair: whether its postings are all there are from `doc` to before *end,
   or nothing is known of these docs. */
static inline bool
lede__postings_told(const struct postings *pair, uint32_t doc, uint32_t *end)
{
    return pair->ops->told(pair, doc, end);
}

/* Load the block that holds the first posting with a doc >= `doc`, or count 0
   at the end; tfs are not read yet.  The block may begin before `doc`, except
   that it never goes back to postings delivered by an earlier block.  Skips
   what lies between without decoding it (native), or by one B-tree look-up
   (xapian). */
static inline lede_status
lede__postings_advance(struct postings *postings, uint32_t doc,
                       lede_error *err)
{
    return postings->ops->advance(postings, doc, err);
}

/* postings->tfs of the block that is loaded.  Nothing where they have been
   read. */
static inline lede_status
lede__postings_tfs(struct postings *postings, lede_error *err)
{
    return postings->ops->tfs(postings, err);
}

/* The positions of the term in `doc`, which is in the block that is loaded,
   ascending; none for terms without positions.  Valid until the next call on
   these postings.  Ask in ascending order, and only where all else matches:
   costs a look-up and the decoding of one list (xapian), some ten nanoseconds
   and the decoding (native). */
static inline lede_status
lede__postings_positions(struct postings *postings, uint32_t doc,
                         const uint32_t **positions, size_t *count,
                         lede_error *err)
{
    return postings->ops->positions(postings, doc, positions, count, err);
}

/* The last doc of the block with the first posting >= `doc`, without loading
   it, or DOC_END where none follows or the engine has no blocks (xapian).
   `doc` ascends, and is not before the block that is loaded. */
static inline lede_status
lede__postings_block_end(struct postings *postings, uint32_t doc,
                         uint32_t *last, lede_error *err)
{
    return postings->ops->block_end(postings, doc, last, err);
}

/* What bounds every posting with from <= doc < to, replacing *out; n = 0 where
   there is none.  Bounds may be loose, never too low.  From what stands beside
   the blocks, without loading any (native), or the same for all (xapian).
   `from` is not before the block that is loaded. */
static inline lede_status
lede__postings_bound(struct postings *postings, uint32_t from, uint32_t to,
                     struct impacts *out, lede_error *err)
{
    out->n = 0;
    return postings->ops->bound(postings, from, to, out, err);
}

/* Set the bits of all postings in the page of docs that begins at `page`, a
   multiple of DOC_PAGE; moves on as lede__postings_advance.  Dense blocks need
   no decoding (native). */
static inline lede_status
lede__postings_fill(struct postings *postings, uint32_t page,
                    uint64_t words[DOC_PAGE_WORDS], lede_error *err)
{
    return postings->ops->fill(postings, page, words, err);
}

static inline void
lede__postings_close(struct postings *postings)
{
    if (postings != NULL) {
        postings->ops->close(postings);
    }
}

/* The quantised lengths of the DOC_PAGE docs from `page` on, a multiple of
   DOC_PAGE; valid until the searcher is refreshed. */
static inline lede_status
lede__searcher_lengths(struct searcher *searcher, uint32_t page,
                       const uint8_t **out, lede_error *err)
{
    return searcher->ops->lengths(searcher, page, out, err);
}

/* The document number of an article that was delivered. */
static inline lede_status
lede__searcher_number(struct searcher *searcher, uint32_t doc,
                      uint32_t *number, lede_error *err)
{
    return searcher->ops->number(searcher, doc, number, err);
}

/* A column's value, empty where the article has none; valid until the next
   call for the same column.  Cheap in ascending order. */
static inline lede_status
lede__searcher_column(struct searcher *searcher, enum column column,
                      uint32_t doc, struct str *out, lede_error *err)
{
    return searcher->ops->column(searcher, column, doc, out, err);
}

/* What a column has for n ascending docs of one page, as numbers, where the
   engine has it so: nanoseconds each; about->count is 0 where it has not. */
static inline lede_status
lede__searcher_ordinals(struct searcher *searcher, enum column column,
                        const uint32_t *docs, size_t n, uint32_t *out,
                        struct ordinals *about, lede_error *err)
{
    *about = (struct ordinals){ 0, 0 };
    return searcher->ops->ordinals == NULL
               ? LEDE_STATUS_OK
               : searcher->ops->ordinals(searcher, column, docs, n, out,
                                         about, err);
}

/* The value that one of them stands for; valid as a column's. */
static inline lede_status
lede__searcher_ordinal_text(struct searcher *searcher, enum column column,
                            size_t part, uint32_t ordinal, struct str *out,
                            lede_error *err)
{
    return searcher->ops->ordinal_text(searcher, column, part, ordinal, out,
                                       err);
}

/* The stored record (lede__record_read decodes it), valid until the next call.
   Inflates a few articles: tens of microseconds; for hits, not for candidates.
   LEDE_STATUS_NOT_FOUND where there is no such article. */
static inline lede_status
lede__searcher_stored(struct searcher *searcher, uint32_t doc,
                      struct str *out, lede_error *err)
{
    return searcher->ops->stored(searcher, doc, out, err);
}

/* Walk the terms that begin with `prefix` in bytewise order, each once, with
   its df: open, next until term.p is NULL, close.  A term is valid until the
   next call. */
static inline lede_status
lede__dictionary_open(struct searcher *searcher, struct str prefix,
                      struct dictionary **out, lede_error *err)
{
    return searcher->ops->dictionary(searcher, prefix, out, err);
}

/* On: the next term is the first of those to come that are >= `term`.  Terms
   that are near are stepped over, others looked up: a microsecond (native), a
   few (xapian). */
static inline lede_status
lede__dictionary_seek(struct searcher *searcher,
                      struct dictionary *dictionary, struct str term,
                      lede_error *err)
{
    return searcher->ops->dictionary_seek(dictionary, term, err);
}

/* A value of the index's metadata, replacing what `out` holds. */
static inline lede_status
lede__searcher_meta(struct searcher *searcher, struct str key,
                    struct buf *out, bool *found, lede_error *err)
{
    return searcher->ops->meta(searcher, key, out, found, err);
}

#endif
