/* plan-filters.c - tag:x, path:x and date:x -> sets of articles, score 0.

   A range of a metadata key, and all that have the key, are found by its
   values, which are terms: they are walked, and the articles of those that fit
   are united. */

#include <math.h>
#include <stdlib.h>

#include "query/parser.h"
#include "query/planner.h"

lede_status
lede__plan_set(struct planner *pl, struct node **out)
{
    lede_status status = lede__plan_node(pl, NODE_SET, out);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    (*out)->lists = lede__arena_array(pl->plan->arena, 2,
                                      sizeof(*(*out)->lists));
    if ((*out)->lists == NULL) {
        return lede__fail_memory(pl->err);
    }
    (*out)->n_lists = 1;
    return lede__plan_filter_list(pl, &(*out)->lists[0]);
}

/* ---- articles ---- */

struct docs {
    uint32_t *items;
    size_t count;
    size_t cap;
};

static lede_status
add_postings(struct planner *pl, struct docs *docs, struct str term)
{
    struct postings *postings = NULL;
    uint32_t from = 0;
    lede_status status;

    status = lede__postings_open(pl->index->searcher, term, &postings,
                                 pl->err);
    while (status == LEDE_STATUS_OK && postings != NULL) {
        status = lede__postings_advance(postings, from, pl->err);
        if (status != LEDE_STATUS_OK || postings->count == 0) {
            break;
        }
        if (docs->cap - docs->count < postings->count) {
            size_t cap = docs->cap * 2 + POSTING_BLOCK;
            uint32_t *bigger = realloc(docs->items,
                                       cap * sizeof(*bigger));

            if (bigger == NULL) {
                status = lede__fail_memory(pl->err);
                break;
            }
            docs->items = bigger;
            docs->cap = cap;
        }
        memcpy(docs->items + docs->count, postings->docs,
               postings->count * sizeof(*docs->items));
        docs->count += postings->count;
        from = postings->docs[postings->count - 1] + 1;
    }
    lede__postings_close(postings);
    return status;
}

