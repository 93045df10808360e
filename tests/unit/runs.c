/* runs.c - lede_writer_index and lede_writer_add_jsonl on a scratch tree: what
   is new, changed, touched, gone, renamed or unreadable; rebuilds; dry runs. */

#include "tests/writer-check.h"

static lede_counts
prune(const char *path)
{
    lede_source_options sources = LEDE_SOURCE_OPTIONS_INIT;

    sources.prune = 1;
    return run_with(NULL, &sources, path, LEDE_STATUS_OK);
}

static lede_counts
dry_run(const char *path)
{
    lede_source_options sources = LEDE_SOURCE_OPTIONS_INIT;

    sources.dry_run = 1;
    return run_with(NULL, &sources, path, LEDE_STATUS_OK);
}

static lede_counts
rebuild(const char *path)
{
    lede_writer_options options = writer_options();

    options.rebuild = 1;
    return run_with(&options, NULL, path, LEDE_STATUS_OK);
}

static lede_counts
add_jsonl(const char *path, lede_status want)
{
    lede_writer *writer = open_writer(NULL);
    lede_error error = LEDE_ERROR_INIT;
    lede_counts counts = { 0 };

    is_int(lede_writer_add_jsonl(writer, path, NULL, &counts, &error), want,
           "add %s: %s", path, error.message);
    lede_writer_close(writer);
    return counts;
}

static void
begin_again(void)
{
    lede__file_remove_tree("tree", NULL);
    lede__file_remove_tree("index", NULL);
    mkdir("tree", 0777);
}

/* ---- files that are one article ---- */

static void
test_files(void)
{
    lede_counts counts;

    put_file("tree/a.md", "# Alpha\n\nThe first.\n");
    put_file("tree/b.txt", "Beta\n\nThe second.\n");
    mkdir("tree/sub", 0777);
    put_file("tree/sub/c.md", "# Gamma\n\nThe third.\n");
    counts = run("tree");
    are_counts(&counts, "3 0 0 0 0 0 0", "new files");
    is_sound("new files");
    ok(body_of("tree/sub/c.md") != NULL, "an id is the path from the index");

    counts = run(NULL);
    are_counts(&counts, "0 0 3 0 0 0 0", "nothing new, by the roots");
    is_int(counts.bytes, 0, "nothing is read");

    set_time("tree/a.md", 1000000000);
    counts = run("tree");
    are_counts(&counts, "0 0 3 0 0 0 0", "a file that was only touched");
    ok(counts.bytes > 0, "is read");
    counts = run("tree");
    is_int(counts.bytes, 0, "once");

    put_file("tree/a.md", "# Alpha\n\nThe first, changed.\n");
    counts = run("tree");
    are_counts(&counts, "0 1 2 0 0 0 0", "a file that has changed");
    is_int(matches("changed"), 1, "is found by its new words");
    is_sound("a changed file");

    unlink("tree/b.txt");
    counts = run("tree/sub");
    are_counts(&counts, "0 0 1 0 0 0 0", "a file gone elsewhere");
    ok(body_of("tree/b.txt") != NULL, "stays until its folder is looked at");
    counts = run("tree");
    are_counts(&counts, "0 0 2 1 0 0 0", "a file that is gone");
    ok(body_of("tree/b.txt") == NULL, "is removed");
    is_sound("a file that is gone");

    rename("tree/a.md", "tree/z.md");
    counts = run("tree");
    are_counts(&counts, "1 0 1 1 1 0 0", "a file with another name");
    ok(strstr(events, "renamed tree/z.md: tree/a.md") != NULL, "is told");
    is_sound("a renamed file");

    put_file("tree/z.md", "");
    counts = run("tree");
    is_int(article_count(), 1, "a file that has become empty holds nothing");
    is_sound("an empty file");
    put_file("tree/z.md", "# Omega\n\nAgain.\n");
    counts = run("tree");
    is_int(article_count(), 2, "until it is filled again");
    put_file("tree/z.md", "\1\2\3\4\5\6\7binary\177\1\2\3");
    counts = run("tree");
    is_int(article_count(), 1, "one that is no text any more is gone");
    counts = run("tree");
    is_int(counts.removed, 0, "once");
    is_sound("a file that became binary");
}

