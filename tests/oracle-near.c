/* oracle-near.c - what stands near each other, by trying all there is; see
   oracle.h.

   A STRETCH is from one place of a field to another.  Those of an operand are
   found field by field, and of these the ones that have no other in them; those
   of a NEAR/paragraph begin and end in the same one. */

#include "tests/oracle.h"

#include <math.h>

/* Each ends in another place. */
#define STRETCHES (ORACLE_NEAR_PIECES + 1000)

struct stretch_set {
    struct {
        uint32_t first, last;
    } items[STRETCHES];
    size_t n;
};

/* One more, unless it has another in it; without those that have it. */
static void
add(struct stretch_set *set, uint32_t first, uint32_t last)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < set->n; i++) {
        if (set->items[i].first >= first && set->items[i].last <= last) {
            return;
        }
    }
    for (i = 0; i < set->n; i++) {
        if (set->items[i].first > first || set->items[i].last < last) {
            set->items[kept++] = set->items[i];
        }
    }
    set->n = kept;
    set->items[set->n].first = first;
    set->items[set->n++].last = last;
}

static bool
has_form(const struct piece *p, const struct unit *u)
{
    return str_eq(p->form, u->form) ||
           (u->plain.len > 0 && str_eq(p->form, u->plain));
}

static bool
has_stem(const struct corpus *c, const struct doc *doc, const struct piece *p,
         const struct unit *u)
{
    size_t l;

    for (l = 0; l < c->n_langs && u->word && p->word && !p->extra; l++) {
        if (u->stems[l].len > 0 && str_eq(u->stems[l], p->stem) &&
            str_eq(lede__analysis_stemmer(doc->mock.article.lang),
                   lede__analysis_stemmer(c->langs[l]))) {
            return true;
        }
    }
    return false;
}

/* All ways to go on with unit i behind `last`. */
static void
find_row(const struct doc *doc, int field, const struct unit *units, size_t n,
         size_t i, uint32_t within, uint32_t first, uint32_t last,
         struct stretch_set *set)
{
    uint32_t gap = i == 0 ? 0 : units[i].position - units[i - 1].position;
    size_t j;

    if (i == n) {
        add(set, first, last);
        return;
    }
    for (j = 0; j < doc->n_pieces; j++) {
        const struct piece *p = &doc->pieces[j];

        if (p->field == field && has_form(p, &units[i]) &&
            (i == 0 || (p->place >= last + gap &&
                        p->place - first <= units[i].position -
                                            units[0].position + within))) {
            find_row(doc, field, units, n, i + 1, within,
                     i == 0 ? p->place : first, p->place, set);
        }
    }
}

static void
find(struct corpus *c, const struct doc *doc, struct query *q, int field,
     struct stretch_set *set);

/* The paragraph (unit 1) or heading (2) that a place is in. */
static uint32_t
unit_at(const struct doc *doc, int field, uint32_t place, int unit)
{
    size_t i;

    for (i = 0; i < doc->n_pieces; i++) {
        if (doc->pieces[i].field == field && doc->pieces[i].place == place) {
            return doc->pieces[i].units[unit - 1];
        }
    }
    return UINT32_MAX;
}

/* All ways to choose one stretch of each operand from i on; `firsts` and
   `lasts` are those that are chosen, in their order. */
static void
choose(const struct doc *doc, int field, const struct query *q,
       const struct stretch_set *sets, size_t i, const uint32_t *firsts,
       const uint32_t *lasts, struct stretch_set *set)
{
    uint32_t f[ORACLE_KIDS], l[ORACLE_KIDS];
    size_t j, k;

    for (j = 1; j < i && i == q->n; j++) {
        if (firsts[j] <= lasts[j - 1] ||
            (q->unit == 0 && firsts[j] - lasts[j - 1] > q->within)) {
            return;
        }
    }
    if (i == q->n) {
        if (q->unit == 0 || unit_at(doc, field, firsts[0], q->unit) ==
                            unit_at(doc, field, lasts[i - 1], q->unit)) {
            add(set, firsts[0], lasts[i - 1]);
        }
        return;
    }
    for (k = 0; k < sets[i].n; k++) {
        for (j = i; j > 0 && firsts[j - 1] > sets[i].items[k].first; j--) {
            f[j] = firsts[j - 1];
            l[j] = lasts[j - 1];
        }
        f[j] = sets[i].items[k].first;
        l[j] = sets[i].items[k].last;
        while (j-- > 0) {
            f[j] = firsts[j];
            l[j] = lasts[j];
        }
        choose(doc, field, q, sets, i + 1, f, l, set);
    }
}

