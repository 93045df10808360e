/* evaluate.c - lede_evaluate: topics and judgments in, measures out.

   Topics are lines `id TAB text`, judgments lines `topic 0 key relevance`, a
   run lines `topic Q0 key rank score lede`.  As trec_eval does it, equal
   scores (as 32-bit floats) are ordered by key, highest first, whatever the
   run says, so that trec_eval on the run gives the same figures. */

#include <errno.h>
#include <stdlib.h>

#include "query/measures.h"
#include "query/search.h"
#include "shared/base/file.h"

/* Topics and judgments of the largest public collections are smaller. */
#define FILE_BYTES_MAX ((size_t)1 << 30)

/* A topic that has judgments. */
struct topic {
    struct str id;
    struct map keys;            // key -> grade + 1, of all judged
    struct judged judged;
    bool measured;
};

struct result {
    struct str key;
    float score;
};

struct evaluation {
    lede_index *const *indexes;
    size_t n_indexes;
    lede_search_options options;
    struct arena arena;
    struct map topics;          // id -> struct topic *
    struct topic **list;
    size_t n_topics;
    struct map keys;            // index and doc -> key in the arena
    struct article article;
    struct buf run;
    lede_error *err;
};

/* ---- files ---- */

/* The next line of *rest, without its end; false after the last. */
static bool
next_line(struct str *rest, struct str *line)
{
    const char *end;

    if (rest->len == 0) {
        return false;
    }
    end = memchr(rest->p, '\n', rest->len);
    line->p = rest->p;
    line->len = end == NULL ? rest->len : (size_t)(end - rest->p);
    rest->p += line->len + (end != NULL);
    rest->len -= line->len + (end != NULL);
    if (line->len > 0 && line->p[line->len - 1] == '\r') {
        line->len--;
    }
    return true;
}

/* The next field, apart by spaces and tabs. */
static bool
next_field(struct str *rest, struct str *field)
{
    while (rest->len > 0 && (*rest->p == ' ' || *rest->p == '\t')) {
        rest->p++;
        rest->len--;
    }
    field->p = rest->p;
    field->len = 0;
    while (rest->len > 0 && *rest->p != ' ' && *rest->p != '\t') {
        rest->p++;
        rest->len--;
        field->len++;
    }
    return field->len > 0;
}

static bool
parse_grade(struct str text, int32_t *grade)
{
    char copy[16];
    char *end;
    long value;

    if (text.len >= sizeof(copy)) {
        return false;
    }
    memcpy(copy, text.p, text.len);
    copy[text.len] = '\0';
    errno = 0;
    value = strtol(copy, &end, 10);
    *grade = (int32_t)value;
    return end != copy && *end == '\0' && errno == 0 && value >= -1000000 &&
           value <= 1000000;
}

static lede_status
find_topic(struct evaluation *ev, struct str id, struct topic **out)
{
    uint64_t *place;
    bool added;

    place = lede__map_put(&ev->topics, id, &added);
    if (place == NULL) {
        return lede__fail_memory(ev->err);
    }
    if (added) {
        struct topic *topic = lede__arena_array(&ev->arena, 1,
                                                sizeof(*topic));
        struct topic **bigger;

        if (topic == NULL) {
            return lede__fail_memory(ev->err);
        }
        if (ev->n_topics % 64 == 0) {
            bigger = realloc(ev->list, (ev->n_topics + 64) *
                             sizeof(struct topic *));
            if (bigger == NULL) {
                return lede__fail_memory(ev->err);
            }
            ev->list = bigger;
        }
        topic->id = lede__arena_str(&ev->arena, id);
        if (topic->id.p == NULL) {
            return lede__fail_memory(ev->err);
        }
        ev->list[ev->n_topics++] = topic;
        *place = (uintptr_t)topic;
    }
    *out = (struct topic *)(uintptr_t)*place;
    return LEDE_STATUS_OK;
}

static lede_status
read_judgment(struct evaluation *ev, struct str line, const char *path,
              unsigned number)
{
    struct str rest = line;
    struct str id, zero, key, text, more;
    struct topic *topic = NULL;
    uint64_t *place;
    bool added;
    int32_t grade;
    lede_status status;

    if (!next_field(&rest, &id)) {
        return LEDE_STATUS_OK;
    }
    if (!next_field(&rest, &zero) || !next_field(&rest, &key) ||
        !next_field(&rest, &text) || next_field(&rest, &more) ||
        !parse_grade(text, &grade)) {
        return lede__fail_at(ev->err, LEDE_STATUS_BAD_INPUT, path, number, 0,
                             "not \"topic 0 key relevance\"");
    }
    status = find_topic(ev, id, &topic);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    place = lede__map_put(&topic->keys, key, &added);
    if (place == NULL) {
        return lede__fail_memory(ev->err);
    }
    if (!added) {
        return lede__fail_at(ev->err, LEDE_STATUS_BAD_INPUT, path, number, 0,
                             "%.*s is judged twice for topic %.*s",
                             (int)key.len, key.p, (int)id.len, id.p);
    }
    grade = grade > 0 ? grade : 0;
    *place = (uint64_t)grade;
    topic->judged.count += grade > 0;
    return LEDE_STATUS_OK;
}

