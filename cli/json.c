/* json.c - answers as JSON; see json.h. */

#include "cli/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "cli/output.h"

/* Digits that every double survives, and those that most need. */
#define DIGITS_ALWAYS 17
#define DIGITS_OFTEN 15
/* A query may be 64 brackets deep, each an object and a list or several. */
#define JSON_DEPTH_MAX 4096

static json *
checked(json *value)
{
    if (!value) {
        exit(complain_memory());
    }
    return value;
}

json *
json_new(void)
{
    return checked(json_object_new_object());
}

json *
json_list(void)
{
    return checked(json_object_new_array());
}

json *
json_answer(void)
{
    json *object = json_new();

    json_put(object, "schema", json_number(1));
    return object;
}

/* A copy in which each byte that is not UTF-8 is U+FFFD. */
static char *
repaired(const char *text)
{
    const uint8_t *s = (const uint8_t *)text;
    size_t n = strlen(text);
    char *out = malloc(3 * n + 1);
    size_t used = 0;

    for (size_t i = 0; out && i < n;) {
        ucs4_t character;
        int length = u8_mbtoucr(&character, s + i, n - i);

        if (length > 0) {
            memcpy(out + used, text + i, (size_t)length);
            used += (size_t)length;
            i += (size_t)length;
        } else {
            memcpy(out + used, "\xEF\xBF\xBD", 3);
            used += 3;
            i++;
        }
    }
    if (out) {
        out[used] = '\0';
    }
    return out;
}

json *
json_text(const char *text)
{
    json *value;
    char *copy;

    if (!text) {
        return NULL;
    }
    if (!u8_check((const uint8_t *)text, strlen(text))) {
        return checked(json_object_new_string(text));
    }
    copy = repaired(text);
    value = copy ? json_object_new_string(copy) : NULL;
    free(copy);
    return checked(value);
}

json *
json_texts(const char *const *texts, size_t n)
{
    json *list = json_list();

    for (size_t i = 0; i < n; i++) {
        json_push(list, json_text(texts[i]));
    }
    return list;
}

json *
json_number(uint64_t number)
{
    return checked(json_object_new_uint64(number));
}

json *
json_real(double number)
{
    char text[40];

    if (!isfinite(number)) {
        return NULL;
    }
    snprintf(text, sizeof(text), "%.*g", DIGITS_OFTEN, number);
    if (strtod(text, NULL) != number) {
        snprintf(text, sizeof(text), "%.*g", DIGITS_ALWAYS, number);
    }
    return checked(json_object_new_double_s(number, text));
}

json *
json_flag(int flag)
{
    return checked(json_object_new_boolean(flag));
}

json *
json_parsed(const char *text)
{
    json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
    json *value;

    if (!tokener || !text) {
        exit(complain_memory());
    }
    value = json_tokener_parse_ex(tokener, text, -1);
    json_tokener_free(tokener);
    return value;
}

void
json_put(json *object, const char *name, json *value)
{
    if (json_object_object_add(object, name, value) != 0) {
        exit(complain_memory());
    }
}

void
json_push(json *list, json *value)
{
    if (json_object_array_add(list, value) != 0) {
        exit(complain_memory());
    }
}

void
json_write(json *value)
{
    const char *text = json_object_to_json_string_ext(
        value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

    if (!text) {
        exit(complain_memory());
    }
    // A failed write is seen by stdout_finish.
    fputs(text, stdout);
    json_object_put(value);
}

int
json_finish(json *answer, int status)
{
    json_write(answer);
    putchar('\n');
    return stdout_finish(status);
}
