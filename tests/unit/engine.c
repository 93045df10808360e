/* engine.c - an engine against a plain model in memory: what a sink was given
   is what a searcher delivers, commit by commit.

   Random articles are added and removed, committed and rolled back; whatever
   the model holds is then read back through every call of searcher.h. */

#include "tests/engine-model.h"

static void
test_changes(const char *path, struct random *random, int rounds)
{
    struct model *committed = calloc(1, sizeof *committed);
    struct model *now = calloc(1, sizeof *now);
    struct sink *sink = open_sink(path, SINK_CURRENT, true);
    struct searcher *searcher = NULL;
    lede_error err = LEDE_ERROR_INIT;
    int in_sink = 0;
    int before = 0;
    int after = 0;
    int anew = 0;

    set_head(sink, 0);
    commit(sink);
    done_well(lede__searcher_open(&searcher, path, &err), &err, "open");
    for (int round = 0; round < rounds && searcher != NULL; round++) {
        uint64_t changes = random_below(random, 60);

        while (changes-- > 0) {
            change(sink, now, random);
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
        } else {
            commit(sink);
            *committed = *now;
        }
        if (random_once_in(random, 8)) {
            /* What is not committed goes with the sink. */
            change(sink, now, random);
            sink->ops->close(sink);
            *now = *committed;
            sink = open_sink(path, SINK_EXISTING, false);
            in_sink += compare_sink(sink, now, random);
        }
        done_well(lede__searcher_refresh(searcher, &err), &err, "refresh");
        after += compare_searcher(searcher, committed, random,
                                  round == rounds - 1 ||
                                      random_once_in(random, 10));
    }
    sink->ops->close(sink);
    lede__searcher_close(searcher);
    searcher = NULL;
    done_well(lede__searcher_open(&searcher, path, &err), &err, "open");
    anew = compare_searcher(searcher, committed, random, true);
    lede__searcher_close(searcher);
    is_int(in_sink, 0, "the sink reads what it was given");
    is_int(before, 0, "a reader sees nothing of what is not committed");
    is_int(after, 0, "after a refresh it sees what is");
    is_int(anew, 0, "as does a new reader");
    free(committed);
    free(now);
}

int
main(void)
{
    struct random random = random_begin(3);
    char path[] = "/tmp/lede-engine-XXXXXX";

    if (mkdtemp(path) == NULL) {
        return 1;
    }
    make_words(&random);
    test_changes(path, &random, long_tests() ? 600 : 60);
    free_docs();
    lede__file_remove_tree(path, NULL);
    return done();
}
