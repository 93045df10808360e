/* sink-xapian.c - the write half of the xapian engine.

   Terms, positions, columns (as value slots), the record (as document data)
   and metadata go into one database, in one transaction, so that a commit is
   all or nothing.  Its writer works in one thread: a parcel holds articles as
   they were given, and adding it is the work.  The quantised lengths lie in
   pages under metadata keys: a page that changes is kept here and written at
   the commit. */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

#include "indexer/sink-engines.h"
#include "shared/base/file.h"
#include "shared/index/manifest.h"
#include "shared/xapian/generation.h"
#include "shared/xapian/xapian.h"

/* What Xapian 1.4 holds in memory until a commit, by measurement: a posting of
   a term that is new in this transaction or not, the same for its positions,
   and the rest of an article.  tests/cli/memory.sh holds the promise that
   rests on them. */
#define NEW_TERM_BYTES 280
#define POSTING_BYTES 64
#define NEW_POSITIONS_BYTES 280
#define POSITIONS_BYTES 112
#define ARTICLE_BYTES 2000

struct length_page {
    uint32_t page;
    bool dirty;
    uint8_t lengths[LENGTHS_PAGE];
};

struct sink_xapian {
    struct sink sink;
    char *index;
    char *path;                 // of the generation
    unsigned generation;
    bool published;
    struct xapian_writer *writer;
    struct length_page **pages; // those touched since the last commit
    size_t n_pages;
    struct buf key;
    bool no_stored;
    uint64_t rollbacks;
    uint32_t *seen;             // hashes of the terms of this transaction
    size_t seen_cap;            // a power of two, or 0
    size_t n_seen;
    uint64_t pending;
};

/* An article on its way here; all in the arena of its parcel. */
struct pending_article {
    struct pending_article *next;
    uint32_t number;
    uint8_t length;
    struct xapian_term *terms;
    size_t n_terms;
    struct str columns[COLUMNS];
    struct str stored;
};

struct parcel_xapian {
    struct parcel parcel;
    struct arena arena;
    struct pending_article *first;
};

struct pending_term {
    struct xapian_term term;
    bool posted;
};

/* A handle is a place in `terms`, which are those of one article. */
struct gatherer_xapian {
    struct gatherer gatherer;
    const struct sink_xapian *sink;
    uint64_t rollbacks;                 // of the sink, when parcel was begun
    struct parcel_xapian *parcel;       // being filled, or NULL
    struct pending_article **next;      // where its next article goes
    struct pending_article *article;    // between begin and end
    struct pending_term *terms;
    size_t n_terms, cap_terms;
};

static struct sink_xapian *
self(struct sink *sink)
{
    return (struct sink_xapian *)sink;
}

static void
free_parcel(struct parcel *parcel)
{
    lede__arena_free(&((struct parcel_xapian *)parcel)->arena);
    free(parcel);
}

/* What a posting takes until the commit. */
static uint64_t
cost_of(const struct xapian_term *term, bool first)
{
    uint64_t cost = first ? NEW_TERM_BYTES : POSTING_BYTES;

    if (term->n_positions > 0) {
        cost += (first ? NEW_POSITIONS_BYTES : POSITIONS_BYTES) +
                2 * (uint64_t)term->n_positions;
    }
    return cost;
}

/* ---- lengths ---- */

static void
forget_pages(struct sink_xapian *x)
{
    for (size_t i = 0; i < x->n_pages; i++) {
        free(x->pages[i]);
    }
    free(x->pages);
    x->pages = NULL;
    x->n_pages = 0;
}

static lede_status
load_page(struct sink_xapian *x, uint32_t number, struct length_page **out,
          lede_error *err)
{
    struct xapian_reader *reader = lede__xapian_writer_reader(x->writer);
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct length_page **pages = NULL;
    struct length_page *page = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint32_t n = number / LENGTHS_PAGE;

    /* Numbers ascend, nearly: the last page is the likely one. */
    for (size_t i = x->n_pages; i > 0; i--) {
        if (x->pages[i - 1]->page == n) {
            *out = x->pages[i - 1];
            return LEDE_STATUS_OK;
        }
    }
    pages = realloc(x->pages, (x->n_pages + 1) * sizeof *pages);
    page = calloc(1, sizeof *page);
    if (pages != NULL) {
        x->pages = pages;
    }
    if (pages == NULL || page == NULL) {
        free(page);
        return lede__fail_memory(err);
    }
    page->page = n;
    status = lede__lengths_key(&x->key, n, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__xapian_metadata(reader, lede__buf_view(&x->key),
                                       &bytes, err);
    }
    if (status != LEDE_STATUS_OK) {
        free(page);
        goto out;
    }
    if (bytes.len > 0) {
        memcpy(page->lengths, bytes.p,
               bytes.len < LENGTHS_PAGE ? bytes.len : LENGTHS_PAGE);
    }
    x->pages[x->n_pages++] = page;
    *out = page;

out:
    lede__buf_free(&bytes);
    return status;
}

