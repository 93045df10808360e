/* query-measures.c - the measures, judged runs, the randomisation test and
   fusion, against values worked out by hand as trec_eval computes them. */

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "query/fuse.h"
#include "query/measures.h"
#include "query/runs.h"
#include "shared/base/file.h"
#include "shared/lede.h"
#include "tests/random.h"
#include "tests/tap.h"

static char folder[] = "/tmp/query-measures-XXXXXX";

static bool
near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static char *
write_file(const char *name, const char *text)
{
    char *path = lede__path_join(folder, name);

    if (lede__file_replace(path, str_from(text), NULL) != LEDE_STATUS_OK) {
        ok(false, "%s is written", path);
    }
    return path;
}

/* ---- one topic ---- */

static double
measured(const char *name, const struct placed *placed, size_t n,
         const struct judged *judged)
{
    struct measure measures[MEASURES_MAX];
    size_t count = 0;

    if (lede__measures_parse(measures, &count, name, NULL) !=
        LEDE_STATUS_OK) {
        ok(false, "%s is a measure", name);
        return -1;
    }
    return lede__measure(&measures[0], placed, n, judged);
}

static void
test_measures(void)
{
    int32_t five[] = { 3, 2, 2, 1, 1 };
    int32_t twelve[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    int32_t three[] = { 5, 2, 1 };
    struct judged judged = { five, 5, 1 };
    // the third is judged not to be relevant
    const struct placed first[] = { { 1, 3 }, { 2, 2 }, { 3, 0 }, { 4, 1 } };
    const struct placed late[] = { { 12, 1 } };
    const struct placed far[] = { { 3, 1 }, { 101, 2 }, { 1500, 5 } };
    const struct {
        const char *name;
        double value;
    } rows[] = {
        // dcg 3/1 + 2/log2(3) + 1/log2(5), ideal 3 2 2 1 1
        { "ndcg@10", 0.7718762796 }, { "ndcg", 0.7718762796 },
        { "ndcg@1", 1 }, { "ndcg@2", 1 },
        { "ndcg@3", (3 + 2 / log2(3)) / (3 + 2 / log2(3) + 2.0 / 2) },
        { "map", (1 + 1 + 3.0 / 4) / 5 }, { "map@2", 2.0 / 5 },
        { "p@1", 1 }, { "p@5", 0.6 }, { "p@10", 0.3 },
        { "recall@100", 0.6 }, { "recall@2", 0.4 },
        { "mrr", 1 }, { "mrr@1", 1 }, { "rprec", 0.6 },
        // the fourth has the one judged not to be relevant before it:
        // 1 + 1 + (1 - 1/min(1, 5))
        { "bpref", 2.0 / 5 },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double value = measured(rows[i].name, first, 4, &judged);

        ok(near(value, rows[i].value), "%s is %.10f", rows[i].name, value);
    }
    // of 2 not relevant, 1 and 2 are before: 1 + (1 - 1/2) + (1 - 2/2)
    judged.zeros = 2;
    ok(near(measured("bpref", (const struct placed[]){
           { 1, 1 }, { 2, 0 }, { 5, 2 }, { 6, 0 }, { 9, 3 } }, 5, &judged),
       1.5 / 5), "bpref with two");
    // more not relevant than relevant ones before: never below 0
    judged = (struct judged){ five, 1, 3 };
    ok(near(measured("bpref", (const struct placed[]){
           { 1, 0 }, { 2, 0 }, { 3, 0 }, { 4, 1 } }, 4, &judged), 0),
       "bpref after three");

    // the first relevant one at rank 12
    judged = (struct judged){ twelve, 12, 0 };
    ok(near(measured("ndcg@10", late, 1, &judged), 0) &&
       near(measured("p@10", late, 1, &judged), 0) &&
       near(measured("mrr@11", late, 1, &judged), 0),
       "nothing in the first ten");
    ok(near(measured("map", late, 1, &judged), 1.0 / 12 / 12) &&
       near(measured("mrr", late, 1, &judged), 1.0 / 12) &&
       near(measured("rprec", late, 1, &judged), 1.0 / 12), "found later");

    // at ranks 3, 101 and 1,500
    judged = (struct judged){ three, 3, 0 };
    ok(near(measured("ndcg@10", far, 3, &judged),
            0.5 / (5 + 2 / log2(3) + 0.5)), "nDCG@10");
    ok(near(measured("ndcg", far, 3, &judged),
            (0.5 + 2 / log2(102) + 5 / log2(1501)) /
            (5 + 2 / log2(3) + 0.5)), "nDCG of all");
    ok(near(measured("map", far, 3, &judged),
            (1.0 / 3 + 2.0 / 101 + 3.0 / 1500) / 3), "of a long run");
    ok(near(measured("map@1000", far, 3, &judged),
            (1.0 / 3 + 2.0 / 101) / 3), "of its first 1,000");
    ok(near(measured("recall@100", far, 3, &judged), 1.0 / 3) &&
       near(measured("recall@1000", far, 3, &judged), 2.0 / 3),
       "recall at 100 and 1,000");

    judged = (struct judged){ NULL, 0, 2 };
    ok(near(measured("ndcg", late, 1, &judged), 0) &&
       near(measured("bpref", late, 1, &judged), 0) &&
       near(measured("rprec", late, 1, &judged), 0), "nothing relevant");
}

static void
test_names(void)
{
    static const char *const bad[] = {
        "", ",", "ndcg@", "ndcg@0", "ndcg@010", "ndcg@-1", "ndcg@1000001",
        "ndcg@99999999999999", "p", "recall", "rprec@5", "bpref@5", "nosuch",
        "map,", "map mrr", "p@5x",
    };
    struct measure measures[MEASURES_MAX];
    char list[8 * MEASURES_MAX] = "p@1";
    size_t n = 0;
    size_t i;

    is_int(lede__measures_parse(measures, &n, "map, NDCG@10,map,p@1000000",
                                NULL), LEDE_STATUS_OK, "a list");
    is_int(n, 3, "each once");
    is_str(measures[1].name, "ndcg@10", "in small letters");
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        n = 0;
        is_int(lede__measures_parse(measures, &n, bad[i], NULL),
               LEDE_STATUS_USAGE, "'%s' is none", bad[i]);
    }
    n = 0;
    for (i = 2; i <= MEASURES_MAX; i++) {
        snprintf(list + strlen(list), sizeof(list) - strlen(list), ",p@%zu",
                 i);
    }
    is_int(lede__measures_parse(measures, &n, list, NULL), LEDE_STATUS_OK,
           "as many as can be");
    is_int(lede__measures_parse(measures, &n, "map", NULL),
           LEDE_STATUS_USAGE, "one more");
}

