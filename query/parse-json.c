/* parse-json.c - a query as a tree in JSON -> a syntax tree, by json-c.

   It is read strictly, for programs: a member that is not known, one of another
   type, or what could not have been typed is an error, which tells the path of
   it ("/of/1/within").  The texts of words are words, whatever signs are in
   them; patterns, expressions and words with edits have to be such. */

#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>

#include "query/parser.h"

/* Of JSON: a node is an object and an array in it. */
#define JSON_DEPTH (2 * QUERY_DEPTH_MAX + 8)
#define PATH_MAX_BYTES 512

struct reader {
    const struct names *names;
    struct arena *arena;
    struct buf path;
    size_t clauses;
    size_t depth;
    lede_error *err;
};

/* Where a node stands. */
enum place { PLACE_ROOT, PLACE_LIST, PLACE_PHRASE, PLACE_OTHER };

/* The members that nodes may have, as bits of what they may be. */
enum member {
    M_TYPE, M_TEXT, M_EXACT, M_FIELD, M_BOOST, M_MUST, M_AT, M_EDITS, M_OF,
    M_BETWEEN, M_WITHIN, M_VALUE, M_ANY, M_FROM, M_TO, M_FROM_OPEN, M_TO_OPEN,
    M_TYPED, M_LEAST, M_COUNT
};

#define BIT(member) (1u << (member))

static const char *const member_names[M_COUNT] = {
    "type", "text", "exact", "field", "boost", "must", "at", "edits", "of",
    "between", "within", "value", "any", "from", "to", "from_open", "to_open",
    "typed", "least",
};

static const struct {
    const char *name;
    enum syntax_kind kind;
    unsigned needed;
    unsigned allowed;
} types[] = {
    { "word", SYNTAX_WORD, BIT(M_TEXT),
      BIT(M_EXACT) | BIT(M_FIELD) | BIT(M_BOOST) },
    { "pattern", SYNTAX_PATTERN, BIT(M_TEXT), BIT(M_FIELD) | BIT(M_BOOST) },
    { "regex", SYNTAX_REGEX, BIT(M_TEXT), BIT(M_FIELD) | BIT(M_BOOST) },
    { "fuzzy", SYNTAX_FUZZY, BIT(M_TEXT) | BIT(M_EDITS),
      BIT(M_FIELD) | BIT(M_BOOST) },
    { "phrase", SYNTAX_PHRASE, BIT(M_OF),
      BIT(M_BETWEEN) | BIT(M_FIELD) | BIT(M_BOOST) },
    { "gap", SYNTAX_ANY_WORD, 0, 0 },
    { "all", SYNTAX_ALL, 0, 0 },
    { "near", SYNTAX_NEAR, BIT(M_OF) | BIT(M_WITHIN), BIT(M_BOOST) },
    { "filter", SYNTAX_FILTER, BIT(M_FIELD), BIT(M_VALUE) | BIT(M_ANY) },
    { "dates", SYNTAX_DATES, BIT(M_FIELD) | BIT(M_FROM) | BIT(M_TO),
      BIT(M_TYPED) },
    { "range", SYNTAX_NUMBERS, BIT(M_FIELD) | BIT(M_FROM) | BIT(M_TO),
      BIT(M_FROM_OPEN) | BIT(M_TO_OPEN) },
    { "and", SYNTAX_AND, BIT(M_OF), BIT(M_BOOST) },
    { "or", SYNTAX_OR, BIT(M_OF), BIT(M_BOOST) },
    { "not", SYNTAX_NOT, BIT(M_OF), 0 },
    { "list", SYNTAX_LIST, BIT(M_OF), BIT(M_BOOST) | BIT(M_LEAST) },
};

/* ---- errors ---- */

static lede_status
wrong(struct reader *r, const char *what)
{
    struct str path = lede__buf_view(&r->path);

    return lede__fail(r->err, LEDE_STATUS_BAD_QUERY, "%s: %s",
                      path.len == 0 ? "/" : path.p, what);
}

static lede_status
wrong_member(struct reader *r, const char *name, const char *what)
{
    struct str path = lede__buf_view(&r->path);

    return lede__fail(r->err, LEDE_STATUS_BAD_QUERY, "%s/%s: %s", path.p,
                      name, what);
}

