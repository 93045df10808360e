/* interactive-screen.c - what an interactive search draws; see
   interactive-screen.h.

   On top stand the query and a line that tells what was found; below them the
   hits, a line each, and the chosen one's passages: beside the hits where the
   terminal is wide, else below them, and not at all where it is low.

   curses counts columns as the C library does, and all that is drawn is cut by
   the same count, so that nothing runs over into the next line.  It is cleaned
   by text_clean before: nothing of an article steers the terminal. */

#define _GNU_SOURCE             // wcwidth

#include "cli/interactive-screen.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>
#include <wchar.h>

#include "cli/hit.h"
#include "cli/output.h"
#include "cli/text.h"

#define TOP 2                   // lines above the hits
#define ROWS_MAX 50             // passages are made for all of them
#define WIDE 110                // columns: the preview is beside the hits
#define LOW 10                  // lines: no preview below them
#define DATE_WIDTH 10
#define TITLE_MIN 40            // columns of a hit in which there is a date too
#define BODY_MAX ((size_t)64 << 10)     // bytes of an article that are drawn

#define PROMPT "> "
#define KEYS "Enter: take it  Tab: read it  Esc: leave"
#define DOT " \xC2\xB7 "        // U+00B7 MIDDLE DOT
#define BELOW " \xE2\x80\xBA "  // U+203A, from a heading to one below it

/* ---- where things are ---- */

struct area {
    int top;
    int left;
    int height;
    int width;
};

static void
lay_out(struct area *list, struct area *preview)
{
    int rest = LINES > TOP ? LINES - TOP : 0;

    *list = (struct area){ TOP, 0, rest, COLS };
    *preview = (struct area){ 0 };
    if (COLS >= WIDE) {
        list->width = COLS / 2 - 1;
        *preview = (struct area){ TOP, COLS / 2 + 1, rest,
                                  COLS - COLS / 2 - 1 };
    } else if (LINES >= LOW) {
        list->height = (rest - 1) / 2;
        *preview = (struct area){ TOP + list->height + 1, 0,
                                  rest - list->height - 1, COLS };
    }
    if (list->height > ROWS_MAX) {
        list->height = ROWS_MAX;
    }
}

int
screen_rows(void)
{
    struct area list;
    struct area preview;

    lay_out(&list, &preview);
    return list.height < 1 ? 1 : list.height;
}

int
screen_lines(void)
{
    return LINES > TOP ? LINES - TOP : 1;
}

/* ---- drawing ---- */

/* A piece of text, with what of it is marked. */
struct piece {
    const char *text;           // cleaned
    size_t start;
    size_t end;
    attr_t style;
    const lede_range *marks;
    size_t n_marks;
};

static attr_t
style_of(const struct screen *screen, enum style wanted)
{
    bool color = screen->color && has_colors();

    switch (wanted) {
    case STYLE_TITLE:
        return A_BOLD;
    case STYLE_MARK:
        return color ? A_BOLD | (attr_t)COLOR_PAIR(SCREEN_MARK) : A_BOLD;
    case STYLE_FAINT:
        return color ? A_DIM : A_NORMAL;
    case STYLE_PLACE:
        return color ? (attr_t)COLOR_PAIR(SCREEN_PLACE) : A_NORMAL;
    case STYLE_PLAIN:
    case STYLE_UNMARK:
        break;
    }
    return A_NORMAL;
}

static bool
is_marked(const struct piece *piece, size_t at)
{
    for (size_t i = 0; i < piece->n_marks; i++) {
        if (at >= piece->marks[i].start && at < piece->marks[i].end) {
            return true;
        }
    }
    return false;
}

