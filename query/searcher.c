/* searcher.c - which engine an index has, and what all engines keep alike. */

#include "query/searcher-engines.h"
#include "shared/analysis/analysis.h"

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

lede_status
lede__searcher_open(struct searcher **out, const char *path, lede_error *err)
{
    return lede__searcher_xapian_open(out, path, err);
}

void
lede__searcher_close(struct searcher *searcher)
{
    if (searcher != NULL) {
        searcher->ops->close(searcher);
    }
}
