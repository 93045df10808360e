/* searcher-xapian.c - the read half of the xapian engine; see searcher.h. */

#include <stdlib.h>

#include "query/searcher-engines.h"
#include "shared/xapian/generation.h"
#include "shared/xapian/xapian.h"

/* A rebuild may replace the generation between reading its number and opening
   it; that often in a row is no accident. */
#define OPEN_TRIES 20

struct searcher_xapian {
    struct searcher searcher;
    struct xapian_reader *reader;
    uint8_t **pages;            // quantised lengths by page; NULL: not read
    size_t n_pages;
    struct buf key;
    struct buf columns[COLUMNS];
    struct buf stored;
};

struct postings_xapian {
    struct postings postings;
    struct xapian_postings *list;
    struct buf positions;
    uint32_t max_tf;
    uint32_t docs[POSTING_BLOCK];
    uint32_t tfs[POSTING_BLOCK];
};

static struct searcher_xapian *
self(struct searcher *searcher)
{
    return (struct searcher_xapian *)searcher;
}

/* ---- postings ---- */

static lede_status
advance(struct postings *postings, uint32_t doc, lede_error *err)
{
    struct postings_xapian *x = (struct postings_xapian *)postings;

    if (postings->count > 0 && postings->docs[postings->count - 1] >= doc) {
        return LEDE_STATUS_OK;
    }
    return lede__xapian_postings_read(x->list, doc, x->docs, x->tfs,
                                      POSTING_BLOCK, &postings->count, err);
}

/* They come with the documents. */
static lede_status
read_tfs(struct postings *postings, lede_error *err)
{
    (void)postings;
    (void)err;
    return LEDE_STATUS_OK;
}

static lede_status
positions(struct postings *postings, uint32_t doc, const uint32_t **out,
          size_t *count, lede_error *err)
{
    struct postings_xapian *x = (struct postings_xapian *)postings;
    lede_status status = LEDE_STATUS_OK;

    x->positions.len = 0;
    status = lede__xapian_positions(x->list, doc, &x->positions, err);
    *out = (const uint32_t *)(const void *)x->positions.p;
    *count = x->positions.len / sizeof **out;
    return status;
}

/* Nothing stands beside the postings but one bound for all of them. */
static lede_status
block_end(struct postings *postings, uint32_t doc, uint32_t *last,
          lede_error *err)
{
    (void)postings;
    (void)doc;
    (void)err;
    *last = DOC_END;
    return LEDE_STATUS_OK;
}

static lede_status
bound(struct postings *postings, uint32_t from, uint32_t to,
      struct impacts *out, lede_error *err)
{
    const struct postings_xapian *x = (struct postings_xapian *)postings;

    (void)from;
    (void)to;
    (void)err;
    out->n = 1;
    out->pairs[0] = (struct impact){ x->max_tf, 0 };
    return LEDE_STATUS_OK;
}

static lede_status
fill(struct postings *postings, uint32_t page,
     uint64_t words[DOC_PAGE_WORDS], lede_error *err)
{
    uint32_t doc = page;

    for (;;) {
        lede_status status = advance(postings, doc, err);

        if (status != LEDE_STATUS_OK || postings->count == 0) {
            return status;
        }
        for (size_t i = 0; i < postings->count; i++) {
            uint32_t at = postings->docs[i] - page;

            if (postings->docs[i] < page) {
                continue;
            }
            if (at >= DOC_PAGE) {
                return LEDE_STATUS_OK;
            }
            words[at / 64] |= (uint64_t)1 << (at % 64);
        }
        doc = postings->docs[postings->count - 1] + 1;
    }
}

static void
close_postings(struct postings *postings)
{
    struct postings_xapian *x = (struct postings_xapian *)postings;

    lede__xapian_postings_close(x->list);
    lede__buf_free(&x->positions);
    free(x);
}

static const struct postings_ops postings_ops = {
    .advance = advance,
    .tfs = read_tfs,
    .positions = positions,
    .block_end = block_end,
    .bound = bound,
    .fill = fill,
    .close = close_postings,
};

static lede_status
open_postings(struct searcher *searcher, struct str term,
              struct postings **out, lede_error *err)
{
    struct postings_xapian *x = NULL;
    struct xapian_postings *list = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint32_t df = 0;
    uint32_t max_tf = 0;

