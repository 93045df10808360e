/* sink-faults.c - the native engine on a disk that fails: each call that
   writes, syncs or renames in a commit and in a merge fails in turn.

   Whatever fails, the index is as the commit before left it, or as this one
   would have; the sink says which after a rollback, a new one and a reader say
   the same, and the next commit works. */

#define _GNU_SOURCE             // RTLD_NEXT

#include <errno.h>
#include <stdatomic.h>

#include "indexer/native.h"
#include "tests/engine-compare.h"

/* ---- calls that fail ---- */

/* More than a commit makes, and than a merge. */
#define CALLS 20

static atomic_long calls;
static long fail_at;            // 0: none
static bool fail_on;            // and all later ones

static bool
fails(void)
{
    long call = ++calls;

    if (fail_at == 0 || call < fail_at || (call > fail_at && !fail_on)) {
        return false;
    }
    errno = fail_on ? ENOSPC : EIO;
    return true;
}

#include "tests/faults.h"

static void
begin_faults(long at, bool on)
{
    calls = 0;
    fail_at = at;
    fail_on = on;
}

/* ---- transactions ---- */

/* The same changes in each try. */
static void
transaction(struct sink *sink, struct hands *hands, struct model *model,
            uint64_t seed)
{
    struct random random = { seed };

    for (int i = 0; i < 12; i++) {
        change(sink, hands, model, &random);
    }
    /* By this it is told apart from all others. */
    snprintf(model->metas[0], sizeof model->metas[0], "transaction %llu",
             (unsigned long long)seed % 1000000);
    set_meta(sink, "meta:0", str_from(model->metas[0]));
    set_head(sink, model->last);
}

static int
compare_anew(const char *path, const struct model *model,
             struct random *random)
{
    struct sink *sink = open_sink(path, NULL, SINK_CURRENT, false);
    struct searcher *searcher = NULL;
    int wrong = compare_sink(sink, model, random);

    sink->ops->close(sink);
    if (lede__searcher_open(&searcher, path, NULL) != LEDE_STATUS_OK) {
        return 1000;
    }
    wrong += compare_searcher(searcher, model, random, false);
    lede__searcher_close(searcher);
    return wrong;
}

struct tally {
    int wrong;                  // of what was compared
    int failed;                 // commits that failed
    int undone;                 // of those: that left nothing
    int odd;                    // calls that should have worked and did not
};

/* Commit, with the call `at` failing; *model is what is then committed. */
static void
try_commit(const char *path, struct model *model, uint64_t seed, long at,
           bool on, struct tally *tally, struct random *random)
{
    struct sink *sink = open_sink(path, NULL, SINK_CURRENT, false);
    struct model *now = malloc(sizeof *now);
    struct hands hands;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;

    *now = *model;
    open_hands(&hands, sink);
    transaction(sink, &hands, now, seed);
    begin_faults(at, on);
    status = sink->ops->commit(sink, &err);
    begin_faults(0, false);
    if (status != LEDE_STATUS_OK) {
        tally->failed++;
        tally->odd += sink->ops->rollback(sink, &err) != LEDE_STATUS_OK;
        /* Nothing of it, or all. */
        if (compare_sink(sink, model, random) == 0) {
            tally->undone++;
            *now = *model;
        }
    }
    tally->wrong += compare_sink(sink, now, random);
    /* The sink goes on. */
    transaction(sink, &hands, now, seed ^ 1);
    tally->odd += sink->ops->commit(sink, &err) != LEDE_STATUS_OK;
    tally->wrong += compare_sink(sink, now, random);
    close_hands(&hands);
    sink->ops->close(sink);
    tally->wrong += compare_anew(path, now, random);
    *model = *now;
    free(now);
}

static void
try_merge(const char *path, const struct model *model, long at, bool on,
          struct tally *tally, struct random *random)
{
    struct sink *sink = open_sink(path, NULL, SINK_CURRENT, false);

    begin_faults(at, on);
    tally->failed += sink->ops->merge(sink, true, at % 2 == 0, NULL, NULL,
                                      NULL) != LEDE_STATUS_OK;
    begin_faults(0, false);
    tally->wrong += compare_sink(sink, model, random);
    sink->ops->close(sink);
    tally->wrong += compare_anew(path, model, random);
}

