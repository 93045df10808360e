/* words.c - the cache of distinct forms, one for each language.

   Open addressing with linear probing, at most half full, by XXH3 of the form
   (a short form is its own hash, see words.h); words are in an arena and never
   move.  A word is stemmed when it is made,
   so that the stemmer runs once per distinct form.  The same goes for slow
   folding: a second table remembers which raw texts led to which word. */

#include "shared/analysis/words.h"

#include <libstemmer.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "shared/analysis/unicode.h"

#define CAP_MIN 1024

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

static bool
grow(struct words *words)
{
    size_t cap = words->cap == 0 ? CAP_MIN : words->cap * 2;
    struct word_slot *slots = calloc(cap, sizeof(*slots));

    if (slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < words->cap; i++) {
        if (words->slots[i].word != NULL) {
            size_t k = (size_t)words->slots[i].hash & (cap - 1);
            while (slots[k].word != NULL) {
                k = (k + 1) & (cap - 1);
            }
            slots[k] = words->slots[i];
        }
    }
    free(words->slots);
    words->slots = slots;
    words->cap = cap;
    return true;
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
    cached = lede__arena_alloc(&words->arena,
                               sizeof(*cached) + form.len + 1
                               + (own_stem ? stem.len + 1 : 0));
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

/* The slot of a form, or the free one where it would go. */
static inline struct word_slot *
place(const struct words *words, struct str form, uint64_t hash)
{
    size_t i = (size_t)hash & (words->cap - 1);

    while (words->slots[i].word != NULL
           && (words->slots[i].hash != hash
               || !str_eq(words->slots[i].word->word.form, form))) {
        i = (i + 1) & (words->cap - 1);
    }
    return &words->slots[i];
}

uint64_t
lede__words_hash(struct str form)
{
    return XXH3_64bits(form.p, form.len);
}

struct word *
lede__words_find(const struct words *words, struct str form, uint64_t hash)
{
    struct cached_word *cached =
        words->cap == 0 ? NULL : place(words, form, hash)->word;

    return cached == NULL ? NULL : &cached->word;
}

struct word *
lede__words_get(struct words *words, struct str form)
{
    uint64_t hash;
    struct word_slot *slot = NULL;
    struct cached_word *cached = NULL;
    size_t count;

    if (form.len > FORM_MAX) {
        return get_long(words, form);
    }
    hash = form.len <= SHORT_FORM ? form_key_hash(form_key(form.p, form.len))
                                  : XXH3_64bits(form.p, form.len);
    if (words->cap > 0) {
        slot = place(words, form, hash);
        if (slot->word != NULL) {
            return &slot->word->word;
        }
    }
    count = words->count;
    cached = make(words, form, hash);   // may make the plain word too
    if (cached == NULL) {
        return NULL;
    }
    if (words->count >= words->cap / 2) {
        if (!grow(words)) {
            return NULL;
        }
        slot = NULL;
    }
    if (slot == NULL || words->count != count) {
        slot = place(words, cached->word.form, hash);
    }
    *slot = (struct word_slot){ hash, cached };
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
           + words->raw_cap * sizeof(*words->raws);
}

void
lede__words_clear(struct words *words)
{
    free(words->slots);
    free(words->raws);
    words->slots = NULL;
    words->raws = NULL;
    words->cap = words->count = 0;
    words->raw_cap = words->raw_count = 0;
    lede__arena_reset(&words->arena);
}

/* A copy of a word of another cache; NULL when out of memory. */
static struct word *
copy_word(struct words *words, const struct word *word)
{
    bool own_stem = word->stem.p != word->form.p;
    size_t size = word->form.len + 1 + (own_stem ? word->stem.len + 1 : 0);
    struct cached_word *copy = lede__arena_alloc(&words->arena,
                                                 sizeof(*copy) + size);

    if (copy == NULL || (words->count >= words->cap / 2 && !grow(words))) {
        return NULL;
    }
    copy->word = *word;
    copy->plain = NULL;
    copy->word.form.p = memcpy(copy + 1, word->form.p, size);
    copy->word.stem.p = copy->word.form.p
                        + (own_stem ? word->form.len + 1 : 0);
    *place(words, copy->word.form, word->hash) =
        (struct word_slot){ word->hash, copy };
    words->count++;
    return &copy->word;
}

static bool
keep_word(struct words *fresh, const struct cached_word *cached)
{
    struct str form = cached->word.form;
    struct word *copy = lede__words_find(fresh, form, cached->word.hash);

    if (copy == NULL) {         // else a plain form, made with its accents
        copy = copy_word(fresh, &cached->word);
    }
    if (copy != NULL && cached->plain != NULL) {
        struct word *plain = lede__words_get(fresh, cached->plain->form);
        ((struct cached_word *)(void *)copy)->plain = plain;
        return plain != NULL;
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
        struct cached_word *cached = words->slots[i].word;
        if (cached != NULL && keep(payload, &cached->word)) {
            whole = keep_word(&fresh, cached);
        }
    }
    for (size_t i = 0; i < words->raw_cap && whole; i++) {
        const struct raw_slot *raw = &words->raws[i];
        struct word *word = raw->raw.p == NULL
                                ? NULL
                                : lede__words_find(&fresh, raw->word->form,
                                                   raw->word->hash);
        if (word != NULL) {
            lede__words_put_raw(&fresh, raw->raw, word);
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
    free(words->raws);
    lede__arena_free(&words->arena);
    lede__buf_free(&words->plain);
}
