/* words.c - operands that are text; see words.h. */

#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

char *
words_join(const char *const *words, size_t n)
{
    size_t length = 1;
    char *joined;
    char *out;

    for (size_t i = 0; i < n; i++) {
        length += strlen(words[i]) + 1;
    }
    out = joined = malloc(length);
    for (size_t i = 0; joined && i < n; i++) {
        if (i > 0) {
            *out++ = ' ';
        }
        out = stpcpy(out, words[i]);
    }
    if (joined) {
        *out = '\0';
    }
    return joined;
}
