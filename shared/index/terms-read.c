/* terms-read.c - looking up and walking the terms of a segment; see
   terms-format.h.

   In a block a term is looked for without putting any together: the number of
   bytes that it and the term before have in common says, with those that this
   one shares with that, on which side it is; only where both are equal are
   bytes compared.  The heads that can be passed over are passed over eight at
   a time, as bytes of one number (Lamport, Multiple byte processing with
   full-word instructions, CACM 1975). */

#include "shared/index/terms-format.h"

#include "shared/index/segment-format.h"

#define BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

/* A block before its terms are looked at. */
struct open_block {
    uint64_t key;               // of its first term
    size_t known;               // so many bytes of that are in the key
    size_t first_len;           // all, behind the prefix
    const uint8_t *rest;        // those behind the key
    unsigned n;
    size_t common;
    bool wide;                  // a head has a 15
    const uint8_t *heads, *codes, *suffixes, *infos, *end;
    uint64_t postings, positions;
};

/* ---- finding the block ---- */

static inline uint64_t
block_key(const struct terms_region *region, uint32_t block)
{
    return lede__get64(region->leaves + 8 * (size_t)block);
}

/* The block-th block of a region. */
static lede_status
open_block(struct segment *segment, const struct terms *terms,
           const struct terms_region *region, uint32_t block,
           struct open_block *out, lede_error *err)
{
    uint32_t at = region->block + block;
    const uint8_t *ends = terms->ends + (size_t)at * 4;
    lede_status status = lede__segment_verify(
        segment, ends - (at > 0 ? 4 : 0), at > 0 ? 8 : 4, err);
    uint64_t start = 0;
    uint64_t end = 0;
    uint64_t suffixes = 0;
    const uint8_t *p = NULL;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    start = at > 0 ? lede__get32(ends - 4) : 0;
    end = lede__get32(ends);
    if (start + 2 > end || end > terms->blocks_len) {
        return lede__terms_damaged(segment, err);
    }
    p = terms->blocks + start;
    __builtin_prefetch(p + 64);
    __builtin_prefetch(p + 128);
    status = lede__segment_verify(segment, p, (size_t)(end - start), err);
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_verify(segment,
                                      region->leaves + 8 * (size_t)block, 8,
                                      err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->end = terms->blocks + end;
    out->n = block + 1 < region->n_blocks ? TERMS_BLOCK : region->last_terms;
    out->key = block_key(region, block);
    out->first_len = *p++;
    out->common = *p++;
    out->known = out->first_len < TERMS_KEY ? out->first_len : TERMS_KEY;
    if (!lede__terms_varint(&p, out->end, &out->postings)
        || !lede__terms_varint(&p, out->end, &out->positions)
        || !lede__terms_varint(&p, out->end, &suffixes)
        || out->first_len > TERM_MAX - region->prefix_len
        || suffixes / 2 > (size_t)(out->end - p)
        || 2 * out->n - 1 + out->first_len - out->known
           > (size_t)(out->end - p) - suffixes / 2) {
        return lede__terms_damaged(segment, err);
    }
    out->wide = suffixes % 2 != 0;
    out->heads = p;
    out->codes = p + out->n - 1;
    out->rest = out->codes + out->n;
    out->suffixes = out->rest + out->first_len - out->known;
    out->infos = out->suffixes + suffixes / 2;
    return LEDE_STATUS_OK;
}

/* The first term of a block, behind the prefix, against `rest`, whose key is
   `key`; *same: how many bytes they have in common. */
static inline int
compare_first(const struct open_block *block, struct str rest, uint64_t key,
              size_t *same)
{
    size_t max = block->first_len < rest.len ? block->first_len : rest.len;
    size_t i = block->known < max ? block->known : max;

    if (block->key != key) {
        size_t equal = (size_t)__builtin_clzll(block->key ^ key) / 8;

        if (equal < i) {
            *same = equal;
            return block->key < key ? -1 : 1;
        }
    }
    while (i < max) {
        uint8_t a = block->rest[i - block->known];
        uint8_t b = (uint8_t)rest.p[i];

        if (a != b) {
            *same = i;
            return a < b ? -1 : 1;
        }
        i++;
    }
    *same = i;
    return block->first_len < rest.len ? -1 : block->first_len > rest.len;
}

/* How many of the n keys at `p`, which ascend, are not above `key`. */
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
    for (unsigned i = 0; i < n; i++) {
        count += lede__get64(p + 8 * i) <= key;
    }
    return count;
}

/* The last block of a region whose key is <= `key`; *found false where none
   is. */
