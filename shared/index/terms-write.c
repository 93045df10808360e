/* terms-write.c - making the dictionary of a segment; see terms-format.h.

   Blocks wait in memory, about as small as they will be, until all terms are
   known: which infos are frequent decides about the codes, and what the terms
   of a region begin with about keys.  Terms are added by one thread while all
   others wait, so that adding has to be quick: bytes are put in place without
   a call for each. */

#include "shared/index/terms-format.h"

#include <stdlib.h>

/* An info that may be given a code has numbers below these. */
#define CODED_DF 16u
#define CODED_LEN 64u
#define CODED ((size_t)4 * CODED_DF * CODED_LEN * CODED_LEN)
#define NOT_CODED UINT32_MAX

/* The most bytes of a block's suffixes with their lengths, and of an info. */
#define SUFFIXES_MAX (TERMS_BLOCK * (TERM_MAX + 4u))
#define INFO_MAX 64u

/* A block that waits; followed by its first term, heads, starts, suffixes, for
   each term what it may be coded by (u32), and the infos of those that may
   not, each with its length before it. */
struct waiting {
    uint64_t postings, positions;
    uint16_t suffixes;          // twice its bytes, + 1
    uint32_t infos;             // bytes
    uint8_t n;
    uint8_t first_len;
    uint8_t common;
};

struct region {
    uint32_t blocks;            // before it
    uint32_t n_blocks;
    uint32_t terms;
    size_t start;               // of its first block in `waiting`
    uint8_t prefix_len;
};

struct terms_writer {
    struct buf waiting;
    struct buf regions;         // struct region
    uint32_t *counts;           // of each info that may be coded
    uint32_t n_blocks;
    struct region region;       // the one at hand
    size_t head;                // what its terms have in common at least
    char region_first[TERM_MAX];
    size_t region_first_len;
    /* the block at hand */
    struct waiting block;
    char first[TERM_MAX];
    uint8_t same[TERMS_BLOCK], len[TERMS_BLOCK];
    char suffixes[TERMS_BLOCK * TERM_MAX];
    size_t suffixes_len;
    uint32_t coded[TERMS_BLOCK];
    uint8_t infos[TERMS_BLOCK * INFO_MAX];
    uint64_t next_postings, next_positions;
    uint64_t shared_postings, shared_positions;
    /* the term before */
    size_t last_len;
    char last[TERM_MAX];
};

lede_status
lede__terms_writer_new(struct terms_writer **out, lede_error *err)
{
    struct terms_writer *writer = calloc(1, sizeof *writer);

    *out = NULL;
    if (writer == NULL) {
        return lede__fail_memory(err);
    }
    writer->waiting = (struct buf)BUF_INIT(BUF_MAX_ANY);
    writer->regions = (struct buf)BUF_INIT(BUF_MAX_ANY);
    writer->counts = calloc(CODED, sizeof *writer->counts);
    if (writer->counts == NULL) {
        lede__terms_writer_free(writer);
        return lede__fail_memory(err);
    }
    *out = writer;
    return LEDE_STATUS_OK;
}

void
lede__terms_writer_free(struct terms_writer *writer)
{
    if (writer != NULL) {
        lede__buf_free(&writer->waiting);
        lede__buf_free(&writer->regions);
        free(writer->counts);
        free(writer);
    }
}

/* ---- bytes ---- */

/* Append where there is room. */
static void
add_bytes(struct buf *out, const void *bytes, size_t n)
{
    if (n > 0) {
        memcpy(out->p + out->len, bytes, n);
        out->len += n;
    }
}

