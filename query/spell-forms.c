/* spell-forms.c - the words that a misspelt one was meant to be.

   A NOISY CHANNEL (Kernighan, Church and Gale 1990; Brill and Moore 2000): of
   all words c of the dictionary, those with the largest

       log P(typed | c) + log P(c)

   P(c) is in how many articles c is.  P(typed | c) is that of the likeliest row
   of edits: letters left out, added, exchanged with the next (Damerau 1964),
   or typed for others, each with a likelihood of its own: doubled letters,
   vowels, letters that sound alike or lie side by side on the keyboard are
   mistaken more often than others, first letters less.

   The dictionary is walked in order, with the rows of the table of Wagner and
   Fischer (1974) kept for what a form shares with the one before, as pattern.c
   does.  Where no way from the beginning of a form to that of the typed word is
   likely enough, all forms that begin so are passed over: some hundreds of
   look-ups for a word, wherever in it the mistake is. */

#include <math.h>

#include "query/speller.h"
#include "shared/base/utf8.h"

/* Costs: logarithms of likelihoods, negated, in units of 1/16. */
#define NAT 16
#define TENTHS(x) ((x) * NAT / 10)
#define BEYOND 250

#define COST_SWAP TENTHS(30)            // two neighbours exchanged
#define COST_DOUBLE TENTHS(27)          // a letter once for twice, or twice
#define COST_OMIT TENTHS(47)            // a letter left out
#define COST_OMIT_WEAK TENTHS(40)       // a vowel, or an h
#define COST_ADD TENTHS(50)             // a letter too many
#define COST_ADD_WEAK TENTHS(43)        // a vowel, or an h
#define COST_OTHER TENTHS(60)           // another letter
#define COST_VOWEL TENTHS(34)           // a vowel for a vowel
#define COST_SOUND TENTHS(38)           // a letter that sounds alike
#define COST_KEY TENTHS(46)             // a letter beside it
#define COST_PAIR TENTHS(40)            // f for ph
#define COST_FIRST TENTHS(22)           // more, at the beginning of the word

/* Steps along the dictionary: beyond these, what was found is all. */
#define STEPS_MAX 40000

/* A set of the letters a to z. */
#define LETTERS 26
#define BIT(c) (UINT32_C(1) << ((c) - 'a'))

#define COLUMNS_MAX (SPELL_CHARS_MAX + 1)
/* The forms longer than the typed word by this many letters are too far. */
#define LONGER_MAX 4
#define DEPTH_MAX (SPELL_CHARS_MAX + LONGER_MAX)

struct reach {
    uint32_t end;               // of the characters so far, in bytes
    uint32_t c;                 // the last of them
    uint8_t row[COLUMNS_MAX];   // row[j]: cost of typing the first j so far
};

/* A letter that was typed. */
struct typed {
    uint32_t c;
    uint8_t cost[LETTERS];      // where another was meant
    uint32_t first[LETTERS];    // of two that sound as it: the first, by the
                                // second
    uint32_t pair;              // that sound as it with the one before
};

struct walker {
    struct speller *sp;
    struct typed typed[SPELL_CHARS_MAX];
    unsigned length;
    unsigned budget;            // no form may cost more
    char bytes[TERM_MAX];       // the form before
    size_t len;
    size_t depth;
    struct reach levels[DEPTH_MAX + 1];
    uint64_t least;             // df of a form that is worth telling
    struct spell_form *found;   // best first
    size_t n;
};

/* ---- likelihoods ---- */

#define VOWELS (BIT('a') | BIT('e') | BIT('i') | BIT('o') | BIT('u') | BIT('y'))

static bool
is_in(uint32_t set, uint32_t c)
{
    return c >= 'a' && c <= 'z' && (set & BIT(c)) != 0;
}

static bool
is_vowel(uint32_t c)
{
    return is_in(VOWELS, c);
}

/* Left out, and added, more often than others. */
static bool
is_weak(uint32_t c)
{
    return is_in(VOWELS | BIT('h'), c);
}

/* Whether two letters are in one of the groups, apart by spaces. */
static bool
share_group(const char *groups, uint32_t a, uint32_t b)
{
    bool has_a = false;
    bool has_b = false;

    if (a >= 128 || b >= 128) {
        return false;
    }
    for (; ; groups++) {
        if (*groups == ' ' || *groups == '\0') {
            if (has_a && has_b) {
                return true;
            }
            if (*groups == '\0') {
                return false;
            }
            has_a = false;
            has_b = false;
        }
        has_a = has_a || (uint32_t)*groups == a;
        has_b = has_b || (uint32_t)*groups == b;
    }
}

