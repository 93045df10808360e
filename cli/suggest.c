/* suggest.c - lede suggest: what a query that is being typed may become, a
   completion a line. */

#include <stdlib.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "cli/query.h"
#include "cli/text.h"

static const char *const kinds[] = {
    [LEDE_COMPLETION_WORD] = "word",
    [LEDE_COMPLETION_PHRASE] = "phrase",
    [LEDE_COMPLETION_TITLE] = "title",
};

static int
print_json(const char *prefix, const lede_completions *completions,
           int64_t took_us)
{
    size_t n = lede_completions_count(completions);
    json *answer = json_answer();
    json *list = json_list();

    for (size_t i = 0; i < n; i++) {
        const lede_completion *item = lede_completions_get(completions, i);
        json *object = json_new();

        json_put(object, "text", json_text(item->text));
        json_put(object, "kind", json_text(kinds[item->kind]));
        json_put(object, "articles", json_number(item->articles));
        json_push(list, object);
    }
    json_put(answer, "prefix", json_text(prefix));
    json_put(answer, "took_us", json_number((uint64_t)took_us));
    json_put(answer, "completions", list);
    return json_finish(answer, n > 0 ? EXIT_DONE : EXIT_NOTHING);
}

static int
print_lines(const lede_completions *completions)
{
    size_t n = lede_completions_count(completions);
    int status = n > 0 ? EXIT_DONE : EXIT_NOTHING;

    for (size_t i = 0; i < n; i++) {
        if (text_put(stdout, lede_completions_get(completions, i)->text) !=
            EXIT_DONE) {
            return EXIT_ERROR;
        }
        putchar('\n');
    }
    return stdout_finish(status);
}

int
command_suggest(const struct settings *settings)
{
    lede_completions *completions = NULL;
    lede_error error = LEDE_ERROR_INIT;
    struct places places = { 0 };
    char *prefix = query_text(settings);
    int64_t begin;
    int status = prefix ? places_open(&places, settings) : EXIT_ERROR;

    if (status == EXIT_DONE) {
        lede_status made;

        begin = progress_now_us();
        made = lede_suggest(&completions, places.indexes, places.n, prefix,
                            settings->limit, &error);
        status = made != LEDE_STATUS_OK ? complain_error(made, &error)
                 : settings->json ? print_json(prefix, completions,
                                               progress_now_us() - begin)
                                  : print_lines(completions);
    }
    lede_completions_free(completions);
    places_close(&places);
    free(prefix);
    return status;
}