/* ---- runs ---- */

static lede_evaluation *
judge(const char *qrels, const char *run, lede_status expected,
      lede_error *error)
{
    char *qrels_path = write_file("qrels", qrels);
    char *run_path = write_file("run", run);
    lede_evaluation_options options = LEDE_EVALUATION_OPTIONS_INIT;
    lede_evaluation *evaluation = NULL;

    options.qrels_path = qrels_path;
    options.measures = "map,mrr,ndcg";
    is_int(lede_evaluate_run(&evaluation, run_path, &options, error),
           expected, "judging: %s", error->message);
    free(qrels_path);
    free(run_path);
    return evaluation;
}

static void
test_runs(void)
{
    static const char qrels[] =
        "q1 0 a 1\nq1 0 c 1\nq1 0 z 0\nq1 0 n -1\n"
        "q2 0 a 1\nq3 0 a 0\nq4 0 a 1\n";
    static const struct {
        const char *name;
        const char *run;
        double map[4];
        size_t unjudged;
    } rows[] = {
        { "by score, not by rank or line",
          "q1 Q0 a 1 0.5 x\nq1 Q0 b 2 2e0 x\nq1 Q0 c 3 1.5 x\n",
          { (1.0 / 2 + 2.0 / 3) / 2, 0, 0, 0 }, 0 },
        { "equal scores by name, the highest first",
          "q1 Q0 a 1 1 x\nq1 Q0 b 2 1 x\nq1 Q0 c 3 1 x\n",
          { (1.0 + 2.0 / 3) / 2, 0, 0, 0 }, 0 },
        // 16777216 and 16777217 are one 32-bit float
        { "scores are 32-bit floats",
          "q1 Q0 a 1 16777217 x\nq1 Q0 b 2 16777216 x\n",
          { 1.0 / 2 / 2, 0, 0, 0 }, 0 },
        { "below 0, and a topic between the lines of another",
          "q1 Q0 a 1 -2 x\nq2 Q0 b 1 3 x\nq1\tQ0\tc  2 -1 x\r\n\n"
          "q2 Q0 a 2 +2.5E-1 x\nq1 Q0 n 3 9 x",
          { (1.0 / 2 + 2.0 / 3) / 2, 0.5, 0, 0 }, 0 },
        { "topics that nothing is judged of",
          "q8 Q0 a 1 1 x\nq1 Q0 a 1 1 x\nq8 Q0 b 1 1 x\nq9 Q0 a 1 1 x\n",
          { 0.5, 0, 0, 0 }, 2 },
        { "nothing", "", { 0, 0, 0, 0 }, 0 },
        { "the last column left out", "q4 Q0 a 1 1\n", { 0, 0, 0, 1 }, 0 },
    };
    static const struct {
        const char *run;
        unsigned line;
    } bad[] = {
        { "q1 Q0 a 1\n", 1 }, { "q1 Q0 a 1 1 x\nq1 Q0 b 1 high x\n", 2 },
        { "\n\nq1 Q0 a 1 nan x\n", 3 }, { "q1 Q0 a 1 0x10 x\n", 1 },
        { "q1 Q0 a 1 1e x\n", 1 }, { "q1 Q0 a 1 . x\n", 1 },
        { "q1 Q0 a 1 1,5 x\n", 1 }, { "q1 Q0 a 1 2 x\nq1 Q0 a 2 1 x\n", 2 },
    };
    lede_evaluation *evaluation;
    size_t i, j;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede_error error = LEDE_ERROR_INIT;

        evaluation = judge(qrels, rows[i].run, LEDE_STATUS_OK, &error);
        is_int(lede_evaluation_topic_count(evaluation), 4, "%s",
               rows[i].name);
        for (j = 0; j < 4; j++) {
            double value = lede_evaluation_value(evaluation, j, 0);

            ok(near(value, rows[i].map[j]), "%s: %s has %g", rows[i].name,
               lede_evaluation_topic(evaluation, j), value);
        }
        ok(near(lede_evaluation_mean(evaluation, 0),
                (rows[i].map[0] + rows[i].map[1] + rows[i].map[2] +
                 rows[i].map[3]) / 4), "the mean of all four");
        is_int(lede_evaluation_unjudged(evaluation), rows[i].unjudged,
               "not judged");
        lede_evaluation_free(evaluation);
    }
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        lede_error error = LEDE_ERROR_INIT;

        evaluation = judge(qrels, bad[i].run, LEDE_STATUS_BAD_INPUT, &error);
        is_int(error.line, bad[i].line, "%s", error.message);
        ok(evaluation == NULL, "nothing comes out");
    }
}

