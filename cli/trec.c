/* trec.c - the hits of a search as a TREC run; see trec.h. */

#include "cli/trec.h"

#include "cli/output.h"

int
trec_print(const lede_results *results, const struct settings *settings,
           int status)
{
    const char *topic = settings->topic ? settings->topic : "1";
    const char *run = settings->run_name ? settings->run_name : "lede";
    size_t n = lede_results_count(results);

    for (size_t i = 0; i < n && !ferror(stdout); i++) {
        const lede_hit *hit = lede_results_hit(results, i);
        lede_error error = LEDE_ERROR_INIT;
        char *line = NULL;
        lede_status made = lede_run_line(&line, topic,
                                         hit->key ? hit->key : hit->id,
                                         hit->rank, hit->score, run, &error);

        if (made != LEDE_STATUS_OK) {
            return complain_error(made, &error);
        }
        fputs(line, stdout);
        lede_string_free(line);
    }
    return stdout_finish(status);
}
