/* invert.c - an article -> its postings, columns and record; see invert.h.

   This half reads the text: the tokens of all fields become occurrences of
   words, counted for each word.  A word knows its slot through word->place,
   and that it has one in this article through word->user[1], so that counting
   costs no look-up. */

#include <stdlib.h>

#include "indexer/invert-private.h"

#define TOKENS 256

/* What is kept between articles of what a large one made grow. */
#define KEPT ((size_t)1 << 16)

lede_status
lede__inverter_grow(void *array, size_t *cap, size_t count, size_t size,
                    lede_error *err)
{
    size_t wanted = *cap < 256 ? 256 : *cap;
    void *bigger = NULL;

    if (count <= *cap) {
        return LEDE_STATUS_OK;
    }
    while (wanted < count) {
        if (wanted > SIZE_MAX / 2 / size) {
            return lede__fail_memory(err);
        }
        wanted *= 2;
    }
    bigger = realloc(*(void **)array, wanted * size);
    if (bigger == NULL) {
        return lede__fail_memory(err);
    }
    *(void **)array = bigger;
    *cap = wanted;
    return LEDE_STATUS_OK;
}

/* A word that was in fewer articles since the last trim is forgotten. */
#define USES_MIN 3

/* ---- occurrences ---- */

/* The word's slot in this article, for which there is room. */
static inline void
add_slot(struct inverter *inv, struct word *word)
{
    inv->slots[inv->n_slots] = (struct slot){ .word = word };
    word->user[1] = (void *)inv->serial;
    word->place = (uint32_t)inv->n_slots;
    inv->n_slots++;
    inv->cost += inv->costs.word;
}

/* Tells where the blocks of the body begin, and so where the text changes
   between headings and the rest. */
struct weights {
    const struct article *body;
    size_t block;               // the next one
    uint32_t end;               // of the one at hand
    bool is_heading;
    unsigned heading, other;
    unsigned now;
};

/* Go on to the block of a token that is behind the one at hand. */
static void
to_block(struct weights *w, uint32_t start)
{
    while (start >= w->end) {
        const struct block *block = NULL;

        if (w->block == w->body->n_blocks) {
            w->end = UINT32_MAX;
            w->is_heading = false;
            break;
        }
        block = &w->body->blocks[w->block++];
        w->end = block->start + block->len;
        w->is_heading = block->kind == BLOCK_HEADING;
    }
    w->now = w->is_heading ? w->heading : w->other;
}

/* The body's beginning is no border. */
static lede_status
add_border(struct borders *borders, uint32_t position, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (position == 0 ||
        (borders->n > 0 && position <= borders->at[borders->n - 1])) {
        return LEDE_STATUS_OK;
    }
    status = lede__inverter_grow(&borders->at, &borders->cap, borders->n + 1,
                                 sizeof *borders->at, err);
    if (status == LEDE_STATUS_OK) {
        borders->at[borders->n++] = position;
    }
    return status;
}

/* A token is the first of a block. */
static lede_status
begin_block(struct inverter *inv, struct weights *weights,
            const struct token *token, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t position = inv->base + token->position;

    to_block(weights, token->start);
    if (weights->body == NULL) {
        return LEDE_STATUS_OK;
    }
    status = add_border(&inv->paragraphs, position, err);
    return status == LEDE_STATUS_OK && weights->is_heading
               ? add_border(&inv->headings, position, err) : status;
}

/* Note tokens of one weight. */
static void
add_tokens(struct inverter *inv, const struct token *tokens, size_t count,
           unsigned weight)
{
    struct occurrence *occurrence = inv->occurrences + inv->n_occurrences;
    void *const serial = (void *)inv->serial;
    uint32_t base = inv->base;
    uint32_t length = inv->length;

    for (size_t i = 0; i < count; i++) {
        const struct token *token = &tokens[i];
        struct word *word = token->word;
        unsigned extra = (token->flags & TOKEN_EXTRA) != 0;
        struct slot *slot = NULL;

        if (word->user[1] != serial) {
            add_slot(inv, word);
        }
        slot = &inv->slots[word->place];
        occurrence[i].position = base + token->position;
        occurrence[i].place = word->place * 2 + extra;
        slot->count[extra] += weight > 0;
        slot->tf[extra] += weight;
        if (!extra) {
            length += weight;
            slot->stems |= token->kind <= TOKEN_NUMBER;
        }
    }
    inv->n_occurrences += count;
    inv->length = length;
}