/* Against sorting all of it, over runs at random in any order of lines. */

struct entry {
    unsigned topic;
    char name[8];
    float score;
};

static int
compare_entries(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;

    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    return -strcmp(x->name, y->name);
}

static void
test_random_runs(void)
{
    struct random random = random_begin(42);
    size_t round, i, j;

    for (round = 0; round < 30; round++) {
        struct buf run = BUF_INIT(1 << 20);
        struct buf qrels = BUF_INIT(1 << 20);
        struct entry entries[200];
        lede_error error = LEDE_ERROR_INIT;
        lede_evaluation *evaluation;
        double found = 0, sum = 0, value;
        double all = 1;
        size_t n = 0;

        // an article that is not found
        lede__buf_addf(&qrels, NULL, "0 0 none 1\n");
        for (i = 0; i < 200; i++) {
            unsigned topic = (unsigned)random_below(&random, 2);
            unsigned score = (unsigned)random_below(&random, 40);

            lede__buf_addf(&run, NULL, "%u Q0 d%zu 0 %u.25 r\n", topic, i,
                           score);
            if (topic == 0) {
                snprintf(entries[n].name, sizeof(entries[n].name), "d%zu", i);
                entries[n++].score = (float)score + 0.25F;
            }
            if (random_below(&random, 4) == 0) {
                lede__buf_addf(&qrels, NULL, "0 0 d%zu 1\n", i);
                all++;
            }
        }
        qsort(entries, n, sizeof(entries[0]), compare_entries);
        for (i = 0; i < n; i++) {
            char line[24];

            snprintf(line, sizeof(line), "0 0 %s 1\n", entries[i].name);
            if (strstr(qrels.p, line) != NULL) {
                found++;
                sum += found / (double)(i + 1);
            }
        }
        evaluation = judge(qrels.p, run.p, LEDE_STATUS_OK, &error);
        value = lede_evaluation_value(evaluation, 0, 0);
        ok(near(value, sum / all), "round %zu: %g", round, value);
        lede_evaluation_free(evaluation);

        // the best of each topic, however few are kept
        for (j = 1; j <= 64; j *= 4) {
            char *path = lede__path_join(folder, "run");
            struct best best;
            bool same = true;

            lede__best_read(&best, path, "0", j, NULL);
            same = best.n == 1 && best.items[0].n == (j < n ? j : n);
            for (i = 0; same && i < best.items[0].n; i++) {
                same = str_eq(best.items[0].items[i].name,
                              str_from(entries[i].name));
            }
            ok(same, "the best %zu", j);
            lede__best_free(&best);
            free(path);
        }
        lede__buf_free(&run);
        lede__buf_free(&qrels);
    }
}

