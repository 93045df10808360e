/* oracle-eval.c - the slow evaluator; see oracle.h. */

#include "tests/oracle.h"

#include <math.h>

/* What a document has for a query; score in 2^-16. */
struct answer {
    bool match;
    uint64_t score;
};

struct units *
oracle_analyse(struct corpus *c, struct query *q)
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
        unit->form = oracle_copy(c, t->word->form);
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
                u->items[j].plain = oracle_copy(c, t->word->form);
            } else if (u->chunk[j] == t->chunk && whole &&
                       t->kind == TOKEN_JOINED) {
                u->joined[j] = oracle_copy(c, t->word->form);
                u->solids[j].form = u->joined[j];
                u->solids[j].word = u->solids[j].solid = true;
            } else if (u->chunk[j] == t->chunk && whole && at[i] == SIZE_MAX &&
                       t->kind == TOKEN_SYMBOLIC) {
                u->symbols[j].form = oracle_copy(c, t->word->form);
            }
        }
    }
    for (l = 0; l < c->n_langs; l++) {
        size_t n;

        lede__analysis_begin(c->analysis, str_from(text), c->langs[l], NULL);
        lede__analysis_next(c->analysis, tokens, 128, &n, NULL);
        for (i = 0; i < n; i++) {
            for (j = 0; j < u->n; j++) {
                if (tokens[i].kind == TOKEN_JOINED &&
                    str_eq(tokens[i].word->form, u->solids[j].form)) {
                    u->solids[j].stems[l] = oracle_copy(c,
                                                        tokens[i].word->stem);
                }
            }
            if (at[i] != SIZE_MAX) {
                u->items[at[i]].stems[l] = oracle_copy(c, tokens[i].word->stem);
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
                            u->solid ? 0 : df_form(c, field, u->form, true)),
                       most(df_form(c, field, u->plain, false),
                            df_form(c, field, u->plain, true)));
    for (l = 0; l < c->n_langs; l++) {
        u->df_stems = most(u->df_stems, df_stem(c, field, c->langs[l],
                                                u->stems[l]));
    }
}

double
oracle_idf(const struct corpus *c, uint64_t df)
{
    double n = (double)df;

    n = n > c->articles ? c->articles : n;
    return log(1 + (c->articles - n + 0.5) / (n + 0.5));
}

static uint64_t
points(const struct corpus *c, const struct doc *doc, double weight,
       uint32_t tf)
{
    double dl = lede__length_value(doc->length);
    double average = c->average > 0 ? c->average : 1;
    double norm = c->k1 * (1 - c->b + c->b * pow(dl / average, c->power));
    double scale = weight * (c->k1 + 1) * 65536;

    if (tf == 0) {
        return 0;
    }
    return (uint64_t)(scale * tf / (tf + norm) +
                      (0.5 + scale * (c->delta / (c->k1 + 1))));
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
    tf += (u->solid ? 0 : tf_form(c, doc, field, u->form, true)) +
          tf_form(c, doc, field, u->plain, false);
    a.match = tf > 0;
    a.score = points(c, doc, boost * oracle_idf(c, df), tf);
    if (stems) {
        a.score += points(c, doc, boost * oracle_idf(c, df) / 8, exact);
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
        weight += oracle_idf(c, units[s].df_forms);
    }
    if (joined.len > 0) {
        tf += tf_form(c, doc, field, joined, false) +
              tf_form(c, doc, field, joined, true);
    }
    a.match = tf > 0;
    a.score = points(c, doc, boost * weight, tf);
    return a;
}

uint64_t
oracle_df(struct corpus *c, int field, struct unit *u, bool stems)
{
    count_unit(c, field, u);
    return stems && u->word && c->n_langs > 0 ? most(u->df_forms, u->df_stems)
                                              : u->df_forms;
}

uint64_t
oracle_prefix_df(struct corpus *c, struct query *q)
{
    struct str form = oracle_analyse(c, q)->items[0].form;
    int field = q->field;
    int all = field == FIELD_BODY ? FIELD_ALL : field;
    size_t d, i;

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
    return q->df;
}

