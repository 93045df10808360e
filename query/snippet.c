/* snippet.c - passages as they are shown: on one line, with the words that
   matched and the place that they are from.

   Blocks stand apart by a dot.  passages.c chooses the passages. */

#include "query/snippet.h"

#include <stdlib.h>

#include "query/cuts.h"
#include "query/passages.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* Between a heading or an item and what follows: " · " */
#define BLOCK_BORDER " \xC2\xB7 "

/* Levels of headings that a path tells. */
#define LEVELS 6

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
    size_t len;
    size_t start = lede__utf8_floor(text, from - 1);
    uint32_t c = char_at(text.p + start, text.p + text.len, &len);
    const char *end = memchr(text.p + from, '\n', to - from);

    if (end != NULL && !lines) {
        end = memchr(end + 1, '\n', (size_t)(text.p + to - end - 1));
    }
    return end != NULL && !char_is_stop(c) && c != ':' && c != ';' &&
           c != ',' && c != 0xFF1A && c != 0xFF0C;
}

/* A piece of the text on one line; the ranges move with it. */
static lede_status
write_line(struct buf *line, const struct passage *passage,
           const struct piece *piece, lede_range *ranges, size_t n,
           lede_error *err)
{
    struct str text = passage->text;
    size_t p = piece->start.at;
    size_t end = piece->end.at;
    size_t i = 0;
    bool inside = false;
    lede_status status = LEDE_STATUS_OK;

    if (!piece->start.whole) {
        status = lede__buf_str(line, STR(ELLIPSIS), err);
    }
    while (p < end && status == LEDE_STATUS_OK) {
        size_t next, len;

        if (inside && p >= ranges[i].end) {
            ranges[i++].end = line->len;
            inside = false;
        }
        if (!inside && i < n && p >= ranges[i].start) {
            ranges[i].start = line->len;
            inside = true;
        }
        if (char_is_space(char_at(text.p + p, text.p + end, &len))) {
            next = lede__skip_space(text, p, end);
            status = is_block_end(text, p, next, passage->n_blocks > 0)
                         ? lede__buf_str(line, STR(BLOCK_BORDER), err)
                         : lede__buf_char(line, ' ', err);
        } else {
            next = p + len;
            status = lede__buf_add(line, text.p + p, len, err);
        }
        p = next;
    }
    if (inside) {
        ranges[i].end = line->len;
    }
    if (status == LEDE_STATUS_OK && !piece->end.whole) {
        status = lede__buf_str(line, STR(ELLIPSIS), err);
    }
    return status;
}

/* ---- where it is from ---- */

/* The text of a block on one line, in `arena`. */
static lede_status
block_line(const struct passage *passage, const struct block *block,
           struct arena *arena, const char **out, lede_error *err)
{
    struct buf line = BUF_INIT(BUF_MAX_ANY);
    struct piece piece = {
        { block->start, 0, true },
        { (size_t)block->start + block->len, 0, true },
    };
    lede_status status = write_line(&line, passage, &piece, NULL, 0, err);

    if (status == LEDE_STATUS_OK) {
        *out = lede__arena_str(arena, lede__buf_view(&line)).p;
        status = *out == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
    }
    lede__buf_free(&line);
    return status;
}

/* The path of headings above a passage, and the line that its first block is
   from. */
static lede_status
find_place(const struct passage *passage, struct arena *arena,
           lede_passage *out, lede_error *err)
{
    const struct block *path[LEVELS];
    size_t n = 0;
    const char **headings;
    size_t i;
    lede_status status = LEDE_STATUS_OK;

    for (i = 0; i < passage->n_blocks &&
                passage->blocks[i].start <= out->start; i++) {
        const struct block *block = &passage->blocks[i];
        size_t end = (size_t)block->start + block->len;

        if (out->start < end) {
            const char *p = passage->text.p + block->start;
            const char *at = passage->text.p + out->start;

            out->line = block->line;
            while (block->line > 0 && block->kind == BLOCK_CODE &&
                   (p = memchr(p, '\n', (size_t)(at - p))) != NULL) {
                out->line++;
                p++;
            }
        }
        if (block->kind == BLOCK_HEADING && end <= out->start) {
            while (n > 0 && (path[n - 1]->level >= block->level ||
                             n == LEVELS)) {
                n--;
            }
            path[n++] = block;
        }
    }
    if (n == 0) {
        return LEDE_STATUS_OK;
    }
    headings = lede__arena_array(arena, n, sizeof(*headings));
    if (headings == NULL) {
        return lede__fail_memory(err);
    }
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = block_line(passage, path[i], arena, &headings[i], err);
    }
    out->headings = headings;
    out->n_headings = n;
    return status;
}

/* ---- passages ---- */

static lede_status
make_passage(const struct passage *passage, const struct events *events,
             const struct piece *piece, struct arena *arena,
             lede_passage *out, lede_error *err)
{
    struct buf line = BUF_INIT(BUF_MAX_ANY);
    lede_range *ranges = NULL;
    size_t count = 0;
    size_t i;
    lede_status status;

    out->start = piece->start.at;
    out->end = piece->end.at;
    for (i = 0; i < events->count; i++) {
        count += events->items[i].start >= out->start &&
                 events->items[i].end <= out->end;
    }
    if (count > 0) {
        ranges = lede__arena_array(arena, count, sizeof(*ranges));
        if (ranges == NULL) {
            return lede__fail_memory(err);
        }
        out->n_highlights = merge(ranges, events, out->start, out->end);
    }
    out->highlights = ranges;
    status = write_line(&line, passage, piece, ranges, out->n_highlights,
                        err);
    if (status == LEDE_STATUS_OK) {
        out->text = lede__arena_str(arena, lede__buf_view(&line)).p;
        status = out->text == NULL ? lede__fail_memory(err)
                                   : find_place(passage, arena, out, err);
    }
    lede__buf_free(&line);
    return status;
}

/* Leave out the matches that begin before `from`. */
static void
drop_events(struct events *events, size_t from)
{
    size_t n = 0;

    while (n < events->count && events->items[n].start < from) {
        n++;
    }
    if (n > 0) {
        events->count -= n;
        memmove(events->items, events->items + n,
                events->count * sizeof(*events->items));
    }
}

lede_status
lede__snippets(lede_index *index, struct marks *marks,
               const struct passage *passage, size_t chars, size_t max,
               struct arena *arena, lede_passage **out, size_t *n,
               bool *matched, lede_error *err)
{
    struct piece pieces[PASSAGES_MAX];
    struct events events;
    size_t i;
    lede_status status = lede__marks_scan(index, marks, passage, true,
                                          &events, err);

    *out = NULL;
    *n = 0;
    drop_events(&events, passage->from);
    *matched = events.count > 0;
    if (status == LEDE_STATUS_OK) {
        status = lede__passages_choose(marks, passage, &events, chars, max,
                                       pieces, n, err);
    }
    if (status == LEDE_STATUS_OK && *n > 0) {
        *out = lede__arena_array(arena, *n, sizeof(**out));
        status = *out == NULL ? lede__fail_memory(err) : LEDE_STATUS_OK;
    }
    for (i = 0; i < *n && status == LEDE_STATUS_OK; i++) {
        status = make_passage(passage, &events, &pieces[i], arena,
                              &(*out)[i], err);
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
