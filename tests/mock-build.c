/* mock-build.c - the articles of the mock searcher, inverted as
   shared/schema.h says, term by term, with nothing clever. */

#include "shared/analysis/sketch.h"
#include "shared/base/utf8.h"
#include "tests/mock-private.h"

struct mock_term *
mock_find_term(struct mock *mock, bool make)
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
    struct mock_term *term = mock_find_term(mock, true);
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
    const struct article *body; // of the text at hand; NULL: another field
    size_t block;               // the next one
    struct sketcher sketcher;
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

/* Where paragraphs and headings begin, but for the first. */
static void
add_borders(struct inversion *in, const struct token *token)
{
    const struct article *a = in->body;
    bool border = false;
    bool heading = false;

    while (in->block < a->n_blocks &&
           a->blocks[in->block].start <= token->start) {
        border = true;
        heading = a->blocks[in->block].kind == BLOCK_HEADING;
        in->block++;
    }
    if (border && token->position > 0) {
        lede__term_raw(&in->mock->term, TERM_PARAGRAPH, STR(""), NULL);
        add_occurrence(in->mock, in->doc, 1, token->position);
        if (heading) {
            lede__term_raw(&in->mock->term, TERM_HEADING, STR(""), NULL);
            add_occurrence(in->mock, in->doc, 1, token->position);
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
        if (in->body != NULL) {
            lede__sketch_add(&in->sketcher, tokens, count);
        }
        for (i = 0; i < count; i++) {
            if (in->body != NULL) {
                add_borders(in, &tokens[i]);
            }
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
    for (i = 0; i < a->categories.count; i++) {
        add_keyword(in, "category", a->categories.items[i]);
    }
    for (i = 0; i < a->n_meta; i++) {
        lede__term_keyword(&in->mock->term, a->meta[i].key, a->meta[i].text,
                           NULL);
        add_occurrence(in->mock, in->doc, 0, -1);
    }
}

static void
add_columns(struct inversion *in, const struct article *a)
{
    struct buf *columns = in->doc->columns;
    struct sketch sketch;
    size_t i;

    if (a->date.precision != DATE_NONE) {
        lede__column_date_write(&columns[COLUMN_DATE], a->date, NULL);
    }
    lede__buf_str(&columns[COLUMN_LANG], a->lang, NULL);
    lede__buf_str(&columns[COLUMN_SOURCE], a->source, NULL);
    lede__column_list_write(&columns[COLUMN_AUTHORS], &a->authors, NULL);
    lede__column_list_write(&columns[COLUMN_TAGS], &a->tags, NULL);
    lede__column_list_write(&columns[COLUMN_CATEGORIES], &a->categories,
                            NULL);
    for (i = 0; i < a->n_meta; i++) {
        lede__column_meta_write(&columns[COLUMN_META], a->meta[i].key,
                                a->meta[i].text, NULL);
    }
    lede__buf_add(&columns[COLUMN_HEADLINE], a->title.p,
                  a->title.len < HEADLINE_MAX
                  ? a->title.len
                  : lede__utf8_floor(a->title, HEADLINE_MAX), NULL);
    if (lede__sketch_end(&in->sketcher, &sketch)) {
        lede__buf_add(&columns[COLUMN_SKETCH], sketch.bytes,
                      sizeof(sketch.bytes), NULL);
    }
}

static void
add_article(struct mock *mock, const struct mock_article *from, uint32_t at)
{
    const struct article *a = &from->article;
    struct mock_doc *doc = &mock->docs[mock->n_docs++];
    struct inversion in = { .mock = mock, .doc = doc, .lang = a->lang };
    uint32_t words;
    size_t i;

    memset(doc, 0, sizeof(*doc));
    doc->doc = at;
    doc->number = from->number;
    doc->deleted = from->deleted;
    doc->stored.max = BUF_MAX_ANY;
    for (i = 0; i < COLUMNS; i++) {
        doc->columns[i].max = BUF_MAX_ANY;
    }
    lede__sketch_begin(&in.sketcher);
    in.body = a;
    add_text(&in, a->body, FIELD_BODY);
    in.body = NULL;
    lede__buf_varint(&doc->columns[COLUMN_WORDS], in.base, NULL);
    in.base += FIELD_GAP;
    words = in.base;
    add_text(&in, a->title, FIELD_TITLE);
    words = in.base - words;
    if (words > 0) {
        lede__buf_char(&doc->columns[COLUMN_TITLE],
                       (char)(words < 255 ? words : 255), NULL);
    }
    in.base += FIELD_GAP;
    add_text(&in, a->summary, FIELD_SUMMARY);
    in.base += FIELD_GAP;
    add_texts(&in, &a->tags, FIELD_TAGS);
    in.base += FIELD_GAP;
    add_texts(&in, &a->authors, FIELD_AUTHORS);
    add_filters(&in, a);
    doc->length = lede__length_quantise(in.length);
    add_columns(&in, a);
    lede__record_write(&doc->stored, a, NULL);
    if (!doc->deleted) {
        lede__stats_count(&mock->searcher.stats, a->lang, in.length, 1);
    }
    if (doc->number > mock->searcher.stats.last_number) {
        mock->searcher.stats.last_number = doc->number;
    }
}

void
mock_build(struct mock *mock, const struct mock_article *articles, size_t n)
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