static void
find_text(struct corpus *c, const struct doc *doc, struct query *q, int field,
          struct stretch_set *set)
{
    struct units *u = oracle_analyse(c, q);
    bool single = u->chunk[0] == u->chunk[u->n - 1];
    const struct unit *unit = &u->items[0];
    size_t i;

    if (q->kind != PREFIX && single && u->symbols[0].form.len > 0) {
        unit = &u->symbols[0];
    } else if (q->kind != PREFIX && u->n > 1) {
        find_row(doc, field, u->items, u->n, 0,
                 q->kind == PHRASE ? q->within : 0, 0, 0, set);
        unit = NULL;
    }
    for (i = 0; i < doc->n_pieces; i++) {
        const struct piece *p = &doc->pieces[i];
        bool there;

        if (q->kind == PREFIX) {
            there = p->form.len >= unit->form.len &&
                    memcmp(p->form.p, unit->form.p, unit->form.len) == 0;
        } else if (unit == NULL) {
            there = single && u->joined[0].len > 0 &&
                    str_eq(p->form, u->joined[0]);
        } else {
            there = has_form(p, unit) ||
                    (q->kind == WORD && has_stem(c, doc, p, unit));
        }
        if (p->field == field && there) {
            add(set, p->place, p->place);
        }
    }
}

static void
find(struct corpus *c, const struct doc *doc, struct query *q, int field,
     struct stretch_set *set)
{
    struct stretch_set sets[ORACLE_KIDS];
    uint32_t none[ORACLE_KIDS] = { 0 };
    size_t i, j;

    set->n = 0;
    if (q->n == 0) {
        find_text(c, doc, q, field, set);
        return;
    }
    for (i = 0; i < q->n; i++) {
        find(c, doc, q->kids[i], field, &sets[i]);
    }
    if (q->kind == NEAR) {
        choose(doc, field, q, sets, 0, none, none, set);
        return;
    }
    for (i = 0; i < q->n; i++) {
        for (j = 0; j < sets[i].n; j++) {
            add(set, sets[i].items[j].first, sets[i].items[j].last);
        }
    }
}

/* The sum of the words' idf; of several of which any will do the least. */
static double
find_weight(struct corpus *c, struct query *q)
{
    struct units *u;
    double sum = 0;
    double one;
    size_t i;

    for (i = 0; i < q->n; i++) {
        one = find_weight(c, q->kids[i]);
        sum = q->kind == NEAR ? sum + one : i == 0 || one < sum ? one : sum;
    }
    if (q->n > 0) {
        return sum;
    }
    u = oracle_analyse(c, q);
    if (q->kind == PREFIX) {
        return oracle_idf(c, oracle_prefix_df(c, q));
    }
    if (u->chunk[0] == u->chunk[u->n - 1] && u->symbols[0].form.len > 0) {
        return oracle_idf(c, oracle_df(c, q->field, &u->symbols[0], false));
    }
    for (i = 0; i < u->n; i++) {
        sum += oracle_idf(c, oracle_df(c, q->field, &u->items[i],
                                       q->kind == WORD && u->n == 1));
    }
    if (u->n > 1 && u->chunk[0] == u->chunk[u->n - 1] &&
        u->joined[0].len > 0) {
        struct unit joined = { .form = u->joined[0] };

        one = oracle_idf(c, oracle_df(c, q->field, &joined, false));
        sum = one < sum ? one : sum;
    }
    return sum;
}

static int
find_field(const struct query *q)
{
    while (q->n > 0) {
        q = q->kids[0];
    }
    return q->field;
}

uint32_t
oracle_near(struct corpus *c, const struct doc *doc, struct query *q,
            double *weight)
{
    struct stretch_set set;
    int field = find_field(q);
    uint32_t tf = 0;
    size_t i;

    for (i = 0; i < c->schema->n_fields; i++) {
        if (field == FIELD_ALL ? c->schema->fields[i].weight > 0
                               : (int)i == field) {
            find(c, doc, q, (int)i, &set);
            tf += (uint32_t)set.n;
        }
    }
    *weight = find_weight(c, q);
    return tf;
}
