/* writer.c - lede_writer_add, _remove, _commit, _rollback: what a program does
   with articles of its own. */

#include <dirent.h>

#include "tests/random.h"
#include "tests/writer-check.h"

static bool
add(lede_writer *writer, const char *id, const char *body)
{
    lede_article article = { .id = id, .body = body, .lang = "en" };
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede_writer_add(writer, &article, &error);

    if (status != LEDE_STATUS_OK) {
        ok(false, "add %s: %s", id, error.message);
    }
    return status == LEDE_STATUS_OK;
}

static long
remove_id(lede_writer *writer, const char *id)
{
    uint64_t removed = 99;
    lede_status status = lede_writer_remove(writer, id, &removed, NULL);

    return status == LEDE_STATUS_OK ? (long)removed : -1;
}

static void
test_transactions(void)
{
    lede_writer *writer = open_writer(NULL);

    ok(open_index() == NULL, "a new index is not there before its commit");
    lede_writer_close(writer);
    ok(access("index", F_OK) != 0, "and leaves nothing behind");

    writer = open_writer(NULL);
    add(writer, "one", "the first article");
    add(writer, "two", "the second article");
    is_int(lede_writer_commit(writer, NULL), LEDE_STATUS_OK, "commit");
    is_int(article_count(), 2, "both are there");
    add(writer, "three", "never seen");
    is_int(remove_id(writer, "one"), 1, "remove one");
    is_str(body_of("one"), "the first article", "until the commit it stays");
    is_int(lede_writer_rollback(writer, NULL), LEDE_STATUS_OK, "rollback");
    is_int(lede_writer_commit(writer, NULL), LEDE_STATUS_OK, "commit");
    is_str(body_of("one"), "the first article", "one is still there");
    ok(body_of("three") == NULL, "three is not");
    add(writer, "one", "the first article, changed");
    add(writer, "one", "the first article, changed again");
    is_int(lede_writer_commit(writer, NULL), LEDE_STATUS_OK, "commit");
    is_str(body_of("one"), "the first article, changed again",
           "the last of one id counts");
    is_int(article_count(), 2, "once");
    is_int(matches("changed"), 1, "it is found by its words");
    is_int(remove_id(writer, "one"), 1, "removed");
    is_int(remove_id(writer, "one"), 0, "not twice");
    is_int(remove_id(writer, "nobody"), 0, "nobody");
    is_int(remove_id(writer, ""), -1, "an empty id is refused");
    add(writer, "lost", "when the writer is closed");
    lede_writer_close(writer);
    is_int(article_count(), 2, "closing commits nothing");
    ok(body_of("lost") == NULL, "nor what was added");
    is_sound("after closing");
}

static void
test_many(struct random *random)
{
    bool there[200] = { false };        // as it should be
    bool committed[200] = { false };
    lede_writer *writer = open_writer(NULL);
    lede_index *index = NULL;
    int articles = 0;
    int wrong = 0;

    lede_writer_remove(writer, "one", NULL, NULL);
    lede_writer_remove(writer, "two", NULL, NULL);
    lede_writer_commit(writer, NULL);
    for (int step = 0; step < 900; step++) {
        unsigned i = (unsigned)random_below(random, 200);
        char id[20];
        char body[2000] = "word ";

        snprintf(id, sizeof id, "id %u", i);
        switch (random_below(random, 8)) {
        case 0:
            wrong += remove_id(writer, id) != there[i];
            there[i] = false;
            break;
        case 1:
            if (random_once_in(random, 10)) {
                lede_writer_rollback(writer, NULL);
                memcpy(there, committed, sizeof there);
            } else if (random_once_in(random, 4)) {
                lede_writer_commit(writer, NULL);
                memcpy(committed, there, sizeof there);
            }
            break;
        default:
            random_text(random, body + 5, random_below(random, 1900));
            body[strcspn(body, "\x01\x7f")] = '\0';
            add(writer, id, body);
            there[i] = true;
        }
        if (step % 300 == 299) {
            lede_writer_close(writer);
            memcpy(there, committed, sizeof there);
            writer = open_writer(NULL);
        }
    }
    lede_writer_commit(writer, NULL);
    lede_writer_close(writer);
    is_int(wrong, 0, "what is removed was there");
    wrong = 0;
    index = open_index();
    for (unsigned i = 0; i < 200; i++) {
        const lede_article *article = NULL;
        char id[20];

        snprintf(id, sizeof id, "id %u", i);
        articles += there[i];
        wrong += lede_index_article(index, id, &article, NULL) !=
                 (there[i] ? LEDE_STATUS_OK : LEDE_STATUS_NOT_FOUND);
    }
    lede_index_close(index);
    is_int(wrong, 0, "the articles that should be there are");
    is_int(article_count(), articles, "as many as should be");
    is_int(matches("word"), articles, "each is found");
    is_sound("after many changes");
}

