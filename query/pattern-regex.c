/* pattern-regex.c - wildcards and expressions -> automata; see pattern.h.

   The text becomes a tree, the tree an automaton without empty transitions:
   each character of the expression is a position, and `follow` says which may
   come after it (Glushkov 1961).  x{2,4} is x x x? x? there. */

#include "query/pattern-private.h"

#include "shared/base/utf8.h"

#define REPEAT_MAX PATTERN_POSITIONS_MAX
#define REPEAT_ENDLESS UINT32_MAX
#define DEPTH_MAX 64
/* What bounds the writing out of {n} in {n} of nothing. */
#define STEPS_MAX 65536

enum tree_kind { TREE_EMPTY, TREE_CHAR, TREE_ROW, TREE_ANY_OF, TREE_REPEAT };

struct tree {
    enum tree_kind kind;
    const struct char_class *class;
    struct tree *child;         // ROW, ANY_OF, REPEAT
    struct tree *next;
    uint32_t min, max;          // REPEAT
};

struct compiler {
    struct arena *arena;
    struct pattern *pattern;
    const char *begin, *p, *end;
    unsigned depth;
    unsigned steps;
    lede_error *err;
};

static lede_status
wrong(struct compiler *c, const char *from, const char *what)
{
    lede_status status = lede__fail(c->err, LEDE_STATUS_BAD_QUERY,
                                    "/%.*s/: %s", (int)(c->end - c->begin),
                                    c->begin, what);

    if (c->err != NULL) {
        c->err->start = (size_t)(from - c->begin);
        c->err->end = (size_t)(c->p - c->begin);
    }
    return status;
}

static lede_status
too_large(struct compiler *c)
{
    return lede__fail(c->err, LEDE_STATUS_LIMIT, "a pattern of more than %d "
                      "characters is not searched", PATTERN_POSITIONS_MAX);
}

static uint32_t
take(struct compiler *c)
{
    uint32_t cp = 0;

    if (c->p < c->end) {
        c->p += lede__utf8_next(c->p, c->end, &cp);
    }
    return cp;
}

/* ---- the tree ---- */

static lede_status
make(struct compiler *c, enum tree_kind kind, struct tree **out)
{
    *out = lede__arena_array(c->arena, 1, sizeof(**out));
    if (*out == NULL) {
        return lede__fail_memory(c->err);
    }
    (*out)->kind = kind;
    return LEDE_STATUS_OK;
}

static lede_status
make_class(struct compiler *c, const struct char_range *ranges, size_t n,
           bool negated, struct tree **out)
{
    struct char_class *class = lede__arena_array(c->arena, 1, sizeof(*class));
    lede_status status = make(c, TREE_CHAR, out);

    if (status != LEDE_STATUS_OK || class == NULL) {
        return lede__fail_memory(c->err);
    }
    class->ranges = lede__arena_array(c->arena, n, sizeof(*ranges));
    if (n > 0 && class->ranges == NULL) {
        return lede__fail_memory(c->err);
    }
    if (n > 0) {
        memcpy(class->ranges, ranges, n * sizeof(*ranges));
    }
    class->count = n;
    class->negated = negated;
    (*out)->class = class;
    return LEDE_STATUS_OK;
}

static lede_status
make_char(struct compiler *c, uint32_t cp, struct tree **out)
{
    struct char_range range = { cp, cp };

    return make_class(c, &range, 1, false, out);
}

static lede_status
make_any(struct compiler *c, struct tree **out)
{
    return make_class(c, NULL, 0, true, out);
}

static lede_status
make_repeat(struct compiler *c, struct tree *child, uint32_t min,
            uint32_t max, struct tree **out)
{
    lede_status status = make(c, TREE_REPEAT, out);

    if (status == LEDE_STATUS_OK) {
        (*out)->child = child;
        (*out)->min = min;
        (*out)->max = max;
    }
    return status;
}

/* What \d and \w are among forms, which are folded: all that is not ASCII is
   taken for letters. */
static const struct char_range digits[] = { { '0', '9' } };
static const struct char_range letters[] = {
    { '0', '9' }, { 'a', 'z' }, { 0x80, 0x10FFFF },
};

