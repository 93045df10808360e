/* alerts.c - what is new for the saved searches of an index.

   An alert is searched for as any other query, but only among the articles
   whose serials (shared/index/alerts.h) it has not seen: their docs are one
   more condition of its plan, and the rarest, so that the plan's lists are
   looked into at these docs and nowhere else.  Scores are those of any search:
   statistics are of the whole index.

   Which docs these are is found out once for all alerts that have seen the
   same: the last number of each block of the list of all articles tells
   whether there is anything new in it, as long as numbers ascend. */

#include <stdlib.h>

#include "query/search.h"
#include "shared/analysis/analysis.h"
#include "shared/index/alerts.h"

struct lede_alerts {
    lede_index *index;
    struct arena arena;         // of views
    struct alerts saved;
    lede_alert *views;
    /* of the snapshot */
    struct serials serials;
    uint64_t commits;           // which one it is
    int64_t last_commit;
    uint64_t highest;           // its highest serial
    /* of what has been seen */
    bool looked;
    uint64_t seen;
    struct within fresh;        // not seen
    size_t cap;
};

/* ---- opening ---- */

static lede_status
read_meta(lede_index *index, struct str key, struct buf *out, lede_error *err)
{
    bool found = false;

    out->len = 0;
    return lede__searcher_meta(index->searcher, key, out, &found, err);
}

static lede_status
load_saved(lede_alerts *alerts, lede_error *err)
{
    struct buf value = BUF_INIT(BUF_MAX_ANY);
    size_t tries = 0;
    lede_status status;

    do {
        status = read_meta(alerts->index, STR(META_KEY_ALERTS), &value, err);
        if (status != LEDE__STATUS_CHANGED) {
            break;
        }
        status = lede__index_retry(&alerts->index, 1, tries++, err);
    } while (status == LEDE_STATUS_OK);
    if (status == LEDE_STATUS_OK) {
        status = lede__alerts_read(&alerts->saved, lede__buf_view(&value),
                                   err);
    }
    lede__buf_free(&value);
    return status;
}

