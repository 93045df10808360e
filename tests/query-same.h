/* query-same.h - what tests of the query language share: names that it knows,
   and whether two trees are the same. */

#ifndef LEDE_TESTS_QUERY_SAME_H
#define LEDE_TESTS_QUERY_SAME_H

#include "query/parse.h"

static inline lede_status
query_find_name(void *payload, struct str name, enum name_kind *kind,
          lede_error *err)
{
    static const struct {
        const char *name;
        enum name_kind kind;
    } known[] = {
        { "title", NAME_TEXT }, { "body", NAME_TEXT },
        { "tag", NAME_FILTER }, { "path", NAME_FILTER },
        { "meta.series", NAME_KEY }, { "rating", NAME_KEY },
        { "words", NAME_NUMBER }, { "date", NAME_DATE },
        { "meta.updated", NAME_DATE },
    };
    size_t i;

    (void)payload;
    (void)err;
    *kind = NAME_UNKNOWN;
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (str_eq(name, str_from(known[i].name))) {
            *kind = known[i].kind;
        }
    }
    return LEDE_STATUS_OK;
}

static const struct names query_names = { query_find_name, NULL, NULL };

/* But for the places in the query, and how words and dates were typed. */
static inline bool
query_is_same(const struct syntax *a, const struct syntax *b)
{
    const struct syntax *x, *y;

    if (a->kind != b->kind || a->must != b->must || a->exact != b->exact ||
        a->any != b->any || a->low_open != b->low_open ||
        a->high_open != b->high_open || a->boost != b->boost ||
        a->within != b->within || a->unit != b->unit || a->low != b->low ||
        a->high != b->high || a->from.seconds != b->from.seconds ||
        a->from.precision != b->from.precision ||
        a->to.seconds != b->to.seconds ||
        a->to.precision != b->to.precision || !str_eq(a->field, b->field)) {
        return false;
    }
    if (a->kind != SYNTAX_PHRASE && a->kind != SYNTAX_DATES &&
        a->kind != SYNTAX_NUMBERS && !str_eq(a->text, b->text)) {
        return false;
    }
    for (x = a->child, y = b->child; x != NULL && y != NULL;
         x = x->next, y = y->next) {
        if (!query_is_same(x, y)) {
            return false;
        }
    }
    return x == NULL && y == NULL;
}

#endif
