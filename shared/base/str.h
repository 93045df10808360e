/* str.h - borrowed strings, growing buffers, arenas, and a string map.

   `struct str` is a pointer and a length: never owned, not NUL-terminated
   unless the maker says so.  `struct buf` owns its bytes and grows up to the
   maximum it was born with.  `struct arena` hands out memory that is freed in
   one go: one arena per article and one per query.  `struct map` maps byte
   strings to 64-bit values. */

#ifndef LEDE_BASE_STR_H
#define LEDE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shared/base/error.h"

struct str {
    const char *p;
    size_t len;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

static inline struct str
str_from(const char *text)
{
    return (struct str){ text, text == NULL ? 0 : strlen(text) };
}

static inline bool
str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Bytewise order; a prefix comes first.  <0, 0 or >0. */
int
lede__str_cmp(struct str a, struct str b);

/* ASCII case only, whatever the locale. */
bool
lede__str_eq_nocase(struct str a, struct str b);

/* Without ASCII white space at either end. */
struct str
lede__str_trim(struct str s);

/* A decimal number as JSON and YAML write it ("-1.5e3"), whatever the locale;
   0 where it is none. */
double
lede__str_number(struct str s);

/* ---- arena: memory with one end of life ---- */

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used;                // bytes handed out since the last reset
};

#define ARENA_INIT { NULL, 0 }

/* `size` bytes, 16-aligned, uninitialised; NULL when out of memory. */
void *
lede__arena_alloc(struct arena *arena, size_t size);

/* `count` members of `size` bytes, zeroed; NULL on overflow or no memory. */
void *
lede__arena_array(struct arena *arena, size_t count, size_t size);

/* A NUL-terminated copy; p is NULL when out of memory. */
struct str
lede__arena_str(struct arena *arena, struct str s);

/* Forget everything but keep the largest block for reuse. */
void
lede__arena_reset(struct arena *arena);

void
lede__arena_free(struct arena *arena);

/* ---- buf: a growing byte buffer ---- */

struct buf {
    char *p;                    // NUL-terminated whenever not NULL
    size_t len;
    size_t cap;
    size_t max;                 // it never grows beyond this many bytes
};

#define BUF_INIT(max_bytes) { NULL, 0, 0, (max_bytes) }
/* For what is bounded by its maker, not by outside data. */
#define BUF_MAX_ANY (SIZE_MAX / 4)

/* All of these return LEDE_STATUS_OK, _NO_MEMORY, or _LIMIT (beyond max); on
   failure the buffer keeps what it held. */
lede_status
lede__buf_reserve(struct buf *buf, size_t more, lede_error *err);
lede_status
lede__buf_add_slow(struct buf *buf, const void *bytes, size_t n,
                   lede_error *err);
lede_status
lede__buf_addf(struct buf *buf, lede_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static inline lede_status
lede__buf_add(struct buf *buf, const void *bytes, size_t n, lede_error *err)
{
    if (n == 0 || n >= buf->cap - buf->len || n > buf->max - buf->len) {
        return lede__buf_add_slow(buf, bytes, n, err);
    }
    memcpy(buf->p + buf->len, bytes, n);
    buf->len += n;
    buf->p[buf->len] = '\0';
    return LEDE_STATUS_OK;
}

static inline lede_status
lede__buf_str(struct buf *buf, struct str s, lede_error *err)
{
    return lede__buf_add(buf, s.p, s.len, err);
}

static inline lede_status
lede__buf_char(struct buf *buf, char c, lede_error *err)
{
    return lede__buf_add(buf, &c, 1, err);
}

static inline struct str
lede__buf_view(const struct buf *buf)
{
    return (struct str){ buf->p == NULL ? "" : buf->p, buf->len };
}

void
lede__buf_free(struct buf *buf);

/* ---- varints: 7 bits a byte, low first, high bit = more follows ---- */

lede_status
lede__buf_varint(struct buf *buf, uint64_t value, lede_error *err);

/* Read one from *p, not beyond `end`; false where it is cut or too long. */
bool
lede__varint_read(const char **p, const char *end, uint64_t *value);

/* Signed values as varints: 0, -1, 1, -2 ... become 0, 1, 2, 3 ... */
static inline uint64_t
lede__zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static inline int64_t
lede__unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* ---- map: byte string -> 64-bit value ---- */

struct map_entry {
    struct str key;             // in the map's arena
    uint64_t hash;
    uint64_t value;
    bool used;
};

struct map {
    struct map_entry *entries;
    size_t cap;                 // a power of two
    size_t count;
    struct arena keys;
};

#define MAP_INIT { NULL, 0, 0, ARENA_INIT }

/* The value's place, or NULL. */
uint64_t *
lede__map_find(const struct map *map, struct str key);

/* The value's place, made with value 0 where absent (*added tells; may be
   NULL).  NULL when out of memory.  Valid until the next put. */
uint64_t *
lede__map_put(struct map *map, struct str key, bool *added);

void
lede__map_free(struct map *map);

#endif
