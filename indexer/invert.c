/* invert.c - an article -> its terms, columns and record; see invert.h.

   The tokens of all fields are gathered as occurrences, chained by word; then
   each distinct word becomes its terms (shared/schema.h lists them):
     - over all fields, the exact form or the extra form, with positions;
     - the same for each field by name but the body, which has no list of its
       own: what the fields do not account for is the body's;
     - stems, which several words may share, without positions.
   A word knows its chain through word->user, so that grouping costs no hash
   look-up per token. */

#include <stdlib.h>

#include "indexer/invert.h"

#define TOKENS 256

/* Metadata values up to this long can be filtered by; longer ones are prose. */
#define FILTER_VALUE_MAX 120

#define NONE UINT32_MAX

/* The memory that indexing takes for each distinct word of an article and for
   each time it occurs, here and in Xapian until the commit; measured on an
   article of nothing but distinct words.  A random word is worth ten that all
   articles have, so that an article's bytes alone say little. */
#define WORD_COST 1150
#define OCCURRENCE_COST 40

struct occurrence {
    uint32_t position;
    uint32_t next;              // of the same word, or NONE
    uint16_t tf;                // the field's weight, or 1 where that is 0
    uint8_t field;
    bool extra;
    bool combined;              // counts in the list over all fields
};

/* A distinct word of the article. */
struct slot {
    struct word *word;
    uint32_t first, last;       // its occurrences
    bool stems;                 // some occurrence has a stem
};

/* A distinct stem of the article. */
struct stem {
    struct str text;
    uint32_t tf[FIELDS_MAX + 1];        // by field; the last: combined
};

struct inverter {
    const struct schema *schema;
    struct analysis *analysis;
    size_t cache;               // what the analysis may keep, in bytes
    struct arena scratch;       // for one article
    struct occurrence *occurrences;
    size_t n_occurrences, cap_occurrences;
    struct slot *slots;
    size_t n_slots, cap_slots;
    struct stem *stems;
    size_t n_stems, cap_stems;
    struct map stem_map;
    struct buf term;
    struct buf value;
    uintptr_t serial;           // of the article, to tell old chains by
    size_t cost;                // so far
    size_t limit;
    uint32_t base;              // position at which the next text begins
    uint32_t length;
};

/* ---- growing arrays ---- */

static lede_status
grow(void **array, size_t *cap, size_t count, size_t size, lede_error *err)
{
    size_t wanted = *cap == 0 ? 256 : *cap * 2;
    void *bigger = NULL;

    if (count < *cap) {
        return LEDE_STATUS_OK;
    }
    if (wanted > SIZE_MAX / size) {
        return lede__fail_memory(err);
    }
    bigger = realloc(*array, wanted * size);
    if (bigger == NULL) {
        return lede__fail_memory(err);
    }
    *array = bigger;
    *cap = wanted;
    return LEDE_STATUS_OK;
}

/* ---- gathering occurrences ---- */

