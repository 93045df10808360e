/* store.h - the bytes that every engine stores the same: the article record,
   the statistics, the state of files, columns, pages of lengths.

   Each pair of functions is an encoder and its decoder; the format stands in
   the .c file as a grammar.  A decoder given damaged bytes returns
   LEDE_STATUS_CORRUPT and never reads outside them. */

#ifndef LEDE_INDEX_STORE_H
#define LEDE_INDEX_STORE_H

#include "corpus/article.h"
#include "shared/schema.h"

/* ---- the stored article (record.c) ---- */

/* Everything of `struct article`, and a CRC-32 over it. */
lede_status
lede__record_write(struct buf *out, const struct article *article,
                   lede_error *err);

/* Into `article`, whose arena is reset; strings are copied there. */
lede_status
lede__record_read(struct article *article, struct str bytes, lede_error *err);

/* ---- statistics (stats.c) ---- */

/* "en", "zh", or a three-letter code, with its NUL. */
#define LANG_SIZE 8
/* More than the detector knows; further ones are counted as unknown. */
#define LANGS_MAX 250

struct lang_stats {
    char lang[LANG_SIZE];       // "" unknown
    uint64_t articles;
};

struct index_stats {
    uint64_t articles;          // N
    uint64_t total_length;      // sum of weighted, unquantised lengths
    uint32_t last_number;       // the highest document number ever given
    uint64_t commits;           // since the index was made
    int64_t last_commit;        // seconds since 1970, of the writer's `now`
    char analyzer[32];          // "lede 1"
    uint32_t schema_version;
    struct lang_stats langs[LANGS_MAX];
    size_t n_langs;
};

lede_status
lede__stats_write(struct buf *out, const struct index_stats *stats,
                  lede_error *err);
lede_status
lede__stats_read(struct index_stats *stats, struct str bytes,
                 lede_error *err);
/* Count one article more (by = 1) or less (by = -1). */
void
lede__stats_count(struct index_stats *stats, struct str lang,
                  uint32_t length, int by);

/* ---- the state of a file seen (file-state.c) ---- */

struct file_state {
    int64_t mtime_ns;
    int64_t ctime_ns;
    uint64_t size;
    uint64_t inode;
    int64_t seen;               // `now` of the run that read it
    uint32_t articles;          // in the index from this file
    unsigned char hash[16];     // XXH3-128 of its content, inflated
    bool many;                  // a file of many articles
    bool failed;                // something in it could not be read: try again
    bool drafts;                // it holds drafts that were passed over
    bool drafts_in;             // it holds drafts that are in the index
    struct str path;            // in the form that ids have
};

/* "file:" and a hash of the path, which may be longer than keys can be. */
lede_status
lede__file_state_key(struct buf *out, struct str path, lede_error *err);
lede_status
lede__file_state_write(struct buf *out, const struct file_state *state,
                       lede_error *err);
/* state->path is borrowed from `bytes`. */
lede_status
lede__file_state_read(struct file_state *state, struct str bytes,
                      lede_error *err);

/* ---- columns (columns.c) ---- */

lede_status
lede__column_date_write(struct buf *out, struct date date, lede_error *err);
/* DATE_NONE for an empty value. */
struct date
lede__column_date_read(struct str value);
lede_status
lede__column_list_write(struct buf *out, const struct str_list *list,
                        lede_error *err);
/* The next text of a list column; false at its end. */
bool
lede__column_list_next(struct str *rest, struct str *item);
/* One value more of COLUMN_META.  Left out is what is empty or longer than
   META_VALUE_MAX, and a key with "=" in it. */
lede_status
lede__column_meta_write(struct buf *out, struct str key, struct str value,
                        lede_error *err);
/* The next; false at the end. */
bool
lede__column_meta_next(struct str *rest, struct str *key, struct str *value);
/* 0 for an empty value. */
uint32_t
lede__column_words_read(struct str value);

/* ---- pages of lengths (lengths.c) ---- */

/* The quantised lengths of LENGTHS_PAGE consecutive document numbers lie under
   one metadata key, so that scoring reads one value per page. */
#define LENGTHS_PAGE 4096

lede_status
lede__lengths_key(struct buf *out, uint32_t page, lede_error *err);

#endif
