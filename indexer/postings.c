/* postings.c - from the occurrences of words to postings; see schema.h for the
   terms.

     - over all fields, the exact form or the extra form, with positions;
     - the same for each field by name but the body, which has no list of its
       own: what the fields do not account for is the body's;
     - stems, which several words may share, without positions;
     - where paragraphs and headings begin;
     - filters, without tf.
   The handles of a word's terms over all fields are kept with the word, so
   that nothing is looked up for one that was seen before. */

#include <stdlib.h>
#include <xxhash.h>

#include "indexer/invert-private.h"

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

/* In all fields, for as long as this epoch. */
static lede_status
learn_handle(struct inverter *inv, const struct slot *slot, bool extra,
             lede_error *err)
{
    struct entry *entry = entry_of(slot->word);
    uint64_t epoch = inv->gatherer->epoch;
    lede_status status = LEDE_STATUS_OK;

    if (entry->epoch != epoch) {
        entry->epoch = epoch;
        entry->known[0] = entry->known[1] = false;
    }
    if (!entry->known[extra]) {
        status = form_handle(inv, slot->word, FIELD_ALL, extra,
                             &entry->handles[extra], err);
        entry->known[extra] = status == LEDE_STATUS_OK;
    }
    return status;
}

/* ---- groups ---- */

/* All fields, or one by its name, are a group.  There is room for two forms
   and a stem of each slot. */
static inline void
add_posting(struct inverter *inv, uint32_t handle, uint32_t tf,
            const uint32_t *positions, uint32_t n)
{
    inv->postings[inv->n_postings++] = (struct posting){
        .positions = positions, .n = n, .tf = tf, .handle = handle,
    };
}

static void
begin_group(struct inverter *inv)
{
    inv->group++;
    inv->n_found = 0;
    inv->n_postings = 0;
}

/* ---- stems ---- */

static inline struct stem *
stem_at(uintptr_t place)
{
    return (struct stem *)(place & ~STEM_TAG);
}

static inline uintptr_t
tag_of(uint64_t hash)
{
    return (uintptr_t)(hash >> 32) & STEM_TAG;
}

static bool
grow_stems(struct stems *stems)
{
    size_t cap = stems->cap == 0 ? 1024 : stems->cap * 2;
    uintptr_t *places = calloc(cap, sizeof *places);

    if (places == NULL) {
        return false;
    }
    for (size_t i = 0; i < stems->cap; i++) {
        if (stems->places[i] != 0) {
            size_t at = (size_t)stem_at(stems->places[i])->hash & (cap - 1);

            while (places[at] != 0) {
                at = (at + 1) & (cap - 1);
            }
            places[at] = stems->places[i];
        }
    }
    free(stems->places);
    stems->places = places;
    stems->cap = cap;
    return true;
}

void
lede__free_stems(struct stems *stems)
{
    free(stems->places);
    lede__arena_free(&stems->arena);
    *stems = (struct stems){ .places = NULL };
}

static struct stem *
alloc_stem(struct stems *stems)
{
    enum { PIECE = 256 };

    if (stems->left == 0) {
        uintptr_t start = (uintptr_t)lede__arena_alloc(
            &stems->arena, (PIECE + 1) * sizeof(struct stem));

        if (start == 0) {
            return NULL;
        }
        start = (start + STEM_TAG) & ~STEM_TAG;
        stems->free = (struct stem *)start;
        stems->left = PIECE;
    }
    stems->left--;
    return stems->free++;
}

/* The stem of a word, which is made where no word had it before. */
static lede_status
find_stem(struct inverter *inv, const struct slot *slot, lede_error *err)
{
    struct stems *stems = &inv->stems;
    struct str text = slot->word->stem;
    uint64_t hash = XXH3_64bits(text.p, text.len);
    struct stem *stem = NULL;
    size_t at = 0;

    if (stems->count >= stems->cap / 2 && !grow_stems(stems)) {
        return lede__fail_memory(err);
    }
    at = (size_t)hash & (stems->cap - 1);
    for (; stems->places[at] != 0; at = (at + 1) & (stems->cap - 1)) {
        stem = stem_at(stems->places[at]);
        if ((stems->places[at] & STEM_TAG) == tag_of(hash) &&
            stem->hash == hash && stem->stemmer == inv->stemmer.p &&
            str_eq(stem->text, text)) {
            entry_of(slot->word)->stem = stem;
            return LEDE_STATUS_OK;
        }
    }
    stem = alloc_stem(stems);
    if (stem == NULL) {
        return lede__fail_memory(err);
    }
    *stem = (struct stem){
        .text = text, .stemmer = inv->stemmer.p, .hash = hash,
    };
    stems->places[at] = (uintptr_t)stem | tag_of(hash);
    stems->count++;
    entry_of(slot->word)->stem = stem;
    return LEDE_STATUS_OK;
}

