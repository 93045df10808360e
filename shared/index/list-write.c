/* list-write.c - encoder of the postings of a term; the bytes: list.h.

   A block is encoded as soon as it is full, so that what a list takes in
   memory is what it takes in the file.  The entries, which come first there,
   are kept apart until the end. */

#include "shared/index/list.h"

#include <stdlib.h>

#include "shared/analysis/analysis.h"
#include "shared/index/bytes.h"

#define ALL_ONE 0x40            // in a block's form
#define WORDS_MAX 63            // of a bitset
/* Bytes that a bitset may be larger: it is the faster of the two. */
#define BITSET_BONUS 8

struct entry {
    uint32_t last;
    uint32_t end;
    uint32_t places_end;
    uint8_t pairs[LIST_PAIRS][2];
};

struct list_writer {
    const struct kernel *kernel;
    float values[256];          // the lengths that bytes stand for
    const uint8_t *lengths;
    bool tf;
    bool with_positions;
    uint32_t df;
    uint32_t last;              // doc; UINT32_MAX: none yet
    /* the block that is being filled */
    uint32_t n;
    uint32_t before;            // the last doc of the block before
    uint32_t gaps[LIST_BLOCK];  // less one
    uint32_t tfs[LIST_BLOCK];   // less one
    uint32_t differences[LIST_BLOCK];
    uint8_t block_lengths[LIST_BLOCK];
    uint32_t all_tfs, all_differences;  // or-ed together
    uint32_t *positions;        // as places have them
    size_t n_positions, cap_positions;
    /* those before it */
    struct buf blocks, places;
    struct entry *entries;
    size_t n_entries, cap_entries;
    struct impact_set group_impacts;
    unsigned group_length;      // of its blocks, quantised and added up
    struct buf groups;
};

lede_status
lede__list_writer_new(struct list_writer **out, lede_error *err)
{
    struct list_writer *writer = calloc(1, sizeof *writer);

    *out = writer;
    if (writer == NULL) {
        return lede__fail_memory(err);
    }
    for (unsigned i = 0; i < 256; i++) {
        writer->values[i] = (float)lede__length_value((uint8_t)i);
    }
    writer->kernel = lede__kernel_best();
    // offsets are of 32 bits
    writer->blocks = (struct buf)BUF_INIT(UINT32_MAX);
    writer->places = (struct buf)BUF_INIT(UINT32_MAX);
    writer->groups = (struct buf)BUF_INIT(BUF_MAX_ANY);
    return LEDE_STATUS_OK;
}

void
lede__list_writer_free(struct list_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    free(writer->positions);
    free(writer->entries);
    lede__buf_free(&writer->blocks);
    lede__buf_free(&writer->places);
    lede__buf_free(&writer->groups);
    free(writer);
}

static void
begin_block(struct list_writer *writer)
{
    writer->n = 0;
    writer->before = writer->last;
    writer->all_tfs = 0;
    writer->all_differences = 0;
    writer->n_positions = 0;
}

void
lede__list_begin(struct list_writer *writer, bool tf, bool with_positions,
                 const uint8_t *lengths)
{
    writer->lengths = lengths;
    writer->tf = tf;
    writer->with_positions = with_positions && tf;
    writer->df = 0;
    writer->last = UINT32_MAX;
    writer->blocks.len = 0;
    writer->places.len = 0;
    writer->groups.len = 0;
    writer->n_entries = 0;
    writer->group_length = 0;
    lede__impact_set_clear(&writer->group_impacts);
    begin_block(writer);
}

/* ---- blocks ---- */

/* Append n values as frames. */
static lede_status
add_values(const struct list_writer *writer, struct buf *out,
           const uint32_t *values, size_t n, lede_error *err)
{
    lede_status status = lede__buf_reserve(out, lede__frames_max(n), err);

    if (status == LEDE_STATUS_OK) {
        out->len += lede__frames_write(writer->kernel,
                                       (uint8_t *)out->p + out->len, values,
                                       n);
    }
    return status;
}

/* One for each posting of the block. */
static lede_status
add_frames(const struct list_writer *writer, struct buf *out,
           const uint32_t *values, lede_error *err)
{
    return add_values(writer, out, values, writer->n, err);
}

