/* reorder.c - recursive graph bisection.

   The docs are halved, again and again; in each half docs are exchanged as
   long as the exchange makes the estimated size of all lists smaller, where a
   list with a docs among the n of one half and b among those of the other is
   taken to cost a log(n / (a + 1)) + b log(n / (b + 1)) bits.
   Dhulipala, Kabiljo, Karrer, Ottaviano, Pupyrev, Shalita: Compressing Graphs
   and Indexes with Recursive Graph Bisection, KDD 2016; the practical form is
   that of Mackenzie, Petri, Moffat: Faster Index Reordering with Bipartite
   Graph Partitioning, SIGIR 2021: gains are worked out once per list and
   round, and an exchange has to gain more from round to round (cooling).

   n drops out of the difference that moving one doc makes, so that it needs
   one table: with f(x) = x log2(x + 1) and d(x) = f(x) - f(x - 1), moving a
   doc to the other half gains, for each of its lists, d(b + 1) - d(a).

   What is done differently here: a list matters to a part of the docs only
   where it has two of them, so that on the way down each part numbers its
   lists anew, in place, and drops the others.  Deep parts then work on tables
   that fit the nearest cache, and the memory needed never grows.

   Parts large enough to keep several threads busy are worked on by all of
   them, doc by doc; the rest are divided among them.  What a part comes to
   depends on its docs alone, and so the order not on the threads.

   Memory: 4 bytes for each posting kept, 32 for each doc, and the larger of
   what the lists take before they are turned around (one or two bytes for each
   posting) and 20 bytes for each list in each thread. */

#include "shared/index/reorder-private.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* Lists below have little to gain, and are most of all lists. */
#define DF_MIN 4
/* Parts for each thread, so that none waits long for the others. */
#define PARTS_EACH 4
#define DOC_BYTES 32
#define LIST_BYTES 20
/* That room is kept for, so that what is left out depends on the memory
   alone; more of them only where there is room. */
#define THREADS_USUAL 4

/* ---- lists come in ---- */

lede_status
lede__reorder_new(struct reorder **out, uint32_t docs, uint64_t memory,
                  lede_error *err)
{
    struct reorder *r = calloc(1, sizeof(*r));

    *out = r;
    if (r == NULL) {
        return lede__fail_memory(err);
    }
    r->docs = docs;
    r->memory = memory;
    r->lists = (struct buf)BUF_INIT(BUF_MAX_ANY);
    r->last = REORDER_OCTAVES - 1;
    return LEDE_STATUS_OK;
}

void
lede__reorder_free(struct reorder *r)
{
    if (r != NULL) {
        lede__buf_free(&r->lists);
        free(r->starts);
        free(r->lens);
        free(r->links);
        free(r->keys);
        free(r->spare);
        free(r->table);
        free(r);
    }
}

static unsigned
octave_of(uint32_t df)
{
    return 31 - (unsigned)__builtin_clz(df);
}

static uint32_t
get(const uint8_t **p)
{
    uint32_t value = 0;

    for (unsigned shift = 0; ; shift += 7) {
        uint8_t byte = *(*p)++;

        value |= (uint32_t)(byte & 127) << shift;
        if (byte < 128) {
            return value;
        }
    }
}

static uint8_t *
put(uint8_t *p, uint32_t value)
{
    while (value >= 128) {
        *p++ = (uint8_t)(value | 128);
        value >>= 7;
    }
    *p++ = (uint8_t)value;
    return p;
}

/* What the lists kept would take in all. */
static uint64_t
need(const struct reorder *r, unsigned threads)
{
    uint64_t postings = 0, bytes = 0, terms = 0;
    uint64_t tables;

    for (unsigned o = r->first; o <= r->last; o++) {
        postings += r->postings[o];
        bytes += r->bytes[o];
        terms += r->terms[o];
    }
    // below the root, a list of a part has two docs of it at least
    tables = terms * threads < terms + postings / 2
                 ? terms * threads : terms + postings / 2;
    tables *= LIST_BYTES;
    return (uint64_t)r->docs * DOC_BYTES + postings * sizeof(uint32_t) +
           (bytes > tables ? bytes : tables);
}

/* Leave out octaves of df, those at the two ends in turn, until the rest
   fits; the middle ones are about themes. */
