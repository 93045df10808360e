/* expand.c - the forms that a pattern stands for: bench*, w?rd, /colou?rs?/,
   kubernets~2.

   All exact and extra forms of the field, in all indexes, from the first that
   begins as every match does, compared by lede__walk_form, which tells how far
   to go on where none can match.  The PLAN_FORMS_MAX most frequent are kept;
   of words with edits, those with fewer edits first.  What a pattern means is
   found once a plan.

   The text of a pattern is folded as forms are.  Signs that join (GPT-4*) are
   not in forms, but for points between digits; where the pattern is the
   beginning of a word, the analysis tells what it is as one. */

#include "query/pattern.h"
#include "query/planner.h"

#include <stdlib.h>

struct expander {
    struct planner *pl;
    struct expansion *to;
    struct pattern *pattern;
    struct walk *walk;          // NULL: what begins as it does matches
    struct str ending;          // what all matches end with, where that is
                                // told sooner than by walk
    struct plan_form *items;    // PLAN_FORMS_MAX * 2
    size_t count;
    bool full;                  // items up to PLAN_FORMS_MAX are the best
    uint64_t looked;
    /* of several indexes: */
    struct map forms;           // role byte + form -> place in all
    struct plan_form *all;
    size_t n_all;
    size_t cap_all;
};

/* ---- the best ---- */

static int
compare_forms(const void *a, const void *b)
{
    const struct plan_form *x = a;
    const struct plan_form *y = b;
    int order;

    if (x->edits != y->edits) {
        return x->edits < y->edits ? -1 : 1;
    }
    if (x->df != y->df) {
        return x->df < y->df ? 1 : -1;
    }
    order = lede__str_cmp(x->form, y->form);
    return order != 0 ? order : (int)x->role - (int)y->role;
}

/* One more, copied where it is among the best. */
static lede_status
keep(struct expander *ex, const struct plan_form *form)
{
    struct plan_form *item;

    ex->to->found++;
    if (ex->full &&
        compare_forms(form, &ex->items[PLAN_FORMS_MAX - 1]) > 0) {
        return LEDE_STATUS_OK;
    }
    item = &ex->items[ex->count++];
    *item = *form;
    item->form = lede__arena_str(ex->pl->plan->arena, form->form);
    if (item->form.p == NULL) {
        return lede__fail_memory(ex->pl->err);
    }
    if (ex->count == 2 * (size_t)PLAN_FORMS_MAX) {
        qsort(ex->items, ex->count, sizeof(*ex->items), compare_forms);
        ex->count = PLAN_FORMS_MAX;
        ex->full = true;
    }
    return LEDE_STATUS_OK;
}

/* One of several indexes': df is summed before it is known which are best. */
static lede_status
gather(struct expander *ex, const struct plan_form *form)
{
    char *key = lede__arena_alloc(ex->pl->plan->arena, form->form.len + 2);
    uint64_t *place;
    bool added;

    if (key == NULL) {
        return lede__fail_memory(ex->pl->err);
    }
    key[0] = (char)form->role;
    memcpy(key + 1, form->form.p, form->form.len);
    key[form->form.len + 1] = '\0';
    place = lede__map_put(&ex->forms,
                          (struct str){ key, form->form.len + 1 }, &added);
    if (place == NULL) {
        return lede__fail_memory(ex->pl->err);
    }
    if (!added) {
        ex->all[*place].df += form->df;
        return LEDE_STATUS_OK;
    }
    if (ex->n_all == ex->cap_all) {
        size_t cap = ex->cap_all == 0 ? 256 : ex->cap_all * 2;
        struct plan_form *all = realloc(ex->all, cap * sizeof(*all));

        if (all == NULL) {
            return lede__fail_memory(ex->pl->err);
        }
        ex->all = all;
        ex->cap_all = cap;
    }
    *place = ex->n_all;
    ex->all[ex->n_all] = *form;
    ex->all[ex->n_all++].form = (struct str){ key + 1, form->form.len };
    return LEDE_STATUS_OK;
}

/* ---- the walk ---- */

static bool
ends_with(struct str form, struct str ending)
{
    return form.len >= ending.len &&
           (ending.len == 0 ||
            memcmp(form.p + form.len - ending.len, ending.p,
                   ending.len) == 0);
}

