/* json.c - JSON by json-c; see json.h.

   Numbers keep their text.  json-c replaces escapes that are no character (a
   lone \ud800) and takes NUL (\u0000). */

#include "corpus/json.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>

struct tree {
    struct json json;           // the first: what the caller has
    json_object *root;
    struct json_value *row;
    size_t cap;
};

static void
free_tree(struct json *json)
{
    struct tree *tree = (struct tree *)json;

    json_object_put(tree->root);
    free(tree->row);
    free(tree);
}

/* ---- the tree in a row ---- */

static struct str
string_of(json_object *value)
{
    return (struct str){ json_object_get_string(value),
                         (size_t)json_object_get_string_len(value) };
}

/* NULL where there is no memory. */
static struct json_value *
new_value(struct tree *tree)
{
    if (tree->json.count == tree->cap) {
        size_t cap = tree->cap == 0 ? 16 : tree->cap * 2;
        struct json_value *grown = realloc(tree->row, cap * sizeof(*grown));
        if (grown == NULL) {
            return NULL;
        }
        tree->row = grown;
        tree->cap = cap;
    }
    return &tree->row[tree->json.count++];
}

/* False where there is no memory.  The depth is bounded by the parser. */
static bool
add(struct tree *tree, json_object *object, struct str key)
{
    struct json_value *value = new_value(tree);
    size_t at = tree->json.count - 1;
    bool good = value != NULL;

    if (value == NULL) {
        return false;
    }
    *value = (struct json_value){ .key = key, .kind = JSON_NULL };
    switch (json_object_get_type(object)) {
    case json_type_object: {
        value->kind = JSON_OBJECT;
        json_object_object_foreach(object, name, member)
        {
            good = good && add(tree, member, str_from(name));
        }
        break;
    }
    case json_type_array:
        value->kind = JSON_ARRAY;
        for (size_t i = 0; i < json_object_array_length(object); i++) {
            good = good && add(tree, json_object_array_get_idx(object, i),
                               (struct str){ NULL, 0 });
        }
        break;
    case json_type_string:
        value->kind = JSON_STRING;
        value->text = string_of(object);
        break;
    case json_type_boolean:
        value->kind = JSON_BOOL;
        value->text = str_from(json_object_get_boolean(object) ? "true"
                                                               : "false");
        break;
    case json_type_int:
    case json_type_double:
        value->kind = json_object_is_type(object, json_type_int)
                          ? JSON_INTEGER : JSON_REAL;
        value->text = str_from(json_object_to_json_string_ext(
            object, JSON_C_TO_STRING_PLAIN));
        break;
    default:
        break;
    }
    tree->row[at].after = (uint32_t)tree->json.count;
    return good;
}

/* ---- parsing ---- */

/* Whether the record has more members and items than allowed. */
static bool
has_many_nodes(struct str text)
{
    const char *p = text.p;
    const char *end = text.p + text.len;
    size_t nodes = 0;

    for (; p < end && nodes <= JSON_NODES_MAX; p++) {
        nodes += *p == ',' || *p == '[' || *p == '{';
        if (*p != '"') {
            continue;
        }
        // To the end of the string: a quote that no backslash escapes
        bool escaped = true;
        while (escaped) {
            const char *quote = memchr(p + 1, '"', (size_t)(end - p - 1));
            const char *back = quote;
            if (quote == NULL) {
                return false;
            }
            while (back - 1 > p && back[-1] == '\\') {
                back--;
            }
            escaped = (quote - back) % 2 != 0;
            p = quote;
        }
    }
    return nodes > JSON_NODES_MAX;
}

static lede_status
parse(json_object **out, struct str text, const char *path, unsigned line,
      lede_error *err)
{
    struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
    lede_status status = LEDE_STATUS_OK;
    enum json_tokener_error error;
    unsigned column;
    size_t at;

    *out = NULL;
    if (tokener == NULL) {
        return lede__fail_memory(err);
    }
    if (text.len >= INT_MAX) {
        json_tokener_free(tokener);
        return lede__fail_at(err, LEDE_STATUS_LIMIT, path, line, 0,
                             "a record of 2 GiB or more");
    }
    if (has_many_nodes(text)) {
        json_tokener_free(tokener);
        return lede__fail_at(err, LEDE_STATUS_LIMIT, path, line, 0,
                             "more than %zu values in one record",
                             JSON_NODES_MAX);
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    *out = json_tokener_parse_ex(tokener, text.p, (int)text.len);
    error = json_tokener_get_error(tokener);
    at = json_tokener_get_parse_end(tokener);
    column = (unsigned)at + 1;
    if (error == json_tokener_success) {
        struct str rest = { text.p + at, text.len - at };
        if (lede__str_trim(rest).len > 0) {
            status = lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, line,
                                   column, "text after the JSON object");
        } else if (!json_object_is_type(*out, json_type_object)) {
            status = lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, line, 1,
                                   "a record has to be a JSON object");
        }
    } else if (error == json_tokener_error_depth) {
        status = lede__fail_at(err, LEDE_STATUS_LIMIT, path, line, column,
                               "more than %d objects and arrays in one "
                               "another", JSON_DEPTH_MAX);
    } else {
        status = lede__fail_at(err, LEDE_STATUS_BAD_INPUT, path, line, column,
                               "not valid JSON: %s",
                               error == json_tokener_continue
                                   ? "the record ends early"
                                   : json_tokener_error_desc(error));
    }
    if (status != LEDE_STATUS_OK) {
        json_object_put(*out);
        *out = NULL;
    }
    json_tokener_free(tokener);
    return status;
}

lede_status
lede__json_parse(struct json **out, struct str text, const char *path,
                 unsigned line, lede_error *err)
{
    struct tree *tree = NULL;
    json_object *root = NULL;
    lede_status status = parse(&root, text, path, line, err);

    *out = NULL;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    tree = calloc(1, sizeof(*tree));
    if (tree == NULL) {
        json_object_put(root);
        return lede__fail_memory(err);
    }
    tree->json.free = free_tree;
    tree->root = root;
    if (!add(tree, root, (struct str){ NULL, 0 })) {
        free_tree(&tree->json);
        return lede__fail_memory(err);
    }
    tree->json.values = tree->row;
    *out = &tree->json;
    return LEDE_STATUS_OK;
}
