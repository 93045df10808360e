/* engine.c - each engine against a plain model in memory: what a sink was
   given is what a searcher delivers, commit by commit.

   Random articles are added through several gatherers and removed, spilled,
   committed, rolled back and merged; whatever the model holds is then read
   back through every call of searcher.h. */

#include "tests/engine-compare.h"

static void
test_changes(const char *path, const char *engine, struct random *random,
             int rounds)
{
    struct model *committed = calloc(1, sizeof *committed);
    struct model *now = calloc(1, sizeof *now);
    struct sink *sink = open_sink(path, engine, SINK_CURRENT, true);
    struct searcher *searcher = NULL;
    lede_error err = LEDE_ERROR_INIT;
    struct hands hands;
    int in_sink = 0;
    int before = 0;
    int after = 0;
    int anew = 0;

    open_hands(&hands, sink);
    set_head(sink, 0);
    commit(sink);
    done_well(lede__searcher_open(&searcher, path, &err), &err, "open");
    for (int round = 0; round < rounds && searcher != NULL; round++) {
        uint64_t changes = random_below(random, 60);

        while (changes-- > 0) {
            change(sink, &hands, now, random);
            if (random_once_in(random, 40)) {
                in_sink += compare_sink(sink, now, random);
            }
        }
        set_head(sink, now->last);
        in_sink += compare_sink(sink, now, random);
        if (random_once_in(random, 3)) {
            before += compare_searcher(searcher, committed, random, false);
        }
        if (random_once_in(random, 4)) {
            done_well(sink->ops->rollback(sink, &err), &err, "rollback");
            *now = *committed;
            in_sink += compare_sink(sink, now, random);
        } else if (random_once_in(random, 12)) {
            done_well(sink->ops->merge(sink, true, random_once_in(random, 2),
                                       NULL, NULL, &err), &err, "merge");
            *committed = *now;
        } else {
            commit(sink);
            *committed = *now;
        }
        if (random_once_in(random, 8)) {
            /* What is not committed goes with the sink. */
            change(sink, &hands, now, random);
            close_hands(&hands);
            sink->ops->close(sink);
            *now = *committed;
            sink = open_sink(path, NULL, SINK_EXISTING, false);
            open_hands(&hands, sink);
            in_sink += compare_sink(sink, now, random);
        }
        done_well(lede__searcher_refresh(searcher, &err), &err, "refresh");
        after += compare_searcher(searcher, committed, random,
                                  round == rounds - 1 ||
                                      random_once_in(random, 10));
    }
    is_str(sink->ops->engine, engine, "the engine is the one asked for");
    close_hands(&hands);
    sink->ops->close(sink);
    lede__searcher_close(searcher);
    searcher = NULL;
    done_well(lede__searcher_open(&searcher, path, &err), &err, "open");
    anew = compare_searcher(searcher, committed, random, true);
    lede__searcher_close(searcher);
    is_int(in_sink, 0, "%s: the sink reads what it was given", engine);
    is_int(before, 0, "%s: a reader sees nothing of what is not committed",
           engine);
    is_int(after, 0, "%s: after a refresh it sees what is", engine);
    is_int(anew, 0, "%s: as does a new reader", engine);
    free(committed);
    free(now);
}

int
main(void)
{
    static const char *const engines[] = { "native", "xapian" };
    struct random random = random_begin(3);
    char path[] = "/tmp/lede-engine-XXXXXX";

    make_words(&random);
    if (mkdtemp(path) == NULL) {
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        char index[64];

        snprintf(index, sizeof index, "%s/%s", path, engines[i]);
        mkdir(index, 0777);
        test_changes(index, engines[i], &random, long_tests() ? 600 : 60);
    }
    free_docs();
    lede__file_remove_tree(path, NULL);
    return done();
}
