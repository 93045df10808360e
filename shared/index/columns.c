/* columns.c - a value per doc and column; see columns.h.

     columns   = column{COLUMNS}
                 entry{COLUMNS}
               | nothing                  all are empty
     entry     = form u32  width u32  count u32  width2 u32
                 start u64                of the column, in the section

     column    = nothing                                    COLUMN_EMPTY
               | value{docs}                                COLUMN_FIXED
                                          `width` bytes each
               | there bits{docs} value{docs}               COLUMN_OPTIONAL
                                          the same; 0: the value is empty
               | texts{docs}                                COLUMN_TEXTS
               | ordinal bits{docs} texts{count}            COLUMN_TABLE
                                          `width` bits each: the value is that
                                          text; texts in order of first use
     texts     = end bits{texts}          of each, in what follows; `width2`
                                          bits each
                 bytes
   Arrays of bits are those of bytes.h, whole bytes each.

   The smallest form is taken: a column of 16-byte hashes is fixed, languages
   are a table, and a column that nobody fills takes nothing. */

#include "shared/index/columns.h"

#include <stdlib.h>

#include "shared/index/segment-format.h"

#define ENTRY_BYTES 24u
#define ENTRIES_BYTES (ENTRY_BYTES * COLUMNS)

enum form {
    COLUMN_EMPTY,
    COLUMN_FIXED,
    COLUMN_OPTIONAL,
    COLUMN_TEXTS,
    COLUMN_TABLE,
    COLUMN_FORMS
};

/* ---- writing ---- */

struct columns_writer {
    struct buf values;          // of one doc after the other
    struct buf docs;            // struct added
};

struct added {
    uint64_t start;             // in `values`
    uint32_t ends[COLUMNS];     // from there
};

lede_status
lede__columns_writer_new(struct columns_writer **out, lede_error *err)
{
    struct columns_writer *writer = calloc(1, sizeof *writer);

    *out = writer;
    if (writer == NULL) {
        return lede__fail_memory(err);
    }
    writer->values = (struct buf)BUF_INIT(BUF_MAX_ANY);
    writer->docs = (struct buf)BUF_INIT(BUF_MAX_ANY);
    return LEDE_STATUS_OK;
}

void
lede__columns_writer_free(struct columns_writer *writer)
{
    if (writer != NULL) {
        lede__buf_free(&writer->values);
        lede__buf_free(&writer->docs);
        free(writer);
    }
}

