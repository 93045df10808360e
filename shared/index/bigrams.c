/* bigrams.c - encoder and decoder of what stands after a segment's bigram
   lists; the bytes: bigrams.h.

   The section is mapped and looked into where it lies.  What is read is
   compared with the section's size, so that bytes that are wrong lead to a
   wrong answer or a status, never outside. */

#include "shared/index/bigrams.h"

#include "shared/index/bytes.h"
#include "shared/index/segment-format.h"

#define TAIL_BYTES 16

static uint64_t
row_bytes(uint64_t words)
{
    return (words + 63) / 64 * 8;
}

/* ---- reading ---- */

static lede_status
damaged(const struct segment *segment, lede_error *err)
{
    return lede__segment_damaged(segment, "its bigrams", err);
}

lede_status
lede__bigrams_open(struct bigrams *out, struct segment *segment,
                   lede_error *err)
{
    uint64_t size = segment->facts.sizes[SECTION_BIGRAMS];
    const uint8_t *p = segment->sections[SECTION_BIGRAMS];
    const uint8_t *tail;
    uint64_t words, lists, table;
    lede_status status;

    out->words = 0;
    if (size == 0) {
        return LEDE_STATUS_OK;
    }
    if (size < TAIL_BYTES) {
        return damaged(segment, err);
    }
    tail = p + size - TAIL_BYTES;
    status = lede__segment_verify(segment, tail, TAIL_BYTES, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    words = lede__get32(tail);
    lists = lede__get32(tail + 4);
    out->df_width = lede__get32(tail + 8);
    out->end_width = lede__get32(tail + 12);
    if (words > BIGRAM_WORDS || lists > words * words ||
        out->df_width > 32 || out->end_width > BITS_WIDTH_MAX) {
        return damaged(segment, err);
    }
    table = 12 * words + 2 * words * row_bytes(words) +
            lede__bits_bytes(lists, out->df_width) +
            lede__bits_bytes(lists, out->end_width);
    if (table > size - TAIL_BYTES) {
        return damaged(segment, err);
    }
    out->lists_len = size - TAIL_BYTES - table;
    out->places = p + out->lists_len;
    out->follow = out->places + 8 * words;
    out->kept = out->follow + words * row_bytes(words);
    out->before = out->kept + words * row_bytes(words);
    out->dfs = out->before + 4 * words;
    out->ends = out->dfs + lede__bits_bytes(lists, out->df_width);
    status = lede__segment_verify(segment, out->places, (size_t)table, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    out->words = (uint32_t)words;
    out->lists = (uint32_t)lists;
    return LEDE_STATUS_OK;
}

uint32_t
lede__bigrams_word(const struct bigrams *bigrams,
                   const struct list_info *info)
{
    uint32_t low = 0;
    uint32_t high = bigrams->words;

    if (!info->with_positions) {
        return bigrams->words;
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (lede__get64(bigrams->places + 8 * (size_t)middle) <
            info->positions) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < bigrams->words && info->positions_len > 0 &&
           lede__get64(bigrams->places + 8 * (size_t)low) == info->positions
               ? low : bigrams->words;
}

static inline bool
has_bit(const uint8_t *row, uint32_t b)
{
    return (row[b / 8] >> (b % 8) & 1) != 0;
}

/* The bits of a row before b. */
static uint32_t
rank(const uint8_t *row, uint32_t b)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < b / 64; i++) {
        n += (uint32_t)__builtin_popcountll(lede__get64(row + 8 * i));
    }
    if (b % 64 > 0) {
        uint64_t word = lede__get64(row + b / 64 * 8);

        n += (uint32_t)__builtin_popcountll(word << (64 - b % 64));
    }
    return n;
}

lede_status
lede__bigrams_find(const struct bigrams *bigrams, struct segment *segment,
                   uint32_t a, uint32_t b, enum bigram *known,
                   struct list_info *info, lede_error *err)
{
    size_t row = (size_t)row_bytes(bigrams->words);
    uint64_t from = 0;
    uint64_t to;
    uint32_t list;

    *known = BIGRAM_UNKNOWN;
    if (a >= bigrams->words || b >= bigrams->words) {
        return LEDE_STATUS_OK;
    }
    if (!has_bit(bigrams->kept + row * a, b)) {
        *known = has_bit(bigrams->follow + row * a, b) ? BIGRAM_UNKNOWN
                                                       : BIGRAM_NEVER;
        return LEDE_STATUS_OK;
    }
    list = rank(bigrams->kept + row * a, b);
    if (lede__get32(bigrams->before + 4 * (size_t)a) >=
        bigrams->lists - (list < bigrams->lists ? list : bigrams->lists)) {
        return damaged(segment, err);
    }
    list += lede__get32(bigrams->before + 4 * (size_t)a);
    to = lede__bits_get(bigrams->ends, list, bigrams->end_width);
    if (list > 0) {
        from = lede__bits_get(bigrams->ends, list - 1, bigrams->end_width);
    }
    if (from > to || to > bigrams->lists_len) {
        return damaged(segment, err);
    }
    *info = (struct list_info){
        .df = (uint32_t)lede__bits_get(bigrams->dfs, list,
                                       bigrams->df_width),
        .tf = true, .bigram = true, .postings = from,
        .postings_len = to - from,
    };
    if (info->df == 0 || info->df > segment->facts.docs) {
        return damaged(segment, err);
    }
    *known = BIGRAM_LIST;
    return LEDE_STATUS_OK;
}

/* ---- writing ---- */

/* Rows of bits, of codes that have a df or that have a list. */
static lede_status
put_rows(const struct bigrams_table *table, bool kept, struct buf *out,
         lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (uint32_t a = 0; a < table->words; a++) {
        uint8_t row[(BIGRAM_WORDS + 63) / 64 * 8] = { 0 };

        for (uint32_t b = 0; b < table->words; b++) {
            uint32_t code = a * BIGRAM_WORDS + b;

            if (kept ? table->kept[code] : table->dfs[code] > 0) {
                row[b / 8] |= (uint8_t)(1u << b % 8);
            }
        }
        status = lede__buf_add(out, row, (size_t)row_bytes(table->words),
                               err);
        if (status != LEDE_STATUS_OK) {
            break;
        }
    }
    return status;
}

/* The dfs of the lists, or where they end. */
static lede_status
put_numbers(const struct bigrams_table *table, uint32_t lists, bool ends,
            unsigned width, struct buf *out, lede_error *err)
{
    uint64_t bytes = lede__bits_bytes(lists, width);
    lede_status status = lede__buf_reserve(out, (size_t)bytes + BITS_SLACK,
                                           err);
    uint8_t *to;
    uint64_t list = 0;

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    to = (uint8_t *)out->p + out->len;
    memset(to, 0, (size_t)bytes + BITS_SLACK);
    for (uint32_t code = 0; code < table->words * BIGRAM_WORDS; code++) {
        if (table->kept[code]) {
            lede__bits_set(to, list, width,
                           ends ? table->ends[list] : table->dfs[code]);
            list++;
        }
    }
    out->len += (size_t)bytes;
    return LEDE_STATUS_OK;
}

lede_status
lede__bigrams_write(const struct bigrams_table *table, struct buf *out,
                    lede_error *err)
{
    uint32_t most = 0;
    uint32_t lists = 0;
    unsigned df_width, end_width;
    lede_status status = LEDE_STATUS_OK;

    for (uint32_t a = 0; a < table->words && status == LEDE_STATUS_OK; a++) {
        status = lede__put64(out, table->places[a], err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_rows(table, false, out, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_rows(table, true, out, err);
    }
    for (uint32_t a = 0; a < table->words && status == LEDE_STATUS_OK; a++) {
        status = lede__put32(out, lists, err);
        for (uint32_t b = 0; b < table->words; b++) {
            uint32_t code = a * BIGRAM_WORDS + b;

            if (table->kept[code]) {
                lists++;
                most = table->dfs[code] > most ? table->dfs[code] : most;
            }
        }
    }
    df_width = lede__bits_width(most);
    end_width = lists == 0 ? 0 : lede__bits_width(table->ends[lists - 1]);
    if (status == LEDE_STATUS_OK) {
        status = put_numbers(table, lists, false, df_width, out, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = put_numbers(table, lists, true, end_width, out, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__put32(out, table->words, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__put32(out, lists, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__put32(out, df_width, err);
    }
    return status == LEDE_STATUS_OK ? lede__put32(out, end_width, err)
                                    : status;
}
