/* ranking.h - what the options say about the ranking: the same for all commands
   that rank (OPTIONS_RANKING in rows.h). */

#ifndef LEDE_CLI_RANKING_H
#define LEDE_CLI_RANKING_H

#include "cli/options.h"

/* Set what ranks; the rest is left alone.  EXIT_DONE or, after a message,
   EXIT_ERROR. */
int
ranking_options(lede_search_options *options,
                const struct settings *settings);

#endif
