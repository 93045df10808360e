/* analysis.c - from chunks to tokens: forms, extras, positions, grams.

   lede__analysis_next takes one of four ways at each character:
     simple word   ASCII letters with nothing after them that could belong to
                   them: nine of ten words of English.  Lower case into a small
                   buffer, one look into the cache, one token.
     chunk         whatever else begins with a letter or a digit: chunk.c cuts
                   it, and its tokens wait in `pending`, which holds the most
                   that a chunk can make.
     grams         a run of a script without spaces goes on from call to call
                   one character at a time.
     emoji         one atom for what is shown as one picture.
   Nothing else is kept between calls, so that memory does not depend on the
   length of the text, but for the cache of its distinct words. */

#include "shared/analysis/analysis.h"

#include <stdlib.h>

#include "shared/analysis/chunk.h"
#include "shared/analysis/private.h"
#include "shared/analysis/stopwords.h"
#include "shared/analysis/words.h"

/* An atom comes with at most its parts and a plain form; a chunk with a joined
   and a symbolic form besides. */
#define PENDING_MAX (CHUNK_ATOMS * (NUMBER_DOTS + 2) + 2)

/* A simple word longer than this goes the long way. */
#define SIMPLE_MAX 64

/* A joined form is for names, not for addresses of pages. */
#define JOINED_ATOMS 16
#define JOINED_BYTES 100

/* Digits alone are joined where they make a date, a telephone or an order
   number: "21" is not looked for in the score 2-1. */
#define JOINED_DIGITS 7

/* A character with all its marks, in a run of grams. */
#define GRAM_BYTES 64

/* Ignored characters and modifiers that are taken into one emoji. */
#define EMOJI_BYTES 64

struct stop_set {
    struct str lang;
    struct map words;
};

struct analyzer {
    struct arena arena;
    struct stop_set *stops;
    size_t n_stops;
};

/* The cache of one language. */
struct language {
    struct str stemmer;
    const struct stop_set *stops;
    struct words words;
};

/* A character of a run of grams. */
struct gram_char {
    uint32_t start, end;
    bool stable;                // its form is its bytes
};

struct analysis {
    const struct analyzer *analyzer;
    struct unicode unicode;
    struct language **languages;
    size_t n_languages;
    struct words *words;        // of the language of this text

    struct scan scan;
    uint32_t at;
    uint32_t position;          // of the next atom
    uint32_t chunk;             // number of the next chunk

    /* the word before, for the numbers that follow a name */
    uint32_t name_end;          // 0: the last chunk was not a name

    /* a run of grams that is not at its end */
    unsigned run;               // its class; 0: none
    bool run_began;             // a gram of it was delivered
    struct gram_char run_char;

    struct token pending[PENDING_MAX];
    size_t n_pending, pending_at;

    struct chunk cut;
    struct word *atoms[CHUNK_ATOMS];
    struct buf form;
    struct buf raw;
};

/* ---- analyzer ---- */

/* Put one stop word, as analysis would make it: folded, no apostrophe. */
static lede_status
add_stop(struct map *words, struct str word, lede_error *err)
{
    struct buf folded = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__fold(&folded, word, err);

    if (status == LEDE_STATUS_OK && folded.len > 0) {
        size_t n = 0;
        for (size_t i = 0; i < folded.len; i++) {
            if (folded.len - i >= 3
                && memcmp(folded.p + i, "\xE2\x80\x99", 3) == 0) {
                i += 2;
            } else if (folded.p[i] != '\'') {
                folded.p[n++] = folded.p[i];
            }
        }
        if (lede__map_put(words, (struct str){ folded.p, n }, NULL) == NULL) {
            status = lede__fail_memory(err);
        }
    }
    lede__buf_free(&folded);
    return status;
}

/* The languages with stop words: en for en-US, no for nb. */
static struct str
stop_language(struct str lang)
{
    struct str stemmer = lede__analysis_stemmer(lang);

    return stemmer.len > 0 ? stemmer : lang;
}

static struct stop_set *
find_stops(const struct analyzer *analyzer, struct str lang)
{
    lang = stop_language(lang);
    for (size_t i = 0; i < analyzer->n_stops; i++) {
        if (lede__str_eq_nocase(analyzer->stops[i].lang, lang)) {
            return &analyzer->stops[i];
        }
    }
    return NULL;
}

