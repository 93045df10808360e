/* markdown-piece.c - Markdown in pieces, made ready for md4c.

   What site generators expand before they read the Markdown is masked before
   md4c sees it, since it is no Markdown, and a link with a shortcode for a
   target would be none: each byte becomes one that no UTF-8 has.  It is dropped
   from what comes back, but in code, where the original is taken.

       {{< figure src="x" >}}  {{% notice %}}      shortcodes of Hugo and Zola
       {% include x %}  ]({{ site.url }}/x)        Liquid, of Jekyll
       [!code-cpp[Name#1](file.cpp)]               inclusions of DocFX

   Thousands of containers in one another make md4c slow: marks beyond
   MARKDOWN_NESTING become points. */

#define _GNU_SOURCE             // memmem

#include "corpus/markdown.h"

#include <stdlib.h>

#include "shared/base/utf8.h"

/* A shortcode that has not ended by then is text. */
#define SHORTCODE_MAX ((size_t)2 << 10)
/* md4c 0.4.8 looks behind the end of some texts: it gets a copy with a line end
   and zeros there. */
#define PADDING 16

/* The number of containers that a line opens, and whether it may. */
static size_t
markers(const char *p, const char *end)
{
    size_t n = 0;

    for (; p < end; p++) {
        bool spaced = p + 1 == end || p[1] == ' ' || p[1] == '\t';
        if (*p == '>') {
            n++;
        } else if (strchr("-+*.)", *p) != NULL) {
            if (!spaced) {
                break;
            }
            n++;
        } else if (*p != ' ' && *p != '\t' && (*p < '0' || *p > '9')) {
            break;
        }
    }
    return n;
}

/* Make the marks beyond the allowed ones points. */
static void
flatten(char *p, char *end)
{
    size_t n = 0;

    for (; p < end; p++) {
        if (strchr(">-+*.)", *p) != NULL) {
            if (++n > MARKDOWN_NESTING) {
                *p = '.';
            }
        } else if (*p != ' ' && *p != '\t' && (*p < '0' || *p > '9')) {
            return;
        }
    }
}

/* What begins and ends what is masked.  The end is looked for so far. */
static const struct masked {
    const char *begin;
    const char *end;
} masks[] = {
    { "{{<", ">}}" }, { "{{%", "%}}" }, { "{%", "%}" }, { "]({{", "}}" },
    { "=\"{{", "}}" }, { "[!", ")]" },
};

static bool
may_need_mask(struct str line)
{
    const char *p = line.p;
    const char *end = line.p + line.len;

    while ((p = memchr(p, '{', (size_t)(end - p))) != NULL) {
        if (p + 1 < end && (p[1] == '{' || p[1] == '%')) {
            return true;
        }
        p++;
    }
    p = line.p;
    while ((p = memchr(p, '[', (size_t)(end - p))) != NULL) {
        if (p + 1 < end && p[1] == '!') {
            return true;
        }
        p++;
    }
    return false;
}

/* "[!name[text](target)]" on one line, from its beginning to its end. */
static bool
is_inclusion(const char *p, const char *end)
{
    const char *bracket = p + 2;

    while (bracket < end && *bracket != '[' && *bracket != ']'
           && *bracket != '\n') {
        bracket++;
    }
    return bracket < end && *bracket == '['
           && memchr(p, '\n', (size_t)(end - p)) == NULL;
}

/* Mask from p on: the bytes that were dealt with. */
static size_t
mask_one(char *p, size_t left)
{
    for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
        size_t begin = strlen(masks[i].begin);
        size_t close = strlen(masks[i].end);
        size_t max = left < SHORTCODE_MAX ? left : SHORTCODE_MAX;
        char *end;
        if (left < begin || memcmp(p, masks[i].begin, begin) != 0) {
            continue;
        }
        end = memmem(p + begin, max - begin, masks[i].end, close);
        if (end == NULL) {
            return begin;
        }
        end += close;
        if (masks[i].begin[0] == '[' && !is_inclusion(p, end)) {
            return begin;
        }
        // The bracket or sign before the braces stays, and line ends
        for (char *q = p + (masks[i].end[0] == '}' ? 2 : 0); q < end; q++) {
            *q = *q == '\n' ? '\n' : MARKDOWN_MASK;
        }
        return (size_t)(end - p);
    }
    return 1;
}

