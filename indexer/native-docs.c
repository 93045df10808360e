/* native-docs.c - the merge of what is not said by terms: stored articles,
   numbers, lengths, columns. */

#include <stdlib.h>

#include "indexer/native-merge.h"
#include "shared/index/bytes.h"
#include "shared/index/store.h"

/* As the building: merges are to be fast. */
#define DEFLATE_LEVEL 1

#define BYTES_HELD ((size_t)256 << 10)

/* ---- where docs go ---- */

lede_status
lede__merge_map(struct merge *merge, lede_error *err)
{
    uint64_t docs = 0;

    for (size_t i = 0; i < merge->n; i++) {
        struct merge_part *part = &merge->parts[i];
        const struct native_segment *from = part->from;

        part->first = (uint32_t)docs;
        if (from->n_deleted > 0) {
            part->map = malloc(from->facts.docs * sizeof *part->map + 1);
            if (part->map == NULL) {
                return lede__fail_memory(err);
            }
            for (uint32_t doc = 0; doc < from->facts.docs; doc++) {
                part->map[doc] = native_is_deleted(from, doc)
                                     ? MERGE_GONE : (uint32_t)docs++;
            }
        } else {
            docs += from->facts.docs;
        }
        if (docs >= MERGE_GONE) {
            return lede__fail(err, LEDE_STATUS_LIMIT,
                              "too many articles for one segment");
        }
    }
    merge->docs = (uint32_t)docs;
    return LEDE_STATUS_OK;
}

/* ---- the new docs, one after the other ---- */

struct walk {
    const struct merge *merge;
    uint32_t place;             // of the next
    struct merge_origin at;     // of it, without another order
};

/* false at the end. */
static bool
next_doc(struct walk *walk, struct merge_origin *out)
{
    const struct merge *merge = walk->merge;

    if (walk->place == merge->docs) {
        return false;
    }
    if (merge->origins != NULL) {
        *out = merge->origins[walk->place++];
        return true;
    }
    for (;; walk->at.doc++) {
        const struct merge_part *part = &merge->parts[walk->at.part];

        while (walk->at.doc == part->from->facts.docs) {
            walk->at.part++;
            walk->at.doc = 0;
            part++;
        }
        if (merge_doc(part, walk->at.doc) != MERGE_GONE) {
            break;
        }
    }
    *out = walk->at;
    walk->at.doc++;
    walk->place++;
    return true;
}

/* ---- stored articles ---- */

struct store {
    struct stored_index *index;
    struct stored_reader *reader;
    struct stored_packer *packer;
    struct buf out;
};

static lede_status
put_blocks(struct merge *merge, struct store *store, struct str blocks,
           lede_error *err)
{
    lede_status status = lede__segment_append(merge->writer, SECTION_STORED,
                                              blocks, err);

    merge->done += blocks.len;
    lede__merge_tell(merge);
    return status == LEDE_STATUS_OK
               ? lede__stored_index_add(store->index, blocks, err) : status;
}

/* What was packed, with a block that is not full. */
static lede_status
put_packed(struct merge *merge, struct store *store, lede_error *err)
{
    lede_status status = lede__stored_flush(store->packer, &store->out, err);

    if (status == LEDE_STATUS_OK && store->out.len > 0) {
        status = put_blocks(merge, store, lede__buf_view(&store->out), err);
    }
    store->out.len = 0;
    return status;
}

static bool
any_deleted(const struct native_segment *from, uint32_t doc, uint32_t n)
{
    for (uint32_t i = 0; i < n && from->n_deleted > 0; i++) {
        if (native_is_deleted(from, doc + i)) {
            return true;
        }
    }
    return false;
}

/* The blocks from `doc` on of which nothing is deleted, as they are; *n: the
   docs in them. */
