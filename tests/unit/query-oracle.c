/* query-oracle.c - matching and ranking against a slow evaluator that reads
   docs/query-language.md literally.

   Random small corpora in one to three indexes over tests/mock-searcher.c, and
   random queries.  The evaluator knows no terms, lists or windows: it looks at
   every token of every article.  Hits, their order, scores and totals have to
   be equal exactly; exhaustively and pruned, whole and by the page.

   2,000 queries; 200,000 with LEDE_TEST_LONG; a first argument is the seed to
   begin with. */

#include <math.h>

#include "query/handle.h"
#include "query/score.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

#define DOCS_MAX 60
#define INDEXES 3
#define QUERIES 20              /* per corpus */
#define HITS 300
#define KIDS 5

/* ---- the corpus ---- */

static const char *const words[] = {
    "model", "models", "modeling", "benchmark", "benchmarks", "run", "runs",
    "running", "the", "of", "and", "open", "source", "open-source", "agent",
    "multi-agent", "multiagent", "multi", "GPT-4o", "gpt4o", "gpt", "Qwen2.5",
    "Qwen2.5-VL", "qwen", "C++", "C#", "@handle", "handle", "AT&T", "2025",
    "2.5", "Citro\xC3\xABn", "Citroen", "Citro\xC3\xA8n", "caf\xC3\xA9s", "cafe", "Haus",
    "H\xC3\xA4user", "die", "und", "\xE6\xA8\xA1\xE5\x9E\x8B",
    "\xE6\xA8\xA1\xE5\x9E\x8B\xE8\xAF\x84\xE6\xB5\x8B", "\xE8\xAF\x84",
    "\xE6\xB5\x8B\xE8\xAF\x95", "rare", "rarest",
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *const tags[] = { "ai", "chips", "Open Source", "c++" };
static const char *const langs[] = { "en", "en", "en", "de", "zh", "", "fr" };

/* A token of an article, in the field and text that it is in. */
struct piece {
    struct str form;
    struct str stem;
    uint32_t position;
    uint8_t field;
    uint8_t text;               // no phrase goes from one to another
    bool extra;
    bool word;                  // has a stem
};

struct doc {
    struct mock_article mock;
    size_t index;
    char id[16];
    struct piece *pieces;
    size_t n_pieces;
    uint8_t length;
};

struct corpus {
    struct arena arena;
    struct random random;
    struct doc docs[DOCS_MAX];
    size_t n_docs;
    size_t n_indexes;
    lede_index *indexes[INDEXES];
    struct analyzer *analyzer;
    struct analysis *analysis;
    struct schema *schema;
    /* what the searcher should find out */
    struct str langs[4];
    uint64_t lang_docs[4];
    size_t n_langs;
    double articles;
    double average;
};

static struct str
copy(struct corpus *c, struct str s)
{
    return lede__arena_str(&c->arena, s);
}

static struct str
random_text(struct corpus *c, uint32_t most)
{
    char text[2048] = "";
    uint32_t n = random_below(&c->random, most + 1);
    uint32_t i;

    for (i = 0; i < n; i++) {
        // squares make some words much more frequent than others
        uint32_t a = random_below(&c->random, WORDS);
        uint32_t b = random_below(&c->random, WORDS);

        strcat(text, words[a < b ? a : b]);
        strcat(text, random_below(&c->random, 8) == 0 ? ". " : " ");
    }
    return copy(c, str_from(text));
}

static void
add_pieces(struct corpus *c, struct doc *doc, struct str text, int field,
           uint8_t number)
{
    struct token tokens[64];
    size_t count, i;

    if (text.len == 0) {
        return;
    }
    lede__analysis_begin(c->analysis, text, doc->mock.article.lang, NULL);
    do {
        lede__analysis_next(c->analysis, tokens, 64, &count, NULL);
        for (i = 0; i < count; i++) {
            struct piece *piece = &doc->pieces[doc->n_pieces++];
            const struct token *t = &tokens[i];

            piece->form = copy(c, t->word->form);
            piece->stem = copy(c, t->word->stem);
            piece->position = t->position;
            piece->field = (uint8_t)field;
            piece->text = number;
            piece->extra = (t->flags & TOKEN_EXTRA) != 0;
            piece->word = t->kind == TOKEN_WORD || t->kind == TOKEN_NUMBER;
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
    a->body = random_text(c, random_below(r, 5) == 0 ? 120 : 20);
    a->title = random_text(c, 5);
    if (random_below(r, 3) == 0) {
        a->summary = random_text(c, 6);
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

/* The languages of a hundredth of the articles, at most four. */
static void
find_langs(struct corpus *c, const char *only)
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

static void
make_corpus(struct corpus *c, uint64_t seed)
{
    struct mock_article list[DOCS_MAX];
    uint32_t number = 0;
    size_t i, j;

    memset(c, 0, sizeof(*c));
    c->random.state = seed * 7919 + 1;
    lede__schema_default(&c->schema, NULL);
    lede__analyzer_new(&c->analyzer, c->schema, NULL);
    lede__analysis_new(&c->analysis, c->analyzer, NULL);
    c->n_docs = 1 + random_below(&c->random, DOCS_MAX);
    c->n_indexes = 1 + random_below(&c->random, INDEXES);
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
            seed + i,
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
            ok(false, "an index is made");
            exit(1);
        }
    }
}

static void
free_corpus(struct corpus *c)
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

struct units;

enum kind { WORD, PHRASE, PREFIX, TAG, DATES, AND, OR, NOT, LIST };

struct query {
    enum kind kind;
    bool must;
    int field;                  // FIELD_ALL or a number
    char text[128];
    int from, to;               // years, of DATES
    struct query *kids[KIDS];
    size_t n;
    struct units *units;        // of text, once known
    uint64_t df;                // of a PREFIX, once known
    bool counted;
};

static struct query *
new_query(struct corpus *c, enum kind kind)
{
    struct query *q = lede__arena_array(&c->arena, 1, sizeof(*q));

    q->kind = kind;
    q->field = FIELD_ALL;
    return q;
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
        strcpy(q->text, tags[random_below(r, 4)]);
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
            strcat(q->text, words[random_below(r, WORDS)]);
            strcat(q->text, i + 1 < n ? " " : "");
        }
        break;
    case 5:
        q->kind = PREFIX;
        strcpy(q->text, (const char *[]){ "mod", "ru", "ben", "multi", "gpt",
                                          "rare", "zzz" }[random_below(r,
                                                                       7)]);
        break;
    default:
        strcpy(q->text, words[random_below(r, WORDS)]);
        break;
    }
    if (random_below(r, 4) == 0) {
        q->field = (int[]){ FIELD_BODY, FIELD_TITLE, FIELD_SUMMARY,
                            FIELD_TAGS }[random_below(r, 4)];
    }
    return q;
}

static struct query *
random_query(struct corpus *c, int depth)
{
    struct random *r = &c->random;
    struct query *q;
    size_t i;

    if (depth == 0 || random_below(r, 3) == 0) {
        return random_leaf(c);
    }
    q = new_query(c, (enum kind[]){ AND, OR, LIST, LIST, LIST }
                     [random_below(r, 5)]);
    q->n = 2 + random_below(r, KIDS - 1);
    for (i = 0; i < q->n; i++) {
        struct query *kid = random_query(c, depth - 1);
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
    return q;
}

static void
print(const struct query *q, char *out, bool inner)
{
    size_t i;

    if (q->field != FIELD_ALL) {
        strcat(out, (const char *[]){ "body:", "title:", "summary:",
                                      "tags:" }[q->field]);
    }
    switch (q->kind) {
    case WORD:
        strcat(out, q->text);
        return;
    case PREFIX:
        strcat(strcat(out, q->text), "*");
        return;
    case PHRASE:
    case TAG:
        strcat(strcat(strcat(strcat(out, q->kind == TAG ? "tag:" : ""), "\""),
                      q->text), "\"");
        return;
    case DATES:
        sprintf(out + strlen(out), "date:%d..%d", q->from, q->to);
        return;
    case NOT:
        strcat(out, "NOT ");
        print(q->kids[0], out, true);
        return;
    default:
        break;
    }
    strcat(out, inner ? "(" : "");
    for (i = 0; i < q->n; i++) {
        strcat(out, i == 0 ? "" : q->kind == AND ? " AND "
               : q->kind == OR ? " OR " : " ");
        strcat(out, q->kids[i]->must ? "+" : "");
        print(q->kids[i], out, true);
    }
    strcat(out, inner ? ")" : "");
}

/* ---- the slow evaluator ---- */

/* What a document has for a query; score in 2^-16. */
struct answer {
    bool match;
    uint64_t score;
};

struct unit {
    struct str form;
    struct str plain;           // or empty
    struct str stems[4];
    bool word, gram, stop, letters;
    uint32_t position;
    bool counted;               // the df are known
    uint64_t df_forms, df_stems;
};

struct units {
    struct unit items[64];
    size_t n;
    uint32_t chunk[64];
    struct str joined[64];      // of the chunk that an atom is in, or empty
    struct unit symbols[64];    // likewise
};

static struct units *
analyse(struct corpus *c, struct query *q)
{
    const char *text = q->text;
    struct units *u = q->units;
    struct token tokens[128];
    size_t at[128];
    size_t count, i, j, l;
    uint64_t stopped[64] = { 0 };
    uint64_t all = 0;

    if (u != NULL) {
        return u;
    }
    u = q->units = lede__arena_array(&c->arena, 1, sizeof(*u));
    lede__analysis_begin(c->analysis, str_from(text), c->schema->default_lang,
                         NULL);
    lede__analysis_next(c->analysis, tokens, 128, &count, NULL);
    for (i = 0; i < count; i++) {
        const struct token *t = &tokens[i];
        struct unit *unit;

        at[i] = SIZE_MAX;
        if ((t->flags & TOKEN_EXTRA) != 0) {
            continue;
        }
        at[i] = u->n;
        u->chunk[u->n] = t->chunk;
        unit = &u->items[u->n++];
        unit->form = copy(c, t->word->form);
        unit->position = t->position;
        unit->letters = t->kind == TOKEN_WORD;
        unit->word = unit->letters || t->kind == TOKEN_NUMBER;
        unit->gram = t->kind == TOKEN_GRAM || t->kind == TOKEN_CHAR;
    }
    for (i = 0; i < count; i++) {
        const struct token *t = &tokens[i];
        bool whole = true;      // covers its chunk

        for (j = 0; j < count; j++) {
            whole = whole && (tokens[j].chunk != t->chunk ||
                              (tokens[j].start >= t->start &&
                               tokens[j].end <= t->end));
        }
        for (j = 0; j < u->n; j++) {
            if (t->kind == TOKEN_PLAIN &&
                u->items[j].position == t->position) {
                u->items[j].plain = copy(c, t->word->form);
            } else if (u->chunk[j] == t->chunk && whole &&
                       t->kind == TOKEN_JOINED) {
                u->joined[j] = copy(c, t->word->form);
            } else if (u->chunk[j] == t->chunk && whole && at[i] == SIZE_MAX &&
                       t->kind == TOKEN_SYMBOLIC) {
                u->symbols[j].form = copy(c, t->word->form);
            }
        }
    }
    for (l = 0; l < c->n_langs; l++) {
        size_t n;

        lede__analysis_begin(c->analysis, str_from(text), c->langs[l], NULL);
        lede__analysis_next(c->analysis, tokens, 128, &n, NULL);
        for (i = 0; i < n; i++) {
            if (at[i] != SIZE_MAX) {
                u->items[at[i]].stems[l] = copy(c, tokens[i].word->stem);
                stopped[at[i]] += (tokens[i].flags & TOKEN_STOP) != 0
                                  ? c->lang_docs[l] : 0;
            }
        }
        all += c->lang_docs[l];
    }
    for (i = 0; i < u->n; i++) {
        u->items[i].stop = stopped[i] > 0 && 2 * stopped[i] >= all;
    }
    return u;
}

static bool
in_field(const struct corpus *c, const struct piece *piece, int field)
{
    return field == FIELD_ALL ? c->schema->fields[piece->field].weight > 0
                              : piece->field == field;
}

static uint32_t
weight_of(const struct corpus *c, const struct piece *piece)
{
    uint32_t weight = c->schema->fields[piece->field].weight;

    return weight > 0 ? weight : 1;
}

/* The weighted occurrences of a form, as a word or as an extra. */
static uint32_t
tf_form(const struct corpus *c, const struct doc *doc, int field,
        struct str form, bool extra)
{
    uint32_t tf = 0;
    size_t i;

    for (i = 0; i < doc->n_pieces && form.len > 0; i++) {
        const struct piece *p = &doc->pieces[i];

        if (p->extra == extra && in_field(c, p, field) &&
            str_eq(p->form, form)) {
            tf += weight_of(c, p);
        }
    }
    return tf;
}

static uint32_t
tf_stem(const struct corpus *c, const struct doc *doc, int field,
        struct str lang, struct str stem)
{
    uint32_t tf = 0;
    size_t i;

    if (stem.len == 0 ||
        !str_eq(lede__analysis_stemmer(doc->mock.article.lang),
                lede__analysis_stemmer(lang))) {
        return 0;
    }
    for (i = 0; i < doc->n_pieces; i++) {
        const struct piece *p = &doc->pieces[i];

        if (!p->extra && p->word && in_field(c, p, field) &&
            str_eq(p->stem, stem)) {
            tf += weight_of(c, p);
        }
    }
    return tf;
}

/* In how many articles, deleted ones too.  The body's are those of all fields,
   for it has no list of its own. */
static uint64_t
df_form(const struct corpus *c, int field, struct str form, bool extra)
{
    uint64_t df = 0;
    size_t i;

    for (i = 0; i < c->n_docs; i++) {
        df += tf_form(c, &c->docs[i],
                      field == FIELD_BODY ? FIELD_ALL : field, form,
                      extra) > 0;
    }
    return df;
}

static uint64_t
df_stem(const struct corpus *c, int field, struct str lang, struct str stem)
{
    uint64_t df = 0;
    size_t i;

    for (i = 0; i < c->n_docs; i++) {
        df += tf_stem(c, &c->docs[i],
                      field == FIELD_BODY ? FIELD_ALL : field, lang,
                      stem) > 0;
    }
    return df;
}

static uint64_t
most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Each unit stands in one query, in one field: df is counted once. */
static void
count_unit(const struct corpus *c, int field, struct unit *u)
{
    size_t l;

    if (u->counted) {
        return;
    }
    u->counted = true;
    u->df_forms = most(most(df_form(c, field, u->form, false),
                            df_form(c, field, u->form, true)),
                       most(df_form(c, field, u->plain, false),
                            df_form(c, field, u->plain, true)));
    for (l = 0; l < c->n_langs; l++) {
        u->df_stems = most(u->df_stems, df_stem(c, field, c->langs[l],
                                                u->stems[l]));
    }
}

static double
idf(const struct corpus *c, uint64_t df)
{
    double n = (double)df;

    n = n > c->articles ? c->articles : n;
    return log(1 + (c->articles - n + 0.5) / (n + 0.5));
}

static double k1_now, b_now;

static uint64_t
points(const struct corpus *c, const struct doc *doc, double weight,
       uint32_t tf)
{
    double dl = lede__length_value(doc->length);
    double average = c->average > 0 ? c->average : 1;
    double norm = k1_now * (1 - b_now + b_now * dl / average);

    if (tf == 0) {
        return 0;
    }
    return (uint64_t)(weight * tf * (k1_now + 1) / (tf + norm) * 65536 + 0.5);
}

/* One word, with its stems or in its exact form. */
static struct answer
eval_word(const struct corpus *c, const struct doc *doc, int field,
          struct unit *u, bool stems, double boost)
{
    struct answer a = { false, 0 };
    uint32_t stem = 0;
    uint32_t exact = tf_form(c, doc, field, u->form, false);
    uint32_t plain = tf_form(c, doc, field, u->plain, true);
    uint32_t tf;
    uint64_t df;
    size_t l;

    count_unit(c, field, u);
    stems = stems && u->word && c->n_langs > 0;
    for (l = 0; l < c->n_langs && stems; l++) {
        uint32_t one = tf_stem(c, doc, field, c->langs[l], u->stems[l]);

        stem = stem > one ? stem : one;         // an article has one stemmer
    }
    df = stems ? most(u->df_forms, u->df_stems) : u->df_forms;
    tf = stem > exact ? stem : exact;
    tf = tf > plain ? tf : plain;
    tf += tf_form(c, doc, field, u->form, true) +
          tf_form(c, doc, field, u->plain, false);
    a.match = tf > 0;
    a.score = points(c, doc, boost * idf(c, df), tf);
    if (stems) {
        a.score += points(c, doc, boost * idf(c, df) / 8, exact);
    }
    return a;
}

static bool
stands_at(const struct corpus *c, const struct doc *doc, int field,
          const struct unit *u, uint8_t text, uint32_t position)
{
    size_t i;

    for (i = 0; i < doc->n_pieces; i++) {
        const struct piece *p = &doc->pieces[i];

        if (in_field(c, p, field) && p->text == text &&
            p->position == position &&
            (str_eq(p->form, u->form) ||
             (u->plain.len > 0 && str_eq(p->form, u->plain)))) {
            return true;
        }
    }
    return false;
}

/* How often the units stand in a row. */
static uint32_t
count_phrase(const struct corpus *c, const struct doc *doc, int field,
             const struct unit *units, size_t n)
{
    uint32_t count = 0;
    size_t i, j;

    for (i = 0; i < doc->n_pieces; i++) {
        const struct piece *p = &doc->pieces[i];
        bool all = in_field(c, p, field);

        if (i > 0 && p->text == p[-1].text &&
            p->position == p[-1].position) {
            continue;           // a position is one start
        }
        for (j = 0; j < n && all; j++) {
            all = stands_at(c, doc, field, &units[j], p->text, p->position +
                            units[j].position - units[0].position);
        }
        count += all;
    }
    return count;
}

/* Several units as one thing: in a row, or joined. */
static struct answer
eval_unit(const struct corpus *c, const struct doc *doc, int field,
          struct unit *units, size_t n, struct str joined, double boost)
{
    struct answer a = { false, 0 };
    uint32_t tf = count_phrase(c, doc, field, units, n);
    double weight = 0;
    size_t s;

    for (s = 0; s < n; s++) {
        count_unit(c, field, &units[s]);
        weight += idf(c, units[s].df_forms);
    }
    if (joined.len > 0) {
        tf += tf_form(c, doc, field, joined, false) +
              tf_form(c, doc, field, joined, true);
    }
    a.match = tf > 0;
    a.score = points(c, doc, boost * weight, tf);
    return a;
}

/* All forms that begin so, as one word. */
static struct answer
eval_prefix(const struct corpus *c, const struct doc *doc, struct query *q,
            struct str form)
{
    struct answer a = { false, 0 };
    int field = q->field;
    int all = field == FIELD_BODY ? FIELD_ALL : field;
    uint32_t tf = 0;
    size_t d, i;

    for (i = 0; i < doc->n_pieces; i++) {
        const struct piece *p = &doc->pieces[i];

        if (in_field(c, p, field) && p->form.len >= form.len &&
            memcmp(p->form.p, form.p, form.len) == 0) {
            tf += weight_of(c, p);
        }
    }
    for (d = 0; d < c->n_docs && !q->counted; d++) {
        for (i = 0; i < c->docs[d].n_pieces; i++) {
            const struct piece *p = &c->docs[d].pieces[i];

            if (in_field(c, p, all) && p->form.len >= form.len &&
                memcmp(p->form.p, form.p, form.len) == 0) {
                q->df = most(q->df, df_form(c, field, p->form, p->extra));
            }
        }
    }
    q->counted = true;
    a.match = tf > 0;
    a.score = points(c, doc, idf(c, q->df), tf);
    return a;
}

/* The words of a list that may be passed over, or not. */
struct options {
    struct answer answers[256];
    bool stop[256];
    size_t n;
};

static void
add_option(struct options *o, struct answer answer, bool stop)
{
    o->answers[o->n] = answer;
    o->stop[o->n++] = stop;
}

/* A text all of which has to be there. */
static struct answer
eval_whole(struct corpus *c, const struct doc *doc, struct query *q)
{
    struct units *u = analyse(c, q);
    bool single = u->chunk[0] == u->chunk[u->n - 1];
    struct unit *symbol = &u->symbols[0];

    if (q->kind == PREFIX) {
        return eval_prefix(c, doc, q, u->items[0].form);
    }
    if (single && symbol->form.len > 0) {
        return eval_word(c, doc, q->field, symbol, false, 1);
    }
    if (u->n == 1) {
        return eval_word(c, doc, q->field, &u->items[0], q->kind == WORD,
                         1);
    }
    return eval_unit(c, doc, q->field, u->items, u->n,
                     single ? u->joined[0] : STR(""), 1);
}

/* A text any word of which may be there. */
static void
eval_ranked(struct corpus *c, const struct doc *doc, struct query *q,
            struct options *o)
{
    struct units *u;
    size_t from, to, i;

    if (q->kind != WORD) {
        add_option(o, eval_whole(c, doc, q), false);
        return;
    }
    u = analyse(c, q);
    for (from = 0; from < u->n; from = to) {
        bool letters = true;
        double boost;

        to = from;
        while (to < u->n && u->chunk[to] == u->chunk[from]) {
            letters = letters && u->items[to].letters;
            to++;
        }
        if (u->symbols[from].form.len > 0) {
            add_option(o, eval_word(c, doc, q->field, &u->symbols[from],
                                    false, 1), false);
            continue;
        }
        // grams overlap: n of them weigh as much as the root of n words
        boost = u->items[from].gram ? 1 / sqrt((double)(to - from)) : 1;
        for (i = from; i < to; i++) {
            if (to - from == 1 || letters || u->items[from].gram) {
                add_option(o, eval_word(c, doc, q->field, &u->items[i], true,
                                        boost), u->items[i].stop);
            }
        }
        if (to - from > 1 && !u->items[from].gram) {
            add_option(o, eval_unit(c, doc, q->field, &u->items[from],
                                    to - from, u->joined[from],
                                    letters ? 0.125 : 1), false);
        }
    }
}

static bool
is_filter(const struct query *q)
{
    size_t i;

    for (i = 0; i < q->n; i++) {
        if (!is_filter(q->kids[i])) {
            return false;
        }
    }
    return q->n > 0 || q->kind == TAG || q->kind == DATES;
}

static struct answer
eval(struct corpus *c, const struct doc *doc, struct query *q,
     bool strict);

/* The options of a list: at least one of them, and the sum. */
static struct answer
eval_options(const struct options *o, bool drop)
{
    struct answer sum = { false, 0 };
    bool content = false;
    size_t i;

    for (i = 0; i < o->n; i++) {
        content = content || !o->stop[i];
    }
    for (i = 0; i < o->n; i++) {
        if (o->answers[i].match && !(o->stop[i] && drop)) {
            sum.match = true;
            sum.score += o->answers[i].score;
        }
    }
    return sum;
}

static struct answer
eval_list(struct corpus *c, const struct doc *doc, struct query *q,
          bool strict)
{
    struct answer sum = { true, 0 };
    struct answer some;
    struct options o = { .n = 0 };
    bool must_word = false;
    bool content = false;
    bool tag = false, tag_asked = false, date = false, date_asked = false;
    size_t i;

    for (i = 0; i < q->n; i++) {
        struct query *kid = q->kids[i];
        struct answer one;

        if (kid->kind == NOT) {
            sum.match = sum.match && !eval(c, doc, kid->kids[0], true).match;
        } else if (kid->kind == TAG && !kid->must) {
            tag_asked = true;
            tag = tag || eval(c, doc, kid, true).match;
        } else if (kid->kind == DATES && !kid->must) {
            date_asked = true;
            date = date || eval(c, doc, kid, true).match;
        } else if (kid->must || is_filter(kid)) {
            one = eval(c, doc, kid, true);
            sum.match = sum.match && one.match;
            sum.score += one.score;
            must_word = must_word || !is_filter(kid);
        } else if (kid->n == 0 && strict) {
            add_option(&o, eval_whole(c, doc, kid), false);
        } else if (kid->n == 0) {
            eval_ranked(c, doc, kid, &o);
        } else {
            add_option(&o, eval(c, doc, kid, strict), false);
        }
    }
    for (i = 0; i < o.n; i++) {
        content = content || !o.stop[i];
    }
    some = eval_options(&o, content || must_word);
    sum.match = sum.match && (tag || !tag_asked) && (date || !date_asked) &&
                (some.match || o.n == 0 || must_word);
    sum.score = sum.match ? sum.score + some.score : 0;
    return sum;
}

static struct answer
eval(struct corpus *c, const struct doc *doc, struct query *q,
     bool strict)
{
    const struct article *a = &doc->mock.article;
    struct answer sum = { q->kind == AND, 0 };
    struct options o = { .n = 0 };
    size_t i;

    switch (q->kind) {
    case TAG:
        for (i = 0; i < a->tags.count; i++) {
            sum.match = sum.match || strcmp(a->tags.items[i].p, q->text) == 0;
        }
        return sum;
    case DATES:
        if (a->date.precision != DATE_NONE) {
            char text[24];

            lede__date_format(a->date, text);
            text[4] = '\0';
            sum.match = atoi(text) >= q->from && atoi(text) <= q->to;
        }
        return sum;
    case NOT:
        sum.match = !eval(c, doc, q->kids[0], true).match;
        return sum;
    case LIST:
        return eval_list(c, doc, q, strict);
    case AND:
    case OR:
        for (i = 0; i < q->n; i++) {
            struct answer one = eval(c, doc, q->kids[i],
                                     strict || q->kind == AND);

            sum.match = q->kind == AND ? sum.match && one.match
                                       : sum.match || one.match;
            sum.score += one.match ? one.score : 0;
        }
        sum.score = sum.match ? sum.score : 0;
        return sum;
    default:
        break;
    }
    if (strict) {
        return eval_whole(c, doc, q);
    }
    eval_ranked(c, doc, q, &o);
    for (i = 0; i < o.n; i++) {
        sum.match = sum.match || !o.stop[i];    // there is something else
    }
    return eval_options(&o, sum.match);
}

/* Whether anything in it scores. */
static bool
is_scored(const struct query *q)
{
    size_t i;

    if (q->kind == NOT) {
        return false;
    }
    for (i = 0; i < q->n; i++) {
        if (is_scored(q->kids[i])) {
            return true;
        }
    }
    return q->n == 0 && !is_filter(q);
}

/* ---- comparing ---- */

struct hit {
    const struct doc *doc;
    uint64_t score;
    int64_t key;
};

static int
compare_hits(const void *a, const void *b)
{
    const struct hit *x = a;
    const struct hit *y = b;

    if (x->key != y->key) {
        return x->key > y->key ? -1 : 1;
    }
    return x->doc < y->doc ? -1 : 1;            // index, then number
}

static size_t
expect(struct corpus *c, struct query *q, lede_sort sort,
       struct hit *hits)
{
    // the query as such is a list of one
    struct query top = { .kind = LIST, .kids = { q },
                         .n = 1 };
    size_t n = 0;
    size_t i;

    if (sort == LEDE_SORT_RELEVANCE && !is_scored(q)) {
        sort = LEDE_SORT_DATE_DESCENDING;
    }
    for (i = 0; i < c->n_docs; i++) {
        const struct doc *doc = &c->docs[i];
        const struct article *a = &doc->mock.article;
        struct answer answer;

        if (doc->mock.deleted) {
            continue;
        }
        answer = q->kind == LIST ? eval(c, doc, q, false)
                                 : eval_list(c, doc, &top, false);
        if (!answer.match) {
            continue;
        }
        hits[n].doc = doc;
        hits[n].score = answer.score;
        hits[n].key = (int64_t)answer.score;
        if (sort != LEDE_SORT_RELEVANCE) {
            hits[n].key = a->date.precision == DATE_NONE ? INT64_MIN
                          : sort == LEDE_SORT_DATE ? -a->date.seconds
                                                   : a->date.seconds;
        }
        n++;
    }
    qsort(hits, n, sizeof(*hits), compare_hits);
    return n;
}

static bool
same(const struct hit *hits, size_t n, const lede_results *results,
     const lede_search_options *options)
{
    size_t i;
    size_t from = options->offset < n ? options->offset : n;
    size_t count = n - from < options->limit ? n - from : options->limit;

    if (lede_results_count(results) != count) {
        printf("# %zu hits, not %zu\n", lede_results_count(results), count);
        return false;
    }
    if (options->approximate && !lede_results_total_exact(results)
        ? lede_results_total(results) > n
        : lede_results_total(results) != n) {
        printf("# total %llu, not %zu\n",
               (unsigned long long)lede_results_total(results), n);
        return false;
    }
    for (i = 0; i < count; i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        const struct hit *want = &hits[from + i];

        if (strcmp(hit->id, want->doc->id) != 0 ||
            hit->index != want->doc->index || hit->rank != from + i + 1 ||
            hit->score * 65536 != (double)want->score) {
            printf("# hit %zu is %s of index %zu with %.0f, not %s of %zu "
                   "with %llu\n", i, hit->id, hit->index,
                   hit->score * 65536, want->doc->id, want->doc->index,
                   (unsigned long long)want->score);
            return false;
        }
    }
    return true;
}

static bool
try(struct corpus *c, const char *text, const struct hit *hits, size_t n,
    const lede_search_options *options)
{
    lede_results *results = NULL;
    lede_error error = LEDE_ERROR_INIT;
    lede_status status = lede_search(&results, c->indexes, c->n_indexes, text,
                                     options, &error);
    bool equal = status == LEDE_STATUS_OK;

    if (!equal) {
        printf("# status %d: %s\n", (int)status, error.message);
    } else {
        equal = same(hits, n, results, options);
    }
    if (equal && lede_results_warning_count(results) > 0) {
        printf("# %s\n", lede_results_warning(results, 0)->message);
        equal = false;
    }
    if (!equal) {
        printf("# understood: %s\n", results == NULL ? "" :
               lede_results_query(results));
    }
    lede_results_free(results);
    return equal;
}

static bool
test_query(struct corpus *c, uint64_t seed, size_t number)
{
    static const double settings[][2] = { { 0.9, 0.4 }, { 1.2, 0.75 },
                                          { 0, 0 }, { 2, 1 } };
    struct hit hits[DOCS_MAX];
    struct query *q = random_query(c, 3);
    struct random *r = &c->random;
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    char text[4096] = "";
    uint32_t setting = random_below(r, 4);
    size_t calls = random_below(r, 400);
    bool good = true;
    size_t n;

    print(q, text, false);
    options.k1 = k1_now = settings[setting][0];
    options.b = b_now = settings[setting][1];
    options.lang = random_below(r, 6) == 0 ? "de" : NULL;
    options.snippets = (int)random_below(r, 4) == 0;
    options.limit = HITS;
    find_langs(c, options.lang);
    n = expect(c, q, LEDE_SORT_RELEVANCE, hits);
    good = try(c, text, hits, n, &options);
    options.approximate = 1;
    options.limit = 1 + random_below(r, 5);
    good = good && try(c, text, hits, n, &options);
    options.approximate = 0;
    options.offset = random_below(r, 10);
    // meanwhile somebody commits
    mock_searcher_change(c->indexes[0]->searcher, calls);
    good = good && try(c, text, hits, n, &options);
    options.sort = random_below(r, 2) == 0 ? LEDE_SORT_DATE
                                           : LEDE_SORT_DATE_DESCENDING;
    n = expect(c, q, options.sort, hits);
    good = good && try(c, text, hits, n, &options);
    if (!good) {
        printf("# seed %llu, query %zu: %s (k1 %g b %g lang %s sort %d "
               "limit %zu offset %zu)\n", (unsigned long long)seed, number,
               text, options.k1, options.b,
               options.lang ? options.lang : "-", (int)options.sort,
               options.limit, options.offset);
    }
    return good;
}

int
main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    size_t corpora = long_tests() ? 10000 : 100;
    size_t failed = 0;
    size_t i, j;
    static struct corpus c;

    for (i = 0; i < corpora && failed < 5; i++) {
        make_corpus(&c, seed + i);
        for (j = 0; j < QUERIES && failed < 5; j++) {
            failed += !test_query(&c, seed + i, j);
        }
        free_corpus(&c);
    }
    ok(failed == 0, "%zu queries over %zu corpora", i * QUERIES, i);
    return done();
}
