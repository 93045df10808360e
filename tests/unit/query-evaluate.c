/* query-evaluate.c - lede_evaluate: topics, judgments and an index, against
   values worked out by hand. */

#include <math.h>
#include <unistd.h>

#include "query/handle.h"
#include "query/topics.h"
#include "shared/base/file.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

static bool
near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* ---- files ---- */

static char folder[] = "/tmp/query-evaluate-XXXXXX";

static char *
write_file(const char *name, const char *text)
{
    char *path = lede__path_join(folder, name);

    if (lede__file_replace(path, str_from(text), NULL) != LEDE_STATUS_OK) {
        ok(false, "%s is written", path);
    }
    return path;
}

static lede_index *
open_index(void)
{
    static const char *const texts[][2] = {
        { "d1", "apples and pears" }, { "d2", "apples apples apples" },
        { "d3", "pears" }, { "d4", "plums" },
        { "d5", "plums" },      // as good as d4: ordered by key, last first
    };
    struct mock_article articles[5];
    const struct mock_options options = { NULL, 2, 1, 0, false };
    struct searcher *searcher = NULL;
    lede_index *index = NULL;
    size_t i;

    memset(articles, 0, sizeof(articles));
    for (i = 0; i < 5; i++) {
        articles[i].number = (uint32_t)(i + 1);
        articles[i].article.id = str_from(texts[i][0]);
        articles[i].article.lang = STR("en");
        articles[i].article.body = str_from(texts[i][1]);
    }
    articles[2].article.id = STR("x/three");
    articles[2].article.key = STR("d3");
    mock_searcher_new(&searcher, articles, 5, &options, NULL);
    lede__index_new(&index, searcher, NULL);
    return index;
}

/* As lede_evaluate, with the measures by name and NULL for what is left out. */
static lede_status
evaluate(lede_evaluation **out, lede_index *index, const char *topics,
         const char *qrels, const char *run, lede_error *error)
{
    lede_evaluation_options options = LEDE_EVALUATION_OPTIONS_INIT;

    options.topics_path = topics;
    options.qrels_path = qrels;
    options.run_path = run;
    return lede_evaluate(out, &index, 1, &options, NULL, error);
}

static double
mean(const lede_evaluation *evaluation, const char *name)
{
    size_t i;

    for (i = 0; i < lede_evaluation_measure_count(evaluation); i++) {
        if (strcmp(lede_evaluation_measure(evaluation, i), name) == 0) {
            return lede_evaluation_mean(evaluation, i);
        }
    }
    return -1;
}

/* What is wrong with files. */
static void
test_faults(lede_index *index, const char *topics, const char *qrels)
{
    static const struct {
        const char *topics;     // NULL: those that are right
        const char *qrels;
        unsigned line;
        const char *name;
    } rows[] = {
        { NULL, "t1 0 d2\n", 1, "a judgment without a grade" },
        { NULL, "t1 0 d2 x\n", 1, "a grade that is no number" },
        { NULL, "t1 0 d2 1\nt1 0 d2 1\n", 2, "a judgment twice" },
        { NULL, "", 0, "no judgments at all" },
        { "\nt1 apples\n", NULL, 2, "a topic without a tab" },
        { "t1\ta\nt1\tb\n", NULL, 2, "a topic twice" },
        { "\t a\n", NULL, 1, "a topic without an id" },
        { "\n \n", NULL, 0, "no topics at all" },
    };
    lede_evaluation *evaluation = NULL;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede_error error = LEDE_ERROR_INIT;
        char *bad = write_file("bad", rows[i].topics == NULL
                                      ? rows[i].qrels : rows[i].topics);

        is_int(evaluate(&evaluation, index,
                        rows[i].topics == NULL ? topics : bad,
                        rows[i].topics == NULL ? bad : qrels, NULL, &error),
               LEDE_STATUS_BAD_INPUT, "%s", rows[i].name);
        is_int(error.line, rows[i].line, "%s", error.message);
        ok(evaluation == NULL, "nothing comes out");
        free(bad);
    }
    is_int(evaluate(&evaluation, index, "/nowhere", qrels, NULL, NULL),
           LEDE_STATUS_NOT_FOUND, "no topics");
    is_int(evaluate(&evaluation, index, topics, "/nowhere", NULL, NULL),
           LEDE_STATUS_NOT_FOUND, "no judgments");
    is_int(evaluate(&evaluation, index, NULL, qrels, NULL, NULL),
           LEDE_STATUS_USAGE, "topics that are not given");
    is_int(evaluate(&evaluation, index, topics, NULL, NULL, NULL),
           LEDE_STATUS_USAGE, "judgments that are not given");
}