/* A file that was written in the second of the run may change unseen. */
static void
test_racy(void)
{
    lede_writer_options options = writer_options();
    struct stat st;
    lede_counts counts;

    begin_again();
    put_file("tree/a.md", "# A\n\nOne way.\n");
    stat("tree/a.md", &st);
    options.now = st.st_mtim.tv_sec;
    run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    are_counts(&counts, "0 0 1 0 0 0 0", "a file as new as the run");
    ok(counts.bytes > 0, "is read again");
    counts = run("tree");
    ok(counts.bytes > 0, "by a later run once more");
    counts = run("tree");
    is_int(counts.bytes, 0, "and then no longer");
}

/* ---- what cannot be read ---- */

static void
test_unreadable(void)
{
    lede_counts counts;

    begin_again();
    put_file("tree/a.md", "# A\n\nText.\n");
    put_file("tree/bad.jsonl", "{\"id\":\"1\",\"body\":\"fine\"}\n{broken\n");
    symlink("nowhere", "tree/dangling.md");
    counts = run("tree");
    is_int(counts.added, 2, "what can be read is read");
    ok(counts.failed >= 1, "a broken line is a failure");
    ok(strstr(events, "failed tree/bad.jsonl") != NULL, "with its file");
    counts = run("tree");
    ok(counts.failed >= 1, "and tried again by the next run");
    is_int(counts.added + counts.updated, 0, "for itself alone");
    is_sound("after failures");

    /* A fault does not make others vanish. */
    put_file("tree/bad.jsonl", "{broken\n");
    counts = run("tree");
    is_int(counts.removed, 0, "nothing vanishes from a file with faults");
    put_file("tree/bad.jsonl", "{\"id\":\"2\",\"body\":\"new\"}\n");
    counts = run("tree");
    ok(counts.removed == 1 && counts.added == 1 &&
           body_of("tree/bad.jsonl#1") == NULL &&
           body_of("tree/bad.jsonl#2") != NULL,
       "until it is whole again");
    is_sound("after the repair");
}

static void
test_roots(void)
{
    lede_counts counts;
    const char *twice[] = { "tree", "tree/sub", "./tree/../tree" };
    lede_writer *writer = NULL;

    begin_again();
    run_with(NULL, NULL, NULL, LEDE_STATUS_NOT_FOUND);
    counts = run_with(NULL, NULL, "nowhere", LEDE_STATUS_NOT_FOUND);
    are_counts(&counts, "0 0 0 0 0 1 0", "a root that never was");
    run_with(NULL, NULL, NULL, LEDE_STATUS_NOT_FOUND);
    ok(true, "does not become one");
    mkdir("tree/sub", 0777);
    put_file("tree/sub/a.md", "# A\n\nText.\n");
    put_file("tree/b.md", "# B\n\nText.\n");
    writer = open_writer(NULL);
    lede_writer_index(writer, twice, 3, NULL, &counts, NULL);
    lede_writer_close(writer);
    are_counts(&counts, "2 0 0 0 0 0 0", "roots one in the other");

    rename("tree", "away");
    counts = run(NULL);
    are_counts(&counts, "0 0 0 0 0 1 0", "a root that is missing");
    is_int(article_count(), 2, "removes nothing");
    mkdir("tree", 0777);
    counts = run(NULL);
    are_counts(&counts, "0 0 0 0 0 1 0", "a root that is empty");
    is_int(article_count(), 2, "removes nothing");
    counts = rebuild(NULL);
    is_int(counts.failed, 1, "nor does a rebuild");
    is_int(article_count(), 2, "it carries over");
    rmdir("tree");
    rename("away", "tree");
    counts = run(NULL);
    is_int(counts.added + counts.removed + counts.failed, 0,
           "back again all is well");
    is_sound("roots that come and go");

    unlink("tree/b.md");
    unlink("tree/sub/a.md");
    counts = prune("tree");
    are_counts(&counts, "0 0 0 2 0 0 0", "an empty root with --prune");
    is_int(article_count(), 0, "removes all");
    put_file("tree/b.md", "# B\n\nText.\n");
    run("tree");
    rename("tree", "away");
    counts = prune(NULL);
    are_counts(&counts, "0 0 0 1 0 0 0", "a missing root with --prune");
    run_with(NULL, NULL, NULL, LEDE_STATUS_NOT_FOUND);
    rename("away", "tree");
    is_sound("after pruning");
}