static void
test_lines(void)
{
    static const struct {
        double score;
        const char *text;
    } rows[] = {
        { 1.5, "1.500000" }, { -0.25, "-0.250000" }, { 0, "0.000000" },
        { 1.0 / 65536, "0.000015" }, { 65535.9999847412109375,
                                       "65535.999985" },
        { 0.1, "0.100000000000000" }, { NAN, "0.000000" },
        { 0.99999999999999999, "1.000000" },
    };
    char *line = NULL;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char expected[80];

        snprintf(expected, sizeof(expected), "t Q0 n 7 %s r\n",
                 rows[i].text);
        is_int(lede_run_line(&line, "t", "n", 7, rows[i].score, "r", NULL),
               LEDE_STATUS_OK, "a line");
        is_str(line, expected, "its score");
        lede_string_free(line);
    }
    lede_run_line(&line, "a b", "my file\t1%.md", 1, 1, "", NULL);
    is_str(line, "a%20b Q0 my%20file%091%.md 1 1.000000 -\n", "white space");
    lede_string_free(line);
}

/* A line that is too long, after one that is not. */
static void
test_long_line(void)
{
    struct buf run = BUF_INIT(BUF_MAX_ANY);
    lede_error error = LEDE_ERROR_INIT;
    lede_evaluation *evaluation;
    size_t lengths[] = { LINE_BYTES_MAX, 2 * LINE_BYTES_MAX };
    size_t i;

    for (i = 0; i < 2; i++) {
        size_t begin = run.len;

        lede__buf_addf(&run, NULL, "q%zu Q0 a 1 1 ", i);
        while (run.len - begin < lengths[i]) {
            lede__buf_char(&run, 'x', NULL);
        }
        lede__buf_char(&run, '\n', NULL);
    }
    evaluation = judge("q0 0 a 1\n", run.p, LEDE_STATUS_LIMIT, &error);
    is_int(error.line, 2, "%s", error.message);
    ok(evaluation == NULL, "nothing comes out");
    lede__buf_free(&run);
}

/* ---- significance ---- */

/* Judge n topics, in which one article is relevant, at the given ranks. */
static lede_evaluation *
at_ranks(const unsigned *ranks, size_t n)
{
    struct buf run = BUF_INIT(1 << 20);
    struct buf qrels = BUF_INIT(1 << 20);
    lede_error error = LEDE_ERROR_INIT;
    lede_evaluation *evaluation;
    size_t i;
    unsigned j;

    for (i = 0; i < n; i++) {
        lede__buf_addf(&qrels, NULL, "%zu 0 a 1\n", i);
        for (j = 1; j <= ranks[i]; j++) {
            if (j < ranks[i]) {
                lede__buf_addf(&run, NULL, "%zu Q0 x%u 0 %u r\n", i, j,
                               1000 - j);
            } else {
                lede__buf_addf(&run, NULL, "%zu Q0 a 0 1 r\n", i);
            }
        }
    }
    evaluation = judge(qrels.p, run.p, LEDE_STATUS_OK, &error);
    lede__buf_free(&run);
    lede__buf_free(&qrels);
    return evaluation;
}