/* The set of a language, made where absent; the array has room for it. */
static struct stop_set *
put_stops(struct analyzer *analyzer, struct str lang, lede_error *err)
{
    struct stop_set *set = find_stops(analyzer, lang);

    if (set == NULL) {
        set = &analyzer->stops[analyzer->n_stops];
        set->lang = lede__arena_str(&analyzer->arena, stop_language(lang));
        if (set->lang.p == NULL) {
            lede__fail_memory(err);
            return NULL;
        }
        set->words = (struct map)MAP_INIT;
        analyzer->n_stops++;
    }
    return set;
}

/* The lists of the schema go first: one for a language replaces the built-in
   one, also where it is empty. */
static lede_status
add_lists(struct analyzer *analyzer, const struct schema *schema,
          lede_error *err)
{
    size_t n = schema == NULL ? 0 : schema->n_stop_lists;
    size_t n_builtin = 0;
    lede_status status;

    while (lede__stop_words[n_builtin].lang != NULL) {
        n_builtin++;
    }
    analyzer->stops = calloc(n + n_builtin, sizeof(*analyzer->stops));
    if (analyzer->stops == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const struct stop_list *list = &schema->stop_lists[i];
        struct stop_set *set = put_stops(analyzer, list->lang, err);
        if (set == NULL) {
            return LEDE_STATUS_NO_MEMORY;
        }
        for (size_t k = 0; k < list->words.count; k++) {
            status = add_stop(&set->words, list->words.items[k], err);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
        }
    }
    for (size_t i = 0; i < n_builtin; i++) {
        struct str lang = str_from(lede__stop_words[i].lang);
        const char *at = lede__stop_words[i].words;
        if (find_stops(analyzer, lang) != NULL) {
            continue;
        }
        struct stop_set *set = put_stops(analyzer, lang, err);
        if (set == NULL) {
            return LEDE_STATUS_NO_MEMORY;
        }
        while (*at != '\0') {   // these are folded already
            size_t len = strcspn(at, " ");
            if (lede__map_put(&set->words, (struct str){ at, len }, NULL)
                == NULL) {
                return lede__fail_memory(err);
            }
            at += len + strspn(at + len, " ");
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__analyzer_new(struct analyzer **out, const struct schema *schema,
                   lede_error *err)
{
    struct analyzer *analyzer = calloc(1, sizeof(*analyzer));
    lede_status status;

    *out = NULL;
    if (analyzer == NULL) {
        return lede__fail_memory(err);
    }
    status = add_lists(analyzer, schema, err);
    if (status != LEDE_STATUS_OK) {
        lede__analyzer_free(analyzer);
        return status;
    }
    *out = analyzer;
    return LEDE_STATUS_OK;
}

void
lede__analyzer_free(struct analyzer *analyzer)
{
    if (analyzer != NULL) {
        for (size_t i = 0; i < analyzer->n_stops; i++) {
            lede__map_free(&analyzer->stops[i].words);
        }
        free(analyzer->stops);
        lede__arena_free(&analyzer->arena);
        free(analyzer);
    }
}

/* ---- analysis ---- */

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

/* Languages with neither stemmer nor stop words share one cache, so that their
   number is bounded whatever articles say. */
static lede_status
choose_language(struct analysis *analysis, struct str lang, lede_error *err)
{
    struct str stemmer = lede__analysis_stemmer(lang);
    const struct stop_set *stops = find_stops(analysis->analyzer, lang);
    struct language *language = NULL;
    lede_status status;

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
    status = lede__words_init(&language->words, stemmer,
                              stops == NULL ? NULL : &stops->words, err);
    if (status != LEDE_STATUS_OK) {
        free(language);
        return status;
    }
    analysis->languages[analysis->n_languages++] = language;
    analysis->words = &language->words;
    return LEDE_STATUS_OK;
}

lede_status
lede__analysis_begin(struct analysis *analysis, struct str text,
                     struct str lang, lede_error *err)
{
    analysis->scan.len = 0;
    analysis->at = 0;
    analysis->position = 0;
    analysis->chunk = 0;
    analysis->name_end = 0;
    analysis->run = 0;
    analysis->n_pending = analysis->pending_at = 0;
    if (text.len > UINT32_MAX / 2) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "a text of %zu bytes is too long", text.len);
    }
    lede_status status = choose_language(analysis, lang, err);
    if (status == LEDE_STATUS_OK) {
        analysis->scan.text = text.p;
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
    for (size_t i = 0; i < analysis->n_languages; i++) {
        lede__words_clear(&analysis->languages[i]->words);
    }
}

/* ---- forms ---- */

static lede_status
get_word(struct analysis *analysis, struct str form, struct word **out,
         lede_error *err)
{
    *out = lede__words_get(analysis->words, form);
    return *out == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

/* Inside an atom or a gram these are no part of the form. */
static bool
is_dropped(unsigned class)
{
    return class == CHAR_IGNORE || class == CHAR_MIDDLE || class == CHAR_QUOTE
           || class == CHAR_APOS || class == CHAR_COMMA;
}

/* Fold character by character, where none depends on the one beside it.
   False: the library must do it, with what was collected in `raw`. */
static bool
fold_simply(struct analysis *analysis, struct str raw, lede_status *status,
            lede_error *err)
{
    const char *at = raw.p;
    const char *end = raw.p + raw.len;
    bool simple = !analysis->scan.by_pages;

    analysis->form.len = 0;
    analysis->raw.len = 0;
    *status = lede__buf_reserve(&analysis->form, raw.len * 2 + 8, err);
    if (*status == LEDE_STATUS_OK) {
        *status = lede__buf_reserve(&analysis->raw, raw.len, err);
    }
    if (*status != LEDE_STATUS_OK) {
        return true;
    }
    while (at < end) {
        uint32_t cp;
        size_t size = lede__utf8_next(at, end, &cp);
        unsigned class = lede__char_class(&analysis->unicode, cp)
                         & CHAR_CLASS_MASK;
        if (!is_dropped(class)) {
            memcpy(analysis->raw.p + analysis->raw.len, at, size);
            analysis->raw.len += size;
            uint32_t fold = simple ? lede__char_fold(&analysis->unicode, cp)
                                   : FOLD_COMPLEX;
            if (fold == FOLD_COMPLEX) {
                simple = false;
            } else {            // at most 4 bytes for 2 and 6 for 3: reserved
                analysis->form.len +=
                    lede__utf8_put(fold,
                                   analysis->form.p + analysis->form.len);
            }
        }
        at += size;
    }
    return simple;
}

/* The word of a piece of the text that is not plain ASCII. */
static lede_status
fold_word(struct analysis *analysis, struct str raw, struct word **out,
          lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    *out = lede__words_find_raw(analysis->words, raw);
    if (*out != NULL) {
        return LEDE_STATUS_OK;
    }
    bool simple = fold_simply(analysis, raw, &status, err);
    if (status == LEDE_STATUS_OK && !simple) {
        analysis->form.len = 0;
        status = lede__unicode_fold(&analysis->form,
                                    lede__buf_view(&analysis->raw), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = get_word(analysis, lede__buf_view(&analysis->form), out, err);
    }
    if (status == LEDE_STATUS_OK && !simple) {
        lede__words_put_raw(analysis->words, raw, *out);
    }
    return status;
}

static struct str
slice(const struct analysis *analysis, uint32_t start, uint32_t end)
{
    return (struct str){ analysis->scan.text + start, end - start };
}

static lede_status
atom_word(struct analysis *analysis, uint32_t start, uint32_t end, bool ascii,
          struct word **out, lede_error *err)
{
    char lower[ATOM_BYTES];
    struct str raw = slice(analysis, start, end);

    if (!ascii || raw.len > sizeof(lower)) {
        return fold_word(analysis, raw, out, err);
    }
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char byte = (unsigned char)raw.p[i];
        lower[i] = (char)((unsigned)byte - 'A' < 26 ? byte | 0x20 : byte);
    }
    return get_word(analysis, (struct str){ lower, raw.len }, out, err);
}

/* ---- tokens of a chunk ---- */

static void
put(struct analysis *analysis, struct word *word, uint32_t start, uint32_t end,
    enum token_kind kind, unsigned flags)
{
    analysis->pending[analysis->n_pending++] = (struct token){
        .word = word,
        .start = start,
        .end = end,
        .position = analysis->position,
        .chunk = analysis->chunk,
        .kind = (uint8_t)kind,
        .flags = (uint8_t)flags,
    };
}

static unsigned
atom_flags(const struct word *word)
{
    return word->stop ? TOKEN_STOP : 0;
}

static lede_status
put_form(struct analysis *analysis, uint32_t start, uint32_t end,
         enum token_kind kind, lede_error *err)
{
    struct word *word = NULL;
    lede_status status =
        get_word(analysis, lede__buf_view(&analysis->form), &word, err);

    if (status == LEDE_STATUS_OK) {
        put(analysis, word, start, end, kind, TOKEN_EXTRA);
    }
    return status;
}

/* Words that people write in capitals when they mean a name, with the initials
   that they are the same as. */
static const char *const capital_names[] = { "us", "it", "who" };

/* Initials that without their points are common words. */
static const char *const initial_words[] = {
    "us", "it", "who", "am", "an", "as", "at", "be", "by", "do", "go", "he",
    "if", "in", "is", "me", "my", "no", "of", "on", "or", "so", "to", "up",
    "we",
};

static bool
in_list(struct str form, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(form, str_from(list[i]))) {
            return true;
        }
    }
    return false;
}

/* "US" is the same name as "U.S.", and not the word "us". */
static bool
is_capital_name(const struct analysis *analysis, const struct chunk *chunk,
                struct str form)
{
    const struct atom *atom = &chunk->atoms[0];

    if (chunk->n_atoms != 1 || chunk->symbol != SYMBOL_NONE || !atom->ascii
        || form.len > 3
        || !in_list(form, capital_names,
                    sizeof(capital_names) / sizeof(*capital_names))) {
        return false;
    }
    for (uint32_t i = atom->start; i < atom->end; i++) {
        if (analysis->scan.text[i] >= 'a') {
            return false;
        }
    }
    return true;
}

/* Build the symbolic form in analysis->form; leave it empty for none. */
static lede_status
symbolic_form(struct analysis *analysis, const struct chunk *chunk,
              lede_error *err)
{
    struct buf *form = &analysis->form;
    struct str first = analysis->atoms[0]->form;
    lede_status status = LEDE_STATUS_OK;

    form->len = 0;
    if (is_capital_name(analysis, chunk, first)) {
        for (size_t i = 0; i < first.len && status == LEDE_STATUS_OK; i++) {
            status = lede__buf_addf(form, err, "%c.", first.p[i]);
        }
        return status;
    }
    if (chunk->symbol == SYMBOL_NONE) {
        return LEDE_STATUS_OK;
    }
    if (chunk->symbol == SYMBOL_PREFIX) {
        status = lede__buf_char(form, chunk->sign, err);
    }
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        char joint = chunk->symbol == SYMBOL_AMP && i > 0 ? '&'
                                                          : chunk->joints[i];
        if (joint != 0) {
            status = lede__buf_char(form, joint, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(form, analysis->atoms[i]->form, err);
        }
    }
    if (status == LEDE_STATUS_OK && chunk->symbol == SYMBOL_PLUS) {
        status = lede__buf_char(form, '+', err);
    }
    if (status == LEDE_STATUS_OK && chunk->symbol == SYMBOL_INITIALS) {
        if (!in_list(lede__buf_view(form), initial_words,
                     sizeof(initial_words) / sizeof(*initial_words))) {
            form->len = 0;
            return LEDE_STATUS_OK;
        }
        form->len = 0;
        for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK;
             i++) {
            status = lede__buf_str(form, analysis->atoms[i]->form, err);
            if (status == LEDE_STATUS_OK) {
                status = lede__buf_char(form, '.', err);
            }
        }
    }
    return status;
}

