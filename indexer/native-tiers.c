/* native-tiers.c - which segments are merged: by their sizes alone, so that
   the same commits make the same index anywhere.

   A segment is of TIER 0 below TIER_FIRST bytes, of tier 1 below TIER_FACTOR
   times that, and so on; what is deleted does not count.  As soon as
   TIER_FACTOR adjacent segments are of some tier or below they become one,
   which is mostly of the next.  (A log-structured merge, O'Neil et al. 1996,
   where runs must be adjacent because numbers ascend.)  So a byte is written
   about once for each tier, a small commit costs little, and there are below
   TIER_FACTOR segments for each tier that the largest is above.

   A segment of which most is deleted is written anew alone. */

#include "indexer/native.h"

#define TIER_FIRST ((uint64_t)2 << 20)
#define TIER_FACTOR 8u
#define TIERS 16u

static unsigned
tier_of(const struct tier *segment)
{
    uint64_t size = segment->size;
    uint64_t below = TIER_FIRST;
    unsigned tier = 0;

    if (segment->docs > 0) {
        double left = (double)(segment->docs - segment->deleted) /
                      segment->docs;

        size = (uint64_t)((double)size * left);
    }
    while (size >= below && tier + 1 < TIERS) {
        below *= TIER_FACTOR;
        tier++;
    }
    return tier;
}

void
lede__tiers_choose(const struct tier *segments, size_t count, size_t *first,
                   size_t *n)
{
    for (unsigned tier = 0; tier < TIERS; tier++) {
        size_t run = 0;

        for (size_t i = 0; i <= count; i++) {
            if (i < count && tier_of(&segments[i]) <= tier) {
                run++;
                continue;
            }
            if (run >= TIER_FACTOR) {
                *first = i - run;
                *n = run;
                return;
            }
            run = 0;
        }
    }
    *first = 0;
    *n = 0;
    for (size_t i = 0; i < count && *n == 0; i++) {
        if (segments[i].deleted > segments[i].docs / 2) {
            *first = i;
            *n = 1;
        }
    }
}
