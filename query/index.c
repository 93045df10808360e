/* index.c - the life of an open index, and its articles. */

#include <inttypes.h>
#include <stdlib.h>

#include "query/handle.h"
#include "query/match.h"
#include "query/searcher-engines.h"
#include "shared/base/file.h"

/* What comes from the schema: made anew with each snapshot. */
static lede_status
make_analysis(lede_index *index, lede_error *err)
{
    lede_status status;

    lede__analysis_free(index->analysis);
    lede__analyzer_free(index->analyzer);
    index->analysis = NULL;
    index->analyzer = NULL;
    status = lede__analyzer_new(&index->analyzer, index->searcher->schema,
                                err);
    if (status == LEDE_STATUS_OK) {
        status = lede__analysis_new(&index->analysis, index->analyzer, err);
    }
    return status;
}

lede_status
lede__index_new(lede_index **out, struct searcher *searcher, lede_error *err)
{
    lede_index *index = calloc(1, sizeof(*index));
    lede_status status;

    *out = NULL;
    if (index == NULL) {
        lede__searcher_close(searcher);
        return lede__fail_memory(err);
    }
    index->searcher = searcher;
    status = make_analysis(index, err);
    if (status != LEDE_STATUS_OK) {
        lede_index_close(index);
        return status;
    }
    *out = index;
    return LEDE_STATUS_OK;
}

void
lede_index_close(lede_index *index)
{
    if (index == NULL) {
        return;
    }
    lede__matcher_free(index->matcher);
    lede__analysis_free(index->analysis);
    lede__analyzer_free(index->analyzer);
    lede__searcher_close(index->searcher);
    lede__arena_free(&index->info);
    lede__arena_free(&index->lists);
    lede__arena_free(&index->article.arena);
    free(index);
}

const char *
lede_index_engine(const lede_index *index)
{
    return index->searcher->ops->engine;
}

uint64_t
lede_index_articles(const lede_index *index)
{
    return index->searcher->stats.articles;
}

lede_status
lede_index_bytes(const lede_index *index, uint64_t *bytes, lede_error *error)
{
    return lede__file_size_tree(index->searcher->path, bytes, error);
}

lede_status
lede_index_refresh(lede_index *index, lede_error *error)
{
    lede_status status = LEDE__STATUS_CHANGED;
    size_t tries;

    for (tries = 0; status == LEDE__STATUS_CHANGED; tries++) {
        if (tries == CHANGED_TRIES) {
            return lede__fail(error, LEDE_STATUS_ENGINE,
                              "%s: changes faster than it can be read",
                              index->searcher->path);
        }
        status = lede__searcher_renew(&index->searcher, error);
    }
    return status == LEDE_STATUS_OK ? make_analysis(index, error) : status;
}

lede_status
lede__index_retry(lede_index *const *indexes, size_t n, size_t tries,
                  lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (tries >= CHANGED_TRIES) {
        return lede__fail(err, LEDE_STATUS_ENGINE,
                          "%s: changes faster than it can be searched",
                          indexes[0]->searcher->path);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede_index_refresh(indexes[i], err);
    }
    return status;
}

/* ---- articles ---- */

lede_status
lede__index_stored(lede_index *index, uint32_t doc,
                   struct article *article, lede_error *err)
{
    struct str bytes;
    lede_status status = lede__searcher_stored(index->searcher, doc, &bytes,
                                               err);

    if (status == LEDE_STATUS_NOT_FOUND) {
        return lede__fail(err, LEDE_STATUS_CORRUPT, "%s: article %" PRIu32
                          " is missing; run lede check",
                          index->searcher->path, doc);
    }
    return status == LEDE_STATUS_OK ? lede__record_read(article, bytes, err)
                                    : status;
}

/* The articles that have a term, up to `max`. */
static lede_status
find_docs(struct searcher *searcher, struct str term, uint32_t *docs,
          size_t max, size_t *count, lede_error *err)
{
    struct postings *postings = NULL;
    lede_status status = lede__postings_open(searcher, term, &postings, err);
    uint32_t from = 0;

    *count = 0;
    while (status == LEDE_STATUS_OK && postings != NULL && *count < max) {
        size_t i;

        status = lede__postings_advance(postings, from, err);
        if (status != LEDE_STATUS_OK || postings->count == 0) {
            break;
        }
        for (i = 0; i < postings->count && *count < max; i++) {
            docs[(*count)++] = postings->docs[i];
        }
        from = postings->docs[postings->count - 1] + 1;
    }
    lede__postings_close(postings);
    return status;
}

/* Articles whose keys fold to the same that are looked through. */
#define KEY_CANDIDATES 64

