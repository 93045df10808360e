/* query-order.c - orders and cursors against sorting all articles by hand. */

#include "tests/values-check.h"

/* ---- orders ---- */

enum { BY_DATE, BY_WORDS, BY_TITLE, BY_SOURCE, BY_LANG, BY_AUTHOR, BY_TAG,
       BY_RATING, BYS };

static const char *const by_names[BYS] = {
    "date", "words", "title", "source", "lang", "author", "tag",
    "meta.rating",
};

struct by {
    int key;
    bool descending;
};

static struct by order[3];
static size_t n_order;

static struct str
text_of(const struct doc *doc, int key)
{
    static const int keys[BYS] = { 0, 0, 0, SOURCE, LANG, AUTHOR, TAG,
                                   RATING };

    if (key == BY_TITLE) {
        return str_from(doc->title);
    }
    return doc->n[keys[key]] > 0 ? doc->values[keys[key]][0] : STR("");
}

static bool
is_missing(const struct doc *doc, int key)
{
    return key == BY_DATE ? doc->mock.article.date.precision == DATE_NONE
           : key == BY_WORDS ? false : text_of(doc, key).len == 0;
}

static int
compare_texts(struct str a, struct str b)
{
    return lede__str_cmp(folded(a), folded(b));
}

static bool
is_number(struct str s)
{
    return s.p[s.len - 1] >= '0' && s.p[s.len - 1] <= '9' &&
           memchr(s.p, ' ', s.len) == NULL;
}

static int
compare_values(const struct doc *a, const struct doc *b, int key)
{
    double x, y;
    struct str s, t;

    if (key == BY_DATE || key == BY_WORDS) {
        x = key == BY_DATE ? (double)a->mock.article.date.seconds
                           : a->n_words;
        y = key == BY_DATE ? (double)b->mock.article.date.seconds
                           : b->n_words;
        return (x > y) - (x < y);
    }
    s = text_of(a, key);
    t = text_of(b, key);
    if (key != BY_RATING || (!is_number(s) && !is_number(t))) {
        return compare_texts(s, t);
    }
    if (is_number(s) != is_number(t)) {
        return is_number(s) ? -1 : 1;
    }
    x = lede__str_number(s);
    y = lede__str_number(t);
    return (x > y) - (x < y);
}

static int
compare_docs(const void *a, const void *b)
{
    const struct doc *x = *(const struct doc *const *)a;
    const struct doc *y = *(const struct doc *const *)b;
    size_t i;

    for (i = 0; i < n_order; i++) {
        bool no_x = is_missing(x, order[i].key);
        bool no_y = is_missing(y, order[i].key);
        int result = no_x || no_y ? no_x - no_y
                                  : compare_values(x, y, order[i].key);

        if (result != 0) {
            return order[i].descending && !no_x && !no_y ? -result : result;
        }
    }
    if (x->index != y->index) {
        return x->index < y->index ? -1 : 1;
    }
    return x->mock.number < y->mock.number ? -1 : 1;
}

/* A random order, as text. */
static void
make_order(struct random *r, char *text, size_t size)
{
    size_t i;

    n_order = 1 + random_below(r, 3);
    *text = '\0';
    for (i = 0; i < n_order; i++) {
        order[i] = (struct by){ (int)random_below(r, BYS),
                                random_once_in(r, 2) };
        append(text, size, i > 0 ? "," : "");
        append(text, size, order[i].descending ? "-" : "");
        append(text, size, by_names[order[i].key]);
    }
}

/* Page by page, the hits are those of `ids`, in order. */
static void
check_pages(struct corpus *c, const struct query *q,
            lede_search_options *options, const char *const *ids, size_t n)
{
    char cursor[4000] = "";
    size_t seen = 0;
    size_t pages = 0;

    options->snippets = 0;
    do {
        lede_results *results;
        size_t i, count;

        options->limit = 1 + random_below(&c->random, 60);
        options->after = pages == 0 ? NULL : cursor;
        results = search(c, q->text, options);
        if (results == NULL) {
            return;
        }
        count = lede_results_count(results);
        for (i = 0; i < count; i++) {
            const lede_hit *hit = lede_results_hit(results, i);

            if (seen >= n || hit->rank != seen + 1 ||
                strcmp(hit->id, ids[seen]) != 0) {
                tell(q, options->order ? options->order : "relevance",
                     "a page");
                seen = n;
                break;
            }
            seen++;
        }
        if (lede_results_warning_count(results) > 0) {
            tell(q, "a warning", lede_results_warning(results, 0)->message);
        }
        snprintf(cursor, sizeof(cursor), "%s",
                 lede_results_cursor(results) == NULL
                 ? "" : lede_results_cursor(results));
        lede_results_free(results);
    } while (cursor[0] != '\0' && ++pages < DOCS);
    if (seen != n) {
        tell(q, options->order ? options->order : "relevance", "all pages");
    }
    options->after = NULL;
}

static void
try_orders(struct corpus *c)
{
    static const struct doc *found[DOCS];
    static const char *ids[DOCS];
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    char text[100];
    struct query q;
    size_t n = 0;
    size_t i;

    make_query(&c->random, &q);
    make_order(&c->random, text, sizeof(text));
    for (i = 0; i < c->n; i++) {
        if (matches(&q, &c->docs[i], -1)) {
            found[n++] = &c->docs[i];
        }
    }
    qsort(found, n, sizeof(found[0]), compare_docs);
    for (i = 0; i < n; i++) {
        ids[i] = found[i]->id;
    }
    options.order = text;
    check_pages(c, &q, &options, ids, n);
}