lede_status
lede__columns_add(struct columns_writer *writer,
                  const struct str values[COLUMNS], lede_error *err)
{
    struct added added = { .start = writer->values.len };
    lede_status status = LEDE_STATUS_OK;
    uint64_t total = 0;

    for (unsigned i = 0; i < COLUMNS; i++) {
        total += values[i].len;
        if (values[i].len > UINT32_MAX || total > UINT32_MAX) {
            return lede__fail(err, LEDE_STATUS_LIMIT,
                              "too many values in one article");
        }
        added.ends[i] = (uint32_t)total;
    }
    status = lede__buf_reserve(&writer->docs, sizeof added, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_reserve(&writer->values, (size_t)total, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (unsigned i = 0; i < COLUMNS; i++) {
        if (values[i].len > 0) {
            memcpy(writer->values.p + writer->values.len, values[i].p,
                   values[i].len);
            writer->values.len += values[i].len;
        }
    }
    memcpy(writer->docs.p + writer->docs.len, &added, sizeof added);
    writer->docs.len += sizeof added;
    return LEDE_STATUS_OK;
}

struct str
lede__columns_added(const struct columns_writer *writer, uint32_t doc,
                    enum column column)
{
    struct added added;
    uint32_t start = 0;

    memcpy(&added, writer->docs.p + (size_t)doc * sizeof added, sizeof added);
    start = column > 0 ? added.ends[column - 1] : 0;
    return (struct str){
        writer->values.p == NULL ? ""
                                 : writer->values.p + added.start + start,
        added.ends[column] - start,
    };
}

size_t
lede__columns_bytes(const struct columns_writer *writer)
{
    return writer->values.cap + writer->docs.cap;
}

/* ---- one column ---- */

/* What is written of the docs added. */
struct chosen {
    const struct columns_writer *writer;
    const uint32_t *order;
    uint32_t docs;
    enum column column;
};

static struct str
value_of(const struct chosen *chosen, uint32_t doc)
{
    return lede__columns_added(
        chosen->writer, chosen->order == NULL ? doc : chosen->order[doc],
        chosen->column);
}

/* What a column comes to in each form. */
struct shape {
    uint64_t bytes;             // of all values
    size_t width;               // of those that are not empty; SIZE_MAX: mixed
    uint32_t empty;
    /* if it were a table */
    bool table;                 // whether that is the best
    struct map ordinals;
    struct buf distinct;        // struct str, in the writer
};

static uint64_t
texts_bytes(uint64_t n, uint64_t bytes)
{
    return lede__bits_bytes(n, lede__bits_width(bytes)) + bytes;
}

static uint64_t
table_bytes(uint64_t docs, uint64_t distinct, uint64_t bytes)
{
    return lede__bits_bytes(docs, lede__bits_width(distinct - 1))
        + texts_bytes(distinct, bytes);
}

/* The form that is best without a table, and its size. */
static enum form
plain_form(const struct chosen *chosen, const struct shape *shape,
           uint64_t *bytes)
{
    uint64_t docs = chosen->docs;
    uint64_t fixed = shape->width == SIZE_MAX ? UINT64_MAX
                                              : docs * shape->width;
    uint64_t optional = shape->width == SIZE_MAX
        ? UINT64_MAX : fixed + lede__bits_bytes(docs, 1);
    uint64_t texts = texts_bytes(docs, shape->bytes);

    if (shape->empty == docs) {
        *bytes = 0;
        return COLUMN_EMPTY;
    }
    if (shape->empty == 0 && fixed <= texts) {
        *bytes = fixed;
        return COLUMN_FIXED;
    }
    *bytes = optional <= texts ? optional : texts;
    return optional <= texts ? COLUMN_OPTIONAL : COLUMN_TEXTS;
}

static void
measure(const struct chosen *chosen, struct shape *shape)
{
    for (uint32_t i = 0; i < chosen->docs; i++) {
        size_t len = value_of(chosen, i).len;

        shape->bytes += len;
        shape->empty += len == 0;
        if (len > 0 && shape->width != len) {
            shape->width = shape->width == 0 ? len : SIZE_MAX;
        }
    }
}

/* Gather the distinct values, as long as a table may be the smallest. */
static lede_status
try_table(const struct chosen *chosen, struct shape *shape, uint64_t limit,
          lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint64_t bytes = 0;
    struct str last = { NULL, 0 };

    for (uint32_t i = 0; i < chosen->docs; i++) {
        struct str value = value_of(chosen, i);
        uint64_t *ordinal = NULL;
        bool added = false;

        if (i > 0 && str_eq(value, last)) {
            continue;
        }
        last = value;
        ordinal = lede__map_put(&shape->ordinals, value, &added);
        if (ordinal == NULL) {
            return lede__fail_memory(err);
        }
        if (!added) {
            continue;
        }
        *ordinal = shape->ordinals.count - 1;
        bytes += value.len;
        if (table_bytes(chosen->docs, shape->ordinals.count, bytes)
            >= limit) {
            return LEDE_STATUS_OK;
        }
        status = lede__buf_add(&shape->distinct, &value, sizeof value, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    shape->table = true;
    return LEDE_STATUS_OK;
}

/* Room for n values of `width` bits at the end of `out`, zeroed. */
static lede_status
add_bits(struct buf *out, uint64_t n, unsigned width, uint8_t **bits,
         lede_error *err)
{
    size_t bytes = (size_t)lede__bits_bytes(n, width);
    lede_status status = lede__buf_reserve(out, bytes + BITS_SLACK, err);

    *bits = (uint8_t *)out->p + out->len;
    if (status == LEDE_STATUS_OK) {
        memset(*bits, 0, bytes + BITS_SLACK);
        out->len += bytes;
    }
    return status;
}

/* The texts of a table, or of all docs where `distinct` is NULL. */
static lede_status
put_texts(const struct chosen *chosen, const struct buf *distinct,
          uint64_t bytes, struct buf *out, lede_error *err)
{
    const struct str *texts = distinct == NULL
        ? NULL : (const struct str *)(const void *)distinct->p;
    uint64_t n = distinct == NULL ? chosen->docs
                                  : distinct->len / sizeof *texts;
    unsigned width = lede__bits_width(bytes);
    uint8_t *bits = NULL;
    uint64_t end = 0;
    lede_status status = lede__buf_reserve(
        out, (size_t)texts_bytes(n, bytes) + BITS_SLACK, err);

    if (status == LEDE_STATUS_OK) {
        status = add_bits(out, n, width, &bits, err);
    }
    for (uint64_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct str text = texts == NULL ? value_of(chosen, (uint32_t)i)
                                        : texts[i];

        end += text.len;
        lede__bits_set(bits, i, width, end);
    }
    for (uint64_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_str(out, texts == NULL
                               ? value_of(chosen, (uint32_t)i) : texts[i],
                               err);
    }
    return status;
}

static lede_status
put_table(const struct chosen *chosen, const struct shape *shape,
          unsigned width, struct buf *out, lede_error *err)
{
    uint8_t *bits = NULL;
    lede_status status = add_bits(out, chosen->docs, width, &bits, err);
    struct str last = { NULL, 0 };
    uint64_t ordinal = 0;

    for (uint32_t i = 0; i < chosen->docs && status == LEDE_STATUS_OK; i++) {
        struct str value = value_of(chosen, i);

        if (i == 0 || !str_eq(value, last)) {
            ordinal = *lede__map_find(&shape->ordinals, value);
            last = value;
        }
        lede__bits_set(bits, i, width, ordinal);
    }
    return status;
}

static lede_status
put_fixed(const struct chosen *chosen, enum form form, size_t width,
          struct buf *out, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint8_t *bits = NULL;
    uint8_t *to = NULL;

    if (form == COLUMN_OPTIONAL) {
        status = add_bits(out, chosen->docs, 1, &bits, err);
        for (uint32_t i = 0;
             i < chosen->docs && status == LEDE_STATUS_OK; i++) {
            lede__bits_set(bits, i, 1, value_of(chosen, i).len > 0);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_reserve(out, chosen->docs * width, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    to = (uint8_t *)out->p + out->len;
    memset(to, 0, chosen->docs * width);
    for (uint32_t i = 0; i < chosen->docs; i++) {
        struct str value = value_of(chosen, i);

        memcpy(to + i * width, value.p, value.len);
    }
    out->len += chosen->docs * width;
    return LEDE_STATUS_OK;
}

static lede_status
put_column(const struct chosen *chosen, uint64_t start,
           uint8_t entry[ENTRY_BYTES], struct buf *out, lede_error *err)
{
    struct shape shape = {
        .ordinals = MAP_INIT, .distinct = BUF_INIT(BUF_MAX_ANY),
    };
    uint64_t size = 0;
    uint64_t text_bytes = 0;
    enum form form = COLUMN_EMPTY;
    size_t width = 0;
    size_t count = 0;
    lede_status status = LEDE_STATUS_OK;

    measure(chosen, &shape);
    form = plain_form(chosen, &shape, &size);
    text_bytes = shape.bytes;
    width = form == COLUMN_TEXTS || form == COLUMN_EMPTY ? 0 : shape.width;
    if (form != COLUMN_EMPTY) {
        status = try_table(chosen, &shape, size, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    if (shape.table) {
        form = COLUMN_TABLE;
        count = shape.distinct.len / sizeof(struct str);
        width = lede__bits_width(count - 1);
        text_bytes = 0;
        for (size_t i = 0; i < count; i++) {
            text_bytes += ((struct str *)(void *)shape.distinct.p)[i].len;
        }
        status = put_table(chosen, &shape, (unsigned)width, out, err);
    } else if (form == COLUMN_FIXED || form == COLUMN_OPTIONAL) {
        status = put_fixed(chosen, form, width, out, err);
    }
    if (status == LEDE_STATUS_OK
        && (form == COLUMN_TABLE || form == COLUMN_TEXTS)) {
        status = put_texts(chosen, shape.table ? &shape.distinct : NULL,
                           text_bytes, out, err);
    } else {
        text_bytes = 0;
    }
    lede__set32(entry, form);
    lede__set32(entry + 4, (uint32_t)width);
    lede__set32(entry + 8, (uint32_t)count);
    lede__set32(entry + 12, lede__bits_width(text_bytes));
    lede__set64(entry + 16, start);
out:
    lede__map_free(&shape.ordinals);
    lede__buf_free(&shape.distinct);
    return status;
}

lede_status
lede__columns_end(struct columns_writer *writer, const uint32_t *order,
                  uint32_t docs, struct buf *out, lede_error *err)
{
    uint8_t entries[ENTRIES_BYTES] = { 0 };
    size_t start = out->len;
    lede_status status = LEDE_STATUS_OK;

    for (unsigned i = 0; i < COLUMNS && status == LEDE_STATUS_OK; i++) {
        struct chosen chosen = { writer, order, docs, (enum column)i };

        status = put_column(&chosen, out->len - start,
                            entries + (size_t)i * ENTRY_BYTES, out, err);
    }
    return status == LEDE_STATUS_OK
        ? lede__buf_add(out, entries, sizeof entries, err) : status;
}

/* ---- reading ---- */

/* Text i of n at `p`, which has to end at or before `end`. */
static lede_status
read_text(struct segment *segment, const uint8_t *p, const uint8_t *end,
          uint64_t n, uint64_t i, unsigned width, struct str *out,
          lede_error *err)
{
    uint64_t bits = lede__bits_bytes(n, width);
    uint64_t before = i > 0 ? i - 1 : 0;
    lede_status status = LEDE_STATUS_OK;
    uint64_t start = 0;
    uint64_t stop = 0;

    if (i >= n || width > BITS_WIDTH_MAX || bits > (uint64_t)(end - p)) {
        return lede__segment_damaged(segment, "its columns", err);
    }
    status = lede__segment_verify(segment, p + before * width / 8,
                                  (size_t)width / 4 + BITS_SLACK, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    start = i > 0 ? lede__bits_get(p, before, width) : 0;
    stop = lede__bits_get(p, i, width);
    p += bits;
    if (start > stop || stop > (uint64_t)(end - p)) {
        return lede__segment_damaged(segment, "its columns", err);
    }
    *out = (struct str){ (const char *)p + start, (size_t)(stop - start) };
    return lede__segment_verify(segment, p + start, out->len, err);
}

/* What the entry of a column says, checked. */
struct column_entry {
    enum form form;
    uint32_t width;
    uint32_t count;
    uint32_t width2;
    const uint8_t *p;           // the column
    const uint8_t *end;         // of all columns
};

static lede_status
read_entry(struct segment *segment, enum column column,
           struct column_entry *out, lede_error *err)
{
    uint64_t size = segment->facts.sizes[SECTION_COLUMNS];
    uint64_t entries = (uint64_t)segment->columns * ENTRY_BYTES;
    const uint8_t *entry = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint64_t start = 0;
    uint32_t form = 0;

    *out = (struct column_entry){ .form = COLUMN_EMPTY };
    if (size > 0 && size < entries) {
        return lede__segment_damaged(segment, "its columns", err);
    }
    if (size == 0 || (unsigned)column >= segment->columns) {
        return LEDE_STATUS_OK;
    }
    out->end = segment->sections[SECTION_COLUMNS] + size - entries;
    entry = out->end + (size_t)column * ENTRY_BYTES;
    status = lede__segment_verify(segment, entry, ENTRY_BYTES, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    form = lede__get32(entry);
    out->width = lede__get32(entry + 4);
    out->count = lede__get32(entry + 8);
    out->width2 = lede__get32(entry + 12);
    start = lede__get64(entry + 16);
    if (form >= COLUMN_FORMS || start > size - entries
        || (form == COLUMN_TABLE && out->width > 32)) {
        return lede__segment_damaged(segment, "its columns", err);
    }
    out->form = (enum form)form;
    out->p = segment->sections[SECTION_COLUMNS] + start;
    return LEDE_STATUS_OK;
}

lede_status
lede__columns_read(struct segment *segment, enum column column, uint32_t doc,
                   struct str *out, lede_error *err)
{
    uint64_t docs = segment->facts.docs;
    struct column_entry entry;
    const uint8_t *p = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint64_t bits = 0;

    *out = (struct str){ "", 0 };
    if (doc >= docs) {
        return lede__segment_damaged(segment, "its columns", err);
    }
    status = read_entry(segment, column, &entry, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    p = entry.p;
    switch (entry.form) {
    case COLUMN_TEXTS:
        return read_text(segment, p, entry.end, docs, doc, entry.width2, out,
                         err);
    case COLUMN_TABLE:
    case COLUMN_OPTIONAL:
        bits = lede__bits_bytes(docs, entry.form == COLUMN_TABLE ? entry.width
                                                                 : 1);
        if (bits > (uint64_t)(entry.end - p)) {
            return lede__segment_damaged(segment, "its columns", err);
        }
        break;
    case COLUMN_FIXED:
        break;
    default:
        return LEDE_STATUS_OK;
    }
    if (bits > 0) {
        uint64_t at = (uint64_t)doc * (entry.form == COLUMN_TABLE ? entry.width
                                                                  : 1);

        status = lede__segment_verify(segment, p + at / 8, BITS_SLACK, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (entry.form == COLUMN_TABLE) {
        return read_text(segment, p + bits, entry.end, entry.count,
                         lede__bits_get(p, doc, entry.width), entry.width2,
                         out, err);
    }
    if (entry.form == COLUMN_OPTIONAL && lede__bits_get(p, doc, 1) == 0) {
        return LEDE_STATUS_OK;
    }
    p += bits;
    if (docs * entry.width > (uint64_t)(entry.end - p)) {
        return lede__segment_damaged(segment, "its columns", err);
    }
    *out = (struct str){ (const char *)p + (uint64_t)doc * entry.width,
                         entry.width };
    return lede__segment_verify(segment, (const uint8_t *)out->p, entry.width,
                                err);
}

/* The entry of a column that is a table; its form is another where it is
   none. */
static lede_status
read_table(struct segment *segment, enum column column,
           struct column_entry *out, lede_error *err)
{
    lede_status status = read_entry(segment, column, out, err);

    if (status == LEDE_STATUS_OK && out->form == COLUMN_TABLE
        && lede__bits_bytes(segment->facts.docs, out->width)
           > (uint64_t)(out->end - out->p)) {
        status = lede__segment_damaged(segment, "its columns", err);
    }
    return status;
}

lede_status
lede__columns_ordinals(struct segment *segment, enum column column,
                       const uint32_t *docs, size_t n, uint32_t *out,
                       uint32_t *count, lede_error *err)
{
    struct column_entry entry;
    lede_status status = read_table(segment, column, &entry, err);
    uint64_t from = 0;
    uint64_t to = 0;

    *count = 0;
    if (status != LEDE_STATUS_OK || entry.form != COLUMN_TABLE || n == 0) {
        return status;
    }
    if (docs[n - 1] >= segment->facts.docs) {
        return lede__segment_damaged(segment, "its columns", err);
    }
    from = (uint64_t)docs[0] * entry.width / 8;
    to = (uint64_t)docs[n - 1] * entry.width / 8 + BITS_SLACK;
    status = lede__segment_verify(segment, entry.p + from,
                                  (size_t)(to - from), err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint32_t)lede__bits_get(entry.p, docs[i], entry.width);
        if (out[i] >= entry.count) {
            return lede__segment_damaged(segment, "its columns", err);
        }
    }
    *count = entry.count;
    return LEDE_STATUS_OK;
}

lede_status
lede__columns_text(struct segment *segment, enum column column,
                   uint32_t ordinal, struct str *out, lede_error *err)
{
    struct column_entry entry;
    lede_status status = read_table(segment, column, &entry, err);

    *out = (struct str){ "", 0 };
    if (status != LEDE_STATUS_OK || entry.form != COLUMN_TABLE) {
        return status;
    }
    return read_text(segment,
                     entry.p + lede__bits_bytes(segment->facts.docs,
                                                entry.width),
                     entry.end, entry.count, ordinal, entry.width2, out, err);
}
