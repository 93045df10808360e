/* schema-yaml.c - a tree of the events that libyaml finds in a lede.yaml.

   One pass over the events with a stack of the collections that are open.
   Where libyaml itself finds a fault, its words are passed on. */

#include "shared/schema-yaml.h"

#include <yaml.h>

#include "shared/base/utf8.h"

/* A collection that is open. */
struct frame {
    struct node *node;
    struct node *last;          // child
    struct map keys;            // of a mapping, those so far
    struct node *key;           // of a mapping, waiting for its value
};

struct builder {
    struct arena *arena;
    const char *file;
    struct frame frames[SCHEMA_DEPTH_MAX];
    unsigned depth;
    unsigned documents;
    struct node *root;
    lede_error *err;
};

#define FAULT(b, where, ...)                                                \
    lede__fail_at((b)->err, LEDE_STATUS_BAD_CONFIG, (b)->file,              \
                  (where).line, (where).column, __VA_ARGS__)

static struct place
place_of(yaml_mark_t mark)
{
    return (struct place){ (unsigned)mark.line + 1,
                           (unsigned)mark.column + 1 };
}

/* The place of a byte, for a fault in the encoding, where libyaml has none. */
static struct place
place_of_byte(struct str text, size_t at)
{
    struct place place = { 1, 1 };

    for (size_t i = 0; i < at && i < text.len; i++) {
        if (text.p[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text.p[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* What libyaml says. */
static lede_status
fault_of_parser(struct builder *b, const yaml_parser_t *parser,
                struct str text)
{
    const char *problem = parser->problem;
    const char *context = parser->context;

    if (parser->error == YAML_MEMORY_ERROR) {
        return lede__fail_memory(b->err);
    }
    if (problem == NULL) {
        problem = "not YAML";
    }
    if (parser->error == YAML_READER_ERROR) {
        return FAULT(b, place_of_byte(text, parser->problem_offset), "%s",
                     problem);
    }
    return FAULT(b, place_of(parser->problem_mark), "%s%s%s",
                 context == NULL ? "" : context, context == NULL ? "" : ": ",
                 problem);
}

/* What has no meaning in a word, a name or a phrase, or would break a line. */
static bool
is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028
        || cp == 0x2029 || cp == 0xFEFF || cp == 0xFFFE || cp == 0xFFFF;
}

static lede_status
copy_text(struct builder *b, struct node *node, struct str text)
{
    const char *p = text.p;
    const char *end = text.p + text.len;

    if (text.len > SCHEMA_TEXT_MAX) {
        return FAULT(b, node->place, "a text of %zu bytes; at most %d are "
                     "allowed", text.len, SCHEMA_TEXT_MAX);
    }
    while (p < end) {
        uint32_t cp;
        p += lede__utf8_next(p, end, &cp);
        if (is_control(cp)) {
            return FAULT(b, node->place, "a control character (U+%04X) in a "
                         "text", (unsigned)cp);
        }
    }
    node->text = lede__arena_str(b->arena, text);
    return node->text.p == NULL ? lede__fail_memory(b->err) : LEDE_STATUS_OK;
}

/* A node takes its place: as root, list item, key or value. */
static lede_status
attach(struct builder *b, struct node *node)
{
    struct frame *frame;
    bool added;

    if (b->depth == 0) {
        b->root = node;
        return LEDE_STATUS_OK;
    }
    frame = &b->frames[b->depth - 1];
    if (frame->node->kind == NODE_MAPPING && frame->key == NULL) {
        if (node->kind != NODE_TEXT || node->text.len == 0) {
            return FAULT(b, node->place, "a key must be a text");
        }
        if (lede__map_put(&frame->keys, node->text, &added) == NULL) {
            return lede__fail_memory(b->err);
        }
        if (!added) {
            return FAULT(b, node->place, "\"%s\" comes twice", node->text.p);
        }
        frame->key = node;
        return LEDE_STATUS_OK;
    }
    if (frame->key != NULL) {
        node->key = frame->key->text;
        node->key_place = frame->key->place;
        frame->key = NULL;
    }
    if (frame->last == NULL) {
        frame->node->first = node;
    } else {
        frame->last->next = node;
    }
    frame->last = node;
    frame->node->count++;
    return LEDE_STATUS_OK;
}

static lede_status
add_node(struct builder *b, const yaml_event_t *event, enum node_kind kind,
         const yaml_char_t *anchor, const yaml_char_t *tag)
{
    struct place place = place_of(event->start_mark);
    struct node *node = NULL;
    lede_status status = LEDE_STATUS_OK;

    if (anchor != NULL) {
        return FAULT(b, place, "anchors (&) are not allowed");
    }
    if (tag != NULL) {
        return FAULT(b, place, "tags (!) are not allowed");
    }
    node = lede__arena_array(b->arena, 1, sizeof(*node));
    if (node == NULL) {
        return lede__fail_memory(b->err);
    }
    node->kind = kind;
    node->place = place;
    if (kind == NODE_TEXT) {
        struct str text = { (const char *)event->data.scalar.value,
                            event->data.scalar.length };
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        status = copy_text(b, node, text);
        return status == LEDE_STATUS_OK ? attach(b, node) : status;
    }
    if (b->depth == SCHEMA_DEPTH_MAX) {
        return FAULT(b, place, "more than %d lists and mappings in each other",
                     SCHEMA_DEPTH_MAX);
    }
    status = attach(b, node);
    b->frames[b->depth++] = (struct frame){ node, NULL, MAP_INIT, NULL };
    return status;
}

static lede_status
take_event(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++b->documents > 1) {
            return FAULT(b, place_of(event->start_mark),
                         "a second document; only one is allowed");
        }
        return LEDE_STATUS_OK;
    case YAML_ALIAS_EVENT:
        return FAULT(b, place_of(event->start_mark),
                     "aliases (*) are not allowed");
    case YAML_SCALAR_EVENT:
        return add_node(b, event, NODE_TEXT, event->data.scalar.anchor,
                        event->data.scalar.tag);
    case YAML_SEQUENCE_START_EVENT:
        return add_node(b, event, NODE_LIST,
                        event->data.sequence_start.anchor,
                        event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return add_node(b, event, NODE_MAPPING,
                        event->data.mapping_start.anchor,
                        event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        lede__map_free(&b->frames[--b->depth].keys);
        return LEDE_STATUS_OK;
    default:
        return LEDE_STATUS_OK;
    }
}

lede_status
lede__schema_yaml(struct node **out, struct arena *arena, struct str text,
                  const char *file, lede_error *err)
{
    struct builder b = { .arena = arena, .file = file, .err = err };
    lede_status status = LEDE_STATUS_OK;
    yaml_parser_t parser;
    yaml_event_t event;
    bool done = false;

    *out = NULL;
    if (text.len > SCHEMA_BYTES_MAX) {
        return lede__fail_at(err, LEDE_STATUS_BAD_CONFIG, file, 0, 0,
                             "larger than %zu bytes", SCHEMA_BYTES_MAX);
    }
    if (!yaml_parser_initialize(&parser)) {
        return lede__fail_memory(err);
    }
    yaml_parser_set_input_string(
        &parser, (const unsigned char *)(text.len == 0 ? "" : text.p),
        text.len);
    while (status == LEDE_STATUS_OK && !done) {
        if (!yaml_parser_parse(&parser, &event)) {
            status = fault_of_parser(&b, &parser, text);
            break;
        }
        done = event.type == YAML_STREAM_END_EVENT;
        status = take_event(&b, &event);
        yaml_event_delete(&event);
    }
    while (b.depth > 0) {
        lede__map_free(&b.frames[--b.depth].keys);
    }
    yaml_parser_delete(&parser);
    if (status == LEDE_STATUS_OK) {
        *out = b.root;
    }
    return status;
}
