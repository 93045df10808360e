/* analysis.c - a text read token by token.

   lede__analysis_next takes one of four ways at each character:
     simple word   ASCII letters with nothing after them that could belong to
                   them: nine of ten words of English.  Lower case into a small
                   buffer, one look into the cache, one token.
     chunk         whatever else begins with a letter or a digit: chunk.c cuts
                   it, name.c makes its tokens.
     grams         a run of a script without spaces goes on from call to call.
     emoji         one atom for what is shown as one picture.
   The tokens of the last three wait in `pending`, which holds the most that a
   chunk can make.  Nothing else is kept between calls, so that memory does not
   depend on the length of the text, but for the cache of its words. */

#include "shared/analysis/analysis.h"

#include <stdlib.h>

#include "shared/analysis/private.h"

/* A simple word longer than this goes the long way. */
#define SIMPLE_MAX 64

/* Simple words that are read before they are looked up. */
#define RUN_MAX 16

/* The cache of one language. */
struct language {
    struct str stemmer;
    const struct map *stops;
    struct words words;
};

lede_status
lede__analysis_new(struct analysis **out, const struct analyzer *analyzer,
                   lede_error *err)
{
    struct analysis *analysis = calloc(1, sizeof(*analysis));

    *out = NULL;
    if (analysis == NULL) {
        return lede__fail_memory(err);
    }
    analysis->analyzer = analyzer;
    analysis->scan.unicode = &analysis->unicode;
    analysis->form = (struct buf)BUF_INIT(BUF_MAX_ANY);
    analysis->raw = (struct buf)BUF_INIT(BUF_MAX_ANY);
    *out = analysis;
    return LEDE_STATUS_OK;
}

void
lede__analysis_free(struct analysis *analysis)
{
    if (analysis != NULL) {
        for (size_t i = 0; i < analysis->n_languages; i++) {
            lede__words_free(&analysis->languages[i]->words);
            free(analysis->languages[i]);
        }
        free(analysis->languages);
        lede__unicode_free(&analysis->unicode);
        lede__buf_free(&analysis->form);
        lede__buf_free(&analysis->raw);
        free(analysis);
    }
}

void
lede__analysis_by_pages(struct analysis *analysis, bool by_pages)
{
    analysis->scan.by_pages = by_pages;
}

/* Most texts are in the language of the one before. */
static void
remember_language(struct analysis *analysis, struct str lang)
{
    analysis->lang_len = lang.len <= sizeof(analysis->lang) ? lang.len : 0;
    memcpy(analysis->lang, lang.p, analysis->lang_len);
}

/* Languages with neither stemmer nor stop words share one cache, so that their
   number is bounded whatever articles say. */
static lede_status
find_language(struct analysis *analysis, struct str lang, lede_error *err)
{
    struct str stemmer = lede__analysis_stemmer(lang);
    const struct map *stops = NULL;
    struct language *language = NULL;
    lede_status status = lede__analyzer_stops(analysis->analyzer, lang,
                                              &stops, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < analysis->n_languages; i++) {
        language = analysis->languages[i];
        if (language->stops == stops && str_eq(language->stemmer, stemmer)) {
            analysis->words = &language->words;
            return LEDE_STATUS_OK;
        }
    }
    struct language **more =
        realloc(analysis->languages,
                (analysis->n_languages + 1) * sizeof(*more));
    if (more == NULL) {
        return lede__fail_memory(err);
    }
    analysis->languages = more;
    language = calloc(1, sizeof(*language));
    if (language == NULL) {
        return lede__fail_memory(err);
    }
    language->stemmer = stemmer;
    language->stops = stops;
    status = lede__words_init(&language->words, stemmer, stops, err);
    if (status != LEDE_STATUS_OK) {
        free(language);
        return status;
    }
    language->words.stem_first = analysis->some_stems ? analysis->stem_first
                                                      : NULL;
    analysis->languages[analysis->n_languages++] = language;
    analysis->words = &language->words;
    return LEDE_STATUS_OK;
}