static void
test_faults(const char *path, struct random *random, bool on)
{
    struct model *model = calloc(1, sizeof *model);
    struct sink *sink = open_sink(path, "native", SINK_CURRENT, true);
    struct tally commits = { 0 };
    struct tally merges = { 0 };
    const char *how = on ? "a full disk" : "one fault";
    struct hands hands;

    open_hands(&hands, sink);
    transaction(sink, &hands, model, random_next(random));
    commit(sink);
    close_hands(&hands);
    sink->ops->close(sink);
    for (long at = 1; at < CALLS; at++) {
        try_commit(path, model, random_next(random), at, on, &commits,
                   random);
    }
    is_int(commits.wrong, 0, "%s: all or nothing of %d commits that failed",
           how, commits.failed);
    is_int(commits.odd, 0, "%s: the next commit works", how);
    ok(commits.failed > 5 && commits.undone > 4,
       "%s: of %d that failed %d left nothing", how, commits.failed,
       commits.undone);
    for (long at = 1; at < CALLS; at++) {
        try_merge(path, model, at, on, &merges, random);
        /* There must be something to merge. */
        try_commit(path, model, random_next(random), 1 << 30, false,
                   &commits, random);
    }
    is_int(merges.wrong, 0, "%s: %d merges that failed changed nothing", how,
           merges.failed);
    ok(merges.failed > 3, "%s: %d merges failed", how, merges.failed);
    free(model);
}

/* ---- a merge that fails after its commit ---- */

/* Is there something to merge? */
static bool
has_merge(const char *path)
{
    struct manifest manifest;
    struct tier tiers[100];
    size_t first = 0;
    size_t n = 0;

    if (lede__manifest_read(&manifest, path, NULL) != LEDE_STATUS_OK) {
        return false;
    }
    for (size_t i = 0; i < manifest.n && i < 100; i++) {
        const struct manifest_segment *s = &manifest.segments[i];

        tiers[i] = (struct tier){ s->size, s->docs, s->deleted };
    }
    lede__tiers_choose(tiers, manifest.n, &first, &n);
    lede__manifest_free(&manifest);
    return n > 0;
}

/* So many commits make a merge. */
#define COMMITS 8

static void
change_little(struct sink *sink, int i)
{
    char text[20];

    snprintf(text, sizeof text, "%d", i);
    set_meta(sink, "meta:0", str_from(text));
}

/* Whether a merge failed; *late: it was not made up for by the next commit. */
static bool
merge_fails(const char *path, long at, int *late)
{
    struct sink *sink = open_sink(path, "native", SINK_CURRENT, true);
    bool failed = false;

    for (int i = 1; i < COMMITS; i++) {
        change_little(sink, i);
        commit(sink);
    }
    change_little(sink, COMMITS);
    begin_faults(at, false);
    failed = sink->ops->commit(sink, NULL) == LEDE_STATUS_OK &&
             has_merge(path);
    begin_faults(0, false);
    if (failed) {
        change_little(sink, COMMITS + 1);
        commit(sink);
        *late += has_merge(path);
    }
    sink->ops->close(sink);
    return failed;
}

static void
test_merge_again(const char *folder)
{
    char path[100];
    int failed = 0;
    int late = 0;

    for (long at = 1; at < 2 * CALLS; at++) {
        snprintf(path, sizeof path, "%s/%ld", folder, at);
        mkdir(path, 0777);
        failed += merge_fails(path, at, &late);
    }
    ok(failed > 2, "%d merges fail after their commit", failed);
    is_int(late, 0, "and are made up for by the next");
}

int
main(void)
{
    struct random random = random_begin(7);
    char again[] = "/tmp/lede-again-XXXXXX";
    char path[2][64] = { "/tmp/lede-faults-XXXXXX", "/tmp/lede-full-XXXXXX" };

    make_words(&random);
    for (int i = 0; i < 2; i++) {
        if (mkdtemp(path[i]) == NULL) {
            return 1;
        }
        test_faults(path[i], &random, i == 1);
        lede__file_remove_tree(path[i], NULL);
    }
    if (mkdtemp(again) != NULL) {
        test_merge_again(again);
        lede__file_remove_tree(again, NULL);
    }
    free_docs();
    return done();
}