static void
mask(char *p, size_t len)
{
    for (size_t i = 0; i < len;) {
        bool may = p[i] == '[' || p[i] == ']' || p[i] == '{' || p[i] == '=';
        i += may ? mask_one(p + i, len - i) : 1;
    }
}

/* The fence character that a line begins with, inside containers too, or 0. */
static char
fence_of(struct str line)
{
    size_t i = 0;

    while (i < line.len && strchr(" \t>-*+", line.p[i]) != NULL) {
        i++;
    }
    if (line.len - i < 3 || (line.p[i] != '`' && line.p[i] != '~')
        || line.p[i + 1] != line.p[i] || line.p[i + 2] != line.p[i]) {
        return '\0';
    }
    return line.p[i];
}

static bool
is_tight_heading(struct str line)
{
    size_t i = 0;

    while (i < line.len && line.p[i] == '#') {
        i++;
    }
    return i >= 2 && i <= 6 && i < line.len && line.p[i] != ' '
           && line.p[i] != '\t';
}

/* Where a line that is too long for a piece is cut: at a space, if there is
   one in its second half. */
static size_t
cut_in_line(struct str line)
{
    size_t at = MARKDOWN_PIECE;

    while (at > MARKDOWN_PIECE / 2 && line.p[at] != ' ') {
        at--;
    }
    return line.p[at] == ' ' ? at : lede__utf8_floor(line, MARKDOWN_PIECE);
}

struct markdown_piece
lede__markdown_piece(struct str text)
{
    struct markdown_piece piece = { 0, false, false, false };
    struct str rest = text;
    char fence = '\0';
    bool blank = false;
    size_t safe = 0;

    while (rest.len > 0) {
        size_t at = text.len - rest.len;
        bool indented = rest.p[0] == ' ' || rest.p[0] == '\t';
        if (blank && !indented && fence == '\0') {
            safe = at;
        }
        if ((at >= MARKDOWN_PIECE && safe > 0) || at >= MARKDOWN_PIECE * 2) {
            piece.len = safe > 0 ? safe : at;
            return piece;
        }
        struct str line = lede__text_next_line(&rest);
        if (line.len > MARKDOWN_PIECE) {
            piece.len = at > 0 ? at : cut_in_line(line);
            if (at > 0) {
                return piece;
            }
            line.len = piece.len;
        }
        char mark = fence_of(line);
        if (mark != '\0' && (fence == '\0' || fence == mark)) {
            fence = fence == '\0' ? mark : '\0';
        } else if (fence == '\0' && is_tight_heading(line)) {
            piece.tight_headings = true;
        }
        if (line.len > MARKDOWN_NESTING) {
            piece.deep |= markers(line.p, line.p + line.len)
                          > MARKDOWN_NESTING;
        }
        piece.masked = piece.masked || may_need_mask(line);
        blank = lede__str_trim(line).len == 0;
        if (piece.len > 0) {
            return piece;
        }
    }
    piece.len = text.len;
    return piece;
}

char *
lede__markdown_prepare(struct builder *b, struct str text,
                       const struct markdown_piece *piece)
{
    struct str s = { text.p, piece->len };
    char *copy = malloc(s.len + PADDING);

    if (copy == NULL) {
        lede__builder_fail(b, LEDE_STATUS_NO_MEMORY, "not enough memory");
        return NULL;
    }
    memcpy(copy, s.p, s.len);
    memset(copy + s.len, '\0', PADDING);
    copy[s.len] = '\n';
    if (piece->masked) {
        mask(copy, s.len);
    }
    if (piece->deep) {
        char *end = copy + s.len;
        for (char *p = copy; p < end;) {
            char *eol = memchr(p, '\n', (size_t)(end - p));
            eol = eol == NULL ? end : eol;
            flatten(p, eol);
            p = eol + 1;
        }
        lede__builder_warn(b, "markdown", b->line, 0,
                           "more than %d quotes and lists in one another",
                           MARKDOWN_NESTING);
    }
    return copy;
}
