/* questions.c - random queries for trials; see trial.h. */

#include <stdio.h>

#include "shared/base/utf8.h"
#include "tests/trials/trial.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whole parts of queries that the oracle does not know. */
static const char *const raw[] = {
    "lang:en", "lang:de", "-lang:en", "author:\"Jane Doe\"", "author:li",
    "source:blog", "source:\"harbour wire\"", "category:ai",
    "category:\"open source\"", "+tag:ai", "+tag:chips", "-tag:ai",
    "date:..2023", "date:2023-06..", "date:2023-01..2024-02", "date:2024-02",
    "date:2023-06-15", "-date:2023", "date:2025..2024", "date:\"31 Dec 2022\"",
    "tag:(ai chips)", "topic:model", "topic:the", "path:nothing",
    "(tag:ai OR source:blog)", "authors:jane", "authors:\"song jianan\"",
    "title:(model run)", "body:(open AND source)", "-(model run)",
    "+(benchmark agent)", "model*", "m*", "\"the model\"", "*", "OR", "NOT",
    "\"open", "(", ")", "-", "date:2025-02-30", "nofield:model", "a - b -- c",
    "\"", "+", "model AND", "\"\xE6\xA8\xA1\xE5\x9E\x8B\"", "\xE6\xA8\xA1*",
    "don't", "U.S.", "us", "e-mail", "\xD0\xBC\xD0\xBE\xD0\xB4*",
    "\xF0\x9F\x98\x80", "http://example.com", "CVE-2024-1234",
    "\"\xE3\x83\xA2\xE3\x83\x87\xE3\x83\xAB\"",
};

static struct node *
new_node(struct trial *t, enum node_kind kind)
{
    struct node *node = trial_must(
        lede__arena_array(&t->arena, 1, sizeof(*node)));

    node->kind = kind;
    return node;
}

/* Words that stand in a row in some article, or do not. */
static const char *
make_phrase(struct trial *t)
{
    struct random *r = &t->random;
    char text[128] = "";
    uint64_t n = 1 + random_below(r, 3);

    if (t->n_items > 0 && random_once_in(r, 2)) {
        const char *body =
            t->items[random_below(r, t->n_items)].article.body;
        size_t len = body == NULL ? 0 : strlen(body);
        const char *p = body == NULL ? "" : body + random_below(r, len + 1);
        size_t used = 0;

        p = strchr(p, ' ') == NULL ? "" : strchr(p, ' ') + 1;
        while (*p != '\0' && used < 60 && *p != '\n' && *p != '"') {
            n -= *p == ' ';
            if (n == 0) {
                break;
            }
            text[used++] = *p++;
        }
        text[used] = '\0';
        // a character of several bytes was cut
        if (lede__utf8_valid(str_from(text)) == used && used > 0) {
            return trial_copy(t, text);
        }
        n = 2;
        text[0] = '\0';
    }
    for (uint64_t i = 0; i < n; i++) {
        size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, "%s%s", i > 0 ? " " : "",
                 trial_word(t));
    }
    return trial_copy(t, text);
}

/* The first characters of a word. */
static const char *
make_prefix(struct trial *t)
{
    static const char *const begins[] = { "mod", "ru", "ben", "multi", "gpt",
                                          "rare", "zzz", "w", "wa", "wbe" };

    return begins[random_below(&t->random, COUNT(begins))];
}

