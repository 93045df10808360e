/* ignore.c - patterns in the syntax of gitignore(5).

     line     = blank | "#" comment | [ "!" ] pattern
     pattern  = [ "/" ] part { "/" part } [ "/" ]
     part     = "**" | { "*" | "?" | class | "\" any | any }
     class    = "[" [ "!" | "^" ] { any | any "-" any | "[:name:]" } "]"

   A pattern with a slash before its end is tied to the folder of its file; one
   without matches a name at any depth.  A slash at the end: folders only.
   "**" as a whole part is any number of folders; elsewhere it is "*".

   Matching is two loops of the same kind, one over the parts of a path with
   "**" as the star, one over the bytes of a part with "*": on failure only the
   last star takes more (Krauss, "Matching wildcards: an algorithm", 2008).
   That is enough, as nothing before it could match otherwise to more use, and
   it bounds the work by pattern length times path length, where git's own
   recursion can take exponential time. */

#include "corpus/ignore.h"

struct ignore_pattern {
    struct str *parts;
    size_t n_parts;
    bool negated;
    bool folder;                // matches folders only
    bool anchored;
};

/* ---- one part ---- */

static bool
is_in_class(struct str name, unsigned char c)
{
    bool lower = c >= 'a' && c <= 'z';
    bool upper = c >= 'A' && c <= 'Z';
    bool digit = c >= '0' && c <= '9';
    bool graph = c > ' ' && c < 0x7F;

    return (str_eq(name, STR("alpha")) && (lower || upper))
           || (str_eq(name, STR("digit")) && digit)
           || (str_eq(name, STR("alnum")) && (lower || upper || digit))
           || (str_eq(name, STR("lower")) && lower)
           || (str_eq(name, STR("upper")) && upper)
           || (str_eq(name, STR("space"))
               && (c == ' ' || (c >= '\t' && c <= '\r')))
           || (str_eq(name, STR("blank")) && (c == ' ' || c == '\t'))
           || (str_eq(name, STR("punct"))
               && graph && !lower && !upper && !digit)
           || (str_eq(name, STR("graph")) && graph)
           || (str_eq(name, STR("print")) && (graph || c == ' '))
           || (str_eq(name, STR("cntrl")) && (c < ' ' || c == 0x7F))
           || (str_eq(name, STR("xdigit"))
               && (digit || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')));
}

/* The name of a "[:name:]" at `at`; its length with the brackets, or 0. */
static size_t
named_class(struct str pattern, size_t at, struct str *name)
{
    size_t end = at + 2;

    if (at + 1 >= pattern.len || pattern.p[at] != '['
        || pattern.p[at + 1] != ':') {
        return 0;
    }
    while (end < pattern.len && pattern.p[end] != ']') {
        end++;
    }
    if (end >= pattern.len || end < at + 3 || pattern.p[end - 1] != ':') {
        return 0;
    }
    *name = (struct str){ pattern.p + at + 2, end - at - 3 };
    return end + 1 - at;
}

/* Match c against the class that begins at `at` (its "["); its length, or 0
   where it does not end. */
static size_t
match_class(struct str pattern, size_t at, unsigned char c, bool *matched)
{
    size_t i = at + 1;
    bool negated = i < pattern.len
                   && (pattern.p[i] == '!' || pattern.p[i] == '^');
    bool found = false;
    bool first = true;

    i += negated;
    for (; i < pattern.len && (first || pattern.p[i] != ']'); first = false) {
        struct str name;
        size_t len = named_class(pattern, i, &name);
        if (len > 0) {
            found |= is_in_class(name, c);
            i += len;
            continue;
        }
        if (pattern.p[i] == '\\' && i + 1 < pattern.len) {
            i++;
        }
        unsigned char low = (unsigned char)pattern.p[i++];
        unsigned char high = low;
        if (i + 1 < pattern.len && pattern.p[i] == '-'
            && pattern.p[i + 1] != ']') {
            i++;
            if (pattern.p[i] == '\\' && i + 1 < pattern.len) {
                i++;
            }
            high = (unsigned char)pattern.p[i++];
        }
        found |= c >= low && c <= high;
    }
    *matched = found != negated;
    return i < pattern.len ? i + 1 - at : 0;
}

/* Match the character c of a name with what stands at *at, and move on. */
static bool
match_one(struct str pattern, size_t *at, char c)
{
    char p = pattern.p[*at];
    bool matched = false;

    if (p == '[') {
        size_t len = match_class(pattern, *at, (unsigned char)c, &matched);
        *at += len;
        return len > 0 && matched;
    }
    if (p == '\\') {
        if (*at + 1 >= pattern.len) {
            return false;
        }
        p = pattern.p[++*at];
        ++*at;
        return p == c;
    }
    ++*at;
    return p == '?' || p == c;
}

static bool
match_part(struct str pattern, struct str name)
{
    size_t p = 0, n = 0;
    size_t star = SIZE_MAX;
    size_t resume = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.p[p] == '*') {
            star = ++p;
            resume = n;
            continue;
        }
        if (p < pattern.len && match_one(pattern, &p, name.p[n])) {
            n++;
            continue;
        }
        if (star == SIZE_MAX) {
            return false;
        }
        p = star;
        n = ++resume;
    }
    while (p < pattern.len && pattern.p[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

/* ---- parts of a path ---- */

static bool
is_stars(struct str part)
{
    return str_eq(part, STR("**"));
}

static struct str
part_at(struct str path, size_t at)
{
    const char *slash = memchr(path.p + at, '/', path.len - at);

    return (struct str){ path.p + at, slash == NULL
                                          ? path.len - at
                                          : (size_t)(slash - path.p) - at };
}

/* `at` and `resume` are where parts of the path begin; past its end by one
   when all are used. */
static bool
match_path(const struct ignore_pattern *pattern, struct str path)
{
    size_t p = 0, at = 0;
    size_t star = SIZE_MAX;
    size_t resume = 0;

    while (at <= path.len) {
        struct str name = part_at(path, at);
        if (p < pattern->n_parts && is_stars(pattern->parts[p])) {
            star = ++p;
            resume = at;
            if (p == pattern->n_parts) {
                // At the end it is all that is in the folder, but not itself
                return true;
            }
            continue;
        }
        if (p < pattern->n_parts && match_part(pattern->parts[p], name)) {
            p++;
            at += name.len + 1;
            continue;
        }
        if (star == SIZE_MAX) {
            return false;
        }
        resume += part_at(path, resume).len + 1;
        p = star;
        at = resume;
    }
    return p == pattern->n_parts;
}

static struct str
last_part(struct str path)
{
    size_t at = path.len;

    while (at > 0 && path.p[at - 1] != '/') {
        at--;
    }
    return (struct str){ path.p + at, path.len - at };
}

enum ignore_answer
lede__ignore_match(const struct ignore *ignore, struct str path, bool folder)
{
    for (size_t i = ignore->count; i > 0; i--) {
        const struct ignore_pattern *pattern = &ignore->patterns[i - 1];
        if (pattern->folder && !folder) {
            continue;
        }
        if (pattern->anchored ? match_path(pattern, path)
                              : match_part(pattern->parts[0],
                                           last_part(path))) {
            return pattern->negated ? IGNORE_NO : IGNORE_YES;
        }
    }
    return IGNORE_UNDECIDED;
}

/* ---- parsing ---- */

/* Without spaces at the end that are not escaped. */
static struct str
without_trailing_spaces(struct str line)
{
    size_t end = 0;

    for (size_t i = 0; i < line.len; i++) {
        if (line.p[i] == '\\' && i + 1 < line.len) {
            i++;
            end = i + 1;
        } else if (line.p[i] != ' ') {
            end = i + 1;
        }
    }
    line.len = end;
    return line;
}

static lede_status
split(struct ignore_pattern *pattern, struct str line, struct arena *arena,
      lede_error *err)
{
    size_t parts = 1;

    for (size_t i = 0; i < line.len; i++) {
        parts += line.p[i] == '/';
    }
    pattern->parts = lede__arena_array(arena, parts, sizeof(struct str));
    if (pattern->parts == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t at = 0; at <= line.len;) {
        struct str part = part_at(line, at);
        at += part.len + 1;
        // An escaped slash is a slash
        if (part.len > 0 && at <= line.len && part.p[part.len - 1] == '\\'
            && (part.len < 2 || part.p[part.len - 2] != '\\')) {
            part.len--;
        }
        pattern->parts[pattern->n_parts++] = part;
    }
    return LEDE_STATUS_OK;
}

static lede_status
parse_line(struct ignore *out, struct str line, struct arena *arena,
           lede_error *err)
{
    struct ignore_pattern *pattern = &out->patterns[out->count];
    lede_status status;

    if (line.len > 0 && line.p[line.len - 1] == '\r') {
        line.len--;
    }
    line = without_trailing_spaces(line);
    if (line.len == 0 || line.p[0] == '#') {
        return LEDE_STATUS_OK;
    }
    if (line.p[0] == '!') {
        pattern->negated = true;
        line.p++;
        line.len--;
    }
    if (line.len > 0 && line.p[line.len - 1] == '/') {
        pattern->folder = true;
        line.len--;
    }
    pattern->anchored = line.len > 0 && memchr(line.p, '/', line.len) != NULL;
    if (line.len > 0 && line.p[0] == '/') {
        line.p++;
        line.len--;
    }
    if (line.len == 0) {
        memset(pattern, 0, sizeof(*pattern));
        return LEDE_STATUS_OK;
    }
    status = split(pattern, line, arena, err);
    out->count += status == LEDE_STATUS_OK;
    return status;
}

lede_status
lede__ignore_parse(struct ignore *out, struct str text, struct arena *arena,
                   lede_error *err)
{
    struct str rest = text;
    size_t lines = 1;
    lede_status status = LEDE_STATUS_OK;

    *out = (struct ignore){ NULL, 0 };
    if (rest.len >= 3 && memcmp(rest.p, "\xEF\xBB\xBF", 3) == 0) {
        rest.p += 3;
        rest.len -= 3;
    }
    for (size_t i = 0; i < rest.len; i++) {
        lines += rest.p[i] == '\n';
    }
    rest = lede__arena_str(arena, rest);
    out->patterns = lede__arena_array(arena, lines, sizeof(*out->patterns));
    if (rest.p == NULL || out->patterns == NULL) {
        return lede__fail_memory(err);
    }
    while (rest.len > 0 && status == LEDE_STATUS_OK) {
        const char *end = memchr(rest.p, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.p);
        status = parse_line(out, (struct str){ rest.p, len }, arena, err);
        len += end != NULL;
        rest.p += len;
        rest.len -= len;
    }
    return status;
}
