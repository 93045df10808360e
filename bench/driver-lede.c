/* driver-lede.c - the command as it is used: `lede index` with stems, stored
   text and columns, and `lede search` from start to exit; see driver.h. */

#include "bench/driver.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/corpus.h"

#define MB 1e6
#define MIB (1024.0 * 1024.0)

#define SEARCHES 100
#define SEARCH_PASSES 5

static void
report_index(const char *lede, const char *engine, const char *corpus,
             const char *index, unsigned cores)
{
    struct command command = { 0 };
    struct usage usage;

    command_add(&command, lede);
    command_add(&command, "index --quiet --memory 512M --rebuild --engine");
    command_add(&command, engine);
    command_add(&command, cores == 1 ? "--jobs 1 --index" :
                "--jobs 2 --index");
    command_add_word(&command, index);
    command_add_word(&command, "--");
    command_add_word(&command, corpus);
    fprintf(stderr, "lede index: %s, %u\n", engine, cores);
    usage = run_measured(&command, NULL, cores);
    if (usage.status != 0) {
        die("lede index failed");
    }
    printf("| %s | %u | %.1f | %.2f | %.0f | %.3f |\n", engine, cores,
           (double)size_of(corpus) / MB / usage.seconds, usage.cpu_seconds,
           (double)usage.anon_bytes / MIB,
           (double)size_of(index) / (double)size_of(corpus));
    fflush(stdout);
    command_free(&command);
}

/* Milliseconds of a search from start to exit: the mean of the best passes. */
static double
search_ms(const char *lede, const char *index, const struct bench *bench)
{
    double sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < bench->n_queries && n < SEARCHES; i++) {
        struct command command = { 0 };
        double best = 0;

        command_add(&command, lede);
        command_add(&command, "search --index");
        command_add_word(&command, index);
        command_add_word(&command, "--");
        command_add_word(&command, bench->queries[i].text);
        for (int pass = 0; pass < SEARCH_PASSES; pass++) {
            double time = run_once(&command);

            best = pass == 0 || time < best ? time : best;
        }
        sum += best;
        n++;
        command_free(&command);
    }
    return n > 0 ? sum / (double)n * 1e3 : 0;
}

void
report_lede(const char *lede, const char *corpus, const char *folder,
            const struct bench *bench)
{
    static const char *const engines[] = { "native", "xapian" };

    printf("\n| lede index | cores | MB/s | CPU s | peak anon MiB | "
           "index / JSON |\n|---|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < 2; i++) {
        for (unsigned cores = 1; cores <= 2; cores++) {
            char index[4096];

            snprintf(index, sizeof(index), "%s/lede-%s", folder, engines[i]);
            report_index(lede, engines[i], corpus, index, cores);
        }
    }
    printf("\n| lede search, start to exit | ms |\n|---|--:|\n");
    for (size_t i = 0; i < 2; i++) {
        char index[4096];

        snprintf(index, sizeof(index), "%s/lede-%s", folder, engines[i]);
        printf("| %s | %.2f |\n", engines[i],
               search_ms(lede, index, bench));
    }
    fflush(stdout);
}