static lede_status
choose_language(struct analysis *analysis, struct str lang, lede_error *err)
{
    struct str last = { analysis->lang, analysis->lang_len };
    lede_status status = LEDE_STATUS_OK;

    if (last.len == 0 || !str_eq(last, lang)) {
        analysis->lang_len = 0;
        status = find_language(analysis, lang, err);
        if (status == LEDE_STATUS_OK && lang.len > 0) {
            remember_language(analysis, lang);
        }
    }
    return status;
}

lede_status
lede__analysis_begin(struct analysis *analysis, struct str text,
                     struct str lang, lede_error *err)
{
    analysis->scan.len = 0;
    analysis->at = 0;
    analysis->position = 0;
    analysis->chunk = 0;
    analysis->name = NULL;
    analysis->run = 0;
    analysis->n_pending = analysis->pending_at = 0;
    if (text.len > UINT32_MAX / 2) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "a text of %zu bytes is too long", text.len);
    }
    lede_status status = choose_language(analysis, lang, err);
    if (status == LEDE_STATUS_OK) {
        analysis->scan.text = text.p == NULL ? "" : text.p;
        analysis->scan.len = (uint32_t)text.len;
    }
    return status;
}

size_t
lede__analysis_cache_bytes(const struct analysis *analysis)
{
    size_t bytes = 0;

    for (size_t i = 0; i < analysis->n_languages; i++) {
        bytes += lede__words_bytes(&analysis->languages[i]->words);
    }
    return bytes;
}

void
lede__analysis_trim(struct analysis *analysis)
{
    analysis->some_stems = false;
    for (size_t i = 0; i < analysis->n_languages; i++) {
        lede__words_clear(&analysis->languages[i]->words);
        analysis->languages[i]->words.stem_first = NULL;
    }
}

void
lede__analysis_stem_only(struct analysis *analysis, const bool first[256])
{
    if (analysis->some_stems &&
        memcmp(analysis->stem_first, first, sizeof(analysis->stem_first)) ==
            0) {
        return;
    }
    lede__analysis_trim(analysis);
    memcpy(analysis->stem_first, first, sizeof(analysis->stem_first));
    analysis->some_stems = true;
    for (size_t i = 0; i < analysis->n_languages; i++) {
        analysis->languages[i]->words.stem_first = analysis->stem_first;
    }
}

void
lede__analysis_keep(struct analysis *analysis, word_keep *keep, void *payload)
{
    for (size_t i = 0; i < analysis->n_languages; i++) {
        lede__words_keep(&analysis->languages[i]->words, keep, payload);
    }
}

/* ---- the text ---- */

/* The class of the character before `at`. */
static unsigned
class_before(const struct analysis *analysis, uint32_t at)
{
    struct str text = { analysis->scan.text, analysis->scan.len };
    uint32_t size;

    if (at == 0) {
        return CHAR_OTHER;
    }
    at = (uint32_t)lede__utf8_floor(text, at - 1);
    return lede__scan_class(&analysis->scan, at, &size) & CHAR_CLASS_MASK;
}

/* The sign at analysis->at in ASCII, where it belongs to the name after it;
   else 0. */
static char
prefix_sign(const struct analysis *analysis, unsigned class, uint32_t size)
{
    uint32_t next_size;
    unsigned next, before;

    if (class != CHAR_AT && class != CHAR_HASH && class != CHAR_DOLLAR
        && class != CHAR_DOT) {
        return 0;
    }
    next = lede__scan_class(&analysis->scan, analysis->at + size, &next_size)
           & CHAR_CLASS_MASK;
    if (next != CHAR_LETTER
        && !(next == CHAR_DIGIT && (class == CHAR_AT || class == CHAR_HASH))) {
        return 0;
    }
    before = class_before(analysis, analysis->at);
    if (char_is_word(before) || char_is_connector(before)) {
        return 0;
    }
    return class == CHAR_AT ? '@' : class == CHAR_HASH ? '#'
           : class == CHAR_DOLLAR ? '$' : '.';
}

