/* facets.c - which values the articles found have; see facets.h.

   All matches are walked (tally.h), not only those shown, and every value is
   counted once for each article that has it.  Values are the same where filters
   take them for the same: as they are folded.  They are told as the article
   that was indexed first has them.

   Facets that the query selects values of are counted without that selection
   (facets-query.c), each in a walk of its own over a plan of its own; all
   others and the histogram share one walk. */

#include "query/facets.h"

#include <stdlib.h>

#include "query/qrels.h"

/* One value, however it is written. */
struct facet_group {
    struct str folded;          // in the facet's map
    struct str form;            // in the arena
    uint64_t count;
    uint32_t index, order;      // of the article that the form is of
    uint64_t stamp;             // of the last article that had it
    bool selected;
};

struct facet {
    struct tally tally;         // first
    const char *name;
    struct str key;             // of a filter
    bool list;                  // the column has several values
    bool meta;                  // as key=value
    struct arena *arena;        // of the forms
    struct map forms;           // a value as written -> its group + 1
    struct map folded;          // -> its group + 1
    struct facet_group *groups;
    size_t n_groups;
    size_t bytes;               // of the forms
    uint64_t stamp;
    uint64_t without;
    uint64_t cut;               // articles some of whose values are missing
    struct buf fold;
    struct folder folder;
};

static const struct {
    const char *name;
    enum column column;
    bool list;
} known[] = {
    { "tag", COLUMN_TAGS, true }, { "author", COLUMN_AUTHORS, true },
    { "source", COLUMN_SOURCE, false }, { "lang", COLUMN_LANG, false },
    { "category", COLUMN_CATEGORIES, true },
};

#define META "meta."

/* What a facet counts; false where there is no such facet. */
static bool
find_facet(const char *name, struct facet *facet)
{
    size_t i;

    *facet = (struct facet){ .name = name, .key = str_from(name),
                             .list = true, .fold = BUF_INIT(BUF_MAX_ANY),
                             .forms = MAP_INIT, .folded = MAP_INIT };
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i].name, name) == 0) {
            facet->tally.column = known[i].column;
            facet->list = known[i].list;
            return true;
        }
    }
    facet->tally.column = COLUMN_META;
    facet->meta = true;
    facet->key = lede__syntax_key(facet->key);
    return facet->key.p != name;
}

lede_status
lede__facets_check(const lede_search_options *options, lede_error *err)
{
    struct facet facet;
    size_t i;

    if (options->n_facets > FACETS_MAX) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "up to %d facets are counted, not %zu", FACETS_MAX,
                          options->n_facets);
    }
    if (options->n_facets > 0 && (options->facet_limit == 0 ||
                                  options->facet_limit > LEDE_LIMIT_MAX)) {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "of a facet 1 to %d values are told",
                          LEDE_LIMIT_MAX);
    }
    for (i = 0; i < options->n_facets; i++) {
        if (!find_facet(options->facets[i], &facet)) {
            return lede__fail(err, LEDE_STATUS_USAGE,
                              "there is no facet %.100s: tag, author, source, "
                              "lang, category, or meta.KEY",
                              options->facets[i]);
        }
    }
    if (options->histogram != NULL && !lede__histogram_has(options->histogram))
    {
        return lede__fail(err, LEDE_STATUS_USAGE,
                          "a histogram is by year, month, week, day or auto, "
                          "not %.100s", options->histogram);
    }
    return LEDE_STATUS_OK;
}

/* ---- counting ---- */

/* The group of a folded value, made where it is new. */
static lede_status
find_group(struct facet *facet, struct str folded, uint64_t *place,
           lede_error *err)
{
    bool added;
    uint64_t *group = lede__map_put(&facet->folded, folded, &added);

    if (group == NULL ||
        !lede__array_grow((void **)&facet->groups, facet->n_groups,
                          sizeof(*facet->groups))) {
        return lede__fail_memory(err);
    }
    if (added) {
        folded = lede__arena_str(facet->arena, folded);
        if (folded.p == NULL) {
            return lede__fail_memory(err);
        }
        facet->groups[facet->n_groups] =
            (struct facet_group){ .folded = folded };
        *group = ++facet->n_groups;
    }
    *place = *group;
    return LEDE_STATUS_OK;
}