static int
compare_docs(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Sorted, each once, in the arena. */
static lede_status
keep_docs(struct planner *pl, struct docs *docs, struct node *node)
{
    size_t i;

    if (docs->count == 0) {
        node->kind = NODE_NONE;
        return LEDE_STATUS_OK;
    }
    qsort(docs->items, docs->count, sizeof(*docs->items), compare_docs);
    node->docs = lede__arena_array(pl->plan->arena, docs->count,
                                   sizeof(*node->docs));
    if (node->docs == NULL) {
        return lede__fail_memory(pl->err);
    }
    for (i = 0; i < docs->count; i++) {
        if (i == 0 || docs->items[i] != docs->items[i - 1]) {
            node->docs[node->n_docs++] = docs->items[i];
        }
    }
    return LEDE_STATUS_OK;
}

/* ---- values ---- */

/* The articles with those terms that begin as planner->term does whose rest is
   wanted (NULL: all); of a path only the first PLAN_PATHS_MAX. */
static lede_status
plan_values(struct planner *pl, const struct syntax *syntax,
            bool (*wanted)(const struct syntax *, struct str),
            struct node **out)
{
    struct searcher *searcher = pl->index->searcher;
    struct docs docs = { NULL, 0, 0 };
    struct dictionary *dictionary = NULL;
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    size_t skip = pl->term.len;
    size_t taken = 0;
    lede_status status = lede__plan_node(pl, NODE_DOCS, out);

    if (status == LEDE_STATUS_OK) {
        status = lede__dictionary_open(searcher, lede__buf_view(&pl->term),
                                       &dictionary, pl->err);
    }
    while (status == LEDE_STATUS_OK) {
        struct str found;
        uint32_t df;

        status = searcher->ops->dictionary_next(dictionary, &found, &df,
                                                pl->err);
        if (status != LEDE_STATUS_OK || found.p == NULL) {
            break;
        }
        if (wanted != NULL &&
            !wanted(syntax, (struct str){ found.p + skip,
                                          found.len - skip })) {
            continue;
        }
        if (wanted == NULL && !syntax->any && taken++ == PLAN_PATHS_MAX) {
            status = lede__warn(pl->plan->warnings, "path-cut",
                                syntax->start, syntax->end, pl->err,
                                "only the first %d files that begin so are "
                                "searched", PLAN_PATHS_MAX);
            break;
        }
        term.len = 0;
        status = lede__buf_str(&term, found, pl->err);
        if (status == LEDE_STATUS_OK) {
            status = add_postings(pl, &docs, lede__buf_view(&term));
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = keep_docs(pl, &docs, *out);
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    lede__buf_free(&term);
    free(docs.items);
    return status;
}

static bool
is_number_within(const struct syntax *range, struct str value)
{
    double number;

    return lede__parse_number(value, &number) &&
           (range->low_open ? number > range->low : number >= range->low) &&
           (range->high_open ? number < range->high
                             : number <= range->high);
}

/* A day counts as of its first second, as the dates of articles do. */
static bool
is_date_within(const struct syntax *range, struct str value)
{
    struct date date;
    int64_t at, first, last, unused;

    if (!lede__date_parse(value, &date)) {
        return false;
    }
    lede__date_span(date, &at, &unused);
    lede__date_span(range->from, &first, &unused);
    lede__date_span(range->to, &unused, &last);
    return (range->from.precision == DATE_NONE || at >= first) &&
           (range->to.precision == DATE_NONE || at <= last);
}

/* ---- path: ---- */

static bool
ends_with(struct str s, char c)
{
    return s.len > 0 && s.p[s.len - 1] == c;
}

/* One more list of the set. */
static lede_status
add_path(struct planner *pl, struct node *node, char kind, struct str path)
{
    lede_status status = lede__term_raw(&pl->term, kind, path, pl->err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    return lede__plan_filter_list(pl, &node->lists[node->n_lists++]);
}

/* People name folders as they stand in the folder that they had indexed, so
   that path:news also is the news of each root. */
static lede_status
add_below_roots(struct planner *pl, struct node *node, struct str path,
                bool folder)
{
    struct buf roots = BUF_INIT(BUF_MAX_ANY);
    struct buf whole = BUF_INIT(BUF_MAX_ANY);
    struct str rest, root;
    bool found;
    size_t n;
    lede_status status = lede__searcher_meta(pl->index->searcher,
                                             STR(META_KEY_ROOTS), &roots,
                                             &found, pl->err);

    rest = lede__buf_view(&roots);
    for (n = 0; status == LEDE_STATUS_OK && found && n < PLAN_ROOTS_MAX &&
                lede__column_list_next(&rest, &root); n++) {
        whole.len = 0;
        if (str_eq(root, STR("."))) {
            continue;
        }
        status = lede__buf_str(&whole, root, pl->err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_char(&whole, '/', pl->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(&whole, path, pl->err);
        }
        if (status == LEDE_STATUS_OK) {
            status = add_path(pl, node, TERM_FOLDER, lede__buf_view(&whole));
        }
        if (status == LEDE_STATUS_OK && !folder) {
            status = add_path(pl, node, TERM_FILE, lede__buf_view(&whole));
        }
    }
    lede__buf_free(&roots);
    lede__buf_free(&whole);
    return status;
}

/* A file, a folder with all below it, or with a star a beginning of files'
   paths. */
static lede_status
plan_path(struct planner *pl, const struct syntax *syntax, struct node **out)
{
    struct str path = syntax->text;
    bool folder;
    lede_status status;

    while (path.len > 2 && path.p[0] == '.' && path.p[1] == '/') {
        path.p += 2;
        path.len -= 2;
    }
    if (path.len > 2 && ends_with(path, '*') && path.p[path.len - 2] == '/') {
        path.len--;
    }
    if (ends_with(path, '*')) {
        path.len--;
        status = lede__term_raw(&pl->term, TERM_FILE, path, pl->err);
        return status != LEDE_STATUS_OK ? status
               : plan_values(pl, syntax, NULL, out);
    }
    folder = path.len > 1 && ends_with(path, '/');
    while (path.len > 1 && ends_with(path, '/')) {
        path.len--;
    }
    status = lede__plan_node(pl, NODE_SET, out);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    (*out)->lists = lede__arena_array(pl->plan->arena,
                                      2 + 2 * PLAN_ROOTS_MAX,
                                      sizeof(*(*out)->lists));
    if ((*out)->lists == NULL) {
        return lede__fail_memory(pl->err);
    }
    status = add_path(pl, *out, TERM_FOLDER, path);
    if (status == LEDE_STATUS_OK && !folder) {
        status = add_path(pl, *out, TERM_FILE, path);
    }
    if (status == LEDE_STATUS_OK && path.len > 0 && path.p[0] != '/') {
        status = add_below_roots(pl, *out, path, folder);
    }
    return status;
}

/* ---- date: ---- */

static lede_status
plan_dates(struct planner *pl, const struct syntax *syntax, struct node **out)
{
    int64_t unused;
    lede_status status = lede__plan_node(pl, NODE_RANGE, out);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    (*out)->column = COLUMN_DATE;
    (*out)->first = INT64_MIN;
    (*out)->last = INT64_MAX;
    if (syntax->from.precision != DATE_NONE) {
        lede__date_span(syntax->from, &(*out)->first, &unused);
    }
    if (syntax->to.precision != DATE_NONE) {
        lede__date_span(syntax->to, &unused, &(*out)->last);
    }
    return LEDE_STATUS_OK;
}

/* ---- words: ---- */

/* Beyond what an article can have is as good as the next. */
static int64_t
to_words(double number)
{
    return number < 0 ? -1 : number > UINT32_MAX ? (int64_t)UINT32_MAX + 1
                                                 : (int64_t)number;
}

static lede_status
plan_words(struct planner *pl, const struct syntax *syntax, struct node **out)
{
    double low = syntax->low_open ? floor(syntax->low) + 1 : ceil(syntax->low);
    double high = syntax->high_open ? ceil(syntax->high) - 1
                                    : floor(syntax->high);
    lede_status status = lede__plan_node(pl, NODE_RANGE, out);

    if (status == LEDE_STATUS_OK) {
        (*out)->column = COLUMN_WORDS;
        (*out)->first = to_words(low);
        (*out)->last = to_words(high);
    }
    return status;
}

lede_status
lede__plan_filter(struct planner *pl, const struct syntax *syntax,
                  struct node **out)
{
    bool whole;
    lede_status status;

    *out = NULL;
    if (syntax->kind == SYNTAX_DATES && str_eq(syntax->field, STR("date"))) {
        return plan_dates(pl, syntax, out);
    }
    if (syntax->kind == SYNTAX_NUMBERS &&
        str_eq(syntax->field, STR(NAME_WORDS))) {
        return plan_words(pl, syntax, out);
    }
    if (str_eq(syntax->field, STR("path"))) {
        return plan_path(pl, syntax, out);
    }
    whole = syntax->kind == SYNTAX_FILTER && !syntax->any;
    status = lede__term_keyword(&pl->term, lede__syntax_key(syntax->field),
                                whole ? syntax->text : STR(""), pl->err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    return whole ? lede__plan_set(pl, out)
           : plan_values(pl, syntax, syntax->kind == SYNTAX_DATES
                         ? is_date_within : syntax->kind == SYNTAX_NUMBERS
                         ? is_number_within : NULL, out);
}

/* ---- names ---- */

/* What a metadata key holds: dates where its first value is one; UNKNOWN where
   no article has it. */
static lede_status
find_key(struct searcher *searcher, struct str name, enum name_kind *kind,
         lede_error *err)
{
    struct dictionary *dictionary = NULL;
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    struct str first = { NULL, 0 };
    struct date date;
    uint32_t df;
    lede_status status = lede__term_keyword(&term, name, STR(""), err);

    *kind = NAME_UNKNOWN;
    if (status == LEDE_STATUS_OK) {
        status = lede__dictionary_open(searcher, lede__buf_view(&term),
                                       &dictionary, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = searcher->ops->dictionary_next(dictionary, &first, &df, err);
    }
    if (status == LEDE_STATUS_OK && first.p != NULL) {
        struct str value = { first.p + term.len, first.len - term.len };

        // 2025 alone is a number
        *kind = lede__date_parse(value, &date) &&
                date.precision >= DATE_MONTH ? NAME_DATE : NAME_KEY;
    }
    if (dictionary != NULL) {
        searcher->ops->dictionary_close(dictionary);
    }
    lede__buf_free(&term);
    return status;
}

lede_status
lede__plan_find_name(void *payload, struct str name, enum name_kind *kind,
                     lede_error *err)
{
    static const char *const filters[] = { "tag", "author", "lang", "source",
                                           "category", "path" };
    const struct plan_names *names = payload;
    struct str key = lede__syntax_key(name);
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    *kind = NAME_UNKNOWN;
    if (str_eq(name, STR("date"))) {
        *kind = NAME_DATE;
        return LEDE_STATUS_OK;
    }
    for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        if (str_eq(name, str_from(filters[i]))) {
            *kind = NAME_FILTER;
            return LEDE_STATUS_OK;
        }
    }
    for (i = 0; i < names->n_indexes; i++) {
        if (lede__schema_field(names->indexes[i].searcher->schema,
                               name) >= 0) {
            *kind = NAME_TEXT;
            return LEDE_STATUS_OK;
        }
    }
    if (str_eq(name, STR(NAME_WORDS))) {
        *kind = NAME_NUMBER;
        return LEDE_STATUS_OK;
    }
    for (i = 0; i < names->n_indexes && status == LEDE_STATUS_OK &&
                *kind == NAME_UNKNOWN; i++) {
        status = find_key(names->indexes[i].searcher, key, kind, err);
    }
    return status;
}
