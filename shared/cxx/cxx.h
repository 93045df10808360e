/* cxx.h - the libraries that are written in C++, loaded when they are needed.

   libxapian, CLD2, uchardet and simdjson bring the C++ runtime along, and to
   load all of them takes a program longer than to answer a query.  Only who
   indexes, or has an index of the xapian engine, needs them.  So they stand in
   a module, liblede-cxx.so, beside the library; with them ISA-L, which is no
   C++, but needed by the same:

     what is called    declared in              stands in
     CLD2              corpus/language.h        corpus/lang.cc
     uchardet          corpus/charset.h         corpus/charset.c
     simdjson          corpus/json.h            corpus/json-simd.cc
     ISA-L             shared/index/isal.h      shared/index/isal.c
     xapian-core       shared/xapian/xapian.h   shared/xapian/xapian.cc

   These, and linked.c, are libcxx.la.  Programs that are linked with it
   (unit tests) call them as any other function.  liblede has load.c instead:
   functions of the same names, which go on to the module's through a table.
   What needs one of them calls lede__cxx_need first, where it can fail. */

#ifndef LEDE_CXX_CXX_H
#define LEDE_CXX_CXX_H

#include "corpus/charset.h"
#include "corpus/json.h"
#include "corpus/language.h"
#include "shared/index/isal.h"
#include "shared/xapian/xapian.h"

#define CXX_MODULE "liblede-cxx.so"

/* What the module exports, as the variable lede_cxx_table.  Names as in the
   headers, without lede__. */
struct cxx_table {
    const char *version;        // of lede: both are of one build
    size_t size;                // of this struct
    const char *(*cld2_detect)(const char *text, size_t len, int percent_min);
    bool (*charset_detect)(struct str bytes, char name[CHARSET_NAME_MAX]);
    struct json *(*json_simd)(struct str bytes);
    size_t (*isal_memory)(void);
    size_t (*isal_deflate)(void *memory, struct str raw, char *to,
                           size_t room);
    lede_status (*xapian_reader_open)(struct xapian_reader **out,
                                      const char *path, lede_error *err);
    void (*xapian_reader_close)(struct xapian_reader *reader);
    lede_status (*xapian_metadata)(struct xapian_reader *reader,
                                   struct str key, struct buf *out,
                                   lede_error *err);
    lede_status (*xapian_value)(struct xapian_reader *reader, unsigned slot,
                                uint32_t number, struct buf *out,
                                lede_error *err);
    lede_status (*xapian_data)(struct xapian_reader *reader, uint32_t number,
                               struct buf *out, lede_error *err);
    lede_status (*xapian_postings_open)(struct xapian_postings **out,
                                        struct xapian_reader *reader,
                                        struct str term, uint32_t *df,
                                        uint32_t *max_tf, lede_error *err);
    lede_status (*xapian_postings_read)(struct xapian_postings *postings,
                                        uint32_t from, uint32_t *numbers,
                                        uint32_t *tfs, size_t max,
                                        size_t *count, lede_error *err);
    lede_status (*xapian_positions)(struct xapian_postings *postings,
                                    uint32_t number, struct buf *out,
                                    lede_error *err);
    void (*xapian_postings_close)(struct xapian_postings *postings);
    lede_status (*xapian_terms_open)(struct xapian_terms **out,
                                     struct xapian_reader *reader,
                                     struct str prefix, lede_error *err);
    lede_status (*xapian_terms_next)(struct xapian_terms *terms,
                                     struct str *term, uint32_t *df,
                                     lede_error *err);
    lede_status (*xapian_terms_seek)(struct xapian_terms *terms,
                                     struct str term, lede_error *err);
    void (*xapian_terms_close)(struct xapian_terms *terms);
    lede_status (*xapian_writer_open)(struct xapian_writer **out,
                                      const char *path, bool create,
                                      lede_error *err);
    struct xapian_reader *(*xapian_writer_reader)(
        struct xapian_writer *writer);
    lede_status (*xapian_put)(struct xapian_writer *writer, uint32_t number,
                              const struct xapian_term *terms, size_t n_terms,
                              const struct str *values, size_t n_values,
                              struct str data, lede_error *err);
    lede_status (*xapian_delete)(struct xapian_writer *writer,
                                 uint32_t number, lede_error *err);
    lede_status (*xapian_set_metadata)(struct xapian_writer *writer,
                                       struct str key, struct str value,
                                       lede_error *err);
    lede_status (*xapian_each_metadata)(
        struct xapian_writer *writer, struct str prefix,
        lede_status (*each)(void *payload, struct str key, struct str value,
                            lede_error *err),
        void *payload, lede_error *err);
    lede_status (*xapian_commit)(struct xapian_writer *writer, uint64_t bytes,
                                 lede_error *err);
    lede_status (*xapian_rollback)(struct xapian_writer *writer,
                                   lede_error *err);
    void (*xapian_writer_close)(struct xapian_writer *writer);
};

/* Make sure that the functions can be called.  LEDE_STATUS_OK, _ENGINE (the
   module is missing, or of another build). */
lede_status
lede__cxx_need(lede_error *err);

#endif
