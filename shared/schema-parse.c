/* schema-parse.c - a lede.yaml understood: from its tree to a schema.

   The tree (schema-yaml.c) knows no order, so a mapping may name a field that
   comes after it.  A fault names its place, what is wrong and what is allowed.
   Lists whose order says nothing are sorted and freed of doubles, so that
   writing is canonical. */

#include "shared/schema.h"

#include <stdlib.h>

#include "shared/schema-yaml.h"

struct reading {
    struct schema *schema;
    const char *file;
    lede_error *err;
};

#define FAULT(r, where, ...)                                                \
    lede__fail_at((r)->err, LEDE_STATUS_BAD_CONFIG, (r)->file,              \
                  (where).line, (where).column, __VA_ARGS__)

/* What `to` in json and front_matter may be, besides further fields. */
static const char *const article_fields[] = {
    "id", "key", "title", "body", "summary", "date", "lang", "source", "url",
    "authors", "tags", "categories", "draft",
};

/* Names with a meaning of their own in a query or in an article, which a
   further field therefore cannot have. */
static const char *const reserved[] = {
    "id", "key", "date", "lang", "source", "url", "categories", "draft",
    "author", "tag", "category", "path", "meta",
};

/* Phrases in one list.  Each makes every query that has one of them longer. */
#define SYNONYMS_MAX 32

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_one_of(struct str text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(text, str_from(names[i]))) {
            return true;
        }
    }
    return false;
}

/* A section, or the whole file, that is there but says nothing. */
static bool
is_nothing(const struct node *node)
{
    return node->kind == NODE_TEXT && !node->quoted
        && (node->text.len == 0 || str_eq(node->text, STR("~"))
            || str_eq(node->text, STR("null")));
}

/* ---- texts and lists ---- */

