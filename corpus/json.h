/* json.h - a JSON text -> its values in a row.

   Two libraries read it, with one result:

     json.c          json-c, which says what is right and what is a fault, and
                     where
     json-simd.cc    simdjson, five times as fast, asked first; what it does not
                     read exactly as json-c would is left to that one

   Each object and array is followed by what is in it. */

#ifndef LEDE_CORPUS_JSON_H
#define LEDE_CORPUS_JSON_H

#include "shared/base/str.h"

/* Objects and arrays inside one another in a record.  What is deeper is no
   metadata that anybody could name in a query. */
#define JSON_DEPTH_MAX 64
/* Members and items of a record, which json-c holds in some 100 bytes each:
   16 MiB of "[0,0,0,0..." would be 800. */
#define JSON_NODES_MAX ((size_t)200000)
/* simdjson takes 20 bytes of memory for one of text, whatever is in it: it gets
   no text that is longer than this.  So it sees no more than JSON_NODES_MAX. */
#define JSON_SIMD_MAX ((size_t)128 << 10)

enum json_kind {
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_INTEGER,
    JSON_REAL,
    JSON_BOOL,
    JSON_NULL,
};

struct json_value {
    struct str key;             // of a member of an object
    struct str text;            // a string, a number as written, true or false
    uint32_t after;             // the value behind it and all that is in it
    enum json_kind kind;
};

struct json {
    const struct json_value *values;
    size_t count;
    void (*free)(struct json *json);    // of json and all its strings
};

#ifdef __cplusplus
extern "C" {
#endif

/* By simdjson, where `bytes` are a JSON object in UTF-8; NULL where json-c is
   to be asked, for whatever reason. */
struct json *
lede__json_simd(struct str bytes);

#ifdef __cplusplus
}
#else

/* By json-c.  `text` is valid UTF-8, `path` for messages.  *out is an object.
   LEDE_STATUS_BAD_INPUT, _LIMIT (with line and column), _NO_MEMORY. */
lede_status
lede__json_parse(struct json **out, struct str text, const char *path,
                 unsigned line, lede_error *err);

#endif

#endif
