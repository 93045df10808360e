/* record.c - the stored article.

     record  = version checksum {part}
     version = byte 1
     checksum= CRC-32 (as in gzip) of all that follows it, 4 bytes, low first
     part    = tag length bytes         length is a varint, in bytes
     tag     = 'i' id | 'p' path | 'k' key | 't' title | 'b' body
             | 's' summary | 'l' lang | 'o' source | 'u' url
             | 'a' one author | 'g' one tag | 'c' one category
             | 'd' date     precision (a byte), seconds (zigzag varint)
             | 'f' flags    a byte: 1 draft, 2 title in body, 4 lang detected
             | 'n' line     varint
             | 'm' meta     type (a byte), key length, key, text
             | 'h' header   the same, of what became a field
             | 'B' blocks   per block: kind | level << 4 (a byte), white space
                            before it (varint), length (varint), lines since
                            the block before (zigzag varint)

   Empty parts are left out; lists keep their order.  Tags that are unknown are
   passed over, so that a part can be added without a new version.

   Example: id "a", title "Hi" is
     01 xx xx xx xx  69 01 61  74 02 48 69 */

#include <libdeflate.h>

#include "shared/index/store.h"

#define RECORD_VERSION 1
#define RECORD_HEAD 5

enum { FLAG_DRAFT = 1, FLAG_TITLE_IN_BODY = 2, FLAG_LANG_DETECTED = 4 };

