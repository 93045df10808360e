/* terms-probe.c - in which block of a dictionary a term is, if anywhere; see
   terms-format.h. */

#include "shared/index/terms-block.h"

/* How many of the n keys at `p`, which ascend, are not above `key`.  What
   stands behind them can be read. */
static inline unsigned
count_keys(const uint8_t *p, unsigned n, uint64_t key)
{
    unsigned count = 0;

    if (n == TERMS_FANOUT) {
#pragma GCC unroll 16
        for (unsigned i = 0; i < TERMS_FANOUT; i++) {
            count += lede__get64(p + 8 * i) <= key;
        }
        return count;
    }
#pragma GCC unroll 4
    for (unsigned step = TERMS_FANOUT / 2; step > 0; step /= 2) {
        unsigned there = count + step;

        count += step & -(unsigned)((there <= n)
                                    & (lede__get64(p + 8 * there - 8) <= key));
    }
    return count;
}

/* How many keys of a node are not above `key`: of the n keys of the level at
   `level`, those from `at` on. */
static inline lede_status
look_in_node(struct segment *segment, const uint8_t *level, uint32_t n,
             uint32_t at, uint64_t key, unsigned *count, lede_error *err)
{
    unsigned width = n - at < TERMS_FANOUT ? n - at : TERMS_FANOUT;
    const uint8_t *node = level + 8 * (size_t)at;
    lede_status status = lede__segment_verify(segment, node, (size_t)8 * width,
                                              err);

    *count = status == LEDE_STATUS_OK ? count_keys(node, width, key) : 0;
    return status;
}

/* Down to the lowest level: where the node begins in which the last key is
   that is not above `key`; *inside false where all are above. */
static inline lede_status
descend(struct segment *segment, const struct terms_region *region,
        uint64_t key, bool *inside, uint32_t *node, lede_error *err)
{
    const uint8_t *level = region->keys;

    *node = 0;
    *inside = true;
    for (unsigned shift = region->shift; shift > 0;
         shift -= TERMS_FANOUT_SHIFT) {
        uint32_t n = ((region->n_blocks - 1) >> shift) + 1;
        unsigned count = 0;
        lede_status status = look_in_node(segment, level, n, *node, key,
                                          &count, err);

        if (status != LEDE_STATUS_OK || count == 0) {
            *inside = false;
            return status;
        }
        *node = (*node + count - 1) * TERMS_FANOUT;
        level += 8 * (size_t)n;
    }
    level = region->leaves + 8 * (size_t)*node;
    __builtin_prefetch(level);
    __builtin_prefetch(level + 64);
    return LEDE_STATUS_OK;
}

/* Whether the first term of a region is above `term`. */
static lede_status
begins_after(struct segment *segment, const struct terms *terms,
             const struct terms_region *region, struct str term, bool *after,
             lede_error *err)
{
    struct open_block block;
    size_t same = term.len < region->prefix_len ? term.len
                                                : region->prefix_len;
    int order = memcmp(region->prefix, term.p, same);
    struct str rest = { term.p + same, term.len - same };
    lede_status status = LEDE_STATUS_OK;

    if (order != 0 || term.len < region->prefix_len) {
        *after = order >= 0;
        return LEDE_STATUS_OK;
    }
    status = open_block(segment, terms, region, 0, &block, err);
    *after = status == LEDE_STATUS_OK
        && compare_first(&block, rest, lede__terms_key(rest.p, rest.len),
                         &same) > 0;
    return status;
}

/* The last region whose first term is not above `term`, whose key is `key`;
   *found false where there is none. */
static inline lede_status
find_region(struct segment *segment, const struct terms *terms,
            struct str term, uint64_t key, bool *found, uint32_t *region,
            lede_error *err)
{
    uint32_t low = 0;
    uint32_t n = terms->n_regions;

    // Branchless: the number of keys that are not above
    while (n > 0) {
        uint32_t half = (n + 1) / 2;

        low += terms->firsts[low + half - 1] <= key ? half : 0;
        n -= half;
    }
    while (low > 0 && terms->firsts[low - 1] == key) {
        bool after = false;
        lede_status status = begins_after(
            segment, terms, &terms->regions[low - 1], term, &after, err);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (!after) {
            break;
        }
        low--;
    }
    *found = low > 0;
    *region = low > 0 ? low - 1 : 0;
    return LEDE_STATUS_OK;
}

/* Whether `term`, whose first bytes are `key`, begins as a region does. */
static inline bool
begins_with(const struct terms_region *region, struct str term, uint64_t key)
{
    size_t len = region->prefix_len;

    if (len < TERMS_KEY) {
        return term.len >= len && ((key ^ region->prefix_key)
                                   & ~(UINT64_MAX >> 8 * len)) == 0;
    }
    return term.len >= len && memcmp(term.p, region->prefix, len) == 0;
}

lede_status
lede__terms_probe(struct segment *segment, struct str term,
                  struct terms_probe *probe, lede_error *err)
{
    const struct terms *terms = NULL;
    const struct terms_region *region = NULL;
    struct str rest = { NULL, 0 };
    uint64_t key = 0;
    bool found = false;
    lede_status status = lede__terms_open(segment, &terms, err);

    *probe = (struct terms_probe){ .terms = terms };
    if (terms == NULL) {
        return status;
    }
    term.p = term.len == 0 ? "" : term.p;
    key = lede__terms_key(term.p, term.len);
    status = find_region(segment, terms, term, key, &found, &probe->region,
                         err);
    if (status != LEDE_STATUS_OK || !found) {
        return status;
    }
    region = &terms->regions[probe->region];
    if (!begins_with(region, term, key)) {
        probe->region++;
        return LEDE_STATUS_OK;
    }
    rest = rest_of(region, term);
    probe->key = lede__terms_key(rest.p, rest.len);
    return descend(segment, region, probe->key, &probe->inside, &probe->block,
                   err);
}

lede_status
lede__terms_fetch(struct segment *segment, struct terms_probe *probe,
                  lede_error *err)
{
    const struct terms_region *region = NULL;
    unsigned count = 0;
    lede_status status = LEDE_STATUS_OK;

    if (!probe->inside) {
        return LEDE_STATUS_OK;
    }
    region = &probe->terms->regions[probe->region];
    status = look_in_node(segment, region->leaves, region->n_blocks,
                          probe->block, probe->key, &count, err);
    probe->inside = count > 0;
    if (status != LEDE_STATUS_OK || count == 0) {
        return status;
    }
    probe->block += count - 1;
    status = find_bytes(segment, probe->terms, region, probe->block,
                        &probe->p, &probe->end, err);
    __builtin_prefetch(probe->p);
    __builtin_prefetch(probe->p + 64);
    __builtin_prefetch(probe->p + 128);
    return status;
}
