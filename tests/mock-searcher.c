/* mock-searcher.c - an index in memory; see mock-searcher.h. */

#include "tests/mock-private.h"

struct mock_postings {
    struct postings postings;
    struct mock *mock;
    struct mock_posting *list;  // those that are not deleted
    size_t n;
    size_t *blocks;             // where each begins; then n
    size_t n_blocks;
    size_t block;               // the one that is loaded, or the next
    bool tfs_read;
    uint32_t docs[POSTING_BLOCK];
    uint32_t tfs[POSTING_BLOCK];
};

struct dictionary {
    struct mock *mock;
    struct buf prefix;
    size_t at;
};

static struct mock *
self(struct searcher *searcher)
{
    return (struct mock *)searcher;
}

static lede_status
count_call(struct mock *mock)
{
    mock->calls++;
    if (mock->change_at > 0 && mock->calls >= mock->change_at) {
        mock->changed = true;
        mock->change_at = 0;
    }
    return mock->changed ? LEDE__STATUS_CHANGED : LEDE_STATUS_OK;
}

static int
compare_terms(const void *a, const void *b)
{
    const struct mock_term *x = *(struct mock_term *const *)a;
    const struct mock_term *y = *(struct mock_term *const *)b;

    return lede__str_cmp(x->name, y->name);
}

/* ---- delivering ---- */

