/* copies.h - the near copies of a story, with the hit that stands for them. */

#ifndef LEDE_CLI_COPIES_H
#define LEDE_CLI_COPIES_H

#include "cli/hit.h"
#include "cli/json.h"

/* Write a line of where the copies are from.  EXIT_DONE or, after a message,
   EXIT_ERROR. */
int
copies_print(struct output *out, const struct places *places,
             const lede_hit *hit, int indent);

/* All that is known of them. */
json *
copies_json(const struct places *places, const lede_hit *hit);

#endif
