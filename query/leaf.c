/* leaf.c - nodes that have lists: a word with its other forms, a phrase, a
   set; see match.h.

   A word of one list is that list.  Of several, term at a time: each list adds
   its tfs to arrays over the page or over the docs asked for, one array for
   each role, and what they come to is the tf:
       max(stems, exact, plain) + extra     (plan.h) */

#include "query/match.h"

/* ---- what kind it is ---- */

/* The only list with postings, or NULL; *n is how many there are. */
static struct list *
find_only(struct list *lists, size_t n_lists, size_t *n, bool *minus)
{
    struct list *only = NULL;
    size_t i;

    *n = 0;
    for (i = 0; i < n_lists; i++) {
        if (lists[i].postings != NULL) {
            only = &lists[i];
            *minus = *minus || lists[i].minus;
            (*n)++;
        }
    }
    return *n == 1 ? only : NULL;
}

/* One list in each place; a word that comes again needs no second one. */
static bool
is_plain_phrase(struct member *member)
{
    size_t i, j, n;

    for (i = 0; i < member->n_slots; i++) {
        struct slot *slot = &member->slots[i];
        bool minus = false;

        slot->only = find_only(slot->lists, slot->n_lists, &n, &minus);
        slot->again = false;
        if (slot->only == NULL || minus) {
            return false;
        }
        for (j = 0; j < i && !slot->again; j++) {
            if (str_eq(slot->only->bytes, member->slots[j].only->bytes)) {
                slot->only = member->slots[j].only;
                slot->again = true;
            }
        }
    }
    return true;
}

/* A plain phrase, of which it may be known where it stands, or that it does
   not. */
static void
prepare_phrase(struct node *node)
{
    struct member *phrase = &node->members[0];
    size_t i;

    node->shape = SHAPE_PHRASE;
    for (i = 0; i < phrase->n_slots; i++) {
        struct list *pair = phrase->slots[i].pair;

        if (pair == NULL || !pair->whole) {
            continue;
        }
        if (pair->postings->df == 0) {
            node->shape = SHAPE_NONE;
            return;
        }
        if (phrase->n_slots == 2) {
            node->shape = SHAPE_ONE;
            node->only = pair;
        }
    }
}

static void
prepare_leaf(struct node *node)
{
    struct list *only = NULL;
    size_t live = 0;
    bool minus = false;
    bool phrase = false;
    size_t i, j, n;

    node->evidence = false;
    for (i = 0; i < node->n_members; i++) {
        struct member *member = &node->members[i];
        struct list *one = find_only(member->lists, member->n_lists, &n,
                                     &minus);

        live += n;
        only = n > 0 ? one : only;
        phrase = phrase || member->n_slots > 0 || member->span != NULL;
        for (j = 0; i == 0 && j < member->n_lists; j++) {
            node->evidence = node->evidence ||
                             (node->exact_scale > 0 &&
                              member->lists[j].role == LIST_EXACT &&
                              member->lists[j].postings != NULL);
        }
    }
    node->only = NULL;
    if (phrase && node->n_members == 1 && node->members[0].span == NULL &&
        is_plain_phrase(&node->members[0])) {
        prepare_phrase(node);
    } else if (phrase) {
        node->shape = SHAPE_MIXED;
    } else if (minus) {
        node->shape = SHAPE_MIXED;
    } else if (live == 0) {
        node->shape = SHAPE_NONE;
    } else if (live == 1 && !node->evidence) {
        node->shape = SHAPE_ONE;
        node->only = only;
    } else {
        node->shape = SHAPE_WORDS;
    }
}

/* What a leaf can score with any tf and length. */
static uint32_t
find_most(const struct node *leaf, const struct scorer *scorer)
{
    double scale = leaf->scale + (leaf->evidence ? leaf->exact_scale : 0);
    double most = lede__score_most(scorer, scale) + 2;

    // false for a NaN
    return most < (double)SCORE_MAX ? (uint32_t)most : SCORE_MAX;
}

void
lede__node_prepare(struct node *node, const struct scorer *scorer)
{
    struct node *child;
    size_t n;
    bool minus = false;

    node->most = 0;
    if (node->kind == NODE_LEAF) {
        prepare_leaf(node);
        node->most = find_most(node, scorer);
    } else if (node->kind == NODE_SET) {
        node->only = find_only(node->lists, node->n_lists, &n, &minus);
        node->shape = n == 0 ? SHAPE_NONE : n == 1 ? SHAPE_ONE : SHAPE_WORDS;
    }
    for (child = node->child; child != NULL; child = child->next) {
        lede__node_prepare(child, scorer);
        if (child->kind != NODE_NOT) {
            node->most = score_add(node->most, child->most);
        }
    }
}

