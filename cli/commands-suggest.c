/* commands-suggest.c - the table of lede suggest. */

#include "cli/commands.h"
#include "cli/rows.h"

static const struct option suggest_options[] = {
    { .name = "limit", .letter = 'n', .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(limit), .min = 1,
      .max = LEDE_COMPLETIONS_MAX, .brief = "show at most N (10)",
      .detail = "Words and phrases are at most half of them." },
    OPTION_JSON,
    OPTION_INDEX_MANY,
    OPTION_HELP,
    OPTIONS_END
};

const struct command suggest_row = {
    .name = "suggest", .group = "Searching", .operands = "PREFIX...",
    .kind = OPERAND_WORDS, .operands_min = 1, .operands_max = SIZE_MAX,
    .brief = "complete a query that is being typed",
    .detail = "Say what a query may become, a line each: the words of most "
              "articles that begin so, or what stands behind the words "
              "before; then titles that begin so or have it within. The last "
              "word is taken for half a word, unless the argument ends with "
              "a space. Case and accents do not matter.\n\n"
              "It is fast enough to be asked at every key: how much it looks "
              "at is bounded.",
    .examples = "lede suggest qw\twords and titles\n"
                "lede suggest machine lea\tphrases and titles\n",
    .exits = EXITS_SEARCH, .options = suggest_options,
    .run = command_suggest,
};
