/* native-bigrams.c - which frequent words stand side by side in a segment; see
   native-bigrams.h.

   The lists of the words are walked once, WINDOW docs at a time: each word is
   written down at its places in the docs, a byte each, so that one look along a
   doc shows which follow each other.  That is counted, and noted, doc by doc;
   when it is known which pairs get lists, the notes are read again, for as many
   pairs at a time as memory allows.  (Of a pair that is too common already
   nothing more is noted.)  Each thread does so for a range of docs: where its
   notes come among the postings of a pair is known when all have counted.  Then
   each makes the lists of a range of pairs, and these are written in order.

   A place has one exact form.  A segment where it has two, which nothing
   writes, gets no bigrams. */

#include "indexer/native-bigrams.h"

#include <stdlib.h>

#include "indexer/native-build.h"
#include "shared/base/file.h"
#include "shared/index/bigrams.h"
#include "shared/index/bytes.h"

#define WINDOW 64u
/* Places of a doc that have a byte while its window is walked. */
#define ROW 4096u
/* Zeros after a row, so that it is looked at in eights. */
#define ROW_SLACK 16
/* Rows at multiples of 4096 would share cache sets. */
#define ROW_BYTES (ROW + 5 * 64)
/* Places of a longer doc that are looked at at once. */
#define SPAN ((uint32_t)1 << 16)
#define CODES ((uint32_t)BIGRAM_WORDS * BIGRAM_WORDS)
#define NONE UINT32_MAX

/* Of the memory of a build, what postings and lists may take; of this, what
   notes may, too, before they go to temporary files. */
#define MEMORY_PART 32
#define NOTES_PART 4
/* A block with more positions than these is not unpacked as a whole. */
#define BLOCK_POSITIONS 4096u

/* A word's list, as it is walked. */
struct cursor {
    struct list_reader list;
    uint32_t at;                // in the block
    bool unpacked;              // to these:
    const uint32_t *gaps, *starts;
};

/* A word in a doc that is longer than a row. */
struct seen {
    size_t from;                // of its positions
    uint32_t n;
    uint32_t doc;
    uint8_t mark;
};

/* A posting of a pair. */
struct meeting {
    uint32_t doc, tf;
};

struct pairing {
    struct segment *segment;
    const char *folder;
    uint64_t memory;
    uint32_t words;
    uint64_t places[BIGRAM_WORDS];
    struct part *parts;
    unsigned n_parts;
    struct meeting *meetings;
    bool clash;                 // in any part
    struct buf ends;            // uint64_t: of the lists written
    /* by code */
    uint32_t *dfs;
    uint32_t *most;             // a df above gets no list
    bool *kept;
};

/* What a thread does. */
struct part {
    const struct pairing *all;
    uint32_t from, to;          // docs
    struct cursor cursors[BIGRAM_WORDS];
    /* of the window, by place: a word + 1, or 0; zero between windows */
    uint8_t rows[WINDOW * ROW_BYTES];
    uint32_t ends[WINDOW];      // after the last place of each row
    /* what is in no row */
    struct buf seen;            // struct seen
    struct buf positions;       // uint32_t
    uint8_t span[SPAN + ROW_SLACK];     // as a row; zero between
    uint16_t touched[CODES + 1];        // codes in a doc, each once
    bool clash;                 // two words at a place
    /* by code */
    uint32_t tfs[CODES];        // in a doc; zero between
    uint32_t dfs[CODES];        // in these docs
    uint32_t next[CODES];       // where its next posting comes
    /* notes: doc u32, n u32, { code u16, tf u8, tf u32 where that is 255 } */
    struct buf notes;
    struct buf chunks;          // uint64_t: lengths of those in the file
    int fd;
    /* lists of the pairs from `code` to before `end` */
    uint32_t code, end;
    const struct meeting *meetings;
    struct list_writer *writer;
    struct buf bytes;
    struct buf ends_of;         // uint64_t: where each ends, in bytes
    lede_status status;
    lede_error error;
};

