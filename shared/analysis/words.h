/* words.h - the cache of distinct forms, one for each language.

   A form that was met before costs one hash and one comparison, which makes
   stemming, stop words and forms without accents nearly free. */

#ifndef LEDE_ANALYSIS_WORDS_H
#define LEDE_ANALYSIS_WORDS_H

#include <string.h>

#include "shared/analysis/analysis.h"

struct sb_stemmer;

/* The cache asks for a word before it is sure that it is the one: what a look
   at a word needs is one line of the processor's cache, the text the next. */
#define CACHE_LINE 64

/* A word with what only analysis needs, at the beginning of a line; its text
   follows. */
struct cached_word {
    struct word word;
    struct word *plain;         // without accents; NULL where it is the same
};

_Static_assert(offsetof(struct word, more) <= CACHE_LINE,
               "what is looked at is in one line");

/* The address of a word, whose lowest bits are zero, with bits of its hash in
   their place, so that hardly a word is looked at but the one that is meant;
   0: free. */
typedef uintptr_t word_slot;

#define SLOT_TAG ((uintptr_t)(CACHE_LINE - 1))

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
    word_slot *slots;
    size_t cap, count;
    word_slot *recent;                  // RECENT words; NULL: none yet
    struct raw_slot *raws;
    size_t raw_cap, raw_count;
    struct arena arena;
    char *free;                         // of it, for words
    size_t left;
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

/* A form of at most 8 bytes, none of them NUL, is a number. */
#define SHORT_FORM 8
/* One of at most 16 is two, the second 0 where it is short. */
#define MIDDLE_FORM 16

/* The hash of a short form.  It is a bijection, so that two short forms with
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

/* The hash of a form of at most 16 bytes; of a short one the same. */
static inline uint64_t
form_keys_hash(uint64_t first, uint64_t second)
{
    return form_key_hash(first ^ second * UINT64_C(0x9E3779B97F4A7C15));
}

/* The slots of a large cache are far away, and those of frequent words lie
   among them like any others.  A word that was met not long ago is found nearer
   by, where nothing else came to its place in the meantime. */
#define RECENT ((size_t)1 << 14)

static inline word_slot *
recent_slot(const struct words *words, uint64_t hash)
{
    return &words->recent[hash >> 32 & (RECENT - 1)];
}

static inline bool
slot_may_be(word_slot slot, uint64_t hash)
{
    return slot != 0 && ((slot ^ hash >> 58) & SLOT_TAG) == 0;
}

static inline struct word *
want_word(word_slot slot)
{
    char *word = (char *)(slot & ~SLOT_TAG);

    __builtin_prefetch(word, 1);
    __builtin_prefetch(word + CACHE_LINE, 1);
    return (struct word *)(void *)word;
}

/* The word that may be that of the hash, being fetched from the memory; or
   NULL, and what words_find_slot will look at is fetched. */
static inline struct word *
words_want(const struct words *words, uint64_t hash)
{
    if (words->recent != NULL
        && slot_may_be(*recent_slot(words, hash), hash)) {
        return want_word(*recent_slot(words, hash));
    }
    if (words->cap > 0) {
        __builtin_prefetch(&words->slots[hash & (words->cap - 1)]);
    }
    return NULL;
}

/* Some time later: the word that may be that of the hash, being fetched; NULL
   where it was not met before. */
static inline struct word *
words_find_slot(const struct words *words, uint64_t hash)
{
    size_t i = (size_t)hash & (words->cap - 1);

    while (words->cap > 0 && words->slots[i] != 0) {
        if (slot_may_be(words->slots[i], hash)) {
            if (words->recent != NULL) {
                *recent_slot(words, hash) = words->slots[i];
            }
            return want_word(words->slots[i]);
        }
        i = (i + 1) & (words->cap - 1);
    }
    return NULL;
}

static inline bool
same_eight(const char *a, const char *b)
{
    return memcmp(a, b, 8) == 0;        // of this length, no call
}

/* Is it the word of a form of at most 16 bytes? */
static inline bool
word_is(const struct word *word, const uint64_t keys[2], size_t len,
        uint64_t hash)
{
    const char *form = (const char *)keys;

    return word->hash == hash && word->form.len == len
           && (len <= SHORT_FORM
               || (same_eight(word->form.p, form)
                   && same_eight(word->form.p + len - 8, form + len - 8)));
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