/* The docs of the block as a bitset of `n` words. */
static lede_status
add_bitset(struct list_writer *writer, size_t n, lede_error *err)
{
    uint64_t words[WORDS_MAX] = { 0 };
    uint32_t at = UINT32_MAX;   // from the last of the block before, plus one
    lede_status status = lede__buf_reserve(&writer->blocks, 8 * n, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (uint32_t i = 0; i < writer->n; i++) {
        at += writer->gaps[i] + 1;
        words[at / 64] |= (uint64_t)1 << (at % 64);
    }
    for (size_t i = 0; i < n; i++) {
        lede__set64(writer->blocks.p + writer->blocks.len + 8 * i, words[i]);
    }
    writer->blocks.len += 8 * n;
    return LEDE_STATUS_OK;
}

/* The form and docs of the block. */
static lede_status
add_docs(struct list_writer *writer, lede_error *err)
{
    uint8_t form = writer->all_tfs == 0 ? ALL_ONE : 0;
    // before is -1 at the beginning
    size_t words = ((size_t)(writer->last - writer->before) + 63) / 64;
    size_t at = writer->blocks.len;
    lede_status status;

    status = lede__buf_char(&writer->blocks, (char)form, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (words > WORDS_MAX) {
        return add_frames(writer, &writer->blocks, writer->gaps, err);
    }
    // frames of dense docs take 2 bits each at least
    if (8 * words > LIST_BLOCK / 4) {
        status = add_frames(writer, &writer->blocks, writer->gaps, err);
        if (status != LEDE_STATUS_OK
            || writer->blocks.len - at <= 8 * words - BITSET_BONUS) {
            return status;
        }
        writer->blocks.len = at + 1;
    }
    writer->blocks.p[at] = (char)(form | words);
    return add_bitset(writer, words, err);
}

static lede_status
add_places(struct list_writer *writer, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    if (writer->all_differences != 0) {
        status = lede__buf_char(&writer->places, (char)FRAME_NONE, err);
        if (status == LEDE_STATUS_OK) {
            status = add_frames(writer, &writer->places, writer->differences,
                                err);
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = add_values(writer, &writer->places, writer->positions,
                            writer->n_positions, err);
    }
    return status;
}

/* The group of all blocks since the last. */
static lede_status
end_group(struct list_writer *writer, lede_error *err)
{
    unsigned n = (unsigned)(writer->n_entries - 1) % LIST_GROUP + 1;
    uint8_t pairs[LIST_GROUP_PAIRS][2];

    lede__impact_set_choose(&writer->group_impacts, writer->values,
                            writer->values[writer->group_length / n] + 1,
                            LIST_GROUP_PAIRS, pairs);
    writer->group_length = 0;
    lede__impact_set_clear(&writer->group_impacts);
    return lede__buf_add(&writer->groups, pairs, sizeof pairs, err);
}

/* The pairs of the block. */
static void
choose_pairs(struct list_writer *writer, uint8_t (*pairs)[2])
{
    struct impact_set set;
    unsigned total = 0;
    unsigned mean;

    lede__impact_set_clear(&set);
    for (uint32_t i = 0; i < writer->n; i++) {
        uint32_t tf = writer->tf ? writer->tfs[i] + 1 : 0;
        lede__impact_set_add(&set, lede__impact_tf(tf),
                             writer->block_lengths[i]);
        total += writer->block_lengths[i];
    }
    // lengths are quantised in steps that grow: this is near their median
    mean = total / writer->n;
    lede__impact_set_choose(&set, writer->values, writer->values[mean] + 1,
                            LIST_PAIRS, pairs);
    lede__impact_set_merge(&writer->group_impacts, &set);
    writer->group_length += mean;
}

/* Encode the block. */
static lede_status
end_block(struct list_writer *writer, lede_error *err)
{
    lede_status status;
    struct entry *entry;

    if (writer->n_entries == writer->cap_entries) {
        size_t cap = writer->cap_entries * 2 + 64;
        entry = realloc(writer->entries, cap * sizeof *entry);
        if (entry == NULL) {
            return lede__fail_memory(err);
        }
        writer->entries = entry;
        writer->cap_entries = cap;
    }
    status = add_docs(writer, err);
    if (status == LEDE_STATUS_OK && writer->all_tfs != 0) {
        status = add_frames(writer, &writer->blocks, writer->tfs, err);
    }
    if (status == LEDE_STATUS_OK && writer->with_positions) {
        status = add_places(writer, err);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    entry = &writer->entries[writer->n_entries++];
    entry->last = writer->last;
    entry->end = (uint32_t)writer->blocks.len;
    entry->places_end = (uint32_t)writer->places.len;
    choose_pairs(writer, entry->pairs);
    if (writer->n_entries % LIST_GROUP == 0) {
        status = end_group(writer, err);
    }
    begin_block(writer);
    return status;
}

/* ---- postings ---- */

/* Room for n positions more in the block. */
static lede_status
make_room(struct list_writer *writer, size_t n, lede_error *err)
{
    size_t needed = writer->n_positions + n;
    size_t cap = needed * 2 + 4 * LIST_BLOCK;
    uint32_t *positions;

    if (needed <= writer->cap_positions) {
        return LEDE_STATUS_OK;
    }
    positions = realloc(writer->positions, cap * sizeof *positions);
    if (positions == NULL) {
        return lede__fail_memory(err);
    }
    writer->positions = positions;
    writer->cap_positions = cap;
    return LEDE_STATUS_OK;
}

lede_status
lede__list_add(struct list_writer *writer, uint32_t doc, uint32_t tf,
               const uint32_t *positions, uint32_t n, lede_error *err)
{
    lede_status status;
    uint32_t i = writer->n;

    if (i == LIST_BLOCK) {
        status = end_block(writer, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        i = 0;
    }
    if (writer->with_positions) {
        uint32_t before = UINT32_MAX;
        uint32_t *to;
        status = make_room(writer, n, err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        to = writer->positions + writer->n_positions;
        for (uint32_t j = 0; j < n; j++) {
            to[j] = positions[j] - before - 1;
            before = positions[j];
        }
        writer->n_positions += n;
        writer->differences[i] = tf - n;
        writer->all_differences |= tf - n;
    }
    if (writer->tf) {
        writer->tfs[i] = tf - 1;
        writer->all_tfs |= tf - 1;
    }
    writer->block_lengths[i] = writer->lengths[doc];
    writer->gaps[i] = doc - writer->last - 1;
    writer->last = doc;
    writer->n = i + 1;
    writer->df++;
    return LEDE_STATUS_OK;
}

/* As many of n postings as the block has room for; *total: their
   positions. */
static uint32_t
add_to_block(struct list_writer *writer, const uint32_t *docs,
             const uint32_t *tfs, const uint32_t *counts, size_t n,
             size_t *total)
{
    uint32_t room = LIST_BLOCK - writer->n;
    uint32_t some = n < room ? (uint32_t)n : room;
    uint32_t *gaps = writer->gaps + writer->n;
    uint8_t *lengths = writer->block_lengths + writer->n;
    uint32_t last = writer->last;
    uint32_t all = 0;

    *total = 0;
    for (uint32_t i = 0; i < some; i++) {
        gaps[i] = docs[i] - last - 1;
        last = docs[i];
        lengths[i] = writer->lengths[last];
    }
    for (uint32_t i = 0; writer->tf && i < some; i++) {
        writer->tfs[writer->n + i] = tfs[i] - 1;
        all |= tfs[i] - 1;
    }
    writer->all_tfs |= all;
    all = 0;
    for (uint32_t i = 0; writer->with_positions && i < some; i++) {
        writer->differences[writer->n + i] = tfs[i] - counts[i];
        all |= tfs[i] - counts[i];
        *total += counts[i];
    }
    writer->all_differences |= all;
    writer->last = last;
    writer->n += some;
    writer->df += some;
    return some;
}

lede_status
lede__list_add_many(struct list_writer *writer, const uint32_t *docs,
                    const uint32_t *tfs, const uint32_t *counts, size_t n,
                    const uint32_t *gaps, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    while (n > 0 && status == LEDE_STATUS_OK) {
        size_t total = 0;
        uint32_t some;
        if (writer->n == LIST_BLOCK) {
            status = end_block(writer, err);
            if (status != LEDE_STATUS_OK) {
                break;
            }
        }
        some = add_to_block(writer, docs, tfs, counts, n, &total);
        docs += some;
        tfs += some;
        counts += some;
        n -= some;
        if (total > 0) {
            status = make_room(writer, total, err);
            if (status != LEDE_STATUS_OK) {
                break;
            }
            memcpy(writer->positions + writer->n_positions, gaps,
                   total * sizeof *gaps);
            writer->n_positions += total;
            gaps += total;
        }
    }
    return status;
}

/* ---- the end ---- */

/* As lede__buf_varint, where there is room. */
static char *
put_varint(char *to, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) {
        *to++ = (char)(value | 0x80);
    }
    *to++ = (char)value;
    return to;
}

#define VARINT_BYTES 5          // of 33 bits

static lede_status
end_short(struct list_writer *writer, struct buf *postings,
          struct buf *positions, lede_error *err)
{
    uint32_t at = 0;
    lede_status status;
    char *to;

    status = lede__buf_reserve(postings, 2 * VARINT_BYTES * LIST_SHORT, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    to = postings->p + postings->len;
    for (uint32_t i = 0; i < writer->n; i++) {
        uint64_t gap = writer->gaps[i];
        uint32_t tf = writer->tfs[i];
        if (!writer->tf) {
            to = put_varint(to, gap);
        } else if (tf == 0) {
            to = put_varint(to, gap << 1);
        } else {
            to = put_varint(to, gap << 1 | 1);
            to = put_varint(to, tf - 1);
        }
    }
    postings->len = (size_t)(to - postings->p);
    if (!writer->with_positions) {
        return LEDE_STATUS_OK;
    }
    status = lede__buf_reserve(positions,
                               2 + VARINT_BYTES
                               * (LIST_SHORT + writer->n_positions), err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    to = positions->p + positions->len;
    if (writer->all_differences != 0) {
        *to++ = (char)0x80;     // a zero that put_varint never makes
        *to++ = 0;
    }
    for (uint32_t i = 0; i < writer->n; i++) {
        uint32_t count = writer->tfs[i] + 1 - writer->differences[i];
        if (writer->all_differences != 0) {
            to = put_varint(to, count);
        }
        for (; count > 0; count--) {
            to = put_varint(to, writer->positions[at++]);
        }
    }
    positions->len = (size_t)(to - positions->p);
    return LEDE_STATUS_OK;
}

/* The entries of a list of many blocks. */
static lede_status
put_entries(const struct list_writer *writer, struct buf *out,
            lede_error *err)
{
    size_t n = writer->n_entries;
    size_t pairs = sizeof writer->entries->pairs;
    lede_status status = lede__buf_reserve(out, (8 + pairs) * n, err);
    char *to;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    to = out->p + out->len;
    for (size_t i = 0; i < n; i++) {
        const struct entry *entry = &writer->entries[i];
        lede__set32(to + 4 * i, entry->last);
        lede__set32(to + 4 * (n + i), entry->end);
        memcpy(to + 8 * n + pairs * i, entry->pairs, pairs);
    }
    out->len += (8 + pairs) * n;
    return lede__buf_str(out, lede__buf_view(&writer->groups), err);
}

static lede_status
end_long(struct list_writer *writer, struct buf *postings,
         struct buf *positions, lede_error *err)
{
    lede_status status = end_block(writer, err);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (writer->n_entries > 1) {
        if (writer->n_entries % LIST_GROUP != 0) {
            status = end_group(writer, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = put_entries(writer, postings, err);
        }
        for (size_t i = 0; i < writer->n_entries && writer->with_positions
             && status == LEDE_STATUS_OK; i++) {
            status = lede__put32(positions, writer->entries[i].places_end,
                                 err);
        }
    } else {
        status = lede__buf_add(postings, writer->entries[0].pairs,
                               sizeof writer->entries[0].pairs, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(postings, lede__buf_view(&writer->blocks), err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__buf_str(positions, lede__buf_view(&writer->places),
                               err);
    }
    return status;
}

lede_status
lede__list_end(struct list_writer *writer, struct buf *postings,
               struct buf *positions, struct list_info *info, lede_error *err)
{
    lede_status status;

    *info = (struct list_info){
        .df = writer->df,
        .tf = writer->tf,
        .with_positions = writer->with_positions,
        .postings = postings->len,
        .positions = positions->len,
    };
    if (writer->df < LIST_SHORT) {
        status = end_short(writer, postings, positions, err);
    } else {
        status = end_long(writer, postings, positions, err);
    }
    info->postings_len = postings->len - info->postings;
    info->positions_len = positions->len - info->positions;
    return status;
}
