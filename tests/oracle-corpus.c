/* oracle-corpus.c - random articles and random queries; see oracle.h. */

#include "tests/oracle.h"

#include <stdio.h>

static const char *const words[] = {
    "model", "models", "modeling", "benchmark", "benchmarks", "run", "runs",
    "running", "the", "of", "and", "open", "source", "open-source", "agent",
    "multi-agent", "multiagent", "multi", "GPT-4o", "gpt4o", "gpt", "Qwen2.5",
    "Qwen2.5-VL", "qwen", "C++", "C#", "@handle", "handle", "AT&T", "2025",
    "2.5", "Citro\xC3\xABn", "Citroen", "Citro\xC3\xA8n", "caf\xC3\xA9s",
    "cafe", "Haus",
    "H\xC3\xA4user", "die", "und", "\xE6\xA8\xA1\xE5\x9E\x8B",
    "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B", "\xE8\xAF\x84",
    "\xE6\xB5\x8B\xE8\xAF\x95", "rare", "rarest",
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *const tags[] = { "ai", "chips", "Open Source", "c++" };
static const char *const langs[] = { "en", "en", "en", "de", "zh", "", "fr" };

static struct str
make_text(struct corpus *c, uint64_t most)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    uint64_t n = random_below(&c->random, most + 1);
    struct str made;

    while (n-- > 0) {
        // squares make some words much more frequent than others
        uint64_t a = random_below(&c->random, WORDS);
        uint64_t b = random_below(&c->random, WORDS);

        lede__buf_addf(&text, NULL, "%s%s", words[a < b ? a : b],
                       random_once_in(&c->random, 8) ? ". " : " ");
    }
    made = oracle_copy(c, lede__buf_view(&text));
    lede__buf_free(&text);
    return made;
}

/* A text whose words are parted into blocks, every third of them a heading. */
static void
make_body(struct corpus *c, struct article *a, uint64_t most)
{
    struct str text = make_text(c, most);
    struct buf body = BUF_INIT(BUF_MAX_ANY);
    size_t i;

    a->blocks = lede__arena_array(&c->arena, text.len + 1,
                                  sizeof(*a->blocks));
    for (i = 0; i < text.len; i++) {
        if (i == 0 || (text.p[i - 1] == ' ' && random_once_in(&c->random,
                                                              6))) {
            struct block *block = &a->blocks[a->n_blocks++];

            lede__buf_addf(&body, NULL, "%s", i == 0 ? "" : "\n\n");
            block->start = (uint32_t)body.len;
            block->kind = random_once_in(&c->random, 3) ? BLOCK_HEADING
                                                        : BLOCK_PARAGRAPH;
        }
        lede__buf_char(&body, text.p[i], NULL);
        a->blocks[a->n_blocks - 1].len =
            (uint32_t)body.len - a->blocks[a->n_blocks - 1].start;
    }
    a->body = oracle_copy(c, lede__buf_view(&body));
    lede__buf_free(&body);
}

static void
find_units(const struct article *a, uint32_t start, uint32_t units[2])
{
    size_t i;

    for (i = 0; i < a->n_blocks && a->blocks[i].start <= start; i++) {
        units[0]++;
        units[1] += a->blocks[i].kind == BLOCK_HEADING;
    }
}

static void
add_pieces(struct corpus *c, struct doc *doc, struct str text, int field,
           uint8_t number)
{
    const struct piece *last = doc->n_pieces > 0
                               ? &doc->pieces[doc->n_pieces - 1] : NULL;
    uint32_t base = 0;
    struct token tokens[64];
    size_t count, i;

    if (last != NULL && last->field == field) {
        base = last->place + 1 + VALUE_GAP;
    }

    if (text.len == 0) {
        return;
    }
    lede__analysis_begin(c->analysis, text, doc->mock.article.lang, NULL);
    do {
        lede__analysis_next(c->analysis, tokens, 64, &count, NULL);
        for (i = 0; i < count; i++) {
            struct piece *piece = &doc->pieces[doc->n_pieces++];
            const struct token *t = &tokens[i];

            piece->form = oracle_copy(c, t->word->form);
            piece->stem = oracle_copy(c, t->word->stem);
            piece->position = t->position;
            piece->place = base + t->position;
            piece->field = (uint8_t)field;
            piece->text = number;
            piece->extra = (t->flags & TOKEN_EXTRA) != 0;
            piece->word = t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER;
            if (field == FIELD_BODY) {
                find_units(&doc->mock.article, t->start, piece->units);
            }
        }
    } while (count > 0);
}