/* ---- files of many articles ---- */

static void
test_lines(void)
{
    lede_counts counts;

    begin_again();
    put_file("tree/n.jsonl", "{\"id\":\"a\",\"body\":\"apple\"}\n"
                             "{\"id\":\"b\",\"body\":\"banana\"}\n"
                             "\n"
                             "{\"body\":\"cherry\"}\n"
                             "{\"id\":\"d\",\"body\":\"date\"}");
    counts = run("tree");
    are_counts(&counts, "4 0 0 0 0 0 0", "lines");
    is_str(body_of("tree/n.jsonl#4"), "cherry", "a line has its number");
    counts = run("tree");
    are_counts(&counts, "0 0 4 0 0 0 0", "unchanged");
    set_time("tree/n.jsonl", 1000000000);
    counts = run("tree");
    are_counts(&counts, "0 0 4 0 0 0 0", "touched");
    put_file("tree/n.jsonl", "{\"id\":\"d\",\"body\":\"dates\"}\n"
                             "{\"id\":\"a\",\"body\":\"apple\"}\n"
                             "{\"id\":\"e\",\"body\":\"elder\"}\n");
    counts = run("tree");
    are_counts(&counts, "1 1 1 2 0 0 0", "changed in parts");
    is_str(body_of("tree/n.jsonl#d"), "dates", "the line that changed");
    is_sound("changed lines");

    put_file("tree/n.jsonl", "{\"id\":\"a\",\"body\":\"apple\"}\n"
                             "{\"id\":\"a\",\"body\":\"apricot\"}\n");
    counts = run("tree");
    are_counts(&counts, "0 1 0 2 0 0 0", "one id twice");
    ok(strstr(events, "warning") != NULL, "is warned of");
    is_str(body_of("tree/n.jsonl#a"), "apricot", "and the last counts");
    counts = run("tree");
    are_counts(&counts, "0 0 1 0 0 0 0", "and is unchanged then");
    is_sound("one id twice");

    /* The kinds change. */
    unlink("tree/n.jsonl");
    run("tree");
    is_int(article_count(), 1, "the last one stays: the root is empty");
    put_file("tree/n.md", "# N\n\nText.\n");
    counts = run("tree");
    is_int(article_count(), 1, "another in its place");
    put_file("tree/n.md", "{\"id\":\"x\",\"body\":\"in the wrong file\"}\n");
    run("tree");
    is_sound("lines in a .md");
}

/* Lines that cannot be read again at their place. */
static void
test_encodings(void)
{
    static const char text[] = "{\"id\":\"1\",\"body\":\"utf\"}\n"
                               "{\"id\":\"2\",\"body\":\"sixteen\"}\n";
    FILE *file = NULL;
    lede_counts counts;

    begin_again();
    file = fopen("tree/u.jsonl", "we");
    fputs("\xff\xfe", file);
    for (const char *p = text; *p != '\0'; p++) {
        fputc(*p, file);
        fputc('\0', file);
    }
    fclose(file);
    put_file("tree/bom.jsonl", "\xef\xbb\xbf"
                               "{\"id\":\"1\",\"body\":\"bom\"}\r\n"
                               "{\"id\":\"2\",\"body\":\"two\"}\r\n");
    counts = run("tree");
    are_counts(&counts, "4 0 0 0 0 0 0", "UTF-16, and a byte order mark");
    is_str(body_of("tree/u.jsonl#2"), "sixteen", "the second line");
    counts = run("tree");
    are_counts(&counts, "0 0 4 0 0 0 0", "which do not change");
}

