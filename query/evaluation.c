/* evaluation.c - a lede_evaluation, and lede_evaluate_run, which judges a run
   from elsewhere.

   A run may have any length, and its lines any order.  Only the ranks of
   judged articles are asked for, so the file is read twice: first for their
   scores; then each line is looked up, by bisection, among those that were
   found, and counted as being before the next one of them.  The rank is one
   more than all that is before. */

#include "query/evaluation.h"

#include <stdlib.h>

#include "query/runs.h"

lede_status
lede__evaluation_new(lede_evaluation **out,
                     const lede_evaluation_options *options, lede_error *err)
{
    lede_evaluation *evaluation = NULL;
    lede_status status;

    *out = NULL;
    if (options == NULL || options->qrels_path == NULL) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "an evaluation needs judgments");
    }
    if (options->version != LEDE_EVALUATION_OPTIONS_VERSION) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "evaluation options of version %u are not known",
                          options->version);
    }
    evaluation = calloc(1, sizeof(*evaluation));
    if (evaluation == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__measures_parse(evaluation->measures,
                                  &evaluation->n_measures,
                                  options->measures == NULL
                                      ? LEDE_MEASURES_DEFAULT
                                      : options->measures, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__qrels_read(&evaluation->qrels, options->qrels_path,
                                  err);
    }
    if (status == LEDE_STATUS_OK) {
        evaluation->values = lede__arena_array(&evaluation->arena,
                                               evaluation->qrels.n *
                                               evaluation->n_measures,
                                               sizeof(double));
        status = evaluation->values == NULL ? lede__fail_memory(err)
                                            : LEDE_STATUS_OK;
    }
    if (status != LEDE_STATUS_OK) {
        lede_evaluation_free(evaluation);
        return status;
    }
    *out = evaluation;
    return LEDE_STATUS_OK;
}

void
lede__evaluation_set(lede_evaluation *evaluation, const struct topic *topic,
                     const struct placed *placed, size_t n)
{
    size_t at = (size_t)(topic - evaluation->qrels.topics) *
                evaluation->n_measures;
    size_t i;

    for (i = 0; i < evaluation->n_measures; i++) {
        evaluation->values[at + i] = lede__measure(&evaluation->measures[i],
                                                   placed, n, &topic->judged);
    }
}

void
lede__evaluation_average(lede_evaluation *evaluation)
{
    size_t n = evaluation->qrels.n;
    size_t i, j;

    for (i = 0; i < evaluation->n_measures; i++) {
        double sum = 0;

        for (j = 0; j < n; j++) {
            sum += evaluation->values[j * evaluation->n_measures + i];
        }
        evaluation->means[i] = sum / (double)n;
    }
}

size_t
lede_evaluation_measure_count(const lede_evaluation *evaluation)
{
    return evaluation->n_measures;
}

const char *
lede_evaluation_measure(const lede_evaluation *evaluation, size_t measure)
{
    return measure < evaluation->n_measures
           ? evaluation->measures[measure].name : NULL;
}

double
lede_evaluation_mean(const lede_evaluation *evaluation, size_t measure)
{
    return measure < evaluation->n_measures ? evaluation->means[measure] : 0;
}

size_t
lede_evaluation_topic_count(const lede_evaluation *evaluation)
{
    return evaluation->qrels.n;
}

const char *
lede_evaluation_topic(const lede_evaluation *evaluation, size_t topic)
{
    return topic < evaluation->qrels.n ? evaluation->qrels.topics[topic].id.p
                                       : NULL;
}

double
lede_evaluation_value(const lede_evaluation *evaluation, size_t topic,
                      size_t measure)
{
    if (topic >= evaluation->qrels.n || measure >= evaluation->n_measures) {
        return 0;
    }
    return evaluation->values[topic * evaluation->n_measures + measure];
}

size_t
lede_evaluation_unjudged(const lede_evaluation *evaluation)
{
    return evaluation->unjudged;
}

void
lede_evaluation_free(lede_evaluation *evaluation)
{
    if (evaluation == NULL) {
        return;
    }
    lede__qrels_free(&evaluation->qrels);
    lede__arena_free(&evaluation->arena);
    free(evaluation);
}

/* ---- a run from elsewhere ---- */

struct judging {
    lede_evaluation *evaluation;
    struct lines lines;
    struct map unjudged;        // topics
    struct topic *topic;        // of the last line
    lede_error *err;
};

/* The topic of a line, mostly that of the line before; NULL where it is not
   judged. */
static lede_status
find_topic(struct judging *j, struct str id, struct topic **out)
{
    if (j->topic == NULL || !str_eq(j->topic->id, id)) {
        j->topic = lede__qrels_topic(&j->evaluation->qrels, id);
    }
    *out = j->topic;
    if (j->topic == NULL && lede__map_put(&j->unjudged, id, NULL) == NULL) {
        return lede__fail_memory(j->err);
    }
    return LEDE_STATUS_OK;
}

