/* span.c - words that stand near each other, in an article; see match.h.

   Each operand - a word, an ordered phrase, a NEAR, or any of several - comes
   to its minimal stretches in an article: those that have no other in them, so
   that both their first and their last positions ascend (Clarke, Cormack and
   Burkowski 1995).  The stretches of what is made of operands are put together
   from theirs (Boldi and Vigna 2016), the minimal ones of those again:

     any       merged
     ordered   for each stretch of the last operand the latest that its
               predecessors can begin
     near      the same for each set of operands that a stretch may be the last
               of: by a table of sets, so that no two operands share a place;
               a minimal stretch has a border in it if all around it have

   An article has to have all operands before positions are read. */

#include "query/match.h"

#include <stdlib.h>

/* ---- which articles ---- */

static lede_status
peek_all(struct matcher *m, struct span *span, uint32_t from, uint32_t *next)
{
    size_t agreed = 0;
    size_t i = span->rarest;

    *next = from;
    while (agreed < span->n) {
        uint32_t found;
        lede_status status = lede__span_peek(m, &span->children[i], *next,
                                             &found);

        if (status != LEDE_STATUS_OK || found == DOC_END) {
            *next = DOC_END;
            return status;
        }
        agreed = found == *next ? agreed + 1 : 1;
        *next = found;
        i = i + 1 < span->n ? i + 1 : 0;
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__span_peek(struct matcher *m, struct span *span, uint32_t from,
                uint32_t *next)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    switch (span->kind) {
    case SPAN_WORD:
        return lede__lists_seek(span->slot.lists, span->slot.n_lists, from,
                                next, m->err);
    case SPAN_STEM:
        return lede__list_seek(span->stem, from, next, m->err);
    case SPAN_ORDERED:
    case SPAN_NEAR:
        return peek_all(m, span, from, next);
    case SPAN_ANY:
        break;
    }
    *next = DOC_END;
    for (i = 0; i < span->n && status == LEDE_STATUS_OK; i++) {
        uint32_t one;

        status = lede__span_peek(m, &span->children[i], from, &one);
        *next = one < *next ? one : *next;
    }
    return status;
}

/* ---- stretches ---- */

lede_status
lede__span_room(struct matcher *m, const struct span *span,
                struct stretches *stretches, size_t n)
{
    size_t cap = stretches->cap == 0 ? 16 : stretches->cap;

    stretches->count = 0;
    if (n <= stretches->cap) {
        return LEDE_STATUS_OK;
    }
    while (cap < n) {
        cap *= 2;
    }
    stretches->cap = 0;
    stretches->items = lede__arena_array(span->arena, cap,
                                         sizeof(*stretches->items));
    if (stretches->items == NULL) {
        return lede__fail_memory(m == NULL ? NULL : m->err);
    }
    stretches->cap = cap;
    return LEDE_STATUS_OK;
}

/* One more, after those whose last is not behind its own; left out where it
   has one of them in it. */
static void
put(struct stretches *to, uint32_t first, uint32_t last)
{
    if (to->count == 0 || first > to->items[to->count - 1].first) {
        to->items[to->count++] = (struct stretch){ first, last };
    }
}

static lede_status
find_words(struct matcher *m, struct span *span, uint32_t doc)
{
    const uint32_t *positions;
    size_t n, i;
    lede_status status = lede__slot_positions(m, &span->slot, doc, &positions,
                                              &n);

    if (status == LEDE_STATUS_OK) {
        status = lede__span_room(m, span, &span->found, n);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        put(&span->found, positions[i], positions[i]);
    }
    return status;
}

/* Forms that have a stem in one language count in articles of it alone. */
static lede_status
find_stem(struct matcher *m, struct span *span, uint32_t doc)
{
    uint32_t found;
    lede_status status = lede__list_seek(span->stem, doc, &found, m->err);

    span->found.count = 0;
    return status != LEDE_STATUS_OK || found != doc
           ? status : find_words(m, span, doc);
}

/* Those of a child to those of the children before it. */
static lede_status
merge(struct matcher *m, struct span *span, const struct stretches *more)
{
    struct stretches before = span->found;
    size_t i = 0;
    size_t j = 0;
    lede_status status;

    status = lede__span_room(m, span, &span->spare, before.count + more->count);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    while (i < before.count || j < more->count) {
        const struct stretch *a = &before.items[i];
        const struct stretch *b = &more->items[j];

        if (j == more->count ||
            (i < before.count && (a->last < b->last ||
                                  (a->last == b->last &&
                                   a->first >= b->first)))) {
            put(&span->spare, a->first, a->last);
            i++;
        } else {
            put(&span->spare, b->first, b->last);
            j++;
        }
    }
    span->found = span->spare;
    span->spare = before;
    return LEDE_STATUS_OK;
}

static lede_status
find_any(struct matcher *m, struct span *span, uint32_t doc)
{
    lede_status status = LEDE_STATUS_OK;
    size_t i;

    span->found.count = 0;
    for (i = 0; i < span->n && status == LEDE_STATUS_OK; i++) {
        struct span *child = &span->children[i];

        status = lede__span_find(m, child, doc);
        if (status == LEDE_STATUS_OK && child->found.count > 0) {
            status = merge(m, span, &child->found);
        }
    }
    return status;
}

/* ---- in order ---- */

/* For each stretch of the next child the latest that the children before it
   can begin; span->found has that of the one before. */
static lede_status
add_next(struct matcher *m, struct span *span, const struct span *child,
         uint32_t gap)
{
    struct stretches before = span->found;
    size_t at = 0;
    size_t i;
    lede_status status;

    status = lede__span_room(m, span, &span->spare, child->found.count);
    for (i = 0; i < child->found.count && status == LEDE_STATUS_OK; i++) {
        const struct stretch *one = &child->found.items[i];

        while (at < before.count && before.items[at].last + gap <= one->first) {
            at++;
        }
        if (at > 0) {
            span->spare.items[span->spare.count++] =
                (struct stretch){ before.items[at - 1].first, one->last };
        }
    }
    span->found = span->spare;
    span->spare = before;
    return status;
}

static lede_status
find_ordered(struct matcher *m, struct span *span, uint32_t doc)
{
    struct span *last = &span->children[span->n - 1];
    uint32_t most = last->slot.offset - span->children[0].slot.offset +
                    span->within;
    struct stretches *found = &span->found;
    size_t kept = 0;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    found->count = 0;
    for (i = 0; i < span->n; i++) {
        struct span *child = &span->children[i];

        status = lede__span_find(m, child, doc);
        if (status != LEDE_STATUS_OK || child->found.count == 0) {
            found->count = 0;
            return status;
        }
        if (i > 0) {
            status = add_next(m, span, child,
                              child->slot.offset - child[-1].slot.offset);
        } else {
            status = lede__span_room(m, span, found, child->found.count);
            if (status == LEDE_STATUS_OK) {
                memcpy(found->items, child->found.items,
                       child->found.count * sizeof(*found->items));
                found->count = child->found.count;
            }
        }
        if (status != LEDE_STATUS_OK || found->count == 0) {
            return status;
        }
    }
    for (i = 0; i < found->count; i++) {
        struct stretch one = found->items[i];

        // of those that begin alike the first alone is minimal
        if ((i == 0 || one.first != found->items[i - 1].first) &&
            one.last - one.first <= most) {
            found->items[kept++] = one;
        }
    }
    found->count = kept;
    return LEDE_STATUS_OK;
}

/* ---- near ---- */

/* What a NEAR is found with: for each stretch of each child a row of the table:
   by the set of children that a chain has which ends with it, the latest that
   the chain begins, + 1; 0: there is none. */
struct nearing {
    struct span *span;
    uint32_t *rows[SPAN_NEAR_MAX];      // of each child
    size_t at[SPAN_NEAR_MAX];           // its next stretch
    size_t before[SPAN_NEAR_MAX];       // those that end before the one at hand
    size_t sets;
};

static lede_status
make_table(struct matcher *m, struct nearing *x, size_t total)
{
    struct span *span = x->span;
    uint32_t *rows;
    size_t size = total * x->sets;
    size_t i;

    if (size > span->table_cap) {
        size_t cap = span->table_cap < 64 ? 64 : span->table_cap;

        while (cap < size) {
            cap *= 2;
        }
        span->table_cap = 0;
        span->table = lede__arena_array(span->arena, cap,
                                        sizeof(*span->table));
        if (span->table == NULL) {
            return lede__fail_memory(m == NULL ? NULL : m->err);
        }
        span->table_cap = cap;
    }
    memset(span->table, 0, size * sizeof(*span->table));
    rows = span->table;
    for (i = 0; i < span->n; i++) {
        x->rows[i] = rows;
        x->at[i] = 0;
        x->before[i] = 0;
        rows += span->children[i].found.count * x->sets;
    }
    return LEDE_STATUS_OK;
}

/* The child with the stretch that begins next; span->n for none. */
static size_t
next_child(const struct nearing *x)
{
    const struct span *span = x->span;
    size_t best = span->n;
    uint32_t first = UINT32_MAX;
    size_t i;

    for (i = 0; i < span->n; i++) {
        const struct stretches *found = &span->children[i].found;

        if (x->at[i] < found->count &&
            (best == span->n || found->items[x->at[i]].first < first)) {
            best = i;
            first = found->items[x->at[i]].first;
        }
    }
    return best;
}

/* The chains that go on from those of another child to `one`, which is of
   child c. */
static void
go_on(struct nearing *x, size_t c, size_t other, const struct stretch *one,
      uint32_t *row)
{
    const struct span *span = x->span;
    const struct stretches *found = &span->children[other].found;
    size_t self = (size_t)1 << c;
    size_t its = (size_t)1 << other;
    uint32_t least = 0;         // of what has been found
    size_t i, set;

    while (x->before[other] < found->count &&
           found->items[x->before[other]].last < one->first) {
        x->before[other]++;
    }
    for (i = x->before[other]; i-- > 0 &&
         one->first - found->items[i].last <= span->within &&
         found->items[i].first + 1 > least;) {
        const uint32_t *from = x->rows[other] + i * x->sets;

        least = UINT32_MAX;
        for (set = its; set < x->sets; set++) {
            uint32_t *to = &row[set | self];

            if ((set & its) != 0 && (set & self) == 0) {
                *to = from[set] > *to ? from[set] : *to;
                least = *to < least ? *to : least;
            }
        }
    }
}

/* Those alone that have no border behind their first position. */
static lede_status
keep_in_units(struct matcher *m, struct span *span, uint32_t doc)
{
    const struct stretches *borders = &span->borders->found;
    struct stretches *found = &span->found;
    size_t kept = 0;
    size_t at = 0;
    size_t i;
    lede_status status = lede__span_find(m, span->borders, doc);

    for (i = 0; i < found->count && status == LEDE_STATUS_OK; i++) {
        struct stretch one = found->items[i];

        while (at < borders->count && borders->items[at].first <= one.first) {
            at++;
        }
        if (at == borders->count || borders->items[at].first > one.last) {
            found->items[kept++] = one;
        }
    }
    found->count = status == LEDE_STATUS_OK ? kept : 0;
    return status;
}

static int
compare_stretches(const void *a, const void *b)
{
    const struct stretch *x = a;
    const struct stretch *y = b;

    if (x->last != y->last) {
        return x->last < y->last ? -1 : 1;
    }
    return (x->first < y->first) - (x->first > y->first);
}

static lede_status
find_near(struct matcher *m, struct span *span, uint32_t doc)
{
    struct nearing x = { .span = span, .sets = (size_t)1 << span->n };
    struct stretches *all = &span->spare;
    bool sorted = true;
    size_t total = 0;
    size_t i, c;
    lede_status status = LEDE_STATUS_OK;

    span->found.count = 0;
    for (i = 0; i < span->n; i++) {
        struct span *child = &span->children[i];

        status = lede__span_find(m, child, doc);
        if (status != LEDE_STATUS_OK || child->found.count == 0) {
            return status;
        }
        total += child->found.count;
    }
    status = make_table(m, &x, total);
    if (status == LEDE_STATUS_OK) {
        status = lede__span_room(m, span, all, total);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__span_room(m, span, &span->found, total);
    }
    while (status == LEDE_STATUS_OK && (c = next_child(&x)) < span->n) {
        const struct stretch *one = &span->children[c].found.items[x.at[c]];
        uint32_t *row = x.rows[c] + x.at[c]++ * x.sets;
        uint32_t whole;

        row[(size_t)1 << c] = one->first + 1;
        for (i = 0; i < span->n; i++) {
            if (i != c) {
                go_on(&x, c, i, one, row);
            }
        }
        whole = row[x.sets - 1];
        if (whole > 0) {
            sorted = sorted && (all->count == 0 ||
                                all->items[all->count - 1].last < one->last);
            all->items[all->count++] = (struct stretch){ whole - 1,
                                                         one->last };
        }
    }
    if (status == LEDE_STATUS_OK && !sorted) {
        qsort(all->items, all->count, sizeof(*all->items),
              compare_stretches);
    }
    for (i = 0; i < all->count && status == LEDE_STATUS_OK; i++) {
        put(&span->found, all->items[i].first, all->items[i].last);
    }
    return status == LEDE_STATUS_OK && span->borders != NULL &&
           span->found.count > 0 ? keep_in_units(m, span, doc) : status;
}

lede_status
lede__span_find(struct matcher *m, struct span *span, uint32_t doc)
{
    switch (span->kind) {
    case SPAN_WORD:
        return m == NULL ? LEDE_STATUS_OK : find_words(m, span, doc);
    case SPAN_STEM:
        return m == NULL ? LEDE_STATUS_OK : find_stem(m, span, doc);
    case SPAN_ANY:
        return find_any(m, span, doc);
    case SPAN_ORDERED:
        return find_ordered(m, span, doc);
    case SPAN_NEAR:
        break;
    }
    return find_near(m, span, doc);
}

/* ---- in articles ---- */

lede_status
lede__span_window(struct matcher *m, struct span *span, uint32_t base,
                  uint32_t from, uint32_t to)
{
    for (; from < to; from++) {
        lede_status status = lede__span_peek(m, span, from, &from);

        if (status != LEDE_STATUS_OK || from >= to) {
            return status;
        }
        status = lede__span_find(m, span, from);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (span->found.count > 0) {
            m->total[from - base] = score_add(m->total[from - base],
                                              (uint32_t)span->found.count);
            bits_add(&m->touched, from - base);
        }
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__span_add(struct matcher *m, struct span *span, const uint32_t *docs,
               size_t n, uint32_t *tfs)
{
    uint32_t next = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        lede_status status = LEDE_STATUS_OK;

        if (docs[i] < next) {
            continue;
        }
        status = lede__span_peek(m, span, docs[i], &next);
        if (status == LEDE_STATUS_OK && next == docs[i]) {
            status = lede__span_find(m, span, docs[i]);
            tfs[i] = score_add(tfs[i], (uint32_t)span->found.count);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}
