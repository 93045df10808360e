/* format.c - what a file is, by its name and by its beginning.

   The name says what it may be; the content decides:

     name                     content                      format
     .jsonl .ndjson ...       text                         JSON Lines
     .json                    a whole object on a line     JSON Lines
     .md .markdown ...        text                         Markdown
     .txt .text, other prose, begins with a header         Markdown
       or no extension        begins with a JSON object    JSON Lines
                              other text                   plain text
     any other                                             none

   ".gz" is taken off before.  A name without an extension is no article where
   it is one by which projects go: LICENSE, README, CNAME, Makefile.  A file
   with another extension is none, whatever is in it: a site's style sheets and
   feeds begin with "---" too. */

#include "corpus/encoding.h"
#include "corpus/front-matter.h"
#include "corpus/reader.h"
#include "corpus/source.h"

#define HEAD_BYTES ((size_t)16 << 10)
/* Of so many bytes one may be a control character in a text: terminal colours,
   form feeds, the damage of old transfers. */
#define CONTROL_SHARE 64

enum name_kind { NAME_OTHER, NAME_MARKDOWN, NAME_TEXT, NAME_LINES, NAME_JSON };

/* In capitals, or "...file". */
static bool
is_of_project(struct str name)
{
    struct str file = STR("file");

    for (size_t i = 0; i < name.len; i++) {
        if (name.p[i] >= 'a' && name.p[i] <= 'z') {
            return name.len > file.len && name.p[0] >= 'A' && name.p[0] <= 'Z'
                   && memcmp(name.p + name.len - file.len, file.p, file.len)
                          == 0;
        }
        if ((unsigned char)name.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static enum name_kind
kind_of_name(const char *path)
{
    static const struct {
        const char *extension;
        enum name_kind kind;
    } known[] = {
        { "md", NAME_MARKDOWN }, { "markdown", NAME_MARKDOWN },
        { "mdown", NAME_MARKDOWN }, { "mkd", NAME_MARKDOWN },
        { "mkdn", NAME_MARKDOWN }, { "mdwn", NAME_MARKDOWN },
        { "mdx", NAME_MARKDOWN }, { "qmd", NAME_MARKDOWN },
        { "rmd", NAME_MARKDOWN }, { "txt", NAME_TEXT }, { "text", NAME_TEXT },
        { "rst", NAME_TEXT }, { "adoc", NAME_TEXT }, { "asciidoc", NAME_TEXT },
        { "org", NAME_TEXT }, { "jsonl", NAME_LINES },
        { "ndjson", NAME_LINES }, { "jsonlines", NAME_LINES },
        { "jl", NAME_LINES }, { "ldjson", NAME_LINES }, { "json", NAME_JSON },
    };
    const char *slash = strrchr(path, '/');
    struct str name = str_from(slash == NULL ? path : slash + 1);
    struct str gz = STR(".gz");
    size_t dot;

    if (name.len > gz.len
        && lede__str_eq_nocase((struct str){ name.p + name.len - gz.len,
                                             gz.len }, gz)) {
        name.len -= gz.len;
    }
    for (dot = name.len; dot > 0 && name.p[dot - 1] != '.'; dot--) {
    }
    if (dot < 2) {
        return is_of_project(name) ? NAME_OTHER : NAME_TEXT;
    }
    struct str extension = { name.p + dot, name.len - dot };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (lede__str_eq_nocase(extension, str_from(known[i].extension))) {
            return known[i].kind;
        }
    }
    return NAME_OTHER;
}

static bool
is_text(struct str head)
{
    static const struct str magics[] = {
        { "%PDF-", 5 }, { "%!PS", 4 }, { "{\\rtf", 5 }, { "PK\x03\x04", 4 },
        { "\x89PNG", 4 }, { "GIF8", 4 }, { "\xFF\xD8\xFF", 3 },
        { "\x7F" "ELF", 4 }, { "BZh", 3 }, { "\xFD" "7zXZ", 5 },
        { "\x28\xB5\x2F\xFD", 4 },
    };
    size_t controls = 0;

    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if (head.len >= magics[i].len
            && memcmp(head.p, magics[i].p, magics[i].len) == 0) {
            return false;
        }
    }
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.p[i];
        if (c == 0) {
            return false;
        }
        controls += (c < ' ' && (c < '\t' || c > '\r')) || c == 0x7F;
    }
    return controls * CONTROL_SHARE <= head.len;
}

/* A JSON object: "{", then a string or its end.  `whole`: the first line must
   hold all of it, as far as one can see. */
static bool
begins_with_object(struct str head, bool whole)
{
    const char *end = memchr(head.p, '\n', head.len);
    struct str line = head;
    size_t i = 1;

    if (end != NULL) {
        line.len = (size_t)(end - head.p);
    }
    line = lede__str_trim(line);
    if (line.len < 2 || line.p[0] != '{') {
        return false;
    }
    while (i < line.len && (line.p[i] == ' ' || line.p[i] == '\t')) {
        i++;
    }
    if (i == line.len || (line.p[i] != '"' && line.p[i] != '}')) {
        return false;
    }
    return !whole || end == NULL || line.p[line.len - 1] == '}';
}

static enum format
decide(enum name_kind kind, struct str head)
{
    if (!is_text(head)) {
        return FORMAT_NONE;
    }
    switch (kind) {
    case NAME_LINES:
        return FORMAT_JSONL;
    case NAME_JSON:
        return begins_with_object(head, true) ? FORMAT_JSONL : FORMAT_NONE;
    case NAME_MARKDOWN:
        return FORMAT_MARKDOWN;
    case NAME_TEXT:
        if (lede__header_find(head) != HEADER_NONE) {
            return FORMAT_MARKDOWN;
        }
        return begins_with_object(head, true) ? FORMAT_JSONL : FORMAT_TEXT;
    default:
        return FORMAT_NONE;
    }
}

lede_status
lede__format_find(enum format *out, const char *path, lede_error *err)
{
    enum name_kind kind = kind_of_name(path);
    struct buf utf8 = BUF_INIT(HEAD_BYTES * 4);
    char bytes[HEAD_BYTES];
    lede_status status = LEDE_STATUS_OK;
    struct str head = { bytes, 0 };
    const char *encoding;
    size_t mark;

    *out = FORMAT_NONE;
    if (kind == NAME_OTHER) {
        return LEDE_STATUS_OK;
    }
    status = lede__source_head(path, bytes, sizeof(bytes), &head.len, err);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    encoding = lede__encoding_of_mark(head, &mark);
    head.p += mark;
    head.len -= mark;
    if (encoding == NULL) {
        encoding = lede__encoding_of_zeros(
            (struct str){ head.p, head.len - head.len % 4 });
    }
    if (encoding != NULL && strcmp(encoding, "UTF-8") != 0) {
        status = lede__encoding_convert(&utf8, head, encoding, err);
        head = lede__buf_view(&utf8);
    }
    if (status == LEDE_STATUS_OK) {
        *out = decide(kind, head);
    }
    lede__buf_free(&utf8);
    return status;
}
