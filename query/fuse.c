/* fuse.c - reciprocal rank fusion, of lists and of TREC runs; see fuse.h. */

#include "query/fuse.h"

#include <math.h>
#include <stdlib.h>

#include "query/qrels.h"
#include "query/runs.h"

/* ---- lists ---- */

lede_status
lede__fuse(struct fusion *fusion, struct str name, size_t list, size_t rank,
           double weight, bool *twice, lede_error *err)
{
    struct fused *fused;
    bool added;
    uint64_t *place;

    place = lede__map_put(&fusion->names, name, &added);
    if (place == NULL) {
        return lede__fail_memory(err);
    }
    if (added) {
        struct fused one = { .name = name };

        if (!lede__array_grow((void **)&fusion->items, fusion->n,
                              sizeof(one))) {
            return lede__fail_memory(err);
        }
        *place = fusion->n;
        fusion->items[fusion->n++] = one;
    }
    fused = &fusion->items[*place];
    *twice = fused->list == list;
    if (!*twice) {
        fused->list = list;
        fused->sum += (uint64_t)rint(ldexp(weight / (fusion->k +
                                                     (double)rank), 46));
    }
    return LEDE_STATUS_OK;
}

static int
compare_fused(const void *a, const void *b)
{
    const struct fused *x = a;
    const struct fused *y = b;

    return run_compare(x->score, x->name, y->score, y->name);
}

void
lede__fusion_sort(struct fusion *fusion)
{
    size_t i;

    for (i = 0; i < fusion->n; i++) {
        fusion->items[i].score = (float)ldexp((double)fusion->items[i].sum,
                                              -46);
    }
    if (fusion->n > 0) {
        qsort(fusion->items, fusion->n, sizeof(*fusion->items),
              compare_fused);
    }
}

void
lede__fusion_free(struct fusion *fusion)
{
    lede__map_free(&fusion->names);
    free(fusion->items);
}

/* ---- runs ---- */

struct lede_run {
    struct arena arena;
    lede_run_entry *entries;
    size_t n;
};

struct fusing {
    lede_run *run;
    const char *const *paths;
    struct best *runs;
    size_t n_runs;
    const lede_fuse_options *options;
    struct map topics;          // that are done
    lede_error *err;
};

