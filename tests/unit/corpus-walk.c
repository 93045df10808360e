/* corpus-walk.c - which files a walk visits, in which order, and what stops it.

   The tree is made in the folder that the test runs in. */

#include "corpus/reader.h"
#include "tests/tap.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/base/file.h"

struct seen {
    struct buf files;           // a line each
    struct buf failures;
    int stop_after;
};

static lede_status
file(void *payload, const struct walk_file *f, lede_error *err)
{
    struct seen *seen = payload;

    if (!S_ISREG(f->st->st_mode)) {
        return lede__fail(err, LEDE_STATUS_IO, "no file");
    }
    if (seen->stop_after > 0 && --seen->stop_after == 0) {
        return lede__fail(err, LEDE_STATUS_STOPPED, "enough");
    }
    return lede__buf_addf(&seen->files, err, "%s\n", f->path);
}

static lede_status
failed(void *payload, const char *path, const lede_error *why,
       lede_error *err)
{
    struct seen *seen = payload;

    (void)why;
    return lede__buf_addf(&seen->failures, err, "%s\n", path);
}

static void
make(const char *path, const char *text)
{
    char folder[512];

    for (const char *p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
        snprintf(folder, sizeof(folder), "%.*s", (int)(p - path), path);
        mkdir(folder, 0777);
    }
    if (text != NULL) {
        FILE *f = fopen(path, "w");
        if (f == NULL) {
            printf("Bail out! %s: %s\n", path, strerror(errno));
            exit(1);
        }
        fputs(text, f);
        fclose(f);
    }
}

/* Walk `root`; the visited files as one string, to be freed. */
static char *
walk(const char *root, const char *skip, struct seen *seen,
     lede_status *status)
{
    struct walk_options options = { &skip, skip != NULL };
    struct walk_callbacks callbacks = { file, failed, seen };

    seen->files = (struct buf)BUF_INIT(1 << 20);
    seen->failures = (struct buf)BUF_INIT(1 << 20);
    *status = lede__walk(root, &options, &callbacks, NULL);
    char *text = strdup(lede__buf_view(&seen->files).p);
    lede__buf_free(&seen->files);
    return text;
}

static void
visits(const char *root, const char *skip, const char *want, const char *name)
{
    struct seen seen = { .stop_after = 0 };
    lede_status status;
    char *got = walk(root, skip, &seen, &status);

    is_int(status, LEDE_STATUS_OK, "%s: status", name);
    is_str(got, want, "%s", name);
    is_str(lede__buf_view(&seen.failures).p, "", "%s: no failures", name);
    free(got);
    lede__buf_free(&seen.failures);
}

static void
order(void)
{
    make("order/a/x.md", "");
    make("order/a-b.md", "");
    make("order/a.md", "");
    make("order/a/b/y.md", "");
    make("order/B.md", "");
    make("order/\xC3\xA9.md", "");
    make("order/.hidden/z.md", "");
    make("order/.z.md", "");
    make("order/empty/", NULL);
    visits("order", NULL,
           "order/B.md\norder/a-b.md\norder/a.md\norder/a/b/y.md\n"
           "order/a/x.md\norder/\xC3\xA9.md\n",
           "bytewise order of the paths, hidden ones left out");
    visits("order/", NULL,
           "order/B.md\norder/a-b.md\norder/a.md\norder/a/b/y.md\n"
           "order/a/x.md\norder/\xC3\xA9.md\n", "a slash after the root");
    visits("order/a/x.md", NULL, "order/a/x.md\n", "a file");
    visits("order/.hidden", NULL, "order/.hidden/z.md\n", "a hidden root");
    visits("order/empty", NULL, "", "an empty folder");
    visits("order", "order/a",
           "order/B.md\norder/a-b.md\norder/a.md\norder/\xC3\xA9.md\n",
           "a folder to skip");
    visits("order", "order/nowhere",
           "order/B.md\norder/a-b.md\norder/a.md\norder/a/b/y.md\n"
           "order/a/x.md\norder/\xC3\xA9.md\n", "one that is not there");
}

static void
ignoring(void)
{
    make("ignore/.ledeignore", "*.tmp\n/top.md\nbuild/\n!keep.tmp\n");
    make("ignore/a.tmp", "");
    make("ignore/keep.tmp", "");
    make("ignore/top.md", "");
    make("ignore/sub/top.md", "");
    make("ignore/build/x.md", "");
    make("ignore/sub/build/x.md", "");
    make("ignore/sub/.ledeignore", "!a.tmp\n*.md\n");
    make("ignore/sub/a.tmp", "");
    make("ignore/sub/b.tmp", "");
    make("ignore/sub/deep/a.tmp", "");
    make("ignore/.gitignore", "*\n");
    visits("ignore", NULL,
           "ignore/keep.tmp\nignore/sub/a.tmp\nignore/sub/deep/a.tmp\n",
           "inner ignore files override outer ones");
    visits("ignore/sub", NULL,
           "ignore/sub/a.tmp\nignore/sub/b.tmp\nignore/sub/deep/a.tmp\n",
           "those above the root do not count");
}

