/* ignore.h - patterns in the syntax of gitignore(5). */

#ifndef LEDE_CORPUS_IGNORE_H
#define LEDE_CORPUS_IGNORE_H

#include "shared/base/str.h"

/* Bytes of an ignore file.  Git's own largest templates have 10 KiB. */
#define IGNORE_FILE_MAX ((size_t)1 << 20)

struct ignore_pattern;

/* The patterns of one ignore file. */
struct ignore {
    struct ignore_pattern *patterns;
    size_t count;
};

/* Parse the text of an ignore file; everything lives in `arena`. */
lede_status
lede__ignore_parse(struct ignore *out, struct str text, struct arena *arena,
                   lede_error *err);

enum ignore_answer { IGNORE_UNDECIDED, IGNORE_YES, IGNORE_NO };

/* What the last pattern that matches says of `path`, which is relative to the
   ignore file's folder, without a slash at either end.  The caller asks for a
   folder before it asks for what is in it, and the innermost ignore file
   first. */
enum ignore_answer
lede__ignore_match(const struct ignore *ignore, struct str path, bool folder);

#endif