static void
test_batches(void)
{
    lede_counts counts;

    begin_again();
    put_file("tree/a.md", "# A\n\nText.\n");
    run("tree");
    put_file("batch", "{\"id\":\"one\",\"body\":\"first\"}\n"
                      "{\"id\":\"two\",\"body\":\"second\"}\n"
                      "{\"delete\":\"nobody\"}\n"
                      "{\"body\":\"without an id\"}\n"
                      "{\"id\":\"one\",\"body\":\"third\"}\n");
    counts = add_jsonl("batch", LEDE_STATUS_OK);
    are_counts(&counts, "2 0 0 0 0 1 0", "a batch");
    is_str(body_of("one"), "third", "the last of one id");
    counts = add_jsonl("batch", LEDE_STATUS_OK);
    are_counts(&counts, "0 0 2 0 0 1 0", "the same batch again");
    counts = run("tree");
    are_counts(&counts, "0 0 1 0 0 0 0", "a run over files");
    is_int(article_count(), 3, "leaves what was added alone");
    put_file("batch", "{\"delete\":\"one\"}\n"
                      "{\"id\":\"two\",\"body\":\"second, new\"}\n"
                      "{\"id\":\"tree/a.md\",\"body\":\"instead\"}\n");
    counts = add_jsonl("batch", LEDE_STATUS_OK);
    are_counts(&counts, "0 2 0 1 0 0 0", "deletions and updates");
    is_str(body_of("tree/a.md"), "instead", "a file's article replaced");
    is_sound("batches");
    add_jsonl("no such file", LEDE_STATUS_NOT_FOUND);
    counts = rebuild(NULL);
    is_sound("a rebuild after batches");
    is_int(article_count(), 2, "which keeps what was added");
    is_str(body_of("two"), "second, new", "as it was");
}

/* ---- drafts ---- */

static void
test_drafts(void)
{
    static const char draft[] = "---\ntitle: D\ndraft: true\n---\nText.\n";
    lede_writer_options options = writer_options();
    lede_counts counts;

    begin_again();
    put_file("tree/a.md", "# A\n\nText.\n");
    put_file("tree/d.md", draft);
    counts = run("tree");
    are_counts(&counts, "1 0 0 0 0 0 1", "a draft is passed over");
    set_time("tree/d.md", 1000000000);
    counts = run("tree");
    is_int(counts.added, 0, "touched too");
    options.drafts = 1;
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    are_counts(&counts, "1 0 1 0 0 0 0", "unless it is asked for");
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    are_counts(&counts, "0 0 2 0 0 0 0", "it stays as long as that");
    counts = run("tree");
    are_counts(&counts, "0 0 1 1 0 0 1", "and goes where it is not");
    put_file("tree/m.jsonl", "{\"id\":\"1\",\"title\":\"E\",\"draft\":true}\n"
                             "{\"id\":\"2\",\"title\":\"F\"}\n");
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    are_counts(&counts, "3 0 1 0 0 0 0", "the same in a file of many");
    counts = run("tree");
    is_int(article_count(), 2, "it goes from there, too");
    unlink("tree/m.jsonl");
    counts = run("tree");
    put_file("tree/d.md", "---\ntitle: D\n---\nMore text.\n");
    counts = run("tree");
    is_int(article_count(), 2, "and comes when it is none any more");
    is_sound("drafts");
}

/* ---- dry runs ---- */

static void
test_dry(void)
{
    lede_counts counts;
    lede_index *index = NULL;
    lede_info info;
    char before[30] = "";

    begin_again();
    put_file("tree/a.md", "# A\n\nText.\n");
    put_file("tree/n.jsonl", "{\"id\":\"x\",\"body\":\"y\"}\n");
    counts = dry_run("tree");
    are_counts(&counts, "2 0 0 0 0 0 0", "what a first run would do");
    ok(access("index", F_OK) != 0, "makes no index");
    run("tree");
    index = open_index();
    lede_index_info(index, &info, NULL);
    snprintf(before, sizeof before, "%s", info.last_commit);
    lede_index_close(index);
    counts = dry_run("tree");
    are_counts(&counts, "0 0 2 0 0 0 0", "nothing would be done");
    put_file("tree/a.md", "# A\n\nOther text.\n");
    put_file("tree/n.jsonl", "{\"id\":\"z\",\"body\":\"y\"}\n");
    put_file("tree/new.md", "# New\n");
    counts = dry_run("tree");
    are_counts(&counts, "2 1 0 1 0 0 0", "this would be done");
    ok(strstr(events, "added tree/new.md") != NULL &&
           strstr(events, "updated tree/a.md") != NULL,
       "and is told: %s", "");
    ok(strstr(events, "committed") == NULL, "nothing is committed");
    is_int(article_count(), 2, "nothing has been done");
    counts = run("tree");
    are_counts(&counts, "2 1 0 1 0 0 0", "until it is");
    unlink("tree/new.md");
    counts = dry_run("tree");
    are_counts(&counts, "0 0 2 1 0 0 0", "what would vanish");
    is_sound("dry runs");
}

