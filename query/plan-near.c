/* plan-near.c - NEAR, and ordered phrases with room -> a leaf with a span.

   What an operand means its leaf says, as lede__plan_text makes it: each of
   its members becomes a span.  Stems have no positions: a stem is the forms
   that share it (expand-stem.c), in articles of its language.

   The fields of an article follow each other FIELD_GAP apart.  What reaches
   further is looked for in each field for itself: a member each.

   What is to stand in one paragraph, or below one heading, may be any distance
   apart, but for the places where these begin, which the index knows of the
   body (shared/schema.h).  Each other field is one of either. */

#include "query/planner.h"

struct near {
    struct planner *pl;
    struct str field;           // instead of all; empty: as it is said
    bool body;                  // which has borders
};

static lede_status
make_children(struct near *near, struct span *span, size_t n)
{
    span->arena = near->pl->plan->arena;
    span->children = lede__arena_array(span->arena, n,
                                       sizeof(*span->children));
    return span->children == NULL && n > 0 ? lede__fail_memory(near->pl->err)
                                           : LEDE_STATUS_OK;
}

/* The forms that share a stem. */
static lede_status
make_stem(struct near *near, const struct node *leaf, struct list *stem,
          struct span *out)
{
    struct planner *pl = near->pl;
    struct atom atom = { .kind = TOKEN_SYMBOLIC };
    struct expansion *forms;
    struct member member = { .lists = NULL };
    struct node scratch = { .kind = NODE_LEAF, .field = leaf->field,
                            .members = &member };
    lede_status status;

    status = lede__expand_stem(pl, leaf->field, stem->stemmer, stem->form,
                               &forms);
    if (status == LEDE_STATUS_OK) {
        size_t left = PLAN_WORDS_MAX - pl->words;

        // the most frequent come first
        forms->count = forms->count < left ? forms->count : left;
        pl->words += forms->count;
        atom.forms = forms;
        status = lede__plan_member(pl, &scratch, &atom, 1, false);
    }
    *out = (struct span){ .kind = SPAN_STEM, .stem = stem,
                          .boost = 1, .arena = pl->plan->arena };
    out->slot.lists = member.lists;
    out->slot.n_lists = member.n_lists;
    return status;
}

/* The positions of a word: of its forms, and of those that share its stems. */
static lede_status
make_word(struct near *near, const struct node *leaf,
          const struct member *word, struct span *out)
{
    struct span any = { .kind = SPAN_ANY, .boost = 1 };
    struct span *forms;
    size_t i;
    lede_status status = make_children(near, &any, word->n_lists + 1);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    forms = &any.children[any.n++];
    *forms = (struct span){ .kind = SPAN_WORD, .boost = 1,
                            .arena = any.arena };
    forms->slot.lists = lede__arena_array(any.arena, word->n_lists,
                                          sizeof(struct list));
    if (forms->slot.lists == NULL && word->n_lists > 0) {
        return lede__fail_memory(near->pl->err);
    }
    for (i = 0; i < word->n_lists && status == LEDE_STATUS_OK; i++) {
        struct list *list = &word->lists[i];

        if (list->role != LIST_STEM) {
            forms->slot.lists[forms->slot.n_lists++] = *list;
        } else if (!list->minus && list->stemmer.len > 0) {
            // where there is no stemmer, the form is the stem
            status = make_stem(near, leaf, list, &any.children[any.n++]);
        }
    }
    *out = any.n == 1 ? any.children[0] : any;
    return status;
}

static lede_status
make_ordered(struct near *near, const struct member *phrase, uint32_t within,
             struct span *out)
{
    size_t i;
    lede_status status;

    *out = (struct span){ .kind = SPAN_ORDERED, .within = within,
                          .boost = 1 };
    status = make_children(near, out, phrase->n_slots);
    for (i = 0; i < phrase->n_slots && status == LEDE_STATUS_OK; i++) {
        out->children[out->n++] = (struct span){
            .kind = SPAN_WORD, .slot = phrase->slots[i], .boost = 1,
            .arena = out->arena,
        };
    }
    return status;
}

/* What leaves look for, as a span: any of their members. */
static lede_status
make_leaves(struct near *near, const struct node *leaves, uint32_t within,
            struct span *out)
{
    struct span any = { .kind = SPAN_ANY, .boost = 1 };
    const struct node *leaf;
    size_t n = 0;
    size_t i;
    lede_status status;

