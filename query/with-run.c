/* with-run.c - the hits of a search, fused with a run from elsewhere: what an
   embedding model finds, say.

   Reciprocal rank fusion, as lede fuse does it (fuse.h).  The score is the sum
   as part of what the first rank brings, 1 / (k + 1): 1 for the best of one
   list, 2 for the best of both, in units of 2^-16 as all scores are, of which
   neighbouring ranks are apart by three at least.  Of equal ones what the
   search found comes first, in its order, then what the run alone has, in its
   own. */

#include "query/with-run.h"

#include <math.h>
#include <stdlib.h>

#include "query/qrels.h"
#include "query/runs.h"

#define K 60

/* One article that either has. */
struct candidate {
    struct found found;
    uint32_t score;
    size_t place;               // what the search found, then the run
    size_t rank;                // in what it found, or 0
    size_t run_rank;            // in the run, likewise
};

struct joining {
    struct search *search;
    lede_index *const *indexes;
    size_t n_indexes;
    struct candidate *items;
    size_t n;
    struct map places;          // index and doc -> place in items
    size_t unknown;
    lede_error *err;
};

lede_status
lede__with_run_check(const lede_search_options *options, lede_error *err)
{
    struct order order;

    if (options->sort != LEDE_SORT_RELEVANCE ||
        (options->order != NULL &&
         (lede__order_read(&order, options->order, NULL) != LEDE_STATUS_OK ||
          !lede__order_is_score(&order)))) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "what is fused with a run is sorted by relevance");
    }
    if (options->limit + options->offset > WITH_RUN_DEPTH) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "with a run, limit and offset go up to %d together",
                          WITH_RUN_DEPTH);
    }
    return LEDE_STATUS_OK;
}

uint32_t
lede__with_run_share(size_t rank)
{
    return (uint32_t)rint(SCORE_ONE * (K + 1.0) / (K + (double)rank));
}

/* The candidate for an article, made where it is new. */
static lede_status
find_candidate(struct joining *j, const struct found *found,
               struct candidate **out)
{
    char key[sizeof(found->index) + sizeof(found->doc)];
    uint64_t *place;
    bool added;

    memcpy(key, &found->index, sizeof(found->index));
    memcpy(key + sizeof(found->index), &found->doc, sizeof(found->doc));
    place = lede__map_put(&j->places, (struct str){ key, sizeof(key) },
                          &added);
    if (place == NULL ||
        !lede__array_grow((void **)&j->items, j->n, sizeof(*j->items))) {
        return lede__fail_memory(j->err);
    }
    if (added) {
        *place = j->n;
        j->items[j->n] = (struct candidate){ .found = *found,
                                             .place = j->n };
        j->n++;
    }
    *out = &j->items[*place];
    return LEDE_STATUS_OK;
}

/* "my%20file" as it was before it was written into a run. */
static lede_status
decode_name(struct buf *out, struct str name, lede_error *err)
{
    static const struct {
        struct str code;
        char c;
    } codes[] = {
        { { "%20", 3 }, ' ' }, { { "%09", 3 }, '\t' },
        { { "%0A", 3 }, '\n' }, { { "%0D", 3 }, '\r' },
    };
    lede_status status = LEDE_STATUS_OK;
    size_t i = 0;

    out->len = 0;
    while (i < name.len && status == LEDE_STATUS_OK) {
        char c = name.p[i];
        size_t taken = 1;
        size_t n;

        for (n = 0; c == '%' && n < sizeof(codes) / sizeof(codes[0]); n++) {
            if (name.len - i >= 3 &&
                memcmp(name.p + i, codes[n].code.p, 3) == 0) {
                c = codes[n].c;
                taken = 3;
                break;
            }
        }
        status = lede__buf_char(out, c, err);
        i += taken;
    }
    return status;
}

/* The article that a run names, in the first index that has it. */
static lede_status
find_article(struct joining *j, struct str name, struct found *found,
             bool *known)
{
    size_t i;
    lede_status status = LEDE_STATUS_NOT_FOUND;

    for (i = 0; i < j->n_indexes && status == LEDE_STATUS_NOT_FOUND; i++) {
        uint32_t doc = 0;

        // that there is none is no failure
        status = lede__index_find(j->indexes[i], name, false, &doc, NULL);
        if (status == LEDE_STATUS_OK) {
            *found = (struct found){ .doc = doc, .index = (uint32_t)i };
        }
    }
    *known = status == LEDE_STATUS_OK;
    if (*known || status == LEDE_STATUS_NOT_FOUND ||
        status == LEDE__STATUS_CHANGED) {
        return status == LEDE_STATUS_NOT_FOUND ? LEDE_STATUS_OK : status;
    }
    return lede__fail(j->err, status, "%.*s: cannot be looked up",
                      (int)(name.len < 200 ? name.len : 200), name.p);
}

