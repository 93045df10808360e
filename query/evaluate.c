/* evaluate.c - lede_evaluate: topics and judgments in, measures out.

   As trec_eval does it, equal scores (as 32-bit floats) are ordered by name,
   highest first, whatever the run says, so that trec_eval on the run gives the
   same figures. */

#include <stdlib.h>

#include "query/evaluation.h"
#include "query/runs.h"
#include "query/search.h"
#include "query/topics.h"
#include "shared/base/file.h"

struct result {
    struct str key;
    float score;
};

struct evaluating {
    lede_evaluation *evaluation;
    lede_index *const *indexes;
    size_t n_indexes;
    bool syntax;
    bool keep_run;
    struct str run_name;
    lede_search_options options;
    struct arena arena;
    struct map keys;            // index and doc -> key in the arena
    struct article article;
    struct buf run;
    lede_error *err;
};

/* The name of an article: its key, or its id where it has none.  Articles are
   found by many topics: names are kept. */
static lede_status
find_key(struct evaluating *ev, const struct found *found, struct str *out)
{
    char place_key[sizeof(found->index) + sizeof(found->doc)];
    struct str name;
    uint64_t *place;
    bool added;
    lede_status status;

    memcpy(place_key, &found->index, sizeof(found->index));
    memcpy(place_key + sizeof(found->index), &found->doc,
           sizeof(found->doc));
    place = lede__map_put(&ev->keys, (struct str){ place_key,
                                                   sizeof(place_key) },
                          &added);
    if (place == NULL) {
        return lede__fail_memory(ev->err);
    }
    if (added) {
        status = lede__index_stored(ev->indexes[found->index], found->doc,
                                    &ev->article, ev->err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        name = ev->article.key.len > 0 ? ev->article.key : ev->article.id;
        name = lede__arena_str(&ev->arena, name);
        if (name.p == NULL) {
            return lede__fail_memory(ev->err);
        }
        *place = (uintptr_t)name.p;
    }
    *out = str_from((const char *)(uintptr_t)*place);
    return LEDE_STATUS_OK;
}

static int
compare_results(const void *a, const void *b)
{
    const struct result *x = a;
    const struct result *y = b;

    return run_compare(x->score, x->key, y->score, y->key);
}

static lede_status
write_run(struct evaluating *ev, struct str id, const struct topk *top,
          const struct result *results)
{
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < top->count && status == LEDE_STATUS_OK; i++) {
        status = lede__run_add(&ev->run, id, results[i].key, i + 1,
                               (double)top->items[i].score / SCORE_ONE,
                               ev->run_name, ev->err);
    }
    return status;
}

/* Judge what was found, in the order of a run. */
static void
measure(struct evaluating *ev, const struct topic *topic,
        struct result *results, size_t n, struct placed *placed)
{
    uint64_t rank = 0;
    size_t n_placed = 0;
    size_t i;

    qsort(results, n, sizeof(*results), compare_results);
    for (i = 0; i < n; i++) {
        const struct judgment *judgment;

        // the same key in another index says nothing new
        if (i > 0 && str_eq(results[i].key, results[i - 1].key)) {
            continue;
        }
        rank++;
        judgment = lede__qrels_judgment(topic, results[i].key);
        if (judgment != NULL && judgment->grade >= 0) {
            placed[n_placed++] = (struct placed){ rank, judgment->grade };
        }
    }
    lede__evaluation_set(ev->evaluation, topic, placed, n_placed);
}

/* `topic` NULL: nothing is judged of it. */
static lede_status
judge(struct evaluating *ev, struct str id, const struct topic *topic,
      const struct topk *top)
{
    struct result *results = NULL;
    struct placed *placed = NULL;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    results = calloc(top->count + 1, sizeof(*results));
    placed = calloc(top->count + 1, sizeof(*placed));
    if (results == NULL || placed == NULL) {
        status = lede__fail_memory(ev->err);
    }
    for (i = 0; i < top->count && status == LEDE_STATUS_OK; i++) {
        status = find_key(ev, &top->items[i], &results[i].key);
        if (status == LEDE_STATUS_OK) {
            results[i].score = (float)top->items[i].score / SCORE_ONE;
        }
    }
    if (status == LEDE_STATUS_OK && ev->keep_run) {
        status = write_run(ev, id, top, results);
    }
    if (status == LEDE_STATUS_OK && topic != NULL) {
        measure(ev, topic, results, top->count, placed);
    }
    free(results);
    free(placed);
    return status;
}

