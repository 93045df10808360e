/* answers.c - the same questions to all indexes: whether hits, order, scores
   and totals are exactly the same, found exhaustively and pruned, with each
   kernel, and as the slow oracle says; see trial.h. */

#include <stdio.h>

#include "tests/trials/trial.h"

/* Hits that are compared; more are only counted. */
#define DEEPEST 1000
#define DEEPEST_OF_MANY 300
/* Articles of a large index that are read. */
#define READ 60

/* A list of hits to compare with. */
struct list {
    size_t n;
    uint64_t total;
    bool cut;                   // the oracle cuts nothing
    struct {
        const char *id;         // of the trial
        double score;
    } hits[DEEPEST];
};

struct asking {
    const struct trial *t;
    struct side *sides;
    size_t n_sides;
    lede_index *indexes[4];
    size_t deepest;
    struct buf *why;
    struct corpus *corpus;      // of the oracle, or NULL
    const struct question *question;
    const char *text;
};

/* Say what is wrong; false. */
static bool
wrong(const struct asking *a, const char *engine, const char *way,
      const lede_search_options *options)
{
    lede__buf_addf(a->why, NULL, "\n%s%s: %s (limit %zu offset %zu sort %d "
                   "k1 %g b %g lang %s%s)", engine, way, a->text,
                   options->limit, options->offset, (int)options->sort,
                   options->k1, options->b,
                   options->lang == NULL ? "-" : options->lang,
                   options->approximate ? " approximate" : "");
    return false;
}

/* ---- the articles themselves ---- */

static bool
same_text(const char *got, const char *want)
{
    return strcmp(got == NULL ? "" : got, want == NULL ? "" : want) == 0;
}

static bool
same_list(const char *const *got, size_t n_got, const char *const *want,
          size_t n_want)
{
    if (n_got != n_want) {
        return false;
    }
    for (size_t i = 0; i < n_got; i++) {
        if (!same_text(got[i], want[i])) {
            return false;
        }
    }
    return true;
}

static bool
read_article(const struct asking *a, size_t side, unsigned id)
{
    const struct content *content = &a->sides[side].committed;
    const char *engine = a->sides[side].engine;
    const lede_article *got = NULL;
    const lede_article *want;
    lede_error err = LEDE_ERROR_INIT;
    lede_status status = lede_index_article(a->indexes[side], trial_id(id),
                                            &got, &err);

    if (content->items[id] == SIZE_MAX) {
        if (status != LEDE_STATUS_NOT_FOUND) {
            lede__buf_addf(a->why, NULL, "%s: %s is still there", engine,
                           trial_id(id));
        }
        return status == LEDE_STATUS_NOT_FOUND;
    }
    want = &a->t->items[content->items[id]].article;
    if (status != LEDE_STATUS_OK || !same_text(got->url, want->url) ||
        // without a title the body gives one
        (want->title != NULL && want->title[0] != '\0' &&
         !same_text(got->title, want->title)) ||
        !same_text(got->body, want->body) ||
        !same_text(got->summary, want->summary) ||
        !same_text(got->source, want->source) ||
        !same_list(got->tags, got->n_tags, want->tags, want->n_tags) ||
        !same_list(got->authors, got->n_authors, want->authors,
                   want->n_authors)) {
        lede__buf_addf(a->why, NULL, "%s: the article %s reads otherwise: %s",
                       engine, trial_id(id),
                       status == LEDE_STATUS_OK ? got->url : err.message);
        return false;
    }
    return true;
}

static bool
read_articles(const struct asking *a, size_t side)
{
    const struct content *content = &a->sides[side].committed;
    size_t step = content->n_ids <= READ ? 1 : content->n_ids / READ;
    lede_info info;
    lede_error err = LEDE_ERROR_INIT;
    uint64_t live = 0;

    for (unsigned id = 0; id < content->n_ids; id++) {
        live += content->items[id] != SIZE_MAX;
        if (id % step == 0 && !read_article(a, side, id)) {
            return false;
        }
    }
    if (lede_index_info(a->indexes[side], &info, &err) != LEDE_STATUS_OK ||
        info.articles != live) {
        lede__buf_addf(a->why, NULL, "%s: not %llu articles: %s",
                       a->sides[side].engine, (unsigned long long)live,
                       err.message);
        return false;
    }
    return true;
}

/* ---- the oracle ---- */