static struct node *
make_leaf(struct trial *t)
{
    static const char *const tags[] = { "ai", "chips", "Open Source", "c++" };
    static const char *const fields[] = { "body", "title", "summary", "tags",
                                          "authors" };
    struct random *r = &t->random;
    struct node *node = new_node(t, NODE_WORD);

    switch (random_below(r, 14)) {
    case 0:
        node->kind = NODE_TAG;
        node->text = tags[random_below(r, COUNT(tags))];
        return node;
    case 1:
        node->kind = NODE_YEARS;
        node->from = 2022 + (int)random_below(r, 3);
        node->to = node->from + (int)random_below(r, 2);
        return node;
    case 2:
    case 3:
    case 4:
        node->kind = NODE_PHRASE;
        node->text = make_phrase(t);
        node->within = strchr(node->text, ' ') != NULL && random_once_in(r, 3)
                           ? 1 + (unsigned)random_below(r, 4) : 0;
        break;
    case 5:
        node->kind = NODE_PREFIX;
        node->text = make_prefix(t);
        break;
    case 6:
        if (random_once_in(r, 2)) {
            node->kind = NODE_RAW;
            node->text = raw[random_below(r, COUNT(raw))];
            return node;
        }
        node->text = trial_copy(t, trial_word(t));
        break;
    default:
        node->text = trial_copy(t, trial_word(t));
        break;
    }
    if (random_once_in(r, 4)) {
        node->field = fields[random_below(r, COUNT(fields))];
    }
    return node;
}

/* Words, phrases and prefixes of one field near each other, or any of some, or
   others that are. */
static struct node *
make_operand(struct trial *t, const char *field, int depth)
{
    struct random *r = &t->random;
    struct node *node = new_node(t, NODE_WORD);

    switch (depth == 2 ? 6 : random_below(r, depth > 0 ? 7 : 5)) {
    case 0:
        node->kind = NODE_PREFIX;
        node->text = make_prefix(t);
        break;
    case 1:
        node->kind = NODE_PHRASE;
        node->text = make_phrase(t);
        break;
    case 5:
        node->kind = NODE_OR;
        break;
    case 6:
        node->kind = NODE_NEAR;
        node->within = random_once_in(r, 6)
                           ? 150 : 1 + (unsigned)random_below(r, 9);
        break;
    default:
        node->text = trial_copy(t, random_once_in(r, 2) ? trial_word(t)
                                                        : trial_hot_word(t));
        break;
    }
    if (node->text != NULL) {
        node->field = field;
        return node;
    }
    node->n = 2 + random_below(r, 2);
    for (size_t i = 0; i < node->n; i++) {
        node->kids[i] = make_operand(t, field, depth - 1);
    }
    return node;
}

static struct node *
make_near(struct trial *t)
{
    struct random *r = &t->random;

    return make_operand(t, random_once_in(r, 4) ? "body"
                           : random_once_in(r, 6) ? "title" : NULL, 2);
}

static void
set_boost(struct trial *t, struct node *node)
{
    static const double boosts[] = { 0.5, 2, 2.5, 4 };

    if (node->kind != NODE_RAW && node->kind != NODE_TAG &&
        node->kind != NODE_YEARS && random_once_in(&t->random, 10)) {
        node->boost = boosts[random_below(&t->random, COUNT(boosts))];
    }
}

static struct node *
make_query(struct trial *t, int depth)
{
    struct random *r = &t->random;
    struct node *node;

    if (depth == 0 || random_once_in(r, 3)) {
        node = random_once_in(r, 6) ? make_near(t) : make_leaf(t);
        set_boost(t, node);
        return node;
    }
    node = new_node(t, (enum node_kind[]){ NODE_AND, NODE_OR, NODE_LIST,
                                           NODE_LIST, NODE_LIST, NODE_SOME }
                       [random_below(r, 6)]);
    node->n = 2 + random_below(r, NODE_KIDS - 1);
    if (node->kind == NODE_SOME) {
        node->n = 3 + random_below(r, NODE_KIDS - 2);
        node->within = 2 + (unsigned)random_below(r, node->n - 2);
    }
    for (size_t i = 0; i < node->n; i++) {
        struct node *kid = make_query(t, depth - 1);
        uint64_t sign = random_below(r, 8);

        if (sign == 0 && kid->kind != NODE_RAW) {
            struct node *not = new_node(t, NODE_NOT);

            not->kids[not->n++] = kid;
            kid = not;
        } else if (sign <= 2 && node->kind == NODE_LIST) {
            kid->must = true;
        }
        node->kids[i] = kid;
    }
    return node;
}