/* Those of a text that are at hand; in the body, blocks tell what is a
   heading. */
static lede_status
add_batch(struct inverter *inv, const struct token *tokens, size_t count,
          struct weights *weights, lede_error *err)
{
    lede_status status = lede__inverter_grow(
        &inv->occurrences, &inv->cap_occurrences, inv->n_occurrences + count,
        sizeof *inv->occurrences, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__inverter_grow(&inv->slots, &inv->cap_slots,
                                     inv->n_slots + count, sizeof *inv->slots,
                                     err);
    }
    for (size_t i = 0; i < count && status == LEDE_STATUS_OK;) {
        unsigned weight = 0;
        size_t from = i;

        if (tokens[i].start >= weights->end) {
            status = begin_block(inv, weights, &tokens[i], err);
        }
        weight = weights->now;
        while (i < count && tokens[i].start < weights->end) {
            i++;
        }
        /* The body has no list of its own: without weight it is not there. */
        if ((weight > 0 || weights->body == NULL) &&
            status == LEDE_STATUS_OK) {
            add_tokens(inv, tokens + from, i - from, weight);
        }
    }
    if (weights->body != NULL) {
        lede__sketch_add(&inv->sketcher, tokens, count);
    }
    inv->cost += count * inv->costs.occurrence;
    if (inv->cost > inv->limit && status == LEDE_STATUS_OK) {
        status = lede__fail(err, LEDE_STATUS_LIMIT,
                            "an article of more different words than the "
                            "memory allows; allow more with --memory");
    }
    return status;
}

/* The tokens of one text. */
static lede_status
add_text(struct inverter *inv, struct str text, struct str lang,
         unsigned weight, const struct article *body, lede_error *err)
{
    struct token tokens[TOKENS];
    struct weights weights = {
        .body = body,
        .end = body == NULL ? UINT32_MAX : 0,
        .heading = inv->schema->heading_weight,
        .other = weight,
        .now = weight,
    };
    lede_status status = LEDE_STATUS_OK;
    uint32_t last = 0;
    size_t count = 0;
    bool any = false;

    if (text.len == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__analysis_begin(inv->analysis, text, lang, err);
    while (status == LEDE_STATUS_OK) {
        status = lede__analysis_next(inv->analysis, tokens, TOKENS, &count,
                                     err);
        if (status != LEDE_STATUS_OK || count == 0) {
            break;
        }
        any = true;
        last = tokens[count - 1].position;
        status = add_batch(inv, tokens, count, &weights, err);
    }
    if (any) {
        inv->base += last + 1;
    }
    return status;
}

/* ---- fields ---- */

/* What comes now is of this field, until the next begins. */
static void
begin_field(struct inverter *inv, int field)
{
    inv->ranges[inv->n_ranges++] = (struct range){
        field, inv->schema->fields[field].weight,
        (uint32_t)inv->n_occurrences, 0,
    };
}

static void
end_field(struct inverter *inv)
{
    inv->ranges[inv->n_ranges - 1].to = (uint32_t)inv->n_occurrences;
    inv->base += FIELD_GAP;
}

/* A field of one text; *words, where not NULL, is how many it has. */
static lede_status
add_one(struct inverter *inv, struct str text, int field,
        const struct article *a, uint32_t *words, lede_error *err)
{
    uint32_t base = inv->base;
    lede_status status = LEDE_STATUS_OK;

    begin_field(inv, field);
    status = add_text(inv, text, a->lang, inv->schema->fields[field].weight,
                      field == FIELD_BODY ? a : NULL, err);
    if (words != NULL) {
        *words = inv->base - base;
    }
    end_field(inv);
    return status;
}

static lede_status
add_list(struct inverter *inv, const struct str_list *list, struct str lang,
         unsigned weight, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        status = add_text(inv, list->items[i], lang, weight, NULL, err);
        inv->base += VALUE_GAP;
    }
    return status;
}

