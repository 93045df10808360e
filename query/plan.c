/* plan.c - a syntax tree -> nodes: which parts are required, which only score,
   which select.

   In a list, members with + and filters are required (filters of one field
   without + are alternatives), members with - are excluded, the others are
   optional: at least one of them has to match, unless a word is required;
   then they only add to the score.  Stop words among the optional ones are
   dropped where anything else is left to search for.

   ^ multiplies the weights of all leaves below.  N of (...) is NODE_SOME: an OR
   that wants so many.

   What is left is AND over sets that postings can enumerate, and OR.  NOT and
   dates enumerate nothing: where nothing else does, all articles are put
   beside them. */

#include "query/planner.h"

#include <stdlib.h>

static lede_status
plan_syntax(struct planner *pl, const struct syntax *syntax, bool strict,
            struct node **out);

lede_status
lede__plan_node(struct planner *pl, enum node_kind kind, struct node **out)
{
    *out = lede__arena_array(pl->plan->arena, 1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(pl->err);
    }
    (*out)->kind = kind;
    return LEDE_STATUS_OK;
}

/* `first` and its siblings as one node; NULL for none. */
static lede_status
join(struct planner *pl, enum node_kind kind, struct node *first,
     struct node **out)
{
    lede_status status;

    *out = first;
    if (first == NULL || first->next == NULL) {
        return LEDE_STATUS_OK;
    }
    status = lede__plan_node(pl, kind, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = first;
    }
    return status;
}

/* Whether postings can enumerate what the node has. */
static bool
is_bounded(const struct node *node)
{
    const struct node *child;

    for (child = node->child; child != NULL && node->kind == NODE_OR;
         child = child->next) {
        if (!is_bounded(child)) {
            return false;
        }
    }
    return node->kind != NODE_NOT && node->kind != NODE_RANGE &&
           node->kind != NODE_MAYBE;
}

