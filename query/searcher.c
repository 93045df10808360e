/* searcher.c - which engine an index has, and what all engines keep alike. */

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "query/searcher-native.h"
#include "shared/analysis/analysis.h"
#include "shared/base/file.h"
#include "shared/index/remains.h"

/* A change of engine may come between looking which it is and opening it. */
#define ENGINE_TRIES 20

lede_status
lede__searcher_load(struct searcher *searcher, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct index_stats stats;
    struct schema *schema = NULL;
    lede_status status = LEDE_STATUS_OK;
    bool found = false;

    status = lede__searcher_meta(searcher, STR(META_KEY_STATS), &bytes, &found,
                                 err);
    if (status == LEDE_STATUS_OK && !found) {
        status = lede__fail(err, LEDE_STATUS_CORRUPT,
                            "%s: not an index of lede, or damaged",
                            searcher->path);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stats_read(&stats, lede__buf_view(&bytes), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__analyzer_accept(stats.analyzer, stats.schema_version,
                                       searcher->path, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__searcher_meta(searcher, STR(META_KEY_SCHEMA), &bytes,
                                     &found, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__schema_parse(&schema, lede__buf_view(&bytes),
                                    "lede.yaml (as stored in the index)",
                                    err);
    }
    if (status == LEDE_STATUS_OK) {
        lede__schema_free(searcher->schema);
        searcher->schema = schema;
        searcher->stats = stats;
    }
    lede__buf_free(&bytes);
    return status;
}

/* ---- which engine ---- */

/* Is there something at INDEX/NAME?  A link counts, wherever it leads. */
static lede_status
is_there(const char *index, const char *name, bool *there, lede_error *err)
{
    char *path = lede__path_join(index, name);
    struct stat st;
    lede_status status = LEDE_STATUS_OK;

    *there = false;
    if (path == NULL) {
        return lede__fail_memory(err);
    }
    if (lstat(path, &st) == 0) {
        *there = true;
    } else if (errno != ENOENT && errno != ENOTDIR) {
        status = lede__fail_errno(err, errno, path, "looking for the index");
    }
    free(path);
    return status;
}

/* Which engine's mark is there, if any is. */
static lede_status
look(const char *path, enum engine *engine, bool *there, lede_error *err)
{
    lede_status status = is_there(path, MARK_XAPIAN, there, err);

    *engine = ENGINE_XAPIAN;
    if (status == LEDE_STATUS_OK && !*there) {
        *engine = ENGINE_NATIVE;
        status = is_there(path, MARK_NATIVE, there, err);
    }
    return status;
}

lede_status
lede__searcher_engine(const char *path, enum engine *engine, lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;
    bool link = false;
    bool there = false;
    lede_status remains = LEDE_STATUS_OK;
    lede_status status = look(path, engine, &there, err);

    if (status != LEDE_STATUS_OK || there) {
        return status;
    }
    remains = lede__index_remains(path, &link, &why);
    // it may have been published, or changed engines, in between
    status = look(path, engine, &there, err);
    if (status != LEDE_STATUS_OK || there) {
        return status;
    }
    if (remains != LEDE_STATUS_OK) {
        if (err != NULL) {
            *err = why;
        }
        return remains;
    }
    return lede__fail(err, LEDE_STATUS_NOT_FOUND,
                      "%s: no index here; make one with lede index", path);
}

static lede_status
open_engine(struct searcher **out, enum engine engine, const char *path,
            lede_error *err)
{
    return engine == ENGINE_XAPIAN
           ? lede__searcher_xapian_open(out, path, err)
           : lede__searcher_native_open(out, path, err);
}

static enum engine
engine_of(const struct searcher *searcher)
{
    return strcmp(searcher->ops->engine, "xapian") == 0 ? ENGINE_XAPIAN
                                                        : ENGINE_NATIVE;
}

lede_status
lede__searcher_open(struct searcher **out, const char *path, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    for (int i = 0; i < ENGINE_TRIES; i++) {
        enum engine engine;
        enum engine now;

        status = lede__searcher_engine(path, &engine, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        status = open_engine(out, engine, path, err);
        if (status == LEDE_STATUS_OK ||
            lede__searcher_engine(path, &now, NULL) != LEDE_STATUS_OK ||
            now == engine) {
            return status;
        }
    }
    return status;
}

lede_status
lede__searcher_renew(struct searcher **searcher, lede_error *err)
{
    struct searcher *other = NULL;
    lede_status status = LEDE_STATUS_OK;
    enum engine engine;

    for (int i = 0; i < ENGINE_TRIES; i++) {
        status = lede__searcher_engine((*searcher)->path, &engine, err);
        if (status == LEDE_STATUS_NOT_FOUND) {
            // it says itself that it is gone, if it needs what is there
            return lede__searcher_refresh(*searcher, err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (engine != engine_of(*searcher)) {
            status = lede__searcher_open(&other, (*searcher)->path, err);
            if (status == LEDE_STATUS_OK) {
                lede__searcher_close(*searcher);
                *searcher = other;
            }
            return status;
        }
        status = lede__searcher_refresh(*searcher, err);
        if (status == LEDE_STATUS_OK || status == LEDE__STATUS_CHANGED ||
            lede__searcher_engine((*searcher)->path, &engine, NULL) !=
                LEDE_STATUS_OK ||
            engine == engine_of(*searcher)) {
            return status;
        }
    }
    return status;
}

void
lede__searcher_close(struct searcher *searcher)
{
    if (searcher != NULL) {
        searcher->ops->close(searcher);
    }
}
