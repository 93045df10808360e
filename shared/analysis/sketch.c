/* sketch.c - resemblance by minwise hashing; see sketch.h.

   It is made of every word that is indexed, so that a shingle must cost next
   to nothing: the hashes of its words, each turned by its place (as in the
   cyclic polynomials of Cohen 1997), and one mixing of their sum. */

#include "shared/analysis/sketch.h"

#define EMPTY UINT32_MAX

/* Words in a shingle, and pairs of characters. */
#define WORDS 4
#define GRAMS 3

/* The finaliser of MurmurHash3 (Appleby): all bits depend on all. */
static inline uint64_t
mix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdu;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53u;
    return x ^ x >> 33;
}

static inline uint64_t
turn(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

void
lede__sketch_begin(struct sketcher *sketcher)
{
    sketcher->words = 0;
    for (int i = 0; i < SKETCH_BYTES; i++) {
        sketcher->least[i] = EMPTY;
    }
}

void
lede__sketch_add(struct sketcher *sketcher, const struct token *tokens,
                 size_t count)
{
    uint64_t first = sketcher->last[2];
    uint64_t second = sketcher->last[1];
    uint64_t third = sketcher->last[0];
    uint32_t words = sketcher->words;

    for (size_t i = 0; i < count; i++) {
        bool gram = tokens[i].kind == TOKEN_GRAM ||
                    tokens[i].kind == TOKEN_CHAR;
        uint64_t hash;
        uint64_t sum;
        uint32_t value;
        unsigned bin;

        if ((tokens[i].flags & TOKEN_EXTRA) != 0) {
            continue;
        }
        hash = tokens[i].word->hash;
        sum = hash ^ turn(third, 17) ^ turn(second, 34);
        sum = mix(gram ? sum : sum ^ turn(first, 51));
        first = second;
        second = third;
        third = hash;
        words += words < UINT32_MAX;
        value = (uint32_t)sum & (EMPTY - 1);
        bin = (unsigned)(sum >> 58);
        if (value < sketcher->least[bin] && words >= (gram ? GRAMS : WORDS)) {
            sketcher->least[bin] = value;
        }
    }
    sketcher->last[2] = first;
    sketcher->last[1] = second;
    sketcher->last[0] = third;
    sketcher->words = words;
}

/* The bin that an empty one borrows from. */
static unsigned
lender(const struct sketcher *sketcher, unsigned bin)
{
    unsigned other = bin;

    for (uint64_t i = 1; sketcher->least[other] == EMPTY; i++) {
        other = (unsigned)(mix((uint64_t)bin << 32 | i) >> 58);
    }
    return other;
}

bool
lede__sketch_end(const struct sketcher *sketcher, struct sketch *out)
{
    if (sketcher->words < SKETCH_WORDS) {
        return false;
    }
    for (unsigned i = 0; i < SKETCH_BYTES; i++) {
        uint64_t least = sketcher->least[lender(sketcher, i)];

        // what is borrowed is another byte here than there, so that two short
        // texts do not agree in all bins by one accident
        out->bytes[i] = (uint8_t)mix(least << 8 | i);
    }
    return true;
}

double
lede__sketch_resemblance(const struct sketch *a, const struct sketch *b)
{
    int same = 0;
    double share;

    for (int i = 0; i < SKETCH_BYTES; i++) {
        same += a->bytes[i] == b->bytes[i];
    }
    share = ((double)same / SKETCH_BYTES - 1.0 / 256) / (1 - 1.0 / 256);
    return share > 0 ? share : 0;
}
