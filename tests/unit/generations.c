/* generations.c - what only a running engine shows: a generation made beside
   another, what a killed one leaves, what cannot be opened, and a reader that
   is overtaken by commits. */

#include <dirent.h>

#include "shared/index/remains.h"
#include "tests/engine-compare.h"

/* ---- generations ---- */

static int
count_entries(const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;

    while (dir != NULL && readdir(dir) != NULL) {
        n++;
    }
    closedir(dir);
    return n - 2;
}

static void
test_generations(const char *path, const char *engine, int entries,
                 struct random *random)
{
    struct model *first = calloc(1, sizeof *first);
    struct model *second = calloc(1, sizeof *second);
    struct searcher *reader = NULL;
    struct searcher *late = NULL;
    struct sink *sink = open_sink(path, engine, SINK_CURRENT, true);
    struct sink *old = NULL;
    lede_error err = LEDE_ERROR_INIT;
    struct hands hands;
    char left[300];

    lede__index_begin(path, NULL);      // as a writer does
    open_hands(&hands, sink);
    for (int i = 0; i < 100; i++) {
        change(sink, &hands, first, random);
    }
    close_hands(&hands);
    set_head(sink, first->last);
    done_well(sink->ops->commit(sink, &err), &err, "commit");
    is_int(lede__searcher_open(&reader, path, NULL), LEDE_STATUS_NOT_FOUND,
           "a generation that is not published is not there");
    sink->ops->publish(sink, NULL);
    lede__index_began(path);
    sink->ops->close(sink);
    is_int(lede__searcher_open(&reader, path, NULL), LEDE_STATUS_OK,
           "once published it is");

    old = open_sink(path, NULL, SINK_EXISTING, false);
    sink = open_sink(path, NULL, SINK_REBUILD, true);
    open_hands(&hands, sink);
    for (int i = 0; i < 100; i++) {
        change(sink, &hands, second, random);
    }
    close_hands(&hands);
    set_head(sink, second->last);
    done_well(sink->ops->commit(sink, &err), &err, "commit");
    is_int(compare_sink(old, first, random), 0,
           "the old generation is read while the new one is written");
    lede__searcher_open(&late, path, NULL);
    is_int(compare_searcher(late, first, random, true), 0,
           "a reader opens the old one until the new one is published");
    lede__searcher_close(late);
    done_well(sink->ops->publish(sink, &err), &err, "publish");
    is_int(compare_searcher(reader, first, random, true), 0,
           "a reader goes on in the generation that has been removed");
    done_well(lede__searcher_refresh(reader, &err), &err, "refresh");
    is_int(compare_searcher(reader, second, random, true), 0,
           "and moves on to the new one");
    old->ops->close(old);
    sink->ops->close(sink);
    is_int(count_entries(path), entries, "one generation is left: %s",
           engine);

    /* A rebuild that is given up leaves nothing. */
    sink = open_sink(path, NULL, SINK_REBUILD, true);
    set_head(sink, 0);
    done_well(sink->ops->commit(sink, &err), &err, "commit");
    sink->ops->close(sink);
    is_int(count_entries(path), entries, "nor more after a rebuild given up");

    /* Nor does one that was killed, once a writer comes by. */
    snprintf(left, sizeof left, "%s/xapian.77", path);
    mkdir(left, 0777);
    snprintf(left, sizeof left, "%s/xapian.77/postlist.glass", path);
    lede__file_replace(left, STR("left over"), NULL);
    sink = open_sink(path, NULL, SINK_CURRENT, false);
    is_int(count_entries(path), entries, "a generation left over is removed");
    is_int(compare_sink(sink, second, random), 0, "the right one");
    sink->ops->close(sink);
    lede__searcher_close(reader);
    free(first);
    free(second);
}

/* ---- from one engine to the other ---- */

static void
test_conversion(const char *path, struct random *random)
{
    static const char *const engines[] = { "xapian", "native", "xapian",
                                           "native" };
    static const int entries[] = { 2, 1, 2, 1 };
    struct model *model = calloc(1, sizeof *model);
    struct sink_options options = { .memory = 64 << 20, .threads = 1 };
    struct searcher *reader = NULL;
    lede_error err = LEDE_ERROR_INIT;
    struct sink *sink = NULL;
    bool made = false;

    for (int i = 0; i < 4; i++) {
        struct hands hands;

        sink = open_sink(path, engines[i], i == 0 ? SINK_CURRENT
                                                  : SINK_REBUILD, true);
        memset(model, 0, sizeof *model);
        open_hands(&hands, sink);
        for (int j = 0; j < 40; j++) {
            change(sink, &hands, model, random);
        }
        close_hands(&hands);
        set_head(sink, model->last);
        done_well(sink->ops->commit(sink, &err), &err, "commit");
        if (i > 0) {
            done_well(lede__searcher_open(&reader, path, &err), &err, "open");
            is_str(reader->ops->engine, engines[i - 1],
                   "until it is published the other engine is read");
            lede__searcher_close(reader);
        }
        done_well(sink->ops->publish(sink, &err), &err, "publish");
        sink->ops->close(sink);
        is_int(count_entries(path), entries[i], "the other one is gone");
        done_well(lede__searcher_open(&reader, path, &err), &err, "open");
        is_str(reader->ops->engine, engines[i], "now it is %s", engines[i]);
        is_int(compare_searcher(reader, model, random, true), 0,
               "with what was added to it");
        lede__searcher_close(reader);
    }
    options.engine = "xapian";
    is_int(lede__sink_open(&sink, path, &options, &made, &err),
           LEDE_STATUS_USAGE, "an index has one engine");
    free(model);
}

