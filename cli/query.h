/* query.h - the query of a command: where it comes from, what day it is asked
   on, and where in it a mistake is. */

#ifndef LEDE_CLI_QUERY_H
#define LEDE_CLI_QUERY_H

#include "cli/options.h"

/* The operands joined by spaces, or what is in the file of --query-json, for
   free().  NULL after a message. */
char *
query_text(const struct settings *settings);

/* Set what the options of a search say about the query: strictness, JSON, the
   clock.  EXIT_DONE or, after a message, EXIT_ERROR. */
int
query_options(lede_search_options *options, const struct settings *settings);

/* What went wrong, with the line of the query that the mistake is in and a
   mark below it.  EXIT_ERROR. */
int
query_complain(const char *query, lede_status status,
               const lede_error *error);

#endif
