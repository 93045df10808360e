/* module.c - what the module of the C++ libraries exports.  See cxx.h. */

#include "shared/cxx/cxx.h"

extern const struct cxx_table lede_cxx_table
    __attribute__((visibility("default")));

const struct cxx_table lede_cxx_table = {
    .version = LEDE_VERSION_STRING,
    .size = sizeof(struct cxx_table),
    .cld2_detect = lede__cld2_detect,
    .charset_detect = lede__charset_detect,
    .json_simd = lede__json_simd,
    .isal_memory = lede__isal_memory,
    .isal_deflate = lede__isal_deflate,
    .xapian_reader_open = lede__xapian_reader_open,
    .xapian_reader_close = lede__xapian_reader_close,
    .xapian_metadata = lede__xapian_metadata,
    .xapian_value = lede__xapian_value,
    .xapian_data = lede__xapian_data,
    .xapian_postings_open = lede__xapian_postings_open,
    .xapian_postings_read = lede__xapian_postings_read,
    .xapian_positions = lede__xapian_positions,
    .xapian_postings_close = lede__xapian_postings_close,
    .xapian_terms_open = lede__xapian_terms_open,
    .xapian_terms_next = lede__xapian_terms_next,
    .xapian_terms_seek = lede__xapian_terms_seek,
    .xapian_terms_close = lede__xapian_terms_close,
    .xapian_writer_open = lede__xapian_writer_open,
    .xapian_writer_reader = lede__xapian_writer_reader,
    .xapian_put = lede__xapian_put,
    .xapian_delete = lede__xapian_delete,
    .xapian_set_metadata = lede__xapian_set_metadata,
    .xapian_each_metadata = lede__xapian_each_metadata,
    .xapian_commit = lede__xapian_commit,
    .xapian_rollback = lede__xapian_rollback,
    .xapian_writer_close = lede__xapian_writer_close,
};
