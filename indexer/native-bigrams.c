/* native-bigrams.c - which frequent words stand side by side in a segment; see
   native-bigrams.h.

   The lists of the words are walked once, WINDOW docs at a time: each word is
   written down at its places in the docs, a byte each, so that one look along a
   doc shows which follow each other.  That is counted, and noted, doc by doc;
   when it is known which pairs get lists, the notes are read again, for as many
   pairs at a time as memory allows.  (Of a pair that is too common already
   nothing more is noted.)

   A place has one exact form.  A segment where it has two, which nothing
   writes, gets no bigrams. */

#include "indexer/native-bigrams.h"

#include <stdlib.h>

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

/* Candidates before all but the best are dropped. */
#define WORDS_HELD ((size_t)4096)
/* Of the memory, what notes may take before they go to a temporary file. */
#define NOTES_PART 4
/* Bytes of lists before they are written. */
#define LISTS_HELD ((size_t)256 << 10)
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
    uint32_t docs;
    uint32_t words;
    uint64_t places[BIGRAM_WORDS];
    struct cursor *cursors;
    /* of the window, by place: a word + 1, or 0; zero between windows */
    uint8_t *rows;
    uint32_t ends[WINDOW];      // after the last place of each row
    /* what is in no row */
    struct buf seen;            // struct seen
    struct buf positions;       // uint32_t
    uint8_t *span;              // as a row; zero between
    uint16_t *touched;          // codes in a doc, each once
    bool clash;                 // two words at a place
    /* by code */
    uint32_t *tfs;              // in a doc; zero between
    uint32_t *dfs;
    uint32_t *most;             // a df above gets no list
    uint32_t *next;             // where its next posting comes
    bool *kept;
    /* notes: doc u32, n u32, { code u16, tf u8, tf u32 where that is 255 } */
    struct buf notes;
    struct buf chunks;          // uint64_t: lengths of those in the file
    int fd;
};

/* ---- which words ---- */

void
lede__bigrams_begin(struct bigrams_maker *maker, uint32_t docs, uint32_t df)
{
    uint32_t least = df > 0 ? df : BIGRAM_DF;

    *maker = (struct bigrams_maker){
        .least = least > docs / BIGRAM_SHARE ? least : docs / BIGRAM_SHARE,
        .docs = docs, .words = BUF_INIT(BUF_MAX_ANY),
    };
}

void
lede__bigrams_end(struct bigrams_maker *maker)
{
    lede__buf_free(&maker->words);
}

static int
compare_dfs(const void *a, const void *b)
{
    const struct list_info *x = a;
    const struct list_info *y = b;

    if (x->df != y->df) {
        return x->df > y->df ? -1 : 1;
    }
    return (x->positions > y->positions) - (x->positions < y->positions);
}

static int
compare_places(const void *a, const void *b)
{
    const struct list_info *x = a;
    const struct list_info *y = b;

    return (x->positions > y->positions) - (x->positions < y->positions);
}

/* Leave the most frequent words; returns how many there are. */
static size_t
choose(struct bigrams_maker *maker)
{
    struct list_info *words = (struct list_info *)(void *)maker->words.p;
    size_t n = maker->words.len / sizeof *words;

    if (n > BIGRAM_WORDS) {
        qsort(words, n, sizeof *words, compare_dfs);
        n = BIGRAM_WORDS;
    }
    if (n > 1) {
        qsort(words, n, sizeof *words, compare_places);
    }
    maker->words.len = n * sizeof *words;
    return n;
}

lede_status
lede__bigrams_note(struct bigrams_maker *maker, struct str term,
                   const struct list_info *info, lede_error *err)
{
    if (info->df < maker->least || !info->with_positions ||
        info->positions_len == 0 || term.len < 2 ||
        term.p[0] != TERM_EXACT || term.p[1] != '*') {
        return LEDE_STATUS_OK;
    }
    if (maker->words.len >= WORDS_HELD * sizeof *info) {
        choose(maker);
    }
    return lede__buf_add(&maker->words, info, sizeof *info, err);
}