/* The character at `at`, as the terminal is to have it, and its columns. */
static size_t
read_character(const struct piece *piece, size_t at, wchar_t *wide,
               int *columns)
{
    ucs4_t character;
    int length = u8_mbtouc(&character, (const uint8_t *)piece->text + at,
                           piece->end - at);

    *wide = (wchar_t)character;
    *columns = wcwidth(*wide);
    if (*columns < 0) {
        *wide = character == '\t' ? L' ' : L'?';
        *columns = 1;
    }
    return (size_t)length;
}

static int
piece_width(const struct piece *piece)
{
    int sum = 0;

    for (size_t at = piece->start; at < piece->end;) {
        wchar_t wide;
        int columns;

        at += read_character(piece, at, &wide, &columns);
        sum += columns;
    }
    return sum;
}

/* Draw a piece in `room` columns, the end cut where that is too few.  Returns
   the columns that it takes. */
static int
put(const struct screen *screen, int y, int x, int room,
    const struct piece *piece)
{
    bool cut = piece_width(piece) > room;
    int used = 0;

    if (room <= 0 || y >= LINES || x >= COLS) {
        return 0;
    }
    move(y, x);
    for (size_t at = piece->start; at < piece->end;) {
        wchar_t wide;
        int columns;
        size_t length = read_character(piece, at, &wide, &columns);

        if (used + columns > room - cut) {
            break;
        }
        attrset(is_marked(piece, at)
                ? style_of(screen, STYLE_MARK) | (piece->style & A_REVERSE)
                : piece->style);
        // what combines needs a character that it stands on, in this line
        if (columns > 0 || (used > 0 && x + used < COLS)) {
            addnwstr(&wide, 1);
        }
        used += columns;
        at += length;
    }
    attrset(piece->style);
    if (cut) {
        addnwstr(L"\x2026", 1);
        used++;
    }
    attrset(A_NORMAL);
    return used;
}

static int
put_text(const struct screen *screen, int y, int x, int room,
         const char *text, attr_t style)
{
    return put(screen, y, x, room,
               &(struct piece){ text, 0, strlen(text), style, NULL, 0 });
}

enum origin { ORIGIN_DAY, ORIGIN_DAY_SOURCE, ORIGIN_TIME_SOURCE };

/* "date · source", for free(). */
static char *
origin(const lede_hit *hit, enum origin wanted)
{
    const char *source = hit->source && wanted != ORIGIN_DAY ? hit->source
                                                             : "";
    char date[64] = "";
    size_t size;
    char *text;

    if (hit->date && wanted == ORIGIN_TIME_SOURCE) {
        hit_date(date, sizeof(date), hit->date);
    } else if (hit->date) {
        snprintf(date, sizeof(date), "%.*s", DATE_WIDTH, hit->date);
    }
    size = strlen(date) + strlen(DOT) + strlen(source) + 1;
    text = malloc(size);
    if (text) {
        snprintf(text, size, "%s%s%s", date, *date && *source ? DOT : "",
                 source);
        text_clean(text, false);
    }
    return text;
}

/* A hit in a line: its rank, the title, and where there is room date and
   source. */
static void
put_hit(const struct screen *screen, const struct area *area, int row,
        const lede_hit *hit, bool chosen)
{
    char *title = strdup(hit->title ? hit->title : "(no title)");
    char *whole = origin(hit, ORIGIN_DAY_SOURCE);
    char *day = origin(hit, ORIGIN_DAY);
    const char *meta = whole;
    attr_t base = chosen ? A_REVERSE : A_NORMAL;
    struct piece piece = { title, 0, 0, base | A_BOLD,
                           hit->title_highlights, hit->n_title_highlights };
    int y = area->top + row;
    int room = area->width;
    char rank[32];
    int width;                  // of the date and source
    int x;

    if (title && whole && day) {
        text_clean(title, false);
        piece.end = strlen(title);
        snprintf(rank, sizeof(rank), "%3zu  ", hit->rank);
        attrset(base);
        mvhline(y, area->left, ' ' | base, room);
        x = put_text(screen, y, area->left, room, rank,
                     base | style_of(screen, STYLE_FAINT));
        room -= x;
        width = text_width(meta, strlen(meta));
        if (width > room - piece_width(&piece) - 2) {
            meta = day;
            width = room < TITLE_MIN ? 0 : (int)strlen(day);
        }
        x += put(screen, y, x, width > 0 ? room - width - 2 : room, &piece);
        put_text(screen, y, x + 2, width, meta,
                 base | style_of(screen, STYLE_FAINT));
    }
    free(title);
    free(whole);
    free(day);
}

