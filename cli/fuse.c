/* fuse.c - lede fuse: several TREC runs made one, by reciprocal rank. */

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"

/* "1,0.5" in order of the runs. */
static int
read_weights(double *weights, const struct settings *settings)
{
    const char *p = settings->weights;
    size_t n = 0;

    while (true) {
        size_t length = strcspn(p, ",");
        char *end = NULL;
        double weight = -1;

        // no sign, no "inf", no hexadecimal
        if (length > 0 && strspn(p, "0123456789.") >= length) {
            weight = strtod(p, &end);
        }
        if (end != p + length || !(weight >= 0) ||
            weight > LEDE_FUSE_WEIGHT_MAX) {
            complain("--weights: '%.*s' is not a number from 0 to %g",
                     (int)length, p, LEDE_FUSE_WEIGHT_MAX);
            return EXIT_ERROR;
        }
        if (n < settings->n_operands) {
            weights[n] = weight;
        }
        n++;
        p += length;
        if (*p == '\0') {
            break;
        }
        p++;
    }
    if (n != settings->n_operands) {
        complain("--weights: %zu weight%s for %zu runs", n, plural(n),
                 settings->n_operands);
        return EXIT_ERROR;
    }
    return EXIT_DONE;
}

static int
print_run(const lede_run *run, const char *name)
{
    size_t n = lede_run_count(run);

    for (size_t i = 0; i < n && !ferror(stdout); i++) {
        const lede_run_entry *entry = lede_run_get(run, i);
        lede_error error = LEDE_ERROR_INIT;
        char *line = NULL;
        lede_status status = lede_run_line(&line, entry->topic, entry->name,
                                           entry->rank, entry->score, name,
                                           &error);

        if (status != LEDE_STATUS_OK) {
            return complain_error(status, &error);
        }
        fputs(line, stdout);
        lede_string_free(line);
    }
    return stdout_finish(EXIT_DONE);
}

int
command_fuse(const struct settings *settings)
{
    lede_fuse_options options = LEDE_FUSE_OPTIONS_INIT;
    lede_error error = LEDE_ERROR_INIT;
    double weights[LEDE_FUSE_RUNS_MAX];
    lede_run *run = NULL;
    lede_status fused;
    int status;

    options.k = settings->k;
    options.depth = settings->depth;
    if (settings->weights) {
        status = read_weights(weights, settings);
        if (status != EXIT_DONE) {
            return status;
        }
        options.weights = weights;
    }
    fused = lede_fuse(&run, settings->operands, settings->n_operands,
                      &options, &error);
    status = fused == LEDE_STATUS_OK
             ? print_run(run, settings->run_name ? settings->run_name
                                                 : "lede-fuse")
             : complain_error(fused, &error);
    lede_run_free(run);
    return status;
}
