/* match.c - evaluating trees of nodes; see match.h. */

#include "query/match.h"

#include <stdlib.h>

/* ---- the matcher ---- */

lede_status
lede__matcher_new(struct matcher **out, lede_error *err)
{
    struct matcher *m = calloc(1, sizeof(*m));

    *out = m;
    if (m == NULL) {
        return lede__fail_memory(err);
    }
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
    while (m->levels != NULL) {
        struct level *level = m->levels;

        m->levels = level->next;
        free(level);
    }
    lede__buf_free(&m->positions[0]);
    lede__buf_free(&m->positions[1]);
    lede__buf_free(&m->starts);
    free(m);
}

void
lede__matcher_begin(struct matcher *m, struct searcher *searcher,
                    const struct scorer *scorer, lede_error *err)
{
    m->searcher = searcher;
    m->scorer = scorer;
    m->kernel = lede__score_kernel(searcher->kernel);
    m->err = err;
    m->lengths = NULL;
}

struct level *
lede__level_take(struct matcher *m)
{
    struct level *level = m->levels;

    if (level == NULL) {
        return malloc(sizeof(*level));
    }
    m->levels = level->next;
    return level;
}

void
lede__level_give(struct matcher *m, struct level *level)
{
    level->next = m->levels;
    m->levels = level;
}

/* ---- scoring ---- */

/* Of n docs those in the page of the first, whose lengths come to be at
   hand. */
static lede_status
open_page(struct matcher *m, const uint32_t *docs, size_t n, size_t *count)
{
    uint32_t page = docs[0] - docs[0] % DOC_PAGE;
    size_t i = n;

    if (docs[n - 1] - page >= DOC_PAGE) {
        for (i = 1; docs[i] - page < DOC_PAGE; i++) {
        }
    }
    *count = i;
    if (m->lengths != NULL && m->lengths_page == page) {
        return LEDE_STATUS_OK;
    }
    m->lengths_page = page;
    return lede__searcher_lengths(m->searcher, page, &m->lengths, m->err);
}

