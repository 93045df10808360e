/* yaml.c - a YAML header -> values, by libyaml's events.

   The events are made into a tree, in which an alias is a second way to the
   same node: reading it out is where an alias would explode, and there every
   visit is counted.  A node can be named only when it is complete, so that
   there are no circles.

   A broken header is one warning with line and column.  What the parser had
   read before the fault is kept; from the entry with the fault on, lines that
   look like `key: value` are read one by one, since most faults are of one
   line (`title: Rust: a review`). */

#include <yaml.h>

#include "corpus/front-matter.h"

enum node_type { NODE_SCALAR, NODE_LIST, NODE_MAP, NODE_ALIAS };

struct node {
    enum node_type type;
    enum value_type value;      // of a scalar
    struct str text;            // of a scalar; the anchor of a node while read
    struct str key;             // in a map
    unsigned line, column;
    unsigned key_line;          // in a map
    struct node *first;         // children; the target of an alias
    struct node *last;
    struct node *next;
};

struct reader {
    struct builder *b;
    unsigned line;              // of the header's first line in the file
    struct node *open[HEADER_DEPTH_MAX];
    size_t depth;
    struct str key;             // read, its value not yet
    bool has_key;
    unsigned key_line;
    struct {
        struct str name;
        struct node *node;
    } anchors[HEADER_ANCHORS_MAX];
    size_t n_anchors;
    bool warned;
    unsigned visits;
};

static struct str
copied(struct reader *r, const yaml_char_t *p, size_t len)
{
    return lede__builder_copy(r->b, (struct str){ (const char *)p, len });
}

static void
warn_once(struct reader *r, unsigned line, unsigned column, const char *what)
{
    if (!r->warned) {
        r->warned = true;
        lede__builder_warn(r->b, "front-matter", line, column, "%s", what);
    }
}

/* ---- the tree ---- */

static struct node *
new_node(struct reader *r, enum node_type type, const yaml_mark_t *mark)
{
    struct node *node = lede__arena_array(&r->b->article->arena, 1,
                                          sizeof(*node));

    if (node == NULL) {
        lede__builder_fail(r->b, LEDE_STATUS_NO_MEMORY, "not enough memory");
        return NULL;
    }
    node->type = type;
    node->line = r->line + (unsigned)mark->line;
    node->column = (unsigned)mark->column + 1;
    return node;
}

/* Put a complete or just opened node where it belongs. */
static void
attach(struct reader *r, struct node *node)
{
    struct node *parent = r->depth > 0 ? r->open[r->depth - 1] : NULL;

    if (parent == NULL) {
        return;
    }
    if (parent->type == NODE_MAP) {
        if (!r->has_key) {
            // A key that is a list or a map is no name; its value goes too
            r->key = node->type == NODE_SCALAR ? node->text : STR("");
            r->key_line = node->line;
            r->has_key = true;
            return;
        }
        node->key = r->key;
        node->key_line = r->key_line;
        r->has_key = false;
    }
    if (parent->last != NULL) {
        parent->last->next = node;
    } else {
        parent->first = node;
    }
    parent->last = node;
}

static void
name_anchor(struct reader *r, struct str name, struct node *node)
{
    if (name.len == 0) {
        return;
    }
    if (r->n_anchors == HEADER_ANCHORS_MAX) {
        warn_once(r, node->line, node->column, "too many anchors");
        return;
    }
    r->anchors[r->n_anchors].name = name;
    r->anchors[r->n_anchors++].node = node;
}

static struct str
anchor_of(struct reader *r, const yaml_char_t *anchor)
{
    return anchor == NULL ? STR("")
                          : copied(r, anchor, strlen((const char *)anchor));
}

static void
add_scalar(struct reader *r, const yaml_event_t *event)
{
    struct node *node = new_node(r, NODE_SCALAR, &event->start_mark);

    if (node == NULL) {
        return;
    }
    node->text = copied(r, event->data.scalar.value,
                        event->data.scalar.length);
    node->value = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE
                      ? VALUE_PLAIN : VALUE_STRING;
    name_anchor(r, anchor_of(r, event->data.scalar.anchor), node);
    attach(r, node);
}