static void
test_files(void)
{
    lede_index *index = open_index();
    char *topics = write_file("topics", "t1\tapples?\r\nt2\t+pears -zebra\n"
                              "\nt3\tplums\nt9\tapples\n");
    char *qrels = write_file("qrels", "t1 0 d2 2\nt1 0 d1 1\nt1 0 d9 0\n"
                             "t2 0 d3 1\nt2\t0\td1\t-1\n\nt3 0 d4 1\n"
                             "t4 0 d1 1\n");
    char *run = lede__path_join(folder, "run");
    lede_evaluation *m = NULL;
    lede_evaluation *again = NULL;
    lede_evaluation_options options = LEDE_EVALUATION_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    struct buf text = BUF_INIT(1 << 20);
    size_t lines = 0;
    size_t i, j;

    is_int(evaluate(&m, index, topics, qrels, run, &error), LEDE_STATUS_OK,
           "an evaluation %s", error.message);
    is_int(lede_evaluation_topic_count(m), 4, "judged topics, found or not");
    is_int(lede_evaluation_unjudged(m), 1, "one is not judged");
    is_int(lede_evaluation_measure_count(m), 6, "measures");
    // t1 is perfect, t2 has d3 first, t3 has d5 before d4, t4 nothing
    ok(near(mean(m, "mrr"), (1 + 1 + 0.5 + 0) / 4), "MRR");
    ok(near(mean(m, "map"), (1 + 1 + 0.5 + 0) / 4), "MAP");
    ok(near(mean(m, "ndcg@10"), (1 + 1 + 1 / log2(3) + 0) / 4), "nDCG@10");
    ok(near(mean(m, "p@10"), (0.2 + 0.1 + 0.1 + 0) / 4), "P@10");
    ok(near(mean(m, "recall@100"), 0.75) &&
       near(mean(m, "recall@1000"), 0.75), "recall");
    is_str(lede_evaluation_topic(m, 2), "t3", "a topic");
    ok(near(lede_evaluation_value(m, 2, 1), 0.5), "what it has");
    ok(lede_evaluation_topic(m, 4) == NULL &&
       lede_evaluation_measure(m, 6) == NULL, "there are no more");

    lede__file_read(&text, run, NULL);
    for (i = 0; i < text.len; i++) {
        lines += text.p[i] == '\n';
    }
    is_int(lines, 8, "lines of the run");
    ok(strncmp(text.p, "t1 Q0 d2 1 ", 11) == 0, "the first is %.20s",
       text.p);
    ok(strstr(text.p, "t2 Q0 d3 1 ") != NULL, "an article by its key");
    ok(strstr(text.p, "t9 Q0 d2 1 ") != NULL, "a topic without judgments");

    // the run, judged as one from elsewhere
    options.qrels_path = qrels;
    is_int(lede_evaluate_run(&again, run, &options, &error), LEDE_STATUS_OK,
           "judging the run");
    for (i = 0; i < 4; i++) {
        for (j = 0; j < 6; j++) {
            ok(lede_evaluation_value(m, i, j) ==
               lede_evaluation_value(again, i, j), "%s %s",
               lede_evaluation_topic(m, i), lede_evaluation_measure(m, j));
        }
    }
    is_int(lede_evaluation_unjudged(again), 1, "one is not judged");
    lede_evaluation_free(again);
    lede_evaluation_free(m);

    // in the query language, d1 is out
    options.topics_path = write_file("signs", "t1\tapples -pears\n");
    options.syntax = 1;
    is_int(lede_evaluate(&m, &index, 1, &options, NULL, &error),
           LEDE_STATUS_OK, "topics in the query language");
    ok(near(lede_evaluation_value(m, 0, 5), 0.5), "its recall");
    lede_evaluation_free(m);
    free((char *)(uintptr_t)options.topics_path);

    test_faults(index, topics, qrels);

    // the same while somebody commits
    mock_searcher_change(index->searcher, 25);
    is_int(evaluate(&m, index, topics, qrels, NULL, &error), LEDE_STATUS_OK,
           "an evaluation during a commit");
    ok(near(mean(m, "map"), (1 + 1 + 0.5 + 0) / 4), "MAP");
    lede_evaluation_free(m);
    lede__buf_free(&text);
    free(topics);
    free(qrels);
    free(run);
    lede_index_close(index);
}