/* One step further down the path; back by its length. */
static lede_status
push(struct reader *r, const char *name, size_t index, size_t *len)
{
    *len = r->path.len;
    return index == SIZE_MAX
           ? lede__buf_addf(&r->path, r->err, "/%s", name)
           : lede__buf_addf(&r->path, r->err, "/%s/%zu", name, index);
}

static void
pop(struct reader *r, size_t len)
{
    r->path.len = len;
    r->path.p[len] = '\0';
}

/* ---- members ---- */

static json_object *
get(json_object *node, enum member member)
{
    return json_object_object_get(node, member_names[member]);
}

static bool
has(json_object *node, enum member member)
{
    return json_object_object_get_ex(node, member_names[member], NULL);
}

/* A string that is not empty, of the arena. */
static lede_status
get_text(struct reader *r, json_object *node, enum member member,
         struct str *out)
{
    json_object *value = get(node, member);
    struct str text;

    if (!json_object_is_type(value, json_type_string)) {
        return wrong_member(r, member_names[member], "this has to be a "
                            "string");
    }
    text = (struct str){ json_object_get_string(value),
                         (size_t)json_object_get_string_len(value) };
    if (text.len == 0 || text.len > QUERY_BYTES_MAX ||
        memchr(text.p, '\0', text.len) != NULL) {
        return wrong_member(r, member_names[member], text.len == 0
                            ? "this is empty" : "this is no text");
    }
    *out = lede__arena_str(r->arena, text);
    return out->p == NULL ? lede__fail_memory(r->err) : LEDE_STATUS_OK;
}

static lede_status
get_bool(struct reader *r, json_object *node, enum member member, bool *out)
{
    json_object *value = get(node, member);

    *out = false;
    if (!has(node, member)) {
        return LEDE_STATUS_OK;
    }
    if (!json_object_is_type(value, json_type_boolean)) {
        return wrong_member(r, member_names[member], "this has to be true or "
                            "false");
    }
    *out = json_object_get_boolean(value);
    return LEDE_STATUS_OK;
}

/* A whole number from `least` to `most`; as it was where there is none. */
static lede_status
get_count(struct reader *r, json_object *node, enum member member,
          int64_t least, int64_t most, uint32_t *out)
{
    json_object *value = get(node, member);
    char what[64];

    if (!has(node, member)) {
        return LEDE_STATUS_OK;
    }
    if (!json_object_is_type(value, json_type_int) ||
        json_object_get_int64(value) < least ||
        json_object_get_int64(value) > most) {
        snprintf(what, sizeof(what), "this has to be a whole number from %d "
                 "to %d", (int)least, (int)most);
        return wrong_member(r, member_names[member], what);
    }
    *out = (uint32_t)json_object_get_int64(value);
    return LEDE_STATUS_OK;
}

/* A number, or null for `open`. */
static lede_status
get_end(struct reader *r, json_object *node, enum member member, double open,
        double *out)
{
    json_object *value = get(node, member);

    *out = open;
    if (value == NULL) {
        return LEDE_STATUS_OK;
    }
    if (!json_object_is_type(value, json_type_int) &&
        !json_object_is_type(value, json_type_double)) {
        return wrong_member(r, member_names[member], "this has to be a "
                            "number, or null");
    }
    *out = json_object_get_double(value);
    return isfinite(*out) ? LEDE_STATUS_OK
           : wrong_member(r, member_names[member], "this is too large");
}

static lede_status
get_date(struct reader *r, json_object *node, enum member member,
         struct date *out)
{
    struct str text;
    lede_status status;

    *out = (struct date){ 0, DATE_NONE };
    if (get(node, member) == NULL) {
        return LEDE_STATUS_OK;
    }
    status = get_text(r, node, member, &text);
    if (status == LEDE_STATUS_OK && !lede__date_parse(text, out)) {
        status = wrong_member(r, member_names[member], "this is no date");
    }
    return status;
}

/* ---- the leaves ---- */

static bool
has_space(struct str text)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    size_t len;

    for (; p < end; p += len) {
        if (char_is_space(char_at(p, end, &len))) {
            return true;
        }
    }
    return false;
}