/* ---- peek and end ---- */

static uint32_t
peek_docs(struct node *node, uint32_t from)
{
    while (node->at < node->n_docs && node->docs[node->at] < from) {
        node->at++;
    }
    return node->at < node->n_docs ? node->docs[node->at] : DOC_END;
}

static lede_status
peek_member(struct matcher *m, struct member *member, uint32_t from,
            uint32_t *next)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (member->span != NULL) {
        return lede__span_peek(m, member->span, from, next);
    }
    if (member->n_slots == 0) {
        return lede__lists_seek(member->lists, member->n_lists, from, next,
                                m->err);
    }
    *next = from;
    for (i = 0; i < member->n_slots && status == LEDE_STATUS_OK; i++) {
        status = lede__lists_seek(member->slots[i].lists,
                                  member->slots[i].n_lists, *next, next,
                                  m->err);
    }
    return status;
}

lede_status
lede__leaf_peek(struct matcher *m, struct node *leaf, uint32_t from,
                uint32_t *next)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (leaf->kind == NODE_DOCS) {
        *next = peek_docs(leaf, from);
        return LEDE_STATUS_OK;
    }
    if (leaf->kind == NODE_SET) {
        return lede__lists_seek(leaf->lists, leaf->n_lists, from, next,
                                m->err);
    }
    *next = DOC_END;
    if (leaf->shape == SHAPE_ONE) {
        return lede__list_seek(leaf->only, from, next, m->err);
    }
    for (i = 0; leaf->shape != SHAPE_NONE && i < leaf->n_members &&
                status == LEDE_STATUS_OK; i++) {
        uint32_t one;

        status = peek_member(m, &leaf->members[i], from, &one);
        *next = one < *next ? one : *next;
    }
    return status;
}

lede_status
lede__leaf_end(struct matcher *m, struct node *leaf, uint32_t doc,
               uint32_t *last)
{
    const struct way *way;
    lede_status status;

    *last = DOC_END;
    switch (leaf->shape) {
    case SHAPE_ONE:
        return lede__list_last_at(leaf->only, doc, last, m->err);
    case SHAPE_PHRASE:
        way = lede__phrase_way(&leaf->members[0], doc);
        status = lede__list_last_at(way->lists[0], doc, last, m->err);
        *last = *last < way->end ? *last : way->end - 1;
        return status;
    default:
        // as far as what it leads to is added up at once
        *last = doc | (DOC_PAGE - 1);
        return LEDE_STATUS_OK;
    }
}

/* ---- leading ---- */

static uint32_t *
array_of(struct matcher *m, const struct list *list)
{
    switch (list->role) {
    case LIST_STEM:
        return m->stems;
    case LIST_EXACT:
        return m->forms;
    case LIST_PLAIN:
        return m->plain;
    default:
        return m->extra;
    }
}

/* Add (of a minus list: take off) the tfs in a range of the page at `base`. */
static lede_status
sweep(struct matcher *m, struct list *list, uint32_t base, uint32_t from,
      uint32_t to, uint32_t *tfs)
{
    struct hits run;
    size_t i;

    while (from < to) {
        lede_status status = lede__list_run(list, from, to, tfs != NULL, &run,
                                            m->err);

        if (status != LEDE_STATUS_OK || run.n == 0) {
            return status;
        }
        for (i = 0; i < run.n; i++) {
            uint32_t at = run.docs[i] - base;

            if (tfs == NULL) {
                bits_add(&m->touched, at);
            } else if (list->minus) {
                tfs[at] -= tfs[at] < run.tfs[i] ? tfs[at] : run.tfs[i];
            } else {
                tfs[at] = score_add(tfs[at], run.tfs[i]);
                bits_add(&m->touched, at);
            }
        }
        from = run.docs[run.n - 1] + 1;
    }
    return LEDE_STATUS_OK;
}

/* The places of a set of docs, in order, into m->found. */
static size_t
list_touched(struct matcher *m)
{
    size_t n = 0;
    uint32_t i;

    for (i = 0; i < DOC_PAGE_WORDS; i++) {
        uint64_t word = m->touched.words[i];

        while (word != 0) {
            m->found[n++] = i * 64 + (uint32_t)__builtin_ctzll(word);
            word &= word - 1;
        }
    }
    return n;
}