/* May the atoms be written as one? */
static bool
is_joinable(const struct chunk *chunk)
{
    const uint32_t in_numbers = 1u << CHAR_HYPHEN | 1u << CHAR_SLASH;
    size_t digits = 0;
    bool dots = false;

    if (chunk->n_atoms < 2 || chunk->n_atoms > JOINED_ATOMS) {
        return false;
    }
    for (size_t i = 0; i < chunk->n_atoms; i++) {
        const struct atom *atom = &chunk->atoms[i];
        if (!atom->plain_number) {
            return true;
        }
        dots = dots || atom->n_dots > 0;
        digits += atom->end - atom->start;
    }
    return !dots && digits >= JOINED_DIGITS
           && (chunk->connectors & ~in_numbers) == 0;
}

static lede_status
put_joined(struct analysis *analysis, const struct chunk *chunk,
           lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (!is_joinable(chunk)) {
        return LEDE_STATUS_OK;
    }
    analysis->form.len = 0;
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_str(&analysis->form, analysis->atoms[i]->form, err);
        if (analysis->form.len > JOINED_BYTES) {
            return status;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = put_form(analysis, chunk->atoms[0].start,
                          chunk->atoms[chunk->n_atoms - 1].end, TOKEN_JOINED,
                          err);
    }
    return status;
}

