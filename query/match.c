/* match.c - evaluating the nodes above the leaves; see match.h. */

#include "query/match.h"

#include <stdlib.h>

/* Sums of scores that belong to the matches of one AND until it is known which
   these are. */
struct score_block {
    struct score_block *next;
    uint32_t sums[WINDOW];
};

lede_status
lede__matcher_new(struct matcher **out, struct searcher *searcher,
                  const struct scorer *scorer, lede_error *err)
{
    struct matcher *m = calloc(1, sizeof(*m));

    *out = m;
    if (m == NULL) {
        return lede__fail_memory(err);
    }
    m->searcher = searcher;
    m->scorer = scorer;
    m->err = err;
    m->positions[0].max = BUF_MAX_ANY;
    m->positions[1].max = BUF_MAX_ANY;
    m->starts.max = BUF_MAX_ANY;
    return LEDE_STATUS_OK;
}

void
lede__matcher_free(struct matcher *m)
{
    if (m == NULL) {
        return;
    }
    while (m->blocks != NULL) {
        struct score_block *block = m->blocks;

        m->blocks = block->next;
        free(block);
    }
    lede__buf_free(&m->positions[0]);
    lede__buf_free(&m->positions[1]);
    lede__buf_free(&m->starts);
    free(m);
}

/* A block of zeros; back to m->blocks when done. */
static struct score_block *
take_block(struct matcher *m)
{
    struct score_block *block = m->blocks;

    if (block == NULL) {
        return calloc(1, sizeof(*block));
    }
    m->blocks = block->next;
    memset(block->sums, 0, sizeof(block->sums));
    return block;
}

/* ---- peek ---- */

static uint32_t
peek_numbers(struct node *node, uint32_t from)
{
    while (node->at < node->n_numbers && node->numbers[node->at] < from) {
        node->at++;
    }
    return node->at < node->n_numbers ? node->numbers[node->at] : NUMBER_END;
}

static lede_status
peek_children(struct matcher *m, struct node *node, uint32_t from,
              uint32_t *next)
{
    struct node *child;
    lede_status status = LEDE_STATUS_OK;

    *next = node->kind == NODE_AND ? from : NUMBER_END;
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        uint32_t one;

        if (child->kind == NODE_NOT || child->kind == NODE_MAYBE ||
            *next == (node->kind == NODE_AND ? NUMBER_END : from)) {
            break;
        }
        if (node->kind == NODE_AND) {
            status = lede__node_peek(m, child, *next, next);
        } else {
            status = lede__node_peek(m, child, from, &one);
            *next = one < *next ? one : *next;
        }
    }
    return status;
}

lede_status
lede__node_peek(struct matcher *m, struct node *node, uint32_t from,
                uint32_t *next)
{
    switch (node->kind) {
    case NODE_NONE:
        *next = NUMBER_END;
        return LEDE_STATUS_OK;
    case NODE_LEAF:
        return lede__leaf_peek(m, node, from, next);
    case NODE_SET:
        return lede__lists_seek(node->lists, node->n_lists, from, next,
                                m->err);
    case NODE_NUMBERS:
        *next = peek_numbers(node, from);
        return LEDE_STATUS_OK;
    case NODE_AND:
    case NODE_OR:
        return peek_children(m, node, from, next);
    case NODE_DATES:
    case NODE_NOT:
    case NODE_MAYBE:
        break;
    }
    *next = from;
    return LEDE_STATUS_OK;
}

/* ---- eval ---- */

static lede_status
eval_set(struct matcher *m, struct node *node, const struct bits *in,
         struct bits *out)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < node->n_lists && status == LEDE_STATUS_OK; i++) {
        if (node->lists[i].postings != NULL) {
            status = lede__list_add(m, &node->lists[i], in, NULL, out);
        }
    }
    return status;
}

static void
eval_numbers(const struct matcher *m, struct node *node,
             const struct bits *in, struct bits *out)
{
    uint32_t number = peek_numbers(node, m->base);

    while (number != NUMBER_END && number - m->base < WINDOW) {
        if (bits_has(in, number - m->base)) {
            bits_add(out, number - m->base);
        }
        node->at++;
        number = peek_numbers(node, m->base);
    }
}

static lede_status
eval_dates(struct matcher *m, const struct node *node, const struct bits *in,
           struct bits *out)
{
    uint32_t i;

    for (i = bits_next(in, 0); i < WINDOW; i = bits_next(in, i + 1)) {
        struct str value;
        struct date date;
        lede_status status = lede__searcher_column(m->searcher, COLUMN_DATE,
                                                   m->base + i, &value,
                                                   m->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        date = lede__column_date_read(value);
        if (date.precision != DATE_NONE && date.seconds >= node->first &&
            date.seconds <= node->last) {
            bits_add(out, i);
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
eval_or(struct matcher *m, struct node *node, const struct bits *in,
        struct bits *out, uint32_t *sums)
{
    struct node *child;
    struct bits one;
    lede_status status = LEDE_STATUS_OK;
    int i;

    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = lede__node_eval(m, child, in, &one, sums);
        for (i = 0; i < WINDOW_WORDS; i++) {
            out->words[i] |= one.words[i];
        }
    }
    return status;
}

/* Each child is asked for what the ones before it have left. */
static lede_status
eval_and(struct matcher *m, struct node *node, const struct bits *in,
         struct bits *out, uint32_t *sums)
{
    struct score_block *block = NULL;
    uint32_t *own = NULL;
    struct node *child;
    struct bits one;
    lede_status status = LEDE_STATUS_OK;
    uint32_t i;

    *out = *in;
    if (sums != NULL) {
        block = take_block(m);
        if (block == NULL) {
            return lede__fail_memory(m->err);
        }
        own = block->sums;
    }
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK &&
                              !bits_empty(out); child = child->next) {
        switch (child->kind) {
        case NODE_NOT:
            status = lede__node_eval(m, child->child, out, &one, NULL);
            for (i = 0; i < WINDOW_WORDS; i++) {
                out->words[i] &= ~one.words[i];
            }
            break;
        case NODE_MAYBE:
            if (own != NULL) {
                status = lede__node_eval(m, child->child, out, &one, own);
            }
            break;
        default:
            status = lede__node_eval(m, child, out, &one, own);
            *out = one;
            break;
        }
    }
    if (block != NULL) {
        for (i = bits_next(out, 0); i < WINDOW; i = bits_next(out, i + 1)) {
            sums[i] = score_add(sums[i], own[i]);
        }
        block->next = m->blocks;
        m->blocks = block;
    }
    return status;
}

lede_status
lede__node_eval(struct matcher *m, struct node *node, const struct bits *in,
                struct bits *out, uint32_t *sums)
{
    memset(out, 0, sizeof(*out));
    switch (node->kind) {
    case NODE_LEAF:
        return lede__leaf_eval(m, node, in, out, sums);
    case NODE_SET:
        return eval_set(m, node, in, out);
    case NODE_NUMBERS:
        eval_numbers(m, node, in, out);
        return LEDE_STATUS_OK;
    case NODE_DATES:
        return eval_dates(m, node, in, out);
    case NODE_AND:
        return eval_and(m, node, in, out, sums);
    case NODE_OR:
        return eval_or(m, node, in, out, sums);
    case NODE_NONE:
    case NODE_NOT:              // met in eval_and alone
    case NODE_MAYBE:
        break;
    }
    return LEDE_STATUS_OK;
}
