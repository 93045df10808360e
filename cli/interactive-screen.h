/* interactive-screen.h - the terminal of an interactive search: its keys, and
   what is drawn on it.  Only its two sources know curses. */

#ifndef LEDE_CLI_INTERACTIVE_SCREEN_H
#define LEDE_CLI_INTERACTIVE_SCREEN_H

#include <signal.h>
#include <stdio.h>

#include "cli/search.h"

#define VIEW_QUERY_MAX 4096
#define VIEW_SAYS_MAX 1024

/* What is to be seen. */
struct view {
    const struct search *search;        // its results; NULL: nothing
    char query[VIEW_QUERY_MAX];         // what has been typed, UTF-8
    size_t length;
    size_t cursor;                      // a byte of it
    size_t chosen;                      // of the results
    bool whole;                         // the chosen article alone
    int scroll;                         // lines of it passed over
    char says[VIEW_SAYS_MAX];           // the line below the query
};

/* Pairs of colours. */
enum { SCREEN_MARK = 1, SCREEN_PLACE };

struct screen {
    void *curses;
    FILE *in;
    FILE *out;
    bool color;
    sigset_t mask;                      // as it was before
    unsigned char bytes[8];             // of a character that is not complete
    size_t n_bytes;
};

enum press_kind {
    PRESS_TEXT,
    PRESS_ENTER,
    PRESS_LEAVE,
    PRESS_SIGNAL,                       // the program is to end
    PRESS_RESIZE,
    PRESS_ERASE,
    PRESS_DELETE,
    PRESS_ERASE_WORD,
    PRESS_ERASE_ALL,
    PRESS_LEFT,
    PRESS_RIGHT,
    PRESS_HOME,
    PRESS_END,
    PRESS_UP,
    PRESS_DOWN,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_WHOLE,
};

struct press {
    enum press_kind kind;
    char text[8];                       // PRESS_TEXT: a character, UTF-8
    int number;                         // PRESS_SIGNAL: which one
};

/* ---- interactive-terminal.c ---- */

/* Take the terminal, which is /dev/tty: stdout may be a pipe.  EXIT_DONE or,
   after a message, EXIT_ERROR. */
int
screen_open(struct screen *screen, const struct settings *settings);

/* Give it back as it was.  May be called after a failed screen_open. */
void
screen_close(struct screen *screen);

/* The next key; with `wait`, when it comes.  False where none waits. */
bool
screen_press(struct screen *screen, struct press *press, bool wait);

/* ---- interactive-screen.c ---- */

/* How many hits there is room for, at least 1, and the lines of an article. */
int
screen_rows(void);
int
screen_lines(void);

/* Draw it; where view->scroll is too much, it is set to the most. */
void
screen_draw(const struct screen *screen, struct view *view);

#endif
