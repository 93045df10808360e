/* corpus.c - reading a corpus; see corpus.h. */

#define _GNU_SOURCE             // memrchr

#include "bench/corpus.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "shared/base/utf8.h"

/* Behind a text: what classification and 16-byte loads of tokens touch. */
#define SLACK 128

void
die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void *
grow(void *p, size_t size)
{
    p = realloc(p, size);
    if (p == NULL) {
        die("out of memory");
    }
    return p;
}

/* ---- chunks ---- */

static void
make_room(char **bytes, size_t *cap, size_t size)
{
    if (size > *cap) {
        *bytes = grow(*bytes, size);
        *cap = size;
    }
}

/* Read until chunk->len is `len` or the file ends. */
static void
read_to(struct corpus *corpus, struct chunk *chunk, size_t len)
{
    make_room(&chunk->bytes, &chunk->cap, len + SLACK);
    while (chunk->len < len && !corpus->ended) {
        ssize_t n = read(corpus->fd, chunk->bytes + chunk->len,
                         len - chunk->len);

        if (n < 0 && errno != EINTR) {
            die("cannot read the corpus: %s", strerror(errno));
        }
        if (n == 0) {
            corpus->ended = true;
        }
        chunk->len += n > 0 ? (size_t)n : 0;
    }
}

/* The length of the whole lines among the bytes of the chunk, of which those
   before `from` hold no line end. */
static size_t
whole_lines(const struct chunk *chunk, size_t from)
{
    const char *last = memrchr(chunk->bytes + from, '\n', chunk->len - from);

    return last == NULL ? 0 : (size_t)(last - chunk->bytes) + 1;
}

bool
corpus_read(struct corpus *corpus, struct chunk *chunk, size_t size)
{
    size_t whole = 0;
    size_t from = 0;

    chunk->at = 0;
    chunk->len = corpus->rest_len;
    make_room(&chunk->bytes, &chunk->cap, chunk->len + SLACK);
    if (chunk->len > 0) {
        memcpy(chunk->bytes, corpus->rest, chunk->len);
    }
    while (whole == 0 && !corpus->ended) {
        from = chunk->len;
        read_to(corpus, chunk, chunk->len + size);
        whole = whole_lines(chunk, from);
    }
    if (corpus->ended) {
        whole = chunk->len;     // the last line may have no end
    }
    corpus->rest_len = chunk->len - whole;
    make_room(&corpus->rest, &corpus->rest_cap, corpus->rest_len);
    if (corpus->rest_len > 0) {
        memcpy(corpus->rest, chunk->bytes + whole, corpus->rest_len);
    }
    chunk->len = whole;
    return whole > 0;
}

/* ---- JSON ---- */

struct json {
    const char *p;
    const char *end;
};

_Noreturn static void
bad_line(void)
{
    die("a line of the corpus is not a JSON object with the strings \"id\" "
        "and \"text\"");
}

static char
json_peek(struct json *json)
{
    while (json->p < json->end && (unsigned char)*json->p <= ' ') {
        json->p++;
    }
    return json->p < json->end ? *json->p : '\0';
}

static void
json_expect(struct json *json, char c)
{
    if (json_peek(json) != c) {
        bad_line();
    }
    json->p++;
}

/* The first quotation mark or backslash at or after `p`. */
static const char *
next_special(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');

    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)p);
        __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
                                     _mm_cmpeq_epi8(bytes, backslash));
        int mask = _mm_movemask_epi8(found);

        if (mask != 0) {
            return p + __builtin_ctz((unsigned)mask);
        }
    }
#endif
    while (p < end && *p != '"' && *p != '\\') {
        p++;
    }
    return p;
}

/* Behind the string whose first character is at json->p. */
static struct str
json_raw_string(struct json *json)
{
    const char *start = json->p;
    const char *p = start;

    for (;;) {
        p = next_special(p, json->end);
        if (p >= json->end) {
            bad_line();
        }
        if (*p == '"') {
            json->p = p + 1;
            return (struct str){ start, (size_t)(p - start) };
        }
        p += 2;
    }
}

