/* article-check.h - reading an article in a test, and what must hold for every
   article, whatever it was read from. */

#ifndef LEDE_TESTS_ARTICLE_CHECK_H
#define LEDE_TESTS_ARTICLE_CHECK_H

#include <stdio.h>

#include "corpus/reader.h"
#include "shared/base/utf8.h"

/* What is wrong with a string of an article, or NULL. */
static inline const char *
check_string(struct str s, bool lines)
{
    if (s.p == NULL || (s.len == 0 && s.p[0] != '\0')) {
        return "a string is NULL";
    }
    if (lede__utf8_valid(s) != s.len) {
        return "a string is not UTF-8";
    }
    for (const char *p = s.p; p < s.p + s.len;) {
        uint32_t cp;
        p += lede__utf8_next(p, s.p + s.len, &cp);
        if ((cp < ' ' && !(lines && (cp == '\n' || cp == '\t')))
            || (cp >= 0x7F && cp < 0xA0)) {
            return "a control character";
        }
    }
    return NULL;
}

static inline const char *
check_list(const struct str_list *list)
{
    const char *wrong = NULL;

    for (size_t i = 0; i < list->count && wrong == NULL; i++) {
        wrong = list->items[i].len == 0 ? "an empty item"
                                        : check_string(list->items[i], false);
    }
    return wrong;
}

/* Blocks in order, apart by a blank line, and nothing else in the body. */
static inline const char *
check_blocks(const struct article *article)
{
    struct str body = article->body;
    size_t end = 0;

    for (size_t i = 0; i < article->n_blocks; i++) {
        const struct block *b = &article->blocks[i];
        size_t gap = i == 0 ? 0 : 2;
        if (b->len == 0 || b->start != end + gap
            || (size_t)b->start + b->len > body.len
            || memcmp(body.p + end, "\n\n", gap) != 0) {
            return "a block is not in its place";
        }
        struct str text = { body.p + b->start, b->len };
        if ((text.p[0] == ' ' && b->kind != BLOCK_CODE)
            || (unsigned char)text.p[text.len - 1] <= ' '
            || lede__utf8_valid(text) != text.len) {
            return "a block is cut in the wrong place";
        }
        if ((b->kind == BLOCK_HEADING) != (b->level >= 1 && b->level <= 6)) {
            return "a block has the wrong level";
        }
        end = (size_t)b->start + b->len;
    }
    return end == body.len ? NULL : "the body does not end with its blocks";
}

static inline const char *
check_article(const struct article *article)
{
    const struct str strings[] = {
        article->id, article->path, article->key, article->title,
        article->summary, article->lang, article->source, article->url,
    };
    const char *wrong = check_string(article->body, true);

    for (size_t i = 0; i < sizeof(strings) / sizeof(*strings) && !wrong; i++) {
        wrong = check_string(strings[i], false);
    }
    for (size_t i = 0; i < article->n_meta && wrong == NULL; i++) {
        const struct meta *meta = &article->meta[i];
        wrong = meta->key.len == 0 || meta->text.len == 0 ? "empty metadata"
                : check_string(meta->key, false);
        wrong = wrong != NULL ? wrong : check_string(meta->text, true);
    }
    wrong = wrong != NULL ? wrong : check_list(&article->authors);
    wrong = wrong != NULL ? wrong : check_list(&article->tags);
    wrong = wrong != NULL ? wrong : check_list(&article->categories);
    return wrong != NULL ? wrong : check_blocks(article);
}

/* The warnings of one article, "code:line:column " each. */
struct warnings {
    char text[512];
    char last[512];             // message of the last one
    int count;
};

static inline void
note_warning(void *payload, const struct reader_warning *warning)
{
    struct warnings *w = payload;
    size_t len = strlen(w->text);

    w->count++;
    snprintf(w->text + len, sizeof(w->text) - len, "%s%s:%u:%u",
             len > 0 ? " " : "", warning->code, warning->line,
             warning->column);
    snprintf(w->last, sizeof(w->last), "%s", warning->message);
}

/* Read one record from memory.  The warnings may be NULL. */
static inline lede_status
read_article(struct article *article, enum format format, const char *path,
             struct str bytes, const struct reader_options *options,
             struct warnings *warnings, lede_error *err)
{
    struct record record = { bytes.p, bytes.len, 0, 1, format, false };

    if (warnings != NULL) {
        memset(warnings, 0, sizeof(*warnings));
    }
    return lede__article_parse(article, &record, str_from(path), options,
                               warnings == NULL ? NULL : note_warning,
                               warnings, err);
}

#endif
