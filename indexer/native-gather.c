/* native-gather.c - what one thread gathers; see native-gather.h.

   A CHAIN is the postings of a term, one after the other, in varints:

     posting   = head [tf] [count] position{count}
     head      = (place - the place before - 1) << 1 | more; the first: place
     tf        = (tf - 1) << 1 | counted     where more; else tf is 1
     count     = positions                   where counted; else as many as tf,
                                             or none where the term's first
                                             posting has none
     position  = position - the one before - 1; the first: position
   A term without tf has heads alone.

   WHAT IT COSTS.  pending_bytes must be the same however many gatherers share
   the articles, and must not be less than what they take.  A posting costs the
   bytes it takes, with 1 for its head (in a parcel places are near each
   other) and a quarter for what slices leave free.  A term costs
   GATHER_TERM_COST once for all gatherers, by an estimate that can be merged;
   and PARCEL_TERM_COST for each parcel that it is in, which pays for having it
   in many gatherers: a term is in no more gatherers than parcels.  For words
   of a language, of which most are rare, that holds for any number of threads
   that is sensible; tests/unit/sink-native.c holds it to that. */

#define _GNU_SOURCE             // mremap

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <xxhash.h>

#include "indexer/native-chain.h"

/* Blocks are small at first, then as large as huge pages are useful for. */
#define BLOCK ((size_t)256 << 10)
#define LARGE_BLOCK ((size_t)2 << 20)
#define LARGE ((size_t)4 << 20)
#define HUGE ((size_t)2 << 20)  // worth huge pages
/* Chains are copied in pieces of so many bytes, also their end. */
#define BLOCK_SLACK ((size_t)CHAIN_PIECE)
#define PAGE ((size_t)4096)

#define FIRST_TERMS 2048u
#define FIRST_TABLE 4096u

/* Numbers of chains are below 2^32: places fit into a head, and a tf with the
   bit beside it; to any score one beyond that is the same. */
#define PLACES_MAX (1u << 31)
#define TF_MAX (1u << 31)

#define HEAD_COST 1u
#define PARCEL_HEAD_COST 3u
#define SHORT_TF 64u
#define SHORT_TF_COST 2u
#define LONG_TF_COST 7u
#define SLICE_REST 4u           // part of a chain that is left free
#define PARCEL_TERM_COST 12u
/* Of an article: number, length, offsets of columns, part of a parcel. */
#define ARTICLE_COST 96u
/* Of a key for find: itself, once more while it is sorted, room to grow. */
#define KEY_COST (3 * sizeof(struct gather_key))

/* Of deflating: what is read is inflated at the same speed whatever the level,
   and building several times as fast is worth some more space. */
#define DEFLATE_LEVEL 1

/* ---- pages ---- */

/* Terms and chains are looked at in no order: of small pages most of the time
   would go to finding them. */
static void *
want_huge(void *p, size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size >= HUGE) {
        madvise(p, size, MADV_HUGEPAGE);
    }
#endif
    return p;
}

void *
lede__pages_resize(void *p, size_t old, size_t size)
{
    void *made = MAP_FAILED;

    if (size > PTRDIFF_MAX) {
        return NULL;
    }
/* (The thread sanitizer does not see what mremap does.) */
#if defined(MREMAP_MAYMOVE) && !defined(__SANITIZE_THREAD__)
    /* What moves to huge pages is copied: small ones would stay small, and the
       first terms are the most frequent ones. */
    if (p != NULL && (old >= HUGE || size < HUGE)) {
        made = mremap(p, old, size, MREMAP_MAYMOVE);
        return made == MAP_FAILED ? NULL : want_huge(made, size);
    }
#endif
    made = mmap(NULL, size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED) {
        return NULL;
    }
    want_huge(made, size);
    if (p != NULL) {
        memcpy(made, p, old < size ? old : size);
        munmap(p, old);
    }
    return made;
}

void
lede__pages_free(void *p, size_t size)
{
    if (p != NULL) {
        munmap(p, size);
    }
}

