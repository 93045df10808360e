/* query-tree.c - trees to text and to JSON, and back to the same trees.

   Random trees of all that a query can be, with texts full of signs, are
   printed as text and parsed, and printed as JSON and read.  Then JSON that is
   wrong, and what is told of it. */

#include <math.h>

#include "tests/query-same.h"
#include "tests/random.h"
#include "tests/tap.h"

/* ---- random trees ---- */

struct maker {
    struct random random;
    struct arena arena;
    int left;                   // nodes that may still be made
};

static uint32_t
below(struct maker *mk, uint32_t n)
{
    return (uint32_t)random_below(&mk->random, n);
}

static struct syntax *
make(struct maker *mk, enum syntax_kind kind)
{
    struct syntax *node = lede__arena_array(&mk->arena, 1, sizeof(*node));

    node->kind = kind;
    node->boost = 1;
    mk->left--;
    return node;
}

static void
set_boost(struct maker *mk, struct syntax *node)
{
    static const double boosts[] = { 2, 0.5, 2.5, 0.001, 1000, 1.0 / 3 };

    if (below(mk, 5) == 0) {
        node->boost = boosts[below(mk, 6)];
    }
}

static struct str
pick(struct maker *mk, const char *const *texts, size_t n)
{
    return str_from(texts[below(mk, (uint32_t)n)]);
}

#define PICK(mk, texts) pick(mk, texts, sizeof(texts) / sizeof(texts[0]))

/* Signs and letters in any order, with a letter in it. */
static struct str
wild_text(struct maker *mk)
{
    static const char *const pieces[] = {
        "a", "b", "qwen", "5", "2", "of", "AND", "NEAR/5", "*", "?", "~1",
        "~", "^2", "/", "=", "+", "-", "\"", "(", ")", ":", "title:", "\\",
        ".", ",", "\xE6\xA8\xA1", "\xC2\xAB", "\xE2\x80\x9D", "\xEF\xBC\x88",
        "\xD7\xA6", "date:", "..", ">", "meta.x:", "'", "#", "\xC3\xA9",
    };
    char text[128];
    size_t len = 0;
    uint32_t n = below(mk, 5);
    uint32_t letter = below(mk, n + 1);
    uint32_t i;

    for (i = 0; i <= n; i++) {
        struct str piece = i == letter ? STR("x") : PICK(mk, pieces);

        memcpy(text + len, piece.p, piece.len);
        len += piece.len;
    }
    return lede__arena_str(&mk->arena, (struct str){ text, len });
}

static struct str
word_text(struct maker *mk)
{
    static const char *const words[] = { "qwen", "max", "GPT-4o", "AND",
        "OR", "NOT", "NEAR", "NEAR/5", "2", "3", "of", "to", "-5", "C++" };

    return below(mk, 3) == 0 ? wild_text(mk) : PICK(mk, words);
}

static struct syntax *
make_form(struct maker *mk, bool quoted)
{
    static const char *const patterns[] = { "bench*", "*base", "w?rd",
                                            "w*d", "*bold*" };
    static const char *const regexes[] = { "colou?rs?", "v[0-9]+", "(a|b)c",
                                           "a\\/b*", "\\.", "x{2,4}" };
    static const char *const fuzzies[] = { "kubernets", "qwen" };
    struct syntax *node;

    switch (below(mk, 8)) {
    case 0:
        node = make(mk, SYNTAX_PATTERN);
        node->text = PICK(mk, patterns);
        return node;
    case 1:
        node = make(mk, SYNTAX_REGEX);
        node->text = PICK(mk, regexes);
        return node;
    case 2:
        node = make(mk, SYNTAX_FUZZY);
        node->text = PICK(mk, fuzzies);
        node->within = 1 + below(mk, 2);
        return node;
    default:
        node = make(mk, SYNTAX_WORD);
        node->text = word_text(mk);
        node->literal = true;
        node->exact = quoted || below(mk, 5) == 0;
        return node;
    }
}

static struct syntax *
make_phrase(struct maker *mk)
{
    struct syntax *node = make(mk, SYNTAX_PHRASE);
    struct syntax **tail = &node->child;
    uint32_t n = 2 + below(mk, 3);
    uint32_t i;

    for (i = 0; i < n; i++) {
        bool gap = i > 0 && i + 1 < n && below(mk, 4) == 0;

        *tail = gap ? make(mk, SYNTAX_ANY_WORD) : make_form(mk, true);
        tail = &(*tail)->next;
    }
    node->within = below(mk, 3) == 0 ? below(mk, 20) : 0;
    return node;
}