/* All forms that begin so, as one word. */
static struct answer
eval_prefix(struct corpus *c, const struct doc *doc, struct query *q,
            struct str form)
{
    struct answer a = { false, 0 };
    int field = q->field;
    uint32_t tf = 0;
    size_t i;

    for (i = 0; i < doc->n_pieces; i++) {
        const struct piece *p = &doc->pieces[i];

        if (in_field(c, p, field) && p->form.len >= form.len &&
            memcmp(p->form.p, form.p, form.len) == 0) {
            tf += weight_of(c, p);
        }
    }
    a.match = tf > 0;
    a.score = points(c, doc,
                     q->total * oracle_idf(c, oracle_prefix_df(c, q)), tf);
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

static struct answer
eval_near(struct corpus *c, const struct doc *doc, struct query *q)
{
    double weight;
    uint32_t tf = oracle_near(c, doc, q, &weight);

    return (struct answer){ tf > 0, points(c, doc, q->total * weight, tf) };
}

/* A text all of which has to be there. */
static struct answer
eval_whole(struct corpus *c, const struct doc *doc, struct query *q)
{
    struct units *u = oracle_analyse(c, q);
    bool single = u->chunk[0] == u->chunk[u->n - 1];
    struct unit *symbol = &u->symbols[0];

    if (q->kind == PREFIX) {
        return eval_prefix(c, doc, q, u->items[0].form);
    }
    if (single && symbol->form.len > 0) {
        return eval_word(c, doc, q->field, symbol, false, q->total);
    }
    if (u->n == 1) {
        return eval_word(c, doc, q->field, &u->items[0], q->kind == WORD,
                         q->total);
    }
    if (q->kind == PHRASE && q->within > 0) {
        return eval_near(c, doc, q);
    }
    return eval_unit(c, doc, q->field, u->items, u->n,
                     single ? u->joined[0] : STR(""), q->total);
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
    u = oracle_analyse(c, q);
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
                                    false, q->total), false);
            continue;
        }
        // grams overlap: n of them weigh as much as the root of n words
        boost = u->items[from].gram ? 1 / sqrt((double)(to - from)) : 1;
        boost *= q->total;
        for (i = from; i < to; i++) {
            if (to - from == 1 || letters || u->items[from].gram) {
                add_option(o, eval_word(c, doc, q->field, &u->items[i], true,
                                        boost), u->items[i].stop);
            }
        }
        if (to - from > 1 && !u->items[from].gram) {
            add_option(o, eval_unit(c, doc, q->field, &u->items[from],
                                    to - from, u->joined[from],
                                    (letters ? 0.125 : 1) * q->total), false);
            if (letters && u->joined[from].len > 0) {
                add_option(o, eval_word(c, doc, q->field, &u->solids[from],
                                        true, q->total), false);
            }
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
    size_t n = 0;
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
            sum.match = strtol(text, NULL, 10) >= q->from &&
                        strtol(text, NULL, 10) <= q->to;
        }
        return sum;
    case NOT:
        sum.match = !eval(c, doc, q->kids[0], true).match;
        return sum;
    case LIST:
        return eval_list(c, doc, q, strict);
    case NEAR:
        return eval_near(c, doc, q);
    case SOME:
        for (i = 0; i < q->n; i++) {
            struct answer one = eval(c, doc, q->kids[i], true);

            n += one.match;
            sum.score += one.match ? one.score : 0;
        }
        sum.match = n >= q->least;
        sum.score = sum.match ? sum.score : 0;
        return sum;
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

static void
set_totals(struct query *q, double around)
{
    size_t i;

    q->total = q->boost * around;
    for (i = 0; i < q->n; i++) {
        set_totals(q->kids[i], q->total);
    }
}

size_t
oracle_expect(struct corpus *c, struct query *q,
              const lede_search_options *options, struct hit *hits)
{
    // the query as such is a list of one
    struct query top = { .kind = LIST, .kids = { q },
                         .n = 1 };
    lede_sort sort = options->sort;
    size_t n = 0;
    size_t i;

    set_totals(q, 1);
    c->k1 = options->k1;
    c->b = options->b;
    c->power = options->length_power;
    c->delta = options->model == LEDE_MODEL_BM25_PLUS ? 1 : 0;
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