static bool
matches(struct expander *ex, struct str form, size_t *skip, unsigned *edits)
{
    *skip = 0;
    *edits = 0;
    return ex->walk == NULL ||
           (ends_with(form, ex->ending) &&
            lede__walk_form(ex->walk, form, skip, edits));
}

/* Behind all terms that begin with these bytes, of which the last is one of
   UTF-8, and so not 0xFF. */
static lede_status
skip_terms(struct expander *ex, struct searcher *searcher,
           struct dictionary *dictionary, struct str bytes)
{
    struct buf *term = &ex->pl->term;
    lede_status status;

    term->len = 0;
    status = lede__buf_str(term, bytes, ex->pl->err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    term->p[term->len - 1] = (char)(term->p[term->len - 1] + 1);
    return lede__dictionary_seek(searcher, dictionary, lede__buf_view(term),
                                 ex->pl->err);
}

/* The forms of one role in one index. */
static lede_status
walk_forms(struct expander *ex, struct searcher *searcher, int field,
           enum list_role role)
{
    struct planner *pl = ex->pl;
    struct str prefix = lede__pattern_prefix(ex->pattern);
    struct dictionary *dictionary = NULL;
    size_t head;
    lede_status status;

    status = role == LIST_EXACT
             ? lede__term_exact(&pl->term, field, prefix, pl->err)
             : lede__term_extra(&pl->term, field, prefix, pl->err);
    if (status != LEDE_STATUS_OK || pl->term.len < prefix.len) {
        return status;          // longer than terms are
    }
    head = pl->term.len - prefix.len;
    status = lede__dictionary_open(searcher, lede__buf_view(&pl->term),
                                   &dictionary, pl->err);
    while (status == LEDE_STATUS_OK) {
        struct plan_form form = { .role = role };
        struct str term;
        uint32_t df;
        size_t skip;

        if (ex->looked == PLAN_FORMS_LOOKED) {
            ex->to->cut = true;
            break;
        }
        status = searcher->ops->dictionary_next(dictionary, &term, &df,
                                                pl->err);
        if (status != LEDE_STATUS_OK || term.p == NULL) {
            break;
        }
        ex->looked++;
        form.form = (struct str){ term.p + head, term.len - head };
        form.df = df;
        if (matches(ex, form.form, &skip, &form.edits)) {
            status = pl->plan->n_indexes == 1 ? keep(ex, &form)
                                              : gather(ex, &form);
        } else if (skip > 0) {
            status = skip_terms(ex, searcher, dictionary,
                                (struct str){ term.p, head + skip });
        }
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    return status;
}

static lede_status
walk_indexes(struct expander *ex, struct str field)
{
    struct plan *plan = ex->pl->plan;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < plan->n_indexes && status == LEDE_STATUS_OK; i++) {
        struct searcher *searcher = plan->indexes[i].searcher;
        int number = FIELD_ALL;

