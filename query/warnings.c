/* warnings.c - what was not honoured in a query, with its place. */

#include <stdarg.h>
#include <stdio.h>

#include "query/parse.h"
#include "shared/base/utf8.h"

lede_status
lede__warn(struct warnings *warnings, const char *code, size_t start,
           size_t end, lede_error *err, const char *format, ...)
{
    char message[256];
    va_list args;
    struct str copy;
    int len;

    if (warnings->count == QUERY_WARNINGS_MAX) {
        return LEDE_STATUS_OK;
    }
    if (warnings->items == NULL) {
        warnings->items = lede__arena_array(warnings->arena,
                                            QUERY_WARNINGS_MAX,
                                            sizeof(*warnings->items));
        if (warnings->items == NULL) {
            return lede__fail_memory(err);
        }
    }
    va_start(args, format);
    len = vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (len < 0) {
        len = 0;
        message[0] = '\0';
    }
    copy = (struct str){ message, (size_t)len };
    if (copy.len >= sizeof(message)) {
        // a word of the query was long: cut, at a character
        copy.len = sizeof(message) - 1;
        copy.len = lede__utf8_floor(copy, copy.len - 1);
    }
    copy = lede__arena_str(warnings->arena, copy);
    if (copy.p == NULL) {
        return lede__fail_memory(err);
    }
    warnings->items[warnings->count++] = (lede_warning){ code, copy.p, start,
                                                         end };
    return LEDE_STATUS_OK;
}