/* A word or phrase in the field. */
static struct syntax *
make_text(struct maker *mk, struct str field)
{
    struct syntax *node = below(mk, 4) == 0 ? make_phrase(mk)
                                            : make_form(mk, false);

    node->field = field;
    set_boost(mk, node);
    return node;
}

static struct syntax *
make_filter(struct maker *mk)
{
    static const char *const values[] = { "ai", "open source", "a \"b\" c",
        "C:\\x", "C:\\", "a\\\\", "?", "*", "1..2", ">5", "x)", "J.R.",
        "..", "a:b", "\"" };
    static const char *const fields[] = { "tag", "path", "meta.series",
                                          "rating" };
    static const double numbers[] = { 0, 1000, -1.5, 1e20, 0.1, 123456789 };
    struct syntax *node;
    uint32_t ends = 1 + below(mk, 3);

    switch (below(mk, 4)) {
    case 0:
        node = make(mk, SYNTAX_NUMBERS);
        node->field = below(mk, 2) == 0 ? STR("words") : STR("meta.series");
        node->low = (ends & 1) != 0 ? numbers[below(mk, 6)] : -INFINITY;
        node->high = (ends & 2) != 0 ? numbers[below(mk, 6)] : INFINITY;
        node->low_open = ends == 1 && below(mk, 2) == 0;
        node->high_open = ends == 2 && below(mk, 2) == 0;
        return node;
    case 1:
        node = make(mk, SYNTAX_DATES);
        node->field = below(mk, 2) == 0 ? STR("date") : STR("meta.updated");
        if ((ends & 1) != 0) {
            lede__date_parse(STR("2024-05"), &node->from);
        }
        if ((ends & 2) != 0) {
            lede__date_parse(STR("2025-02-12 10:00:05"), &node->to);
        }
        return node;
    default:
        node = make(mk, SYNTAX_FILTER);
        node->field = PICK(mk, fields);
        node->any = below(mk, 6) == 0 && !str_eq(node->field, STR("path"));
        node->text = node->any ? STR("") : PICK(mk, values);
        return node;
    }
}

static struct syntax *
make_tree(struct maker *mk, int depth);

static struct syntax *
make_near(struct maker *mk, struct str field, int depth)
{
    struct syntax *node = make(mk, SYNTAX_NEAR);
    struct syntax **tail = &node->child;
    uint32_t n = 2 + below(mk, 2);
    uint32_t i;

    node->unit = below(mk, 4) == 0 ? 1 + below(mk, 2) : UNIT_POSITIONS;
    node->within = node->unit == UNIT_POSITIONS ? 1 + below(mk, 1000) : 0;
    for (i = 0; i < n; i++) {
        if (depth > 0 && below(mk, 4) == 0) {
            *tail = make_near(mk, field, depth - 1);
        } else if (depth > 0 && below(mk, 3) == 0) {
            struct syntax *group = make(mk, below(mk, 2) == 0 ? SYNTAX_OR
                                                              : SYNTAX_LIST);

            group->child = make_text(mk, field);
            group->child->next = make_text(mk, field);
            set_boost(mk, group);
            *tail = group;
        } else {
            *tail = make_text(mk, field);
        }
        tail = &(*tail)->next;
    }
    set_boost(mk, node);
    return node;
}

static bool
is_text(const struct syntax *node)
{
    return node->kind != SYNTAX_NOT && !lede__syntax_is_filter(node);
}

static struct syntax *
make_group(struct maker *mk, enum syntax_kind kind, int depth)
{
    struct syntax *node = make(mk, kind);
    struct syntax **tail = &node->child;
    uint32_t n = (kind == SYNTAX_SOME ? 3 : 2) + below(mk, 3);
    bool words = false;
    uint32_t i;

    for (i = 0; i < n; i++) {
        struct syntax *child = make_tree(mk, depth - 1);

        // what a chain of one operator would take in has no brackets
        if (below(mk, 5) == 0 && child->kind != SYNTAX_NOT) {
            struct syntax *not = make(mk, SYNTAX_NOT);

            not->child = child;
            child = not;
        } else if (kind == SYNTAX_LIST && below(mk, 4) == 0) {
            child->must = child->kind != SYNTAX_NOT;
        }
        words = words || is_text(child);
        *tail = child;
        tail = &child->next;
    }
    node->within = kind == SYNTAX_SOME ? 2 : 0;
    // a star among words is none
    for (tail = &node->child; words && *tail != NULL;) {
        if ((*tail)->kind == SYNTAX_ALL && !(*tail)->must) {
            (*tail)->kind = SYNTAX_WORD;
            (*tail)->text = STR("qwen");
        }
        tail = &(*tail)->next;
    }
    // what has no score counts no more
    if (is_text(node)) {
        set_boost(mk, node);
    }
    return node;
}

