/* text.h - text of articles on a terminal: made harmless, wrapped, marked. */

#ifndef LEDE_CLI_TEXT_H
#define LEDE_CLI_TEXT_H

#include "cli/output.h"

/* Replace what would steer a terminal (control characters, overrides of the
   writing direction, broken UTF-8) by harmless characters of the same length,
   so that byte offsets stay right.  Line ends and tabs are kept where `lines`
   is set, else spaces. */
void
text_clean(char *text, bool lines);

/* Columns that a text takes. */
int
text_width(const char *text, size_t n);

struct layout {
    int indent;                 // columns before each line but the first,
    int first;                  // which begins in this column already
    int max_lines;              // 0: as many as it takes; else cut with "..."
    bool whole;                 // break only behind commas
    enum style style;           // of the text itself
    const lede_range *marks;    // what is marked; ascending
    size_t n_marks;
};

/* Where a text that has been cleaned may be broken (UAX #14), for free(); NULL
   without memory. */
char *
text_breaks(const char *text, size_t n);

/* The end of the line that begins at `start` and has room for `room` columns,
   and in *next the beginning of the next one; n after the last. */
size_t
text_line(const char *text, size_t n, const char *breaks, size_t start,
          int room, size_t *next);

/* Write a text as lines of at most out->width columns (WIDTH_TEXT on a wide
   terminal), broken as UAX #14 has it and never inside a character, and a line
   end.  EXIT_DONE or, after a message, EXIT_ERROR (no memory). */
int
text_print(struct output *out, const char *text, const struct layout *layout);

/* One line of `text` made harmless, not wrapped, not ended. */
int
text_put(FILE *stream, const char *text);

/* The same with the direction of its writing kept from what is around it; for
   a terminal that knows no directions, nothing is added. */
int
text_put_apart(struct output *out, const char *text);

#endif