/* ---- blocks, of which slices and texts are cut ---- */

struct gather_block {
    struct gather_block *next;
    size_t size;
};

static uint8_t *
cut(struct gatherer_native *g, size_t size)
{
    struct gather_block *block = NULL;
    size_t whole = BLOCK;
    bool own = size > BLOCK / 4;
    uint8_t *p = g->free;

    if (size <= (size_t)(g->end - g->free)) {
        g->free += size;
        return p;
    }
    if (own) {
        whole = (sizeof *block + size + BLOCK_SLACK + PAGE - 1) & ~(PAGE - 1);
    } else if (g->block_bytes >= LARGE) {
        whole = LARGE_BLOCK;
    }
    block = lede__pages_resize(NULL, 0, whole);
    if (block == NULL) {
        return NULL;
    }
    g->block_bytes += whole;
    block->next = g->blocks;
    block->size = whole;
    g->blocks = block;
    p = (uint8_t *)(block + 1);
    if (!own) {
        g->free = p + size;
        g->end = (uint8_t *)block + whole - BLOCK_SLACK;
    }
    return p;
}

/* ---- the table of terms ---- */

uint64_t
lede__gather_hash(struct str term)
{
    return XXH3_64bits(term.p, term.len);
}

static lede_status
grow_table(struct gatherer_native *g, lede_error *err)
{
    uint32_t cap = g->cap_table == 0 ? FIRST_TABLE : g->cap_table * 2;
    uint32_t *table = NULL;

    if (cap == 0) {
        return lede__fail_memory(err);
    }
    table = lede__pages_resize(NULL, 0, cap * sizeof *table);
    if (table == NULL) {
        return lede__fail_memory(err);
    }
    for (uint32_t i = 0; i < g->n_terms; i++) {
        uint32_t hash = g->terms[i].hash;
        uint32_t at = hash & (cap - 1);

        while (table[at] != 0) {
            at = (at + 1) & (cap - 1);
        }
        table[at] = (hash & ~(cap - 1)) | (i + 1);
    }
    lede__pages_free(g->table, g->cap_table * sizeof *table);
    g->table = table;
    g->cap_table = cap;
    return LEDE_STATUS_OK;
}

static lede_status
grow_terms(struct gatherer_native *g, lede_error *err)
{
    uint32_t cap = g->cap_terms == 0 ? FIRST_TERMS : g->cap_terms * 2;
    struct gather_term *terms = NULL;

    if (cap == 0) {
        return lede__fail_memory(err);
    }
    terms = lede__pages_resize(g->terms, g->cap_terms * sizeof *terms,
                               cap * sizeof *terms);
    if (terms == NULL) {
        return lede__fail_memory(err);
    }
    g->terms = terms;
    g->cap_terms = cap;
    return LEDE_STATUS_OK;
}

static void
sketch(struct gatherer_native *g, uint64_t hash)
{
    uint8_t *at = &g->sketch[hash >> 52];
    uint8_t rank =
        (uint8_t)(1 + __builtin_clzll(hash << 12 | (uint64_t)1 << 11));

    if (rank > *at) {
        *at = rank;
    }
}

