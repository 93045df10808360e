/* article-terms.c - the words of stored articles; see article-terms.h.

   word->user remembers, for each distinct word of an index's analysis, which
   item it is, and word->place whether the query looks for it. */

#include "query/article-terms.h"

#include <stdlib.h>

#include "query/qrels.h"
#include "shared/base/utf8.h"

enum {
    WANTED_FORM = 1,            // a leaf looks for the form
    WANTED_STEM = 2,            // for the stem
};

/* A word of the body. */
struct place {
    uint32_t position;
    uint32_t item;
};

/* What is kept for one index from article to article. */
struct term_reader {
    lede_index *index;
    uintptr_t serial;           // in word->user
    struct map wanted;          // forms, and stemmer ':' stem after a NUL
    struct buf key;
    /* the text at hand */
    struct str stemmer;
    struct place *places;
    size_t n_places;
    uint32_t *near;             // positions of wanted words, ascending
    size_t n_near;
    size_t atoms;
    lede_error *err;
};

/* ---- what the query looks for ---- */

/* The key of a stem, which no form is. */
static lede_status
make_stem_key(struct buf *key, struct str stemmer, struct str stem,
              lede_error *err)
{
    lede_status status;

    key->len = 0;
    status = lede__buf_char(key, '\0', err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(key, stemmer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_char(key, ':', err);
    }
    return status == LEDE_STATUS_OK ? lede__buf_str(key, stem, err) : status;
}

static lede_status
want_lists(struct term_reader *reader, const struct list *lists, size_t n)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        const struct list *list = &lists[i];
        struct str key = list->form;

        if (list->minus) {
            continue;
        }
        if (list->role == LIST_STEM) {
            status = make_stem_key(&reader->key, list->stemmer, list->form,
                                   reader->err);
            key = lede__buf_view(&reader->key);
        }
        if (status == LEDE_STATUS_OK &&
            lede__map_put(&reader->wanted, key, NULL) == NULL) {
            status = lede__fail_memory(reader->err);
        }
    }
    return status;
}

static lede_status
want_span(struct term_reader *reader, const struct span *span)
{
    lede_status status = want_lists(reader, span->slot.lists,
                                    span->slot.n_lists);
    size_t i;

    for (i = 0; i < span->n && status == LEDE_STATUS_OK; i++) {
        status = want_span(reader, &span->children[i]);
    }
    return status;
}

/* All that the leaves below a node look for, but for what is excluded. */
static lede_status
want_node(struct term_reader *reader, const struct node *node)
{
    const struct node *child;
    lede_status status = LEDE_STATUS_OK;
    size_t i, j;

    for (i = 0; i < node->n_members && status == LEDE_STATUS_OK; i++) {
        const struct member *member = &node->members[i];

        status = want_lists(reader, member->lists, member->n_lists);
        for (j = 0; j < member->n_slots && status == LEDE_STATUS_OK; j++) {
            status = want_lists(reader, member->slots[j].lists,
                                member->slots[j].n_lists);
        }
        if (member->span != NULL && status == LEDE_STATUS_OK) {
            status = want_span(reader, member->span);
        }
    }
    for (child = node->child; child != NULL && node->kind != NODE_NOT &&
                              status == LEDE_STATUS_OK;
         child = child->next) {
        status = want_node(reader, child);
    }
    return status;
}

static lede_status
find_reader(struct article_terms *terms, lede_index *index, size_t number,
            const struct node *root, struct term_reader **out,
            lede_error *err)
{
    struct term_reader *reader = terms->readers[number];

    *out = reader;
    if (reader != NULL) {
        reader->err = err;
        return LEDE_STATUS_OK;
    }
    reader = lede__arena_array(terms->arena, 1, sizeof(*reader));
    if (reader == NULL) {
        return lede__fail_memory(err);
    }
    reader->places = lede__arena_array(terms->arena, ARTICLE_ATOMS_MAX,
                                       sizeof(*reader->places));
    reader->near = lede__arena_array(terms->arena, ARTICLE_ATOMS_MAX,
                                     sizeof(*reader->near));
    if (reader->places == NULL || reader->near == NULL) {
        return lede__fail_memory(err);
    }
    reader->index = index;
    reader->serial = ++index->serial;
    reader->key.max = BUF_MAX_ANY;
    reader->err = err;
    terms->readers[number] = reader;
    *out = reader;
    return root != NULL ? want_node(reader, root) : LEDE_STATUS_OK;
}

/* ---- words ---- */