/* Some frequent words, of which few articles have the most. */
static struct node *
make_plain_query(struct trial *t)
{
    struct random *r = &t->random;
    struct node *node = new_node(t, random_once_in(r, 4) ? NODE_AND
                                                         : NODE_LIST);

    node->n = 1 + random_below(r, NODE_KIDS);
    for (size_t i = 0; i < node->n; i++) {
        struct node *kid = new_node(t, NODE_WORD);

        if (random_once_in(r, 6)) {
            kid->kind = NODE_PHRASE;
            kid->text = make_phrase(t);
        } else {
            kid->text = trial_copy(t, trial_word(t));
        }
        kid->must = node->kind == NODE_LIST && random_once_in(r, 5);
        node->kids[i] = kid;
    }
    return node;
}

/* One to three hot words, any or all of them: of the best few, most articles
   score less than some block could, and few as much as the best. */
static void
make_tight_question(struct trial *t, struct question *question)
{
    struct random *r = &t->random;
    struct node *node = new_node(t, random_once_in(r, 3) ? NODE_AND
                                                         : NODE_LIST);

    node->n = 1 + random_below(r, 3);
    for (size_t i = 0; i < node->n; i++) {
        node->kids[i] = new_node(t, NODE_WORD);
        node->kids[i]->text = trial_hot_word(t);
        node->kids[i]->must = node->kind == NODE_LIST && random_once_in(r, 6);
    }
    question->query = node;
    question->options = (lede_search_options)LEDE_SEARCH_OPTIONS_INIT;
    question->options.limit = random_once_in(r, 4)
        ? 1000 : 1 + random_below(r, random_below(r, 30) + 1);
}

void
trial_make_question(struct trial *t, struct question *question)
{
    static const double settings[][2] = { { 0.9, 0.4 }, { 1.2, 0.75 },
                                          { 0, 0 }, { 2, 1 }, { 900, 0.3 } };
    static const size_t limits[] = { 0, 1, 2, 5, 10, 10, 10, 30, 100, 1000 };
    struct random *r = &t->random;
    lede_search_options *options = &question->options;
    uint64_t setting = random_below(r, COUNT(settings));

    if (t->tight && !random_once_in(r, 4)) {
        make_tight_question(t, question);
        return;
    }
    question->query = t->many && !random_once_in(r, 4) ? make_plain_query(t)
                                                       : make_query(t, 3);
    *options = (lede_search_options)LEDE_SEARCH_OPTIONS_INIT;
    options->k1 = settings[setting][0];
    options->b = settings[setting][1];
    options->length_power = random_once_in(r, 2) ? 1 : 0.7;
    options->model = random_once_in(r, 4) ? LEDE_MODEL_BM25_PLUS
                                          : LEDE_MODEL_BM25;
    options->near = random_once_in(r, 3) ? LEDE_NEAR_DEFAULT : 0;
    options->title_share = random_once_in(r, 3) ? LEDE_TITLE_SHARE_DEFAULT
                                                : 0;
    options->lang = random_once_in(r, 8) ? "de" : NULL;
    options->limit = limits[random_below(r, COUNT(limits) - 2 * t->many)];
    options->offset = random_once_in(r, 3) ? random_below(r, 12) : 0;
    options->sort = random_once_in(r, 6) ? LEDE_SORT_DATE
                    : random_once_in(r, 6) ? LEDE_SORT_DATE_DESCENDING
                                           : LEDE_SORT_RELEVANCE;
    options->snippets = (int)random_once_in(r, 4);
}

/* ---- as text ---- */

