/* html.c - the text in the HTML that stands in Markdown.

   A small state machine over the bytes, after the tokenizer of the HTML
   standard (section 13.2.5), as far as tags, attributes, comments and raw text
   go.  Pieces arrive line by line, so that all state lives in struct html. */

#include "corpus/html.h"

#include "shared/base/utf8.h"

enum state {
    HTML_TEXT,
    HTML_OPEN,                  // after "<"
    HTML_NAME,                  // in the name of a tag
    HTML_BETWEEN,               // between attributes
    HTML_ATTRIBUTE,             // in the name of an attribute
    HTML_VALUE,                 // after "="
    HTML_QUOTED,                // in a value
    HTML_DECLARATION,           // <!...> or <?...>
    HTML_COMMENT,               // <!-- ... -->
};

/* ---- entities ---- */

/* The names of U+00A0 to U+00FF, in order. */
static const char latin[] =
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy "
    "reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm "
    "raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring "
    "AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde "
    "Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml "
    "Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil "
    "egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve "
    "oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute "
    "thorn yuml ";

static const struct {
    const char *name;
    uint32_t cp;
} others[] = {
    { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
    { "apos", '\'' }, { "ndash", 0x2013 }, { "mdash", 0x2014 },
    { "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "sbquo", 0x201A },
    { "ldquo", 0x201C }, { "rdquo", 0x201D }, { "bdquo", 0x201E },
    { "dagger", 0x2020 }, { "Dagger", 0x2021 }, { "bull", 0x2022 },
    { "hellip", 0x2026 }, { "permil", 0x2030 }, { "prime", 0x2032 },
    { "Prime", 0x2033 }, { "lsaquo", 0x2039 }, { "rsaquo", 0x203A },
    { "euro", 0x20AC }, { "trade", 0x2122 }, { "larr", 0x2190 },
    { "uarr", 0x2191 }, { "rarr", 0x2192 }, { "darr", 0x2193 },
    { "harr", 0x2194 }, { "lArr", 0x21D0 }, { "rArr", 0x21D2 },
    { "minus", 0x2212 }, { "lowast", 0x2217 }, { "radic", 0x221A },
    { "infin", 0x221E }, { "cap", 0x2229 }, { "cup", 0x222A },
    { "asymp", 0x2248 }, { "ne", 0x2260 }, { "equiv", 0x2261 },
    { "le", 0x2264 }, { "ge", 0x2265 }, { "sum", 0x2211 },
    { "prod", 0x220F }, { "part", 0x2202 }, { "OElig", 0x152 },
    { "oelig", 0x153 }, { "Scaron", 0x160 }, { "scaron", 0x161 },
    { "Yuml", 0x178 }, { "fnof", 0x192 }, { "circ", 0x2C6 },
    { "tilde", 0x2DC }, { "ensp", 0x2002 }, { "emsp", 0x2003 },
    { "thinsp", 0x2009 }, { "zwnj", 0x200C }, { "zwj", 0x200D },
    { "check", 0x2713 }, { "star", 0x2606 }, { "alpha", 0x3B1 },
    { "beta", 0x3B2 }, { "gamma", 0x3B3 }, { "delta", 0x3B4 },
    { "epsilon", 0x3B5 }, { "lambda", 0x3BB }, { "mu", 0x3BC },
    { "pi", 0x3C0 }, { "sigma", 0x3C3 }, { "omega", 0x3C9 },
    { "Delta", 0x394 }, { "Sigma", 0x3A3 }, { "Omega", 0x3A9 },
    { "num", '#' }, { "lbrack", '[' }, { "rbrack", ']' }, { "lpar", '(' },
    { "rpar", ')' }, { "ast", '*' }, { "lowbar", '_' }, { "verbar", '|' },
    { "vert", '|' }, { "lbrace", '{' }, { "rbrace", '}' }, { "grave", '`' },
    { "bsol", '\\' }, { "sol", '/' }, { "colon", ':' }, { "semi", ';' },
    { "comma", ',' }, { "period", '.' }, { "excl", '!' }, { "quest", '?' },
    { "equals", '=' }, { "plus", '+' }, { "percnt", '%' }, { "dollar", '$' },
    { "commat", '@' }, { "Tab", '\t' }, { "NewLine", '\n' },
};

static uint32_t
numbered(struct str digits)
{
    bool hex = digits.len > 0 && (digits.p[0] | 0x20) == 'x';
    uint32_t cp = 0;

    for (size_t i = hex; i < digits.len; i++) {
        char c = digits.p[i];
        char low = (char)(c | 0x20);
        unsigned digit;
        if (c >= '0' && c <= '9') {
            digit = (unsigned)(c - '0');
        } else if (hex && low >= 'a' && low <= 'f') {
            digit = (unsigned)(low - 'a') + 10;
        } else {
            return 0;
        }
        cp = cp * (hex ? 16 : 10) + digit;
        if (cp > 0x10FFFF) {
            return 0xFFFD;
        }
    }
    return cp;
}

static uint32_t
named(struct str name)
{
    const char *p = latin;

    for (uint32_t cp = 0xA0; *p != '\0'; cp++) {
        const char *end = strchr(p, ' ');
        if (str_eq(name, (struct str){ p, (size_t)(end - p) })) {
            return cp;
        }
        p = end + 1;
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (str_eq(name, str_from(others[i].name))) {
            return others[i].cp;
        }
    }
    return 0;
}

size_t
lede__html_entity(struct str entity, char out[4])
{
    uint32_t cp;

    if (entity.len < 3 || entity.len > HTML_ENTITY_MAX) {
        return 0;
    }
    struct str name = { entity.p + 1, entity.len - 2 };
    if (name.p[0] == '#') {
        cp = numbered((struct str){ name.p + 1, name.len - 1 });
    } else {
        cp = named(name);
    }
    return cp == 0 ? 0 : lede__utf8_put(cp == 0xA0 ? ' ' : cp, out);
}

/* The entity that s begins with: its character in out, *len the bytes of that;
   returns the bytes of the entity, 0 where it is none. */
static size_t
entity_at(struct str s, char out[4], size_t *len)
{
    size_t max = s.len < HTML_ENTITY_MAX ? s.len : HTML_ENTITY_MAX;
    const char *semicolon = memchr(s.p, ';', max);
    size_t used = semicolon == NULL ? 0 : (size_t)(semicolon - s.p) + 1;

    *len = lede__html_entity((struct str){ s.p, used }, out);
    return *len > 0 ? used : 0;
}

struct str
lede__html_unescape(struct builder *b, struct str text)
{
    struct str copy;
    size_t len = 0;
    char *to;

    if (text.len == 0 || memchr(text.p, '&', text.len) == NULL) {
        return text;
    }
    copy = lede__builder_copy(b, text);
    to = (char *)(uintptr_t)copy.p;     // the arena's
    // What an entity becomes is never longer than itself
    for (size_t i = 0; i < copy.len;) {
        char out[4];
        size_t n = 0;
        size_t used = copy.p[i] != '&' ? 0 : entity_at(
            (struct str){ copy.p + i, copy.len - i }, out, &n);
        if (used == 0) {
            to[len++] = copy.p[i++];
        } else {
            memcpy(to + len, out, n);
            len += n;
            i += used;
        }
    }
    copy.len = len;
    return copy;
}

void
lede__html_decoded(struct builder *b, struct str text)
{
    const char *p = text.p;
    const char *end = text.p + text.len;

    while (p < end) {
        const char *amp = memchr(p, '&', (size_t)(end - p));
        if (amp == NULL) {
            break;
        }
        char out[4];
        size_t n;
        size_t used = entity_at((struct str){ amp, (size_t)(end - amp) }, out,
                                &n);
        lede__block_text(b, (struct str){ p, (size_t)(amp - p) });
        if (used > 0) {
            lede__block_text(b, (struct str){ out, n });
            p = amp + used;
        } else {
            lede__block_text(b, STR("&"));
            p = amp + 1;
        }
    }
    lede__block_text(b, (struct str){ p, (size_t)(end - p) });
}

/* ---- tags ---- */

enum { NO_BLOCK = -1, ANY_BLOCK = -2 };

/* What a tag begins, open or closed: a block of this kind, or none. */
static int
kind_of(const char *tag)
{
    static const struct {
        const char *tag;
        int kind;
    } blocks[] = {
        { "p", ANY_BLOCK }, { "div", ANY_BLOCK }, { "hr", ANY_BLOCK },
        { "ul", ANY_BLOCK }, { "ol", ANY_BLOCK }, { "dl", ANY_BLOCK },
        { "dt", ANY_BLOCK }, { "dd", ANY_BLOCK }, { "table", ANY_BLOCK },
        { "thead", ANY_BLOCK }, { "tbody", ANY_BLOCK },
        { "section", ANY_BLOCK }, { "article", ANY_BLOCK },
        { "aside", ANY_BLOCK }, { "header", ANY_BLOCK },
        { "footer", ANY_BLOCK }, { "nav", ANY_BLOCK }, { "main", ANY_BLOCK },
        { "figure", ANY_BLOCK }, { "figcaption", ANY_BLOCK },
        { "details", ANY_BLOCK }, { "summary", ANY_BLOCK },
        { "center", ANY_BLOCK }, { "form", ANY_BLOCK },
        { "caption", ANY_BLOCK }, { "li", BLOCK_ITEM }, { "tr", BLOCK_TABLE },
        { "blockquote", BLOCK_QUOTE }, { "pre", BLOCK_CODE },
        { "h1", BLOCK_HEADING }, { "h2", BLOCK_HEADING },
        { "h3", BLOCK_HEADING }, { "h4", BLOCK_HEADING },
        { "h5", BLOCK_HEADING }, { "h6", BLOCK_HEADING },
    };

    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (strcmp(tag, blocks[i].tag) == 0) {
            return blocks[i].kind;
        }
    }
    return NO_BLOCK;
}

static bool
is_raw(const char *tag)
{
    return strcmp(tag, "script") == 0 || strcmp(tag, "style") == 0;
}

/* The tag is complete. */
static void
end_tag(struct html *html, struct builder *b)
{
    int kind;

    html->tag[html->tag_len] = '\0';
    html->state = HTML_TEXT;
    if (html->raw) {
        html->raw = !(html->closing && is_raw(html->tag));
        return;
    }
    if (is_raw(html->tag)) {
        html->raw = !html->closing;
        return;
    }
    kind = kind_of(html->tag);
    if (strcmp(html->tag, "br") == 0) {
        lede__block_text(b, b->pre ? STR("\n") : STR(" "));
    } else if (strcmp(html->tag, "td") == 0 || strcmp(html->tag, "th") == 0) {
        if (!html->closing) {
            lede__block_tab(b);
        }
    } else if (kind != NO_BLOCK && html->inlined) {
        // Inside a paragraph of Markdown: what follows is one of its kind
        lede__block_begin(b, b->block.kind, b->block.level);
    } else if (kind == NO_BLOCK) {
        return;
    } else if (kind == ANY_BLOCK || html->closing) {
        lede__block_begin(b, BLOCK_PARAGRAPH, 0);
    } else {
        lede__block_begin(b, (enum block_kind)kind,
                          kind == BLOCK_HEADING
                              ? (unsigned)(html->tag[1] - '0') : 0);
    }
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_alt(const struct html *html)
{
    return !html->raw && html->tag_len == 3
           && memcmp(html->tag, "img", 3) == 0 && html->attribute_len == 3
           && memcmp(html->attribute, "alt", 3) == 0;
}

static void
name_byte(char *name, size_t *len, char c)
{
    if (*len < HTML_NAME_MAX) {
        name[(*len)++] = lower(c);
    }
}

/* The byte after "<"; false where that was no tag: "a < b". */
static bool
open_tag(struct html *html, char c)
{
    html->tag_len = 0;
    html->attribute_len = 0;
    html->closing = c == '/';
    if (c == '/') {
        html->state = HTML_NAME;
    } else if (html->raw) {
        return false;
    } else if (c == '!' || c == '?') {
        html->state = HTML_DECLARATION;
        memset(html->tail, 0, sizeof(html->tail));
    } else if (lower(c) >= 'a' && lower(c) <= 'z') {
        html->state = HTML_NAME;
        name_byte(html->tag, &html->tag_len, c);
    } else {
        return false;
    }
    return true;
}

/* One byte between "<" and ">". */
static void
tag_byte(struct html *html, struct builder *b, char c)
{
    switch (html->state) {
    case HTML_NAME:
        html->tag[html->tag_len] = '\0';
        if (is_space(c) || c == '/') {
            // A script is full of "<": only its own end ends it
            html->state = html->raw && !is_raw(html->tag) ? HTML_TEXT
                                                          : HTML_BETWEEN;
        } else {
            name_byte(html->tag, &html->tag_len, c);
        }
        break;
    case HTML_BETWEEN:
        if (!is_space(c) && c != '/') {
            html->attribute_len = 0;
            name_byte(html->attribute, &html->attribute_len, c);
            html->state = HTML_ATTRIBUTE;
        }
        break;
    case HTML_ATTRIBUTE:
        if (c == '=') {
            html->state = HTML_VALUE;
        } else if (is_space(c)) {
            html->state = HTML_BETWEEN;
        } else {
            name_byte(html->attribute, &html->attribute_len, c);
        }
        break;
    default:                    // HTML_VALUE
        if (c == '"' || c == '\'') {
            html->quote = c;
            html->state = HTML_QUOTED;
            if (is_alt(html)) {
                lede__block_text(b, STR(" "));
            }
        } else if (!is_space(c)) {
            html->state = HTML_BETWEEN;
        }
    }
}

void
lede__html_reset(struct html *html)
{
    memset(html, 0, sizeof(*html));
}

void
lede__html_text(struct html *html, struct builder *b, struct str piece)
{
    const char *p = piece.p;
    const char *end = piece.p + piece.len;

    while (p < end) {
        size_t left = (size_t)(end - p);
        const char *stop;
        struct str run;
        switch (html->state) {
        case HTML_TEXT:
            stop = memchr(p, '<', left);
            run = (struct str){ p, stop == NULL ? left : (size_t)(stop - p) };
            if (!html->raw) {
                lede__html_decoded(b, run);
            }
            p += run.len;
            if (stop != NULL) {
                html->state = HTML_OPEN;
                html->closing = false;
                p++;
            }
            break;
        case HTML_QUOTED:
            stop = memchr(p, html->quote, left);
            run = (struct str){ p, stop == NULL ? left : (size_t)(stop - p) };
            if (is_alt(html)) {
                lede__html_decoded(b, run);
            }
            p += run.len;
            if (stop != NULL) {
                if (is_alt(html)) {
                    lede__block_text(b, STR(" "));
                }
                html->state = HTML_BETWEEN;
                p++;
            }
            break;
        case HTML_DECLARATION:
        case HTML_COMMENT:
            html->tail[0] = html->tail[1];
            html->tail[1] = html->tail[2];
            html->tail[2] = *p;
            if (html->state == HTML_DECLARATION && html->tail[0] == '\0'
                && html->tail[1] == '-' && *p == '-') {
                html->state = HTML_COMMENT;
            } else if (*p == '>'
                       && (html->state == HTML_DECLARATION
                           || (html->tail[0] == '-'
                               && html->tail[1] == '-'))) {
                html->state = HTML_TEXT;
            }
            p++;
            break;
        case HTML_OPEN:
            if (open_tag(html, *p)) {
                p++;
            } else {
                html->state = HTML_TEXT;
                lede__block_text(b, html->raw ? STR("") : STR("<"));
            }
            break;
        default:
            if (*p == '>') {
                end_tag(html, b);
            } else {
                tag_byte(html, b, *p);
            }
            p++;
        }
    }
}