/* ---- walking their lists ---- */

/* To the first doc >= `doc`, and its block loaded. */
static lede_status
load(struct cursor *cursor, uint32_t doc, lede_error *err)
{
    struct list_reader *list = &cursor->list;
    uint64_t sum = 0;
    lede_status status = lede__list_advance(list, doc, err);

    cursor->at = 0;
    cursor->unpacked = false;
    if (status != LEDE_STATUS_OK || list->count == 0) {
        return status;
    }
    while (list->docs[cursor->at] < doc) {
        cursor->at++;
    }
    status = lede__list_tfs(list, err);
    for (uint32_t i = 0; i < list->count; i++) {
        sum += list->tfs[i];
    }
    if (status != LEDE_STATUS_OK || sum > BLOCK_POSITIONS ||
        list->df < LIST_SHORT) {
        return status;
    }
    status = lede__list_block_gaps(list, &cursor->gaps, &cursor->starts, err);
    cursor->unpacked = status == LEDE_STATUS_OK;
    for (uint32_t i = 0; i < list->count && cursor->unpacked; i++) {
        // an article with tf and without positions
        cursor->unpacked = cursor->starts[i] < cursor->starts[i + 1];
    }
    return status;
}

/* A word that goes beyond the row of its doc. */
static lede_status
put_aside(struct part *x, uint32_t doc, uint8_t mark,
          const uint32_t *positions, uint32_t n, lede_error *err)
{
    struct seen seen = { x->positions.len / sizeof *positions, n, doc, mark };
    lede_status status = lede__buf_add(&x->seen, &seen, sizeof seen, err);

    return status == LEDE_STATUS_OK
               ? lede__buf_add(&x->positions, positions,
                               n * sizeof *positions, err) : status;
}

/* The posting that the cursor is at to the row of its doc, or aside. */
static lede_status
deal_posting(struct part *x, struct cursor *cursor, uint32_t doc,
             uint8_t mark, lede_error *err)
{
    uint8_t *row = x->rows + doc * ROW_BYTES;
    const uint32_t *positions;
    uint32_t n;
    lede_status status = lede__list_positions(&cursor->list, cursor->at,
                                              &positions, &n, err);

    if (status != LEDE_STATUS_OK || n == 0) {
        return status;
    }
    if (positions[n - 1] >= ROW) {
        return put_aside(x, doc, mark, positions, n, err);
    }
    for (uint32_t i = 0; i < n; i++) {
        x->clash |= row[positions[i]] != 0 && row[positions[i]] != mark;
        row[positions[i]] = mark;
    }
    if (positions[n - 1] >= x->ends[doc]) {
        x->ends[doc] = positions[n - 1] + 1;
    }
    return LEDE_STATUS_OK;
}

/* The postings of an unpacked block from cursor->at to before `end`, without a
   branch for each; false where a row is too short, and these postings are to be
   dealt one by one. */
static bool
deal_block(struct part *x, const struct cursor *cursor, uint32_t end,
           uint32_t first, uint8_t mark)
{
    // rows may be anything to a compiler: what it need not read again is here
    uint8_t *rows = x->rows;
    uint32_t *ends = x->ends;
    const uint32_t *all = cursor->gaps;
    const uint32_t *starts = cursor->starts + cursor->at;
    const uint32_t *docs = cursor->list.docs + cursor->at;
    uint32_t last = cursor->starts[end];
    uint32_t doc;
    uint32_t place = UINT32_MAX;
    uint8_t clash = 0;

    for (uint32_t i = starts[0]; i < last; i++) {
        bool next = i == starts[1];
        uint8_t *to;

        starts += next;
        docs += next;
        doc = *docs - first;
        place = all[i] + (next ? 0 : place + 1);
        if (place >= ROW) {
            return false;
        }
        to = &rows[doc * ROW_BYTES + place];
        clash |= *to;
        *to = mark;
        ends[doc] = place >= ends[doc] ? place + 1 : ends[doc];
    }
    x->clash |= clash != 0;
    return true;
}

