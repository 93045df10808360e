/* sink-native.c - the write half of the native engine; native.h tells its
   parts. */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/native.h"
#include "indexer/sink-engines.h"
#include "shared/base/file.h"
#include "shared/xapian/generation.h"

#define XAPIAN_LINK "xapian"

/* What a removal takes until the commit; and what is held as soon as anything
   is. */
#define REMOVAL_COST 16u
#define BASE_COST ((uint64_t)256 << 10)

static struct sink_native *
self(struct sink *sink)
{
    return (struct sink_native *)sink;
}

/* ---- adding and removing ---- */

static lede_status
gatherer(struct sink *sink, struct gatherer **out, lede_error *err)
{
    struct sink_native *x = self(sink);
    struct gatherer_native *found = NULL;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    for (size_t i = 0; i < x->n_sources && found == NULL; i++) {
        found = x->sources[i].gatherer->open ? NULL : x->sources[i].gatherer;
    }
    if (found == NULL) {
        struct native_source *sources = realloc(
            x->sources, (x->n_sources + 1) * sizeof *sources);

        if (sources == NULL) {
            return lede__fail_memory(err);
        }
        x->sources = sources;
        status = lede__gatherer_new(&found, &x->limits, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        found->gatherer.epoch = ++x->epoch;
        sources[x->n_sources++] =
            (struct native_source){ found, BUF_INIT(BUF_MAX_ANY) };
    }
    status = lede__gatherer_open(found, err);
    if (status == LEDE_STATUS_OK) {
        *out = &found->gatherer;
    }
    return status;
}

static lede_status
add(struct sink *sink, struct parcel *parcel, lede_error *err)
{
    lede_status status = lede__pending_add(
        self(sink), (struct parcel_native *)parcel, err);

    parcel->free(parcel);
    return status;
}

static lede_status
delete_article(struct sink *sink, uint32_t number, lede_error *err)
{
    struct sink_native *x = self(sink);
    uint32_t doc = lede__pending_doc(&x->pending, number);
    uint32_t place = 0;
    bool found = false;
    lede_status status = LEDE_STATUS_OK;

    if (doc < x->pending.docs) {
        return lede__pending_delete(&x->pending, doc, err);
    }
    status = lede__native_place(x, number, &place, &doc, &found, err);
    return status == LEDE_STATUS_OK && found
               ? lede__native_delete(x, place, doc, err) : status;
}

/* ---- reading ---- */

static lede_status
find(struct sink *sink, struct str term, uint32_t after, uint32_t *number,
     lede_error *err)
{
    struct sink_native *x = self(sink);
    lede_status status = LEDE_STATUS_OK;

    if (x->lost != NULL && term.len == 1 && term.p[0] == TERM_ALL) {
        return lede__native_next(x, after, number, err);
    }
    status = lede__native_find(x, term, after, number, err);
    return status == LEDE_STATUS_OK && *number == 0 && x->pending.docs > 0
               ? lede__pending_find(&x->pending, term, after, number, err)
               : status;
}

static lede_status
column(struct sink *sink, enum column which, uint32_t number,
       struct buf *out, lede_error *err)
{
    struct sink_native *x = self(sink);
    uint32_t doc = lede__pending_doc(&x->pending, number);
    struct str value = { NULL, 0 };
    uint32_t place = 0;
    bool found = false;
    lede_status status = LEDE_STATUS_OK;

    out->len = 0;
    if (doc < x->pending.docs) {
        if (!lede__pending_is_deleted(&x->pending, doc)) {
            value = lede__columns_added(x->pending.columns, doc, which);
        }
        return lede__buf_str(out, value, err);
    }
    status = lede__native_place(x, number, &place, &doc, &found, err);
    if (status == LEDE_STATUS_OK && found) {
        status = lede__columns_read(x->row[place].segment, which, doc, &value,
                                    err);
    }
    return status == LEDE_STATUS_OK ? lede__buf_str(out, value, err) : status;
}

static lede_status
stored(struct sink *sink, uint32_t number, struct buf *out, lede_error *err)
{
    struct sink_native *x = self(sink);
    uint32_t doc = lede__pending_doc(&x->pending, number);
    struct str record = { NULL, 0 };
    uint32_t place = 0;
    bool found = false;
    lede_status status = LEDE_STATUS_OK;

    out->len = 0;
    if (doc < x->pending.docs &&
        !lede__pending_is_deleted(&x->pending, doc)) {
        return lede__pending_stored(x, doc, out, err);
    }
    status = lede__native_place(x, number, &place, &doc, &found, err);
    if (status == LEDE_STATUS_OK && !found) {
        return lede__fail(err, LEDE_STATUS_NOT_FOUND,
                          "there is no article with the number %u",
                          (unsigned)number);
    }
    if (status == LEDE_STATUS_OK &&
        x->row[place].segment->facts.sizes[SECTION_STORED] > 0) {
        status = x->lost != NULL
                     ? lede__native_record(x, place, doc, &record, err)
                     : lede__stored_read(x->reader, x->row[place].segment,
                                         doc, &record, err);
    }
    return status == LEDE_STATUS_OK ? lede__buf_str(out, record, err)
                                    : status;
}

static lede_status
meta_get(struct sink *sink, struct str key, struct buf *out, lede_error *err)
{
    return lede__native_meta_get(self(sink), key, out, err);
}

static lede_status
meta_set(struct sink *sink, struct str key, struct str value,
         lede_error *err)
{
    return lede__metas_set(&self(sink)->metas, key, value, err);
}

static lede_status
meta_each(struct sink *sink, struct str prefix,
          lede_status (*each)(void *payload, struct str key,
                              struct str value, lede_error *err),
          void *payload, lede_error *err)
{
    return lede__native_meta_each(self(sink), prefix, each, payload, err);
}

/* ---- transactions ---- */

static uint64_t
pending_bytes(const struct sink *sink)
{
    const struct sink_native *x = (const struct sink_native *)sink;
    uint64_t bytes = x->pending.cost + x->metas.cost;
    uint8_t sketch[SKETCH] = { 0 };

    bytes += x->deletions.len / sizeof(struct native_deletion) * REMOVAL_COST;
    if (x->pending.docs == 0) {
        return bytes;
    }
    for (size_t i = 0; i < x->n_sources; i++) {
        lede__gather_sketch(x->sources[i].gatherer, sketch);
    }
    return bytes + BASE_COST +
           GATHER_TERM_COST * lede__gather_estimate(sketch);
}

static bool
can_spill(const struct sink *sink)
{
    (void)sink;
    return true;
}

static lede_status
spill(struct sink *sink, lede_error *err)
{
    return lede__native_flush(self(sink), err);
}

static lede_status
commit(struct sink *sink, lede_error *err)
{
    return lede__native_commit(self(sink), err);
}

static lede_status
rollback(struct sink *sink, lede_error *err)
{
    return lede__native_rollback(self(sink), err);
}

static lede_status
merge(struct sink *sink, bool optimize, bool reorder,
      void (*progress)(void *payload, uint64_t done, uint64_t total),
      void *payload, lede_error *err)
{
    struct sink_native *x = self(sink);
    struct native_progress told = { progress, payload };
    lede_status status = lede__native_commit(x, err);

    if (status != LEDE_STATUS_OK || !optimize || x->n_row == 0 ||
        (x->n_row == 1 && x->row[0].n_deleted == 0 &&
         (!reorder || x->row[0].segment->facts.reordered))) {
        return status;
    }
    return lede__native_merge(x, 0, x->n_row, reorder,
                              progress == NULL ? NULL : &told, err);
}

/* ---- publishing, and changing over from the other engine ---- */

/* Let the link of the other engine go, which would win. */
static lede_status
unlink_xapian(const struct sink_native *x, lede_error *err)
{
    char *link = lede__path_join(x->index, XAPIAN_LINK);
    lede_status status = link == NULL ? lede__fail_memory(err)
                                      : LEDE_STATUS_OK;

    if (status == LEDE_STATUS_OK && unlink(link) == 0) {
        status = lede__file_sync_dir(x->index, err);
    } else if (status == LEDE_STATUS_OK && errno != ENOENT) {
        status = lede__fail_errno(err, errno, link, "removing the link");
    }
    free(link);
    return status;
}

/* Remove what neither this row nor readers need. */
static lede_status
clean(const struct sink_native *x, lede_error *err)
{
    struct manifest manifest = { 0 };
    lede_status status = lede__manifest_read(&manifest, x->index, NULL);

    if (status == LEDE_STATUS_OK) {
        status = lede__manifest_clean(&manifest, x->index, err);
    } else {
        status = status == LEDE_STATUS_NOT_FOUND
                     ? lede__manifest_clean(NULL, x->index, err)
                     : LEDE_STATUS_OK;
    }
    lede__manifest_free(&manifest);
    return status;
}

static lede_status
publish(struct sink *sink, lede_error *err)
{
    struct sink_native *x = self(sink);
    lede_status status = LEDE_STATUS_OK;

    if (x->published) {
        return LEDE_STATUS_OK;
    }
    x->published = true;
    status = lede__native_write_manifest(x, err);
    if (status != LEDE_STATUS_OK) {
        struct manifest manifest = { 0 };

        /* Where only the last step failed, readers see it all the same. */
        x->published = x->unsure &&
                       lede__manifest_read(&manifest, x->index, NULL) ==
                           LEDE_STATUS_OK &&
                       manifest.generation == x->generation + 1;
        x->generation += x->published;
        x->unsure = false;
        lede__manifest_free(&manifest);
        return status;
    }
    status = unlink_xapian(x, err);
    if (status == LEDE_STATUS_OK) {
        /* What cannot be removed is in nobody's way; the next writer tries
           again. */
        clean(x, NULL);
        lede__generation_clean(x->index, 0, NULL);
    }
    return status;
}

/* ---- opening and closing ---- */

/* Remove what was never published, and nothing else: where readers have no
   manifest they can read, what lies there may be all that is left of it. */
static void
give_up(const struct sink_native *x)
{
    struct manifest manifest = { 0 };
    lede_status status = lede__manifest_read(&manifest, x->index, NULL);

    if (status == LEDE_STATUS_OK) {
        lede__manifest_clean(&manifest, x->index, NULL);
    }
    for (size_t i = 0; i < x->n_row && status != LEDE_STATUS_OK; i++) {
        lede__native_remove(x, &x->row[i].facts);
    }
    lede__manifest_free(&manifest);
    rmdir(x->folder);           // where nothing is left in it
}

static void
close_sink(struct sink *sink)
{
    struct sink_native *x = self(sink);

    if (x->index != NULL) {
        lede__native_rollback(x, NULL);
    }
    for (size_t i = 0; i < x->n_row; i++) {
        lede__native_close(&x->row[i]);
    }
    if (!x->published && x->folder != NULL) {
        give_up(x);
    }
    for (size_t i = 0; i < x->n_sources; i++) {
        lede__gatherer_free(x->sources[i].gatherer);
        lede__buf_free(&x->sources[i].docs);
    }
    lede__stored_reader_free(x->reader);
    lede__buf_free(&x->deletions);
    lede__buf_free(&x->found_term);
    lede__buf_free(&x->found);
    free(x->sources);
    free(x->row);
    free(x->folder);
    free(x->index);
    free(x);
}

static const struct sink_ops ops = {
    "native", gatherer, add, delete_article, find, column, stored,
    meta_get, meta_set, meta_each, pending_bytes, can_spill, spill,
    commit, rollback, publish, merge, close_sink,
};

/* The highest N of the files in the folder, of which the manifest cannot be
   read: names are never used twice. */
static lede_status
highest_name(const char *folder, uint64_t *name, lede_error *err)
{
    const struct dirent *entry = NULL;
    DIR *dir = opendir(folder);

    *name = 0;
    if (dir == NULL) {
        return errno == ENOENT
                   ? LEDE_STATUS_OK
                   : lede__fail_errno(err, errno, folder,
                                      "reading the folder");
    }
    while ((entry = readdir(dir)) != NULL) {
        uint64_t n = 0;

        for (const char *p = entry->d_name; *p >= '0' && *p <= '9'; p++) {
            n = n < UINT64_MAX / 20 ? n * 10 + (uint64_t)(*p - '0') : n;
        }
        *name = n > *name ? n : *name;
    }
    closedir(dir);
    return LEDE_STATUS_OK;
}

/* The row that the manifest names. */
static lede_status
open_row(struct sink_native *x, const struct manifest *manifest,
         lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < manifest->n && status == LEDE_STATUS_OK; i++) {
        struct native_segment segment = { .segment = NULL };

        status = lede__native_open(&segment, x->index,
                                   &manifest->segments[i], err);
        if (status == LEDE_STATUS_OK) {
            status = lede__native_append(x, &segment, err);
            if (status != LEDE_STATUS_OK) {
                lede__native_close(&segment);
            }
        }
    }
    x->n_committed = x->n_row;
    return status;
}

