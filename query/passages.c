/* passages.c - which passages of a text to show.

   A run of matches, from one to a later one, can be shown where the text from
   the left edge of the first to the right edge of the last fits.  An edge is
   the border of the sentence, or where that is far a few words on.  What a
   run says is

      the sum over all leaves of  idf (1 + 1/2 + 1/4 + ...),

   a term for each time that the leaf matches in it: so that covering more
   words, rare ones above all, counts more than repeating one, and repeating it
   more than nothing; a tenth less for each edge that is within a sentence.  The
   best run is the first passage.  For the next one,
   matches that are in it already count on in the same row: what says something
   new comes before what says the same again.  (The greedy choice of what a
   submodular function gains most by is within 1 - 1/e of the best choice:
   Nemhauser, Wolsey and Fisher, Math. Programming 14, 1978; for passages: Lin
   and Bilmes, ACL 2011.)

   Since every match adds, only two runs from each match on can be best: the
   longest one, and the longest one that ends with its sentence.  Two pointers
   find the former of all matches in linear time, and the latter is not far
   before it.

   A passage is then filled up to its length: to the borders of its sentences,
   with whole sentences after it, then before it. */

#include "query/passages.h"

#include <stdlib.h>

#include "query/cuts.h"
#include "query/walk.h"

/* Matches of one leaf beyond these add nothing. */
#define TIMES_MAX 16

/* A run is made shorter by so many matches, to end with its sentence. */
#define BACK_MAX 64

/* ---- reaches ---- */

