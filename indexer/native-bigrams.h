/* native-bigrams.h - the bigrams of a segment being written: from its lists,
   when these are complete (shared/index/bigrams.h). */

#ifndef LEDE_INDEXER_NATIVE_BIGRAMS_H
#define LEDE_INDEXER_NATIVE_BIGRAMS_H

#include "shared/index/list.h"
#include "shared/index/segment.h"

/* What is asked of a word, beside being in one of so many articles.  Phrases of
   rarer words are quick as it is. */
#define BIGRAM_DF 512
#define BIGRAM_SHARE 20
/* A list is kept where both words are in so many times as many articles. */
#define BIGRAM_SAVES 4

struct build_means;

/* Write the section, after that of the terms: of `n` frequent words, in order
   of terms, 1 to BIGRAM_WORDS, as the dictionary has them.  Holds up to a
   32nd of the memory of postings at a time and the lists that they become, and
   a quarter as much of what they are made of, the rest in temporary files;
   beside these, for each thread, 2 MiB, a block of positions of each word, and
   those of 64 articles that are very long. */
lede_status
lede__bigrams_put(const struct list_info *words, size_t n,
                  struct segment_writer *writer,
                  const struct segment_facts *facts,
                  const struct build_means *means, lede_error *err);

#endif