static lede_status
write_pages(struct sink_xapian *x, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < x->n_pages && status == LEDE_STATUS_OK; i++) {
        struct length_page *page = x->pages[i];

        if (!page->dirty) {
            continue;
        }
        status = lede__lengths_key(&x->key, page->page, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__xapian_set_metadata(
                x->writer, lede__buf_view(&x->key),
                (struct str){ (const char *)page->lengths, LENGTHS_PAGE },
                err);
        }
    }
    return status;
}

/* ---- the terms of a transaction ---- */

static void
forget_terms(struct sink_xapian *x)
{
    free(x->seen);
    x->seen = NULL;
    x->seen_cap = 0;
    x->n_seen = 0;
}

/* Put a hash into its place; false where it is there. */
static bool
place_hash(uint32_t *seen, size_t cap, uint32_t hash)
{
    size_t i = hash & (cap - 1);

    while (seen[i] != 0 && seen[i] != hash) {
        i = (i + 1) & (cap - 1);
    }
    if (seen[i] == hash) {
        return false;
    }
    seen[i] = hash;
    return true;
}

/* Is this the first time that the transaction has the term?  Where memory is
   out, or two hashes are the same, the estimate is a little wrong. */
static bool
is_new(struct sink_xapian *x, struct str term)
{
    uint32_t hash = (uint32_t)XXH3_64bits(term.p, term.len) | 1;
    bool added = false;

    if (x->n_seen * 2 >= x->seen_cap) {
        size_t cap = x->seen_cap == 0 ? 4096 : x->seen_cap * 2;
        uint32_t *bigger = calloc(cap, sizeof *bigger);

        if (bigger == NULL) {
            return true;
        }
        for (size_t i = 0; i < x->seen_cap; i++) {
            if (x->seen[i] != 0) {
                place_hash(bigger, cap, x->seen[i]);
            }
        }
        free(x->seen);
        x->seen = bigger;
        x->seen_cap = cap;
    }
    added = place_hash(x->seen, x->seen_cap, hash);
    x->n_seen += added;
    return added;
}

/* ---- what a thread adds through ---- */

/* What was gathered before a rollback is undone with the rest. */
static void
forget_undone(struct gatherer_xapian *g)
{
    if (g->rollbacks != g->sink->rollbacks && g->parcel != NULL) {
        free_parcel(&g->parcel->parcel);
        g->parcel = NULL;
    }
    g->rollbacks = g->sink->rollbacks;
}

static lede_status
begin(struct gatherer *gatherer, uint32_t number, uint8_t length,
      lede_error *err)
{
    struct gatherer_xapian *g = (struct gatherer_xapian *)gatherer;

    forget_undone(g);
    if (g->parcel == NULL) {
        g->parcel = calloc(1, sizeof *g->parcel);
        if (g->parcel == NULL) {
            return lede__fail_memory(err);
        }
        g->parcel->parcel.free = free_parcel;
        g->next = &g->parcel->first;
    }
    g->article = lede__arena_array(&g->parcel->arena, 1, sizeof *g->article);
    if (g->article == NULL) {
        return lede__fail_memory(err);
    }
    g->article->number = number;
    g->article->length = length;
    g->n_terms = 0;
    g->gatherer.epoch++;
    return LEDE_STATUS_OK;
}

static lede_status
add_term(struct gatherer *gatherer, struct str term, uint32_t *handle,
         lede_error *err)
{
    struct gatherer_xapian *g = (struct gatherer_xapian *)gatherer;
    struct str name = lede__arena_str(&g->parcel->arena, term);

    if (name.p == NULL) {
        return lede__fail_memory(err);
    }
    if (g->n_terms == g->cap_terms) {
        size_t cap = g->cap_terms == 0 ? 1024 : g->cap_terms * 2;
        struct pending_term *terms = realloc(g->terms, cap * sizeof *terms);

        if (terms == NULL) {
            return lede__fail_memory(err);
        }
        g->terms = terms;
        g->cap_terms = cap;
    }
    *handle = (uint32_t)g->n_terms;
    g->terms[g->n_terms++] = (struct pending_term){
        { name, 0, NULL, 0 }, false,
    };
    return LEDE_STATUS_OK;
}