static lede_status
open_folder(struct sink_native *x, enum sink_mode mode, bool *made,
            lede_error *err)
{
    struct manifest manifest = { 0 };
    lede_error why = LEDE_ERROR_INIT;
    lede_status found = LEDE_STATUS_OK;
    lede_status status = LEDE_STATUS_OK;

    if (mode == SINK_SALVAGE) {
        return lede__native_salvage(x, err);
    }
    found = lede__manifest_read(&manifest, x->index, &why);
    *made = found == LEDE_STATUS_NOT_FOUND || mode == SINK_REBUILD;
    if ((found != LEDE_STATUS_OK && !*made) ||
        (*made && mode == SINK_EXISTING)) {
        if (err != NULL) {
            *err = why;
        }
        return found;
    }
    x->published = !*made;
    x->generation = manifest.generation;
    x->next_name = manifest.next_name;
    if (*made && found != LEDE_STATUS_OK) {
        status = highest_name(x->folder, &x->next_name, err);
        x->generation = x->next_name;
        x->next_name++;
    }
    if (status == LEDE_STATUS_OK && *made) {
        status = lede__file_make_dir(x->folder, err);
    }
    /* Without a manifest a rebuild may yet need all that lies there. */
    if (status == LEDE_STATUS_OK &&
        (mode == SINK_CURRENT ||
         (mode == SINK_REBUILD && found == LEDE_STATUS_OK))) {
        status = clean(x, err);
    }
    if (status == LEDE_STATUS_OK && !*made) {
        status = open_row(x, &manifest, err);
    }
    lede__manifest_free(&manifest);
    return status;
}