/* Is the number the version of a name?  "2" is looked for in Qwen2.5, "3" in
   Llama 3.1, but not in 3.5% and $3.5. */
static bool
is_version(const struct analysis *analysis, const struct chunk *chunk,
           size_t index)
{
    const struct atom *atom = &chunk->atoms[index];
    const char *text = analysis->scan.text;
    uint32_t size;

    if (atom->n_dots > 1) {
        return true;
    }
    if ((chunk->connectors & 1u << CHAR_DOLLAR) != 0
        || (atom->end < analysis->scan.len && text[atom->end] == '%')) {
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (!chunk->atoms[i].number) {
            return true;
        }
    }
    if (index > 0 || analysis->name_end == 0
        || atom->start <= analysis->name_end) {
        return false;
    }
    /* one space or line end, of whatever kind, between the name and it */
    uint32_t gap = atom->start - analysis->name_end;
    return lede__scan_class(&analysis->scan, analysis->name_end, &size)
               == CHAR_OTHER
           && size == gap
           && (text[analysis->name_end] == ' '
               || text[analysis->name_end] == '\n'
               || (gap == 2 && memcmp(text + analysis->name_end, "\xC2\xA0", 2)
                               == 0));
}

/* "14.2" and "14" for 14.2.1. */
static lede_status
put_parts(struct analysis *analysis, const struct chunk *chunk, size_t index,
          lede_error *err)
{
    const struct atom *atom = &chunk->atoms[index];
    lede_status status = LEDE_STATUS_OK;
    struct word *word = NULL;

    if (atom->letters_end != 0) {
        status = atom_word(analysis, atom->start, atom->letters_end,
                           atom->ascii, &word, err);
        if (status == LEDE_STATUS_OK) {
            put(analysis, word, atom->start, atom->letters_end, TOKEN_PART,
                TOKEN_EXTRA);
        }
        return status;
    }
    if (atom->n_dots == 0 || !atom->plain_number
        || !is_version(analysis, chunk, index)) {
        return LEDE_STATUS_OK;
    }
    for (size_t i = atom->n_dots; i-- > 0 && status == LEDE_STATUS_OK;) {
        status = atom_word(analysis, atom->start, atom->dots[i], atom->ascii,
                           &word, err);
        if (status == LEDE_STATUS_OK) {
            put(analysis, word, atom->start, atom->dots[i], TOKEN_PART,
                TOKEN_EXTRA);
        }
    }
    return status;
}

