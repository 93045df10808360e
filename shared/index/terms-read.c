/* terms-read.c - looking up and walking the terms of a segment; see
   terms-format.h.

   In a block a term is looked for without putting any together.  What it has
   in common with the term before is known; a term that has more in common with
   that one is below it like that, and so is one that has as much and goes on
   with a lesser byte.  What stops a look-up is seen in the heads and starts,
   of all terms at once (terms-scan.h); bytes are compared only where a term
   goes on as the one that is looked for. */

#include "shared/index/terms-block.h"
#include "shared/index/terms-scan.h"

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

/* The block that was probed, opened, or where its first term is above `rest`,
   an earlier one; *found false where `rest` is before all.  *order and *same:
   its first term against `rest`. */
static inline lede_status
settle(struct segment *segment, const struct terms_probe *probe,
       struct str rest, bool *found, uint32_t *at, struct open_block *block,
       int *order, size_t *same, lede_error *err)
{
    const struct terms *terms = probe->terms;
    const struct terms_region *region = &terms->regions[probe->region];
    lede_status status = read_block(segment, terms, region, probe->block,
                                    probe->p, probe->end, block, err);

    *found = true;
    *at = probe->block;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    *order = compare_first(block, rest, probe->key, same);
    if (*order > 0) {
        status = find_among_equal(segment, terms, region, rest, probe->key,
                                  found, at, block, err);
        if (status == LEDE_STATUS_OK && *found) {
            *order = compare_first(block, rest, probe->key, same);
        }
    }
    return status;
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

/* An info without a code.  At most 41 bytes behind the end are read. */
static inline bool
read_uncoded(struct info_reader *reader, struct list_info *out)
{
    const uint8_t *p = reader->p;
    unsigned flags = *p++;
    unsigned counts = flags >> INFO_COUNTS & 3;
    unsigned offsets = flags >> INFO_OFFSETS & 3;
    uint64_t df = lede__get64(p) & info_masks[counts];

    p += info_bytes[counts];
    *out = (struct list_info){
        .df = (uint32_t)df,
        .tf = (flags & INFO_TF) != 0,
        .with_positions = (flags & INFO_POSITIONS) != 0,
        .postings = reader->next_postings,
        .postings_len = lede__get64(p) & info_masks[counts],
        .positions = reader->next_positions,
    };
    p += info_bytes[counts];
    if (flags & INFO_POSITIONS) {
        out->positions_len = lede__get64(p) & info_masks[offsets];
        p += info_bytes[offsets];
    }
    if (flags & INFO_POSTINGS_SHARED) {
        uint64_t away = lede__get64(p) & info_masks[offsets];

        p += info_bytes[offsets];
        out->postings = reader->shared_postings
            + (uint64_t)lede__unzigzag(away);
        reader->shared_postings = out->postings + out->postings_len;
    } else {
        reader->next_postings += out->postings_len;
    }
    if (flags & INFO_POSITIONS_SHARED) {
        uint64_t away = lede__get64(p) & info_masks[offsets];

        p += info_bytes[offsets];
        out->positions = reader->shared_positions
            + (uint64_t)lede__unzigzag(away);
        reader->shared_positions = out->positions + out->positions_len;
    } else {
        reader->next_positions += out->positions_len;
    }
    reader->p = p;
    return p <= reader->end && df <= UINT32_MAX;
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

/* Pass over an info without a code. */
static inline bool
skip_uncoded(struct info_reader *reader)
{
    const uint8_t *p = reader->p;
    unsigned flags = *p;
    unsigned counts = flags >> INFO_COUNTS & 3;
    unsigned offsets = flags >> INFO_OFFSETS & 3;
    struct list_info info;

    if (flags & (INFO_POSTINGS_SHARED | INFO_POSITIONS_SHARED)) {
        return read_uncoded(reader, &info);
    }
    p += 1 + info_bytes[counts];
    reader->next_postings += lede__get64(p) & info_masks[counts];
    p += info_bytes[counts];
    if (flags & INFO_POSITIONS) {
        reader->next_positions += lede__get64(p) & info_masks[offsets];
        p += info_bytes[offsets];
    }
    reader->p = p;
    return p <= reader->end;
}

/* Pass over n infos: first those with a code, then those without. */
static inline bool
skip_infos(struct info_reader *reader, unsigned n)
{
    const uint64_t *told = reader->told;
    const uint8_t *codes = reader->codes;
    const uint8_t *end = codes + n;
    uint64_t sum = 0;

    for (; end - codes >= 4; codes += 4) {
        sum += told[codes[0]] + told[codes[1]] + told[codes[2]]
            + told[codes[3]];
    }
    while (codes < end) {
        sum += told[*codes++];
    }
    for (uint64_t left = sum >> TOLD_NONE & 0xFFFF; left > 0; left--) {
        if (!skip_uncoded(reader)) {
            return false;
        }
    }
    reader->codes = codes;
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

/* A term goes on with *match + 1 bytes of `term`, and then with a suffix.
   0: equal; 1: it is above; -1: it is below, and *match is what both have in
   common. */
static inline int
compare_suffix(const uint8_t *suffix, size_t len, struct str term,
               size_t *match)
{
    size_t rest = term.len - *match - 1;
    size_t max = len < rest ? len : rest;
    const char *p = term.p + *match + 1;
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
    *match += k + 1;
    return -1;
}

/* Which term of a block is `term`, whose first `match` bytes are those of the
   block's first term, which is below.  false where the block is damaged. */
static inline bool
scan(const struct open_block *block, struct str term, size_t match,
     bool *found, unsigned *index)
{
    const uint8_t *suffix = block->suffixes;
    unsigned n = block->n - 1;

    *found = false;
    // What all terms begin with parts `term` from all
    if (match < block->common) {
        return true;
    }
    for (unsigned i = 0; i < n; i++) {
        size_t shared = match - block->common;
        uint8_t byte = (uint8_t)term.p[match];
        size_t same = 0;
        size_t len = 0;

        if (!block->wide) {
            uint64_t stops = lede__terms_stops(block->heads, block->starts,
                                               shared, byte);

            // one behind the last, so that there is one
            stops = (stops | (uint64_t)1 << n) >> i;
            i += (unsigned)__builtin_ctzll(stops);
            if (i >= n) {
                return true;
            }
            suffix = block->suffixes + lede__terms_bytes(block->heads, i);
        }
        if (!read_head(block->heads[i], &suffix, block->infos, &same, &len)) {
            return false;
        }
        if (same < shared || (same == shared && block->starts[i] > byte)) {
            return true;        // above, and so are the rest
        }
        if (same == shared && block->starts[i] == byte) {
            int order = compare_suffix(suffix, len, term, &match);

            if (order >= 0) {
                *found = order == 0;
                *index = i + 1;
                return true;
            }
        }
        suffix += len;
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
lede__terms_take(struct segment *segment, struct str term,
                 const struct terms_probe *probe, bool *found,
                 struct list_info *info, lede_error *err)
{
    struct open_block block;
    struct info_reader reader;
    unsigned index = 0;
    uint32_t at = 0;
    size_t match = 0;
    int order = 0;
    lede_status status = LEDE_STATUS_OK;

    *found = false;
    if (!probe->inside) {
        return LEDE_STATUS_OK;
    }
    const struct terms_region *region = &probe->terms->regions[probe->region];
    status = settle(segment, probe, rest_of(region, term), found, &at, &block,
                    &order, &match, err);
    if (status != LEDE_STATUS_OK || !*found) {
        return status;
    }
    if (order < 0
        && !scan(&block, term, match + region->prefix_len, found, &index)) {
        return lede__terms_damaged(segment, err);
    }
    reader = infos_of(probe->terms, &block);
    if (*found
        && (!skip_infos(&reader, index) || !read_info(&reader, info))) {
        *found = false;
        return lede__terms_damaged(segment, err);
    }
    return LEDE_STATUS_OK;
}

lede_status
lede__terms_find(struct segment *segment, struct str term, bool *found,
                 struct list_info *info, lede_error *err)
{
    struct terms_probe probe;
    lede_status status = lede__terms_probe(segment, term, &probe, err);

    *found = false;
    if (status == LEDE_STATUS_OK) {
        status = lede__terms_fetch(segment, &probe, err);
    }
    return status != LEDE_STATUS_OK ? status
        : lede__terms_take(segment, term, &probe, found, info, err);
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
    cursor->starts = opened->starts;
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
    if (!read_head(cursor->heads[cursor->i], &cursor->suffix,
                   cursor->suffixes_end, &same, &len)
        || same + cursor->common > cursor->term.len
        || len + 1 > TERM_MAX - same - cursor->common) {
        at_end(cursor);
        return lede__terms_damaged(cursor->segment, err);
    }
    same += cursor->common;
    cursor->bytes[same++] = (char)cursor->starts[cursor->i++];
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
    struct terms_probe probe;
    struct open_block block;
    uint32_t at = 0;
    size_t match = 0;
    int order = 0;
    bool found = false;
    lede_status status = lede__terms_probe(segment, from, &probe, err);

    if (status == LEDE_STATUS_OK) {
        status = lede__terms_fetch(segment, &probe, err);
    }
    cursor->segment = segment;
    cursor->terms = probe.terms;
    at_end(cursor);
    if (status != LEDE_STATUS_OK || probe.terms == NULL) {
        return status;
    }
    if (!probe.inside) {
        return enter_block(cursor, probe.region, probe.block, err);
    }
    status = settle(segment, &probe,
                    rest_of(&probe.terms->regions[probe.region], from),
                    &found, &at, &block, &order, &match, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (!found) {
        return enter_block(cursor, probe.region, 0, err);
    }
    status = enter(cursor, probe.region, at, &block, err);
    while (status == LEDE_STATUS_OK && cursor->term.p != NULL
           && lede__str_cmp(cursor->term, from) < 0) {
        status = lede__terms_next(cursor, err);
    }
    return status;
}