/* What a word has in the window from `first` on, to the rows of its docs. */
static lede_status
deal(struct part *x, uint32_t word, uint32_t first, lede_error *err)
{
    struct cursor *cursor = &x->cursors[word];
    struct list_reader *list = &cursor->list;
    uint8_t mark = (uint8_t)(word + 1);
    lede_status status = LEDE_STATUS_OK;

    while (list->count > 0 && list->docs[cursor->at] - first < WINDOW &&
           status == LEDE_STATUS_OK) {
        uint32_t end = cursor->at + 1;

        while (end < list->count && list->docs[end] - first < WINDOW) {
            end++;
        }
        // what is asked for one by one takes the room of what is unpacked
        cursor->unpacked = cursor->unpacked &&
                           deal_block(x, cursor, end, first, mark);
        if (cursor->unpacked) {
            cursor->at = end;
        }
        for (; cursor->at < end && status == LEDE_STATUS_OK; cursor->at++) {
            status = deal_posting(x, cursor,
                                  list->docs[cursor->at] - first, mark, err);
        }
        if (end == list->count && status == LEDE_STATUS_OK) {
            status = load(cursor, list->docs[end - 1] + 1, err);
        }
    }
    return status;
}

/* The high bit of each byte that is not 0. */
static inline uint64_t
filled(uint64_t bytes)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7f;

    return (((bytes & low) + low) | bytes) & ~low;
}

/* Which words follow others at the first n places; after the row are
   ROW_SLACK zeros.  Codes not yet met in the doc are added to x->touched;
   returns how many there are now. */
static size_t
scan_row(struct part *x, const uint8_t *row, uint32_t n, size_t touched)
{
    uint32_t *tfs = x->tfs;

    for (uint32_t i = 0; i < n; i += 8) {
        uint64_t both = filled(lede__get64(row + i)) &
                        filled(lede__get64(row + i + 1));

        for (; both != 0; both &= both - 1) {
            uint32_t at = i + (uint32_t)__builtin_ctzll(both) / 8;
            uint32_t code = (row[at] - 1u) * BIGRAM_WORDS + row[at + 1] - 1u;

            x->touched[touched] = (uint16_t)code;
            touched += tfs[code]++ == 0;
        }
    }
    return touched;
}

/* What was put aside of a doc, and lies in the span from `base` on, or one
   after it, to its places.  Returns after which place there is nothing. */
static uint32_t
fill_span(struct part *x, uint32_t doc, uint32_t base)
{
    const uint32_t *all = (const uint32_t *)(const void *)x->positions.p;
    struct seen *seen = (struct seen *)(void *)x->seen.p;
    size_t n_seen = x->seen.len / sizeof *seen;
    uint32_t end = 0;

    for (size_t i = 0; i < n_seen; i++) {
        uint8_t mark = seen[i].mark;
        uint32_t j = 0;

        if (seen[i].doc != doc) {
            continue;
        }
        for (; j < seen[i].n && all[seen[i].from + j] - base <= SPAN; j++) {
            uint32_t place = all[seen[i].from + j] - base;

            x->clash |= x->span[place] != 0 && x->span[place] != mark;
            x->span[place] = mark;
            end = place >= end ? place + 1 : end;
        }
        // the last one is the first of the next span
        j -= j > 0 && all[seen[i].from + j - 1] - base == SPAN;
        seen[i].from += j;
        seen[i].n -= j;
    }
    return end;
}

/* The first place of a doc that has not yet been in a span; NONE: there is
   none. */
