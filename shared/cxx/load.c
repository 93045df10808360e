/* load.c - where the C++ libraries are loaded when they are needed: the module
   is found, and each function goes on to the module's.  See cxx.h.

   The module is looked for beside the file that this code is in, which is where
   it is put by make and by make install, so that a build or an installation
   can be moved; then where it was to be installed. */

#define _GNU_SOURCE             // dladdr

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "shared/cxx/cxx.h"

/* Set once, to what is the same for the whole process and stays: the dynamic
   linker's state, remembered. */
static _Atomic(const struct cxx_table *) loaded;

/* The folder of the file that this code is in, with its slash, or "". */
static struct str
own_folder(void)
{
    Dl_info info;
    const char *slash = NULL;

    /* The address of a variable: that of a function may be in a program. */
    if (dladdr((const void *)&loaded, &info) == 0 || info.dli_fname == NULL) {
        return STR("");
    }
    slash = strrchr(info.dli_fname, '/');
    return slash == NULL
           ? STR("")
           : (struct str){ info.dli_fname,
                           (size_t)(slash + 1 - info.dli_fname) };
}

/* NULL where it is not there, with `why` filled. */
static void *
open_at(struct str folder, const char *below, lede_error *why)
{
    void *handle = NULL;
    char *path = NULL;
    const char *said = NULL;
    int n = snprintf(NULL, 0, "%.*s%s" CXX_MODULE, (int)folder.len, folder.p,
                     below);

    path = malloc((size_t)n + 1);
    if (path == NULL) {
        lede__fail_memory(why);
        return NULL;
    }
    snprintf(path, (size_t)n + 1, "%.*s%s" CXX_MODULE, (int)folder.len,
             folder.p, below);
    handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    if (handle == NULL) {
        said = dlerror();
        lede__fail(why, LEDE_STATUS_ENGINE, "%s: cannot be loaded: %s", path,
                   said == NULL ? "" : said);
    }
    free(path);
    return handle;
}

lede_status
lede__cxx_need(lede_error *err)
{
    struct str folder = { NULL, 0 };
    const struct cxx_table *table = NULL;
    void *handle = NULL;

    if (atomic_load_explicit(&loaded, memory_order_acquire) != NULL) {
        return LEDE_STATUS_OK;
    }
    folder = own_folder();
    if (folder.len > 0) {
        handle = open_at(folder, "lede/", NULL);
        if (handle == NULL) {
            handle = open_at(folder, "", NULL);
        }
    }
    if (handle == NULL) {
        handle = open_at(STR(CXX_FOLDER), "/", err);
    }
    if (handle == NULL) {
        return LEDE_STATUS_ENGINE;
    }
    table = dlsym(handle, "lede_cxx_table");
    if (table == NULL || strcmp(table->version, LEDE_VERSION_STRING) != 0 ||
        table->size != sizeof *table) {
        dlclose(handle);
        return lede__fail(err, LEDE_STATUS_ENGINE,
                          CXX_MODULE ": not of this version of lede; install "
                          "it again");
    }
    atomic_store_explicit(&loaded, table, memory_order_release);
    return LEDE_STATUS_OK;
}

/* For functions that are only called with what others have made. */
static const struct cxx_table *
at_hand(void)
{
    return atomic_load_explicit(&loaded, memory_order_acquire);
}

/* ---- CLD2, uchardet, simdjson, ISA-L: without them, nothing is detected, and
   json-c and libdeflate do what the last two would do ---- */

const char *
lede__cld2_detect(const char *text, size_t len, int percent_min)
{
    return lede__cxx_need(NULL) == LEDE_STATUS_OK
           ? at_hand()->cld2_detect(text, len, percent_min)
           : NULL;
}

bool
lede__charset_detect(struct str bytes, char name[CHARSET_NAME_MAX])
{
    return lede__cxx_need(NULL) == LEDE_STATUS_OK &&
           at_hand()->charset_detect(bytes, name);
}

struct json *
lede__json_simd(struct str bytes)
{
    return lede__cxx_need(NULL) == LEDE_STATUS_OK
           ? at_hand()->json_simd(bytes)
           : NULL;
}

size_t
lede__isal_memory(void)
{
    return lede__cxx_need(NULL) == LEDE_STATUS_OK ? at_hand()->isal_memory()
                                                  : 0;
}

size_t
lede__isal_deflate(void *memory, struct str raw, char *to, size_t room)
{
    return at_hand()->isal_deflate(memory, raw, to, room);
}

/* ---- xapian-core ---- */

lede_status
lede__xapian_reader_open(struct xapian_reader **out, const char *path,
                         lede_error *err)
{
    lede_status status = lede__cxx_need(err);

    *out = NULL;
    return status == LEDE_STATUS_OK
           ? at_hand()->xapian_reader_open(out, path, err)
           : status;
}

