/* similar.c - lede_similar, lede_background, and the same for an article that
   is given. */

#include "corpus/reader.h"
#include "query/hits.h"
#include "shared/base/utf8.h"

/* A text of a caller's, valid. */
static lede_status
take(struct article *article, struct str *out, const char *text,
     lede_error *err)
{
    struct str from = str_from(text);
    struct buf repaired = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    *out = from;
    if (lede__utf8_valid(from) == from.len) {
        return LEDE_STATUS_OK;
    }
    status = lede__utf8_repair(&repaired, from, err);
    if (status == LEDE_STATUS_OK) {
        *out = lede__arena_str(&article->arena, lede__buf_view(&repaired));
        status = out->p == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
    }
    lede__buf_free(&repaired);
    return status;
}

static lede_status
take_article(struct article *article, const lede_article *from,
             lede_error *err)
{
    const struct {
        struct str *to;
        const char *text;
    } texts[] = {
        { &article->id, from->id }, { &article->title, from->title },
        { &article->body, from->body }, { &article->lang, from->lang },
    };
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]) &&
                status == LEDE_STATUS_OK; i++) {
        status = take(article, texts[i].to, texts[i].text, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (article->title.len == 0 && article->body.len == 0) {
        return lede__fail(err, LEDE_STATUS_BAD_INPUT,
                          "the article has neither a title nor a body");
    }
    if (from->date != NULL &&
        !lede__date_parse(lede__str_trim(str_from(from->date)),
                          &article->date)) {
        return lede__fail(err, LEDE_STATUS_BAD_INPUT,
                          "\"%s\" is no date; write 2025-02-12 or "
                          "2025-02-12T15:10:00Z", from->date);
    }
    if (from->lang == NULL) {
        article->lang = str_from(lede__lang_detect(
            article->body.len > 0 ? article->body : article->title));
    }
    return LEDE_STATUS_OK;
}

static lede_status
search_by(lede_results **out, lede_index *const *indexes, size_t n_indexes,
          const lede_article *from, bool background, const char *among,
          const lede_search_options *options, lede_error *error)
{
    struct article article = { .arena = ARENA_INIT };
    struct likeness likeness = { NULL, &article, background };
    lede_status status = take_article(&article, from, error);

    *out = NULL;
    if (status == LEDE_STATUS_OK) {
        status = lede__results_search(out, indexes, n_indexes, &likeness,
                                      among, options, error);
    }
    lede__arena_free(&article.arena);
    return status;
}

lede_status
lede_similar(lede_results **out, lede_index *const *indexes, size_t n_indexes,
             const char *id, const char *among,
             const lede_search_options *options, lede_error *error)
{
    struct likeness likeness = { id, NULL, false };

    return lede__results_search(out, indexes, n_indexes, &likeness, among,
                                options, error);
}

lede_status
lede_similar_to(lede_results **out, lede_index *const *indexes,
                size_t n_indexes, const lede_article *article,
                const char *among, const lede_search_options *options,
                lede_error *error)
{
    return search_by(out, indexes, n_indexes, article, false, among, options,
                     error);
}

lede_status
lede_background(lede_results **out, lede_index *const *indexes,
                size_t n_indexes, const char *id, const char *among,
                const lede_search_options *options, lede_error *error)
{
    struct likeness likeness = { id, NULL, true };

    return lede__results_search(out, indexes, n_indexes, &likeness, among,
                                options, error);
}

lede_status
lede_background_to(lede_results **out, lede_index *const *indexes,
                   size_t n_indexes, const lede_article *article,
                   const char *among, const lede_search_options *options,
                   lede_error *error)
{
    return search_by(out, indexes, n_indexes, article, true, among, options,
                     error);
}