/* ---- what cannot be opened ---- */

static void
test_refusals(const char *path)
{
    struct sink_options options = { .memory = 64 << 20, .threads = 1 };
    struct searcher *searcher = NULL;
    struct sink *sink = NULL;
    lede_error err = LEDE_ERROR_INIT;
    char name[300];
    bool made = false;

    options.mode = SINK_EXISTING;
    is_int(lede__sink_open(&sink, path, &options, &made, &err),
           LEDE_STATUS_NOT_FOUND, "no index, and none is to be made");
    options.engine = "xapian";
    is_int(lede__sink_open(&sink, path, &options, &made, &err),
           LEDE_STATUS_NOT_FOUND, "by the other engine neither");
    options.mode = SINK_CURRENT;
    options.engine = "paper";
    is_int(lede__sink_open(&sink, path, &options, &made, &err),
           LEDE_STATUS_USAGE, "no such engine");
    options.engine = NULL;
    is_int(lede__searcher_open(&searcher, "/nowhere", &err),
           LEDE_STATUS_NOT_FOUND, "no such folder");
    is_int(count_entries(path), 0, "nothing has been made");
    snprintf(name, sizeof name, "%s/xapian", path);
    lede__file_replace_link(name, "xapian.5", NULL);
    is_int(lede__searcher_open(&searcher, path, &err), LEDE_STATUS_CORRUPT,
           "a link to nothing");
    is_int(err.status, LEDE_STATUS_CORRUPT, "is told as such");
    is_int(lede__sink_open(&sink, path, &options, &made, &err),
           LEDE_STATUS_CORRUPT, "by the writer too");
    lede__file_replace_link(name, "elsewhere", NULL);
    is_int(lede__searcher_open(&searcher, path, &err), LEDE_STATUS_CORRUPT,
           "a link to anything");
    unlink(name);
}

/* ---- a reader that is overtaken ---- */

/* Ways to read a whole index. */
enum way { READ_POSTINGS, READ_POSITIONS, READ_STORED, READ_COLUMNS, WAYS };

static lede_status
read_postings(struct searcher *searcher, const struct model *model,
              const uint32_t *numbers, bool positions, int *wrong)
{
    lede_status status = LEDE_STATUS_OK;

    for (unsigned w = 0; w < WORDS && status == LEDE_STATUS_OK; w++) {
        struct postings *postings = NULL;
        uint32_t next = 0;

        status = lede__postings_open(searcher, str_from(words[w]), &postings,
                                     NULL);
        while (status == LEDE_STATUS_OK && postings != NULL) {
            status = lede__postings_advance(postings, next, NULL);
            if (status == LEDE_STATUS_OK && postings->count > 0) {
                status = lede__postings_tfs(postings, NULL);
            }
            if (status != LEDE_STATUS_OK || postings->count == 0) {
                break;
            }
            for (size_t i = 0;
                 i < postings->count && status == LEDE_STATUS_OK; i++) {
                uint32_t doc = postings->docs[i];
                const struct fact *fact =
                    fact_of(model->docs[numbers[doc]], w);
                const uint32_t *list = NULL;
                size_t count = 0;

                *wrong += fact == NULL || fact->tf != postings->tfs[i];
                if (positions) {
                    status = lede__postings_positions(postings, doc, &list,
                                                      &count, NULL);
                    *wrong += status == LEDE_STATUS_OK && fact != NULL &&
                              count != fact->n_positions;
                }
            }
            next = postings->docs[postings->count - 1] + 1;
        }
        lede__postings_close(postings);
    }
    return status;
}

static lede_status
read_docs(struct searcher *searcher, const struct model *model,
          const uint32_t *numbers, bool stored, int *wrong)
{
    lede_status status = LEDE_STATUS_OK;

    for (uint32_t at = 0; at < searcher->docs; at++) {
        const struct doc *doc = model->docs[numbers[at]];
        struct str value = { NULL, 0 };

        if (doc == NULL) {
            continue;
        }
        status = stored ? lede__searcher_stored(searcher, at, &value, NULL)
                        : lede__searcher_column(searcher, COLUMN_TAGS, at,
                                                &value, NULL);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        *wrong += !str_eq(value, str_from(stored ? doc->stored
                                                 : doc->columns[COLUMN_TAGS]));
    }
    return status;
}

/* Until the first call that says that the snapshot is gone. */
static lede_status
read_all(struct searcher *searcher, const struct model *model,
         const uint32_t *numbers, enum way way, int *wrong)
{
    return way == READ_POSTINGS || way == READ_POSITIONS
               ? read_postings(searcher, model, numbers,
                               way == READ_POSITIONS, wrong)
               : read_docs(searcher, model, numbers, way == READ_STORED,
                           wrong);
}

