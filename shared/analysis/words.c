/* words.c - the cache of distinct forms, one for each language.

   Open addressing with linear probing, at most half full, by XXH3 of the form
   (a form of few bytes is a number, see words.h); words are in an arena and
   never move.  A word is stemmed when it is made, so that the stemmer runs once
   per distinct form.  The same goes for slow folding: a second table remembers
   which raw texts led to which word. */

#include "shared/analysis/words.h"

#include <libstemmer.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "shared/analysis/unicode.h"

#define CAP_MIN 1024

/* Words are cut of pieces of the arena. */
#define PIECE_MIN ((size_t)4096 - CACHE_LINE)
#define PIECE ((size_t)65536 - CACHE_LINE)

/* ISO 639 codes (two letters, or three where a language has no two) and the
   stemmers of libstemmer. */
static const struct {
    const char *code;
    const char *stemmer;        // as it stands in stem terms
    const char *algorithm;      // the library's name
} stemmers[] = {
    { "ar", "ar", "arabic" },
    { "ca", "ca", "catalan" },
    { "da", "da", "danish" },
    { "de", "de", "german" },
    { "el", "el", "greek" },
    { "en", "en", "english" },
    { "es", "es", "spanish" },
    { "eu", "eu", "basque" },
    { "fi", "fi", "finnish" },
    { "fr", "fr", "french" },
    { "ga", "ga", "irish" },
    { "hi", "hi", "hindi" },
    { "hu", "hu", "hungarian" },
    { "hy", "hy", "armenian" },
    { "id", "id", "indonesian" },
    { "it", "it", "italian" },
    { "lt", "lt", "lithuanian" },
    { "nb", "no", "norwegian" },
    { "ne", "ne", "nepali" },
    { "nl", "nl", "dutch" },
    { "nn", "no", "norwegian" },
    { "no", "no", "norwegian" },
    { "pt", "pt", "portuguese" },
    { "ro", "ro", "romanian" },
    { "ru", "ru", "russian" },
    { "sr", "sr", "serbian" },
    { "sv", "sv", "swedish" },
    { "ta", "ta", "tamil" },
    { "tr", "tr", "turkish" },
    { "yi", "yi", "yiddish" },
};

#define N_STEMMERS (sizeof(stemmers) / sizeof(*stemmers))

struct str
lede__analysis_stemmer(struct str lang)
{
    for (size_t i = 0; i < lang.len; i++) {
        if (lang.p[i] == '-' || lang.p[i] == '_') {
            lang.len = i;       // en-US, pt_BR
        }
    }
    for (size_t i = 0; i < N_STEMMERS; i++) {
        if (lede__str_eq_nocase(str_from(stemmers[i].code), lang)) {
            return str_from(stemmers[i].stemmer);
        }
    }
    return STR("");
}

const char *
lede__stemmer_algorithm(struct str stemmer)
{
    for (size_t i = 0; i < N_STEMMERS; i++) {
        if (str_eq(str_from(stemmers[i].stemmer), stemmer)) {
            return stemmers[i].algorithm;
        }
    }
    return NULL;
}

/* Stemmers (Snowball 2.2) that take off or change endings alone, so that a word
   of ASCII letters and its stem begin with the same one.  Others take off
   beginnings too (id, ga, ar), or are not known to leave them. */
static bool
keeps_first(struct str stemmer)
{
    static const char known[] = " da de en es fi fr it nl no pt ro sv ";
    const char *at = stemmer.len == 2 ? strstr(known, stemmer.p) : NULL;

    return at != NULL && at[-1] == ' ' && at[2] == ' ';
}

lede_status
lede__words_init(struct words *words, struct str stemmer,
                 const struct map *stops, lede_error *err)
{
    const char *algorithm = lede__stemmer_algorithm(stemmer);

    memset(words, 0, sizeof(*words));
    words->stops = stops;
    words->keeps_first = keeps_first(stemmer);
    words->plain = (struct buf)BUF_INIT(BUF_MAX_ANY);
    if (algorithm != NULL) {
        words->stemmer = sb_stemmer_new(algorithm, "UTF_8");
        if (words->stemmer == NULL) {
            return lede__fail_memory(err);
        }
    }
    return LEDE_STATUS_OK;
}

