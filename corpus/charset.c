/* charset.c - the detector of encodings; see charset.h. */

#include <uchardet.h>

#include "corpus/charset.h"

bool
lede__charset_detect(struct str bytes, char name[CHARSET_NAME_MAX])
{
    uchardet_t detector = uchardet_new();
    const char *found;
    size_t len = 0;

    if (detector == NULL) {
        return false;
    }
    if (uchardet_handle_data(detector, bytes.p, bytes.len) == 0) {
        uchardet_data_end(detector);
        found = uchardet_get_charset(detector);
        len = strlen(found);
        if (len >= CHARSET_NAME_MAX || strcmp(found, "UTF-8") == 0
            || strcmp(found, "ASCII") == 0) {
            len = 0;
        }
        memcpy(name, found, len);
        name[len] = '\0';
    }
    uchardet_delete(detector);
    return len > 0;
}