static void
make_doc(struct corpus *c, struct doc *doc, uint32_t number)
{
    struct article *a = &doc->mock.article;
    struct random *r = &c->random;
    uint32_t length = 0;
    size_t i;

    memset(doc, 0, sizeof(*doc));
    doc->mock.number = number;
    doc->mock.deleted = random_below(r, 8) == 0;
    snprintf(doc->id, sizeof(doc->id), "%zu", (size_t)(doc - c->docs));
    a->id = str_from(doc->id);
    a->lang = str_from(langs[random_below(r, 7)]);
    make_body(c, a, random_below(r, 5) == 0 ? 120 : 20);
    a->title = make_text(c, 5);
    if (random_below(r, 3) == 0) {
        a->summary = make_text(c, 6);
    }
    if (random_below(r, 4) > 0) {
        a->date.precision = DATE_DAY;
        a->date.seconds = (int64_t)(19000 + random_below(r, 1000)) * 86400;
    }
    a->tags.items = lede__arena_array(&c->arena, 3, sizeof(struct str));
    for (i = random_below(r, 3); i > 0; i--) {
        a->tags.items[a->tags.count++] =
            str_from(tags[random_below(r, 4)]);
    }
    doc->pieces = lede__arena_array(&c->arena, 1500, sizeof(*doc->pieces));
    add_pieces(c, doc, a->body, FIELD_BODY, 0);
    add_pieces(c, doc, a->title, FIELD_TITLE, 1);
    add_pieces(c, doc, a->summary, FIELD_SUMMARY, 2);
    for (i = 0; i < a->tags.count; i++) {
        add_pieces(c, doc, a->tags.items[i], FIELD_TAGS, (uint8_t)(3 + i));
    }
    for (i = 0; i < doc->n_pieces; i++) {
        length += doc->pieces[i].extra ? 0
                  : c->schema->fields[doc->pieces[i].field].weight;
    }
    doc->length = lede__length_quantise(length);
    if (!doc->mock.deleted) {
        c->articles++;
        c->average += length;
    }
}

void
oracle_find_langs(struct corpus *c, const char *only)
{
    const char *names[] = { "", "de", "en", "fr", "zh" };
    uint64_t counts[5] = { 0 };
    size_t i, j;

    c->n_langs = 0;
    if (only != NULL) {
        c->langs[0] = str_from(only);
        c->lang_docs[0] = 1;
        c->n_langs = 1;
        return;
    }
    for (i = 0; i < c->n_docs; i++) {
        for (j = 0; j < 5; j++) {
            counts[j] += !c->docs[i].mock.deleted &&
                         str_eq(c->docs[i].mock.article.lang,
                                str_from(names[j]));
        }
    }
    while (c->n_langs < 4) {
        size_t best = 0;

        for (j = 1; j < 5; j++) {
            best = counts[j] > counts[best] ? j : best;
        }
        if (counts[best] == 0 ||
            (double)counts[best] < c->articles / 100) {
            break;
        }
        c->langs[c->n_langs] = str_from(names[best]);
        c->lang_docs[c->n_langs++] = counts[best];
        counts[best] = 0;
    }
}

void
oracle_make(struct corpus *c, uint64_t seed)
{
    struct mock_article list[ORACLE_DOCS];
    uint32_t number = 0;
    size_t i, j;

    memset(c, 0, sizeof(*c));
    c->random.state = seed * 0x9e3779b97f4a7c15u + 1;
    lede__schema_default(&c->schema, NULL);
    lede__analyzer_new(&c->analyzer, c->schema, NULL);
    lede__analysis_new(&c->analysis, c->analyzer, NULL);
    c->n_docs = 1 + random_below(&c->random, ORACLE_DOCS);
    c->n_indexes = 1 + random_below(&c->random, ORACLE_INDEXES);
    for (i = 0; i < c->n_docs; i++) {
        c->docs[i].index = 0;
        // mostly neighbours, sometimes windows apart
        number += 1 + (random_below(&c->random, 10) == 0
                       ? random_below(&c->random, 9000) : 0);
        make_doc(c, &c->docs[i], number);
        c->docs[i].index = i * c->n_indexes / c->n_docs;
    }
    c->average = c->articles > 0 ? c->average / c->articles : 0;
    for (i = 0; i < c->n_indexes; i++) {
        struct mock_options options = {
            NULL, 1 + random_below(&c->random, 1 + random_below(&c->random,
                                                                40)),
            seed + i, random_below(&c->random, 2) == 0 ? 0 : 9000,
            random_below(&c->random, 3) == 0,
        };
        struct searcher *searcher;
        size_t n = 0;

        for (j = 0; j < c->n_docs; j++) {
            if (c->docs[j].index == i) {
                list[n++] = c->docs[j].mock;
            }
        }
        if (mock_searcher_new(&searcher, list, n, &options, NULL) !=
                LEDE_STATUS_OK ||
            lede__index_new(&c->indexes[i], searcher, NULL) !=
                LEDE_STATUS_OK) {
            fprintf(stderr, "oracle: no index\n");
            exit(99);
        }
    }
}

