/* invert-private.h - what the two halves of inverting share.

     invert.c           an article -> occurrences of words, and its record
     invert-columns.c   an article -> its columns
     postings.c         occurrences -> postings

   An article is inverted in two steps, because the gatherer wants its length
   first.  Tokens are noted as OCCURRENCES, in order, and counted with their
   word; then they are dealt out, a word's positions one after the other (a
   counting sort), and each word is a posting. */

#ifndef LEDE_INDEXER_INVERT_PRIVATE_H
#define LEDE_INDEXER_INVERT_PRIVATE_H

#include "indexer/invert.h"
#include "shared/analysis/sketch.h"
#include "shared/index/store.h"

/* A stem of one language, met before or now: several words have it.  It is
   asked for in time, and so must be one line of the processor's cache. */
#define STEM_LINE 64

struct stem {
    uint64_t epoch;             // that its handle is of
    uint64_t group;
    uint32_t handle;            // of the stem in all fields
    uint32_t tf;                // in the group that `group` names
    struct str text;            // of one of the words
    const char *stemmer;
    uint64_t hash;              // of the text
    uint64_t unused;
};

_Static_assert(sizeof(struct stem) == STEM_LINE, "a stem is a line");

/* Open addressing with linear probing, at most half full.  A place is the
   address of a stem, with bits of its hash in place of those that are zero, so
   that hardly a stem is looked at but the one that is meant; 0: free. */
#define STEM_TAG ((uintptr_t)(STEM_LINE - 1))

struct stems {
    uintptr_t *places;
    size_t cap, count;
    struct stem *free;          // in the arena
    size_t left;
    struct arena arena;
};

/* What is known of a word for as long as the analysis keeps it: in
   word->more. */
struct entry {
    struct stem *stem;          // NULL: not looked for yet
    uint64_t epoch;             // that its handles are of
    uint32_t handles[2];        // in all fields: exact, extra
    bool known[2];
    uint32_t uses;              // in articles since the last trim
};

_Static_assert(sizeof(struct entry) <= sizeof ((struct word *)0)->more,
               "the analysis has room for an entry");

static inline struct entry *
entry_of(struct word *word)
{
    return (struct entry *)(void *)word->more;
}

/* A distinct word of the article.  Where there are two of something, the first
   is of its exact form and the second of its extra form. */
struct slot {
    struct word *word;
    uint32_t count[2];          // of occurrences in the group at hand
    uint32_t tf[2];
    uint32_t first[2];          // where its positions are
    bool stems;                 // some occurrence has a stem
};

struct occurrence {
    uint32_t position;
    uint32_t place;             // slot * 2 + extra
};

/* The occurrences of one field. */
struct range {
    int field;
    unsigned weight;
    uint32_t from, to;
};

/* Where something begins: positions, ascending. */
struct borders {
    uint32_t *at;
    size_t n, cap;
};

struct inverter {
    const struct schema *schema;
    struct analysis *analysis;
    size_t cache;               // what the analysis may keep, in bytes
    struct word_costs costs;

    /* as long as the analysis keeps its words */
    struct stems stems;
    uintptr_t serial;           // of the article; 0: none
    uint64_t group;             // the last one given a number

    /* one article */
    struct occurrence *occurrences;
    size_t n_occurrences, cap_occurrences;
    struct slot *slots;
    size_t n_slots, cap_slots;
    struct range ranges[FIELDS_MAX];
    size_t n_ranges;
    uint32_t *positions;
    size_t cap_positions;
    struct posting *postings;   // of the group at hand
    size_t n_postings, cap_postings;
    uint32_t *places;           // those that a field has
    size_t cap_places;
    struct stem **found;        // the stems of a group
    size_t n_found, cap_found;
    struct str stemmer;
    uint64_t cost;              // so far
    uint64_t limit;
    uint32_t base;              // position at which the next text begins
    uint32_t length;
    struct borders paragraphs, headings;        // of the body
    struct sketcher sketcher;   // likewise
    uint32_t body_words, title_words;

    struct gatherer *gatherer;
    struct buf term;
    struct buf columns;
    struct buf value;
};

/* Room for `count` members in all. */
lede_status
lede__inverter_grow(void *array, size_t *cap, size_t count, size_t size,
                    lede_error *err);

/* Forget all stems, which no word must point to any more. */
void
lede__free_stems(struct stems *stems);

/* The columns, in inv->columns, once the words were noted. */
lede_status
lede__write_columns(struct inverter *inv, const struct article *article,
                    const unsigned char *hash, struct str columns[COLUMNS],
                    lede_error *err);

/* Post what was noted: the words in all fields and by field, their stems. */
lede_status
lede__post_words(struct inverter *inv, lede_error *err);
/* Post where paragraphs and headings begin. */
lede_status
lede__post_structure(struct inverter *inv, lede_error *err);
/* Post what an article can be filtered by. */
lede_status
lede__post_filters(struct inverter *inv, const struct article *article,
                   lede_error *err);

#endif
