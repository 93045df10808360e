/* jsonl.c - a line of JSON Lines -> an article, by json-c.

   The record is flattened into values, "outer.inner" for nested ones and one
   value per item of a list, and fields.c makes fields and metadata of them as
   of any header.  Numbers keep their text; NaN and Infinity, which some
   programs write for no number and json-c reads, are none.  json-c replaces
   escapes that are no character (a lone \ud800) and takes NUL (\u0000), which
   becomes a space like all control characters. */

#include "corpus/jsonl.h"

#include <json-c/json.h>
#include <limits.h>

#include "corpus/encoding.h"

struct reader {
    struct builder *b;
    unsigned line;
};

/* ---- flattening ---- */

static struct str
joined(struct reader *r, struct str outer, const char *inner)
{
    struct buf path = BUF_INIT(META_KEY_MAX);
    struct str key = str_from(inner);
    struct str copy;

    if (outer.len == 0) {
        return key;
    }
    // Beyond the limit the outer name has to do
    if (lede__buf_str(&path, outer, NULL) != LEDE_STATUS_OK
        || lede__buf_char(&path, '.', NULL) != LEDE_STATUS_OK
        || lede__buf_str(&path, key, NULL) != LEDE_STATUS_OK) {
        lede__buf_free(&path);
        return outer;
    }
    copy = lede__builder_copy(r->b, lede__buf_view(&path));
    lede__buf_free(&path);
    return copy;
}

static struct str
string_of(json_object *value)
{
    return (struct str){ json_object_get_string(value),
                         (size_t)json_object_get_string_len(value) };
}

/* A long list of strings as one text; false where it is not one. */
static bool
add_long_list(struct reader *r, json_object *list, struct str key)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    size_t n = json_object_array_length(list);
    lede_status status = LEDE_STATUS_OK;

    if (n <= JSON_LIST_MAX) {
        return false;
    }
    for (size_t i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        json_object *item = json_object_array_get_idx(list, i);
        if (!json_object_is_type(item, json_type_string)) {
            lede__buf_free(&text);
            return false;
        }
        status = lede__buf_str(&text, string_of(item), NULL);
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(&text, STR("\n\n"), NULL);
        }
    }
    if (status != LEDE_STATUS_OK) {
        lede__builder_fail(r->b, status, "not enough memory");
    }
    struct str copy = lede__builder_copy(r->b, lede__buf_view(&text));
    lede__buf_free(&text);
    lede__builder_value(r->b, key, copy, VALUE_STRING, r->line, 0, false);
    return true;
}

/* The depth is bounded by the parser. */
static void
flatten(struct reader *r, json_object *value, struct str key, bool item)
{
    enum value_type type = VALUE_NUMBER;
    struct str text;

    if (r->b->status != LEDE_STATUS_OK || r->b->values_full) {
        return;
    }
    switch (json_object_get_type(value)) {
    case json_type_object: {
        json_object_object_foreach(value, name, inner)
        {
            flatten(r, inner, joined(r, key, name), item);
        }
        return;
    }
    case json_type_array:
        if (!add_long_list(r, value, key)) {
            size_t n = json_object_array_length(value);
            for (size_t i = 0; i < n; i++) {
                flatten(r, json_object_array_get_idx(value, i), key, true);
            }
        }
        return;
    case json_type_string:
        type = VALUE_STRING;
        text = string_of(value);
        break;
    case json_type_boolean:
        type = VALUE_BOOL;
        text = str_from(json_object_get_boolean(value) ? "true" : "false");
        break;
    case json_type_null:
        return;
    default:
        text = str_from(json_object_to_json_string_ext(
            value, JSON_C_TO_STRING_PLAIN));
        if (strchr(text.p, 'N') != NULL || strchr(text.p, 'I') != NULL) {
            return;             // NaN, Infinity
        }
    }
    lede__builder_value(r->b, key, text, type, r->line, 0, item);
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

void
lede__jsonl_read(struct builder *b, struct str text, const char *path)
{
    struct reader r = { b, b->line };
    json_object *object = NULL;

    if (b->status == LEDE_STATUS_OK) {
        b->status = parse(&object, text, path, b->line, b->err);
    }
    if (b->status == LEDE_STATUS_OK) {
        flatten(&r, object, STR(""), false);
        lede__fields_apply(b, DIALECT_JSON);
    }
    json_object_put(object);
}

lede_status
lede__json_peek(const struct record *record,
                const struct reader_options *options, struct arena *arena,
                struct str *key, enum json_action *action, lede_error *err)
{
    struct article article = { .arena = ARENA_INIT };
    struct buf buf = BUF_INIT(BUF_MAX_ANY);
    json_object *object = NULL;
    json_object *id = NULL;
    struct str found = STR("");
    struct builder b;
    struct str text;

    *key = STR("");
    *action = JSON_ARTICLE;
    if (record->too_large) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "a record of more than the allowed size");
    }
    lede__builder_init(&b, &article, options, NULL, NULL, err);
    b.line = record->line;
    lede__encoding_decode(&b, (struct str){ record->p, record->len }, &buf,
                          &text);
    if (b.status == LEDE_STATUS_OK) {
        b.status = parse(&object, text, "", record->line, err);
    }
    if (b.status == LEDE_STATUS_OK) {
        struct reader r = { &b, record->line };
        bool alone = json_object_object_length(object) == 1
                     && json_object_object_get_ex(object, "delete", &id)
                     && (json_object_is_type(id, json_type_string)
                         || json_object_is_type(id, json_type_int));
        if (alone) {
            *action = JSON_DELETE;
            found = lede__text_line(&b, str_from(json_object_get_string(id)),
                                    KEY_MAX);
        } else {
            flatten(&r, object, STR(""), false);
            lede__fields_key(&b, DIALECT_JSON, &found);
        }
    }
    if (b.status == LEDE_STATUS_OK && found.len > 0) {
        *key = lede__arena_str(arena, found);
        if (key->p == NULL) {
            *key = STR("");
            b.status = lede__fail_memory(err);
        }
    }
    json_object_put(object);
    lede__buf_free(&buf);
    lede__arena_free(&article.arena);
    return b.status;
}