static uint8_t *
set_varint(uint8_t *to, uint64_t value)
{
    while (value >= 0x80) {
        *to++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *to++ = (uint8_t)value;
    return to;
}

static size_t
common_prefix(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t max = a_len < b_len ? a_len : b_len;
    size_t n = 0;

    while (n < max && a[n] == b[n]) {
        n++;
    }
    return n;
}

/* ---- infos ---- */

static uint32_t
pack_coded(unsigned flags, uint64_t df, uint64_t postings_len,
           uint64_t positions_len)
{
    return (uint32_t)(((flags * CODED_DF + df) * CODED_LEN + postings_len)
                      * CODED_LEN + positions_len);
}

static void
unpack_coded(uint32_t coded, uint8_t told[TERMS_CODE_BYTES])
{
    told[1] = (uint8_t)(coded % CODED_LEN);
    told[0] = (uint8_t)(coded / CODED_LEN % CODED_LEN);
    told[2] = (uint8_t)(coded / CODED_LEN / CODED_LEN % CODED_DF);
    told[3] = (uint8_t)(coded / CODED_LEN / CODED_LEN / CODED_DF);
}

/* An info that was packed, written out; returns the byte after. */
static uint8_t *
write_out(uint8_t *to, uint32_t coded)
{
    uint8_t told[TERMS_CODE_BYTES];

    unpack_coded(coded, told);
    // the smallest widths are 0
    *to++ = told[3];
    *to++ = told[2];
    *to++ = told[0];
    if (told[3] & INFO_POSITIONS) {
        *to++ = told[1];
    }
    return to;
}

/* The least width that a value has room in. */
static unsigned
width_of(uint64_t value)
{
    unsigned width = 0;

    while (value > info_masks[width]) {
        width++;
    }
    return width;
}

static uint8_t *
set_field(uint8_t *to, unsigned width, uint64_t value)
{
    // what follows is written over it
    lede__set64(to, value);
    return to + info_bytes[width];
}

/* An info that has no code, after those that wait. */
static void
add_uncoded(struct terms_writer *writer, const struct list_info *info,
            unsigned flags)
{
    uint64_t positions_len = info->with_positions ? info->positions_len : 0;
    uint64_t postings = 0;
    uint64_t positions = 0;
    uint8_t *len = writer->infos + writer->block.infos;
    uint8_t *to = len + 1;

    if (flags & INFO_POSTINGS_SHARED) {
        postings = lede__zigzag((int64_t)(info->postings
                                          - writer->shared_postings));
        writer->shared_postings = info->postings + info->postings_len;
    } else {
        writer->next_postings += info->postings_len;
    }
    if (flags & INFO_POSITIONS_SHARED) {
        positions = lede__zigzag((int64_t)(info->positions
                                           - writer->shared_positions));
        writer->shared_positions = info->positions + positions_len;
    } else {
        writer->next_positions += positions_len;
    }
    unsigned counts = width_of(info->df | info->postings_len);
    unsigned offsets = width_of(positions_len | postings | positions);

    *to++ = (uint8_t)(flags | counts << INFO_COUNTS
                      | offsets << INFO_OFFSETS);
    to = set_field(to, counts, info->df);
    to = set_field(to, counts, info->postings_len);
    if (flags & INFO_POSITIONS) {
        to = set_field(to, offsets, positions_len);
    }
    if (flags & INFO_POSTINGS_SHARED) {
        to = set_field(to, offsets, postings);
    }
    if (flags & INFO_POSITIONS_SHARED) {
        to = set_field(to, offsets, positions);
    }
    *len = (uint8_t)(to - len - 1);
    writer->block.infos = (uint32_t)(to - writer->infos);
}

static void
add_info(struct terms_writer *writer, const struct list_info *info)
{
    unsigned flags = (info->tf ? INFO_TF : 0u)
        | (info->with_positions ? INFO_POSITIONS : 0u);
    uint64_t positions_len = info->with_positions ? info->positions_len : 0;
    uint32_t *coded = &writer->coded[writer->block.n];

    if (info->postings != writer->next_postings) {
        flags |= INFO_POSTINGS_SHARED;
    }
    if (info->with_positions && info->positions != writer->next_positions) {
        flags |= INFO_POSITIONS_SHARED;
    }
    if (flags >= INFO_POSTINGS_SHARED || info->df >= CODED_DF
        || info->postings_len >= CODED_LEN || positions_len >= CODED_LEN) {
        *coded = NOT_CODED;
        add_uncoded(writer, info, flags);
        return;
    }
    *coded = pack_coded(flags, info->df, info->postings_len, positions_len);
    writer->counts[*coded]++;
    writer->next_postings += info->postings_len;
    writer->next_positions += positions_len;
}

/* ---- blocks and regions ---- */

/* The bytes of a term by which it belongs to a region: kind, field, language
   or name.  Only sizes and speed depend on it. */
static size_t
head_of(struct str term)
{
    char end = '\0';
    const char *found = NULL;

    switch (term.len == 0 ? '\0' : term.p[0]) {
    case TERM_EXACT:
    case TERM_EXTRA:
        return term.len < 2 ? term.len : 2;
    case TERM_STEM:
        end = ':';
        break;
    case TERM_KEYWORD:
        end = '=';
        break;
    default:
        return term.len < 1 ? term.len : 1;
    }
    found = memchr(term.p, end, term.len);
    return found == NULL ? 1 : (size_t)(found - term.p) + 1;
}

/* The first term of a block. */
static void
begin_block(struct terms_writer *writer, struct str term)
{
    writer->block = (struct waiting){
        .postings = writer->next_postings,
        .positions = writer->next_positions,
        .first_len = (uint8_t)term.len,
        .common = (uint8_t)term.len,
    };
    writer->shared_postings = writer->next_postings;
    writer->shared_positions = writer->next_positions;
    writer->suffixes_len = 0;
    memcpy(writer->first, term.p, term.len);
    if (writer->region.n_blocks == 0) {
        memcpy(writer->region_first, term.p, term.len);
        writer->region_first_len = term.len;
        writer->region.start = writer->waiting.len;
        writer->region.blocks = writer->n_blocks;
    }
}

/* A further term of a block. */
static void
add_suffix(struct terms_writer *writer, struct str term)
{
    size_t same = common_prefix(writer->last, writer->last_len, term.p,
                                term.len);
    unsigned n = writer->block.n;

    writer->same[n] = (uint8_t)same;
    writer->len[n] = (uint8_t)(term.len - same);
    memcpy(writer->suffixes + writer->suffixes_len, term.p + same,
           term.len - same);
    writer->suffixes_len += term.len - same;
    if (same < writer->block.common) {
        writer->block.common = (uint8_t)same;
    }
}

/* The heads, starts and suffixes of the block at hand, behind what waits,
   where there is room. */
static void
put_suffixes(struct terms_writer *writer)
{
    struct buf *out = &writer->waiting;
    size_t n = writer->block.n - 1u;
    uint8_t *head = (uint8_t *)out->p + out->len;
    uint8_t *start = head + n;
    uint8_t *to = start + n;
    uint8_t *suffixes = to;
    const char *p = writer->suffixes;
    bool wide = false;

    for (size_t i = 1; i <= n; i++) {
        unsigned same = (unsigned)writer->same[i] - writer->block.common;
        unsigned len = writer->len[i] - 1u;
        unsigned low = same < TERMS_HEAD_MAX ? same : TERMS_HEAD_MAX;
        unsigned high = len < TERMS_HEAD_MAX ? len : TERMS_HEAD_MAX;

        *head++ = (uint8_t)(low | high << 4);
        *start++ = (uint8_t)*p++;
        if (low == TERMS_HEAD_MAX) {
            to = set_varint(to, same - TERMS_HEAD_MAX);
            wide = true;
        }
        if (high == TERMS_HEAD_MAX) {
            to = set_varint(to, len - TERMS_HEAD_MAX);
            wide = true;
        }
        memcpy(to, p, len);
        to += len;
        p += len;
    }
    writer->block.suffixes = (uint16_t)((to - suffixes) * 2 + wide);
    out->len = (size_t)(to - (uint8_t *)out->p);
}

static lede_status
end_block(struct terms_writer *writer, lede_error *err)
{
    struct buf *out = &writer->waiting;
    struct waiting *block = &writer->block;
    size_t start = out->len;
    lede_status status = LEDE_STATUS_OK;

    if (block->n == 0) {
        return LEDE_STATUS_OK;
    }
    if (writer->n_blocks == UINT32_MAX / 2) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "too many terms for one segment");
    }
    status = lede__buf_reserve(
        out, sizeof *block + TERM_MAX + TERMS_BLOCK + SUFFIXES_MAX
        + sizeof writer->coded + sizeof writer->infos, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->len += sizeof *block;
    add_bytes(out, writer->first, block->first_len);
    put_suffixes(writer);
    add_bytes(out, writer->coded, block->n * sizeof *writer->coded);
    add_bytes(out, writer->infos, block->infos);
    memcpy(out->p + start, block, sizeof *block);
    block->n = 0;
    writer->n_blocks++;
    writer->region.n_blocks++;
    return LEDE_STATUS_OK;
}

