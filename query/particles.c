/* particles.c - what ends a Korean word without being of it; see particles.h.

   Particles (josa) and the copula are a closed class, as stop words are: the
   commonest of them, and of their combinations.  The longest at the end is
   taken, where at least two syllables are left.  A word that only ends like one
   (고양이, cat) has its end weighed less in vain, which costs it little. */

#include "query/particles.h"

/* A syllable of Hangul in UTF-8: U+AC00 to U+D7A3. */
#define SYLLABLE 3
#define LEFT_MIN 2

static const char *const particles[] = {
    "은", "는", "이", "가", "을", "를", "의", "에", "께", "로", "와", "과",
    "도", "만", "나", "며", "란",
    "에서", "에게", "께서", "한테", "으로", "부터", "까지", "보다", "처럼",
    "이나", "이며", "이란", "라는", "인가", "은가", "는가", "나요", "인지",
    "이다", "에는", "에도", "로는", "로서", "로써", "과의", "와의", "로의",
    "에게서", "이라는", "인가요", "입니까", "에서는", "에서의", "으로는",
    "으로서", "으로써", "이라고", "라고", "에게는", "까지의", "부터의",
    "으로의",
};

static bool
is_syllable(const char *p)
{
    const unsigned char *c = (const unsigned char *)p;
    unsigned code = (c[0] & 0xFu) << 12 | (c[1] & 0x3Fu) << 6 |
                    (c[2] & 0x3Fu);

    return c[0] >> 4 == 0xE && code >= 0xAC00 && code <= 0xD7A3;
}

size_t
lede__particle(struct str word)
{
    size_t longest = 0;
    size_t i;

    if (word.len % SYLLABLE != 0) {
        return 0;
    }
    for (i = 0; i < word.len; i += SYLLABLE) {
        if (!is_syllable(word.p + i)) {
            return 0;
        }
    }
    for (i = 0; i < sizeof(particles) / sizeof(particles[0]); i++) {
        struct str particle = str_from(particles[i]);

        if (particle.len > longest &&
            particle.len + LEFT_MIN * SYLLABLE <= word.len &&
            memcmp(word.p + word.len - particle.len, particle.p,
                   particle.len) == 0) {
            longest = particle.len;
        }
    }
    return longest / SYLLABLE;
}
