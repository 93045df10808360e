/* searcher-native.c - the read half of the native engine: a snapshot is the
   segments that a manifest names, mapped; see searcher.h.

   Segment i's docs begin at the first multiple of DOC_PAGE after those of
   segment i - 1, so that a page of lengths lies in one mapping.  Segments and
   sets of deleted articles are never changed, so a refresh keeps what it has
   of them, and maps only what is new. */

#include <stdlib.h>

#include "query/searcher-native.h"
#include "shared/index/columns.h"
#include "shared/index/pairs.h"

/* A commit may remove a segment between reading the manifest and mapping it;
   that often in a row is no accident. */
#define OPEN_TRIES 20

/* ---- the snapshot ---- */

static void
free_parts(struct native_part *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!parts[i].kept) {
            lede__segment_close(parts[i].segment);
        }
        if (!parts[i].deleted_kept) {
            free(parts[i].deleted);
        }
    }
    free(parts);
}

static bool
same_deleted(const struct manifest_segment *a,
             const struct manifest_segment *b)
{
    return a->deleted_name == b->deleted_name &&
           a->deleted_check == b->deleted_check;
}

/* What the snapshot at hand has of this segment, or NULL. */
static struct native_part *
find_same(struct searcher_native *x, const struct manifest_segment *entry)
{
    for (size_t i = 0; i < x->n_parts; i++) {
        const struct manifest_segment *have = &x->parts[i].entry;

        if (have->name == entry->name && have->size == entry->size &&
            have->check == entry->check) {
            return &x->parts[i];
        }
    }
    return NULL;
}

static lede_status
map_segment(struct native_part *part, const char *index, lede_error *err)
{
    const struct manifest_segment *entry = &part->entry;
    char *path = lede__segment_path(index, entry->name);
    lede_status status = LEDE_STATUS_OK;

    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__segment_open(&part->segment, path, entry->size,
                                entry->check, err);
    if (status == LEDE_STATUS_OK && part->segment->facts.docs != entry->docs) {
        status = lede__fail(err, LEDE_STATUS_CORRUPT,
                            "%s: damaged: it has %u articles, and the "
                            "manifest says %u; run lede check", path,
                            part->segment->facts.docs, entry->docs);
    }
    free(path);
    return status;
}

static lede_status
read_deleted(struct native_part *part, const char *index, lede_error *err)
{
    const struct manifest_segment *entry = &part->entry;
    char *path = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (entry->deleted_name == 0) {
        return LEDE_STATUS_OK;
    }
    path = lede__deleted_path(index, entry->name, entry->deleted_name);
    if (path == NULL) {
        return lede__fail_memory(err);
    }
    status = lede__deleted_read(&part->deleted, path, entry->docs,
                                entry->deleted_check, err);
    free(path);
    return status;
}

/* Give the parts their places; they are checked against each other. */
static lede_status
place_parts(struct searcher *searcher, struct native_part *parts, size_t n,
            uint32_t *docs, bool *ordered, lede_error *err)
{
    uint64_t base = 0;
    uint32_t last = 0;

    *docs = 0;
    *ordered = true;
    for (size_t i = 0; i < n; i++) {
        const struct segment_facts *facts = &parts[i].segment->facts;

        if (base + facts->docs >= DOC_END - DOC_PAGE) {
            return lede__fail(err, LEDE_STATUS_CORRUPT,
                              "%s: damaged: more articles than there can be",
                              searcher->path);
        }
        parts[i].base = (uint32_t)base;
        parts[i].end = (uint32_t)base + facts->docs;
        if (facts->docs == 0) {
            continue;
        }
        if (facts->first_number <= last) {
            return lede__fail(err, LEDE_STATUS_CORRUPT,
                              "%s: damaged: its numbers are also in the "
                              "segment before; run lede check",
                              parts[i].segment->path);
        }
        last = facts->last_number;
        *ordered &= facts->ordered;
        *docs = parts[i].end;
        base = ((uint64_t)parts[i].end + DOC_PAGE - 1) / DOC_PAGE * DOC_PAGE;
    }
    return LEDE_STATUS_OK;
}

/* Make the parts of a manifest; those of the snapshot at hand are `kept`. */
static lede_status
make_parts(struct searcher_native *x, const struct manifest *manifest,
           struct native_part **out, lede_error *err)
{
    const char *index = x->searcher.path;
    struct native_part *parts = calloc(manifest->n + 1, sizeof *parts);
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;

    *out = NULL;
    if (parts == NULL) {
        return lede__fail_memory(err);
    }
    while (n < manifest->n && status == LEDE_STATUS_OK) {
        const struct manifest_segment *entry = &manifest->segments[n];
        const struct native_part *same = find_same(x, entry);
        struct native_part *part = &parts[n++];

        part->entry = *entry;
        if (same != NULL) {
            part->segment = same->segment;
            part->kept = true;
        } else {
            status = map_segment(part, index, err);
        }
        if (same != NULL && same_deleted(&same->entry, entry)) {
            part->deleted = same->deleted;
            part->deleted_kept = true;
        } else if (status == LEDE_STATUS_OK) {
            status = read_deleted(part, index, err);
        }
    }
    if (status != LEDE_STATUS_OK) {
        free_parts(parts, n);
        return status;
    }
    *out = parts;
    return LEDE_STATUS_OK;
}

