/* schema.c - the default schema, and a schema as canonical YAML.

   Canonical means: every section in one order, the lists whose order says
   nothing sorted (schema-parse.c does that), defaults spelled out, empty
   sections left out, texts bare where they are a plain word and else in double
   quotes.  Equal schemas have equal bytes, so that the stored text tells
   whether a lede.yaml has changed.  Example: docs/man/lede.yaml.5. */

#include "shared/schema.h"

#include <stdlib.h>

lede_status
lede__schema_default(struct schema **out, lede_error *err)
{
    static const struct {
        const char *name;
        unsigned weight;
    } builtin[FIELD_CUSTOM] = {
        [FIELD_BODY] = { "body", 1 },
        [FIELD_TITLE] = { "title", 3 },
        [FIELD_SUMMARY] = { "summary", 1 },
        [FIELD_TAGS] = { "tags", 1 },
        [FIELD_AUTHORS] = { "authors", 1 },
    };
    struct schema *schema = calloc(1, sizeof(*schema));

    *out = schema;
    if (schema == NULL) {
        return lede__fail_memory(err);
    }
    for (size_t i = 0; i < FIELD_CUSTOM; i++) {
        schema->fields[i].name = str_from(builtin[i].name);
        schema->fields[i].weight = builtin[i].weight;
    }
    schema->n_fields = FIELD_CUSTOM;
    schema->heading_weight = 2;
    schema->default_lang = STR("en");
    return LEDE_STATUS_OK;
}

int
lede__schema_field(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->n_fields; i++) {
        if (str_eq(schema->fields[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

void
lede__schema_free(struct schema *schema)
{
    if (schema != NULL) {
        lede__arena_free(&schema->arena);
        free(schema);
    }
}

/* ---- writing ---- */

/* The first failure is kept, and nothing is written after it. */
struct writer {
    struct buf *out;
    lede_status status;
    lede_error *err;
};

static void
put(struct writer *w, struct str text)
{
    if (w->status == LEDE_STATUS_OK) {
        w->status = lede__buf_str(w->out, text, w->err);
    }
}

static void
put_number(struct writer *w, unsigned number)
{
    if (w->status == LEDE_STATUS_OK) {
        w->status = lede__buf_addf(w->out, w->err, "%u", number);
    }
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A text that every YAML reader takes for this text, without quotes. */
static bool
is_bare(struct str text)
{
    static const char *const special[] = {
        "y", "n", "yes", "no", "on", "off", "true", "false", "null",
    };

    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        if (lede__str_eq_nocase(text, str_from(special[i]))) {
            return false;
        }
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.p[i];
        if (!is_letter(c)
            && (i == 0 || !((c >= '0' && c <= '9') || c == '-'))) {
            return false;
        }
    }
    return text.len > 0;
}

static void
put_text(struct writer *w, struct str text)
{
    if (is_bare(text)) {
        put(w, text);
        return;
    }
    put(w, STR("\""));
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\') {
            put(w, STR("\\"));
        }
        put(w, (struct str){ text.p + i, 1 });
    }
    put(w, STR("\""));
}

static void
put_list(struct writer *w, const struct str_list *list)
{
    put(w, STR("["));
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0) {
            put(w, STR(", "));
        }
        put_text(w, list->items[i]);
    }
    put(w, STR("]"));
}

static void
put_weight(struct writer *w, struct str name, unsigned weight)
{
    put(w, STR("  "));
    put(w, name);
    put(w, STR(": "));
    put_number(w, weight);
    put(w, STR("\n"));
}

static void
put_fields(struct writer *w, const struct schema *schema)
{
    put(w, STR("fields:\n"));
    for (size_t i = 0; i < FIELD_CUSTOM; i++) {
        put_weight(w, schema->fields[i].name, schema->fields[i].weight);
    }
    put_weight(w, STR("heading"), schema->heading_weight);
    for (size_t i = FIELD_CUSTOM; i < schema->n_fields; i++) {
        const struct field *field = &schema->fields[i];
        put(w, STR("  "));
        put_text(w, field->name);
        put(w, STR(": {weight: "));
        put_number(w, field->weight);
        put(w, STR(", from: "));
        put_text(w, field->key);
        put(w, STR("}\n"));
    }
}

static void
put_languages(struct writer *w, const struct schema *schema)
{
    put(w, STR("languages: {default: "));
    put_text(w, schema->default_lang);
    if (schema->languages.count > 0) {
        put(w, STR(", detect: "));
        put_list(w, &schema->languages);
    }
    put(w, STR("}\n"));
}

static void
put_stop_words(struct writer *w, const struct schema *schema)
{
    if (schema->n_stop_lists > 0) {
        put(w, STR("stop_words:\n"));
    }
    for (size_t i = 0; i < schema->n_stop_lists; i++) {
        put(w, STR("  "));
        put_text(w, schema->stop_lists[i].lang);
        put(w, STR(": "));
        put_list(w, &schema->stop_lists[i].words);
        put(w, STR("\n"));
    }
}

static bool
lists_equal(const struct str_list *a, const struct str_list *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!str_eq(a->items[i], b->items[i])) {
            return false;
        }
    }
    return true;
}

static void
put_synonyms(struct writer *w, const struct schema *schema)
{
    if (schema->n_synonyms > 0) {
        put(w, STR("synonyms:\n"));
    }
    for (size_t i = 0; i < schema->n_synonyms; i++) {
        const struct synonym *synonym = &schema->synonyms[i];
        put(w, STR("  - "));
        if (lists_equal(&synonym->from, &synonym->to)) {
            put_list(w, &synonym->from);
        } else {
            put(w, STR("{from: "));
            put_list(w, &synonym->from);
            put(w, STR(", to: "));
            put_list(w, &synonym->to);
            put(w, STR("}"));
        }
        put(w, STR("\n"));
    }
}

/* A mapping leads to a further field's metadata key; it is written with the
   field's name, as it was read. */
static void
put_mapping(struct writer *w, const struct schema *schema, struct str section,
            const struct field_map *maps, size_t count)
{
    if (count > 0) {
        put(w, section);
        put(w, STR(":\n"));
    }
    for (size_t i = 0; i < count; i++) {
        struct str to = maps[i].to;
        for (size_t k = FIELD_CUSTOM; k < schema->n_fields; k++) {
            if (str_eq(schema->fields[k].key, to)) {
                to = schema->fields[k].name;
                break;
            }
        }
        put(w, STR("  "));
        put_text(w, maps[i].from);
        put(w, STR(": "));
        put_text(w, to);
        put(w, STR("\n"));
    }
}

lede_status
lede__schema_write(struct buf *out, const struct schema *schema,
                   lede_error *err)
{
    struct writer w = { out, LEDE_STATUS_OK, err };
    size_t before = out->len;

    put_fields(&w, schema);
    put_languages(&w, schema);
    put_stop_words(&w, schema);
    put_synonyms(&w, schema);
    put_mapping(&w, schema, STR("json"), schema->json_map,
                schema->n_json_map);
    put_mapping(&w, schema, STR("front_matter"), schema->front_map,
                schema->n_front_map);
    if (w.status != LEDE_STATUS_OK && out->p != NULL) {
        out->len = before;
        out->p[before] = '\0';
    }
    return w.status;
}