/* `gone`: what a snapshot says that was overtaken, or OK where it stays. */
static void
test_overtaken(const char *path, const char *engine, lede_status gone,
               struct random *random)
{
    static struct places places;
    static uint32_t numbers[64 * DOC_PAGE];      // of docs, 0: none
    static const char *const names[] = { "postings", "positions", "stored",
                                         "columns" };
    struct model *before = calloc(1, sizeof *before);
    struct model *now = calloc(1, sizeof *now);
    struct sink *sink = open_sink(path, engine, SINK_CURRENT, true);
    struct searcher *searchers[WAYS] = { NULL };
    lede_error err = LEDE_ERROR_INIT;
    struct hands hands;

    open_hands(&hands, sink);
    for (int i = 0; i < 400; i++) {
        change(sink, &hands, now, random);
    }
    set_head(sink, now->last);
    commit(sink);
    *before = *now;
    for (int way = 0; way < WAYS; way++) {
        lede__searcher_open(&searchers[way], path, &err);
    }
    is_int(walk_word(searchers[0], before, 0, &places), 0, "before it");
    memset(numbers, 0, sizeof numbers);
    for (size_t i = 0; i < places.n; i++) {
        numbers[places.docs[i]] = places.numbers[i];
    }
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 200; j++) {
            change(sink, &hands, now, random);
        }
        set_head(sink, now->last);
        commit(sink);
    }
    for (int way = 0; way < WAYS; way++) {
        int wrong = 0;

        is_int(read_all(searchers[way], before, numbers, (enum way)way,
                        &wrong),
               gone, "%s: the snapshot, commits later: %s", engine,
               names[way]);
        is_int(wrong, 0, "what was delivered before was right");
        done_well(lede__searcher_refresh(searchers[way], &err), &err,
                  "refresh");
        is_int(compare_searcher(searchers[way], now, random, true), 0,
               "a refresh helps");
        lede__searcher_close(searchers[way]);
    }
    close_hands(&hands);
    sink->ops->close(sink);
    free(before);
    free(now);
}

/* ---- rolling back ---- */

#define BIG_VALUES 300
#define BIG_BYTES 5000

static void
fill(char *out, int i, unsigned version)
{
    struct random random = { (uint64_t)version * 1000 + (unsigned)i + 1 };

    for (size_t j = 0; j < BIG_BYTES; j++) {
        out[j] = (char)random_next(&random);
    }
}

/* Transactions that turn over a whole table, at random undone or committed.
   What is undone must not leak into the blocks of what is committed: with
   Xapian's own cancel_transaction it does. */
static void
test_rollbacks(const char *path, const char *engine, struct random *random)
{
    static char value[BIG_BYTES];
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    struct sink *sink = open_sink(path, engine, SINK_CURRENT, true);
    lede_error err = LEDE_ERROR_INIT;
    unsigned committed = 0;
    int wrong = 0;
    char key[20];

    for (unsigned version = 1; version <= 60; version++) {
        for (int i = 0; i < BIG_VALUES; i++) {
            snprintf(key, sizeof key, "big:%d", i);
            fill(value, i, version);
            set_meta(sink, key, (struct str){ value, sizeof value });
        }
        if (committed > 0 && random_once_in(random, 2)) {
            done_well(sink->ops->rollback(sink, &err), &err, "rollback");
        } else {
            commit(sink);
            committed = version;
        }
    }
    sink->ops->close(sink);
    sink = open_sink(path, NULL, SINK_CURRENT, false);
    for (int i = 0; i < BIG_VALUES; i++) {
        snprintf(key, sizeof key, "big:%d", i);
        fill(value, i, committed);
        wrong += sink->ops->meta_get(sink, str_from(key), &out, NULL) !=
                     LEDE_STATUS_OK ||
                 !str_eq(lede__buf_view(&out),
                         (struct str){ value, sizeof value });
    }
    is_int(wrong, 0, "what was committed last, after many rollbacks");
    sink->ops->close(sink);
    lede__buf_free(&out);
}

int
main(void)
{
    struct random random = random_begin(4);
    char top[] = "/tmp/lede-generations-XXXXXX";
    char path[8][64];

    if (mkdtemp(top) == NULL) {
        return 1;
    }
    for (size_t i = 0; i < 8; i++) {
        snprintf(path[i], sizeof path[i], "%s/%zu", top, i);
        mkdir(path[i], 0777);
    }
    make_words(&random);
    test_generations(path[0], "native", 1, &random);
    test_generations(path[1], "xapian", 2, &random);
    test_conversion(path[2], &random);
    test_refusals(path[3]);
    test_overtaken(path[4], "native", LEDE_STATUS_OK, &random);
    test_overtaken(path[5], "xapian", LEDE__STATUS_CHANGED, &random);
    test_rollbacks(path[6], "native", &random);
    test_rollbacks(path[7], "xapian", &random);
    free_docs();
    lede__file_remove_tree(top, NULL);
    return done();
}
