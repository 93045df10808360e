/* whole.c - the public functions that work on a whole index. */

#include "indexer/writer.h"

static void
on_progress(void *payload, uint64_t done, uint64_t total)
{
    const lede_writer *writer = payload;
    lede_counts counts = { .bytes = done };
    lede_event event = {
        .kind = LEDE_EVENT_PROGRESS, .counts = &counts, .bytes_total = total,
    };

    lede__writer_event(writer, &event);
}

lede_status
lede_writer_optimize(lede_writer *writer, const lede_optimize_options *options,
                     lede_error *error)
{
    static const lede_optimize_options defaults = LEDE_OPTIMIZE_OPTIONS_INIT;

    options = options == NULL ? &defaults : options;
    if (options->version != LEDE_OPTIMIZE_OPTIONS_VERSION) {
        return lede__fail(error, LEDE_STATUS_USAGE,
                          "options.version is %u, not %d", options->version,
                          LEDE_OPTIMIZE_OPTIONS_VERSION);
    }
    return lede__writer_optimize(writer, options->reorder != 0, on_progress,
                                 writer, error);
}

lede_status
lede_writer_convert(lede_writer *writer, lede_counts *counts,
                    lede_error *error)
{
    lede_counts own = { 0 };

    counts = counts == NULL ? &own : counts;
    *counts = (lede_counts){ 0 };
    if (!writer->options.rebuild) {
        return lede__fail(error, LEDE_STATUS_USAGE,
                          "%s: to be converted, an index is opened with "
                          "options.rebuild", writer->index);
    }
    return lede__writer_convert(writer, counts, error);
}
