/* info.c - lede_index_info: what is in an index. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "query/handle.h"
#include "query/searcher-native.h"
#include "shared/base/file.h"

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
                                           postings->docs[i], &value, err);
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
        from = postings->docs[postings->count - 1] + 1;
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
list_segments(const struct searcher *searcher, struct arena *arena,
              lede_info *info, lede_error *err)
{
    size_t n = 0;
    const struct native_part *parts = lede__searcher_native_parts(searcher,
                                                                  &n);
    lede_segment *segments = lede__arena_array(arena, n, sizeof(*segments));

    if (segments == NULL && n > 0) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const uint64_t *sizes = parts[i].segment->facts.sizes;
        lede_segment *to = &segments[i];
        char name[40];

        snprintf(name, sizeof(name), "%" PRIu64 ".segment",
                 parts[i].entry.name);
        to->name = lede__arena_str(arena, str_from(name)).p;
        if (to->name == NULL) {
            return lede__fail_memory(err);
        }
        to->articles = parts[i].entry.docs;
        to->deleted = parts[i].entry.deleted;
        to->bytes = parts[i].entry.size;
        to->bytes_stored = sizes[SECTION_STORED] +
                           sizes[SECTION_STORED_INDEX];
        to->bytes_columns = sizes[SECTION_NUMBERS] +
                            sizes[SECTION_LENGTHS] + sizes[SECTION_COLUMNS];
        to->bytes_postings = sizes[SECTION_POSTINGS];
        to->bytes_positions = sizes[SECTION_POSITIONS];
        to->bytes_terms = sizes[SECTION_TERMS];
        to->bytes_bigrams = sizes[SECTION_BIGRAMS];
        to->bytes_metadata = sizes[SECTION_META];
    }
    info->segments = segments;
    info->n_segments = n;
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
    info->engine = searcher->ops->engine;
    info->articles = stats->articles;
    info->tokens = stats->total_length;
    if ((status = copy_text(arena, str_from(searcher->path), &info->path,
                            err)) != LEDE_STATUS_OK ||
        (status = copy_text(arena, str_from(stats->analyzer),
                            &info->analyzer, err)) != LEDE_STATUS_OK ||
        (status = count_terms(searcher, &info->terms,
                              err)) != LEDE_STATUS_OK ||
        (status = list_langs(index, arena, info, err)) != LEDE_STATUS_OK ||
        (status = list_segments(searcher, arena, info,
                                err)) != LEDE_STATUS_OK ||
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