static bool
are_beside(uint32_t a, uint32_t b)
{
    static const char *const rows[] = {
        "qwertyuiop", "asdfghjkl", "zxcvbnm",
    };
    int row_a = -1, row_b = -1, at_a = 0, at_b = 0;

    for (int i = 0; i < 3; i++) {
        const char *found_a = a < 128 && a > 0 ? strchr(rows[i], (int)a)
                                               : NULL;
        const char *found_b = b < 128 && b > 0 ? strchr(rows[i], (int)b)
                                               : NULL;

        if (found_a != NULL) {
            row_a = i;
            at_a = (int)(found_a - rows[i]);
        }
        if (found_b != NULL) {
            row_b = i;
            at_b = (int)(found_b - rows[i]);
        }
    }
    if (row_a < 0 || row_b < 0) {
        return false;
    }
    // each row is set half a key to the right of the one above
    if (row_a == row_b) {
        return at_a - at_b == 1 || at_b - at_a == 1;
    }
    if (row_a > row_b) {
        return row_a - row_b == 1 && (at_b == at_a || at_b == at_a + 1);
    }
    return row_b - row_a == 1 && (at_a == at_b || at_a == at_b + 1);
}

static bool
sounds_like(uint32_t a, uint32_t b)
{
    return share_group("cks sz sc mn dt bp vfw gj cq xs ij", a, b);
}

/* Of typing `typed` for `meant`. */
static unsigned
cost_other(uint32_t meant, uint32_t typed)
{
    if (is_vowel(meant) && is_vowel(typed)) {
        return COST_VOWEL;
    }
    if (sounds_like(meant, typed)) {
        return COST_SOUND;
    }
    return are_beside(meant, typed) ? COST_KEY : COST_OTHER;
}

/* Of one letter for two that sound as it does, or two for one: `pair` and
   `single` */
static bool
sounds_as(uint32_t a, uint32_t b, uint32_t single)
{
    static const char pairs[][4] = {
        "phf", "ckk", "cks", "ghf", "quk", "chk", "cqk", "xcx", "kss", "scs",
        "cec", "aue", "oue", "eue", "ouo", "eau", "igy", "iei", "eie", "aee",
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (a == (uint32_t)pairs[i][0] && b == (uint32_t)pairs[i][1] &&
            single == (uint32_t)pairs[i][2]) {
            return true;
        }
    }
    return false;
}

static unsigned
add_cost(unsigned cost, unsigned more)
{
    return cost + more < BEYOND ? cost + more : BEYOND;
}

static void
lower(unsigned *cost, unsigned to)
{
    if (to < *cost) {
        *cost = to;
    }
}

/* ---- the walk ---- */

/* The costs of a letter, after the one before. */
static void
prepare(struct typed *typed, uint32_t before)
{
    for (uint32_t c = 'a'; c <= 'z'; c++) {
        typed->cost[c - 'a'] = (uint8_t)cost_other(c, typed->c);
        if (sounds_as(before, typed->c, c)) {
            typed->pair |= BIT(c);
        }
        for (uint32_t first = 'a'; first <= 'z'; first++) {
            if (sounds_as(first, c, typed->c)) {
                typed->first[c - 'a'] |= BIT(first);
            }
        }
    }
}

/* The cost of the first j letters after the form's `depth` ones, of which the
   last is c. */
