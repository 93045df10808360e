/* page.c - which of the hits are shown; see page.h.

   A cursor is of one search: the query as it was typed, and all options that
   have to do with which articles match, and in what order.  Of another search
   it says nothing, and the first page is given.  Where the articles are not
   those they were, the page still begins behind the same position, or the same
   number of hits, in what is there now. */

#include "query/page.h"

#include <xxhash.h>

#include "query/cursor.h"
#include "query/rank.h"
#include "query/search.h"
#include "query/with-run.h"

/* ---- what a cursor is of ---- */

static uint32_t
hash(const struct buf *bytes)
{
    return (uint32_t)XXH3_64bits(bytes->p, bytes->len) & CURSOR_HASH;
}

static lede_status
put_text(struct buf *out, const char *text, lede_error *err)
{
    return lede__buf_addf(out, err, "%zu:%s ", text == NULL ? 0 : strlen(text),
                          text == NULL ? "" : text);
}

static lede_status
hash_query(struct search *search, size_t n_indexes, struct str query,
           lede_error *err)
{
    const lede_search_options *o = &search->options;
    const struct likeness *like = search->liked.likeness;
    const char *const texts[] = { o->lang, o->order, o->prior, o->run_path,
                                  o->run_topic, like ? like->id : NULL };
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    size_t i;
    lede_status status = lede__buf_str(&bytes, query, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_addf(
            &bytes, err, "\n%zu %d %d %d %d %.17g %.17g %.17g %.17g %.17g "
            "%.17g %.17g %.17g %d %.17g %.17g %.17g %.17g ", n_indexes,
            (int)o->sort, o->query_json, (int)o->model, (int)o->feedback,
            o->k1, o->b, o->length_power, o->near, o->title_share,
            o->recency_days, o->recency_floor, o->prior_weight, o->collapse,
            o->collapse_similarity, o->diversify, o->exact, o->particles);
    }
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]) &&
                status == LEDE_STATUS_OK; i++) {
        status = put_text(&bytes, texts[i], err);
    }
    if (status == LEDE_STATUS_OK && like != NULL && like->article != NULL) {
        status = lede__buf_str(&bytes, like->article->body, err);
    }
    if (status == LEDE_STATUS_OK) {
        search->page.query = hash(&bytes);
        // a date may be relative, and recency is
        search->page.as_of = o->recency_days > 0 ||
                             memchr(bytes.p, ':', query.len) != NULL;
    }
    lede__buf_free(&bytes);
    return status;
}

/* What every change of the articles changes: a number is never given twice. */
static lede_status
hash_content(struct search *search, size_t n_indexes, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < n_indexes && status == LEDE_STATUS_OK; i++) {
        const struct index_stats *stats = &search->indexes[i].searcher->stats;

        status = lede__buf_addf(&bytes, err, "%llu %llu %u ",
                                (unsigned long long)stats->articles,
                                (unsigned long long)stats->total_length,
                                stats->last_number);
    }
    search->page.content = status == LEDE_STATUS_OK ? hash(&bytes) : 0;
    lede__buf_free(&bytes);
    return status;
}

/* ---- the page at hand ---- */

static lede_status
read_order(struct search *search, lede_error *err)
{
    static const char *const orders[] = {
        [LEDE_SORT_RELEVANCE] = "score",
        [LEDE_SORT_DATE] = "date",
        [LEDE_SORT_DATE_DESCENDING] = "-date",
    };
    const char *text = search->options.order;
    struct page *page = &search->page;
    lede_status status = lede__order_read(
        &page->order, text == NULL ? orders[search->options.sort] : text, err);

    page->ordered = !lede__order_is_score(&page->order);
    return status;
}

/* Begin where the page before ended. */
static lede_status
follow(struct search *search, const struct cursor *cursor, lede_error *err)
{
    struct page *page = &search->page;

    if (cursor->behind) {
        page->behind = true;
        page->passed = cursor->passed;
        page->after = cursor->after;
        page->lowered = cursor->lowered;
    } else if (cursor->passed > LEDE_LIMIT_MAX - search->options.limit) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "with %zu hits a page, a cursor cannot go on behind "
                          "%llu hits", search->options.limit,
                          (unsigned long long)cursor->passed);
    } else {
        search->options.offset = (size_t)cursor->passed;
    }
    if (search->options.run_path != NULL) {
        size_t left = cursor->passed < WITH_RUN_DEPTH
                      ? WITH_RUN_DEPTH - (size_t)cursor->passed : 0;

        search->options.limit = search->options.limit < left
                                ? search->options.limit : left;
    }
    if (cursor->now != LEDE_NOW_UNKNOWN) {
        search->options.now = cursor->now;
    }
    if (cursor->content == page->content) {
        return LEDE_STATUS_OK;
    }
    return lede__warn(&search->warnings, "index-changed", 0, 0, err,
                      "articles have changed since the page before: hits may "
                      "be missing or come again");
}

