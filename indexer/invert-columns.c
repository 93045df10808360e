/* invert-columns.c - an article -> its columns; schema.h says what they
   hold. */

#include "indexer/invert-private.h"
#include "shared/base/utf8.h"

static lede_status
write_meta(struct buf *out, const struct article *a, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < a->n_meta && status == LEDE_STATUS_OK; i++) {
        status = lede__column_meta_write(out, a->meta[i].key, a->meta[i].text,
                                         err);
    }
    return status;
}

static lede_status
write_sketch(struct buf *out, const struct sketcher *sketcher,
             lede_error *err)
{
    struct sketch sketch;

    return lede__sketch_end(sketcher, &sketch)
               ? lede__buf_add(out, sketch.bytes, sizeof sketch.bytes, err)
               : LEDE_STATUS_OK;
}

static lede_status
write_title_words(struct buf *out, uint32_t words, lede_error *err)
{
    return words == 0 ? LEDE_STATUS_OK
                      : lede__buf_char(out, (char)(words < 255 ? words : 255),
                                       err);
}

static lede_status
write_headline(struct buf *out, struct str title, lede_error *err)
{
    if (title.len > HEADLINE_MAX) {
        title.len = lede__utf8_floor(title, HEADLINE_MAX);
    }
    return lede__buf_str(out, title, err);
}

static lede_status
write_column(struct inverter *inv, const struct article *a,
             const unsigned char *hash, enum column column, lede_error *err)
{
    struct buf *out = &inv->columns;

    switch (column) {
    case COLUMN_DATE:
        return lede__column_date_write(out, a->date, err);
    case COLUMN_LENGTH:
        return lede__buf_varint(out, inv->length, err);
    case COLUMN_HASH:
        return lede__buf_add(out, hash, 16, err);
    case COLUMN_LANG:
        return lede__buf_str(out, a->lang, err);
    case COLUMN_SOURCE:
        return lede__buf_str(out, a->source, err);
    case COLUMN_AUTHORS:
        return lede__column_list_write(out, &a->authors, err);
    case COLUMN_TAGS:
        return lede__column_list_write(out, &a->tags, err);
    case COLUMN_CATEGORIES:
        return lede__column_list_write(out, &a->categories, err);
    case COLUMN_WORDS:
        return lede__buf_varint(out, inv->body_words, err);
    case COLUMN_META:
        return write_meta(out, a, err);
    case COLUMN_SKETCH:
        return write_sketch(out, &inv->sketcher, err);
    case COLUMN_TITLE:
        return write_title_words(out, inv->title_words, err);
    case COLUMN_HEADLINE:
        return write_headline(out, a->title, err);
    case COLUMNS:
        break;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__write_columns(struct inverter *inv, const struct article *a,
                    const unsigned char *hash, struct str columns[COLUMNS],
                    lede_error *err)
{
    size_t ends[COLUMNS];
    size_t at = 0;
    lede_status status = LEDE_STATUS_OK;

    inv->columns.len = 0;
    for (size_t i = 0; i < COLUMNS && status == LEDE_STATUS_OK; i++) {
        status = write_column(inv, a, hash, (enum column)i, err);
        ends[i] = inv->columns.len;
    }
    for (size_t i = 0; i < COLUMNS && status == LEDE_STATUS_OK; i++) {
        columns[i] = (struct str){ inv->columns.p + at, ends[i] - at };
        at = ends[i];
    }
    return status;
}