static void
test_significance(void)
{
    // differences of the reciprocal ranks: 0.5 four times; all the same
    const unsigned worse[] = { 2, 2, 2, 2, 1 };
    const unsigned better[] = { 1, 1, 1, 1, 1 };
    // 1/2, 1/2 and -1/2: of 8 sums, all but none are as large
    const unsigned mixed[] = { 1, 1, 4, 2, 1 };
    unsigned many_a[40];
    unsigned many_b[40];
    lede_evaluation *a = at_ranks(worse, 5);
    lede_evaluation *b = at_ranks(better, 5);
    lede_evaluation *c = at_ranks(mixed, 5);
    lede_comparison one, two;
    size_t i;

    is_int(lede_evaluation_compare(&one, a, b, 1, NULL), LEDE_STATUS_OK,
           "a comparison");
    ok(near(one.mean_a, 0.6) && near(one.mean_b, 1), "the means");
    ok(one.wins == 4 && one.ties == 1 && one.losses == 0, "wins and ties");
    ok(one.exact && near(one.p, 2.0 / 16), "p is %g", one.p);
    lede_evaluation_compare(&two, b, a, 1, NULL);
    ok(two.losses == 4 && near(two.p, one.p), "the other way round");
    lede_evaluation_compare(&one, a, a, 1, NULL);
    ok(one.ties == 5 && near(one.p, 1), "with itself");
    // 1/2 1/2 -1/4: sums 3/4 5/4 1/4 ..., as large as 3/4: 4 of 8
    lede_evaluation_compare(&one, a, c, 1, NULL);
    ok(one.wins == 2 && one.losses == 1 && near(one.p, 4.0 / 8), "p is %g",
       one.p);
    is_int(lede_evaluation_compare(&one, a, c, 3, NULL), LEDE_STATUS_USAGE,
           "no such measure");
    lede_evaluation_free(a);
    a = at_ranks(worse, 4);
    is_int(lede_evaluation_compare(&one, a, c, 1, NULL), LEDE_STATUS_USAGE,
           "other topics");
    lede_evaluation_free(a);
    lede_evaluation_free(b);
    lede_evaluation_free(c);

    // 40 topics, 25 for and 15 against by as much: binomial, both tails from
    // 25 of 40 on: 0.1539
    for (i = 0; i < 40; i++) {
        many_a[i] = i < 25 ? 2 : 1;
        many_b[i] = i < 25 ? 1 : 2;
    }
    a = at_ranks(many_a, 40);
    b = at_ranks(many_b, 40);
    lede_evaluation_compare(&one, a, b, 1, NULL);
    lede_evaluation_compare(&two, a, b, 1, NULL);
    ok(!one.exact && fabs(one.p - 0.1539) < 0.004, "p is %g", one.p);
    ok(one.p == two.p, "the same p again");
    lede_evaluation_free(a);
    lede_evaluation_free(b);

    // 17 topics all for: 2/2^17 is less than one of 100,000
    a = at_ranks(many_a, 17);
    b = at_ranks(many_b, 17);
    lede_evaluation_compare(&one, a, b, 1, NULL);
    ok(!one.exact && one.p > 0 && one.p < 0.0002, "p is %g, never 0", one.p);
    lede_evaluation_free(a);
    lede_evaluation_free(b);
    a = at_ranks(many_a, 16);
    b = at_ranks(many_b, 16);
    lede_evaluation_compare(&one, a, b, 1, NULL);
    ok(one.exact && near(one.p, 2.0 / 65536), "16 topics are exact");
    lede_evaluation_free(a);
    lede_evaluation_free(b);
}

/* ---- fusion ---- */