/* Is the chunk a name that a version number may follow? */
static bool
is_name(const struct analysis *analysis, const struct chunk *chunk)
{
    bool upper = false;

    for (size_t i = 0; i < chunk->n_atoms; i++) {
        upper = upper || chunk->atoms[i].upper;
    }
    return upper && !analysis->atoms[chunk->n_atoms - 1]->stop
           && !chunk->atoms[chunk->n_atoms - 1].number;
}

/* Cut the chunk at analysis->at and put its tokens into `pending`. */
static lede_status
read_chunk(struct analysis *analysis, char sign, lede_error *err)
{
    struct chunk *chunk = &analysis->cut;
    lede_status status = LEDE_STATUS_OK;

    lede__chunk_cut(&analysis->scan, analysis->at, sign, chunk);
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        const struct atom *atom = &chunk->atoms[i];
        status = atom_word(analysis, atom->start, atom->end, atom->ascii,
                           &analysis->atoms[i], err);
    }
    for (size_t i = 0; i < chunk->n_atoms && status == LEDE_STATUS_OK; i++) {
        const struct atom *atom = &chunk->atoms[i];
        struct word *word = analysis->atoms[i];
        put(analysis, word, atom->start, atom->end,
            atom->number ? TOKEN_NUMBER : TOKEN_WORD, atom_flags(word));
        if (i == 0) {
            status = symbolic_form(analysis, chunk, err);
            if (status == LEDE_STATUS_OK && analysis->form.len > 0) {
                status = put_form(analysis, chunk->start, chunk->end,
                                  TOKEN_SYMBOLIC, err);
            }
            if (status == LEDE_STATUS_OK) {
                status = put_joined(analysis, chunk, err);
            }
        }
        if (status == LEDE_STATUS_OK) {
            status = put_parts(analysis, chunk, i, err);
        }
        if (status == LEDE_STATUS_OK && word_plain(word) != NULL) {
            put(analysis, word_plain(word), atom->start, atom->end,
                TOKEN_PLAIN, TOKEN_EXTRA);
        }
        analysis->position++;
    }
    if (status == LEDE_STATUS_OK) {
        analysis->name_end = is_name(analysis, chunk) ? chunk->next : 0;
        analysis->at = chunk->next;
        analysis->chunk++;
    }
    return status;
}