static void
add_alias(struct reader *r, const yaml_event_t *event)
{
    struct str name = str_from((const char *)event->data.alias.anchor);
    struct node *node = new_node(r, NODE_ALIAS, &event->start_mark);

    if (node == NULL) {
        return;
    }
    for (size_t i = r->n_anchors; i > 0 && node->first == NULL; i--) {
        if (str_eq(r->anchors[i - 1].name, name)) {
            node->first = r->anchors[i - 1].node;
        }
    }
    if (node->first == NULL) {
        warn_once(r, node->line, node->column,
                  "an alias of what is not defined before it");
    }
    attach(r, node);
}

/* A key whose value is a collection is kept with it until it ends. */
static bool
open_node(struct reader *r, enum node_type type, const yaml_event_t *event,
          const yaml_char_t *anchor)
{
    struct node *node;

    if (r->depth == HEADER_DEPTH_MAX) {
        warn_once(r, r->line + (unsigned)event->start_mark.line,
                  (unsigned)event->start_mark.column + 1,
                  "too many mappings and lists in one another; the rest of "
                  "the header is left out");
        return false;
    }
    node = new_node(r, type, &event->start_mark);
    if (node == NULL) {
        return false;
    }
    node->text = anchor_of(r, anchor);
    attach(r, node);
    r->open[r->depth++] = node;
    // While a key is itself a collection, has_key says so for its parent;
    // `key` empty keeps the value of it out
    r->has_key = false;
    return true;
}

static void
close_node(struct reader *r)
{
    struct node *node = r->open[--r->depth];
    struct node *parent = r->depth > 0 ? r->open[r->depth - 1] : NULL;
    struct str anchor = node->text;

    node->text = STR("");
    name_anchor(r, anchor, node);
    // It was the key of its parent where the parent did not take it as child
    r->has_key = parent != NULL && parent->type == NODE_MAP
                 && parent->last != node;
    r->key = STR("");
}

/* ---- reading it out ---- */

static struct str
joined(struct reader *r, struct str outer, struct str inner)
{
    size_t len = outer.len + 1 + inner.len;
    char *p;

    if (outer.len == 0 || inner.len == 0) {
        return outer.len == 0 ? inner : outer;
    }
    if (len > META_KEY_MAX) {
        return outer;
    }
    p = lede__arena_alloc(&r->b->article->arena, len + 1);
    if (p == NULL) {
        lede__builder_fail(r->b, LEDE_STATUS_NO_MEMORY, "not enough memory");
        return outer;
    }
    memcpy(p, outer.p, outer.len);
    p[outer.len] = '.';
    memcpy(p + outer.len + 1, inner.p, inner.len);
    p[len] = '\0';
    return (struct str){ p, len };
}

static void
read_out(struct reader *r, const struct node *node, struct str path,
         bool item, size_t depth)
{
    if (r->b->status != LEDE_STATUS_OK || r->visits > HEADER_VISITS_MAX) {
        return;
    }
    if (++r->visits > HEADER_VISITS_MAX || depth > HEADER_DEPTH_MAX * 2) {
        warn_once(r, node->line, node->column,
                  "aliases make the header too large; the rest is left out");
        return;
    }
    switch (node->type) {
    case NODE_SCALAR:
        lede__builder_value(r->b, path, node->text, node->value, node->line,
                            node->column, item);
        break;
    case NODE_ALIAS:
        if (node->first != NULL) {
            read_out(r, node->first, path, item, depth + 1);
        }
        break;
    default:
        for (const struct node *n = node->first; n != NULL; n = n->next) {
            bool merge = str_eq(n->key, STR("<<"));
            if (node->type == NODE_LIST) {
                read_out(r, n, path, true, depth + 1);
            } else if (n->key.len > 0 || merge) {
                read_out(r, n, merge ? path : joined(r, path, n->key), item,
                         depth + 1);
            }
        }
    }
}

