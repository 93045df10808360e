/* invert.h - an article -> its terms, columns and record, ready for a sink. */

#ifndef LEDE_INDEXER_INVERT_H
#define LEDE_INDEXER_INVERT_H

#include "indexer/sink.h"
#include "shared/analysis/analysis.h"

/* An article, inverted; everything lives in `arena`. */
struct inverted {
    struct arena arena;
    struct sink_article article;        // number is for the caller to set
    struct str id;
    struct str lang;
    uint32_t length;                    // weighted, not quantised
    size_t cost;                        // of indexing it, in bytes of memory
};

/* One per thread. */
struct inverter;

/* Between two articles the cache of words is kept up to `cache` bytes.
   LEDE_STATUS_OK, _NO_MEMORY. */
lede_status
lede__inverter_new(struct inverter **out, const struct analyzer *analyzer,
                   const struct schema *schema, size_t cache,
                   lede_error *err);
void
lede__inverter_free(struct inverter *inverter);

/* Invert `article`; `hash` is that of the record it was made from.  `out` is
   empty or has been used before, and is for lede__inverted_free in any case.
   LEDE_STATUS_OK, _NO_MEMORY, _LIMIT (to index it would take more than `limit`
   bytes of memory, most of them in the engine: it has too many words). */
lede_status
lede__invert(struct inverter *inverter, const struct article *article,
             const unsigned char hash[16], size_t limit,
             struct inverted *out, lede_error *err);

void
lede__inverted_free(struct inverted *inverted);

#endif
