/* crash.c - power failures and failing disks, on a native index: every call of
   a writer that makes, writes, syncs, renames or removes a file is made to be
   the last one that came to the disk, in all the ways in which what was not
   synced can be lost; and is made to fail.

   The index then opens as it was last committed, or as it was being committed,
   with all its articles and nothing wrong, and a new writer works.

   About 10 seconds, sampled by a seed; whole with LEDE_TEST_LONG.
   LEDE_TEST_SEED is the seed. */

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "indexer/writer.h"
#include "tests/random.h"
#include "tests/tap.h"
#include "tests/trials/disk.h"

#define SECONDS 5               // for each of the two parts
#define IDS 60
#define STATES 40
#define FAILURES_MAX 10
#define REPLAYS 3               // of each loss that is random

/* The version of each article; 0: there is none. */
struct state {
    unsigned char version[IDS];
};

static struct state states[STATES];
static int committed;           // the state that is
static struct state pending;
static unsigned char version;

/* ---- writing ---- */

static lede_status
open_writer(lede_writer **writer, const char *path, const char *engine,
            bool rebuild, lede_error *err)
{
    lede_writer_options options = LEDE_WRITER_OPTIONS_INIT;

    options.engine = engine;
    options.now = 1800000000;
    options.threads = 2;
    options.memory_bytes = LEDE_MEMORY_MIN;
    options.rebuild = rebuild;
    return lede_writer_open(writer, path, &options, err);
}

static lede_status
put(lede_writer *writer, int id, unsigned char as, lede_error *err)
{
    char name[20], title[40], body[200];
    lede_article article = { .id = name, .title = title, .body = body,
                             .date = "2025-02-12", .lang = "en" };

    snprintf(name, sizeof(name), "a%d", id);
    snprintf(title, sizeof(title), "version %d", as);
    snprintf(body, sizeof(body), "every article has words, this %d and %d",
             id, as);
    return lede_writer_add(writer, &article, err);
}

static lede_status
add(lede_writer *writer, int from, int to, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (int id = from; id < to && status == LEDE_STATUS_OK; id++) {
        pending.version[id] = ++version;
        status = put(writer, id, version, err);
    }
    return status;
}

static lede_status
take(lede_writer *writer, int id, lede_error *err)
{
    char name[20];

    snprintf(name, sizeof(name), "a%d", id);
    pending.version[id] = 0;
    return lede_writer_remove(writer, name, NULL, err);
}

static lede_status
optimize(lede_writer *writer, int reorder, lede_error *err)
{
    lede_optimize_options options = LEDE_OPTIMIZE_OPTIONS_INIT;

    options.reorder = reorder;
    return lede_writer_optimize(writer, &options, err);
}

/* ---- reading ---- */

/* What is in the index, as far as it can be told; false with `why`. */
static bool
read_state(const char *path, struct state *out, char *why, size_t size)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_index *index = NULL;
    lede_results *results = NULL;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = lede_index_open(&index, path, &err);
    size_t found = 0;
    bool good = false;

    memset(out, 0, sizeof(*out));
    if (status != LEDE_STATUS_OK) {
        snprintf(why, size, "open: %.150s", err.message);
        return false;
    }
    for (int id = 0; id < IDS; id++) {
        const lede_article *article = NULL;
        char name[20];

        snprintf(name, sizeof(name), "a%d", id);
        status = lede_index_article(index, name, &article, &err);
        if (status == LEDE_STATUS_OK) {
            out->version[id] = (unsigned char)strtol(article->title + 8, NULL,
                                                     10);
            found++;
        } else if (status != LEDE_STATUS_NOT_FOUND) {
            snprintf(why, size, "read: %.150s", err.message);
            goto out;
        }
    }
    options.limit = IDS;
    status = lede_search(&results, &index, 1, "\"every article\"", &options,
                         &err);
    if (status != LEDE_STATUS_OK || lede_results_total(results) != found) {
        snprintf(why, size, "of %zu articles %llu are found: %.100s", found,
                 results == NULL ? 0ull
                 : (unsigned long long)lede_results_total(results),
                 err.message);
        goto out;
    }
    for (size_t i = 0; i < lede_results_count(results); i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        long id = strtol(hit->id + 1, NULL, 10);

        if (id < 0 || id >= IDS ||
            out->version[id] != strtol(hit->title + 8, NULL, 10)) {
            snprintf(why, size, "%s is found as %s", hit->id, hit->title);
            goto out;
        }
    }
    good = true;
