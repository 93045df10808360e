/* game-query.c - answering the game's queries: plans made by hand, through the
   matcher that the query language runs on; see query/engine.h. */

#include "bench/game.h"

#include <stdlib.h>

#include "bench/protocol.h"
#include "query/engine.h"
#include "shared/analysis/analysis.h"

#define K1 0.9
#define B 0.4

struct answerer {
    struct searcher *searcher;
    struct engine *engine;
    bool exhaustive;
    char terms[QUERY_WORDS_MAX][TERM_MAX];
    struct buf shortened;
};

static void
must(lede_status status, const lede_error *err)
{
    if (status != LEDE_STATUS_OK) {
        die("game: %s", err->message);
    }
}

/* The exact form in all fields. */
static struct str
term_of(struct answerer *answerer, const struct query *query, size_t i)
{
    struct str word = query->words[i];
    lede_error err = { 0 };

    must(lede__term_exact(&answerer->shortened, FIELD_ALL, word, &err), &err);
    memcpy(answerer->terms[i], answerer->shortened.p,
           answerer->shortened.len);
    return (struct str){ answerer->terms[i], answerer->shortened.len };
}

static struct node *
node_of_item(struct answerer *answerer, const struct query *query,
             const struct query_item *item)
{
    struct str terms[QUERY_WORDS_MAX];
    struct node *node = NULL;
    lede_error err = { 0 };

    for (size_t i = 0; i < item->n; i++) {
        terms[i] = term_of(answerer, query, item->first + i);
    }
    if (item->n == 1) {
        must(lede__engine_word(answerer->engine, terms[0], &node, &err),
             &err);
    } else {
        must(lede__engine_phrase(answerer->engine, terms, item->n, &node,
                                 &err), &err);
    }
    return node;
}

static struct node *
join(struct answerer *answerer, enum node_kind kind, struct node **nodes,
     size_t n)
{
    struct node *node = NULL;
    lede_error err = { 0 };

    if (n == 1) {
        return nodes[0];
    }
    must(lede__engine_join(answerer->engine, kind, nodes, n, &node, &err),
         &err);
    return node;
}

/* The items with this sign; NULL where there are none. */
static size_t
nodes_of(struct answerer *answerer, const struct query *query,
         enum query_sign sign, struct node **nodes)
{
    size_t n = 0;

    for (size_t i = 0; i < query->n_items; i++) {
        if (query->items[i].sign == sign) {
            nodes[n++] = node_of_item(answerer, query, &query->items[i]);
        }
    }
    return n;
}

static void
wrap(struct answerer *answerer, enum node_kind kind, struct node **node)
{
    lede_error err = { 0 };

    must(lede__engine_wrap(answerer->engine, kind, *node, node, &err), &err);
}

static struct node *
node_of(struct answerer *answerer, const struct query *query)
{
    struct node *must_have[QUERY_WORDS_MAX + 2];
    struct node *others[QUERY_WORDS_MAX];
    size_t n = nodes_of(answerer, query, QUERY_REQUIRED, must_have);
    size_t n_others = nodes_of(answerer, query, QUERY_OPTIONAL, others);

    if (n_others > 0) {
        must_have[n] = join(answerer, NODE_OR, others, n_others);
        if (n > 0) {
            wrap(answerer, NODE_MAYBE, &must_have[n]);
        }
        n++;
    }
    n_others = nodes_of(answerer, query, QUERY_EXCLUDED, others);
    if (n_others > 0) {
        must_have[n] = join(answerer, NODE_OR, others, n_others);
        wrap(answerer, NODE_NOT, &must_have[n]);
        n++;
    }
    return join(answerer, NODE_AND, must_have, n);
}

static void
dump_hits(struct answerer *answerer, const struct collection *found,
          struct buf *dump)
{
    lede_error err = { 0 };

    for (size_t i = 0; i < found->top.count; i++) {
        const struct found *hit = &found->top.items[i];
        struct str id;

        must(lede__searcher_column(answerer->searcher, COLUMN_SOURCE,
                                   hit->doc, &id, &err), &err);
        protocol_hit(dump, id, (double)hit->score / SCORE_ONE);
    }
}

static uint64_t
answer(void *payload, const struct query *query, struct buf *dump)
{
    struct answerer *answerer = payload;
    const struct collection *found = NULL;
    enum collect_mode mode = query->top == 0 ? COLLECT_COUNT
                             : answerer->exhaustive ? COLLECT_ALL
                             : query->count ? COLLECT_TOP_K_COUNT
                             : COLLECT_TOP_K;
    lede_error err = { 0 };

    lede__engine_begin(answerer->engine);
    must(lede__engine_collect(answerer->engine, node_of(answerer, query),
                              mode, query->top, &found, &err), &err);
    if (dump != NULL) {
        dump_hits(answerer, found, dump);
    }
    return found->total;
}

static void
choose_kernel(struct searcher *searcher, const char *name)
{
    const struct kernel *kernel;

    for (size_t i = 0; (kernel = lede__kernel_at(i)) != NULL; i++) {
        if (strcmp(kernel->name, name) == 0) {
            searcher->kernel = kernel;
            return;
        }
    }
    die("game: this processor has no kernel \"%s\"", name);
}

void
game_query(const char *index, const struct game_options *options)
{
    struct answerer answerer = { .exhaustive = options->exhaustive,
                                 .shortened = BUF_INIT(BUF_MAX_ANY) };
    lede_error err = { 0 };

    must(lede__searcher_open(&answerer.searcher, index, &err), &err);
    if (options->kernel != NULL) {
        choose_kernel(answerer.searcher, options->kernel);
    }
    must(lede__engine_new(&answerer.engine, answerer.searcher, K1, B, &err),
         &err);
    protocol_run(answer, &answerer, options->dump);
    lede__engine_free(answerer.engine);
    lede__searcher_close(answerer.searcher);
    lede__buf_free(&answerer.shortened);
}