static lede_status
end_region(struct terms_writer *writer, lede_error *err)
{
    lede_status status = end_block(writer, err);

    if (status == LEDE_STATUS_OK && writer->region.n_blocks > 0) {
        writer->region.prefix_len = (uint8_t)common_prefix(
            writer->region_first, writer->region_first_len, writer->last,
            writer->last_len);
        status = lede__buf_add(&writer->regions, &writer->region,
                               sizeof writer->region, err);
        writer->region = (struct region){ .n_blocks = 0 };
    }
    return status;
}

lede_status
lede__terms_add(struct terms_writer *writer, struct str term,
                const struct list_info *info, lede_error *err)
{
    size_t head = head_of(term);
    lede_status status = LEDE_STATUS_OK;

    if (term.len > TERM_MAX) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "a term of more than %d bytes", TERM_MAX);
    }
    term.p = term.len == 0 ? "" : term.p;
    if (writer->region.terms > 0
        && (head != writer->head
            || memcmp(term.p, writer->last, head) != 0)) {
        status = end_region(writer, err);
    } else if (writer->block.n == TERMS_BLOCK) {
        status = end_block(writer, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (writer->block.n == 0) {
        begin_block(writer, term);
    } else {
        add_suffix(writer, term);
    }
    add_info(writer, info);
    writer->head = head;
    writer->block.n++;
    writer->region.terms++;
    memcpy(writer->last, term.p, term.len);
    writer->last_len = term.len;
    return LEDE_STATUS_OK;
}

/* ---- codes ---- */

struct saving {
    uint64_t bytes;
    uint32_t coded;
};

/* Those that save most first. */
static int
compare_savings(const void *a, const void *b)
{
    const struct saving *x = a;
    const struct saving *y = b;

    if (x->bytes != y->bytes) {
        return x->bytes > y->bytes ? -1 : 1;
    }
    return x->coded < y->coded ? -1 : x->coded > y->coded;
}

/* Which infos get a code: *out, malloc'd, has the code of each or 0; what they
   stand for goes to `told`. */
static lede_status
choose_codes(const struct terms_writer *writer, uint8_t **out,
             struct buf *told, lede_error *err)
{
    struct buf savings = BUF_INIT(BUF_MAX_ANY);
    struct saving *all = NULL;
    lede_status status = LEDE_STATUS_OK;
    size_t n = 0;

    *out = calloc(CODED, 1);
    if (*out == NULL) {
        return lede__fail_memory(err);
    }
    for (uint32_t i = 0; i < CODED && status == LEDE_STATUS_OK; i++) {
        uint8_t bytes[INFO_MAX];
        struct saving saving = { 0, i };

        if (writer->counts[i] == 0) {
            continue;
        }
        saving.bytes = (uint64_t)writer->counts[i]
            * (uint64_t)(write_out(bytes, i) - bytes);
        if (saving.bytes > TERMS_CODE_BYTES) {
            status = lede__buf_add(&savings, &saving, sizeof saving, err);
        }
    }
    all = (void *)savings.p;
    n = savings.len / sizeof *all;
    if (n > 0) {
        qsort(all, n, sizeof *all, compare_savings);
    }
    for (size_t i = 0; i < n && i < TERMS_CODES && status == LEDE_STATUS_OK;
         i++) {
        uint8_t bytes[TERMS_CODE_BYTES];

        unpack_coded(all[i].coded, bytes);
        (*out)[all[i].coded] = (uint8_t)(i + 1);
        status = lede__buf_add(told, bytes, sizeof bytes, err);
    }
    lede__buf_free(&savings);
    return status;
}

/* ---- the section ---- */

struct parts {
    struct buf blocks, keys, places, told, regions, prefixes;
    uint8_t *codes;
    size_t offset_bytes;
};

/* Where the block ends that was put last, and where its lists are. */
static lede_status
put_place(struct parts *parts, const struct waiting *block, lede_error *err)
{
    size_t n = parts->offset_bytes;
    uint8_t bytes[4 + 2 * 8];

    lede__set32(bytes, (uint32_t)parts->blocks.len);
    lede__set64(bytes + 4, block->postings);
    lede__set64(bytes + 4 + n, block->positions);
    return lede__buf_add(&parts->places, bytes, 4 + 2 * n, err);
}

/* The block that waits at `p` as it is stored; returns the byte after. */
static lede_status
put_block(struct parts *parts, const char **p, size_t prefix, uint64_t *key,
          lede_error *err)
{
    struct buf *out = &parts->blocks;
    struct waiting block;
    const char *first = *p + sizeof block;
    uint8_t *to = NULL;
    lede_status status = LEDE_STATUS_OK;

    memcpy(&block, *p, sizeof block);
    size_t rest = block.first_len - prefix;
    size_t known = rest < TERMS_KEY ? rest : TERMS_KEY;
    const char *heads = first + block.first_len;
    const char *suffixes = heads + 2 * (block.n - 1u);
    const char *coded = suffixes + block.suffixes / 2;
    const char *infos = coded + block.n * sizeof(uint32_t);
    *key = lede__terms_key(first + prefix, rest);
    *p = infos + block.infos;
    status = lede__buf_reserve(
        out, TERMS_BLOCK_HEAD + 3 * TERMS_BLOCK + TERM_MAX
        + block.suffixes / 2 + block.infos + TERMS_BLOCK * INFO_MAX, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    to = (uint8_t *)out->p + out->len;
    *to++ = (uint8_t)rest;
    *to++ = block.common;
    *to++ = (uint8_t)block.suffixes;
    *to++ = (uint8_t)(block.suffixes >> 8);
    out->len += TERMS_BLOCK_HEAD;
    add_bytes(out, heads, 2 * (block.n - 1u));
    to = (uint8_t *)out->p + out->len;
    out->len += block.n;
    add_bytes(out, first + prefix + known, rest - known);
    add_bytes(out, suffixes, block.suffixes / 2);
    for (unsigned i = 0; i < block.n; i++) {
        uint32_t one = 0;
        uint8_t info[INFO_MAX];

        memcpy(&one, coded + i * sizeof one, sizeof one);
        to[i] = one == NOT_CODED ? 0 : parts->codes[one];
        if (one == NOT_CODED) {
            size_t n = (uint8_t)*infos++;

            add_bytes(out, infos, n);
            infos += n;
        } else if (to[i] == 0) {
            add_bytes(out, info, (size_t)(write_out(info, one) - info));
        }
    }
    return put_place(parts, &block, err);
}

/* The levels of the tree over n keys. */
static lede_status
put_keys(struct buf *out, const uint64_t *keys, size_t n, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;
    size_t step = 1;

    while ((n + step - 1) / step > TERMS_FANOUT) {
        step *= TERMS_FANOUT;
    }
    for (; step > 0 && status == LEDE_STATUS_OK; step /= TERMS_FANOUT) {
        for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i += step) {
            status = lede__put64(out, keys[i], err);
        }
    }
    return status;
}

static lede_status
put_region(struct parts *parts, const struct terms_writer *writer,
           const struct region *region, lede_error *err)
{
    uint64_t *keys = calloc(region->n_blocks, sizeof *keys);
    const char *p = writer->waiting.p + region->start;
    const char *first = p + sizeof(struct waiting);
    uint8_t bytes[REGION_BYTES] = { 0 };
    lede_status status = LEDE_STATUS_OK;
    struct waiting block;

    if (keys == NULL) {
        return lede__fail_memory(err);
    }
    memcpy(&block, p, sizeof block);
    lede__set64(bytes, lede__terms_key(first, block.first_len));
    lede__set32(bytes + 8, region->blocks);
    lede__set32(bytes + 12, (uint32_t)(parts->keys.len / 8));
    lede__set32(bytes + 16, region->terms);
    lede__set32(bytes + 20, (uint32_t)parts->prefixes.len);
    lede__set32(bytes + 24, region->prefix_len);
    status = lede__buf_add(&parts->regions, bytes, sizeof bytes, err);
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_add(&parts->prefixes, first, region->prefix_len,
                               err);
    }
    for (uint32_t i = 0; i < region->n_blocks && status == LEDE_STATUS_OK;
         i++) {
        status = put_block(parts, &p, region->prefix_len, &keys[i], err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_keys(&parts->keys, keys, region->n_blocks, err);
    }
    free(keys);
    return status;
}

static lede_status
put_parts(struct parts *parts, struct buf *out, lede_error *err)
{
    static const char zeros[8] = { 0 };
    const struct buf *in_order[] = {
        &parts->blocks, &parts->keys, &parts->places, &parts->told,
        &parts->regions, &parts->prefixes,
    };
    uint32_t footer[] = {
        (uint32_t)(parts->regions.len / REGION_BYTES),
        (uint32_t)(parts->places.len / (4 + 2 * parts->offset_bytes)),
        (uint32_t)(parts->keys.len / 8),
        (uint32_t)(parts->told.len / TERMS_CODE_BYTES),
        (uint32_t)parts->prefixes.len, (uint32_t)parts->offset_bytes,
    };
    lede_status status = lede__buf_add(&parts->blocks, zeros,
                                       (8 - parts->blocks.len % 8) % 8, err);

    for (size_t i = 0; i < sizeof in_order / sizeof *in_order
         && status == LEDE_STATUS_OK; i++) {
        status = lede__buf_str(out, lede__buf_view(in_order[i]), err);
    }
    for (size_t i = 0; i < sizeof footer / sizeof *footer
         && status == LEDE_STATUS_OK; i++) {
        status = lede__put32(out, footer[i], err);
    }
    return status;
}

lede_status
lede__terms_end(struct terms_writer *writer, struct buf *out, lede_error *err)
{
    struct parts parts = {
        .blocks = BUF_INIT(UINT32_MAX - 8),     // ends are 32 bits
        .keys = BUF_INIT(BUF_MAX_ANY),
        .places = BUF_INIT(BUF_MAX_ANY),
        .told = BUF_INIT(BUF_MAX_ANY),
        .regions = BUF_INIT(BUF_MAX_ANY),
        .prefixes = BUF_INIT(UINT32_MAX),
    };
    lede_status status = end_region(writer, err);
    const struct region *regions = (const void *)writer->regions.p;
    size_t n = writer->regions.len / sizeof *regions;

    // no block's lists begin behind those
    parts.offset_bytes = (lede__bits_width(
        writer->next_postings | writer->next_positions | 1) + 7) / 8;
    if (status == LEDE_STATUS_OK) {
        status = choose_codes(writer, &parts.codes, &parts.told, err);
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = put_region(&parts, writer, &regions[i], err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_parts(&parts, out, err);
    }
    lede__buf_free(&parts.blocks);
    lede__buf_free(&parts.keys);
    lede__buf_free(&parts.places);
    lede__buf_free(&parts.told);
    lede__buf_free(&parts.regions);
    lede__buf_free(&parts.prefixes);
    free(parts.codes);
    return status;
}
