/* check.h - what the files of lede_index_check share. */

#ifndef LEDE_QUERY_CHECK_H
#define LEDE_QUERY_CHECK_H

#include "query/searcher-engines.h"

struct check {
    lede_check_callback problem;
    void *payload;
    size_t problems;
};

/* A problem, in one line. */
void
lede__check_tell(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* check-xapian.c: the database and its words; *readable tells whether the
   articles can be looked at.  The writers' lock is held by the caller. */
lede_status
lede__check_xapian(struct check *check, const char *index, bool *readable,
                   lede_error *err);
/* check-native.c: the manifest and the files that it names. */
lede_status
lede__check_native(struct check *check, const char *index, bool *readable,
                   lede_error *err);

#endif
