/* native-segments.c - the row of segments: opening, looking up, deleting. */

#include <stdlib.h>

#include "indexer/native.h"
#include "shared/index/list.h"
#include "shared/index/store.h"
#include "shared/index/terms.h"

/* ---- opening ---- */

void
lede__native_close(struct native_segment *segment)
{
    lede__segment_close(segment->segment);
    free(segment->deleted);
    free(segment->numbers);
    segment->segment = NULL;
    segment->deleted = NULL;
    segment->numbers = NULL;
}

static lede_status
read_deleted(struct native_segment *s, const char *index, lede_error *err)
{
    char *path = lede__deleted_path(index, s->facts.name,
                                    s->facts.deleted_name);
    lede_status status = path == NULL
                             ? lede__fail_memory(err)
                             : lede__deleted_read(&s->deleted, path,
                                                  s->facts.docs,
                                                  s->facts.deleted_check,
                                                  err);

    free(path);
    return status;
}

lede_status
lede__native_open(struct native_segment *out, const char *index,
                  const struct manifest_segment *facts, lede_error *err)
{
    char *path = lede__segment_path(index, facts->name);
    lede_status status = LEDE_STATUS_OK;

    memset(out, 0, sizeof *out);
    out->facts = *facts;
    out->n_deleted = facts->deleted;
    status = path == NULL ? lede__fail_memory(err)
                          : lede__segment_open(&out->segment, path,
                                               facts->size, facts->check,
                                               err);
    free(path);
    if (status == LEDE_STATUS_OK &&
        out->segment->facts.docs != facts->docs) {
        status = lede__fail(err, LEDE_STATUS_CORRUPT,
                            "%s: it has other articles than the manifest "
                            "says; make the index anew with "
                            "lede index --rebuild", out->segment->path);
    }
    if (status == LEDE_STATUS_OK && facts->deleted_name != 0) {
        status = read_deleted(out, index, err);
    }
    if (status != LEDE_STATUS_OK) {
        lede__native_close(out);
    }
    return status;
}

lede_status
lede__native_append(struct sink_native *x,
                    const struct native_segment *segment, lede_error *err)
{
    if (x->n_row == x->cap_row) {
        size_t cap = x->cap_row == 0 ? 16 : x->cap_row * 2;
        struct native_segment *row = realloc(x->row, cap * sizeof *row);

        if (row == NULL) {
            return lede__fail_memory(err);
        }
        x->row = row;
        x->cap_row = cap;
    }
    x->row[x->n_row++] = *segment;
    return LEDE_STATUS_OK;
}