/* What is drawn line below line: a window on a text of so many lines. */
struct scroll {
    const struct screen *screen;
    struct area area;
    int passed;                 // lines above the window
    int line;                   // the next one
};

/* Add a text, wrapped.  It is cleaned in a copy. */
static void
scroll_text(struct scroll *scroll, const char *text, size_t length,
            attr_t style, const lede_range *marks, size_t n_marks)
{
    char *copy = strndup(text, length);
    size_t n = copy ? strlen(copy) : 0;
    char *breaks = NULL;
    size_t next = 0;

    if (copy) {
        text_clean(copy, false);
        breaks = text_breaks(copy, n);
    }
    do {
        struct piece piece = { copy, next, 0, style, marks, n_marks };
        int y = scroll->line - scroll->passed;

        if (!breaks) {
            break;
        }
        piece.end = text_line(copy, n, breaks, next, scroll->area.width,
                              &next);
        if (y >= 0 && y < scroll->area.height) {
            put(scroll->screen, scroll->area.top + y, scroll->area.left,
                scroll->area.width, &piece);
        }
        scroll->line++;
    } while (next < n);
    free(copy);
    free(breaks);
}

static void
scroll_plain(struct scroll *scroll, const char *text, enum style wanted)
{
    scroll_text(scroll, text, strlen(text),
                style_of(scroll->screen, wanted), NULL, 0);
}

/* "line 12 · Heading › Heading below it". */
static void
scroll_headings(struct scroll *scroll, const lede_passage *passage)
{
    char *line = NULL;
    size_t size;
    FILE *stream = open_memstream(&line, &size);

    if (!stream) {
        return;
    }
    if (passage->line > 0) {
        fprintf(stream, "line %u%s", passage->line,
                passage->n_headings > 0 ? DOT : "");
    }
    for (size_t i = 0; i < passage->n_headings; i++) {
        fprintf(stream, "%s%s", i > 0 ? BELOW : "", passage->headings[i]);
    }
    if (fclose(stream) == 0 && *line) {
        scroll_plain(scroll, line, STYLE_FAINT);
    }
    free(line);
}

/* The article itself, a line of it at a time. */
static void
scroll_body(struct scroll *scroll, const struct search *search,
            const lede_hit *hit)
{
    const lede_article *article;
    const char *body;
    size_t rest;

    if (lede_index_article(search->places.indexes[hit->index], hit->id,
                           &article, NULL) != LEDE_STATUS_OK ||
        !article->body) {
        return;
    }
    body = article->body;
    rest = strnlen(body, BODY_MAX);
    while (rest > 0) {
        size_t length = 0;

        while (length < rest && body[length] != '\n') {
            length++;
        }
        scroll_text(scroll, body, length, A_NORMAL, NULL, 0);
        length += length < rest;
        body += length;
        rest -= length;
    }
    if (*body) {
        scroll_plain(scroll, "(the rest is not shown here)", STYLE_FAINT);
    }
}

