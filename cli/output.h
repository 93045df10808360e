/* output.h - where the command writes: data to stdout, talk to stderr.

   Environment and terminal are looked at here and nowhere else: NO_COLOR, TERM,
   COLUMNS, LEDE_PAGER, PAGER, LESS, and the terminal's size. */

#ifndef LEDE_CLI_OUTPUT_H
#define LEDE_CLI_OUTPUT_H

#include <stdarg.h>
#include <stdio.h>

#include "cli/options.h"

/* Narrower terminals are written to as if they were this wide. */
#define WIDTH_MIN 40
/* Text is easier to read in lines of at most so many columns. */
#define WIDTH_TEXT 96

/* Text on stdout.  Where stdout is a terminal it is gathered, so that the pager
   is only started when it is longer than the screen. */
struct output {
    FILE *stream;               // write here
    int width;                  // in columns
    bool terminal;              // stdout is one, and not a dumb one
    bool color;
    bool links;                 // the terminal knows OSC 8 hyperlinks
    char *gathered;
    size_t n_gathered;
};

/* Returns EXIT_DONE, or EXIT_ERROR after a message. */
int
output_open(struct output *out, const struct settings *settings);

/* Write what was gathered, through the pager where that is wanted, and check
   that all of it was written.  Returns `status`, or EXIT_ERROR after a message
   where the disk is full or the like; ends quietly on a closed pipe. */
int
output_close(struct output *out, int status);

/* Check that all that was written to stdout has arrived; as output_close. */
int
stdout_finish(int status);

/* SGR sequences, empty without colour. */
enum style {
    STYLE_PLAIN,
    STYLE_TITLE,
    STYLE_MARK,                 // matched words; switched off by STYLE_UNMARK
    STYLE_UNMARK,
    STYLE_FAINT,
    STYLE_PLACE,                // paths and ids
};

const char *
style(const struct output *out, enum style style);

/* Columns of the terminal at `fd`, or 80; at least WIDTH_MIN. */
int
terminal_width(int fd);

/* Whether a terminal of this kind can be drawn on, and in colour. */
bool
terminal_draws(void);
bool
terminal_color(const struct settings *settings);

/* Whether progress may be drawn on stderr. */
bool
stderr_draws(void);

/* "lede: MESSAGE" on stderr, without characters that would steer a terminal. */
void
complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "lede: note: MESSAGE": what was done otherwise than asked. */
void
note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* complain with the message of a failed call; returns EXIT_ERROR. */
int
complain_error(lede_status status, const lede_error *error);

int
complain_memory(void);

/* "12,345" and "1.5 MB" (of 1024s: KB, MB, GB, TB). */
void
format_count(char *out, size_t size, uint64_t number);
void
format_size(char *out, size_t size, uint64_t bytes);

/* "s" unless there is one. */
const char *
plural(uint64_t number);

#endif