static lede_status
check_options(const struct fusing *f)
{
    const lede_fuse_options *options = f->options;
    size_t i;

    if (options->version != LEDE_FUSE_OPTIONS_VERSION) {
        return lede__fail(f->err, LEDE_STATUS_USAGE,
                          "fuse options of version %u are not known",
                          options->version);
    }
    if (f->n_runs == 0 || f->n_runs > LEDE_FUSE_RUNS_MAX) {
        return lede__fail(f->err, LEDE_STATUS_USAGE,
                          "1 to %d runs are fused, not %zu",
                          LEDE_FUSE_RUNS_MAX, f->n_runs);
    }
    if (!(options->k >= 0) || !isfinite(options->k)) {
        return lede__fail(f->err, LEDE_STATUS_USAGE, "k is 0 or more");
    }
    if (options->depth == 0 || options->depth > LEDE_LIMIT_MAX) {
        return lede__fail(f->err, LEDE_STATUS_USAGE,
                          "1 to %d are taken of each topic", LEDE_LIMIT_MAX);
    }
    for (i = 0; i < f->n_runs && options->weights != NULL; i++) {
        if (!(options->weights[i] >= 0 &&
              options->weights[i] <= LEDE_FUSE_WEIGHT_MAX)) {
            return lede__fail(f->err, LEDE_STATUS_USAGE,
                              "a weight is from 0 to %g",
                              LEDE_FUSE_WEIGHT_MAX);
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
add_entry(lede_run *run, const char *topic, struct str name, size_t rank,
          double score, lede_error *err)
{
    if (!lede__array_grow((void **)&run->entries, run->n,
                          sizeof(*run->entries))) {
        return lede__fail_memory(err);
    }
    name = lede__arena_str(&run->arena, name);
    if (name.p == NULL) {
        return lede__fail_memory(err);
    }
    run->entries[run->n++] = (lede_run_entry){ topic, name.p, rank, score };
    return LEDE_STATUS_OK;
}

/* Add what one run has of a topic. */
static lede_status
add_list(struct fusing *f, struct fusion *fusion, size_t number,
         struct str topic)
{
    const struct best *best = &f->runs[number];
    uint64_t *place = lede__map_find(&best->topics, topic);
    double weight = f->options->weights == NULL ? 1
                                                : f->options->weights[number];
    const struct ranking_of *of;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (place == NULL) {
        return LEDE_STATUS_OK;
    }
    of = &best->items[*place];
    for (i = 0; i < of->n && status == LEDE_STATUS_OK; i++) {
        struct str name = of->items[i].name;
        bool twice = false;

        status = lede__fuse(fusion, name, number + 1, i + 1, weight, &twice,
                            f->err);
        if (status == LEDE_STATUS_OK && twice) {
            status = lede__fail_at(f->err, LEDE_STATUS_BAD_INPUT,
                                   f->paths[number], 0, 0,
                                   "%.*s comes twice for topic %.*s",
                                   (int)name.len, name.p, (int)topic.len,
                                   topic.p);
        }
    }
    return status;
}

static lede_status
fuse_topic(struct fusing *f, struct str topic)
{
    struct fusion fusion = FUSION_INIT(f->options->k);
    bool added;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (lede__map_put(&f->topics, topic, &added) == NULL) {
        return lede__fail_memory(f->err);
    }
    if (!added) {
        return LEDE_STATUS_OK;
    }
    topic = lede__arena_str(&f->run->arena, topic);
    if (topic.p == NULL) {
        return lede__fail_memory(f->err);
    }
    for (i = 0; i < f->n_runs && status == LEDE_STATUS_OK; i++) {
        status = add_list(f, &fusion, i, topic);
    }
    if (status == LEDE_STATUS_OK) {
        lede__fusion_sort(&fusion);
    }
    for (i = 0; i < fusion.n && i < f->options->depth &&
         status == LEDE_STATUS_OK; i++) {
        status = add_entry(f->run, topic.p, fusion.items[i].name, i + 1,
                           (double)fusion.items[i].score, f->err);
    }
    lede__fusion_free(&fusion);
    return status;
}

lede_status
lede_fuse(lede_run **out, const char *const *paths, size_t n_paths,
          const lede_fuse_options *options, lede_error *error)
{
    static const lede_fuse_options defaults = LEDE_FUSE_OPTIONS_INIT;
    struct fusing f = { .paths = paths, .n_runs = n_paths,
                        .options = options == NULL ? &defaults : options,
                        .topics = MAP_INIT, .err = error };
    size_t i, j;
    lede_status status = check_options(&f);

    *out = NULL;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    f.run = calloc(1, sizeof(*f.run));
    f.runs = calloc(n_paths, sizeof(*f.runs));
    if (f.run == NULL || f.runs == NULL) {
        status = lede__fail_memory(error);
    }
    for (i = 0; i < n_paths && status == LEDE_STATUS_OK; i++) {
        status = lede__best_read(&f.runs[i], paths[i], NULL,
                                 f.options->depth, error);
    }
    for (i = 0; i < n_paths && status == LEDE_STATUS_OK; i++) {
        for (j = 0; j < f.runs[i].n && status == LEDE_STATUS_OK; j++) {
            status = fuse_topic(&f, f.runs[i].items[j].topic);
        }
    }
    for (i = 0; f.runs != NULL && i < n_paths; i++) {
        lede__best_free(&f.runs[i]);
    }
    free(f.runs);
    lede__map_free(&f.topics);
    if (status == LEDE_STATUS_OK) {
        *out = f.run;
    } else {
        lede_run_free(f.run);
    }
    return status;
}

size_t
lede_run_count(const lede_run *run)
{
    return run->n;
}

const lede_run_entry *
lede_run_get(const lede_run *run, size_t i)
{
    return i < run->n ? &run->entries[i] : NULL;
}

void
lede_run_free(lede_run *run)
{
    if (run == NULL) {
        return;
    }
    free(run->entries);
    lede__arena_free(&run->arena);
    free(run);
}
