/* json.h - answers as JSON: one object on one line, written by json-c.

   What cannot be made for want of memory ends the program: there is no half an
   answer.  NULL is JSON's null. */

#ifndef LEDE_CLI_JSON_H
#define LEDE_CLI_JSON_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

typedef struct json_object json;

json *
json_new(void);
json *
json_list(void);

/* An object with "schema": 1. */
json *
json_answer(void);

/* A string, repaired where it is not UTF-8 (a file's name may be anything);
   null for NULL. */
json *
json_text(const char *text);

/* A list of strings, never null. */
json *
json_texts(const char *const *texts, size_t n);

json *
json_number(uint64_t number);

/* With as many digits as give the same double back; null where infinite. */
json *
json_real(double number);

json *
json_flag(int flag);

/* What is JSON already, as the library made it. */
json *
json_parsed(const char *text);

/* Set a member, append to a list; both take over `value`. */
void
json_put(json *object, const char *name, json *value);
void
json_push(json *list, json *value);

/* Write to stdout, and release. */
void
json_write(json *value);

/* json_write, a line end, and stdout_finish. */
int
json_finish(json *answer, int status);

#endif
