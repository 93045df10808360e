/* reader.h - from folders and files to articles.

   Three steps, so that the slow one can run in many threads:
     walk    a folder -> the paths of the files that can be read
     source  a file -> raw records, inflated, one at a time, memory bounded
     parse   a record -> an article (thread-safe, the costly step)
   One file per format; formats are found by content as well as by name. */

#ifndef LEDE_CORPUS_READER_H
#define LEDE_CORPUS_READER_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "corpus/article.h"

/* ---- walk ---- */

/* The name of the ignore files, in gitignore's syntax. */
#define LEDE_IGNORE_FILE ".ledeignore"

struct walk_file {
    const char *path;           // as it is opened: ROOT/sub/file
    const struct stat *st;
};

struct walk_options {
    const char *const *skip_dirs;   // absolute paths never entered (the index)
    size_t n_skip_dirs;
};

struct walk_callbacks {
    /* A regular file that is not ignored.  A non-OK status ends the walk. */
    lede_status (*file)(void *payload, const struct walk_file *file,
                        lede_error *err);
    /* A file or folder that cannot be read; the walk goes on. */
    lede_status (*failed)(void *payload, const char *path,
                          const lede_error *why, lede_error *err);
    void *payload;
};

/* Visit `root`, a folder (recursively) or a single file, in bytewise order of
   the paths.  Hidden files and folders below the root are skipped, links are
   followed only where they stay inside the root and make no circle, and
   .ledeignore files (of the root and below) are honoured.
   LEDE_STATUS_NOT_FOUND or another where the root itself cannot be read. */
lede_status
lede__walk(const char *root, const struct walk_options *options,
           const struct walk_callbacks *callbacks, lede_error *err);

/* ---- source ---- */

enum format {
    FORMAT_NONE,                // not an article: binary or unknown
    FORMAT_MARKDOWN,
    FORMAT_TEXT,
    FORMAT_JSONL,
};

/* Find the format of a file by name and by its first (inflated) bytes.
   FORMAT_NONE for what is neither text nor known. */
lede_status
lede__format_find(enum format *out, const char *path, lede_error *err);

/* Many articles in one file? */
static inline bool
lede__format_is_many(enum format format)
{
    return format == FORMAT_JSONL;
}

struct record {
    const char *p;              // raw bytes, in the source until the next call
    size_t len;
    uint64_t offset;            // of the record in the inflated file
    uint32_t line;              // of its first line, from 1
    enum format format;
    bool too_large;             // longer than max_record: p holds a prefix
};

struct source;

/* Open a file ("-" is standard input).  Records longer than `max_record` bytes
   come with too_large set, the rest of them skipped, memory bounded. */
lede_status
lede__source_open(struct source **out, const char *path, enum format format,
                  size_t max_record, lede_error *err);

/* Let lede__source_next return LEDE_STATUS_STOPPED where a signal interrupts
   its waiting for input (of a pipe, say) and *stop has been set. */
void
lede__source_stop_by(struct source *source, const atomic_bool *stop);

/* Next record; *out NULL at the end.  Blank lines of JSON Lines are no
   records.  LEDE_STATUS_IO or _CORRUPT (a broken gzip stream: the records
   before the damage have been delivered). */
lede_status
lede__source_next(struct source *source, const struct record **out,
                  lede_error *err);

void
lede__source_close(struct source *source);

/* ---- parse ---- */

/* One renaming of lede.yaml: the value of `from` is the field `to`. */
struct field_map {
    struct str from;            // a key, "outer.inner" for nested ones
    struct str to;              // "title", "body", "date", "lang", ...
};

struct reader_options {
    const struct field_map *json_map;
    size_t n_json_map;
    const struct field_map *front_map;
    size_t n_front_map;
    const char *default_lang;   // where it is neither given nor detectable
};

struct reader_warning {
    const char *code;           // "front-matter", "encoding", "date", ...
    unsigned line, column;      // in the file, from 1; 0 unknown
    const char *message;        // without the path
};

typedef void (*reader_warn)(void *payload, const struct reader_warning *);

/* Parse `record` into `article` (its arena is reset first).  `path` is the
   path in the form that ids have; the article's id becomes `path`, or
   `path#key` in a file of many, the key being its own id or line number.
   Warnings are reported and the article is still made; the failures are
   LEDE_STATUS_BAD_INPUT (with line and column), _LIMIT, _NO_MEMORY. */
lede_status
lede__article_parse(struct article *article, const struct record *record,
                    struct str path, const struct reader_options *options,
                    reader_warn warn, void *payload, lede_error *err);

enum json_action { JSON_ARTICLE, JSON_DELETE };

/* The quick look at a JSON record that planning needs: its own id (copied to
   `arena`, empty where it has none) and whether it is {"delete":"ID"}. */
lede_status
lede__json_peek(const struct record *record,
                const struct reader_options *options, struct arena *arena,
                struct str *key, enum json_action *action, lede_error *err);

/* Detect the language of UTF-8 text: ISO 639-1 code as a static string, or
   NULL where it is not clear.  Thread-safe. */
const char *
lede__lang_detect(struct str text);

#endif
