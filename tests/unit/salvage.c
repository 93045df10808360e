/* salvage.c - an index of which something is gone or damaged: nobody takes what
   is left of it for leavings, and a rebuild carries over all that can be read,
   and tells the rest. */

#include <dirent.h>
#include <sys/wait.h>

#include "tests/random.h"
#include "tests/writer-check.h"

#define ARTICLES 40

/* ---- an index ---- */

static void
must(lede_status status, const lede_error *error)
{
    if (status != LEDE_STATUS_OK) {
        printf("Bail out! %s\n", error->message);
        exit(1);
    }
}

static lede_status
put(lede_writer *writer, int i, lede_error *error)
{
    char id[16], body[300];
    lede_article article = { .id = id, .title = "A title", .body = body,
                             .lang = "en" };

    snprintf(id, sizeof id, "a%d", i);
    snprintf(body, sizeof body, "Body %d has words of its own, %d and %d.", i,
             i * 7919, i * 104729);
    return lede_writer_add(writer, &article, error);
}

/* Four segments of articles that no file gives, some of them removed. */
static void
make_index(const char *engine)
{
    lede_writer_options options = writer_options();
    lede_error error = LEDE_ERROR_INIT;

    lede__file_remove_tree("index", NULL);
    options.engine = engine;
    for (int part = 0; part < 3; part++) {
        lede_writer *writer = open_writer(&options);

        for (int i = part * ARTICLES / 4; i < (part + 1) * ARTICLES / 4; i++) {
            must(put(writer, i, &error), &error);
        }
        must(lede_writer_commit(writer, &error), &error);
        lede_writer_close(writer);
    }
    for (int part = 0; part < 2; part++) {
        lede_writer *writer = open_writer(&options);

        if (part == 0) {
            lede_optimize_options reorder = LEDE_OPTIMIZE_OPTIONS_INIT;

            reorder.reorder = 1;
            must(lede_writer_optimize(writer, &reorder, &error), &error);
        }
        for (int i = 30 + part * 5; i < 35 + part * 5; i++) {
            must(put(writer, i, &error), &error);
        }
        must(lede_writer_remove(writer, part == 0 ? "a5" : "a32", NULL,
                                &error), &error);
        must(lede_writer_commit(writer, &error), &error);
        lede_writer_close(writer);
    }
}

static bool
is_there(int i)
{
    char id[16];

    snprintf(id, sizeof id, "a%d", i);
    return body_of(id) != NULL;
}

/* How many of those that should be there are not; those removed that are back
   are counted in *back. */
static int
missing(int *back)
{
    int n = 0;

    *back = 0;
    for (int i = 0; i < ARTICLES; i++) {
        bool there = is_there(i);

        if (i == 5 || i == 32) {
            *back += there;
        } else {
            n += !there;
        }
    }
    return n;
}

/* ---- its files ---- */

static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* "NAME SIZE" of all files in the folder. */
static const char *
listing(const char *folder, char *out, size_t size)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, by_name);
    size_t used = 0;

    out[0] = '\0';
    for (int i = 0; i < n; i++) {
        char path[400];
        struct stat st;

        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && lstat(path, &st) == 0) {
            used += (size_t)snprintf(out + used, size - used, "%s %lld\n",
                                     names[i]->d_name,
                                     S_ISREG(st.st_mode)
                                         ? (long long)st.st_size : 0);
        }
        free(names[i]);
    }
    free(names);
    return out;
}

static size_t
read_whole(const char *path, unsigned char *bytes, size_t max)
{
    FILE *file = fopen(path, "re");
    size_t n = file == NULL ? 0 : fread(bytes, 1, max, file);

    if (file != NULL) {
        fclose(file);
    }
    return n;
}

static void
write_whole(const char *path, const unsigned char *bytes, size_t n)
{
    FILE *file = fopen(path, "we");

    if (file == NULL || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
        printf("Bail out! cannot write %s\n", path);
        exit(1);
    }
}

