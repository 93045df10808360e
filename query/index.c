/* index.c - the life of an open index, and what is in it. */

#include <inttypes.h>
#include <stdlib.h>

#include "query/handle.h"
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
    lede__analysis_free(index->analysis);
    lede__analyzer_free(index->analyzer);
    lede__searcher_close(index->searcher);
    lede__arena_free(&index->info);
    lede__arena_free(&index->lists);
    lede__arena_free(&index->article.arena);
    free(index);
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
        status = lede__searcher_refresh(index->searcher, error);
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
lede__index_stored(lede_index *index, uint32_t number,
                   struct article *article, lede_error *err)
{
    struct str bytes;
    lede_status status = lede__searcher_stored(index->searcher, number,
                                               &bytes, err);

    if (status == LEDE_STATUS_NOT_FOUND) {
        return lede__fail(err, LEDE_STATUS_CORRUPT, "%s: article %" PRIu32
                          " is missing; run lede check",
                          index->searcher->path, number);
    }
    return status == LEDE_STATUS_OK ? lede__record_read(article, bytes, err)
                                    : status;
}

/* The numbers of the articles that have a term, up to `max`. */
static lede_status
find_numbers(struct searcher *searcher, struct str term, uint32_t *numbers,
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
            numbers[(*count)++] = postings->numbers[i];
        }
        from = postings->numbers[postings->count - 1] + 1;
    }
    lede__postings_close(postings);
    return status;
}

/* Articles whose keys fold to the same that are looked through. */
#define KEY_CANDIDATES 64