static void
test_fusion(void)
{
    char *a = write_file("a.run", "q1 Q0 x 1 9 a\nq1 Q0 y 2 8 a\n"
                         "q1 Q0 z 3 7 a\nq2 Q0 x 1 1 a\n");
    char *b = write_file("b.run", "q3 Q0 w 1 1 b\nq1 Q0 y 1 0.9 b\n"
                         "q1 Q0 x 2 0.8 b\nq1 Q0 w 3 0.7 b\n");
    char *twice = write_file("twice.run", "q1 Q0 x 1 9 a\nq1 Q0 x 2 8 a\n");
    const char *paths[] = { a, b };
    const char *bad[] = { a, twice };
    const char *missing[] = { "/nowhere" };
    const double weights[] = { 1, 2 };
    const double heavy[] = { 1, LEDE_FUSE_WEIGHT_MAX * 1.1 };
    // x and y have 1/61 + 1/62 each: the higher name first
    static const lede_run_entry expected[] = {
        { "q1", "y", 1, 1.0 / 61 + 1.0 / 62 },
        { "q1", "x", 2, 1.0 / 61 + 1.0 / 62 },
        { "q1", "z", 3, 1.0 / 63 }, { "q1", "w", 4, 1.0 / 63 },
        { "q2", "x", 1, 1.0 / 61 }, { "q3", "w", 1, 1.0 / 61 },
    };
    lede_fuse_options options = LEDE_FUSE_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    lede_run *run = NULL;
    const lede_run_entry *first;
    size_t i;

    is_int(lede_fuse(&run, paths, 2, NULL, &error), LEDE_STATUS_OK,
           "fusing %s", error.message);
    is_int(lede_run_count(run), 6, "entries");
    for (i = 0; i < 6 && i < lede_run_count(run); i++) {
        const lede_run_entry *one = lede_run_get(run, i);

        ok(strcmp(one->topic, expected[i].topic) == 0 &&
           strcmp(one->name, expected[i].name) == 0 &&
           one->rank == expected[i].rank &&
           fabs(one->score - expected[i].score) < 1e-8,
           "%s %s %zu %.9f", one->topic, one->name, one->rank, one->score);
    }
    ok(lede_run_get(run, 6) == NULL, "no more");
    lede_run_free(run);

    options.weights = weights;
    options.k = 0;
    options.depth = 2;
    is_int(lede_fuse(&run, paths, 2, &options, &error), LEDE_STATUS_OK,
           "with weights");
    // y 1/2 + 2/1, x 1/1 + 2/2; two of each topic
    first = lede_run_get(run, 0);
    ok(strcmp(first->name, "y") == 0 && near(first->score, 2.5), "y first");
    is_int(lede_run_count(run), 4, "two of each topic");
    lede_run_free(run);

    options.weights = heavy;
    is_int(lede_fuse(&run, paths, 2, &options, &error), LEDE_STATUS_USAGE,
           "too heavy");
    options.weights = NULL;
    options.depth = 0;
    is_int(lede_fuse(&run, paths, 2, &options, &error), LEDE_STATUS_USAGE,
           "nothing of each topic");
    options.depth = 10;
    options.k = -1;
    is_int(lede_fuse(&run, paths, 2, &options, &error), LEDE_STATUS_USAGE,
           "k below 0");
    is_int(lede_fuse(&run, paths, 0, NULL, &error), LEDE_STATUS_USAGE,
           "no run");
    is_int(lede_fuse(&run, missing, 1, NULL, &error), LEDE_STATUS_NOT_FOUND,
           "a run that is missing");
    is_int(lede_fuse(&run, bad, 2, NULL, &error), LEDE_STATUS_BAD_INPUT,
           "%s", error.message);
    ok(run == NULL, "nothing comes out");
    free(a);
    free(b);
    free(twice);
}

int
main(void)
{
    if (mkdtemp(folder) == NULL) {
        ok(false, "a scratch folder");
        return done();
    }
    test_measures();
    test_names();
    test_runs();
    test_random_runs();
    test_lines();
    test_long_line();
    test_significance();
    test_fusion();
    lede__file_remove_tree(folder, NULL);
    return done();
}