static const struct mock_doc *
find_doc(const struct mock *mock, uint32_t doc)
{
    size_t low = 0;
    size_t high = mock->n_docs;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (mock->docs[middle].doc < doc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < mock->n_docs && mock->docs[low].doc == doc &&
           !mock->docs[low].deleted ? &mock->docs[low] : NULL;
}

/* The block from the one at hand on that has the first posting >= doc;
   p->n_blocks: none. */
static size_t
find_block(const struct mock_postings *p, uint32_t doc)
{
    size_t block = p->block;

    while (block < p->n_blocks &&
           p->list[p->blocks[block + 1] - 1].doc < doc) {
        block++;
    }
    return block;
}

static lede_status
advance(struct postings *postings, uint32_t doc, lede_error *err)
{
    struct mock_postings *p = (struct mock_postings *)postings;
    lede_status status = count_call(p->mock);
    size_t i;

    (void)err;
    if (status != LEDE_STATUS_OK ||
        (postings->count > 0 && postings->docs[postings->count - 1] >= doc)) {
        return status;
    }
    p->block = find_block(p, doc);
    p->tfs_read = false;
    postings->count = 0;
    // what was there is gone
    memset(p->docs, 0xEE, sizeof(p->docs));
    memset(p->tfs, 0xEE, sizeof(p->tfs));
    for (i = 0; p->block < p->n_blocks &&
                p->blocks[p->block] + i < p->blocks[p->block + 1]; i++) {
        p->docs[i] = p->list[p->blocks[p->block] + i].doc;
        postings->count++;
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_tfs(struct postings *postings, lede_error *err)
{
    struct mock_postings *p = (struct mock_postings *)postings;
    size_t i;

    (void)err;
    for (i = 0; i < postings->count; i++) {
        p->tfs[i] = p->list[p->blocks[p->block] + i].tf;
    }
    return count_call(p->mock);
}

static lede_status
positions(struct postings *postings, uint32_t doc, const uint32_t **out,
          size_t *count, lede_error *err)
{
    struct mock_postings *p = (struct mock_postings *)postings;
    lede_status status = count_call(p->mock);
    size_t i;

    (void)err;
    *out = NULL;
    *count = 0;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (i = 0; i < postings->count; i++) {
        if (p->docs[i] == doc) {
            *out = p->list[p->blocks[p->block] + i].positions;
            *count = p->list[p->blocks[p->block] + i].n_positions;
            return LEDE_STATUS_OK;
        }
    }
    fprintf(stderr, "mock-searcher: positions of %u, which is not in the "
            "block\n", (unsigned)doc);
    exit(99);
}

static lede_status
block_end(struct postings *postings, uint32_t doc, uint32_t *last,
          lede_error *err)
{
    const struct mock_postings *p = (struct mock_postings *)postings;
    size_t block = find_block(p, doc);

    (void)err;
    *last = block == p->n_blocks ? DOC_END
                                 : p->list[p->blocks[block + 1] - 1].doc;
    return count_call(p->mock);
}

/* Of just these postings, or of the blocks that they are in. */
static lede_status
bound(struct postings *postings, uint32_t from, uint32_t to,
      struct impacts *out, lede_error *err)
{
    const struct mock_postings *p = (struct mock_postings *)postings;
    bool whole = random_once_in(&p->mock->random, 2);
    size_t block, i;

    (void)err;
    if (postings->count > 0 && from < postings->docs[0]) {
        fprintf(stderr, "mock-searcher: a bound from %u, before the block "
                "that is loaded\n", (unsigned)from);
        exit(99);
    }
    for (block = find_block(p, from); block < p->n_blocks; block++) {
        if (p->list[p->blocks[block]].doc >= to) {
            break;
        }
        for (i = p->blocks[block]; i < p->blocks[block + 1]; i++) {
            if (whole || (p->list[i].doc >= from && p->list[i].doc < to)) {
                lede__impacts_add(out, (struct impact){ p->list[i].tf,
                                                        p->list[i].length });
            }
        }
    }
    return count_call(p->mock);
}

static lede_status
fill(struct postings *postings, uint32_t page,
     uint64_t words[DOC_PAGE_WORDS], lede_error *err)
{
    struct mock_postings *p = (struct mock_postings *)postings;
    size_t i;

    (void)err;
    if (page % DOC_PAGE != 0) {
        fprintf(stderr, "mock-searcher: %u is no page\n", (unsigned)page);
        exit(99);
    }
    for (i = p->blocks[p->block]; i < p->n; i++) {
        uint32_t at = p->list[i].doc - page;

        if (p->list[i].doc >= page && at < DOC_PAGE) {
            words[at / 64] |= (uint64_t)1 << (at % 64);
        }
    }
    postings->count = 0;
    while (p->block < p->n_blocks &&
           p->list[p->blocks[p->block + 1] - 1].doc < page + DOC_PAGE) {
        p->block++;
    }
    return count_call(p->mock);
}

static void
close_postings(struct postings *postings)
{
    struct mock_postings *p = (struct mock_postings *)postings;

    free(p->list);
    free(p->blocks);
    free(p);
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

static void
cut_blocks(struct mock_postings *p)
{
    size_t at = 0;

    p->blocks = must(calloc(p->n + 1, sizeof(*p->blocks)));
    while (at < p->n) {
        p->blocks[p->n_blocks++] = at;
        at += 1 + random_below(&p->mock->random, p->mock->options.block_max);
    }
    p->blocks[p->n_blocks] = p->n;
}

static lede_status
open_postings(struct searcher *searcher, struct str term,
              struct postings **out, lede_error *err)
{
    struct mock *mock = self(searcher);
    struct mock_term *found;
    struct mock_postings *p;
    size_t i;
    lede_status status = count_call(mock);

    (void)err;
    *out = NULL;
    mock->term.len = 0;
    lede__buf_str(&mock->term, term, NULL);
    found = mock_find_term(mock, false);
    if (status != LEDE_STATUS_OK || found == NULL) {
        return status;
    }
    p = must(calloc(1, sizeof(*p)));
    p->list = must(calloc(found->count, sizeof(*p->list)));
    for (i = 0; i < found->count; i++) {
        const struct mock_doc *doc;

        if (found->postings[i].deleted) {
            continue;
        }
        doc = find_doc(mock, found->postings[i].doc);
        p->list[p->n] = found->postings[i];
        p->list[p->n++].length = doc->length;
    }
    p->mock = mock;
    cut_blocks(p);
    p->postings.ops = &postings_ops;
    p->postings.df = (uint32_t)found->count;
    p->postings.exact_df = p->n == found->count;
    p->postings.docs = p->docs;
    p->postings.tfs = p->tfs;
    *out = &p->postings;
    return LEDE_STATUS_OK;
}

static lede_status
lengths(struct searcher *searcher, uint32_t page, const uint8_t **out,
        lede_error *err)
{
    (void)err;
    if (page % DOC_PAGE != 0 || page >= searcher->docs) {
        fprintf(stderr, "mock-searcher: %u is no page\n", (unsigned)page);
        exit(99);
    }
    *out = self(searcher)->lengths + page;
    return count_call(self(searcher));
}

static lede_status
number(struct searcher *searcher, uint32_t doc, uint32_t *out,
       lede_error *err)
{
    const struct mock_doc *found = find_doc(self(searcher), doc);

    (void)err;
    *out = found == NULL ? 0 : found->number;
    return count_call(self(searcher));
}

static lede_status
column(struct searcher *searcher, enum column which, uint32_t at,
       struct str *out, lede_error *err)
{
    const struct mock_doc *doc = find_doc(self(searcher), at);

    (void)err;
    *out = doc == NULL ? STR("") : lede__buf_view(&doc->columns[which]);
    return count_call(self(searcher));
}

static lede_status
stored(struct searcher *searcher, uint32_t at, struct str *out,
       lede_error *err)
{
    const struct mock_doc *doc = find_doc(self(searcher), at);
    lede_status status = count_call(self(searcher));

    (void)err;
    if (doc == NULL) {
        return LEDE_STATUS_NOT_FOUND;
    }
    *out = lede__buf_view(&doc->stored);
    return status;
}

static lede_status
open_dictionary(struct searcher *searcher, struct str prefix,
                struct dictionary **out, lede_error *err)
{
    lede_status status = count_call(self(searcher));

    (void)err;
    *out = NULL;
    if (status == LEDE_STATUS_OK) {
        *out = must(calloc(1, sizeof(**out)));
        (*out)->mock = self(searcher);
        (*out)->prefix.max = BUF_MAX_ANY;
        lede__buf_str(&(*out)->prefix, prefix, NULL);
    }
    return status;
}

static lede_status
next_term(struct dictionary *d, struct str *term, uint32_t *df,
          lede_error *err)
{
    lede_status status = count_call(d->mock);

    (void)err;
    term->p = NULL;
    while (status == LEDE_STATUS_OK && d->at < d->mock->n_terms) {
        const struct mock_term *t = d->mock->sorted[d->at++];

        if (t->name.len >= d->prefix.len &&
            memcmp(t->name.p, lede__buf_view(&d->prefix).p,
                   d->prefix.len) == 0) {
            *term = t->name;
            *df = (uint32_t)t->count;
            break;
        }
    }
    return status;
}

static lede_status
seek_term(struct dictionary *d, struct str term, lede_error *err)
{
    (void)err;
    while (d->at < d->mock->n_terms &&
           lede__str_cmp(d->mock->sorted[d->at]->name, term) < 0) {
        d->at++;
    }
    return count_call(d->mock);
}

static void
close_dictionary(struct dictionary *d)
{
    lede__buf_free(&d->prefix);
    free(d);
}

static lede_status
meta(struct searcher *searcher, struct str key, struct buf *out, bool *found,
     lede_error *err)
{
    (void)key;
    (void)err;
    out->len = 0;
    *found = false;
    return count_call(self(searcher));
}

static lede_status
refresh(struct searcher *searcher, lede_error *err)
{
    (void)err;
    self(searcher)->changed = false;
    return LEDE_STATUS_OK;
}

static void
close_searcher(struct searcher *searcher)
{
    struct mock *mock = self(searcher);
    size_t i, j;

    for (i = 0; i < mock->n_terms; i++) {
        for (j = 0; j < mock->terms[i].count; j++) {
            free(mock->terms[i].postings[j].positions);
        }
        free(mock->terms[i].postings);
        free((char *)mock->terms[i].name.p);
    }
    for (i = 0; i < mock->n_docs; i++) {
        lede__buf_free(&mock->docs[i].stored);
        for (j = 0; j < COLUMNS; j++) {
            lede__buf_free(&mock->docs[i].columns[j]);
        }
    }
    free(mock->terms);
    free(mock->sorted);
    free(mock->docs);
    free(mock->lengths);
    lede__map_free(&mock->map);
    lede__buf_free(&mock->term);
    lede__analysis_free(mock->analysis);
    lede__analyzer_free(mock->analyzer);
    lede__schema_free(searcher->schema);
    free(searcher->path);
    free(mock);
}

static const struct searcher_ops ops = {
    .engine = "mock",
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
mock_searcher_new(struct searcher **out, const struct mock_article *articles,
                  size_t n, const struct mock_options *options,
                  lede_error *err)
{
    struct mock *mock = must(calloc(1, sizeof(*mock)));
    size_t i;
    lede_status status;

    *out = NULL;
    mock->searcher.ops = &ops;
    mock->searcher.kernel = lede__kernel_best();
    mock->searcher.ordered = !options->unordered;
    mock->searcher.path = must(strdup("/dev/null"));
    mock->term.max = BUF_MAX_ANY;
    mock->options = *options;
    mock->random.state = options->seed * 2 + 1;
    status = options->config == NULL
             ? lede__schema_default(&mock->searcher.schema, err)
             : lede__schema_parse(&mock->searcher.schema,
                                  str_from(options->config), "mock", err);
    if (status == LEDE_STATUS_OK) {
        status = lede__analyzer_new(&mock->analyzer, mock->searcher.schema,
                                    err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__analysis_new(&mock->analysis, mock->analyzer, err);
    }
    if (status != LEDE_STATUS_OK) {
        close_searcher(&mock->searcher);
        return status;
    }
    mock_build(mock, articles, n);
    mock->sorted = must(calloc(mock->n_terms + 1, sizeof(*mock->sorted)));
    for (i = 0; i < mock->n_terms; i++) {
        mock->sorted[i] = &mock->terms[i];
    }
    qsort(mock->sorted, mock->n_terms, sizeof(*mock->sorted), compare_terms);
    *out = &mock->searcher;
    return LEDE_STATUS_OK;
}

void
mock_searcher_change(struct searcher *searcher, size_t calls)
{
    self(searcher)->change_at = self(searcher)->calls + calls + 1;
}

size_t
mock_searcher_calls(const struct searcher *searcher)
{
    return ((const struct mock *)searcher)->calls;
}