lede_status
lede__leaf_score(struct matcher *m, const struct node *leaf,
                 const uint32_t *docs, const uint32_t *tfs,
                 const uint32_t *exact, size_t n, uint32_t *scratch,
                 uint32_t *out)
{
    size_t i, count, j;

    for (i = 0; i < n; i += count) {
        lede_status status = open_page(m, docs + i, n - i, &count);

        if (status != LEDE_STATUS_OK) {
            m->lengths = NULL;
            return status;
        }
        m->kernel->score(m->scorer, leaf->scale, docs + i, tfs + i, count,
                         m->lengths, out + i);
        if (!leaf->evidence || exact == NULL) {
            continue;
        }
        m->kernel->score(m->scorer, leaf->exact_scale, docs + i, exact + i,
                         count, m->lengths, scratch);
        for (j = 0; j < count; j++) {
            out[i + j] = score_add(out[i + j], scratch[j]);
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__leaf_sift(struct matcher *m, const struct node *leaf, uint32_t need,
                const uint32_t *docs, const uint32_t *tfs, size_t n,
                uint32_t *docs_out, uint32_t *tfs_out, size_t *kept)
{
    double scale = leaf->scale + (leaf->evidence ? leaf->exact_scale : 0);
    float ratio;
    size_t i, count;

    *kept = 0;
    if (!score_ratio(m->scorer, scale, need, &ratio)) {
        return LEDE_STATUS_OK;
    }
    if (ratio <= 0) {
        memmove(docs_out, docs, n * sizeof(*docs));
        memmove(tfs_out, tfs, n * sizeof(*tfs));
        *kept = n;
        return LEDE_STATUS_OK;
    }
    for (i = 0; i < n; i += count) {
        lede_status status = open_page(m, docs + i, n - i, &count);

        if (status != LEDE_STATUS_OK) {
            m->lengths = NULL;
            return status;
        }
        *kept += m->kernel->sift(m->scorer, ratio, docs + i, tfs + i, count,
                                 m->lengths, docs_out + *kept,
                                 tfs_out + *kept);
    }
    return LEDE_STATUS_OK;
}

/* ---- peek ---- */

static lede_status
peek_children(struct matcher *m, struct node *node, uint32_t from,
              uint32_t *next)
{
    struct node *child;
    lede_status status = LEDE_STATUS_OK;

    *next = node->kind == NODE_AND ? from : DOC_END;
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        uint32_t one;

        if (child->kind == NODE_NOT || child->kind == NODE_MAYBE ||
            *next == (node->kind == NODE_AND ? DOC_END : from)) {
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

/* Before the doc where the `least` first of the children may match there is
   none that has so many. */
static lede_status
peek_some(struct matcher *m, struct node *node, uint32_t from,
          uint32_t *next)
{
    struct level *level = lede__level_take(m);
    struct node *child;
    size_t n = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (level == NULL) {
        return lede__fail_memory(m->err);
    }
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        uint32_t one;

        status = lede__node_peek(m, child, from, &one);
        // the least of them so far, in order
        for (i = n; i > 0 && level->docs[i - 1] > one; i--) {
            level->docs[i] = level->docs[i - 1];
        }
        level->docs[i] = one;
        n += n < node->least;
    }
    *next = level->docs[node->least - 1];
    lede__level_give(m, level);
    return status;
}

lede_status
lede__node_peek(struct matcher *m, struct node *node, uint32_t from,
                uint32_t *next)
{
    switch (node->kind) {
    case NODE_NONE:
        *next = DOC_END;
        return LEDE_STATUS_OK;
    case NODE_LEAF:
    case NODE_SET:
    case NODE_DOCS:
        return lede__leaf_peek(m, node, from, next);
    case NODE_AND:
    case NODE_OR:
        return peek_children(m, node, from, next);
    case NODE_SOME:
        return peek_some(m, node, from, next);
    case NODE_RANGE:
    case NODE_NOT:
    case NODE_MAYBE:
        break;
    }
    *next = from;
    return LEDE_STATUS_OK;
}

/* ---- bounds ---- */

lede_status
lede__node_bound(struct matcher *m, struct node *node, uint32_t from,
                 uint32_t to, uint32_t *bound)
{
    struct node *child;
    lede_status status = LEDE_STATUS_OK;

    *bound = 0;
    if (node->kind == NODE_LEAF) {
        return lede__leaf_bound(m, node, from, to, bound);
    }
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        uint32_t one = 0;

        if (child->kind != NODE_NOT) {
            status = lede__node_bound(m, child, from, to, &one);
        }
        *bound = score_add(*bound, one);
    }
    return status;
}

/* ---- following ---- */

static lede_status
at_leaf(struct matcher *m, struct node *node, const uint32_t *docs, size_t n,
        uint32_t *marks, uint32_t *sums)
{
    struct level *level = lede__level_take(m);
    size_t i;
    lede_status status;

    if (level == NULL) {
        return lede__fail_memory(m->err);
    }
    status = lede__leaf_at(m, node, docs, n, 0, level->tfs, level->exact);
    if (status == LEDE_STATUS_OK && sums != NULL && node->kind == NODE_LEAF) {
        status = lede__leaf_score(m, node, docs, level->tfs, level->exact, n,
                                  level->sums, level->scores);
        for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
            sums[i] = score_add(sums[i], level->scores[i]);
        }
    }
    for (i = 0; i < n; i++) {
        marks[i] = level->tfs[i] > 0;
    }
    lede__level_give(m, level);
    return status;
}

static bool
is_in_range(const struct node *node, struct str value)
{
    struct date date;
    int64_t number;

    if (node->column == COLUMN_WORDS) {
        number = lede__column_words_read(value);
    } else {
        date = lede__column_date_read(value);
        number = date.seconds;
        if (date.precision == DATE_NONE) {
            return false;
        }
    }
    return number >= node->first && number <= node->last;
}

static lede_status
at_range(struct matcher *m, const struct node *node, const uint32_t *docs,
         size_t n, uint32_t *marks)
{
    size_t i;

    for (i = 0; i < n; i++) {
        struct str value;
        lede_status status = lede__searcher_column(m->searcher, node->column,
                                                   docs[i], &value, m->err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        marks[i] = is_in_range(node, value);
    }
    return LEDE_STATUS_OK;
}

static lede_status
at_or(struct matcher *m, struct node *node, const uint32_t *docs, size_t n,
      uint32_t *marks, uint32_t *sums)
{
    struct level *level = lede__level_take(m);
    struct node *child;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (level == NULL) {
        return lede__fail_memory(m->err);
    }
    memset(marks, 0, n * sizeof(*marks));
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = lede__node_at(m, child, docs, n, level->tfs, sums);
        for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
            marks[i] |= level->tfs[i];
        }
    }
    lede__level_give(m, level);
    return status;
}

static lede_status
at_some(struct matcher *m, struct node *node, const uint32_t *docs, size_t n,
        uint32_t *marks, uint32_t *sums)
{
    struct level *level = lede__level_take(m);
    struct node *child;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (level == NULL) {
        return lede__fail_memory(m->err);
    }
    memset(marks, 0, n * sizeof(*marks));
    memset(level->sums, 0, n * sizeof(*level->sums));
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = lede__node_at(m, child, docs, n, level->tfs,
                               sums != NULL ? level->sums : NULL);
        for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
            marks[i] += level->tfs[i];
        }
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        marks[i] = marks[i] >= node->least;
        if (sums != NULL && marks[i] > 0) {
            sums[i] = score_add(sums[i], level->sums[i]);
        }
    }
    lede__level_give(m, level);
    return status;
}