    for (leaf = leaves; leaf != NULL; leaf = leaf->next) {
        n += leaf->n_members;
    }
    status = make_children(near, &any, n);
    for (leaf = leaves; leaf != NULL; leaf = leaf->next) {
        for (i = 0; i < leaf->n_members && status == LEDE_STATUS_OK; i++) {
            const struct member *member = &leaf->members[i];
            struct span *child = &any.children[any.n++];

            status = member->n_slots > 0
                     ? make_ordered(near, member, within, child)
                     : make_word(near, leaf, member, child);
        }
    }
    // a pattern that means nothing is nowhere
    *out = any.n > 0 ? any : (struct span){ .kind = SPAN_WORD, .boost = 1,
                                            .arena = any.arena };
    if (any.n == 1) {
        *out = any.children[0];
    }
    return status;
}

static lede_status
make_text(struct near *near, const struct syntax *syntax, struct span *out,
          bool *found)
{
    struct syntax text = *syntax;
    struct node *leaf = NULL;
    struct node **tail = &leaf;
    bool quoted = syntax->kind == SYNTAX_PHRASE || syntax->exact;
    lede_status status;

    *found = false;
    if (near->field.len > 0) {
        text.field = near->field;
    }
    status = lede__plan_text(near->pl, &text,
                             quoted ? TEXT_QUOTED : TEXT_STRICT, &tail);
    if (status != LEDE_STATUS_OK || leaf == NULL) {
        return status;
    }
    *found = true;
    return make_leaves(near, leaf, syntax->kind == SYNTAX_PHRASE
                       ? syntax->within : 0, out);
}

static size_t
count_children(const struct syntax *syntax)
{
    const struct syntax *child;
    size_t n = 0;

    for (child = syntax->child; child != NULL; child = child->next) {
        n++;
    }
    return n;
}

static uint32_t
reach_of(const struct syntax *syntax)
{
    return syntax->unit == UNIT_POSITIONS ? syntax->within : UINT32_MAX;
}

/* Where the units of the body begin; *out NULL where distance counts. */
static lede_status
make_borders(struct near *near, const struct syntax *syntax,
             struct span **out)
{
    struct planner *pl = near->pl;
    struct arena *arena = pl->plan->arena;
    char kind = syntax->unit == UNIT_HEADING ? TERM_HEADING : TERM_PARAGRAPH;
    struct span *borders;
    lede_status status;

    *out = NULL;
    if (syntax->unit == UNIT_POSITIONS || !near->body) {
        return LEDE_STATUS_OK;
    }
    borders = lede__arena_array(arena, 1, sizeof(*borders));
    if (borders == NULL) {
        return lede__fail_memory(pl->err);
    }
    *borders = (struct span){ .kind = SPAN_WORD, .arena = arena };
    borders->slot.lists = lede__arena_array(arena, 1, sizeof(struct list));
    if (borders->slot.lists == NULL) {
        return lede__fail_memory(pl->err);
    }
    borders->slot.n_lists = 1;
    *out = borders;
    status = lede__term_raw(&pl->term, kind, STR(""), pl->err);
    return status == LEDE_STATUS_OK
           ? lede__plan_filter_list(pl, &borders->slot.lists[0]) : status;
}

/* The span of an operand; `found` is false where there is nothing in it to
   search for. */
static lede_status
make_span(struct near *near, const struct syntax *syntax, struct span *out,
          bool *found)
{
    const struct syntax *child;
    struct span made = { .kind = SPAN_ANY, .boost = 1 };
    struct span *borders = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (syntax->kind <= SYNTAX_PHRASE) {
        status = make_text(near, syntax, out, found);
        if (status == LEDE_STATUS_OK && *found) {
            out->boost *= syntax->boost;
        }
        return status;
    }
    if (syntax->kind == SYNTAX_NEAR) {
        made.kind = SPAN_NEAR;
        made.within = reach_of(syntax);
        status = make_borders(near, syntax, &borders);
    }
    if (status == LEDE_STATUS_OK) {
        status = make_children(near, &made, count_children(syntax));
        made.borders = borders;
    }
    for (child = syntax->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = make_span(near, child, &made.children[made.n], found);
        made.n += *found;
    }
    *found = made.n > 0;
    if (*found) {
        *out = made.n == 1 ? made.children[0] : made;
        out->boost *= syntax->boost;
    }
    return status;
}

