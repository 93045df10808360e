/* text.c - text on a terminal: nothing steers the terminal, no line is too
   wide, nothing is lost, and what is marked is what was to be marked. */

#include <stdlib.h>
#include <unistr.h>
#include <uniwidth.h>

#include "cli/text.h"
#include "tests/tap.h"

#define MARK '\1'               // stand for the sequences, which are long
#define UNMARK '\2'

/* What text_print writes, for free(). */
static char *
printed(const char *text, int width, const struct layout *layout, bool color)
{
    struct output out = { .width = width, .color = color };
    char *got = NULL;
    size_t n = 0;

    out.stream = open_memstream(&got, &n);
    if (!out.stream || text_print(&out, text, layout) != EXIT_DONE) {
        abort();
    }
    fclose(out.stream);
    return got;
}

static void
check(const char *text, int width, const char *want, const char *name)
{
    const struct layout layout = { .indent = 2 };
    char *got = printed(text, width, &layout, false);

    is_str(got, want, "%s", name);
    free(got);
}

/* What is written from right to left, on a terminal and elsewhere. */
static void
check_apart(void)
{
    static const char text[] = "12 \xD7\xA9\xD7\x9C model";
    static const char want[] =
        "\xE2\x81\xA8" "12 \xD7\xA9\xD7\x9C\xE2\x81\xA9\n"
        "  \xE2\x81\xA8model\xE2\x81\xA9\n";
    const struct layout layout = { .indent = 2 };
    struct output out = { .width = 8 };
    char *got = NULL;
    size_t n = 0;

    for (int terminal = 0; terminal < 2; terminal++) {
        out.terminal = terminal;
        out.stream = open_memstream(&got, &n);
        text_print(&out, text, &layout);
        text_put_apart(&out, "\xD9\x84");
        text_put_apart(&out, "model \xC3\xA9\xE6\xA8\xA1");
        fclose(out.stream);
        if (terminal) {
            is_str(got + strlen(want), "\xE2\x81\xA8\xD9\x84\xE2\x81\xA9"
                   "model \xC3\xA9\xE6\xA8\xA1", "a word apart");
            got[strlen(want)] = '\0';
            is_str(got, want, "each line of it is apart");
        } else {
            ok(strstr(got, "\xE2\x81\xA8") == NULL,
               "nothing is added where there is no terminal");
        }
        free(got);
    }
}

static void
check_cleaned(const char *text, const char *want, const char *name)
{
    char *copy = strdup(text);

    text_clean(copy, false);
    is_str(copy, want, "%s", name);
    is_int(strlen(copy), strlen(text), "%s: no offset moves", name);
    free(copy);
}

/* The text of random pieces that are hard in different ways. */
static void
random_text(char *out, size_t size, unsigned *seed)
{
    static const char *const pieces[] = {
        "word ", "a ", "Qwen2.5-VL ", "\xE9\x98\xBF\xE9\x87\x8C", "e\xCC\x81",
        "https://example.org/a/b?c=d", "\xF0\x9F\x91\x8D", "  ", "\x1B[31m",
        "\n", "\xD7\xA9\xD7\x9C", "\xE2\x80\xAE", "\xFF", "\xC2\x9B", "-", "\t",
        "Donaudampfschifffahrtsgesellschaft", "\xED\x95\x9C\xEA\xB5\xAD ",
    };
    size_t n = sizeof(pieces) / sizeof(pieces[0]);

    *out = '\0';
    for (int i = 0; i < 40; i++) {
        const char *piece = pieces[(size_t)rand_r(seed) % n];

        if (strlen(out) + strlen(piece) + 1 < size) {
            memcpy(out + strlen(out), piece, strlen(piece) + 1);
        }
    }
}

/* Whether the lines fit, and are the cleaned text but for spaces at breaks. */
static bool
is_faithful(const char *text, const char *got, int width)
{
    char *copy = strdup(text);
    const char *want = copy;
    bool good = true;

    text_clean(copy, false);
    while (*got && good) {
        size_t length = strcspn(got, "\n");

        good = u8_check((const uint8_t *)got, length) == NULL &&
               u8_width((const uint8_t *)got, length, "UTF-8") <= width;
        for (size_t i = 0; i < length && good; i++) {
            if (got[i] == *want) {
                want++;
            } else {
                good = got[i] == ' ' && i < 2;  // the indent
            }
        }
        want += strspn(want, " ");
        got += length + 1;
    }
    good = good && *want == '\0';
    free(copy);
    return good;
}

