/* chunk.h - one chunk of text cut into atoms: where the names of models,
   versions and products begin and end.

   Pure cutting: byte ranges, no forms, no memory but what is given.  The rules
   are at the top of chunk.c; what is made of the atoms is in analysis.c. */

#ifndef LEDE_ANALYSIS_CHUNK_H
#define LEDE_ANALYSIS_CHUNK_H

#include "shared/analysis/unicode.h"

/* Longer runs are cut.  An English sentence has no word over 50 letters, a
   German one none over 80; 200 bytes are 100 Cyrillic or 66 Tamil letters, and
   folded they still fit a term nearly always. */
#define ATOM_BYTES 200

/* A URL has 10 to 20 atoms; what is longer goes on in a chunk of its own. */
#define CHUNK_ATOMS 32

/* Points in one number: an outline or an address has at most 7. */
#define NUMBER_DOTS 7

/* From this many changes between letters and digits on, a run is a hash, a key
   or encoded data, and stays whole. */
#define OPAQUE_ATOMS 6

struct atom {
    uint32_t start, end;
    uint32_t letters_end;       // of "c++" and "c#": the end of the letters
    uint32_t dots[NUMBER_DOTS]; // where the points of a number are
    uint8_t n_dots;
    bool number;
    bool plain_number;          // nothing but digits, points and commas
    bool ascii;                 // folding is lower case, nothing is dropped
    bool upper;                 // holds a capital
    bool single;                // one letter
};

/* A name that its signs belong to, and covers the whole chunk. */
enum symbol {
    SYMBOL_NONE,
    SYMBOL_PREFIX,              // @handle #tag $aapl .net
    SYMBOL_PLUS,                // disney+
    SYMBOL_AMP,                 // at&t
    SYMBOL_INITIALS,            // u.s.
};

struct chunk {
    struct atom atoms[CHUNK_ATOMS];
    size_t n_atoms;
    uint32_t start;             // of the sign or the first atom
    uint32_t end;               // of the last atom, and of the sign after it
    uint32_t next;              // where cutting goes on
    uint32_t connectors;        // bits 1 << enum char_class
    uint8_t symbol;             // enum symbol
    char sign;                  // of a prefix, in ASCII
    char joints[CHUNK_ATOMS];   // '_' or '-' before the atom, else 0
};

struct scan {
    const char *text;
    uint32_t len;
    struct unicode *unicode;
    bool by_pages;              // no fast path for ASCII: for tests
};

/* The class of the character at `at`, with its length; CHAR_OTHER and 0 at the
   end of the text. */
static inline unsigned
lede__scan_class(const struct scan *scan, uint32_t at, uint32_t *size)
{
    uint32_t cp;

    if (at >= scan->len) {
        *size = 0;
        return CHAR_OTHER;
    }
    unsigned char byte = (unsigned char)scan->text[at];
    if (byte < 0x80 && !scan->by_pages) {
        *size = 1;
        return lede__ascii_class[byte];
    }
    *size = char_decode(scan->text + at, scan->text + scan->len, &cp);
    return lede__char_class(scan->unicode, cp);
}

/* Cut the chunk that begins at `at`, at a letter, a digit, or a sign that
   belongs to the name after it (`sign`, else 0). */
void
lede__chunk_cut(const struct scan *scan, uint32_t at, char sign,
                struct chunk *chunk);

#endif
