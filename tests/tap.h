/* tap.h - what a unit test says, in the Test Anything Protocol.

   A test is one program of one file that includes this header:

       int
       main(void)
       {
           ok(2 + 2 == 4, "sums");
           is_int(strlen("lede"), 4, "length of %s", "lede");
           is_str(name, "Qwen", "name");
           skip(1, "no second processor");
           return done();
       }

   Each line is flushed, so that a crash shows how far the test came.  What was
   wrong is said on lines that begin with "#". */

#ifndef LEDE_TESTS_TAP_H
#define LEDE_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_planned, tap_count, tap_failed;

/* Each returns whether the test passed.  The name is a printf format. */
#define ok(passed, ...) tap_ok((passed), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...) \
    tap_is_int((long long)(got), (long long)(want), __FILE__, __LINE__, \
               __VA_ARGS__)
#define is_str(got, want, ...) \
    tap_is_str((got), (want), __FILE__, __LINE__, __VA_ARGS__)

/* Say first how many tests there will be; without it, done() counts. */
static inline void
plan(int n)
{
    tap_planned = n;
    printf("1..%d\n", n);
    fflush(stdout);
}

__attribute__((format(printf, 4, 0)))
static inline bool
tap_result(bool passed, const char *file, int line, const char *name,
           va_list args)
{
    printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
    vprintf(name, args);
    putchar('\n');
    if (!passed) {
        tap_failed++;
        printf("# failed at %s:%d\n", file, line);
    }
    fflush(stdout);
    return passed;
}

__attribute__((format(printf, 4, 5)))
static inline bool
tap_ok(bool passed, const char *file, int line, const char *name, ...)
{
    va_list args;

    va_start(args, name);
    tap_result(passed, file, line, name, args);
    va_end(args);
    return passed;
}

__attribute__((format(printf, 5, 6)))
static inline bool
tap_is_int(long long got, long long want, const char *file, int line,
           const char *name, ...)
{
    va_list args;

    va_start(args, name);
    if (!tap_result(got == want, file, line, name, args)) {
        printf("#  got: %lld\n# want: %lld\n", got, want);
    }
    va_end(args);
    return got == want;
}

/* Two NULLs are the same string. */
__attribute__((format(printf, 5, 6)))
static inline bool
tap_is_str(const char *got, const char *want, const char *file, int line,
           const char *name, ...)
{
    bool same = got && want ? strcmp(got, want) == 0 : got == want;
    va_list args;

    va_start(args, name);
    if (!tap_result(same, file, line, name, args)) {
        printf("#  got: %s\n# want: %s\n", got ? got : "(null)",
               want ? want : "(null)");
    }
    va_end(args);
    return same;
}

/* `n` tests cannot be run here. */
static inline void
skip(int n, const char *reason)
{
    while (n-- > 0) {
        printf("ok %d # SKIP %s\n", ++tap_count, reason);
    }
    fflush(stdout);
}

/* Whether tests that sample by a seed shall run whole (`make check-long'). */
static inline bool
long_tests(void)
{
    return getenv("LEDE_TEST_LONG") != NULL;
}

/* The end: what main returns.  Automake's driver counts the failures by the
   lines above, a shell by the status. */
static inline int
done(void)
{
    if (!tap_planned) {
        printf("1..%d\n", tap_count);
    }
    return tap_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