static unsigned
cost_of(const struct walker *w, size_t depth, uint32_t c, unsigned j,
        const uint8_t *row)
{
    const struct reach *from = &w->levels[depth - 1];
    const struct reach *before = depth > 1 ? from - 1 : NULL;
    const struct typed *typed = &w->typed[j - 1];
    bool letter = c >= 'a' && c <= 'z';
    unsigned first = depth == 1 || j <= 1 ? COST_FIRST : 0;
    unsigned best;

    // c was left out
    best = add_cost(from->row[j],
                    c == from->c || (j < w->length && c == typed[1].c)
                    ? COST_DOUBLE : is_weak(c) ? COST_OMIT_WEAK : COST_OMIT);
    lower(&best, add_cost(from->row[j - 1],
                          c == typed->c ? 0 : first +
                          (letter ? typed->cost[c - 'a'] : COST_OTHER)));
    // a letter was added
    lower(&best, add_cost(row[j - 1],
                          typed->c == c || (j > 1 && typed->c == typed[-1].c)
                          ? COST_DOUBLE : first +
                          (is_weak(typed->c) ? COST_ADD_WEAK : COST_ADD)));
    if (j > 1 && before != NULL && c == typed[-1].c && from->c == typed->c &&
        c != from->c) {
        lower(&best, add_cost(before->row[j - 2],
                              COST_SWAP + (depth == 2 ? COST_FIRST : 0)));
    }
    if (letter && before != NULL && is_in(typed->first[c - 'a'], from->c)) {
        lower(&best, add_cost(before->row[j - 1], COST_PAIR));
    }
    if (j > 1 && is_in(typed->pair, c)) {
        lower(&best, add_cost(from->row[j - 2], COST_PAIR));
    }
    return best;
}

/* One character more; whether a form may still be near enough. */
static bool
step(struct walker *w, uint32_t c)
{
    size_t depth = w->depth + 1;
    struct reach *to = &w->levels[depth];
    unsigned least = BEYOND;
    unsigned from, until, j;

    if (depth > w->length + LONGER_MAX) {
        return false;
    }
    // what is further from the diagonal costs more than there is
    from = depth > LONGER_MAX ? (unsigned)depth - LONGER_MAX : 0;
    until = (unsigned)depth + LONGER_MAX;
    until = until < w->length ? until : w->length;
    memset(to->row, BEYOND, w->length + 1);
    to->c = c;
    if (from == 0) {
        // all so far was left out
        to->row[0] = (uint8_t)add_cost(w->levels[depth - 1].row[0],
                                       COST_OMIT_WEAK + COST_FIRST);
        least = to->row[0];
        from = 1;
    }
    for (j = from; j <= until; j++) {
        to->row[j] = (uint8_t)cost_of(w, depth, c, j, to->row);
        least = to->row[j] < least ? to->row[j] : least;
    }
    return least <= w->budget;
}

/* The least letter after c that may come where c led nowhere: those that no
   row of edits has anything left for are passed over at once.  False: none. */
static bool
next_letter(const struct walker *w, uint32_t c, uint32_t *next)
{
    const struct reach *at = &w->levels[w->depth];
    uint32_t set = 0;
    uint32_t best = UINT32_MAX;

    for (unsigned j = 0; j <= w->length; j++) {
        const struct typed *typed = j < w->length ? &w->typed[j] : NULL;
        unsigned left = w->budget - at->row[j];

        if (at->row[j] > w->budget) {
            continue;
        }
        if (left >= COST_KEY) {
            *next = c + 1;
            return true;
        }
        if (typed != NULL && typed->c > c && typed->c < best) {
            best = typed->c;
        }
        if (left >= COST_DOUBLE && at->c > c && at->c < best) {
            best = at->c;
        }
        if (left >= COST_OMIT_WEAK) {
            set |= VOWELS | BIT('h');
        }
        for (uint32_t i = 0; typed != NULL && left >= COST_VOWEL &&
                             i < LETTERS; i++) {
            if (typed->cost[i] <= left ||
                (left >= COST_PAIR && typed->first[i] != 0)) {
                set |= BIT('a' + i);
            }
        }
    }
    for (uint32_t other = c < 'a' ? 'a' : c + 1; other <= 'z' && other < best;
         other++) {
        if (is_in(set, other)) {
            best = other;
        }
    }
    *next = best;
    return best < UINT32_MAX;
}

enum walk {
    WALK_ON,                    // longer forms may be near enough
    WALK_NEAR,                  // so is this one
    WALK_SKIP,                  // none is that begins so
};

/* How near a form is: *cost.  Where it leads nowhere, so do all forms up to
   those that go on with the letter *next after *skip bytes; 0: all that have
   these bytes. */