lede_status
lede__native_name(struct sink_native *x, uint64_t *name, char **path,
                  lede_error *err)
{
    *name = x->next_name++;
    *path = lede__segment_path(x->index, *name);
    return *path == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

/* ---- deleting ---- */

lede_status
lede__native_make_deleted(struct native_segment *s, lede_error *err)
{
    size_t pages = (size_t)s->facts.docs / LENGTHS_PAGE + 1;

    if (s->deleted == NULL) {
        s->deleted = calloc(pages * (LENGTHS_PAGE / 64), sizeof *s->deleted);
    }
    return s->deleted == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
}

lede_status
lede__native_delete(struct sink_native *x, uint32_t place, uint32_t doc,
                    lede_error *err)
{
    struct native_deletion deletion = { place, doc };
    struct native_segment *s = &x->row[place];
    lede_status status = lede__native_make_deleted(s, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__buf_add(&x->deletions, &deletion, sizeof deletion,
                               err);
    }
    if (status == LEDE_STATUS_OK) {
        s->deleted[doc / 64] |= (uint64_t)1 << (doc % 64);
        s->n_deleted++;
        s->dirty = true;
    }
    return status;
}

void
lede__native_undelete_all(struct sink_native *x)
{
    const struct native_deletion *deletions =
        (const struct native_deletion *)(const void *)x->deletions.p;
    size_t n = x->deletions.len / sizeof *deletions;

    for (size_t i = 0; i < n; i++) {
        struct native_segment *s = &x->row[deletions[i].segment];
        uint32_t doc = deletions[i].doc;

        s->deleted[doc / 64] &= ~((uint64_t)1 << (doc % 64));
        s->n_deleted--;
        s->dirty = false;
    }
    lede__buf_free(&x->deletions);
}

/* ---- numbers ---- */

static int
compare_numbers(const void *a, const void *b)
{
    const struct native_number *x = a;
    const struct native_number *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

lede_status
lede__native_make_numbers(struct native_segment *s, bool guess,
                          lede_error *err)
{
    uint32_t docs = s->facts.docs;
    struct native_number *numbers = malloc(docs * sizeof *numbers + 1);
    lede_status status = numbers == NULL ? lede__fail_memory(err)
                                         : LEDE_STATUS_OK;

    for (uint32_t i = 0; i < docs && status == LEDE_STATUS_OK; i++) {
        numbers[i].doc = i;
        numbers[i].number = s->segment->facts.first_number + i;
        if (!guess) {
            status = lede__segment_number(s->segment, i, &numbers[i].number,
                                          err);
        }
    }
    if (status != LEDE_STATUS_OK) {
        free(numbers);
        return status;
    }
    qsort(numbers, docs, sizeof *numbers, compare_numbers);
    free(s->numbers);
    s->numbers = numbers;
    return LEDE_STATUS_OK;
}

/* The first of n whose number is above `after`. */
static size_t
first_above(const struct native_number *numbers, size_t n, uint32_t after)
{
    size_t low = 0;

    while (low < n) {
        size_t middle = low + (n - low) / 2;

        if (numbers[middle].number <= after) {
            low = middle + 1;
        } else {
            n = middle;
        }
    }
    return low;
}

/* The doc with exactly this number, or facts.docs. */
static lede_status
doc_of(struct native_segment *s, uint32_t number, uint32_t *doc,
       lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    uint32_t there = 0;

    *doc = s->facts.docs;
    if (!s->segment->facts.ordered) {
        size_t i = 0;

        if (s->numbers == NULL) {
            status = lede__native_make_numbers(s, false, err);
        }
        if (status == LEDE_STATUS_OK) {
            i = first_above(s->numbers, s->facts.docs, number - 1);
        }
        if (status == LEDE_STATUS_OK && i < s->facts.docs &&
            s->numbers[i].number == number) {
            *doc = s->numbers[i].doc;
        }
        return status;
    }
    status = lede__segment_doc(s->segment, number, doc, err);
    if (status == LEDE_STATUS_OK && *doc < s->facts.docs) {
        status = lede__segment_number(s->segment, *doc, &there, err);
        *doc = there == number ? *doc : s->facts.docs;
    }
    return status;
}

lede_status
lede__native_place(struct sink_native *x, uint32_t number, uint32_t *place,
                   uint32_t *doc, bool *found, lede_error *err)
{
    *found = false;
    for (size_t i = 0; i < x->n_row && number > 0; i++) {
        struct native_segment *s = &x->row[i];
        const struct segment_facts *facts = &s->segment->facts;
        lede_status status = LEDE_STATUS_OK;

        if (facts->docs == 0 || number < facts->first_number ||
            number > facts->last_number) {
            continue;
        }
        status = doc_of(s, number, doc, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        /* In a salvage two may say that they have it. */
        if (*doc < s->facts.docs && !native_is_deleted(s, *doc)) {
            *place = (uint32_t)i;
            *found = true;
            break;
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__native_next_of(struct native_segment *s, uint32_t after,
                     uint32_t *number, lede_error *err)
{
    const struct segment_facts *facts = &s->segment->facts;
    lede_status status = LEDE_STATUS_OK;
    uint32_t doc = 0;

    *number = 0;
    if (facts->docs == 0 || facts->last_number <= after) {
        return LEDE_STATUS_OK;
    }
    if (facts->ordered) {
        status = lede__segment_doc(s->segment, after + 1, &doc, err);
        while (status == LEDE_STATUS_OK && doc < facts->docs &&
               native_is_deleted(s, doc)) {
            doc++;
        }
        return status != LEDE_STATUS_OK || doc >= facts->docs
                   ? status
                   : lede__segment_number(s->segment, doc, number, err);
    }
    if (s->numbers == NULL) {
        status = lede__native_make_numbers(s, false, err);
    }
    for (size_t i = status != LEDE_STATUS_OK
                        ? facts->docs
                        : first_above(s->numbers, facts->docs, after);
         i < facts->docs && *number == 0; i++) {
        if (!native_is_deleted(s, s->numbers[i].doc)) {
            *number = s->numbers[i].number;
        }
    }
    return status;
}

/* ---- finding ---- */

/* The articles of a list, by number, to x->found. */
static lede_status
gather_found(struct sink_native *x, uint32_t place, struct str term,
             const struct list_info *info, lede_error *err)
{
    struct native_segment *s = &x->row[place];
    struct list_reader list;
    lede_status status = LEDE_STATUS_OK;
    uint32_t doc = 0;

    x->found.len = 0;
    x->found_term.len = 0;
    status = lede__list_open(&list, s->segment, x->kernel, info, 0, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    while (status == LEDE_STATUS_OK) {
        status = lede__list_advance(&list, doc, err);
        if (status != LEDE_STATUS_OK || list.count == 0) {
            break;
        }
        for (uint32_t i = 0; i < list.count && status == LEDE_STATUS_OK;
             i++) {
            struct native_number found = { 0, list.docs[i] };

            status = lede__segment_number(s->segment, found.doc,
                                          &found.number, err);
            if (status == LEDE_STATUS_OK) {
                status = lede__buf_add(&x->found, &found, sizeof found, err);
            }
        }
        doc = list.docs[list.count - 1] + 1;
    }
    lede__list_close(&list);
    if (status == LEDE_STATUS_OK) {
        qsort(x->found.p, x->found.len / sizeof(struct native_number),
              sizeof(struct native_number), compare_numbers);
        status = lede__buf_str(&x->found_term, term, err);
        x->found_place = place;
    }
    return status;
}

static lede_status
find_unordered(struct sink_native *x, uint32_t place, struct str term,
               const struct list_info *info, uint32_t after,
               uint32_t *number, lede_error *err)
{
    const struct native_number *found = NULL;
    size_t n = 0;

    if (x->found_place != place ||
        !str_eq(lede__buf_view(&x->found_term), term)) {
        lede_status status = gather_found(x, place, term, info, err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    found = (const struct native_number *)(const void *)x->found.p;
    n = x->found.len / sizeof *found;
    for (size_t i = first_above(found, n, after); i < n; i++) {
        if (!native_is_deleted(&x->row[place], found[i].doc)) {
            *number = found[i].number;
            break;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
find_ordered(struct sink_native *x, struct native_segment *s,
             const struct list_info *info, uint32_t after, uint32_t *number,
             lede_error *err)
{
    struct list_reader list;
    lede_status status = LEDE_STATUS_OK;
    uint32_t doc = 0;
    bool found = false;

    status = lede__segment_doc(s->segment, after + 1, &doc, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__list_open(&list, s->segment, x->kernel, info, 0, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    while (status == LEDE_STATUS_OK && !found) {
        status = lede__list_advance(&list, doc, err);
        if (status != LEDE_STATUS_OK || list.count == 0) {
            break;
        }
        for (uint32_t i = 0; i < list.count && !found; i++) {
            found = list.docs[i] >= doc &&
                    !native_is_deleted(s, list.docs[i]);
            if (found) {
                status = lede__segment_number(s->segment, list.docs[i],
                                              number, err);
            }
        }
        doc = list.docs[list.count - 1] + 1;
    }
    lede__list_close(&list);
    return status;
}

lede_status
lede__native_find(struct sink_native *x, struct str term, uint32_t after,
                  uint32_t *number, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    *number = 0;
    if (after == UINT32_MAX) {
        return LEDE_STATUS_OK;
    }
    for (size_t i = 0; i < x->n_row && *number == 0 &&
                       status == LEDE_STATUS_OK; i++) {
        struct native_segment *s = &x->row[i];
        struct list_info info;
        bool has = false;

        if (s->facts.docs == 0 || s->segment->facts.last_number <= after) {
            continue;
        }
        status = lede__terms_find(s->segment, term, &has, &info, err);
        if (status != LEDE_STATUS_OK || !has) {
            continue;
        }
        status = s->segment->facts.ordered
                     ? find_ordered(x, s, &info, after, number, err)
                     : find_unordered(x, (uint32_t)i, term, &info, after,
                                      number, err);
    }
    return status;
}