static struct syntax *
make_tree(struct maker *mk, int depth)
{
    static const char *const fields[] = { "", "", "", "title", "body" };
    struct str field = PICK(mk, fields);

    if (depth == 0 || mk->left < 0 || below(mk, 3) == 0) {
        switch (below(mk, 10)) {
        case 0:
            return make(mk, SYNTAX_ALL);
        case 1:
        case 2:
        case 3:
            return make_filter(mk);
        default:
            return make_text(mk, field);
        }
    }
    switch (below(mk, 6)) {
    case 0:
        return make_near(mk, field, depth - 1);
    case 1:
        return make_group(mk, SYNTAX_AND, depth);
    case 2:
        return make_group(mk, SYNTAX_OR, depth);
    case 3:
        return make_group(mk, SYNTAX_SOME, depth);
    default:
        return make_group(mk, SYNTAX_LIST, depth);
    }
}

/* ---- there and back ---- */

/* Print and parse; the text in *out. */
static bool
is_kept(const struct syntax *tree, struct buf *out)
{
    struct arena arena = ARENA_INIT;
    struct warnings warnings = { &arena, NULL, 0 };
    struct syntax *again = NULL;
    size_t i;
    bool same;

    lede__print(out, tree, NULL);
    lede__parse(&again, lede__buf_view(out), &query_names, &arena, &warnings,
                NULL);
    same = again != NULL && query_is_same(tree, again);
    // what is printed needs no repair, but that a range may be empty
    for (i = 0; i < warnings.count; i++) {
        same = same && strcmp(warnings.items[i].code, "empty-range") == 0;
    }
    lede__arena_free(&arena);
    return same;
}

static bool
is_kept_as_json(const struct syntax *tree, struct buf *out)
{
    struct arena arena = ARENA_INIT;
    lede_error error = LEDE_ERROR_INIT;
    struct syntax *again = NULL;
    bool same;

    lede__print_json(out, tree, NULL);
    lede__parse_json(&again, lede__buf_view(out), &query_names, &arena, &error);
    same = again != NULL && query_is_same(tree, again);
    if (again == NULL) {
        printf("# %s\n", error.message);
    }
    lede__arena_free(&arena);
    return same;
}

static void
test_random(uint64_t n)
{
    uint64_t i;
    uint64_t bad = 0;

    for (i = 0; i < n && bad < 10; i++) {
        struct maker mk = { .left = 60 };
        struct buf text = BUF_INIT(BUF_MAX_ANY);
        struct buf json = BUF_INIT(BUF_MAX_ANY);
        struct syntax *tree;

        mk.random = random_begin(i + 1);
        tree = make_tree(&mk, 1 + (int)(i % 4));
        // a sign at the top is that of a list of one
        if (!is_kept(tree, &text)) {
            struct buf again = BUF_INIT(BUF_MAX_ANY);

            bad++;
            ok(false, "tree %d is kept as text", (int)i);
            lede__print_json(&again, tree, NULL);
            printf("# %s\n# %s\n", text.p, again.p);
            lede__buf_free(&again);
        }
        if (!is_kept_as_json(tree, &json)) {
            bad++;
            ok(false, "tree %d is kept as JSON: %s", (int)i, json.p);
        }
        lede__buf_free(&text);
        lede__buf_free(&json);
        lede__arena_free(&mk.arena);
    }
    ok(bad == 0, "%d random trees are kept as text and as JSON", (int)i);
}

/* ---- JSON that is typed ---- */

struct row {
    const char *query;
    const char *json;
};

