/* sink-engines.h - the providers of sink.h, for sink.c alone. */

#ifndef LEDE_INDEXER_SINK_ENGINES_H
#define LEDE_INDEXER_SINK_ENGINES_H

#include "indexer/sink.h"

/* `options->engine` is not looked at. */
lede_status
lede__sink_xapian_open(struct sink **out, const char *index,
                       const struct sink_options *options, bool *made,
                       lede_error *err);
lede_status
lede__sink_native_open(struct sink **out, const char *index,
                       const struct sink_options *options, bool *made,
                       lede_error *err);

#endif
