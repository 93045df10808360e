/* bigrams.h - lists of where one frequent word follows another, kept beside the
   terms of a segment so that phrases need few positions.

   Of the most frequent words (exact forms over all fields) each ordered pair
   that stands side by side somewhere, the first at p and the second at p + 1,
   either has a list: in which docs, and how often, without positions; or it is
   so common that a list would be hardly shorter than those of its words.  So
   that of any two of these words it is known whether they meet at all.
   (Lucene has common-grams of a given list of words as a filter; as an index
   of its own, chosen by what it saves: Williams, Zobel and Bahle 2004, "Fast
   phrase querying with combined indexes".)  They are no terms: nothing but a
   phrase finds them.

     bigrams   = postings{lists}        of list.h, with tfs
                 words u64{words}       where the positions of each word begin
                 follow row{words}      which words follow this one
                 kept row{words}        with which of them it has a list
                 before u32{words}      lists of the words before
                 df bits{lists}         `df_width` bits each
                 end bits{lists}        the byte after each, `end_width` bits
                 words u32  lists u32  df_width u32  end_width u32
               | nothing
     row       = u64{ceil(words / 64)}  bit b: word b

   Words are in order of their places, which is that of terms; lists in order
   of their first words, then of their second ones. */

#ifndef LEDE_INDEX_BIGRAMS_H
#define LEDE_INDEX_BIGRAMS_H

#include "shared/index/list.h"

/* Words of a segment, at most: a rank and "none" fit into a byte. */
#define BIGRAM_WORDS 160

/* What is known of two words side by side. */
enum bigram {
    BIGRAM_UNKNOWN,             // nothing: there may be any number
    BIGRAM_NEVER,               // there are none
    BIGRAM_LIST,                // there is a list
};

/* What stands after the lists, where it lies in the section. */
struct bigrams {
    uint64_t lists_len;
    const uint8_t *places, *follow, *kept, *before, *dfs, *ends;
    uint32_t words, lists;
    unsigned df_width, end_width;
};

/* A segment's; words 0 where it has none.
   LEDE_STATUS_OK, _CORRUPT, _IO. */
lede_status
lede__bigrams_open(struct bigrams *out, struct segment *segment,
                   lede_error *err);

/* Which of the words this list is of; `words` where it is none. */
uint32_t
lede__bigrams_word(const struct bigrams *bigrams,
                   const struct list_info *info);

/* What is known of word `a` followed by word `b`; of BIGRAM_LIST *info is the
   list. */
lede_status
lede__bigrams_find(const struct bigrams *bigrams, struct segment *segment,
                   uint32_t a, uint32_t b, enum bigram *known,
                   struct list_info *info, lede_error *err);

/* ---- writing ---- */

/* What follows the lists, for n words.  Codes are a * BIGRAM_WORDS + b. */
struct bigrams_table {
    const uint64_t *places;     // of each word
    uint32_t words;
    const uint32_t *dfs;        // by code: 0 where b never follows a
    const bool *kept;           // by code: whether it has a list
    const uint64_t *ends;       // of each list, in order
};

lede_status
lede__bigrams_write(const struct bigrams_table *table, struct buf *out,
                    lede_error *err);

#endif
