/* identity.c - which analysis an index was made with.

   An index answers rightly only when it is asked with the analysis that made
   it, so that the name and version are stored and another is refused. */

#include <stdio.h>

#include "shared/analysis/analysis.h"

void
lede__analyzer_identity(char *out, size_t size)
{
    snprintf(out, size, "%s %d", ANALYZER_NAME, ANALYZER_VERSION);
}

lede_status
lede__analyzer_accept(const char *identity, uint32_t schema_version,
                      const char *path, lede_error *err)
{
    char own[32];

    lede__analyzer_identity(own, sizeof own);
    if (strcmp(identity, own) != 0) {
        return lede__fail(err, LEDE_STATUS_VERSION,
                          "%s: made with the analyzer \"%s\", and this is "
                          "\"%s\"; make it anew with lede index --rebuild",
                          path, identity, own);
    }
    if (schema_version != SCHEMA_VERSION) {
        return lede__fail(err, LEDE_STATUS_VERSION,
                          "%s: an index of version %u, and this is version "
                          "%u; make it anew with lede index --rebuild",
                          path, schema_version, SCHEMA_VERSION);
    }
    return LEDE_STATUS_OK;
}
