/* analysis.c - a text read token by token.

   lede__analysis_next takes one of four ways at each character:
     simple word   ASCII letters, or digits, with nothing after them that could
                   belong to them, or 's: more than nine of ten words of
                   English.  What the bytes of the text are is found out for 64
                   at once; lower case in two registers, one look into the
                   cache, one token.
     chunk         whatever else begins with a letter or a digit: chunk.c cuts
                   it, name.c makes its tokens.
     grams         a run of a script without spaces goes on from call to call.
     emoji         one atom for what is shown as one picture.
   The tokens of the last three wait in `pending`, which holds the most that a
   chunk can make.  Nothing else is kept between calls, so that memory does not
   depend on the length of the text, but for the cache of its words. */

#include "shared/analysis/analysis.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "shared/analysis/private.h"

/* Simple words that are read before they are looked up. */
#define RUN_MAX 64

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
    analysis->window.p = NULL;
    analysis->at = 0;
    analysis->position = 0;
    analysis->chunk = 0;
    analysis->name.len = 0;
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
    if (class == CHAR_AMP) {
        analysis->at += size - 1;
        return lede__read_ampersand(analysis, err);
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

/* ---- simple words ---- */

#ifdef __SSE2__
/* Bytes from `low` to `high`. */
static inline __m128i
within(__m128i bytes, unsigned char low, unsigned char high)
{
    __m128i moved = _mm_add_epi8(bytes, _mm_set1_epi8((char)(0x80 - low)));

    return _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(high - low - 127)));
}

static inline __m128i
equal(__m128i bytes, char byte)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

static inline uint64_t
bits_of(__m128i bytes)
{
    return (uint16_t)_mm_movemask_epi8(bytes);
}

/* As lede__ascii_class says. */
static inline void
classify(struct window *window)
{
    for (unsigned i = 0; i < WINDOW; i += 16) {
        __m128i bytes = _mm_loadu_si128((const void *)(window->p + i));
        __m128i letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)),
                                 'a', 'z');
        __m128i inside = _mm_or_si128(letters, within(bytes, '+', ':'));

        inside = _mm_or_si128(inside, within(bytes, '#', '$'));
        inside = _mm_or_si128(inside, within(bytes, '&', '\''));
        inside = _mm_or_si128(inside, equal(bytes, '@'));
        inside = _mm_or_si128(inside, equal(bytes, '_'));
        inside = _mm_or_si128(inside, bytes);   // those above ASCII
        window->letters |= bits_of(letters) << i;
        window->capitals |= bits_of(_mm_andnot_si128(
                                _mm_slli_epi16(bytes, 2), letters)) << i;
        window->digits |= bits_of(within(bytes, '0', '9')) << i;
        window->ends |= (uint64_t)(uint16_t)~bits_of(inside) << i;
    }
}
#else
static inline void
classify(struct window *window)
{
    for (unsigned i = 0; i < WINDOW; i++) {
        unsigned char byte = (unsigned char)window->p[i];
        unsigned class = byte < 0x80 ? lede__ascii_class[byte] : CHAR_MARK;
        bool letter = (class & CHAR_CLASS_MASK) == CHAR_LETTER;

        window->letters |= (uint64_t)letter << i;
        window->capitals |= (uint64_t)(letter && byte < 'a') << i;
        window->digits |= (uint64_t)(class == CHAR_DIGIT) << i;
        window->ends |= (uint64_t)(byte < 0x80 && ascii_ends_word(byte)) << i;
    }
}
#endif

static void
open_window(struct analysis *analysis, uint32_t at)
{
    struct window *window = &analysis->window;
    uint32_t left = analysis->scan.len - at;

    window->p = analysis->scan.text + at;
    if (left < sizeof(window->rest)) {
        memcpy(window->rest, window->p, left);
        memset(window->rest + left, 0, sizeof(window->rest) - left);
        window->p = window->rest;
    }
    window->at = at;
    window->letters = window->capitals = window->digits = window->ends = 0;
    classify(window);
}

/* How many of the bits from `at` on are set, without one that is not. */
static inline uint32_t
run_of(uint64_t bits, uint32_t at)
{
    uint64_t others = ~(bits >> at);

    return others == 0 ? WINDOW : (uint32_t)__builtin_ctzll(others);
}

