/* builder.c - an article in the making: memory, warnings, and the body.

   The body is written from left to right, each byte of the source looked at
   once; what needs no change is copied in runs. */

#include "corpus/builder.h"

#include <stdarg.h>
#include <stdio.h>

#include "shared/base/utf8.h"

#define MESSAGE_MAX 400

void
lede__builder_init(struct builder *b, struct article *article,
                   const struct reader_options *options, reader_warn warn,
                   void *payload, lede_error *err)
{
    struct arena arena = article->arena;

    lede__arena_reset(&arena);
    memset(article, 0, sizeof(*article));
    article->arena = arena;
    // Strings that are not found stay empty, never NULL
    article->id = article->path = article->key = article->title =
        article->body = article->summary = article->lang = article->source =
            article->url = STR("");
    memset(b, 0, sizeof(*b));
    b->article = article;
    b->options = options;
    b->warn = warn;
    b->payload = payload;
    b->err = err;
    // Offsets into the body are 32 bits wide.
    b->body = (struct buf)BUF_INIT(UINT32_MAX - 1);
}

lede_status
lede__builder_end(struct builder *b)
{
    lede__block_end(b);
    b->article->body = lede__builder_copy(b, lede__buf_view(&b->body));
    lede__buf_free(&b->body);
    return b->status;
}

void
lede__builder_fail(struct builder *b, lede_status status, const char *message)
{
    if (b->status == LEDE_STATUS_OK) {
        b->status = lede__fail(b->err, status, "%s", message);
    }
}

static void
no_memory(struct builder *b)
{
    if (b->status == LEDE_STATUS_OK) {
        b->status = lede__fail_memory(b->err);
    }
}

void
lede__builder_warn(struct builder *b, const char *code, unsigned line,
                   unsigned column, const char *format, ...)
{
    char message[MESSAGE_MAX];
    struct reader_warning warning = { code, line, column, message };
    va_list args;

    if (b->warn == NULL) {
        return;
    }
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    // What was cut or quoted may end inside a character or hold a line end
    size_t valid = lede__utf8_valid(str_from(message));
    message[valid] = '\0';
    for (char *p = message; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ') {
            *p = ' ';
        }
    }
    b->warn(b->payload, &warning);
}

struct str
lede__builder_copy(struct builder *b, struct str s)
{
    struct str copy;

    if (b->status != LEDE_STATUS_OK) {
        return STR("");
    }
    copy = lede__arena_str(&b->article->arena, s);
    if (copy.p == NULL) {
        no_memory(b);
        return STR("");
    }
    return copy;
}

bool
lede__builder_grow(struct builder *b, void *array, size_t count, size_t *cap,
                   size_t size)
{
    size_t wanted = *cap == 0 ? 8 : *cap * 2;
    void *old;
    void *grown;

    if (b->status != LEDE_STATUS_OK) {
        return false;
    }
    if (count < *cap) {
        return true;
    }
    grown = lede__arena_array(&b->article->arena, wanted, size);
    if (grown == NULL) {
        no_memory(b);
        return false;
    }
    // `array` is the address of a pointer of any type
    memcpy(&old, array, sizeof(old));
    if (count > 0) {
        memcpy(grown, old, count * size);
    }
    memcpy(array, &grown, sizeof(grown));
    *cap = wanted;
    return true;
}

void
lede__builder_value(struct builder *b, struct str key, struct str text,
                    enum value_type type, unsigned line, unsigned column,
                    bool item)
{
    if (b->n_values == VALUES_MAX) {
        if (!b->values_full) {
            b->values_full = true;
            lede__builder_warn(b, "limit", line, column,
                               "more than %d values of metadata; the others "
                               "are left out", VALUES_MAX);
        }
        return;
    }
    if (lede__builder_grow(b, &b->values, b->n_values, &b->cap_values,
                           sizeof(*b->values))) {
        b->values[b->n_values++] = (struct value){
            .key = key, .text = text, .type = type, .line = line,
            .column = column, .item = item,
        };
    }
}

void
lede__builder_list(struct builder *b, enum article_list which, struct str s)
{
    struct article *article = b->article;
    struct str_list *list = which == LIST_AUTHORS ? &article->authors
                            : which == LIST_TAGS  ? &article->tags
                                                  : &article->categories;

    if (list->count >= LIST_MAX) {
        return;
    }
    s = lede__text_line(b, s, FIELD_TEXT_MAX);
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->items[i], s)) {
            return;
        }
    }
    if (s.len > 0
        && lede__builder_grow(b, &list->items, list->count,
                              &b->cap_lists[which], sizeof(*list->items))) {
        list->items[list->count++] = s;
    }
}

/* ---- characters ---- */