/* Narrow n docs with their sums down to those that match one more member of a
   conjunction. */
static lede_status
narrow(struct matcher *m, struct node *child, struct level *level,
       bool scored, size_t *n)
{
    struct node *asked = child->kind == NODE_NOT || child->kind == NODE_MAYBE
                         ? child->child : child;
    bool wanted = child->kind != NODE_NOT;
    size_t kept = 0;
    size_t i;
    lede_status status;

    if (child->kind == NODE_MAYBE && !scored) {
        return LEDE_STATUS_OK;
    }
    status = lede__node_at(m, asked, level->docs, *n, level->tfs,
                           scored && wanted ? level->sums : NULL);
    if (status != LEDE_STATUS_OK || child->kind == NODE_MAYBE) {
        return status;
    }
    for (i = 0; i < *n; i++) {
        level->docs[kept] = level->docs[i];
        level->sums[kept] = level->sums[i];
        kept += (level->tfs[i] > 0) == wanted;
    }
    *n = kept;
    return LEDE_STATUS_OK;
}

static lede_status
at_and(struct matcher *m, struct node *node, const uint32_t *docs, size_t n,
       uint32_t *marks, uint32_t *sums)
{
    struct level *level = lede__level_take(m);
    struct node *child;
    size_t left = n;
    size_t i, j;
    lede_status status = LEDE_STATUS_OK;

    if (level == NULL) {
        return lede__fail_memory(m->err);
    }
    memcpy(level->docs, docs, n * sizeof(*docs));
    memset(level->sums, 0, n * sizeof(*docs));
    memset(marks, 0, n * sizeof(*marks));
    for (child = node->child; child != NULL && left > 0 &&
                              status == LEDE_STATUS_OK; child = child->next) {
        status = narrow(m, child, level, sums != NULL, &left);
    }
    for (i = 0, j = 0; j < left && status == LEDE_STATUS_OK; i++) {
        if (docs[i] == level->docs[j]) {
            marks[i] = 1;
            if (sums != NULL) {
                sums[i] = score_add(sums[i], level->sums[j]);
            }
            j++;
        }
    }
    lede__level_give(m, level);
    return status;
}

lede_status
lede__node_at(struct matcher *m, struct node *node, const uint32_t *docs,
              size_t n, uint32_t *marks, uint32_t *sums)
{
    switch (node->kind) {
    case NODE_LEAF:
    case NODE_SET:
    case NODE_DOCS:
        return at_leaf(m, node, docs, n, marks, sums);
    case NODE_RANGE:
        return at_range(m, node, docs, n, marks);
    case NODE_AND:
        return at_and(m, node, docs, n, marks, sums);
    case NODE_OR:
        return at_or(m, node, docs, n, marks, sums);
    case NODE_SOME:
        return at_some(m, node, docs, n, marks, sums);
    case NODE_NONE:
    case NODE_NOT:              // met in AND alone
    case NODE_MAYBE:
        break;
    }
    memset(marks, 0, n * sizeof(*marks));
    return LEDE_STATUS_OK;
}

/* ---- leading ---- */

