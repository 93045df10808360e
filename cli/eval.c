/* eval.c - lede eval: the ranking, measured by judged topics. */

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/place.h"

#define MEASURES 6

int
command_eval(const struct settings *settings)
{
    lede_search_options options = LEDE_SEARCH_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    lede_measures measures;
    struct places places;
    lede_status measured;
    int status;

    if (!settings->topics || !settings->qrels) {
        complain("--topics FILE and --qrels FILE are needed");
        return EXIT_ERROR;
    }
    options.k1 = settings->k1;
    options.b = settings->b;
    options.lang = settings->lang;
    options.snippets = 0;
    status = places_open(&places, settings);
    if (status == EXIT_DONE) {
        measured = lede_evaluate(&measures, places.indexes, places.n,
                                 settings->topics, settings->qrels,
                                 settings->run, &options, &error);
        if (measured != LEDE_STATUS_OK) {
            status = complain_error(measured, &error);
        }
    }
    if (status == EXIT_DONE) {
        const struct {
            const char *name;
            double value;
        } rows[MEASURES] = {
            { "ndcg@10", measures.ndcg_10 },
            { "map", measures.map },
            { "p@10", measures.p_10 },
            { "mrr", measures.mrr },
            { "recall@100", measures.recall_100 },
            { "recall@1000", measures.recall_1000 },
        };
        json *answer = json_answer();

        json_put(answer, "topics", json_number(measures.topics));
        if (!settings->json) {
            printf("%-12s %zu\n", "topics", measures.topics);
        }
        for (size_t i = 0; i < MEASURES; i++) {
            if (settings->json) {
                json_put(answer, rows[i].name, json_real(rows[i].value));
            } else {
                printf("%-12s %.4f\n", rows[i].name, rows[i].value);
            }
        }
        if (settings->json) {
            status = json_finish(answer, EXIT_DONE);
        } else {
            json_object_put(answer);
            status = stdout_finish(EXIT_DONE);
        }
    }
    places_close(&places);
    return status;
}
