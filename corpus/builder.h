/* builder.h - an article in the making: what the readers of all formats share.

   A reader hands over two kinds of things.  VALUES are what it finds in a
   header or a record: a key ("outer.inner" for nested ones), a text, a type and
   a place; lede__fields_apply then decides which of them are title, date,
   authors ... and which stay metadata.  BLOCKS are the pieces of the body, in
   order.

   The first failure sticks in `status` and `err`; afterwards all functions do
   nothing, so that a reader needs to look only where it would waste time. */

#ifndef LEDE_CORPUS_BUILDER_H
#define LEDE_CORPUS_BUILDER_H

#include "corpus/reader.h"

/* Values of one article; more are dropped with a warning.  A header of 256 KiB
   can hold 60,000 of them, each to become a term: nobody means that. */
#define VALUES_MAX 10000
/* Bytes of one value of the metadata; the rest is cut off with a warning.  A
   larger one is a text (a web page in a field), not metadata. */
#define META_TEXT_MAX ((size_t)32 << 10)
/* All metadata of one article; what is more is dropped with a warning. */
#define META_BYTES_MAX ((size_t)1 << 20)
/* Bytes of a key, nested ones with their dots. */
#define META_KEY_MAX 256
/* Bytes of a title, a source, a URL, an author ...; the rest is cut off. */
#define FIELD_TEXT_MAX ((size_t)4 << 10)
/* Blocks of a body; what comes after is a part of the last one.  A text of
   16 MiB in lines of one character would need more memory for them than it has
   itself. */
#define BLOCKS_MAX ((size_t)1 << 17)
/* Items of a list of an article; more are left out. */
#define LIST_MAX 1000
/* Bytes of an article's own id.  Longer ones cannot be told apart by a cut. */
#define KEY_MAX ((size_t)2 << 10)

enum value_type {
    VALUE_STRING,               // a string, by quotes or by its format
    VALUE_PLAIN,                // YAML without quotes: the type is to be found
    VALUE_NUMBER,
    VALUE_BOOL,
    VALUE_NULL,
};

struct value {
    struct str key;
    struct str text;            // as written; valid until fields_apply
    enum value_type type;
    unsigned line, column;      // in the file, from 1; 0 unknown
    bool item;                  // of a list
    uint8_t use;                // fields.c
    uint16_t rank;              // fields.c
};

struct builder {
    struct article *article;
    const struct reader_options *options;
    reader_warn warn;
    void *payload;
    lede_error *err;
    lede_status status;

    struct value *values;
    size_t n_values, cap_values;
    bool values_full;
    size_t cap_meta;
    size_t cap_header;
    size_t meta_bytes;
    bool meta_full;
    size_t cap_lists[3];        // by enum article_list

    struct buf body;
    size_t cap_blocks;
    struct block block;         // the one that is written now
    bool open;                  // a block was begun and has text
    bool space;                 // white space comes before its next text
    bool soft;                  // and it was the end of a line
    bool pre;                   // white space counts: code
    uint32_t line;              // of the source, kept up to date by the reader
};

/* Make `article` empty and begin it.  `err` must live as long as `b`. */
void
lede__builder_init(struct builder *b, struct article *article,
                   const struct reader_options *options, reader_warn warn,
                   void *payload, lede_error *err);

/* Give the body to the article, release what the builder holds and return its
   status. */
lede_status
lede__builder_end(struct builder *b);

/* Fail unless something has failed before. */
void
lede__builder_fail(struct builder *b, lede_status status, const char *message);

void
lede__builder_warn(struct builder *b, const char *code, unsigned line,
                   unsigned column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* A copy in the article's arena; empty and failed where there is no memory. */
struct str
lede__builder_copy(struct builder *b, struct str s);

/* Room for one more item of `size` bytes in an array of the arena that holds
   `count` of `*cap`; false where there is no memory. */
bool
lede__builder_grow(struct builder *b, void *array, size_t count, size_t *cap,
                   size_t size);

/* ---- values ---- */

/* `text` is not copied. */
void
lede__builder_value(struct builder *b, struct str key, struct str text,
                    enum value_type type, unsigned line, unsigned column,
                    bool item);

/* In which format the values were written: what a key means depends on it. */
enum dialect { DIALECT_FRONT, DIALECT_LINES, DIALECT_JSON };

/* Make fields and metadata of the values, and forget them.  JSON's body is
   written too. */
void
lede__fields_apply(struct builder *b, enum dialect dialect);

/* The key alone, which is all that planning needs. */
void
lede__fields_key(struct builder *b, enum dialect dialect, struct str *key);

enum article_list { LIST_AUTHORS, LIST_TAGS, LIST_CATEGORIES };

/* Add an item to a list that does not have it yet. */
void
lede__builder_list(struct builder *b, enum article_list which, struct str s);

/* One author, with what stands around a name taken off. */
void
lede__builder_author(struct builder *b, struct str name);

/* A line of people, "A, B and C". */
void
lede__builder_authors(struct builder *b, struct str text);

/* Add a value to the metadata, its type found by its form. */
void
lede__builder_meta(struct builder *b, const struct value *value);

/* Keep a value that became a field, as it was written. */
void
lede__builder_header(struct builder *b, const struct value *value);

/* Read a value as the date of an article: what lede__date_parse knows, seconds
   or milliseconds since 1970, day and month in figures where it is clear which
   is which (`month_first` says so where it is not). */
bool
lede__value_date(const struct value *value, bool month_first,
                 struct date *out);

/* Whether a value says nothing: empty, or YAML's null. */
bool
lede__value_is_null(const struct value *value);

/* true, yes, on, 1 */
bool
lede__value_is_true(const struct value *value);

/* ---- the body ---- */

/* Begin a block, ending the one before.  One without text is none. */
void
lede__block_begin(struct builder *b, enum block_kind kind, unsigned level);

/* Add text to the block: runs of white space become one space (but in code),
   control characters become spaces. */
void
lede__block_text(struct builder *b, struct str text);

/* White space that is kept as it is: a tab between the cells of a row. */
void
lede__block_tab(struct builder *b);

/* The end of a source line inside a paragraph: a space, but between two
   characters of scripts that are written without. */
void
lede__block_soft(struct builder *b);

void
lede__block_end(struct builder *b);

/* Make room for so much text at once. */
void
lede__builder_expect(struct builder *b, size_t bytes);

/* Whether the open block ends with a character of such a script. */
bool
lede__block_ends_unspaced(const struct builder *b);

/* ---- text ---- */

/* A copy of `s` on one line: white space trimmed and collapsed, control
   characters made spaces, at most `max` bytes. */
struct str
lede__text_line(struct builder *b, struct str s, size_t max);

/* The same with its line ends and tabs. */
struct str
lede__text_lines(struct builder *b, struct str s, size_t max);

/* Written without spaces between words: Chinese, Japanese ... */
bool
lede__is_unspaced(uint32_t cp);

/* The first line of `*rest`, without its line end, which is removed. */
struct str
lede__text_next_line(struct str *rest);

#endif