/* Whether the text, with these signs around it, is typed as this kind. */
static bool
is_form(struct reader *r, enum syntax_kind kind, struct str text,
        const char *before, const char *after, bool quoted)
{
    struct buf typed = BUF_INIT(BUF_MAX_ANY);
    struct form form;
    bool same = false;

    if (lede__buf_addf(&typed, r->err, "%s%.*s%s", before, (int)text.len,
                       text.p, after) == LEDE_STATUS_OK) {
        lede__form(lede__buf_view(&typed), quoted, &form);
        same = form.kind == kind && str_eq(form.text, text) &&
               form.boost == 1;
    }
    lede__buf_free(&typed);
    return same;
}

static lede_status
read_text(struct reader *r, json_object *json, struct syntax *node,
          enum place place)
{
    bool quoted = place == PLACE_PHRASE;
    bool good = true;
    lede_status status = get_text(r, json, M_TEXT, &node->text);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (has_space(node->text)) {
        return wrong_member(r, "text", "white space parts words: this has to "
                            "be one");
    }
    switch (node->kind) {
    case SYNTAX_PATTERN:
        good = is_form(r, node->kind, node->text, "", "", quoted) &&
               strstr(node->text.p, "**") == NULL;
        break;
    case SYNTAX_REGEX:
        good = is_form(r, node->kind, node->text, "/", "/", quoted);
        if (good) {
            struct form form = { .kind = node->kind, .text = node->text };
            lede_error error = LEDE_ERROR_INIT;

            status = lede__form_check(r->arena, &form, node->text, &error);
            if (status != LEDE_STATUS_OK) {
                return wrong_member(r, "text", error.message);
            }
        }
        break;
    case SYNTAX_FUZZY:
        good = is_form(r, node->kind, node->text, "", "~1", quoted);
        break;
    default:
        node->literal = true;
        break;
    }
    if (!good) {
        return wrong_member(r, "text", "this is nothing of its type");
    }
    status = get_bool(r, json, M_EXACT, &node->exact);
    if (status == LEDE_STATUS_OK && quoted && has(json, M_EXACT) &&
        !node->exact) {
        status = wrong_member(r, "exact", "the words of a phrase are exact");
    }
    node->exact = node->exact || (quoted && node->kind == SYNTAX_WORD);
    return status != LEDE_STATUS_OK ? status
           : get_count(r, json, M_EDITS, 1, 2, &node->within);
}

/* The field: *kind says what it is. */
static lede_status
read_field(struct reader *r, json_object *json, struct syntax *node,
           enum name_kind *kind)
{
    lede_status status;

    *kind = NAME_UNKNOWN;
    if (!has(json, M_FIELD)) {
        return LEDE_STATUS_OK;
    }
    status = get_text(r, json, M_FIELD, &node->field);
    if (status == LEDE_STATUS_OK) {
        status = r->names->find(r->names->payload, node->field, kind, r->err);
    }
    if (status == LEDE_STATUS_OK && *kind == NAME_UNKNOWN &&
        lede__syntax_key(node->field).len < node->field.len &&
        !has_space(node->field)) {
        *kind = NAME_KEY;
    }
    if (status == LEDE_STATUS_OK && *kind == NAME_UNKNOWN) {
        status = wrong_member(r, "field", "there is no such field");
    }
    return status;
}

static lede_status
read_filter(struct reader *r, json_object *json, struct syntax *node,
            enum name_kind kind)
{
    lede_status status = get_bool(r, json, M_ANY, &node->any);

    if (status == LEDE_STATUS_OK && node->any == has(json, M_VALUE)) {
        status = wrong(r, "either a value or \"any\": true is needed");
    }
    if (status == LEDE_STATUS_OK && !node->any) {
        status = get_text(r, json, M_VALUE, &node->text);
    }
    if (status == LEDE_STATUS_OK &&
        (kind == NAME_TEXT || kind == NAME_NUMBER ||
         str_eq(node->field, STR("date")))) {
        status = wrong_member(r, "field", "this takes no filter");
    }
    return status;
}

static lede_status
read_dates(struct reader *r, json_object *json, struct syntax *node,
           enum name_kind kind)
{
    lede_status status = get_date(r, json, M_FROM, &node->from);

    if (status == LEDE_STATUS_OK) {
        status = get_date(r, json, M_TO, &node->to);
    }
    if (status == LEDE_STATUS_OK && has(json, M_TYPED)) {
        status = get_text(r, json, M_TYPED, &node->text);
    }
    if (status == LEDE_STATUS_OK && node->from.precision == DATE_NONE &&
        node->to.precision == DATE_NONE) {
        status = wrong(r, "a date is needed at one end");
    }
    if (status == LEDE_STATUS_OK && kind != NAME_DATE && kind != NAME_KEY) {
        status = wrong_member(r, "field", "this has no dates");
    }
    return status;
}