/* Of two snapshots' parts, free those that are only in the old one, and let
   the new one own the rest. */
static void
release_old(struct native_part *old, size_t n_old, struct native_part *parts,
            size_t n)
{
    for (size_t i = 0; i < n_old; i++) {
        for (size_t j = 0; j < n; j++) {
            if (parts[j].segment == old[i].segment) {
                old[i].kept = true;
                old[i].deleted_kept = parts[j].deleted_kept;
                parts[j].kept = false;
                parts[j].deleted_kept = false;
            }
        }
    }
    free_parts(old, n_old);
}

/* Change over to the parts of a manifest; as it was where that fails. */
static lede_status
take_manifest(struct searcher_native *x, const struct manifest *manifest,
              lede_error *err)
{
    struct searcher *searcher = &x->searcher;
    struct native_part *old = x->parts;
    size_t n_old = x->n_parts;
    struct native_part *parts = NULL;
    lede_status status = make_parts(x, manifest, &parts, err);
    uint32_t docs = 0;
    bool ordered = true;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    status = place_parts(searcher, parts, manifest->n, &docs, &ordered, err);
    if (status == LEDE_STATUS_OK) {
        x->parts = parts;
        x->n_parts = manifest->n;
        status = lede__searcher_load(searcher, err);
    }
    if (status != LEDE_STATUS_OK) {
        x->parts = old;
        x->n_parts = n_old;
        free_parts(parts, manifest->n);
        return status;
    }
    release_old(old, n_old, parts, manifest->n);
    lede__native_pool_free(x);
    /* It remembers a block by its segment. */
    lede__stored_reader_free(x->stored);
    x->stored = NULL;
    searcher->docs = docs;
    searcher->ordered = ordered;
    x->generation = manifest->generation;
    return LEDE_STATUS_OK;
}

/* Whether the snapshot at hand is what the manifest names. */
static bool
is_current(struct searcher_native *x, const struct manifest *manifest)
{
    if (x->parts == NULL || x->generation != manifest->generation ||
        x->n_parts != manifest->n) {
        return false;
    }
    for (size_t i = 0; i < manifest->n; i++) {
        if (find_same(x, &manifest->segments[i]) != &x->parts[i] ||
            !same_deleted(&manifest->segments[i], &x->parts[i].entry)) {
            return false;
        }
    }
    return true;
}