static uint32_t
next_place(const struct part *x, uint32_t doc)
{
    const uint32_t *all = (const uint32_t *)(const void *)x->positions.p;
    const struct seen *seen = (const struct seen *)(const void *)x->seen.p;
    size_t n_seen = x->seen.len / sizeof *seen;
    uint32_t next = NONE;

    for (size_t i = 0; i < n_seen; i++) {
        if (seen[i].doc == doc && seen[i].n > 0 &&
            all[seen[i].from] < next) {
            next = all[seen[i].from];
        }
    }
    return next;
}

/* A doc of the window: its codes in x->touched; returns how many. */
static size_t
scan_doc(struct part *x, uint32_t doc)
{
    uint8_t *row = x->rows + doc * ROW_BYTES;
    uint32_t end = x->ends[doc];
    uint32_t base = 0;
    size_t touched = 0;

    if (x->seen.len == 0 || next_place(x, doc) == NONE) {
        touched = scan_row(x, row, end, 0);
        memset(row, 0, end);
        return touched;
    }
    memcpy(x->span, row, end);
    memset(row, 0, end);
    while (base != NONE && !x->clash) {
        uint32_t own_end = fill_span(x, doc, base);

        end = own_end > end ? own_end : end;
        touched = scan_row(x, x->span, end < SPAN ? end : SPAN, touched);
        memset(x->span, 0, end);
        end = 0;
        base = next_place(x, doc);
    }
    return touched;
}

/* The pairs of a doc to the notes, and counted. */
static lede_status
note(struct part *x, uint32_t doc, size_t n, lede_error *err)
{
    lede_status status = lede__buf_reserve(&x->notes, 8 + 7 * n, err);
    const uint32_t *most = x->all->most;
    uint32_t noted = 0;
    uint8_t *head, *to;

    if (status != LEDE_STATUS_OK || n == 0) {
        return status;
    }
    head = (uint8_t *)x->notes.p + x->notes.len;
    to = head + 8;
    for (size_t i = 0; i < n; i++) {
        uint16_t code = x->touched[i];
        uint32_t tf = x->tfs[code];
        bool again = x->dfs[code]++ < most[code];

        x->tfs[code] = 0;
        to[0] = (uint8_t)code;
        to[1] = (uint8_t)(code >> 8);
        to[2] = (uint8_t)(tf < UINT8_MAX ? tf : UINT8_MAX);
        to += again ? 3 : 0;
        noted += again;
        if (tf >= UINT8_MAX && again) {
            lede__set32(to, tf);
            to += 4;
        }
    }
    lede__set32(head, doc);
    lede__set32(head + 4, noted);
    x->notes.len = (size_t)((char *)to - x->notes.p);
    return status;
}