static void
shrink(struct reorder *r)
{
    const uint8_t *from = (const uint8_t *)r->lists.p;
    const uint8_t *end = from + r->lists.len;
    uint8_t *to = (uint8_t *)r->lists.p;
    unsigned first = r->first, last = r->last;

    while (need(r, THREADS_USUAL) > r->memory && r->first < r->last) {
        // ends without postings cost nothing
        if (r->shrink_last && r->postings[r->last] > 0) {
            r->shrink_last = false;
            r->last--;
        } else if (r->shrink_last) {
            r->last--;
        } else {
            r->shrink_last = r->postings[r->first] > 0;
            r->first++;
        }
    }
    if (need(r, THREADS_USUAL) > r->memory) {
        r->first = r->last + 1;         // nothing fits
    }
    if (first == r->first && last == r->last) {
        return;
    }
    while (from < end) {
        const uint8_t *start = from;
        uint32_t df = get(&from);
        bool kept = octave_of(df) >= r->first && octave_of(df) <= r->last;

        for (uint32_t i = 0; i < df; i++) {
            get(&from);
        }
        if (kept) {
            memmove(to, start, (size_t)(from - start));
            to += from - start;
        }
    }
    r->lists.len = (size_t)(to - (uint8_t *)r->lists.p);
}

lede_status
lede__reorder_add(struct reorder *r, const uint32_t *docs, uint32_t n,
                  lede_error *err)
{
    unsigned octave = n == 0 ? 0 : octave_of(n);
    uint32_t last = 0;
    lede_status status;
    uint8_t *start, *p;

    // a list of all docs is the same in any order
    if (n < DF_MIN || n == r->docs || octave < r->first || octave > r->last) {
        return LEDE_STATUS_OK;
    }
    status = lede__buf_reserve(&r->lists, ((size_t)n + 1) * 5, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    start = (uint8_t *)r->lists.p + r->lists.len;
    p = put(start, n);
    for (uint32_t i = 0; i < n; i++) {
        p = put(p, docs[i] - last);
        last = docs[i];
    }
    r->lists.len += (size_t)(p - start);
    r->postings[octave] += n;
    r->bytes[octave] += (uint64_t)(p - start);
    r->terms[octave]++;
    if (need(r, THREADS_USUAL) > r->memory) {
        shrink(r);
    }
    return LEDE_STATUS_OK;
}

/* ---- the lists of each doc ---- */

static lede_status
allocate(struct reorder *r, uint64_t postings, lede_error *err)
{
    size_t docs = r->docs > 0 ? r->docs : 1;

    r->starts = calloc(docs, sizeof(*r->starts));
    r->lens = calloc(docs, sizeof(*r->lens));
    r->keys = calloc(docs, sizeof(*r->keys));
    r->spare = calloc(docs, sizeof(*r->spare));
    r->links = calloc(postings > 0 ? postings : 1, sizeof(*r->links));
    r->table = calloc(REORDER_TABLE, sizeof(*r->table));
    if (r->starts == NULL || r->lens == NULL || r->keys == NULL ||
        r->spare == NULL || r->links == NULL || r->table == NULL) {
        return lede__fail_memory(err);
    }
    for (uint32_t x = 1; x < REORDER_TABLE; x++) {
        r->table[x] = (float)(x * log2(x + 1.0) - (x - 1) * log2(x));
    }
    return LEDE_STATUS_OK;
}

/* Visit each posting kept, list by list; returns the number of lists. */
static inline uint32_t
walk(struct reorder *r,
     void (*visit)(struct reorder *r, uint32_t list, uint32_t doc))
{
    const uint8_t *p = (const uint8_t *)r->lists.p;
    const uint8_t *end = p + r->lists.len;
    uint32_t list = 0;

    for (; p < end; list++) {
        uint32_t df = get(&p);
        uint32_t doc = 0;

        for (uint32_t i = 0; i < df; i++) {
            doc += get(&p);
            visit(r, list, doc);
        }
    }
    return list;
}

static void
count_link(struct reorder *r, uint32_t list, uint32_t doc)
{
    (void)list;
    r->lens[doc]++;
}

static void
add_link(struct reorder *r, uint32_t list, uint32_t doc)
{
    r->links[r->starts[doc] + r->lens[doc]++] = list;
}

static lede_status
turn_around(struct reorder *r, uint32_t *lists, lede_error *err)
{
    uint64_t postings = 0;
    lede_status status;

    for (unsigned o = r->first; o <= r->last; o++) {
        postings += r->postings[o];
    }
    status = allocate(r, postings, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *lists = walk(r, count_link);
    for (uint32_t doc = 1; doc < r->docs; doc++) {
        r->starts[doc] = r->starts[doc - 1] + r->lens[doc - 1];
    }
    memset(r->lens, 0, r->docs * sizeof(*r->lens));
    walk(r, add_link);
    lede__buf_free(&r->lists);
    return LEDE_STATUS_OK;
}

/* ---- all parts ---- */

static bool
scratch_new(struct scratch *s, uint32_t lists)
{
    size_t n = lists > 0 ? lists : 1;

    s->left = calloc(n, sizeof(*s->left));
    s->right = calloc(n, sizeof(*s->right));
    s->to_right = calloc(n, sizeof(*s->to_right));
    s->to_left = calloc(n, sizeof(*s->to_left));
    s->fresh = calloc(n, sizeof(*s->fresh));
    return s->left != NULL && s->right != NULL && s->to_right != NULL &&
           s->to_left != NULL && s->fresh != NULL;
}

static void
scratch_free(struct scratch *s)
{
    free(s->left);
    free(s->right);
    free(s->to_right);
    free(s->to_left);
    free(s->fresh);
}

/* A part and all below it. */
static void
bisect(struct reorder *r, struct scratch *s, struct part part)
{
    uint32_t middle;

    if (part.to - part.from <= REORDER_LEAF) {
        return;
    }
    lede__reorder_halve(r, s, &part, &middle, 1);
    bisect(r, s, (struct part){ part.from, middle, part.lists });
    bisect(r, s, (struct part){ middle, part.to, part.lists });
}

/* The parts that threads take one after the other. */
struct parts {
    struct reorder *r;
    struct part items[2 * PARTS_EACH * REORDER_THREADS_MAX];
    uint32_t count;
    atomic_uint_least32_t next;
    pthread_t caller;
};

static void
tell(struct reorder *r)
{
    if (r->progress != NULL) {
        r->progress(r->payload, atomic_load(&r->done), r->total);
    }
}

static void *
take_parts(void *context)
{
    struct parts *parts = context;
    struct reorder *r = parts->r;

    for (;;) {
        uint32_t i = atomic_fetch_add(&parts->next, 1);
        struct scratch s = { 0 };

        if (i >= parts->count || atomic_load(&r->no_memory)) {
            return NULL;
        }
        if (scratch_new(&s, parts->items[i].lists)) {
            bisect(r, &s, parts->items[i]);
        } else {
            atomic_store(&r->no_memory, true);
        }
        scratch_free(&s);
        if (pthread_equal(pthread_self(), parts->caller)) {
            tell(r);
        }
    }
}

/* Halve the largest parts with all threads, until there are enough to divide
   the rest among them. */
static void
break_up(struct parts *parts, struct scratch *s, unsigned threads)
{
    struct reorder *r = parts->r;

    while (parts->count < PARTS_EACH * threads && threads > 1 &&
           r->docs / parts->count > 2 * REORDER_SHARE_MIN) {
        // from the last one on, so that each makes room for its halves
        for (uint32_t i = parts->count; i-- > 0; ) {
            struct part part = parts->items[i];
            uint32_t middle;

            lede__reorder_halve(r, s, &part, &middle, threads);
            parts->items[2 * i] =
                (struct part){ part.from, middle, part.lists };
            parts->items[2 * i + 1] =
                (struct part){ middle, part.to, part.lists };
            tell(r);
        }
        parts->count *= 2;
    }
}

static void
run_parts(struct parts *parts, unsigned threads)
{
    pthread_t others[REORDER_THREADS_MAX];
    unsigned started = 0;

    while (started + 1 < threads && started + 1 < parts->count &&
           pthread_create(&others[started], NULL, take_parts, parts) == 0) {
        started++;
    }
    take_parts(parts);
    while (started > 0) {
        pthread_join(others[--started], NULL);
    }
}

/* Docs times levels, which is the work to do. */
static uint64_t
work_of(uint32_t docs)
{
    return docs <= REORDER_LEAF ? 0
                        : docs + work_of(docs / 2) + work_of(docs - docs / 2);
}

lede_status
lede__reorder_run(struct reorder *r, unsigned threads,
                  void (*progress)(void *payload, uint64_t done,
                                   uint64_t total),
                  void *payload, uint32_t *order, lede_error *err)
{
    struct parts parts = { .r = r, .caller = pthread_self() };
    struct scratch s = { 0 };
    uint32_t lists = 0;
    lede_status status;

    threads = threads < REORDER_THREADS_MAX ? threads : REORDER_THREADS_MAX;
    threads = threads > 0 ? threads : 1;
    while (threads > THREADS_USUAL && need(r, threads) > r->memory) {
        threads--;
    }
    status = turn_around(r, &lists, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    r->progress = progress;
    r->payload = payload;
    r->total = work_of(r->docs);
    r->order = order;
    for (uint32_t i = 0; i < r->docs; i++) {
        order[i] = i;
    }
    if (lists == 0) {
        return LEDE_STATUS_OK;
    }
    if (!scratch_new(&s, lists)) {
        scratch_free(&s);
        return lede__fail_memory(err);
    }
    parts.items[0] = (struct part){ 0, r->docs, lists };
    parts.count = 1;
    break_up(&parts, &s, threads);
    scratch_free(&s);
    run_parts(&parts, threads);
    tell(r);
    return atomic_load(&r->no_memory) ? lede__fail_memory(err)
                                      : LEDE_STATUS_OK;
}
