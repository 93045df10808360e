/* plan-synonyms.c - the synonyms of lede.yaml.

   Each phrase of a line's `from` also finds each phrase of its `to`.  Phrases
   are compared by their exact forms.  One that the query has as a word or a
   unit gets its synonyms as further members of the same leaf: tf is summed,
   which counts a text that uses both no better than one that repeats itself.
   One that goes over several words of the query becomes one more leaf beside
   theirs.  Quoted text has no synonyms. */

#include "query/planner.h"

/* The longest phrase looked for over the words of a query. */
#define RUN_WORDS_MAX 6

struct synonym_use {
    const struct synonym *synonym;
    struct synonym_use *next;
};

/* The forms of the atoms, apart by spaces. */
static lede_status
make_key(struct planner *pl, const struct atom *atoms, size_t n,
         struct buf *out)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    out->len = 0;
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        if (i > 0) {
            status = lede__buf_char(out, ' ', pl->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(out, atoms[i].form, pl->err);
        }
    }
    return status;
}

/* The atoms of a text without its extras. */
static lede_status
only_atoms(struct planner *pl, struct str text, struct atoms *out)
{
    size_t kept = 0;
    size_t i;
    lede_status status = lede__plan_analyse(pl, text, out);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (i = 0; i < out->count; i++) {
        if (!out->items[i].extra) {
            out->items[kept++] = out->items[i];
        }
    }
    out->count = kept;
    return LEDE_STATUS_OK;
}

lede_status
lede__plan_synonyms_init(struct planner *pl)
{
    const struct schema *schema = pl->index->searcher->schema;
    struct buf key = BUF_INIT(BUF_MAX_ANY);
    struct atoms atoms;
    size_t i, j;
    lede_status status = LEDE_STATUS_OK;

    for (i = schema->n_synonyms; i-- > 0 && status == LEDE_STATUS_OK; ) {
        const struct synonym *synonym = &schema->synonyms[i];

        for (j = 0; j < synonym->from.count; j++) {
            struct synonym_use *use;
            uint64_t *place;

            status = only_atoms(pl, synonym->from.items[j], &atoms);
            if (status == LEDE_STATUS_OK) {
                status = make_key(pl, atoms.items, atoms.count, &key);
            }
            if (status != LEDE_STATUS_OK) {
                break;
            }
            use = lede__arena_array(pl->plan->arena, 1, sizeof(*use));
            place = lede__map_put(&pl->synonyms, lede__buf_view(&key), NULL);
            if (use == NULL || place == NULL) {
                status = lede__fail_memory(pl->err);
                break;
            }
            use->synonym = synonym;
            use->next = (struct synonym_use *)(uintptr_t)*place;
            *place = (uintptr_t)use;
        }
    }
    lede__buf_free(&key);
    return status;
}

void
lede__plan_synonyms_free(struct planner *pl)
{
    lede__map_free(&pl->synonyms);
}

lede_status
lede__plan_synonyms(struct planner *pl, const struct syntax *syntax,
                    int field, const struct atom *atoms, size_t n,
                    struct node **leaf)
{
    const struct synonym_use *use = NULL;
    struct buf key = BUF_INIT(BUF_MAX_ANY);
    struct buf other = BUF_INIT(BUF_MAX_ANY);
    uint64_t *place = NULL;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (pl->synonyms.count == 0) {
        return LEDE_STATUS_OK;
    }
    status = make_key(pl, atoms, n, &key);
    if (status == LEDE_STATUS_OK) {
        place = lede__map_find(&pl->synonyms, lede__buf_view(&key));
    }
    if (place != NULL) {
        use = (const struct synonym_use *)(uintptr_t)*place;
    }
    for (; use != NULL && status == LEDE_STATUS_OK; use = use->next) {
        for (i = 0; i < use->synonym->to.count; i++) {
            struct atoms to;

            status = only_atoms(pl, use->synonym->to.items[i], &to);
            if (status == LEDE_STATUS_OK) {
                status = make_key(pl, to.items, to.count, &other);
            }
            if (status != LEDE_STATUS_OK) {
                break;
            }
            if (to.count == 0 || to.count > PLAN_SLOTS_MAX ||
                str_eq(lede__buf_view(&key), lede__buf_view(&other))) {
                continue;
            }
            if (*leaf == NULL) {
                status = lede__plan_leaf(pl, syntax, field, to.count,
                                         leaf);
                if (status != LEDE_STATUS_OK || *leaf == NULL) {
                    break;
                }
                (*leaf)->phrase = to.count > 1;
            }
            status = lede__plan_member(pl, *leaf, to.items, to.count, true);
            if (status != LEDE_STATUS_OK) {
                break;
            }
        }
    }
    lede__buf_free(&key);
    lede__buf_free(&other);
    return status;
}

/* The longest run of words from `first` on that is a synonym; *n of them. */
static lede_status
find_run(struct planner *pl, const struct syntax *first, struct atoms *found,
         size_t *n)
{
    struct arena *arena = pl->plan->arena;
    const struct syntax *syntax;
    struct buf key = BUF_INIT(BUF_MAX_ANY);
    struct atoms run = { NULL, 0 };
    size_t words = 0;
    lede_status status = LEDE_STATUS_OK;

    *n = 0;
    for (syntax = first; syntax != NULL && words < RUN_WORDS_MAX &&
                         syntax->kind == SYNTAX_WORD && !syntax->must &&
                         !syntax->exact &&
                         str_eq(syntax->field, first->field);
         syntax = syntax->next) {
        struct atoms more;
        struct atom *both;

        status = only_atoms(pl, syntax->text, &more);
        if (status != LEDE_STATUS_OK || more.count == 0 ||
            more.count > RUN_WORDS_MAX) {
            break;
        }
        both = lede__arena_array(arena, run.count + more.count,
                                 sizeof(*both));
        if (both == NULL) {
            status = lede__fail_memory(pl->err);
            break;
        }
        if (run.count > 0) {
            memcpy(both, run.items, run.count * sizeof(*both));
        }
        memcpy(both + run.count, more.items, more.count * sizeof(*both));
        run.items = both;
        run.count += more.count;
        words++;
        if (words < 2) {
            continue;
        }
        status = make_key(pl, run.items, run.count, &key);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        if (lede__map_find(&pl->synonyms, lede__buf_view(&key)) != NULL) {
            *found = run;
            *n = words;
        }
    }
    lede__buf_free(&key);
    return status;
}

lede_status
lede__plan_synonym_runs(struct planner *pl, const struct syntax *syntax,
                        struct node ***tail)
{
    lede_status status = LEDE_STATUS_OK;
    int field;

    if (pl->synonyms.count == 0) {
        return LEDE_STATUS_OK;
    }
    while (syntax != NULL && status == LEDE_STATUS_OK) {
        struct node *leaf = NULL;
        struct atoms run;
        size_t n;

        status = find_run(pl, syntax, &run, &n);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (n == 0) {
            syntax = syntax->next;
            continue;
        }
        if (lede__plan_field(pl, syntax->field, &field)) {
            status = lede__plan_synonyms(pl, syntax, field, run.items,
                                         run.count, &leaf);
        }
        if (leaf != NULL) {
            **tail = leaf;
            *tail = &leaf->next;
        }
        for (; n > 0; n--) {
            syntax = syntax->next;
        }
    }
    return status;
}