static lede_status
run_topic(struct evaluating *ev, const struct asked *asked,
          const struct topic *topic)
{
    struct search *search = calloc(1, sizeof(*search));
    size_t tries = 0;
    lede_status status;

    if (search == NULL) {
        return lede__fail_memory(ev->err);
    }
    do {
        lede__search_free(search);
        status = lede__search_run(search, ev->indexes, ev->n_indexes,
                                  asked->text.p, !ev->syntax, &ev->options,
                                  ev->err);
        if (status == LEDE_STATUS_OK) {
            size_t run = ev->run.len;

            status = judge(ev, asked->id, topic, &search->found.top);
            if (status == LEDE__STATUS_CHANGED) {
                ev->run.len = run;
            }
        }
        if (status == LEDE__STATUS_CHANGED) {
            // docs may be other articles now
            lede__map_free(&ev->keys);
            ev->keys = (struct map)MAP_INIT;
            status = lede__index_retry(ev->indexes, ev->n_indexes, tries++,
                                       ev->err);
            if (status == LEDE_STATUS_OK) {
                status = LEDE__STATUS_CHANGED;
            }
        }
    } while (status == LEDE__STATUS_CHANGED);
    lede__search_free(search);
    free(search);
    return status;
}

static lede_status
run_topics(struct evaluating *ev, const struct topics *topics)
{
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < topics->n && status == LEDE_STATUS_OK; i++) {
        const struct topic *topic;

        topic = lede__qrels_topic(&ev->evaluation->qrels,
                                  topics->items[i].id);
        ev->evaluation->unjudged += topic == NULL;
        status = run_topic(ev, &topics->items[i], topic);
    }
    return status;
}

lede_status
lede_evaluate(lede_evaluation **out, lede_index *const *indexes,
              size_t n_indexes, const lede_evaluation_options *options,
              const lede_search_options *search, lede_error *error)
{
    static const lede_search_options defaults = LEDE_SEARCH_OPTIONS_INIT;
    struct evaluating ev = { .indexes = indexes, .n_indexes = n_indexes,
                             .options = search == NULL ? defaults : *search,
                             .keys = MAP_INIT, .run_name = { "lede", 4 },
                             .run = BUF_INIT(BUF_MAX_ANY), .err = error };
    struct topics topics = { .n = 0 };
    lede_status status;

    *out = NULL;
    ev.options.limit = MEASURES_DEPTH;
    ev.options.offset = 0;
    ev.options.sort = LEDE_SORT_RELEVANCE;
    ev.options.strict = 0;
    ev.options.query_json = 0;
    ev.options.run_path = NULL;
    ev.options.approximate = 1;         // the count is not asked for
    status = lede__search_check(indexes, n_indexes, "-", &ev.options, error);
    if (status == LEDE_STATUS_OK) {
        status = lede__evaluation_new(&ev.evaluation, options, error);
    }
    if (status == LEDE_STATUS_OK && options->topics_path == NULL) {
        status = lede__fail(error, LEDE_STATUS_USAGE,
                            "an evaluation needs topics");
    }
    if (status == LEDE_STATUS_OK) {
        ev.syntax = options->syntax != 0;
        ev.keep_run = options->run_path != NULL;
        if (options->run_name != NULL) {
            ev.run_name = str_from(options->run_name);
        }
        status = lede__topics_read(&topics, options->topics_path,
                                   options->topic_fields, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = run_topics(&ev, &topics);
    }
    if (status == LEDE_STATUS_OK && ev.keep_run) {
        status = lede__file_replace(options->run_path,
                                    lede__buf_view(&ev.run), error);
    }
    if (status == LEDE_STATUS_OK) {
        lede__evaluation_average(ev.evaluation);
        *out = ev.evaluation;
    } else {
        lede_evaluation_free(ev.evaluation);
    }
    lede__topics_free(&topics);
    lede__map_free(&ev.keys);
    lede__buf_free(&ev.run);
    lede__arena_free(&ev.article.arena);
    lede__arena_free(&ev.arena);
    return status;
}
