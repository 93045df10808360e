/* expand-stem.c - the forms that share a stem, for what needs positions, which
   stems do not have.

   The index has no map from stems to forms.  Stemmers change the ends of words:
   the forms of a stem begin as it does but for its last letter, accents, and y
   for i (fly, flies: fli); where the last letter is another (maan: man), the
   form is no more than ENDING_MAX letters longer.  So the dictionary's forms
   are walked that begin so, letter by letter, what begins otherwise stepped
   over; each is stemmed as the index's were, and kept where it has the stem.

   Those that begin with another letter than their stem are not found (Arabic
   and Indonesian prefixes, Irish mutations); the form that was typed is always
   among what is searched.

   Forms that stems are made of are words and numbers: of extras none. */

#include "query/planner.h"

#include <stdlib.h>
#include <uninorm.h>
#include <unistr.h>

/* Letters in common at least and at most. */
#define SHARED_MIN 2
#define SHARED_MAX 12
/* Letters that replace the last one of a stem, besides one. */
#define ENDING_MAX 3

/* Accented letters are within so many of the first of their script. */
#define LATIN_END 0x1F00
#define SCRIPT_ROOM 0x200

struct stemming {
    struct planner *pl;
    struct str stemmer;         // a language
    struct str stem;
    ucs4_t letters[SHARED_MAX]; // that all forms begin with, made plain
    size_t n_letters;
    ucs4_t next;                // the one after them; 0: none
    struct plan_form *items;
    size_t count;
    size_t cap;
    uint64_t looked;
};

/* A letter without accents, i for y. */
static ucs4_t
make_plain(ucs4_t c)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int n = 1;

    while (n > 0 && c >= 0x80) {
        n = uc_canonical_decomposition(c, parts);
        c = n > 0 ? parts[0] : c;
    }
    return c == 'y' || c == 0x131 ? 'i' : c == 0xDF ? 's' : c;
}

static void
find_letters(struct stemming *x)
{
    const uint8_t *p = (const uint8_t *)x->stem.p;
    size_t left = x->stem.len;
    ucs4_t all[SHARED_MAX + 1];
    size_t n = 0;

    while (left > 0 && n < SHARED_MAX + 1) {
        int len = u8_mbtoucr(&all[n], p, left);

        if (len <= 0) {
            break;
        }
        all[n] = make_plain(all[n]);
        n++;
        p += len;
        left -= (size_t)len;
    }
    x->n_letters = n > SHARED_MIN ? n - 1 : n;
    x->next = n > SHARED_MIN ? all[n - 1] : 0;
    memcpy(x->letters, all, x->n_letters * sizeof(*all));
}

/* Whether a form begins with the letters; else *skip is how many bytes it and
   others like it, which do not, begin with. */
static bool
begins_so(const struct stemming *x, struct str form, size_t *skip)
{
    const uint8_t *p = (const uint8_t *)form.p;
    size_t at = 0;
    size_t i;

    for (i = 0; i < x->n_letters; i++) {
        ucs4_t c;
        int len = at < form.len ? u8_mbtoucr(&c, p + at, form.len - at) : 0;

        if (len <= 0) {
            *skip = 0;
            return false;
        }
        at += (size_t)len;
        if (make_plain(c) != x->letters[i]) {
            *skip = at;
            return false;
        }
    }
    for (i = 0; x->next != 0 && i < ENDING_MAX + 2; i++) {
        ucs4_t c;
        int len = at < form.len ? u8_mbtoucr(&c, p + at, form.len - at) : 0;

        if (len <= 0 || (i == 0 && make_plain(c) == x->next)) {
            return true;
        }
        at += (size_t)len;
    }
    *skip = at;
    return x->next == 0;
}

/* Whether the form, as a word of the language, has the stem. */
static lede_status
has_stem(struct stemming *x, struct str form, bool *has)
{
    struct analysis *analysis = x->pl->index->analysis;
    struct token tokens[8];
    size_t count;
    lede_status status = lede__analysis_begin(analysis, form, x->stemmer,
                                              x->pl->err);

    *has = false;
    if (status == LEDE_STATUS_OK) {
        status = lede__analysis_next(analysis, tokens, 8, &count, x->pl->err);
    }
    if (status == LEDE_STATUS_OK && count > 0) {
        *has = (tokens[0].kind == TOKEN_WORD ||
                tokens[0].kind == TOKEN_NUMBER) &&
               str_eq(tokens[0].word->form, form) &&
               str_eq(tokens[0].word->stem, x->stem);
    }
    return status;
}

static lede_status
keep(struct stemming *x, struct str form, uint32_t df)
{
    struct str copy = lede__arena_str(x->pl->plan->arena, form);

    if (copy.p == NULL) {
        return lede__fail_memory(x->pl->err);
    }
    if (x->count == x->cap) {
        size_t cap = x->cap == 0 ? 32 : 2 * x->cap;
        struct plan_form *bigger = realloc(x->items, cap * sizeof(*bigger));

        if (bigger == NULL) {
            return lede__fail_memory(x->pl->err);
        }
        x->items = bigger;
        x->cap = cap;
    }
    x->items[x->count++] = (struct plan_form){ .form = copy, .df = df,
                                               .role = LIST_EXACT };
    return LEDE_STATUS_OK;
}

