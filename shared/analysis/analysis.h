/* analysis.h - text -> tokens -> terms, the same for indexing, querying,
   highlighting and spelling.

   Text is cut into CHUNKS (runs without white space, bounded by UAX #29 word
   boundaries, joined by the connectors that names of models, versions and
   products have: - _ . / ' & + # @ : $).  A chunk is one or more ATOMS: a word
   (letters), a number, or a gram of a script without spaces.  An atom ends
   where letters change to digits ("gpt4o" = "gpt" "4o"), and at a connector; a
   number keeps its decimal points and one letter after it ("2.5", "405b";
   but "128gb" = "128" "gb") and loses the commas of its thousands.  Each atom
   has its own position.  Forms are NFKC, case-folded; apostrophes and the
   endings of "Apple's" and "we're" are gone, "don't" is "dont".  The rules in
   full are in docs/analysis.md, the grammar in chunk.c.

   EXTRA tokens share the position of the atom they begin at, and add nothing
   to the length of the article:
     joined    all atoms of a chunk in one: "gpt4o" for GPT-4o, gpt4o, GPT_4o;
               "multiagent" for multi-agent; "email" for e-mail; "usa" for
               U.S.A.  Not for long chunks, nor for numbers of few digits
               ("21" is not looked for in 2-1)
     part      a shorter version number: "14.2" and "14" for "14.2.1"; "2" for
               the 2.5 of Qwen2.5 and "3" for the 3.1 after Llama and a space
               (after letters in the same chunk, or a word with a capital);
               ".py" for setup.py: the letters after a chunk's last point
     symbolic  a name that its signs belong to, and covers its chunk:
               "@handle", "#tag", "$aapl", ".net", "disney+", "at&t", also
               for AT & T; and
               "u.s." for U.S. and for US in capitals, which are not the word
               us (likewise IT, WHO, and initials that make a common word)
     plain     a word without its accents: "citroen" for Citroën; Arabic and
               Hebrew ones without their points
   "c++", "c#", "f#" are atoms themselves, with the letter as an extra part.
   Grams (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese, Tai): at each
   character the gram of two ("模型") is an atom and the single character an
   extra; a run's last character alone is an atom only where the run is one
   character long, else an extra with the last position.  The length counts one
   per gram.  A run is one chunk.

   Tokens, but for stems and stop words, do not depend on the language.

   How a query's chunk is matched is decided in query/plan.c:
     one atom             exact form | stem group | the same as an extra
                          | its plain form, exact or as an extra
     a symbolic extra     the extra alone
     several atoms        their phrase, or the joined form, if there is one,
                          as a plain word
*/

#ifndef LEDE_ANALYSIS_H
#define LEDE_ANALYSIS_H

#include "shared/base/str.h"
#include "shared/schema.h"

/* Stored in the index; another version is refused with a word to rebuild. */
#define ANALYZER_NAME "lede"
#define ANALYZER_VERSION 2

enum token_kind {
    TOKEN_WORD,                 // letters
    TOKEN_NUMBER,               // begins with a digit
    TOKEN_GRAM,                 // two characters of a script without spaces
    TOKEN_CHAR,                 // one such character
    TOKEN_JOINED,               // extra
    TOKEN_PART,                 // extra
    TOKEN_SYMBOLIC,             // extra; emoji as an atom
    TOKEN_PLAIN,                // extra
};

enum {
    TOKEN_EXTRA = 1,            // adds no position and no length
    TOKEN_STOP = 2,             // a stop word of the text's language
};

/* A distinct form, met before or now.  Owned by the analysis, valid until
   lede__analysis_trim, _keep or _free; equal forms in texts of one language
   have the same address.  A word is stemmed alike as an atom and as an
   extra. */
struct word {
    struct str form;            // NFKC, case-folded; at most TERM_MAX - 20
    struct str stem;            // by the stemmer of the language set; = form
                                // where it has none, and for all that is not
                                // letters alone
    uint64_t hash;              // of form
    bool stop;
    uint32_t place;             // for the caller, like `user`
    void *user[2];              // for the caller; NULL when made
    uint64_t more[4];           // for the caller too, and 0; farther away
};

struct token {
    struct word *word;
    uint32_t start, end;        // exact byte range in the text
    uint32_t position;          // counts from 0 for each text
    uint32_t chunk;             // tokens of one chunk share this number
    uint8_t kind;               // enum token_kind
    uint8_t flags;
};