    *out = NULL;
    status = lede__xapian_postings_open(&list, self(searcher)->reader, term,
                                        &df, &max_tf, err);
    if (status != LEDE_STATUS_OK || list == NULL) {
        return status;
    }
    x = calloc(1, sizeof *x);
    if (x == NULL) {
        lede__xapian_postings_close(list);
        return lede__fail_memory(err);
    }
    x->list = list;
    x->max_tf = max_tf;
    x->positions.max = BUF_MAX_ANY;
    x->postings.ops = &postings_ops;
    x->postings.df = df;
    x->postings.exact_df = true;
    x->postings.docs = x->docs;
    x->postings.tfs = x->tfs;
    *out = &x->postings;
    return LEDE_STATUS_OK;
}

/* ---- lengths ---- */

static void
forget_pages(struct searcher_xapian *x)
{
    for (size_t i = 0; i < x->n_pages; i++) {
        free(x->pages[i]);
    }
    free(x->pages);
    x->pages = NULL;
    x->n_pages = 0;
}

static lede_status
load_page(struct searcher_xapian *x, size_t page, lede_error *err)
{
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    status = lede__lengths_key(&x->key, (uint32_t)page, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__xapian_metadata(x->reader, lede__buf_view(&x->key),
                                       &bytes, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    x->pages[page] = calloc(1, LENGTHS_PAGE);
    if (x->pages[page] == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    if (bytes.len > 0) {
        memcpy(x->pages[page], bytes.p,
               bytes.len < LENGTHS_PAGE ? bytes.len : LENGTHS_PAGE);
    }

out:
    lede__buf_free(&bytes);
    return status;
}

static lede_status
lengths(struct searcher *searcher, uint32_t page, const uint8_t **out,
        lede_error *err)
{
    struct searcher_xapian *x = self(searcher);
    size_t at = page / LENGTHS_PAGE;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (x->pages == NULL) {
        x->n_pages = (size_t)searcher->stats.last_number / LENGTHS_PAGE + 1;
        x->pages = calloc(x->n_pages, sizeof *x->pages);
        if (x->pages == NULL) {
            x->n_pages = 0;
            return lede__fail_memory(err);
        }
    }
    if (at >= x->n_pages) {
        return lede__fail(err, LEDE_STATUS_CORRUPT,
                          "%s: an article beyond the last; run lede check",
                          searcher->path);
    }
    if (x->pages[at] == NULL) {
        status = load_page(x, at, err);
    }
    *out = x->pages[at];
    return status;
}

/* ---- the rest ---- */

static lede_status
number(struct searcher *searcher, uint32_t doc, uint32_t *out,
       lede_error *err)
{
    (void)searcher;
    (void)err;
    *out = doc;
    return LEDE_STATUS_OK;
}

static lede_status
column(struct searcher *searcher, enum column which, uint32_t doc,
       struct str *out, lede_error *err)
{
    struct buf *buf = &self(searcher)->columns[which];
    lede_status status = LEDE_STATUS_OK;

    status = lede__xapian_value(self(searcher)->reader, (unsigned)which,
                                doc, buf, err);
    *out = lede__buf_view(buf);
    return status;
}

static lede_status
stored(struct searcher *searcher, uint32_t doc, struct str *out,
       lede_error *err)
{
    struct buf *buf = &self(searcher)->stored;
    lede_status status = LEDE_STATUS_OK;

    status = lede__xapian_data(self(searcher)->reader, doc, buf, err);
    *out = lede__buf_view(buf);
    return status;
}

/* A dictionary is the wrapper's own structure under the seam's name. */
static lede_status
open_dictionary(struct searcher *searcher, struct str prefix,
                struct dictionary **out, lede_error *err)
{
    struct xapian_terms *terms = NULL;
    lede_status status = lede__xapian_terms_open(
        &terms, self(searcher)->reader, prefix, err);

    *out = (struct dictionary *)terms;
    return status;
}

static lede_status
next_term(struct dictionary *dictionary, struct str *term, uint32_t *df,
          lede_error *err)
{
    return lede__xapian_terms_next((struct xapian_terms *)dictionary, term,
                                   df, err);
}

static lede_status
seek_term(struct dictionary *dictionary, struct str term, lede_error *err)
{
    return lede__xapian_terms_seek((struct xapian_terms *)dictionary, term,
                                   err);
}

static void
close_dictionary(struct dictionary *dictionary)
{
    lede__xapian_terms_close((struct xapian_terms *)dictionary);
}

static lede_status
meta(struct searcher *searcher, struct str key, struct buf *out,
     bool *found, lede_error *err)
{
    lede_status status = lede__xapian_metadata(self(searcher)->reader, key,
                                               out, err);

    *found = status == LEDE_STATUS_OK && out->len > 0;
    return status;
}

/* Open the generation that the link names now.  The link is looked at again
   afterwards: a generation is removed only when the link has left it, and one
   that was being removed might have been opened with a table missing. */
static lede_status
open_current(const char *index, struct xapian_reader **reader,
             unsigned *generation, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    lede_error why = LEDE_ERROR_INIT;

    *reader = NULL;
    for (int i = 0; i < OPEN_TRIES; i++) {
        char *path = NULL;
        unsigned now = 0;

        status = lede__generation_current(generation, index, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        path = lede__generation_path(index, *generation);
        status = path == NULL ? lede__fail_memory(&why)
                              : lede__xapian_reader_open(reader, path, &why);
        free(path);
        if (lede__generation_current(&now, index, NULL) == LEDE_STATUS_OK &&
            now == *generation) {
            break;
        }
        if (status == LEDE_STATUS_OK) {
            lede__xapian_reader_close(*reader);
            *reader = NULL;
            status = lede__fail(&why, LEDE_STATUS_ENGINE,
                                "%s: rebuilt again and again while it was "
                                "opened", index);
        }
    }
    if (status == LEDE_STATUS_NOT_FOUND) {
        return lede__fail(err, LEDE_STATUS_CORRUPT,
                          "%s: the database of the index is missing; make it "
                          "anew with lede index --rebuild", index);
    }
    if (status != LEDE_STATUS_OK && err != NULL) {
        *err = why;
    }
    return status;
}

/* A new reader, so that the one before stays as it was if this fails. */
static lede_status
refresh(struct searcher *searcher, lede_error *err)
{
    struct searcher_xapian *x = self(searcher);
    struct xapian_reader *old = x->reader;
    struct xapian_reader *reader = NULL;
    lede_status status = LEDE_STATUS_OK;
    unsigned generation = 0;

    /* Two commits while it is opened: as good as none, once opened again. */
    for (int i = 0; i < OPEN_TRIES; i++) {
        status = open_current(searcher->path, &reader, &generation, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        x->reader = reader;
        status = lede__searcher_load(searcher, err);
        if (status == LEDE_STATUS_OK) {
            lede__xapian_reader_close(old);
            forget_pages(x);
            searcher->docs = searcher->stats.last_number + 1;
            return LEDE_STATUS_OK;
        }
        lede__xapian_reader_close(reader);
        x->reader = old;
        if (status != LEDE__STATUS_CHANGED) {
            break;
        }
    }
    return status;
}

static void
close_searcher(struct searcher *searcher)
{
    struct searcher_xapian *x = self(searcher);

    lede__xapian_reader_close(x->reader);
    forget_pages(x);
    for (int i = 0; i < COLUMNS; i++) {
        lede__buf_free(&x->columns[i]);
    }
    lede__buf_free(&x->stored);
    lede__buf_free(&x->key);
    lede__schema_free(searcher->schema);
    free(searcher->path);
    free(x);
}

static const struct searcher_ops ops = {
    .engine = "xapian",
    .refresh = refresh,
    .postings = open_postings,
    .lengths = lengths,
    .number = number,
    .column = column,
    .stored = stored,
    .dictionary = open_dictionary,
    .dictionary_next = next_term,
    .dictionary_seek = seek_term,
    .dictionary_close = close_dictionary,
    .meta = meta,
    .close = close_searcher,
};

lede_status
lede__searcher_xapian_open(struct searcher **out, const char *path,
                           lede_error *err)
{
    struct searcher_xapian *x = calloc(1, sizeof *x);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (x == NULL) {
        return lede__fail_memory(err);
    }
    x->searcher.ops = &ops;
    x->searcher.kernel = lede__kernel_best();
    x->searcher.ordered = true;
    x->key.max = BUF_MAX_ANY;
    x->stored.max = BUF_MAX_ANY;
    for (int i = 0; i < COLUMNS; i++) {
        x->columns[i].max = BUF_MAX_ANY;
    }
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