static void
add_pieces(struct corpus *c, struct doc *doc, size_t *cap, const char *text,
           int field, uint8_t number)
{
    struct token tokens[64];
    uint32_t base = 0;
    size_t count;

    if (field < 0 || text == NULL || text[0] == '\0') {
        return;
    }
    if (doc->n_pieces > 0 && doc->pieces[doc->n_pieces - 1].field == field) {
        base = doc->pieces[doc->n_pieces - 1].place + 1 + VALUE_GAP;
    }
    lede__analysis_begin(c->analysis, str_from(text), doc->mock.article.lang,
                         NULL);
    do {
        lede__analysis_next(c->analysis, tokens, 64, &count, NULL);
        for (size_t i = 0; i < count; i++) {
            const struct token *token = &tokens[i];

            if (doc->n_pieces == *cap) {
                struct piece *more;

                *cap = *cap * 2 + 64;
                more = trial_must(lede__arena_array(&c->arena, *cap,
                                                    sizeof(*more)));
                if (doc->n_pieces > 0) {
                    memcpy(more, doc->pieces, doc->n_pieces * sizeof(*more));
                }
                doc->pieces = more;
            }
            doc->pieces[doc->n_pieces++] = (struct piece){
                .form = oracle_copy(c, token->word->form),
                .stem = oracle_copy(c, token->word->stem),
                .position = token->position,
                .place = base + token->position,
                .field = (uint8_t)field,
                .text = number,
                .extra = (token->flags & TOKEN_EXTRA) != 0,
                .word = token->kind == TOKEN_WORD ||
                        token->kind == TOKEN_NUMBER,
            };
        }
    } while (count > 0);
}

static void
add_doc(struct asking *a, const struct item *item)
{
    struct corpus *c = a->corpus;
    struct doc *doc = &c->docs[c->n_docs++];
    const lede_article *from = &item->article;
    const lede_article *stored = NULL;
    uint32_t length = 0;
    uint8_t number = 0;
    size_t cap = 0;

    snprintf(doc->id, sizeof(doc->id), "%s", trial_id(item->id));
    // the language may have been detected
    lede_index_article(a->indexes[0], from->id, &stored, NULL);
    doc->mock.article.lang = oracle_copy(
        c, str_from(stored == NULL || stored->lang == NULL ? ""
                                                           : stored->lang));
    lede__date_parse(str_from(from->date), &doc->mock.article.date);
    doc->mock.article.tags.items =
        trial_must(lede__arena_array(&c->arena, 4, sizeof(struct str)));
    add_pieces(c, doc, &cap, from->body, FIELD_BODY, number++);
    add_pieces(c, doc, &cap, from->title, FIELD_TITLE, number++);
    add_pieces(c, doc, &cap, from->summary, FIELD_SUMMARY, number++);
    for (size_t i = 0; i < from->n_tags; i++) {
        doc->mock.article.tags.items[i] = str_from(from->tags[i]);
        doc->mock.article.tags.count++;
        add_pieces(c, doc, &cap, from->tags[i], FIELD_TAGS, number++);
    }
    for (size_t i = 0; i < from->n_categories; i++) {
        add_pieces(c, doc, &cap, from->categories[i], FIELD_TAGS, number++);
    }
    for (size_t i = 0; i < from->n_authors; i++) {
        add_pieces(c, doc, &cap, from->authors[i], FIELD_AUTHORS, number++);
    }
    for (size_t i = 0; i < from->n_meta; i++) {
        add_pieces(c, doc, &cap, from->meta[i].value,
                   lede__schema_field(c->schema, str_from(from->meta[i].key)),
                   number++);
    }
    for (size_t i = 0; i < doc->n_pieces; i++) {
        length += doc->pieces[i].extra
                      ? 0 : c->schema->fields[doc->pieces[i].field].weight;
    }
    doc->length = lede__length_quantise(length);
    c->articles++;
    c->average += length;
}

