/* impact.c - sets of pairs (tf, length) that bound scores; see impact.h.

   The score of BM25 grows with tf and falls with length, so that of many
   postings only those matter that no other beats in both: the skyline.  A
   block keeps two pairs of it, a group of blocks four.  Two neighbours of a
   skyline are merged into one pair with the tf of the one and the length of
   the other, which is above both.

   After Lucene's impacts (Grand, Muir, Ferenczi and Lin 2020, "From MaxScore
   to Block-Max WAND"), which keep whole skylines. */

#include "shared/index/impact.h"

#include <string.h>

/* How much a pair and the next one up lose when they are merged.  Without
   knowing k1, b and the usual length: little where tf or length are near. */
static float
loss(struct impact low, struct impact high)
{
    float tf = (float)(high.max_tf - low.max_tf) / (float)high.max_tf;

    return tf * (float)(high.min_length - low.min_length);
}

void
lede__impacts_add(struct impacts *impacts, struct impact pair)
{
    struct impact all[IMPACTS_MAX + 1];
    size_t n = 0;
    size_t i = 0;

    for (; i < impacts->n; i++) {
        if (impacts->pairs[i].max_tf >= pair.max_tf
            && impacts->pairs[i].min_length <= pair.min_length) {
            return;             // this one is above it, as mostly one is
        }
    }
    // those with a lower tf: only where they are shorter
    for (i = 0; i < impacts->n && impacts->pairs[i].max_tf < pair.max_tf; i++) {
        if (impacts->pairs[i].min_length < pair.min_length) {
            all[n++] = impacts->pairs[i];
        }
    }
    all[n++] = pair;
    for (; i < impacts->n; i++) {
        if (impacts->pairs[i].max_tf > pair.max_tf) {
            all[n++] = impacts->pairs[i];
        }
    }
    if (n > IMPACTS_MAX) {
        size_t best = 0;
        for (i = 1; i + 1 < n; i++) {
            if (loss(all[i], all[i + 1]) < loss(all[best], all[best + 1])) {
                best = i;
            }
        }
        all[best].max_tf = all[best + 1].max_tf;
        n--;
        memmove(all + best + 1, all + best + 2,
                (n - best - 1) * sizeof *all);
    }
    memcpy(impacts->pairs, all, n * sizeof *all);
    impacts->n = n;
}

#define STEPS 16                // codes for each power of two
#define CODE_MAX 255

uint8_t
lede__impact_tf_slow(uint32_t tf)
{
    unsigned power, code;

    // tf - 1 rounded down, and one more, is tf rounded up
    power = 27 - (unsigned)__builtin_clz(tf - 1);
    code = STEPS * power + ((tf - 1) >> power) + 1;
    return code < CODE_MAX ? (uint8_t)code : CODE_MAX;
}

uint32_t
lede__impact_tf_value(uint8_t code)
{
    unsigned power;

    if (code < IMPACT_EXACT) {
        return code;
    }
    if (code == CODE_MAX) {
        return UINT32_MAX;
    }
    power = code / STEPS - 1;
    return (uint32_t)(STEPS + code % STEPS) << power;
}

void
lede__impact_set_clear(struct impact_set *set)
{
    set->max_code = -1;
    memset(set->min_length, 255, sizeof set->min_length);
}

void
lede__impact_set_merge(struct impact_set *set, const struct impact_set *other)
{
    for (int code = 0; code <= other->max_code; code++) {
        if (other->min_length[code] < set->min_length[code]) {
            set->min_length[code] = other->min_length[code];
        }
    }
    if (other->max_code > set->max_code) {
        set->max_code = other->max_code;
    }
}

/* What BM25 makes of a pair, for two usual settings. */
static float
worth(unsigned code, float length, float average)
{
    float tf = (float)lede__impact_tf_value((uint8_t)code);
    float ratio = length / average;

    return tf / (tf + 0.9f * (0.6f + 0.4f * ratio))
        + tf / (tf + 1.2f * (0.25f + 0.75f * ratio));
}

void
lede__impact_set_choose(const struct impact_set *set, const float values[256],
                        float average, unsigned max, uint8_t (*pairs)[2])
{
    uint8_t codes[256], lengths[256];   // the skyline, from the highest tf on
    float merged[256];          // the worth of i merged with i + 1
    unsigned n = 0;
    unsigned least = 256;

    for (int code = set->max_code; code >= 0; code--) {
        if (set->min_length[code] < least || n == 0) {
            least = set->min_length[code];
            codes[n] = (uint8_t)code;
            lengths[n++] = (uint8_t)least;
        }
    }
    for (unsigned i = 0; i + 1 < n; i++) {
        merged[i] = worth(codes[i], values[lengths[i + 1]], average);
    }
    // merge those of which least comes, as the best pair is what counts
    while (n > max) {
        unsigned best = 0;
        for (unsigned i = 1; i + 1 < n; i++) {
            best = merged[i] < merged[best] ? i : best;
        }
        lengths[best] = lengths[best + 1];
        memmove(codes + best + 1, codes + best + 2, n - best - 2);
        memmove(lengths + best + 1, lengths + best + 2, n - best - 2);
        memmove(merged + best, merged + best + 1,
                (n - best - 2) * sizeof *merged);
        n--;
        if (best > 0) {
            merged[best - 1] = worth(codes[best - 1], values[lengths[best]],
                                     average);
        }
        if (best + 1 < n) {
            merged[best] = worth(codes[best], values[lengths[best + 1]],
                                 average);
        }
    }
    for (unsigned i = 0; i < max; i++) {
        unsigned from = i < n ? n - 1 - i : 0;  // tfs ascend
        pairs[i][0] = n == 0 ? 0 : codes[from];
        pairs[i][1] = n == 0 ? 255 : lengths[from];
    }
}
