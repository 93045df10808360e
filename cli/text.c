/* text.c - text of articles on a terminal; see text.h.

   Lines are broken where UAX #14 allows it (libunistring), as late as fits;
   a word longer than a line is broken between characters.  Widths are those of
   UAX #11 with ambiguous characters narrow, whatever the locale.

   On a terminal each line of a text with words from right to left is isolated
   (UAX #9): so it begins at its indent as all others do, and does not reorder
   what is before it. */

#include "cli/text.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unilbrk.h>
#include <unistr.h>
#include <uniwidth.h>

#define ELLIPSIS "\xE2\x80\xA6"
#define ISOLATE "\xE2\x81\xA8"        // U+2068 FIRST STRONG ISOLATE
#define ISOLATE_END "\xE2\x81\xA9"    // U+2069 POP DIRECTIONAL ISOLATE

/* A harmless character of the same length as the one at s. */
static void
defuse(uint8_t *s, ucs4_t character)
{
    if (character < 0x20 || character == 0x7F) {
        s[0] = ' ';
    } else if (character >= 0x80 && character < 0xA0) {
        memcpy(s, "\xC2\xA0", 2);               // U+00A0 NO-BREAK SPACE
    } else if (character == 0x2028 || character == 0x2029) {
        memcpy(s, "\xE2\x80\x82", 3);           // U+2002 EN SPACE
    } else if ((character >= 0x202A && character <= 0x202E) ||
               (character >= 0x2066 && character <= 0x2069)) {
        memcpy(s, "\xE2\x80\x8B", 3);           // U+200B ZERO WIDTH SPACE
    }
}

void
text_clean(char *text, bool lines)
{
    uint8_t *s = (uint8_t *)text;
    size_t n = strlen(text);

    for (size_t i = 0; i < n;) {
        ucs4_t character = s[i];
        int length = 1;

        if (character >= 0x80) {
            length = u8_mbtoucr(&character, s + i, n - i);
        }
        if (length <= 0) {
            s[i++] = '?';
            continue;
        }
        if (!lines || (character != '\n' && character != '\t')) {
            defuse(s + i, character);
        }
        i += (size_t)length;
    }
}

/* Whether a text that has been cleaned has words that are written from right
   to left. */
static bool
has_rtl(const char *text, size_t n)
{
    const uint8_t *s = (const uint8_t *)text;

    for (size_t i = 0; i < n;) {
        ucs4_t character = s[i];
        int length = 1;

        // Hebrew, Arabic and their neighbours: U+0590 to U+08FF, U+FB1D on.
        if (character >= 0xD6) {
            int category;

            length = u8_mbtouc(&character, s + i, n - i);
            category = uc_bidi_category(character);
            if (category == UC_BIDI_R || category == UC_BIDI_AL) {
                return true;
            }
        }
        i += (size_t)length;
    }
    return false;
}

int
text_width(const char *text, size_t n)
{
    return u8_width((const uint8_t *)text, n, "UTF-8");
}

static bool
is_hangul(ucs4_t character)
{
    return character >= 0xAC00 && character <= 0xD7A3;
}

/* Korean has spaces: a word of it is kept together, as UAX #14 suggests. */
static void
keep_hangul(const uint8_t *s, size_t n, char *breaks)
{
    ucs4_t before = 0;
    ucs4_t character;

    for (size_t i = 0; i < n;) {
        int length = u8_mbtouc(&character, s + i, n - i);

        if (is_hangul(before) && is_hangul(character)) {
            breaks[i] = UC_BREAK_PROHIBITED;
        }
        before = character;
        i += (size_t)length;
    }
}

/* Leave the breaks of a list between its items only. */
static void
keep_items(const char *s, size_t n, char *breaks)
{
    for (size_t i = 0; i < n; i++) {
        if (breaks[i] == UC_BREAK_POSSIBLE &&
            (i < 2 || memcmp(s + i - 2, ", ", 2) != 0)) {
            breaks[i] = UC_BREAK_PROHIBITED;
        }
    }
}

static int
character_width(const uint8_t *s, size_t n, size_t *length)
{
    ucs4_t character;
    int width;
    int read = u8_mbtouc(&character, s, n);

    *length = (size_t)read;
    if (character == '\t') {
        return 1;
    }
    width = uc_width(character, "UTF-8");
    return width > 0 ? width : 0;
}