/* The articles in the order in which they came. */
static bool
make_corpus(struct asking *a)
{
    const struct content *content = &a->sides[0].committed;
    struct corpus *c = a->corpus;
    uint64_t last = 0;

    memset(c, 0, sizeof(*c));
    if ((a->t->config == NULL
             ? lede__schema_default(&c->schema, NULL)
             : lede__schema_parse(&c->schema, str_from(a->t->config), "config",
                                  NULL)) != LEDE_STATUS_OK ||
        lede__analyzer_new(&c->analyzer, c->schema, NULL) != LEDE_STATUS_OK ||
        lede__analysis_new(&c->analysis, c->analyzer, NULL) !=
            LEDE_STATUS_OK) {
        lede__buf_addf(a->why, NULL, "no oracle");
        return false;
    }
    for (;;) {
        size_t next = SIZE_MAX;

        for (size_t id = 0; id < content->n_ids; id++) {
            if (content->items[id] != SIZE_MAX && content->order[id] > last &&
                (next == SIZE_MAX ||
                 content->order[id] < content->order[next])) {
                next = id;
            }
        }
        if (next == SIZE_MAX) {
            break;
        }
        last = content->order[next];
        if (c->n_docs == ORACLE_DOCS) {
            oracle_free(c);
            memset(c, 0, sizeof(*c));
            a->corpus = NULL;           // too many for it
            return true;
        }
        add_doc(a, &a->t->items[content->items[next]]);
    }
    c->average = c->articles > 0 ? c->average / c->articles : 0;
    return true;
}

/* The languages of a hundredth of the articles, at most four. */
static void
find_langs(struct corpus *c, const char *only)
{
    bool taken[ORACLE_DOCS] = { false };

    if (only != NULL) {
        oracle_find_langs(c, only);
        return;
    }
    for (c->n_langs = 0; c->n_langs < 4; c->n_langs++) {
        struct str best = { NULL, 0 };
        uint64_t most = 0;

        for (size_t i = 0; i < c->n_docs; i++) {
            struct str lang = c->docs[i].mock.article.lang;
            uint64_t n = 0;

            for (size_t j = 0; j < c->n_docs && !taken[i]; j++) {
                n += str_eq(c->docs[j].mock.article.lang, lang);
            }
            // of equal ones the first by name
            if (n > most || (n == most && n > 0 &&
                             lede__str_cmp(lang, best) < 0)) {
                best = lang;
                most = n;
            }
        }
        if (most == 0 || (double)most < c->articles / 100) {
            break;
        }
        c->langs[c->n_langs] = best;
        c->lang_docs[c->n_langs] = most;
        for (size_t i = 0; i < c->n_docs; i++) {
            taken[i] = taken[i] || str_eq(c->docs[i].mock.article.lang, best);
        }
    }
}

static bool
is_as_expected(const struct asking *a, const struct list *list,
               const lede_search_options *options)
{
    struct hit hits[ORACLE_DOCS];
    struct query *q = trial_oracle_query(a->corpus, a->question->query);
    size_t n;

    // the oracle knows nothing of what orders the best
    if (q == NULL || options->near > 0 || options->title_share > 0) {
        return true;
    }
    find_langs(a->corpus, options->lang);
    n = oracle_expect(a->corpus, q, options, hits);
    if (n != list->total || n != list->n) {
        lede__buf_addf(a->why, NULL, "%zu hits, total %llu, not %zu", list->n,
                       (unsigned long long)list->total, n);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(hits[i].doc->id, list->hits[i].id) != 0 ||
            (double)hits[i].score != list->hits[i].score * 65536) {
            lede__buf_addf(a->why, NULL, "hit %zu is %s with %.0f, not %s "
                           "with %llu", i, list->hits[i].id,
                           list->hits[i].score * 65536, hits[i].doc->id,
                           (unsigned long long)hits[i].score);
            return false;
        }
    }
    return true;
}

/* ---- the engines ---- */

static bool
same_hits(const struct asking *a, const lede_results *results,
          const struct list *want, const lede_search_options *options,
          bool scores)
{
    size_t n = lede_results_count(results);
    uint64_t left = want->total > options->offset
                        ? want->total - options->offset : 0;

    if (n != (left < options->limit ? left : options->limit)) {
        lede__buf_addf(a->why, NULL, "%zu hits of a total of %llu", n,
                       (unsigned long long)want->total);
        return false;
    }
    if (lede_results_total_exact(results)
            ? lede_results_total(results) != want->total
            : !options->approximate ||
              lede_results_total(results) > want->total) {
        lede__buf_addf(a->why, NULL, "a total of %llu, not %llu",
                       (unsigned long long)lede_results_total(results),
                       (unsigned long long)want->total);
        return false;
    }
    for (size_t i = 0; i < n && options->offset + i < want->n; i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        const char *id = want->hits[options->offset + i].id;
        double score = want->hits[options->offset + i].score;

        if (strcmp(hit->id, id) != 0 || (scores && hit->score != score)) {
            lede__buf_addf(a->why, NULL, "hit %zu is %s with %.0f, not %s "
                           "with %.0f", i, hit->id, hit->score * 65536, id,
                           score * 65536);
            return false;
        }
    }
    return true;
}