/* "NAME VERSION", as it is stored in an index (identity.c). */
void
lede__analyzer_identity(char *out, size_t size);
/* LEDE_STATUS_OK where an index with this identity and schema version can be
   used by this code, else LEDE_STATUS_VERSION. */
lede_status
lede__analyzer_accept(const char *identity, uint32_t schema_version,
                      const char *path, lede_error *err);

/* Immutable, shared by threads: stop lists by language, from the schema. */
struct analyzer;

/* schema NULL: the built-in stop lists. */
lede_status
lede__analyzer_new(struct analyzer **out, const struct schema *schema,
                   lede_error *err);
void
lede__analyzer_free(struct analyzer *analyzer);

/* One per thread: stemmers and the cache of words. */
struct analysis;

lede_status
lede__analysis_new(struct analysis **out, const struct analyzer *analyzer,
                   lede_error *err);
void
lede__analysis_free(struct analysis *analysis);

/* Begin a text in a language ("en", "de", "zh", "" for unknown).  The text is
   valid UTF-8 and stays while its tokens are read.
   LEDE_STATUS_OK, _NO_MEMORY, _LIMIT (over 2 GiB). */
lede_status
lede__analysis_begin(struct analysis *analysis, struct str text,
                     struct str lang, lede_error *err);

/* Read up to `max` (>= 16) tokens, in order of position, an atom before its
   extras; *count 0 at the end.  Linear time, memory independent of the text's
   length.  LEDE_STATUS_OK or _NO_MEMORY. */
lede_status
lede__analysis_next(struct analysis *analysis, struct token *tokens,
                    size_t max, size_t *count, lede_error *err);

/* The stemmer name of a language as it stands in stem terms: "en" where there
   is a stemmer, "" where there is none. */
struct str
lede__analysis_stemmer(struct str lang);

/* Bytes held by the cache; trim it between articles when it grows too big. */
size_t
lede__analysis_cache_bytes(const struct analysis *analysis);
void
lede__analysis_trim(struct analysis *analysis);

/* From now on until the next trim, stem only words that begin with a byte of
   which `first` says so; others may stay as they are.  Trims where it was not
   so before.  For who looks
   for some stems in much text: stemming is a third of reading it. */
void
lede__analysis_stem_only(struct analysis *analysis, const bool first[256]);

/* The same, but for the words that `keep` says yes to.  They move, with what
   the caller has in them; keep may change that. */
typedef bool word_keep(void *payload, struct word *word);
void
lede__analysis_keep(struct analysis *analysis, word_keep *keep,
                    void *payload);

/* Append `text` NFKC case-folded, for filter values.  Inner runs of white space
   become one space, and there is none at the ends.
   LEDE_STATUS_OK, _NO_MEMORY, _LIMIT (of out), _BAD_INPUT (not UTF-8). */
lede_status
lede__fold(struct buf *out, struct str text, lede_error *err);

/* The same for many values: what is learnt about characters is kept.  { NULL }
   at first; lede__folder_free. */
struct folder {
    struct unicode *unicode;
};

lede_status
lede__folder_fold(struct folder *folder, struct buf *out, struct str text,
                  lede_error *err);
void
lede__folder_free(struct folder *folder);

/* ---- terms (term.c); `out` is cleared first ---- */

/* field: a field number or FIELD_ALL. */
lede_status
lede__term_exact(struct buf *out, int field, struct str form, lede_error *err);
lede_status
lede__term_extra(struct buf *out, int field, struct str form, lede_error *err);
lede_status
lede__term_stem(struct buf *out, int field, struct str stemmer,
                struct str stem, lede_error *err);
/* value is folded here */
lede_status
lede__term_keyword(struct buf *out, struct str name, struct str value,
                   lede_error *err);
/* TERM_ID, TERM_FILE, TERM_FOLDER with a raw value */
lede_status
lede__term_raw(struct buf *out, char kind, struct str value, lede_error *err);

/* ---- lengths (length.c) ---- */

/* The one function that quantises an article's weighted length to one byte:
   exact up to 16, then in steps of about 6 %. */
uint8_t
lede__length_quantise(uint32_t length);
/* The length that stands for the byte in scores. */
uint32_t
lede__length_value(uint8_t byte);

#endif
