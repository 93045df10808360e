/* pattern.c - patterns against slow and obvious ways: fnmatch, the C library's
   regular expressions, and the whole table of edit distances. */

#include <fnmatch.h>
#include <regex.h>

#include "query/pattern.h"
#include "tests/random.h"
#include "tests/tap.h"

#define FORMS 3000

static char forms[FORMS][16];

static int
compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void
make_forms(struct random *seed)
{
    for (int i = 0; i < FORMS; i++) {
        size_t len = random_below(seed, 8);
        size_t j;

        for (j = 0; j < len; j++) {
            forms[i][j] = "abcd1"[random_below(seed, 5)];
        }
        forms[i][len] = '\0';
    }
    qsort(forms, FORMS, sizeof(forms[0]), compare);
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Restricted Damerau-Levenshtein, the whole table. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned d[20][20];
    size_t n = strlen(a);
    size_t m = strlen(b);

    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
                            d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1]) {
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[n][m];
}

enum kind { WILDCARD, REGEX, FUZZY };

struct expectation {
    enum kind kind;
    const char *text;
    unsigned most;
    regex_t regex;
};

static bool
expected(const struct expectation *e, const char *form)
{
    switch (e->kind) {
    case WILDCARD:
        return fnmatch(e->text, form, 0) == 0;
    case REGEX:
        return regexec(&e->regex, form, 0, NULL, 0) == 0;
    default:
        return distance(e->text, form) <= e->most;
    }
}

/* All forms, in order, and each that is skipped too. */
static bool
walks_right(const struct pattern *pattern, const struct expectation *e)
{
    struct arena arena = ARENA_INIT;
    struct walk *walk = lede__walk_new(pattern, &arena);
    struct str prefix = lede__pattern_prefix(pattern);
    char skipped[16] = "";
    bool right = true;

    for (int i = 0; i < FORMS && right; i++) {
        bool wanted = expected(e, forms[i]);
        unsigned edits = 0;
        size_t skip = 0;

        if (wanted && strncmp(forms[i], prefix.p, prefix.len) != 0) {
            printf("# %s matches %s, not the prefix\n", e->text, forms[i]);
            right = false;
        }
        if (skipped[0] != '\0' &&
            strncmp(forms[i], skipped, strlen(skipped)) == 0) {
            if (wanted) {
                printf("# %s skips %s\n", e->text, forms[i]);
                right = false;
            }
            continue;
        }
        if (lede__walk_form(walk, str_from(forms[i]), &skip, &edits) !=
            wanted) {
            printf("# %s and %s: %d wanted\n", e->text, forms[i], wanted);
            right = false;
        }
        if (wanted && e->kind == FUZZY &&
            edits != distance(e->text, forms[i])) {
            printf("# %s and %s: %u edits\n", e->text, forms[i], edits);
            right = false;
        }
        snprintf(skipped, sizeof(skipped), "%.*s", (int)skip, forms[i]);
    }
    lede__arena_free(&arena);
    return right;
}

static bool
agrees(struct expectation *e)
{
    struct arena arena = ARENA_INIT;
    struct pattern *pattern = NULL;
    lede_error err = LEDE_ERROR_INIT;
    char anchored[128];
    lede_status status;
    bool right;

    switch (e->kind) {
    case WILDCARD:
        status = lede__pattern_wildcard(&pattern, str_from(e->text), &arena,
                                        &err);
        break;
    case REGEX:
        status = lede__pattern_regex(&pattern, str_from(e->text), &arena,
                                     &err);
        snprintf(anchored, sizeof(anchored), "^(%s)$", e->text);
        if (regcomp(&e->regex, anchored, REG_EXTENDED | REG_NOSUB) != 0) {
            printf("# regcomp refuses %s\n", e->text);
            lede__arena_free(&arena);
            return false;
        }
        break;
    default:
        status = lede__pattern_fuzzy(&pattern, str_from(e->text), e->most,
                                     &arena, &err);
        break;
    }
    right = status == LEDE_STATUS_OK && walks_right(pattern, e);
    if (status != LEDE_STATUS_OK) {
        printf("# %s: %s\n", e->text, err.message);
    }
    if (e->kind == REGEX) {
        regfree(&e->regex);
    }
    lede__arena_free(&arena);
    return right;
}

/* A random expression that means the same to regcomp. */
static void
make_regex(struct random *seed, char *out, size_t size, int depth)
{
    size_t pieces = 1 + random_below(seed, 3);

    out[0] = '\0';
    for (size_t i = 0; i < pieces && strlen(out) + 40 < size; i++) {
        char inner[64] = "";
        char *end = out + strlen(out);
        size_t room = size - strlen(out);

        switch (random_below(seed, depth > 0 ? 5 : 3)) {
        case 0:
            snprintf(end, room, "%c", "abcd1"[random_below(seed, 5)]);
            break;
        case 1:
            snprintf(end, room, "%s", random_below(seed, 2) ? "." : "[^ab]");
            break;
        case 2:
            snprintf(end, room, "[a-c1]");
            break;
        case 3:
            make_regex(seed, inner, sizeof(inner) / 2, depth - 1);
            snprintf(end, room, "(%s)", inner);
            break;
        default:
            make_regex(seed, inner, sizeof(inner) / 2, depth - 1);
            snprintf(end, room, "(%s|%c)", inner,
                     "abcd"[random_below(seed, 4)]);
            break;
        }
        end = out + strlen(out);
        room = size - strlen(out);
        switch (random_below(seed, 8)) {
        case 0:
            snprintf(end, room, "*");
            break;
        case 1:
            snprintf(end, room, "+");
            break;
        case 2:
            snprintf(end, room, "?");
            break;
        case 3:
            snprintf(end, room, "{1,3}");
            break;
        default:
            break;
        }
    }
}