static lede_status
read_numbers(struct reader *r, json_object *json, struct syntax *node,
             enum name_kind kind)
{
    lede_status status = get_end(r, json, M_FROM, -INFINITY, &node->low);

    if (status == LEDE_STATUS_OK) {
        status = get_end(r, json, M_TO, INFINITY, &node->high);
    }
    if (status == LEDE_STATUS_OK) {
        status = get_bool(r, json, M_FROM_OPEN, &node->low_open);
    }
    if (status == LEDE_STATUS_OK) {
        status = get_bool(r, json, M_TO_OPEN, &node->high_open);
    }
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    if (isfinite(node->low) + isfinite(node->high) == 0) {
        return wrong(r, "a number is needed at one end");
    }
    if ((node->low_open && isfinite(node->high)) ||
        (node->high_open && isfinite(node->low)) ||
        (node->low_open && !isfinite(node->low)) ||
        (node->high_open && !isfinite(node->high))) {
        return wrong(r, "an end is open where it is the only one");
    }
    return kind == NAME_NUMBER || kind == NAME_KEY || kind == NAME_DATE
           ? LEDE_STATUS_OK
           : wrong_member(r, "field", "this has no numbers");
}

/* ---- what joins ---- */

static lede_status
read_node(struct reader *r, json_object *json, enum place place,
          struct syntax **out);

static lede_status
read_children(struct reader *r, json_object *of, struct syntax *node)
{
    enum place place = node->kind == SYNTAX_LIST ? PLACE_LIST
                       : node->kind == SYNTAX_PHRASE ? PLACE_PHRASE
                                                     : PLACE_OTHER;
    struct syntax **tail = &node->child;
    size_t n, i, len;
    lede_status status = LEDE_STATUS_OK;

    if (!json_object_is_type(of, json_type_array) ||
        json_object_array_length(of) == 0) {
        return wrong_member(r, "of", "this has to be an array of nodes");
    }
    n = json_object_array_length(of);
    for (i = 0; i < n && status == LEDE_STATUS_OK; i++) {
        status = push(r, "of", i, &len);
        if (status == LEDE_STATUS_OK) {
            status = read_node(r, json_object_array_get_idx(of, i), place,
                               tail);
        }
        if (status == LEDE_STATUS_OK) {
            tail = &(*tail)->next;
            pop(r, len);
        }
    }
    return status;
}

static size_t
count_children(const struct syntax *node)
{
    const struct syntax *child;
    size_t n = 0;

    for (child = node->child; child != NULL; child = child->next) {
        n++;
    }
    return n;
}

/* A phrase of its forms; one form is itself. */
static lede_status
finish_phrase(struct reader *r, json_object *json, struct syntax *node)
{
    const struct syntax *form;
    lede_status status = get_count(r, json, M_BETWEEN, 0, QUERY_WITHIN_MAX,
                                   &node->within);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    for (form = node->child; form != NULL; form = form->next) {
        if (form->kind == SYNTAX_ANY_WORD &&
            (form == node->child || form->next == NULL)) {
            return wrong_member(r, "of", "a gap is between words");
        }
    }
    if (node->child->next == NULL) {
        struct syntax *child = node->child;

        child->field = node->field;
        child->boost = node->boost;
        child->must = node->must;
        *node = *child;
        return LEDE_STATUS_OK;
    }
    return lede__phrase_text(r->arena, node->child, &node->text, r->err);
}