enum byte_class {
    BYTE_PLAIN,
    BYTE_SPACE,
    BYTE_CONTROL,
    BYTE_C2,                    // may begin a control character, U+0080..9F
    BYTE_E2,                    // may begin U+2028 or U+2029, line ends
};

static const uint8_t classes[256] = {
    [0 ... 8] = BYTE_CONTROL,
    ['\t' ... '\r'] = BYTE_SPACE,
    [14 ... 31] = BYTE_CONTROL,
    [' '] = BYTE_SPACE,
    [0x7F] = BYTE_CONTROL,
    [0xC2] = BYTE_C2,
    [0xE2] = BYTE_E2,
};

static inline enum byte_class
class_of(char c)
{
    return classes[(unsigned char)c];
}

/* The bytes at p that count as white space: none, or one character. */
static size_t
space_length(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;

    switch (class_of(*p)) {
    case BYTE_SPACE:
    case BYTE_CONTROL:
        return 1;
    case BYTE_C2:
        return end - p > 1 && u[1] < 0xA0 ? 2 : 0;
    case BYTE_E2:
        return end - p > 2 && u[1] == 0x80 && (u[2] == 0xA8 || u[2] == 0xA9)
                   ? 3 : 0;
    default:
        return 0;
    }
}

bool
lede__is_unspaced(uint32_t cp)
{
    return (cp >= 0x2E80 && cp <= 0x9FFF && cp != 0x3000)
           || (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0xFF00 && cp <= 0xFF60)
           || (cp >= 0x20000 && cp <= 0x3FFFF)
           || (cp >= 0x0E00 && cp <= 0x0E7F);
}

struct str
lede__text_next_line(struct str *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->p, '\n', rest->len);
    struct str line = *rest;

    if (end == NULL) {
        *rest = (struct str){ rest->p + rest->len, 0 };
        return line;
    }
    line.len = (size_t)(end - rest->p);
    rest->p = end + 1;
    rest->len -= line.len + 1;
    return line;
}

struct str
lede__text_line(struct builder *b, struct str s, size_t max)
{
    const char *p = s.p;
    const char *end = s.p + s.len;
    bool space = false;
    size_t len = 0;
    char *out;

    if (s.len == 0 || b->status != LEDE_STATUS_OK) {
        return STR("");
    }
    out = lede__arena_alloc(&b->article->arena,
                            (s.len < max ? s.len : max) + 1);
    if (out == NULL) {
        no_memory(b);
        return STR("");
    }
    while (p < end) {
        size_t gap = space_length(p, end);
        if (gap > 0) {
            space = len > 0;
            p += gap;
            continue;
        }
        uint32_t cp;
        size_t n = class_of(*p) == BYTE_PLAIN && (unsigned char)*p < 0x80
                       ? 1 : lede__utf8_next(p, end, &cp);
        if (len + space + n > max) {
            break;
        }
        if (space) {
            out[len++] = ' ';
            space = false;
        }
        memcpy(out + len, p, n);
        len += n;
        p += n;
    }
    out[len] = '\0';
    return (struct str){ out, len };
}

struct str
lede__text_lines(struct builder *b, struct str s, size_t max)
{
    const char *end;
    char *out;

    if (s.len > max) {
        s.len = lede__utf8_floor(s, max);
    }
    s = lede__builder_copy(b, lede__str_trim(s));
    end = s.p + s.len;
    // The copy is the arena's and may be changed
    for (out = (char *)(uintptr_t)s.p; out < end; out++) {
        size_t gap = *out == '\n' || *out == '\t' ? 0 : space_length(out, end);
        if (gap > 0) {
            memset(out, ' ', gap);
            out += gap - 1;
        }
    }
    return s;
}

/* ---- the body ---- */

static void
put(struct builder *b, const char *p, size_t len)
{
    if (b->status == LEDE_STATUS_OK) {
        b->status = lede__buf_add(&b->body, p, len, b->err);
    }
}

void
lede__block_begin(struct builder *b, enum block_kind kind, unsigned level)
{
    lede__block_end(b);
    b->block.kind = (uint8_t)kind;
    b->block.level = (uint8_t)level;
    b->pre = kind == BLOCK_CODE;
}

/* Text is about to be written: make the block and the space before it. */
static void
open_block(struct builder *b)
{
    if (!b->open) {
        if (b->body.len > 0) {
            put(b, "\n\n", 2);
        }
        b->block.start = (uint32_t)b->body.len;
        b->block.line = b->line;
        b->open = true;
    } else if (b->space) {
        put(b, " ", 1);
    }
    b->space = false;
    b->soft = false;
}

void
lede__builder_expect(struct builder *b, size_t bytes)
{
    if (b->status == LEDE_STATUS_OK) {
        b->status = lede__buf_reserve(&b->body, bytes, b->err);
    }
}

