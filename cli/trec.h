/* trec.h - the hits of a search as a TREC run. */

#ifndef LEDE_CLI_TREC_H
#define LEDE_CLI_TREC_H

#include "cli/options.h"

/* Lines `topic Q0 article rank score run` on stdout; an article is named by its
   key, or its id where it has none.  Returns `status`, or EXIT_ERROR after a
   message. */
int
trec_print(const lede_results *results, const struct settings *settings,
           int status);

#endif