static inline uint32_t
word_tf(uint32_t stem, uint32_t exact, uint32_t plain, uint32_t extra)
{
    uint32_t tf = stem > exact ? stem : exact;

    return score_add(tf > plain ? tf : plain, extra);
}

/* A word's tfs to m->total, and those of its exact form to m->evidence. */
static lede_status
sweep_word(struct matcher *m, struct member *word, bool evidence,
           uint32_t base, uint32_t from, uint32_t to)
{
    lede_status status = LEDE_STATUS_OK;
    int minus;
    size_t j, n;

    for (minus = 0; minus < 2; minus++) {
        for (j = 0; j < word->n_lists && status == LEDE_STATUS_OK; j++) {
            struct list *list = &word->lists[j];

            if (list->postings != NULL && list->minus == minus) {
                status = sweep(m, list, base, from, to, array_of(m, list));
            }
        }
    }
    // also after a failure, so that all is zero again
    n = list_touched(m);
    for (j = 0; j < n; j++) {
        uint32_t i = m->found[j];

        m->total[i] = score_add(m->total[i], word_tf(m->stems[i], m->forms[i],
                                                     m->plain[i],
                                                     m->extra[i]));
        if (evidence) {
            m->evidence[i] = m->forms[i];
        }
        m->stems[i] = 0;
        m->forms[i] = 0;
        m->plain[i] = 0;
        m->extra[i] = 0;
    }
    return status;
}

/* What m->total has, as a run; all is zero afterwards. */
static void
gather(struct matcher *m, uint32_t base, struct hits *out)
{
    size_t touched = list_touched(m);
    size_t n = 0;
    size_t j;

    for (j = 0; j < touched; j++) {
        uint32_t i = m->found[j];

        m->run_docs[n] = base + i;
        m->run_tfs[n] = m->total[i];
        m->run_exact[n] = m->evidence[i];
        n += m->total[i] > 0;
        m->total[i] = 0;
        m->evidence[i] = 0;
    }
    memset(&m->touched, 0, sizeof(m->touched));
    *out = (struct hits){ n, m->run_docs, m->run_tfs, m->run_exact };
}

static lede_status
run_page(struct matcher *m, struct node *leaf, uint32_t from, uint32_t to,
         struct hits *out)
{
    uint32_t base = from - from % DOC_PAGE;
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < leaf->n_members && status == LEDE_STATUS_OK; i++) {
        struct member *member = &leaf->members[i];

        status = member->span != NULL
                 ? lede__span_window(m, member->span, base, from, to)
                 : member->n_slots > 0
                 ? lede__phrase_window(m, member, base, from, to)
                 : sweep_word(m, member, i == 0 && leaf->evidence, base, from,
                              to);
    }
    gather(m, base, out);
    return status;
}

/* The union of the lists of a set. */
static lede_status
run_set(struct matcher *m, struct node *set, uint32_t from, uint32_t to,
        struct hits *out)
{
    uint32_t base = from - from % DOC_PAGE;
    lede_status status = LEDE_STATUS_OK;
    size_t i, n;

    for (i = 0; i < set->n_lists && status == LEDE_STATUS_OK; i++) {
        if (set->lists[i].postings != NULL) {
            status = sweep(m, &set->lists[i], base, from, to, NULL);
        }
    }
    n = list_touched(m);
    for (i = 0; i < n; i++) {
        m->run_docs[i] = base + m->found[i];
    }
    memset(&m->touched, 0, sizeof(m->touched));
    *out = (struct hits){ n, m->run_docs, NULL, NULL };
    return status;
}

static void
run_docs(struct node *node, uint32_t from, uint32_t to, struct hits *out)
{
    size_t first;

    *out = (struct hits){ 0, NULL, NULL, NULL };
    if (peek_docs(node, from) >= to) {
        return;
    }
    first = node->at;
    while (node->at < node->n_docs && node->docs[node->at] < to &&
           node->at - first < DOC_PAGE) {
        node->at++;
    }
    out->n = node->at - first;
    out->docs = node->docs + first;
}

