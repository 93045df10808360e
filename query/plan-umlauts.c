/* plan-umlauts.c - Mueller for Müller, and Müller for Mueller.

   A word of the query with ae, oe or ue also means the form with ä, ö or ü,
   where an article has that, and a word with umlauts the form without: as
   further members of its leaf.  (Muller, without both, it means already.) */

#include "query/planner.h"

/* Places of ae, oe or ue in a word: each alone and together is looked up. */
#define PLACES_MAX 3

static const struct {
    const char *spelt;
    const char *umlaut;         // of two bytes, too
} umlauts[] = {
    { "ae", "\xC3\xA4" }, { "oe", "\xC3\xB6" }, { "ue", "\xC3\xBC" },
};

/* The form as a member of the leaf, if there is an article with it. */
static lede_status
add_form(struct planner *pl, struct str field, struct str form,
         struct node *leaf)
{
    struct atoms atoms;
    bool known = false;
    lede_status status = lede__plan_analyse(pl, form, &atoms);

    if (status != LEDE_STATUS_OK || atoms.count == 0 ||
        !str_eq(atoms.items[0].form, form)) {
        return status;
    }
    // Mueller is not Muller
    atoms.items[0].plain = STR("");
    status = lede__plan_known(pl, field, atoms.items, 1, &known);
    if (status == LEDE_STATUS_OK && known) {
        status = lede__plan_member(pl, leaf, atoms.items, 1, true);
    }
    return status;
}

/* Whether one of the pairs is at p. */
static const char *
find_umlaut(const char *p, bool spelt)
{
    size_t i;

    for (i = 0; i < sizeof(umlauts) / sizeof(umlauts[0]); i++) {
        if (memcmp(p, spelt ? umlauts[i].spelt : umlauts[i].umlaut, 2) == 0) {
            return spelt ? umlauts[i].umlaut : umlauts[i].spelt;
        }
    }
    return NULL;
}

lede_status
lede__plan_umlauts(struct planner *pl, struct str field,
                   const struct atom *atom, struct node *leaf)
{
    const char *others[PLACES_MAX];
    size_t places[PLACES_MAX];
    struct str form = atom->form;
    bool spelt = true;
    size_t n = 0;
    size_t i;
    unsigned chosen;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i + 1 < form.len && n < PLACES_MAX; i++) {
        const char *other = find_umlaut(form.p + i, spelt);

        if (other == NULL && n == 0) {
            other = find_umlaut(form.p + i, false);
            spelt = other == NULL;
        }
        if (other != NULL) {
            others[n] = other;
            places[n++] = i++;
        }
    }
    // what has umlauts is written without any
    for (chosen = spelt ? 1 : (1u << n) - 1;
         n > 0 && chosen < 1u << n && status == LEDE_STATUS_OK; chosen++) {
        char *copy = (char *)lede__arena_str(pl->plan->arena, form).p;

        if (copy == NULL) {
            return lede__fail_memory(pl->err);
        }
        for (i = 0; i < n; i++) {
            if ((chosen >> i & 1) != 0) {
                memcpy(copy + places[i], others[i], 2);
            }
        }
        status = add_form(pl, field, (struct str){ copy, form.len }, leaf);
    }
    return status;
}