/* The article with this id, else the only one with this key. */
static lede_status
find_article(lede_index *index, struct str id, lede_error *err)
{
    uint32_t numbers[KEY_CANDIDATES];
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    uint32_t fits[2] = { 0, 0 };
    size_t n_fits = 0;
    size_t n = 0;
    size_t i;
    lede_status status = lede__term_raw(&term, TERM_ID, id, err);

    if (status == LEDE_STATUS_OK) {
        status = find_numbers(index->searcher, lede__buf_view(&term), numbers,
                              1, &n, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    if (n == 1) {
        status = lede__index_stored(index, numbers[0], &index->article, err);
        goto out;
    }
    status = lede__term_keyword(&term, STR("key"), id, err);
    if (status == LEDE_STATUS_OK) {
        status = find_numbers(index->searcher, lede__buf_view(&term), numbers,
                              KEY_CANDIDATES, &n, err);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK && n_fits < 2; i++) {
        status = lede__index_stored(index, numbers[i], &index->article, err);
        if (status == LEDE_STATUS_OK && str_eq(index->article.key, id)) {
            fits[n_fits++] = numbers[i];
        }
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    if (n_fits == 1) {
        status = lede__index_stored(index, fits[0], &index->article, err);
    } else {
        status = lede__fail(err, LEDE_STATUS_NOT_FOUND, n_fits == 0
                            ? "%.*s: no such article"
                            : "%.*s: several articles have this key; "
                            "give the id", (int)id.len, id.p);
    }

out:
    lede__buf_free(&term);
    return status;
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

/* ---- info ---- */

static lede_status
count_terms(struct searcher *searcher, uint64_t *count, lede_error *err)
{
    struct dictionary *dictionary = NULL;
    struct str term;
    uint32_t df;
    lede_status status = lede__dictionary_open(searcher, STR(""),
                                               &dictionary, err);

    *count = 0;
    while (status == LEDE_STATUS_OK) {
        status = searcher->ops->dictionary_next(dictionary, &term, &df, err);
        if (status != LEDE_STATUS_OK || term.p == NULL) {
            break;
        }
        (*count)++;
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    return status;
}

static bool
date_is_before(struct date a, struct date b)
{
    return b.precision == DATE_NONE || a.seconds < b.seconds ||
           (a.seconds == b.seconds && a.precision < b.precision);
}

/* The first and last date of all articles. */
static lede_status
find_dates(struct searcher *searcher, struct date *first, struct date *last,
           lede_error *err)
{
    struct postings *postings = NULL;
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    uint32_t from = 0;
    lede_status status = lede__term_raw(&term, TERM_ALL, STR(""), err);

    *first = (struct date){ 0, DATE_NONE };
    *last = *first;
    if (status == LEDE_STATUS_OK) {
        status = lede__postings_open(searcher, lede__buf_view(&term),
                                     &postings, err);
    }
    while (status == LEDE_STATUS_OK && postings != NULL) {
        size_t i;

        status = lede__postings_advance(postings, from, err);
        if (status != LEDE_STATUS_OK || postings->count == 0) {
            break;
        }
        for (i = 0; i < postings->count && status == LEDE_STATUS_OK; i++) {
            struct str value;
            struct date date;

            status = lede__searcher_column(searcher, COLUMN_DATE,
                                           postings->numbers[i], &value, err);
            if (status != LEDE_STATUS_OK) {
                break;
            }
            date = lede__column_date_read(value);
            if (date.precision == DATE_NONE) {
                continue;
            }
            *first = date_is_before(date, *first) ? date : *first;
            *last = last->precision == DATE_NONE ||
                    date_is_before(*last, date) ? date : *last;
        }
        from = postings->numbers[postings->count - 1] + 1;
    }
    lede__postings_close(postings);
    lede__buf_free(&term);
    return status;
}

static lede_status
copy_text(struct arena *arena, struct str text, const char **out,
          lede_error *err)
{
    *out = NULL;
    if (text.len == 0) {
        return LEDE_STATUS_OK;
    }
    *out = lede__arena_str(arena, text).p;
    return *out == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

static lede_status
copy_date(struct arena *arena, struct date date, const char **out,
          lede_error *err)
{
    char text[24];

    lede__date_format(date, text);
    return copy_text(arena, str_from(text), out, err);
}

static int
compare_langs(const void *a, const void *b)
{
    const lede_lang_count *x = a;
    const lede_lang_count *y = b;

    if (x->articles != y->articles) {
        return x->articles < y->articles ? 1 : -1;
    }
    return strcmp(x->lang, y->lang);
}

static lede_status
list_langs(const lede_index *index, struct arena *arena, lede_info *info,
           lede_error *err)
{
    const struct index_stats *stats = &index->searcher->stats;
    lede_lang_count *langs = lede__arena_array(arena, stats->n_langs,
                                               sizeof(*langs));
    size_t n = 0;
    size_t i;

    if (langs == NULL && stats->n_langs > 0) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < stats->n_langs; i++) {
        if (stats->langs[i].articles == 0) {
            continue;
        }
        langs[n].lang = lede__arena_str(arena,
                                        str_from(stats->langs[i].lang)).p;
        if (langs[n].lang == NULL) {
            return lede__fail_memory(err);
        }
        langs[n++].articles = stats->langs[i].articles;
    }
    if (n > 0) {
        qsort(langs, n, sizeof(*langs), compare_langs);
    }
    info->languages = langs;
    info->n_languages = n;
    return LEDE_STATUS_OK;
}

static lede_status
list_roots(struct arena *arena, struct str bytes, lede_info *info,
           lede_error *err)
{
    const char **roots;
    struct str rest = bytes;
    struct str one;
    size_t n = 0;

    while (lede__column_list_next(&rest, &one)) {
        n++;
    }
    if (n == 0) {
        return LEDE_STATUS_OK;
    }
    roots = lede__arena_array(arena, n, sizeof(*roots));
    if (roots == NULL) {
        return lede__fail_memory(err);
    }
    rest = bytes;
    for (n = 0; lede__column_list_next(&rest, &one); n++) {
        roots[n] = lede__arena_str(arena, one).p;
        if (roots[n] == NULL) {
            return lede__fail_memory(err);
        }
    }
    info->roots = roots;
    info->n_roots = n;
    return LEDE_STATUS_OK;
}

static lede_status
fill_info(lede_index *index, lede_info *info, lede_error *err)
{
    struct searcher *searcher = index->searcher;
    const struct index_stats *stats = &searcher->stats;
    struct arena *arena = &index->info;
    struct buf buf = BUF_INIT(BUF_MAX_ANY);
    struct date first, last;
    bool found;
    lede_status status;

    lede__arena_reset(arena);
    memset(info, 0, sizeof(*info));
    info->engine = searcher->ops->engine();
    info->articles = stats->articles;
    info->tokens = stats->total_length;
    if ((status = copy_text(arena, str_from(searcher->path), &info->path,
                            err)) != LEDE_STATUS_OK ||
        (status = copy_text(arena, str_from(stats->analyzer),
                            &info->analyzer, err)) != LEDE_STATUS_OK ||
        (status = count_terms(searcher, &info->terms,
                              err)) != LEDE_STATUS_OK ||
        (status = list_langs(index, arena, info, err)) != LEDE_STATUS_OK ||
        (status = find_dates(searcher, &first, &last,
                             err)) != LEDE_STATUS_OK ||
        (status = copy_date(arena, first, &info->date_min,
                            err)) != LEDE_STATUS_OK ||
        (status = copy_date(arena, last, &info->date_max,
                            err)) != LEDE_STATUS_OK ||
        (status = lede__file_size_tree(searcher->path, &info->bytes,
                                       err)) != LEDE_STATUS_OK ||
        (status = copy_date(arena, (struct date){ stats->last_commit,
                            stats->commits > 0 ? DATE_SECOND : DATE_NONE },
                            &info->last_commit, err)) != LEDE_STATUS_OK ||
        (status = lede__searcher_meta(searcher, STR(META_KEY_ROOTS), &buf,
                                      &found, err)) != LEDE_STATUS_OK) {
        goto out;
    }
    if (found) {
        status = list_roots(arena, lede__buf_view(&buf), info, err);
    }
    buf.len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__schema_write(&buf, searcher->schema, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_text(arena, lede__buf_view(&buf), &info->config, err);
    }

out:
    lede__buf_free(&buf);
    return status;
}

lede_status
lede_index_info(lede_index *index, lede_info *info, lede_error *error)
{
    size_t tries = 0;

    for (;;) {
        lede_status status = fill_info(index, info, error);

        if (status != LEDE__STATUS_CHANGED) {
            return status;
        }
        status = lede__index_retry(&index, 1, tries++, error);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
}
