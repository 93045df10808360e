/* leaf.c - the matches and scores of one leaf in a window.

   Term at a time: each list adds its tfs to an array over the window, then
   the sums are scored.  A word's tf is max(stems, exact, plain) + extra
   (plan.h). */

#include "query/match.h"

lede_status
lede__leaf_peek(struct matcher *m, struct node *leaf, uint32_t from,
                uint32_t *next)
{
    size_t i, j;
    lede_status status = LEDE_STATUS_OK;

    *next = NUMBER_END;
    for (i = 0; i < leaf->n_members && status == LEDE_STATUS_OK; i++) {
        struct member *member = &leaf->members[i];
        uint32_t found = from;
        uint32_t one;

        if (member->n_slots == 0) {
            status = lede__lists_seek(member->lists, member->n_lists, from,
                                      &found, m->err);
        }
        for (j = 0; j < member->n_slots && status == LEDE_STATUS_OK; j++) {
            status = lede__lists_seek(member->slots[j].lists,
                                      member->slots[j].n_lists, found, &one,
                                      m->err);
            found = one;
        }
        *next = found < *next ? found : *next;
    }
    return status;
}

static uint32_t *
sums_of(struct matcher *m, const struct list *list)
{
    switch (list->role) {
    case LIST_STEM:
        return m->stems;
    case LIST_EXACT:
        return m->exact;
    case LIST_PLAIN:
        return m->plain;
    default:
        return m->total;
    }
}

/* A word's tfs to m->total; its exact form's also to m->evidence. */
static lede_status
eval_word(struct matcher *m, struct member *word, bool evidence,
          const struct bits *in, struct bits *out)
{
    struct bits touched = { { 0 } };
    struct bits ignored = { { 0 } };
    uint32_t i;
    size_t j;
    lede_status status = LEDE_STATUS_OK;

    for (j = 0; j < word->n_lists && status == LEDE_STATUS_OK; j++) {
        struct list *list = &word->lists[j];

        if (list->postings != NULL && !list->minus) {
            status = lede__list_add(m, list, in, sums_of(m, list), &touched);
        }
    }
    for (j = 0; j < word->n_lists && status == LEDE_STATUS_OK; j++) {
        struct list *list = &word->lists[j];

        if (list->postings != NULL && list->minus) {
            status = lede__list_add(m, list, &touched, sums_of(m, list),
                                    &ignored);
        }
    }
    i = bits_next(&touched, 0);
    while (i < WINDOW) {
        uint32_t tf = m->stems[i] > m->exact[i] ? m->stems[i] : m->exact[i];

        tf = tf > m->plain[i] ? tf : m->plain[i];
        m->total[i] = score_add(m->total[i], tf);
        if (evidence) {
            m->evidence[i] = m->exact[i];
        }
        m->stems[i] = 0;
        m->exact[i] = 0;
        m->plain[i] = 0;
        bits_add(out, i);
        i = bits_next(&touched, i + 1);
    }
    return status;
}

/* Score what m->total and m->evidence hold for `out`; zero them again. */
static lede_status
score_leaf(struct matcher *m, const struct node *leaf, struct bits *out,
           uint32_t *sums)
{
    size_t count = 0;
    size_t j;
    uint32_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = bits_next(out, 0); i < WINDOW; i = bits_next(out, i + 1)) {
        if (m->total[i] > 0) {
            m->numbers[count++] = m->base + i;
        } else {
            bits_remove(out, i);
            m->evidence[i] = 0;
        }
    }
    if (sums != NULL && count > 0) {
        status = lede__searcher_lengths(m->searcher, m->numbers, count,
                                        m->lengths, m->err);
    }
    for (j = 0; j < count; j++) {
        i = m->numbers[j] - m->base;
        if (sums != NULL && status == LEDE_STATUS_OK) {
            uint32_t score = lede__score(m->scorer, leaf->weight, m->total[i],
                                         m->lengths[j]);

            if (m->evidence[i] > 0) {
                score = score_add(score, lede__score(m->scorer,
                                                     leaf->exact_weight,
                                                     m->evidence[i],
                                                     m->lengths[j]));
            }
            sums[i] = score_add(sums[i], score);
        }
        m->total[i] = 0;
        m->evidence[i] = 0;
    }
    return status;
}

lede_status
lede__leaf_eval(struct matcher *m, struct node *leaf, const struct bits *in,
                struct bits *out, uint32_t *sums)
{
    size_t i;
    lede_status status = LEDE_STATUS_OK;
    lede_status scored;

    memset(out, 0, sizeof(*out));
    for (i = 0; i < leaf->n_members && status == LEDE_STATUS_OK; i++) {
        struct member *member = &leaf->members[i];

        if (member->n_slots > 0) {
            status = lede__phrase_eval(m, member, in, out);
        } else {
            status = eval_word(m, member, i == 0 && leaf->exact_weight > 0,
                               in, out);
        }
    }
    scored = score_leaf(m, leaf, out, status == LEDE_STATUS_OK ? sums : NULL);
    return status != LEDE_STATUS_OK ? status : scored;
}