/* Of entries with one key the last counts, as most parsers have it. */
static void
drop_duplicates(struct reader *r, struct node *map)
{
    struct map keys = MAP_INIT;
    struct node *kept = NULL;
    bool failed = false;

    // From the back: reverse, keep the first of each, reverse again
    for (int pass = 0; pass < 2; pass++) {
        struct node *reversed = NULL;
        for (struct node *n = map->first; n != NULL && !failed;) {
            struct node *next = n->next;
            bool added = true;
            if (pass == 1 && n->key.len > 0) {
                failed = lede__map_put(&keys, n->key, &added) == NULL;
                if (!added) {
                    // One warning for a header
                    if (!r->warned) {
                        r->warned = true;
                        lede__builder_warn(r->b, "front-matter", n->line,
                                           n->column,
                                           "%.*s: given twice; the last "
                                           "counts", (int)n->key.len,
                                           n->key.p);
                    }
                    n->key = STR("");
                }
            }
            n->next = reversed;
            reversed = n;
            n = next;
        }
        if (failed) {
            break;
        }
        kept = reversed;
        map->first = kept;
    }
    lede__map_free(&keys);
    if (failed) {
        lede__builder_fail(r->b, LEDE_STATUS_NO_MEMORY, "not enough memory");
    }
}

/* ---- the parser ---- */

/* Where the parser says that the fault is; for a quote that is not closed,
   which it notices at the end of the file, where it was opened. */
static void
fault(const struct reader *r, const yaml_parser_t *parser, struct str header,
      unsigned *line, unsigned *column)
{
    yaml_mark_t mark = parser->problem_mark;

    if (parser->error == YAML_READER_ERROR) {
        size_t at = parser->problem_offset < header.len
                        ? parser->problem_offset : header.len;
        *line = r->line;
        *column = 1;
        for (size_t i = 0; i < at; i++) {
            *column = header.p[i] == '\n' ? 1 : *column + 1;
            *line += header.p[i] == '\n';
        }
        return;
    }
    if (parser->error == YAML_SCANNER_ERROR && parser->context != NULL
        && strcmp(parser->context, "while scanning a quoted scalar") == 0) {
        mark = parser->context_mark;
    }
    *line = r->line + (unsigned)mark.line;
    *column = (unsigned)mark.column + 1;
}

/* Read events into a tree; false where the parser gives up. */
static bool
build(struct reader *r, yaml_parser_t *parser, struct node **root)
{
    yaml_event_t event;
    bool done = false;

    while (!done && r->b->status == LEDE_STATUS_OK) {
        if (!yaml_parser_parse(parser, &event)) {
            return false;
        }
        switch (event.type) {
        case YAML_SCALAR_EVENT:
            add_scalar(r, &event);
            break;
        case YAML_ALIAS_EVENT:
            add_alias(r, &event);
            break;
        case YAML_MAPPING_START_EVENT:
            done = !open_node(r, NODE_MAP, &event,
                              event.data.mapping_start.anchor);
            break;
        case YAML_SEQUENCE_START_EVENT:
            done = !open_node(r, NODE_LIST, &event,
                              event.data.sequence_start.anchor);
            break;
        case YAML_MAPPING_END_EVENT:
        case YAML_SEQUENCE_END_EVENT:
            close_node(r);
            break;
        case YAML_DOCUMENT_END_EVENT:
        case YAML_STREAM_END_EVENT:
            done = true;
            break;
        default:
            break;
        }
        if (*root == NULL && r->depth == 1) {
            *root = r->open[0];
        }
        yaml_event_delete(&event);
    }
    return true;
}

/* The first line of the top-level entry that the fault is in: from there on the
   salvage reads. */
static unsigned
entry_start(const struct reader *r, const struct node *root,
            unsigned fault_line)
{
    unsigned from = fault_line;

    for (const struct node *n = root->first; n != NULL; n = n->next) {
        if (n->key_line <= fault_line) {
            from = n->key_line;
        }
    }
    if (r->depth == 1 && r->has_key && r->key_line <= fault_line) {
        from = r->key_line;
    }
    return from;
}

/* ---- what a broken header still says ---- */

static struct str
slice(struct str s, size_t start, size_t end)
{
    return (struct str){ s.p + start, end - start };
}

/* Without the quotes around it, and with what they escape. */
static struct str
unquoted(struct builder *b, struct str s, enum value_type *type)
{
    struct str copy;
    size_t len = 0;
    char quote;
    char *p;

    s = lede__str_trim(s);
    *type = VALUE_PLAIN;
    if (s.len < 2 || (s.p[0] != '"' && s.p[0] != '\'')) {
        return s;
    }
    quote = s.p[0];
    *type = VALUE_STRING;
    s = slice(s, 1, s.len - (s.p[s.len - 1] == quote));
    copy = lede__builder_copy(b, s);
    p = (char *)(uintptr_t)copy.p;      // the arena's
    for (size_t i = 0; i < copy.len; i++) {
        if (i + 1 < copy.len && copy.p[i + 1] == quote
            && copy.p[i] == (quote == '"' ? '\\' : quote)) {
            i++;
        }
        p[len++] = copy.p[i];
    }
    copy.len = len;
    return copy;
}

