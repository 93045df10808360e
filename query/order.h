/* order.h - what hits are sorted by: "-date,title,meta.rating,score".

   An article's place in an order is one byte string, made of its keys one after
   the other, so that comparing is memcmp, whatever the keys are:

     key    = 0x01                      it has none: last, either way
            | 0x00 value                bytes inverted where descending
     value  = number                    8 bytes, high first (dates, words)
            | score                     4 bytes, likewise
            | text                      folded, up to ORDER_TEXT_MAX bytes of
                                        it; 0x00 as 0x00 0xFF; then 0x00 0x00
            | 0x00 double               of metadata: 8 bytes that ascend with
                                        it
            | 0x01 text                 of metadata that is no number

   Equal ones are in the order of the indexes, and then of document numbers, so
   that no two articles are equal. */

#ifndef LEDE_QUERY_ORDER_H
#define LEDE_QUERY_ORDER_H

#include "query/searcher.h"
#include "query/topk.h"
#include "shared/analysis/analysis.h"

#define ORDER_KEYS_MAX 8
#define ORDER_TEXT_MAX 256

enum order_by {
    ORDER_SCORE,
    ORDER_DATE,
    ORDER_WORDS,
    ORDER_TEXT,                 // of a column
    ORDER_FIRST,                // the first text of a column
    ORDER_META,
};

struct order_key {
    enum order_by by;
    bool descending;
    enum column column;
    struct str name;            // of META
};

struct order {
    struct order_key keys[ORDER_KEYS_MAX];
    size_t n;
};

/* Keys apart by commas, "-" before one that descends; score is best first.
   `order` borrows from `text`.  LEDE_STATUS_OK, _USAGE. */
lede_status
lede__order_read(struct order *order, const char *text, lede_error *err);

/* Whether it is by relevance alone. */
bool
lede__order_is_score(const struct order *order);

/* A place in an order: behind this are those that come after a page. */
struct position {
    struct str key;             // of a search by score: 4 bytes
    uint32_t index;
    uint32_t number;            // of the document
};

/* The best k in an order, in bounded memory: a heap of their keys. */
struct sorter {
    const struct order *order;
    const struct position *after;       // only those behind it; NULL: all
    size_t k;
    struct sorted *items;
    size_t count;
    size_t cap;
    struct buf key;             // of the article at hand
    struct buf text;
    struct folder folder;
};

/* A sorter; lede__sorter_free in any case. */
void
lede__sorter_begin(struct sorter *sorter, const struct order *order,
                   const struct position *after, size_t k);

/* Offer one article; found.order is looked up where it is needed. */
lede_status
lede__sorter_add(struct sorter *sorter, struct searcher *searcher,
                 struct found found, lede_error *err);

/* The best, in order, into `top`, which is empty. */
lede_status
lede__sorter_end(struct sorter *sorter, struct topk *top, lede_error *err);
void
lede__sorter_free(struct sorter *sorter);

/* The key of one article, in sorter->key. */
lede_status
lede__sorter_key(struct sorter *sorter, struct searcher *searcher,
                 const struct found *found, lede_error *err);

/* Whether an article with this key comes after the position. */
lede_status
lede__position_before(const struct position *position, struct str key,
                      struct searcher *searcher, const struct found *found,
                      bool *before, lede_error *err);

/* The key of a score. */
static inline void
order_score(char out[4], uint32_t score)
{
    int i;

    for (i = 0; i < 4; i++) {
        out[i] = (char)(~score >> (24 - 8 * i));
    }
}

#endif