/* Pages by relevance make up the list that one page of all has. */
static void
try_relevance(struct corpus *c)
{
    static char copies[DOCS][24];
    static const char *ids[DOCS];
    static const char *const orders[] = { NULL, "score", "-score",
                                          "score,-date", "source,score" };
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results;
    struct query q;
    size_t n, i;

    make_query(&c->random, &q);
    options.order = orders[random_below(&c->random, 5)];
    options.limit = DOCS;
    options.snippets = 0;
    options.approximate = random_once_in(&c->random, 3);
    results = search(c, q.text, &options);
    if (results == NULL) {
        return;
    }
    n = lede_results_count(results);
    for (i = 0; i < n; i++) {
        snprintf(copies[i], sizeof(copies[i]), "%s",
                 lede_results_hit(results, i)->id);
        ids[i] = copies[i];
    }
    if (lede_results_cursor(results) != NULL) {
        tell(&q, "a cursor", "nothing");
    }
    lede_results_free(results);
    check_pages(c, &q, &options, ids, n);
}

/* ---- cursors ---- */

static const char *
first_code(const lede_results *results)
{
    return lede_results_warning_count(results) == 0
           ? "" : lede_results_warning(results, 0)->code;
}

static void
test_cursors(void)
{
    struct corpus *c = calloc(1, sizeof(*c));
    struct corpus *later = calloc(1, sizeof(*later));
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_results *results = NULL;
    char cursor[200];
    char last[16];
    size_t i, wrong_ones = 0;
    uint64_t seed = 1;

    // a corpus, and one that has other articles
    do {
        make(c, seed++);
    } while (c->n < DOCS && (close_all(c), true));
    c->n_indexes = 1;
    make(later, seed);
    later->n_indexes = 1;
    options.order = "title,-date";
    options.limit = 5;
    lede_search(&results, c->indexes, 1, "*", &options, NULL);
    snprintf(cursor, sizeof(cursor), "%s", lede_results_cursor(results));
    snprintf(last, sizeof(last), "%s",
             lede_results_hit(results, 4)->title);
    lede_results_free(results);
    options.after = cursor;
    lede_search(&results, later->indexes, 1, "*", &options, NULL);
    is_str(first_code(results), "index-changed", "other articles are told of");
    ok(lede_results_count(results) == 0 ||
       (lede_results_hit(results, 0)->rank == 6 &&
        compare_texts(str_from(lede_results_hit(results, 0)->title),
                      str_from(last)) >= 0),
       "and the page goes on behind the same place");
    lede_results_free(results);
    lede_search(&results, c->indexes, 1, "wa", &options, NULL);
    is_str(first_code(results), "other-query", "another query is told of");
    is_int(lede_results_hit(results, 0)->rank, 1, "its first page is given");
    lede_results_free(results);
    options.order = "title,date";
    lede_search(&results, c->indexes, 1, "*", &options, NULL);
    is_str(first_code(results), "other-query", "so is another order");
    lede_results_free(results);
    options.order = "title,-date";
    options.offset = 1;
    is_int(lede_search(&results, c->indexes, 1, "*", &options, NULL),
           LEDE_STATUS_USAGE, "a cursor and an offset");
    options.offset = 0;
    for (i = 0; i < strlen(cursor); i++) {
        char saved = cursor[i];

        cursor[i] = saved == 'A' ? 'B' : 'A';
        wrong_ones += lede_search(&results, c->indexes, 1, "*", &options,
                                  NULL) != LEDE_STATUS_USAGE;
        lede_results_free(results);
        cursor[i] = '\0';
        wrong_ones += lede_search(&results, c->indexes, 1, "*", &options,
                                  NULL) != LEDE_STATUS_USAGE;
        lede_results_free(results);
        cursor[i] = saved;
    }
    is_int(wrong_ones, 0, "a letter that is wrong, and cut anywhere");
    close_all(c);
    close_all(later);
    free(c);
    free(later);
}

static void
test_usage(void)
{
    static const struct {
        const char *order, *facet, *histogram;
    } rows[] = {
        { "rating", NULL, NULL }, { "", NULL, NULL }, { "date,", NULL, NULL },
        { "meta.", NULL, NULL }, { "--date", NULL, NULL },
        { "a,a,a", NULL, NULL },
        { "date,date,date,date,date,date,date,date,date", NULL, NULL },
        { NULL, "tags", NULL }, { NULL, "", NULL }, { NULL, "meta.", NULL },
        { NULL, NULL, "hour" }, { NULL, NULL, "" },
    };
    struct corpus *c = calloc(1, sizeof(*c));
    lede_results *results = NULL;
    size_t i;

    make(c, 1);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;

        options.order = rows[i].order;
        options.facets = &rows[i].facet;
        options.n_facets = rows[i].facet != NULL;
        options.histogram = rows[i].histogram;
        is_int(lede_search(&results, c->indexes, 1, "*", &options, NULL),
               LEDE_STATUS_USAGE, "not understood, %zu", i);
    }
    close_all(c);
    free(c);
}

int
main(void)
{
    uint64_t seeds = long_tests() ? 500 : 12;

    run("orders, page by page", try_orders, seeds);
    run("relevance, page by page", try_relevance, seeds);
    test_cursors();
    test_usage();
    return done();
}
