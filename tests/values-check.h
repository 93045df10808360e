/* values-check.h - what tests of facets and of orders share: random articles
   with values of every kind, some written in several ways, in one to three
   indexes, of which some have their docs in an order of their own; and random
   queries of words and filters, each written in one of the ways that mean the
   same. */

#ifndef LEDE_TESTS_VALUES_CHECK_H
#define LEDE_TESTS_VALUES_CHECK_H

#include <stdlib.h>

#include "query/handle.h"
#include "shared/analysis/analysis.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

#define DOCS 330
#define INDEXES 3
#define GROUPS 3
#define PICKED 2

enum { TAG, AUTHOR, LANG, SOURCE, CATEGORY, RATING, KEYS };

static const char *const key_names[KEYS] = {
    "tag", "author", "lang", "source", "category", "meta.rating",
};

/* The forms of a key's values; some fold to the same. */
static const char *const forms[KEYS][8] = {
    { "AI", "ai", "Open  Source", "open source", "\xC3\x9C" "ber",
      "\xC3\xBC" "ber", "x", "Chips" },
    { "Ann Lee", "ann lee", "Bo", "\xEF\xBC\xA3y", "cy", "Dee", NULL },
    { "en", "de", "zh", NULL },
    { "Ledger", "ledger", "Wire", NULL },
    { "News", "Blog", "blog", NULL },
    { "10", "9", "-2.5", "1e1", "high", "Low", "10 of 10", NULL },
};

struct doc {
    struct mock_article mock;
    size_t index;
    char id[24], title[24], body[200];
    struct str values[KEYS][4];
    size_t n[KEYS];
    struct meta metas[5];
    bool words[4];
    uint32_t n_words;
};

struct corpus {
    struct random random;
    struct doc docs[DOCS];
    size_t n;
    lede_index *indexes[INDEXES];
    struct searcher *searchers[INDEXES];
    size_t n_indexes;
};

/* ---- articles ---- */

static inline size_t
count_forms(int key)
{
    size_t n = 0;

    while (n < 8 && forms[key][n] != NULL) {
        n++;
    }
    return n;
}

static inline void
fill_date(struct random *r, struct article *a)
{
    static const char *const dates[] = {
        "2023", "2023-11", "2024-02", "2024-02-29", "2024-12-30",
        "2024-12-31T23:59:59Z", "2025-01-01", "2025-01-05", "2025-01-06",
        "2025-01-06T08:00:00Z",
    };

    if (!random_once_in(r, 8)) {
        lede__date_parse(str_from(dates[random_below(r, 10)]), &a->date);
    }
}

/* Append to a text in `size` bytes. */
static inline void
append(char *to, size_t size, const char *text)
{
    size_t used = strlen(to);

    snprintf(to + used, size - used, "%s", text);
}

static inline void
fill_body(struct random *r, struct doc *doc)
{
    size_t words = random_below(r, 30);
    size_t i;

    for (i = 0; i < words; i++) {
        unsigned word = (unsigned)random_below(r, 7);

        word = word < 4 ? word : 0;
        doc->words[word] = true;
        append(doc->body, sizeof(doc->body),
               (const char *const[]){ "wa ", "wb ", "wc ", "wd " }[word]);
    }
    doc->n_words = (uint32_t)words;
}

static inline void
fill(struct corpus *c, struct doc *doc, size_t i)
{
    static const char *const titles[] = { "Zebra", "apple", "Apple", "10",
                                          "\xC3\x84pfel", "" };
    struct random *r = &c->random;
    struct article *a = &doc->mock.article;
    int key;
    size_t j;

    memset(doc, 0, sizeof(*doc));
    snprintf(doc->id, sizeof(doc->id), "d%zu", i);
    snprintf(doc->title, sizeof(doc->title), "%s",
             titles[random_below(r, 6)]);
    fill_body(r, doc);
    fill_date(r, a);
    for (key = 0; key < KEYS; key++) {
        size_t most = key == LANG || key == SOURCE ? 2 : 4;

        for (j = random_below(r, most); j > 0; j--) {
            doc->values[key][doc->n[key]++] =
                str_from(forms[key][random_below(r, count_forms(key))]);
        }
    }
    doc->mock.number = (uint32_t)i + 1;
    doc->mock.deleted = random_once_in(r, 12);
    a->id = str_from(doc->id);
    a->title = str_from(doc->title);
    a->body = str_from(doc->body);
    a->tags = (struct str_list){ doc->values[TAG], doc->n[TAG] };
    a->authors = (struct str_list){ doc->values[AUTHOR], doc->n[AUTHOR] };
    a->categories = (struct str_list){ doc->values[CATEGORY],
                                       doc->n[CATEGORY] };
    a->lang = doc->n[LANG] > 0 ? doc->values[LANG][0] : STR("");
    a->source = doc->n[SOURCE] > 0 ? doc->values[SOURCE][0] : STR("");
    doc->metas[0] = (struct meta){ .key = STR("other"), .text = STR("10") };
    for (j = 0; j < doc->n[RATING]; j++) {
        doc->metas[j + 1] = (struct meta){ .key = STR("rating"),
                                           .text = doc->values[RATING][j] };
    }
    a->meta = doc->metas;
    a->n_meta = doc->n[RATING] + 1;
}