static void
test_bad_articles(void)
{
    static const struct {
        lede_article article;
        lede_status want;
        const char *name;
    } cases[] = {
        { { .body = "text" }, LEDE_STATUS_BAD_INPUT, "no id" },
        { { .id = " ", .body = "text" }, LEDE_STATUS_BAD_INPUT, "no id" },
        { { .id = "a" }, LEDE_STATUS_BAD_INPUT, "nothing in it" },
        { { .id = "a", .body = "\xff" }, LEDE_STATUS_BAD_INPUT, "no UTF-8" },
        { { .id = "a\xc3", .body = "x" }, LEDE_STATUS_BAD_INPUT, "no UTF-8" },
        { { .id = "a", .body = "x", .date = "soon" }, LEDE_STATUS_BAD_INPUT,
          "no date" },
        { { .id = "a", .title = "x", .date = "2025-02-12" }, LEDE_STATUS_OK,
          "a title and a date" },
    };
    lede_writer_options options = writer_options();
    lede_writer *writer = NULL;
    lede_article article = { .id = "large" };
    char *text = calloc(1, 5001);

    options.max_article_bytes = 5000;
    writer = open_writer(&options);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lede_error error = LEDE_ERROR_INIT;

        is_int(lede_writer_add(writer, &cases[i].article, &error),
               cases[i].want, "%s: %s", cases[i].name, error.message);
    }
    memset(text, 'x', 5000);
    article.body = text;
    is_int(lede_writer_add(writer, &article, NULL), LEDE_STATUS_LIMIT,
           "too large an article");
    text[4000] = '\0';
    is_int(lede_writer_add(writer, &article, NULL), LEDE_STATUS_OK,
           "one that is not");
    is_int(lede_writer_commit(writer, NULL), LEDE_STATUS_OK, "commit");
    lede_writer_close(writer);
    is_sound("after articles that were refused");
    free(text);
}

/* Everything that an article can have comes back. */
static void
test_fields(void)
{
    static const char *const two[] = { "Ada Lovelace", "Charles Babbage" };
    static const lede_meta meta[] = { { "kind", "engine" },
                                      { "kind", "analytical" } };
    lede_article in = {
        .id = "https://example.org/a?b=c#d", .title = "The engine",
        .body = "It weaves algebraic patterns.", .summary = "A summary.",
        .date = "1843-09-01", .lang = "en", .source = "Memoirs",
        .url = "https://example.org/", .authors = two, .n_authors = 2,
        .tags = two, .n_tags = 1, .categories = two + 1, .n_categories = 1,
        .meta = meta, .n_meta = 2,
    };
    lede_writer *writer = open_writer(NULL);
    lede_index *index = NULL;
    const lede_article *out = NULL;

    is_int(lede_writer_add(writer, &in, NULL), LEDE_STATUS_OK, "add");
    is_int(lede_writer_commit(writer, NULL), LEDE_STATUS_OK, "commit");
    lede_writer_close(writer);
    index = open_index();
    is_int(lede_index_article(index, in.id, &out, NULL), LEDE_STATUS_OK,
           "found by its id");
    if (out != NULL) {
        is_str(out->title, in.title, "title");
        is_str(out->body, in.body, "body");
        is_str(out->summary, in.summary, "summary");
        is_str(out->lang, in.lang, "language");
        is_str(out->source, in.source, "source");
        is_str(out->url, in.url, "url");
        ok(out->date != NULL && strncmp(out->date, in.date, 10) == 0, "date");
        ok(out->n_authors == 2 && strcmp(out->authors[1], two[1]) == 0,
           "authors");
        ok(out->n_tags == 1 && out->n_categories == 1, "tags, categories");
        ok(out->n_meta == 2 && strcmp(out->meta[1].value, "analytical") == 0,
           "metadata");
        ok(out->path == NULL || out->path[0] == '\0', "no path");
    }
    lede_index_close(index);
    is_int(matches("author:\"Ada Lovelace\" kind:analytical"), 1,
           "found by author and metadata");
}

