/* query-facets.c - facets and histograms against counting all articles by
   hand. */

#include "tests/values-check.h"

/* ---- facets ---- */

static uint64_t
count_value(const struct corpus *c, const struct query *q, int key, int but,
            const char *value)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < c->n; i++) {
        n += matches(q, &c->docs[i], but) && has(&c->docs[i], key, value);
    }
    return n;
}

/* The way in which the article that comes first writes a value. */
static struct str
first_form(const struct corpus *c, const struct query *q, int key, int but,
           const char *value)
{
    size_t index, i, j;

    for (index = 0; index < c->n_indexes; index++) {
        for (i = 0; i < c->n; i++) {
            const struct doc *doc = &c->docs[i];

            if (doc->index != index || !matches(q, doc, but)) {
                continue;
            }
            for (j = 0; j < values_of(doc, key); j++) {
                if (is_same(doc->values[key][j], str_from(value))) {
                    return doc->values[key][j];
                }
            }
        }
    }
    return str_from(value);
}

static bool
is_selected(const struct query *q, int key, const char *value)
{
    size_t i, j;

    for (i = 0; i < q->n; i++) {
        for (j = 0; j < q->groups[i].n && q->groups[i].key == key; j++) {
            if (is_same(str_from(value), str_from(q->groups[i].values[j]))) {
                return true;
            }
        }
    }
    return false;
}

static void
check_facet(const struct corpus *c, const struct query *q, int key,
            const lede_facet *facet, size_t limit)
{
    int but = groups_of(q, key) == 1 ? key : -1;
    uint64_t articles = 0, without = 0, distinct = 0;
    size_t i, j;

    for (i = 0; i < c->n; i++) {
        bool found = matches(q, &c->docs[i], but);

        articles += found;
        without += found && values_of(&c->docs[i], key) == 0;
    }
    for (i = 0; i < count_forms(key); i++) {
        bool before = false;

        for (j = 0; j < i; j++) {
            before |= is_same(str_from(forms[key][i]),
                              str_from(forms[key][j]));
        }
        distinct += !before &&
                    count_value(c, q, key, but, forms[key][i]) > 0;
    }
    if (facet->articles != articles || facet->without != without ||
        facet->distinct != distinct || strcmp(facet->name, key_names[key])) {
        tell(q, "the sums", facet->name);
    }
    for (i = 0; i < facet->n_values; i++) {
        const lede_facet_value *v = &facet->values[i];
        struct str form = first_form(c, q, key, but, v->value);

        if (v->count != count_value(c, q, key, but, v->value) ||
            v->selected != is_selected(q, key, v->value) ||
            (v->count > 0 && !str_eq(form, str_from(v->value))) ||
            (v->count == 0 && !v->selected) ||
            (i >= limit && !v->selected)) {
            tell(q, "a value", facet->name);
        }
        if (i > 0 && i != limit && facet->values[i - 1].count < v->count) {
            tell(q, "the order", facet->name);
        }
    }
    if (facet->n_values < (distinct < limit ? distinct : limit)) {
        tell(q, "the number", facet->name);
    }
}

/* ---- the histogram ---- */

static const char *const units[] = { "year", "month", "week", "day", "auto" };

/* Whether a date falls into the bucket: counted from its first day to before
   the next one's. */
static bool
falls(struct date date, const char *begin, const char *unit)
{
    struct date first;
    int64_t from, to;

    lede__date_parse(str_from(begin), &first);
    lede__date_span(first, &from, &to);
    to += strcmp(unit, "week") == 0 ? 6 * 86400 : 0;
    return date.seconds >= from && date.seconds <= to;
}

static bool
is_vague(struct date date, const char *unit)
{
    return date.precision == DATE_YEAR ? strcmp(unit, "year") != 0
           : date.precision == DATE_MONTH ? unit[0] == 'w' || unit[0] == 'd'
           : false;
}

static void
check_histogram(const struct corpus *c, const struct query *q,
                const lede_histogram *h, const char *asked)
{
    uint64_t vague = 0, without = 0, sum = 0, found = 0;
    size_t i, j;

    for (i = 0; i < c->n; i++) {
        struct date date = c->docs[i].mock.article.date;

        if (matches(q, &c->docs[i], -1)) {
            found++;
            without += date.precision == DATE_NONE;
            vague += is_vague(date, h->unit);
        }
    }
    for (i = 0; i < h->n_buckets; i++) {
        uint64_t n = 0;

        for (j = 0; j < c->n; j++) {
            struct date date = c->docs[j].mock.article.date;

            n += matches(q, &c->docs[j], -1) && date.precision != DATE_NONE &&
                 !is_vague(date, h->unit) &&
                 falls(date, h->buckets[i].begin, h->unit);
        }
        sum += n;
        if (n != h->buckets[i].count) {
            tell(q, "a bucket", h->buckets[i].begin);
        }
    }
    if (h->vague != vague || h->without != without ||
        sum + vague + without != found ||
        (strcmp(asked, "auto") != 0 && strcmp(asked, h->unit) != 0) ||
        (h->n_buckets > 0 && (h->buckets[0].count == 0 ||
                              h->buckets[h->n_buckets - 1].count == 0))) {
        tell(q, "the histogram", h->unit);
    }
}

static void
try_facets(struct corpus *c)
{
    const char *const unit = units[random_below(&c->random, 5)];
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    const lede_histogram *histogram;
    lede_results *results;
    struct query q;
    size_t i;

    make_query(&c->random, &q);
    options.limit = random_below(&c->random, 3);
    options.approximate = random_once_in(&c->random, 2);
    options.snippets = 0;
    options.facets = key_names;
    options.n_facets = KEYS;
    options.facet_limit = 1 + random_below(&c->random, 10);
    options.histogram = unit;
    results = search(c, q.text, &options);
    if (results == NULL) {
        return;
    }
    if (lede_results_warning_count(results) > 0) {
        tell(&q, "a warning", lede_results_warning(results, 0)->message);
    }
    for (i = 0; i < KEYS; i++) {
        check_facet(c, &q, (int)i, lede_results_facet(results, i),
                    options.facet_limit);
    }
    histogram = lede_results_histogram(results);
    if (histogram == NULL) {
        tell(&q, "no histogram", unit);
    } else {
        check_histogram(c, &q, histogram, unit);
    }
    lede_results_free(results);
}

int
main(void)
{
    run("facets and histograms", try_facets, long_tests() ? 500 : 12);
    return done();
}