static const struct row typed[] = {
    { "qwen", "{\"type\":\"word\",\"text\":\"qwen\",\"at\":[0,4]}" },
    { "+title:qwen^2 -\"max model\"",
      "{\"type\":\"list\",\"of\":[{\"type\":\"word\",\"field\":\"title\","
      "\"text\":\"qwen\",\"must\":true,\"boost\":2,\"at\":[1,13]},"
      "{\"type\":\"not\",\"of\":{\"type\":\"phrase\",\"of\":[{\"type\":"
      "\"word\",\"text\":\"max\",\"exact\":true,\"at\":[16,19]},{\"type\":"
      "\"word\",\"text\":\"model\",\"exact\":true,\"at\":[20,25]}],"
      "\"at\":[15,26]},\"at\":[14,26]}],\"at\":[0,26]}" },
    { "words:>1000 meta.series:*",
      "{\"type\":\"list\",\"of\":[{\"type\":\"range\",\"field\":\"words\","
      "\"from\":1000,\"to\":null,\"from_open\":true,\"at\":[0,11]},"
      "{\"type\":\"filter\",\"field\":\"meta.series\",\"any\":true,"
      "\"at\":[12,25]}],\"at\":[0,25]}" },
    { "2 of (a b* c~)",
      "{\"type\":\"list\",\"least\":2,\"of\":[{\"type\":\"word\",\"text\":"
      "\"a\",\"at\":[6,7]},{\"type\":\"pattern\",\"text\":\"b*\",\"at\":"
      "[8,10]},{\"type\":\"word\",\"text\":\"c~\",\"at\":[11,13]}],"
      "\"at\":[0,14]}" },
    { "a NEAR/p /b+/", "{\"type\":\"near\",\"within\":\"paragraph\",\"of\":["
      "{\"type\":\"word\",\"text\":\"a\",\"at\":[0,1]},{\"type\":\"regex\","
      "\"text\":\"b+\",\"at\":[9,13]}],\"at\":[0,13]}" },
    { "date:2025-W07", "{\"type\":\"dates\",\"field\":\"date\",\"from\":"
      "\"2025-02-10\",\"to\":\"2025-02-16\",\"typed\":\"2025-W07\",\"at\":"
      "[0,13]}" },
    { "*", "{\"type\":\"all\",\"at\":[0,1]}" },
    { "?", "null" },
    { "tag:\"a\\\"b\"", "{\"type\":\"filter\",\"field\":\"tag\",\"value\":"
      "\"a\\\"b\",\"at\":[0,10]}" },
};

static void
test_typed(void)
{
    size_t i;

    for (i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        struct arena arena = ARENA_INIT;
        struct warnings warnings = { &arena, NULL, 0 };
        struct buf out = BUF_INIT(BUF_MAX_ANY);
        struct syntax *tree, *again;

        lede__parse(&tree, str_from(typed[i].query), &query_names, &arena,
                    &warnings, NULL);
        lede__print_json(&out, tree, NULL);
        is_str(out.p, typed[i].json, "%s as JSON", typed[i].query);
        if (tree != NULL) {
            lede__parse_json(&again, lede__buf_view(&out), &query_names, &arena,
                             NULL);
            ok(again != NULL && query_is_same(tree, again), "%s is read again",
               typed[i].query);
        }
        lede__buf_free(&out);
        lede__arena_free(&arena);
    }
}

/* ---- JSON that is wrong ---- */

#define WORD "{\"type\":\"word\",\"text\":\"x\"}"

