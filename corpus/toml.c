/* toml.c - a TOML header -> values.

   No C library for TOML is packaged widely, and headers use little of it: keys
   (dotted, quoted), tables, strings of all four kinds, arrays, inline tables,
   and words that are numbers, dates or booleans.  That is read here; a line
   that is none of it is left out, with one warning for the header.  Not checked
   is what does not matter for reading: keys given twice, mixed arrays. */

#include "corpus/front-matter.h"

#include "shared/base/utf8.h"

struct reader {
    struct builder *b;
    const char *p;
    const char *end;
    const char *line_start;
    unsigned line;
    struct str table;           // "outer", for the keys that follow
    bool warned;
};

static void
warn_once(struct reader *r)
{
    if (!r->warned) {
        r->warned = true;
        lede__builder_warn(r->b, "front-matter", r->line,
                           (unsigned)(r->p - r->line_start) + 1,
                           "not valid TOML, or a part of it that is not "
                           "read; the line is left out");
    }
}

static void
next_line(struct reader *r)
{
    const char *end = memchr(r->p, '\n', (size_t)(r->end - r->p));

    r->p = end == NULL ? r->end : end + 1;
    r->line_start = r->p;
    r->line += end != NULL;
}

/* White space and comments; line ends too where `lines`. */
static void
skip_space(struct reader *r, bool lines)
{
    while (r->p < r->end) {
        if (*r->p == ' ' || *r->p == '\t') {
            r->p++;
        } else if (lines && *r->p == '\n') {
            next_line(r);
        } else if (lines && *r->p == '#') {
            next_line(r);
        } else {
            return;
        }
    }
}

static bool
looking_at(const struct reader *r, const char *text)
{
    size_t len = strlen(text);

    return (size_t)(r->end - r->p) >= len && memcmp(r->p, text, len) == 0;
}

/* ---- strings ---- */

/* The character of an escape at p (after the backslash), into out. */
static size_t
escape(const char **p, const char *end, char out[4])
{
    static const char from[] = "btnfre\"\\";
    static const char to[] = "\b\t\n\f\r\033\"\\";
    const char *known = strchr(from, **p);
    uint32_t cp = 0;
    size_t digits = **p == 'u' ? 4 : **p == 'U' ? 8 : 0;

    if (known != NULL && *known != '\0') {
        out[0] = to[known - from];
        ++*p;
        return 1;
    }
    if (digits == 0 || (size_t)(end - *p) <= digits) {
        return 0;
    }
    for (size_t i = 1; i <= digits; i++) {
        char c = (*p)[i];
        char low = (char)(c | 0x20);
        if (c >= '0' && c <= '9') {
            cp = cp << 4 | (uint32_t)(c - '0');
        } else if (low >= 'a' && low <= 'f') {
            cp = cp << 4 | (uint32_t)(low - 'a' + 10);
        } else {
            return 0;
        }
    }
    *p += digits + 1;
    return cp == 0 ? 0 : lede__utf8_put(cp, out);
}

/* A string at r->p, which is at its opening quote. */
static bool
read_string(struct reader *r, struct str *out)
{
    char quote = *r->p;
    bool many = looking_at(r, quote == '"' ? "\"\"\"" : "'''");
    struct str copy;
    const char *p;
    const char *start;
    size_t len = 0;
    char *to;

    r->p += many ? 3 : 1;
    if (many && r->p < r->end && *r->p == '\n') {
        next_line(r);
    }
    start = r->p;
    for (;; r->p++) {
        if (r->p >= r->end || (!many && *r->p == '\n')) {
            return false;
        }
        if (*r->p == '\\' && quote == '"' && r->p + 1 < r->end
            && r->p[1] != '\n') {
            r->p++;
        } else if (*r->p == '\n') {
            r->line++;
            r->line_start = r->p + 1;
        } else if (*r->p == quote
                   && (!many || looking_at(r, quote == '"' ? "\"\"\""
                                                           : "'''"))) {
            break;
        }
    }
    copy = lede__builder_copy(r->b, (struct str){ start,
                                                  (size_t)(r->p - start) });
    r->p += many ? 3 : 1;
    to = (char *)(uintptr_t)copy.p;     // the arena's
    for (p = copy.p; quote == '"' && p < copy.p + copy.len;) {
        char out_bytes[4];
        size_t n = 0;
        if (*p == '\\' && p + 1 < copy.p + copy.len) {
            p++;
            n = escape(&p, copy.p + copy.len, out_bytes);
            memcpy(to + len, out_bytes, n);
            len += n;
        }
        if (n == 0 && p < copy.p + copy.len) {
            to[len++] = *p++;
        }
    }
    copy.len = quote == '"' ? len : copy.len;
    *out = copy;
    return true;
}

/* ---- keys ---- */

static bool
is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '-'
           || (unsigned char)c >= 0x80;
}