static void
test_languages(void)
{
    lede_writer *writer = open_writer(NULL);
    lede_article german = {
        .id = "de", .body = "Die Maschinen weben algebraische Muster, so wie "
                            "der Webstuhl von Jacquard Blumen und Blätter."
    };
    lede_index *index = NULL;
    lede_info info;
    bool found = false;

    lede_writer_add(writer, &german, NULL);
    lede_writer_commit(writer, NULL);
    lede_writer_close(writer);
    index = open_index();
    lede_index_info(index, &info, NULL);
    for (size_t i = 0; i < info.n_languages; i++) {
        found |= strcmp(info.languages[i].lang, "de") == 0 &&
                 info.languages[i].articles == 1;
    }
    ok(found, "the language is detected and counted");
    lede_index_close(index);
}

/* Memory that fills commits by itself, before the program does, or spills
   where the engine can. */
static void
test_memory(const char *engine, struct random *random)
{
    lede_writer_options options = writer_options();
    lede_writer *writer = NULL;
    char *body = calloc(1, 60001);
    bool spills = strcmp(engine, "native") == 0;
    char id[20];
    int commits = 0;

    lede__file_remove_tree("index", NULL);
    options.engine = engine;
    writer = open_writer(&options);
    forget_events();
    for (int i = 0; i < 24; i++) {
        for (int j = 0; j < 60000; j += 6) {
            snprintf(body + j, 7, "%05d ", (int)random_below(random, 99999));
        }
        snprintf(id, sizeof id, "large %d", i);
        add(writer, id, body);
    }
    add(writer, "large 3", "Another body.");
    lede_writer_rollback(writer, NULL);
    lede_writer_close(writer);
    for (const char *p = events; (p = strstr(p, "committed")) != NULL; p++) {
        commits++;
    }
    ok((commits > 0) != spills, "%s: 1.4 MB of many words into 32 MB: "
       "%d commits", engine, commits);
    ok((article_count() > 0) != spills, "%s: and only those are there",
       engine);
    if (!spills) {
        is_sound("after memory that filled");
    }

    writer = open_writer(&options);
    for (int i = 0; i < 24; i++) {
        memset(body, 'a' + i, 60000);
        snprintf(id, sizeof id, "large %d", i);
        add(writer, id, body);
    }
    lede_writer_commit(writer, NULL);
    lede_writer_close(writer);
    is_int(article_count(), 24, "%s: all of them, each once", engine);
    is_sound("after a commit of them all");
    lede__file_remove_tree("index", NULL);
    free(body);
}

/* An index that is open goes on while a writer commits: what is asked is
   answered, from one commit. */
