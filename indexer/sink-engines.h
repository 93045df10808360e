/* sink-engines.h - the providers of sink.h, for sink.c alone. */

#ifndef LEDE_INDEXER_SINK_ENGINES_H
#define LEDE_INDEXER_SINK_ENGINES_H

#include "indexer/sink.h"

lede_status
lede__sink_xapian_open(struct sink **out, const char *index,
                       enum sink_mode mode, bool *made, lede_error *err);

#endif
