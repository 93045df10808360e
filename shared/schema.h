/* schema.h - what indexing and querying must agree on: the fields and their
   weights, languages, stop words, synonyms, mappings.  Read from lede.yaml,
   stored in the index, and never changed there but by a rebuild.

   The whole vocabulary of an index is here; nothing else spells a prefix.

   TERMS are byte strings: one byte of kind, then what the kind says.  FIELD is
   one byte: '*' for all text fields together (tf = the sum of the weights of
   the occurrences), or 'a' + the number of one field.

     'x' FIELD form            an exact form, with positions
     's' FIELD lang ':' stem   a stem, without positions; lang is the article's
                               stemmer ("en") or "" where it has none
     'j' FIELD form            an extra form (a part or a whole of an
                               identifier: "gpt4o" for GPT-4o), with positions
     'k' name '=' value        a filter: name is lang, author, tag, category,
                               source or a metadata key; value NFKC case-folded
     'i' id                    exactly one article
     'f' path                  the articles that a file holds
     'd' folder                the articles in a folder, at any depth
     'p'                       the paragraphs of the body, with the positions
                               at which they begin, but for the first
     'h'                       its headings, likewise
     '#'                       every article

   Terms longer than TERM_MAX bytes are cut and get a hash (analysis/term.c).

   A paragraph is a block of the body (struct block): a list's item, a row of a
   table, a heading too.  Two positions of the body are in one paragraph, or
   below one heading, where none of these is above the first and not above the
   last.

   POSITIONS count tokens.  The body begins at 0; each other field begins
   FIELD_GAP after the end of the one before, in the order body, title, summary,
   tags, authors, further fields; between two values of a list are VALUE_GAP.

   COLUMNS: see enum column.   METADATA keys of the index: see META_KEY_*. */

#ifndef LEDE_SCHEMA_H
#define LEDE_SCHEMA_H

#include "corpus/reader.h"
#include "shared/base/str.h"

/* Raised when an index made before can no longer be read by this code. */
#define SCHEMA_VERSION 2u

#define TERM_EXACT 'x'
#define TERM_STEM 's'
#define TERM_EXTRA 'j'
#define TERM_KEYWORD 'k'
#define TERM_ID 'i'
#define TERM_FILE 'f'
#define TERM_FOLDER 'd'
#define TERM_PARAGRAPH 'p'
#define TERM_HEADING 'h'
#define TERM_ALL '#'

/* Xapian's limit is 245 bytes after doubling NULs; the same for all engines
   so that they hold the same terms. */
#define TERM_MAX 240

/* Metadata values up to this many bytes can be filtered by, counted and sorted
   by; longer ones are prose. */
#define META_VALUE_MAX 128

/* Enough of a title to sort by. */
#define HEADLINE_MAX 256

#define FIELD_GAP 100
#define VALUE_GAP 10

enum field_number {
    FIELD_BODY,
    FIELD_TITLE,
    FIELD_SUMMARY,
    FIELD_TAGS,                 // tags and categories
    FIELD_AUTHORS,
    FIELD_CUSTOM,               // and up: metadata keys named in lede.yaml
};

#define FIELD_ALL (-1)
#define FIELDS_MAX 16
#define FIELD_WEIGHT_MAX 100

struct field {
    struct str name;            // as in `title:word`
    struct str key;             // FIELD_CUSTOM: the metadata key to read
    unsigned weight;            // of one occurrence; 0: only by its name
};

/* Columns hold one value per article, read by number. */
enum column {
    COLUMN_DATE,                // int64: 8 bytes big-endian, sign bit flipped;
                                // then 1 byte of precision; absent: no date
    COLUMN_LENGTH,              // varint: weighted length, not quantised
    COLUMN_HASH,                // 16 bytes: of the record it was made from
    COLUMN_LANG,                // text
    COLUMN_SOURCE,              // text
    COLUMN_AUTHORS,             // texts with a NUL after each
    COLUMN_TAGS,                // likewise
    COLUMN_CATEGORIES,          // likewise
    COLUMN_WORDS,               // varint: words of the body (grams, in scripts
                                // without spaces)
    COLUMN_META,                // "key=value", as written, with a NUL after
                                // each: values up to META_VALUE_MAX
    COLUMN_SKETCH,              // struct sketch of the body; absent: too few
                                // words
    COLUMN_TITLE,               // 1 byte: words of the title, 255 for more;
                                // absent: no title
    COLUMN_HEADLINE,            // text: the title, cut to HEADLINE_MAX bytes
    COLUMNS
};

/* Metadata of the index: small values under a key, committed with the rest */
#define META_KEY_SCHEMA "schema"        // this structure, as lede.yaml text
#define META_KEY_STATS "stats"          // struct index_stats, encoded
#define META_KEY_ROOTS "roots"          // paths of earlier runs, NUL after each
#define META_KEY_FILE "file:"           // + hash of path: struct file_state
#define META_KEY_ALERTS "alerts"        // struct alerts, encoded
#define META_KEY_SERIALS "serials"      // struct serials: index/alerts.h
#define META_KEY_LENGTHS "len:"         // + page: quantised lengths

struct stop_list {
    struct str lang;
    struct str_list words;
};

/* One line of `synonyms:`.  Every phrase of `from` also finds every phrase of
   `to`; an equivalence is written as from == to. */
struct synonym {
    struct str_list from;
    struct str_list to;
};

struct schema {
    struct arena arena;
    struct field fields[FIELDS_MAX];
    size_t n_fields;
    unsigned heading_weight;    // of an occurrence in a heading of the body
    struct str default_lang;
    struct str_list languages;  // detection is limited to these; empty: all
    struct stop_list *stop_lists;       // replace the built-in ones
    size_t n_stop_lists;
    struct synonym *synonyms;
    size_t n_synonyms;
    struct field_map *json_map;
    size_t n_json_map;
    struct field_map *front_map;
    size_t n_front_map;
};

/* The schema of an index without lede.yaml. */
lede_status
lede__schema_default(struct schema **out, lede_error *err);

/* Parse the text of a lede.yaml; `file` is for messages.  Unknown keys and
   wrong values are LEDE_STATUS_BAD_CONFIG with line and column. */
lede_status
lede__schema_parse(struct schema **out, struct str text, const char *file,
                   lede_error *err);

/* As canonical YAML, equal for equal schemas; parse reads it back. */
lede_status
lede__schema_write(struct buf *out, const struct schema *schema,
                   lede_error *err);

/* The field's number, or -1. */
int
lede__schema_field(const struct schema *schema, struct str name);

void
lede__schema_free(struct schema *schema);

#endif