bool
lede__block_ends_unspaced(const struct builder *b)
{
    size_t at = b->body.len;
    uint32_t cp;

    while (at > b->block.start && (b->body.p[at - 1] & 0xC0) == 0x80) {
        at--;
    }
    if (at == b->block.start) {
        return false;
    }
    lede__utf8_next(b->body.p + at - 1, b->body.p + b->body.len, &cp);
    return lede__is_unspaced(cp);
}

static void
put_code(struct builder *b, struct str text)
{
    const char *end = text.p + text.len;
    const char *run = text.p;
    const char *p = text.p;

    while (p < end) {
        size_t gap = *p == '\n' || *p == '\t' || *p == ' '
                         ? 0 : space_length(p, end);
        if (gap == 0) {
            p++;
            continue;
        }
        put(b, run, (size_t)(p - run));
        put(b, " ", 1);
        p += gap;
        run = p;
    }
    put(b, run, (size_t)(end - run));
}

#define BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

/* How many of the eight bytes at p can be copied as they are, by a quick look:
   ASCII with single spaces.  The last byte counts only where it is none, and
   0 means that a closer look is needed. */
static size_t
plain_bytes(const char *p)
{
    uint64_t eight;
    uint64_t spaces;

    memcpy(&eight, p, sizeof(eight));
    // DEL and above have, or get, the high bit; below ' ' there is a borrow
    if (((eight | (eight + BYTES(1)) | (eight - BYTES(' '))) & BYTES(0x80))
        != 0) {
        return 0;
    }
    spaces = ((eight ^ BYTES(' ')) + BYTES(0x7F)) & BYTES(0x80);
    spaces ^= BYTES(0x80);
    if ((spaces & spaces << 8) != 0) {
        return 0;
    }
    return p[7] == ' ' ? 7 : 8;
}

/* The end of the text at p that can be copied as it is: up to white space
   other than one space between two words. */
static const char *
run_end(const char *p, const char *end)
{
    while (p < end) {
        size_t n = end - p > 8 ? plain_bytes(p) : 0;
        if (n > 0) {
            p += n;
            continue;
        }
        enum byte_class class = class_of(*p);
        if (class == BYTE_PLAIN) {
            p++;
        } else if (*p == ' ' && p + 1 < end && class_of(p[1]) == BYTE_PLAIN) {
            p += 2;
        } else if (class == BYTE_SPACE || space_length(p, end) > 0) {
            break;
        } else {
            p++;
        }
    }
    return p;
}

void
lede__block_text(struct builder *b, struct str text)
{
    const char *p = text.p;
    const char *end = text.p + text.len;

    if (text.len == 0) {
        return;
    }
    if (b->pre) {
        if (!b->open && lede__str_trim(text).len == 0) {
            return;
        }
        open_block(b);
        put_code(b, text);
        return;
    }
    while (p < end) {
        size_t gap = space_length(p, end);
        if (gap > 0) {
            b->space = b->open;
            b->soft = false;
            p += gap;
            continue;
        }
        const char *run = p;
        p = run_end(p, end);
        if (b->soft) {
            uint32_t cp;
            lede__utf8_next(run, end, &cp);
            if (lede__is_unspaced(cp) && lede__block_ends_unspaced(b)) {
                b->space = false;
            }
        }
        open_block(b);
        put(b, run, (size_t)(p - run));
    }
}

void
lede__block_tab(struct builder *b)
{
    if (b->open) {
        put(b, "\t", 1);
        b->space = false;
    }
}

void
lede__block_soft(struct builder *b)
{
    if (b->open && !b->space) {
        b->space = true;
        b->soft = true;
    }
}

void
lede__block_end(struct builder *b)
{
    struct article *article = b->article;
    size_t end = b->body.len;

    b->space = false;
    b->soft = false;
    if (!b->open || b->status != LEDE_STATUS_OK) {
        b->open = false;
        return;
    }
    b->open = false;
    while (end > b->block.start && (unsigned char)b->body.p[end - 1] <= ' ') {
        end--;
    }
    if (end == b->block.start) {
        // Nothing was left of it: take the blank line back too.
        b->body.len = end >= 2 ? end - 2 : 0;
        return;
    }
    b->body.len = end;
    if (article->n_blocks == BLOCKS_MAX) {
        struct block *last = &article->blocks[BLOCKS_MAX - 1];
        last->len = (uint32_t)(end - last->start);
        return;
    }
    b->block.len = (uint32_t)(end - b->block.start);
    if (lede__builder_grow(b, &article->blocks, article->n_blocks,
                           &b->cap_blocks, sizeof(*article->blocks))) {
        article->blocks[article->n_blocks++] = b->block;
    }
}
