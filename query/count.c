/* count.c - how many articles match, without scores; see collector.h.

   A list whose df is exact is its df.  Several lists are put together as
   bitsets, page by page, dense blocks without decoding; of a union, the
   largest list is not read at all where the others have nothing:
       |A or B| = |A| + |B without A|
   A conjunction of which one list is much rarer is led by it instead. */

#include "query/collector.h"

#define LISTS_MAX 32

/* What it costs, in about nanoseconds, measured with the native engine: to
   decode a block; to put it into a bitset, and where it is so dense that it is
   stored as one; to find one doc in a block; to combine the bitsets of a
   page. */
#define COST_DECODE 50
#define COST_FILL 80
#define COST_FILL_DENSE 10
#define COST_FIND 6
#define COST_PAGE 60
#define DENSE 3                 // one in so many docs

/* Articles with one word of a query have the others so many times as often. */
#define ALIKE 4

static uint64_t
blocks_of(const struct list *list)
{
    return list->postings->df / POSTING_BLOCK + 1;
}

/* Of all pages. */
static uint64_t
fill_cost(const struct collector *c, const struct list *list)
{
    uint64_t df = list->postings->df;

    return blocks_of(list) * (df * DENSE > c->m->searcher->docs
                              ? COST_FILL_DENSE : COST_FILL);
}

/* To find n docs. */
static uint64_t
find_cost(const struct list *list, uint64_t n)
{
    uint64_t blocks = blocks_of(list);

    return n * COST_FIND + (blocks < n ? blocks : n) * COST_DECODE;
}

static uint64_t
pages_cost(const struct collector *c)
{
    return (c->m->searcher->docs / DOC_PAGE + 1) * COST_PAGE;
}

/* The list of a node that is just one, or NULL. */
static struct list *
list_of(const struct node *node)
{
    bool one = (node->kind == NODE_LEAF || node->kind == NODE_SET) &&
               node->shape == SHAPE_ONE;

    return one ? node->only : NULL;
}

static uint64_t
exact_df(const struct list *list, bool *known)
{
    *known = list != NULL && list->postings->exact_df;
    return *known ? list->postings->df : 0;
}

/* ---- everything else ---- */

static lede_status
count_windows(struct collector *c)
{
    struct matcher *m = c->m;
    struct level *level = lede__level_take(m);
    uint32_t from = 0;
    lede_status status = LEDE_STATUS_OK;

    if (level == NULL) {
        return lede__fail_memory(m->err);
    }
    while (status == LEDE_STATUS_OK) {
        uint32_t to;
        size_t n = 0;

        status = lede__node_peek(m, c->root, from, &from);
        if (status != LEDE_STATUS_OK || from >= m->searcher->docs) {
            break;
        }
        to = from > DOC_END - DOC_PAGE ? DOC_END
                                       : (from | (DOC_PAGE - 1)) + 1;
        status = lede__node_window(m, c->root, from, to, false, level, &n);
        c->to->total += n;
        from = to;
    }
    lede__level_give(m, level);
    return status;
}

/* ---- a leaf ---- */

static lede_status
count_leaf(struct collector *c)
{
    struct node *leaf = c->root;
    bool paged = leaf->shape == SHAPE_WORDS || leaf->shape == SHAPE_MIXED;
    uint32_t docs = c->m->searcher->docs;
    uint32_t from = 0;
    bool known;
    uint64_t df = exact_df(list_of(leaf), &known);

    if (known) {
        c->to->total += df;
        return LEDE_STATUS_OK;
    }
    if (paged) {
        return count_windows(c);
    }
    while (from < docs) {
        struct hits run;
        lede_status status = lede__leaf_run(c->m, leaf, from, docs, 0, false,
                                            &run, &from);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        c->to->total += run.n;
    }
    return LEDE_STATUS_OK;
}

/* ---- a union ---- */

static void
take_away(struct bits *from, const struct bits *bits)
{
    int i;

    for (i = 0; i < DOC_PAGE_WORDS; i++) {
        from->words[i] &= ~bits->words[i];
    }
}

static size_t
list_docs(const struct bits *bits, uint32_t page, uint32_t *docs)
{
    size_t n = 0;
    uint32_t i;

    for (i = 0; i < DOC_PAGE_WORDS; i++) {
        uint64_t word = bits->words[i];

        while (word != 0) {
            docs[n++] = page + i * 64 + (uint32_t)__builtin_ctzll(word);
            word &= word - 1;
        }
    }
    return n;
}

/* How many of n docs the list does not have. */
static lede_status
count_missing(struct matcher *m, struct list *list, const uint32_t *docs,
              size_t n, uint64_t *total)
{
    uint32_t marks[DOC_PAGE];
    uint64_t found = 0;
    size_t i;
    lede_status status;

    memset(marks, 0, n * sizeof(*marks));
    status = lede__list_at(m, list, docs, n, LIST_MARK, marks);
    for (i = 0; i < n; i++) {
        found += marks[i];
    }
    *total += n - found;
    return status;
}