lede_status
lede__sink_native_open(struct sink **out, const char *index,
                       const struct sink_options *options, bool *made,
                       lede_error *err)
{
    struct sink_native *x = calloc(1, sizeof *x);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    *made = false;
    if (x == NULL) {
        return lede__fail_memory(err);
    }
    x->sink.ops = &ops;
    x->published = true;        // until there is something to take back
    x->memory = options->memory;
    x->threads = options->threads > 0 ? options->threads : 1;
    x->bigram_df = options->bigram_df;
    x->limits.no_stored = options->no_stored;
    x->no_merge = options->no_merge;
    x->lost = options->mode == SINK_SALVAGE ? options->lost : NULL;
    x->lost_payload = options->payload;
    x->kernel = lede__kernel_best();
    x->deletions.max = BUF_MAX_ANY;
    x->found_term.max = BUF_MAX_ANY;
    x->found.max = BUF_MAX_ANY;
    lede__metas_init(&x->metas);
    x->index = strdup(index);
    x->folder = lede__native_path(index);
    if (x->index == NULL || x->folder == NULL) {
        status = lede__fail_memory(err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__stored_reader_new(&x->reader, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = open_folder(x, options->mode, made, err);
    }
    if (status != LEDE_STATUS_OK) {
        close_sink(&x->sink);
        return status;
    }
    if (!*made && options->mode == SINK_CURRENT) {
        lede__generation_clean(index, 0, NULL);
    }
    *out = &x->sink;
    return LEDE_STATUS_OK;
}
