/* markdown.c - the body of a Markdown article, by md4c (CommonMark 0.30 with
   GitHub's tables, strikethrough and task lists).

   md4c calls back for blocks, spans and pieces of text that point into the
   source; the line of a block is found from the pointer.  What counts is what
   a reader sees: link texts and the alternative texts of images, not their
   targets; code; the text inside of HTML.  The marks of footnotes ([^1]), of
   alerts ([!NOTE]) and of fenced divisions (:::note) are taken out.

   What site generators expand before they read the Markdown is masked before
   md4c sees it, since it is no Markdown, and a link with a shortcode for a
   target would be none: each byte becomes one that no UTF-8 has and that is
   dropped from what comes back, but in code, where the original is taken.

       {{< figure src="x" >}}  {{% notice %}}      shortcodes of Hugo and Zola
       {% include x %}  ]({{ site.url }}/x)        Liquid, of Jekyll
       [!code-cpp[Name#1](file.cpp)]               inclusions of DocFX

   Two kinds of input make md4c slow, and are dealt with here: thousands of
   containers in one another (MARKDOWN_NESTING), and a link definition of many
   kilobytes that is used many times (LINK_WORK). */

#define _GNU_SOURCE             // memmem

#include "corpus/markdown.h"

#include <md4c.h>
#include <stdlib.h>

#include "corpus/html.h"
#include "corpus/text.h"
#include "shared/base/utf8.h"

/* Bytes of link targets, used ones counted each time, per byte of source and
   for a start.  Real articles stay below 1. */
#define LINK_WORK 16
#define LINK_WORK_START ((size_t)1 << 20)
/* A shortcode that has not ended by then is text. */
#define SHORTCODE_MAX ((size_t)2 << 10)
#define MASK '\xFF'
#define FOOTNOTE_LABEL_MAX 64
/* Blocks that are searched for a first-level heading. */
#define TITLE_BLOCKS 12

/* Returned to md4c to end parsing; its own -1 is "no memory", and it goes on
   after what is above 0. */
enum { STOP = -2, TOO_MUCH = -3 };

struct reader {
    struct builder *b;
    struct html html;
    const char *start;          // of the piece, masked
    const char *end;
    const char *original;       // the same without the mask
    const char *at;             // b->line is the line of this place
    size_t link_work;
    unsigned quotes;
    unsigned items;
    unsigned code_spans;
    bool html_block;
    bool footnote;              // inside the link of a "[^1]"
    bool link;                  // just entered one
    bool drop_line;             // in a line that begins with ":::"
};

/* ---- a piece of the source ---- */

struct piece {
    size_t len;
    bool deep;                  // more nesting than allowed
    bool tight_headings;        // "##Heading", without a space
    bool masked;                // has something like a shortcode
};

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
            *q = *q == '\n' ? '\n' : MASK;
        }
        return (size_t)(end - p);
    }
    return 1;
}

static void
mask(char *p, size_t len)
{
    for (size_t i = 0; i < len;) {
        bool may = strchr("{[]=", p[i]) != NULL;
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

/* Find where the first piece of `text` ends and what is in it. */
static struct piece
next_piece(struct str text)
{
    struct piece piece = { 0, false, false, false };
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
    }
    piece.len = text.len;
    return piece;
}

/* ---- blocks and spans ---- */

static int
go_on(const struct reader *m)
{
    return m->b->status == LEDE_STATUS_OK ? 0 : STOP;
}

static void
begin_text(struct reader *m)
{
    lede__block_begin(m->b, m->quotes > 0  ? BLOCK_QUOTE
                            : m->items > 0 ? BLOCK_ITEM
                                           : BLOCK_PARAGRAPH, 0);
}

static int
enter_block(MD_BLOCKTYPE type, void *detail, void *payload)
{
    struct reader *m = payload;

    switch (type) {
    case MD_BLOCK_QUOTE:
        m->quotes++;
        break;
    case MD_BLOCK_LI:
        m->items++;
        begin_text(m);
        break;
    case MD_BLOCK_P:
        begin_text(m);
        break;
    case MD_BLOCK_H:
        lede__block_begin(m->b, BLOCK_HEADING,
                          ((MD_BLOCK_H_DETAIL *)detail)->level);
        break;
    case MD_BLOCK_CODE:
        lede__block_begin(m->b, BLOCK_CODE, 0);
        break;
    case MD_BLOCK_HTML:
        m->html_block = true;
        lede__html_reset(&m->html);
        begin_text(m);
        break;
    case MD_BLOCK_TR:
        lede__block_begin(m->b, BLOCK_TABLE, 0);
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        lede__block_tab(m->b);
        break;
    default:
        break;
    }
    return go_on(m);
}

static int
leave_block(MD_BLOCKTYPE type, void *detail, void *payload)
{
    struct reader *m = payload;

    (void)detail;
    switch (type) {
    case MD_BLOCK_QUOTE:
        m->quotes--;
        break;
    case MD_BLOCK_LI:
        m->items--;
        break;
    case MD_BLOCK_HTML:
        m->html_block = false;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
    case MD_BLOCK_TABLE:
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    case MD_BLOCK_DOC:
        return go_on(m);
    default:
        break;
    }
    lede__html_reset(&m->html);
    m->drop_line = false;
    lede__block_end(m->b);
    return go_on(m);
}

static int
enter_span(MD_SPANTYPE type, void *detail, void *payload)
{
    struct reader *m = payload;

    m->link = false;
    if (type == MD_SPAN_A) {
        MD_SPAN_A_DETAIL *a = detail;
        m->link = true;
        m->link_work += a->href.size + a->title.size;
    } else if (type == MD_SPAN_IMG) {
        MD_SPAN_IMG_DETAIL *image = detail;
        m->link_work += image->src.size + image->title.size;
        lede__block_text(m->b, STR(" "));
    } else if (type == MD_SPAN_CODE) {
        m->code_spans++;
    }
    if (m->link_work > LINK_WORK_START
                           + LINK_WORK * (size_t)(m->end - m->start)) {
        return TOO_MUCH;
    }
    return go_on(m);
}

static int
leave_span(MD_SPANTYPE type, void *detail, void *payload)
{
    struct reader *m = payload;

    (void)detail;
    if (type == MD_SPAN_A) {
        m->footnote = false;
        m->link = false;
    } else if (type == MD_SPAN_IMG) {
        lede__block_text(m->b, STR(" "));
    } else if (type == MD_SPAN_CODE) {
        m->code_spans--;
    }
    return go_on(m);
}

/* ---- text ---- */

static int
text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE size, void *payload);

