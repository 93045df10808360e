/* snippet.c - the best passage of a text, and its marked words.

   Of all passages of about the wanted length that begin with a match, the best
   one holds the most distinct leaves, weighted by idf; then the most matches;
   then it comes first.  Two pointers over the matches find it in linear time.
   A third of the length is left for moving it back to the beginning of its
   sentence or block, where that is near, else to a word, and for filling it up
   with what follows.  Blocks stand apart by a dot. */

#include "query/snippet.h"

#include <stdlib.h>
#include <unigbrk.h>

#include "query/chars.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* Between a heading or an item and what follows: " · " */
#define BLOCK_BORDER " \xC2\xB7 "

/* So much white space is the end of a block, newlines or not. */
#define SPACES_MAX 64

/* ---- places in a text ---- */

static uint32_t
char_before(struct str text, size_t at, size_t *start)
{
    size_t len;

    if (at == 0) {
        *start = 0;
        return 0;
    }
    *start = lede__utf8_floor(text, at - 1);
    return char_at(text.p + *start, text.p + text.len, &len);
}

static uint32_t
char_after(struct str text, size_t at, size_t *end)
{
    size_t len;
    uint32_t c = char_at(text.p + at, text.p + text.len, &len);

    *end = at + len;
    return c;
}

/* Whether the text may be cut here: not within what is seen as one character.
   Pairs are enough; after a joiner nothing is cut. */
static bool
is_cut(struct str text, size_t at)
{
    size_t unused;
    uint32_t before = char_before(text, at, &unused);

    return at == 0 || at >= text.len ||
           (before != 0x200D &&
            uc_is_grapheme_break(before, char_after(text, at, &unused)));
}

static bool
is_closer(uint32_t c)
{
    return char_is_quote(c) || char_is_close(c) || c == '\'' || c == ']' ||
           c == 0x2019 || c == 0x300D || c == 0x300F;
}

/* Whether a sentence or a block begins at `at`. */
static bool
is_sentence(struct str text, size_t at)
{
    size_t p = at;
    size_t start;
    size_t lines = 0;
    size_t spaces = 0;
    uint32_t c = char_before(text, p, &start);

    while (char_is_space(c) && spaces < SPACES_MAX) {
        lines += c == '\n';
        spaces++;
        p = start;
        c = char_before(text, p, &start);
    }
    if (p == 0 || lines > 1 || spaces == SPACES_MAX) {
        return true;
    }
    if (spaces == 0) {
        return char_is_stop(c) && c > 0x7F && c != 0x2026;
    }
    while (is_closer(c)) {
        p = start;
        c = char_before(text, p, &start);
    }
    return char_is_stop(c);
}

static bool
is_word_start(struct str text, size_t at)
{
    size_t unused;

    return at == 0 || (char_is_space(char_before(text, at, &unused)) &&
                       !char_is_space(char_after(text, at, &unused)));
}

static bool
is_word_end(struct str text, size_t at)
{
    size_t unused;

    return at >= text.len || char_is_space(char_after(text, at, &unused));
}

static size_t
skip_space(struct str text, size_t at)
{
    while (at < text.len) {
        size_t end;

        if (!char_is_space(char_after(text, at, &end))) {
            break;
        }
        at = end;
    }
    return at;
}

static size_t
skip_space_back(struct str text, size_t at)
{
    while (at > 0) {
        size_t start;

        if (!char_is_space(char_before(text, at, &start))) {
            break;
        }
        at = start;
    }
    return at;
}

/* ---- the best passage ---- */

/* Characters in [from, to). */
static size_t
count_chars(struct str text, size_t from, size_t to)
{
    size_t n = 0;

    while (from < to) {
        n += ((unsigned char)text.p[from] & 0xC0) != 0x80;
        from++;
    }
    return n;
}

struct window {
    size_t first;               // events [first, last)
    size_t last;
};