lede_status
lede__page_begin(struct search *search, size_t n_indexes, struct str query,
                 lede_error *err)
{
    struct page *page = &search->page;
    struct cursor cursor;
    lede_status status = read_order(search, err);

    if (status == LEDE_STATUS_OK) {
        status = hash_query(search, n_indexes, query, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = hash_content(search, n_indexes, err);
    }
    if (status != LEDE_STATUS_OK || search->options.after == NULL) {
        return status;
    }
    status = lede__cursor_read(&cursor, search->options.after, &search->arena,
                               err);
    if (status == LEDE_STATUS_OK && cursor.query != page->query) {
        return lede__warn(&search->warnings, "other-query", 0, 0, err,
                          "the cursor is of another query or order: this is "
                          "the first page");
    }
    return status != LEDE_STATUS_OK ? status : follow(search, &cursor, err);
}

const struct order *
lede__page_order(struct search *search)
{
    struct page *page = &search->page;

    // what scores nothing has no best: the newest first
    if (!search->plan.scored && !page->ordered) {
        lede__order_read(&page->order, "-date", NULL);
        page->ordered = true;
    }
    return page->ordered ? &page->order : NULL;
}

lede_status
lede__page_lower(struct search *search, lede_error *err)
{
    struct topk *top = &search->found.top;
    size_t i;

    if (search->page.lowered == 0) {
        return LEDE_STATUS_OK;
    }
    search->ranked = lede__arena_array(&search->arena, 1,
                                       sizeof(*search->ranked));
    if (search->ranked == NULL) {
        return lede__fail_memory(err);
    }
    search->ranked->lowered = search->page.lowered;
    for (i = 0; i < top->count; i++) {
        top->items[i].score -= search->page.lowered;
    }
    return LEDE_STATUS_OK;
}

/* ---- the page after ---- */

/* Whether the next page can begin behind the last hit of this one, which is
   hit number `passed`. */
static bool
can_follow(const struct search *search, uint64_t passed)
{
    const lede_search_options *options = &search->options;

    if (options->run_path != NULL || options->collapse ||
        options->diversify > 0) {
        return false;
    }
    return search->page.ordered || passed > RANK_DEPTH;
}

static lede_status
find_position(struct search *search, const struct found *last,
              struct sorter *sorter, struct cursor *cursor, lede_error *err)
{
    struct searcher *searcher = search->indexes[last->index].searcher;
    lede_status status = LEDE_STATUS_OK;
    char score[4];

    cursor->after.index = last->index;
    if (search->page.ordered) {
        status = lede__sorter_key(sorter, searcher, last, err);
    } else {
        cursor->lowered = search->ranked == NULL ? 0
                                                 : search->ranked->lowered;
        order_score(score, (uint32_t)(last->score + cursor->lowered));
        status = lede__buf_add(&sorter->key, score, sizeof(score), err);
    }
    cursor->after.key = lede__buf_view(&sorter->key);
    return status != LEDE_STATUS_OK ? status
           : lede__searcher_number(searcher, last->doc, &cursor->after.number,
                                   err);
}

lede_status
lede__page_end(struct search *search, lede_error *err)
{
    const lede_search_options *options = &search->options;
    const struct collection *found = &search->found;
    const struct page *page = &search->page;
    size_t first = options->offset;
    size_t shown = found->top.count > first ? found->top.count - first : 0;
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    struct cursor cursor = { .query = page->query, .content = page->content,
                             .now = page->as_of ? options->now
                                                : LEDE_NOW_UNKNOWN };
    struct sorter sorter;
    lede_status status = LEDE_STATUS_OK;

    cursor.passed = page->behind ? page->passed + shown : first + shown;
    cursor.behind = can_follow(search, cursor.passed);
    if (shown == 0 || shown < options->limit ||
        (found->exact && cursor.passed >= found->total) ||
        (options->run_path != NULL && cursor.passed >= WITH_RUN_DEPTH) ||
        (options->collapse && (!search->stories.more ||
                               cursor.passed >= COLLAPSE_PAGE_MAX))) {
        return LEDE_STATUS_OK;
    }
    lede__sorter_begin(&sorter, &page->order, NULL, 0);
    if (cursor.behind) {
        status = find_position(search, &found->top.items[first + shown - 1],
                               &sorter, &cursor, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__cursor_write(&text, &cursor, err);
    }
    lede__sorter_free(&sorter);
    if (status == LEDE_STATUS_OK) {
        search->cursor = lede__arena_str(&search->arena,
                                         lede__buf_view(&text)).p;
        status = search->cursor == NULL ? lede__fail_memory(err) : status;
    }
    lede__buf_free(&text);
    return status;
}