static lede_status
slot_of(struct inverter *inv, struct word *word, struct slot **out,
        lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    /* user[0]: the slot's number, user[1]: the article it is of */
    if (word->user[1] == (void *)inv->serial) {
        *out = &inv->slots[(uintptr_t)word->user[0]];
        return LEDE_STATUS_OK;
    }
    status = grow((void **)&inv->slots, &inv->cap_slots, inv->n_slots,
                  sizeof *inv->slots, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *out = &inv->slots[inv->n_slots];
    **out = (struct slot){ word, NONE, NONE, false };
    word->user[0] = (void *)(uintptr_t)inv->n_slots;
    word->user[1] = (void *)inv->serial;
    inv->n_slots++;
    inv->cost += WORD_COST;
    return LEDE_STATUS_OK;
}

static lede_status
add_token(struct inverter *inv, const struct token *token, int field,
          unsigned weight, lede_error *err)
{
    struct slot *slot = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint32_t n = (uint32_t)inv->n_occurrences;
    bool extra = (token->flags & TOKEN_EXTRA) != 0;

    status = slot_of(inv, token->word, &slot, err);
    if (status == LEDE_STATUS_OK) {
        status = grow((void **)&inv->occurrences, &inv->cap_occurrences,
                      inv->n_occurrences, sizeof *inv->occurrences, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    inv->occurrences[n] = (struct occurrence){
        inv->base + token->position, NONE,
        (uint16_t)(weight > 0 ? weight : 1), (uint8_t)field, extra,
        weight > 0,
    };
    inv->n_occurrences++;
    inv->cost += OCCURRENCE_COST;
    if (inv->cost > inv->limit) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "an article of more different words than the "
                          "memory allows; allow more with --memory");
    }
    if (slot->first == NONE) {
        slot->first = n;
    } else {
        inv->occurrences[slot->last].next = n;
    }
    slot->last = n;
    if (!extra) {
        inv->length += weight;
        slot->stems |= token->kind == TOKEN_WORD ||
                       token->kind == TOKEN_NUMBER;
    }
    return LEDE_STATUS_OK;
}

/* The tokens of one text.  In the body, `blocks` tells what is a heading. */
static lede_status
add_text(struct inverter *inv, struct str text, struct str lang, int field,
         unsigned weight, const struct article *body, lede_error *err)
{
    struct token tokens[TOKENS];
    lede_status status = LEDE_STATUS_OK;
    uint32_t last = 0;
    size_t count = 0;
    size_t block = 0;
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
        for (size_t i = 0; i < count && status == LEDE_STATUS_OK; i++) {
            unsigned w = weight;

            if (body != NULL) {
                while (block < body->n_blocks &&
                       tokens[i].start >= body->blocks[block].start +
                                              body->blocks[block].len) {
                    block++;
                }
                if (block < body->n_blocks &&
                    body->blocks[block].kind == BLOCK_HEADING) {
                    w = inv->schema->heading_weight;
                }
            }
            status = add_token(inv, &tokens[i], field, w, err);
            last = tokens[i].position;
            any = true;
        }
    }
    if (any) {
        inv->base += last + 1;
    }
    return status;
}

static lede_status
add_list(struct inverter *inv, const struct str_list *list, struct str lang,
         int field, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        status = add_text(inv, list->items[i], lang, field,
                          inv->schema->fields[field].weight, NULL, err);
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

    for (size_t i = 0; i < article->n_meta && status == LEDE_STATUS_OK; i++) {
        if (!str_eq(article->meta[i].key, f->key)) {
            continue;
        }
        status = add_text(inv, article->meta[i].text, article->lang, field,
                          f->weight, NULL, err);
        inv->base += VALUE_GAP;
    }
    return status;
}

