/* front-matter.c - where the header of an article is, and of which kind.

     yaml  = "---" line ... ( "---" | "..." )       Hugo, Jekyll, Zola, docs
     toml  = "+++" line ... "+++"                   Hugo, Zola
     lines = { "[#]:" [ " " ] key ":" value }       linux.cn's translations

   A file that begins with "---" is not always one with a header: it may begin
   with a rule.  It has a header if a line of it looks like `key:`. */

#include "corpus/front-matter.h"

/* Lines in which a key has to be found for a header to be one. */
#define KEY_LINES 40

static bool
starts_with(struct str s, const char *prefix)
{
    size_t len = strlen(prefix);

    return s.len >= len && memcmp(s.p, prefix, len) == 0;
}

/* A line of `mark` alone, white space after it. */
static bool
is_mark(struct str line, const char *mark)
{
    return starts_with(line, mark)
           && lede__str_trim((struct str){ line.p + 3, line.len - 3 }).len
                  == 0;
}

/* `key:` at the start of the line, the key one word. */
static bool
is_key_line(struct str line, char sign)
{
    size_t i = 0;

    if (line.len > 0 && line.p[0] == '"') {
        i++;
    }
    size_t start = i;
    while (i < line.len && strchr(" \t:=\"#", line.p[i]) == NULL) {
        i++;
    }
    if (i == start || i > META_KEY_MAX || line.p[start] == '-') {
        return false;
    }
    while (i < line.len && strchr(" \t\"", line.p[i]) != NULL) {
        i++;
    }
    return i < line.len && line.p[i] == sign
           && (i + 1 == line.len || sign == '=' || line.p[i + 1] == ' '
               || line.p[i + 1] == '\t');
}

/* Without blank lines, which some files begin with; their number. */
static unsigned
skip_blank(struct str *text)
{
    unsigned lines = 0;

    for (;;) {
        struct str rest = *text;
        struct str line = lede__text_next_line(&rest);
        if (rest.len == 0 || lede__str_trim(line).len > 0) {
            return lines;
        }
        *text = rest;
        lines++;
    }
}

/* Whether what follows the first mark is a header: has a key, or is empty. */
static bool
has_key(struct str rest, char sign, const char *mark)
{
    bool text = false;

    for (int n = 0; n < KEY_LINES && rest.len > 0; n++) {
        struct str line = lede__text_next_line(&rest);
        if (is_mark(line, mark)) {
            return !text;
        }
        if (is_key_line(line, sign)
            || (sign == '=' && starts_with(line, "["))) {
            return true;
        }
        text |= lede__str_trim(line).len > 0 && line.p[0] != '#';
    }
    return false;
}

enum header_kind
lede__header_find(struct str text)
{
    size_t mark_len = starts_with(text, "\xEF\xBB\xBF") ? 3 : 0;
    struct str line;

    text.p += mark_len;
    text.len -= mark_len;
    skip_blank(&text);
    if (starts_with(text, "[#]:")) {
        return HEADER_LINES;
    }
    line = lede__text_next_line(&text);
    if (is_mark(line, "---")) {
        return has_key(text, ':', "---") ? HEADER_YAML : HEADER_NONE;
    }
    if (is_mark(line, "+++")) {
        return has_key(text, '=', "+++") ? HEADER_TOML : HEADER_NONE;
    }
    return HEADER_NONE;
}

/* ---- [#]: lines ---- */

/* Without the brackets or the quotes that are around all of it. */
static struct str
unwrapped(struct str s)
{
    s = lede__str_trim(s);
    if (s.len >= 2
        && ((s.p[0] == '(' && s.p[s.len - 1] == ')')
            || (s.p[0] == '"' && s.p[s.len - 1] == '"'))) {
        s = lede__str_trim((struct str){ s.p + 1, s.len - 2 });
    }
    return s;
}

static void
read_lines(struct builder *b, struct str *text)
{
    while (starts_with(*text, "[#]:")) {
        struct str line = lede__text_next_line(text);
        struct str rest = lede__str_trim((struct str){ line.p + 4,
                                                       line.len - 4 });
        const char *colon = memchr(rest.p, ':', rest.len);
        if (colon != NULL) {
            size_t len = (size_t)(colon - rest.p);
            struct str key = lede__str_trim((struct str){ rest.p, len });
            struct str value = unwrapped((struct str){
                colon + 1, rest.len - len - 1 });
            lede__builder_value(b, key, value, VALUE_PLAIN, b->line,
                                (unsigned)(colon + 2 - line.p), false);
        } else if (rest.len > 0) {
            lede__builder_warn(b, "front-matter", b->line, 5,
                               "no colon after the key");
        }
        b->line++;
    }
}

/* ---- marked headers ---- */

/* Find the line that ends the header; false where there is none. */
static bool
find_end(struct str text, enum header_kind kind, struct str *header,
         struct str *body, unsigned *lines)
{
    struct str rest = text;

    *lines = 0;
    while (rest.len > 0) {
        size_t at = text.len - rest.len;
        struct str line = lede__text_next_line(&rest);
        ++*lines;
        if (kind == HEADER_YAML ? is_mark(line, "---") || is_mark(line, "...")
                                : is_mark(line, "+++")) {
            *header = (struct str){ text.p, at };
            *body = rest;
            return true;
        }
    }
    return false;
}

enum header_kind
lede__header_read(struct builder *b, struct str *text)
{
    enum header_kind kind = lede__header_find(*text);
    struct str rest = *text;
    struct str header;
    struct str body;
    unsigned lines;

    if (kind == HEADER_NONE) {
        return kind;
    }
    b->line += skip_blank(&rest);
    if (kind == HEADER_LINES) {
        read_lines(b, &rest);
        *text = rest;
        return kind;
    }
    lede__text_next_line(&rest);
    if (!find_end(rest, kind, &header, &body, &lines)) {
        lede__builder_warn(b, "front-matter", b->line, 1,
                           "the header that begins here has no end; read as "
                           "text");
        return HEADER_NONE;
    }
    *text = body;
    if (header.len > HEADER_MAX) {
        lede__builder_warn(b, "front-matter", b->line, 1,
                           "a header longer than %zu KiB is left out",
                           HEADER_MAX >> 10);
    } else if (kind == HEADER_YAML) {
        lede__yaml_read(b, header, b->line + 1);
    } else {
        lede__toml_read(b, header, b->line + 1);
    }
    b->line += lines + 1;
    return kind;
}