/* The file number `which` of INDEX/native, by name. */
static bool
file_name(int which, char *path, size_t size)
{
    struct dirent **names = NULL;
    int n = scandir("index/native", &names, NULL, by_name);
    bool found = which + 2 < n;

    if (found) {
        snprintf(path, size, "index/native/%s", names[which + 2]->d_name);
    }
    for (int i = 0; i < n; i++) {
        free(names[i]);
    }
    free(names);
    return found;
}

/* ---- refusals ---- */

static void
refuses(const char *name, bool rebuild, const char *word)
{
    lede_writer_options options = writer_options();
    lede_error error = LEDE_ERROR_INIT;
    lede_writer *writer = NULL;
    char before[4000], after[4000];

    options.rebuild = rebuild;
    listing("index/native", before, sizeof before);
    is_int(lede_writer_open(&writer, "index", &options, &error),
           LEDE_STATUS_CORRUPT, "%s: no writer", name);
    lede_writer_close(writer);
    ok(strstr(error.message, word) != NULL, "%s: it says what to do: %s", name,
       error.message);
    is_str(listing("index/native", after, sizeof after), before,
           "%s: nothing is touched", name);
}

static void
test_no_manifest(void)
{
    lede_error error = LEDE_ERROR_INIT;
    lede_writer_options options = writer_options();
    lede_index *index = NULL;
    lede_counts counts = { 0 };
    size_t problems = 0;
    int back = 0;

    make_index("native");
    unlink("index/native/manifest");
    refuses("no manifest", false, "--rebuild");
    unlink("index/lock");
    refuses("nor a lock", false, "--rebuild");
    is_int(lede_index_open(&index, "index", &error), LEDE_STATUS_CORRUPT,
           "no search");
    is_int(lede_index_check(index == NULL ? "index" : "", NULL, NULL,
                            &problems, &error), LEDE_STATUS_CORRUPT,
           "no check");
    put_file("tree/new.md", "A new article.\n");
    options.rebuild = 1;
    counts = run_with(&options, NULL, "tree", LEDE_STATUS_OK);
    is_int(counts.failed, 1, "a rebuild tells of it: %s", events);
    is_int(missing(&back), 0, "and has all articles");
    is_int(back, 0, "but those that were removed");
    is_sound("rebuilt without a manifest");
}

static void
test_no_link(void)
{
    make_index("xapian");
    unlink("index/xapian");
    refuses("no link", false, "ln -s");
    refuses("no link, for a rebuild", true, "ln -s");
    if (symlink("xapian.1", "index/xapian") == 0) {
        ok(is_there(7), "made again, all is as it was");
    }
}

/* ---- a first run that is killed ---- */

static void
test_killed(const char *engine)
{
    lede_writer_options options = writer_options();
    lede_error error = LEDE_ERROR_INIT;
    lede_writer *writer = NULL;
    lede_index *index = NULL;
    int ended = 0;
    pid_t child;
    char files[4000];

    options.engine = engine;
    lede__file_remove_tree("index", NULL);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        writer = open_writer(&options);
        for (int i = 0; i < ARTICLES; i++) {
            must(put(writer, i, &error), &error);
        }
        _exit(0);
    }
    waitpid(child, &ended, 0);
    listing(strcmp(engine, "native") == 0 ? "index/native" : "index", files,
            sizeof files);
    ok(strstr(files, strcmp(engine, "native") == 0 ? ".segment" : "xapian.1")
           != NULL, "%s: a first run that is killed leaves parts", engine);
    is_int(lede_index_open(&index, "index", &error), LEDE_STATUS_NOT_FOUND,
           "%s: which are no index", engine);
    writer = open_writer(NULL);
    must(put(writer, 1, &error), &error);
    must(lede_writer_commit(writer, &error), &error);
    lede_writer_close(writer);
    is_int(article_count(), 1, "%s: and in nobody's way", engine);
    ok(access("index/unfinished", F_OK) != 0, "%s: it is finished", engine);
    is_sound("after a first run that was killed");
    lede__file_remove_tree("index", NULL);
    writer = open_writer(&options);
    must(put(writer, 1, &error), &error);
    lede_writer_close(writer);
    ok(access("index", F_OK) != 0, "%s: one given up leaves nothing", engine);
}

/* ---- damage ---- */

