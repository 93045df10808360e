/* item.h - the work on the articles of a run, which any thread may do.

   A CHUNK is consecutive items of the plan, enough of them to be worth a
   thread's while.  Doing it leaves an outcome for each and one parcel; what
   that means for the index is for the calling thread (pipeline.c). */

#ifndef LEDE_INDEXER_ITEM_H
#define LEDE_INDEXER_ITEM_H

#include <pthread.h>

#include "indexer/crew.h"
#include "indexer/run.h"

/* A chunk is full with so much text or so many articles.  Cut by the plan
   alone, chunks are the same whatever the number of threads. */
#define CHUNK_BYTES ((uint64_t)64 << 10)
#define CHUNK_ITEMS 128

struct warning {
    struct warning *next;
    struct reader_warning warning;
};

/* What became of an item. */
struct outcome {
    lede_status status;         // of the item alone
    const lede_error *error;    // where it is not OK
    struct warning *warnings;
    struct warning **last;
    struct inverted inverted;   // where it was added
    unsigned char hash[16];     // of an ITEM_FILE
    uint64_t bytes;             // of text read
    bool added;                 // it is in the parcel
    bool old;                   // as it was in the generation before
    bool costly;                // nothing was done: it needs more memory
    bool same;                  // the content has not changed
    bool draft;                 // and not wanted
    bool draft_in;              // and wanted
    bool empty;                 // an empty file: nothing to index
};

struct chunk {
    struct job job;
    size_t first, count;        // of run->items
    uint64_t limit;             // to what an article may cost
    struct outcome outcomes[CHUNK_ITEMS];
    struct arena arena;         // of warnings and errors
    struct parcel *parcel;      // or NULL
    lede_status status;         // of the whole: nothing may be committed
    lede_error error;
};

/* A thread's hands in a run. */
struct worker {
    struct run *run;
    struct member *member;
    pthread_mutex_t *old;       // held while the generation before is read
    struct chunk *chunk;        // at hand
    struct outcome *outcome;    // likewise
    int fd;                     // of the file of many read last, or -1
    uint32_t fd_file;
};

/* Do a chunk; a crew_work. */
void
lede__work_chunk(void *worker, struct job *job);

/* Give back what a large article made grow. */
void
lede__member_shrink(struct member *member);

void
lede__hash_bytes(struct str bytes, unsigned char out[16]);

#endif
