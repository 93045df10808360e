/* explain.h - the parts of a hit's score, as --explain shows them. */

#ifndef LEDE_CLI_EXPLAIN_H
#define LEDE_CLI_EXPLAIN_H

#include "cli/json.h"
#include "cli/output.h"

/* A line for each part, `indent` columns in.  EXIT_DONE or, after a message,
   EXIT_ERROR. */
int
explain_print(struct output *out, const lede_hit *hit, int indent);

json *
explain_json(const lede_hit *hit);

#endif
