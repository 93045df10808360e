/* words.c - the handles of words; see words.h. */

#define _DEFAULT_SOURCE         // madvise

#include "bench/words.h"

#include <sys/mman.h>
#include <xxhash.h>

#define FIRST_BITS 12
#define LARGE_PAGE ((size_t)2 << 20)

/* n bytes of 0xFF in memory, then zeros: whichever way bytes are ordered, the
   first in memory are those of the text. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FIRST(n) (~(uint64_t)0 >> (64 - 8 * (n)))
#else
#define FIRST(n) (~(uint64_t)0 << (64 - 8 * (n)))
#endif

const struct words_mask words_masks[17] = {
    { 0, 0 },
    { FIRST(1), 0 }, { FIRST(2), 0 }, { FIRST(3), 0 }, { FIRST(4), 0 },
    { FIRST(5), 0 }, { FIRST(6), 0 }, { FIRST(7), 0 }, { FIRST(8), 0 },
    { FIRST(8), FIRST(1) }, { FIRST(8), FIRST(2) }, { FIRST(8), FIRST(3) },
    { FIRST(8), FIRST(4) }, { FIRST(8), FIRST(5) }, { FIRST(8), FIRST(6) },
    { FIRST(8), FIRST(7) }, { FIRST(8), FIRST(8) },
};

/* Pages that the system has zeroed; large ones, where there are many: words are
   all over them. */
static void
make_places(struct words *words, unsigned bits)
{
    size_t size = sizeof(struct known_word) << bits;

    words->cap = (size_t)1 << bits;
    words->count = 0;
    words->shift = 64 - bits;
    words->places = mmap(NULL, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (words->places == MAP_FAILED) {
        die("out of memory");
    }
#ifdef MADV_HUGEPAGE
    if (size >= LARGE_PAGE) {
        madvise(words->places, size, MADV_HUGEPAGE);
    }
#endif
}

void
words_new(struct words *words)
{
    make_places(words, FIRST_BITS);
}

void
words_free(struct words *words)
{
    munmap(words->places, words->cap * sizeof(*words->places));
}

void
words_clear(struct words *words)
{
    if (words->shift == 64 - FIRST_BITS) {
        memset(words->places, 0, words->cap * sizeof(*words->places));
        words->count = 0;
    } else {
        words_free(words);
        words_new(words);
    }
}

static void
grow_places(struct words *words)
{
    struct words old = *words;

    make_places(words, 64 - old.shift + 1);
    words->count = old.count;
    for (size_t i = 0; i < old.cap; i++) {
        if (old.places[i].hash != 0) {
            *words_find(words, old.places[i].hash) = old.places[i];
        }
    }
    words_free(&old);
}

struct known_word *
words_add(struct words *words, uint64_t hash)
{
    struct known_word *word;

    if (words->count >= words->cap / 4 * 3) {
        grow_places(words);
    }
    word = words_find(words, hash);
    word->hash = hash;
    words->count++;
    return word;
}

uint64_t
words_long_hash(struct str token)
{
    return XXH3_64bits(token.p, token.len) | 1;
}
