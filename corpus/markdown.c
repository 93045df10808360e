/* markdown.c - the body of a Markdown article, by md4c (CommonMark 0.30 with
   GitHub's tables, strikethrough and task lists).

   md4c calls back for blocks, spans and pieces of text that point into the
   source; the line of a block is found from the pointer.  What counts is what
   a reader sees: link texts and the alternative texts of images, not their
   targets; code; the text inside of HTML.  The marks of footnotes ([^1]), of
   alerts ([!NOTE]) and of fenced divisions (:::note) are taken out.

   A link definition of many kilobytes that is used many times makes md4c slow:
   that is counted, and the rest read as plain text (LINK_WORK).  What else is
   done about hostile input, and about what is not Markdown, happens before:
   see markdown-piece.c. */

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
    const char *original;       // the same without the mask, or NULL
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
        const char *mask = memchr(s.p, MARKDOWN_MASK, s.len);
        size_t n = mask == NULL ? s.len : (size_t)(mask - s.p);
        if (n > 0 && text(type, s.p, (MD_SIZE)n, m) != 0) {
            return STOP;
        }
        while (n < s.len && s.p[n] == MARKDOWN_MASK) {
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
    size_t len;

    // Line ends and indentation come from elsewhere; md4c 0.4.8 sometimes
    // goes on by one byte behind the end
    if (p >= m->start && p < m->end && s.len > (size_t)(m->end - p)) {
        s.len = (size_t)(m->end - p);
    }
    if (m->original != NULL && p >= m->start && p < m->end) {
        if (type == MD_TEXT_CODE) {
            s.p = m->original + (p - m->start);
        } else if (memchr(p, MARKDOWN_MASK, s.len) != NULL) {
            return masked_text(type, s, m);
        }
    }
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
        len = lede__html_entity(s, out);
        if (!m->html.raw && !m->drop_line) {
            lede__block_text(b, len > 0 ? (struct str){ out, len } : s);
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
read_piece(struct builder *b, const char *copy, const char *original,
           const struct markdown_piece *piece)
{
    struct reader m = {
        .b = b, .start = copy, .end = copy + piece->len, .at = copy,
        .original = piece->masked ? original : NULL,
    };
    MD_PARSER parser = {
        .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS
                 | (piece->tight_headings ? MD_FLAG_PERMISSIVEATXHEADERS : 0),
        .enter_block = enter_block, .leave_block = leave_block,
        .enter_span = enter_span, .leave_span = leave_span, .text = text,
    };
    unsigned line = b->line;
    // With the line end that was added
    int result = md_parse(copy, (MD_SIZE)piece->len + 1, &parser, &m);

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
    for (const char *p = copy; p < m.end; p++) {
        p = memchr(p, '\n', (size_t)(m.end - p));
        if (p == NULL) {
            break;
        }
        b->line++;
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

void
lede__markdown_read(struct builder *b, struct str s)
{
    while (s.len > 0 && b->status == LEDE_STATUS_OK) {
        struct markdown_piece piece = lede__markdown_piece(s);
        char *copy = lede__markdown_prepare(b, s, &piece);
        if (copy != NULL) {
            read_piece(b, copy, s.p, &piece);
        }
        free(copy);
        s.p += piece.len;
        s.len -= piece.len;
    }
    if (b->article->title.len == 0 && b->status == LEDE_STATUS_OK) {
        find_title(b);
    }
}