static lede_status
refresh(struct searcher *searcher, lede_error *err)
{
    struct searcher_native *x = lede__native(searcher);
    lede_error why = LEDE_ERROR_INIT;
    lede_status status = LEDE_STATUS_NOT_FOUND;
    uint64_t missing = 0;       // the generation that names it

    for (int i = 0; i < OPEN_TRIES && status == LEDE_STATUS_NOT_FOUND; i++) {
        struct manifest manifest = { 0 };

        status = lede__manifest_read(&manifest, searcher->path, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (is_current(x, &manifest)) {
            lede__manifest_free(&manifest);
            return LEDE_STATUS_OK;
        }
        if (i > 0 && manifest.generation == missing) {
            /* No commit has come between: it is gone indeed. */
            status = lede__fail(err, LEDE_STATUS_CORRUPT, "%s; make the "
                                "index anew with lede index --rebuild",
                                why.message);
        } else {
            status = take_manifest(x, &manifest, &why);
            missing = manifest.generation;
            if (status != LEDE_STATUS_OK && err != NULL) {
                *err = why;
            }
        }
        lede__manifest_free(&manifest);
    }
    if (status == LEDE_STATUS_NOT_FOUND) {
        status = lede__fail(err, LEDE_STATUS_ENGINE,
                            "%s: changes faster than it can be opened",
                            searcher->path);
    }
    return status;
}

/* ---- articles ---- */

const struct native_part *
lede__native_part(struct searcher_native *x, uint32_t doc)
{
    size_t low = 0;
    size_t high = x->n_parts;

    if (x->near < high && x->parts[x->near].base <= doc
        && doc < x->parts[x->near].end) {
        return &x->parts[x->near];
    }
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (x->parts[middle].end <= doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    x->near = low;
    return low < x->n_parts && x->parts[low].base <= doc ? &x->parts[low]
                                                         : NULL;
}

static lede_status
fail_doc(const struct searcher *searcher, lede_error *err)
{
    return lede__fail(err, LEDE_STATUS_CORRUPT,
                      "%s: an article beyond the last; run lede check",
                      searcher->path);
}

static lede_status
lengths(struct searcher *searcher, uint32_t page, const uint8_t **out,
        lede_error *err)
{
    const struct native_part *part =
        lede__native_part(lede__native(searcher), page);

    *out = NULL;
    if (part == NULL) {
        return fail_doc(searcher, err);
    }
    *out = lede__segment_lengths(part->segment) + (page - part->base);
    return lede__segment_verify(part->segment, *out, DOC_PAGE, err);
}

static lede_status
number(struct searcher *searcher, uint32_t doc, uint32_t *out,
       lede_error *err)
{
    const struct native_part *part =
        lede__native_part(lede__native(searcher), doc);

    *out = 0;
    return part == NULL ? fail_doc(searcher, err)
                        : lede__segment_number(part->segment,
                                               doc - part->base, out, err);
}

static lede_status
column(struct searcher *searcher, enum column which, uint32_t doc,
       struct str *out, lede_error *err)
{
    const struct native_part *part =
        lede__native_part(lede__native(searcher), doc);

    *out = STR("");
    return part == NULL ? fail_doc(searcher, err)
                        : lede__columns_read(part->segment, which,
                                             doc - part->base, out, err);
}

static lede_status
ordinals(struct searcher *searcher, enum column which, const uint32_t *docs,
         size_t n, uint32_t *out, struct ordinals *about, lede_error *err)
{
    struct searcher_native *x = lede__native(searcher);
    const struct native_part *part = n == 0 ? NULL
                                            : lede__native_part(x, docs[0]);

    if (part == NULL) {
        return n == 0 ? LEDE_STATUS_OK : fail_doc(searcher, err);
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = docs[i] - part->base;
    }
    about->part = (size_t)(part - x->parts);
    return lede__columns_ordinals(part->segment, which, out, n, out,
                                  &about->count, err);
}

static lede_status
ordinal_text(struct searcher *searcher, enum column which, size_t part,
             uint32_t ordinal, struct str *out, lede_error *err)
{
    return lede__columns_text(lede__native(searcher)->parts[part].segment,
                              which, ordinal, out, err);
}

static lede_status
stored(struct searcher *searcher, uint32_t doc, struct str *out,
       lede_error *err)
{
    struct searcher_native *x = lede__native(searcher);
    const struct native_part *part = lede__native_part(x, doc);
    lede_status status = LEDE_STATUS_OK;
    uint32_t place = 0;

    *out = STR("");
    if (part != NULL) {
        place = doc - part->base;
    }
    if (part == NULL || (part->deleted != NULL &&
                         (part->deleted[place / 64] >> (place % 64) & 1))) {
        return lede__fail(err, LEDE_STATUS_NOT_FOUND, "%s: no such article",
                          searcher->path);
    }
    if (x->stored == NULL) {
        status = lede__stored_reader_new(&x->stored, err);
    }
    return status != LEDE_STATUS_OK
           ? status
           : lede__stored_read(x->stored, part->segment, place, out, err);
}

/* ---- metadata ---- */

static lede_status
meta(struct searcher *searcher, struct str key, struct buf *out, bool *found,
     lede_error *err)
{
    struct searcher_native *x = lede__native(searcher);
    struct str value = { NULL, 0 };
    bool there = false;

    *found = false;
    out->len = 0;
    for (size_t i = x->n_parts; i-- > 0 && !there;) {
        lede_status status = lede__pairs_find(x->parts[i].segment, key, &there,
                                              &value, err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    *found = there && value.len > 0;
    return *found ? lede__buf_str(out, value, err) : LEDE_STATUS_OK;
}

/* ---- open and close ---- */

static void
close_searcher(struct searcher *searcher)
{
    struct searcher_native *x = lede__native(searcher);

    lede__native_pool_free(x);
    lede__stored_reader_free(x->stored);
    free_parts(x->parts, x->n_parts);
    lede__schema_free(searcher->schema);
    free(searcher->path);
    free(x);
}

static const struct searcher_ops ops = {
    "native", refresh, lede__native_postings_open, lede__native_pair_open,
    lengths, number, column, stored, lede__native_dictionary_open,
    lede__native_dictionary_next, lede__native_dictionary_seek,
    lede__native_dictionary_close, meta,
    close_searcher, ordinals, ordinal_text,
};

lede_status
lede__searcher_native_open(struct searcher **out, const char *path,
                           lede_error *err)
{
    struct searcher_native *x = calloc(1, sizeof *x);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (x == NULL) {
        return lede__fail_memory(err);
    }
    x->searcher.ops = &ops;
    x->searcher.kernel = lede__kernel_best();
    x->searcher.path = strdup(path);
    status = x->searcher.path == NULL ? lede__fail_memory(err)
                                      : refresh(&x->searcher, err);
    if (status != LEDE_STATUS_OK) {
        close_searcher(&x->searcher);
        return status;
    }
    *out = &x->searcher;
    return LEDE_STATUS_OK;
}

const struct native_part *
lede__searcher_native_parts(const struct searcher *searcher, size_t *n)
{
    const struct searcher_native *x = (const struct searcher_native *)searcher;

    if (searcher->ops != &ops) {
        *n = 0;
        return NULL;
    }
    *n = x->n_parts;
    return x->parts;
}
