/* check.c - lede check: read all of an index and say what is wrong. */

#include <stdlib.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/text.h"

static void
on_problem(void *payload, const char *problem)
{
    json *problems = payload;

    if (problems) {
        json_push(problems, json_text(problem));
    } else {
        text_put(stdout, problem);
        putchar('\n');
    }
}

int
command_check(const struct settings *given)
{
    struct settings settings = *given;
    lede_error error = LEDE_ERROR_INIT;
    json *problems = settings.json ? json_list() : NULL;
    char *path = NULL;
    size_t n = 0;
    lede_status checked;
    int status = place_operand(&settings);

    if (status == EXIT_DONE) {
        status = place_index(&path, &settings, false);
    }
    if (status == EXIT_DONE) {
        checked = lede_index_check(path, on_problem, problems, &n, &error);
        if (checked != LEDE_STATUS_OK) {
            status = complain_error(checked, &error);
        } else if (settings.json) {
            json *answer = json_answer();

            json_put(answer, "index", json_text(path));
            json_put(answer, "sound", json_flag(n == 0));
            json_put(answer, "problems", json_object_get(problems));
            status = json_finish(answer, n == 0 ? EXIT_DONE : EXIT_ERROR);
        } else {
            if (n == 0 && !settings.quiet) {
                printf("%s is sound\n", path);
            } else if (n > 0) {
                complain("%s: %zu problem%s; restore it from a copy, or make "
                         "it anew with `lede index --rebuild'", path, n,
                         plural(n));
            }
            status = stdout_finish(n == 0 ? EXIT_DONE : EXIT_ERROR);
        }
    }
    json_object_put(problems);
    free(path);
    return status;
}