static bool
starts_with(struct str s, const char *prefix)
{
    size_t len = strlen(prefix);

    return s.len >= len && memcmp(s.p, prefix, len) == 0;
}

/* The bytes of a "[^label]" at the start of s, with the ":" of a definition,
   or of a "[!NOTE]" that begins a block; 0 where it begins with neither. */
static size_t
bracket_mark(const struct reader *m, struct str s)
{
    bool line_start = !m->b->open || m->b->soft;
    bool note = starts_with(s, "[^");
    size_t i = 2;

    if (!note && (m->b->open || !starts_with(s, "[!"))) {
        return 0;
    }
    while (i < s.len && i < FOOTNOTE_LABEL_MAX
           && strchr(note ? " \t[]^" : "[]", s.p[i]) == NULL) {
        i++;
    }
    if (i == 2 || i >= s.len || s.p[i] != ']') {
        return 0;
    }
    i++;
    return note && line_start && i < s.len && s.p[i] == ':' ? i + 1 : i;
}

/* The bytes of asterisks at the start of s that stand beside a character of a
   script without spaces: there "**" often fails to be emphasis, by the rules
   of CommonMark, where the writer meant it. */
static size_t
stray_stars(const struct reader *m, struct str s)
{
    size_t n = 0;
    uint32_t cp = 0;

    while (n < s.len && s.p[n] == '*') {
        n++;
    }
    if (n < 2) {
        return 0;
    }
    if (n < s.len) {
        lede__utf8_next(s.p + n, s.p + s.len, &cp);
    }
    return lede__is_unspaced(cp)
                   || (!m->b->space && lede__block_ends_unspaced(m->b))
               ? n : 0;
}

static void
normal_text(struct reader *m, struct str s)
{
    bool line_start = !m->b->open || m->b->soft;

    if (m->link && s.len > 1 && s.p[0] == '^') {
        m->footnote = true;     // its definition looked like that of a link
    }
    if (line_start && starts_with(s, ":::")) {
        m->drop_line = true;
    }
    if (m->footnote || m->drop_line || m->html.raw) {
        return;
    }
    while (s.len > 0) {
        size_t used = s.p[0] == '['   ? bracket_mark(m, s)
                      : s.p[0] == '*' ? stray_stars(m, s)
                                      : 0;
        if (used == 0) {
            used = 1;
            while (used < s.len && s.p[used] != '[' && s.p[used] != '*') {
                used++;
            }
            lede__block_text(m->b, (struct str){ s.p, used });
        }
        s.p += used;
        s.len -= used;
    }
}

/* The pieces between what is masked. */
static int
masked_text(MD_TEXTTYPE type, struct str s, struct reader *m)
{
    while (s.len > 0) {
        const char *mask = memchr(s.p, MASK, s.len);
        size_t n = mask == NULL ? s.len : (size_t)(mask - s.p);
        if (n > 0 && text(type, s.p, (MD_SIZE)n, m) != 0) {
            return STOP;
        }
        while (n < s.len && s.p[n] == MASK) {
            n++;
        }
        s.p += n;
        s.len -= n;
    }
    return go_on(m);
}