/* Whether all that is shown of two hits is the same. */
static bool
same_shown(const lede_results *x, const lede_results *y)
{
    if (strcmp(lede_results_query(x), lede_results_query(y)) != 0 ||
        lede_results_warning_count(x) != lede_results_warning_count(y) ||
        lede_results_count(x) != lede_results_count(y)) {
        return false;
    }
    for (size_t i = 0; i < lede_results_count(x); i++) {
        const lede_hit *h = lede_results_hit(x, i);
        const lede_hit *g = lede_results_hit(y, i);

        if (!same_text(h->title, g->title) || !same_text(h->date, g->date) ||
            !same_text(h->lang, g->lang) || !same_text(h->url, g->url) ||
            !same_text(h->snippet, g->snippet) ||
            h->n_highlights != g->n_highlights ||
            h->n_title_highlights != g->n_title_highlights ||
            !same_list(h->tags, h->n_tags, g->tags, g->n_tags)) {
            return false;
        }
    }
    return true;
}

/* Whether it stands for the most frequent words only: which these are may
   differ while deleted articles are counted. */
static bool
is_cut(const lede_results *results)
{
    for (size_t i = 0; i < lede_results_warning_count(results); i++) {
        if (strcmp(lede_results_warning(results, i)->code,
                   "wildcard-cut") == 0) {
            return true;
        }
    }
    return false;
}

/* The hits to compare with, by the first engine, exhaustively. */
static bool
make_list(const struct asking *a, const lede_search_options *from,
          struct list *list, bool *empty)
{
    const size_t *items = a->sides[0].committed.items;
    lede_search_options options = *from;
    lede_error err = LEDE_ERROR_INIT;
    lede_results *results = NULL;
    lede_status status;

    options.offset = 0;
    options.limit = a->deepest;
    options.approximate = 0;
    options.snippets = 0;
    status = lede_search(&results, &a->indexes[0], 1, a->text, &options,
                         &err);
    *empty = status == LEDE_STATUS_BAD_QUERY;
    if (status != LEDE_STATUS_OK) {
        if (!*empty) {
            lede__buf_addf(a->why, NULL, "%s", err.message);
            wrong(a, a->sides[0].engine, "", &options);
        }
        return *empty;
    }
    list->total = lede_results_total(results);
    list->n = lede_results_count(results);
    list->cut = is_cut(results);
    for (size_t i = 0; i < list->n; i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        unsigned id = trial_id_number(hit->id);

        list->hits[i].score = hit->score;
        if (id >= a->t->n_ids || items[id] == SIZE_MAX) {
            lede__buf_addf(a->why, NULL, "%s is found and is not there",
                           hit->id);
            lede_results_free(results);
            return wrong(a, a->sides[0].engine, "", &options);
        }
        list->hits[i].id = a->t->items[items[id]].article.id;
    }
    lede_results_free(results);
    return true;
}

static bool
ask_one(const struct asking *a, size_t side, const struct list *list,
        const lede_search_options *options, const char *way, bool empty)
{
    bool scores = !a->sides[side].counts_deleted;
    lede_error err = LEDE_ERROR_INIT;
    lede_results *results = NULL;
    lede_status status = lede_search(&results, &a->indexes[side], 1, a->text,
                                     options, &err);
    bool good = status == (empty ? LEDE_STATUS_BAD_QUERY : LEDE_STATUS_OK);

    if (!good) {
        lede__buf_addf(a->why, NULL, "%s", status == LEDE_STATUS_OK
                       ? "it finds something" : err.message);
    } else if (!empty && (scores || !is_cut(results))) {
        good = same_hits(a, results, list, options, scores);
    }
    lede_results_free(results);
    return good || wrong(a, a->sides[side].engine, way, options);
}