/* A connector at `at` in the window, with nothing after it, ends a word. */
static inline bool
is_loose(const struct window *window, uint32_t at)
{
    unsigned char byte = (unsigned char)window->p[at];
    unsigned class = byte < 0x80 ? lede__ascii_class[byte] : CHAR_OTHER;

    return (window->ends >> (at + 1) & 1) != 0 && char_is_connector(class)
           && class != CHAR_PLUS && class != CHAR_HASH;
}

static inline bool
is_possessive(const struct window *window, uint32_t at)
{
    return window->p[at] == '\'' && (window->p[at + 1] | 0x20) == 's'
           && (window->ends >> (at + 2) & 1) != 0;
}

/* The most that is looked at behind a word. */
#define BEHIND 3

/* A simple word whose form has not been looked up yet. */
struct simple {
    uint64_t keys[2];           // the form, if it has at most MIDDLE_FORM bytes
    uint64_t hash;
    struct word *word;          // that it may be
    struct token *token;
    uint32_t len;
    uint32_t next;              // where its chunk ends
    bool name;                  // it has a capital
};

static inline uint64_t
load(const void *p)
{
    uint64_t value;

    memcpy(&value, p, sizeof(value));
    return value;
}

/* The form of the letters or digits at `p`. */
static inline void
make_form(struct simple *simple, const char *p, uint32_t len)
{
    static const unsigned char masks[2 * MIDDLE_FORM + SHORT_FORM] = {
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    };
    const uint64_t lower = UINT64_C(0x2020202020202020);
    const unsigned char *mask = masks + MIDDLE_FORM - len;
    uint64_t first = load(p) & load(mask);
    uint64_t second = load(p + SHORT_FORM) & load(mask + SHORT_FORM);

    simple->keys[0] = first | (lower & load(mask));
    simple->keys[1] = second | (lower & load(mask + SHORT_FORM));
    simple->name = ((simple->keys[0] ^ first) | (simple->keys[1] ^ second))
                   != 0;
    simple->hash = form_keys_hash(simple->keys[0], simple->keys[1]);
}

/* US, IT, WHO are not the words that they look like; see name.c. */
static inline bool
may_be_name(const struct window *window, uint32_t at, uint32_t len)
{
    return (len == 2 || len == 3) && (window->capitals >> (at + 1) & 1) != 0
           && strchr("UIW", window->p[at]) != NULL;
}

/* Go on to the next word or number in the text, over white space and
   punctuation that begins nothing: *len letters or digits, at the result in
   the window.  *len is 0 where there is something else, or a long word. */
static inline uint32_t
next_simple(struct analysis *analysis, uint32_t *len, bool *number)
{
    struct window *window = &analysis->window;
    uint32_t at = window->p == NULL ? WINDOW : analysis->at - window->at;

    if (window->p == NULL) {
        window->at = analysis->at - WINDOW;
    }
    for (;;) {
        if (at < WINDOW) {
            at += run_of(window->ends, at);
        }
        if (at < WINDOW) {
            *number = (window->digits >> at & 1) != 0;
            *len = run_of(*number ? window->digits : window->letters, at);
            if (at + *len + BEHIND <= WINDOW) {
                break;
            }
            *len = 0;
            if (at == 0) {
                break;
            }
        }
        if (window->at + at >= analysis->scan.len) {
            *len = 0;
            analysis->at = analysis->scan.len;
            return 0;
        }
        open_window(analysis, window->at + at);
        at = 0;
    }
    analysis->at = window->at + at;
    return at;
}

/* Read the simple word that comes next into *token, but for its word.  False
   where something else does. */
static inline bool
read_simple(struct analysis *analysis, struct token *token,
            struct simple *simple)
{
    const struct window *window = &analysis->window;
    bool number = false;
    uint32_t len = 0;
    uint32_t at = next_simple(analysis, &len, &number);
    uint32_t more = 0;          // bytes behind it to be passed over

