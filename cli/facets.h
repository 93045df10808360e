/* facets.h - facets and the histogram of a search, for people and programs. */

#ifndef LEDE_CLI_FACETS_H
#define LEDE_CLI_FACETS_H

#include "cli/json.h"
#include "cli/output.h"

/* Those that the results have, with an empty line behind each.  EXIT_DONE or,
   after a message, EXIT_ERROR. */
int
facets_print(struct output *out, const lede_results *results);

/* A list of objects, and an object. */
json *
facets_json(const lede_results *results);
json *
histogram_json(const lede_histogram *histogram);

#endif