/* The best run of matches that fits `chars` characters. */
static lede_status
choose(const struct marks *marks, struct str text,
       const struct events *events, size_t chars, struct window *best,
       lede_error *err)
{
    uint32_t *times = calloc(lede__marks_count(marks), sizeof(*times));
    uint64_t weight = 0;
    uint64_t best_weight = 0;
    size_t best_count = 0;
    size_t last = 0;
    size_t used = 0;            // characters from event first to event last
    size_t reach = 0;           // where `used` is measured to
    size_t first;

    *best = (struct window){ 0, 0 };
    if (times == NULL) {
        return lede__fail_memory(err);
    }
    for (first = 0; first < events->count; first++) {
        const struct event *from = &events->items[first];

        if (first > 0) {
            const struct event *before = &events->items[first - 1];

            if (--times[before->leaf] == 0) {
                weight -= lede__marks_weight(marks, before->leaf);
            }
            if (last > first) {
                used -= count_chars(text, before->start, from->start);
            }
        }
        if (last == first) {
            used = 0;
            reach = from->start;
        }
        while (last < events->count) {
            const struct event *next = &events->items[last];
            size_t more = 0;

            // 4 bytes a character: what is farther need not be counted
            if (last > first && next->end > reach + 4 * chars) {
                break;
            }
            if (next->end > reach) {
                more = count_chars(text, reach, next->end);
            }
            if (used + more > chars && last > first) {
                break;
            }
            used += more;
            reach = next->end > reach ? next->end : reach;
            if (times[next->leaf]++ == 0) {
                weight += lede__marks_weight(marks, next->leaf);
            }
            last++;
        }
        if (weight > best_weight ||
            (weight == best_weight && last - first > best_count)) {
            best_weight = weight;
            best_count = last - first;
            *best = (struct window){ first, last };
        }
    }
    free(times);
    return LEDE_STATUS_OK;
}

/* Back from `at` by up to `room` characters, to the beginning of its sentence,
   else by a third of that to a word. */
static size_t
find_start(struct str text, size_t at, size_t room)
{
    size_t word = at;
    size_t p = at;
    size_t steps;

    for (steps = 0; ; steps++) {
        if (is_sentence(text, p)) {
            return skip_space(text, p);
        }
        if (steps <= room / 3 && is_word_start(text, p)) {
            word = p;
        }
        if (steps == room) {
            break;
        }
        char_before(text, p, &p);
    }
    while (word > 0 && !is_cut(text, word)) {
        char_before(text, word, &word);
    }
    return word;
}

/* Back from `at`, where a sentence begins, by whole sentences that fit into
   `room` characters. */
static size_t
find_earlier(struct str text, size_t at, size_t room)
{
    size_t found = at;
    size_t p = at;

    while (p > 0 && room-- > 0) {
        char_before(text, p, &p);
        if (is_sentence(text, p)) {
            found = p;
        }
    }
    return skip_space(text, found);
}

/* From `at` on by up to `room` characters: to the end of a sentence in the
   last third, else of a word, else of a character; not before `at`. */
static size_t
find_end(struct str text, size_t at, size_t room)
{
    size_t sentence = 0;
    size_t word = 0;
    size_t cut = at;
    size_t p = at;
    size_t steps;

    for (steps = 0; p < text.len; steps++) {
        if (is_cut(text, p)) {
            cut = p;
        }
        if (is_word_end(text, p)) {
            word = p;
            if (steps >= room - room / 3 &&
                is_sentence(text, skip_space(text, p))) {
                sentence = p;
            }
        } else if (steps >= room - room / 3 && is_sentence(text, p)) {
            sentence = p;
        }
        if (steps >= room) {
            break;
        }
        char_after(text, p, &p);
    }
    if (p >= text.len) {
        return text.len;
    }
    if (sentence > 0) {
        return sentence;
    }
    // a script without spaces has words of any length
    if (word > at + (p - at) / 2) {
        return word;
    }
    while (cut < text.len && !is_cut(text, cut)) {
        char_after(text, cut, &cut);
    }
    return cut;
}

/* ---- the snippet ---- */

/* Merge what overlaps or touches, in place; `events` is sorted. */
static size_t
merge(lede_range *ranges, const struct events *events, size_t from, size_t to)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < events->count; i++) {
        const struct event *event = &events->items[i];

        if (event->start < from || event->end > to) {
            continue;
        }
        if (n > 0 && event->start <= ranges[n - 1].end) {
            if (event->end > ranges[n - 1].end) {
                ranges[n - 1].end = event->end;
            }
        } else {
            ranges[n++] = (lede_range){ event->start, event->end };
        }
    }
    return n;
}

/* Whether the white space in [from, to) parts two blocks that nothing else
   parts: no full stop, colon or the like.  A blank line ends a block; where the
   text was made by a reader, so does the end of a line. */
static bool
is_block_end(struct str text, size_t from, size_t to, bool lines)
{
    size_t start;
    uint32_t c = char_before(text, from, &start);
    const char *end = memchr(text.p + from, '\n', to - from);

    if (end != NULL && !lines) {
        end = memchr(end + 1, '\n', (size_t)(text.p + to - end - 1));
    }
    return end != NULL && !char_is_stop(c) && c != ':' && c != ';' &&
           c != ',' && c != 0xFF1A && c != 0xFF0C;
}