    if (len == 0) {
        return false;
    }
    simple->next = analysis->at + len;
    if ((window->ends >> (at + len) & 1) == 0) {
        if (is_loose(window, at + len)) {
            more = 1;
        } else if (is_possessive(window, at + len)) {
            simple->next += 2;
        } else {
            return false;
        }
    }
    if (may_be_name(window, at, len)) {
        return false;
    }
    simple->len = len;
    if (len <= MIDDLE_FORM) {
        make_form(simple, window->p + at, len);
    } else {
        simple->name = (window->capitals >> at << (WINDOW - len)) != 0;
    }
    token->start = analysis->at;
    token->end = analysis->at + len;
    token->position = analysis->position++;
    token->chunk = analysis->chunk++;
    token->kind = number ? TOKEN_NUMBER : TOKEN_WORD;
    simple->token = token;
    analysis->at = simple->next + more;
    return true;
}

/* The word of a simple word, met before or not. */
static inline lede_status
find_simple(struct analysis *analysis, const struct simple *simple,
            lede_error *err)
{
    struct token *token = simple->token;
    struct str form = { (const char *)simple->keys, simple->len };

    if (simple->word != NULL
        && word_is(simple->word, simple->keys, simple->len, simple->hash)) {
        token->word = simple->word;
        return LEDE_STATUS_OK;
    }
    return simple->len > MIDDLE_FORM
               ? lede__form_atom(analysis, token->start, token->end, true,
                                 &token->word, err)
               : lede__form_word(analysis, form, &token->word, err);
}

/* Simple words that are read and not looked up. */
struct run {
    size_t n;
    struct simple words[RUN_MAX];
};

/* Read simple words into the run, up to `max` of them, and what stands between
   them. */
static inline size_t
read_run(struct analysis *analysis, struct run *run, struct token *tokens,
         size_t max)
{
    const struct simple *last = NULL;
    size_t n = 0;

    max = max < RUN_MAX - run->n ? max : RUN_MAX - run->n;
    while (n < max
           && read_simple(analysis, &tokens[n], &run->words[run->n + n])) {
        n++;
    }
    if (n > 0) {
        run->n += n;
        last = &run->words[run->n - 1];
        analysis->name = (struct str){
            analysis->scan.text + last->token->start,
            last->name ? last->len : 0,
        };
        analysis->name_end = last->next;
    }
    return n;
}

/* Look the run up.  Its words lie all over the cache: asking for each in time
   lets the memory fetch many at once. */
static lede_status
find_run(struct analysis *analysis, struct run *run, lede_error *err)
{
    const struct words *words = analysis->words;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < run->n; i++) {
        struct simple *simple = &run->words[i];
        simple->word = simple->len <= MIDDLE_FORM
                           ? words_want(words, simple->hash) : NULL;
    }
    for (size_t i = 0; i < run->n; i++) {
        struct simple *simple = &run->words[i];
        if (simple->word == NULL && simple->len <= MIDDLE_FORM) {
            simple->word = words_find_slot(words, simple->hash);
        }
    }
    for (size_t i = 0; i < run->n && status == LEDE_STATUS_OK; i++) {
        struct token *token = run->words[i].token;
        status = find_simple(analysis, &run->words[i], err);
        if (status == LEDE_STATUS_OK) {
            token->flags = (uint8_t)atom_flags(token->word);
        }
    }
    run->n = 0;
    return status;
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

lede_status
lede__analysis_next(struct analysis *analysis, struct token *tokens,
                    size_t max, size_t *count, lede_error *err)
{
    bool fast = !analysis->scan.by_pages;
    lede_status status = LEDE_STATUS_OK;
    struct run run;
    size_t n = 0;

    *count = 0;
    run.n = 0;
    while (n < max && status == LEDE_STATUS_OK) {
        if (analysis->pending_at < analysis->n_pending) {
            tokens[n++] = analysis->pending[analysis->pending_at++];
            continue;
        }
        analysis->n_pending = analysis->pending_at = 0;
        if (analysis->run != 0) {
            status = lede__read_gram(analysis, err);
            continue;
        }
        if (fast) {
            n += read_run(analysis, &run, tokens + n, max - n);
        } else {
            skip_ascii(analysis);
        }
        if (run.n == RUN_MAX) {
            status = find_run(analysis, &run, err);
        } else if (n == max || analysis->at >= analysis->scan.len) {
            break;
        } else {
            status = read_any(analysis, err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = find_run(analysis, &run, err);
    }
    if (status == LEDE_STATUS_OK) {
        *count = n;
    }
    return status;
}