/* The grades above 0 of each topic, in one array. */
static lede_status
list_grades(struct evaluation *ev)
{
    size_t i, j;

    for (i = 0; i < ev->n_topics; i++) {
        struct topic *topic = ev->list[i];
        size_t n = 0;

        topic->judged.grades = lede__arena_array(&ev->arena,
                                                 topic->judged.count,
                                                 sizeof(int32_t));
        if (topic->judged.count > 0 && topic->judged.grades == NULL) {
            return lede__fail_memory(ev->err);
        }
        for (j = 0; j < topic->keys.cap; j++) {
            const struct map_entry *entry = &topic->keys.entries[j];

            if (entry->used && entry->value > 0) {
                topic->judged.grades[n++] = (int32_t)entry->value;
            }
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_judgments(struct evaluation *ev, const char *path)
{
    struct buf bytes = BUF_INIT(FILE_BYTES_MAX);
    struct str rest, line;
    unsigned number = 0;
    lede_status status = lede__file_read(&bytes, path, ev->err);

    rest = lede__buf_view(&bytes);
    while (status == LEDE_STATUS_OK && next_line(&rest, &line)) {
        status = read_judgment(ev, line, path, ++number);
    }
    if (status == LEDE_STATUS_OK && ev->n_topics == 0) {
        status = lede__fail_at(ev->err, LEDE_STATUS_BAD_INPUT, path, 0, 0,
                               "there are no judgments in it");
    }
    lede__buf_free(&bytes);
    return status == LEDE_STATUS_OK ? list_grades(ev) : status;
}

/* ---- one topic ---- */

/* The name of an article: its key, or its id where it has none.  Articles are
   found by many topics: names are kept. */
static lede_status
find_key(struct evaluation *ev, const struct found *found, struct str *out)
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

    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    return lede__str_cmp(y->key, x->key);
}

static lede_status
write_run(struct evaluation *ev, struct str id, const struct topk *top,
          const struct result *results)
{
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < top->count && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_addf(&ev->run, ev->err,
                                "%.*s Q0 %.*s %zu %.6f lede\n", (int)id.len,
                                id.p, (int)results[i].key.len,
                                results[i].key.p, i + 1,
                                (double)top->items[i].score / SCORE_ONE);
    }
    return status;
}

/* Judge what was found; `one` NULL: the topic has no judgments. */
static lede_status
judge(struct evaluation *ev, struct str id, const struct topic *topic,
      const struct topk *top, lede_measures *one)
{
    struct result *results = NULL;
    int32_t *grades = NULL;
    struct judged judged;
    size_t n = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    results = calloc(top->count + 1, sizeof(*results));
    grades = calloc(top->count + 1, sizeof(*grades));
    if (results == NULL || grades == NULL) {
        status = lede__fail_memory(ev->err);
    }
    for (i = 0; i < top->count && status == LEDE_STATUS_OK; i++) {
        status = find_key(ev, &top->items[i], &results[i].key);
        if (status == LEDE_STATUS_OK) {
            results[i].score = (float)top->items[i].score / SCORE_ONE;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = write_run(ev, id, top, results);
    }
    if (status == LEDE_STATUS_OK && topic != NULL) {
        qsort(results, top->count, sizeof(*results), compare_results);
        for (i = 0; i < top->count; i++) {
            const uint64_t *grade;

            // the same key in another index says nothing new
            if (i > 0 && str_eq(results[i].key, results[i - 1].key)) {
                continue;
            }
            grade = lede__map_find(&topic->keys, results[i].key);
            grades[n++] = grade == NULL ? 0 : (int32_t)*grade;
        }
        judged = topic->judged;
        lede__measure(one, grades, n, &judged);
    }
    free(results);
    free(grades);
    return status;
}

static lede_status
run_topic(struct evaluation *ev, struct str id, const char *text,
          struct topic *topic, lede_measures *one)
{
    struct search *search = calloc(1, sizeof(*search));
    size_t tries = 0;
    lede_status status;

    if (search == NULL) {
        return lede__fail_memory(ev->err);
    }
    do {
        lede__search_free(search);
        status = lede__search_run(search, ev->indexes, ev->n_indexes, text,
                                  true, &ev->options, ev->err);
        if (status == LEDE_STATUS_OK) {
            size_t run = ev->run.len;

            status = judge(ev, id, topic, &search->found.top, one);
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
read_topic(struct evaluation *ev, struct str line, const char *path,
           unsigned number, lede_measures *sum)
{
    const char *tab = memchr(line.p, '\t', line.len);
    struct str id, text;
    struct topic *topic = NULL;
    uint64_t *place;
    lede_measures one;
    lede_status status;

    if (lede__str_trim(line).len == 0) {
        return LEDE_STATUS_OK;
    }
    if (tab == NULL) {
        return lede__fail_at(ev->err, LEDE_STATUS_BAD_INPUT, path, number, 0,
                             "not \"id TAB text\"");
    }
    id = lede__str_trim((struct str){ line.p, (size_t)(tab - line.p) });
    text = (struct str){ tab + 1, line.len - (size_t)(tab + 1 - line.p) };
    place = lede__map_find(&ev->topics, id);
    if (place != NULL) {
        topic = (struct topic *)(uintptr_t)*place;
        if (topic->measured) {
            return lede__fail_at(ev->err, LEDE_STATUS_BAD_INPUT, path, number,
                                 0, "topic %.*s comes twice", (int)id.len,
                                 id.p);
        }
        topic->measured = true;
    }
    text = lede__arena_str(&ev->arena, text);
    if (text.p == NULL) {
        return lede__fail_memory(ev->err);
    }
    status = run_topic(ev, id, text.p, topic, &one);
    if (status == LEDE_STATUS_OK && topic != NULL) {
        lede__measures_add(sum, &one);
    }
    return status;
}

static lede_status
read_topics(struct evaluation *ev, const char *path, lede_measures *sum)
{
    struct buf bytes = BUF_INIT(FILE_BYTES_MAX);
    struct str rest, line;
    unsigned number = 0;
    lede_status status = lede__file_read(&bytes, path, ev->err);

    rest = lede__buf_view(&bytes);
    while (status == LEDE_STATUS_OK && next_line(&rest, &line)) {
        status = read_topic(ev, line, path, ++number, sum);
    }
    lede__buf_free(&bytes);
    return status;
}

static void
free_evaluation(struct evaluation *ev)
{
    size_t i;

    for (i = 0; i < ev->n_topics; i++) {
        lede__map_free(&ev->list[i]->keys);
    }
    free(ev->list);
    lede__map_free(&ev->topics);
    lede__map_free(&ev->keys);
    lede__buf_free(&ev->run);
    lede__arena_free(&ev->article.arena);
    lede__arena_free(&ev->arena);
}

lede_status
lede_evaluate(lede_measures *out, lede_index *const *indexes,
              size_t n_indexes, const char *topics_path,
              const char *qrels_path, const char *run_path,
              const lede_search_options *options, lede_error *error)
{
    static const lede_search_options defaults = LEDE_SEARCH_OPTIONS_INIT;
    struct evaluation ev = { .indexes = indexes, .n_indexes = n_indexes,
                             .options = options == NULL ? defaults
                                                        : *options,
                             .topics = MAP_INIT, .keys = MAP_INIT,
                             .run = BUF_INIT(BUF_MAX_ANY), .err = error };
    lede_measures sum = { 0 };
    lede_status status;

    memset(out, 0, sizeof(*out));
    ev.options.limit = MEASURES_DEPTH;
    ev.options.offset = 0;
    ev.options.sort = LEDE_SORT_RELEVANCE;
    ev.options.strict = 0;
    ev.options.approximate = 1;         // the count is not asked for
    status = lede__search_check(indexes, n_indexes, "-", &ev.options, error);
    if (status == LEDE_STATUS_OK) {
        status = read_judgments(&ev, qrels_path);
    }
    if (status == LEDE_STATUS_OK) {
        status = read_topics(&ev, topics_path, &sum);
    }
    if (status == LEDE_STATUS_OK && run_path != NULL) {
        status = lede__file_replace(run_path, lede__buf_view(&ev.run), error);
    }
    if (status == LEDE_STATUS_OK) {
        sum.topics = ev.n_topics;       // those without hits count 0
        lede__measures_average(&sum);
        *out = sum;
    }
    free_evaluation(&ev);
    return status;
}