static lede_status
find_scores(struct judging *j)
{
    struct run_line line;
    bool more = true;
    lede_status status = LEDE_STATUS_OK;

    while (status == LEDE_STATUS_OK) {
        struct topic *topic = NULL;
        struct judgment *judgment;

        status = lede__run_next(&j->lines, &line, &more, j->err);
        if (status != LEDE_STATUS_OK || !more) {
            break;
        }
        status = find_topic(j, line.topic, &topic);
        if (status != LEDE_STATUS_OK || topic == NULL) {
            continue;
        }
        judgment = lede__qrels_judgment(topic, line.name);
        if (judgment == NULL) {
            continue;
        }
        if (judgment->found) {
            return lede__fail_at(j->err, LEDE_STATUS_BAD_INPUT, j->lines.path,
                                 j->lines.number, 0,
                                 "%.*s comes twice for topic %.*s",
                                 (int)line.name.len, line.name.p,
                                 (int)topic->id.len, topic->id.p);
        }
        judgment->found = true;
        judgment->score = line.score;
    }
    return status;
}

/* Those that were found first, in the order of a run. */
static int
compare_judgments(const void *a, const void *b)
{
    const struct judgment *x = a;
    const struct judgment *y = b;

    if (!x->found || !y->found) {
        return y->found - x->found;
    }
    return run_compare(x->score, x->key, y->score, y->key);
}

static void
sort_judgments(struct qrels *qrels)
{
    size_t i;

    for (i = 0; i < qrels->n; i++) {
        struct topic *topic = &qrels->topics[i];

        qsort(topic->judgments, topic->n, sizeof(*topic->judgments),
              compare_judgments);
        topic->found = 0;
        while (topic->found < topic->n &&
               topic->judgments[topic->found].found) {
            topic->found++;
        }
    }
}

static lede_status
count_lines(struct judging *j)
{
    struct run_line line;
    bool more = true;
    lede_status status = LEDE_STATUS_OK;

    j->topic = NULL;
    while (status == LEDE_STATUS_OK) {
        struct topic *topic = NULL;
        size_t low = 0;
        size_t high;

        status = lede__run_next(&j->lines, &line, &more, j->err);
        if (status != LEDE_STATUS_OK || !more) {
            break;
        }
        status = find_topic(j, line.topic, &topic);
        if (status != LEDE_STATUS_OK || topic == NULL) {
            continue;
        }
        // the first one found that the line is before
        high = topic->found;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            const struct judgment *one = &topic->judgments[middle];

            if (run_compare(line.score, line.name, one->score,
                            one->key) < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low < topic->found) {
            topic->judgments[low].above++;
        }
    }
    return status;
}

static lede_status
measure_topics(struct judging *j)
{
    lede_evaluation *evaluation = j->evaluation;
    struct placed *placed = NULL;
    size_t most = 0;
    size_t i, k;

    for (i = 0; i < evaluation->qrels.n; i++) {
        size_t found = evaluation->qrels.topics[i].found;

        most = found > most ? found : most;
    }
    placed = calloc(most + 1, sizeof(*placed));
    if (placed == NULL) {
        return lede__fail_memory(j->err);
    }
    for (i = 0; i < evaluation->qrels.n; i++) {
        struct topic *topic = &evaluation->qrels.topics[i];
        uint64_t above = 0;
        size_t n = 0;

        for (k = 0; k < topic->found; k++) {
            above += topic->judgments[k].above;
            if (topic->judgments[k].grade >= 0) {
                placed[n++] = (struct placed){ above + 1,
                                               topic->judgments[k].grade };
            }
        }
        lede__evaluation_set(evaluation, topic, placed, n);
    }
    lede__evaluation_average(evaluation);
    free(placed);
    return LEDE_STATUS_OK;
}

lede_status
lede_evaluate_run(lede_evaluation **out, const char *run_path,
                  const lede_evaluation_options *options, lede_error *error)
{
    struct judging j = { .unjudged = MAP_INIT, .err = error };
    lede_status status;

    status = lede__evaluation_new(&j.evaluation, options, error);
    *out = NULL;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    status = lede__lines_open(&j.lines, run_path, error);
    if (status == LEDE_STATUS_OK) {
        status = lede__lines_again(&j.lines, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = find_scores(&j);
    }
    if (status == LEDE_STATUS_OK) {
        sort_judgments(&j.evaluation->qrels);
        status = lede__lines_again(&j.lines, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = count_lines(&j);
    }
    if (status == LEDE_STATUS_OK) {
        status = measure_topics(&j);
    }
    lede__lines_close(&j.lines);
    if (status == LEDE_STATUS_OK) {
        j.evaluation->unjudged = j.unjudged.count;
        *out = j.evaluation;
    } else {
        lede_evaluation_free(j.evaluation);
    }
    lede__map_free(&j.unjudged);
    return status;
}