static lede_status
add_name(struct joining *j, struct str name, size_t rank)
{
    struct buf decoded = BUF_INIT(LINE_BYTES_MAX);
    struct candidate *candidate = NULL;
    struct found found;
    bool known = false;
    lede_status status = find_article(j, name, &found, &known);

    if (status == LEDE_STATUS_OK && !known &&
        memchr(name.p, '%', name.len) != NULL) {
        status = decode_name(&decoded, name, j->err);
        if (status == LEDE_STATUS_OK) {
            status = find_article(j, lede__buf_view(&decoded), &found,
                                  &known);
        }
    }
    lede__buf_free(&decoded);
    if (status != LEDE_STATUS_OK || !known) {
        j->unknown += status == LEDE_STATUS_OK;
        return status;
    }
    status = find_candidate(j, &found, &candidate);
    // named by its key and by its id: the better rank counts
    if (status == LEDE_STATUS_OK && candidate->run_rank == 0) {
        candidate->run_rank = rank;
        candidate->score += lede__with_run_share(rank);
    }
    return status;
}

static int
compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;

    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    return x->place < y->place ? -1 : 1;
}

/* The best of them become what the search has found. */
static lede_status
take_best(struct joining *j, size_t wanted)
{
    struct collection *found = &j->search->found;
    size_t only = j->n - found->top.count;
    size_t n = j->n < wanted ? j->n : wanted;
    struct found *items = calloc(n + 1, sizeof(*items));
    size_t i;

    if (items == NULL) {
        return lede__fail_memory(j->err);
    }
    if (found->total > found->top.count) {
        found->exact = false;   // some of those in the run may be among them
    } else {
        found->total += only;
    }
    if (j->n > 0) {
        qsort(j->items, j->n, sizeof(*j->items), compare_candidates);
    }
    for (i = 0; i < n; i++) {
        items[i] = j->items[i].found;
        items[i].score = j->items[i].score;
        items[i].key = j->items[i].score;
    }
    lede__topk_free(&found->top);
    found->top = (struct topk){ .items = items, .count = n, .cap = n + 1,
                                .k = wanted };
    return LEDE_STATUS_OK;
}

/* For lede__explain. */
static lede_status
keep_ranks(struct joining *j)
{
    struct search *search = j->search;
    size_t i;

    search->n_fused = j->n;
    search->fused = lede__arena_array(&search->arena, j->n + 1,
                                      sizeof(*search->fused));
    if (search->fused == NULL) {
        return lede__fail_memory(j->err);
    }
    for (i = 0; i < j->n; i++) {
        const struct candidate *candidate = &j->items[i];

        search->fused[i] = (struct fused){
            candidate->found.index, candidate->found.doc, candidate->rank,
            candidate->run_rank,
        };
    }
    return LEDE_STATUS_OK;
}

static lede_status
join(struct joining *j, const struct ranking_of *run,
     const lede_search_options *options)
{
    const struct topk *top = &j->search->found.top;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < top->count && status == LEDE_STATUS_OK; i++) {
        struct candidate *candidate = NULL;

        status = find_candidate(j, &top->items[i], &candidate);
        if (status == LEDE_STATUS_OK) {
            candidate->rank = i + 1;
            candidate->score = lede__with_run_share(i + 1);
        }
    }
    for (i = 0; i < run->n && status == LEDE_STATUS_OK; i++) {
        status = add_name(j, run->items[i].name, i + 1);
    }
    if (status == LEDE_STATUS_OK && j->unknown > 0) {
        status = lede__warn(&j->search->warnings, "unknown-in-run", 0, 0,
                            j->err, "%zu of the %zu articles in the run %s "
                            "not in the index", j->unknown, run->n,
                            j->unknown == 1 ? "is" : "are");
    }
    if (status == LEDE_STATUS_OK) {
        status = take_best(j, options->offset + options->limit);
    }
    return status == LEDE_STATUS_OK && options->explain ? keep_ranks(j)
                                                        : status;
}

lede_status
lede__with_run(struct search *search, lede_index *const *indexes,
               size_t n_indexes, const lede_search_options *options,
               lede_error *err)
{
    struct joining j = { .search = search, .indexes = indexes,
                         .n_indexes = n_indexes, .places = MAP_INIT,
                         .err = err };
    struct best run;
    lede_status status;

    status = lede__best_read(&run, options->run_path, options->run_topic,
                             WITH_RUN_DEPTH, err);
    if (status == LEDE_STATUS_OK && run.n == 0) {
        status = lede__fail_at(err, LEDE_STATUS_NOT_FOUND, options->run_path,
                               0, 0, options->run_topic == NULL
                               ? "there is nothing in it"
                               : "it has no topic %s", options->run_topic);
    }
    if (status == LEDE_STATUS_OK && run.n > 1) {
        status = lede__fail_at(err, LEDE_STATUS_USAGE, options->run_path, 0,
                               0, "it has %zu topics; say which", run.n);
    }
    if (status == LEDE_STATUS_OK) {
        status = join(&j, &run.items[0], options);
    }
    lede__best_free(&run);
    lede__map_free(&j.places);
    free(j.items);
    return status;
}
