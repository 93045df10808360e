/* rank-words.c - the words of a query, for what looks at each by itself; see
   rank.h. */

#include "query/rank.h"

#include <stdlib.h>

#include "query/match.h"

/* The list of the word as it was typed, which every leaf of a word has. */
static const struct list *
find_typed(const struct node *leaf)
{
    const struct member *word = leaf->members;
    size_t i;

    if (leaf->kind != NODE_LEAF || leaf->phrase || leaf->given > 0 ||
        leaf->syntax == NULL || leaf->syntax->kind != SYNTAX_WORD ||
        leaf->n_members == 0 || word->n_slots > 0 || word->span != NULL) {
        return NULL;
    }
    for (i = 0; i < word->n_lists; i++) {
        if (word->lists[i].role == LIST_EXACT && !word->lists[i].minus) {
            return &word->lists[i];
        }
    }
    return NULL;
}

static size_t
count_leaves(const struct node *node)
{
    const struct node *child;
    size_t n = node->kind == NODE_LEAF;

    for (child = node->child; child != NULL; child = child->next) {
        n += count_leaves(child);
    }
    return n;
}

static void
add_words(struct rank_index *index, const struct node *node)
{
    const struct node *child;
    const struct list *typed;

    if (node->kind == NODE_LEAF) {
        typed = find_typed(node);
        if (typed != NULL && node->weight > 0) {
            index->words[index->n_words++] = (struct rank_word){
                .leaf = node, .form = typed->form, .weight = node->weight,
            };
        }
        return;
    }
    for (child = node->child; child != NULL && node->kind != NODE_NOT;
         child = child->next) {
        add_words(index, child);
    }
}

/* By form and field; equal ones by place, so that the order is that of no
   plan. */
static int
compare_words(const void *a, const void *b)
{
    const struct rank_word *x = a;
    const struct rank_word *y = b;
    int order = lede__str_cmp(x->form, y->form);

    if (order != 0) {
        return order;
    }
    if (x->leaf->field != y->leaf->field) {
        return x->leaf->field < y->leaf->field ? -1 : 1;
    }
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return (x->leaf->syntax->start > y->leaf->syntax->start) -
           (x->leaf->syntax->start < y->leaf->syntax->start);
}

/* Each word once, the stop words among others not at all. */
static void
drop_words(struct rank_index *index)
{
    struct rank_word *words = index->words;
    bool content = false;
    size_t n = 0;
    size_t i;

    for (i = 0; i < index->n_words; i++) {
        content = content || !words[i].leaf->stop;
    }
    for (i = 0; i < index->n_words; i++) {
        bool again = n > 0 && str_eq(words[n - 1].form, words[i].form) &&
                     words[n - 1].leaf->field == words[i].leaf->field;

        if (!again && !(content && words[i].leaf->stop)) {
            words[n++] = words[i];
        }
    }
    index->n_words = n;
}

lede_status
lede__rank_words(struct ranking *ranking, struct rank_index *index,
                 struct node *root)
{
    index->n_words = 0;
    index->words = lede__arena_array(ranking->arena, count_leaves(root) + 1,
                                     sizeof(*index->words));
    if (index->words == NULL) {
        return lede__fail_memory(ranking->err);
    }
    add_words(index, root);
    if (index->n_words > 0) {
        qsort(index->words, index->n_words, sizeof(*index->words),
              compare_words);
    }
    drop_words(index);
    return LEDE_STATUS_OK;
}
