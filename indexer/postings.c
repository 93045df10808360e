/* postings.c - from the occurrences of words to postings; see schema.h for the
   terms.

     - over all fields, the exact form or the extra form, with positions;
     - the same for each field by name but the body, which has no list of its
       own: what the fields do not account for is the body's;
     - stems, which several words may share, without positions;
     - filters, without tf.
   The handles of a word's terms over all fields are kept with the word, so
   that nothing is looked up for one that was seen before. */

#include <stdlib.h>

#include "indexer/invert-private.h"

/* Metadata values up to this long can be filtered by; longer ones are prose. */
#define FILTER_VALUE_MAX 120

/* ---- handles ---- */

/* Of the term in inv->term. */
static lede_status
handle_of_term(struct inverter *inv, uint32_t *handle, lede_error *err)
{
    return inv->gatherer->ops->term(inv->gatherer, lede__buf_view(&inv->term),
                                    handle, err);
}

static lede_status
form_handle(struct inverter *inv, const struct word *word, int field,
            bool extra, uint32_t *handle, lede_error *err)
{
    lede_status status =
        extra ? lede__term_extra(&inv->term, field, word->form, err)
              : lede__term_exact(&inv->term, field, word->form, err);

    return status != LEDE_STATUS_OK ? status
                                    : handle_of_term(inv, handle, err);
}

static lede_status
stem_handle(struct inverter *inv, const struct stem *stem, int field,
            uint32_t *handle, lede_error *err)
{
    lede_status status = lede__term_stem(&inv->term, field, inv->stemmer,
                                         stem->text, err);

    return status != LEDE_STATUS_OK ? status
                                    : handle_of_term(inv, handle, err);
}

/* In all fields, remembered. */
static lede_status
remember_handle(struct inverter *inv, const struct slot *slot, bool extra,
                uint32_t *handle, lede_error *err)
{
    struct entry *entry = slot->entry;
    uint64_t epoch = inv->gatherer->epoch;
    lede_status status = LEDE_STATUS_OK;

    entry->uses++;
    if (entry->epoch != epoch) {
        entry->epoch = epoch;
        entry->known[0] = entry->known[1] = false;
    }
    if (!entry->known[extra]) {
        status = form_handle(inv, slot->word, FIELD_ALL, extra,
                             &entry->handles[extra], err);
        entry->known[extra] = status == LEDE_STATUS_OK;
    }
    *handle = entry->handles[extra];
    return status;
}

/* ---- stems ---- */