/* What a program added before is its own to commit. */
static void
test_dry_keeps(void)
{
    lede_article article = { .id = "mine", .body = "text", .lang = "en" };
    lede_source_options sources = LEDE_SOURCE_OPTIONS_INIT;
    lede_writer *writer = open_writer(NULL);
    const char *path = "tree";

    lede_writer_add(writer, &article, NULL);
    sources.dry_run = 1;
    lede_writer_index(writer, &path, 1, &sources, NULL, NULL);
    lede_writer_commit(writer, NULL);
    lede_writer_close(writer);
    ok(body_of("mine") != NULL, "a dry run undoes nothing of others");
}

/* ---- rebuilds ---- */

static void
test_rebuild(void)
{
    lede_writer_options options = writer_options();
    lede_index *reader = NULL;
    const lede_article *article = NULL;
    lede_counts counts;

    begin_again();
    mkdir("other", 0777);
    put_file("tree/a.md", "# A\n\nText.\n");
    put_file("tree/b.jsonl", "{\"id\":\"1\",\"body\":\"kept\"}\n");
    put_file("other/o.md", "# Other\n\nText.\n");
    put_file("other/o.jsonl", "{\"id\":\"1\",\"body\":\"x\"}\n"
                              "{\"id\":\"2\",\"body\":\"y\"}\n");
    put_file("batch", "{\"id\":\"added\",\"body\":\"by a batch\"}\n");
    run("tree");
    run("other");
    add_jsonl("batch", LEDE_STATUS_OK);
    is_int(article_count(), 6, "six articles");
    reader = open_index();

    put_file("tree/b.jsonl", "{broken\n");
    options.rebuild = 1;
    options.config = "fields:\n  title: 7\n";
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    is_int(article_count(), 6, "a rebuild from one root keeps all");
    ok(body_of("tree/b.jsonl#1") != NULL, "what cannot be read any more");
    ok(body_of("added") != NULL, "what was added");
    ok(body_of("other/o.md") != NULL, "and other roots");
    is_int(lede_index_article(reader, "added", &article, NULL),
           LEDE_STATUS_OK, "a reader goes on meanwhile");
    lede_index_close(reader);
    is_sound("a rebuild");

    /* The files of other roots are still known. */
    put_file("other/o.jsonl", "{\"id\":\"2\",\"body\":\"y\"}\n");
    unlink("other/o.md");
    counts = run("other");
    are_counts(&counts, "0 0 1 2 0 0 0", "a run after the rebuild");
    counts = run("tree");
    is_int(counts.unchanged, 1, "knows what is unchanged");
    is_sound("a run after a rebuild");
    unlink("tree/a.md");
    put_file("tree/b.jsonl", "{\"id\":\"1\",\"body\":\"kept\"}\n");
    counts = rebuild(NULL);
    is_int(counts.removed, 1, "a rebuild removes what is gone");
    is_int(article_count(), 3, "and keeps the rest");
    is_sound("the last rebuild");
}

/* ---- nothing to do ---- */

/* When the index was committed last, after a run so many seconds later. */
static const char *
committed_after(int seconds)
{
    static char text[32];
    lede_writer_options options = writer_options();
    lede_index *index = NULL;
    lede_info info;

    options.now += seconds;
    run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    index = open_index();
    lede_index_info(index, &info, NULL);
    snprintf(text, sizeof text, "%s", info.last_commit);
    lede_index_close(index);
    return text;
}

