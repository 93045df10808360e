/* private.h - what the files of analysis share; and what its tests may see. */

#ifndef LEDE_ANALYSIS_PRIVATE_H
#define LEDE_ANALYSIS_PRIVATE_H

#include "shared/analysis/analysis.h"
#include "shared/analysis/chunk.h"
#include "shared/analysis/words.h"

/* An atom comes with at most its parts and a plain form; a chunk with a
   joined and a symbolic form and an ending besides. */
#define PENDING_MAX (CHUNK_ATOMS * (NUMBER_DOTS + 2) + 3)

struct language;

/* A character of a run of grams. */
struct gram_char {
    uint32_t start, end;
    bool stable;                // its form is its bytes
};

/* A piece of the text, and a bit for each of its bytes: what it is. */
#define WINDOW 64u
#define WINDOW_MORE 16u

struct window {
    const char *p;              // WINDOW bytes, and WINDOW_MORE to be read
    uint32_t at;                // where it begins in the text
    uint64_t letters;           // of ASCII, as all of these
    uint64_t capitals;
    uint64_t digits;
    uint64_t ends;              // belongs to no chunk
    char rest[WINDOW + WINDOW_MORE];    // the end of the text, with zeros
};

struct analysis {
    const struct analyzer *analyzer;
    struct unicode unicode;
    struct language **languages;
    size_t n_languages;
    struct words *words;        // of the language of this text
    char lang[8];               // that language, as it was named
    size_t lang_len;            // 0: another one
    bool some_stems;            // only where stem_first says so
    bool stem_first[256];

    struct scan scan;
    struct window window;       // p NULL: none yet
    uint32_t at;
    uint32_t position;          // of the next atom
    uint32_t chunk;             // number of the next chunk

    /* the last word of the chunk before where that was a name, folded or not,
       else empty; and where that chunk ends */
    struct str name;
    uint32_t name_end;

    /* a run of grams that is not at its end */
    unsigned run;               // its class; 0: none
    bool run_began;             // a gram of it was delivered
    struct gram_char run_char;

    /* tokens made and not delivered */
    struct token pending[PENDING_MAX];
    size_t n_pending, pending_at;

    /* scratch */
    struct chunk cut;
    struct word *atoms[CHUNK_ATOMS];
    struct buf form;
    struct buf raw;
};

/* The stop words of a language, *out NULL where it has none (analyzer.c). */
lede_status
lede__analyzer_stops(const struct analyzer *analyzer, struct str lang,
                     const struct map **out, lede_error *err);
/* Those of English, or NULL; at hand at once. */
const struct map *
lede__analyzer_english(const struct analyzer *analyzer);

/* ---- forms (form.c) ---- */

/* The word of a folded form. */
lede_status
lede__form_word(struct analysis *analysis, struct str form, struct word **out,
                lede_error *err);

/* The word of a piece of the text, folded. */
lede_status
lede__form_fold(struct analysis *analysis, uint32_t start, uint32_t end,
                struct word **out, lede_error *err);

/* The same where the piece may be plain ASCII of at most ATOM_BYTES. */
lede_status
lede__form_atom(struct analysis *analysis, uint32_t start, uint32_t end,
                bool ascii, struct word **out, lede_error *err);

/* ---- tokens; each is put into `pending` ---- */

static inline unsigned
atom_flags(const struct word *word)
{
    return word->stop ? TOKEN_STOP : 0;
}

static inline void
put_token(struct analysis *analysis, struct word *word, uint32_t start,
          uint32_t end, enum token_kind kind, unsigned flags)
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

/* The chunk at analysis->at, or at the sign there (name.c). */
lede_status
lede__read_chunk(struct analysis *analysis, char sign, lede_error *err);

/* The & at analysis->at: "r&d" for R & D; passes over it (name.c). */
lede_status
lede__read_ampersand(struct analysis *analysis, lede_error *err);

/* Begin a run of grams of a class; then deliver what begins at its next
   character, until analysis->run is 0 (gram.c). */
void
lede__begin_run(struct analysis *analysis, unsigned class);
lede_status
lede__read_gram(struct analysis *analysis, lede_error *err);

/* The emoji at analysis->at (gram.c). */
lede_status
lede__read_emoji(struct analysis *analysis, lede_error *err);

/* ---- for tests ---- */

/* Take no fast path: every character is classified, and every form folded, by
   the Unicode library.  The tokens must be the same. */
void
lede__analysis_by_pages(struct analysis *analysis, bool by_pages);

#endif
