/* native-gather.h - what one thread gathers of articles until the flush: a
   table of terms, and for each a chain of its postings.

   A gatherer numbers its articles from 0: their PLACES.  A chain holds places
   instead of document numbers, so that gaps are small and the flush can say
   where each article goes; which place is which document is told by parcels,
   which hold what is not said by terms.

   All memory is of whole pages, given back to the system by the reset. */

#ifndef LEDE_INDEXER_NATIVE_GATHER_H
#define LEDE_INDEXER_NATIVE_GATHER_H

#include "indexer/sink.h"
#include "shared/index/stored.h"

/* ---- memory in whole pages ---- */

/* `p` of `old` bytes (NULL: none) with `size` bytes, a multiple of a page, the
   new ones zero; or NULL, and p stays. */
void *
lede__pages_resize(void *p, size_t old, size_t size);
void
lede__pages_free(void *p, size_t size);

/* ---- terms and chains ---- */

/* A term: half a cache line.  Its text is a byte of length and the bytes; its
   first slice follows them. */
struct gather_term {
    uint8_t *at;                // where the chain goes on
    const uint8_t *text;
    uint32_t last;              // 1 + the place of the last posting; 0: none
    uint32_t left;              // bytes left of the slice
    uint32_t hash;
    uint8_t slices;             // of the chain
    uint8_t flags;
};

enum {
    GATHER_TF = 1,              // postings have tfs
    GATHER_POSITIONS = 2,       // the first posting has positions, and others
                                // will have as many as their tf, mostly
    GATHER_ANY_POSITIONS = 4,
};

static inline struct str
gather_text(const struct gather_term *term)
{
    return (struct str){ (const char *)term->text + 1, term->text[0] };
}

/* Slices: the first has SLICE_FIRST bytes, each further half as much again as
   the one before.  When one is full its last bytes move on to the next, whose
   address takes their place. */
#define SLICE_FIRST 8u

#define SLICE_MAX ((uint32_t)1 << 30)
#define SLICE_LINK ((uint32_t)sizeof(uint8_t *))        // its bytes

static inline uint32_t
slice_next(uint32_t size)
{
    return size < SLICE_MAX ? (size + size / 2 + 7) & ~7u : size;
}

/* For counting terms that several gatherers have: HyperLogLog (Flajolet et
   al. 2007).  The registers of a union are the larger ones of each. */
#define SKETCH 4096

struct gatherer_native {
    struct gatherer gatherer;
    const struct gather_limits *limits;
    bool open;                  // somebody adds through it
    struct gather_term *terms;  // by handle
    uint32_t n_terms, cap_terms;
    /* By hash: 1 + the handle of a term, which is below cap_table, and for the
       bits above it those of the hash, so that hardly a term is looked at but
       the one that is meant; 0: free. */
    uint32_t *table;
    uint32_t cap_table;         // a power of two
    struct gather_block *blocks;
    size_t block_bytes;         // of them
    uint8_t *free, *end;        // of the block that is being filled
    uint32_t places;            // articles ended, and the one begun
    uint32_t parcel_first;      // the place where the parcel begins
    uint32_t number;            // of the article begun
    struct parcel_native *parcel;       // being filled, or NULL
    struct stored_packer *packer;
    uint8_t sketch[SKETCH];
};

/* What a gatherer must know of the sink. */
struct gather_limits {
    bool no_stored;
};

/* ---- parcels ---- */

/* A term without tf of an article, for sink->ops->find. */
struct gather_key {
    uint32_t high, low;         // of the term's hash
    uint32_t number;
};

static inline uint64_t
gather_hash(const struct gather_key *key)
{
    return (uint64_t)key->high << 32 | key->low;
}

struct parcel_native {
    struct parcel parcel;
    struct gatherer_native *from;
    uint32_t first;             // place
    struct buf numbers;         // uint32_t each
    struct buf lengths;         // a byte each
    struct buf columns;         // varint and bytes, for each column of each
    struct buf stored;          // blocks, as stored.h makes them
    struct buf keys;            // struct gather_key each
};

/* ---- what pending_bytes counts ---- */

/* For each term that no gatherer had; see native-gather.c. */
#define GATHER_TERM_COST 88u

/* Join the sketch of the gatherer's terms to `all`; and how many terms there
   are in a sketch, about: a function of the terms alone. */
void
lede__gather_sketch(const struct gatherer_native *gatherer,
                    uint8_t all[SKETCH]);
uint64_t
lede__gather_estimate(const uint8_t all[SKETCH]);

/* ---- the sink's side ---- */

uint64_t
lede__gather_hash(struct str term);

lede_status
lede__gatherer_new(struct gatherer_native **out,
                   const struct gather_limits *limits, lede_error *err);
/* For somebody to add through. */
lede_status
lede__gatherer_open(struct gatherer_native *gatherer, lede_error *err);
/* Forget everything and give the memory back; handles are void. */
void
lede__gatherer_reset(struct gatherer_native *gatherer, uint64_t epoch);
void
lede__gatherer_free(struct gatherer_native *gatherer);
/* Memory held for terms and postings. */
uint64_t
lede__gatherer_bytes(const struct gatherer_native *gatherer);

#endif