static void
links(void)
{
    make("links/real/a.md", "");
    make("links/other/b.md", "");
    make("outside/c.md", "");
    if (symlink("../outside", "links/out") != 0
        || symlink("../../outside/c.md", "links/real/out.md") != 0
        || symlink("real", "links/in") != 0
        || symlink("..", "links/other/up") != 0
        || symlink("nowhere", "links/broken") != 0
        || symlink("self", "links/self") != 0
        || symlink("../real/a.md", "links/other/file.md") != 0
        || symlink("links", "root") != 0) {
        skip(3, "no symbolic links here");
        return;
    }
    visits("links", NULL,
           "links/in/a.md\nlinks/other/b.md\nlinks/other/file.md\n"
           "links/real/a.md\n",
           "links are followed inside the root, not outside, not in circles");
    visits("root", NULL,
           "root/in/a.md\nroot/other/b.md\nroot/other/file.md\n"
           "root/real/a.md\n", "the root may be a link");
    // Without a limit 3 folders of 3 links each would make paths without end
    for (char c = '1'; c <= '3'; c++) {
        char path[64], target[64];
        snprintf(path, sizeof(path), "maze/%c/x.md", c);
        make(path, "");
        for (char d = '1'; d <= '3'; d++) {
            snprintf(target, sizeof(target), "../%c", d);
            snprintf(path, sizeof(path), "maze/%c/to%c", c, d);
            ok(symlink(target, path) == 0, "a link from %c to %c", c, d);
        }
    }
    struct seen seen = { .stop_after = 0 };
    lede_status status;
    char *got = walk("maze", NULL, &seen, &status);
    int lines = 0;
    for (const char *p = got; *p != '\0'; p++) {
        lines += *p == '\n';
    }
    ok(lines >= 3 && lines <= 6, "each folder once by itself, once by a link");
    free(got);
    lede__buf_free(&seen.failures);
}

static void
failures(void)
{
    struct seen seen = { .stop_after = 0 };
    struct walk_callbacks callbacks = { file, failed, &seen };
    lede_error err = LEDE_ERROR_INIT;
    lede_status status;
    char *got;

    is_int(lede__walk("nowhere", NULL, &callbacks, &err),
           LEDE_STATUS_NOT_FOUND, "a root that is not there");
    ok(strstr(err.message, "nowhere") != NULL, "is named");
    ok(mkfifo("pipe", 0666) == 0
           && lede__walk("pipe", NULL, &callbacks, &err)
                  == LEDE_STATUS_BAD_INPUT, "a root that is a pipe");
    make("fail/a/x.md", "");
    make("fail/b/y.md", "");
    ok(mkfifo("fail/pipe", 0666) == 0, "a pipe in a folder is no article");
    seen.stop_after = 1;
    got = walk("fail", NULL, &seen, &status);
    is_int(status, LEDE_STATUS_STOPPED, "the callback ends the walk");
    free(got);
    lede__buf_free(&seen.failures);
    if (geteuid() == 0) {
        skip(3, "root can read everything");
        return;
    }
    chmod("fail/a", 0);
    seen.stop_after = 0;
    got = walk("fail", NULL, &seen, &status);
    is_int(status, LEDE_STATUS_OK, "a folder that cannot be read");
    is_str(got, "fail/b/y.md\n", "the walk goes on");
    is_str(lede__buf_view(&seen.failures).p, "fail/a\n", "it is reported");
    chmod("fail/a", 0777);
    free(got);
    lede__buf_free(&seen.failures);
}

/* The limit on depth: 512 folders are walked, the 513th is reported. */
static void
depth(void)
{
    struct seen seen = { .stop_after = 0 };
    struct buf path = BUF_INIT(1 << 16);
    lede_status status;
    char *got;

    lede__buf_str(&path, STR("deep"), NULL);
    mkdir("deep", 0777);
    for (int i = 0; i < 513; i++) {
        lede__buf_str(&path, STR("/d"), NULL);
        if (mkdir(path.p, 0777) != 0) {
            skip(3, "no folders so deep here");
            return;
        }
        if (i == 511) {
            FILE *f;
            size_t len = path.len;
            lede__buf_str(&path, STR("/last.md"), NULL);
            f = fopen(path.p, "w");
            ok(f != NULL && fclose(f) == 0, "a file in folder 512");
            path.len = len;
        }
    }
    got = walk("deep", NULL, &seen, &status);
    is_int(status, LEDE_STATUS_OK, "513 folders in one another");
    ok(strstr(got, "/last.md\n") != NULL, "512 are walked");
    ok(seen.failures.len > 0, "the next one is reported");
    free(got);
    lede__buf_free(&seen.failures);
    lede__buf_free(&path);
}

/* The whole is deeper than what is removed at once: a few at a time, from the
   deepest up. */
static void
remove_deep(void)
{
    for (size_t keep = 512; keep > 0; keep -= 8) {
        char path[2000] = "deep";
        for (size_t i = 0; i < keep; i++) {
            memcpy(path + 4 + 2 * i, "/d", 3);
        }
        lede__file_remove_tree(path, NULL);
    }
}

int
main(void)
{
    char folder[] = "corpus-walk-XXXXXX";

    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        printf("Bail out! no scratch folder\n");
        return 1;
    }
    order();
    ignoring();
    links();
    failures();
    depth();
    remove_deep();
    if (chdir("..") == 0) {
        lede__file_remove_tree(folder, NULL);
    }
    return done();
}