static lede_status
new_term(struct gatherer_native *g, struct str text, uint64_t hash,
         uint32_t *handle, lede_error *err)
{
    struct gather_term *term = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint8_t *p = NULL;

    if (g->n_terms == g->cap_terms) {
        status = grow_terms(g, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    p = cut(g, 1 + text.len + SLICE_FIRST);
    if (p == NULL) {
        return lede__fail_memory(err);
    }
    p[0] = (uint8_t)text.len;
    memcpy(p + 1, text.p, text.len);
    term = &g->terms[g->n_terms];
    *term = (struct gather_term){
        p + 1 + text.len, p, 0, SLICE_FIRST, (uint32_t)hash, 1, 0,
    };
    *handle = g->n_terms++;
    sketch(g, hash);
    return LEDE_STATUS_OK;
}

static lede_status
term(struct gatherer *gatherer, struct str text, uint32_t *handle,
     lede_error *err)
{
    struct gatherer_native *g = (struct gatherer_native *)gatherer;
    uint64_t hash = lede__gather_hash(text);
    lede_status status = LEDE_STATUS_OK;
    uint32_t mask = 0;
    uint32_t at = 0;

    assert(text.len > 0 && text.len <= TERM_MAX);
    if (g->n_terms >= g->cap_table / 4 * 3) {
        status = grow_table(g, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    mask = g->cap_table - 1;
    at = (uint32_t)hash & mask;
    for (; g->table[at] != 0; at = (at + 1) & mask) {
        uint32_t known = (g->table[at] & mask) - 1;

        if (((g->table[at] ^ (uint32_t)hash) & ~mask) == 0 &&
            str_eq(gather_text(&g->terms[known]), text)) {
            *handle = known;
            return LEDE_STATUS_OK;
        }
    }
    status = new_term(g, text, hash, handle, err);
    if (status == LEDE_STATUS_OK) {
        g->table[at] = ((uint32_t)hash & ~mask) | (*handle + 1);
    }
    return status;
}

void
lede__gather_sketch(const struct gatherer_native *g, uint8_t all[SKETCH])
{
    for (size_t i = 0; i < SKETCH && g->n_terms > 0; i++) {
        all[i] = g->sketch[i] > all[i] ? g->sketch[i] : all[i];
    }
}

uint64_t
lede__gather_estimate(const uint8_t all[SKETCH])
{
    unsigned with[64] = { 0 };
    const double m = SKETCH;
    double sum = 0;
    double estimate = 0;

    for (size_t i = 0; i < SKETCH; i++) {
        with[all[i]]++;
    }
    for (int rank = 0; rank < 64; rank++) {
        sum += ldexp(with[rank], -rank);
    }
    estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    if (estimate <= 2.5 * m && with[0] > 0) {
        estimate = m * log(m / with[0]);
    }
    return (uint64_t)estimate;
}

/* ---- postings ---- */

/* A slice more.  The last bytes of the full one make room for its address. */
static lede_status
add_slice(struct gatherer_native *g, struct gather_term *t, lede_error *err)
{
    uint32_t size = SLICE_FIRST;
    uint8_t *slice = NULL;

    for (unsigned i = 0; i < t->slices; i++) {
        size = slice_next(size);
    }
    slice = t->slices == UINT8_MAX ? NULL : cut(g, size);
    if (slice == NULL) {
        return lede__fail_memory(err);
    }
    memcpy(slice, t->at - SLICE_LINK, SLICE_LINK);
    memcpy(t->at - SLICE_LINK, &slice, SLICE_LINK);
    t->at = slice + SLICE_LINK;
    t->left = size - SLICE_LINK;
    t->slices++;
    return LEDE_STATUS_OK;
}

/* There is room for two bytes and the number needs no more: which it is is
   written without a branch, which would be guessed wrong. */
static inline uint8_t *
put_small(uint8_t *p, uint32_t value)
{
    unsigned more = value >= 0x80;

    p[0] = (uint8_t)(value | more << 7);
    p[1] = (uint8_t)(value >> 7);
    return p + 1 + more;
}

#define SMALL ((uint64_t)1 << 14)

/* There is room for CHAIN_NUMBER bytes. */
static uint8_t *
put_number(uint8_t *p, uint64_t value)
{
    while (value >= 0x80) {
        *p++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *p++ = (uint8_t)value;
    return p;
}

/* Bytes where the slice may end. */
static lede_status
add_bytes(struct gatherer_native *g, struct gather_term *t,
          const uint8_t *bytes, size_t n, lede_error *err)
{
    for (;;) {
        lede_status status = LEDE_STATUS_OK;
        size_t some = n < t->left ? n : t->left;

        memcpy(t->at, bytes, some);
        t->at += some;
        t->left -= (uint32_t)some;
        bytes += some;
        n -= some;
        if (n == 0) {
            return LEDE_STATUS_OK;
        }
        status = add_slice(g, t, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
}

/* A posting that may go over several slices; *size is that of its
   positions. */
static lede_status
post_slowly(struct gatherer_native *g, struct gather_term *t, uint64_t head,
            uint32_t tf, const uint32_t *positions, uint32_t n, bool counted,
            uint64_t *size, lede_error *err)
{
    uint8_t bytes[16 * CHAIN_NUMBER];
    uint8_t *p = put_number(bytes, head);
    uint8_t *start = NULL;
    lede_status status = LEDE_STATUS_OK;
    uint32_t base = 0;

    if ((head & 1) != 0) {
        p = put_number(p, (uint64_t)(tf - 1) << 1 | counted);
    }
    if (counted) {
        p = put_number(p, n);
    }
    start = p;
    for (uint32_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        if (p > bytes + sizeof bytes - CHAIN_NUMBER) {
            *size += (uint64_t)(p - start);
            status = add_bytes(g, t, bytes, (size_t)(p - bytes), err);
            p = bytes;
            start = bytes;
        }
        p = put_number(p, positions[i] - base);
        base = positions[i] + 1;
    }
    *size += (uint64_t)(p - start);
    return status == LEDE_STATUS_OK
               ? add_bytes(g, t, bytes, (size_t)(p - bytes), err) : status;
}

/* What a posting costs; `bytes` are those of its positions. */
static inline uint64_t
cost_of(const struct gatherer_native *g, const struct gather_term *t,
        uint32_t tf, uint32_t n, uint64_t bytes)
{
    uint64_t cost = bytes;

    if (tf > 1 || n > tf) {
        cost += tf <= SHORT_TF ? SHORT_TF_COST : LONG_TF_COST;
    }
    cost += t->last <= g->parcel_first ? PARCEL_HEAD_COST : HEAD_COST;
    cost += cost / SLICE_REST;
    return t->last <= g->parcel_first ? cost + PARCEL_TERM_COST : cost;
}

/* An article with a term that has no tf: what find looks for. */
static lede_status
add_key(struct gatherer_native *g, const struct gather_term *t,
        lede_error *err)
{
    uint64_t hash = lede__gather_hash(gather_text(t));
    struct gather_key key = { (uint32_t)(hash >> 32), (uint32_t)hash,
                              g->number };

    g->parcel->parcel.cost += KEY_COST;
    return lede__buf_add(&g->parcel->keys, &key, sizeof key, err);
}

/* The first posting of a term says what the others are like. */
static unsigned
first_flags(const struct posting *posting)
{
    return (posting->tf > 0 ? GATHER_TF : 0) |
           (posting->n > 0 ? GATHER_POSITIONS : 0);
}

static inline lede_status
put_posting(struct gatherer_native *g, const struct posting *posting,
            lede_error *err)
{
    struct gather_term *t = &g->terms[posting->handle];
    const uint32_t *positions = posting->positions;
    uint32_t n = posting->n;
    uint32_t tf = posting->tf < TF_MAX ? posting->tf : TF_MAX;
    unsigned flags = t->last == 0 ? first_flags(posting) : t->flags;
    bool counted = n != ((flags & GATHER_POSITIONS) != 0 ? tf : 0);
    bool more = tf > 1 || counted;
    uint64_t head = (uint64_t)(g->places - t->last) << 1 | more;
    uint64_t largest = head | (uint64_t)tf << 1;
    uint64_t bytes = 0;
    lede_status status = LEDE_STATUS_OK;

    assert(t->last <= g->places);
    assert((tf > 0) == ((flags & GATHER_TF) != 0));
    if (n > 0) {
        flags |= GATHER_ANY_POSITIONS;
        largest |= positions[n - 1];
    }
    t->flags = (uint8_t)flags;
    if (largest < SMALL && t->left >= ((uint64_t)n + 1 + more + counted) * 2) {
        uint8_t *p = put_small(t->at, (uint32_t)head);
        uint8_t *start = NULL;
        uint32_t base = 0;

        if (more) {
            p = put_small(p, (tf - 1) << 1 | counted);
        }
        if (counted) {
            p = put_small(p, n);
        }
        start = p;
        for (uint32_t i = 0; i < n; i++) {
            p = put_small(p, positions[i] - base);
            base = positions[i] + 1;
        }
        bytes = (uint64_t)(p - start);
        t->left -= (uint32_t)(p - t->at);
        t->at = p;
    } else {
        status = post_slowly(g, t, head, tf, positions, n, counted, &bytes,
                             err);
    }
    g->parcel->parcel.cost += cost_of(g, t, tf, n, bytes);
    t->last = g->places + 1;
    if (status == LEDE_STATUS_OK && tf == 0) {
        status = add_key(g, t, err);
    }
    return status;
}

/* Terms lie all over the memory: ask early for what will be needed, first the
   term, then the place where its chain goes on. */
enum { SOON = 12, LATER = 28 };

static lede_status
post(struct gatherer *gatherer, const struct posting *postings, size_t n,
     lede_error *err)
{
    struct gatherer_native *g = (struct gatherer_native *)gatherer;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < LATER && i < n; i++) {
        __builtin_prefetch(&g->terms[postings[i].handle], 1);
    }
    for (size_t i = 0; i < SOON && i < n; i++) {
        __builtin_prefetch(g->terms[postings[i].handle].at, 1);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        assert(postings[i].handle < g->n_terms &&
               postings[i].n <= postings[i].tf);
        if (i + LATER < n) {
            __builtin_prefetch(&g->terms[postings[i + LATER].handle], 1);
        }
        if (i + SOON < n) {
            __builtin_prefetch(g->terms[postings[i + SOON].handle].at, 1);
        }
        status = put_posting(g, &postings[i], err);
    }
    return status;
}

/* ---- articles ---- */

static void
free_parcel(struct parcel *parcel)
{
    struct parcel_native *p = (struct parcel_native *)parcel;

    if (p == NULL) {
        return;
    }
    lede__buf_free(&p->numbers);
    lede__buf_free(&p->lengths);
    lede__buf_free(&p->columns);
    lede__buf_free(&p->stored);
    lede__buf_free(&p->keys);
    free(p);
}

static lede_status
new_parcel(struct gatherer_native *g, lede_error *err)
{
    struct parcel_native *p = calloc(1, sizeof *p);

    if (p == NULL) {
        return lede__fail_memory(err);
    }
    p->parcel.free = free_parcel;
    p->from = g;
    p->first = g->places;
    p->numbers.max = BUF_MAX_ANY;
    p->lengths.max = BUF_MAX_ANY;
    p->columns.max = BUF_MAX_ANY;
    p->stored.max = BUF_MAX_ANY;
    p->keys.max = BUF_MAX_ANY;
    g->parcel = p;
    g->parcel_first = g->places;
    return LEDE_STATUS_OK;
}

static lede_status
begin(struct gatherer *gatherer, uint32_t number, uint8_t length,
      lede_error *err)
{
    struct gatherer_native *g = (struct gatherer_native *)gatherer;
    lede_status status = LEDE_STATUS_OK;

    if (g->places == PLACES_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "too many articles in one transaction");
    }
    if (g->parcel == NULL) {
        status = new_parcel(g, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_add(&g->parcel->numbers, &number, sizeof number,
                               err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_add(&g->parcel->lengths, &length, sizeof length,
                               err);
    }
    g->number = number;
    return status;
}

static lede_status
end(struct gatherer *gatherer, const struct str columns[COLUMNS],
    struct str stored, lede_error *err)
{
    struct gatherer_native *g = (struct gatherer_native *)gatherer;
    struct parcel_native *p = g->parcel;
    lede_status status = LEDE_STATUS_OK;

    p->parcel.cost += ARTICLE_COST;
    for (int c = 0; c < COLUMNS && status == LEDE_STATUS_OK; c++) {
        status = lede__buf_varint(&p->columns, columns[c].len, err);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(&p->columns, columns[c], err);
        }
        p->parcel.cost += columns[c].len * 2;
    }
    if (status == LEDE_STATUS_OK && !g->limits->no_stored) {
        status = lede__stored_pack(g->packer, stored, &p->stored, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    g->places++;
    p->parcel.articles++;
    p->parcel.bytes = sizeof *p + p->numbers.cap + p->lengths.cap +
                      p->columns.cap + p->stored.cap + p->keys.cap;
    return LEDE_STATUS_OK;
}

static lede_status
take_parcel(struct gatherer *gatherer, struct parcel **out, lede_error *err)
{
    struct gatherer_native *g = (struct gatherer_native *)gatherer;
    lede_status status = LEDE_STATUS_OK;

    *out = NULL;
    if (g->parcel == NULL) {
        return LEDE_STATUS_OK;
    }
    if (!g->limits->no_stored) {
        status = lede__stored_flush(g->packer, &g->parcel->stored, err);
    }
    if (status == LEDE_STATUS_OK) {
        *out = &g->parcel->parcel;
        g->parcel = NULL;
    }
    return status;
}

static void
close_gatherer(struct gatherer *gatherer)
{
    struct gatherer_native *g = (struct gatherer_native *)gatherer;

    lede__stored_packer_free(g->packer);
    g->packer = NULL;
    g->open = false;
}

static const struct gatherer_ops ops = {
    begin, term, post, end, take_parcel, close_gatherer,
};

/* ---- the sink's side ---- */

lede_status
lede__gatherer_new(struct gatherer_native **out,
                   const struct gather_limits *limits, lede_error *err)
{
    struct gatherer_native *g = calloc(1, sizeof *g);

    *out = g;
    if (g == NULL) {
        return lede__fail_memory(err);
    }
    g->gatherer.ops = &ops;
    g->limits = limits;
    return LEDE_STATUS_OK;
}

lede_status
lede__gatherer_open(struct gatherer_native *g, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (!g->limits->no_stored) {
        status = lede__stored_packer_new(&g->packer, DEFLATE_LEVEL, err);
    }
    g->open = status == LEDE_STATUS_OK;
    return status;
}

void
lede__gatherer_reset(struct gatherer_native *g, uint64_t epoch)
{
    while (g->blocks != NULL) {
        struct gather_block *next = g->blocks->next;

        lede__pages_free(g->blocks, g->blocks->size);
        g->blocks = next;
    }
    lede__pages_free(g->terms, g->cap_terms * sizeof *g->terms);
    lede__pages_free(g->table, g->cap_table * sizeof *g->table);
    if (g->parcel != NULL) {
        free_parcel(&g->parcel->parcel);
    }
    g->terms = NULL;
    g->n_terms = 0;
    g->cap_terms = 0;
    g->table = NULL;
    g->cap_table = 0;
    g->block_bytes = 0;
    g->free = NULL;
    g->end = NULL;
    g->places = 0;
    g->parcel_first = 0;
    g->parcel = NULL;
    memset(g->sketch, 0, sizeof g->sketch);
    g->gatherer.epoch = epoch;
}

void
lede__gatherer_free(struct gatherer_native *g)
{
    if (g == NULL) {
        return;
    }
    lede__gatherer_reset(g, 0);
    lede__stored_packer_free(g->packer);
    free(g);
}

uint64_t
lede__gatherer_bytes(const struct gatherer_native *g)
{
    uint64_t bytes = g->n_terms * sizeof *g->terms +
                     g->cap_table * sizeof *g->table;

    for (const struct gather_block *b = g->blocks; b != NULL; b = b->next) {
        bytes += b->size;
    }
    return bytes - (uint64_t)(g->end - g->free);
}
