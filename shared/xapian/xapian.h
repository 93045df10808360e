/* xapian.h - xapian-core as lede needs it, in C.

   One C++ file (xapian.cc) stands behind this header, and no exception leaves
   it: each function ends in the one translator, which turns what was thrown
   into a status and a message.  Works with xapian-core 1.4 and 2.x.

   What is dealt with here, and nowhere above:
   - writes happen inside a transaction only, because a WritableDatabase
     commits by itself after 10,000 changes and when it is closed;
   - after a commit the folder is synced, which Xapian 1.4 leaves out;
   - a reader whose revision has been overwritten gets LEDE__STATUS_CHANGED.

   A handle belongs to one thread. */

#ifndef LEDE_XAPIAN_XAPIAN_H
#define LEDE_XAPIAN_XAPIAN_H

#include "shared/base/str.h"

/* ---- reading ---- */

struct xapian_reader;

/* LEDE_STATUS_NOT_FOUND, _CORRUPT, _VERSION, _IO, _ENGINE, _NO_MEMORY. */
lede_status
lede__xapian_reader_open(struct xapian_reader **out, const char *path,
                         lede_error *err);
void
lede__xapian_reader_close(struct xapian_reader *reader);

/* Replaces what `out` holds; empty where there is no such key. */
lede_status
lede__xapian_metadata(struct xapian_reader *reader, struct str key,
                      struct buf *out, lede_error *err);
/* The value of a slot; cheap in ascending order of number. */
lede_status
lede__xapian_value(struct xapian_reader *reader, unsigned slot,
                   uint32_t number, struct buf *out, lede_error *err);
/* LEDE_STATUS_NOT_FOUND where there is no such document. */
lede_status
lede__xapian_data(struct xapian_reader *reader, uint32_t number,
                  struct buf *out, lede_error *err);

struct xapian_postings;

/* *out NULL where no document has the term. */
lede_status
lede__xapian_postings_open(struct xapian_postings **out,
                           struct xapian_reader *reader, struct str term,
                           uint32_t *df, uint32_t *max_tf, lede_error *err);
/* Up to `max` postings, from the first with a number >= `from` that has not
   been delivered; *count 0 at the end. */
lede_status
lede__xapian_postings_read(struct xapian_postings *postings, uint32_t from,
                           uint32_t *numbers, uint32_t *tfs, size_t max,
                           size_t *count, lede_error *err);
/* The positions in document `number`, appended to `out` as uint32_t. */
lede_status
lede__xapian_positions(struct xapian_postings *postings, uint32_t number,
                       struct buf *out, lede_error *err);
void
lede__xapian_postings_close(struct xapian_postings *postings);

struct xapian_terms;

lede_status
lede__xapian_terms_open(struct xapian_terms **out,
                        struct xapian_reader *reader, struct str prefix,
                        lede_error *err);
/* term->p is NULL at the end; valid until the next call. */
lede_status
lede__xapian_terms_next(struct xapian_terms *terms, struct str *term,
                        uint32_t *df, lede_error *err);
/* The next one is the first of those to come that are >= `term`. */
lede_status
lede__xapian_terms_seek(struct xapian_terms *terms, struct str term,
                        lede_error *err);
void
lede__xapian_terms_close(struct xapian_terms *terms);

/* ---- writing ---- */

struct xapian_writer;

/* Open the database, or make it where there is none, and begin a transaction.

   Where a change fails, the changes since the last commit are lost as a whole:
   whatever follows is refused until lede__xapian_rollback. */
lede_status
lede__xapian_writer_open(struct xapian_writer **out, const char *path,
                         bool create, lede_error *err);
/* The same database as the transaction stands, for reading; borrowed. */
struct xapian_reader *
lede__xapian_writer_reader(struct xapian_writer *writer);

struct xapian_term {
    struct str term;
    uint32_t tf;
    const uint32_t *positions;
    uint32_t n_positions;
};

/* values[i] goes to slot i where not empty. */
lede_status
lede__xapian_put(struct xapian_writer *writer, uint32_t number,
                 const struct xapian_term *terms, size_t n_terms,
                 const struct str *values, size_t n_values, struct str data,
                 lede_error *err);
lede_status
lede__xapian_delete(struct xapian_writer *writer, uint32_t number,
                    lede_error *err);
lede_status
lede__xapian_set_metadata(struct xapian_writer *writer, struct str key,
                          struct str value, lede_error *err);
/* The metadata whose keys begin with `prefix`. */
lede_status
lede__xapian_each_metadata(struct xapian_writer *writer, struct str prefix,
                           lede_status (*each)(void *payload, struct str key,
                                               struct str value,
                                               lede_error *err),
                           void *payload, lede_error *err);
/* Commit, sync, begin the next transaction.  `bytes`: about what is still to
   be written.  On failure nothing of the transaction is kept, and
   lede__xapian_rollback has to be called. */
lede_status
lede__xapian_commit(struct xapian_writer *writer, uint64_t bytes,
                    lede_error *err);
lede_status
lede__xapian_rollback(struct xapian_writer *writer, lede_error *err);
/* What was not committed is undone. */
void
lede__xapian_writer_close(struct xapian_writer *writer);

#endif