/* On to the first form that begins with code point c. */
static lede_status
seek(struct stemming *x, struct dictionary *dictionary, size_t head,
     ucs4_t c)
{
    struct searcher *searcher = x->pl->index->searcher;
    struct buf *term = &x->pl->term;
    uint8_t bytes[6];
    int len = u8_uctomb(bytes, c, sizeof(bytes));
    lede_status status = LEDE_STATUS_OK;

    term->len = head;
    if (len > 0) {
        status = lede__buf_add(term, (const char *)bytes, (size_t)len,
                               x->pl->err);
    }
    return status != LEDE_STATUS_OK || len <= 0 ? status :
           lede__dictionary_seek(searcher, dictionary, lede__buf_view(term),
                                 x->pl->err);
}

/* Behind all terms that begin with these bytes, of which the last is one of
   UTF-8, and so not 0xFF. */
static lede_status
step_over(struct stemming *x, struct dictionary *dictionary, struct str bytes)
{
    struct searcher *searcher = x->pl->index->searcher;
    struct buf *term = &x->pl->term;
    lede_status status;

    term->len = 0;
    status = lede__buf_str(term, bytes, x->pl->err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    term->p[term->len - 1] = (char)(term->p[term->len - 1] + 1);
    return lede__dictionary_seek(searcher, dictionary, lede__buf_view(term),
                                 x->pl->err);
}

static lede_status
walk(struct stemming *x, int field)
{
    struct planner *pl = x->pl;
    struct searcher *searcher = pl->index->searcher;
    struct dictionary *dictionary = NULL;
    bool latin = x->letters[0] < 0x250;
    ucs4_t first = latin ? 'a' : x->letters[0] & ~(ucs4_t)0xFF;
    ucs4_t end = latin ? LATIN_END : first + SCRIPT_ROOM;
    size_t head;
    lede_status status = lede__term_exact(&pl->term, field, STR(""),
                                          pl->err);

    head = pl->term.len;
    if (x->letters[0] < 'a') {
        first = 1;              // digits
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__dictionary_open(searcher, lede__buf_view(&pl->term),
                                       &dictionary, pl->err);
    }
    if (status == LEDE_STATUS_OK) {
        status = seek(x, dictionary, head, first);
    }
    while (status == LEDE_STATUS_OK && x->looked++ < PLAN_FORMS_LOOKED) {
        struct str term, form;
        uint32_t df;
        ucs4_t c;
        size_t skip;
        bool has;

        status = searcher->ops->dictionary_next(dictionary, &term, &df,
                                                pl->err);
        if (status != LEDE_STATUS_OK || term.p == NULL) {
            break;
        }
        form = (struct str){ term.p + head, term.len - head };
        if (u8_mbtoucr(&c, (const uint8_t *)form.p, form.len) > 0 &&
            c >= end) {
            break;
        }
        if (!begins_so(x, form, &skip)) {
            if (skip > 0) {
                status = step_over(x, dictionary,
                                   (struct str){ term.p, head + skip });
            }
            continue;
        }
        status = has_stem(x, form, &has);
        if (status == LEDE_STATUS_OK && has) {
            status = keep(x, form, df);
        }
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    return status;
}

static int
compare_forms(const void *a, const void *b)
{
    const struct plan_form *x = a;
    const struct plan_form *y = b;

    if (x->df != y->df) {
        return x->df < y->df ? 1 : -1;
    }
    return lede__str_cmp(x->form, y->form);
}

/* The most frequent, in the arena. */
static lede_status
finish(struct stemming *x, struct expansion *out)
{
    out->found = x->count;
    out->cut = x->looked > PLAN_FORMS_LOOKED;
    out->count = x->count < PLAN_FORMS_MAX ? x->count : PLAN_FORMS_MAX;
    if (x->count == 0) {
        return LEDE_STATUS_OK;
    }
    qsort(x->items, x->count, sizeof(*x->items), compare_forms);
    out->forms = lede__arena_array(x->pl->plan->arena, out->count,
                                   sizeof(*out->forms));
    if (out->forms == NULL) {
        return lede__fail_memory(x->pl->err);
    }
    memcpy(out->forms, x->items, out->count * sizeof(*out->forms));
    return LEDE_STATUS_OK;
}

lede_status
lede__expand_stem(struct planner *pl, int field, struct str stemmer,
                  struct str stem, struct expansion **out)
{
    struct stemming x = { .pl = pl, .stemmer = stemmer, .stem = stem };
    lede_status status = LEDE_STATUS_OK;

    *out = lede__arena_array(pl->plan->arena, 1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(pl->err);
    }
    find_letters(&x);
    if (x.n_letters > 0) {
        status = walk(&x, field == FIELD_BODY ? FIELD_ALL : field);
    }
    if (status == LEDE_STATUS_OK) {
        status = finish(&x, *out);
    }
    free(x.items);
    return status;
}