static lede_status
add_custom(struct inverter *inv, const struct article *article, int field,
           lede_error *err)
{
    const struct field *f = &inv->schema->fields[field];
    lede_status status = LEDE_STATUS_OK;

    begin_field(inv, field);
    for (size_t i = 0; i < article->n_meta && status == LEDE_STATUS_OK; i++) {
        if (str_eq(article->meta[i].key, f->key)) {
            status = add_text(inv, article->meta[i].text, article->lang,
                              f->weight, NULL, err);
            inv->base += VALUE_GAP;
        }
    }
    end_field(inv);
    return status;
}

/* All fields, in the order that schema.h gives. */
static lede_status
add_fields(struct inverter *inv, const struct article *a, lede_error *err)
{
    const struct field *fields = inv->schema->fields;
    lede_status status = LEDE_STATUS_OK;

    status = add_one(inv, a->body, FIELD_BODY, a, &inv->body_words, err);
    if (status == LEDE_STATUS_OK) {
        status = add_one(inv, a->title, FIELD_TITLE, a, &inv->title_words,
                         err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_one(inv, a->summary, FIELD_SUMMARY, a, NULL, err);
    }
    if (status == LEDE_STATUS_OK) {
        begin_field(inv, FIELD_TAGS);
        status = add_list(inv, &a->tags, a->lang, fields[FIELD_TAGS].weight,
                          err);
        if (status == LEDE_STATUS_OK) {
            status = add_list(inv, &a->categories, a->lang,
                              fields[FIELD_TAGS].weight, err);
        }
        end_field(inv);
    }
    if (status == LEDE_STATUS_OK) {
        begin_field(inv, FIELD_AUTHORS);
        status = add_list(inv, &a->authors, a->lang,
                          fields[FIELD_AUTHORS].weight, err);
        end_field(inv);
    }
    for (size_t f = FIELD_CUSTOM;
         f < inv->schema->n_fields && status == LEDE_STATUS_OK; f++) {
        status = add_custom(inv, a, (int)f, err);
    }
    return status;
}

/* ---- the interface ---- */

lede_status
lede__inverter_new(struct inverter **out, const struct analyzer *analyzer,
                   const struct schema *schema, size_t cache,
                   struct word_costs costs, lede_error *err)
{
    struct inverter *inv = calloc(1, sizeof *inv);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (inv == NULL) {
        return lede__fail_memory(err);
    }
    inv->schema = schema;
    inv->cache = cache;
    inv->costs = costs;
    inv->term.max = BUF_MAX_ANY;
    inv->columns.max = BUF_MAX_ANY;
    inv->value.max = BUF_MAX_ANY;
    status = lede__analysis_new(&inv->analysis, analyzer, err);
    if (status != LEDE_STATUS_OK) {
        lede__inverter_free(inv);
        return status;
    }
    *out = inv;
    return LEDE_STATUS_OK;
}

void
lede__inverter_free(struct inverter *inv)
{
    if (inv == NULL) {
        return;
    }
    lede__analysis_free(inv->analysis);
    lede__free_stems(&inv->stems);
    lede__buf_free(&inv->term);
    lede__buf_free(&inv->columns);
    lede__buf_free(&inv->value);
    free(inv->occurrences);
    free(inv->slots);
    free(inv->positions);
    free(inv->postings);
    free(inv->places);
    free(inv->found);
    free(inv->paragraphs.at);
    free(inv->headings.at);
    free(inv);
}

static void
forget_array(void *array, size_t *cap)
{
    if (*cap > KEPT) {
        free(*(void **)array);
        *(void **)array = NULL;
        *cap = 0;
    }
}

static size_t
cache_bytes(const struct inverter *inv)
{
    return lede__analysis_cache_bytes(inv->analysis) + inv->stems.arena.used +
           inv->stems.cap * sizeof *inv->stems.places;
}

/* Words that were in few articles go; the others take along their handles. */
static bool
keep_word(void *payload, struct word *word)
{
    struct entry *entry = entry_of(word);
    bool kept = entry->uses >= USES_MIN;

    (void)payload;
    word->user[1] = NULL;
    entry->stem = NULL;
    entry->uses = 0;
    return kept;
}

static void
trim(struct inverter *inv)
{
    lede__analysis_keep(inv->analysis, keep_word, NULL);
    lede__free_stems(&inv->stems);
    if (cache_bytes(inv) > inv->cache / 2) {
        lede__analysis_trim(inv->analysis);
    }
}

/* Give back what a large article made grow. */
static void
shrink(struct inverter *inv)
{
    forget_array(&inv->occurrences, &inv->cap_occurrences);
    forget_array(&inv->slots, &inv->cap_slots);
    forget_array(&inv->positions, &inv->cap_positions);
    forget_array(&inv->postings, &inv->cap_postings);
    forget_array(&inv->places, &inv->cap_places);
    forget_array(&inv->found, &inv->cap_found);
    forget_array(&inv->paragraphs.at, &inv->paragraphs.cap);
    forget_array(&inv->headings.at, &inv->headings.cap);
    if (inv->value.cap > (size_t)1 << 20) {
        lede__buf_free(&inv->value);
    }
    if (cache_bytes(inv) > inv->cache) {
        trim(inv);
    }
}

/* Everything after the length is known. */
static lede_status
gather(struct inverter *inv, const struct inversion *what, lede_error *err)
{
    struct gatherer *gatherer = inv->gatherer;
    struct str columns[COLUMNS] = { { NULL, 0 } };
    struct str stored = what->stored;
    lede_status status = LEDE_STATUS_OK;

    status = lede__write_columns(inv, what->article, what->hash, columns, err);
    if (status == LEDE_STATUS_OK && stored.len == 0) {
        inv->value.len = 0;
        status = lede__record_write(&inv->value, what->article, err);
        stored = lede__buf_view(&inv->value);
    }
    if (status == LEDE_STATUS_OK) {
        status = gatherer->ops->begin(gatherer, what->number,
                                      lede__length_quantise(inv->length),
                                      err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__post_words(inv, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__post_structure(inv, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__post_filters(inv, what->article, err);
    }
    return status != LEDE_STATUS_OK
               ? status
               : gatherer->ops->end(gatherer, columns, stored, err);
}

lede_status
lede__invert(struct inverter *inv, struct gatherer *gatherer,
             const struct inversion *what, struct inverted *out,
             lede_error *err)
{
    const struct article *article = what->article;
    lede_status status = LEDE_STATUS_OK;

    inv->gatherer = gatherer;
    inv->serial++;
    inv->n_occurrences = 0;
    inv->n_slots = 0;
    inv->n_ranges = 0;
    inv->base = 0;
    inv->length = 0;
    inv->cost = 0;
    inv->limit = what->limit;
    inv->paragraphs.n = 0;
    inv->headings.n = 0;
    lede__sketch_begin(&inv->sketcher);
    inv->stemmer = lede__analysis_stemmer(article->lang);

    status = add_fields(inv, article, err);
    if (status == LEDE_STATUS_OK) {
        status = gather(inv, what, err);
    }
    if (status == LEDE_STATUS_OK) {
        memset(out, 0, sizeof *out);
        out->length = inv->length;
        if (article->lang.len > 0 && article->lang.len < sizeof out->lang) {
            memcpy(out->lang, article->lang.p, article->lang.len);
        }
    }
    shrink(inv);
    return status;
}
