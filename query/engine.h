/* engine.h - searching one snapshot by plans made by hand: nodes over terms
   as they are in the index, without analysis or query language.

   What plan.c makes of a query and what is made here runs through the same
   matcher.  An engine keeps all that a search needs from one to the next, so
   that a query costs no allocation.

     lede__engine_begin(engine);
     lede__engine_word(engine, STR("..."), &nodes[0], err);
     lede__engine_word(engine, STR("..."), &nodes[1], err);
     lede__engine_join(engine, NODE_OR, nodes, 2, &root, err);
     lede__engine_collect(engine, root, COLLECT_TOP_K, 10, &found, err);
*/

#ifndef LEDE_QUERY_ENGINE_H
#define LEDE_QUERY_ENGINE_H

#include "query/collect.h"

struct engine;

/* Ranks by plain BM25, whatever lede_search does besides.  `searcher` outlives
   the engine, and is refreshed only between searches. */
lede_status
lede__engine_new(struct engine **out, struct searcher *searcher, double k1,
                 double b, lede_error *err);

void
lede__engine_free(struct engine *engine);

/* A new plan: the nodes and the result of the one before are gone. */
void
lede__engine_begin(struct engine *engine);

/* A leaf for one term, with idf of its df; no matches where no article has
   it. */
lede_status
lede__engine_word(struct engine *engine, struct str term, struct node **out,
                  lede_error *err);

/* A leaf for n >= 1 terms in a row, with the sum of their idf. */
lede_status
lede__engine_phrase(struct engine *engine, const struct str *terms, size_t n,
                    struct node **out, lede_error *err);

/* NODE_OR or NODE_AND of n >= 1 nodes.  Those of an AND may be made by
   lede__engine_wrap, except for one. */
lede_status
lede__engine_join(struct engine *engine, enum node_kind kind,
                  struct node **nodes, size_t n, struct node **out,
                  lede_error *err);

/* NODE_NOT (excluded) or NODE_MAYBE (adds to the score), in an AND alone. */
lede_status
lede__engine_wrap(struct engine *engine, enum node_kind kind,
                  struct node *node, struct node **out, lede_error *err);

/* Run the plan, once.  Of *out: top.items, best first, top.count, total and
   exact; valid until the next plan. */
lede_status
lede__engine_collect(struct engine *engine, struct node *root,
                     enum collect_mode mode, size_t k,
                     const struct collection **out, lede_error *err);

#endif
