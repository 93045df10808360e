/* words.h - the handles of words, for one gatherer: what is looked up for each
   token, and so nothing but one comparison of 8 bytes in most cases.

   Open addressing, by a hash of 64 bits that stands for the word.  (Two words
   of a corpus with equal hashes are not reckoned with: of a million words that
   has a chance of one to 18 millions, and the counts would tell.)  A place is a
   quarter of a cache line: the fewer lines the better. */

#ifndef LEDE_BENCH_WORDS_H
#define LEDE_BENCH_WORDS_H

#include "bench/corpus.h"

struct known_word {
    uint64_t hash;              // 0: a free place
    uint32_t handle;
    uint32_t slot;              // in the article last seen in
};

struct words {
    struct known_word *places;
    size_t cap;                 // a power of two
    size_t count;
    unsigned shift;             // of a hash, to be a place
};

void
words_new(struct words *words);
void
words_free(struct words *words);

/* Forget all of them. */
void
words_clear(struct words *words);

/* Put in a word that was not found; places move where there were too many. */
struct known_word *
words_add(struct words *words, uint64_t hash);

/* Of more than 16 letters. */
uint64_t
words_long_hash(struct str token);

static inline uint64_t
words_load(const char *p)
{
    uint64_t value;

    memcpy(&value, p, sizeof(value));
    return value;
}

/* Which bits of the two halves a word of 0 to 16 letters has. */
struct words_mask {
    uint64_t low, high;
};

extern const struct words_mask words_masks[17];

/* 16 bytes from the token on can be read. */
static inline uint64_t
words_hash(struct str token)
{
    const struct words_mask *mask;
    unsigned __int128 product;

    if (token.len > 16) {
        return words_long_hash(token);
    }
    /* As in wyhash: both halves of a product that all letters are in. */
    mask = &words_masks[token.len];
    product = (unsigned __int128)((words_load(token.p) & mask->low) ^
                                  0x9E3779B97F4A7C15u) *
              ((words_load(token.p + 8) & mask->high) ^ 0xD6E8FEB86659FD93u);
    return ((uint64_t)product ^ (uint64_t)(product >> 64)) | 1;
}

/* The place where words_find will look first. */
static inline size_t
words_start(const struct words *words, uint64_t hash)
{
    return (size_t)(hash >> words->shift);
}

/* The word's place, or the free one where it is to be. */
static inline struct known_word *
words_find(const struct words *words, uint64_t hash)
{
    size_t at = words_start(words, hash);
    struct known_word *word = &words->places[at];

    while (word->hash != hash && word->hash != 0) {
        at = (at + 1) & (words->cap - 1);
        word = &words->places[at];
    }
    return word;
}

#endif
