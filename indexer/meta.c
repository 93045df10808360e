/* meta.c - what an index has besides its articles: statistics, roots, schema.

   They are metadata of the same transaction as the articles. */

#include <stdio.h>
#include <stdlib.h>

#include "indexer/writer.h"

lede_status
lede__writer_write_meta(lede_writer *writer, lede_error *err)
{
    struct buf *value = &writer->value;
    lede_status status = LEDE_STATUS_OK;

    value->len = 0;
    status = lede__stats_write(value, &writer->stats, err);
    if (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->meta_set(
            writer->sink, STR(META_KEY_STATS), lede__buf_view(value), err);
    }
    value->len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__column_list_write(value, &writer->roots, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = writer->sink->ops->meta_set(
            writer->sink, STR(META_KEY_ROOTS), lede__buf_view(value), err);
    }
    return status != LEDE_STATUS_OK ? status
                                    : lede__writer_write_alerts(writer, err);
}

static lede_status
write_schema(lede_writer *writer, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    writer->value.len = 0;
    status = lede__schema_write(&writer->value, writer->schema, err);
    return status != LEDE_STATUS_OK
               ? status
               : writer->sink->ops->meta_set(writer->sink,
                                             STR(META_KEY_SCHEMA),
                                             lede__buf_view(&writer->value),
                                             err);
}

lede_status
lede__writer_set_roots(lede_writer *writer, const struct str *roots,
                       size_t count, lede_error *err)
{
    const struct str_list *had = &writer->roots;
    struct str *items = lede__arena_array(&writer->roots_arena, count + 1,
                                          sizeof *items);

    if (items == NULL) {
        return lede__fail_memory(err);
    }
    writer->roots_changed = writer->roots_changed || count != had->count;
    for (size_t i = 0; i < count; i++) {
        writer->roots_changed = writer->roots_changed ||
                                !str_eq(roots[i], had->items[i]);
        items[i] = lede__arena_str(&writer->roots_arena, roots[i]);
        if (items[i].p == NULL) {
            return lede__fail_memory(err);
        }
    }
    writer->roots = (struct str_list){ items, count };
    return LEDE_STATUS_OK;
}

static lede_status
read_roots(lede_writer *writer, struct sink *sink, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;
    struct str rest;
    struct str *roots = NULL;
    size_t n = 0;

    status = sink->ops->meta_get(sink, STR(META_KEY_ROOTS), &bytes, err);
    rest = lede__buf_view(&bytes);
    roots = calloc(rest.len + 1, sizeof *roots);
    if (roots == NULL) {
        status = lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_OK) {
        while (lede__column_list_next(&rest, &roots[n])) {
            n++;
        }
        status = lede__writer_set_roots(writer, roots, n, err);
        writer->roots_changed = false;
    }
    free(roots);
    lede__buf_free(&bytes);
    return status;
}

static lede_status
read_stats(lede_writer *writer, lede_error *err)
{
    lede_status status = writer->sink->ops->meta_get(
        writer->sink, STR(META_KEY_STATS), &writer->value, err);

    if (status == LEDE_STATUS_OK && writer->value.len == 0) {
        status = lede__fail(err, LEDE_STATUS_CORRUPT,
                            "%s: its statistics are missing; "
                            "make it anew with lede index --rebuild",
                            writer->index);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stats_read(&writer->stats,
                                  lede__buf_view(&writer->value), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__analyzer_accept(writer->stats.analyzer,
                                       writer->stats.schema_version,
                                       writer->index, err);
    }
    return status;
}

static void
new_stats(lede_writer *writer)
{
    memset(&writer->stats, 0, sizeof writer->stats);
    lede__analyzer_identity(writer->stats.analyzer,
                            sizeof writer->stats.analyzer);
    writer->stats.schema_version = SCHEMA_VERSION;
}

/* The line at the beginning of `text`, which moves on behind it. */
static struct str
next_line(struct str *text)
{
    const char *end = text->len == 0 ? NULL : memchr(text->p, '\n', text->len);
    struct str line = { text->p, end == NULL ? text->len
                                             : (size_t)(end - text->p) };
    size_t used = line.len + (end != NULL);

    text->p += used;
    text->len -= used;
    return line;
}

/* The first lines of two configs that differ, both in canonical form. */
static void
describe_difference(struct str given, struct str own, char *out, size_t size)
{
    enum { SHOWN = 60 };
    struct str a = { "", 0 };
    struct str b = { "", 0 };

    while (str_eq(a, b) && (given.len > 0 || own.len > 0)) {
        a = lede__str_trim(next_line(&given));
        b = lede__str_trim(next_line(&own));
    }
    snprintf(out, size,
             "says \"%.*s\" where the index was made with \"%.*s\", which "
             "stays in force; apply the file with lede index --rebuild",
             (int)(a.len < SHOWN ? a.len : SHOWN), a.p,
             (int)(b.len < SHOWN ? b.len : SHOWN), b.p);
}

/* The schema of an existing index: its own.  Where a config is given and says
   something else, that is told, and waits for a rebuild. */
static lede_status
read_schema(lede_writer *writer, struct sink *sink,
            const struct schema *given, lede_error *err)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    status = sink->ops->meta_get(sink, STR(META_KEY_SCHEMA), &writer->value,
                                 err);
    if (status == LEDE_STATUS_OK) {
        status = lede__schema_parse(&writer->schema,
                                    lede__buf_view(&writer->value),
                                    "lede.yaml (as stored in the index)",
                                    err);
    }
    if (status == LEDE_STATUS_OK && given != NULL) {
        status = lede__schema_write(&text, given, err);
        if (status == LEDE_STATUS_OK &&
            !str_eq(lede__buf_view(&text), lede__buf_view(&writer->value))) {
            lede_event event = { 0 };

            char message[400];

            describe_difference(lede__buf_view(&text),
                                lede__buf_view(&writer->value), message,
                                sizeof message);
            event.kind = LEDE_EVENT_CONFIG;
            event.code = "config";
            event.path = writer->config_path;
            event.message = message;
            lede__writer_event(writer, &event);
        }
    }
    lede__buf_free(&text);
    return status;
}

/* ---- the interface ---- */

/* What was committed last is read again, so that it is right also where a
   commit failed in its last step. */
lede_status
lede__writer_read_meta(lede_writer *writer, lede_error *err)
{
    lede_status status = read_stats(writer, err);

    lede__writer_forget_alerts(writer);
    return status != LEDE_STATUS_OK ? status
                                    : read_roots(writer, writer->sink, err);
}

lede_status
lede__writer_load(lede_writer *writer, const struct schema *given,
                  lede_error *err)
{
    lede_status status = read_stats(writer, err);

    if (status == LEDE_STATUS_OK) {
        status = read_schema(writer, writer->sink, given, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = read_roots(writer, writer->sink, err);
    }
    return status;
}

lede_status
lede__writer_begin(lede_writer *writer, struct schema **given,
                   lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    new_stats(writer);
    if (*given != NULL) {
        writer->schema = *given;
        *given = NULL;
    } else if (writer->old == NULL ||
               read_schema(writer, writer->old, NULL, NULL) !=
                   LEDE_STATUS_OK) {
        status = lede__schema_default(&writer->schema, err);
    }
    if (status == LEDE_STATUS_OK && writer->old != NULL) {
        status = read_roots(writer, writer->old, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__writer_begin_alerts(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = write_schema(writer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__writer_write_meta(writer, err);
    }
    return status != LEDE_STATUS_OK
               ? status : writer->sink->ops->commit(writer->sink, err);
}