/* Whatever byte is damaged, and whatever file is gone: what a rebuild does not
   carry over it tells. */
static void
test_damage(struct random *random)
{
    static unsigned char bytes[1 << 20];
    lede_writer_options options = writer_options();
    char path[300];
    int silent = 0, lost = 0, kept = 0, refused = 0;
    int rounds = long_tests() ? 3000 : 120;
    int files = 0;

    options.rebuild = 1;
    make_index("native");
    while (file_name(files, path, sizeof path)) {
        files++;
    }
    lede__file_remove_tree("whole", NULL);
    rename("index", "whole");
    for (int round = 0; round < rounds; round++) {
        lede_counts counts = { 0 };
        lede_error error = LEDE_ERROR_INIT;
        lede_writer *writer = NULL;
        const char *tree = "tree";
        lede_status status;
        size_t n, at;
        int back, gone;

        lede__file_remove_tree("index", NULL);
        if (system("cp -r whole index") != 0) {
            break;
        }
        file_name((int)random_below(random, (uint64_t)files), path,
                  sizeof path);
        n = read_whole(path, bytes, sizeof bytes);
        at = random_once_in(random, 3) ? n - 1 - random_below(random, 100)
                                       : random_below(random, n);
        at = at < n ? at : n - 1;
        switch (random_below(random, 8)) {
        case 0:
            unlink(path);
            break;
        case 1:
            write_whole(path, bytes, at);
            break;
        default:
            bytes[at] ^= (unsigned char)(1 + random_below(random, 255));
            write_whole(path, bytes, n);
        }
        forget_events();
        status = lede_writer_open(&writer, "index", &options, &error);
        if (status == LEDE_STATUS_OK) {
            status = lede_writer_index(writer, &tree, 1, NULL, &counts,
                                       &error);
        }
        lede_writer_close(writer);
        if (status != LEDE_STATUS_OK) {
            printf("# %s at %zu: %s\n", path, at, error.message);
            refused++;
            continue;
        }
        gone = missing(&back);
        lost += gone;
        kept += gone == 0 && back == 0;
        if (gone + back > 0 && counts.failed == 0) {
            silent++;
            printf("# %s at %zu: %d lost, %d back\n", path, at, gone, back);
        }
    }
    is_int(silent, 0, "of %d damages, %d articles lost, none is silent",
           rounds, lost);
    is_int(refused, 0, "no rebuild is refused");
    ok(kept > rounds / 4, "%d of them cost nothing", kept);
    ok(lost > 0, "some do");
}

/* The one segment that there is cannot be read, and no file is named. */
static void
test_nothing_left(void)
{
    lede_writer_options options = writer_options();
    lede_error error = LEDE_ERROR_INIT;
    lede_writer *writer = open_writer(NULL);
    lede_counts counts = { 0 };
    char before[4000], after[4000], path[300];
    lede_status status;

    lede_writer_close(writer);
    lede__file_remove_tree("index", NULL);
    writer = open_writer(NULL);
    must(put(writer, 1, &error), &error);
    must(lede_writer_commit(writer, &error), &error);
    lede_writer_close(writer);
    file_name(1, path, sizeof path);        // behind that of the settings
    if (truncate(path, 200) != 0) {
        return;
    }
    listing("index/native", before, sizeof before);
    options.rebuild = 1;
    status = lede_writer_open(&writer, "index", &options, &error);
    if (status == LEDE_STATUS_OK) {
        status = lede_writer_index(writer, NULL, 0, NULL, &counts, &error);
    }
    lede_writer_close(writer);
    ok(status != LEDE_STATUS_OK, "nothing can be read, and nothing is named: "
       "%s", error.message);
    ok(counts.failed > 0, "it is told");
    is_str(listing("index/native", after, sizeof after), before,
           "nothing is touched");
}

int
main(void)
{
    struct random random = random_begin(9);
    char folder[] = "/tmp/lede-salvage-XXXXXX";

    enter_scratch(folder);
    test_killed("native");
    test_killed("xapian");
    test_no_manifest();
    test_no_link();
    test_damage(&random);
    test_nothing_left();
    leave_scratch(folder);
    return done();
}
