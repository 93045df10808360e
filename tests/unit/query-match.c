/* query-match.c - the ways to find the best k and to count, against scoring
   everything, over lists of many blocks; each with every kernel.

   Plans are made by hand (query/engine.h) over tests/mock-searcher.h: random
   unions, conjunctions, phrases and mixtures, of words from very rare to
   nearly everywhere.  What scoring everything finds is held to the slow
   evaluator elsewhere (query-oracle.c). */

#include "query/engine.h"
#include "shared/analysis/analysis.h"
#include "tests/mock-searcher.h"
#include "tests/tap.h"

#define ARTICLES 2500
#define WORDS 12
#define NODES_MAX 6

/* Of 1,000 places in a text, so many have the word. */
static const unsigned shares[WORDS] = {
    1, 2, 5, 10, 20, 40, 60, 80, 100, 150, 200, 332,
};

static struct searcher *
make_index(uint64_t seed, bool unordered)
{
    static struct mock_article articles[ARTICLES];
    static char texts[ARTICLES][1200];
    static char ids[ARTICLES][8];
    struct random random = { seed * 2 + 1 };
    struct mock_options options = { NULL, POSTING_BLOCK, seed,
                                    unordered ? 9 : 0, unordered };
    struct searcher *searcher = NULL;
    size_t i, j;

    for (i = 0; i < ARTICLES; i++) {
        size_t words = random_below(&random, random_once_in(&random, 9) ? 300
                                                                        : 40);
        char *text = texts[i];

        for (j = 0; j < words; j++) {
            unsigned place = (unsigned)random_below(&random, 1000);
            unsigned word = 0;

            while (place >= shares[word]) {
                place -= shares[word++];
            }
            *text++ = 'w';
            *text++ = (char)('a' + word);
            *text++ = ' ';
        }
        *text = '\0';
        snprintf(ids[i], sizeof(ids[i]), "%zu", i);
        memset(&articles[i], 0, sizeof(articles[i]));
        articles[i].number = (uint32_t)i + 1;
        articles[i].deleted = random_once_in(&random, 20);
        articles[i].article.id = str_from(ids[i]);
        articles[i].article.body = str_from(texts[i]);
    }
    mock_searcher_new(&searcher, articles, ARTICLES, &options, NULL);
    return searcher;
}

/* ---- plans ---- */

/* A random plan is made anew for each run from the same state. */
struct maker {
    struct engine *engine;
    struct random random;
};

static struct str
random_term(struct maker *mk, struct buf *term)
{
    char word[3] = { 'w', (char)('a' + random_below(&mk->random, WORDS + 1)),
                     '\0' };         // the last is in no article

    lede__term_exact(term, FIELD_ALL, (struct str){ word, 2 }, NULL);
    return lede__buf_view(term);
}

static struct node *
random_leaf(struct maker *mk)
{
    struct buf terms[4];
    struct str views[4];
    struct node *node = NULL;
    size_t n = random_once_in(&mk->random, 3)
               ? 2 + random_below(&mk->random, 3) : 1;
    size_t i;

    for (i = 0; i < n; i++) {
        terms[i] = (struct buf)BUF_INIT(BUF_MAX_ANY);
        views[i] = random_term(mk, &terms[i]);
    }
    if (n == 1) {
        lede__engine_word(mk->engine, views[0], &node, NULL);
    } else {
        lede__engine_phrase(mk->engine, views, n, &node, NULL);
    }
    for (i = 0; i < n; i++) {
        lede__buf_free(&terms[i]);
    }
    return node;
}

static struct node *
random_node(struct maker *mk, int depth)
{
    struct random *r = &mk->random;
    enum node_kind kind = random_once_in(r, 2) ? NODE_OR : NODE_AND;
    struct node *nodes[NODES_MAX];
    struct node *node = NULL;
    size_t n = 1 + random_below(r, NODES_MAX);
    size_t i;

    if (depth == 0) {
        return random_leaf(mk);
    }
    for (i = 0; i < n; i++) {
        nodes[i] = random_node(mk, random_once_in(r, 4) ? depth - 1 : 0);
        if (kind == NODE_AND && i > 0 && random_once_in(r, 3)) {
            lede__engine_wrap(mk->engine, random_once_in(r, 2) ? NODE_NOT
                              : NODE_MAYBE, nodes[i], &nodes[i], NULL);
        }
    }
    lede__engine_join(mk->engine, kind, nodes, n, &node, NULL);
    return node;
}

