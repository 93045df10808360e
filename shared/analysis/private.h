/* private.h - what the tests of analysis may see beside analysis.h. */

#ifndef LEDE_ANALYSIS_PRIVATE_H
#define LEDE_ANALYSIS_PRIVATE_H

#include "shared/analysis/analysis.h"

/* Take no fast path: every character is classified, and every form folded, by
   the Unicode library.  The tokens must be the same. */
void
lede__analysis_by_pages(struct analysis *analysis, bool by_pages);

#endif