/* Add the exact occurrences of a word to its stem's. */
static lede_status
count_stem(struct inverter *inv, const struct slot *slot, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    struct stem *stem = NULL;

    if (entry_of(slot->word)->stem == NULL) {
        status = find_stem(inv, slot, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    stem = entry_of(slot->word)->stem;
    if (stem->group != inv->group) {
        stem->group = inv->group;
        stem->tf = 0;
        inv->found[inv->n_found++] = stem;      // at most one for each slot
    }
    stem->tf += slot->tf[0];
    return LEDE_STATUS_OK;
}

/* The stems to the postings, which are complete. */
static lede_status
end_group(struct inverter *inv, int field, lede_error *err)
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
        add_posting(inv, handle, stem->tf, NULL, 0);
    }
    return status == LEDE_STATUS_OK
               ? gatherer->ops->post(gatherer, inv->postings, inv->n_postings,
                                     err)
               : status;
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
static inline lede_status
post_form(struct inverter *inv, const struct slot *slot, int field, bool extra,
          lede_error *err)
{
    const struct entry *entry = entry_of(slot->word);
    uint32_t *positions = inv->positions + slot->first[extra] -
                          slot->count[extra];
    lede_status status = LEDE_STATUS_OK;
    uint32_t handle = entry->handles[extra];
    uint32_t n = slot->count[extra];

    if (field != FIELD_ALL) {
        status = form_handle(inv, slot->word, field, extra, &handle, err);
    } else if (entry->epoch != inv->gatherer->epoch || !entry->known[extra]) {
        status = learn_handle(inv, slot, extra, err);
        handle = entry->handles[extra];
    }
    if (extra && n > 1) {
        /* A chunk may hold an extra twice at one position. */
        n = 1;
        for (uint32_t i = 1; i < slot->count[1]; i++) {
            if (positions[i] != positions[n - 1]) {
                positions[n++] = positions[i];
            }
        }
    }
    add_posting(inv, handle, slot->tf[extra], positions, n);
    return status;
}

/* One posting for each form of a word that the group has. */
static inline lede_status
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
enum { SOON = 16, LATER = 32 };

static inline void
prefetch(const struct inverter *inv, size_t i)
{
    if (i + LATER < inv->n_slots) {
        __builtin_prefetch(entry_of(inv->slots[i + LATER].word), 1);
    }
    if (i + SOON < inv->n_slots) {
        __builtin_prefetch(entry_of(inv->slots[i + SOON].word)->stem, 1);
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
            __builtin_prefetch(entry_of(slot->word), 1);
        }
    }
    for (size_t i = 0; i < inv->n_ranges; i++) {
        if (inv->ranges[i].weight > 0) {
            deal(inv, &inv->ranges[i]);
        }
    }
    for (size_t i = 0; i < SOON && i < inv->n_slots; i++) {
        __builtin_prefetch(entry_of(inv->slots[i].word)->stem, 1);
    }
    begin_group(inv);
    for (size_t i = 0; i < inv->n_slots && status == LEDE_STATUS_OK; i++) {
        prefetch(inv, i);
        entry_of(inv->slots[i].word)->uses++;
        status = post_slot(inv, &inv->slots[i], FIELD_ALL, err);
    }
    return status == LEDE_STATUS_OK ? end_group(inv, FIELD_ALL, err) : status;
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
    begin_group(inv);
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = post_slot(inv, &inv->slots[inv->places[i]], range->field,
                           err);
    }
    return status == LEDE_STATUS_OK ? end_group(inv, range->field, err)
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
        status = lede__inverter_grow(&inv->postings, &inv->cap_postings,
                                     inv->n_slots * 3, sizeof *inv->postings,
                                     err);
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

/* ---- structure ---- */

static lede_status
add_borders(struct inverter *inv, char kind, const struct borders *borders,
            lede_error *err)
{
    uint32_t handle = 0;
    lede_status status = LEDE_STATUS_OK;

    if (borders->n == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__term_raw(&inv->term, kind, STR(""), err);
    if (status == LEDE_STATUS_OK) {
        status = handle_of_term(inv, &handle, err);
    }
    if (status == LEDE_STATUS_OK) {
        add_posting(inv, handle, (uint32_t)borders->n, borders->at,
                    (uint32_t)borders->n);
    }
    return status;
}

lede_status
lede__post_structure(struct inverter *inv, lede_error *err)
{
    lede_status status = lede__inverter_grow(
        &inv->postings, &inv->cap_postings, 2, sizeof *inv->postings, err);

    inv->n_postings = 0;
    if (status == LEDE_STATUS_OK) {
        status = add_borders(inv, TERM_PARAGRAPH, &inv->paragraphs, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = add_borders(inv, TERM_HEADING, &inv->headings, err);
    }
    return status == LEDE_STATUS_OK
               ? inv->gatherer->ops->post(inv->gatherer, inv->postings,
                                          inv->n_postings, err)
               : status;
}

/* ---- filters ---- */

/* The term in inv->term; an article may have it twice (a tag written twice,
   say), so that it is posted at the end. */
static lede_status
add_filter(struct inverter *inv, lede_error *err)
{
    uint32_t handle = 0;
    lede_status status = lede__inverter_grow(
        &inv->postings, &inv->cap_postings, inv->n_postings + 1,
        sizeof *inv->postings, err);

    if (status == LEDE_STATUS_OK) {
        status = handle_of_term(inv, &handle, err);
        add_posting(inv, handle, 0, NULL, 0);
    }
    return status;
}

static lede_status
add_keyword(struct inverter *inv, struct str name, struct str value,
            lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (value.len == 0 || value.len > META_VALUE_MAX) {
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
    uint32_t x = ((const struct posting *)a)->handle;
    uint32_t y = ((const struct posting *)b)->handle;

    return (x > y) - (x < y);
}

lede_status
lede__post_filters(struct inverter *inv, const struct article *article,
                   lede_error *err)
{
    struct gatherer *gatherer = inv->gatherer;
    struct posting *postings = NULL;
    size_t n = 0;
    lede_status status = LEDE_STATUS_OK;

    inv->n_postings = 0;
    status = add_filters(inv, article, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    postings = inv->postings;
    qsort(postings, inv->n_postings, sizeof *postings, compare_handles);
    for (size_t i = 0; i < inv->n_postings; i++) {
        if (n == 0 || postings[i].handle != postings[n - 1].handle) {
            postings[n++] = postings[i];
        }
    }
    return gatherer->ops->post(gatherer, postings, n, err);
}
