/* json-check.c - whether the answers of lede --json are what docs/json.md says.

       json-check SCHEMA        stdin is one JSON object on one line, valid by
                                the schema; else the faults on stdout, status 1
       json-check --members SCHEMA
                                the members that the schema describes, a line
                                each: path, tab, type; docs/json.md lists the
                                same

   A schema is JSON Schema with these keywords alone: type, const, enum,
   properties, required, additionalProperties (false, or a schema), items,
   minItems, maxItems, minimum, maximum, pattern (a POSIX extended regular
   expression), $schema and title.  Any other is refused, since it would check
   nothing. */

#include <json-c/json.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 512
#define INPUT_MAX ((size_t)64 << 20)
#define DEPTH_MAX 64

typedef struct json_object json;

static int faults;

static void
fault(const char *path, const char *what, const char *detail)
{
    printf("%s: %s%s\n", *path ? path : "the answer", what,
           detail ? detail : "");
    faults++;
}

static void
die(const char *name, const char *what)
{
    fprintf(stderr, "json-check: %s: %s\n", name, what);
    exit(2);
}

static json *
member(json *object, const char *name)
{
    json *value = NULL;

    json_object_object_get_ex(object, name, &value);
    return value;
}

static void
check_keywords(const char *file, json *schema)
{
    static const char *const known[] = {
        "type", "const", "enum", "properties", "required",
        "additionalProperties", "items", "minItems", "maxItems", "minimum",
        "maximum", "pattern", "$schema", "title", NULL
    };

    if (!json_object_is_type(schema, json_type_object)) {
        die(file, "a schema is an object");
    }
    json_object_object_foreach(schema, name, value) {
        size_t i = 0;

        while (known[i] && strcmp(known[i], name) != 0) {
            i++;
        }
        if (!known[i]) {
            die(file, name);
        }
        if (strcmp(name, "items") == 0 ||
            (strcmp(name, "additionalProperties") == 0 &&
             json_object_is_type(value, json_type_object))) {
            check_keywords(file, value);
        }
        if (strcmp(name, "properties") == 0) {
            json_object_object_foreach(value, key, inner) {
                (void)key;
                check_keywords(file, inner);
            }
        }
    }
}

/* Whether a value has a type as JSON Schema names it. */
static bool
has_type(json *value, const char *type)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return strcmp(type, "null") == 0;
    case json_type_boolean:
        return strcmp(type, "boolean") == 0;
    case json_type_int:
        return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
    case json_type_double:
        return strcmp(type, "number") == 0;
    case json_type_string:
        return strcmp(type, "string") == 0;
    case json_type_array:
        return strcmp(type, "array") == 0;
    case json_type_object:
        return strcmp(type, "object") == 0;
    }
    return false;
}

static bool
has_one_type(json *value, json *types)
{
    if (json_object_is_type(types, json_type_string)) {
        return has_type(value, json_object_get_string(types));
    }
    for (size_t i = 0; i < json_object_array_length(types); i++) {
        if (has_type(value, json_object_get_string(
                                json_object_array_get_idx(types, i)))) {
            return true;
        }
    }
    return false;
}

static bool
matches(const char *text, const char *pattern)
{
    regex_t regex;
    bool found;

    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        die(pattern, "not a regular expression");
    }
    found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static void
check_scalar(json *value, json *schema, const char *path)
{
    json *rule = member(schema, "const");
    bool listed = false;

    if (rule && !json_object_equal(rule, value)) {
        fault(path, "is not ", json_object_to_json_string(rule));
    }
    rule = member(schema, "enum");
    for (size_t i = 0; rule && i < json_object_array_length(rule); i++) {
        listed |= json_object_equal(json_object_array_get_idx(rule, i), value);
    }
    if (rule && !listed) {
        fault(path, "is none of ", json_object_to_json_string(rule));
    }
    rule = member(schema, "pattern");
    if (rule && json_object_is_type(value, json_type_string) &&
        !matches(json_object_get_string(value),
                 json_object_get_string(rule))) {
        fault(path, "is malformed: ", json_object_get_string(value));
    }
    if (!has_type(value, "number")) {
        return;
    }
    rule = member(schema, "minimum");
    if (rule && json_object_get_double(value) < json_object_get_double(rule)) {
        fault(path, "is less than ", json_object_to_json_string(rule));
    }
    rule = member(schema, "maximum");
    if (rule && json_object_get_double(value) > json_object_get_double(rule)) {
        fault(path, "is more than ", json_object_to_json_string(rule));
    }
}

static void
check(json *value, json *schema, const char *path);