static int
text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE size, void *payload)
{
    struct reader *m = payload;
    struct builder *b = m->b;
    struct str s = { p, size };
    char out[4];

    if (m->start != m->original && p >= m->start && p < m->end) {
        if (type == MD_TEXT_CODE) {
            s.p = m->original + (p - m->start);
        } else if (memchr(p, MASK, size) != NULL) {
            return masked_text(type, s, m);
        }
    }
    // Line ends and indentation come from elsewhere
    if (p >= m->at && p < m->end) {
        while ((m->at = memchr(m->at, '\n', (size_t)(p - m->at))) != NULL) {
            m->at++;
            b->line++;
        }
        m->at = p;
    }
    switch (type) {
    case MD_TEXT_NORMAL:
        normal_text(m, s);
        break;
    case MD_TEXT_BR:
        m->drop_line = false;
        lede__block_text(b, STR(" "));
        break;
    case MD_TEXT_SOFTBR:
        m->drop_line = false;
        lede__block_soft(b);
        break;
    case MD_TEXT_ENTITY:
        size = (MD_SIZE)lede__html_entity(s, out);
        if (!m->html.raw && !m->drop_line) {
            lede__block_text(b, size > 0 ? (struct str){ out, size } : s);
        }
        break;
    case MD_TEXT_HTML:
        m->html.inlined = !m->html_block;
        lede__html_text(&m->html, b, s);
        break;
    case MD_TEXT_CODE:
        if (!m->html.raw && !m->drop_line) {
            lede__block_text(b, s);
        }
        break;
    default:
        break;
    }
    m->link = false;
    return go_on(m);
}

/* ---- all of it ---- */

static void
read_piece(struct builder *b, struct str s, const char *original,
           const struct piece *piece)
{
    struct reader m = {
        .b = b, .start = s.p, .end = s.p + s.len, .original = original,
        .at = s.p,
    };
    MD_PARSER parser = {
        .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS
                 | (piece->tight_headings ? MD_FLAG_PERMISSIVEATXHEADERS : 0),
        .enter_block = enter_block, .leave_block = leave_block,
        .enter_span = enter_span, .leave_span = leave_span, .text = text,
    };
    unsigned line = b->line;
    int result = md_parse(s.p, (MD_SIZE)s.len, &parser, &m);

    lede__block_end(b);
    if (result == TOO_MUCH) {
        lede__builder_warn(b, "markdown", b->line, 0,
                           "a link definition is too long for how often it "
                           "is used; the rest is read as plain text");
        lede__text_paragraphs(b, (struct str){ m.at,
                                               (size_t)(m.end - m.at) });
    } else if (result != 0 && b->status == LEDE_STATUS_OK) {
        lede__builder_fail(b, LEDE_STATUS_NO_MEMORY, "not enough memory");
    }
    b->line = line;
    while (s.len > 0) {
        const char *p = memchr(s.p, '\n', s.len);
        size_t used = p == NULL ? s.len : (size_t)(p - s.p) + 1;
        b->line += p != NULL;
        s.p += used;
        s.len -= used;
    }
}

/* The first heading of the first level near the beginning, else a heading that
   comes before everything else, else the first paragraph's beginning. */
static void
find_title(struct builder *b)
{
    struct article *article = b->article;
    const struct block *title = NULL;
    const struct block *first = NULL;

    for (size_t i = 0; i < article->n_blocks && i < TITLE_BLOCKS; i++) {
        const struct block *block = &article->blocks[i];
        if (block->kind == BLOCK_HEADING && block->level == 1) {
            title = block;
            break;
        }
        if (first == NULL && block->kind != BLOCK_CODE) {
            first = block;
        }
    }
    if (title == NULL) {
        title = first;
    }
    if (title != NULL) {
        article->title = lede__text_title(
            b, (struct str){ b->body.p + title->start, title->len });
    }
}

/* A copy of the piece with what md4c shall not see taken out, or NULL. */
static char *
prepared(struct builder *b, struct str s, const struct piece *piece)
{
    char *copy;

    if (!piece->deep && !piece->masked) {
        return NULL;
    }
    copy = malloc(s.len + 1);
    if (copy == NULL) {
        lede__builder_fail(b, LEDE_STATUS_NO_MEMORY, "not enough memory");
        return NULL;
    }
    memcpy(copy, s.p, s.len);
    copy[s.len] = '\0';
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

void
lede__markdown_read(struct builder *b, struct str s)
{
    while (s.len > 0 && b->status == LEDE_STATUS_OK) {
        struct piece piece = next_piece(s);
        struct str part = { s.p, piece.len };
        char *copy = prepared(b, part, &piece);
        if (b->status == LEDE_STATUS_OK) {
            part.p = copy == NULL ? s.p : copy;
            read_piece(b, part, s.p, &piece);
        }
        free(copy);
        s.p += piece.len;
        s.len -= piece.len;
    }
    if (b->article->title.len == 0 && b->status == LEDE_STATUS_OK) {
        find_title(b);
    }
}