/* The children from `first` on, all of which must hold. */
static lede_status
make_and(struct planner *pl, struct node *first, struct node **out)
{
    struct node *node;
    struct node *all;
    lede_status status;

    *out = first;
    if (first == NULL || (first->next == NULL && is_bounded(first))) {
        return LEDE_STATUS_OK;
    }
    node = first;
    while (node != NULL && !is_bounded(node)) {
        node = node->next;
    }
    if (node == NULL) {
        status = lede__term_raw(&pl->term, TERM_ALL, STR(""), pl->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__plan_set(pl, &all);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        all->next = first;
        first = all;
    }
    return join(pl, NODE_AND, first, out);
}

static void
append(struct node ***tail, struct node *node)
{
    if (node != NULL) {
        **tail = node;
        *tail = &node->next;
    }
}

/* Without the stop words. */
static void
drop_stops(struct node **first)
{
    while (*first != NULL) {
        if ((*first)->stop) {
            *first = (*first)->next;
        } else {
            first = &(*first)->next;
        }
    }
}

static bool
has_content(const struct node *node)
{
    while (node != NULL && node->stop) {
        node = node->next;
    }
    return node != NULL;
}

static bool
is_text(const struct syntax *syntax)
{
    return syntax->kind <= SYNTAX_ANY_WORD;
}

/* All that scores in `node` and those after it counts so many times. */
static void
boost_leaves(struct node *node, double boost)
{
    for (; node != NULL && boost != 1; node = node->next) {
        node->boost *= boost;
        boost_leaves(node->child, boost);
    }
}

/* The leaves of a text, appended. */
static lede_status
plan_leaves(struct planner *pl, const struct syntax *syntax, bool strict,
            struct node ***tail)
{
    enum text_mode mode = strict ? TEXT_STRICT : TEXT_RANKED;
    struct node **first = *tail;
    struct node *node;
    lede_status status;

    if (syntax->kind == SYNTAX_PHRASE && syntax->within > 0) {
        status = lede__plan_near(pl, syntax, &node);
        append(tail, status == LEDE_STATUS_OK ? node : NULL);
    } else {
        status = lede__plan_text(pl, syntax, syntax->kind == SYNTAX_PHRASE ||
                                 syntax->exact ? TEXT_QUOTED : mode, tail);
    }
    boost_leaves(*first, syntax->boost);
    return status;
}

/* ---- lists ---- */

/* The filters without + of one field, which are alternatives. */
struct filter_group {
    struct str field;
    struct node *first;
    struct node **tail;
    struct filter_group *next;
};

struct parts {
    struct filter_group *groups;
    struct node *required;
    struct node **required_tail;
    struct node *excluded;
    struct node **excluded_tail;
    struct node *optional;
    struct node **optional_tail;
    bool must_word;
};

static lede_status
add_filter(struct planner *pl, struct parts *parts,
           const struct syntax *syntax)
{
    struct str field = syntax->field;
    struct filter_group *group = parts->groups;
    struct node *node;
    lede_status status = plan_syntax(pl, syntax, true, &node);

    if (status != LEDE_STATUS_OK || node == NULL) {
        return status;
    }
    while (group != NULL && !str_eq(group->field, field)) {
        group = group->next;
    }
    if (group == NULL) {
        group = lede__arena_array(pl->plan->arena, 1, sizeof(*group));
        if (group == NULL) {
            return lede__fail_memory(pl->err);
        }
        group->field = field;
        group->tail = &group->first;
        group->next = parts->groups;
        parts->groups = group;
    }
    append(&group->tail, node);
    return LEDE_STATUS_OK;
}

/* One member of a list to its part. */
static lede_status
add_part(struct planner *pl, struct parts *parts, const struct syntax *syntax,
         bool strict)
{
    bool filter = lede__syntax_is_filter(syntax);
    struct node *node;
    lede_status status;

    if (syntax->kind == SYNTAX_NOT) {
        status = plan_syntax(pl, syntax, true, &node);
        if (status == LEDE_STATUS_OK) {
            append(&parts->excluded_tail, node);
        }
        return status;
    }
    if (filter && syntax->child == NULL && !syntax->must) {
        return add_filter(pl, parts, syntax);
    }
    if (filter || syntax->must) {
        status = plan_syntax(pl, syntax, true, &node);
        if (status == LEDE_STATUS_OK && node != NULL) {
            append(&parts->required_tail, node);
            parts->must_word |= !filter;
        }
        return status;
    }
    if (is_text(syntax)) {
        return plan_leaves(pl, syntax, strict, &parts->optional_tail);
    }
    status = plan_syntax(pl, syntax, strict, &node);
    if (status == LEDE_STATUS_OK) {
        append(&parts->optional_tail, node);
    }
    return status;
}

/* Alternatives, of which `least` must hold; NOT as one of them needs all
   articles beside it. */
static lede_status
make_or(struct planner *pl, struct node *first, size_t least,
        struct node **out)
{
    struct node *all = NULL;
    struct node **tail = &all;
    size_t n = 0;
    lede_status status = LEDE_STATUS_OK;

    while (first != NULL && status == LEDE_STATUS_OK) {
        struct node *next = first->next;
        struct node *node = first;

        first->next = NULL;
        if (first->kind == NODE_NOT || (least > 1 && !is_bounded(first))) {
            status = make_and(pl, first, &node);
        }
        if (status == LEDE_STATUS_OK) {
            append(&tail, node);
            n++;
        }
        first = next;
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (n <= least && least > 1) {
        return make_and(pl, all, out);
    }
    status = join(pl, least > 1 ? NODE_SOME : NODE_OR, all, out);
    if (status == LEDE_STATUS_OK && n > 1) {
        (*out)->least = (uint32_t)least;
    }
    return status;
}

/* Whether any word of the list will do. */
static bool
has_word(const struct syntax *child)
{
    while (child != NULL &&
           (child->kind != SYNTAX_WORD || child->must || child->exact)) {
        child = child->next;
    }
    return child != NULL;
}

/* Further leaves: as alternatives where there are some, else to add to the
   score. */
static lede_status
add_more(struct planner *pl, struct parts *parts, const struct syntax *first,
         struct node *more, struct node **maybe)
{
    lede_status status;

    *maybe = NULL;
    if (more == NULL) {
        return LEDE_STATUS_OK;
    }
    if (parts->must_word || has_word(first)) {
        *parts->optional_tail = more;
        return LEDE_STATUS_OK;
    }
    status = lede__plan_node(pl, NODE_MAYBE, maybe);
    return status != LEDE_STATUS_OK
           ? status : join(pl, NODE_OR, more, &(*maybe)->child);
}

static lede_status
plan_list(struct planner *pl, const struct syntax *first, bool strict,
          struct node *more, struct node **out)
{
    struct parts parts = { 0 };
    const struct syntax *child;
    struct filter_group *group;
    struct node *further = NULL;
    struct node *node;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    parts.required_tail = &parts.required;
    parts.excluded_tail = &parts.excluded;
    parts.optional_tail = &parts.optional;
    for (child = first; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = add_part(pl, &parts, child, strict);
    }
    if (status == LEDE_STATUS_OK && !strict) {
        status = lede__plan_synonym_runs(pl, first, &parts.optional_tail);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (!strict && (parts.must_word || has_content(parts.optional))) {
        drop_stops(&parts.optional);
        parts.optional_tail = &parts.optional;
        while (*parts.optional_tail != NULL) {
            parts.optional_tail = &(*parts.optional_tail)->next;
        }
    }
    for (group = parts.groups; group != NULL && status == LEDE_STATUS_OK;
         group = group->next) {
        status = join(pl, NODE_OR, group->first, &node);
        if (status == LEDE_STATUS_OK) {
            append(&parts.required_tail, node);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = add_more(pl, &parts, first, more, &further);
    }
    if (status == LEDE_STATUS_OK) {
        status = join(pl, NODE_OR, parts.optional, &node);
    }
    if (status == LEDE_STATUS_OK && node != NULL && parts.must_word) {
        struct node *maybe;

        status = lede__plan_node(pl, NODE_MAYBE, &maybe);
        if (status == LEDE_STATUS_OK) {
            maybe->child = node;
            node = maybe;
        }
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    append(&parts.required_tail, node);
    append(&parts.required_tail, further);
    *parts.required_tail = parts.excluded;
    return make_and(pl, parts.required, out);
}

/* ---- the tree ---- */

/* The children of AND and OR. */
static lede_status
plan_children(struct planner *pl, const struct syntax *syntax, bool strict,
              struct node **out)
{
    struct node **tail = out;
    const struct syntax *child;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    for (child = syntax->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        struct node *node;

        status = plan_syntax(pl, child, strict, &node);
        if (status == LEDE_STATUS_OK) {
            append(&tail, node);
        }
    }
    return status;
}

static lede_status
plan_not(struct planner *pl, const struct syntax *syntax, struct node **out)
{
    struct node *child;
    lede_status status;

    *out = NULL;
    pl->negated++;
    status = plan_syntax(pl, syntax->child, true, &child);
    pl->negated--;
    if (status != LEDE_STATUS_OK || child == NULL) {
        return status;
    }
    status = lede__plan_node(pl, NODE_NOT, out);
    if (status == LEDE_STATUS_OK) {
        (*out)->child = child;
    }
    return status;
}

static lede_status
plan_operator(struct planner *pl, const struct syntax *syntax, bool strict,
              struct node **out)
{
    struct node *first = NULL;
    struct node **tail = &first;
    lede_status status;

    *out = NULL;
    switch (syntax->kind) {
    case SYNTAX_FILTER:
    case SYNTAX_DATES:
    case SYNTAX_NUMBERS:
        return lede__plan_filter(pl, syntax, out);
    case SYNTAX_ALL:
        status = lede__term_raw(&pl->term, TERM_ALL, STR(""), pl->err);
        return status != LEDE_STATUS_OK ? status : lede__plan_set(pl, out);
    case SYNTAX_NOT:
        return plan_not(pl, syntax, out);
    case SYNTAX_NEAR:
        return lede__plan_near(pl, syntax, out);
    case SYNTAX_AND:
        status = plan_children(pl, syntax, true, &first);
        return status != LEDE_STATUS_OK ? status : make_and(pl, first, out);
    case SYNTAX_OR:
        status = plan_children(pl, syntax, strict, &first);
        return status != LEDE_STATUS_OK ? status : make_or(pl, first, 1, out);
    case SYNTAX_SOME:
        status = plan_children(pl, syntax, true, &first);
        return status != LEDE_STATUS_OK ? status
               : make_or(pl, first, syntax->within, out);
    case SYNTAX_LIST:
        return plan_list(pl, syntax->child, strict, NULL, out);
    default:
        break;
    }
    status = plan_leaves(pl, syntax, strict, &tail);
    if (status == LEDE_STATUS_OK && !strict && has_content(first)) {
        drop_stops(&first);
    }
    return status != LEDE_STATUS_OK ? status : join(pl, NODE_OR, first, out);
}

/* *out is NULL where there is nothing in it to search for. */
static lede_status
plan_syntax(struct planner *pl, const struct syntax *syntax, bool strict,
            struct node **out)
{
    lede_status status = plan_operator(pl, syntax, strict, out);

    // the leaves of a text are boosted where they are made
    if (status == LEDE_STATUS_OK && *out != NULL && !is_text(syntax)) {
        struct node *next = (*out)->next;

        (*out)->next = NULL;
        boost_leaves(*out, syntax->boost);
        (*out)->next = next;
    }
    return status;
}

/* ---- languages ---- */

/* To one of the first `known`, or a new one: an index has each once. */
static void
add_lang(struct lang_stats *all, size_t known, size_t *n,
         const struct lang_stats *one)
{
    size_t i;

    for (i = 0; i < known; i++) {
        if (strcmp(all[i].lang, one->lang) == 0) {
            all[i].articles += one->articles;
            return;
        }
    }
    if (*n < LANGS_MAX) {
        all[(*n)++] = *one;
    }
}

/* The languages to stem in: those that hold enough of all articles. */
static lede_status
choose_langs(struct plan *plan, const char *lang, uint64_t articles,
             lede_error *err)
{
    struct lang_stats *all;
    size_t n = 0;
    size_t i, j;

    if (lang != NULL) {
        plan->langs[0] = str_from(lang);
        plan->lang_articles[0] = 1;
        plan->n_langs = 1;
        return LEDE_STATUS_OK;
    }
    all = lede__arena_array(plan->arena, LANGS_MAX, sizeof(*all));
    if (all == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < plan->n_indexes; i++) {
        const struct index_stats *stats = &plan->indexes[i].searcher->stats;
        size_t known = n;

        for (j = 0; j < stats->n_langs; j++) {
            add_lang(all, known, &n, &stats->langs[j]);
        }
    }
    while (plan->n_langs < PLAN_LANGS_MAX) {
        struct lang_stats *best = NULL;

        for (i = 0; i < n; i++) {
            if (all[i].articles > 0 &&
                (best == NULL || all[i].articles > best->articles ||
                 (all[i].articles == best->articles &&
                  strcmp(all[i].lang, best->lang) < 0))) {
                best = &all[i];
            }
        }
        if (best == NULL ||
            best->articles * PLAN_LANG_SHARE < articles) {
            break;
        }
        plan->langs[plan->n_langs] = str_from(best->lang);
        plan->lang_articles[plan->n_langs++] = best->articles;
        // an arena's strings stay; what was chosen must not be again
        best->articles = 0;
    }
    return LEDE_STATUS_OK;
}

/* ---- the plan ---- */

/* The terms without one article. */
static lede_status
leave_out(struct planner *pl, uint32_t doc, struct node *terms)
{
    struct node *docs;
    lede_status status = lede__plan_node(pl, NODE_NOT, &terms->next);

    if (status == LEDE_STATUS_OK) {
        status = lede__plan_node(pl, NODE_DOCS, &terms->next->child);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    docs = terms->next->child;
    docs->docs = lede__arena_array(pl->plan->arena, 1, sizeof(*docs->docs));
    if (docs->docs == NULL) {
        return lede__fail_memory(pl->err);
    }
    docs->docs[0] = doc;
    docs->n_docs = 1;
    return LEDE_STATUS_OK;
}

/* What the query and the terms say together. */
static lede_status
plan_both(struct planner *pl, const struct syntax *syntax,
          const struct weighted_terms *terms, struct node **out)
{
    bool alone = terms != NULL && terms->alone;
    struct node *more = NULL;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (terms != NULL) {
        status = lede__plan_weighted(pl, terms, &more);
    }
    if (status == LEDE_STATUS_OK && syntax != NULL) {
        struct node *beside = alone ? NULL : more;

        // a single word is a list of one
        status = syntax->kind == SYNTAX_LIST && syntax->boost == 1
                 ? plan_list(pl, syntax->child, false, beside, out)
                 : plan_list(pl, syntax, false, beside, out);
    }
    if (status == LEDE_STATUS_OK && alone) {
        status = join(pl, NODE_OR, more, &more);
    }
    if (status != LEDE_STATUS_OK || !alone) {
        return status;
    }
    if (more != NULL && *out != NULL) {
        boost_leaves(*out, 0);
        more->next = *out;
        status = make_and(pl, more, &more);
    }
    if (status == LEDE_STATUS_OK && more != NULL && terms->but &&
        terms->index == pl->number) {
        status = leave_out(pl, terms->doc, more);
        if (status == LEDE_STATUS_OK) {
            status = make_and(pl, more, &more);
        }
    }
    *out = more;
    return status;
}

/* Of what the node finds, what is in these docs. */
static lede_status
keep_within(struct planner *pl, const struct within *within,
            struct node **node)
{
    struct node *docs;
    lede_status status = lede__plan_node(pl, NODE_DOCS, &docs);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    docs->docs = within->docs;
    docs->n_docs = within->n;
    if ((*node)->kind == NODE_AND) {
        docs->next = (*node)->child;
        (*node)->child = docs;
        return LEDE_STATUS_OK;
    }
    docs->next = *node;
    return join(pl, NODE_AND, docs, node);
}

static lede_status
plan_index(struct plan *plan, size_t number, const struct syntax *syntax,
           const struct weighted_terms *terms, const char *lang,
           lede_error *err)
{
    struct plan_index *index = &plan->indexes[number];
    struct planner pl = { .plan = plan, .index = index, .number = number,
                          .synonyms = MAP_INIT,
                          .term = BUF_INIT(BUF_MAX_ANY), .err = err };
    struct node *node = NULL;
    lede_status status;

    pl.base_lang = lang != NULL ? str_from(lang)
                                : index->searcher->schema->default_lang;
    status = lede__plan_synonyms_init(&pl);
    if (status == LEDE_STATUS_OK) {
        status = plan_both(&pl, syntax, terms, &node);
    }
    if (status == LEDE_STATUS_OK && node == NULL) {
        plan->empty = true;
        status = lede__plan_node(&pl, NODE_NONE, &node);
    }
    if (status == LEDE_STATUS_OK && index->within != NULL) {
        status = keep_within(&pl, index->within, &node);
    }
    if (status == LEDE_STATUS_OK) {
        index->root = node;
        status = lede__plan_open(&pl, node);
    }
    lede__plan_synonyms_free(&pl);
    lede__buf_free(&pl.term);
    return status;
}

lede_status
lede__plan(struct plan *plan, const struct syntax *syntax,
           const struct weighted_terms *terms, struct plan_index *indexes,
           size_t n_indexes, const char *lang, const struct model *model,
           struct arena *arena, struct warnings *warnings, lede_error *err)
{
    uint64_t articles = 0;
    uint64_t length = 0;
    size_t i;
    lede_status status;

    memset(plan, 0, sizeof(*plan));
    plan->arena = arena;
    plan->warnings = warnings;
    plan->indexes = indexes;
    plan->n_indexes = n_indexes;
    for (i = 0; i < n_indexes; i++) {
        indexes[i].root = NULL;
        articles += indexes[i].searcher->stats.articles;
        length += indexes[i].searcher->stats.total_length;
    }
    if (indexes[0].scorer == NULL) {
        lede__scorer_init(&plan->scorer, model, articles, length);
    } else {
        lede__scorer_init(indexes[0].scorer, model, articles, length);
        plan->scorer = *indexes[0].scorer;
    }
    status = choose_langs(plan, lang, articles, err);
    if (syntax == NULL && terms == NULL) {
        plan->empty = true;
        return status;
    }
    for (i = 0; i < n_indexes && status == LEDE_STATUS_OK; i++) {
        status = plan_index(plan, i, syntax, terms, lang, err);
    }
    for (i = 0; i < n_indexes && status == LEDE_STATUS_OK; i++) {
        status = lede__plan_pairs(plan, &indexes[i], indexes[i].root, err);
    }
    for (i = 0; i < n_indexes && status == LEDE_STATUS_OK; i++) {
        lede__plan_finish(plan, indexes[i].root);
    }
    return status;
}

void
lede__plan_close(struct plan *plan)
{
    size_t i;

    for (i = 0; i < plan->n_open; i++) {
        lede__postings_close(plan->open[i]->postings);
    }
    free(plan->open);
    plan->open = NULL;
    plan->n_open = 0;
    lede__map_free(&plan->terms);
    lede__map_free(&plan->expansions);
}