static int
compare_texts(const void *a, const void *b)
{
    return lede__str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* A list of texts, sorted, each once. */
static lede_status
read_list(struct reading *r, const struct node *node, const char *what,
          struct str_list *out)
{
    size_t count = 0;

    if (node->kind != NODE_LIST) {
        return FAULT(r, node->place, "%s must be a list, such as [one, two]",
                     what);
    }
    out->items = lede__arena_array(&r->schema->arena, node->count,
                                   sizeof(*out->items));
    if (out->items == NULL) {
        return lede__fail_memory(r->err);
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        struct str text = lede__str_trim(n->text);
        if (n->kind != NODE_TEXT || text.len == 0) {
            return FAULT(r, n->place, "%s must be texts", what);
        }
        out->items[count++] = text;
    }
    out->count = 0;
    qsort(out->items, count, sizeof(*out->items), compare_texts);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !str_eq(out->items[i], out->items[i - 1])) {
            out->items[out->count++] = out->items[i];
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
check_lang(struct reading *r, struct place place, struct str lang)
{
    bool good = lang.len == 2 || lang.len == 3;

    for (size_t i = 0; i < lang.len; i++) {
        good = good && lang.p[i] >= 'a' && lang.p[i] <= 'z';
    }
    if (!good) {
        return FAULT(r, place, "\"%s\" is no language; a code of two or three "
                     "small letters is needed, such as en", lang.p);
    }
    return LEDE_STATUS_OK;
}

/* ---- fields ---- */

static lede_status
read_weight(struct reading *r, const struct node *node, const char *name,
            unsigned min, unsigned *out)
{
    struct str text = node->text;
    bool good = node->kind == NODE_TEXT && text.len > 0 && text.len <= 3
        && (text.p[0] != '0' || text.len == 1); // 010 is 8 to some
    unsigned weight = 0;

    for (size_t i = 0; good && i < text.len; i++) {
        good = text.p[i] >= '0' && text.p[i] <= '9';
        weight = weight * 10 + (unsigned)(text.p[i] - '0');
    }
    if (!good || weight < min || weight > FIELD_WEIGHT_MAX) {
        return FAULT(r, node->place, "the weight of %s must be a whole number "
                     "from %u to %d", name, min, FIELD_WEIGHT_MAX);
    }
    *out = weight;
    return LEDE_STATUS_OK;
}

static lede_status
check_field_name(struct reading *r, struct place place, struct str name)
{
    bool good = name.p[0] >= 'a' && name.p[0] <= 'z';

    for (size_t i = 0; i < name.len; i++) {
        char c = name.p[i];
        good = good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                        || c == '_' || c == '-');
    }
    if (!good) {
        return FAULT(r, place, "\"%s\" is no name of a field; small letters, "
                     "digits, _ and - are allowed, a letter first", name.p);
    }
    if (is_one_of(name, reserved, COUNT(reserved))) {
        return FAULT(r, place, "\"%s\" has a meaning of its own; give the "
                     "field another name, and the key with from", name.p);
    }
    return LEDE_STATUS_OK;
}

/* {weight: 2, from: dek}, or a weight alone. */
static lede_status
read_custom_field(struct reading *r, const struct node *node)
{
    struct schema *schema = r->schema;
    struct field *field = &schema->fields[schema->n_fields];
    lede_status status = check_field_name(r, node->key_place, node->key);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (schema->n_fields == FIELDS_MAX) {
        return FAULT(r, node->key_place, "more than %d further fields",
                     FIELDS_MAX - FIELD_CUSTOM);
    }
    *field = (struct field){ node->key, node->key, 1 };
    schema->n_fields++;
    if (node->kind != NODE_MAPPING) {
        return read_weight(r, node, node->key.p, 0, &field->weight);
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        if (str_eq(n->key, STR("weight"))) {
            status = read_weight(r, n, node->key.p, 0, &field->weight);
        } else if (!str_eq(n->key, STR("from"))) {
            status = FAULT(r, n->key_place, "unknown key \"%s\"; allowed: "
                           "weight, from", n->key.p);
        } else if (n->kind != NODE_TEXT || n->text.len == 0) {
            status = FAULT(r, n->place, "from must be a metadata key");
        } else if (is_one_of(n->text, article_fields,
                             COUNT(article_fields))) {
            status = FAULT(r, n->place, "\"%s\" is a field of every article, "
                           "not a metadata key", n->text.p);
        } else {
            field->key = n->text;
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_fields(struct reading *r, const struct node *node)
{
    struct schema *schema = r->schema;
    lede_status status = LEDE_STATUS_OK;

    if (node->kind != NODE_MAPPING) {
        return FAULT(r, node->place, "fields must be names with weights, such "
                     "as title: 3");
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        int number = lede__schema_field(schema, n->key);
        if (str_eq(n->key, STR("heading"))) {
            status = read_weight(r, n, "heading", 1, &schema->heading_weight);
        } else if (number >= 0) {
            // Scores are made of the body: it cannot be left out
            status = read_weight(r, n, n->key.p, number == FIELD_BODY,
                                 &schema->fields[number].weight);
        } else {
            status = read_custom_field(r, n);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

/* ---- languages and stop words ---- */

static lede_status
read_detect(struct reading *r, const struct node *node)
{
    struct schema *schema = r->schema;
    lede_status status = read_list(r, node, "languages", &schema->languages);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        status = check_lang(r, n->place, lede__str_trim(n->text));
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_languages(struct reading *r, const struct node *node)
{
    lede_status status = LEDE_STATUS_OK;

    if (node->kind == NODE_LIST) {
        return read_detect(r, node);
    }
    if (node->kind != NODE_MAPPING) {
        return FAULT(r, node->place, "languages must be a list, such as "
                     "[en, de], or have the keys default and detect");
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        if (str_eq(n->key, STR("default"))) {
            status = n->kind == NODE_TEXT
                ? check_lang(r, n->place, n->text)
                : FAULT(r, n->place, "default must be one language");
            r->schema->default_lang = n->text;
        } else if (str_eq(n->key, STR("detect"))) {
            status = read_detect(r, n);
        } else {
            status = FAULT(r, n->key_place, "unknown key \"%s\"; allowed: "
                           "default, detect", n->key.p);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    return LEDE_STATUS_OK;
}

static int
compare_stop_lists(const void *a, const void *b)
{
    const struct stop_list *x = a;
    const struct stop_list *y = b;

    return lede__str_cmp(x->lang, y->lang);
}

static lede_status
read_stop_words(struct reading *r, const struct node *node)
{
    struct schema *schema = r->schema;

    if (node->kind != NODE_MAPPING) {
        return FAULT(r, node->place, "stop_words must be languages with "
                     "lists, such as en: [a, the]");
    }
    schema->stop_lists = lede__arena_array(&schema->arena, node->count,
                                           sizeof(*schema->stop_lists));
    if (schema->stop_lists == NULL) {
        return lede__fail_memory(r->err);
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        struct stop_list *list = &schema->stop_lists[schema->n_stop_lists++];
        lede_status status = check_lang(r, n->key_place, n->key);
        if (status == LEDE_STATUS_OK) {
            status = read_list(r, n, "stop words", &list->words);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        list->lang = n->key;
    }
    qsort(schema->stop_lists, schema->n_stop_lists,
          sizeof(*schema->stop_lists), compare_stop_lists);
    return LEDE_STATUS_OK;
}

/* ---- synonyms ---- */

static int
compare_lists(const struct str_list *a, const struct str_list *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int order = lede__str_cmp(a->items[i], b->items[i]);
        if (order != 0) {
            return order;
        }
    }
    return (a->count > b->count) - (a->count < b->count);
}

static int
compare_synonyms(const void *a, const void *b)
{
    const struct synonym *x = a;
    const struct synonym *y = b;
    int order = compare_lists(&x->from, &y->from);

    return order != 0 ? order : compare_lists(&x->to, &y->to);
}

static lede_status
read_phrases(struct reading *r, const struct node *node, size_t min,
             struct str_list *out)
{
    lede_status status = read_list(r, node, "synonyms", out);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (out->count < min) {
        return FAULT(r, node->place, "at least %zu different synonym%s "
                     "needed", min, min == 1 ? " is" : "s are");
    }
    if (out->count > SYNONYMS_MAX) {
        return FAULT(r, node->place, "%zu synonyms in one list; at most %d "
                     "are allowed", out->count, SYNONYMS_MAX);
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_synonym(struct reading *r, const struct node *node,
             struct synonym *synonym)
{
    lede_status status = LEDE_STATUS_OK;

    if (node->kind == NODE_LIST) {
        status = read_phrases(r, node, 2, &synonym->from);
        synonym->to = synonym->from;
        return status;
    }
    if (node->kind != NODE_MAPPING) {
        return FAULT(r, node->place, "a synonym must be a list, such as "
                     "[k8s, kubernetes], or have the keys from and to");
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        if (str_eq(n->key, STR("from"))) {
            status = read_phrases(r, n, 1, &synonym->from);
        } else if (str_eq(n->key, STR("to"))) {
            status = read_phrases(r, n, 1, &synonym->to);
        } else {
            status = FAULT(r, n->key_place, "unknown key \"%s\"; allowed: "
                           "from, to", n->key.p);
        }
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (synonym->from.count == 0 || synonym->to.count == 0) {
        return FAULT(r, node->place, "a synonym of one direction needs both "
                     "from and to");
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_synonyms(struct reading *r, const struct node *node)
{
    struct schema *schema = r->schema;

    if (node->kind != NODE_LIST) {
        return FAULT(r, node->place, "synonyms must be a list of lists, such "
                     "as - [k8s, kubernetes]");
    }
    schema->synonyms = lede__arena_array(&schema->arena, node->count,
                                         sizeof(*schema->synonyms));
    if (schema->synonyms == NULL) {
        return lede__fail_memory(r->err);
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        lede_status status =
            read_synonym(r, n, &schema->synonyms[schema->n_synonyms++]);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    qsort(schema->synonyms, schema->n_synonyms, sizeof(*schema->synonyms),
          compare_synonyms);
    return LEDE_STATUS_OK;
}

/* ---- mappings ---- */

static int
compare_maps(const void *a, const void *b)
{
    const struct field_map *x = a;
    const struct field_map *y = b;

    return lede__str_cmp(x->from, y->from);
}

static lede_status
read_target(struct reading *r, const struct node *node, struct str *out)
{
    const struct schema *schema = r->schema;

    if (node->kind == NODE_TEXT
        && is_one_of(node->text, article_fields, COUNT(article_fields))) {
        *out = node->text;
        return LEDE_STATUS_OK;
    }
    for (size_t i = FIELD_CUSTOM; i < schema->n_fields; i++) {
        if (node->kind == NODE_TEXT
            && str_eq(node->text, schema->fields[i].name)) {
            *out = schema->fields[i].key;
            return LEDE_STATUS_OK;
        }
    }
    return FAULT(r, node->place, "\"%s\" cannot be mapped to %s%s%s; allowed: "
                 "id, key, title, body, summary, date, lang, source, url, "
                 "authors, tags, categories, draft, and the further fields of "
                 "this file", node->key.p,
                 node->kind == NODE_TEXT ? "\"" : "a list or mapping",
                 node->kind == NODE_TEXT ? node->text.p : "",
                 node->kind == NODE_TEXT ? "\"" : "");
}

static lede_status
read_mapping(struct reading *r, const struct node *node, const char *section,
             struct field_map **out, size_t *count)
{
    struct field_map *maps = NULL;
    size_t n_maps = 0;

    if (node->kind != NODE_MAPPING) {
        return FAULT(r, node->place, "%s must be keys with the fields that "
                     "they become, such as headline: title", section);
    }
    maps = lede__arena_array(&r->schema->arena, node->count, sizeof(*maps));
    if (maps == NULL) {
        return lede__fail_memory(r->err);
    }
    for (const struct node *n = node->first; n != NULL; n = n->next) {
        maps[n_maps].from = n->key;
        lede_status status = read_target(r, n, &maps[n_maps].to);
        if (status != LEDE_STATUS_OK) {
            return status;
        }
        n_maps++;
    }
    qsort(maps, n_maps, sizeof(*maps), compare_maps);
    *out = maps;
    *count = n_maps;
    return LEDE_STATUS_OK;
}

static lede_status
read_json(struct reading *r, const struct node *node)
{
    return read_mapping(r, node, "json", &r->schema->json_map,
                        &r->schema->n_json_map);
}

static lede_status
read_front_matter(struct reading *r, const struct node *node)
{
    return read_mapping(r, node, "front_matter", &r->schema->front_map,
                        &r->schema->n_front_map);
}

/* ---- the whole file ---- */

/* The mappings come last: they may name the fields. */
static const struct {
    const char *name;
    lede_status (*read)(struct reading *r, const struct node *node);
} sections[] = {
    { "fields", read_fields },
    { "languages", read_languages },
    { "stop_words", read_stop_words },
    { "synonyms", read_synonyms },
    { "json", read_json },
    { "front_matter", read_front_matter },
};

static lede_status
read_root(struct reading *r, const struct node *root)
{
    if (root == NULL || is_nothing(root)) {
        return LEDE_STATUS_OK;
    }
    if (root->kind != NODE_MAPPING) {
        return FAULT(r, root->place, "the sections fields, languages, "
                     "stop_words, synonyms, json, front_matter are expected");
    }
    for (const struct node *n = root->first; n != NULL; n = n->next) {
        bool known = false;
        for (size_t i = 0; i < COUNT(sections); i++) {
            known = known || str_eq(n->key, str_from(sections[i].name));
        }
        if (!known) {
            return FAULT(r, n->key_place, "unknown key \"%s\"; allowed: "
                         "fields, languages, stop_words, synonyms, json, "
                         "front_matter", n->key.p);
        }
    }
    for (size_t i = 0; i < COUNT(sections); i++) {
        for (const struct node *n = root->first; n != NULL; n = n->next) {
            if (str_eq(n->key, str_from(sections[i].name))
                && !is_nothing(n)) {
                lede_status status = sections[i].read(r, n);
                if (status != LEDE_STATUS_OK) {
                    return status;
                }
            }
        }
    }
    return LEDE_STATUS_OK;
}

/* What is stored in the index must be readable again: quotes can make the
   canonical text longer than the file was. */
static lede_status
check_size(struct reading *r)
{
    struct buf buf = BUF_INIT(SCHEMA_BYTES_MAX);
    lede_status status = lede__schema_write(&buf, r->schema, r->err);

    if (status == LEDE_STATUS_LIMIT) {
        status = lede__fail_at(r->err, LEDE_STATUS_BAD_CONFIG, r->file, 0, 0,
                               "larger than %zu bytes when written in full",
                               SCHEMA_BYTES_MAX);
    }
    lede__buf_free(&buf);
    return status;
}

lede_status
lede__schema_parse(struct schema **out, struct str text, const char *file,
                   lede_error *err)
{
    struct reading r = { NULL, file == NULL ? "lede.yaml" : file, err };
    struct node *root = NULL;
    lede_status status = lede__schema_default(&r.schema, err);

    *out = NULL;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    status = lede__schema_yaml(&root, &r.schema->arena, text, r.file, err);
    if (status == LEDE_STATUS_OK) {
        status = read_root(&r, root);
    }
    if (status == LEDE_STATUS_OK) {
        status = check_size(&r);
    }
    if (status != LEDE_STATUS_OK) {
        lede__schema_free(r.schema);
        return status;
    }
    *out = r.schema;
    return LEDE_STATUS_OK;
}
