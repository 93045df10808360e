/* words.h - the cache of distinct forms, one for each language.

   A form that was met before costs one hash and one comparison, which makes
   stemming, stop words and forms without accents nearly free. */

#ifndef LEDE_ANALYSIS_WORDS_H
#define LEDE_ANALYSIS_WORDS_H

#include "shared/analysis/analysis.h"

struct sb_stemmer;

/* A word with what only analysis needs. */
struct cached_word {
    struct word word;
    struct word *plain;         // without accents; NULL where it is the same
};

struct word_slot {
    uint64_t hash;
    struct cached_word *word;   // NULL: free
};

/* A text that folds to a word, for what is slow to fold. */
struct raw_slot {
    uint64_t hash;
    struct str raw;             // p NULL: free
    struct word *word;
};

struct words {
    struct sb_stemmer *stemmer;         // NULL where the language has none
    const struct map *stops;            // NULL where it has none
    const bool *stem_first;             // see lede__analysis_stem_only
    bool keeps_first;                   // as all stems of it do
    struct word_slot *slots;
    size_t cap, count;
    struct raw_slot *raws;
    size_t raw_cap, raw_count;
    struct arena arena;
    struct buf plain;                   // scratch
};

/* Forms are cut to this, with a hash, so that terms made of them fit. */
#define FORM_MAX (TERM_MAX - 20)

/* Start an empty cache for a language as lede__analysis_stemmer writes it. */
lede_status
lede__words_init(struct words *words, struct str stemmer,
                 const struct map *stops, lede_error *err);

/* The word of a folded form; NULL when out of memory. */
struct word *
lede__words_get(struct words *words, struct str form);

/* A form of at most 8 bytes, none of them NUL, as a number. */
#define SHORT_FORM 8

static inline uint64_t
form_key(const char *p, size_t len)
{
    uint64_t key = 0;

    memcpy(&key, p, len);
    return key;
}

/* The hash of such a form.  It is a bijection, so that two short forms with
   one hash are the same form: the text need not be compared. */
static inline uint64_t
form_key_hash(uint64_t key)
{
    key ^= key >> 32;
    key *= UINT64_C(0xD6E8FEB86659FD93);
    key ^= key >> 32;
    key *= UINT64_C(0xD6E8FEB86659FD93);
    return key ^ key >> 32;
}

#define CACHE_LINE 64

/* The hash of a longer form. */
uint64_t
lede__words_hash(struct str form);

/* Have the memory fetch the slot that a form has, or would have; then, some
   time later, the word in it. */
static inline void
words_want_slot(const struct words *words, uint64_t hash)
{
    if (words->cap > 0) {
        __builtin_prefetch(&words->slots[hash & (words->cap - 1)]);
    }
}

static inline void
words_want_word(const struct words *words, uint64_t hash)
{
    size_t i = (size_t)hash & (words->cap - 1);

    if (words->cap == 0) {
        return;
    }
    while (words->slots[i].word != NULL && words->slots[i].hash != hash) {
        i = (i + 1) & (words->cap - 1);
    }
    __builtin_prefetch(words->slots[i].word, 1);
    __builtin_prefetch((const char *)words->slots[i].word + CACHE_LINE);
}

/* The word of a form that was met before, else NULL. */
struct word *
lede__words_find(const struct words *words, struct str form, uint64_t hash);

/* The same for a short form. */
static inline struct word *
words_find_short(const struct words *words, uint64_t hash)
{
    size_t i = (size_t)hash & (words->cap - 1);

    while (words->cap > 0 && words->slots[i].word != NULL) {
        if (words->slots[i].hash == hash
            && words->slots[i].word->word.form.len <= SHORT_FORM) {
            return &words->slots[i].word->word;
        }
        i = (i + 1) & (words->cap - 1);
    }
    return NULL;
}

/* The word that `raw` was remembered to fold to, or NULL. */
struct word *
lede__words_find_raw(const struct words *words, struct str raw);

/* Remember it.  No memory is no failure: it is folded again next time. */
void
lede__words_put_raw(struct words *words, struct str raw, struct word *word);

size_t
lede__words_bytes(const struct words *words);

/* Forget the words that `keep` says no to. */
void
lede__words_keep(struct words *words, word_keep *keep, void *payload);

/* Forget the words but not the language. */
void
lede__words_clear(struct words *words);

void
lede__words_free(struct words *words);

static inline struct word *
word_plain(const struct word *word)
{
    return ((const struct cached_word *)(const void *)word)->plain;
}

/* Copy `text` to out, cut to `max` bytes with a hash of all of it at the end
   where it is longer (term.c).  NUL bytes count twice, as Xapian counts. */
lede_status
lede__shorten(struct buf *out, struct str text, size_t max, lede_error *err);

/* The stemmer's name in the library for a name in stem terms, or NULL. */
const char *
lede__stemmer_algorithm(struct str stemmer);

#endif