/* All fields, in the order that schema.h gives. */
static lede_status
add_fields(struct inverter *inv, const struct article *a, lede_error *err)
{
    const struct field *fields = inv->schema->fields;
    lede_status status = LEDE_STATUS_OK;

    status = add_text(inv, a->body, a->lang, FIELD_BODY,
                      fields[FIELD_BODY].weight, a, err);
    inv->base += FIELD_GAP;
    if (status == LEDE_STATUS_OK) {
        status = add_text(inv, a->title, a->lang, FIELD_TITLE,
                          fields[FIELD_TITLE].weight, NULL, err);
        inv->base += FIELD_GAP;
    }
    if (status == LEDE_STATUS_OK) {
        status = add_text(inv, a->summary, a->lang, FIELD_SUMMARY,
                          fields[FIELD_SUMMARY].weight, NULL, err);
        inv->base += FIELD_GAP;
    }
    if (status == LEDE_STATUS_OK) {
        status = add_list(inv, &a->tags, a->lang, FIELD_TAGS, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_list(inv, &a->categories, a->lang, FIELD_TAGS, err);
        inv->base += FIELD_GAP;
    }
    if (status == LEDE_STATUS_OK) {
        status = add_list(inv, &a->authors, a->lang, FIELD_AUTHORS, err);
        inv->base += FIELD_GAP;
    }
    for (size_t f = FIELD_CUSTOM;
         f < inv->schema->n_fields && status == LEDE_STATUS_OK; f++) {
        status = add_custom(inv, a, (int)f, err);
        inv->base += FIELD_GAP;
    }
    return status;
}

/* ---- from occurrences to terms ---- */

struct terms {
    struct sink_term *items;
    size_t count, cap;
};

static lede_status
push_term(struct inverter *inv, struct inverted *out, struct terms *terms,
          uint32_t tf, const uint32_t *positions, uint32_t n_positions,
          lede_error *err)
{
    struct str name = lede__arena_str(&out->arena,
                                      lede__buf_view(&inv->term));
    lede_status status = LEDE_STATUS_OK;

    if (name.p == NULL) {
        return lede__fail_memory(err);
    }
    status = grow((void **)&terms->items, &terms->cap, terms->count,
                  sizeof *terms->items, err);
    if (status == LEDE_STATUS_OK) {
        terms->items[terms->count++] = (struct sink_term){
            name, tf, positions, n_positions,
        };
    }
    return status;
}

/* The term of a slot for one field (or FIELD_ALL), exact or extra, where it
   has occurrences there. */
static lede_status
push_slot(struct inverter *inv, struct inverted *out, struct terms *terms,
          const struct slot *slot, int field, bool extra, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t *positions = NULL;
    uint32_t tf = 0;
    uint32_t n = 0;

    for (uint32_t i = slot->first; i != NONE; i = inv->occurrences[i].next) {
        const struct occurrence *o = &inv->occurrences[i];

        n += o->extra == extra &&
             (field == FIELD_ALL ? o->combined : o->field == field);
    }
    if (n == 0) {
        return LEDE_STATUS_OK;
    }
    positions = lede__arena_array(&out->arena, n, sizeof *positions);
    if (positions == NULL) {
        return lede__fail_memory(err);
    }
    n = 0;
    for (uint32_t i = slot->first; i != NONE; i = inv->occurrences[i].next) {
        const struct occurrence *o = &inv->occurrences[i];

        if (o->extra == extra &&
            (field == FIELD_ALL ? o->combined : o->field == field)) {
            tf += o->tf;
            /* A chunk may hold an extra twice at one position. */
            if (n == 0 || positions[n - 1] != o->position) {
                positions[n++] = o->position;
            }
        }
    }
    status = extra ? lede__term_extra(&inv->term, field, slot->word->form, err)
                   : lede__term_exact(&inv->term, field, slot->word->form,
                                      err);
    if (status == LEDE_STATUS_OK) {
        status = push_term(inv, out, terms, tf, positions, n, err);
    }
    return status;
}

static lede_status
count_stem(struct inverter *inv, const struct slot *slot, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    struct stem *stem = NULL;
    bool added = false;
    uint64_t *place = lede__map_put(&inv->stem_map, slot->word->stem, &added);

    if (place == NULL) {
        return lede__fail_memory(err);
    }
    if (added) {
        *place = inv->n_stems;
        status = grow((void **)&inv->stems, &inv->cap_stems, inv->n_stems,
                      sizeof *inv->stems, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        memset(&inv->stems[inv->n_stems], 0, sizeof *inv->stems);
        inv->stems[inv->n_stems].text = slot->word->stem;
        inv->n_stems++;
    }
    stem = &inv->stems[*place];
    for (uint32_t i = slot->first; i != NONE; i = inv->occurrences[i].next) {
        const struct occurrence *o = &inv->occurrences[i];

        if (o->extra) {
            continue;
        }
        if (o->combined) {
            stem->tf[FIELDS_MAX] += o->tf;
        }
        if (o->field != FIELD_BODY) {
            stem->tf[o->field] += o->tf;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
push_words(struct inverter *inv, struct inverted *out, struct terms *terms,
           struct str stemmer, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < inv->n_slots && status == LEDE_STATUS_OK; i++) {
        const struct slot *slot = &inv->slots[i];
        uint32_t fields = 0;    // a bit for each field that it occurs in

        for (uint32_t o = slot->first; o != NONE;
             o = inv->occurrences[o].next) {
            fields |= 1u << inv->occurrences[o].field;
        }
        for (int extra = 0; extra < 2 && status == LEDE_STATUS_OK; extra++) {
            status = push_slot(inv, out, terms, slot, FIELD_ALL, extra, err);
            for (int f = FIELD_BODY + 1;
                 f < FIELDS_MAX && status == LEDE_STATUS_OK; f++) {
                if ((fields >> f & 1) != 0) {
                    status = push_slot(inv, out, terms, slot, f, extra, err);
                }
            }
        }
        if (status == LEDE_STATUS_OK && slot->stems) {
            status = count_stem(inv, slot, err);
        }
    }
    for (size_t i = 0; i < inv->n_stems && status == LEDE_STATUS_OK; i++) {
        const struct stem *stem = &inv->stems[i];

        for (int f = 0; f <= FIELDS_MAX && status == LEDE_STATUS_OK; f++) {
            if (stem->tf[f] == 0) {
                continue;
            }
            status = lede__term_stem(&inv->term,
                                     f == FIELDS_MAX ? FIELD_ALL : f,
                                     stemmer, stem->text, err);
            if (status == LEDE_STATUS_OK) {
                status = push_term(inv, out, terms, stem->tf[f], NULL, 0,
                                   err);
            }
        }
    }
    return status;
}

/* ---- filters ---- */

static lede_status
push_keyword(struct inverter *inv, struct inverted *out, struct terms *terms,
             struct str name, struct str value, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (value.len == 0 || value.len > FILTER_VALUE_MAX) {
        return LEDE_STATUS_OK;
    }
    status = lede__term_keyword(&inv->term, name, value, err);
    return status != LEDE_STATUS_OK
               ? status : push_term(inv, out, terms, 0, NULL, 0, err);
}

static lede_status
push_keywords(struct inverter *inv, struct inverted *out,
              struct terms *terms, struct str name,
              const struct str_list *list, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        status = push_keyword(inv, out, terms, name, list->items[i], err);
    }
    return status;
}

static lede_status
push_raw(struct inverter *inv, struct inverted *out, struct terms *terms,
         char kind, struct str value, lede_error *err)
{
    lede_status status = lede__term_raw(&inv->term, kind, value, err);

    return status != LEDE_STATUS_OK
               ? status : push_term(inv, out, terms, 0, NULL, 0, err);
}

static lede_status
push_filters(struct inverter *inv, struct inverted *out,
             struct terms *terms, const struct article *a, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    status = push_raw(inv, out, terms, TERM_ALL, STR(""), err);
    if (status == LEDE_STATUS_OK) {
        status = push_raw(inv, out, terms, TERM_ID, a->id, err);
    }
    if (status == LEDE_STATUS_OK && a->path.len > 0) {
        status = push_raw(inv, out, terms, TERM_FILE, a->path, err);
    }
    for (size_t i = 1; i < a->path.len && status == LEDE_STATUS_OK; i++) {
        if (a->path.p[i] == '/') {
            status = push_raw(inv, out, terms, TERM_FOLDER,
                              (struct str){ a->path.p, i }, err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = push_keyword(inv, out, terms, STR("key"), a->key, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = push_keyword(inv, out, terms, STR("lang"), a->lang, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = push_keyword(inv, out, terms, STR("source"), a->source, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = push_keywords(inv, out, terms, STR("author"), &a->authors,
                               err);
    }
    if (status == LEDE_STATUS_OK) {
        status = push_keywords(inv, out, terms, STR("tag"), &a->tags, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = push_keywords(inv, out, terms, STR("category"),
                               &a->categories, err);
    }
    for (size_t i = 0; i < a->n_meta && status == LEDE_STATUS_OK; i++) {
        status = push_keyword(inv, out, terms, a->meta[i].key,
                              a->meta[i].text, err);
    }
    return status;
}

static int
compare_terms(const void *a, const void *b)
{
    return lede__str_cmp(((const struct sink_term *)a)->term,
                         ((const struct sink_term *)b)->term);
}

/* Sort by name and drop what is there twice (a tag written twice, say). */
static void
sort_terms(struct terms *terms)
{
    size_t n = 0;

    qsort(terms->items, terms->count, sizeof *terms->items, compare_terms);
    for (size_t i = 0; i < terms->count; i++) {
        if (n == 0 || !str_eq(terms->items[n - 1].term,
                              terms->items[i].term)) {
            terms->items[n++] = terms->items[i];
        }
    }
    terms->count = n;
}

/* ---- columns and record ---- */

static lede_status
keep(struct inverted *out, struct str *place, const struct buf *value,
     lede_error *err)
{
    if (value->len == 0) {
        return LEDE_STATUS_OK;
    }
    *place = lede__arena_str(&out->arena, lede__buf_view(value));
    return place->p == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

static lede_status
fill_columns(struct inverter *inv, struct inverted *out,
             const struct article *a, const unsigned char hash[16],
             lede_error *err)
{
    const struct {
        enum column column;
        const struct str_list *list;
    } lists[] = {
        { COLUMN_AUTHORS, &a->authors },
        { COLUMN_TAGS, &a->tags },
        { COLUMN_CATEGORIES, &a->categories },
    };
    struct str *columns = out->article.columns;
    struct buf *value = &inv->value;
    lede_status status = LEDE_STATUS_OK;

    value->len = 0;
    status = lede__column_date_write(value, a->date, err);
    if (status == LEDE_STATUS_OK) {
        status = keep(out, &columns[COLUMN_DATE], value, err);
    }
    value->len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_varint(value, inv->length, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = keep(out, &columns[COLUMN_LENGTH], value, err);
    }
    value->len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_add(value, hash, 16, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = keep(out, &columns[COLUMN_HASH], value, err);
    }
    columns[COLUMN_LANG] = lede__arena_str(&out->arena, a->lang);
    columns[COLUMN_SOURCE] = lede__arena_str(&out->arena, a->source);
    if (columns[COLUMN_LANG].p == NULL || columns[COLUMN_SOURCE].p == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        value->len = 0;
        if (status == LEDE_STATUS_OK) {
            status = lede__column_list_write(value, lists[i].list, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = keep(out, &columns[lists[i].column], value, err);
        }
    }
    value->len = 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__record_write(value, a, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = keep(out, &out->article.stored, value, err);
    }
    return status;
}

/* ---- the interface ---- */

lede_status
lede__inverter_new(struct inverter **out, const struct analyzer *analyzer,
                   const struct schema *schema, size_t cache,
                   lede_error *err)
{
    struct inverter *inv = calloc(1, sizeof *inv);
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (inv == NULL) {
        return lede__fail_memory(err);
    }
    inv->schema = schema;
    inv->cache = cache;
    inv->term.max = BUF_MAX_ANY;
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
    lede__arena_free(&inv->scratch);
    lede__map_free(&inv->stem_map);
    lede__buf_free(&inv->term);
    lede__buf_free(&inv->value);
    free(inv->occurrences);
    free(inv->slots);
    free(inv->stems);
    free(inv);
}

/* Give back what a large article made grow. */
static void
shrink(struct inverter *inv)
{
    enum { KEEP = 1 << 16 };

    if (inv->cap_occurrences > KEEP) {
        free(inv->occurrences);
        inv->occurrences = NULL;
        inv->cap_occurrences = 0;
    }
    if (inv->cap_slots > KEEP) {
        free(inv->slots);
        inv->slots = NULL;
        inv->cap_slots = 0;
    }
    if (inv->cap_stems > KEEP / 4) {
        free(inv->stems);
        inv->stems = NULL;
        inv->cap_stems = 0;
    }
    if (inv->value.cap > (size_t)1 << 20) {
        lede__buf_free(&inv->value);
        inv->value.max = BUF_MAX_ANY;
    }
    if (lede__analysis_cache_bytes(inv->analysis) > inv->cache) {
        lede__analysis_trim(inv->analysis);
    }
}

lede_status
lede__invert(struct inverter *inv, const struct article *article,
             const unsigned char hash[16], size_t limit,
             struct inverted *out, lede_error *err)
{
    struct terms terms = { NULL, 0, 0 };
    struct str stemmer = lede__analysis_stemmer(article->lang);
    lede_status status = LEDE_STATUS_OK;

    lede__arena_reset(&out->arena);
    memset(&out->article, 0, sizeof out->article);
    inv->serial++;
    inv->n_occurrences = 0;
    inv->n_slots = 0;
    inv->n_stems = 0;
    inv->base = 0;
    inv->length = 0;
    inv->cost = 0;
    inv->limit = limit;
    lede__map_free(&inv->stem_map);

    status = add_fields(inv, article, err);
    if (status == LEDE_STATUS_OK) {
        status = push_words(inv, out, &terms, stemmer, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = push_filters(inv, out, &terms, article, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = fill_columns(inv, out, article, hash, err);
    }
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    sort_terms(&terms);
    out->article.terms = lede__arena_array(&out->arena, terms.count,
                                           sizeof *terms.items);
    out->id = lede__arena_str(&out->arena, article->id);
    out->lang = lede__arena_str(&out->arena, article->lang);
    if (out->article.terms == NULL || out->id.p == NULL ||
        out->lang.p == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    memcpy((void *)out->article.terms, terms.items,
           terms.count * sizeof *terms.items);
    out->article.n_terms = terms.count;
    out->length = inv->length;
    out->cost = inv->cost;
    out->article.length = lede__length_quantise(inv->length);

out:
    free(terms.items);
    shrink(inv);
    return status;
}

void
lede__inverted_free(struct inverted *inverted)
{
    lede__arena_free(&inverted->arena);
}
