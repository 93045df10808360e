/* many.h - what planning a file of many articles shares.

     many.c      reads the file, in the calling thread
     look.c      looks at its records, in any thread

   The file is read through once.  Its records go to threads in batches, which
   find each record's own id and a hash of its bytes, and compare them with
   what the index has: only those that differ become items.

   Records of compressed files, of UTF-16 and of standard input cannot be read
   again at their place.  They are parsed at once, and what will be stored of
   the article goes to the spool, so that no JSON is parsed twice.  But one
   that has a fault, or is warned of, is copied as it is and parsed again in
   its turn, when faults are told. */

#ifndef LEDE_INDEXER_MANY_H
#define LEDE_INDEXER_MANY_H

#include <pthread.h>
#include <xxhash.h>

#include "indexer/crew.h"
#include "indexer/run.h"

/* A batch is full with so much text or so many records. */
#define BATCH_BYTES ((size_t)128 << 10)
#define BATCH_RECORDS 256

/* What a thread keeps of its memory between batches. */
#define LOOKER_KEEPS ((size_t)1 << 20)

/* What was seen of a record. */
struct look {
    struct record record;       // p: an offset in the batch's bytes
    struct item item;
    lede_error *error;          // not NULL: it is no article
    size_t spooled;             // bytes of the batch's spool
};

struct batch {
    struct job job;
    struct many *many;
    struct buf bytes;           // of all records
    struct look looks[BATCH_RECORDS];
    size_t count;
    struct buf spool;
    struct arena arena;         // ids and errors
    lede_status status;         // of the whole
    lede_error error;
};

/* A thread's hands. */
struct looker {
    struct article article;
    struct arena scratch;
    struct buf term;
    struct buf value;
};

struct looking {
    struct crew *crew;
    struct looker *lookers;
    unsigned n_lookers;
    struct batch *batches;
    size_t n_batches;
    size_t next;
    pthread_mutex_t sink;       // held while the sink is read
};

/* A file at hand. */
struct many {
    struct run *run;
    struct looking *looking;
    uint32_t file;
    const char *path;
    bool batch;                 // JSON Lines of lede_writer_add_jsonl
    bool known;                 // where its records are
    bool spooled;               // not at their place in the file
    bool all;                   // index them all: drafts are to go
    uint32_t *old;              // numbers that the file has in the index
    size_t n_old;
    bool *kept;                 // which of them are still in the file
    XXH3_state_t *hash;
};

/* Look at the records of a batch; a crew_work. */
void
lede__look_at_batch(void *looker, struct job *batch);

#endif