/* Whether what the first and another show of their hits is the same. */
static bool
ask_to_show(const struct asking *a, size_t side,
            const lede_search_options *from)
{
    lede_search_options options = *from;
    lede_results *first = NULL;
    lede_results *other = NULL;
    bool good;

    options.snippets = 1;
    options.limit = options.limit > 10 ? 10 : options.limit;
    good = lede_search(&first, &a->indexes[0], 1, a->text, &options, NULL) ==
               LEDE_STATUS_OK &&
           lede_search(&other, &a->indexes[side], 1, a->text, &options,
                       NULL) == LEDE_STATUS_OK &&
           same_shown(first, other);
    lede_results_free(first);
    lede_results_free(other);
    if (!good) {
        lede__buf_addf(a->why, NULL, "what is shown of the hits differs");
        return wrong(a, a->sides[side].engine, "", &options);
    }
    return true;
}

static bool
ask_side(const struct asking *a, size_t side, const struct list *list,
         lede_search_options options, bool empty)
{
    struct searcher *searcher = a->indexes[side]->searcher;
    const struct kernel *best = searcher->kernel;
    bool good = true;

    for (int i = 0; i < 2 && good; i++) {
        options.approximate = i;
        options.limit = a->question->options.limit;
        good = ask_one(a, side, list, &options, "", empty);
        for (size_t k = 0; lede__kernel_at(k) != NULL && good; k++) {
            searcher->kernel = lede__kernel_at(k);
            good = ask_one(a, side, list, &options, searcher->kernel->name,
                           empty);
        }
        searcher->kernel = best;
        // all of them
        options.limit = a->deepest;
        good = good && ask_one(a, side, list, &options, "", empty);
    }
    if (good && a->question->options.snippets && side > 0 && !empty &&
        !a->sides[side].counts_deleted) {
        good = ask_to_show(a, side, &options);
    }
    return good;
}

static bool
ask(struct asking *a, const struct question *question)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    lede_search_options options = question->options;
    struct list *list = trial_must(malloc(sizeof(*list)));
    bool empty = false;
    bool good;

    trial_print_query(question->query, &text);
    a->question = question;
    a->text = text.p;
    good = make_list(a, &options, list, &empty);
    if (good && !empty && a->corpus != NULL && !list->cut &&
        !is_as_expected(a, list, &options)) {
        good = wrong(a, a->sides[0].engine, " and the oracle", &options);
    }
    for (size_t i = 0; i < a->n_sides && good; i++) {
        if (!a->sides[i].counts_deleted ||
            options.sort != LEDE_SORT_RELEVANCE) {
            good = ask_side(a, i, list, options, empty);
        }
    }
    // Scores differ as long as deleted articles are counted; what is found
    // does not.
    options.sort = LEDE_SORT_DATE;
    if (good && question->options.sort == LEDE_SORT_RELEVANCE) {
        good = make_list(a, &options, list, &empty);
        for (size_t i = 0; i < a->n_sides && good; i++) {
            if (a->sides[i].counts_deleted) {
                good = ask_side(a, i, list, options, empty);
            }
        }
    }
    lede__buf_free(&text);
    free(list);
    return good;
}

bool
trial_ask(const struct trial *t, struct side *sides, size_t n_sides,
          struct buf *why)
{
    struct corpus *corpus = trial_must(calloc(1, sizeof(*corpus)));
    struct asking a = {
        .t = t, .sides = sides, .n_sides = n_sides, .why = why,
        .corpus = t->wild ? NULL : corpus,
        .deepest = t->n_ids > 1000 ? DEEPEST_OF_MANY : DEEPEST,
    };
    lede_error err = LEDE_ERROR_INIT;
    bool good = true;

    for (size_t i = 0; i < n_sides && good; i++) {
        good = lede_index_open(&a.indexes[i], sides[i].path, &err) ==
               LEDE_STATUS_OK;
        if (!good) {
            lede__buf_addf(why, NULL, "%s: open: %s", sides[i].engine,
                           err.message);
        }
        good = good && read_articles(&a, i);
    }
    good = good && (a.corpus == NULL || make_corpus(&a));
    for (size_t i = 0; i < t->n_questions && good; i++) {
        good = ask(&a, &t->questions[i]);
    }
    if (a.corpus != NULL) {
        oracle_free(corpus);
    }
    for (size_t i = 0; i < n_sides; i++) {
        lede_index_close(a.indexes[i]);
    }
    free(corpus);
    return good;
}
