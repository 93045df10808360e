/* alerts.h - the saved searches of an index, and which of its articles they
   have not been told of yet.

   Both are metadata of the index, committed with the rest of it.

   Document numbers tell what is new, since they only ascend, but for a
   rebuild and a conversion, which number anew.  So what a search has seen is
   counted in SERIALS, which ascend for ever: a number's serial is the number
   itself, until the index is made anew.  From then on there is a table of those
   articles of the new numbering that not all searches have seen, with the
   serials that they had or, where the rebuild found them new or changed, new
   ones; all others have serial 0, seen by everybody; and numbers given later
   go on behind the highest serial. */

#ifndef LEDE_INDEX_ALERTS_H
#define LEDE_INDEX_ALERTS_H

#include "shared/base/str.h"

/* Of all names and queries together: what is read, and written at each commit
   that changes any of it. */
#define ALERTS_BYTES_MAX ((size_t)4 << 20)

struct alert {
    struct str name;            // NUL-terminated, as the query
    struct str query;
    int64_t added;              // seconds since 1970
    int64_t ran;                // likewise; ALERT_NEVER
    uint64_t seen;              // all serials up to this one
};

#define ALERT_NEVER INT64_MIN

/* In bytewise order of names; zeroed: none. */
struct alerts {
    struct arena arena;         // of names and queries
    struct alert *items;
    size_t n;
    size_t cap;
    size_t bytes;               // of names and queries
};

/* `out` is appended to; nothing where there are none. */
lede_status
lede__alerts_write(struct buf *out, const struct alerts *alerts,
                   lede_error *err);
/* Replace what is in `alerts`.  LEDE_STATUS_OK, _CORRUPT. */
lede_status
lede__alerts_read(struct alerts *alerts, struct str bytes, lede_error *err);

/* The one with this name, or NULL. */
struct alert *
lede__alerts_find(const struct alerts *alerts, struct str name);
/* The same, made where absent; LEDE_STATUS_LIMIT where there are too many. */
lede_status
lede__alerts_put(struct alerts *alerts, struct str name, struct str query,
                 struct alert **out, lede_error *err);
/* Take out one of the items. */
void
lede__alerts_remove(struct alerts *alerts, struct alert *alert);
void
lede__alerts_free(struct alerts *alerts);

/* What every one of them has seen; UINT64_MAX where there are none. */
uint64_t
lede__alerts_seen(const struct alerts *alerts);

/* ---- serials ---- */

struct serial {
    uint32_t number;
    uint64_t serial;
};

/* Zeroed: of an index that was never made anew. */
struct serials {
    uint32_t last;              // the highest number that a rebuild gave
    uint64_t highest;           // of the serials of these
    struct serial *items;       // that are not 0, by number
    size_t n;
    size_t cap;
};

uint64_t
lede__serial_of(const struct serials *serials, uint32_t number);
/* The highest there is, `last` being the highest number. */
uint64_t
lede__serials_highest(const struct serials *serials, uint32_t last);
/* One with a higher number than those before. */
lede_status
lede__serials_add(struct serials *serials, uint32_t number, uint64_t serial,
                  lede_error *err);
lede_status
lede__serials_write(struct buf *out, const struct serials *serials,
                    lede_error *err);
lede_status
lede__serials_read(struct serials *serials, struct str bytes,
                   lede_error *err);
void
lede__serials_free(struct serials *serials);

#endif
