/* qrels.h - the judgments of a test collection: lines `topic 0 key relevance`,
   which articles are relevant to a topic, and how much. */

#ifndef LEDE_QUERY_QRELS_H
#define LEDE_QUERY_QRELS_H

#include "query/measures.h"

/* An article judged for a topic. */
struct judgment {
    struct str key;             // in the topic's map
    int32_t grade;              // < 0: in the pool, but not judged
    bool found;                 // in the run that is being judged
    float score;
    uint64_t above;             // lines of the run between it and the one that
                                // was found before it
};

struct topic {
    struct str id;
    struct map keys;            // key -> place in judgments
    struct judgment *judgments;
    size_t n;
    size_t found;               // so many of them, which come first then
    struct judged judged;
};

struct qrels {
    struct arena arena;
    struct map ids;             // id -> place in topics
    struct topic *topics;       // in the order of the file
    size_t n;
};

/* For lede__qrels_free, also on failure.  LEDE_STATUS_OK, _NOT_FOUND,
   _PERMISSION, _IO, _BAD_INPUT (file and line). */
lede_status
lede__qrels_read(struct qrels *qrels, const char *path, lede_error *err);

/* The topic with this id, or NULL where it is not judged. */
struct topic *
lede__qrels_topic(const struct qrels *qrels, struct str id);

/* The judgment of an article, or NULL. */
struct judgment *
lede__qrels_judgment(const struct topic *topic, struct str key);

void
lede__qrels_free(struct qrels *qrels);

/* Make room for one more of `n`; false without memory. */
bool
lede__array_grow(void **array, size_t n, size_t size);

#endif