lede_status
lede__index_find(lede_index *index, struct str id, bool exact, uint32_t *doc,
                 lede_error *err)
{
    uint32_t docs[KEY_CANDIDATES];
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    struct article article = { .arena = ARENA_INIT };
    size_t n_fits = 0;
    size_t n = 0;
    size_t i;
    lede_status status = lede__term_raw(&term, TERM_ID, id, err);

    if (status == LEDE_STATUS_OK) {
        status = find_docs(index->searcher, lede__buf_view(&term), docs, 1,
                           &n, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    if (n == 1) {
        *doc = docs[0];
        goto out;
    }
    status = lede__term_keyword(&term, STR("key"), id, err);
    if (status == LEDE_STATUS_OK) {
        status = find_docs(index->searcher, lede__buf_view(&term), docs,
                           KEY_CANDIDATES, &n, err);
    }
    if (status == LEDE_STATUS_OK && n == 1 && !exact) {
        *doc = docs[0];
        goto out;
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK && n_fits < 2; i++) {
        status = lede__index_stored(index, docs[i], &article, err);
        if (status == LEDE_STATUS_OK && str_eq(article.key, id)) {
            *doc = docs[i];
            n_fits++;
        }
    }
    if (status == LEDE_STATUS_OK && n_fits != 1) {
        status = lede__fail(err, LEDE_STATUS_NOT_FOUND, n_fits == 0
                            ? "%.*s: no such article"
                            : "%.*s: several articles have this key; "
                            "give the id", (int)id.len, id.p);
    }

out:
    lede__arena_free(&article.arena);
    lede__buf_free(&term);
    return status;
}

static lede_status
find_article(lede_index *index, struct str id, lede_error *err)
{
    uint32_t doc = 0;
    lede_status status = lede__index_find(index, id, true, &doc, err);

    return status == LEDE_STATUS_OK
           ? lede__index_stored(index, doc, &index->article, err) : status;
}

/* NUL-terminated, NULL where empty. */
static const char *
text_or_null(struct str s)
{
    return s.len > 0 ? s.p : NULL;
}

static lede_status
view_list(struct arena *arena, const struct str_list *list,
          const char *const **out, size_t *count, lede_error *err)
{
    const char **items;
    size_t i;

    *out = NULL;
    *count = list->count;
    if (list->count == 0) {
        return LEDE_STATUS_OK;
    }
    items = lede__arena_array(arena, list->count, sizeof(*items));
    if (items == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < list->count; i++) {
        items[i] = list->items[i].p;
    }
    *out = items;
    return LEDE_STATUS_OK;
}

static lede_status
view_meta(struct arena *arena, const struct meta *from, size_t count,
          const lede_meta **out, size_t *n, lede_error *err)
{
    lede_meta *meta = lede__arena_array(arena, count + 1, sizeof(*meta));
    size_t i;

    if (meta == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < count; i++) {
        meta[i].key = from[i].key.p;
        meta[i].value = from[i].text.p;
    }
    *out = meta;
    *n = count;
    return LEDE_STATUS_OK;
}

static lede_status
view_article(lede_index *index, lede_error *err)
{
    const struct article *from = &index->article;
    lede_article *to = &index->view;
    struct arena *arena = &index->lists;
    char date[24];
    lede_status status;

    lede__arena_reset(arena);
    memset(to, 0, sizeof(*to));
    to->id = from->id.p;
    to->key = text_or_null(from->key);
    to->path = text_or_null(from->path);
    to->title = text_or_null(from->title);
    to->body = text_or_null(from->body);
    to->summary = text_or_null(from->summary);
    to->lang = text_or_null(from->lang);
    to->source = text_or_null(from->source);
    to->url = text_or_null(from->url);
    lede__date_format(from->date, date);
    to->date = text_or_null(lede__arena_str(arena, str_from(date)));
    status = view_list(arena, &from->authors, &to->authors, &to->n_authors,
                       err);
    if (status == LEDE_STATUS_OK) {
        status = view_list(arena, &from->tags, &to->tags, &to->n_tags, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = view_list(arena, &from->categories, &to->categories,
                           &to->n_categories, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = view_meta(arena, from->meta, from->n_meta, &to->meta,
                           &to->n_meta, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = view_meta(arena, from->header, from->n_header, &to->header,
                           &to->n_header, err);
    }
    return status;
}

lede_status
lede_index_article(lede_index *index, const char *id,
                   const lede_article **out, lede_error *error)
{
    lede_status status;
    size_t tries = 0;

    *out = NULL;
    for (;;) {
        status = find_article(index, str_from(id), error);
        if (status != LEDE__STATUS_CHANGED) {
            break;
        }
        status = lede__index_retry(&index, 1, tries++, error);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = view_article(index, error);
    }
    if (status == LEDE_STATUS_OK) {
        *out = &index->view;
    }
    return status;
}