void
oracle_free(struct corpus *c)
{
    size_t i;

    for (i = 0; i < c->n_indexes; i++) {
        lede_index_close(c->indexes[i]);
    }
    lede__analysis_free(c->analysis);
    lede__analyzer_free(c->analyzer);
    lede__schema_free(c->schema);
    lede__arena_free(&c->arena);
}

/* ---- queries ---- */

static struct query *
new_query(struct corpus *c, enum kind kind)
{
    struct query *q = lede__arena_array(&c->arena, 1, sizeof(*q));

    q->kind = kind;
    q->field = FIELD_ALL;
    q->boost = 1;
    return q;
}

/* Append to the text of a query. */
static void
put_text(struct query *q, const char *text)
{
    size_t used = strlen(q->text);

    snprintf(q->text + used, sizeof(q->text) - used, "%s", text);
}

static struct query *
random_leaf(struct corpus *c)
{
    struct random *r = &c->random;
    struct query *q = new_query(c, WORD);
    uint32_t i, n;

    switch (random_below(r, 12)) {
    case 0:
        q->kind = TAG;
        put_text(q, tags[random_below(r, 4)]);
        return q;
    case 1:
        q->kind = DATES;
        q->from = 2022 + (int)random_below(r, 3);
        q->to = q->from + (int)random_below(r, 2);
        return q;
    case 2:
    case 3:
    case 4:
        q->kind = PHRASE;
        n = 1 + random_below(r, 3);
        for (i = 0; i < n; i++) {
            put_text(q, words[random_below(r, WORDS)]);
            put_text(q, i + 1 < n ? " " : "");
        }
        q->within = n == 1 || random_below(r, 2) == 0
                    ? 0 : 1 + random_below(r, 5);
        q->within = q->within == 5 ? 150 : q->within;
        break;
    case 5:
        q->kind = PREFIX;
        put_text(q, (const char *[]){ "mod", "ru", "ben", "multi", "gpt",
                                      "rare", "zzz" }[random_below(r, 7)]);
        break;
    default:
        put_text(q, words[random_below(r, WORDS)]);
        break;
    }
    if (random_below(r, 4) == 0) {
        q->field = (int[]){ FIELD_BODY, FIELD_TITLE, FIELD_SUMMARY,
                            FIELD_TAGS }[random_below(r, 4)];
    }
    return q;
}

/* What may be near something: words, phrases, any of them, or others that are
   near each other; in one field. */
static struct query *
random_operand(struct corpus *c, int field, int depth)
{
    struct random *r = &c->random;
    struct query *q = new_query(c, WORD);
    uint32_t i;

    q->field = field;
    switch (random_below(r, depth > 0 ? 8 : 5)) {
    case 0:
        q->kind = PHRASE;
        q->within = random_below(r, 2) == 0 ? 0 : 1 + random_below(r, 4);
        put_text(q, words[random_below(r, WORDS)]);
        put_text(q, " ");
        put_text(q, words[random_below(r, WORDS)]);
        return q;
    case 1:
        q->kind = PREFIX;
        put_text(q, (const char *[]){ "mod", "ru", "ben" }
                    [random_below(r, 3)]);
        return q;
    case 5:
        q->kind = OR;
        break;
    case 6:
    case 7:
        q->kind = NEAR;
        q->within = 1 + random_below(r, 9);
        q->within = random_below(r, 8) == 0 ? 200 : q->within;
        q->unit = random_below(r, 3) == 0 ? 1 + (int)random_below(r, 2) : 0;
        break;
    default:
        put_text(q, words[random_below(r, 4) == 0 ? random_below(r, WORDS)
                                                  : random_below(r, 12)]);
        return q;
    }
    q->field = FIELD_ALL;
    q->n = 2 + random_below(r, 8) / 6;
    for (i = 0; i < q->n; i++) {
        q->kids[i] = random_operand(c, field, depth - 1);
    }
    return q;
}

/* Something near something else. */
static struct query *
random_near(struct corpus *c)
{
    struct query *q;
    int field = random_below(&c->random, 4) > 0 ? FIELD_ALL
                : (int[]){ FIELD_BODY, FIELD_TITLE }
                  [random_below(&c->random, 2)];

    do {
        q = random_operand(c, field, 2);
    } while (q->kind != NEAR);
    return q;
}