static lede_status
find_stem(struct inverter *inv, const struct slot *slot, lede_error *err)
{
    struct buf *key = &inv->term;
    lede_status status = LEDE_STATUS_OK;
    struct stem *stem = NULL;
    uint64_t *place = NULL;

    key->len = 0;
    status = lede__buf_str(key, inv->stemmer, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_char(key, ':', err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(key, slot->word->stem, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    place = lede__map_put(&inv->stems, lede__buf_view(key), NULL);
    if (place == NULL) {
        return lede__fail_memory(err);
    }
    stem = (struct stem *)(uintptr_t)*place;
    if (stem == NULL) {
        stem = lede__arena_array(&inv->entries, 1, sizeof *stem);
        if (stem == NULL) {
            return lede__fail_memory(err);
        }
        stem->text = slot->word->stem;
        *place = (uintptr_t)stem;
    }
    slot->entry->stem = stem;
    return LEDE_STATUS_OK;
}

/* Add the exact occurrences of a word to its stem's. */
static lede_status
count_stem(struct inverter *inv, const struct slot *slot, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    struct stem *stem = NULL;

    if (slot->entry->stem == NULL) {
        status = find_stem(inv, slot, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    stem = slot->entry->stem;
    if (stem->group != inv->group) {
        stem->group = inv->group;
        stem->tf = 0;
        inv->found[inv->n_found++] = stem;      // at most one for each slot
    }
    stem->tf += slot->tf[0];
    return LEDE_STATUS_OK;
}

static lede_status
post_stems(struct inverter *inv, int field, lede_error *err)
{
    struct gatherer *gatherer = inv->gatherer;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < inv->n_found && status == LEDE_STATUS_OK; i++) {
        struct stem *stem = inv->found[i];
        uint32_t handle = stem->handle;

        if (field != FIELD_ALL) {
            status = stem_handle(inv, stem, field, &handle, err);
        } else if (stem->epoch != gatherer->epoch) {
            status = stem_handle(inv, stem, field, &handle, err);
            if (status == LEDE_STATUS_OK) {
                stem->handle = handle;
                stem->epoch = gatherer->epoch;
            }
        }
        if (status == LEDE_STATUS_OK) {
            status = gatherer->ops->post(gatherer, handle, stem->tf, NULL, 0,
                                         err);
        }
    }
    return status;
}

/* ---- words ---- */

/* Deal the positions of a range out to their words, whose `first` moves on. */
static void
deal(struct inverter *inv, const struct range *range)
{
    for (uint32_t i = range->from; i < range->to; i++) {
        const struct occurrence *o = &inv->occurrences[i];
        struct slot *slot = &inv->slots[o->place / 2];
        unsigned extra = o->place % 2;

        inv->positions[slot->first[extra]++] = o->position;
    }
}

/* After the dealing `first` is where the positions of a word end. */
static lede_status
post_form(struct inverter *inv, const struct slot *slot, int field, bool extra,
          lede_error *err)
{
    struct gatherer *gatherer = inv->gatherer;
    uint32_t *positions = inv->positions + slot->first[extra] -
                          slot->count[extra];
    lede_status status = LEDE_STATUS_OK;
    uint32_t handle = 0;
    uint32_t n = 1;

    status = field == FIELD_ALL
                 ? remember_handle(inv, slot, extra, &handle, err)
                 : form_handle(inv, slot->word, field, extra, &handle, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (!extra) {
        n = slot->count[0];
    } else {
        /* A chunk may hold an extra twice at one position. */
        for (uint32_t i = 1; i < slot->count[1]; i++) {
            if (positions[i] != positions[n - 1]) {
                positions[n++] = positions[i];
            }
        }
    }
    return gatherer->ops->post(gatherer, handle, slot->tf[extra], positions,
                               n, err);
}

/* One posting for each form of a word that the group has. */
static lede_status
post_slot(struct inverter *inv, const struct slot *slot, int field,
          lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (slot->count[0] > 0) {
        status = post_form(inv, slot, field, false, err);
        if (status == LEDE_STATUS_OK && slot->stems) {
            status = count_stem(inv, slot, err);
        }
    }
    if (slot->count[1] > 0 && status == LEDE_STATUS_OK) {
        status = post_form(inv, slot, field, true, err);
    }
    return status;
}

/* What is known of words lies all over the memory: ask for it in time. */
enum { SOON = 8, LATER = 20 };

static inline void
prefetch(const struct inverter *inv, size_t i)
{
    if (i + LATER < inv->n_slots) {
        __builtin_prefetch(inv->slots[i + LATER].entry, 1);
    }
    if (i + SOON < inv->n_slots) {
        __builtin_prefetch(inv->slots[i + SOON].entry->stem, 1);
    }
}

/* All that has a weight.  It was counted while it was noted. */
static lede_status
post_all(struct inverter *inv, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t at = 0;

    for (size_t i = 0; i < inv->n_slots; i++) {
        struct slot *slot = &inv->slots[i];

        slot->first[0] = at;
        slot->first[1] = at + slot->count[0];
        at += slot->count[0] + slot->count[1];
        if (i < LATER) {
            __builtin_prefetch(slot->entry, 1);
        }
    }
    for (size_t i = 0; i < inv->n_ranges; i++) {
        if (inv->ranges[i].weight > 0) {
            deal(inv, &inv->ranges[i]);
        }
    }
    for (size_t i = 0; i < SOON && i < inv->n_slots; i++) {
        __builtin_prefetch(inv->slots[i].entry->stem, 1);
    }
    inv->group++;
    inv->n_found = 0;
    for (size_t i = 0; i < inv->n_slots && status == LEDE_STATUS_OK; i++) {
        prefetch(inv, i);
        status = post_slot(inv, &inv->slots[i], FIELD_ALL, err);
    }
    return status == LEDE_STATUS_OK ? post_stems(inv, FIELD_ALL, err) : status;
}

/* A field by its name. */
static lede_status
post_field(struct inverter *inv, const struct range *range, lede_error *err)
{
    uint32_t weight = range->weight > 0 ? range->weight : 1;
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;
    uint32_t at = 0;

    for (uint32_t i = range->from; i < range->to; i++) {
        struct slot *slot = &inv->slots[inv->occurrences[i].place / 2];

        slot->count[0] = slot->count[1] = 0;
        slot->tf[0] = slot->tf[1] = 0;
    }
    for (uint32_t i = range->from; i < range->to; i++) {
        uint32_t place = inv->occurrences[i].place;
        struct slot *slot = &inv->slots[place / 2];

        if (slot->count[0] + slot->count[1] == 0) {
            inv->places[n++] = place / 2;
        }
        slot->count[place % 2]++;
        slot->tf[place % 2] += weight;
    }
    for (size_t i = 0; i < n; i++) {
        struct slot *slot = &inv->slots[inv->places[i]];

        slot->first[0] = at;
        slot->first[1] = at + slot->count[0];
        at += slot->count[0] + slot->count[1];
    }
    deal(inv, range);
    inv->group++;
    inv->n_found = 0;
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = post_slot(inv, &inv->slots[inv->places[i]], range->field,
                           err);
    }
    return status == LEDE_STATUS_OK ? post_stems(inv, range->field, err)
                                    : status;
}

lede_status
lede__post_words(struct inverter *inv, lede_error *err)
{
    lede_status status = lede__inverter_grow(
        &inv->positions, &inv->cap_positions, inv->n_occurrences,
        sizeof *inv->positions, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__inverter_grow(&inv->places, &inv->cap_places,
                                     inv->n_slots, sizeof *inv->places, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__inverter_grow(&inv->found, &inv->cap_found,
                                     inv->n_slots, sizeof *inv->found, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = post_all(inv, err);
    }
    for (size_t i = 0; i < inv->n_ranges && status == LEDE_STATUS_OK; i++) {
        if (inv->ranges[i].field != FIELD_BODY) {
            status = post_field(inv, &inv->ranges[i], err);
        }
    }
    return status;
}

/* ---- filters ---- */

/* The term in inv->term; an article may have it twice (a tag written twice,
   say), so that it is posted at the end. */
static lede_status
add_filter(struct inverter *inv, lede_error *err)
{
    lede_status status = lede__inverter_grow(
        &inv->filters, &inv->cap_filters, inv->n_filters + 1,
        sizeof *inv->filters, err);

    return status != LEDE_STATUS_OK
               ? status
               : handle_of_term(inv, &inv->filters[inv->n_filters++], err);
}

static lede_status
add_keyword(struct inverter *inv, struct str name, struct str value,
            lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (value.len == 0 || value.len > FILTER_VALUE_MAX) {
        return LEDE_STATUS_OK;
    }
    status = lede__term_keyword(&inv->term, name, value, err);
    return status != LEDE_STATUS_OK ? status : add_filter(inv, err);
}

static lede_status
add_keywords(struct inverter *inv, struct str name,
             const struct str_list *list, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < list->count && status == LEDE_STATUS_OK; i++) {
        status = add_keyword(inv, name, list->items[i], err);
    }
    return status;
}

static lede_status
add_raw(struct inverter *inv, char kind, struct str value, lede_error *err)
{
    lede_status status = lede__term_raw(&inv->term, kind, value, err);

    return status != LEDE_STATUS_OK ? status : add_filter(inv, err);
}

static lede_status
add_filters(struct inverter *inv, const struct article *a, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    status = add_raw(inv, TERM_ALL, STR(""), err);
    if (status == LEDE_STATUS_OK) {
        status = add_raw(inv, TERM_ID, a->id, err);
    }
    if (status == LEDE_STATUS_OK && a->path.len > 0) {
        status = add_raw(inv, TERM_FILE, a->path, err);
    }
    for (size_t i = 1; i < a->path.len && status == LEDE_STATUS_OK; i++) {
        if (a->path.p[i] == '/') {
            status = add_raw(inv, TERM_FOLDER, (struct str){ a->path.p, i },
                             err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = add_keyword(inv, STR("key"), a->key, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_keyword(inv, STR("lang"), a->lang, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_keyword(inv, STR("source"), a->source, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_keywords(inv, STR("author"), &a->authors, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_keywords(inv, STR("tag"), &a->tags, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_keywords(inv, STR("category"), &a->categories, err);
    }
    for (size_t i = 0; i < a->n_meta && status == LEDE_STATUS_OK; i++) {
        status = add_keyword(inv, a->meta[i].key, a->meta[i].text, err);
    }
    return status;
}

static int
compare_handles(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

lede_status
lede__post_filters(struct inverter *inv, const struct article *article,
                   lede_error *err)
{
    struct gatherer *gatherer = inv->gatherer;
    lede_status status = LEDE_STATUS_OK;

    inv->n_filters = 0;
    status = add_filters(inv, article, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    qsort(inv->filters, inv->n_filters, sizeof *inv->filters,
          compare_handles);
    for (size_t i = 0; i < inv->n_filters && status == LEDE_STATUS_OK; i++) {
        if (i == 0 || inv->filters[i] != inv->filters[i - 1]) {
            status = gatherer->ops->post(gatherer, inv->filters[i], 0, NULL, 0,
                                         err);
        }
    }
    return status;
}