static lede_status
finish_near(struct reader *r, json_object *json, struct syntax *node)
{
    json_object *within = get(json, M_WITHIN);
    const struct str *field = NULL;
    bool same = true;
    size_t n = count_children(node);

    if (json_object_is_type(within, json_type_string)) {
        const char *unit = json_object_get_string(within);

        if (strcmp(unit, "paragraph") == 0) {
            node->unit = UNIT_PARAGRAPH;
        } else if (strcmp(unit, "heading") == 0) {
            node->unit = UNIT_HEADING;
        } else {
            return wrong_member(r, "within", "this has to be a number, "
                                "\"paragraph\" or \"heading\"");
        }
    } else {
        lede_status status = get_count(r, json, M_WITHIN, 1,
                                       QUERY_WITHIN_MAX, &node->within);

        if (status != LEDE_STATUS_OK) {
            return status;
        }
    }
    if (n < 2 || n > QUERY_NEAR_MAX) {
        return wrong_member(r, "of", "near joins 2 to 256 nodes");
    }
    if (!lede__syntax_has_place(node, &field, &same) || !same) {
        return wrong_member(r, "of", "near joins words, phrases, or and list "
                            "of these, in one field");
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_group(struct reader *r, json_object *json, struct syntax *node)
{
    json_object *of = get(json, M_OF);
    size_t n, len;
    lede_status status;

    if (r->depth == QUERY_DEPTH_MAX) {
        return wrong(r, "this is too deep");
    }
    r->depth++;
    if (node->kind == SYNTAX_NOT) {
        status = push(r, "of", SIZE_MAX, &len);
        if (status == LEDE_STATUS_OK) {
            status = read_node(r, of, PLACE_OTHER, &node->child);
        }
        if (status == LEDE_STATUS_OK) {
            pop(r, len);
        }
    } else {
        status = read_children(r, of, node);
    }
    r->depth--;
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    n = count_children(node);
    if (node->kind == SYNTAX_PHRASE) {
        return finish_phrase(r, json, node);
    }
    if (node->kind == SYNTAX_NEAR) {
        return finish_near(r, json, node);
    }
    return get_count(r, json, M_LEAST, 2, n < 2 ? 2 : (int64_t)n,
                     &node->within);
}

/* ---- nodes ---- */

/* Whether all members are known and of this type of node. */
static lede_status
check_members(struct reader *r, json_object *json, unsigned needed,
              unsigned allowed)
{
    enum member m;

    json_object_object_foreach(json, name, value) {
        (void)value;
        for (m = 0; m < M_COUNT; m++) {
            if (strcmp(name, member_names[m]) == 0) {
                break;
            }
        }
        if (m == M_COUNT || ((needed | allowed) & BIT(m)) == 0) {
            return wrong_member(r, name, "there is no such member here");
        }
    }
    for (m = 0; m < M_COUNT; m++) {
        if ((needed & BIT(m)) != 0 && !has(json, m)) {
            return wrong_member(r, member_names[m], "this is missing");
        }
    }
    return LEDE_STATUS_OK;
}

static lede_status
read_boost(struct reader *r, json_object *json, struct syntax *node)
{
    lede_status status;

    if (!has(json, M_BOOST)) {
        return LEDE_STATUS_OK;
    }
    status = get_end(r, json, M_BOOST, -1, &node->boost);
    if (status == LEDE_STATUS_OK && !(node->boost >= QUERY_BOOST_MIN &&
                                      node->boost <= QUERY_BOOST_MAX)) {
        status = wrong_member(r, "boost", "this has to be a number from "
                              "0.001 to 1000");
    }
    return status;
}

/* What a node of its kind has beside its boost. */
static lede_status
read_own(struct reader *r, json_object *json, enum place place,
         struct syntax *node)
{
    enum name_kind kind;
    lede_status status = read_field(r, json, node, &kind);

    if (status != LEDE_STATUS_OK) {
        return status;
    }
    switch (node->kind) {
    case SYNTAX_FILTER:
        return read_filter(r, json, node, kind);
    case SYNTAX_DATES:
        return read_dates(r, json, node, kind);
    case SYNTAX_NUMBERS:
        return read_numbers(r, json, node, kind);
    default:
        break;
    }
    if (has(json, M_FIELD) && kind != NAME_TEXT) {
        return wrong_member(r, "field", "there is no text in this field");
    }
    if (has(json, M_OF)) {
        return read_group(r, json, node);
    }
    return has(json, M_TEXT) ? read_text(r, json, node, place)
                             : LEDE_STATUS_OK;
}

/* The type; its number in the table. */
static lede_status
read_type(struct reader *r, json_object *json, enum place place, size_t *out)
{
    size_t n = sizeof(types) / sizeof(types[0]);
    bool phrase = place == PLACE_PHRASE;
    const char *name;
    size_t i;

    if (!json_object_is_type(json, json_type_object)) {
        return wrong(r, "this has to be an object");
    }
    if (!json_object_is_type(get(json, M_TYPE), json_type_string)) {
        return wrong_member(r, "type", "this is missing");
    }
    name = json_object_get_string(get(json, M_TYPE));
    for (i = 0; i < n && strcmp(name, types[i].name) != 0; i++) {
        continue;
    }
    if (i == n) {
        return wrong_member(r, "type", "there is no such type");
    }
    if ((phrase && types[i].kind > SYNTAX_FUZZY &&
         types[i].kind != SYNTAX_ANY_WORD) ||
        (!phrase && types[i].kind == SYNTAX_ANY_WORD)) {
        return wrong_member(r, "type", phrase ? "this cannot be in a phrase"
                            : "a gap is in a phrase");
    }
    *out = i;
    return LEDE_STATUS_OK;
}

static lede_status
read_node(struct reader *r, json_object *json, enum place place,
          struct syntax **out)
{
    struct syntax *node = lede__arena_array(r->arena, 1, sizeof(*node));
    unsigned allowed;
    size_t type = 0;
    lede_status status;

    *out = node;
    if (node == NULL) {
        return lede__fail_memory(r->err);
    }
    node->boost = 1;
    status = read_type(r, json, place, &type);
    if (status != LEDE_STATUS_OK) {
        return status;
    }
    node->kind = types[type].kind;
    allowed = types[type].allowed | BIT(M_TYPE) | BIT(M_AT);
    if (place == PLACE_PHRASE) {
        allowed &= ~(BIT(M_FIELD) | BIT(M_BOOST));
    }
    if (place == PLACE_LIST && node->kind != SYNTAX_NOT) {
        allowed |= BIT(M_MUST);
    }
    status = check_members(r, json, types[type].needed, allowed);
    if (status == LEDE_STATUS_OK && has(json, M_LEAST)) {
        node->kind = SYNTAX_SOME;
    }
    if (status == LEDE_STATUS_OK && !has(json, M_OF) &&
        place != PLACE_PHRASE && ++r->clauses > QUERY_CLAUSES_MAX) {
        status = wrong(r, "these are more than 1024 words, phrases and "
                       "filters");
    }
    if (status == LEDE_STATUS_OK) {
        status = read_boost(r, json, node);
    }
    if (status == LEDE_STATUS_OK) {
        status = get_bool(r, json, M_MUST, &node->must);
    }
    return status != LEDE_STATUS_OK ? status
                                    : read_own(r, json, place, node);
}

lede_status
lede__parse_json(struct syntax **out, struct str json,
                 const struct names *names, struct arena *arena,
                 lede_error *err)
{
    struct reader r = { .names = names, .arena = arena, .err = err,
                        .path = BUF_INIT(BUF_MAX_ANY) };
    json_tokener *tokener;
    json_object *root;
    enum json_tokener_error error;
    lede_status status;

    *out = NULL;
    if (json.len > INT_MAX / 2) {
        return lede__fail(err, LEDE_STATUS_BAD_QUERY, "the query is too long");
    }
    json = lede__arena_str(arena, json);
    tokener = json.p == NULL ? NULL : json_tokener_new_ex(JSON_DEPTH);
    if (tokener == NULL) {
        return lede__fail_memory(err);
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
                           JSON_TOKENER_VALIDATE_UTF8);
    // the NUL behind it ends a number
    root = json_tokener_parse_ex(tokener, json.p, (int)json.len + 1);
    error = json_tokener_get_error(tokener);
    status = lede__buf_reserve(&r.path, PATH_MAX_BYTES, err);
    if (status == LEDE_STATUS_OK && error != json_tokener_success) {
        status = lede__fail(err, LEDE_STATUS_BAD_QUERY, "the query is no "
                            "JSON: %s at byte %zu",
                            json_tokener_error_desc(error),
                            json_tokener_get_parse_end(tokener));
    }
    if (status == LEDE_STATUS_OK &&
        json_tokener_get_parse_end(tokener) < json.len) {
        status = lede__fail(err, LEDE_STATUS_BAD_QUERY, "something follows "
                            "the query at byte %zu",
                            json_tokener_get_parse_end(tokener));
    }
    if (status == LEDE_STATUS_OK) {
        status = read_node(&r, root, PLACE_ROOT, out);
    }
    json_object_put(root);
    json_tokener_free(tokener);
    lede__buf_free(&r.path);
    if (status != LEDE_STATUS_OK) {
        *out = NULL;
    }
    return status;
}
