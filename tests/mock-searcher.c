/* mock-searcher.c - an index in memory; see mock-searcher.h.

   Articles are inverted as shared/schema.h says, term by term, with nothing
   clever. */

#include "tests/mock-searcher.h"

#include <stdio.h>
#include <stdlib.h>

#include "shared/analysis/analysis.h"

struct mock_posting {
    uint32_t doc;
    uint8_t length;             // of the article
    uint32_t tf;
    uint32_t *positions;
    size_t n_positions;
    bool deleted;
};

struct mock_term {
    struct str name;
    struct mock_posting *postings;      // with those of deleted articles
    size_t count;
    size_t cap;
};

struct mock_doc {
    uint32_t doc;
    uint32_t number;
    uint8_t length;
    bool deleted;
    struct buf stored;
    struct buf columns[COLUMNS];
};

struct mock {
    struct searcher searcher;
    struct map map;             // term -> index in terms
    struct mock_term *terms;
    size_t n_terms;
    size_t cap_terms;
    struct mock_term **sorted;
    struct mock_doc *docs;      // in order of docs
    size_t n_docs;
    uint8_t *lengths;           // by doc, whole pages
    struct mock_options options;
    struct random random;
    size_t calls;
    size_t change_at;           // 0: never
    bool changed;
    struct analyzer *analyzer;
    struct analysis *analysis;
    struct buf term;
};

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

/* Out of memory in a test is the end of it. */
static void *
must(void *p)
{
    if (p == NULL) {
        fprintf(stderr, "mock-searcher: out of memory\n");
        exit(99);
    }
    return p;
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

/* ---- building ---- */

static struct mock_term *
find_term(struct mock *mock, bool make)
{
    bool added;
    uint64_t *place;
    struct str name = lede__buf_view(&mock->term);

    if (!make) {
        place = lede__map_find(&mock->map, name);
        return place == NULL ? NULL : &mock->terms[*place];
    }
    place = must(lede__map_put(&mock->map, name, &added));
    if (added) {
        struct mock_term *term;
        char *copy = must(malloc(name.len + 1));

        if (mock->n_terms == mock->cap_terms) {
            mock->cap_terms = mock->cap_terms * 2 + 64;
            mock->terms = must(realloc(mock->terms, mock->cap_terms *
                                       sizeof(*mock->terms)));
        }
        *place = mock->n_terms;
        term = &mock->terms[mock->n_terms++];
        memset(term, 0, sizeof(*term));
        memcpy(copy, name.p, name.len);
        term->name = (struct str){ copy, name.len };
    }
    return &mock->terms[*place];
}

/* The term in mock->term occurs in the document; position < 0: none. */
static void
add_occurrence(struct mock *mock, const struct mock_doc *doc, uint32_t tf,
               int64_t position)
{
    struct mock_term *term = find_term(mock, true);
    struct mock_posting *posting;

    if (term->count == 0 ||
        term->postings[term->count - 1].doc != doc->doc) {
        if (term->count == term->cap) {
            term->cap = term->cap * 2 + 4;
            term->postings = must(realloc(term->postings, term->cap *
                                          sizeof(*term->postings)));
        }
        term->postings[term->count++] = (struct mock_posting){
            .doc = doc->doc, .deleted = doc->deleted,
        };
    }
    posting = &term->postings[term->count - 1];
    posting->tf += tf;
    if (position >= 0 &&
        (posting->n_positions == 0 ||
         posting->positions[posting->n_positions - 1] != position)) {
        // room for a power of two
        if ((posting->n_positions & (posting->n_positions - 1)) == 0) {
            posting->positions = must(realloc(posting->positions,
                                              (posting->n_positions * 2 + 1) *
                                              sizeof(uint32_t)));
        }
        posting->positions[posting->n_positions++] = (uint32_t)position;
    }
}

struct inversion {
    struct mock *mock;
    struct mock_doc *doc;
    struct str lang;
    uint32_t base;
    uint32_t length;
};

static void
add_token(struct inversion *in, const struct token *token, int field,
          unsigned weight)
{
    struct mock *mock = in->mock;
    bool extra = (token->flags & TOKEN_EXTRA) != 0;
    bool stems = !extra && (token->kind == TOKEN_WORD ||
                            token->kind == TOKEN_NUMBER);
    uint32_t position = in->base + token->position;
    uint32_t tf = weight > 0 ? weight : 1;
    struct str stemmer = lede__analysis_stemmer(in->lang);
    int i;

    in->length += extra ? 0 : weight;
    // over all fields, then for the field by its name
    for (i = 0; i < 2; i++) {
        int f = i == 0 ? FIELD_ALL : field;

        if (i == 0 ? weight == 0 : field == FIELD_BODY) {
            continue;
        }
        if (extra) {
            lede__term_extra(&mock->term, f, token->word->form, NULL);
        } else {
            lede__term_exact(&mock->term, f, token->word->form, NULL);
        }
        add_occurrence(mock, in->doc, tf, position);
        if (stems) {
            lede__term_stem(&mock->term, f, stemmer, token->word->stem, NULL);
            add_occurrence(mock, in->doc, tf, -1);
        }
    }
}

static void
add_text(struct inversion *in, struct str text, int field)
{
    struct analysis *analysis = in->mock->analysis;
    unsigned weight = in->mock->searcher.schema->fields[field].weight;
    struct token tokens[64];
    uint32_t last = 0;
    bool any = false;
    size_t count, i;

    if (text.len == 0) {
        return;
    }
    lede__analysis_begin(analysis, text, in->lang, NULL);
    do {
        lede__analysis_next(analysis, tokens, 64, &count, NULL);
        for (i = 0; i < count; i++) {
            add_token(in, &tokens[i], field, weight);
            last = tokens[i].position;
            any = true;
        }
    } while (count > 0);
    in->base += any ? last + 1 : 0;
}

static void
add_texts(struct inversion *in, const struct str_list *list, int field)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        add_text(in, list->items[i], field);
        in->base += VALUE_GAP;
    }
}