static lede_status
copy_stored(struct merge *merge, struct store *store,
            const struct native_segment *from, uint32_t doc, uint32_t *n,
            lede_error *err)
{
    uint32_t docs = from->facts.docs;
    struct str bytes = { NULL, 0 };
    lede_status status = LEDE_STATUS_OK;
    uint32_t end = doc;

    while (end < docs) {
        struct stored_run run = { .docs = 0 };

        status = lede__stored_run_at(from->segment, end, &run, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (run.first != end || run.docs > docs - end ||
            (bytes.len > 0 && run.bytes.p != bytes.p + bytes.len) ||
            any_deleted(from, end, run.docs)) {
            break;
        }
        bytes.p = bytes.len > 0 ? bytes.p : run.bytes.p;
        bytes.len += run.bytes.len;
        end += run.docs;
    }
    *n = end - doc;
    if (*n == 0) {
        return LEDE_STATUS_OK;
    }
    status = put_packed(merge, store, err);
    return status == LEDE_STATUS_OK ? put_blocks(merge, store, bytes, err)
                                    : status;
}

static lede_status
repack(struct merge *merge, struct store *store, struct segment *segment,
       uint32_t doc, lede_error *err)
{
    struct str record = { "", 0 };
    lede_status status = LEDE_STATUS_OK;

    if (segment->facts.sizes[SECTION_STORED] > 0) {
        status = lede__stored_read(store->reader, segment, doc, &record, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_pack(store->packer, record, &store->out, err);
    }
    if (status == LEDE_STATUS_OK && store->out.len >= BYTES_HELD) {
        status = put_blocks(merge, store, lede__buf_view(&store->out), err);
        store->out.len = 0;
    }
    return status;
}

static lede_status
walk_stored(struct merge *merge, struct store *store, lede_error *err)
{
    struct walk walk = { .merge = merge };
    struct merge_origin at = { 0, 0 };
    lede_status status = LEDE_STATUS_OK;

    while (status == LEDE_STATUS_OK && next_doc(&walk, &at)) {
        const struct native_segment *from = merge->parts[at.part].from;
        uint32_t n = 0;

        if (merge->origins == NULL &&
            from->segment->facts.sizes[SECTION_STORED] > 0) {
            status = copy_stored(merge, store, from, at.doc, &n, err);
        }
        if (n > 0) {
            walk.at.doc += n - 1;
            walk.place += n - 1;
        } else if (status == LEDE_STATUS_OK) {
            status = repack(merge, store, from->segment, at.doc, err);
        }
    }
    return status == LEDE_STATUS_OK ? put_packed(merge, store, err) : status;
}

static lede_status
put_stored(struct merge *merge, lede_error *err)
{
    struct store store = { .out = BUF_INIT(BUF_MAX_ANY) };
    lede_status status = LEDE_STATUS_OK;
    bool any = false;

    for (size_t i = 0; i < merge->n; i++) {
        any = any ||
              merge->parts[i].from->segment->facts.sizes[SECTION_STORED] > 0;
    }
    if (!any) {
        return LEDE_STATUS_OK;
    }
    status = lede__stored_index_new(&store.index, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_reader_new(&store.reader, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_packer_new(&store.packer, DEFLATE_LEVEL, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = walk_stored(merge, &store, err);
    }
    store.out.len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_index_end(store.index, &store.out, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(merge->writer, SECTION_STORED_INDEX,
                                      lede__buf_view(&store.out), err);
    }
    lede__stored_index_free(store.index);
    lede__stored_reader_free(store.reader);
    lede__stored_packer_free(store.packer);
    lede__buf_free(&store.out);
    return status;
}

/* ---- numbers and lengths ---- */

/* The lowest and highest number, and whether docs are in their order. */
static lede_status
look_at_numbers(struct merge *merge, lede_error *err)
{
    struct segment_facts *facts = &merge->facts;
    struct walk walk = { .merge = merge };
    struct merge_origin at = { 0, 0 };
    lede_status status = LEDE_STATUS_OK;
    uint32_t before = 0;

    facts->docs = merge->docs;
    facts->ordered = true;
    while (status == LEDE_STATUS_OK && next_doc(&walk, &at)) {
        uint32_t number = 0;

        status = lede__segment_number(merge->parts[at.part].from->segment,
                                      at.doc, &number, err);
        if (before == 0 || number < facts->first_number) {
            facts->first_number = number;
        }
        if (number > facts->last_number) {
            facts->last_number = number;
        }
        facts->ordered = facts->ordered && number > before;
        before = number;
    }
    return status;
}

static lede_status
put_numbers(struct merge *merge, lede_error *err)
{
    const struct segment_facts *facts = &merge->facts;
    struct walk walk = { .merge = merge };
    struct merge_origin at = { 0, 0 };
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    if (facts->docs == 0 ||
        (facts->ordered &&
         facts->last_number - facts->first_number == facts->docs - 1)) {
        return LEDE_STATUS_OK;
    }
    while (status == LEDE_STATUS_OK && next_doc(&walk, &at)) {
        uint32_t number = 0;

        status = lede__segment_number(merge->parts[at.part].from->segment,
                                      at.doc, &number, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__put32(&bytes, number, err);
        }
        if (status == LEDE_STATUS_OK && bytes.len >= BYTES_HELD) {
            status = lede__segment_append(merge->writer, SECTION_NUMBERS,
                                          lede__buf_view(&bytes), err);
            bytes.len = 0;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(merge->writer, SECTION_NUMBERS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

static lede_status
put_lengths(struct merge *merge, lede_error *err)
{
    size_t pages = ((size_t)merge->docs + LENGTHS_PAGE - 1) / LENGTHS_PAGE;
    struct walk walk = { .merge = merge };
    struct merge_origin at = { 0, 0 };
    lede_status status = lede__buf_reserve(&merge->lengths,
                                           pages * LENGTHS_PAGE, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < merge->n && status == LEDE_STATUS_OK; i++) {
        struct segment *segment = merge->parts[i].from->segment;
        const uint8_t *p = NULL;

        status = lede__segment_part(segment, SECTION_LENGTHS, 0,
                                    segment->facts.sizes[SECTION_LENGTHS],
                                    &p, err);
    }
    while (status == LEDE_STATUS_OK && next_doc(&walk, &at)) {
        const struct segment *segment = merge->parts[at.part].from->segment;

        merge->lengths.p[merge->lengths.len++] =
            (char)lede__segment_lengths(segment)[at.doc];
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    memset(merge->lengths.p + merge->lengths.len, 0,
           pages * LENGTHS_PAGE - merge->lengths.len);
    merge->lengths.len = pages * LENGTHS_PAGE;
    return lede__segment_append(merge->writer, SECTION_LENGTHS,
                                lede__buf_view(&merge->lengths), err);
}

/* ---- columns ---- */

static lede_status
add_columns(struct merge *merge, struct columns_writer *columns,
            lede_error *err)
{
    struct walk walk = { .merge = merge };
    struct merge_origin at = { 0, 0 };
    lede_status status = LEDE_STATUS_OK;

    while (status == LEDE_STATUS_OK && next_doc(&walk, &at)) {
        struct segment *segment = merge->parts[at.part].from->segment;
        struct str values[COLUMNS];

        for (int c = 0; c < COLUMNS && status == LEDE_STATUS_OK; c++) {
            status = lede__columns_read(segment, (enum column)c, at.doc,
                                        &values[c], err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__columns_add(columns, values, err);
        }
    }
    return status;
}

static lede_status
put_columns(struct merge *merge, lede_error *err)
{
    struct columns_writer *columns = NULL;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__columns_writer_new(&columns, err);

    if (status == LEDE_STATUS_OK) {
        status = add_columns(merge, columns, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__columns_end(columns, NULL, merge->docs, &bytes, err);
    }
    lede__columns_writer_free(columns);
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(merge->writer, SECTION_COLUMNS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

lede_status
lede__merge_docs(struct merge *merge, lede_error *err)
{
    lede_status status = look_at_numbers(merge, err);

    if (status == LEDE_STATUS_OK) {
        status = put_stored(merge, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_numbers(merge, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_lengths(merge, err);
    }
    return status == LEDE_STATUS_OK ? put_columns(merge, err) : status;
}