        if (field.len > 0) {
            number = lede__schema_field(searcher->schema, field);
            if (number < 0) {
                continue;
            }
            number = number == FIELD_BODY ? FIELD_ALL : number;
        }
        status = walk_forms(ex, searcher, number, LIST_EXACT);
        if (status == LEDE_STATUS_OK) {
            status = walk_forms(ex, searcher, number, LIST_EXTRA);
        }
    }
    for (i = 0; i < ex->n_all && status == LEDE_STATUS_OK; i++) {
        status = keep(ex, &ex->all[i]);
    }
    return status;
}

/* ---- the pattern ---- */

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Append a piece of a pattern that has no wildcards, as it is in forms. */
static lede_status
add_piece(struct planner *pl, struct buf *out, struct str piece)
{
    struct buf folded = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__fold(&folded, piece, pl->err);
    size_t i;

    for (i = 0; i < folded.len && status == LEDE_STATUS_OK; i++) {
        char c = folded.p[i];
        bool decimal = i > 0 && is_digit(folded.p[i - 1]) &&
                       (i + 1 == folded.len || is_digit(folded.p[i + 1]));

        if (c == '-' || c == '_' || c == '\'' ||
            (c == '.' && i > 0 && !decimal)) {
            continue;
        }
        if (c == '*' || c == '?' || c == '\\') {
            status = lede__buf_char(out, '\\', pl->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_char(out, c, pl->err);
        }
    }
    lede__buf_free(&folded);
    return status;
}

/* What the beginning of a word is as one: gpt4 for GPT-4; no p where it is
   not. */
static lede_status
find_whole(struct planner *pl, struct str text, struct str *out)
{
    const struct atom *atom = NULL;
    const struct atom *joined = NULL;
    struct atoms tokens;
    size_t n = 0;
    size_t i;
    lede_status status = lede__plan_analyse(pl, text, &tokens);

    *out = (struct str){ NULL, 0 };
    for (i = 0; status == LEDE_STATUS_OK && i < tokens.count; i++) {
        const struct atom *token = &tokens.items[i];

        if (!token->extra) {
            atom = token;
            n++;
        } else if (token->kind == TOKEN_JOINED && token->start == 0 &&
                   token->end == text.len) {
            joined = token;
        } else if (token->kind == TOKEN_SYMBOLIC) {
            return LEDE_STATUS_OK;
        }
    }
    if (joined != NULL) {
        *out = joined->form;
    } else if (n == 1) {
        *out = atom->form;
    }
    return status;
}

static lede_status
make_wildcard(struct expander *ex, struct str text)
{
    struct planner *pl = ex->pl;
    const char *end = text.p + text.len;
    const char *p = text.p;
    const char *first = p;
    struct buf folded = BUF_INIT(BUF_MAX_ANY);
    struct str whole = { NULL, 0 };
    size_t last = 0;            // behind the last wildcard, in folded
    lede_status status = LEDE_STATUS_OK;

    while (first < end && *first != '*' && *first != '?') {
        first++;
    }
    if (first + 1 == end && *first == '*') {
        status = find_whole(pl, (struct str){ p, text.len - 1 }, &whole);
    }
    if (status == LEDE_STATUS_OK && whole.p != NULL) {
        status = add_piece(pl, &folded, whole);
        p = first;
    }
    while (p < end && status == LEDE_STATUS_OK) {
        const char *from = p;

        while (p < end && *p != '*' && *p != '?') {
            p++;
        }
        status = add_piece(pl, &folded,
                           (struct str){ from, (size_t)(p - from) });
        if (status == LEDE_STATUS_OK && p < end) {
            status = lede__buf_char(&folded, *p++, pl->err);
            last = folded.len;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__pattern_wildcard(&ex->pattern,
                                        lede__buf_view(&folded),
                                        pl->plan->arena, pl->err);
    }
    // behind a star nothing is ever skipped
    if (status == LEDE_STATUS_OK && *first == '*' &&
        memchr(folded.p, '\\', folded.len) == NULL) {
        ex->ending = lede__arena_str(pl->plan->arena,
                                     (struct str){ folded.p + last,
                                                   folded.len - last });
        status = ex->ending.p == NULL ? lede__fail_memory(pl->err) : status;
    }
    lede__buf_free(&folded);
    return status;
}

/* An expression folded, but for what its backslashes stand before. */
static lede_status
make_regex(struct expander *ex, struct str text)
{
    struct planner *pl = ex->pl;
    const char *end = text.p + text.len;
    const char *p = text.p;
    struct buf folded = BUF_INIT(BUF_MAX_ANY);
    struct buf piece = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    while (p < end && status == LEDE_STATUS_OK) {
        const char *from = p;

        while (p < end && *p != '\\') {
            p++;
        }
        piece.len = 0;
        status = lede__fold(&piece, (struct str){ from, (size_t)(p - from) },
                            pl->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(&folded, lede__buf_view(&piece), pl->err);
        }
        if (status == LEDE_STATUS_OK && p < end) {
            size_t pair = p + 1 < end ? 2 : 1;

            status = lede__buf_add(&folded, p, pair, pl->err);
            p += pair;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__pattern_regex(&ex->pattern, lede__buf_view(&folded),
                                     pl->plan->arena, NULL);
    }
    lede__buf_free(&piece);
    lede__buf_free(&folded);
    return status;
}

static lede_status
make_fuzzy(struct expander *ex, struct str text, unsigned edits)
{
    struct planner *pl = ex->pl;
    struct buf folded = BUF_INIT(BUF_MAX_ANY);
    lede_status status = lede__fold(&folded, text, pl->err);

    if (status == LEDE_STATUS_OK) {
        status = lede__pattern_fuzzy(&ex->pattern, lede__buf_view(&folded),
                                     edits, pl->plan->arena, NULL);
    }
    lede__buf_free(&folded);
    return status;
}

static lede_status
make_pattern(struct expander *ex, const struct syntax *syntax)
{
    struct planner *pl = ex->pl;
    lede_status status;

    switch (syntax->kind) {
    case SYNTAX_PATTERN:
        status = make_wildcard(ex, syntax->text);
        break;
    case SYNTAX_REGEX:
        status = make_regex(ex, syntax->text);
        break;
    default:
        status = make_fuzzy(ex, syntax->text, syntax->within);
        break;
    }
    if (status == LEDE_STATUS_BAD_QUERY || status == LEDE_STATUS_LIMIT) {
        ex->to->bad = true;
        return LEDE_STATUS_OK;
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    ex->walk = lede__walk_new(ex->pattern, pl->plan->arena);
    return ex->walk == NULL ? lede__fail_memory(pl->err) : LEDE_STATUS_OK;
}

/* ---- interface ---- */

static lede_status
expand(struct planner *pl, const struct syntax *syntax, struct str field,
       struct expansion *to)
{
    struct expander ex = { .pl = pl, .to = to, .ending = STR(""),
                           .forms = MAP_INIT };
    lede_status status = make_pattern(&ex, syntax);

    if (status != LEDE_STATUS_OK || to->bad) {
        return status;
    }
    ex.items = lede__arena_array(pl->plan->arena, 2 * PLAN_FORMS_MAX,
                                 sizeof(*ex.items));
    status = ex.items == NULL ? lede__fail_memory(pl->err)
                              : walk_indexes(&ex, field);
    if (status == LEDE_STATUS_OK && ex.count > 0) {
        qsort(ex.items, ex.count, sizeof(*ex.items), compare_forms);
        to->forms = ex.items;
        to->count = ex.count < PLAN_FORMS_MAX ? ex.count : PLAN_FORMS_MAX;
    }
    free(ex.all);
    lede__map_free(&ex.forms);
    return status;
}

static lede_status
warn(struct planner *pl, const struct syntax *syntax,
     const struct expansion *expansion)
{
    if (expansion->bad) {
        return plan_warn(pl, "bad-regex", syntax, "this is no pattern that "
                         "could be compared; searched as words");
    }
    if (expansion->cut) {
        return plan_warn(pl, "wildcard-cut", syntax, "only the first %d words "
                         "were compared; the %zu most frequent of %llu that "
                         "match are searched", PLAN_FORMS_LOOKED,
                         expansion->count,
                         (unsigned long long)expansion->found);
    }
    if (expansion->found > expansion->count) {
        return plan_warn(pl, "wildcard-cut", syntax, "%llu words match; the "
                         "%d most frequent are searched",
                         (unsigned long long)expansion->found,
                         PLAN_FORMS_MAX);
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__plan_expand(struct planner *pl, const struct syntax *syntax,
                  struct str field, struct expansion **out)
{
    struct buf key = BUF_INIT(BUF_MAX_ANY);
    uint64_t *place = NULL;
    bool added;
    lede_status status;

    *out = NULL;
    status = lede__buf_addf(&key, pl->err, "%d.%u.%.*s:%.*s",
                            (int)syntax->kind, (unsigned)syntax->within,
                            (int)field.len, field.p, (int)syntax->text.len,
                            syntax->text.p);
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    place = lede__map_put(&pl->plan->expansions, lede__buf_view(&key),
                          &added);
    if (place == NULL) {
        status = lede__fail_memory(pl->err);
        goto out;
    }
    if (!added) {
        *out = (struct expansion *)(uintptr_t)*place;
        goto out;
    }
    *out = lede__arena_array(pl->plan->arena, 1, sizeof(**out));
    if (*out == NULL) {
        status = lede__fail_memory(pl->err);
        goto out;
    }
    *place = (uintptr_t)*out;
    status = expand(pl, syntax, field, *out);
    if (status == LEDE_STATUS_OK) {
        status = warn(pl, syntax, *out);
    }

out:
    lede__buf_free(&key);
    return status;
}
