/* words.h - operands that are text. */

#ifndef LEDE_CLI_WORDS_H
#define LEDE_CLI_WORDS_H

#include <stddef.h>

/* The words, joined by one space, for free(); NULL without memory. */
char *
words_join(const char *const *words, size_t n);

#endif