static void
check_list(json *list, json *schema, const char *path)
{
    json *items = member(schema, "items");
    json *least = member(schema, "minItems");
    json *most = member(schema, "maxItems");
    size_t n = json_object_array_length(list);
    char inner[PATH_SIZE];

    if (least && n < json_object_get_uint64(least)) {
        fault(path, "is too short", NULL);
    }
    if (most && n > json_object_get_uint64(most)) {
        fault(path, "is too long", NULL);
    }
    for (size_t i = 0; items && i < n; i++) {
        snprintf(inner, sizeof(inner), "%s[%zu]", path, i);
        check(json_object_array_get_idx(list, i), items, inner);
    }
}

static void
check_object(json *object, json *schema, const char *path)
{
    json *properties = member(schema, "properties");
    json *required = member(schema, "required");
    json *others = NULL;
    bool limited = json_object_object_get_ex(schema, "additionalProperties",
                                             &others);
    char inner[PATH_SIZE];
    size_t n = required ? json_object_array_length(required) : 0;

    for (size_t i = 0; i < n; i++) {
        const char *name = json_object_get_string(
            json_object_array_get_idx(required, i));

        if (!json_object_object_get_ex(object, name, NULL)) {
            fault(path, "lacks ", name);
        }
    }
    json_object_object_foreach(object, name, value) {
        json *rule = properties ? member(properties, name) : NULL;

        snprintf(inner, sizeof(inner), "%s%s%s", path, *path ? "." : "", name);
        if (!rule && json_object_is_type(others, json_type_object)) {
            rule = others;
        }
        if (rule) {
            check(value, rule, inner);
        } else if (limited) {
            fault(inner, "is not in the schema", NULL);
        }
    }
}

static void
check(json *value, json *schema, const char *path)
{
    json *types = member(schema, "type");

    if (types && !has_one_type(value, types)) {
        fault(path, "is not of type ", json_object_to_json_string(types));
        return;
    }
    check_scalar(value, schema, path);
    if (json_object_is_type(value, json_type_array)) {
        check_list(value, schema, path);
    } else if (json_object_is_type(value, json_type_object)) {
        check_object(value, schema, path);
    }
}

/* ---- --members ---- */

/* "list of strings", "string or null" */
static void
describe(json *schema)
{
    json *types = member(schema, "type");
    json *items = member(schema, "items");
    size_t n = json_object_is_type(types, json_type_array)
                   ? json_object_array_length(types)
                   : 1;

    for (size_t i = 0; i < n; i++) {
        json *type = n > 1 ? json_object_array_get_idx(types, i) : types;
        const char *name = json_object_get_string(type);

        if (i > 0) {
            printf(" or ");
        }
        if (strcmp(name, "array") == 0) {
            const char *of = json_object_get_string(member(items, "type"));

            printf("list of %ss", strcmp(of, "array") == 0 ? "range" : of);
        } else {
            printf("%s", name);
        }
    }
}

static void
list_members(json *schema, const char *path)
{
    json *properties = member(schema, "properties");
    json *items = member(schema, "items");
    char inner[PATH_SIZE];

    if (items) {
        snprintf(inner, sizeof(inner), "%s[]", path);
        list_members(items, inner);
    }
    if (!properties) {
        return;
    }
    json_object_object_foreach(properties, name, value) {
        snprintf(inner, sizeof(inner), "%s%s%s", path, *path ? "." : "", name);
        printf("%s\t", inner);
        describe(value);
        putchar('\n');
        list_members(value, inner);
    }
}

/* One object, its line end, and nothing else. */
static json *
read_answer(void)
{
    // static: die leaves them behind, and a leak is another exit status
    static char *text;
    static struct json_tokener *tokener;
    size_t n;
    json *answer;

    text = malloc(INPUT_MAX);
    n = text ? fread(text, 1, INPUT_MAX, stdin) : 0;
    tokener = json_tokener_new_ex(DEPTH_MAX);
    if (!text || !tokener) {
        die("stdin", "not enough memory");
    }
    if (n == 0 || memchr(text, '\n', n) != text + n - 1) {
        die("stdin", "not one line");
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
                                        JSON_TOKENER_VALIDATE_UTF8);
    answer = json_tokener_parse_ex(tokener, text, (int)n - 1);
    if (!answer || json_tokener_get_parse_end(tokener) != n - 1) {
        die("stdin", json_tokener_error_desc(
                         json_tokener_get_error(tokener)));
    }
    json_tokener_free(tokener);
    free(text);
    return answer;
}

int
main(int argc, char **argv)
{
    static json *schema;        // as in read_answer
    bool members = argc == 3 && strcmp(argv[1], "--members") == 0;
    json *answer;

    if (argc != 2 && !members) {
        die("usage", "json-check [--members] SCHEMA");
    }
    schema = json_object_from_file(argv[argc - 1]);
    if (!schema) {
        die(argv[argc - 1], "not a JSON file");
    }
    check_keywords(argv[argc - 1], schema);
    if (members) {
        list_members(schema, "");
    } else {
        answer = read_answer();
        check(answer, schema, "");
        json_object_put(answer);
    }
    json_object_put(schema);
    return faults > 0;
}