static lede_status
parse_escape(struct compiler *c, struct tree **out)
{
    const char *from = c->p - 1;
    uint32_t cp;

    if (c->p == c->end) {
        return wrong(c, from, "nothing after the \\");
    }
    cp = take(c);
    switch (cp) {
    case 'd':
    case 'D':
        return make_class(c, digits, 1, cp == 'D', out);
    case 'w':
    case 'W':
        return make_class(c, letters, 3, cp == 'W', out);
    default:
        break;
    }
    if ((cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
        (cp >= '0' && cp <= '9')) {
        return wrong(c, from, "an unknown \\ (there are \\d and \\w)");
    }
    return make_char(c, cp, out);
}

/* After [. */
static lede_status
parse_set(struct compiler *c, struct tree **out)
{
    struct char_range ranges[PATTERN_POSITIONS_MAX];
    const char *from = c->p - 1;
    bool negated = false;
    size_t n = 0;

    if (c->p < c->end && *c->p == '^') {
        negated = true;
        c->p++;
    }
    for (;;) {
        uint32_t first, last;

        if (c->p == c->end) {
            return wrong(c, from, "[ without ]");
        }
        if (*c->p == ']' && n > 0) {
            c->p++;
            return make_class(c, ranges, n, negated, out);
        }
        first = take(c);
        if (first == '\\' && c->p < c->end) {
            first = take(c);
        }
        last = first;
        if (c->end - c->p >= 2 && c->p[0] == '-' && c->p[1] != ']') {
            c->p++;
            last = take(c);
            if (last == '\\' && c->p < c->end) {
                last = take(c);
            }
        }
        if (last < first) {
            return wrong(c, from, "a range that ends before it begins");
        }
        if (n == PATTERN_POSITIONS_MAX) {
            return too_large(c);
        }
        ranges[n++] = (struct char_range){ first, last };
    }
}

static lede_status
parse_alternatives(struct compiler *c, struct tree **out);

static lede_status
parse_atom(struct compiler *c, struct tree **out)
{
    const char *from = c->p;
    uint32_t cp = take(c);
    lede_status status;

    switch (cp) {
    case '(':
        if (c->depth == DEPTH_MAX) {
            return too_large(c);
        }
        c->depth++;
        status = parse_alternatives(c, out);
        c->depth--;
        if (status == LEDE_STATUS_OK && c->p == c->end) {
            status = wrong(c, from, "( without )");
        }
        c->p++;
        return status;
    case '[':
        return parse_set(c, out);
    case '.':
        return make_any(c, out);
    case '\\':
        return parse_escape(c, out);
    case '*':
    case '+':
    case '?':
    case '{':
        return wrong(c, from, "nothing to repeat");
    case '^':
        if (from == c->begin) {
            return make(c, TREE_EMPTY, out);
        }
        break;
    case '$':
        if (c->p == c->end) {
            return make(c, TREE_EMPTY, out);
        }
        break;
    default:
        break;
    }
    return make_char(c, cp, out);
}

/* A number at c->p, up to REPEAT_MAX + 1. */
static uint32_t
parse_number(struct compiler *c)
{
    uint32_t n = 0;

    while (c->p < c->end && *c->p >= '0' && *c->p <= '9') {
        n = n * 10 + (uint32_t)(*c->p++ - '0');
        n = n > REPEAT_MAX ? REPEAT_MAX + 1 : n;
    }
    return n;
}

/* After {. */
static lede_status
parse_counts(struct compiler *c, uint32_t *min, uint32_t *max)
{
    const char *from = c->p - 1;

    if (c->p == c->end || *c->p < '0' || *c->p > '9') {
        return wrong(c, from, "{ is followed by a number");
    }
    *min = *max = parse_number(c);
    if (c->p < c->end && *c->p == ',') {
        c->p++;
        *max = c->p < c->end && *c->p >= '0' && *c->p <= '9'
               ? parse_number(c) : REPEAT_ENDLESS;
    }
    if (c->p == c->end || *c->p != '}') {
        return wrong(c, from, "{ without }");
    }
    c->p++;
    if (*min > REPEAT_MAX || (*max > REPEAT_MAX && *max != REPEAT_ENDLESS)) {
        return too_large(c);
    }
    if (*max < *min) {
        return wrong(c, from, "a range that ends before it begins");
    }
    return LEDE_STATUS_OK;
}

static lede_status
parse_repeated(struct compiler *c, struct tree **out)
{
    lede_status status = parse_atom(c, out);
    unsigned times = 0;

    while (status == LEDE_STATUS_OK && c->p < c->end &&
           strchr("*+?{", *c->p) != NULL && *c->p != '\0') {
        uint32_t min = *c->p == '+';
        uint32_t max = *c->p == '?' ? 1 : REPEAT_ENDLESS;

        if (times++ == DEPTH_MAX) {
            return too_large(c);
        }
        if (*c->p++ == '{') {
            status = parse_counts(c, &min, &max);
        }
        if (status == LEDE_STATUS_OK) {
            status = make_repeat(c, *out, min, max, out);
        }
    }
    return status;
}

static lede_status
parse_row(struct compiler *c, struct tree **out)
{
    lede_status status = make(c, TREE_ROW, out);
    struct tree **tail = status == LEDE_STATUS_OK ? &(*out)->child : NULL;

    while (status == LEDE_STATUS_OK && c->p < c->end && *c->p != '|' &&
           *c->p != ')') {
        status = parse_repeated(c, tail);
        tail = status == LEDE_STATUS_OK ? &(*tail)->next : tail;
    }
    return status;
}

/* To the end or to a closing bracket, which is left. */
static lede_status
parse_alternatives(struct compiler *c, struct tree **out)
{
    lede_status status = make(c, TREE_ANY_OF, out);
    struct tree **tail = status == LEDE_STATUS_OK ? &(*out)->child : NULL;

    while (status == LEDE_STATUS_OK) {
        status = parse_row(c, tail);
        if (status != LEDE_STATUS_OK || c->p == c->end || *c->p != '|') {
            break;
        }
        c->p++;
        tail = &(*tail)->next;
    }
    return status;
}

/* ---- the automaton ---- */

/* What a part of the expression is seen from outside. */
struct part {
    struct positions first;
    struct positions last;
    bool empty;                 // it may match nothing
};

/* `next` may come after all in `last`. */
static void
connect(struct pattern *pattern, const struct positions *last,
        const struct positions *next)
{
    unsigned i;

    for (i = 0; i <= pattern->n; i++) {
        if (positions_has(last, i)) {
            positions_unite(&pattern->follow[i], next);
        }
    }
}

/* `second` after `first`, to `first`. */
static void
append(struct pattern *pattern, struct part *first, const struct part *second)
{
    connect(pattern, &first->last, &second->first);
    if (first->empty) {
        positions_unite(&first->first, &second->first);
    }
    if (second->empty) {
        positions_unite(&first->last, &second->last);
    } else {
        first->last = second->last;
    }
    first->empty = first->empty && second->empty;
}

static lede_status
build(struct compiler *c, const struct tree *tree, struct part *out);

static lede_status
build_repeat(struct compiler *c, const struct tree *tree, struct part *out)
{
    uint32_t copies = tree->max == REPEAT_ENDLESS
                      ? (tree->min > 0 ? tree->min : 1) : tree->max;
    uint32_t i;

    for (i = 0; i < copies; i++) {
        struct part part;
        lede_status status = build(c, tree->child, &part);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
        if (tree->max == REPEAT_ENDLESS && i + 1 == copies) {
            connect(c->pattern, &part.last, &part.first);
        }
        part.empty = part.empty || i >= tree->min;
        append(c->pattern, out, &part);
    }
    return LEDE_STATUS_OK;
}

static lede_status
build_char(struct compiler *c, const struct tree *tree, struct part *out)
{
    struct pattern *pattern = c->pattern;

    if (pattern->n == PATTERN_POSITIONS_MAX) {
        return too_large(c);
    }
    pattern->n++;
    pattern->classes[pattern->n] = tree->class;
    positions_add(&out->first, pattern->n);
    positions_add(&out->last, pattern->n);
    out->empty = false;
    return LEDE_STATUS_OK;
}

static lede_status
build(struct compiler *c, const struct tree *tree, struct part *out)
{
    const struct tree *child;
    lede_status status = LEDE_STATUS_OK;

    *out = (struct part){ .empty = true };
    if (c->steps++ == STEPS_MAX) {
        return too_large(c);
    }
    switch (tree->kind) {
    case TREE_EMPTY:
        return LEDE_STATUS_OK;
    case TREE_CHAR:
        return build_char(c, tree, out);
    case TREE_REPEAT:
        return build_repeat(c, tree, out);
    case TREE_ROW:
    case TREE_ANY_OF:
        break;
    }
    out->empty = tree->kind == TREE_ROW;
    for (child = tree->child; child != NULL && status == LEDE_STATUS_OK;
         child = child->next) {
        struct part part;

        status = build(c, child, &part);
        if (status == LEDE_STATUS_OK && tree->kind == TREE_ROW) {
            append(c->pattern, out, &part);
        } else if (status == LEDE_STATUS_OK) {
            positions_unite(&out->first, &part.first);
            positions_unite(&out->last, &part.last);
            out->empty = out->empty || part.empty;
        }
    }
    return status;
}

/* The characters that every match begins with. */
static lede_status
find_prefix(struct compiler *c)
{
    struct pattern *pattern = c->pattern;
    struct buf prefix = BUF_INIT(BUF_MAX_ANY);
    unsigned at = 0;
    unsigned steps;
    lede_status status = LEDE_STATUS_OK;

    for (steps = 0; steps < pattern->n && status == LEDE_STATUS_OK &&
                    !positions_has(&pattern->accepting, at); steps++) {
        const struct char_class *class;
        unsigned next = 0;
        unsigned found = 0;
        unsigned i;
        char bytes[4];

        for (i = 1; i <= pattern->n; i++) {
            if (positions_has(&pattern->follow[at], i)) {
                next = i;
                found++;
            }
        }
        class = found == 1 ? pattern->classes[next] : NULL;
        if (class == NULL || class->negated || class->count != 1 ||
            class->ranges[0].first != class->ranges[0].last) {
            break;
        }
        status = lede__buf_add(&prefix, bytes,
                               lede__utf8_put(class->ranges[0].first, bytes),
                               c->err);
        at = next;
    }
    if (status == LEDE_STATUS_OK) {
        pattern->prefix = lede__arena_str(c->arena, lede__buf_view(&prefix));
        if (pattern->prefix.p == NULL) {
            status = lede__fail_memory(c->err);
        }
    }
    lede__buf_free(&prefix);
    return status;
}

static lede_status
begin(struct compiler *c, struct str text, struct arena *arena,
      lede_error *err)
{
    struct pattern *pattern = lede__arena_array(arena, 1, sizeof(*pattern));
    size_t n = PATTERN_POSITIONS_MAX + 1;

    *c = (struct compiler){ .arena = arena, .pattern = pattern,
                            .begin = text.p, .p = text.p,
                            .end = text.p + text.len, .err = err };
    if (pattern == NULL) {
        return lede__fail_memory(err);
    }
    pattern->classes = lede__arena_array(arena, n, sizeof(*pattern->classes));
    pattern->follow = lede__arena_array(arena, n, sizeof(*pattern->follow));
    if (pattern->classes == NULL || pattern->follow == NULL) {
        return lede__fail_memory(err);
    }
    return text.len > PATTERN_BYTES_MAX
           ? lede__fail(err, LEDE_STATUS_LIMIT, "a pattern of more than %d "
                        "bytes is not searched", PATTERN_BYTES_MAX)
           : LEDE_STATUS_OK;
}

static lede_status
finish(struct compiler *c, const struct tree *tree, struct pattern **out)
{
    struct pattern *pattern = c->pattern;
    struct part all;
    unsigned i, position;
    lede_status status = build(c, tree, &all);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    pattern->follow[0] = all.first;
    pattern->accepting = all.last;
    if (all.empty) {
        positions_add(&pattern->accepting, 0);
    }
    for (position = 1; position <= pattern->n; position++) {
        for (i = 0; i < 128; i++) {
            if (char_class_has(pattern->classes[position], i)) {
                positions_add(&pattern->ascii[i], position);
            }
        }
    }
    status = find_prefix(c);
    if (status == LEDE_STATUS_OK) {
        *out = pattern;
    }
    return status;
}

lede_status
lede__pattern_regex(struct pattern **out, struct str text,
                    struct arena *arena, lede_error *err)
{
    struct compiler c;
    struct tree *tree;
    lede_status status = begin(&c, text, arena, err);

    *out = NULL;
    if (status == LEDE_STATUS_OK) {
        status = parse_alternatives(&c, &tree);
    }
    if (status == LEDE_STATUS_OK && c.p < c.end) {
        status = wrong(&c, c.p, ") without (");
    }
    return status != LEDE_STATUS_OK ? status : finish(&c, tree, out);
}

lede_status
lede__pattern_wildcard(struct pattern **out, struct str text,
                       struct arena *arena, lede_error *err)
{
    struct compiler c;
    struct tree *tree;
    struct tree **tail;
    lede_status status = begin(&c, text, arena, err);

    *out = NULL;
    if (status == LEDE_STATUS_OK) {
        status = make(&c, TREE_ROW, &tree);
    }
    tail = status == LEDE_STATUS_OK ? &tree->child : NULL;
    while (status == LEDE_STATUS_OK && c.p < c.end) {
        uint32_t cp = take(&c);

        if (cp == '*') {
            while (c.p < c.end && *c.p == '*') {
                c.p++;
            }
            status = make_any(&c, tail);
            if (status == LEDE_STATUS_OK) {
                status = make_repeat(&c, *tail, 0, REPEAT_ENDLESS, tail);
            }
        } else if (cp == '?') {
            status = make_any(&c, tail);
        } else {
            if (cp == '\\' && c.p < c.end) {
                cp = take(&c);
            }
            status = make_char(&c, cp, tail);
        }
        tail = status == LEDE_STATUS_OK ? &(*tail)->next : tail;
    }
    return status != LEDE_STATUS_OK ? status : finish(&c, tree, out);
}