static inline struct cached_word *
slot_word(word_slot slot)
{
    return (struct cached_word *)(slot & ~SLOT_TAG);
}

static inline word_slot
make_slot(const struct cached_word *word)
{
    return (uintptr_t)word | (uintptr_t)(word->word.hash >> 58);
}

/* The free slot of a hash that no word has. */
static size_t
free_slot(const word_slot *slots, size_t cap, uint64_t hash)
{
    size_t i = (size_t)hash & (cap - 1);

    while (slots[i] != 0) {
        i = (i + 1) & (cap - 1);
    }
    return i;
}

static bool
grow(struct words *words)
{
    size_t cap = words->cap == 0 ? CAP_MIN : words->cap * 2;
    word_slot *slots = calloc(cap, sizeof(*slots));

    if (slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < words->cap; i++) {
        if (words->slots[i] != 0) {
            uint64_t hash = slot_word(words->slots[i])->word.hash;

            slots[free_slot(slots, cap, hash)] = words->slots[i];
        }
    }
    free(words->slots);
    words->slots = slots;
    words->cap = cap;
    if (words->recent == NULL && cap > RECENT) {
        words->recent = calloc(RECENT, sizeof(*words->recent));
    }
    return true;
}

/* Room for a word and `size` bytes of text, at the beginning of a line. */
static struct cached_word *
alloc_word(struct words *words, size_t size)
{
    struct cached_word *word = NULL;

    size = (sizeof(*word) + size + CACHE_LINE - 1) & ~SLOT_TAG;
    if (words->left < size) {
        size_t piece = words->arena.used < PIECE ? PIECE_MIN : PIECE;
        uintptr_t start;

        piece = piece < size ? size : piece;
        start = (uintptr_t)lede__arena_alloc(&words->arena,
                                             piece + CACHE_LINE);
        if (start == 0) {
            return NULL;
        }
        words->free = (char *)((start + CACHE_LINE - 1) & ~SLOT_TAG);
        words->left = piece;
    }
    word = (struct cached_word *)(void *)words->free;
    words->free += size;
    words->left -= size;
    return word;
}

/* A form of letters alone is stemmed; names with digits or signs are not.
   Grams come this far too, but no stemmer knows their scripts. */
static bool
is_stemmable(struct str form)
{
    for (size_t i = 0; i < form.len; i++) {
        unsigned char byte = (unsigned char)form.p[i];
        if (byte < 0x80 && (byte < 'a' || byte > 'z')) {
            return false;
        }
    }
    return form.len > 1;
}

static struct str
stem_of(struct words *words, struct str form)
{
    const sb_symbol *stem = NULL;
    int len;

    if (words->stemmer == NULL || !is_stemmable(form)) {
        return form;
    }
    if (words->stem_first != NULL && words->keeps_first &&
        (unsigned char)form.p[0] < 0x80 &&
        !words->stem_first[(unsigned char)form.p[0]]) {
        return form;
    }
    stem = sb_stemmer_stem(words->stemmer, (const sb_symbol *)form.p,
                           (int)form.len);
    if (stem == NULL) {
        return (struct str){ NULL, 0 };
    }
    len = sb_stemmer_length(words->stemmer);
    if (len <= 0) {
        return form;
    }
    return (struct str){ (const char *)stem, (size_t)len };
}

