/* sink.c - which engine an index has, and its sink. */

#include "indexer/sink-engines.h"

lede_status
lede__sink_open(struct sink **out, const char *path, const char *engine,
                enum sink_mode mode, bool *made, lede_error *err)
{
    *out = NULL;
    if (engine != NULL && strcmp(engine, "xapian") != 0) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "there is no engine \"%s\"; there is: xapian",
                          engine);
    }
    return lede__sink_xapian_open(out, path, mode, made, err);
}