/* See what the query wants of a word that is new. */
static lede_status
look_up(struct term_reader *reader, struct word *word)
{
    lede_status status = LEDE_STATUS_OK;

    if (word->user[1] == (void *)reader->serial) {
        return LEDE_STATUS_OK;
    }
    word->user[0] = NULL;
    word->user[1] = (void *)reader->serial;
    word->place = 0;
    if (reader->wanted.count == 0) {
        return LEDE_STATUS_OK;
    }
    if (lede__map_find(&reader->wanted, word->form) != NULL) {
        word->place |= WANTED_FORM;
    }
    status = make_stem_key(&reader->key, reader->stemmer, word->stem,
                           reader->err);
    if (status == LEDE_STATUS_OK &&
        lede__map_find(&reader->wanted, lede__buf_view(&reader->key)) !=
            NULL) {
        word->place |= WANTED_STEM;
    }
    return status;
}

/* The number of the term that a word is, from 0; made where it is new. */
static lede_status
find_item(struct article_terms *terms, struct term_reader *reader,
          const struct token *token, uint32_t *out)
{
    struct word *word = token->word;
    bool stem = token->kind == TOKEN_WORD;
    struct str key = word->form;
    struct article_term *item;
    uint64_t *place;
    bool added;

    if (word->user[0] != NULL) {
        *out = (uint32_t)((uintptr_t)word->user[0] - 1);
        return LEDE_STATUS_OK;
    }
    if (stem) {
        lede_status status = make_stem_key(&reader->key, reader->stemmer,
                                           word->stem, reader->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        key = lede__buf_view(&reader->key);
    }
    place = lede__map_put(&terms->places, key, &added);
    if (place == NULL) {
        return lede__fail_memory(reader->err);
    }
    if (added) {
        if (!lede__array_grow((void **)&terms->items, terms->n,
                              sizeof(*terms->items)) ||
            !lede__array_grow((void **)&terms->read, terms->n,
                              sizeof(*terms->read))) {
            return lede__fail_memory(reader->err);
        }
        *place = terms->n;
        item = &terms->items[terms->n++];
        *item = (struct article_term){ .stem = stem };
        item->form = lede__arena_str(terms->arena,
                                     stem ? word->stem : word->form);
        item->stemmer = lede__arena_str(terms->arena, reader->stemmer);
        if (item->form.p == NULL || item->stemmer.p == NULL) {
            return lede__fail_memory(reader->err);
        }
    }
    *out = (uint32_t)*place;
    word->user[0] = (void *)(uintptr_t)(*place + 1);
    return LEDE_STATUS_OK;
}

static bool
counts(const struct token *token)
{
    struct str form = token->word->form;
    uint32_t cp;

    return (token->flags & (TOKEN_EXTRA | TOKEN_STOP)) == 0 &&
           (token->kind == TOKEN_WORD || token->kind == TOKEN_GRAM ||
            token->kind == TOKEN_SYMBOLIC) &&
           lede__utf8_next(form.p, form.p + form.len, &cp) < form.len;
}

static void
note_wanted(struct term_reader *reader, const struct token *token)
{
    bool stem = (token->flags & TOKEN_EXTRA) == 0 &&
                token->kind <= TOKEN_NUMBER;
    unsigned mask = WANTED_FORM | (stem ? WANTED_STEM : 0);

    if ((token->word->place & mask) != 0 &&
        (reader->n_near == 0 ||
         reader->near[reader->n_near - 1] != token->position) &&
        reader->n_near < ARTICLE_ATOMS_MAX) {
        reader->near[reader->n_near++] = token->position;
    }
}

static lede_status
read_token(struct article_terms *terms, struct term_reader *reader,
           const struct token *token)
{
    lede_status status = look_up(reader, token->word);
    uint32_t item = 0;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    note_wanted(reader, token);
    reader->atoms += (token->flags & TOKEN_EXTRA) == 0;
    if (!counts(token) || reader->n_places == ARTICLE_ATOMS_MAX) {
        return LEDE_STATUS_OK;
    }
    status = find_item(terms, reader, token, &item);
    if (status == LEDE_STATUS_OK) {
        reader->places[reader->n_places++] = (struct place){
            token->position, item,
        };
    }
    return status;
}

/* The beginning of a text into reader->places. */
static lede_status
read_text(struct article_terms *terms, struct term_reader *reader,
          struct str text, struct str lang)
{
    struct token tokens[256];
    lede_status status;

    if (text.len > ARTICLE_BYTES_MAX) {
        text.len = lede__utf8_floor(text, ARTICLE_BYTES_MAX);
    }
    reader->stemmer = lede__analysis_stemmer(lang);
    reader->n_places = 0;
    reader->n_near = 0;
    reader->atoms = 0;
    status = lede__analysis_begin(reader->index->analysis, text, lang,
                                  reader->err);
    while (status == LEDE_STATUS_OK && reader->atoms < ARTICLE_ATOMS_MAX) {
        size_t count, i;

        status = lede__analysis_next(reader->index->analysis, tokens, 256,
                                     &count, reader->err);
        if (status != LEDE_STATUS_OK || count == 0) {
            break;
        }
        for (i = 0; i < count && status == LEDE_STATUS_OK &&
                    reader->atoms < ARTICLE_ATOMS_MAX; i++) {
            status = read_token(terms, reader, &tokens[i]);
        }
    }
    return status;
}

/* ---- articles ---- */

static struct article_term *
touch(struct article_terms *terms, uint32_t number)
{
    struct article_term *item = &terms->items[number];

    if (item->title == 0 && item->body == 0) {
        terms->read[terms->n_read++] = number;
    }
    return item;
}

/* Count those of the body that are near enough to what is wanted. */
static void
count_body(struct article_terms *terms, const struct term_reader *reader,
           bool all, uint32_t window)
{
    size_t next = 0;
    size_t counted = 0;
    size_t i;

    for (i = 0; i < reader->n_places && counted < ARTICLE_COUNTED_MAX;
         i++) {
        const struct place *place = &reader->places[i];
        struct article_term *item;

        while (next < reader->n_near &&
               reader->near[next] + window < place->position) {
            next++;
        }
        if (!all && (next == reader->n_near ||
                     reader->near[next] > place->position + window)) {
            continue;
        }
        item = touch(terms, place->item);
        counted++;
        item->body++;
    }
}

lede_status
lede__article_terms(struct article_terms *terms, lede_index *index,
                    size_t number, const struct article *article,
                    const struct node *root, uint32_t window,
                    lede_error *err)
{
    struct term_reader *reader = NULL;
    size_t i;
    lede_status status = find_reader(terms, index, number, root, &reader,
                                     err);

    for (i = 0; i < terms->n_read; i++) {
        struct article_term *item = &terms->items[terms->read[i]];

        item->title = item->body = 0;
    }
    terms->n_read = 0;
    if (status == LEDE_STATUS_OK) {
        status = read_text(terms, reader, article->title, article->lang);
    }
    for (i = 0; status == LEDE_STATUS_OK && i < reader->n_places; i++) {
        touch(terms, reader->places[i].item)->title++;
    }
    if (status == LEDE_STATUS_OK) {
        status = read_text(terms, reader, article->body, article->lang);
    }
    if (status == LEDE_STATUS_OK) {
        count_body(terms, reader, root == NULL, window);
    }
    return status;
}

void
lede__article_terms_free(struct article_terms *terms)
{
    size_t i;

    for (i = 0; i < LEDE_INDEXES_MAX; i++) {
        if (terms->readers[i] != NULL) {
            lede__map_free(&terms->readers[i]->wanted);
            lede__buf_free(&terms->readers[i]->key);
        }
    }
    lede__map_free(&terms->places);
    free(terms->items);
    free(terms->read);
}

lede_status
lede__article_term_df(const struct article_term *term,
                      lede_index *const *indexes, size_t n_indexes,
                      struct buf *scratch, uint64_t *df, lede_error *err)
{
    size_t i;
    lede_status status = term->stem
        ? lede__term_stem(scratch, FIELD_ALL, term->stemmer, term->form, err)
        : lede__term_exact(scratch, FIELD_ALL, term->form, err);

    *df = 0;
    for (i = 0; i < n_indexes && status == LEDE_STATUS_OK; i++) {
        struct postings *postings = NULL;

        status = lede__postings_open(indexes[i]->searcher,
                                     lede__buf_view(scratch), &postings, err);
        *df += status == LEDE_STATUS_OK && postings != NULL ? postings->df
                                                            : 0;
        lede__postings_close(status == LEDE_STATUS_OK ? postings : NULL);
    }
    return status;
}

int
lede__article_term_cmp(const struct article_term *a,
                       const struct article_term *b)
{
    int order = lede__str_cmp(a->form, b->form);

    if (order == 0) {
        order = lede__str_cmp(a->stemmer, b->stemmer);
    }
    return order == 0 ? (int)a->stem - (int)b->stem : order;
}