static inline void
make(struct corpus *c, uint64_t seed)
{
    static struct mock_article articles[DOCS];
    size_t i, index;

    memset(c, 0, sizeof(*c));
    c->random = random_begin(seed);
    c->n_indexes = 1 + random_below(&c->random, INDEXES);
    c->n = random_once_in(&c->random, 3) ? DOCS
                                         : 1 + random_below(&c->random, 80);
    for (i = 0; i < c->n; i++) {
        fill(c, &c->docs[i], i);
        c->docs[i].index = random_below(&c->random, c->n_indexes);
    }
    for (index = 0; index < c->n_indexes; index++) {
        const struct mock_options options = {
            NULL, 1 + (uint32_t)random_below(&c->random, 100), seed,
            (uint32_t)random_below(&c->random, 50),
            random_once_in(&c->random, 2),
        };
        size_t n = 0;

        for (i = 0; i < c->n; i++) {
            if (c->docs[i].index == index) {
                articles[n++] = c->docs[i].mock;
            }
        }
        if (mock_searcher_new(&c->searchers[index], articles, n, &options,
                              NULL) != LEDE_STATUS_OK ||
            lede__index_new(&c->indexes[index], c->searchers[index], NULL) !=
            LEDE_STATUS_OK) {
            puts("Bail out! no index");
            exit(1);
        }
    }
}

static inline void
close_all(struct corpus *c)
{
    size_t i;

    for (i = 0; i < c->n_indexes; i++) {
        lede_index_close(c->indexes[i]);
    }
}

/* ---- queries ---- */

/* Values of one key, any of which will do. */
struct group {
    int key;
    const char *values[PICKED];
    size_t n;
};

struct query {
    bool words[4];              // any of them; none: all articles
    struct group groups[GROUPS];
    size_t n;
    int excluded;               // a key, or -1
    const char *value;
    bool all;                   // in AND; else a list
    char text[800];
};

/* What a text folds to; folding is slow, and texts are few. */
static inline struct str
folded(struct str text)
{
    static struct {
        char text[32], folded[32];
    } seen[256];
    struct buf out = BUF_INIT(BUF_MAX_ANY);
    size_t i = 0;

    while (seen[i].text[0] != '\0' && (strlen(seen[i].text) != text.len ||
           memcmp(seen[i].text, text.p, text.len) != 0)) {
        i++;
    }
    if (seen[i].text[0] == '\0' && text.len > 0) {
        lede__fold(&out, text, NULL);
        memcpy(seen[i].text, text.p, text.len);
        memcpy(seen[i].folded, out.p, out.len);
        lede__buf_free(&out);
    }
    return str_from(seen[i].folded);
}

static inline bool
is_same(struct str a, struct str b)
{
    return str_eq(folded(a), folded(b));
}

static inline size_t
values_of(const struct doc *doc, int key)
{
    size_t most = key == LANG || key == SOURCE ? 1 : 4;

    return doc->n[key] < most ? doc->n[key] : most;
}

static inline bool
has(const struct doc *doc, int key, const char *value)
{
    size_t i;

    for (i = 0; i < values_of(doc, key); i++) {
        if (is_same(doc->values[key][i], str_from(value))) {
            return true;
        }
    }
    return false;
}

/* Whether an article is found; `but`: the group of this key is not asked. */
static inline bool
matches(const struct query *q, const struct doc *doc, int but)
{
    bool found = !(q->words[0] || q->words[1] || q->words[2] || q->words[3]);
    size_t i, j;

    for (i = 0; i < 4; i++) {
        found = found || (q->words[i] && doc->words[i]);
    }
    for (i = 0; i < q->n && found; i++) {
        bool any = q->groups[i].key == but;

        for (j = 0; j < q->groups[i].n; j++) {
            any = any || has(doc, q->groups[i].key, q->groups[i].values[j]);
        }
        found = any;
    }
    return found && !doc->mock.deleted &&
           (q->excluded < 0 || !has(doc, q->excluded, q->value));
}