/* A dotted key, after `table`. */
static bool
read_key(struct reader *r, struct str table, struct str *out)
{
    struct buf path = BUF_INIT(META_KEY_MAX);
    lede_status status = lede__buf_str(&path, table, NULL);
    bool ok = status == LEDE_STATUS_OK;

    while (ok) {
        struct str name = { r->p, 0 };
        skip_space(r, false);
        if (r->p < r->end && (*r->p == '"' || *r->p == '\'')) {
            ok = read_string(r, &name);
        } else {
            name.p = r->p;
            while (r->p < r->end && is_bare(*r->p)) {
                r->p++;
            }
            name.len = (size_t)(r->p - name.p);
            ok = name.len > 0;
        }
        // A key beyond the limit is not read: LEDE_STATUS_LIMIT
        ok = ok
             && (path.len == 0
                 || lede__buf_char(&path, '.', NULL) == LEDE_STATUS_OK)
             && lede__buf_str(&path, name, NULL) == LEDE_STATUS_OK;
        skip_space(r, false);
        if (!ok || r->p >= r->end || *r->p != '.') {
            break;
        }
        r->p++;
    }
    *out = ok ? lede__builder_copy(r->b, lede__buf_view(&path)) : STR("");
    lede__buf_free(&path);
    return ok;
}

/* ---- values ---- */

static bool
read_value(struct reader *r, struct str key, bool item, size_t depth);

static bool
read_array(struct reader *r, struct str key, size_t depth)
{
    r->p++;
    for (;;) {
        skip_space(r, true);
        if (r->p < r->end && *r->p == ']') {
            r->p++;
            return true;
        }
        if (!read_value(r, key, true, depth + 1)) {
            return false;
        }
        skip_space(r, true);
        if (r->p < r->end && *r->p == ',') {
            r->p++;
        } else if (r->p >= r->end || *r->p != ']') {
            return false;
        }
    }
}

static bool
read_inline_table(struct reader *r, struct str key, bool item, size_t depth)
{
    r->p++;
    for (;;) {
        struct str inner;
        skip_space(r, true);
        if (r->p < r->end && *r->p == '}') {
            r->p++;
            return true;
        }
        if (!read_key(r, key, &inner) || r->p >= r->end || *r->p != '=') {
            return false;
        }
        r->p++;
        if (!read_value(r, inner, item, depth + 1)) {
            return false;
        }
        skip_space(r, true);
        if (r->p < r->end && *r->p == ',') {
            r->p++;
        } else if (r->p >= r->end || *r->p != '}') {
            return false;
        }
    }
}

static bool
read_value(struct reader *r, struct str key, bool item, size_t depth)
{
    struct str text;
    unsigned line, column;

    skip_space(r, false);
    if (r->p >= r->end || depth > HEADER_DEPTH_MAX) {
        return false;
    }
    line = r->line;
    column = (unsigned)(r->p - r->line_start) + 1;
    if (*r->p == '[') {
        return read_array(r, key, depth);
    }
    if (*r->p == '{') {
        return read_inline_table(r, key, item, depth);
    }
    if (*r->p == '"' || *r->p == '\'') {
        if (!read_string(r, &text)) {
            return false;
        }
        lede__builder_value(r->b, key, text, VALUE_STRING, line, column, item);
        return true;
    }
    text.p = r->p;
    while (r->p < r->end && strchr(",]}#\n", *r->p) == NULL) {
        r->p++;
    }
    text.len = (size_t)(r->p - text.p);
    text = lede__str_trim(text);
    if (text.len == 0 || !is_bare(text.p[0])) {
        return text.len > 0 && (text.p[0] == '+' || text.p[0] == '.');
    }
    lede__builder_value(r->b, key, text, VALUE_PLAIN, line, column, item);
    return true;
}

/* `[table]`, `[[tables]]` or `key = value`. */
static bool
read_entry(struct reader *r)
{
    struct str key;

    if (*r->p == '[') {
        bool many = looking_at(r, "[[");
        r->p += many ? 2 : 1;
        if (!read_key(r, STR(""), &key)
            || !looking_at(r, many ? "]]" : "]")) {
            return false;
        }
        r->p += many ? 2 : 1;
        r->table = key;
        return true;
    }
    if (!read_key(r, r->table, &key) || r->p >= r->end || *r->p != '=') {
        return false;
    }
    r->p++;
    return read_value(r, key, false, 0);
}

void
lede__toml_read(struct builder *b, struct str header, unsigned line)
{
    struct reader r = {
        .b = b, .p = header.p, .end = header.p + header.len,
        .line_start = header.p, .line = line, .table = STR(""),
    };

    while (b->status == LEDE_STATUS_OK) {
        skip_space(&r, true);
        if (r.p >= r.end) {
            break;
        }
        bool ok = read_entry(&r);
        skip_space(&r, false);
        if (!ok || (r.p < r.end && *r.p != '\n' && *r.p != '#')) {
            warn_once(&r);
        }
        next_line(&r);
    }
}
