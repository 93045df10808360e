/* plan-words.c - from the words of a query to the terms of a leaf.

   The text is analysed as an article is, and once more in each language of the
   query for its stems.  A stop word of most of the query's articles is marked,
   so that plan.c can drop it. */

#include "query/planner.h"

/* ---- analysis ---- */

struct token_list {
    struct token *items;
    size_t count;
    size_t cap;
};

static lede_status
add_tokens(struct planner *pl, struct token_list *list,
           const struct token *tokens, size_t count)
{
    if (list->cap - list->count < count) {
        size_t cap = list->cap * 2 + count;
        struct token *bigger = lede__arena_array(pl->plan->arena, cap,
                                                 sizeof(*bigger));

        if (bigger == NULL) {
            return lede__fail_memory(pl->err);
        }
        if (list->count > 0) {
            memcpy(bigger, list->items, list->count * sizeof(*bigger));
        }
        list->items = bigger;
        list->cap = cap;
    }
    memcpy(list->items + list->count, tokens, count * sizeof(*tokens));
    list->count += count;
    return LEDE_STATUS_OK;
}

/* The tokens of `text` in one language; their words belong to the analysis. */
static lede_status
tokenise(struct planner *pl, struct str text, struct str lang,
         struct token_list *out)
{
    struct token tokens[64];
    size_t count;
    lede_status status;

    *out = (struct token_list){ NULL, 0, 0 };
    status = lede__analysis_begin(pl->index->analysis, text, lang, pl->err);
    while (status == LEDE_STATUS_OK) {
        status = lede__analysis_next(pl->index->analysis, tokens, 64, &count,
                                     pl->err);
        if (status != LEDE_STATUS_OK || count == 0) {
            break;
        }
        status = add_tokens(pl, out, tokens, count);
    }
    return status;
}

/* The same word in another language: its stem, and whether it stops there. */
static lede_status
add_language(struct planner *pl, struct str text, size_t lang,
             struct atoms *out, uint64_t *stopped)
{
    struct plan *plan = pl->plan;
    struct token_list tokens;
    size_t i;
    lede_status status = tokenise(pl, text, plan->langs[lang], &tokens);

    for (i = 0; i < tokens.count && i < out->count &&
                status == LEDE_STATUS_OK; i++) {
        const struct word *word = tokens.items[i].word;
        struct atom *atom = &out->items[i];

        if (!str_eq(word->form, atom->form)) {
            continue;
        }
        atom->stems[lang] = lede__arena_str(plan->arena, word->stem);
        if (atom->stems[lang].p == NULL) {
            status = lede__fail_memory(pl->err);
        }
        if ((tokens.items[i].flags & TOKEN_STOP) != 0) {
            stopped[i] += plan->lang_articles[lang];
        }
    }
    return status;
}

/* Extras without accents to the atoms that they stand beside. */
static void
set_plain(struct atoms *atoms)
{
    struct atom *last = NULL;
    size_t i;

    for (i = 0; i < atoms->count; i++) {
        struct atom *atom = &atoms->items[i];

        if (!atom->extra) {
            last = atom;
        } else if (atom->kind == TOKEN_PLAIN && last != NULL &&
                   last->position == atom->position) {
            last->plain = atom->form;
        }
    }
}

lede_status
lede__plan_analyse(struct planner *pl, struct str text, struct atoms *out)
{
    struct plan *plan = pl->plan;
    struct token_list tokens;
    uint64_t *stopped;
    uint64_t articles = 0;
    size_t i;
    lede_status status = tokenise(pl, text, pl->base_lang, &tokens);

    *out = (struct atoms){ NULL, 0 };
    if (status != LEDE_STATUS_OK || tokens.count == 0) {
        return status;
    }
    out->items = lede__arena_array(plan->arena, tokens.count,
                                   sizeof(*out->items));
    stopped = lede__arena_array(plan->arena, tokens.count, sizeof(*stopped));
    if (out->items == NULL || stopped == NULL) {
        return lede__fail_memory(pl->err);
    }
    for (i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.items[i];
        struct atom *atom = &out->items[i];

        atom->form = lede__arena_str(plan->arena, token->word->form);
        if (atom->form.p == NULL) {
            return lede__fail_memory(pl->err);
        }
        atom->start = token->start;
        atom->end = token->end;
        atom->position = token->position;
        atom->chunk = token->chunk;
        atom->kind = token->kind;
        atom->extra = (token->flags & TOKEN_EXTRA) != 0;
        atom->stop = (token->flags & TOKEN_STOP) != 0;
    }
    out->count = tokens.count;
    set_plain(out);
    for (i = 0; i < plan->n_langs && status == LEDE_STATUS_OK; i++) {
        status = add_language(pl, text, i, out, stopped);
        articles += plan->lang_articles[i];
    }
    // a stop word where it is one for half of the articles or more
    for (i = 0; plan->n_langs > 0 && i < out->count; i++) {
        out->items[i].stop = stopped[i] > 0 &&
                             stopped[i] >= articles - stopped[i];
    }
    return status;
}

