/* native-build.h - lists, made in many threads, become a segment's sections of
   postings, positions and terms, in order.

   Whoever has the lists (a flush, a merge) gives terms in ascending order, a
   batch at a time, and adds the postings of a term to a list writer; the first
   is done by one thread after the other, the second by all at once.  Batches
   are written in their order, so that the bytes are the same for any number of
   threads, and few batches are in memory at a time. */

#ifndef LEDE_INDEXER_NATIVE_BUILD_H
#define LEDE_INDEXER_NATIVE_BUILD_H

#include "indexer/native-bigrams.h"
#include "shared/index/list.h"
#include "shared/index/segment.h"
#include "shared/index/terms.h"

struct build_term {
    uint32_t text;              // where it begins in batch->texts
    uint32_t source;            // likewise in batch->sources
    uint32_t sources;
    uint8_t len;
    uint64_t positions;         // how many; counted by who adds them
    uint64_t hash;              // of its postings
    struct list_info info;
};

struct build_batch {
    struct build_term *terms;
    size_t n, cap;
    struct buf texts;
    struct buf sources;         // what the giver needs for a term's list
    uint64_t work;              // bytes to be read, about
    struct buf range;           // what `next` leaves to `fill`
    struct buf postings;
    struct buf positions;
};

struct build_ops {
    /* Put the next terms into the batch, which is empty, until it is full; or
       into batch->range which ones they are; neither at the end. */
    lede_status (*next)(void *payload, struct build_batch *batch,
                        lede_error *err);
    /* Put the terms of batch->range into the batch; may be NULL.  From here on
       all threads at once; `thread` counts from 0. */
    lede_status (*fill)(void *payload, unsigned thread,
                        struct build_batch *batch, lede_error *err);
    /* lede__list_begin, and all postings of the term; *any tells whether there
       are. */
    lede_status (*list)(void *payload, unsigned thread,
                        const struct build_batch *batch,
                        struct build_term *term, struct list_writer *writer,
                        bool *any, lede_error *err);
};

/* A term to the batch; its sources are then appended to batch->sources. */
lede_status
lede__build_term(struct build_batch *batch, struct str text, lede_error *err);
/* Is it full, with `n` terms? */
bool
lede__build_full(const struct build_batch *batch, size_t n);

/* What it is done with. */
struct build_means {
    const char *folder;         // for temporary files
    const struct kernel *kernel;
    unsigned threads;
    uint32_t bigram_df;         // 0: the usual; see native-bigrams.h
    uint64_t memory;            // that the sink may use
};

/* Threads, at most. */
#define BUILD_THREADS 64u

/* Give each of `n` things at `all`, `size` bytes apart, to `work`, in a thread
   of its own; the first here, and those that there can be no thread for. */
void
lede__in_threads(void *all, size_t size, unsigned n, void *(*work)(void *));

/* Words whose bigrams are kept, as terms come. */
struct frequent {
    uint32_t least;             // df of them
    struct buf words;           // struct list_info, in order of terms
};

struct build_shared;

/* The segment that lists go to. */
struct build {
    struct segment_writer *writer;      // at SECTION_POSTINGS or before
    const char *folder;         // for a temporary file
    struct segment_facts *facts;        // terms, postings, positions
    struct terms_writer *terms;
    struct frequent frequent;
    struct buf positions;       // that wait for the postings to end
    uint64_t hold;              // of them in memory, at most
    int fd;                     // what of them is no longer in memory, or -1
    uint64_t n_positions;       // bytes of them
    uint64_t n_postings;
    struct build_shared *shared;        // lists already written, by hash
    size_t n_shared, cap_shared;
};

/* All lists, and the three sections; then that of bigrams. */
lede_status
lede__build(struct segment_writer *writer, const struct build_means *means,
            struct segment_facts *facts, const struct build_ops *ops,
            void *payload, lede_error *err);

#endif
