/* switch.c - a handle that outlives changes of engine: it answers from its
   snapshot as before, and from the new engine once it is refreshed. */

#include "tests/writer-check.h"

static void
must(lede_status status, const lede_error *error)
{
    if (status != LEDE_STATUS_OK) {
        printf("Bail out! %s\n", error->message);
        exit(1);
    }
}

/* `engine` is that of a new index. */
static void
add_articles(const char *engine, const char *title, int n)
{
    lede_writer_options options = writer_options();
    lede_error error = LEDE_ERROR_INIT;
    lede_writer *writer;

    options.engine = engine;
    writer = open_writer(&options);
    for (int i = 0; i < n; i++) {
        lede_article article = { 0 };
        char id[16];

        snprintf(id, sizeof id, "a%d", i);
        article.id = id;
        article.title = title;
        article.body = "Some words in common.";
        must(lede_writer_add(writer, &article, &error), &error);
    }
    must(lede_writer_commit(writer, &error), &error);
    lede_writer_close(writer);
}

static lede_status
convert(const char *engine, lede_counts *counts)
{
    lede_writer_options options = writer_options();
    lede_error error = LEDE_ERROR_INIT;
    lede_writer *writer;
    lede_status status;

    options.rebuild = 1;
    options.engine = engine;
    writer = open_writer(&options);
    status = lede_writer_convert(writer, counts, &error);
    lede_writer_close(writer);
    if (status != LEDE_STATUS_OK) {
        printf("# %s\n", error.message);
    }
    return status;
}

/* How many articles have a word, and that the first can be read. */
static int
found(lede_index *index, const char *word)
{
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;
    const lede_article *article = NULL;
    int n;

    must(lede_search(&results, &index, 1, word, NULL, &error), &error);
    n = (int)lede_results_total(results);
    lede_results_free(results);
    must(lede_index_article(index, "a0", &article, &error), &error);
    return n;
}

int
main(void)
{
    char folder[] = "/tmp/lede-switch-XXXXXX";
    lede_counts counts = { 0 };
    lede_error error = LEDE_ERROR_INIT;
    lede_index *index = NULL;
    lede_writer *writer = NULL;
    lede_info info;

    enter_scratch(folder);
    add_articles("native", "first", 30);
    must(lede_index_open(&index, "index", &error), &error);
    is_str(lede_index_engine(index), "native", "it begins as native");
    is_int(found(index, "first"), 30, "and is searched");

    is_int(convert("xapian", &counts), LEDE_STATUS_OK, "convert to xapian");
    is_int(counts.added, 30, "all articles");
    is_str(lede_index_engine(index), "native", "the snapshot stays");
    is_int(found(index, "first"), 30, "and answers");
    must(lede_index_refresh(index, &error), &error);
    is_str(lede_index_engine(index), "xapian", "refreshed, it changes over");
    is_int(found(index, "first"), 30, "and answers");
    must(lede_index_info(index, &info, &error), &error);
    is_int(info.n_segments, 0, "without segments");

    add_articles(NULL, "second", 20);
    is_int(found(index, "second"), 0, "commits are seen");
    must(lede_index_refresh(index, &error), &error);
    is_int(found(index, "second"), 20, "once it is refreshed");

    is_int(convert("native", &counts), LEDE_STATUS_OK, "convert to native");
    is_int(found(index, "second"), 20, "the snapshot answers");
    must(lede_index_refresh(index, &error), &error);
    is_str(lede_index_engine(index), "native", "refreshed, it is native");
    is_int(found(index, "first"), 10, "and answers");
    is_int(found(index, "common"), 30, "to everything");
    must(lede_index_info(index, &info, &error), &error);
    ok(info.n_segments > 0, "of segments");

    /* An optimized index under an open handle. */
    add_articles(NULL, "third", 5);
    add_articles(NULL, "third", 5);
    writer = open_writer(NULL);
    must(lede_writer_optimize(writer, NULL, &error), &error);
    is_int(lede_writer_convert(writer, &counts, &error), LEDE_STATUS_USAGE,
           "a writer that was not opened to convert does not");
    lede_writer_close(writer);
    is_int(found(index, "third"), 0, "optimized: the snapshot answers");
    must(lede_index_refresh(index, &error), &error);
    is_int(found(index, "third"), 5, "and the new one");
    must(lede_index_info(index, &info, &error), &error);
    is_int(info.n_segments, 1, "of one segment");
    is_int(info.segments[0].deleted, 0, "without deleted articles");

    /* Gone and made anew by another engine. */
    lede__file_remove_tree("index", NULL);
    is_int(lede_index_refresh(index, &error), LEDE_STATUS_NOT_FOUND,
           "the index is gone");
    is_int(found(index, "third"), 5, "the snapshot is not");
    add_articles("xapian", "fourth", 3);
    must(lede_index_refresh(index, &error), &error);
    is_str(lede_index_engine(index), "xapian", "made anew with xapian");
    is_int(found(index, "fourth"), 3, "it answers");
    lede_index_close(index);
    leave_scratch(folder);
    return done();
}