static lede_status
window_leaf(struct matcher *m, struct node *node, uint32_t from, uint32_t to,
            bool scored, struct level *level, size_t *n)
{
    bool tfs = scored && node->kind == NODE_LEAF;

    while (from < to) {
        struct hits run;
        lede_status status = lede__leaf_run(m, node, from, to, 0, tfs, &run,
                                            &from);

        if (status == LEDE_STATUS_OK && run.n == 0) {
            continue;
        }
        if (status == LEDE_STATUS_OK && tfs) {
            status = lede__leaf_score(m, node, run.docs, run.tfs, run.exact,
                                      run.n, level->scores,
                                      level->sums + *n);
        } else if (status == LEDE_STATUS_OK) {
            memset(level->sums + *n, 0, run.n * sizeof(*level->sums));
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        memcpy(level->docs + *n, run.docs, run.n * sizeof(*level->docs));
        *n += run.n;
    }
    return LEDE_STATUS_OK;
}

/* Two ascending lists of matches in one: `to` += `from`.  to->exact is how many
   had each. */
static void
unite(struct level *to, size_t *n, const struct level *from, size_t k)
{
    size_t i = 0;
    size_t j = 0;
    size_t at = 0;

    memcpy(to->tfs, to->docs, *n * sizeof(*to->docs));
    memcpy(to->scores, to->sums, *n * sizeof(*to->sums));
    memcpy(to->lead, to->exact, *n * sizeof(*to->exact));
    while (i < *n || j < k) {
        uint32_t x = i < *n ? to->tfs[i] : DOC_END;
        uint32_t y = j < k ? from->docs[j] : DOC_END;
        uint32_t sum = x <= y ? to->scores[i] : 0;

        if (y <= x) {
            sum = score_add(sum, from->sums[j]);
        }
        to->docs[at] = x < y ? x : y;
        to->exact[at] = (x <= y ? to->lead[i] : 0) + (y <= x);
        to->sums[at++] = sum;
        i += x <= y;
        j += y <= x;
    }
    *n = at;
}

static lede_status
window_or(struct matcher *m, struct node *node, uint32_t from, uint32_t to,
          bool scored, struct level *level, size_t *n)
{
    struct level *other = lede__level_take(m);
    struct node *child;
    size_t kept = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    if (other == NULL) {
        return lede__fail_memory(m->err);
    }
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        size_t k;

        status = lede__node_window(m, child, from, to, scored, other, &k);
        if (status == LEDE_STATUS_OK && k > 0) {
            unite(level, n, other, k);
        }
    }
    for (i = 0; i < *n && node->kind == NODE_SOME; i++) {
        level->docs[kept] = level->docs[i];
        level->sums[kept] = level->sums[i];
        kept += level->exact[i] >= node->least;
    }
    *n = node->kind == NODE_SOME ? kept : *n;
    lede__level_give(m, other);
    return status;
}

static lede_status
window_and(struct matcher *m, struct node *node, uint32_t from, uint32_t to,
           bool scored, struct level *level, size_t *n)
{
    struct node *child;
    lede_status status = lede__node_window(m, node->child, from, to, scored,
                                           level, n);

    for (child = node->child->next; child != NULL && *n > 0 &&
                                    status == LEDE_STATUS_OK;
         child = child->next) {
        status = narrow(m, child, level, scored, n);
    }
    return status;
}

lede_status
lede__node_window(struct matcher *m, struct node *node, uint32_t from,
                  uint32_t to, bool scored, struct level *level, size_t *n)
{
    *n = 0;
    switch (node->kind) {
    case NODE_LEAF:
    case NODE_SET:
    case NODE_DOCS:
        return window_leaf(m, node, from, to, scored, level, n);
    case NODE_AND:
        return window_and(m, node, from, to, scored, level, n);
    case NODE_OR:
    case NODE_SOME:
        return window_or(m, node, from, to, scored, level, n);
    case NODE_NONE:
    case NODE_RANGE:            // these lead to nothing: plan.c
    case NODE_NOT:
    case NODE_MAYBE:
        break;
    }
    return LEDE_STATUS_OK;
}

/* ---- filling ---- */

bool
lede__node_fills(const struct node *node)
{
    const struct node *child;

    switch (node->kind) {
    case NODE_LEAF:
        return node->shape != SHAPE_PHRASE && node->shape != SHAPE_MIXED;
    case NODE_SET:
    case NODE_NONE:
        return true;
    case NODE_OR:
        for (child = node->child; child != NULL; child = child->next) {
            if (!lede__node_fills(child)) {
                return false;
            }
        }
        return true;
    default:
        return false;
    }
}

static lede_status
fill_lists(struct matcher *m, struct list *lists, size_t n, uint32_t page,
           struct bits *bits)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        if (lists[i].postings != NULL) {
            lists[i].at = 0;
            status = lede__postings_fill(lists[i].postings, page, bits->words,
                                         m->err);
        }
    }
    return status;
}

lede_status
lede__node_fill(struct matcher *m, struct node *node, uint32_t page,
                struct bits *bits)
{
    struct node *child;
    lede_status status;
    size_t i;

    if (node->shape == SHAPE_ONE) {
        return fill_lists(m, node->only, 1, page, bits);
    }
    status = fill_lists(m, node->lists, node->n_lists, page, bits);
    for (i = 0; i < node->n_members && status == LEDE_STATUS_OK; i++) {
        status = fill_lists(m, node->members[i].lists,
                            node->members[i].n_lists, page, bits);
    }
    for (child = node->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        status = lede__node_fill(m, child, page, bits);
    }
    return status;
}
