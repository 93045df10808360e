/* eval.c - lede eval: rankings, measured by judged topics.

   One ranking, of the index or of a run from elsewhere, or two of them and
   what their difference means. */

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/query.h"
#include "cli/ranking.h"

#define NAME_WIDTH 12

/* --fail-under MEASURE=VALUE. */
struct least {
    const char *name;
    int length;
    double value;
};

struct eval {
    const struct settings *settings;
    lede_evaluation_options options;
    struct least least[TEXTS_MAX];
    char *measures;             // the names of all that are asked for
    lede_evaluation *old;       // what is compared with, or NULL
    lede_evaluation *judged;
    const char *names[2];       // of the two
};

/* ---- what is asked for ---- */

static int
check_settings(const struct settings *settings)
{
    size_t runs = settings->n_operands;

    if (!settings->qrels || (!settings->topics && !settings->run && !runs)) {
        complain("--qrels FILE and one of --topics FILE and --run FILE are "
                 "needed");
        return EXIT_ERROR;
    }
    if (settings->compare && runs + (settings->topics || settings->run) != 2) {
        complain("--compare takes two runs, or one and --topics or --run");
        return EXIT_ERROR;
    }
    if (runs > 0 && !settings->compare) {
        complain("'%s': RUNs go with --compare; --run FILE is judged alone",
                 settings->operands[0]);
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

static int
read_least(struct least *least, const char *text)
{
    const char *equals = strchr(text, '=');
    char *end = NULL;

    if (equals && equals > text && strchr("0123456789.", equals[1]) &&
        equals[1] != '\0') {
        least->name = text;
        least->length = (int)(equals - text);
        least->value = strtod(equals + 1, &end);
    }
    if (!end || *end != '\0' || !(least->value <= 1)) {
        complain("--fail-under: '%s' is not MEASURE=VALUE, as in ndcg@10=0.34",
                 text);
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

/* The measures that are shown, and those that something depends on. */
static int
list_measures(struct eval *eval)
{
    const struct settings *settings = eval->settings;
    const char *shown = settings->measures ? settings->measures
                                           : LEDE_MEASURES_DEFAULT;
    size_t size = strlen(shown) + 1;
    size_t used;

    for (size_t i = 0; i < settings->fail_under.n; i++) {
        int status = read_least(&eval->least[i],
                                settings->fail_under.items[i]);

        if (status != EXIT_DONE) {
            return status;
        }
        size += (size_t)eval->least[i].length + 1;
    }
    eval->measures = malloc(size);
    if (!eval->measures) {
        return complain_memory();
    }
    used = (size_t)snprintf(eval->measures, size, "%s", shown);
    for (size_t i = 0; i < settings->fail_under.n; i++) {
        used += (size_t)snprintf(eval->measures + used, size - used, ",%.*s",
                                 eval->least[i].length, eval->least[i].name);
    }
    eval->options.measures = eval->measures;
    return EXIT_DONE;
}

/* ---- judging ---- */

static int
judge_run(lede_evaluation **out, const struct eval *eval, const char *path)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede_evaluate_run(out, path, &eval->options, &error);

    return status == LEDE_STATUS_OK ? EXIT_DONE
                                    : complain_error(status, &error);
}

static int
judge_index(lede_evaluation **out, const struct eval *eval)
{
    const struct settings *settings = eval->settings;
    lede_search_options search = LEDE_SEARCH_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    struct places places;
    lede_status judged;
    int status = query_options(&search, settings);

    if (status == EXIT_DONE) {
        status = ranking_options(&search, settings);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    search.snippets = 0;
    status = places_open(&places, settings);
    if (status == EXIT_DONE) {
        judged = lede_evaluate(out, places.indexes, places.n, &eval->options,
                               &search, &error);
        status = judged == LEDE_STATUS_OK ? EXIT_DONE
                                          : complain_error(judged, &error);
    }
    places_close(&places);
    return status;
}

/* Runs named as operands come first, the index or --run last. */
static int
judge(struct eval *eval)
{
    const struct settings *settings = eval->settings;
    size_t runs = settings->n_operands;
    int status = EXIT_DONE;

    eval->names[0] = runs > 0 ? settings->operands[0] : NULL;
    eval->names[1] = runs > 1 ? settings->operands[1]
                     : settings->topics ? "the index" : settings->run;
    if (runs > 0) {
        status = judge_run(&eval->old, eval, eval->names[0]);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    if (runs < 2 && settings->topics) {
        return judge_index(&eval->judged, eval);
    }
    return judge_run(&eval->judged, eval, eval->names[1]);
}

/* ---- text ---- */

/* What a topic has of a measure; of two evaluations the difference. */
static double
topic_value(const struct eval *eval, size_t topic, size_t measure)
{
    double value = lede_evaluation_value(eval->judged, topic, measure);

    return eval->old ? value - lede_evaluation_value(eval->old, topic,
                                                     measure) : value;
}

static double
mean_value(const struct eval *eval, size_t measure)
{
    double mean = lede_evaluation_mean(eval->judged, measure);

    return eval->old ? mean - lede_evaluation_mean(eval->old, measure) : mean;
}

static int
column_width(const lede_evaluation *evaluation, size_t measure)
{
    int width = (int)strlen(lede_evaluation_measure(evaluation, measure));

    return width < 7 ? 9 : width + 2;
}

/* A difference has its sign. */
static void
print_value(const struct eval *eval, size_t measure, double value)
{
    int width = column_width(eval->judged, measure);

    if (eval->old) {
        printf("%+*.4f", width, value);
    } else {
        printf("%*.4f", width, value);
    }
}

static void
print_topics(const struct eval *eval)
{
    const lede_evaluation *judged = eval->judged;
    size_t measures = lede_evaluation_measure_count(judged);
    size_t topics = lede_evaluation_topic_count(judged);
    int first = 5;

    for (size_t i = 0; i < topics; i++) {
        int width = (int)strlen(lede_evaluation_topic(judged, i));

        first = width > first ? width : first;
    }
    printf("%-*s", first, "topic");
    for (size_t j = 0; j < measures; j++) {
        printf("%*s", column_width(judged, j),
               lede_evaluation_measure(judged, j));
    }
    putchar('\n');
    for (size_t i = 0; i < topics && !ferror(stdout); i++) {
        printf("%-*s", first, lede_evaluation_topic(judged, i));
        for (size_t j = 0; j < measures; j++) {
            print_value(eval, j, topic_value(eval, i, j));
        }
        putchar('\n');
    }
    printf("%-*s", first, "all");
    for (size_t j = 0; j < measures; j++) {
        print_value(eval, j, mean_value(eval, j));
    }
    puts("\n");
}

static void
print_means(const struct eval *eval)
{
    const lede_evaluation *judged = eval->judged;

    printf("%-*s %zu\n", NAME_WIDTH, "topics",
           lede_evaluation_topic_count(judged));
    for (size_t i = 0; i < lede_evaluation_measure_count(judged); i++) {
        printf("%-*s %.4f\n", NAME_WIDTH, lede_evaluation_measure(judged, i),
               lede_evaluation_mean(judged, i));
    }
}

static int
compare(lede_comparison *comparison, const struct eval *eval, size_t measure)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede_evaluation_compare(comparison, eval->old,
                                                 eval->judged, measure,
                                                 &error);

    return status == LEDE_STATUS_OK ? EXIT_DONE
                                    : complain_error(status, &error);
}

static int
print_comparison(const struct eval *eval)
{
    const lede_evaluation *judged = eval->judged;
    size_t topics = lede_evaluation_topic_count(judged);
    int status = EXIT_DONE;

    printf("A: %s\nB: %s\n\n%-*s %7s %7s %8s %7s %6s %6s %8s\n",
           eval->names[0], eval->names[1], NAME_WIDTH, "", "A", "B", "B - A",
           "better", "same", "worse", "p");
    for (size_t i = 0; i < lede_evaluation_measure_count(judged) &&
         status == EXIT_DONE; i++) {
        lede_comparison c;

        status = compare(&c, eval, i);
        if (status == EXIT_DONE) {
            printf("%-*s %7.4f %7.4f %+8.4f %7zu %6zu %6zu %8.5f\n",
                   NAME_WIDTH, lede_evaluation_measure(judged, i), c.mean_a,
                   c.mean_b, c.mean_b - c.mean_a, c.wins, c.ties, c.losses,
                   c.p);
        }
    }
    printf("\n%zu topic%s; p of a paired randomisation test, two-sided\n",
           topics, plural(topics));
    return status;
}

/* ---- JSON ---- */

static json *
json_per_query(const struct eval *eval)
{
    const lede_evaluation *judged = eval->judged;
    json *list = json_list();

    for (size_t i = 0; i < lede_evaluation_topic_count(judged); i++) {
        json *object = json_new();

        json_put(object, "topic", json_text(lede_evaluation_topic(judged, i)));
        for (size_t j = 0; j < lede_evaluation_measure_count(judged); j++) {
            json_put(object, lede_evaluation_measure(judged, j),
                     json_real(topic_value(eval, i, j)));
        }
        json_push(list, object);
    }
    return list;
}

static json *
json_comparison(const lede_comparison *c, const char *measure)
{
    json *object = json_new();

    json_put(object, "measure", json_text(measure));
    json_put(object, "a", json_real(c->mean_a));
    json_put(object, "b", json_real(c->mean_b));
    json_put(object, "difference", json_real(c->mean_b - c->mean_a));
    json_put(object, "better", json_number(c->wins));
    json_put(object, "same", json_number(c->ties));
    json_put(object, "worse", json_number(c->losses));
    json_put(object, "p", json_real(c->p));
    json_put(object, "exact", json_flag(c->exact));
    return object;
}

static int
print_json(const struct eval *eval, json *missed, int status)
{
    const lede_evaluation *judged = eval->judged;
    json *answer = json_answer();
    json *list = eval->old ? json_list() : NULL;

    json_put(answer, "topics",
             json_number(lede_evaluation_topic_count(judged)));
    json_put(answer, "unjudged",
             json_number(lede_evaluation_unjudged(judged)));
    for (size_t i = 0; i < lede_evaluation_measure_count(judged); i++) {
        const char *name = lede_evaluation_measure(judged, i);
        lede_comparison c;

        if (!eval->old) {
            json_put(answer, name, json_real(lede_evaluation_mean(judged, i)));
        } else if (compare(&c, eval, i) == EXIT_DONE) {
            json_push(list, json_comparison(&c, name));
        } else {
            json_object_put(list);
            json_object_put(answer);
            json_object_put(missed);
            return EXIT_ERROR;
        }
    }
    if (eval->old) {
        json_put(answer, "a", json_text(eval->names[0]));
        json_put(answer, "b", json_text(eval->names[1]));
        json_put(answer, "comparison", list);
    }
    if (eval->settings->per_query) {
        json_put(answer, "per_query", json_per_query(eval));
    }
    if (eval->settings->fail_under.n > 0) {
        json_put(answer, "missed", missed);
    } else {
        json_object_put(missed);
    }
    return json_finish(answer, status);
}

/* ---- --fail-under ---- */

static double
mean_of(const lede_evaluation *evaluation, const struct least *least)
{
    size_t i = 0;

    // all of them were asked for
    while (i + 1 < lede_evaluation_measure_count(evaluation)) {
        const char *name = lede_evaluation_measure(evaluation, i);

        if ((int)strlen(name) == least->length &&
            strncmp(name, least->name, (size_t)least->length) == 0) {
            break;
        }
        i++;
    }
    return lede_evaluation_mean(evaluation, i);
}

/* EXIT_NOTHING after a message about each that is missed, which are appended
   to `missed`. */
static int
check_least(const struct eval *eval, json *missed)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < eval->settings->fail_under.n; i++) {
        const struct least *least = &eval->least[i];
        double mean = mean_of(eval->judged, least);

        if (mean < least->value) {
            complain("%.*s is %.6f, under %g", least->length, least->name,
                     mean, least->value);
            json_push(missed, json_text(eval->settings->fail_under.items[i]));
            status = EXIT_NOTHING;
        }
    }
    return status;
}

static int
report(const struct eval *eval)
{
    size_t unjudged = lede_evaluation_unjudged(eval->judged);
    json *missed = json_list();
    int status = check_least(eval, missed);

    if (eval->settings->json) {
        return print_json(eval, missed, status);
    }
    json_object_put(missed);
    if (unjudged > 0) {
        note("%zu topic%s without judgments: not counted", unjudged,
             plural(unjudged));
    }
    if (eval->settings->per_query) {
        print_topics(eval);
    }
    if (!eval->old) {
        print_means(eval);
    } else if (print_comparison(eval) != EXIT_DONE) {
        return EXIT_ERROR;
    }
    return stdout_finish(status);
}

int
command_eval(const struct settings *settings)
{
    struct eval eval = { .settings = settings,
                         .options = LEDE_EVALUATION_OPTIONS_INIT };
    int status = check_settings(settings);

    if (status != EXIT_DONE) {
        return status;
    }
    eval.options.qrels_path = settings->qrels;
    eval.options.topics_path = settings->topics;
    eval.options.topic_fields = settings->topic_field;
    eval.options.syntax = settings->syntax;
    eval.options.run_path = settings->topics ? settings->run : NULL;
    eval.options.run_name = settings->run_name;
    status = list_measures(&eval);
    if (status == EXIT_DONE) {
        status = judge(&eval);
    }
    if (status == EXIT_DONE) {
        status = report(&eval);
    }
    lede_evaluation_free(eval.old);
    lede_evaluation_free(eval.judged);
    free(eval.measures);
    return status;
}
