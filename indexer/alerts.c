/* alerts.c - the writing half of alerts: saving and removing them, what they
   have seen, and what a rebuild and a conversion make of that.

   They are read when first needed and written by the commit.  What serials are
   stands in shared/index/alerts.h. */

#include "indexer/run.h"
#include "shared/base/utf8.h"

/* ---- reading and writing ---- */

static lede_status
read_value(lede_writer *writer, struct sink *sink, struct str key,
           lede_error *err)
{
    return sink->ops->meta_get(sink, key, &writer->value, err);
}

static lede_status
load(lede_writer *writer, lede_error *err)
{
    lede_status status;

    if (writer->alerts_read) {
        return LEDE_STATUS_OK;
    }
    status = read_value(writer, writer->sink, STR(META_KEY_ALERTS), err);
    if (status == LEDE_STATUS_OK) {
        status = lede__alerts_read(&writer->alerts,
                                   lede__buf_view(&writer->value), err);
    }
    writer->alerts_read = status == LEDE_STATUS_OK;
    return status;
}

void
lede__writer_forget_alerts(lede_writer *writer)
{
    lede__alerts_free(&writer->alerts);
    writer->alerts_read = false;
    writer->alerts_changed = false;
}

lede_status
lede__writer_write_alerts(lede_writer *writer, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (!writer->alerts_changed) {
        return LEDE_STATUS_OK;
    }
    writer->value.len = 0;
    status = lede__alerts_write(&writer->value, &writer->alerts, err);
    return status != LEDE_STATUS_OK
               ? status
               : writer->sink->ops->meta_set(writer->sink,
                                             STR(META_KEY_ALERTS),
                                             lede__buf_view(&writer->value),
                                             err);
}

static lede_status
write_serials(lede_writer *writer, const struct serials *serials,
              lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    writer->value.len = 0;
    status = lede__serials_write(&writer->value, serials, err);
    return status != LEDE_STATUS_OK
               ? status
               : writer->sink->ops->meta_set(writer->sink,
                                             STR(META_KEY_SERIALS),
                                             lede__buf_view(&writer->value),
                                             err);
}

static lede_status
read_serials(lede_writer *writer, struct sink *sink, struct serials *out,
             lede_error *err)
{
    lede_status status = read_value(writer, sink, STR(META_KEY_SERIALS), err);

    return status != LEDE_STATUS_OK
               ? status
               : lede__serials_read(out, lede__buf_view(&writer->value), err);
}

/* ---- a rebuild ---- */

/* The highest serial of the generation before.  What of it cannot be read is
   made up for by what has been seen: the rest is told of once more. */
static uint64_t
highest_before(lede_writer *writer, const struct serials *serials)
{
    struct index_stats stats = { 0 };
    uint64_t highest = 0;

    if (read_value(writer, writer->old, STR(META_KEY_STATS), NULL) ==
            LEDE_STATUS_OK &&
        lede__stats_read(&stats, lede__buf_view(&writer->value), NULL) ==
            LEDE_STATUS_OK) {
        highest = lede__serials_highest(serials, stats.last_number);
    }
    for (size_t i = 0; i < writer->alerts.n; i++) {
        uint64_t seen = writer->alerts.items[i].seen;

        highest = seen > highest ? seen : highest;
    }
    return highest;
}

/* Until the run tells which articles are as they were, all are new. */
lede_status
lede__writer_begin_alerts(lede_writer *writer, lede_error *err)
{
    struct serials none = { 0 };
    struct serials before = { 0 };
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_OK;

    if (writer->old == NULL) {
        return LEDE_STATUS_OK;
    }
    status = read_value(writer, writer->old, STR(META_KEY_ALERTS), &why);
    if (status == LEDE_STATUS_OK) {
        status = lede__alerts_read(&writer->alerts,
                                   lede__buf_view(&writer->value), &why);
    }
    writer->alerts_read = true;
    writer->alerts_changed = writer->alerts.n > 0;
    if (status == LEDE_STATUS_NO_MEMORY) {
        return lede__fail_memory(err);
    }
    if (status != LEDE_STATUS_OK) {
        return lede__writer_lost(writer, writer->index, &why,
                                 "the saved searches are lost", err);
    }
    if (writer->alerts.n == 0) {
        return LEDE_STATUS_OK;
    }
    // what cannot be read of them is told of once more
    read_serials(writer, writer->old, &before, NULL);
    none.highest = highest_before(writer, &before);
    status = write_serials(writer, &none, err);
    lede__serials_free(&before);
    return status;
}

/* The number that the article had, 0 where it is new or has changed. */
static uint32_t
number_before(struct run *run, const struct item *item)
{
    lede_writer *writer = run->writer;
    struct sink *old = writer->old;
    struct buf *had = &writer->term;
    uint32_t number = 0;
    lede_status status;

    if (item->kind == ITEM_STORED) {
        return item->old;
    }
    status = lede__term_raw(&writer->term, TERM_ID, item->id, NULL);
    if (status == LEDE_STATUS_OK) {
        status = old->ops->find(old, lede__buf_view(&writer->term), 0,
                                &number, NULL);
    }
    if (status == LEDE_STATUS_OK && number != 0) {
        status = old->ops->column(old, COLUMN_HASH, number, had, NULL);
    }
    if (status == LEDE_STATUS_OK && number != 0) {
        status = writer->sink->ops->column(writer->sink, COLUMN_HASH,
                                           item->number, &writer->value,
                                           NULL);
    }
    // an old generation that is damaged tells nothing of it
    return status == LEDE_STATUS_OK &&
           str_eq(lede__buf_view(had), lede__buf_view(&writer->value))
               ? number : 0;
}

