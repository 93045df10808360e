/* impact.c - test: pairs bound all postings that they stand for. */

#include "shared/index/impact.h"

#include "tests/random.h"
#include "tests/tap.h"

static struct random rnd;

static bool
sound(const struct impacts *impacts)
{
    for (size_t i = 1; i < impacts->n; i++) {
        if (impacts->pairs[i].max_tf <= impacts->pairs[i - 1].max_tf
            || impacts->pairs[i].min_length
            <= impacts->pairs[i - 1].min_length) {
            return false;
        }
    }
    return impacts->n <= IMPACTS_MAX;
}

static bool
above(const struct impacts *impacts, struct impact posting)
{
    for (size_t i = 0; i < impacts->n; i++) {
        if (impacts->pairs[i].max_tf >= posting.max_tf
            && impacts->pairs[i].min_length <= posting.min_length) {
            return true;
        }
    }
    return false;
}

static struct impact
any_posting(void)
{
    unsigned bits = (unsigned)random_below(&rnd, 33);

    return (struct impact){
        (uint32_t)(random_next(&rnd) & (((uint64_t)1 << bits) - 1)),
        (uint8_t)random_below(&rnd, random_once_in(&rnd, 2) ? 256 : 16),
    };
}

static bool
sums_up(unsigned n)
{
    struct impact all[300];
    struct impacts impacts = { 0 };

    for (unsigned i = 0; i < n; i++) {
        all[i] = any_posting();
        lede__impacts_add(&impacts, all[i]);
        if (!sound(&impacts)) {
            return false;
        }
    }
    for (unsigned i = 0; i < n; i++) {
        if (!above(&impacts, all[i])) {
            return false;
        }
    }
    return (n == 0) == (impacts.n == 0);
}

static bool
chooses(unsigned n, unsigned max, const float values[256])
{
    struct impact all[300];
    struct impacts impacts = { 0 };
    struct impact_set parts[2], set;
    uint8_t pairs[IMPACTS_MAX][2];

    lede__impact_set_clear(&set);
    lede__impact_set_clear(&parts[0]);
    lede__impact_set_clear(&parts[1]);
    for (unsigned i = 0; i < n; i++) {
        all[i] = any_posting();
        lede__impact_set_add(&parts[i % 2], lede__impact_tf(all[i].max_tf),
                             all[i].min_length);
    }
    lede__impact_set_merge(&set, &parts[0]);
    lede__impact_set_merge(&set, &parts[1]);
    lede__impact_set_choose(&set, values, 300, max, pairs);
    for (unsigned i = 0; i < max; i++) {
        lede__impacts_add(&impacts, (struct impact){
            lede__impact_tf_value(pairs[i][0]), pairs[i][1] });
    }
    for (unsigned i = 0; i < n; i++) {
        if (!above(&impacts, all[i])) {
            return false;
        }
    }
    return sound(&impacts);
}

int
main(void)
{
    float values[256];
    struct impacts impacts = { 0 };
    struct impact_set set;
    uint8_t pairs[2][2];
    bool good = true;
    uint32_t before = 0;

    rnd = random_begin(2);
    for (uint32_t tf = 0; tf < 32; tf++) {
        good = good && lede__impact_tf(tf) == tf
            && lede__impact_tf_value((uint8_t)tf) == tf;
    }
    ok(good, "small tfs are their own codes");
    good = true;
    for (unsigned code = 1; code < 256; code++) {
        uint32_t tf = lede__impact_tf_value((uint8_t)code);
        good = good && tf > before && lede__impact_tf(tf) == code
            && lede__impact_tf(before + 1) == code;
        before = tf;
    }
    ok(good, "a code stands for all tfs up to its own");
    is_int(before, UINT32_MAX, "the highest code has no limit");

    for (unsigned i = 0; i < 256; i++) {
        values[i] = (float)(i < 32 ? i : i * i / 32);
    }
    good = true;
    for (unsigned i = 0; i < 3000 && good; i++) {
        good = sums_up(i % 300);
    }
    ok(good, "pairs that are added up stay a bound");
    good = true;
    for (unsigned i = 0; i < 3000 && good; i++) {
        good = chooses(1 + i % 299, 1 + i % IMPACTS_MAX, values);
    }
    ok(good, "pairs that are chosen are a bound");

    lede__impacts_add(&impacts, (struct impact){ 3, 20 });
    lede__impacts_add(&impacts, (struct impact){ 2, 25 });
    is_int(impacts.n, 1, "a pair below another is dropped");
    lede__impacts_add(&impacts, (struct impact){ 2, 10 });
    lede__impacts_add(&impacts, (struct impact){ 5, 60 });
    is_int(impacts.n, 3, "pairs of a skyline are kept");
    is_int(impacts.pairs[0].min_length, 10, "shortest first");
    lede__impacts_add(&impacts, (struct impact){ 5, 5 });
    is_int(impacts.n, 1, "a pair above all takes their places");

    lede__impact_set_clear(&set);
    lede__impact_set_add(&set, 1, 10);
    lede__impact_set_add(&set, 2, 11);
    lede__impact_set_add(&set, 9, 200);
    lede__impact_set_choose(&set, values, 300, 2, pairs);
    ok(pairs[0][0] == 2 && pairs[0][1] == 10 && pairs[1][0] == 9
       && pairs[1][1] == 200, "neighbours are merged, not strangers");
    return done();
}
