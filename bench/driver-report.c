/* driver-report.c - the driver's tables; see driver.h. */

#include "bench/driver.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/corpus.h"

#define MB 1e6
#define MIB (1024.0 * 1024.0)

static const char *const class_names[CLASSES] = {
    "union", "intersection", "phrase"
};

static double
speed_of(const struct engine *e, bool cpu)
{
    return (double)e->corpus_bytes / MB /
           (cpu ? e->usage.cpu_seconds : e->usage.seconds);
}

/* The speed, and how many times that of the yardstick it is. */
static void
put_speed(const struct engine *e, const struct engine *stick, bool cpu)
{
    if (!e->built) {
        printf(" - | - |");
        return;
    }
    printf(" %.1f |", speed_of(e, cpu));
    if (stick != NULL && stick->built) {
        printf(" %.2f |", speed_of(e, cpu) / speed_of(stick, cpu));
    } else {
        printf(" - |");
    }
}

static void
report_builds(const struct bench *bench)
{
    const struct engine *stick = bench->yardstick;

    printf("| engine | cores | build MB/s | : %s | MB/CPU s | : %s |"
           " peak anon MiB | index MB | index / JSON |"
           " anon MiB, searching |\n"
           "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
           stick == NULL ? "-" : stick->name,
           stick == NULL ? "-" : stick->name);
    for (size_t i = 0; i < bench->n_engines; i++) {
        const struct engine *e = &bench->engines[i];

        printf("| %s | %u |", e->name, e->cores);
        put_speed(e, stick, false);
        put_speed(e, stick, true);
        if (e->built) {
            printf(" %.0f |", (double)e->usage.anon_bytes / MIB);
        } else {
            printf(" - |");
        }
        printf(" %.1f | %.3f | %.0f |\n", (double)e->index_bytes / MB,
               (double)e->index_bytes / (double)e->corpus_bytes,
               (double)e->query_anon / MIB);
    }
}

struct figures {
    size_t n;
    double mean;                // microseconds
    double p99;
};

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct figures
figures_of(const struct bench *bench, const struct engine *e, size_t command,
           enum query_class class)
{
    struct figures figures = { 0 };
    double *times = grow(NULL, (bench->n_queries + 1) * sizeof(*times));
    double sum = 0;

    for (size_t i = 0; i < bench->n_queries; i++) {
        if (bench->queries[i].class == class &&
            !e->unsupported[command][i]) {
            double time = e->best[command][i] - bench->floor;

            times[figures.n++] = time > 0 ? time : 0;
            sum += time > 0 ? time : 0;
        }
    }
    if (figures.n > 0) {
        qsort(times, figures.n, sizeof(*times), ascending);
        figures.mean = sum / (double)figures.n * 1e6;
        figures.p99 = times[(figures.n * 99 + 99) / 100 - 1] * 1e6;
    }
    free(times);
    return figures;
}

/* 1/25 or 1.3 */
static void
put_ratio(double value, double of)
{
    if (value <= 0 || of <= 0) {
        printf(" - |");
    } else if (value < of) {
        printf(" 1/%.1f |", of / value);
    } else {
        printf(" %.1f |", value / of);
    }
}

static void
report_command(const struct bench *bench, size_t command)
{
    printf("\n| %s |", bench->commands[command]);
    for (int class = 0; class < CLASSES; class++) {
        printf(" %s | p99 | : |", class_names[class]);
    }
    printf("\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < bench->n_engines; i++) {
        const struct engine *e = &bench->engines[i];

        if (e->build_only) {
            continue;
        }
        printf("| %s |", e->name);
        for (int class = 0; class < CLASSES; class++) {
            struct figures figures =
                figures_of(bench, e, command, (enum query_class)class);

            if (figures.n == 0) {
                printf(" - | - | - |");
                continue;
            }
            printf(" %.1f | %.1f |", figures.mean, figures.p99);
            if (bench->yardstick == NULL) {
                printf(" |");
            } else {
                put_ratio(figures.mean,
                          figures_of(bench, bench->yardstick, command,
                                     (enum query_class)class).mean);
            }
        }
        printf("\n");
    }
    for (size_t i = 0; i < bench->n_engines; i++) {
        const struct engine *e = &bench->engines[i];

        if (!e->build_only && e->passes[command] != e->passes[0]) {
            printf("\n%s: best of %zu passes.\n", e->name,
                   e->passes[command]);
        }
    }
}

/* The slowest queries of an engine, with the times of all engines. */
static void
report_slowest(const struct bench *bench, const struct engine *engine,
               size_t command)
{
    bool *done = grow(NULL, bench->n_queries + 1);

    memset(done, 0, bench->n_queries + 1);
    printf("\n| %s, slowest of %s |", bench->commands[command],
           engine->name);
    for (size_t e = 0; e < bench->n_engines; e++) {
        printf(" %s |", bench->engines[e].name);
    }
    printf("\n|---|");
    for (size_t e = 0; e < bench->n_engines; e++) {
        printf("--:|");
    }
    printf("\n");
    for (size_t n = 0; n < bench->slowest; n++) {
        size_t worst = bench->n_queries;

        for (size_t i = 0; i < bench->n_queries; i++) {
            if (!done[i] && (worst == bench->n_queries ||
                             engine->best[command][i] >
                             engine->best[command][worst])) {
                worst = i;
            }
        }
        if (worst == bench->n_queries) {
            break;
        }
        done[worst] = true;
        printf("| `%s` |", bench->queries[worst].text);
        for (size_t e = 0; e < bench->n_engines; e++) {
            if (bench->engines[e].build_only) {
                printf(" - |");
            } else {
                printf(" %.1f |", (bench->engines[e].best[command][worst] -
                                   bench->floor) * 1e6);
            }
        }
        printf("\n");
    }
    free(done);
}

void
report(const struct bench *bench)
{
    size_t n[CLASSES] = { 0 };

    report_builds(bench);
    for (size_t i = 0; i < bench->n_queries; i++) {
        n[bench->queries[i].class]++;
    }
    printf("\nMicroseconds, mean and 99th percentile over %zu unions, %zu "
           "intersections and %zu phrases,\nthe floor of %.2f us, a round trip "
           "to a program that does nothing, taken off.\n",
           n[CLASS_UNION], n[CLASS_INTERSECTION], n[CLASS_PHRASE],
           bench->floor * 1e6);
    for (size_t i = 0; i < bench->n_commands; i++) {
        report_command(bench, i);
    }
    for (size_t i = 0; i < bench->n_commands && bench->slowest > 0; i++) {
        report_slowest(bench, &bench->engines[0], i);
    }
    fflush(stdout);
}
