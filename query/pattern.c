/* pattern.c - running patterns along the dictionary; see pattern.h. */

#include "query/pattern-private.h"

#include "shared/base/utf8.h"
#include "shared/schema.h"

#define ROW (PATTERN_FUZZY_MAX + 1)

/* Where the comparison stands after some characters of a form. */
struct level {
    uint32_t end;               // of these characters, in bytes
    uint32_t c;                 // the last of them
    union {
        struct positions positions;
        uint8_t row[ROW];       // row[j]: distance to the first j characters
    } state;
};

struct walk {
    const struct pattern *pattern;
    char bytes[TERM_MAX];       // the form before
    size_t len;
    size_t dead;                // so much of it is the beginning of no match
    size_t depth;
    struct level levels[TERM_MAX + 1];
};

/* ---- edit distance ---- */

lede_status
lede__pattern_fuzzy(struct pattern **out, struct str text, unsigned distance,
                    struct arena *arena, lede_error *err)
{
    struct pattern *pattern = lede__arena_array(arena, 1, sizeof(*pattern));
    const char *p = text.p;
    const char *end = text.p + text.len;

    *out = NULL;
    if (pattern == NULL) {
        return lede__fail_memory(err);
    }
    pattern->fuzzy = true;
    pattern->prefix = STR("");
    pattern->distance = distance;
    while (p < end) {
        if (pattern->length == PATTERN_FUZZY_MAX) {
            return lede__fail(err, LEDE_STATUS_LIMIT,
                              "a word of more than %d characters is not "
                              "compared with others", PATTERN_FUZZY_MAX);
        }
        p += lede__utf8_next(p, end, &pattern->chars[pattern->length++]);
    }
    *out = pattern;
    return LEDE_STATUS_OK;
}

/* The row after one character more; returns the least in it. */
static unsigned
fuzzy_step(const struct pattern *pattern, const struct level *before,
           const struct level *from, uint32_t c, struct level *to)
{
    const uint8_t *last = from->state.row;
    uint8_t *row = to->state.row;
    unsigned beyond = pattern->distance + 1;
    unsigned least;
    unsigned j;

    row[0] = (uint8_t)(last[0] < beyond ? last[0] + 1u : beyond);
    least = row[0];
    for (j = 1; j <= pattern->length; j++) {
        unsigned best = last[j - 1] + (pattern->chars[j - 1] != c);

        if (last[j] + 1u < best) {
            best = last[j] + 1u;
        }
        if (row[j - 1] + 1u < best) {
            best = row[j - 1] + 1u;
        }
        if (j > 1 && before != NULL && pattern->chars[j - 1] == from->c &&
            pattern->chars[j - 2] == c &&
            before->state.row[j - 2] + 1u < best) {
            best = before->state.row[j - 2] + 1u;
        }
        row[j] = (uint8_t)(best < beyond ? best : beyond);
        least = row[j] < least ? row[j] : least;
    }
    return least;
}

/* ---- expressions ---- */

static bool
regex_step(const struct pattern *pattern, const struct level *from,
           uint32_t c, struct level *to)
{
    struct positions next = { { 0 } };
    uint64_t any = 0;
    unsigned i;

    for (i = 0; i < POSITION_WORDS; i++) {
        uint64_t word = from->state.positions.words[i];

        while (word != 0) {
            unsigned at = i * 64 + (unsigned)__builtin_ctzll(word);

            positions_unite(&next, &pattern->follow[at]);
            word &= word - 1;
        }
    }
    for (i = 0; i < POSITION_WORDS; i++) {
        uint64_t word = next.words[i];

        if (c < 128) {
            word &= pattern->ascii[c].words[i];
        } else {
            for (uint64_t left = word; left != 0; left &= left - 1) {
                unsigned at = i * 64 + (unsigned)__builtin_ctzll(left);

                if (!char_class_has(pattern->classes[at], c)) {
                    word &= ~((uint64_t)1 << (at % 64));
                }
            }
        }
        to->state.positions.words[i] = word;
        any |= word;
    }
    return any != 0;
}

/* ---- the walk ---- */

struct str
lede__pattern_prefix(const struct pattern *pattern)
{
    return pattern->prefix;
}

struct walk *
lede__walk_new(const struct pattern *pattern, struct arena *arena)
{
    struct walk *walk = lede__arena_alloc(arena, sizeof(*walk));
    unsigned j;

    if (walk == NULL) {
        return NULL;
    }
    walk->pattern = pattern;
    walk->len = 0;
    walk->dead = 0;
    walk->depth = 0;
    memset(&walk->levels[0], 0, sizeof(walk->levels[0]));
    if (pattern->fuzzy) {
        for (j = 0; j <= pattern->length; j++) {
            walk->levels[0].state.row[j] =
                (uint8_t)(j <= pattern->distance ? j : pattern->distance + 1);
        }
    } else {
        positions_add(&walk->levels[0].state.positions, 0);
    }
    return walk;
}

static bool
step(struct walk *walk, uint32_t c, struct level *to)
{
    const struct pattern *pattern = walk->pattern;
    const struct level *from = &walk->levels[walk->depth];

    if (pattern->fuzzy) {
        return fuzzy_step(pattern, walk->depth > 0 ? from - 1 : NULL, from, c,
                          to) <= pattern->distance;
    }
    return regex_step(pattern, from, c, to);
}

static bool
accepts(const struct walk *walk, unsigned *distance)
{
    const struct pattern *pattern = walk->pattern;
    const struct level *at = &walk->levels[walk->depth];
    unsigned i;

    *distance = 0;
    if (pattern->fuzzy) {
        *distance = at->state.row[pattern->length];
        return *distance <= pattern->distance;
    }
    for (i = 0; i < POSITION_WORDS; i++) {
        if ((at->state.positions.words[i] & pattern->accepting.words[i])
            != 0) {
            return true;
        }
    }
    return false;
}

bool
lede__walk_form(struct walk *walk, struct str form, size_t *skip,
                unsigned *distance)
{
    size_t len = form.len < TERM_MAX ? form.len : TERM_MAX;
    size_t most = len < walk->len ? len : walk->len;
    size_t same = 0;
    unsigned scratch;

    while (same < most && form.p[same] == walk->bytes[same]) {
        same++;
    }
    memcpy(walk->bytes + same, form.p + same, len - same);
    walk->len = len;
    *skip = walk->dead;
    if (walk->dead > 0 && same >= walk->dead) {
        return false;
    }
    walk->dead = 0;
    *skip = 0;
    while (walk->levels[walk->depth].end > same) {
        walk->depth--;
    }
    while (walk->levels[walk->depth].end < len) {
        size_t at = walk->levels[walk->depth].end;
        struct level *next = &walk->levels[walk->depth + 1];

        at += lede__utf8_next(form.p + at, form.p + len, &next->c);
        if (!step(walk, next->c, next)) {
            walk->dead = at;
            *skip = at;
            return false;
        }
        next->end = (uint32_t)at;
        walk->depth++;
    }
    return accepts(walk, distance != NULL ? distance : &scratch);
}