static const struct collection *
run(struct engine *engine, struct random random, enum collect_mode mode,
    size_t k)
{
    const struct collection *found = NULL;
    struct maker mk = { engine, random };
    struct node *root;

    lede__engine_begin(engine);
    root = random_node(&mk, 2);
    if (lede__engine_collect(engine, root, mode, k, &found, NULL) !=
        LEDE_STATUS_OK) {
        printf("# the search fails\n");
        return NULL;
    }
    return found;
}

/* ---- comparing ---- */

static bool
same(const struct collection *found, const struct found *items, size_t n,
     uint64_t total, enum collect_mode mode)
{
    size_t i;

    if (found == NULL || (found->exact ? found->total != total
                                       : found->total > total) ||
        (mode != COLLECT_TOP_K && !found->exact)) {
        return false;
    }
    if (mode == COLLECT_COUNT) {
        return true;
    }
    for (i = 0; i < n && found->top.count == n; i++) {
        if (found->top.items[i].doc != items[i].doc ||
            found->top.items[i].score != items[i].score) {
            return false;
        }
    }
    return found->top.count == n;
}

static size_t
test_plan(struct engine *engine, struct searcher *searcher,
          struct random random)
{
    static const size_t ks[] = { 1, 10, 300 };
    struct found items[300];
    const struct kernel *kernel;
    size_t wrong = 0;
    size_t i, at;

    for (i = 0; i < 3; i++) {
        const struct collection *all;
        uint64_t total;
        size_t n;
        int mode;

        searcher->kernel = lede__kernel_at(0);
        all = run(engine, random, COLLECT_ALL, ks[i]);
        if (all == NULL) {
            return 1;
        }
        total = all->total;
        n = all->top.count;
        if (n > 0) {
            memcpy(items, all->top.items, n * sizeof(*items));
        }
        for (at = 0; (kernel = lede__kernel_at(at)) != NULL; at++) {
            searcher->kernel = kernel;
            for (mode = COLLECT_TOP_K; mode <= COLLECT_ALL; mode++) {
                bool good = same(run(engine, random, (enum collect_mode)mode,
                                     ks[i]), items, n, total,
                                 (enum collect_mode)mode);

                if (!good) {
                    printf("# state %llu, mode %d, k %zu, kernel %s\n",
                           (unsigned long long)random.state, mode, ks[i],
                           kernel->name);
                }
                wrong += !good;
            }
        }
    }
    return wrong;
}

/* Of two as good ones the first comes in, also where the list that it is in is
   looked at after that of the other. */
static void
test_ties(void)
{
    static const char *const words[] = { "common", "early", "late" };
    static struct mock_article articles[20];
    struct mock_options options = { NULL, POSTING_BLOCK, 1, 0, false };
    const struct collection *found = NULL;
    struct searcher *searcher = NULL;
    struct engine *engine = NULL;
    struct node *nodes[3];
    struct node *root;
    struct buf term = BUF_INIT(BUF_MAX_ANY);
    size_t i;

    for (i = 0; i < 20; i++) {
        articles[i].number = (uint32_t)i + 1;
        articles[i].article.id = STR("x");
        articles[i].article.body = i == 4 ? STR("early") :
                                   i == 9 ? STR("late") : STR("common");
    }
    mock_searcher_new(&searcher, articles, 20, &options, NULL);
    lede__engine_new(&engine, searcher, 0.9, 0.4, NULL);
    lede__engine_begin(engine);
    for (i = 0; i < 3; i++) {
        lede__term_exact(&term, FIELD_ALL, str_from(words[i]), NULL);
        lede__engine_word(engine, lede__buf_view(&term), &nodes[i], NULL);
    }
    lede__engine_join(engine, NODE_OR, nodes, 3, &root, NULL);
    lede__engine_collect(engine, root, COLLECT_TOP_K, 1, &found, NULL);
    is_int(found->top.count, 1, "one of two");
    is_int(found->top.items[0].doc, 4, "the first of them");
    lede__buf_free(&term);
    lede__engine_free(engine);
    searcher->ops->close(searcher);
}

int
main(void)
{
    size_t plans = long_tests() ? 3000 : 40;
    struct random random = { 20261120 };
    size_t i, j;

    test_ties();
    for (i = 0; i < 4; i++) {
        struct searcher *searcher = make_index(i, i % 2 == 1);
        struct engine *engine = NULL;
        size_t wrong = 0;

        lede__engine_new(&engine, searcher, i < 2 ? 0.9 : 1.2,
                         i < 2 ? 0.4 : 0.75, NULL);
        for (j = 0; j < plans; j++) {
            random_next(&random);
            wrong += test_plan(engine, searcher, random) > 0;
        }
        ok(wrong == 0, "%zu plans over index %zu, %zu wrong", plans, i,
           wrong);
        lede__engine_free(engine);
        searcher->ops->close(searcher);
    }
    return done();
}