static void
print(const struct node *node, struct buf *out, bool inner)
{
    if (node->boost > 0) {
        struct node plain = *node;

        plain.boost = 0;
        lede__buf_addf(out, NULL, "(");
        print(&plain, out, node->kind == NODE_NEAR);
        lede__buf_addf(out, NULL, ")^%g", node->boost);
        return;
    }
    if (node->field != NULL) {
        lede__buf_addf(out, NULL, "%s:", node->field);
    }
    switch (node->kind) {
    case NODE_WORD:
    case NODE_RAW:
        lede__buf_addf(out, NULL, "%s", node->text);
        return;
    case NODE_PREFIX:
        lede__buf_addf(out, NULL, "%s*", node->text);
        return;
    case NODE_PHRASE:
        lede__buf_addf(out, NULL, "\"%s\"", node->text);
        if (node->within > 0) {
            lede__buf_addf(out, NULL, "~%u", node->within);
        }
        return;
    case NODE_TAG:
        lede__buf_addf(out, NULL, "tag:\"%s\"", node->text);
        return;
    case NODE_YEARS:
        lede__buf_addf(out, NULL, "date:%d..%d", node->from, node->to);
        return;
    case NODE_NOT:
        lede__buf_addf(out, NULL, "NOT ");
        print(node->kids[0], out, true);
        return;
    default:
        break;
    }
    if (node->kind == NODE_SOME) {
        lede__buf_addf(out, NULL, "%u of ", node->within);
    }
    inner = inner || node->kind == NODE_SOME;
    lede__buf_addf(out, NULL, "%s", inner ? "(" : "");
    for (size_t i = 0; i < node->n; i++) {
        if (i > 0 && node->kind == NODE_NEAR) {
            lede__buf_addf(out, NULL, " NEAR/%u", node->within);
        }
        lede__buf_addf(out, NULL, "%s%s", i == 0 ? ""
                       : node->kind == NODE_AND ? " AND "
                       : node->kind == NODE_OR ? " OR " : " ",
                       node->kids[i]->must ? "+" : "");
        print(node->kids[i], out, true);
    }
    lede__buf_addf(out, NULL, "%s", inner ? ")" : "");
}

void
trial_print_query(const struct node *node, struct buf *out)
{
    if (node->must) {           // a part that is left over alone
        lede__buf_addf(out, NULL, "+");
    }
    print(node, out, false);
}

/* ---- for the oracle ---- */

struct query *
trial_oracle_query(struct corpus *c, const struct node *node)
{
    static const enum kind kinds[] = {
        [NODE_WORD] = WORD, [NODE_PHRASE] = PHRASE, [NODE_PREFIX] = PREFIX,
        [NODE_TAG] = TAG, [NODE_YEARS] = DATES, [NODE_NOT] = NOT,
        [NODE_AND] = AND, [NODE_OR] = OR, [NODE_LIST] = LIST,
        [NODE_SOME] = SOME, [NODE_NEAR] = NEAR,
    };
    struct query *q;

    // what is left of these by shrinking is something else
    if (node->kind == NODE_RAW || (node->kind == NODE_NEAR && node->n < 2) ||
        (node->kind == NODE_SOME && node->n <= node->within) ||
        (node->text != NULL && strlen(node->text) >= sizeof(q->text))) {
        return NULL;
    }
    // what is near is found by trying all there is
    for (size_t i = 0; i < c->n_docs && (node->kind == NODE_NEAR ||
                                         (node->kind == NODE_PHRASE &&
                                          node->within > 0)); i++) {
        if (c->docs[i].n_pieces > ORACLE_NEAR_PIECES) {
            return NULL;
        }
    }
    q = trial_must(lede__arena_array(&c->arena, 1, sizeof(*q)));
    q->kind = kinds[node->kind];
    q->boost = node->boost > 0 ? node->boost : 1;
    q->within = node->within;
    q->least = node->within;
    q->must = node->must;
    q->field = node->field == NULL
                   ? FIELD_ALL
                   : lede__schema_field(c->schema, str_from(node->field));
    snprintf(q->text, sizeof(q->text), "%s",
             node->text == NULL ? "" : node->text);
    q->from = node->from;
    q->to = node->to;
    for (size_t i = 0; i < node->n; i++) {
        struct query *kid = trial_oracle_query(c, node->kids[i]);

        if (kid == NULL) {
            return NULL;
        }
        q->kids[q->n++] = kid;
    }
    return q;
}