static enum walk
walk_form(struct walker *w, struct str form, size_t *skip, uint32_t *next,
          unsigned *cost)
{
    size_t most = form.len < w->len ? form.len : w->len;
    size_t same = 0;

    while (same < most && form.p[same] == w->bytes[same]) {
        same++;
    }
    memcpy(w->bytes + same, form.p + same, form.len - same);
    w->len = form.len;
    while (w->levels[w->depth].end > same) {
        w->depth--;
    }
    while (w->levels[w->depth].end < form.len) {
        size_t at = w->levels[w->depth].end;
        uint32_t c;

        at += lede__utf8_next(form.p + at, form.p + form.len, &c);
        if ((c >= '0' && c <= '9') || !step(w, c)) {
            bool any = next_letter(w, c, next);

            *skip = w->levels[w->depth].end;
            *next = any ? *next : 0;
            return WALK_SKIP;
        }
        w->levels[++w->depth].end = (uint32_t)at;
    }
    *cost = w->levels[w->depth].row[w->length];
    return *cost > 0 && *cost <= w->budget ? WALK_NEAR : WALK_ON;
}

/* ---- the best ---- */

static int
compare(const struct spell_form *a, const struct spell_form *b)
{
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return lede__str_cmp(a->form, b->form);
}

/* Put a form to the best. */
static lede_status
keep(struct walker *w, struct spell_form form)
{
    size_t i = w->n;

    form.score = form.edits + log((double)form.df);
    form.alone = form.score;
    if (w->n == SPELL_FORMS_MAX) {
        if (compare(&form, &w->found[w->n - 1]) > 0) {
            return LEDE_STATUS_OK;
        }
        i--;
    }
    form.form = lede__arena_str(&w->sp->search->arena, form.form);
    if (form.form.p == NULL) {
        return lede__fail_memory(w->sp->err);
    }
    w->n = i + 1;
    while (i > 0 && compare(&form, &w->found[i - 1]) < 0) {
        w->found[i] = w->found[i - 1];
        i--;
    }
    w->found[i] = form;
    return LEDE_STATUS_OK;
}

/* ---- the dictionary ---- */

int
lede__spell_field(const struct searcher *searcher, struct str field)
{
    int number;

    if (field.len == 0) {
        return FIELD_ALL;
    }
    number = lede__schema_field(searcher->schema, field);
    return number == FIELD_BODY ? FIELD_ALL : number < 0 ? -2 : number;
}

/* In one index: *df grows by it. */
static lede_status
add_df(struct speller *sp, struct searcher *searcher, int field,
       struct str form, uint64_t *df)
{
    lede_status status = LEDE_STATUS_OK;

    for (int i = 0; i < 2 && status == LEDE_STATUS_OK; i++) {
        struct postings *postings = NULL;

        status = i == 0 ? lede__term_exact(&sp->term, field, form, sp->err)
                        : lede__term_extra(&sp->term, field, form, sp->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__postings_open(searcher, lede__buf_view(&sp->term),
                                         &postings, sp->err);
        }
        if (postings != NULL) {
            *df += postings->df;
        }
        lede__postings_close(postings);
    }
    return status;
}

lede_status
lede__spell_df(struct speller *sp, struct str field, struct str form,
               uint64_t *df)
{
    const struct plan *plan = &sp->search->plan;
    lede_status status = LEDE_STATUS_OK;

    *df = 0;
    for (size_t i = 0; i < plan->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct searcher *searcher = plan->indexes[i].searcher;
        int number = lede__spell_field(searcher, field);

        if (number >= FIELD_ALL) {
            status = add_df(sp, searcher, number, form, df);
        }
    }
    return status;
}

/* On to the first form that goes on with the letter after these bytes of the
   term; 0: to the first one behind all that begin with these. */
static lede_status
skip_forms(struct speller *sp, struct searcher *searcher,
           struct dictionary *dictionary, struct str bytes, uint32_t letter)
{
    char utf8[4];
    lede_status status;

