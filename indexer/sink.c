/* sink.c - which engine an index has, and its sink.

   The link INDEX/xapian, where there is one, wins over INDEX/native/manifest:
   so an index changes over from one engine to the other by one rename or one
   unlink, and what is left of the other engine harms nobody. */

#include <stdlib.h>

#include "indexer/sink-engines.h"
#include "shared/base/file.h"
#include "shared/index/remains.h"

struct engine {
    const char *name;
    const char *mark;           // what an index of it has in its folder
    lede_status (*open)(struct sink **out, const char *index,
                        const struct sink_options *options, bool *made,
                        lede_error *err);
};

/* In the order in which they are looked for. */
static const struct engine engines[] = {
    { "xapian", MARK_XAPIAN, lede__sink_xapian_open },
    { "native", MARK_NATIVE, lede__sink_native_open },
};

#define ENGINES (sizeof engines / sizeof *engines)

static const struct engine *
engine_named(const char *name)
{
    for (size_t i = 0; i < ENGINES; i++) {
        if (strcmp(engines[i].name, name) == 0) {
            return &engines[i];
        }
    }
    return NULL;
}

/* The engine of the index in this folder; NULL where there is none. */
static lede_status
engine_of(const struct engine **out, const char *index, lede_error *err)
{
    struct stat st;

    *out = NULL;
    for (size_t i = 0; i < ENGINES && *out == NULL; i++) {
        char *path = lede__path_join(index, engines[i].mark);

        if (path == NULL) {
            return lede__fail_memory(err);
        }
        *out = lstat(path, &st) == 0 ? &engines[i] : NULL;
        free(path);
    }
    return LEDE_STATUS_OK;
}

/* Open an index whose mark is there.  What it then does not find is no index
   that is yet to be made, but a part of this one. */
static lede_status
open_own(struct sink **out, const struct engine *own, const char *index,
         const struct sink_options *options, bool *made, lede_error *err)
{
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = own->open(out, index, options, made, &why);

    if (status == LEDE_STATUS_NOT_FOUND) {
        return lede__fail(err, LEDE_STATUS_CORRUPT,
                          "%s; restore the index from a copy, or build it "
                          "anew with lede index --rebuild", why.message);
    }
    if (status != LEDE_STATUS_OK && err != NULL) {
        *err = why;
    }
    return status;
}

lede_status
lede__sink_open(struct sink **out, const char *path,
                const struct sink_options *options, bool *made,
                lede_error *err)
{
    const struct engine *own = NULL;
    const struct engine *wanted = NULL;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    *made = false;
    status = engine_of(&own, path, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (options->engine == NULL) {
        wanted = own != NULL ? own : engine_named(LEDE_DEFAULT_ENGINE);
    } else {
        wanted = engine_named(options->engine);
    }
    if (wanted == NULL) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "there is no engine \"%s\"; there are: native, "
                          "xapian", options->engine);
    }
    if (own != NULL && own != wanted && options->mode != SINK_REBUILD) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "%s: the index has the engine \"%s\", not \"%s\"; "
                          "change it with lede convert", path, own->name,
                          wanted->name);
    }
    return own == wanted
           ? open_own(out, own, path, options, made, err)
           : wanted->open(out, path, options, made, err);
}