/* ---- walking their lists ---- */

/* Load the block with the first doc >= `doc`. */
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
put_aside(struct pairing *x, uint32_t doc, uint8_t mark,
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
deal_posting(struct pairing *x, struct cursor *cursor, uint32_t doc,
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
deal_block(struct pairing *x, const struct cursor *cursor, uint32_t end,
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
deal(struct pairing *x, uint32_t word, uint32_t first, lede_error *err)
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
scan_row(struct pairing *x, const uint8_t *row, uint32_t n, size_t touched)
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
fill_span(struct pairing *x, uint32_t doc, uint32_t base)
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
next_place(const struct pairing *x, uint32_t doc)
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
scan_doc(struct pairing *x, uint32_t doc)
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
note(struct pairing *x, uint32_t doc, size_t n, lede_error *err)
{
    lede_status status = lede__buf_reserve(&x->notes, 8 + 7 * n, err);
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
        bool again = x->dfs[code]++ < x->most[code];

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
hold_notes(struct pairing *x, lede_error *err)
{
    uint64_t len = x->notes.len;
    lede_status status = LEDE_STATUS_OK;

    if (len <= x->memory / NOTES_PART) {
        return status;
    }
    if (x->fd < 0) {
        status = lede__file_temporary(&x->fd, x->folder, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__file_append(x->fd, x->notes.p, x->notes.len,
                                   x->folder, err);
    }
    x->notes.len = 0;
    return status == LEDE_STATUS_OK
               ? lede__buf_add(&x->chunks, &len, sizeof len, err) : status;
}

static lede_status
scan_all(struct pairing *x, lede_error *err)
{
    lede_status status = LEDE_STATUS_OK;

    for (uint32_t i = 0; i < x->words && status == LEDE_STATUS_OK; i++) {
        status = load(&x->cursors[i], 0, err);
    }
    for (uint32_t first = 0; first < x->docs && !x->clash &&
                             status == LEDE_STATUS_OK; first += WINDOW) {
        x->positions.len = 0;
        x->seen.len = 0;
        memset(x->ends, 0, sizeof x->ends);
        for (uint32_t i = 0; i < x->words && status == LEDE_STATUS_OK; i++) {
            status = deal(x, i, first, err);
        }
        for (uint32_t i = 0; i < WINDOW && !x->clash &&
                             status == LEDE_STATUS_OK; i++) {
            status = note(x, first + i, scan_doc(x, i), err);
        }
        if (status == LEDE_STATUS_OK) {
            status = hold_notes(x, err);
        }
        if (first > UINT32_MAX - WINDOW) {
            break;
        }
    }
    return status;
}

/* ---- lists ---- */

/* Notes that are of pairs in hand become postings. */
static void
deal_notes(struct pairing *x, struct str notes, struct meeting *meetings)
{
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

static lede_status
read_notes(struct pairing *x, struct meeting *meetings, lede_error *err)
{
    const uint64_t *lens = (const uint64_t *)(const void *)x->chunks.p;
    size_t n = x->chunks.len / sizeof *lens;
    struct buf chunk = BUF_INIT(BUF_MAX_ANY);
    uint64_t at = 0;
    lede_status status = LEDE_STATUS_OK;

    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        chunk.len = 0;
        status = lede__file_read_at(&chunk, x->fd, at, (size_t)lens[i],
                                    x->folder, err);
        at += lens[i];
        if (status == LEDE_STATUS_OK) {
            deal_notes(x, lede__buf_view(&chunk), meetings);
        }
    }
    lede__buf_free(&chunk);
    if (status == LEDE_STATUS_OK) {
        deal_notes(x, lede__buf_view(&x->notes), meetings);
    }
    return status;
}

/* Where the postings of the pairs from `code` on come, as many as there is
   room for; *end is the first pair that there is none for. */
static void
make_places(struct pairing *x, uint32_t code, size_t room, uint32_t *end)
{
    size_t n = 0;

    memset(x->next, 0xFF, CODES * sizeof *x->next);
    for (; code < CODES; code++) {
        if (x->kept[code]) {
            if (n > 0 && x->dfs[code] > room - n) {
                break;
            }
            x->next[code] = (uint32_t)n;
            n += x->dfs[code];
        }
    }
    *end = code;
}

/* The lists of the pairs from `code` to before `end`, whose postings these
   are. */
static lede_status
put_lists(struct pairing *x, uint32_t code, uint32_t end,
          const struct meeting *meetings, struct list_writer *writer,
          struct segment_writer *to, struct buf *ends, lede_error *err)
{
    const uint8_t *lengths = lede__segment_lengths(x->segment);
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    struct buf none = BUF_INIT(BUF_MAX_ANY);
    lede_status status = LEDE_STATUS_OK;

    for (; code < end && status == LEDE_STATUS_OK; code++) {
        struct list_info info;
        uint64_t at;

        if (!x->kept[code]) {
            continue;
        }
        lede__list_begin(writer, true, false, lengths);
        for (uint32_t i = 0; i < x->dfs[code] && status == LEDE_STATUS_OK;
             i++, meetings++) {
            status = lede__list_add(writer, meetings->doc, meetings->tf,
                                    NULL, 0, err);
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__list_end(writer, &bytes, &none, &info, err);
        }
        at = lede__segment_written(to, SECTION_BIGRAMS) + bytes.len;
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_add(ends, &at, sizeof at, err);
        }
        if (status == LEDE_STATUS_OK &&
            bytes.len >= LISTS_HELD) {
            status = lede__segment_append(to, SECTION_BIGRAMS,
                                          lede__buf_view(&bytes), err);
            bytes.len = 0;
        }
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(to, SECTION_BIGRAMS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    lede__buf_free(&none);
    return status;
}

/* All lists; *ends is where each of them ends. */
static lede_status
put_all(struct pairing *x, struct segment_writer *to, struct buf *ends,
        lede_error *err)
{
    struct list_writer *writer = NULL;
    struct meeting *meetings = NULL;
    size_t room = (size_t)(x->memory / sizeof *meetings);
    size_t all = 0;
    uint32_t most = 0;
    uint32_t end = 0;
    lede_status status = lede__list_writer_new(&writer, err);

    for (uint32_t code = 0; code < CODES; code++) {
        if (x->kept[code]) {
            all += x->dfs[code];
            most = x->dfs[code] > most ? x->dfs[code] : most;
        }
    }
    room = room > all ? all : room < most ? most : room;
    meetings = malloc((room + 1) * sizeof *meetings);
    if (status == LEDE_STATUS_OK && meetings == NULL) {
        status = lede__fail_memory(err);
    }
    while (end < CODES && all > 0 && status == LEDE_STATUS_OK) {
        uint32_t code = end;

        make_places(x, code, room, &end);
        status = read_notes(x, meetings, err);
        if (status == LEDE_STATUS_OK) {
            status = put_lists(x, code, end, meetings, writer, to, ends, err);
        }
    }
    free(meetings);
    lede__list_writer_free(writer);
    return status;
}

/* ---- all of it ---- */

static lede_status
open_pairing(struct pairing *x, const struct bigrams_maker *maker,
             const struct kernel *kernel, lede_error *err)
{
    const struct list_info *words =
        (const struct list_info *)(const void *)maker->words.p;
    lede_status status = LEDE_STATUS_OK;

    x->cursors = calloc(x->words, sizeof *x->cursors);
    x->rows = calloc(WINDOW, ROW_BYTES);
    x->span = calloc(SPAN + ROW_SLACK, sizeof *x->span);
    x->touched = malloc((CODES + 1) * sizeof *x->touched);
    x->tfs = calloc(CODES, sizeof *x->tfs);
    x->dfs = calloc(CODES, sizeof *x->dfs);
    x->most = calloc(CODES, sizeof *x->most);
    x->next = malloc(CODES * sizeof *x->next);
    x->kept = calloc(CODES, sizeof *x->kept);
    if (x->cursors == NULL || x->rows == NULL || x->span == NULL ||
        x->touched == NULL || x->tfs == NULL ||
        x->dfs == NULL || x->most == NULL || x->next == NULL ||
        x->kept == NULL) {
        return lede__fail_memory(err);
    }
    for (uint32_t i = 0; i < x->words && status == LEDE_STATUS_OK; i++) {
        for (uint32_t j = 0; j < x->words; j++) {
            x->most[i * BIGRAM_WORDS + j] =
                (words[i].df < words[j].df ? words[i].df : words[j].df) /
                BIGRAM_SAVES;
        }
        x->places[i] = words[i].positions;
        status = lede__list_open(&x->cursors[i].list, x->segment, kernel,
                                 &words[i], 0, err);
    }
    return status;
}

static void
close_pairing(struct pairing *x)
{
    for (uint32_t i = 0; x->cursors != NULL && i < x->words; i++) {
        lede__list_close(&x->cursors[i].list);
    }
    free(x->cursors);
    free(x->rows);
    free(x->span);
    free(x->touched);
    free(x->tfs);
    free(x->dfs);
    free(x->most);
    free(x->next);
    free(x->kept);
    lede__buf_free(&x->seen);
    lede__buf_free(&x->positions);
    lede__buf_free(&x->notes);
    lede__buf_free(&x->chunks);
    lede__file_close(x->fd);
    lede__segment_close(x->segment);
}

static lede_status
put_section(struct pairing *x, struct segment_writer *writer,
            lede_error *err)
{
    struct buf ends = BUF_INIT(BUF_MAX_ANY);
    struct buf bytes = BUF_INIT(BUF_MAX_ANY);
    lede_status status = put_all(x, writer, &ends, err);

    if (status == LEDE_STATUS_OK) {
        struct bigrams_table table = {
            .places = x->places, .words = x->words, .dfs = x->dfs,
            .kept = x->kept,
            .ends = (const uint64_t *)(const void *)ends.p,
        };

        status = lede__bigrams_write(&table, &bytes, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = lede__segment_append(writer, SECTION_BIGRAMS,
                                      lede__buf_view(&bytes), err);
    }
    lede__buf_free(&bytes);
    lede__buf_free(&ends);
    return status;
}

lede_status
lede__bigrams_put(struct bigrams_maker *maker, struct segment_writer *writer,
                  const struct segment_facts *facts,
                  const struct kernel *kernel, const char *folder,
                  uint64_t memory, lede_error *err)
{
    struct pairing x = {
        .folder = folder, .memory = memory, .docs = maker->docs, .fd = -1,
        .words = (uint32_t)choose(maker),
        .seen = BUF_INIT(BUF_MAX_ANY),
        .positions = BUF_INIT(BUF_MAX_ANY), .notes = BUF_INIT(BUF_MAX_ANY),
        .chunks = BUF_INIT(BUF_MAX_ANY),
    };
    lede_status status = LEDE_STATUS_OK;

    if (x.words == 0) {
        return LEDE_STATUS_OK;
    }
    status = lede__segment_preview(writer, facts, &x.segment, err);
    if (status == LEDE_STATUS_OK) {
        status = open_pairing(&x, maker, kernel, err);
    }
    if (status == LEDE_STATUS_OK) {
        status = scan_all(&x, err);
    }
    if (status == LEDE_STATUS_OK && !x.clash) {
        for (uint32_t code = 0; code < CODES; code++) {
            x.kept[code] = x.dfs[code] > 0 && x.dfs[code] <= x.most[code];
        }
        status = put_section(&x, writer, err);
    }
    close_pairing(&x);
    return status;
}