/* Put the tokens of whatever stands at analysis->at, or pass over it. */
static lede_status
read_any(struct analysis *analysis, lede_error *err)
{
    uint32_t size;
    unsigned class = lede__scan_class(&analysis->scan, analysis->at, &size)
                     & CHAR_CLASS_MASK;

    if (char_is_word(class)) {
        return lede__read_chunk(analysis, 0, err);
    }
    if (char_is_gram(class) || class == CHAR_TRAIL) {
        lede__begin_run(analysis, class);
        return LEDE_STATUS_OK;
    }
    if (class == CHAR_EMOJI || class == CHAR_FLAG) {
        return lede__read_emoji(analysis, err);
    }
    char sign = prefix_sign(analysis, class, size);
    if (sign != 0) {
        return lede__read_chunk(analysis, sign, err);
    }
    analysis->at += size;
    return LEDE_STATUS_OK;
}

static inline bool
ascii_ends_word(unsigned char byte)
{
    return byte < 0x80 && (lede__ascii_class[byte] == CHAR_OTHER
                           || lede__ascii_class[byte] == CHAR_QUOTE);
}

#define BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Copy the ASCII letters at `text` in lower case, zeros after them, and AND
   their bytes into *all.  The result is their number, or SIMPLE_MAX for that
   many and more.  Eight at a time (Lamport 1975, "Multiple byte processing
   with full-word instructions"), because the branch at the end of a word is
   never foreseen. */
static size_t
lower_letters(const char *text, size_t left, char lower[SIMPLE_MAX],
              unsigned char *all)
{
    uint64_t and_all = BYTES(0xFF);

    for (size_t n = 0; n < SIMPLE_MAX; n += 8) {
        uint64_t raw = 0;
        if (left - n >= 8) {
            memcpy(&raw, text + n, 8);
        } else {
            memcpy(&raw, text + n, left - n);
        }
        uint64_t low = (raw | BYTES(0x20)) & BYTES(0x7F);
        uint64_t letter = (low + BYTES(0x80 - 'a'))
                          & ~(low + BYTES(0x7F - 'z')) & ~raw & BYTES(0x80);
        uint64_t other = letter ^ BYTES(0x80);
        if (other == 0) {
            memcpy(lower + n, &low, 8);
            and_all &= raw;
            continue;
        }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        unsigned bits = (unsigned)__builtin_ctzll(other) & ~7u;
        uint64_t mask = bits == 0 ? 0 : BYTES(0xFF) >> (64 - bits);
#else
        unsigned bits = (unsigned)__builtin_clzll(other) & ~7u;
        uint64_t mask = bits == 0 ? 0 : BYTES(0xFF) << (64 - bits);
#endif
        low &= mask;
        memcpy(lower + n, &low, 8);
        and_all &= raw | ~mask;
        memcpy(&low, &and_all, 8);
        and_all &= and_all >> 32;
        and_all &= and_all >> 16;
        *all = (unsigned char)(and_all & and_all >> 8);
        return n + bits / 8;
    }
    return SIMPLE_MAX;
}

/* Does the byte after a word, `n` bytes on, or the two bytes after it, show
   that nothing there belongs to the word? */
static inline bool
ends_simply(const unsigned char *text, size_t n, size_t left)
{
    if (n == left || text[n] == ' ' || ascii_ends_word(text[n])) {
        return true;
    }
    if (text[n] >= 0x80) {
        return false;
    }
    unsigned class = lede__ascii_class[text[n]];
    return char_is_connector(class) && class != CHAR_PLUS
           && class != CHAR_HASH
           && (n + 1 == left || ascii_ends_word(text[n + 1]));
}

/* A simple word whose form has not been looked up yet. */
struct simple {
    uint64_t hash;              // of the form
    uint8_t len;
    bool capital;               // it begins with one, and so do all its letters
    char form[SIMPLE_MAX];
};

/* Read the simple word at analysis->at into *token, but for its word.  False
   where it is none. */
static inline bool
read_simple(struct analysis *analysis, struct token *token,
            struct simple *simple)
{
    const char *text = analysis->scan.text + analysis->at;
    size_t left = analysis->scan.len - analysis->at;
    unsigned char all;
    size_t n = lower_letters(text, left, simple->form, &all);

    if (n == SIMPLE_MAX || n == 0
        || !ends_simply((const unsigned char *)text, n, left)
        || (n <= 3 && n > 1 && (text[1] & 0x20) == 0)) {   // US, IT, WHO?
        return false;
    }
    simple->len = (uint8_t)n;
    simple->capital = (all & 0x20) == 0;
    simple->hash = n <= SHORT_FORM
                       ? form_key_hash(form_key(simple->form, 8))
                       : lede__words_hash((struct str){ simple->form, n });
    token->start = analysis->at;
    token->end = analysis->at + (uint32_t)n;
    token->position = analysis->position++;
    token->chunk = analysis->chunk++;
    token->kind = TOKEN_WORD;
    analysis->at = token->end;
    return true;
}

static inline struct word *
find_simple(const struct words *words, const struct simple *simple)
{
    return simple->len <= SHORT_FORM
               ? words_find_short(words, simple->hash)
               : lede__words_find(words, (struct str){ simple->form,
                                                       simple->len },
                                  simple->hash);
}

/* Past white space and punctuation that begins nothing. */
static inline void
skip_ascii(struct analysis *analysis)
{
    uint32_t at = analysis->at;

    while (at < analysis->scan.len
           && ascii_ends_word((unsigned char)analysis->scan.text[at])) {
        at++;
    }
    analysis->at = at;
}

/* Read simple words, up to `max` of them and RUN_MAX, and the white space
   after each.  The words lie all over the cache: reading ahead and asking for
   each in time lets the memory fetch many at once. */
static lede_status
read_run(struct analysis *analysis, struct token *tokens, size_t max,
         size_t *count, lede_error *err)
{
    struct simple run[RUN_MAX];
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;

    max = max < RUN_MAX ? max : RUN_MAX;
    while (n < max && read_simple(analysis, &tokens[n], &run[n])) {
        words_want_slot(analysis->words, run[n++].hash);
        skip_ascii(analysis);
    }
    for (size_t i = 0; i < n; i++) {
        words_want_word(analysis->words, run[i].hash);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct word *word = find_simple(analysis->words, &run[i]);
        if (word == NULL) {
            status = lede__form_word(
                analysis, (struct str){ run[i].form, run[i].len }, &word, err);
        }
        if (status == LEDE_STATUS_OK) {
            tokens[i].word = word;
            tokens[i].flags = (uint8_t)atom_flags(word);
        }
    }
    if (n > 0 && status == LEDE_STATUS_OK) {
        analysis->name = run[n - 1].capital ? tokens[n - 1].word : NULL;
        analysis->name_end = tokens[n - 1].end;
    }
    *count = n;
    return status;
}

lede_status
lede__analysis_next(struct analysis *analysis, struct token *tokens,
                    size_t max, size_t *count, lede_error *err)
{
    bool fast = !analysis->scan.by_pages;
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;

    *count = 0;
    while (n < max) {
        if (analysis->pending_at < analysis->n_pending) {
            tokens[n++] = analysis->pending[analysis->pending_at++];
            continue;
        }
        analysis->n_pending = analysis->pending_at = 0;
        if (analysis->run != 0) {
            status = lede__read_gram(analysis, err);
        } else {
            size_t read = 0;
            skip_ascii(analysis);
            if (fast) {
                status = read_run(analysis, tokens + n, max - n, &read, err);
                n += read;
            }
            if (status == LEDE_STATUS_OK && read < RUN_MAX) {
                if (n == max || analysis->at >= analysis->scan.len) {
                    break;
                }
                status = read_any(analysis, err);
            }
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    *count = n;
    return LEDE_STATUS_OK;
}
