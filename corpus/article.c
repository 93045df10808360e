/* article.c - a record -> an article: everything that the formats share.

   After the format's reader has run, what is still missing is found elsewhere:
   the title in the body or the file's name, the date in the file's name
   (`2025-02-12-title.md`, as Jekyll has it, `20250212 title.md`), the language
   in the text. */

#include "corpus/builder.h"
#include "corpus/encoding.h"
#include "corpus/front-matter.h"
#include "corpus/jsonl.h"
#include "corpus/language.h"
#include "corpus/markdown.h"
#include "corpus/text.h"
#include "shared/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

/* Blocks at the beginning that the title is looked for in. */
#define TITLE_BLOCKS 12

/* ---- the source ---- */

/* Lines end with "\n" alone from here on. */
static struct str
plain_line_ends(struct builder *b, struct str text)
{
    size_t len = 0;
    char *out;

    if (text.len == 0 || memchr(text.p, '\r', text.len) == NULL) {
        return text;
    }
    text = lede__builder_copy(b, text);
    out = (char *)(uintptr_t)text.p;            // the arena's
    for (size_t i = 0; i < text.len; i++) {
        char c = out[i];
        if (c == '\r' && i + 1 < text.len && out[i + 1] == '\n') {
            continue;
        }
        out[len++] = c == '\r' ? '\n' : c;
    }
    text.len = len;
    return text;
}

static void
read_text(struct builder *b, enum format format, struct str text)
{
    text = plain_line_ends(b, text);
    if (format == FORMAT_MARKDOWN) {
        enum header_kind kind = lede__header_read(b, &text);
        lede__fields_apply(b, kind == HEADER_LINES ? DIALECT_LINES
                                                   : DIALECT_FRONT);
        lede__markdown_read(b, text);
    } else {
        lede__text_read(b, text);
    }
}

/* ---- the file's name ---- */

static struct str
file_name(struct str path)
{
    size_t at = path.len;

    while (at > 0 && path.p[at - 1] != '/') {
        at--;
    }
    return (struct str){ path.p + at, path.len - at };
}

/* The date that a name begins with; its length, with what parts it from the
   rest, or 0. */
static size_t
date_in_name(struct str name, struct date *date)
{
    static const size_t lengths[] = { 10, 8 };  // 2025-02-12, 20250212

    for (size_t i = 0; i < 2; i++) {
        size_t n = lengths[i];
        if (name.len > n && strchr("-_ .", name.p[n]) != NULL
            && lede__date_parse((struct str){ name.p, n }, date)
            && date->precision == DATE_DAY) {
            return n + 1;
        }
    }
    date->precision = DATE_NONE;
    return 0;
}

/* "2025-02-12-some-words.md.gz" -> "some words" */
static struct str
title_of_name(struct builder *b, struct str name)
{
    struct date date;
    size_t skip = date_in_name(name, &date);
    size_t end = name.len;
    struct str title;

    if (skip > 0 && name.p[skip - 1] == '.') {
        skip = 0;               // there is nothing but the date
    }
    for (size_t i = skip + 1; i < name.len; i++) {
        if (name.p[i] == '.' && name.len - i <= 10) {
            end = i;
            break;
        }
    }
    title = lede__text_line(b, (struct str){ name.p + skip, end - skip },
                            FIELD_TEXT_MAX);
    if (memchr(title.p, ' ', title.len) == NULL) {
        char *p = (char *)(uintptr_t)title.p;   // the arena's
        for (size_t i = 0; i < title.len; i++) {
            p[i] = p[i] == '-' || p[i] == '_' ? ' ' : p[i];
        }
    }
    return title;
}

/* ---- what is missing ---- */

static struct str
block_text(const struct builder *b, size_t i)
{
    const struct block *block = &b->article->blocks[i];

    return (struct str){ b->body.p + block->start, block->len };
}

static void
find_title(struct builder *b, enum format format)
{
    struct article *article = b->article;

    if (article->title.len == 0 && article->n_blocks > 0) {
        article->title = lede__text_title(b, block_text(b, 0));
        article->title_in_body = article->title.len > 0;
    }
    if (article->title.len == 0 && !lede__format_is_many(format)) {
        article->title = title_of_name(b, file_name(article->path));
    }
    for (size_t i = 0; i < article->n_blocks && i < TITLE_BLOCKS; i++) {
        struct str text = block_text(b, i);
        // A heading, or the beginning of the first paragraph
        if (i > 0 && article->blocks[i].kind != BLOCK_HEADING) {
            continue;
        }
        if (text.len >= article->title.len && article->title.len > 0
            && memcmp(text.p, article->title.p, article->title.len) == 0) {
            article->title_in_body = true;
        }
    }
}