static lede_status
post(struct gatherer *gatherer, const struct posting *postings, size_t n,
     lede_error *err)
{
    struct gatherer_xapian *g = (struct gatherer_xapian *)gatherer;

    for (size_t i = 0; i < n; i++) {
        const struct posting *posting = &postings[i];
        struct pending_term *term = &g->terms[posting->handle];
        uint32_t *copy = NULL;

        if (posting->n > 0) {
            copy = lede__arena_alloc(&g->parcel->arena,
                                     posting->n * sizeof *copy);
            if (copy == NULL) {
                return lede__fail_memory(err);
            }
            memcpy(copy, posting->positions, posting->n * sizeof *copy);
        }
        term->term.tf = posting->tf;
        term->term.positions = copy;
        term->term.n_positions = posting->n;
        term->posted = true;
    }
    return LEDE_STATUS_OK;
}

static lede_status
end(struct gatherer *gatherer, const struct str columns[COLUMNS],
    struct str stored, lede_error *err)
{
    struct gatherer_xapian *g = (struct gatherer_xapian *)gatherer;
    struct arena *arena = &g->parcel->arena;
    struct pending_article *article = g->article;
    struct parcel *parcel = &g->parcel->parcel;

    article->terms = lede__arena_array(arena, g->n_terms + 1,
                                       sizeof *article->terms);
    article->stored = lede__arena_str(
        arena, g->sink->no_stored ? STR("") : stored);
    if (article->terms == NULL || article->stored.p == NULL) {
        return lede__fail_memory(err);
    }
    for (int c = 0; c < COLUMNS; c++) {
        article->columns[c] = lede__arena_str(arena, columns[c]);
        if (article->columns[c].p == NULL) {
            return lede__fail_memory(err);
        }
    }
    parcel->cost += ARTICLE_BYTES;
    for (size_t i = 0; i < g->n_terms; i++) {
        const struct pending_term *term = &g->terms[i];

        if (term->posted) {
            article->terms[article->n_terms++] = term->term;
            parcel->cost += cost_of(&term->term, false);
        }
    }
    *g->next = article;
    g->next = &article->next;
    g->article = NULL;
    parcel->articles++;
    parcel->bytes = arena->used;
    return LEDE_STATUS_OK;
}

static lede_status
take_parcel(struct gatherer *gatherer, struct parcel **out, lede_error *err)
{
    struct gatherer_xapian *g = (struct gatherer_xapian *)gatherer;

    (void)err;
    forget_undone(g);
    *out = NULL;
    if (g->parcel != NULL && g->parcel->first != NULL) {
        *out = &g->parcel->parcel;
        g->parcel = NULL;
    }
    return LEDE_STATUS_OK;
}

static void
close_gatherer(struct gatherer *gatherer)
{
    struct gatherer_xapian *g = (struct gatherer_xapian *)gatherer;

    if (g->parcel != NULL) {
        free_parcel(&g->parcel->parcel);
    }
    free(g->terms);
    free(g);
}

static const struct gatherer_ops gatherer_ops = {
    begin, add_term, post, end, take_parcel, close_gatherer,
};

static lede_status
new_gatherer(struct sink *sink, struct gatherer **out, lede_error *err)
{
    struct gatherer_xapian *g = calloc(1, sizeof *g);

    *out = NULL;
    if (g == NULL) {
        return lede__fail_memory(err);
    }
    g->gatherer.ops = &gatherer_ops;
    g->gatherer.epoch = 1;
    g->sink = self(sink);
    g->rollbacks = g->sink->rollbacks;
    *out = &g->gatherer;
    return LEDE_STATUS_OK;
}

/* ---- the operations ---- */