static void
scroll_hit(struct scroll *scroll, const struct search *search,
           const lede_hit *hit, bool whole)
{
    const char *title = hit->title ? hit->title : "(no title)";
    char *meta = origin(hit, ORIGIN_TIME_SOURCE);
    char *place = hit_place(&search->places, hit->index, hit->id, hit->path);

    scroll_text(scroll, title, strlen(title), A_BOLD, hit->title_highlights,
                hit->n_title_highlights);
    if (meta && *meta) {
        scroll_plain(scroll, meta, STYLE_FAINT);
    }
    if (place) {
        scroll_plain(scroll, place, STYLE_PLACE);
    }
    free(meta);
    free(place);
    for (size_t i = 0; i < hit->n_passages; i++) {
        const lede_passage *passage = &hit->passages[i];

        scroll->line++;
        scroll_headings(scroll, passage);
        scroll_text(scroll, passage->text, strlen(passage->text), A_NORMAL,
                    passage->highlights, passage->n_highlights);
    }
    if (whole) {
        int y = ++scroll->line - scroll->passed;

        if (y >= 0 && y < scroll->area.height) {
            mvhline(scroll->area.top + y, 0, 0, scroll->area.width);
        }
        scroll->line += 2;
        scroll_body(scroll, search, hit);
    }
}

/* The article alone; scrolled to its end at most. */
static void
draw_whole(const struct screen *screen, struct view *view,
           const lede_hit *hit)
{
    struct area area = { TOP, 0, screen_lines(), COLS };
    int most;

    for (int pass = 0; pass < 2; pass++) {
        struct scroll scroll = { screen, area, view->scroll, 0 };

        scroll_hit(&scroll, view->search, hit, true);
        most = scroll.line > area.height ? scroll.line - area.height : 0;
        if (view->scroll <= most) {
            return;
        }
        view->scroll = most;
        move(TOP, 0);
        clrtobot();
    }
}

static void
draw_hits(const struct screen *screen, const struct view *view,
          const lede_results *results)
{
    size_t n = lede_results_count(results);
    struct area list;
    struct area preview;

    lay_out(&list, &preview);
    for (size_t i = 0; i < n && (int)i < list.height; i++) {
        put_hit(screen, &list, (int)i, lede_results_hit(results, i),
                i == view->chosen);
    }
    if (preview.height <= 0 || n == 0) {
        return;
    }
    attrset(style_of(screen, STYLE_FAINT));
    if (preview.left > 0) {
        mvvline(TOP, preview.left - 2, 0, preview.height);
    } else {
        mvhline(preview.top - 1, 0, 0, COLS);
    }
    attrset(A_NORMAL);
    scroll_hit(&(struct scroll){ screen, preview, 0, 0 }, view->search,
               lede_results_hit(results, view->chosen), false);
}

/* The query, its beginning left out where the cursor would be too far right.
   Returns the cursor's column. */
static int
draw_query(const struct screen *screen, const struct view *view)
{
    int x = put_text(screen, 0, 0, COLS, PROMPT, A_BOLD);
    struct piece piece = { view->query, 0, view->cursor, A_NORMAL, NULL, 0 };
    int cursor;

    while (piece.start < view->cursor &&
           (cursor = piece_width(&piece)) > COLS - x - 1) {
        wchar_t wide;
        int columns;

        piece.start += read_character(&piece, piece.start, &wide, &columns);
    }
    cursor = x + piece_width(&piece);
    piece.end = view->length;
    put(screen, 0, x, COLS - x, &piece);
    return cursor < COLS ? cursor : COLS - 1;
}

void
screen_draw(const struct screen *screen, struct view *view)
{
    lede_results *results = view->search->results;
    attr_t faint = style_of(screen, STYLE_FAINT);
    int cursor;
    int used;

    erase();
    cursor = draw_query(screen, view);
    text_clean(view->says, false);
    used = put_text(screen, 1, 0, COLS, view->says, faint);
    if (used + 2 + (int)strlen(KEYS) <= COLS) {
        put_text(screen, 1, COLS - (int)strlen(KEYS), COLS, KEYS, faint);
    }
    if (results && lede_results_count(results) > 0 && view->whole) {
        draw_whole(screen, view, lede_results_hit(results, view->chosen));
    } else if (results) {
        draw_hits(screen, view, results);
    }
    move(0, cursor);
    refresh();
}