static void
salvage_value(struct builder *b, struct str key, struct str value,
              unsigned line, unsigned column, bool item)
{
    enum value_type type;
    struct str text = unquoted(b, value, &type);

    lede__builder_value(b, key, text, type, line, column, item);
}

/* "[a, b]" */
static void
salvage_list(struct builder *b, struct str key, struct str value,
             unsigned line, unsigned column)
{
    struct str rest = slice(value, 1, value.len - 1);

    while (rest.len > 0) {
        const char *comma = memchr(rest.p, ',', rest.len);
        size_t len = comma == NULL ? rest.len : (size_t)(comma - rest.p);
        salvage_value(b, key, slice(rest, 0, len), line, column, true);
        rest = slice(rest, len + (comma != NULL), rest.len);
    }
}

static void
salvage(struct builder *b, struct str header, unsigned line, unsigned from)
{
    struct str key = STR("");

    for (; header.len > 0; line++) {
        struct str text = lede__text_next_line(&header);
        struct str trimmed = lede__str_trim(text);
        const char *colon = memchr(text.p, ':', text.len);
        if (line < from || trimmed.len == 0 || trimmed.p[0] == '#') {
            continue;
        }
        unsigned column = (unsigned)(trimmed.p - text.p) + 1;
        if (trimmed.p[0] == '-') {
            if (key.len > 0) {
                salvage_value(b, key, slice(trimmed, 1, trimmed.len), line,
                              column, true);
            }
            continue;
        }
        if (column > 1 || colon == NULL) {
            // A part of something nested, or of a text of several lines
            continue;
        }
        size_t at = (size_t)(colon - text.p);
        enum value_type type;
        struct str value = lede__str_trim(slice(text, at + 1, text.len));
        column = (unsigned)(value.p - text.p) + 1;
        key = unquoted(b, slice(text, 0, at), &type);
        if (key.len > META_KEY_MAX) {
            key = STR("");
        } else if (value.len >= 2 && value.p[0] == '['
                   && value.p[value.len - 1] == ']') {
            salvage_list(b, key, value, line, column);
        } else if (value.len > 0 && value.p[0] != '|' && value.p[0] != '>') {
            salvage_value(b, key, value, line, column, false);
        }
    }
}

/* ---- all of it ---- */

void
lede__yaml_read(struct builder *b, struct str header, unsigned line)
{
    struct reader r = { .b = b, .line = line };
    struct node *root = NULL;
    yaml_parser_t parser;
    unsigned from = 0;          // the line of a fault
    unsigned column;

    if (!yaml_parser_initialize(&parser)) {
        lede__builder_fail(b, LEDE_STATUS_NO_MEMORY, "not enough memory");
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)header.p,
                                 header.len);
    if (!build(&r, &parser, &root)) {
        if (parser.error == YAML_MEMORY_ERROR) {
            lede__builder_fail(b, LEDE_STATUS_NO_MEMORY, "not enough memory");
        } else {
            fault(&r, &parser, header, &from, &column);
            r.warned = true;
            lede__builder_warn(b, "front-matter", from, column,
                               "not valid YAML: %s%s%s", parser.problem,
                               parser.context != NULL ? " " : "",
                               parser.context != NULL ? parser.context : "");
        }
    }
    if (root != NULL && root->type == NODE_MAP) {
        if (from > 0) {
            from = entry_start(&r, root, from);
        }
        drop_duplicates(&r, root);
        for (struct node *n = root->first; n != NULL; n = n->next) {
            if (n->key.len > 0 && (from == 0 || n->key_line < from)) {
                read_out(&r, n, str_eq(n->key, STR("<<")) ? STR("") : n->key,
                         false, 1);
            }
        }
    } else if (root != NULL && from == 0) {
        warn_once(&r, line, 1, "the header is a list, without keys");
    } else if (root == NULL && from > 0) {
        from = line;
    }
    if (from > 0) {
        salvage(b, header, line, from);
    }
    yaml_parser_delete(&parser);
}