static inline lede_status
descend(struct segment *segment, const struct terms *terms,
        const struct terms_region *region, uint64_t key, bool *found,
        uint32_t *block, lede_error *err)
{
    const uint8_t *level = region->keys;
    unsigned shift = region->shift;
    uint32_t at = 0;

    *block = 0;
    for (;;) {
        uint32_t n = ((region->n_blocks - 1) >> shift) + 1;
        unsigned width = n - at < TERMS_FANOUT ? n - at : TERMS_FANOUT;
        const uint8_t *node = level + 8 * (size_t)at;
        lede_status status = LEDE_STATUS_OK;
        unsigned count = 0;

        if (shift == 0) {
            __builtin_prefetch(terms->ends
                               + 4 * ((size_t)region->block + at));
        }
        status = lede__segment_verify(segment, node, (size_t)8 * width, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        count = count_keys(node, width, key);
        *found = count > 0;
        if (count == 0) {
            return LEDE_STATUS_OK;
        }
        at += count - 1;
        if (shift == 0) {
            *block = at;
            return LEDE_STATUS_OK;
        }
        level += 8 * (size_t)n;
        at *= TERMS_FANOUT;
        shift -= TERMS_FANOUT_SHIFT;
    }
}

/* Several blocks have `key`, and the one at *at begins behind `rest`: find the
   last that does not. */
static lede_status
find_among_equal(struct segment *segment, const struct terms *terms,
                 const struct terms_region *region, struct str rest,
                 uint64_t key, bool *found, uint32_t *at,
                 struct open_block *block, lede_error *err)
{
    uint32_t low = 0;
    uint32_t high = *at;
    size_t same = 0;
    lede_status status = LEDE_STATUS_OK;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        status = open_block(segment, terms, region, middle, block, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (compare_first(block, rest, key, &same) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *found = low > 0;
    *at = low > 0 ? low - 1 : 0;
    return low > 0 ? open_block(segment, terms, region, *at, block, err)
                   : LEDE_STATUS_OK;
}

/* The block of a region where `rest`, behind the prefix, is if anywhere;
   *found false where `rest` is before all.  *order and *same: its first term
   against `rest`. */
static inline lede_status
find_block(struct segment *segment, const struct terms *terms,
           const struct terms_region *region, struct str rest, bool *found,
           uint32_t *at, struct open_block *block, int *order, size_t *same,
           lede_error *err)
{
    uint64_t key = lede__terms_key(rest.p, rest.len);
    lede_status status = descend(segment, terms, region, key, found, at, err);

    if (status != LEDE_STATUS_OK || !*found) {
        return status;
    }
    status = open_block(segment, terms, region, *at, block, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *order = compare_first(block, rest, key, same);
    if (*order > 0) {
        status = find_among_equal(segment, terms, region, rest, key, found,
                                  at, block, err);
        if (status == LEDE_STATUS_OK && *found) {
            *order = compare_first(block, rest, key, same);
        }
    }
    return status;
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

/* The last region whose first term is not above `term`; *found false where
   there is none. */
static inline lede_status
find_region(struct segment *segment, const struct terms *terms,
            struct str term, bool *found, uint32_t *region, lede_error *err)
{
    uint64_t key = lede__terms_key(term.p, term.len);
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

/* ---- in the block ---- */

/* The infos of a block one after the other. */
struct info_reader {
    const uint64_t *told;
    const uint8_t *codes;       // the next
    const uint8_t *p, *end;     // infos without a code
    uint64_t next_postings, next_positions;
    uint64_t shared_postings, shared_positions;
};

/* An info without a code. */
static bool
read_uncoded(struct info_reader *reader, struct list_info *out)
{
    const uint8_t *p = reader->p;
    const uint8_t *end = reader->end;
    unsigned flags = 0;
    uint64_t value = 0;
    uint64_t postings_len = 0;
    uint64_t positions_len = 0;

    if (p >= end) {
        return false;
    }
    flags = *p++;
    value = flags >> INFO_DF_SHIFT;
    if ((value == 0 && !lede__terms_varint(&p, end, &value))
        || value > UINT32_MAX
        || !lede__terms_varint(&p, end, &postings_len)
        || (flags & INFO_POSITIONS
            && !lede__terms_varint(&p, end, &positions_len))) {
        return false;
    }
    *out = (struct list_info){
        .df = (uint32_t)value,
        .tf = (flags & INFO_TF) != 0,
        .with_positions = (flags & INFO_POSITIONS) != 0,
        .postings = reader->next_postings,
        .postings_len = postings_len,
        .positions = reader->next_positions,
        .positions_len = positions_len,
    };
    if (flags & INFO_POSTINGS_SHARED) {
        if (!lede__terms_varint(&p, end, &value)) {
            return false;
        }
        out->postings = reader->shared_postings
            + (uint64_t)lede__unzigzag(value);
        reader->shared_postings = out->postings + postings_len;
    } else {
        reader->next_postings += postings_len;
    }
    if (flags & INFO_POSITIONS_SHARED) {
        if (!lede__terms_varint(&p, end, &value)) {
            return false;
        }
        out->positions = reader->shared_positions
            + (uint64_t)lede__unzigzag(value);
        reader->shared_positions = out->positions + positions_len;
    } else {
        reader->next_positions += positions_len;
    }
    reader->p = p;
    return true;
}

static inline bool
read_info(struct info_reader *reader, struct list_info *out)
{
    uint64_t told = reader->told[*reader->codes++];
    unsigned flags = (unsigned)(told >> TOLD_FLAGS);

    if (told >> TOLD_NONE & 1) {
        return read_uncoded(reader, out);
    }
    *out = (struct list_info){
        .df = (uint32_t)(told >> TOLD_DF & 0xFF),
        .tf = (flags & INFO_TF) != 0,
        .with_positions = (flags & INFO_POSITIONS) != 0,
        .postings = reader->next_postings,
        .postings_len = told >> TOLD_POSTINGS & 0xFF,
        .positions = reader->next_positions,
        .positions_len = told >> TOLD_POSITIONS & 0xFF,
    };
    reader->next_postings += out->postings_len;
    reader->next_positions += out->positions_len;
    return true;
}

/* Pass over n infos: first those with a code, then those without. */
static inline bool
skip_infos(struct info_reader *reader, unsigned n)
{
    const uint64_t *told = reader->told;
    const uint8_t *codes = reader->codes;
    uint64_t sum = 0;

    for (unsigned i = 0; i < n; i++) {
        sum += told[codes[i]];
    }
    for (uint64_t left = sum >> TOLD_NONE & 0xFFFF; left > 0; left--) {
        struct list_info info;

        if (!read_uncoded(reader, &info)) {
            return false;
        }
    }
    reader->codes = codes + n;
    reader->next_postings += sum >> TOLD_POSTINGS & 0xFFFF;
    reader->next_positions += sum >> TOLD_POSITIONS & 0xFFFF;
    return true;
}

/* A head, of which some lies before the suffix at *suffix. */
static inline bool
read_head(unsigned head, const uint8_t **suffix, const uint8_t *end,
          size_t *same, size_t *len)
{
    uint64_t more = 0;

    *same = head & TERMS_HEAD_MAX;
    *len = head >> 4;
    if (*same == TERMS_HEAD_MAX) {
        if (!lede__terms_varint(suffix, end, &more) || more > TERM_MAX) {
            return false;
        }
        *same += (size_t)more;
    }
    if (*len == TERMS_HEAD_MAX) {
        if (!lede__terms_varint(suffix, end, &more) || more > TERM_MAX) {
            return false;
        }
        *len += (size_t)more;
    }
    return *len <= (size_t)(end - *suffix);
}

/* Compare what `term` has behind *match bytes with a suffix.  0: equal; 1: the
   term with this suffix is above; -1: it is below, and *match is what both
   have in common. */
static inline int
compare_suffix(const uint8_t *suffix, size_t len, struct str term,
               size_t *match)
{
    size_t rest = term.len - *match;
    size_t max = len < rest ? len : rest;
    const char *p = term.p + *match;
    size_t k = 0;

    while (k < max && suffix[k] == (uint8_t)p[k]) {
        k++;
    }
    if (k == rest) {
        return k == len ? 0 : 1;
    }
    if (k < len && suffix[k] > (uint8_t)p[k]) {
        return 1;
    }
    *match += k;
    return -1;
}

/* From the i-th head on, how many of up to eight share more than `shared`, as
   many as follow one another; *bytes: of their suffixes.  No head has a 15. */
static inline unsigned
pass_over(const uint8_t *heads, size_t shared, size_t *bytes)
{
    uint64_t eight = lede__get64(heads);
    uint64_t low = eight & BYTES(0x0F);
    uint64_t high = eight >> 4 & BYTES(0x0F);
    uint64_t limit = BYTES(0x80) | BYTES(shared < 15 ? shared : 15);
    uint64_t stop = (limit - low) & BYTES(0x80);
    unsigned n = stop == 0 ? 8 : (unsigned)__builtin_ctzll(stop) / 8;

    high &= n == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * n) - 1;
    *bytes = (size_t)(high * BYTES(1) >> 56);
    return n;
}

/* Which term of a block is `term`, whose first `match` bytes are those of the
   block's first term, which is below.  false where the block is damaged. */
static bool
scan(const struct open_block *block, struct str term, size_t match,
     bool *found, unsigned *index)
{
    const uint8_t *heads = block->heads;
    const uint8_t *suffix = block->suffixes;
    const uint8_t *end = block->infos;
    unsigned n = block->n - 1;
    unsigned i = 0;
    size_t shared = match - block->common;

    *found = false;
    // What all terms begin with parts `term` from all
    if (match < block->common) {
        return true;
    }
    while (i < n) {
        size_t same = 0;
        size_t len = 0;
        int order = 0;

        if (!block->wide) {
            i += pass_over(heads + i, shared, &len);
            suffix += len;
            if (i >= n) {
                return true;
            }
            if (heads[i] % 16 > shared) {
                continue;
            }
        }
        if (!read_head(heads[i], &suffix, end, &same, &len)) {
            return false;
        }
        if (same < shared) {
            return true;        // above, and so are the rest
        }
        if (same == shared) {
            order = compare_suffix(suffix, len, term, &match);
            if (order >= 0) {
                *found = order == 0;
                *index = i + 1;
                return true;
            }
            shared = match - block->common;
        }
        suffix += len;
        i++;
    }
    return true;
}

static inline struct info_reader
infos_of(const struct terms *terms, const struct open_block *block)
{
    return (struct info_reader){
        terms->told, block->codes, block->infos, block->end, block->postings,
        block->positions, block->postings, block->positions,
    };
}

lede_status
lede__terms_find(struct segment *segment, struct str term, bool *found,
                 struct list_info *info, lede_error *err)
{
    const struct terms *terms = NULL;
    const struct terms_region *region = NULL;
    struct open_block block;
    struct info_reader reader;
    struct str rest = { NULL, 0 };
    unsigned index = 0;
    uint32_t at = 0;
    size_t match = 0;
    int order = 0;
    lede_status status = lede__terms_open(segment, &terms, err);

    *found = false;
    if (terms == NULL) {
        return status;
    }
    term.p = term.len == 0 ? "" : term.p;
    status = find_region(segment, terms, term, found, &at, err);
    if (status != LEDE_STATUS_OK || !*found) {
        return status;
    }
    region = &terms->regions[at];
    if (term.len < region->prefix_len
        || memcmp(term.p, region->prefix, region->prefix_len) != 0) {
        *found = false;
        return LEDE_STATUS_OK;
    }
    rest = (struct str){ term.p + region->prefix_len,
                         term.len - region->prefix_len };
    status = find_block(segment, terms, region, rest, found, &at, &block,
                        &order, &match, err);
    if (status != LEDE_STATUS_OK || !*found) {
        return status;
    }
    if (order < 0
        && !scan(&block, term, match + region->prefix_len, found, &index)) {
        return lede__terms_damaged(segment, err);
    }
    reader = infos_of(terms, &block);
    if (*found
        && (!skip_infos(&reader, index) || !read_info(&reader, info))) {
        *found = false;
        return lede__terms_damaged(segment, err);
    }
    return LEDE_STATUS_OK;
}

/* ---- walking ---- */

static void
at_end(struct terms_cursor *cursor)
{
    cursor->term = (struct str){ NULL, 0 };
    cursor->n = 0;
    cursor->i = 0;
}

static inline lede_status
cursor_info(struct terms_cursor *cursor, lede_error *err)
{
    struct info_reader reader = {
        cursor->terms->told, cursor->codes, cursor->infos, cursor->end,
        cursor->next_postings, cursor->next_positions,
        cursor->shared_postings, cursor->shared_positions,
    };

    if (!read_info(&reader, &cursor->info)) {
        at_end(cursor);
        return lede__terms_damaged(cursor->segment, err);
    }
    cursor->codes = reader.codes;
    cursor->infos = reader.p;
    cursor->next_postings = reader.next_postings;
    cursor->next_positions = reader.next_positions;
    cursor->shared_postings = reader.shared_postings;
    cursor->shared_positions = reader.shared_positions;
    return LEDE_STATUS_OK;
}

/* To the first term of a block that was opened. */
static lede_status
enter(struct terms_cursor *cursor, uint32_t region_index, uint32_t block,
      const struct open_block *opened, lede_error *err)
{
    const struct terms_region *region = &cursor->terms->regions[region_index];
    char *to = cursor->bytes;
    char key[TERMS_KEY];

    lede__set64(key, __builtin_bswap64(opened->key));
    memcpy(to, region->prefix, region->prefix_len);
    to += region->prefix_len;
    memcpy(to, key, opened->known);
    memcpy(to + opened->known, opened->rest,
           opened->first_len - opened->known);
    cursor->term = (struct str){ cursor->bytes,
                                 region->prefix_len + opened->first_len };
    cursor->bytes[cursor->term.len] = '\0';
    cursor->region = region_index;
    cursor->block = block;
    cursor->n = opened->n;
    cursor->i = 0;
    cursor->common = opened->common;
    cursor->heads = opened->heads;
    cursor->codes = opened->codes;
    cursor->suffix = opened->suffixes;
    cursor->suffixes_end = opened->infos;
    cursor->infos = opened->infos;
    cursor->end = opened->end;
    cursor->next_postings = cursor->shared_postings = opened->postings;
    cursor->next_positions = cursor->shared_positions = opened->positions;
    return cursor_info(cursor, err);
}

/* To the first term of a block of a region, or of the region behind, or to the
   end behind the last. */
static lede_status
enter_block(struct terms_cursor *cursor, uint32_t region, uint32_t block,
            lede_error *err)
{
    const struct terms *terms = cursor->terms;
    struct open_block opened;
    lede_status status = LEDE_STATUS_OK;

    if (region < terms->n_regions
        && block == terms->regions[region].n_blocks) {
        region++;
        block = 0;
    }
    if (region >= terms->n_regions) {
        at_end(cursor);
        return LEDE_STATUS_OK;
    }
    status = open_block(cursor->segment, terms, &terms->regions[region],
                        block, &opened, err);
    if (status == LEDE_STATUS_OK) {
        status = enter(cursor, region, block, &opened, err);
    }
    if (status != LEDE_STATUS_OK) {
        at_end(cursor);
    }
    return status;
}

lede_status
lede__terms_next(struct terms_cursor *cursor, lede_error *err)
{
    size_t same = 0;
    size_t len = 0;

    if (cursor->term.p == NULL) {
        return LEDE_STATUS_OK;
    }
    if (cursor->i + 1 == cursor->n) {
        return enter_block(cursor, cursor->region, cursor->block + 1, err);
    }
    if (!read_head(cursor->heads[cursor->i++], &cursor->suffix,
                   cursor->suffixes_end, &same, &len)
        || same + cursor->common > cursor->term.len
        || len > TERM_MAX - same - cursor->common) {
        at_end(cursor);
        return lede__terms_damaged(cursor->segment, err);
    }
    same += cursor->common;
    memcpy(cursor->bytes + same, cursor->suffix, len);
    cursor->suffix += len;
    cursor->term.len = same + len;
    cursor->bytes[cursor->term.len] = '\0';
    return cursor_info(cursor, err);
}

lede_status
lede__terms_seek(struct terms_cursor *cursor, struct segment *segment,
                 struct str from, lede_error *err)
{
    const struct terms_region *region = NULL;
    struct open_block block;
    struct str rest = { NULL, 0 };
    uint32_t index = 0;
    uint32_t at = 0;
    size_t match = 0;
    int order = 0;
    bool found = false;
    lede_status status = lede__terms_open(segment, &cursor->terms, err);

    cursor->segment = segment;
    at_end(cursor);
    if (cursor->terms == NULL) {
        return status;
    }
    from.p = from.len == 0 ? "" : from.p;
    status = find_region(segment, cursor->terms, from, &found, &index, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (!found) {
        return enter_block(cursor, 0, 0, err);
    }
    region = &cursor->terms->regions[index];
    if (from.len < region->prefix_len
        || memcmp(from.p, region->prefix, region->prefix_len) != 0) {
        return enter_block(cursor, index + 1, 0, err);
    }
    rest = (struct str){ from.p + region->prefix_len,
                         from.len - region->prefix_len };
    status = find_block(segment, cursor->terms, region, rest, &found, &at,
                        &block, &order, &match, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (!found) {
        return enter_block(cursor, index, 0, err);
    }
    status = enter(cursor, index, at, &block, err);
    while (status == LEDE_STATUS_OK && cursor->term.p != NULL
           && lede__str_cmp(cursor->term, from) < 0) {
        status = lede__terms_next(cursor, err);
    }
    return status;
}