static void
set_boost(struct corpus *c, struct query *q)
{
    static const double boosts[] = { 0.5, 2, 2.5, 4 };

    if (q->kind != TAG && q->kind != DATES &&
        random_below(&c->random, 8) == 0) {
        q->boost = boosts[random_below(&c->random, 4)];
    }
}

static bool
selects(const struct query *q)
{
    size_t i;

    for (i = 0; i < q->n; i++) {
        if (!selects(q->kids[i])) {
            return false;
        }
    }
    return q->n > 0 || q->kind == TAG || q->kind == DATES;
}

struct query *
oracle_query(struct corpus *c, int depth)
{
    struct random *r = &c->random;
    struct query *q;
    size_t i;

    if (depth == 0 || random_below(r, 3) == 0) {
        q = random_below(r, 4) == 0 ? random_near(c) : random_leaf(c);
        set_boost(c, q);
        return q;
    }
    q = new_query(c, (enum kind[]){ AND, OR, LIST, LIST, LIST, SOME }
                     [random_below(r, 6)]);
    q->n = 2 + random_below(r, ORACLE_KIDS - 1);
    if (q->kind == SOME) {
        q->n = 3 + random_below(r, ORACLE_KIDS - 2);
        q->least = (uint32_t)(2 + random_below(r, q->n - 2));
    }
    for (i = 0; i < q->n; i++) {
        struct query *kid = oracle_query(c, depth - 1);
        uint32_t sign = random_below(r, 8);

        if (sign == 0) {
            struct query *not = new_query(c, NOT);

            not->kids[not->n++] = kid;
            kid = not;
        } else if (sign == 1 && q->kind == LIST) {
            kid->must = true;
        }
        q->kids[i] = kid;
    }
    if (!selects(q)) {
        set_boost(c, q);
    }
    return q;
}

static void
print(const struct query *q, struct buf *out, bool inner)
{
    static const char *const fields[] = { "body:", "title:", "summary:",
                                          "tags:" };
    size_t i;

    if (q->boost != 1 && q->n == 0) {
        struct query plain = *q;

        plain.boost = 1;
        lede__buf_addf(out, NULL, "(");
        print(&plain, out, true);
        lede__buf_addf(out, NULL, ")^%g", q->boost);
        return;
    }
    if (q->field != FIELD_ALL) {
        lede__buf_addf(out, NULL, "%s", fields[q->field]);
    }
    switch (q->kind) {
    case WORD:
        lede__buf_addf(out, NULL, "%s", q->text);
        return;
    case PREFIX:
        lede__buf_addf(out, NULL, "%s*", q->text);
        return;
    case PHRASE:
        lede__buf_addf(out, NULL, "\"%s\"", q->text);
        if (q->within > 0) {
            lede__buf_addf(out, NULL, "~%u", (unsigned)q->within);
        }
        return;
    case TAG:
        lede__buf_addf(out, NULL, "tag:\"%s\"", q->text);
        return;
    case DATES:
        lede__buf_addf(out, NULL, "date:%d..%d", q->from, q->to);
        return;
    case NOT:
        lede__buf_addf(out, NULL, "NOT ");
        print(q->kids[0], out, true);
        return;
    default:
        break;
    }
    if (q->kind == SOME) {
        lede__buf_addf(out, NULL, "%u of ", (unsigned)q->least);
    }
    inner = inner || q->kind == SOME || q->boost != 1;
    lede__buf_addf(out, NULL, "%s", inner ? "(" : "");
    for (i = 0; i < q->n; i++) {
        if (i > 0) {
            lede__buf_addf(out, NULL, "%s", q->kind == AND ? " AND "
                           : q->kind == OR ? " OR " : " ");
        }
        if (i > 0 && q->kind == NEAR && q->unit > 0) {
            lede__buf_addf(out, NULL, "NEAR/%s ",
                           q->unit == 1 ? "p" : "heading");
        } else if (i > 0 && q->kind == NEAR) {
            lede__buf_addf(out, NULL, "NEAR/%u ", (unsigned)q->within);
        }
        lede__buf_addf(out, NULL, "%s", q->kids[i]->must ? "+" : "");
        print(q->kids[i], out, true);
    }
    lede__buf_addf(out, NULL, "%s", inner ? ")" : "");
    if (q->boost != 1) {
        lede__buf_addf(out, NULL, "^%g", q->boost);
    }
}

void
oracle_print(const struct query *q, struct buf *out)
{
    print(q, out, false);
}