/* ---- grams ---- */

/* Is a character of three bytes and class CHAR_CJK its own folded form?  Most
   kana, Han and Hangul syllables are. */
static bool
is_stable(const char *p)
{
    uint32_t cp;

    lede__utf8_next(p, p + 3, &cp);
    return (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A1 && cp <= 0x30FC)
           || (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0xAC00 && cp <= 0xD7A3);
}

/* The character of a run of grams at *at, with what is attached to it; false
   where none of the class stands there. */
static bool
read_gram_char(const struct analysis *analysis, uint32_t *at, unsigned run,
               struct gram_char *out)
{
    const struct scan *scan = &analysis->scan;
    uint32_t size;
    unsigned class = lede__scan_class(scan, *at, &size) & CHAR_CLASS_MASK;

    if (class != run && !(class == CHAR_JAMO && run == CHAR_CJK)) {
        return false;
    }
    out->start = *at;
    out->stable = !scan->by_pages && run == CHAR_CJK && class == CHAR_CJK
                  && size == 3 && is_stable(scan->text + *at);
    *at += size;
    out->end = *at;
    class = lede__scan_class(scan, *at, &size) & CHAR_CLASS_MASK;
    while ((class == CHAR_MARK || class == CHAR_IGNORE || class == CHAR_JAMO)
           && *at + size - out->start <= GRAM_BYTES) {
        *at += size;
        if (class != CHAR_IGNORE) {
            out->end = *at;
        }
        out->stable = false;
        class = lede__scan_class(scan, *at, &size) & CHAR_CLASS_MASK;
    }
    return true;
}

static lede_status
gram_word(struct analysis *analysis, uint32_t start, uint32_t end, bool stable,
          struct word **out, lede_error *err)
{
    struct str raw = slice(analysis, start, end);

    return stable ? get_word(analysis, raw, out, err)
                  : fold_word(analysis, raw, out, err);
}

/* Deliver what begins at the character of the run that is held: a gram and a
   character, or at the end of the run the character alone. */