static void
test_random(struct random *seed)
{
    int wrong[3] = { 0 };

    for (int round = 0; round < 300; round++) {
        char text[128];
        struct expectation e = { .text = text };
        size_t len = 1 + random_below(seed, 6);

        if (round % 30 == 0) {
            make_forms(seed);
        }
        for (size_t i = 0; i < len; i++) {
            text[i] = "abcd1**?"[random_below(seed, 8)];
        }
        text[len] = '\0';
        e.kind = WILDCARD;
        wrong[WILDCARD] += !agrees(&e);
        for (size_t i = 0; i < len; i++) {
            text[i] = "abcd1"[random_below(seed, 5)];
        }
        e.kind = FUZZY;
        e.most = 1 + (unsigned)random_below(seed, 2);
        wrong[FUZZY] += !agrees(&e);
        make_regex(seed, text, sizeof(text), 2);
        e.kind = REGEX;
        wrong[REGEX] += !agrees(&e);
    }
    is_int(wrong[WILDCARD], 0, "wildcards are those of fnmatch");
    is_int(wrong[REGEX], 0, "expressions are those of regexec");
    is_int(wrong[FUZZY], 0, "distances are those of the whole table");
}

static bool
matches(const char *kind, const char *text, const char *form)
{
    struct arena arena = ARENA_INIT;
    struct pattern *pattern = NULL;
    size_t skip;
    bool found = false;
    lede_status status = *kind == '/'
        ? lede__pattern_regex(&pattern, str_from(text), &arena, NULL)
        : lede__pattern_wildcard(&pattern, str_from(text), &arena, NULL);

    if (status == LEDE_STATUS_OK) {
        found = lede__walk_form(lede__walk_new(pattern, &arena),
                                str_from(form), &skip, NULL);
    }
    lede__arena_free(&arena);
    return found;
}

static void
test_characters(void)
{
    ok(matches("*", "w?rd", "wörd"), "? is one character of two bytes");
    ok(!matches("*", "w??rd", "wörd"), "and not two");
    ok(matches("*", "模*测", "模型评测"), "wildcards in Chinese");
    ok(matches("*", "a\\*b", "a*b") && !matches("*", "a\\*b", "axb"),
       "an escaped star is a star");
    ok(matches("/", "[^a-z]+", "模型") && !matches("/", "[^a-z]+", "mo"),
       "a negated set");
    ok(matches("/", "colou?r", "color") && matches("/", "^colou?r$", "colour"),
       "anchors change nothing");
    ok(!matches("/", "olou?r", "colour"), "forms match as a whole");
    ok(matches("/", "\\d{4}", "2025") && !matches("/", "\\d{4}", "20255"),
       "digits, counted");
    ok(matches("/", "\\w+", "été2") && matches("/", "\\.net", ".net"),
       "letters, and a sign escaped");
    ok(matches("/", "", "") && !matches("/", "", "a"), "nothing is nothing");
    ok(matches("/", "[]a]", "]"), "a bracket may come first in a set");
}

static void
test_refused(void)
{
    static const char *const wrong[] = {
        "(", ")", "a(b", "a)b", "[", "[a", "*", "a|*", "{2}", "a{", "a{2",
        "a{3,2}", "[b-a]", "\\", "\\q", "(((",
    };
    static const char *const large[] = {
        "a{256}", "(a{16}){16}", "((((((a{9}){9}){9}){9}){9}){9})",
        "(((((((){255}){255}){255}){255}){255}){255})", "a{999999999999999}",
    };
    struct arena arena = ARENA_INIT;
    char deep[PATTERN_BYTES_MAX + 2];
    struct pattern *pattern;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        lede_error err = LEDE_ERROR_INIT;

        ok(lede__pattern_regex(&pattern, str_from(wrong[i]), &arena, &err) ==
           LEDE_STATUS_BAD_QUERY && pattern == NULL &&
           err.end <= strlen(wrong[i]) && err.start <= err.end,
           "%s is no expression: %s", wrong[i], err.message);
    }
    for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
        is_int(lede__pattern_regex(&pattern, str_from(large[i]), &arena,
                                   NULL), LEDE_STATUS_LIMIT,
               "%s is too large", large[i]);
    }
    memset(deep, '(', sizeof(deep));
    is_int(lede__pattern_regex(&pattern, (struct str){ deep, 1000 }, &arena,
                               NULL), LEDE_STATUS_LIMIT, "1,000 brackets");
    memset(deep, 'a', sizeof(deep));
    is_int(lede__pattern_wildcard(&pattern, (struct str){ deep, 255 }, &arena,
                                  NULL), LEDE_STATUS_OK, "255 characters");
    is_int(lede__pattern_wildcard(&pattern, (struct str){ deep, 256 }, &arena,
                                  NULL), LEDE_STATUS_LIMIT, "256");
    is_int(lede__pattern_wildcard(&pattern, (struct str){ deep, 1025 },
                                  &arena, NULL), LEDE_STATUS_LIMIT,
           "1,025 bytes");
    is_int(lede__pattern_fuzzy(&pattern, (struct str){ deep, 63 }, 2, &arena,
                               NULL), LEDE_STATUS_OK, "63 fuzzy ones");
    is_int(lede__pattern_fuzzy(&pattern, (struct str){ deep, 64 }, 2, &arena,
                               NULL), LEDE_STATUS_LIMIT, "64");
    lede__arena_free(&arena);
}

int
main(void)
{
    struct random seed = random_begin(7);

    test_characters();
    test_refused();
    test_random(&seed);
    return done();
}