static inline size_t
groups_of(const struct query *q, int key)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < q->n; i++) {
        n += q->groups[i].key == key;
    }
    return n;
}

static inline void
add(struct query *q, const char *text)
{
    append(q->text, sizeof(q->text), text);
}

static inline void
print_filter(struct query *q, int key, const char *value)
{
    size_t used = strlen(q->text);

    snprintf(q->text + used, sizeof(q->text) - used, "%s:\"%s\"",
             key_names[key], value);
}

static inline void
print_group(struct random *r, struct query *q, const struct group *group,
            bool first)
{
    bool plain = !q->all && groups_of(q, group->key) == 1 &&
                 random_once_in(r, 2);
    size_t i;

    add(q, first ? "" : q->all ? " AND " : " ");
    add(q, plain ? "" : group->n > 1 ? "(" : q->all ? "" : "+");
    for (i = 0; i < group->n; i++) {
        add(q, i == 0 ? "" : plain ? " " : " OR ");
        print_filter(q, group->key, group->values[i]);
    }
    add(q, !plain && group->n > 1 ? ")" : "");
}

static inline void
print(struct random *r, struct query *q)
{
    size_t parts = 0;
    size_t i;

    q->text[0] = '\0';
    for (i = 0; i < 4; i++) {
        if (q->words[i]) {
            char word[8] = { 'w', (char)('a' + i) };

            add(q, parts++ == 0 ? q->all ? "(" : ""
                                         : q->all ? " OR " : " ");
            add(q, word);
        }
    }
    add(q, parts > 0 && q->all ? ")" : "");
    for (i = 0; i < q->n; i++) {
        print_group(r, q, &q->groups[i], parts++ == 0);
    }
    if (parts == 0) {
        add(q, "*");
    }
    if (q->excluded >= 0) {
        add(q, q->all ? " AND NOT " : " -");
        print_filter(q, q->excluded, q->value);
    }
}

static inline void
make_query(struct random *r, struct query *q)
{
    size_t i, j;

    memset(q, 0, sizeof(*q));
    for (i = 0; i < 4; i++) {
        q->words[i] = random_once_in(r, 3);
    }
    q->n = random_below(r, GROUPS + 1);
    for (i = 0; i < q->n; i++) {
        struct group *group = &q->groups[i];

        group->key = (int)random_below(r, KEYS);
        group->n = 1 + random_below(r, PICKED);
        for (j = 0; j < group->n; j++) {
            group->values[j] =
                forms[group->key][random_below(r, count_forms(group->key))];
        }
    }
    q->excluded = random_once_in(r, 3) ? (int)random_below(r, KEYS) : -1;
    if (q->excluded >= 0) {
        q->value = forms[q->excluded][random_below(
            r, count_forms(q->excluded))];
    }
    q->all = random_once_in(r, 3);
    print(r, q);
}

/* ---- searching ---- */

static int wrong;

static inline void
tell(const struct query *q, const char *what, const char *of)
{
    if (wrong++ < 5) {
        printf("# %s: %s of %s\n", q->text, what, of);
    }
}

/* Search; a snapshot may be overwritten at any call. */
static inline lede_results *
search(struct corpus *c, const char *query, const lede_search_options *options)
{
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;

    if (random_once_in(&c->random, 4)) {
        mock_searcher_change(c->searchers[random_below(&c->random,
                                                       c->n_indexes)],
                             random_below(&c->random, 200));
    }
    if (lede_search(&results, c->indexes, c->n_indexes, query, options,
                    &error) != LEDE_STATUS_OK && wrong++ < 5) {
        printf("# %s: %s\n", query, error.message);
    }
    return results;
}

static inline void
run(const char *what, void (*one)(struct corpus *), uint64_t seeds)
{
    struct corpus *c = calloc(1, sizeof(*c));
    uint64_t seed;
    int i;

    for (seed = 1; seed <= seeds && wrong == 0; seed++) {
        make(c, seed);
        for (i = 0; i < 20; i++) {
            one(c);
        }
        if (wrong > 0) {
            printf("# seed %llu\n", (unsigned long long)seed);
        }
        close_all(c);
    }
    ok(wrong == 0, "%s", what);
    wrong = 0;
    free(c);
}

#endif