/* Notes that are many to the file. */
static lede_status
hold_notes(struct part *x, lede_error *err)
{
    uint64_t len = x->notes.len;
    lede_status status = LEDE_STATUS_OK;

    if (len <= x->all->memory / NOTES_PART / x->all->n_parts) {
        return status;
    }
    if (x->fd < 0) {
        status = lede__file_temporary(&x->fd, x->all->folder, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__file_append(x->fd, x->notes.p, x->notes.len,
                                   x->all->folder, err);
    }
    x->notes.len = 0;
    return status == LEDE_STATUS_OK
               ? lede__buf_add(&x->chunks, &len, sizeof len, err) : status;
}

static void *
scan_part(void *payload)
{
    struct part *x = payload;
    lede_error *err = &x->error;
    uint32_t words = x->all->words;
    lede_status status = LEDE_STATUS_OK;

    for (uint32_t i = 0; i < words && status == LEDE_STATUS_OK; i++) {
        status = load(&x->cursors[i], x->from, err);
    }
    for (uint32_t first = x->from; first < x->to && !x->clash &&
                                   status == LEDE_STATUS_OK;) {
        x->positions.len = 0;
        x->seen.len = 0;
        memset(x->ends, 0, sizeof x->ends);
        for (uint32_t i = 0; i < words && status == LEDE_STATUS_OK; i++) {
            status = deal(x, i, first, err);
        }
        for (uint32_t i = 0; i < WINDOW && !x->clash &&
                             status == LEDE_STATUS_OK; i++) {
            status = note(x, first + i, scan_doc(x, i), err);
        }
        if (status == LEDE_STATUS_OK) {
            status = hold_notes(x, err);
        }
        first += x->to - first < WINDOW ? x->to - first : WINDOW;
    }
    x->status = status;
    return NULL;
}

/* ---- lists ---- */

/* Notes that are of pairs in hand become postings. */
static void
deal_notes(struct part *x, struct str notes)
{
    struct meeting *meetings = x->all->meetings;
    const uint8_t *p = (const uint8_t *)notes.p;
    const uint8_t *end = p + notes.len;

    while (p < end) {
        uint32_t doc = lede__get32(p);
        uint32_t n = lede__get32(p + 4);

        p += 8;
        for (; n > 0; n--) {
            uint32_t code = p[0] | (uint32_t)p[1] << 8;
            uint32_t tf = p[2];

            p += 3;
            if (tf == UINT8_MAX) {
                tf = lede__get32(p);
                p += 4;
            }
            // of a pair that came to be too common there are notes, too
            if (x->next[code] != NONE) {
                meetings[x->next[code]++] = (struct meeting){ doc, tf };
            }
        }
    }
}

static void *
read_notes(void *payload)
{
    struct part *x = payload;
    const uint64_t *lens = (const uint64_t *)(const void *)x->chunks.p;
    size_t n = x->chunks.len / sizeof *lens;
    struct buf chunk = BUF_INIT(BUF_MAX_ANY);
    uint64_t at = 0;

    for (size_t i = 0; i < n && x->status == LEDE_STATUS_OK; i++) {
        chunk.len = 0;
        x->status = lede__file_read_at(&chunk, x->fd, at, (size_t)lens[i],
                                       x->all->folder, &x->error);
        at += lens[i];
        if (x->status == LEDE_STATUS_OK) {
            deal_notes(x, lede__buf_view(&chunk));
        }
    }
    lede__buf_free(&chunk);
    deal_notes(x, lede__buf_view(&x->notes));
    return NULL;
}

/* The lists of a part's pairs. */
static void *
make_lists(void *payload)
{
    struct part *x = payload;
    const struct pairing *all = x->all;
    const uint8_t *lengths = lede__segment_lengths(all->segment);
    const struct meeting *meeting = x->meetings;
    struct buf none = BUF_INIT(BUF_MAX_ANY);
    lede_error *err = &x->error;

    x->bytes.len = 0;
    x->ends_of.len = 0;
    for (uint32_t code = x->code;
         code < x->end && x->status == LEDE_STATUS_OK; code++) {
        struct list_info info;
        uint64_t end;

        if (!all->kept[code]) {
            continue;
        }
        lede__list_begin(x->writer, true, false, lengths);
        for (uint32_t i = 0;
             i < all->dfs[code] && x->status == LEDE_STATUS_OK;
             i++, meeting++) {
            x->status = lede__list_add(x->writer, meeting->doc, meeting->tf,
                                       NULL, 0, err);
        }
        if (x->status == LEDE_STATUS_OK) {
            x->status = lede__list_end(x->writer, &x->bytes, &none, &info,
                                       err);
        }
        end = x->bytes.len;
        if (x->status == LEDE_STATUS_OK) {
            x->status = lede__buf_add(&x->ends_of, &end, sizeof end, err);
        }
    }
    lede__buf_free(&none);
    return NULL;
}

/* ---- all parts ---- */

static lede_status
in_parts(struct pairing *x, void *(*work)(void *part), lede_error *err)
{
    lede__in_threads(x->parts, sizeof *x->parts, x->n_parts, work);
    for (unsigned i = 0; i < x->n_parts; i++) {
        if (x->parts[i].status != LEDE_STATUS_OK) {
            if (err != NULL) {
                *err = x->parts[i].error;
            }
            return x->parts[i].status;
        }
    }
    return LEDE_STATUS_OK;
}

/* Count, and choose which pairs get lists. */
static lede_status
scan_all(struct pairing *x, lede_error *err)
{
    lede_status status = in_parts(x, scan_part, err);

    for (unsigned i = 0; i < x->n_parts; i++) {
        x->clash |= x->parts[i].clash;
        for (uint32_t code = 0; code < CODES; code++) {
            x->dfs[code] += x->parts[i].dfs[code];
        }
    }
    for (uint32_t code = 0; code < CODES; code++) {
        x->kept[code] = x->dfs[code] > 0 && x->dfs[code] <= x->most[code];
    }
    return status;
}

/* Where the postings of the pairs from `code` on come, as many as there is
   room for, and which thread makes their lists.  Returns the first pair that
   there is no room for. */
static uint32_t
make_places(struct pairing *x, uint32_t code, size_t room, size_t left)
{
    size_t share = (room < left ? room : left) / x->n_parts + 1;
    unsigned part = 0;
    size_t n = 0;

    for (unsigned i = 0; i < x->n_parts; i++) {
        memset(x->parts[i].next, 0xFF, sizeof x->parts[i].next);
        x->parts[i].code = x->parts[i].end = CODES;
    }
    x->parts[0].code = code;
    x->parts[0].meetings = x->meetings;
    for (; code < CODES; code++) {
        if (!x->kept[code]) {
            continue;
        }
        if (n > 0 && x->dfs[code] > room - n) {
            break;
        }
        if (n >= share * (part + 1)) {
            x->parts[part++].end = code;
            x->parts[part].code = code;
            x->parts[part].meetings = x->meetings + n;
        }
        for (unsigned i = 0; i < x->n_parts; i++) {
            x->parts[i].next[code] = (uint32_t)n;
            n += x->parts[i].dfs[code];
        }
    }
    x->parts[part].end = code;
    return code;
}

/* The lists that were made to the section. */
static lede_status
put_lists(struct pairing *x, struct segment_writer *to, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (unsigned i = 0; i < x->n_parts && status == LEDE_STATUS_OK; i++) {
        struct part *part = &x->parts[i];
        uint64_t *own = (uint64_t *)(void *)part->ends_of.p;
        uint64_t base = lede__segment_written(to, SECTION_BIGRAMS);

        for (size_t j = 0; j < part->ends_of.len / sizeof *own; j++) {
            own[j] += base;
        }
        status = lede__buf_str(&x->ends, lede__buf_view(&part->ends_of), err);
        if (status == LEDE_STATUS_OK) {
            status = lede__segment_append(to, SECTION_BIGRAMS,
                                          lede__buf_view(&part->bytes), err);
        }
    }
    return status;
}

static lede_status
put_section(struct pairing *x, struct segment_writer *to, lede_error *err)
{
    struct bigrams_table table = {
        .places = x->places, .words = x->words, .dfs = x->dfs, .kept = x->kept,
    };
    // a list takes less than the postings that it is made of
    size_t room = (size_t)(x->memory / 2 / sizeof *x->meetings);
    size_t all = 0;
    uint32_t most = 0;
    uint32_t end = 0;
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    for (uint32_t code = 0; code < CODES; code++) {
        if (x->kept[code]) {
            all += x->dfs[code];
            most = x->dfs[code] > most ? x->dfs[code] : most;
        }
    }
    room = room > all ? all : room < most ? most : room;
    x->meetings = malloc((room + 1) * sizeof *x->meetings);
    if (x->meetings == NULL) {
        return lede__fail_memory(err);
    }
    while (end < CODES && all > 0 && status == LEDE_STATUS_OK) {
        end = make_places(x, end, room, all);
        status = in_parts(x, read_notes, err);
        if (status == LEDE_STATUS_OK) {
            status = in_parts(x, make_lists, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = put_lists(x, to, err);
        }
    }
    table.ends = (const uint64_t *)(const void *)x->ends.p;
    if (status == LEDE_STATUS_OK) {
        status = lede__bigrams_write(&table, &bytes, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(to, SECTION_BIGRAMS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    return status;
}

/* ---- all of it ---- */

/* Parts of whole windows. */
static lede_status
open_pairing(struct pairing *x, const struct list_info *words, uint32_t docs,
             const struct build_means *means, lede_error *err)
{
    uint32_t windows = docs / WINDOW + (docs % WINDOW > 0);
    uint32_t n = windows / 2 < means->threads ? windows / 2 : means->threads;
    lede_status status = LEDE_STATUS_OK;

    n = n == 0 ? 1 : n > BUILD_THREADS ? BUILD_THREADS : n;
    x->parts = calloc(n, sizeof *x->parts);
    x->dfs = calloc(CODES, sizeof *x->dfs);
    x->most = calloc(CODES, sizeof *x->most);
    x->kept = calloc(CODES, sizeof *x->kept);
    if (x->parts == NULL || x->dfs == NULL || x->most == NULL ||
        x->kept == NULL) {
        return lede__fail_memory(err);
    }
    for (uint32_t i = 0; i < x->words; i++) {
        for (uint32_t j = 0; j < x->words; j++) {
            x->most[i * BIGRAM_WORDS + j] =
                (words[i].df < words[j].df ? words[i].df : words[j].df) /
                BIGRAM_SAVES;
        }
        x->places[i] = words[i].positions;
    }
    for (; x->n_parts < n && status == LEDE_STATUS_OK; x->n_parts++) {
        struct part *part = &x->parts[x->n_parts];
        uint64_t i = x->n_parts;

        part->all = x;
        part->fd = -1;
        part->from = (uint32_t)(windows * i / n * WINDOW);
        part->to = i + 1 == n ? docs
                              : (uint32_t)(windows * (i + 1) / n * WINDOW);
        part->seen.max = part->positions.max = part->notes.max =
            part->chunks.max = part->bytes.max = part->ends_of.max =
                BUF_MAX_ANY;
        for (uint32_t j = 0; j < x->words && status == LEDE_STATUS_OK; j++) {
            status = lede__list_open(&part->cursors[j].list, x->segment,
                                     means->kernel, &words[j], 0, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__list_writer_new(&part->writer, err);
        }
    }
    return status;
}

static void
close_pairing(struct pairing *x)
{
    for (unsigned i = 0; i < x->n_parts; i++) {
        struct part *part = &x->parts[i];

        for (uint32_t j = 0; j < x->words; j++) {
            lede__list_close(&part->cursors[j].list);
        }
        lede__buf_free(&part->seen);
        lede__buf_free(&part->positions);
        lede__buf_free(&part->notes);
        lede__buf_free(&part->chunks);
        lede__buf_free(&part->bytes);
        lede__buf_free(&part->ends_of);
        lede__list_writer_free(part->writer);
        lede__file_close(part->fd);
    }
    free(x->parts);
    free(x->meetings);
    lede__buf_free(&x->ends);
    free(x->dfs);
    free(x->most);
    free(x->kept);
    lede__segment_close(x->segment);
}

lede_status
lede__bigrams_put(const struct list_info *words, size_t n,
                  struct segment_writer *writer,
                  const struct segment_facts *facts,
                  const struct build_means *means, lede_error *err)
{
    struct pairing x = {
        .folder = means->folder, .memory = means->memory / MEMORY_PART,
        .words = (uint32_t)n, .ends = BUF_INIT(BUF_MAX_ANY),
    };
    lede_status status = lede__segment_preview(writer, facts, &x.segment, err);

    if (status == LEDE_STATUS_OK) {
        status = open_pairing(&x, words, facts->docs, means, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = scan_all(&x, err);
    }
    if (status == LEDE_STATUS_OK && !x.clash) {
        status = put_section(&x, writer, err);
    }
    close_pairing(&x);
    return status;
}
