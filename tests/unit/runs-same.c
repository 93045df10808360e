/* runs-same.c - the same files make the same index, byte for byte, whatever
   the number of threads; and converted to the other engine and back it is as
   it was. */

#include "tests/random.h"
#include "tests/writer-check.h"

/* Articles of one file; some are large, some too costly for their turn. */
#define LINES 900

static void
put_words(FILE *file, struct random *random, int count, uint64_t words)
{
    for (int i = 0; i < count; i++) {
        uint64_t n = random_below(random, random_below(random, words) + 1);

        fprintf(file, "%s", i % 12 == 11 ? "\\n" : "");
        do {
            fputc("etaoinshrdlucmfw"[n % 16], file);
            n /= 16;
        } while (n > 0);
        fputc(' ', file);
    }
}

static void
put_tree(void)
{
    struct random random = random_begin(3);
    FILE *file = fopen("tree/many.jsonl", "we");

    for (int i = 0; i < LINES; i++) {
        bool large = i % 300 == 299;
        bool costly = i % 300 == 150;
        int words = large ? 40000 : costly ? 10000 : i % 7 == 0 ? 900 : 60;
        uint64_t of = large || costly ? 1000000 : 3000;

        fprintf(file, "{\"id\":\"%d\",\"title\":\"", (i * 331) % LINES);
        put_words(file, &random, 4, 300);
        fprintf(file, "\",\"tags\":[\"a\",\"b c\",\"a\"],%s\"body\":\"",
                i == 17 ? "\"date\":\"rubbish\"," : "");
        put_words(file, &random, words, of);
        fprintf(file, "\"}\n%s", i == 500 ? "{\"no\"\n" : "");
    }
    fclose(file);
    for (int i = 0; i < 150; i++) {
        char name[40];

        snprintf(name, sizeof name, "tree/%03d.md", i);
        file = fopen(name, "we");
        fprintf(file, "---\ntitle: %d\nauthor: A, B\n---\n# Head\n", i);
        put_words(file, &random, i % 11 == 0 ? 3000 : 30, 5000);
        fclose(file);
    }
}

/* A hash over the files of the index that hold articles. */
static uint64_t
hash_of_index(void)
{
    uint64_t hash = 14695981039346656037u;
    FILE *pipe = popen("cd index/native && "
                       "cat $(ls | grep segment | sort -n)", "re");
    int c;

    while (pipe != NULL && (c = getc(pipe)) != EOF) {
        hash = (hash ^ (uint64_t)c) * 1099511628211u;
    }
    if (pipe != NULL) {
        pclose(pipe);
    }
    return hash;
}

static uint64_t
hash_with(unsigned threads, int *commits)
{
    lede_writer_options options = writer_options();
    lede_counts counts;

    lede__file_remove_tree("index", NULL);
    options.threads = threads;
    options.engine = "native";
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    are_counts(&counts, "1050 0 0 0 0 1 0", "counts");
    *commits = strstr(events, "warning") != NULL;
    return hash_of_index();
}

static void
test_threads(void)
{
    static const unsigned threads[] = { 2, 3, 8 };
    int told = 0;
    uint64_t hash = hash_with(1, &told);

    ok(told, "a warning is told");
    is_int(article_count(), 1050, "all are there");
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        ok(hash_with(threads[i], &told) == hash, "the same with %u threads",
           threads[i]);
    }
    is_sound("with many threads");
}

static bool
convert(const char *engine)
{
    lede_writer_options options = writer_options();
    lede_writer *writer = NULL;
    lede_counts counts;
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;

    options.engine = engine;
    options.rebuild = 1;
    writer = open_writer(&options);
    status = lede_writer_convert(writer, &counts, &error);
    lede_writer_close(writer);
    if (status != LEDE_STATUS_OK) {
        printf("# %s\n", error.message);
    }
    is_int(counts.added, 1050, "all articles into %s", engine);
    return status == LEDE_STATUS_OK;
}

static void
test_convert(void)
{
    lede_counts counts;
    uint64_t hash;

    ok(convert("native"), "an index into its own engine");
    hash = hash_of_index();
    ok(convert("xapian"), "into the other");
    is_sound("in xapian");
    counts = run(NULL);
    are_counts(&counts, "0 0 1050 0 0 1 0", "a run changes nothing");
    ok(convert("native"), "and back");
    ok(hash_of_index() == hash, "it is the same again");
    is_sound("in native");
    counts = run(NULL);
    are_counts(&counts, "0 0 1050 0 0 1 0", "a run changes nothing");
}

int
main(void)
{
    char folder[] = "/tmp/lede-same-XXXXXX";

    enter_scratch(folder);
    put_tree();
    test_threads();
    test_convert();
    leave_scratch(folder);
    return done();
}