    sp->term.len = 0;
    status = lede__buf_str(&sp->term, bytes, sp->err);
    if (status == LEDE_STATUS_OK && letter > 0) {
        status = lede__buf_add(&sp->term, utf8,
                               lede__utf8_put(letter, utf8), sp->err);
    } else if (status == LEDE_STATUS_OK) {
        // the last byte is one of UTF-8, and so not 0xFF
        sp->term.p[sp->term.len - 1] =
            (char)(sp->term.p[sp->term.len - 1] + 1);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    return lede__dictionary_seek(searcher, dictionary,
                                 lede__buf_view(&sp->term), sp->err);
}

/* A form that is near: in how many articles of all indexes it is.  One that an
   index before has as well was found there. */
static lede_status
take(struct walker *w, size_t number, struct str field, struct str form,
     uint64_t df, unsigned cost)
{
    const struct plan *plan = &w->sp->search->plan;
    struct spell_form taken = { .form = form, .df = df };
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < plan->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct searcher *searcher = plan->indexes[i].searcher;
        int other = lede__spell_field(searcher, field);
        uint64_t more = 0;

        if (i == number || other < FIELD_ALL) {
            continue;
        }
        status = add_df(w->sp, searcher, other, form, &more);
        if (more > 0 && i < number) {
            return status;
        }
        taken.df += more;
    }
    if (status != LEDE_STATUS_OK || taken.df < w->least) {
        return status;
    }
    taken.edits = -(double)cost / NAT;
    return keep(w, taken);
}

static lede_status
walk_index(struct walker *w, size_t number, struct str field)
{
    struct speller *sp = w->sp;
    struct searcher *searcher = sp->search->plan.indexes[number].searcher;
    int in = lede__spell_field(searcher, field);
    struct dictionary *dictionary = NULL;
    size_t head;
    lede_status status;

    if (in < FIELD_ALL) {
        return LEDE_STATUS_OK;
    }
    w->depth = 0;
    w->len = 0;
    status = lede__term_exact(&sp->term, in, STR(""), sp->err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    head = sp->term.len;
    status = lede__dictionary_open(searcher, lede__buf_view(&sp->term),
                                   &dictionary, sp->err);
    while (status == LEDE_STATUS_OK && sp->steps < STEPS_MAX) {
        struct str term, form;
        unsigned cost;
        uint32_t df, next;
        size_t skip;

        status = searcher->ops->dictionary_next(dictionary, &term, &df,
                                                sp->err);
        if (status != LEDE_STATUS_OK || term.p == NULL) {
            break;
        }
        sp->steps++;
        form = (struct str){ term.p + head, term.len - head };
        if (form.len > TERM_MAX) {
            continue;
        }
        switch (walk_form(w, form, &skip, &next, &cost)) {
        case WALK_ON:
            break;
        case WALK_NEAR:
            status = take(w, number, field, form, df, cost);
            break;
        case WALK_SKIP:
            status = skip_forms(sp, searcher, dictionary,
                                (struct str){ term.p, head + skip }, next);
            break;
        }
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    return status;
}

/* What a word of so many letters may cost: short ones are near to many. */
static unsigned
budget_for(unsigned length, bool wide)
{
    static const uint8_t narrow_ones[] = { 0, 0, 0, 50, 52, 55, 58, 60, 62 };
    static const uint8_t wide_ones[] = { 0, 0, 0, 60, 72, 75, 78, 79, 80 };
    size_t at = length < sizeof(wide_ones) ? length : sizeof(wide_ones) - 1;

    return TENTHS(wide ? wide_ones[at] : narrow_ones[at]);
}

lede_status
lede__spell_forms(struct speller *sp, struct str field, struct str form,
                  uint64_t df, bool wide, struct spell_form *out, size_t *n)
{
    struct walker *w = lede__arena_array(&sp->search->arena, 1, sizeof(*w));
    const char *p = form.p;
    const char *end = form.p + form.len;
    lede_status status = LEDE_STATUS_OK;
    unsigned j;

    *n = 0;
    if (w == NULL) {
        return lede__fail_memory(sp->err);
    }
    w->sp = sp;
    w->found = out;
    w->least = df + 1;
    while (p < end && w->length < SPELL_CHARS_MAX) {
        p += lede__utf8_next(p, end, &w->typed[w->length].c);
        prepare(&w->typed[w->length],
                w->length > 0 ? w->typed[w->length - 1].c : 0);
        w->length++;
    }
    w->budget = budget_for(w->length, wide);
    for (j = 1; j <= w->length; j++) {
        w->levels[0].row[j] =
            (uint8_t)add_cost(w->levels[0].row[j - 1],
                              (is_weak(w->typed[j - 1].c) ? COST_ADD_WEAK
                                                          : COST_ADD) +
                              COST_FIRST);
    }
    for (size_t i = 0; i < sp->search->plan.n_indexes &&
                       status == LEDE_STATUS_OK; i++) {
        status = walk_index(w, i, field);
    }
    *n = w->n;
    return status;
}