/* The text in [start, end) on one line; the ranges move with it. */
static lede_status
write_line(struct buf *line, struct str text, bool lines, size_t start,
           size_t end, lede_range *ranges, size_t n, lede_error *err)
{
    bool whole_start = is_sentence(text, start);
    bool whole_end = end >= text.len || is_sentence(text,
                                                    skip_space(text, end));
    size_t i = 0;
    size_t p = start;
    bool inside = false;
    lede_status status = LEDE_STATUS_OK;

    if (!whole_start) {
        status = lede__buf_str(line, STR(ELLIPSIS), err);
    }
    while (p < end && status == LEDE_STATUS_OK) {
        size_t next;

        if (inside && p >= ranges[i].end) {
            ranges[i++].end = line->len;
            inside = false;
        }
        if (!inside && i < n && p >= ranges[i].start) {
            ranges[i].start = line->len;
            inside = true;
        }
        if (char_is_space(char_after(text, p, &next))) {
            next = skip_space(text, p);
            status = is_block_end(text, p, next, lines)
                         ? lede__buf_str(line, STR(BLOCK_BORDER), err)
                         : lede__buf_char(line, ' ', err);
        } else {
            status = lede__buf_add(line, text.p + p, next - p, err);
        }
        p = next;
    }
    if (inside) {
        ranges[i].end = line->len;
    }
    if (status == LEDE_STATUS_OK && !whole_end) {
        status = lede__buf_str(line, STR(ELLIPSIS), err);
    }
    return status;
}

static lede_status
make_snippet(const struct marks *marks, struct str text, bool lines,
             const struct events *events, size_t chars, struct arena *arena,
             struct snippet *out, lede_error *err)
{
    struct buf line = BUF_INIT(BUF_MAX_ANY);
    struct window window;
    size_t start = skip_space(text, 0);
    size_t end = start;
    size_t used;
    lede_status status;

    if (events->count > 0) {
        size_t i;

        status = choose(marks, text, events, chars - chars / 3, &window,
                        err);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        start = events->items[window.first].start;
        for (i = window.first; i < window.last; i++) {
            if (events->items[i].end > end) {
                end = events->items[i].end;
            }
        }
        used = count_chars(text, start, end);
        start = find_start(text, start, used < chars ? chars - used : 0);
    }
    used = count_chars(text, start, end);
    end = find_end(text, end, used < chars ? chars - used : 0);
    used = count_chars(text, start, end);
    if (end == text.len && used < chars && is_sentence(text, start)) {
        start = find_earlier(text, start, chars - used);
    }
    end = skip_space_back(text, end);
    if (end <= start) {
        return LEDE_STATUS_OK;
    }
    out->matched = events->count > 0;
    if (events->count > 0) {
        out->ranges = lede__arena_array(arena, events->count,
                                        sizeof(*out->ranges));
        if (out->ranges == NULL) {
            return lede__fail_memory(err);
        }
        out->n_ranges = merge(out->ranges, events, start, end);
    }
    status = write_line(&line, text, lines, start, end, out->ranges,
                        out->n_ranges, err);
    if (status == LEDE_STATUS_OK) {
        out->text = lede__arena_str(arena, lede__buf_view(&line)).p;
        status = out->text == NULL ? lede__fail_memory(err) : status;
    }
    lede__buf_free(&line);
    return status;
}

lede_status
lede__snippet(lede_index *index, struct marks *marks,
              const struct passage *passage, size_t chars,
              struct arena *arena, struct snippet *out, lede_error *err)
{
    struct events events;
    lede_status status;

    memset(out, 0, sizeof(*out));
    status = lede__marks_scan(index, marks, passage, true, &events, err);
    if (status == LEDE_STATUS_OK) {
        status = make_snippet(marks, passage->text, passage->lines, &events,
                              chars, arena, out, err);
    }
    lede__events_free(&events);
    return status;
}

lede_status
lede__highlight(lede_index *index, struct marks *marks,
                const struct passage *passage, struct arena *arena,
                lede_range **ranges, size_t *count, lede_error *err)
{
    struct events events;
    lede_status status = lede__marks_scan(index, marks, passage, false,
                                          &events, err);

    *ranges = NULL;
    *count = 0;
    if (status == LEDE_STATUS_OK && events.count > 0) {
        *ranges = lede__arena_array(arena, events.count, sizeof(**ranges));
        if (*ranges == NULL) {
            status = lede__fail_memory(err);
        } else {
            *count = merge(*ranges, &events, 0, passage->text.len);
        }
    }
    lede__events_free(&events);
    return status;
}