static bool
hex4(const char *p, const char *end, uint32_t *value)
{
    *value = 0;
    if (end - p < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        char lower = (char)(c | 0x20);

        if (c >= '0' && c <= '9') {
            *value = *value << 4 | (uint32_t)(c - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            *value = *value << 4 | (uint32_t)(lower - 'a' + 10);
        } else {
            return false;
        }
    }
    return true;
}

/* The escape at *p, behind its backslash, as UTF-8; returns the place after
   what was written. */
static char *
unescape(const char **p, const char *end, char *out)
{
    static const char plain[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    char c = *p < end ? *(*p)++ : '\0';
    const char *at = c == '\0' ? NULL : strchr(plain, c);
    uint32_t cp;
    uint32_t low;

    if (at != NULL) {
        *out = meant[at - plain];
        return out + 1;
    }
    if (c != 'u' || !hex4(*p, end, &cp)) {
        bad_line();
    }
    *p += 4;
    if (cp >= 0xD800 && cp < 0xDC00 && end - *p >= 6 && (*p)[0] == '\\' &&
        (*p)[1] == 'u' && hex4(*p + 2, end, &low) && low >= 0xDC00 &&
        low < 0xE000) {
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        *p += 6;
    } else if (cp >= 0xD800 && cp < 0xE000) {
        cp = 0xFFFD;
    }
    return out + lede__utf8_put(cp, out);
}

/* The string at json->p, unescaped, into `out`, which has room for all that
   remains of the line; returns its length. */
static size_t
json_string(struct json *json, char *out)
{
    const char *p = json->p;
    char *o = out;

    for (;;) {
        const char *special = next_special(p, json->end);

        memcpy(o, p, (size_t)(special - p));
        o += special - p;
        p = special;
        if (p >= json->end) {
            bad_line();
        }
        p++;
        if (*special == '"') {
            json->p = p;
            return (size_t)(o - out);
        }
        o = unescape(&p, json->end, o);
    }
}

/* Any value, passed over. */
static void
json_skip(struct json *json)
{
    size_t depth = 0;

    do {
        char c = json_peek(json);

        if (c == '\0') {
            bad_line();
        }
        json->p++;
        if (c == '"') {
            json_raw_string(json);
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth-- == 0) {
                bad_line();
            }
        } else if (depth == 0) {
            while (json->p < json->end && *json->p != ',' &&
                   *json->p != '}') {
                json->p++;
            }
        }
    } while (depth > 0);
}

/* ---- articles ---- */

size_t
text_classify(char *text, size_t len, uint64_t *letters)
{
    uint64_t carry = 0;
    size_t tokens = 0;

    memset(text + len, 0, 64);
    for (size_t i = 0; i <= len; i += 64) {
        uint64_t mask = 0;

#ifdef __SSE2__
        const __m128i bit = _mm_set1_epi8(0x20);
        const __m128i first = _mm_set1_epi8('a');
        const __m128i range = _mm_set1_epi8('z' - 'a');

        for (size_t k = 0; k < 64; k += 16) {
            __m128i *p = (__m128i *)(text + i + k);
            __m128i lower = _mm_or_si128(_mm_loadu_si128(p), bit);
            __m128i from_a = _mm_sub_epi8(lower, first);
            __m128i is = _mm_cmpeq_epi8(_mm_min_epu8(from_a, range), from_a);

            _mm_storeu_si128(p, lower);
            mask |= (uint64_t)(unsigned)_mm_movemask_epi8(is) << k;
        }
#else
        for (size_t k = 0; k < 64; k++) {
            unsigned char lower = (unsigned char)text[i + k] | 0x20;

            text[i + k] = (char)lower;
            mask |= (uint64_t)(lower >= 'a' && lower <= 'z') << k;
        }
#endif
        letters[i / 64] = mask;
        tokens += (size_t)__builtin_popcountll(mask & ~(mask << 1 | carry));
        carry = mask >> 63;
    }
    return tokens;
}

static void
read_line(struct article_text *article, struct json *json)
{
    size_t most = (size_t)(json->end - json->p);
    bool id = false;
    bool text = false;
    struct str key;

    if (most + SLACK > article->cap) {
        article->cap = most + most / 2 + SLACK;
        article->text = grow(article->text, article->cap);
        article->letters = grow(article->letters,
                                (article->cap / 64 + 2) * sizeof(uint64_t));
        if (article->keep) {
            article->original = grow(article->original, article->cap);
        }
    }
    json_expect(json, '{');
    while (json_peek(json) != '}') {
        json_expect(json, '"');
        key = json_raw_string(json);
        json_expect(json, ':');
        if (json_peek(json) != '"') {
            json_skip(json);
        } else if (str_eq(key, STR("id"))) {
            json->p++;
            article->id_bytes.len = 0;
            if (lede__buf_reserve(&article->id_bytes, most, NULL) !=
                LEDE_STATUS_OK) {
                die("out of memory");
            }
            article->id_bytes.len = json_string(json, article->id_bytes.p);
            article->id = lede__buf_view(&article->id_bytes);
            id = true;
        } else if (str_eq(key, STR("text"))) {
            json->p++;
            article->len = json_string(json, article->text);
            text = true;
        } else {
            json->p++;
            json_raw_string(json);
        }
        if (json_peek(json) == ',') {
            json->p++;
        }
    }
    if (!id || !text) {
        bad_line();
    }
}

bool
chunk_next(struct chunk *chunk, struct article_text *article)
{
    while (chunk->at < chunk->len) {
        const char *p = chunk->bytes + chunk->at;
        const char *end = memchr(p, '\n', chunk->len - chunk->at);
        struct json json;

        if (end == NULL) {
            end = chunk->bytes + chunk->len;
        }
        chunk->at = (size_t)(end - chunk->bytes) + 1;
        json = (struct json){ p, end };
        if (json_peek(&json) == '\0') {
            continue;           // an empty line
        }
        article->id_bytes.max = BUF_MAX_ANY;
        read_line(article, &json);
        if (article->keep) {
            memcpy(article->original, article->text, article->len);
        }
        article->tokens = text_classify(article->text, article->len,
                                        article->letters);
        return true;
    }
    return false;
}

void
article_text_free(struct article_text *article)
{
    free(article->text);
    free(article->letters);
    free(article->original);
    lede__buf_free(&article->id_bytes);
    *article = (struct article_text){ 0 };
}
