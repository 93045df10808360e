/* number.c - decimal numbers, read the same in every locale (strtod is not). */

#include <math.h>

#include "shared/base/str.h"

/* Digits beyond these change no double. */
#define DIGITS_MAX 19
#define EXPONENT_MAX 9999

double
lede__str_number(struct str s)
{
    const char *p = s.p;
    const char *end = s.p + s.len;
    uint64_t digits = 0;
    int n_digits = 0;
    int exponent = 0;
    int written = 0;
    bool negative = false;
    bool point = false;
    bool minus = false;

    if (p < end && (*p == '-' || *p == '+')) {
        negative = *p++ == '-';
    }
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = true;
        } else if (*p < '0' || *p > '9') {
            break;
        } else if (n_digits < DIGITS_MAX) {
            digits = digits * 10 + (uint64_t)(*p - '0');
            n_digits += digits > 0;
            exponent -= point;
        } else if (exponent < EXPONENT_MAX) {
            exponent += !point;
        }
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '-' || *p == '+')) {
            minus = *p++ == '-';
        }
        for (; p < end && *p >= '0' && *p <= '9'; p++) {
            if (written < EXPONENT_MAX) {
                written = written * 10 + (*p - '0');
            }
        }
    }
    if (p != end || digits == 0) {
        return 0;
    }
    exponent += minus ? -written : written;
    return (double)((negative ? -1.0L : 1.0L) * (long double)digits *
                    powl(10.0L, exponent));
}