/* ---- topics ---- */

static void
test_topics(void)
{
    static const struct {
        const char *text;
        const char *fields;
        const char *expected;   // "id=text;", or NULL: an error
        unsigned line;
    } rows[] = {
        { "1\tone\n2\t two \n", NULL, "1=one;2= two ;", 0 },
        { "\xef\xbb\xbf" "1\tone <top> of\n", "title", "1=one <top> of;", 0 },
        { "1\tone\n", "desc", NULL, 0 },
        // as TREC 6 to 8 have it
        { "\n<top>\n\n<num> Number: 301 \n<title> International\n  Crime\n\n"
          "<desc> Description: \nIdentify <5 R&D\nthings.\n\n"
          "<narr> Narrative: \nA document\n\n</top>\n\n<top>\r\n"
          "<num> Number: 302\r\n<title> Topic: Polio\r\n<desc> x\r\n</top>\n",
          NULL, "301=International Crime;302=Polio;", 0 },
        { "<top><num>1</num><title>a b</title>z<desc>c\n</desc></top>",
          "title,desc", "1=a b c;", 0 },
        { "<top><num>1<title>a<narr>Narrative: n</narr><desc>d</top>",
          "narr,desc", "1=d n;", 0 },
        { "<TOP>\n<NUM>1\n<TITLE>a &amp; &lt;b&gt; &nbsp; AT&T\n</TOP>",
          NULL, "1=a & <b> &nbsp; AT&T;", 0 },
        // as the later tracks have it
        { "<?xml version=\"1.0\"?>\n<topics>\n<topic number=\"7\" type='x'>\n"
          "<query>a b</query><question>is a b?</question>\n</topic>\n"
          "<topic number='8'><query>c</query>\n"
          "<description>d</description></topic></topics>\n",
          NULL, "7=a b;8=c;", 0 },
        { "<topic number='8'><query>c</query>\n<question>d</question>"
          "<narrative>e</narrative></topic>", "desc,narr", "8=d e;", 0 },
        { "<top>\n<num>1<title>a\n</top>\n<top>\n<title>b\n</top>\n", NULL,
          NULL, 4 },
        { "<top>\n<num>1\n<title>a\n<top>\n<num>2<title>b</top>\n", NULL,
          NULL, 1 },
        { "<top>\n<num>1<title>a\n</top>\n\n<top>\n<num>2<title>b", NULL,
          NULL, 5 },
        { "<top>\n<num>1<title>a\n</top>\n<top>\n<num>1<title>b</top>", NULL,
          NULL, 4 },
        { "<top>\n<num>1<title> \n</top>\n", NULL, NULL, 1 },
        { "<top>\n<num>1<title>a</top>\n", "desc", NULL, 1 },
        { "<html>\n</html>\n", NULL, NULL, 0 },
        { "<", NULL, NULL, 0 },
        { "<top", NULL, NULL, 0 },
        { "", NULL, NULL, 0 },
    };
    size_t i, j;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = write_file("topics", rows[i].text);
        struct topics topics;
        struct buf found = BUF_INIT(1 << 20);
        lede_error error = LEDE_ERROR_INIT;
        lede_status status = lede__topics_read(&topics, path, rows[i].fields,
                                               &error);

        if (rows[i].expected == NULL) {
            is_int(status, LEDE_STATUS_BAD_INPUT, "row %zu", i);
            is_int(error.line, rows[i].line, "%s", error.message);
        } else {
            is_int(status, LEDE_STATUS_OK, "row %zu: %s", i, error.message);
            for (j = 0; j < topics.n; j++) {
                lede__buf_addf(&found, NULL, "%s=%s;", topics.items[j].id.p,
                               topics.items[j].text.p);
            }
            is_str(lede__buf_view(&found).p, rows[i].expected, "row %zu", i);
        }
        lede__topics_free(&topics);
        lede__buf_free(&found);
        free(path);
    }
    for (i = 0; i < 2; i++) {
        struct topics topics;

        is_int(lede__topics_read(&topics, "/nowhere",
                                 i == 0 ? "title,body" : "", NULL),
               LEDE_STATUS_USAGE, "no such field");
        lede__topics_free(&topics);
    }
}

int
main(void)
{
    if (mkdtemp(folder) == NULL) {
        ok(false, "a scratch folder");
        return done();
    }
    test_files();
    test_topics();
    lede__file_remove_tree(folder, NULL);
    return done();
}