lede_status
lede__leaf_run(struct matcher *m, struct node *leaf, uint32_t from,
               uint32_t to, uint32_t floor, bool tfs, struct hits *out,
               uint32_t *next)
{
    lede_status status = LEDE_STATUS_OK;

    *next = to;
    *out = (struct hits){ 0, NULL, NULL, NULL };
    if (leaf->kind == NODE_DOCS) {
        run_docs(leaf, from, to, out);
        *next = out->n > 0 ? out->docs[out->n - 1] + 1 : to;
        return LEDE_STATUS_OK;
    }
    switch (leaf->shape) {
    case SHAPE_NONE:
        break;
    case SHAPE_ONE:
        status = lede__list_run(leaf->only, from, to, tfs, out, m->err);
        *next = out->n > 0 ? out->docs[out->n - 1] + 1 : to;
        break;
    case SHAPE_PHRASE:
        status = lede__phrase_run(m, leaf, from, to, floor, out, next);
        break;
    case SHAPE_WORDS:
    case SHAPE_MIXED:
        status = leaf->kind == NODE_SET ? run_set(m, leaf, from, to, out)
                                        : run_page(m, leaf, from, to, out);
        break;
    }
    return status;
}

/* ---- following ---- */

/* A word's tfs, added to `tfs`. */
static lede_status
at_word(struct matcher *m, struct member *word, const uint32_t *docs,
        size_t n, uint32_t *tfs, uint32_t *exact)
{
    struct level *level = lede__level_take(m);
    uint32_t *arrays[4];
    bool used[4] = { false, false, false, false };
    lede_status status = LEDE_STATUS_OK;
    int minus;
    size_t i, j;

    if (level == NULL) {
        return lede__fail_memory(m->err);
    }
    arrays[0] = level->docs;
    arrays[1] = level->sums;
    arrays[2] = level->tfs;
    arrays[3] = level->exact;
    for (minus = 0; minus < 2; minus++) {
        for (j = 0; j < word->n_lists && status == LEDE_STATUS_OK; j++) {
            struct list *list = &word->lists[j];
            int role = list->role == LIST_STEM ? 0 :
                       list->role == LIST_EXACT ? 1 :
                       list->role == LIST_PLAIN ? 2 : 3;

            if (list->postings == NULL || list->minus != minus) {
                continue;
            }
            if (!used[role]) {
                memset(arrays[role], 0, n * sizeof(*arrays[role]));
                used[role] = true;
            }
            status = lede__list_at(m, list, docs, n, minus ? LIST_TAKE
                                                           : LIST_ADD,
                                   arrays[role]);
        }
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        tfs[i] = score_add(tfs[i], word_tf(used[0] ? arrays[0][i] : 0,
                                           used[1] ? arrays[1][i] : 0,
                                           used[2] ? arrays[2][i] : 0,
                                           used[3] ? arrays[3][i] : 0));
    }
    if (exact != NULL && used[1]) {
        memcpy(exact, arrays[1], n * sizeof(*exact));
    } else if (exact != NULL) {
        memset(exact, 0, n * sizeof(*exact));
    }
    lede__level_give(m, level);
    return status;
}

static void
at_docs(struct node *node, const uint32_t *docs, size_t n, uint32_t *marks)
{
    size_t i;

    for (i = 0; i < n; i++) {
        marks[i] = peek_docs(node, docs[i]) == docs[i];
    }
}

lede_status
lede__leaf_at(struct matcher *m, struct node *leaf, const uint32_t *docs,
              size_t n, uint32_t floor, uint32_t *tfs, uint32_t *exact)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    if (leaf->kind == NODE_DOCS) {
        at_docs(leaf, docs, n, tfs);
        return LEDE_STATUS_OK;
    }
    if (leaf->shape == SHAPE_PHRASE) {
        return lede__phrase_at(m, leaf, docs, n, floor, tfs);
    }
    memset(tfs, 0, n * sizeof(*tfs));
    if (leaf->kind == NODE_SET) {
        for (i = 0; i < leaf->n_lists && status == LEDE_STATUS_OK; i++) {
            status = lede__list_at(m, &leaf->lists[i], docs, n, LIST_MARK,
                                   tfs);
        }
        return status;
    }
    if (leaf->shape == SHAPE_ONE) {
        return lede__list_at(m, leaf->only, docs, n, LIST_PUT, tfs);
    }
    if (leaf->shape == SHAPE_NONE) {
        return LEDE_STATUS_OK;
    }
    for (i = 0; i < leaf->n_members && status == LEDE_STATUS_OK; i++) {
        struct member *member = &leaf->members[i];

        status = member->span != NULL
                 ? lede__span_add(m, member->span, docs, n, tfs)
                 : member->n_slots > 0
                 ? lede__phrase_add(m, member, docs, n, tfs)
                 : at_word(m, member, docs, n, tfs,
                           i == 0 && leaf->evidence ? exact : NULL);
    }
    return status;
}
