/* reorder-private.h - what the files of reordering share; see reorder.c. */

#ifndef LEDE_INDEX_REORDER_PRIVATE_H
#define LEDE_INDEX_REORDER_PRIVATE_H

#include <stdatomic.h>

#include "shared/index/reorder.h"

/* Docs in a part that is not halved again: their order matters little. */
#define REORDER_LEAF 32
#define REORDER_THREADS_MAX 64
/* Docs that are worth a thread's start. */
#define REORDER_SHARE_MIN 2048
/* Beyond it d(x) is log2(x) + 1 / ln 2 to the precision of a float. */
#define REORDER_TABLE 16384
#define REORDER_OCTAVES 32

struct reorder {
    uint32_t docs;
    uint64_t memory;
    struct buf lists;           // (df, gaps) as varints, one after the other
    /* Of the lists kept, by the octave of their df. */
    uint64_t postings[REORDER_OCTAVES];
    uint64_t bytes[REORDER_OCTAVES];
    uint64_t terms[REORDER_OCTAVES];
    unsigned first, last;       // the octaves that are kept
    bool shrink_last;           // which end goes next

    /* the other way around: the lists of each doc */
    uint64_t *starts;
    uint32_t *lens;
    uint32_t *links;
    uint32_t *order;
    uint64_t *keys, *spare;     // gain and place of a doc, both by place
    float *table;               // d(x)

    void (*progress)(void *payload, uint64_t done, uint64_t total);
    void *payload;
    uint64_t total;
    atomic_uint_least64_t done;
    atomic_bool no_memory;
};

/* Tables by list, of one thread. */
struct scratch {
    uint32_t *left, *right;     // docs of the list in each half
    float *to_right, *to_left;  // what moving a doc gains for the list
    uint32_t *fresh;            // the number in the part, above 0
};

/* Docs from place `from` to before `to`, whose lists are below `lists`. */
struct part {
    uint32_t from, to;
    uint32_t lists;
};

/* Halve a part: the halves are from part->from to *middle, and from there.
   part->lists becomes the number of lists in it (reorder-halve.c). */
void
lede__reorder_halve(struct reorder *r, struct scratch *s, struct part *part,
                    uint32_t *middle, unsigned threads);

#endif
