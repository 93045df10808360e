/* ranking.c - what the options say about the ranking; see ranking.h. */

#include "cli/ranking.h"

void
ranking_options(lede_search_options *options, const struct settings *settings)
{
    options->model = (lede_model)settings->model;
    options->k1 = settings->k1;
    options->b = settings->b;
    options->length_power = settings->length_power;
    options->lang = settings->lang;
}
