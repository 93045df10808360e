/* corpus.h - reading a corpus as fast as the engines that are measured.

   A corpus is JSON Lines, an object with the strings "id" and "text" on each.
   All programs here read it with this code, so that what is compared is the
   engines.  A token is a maximal run of ASCII letters, lower-cased: nothing
   that engines could disagree on.

   The file is read in CHUNKS of whole lines.  A text is unescaped, lower-cased
   and classified 64 bytes at a time into a mask of letters, whose edges are
   the tokens (as simdjson finds structure: Langdale and Lemire 2019). */

#ifndef LEDE_BENCH_CORPUS_H
#define LEDE_BENCH_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/base/str.h"

/* Say what is wrong and exit with status 1. */
void
die(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* Memory or death; `p` may be NULL. */
void *
grow(void *p, size_t size);

/* ---- chunks ---- */

/* A file being read; the part of a line that the last chunk ended with. */
struct corpus {
    int fd;
    bool ended;
    char *rest;
    size_t rest_len;
    size_t rest_cap;
};

/* Whole lines, and a place in them. */
struct chunk {
    char *bytes;
    size_t len;
    size_t cap;
    size_t at;
};

/* About `size` bytes more of the file, whole lines; false at its end. */
bool
corpus_read(struct corpus *corpus, struct chunk *chunk, size_t size);

/* ---- articles ---- */

/* Valid until the next one is read into it. */
struct article_text {
    struct str id;
    char *text;                 // every byte with the bit 0x20 set
    size_t len;
    uint64_t *letters;          // a bit for each byte
    size_t tokens;
    size_t cap;
    struct buf id_bytes;
    bool keep;                  // set by the caller: the text as it was
    char *original;             // is kept here
};

/* The next article of the chunk; false at its end. */
bool
chunk_next(struct chunk *chunk, struct article_text *article);

void
article_text_free(struct article_text *article);

/* Lower-case and classify `len` bytes at `text`, which has room for padding
   up to a multiple of 64, as `letters` has for a bit more than each; returns
   how many tokens there are. */
size_t
text_classify(char *text, size_t len, uint64_t *letters);

/* ---- tokens ---- */

struct tokens {
    const char *text;
    const uint64_t *letters;
    size_t words;               // of 64 bits
    size_t word;
    uint64_t edges;             // of this word, not yet taken
    uint64_t carry;             // the last letter bit of it
};

static inline void
tokens_load(struct tokens *tokens)
{
    uint64_t letters = tokens->letters[tokens->word];

    tokens->edges = letters ^ (letters << 1 | tokens->carry);
    tokens->carry = letters >> 63;
}

static inline void
tokens_begin(struct tokens *tokens, const struct article_text *article)
{
    tokens->text = article->text;
    tokens->letters = article->letters;
    tokens->words = article->len / 64 + 1;
    tokens->word = 0;
    tokens->carry = 0;
    tokens_load(tokens);
}

/* The place of the next edge, or SIZE_MAX. */
static inline size_t
tokens_edge(struct tokens *tokens)
{
    size_t at;

    while (tokens->edges == 0) {
        if (++tokens->word >= tokens->words) {
            return SIZE_MAX;
        }
        tokens_load(tokens);
    }
    at = tokens->word * 64 + (size_t)__builtin_ctzll(tokens->edges);
    tokens->edges &= tokens->edges - 1;
    return at;
}

/* The next token: 16 bytes from its start can be read. */
static inline bool
tokens_next(struct tokens *tokens, struct str *token)
{
    size_t start = tokens_edge(tokens);

    if (start == SIZE_MAX) {
        return false;
    }
    token->p = tokens->text + start;
    token->len = tokens_edge(tokens) - start;
    return true;
}

#endif