static const struct row wrong[] = {
    { "", "no JSON" },
    { "x", "no JSON" },
    { "{", "no JSON" },
    { "{}", "/type: this is missing" },
    { "[]", "/: this has to be an object" },
    { "null", "/: this has to be an object" },
    { WORD " x", "no JSON" },
    { "{\"type\":\"words\"}", "/type: there is no such type" },
    { "{\"type\":\"word\"}", "/text: this is missing" },
    { "{\"type\":\"word\",\"text\":\"\"}", "/text: this is empty" },
    { "{\"type\":\"word\",\"text\":5}", "/text: this has to be a string" },
    { "{\"type\":\"word\",\"text\":\"a b\"}", "/text: white space" },
    { "{\"type\":\"word\",\"text\":\"a\\u0000b\"}", "/text: this is no text" },
    { "{\"type\":\"word\",\"text\":\"x\",\"txt\":1}",
      "/txt: there is no such member here" },
    { "{\"type\":\"word\",\"text\":\"x\",\"must\":true}",
      "/must: there is no such member here" },
    { "{\"type\":\"word\",\"text\":\"x\",\"exact\":1}", "/exact: this has" },
    { "{\"type\":\"word\",\"text\":\"x\",\"boost\":0}", "/boost: this has" },
    { "{\"type\":\"word\",\"text\":\"x\",\"boost\":\"2\"}",
      "/boost: this has" },
    { "{\"type\":\"word\",\"text\":\"x\",\"field\":\"tag\"}",
      "/field: there is no text" },
    { "{\"type\":\"word\",\"text\":\"x\",\"field\":\"nope\"}",
      "/field: there is no such field" },
    { "{\"type\":\"pattern\",\"text\":\"x\"}", "/text: this is nothing" },
    { "{\"type\":\"pattern\",\"text\":\"x**\"}", "/text: this is nothing" },
    { "{\"type\":\"pattern\",\"text\":\"x*^2\"}", "/text: this is nothing" },
    { "{\"type\":\"regex\",\"text\":\"etc\"}", "/text: this is nothing" },
    { "{\"type\":\"regex\",\"text\":\"[a\"}", "/text: /[a/: " },
    { "{\"type\":\"fuzzy\",\"text\":\"x2\",\"edits\":1}",
      "/text: this is nothing" },
    { "{\"type\":\"fuzzy\",\"text\":\"qwen\",\"edits\":3}", "/edits: this" },
    { "{\"type\":\"fuzzy\",\"text\":\"qwen\"}", "/edits: this is missing" },
    { "{\"type\":\"gap\"}", "/type: a gap is in a phrase" },
    { "{\"type\":\"or\",\"of\":[]}", "/of: this has to be an array" },
    { "{\"type\":\"or\",\"of\":[" WORD ",{\"type\":\"near\",\"of\":[" WORD ","
      WORD "],\"within\":\"5\"}]}", "/of/1/within: this has" },
    { "{\"type\":\"near\",\"of\":[" WORD "],\"within\":5}", "/of: near joins" },
    { "{\"type\":\"near\",\"of\":[" WORD ",{\"type\":\"all\"}],\"within\":5}",
      "/of: near joins" },
    { "{\"type\":\"near\",\"of\":[" WORD "," WORD "],\"within\":0}",
      "/within: this has" },
    { "{\"type\":\"list\",\"least\":3,\"of\":[" WORD "," WORD "]}",
      "/least: this has" },
    { "{\"type\":\"phrase\",\"of\":[{\"type\":\"gap\"}," WORD "]}",
      "/of: a gap is between" },
    { "{\"type\":\"phrase\",\"of\":[{\"type\":\"all\"}]}",
      "/of/0/type: this cannot" },
    { "{\"type\":\"phrase\",\"of\":[{\"type\":\"word\",\"text\":\"x\","
      "\"boost\":2}]}", "/of/0/boost: there is no such member" },
    { "{\"type\":\"filter\",\"field\":\"tag\"}", "/: either a value" },
    { "{\"type\":\"filter\",\"field\":\"date\",\"value\":\"x\"}",
      "/field: this takes no filter" },
    { "{\"type\":\"dates\",\"field\":\"date\",\"from\":null,\"to\":null}",
      "/: a date is needed" },
    { "{\"type\":\"dates\",\"field\":\"date\",\"from\":\"yesterday\","
      "\"to\":null}", "/from: this is no date" },
    { "{\"type\":\"range\",\"field\":\"words\",\"from\":null,\"to\":null}",
      "/: a number is needed" },
    { "{\"type\":\"range\",\"field\":\"words\",\"from\":1,\"to\":2,"
      "\"from_open\":true}", "/: an end is open" },
    { "{\"type\":\"range\",\"field\":\"words\",\"from\":\"1\",\"to\":2}",
      "/from: this has to be a number" },
    { "{\"type\":\"not\",\"of\":[" WORD "]}", "/of: this has to be an object" },
};

static void
test_wrong(void)
{
    struct buf deep = BUF_INIT(BUF_MAX_ANY);
    size_t i;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct arena arena = ARENA_INIT;
        lede_error error = LEDE_ERROR_INIT;
        struct syntax *tree;
        lede_status status = lede__parse_json(&tree, str_from(wrong[i].query),
                                              &query_names, &arena, &error);

        ok(status == LEDE_STATUS_BAD_QUERY && tree == NULL &&
           strstr(error.message, wrong[i].json) != NULL, "%s: %s",
           wrong[i].query, error.message);
        lede__arena_free(&arena);
    }
    for (i = 0; i < 1000; i++) {
        lede__buf_str(&deep, STR("{\"type\":\"not\",\"of\":"), NULL);
    }
    for (i = 0; i < 2; i++) {
        struct arena arena = ARENA_INIT;
        struct syntax *tree;

        ok(lede__parse_json(&tree, lede__buf_view(&deep), &query_names, &arena,
                            NULL) == LEDE_STATUS_BAD_QUERY,
           "nodes in nodes have an end");
        deep.len = 70 * strlen("{\"type\":\"not\",\"of\":");
        lede__arena_free(&arena);
    }
    lede__buf_free(&deep);
}

int
main(void)
{
    test_random(getenv("LEDE_TEST_LONG") != NULL ? 2000000 : 20000);
    test_typed();
    test_wrong();
    return done();
}
