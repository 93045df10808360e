/* qrels.c - the judgments of a test collection; see qrels.h. */

#include "query/qrels.h"

#include <errno.h>
#include <stdlib.h>

#include "query/lines.h"

#define GRADE_MAX 1000000

bool
lede__array_grow(void **array, size_t n, size_t size)
{
    void *bigger;

    // full at each power of two
    if ((n & (n - 1)) != 0) {
        return true;
    }
    if (n > SIZE_MAX / 2 / size) {
        return false;
    }
    bigger = realloc(*array, (n == 0 ? 1 : 2 * n) * size);
    if (bigger == NULL) {
        return false;
    }
    *array = bigger;
    return true;
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
    return end != copy && *end == '\0' && errno == 0 && value >= -GRADE_MAX &&
           value <= GRADE_MAX;
}

static lede_status
find_topic(struct qrels *qrels, struct str id, struct topic **out,
           lede_error *err)
{
    uint64_t *place;
    bool added;

    place = lede__map_put(&qrels->ids, id, &added);
    if (place == NULL) {
        return lede__fail_memory(err);
    }
    if (added) {
        struct topic topic = { .id = lede__arena_str(&qrels->arena, id),
                               .keys = MAP_INIT };

        if (topic.id.p == NULL ||
            !lede__array_grow((void **)&qrels->topics, qrels->n,
                              sizeof(topic))) {
            return lede__fail_memory(err);
        }
        *place = qrels->n;
        qrels->topics[qrels->n++] = topic;
    }
    *out = &qrels->topics[*place];
    return LEDE_STATUS_OK;
}

static lede_status
read_judgment(struct qrels *qrels, struct str line, const char *path,
              unsigned number, lede_error *err)
{
    struct str rest = line;
    struct str id, zero, key, text, more;
    struct judgment judgment = { .grade = 0 };
    struct topic *topic = NULL;
    uint64_t *place;
    bool added;
    lede_status status;

    if (!lede__field_next(&rest, &id)) {
        return LEDE_STATUS_OK;
    }
    if (!lede__field_next(&rest, &zero) || !lede__field_next(&rest, &key) ||
        !lede__field_next(&rest, &text) || lede__field_next(&rest, &more) ||
        !parse_grade(text, &judgment.grade)) {
        return lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, number, 0,
                             "not \"topic 0 key relevance\"");
    }
    status = find_topic(qrels, id, &topic, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    place = lede__map_put(&topic->keys, key, &added);
    if (place == NULL ||
        !lede__array_grow((void **)&topic->judgments, topic->n,
                          sizeof(judgment))) {
        return lede__fail_memory(err);
    }
    if (!added) {
        return lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, number, 0,
                             "%.*s is judged twice for topic %.*s",
                             (int)key.len, key.p, (int)id.len, id.p);
    }
    *place = topic->n;
    topic->judgments[topic->n++] = judgment;
    topic->judged.count += judgment.grade > 0;
    topic->judged.zeros += judgment.grade == 0;
    return LEDE_STATUS_OK;
}

static int
compare_grades(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;

    return (x < y) - (x > y);
}

/* What follows from a topic's judgments once all of them are read. */
static lede_status
finish_topic(struct qrels *qrels, struct topic *topic, lede_error *err)
{
    struct judged *judged = &topic->judged;
    size_t n = 0;
    size_t i;

    for (i = 0; i < topic->keys.cap; i++) {
        const struct map_entry *entry = &topic->keys.entries[i];

        if (entry->used) {
            topic->judgments[entry->value].key = entry->key;
        }
    }
    if (judged->count == 0) {
        return LEDE_STATUS_OK;
    }
    judged->grades = lede__arena_array(&qrels->arena, judged->count,
                                       sizeof(int32_t));
    if (judged->grades == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < topic->n; i++) {
        if (topic->judgments[i].grade > 0) {
            judged->grades[n++] = topic->judgments[i].grade;
        }
    }
    qsort(judged->grades, n, sizeof(int32_t), compare_grades);
    return LEDE_STATUS_OK;
}

lede_status
lede__qrels_read(struct qrels *qrels, const char *path, lede_error *err)
{
    struct lines lines;
    struct str line;
    bool more = true;
    size_t i;
    lede_status status;

    *qrels = (struct qrels){ .ids = MAP_INIT };
    status = lede__lines_open(&lines, path, err);
    while (status == LEDE_STATUS_OK && more) {
        status = lede__lines_next(&lines, &line, &more, err);
        if (status == LEDE_STATUS_OK && more) {
            status = read_judgment(qrels, line, path, lines.number, err);
        }
    }
    lede__lines_close(&lines);
    if (status == LEDE_STATUS_OK && qrels->n == 0) {
        status = lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, 0, 0,
                               "there are no judgments in it");
    }
    for (i = 0; i < qrels->n && status == LEDE_STATUS_OK; i++) {
        status = finish_topic(qrels, &qrels->topics[i], err);
    }
    return status;
}

struct topic *
lede__qrels_topic(const struct qrels *qrels, struct str id)
{
    uint64_t *place = lede__map_find(&qrels->ids, id);

    return place == NULL ? NULL : &qrels->topics[*place];
}

struct judgment *
lede__qrels_judgment(const struct topic *topic, struct str key)
{
    uint64_t *place = lede__map_find(&topic->keys, key);

    return place == NULL ? NULL : &topic->judgments[*place];
}

void
lede__qrels_free(struct qrels *qrels)
{
    size_t i;

    for (i = 0; i < qrels->n; i++) {
        lede__map_free(&qrels->topics[i].keys);
        free(qrels->topics[i].judgments);
    }
    free(qrels->topics);
    lede__map_free(&qrels->ids);
    lede__arena_free(&qrels->arena);
}
