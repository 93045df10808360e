/* query-evaluate.c - the measures, against values worked out by hand as
   trec_eval computes them, and lede_evaluate over files. */

#include <math.h>
#include <unistd.h>

#include "query/handle.h"
#include "query/measures.h"
#include "shared/base/file.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

static bool
near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void
test_measures(void)
{
    static int32_t ranked[1200];
    int32_t first[] = { 3, 2, 0, 1 };
    int32_t all[] = { 1, 2, 3, 1, 2 };
    int32_t twelve[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    int32_t three[] = { 5, 1, 2 };
    struct judged judged = { all, 5 };
    lede_measures m, sum = { 0 };

    // dcg 3/1 + 2/log2(3) + 1/log2(5), ideal 3 2 2 1 1
    lede__measure(&m, first, 4, &judged);
    ok(near(m.ndcg_10, 0.7718762796), "nDCG@10 %.10f", m.ndcg_10);
    ok(near(m.map, (1 + 1 + 3.0 / 4) / 5), "average precision");
    ok(near(m.p_10, 0.3), "precision at 10");
    ok(near(m.mrr, 1), "reciprocal rank");
    ok(near(m.recall_100, 0.6) && near(m.recall_1000, 0.6), "recall");
    lede__measures_add(&sum, &m);

    // the first relevant one at rank 12
    judged = (struct judged){ twelve, 12 };
    memset(ranked, 0, sizeof(ranked));
    ranked[11] = 1;
    lede__measure(&m, ranked, 12, &judged);
    ok(near(m.ndcg_10, 0) && near(m.p_10, 0), "nothing in the first ten");
    ok(near(m.map, 1.0 / 12 / 12) && near(m.mrr, 1.0 / 12), "found later");
    lede__measures_add(&sum, &m);

    // at ranks 3 and 101
    judged = (struct judged){ three, 3 };
    memset(ranked, 0, sizeof(ranked));
    ranked[2] = 1;
    ranked[100] = 2;
    lede__measure(&m, ranked, 1200, &judged);
    ok(near(m.ndcg_10, 0.5 / (5 + 2 / log2(3) + 0.5)), "nDCG@10");
    ok(near(m.map, (1.0 / 3 + 2.0 / 101) / 3), "average precision");
    ok(near(m.recall_100, 1.0 / 3) && near(m.recall_1000, 2.0 / 3),
       "recall at 100 and 1,000");
    lede__measures_add(&sum, &m);

    // what comes after 1,000 does not count
    memset(ranked, 0, sizeof(ranked));
    ranked[1000] = 1;
    lede__measure(&m, ranked, 1200, &judged);
    ok(near(m.map, 0) && near(m.recall_1000, 0), "after 1,000");

    judged = (struct judged){ NULL, 0 };
    lede__measure(&m, ranked, 1200, &judged);
    ok(near(m.ndcg_10, 0) && m.topics == 1, "nothing relevant");
    lede__measures_add(&sum, &m);
    lede__measures_average(&sum);
    is_int(sum.topics, 4, "topics");
    ok(near(sum.p_10, (0.3 + 0 + 0.1 + 0) / 4), "the average");
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
    char *bad;
    lede_measures m;
    lede_error error = LEDE_ERROR_INIT;
    struct buf text = BUF_INIT(1 << 20);
    size_t lines = 0;
    size_t i;

    is_int(lede_evaluate(&m, &index, 1, topics, qrels, run, NULL, &error),
           LEDE_STATUS_OK, "an evaluation %s", error.message);
    is_int(m.topics, 4, "judged topics, found or not");
    // t1 is perfect, t2 has d3 first, t3 has d5 before d4, t4 nothing
    ok(near(m.mrr, (1 + 1 + 0.5 + 0) / 4), "MRR %g", m.mrr);
    ok(near(m.map, (1 + 1 + 0.5 + 0) / 4), "MAP %g", m.map);
    ok(near(m.ndcg_10, (1 + 1 + 1 / log2(3) + 0) / 4), "nDCG@10 %g",
       m.ndcg_10);
    ok(near(m.p_10, (0.2 + 0.1 + 0.1 + 0) / 4), "P@10 %g", m.p_10);
    ok(near(m.recall_100, 0.75) && near(m.recall_1000, 0.75), "recall");

    lede__file_read(&text, run, NULL);
    for (i = 0; i < text.len; i++) {
        lines += text.p[i] == '\n';
    }
    is_int(lines, 8, "lines of the run");
    ok(strncmp(text.p, "t1 Q0 d2 1 ", 11) == 0, "the first is %.20s",
       text.p);
    ok(strstr(text.p, "t2 Q0 d3 1 ") != NULL, "an article by its key");
    ok(strstr(text.p, "t9 Q0 d2 1 ") != NULL, "a topic without judgments");

    bad = write_file("bad", "t1 0 d2\n");
    is_int(lede_evaluate(&m, &index, 1, topics, bad, NULL, NULL, &error),
           LEDE_STATUS_BAD_INPUT, "a judgment without a grade");
    is_int(error.line, 1, "%s", error.message);
    free(bad);
    bad = write_file("bad", "t1 0 d2 x\n");
    is_int(lede_evaluate(&m, &index, 1, topics, bad, NULL, NULL, &error),
           LEDE_STATUS_BAD_INPUT, "a grade that is no number");
    free(bad);
    bad = write_file("bad", "t1 0 d2 1\nt1 0 d2 1\n");
    is_int(lede_evaluate(&m, &index, 1, topics, bad, NULL, NULL, &error),
           LEDE_STATUS_BAD_INPUT, "a judgment twice");
    is_int(error.line, 2, "%s", error.message);
    free(bad);
    bad = write_file("bad", "t1 apples\n");
    is_int(lede_evaluate(&m, &index, 1, bad, qrels, NULL, NULL, &error),
           LEDE_STATUS_BAD_INPUT, "a topic without a tab");
    free(bad);
    bad = write_file("bad", "t1\ta\nt1\tb\n");
    is_int(lede_evaluate(&m, &index, 1, bad, qrels, NULL, NULL, &error),
           LEDE_STATUS_BAD_INPUT, "a topic twice");
    free(bad);
    bad = write_file("bad", "");
    is_int(lede_evaluate(&m, &index, 1, topics, bad, NULL, NULL, &error),
           LEDE_STATUS_BAD_INPUT, "no judgments at all");
    free(bad);
    is_int(lede_evaluate(&m, &index, 1, "/nowhere", qrels, NULL, NULL,
                         &error), LEDE_STATUS_NOT_FOUND, "no topics");

    // the same while somebody commits
    mock_searcher_change(index->searcher, 25);
    is_int(lede_evaluate(&m, &index, 1, topics, qrels, NULL, NULL, &error),
           LEDE_STATUS_OK, "an evaluation during a commit");
    ok(near(m.map, (1 + 1 + 0.5 + 0) / 4), "MAP %g", m.map);
    lede__buf_free(&text);
    free(topics);
    free(qrels);
    free(run);
    lede_index_close(index);
}

int
main(void)
{
    test_measures();
    if (mkdtemp(folder) == NULL) {
        ok(false, "a scratch folder");
        return done();
    }
    test_files();
    lede__file_remove_tree(folder, NULL);
    return done();
}