static bool
is_ascii(struct str form)
{
    for (size_t i = 0; i < form.len; i++) {
        if ((unsigned char)form.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* The word of `form` without its accents, made where it is another one. */
static bool
find_plain(struct words *words, struct str form, struct word **out)
{
    *out = NULL;
    if (is_ascii(form)) {
        return true;
    }
    words->plain.len = 0;
    if (lede__unicode_plain(&words->plain, form, NULL) != LEDE_STATUS_OK) {
        return false;
    }
    if (words->plain.len == 0) {
        return true;
    }
    /* The form of a plain form is itself, so this goes one level deep. */
    struct buf mine = words->plain;
    words->plain = (struct buf)BUF_INIT(BUF_MAX_ANY);
    *out = lede__words_get(words, lede__buf_view(&mine));
    lede__buf_free(&words->plain);
    words->plain = mine;
    return *out != NULL;
}

static struct cached_word *
make(struct words *words, struct str form, uint64_t hash)
{
    struct word *plain = NULL;
    struct cached_word *cached = NULL;
    struct str stem = stem_of(words, form);

    if (stem.p == NULL) {
        return NULL;
    }
    bool own_stem = !str_eq(stem, form);
    cached = alloc_word(words,
                        form.len + 1 + (own_stem ? stem.len + 1 : 0));
    if (cached == NULL) {
        return NULL;
    }
    char *text = (char *)(cached + 1);
    memcpy(text, form.p, form.len);
    text[form.len] = '\0';
    memset(cached, 0, sizeof(*cached));
    cached->word.form = (struct str){ text, form.len };
    cached->word.stem = cached->word.form;
    if (own_stem) {
        text += form.len + 1;
        memcpy(text, stem.p, stem.len);
        text[stem.len] = '\0';
        cached->word.stem = (struct str){ text, stem.len };
    }
    cached->word.hash = hash;
    cached->word.stop = words->stops != NULL
                        && lede__map_find(words->stops, form) != NULL;
    if (!find_plain(words, cached->word.form, &plain)) {
        return NULL;
    }
    cached->plain = plain;
    return cached;
}

static struct word *
get_long(struct words *words, struct str form)
{
    struct buf cut = BUF_INIT(BUF_MAX_ANY);
    struct word *word = NULL;

    if (lede__shorten(&cut, form, FORM_MAX, NULL) == LEDE_STATUS_OK) {
        word = lede__words_get(words, lede__buf_view(&cut));
    }
    lede__buf_free(&cut);
    return word;
}

static uint64_t
hash_of(struct str form)
{
    uint64_t keys[2] = { 0, 0 };

    if (form.len > MIDDLE_FORM) {
        return XXH3_64bits(form.p, form.len);
    }
    memcpy(keys, form.p, form.len);
    return form_keys_hash(keys[0], keys[1]);
}

/* The slot of a form, or the free one where it would go. */
static inline word_slot *
place(const struct words *words, struct str form, uint64_t hash)
{
    size_t i = (size_t)hash & (words->cap - 1);

    for (; words->slots[i] != 0; i = (i + 1) & (words->cap - 1)) {
        const struct word *word = &slot_word(words->slots[i])->word;

        if (((words->slots[i] ^ hash >> 58) & SLOT_TAG) == 0
            && word->hash == hash && str_eq(word->form, form)) {
            break;
        }
    }
    return &words->slots[i];
}

/* The word of a form that was met before, else NULL. */
static struct cached_word *
find(const struct words *words, struct str form, uint64_t hash)
{
    return words->cap == 0 ? NULL : slot_word(*place(words, form, hash));
}

struct word *
lede__words_get(struct words *words, struct str form)
{
    uint64_t hash;
    struct cached_word *cached = NULL;

    if (form.len > FORM_MAX) {
        return get_long(words, form);
    }
    hash = hash_of(form);
    cached = find(words, form, hash);
    if (cached != NULL) {
        return &cached->word;
    }
    cached = make(words, form, hash);   // may make the plain word too
    if (cached == NULL
        || (words->count >= words->cap / 2 && !grow(words))) {
        return NULL;
    }
    words->slots[free_slot(words->slots, words->cap, hash)] =
        make_slot(cached);
    words->count++;
    return &cached->word;
}

/* ---- raw texts ---- */

static struct raw_slot *
place_raw(struct raw_slot *raws, size_t cap, struct str raw, uint64_t hash)
{
    size_t i = (size_t)hash & (cap - 1);

    while (raws[i].raw.p != NULL
           && (raws[i].hash != hash || !str_eq(raws[i].raw, raw))) {
        i = (i + 1) & (cap - 1);
    }
    return &raws[i];
}

struct word *
lede__words_find_raw(const struct words *words, struct str raw)
{
    if (words->raw_cap == 0) {
        return NULL;
    }
    return place_raw(words->raws, words->raw_cap, raw,
                     XXH3_64bits(raw.p, raw.len))->word;
}

static bool
grow_raws(struct words *words)
{
    size_t cap = words->raw_cap == 0 ? CAP_MIN : words->raw_cap * 2;
    struct raw_slot *raws = calloc(cap, sizeof(*raws));

    if (raws == NULL) {
        return false;
    }
    for (size_t i = 0; i < words->raw_cap; i++) {
        const struct raw_slot *old = &words->raws[i];
        if (old->raw.p != NULL) {
            *place_raw(raws, cap, old->raw, old->hash) = *old;
        }
    }
    free(words->raws);
    words->raws = raws;
    words->raw_cap = cap;
    return true;
}

void
lede__words_put_raw(struct words *words, struct str raw, struct word *word)
{
    uint64_t hash = XXH3_64bits(raw.p, raw.len);
    struct str copy;

    if (words->raw_count >= words->raw_cap / 2 && !grow_raws(words)) {
        return;
    }
    copy = lede__arena_str(&words->arena, raw);
    if (copy.p != NULL) {
        *place_raw(words->raws, words->raw_cap, copy, hash) =
            (struct raw_slot){ hash, copy, word };
        words->raw_count++;
    }
}

/* ---- the whole ---- */

size_t
lede__words_bytes(const struct words *words)
{
    return words->arena.used + words->cap * sizeof(*words->slots)
           + words->raw_cap * sizeof(*words->raws)
           + (words->recent == NULL ? 0 : RECENT * sizeof(*words->recent));
}

void
lede__words_clear(struct words *words)
{
    free(words->slots);
    free(words->recent);
    free(words->raws);
    words->slots = NULL;
    words->recent = NULL;
    words->raws = NULL;
    words->cap = words->count = 0;
    words->raw_cap = words->raw_count = 0;
    words->left = 0;
    lede__arena_reset(&words->arena);
}

/* A copy of a word of another cache; NULL when out of memory. */
static struct cached_word *
copy_word(struct words *words, const struct word *word)
{
    bool own_stem = word->stem.p != word->form.p;
    size_t size = word->form.len + 1 + (own_stem ? word->stem.len + 1 : 0);
    struct cached_word *copy = alloc_word(words, size);

    if (copy == NULL || (words->count >= words->cap / 2 && !grow(words))) {
        return NULL;
    }
    copy->word = *word;
    copy->plain = NULL;
    copy->word.form.p = memcpy(copy + 1, word->form.p, size);
    copy->word.stem.p = copy->word.form.p
                        + (own_stem ? word->form.len + 1 : 0);
    words->slots[free_slot(words->slots, words->cap, word->hash)] =
        make_slot(copy);
    words->count++;
    return copy;
}

static bool
keep_word(struct words *fresh, const struct cached_word *cached)
{
    struct cached_word *copy = find(fresh, cached->word.form,
                                    cached->word.hash);

    if (copy == NULL) {         // else a plain form, made with its accents
        copy = copy_word(fresh, &cached->word);
    }
    if (copy != NULL && cached->plain != NULL) {
        copy->plain = lede__words_get(fresh, cached->plain->form);
        return copy->plain != NULL;
    }
    return copy != NULL;
}

void
lede__words_keep(struct words *words, word_keep *keep, void *payload)
{
    struct words fresh = { .stemmer = words->stemmer, .stops = words->stops,
                           .plain = words->plain };
    bool whole = true;

    for (size_t i = 0; i < words->cap && whole; i++) {
        struct cached_word *cached = slot_word(words->slots[i]);
        if (cached != NULL && keep(payload, &cached->word)) {
            whole = keep_word(&fresh, cached);
        }
    }
    for (size_t i = 0; i < words->raw_cap && whole; i++) {
        const struct raw_slot *raw = &words->raws[i];
        struct cached_word *cached = raw->raw.p == NULL
                                         ? NULL
                                         : find(&fresh, raw->word->form,
                                                raw->word->hash);
        if (cached != NULL) {
            lede__words_put_raw(&fresh, raw->raw, &cached->word);
        }
    }
    words->plain = fresh.plain;
    lede__words_clear(words);
    lede__arena_free(&words->arena);
    *words = fresh;
    if (!whole) {               // no memory: forget them all
        lede__words_clear(words);
    }
}

void
lede__words_free(struct words *words)
{
    if (words->stemmer != NULL) {
        sb_stemmer_delete(words->stemmer);
    }
    free(words->slots);
    free(words->recent);
    free(words->raws);
    lede__arena_free(&words->arena);
    lede__buf_free(&words->plain);
}