/* ---- leaves ---- */

bool
lede__plan_field(const struct planner *pl, struct str name, int *field)
{
    *field = FIELD_ALL;
    if (name.len > 0) {
        *field = lede__schema_field(pl->index->searcher->schema, name);
    }
    return name.len == 0 || *field >= 0;
}

lede_status
lede__plan_leaf(struct planner *pl, const struct syntax *syntax, int field,
                size_t words, struct node **out)
{
    lede_status status;

    *out = NULL;
    if (words > PLAN_WORDS_MAX - pl->words) {
        if (pl->full) {
            return LEDE_STATUS_OK;
        }
        pl->full = true;
        return plan_warn(pl, "too-many-words", syntax, "these are more than "
                         "%d words; some are not searched", PLAN_WORDS_MAX);
    }
    pl->words += words;
    status = lede__plan_node(pl, NODE_LEAF, out);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    (*out)->syntax = syntax;
    (*out)->field = field;
    (*out)->boost = 1;
    (*out)->members = lede__arena_array(pl->plan->arena, PLAN_MEMBERS_MAX,
                                        sizeof(*(*out)->members));
    if ((*out)->members == NULL) {
        return lede__fail_memory(pl->err);
    }
    if (pl->negated == 0) {
        pl->plan->scored = true;
    }
    return LEDE_STATUS_OK;
}

/* Whether the leaf has the term already, by way of a synonym. */
static bool
has_term(const struct node *leaf, const struct plan_term *term)
{
    size_t i, j;

    for (i = 0; i < leaf->n_members; i++) {
        for (j = 0; j < leaf->members[i].n_lists; j++) {
            if (leaf->members[i].lists[j].term == term) {
                return true;
            }
        }
    }
    return false;
}

/* How many lists stand for one term in the field: the body is what the other
   fields leave over. */
static size_t
lists_per_term(const struct planner *pl, int field)
{
    return field == FIELD_BODY ? pl->index->searcher->schema->n_fields : 1;
}

/* The lists for one term in the field at lists[*n].  None where `leaf` has the
   term. */
static lede_status
add_term(struct planner *pl, const struct node *leaf, struct list *lists,
         size_t *n, enum list_role role, struct str stemmer, struct str form)
{
    const struct schema *schema = pl->index->searcher->schema;
    int field = leaf->field == FIELD_BODY ? FIELD_ALL : leaf->field;
    size_t i;
    lede_status status = lede__plan_list(pl, &lists[*n], role, field, stemmer,
                                         form, false);

    if (status != LEDE_STATUS_OK || has_term(leaf, lists[*n].term)) {
        return status;
    }
    for (i = 0; i < *n; i++) {
        if (lists[i].term == lists[*n].term && !lists[i].minus) {
            return LEDE_STATUS_OK;
        }
    }
    (*n)++;
    for (i = 0; leaf->field == FIELD_BODY && i < schema->n_fields &&
                status == LEDE_STATUS_OK; i++) {
        if (i != FIELD_BODY && schema->fields[i].weight > 0) {
            status = lede__plan_list(pl, &lists[*n], role, (int)i, stemmer,
                                     form, true);
            (*n)++;
        }
    }
    return status;
}

static lede_status
add_expansion(struct planner *pl, const struct node *leaf, struct list *lists,
              size_t *n, const struct expansion *expansion)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < expansion->count && status == LEDE_STATUS_OK; i++) {
        status = add_term(pl, leaf, lists, n, expansion->forms[i].role,
                          STR(""), expansion->forms[i].form);
    }
    return status;
}