static size_t
later(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Characters before `at`, known those before another place. */
static size_t
chars_at(struct str text, struct edge known, size_t at)
{
    return at >= known.at
               ? known.chars + lede__count_chars(text, known.at, at)
               : known.chars - lede__count_chars(text, at, known.at);
}

/* Whether [from, to) has at most `chars` characters. */
static bool
is_within(struct str text, size_t from, size_t to, size_t chars)
{
    return to - from <= chars ||
           (to - from <= 4 * chars &&
            lede__count_chars(text, from, to) <= chars);
}

lede_status
lede__passages_reach(const struct passage *passage,
                     const struct events *events, size_t third,
                     struct reach **out, lede_error *err)
{
    struct str text = passage->text;
    struct reach *reach = calloc(events->count + 1, sizeof(*reach));
    struct walk walk = { .text = passage };
    struct walk ends = { .text = passage };
    struct edge last = { 0, 0, false };
    size_t block = 0;
    size_t section = 0;
    size_t i;

    *out = reach;
    if (reach == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < events->count; i++) {
        const struct event *event = &events->items[i];
        struct edge *left = &reach[i].left;
        struct edge *right = &reach[i].right;
        size_t end;

        while (block < passage->n_blocks &&
               passage->blocks[block].start <= event->start) {
            section += passage->blocks[block++].kind == BLOCK_HEADING;
        }
        reach[i].section = section;
        lede__walk_to(&walk, event->start);
        left->at = lede__skip_space(text, walk.start, event->start);
        left->whole = is_within(text, left->at, event->start, third);
        if (!left->whole) {
            left->at = lede__cut_start(text, left->at, event->start,
                                       third / 2);
        }
        left->chars = chars_at(text, last, left->at);
        last = *left;
        lede__walk_to(&ends, event->end - 1);
        end = later(lede__walk_end(&ends), event->end);
        right->whole = is_within(text, event->end, end, third);
        right->at = right->whole ? end : lede__cut_end(text, event->end, end,
                                                       third / 2);
        right->chars = chars_at(text, *left, right->at);
        if (i > 0 && right->at < reach[i - 1].right.at) {
            *right = reach[i - 1].right;
        }
        reach[i].ended = right->whole ? i + 1
                         : i > 0 ? reach[i - 1].ended : 0;
    }
    return LEDE_STATUS_OK;
}

/* ---- the best run ---- */

uint64_t
lede__passages_gain(uint32_t weight, uint32_t times)
{
    return times >= TIMES_MAX ? 0 : ((uint64_t)weight << TIMES_MAX) >> times;
}

uint64_t
lede__passages_worth(uint64_t gain, const struct piece *piece)
{
    return gain / 10 * (10 - (unsigned)!piece->start.whole -
                        (unsigned)!piece->end.whole);
}

struct chooser {
    const struct marks *marks;
    const struct passage *passage;
    const struct events *events;
    const struct reach *reach;
    uint32_t *times;            // of each leaf, in the passages so far
    size_t chars;
    struct piece *pieces;
    size_t n_pieces;
};

/* The free text about `at`: from the last piece before it to the next one. */
static void
find_free(const struct chooser *ch, size_t at, struct edge *from,
          struct edge *to)
{
    size_t i;

    *from = (struct edge){ ch->passage->from, 0, true };
    *to = (struct edge){ ch->passage->text.len, SIZE_MAX, true };
    for (i = 0; i < ch->n_pieces; i++) {
        const struct piece *piece = &ch->pieces[i];

        if (piece->end.at <= at && piece->end.at >= from->at) {
            *from = piece->end;
        } else if (piece->start.at >= at && piece->start.at < to->at) {
            *to = piece->start;
        }
    }
}

/* The matches from first to last as a piece, within what is free. */
static struct piece
run_piece(const struct chooser *ch, size_t first, size_t last,
          const struct edge *from, const struct edge *to)
{
    struct piece piece = { ch->reach[first].left, ch->reach[last].right };
    struct str text = ch->passage->text;

    if (piece.start.at < from->at) {
        piece.start = *from;
        piece.start.at = lede__skip_space(text, from->at,
                                          ch->events->items[first].start);
        piece.start.chars = chars_at(text, *from, piece.start.at);
    }
    if (piece.end.at > to->at) {
        piece.end = *to;
        piece.end.at = lede__skip_space_back(
            text, ch->events->items[last].end, to->at);
        piece.end.chars = chars_at(text, *to, piece.end.at);
    }
    return piece;
}

static uint64_t
gain_of(const struct chooser *ch, size_t event, bool more)
{
    uint32_t leaf = ch->events->items[event].leaf;
    uint32_t times = more ? ch->times[leaf]++ : --ch->times[leaf];

    return lede__passages_gain(lede__marks_weight(ch->marks, leaf), times);
}

/* Whether a match is in a heading that what is shown is below: its path tells
   that. */
static bool
is_told(const struct chooser *ch, const struct event *event)
{
    const struct passage *passage = ch->passage;
    size_t below;
    size_t i;

    if (ch->n_pieces == 0 || !lede__walk_heading(passage, event->start)) {
        return false;
    }
    below = lede__walk_below(passage, event->start);
    for (i = 0; i < ch->n_pieces; i++) {
        if (ch->pieces[i].start.at <= below &&
            below < ch->pieces[i].end.at) {
            return true;
        }
    }
    return false;
}

/* The matches that no piece has, in part at least. */
static size_t
list_free(const struct chooser *ch, uint32_t *list)
{
    size_t n = 0;
    size_t i, j;

    for (i = 0; i < ch->events->count; i++) {
        const struct event *event = &ch->events->items[i];

        for (j = 0; j < ch->n_pieces; j++) {
            if (event->start < ch->pieces[j].end.at &&
                event->end > ch->pieces[j].start.at) {
                break;
            }
        }
        if (j == ch->n_pieces && !is_told(ch, event)) {
            list[n++] = (uint32_t)i;
        }
    }
    return n;
}

/* Runs of free matches, and the best one of them. */
struct runs {
    const uint32_t *list;       // the free ones
    size_t n;
    size_t first;               // the run is [first, last) of the list
    size_t last;
    uint64_t gain;              // of it
    struct edge from, to;       // what is free about it
    struct piece best;
    uint64_t worth;             // of the best one
    bool found;
};

/* As many matches as fit behind the first one. */
static void
extend(const struct chooser *ch, struct runs *runs)
{
    const uint32_t *list = runs->list;
    size_t section = ch->reach[list[runs->first]].section;

    while (runs->last < runs->n) {
        size_t next = list[runs->last];

        if (runs->last > runs->first) {
            struct piece piece = run_piece(ch, list[runs->first], next,
                                           &runs->from, &runs->to);

            if (ch->reach[next].section != section ||
                ch->events->items[next].start >= runs->to.at ||
                piece.end.chars - piece.start.chars > ch->chars) {
                break;
            }
        }
        runs->gain += gain_of(ch, next, true);
        runs->last++;
    }
}

/* Compare the first `n` matches of the run with the best one, of the gain
   `gain`. */
static bool
compare_run(const struct chooser *ch, struct runs *runs, size_t n,
            uint64_t gain)
{
    struct piece piece = run_piece(ch, runs->list[runs->first],
                                   runs->list[runs->first + n - 1],
                                   &runs->from, &runs->to);
    uint64_t worth = lede__passages_worth(gain, &piece);

    if (!runs->found || worth > runs->worth) {
        runs->found = true;
        runs->worth = worth;
        runs->best = piece;
    }
    return piece.end.whole;
}

/* The longest run, and the longest one that ends with its sentence. */
static void
compare_runs(const struct chooser *ch, struct runs *runs)
{
    const uint32_t *list = runs->list;
    size_t n = runs->last - runs->first;
    uint64_t gain = runs->gain;
    bool whole = compare_run(ch, runs, n, gain) ||
                 ch->reach[list[runs->last - 1]].ended <= list[runs->first];
    size_t less = 0;

    while (!whole && less + 1 < n && less < BACK_MAX) {
        gain -= gain_of(ch, list[runs->last - ++less], false);
        whole = ch->reach[list[runs->last - less - 1]].right.whole &&
                compare_run(ch, runs, n - less, gain);
    }
    for (; less > 0; less--) {
        gain_of(ch, list[runs->last - less], true);
    }
}

/* The best run of the `n` matches in the list; n > 0. */
static struct piece
find_best(const struct chooser *ch, const uint32_t *list, size_t n)
{
    struct runs runs = { .list = list, .n = n };

    for (; runs.first < n; runs.first++) {
        size_t first = list[runs.first];

        find_free(ch, ch->events->items[first].start, &runs.from, &runs.to);
        extend(ch, &runs);
        compare_runs(ch, &runs);
        runs.gain -= gain_of(ch, first, false);
    }
    return runs.best;
}

/* ---- the rest of a passage ---- */

struct filler {
    const struct passage *passage;
    struct piece *piece;
    struct edge from;           // what is free
    struct edge to;
    size_t chars;               // wanted
    size_t used;
};

static void
move_start(struct filler *fill, size_t at, bool whole)
{
    struct edge *start = &fill->piece->start;

    if (at < start->at) {
        size_t more = lede__count_chars(fill->passage->text, at, start->at);

        fill->used += more;
        start->chars -= more;
        start->at = at;
    }
    start->whole = whole;
}

static void
move_end(struct filler *fill, size_t at, bool whole)
{
    struct edge *end = &fill->piece->end;

    if (at > end->at) {
        size_t more = lede__count_chars(fill->passage->text, end->at, at);

        fill->used += more;
        end->chars += more;
        end->at = at;
    }
    end->whole = whole;
}

static size_t
room(const struct filler *fill)
{
    return fill->used < fill->chars ? fill->chars - fill->used : 0;
}

/* To the borders of the sentences that are cut, as far as there is room. */
static void
fill_sentences(struct filler *fill)
{
    struct str text = fill->passage->text;
    struct edge *start = &fill->piece->start;
    struct edge *end = &fill->piece->end;
    struct walk walk = { .text = fill->passage };
    size_t begin = start->at;
    size_t stop = end->at;
    bool whole = false;

    if (!start->whole) {
        lede__walk_to(&walk, start->at);
        whole = walk.start >= fill->from.at || fill->from.whole;
        begin = lede__skip_space(text, later(walk.start, fill->from.at),
                                 start->at);
        if (is_within(text, begin, start->at, room(fill))) {
            move_start(fill, begin, whole);
        }
    }
    if (!end->whole) {
        lede__walk_to(&walk, end->at - 1);
        stop = later(lede__walk_end(&walk), end->at);
        if (stop > fill->to.at) {
            stop = lede__skip_space_back(text, end->at, fill->to.at);
        }
        if (is_within(text, end->at, stop, room(fill))) {
            move_end(fill, stop, walk.end <= fill->to.at || fill->to.whole);
        } else {
            move_end(fill, lede__cut_end(text, end->at, stop, room(fill)),
                     false);
        }
    }
    if (!start->whole && room(fill) > 0) {
        size_t at = lede__cut_start(text, begin, start->at, room(fill));

        move_start(fill, at, at == begin && whole);
    }
}

/* Sentences behind the passage, while they fit; none where a heading begins
   another matter.  A sentence that is too long is cut if little is shown. */
static void
fill_after(struct filler *fill)
{
    struct str text = fill->passage->text;
    struct walk walk = { .text = fill->passage };

    while (fill->piece->end.whole && room(fill) > 1) {
        size_t at = lede__skip_space(text, fill->piece->end.at, fill->to.at);
        size_t end;

        if (at >= fill->to.at || lede__walk_heading(fill->passage, at)) {
            return;
        }
        lede__walk_to(&walk, at);
        end = lede__walk_end(&walk);
        if (end <= at) {
            return;
        }
        if (end <= fill->to.at &&
            is_within(text, fill->piece->end.at, end, room(fill))) {
            move_end(fill, end, true);
            continue;
        }
        if (fill->used < fill->chars / 3) {
            size_t room_there = room(fill) - lede__count_chars(
                                                 text, fill->piece->end.at,
                                                 at);

            if (end > fill->to.at) {
                end = lede__skip_space_back(text, at, fill->to.at);
            }
            if (room_there <= room(fill) && end > at) {
                move_end(fill, lede__cut_end(text, at, end, room_there),
                         false);
            }
        }
        return;
    }
}

/* Sentences before it, if there is still much room. */
static void
fill_before(struct filler *fill)
{
    struct str text = fill->passage->text;

    while (fill->piece->start.whole && fill->used < fill->chars / 3 * 2) {
        size_t start = fill->piece->start.at;
        size_t at = lede__skip_space_back(text, fill->from.at, start);
        struct walk walk = { .text = fill->passage };

        if (at <= fill->from.at || lede__walk_heading(fill->passage, at - 1)) {
            return;
        }
        lede__walk_to(&walk, at - 1);
        if (walk.start < fill->from.at ||
            !is_within(text, walk.start, start, room(fill))) {
            return;
        }
        start = lede__skip_space(text, walk.start, start);
        move_start(fill, start, true);
    }
}

static void
fill_piece(const struct chooser *ch, struct piece *piece)
{
    struct filler fill = { .passage = ch->passage, .piece = piece,
                           .chars = ch->chars };

    find_free(ch, piece->start.at, &fill.from, &fill.to);
    fill.used = piece->end.chars - piece->start.chars;
    fill_sentences(&fill);
    fill_after(&fill);
    fill_before(&fill);
}

/* ---- passages ---- */

/* The beginning of a text that nothing in matched. */
static size_t
choose_beginning(struct chooser *ch)
{
    struct str text = ch->passage->text;
    size_t at = lede__skip_space(text, ch->passage->from, text.len);
    struct piece *piece = &ch->pieces[0];
    struct walk walk = { .text = ch->passage };
    size_t first;               // bytes of the first character: it is shown
    size_t end;

    if (at >= text.len) {
        return 0;
    }
    lede__walk_to(&walk, at);
    end = lede__walk_end(&walk);
    *piece = (struct piece){ { at, 0, true }, { at, 0, false } };
    piece->end.whole = is_within(text, at, end, ch->chars);
    char_at(text.p + at, text.p + text.len, &first);
    piece->end.at = piece->end.whole
                        ? end : lede__cut_end(text, at + first, end,
                                              ch->chars - 1);
    piece->end.chars = lede__count_chars(text, at, piece->end.at);
    fill_piece(ch, piece);
    return 1;
}

lede_status
lede__passages_choose(const struct marks *marks,
                      const struct passage *passage,
                      const struct events *events, size_t chars, size_t max,
                      struct piece *out, size_t *n, lede_error *err)
{
    struct chooser ch = { .marks = marks, .passage = passage,
                          .events = events, .chars = chars, .pieces = out };
    struct reach *reach = NULL;
    uint32_t *list = NULL;
    size_t count;
    lede_status status = LEDE_STATUS_OK;

    *n = 0;
    if (events->count == 0) {
        *n = choose_beginning(&ch);
        return LEDE_STATUS_OK;
    }
    ch.times = calloc(lede__marks_count(marks), sizeof(*ch.times));
    list = calloc(events->count, sizeof(*list));
    if (ch.times == NULL || list == NULL) {
        status = lede__fail_memory(err);
        goto out;
    }
    status = lede__passages_reach(passage, events, chars / 3, &reach, err);
    if (status != LEDE_STATUS_OK) {
        goto out;
    }
    ch.reach = reach;
    while (ch.n_pieces < max && ch.n_pieces < PASSAGES_MAX &&
           (count = list_free(&ch, list)) > 0) {
        struct piece piece = find_best(&ch, list, count);
        size_t i;

        fill_piece(&ch, &piece);
        out[ch.n_pieces++] = piece;
        for (i = 0; i < count; i++) {
            const struct event *event = &events->items[list[i]];

            if (event->start >= piece.start.at &&
                event->end <= piece.end.at) {
                ch.times[event->leaf]++;
            }
        }
    }
    *n = ch.n_pieces;
out:
    free(ch.times);
    free(list);
    free(reach);
    return status;
}
