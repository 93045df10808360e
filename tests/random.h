/* random.h - numbers and texts that look random and are the same in every run.

   The seed is fixed, or what LEDE_TEST_SEED says; a test that fails says its
   seed, so that it can be run again.  Generator: xorshift64* (Vigna 2016). */

#ifndef LEDE_TESTS_RANDOM_H
#define LEDE_TESTS_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

struct random {
    uint64_t state;
};

static inline struct random
random_begin(uint64_t seed)
{
    const char *given = getenv("LEDE_TEST_SEED");

    seed = given == NULL ? seed : strtoull(given, NULL, 10);
    return (struct random){ seed * 0x9e3779b97f4a7c15u + 1 };
}

static inline uint64_t
random_next(struct random *random)
{
    uint64_t x = random->state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * 0x2545f4914f6cdd1du;
}

/* 0 <= result < bound. */
static inline uint64_t
random_below(struct random *random, uint64_t bound)
{
    return (random_next(random) >> 11) % bound;
}

/* Once in `n` times. */
static inline int
random_once_in(struct random *random, uint64_t n)
{
    return random_below(random, n) == 0;
}

/* Valid UTF-8 without NUL, `len` bytes or up to three less. */
static inline size_t
random_text(struct random *random, char *out, size_t len)
{
    static const char *const letters[] = {
        "a", "b", "e", "t", "z", "0", "7", " ", " ", "\n", ".", "-", "\"",
        "\\", "#", "\xc3\xa4", "\xc3\x9f", "\xe4\xb8\xad", "\xe6\x96\x87",
        "\xf0\x9f\x98\x80", "\xc2\xa0", "\x7f", "\x01",
    };
    size_t n = 0;

    for (;;) {
        const char *letter =
            letters[random_below(random, sizeof letters / sizeof *letters)];
        size_t more = 1;

        while (letter[more] != '\0') {
            more++;
        }
        if (n + more > len) {
            return n;
        }
        for (size_t i = 0; i < more; i++) {
            out[n++] = letter[i];
        }
    }
}

#endif
