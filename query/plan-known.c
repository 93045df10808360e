/* plan-known.c - whether a word, or several in a row, are anywhere in the
   indexes, which the planner asks before it reads text one way or another.

   Asked of names and links (plan-text.c), whose words are rare; where they are
   not, KNOWN_LOOKED articles that have them all are looked at, and what was
   not decided then is taken to be there. */

#include "query/match.h"
#include "query/planner.h"

#define KNOWN_LOOKED 1000
/* The lists of a place: the exact form and the same as an extra. */
#define KNOWN_LISTS 2

/* A place in a row of words. */
struct place {
    struct list lists[KNOWN_LISTS];
    uint32_t offset;
};

static lede_status
open_place(struct planner *pl, struct searcher *searcher, int field,
           struct str form, struct place *place)
{
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < KNOWN_LISTS && status == LEDE_STATUS_OK; i++) {
        struct list *list = &place->lists[i];

        list->searcher = searcher;
        list->kernel = lede__score_kernel(searcher->kernel);
        status = i == 0 ? lede__term_exact(&pl->term, field, form, pl->err)
                        : lede__term_extra(&pl->term, field, form, pl->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__postings_open(searcher, lede__buf_view(&pl->term),
                                         &list->postings, pl->err);
        }
    }
    return status;
}

static bool
is_open(const struct place *place)
{
    return place->lists[0].postings != NULL ||
           place->lists[1].postings != NULL;
}

static void
close_places(struct place *places, size_t n)
{
    size_t i, j;

    for (i = 0; i < n; i++) {
        for (j = 0; j < KNOWN_LISTS; j++) {
            lede__postings_close(places[i].lists[j].postings);
        }
    }
}

/* Whether `doc` has the place at the position. */
static lede_status
has_position(struct planner *pl, struct place *place, uint32_t doc,
             uint32_t position, bool *has)
{
    size_t i, j;

    *has = false;
    for (i = 0; i < KNOWN_LISTS && !*has; i++) {
        struct list *list = &place->lists[i];
        const uint32_t *positions = NULL;
        size_t n = 0;
        uint32_t found;
        lede_status status = lede__list_seek(list, doc, &found, pl->err);

        if (status == LEDE_STATUS_OK && found == doc) {
            status = lede__postings_positions(list->postings, doc, &positions,
                                              &n, pl->err);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        for (j = 0; j < n && !*has; j++) {
            *has = positions[j] == position;
        }
    }
    return LEDE_STATUS_OK;
}

/* Whether the places stand in a row in `doc`, which has them all. */
static lede_status
is_row(struct planner *pl, struct place *places, size_t n, uint32_t doc,
       bool *row)
{
    struct buf starts = BUF_INIT(BUF_MAX_ANY);
    size_t i, j;
    lede_status status = LEDE_STATUS_OK;

    *row = false;
    for (i = 0; i < KNOWN_LISTS && status == LEDE_STATUS_OK; i++) {
        struct list *list = &places[0].lists[i];
        const uint32_t *positions;
        size_t count;
        uint32_t found;

        status = lede__list_seek(list, doc, &found, pl->err);
        if (status == LEDE_STATUS_OK && found == doc) {
            status = lede__postings_positions(list->postings, doc, &positions,
                                              &count, pl->err);
            if (status == LEDE_STATUS_OK && count > 0) {
                status = lede__buf_add(&starts, positions,
                                       count * sizeof(*positions), pl->err);
            }
        }
    }
    for (i = 0; i < starts.len / sizeof(uint32_t) && !*row &&
                status == LEDE_STATUS_OK; i++) {
        uint32_t start;

        memcpy(&start, starts.p + i * sizeof(start), sizeof(start));
        *row = true;
        for (j = 1; j < n && *row && status == LEDE_STATUS_OK; j++) {
            status = has_position(pl, &places[j], doc,
                                  start + places[j].offset, row);
        }
    }
    lede__buf_free(&starts);
    return status;
}

/* Whether any article has the place: a list may be of deleted ones alone. */
static lede_status
find_word(struct planner *pl, struct place *place, bool *found)
{
    uint32_t doc = 0;
    lede_status status = lede__lists_seek(place->lists, KNOWN_LISTS, 0, &doc,
                                          pl->err);

    *found = status == LEDE_STATUS_OK && doc != DOC_END;
    return status;
}

/* Whether any article has the places in a row. */
static lede_status
find_row(struct planner *pl, struct place *places, size_t n, bool *found)
{
    uint32_t doc = 0;
    size_t looked = 0;
    size_t i;

    *found = false;
    while (!*found && doc != DOC_END) {
        uint32_t next = doc;
        lede_status status = LEDE_STATUS_OK;

        for (i = 0; i < n && next == doc && status == LEDE_STATUS_OK; i++) {
            status = lede__lists_seek(places[i].lists, KNOWN_LISTS, doc,
                                      &next, pl->err);
        }
        if (status == LEDE_STATUS_OK && next == doc) {
            *found = ++looked > KNOWN_LOOKED;
            status = *found ? status : is_row(pl, places, n, doc, found);
            next = doc + 1;
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        doc = next;
    }
    return LEDE_STATUS_OK;
}

/* In one index. */
static lede_status
is_in(struct planner *pl, struct searcher *searcher, int field,
      const struct atom *atoms, size_t n, bool *known)
{
    struct place *places = lede__arena_array(pl->plan->arena, n,
                                             sizeof(*places));
    bool open = true;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    *known = false;
    if (places == NULL) {
        return lede__fail_memory(pl->err);
    }
    for (i = 0; i < n && open && status == LEDE_STATUS_OK; i++) {
        places[i].offset = atoms[i].position - atoms[0].position;
        status = open_place(pl, searcher, field, atoms[i].form, &places[i]);
        open = is_open(&places[i]);
    }
    if (status == LEDE_STATUS_OK && open) {
        status = n > 1 ? find_row(pl, places, n, known)
                       : find_word(pl, &places[0], known);
    }
    close_places(places, n);
    return status;
}

lede_status
lede__plan_known(struct planner *pl, struct str field,
                 const struct atom *atoms, size_t n, bool *known)
{
    struct plan *plan = pl->plan;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    *known = false;
    for (i = 0; i < plan->n_indexes && !*known && status == LEDE_STATUS_OK;
         i++) {
        struct searcher *searcher = plan->indexes[i].searcher;
        int number = FIELD_ALL;

        if (field.len > 0) {
            number = lede__schema_field(searcher->schema, field);
            if (number < 0) {
                continue;
            }
            number = number == FIELD_BODY ? FIELD_ALL : number;
        }
        status = is_in(pl, searcher, number, atoms, n, known);
    }
    return status;
}