/* One page of all children but `largest`, of which only the df is counted. */
static lede_status
count_page(struct collector *c, const struct node *largest, uint32_t page)
{
    struct matcher *m = c->m;
    struct bits bits = { { 0 } };
    struct bits other = { { 0 } };
    uint32_t docs[DOC_PAGE];
    struct node *child;
    uint64_t pages = m->searcher->docs / DOC_PAGE + 1;
    size_t n;
    lede_status status = LEDE_STATUS_OK;

    for (child = c->root->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        if (child != largest) {
            status = lede__node_fill(m, child, page, &bits);
        }
    }
    if (status != LEDE_STATUS_OK || largest == NULL) {
        c->to->total += bits_count(&bits);
        return status;
    }
    n = bits_count(&bits);
    if (n == 0) {
        return LEDE_STATUS_OK;
    }
    if (find_cost(list_of(largest), n * pages) <
        fill_cost(c, list_of(largest))) {
        n = list_docs(&bits, page, docs);
        return count_missing(m, list_of(largest), docs, n, &c->to->total);
    }
    list_of(largest)->at = 0;
    status = lede__postings_fill(list_of(largest)->postings, page,
                                 other.words, m->err);
    take_away(&bits, &other);
    c->to->total += bits_count(&bits);
    return status;
}

/* Of two lists the rarer one is looked up in the other. */
static lede_status
count_pair(struct collector *c, struct list *rare, struct list *largest)
{
    uint32_t docs = c->m->searcher->docs;
    uint32_t from = 0;

    while (from < docs) {
        struct hits run;
        lede_status status = lede__list_run(rare, from, docs, false, &run,
                                            c->m->err);

        if (status != LEDE_STATUS_OK || run.n == 0) {
            return status;
        }
        status = count_missing(c->m, largest, run.docs, run.n,
                               &c->to->total);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        from = run.docs[run.n - 1] + 1;
    }
    return LEDE_STATUS_OK;
}

static lede_status
count_union(struct collector *c)
{
    struct node *largest = NULL;
    struct node *other = NULL;
    struct node *child;
    uint64_t most = 0;
    size_t n = 0;
    uint32_t page = 0;
    lede_status status = LEDE_STATUS_OK;

    for (child = c->root->child; child != NULL; child = child->next) {
        bool known;
        uint64_t df = exact_df(list_of(child), &known);

        if (known && df > most) {
            largest = child;
            most = df;
        }
        n += child->shape != SHAPE_NONE || child->kind == NODE_OR;
    }
    c->to->total += most;
    for (child = c->root->child; child != NULL && largest != NULL;
         child = child->next) {
        if (child != largest && child->cost > 0) {
            other = child;
        }
    }
    if (largest != NULL && other == NULL) {
        return LEDE_STATUS_OK;
    }
    if (largest != NULL && n == 2 && list_of(other) != NULL &&
        blocks_of(list_of(other)) * COST_DECODE +
        find_cost(list_of(largest), list_of(other)->postings->df) <
        fill_cost(c, list_of(other)) + fill_cost(c, list_of(largest)) +
        pages_cost(c)) {
        return count_pair(c, list_of(other), list_of(largest));
    }
    for (; page < c->m->searcher->docs && status == LEDE_STATUS_OK;
         page += DOC_PAGE) {
        status = count_page(c, largest, page);
        if (page > DOC_END - DOC_PAGE) {
            break;
        }
    }
    return status;
}

/* ---- a conjunction ---- */

struct together {
    struct list *lists[LISTS_MAX];
    bool minus[LISTS_MAX];      // it must not have them
    size_t n;
    /* while the first leads */
    bool filled[LISTS_MAX];
    bool any_filled;
    uint32_t pages[LISTS_MAX];  // that are in bits; DOC_END: none
    struct bits bits[LISTS_MAX];
};

/* The lists of a conjunction of lists; false where there is more to it. */
static bool
take_apart(struct together *t, const struct node *root)
{
    const struct node *child;

    t->n = 0;
    for (child = root->child; child != NULL; child = child->next) {
        bool minus = child->kind == NODE_NOT;
        const struct node *node = minus ? child->child : child;

        if (child->kind == NODE_MAYBE ||
            (minus && node->kind == NODE_LEAF && node->shape == SHAPE_NONE)) {
            continue;
        }
        if (list_of(node) == NULL || t->n == LISTS_MAX) {
            return false;
        }
        t->lists[t->n] = list_of(node);
        t->minus[t->n++] = minus;
    }
    return t->n > 0 && !t->minus[0];
}

/* Mark those of n docs in a page that list i has. */
static lede_status
mark(struct matcher *m, struct together *t, size_t i, const uint32_t *docs,
     size_t n, uint32_t *marks)
{
    struct bits *bits = &t->bits[i];
    uint32_t page = docs[0] - docs[0] % DOC_PAGE;
    lede_status status = LEDE_STATUS_OK;
    size_t j;

    if (!t->filled[i]) {
        memset(marks, 0, n * sizeof(*marks));
        return lede__list_at(m, t->lists[i], docs, n, LIST_MARK, marks);
    }
    if (t->pages[i] != page) {
        t->pages[i] = page;
        memset(bits, 0, sizeof(*bits));
        t->lists[i]->at = 0;
        status = lede__postings_fill(t->lists[i]->postings, page, bits->words,
                                     m->err);
    }
    for (j = 0; j < n; j++) {
        marks[j] = bits_has(bits, docs[j] - page);
    }
    return status;
}