static void
test_overtaken(struct random *random)
{
    lede_writer *writer = open_writer(NULL);
    lede_index *index = NULL;
    char body[3000];
    int wrong = 0;

    for (int round = 0; round < (long_tests() ? 60 : 10); round++) {
        for (int i = 0; i < 30; i++) {
            size_t n = (size_t)snprintf(body, sizeof body, "jointly round%d",
                                        round);
            char id[20];

            while (n < sizeof body - 20) {
                n += (size_t)snprintf(body + n, sizeof body - n, " w%d",
                                      (int)random_below(random, 5000));
            }
            snprintf(id, sizeof id, "over %d", i);
            wrong += !add(writer, id, body);
        }
        lede_writer_commit(writer, NULL);
        if (index == NULL) {
            index = open_index();
        }
        for (int i = 0; i < 3; i++) {
            const lede_article *article = NULL;
            lede_results *results = NULL;
            lede_error error = LEDE_ERROR_INIT;

            if (lede_search(&results, &index, 1, "+jointly -w1", NULL,
                            &error) != LEDE_STATUS_OK) {
                printf("# round %d: %s\n", round, error.message);
                wrong++;
            }
            lede_results_free(results);
            results = NULL;
            if (lede_search(&results, &index, 1, "jointly", NULL, &error) !=
                    LEDE_STATUS_OK || lede_results_total(results) != 30) {
                printf("# round %d: %s\n", round, error.message);
                wrong++;
            }
            lede_results_free(results);
            wrong += lede_index_article(index, "over 7", &article, NULL) !=
                     LEDE_STATUS_OK;
        }
    }
    is_int(wrong, 0, "an open index is asked while a writer commits");
    lede_index_close(index);
    lede_writer_close(writer);
    is_sound("after many commits");
}

static void
test_refusals(void)
{
    lede_writer_options options = writer_options();
    lede_writer_options wrong = { 0 };
    lede_writer *writer = NULL;
    lede_writer *second = NULL;
    lede_error error = LEDE_ERROR_INIT;

    is_int(lede_writer_open(&second, "index", &wrong, &error),
           LEDE_STATUS_USAGE, "options that are not initialised");
    is_int(lede_writer_open(&second, "index", NULL, &error),
           LEDE_STATUS_USAGE, "no options");
    options.memory_bytes = LEDE_MEMORY_MIN - 1;
    is_int(lede_writer_open(&second, "index", &options, &error),
           LEDE_STATUS_USAGE, "too little memory");
    options = writer_options();
    options.engine = "paper";
    is_int(lede_writer_open(&second, "index", &options, &error),
           LEDE_STATUS_USAGE, "no such engine");
    options = writer_options();
    options.config = "fields: [";
    is_int(lede_writer_open(&second, "fresh", &options, &error),
           LEDE_STATUS_BAD_CONFIG, "a broken lede.yaml");
    ok(access("fresh", F_OK) != 0, "leaves no index");
    options = writer_options();
    put_file("tree/a.md", "# A\n\nText.\n");
    is_int(lede_writer_open(&second, "tree", &options, &error),
           LEDE_STATUS_USAGE, "a folder with files in it is no index");
    is_int(lede_writer_open(&second, "tree/a.md", &options, &error),
           LEDE_STATUS_USAGE, "nor is a file");
    is_int(lede_writer_open(&second, "no/such/folder", &options, &error),
           LEDE_STATUS_NOT_FOUND, "nor what lies nowhere");
    ok(access("tree/lock", F_OK) != 0, "no lock is left there");
    mkdir("empty", 0555);
    is_int(lede_writer_open(&writer, "empty", &options, &error),
           LEDE_STATUS_OK, "an empty folder becomes one");
    lede_writer_close(writer);

    writer = open_writer(NULL);
    is_int(lede_writer_open(&second, "index", &options, &error),
           LEDE_STATUS_LOCKED, "a second writer");
    snprintf(events, sizeof events, "process %ld", (long)getpid());
    ok(strstr(error.message, events) != NULL, "is told who: %s",
       error.message);
    options.wait_ms = 50;
    is_int(lede_writer_open(&second, "index", &options, &error),
           LEDE_STATUS_LOCKED, "and waits in vain");
    lede_writer_close(writer);
    is_int(lede_writer_open(&second, "index", &options, &error),
           LEDE_STATUS_OK, "until the first has gone");
    lede_writer_close(second);
}

int
main(void)
{
    struct random random = random_begin(5);
    char folder[] = "/tmp/lede-writer-XXXXXX";

    enter_scratch(folder);
    test_transactions();
    test_many(&random);
    test_bad_articles();
    test_fields();
    test_languages();
    test_memory("xapian", &random);
    test_memory("native", &random);
    test_overtaken(&random);
    test_refusals();
    leave_scratch(folder);
    return done();
}