static void
check_random(void)
{
    unsigned seed = 7;
    int bad = 0;
    int runs = long_tests() ? 200000 : 5000;

    for (int run = 0; run < runs; run++) {
        const struct layout layout = { .indent = 2 };
        int width = WIDTH_MIN + run % 60;
        char text[1024];
        char *got;

        random_text(text, sizeof(text), &seed);
        got = printed(text, width, &layout, false);
        if (!is_faithful(text, got, width) && bad++ == 0) {
            printf("# width %d\n# text: %s\n# got: %s\n", width, text, got);
        }
        free(got);
    }
    is_int(bad, 0, "%d random texts", runs);
}

/* Shorten the sequences of marks, and drop the others. */
static void
shorten(char *text)
{
    char *out = text;

    for (const char *in = text; *in;) {
        if (*in != '\033') {
            *out++ = *in++;
            continue;
        }
        if (strncmp(in, "\033[1;31m", 7) == 0) {
            *out++ = MARK;
        } else if (strncmp(in, "\033[22;39m", 8) == 0) {
            *out++ = UNMARK;
        }
        in += strcspn(in, "m") + 1;
    }
    *out = '\0';
}

static void
check_marks(const char *text, const lede_range *marks, size_t n, int width,
            const char *want, const char *name)
{
    const struct layout layout = { .marks = marks, .n_marks = n };
    char *got = printed(text, width, &layout, true);

    shorten(got);
    is_str(got, want, "%s", name);
    free(got);
}

int
main(void)
{
    const lede_range two[] = { { 0, 3 }, { 8, 11 } };
    const lede_range across[] = { { 36, 48 } };
    const lede_range odd[] = { { 8, 11 }, { 0, 3 }, { 9, 10 }, { 12, 99 } };
    const struct layout cut = { .indent = 2, .max_lines = 2 };
    char *got;

    check("short", 40, "short\n", "a short text");
    check("", 40, "\n", "an empty text");
    check("one two three four five six seven eight nine ten", 40,
          "one two three four five six seven eight\n  nine ten\n",
          "broken between words");
    check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40,
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n  aaaaaaaaa\n",
          "a word longer than the line");
    check("\xE9\x98\xBF\xE9\x87\x8C\xE5\xB7\xB4\xE5\xB7\xB4\xE9\x98\xBF"
          "\xE9\x87\x8C\xE5\xB7\xB4\xE5\xB7\xB4\xE9\x98\xBF\xE9\x87\x8C"
          "\xE5\xB7\xB4\xE5\xB7\xB4\xE9\x98\xBF\xE9\x87\x8C\xE5\xB7\xB4"
          "\xE5\xB7\xB4\xE9\x98\xBF\xE9\x87\x8C\xE5\xB7\xB4\xE5\xB7\xB4"
          "\xE9\x98\xBF\xE9\x87\x8C", 40,
          "\xE9\x98\xBF\xE9\x87\x8C\xE5\xB7\xB4\xE5\xB7\xB4\xE9\x98\xBF"
          "\xE9\x87\x8C\xE5\xB7\xB4\xE5\xB7\xB4\xE9\x98\xBF\xE9\x87\x8C"
          "\xE5\xB7\xB4\xE5\xB7\xB4\xE9\x98\xBF\xE9\x87\x8C\xE5\xB7\xB4"
          "\xE5\xB7\xB4\xE9\x98\xBF\xE9\x87\x8C\xE5\xB7\xB4\xE5\xB7\xB4"
          "\n  \xE9\x98\xBF\xE9\x87\x8C\n",
          "Chinese characters are two columns wide");
    got = printed("one two three four five six seven eight nine ten eleven "
                  "twelve thirteen fourteen fifteen sixteen", 40, &cut, false);
    is_str(got, "one two three four five six seven eight\n"
                "  nine ten eleven twelve thirteen\xE2\x80\xA6\n",
           "cut after two lines");
    free(got);

    check_cleaned("a\x1B[31mb\x07\x7F", "a [31mb  ", "control characters");
    check_cleaned("\xC2\x9B" "31m", "\xC2\xA0" "31m", "C1 controls");
    check_cleaned("a\xE2\x80\xAE" "b\xE2\x81\xA6", "a\xE2\x80\x8B"
                  "b\xE2\x80\x8B", "overrides of the direction");
    check_cleaned("a\xFF" "b\xC3", "a?b?", "broken UTF-8");
    check_cleaned("\xC3\xA9\xF0\x9F\x91\x8D", "\xC3\xA9\xF0\x9F\x91\x8D",
                  "what is harmless stays");

    check_marks("abc def ghi", two, 2, 40, "\1abc\2 def \1ghi\2\n", "marks");
    check_marks("one two three four five six seven eight nine ten", across, 1,
                40, "one two three four five six seven ei\1ght\2\n"
                    "\1nine ten\2\n",
                "a mark across a line's end");
    check_marks("abc def ghi j", odd, 4, 40, "abc def \1ghi\2 \1j\2\n",
                "marks that overlap or go too far");
    check_random();
    check_apart();
    return done();
}