static lede_status
put_part(struct buf *out, char tag, struct str bytes, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (bytes.len == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__buf_char(out, tag, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(out, bytes.len, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(out, bytes, err);
    }
    return status;
}

static lede_status
put_list(struct buf *out, char tag, const struct str_list *list,
         lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        status = put_part(out, tag, list->items[i], err);
    }
    return status;
}

static lede_status
put_date(struct buf *out, struct buf *scratch, struct date date,
         lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (date.precision == DATE_NONE) {
        return LEDE_STATUS_OK;
    }
    scratch->len = 0;
    status = lede__buf_char(scratch, (char)date.precision, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(scratch, lede__zigzag(date.seconds), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_part(out, 'd', lede__buf_view(scratch), err);
    }
    return status;
}

static lede_status
put_meta(struct buf *out, struct buf *scratch, char tag,
         const struct meta *meta, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    scratch->len = 0;
    status = lede__buf_char(scratch, (char)meta->type, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(scratch, meta->key.len, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(scratch, meta->key, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(scratch, meta->text, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_part(out, tag, lede__buf_view(scratch), err);
    }
    return status;
}

static lede_status
put_blocks(struct buf *out, struct buf *scratch,
           const struct article *article, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t at = 0;
    uint32_t line = 0;

    scratch->len = 0;
    for (size_t i = 0; i < article->n_blocks; i++) {
        const struct block *block = &article->blocks[i];

        status = lede__buf_char(
            scratch, (char)(block->kind | (block->level << 4)), err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_varint(scratch, block->start - at, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_varint(scratch, block->len, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_varint(
                scratch, lede__zigzag((int64_t)block->line - line), err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        at = block->start + block->len;
        line = block->line;
    }
    return put_part(out, 'B', lede__buf_view(scratch), err);
}

lede_status
lede__record_write(struct buf *out, const struct article *a, lede_error *err)
{
    const struct {
        char tag;
        struct str bytes;
    } parts[] = {
        { 'i', a->id },     { 'p', a->path },    { 'k', a->key },
        { 't', a->title },  { 's', a->summary }, { 'l', a->lang },
        { 'o', a->source }, { 'u', a->url },
    };
    struct buf scratch = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    size_t start = out->len;
    char flags = (char)((a->draft ? FLAG_DRAFT : 0) |
                        (a->title_in_body ? FLAG_TITLE_IN_BODY : 0) |
                        (a->lang_detected ? FLAG_LANG_DETECTED : 0));

    status = lede__buf_add(out, "\1\0\0\0", RECORD_HEAD, err);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (status == LEDE_STATUS_OK) {
            status = put_part(out, parts[i].tag, parts[i].bytes, err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = put_list(out, 'a', &a->authors, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_list(out, 'g', &a->tags, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_list(out, 'c', &a->categories, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_date(out, &scratch, a->date, err);
    }
    if (status == LEDE_STATUS_OK && flags != 0) {
        status = put_part(out, 'f', (struct str){ &flags, 1 }, err);
    }
    if (status == LEDE_STATUS_OK && a->line > 0) {
        scratch.len = 0;
        status = lede__buf_varint(&scratch, a->line, err);
        if (status == LEDE_STATUS_OK) {
            status = put_part(out, 'n', lede__buf_view(&scratch), err);
        }
    }
    for (size_t i = 0; i < a->n_meta && status == LEDE_STATUS_OK; i++) {
        status = put_meta(out, &scratch, 'm', &a->meta[i], err);
    }
    for (size_t i = 0; i < a->n_header && status == LEDE_STATUS_OK; i++) {
        status = put_meta(out, &scratch, 'h', &a->header[i], err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_part(out, 'b', a->body, err);
    }
    if (status == LEDE_STATUS_OK && a->n_blocks > 0) {
        status = put_blocks(out, &scratch, a, err);
    }
    if (status == LEDE_STATUS_OK) {
        uint32_t sum = libdeflate_crc32(0, out->p + start + RECORD_HEAD,
                                        out->len - start - RECORD_HEAD);

        for (int i = 0; i < 4; i++) {
            out->p[start + 1 + (size_t)i] = (char)(sum >> (8 * i));
        }
    }
    lede__buf_free(&scratch);
    return status;
}

/* ---- reading ---- */

/* Lists are read in two passes: count, then fill. */
struct counts {
    size_t authors, tags, categories, meta, header;
};

static lede_status
corrupt(lede_error *err, const char *what)
{
    return lede__fail(err, LEDE_STATUS_CORRUPT,
                      "a stored article is damaged (%s); "
                      "run lede check, then lede index --rebuild", what);
}

static bool
next_part(const char **p, const char *end, char *tag, struct str *bytes)
{
    uint64_t len = 0;

    *tag = *(*p)++;
    if (!lede__varint_read(p, end, &len) || len > (uint64_t)(end - *p)) {
        return false;
    }
    bytes->p = *p;
    bytes->len = (size_t)len;
    *p += len;
    return true;
}

static bool
read_date(struct str bytes, struct date *date)
{
    const char *p = bytes.p;
    uint64_t seconds = 0;

    if (bytes.len < 2 || bytes.p[0] < DATE_NONE || bytes.p[0] > DATE_SECOND) {
        return false;
    }
    date->precision = (enum date_precision)*p++;
    if (!lede__varint_read(&p, bytes.p + bytes.len, &seconds)) {
        return false;
    }
    date->seconds = lede__unzigzag(seconds);
    return true;
}

static bool
read_meta(struct arena *arena, struct str bytes, struct meta *meta)
{
    const char *p = bytes.p;
    const char *end = bytes.p + bytes.len;
    uint64_t len = 0;

    if (bytes.len < 1 || *p < META_STRING || *p > META_DATE) {
        return false;
    }
    meta->type = (enum meta_type)*p++;
    if (!lede__varint_read(&p, end, &len) || len > (uint64_t)(end - p)) {
        return false;
    }
    meta->key = lede__arena_str(arena, (struct str){ p, (size_t)len });
    p += len;
    meta->text = lede__arena_str(arena, (struct str){ p, (size_t)(end - p) });
    if (meta->type == META_DATE) {
        lede__date_parse(meta->text, &meta->date);
    } else if (meta->type == META_BOOL) {
        meta->number = str_eq(meta->text, STR("true")) ? 1 : 0;
    } else if (meta->type == META_NUMBER) {
        meta->number = lede__str_number(meta->text);
    }
    return true;
}

/* Blocks must lie in the body in order; that is what readers rely on. */
static bool
read_blocks(struct article *article, struct str bytes)
{
    const char *end = bytes.p + bytes.len;
    uint64_t at = 0;
    int64_t line = 0;
    size_t n = 0;

    /* A block takes at least four bytes. */
    article->blocks = lede__arena_array(&article->arena, bytes.len / 4 + 1,
                                        sizeof *article->blocks);
    if (article->blocks == NULL) {
        return false;
    }
    for (const char *p = bytes.p; p < end; n++) {
        struct block *block = &article->blocks[n];
        uint64_t gap = 0;
        uint64_t len = 0;
        uint64_t delta = 0;

        block->kind = (uint8_t)(*p & 15);
        block->level = (uint8_t)((unsigned char)*p++ >> 4);
        if (!lede__varint_read(&p, end, &gap) ||
            !lede__varint_read(&p, end, &len) ||
            !lede__varint_read(&p, end, &delta) ||
            gap > article->body.len || len > article->body.len ||
            at + gap + len > article->body.len) {
            return false;
        }
        line += lede__unzigzag(delta);
        if (line < 0 || line > UINT32_MAX) {
            return false;
        }
        block->start = (uint32_t)(at + gap);
        block->len = (uint32_t)len;
        block->line = (uint32_t)line;
        at += gap + len;
    }
    article->n_blocks = n;
    return true;
}

static bool
count_parts(struct str parts, struct counts *counts)
{
    const char *p = parts.p;
    const char *end = parts.p + parts.len;
    struct str bytes;
    char tag;

    while (p < end) {
        if (!next_part(&p, end, &tag, &bytes)) {
            return false;
        }
        counts->authors += tag == 'a';
        counts->tags += tag == 'g';
        counts->categories += tag == 'c';
        counts->meta += tag == 'm';
        counts->header += tag == 'h';
    }
    return true;
}

static bool
make_list(struct article *article, struct str_list *list, size_t count)
{
    list->items = lede__arena_array(&article->arena, count + 1,
                                    sizeof *list->items);
    return list->items != NULL;
}

static bool
read_part(struct article *a, char tag, struct str bytes)
{
    struct str *text = NULL;
    const char *p = bytes.p;
    uint64_t number = 0;

    switch (tag) {
    case 'i': text = &a->id; break;
    case 'p': text = &a->path; break;
    case 'k': text = &a->key; break;
    case 't': text = &a->title; break;
    case 'b': text = &a->body; break;
    case 's': text = &a->summary; break;
    case 'l': text = &a->lang; break;
    case 'o': text = &a->source; break;
    case 'u': text = &a->url; break;
    case 'a': text = &a->authors.items[a->authors.count++]; break;
    case 'g': text = &a->tags.items[a->tags.count++]; break;
    case 'c': text = &a->categories.items[a->categories.count++]; break;
    case 'd':
        return read_date(bytes, &a->date);
    case 'f':
        a->draft = bytes.len > 0 && (*p & FLAG_DRAFT) != 0;
        a->title_in_body = bytes.len > 0 && (*p & FLAG_TITLE_IN_BODY) != 0;
        a->lang_detected = bytes.len > 0 && (*p & FLAG_LANG_DETECTED) != 0;
        return true;
    case 'n':
        if (!lede__varint_read(&p, bytes.p + bytes.len, &number)) {
            return false;
        }
        a->line = (uint32_t)number;
        return true;
    case 'm':
        return read_meta(&a->arena, bytes, &a->meta[a->n_meta++]);
    case 'h':
        return read_meta(&a->arena, bytes, &a->header[a->n_header++]);
    case 'B':
        return read_blocks(a, bytes);
    default:
        return true;
    }
    *text = lede__arena_str(&a->arena, bytes);
    return text->p != NULL;
}

lede_status
lede__record_read(struct article *article, struct str bytes, lede_error *err)
{
    struct arena arena = article->arena;
    struct counts counts = { 0, 0, 0, 0, 0 };
    struct str parts;
    uint32_t sum = 0;

    lede__arena_reset(&arena);
    memset(article, 0, sizeof *article);
    article->arena = arena;
    if (bytes.len < RECORD_HEAD) {
        return corrupt(err, "too short");
    }
    if (bytes.p[0] != RECORD_VERSION) {
        return corrupt(err, "unknown version");
    }
    for (int i = 0; i < 4; i++) {
        sum |= (uint32_t)(unsigned char)bytes.p[1 + i] << (8 * i);
    }
    parts.p = bytes.p + RECORD_HEAD;
    parts.len = bytes.len - RECORD_HEAD;
    if (sum != libdeflate_crc32(0, parts.p, parts.len)) {
        return corrupt(err, "checksum");
    }
    if (!count_parts(parts, &counts)) {
        return corrupt(err, "cut");
    }
    article->meta = lede__arena_array(&article->arena, counts.meta + 1,
                                      sizeof *article->meta);
    article->header = lede__arena_array(&article->arena, counts.header + 1,
                                        sizeof *article->header);
    if (article->meta == NULL || article->header == NULL ||
        !make_list(article, &article->authors, counts.authors) ||
        !make_list(article, &article->tags, counts.tags) ||
        !make_list(article, &article->categories, counts.categories)) {
        return lede__fail_memory(err);
    }
    for (const char *p = parts.p; p < parts.p + parts.len;) {
        struct str part;
        char tag;

        if (!next_part(&p, parts.p + parts.len, &tag, &part) ||
            !read_part(article, tag, part)) {
            return corrupt(err, "a part of it");
        }
    }
    return LEDE_STATUS_OK;
}