/* ---- fields ---- */

/* How far two words may be from each other that have none between. */
static uint32_t
find_reach(const struct syntax *syntax)
{
    uint32_t most = syntax->kind == SYNTAX_NEAR ? reach_of(syntax) : 0;
    const struct syntax *child;

    if (syntax->kind == SYNTAX_PHRASE) {
        // each of its words may become several
        most = syntax->within == 0 ? 0
               : syntax->within + (uint32_t)count_children(syntax);
    }
    for (child = syntax->child; child != NULL; child = child->next) {
        uint32_t one = find_reach(child);

        most = one > most ? one : most;
    }
    return most;
}

static struct str
find_field(const struct syntax *syntax)
{
    while (syntax->kind > SYNTAX_PHRASE && syntax->child != NULL) {
        syntax = syntax->child;
    }
    return syntax->field;
}

/* One more member of the leaf, in the field named. */
static lede_status
add_member(struct planner *pl, const struct syntax *syntax, struct str field,
           bool body, struct node *leaf)
{
    struct near near = { pl, field, body };
    struct span *span = lede__arena_array(pl->plan->arena, 1, sizeof(*span));
    bool found;
    lede_status status;

    if (span == NULL) {
        return lede__fail_memory(pl->err);
    }
    status = make_span(&near, syntax, span, &found);
    if (status == LEDE_STATUS_OK && found) {
        leaf->members[leaf->n_members++] = (struct member){ .span = span };
    }
    return status;
}

static lede_status
add_members(struct planner *pl, const struct syntax *syntax,
            struct node *leaf)
{
    const struct schema *schema = pl->index->searcher->schema;
    // the leaf counts as often as is said
    struct syntax whole = *syntax;
    size_t words = pl->words;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    whole.boost = 1;
    if (leaf->field != FIELD_ALL || find_reach(syntax) <= FIELD_GAP) {
        return add_member(pl, &whole, STR(""), leaf->field == FIELD_BODY,
                          leaf);
    }
    for (i = 0; i < schema->n_fields && status == LEDE_STATUS_OK; i++) {
        // they are the same words
        pl->words = words;
        if (schema->fields[i].weight > 0) {
            status = add_member(pl, &whole, schema->fields[i].name,
                                i == FIELD_BODY, leaf);
        }
    }
    return status;
}

/* A phrase with room: its words in a row become a span. */
static lede_status
plan_ordered(struct planner *pl, const struct syntax *syntax,
             struct node **out)
{
    struct node *text = NULL;
    struct node **tail = &text;
    struct node *leaf;
    lede_status status = lede__plan_text(pl, syntax, TEXT_QUOTED, &tail);

    *out = text;
    if (status != LEDE_STATUS_OK || text == NULL || !text->phrase) {
        return status;
    }
    status = lede__plan_leaf(pl, syntax, text->field, 0, &leaf);
    if (status != LEDE_STATUS_OK || leaf == NULL) {
        return status;
    }
    leaf->phrase = true;
    status = add_members(pl, syntax, leaf);
    *out = leaf;
    return status;
}

static lede_status
plan_near(struct planner *pl, const struct syntax *syntax, struct node **out)
{
    struct node *leaf;
    int field;
    lede_status status;

    if (!lede__plan_field(pl, find_field(syntax), &field)) {
        return lede__plan_node(pl, NODE_NONE, out);
    }
    status = lede__plan_leaf(pl, syntax, field, 0, &leaf);
    if (status != LEDE_STATUS_OK || leaf == NULL) {
        return status;
    }
    leaf->phrase = true;
    status = add_members(pl, syntax, leaf);
    *out = leaf->n_members > 0 ? leaf : NULL;
    return status;
}

lede_status
lede__plan_near(struct planner *pl, const struct syntax *syntax,
                struct node **out)
{
    *out = NULL;
    return syntax->kind == SYNTAX_PHRASE ? plan_ordered(pl, syntax, out)
                                         : plan_near(pl, syntax, out);
}