/* The exact and the extra lists for one atom: as slots of phrases have them,
   and as words have beside their stems. */
static lede_status
add_forms(struct planner *pl, const struct node *leaf, struct list *lists,
          size_t *n, const struct atom *atom, bool exact)
{
    const struct {
        enum list_role role;
        struct str form;
        bool wanted;
    } forms[] = {
        { LIST_EXACT, atom->form, exact },
        { LIST_EXTRA, atom->form, !atom->solid },
        { LIST_PLAIN, atom->plain, atom->plain.len > 0 },
        { LIST_OTHER, atom->plain, atom->plain.len > 0 },
    };
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (atom->forms != NULL) {
        return add_expansion(pl, leaf, lists, n, atom->forms);
    }
    for (i = 0; i < sizeof(forms) / sizeof(forms[0]) &&
                status == LEDE_STATUS_OK; i++) {
        if (forms[i].wanted) {
            status = add_term(pl, leaf, lists, n, forms[i].role, STR(""),
                              forms[i].form);
        }
    }
    return status;
}

/* How many terms add_forms adds at most. */
static size_t
count_forms(const struct atom *atom)
{
    return atom->forms != NULL ? atom->forms->count : 4;
}

/* The member for one atom: stems and forms. */
static lede_status
add_word(struct planner *pl, struct node *leaf, const struct atom *atom,
         bool stems)
{
    struct plan *plan = pl->plan;
    struct member *member = &leaf->members[leaf->n_members];
    size_t each = lists_per_term(pl, leaf->field);
    size_t n = 0;
    size_t i;
    struct list *lists = lede__arena_array(plan->arena,
                                           (PLAN_LANGS_MAX +
                                            count_forms(atom)) * each,
                                           sizeof(*lists));
    lede_status status = LEDE_STATUS_OK;

    if (lists == NULL) {
        return lede__fail_memory(pl->err);
    }
    for (i = 0; stems && i < plan->n_langs && status == LEDE_STATUS_OK; i++) {
        if (atom->stems[i].len > 0) {
            status = add_term(pl, leaf, lists, &n, LIST_STEM,
                              lede__analysis_stemmer(plan->langs[i]),
                              atom->stems[i]);
        }
    }
    // a synonym whose stem is there already is within it
    if (status == LEDE_STATUS_OK) {
        status = add_forms(pl, leaf, lists, &n, atom,
                           n > 0 || !stems || leaf->n_members == 0);
    }
    if (n > 0) {
        member->lists = lists;
        member->n_lists = n;
        leaf->n_members++;
    }
    return status;
}

static lede_status
add_phrase(struct planner *pl, struct node *leaf, const struct atom *atoms,
           size_t n)
{
    struct plan *plan = pl->plan;
    struct member *member = &leaf->members[leaf->n_members];
    size_t each = lists_per_term(pl, leaf->field);
    const struct node empty = { .field = leaf->field };
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    member->slots = lede__arena_array(plan->arena, n, sizeof(struct slot));
    if (member->slots == NULL) {
        return lede__fail_memory(pl->err);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct slot *slot = &member->slots[i];

        slot->offset = atoms[i].position - atoms[0].position;
        slot->lists = lede__arena_array(plan->arena,
                                        count_forms(&atoms[i]) * each,
                                        sizeof(*slot->lists));
        if (slot->lists == NULL) {
            return lede__fail_memory(pl->err);
        }
        status = add_forms(pl, &empty, slot->lists, &slot->n_lists, &atoms[i],
                           true);
    }
    member->n_slots = n;
    leaf->n_members++;
    return status;
}

lede_status
lede__plan_member(struct planner *pl, struct node *leaf,
                  const struct atom *atoms, size_t n, bool stems)
{
    bool word = atoms[0].kind == TOKEN_WORD || atoms[0].kind == TOKEN_NUMBER;

    if (leaf->n_members == PLAN_MEMBERS_MAX) {
        return LEDE_STATUS_OK;
    }
    if (n == 1) {
        return add_word(pl, leaf, atoms, stems && word);
    }
    return add_phrase(pl, leaf, atoms, n);
}
