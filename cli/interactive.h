/* interactive.h - lede search --interactive: hits as one types. */

#ifndef LEDE_CLI_INTERACTIVE_H
#define LEDE_CLI_INTERACTIVE_H

#include "cli/search.h"

/* Left without a choice: as fzf and a shell after ^C have it. */
#define EXIT_LEFT 130

/* Whether what else is asked for goes with it: EXIT_DONE or, after a message,
   EXIT_ERROR. */
int
interactive_check(const struct search *search);

/* Let the person at the terminal type, beginning with search->query, and write
   the file of the article that is chosen to stdout.  Returns what the command
   does. */
int
interactive_run(struct search *search, const lede_search_options *options);

#endif
