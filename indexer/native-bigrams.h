/* native-bigrams.h - the bigrams of a segment being written: from its lists,
   when these are complete (shared/index/bigrams.h). */

#ifndef LEDE_INDEXER_NATIVE_BIGRAMS_H
#define LEDE_INDEXER_NATIVE_BIGRAMS_H

#include "shared/index/list.h"
#include "shared/index/segment.h"

/* What is asked of a word, beside being in one of so many articles.  Phrases of
   rarer words are quick as it is. */
#define BIGRAM_DF 1024
#define BIGRAM_SHARE 20
/* A list is kept where both words are in so many times as many articles. */
#define BIGRAM_SAVES 4

struct bigrams_maker {
    uint32_t least;             // df of its words; UINT32_MAX: no bigrams
    uint32_t docs;
    struct buf words;           // struct list_info, in order of terms
};

/* For a segment of `docs` docs; `df` takes the place of BIGRAM_DF. */
void
lede__bigrams_begin(struct bigrams_maker *maker, uint32_t docs, uint32_t df);

/* A term, in order, and its list as the dictionary has it. */
lede_status
lede__bigrams_note(struct bigrams_maker *maker, struct str term,
                   const struct list_info *info, lede_error *err);

/* Write the section, after that of the terms.  Holds up to `memory` bytes of
   postings at a time, and a quarter as much of what they are made of, the rest
   in a temporary file in `folder`; beside these 2 MiB, a block of positions of
   each word, and those of 64 articles that are very long. */
lede_status
lede__bigrams_put(struct bigrams_maker *maker, struct segment_writer *writer,
                  const struct segment_facts *facts,
                  const struct kernel *kernel, const char *folder,
                  uint64_t memory, lede_error *err);

void
lede__bigrams_end(struct bigrams_maker *maker);

#endif
