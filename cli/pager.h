/* pager.h - showing text that is longer than the screen. */

#ifndef LEDE_CLI_PAGER_H
#define LEDE_CLI_PAGER_H

#include <stdbool.h>
#include <stddef.h>

/* Show `text` through the pager if it takes more lines than the terminal at
   stdout has, and wait for its end.  The pager is $LEDE_PAGER, else $PAGER,
   else less; a name that is empty or "cat" is none.  As git does, LESS is FRX
   and LV is -c where they are not set.
   Returns false where the text is still to be written. */
bool
pager_show(const char *text, size_t n, int width);

#endif