/* The group of a value as written, + 1; 0 where there is no room for more. */
static lede_status
find_form(struct facet *facet, struct str form, uint64_t *place,
          lede_error *err)
{
    uint64_t *found = lede__map_find(&facet->forms, form);
    lede_status status;

    *place = 0;
    if (found != NULL) {
        *place = *found;
        return LEDE_STATUS_OK;
    }
    if (facet->forms.count >= FACET_VALUES_MAX ||
        form.len > FACET_BYTES_MAX - facet->bytes) {
        return LEDE_STATUS_OK;
    }
    facet->bytes += form.len;
    facet->fold.len = 0;
    status = lede__folder_fold(&facet->folder, &facet->fold, form, err);
    if (status == LEDE_STATUS_BAD_INPUT) {
        facet->fold.len = 0;
        status = lede__buf_str(&facet->fold, form, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = find_group(facet, lede__buf_view(&facet->fold), place, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    found = lede__map_put(&facet->forms, form, NULL);
    if (found == NULL) {
        return lede__fail_memory(err);
    }
    *found = *place;
    return LEDE_STATUS_OK;
}

/* The next value of the facet in a column's. */
static bool
next_value(const struct facet *facet, struct str *rest, struct str *value)
{
    struct str key;

    if (facet->meta) {
        while (lede__column_meta_next(rest, &key, value)) {
            if (str_eq(key, facet->key)) {
                return true;
            }
        }
        return false;
    }
    if (facet->list) {
        return lede__column_list_next(rest, value);
    }
    *value = *rest;
    rest->len = 0;
    return value->len > 0;
}

/* `count` articles with this column's value more. */
static lede_status
add(struct tally *tally, struct str rest, uint64_t count, uint32_t index,
    uint32_t order, lede_error *err)
{
    struct facet *facet = (struct facet *)tally;
    struct str value;
    bool any = false;
    bool cut = false;

    facet->stamp++;
    while (next_value(facet, &rest, &value)) {
        struct facet_group *group;
        uint64_t place;
        lede_status status;

        if (value.len == 0) {
            continue;
        }
        any = true;
        status = find_form(facet, value, &place, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (place == 0) {
            cut = true;
            continue;
        }
        group = &facet->groups[place - 1];
        if (group->stamp == facet->stamp) {
            continue;           // twice in one article, or in other letters
        }
        group->stamp = facet->stamp;
        if (group->count == 0 || index < group->index ||
            (index == group->index && order < group->order)) {
            group->index = index;
            group->order = order;
            if (!str_eq(group->form, value)) {
                group->form = lede__arena_str(facet->arena, value);
            }
            if (group->form.p == NULL) {
                return lede__fail_memory(err);
            }
        }
        group->count += count;
    }
    facet->without += any ? 0 : count;
    facet->cut += cut ? count : 0;
    return LEDE_STATUS_OK;
}

/* ---- telling ---- */

/* The most articles first, then by the folded value. */
static int
compare_groups(const void *a, const void *b)
{
    const struct facet_group *x = *(const struct facet_group *const *)a;
    const struct facet_group *y = *(const struct facet_group *const *)b;

    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return lede__str_cmp(x->folded, y->folded);
}

/* Mark the groups that are selected; those that no article has are made. */
static lede_status
select_values(struct facet *facet, const struct selected *selected,
              lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (; selected != NULL && status == LEDE_STATUS_OK;
         selected = selected->next) {
        struct facet_group *group;
        uint64_t place;

        facet->fold.len = 0;
        status = lede__folder_fold(&facet->folder, &facet->fold,
                                   selected->text, err);
        if (status == LEDE_STATUS_OK) {
            status = find_group(facet, lede__buf_view(&facet->fold), &place,
                                err);
        }
        if (status == LEDE_STATUS_OK) {
            group = &facet->groups[place - 1];
            group->selected = true;
            if (group->count == 0) {
                group->form = lede__arena_str(facet->arena, selected->text);
            }
            status = group->form.p == NULL ? lede__fail_memory(err) : status;
        }
    }
    return status;
}

/* The best `limit` of n, and those beyond that are selected; returns how many
   these are.  Most have few articles, so that few get as far as being
   inserted. */
static size_t
choose(struct facet_group **order, size_t n, size_t limit)
{
    size_t kept = limit < n ? limit : n;
    size_t i, j;

    if (kept > 1000 || n <= 1000) {
        qsort(order, n, sizeof(*order), compare_groups);
    } else {
        qsort(order, kept, sizeof(*order), compare_groups);
        for (i = kept; i < n; i++) {
            struct facet_group *one = order[i];

            if (compare_groups(&one, &order[kept - 1]) > 0) {
                continue;
            }
            order[i] = order[kept - 1];
            for (j = kept - 1; j > 0 &&
                               compare_groups(&one, &order[j - 1]) < 0; j--) {
                order[j] = order[j - 1];
            }
            order[j] = one;
        }
    }
    for (i = j = kept; i < n; i++) {
        if (order[i]->selected) {
            order[j++] = order[i];
        }
    }
    qsort(order + kept, j - kept, sizeof(*order), compare_groups);
    return j;
}

static lede_status
tell(struct facet *facet, uint64_t articles, size_t limit, lede_facet *out,
     lede_error *err)
{
    struct facet_group **order = calloc(facet->n_groups + 1, sizeof(*order));
    lede_facet_value *values = NULL;
    lede_status status = LEDE_STATUS_OK;
    size_t n, i;

    if (order == NULL) {
        return lede__fail_memory(err);
    }
    out->name = lede__arena_str(facet->arena, str_from(facet->name)).p;
    out->articles = articles;
    out->without = facet->without;
    for (i = 0; i < facet->n_groups; i++) {
        order[i] = &facet->groups[i];
        out->distinct += order[i]->count > 0;
    }
    n = choose(order, facet->n_groups, limit);
    values = lede__arena_array(facet->arena, n, sizeof(*values));
    if (out->name == NULL || (values == NULL && n > 0)) {
        status = lede__fail_memory(err);
        n = 0;
    }
    for (i = 0; i < n; i++) {
        values[i] = (lede_facet_value){ order[i]->form.p, order[i]->count,
                                        order[i]->selected };
    }
    out->values = values;
    out->n_values = n;
    free(order);
    return status;
}

/* ---- all facets ---- */

static void
free_facet(struct facet *facet)
{
    lede__tally_free(&facet->tally);
    lede__map_free(&facet->forms);
    lede__map_free(&facet->folded);
    lede__buf_free(&facet->fold);
    lede__folder_free(&facet->folder);
    free(facet->groups);
}

/* A walk of its own over the query `without` the facet's selection. */
static lede_status
count_without(struct search *search, const struct syntax *without,
              const lede_search_options *options, struct facet *facet,
              uint64_t *articles, lede_error *err)
{
    static const struct model unscored = { .k1 = 1, .b = 0, .power = 1 };
    struct tally *tally = &facet->tally;
    struct plan_index indexes[LEDE_INDEXES_MAX];
    // what is to be said was said about the whole query
    struct warnings unsaid = { .arena = &search->arena };
    struct plan plan;
    size_t n = search->plan.n_indexes;
    lede_status status;

    memcpy(indexes, search->indexes, n * sizeof(*indexes));
    status = lede__plan(&plan, without, NULL, indexes, n, options->lang,
                        &unscored, &search->arena, &unsaid, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__tally(&plan, false, &tally, 1, articles, err);
    }
    lede__plan_close(&plan);
    return status;
}

static lede_status
finish(struct search *search, struct facet *facet,
       const struct selected *selected, uint64_t articles, size_t limit,
       lede_facet *out, lede_error *err)
{
    lede_status status = select_values(facet, selected, err);

    if (status == LEDE_STATUS_OK) {
        status = tell(facet, articles, limit, out, err);
    }
    if (status == LEDE_STATUS_OK && facet->cut > 0) {
        status = lede__warn(&search->warnings, "facet-cut", 0, 0, err,
                            "%s has too many different values: of %llu "
                            "articles some are not counted", facet->name,
                            (unsigned long long)facet->cut);
    }
    return status;
}

static lede_status
count(struct search *search, const lede_search_options *options,
      struct facet *facets, struct histogram *histogram, lede_error *err)
{
    struct tally *together[FACETS_MAX + 1];
    struct selected *selected[FACETS_MAX];
    uint64_t articles[FACETS_MAX];
    uint64_t all = 0;
    size_t n = options->n_facets;
    size_t n_together = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        struct syntax *without;

        status = lede__facet_selected(search->syntax, facets[i].key,
                                      &search->arena, &selected[i], &without,
                                      err);
        if (status != LEDE_STATUS_OK) {
            break;
        }
        if (search->liked.likeness != NULL) {
            without = NULL;     // there is more to it than the query
        }
        articles[i] = UINT64_MAX;
        if (without == NULL) {
            together[n_together++] = &facets[i].tally;
        } else {
            status = count_without(search, without, options, &facets[i],
                                   &articles[i], err);
        }
    }
    if (histogram != NULL) {
        together[n_together++] = lede__histogram_tally(histogram);
    }
    if (status == LEDE_STATUS_OK && n_together > 0) {
        status = lede__tally(&search->plan, true, together, n_together, &all,
                             err);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = finish(search, &facets[i], selected[i],
                        articles[i] == UINT64_MAX ? all : articles[i],
                        options->facet_limit, &search->facets[i], err);
    }
    return status;
}

lede_status
lede__facets_count(struct search *search, const lede_search_options *options,
                   lede_error *err)
{
    struct facet *facets = calloc(options->n_facets + 1, sizeof(*facets));
    struct histogram *histogram = NULL;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    search->facets = lede__arena_array(&search->arena, options->n_facets + 1,
                                       sizeof(*search->facets));
    if (facets == NULL || search->facets == NULL) {
        free(facets);
        return lede__fail_memory(err);
    }
    for (i = 0; i < options->n_facets; i++) {
        find_facet(options->facets[i], &facets[i]);
        facets[i].tally.add = add;
        facets[i].arena = &search->arena;
    }
    if (options->histogram != NULL) {
        status = lede__histogram_new(&histogram, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = count(search, options, facets, histogram, err);
    }
    if (status == LEDE_STATUS_OK && histogram != NULL) {
        status = lede__histogram_end(histogram, options->histogram,
                                     &search->arena, &search->warnings,
                                     &search->histogram, err);
    }
    search->n_facets = options->n_facets;
    for (i = 0; i < options->n_facets; i++) {
        free_facet(&facets[i]);
    }
    free(facets);
    lede__histogram_free(histogram);
    return status;
}
