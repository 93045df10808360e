/* ranking.c - what the options say about the ranking; see ranking.h. */

#include "cli/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

#define RECENCY_FLOOR 0.5
#define PRIOR_WEIGHT 0.25
#define PRIOR_KEY_MAX 255

/* "30" or "30,0.5". */
static int
read_recency(lede_search_options *options, const char *text)
{
    char *end = NULL;
    double floor = RECENCY_FLOOR;
    double days = strtod(text, &end);
    bool fine = end > text && days > 0;

    if (fine && *end == ',') {
        const char *rest = end + 1;

        floor = strtod(rest, &end);
        fine = end > rest && floor >= 0 && floor <= 1;
    }
    if (!fine || *end != '\0') {
        complain("--recency takes a half-life in days, and what is left of "
                 "very old articles from 0 to 1, as in 30,0.5: not '%s'",
                 text);
        return EXIT_ERROR;
    }
    options->recency_days = days;
    options->recency_floor = floor;
    return EXIT_DONE;
}

/* "rating" or "rating,0.5". */
static int
read_prior(lede_search_options *options, const char *text)
{
    // as long as the arguments are
    static char key[PRIOR_KEY_MAX + 1];
    const char *comma = strrchr(text, ',');
    size_t length = comma ? (size_t)(comma - text) : strlen(text);
    char *end = NULL;
    double weight = comma ? strtod(comma + 1, &end) : PRIOR_WEIGHT;

    if (length == 0 || length > PRIOR_KEY_MAX ||
        (comma && (end == comma + 1 || *end != '\0'))) {
        complain("--prior takes a key of the metadata and a weight, as in "
                 "rating,0.5: not '%s'", text);
        return EXIT_ERROR;
    }
    memcpy(key, text, length);
    key[length] = '\0';
    options->prior = key;
    options->prior_weight = weight;
    return EXIT_DONE;
}

int
ranking_options(lede_search_options *options, const struct settings *settings)
{
    int status = EXIT_DONE;

    options->model = (lede_model)settings->model;
    options->k1 = settings->k1;
    options->b = settings->b;
    options->length_power = settings->length_power;
    options->near = settings->near;
    options->title_share = settings->title_share;
    options->exact = settings->exact;
    options->particles = settings->particles;
    options->lang = settings->lang;
    options->feedback = (lede_feedback)settings->feedback;
    if (settings->recency) {
        status = read_recency(options, settings->recency);
    }
    if (status == EXIT_DONE && settings->prior) {
        status = read_prior(options, settings->prior);
    }
    return status;
}
