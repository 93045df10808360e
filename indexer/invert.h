/* invert.h - an article -> its postings, columns and record, in a gatherer. */

#ifndef LEDE_INDEXER_INVERT_H
#define LEDE_INDEXER_INVERT_H

#include "indexer/sink.h"
#include "shared/analysis/analysis.h"

/* What is to be inverted. */
struct inversion {
    const struct article *article;
    uint32_t number;
    const unsigned char *hash;          // 16 bytes: of the record it is from
    struct str stored;                  // the record, where it is there already
    uint64_t limit;                     // to its cost
};

/* What has been. */
struct inverted {
    char lang[LANG_SIZE];
    uint32_t length;                    // weighted, not quantised
};

/* What indexing takes in memory for each distinct word of an article and for
   each time it occurs, here and in the engine until the commit. */
struct word_costs {
    uint64_t word;
    uint64_t occurrence;
};

/* One per thread. */
struct inverter;

/* Between two articles the cache of words is kept up to `cache` bytes.
   LEDE_STATUS_OK, _NO_MEMORY. */
lede_status
lede__inverter_new(struct inverter **out, const struct analyzer *analyzer,
                   const struct schema *schema, size_t cache,
                   struct word_costs costs, lede_error *err);
void
lede__inverter_free(struct inverter *inverter);

/* Invert an article into the gatherer, the only one that this inverter is used
   with.
   LEDE_STATUS_OK, _NO_MEMORY, _LIMIT (it would cost too much: it has too many
   words; then nothing of it is in the gatherer), or what the gatherer says. */
lede_status
lede__invert(struct inverter *inverter, struct gatherer *gatherer,
             const struct inversion *what, struct inverted *out,
             lede_error *err);

#endif