static lede_status
read_gram(struct analysis *analysis, lede_error *err)
{
    struct gram_char now = analysis->run_char;
    struct gram_char next;
    struct word *word = NULL;
    uint32_t at = analysis->at;
    bool more = read_gram_char(analysis, &at, analysis->run, &next);
    lede_status status;

    if (more) {
        status = gram_word(analysis, now.start, next.end,
                           now.stable && next.stable && now.end == next.start,
                           &word, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        put(analysis, word, now.start, next.end, TOKEN_GRAM, atom_flags(word));
    }
    status = gram_word(analysis, now.start, now.end, now.stable, &word, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (more) {
        put(analysis, word, now.start, now.end, TOKEN_CHAR, TOKEN_EXTRA);
        analysis->run_char = next;
        analysis->run_began = true;
        analysis->at = at;
        analysis->position++;
        return LEDE_STATUS_OK;
    }
    if (analysis->run_began) {  // the last one shares the last position
        analysis->position--;
        put(analysis, word, now.start, now.end, TOKEN_CHAR, TOKEN_EXTRA);
    } else {
        put(analysis, word, now.start, now.end, TOKEN_CHAR, atom_flags(word));
    }
    analysis->position++;
    analysis->chunk++;
    analysis->run = 0;
    return LEDE_STATUS_OK;
}

static void
begin_run(struct analysis *analysis, unsigned class)
{
    analysis->run = class == CHAR_JAMO ? CHAR_CJK : class;
    analysis->run_began = false;
    analysis->name_end = 0;
    read_gram_char(analysis, &analysis->at, analysis->run,
                   &analysis->run_char);
}

/* ---- emoji ---- */

#define JOINER 0x200D

static lede_status
read_emoji(struct analysis *analysis, lede_error *err)
{
    const struct scan *scan = &analysis->scan;
    uint32_t start = analysis->at;
    uint32_t size;
    unsigned class = lede__scan_class(scan, start, &size) & CHAR_CLASS_MASK;
    uint32_t end = start + size;
    bool flag = class == CHAR_FLAG;
    bool joined = flag;
    struct word *word = NULL;
    lede_status status;

    for (;;) {
        uint32_t cp = 0;
        class = lede__scan_class(scan, end, &size) & CHAR_CLASS_MASK;
        if (size > 0) {
            lede__utf8_next(scan->text + end, scan->text + scan->len, &cp);
        }
        bool tone = cp >= 0x1F3FB && cp <= 0x1F3FF;
        if (end + size - start > EMOJI_BYTES || size == 0
            || !(class == CHAR_MARK || class == CHAR_IGNORE || tone
                 || (joined && !flag && class == CHAR_EMOJI)
                 || (joined && flag && class == CHAR_FLAG))) {
            break;
        }
        flag = flag && class != CHAR_FLAG;
        joined = flag || cp == JOINER;
        end += size;
    }
    analysis->name_end = 0;
    analysis->at = end;
    status = fold_word(analysis, slice(analysis, start, end), &word, err);
    if (status != LEDE_STATUS_OK || word->form.len == 0) {
        return status;
    }
    put(analysis, word, start, end, TOKEN_SYMBOLIC, 0);
    analysis->position++;
    analysis->chunk++;
    return LEDE_STATUS_OK;
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
        return read_chunk(analysis, 0, err);
    }
    if (char_is_gram(class) || class == CHAR_JAMO) {
        begin_run(analysis, class);
        return LEDE_STATUS_OK;
    }
    if (class == CHAR_EMOJI || class == CHAR_FLAG) {
        return read_emoji(analysis, err);
    }
    char sign = prefix_sign(analysis, class, size);
    if (sign != 0) {
        return read_chunk(analysis, sign, err);
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

/* Read the simple word at analysis->at into *token.  False where it is none,
   with *status telling whether that is for want of memory. */
static inline bool
read_simple(struct analysis *analysis, struct token *token,
            lede_status *status, lede_error *err)
{
    const char *text = analysis->scan.text + analysis->at;
    size_t left = analysis->scan.len - analysis->at;
    unsigned char all;
    char lower[SIMPLE_MAX];
    size_t n = lower_letters(text, left, lower, &all);
    struct word *word = NULL;

    if (n == SIMPLE_MAX || n == 0
        || !ends_simply((const unsigned char *)text, n, left)
        || (n <= 3 && n > 1 && (text[1] & 0x20) == 0)) {   // US, IT, WHO?
        return false;
    }
    if (n <= SHORT_FORM) {
        word = words_find_short(analysis->words, form_key(lower, 8));
    }
    if (word == NULL) {
        *status = get_word(analysis, (struct str){ lower, n }, &word, err);
        if (*status != LEDE_STATUS_OK) {
            return false;
        }
    }
    uint32_t end = analysis->at + (uint32_t)n;
    token->word = word;
    token->start = analysis->at;
    token->end = end;
    token->position = analysis->position++;
    token->chunk = analysis->chunk++;
    token->kind = TOKEN_WORD;
    token->flags = (uint8_t)atom_flags(word);
    analysis->name_end = (all & 0x20) == 0 && !word->stop ? end : 0;
    analysis->at = end;
    return true;
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
    size_t n = 0;

    *count = 0;
    while (n < max) {
        if (analysis->pending_at < analysis->n_pending) {
            tokens[n++] = analysis->pending[analysis->pending_at++];
            continue;
        }
        analysis->n_pending = analysis->pending_at = 0;
        if (analysis->run != 0) {
            status = read_gram(analysis, err);
        } else {
            skip_ascii(analysis);
            while (fast && n < max
                   && read_simple(analysis, &tokens[n], &status, err)) {
                n++;
                skip_ascii(analysis);
            }
            if (n == max || analysis->at >= analysis->scan.len) {
                break;
            }
            if (status == LEDE_STATUS_OK) {
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