/* What the language is seen by. */
struct sample {
    char bytes[LANG_SAMPLE_MAX];
    size_t len;
};

static void
add_piece(struct sample *sample, struct str text)
{
    size_t room = sizeof(sample->bytes) - sample->len;
    size_t n = lede__utf8_floor(text, room);

    memcpy(sample->bytes + sample->len, text.p, n);
    sample->len += n;
    if (n < room) {
        sample->bytes[sample->len++] = '\n';
    }
}

/* The body without code and without the title that it may begin with. */
static void
add_body(struct sample *sample, const struct builder *b)
{
    const struct article *article = b->article;

    for (size_t i = 0; i < article->n_blocks
                       && sample->len < sizeof(sample->bytes); i++) {
        struct str text = block_text(b, i);
        if (article->blocks[i].kind != BLOCK_CODE
            && (i > 0 || !str_eq(text, article->title))) {
            add_piece(sample, text);
        }
    }
}

/* Titles are full of names, which are of any language: they are asked only
   where there is little else. */
static void
find_language(struct builder *b)
{
    struct article *article = b->article;
    struct sample sample;
    const char *code;

    if (article->lang.len > 0) {
        return;
    }
    sample.len = 0;
    add_body(&sample, b);
    if (sample.len < LANG_TITLE_BELOW) {
        sample.len = 0;
        add_piece(&sample, article->title);
        add_body(&sample, b);
    }
    code = lede__lang_detect((struct str){ sample.bytes, sample.len });
    article->lang_detected = code != NULL;
    if (code == NULL && b->options != NULL) {
        code = b->options->default_lang;
    }
    article->lang = str_from(code == NULL ? "" : code);
}

static void
make_id(struct builder *b, const struct record *record)
{
    struct article *article = b->article;
    struct buf id = BUF_INIT(BUF_MAX_ANY);
    lede_status status;

    if (!lede__format_is_many(record->format)) {
        article->id = article->path;
        return;
    }
    if (article->key.len > 0) {
        status = lede__buf_addf(&id, b->err, "%s#%s", article->path.p,
                                article->key.p);
    } else {
        status = lede__buf_addf(&id, b->err, "%s#%u", article->path.p,
                                (unsigned)record->line);
    }
    if (b->status == LEDE_STATUS_OK) {
        b->status = status;
    }
    article->id = lede__builder_copy(b, lede__buf_view(&id));
    lede__buf_free(&id);
}

/* A path in bytes of another encoding is shown repaired. */
static struct str
path_text(struct builder *b, struct str path)
{
    struct buf repaired = BUF_INIT(BUF_MAX_ANY);
    struct str copy;

    if (lede__utf8_valid(path) == path.len) {
        return lede__builder_copy(b, path);
    }
    b->status = lede__utf8_repair(&repaired, path, b->err);
    copy = lede__builder_copy(b, lede__buf_view(&repaired));
    lede__buf_free(&repaired);
    return copy;
}

lede_status
lede__article_parse(struct article *article, const struct record *record,
                    struct str path, const struct reader_options *options,
                    reader_warn warn, void *payload, lede_error *err)
{
    struct buf utf8 = BUF_INIT(BUF_MAX_ANY);
    struct str bytes = { record->p, record->len };
    struct builder b;
    struct str text;

    lede__builder_init(&b, article, options, warn, payload, err);
    article->path = path_text(&b, path);
    article->line = record->line;
    b.line = record->line;
    if (b.status == LEDE_STATUS_OK && record->too_large) {
        b.status = lede__fail_at(err, LEDE_STATUS_LIMIT, article->path.p,
                                 record->line, 0,
                                 "an article of more than %zu bytes",
                                 record->len);
    }
    if (b.status == LEDE_STATUS_OK && record->format == FORMAT_JSONL) {
        lede__jsonl_read(&b, bytes, article->path.p);
    } else if (b.status == LEDE_STATUS_OK) {
        lede__encoding_decode(&b, bytes, &utf8, &text);
        read_text(&b, record->format, text);
        if (article->date.precision == DATE_NONE) {
            date_in_name(file_name(article->path), &article->date);
        }
    }
    if (b.status == LEDE_STATUS_OK) {
        find_title(&b, record->format);
        find_language(&b);
        make_id(&b, record);
    }
    lede_status status = lede__builder_end(&b);
    lede__buf_free(&utf8);
    return status;
}
