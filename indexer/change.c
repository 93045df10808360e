/* change.c - a program's own articles: lede_writer_add and _remove. */

#include <stdlib.h>
#include <xxhash.h>

#include "corpus/reader.h"
#include "indexer/writer.h"
#include "shared/base/utf8.h"

/* ---- adding ---- */

/* A copy of `text` in the article's arena, checked. */
static lede_status
take(struct article *article, struct str *place, const char *text,
     const char *what, lede_error *err)
{
    struct str s = lede__str_trim(str_from(text));

    if (s.len == 0) {
        return LEDE_STATUS_OK;
    }
    if (lede__utf8_valid(s) != s.len) {
        return lede__fail(err, LEDE_STATUS_BAD_INPUT,
                          "the article's %s is not UTF-8", what);
    }
    *place = lede__arena_str(&article->arena, s);
    return place->p == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

static lede_status
take_list(struct article *article, struct str_list *list,
          const char *const *items, size_t count, const char *what,
          lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    list->items = lede__arena_array(&article->arena, count + 1,
                                    sizeof *list->items);
    if (list->items == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        status = take(article, &list->items[list->count], items[i], what,
                      err);
        list->count += list->items[list->count].len > 0;
    }
    return status;
}

static lede_status
take_meta(struct article *article, const lede_article *from, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    article->meta = lede__arena_array(&article->arena, from->n_meta + 1,
                                      sizeof *article->meta);
    if (article->meta == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < from->n_meta && status == LEDE_STATUS_OK; i++) {
        struct meta *meta = &article->meta[article->n_meta];

        meta->type = META_STRING;
        status = take(article, &meta->key, from->meta[i].key, "metadata",
                      err);
        if (status == LEDE_STATUS_OK) {
            status = take(article, &meta->text, from->meta[i].value,
                          "metadata", err);
        }
        article->n_meta += meta->key.len > 0;
    }
    return status;
}

static lede_status
take_article(struct article *article, const lede_article *from,
             lede_error *err)
{
    struct arena arena = article->arena;
    lede_status status = LEDE_STATUS_OK;
    struct {
        struct str *place;
        const char *text;
        const char *what;
    } texts[] = {
        { &article->id, from->id, "id" },
        { &article->title, from->title, "title" },
        { &article->body, from->body, "body" },
        { &article->summary, from->summary, "summary" },
        { &article->lang, from->lang, "language" },
        { &article->source, from->source, "source" },
        { &article->url, from->url, "url" },
    };

    lede__arena_reset(&arena);
    memset(article, 0, sizeof *article);
    article->arena = arena;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        status = take(article, texts[i].place, texts[i].text, texts[i].what,
                      err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (article->id.len == 0) {
        return lede__fail(err, LEDE_STATUS_BAD_INPUT,
                          "the article has no id");
    }
    if (article->title.len == 0 && article->body.len == 0) {
        return lede__fail(err, LEDE_STATUS_BAD_INPUT,
                          "%s: neither a title nor a body", from->id);
    }
    article->key = article->id;
    if (from->date != NULL &&
        !lede__date_parse(lede__str_trim(str_from(from->date)),
                          &article->date)) {
        return lede__fail(err, LEDE_STATUS_BAD_INPUT,
                          "%s: \"%s\" is no date; write 2025-02-12 or "
                          "2025-02-12T15:10:00Z", from->id, from->date);
    }
    status = take_list(article, &article->authors, from->authors,
                       from->n_authors, "author", err);
    if (status == LEDE_STATUS_OK) {
        status = take_list(article, &article->tags, from->tags, from->n_tags,
                           "tag", err);
    }
    if (status == LEDE_STATUS_OK) {
        status = take_list(article, &article->categories, from->categories,
                           from->n_categories, "category", err);
    }
    if (status == LEDE_STATUS_OK) {
        status = take_meta(article, from, err);
    }
    if (status == LEDE_STATUS_OK && article->lang.len == 0) {
        const char *lang = lede__lang_detect(
            article->body.len > 0 ? article->body : article->title);

        article->lang = str_from(lang);
        article->lang_detected = lang != NULL;
    }
    return status;
}

lede_status
lede_writer_add(lede_writer *writer, const lede_article *from,
                lede_error *error)
{
    struct article *article = &writer->article;
    unsigned char hash[16];
    XXH128_canonical_t canonical;
    lede_status status = LEDE_STATUS_OK;

    status = take_article(article, from, error);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (article->arena.used > writer->max_article) {
        return lede__fail(error, LEDE_STATUS_LIMIT,
                          "%s: larger than the %llu bytes that an article "
                          "may have; allow more of them or more memory",
                          from->id, (unsigned long long)writer->max_article);
    }
    XXH128_canonicalFromHash(&canonical,
                             XXH3_128bits(article->body.p,
                                          article->body.len));
    memcpy(hash, canonical.digest, sizeof hash);
    return lede__writer_put(writer, article, hash, error);
}

/* ---- removing ---- */

/* Remove every article that has the term in writer->term. */
static lede_status
remove_all(lede_writer *writer, uint64_t *removed, lede_error *err)
{
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    uint32_t number = 0;

    status = lede__buf_str(&term, lede__buf_view(&writer->term), err);
    while (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->find(writer->sink, lede__buf_view(&term),
                                         number, &number, err);
        if (status != LEDE_STATUS_OK || number == 0) {
            break;
        }
        status = lede__writer_delete(writer, number, err);
        *removed += status == LEDE_STATUS_OK;
    }
    lede__buf_free(&term);
    return status;
}

/* By key, where exactly one article has it. */
static lede_status
remove_by_key(lede_writer *writer, struct str key, uint64_t *removed,
              lede_error *err)
{
    struct sink *sink = writer->sink;
    lede_status status = LEDE_STATUS_OK;
    uint32_t first = 0;
    uint32_t second = 0;

    status = lede__term_keyword(&writer->term, STR("key"), key, err);
    if (status == LEDE_STATUS_OK) {
        status = sink->ops->find(sink, lede__buf_view(&writer->term), 0,
                                 &first, err);
    }
    if (status == LEDE_STATUS_OK && first != 0) {
        status = sink->ops->find(sink, lede__buf_view(&writer->term), first,
                                 &second, err);
    }
    if (status == LEDE_STATUS_OK && second != 0) {
        status = lede__fail(err, LEDE_STATUS_USAGE,
                            "%.*s: several articles have this key; give the "
                            "id of one", (int)key.len, key.p);
    }
    if (status == LEDE_STATUS_OK && first != 0) {
        status = lede__writer_delete(writer, first, err);
        *removed += status == LEDE_STATUS_OK;
    }
    return status;
}

lede_status
lede_writer_remove(lede_writer *writer, const char *id, uint64_t *removed,
                   lede_error *error)
{
    static const char kinds[] = { TERM_ID, TERM_FILE, TERM_FOLDER };
    uint64_t count = 0;
    char *absolute = NULL;
    lede_status status = LEDE_STATUS_OK;
    struct str names[2] = { str_from(id), { NULL, 0 } };

    if (removed != NULL) {
        *removed = 0;
    }
    if (names[0].len == 0) {
        return lede__fail(error, LEDE_STATUS_USAGE, "an empty id");
    }
    status = lede__writer_settle(writer, error);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    /* As an id is written, then as a path of the calling process. */
    status = lede__path_resolve(&absolute, id, error);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    names[1] = lede__path_to_id(writer, absolute);
    for (int i = 0; i < 2 && count == 0; i++) {
        for (size_t k = 0; k < sizeof kinds && count == 0; k++) {
            if (status == LEDE_STATUS_OK) {
                status = lede__term_raw(&writer->term, kinds[k], names[i],
                                        error);
            }
            if (status == LEDE_STATUS_OK) {
                status = remove_all(writer, &count, error);
            }
        }
        if (i == 0 && count == 0 && status == LEDE_STATUS_OK) {
            status = remove_by_key(writer, names[0], &count, error);
        }
    }
    if (removed != NULL) {
        *removed = count;
    }
    free(absolute);
    return status;
}