out:
    lede_results_free(results);
    lede_index_close(index);
    return good;
}

static bool
is_state(const struct state *state, int i)
{
    return memcmp(state, &states[i], sizeof(*state)) == 0;
}

static void
keep_problem(void *payload, const char *problem)
{
    snprintf(payload, 200, "%.190s", problem);
}

/* A sound index with one of two contents, in which a new writer works.
   `missing`: there may be no index yet. */
static bool
judge(const char *path, int from, int to, bool missing, char *why,
      size_t size)
{
    struct state state;
    lede_writer *writer = NULL;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status;
    size_t problems = 0;
    char problem[200] = "";

    status = lede_index_check(path, keep_problem, problem, &problems, &err);
    if (status == LEDE_STATUS_NOT_FOUND && missing) {
        memset(&state, 0, sizeof(state));
    } else if (status != LEDE_STATUS_OK || problems > 0) {
        snprintf(why, size, "check: %.100s %.100s", err.message, problem);
        return false;
    } else if (!read_state(path, &state, why, size)) {
        return false;
    } else if (!is_state(&state, from) && !is_state(&state, to)) {
        snprintf(why, size, "neither state %d nor %d", from, to);
        return false;
    }
    status = open_writer(&writer, path, NULL, false, &err);
    if (status == LEDE_STATUS_OK) {
        state.version[0] = 255;
        status = put(writer, 0, 255, &err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede_writer_commit(writer, &err);
    }
    lede_writer_close(writer);
    if (status != LEDE_STATUS_OK) {
        snprintf(why, size, "a new writer: %.150s", err.message);
        return false;
    }
    states[STATES - 1] = state;
    if (!read_state(path, &state, why, size)) {
        return false;
    }
    if (!is_state(&state, STATES - 1)) {
        snprintf(why, size, "what a new writer did is not there");
        return false;
    }
    return true;
}

/* ---- the last call that came to the disk ---- */

static bool
commit_now(lede_writer *writer, lede_status done, lede_error *err)
{
    if (done != LEDE_STATUS_OK) {
        return false;
    }
    states[committed + 1] = pending;
    disk_mark(2 * committed + 1);
    if (lede_writer_commit(writer, err) != LEDE_STATUS_OK) {
        return false;
    }
    committed++;
    disk_mark(2 * committed);
    return true;
}

static bool
optimize_now(lede_writer *writer, int reorder, lede_error *err)
{
    disk_mark(2 * committed + 1);
    states[committed + 1] = pending;
    if (optimize(writer, reorder, err) != LEDE_STATUS_OK) {
        return false;
    }
    committed++;
    disk_mark(2 * committed);
    return true;
}

/* The life of an index. */
static bool
live(const char *path, lede_error *err)
{
    lede_writer *writer = NULL;
    bool good = open_writer(&writer, path, "native", false, err) ==
                LEDE_STATUS_OK;

    good = good && commit_now(writer, add(writer, 0, 8, err), err);
    good = good && add(writer, 3, 5, err) == LEDE_STATUS_OK &&
           take(writer, 1, err) == LEDE_STATUS_OK &&
           commit_now(writer, add(writer, 8, 12, err), err);
    good = good && add(writer, 12, 16, err) == LEDE_STATUS_OK &&
           lede__writer_spill(writer, err) == LEDE_STATUS_OK &&
           take(writer, 13, err) == LEDE_STATUS_OK &&
           take(writer, 2, err) == LEDE_STATUS_OK &&
           add(writer, 16, 18, err) == LEDE_STATUS_OK &&
           lede__writer_spill(writer, err) == LEDE_STATUS_OK &&
           commit_now(writer, add(writer, 18, 20, err), err);
    // given up after a spill
    good = good && add(writer, 20, 25, err) == LEDE_STATUS_OK &&
           lede__writer_spill(writer, err) == LEDE_STATUS_OK &&
           take(writer, 18, err) == LEDE_STATUS_OK &&
           lede_writer_rollback(writer, err) == LEDE_STATUS_OK;
    pending = states[committed];
    lede_writer_close(writer);
    writer = NULL;
    good = good &&
           open_writer(&writer, path, NULL, false, err) == LEDE_STATUS_OK;
    // enough for segments to be merged
    for (int i = 0; i < 12 && good; i++) {
        good = commit_now(writer, add(writer, 25 + i, 27 + i, err), err);
    }
    good = good && optimize_now(writer, 0, err);
    good = good && take(writer, 30, err) == LEDE_STATUS_OK &&
           commit_now(writer, add(writer, 40, 45, err), err);
    good = good && optimize_now(writer, 1, err);
    lede_writer_close(writer);
    writer = NULL;
    // made anew beside the old one
    memset(&pending, 0, sizeof(pending));
    good = good &&
           open_writer(&writer, path, NULL, true, err) == LEDE_STATUS_OK &&
           commit_now(writer, add(writer, 45, 50, err), err);
    lede_writer_close(writer);
    writer = NULL;
    good = good &&
           open_writer(&writer, path, NULL, false, err) == LEDE_STATUS_OK &&
           commit_now(writer, add(writer, 50, 55, err), err);
    lede_writer_close(writer);
    return good;
}

static void
test_power(const char *folder)
{
    static const char *const losses[] = {
        "nothing", "data", "names", "data and names", "what came last",
        "anything",
    };
    struct random random = random_begin(5);
    char disk_folder[80], path[100], to[80], to_path[100];
    lede_error err = LEDE_ERROR_INIT;
    time_t until = time(NULL) + SECONDS;
    unsigned failures = 0;
    unsigned n = 0;
    bool good;

    snprintf(disk_folder, sizeof(disk_folder), "%s/disk", folder);
    snprintf(path, sizeof(path), "%s/index", disk_folder);
    snprintf(to, sizeof(to), "%s/after", folder);
    snprintf(to_path, sizeof(to_path), "%s/index", to);
    mkdir(disk_folder, 0777);
    disk_watch(disk_folder);
    good = live(path, &err);
    disk_watch(NULL);
    ok(good, "an index lives through %d commits: %zu calls to the disk %s",
       committed, disk_events(), err.message);
    for (size_t i = 0; i <= disk_events() && failures < FAILURES_MAX; i++) {
        // the step is prime to most numbers
        size_t event = long_tests() ? i : i * 7919 % (disk_events() + 1);

        if (!long_tests() && time(NULL) >= until) {
            break;
        }
        for (int loss = 0; loss < DISK_LOSSES; loss++) {
            int times = loss >= DISK_IN_ORDER ? REPLAYS : 1;

            while (times-- > 0 && failures < FAILURES_MAX) {
                int mark = disk_mark_before(event);
                char why[400] = "";

                lede__file_remove_tree(to, NULL);
                mkdir(to, 0777);
                disk_replay(to, event, (enum disk_loss)loss, &random);
                if (!judge(to_path, mark / 2, (mark + 1) / 2, mark <= 1, why,
                           sizeof(why))) {
                    failures++;
                    printf("# before call %zu (%s), losing %s: %s\n", event,
                           disk_event(event), losses[loss], why);
                }
                n++;
            }
        }
    }
    ok(failures == 0, "%u disks after a power failure", n);
    disk_forget();
}

/* ---- calls that fail ---- */

enum act { ACT_COMMIT, ACT_DELETE, ACT_SPILL, ACT_OPTIMIZE, ACT_REORDER,
           ACT_REBUILD, ACT_CONVERT, ACTS };

/* The index that acts are done to: state 0; what they lead to is state 1. */
static bool
prepare(const char *path, lede_error *err)
{
    lede_writer *writer = NULL;
    bool good = open_writer(&writer, path, "native", false, err) ==
                LEDE_STATUS_OK;

    memset(&pending, 0, sizeof(pending));
    version = 0;
    good = good && add(writer, 0, 5, err) == LEDE_STATUS_OK &&
           lede_writer_commit(writer, err) == LEDE_STATUS_OK &&
           add(writer, 5, 9, err) == LEDE_STATUS_OK &&
           take(writer, 2, err) == LEDE_STATUS_OK &&
           lede_writer_commit(writer, err) == LEDE_STATUS_OK;
    states[0] = pending;
    lede_writer_close(writer);
    return good;
}

static lede_status
act(lede_writer *writer, enum act act, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (act == ACT_CONVERT) {
        return lede_writer_convert(writer, NULL, err);
    }
    if (act == ACT_REBUILD) {
        memset(&pending, 0, sizeof(pending));
    }
    if (act != ACT_OPTIMIZE && act != ACT_REORDER) {
        status = add(writer, 10, 14, err);
    }
    if (act == ACT_DELETE && status == LEDE_STATUS_OK) {
        status = take(writer, 3, err);
    }
    if (act == ACT_SPILL && status == LEDE_STATUS_OK) {
        status = lede__writer_spill(writer, err);
        if (status == LEDE_STATUS_OK) {
            status = take(writer, 11, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = add(writer, 14, 16, err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = act == ACT_OPTIMIZE || act == ACT_REORDER
                     ? optimize(writer, act == ACT_REORDER, err)
                     : lede_writer_commit(writer, err);
    }
    return status;
}

/* Do it with call `at` failing; *ended where there are fewer calls. */
static bool
fail_one(const char *path, enum act what, size_t at, int errnum, bool lasts,
         bool *ended, char *why, size_t size)
{
    lede_writer *writer = NULL;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status;
    size_t calls;

    if (!prepare(path, &err)) {
        snprintf(why, size, "prepare: %.150s", err.message);
        return false;
    }
    disk_watch(path);
    disk_fail(at, errnum, lasts);
    status = open_writer(&writer, path, what == ACT_CONVERT ? "xapian" : NULL,
                         what >= ACT_REBUILD, &err);
    if (status == LEDE_STATUS_OK) {
        status = act(writer, what, &err);
    }
    states[1] = pending;
    calls = disk_calls();
    *ended = calls < at;
    if (status == LEDE_STATUS_OK) {
        states[0] = pending;            // it said so
    } else if (err.message[0] == '\0' ||
               (status != LEDE_STATUS_IO && status != LEDE_STATUS_DISK_FULL &&
                what != ACT_CONVERT)) { // Xapian calls it what it likes
        disk_watch(NULL);
        lede_writer_close(writer);
        snprintf(why, size, "status %d: %.150s", (int)status, err.message);
        return false;
    }
    disk_fail(0, 0, false);
    // the same writer goes on where it was not opened to rebuild
    if (status != LEDE_STATUS_OK && writer != NULL && what < ACT_REBUILD &&
        at % 2 == 0) {
        status = lede_writer_rollback(writer, &err);
        if (status == LEDE_STATUS_OK) {
            struct state now;

            if (!read_state(path, &now, why, size)) {
                lede_writer_close(writer);
                return false;
            }
            pending = now;
            status = add(writer, 20, 22, &err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede_writer_commit(writer, &err);
        }
        if (status != LEDE_STATUS_OK) {
            snprintf(why, size, "going on after it: %.150s", err.message);
            disk_watch(NULL);
            lede_writer_close(writer);
            return false;
        }
        states[0] = states[1] = pending;
    }
    disk_watch(NULL);
    lede_writer_close(writer);
    return judge(path, 0, 1, false, why, size);
}

static void
test_failures(const char *folder)
{
    static const char *const names[] = {
        "a commit", "a commit that deletes", "a spill", "an optimize",
        "an optimize that reorders", "a rebuild", "a conversion to xapian",
    };
    static const int errnums[] = { EIO, ENOSPC };
    char path[100];

    snprintf(path, sizeof(path), "%s/failing", folder);
    for (int what = 0; what < ACTS; what++) {
        time_t until = time(NULL) + 1 + SECONDS / ACTS;
        unsigned failures = 0;
        bool ended = false;
        size_t at = 0;

        while (!ended && failures < FAILURES_MAX) {
            at++;
            for (int way = 0; way < 4; way++) {
                char why[400] = "";

                if (!long_tests() && time(NULL) >= until &&
                    (int)(at % 4) != way) {
                    continue;
                }
                lede__file_remove_tree(path, NULL);
                if (!fail_one(path, (enum act)what, at, errnums[way % 2],
                              way >= 2, &ended, why, sizeof(why))) {
                    failures++;
                    printf("# call %zu of %s fails with %s%s: %s\n", at,
                           names[what], strerror(errnums[way % 2]),
                           way >= 2 ? " from then on" : "", why);
                }
            }
        }
        ok(failures == 0, "%zu failing calls of %s", at - 1, names[what]);
    }
    disk_forget();
}

int
main(void)
{
    char folder[] = "/tmp/lede-crash-XXXXXX";

    if (mkdtemp(folder) == NULL) {
        puts("Bail out! no scratch folder");
        return 1;
    }
    test_power(folder);
    test_failures(folder);
    lede__file_remove_tree(folder, NULL);
    return done();
}