static lede_status
add_article(struct sink_xapian *x, const struct pending_article *article,
            lede_error *err)
{
    struct length_page *page = NULL;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < article->n_terms; i++) {
        const struct xapian_term *term = &article->terms[i];

        x->pending += cost_of(term, is_new(x, term->term));
    }
    x->pending += ARTICLE_BYTES;
    status = lede__xapian_put(x->writer, article->number, article->terms,
                              article->n_terms, article->columns, COLUMNS,
                              article->stored, err);
    if (status == LEDE_STATUS_OK) {
        status = load_page(x, article->number, &page, err);
    }
    if (status == LEDE_STATUS_OK) {
        page->lengths[article->number % LENGTHS_PAGE] = article->length;
        page->dirty = true;
    }
    return status;
}

static lede_status
add(struct sink *sink, struct parcel *parcel, lede_error *err)
{
    const struct pending_article *article =
        ((struct parcel_xapian *)parcel)->first;
    lede_status status = LEDE_STATUS_OK;

    for (; article != NULL && status == LEDE_STATUS_OK;
         article = article->next) {
        status = add_article(self(sink), article, err);
    }
    free_parcel(parcel);
    return status;
}

static lede_status
delete_article(struct sink *sink, uint32_t number, lede_error *err)
{
    struct sink_xapian *x = self(sink);

    /* A removal costs as much as an article of a common size. */
    x->pending += 200 * POSTING_BYTES;
    return lede__xapian_delete(x->writer, number, err);
}

static lede_status
find(struct sink *sink, struct str term, uint32_t after, uint32_t *number,
     lede_error *err)
{
    struct xapian_reader *reader =
        lede__xapian_writer_reader(self(sink)->writer);
    struct xapian_postings *postings = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint32_t df = 0;
    uint32_t tf = 0;
    size_t count = 0;

    *number = 0;
    status = lede__xapian_postings_open(&postings, reader, term, &df, &tf,
                                        err);
    if (status == LEDE_STATUS_OK && postings != NULL && after < UINT32_MAX) {
        status = lede__xapian_postings_read(postings, after + 1, number, &tf,
                                            1, &count, err);
    }
    lede__xapian_postings_close(postings);
    return status;
}

static lede_status
column(struct sink *sink, enum column which, uint32_t number,
       struct buf *out, lede_error *err)
{
    return lede__xapian_value(lede__xapian_writer_reader(self(sink)->writer),
                              (unsigned)which, number, out, err);
}

static lede_status
stored(struct sink *sink, uint32_t number, struct buf *out, lede_error *err)
{
    return lede__xapian_data(lede__xapian_writer_reader(self(sink)->writer),
                             number, out, err);
}

static lede_status
meta_get(struct sink *sink, struct str key, struct buf *out, lede_error *err)
{
    return lede__xapian_metadata(
        lede__xapian_writer_reader(self(sink)->writer), key, out, err);
}

static lede_status
meta_set(struct sink *sink, struct str key, struct str value,
         lede_error *err)
{
    self(sink)->pending += key.len + value.len + POSTING_BYTES;
    return lede__xapian_set_metadata(self(sink)->writer, key, value, err);
}

static lede_status
meta_each(struct sink *sink, struct str prefix,
          lede_status (*each)(void *payload, struct str key,
                              struct str value, lede_error *err),
          void *payload, lede_error *err)
{
    return lede__xapian_each_metadata(self(sink)->writer, prefix, each,
                                      payload, err);
}

static uint64_t
pending_bytes(const struct sink *sink)
{
    return ((const struct sink_xapian *)sink)->pending;
}

/* What was added lies in Xapian's memory until it is committed. */
static bool
can_spill(const struct sink *sink)
{
    (void)sink;
    return false;
}

static lede_status
spill(struct sink *sink, lede_error *err)
{
    (void)sink;
    return lede__fail(err, LEDE_STATUS_USAGE,
                      "the engine \"xapian\" cannot spill");
}

static lede_status
commit(struct sink *sink, lede_error *err)
{
    struct sink_xapian *x = self(sink);
    lede_status status = write_pages(x, err);

    if (status == LEDE_STATUS_OK) {
        /* Positions are much smaller on disk than what is held for them. */
        status = lede__xapian_commit(x->writer, x->pending / 4, err);
    }
    forget_pages(x);
    forget_terms(x);
    x->pending = 0;
    return status;
}

static lede_status
rollback(struct sink *sink, lede_error *err)
{
    struct sink_xapian *x = self(sink);

    forget_pages(x);
    forget_terms(x);
    x->pending = 0;
    x->rollbacks++;
    return lede__xapian_rollback(x->writer, err);
}