static lede_status
print_time(lede_alerts *alerts, int64_t seconds, const char **out,
           lede_error *err)
{
    struct date date = { seconds, DATE_SECOND };
    char text[24];

    *out = NULL;
    if (seconds == ALERT_NEVER) {
        return LEDE_STATUS_OK;
    }
    lede__date_format(date, text);
    *out = lede__arena_str(&alerts->arena, str_from(text)).p;
    return *out == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

static lede_status
make_views(lede_alerts *alerts, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    alerts->views = lede__arena_array(&alerts->arena, alerts->saved.n + 1,
                                      sizeof(*alerts->views));
    if (alerts->views == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < alerts->saved.n && status == LEDE_STATUS_OK; i++) {
        const struct alert *alert = &alerts->saved.items[i];
        lede_alert *view = &alerts->views[i];

        view->name = alert->name.p;
        view->query = alert->query.p;
        status = print_time(alerts, alert->added, &view->added, err);
        if (status == LEDE_STATUS_OK) {
            status = print_time(alerts, alert->ran, &view->told, err);
        }
    }
    return status;
}

lede_status
lede_alerts_open(lede_alerts **out, lede_index *index, lede_error *error)
{
    lede_alerts *alerts = calloc(1, sizeof(*alerts));
    lede_status status;

    *out = NULL;
    if (alerts == NULL) {
        return lede__fail_memory(error);
    }
    alerts->index = index;
    status = load_saved(alerts, error);
    if (status == LEDE_STATUS_OK) {
        status = make_views(alerts, error);
    }
    if (status != LEDE_STATUS_OK) {
        lede_alerts_close(alerts);
        return status;
    }
    *out = alerts;
    return LEDE_STATUS_OK;
}

size_t
lede_alerts_count(const lede_alerts *alerts)
{
    return alerts->saved.n;
}

const lede_alert *
lede_alerts_get(const lede_alerts *alerts, size_t i)
{
    return i < alerts->saved.n ? &alerts->views[i] : NULL;
}

size_t
lede_alerts_find(const lede_alerts *alerts, const char *name)
{
    const struct alert *alert = lede__alerts_find(&alerts->saved,
                                                  str_from(name));

    return alert == NULL ? alerts->saved.n
                         : (size_t)(alert - alerts->saved.items);
}

void
lede_alerts_close(lede_alerts *alerts)
{
    if (alerts != NULL) {
        lede__arena_free(&alerts->arena);
        lede__alerts_free(&alerts->saved);
        lede__serials_free(&alerts->serials);
        free(alerts->fresh.docs);
        free(alerts);
    }
}

/* ---- what is new ---- */

static bool
is_overtaken(const lede_alerts *alerts)
{
    const struct index_stats *stats = &alerts->index->searcher->stats;

    return !alerts->looked || stats->commits != alerts->commits ||
           stats->last_commit != alerts->last_commit;
}

static lede_status
load_serials(lede_alerts *alerts, lede_error *err)
{
    const struct searcher *searcher = alerts->index->searcher;
    struct buf value = BUF_INIT(BUF_MAX_ANY);
    lede_status status = read_meta(alerts->index, STR(META_KEY_SERIALS),
                                   &value, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__serials_read(&alerts->serials, lede__buf_view(&value),
                                    err);
    }
    if (status == LEDE_STATUS_OK) {
        alerts->highest = lede__serials_highest(&alerts->serials,
                                                searcher->stats.last_number);
        alerts->commits = searcher->stats.commits;
        alerts->last_commit = searcher->stats.last_commit;
    }
    lede__buf_free(&value);
    return status;
}

static lede_status
serial_of(const lede_alerts *alerts, uint32_t doc, uint64_t *out,
          lede_error *err)
{
    uint32_t number = 0;
    lede_status status = lede__searcher_number(alerts->index->searcher, doc,
                                               &number, err);

    *out = lede__serial_of(&alerts->serials, number);
    return status;
}

static lede_status
add_doc(lede_alerts *alerts, uint32_t doc, lede_error *err)
{
    struct within *fresh = &alerts->fresh;

    if (fresh->n == alerts->cap) {
        size_t cap = alerts->cap == 0 ? 1024 : alerts->cap * 2;
        uint32_t *docs = realloc(fresh->docs, cap * sizeof(*docs));

        if (docs == NULL) {
            return lede__fail_memory(err);
        }
        fresh->docs = docs;
        alerts->cap = cap;
    }
    fresh->docs[fresh->n++] = doc;
    return LEDE_STATUS_OK;
}

/* The docs of a block that are not seen. */
static lede_status
look_at(lede_alerts *alerts, const struct postings *postings, lede_error *err)
{
    bool ascending = alerts->index->searcher->ordered &&
                     alerts->serials.n == 0;
    uint64_t serial = UINT64_MAX;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (ascending) {
        status = serial_of(alerts, postings->docs[postings->count - 1],
                           &serial, err);
    }
    for (i = 0; i < postings->count && serial > alerts->seen &&
                status == LEDE_STATUS_OK; i++) {
        uint64_t own;

        status = serial_of(alerts, postings->docs[i], &own, err);
        if (status == LEDE_STATUS_OK && own > alerts->seen) {
            status = add_doc(alerts, postings->docs[i], err);
        }
    }
    return status;
}

static lede_status
find_fresh(lede_alerts *alerts, lede_error *err)
{
    struct searcher *searcher = alerts->index->searcher;
    struct postings *postings = NULL;
    struct buf all = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__term_raw(&all, TERM_ALL, STR(""), err);

    alerts->fresh.n = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__postings_open(searcher, lede__buf_view(&all),
                                     &postings, err);
    }
    while (status == LEDE_STATUS_OK && postings != NULL) {
        uint32_t next = postings->count == 0
                        ? 0 : postings->docs[postings->count - 1] + 1;

        status = lede__postings_advance(postings, next, err);
        if (status != LEDE_STATUS_OK || postings->count == 0) {
            break;
        }
        status = look_at(alerts, postings, err);
    }
    lede__postings_close(postings);
    lede__buf_free(&all);
    return status;
}

/* Of the snapshot, what is behind `seen`. */
static lede_status
look(lede_alerts *alerts, uint64_t seen, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (!is_overtaken(alerts) && alerts->seen == seen) {
        return LEDE_STATUS_OK;
    }
    if (is_overtaken(alerts)) {
        status = load_serials(alerts, err);
    }
    alerts->seen = seen;
    if (status == LEDE_STATUS_OK) {
        status = find_fresh(alerts, err);
    }
    alerts->looked = status == LEDE_STATUS_OK;
    return status;
}

/* ---- running ---- */