char *
text_breaks(const char *text, size_t n)
{
    char *breaks = malloc(n + 1);

    if (breaks) {
        u8_possible_linebreaks((const uint8_t *)text, n, "UTF-8", breaks);
        keep_hangul((const uint8_t *)text, n, breaks);
    }
    return breaks;
}

size_t
text_line(const char *text, size_t n, const char *breaks, size_t start,
          int room, size_t *next)
{
    const uint8_t *s = (const uint8_t *)text;
    size_t allowed = 0;
    size_t i = start;
    int columns = 0;

    while (i < n) {
        size_t length;
        int width = character_width(s + i, n - i, &length);

        if (i > start && breaks[i] == UC_BREAK_MANDATORY) {
            allowed = i;
            break;
        }
        if (i > start && breaks[i] == UC_BREAK_POSSIBLE) {
            allowed = i;
        }
        // A space at the end of a line may stick out.
        if (columns + width > room && s[i] != ' ' && i > start) {
            break;
        }
        columns += width;
        i += length;
    }
    *next = i == n ? n : allowed ? allowed : i;
    for (i = *next; i > start && (s[i - 1] == ' ' || s[i - 1] == '\n');) {
        i--;
    }
    return i;
}

/* Write bytes [start, end), switching the marks on and off. */
static void
print_marked(struct output *out, const char *text, size_t start, size_t end,
             const struct layout *layout)
{
    const char *unmark = style(out, STYLE_UNMARK);
    const char *base = layout->style == STYLE_PLAIN
                           ? ""
                           : style(out, layout->style);

    fputs(base, out->stream);
    for (size_t i = 0; i < layout->n_marks && start < end; i++) {
        size_t from = layout->marks[i].start;
        size_t to = layout->marks[i].end;

        from = from < start ? start : from > end ? end : from;
        to = to > end ? end : to;
        if (from >= to) {
            continue;
        }
        fwrite(text + start, 1, from - start, out->stream);
        fputs(style(out, STYLE_MARK), out->stream);
        fwrite(text + from, 1, to - from, out->stream);
        fputs(unmark, out->stream);
        fputs(base, out->stream);
        start = to;
    }
    fwrite(text + start, 1, end - start, out->stream);
    if (*base) {
        fputs(style(out, STYLE_PLAIN), out->stream);
    }
}

int
text_print(struct output *out, const char *text, const struct layout *layout)
{
    int width = out->width > WIDTH_TEXT ? WIDTH_TEXT : out->width;
    size_t n = strlen(text);
    char *copy = strdup(text);
    char *breaks = NULL;
    size_t start = 0;
    int line = 0;
    bool apart;

    if (copy) {
        text_clean(copy, false);
        breaks = text_breaks(copy, n);
    }
    if (!breaks) {
        free(copy);
        return complain_memory();
    }
    if (layout->whole) {
        keep_items(copy, n, breaks);
    }
    apart = out->terminal && has_rtl(copy, n);
    do {
        int indent = line == 0 ? layout->first : layout->indent;
        bool last = layout->max_lines > 0 && line + 1 == layout->max_lines;
        size_t next;
        size_t end = text_line(copy, n, breaks, start, width - indent,
                               &next);

        if (last && next < n) {
            end = text_line(copy, n, breaks, start, width - indent - 1,
                            &next);
        }
        if (line > 0) {
            fprintf(out->stream, "%*s", layout->indent, "");
        }
        if (apart) {
            fputs(ISOLATE, out->stream);
        }
        print_marked(out, copy, start, end, layout);
        if (last && next < n) {
            fputs(ELLIPSIS, out->stream);
            next = n;
        }
        if (apart) {
            fputs(ISOLATE_END, out->stream);
        }
        putc('\n', out->stream);
        start = next;
        line++;
    } while (start < n);
    free(copy);
    free(breaks);
    return EXIT_DONE;
}

int
text_put(FILE *stream, const char *text)
{
    char *copy = strdup(text);

    if (!copy) {
        return complain_memory();
    }
    text_clean(copy, false);
    fputs(copy, stream);
    free(copy);
    return EXIT_DONE;
}

int
text_put_apart(struct output *out, const char *text)
{
    bool apart = out->terminal && has_rtl(text, strlen(text));
    int status;

    if (apart) {
        fputs(ISOLATE, out->stream);
    }
    status = text_put(out->stream, text);
    if (apart) {
        fputs(ISOLATE_END, out->stream);
    }
    return status;
}