/* What the native engine left, where this one's link is in force. */
static void
remove_native(const struct sink_xapian *x)
{
    char *path = lede__path_join(x->index, NATIVE_FOLDER);

    if (path != NULL) {
        lede__file_remove_tree(path, NULL);
    }
    free(path);
}

static lede_status
publish(struct sink *sink, lede_error *err)
{
    struct sink_xapian *x = self(sink);
    lede_status status = LEDE_STATUS_OK;
    unsigned current = 0;

    if (x->published) {
        return LEDE_STATUS_OK;
    }
    status = lede__generation_publish(x->index, x->generation, err);
    if (status != LEDE_STATUS_OK &&
        lede__generation_current(&current, x->index, NULL) ==
            LEDE_STATUS_OK) {
        /* Where only the last step failed, readers see it all the same. */
        x->published = current == x->generation;
    }
    if (status == LEDE_STATUS_OK) {
        x->published = true;
        /* What cannot be removed is in nobody's way; the next writer tries
           again. */
        lede__generation_clean(x->index, x->generation, NULL);
        remove_native(x);
    }
    return status;
}

/* It has no segments: a B-tree is merged as it is written. */
static lede_status
merge(struct sink *sink, bool optimize, bool reorder,
      void (*progress)(void *payload, uint64_t done, uint64_t total),
      void *payload, lede_error *err)
{
    (void)optimize;
    (void)reorder;
    (void)progress;
    (void)payload;
    return commit(sink, err);
}

static void
close_sink(struct sink *sink)
{
    struct sink_xapian *x = self(sink);

    lede__xapian_writer_close(x->writer);
    if (!x->published && x->path != NULL) {
        lede__file_remove_tree(x->path, NULL);
    }
    forget_pages(x);
    forget_terms(x);
    lede__buf_free(&x->key);
    free(x->path);
    free(x->index);
    free(x);
}

static const struct sink_ops ops = {
    "xapian", new_gatherer, add, delete_article, find, column, stored,
    meta_get, meta_set, meta_each, pending_bytes, can_spill, spill,
    commit, rollback, publish, merge, close_sink,
};

lede_status
lede__sink_xapian_open(struct sink **out, const char *index,
                       const struct sink_options *options, bool *made,
                       lede_error *err)
{
    struct sink_xapian *x = calloc(1, sizeof *x);
    enum sink_mode mode = options->mode == SINK_SALVAGE ? SINK_EXISTING
                                                        : options->mode;
    lede_status status = LEDE_STATUS_OK;
    unsigned current = 0;

    *out = NULL;
    *made = false;
    if (x == NULL) {
        return lede__fail_memory(err);
    }
    x->sink.ops = &ops;
    x->key.max = BUF_MAX_ANY;
    x->no_stored = options->no_stored;
    x->published = true;        // until there is something to take back
    x->index = strdup(index);
    if (x->index == NULL) {
        status = lede__fail_memory(err);
        goto fail;
    }
    status = lede__generation_current(&current, index, NULL);
    if (status == LEDE_STATUS_NOT_FOUND && mode != SINK_EXISTING) {
        status = LEDE_STATUS_OK;
    } else if (status == LEDE_STATUS_CORRUPT && mode == SINK_REBUILD) {
        status = LEDE_STATUS_OK;
    } else if (status != LEDE_STATUS_OK) {
        status = lede__generation_current(&current, index, err);
        goto fail;
    }
    *made = current == 0 || mode == SINK_REBUILD;
    x->generation = *made ? current + 1 : current;
    status = lede__generation_clean(index, current, err);
    if (status != LEDE_STATUS_OK) {
        goto fail;
    }
    x->path = lede__generation_path(index, x->generation);
    if (x->path == NULL) {
        status = lede__fail_memory(err);
        goto fail;
    }
    x->published = !*made;
    if (!*made && access(x->path, F_OK) != 0) {
        status = lede__fail(err, LEDE_STATUS_CORRUPT,
                            "%s: the database of the index is missing; "
                            "make it anew with lede index --rebuild",
                            x->path);
        goto fail;
    }
    status = lede__xapian_writer_open(&x->writer, x->path, *made, err);
    if (status != LEDE_STATUS_OK) {
        goto fail;
    }
    if (!*made && mode == SINK_CURRENT) {
        remove_native(x);
    }
    *out = &x->sink;
    return LEDE_STATUS_OK;

fail:
    close_sink(&x->sink);
    return status;
}