static int
compare_serials(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The serial of the last of the first `limit` articles that match. */
static lede_status
find_cut(lede_alerts *alerts, const char *query,
         const lede_search_options *options, uint64_t total, uint64_t *cut,
         lede_error *err)
{
    lede_search_options all = *options;
    struct search *search = calloc(1, sizeof(*search));
    uint64_t *serials = NULL;
    lede_status status;
    size_t n = 0;
    size_t i;

    if (search == NULL) {
        return lede__fail_memory(err);
    }
    all.limit = total < LEDE_LIMIT_MAX ? (size_t)total : LEDE_LIMIT_MAX;
    status = lede__search_run(search, &alerts->index, 1, query, false, &all,
                              err);
    if (status == LEDE_STATUS_OK) {
        n = search->found.top.count;
        serials = calloc(n + 1, sizeof(*serials));
        status = serials == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = serial_of(alerts, search->found.top.items[i].doc,
                           &serials[i], err);
    }
    if (status == LEDE_STATUS_OK) {
        qsort(serials, n, sizeof(*serials), compare_serials);
        *cut = serials[(options->limit < n ? options->limit : n) - 1];
    }
    free(serials);
    lede__search_free(search);
    free(search);
    return status;
}

/* Only what comes no later than `cut`. */
static lede_status
keep_first(const lede_alerts *alerts, uint64_t cut, struct within *out,
           lede_error *err)
{
    const struct within *fresh = &alerts->fresh;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    out->docs = calloc(fresh->n + 1, sizeof(*out->docs));
    if (out->docs == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < fresh->n && status == LEDE_STATUS_OK; i++) {
        uint64_t serial;

        status = serial_of(alerts, fresh->docs[i], &serial, err);
        if (status == LEDE_STATUS_OK && serial <= cut) {
            out->docs[out->n++] = fresh->docs[i];
        }
    }
    return status;
}

static lede_status
run(lede_results **out, lede_alert_news *news, lede_alerts *alerts,
    const struct alert *alert, const lede_search_options *options,
    lede_error *err)
{
    lede_index *index = alerts->index;
    struct within first = { NULL, 0 };
    lede_status status = look(alerts, alert->seen, err);

    if (status == LEDE_STATUS_OK) {
        index->within = &alerts->fresh;
        status = lede_search(out, &index, 1, alert->query.p, options, err);
    }
    if (status != LEDE_STATUS_OK || is_overtaken(alerts)) {
        return status;
    }
    news->total = lede_results_total(*out);
    news->any = alerts->highest > alert->seen;
    news->seen = news->any ? alerts->highest : alert->seen;
    if (news->total <= options->limit) {
        return LEDE_STATUS_OK;
    }
    news->seen = alert->seen;
    news->any = options->limit > 0;
    if (options->limit == 0) {
        return LEDE_STATUS_OK;
    }
    lede_results_free(*out);
    *out = NULL;
    status = find_cut(alerts, alert->query.p, options, news->total,
                      &news->seen, err);
    if (status == LEDE_STATUS_OK) {
        status = keep_first(alerts, news->seen, &first, err);
    }
    if (status == LEDE_STATUS_OK) {
        index->within = &first;
        status = lede_search(out, &index, 1, alert->query.p, options, err);
    }
    index->within = NULL;
    free(first.docs);
    return status;
}

lede_status
lede_alerts_run(lede_results **out, lede_alert_news *news,
                lede_alerts *alerts, size_t i,
                const lede_search_options *options, lede_error *error)
{
    static const lede_search_options defaults = LEDE_SEARCH_OPTIONS_INIT;
    size_t tries = 0;
    lede_status status;

    *out = NULL;
    *news = (lede_alert_news){ 0 };
    options = options == NULL ? &defaults : options;
    if (i >= alerts->saved.n || options->offset > 0 ||
        options->run_path != NULL) {
        return lede__fail(error, LEDE_STATUS_USAGE,
                          "an alert is run by its place, without an offset "
                          "or a run to fuse with");
    }
    // a later commit may have come in between, and with it other docs
    for (;;) {
        status = run(out, news, alerts, &alerts->saved.items[i], options,
                     error);
        alerts->index->within = NULL;
        if (status != LEDE__STATUS_CHANGED &&
            (status == LEDE_STATUS_NO_MEMORY || !is_overtaken(alerts))) {
            break;
        }
        lede_results_free(*out);
        *out = NULL;
        alerts->looked = false;
        status = lede__index_retry(&alerts->index, 1, tries++, error);
        if (status != LEDE_STATUS_OK) {
            break;
        }
    }
    return status;
}