/* Led by the first list; the others are looked up in, or filled, page by page,
   where that is less work. */
static lede_status
count_led(struct collector *c, struct together *t)
{
    struct matcher *m = c->m;
    uint32_t docs = m->searcher->docs;
    uint32_t from = 0;
    uint32_t left[POSTING_BLOCK];
    uint32_t marks[POSTING_BLOCK];
    size_t i, j;

    for (;;) {
        struct hits run;
        uint32_t to = docs;
        size_t n;
        lede_status status = lede__list_seek(t->lists[0], from, &from,
                                             m->err);

        if (status != LEDE_STATUS_OK || from >= docs) {
            return status;
        }
        if (t->any_filled && (from | (DOC_PAGE - 1)) < docs) {
            to = (from | (DOC_PAGE - 1)) + 1;
        }
        status = lede__list_run(t->lists[0], from, to, false, &run, m->err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        n = run.n;
        memcpy(left, run.docs, n * sizeof(*left));
        from = left[n - 1] + 1;
        for (i = 1; i < t->n && n > 0; i++) {
            size_t kept = 0;

            status = mark(m, t, i, left, n, marks);
            if (status != LEDE_STATUS_OK) {
                return status;
            }
            for (j = 0; j < n; j++) {
                left[kept] = left[j];
                kept += marks[j] != t->minus[i];
            }
            n = kept;
        }
        c->to->total += n;
    }
}

static lede_status
count_filled(struct collector *c, const struct together *t)
{
    struct matcher *m = c->m;
    uint32_t docs = m->searcher->docs;
    uint32_t page;
    size_t i;
    int w;

    for (page = 0; page < docs; page += DOC_PAGE) {
        struct bits all = { { 0 } };
        lede_status status = LEDE_STATUS_OK;

        for (i = 0; i < t->n && status == LEDE_STATUS_OK; i++) {
            struct bits one = { { 0 } };

            t->lists[i]->at = 0;
            status = lede__postings_fill(t->lists[i]->postings, page,
                                         i == 0 ? all.words : one.words,
                                         m->err);
            for (w = 0; i > 0 && w < DOC_PAGE_WORDS; w++) {
                all.words[w] &= t->minus[i] ? ~one.words[w] : one.words[w];
            }
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        c->to->total += bits_count(&all);
        if (page > DOC_END - DOC_PAGE) {
            break;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
count_together(struct collector *c, struct together *t)
{
    uint64_t led = blocks_of(t->lists[0]) * COST_DECODE;
    uint64_t filled = fill_cost(c, t->lists[0]) + pages_cost(c);
    uint64_t left = t->lists[0]->postings->df;
    size_t i;

    t->any_filled = false;
    for (i = 1; i < t->n; i++) {
        uint64_t fill = fill_cost(c, t->lists[i]);
        uint64_t find = find_cost(t->lists[i], left);
        uint64_t have = t->lists[i]->postings->df * ALIKE;

        filled += fill;
        t->filled[i] = fill + pages_cost(c) < find;
        t->any_filled = t->any_filled || t->filled[i];
        t->pages[i] = DOC_END;
        led += t->filled[i] ? fill + pages_cost(c) : find;
        if (!t->minus[i] && have < c->m->searcher->docs) {
            left = left * have / c->m->searcher->docs + 1;
        }
    }
    return led < filled ? count_led(c, t) : count_filled(c, t);
}

static lede_status
count_conjunction(struct collector *c)
{
    struct together t;
    uint64_t total = c->to->total;
    struct list *swap;
    lede_status status;

    if (!take_apart(&t, c->root)) {
        return count_windows(c);
    }
    if (t.n != 2 || !t.minus[1] || !t.lists[0]->postings->exact_df) {
        return count_together(c, &t);
    }
    // |A without B| = |A| - |A and B|
    total += t.lists[0]->postings->df;
    t.minus[1] = false;
    if (t.lists[1]->postings->df < t.lists[0]->postings->df) {
        swap = t.lists[0];
        t.lists[0] = t.lists[1];
        t.lists[1] = swap;
    }
    c->to->total = 0;
    status = count_together(c, &t);
    c->to->total = total - c->to->total;
    return status;
}

bool
lede__counts_quickly(const struct node *root)
{
    struct together t;

    return root->kind == NODE_AND ? take_apart(&t, root)
                                  : lede__node_fills(root);
}

lede_status
lede__collect_count(struct collector *c)
{
    switch (c->root->kind) {
    case NODE_LEAF:
        return count_leaf(c);
    case NODE_OR:
        return lede__node_fills(c->root) ? count_union(c) : count_windows(c);
    case NODE_AND:
        return count_conjunction(c);
    default:
        return count_windows(c);
    }
}