lede_status
lede__run_carry_serials(struct run *run, lede_error *err)
{
    lede_writer *writer = run->writer;
    struct serials before = { 0 };
    struct serials now = { 0 };
    uint64_t seen = lede__alerts_seen(&writer->alerts);
    lede_status status = LEDE_STATUS_OK;

    if (writer->old == NULL || writer->alerts.n == 0) {
        return LEDE_STATUS_OK;
    }
    if (read_serials(writer, writer->old, &before, NULL) != LEDE_STATUS_OK) {
        return LEDE_STATUS_OK;
    }
    now.highest = highest_before(writer, &before);
    for (size_t i = 0; i < run->n_items && status == LEDE_STATUS_OK; i++) {
        const struct item *item = &run->items[i];
        uint32_t number = 0;
        uint64_t serial = 0;

        if (item->kind != ITEM_DELETE) {
            number = number_before(run, item);
            serial = number != 0 ? lede__serial_of(&before, number)
                                 : ++now.highest;
            now.last = item->number;
        }
        if (serial > seen) {
            status = lede__serials_add(&now, item->number, serial, err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = write_serials(writer, &now, err);
    }
    lede__serials_free(&before);
    lede__serials_free(&now);
    return status;
}

/* ---- the interface ---- */

static lede_status
check_name(struct str name, lede_error *err)
{
    if (name.len == 0 || name.len > LEDE_ALERT_NAME_MAX) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "an alert's name has 1 to %d bytes",
                          LEDE_ALERT_NAME_MAX);
    }
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f) {
            return lede__fail(err, LEDE_STATUS_USAGE,
                              "an alert's name has no control characters");
        }
    }
    return lede__utf8_valid(name) == name.len
               ? LEDE_STATUS_OK
               : lede__fail(err, LEDE_STATUS_USAGE,
                            "the alert's name is not UTF-8");
}

static lede_status
check_query(struct str query, lede_error *err)
{
    if (lede__str_trim(query).len == 0) {
        return lede__fail(err, LEDE_STATUS_USAGE, "the query is empty");
    }
    if (query.len > LEDE_ALERT_QUERY_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "an alert's query has at most %d bytes",
                          LEDE_ALERT_QUERY_MAX);
    }
    return lede__utf8_valid(query) == query.len
               ? LEDE_STATUS_OK
               : lede__fail(err, LEDE_STATUS_USAGE,
                            "the query is not UTF-8");
}

static lede_status
find(lede_writer *writer, const char *name, struct alert **out,
     lede_error *err)
{
    lede_status status = load(writer, err);

    *out = NULL;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *out = lede__alerts_find(&writer->alerts, str_from(name));
    return *out != NULL
               ? LEDE_STATUS_OK
               : lede__fail(err, LEDE_STATUS_NOT_FOUND,
                            "%s: there is no alert \"%.*s\"", writer->index,
                            LEDE_ALERT_NAME_MAX, name);
}

lede_status
lede_writer_alert_set(lede_writer *writer, const char *name,
                      const char *query, int all, lede_error *error)
{
    struct serials serials = { 0 };
    struct alert *alert = NULL;
    bool is_new = false;
    lede_status status = check_name(str_from(name), error);

    if (status == LEDE_STATUS_OK) {
        status = check_query(str_from(query), error);
    }
    if (status == LEDE_STATUS_OK && writer->options.rebuild) {
        // what was seen is not known before it is done
        status = lede__fail(error, LEDE_STATUS_USAGE,
                            "%s: no alert is set before the rebuild is done",
                            writer->index);
    }
    if (status == LEDE_STATUS_OK) {
        status = load(writer, error);
    }
    if (status == LEDE_STATUS_OK) {
        status = read_serials(writer, writer->sink, &serials, error);
    }
    if (status == LEDE_STATUS_OK) {
        is_new = lede__alerts_find(&writer->alerts, str_from(name)) == NULL;
        status = lede__alerts_put(&writer->alerts, str_from(name),
                                  str_from(query), &alert, error);
    }
    if (status == LEDE_STATUS_OK) {
        if (is_new) {
            alert->added = writer->options.now;
            alert->seen = lede__serials_highest(&serials,
                                                writer->stats.last_number);
        }
        if (all) {
            alert->seen = 0;
        }
        writer->alerts_changed = true;
    }
    lede__serials_free(&serials);
    return status;
}

lede_status
lede_writer_alert_remove(lede_writer *writer, const char *name,
                         lede_error *error)
{
    struct alert *alert = NULL;
    lede_status status = find(writer, name, &alert, error);

    if (status == LEDE_STATUS_OK) {
        lede__alerts_remove(&writer->alerts, alert);
        writer->alerts_changed = true;
    }
    return status;
}

lede_status
lede_writer_alert_seen(lede_writer *writer, const char *name, uint64_t seen,
                       lede_error *error)
{
    struct alert *alert = NULL;
    lede_status status = find(writer, name, &alert, error);

    if (status == LEDE_STATUS_OK) {
        alert->seen = seen > alert->seen ? seen : alert->seen;
        alert->ran = writer->options.now;
        writer->alerts_changed = true;
    }
    return status;
}
