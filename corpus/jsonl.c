/* jsonl.c - a line of JSON Lines -> an article.

   The record is flattened into values, "outer.inner" for nested ones and one
   value per item of a list, and fields.c makes fields and metadata of them as
   of any header.  Numbers keep their text; NaN and Infinity, which some
   programs write for no number and json-c reads, are none.  NUL becomes a space
   like all control characters. */

#include "corpus/jsonl.h"

#include "corpus/encoding.h"
#include "corpus/json.h"

struct reader {
    struct builder *b;
    const struct json_value *values;
    unsigned line;
};

/* ---- flattening ---- */

static struct str
joined(struct reader *r, struct str outer, struct str inner)
{
    struct buf path = BUF_INIT(META_KEY_MAX);
    struct str copy;

    if (outer.len == 0) {
        return inner;
    }
    // Beyond the limit the outer name has to do
    if (lede__buf_str(&path, outer, NULL) != LEDE_STATUS_OK
        || lede__buf_char(&path, '.', NULL) != LEDE_STATUS_OK
        || lede__buf_str(&path, inner, NULL) != LEDE_STATUS_OK) {
        lede__buf_free(&path);
        return outer;
    }
    copy = lede__builder_copy(r->b, lede__buf_view(&path));
    lede__buf_free(&path);
    return copy;
}

/* A long list of strings as one text; false where it is not one. */
static bool
add_long_list(struct reader *r, uint32_t list, struct str key)
{
    struct buf text = BUF_INIT(BUF_MAX_ANY);
    uint32_t end = r->values[list].after;
    lede_status status = LEDE_STATUS_OK;

    if (end - list - 1 <= JSON_LIST_MAX) {
        return false;           // all that is in it are not so many
    }
    for (uint32_t i = list + 1; i < end; i++) {
        if (r->values[i].kind != JSON_STRING) {
            lede__buf_free(&text);
            return false;
        }
        if (status == LEDE_STATUS_OK) {
            status = lede__buf_str(&text, r->values[i].text, NULL);
        }
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
flatten(struct reader *r, uint32_t at, struct str key, bool item)
{
    const struct json_value *value = &r->values[at];
    enum value_type type = VALUE_NUMBER;

    if (r->b->status != LEDE_STATUS_OK || r->b->values_full) {
        return;
    }
    switch (value->kind) {
    case JSON_OBJECT:
        for (uint32_t i = at + 1; i < value->after; i = r->values[i].after) {
            flatten(r, i, joined(r, key, r->values[i].key), item);
        }
        return;
    case JSON_ARRAY:
        if (!add_long_list(r, at, key)) {
            for (uint32_t i = at + 1; i < value->after;
                 i = r->values[i].after) {
                flatten(r, i, key, true);
            }
        }
        return;
    case JSON_NULL:
        return;
    case JSON_STRING:
        type = VALUE_STRING;
        break;
    case JSON_BOOL:
        type = VALUE_BOOL;
        break;
    case JSON_REAL:
        if (memchr(value->text.p, 'N', value->text.len) != NULL
            || memchr(value->text.p, 'I', value->text.len) != NULL) {
            return;             // NaN, Infinity
        }
        break;
    case JSON_INTEGER:
        break;
    }
    lede__builder_value(r->b, key, value->text, type, r->line, 0, item);
}

/* ---- records ---- */

/* Parse a record; `buf` holds its text where that is not UTF-8. */
static struct json *
parse(struct builder *b, struct str bytes, struct buf *buf, const char *path)
{
    struct json *json = lede__json_simd(bytes);
    struct str text;

    if (json == NULL && b->status == LEDE_STATUS_OK) {
        lede__encoding_decode(b, bytes, buf, &text);
        if (b->status == LEDE_STATUS_OK) {
            b->status = lede__json_parse(&json, text, path, b->line, b->err);
        }
    }
    return json;
}

static void
free_json(struct json *json)
{
    if (json != NULL) {
        json->free(json);
    }
}

void
lede__jsonl_read(struct builder *b, struct str bytes, const char *path)
{
    struct buf buf = BUF_INIT(BUF_MAX_ANY);
    struct json *json = parse(b, bytes, &buf, path);

    if (b->status == LEDE_STATUS_OK) {
        struct reader r = { b, json->values, b->line };
        flatten(&r, 0, STR(""), false);
        lede__fields_apply(b, DIALECT_JSON);
    }
    free_json(json);
    lede__buf_free(&buf);
}

/* The id of {"delete": ID}, which has no other member. */
static bool
is_deletion(const struct json *json, struct str *id)
{
    const struct json_value *first = &json->values[1];

    *id = STR("");
    if (json->count != 2 || !str_eq(first->key, STR("delete"))
        || (first->kind != JSON_STRING && first->kind != JSON_INTEGER)) {
        return false;
    }
    *id = first->text;
    return true;
}

lede_status
lede__json_peek(const struct record *record,
                const struct reader_options *options, struct arena *arena,
                struct str *key, enum json_action *action, lede_error *err)
{
    struct article article = { .arena = ARENA_INIT };
    struct buf buf = BUF_INIT(BUF_MAX_ANY);
    struct json *json = NULL;
    struct str found = STR("");
    struct builder b;

    *key = STR("");
    *action = JSON_ARTICLE;
    if (record->too_large) {
        return lede__fail(err, LEDE_STATUS_LIMIT,
                          "a record of more than the allowed size");
    }
    lede__builder_init(&b, &article, options, NULL, NULL, err);
    b.line = record->line;
    json = parse(&b, (struct str){ record->p, record->len }, &buf, "");
    if (b.status == LEDE_STATUS_OK && is_deletion(json, &found)) {
        *action = JSON_DELETE;
        found = lede__text_line(&b, found, KEY_MAX);
    } else if (b.status == LEDE_STATUS_OK) {
        struct reader r = { &b, json->values, record->line };
        flatten(&r, 0, STR(""), false);
        lede__fields_key(&b, DIALECT_JSON, &found);
    }
    if (b.status == LEDE_STATUS_OK && found.len > 0) {
        *key = lede__arena_str(arena, found);
        if (key->p == NULL) {
            *key = STR("");
            b.status = lede__fail_memory(err);
        }
    }
    free_json(json);
    lede__buf_free(&buf);
    lede__arena_free(&article.arena);
    return b.status;
}