void
lede__xapian_reader_close(struct xapian_reader *reader)
{
    if (reader != NULL) {
        at_hand()->xapian_reader_close(reader);
    }
}

lede_status
lede__xapian_metadata(struct xapian_reader *reader, struct str key,
                      struct buf *out, lede_error *err)
{
    return at_hand()->xapian_metadata(reader, key, out, err);
}

lede_status
lede__xapian_value(struct xapian_reader *reader, unsigned slot,
                   uint32_t number, struct buf *out, lede_error *err)
{
    return at_hand()->xapian_value(reader, slot, number, out, err);
}

lede_status
lede__xapian_data(struct xapian_reader *reader, uint32_t number,
                  struct buf *out, lede_error *err)
{
    return at_hand()->xapian_data(reader, number, out, err);
}

lede_status
lede__xapian_postings_open(struct xapian_postings **out,
                           struct xapian_reader *reader, struct str term,
                           uint32_t *df, uint32_t *max_tf, lede_error *err)
{
    return at_hand()->xapian_postings_open(out, reader, term, df, max_tf,
                                           err);
}

lede_status
lede__xapian_postings_read(struct xapian_postings *postings, uint32_t from,
                           uint32_t *numbers, uint32_t *tfs, size_t max,
                           size_t *count, lede_error *err)
{
    return at_hand()->xapian_postings_read(postings, from, numbers, tfs, max,
                                           count, err);
}

lede_status
lede__xapian_positions(struct xapian_postings *postings, uint32_t number,
                       struct buf *out, lede_error *err)
{
    return at_hand()->xapian_positions(postings, number, out, err);
}

void
lede__xapian_postings_close(struct xapian_postings *postings)
{
    if (postings != NULL) {
        at_hand()->xapian_postings_close(postings);
    }
}

lede_status
lede__xapian_terms_open(struct xapian_terms **out,
                        struct xapian_reader *reader, struct str prefix,
                        lede_error *err)
{
    return at_hand()->xapian_terms_open(out, reader, prefix, err);
}

lede_status
lede__xapian_terms_next(struct xapian_terms *terms, struct str *term,
                        uint32_t *df, lede_error *err)
{
    return at_hand()->xapian_terms_next(terms, term, df, err);
}

lede_status
lede__xapian_terms_seek(struct xapian_terms *terms, struct str term,
                        lede_error *err)
{
    return at_hand()->xapian_terms_seek(terms, term, err);
}

void
lede__xapian_terms_close(struct xapian_terms *terms)
{
    if (terms != NULL) {
        at_hand()->xapian_terms_close(terms);
    }
}

lede_status
lede__xapian_writer_open(struct xapian_writer **out, const char *path,
                         bool create, lede_error *err)
{
    lede_status status = lede__cxx_need(err);

    *out = NULL;
    return status == LEDE_STATUS_OK
           ? at_hand()->xapian_writer_open(out, path, create, err)
           : status;
}

struct xapian_reader *
lede__xapian_writer_reader(struct xapian_writer *writer)
{
    return at_hand()->xapian_writer_reader(writer);
}

lede_status
lede__xapian_put(struct xapian_writer *writer, uint32_t number,
                 const struct xapian_term *terms, size_t n_terms,
                 const struct str *values, size_t n_values, struct str data,
                 lede_error *err)
{
    return at_hand()->xapian_put(writer, number, terms, n_terms, values,
                                 n_values, data, err);
}

lede_status
lede__xapian_delete(struct xapian_writer *writer, uint32_t number,
                    lede_error *err)
{
    return at_hand()->xapian_delete(writer, number, err);
}

lede_status
lede__xapian_set_metadata(struct xapian_writer *writer, struct str key,
                          struct str value, lede_error *err)
{
    return at_hand()->xapian_set_metadata(writer, key, value, err);
}

lede_status
lede__xapian_each_metadata(struct xapian_writer *writer, struct str prefix,
                           lede_status (*each)(void *payload, struct str key,
                                               struct str value,
                                               lede_error *err),
                           void *payload, lede_error *err)
{
    return at_hand()->xapian_each_metadata(writer, prefix, each, payload,
                                           err);
}

lede_status
lede__xapian_commit(struct xapian_writer *writer, uint64_t bytes,
                    lede_error *err)
{
    return at_hand()->xapian_commit(writer, bytes, err);
}

lede_status
lede__xapian_rollback(struct xapian_writer *writer, lede_error *err)
{
    return at_hand()->xapian_rollback(writer, err);
}

void
lede__xapian_writer_close(struct xapian_writer *writer)
{
    if (writer != NULL) {
        at_hand()->xapian_writer_close(writer);
    }
}