/* A run that changes nothing writes nothing. */
static void
test_nothing_to_do(void)
{
    char last[32];

    begin_again();
    put_file("tree/a.md", "# Alpha\n\nThe first.\n");
    put_file("tree/no.md", "---\ntitle: [\n---\nA broken header.\n");
    put_file("tree/many.jsonl", "{\"id\":1,\"body\":\"x\"}\nnonsense\n");
    snprintf(last, sizeof last, "%s", committed_after(0));
    is_str(committed_after(100), last, "an unchanged run is no commit");
    put_file("tree/b.md", "# Beta\n\nThe second.\n");
    ok(strcmp(committed_after(200), last) != 0, "one that finds more is");
    snprintf(last, sizeof last, "%s", committed_after(300));
    is_str(committed_after(400), last, "and then there is none again");
    unlink("tree/b.md");
    ok(strcmp(committed_after(500), last) != 0, "one that finds less is");
    ok(body_of("tree/b.md") == NULL, "with what is left");
    is_sound("after runs that did nothing");
}

/* ---- stopping ---- */

struct stopping {
    lede_writer *writer;
    int after;
};

static void
stop_at(void *payload, const lede_event *event)
{
    struct stopping *stopping = payload;

    on_event(NULL, event);
    if ((event->kind == LEDE_EVENT_FAILED ||
         event->kind == LEDE_EVENT_WARNING) && --stopping->after == 0) {
        lede_writer_stop(stopping->writer);
    }
}

/* Articles enough for several rounds of a writer with little memory. */
#define MANY 600

/* Of the articles every tenth is a failure, which calls back. */
static void
test_stop(void)
{
    struct stopping stopping = { NULL, 4 };
    lede_writer_options options = writer_options();
    lede_counts counts;
    lede_status status = LEDE_STATUS_OK;
    const char *path = "tree";
    long done_first = 0;
    char text[1501] = "";
    char large[3001] = "";

    begin_again();
    memset(large, 'x', 3000);
    memset(text, 'y', 1500);
    for (int i = 0; i < MANY; i++) {
        char name[30];

        snprintf(name, sizeof name, "tree/%03d.md", i);
        put_file(name, i % 10 == 5 ? large : text);
    }
    options.max_article_bytes = 2000;
    options.event = stop_at;
    options.payload = &stopping;
    stopping.writer = open_writer(&options);
    status = lede_writer_index(stopping.writer, &path, 1, NULL, &counts,
                               NULL);
    lede_writer_close(stopping.writer);
    is_int(status, LEDE_STATUS_STOPPED, "stopped");
    done_first = article_count();
    ok(done_first > 20 && done_first < MANY - MANY / 10 - 20, "half-way: %ld",
       done_first);
    is_int(counts.added, done_first, "what was done is committed");
    is_sound("stopped half-way");
    options.event = on_event;
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    is_int(counts.unchanged, done_first, "the next run goes on");
    is_int(article_count(), MANY - MANY / 10, "to the end");
    is_sound("after the end");
}

/* A file of many articles that was committed in parts and then changes. */
static void
test_parts(void)
{
    struct stopping stopping = { NULL, 1 };
    lede_writer_options options = writer_options();
    lede_counts counts;
    const char *path = "tree";
    char text[1501] = "";
    FILE *file = NULL;

    begin_again();
    memset(text, 'y', 1500);
    file = fopen("tree/n.jsonl", "we");
    for (int i = 0; i < MANY; i++) {
        fprintf(file, "{\"id\":\"%03d\",\"body\":\"%s\"%s}\n", i, text,
                i == 19 ? ",\"date\":\"rubbish\"" : "");
    }
    fclose(file);
    options.event = stop_at;
    options.payload = &stopping;
    stopping.writer = open_writer(&options);
    lede_writer_index(stopping.writer, &path, 1, NULL, &counts, NULL);
    lede_writer_close(stopping.writer);
    ok(article_count() >= 20 && article_count() < MANY,
       "a file of many, stopped half-way: %ld", article_count());
    unlink("tree/n.jsonl");
    put_file("tree/a.md", "# A\n");
    run("tree");
    is_int(article_count(), 1, "and gone before the next run");
    is_sound("parts of a file");
}

int
main(void)
{
    char folder[] = "/tmp/lede-runs-XXXXXX";

    enter_scratch(folder);
    test_files();
    test_racy();
    test_unreadable();
    test_roots();
    test_lines();
    test_encodings();
    test_batches();
    test_drafts();
    test_dry();
    test_dry_keeps();
    test_rebuild();
    test_nothing_to_do();
    test_stop();
    test_parts();
    leave_scratch(folder);
    return done();
}