static void
add_keyword(struct inversion *in, const char *name, struct str value)
{
    if (value.len > 0) {
        lede__term_keyword(&in->mock->term, str_from(name), value, NULL);
        add_occurrence(in->mock, in->doc, 0, -1);
    }
}

static void
add_raw(struct inversion *in, char kind, struct str value)
{
    lede__term_raw(&in->mock->term, kind, value, NULL);
    add_occurrence(in->mock, in->doc, 0, -1);
}

static void
add_filters(struct inversion *in, const struct article *a)
{
    size_t i;

    add_raw(in, TERM_ALL, STR(""));
    add_raw(in, TERM_ID, a->id);
    if (a->path.len > 0) {
        add_raw(in, TERM_FILE, a->path);
        for (i = 0; i < a->path.len; i++) {
            if (a->path.p[i] == '/') {
                add_raw(in, TERM_FOLDER, (struct str){ a->path.p, i });
            }
        }
    }
    add_keyword(in, "key", a->key);
    add_keyword(in, "lang", a->lang);
    add_keyword(in, "source", a->source);
    for (i = 0; i < a->tags.count; i++) {
        add_keyword(in, "tag", a->tags.items[i]);
    }
    for (i = 0; i < a->authors.count; i++) {
        add_keyword(in, "author", a->authors.items[i]);
    }
    for (i = 0; i < a->n_meta; i++) {
        lede__term_keyword(&in->mock->term, a->meta[i].key, a->meta[i].text,
                           NULL);
        add_occurrence(in->mock, in->doc, 0, -1);
    }
}

static void
add_article(struct mock *mock, const struct mock_article *from, uint32_t at)
{
    const struct article *a = &from->article;
    struct mock_doc *doc = &mock->docs[mock->n_docs++];
    struct inversion in = { mock, doc, a->lang, 0, 0 };
    int i;

    memset(doc, 0, sizeof(*doc));
    doc->doc = at;
    doc->number = from->number;
    doc->deleted = from->deleted;
    doc->stored.max = BUF_MAX_ANY;
    for (i = 0; i < COLUMNS; i++) {
        doc->columns[i].max = BUF_MAX_ANY;
    }
    add_text(&in, a->body, FIELD_BODY);
    in.base += FIELD_GAP;
    add_text(&in, a->title, FIELD_TITLE);
    in.base += FIELD_GAP;
    add_text(&in, a->summary, FIELD_SUMMARY);
    in.base += FIELD_GAP;
    add_texts(&in, &a->tags, FIELD_TAGS);
    in.base += FIELD_GAP;
    add_texts(&in, &a->authors, FIELD_AUTHORS);
    add_filters(&in, a);
    doc->length = lede__length_quantise(in.length);
    if (a->date.precision != DATE_NONE) {
        lede__column_date_write(&doc->columns[COLUMN_DATE], a->date, NULL);
    }
    lede__record_write(&doc->stored, a, NULL);
    if (!doc->deleted) {
        lede__stats_count(&mock->searcher.stats, a->lang, in.length, 1);
    }
    if (doc->number > mock->searcher.stats.last_number) {
        mock->searcher.stats.last_number = doc->number;
    }
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
    found = find_term(mock, false);
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
    .dictionary_close = close_dictionary,
    .meta = meta,
    .close = close_searcher,
};

/* Which article is at which doc: `order` has the articles in order of docs. */
static void
place_articles(struct mock *mock, const struct mock_article *articles,
               size_t n)
{
    size_t *order = must(calloc(n + 1, sizeof(*order)));
    uint32_t doc = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        order[i] = i;
    }
    for (i = n; mock->options.unordered && i > 1; i--) {
        size_t other = random_below(&mock->random, i);
        size_t swap = order[i - 1];

        order[i - 1] = order[other];
        order[other] = swap;
    }
    mock->docs = must(calloc(n + 1, sizeof(*mock->docs)));
    for (i = 0; i < n; i++) {
        if (mock->options.spread > 0 &&
            random_once_in(&mock->random, 10)) {
            doc += (uint32_t)random_below(&mock->random,
                                          mock->options.spread);
        }
        add_article(mock, &articles[order[i]], doc++);
    }
    free(order);
    mock->searcher.docs = doc;
    mock->lengths = must(calloc(1, doc + DOC_PAGE));
    for (i = 0; i < mock->n_docs; i++) {
        mock->lengths[mock->docs[i].doc] = mock->docs[i].length;
    }
}

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
    place_articles(mock, articles, n);
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
