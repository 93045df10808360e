/* hits.c - what was found -> hits with titles and passages; see hits.h. */

#include "query/hits.h"

#include "query/explain.h"
#include "query/snippet.h"

/* What the making of hits needs at hand. */
struct maker {
    struct arena *arena;        // of the hits
    struct search *search;
    lede_index *const *indexes;
    const lede_search_options *options;
    struct article article;
    struct marks *marks[LEDE_INDEXES_MAX];
    lede_error *err;
};

static lede_status
copy(struct maker *mk, struct str text, const char **out)
{
    *out = NULL;
    if (text.len == 0) {
        return LEDE_STATUS_OK;
    }
    *out = lede__arena_str(mk->arena, text).p;
    return *out == NULL ? lede__fail_memory(mk->err) : LEDE_STATUS_OK;
}

static lede_status
copy_list(struct maker *mk, const struct str_list *list,
          const char *const **out, size_t *count)
{
    const char **items;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    *count = 0;
    if (list->count == 0) {
        return LEDE_STATUS_OK;
    }
    items = lede__arena_array(mk->arena, list->count,
                              sizeof(*items));
    if (items == NULL) {
        return lede__fail_memory(mk->err);
    }
    for (i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        items[i] = lede__arena_str(mk->arena, list->items[i]).p;
        if (items[i] == NULL) {
            status = lede__fail_memory(mk->err);
        }
    }
    *out = items;
    *count = list->count;
    return status;
}

static lede_status
copy_article(struct maker *mk, lede_hit *hit)
{
    const struct article *a = &mk->article;
    const struct {
        struct str text;
        const char **to;
    } texts[] = {
        { a->id, &hit->id }, { a->key, &hit->key }, { a->path, &hit->path },
        { a->title, &hit->title }, { a->lang, &hit->lang },
        { a->source, &hit->source }, { a->url, &hit->url },
    };
    char date[24];
    size_t i;
    lede_status status;

    lede__date_format(a->date, date);
    status = copy(mk, str_from(date), &hit->date);
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]) &&
                status == LEDE_STATUS_OK; i++) {
        status = copy(mk, texts[i].text, texts[i].to);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_list(mk, &a->authors, &hit->authors, &hit->n_authors);
    }
    if (status == LEDE_STATUS_OK) {
        status = copy_list(mk, &a->tags, &hit->tags, &hit->n_tags);
    }
    return status;
}

/* The body; its title, where that is a part of it, is shown already. */
static struct passage
body_of(const struct article *a)
{
    struct passage body = { a->body, a->lang, FIELD_BODY, a->blocks,
                            a->n_blocks, 0 };

    if (a->title_in_body && a->n_blocks > 0) {
        const struct block *first = &a->blocks[0];

        if (str_eq((struct str){ a->body.p + first->start, first->len },
                   a->title)) {
            body.from = (size_t)first->start + first->len;
        }
    }
    return body;
}

/* The title is no news as a heading either. */
static void
drop_title(lede_passage *passage, const lede_hit *hit)
{
    if (passage->n_headings > 0 && hit->title != NULL &&
        strcmp(passage->headings[0], hit->title) == 0) {
        passage->headings++;
        passage->n_headings--;
    }
}

/* The best passages of the body; where nothing in it matched, the summary, or
   the beginning of the body. */
static lede_status
add_passages(struct maker *mk, lede_index *index, struct marks *marks,
             lede_hit *hit)
{
    const struct article *a = &mk->article;
    struct arena *arena = mk->arena;
    struct passage title = { a->title, a->lang, FIELD_TITLE, NULL, 0, 0 };
    struct passage body = body_of(a);
    struct passage summary = { a->summary, a->lang, FIELD_SUMMARY, NULL, 0,
                               0 };
    size_t chars = mk->options->snippet_chars;
    size_t max = (size_t)mk->options->snippets;
    lede_passage *passages = NULL;
    size_t n = 0;
    bool matched = false;
    lede_range *ranges;
    size_t i;
    lede_status status;

    status = lede__highlight(index, marks, &title, arena, &ranges,
                             &hit->n_title_highlights, mk->err);
    hit->title_highlights = ranges;
    if (status == LEDE_STATUS_OK) {
        status = lede__snippets(index, marks, &body, chars, max, arena,
                                &passages, &n, &matched, mk->err);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        // of an article in a file of many, that is all that is known
        passages[i].line = passages[i].line > 0 ? passages[i].line : a->line;
        drop_title(&passages[i], hit);
    }
    if (status == LEDE_STATUS_OK && !matched && a->summary.len > 0) {
        status = lede__snippets(index, marks, &summary, chars, 1, arena,
                                &passages, &n, &matched, mk->err);
        if (status == LEDE_STATUS_OK && n > 0) {
            passages[0].start = 0;
            passages[0].end = 0;
        }
    }
    if (status == LEDE_STATUS_OK && n > 0) {
        hit->passages = passages;
        hit->n_passages = n;
        hit->snippet = passages[0].text;
        hit->highlights = passages[0].highlights;
        hit->n_highlights = passages[0].n_highlights;
    }
    return status;
}

static lede_status
make_hit(struct maker *mk, const struct found *found, size_t rank,
         lede_hit *hit)
{
    lede_index *index = mk->indexes[found->index];
    struct marks **marks = &mk->marks[found->index];
    lede_status status;

    hit->rank = rank;
    hit->index = found->index;
    hit->score = (double)found->score / SCORE_ONE;
    status = lede__index_stored(index, found->doc, &mk->article, mk->err);
    if (status == LEDE_STATUS_OK) {
        status = copy_article(mk, hit);
    }
    if (status != LEDE_STATUS_OK || !mk->options->snippets) {
        return status;
    }
    if (*marks == NULL) {
        status = lede__marks_new(marks, &mk->search->plan, found->index,
                                 &mk->search->arena, mk->err);
    }
    return status != LEDE_STATUS_OK ? status :
           add_passages(mk, index, *marks, hit);
}

static lede_status
make_hits(struct maker *mk, struct hit_list *hits)
{
    const struct topk *top = &mk->search->found.top;
    size_t first = mk->search->options.offset;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (top->count <= first) {
        return LEDE_STATUS_OK;
    }
    hits->items = lede__arena_array(mk->arena, top->count - first,
                                    sizeof(*hits->items));
    if (hits->items == NULL) {
        return lede__fail_memory(mk->err);
    }
    for (i = first; i < top->count && status == LEDE_STATUS_OK; i++) {
        status = make_hit(mk, &top->items[i],
                          (size_t)mk->search->page.passed + i + 1,
                          &hits->items[i - first]);
        if (status == LEDE_STATUS_OK) {
            status = lede__collapse_copies(&hits->items[i - first],
                                           mk->search, i, mk->indexes,
                                           &mk->article, mk->arena, mk->err);
        }
        hits->count++;
    }
    if (status == LEDE_STATUS_OK && mk->search->options.explain) {
        status = lede__explain(mk->search, top->items + first, hits->items,
                               hits->count, mk->arena, mk->err);
    }
    return status;
}

lede_status
lede__hits_make(struct hit_list *out, struct arena *arena,
                struct search *search, lede_index *const *indexes,
                size_t n_indexes, const lede_search_options *options,
                lede_error *err)
{
    struct maker mk = { .arena = arena, .search = search,
                        .indexes = indexes, .options = options, .err = err };
    lede_status status = make_hits(&mk, out);
    size_t i;

    for (i = 0; i < n_indexes; i++) {
        lede__marks_free(mk.marks[i]);
    }
    lede__arena_free(&mk.article.arena);
    return status;
}
