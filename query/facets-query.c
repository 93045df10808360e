/* facets-query.c - which values of a facet a query selects, and the query
   without that selection.

   Facets are for choosing several values one after the other: beside a tag that
   was chosen, the others have to show what choosing them too would add, and not
   0.  So a facet is counted as if its own filter were not there, where that is
   clear: where all the filters of the key that the query requires are one set
   of alternatives:

       tag:a words         tag:a tag:b words       +tag:a words
       (tag:a OR tag:b) words                      tag:a AND words

   Where several have to hold together (+tag:a +tag:b, tag:a AND tag:b), each
   narrows the one before it, and the facet is counted with all of them.  What
   is excluded, ranges, and what stands deeper in the query are part of the
   rest. */

#include "query/facets.h"

/* What is found on the way down. */
struct finding {
    struct str key;
    struct arena *arena;
    size_t groups;              // that have to hold together
    struct selected **tail;
};

static bool
is_filter_of(const struct syntax *syntax, struct str key)
{
    return syntax->kind == SYNTAX_FILTER && !syntax->any &&
           str_eq(lede__syntax_key(syntax->field), key);
}

/* Whether all that it holds are values of the key, of which any will do. */
static bool
is_group(const struct syntax *syntax, struct str key)
{
    const struct syntax *child;

    if (is_filter_of(syntax, key)) {
        return true;
    }
    if ((syntax->kind != SYNTAX_OR && syntax->kind != SYNTAX_LIST) ||
        syntax->child == NULL) {
        return false;
    }
    for (child = syntax->child; child != NULL; child = child->next) {
        if (!is_group(child, key) || child->must) {
            return false;
        }
    }
    return true;
}

static lede_status
add_selected(struct finding *finding, const struct syntax *syntax,
             lede_error *err)
{
    const struct syntax *child;
    struct selected *one;
    lede_status status = LEDE_STATUS_OK;

    if (syntax->kind != SYNTAX_FILTER) {
        for (child = syntax->child; child != NULL && status == LEDE_STATUS_OK;
             child = child->next) {
            status = add_selected(finding, child, err);
        }
        return status;
    }
    one = lede__arena_array(finding->arena, 1, sizeof(*one));
    if (one == NULL) {
        return lede__fail_memory(err);
    }
    one->text = syntax->text;
    *finding->tail = one;
    finding->tail = &one->next;
    return LEDE_STATUS_OK;
}

static lede_status
copy_without(struct finding *finding, const struct syntax *syntax,
             struct syntax **out, lede_error *err);

/* The members of a list or of AND that are left. */
static lede_status
copy_members(struct finding *finding, const struct syntax *syntax,
             struct syntax *to, lede_error *err)
{
    struct syntax **tail = &to->child;
    const struct syntax *child;
    bool list = syntax->kind == SYNTAX_LIST;
    const struct syntax *before = NULL;
    lede_status status = LEDE_STATUS_OK;

    to->child = NULL;
    for (child = syntax->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        struct syntax *one = NULL;

        // filters without + of one name are alternatives of each other
        if (list && !child->must && is_filter_of(child, finding->key)) {
            finding->groups += before == NULL ||
                               !str_eq(before->field, child->field);
            before = child;
            status = add_selected(finding, child, err);
            continue;
        }
        if (!list || lede__syntax_is_filter(child) || child->must) {
            status = copy_without(finding, child, &one, err);
        } else {
            one = lede__arena_array(finding->arena, 1, sizeof(*one));
            if (one == NULL) {
                return lede__fail_memory(err);
            }
            *one = *child;
        }
        if (one != NULL) {
            one->next = NULL;
            *tail = one;
            tail = &one->next;
        }
    }
    return status;
}

/* `syntax`, which is required, without the filters of the key; NULL where
   nothing is left. */
static lede_status
copy_without(struct finding *finding, const struct syntax *syntax,
             struct syntax **out, lede_error *err)
{
    lede_status status;

    *out = NULL;
    if (syntax->kind != SYNTAX_LIST && is_group(syntax, finding->key)) {
        finding->groups++;
        return add_selected(finding, syntax, err);
    }
    *out = lede__arena_array(finding->arena, 1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(err);
    }
    **out = *syntax;
    if (syntax->kind != SYNTAX_AND && syntax->kind != SYNTAX_LIST) {
        return LEDE_STATUS_OK;
    }
    status = copy_members(finding, syntax, *out, err);
    if ((*out)->child == NULL) {
        *out = NULL;
    }
    return status;
}

lede_status
lede__facet_selected(const struct syntax *syntax, struct str key,
                     struct arena *arena, struct selected **selected,
                     struct syntax **without, lede_error *err)
{
    struct finding finding = { key, arena, 0, selected };
    lede_status status;

    *selected = NULL;
    *without = NULL;
    if (syntax == NULL) {
        return LEDE_STATUS_OK;
    }
    status = copy_without(&finding, syntax, without, err);
    if (status != LEDE_STATUS_OK || finding.groups != 1) {
        *without = NULL;
        return status;
    }
    if (*without == NULL) {
        *without = lede__arena_array(arena, 1, sizeof(**without));
        if (*without == NULL) {
            return lede__fail_memory(err);
        }
        (*without)->kind = SYNTAX_ALL;
        (*without)->boost = 1;
    }
    return LEDE_STATUS_OK;
}
