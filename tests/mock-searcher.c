/* mock-searcher.c - an index in memory; see mock-searcher.h.

   Articles are inverted as shared/schema.h says, term by term, with nothing
   clever. */

#include "tests/mock-searcher.h"

#include <stdio.h>
#include <stdlib.h>

#include "shared/analysis/analysis.h"

struct mock_posting {
    uint32_t number;
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
    struct mock_doc *docs;
    size_t n_docs;
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
    size_t block;               // where the block begins
    size_t next;                // where the next may begin
    uint32_t numbers[POSTING_BLOCK];
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
        term->postings[term->count - 1].number != doc->number) {
        if (term->count == term->cap) {
            term->cap = term->cap * 2 + 4;
            term->postings = must(realloc(term->postings, term->cap *
                                          sizeof(*term->postings)));
        }
        term->postings[term->count++] = (struct mock_posting){
            .number = doc->number, .deleted = doc->deleted,
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
add_article(struct mock *mock, const struct mock_article *from)
{
    const struct article *a = &from->article;
    struct mock_doc *doc = &mock->docs[mock->n_docs++];
    struct inversion in = { mock, doc, a->lang, 0, 0 };
    int i;

    memset(doc, 0, sizeof(*doc));
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
    mock->searcher.stats.last_number = doc->number;
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
find_doc(const struct mock *mock, uint32_t number)
{
    size_t i;

    for (i = 0; i < mock->n_docs; i++) {
        if (mock->docs[i].number == number && !mock->docs[i].deleted) {
            return &mock->docs[i];
        }
    }
    return NULL;
}

static lede_status
advance(struct postings *postings, uint32_t number, lede_error *err)
{
    struct mock_postings *p = (struct mock_postings *)postings;
    lede_status status = count_call(p->mock);
    uint32_t size = 1 + random_below(&p->mock->random,
                                     p->mock->options.block_max);
    uint32_t back = random_below(&p->mock->random, 3);
    size_t from = p->next;
    size_t i;

    (void)err;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    while (from < p->n && p->list[from].number < number) {
        from++;
    }
    postings->count = 0;
    if (from == p->n) {
        p->next = p->n;
        return LEDE_STATUS_OK;
    }
    while (back > 0 && from > p->next && size > back) {
        from--;
        back--;
    }
    p->block = from;
    for (i = from; i < p->n && postings->count < size; i++) {
        p->numbers[postings->count] = p->list[i].number;
        p->tfs[postings->count++] = p->list[i].tf;
    }
    p->next = i;
    return LEDE_STATUS_OK;
}

static lede_status
positions(struct postings *postings, uint32_t number, const uint32_t **out,
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
        if (p->numbers[i] == number) {
            *out = p->list[p->block + i].positions;
            *count = p->list[p->block + i].n_positions;
            return LEDE_STATUS_OK;
        }
    }
    fprintf(stderr, "mock-searcher: positions of %u, which is not in the "
            "block\n", (unsigned)number);
    exit(99);
}

static void
close_postings(struct postings *postings)
{
    struct mock_postings *p = (struct mock_postings *)postings;

    free(p->list);
    free(p);
}

static const struct postings_ops postings_ops = {
    advance, positions, close_postings,
};

static lede_status
open_postings(struct searcher *searcher, struct str term,
              struct postings **out, lede_error *err)
{
    struct mock *mock = self(searcher);
    struct mock_term *found;
    struct mock_postings *p;
    struct impact bound = { 0, UINT8_MAX };
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
        doc = find_doc(mock, found->postings[i].number);
        p->list[p->n++] = found->postings[i];
        if (found->postings[i].tf > bound.max_tf) {
            bound.max_tf = found->postings[i].tf;
        }
        if (doc->length < bound.min_length) {
            bound.min_length = doc->length;
        }
    }
    p->mock = mock;
    p->postings.ops = &postings_ops;
    p->postings.df = (uint32_t)found->count;
    p->postings.bound = bound;
    p->postings.block_bound = bound;
    p->postings.numbers = p->numbers;
    p->postings.tfs = p->tfs;
    *out = &p->postings;
    return LEDE_STATUS_OK;
}

static lede_status
lengths(struct searcher *searcher, const uint32_t *numbers, size_t count,
        uint8_t *out, lede_error *err)
{
    size_t i;
    lede_status status = count_call(self(searcher));

    (void)err;
    for (i = 0; i < count && status == LEDE_STATUS_OK; i++) {
        const struct mock_doc *doc = find_doc(self(searcher), numbers[i]);

        out[i] = doc == NULL ? 0 : doc->length;
    }
    return status;
}

static lede_status
column(struct searcher *searcher, enum column which, uint32_t number,
       struct str *out, lede_error *err)
{
    const struct mock_doc *doc = find_doc(self(searcher), number);

    (void)err;
    *out = doc == NULL ? STR("") : lede__buf_view(&doc->columns[which]);
    return count_call(self(searcher));
}

static lede_status
stored(struct searcher *searcher, uint32_t number, struct str *out,
       lede_error *err)
{
    const struct mock_doc *doc = find_doc(self(searcher), number);
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

static const char *
engine(void)
{
    return "mock";
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
    lede__map_free(&mock->map);
    lede__buf_free(&mock->term);
    lede__analysis_free(mock->analysis);
    lede__analyzer_free(mock->analyzer);
    lede__schema_free(searcher->schema);
    free(searcher->path);
    free(mock);
}

static const struct searcher_ops ops = {
    .refresh = refresh,
    .postings = open_postings,
    .lengths = lengths,
    .column = column,
    .stored = stored,
    .dictionary = open_dictionary,
    .dictionary_next = next_term,
    .dictionary_close = close_dictionary,
    .meta = meta,
    .engine = engine,
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
    mock->docs = must(calloc(n + 1, sizeof(*mock->docs)));
    for (i = 0; i < n; i++) {
        add_article(mock, &articles[i]);
    }
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
