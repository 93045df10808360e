/* commands-similar.c - the tables of lede similar and lede background. */

#include "cli/commands.h"
#include "cli/rows.h"

static const struct option options[] = {
    { .name = "limit", .letter = 'n', .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(limit), .min = 0, .max = LEDE_LIMIT_MAX,
      .brief = "show at most N articles (10)" },
    { .name = "offset", .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(offset), .min = 0, .max = LEDE_LIMIT_MAX,
      .brief = "pass over the first N",
      .detail = "Offset and limit together are at most 1000000." },
    { .name = "after", .kind = OPTION_TEXT, .argument = "CURSOR",
      .group = "Results", PLACE(after),
      .brief = "show what follows a page, by its cursor",
      .detail = "As of lede search." },
    { .name = "in", .kind = OPTION_TEXT, .argument = "QUERY",
      .group = "Results", PLACE(in),
      .brief = "only among what this query finds",
      .detail = "In the query language of lede search; it selects, and "
                "counts nothing in the ranking: lang:en, date:2025.., "
                "+apple -tag:opinion." },
    { .name = "explain", .kind = OPTION_FLAG, .group = "Results",
      PLACE(explain), .brief = "show what each score is made of",
      .detail = "As lede search does." },
    OPTION_NOW,
    { .name = "format", .kind = OPTION_NAME, .argument = "FORM",
      .values = "text json jsonl csv tsv trec paths", .group = "Output",
      PLACE(format),
      .brief = "text, json, jsonl, csv, tsv, trec or paths",
      .detail = "As lede search has them. Default: text." },
    { .name = "fields", .kind = OPTION_TEXT, .argument = "LIST",
      .group = "Output", PLACE(fields),
      .brief = "which fields jsonl, csv and tsv have: id,title",
      .detail = "As of lede search." },
    OPTION_JSON,
    { .name = "topic", .kind = OPTION_TEXT, .argument = "ID",
      .group = "Output", PLACE(topic),
      .brief = "which topic this is, in a TREC run (1)" },
    OPTION_RUN_NAME,
    { .name = "null", .letter = '0', .kind = OPTION_FLAG, .group = "Output",
      PLACE(null), .brief = "end each path with a NUL, for xargs -0",
      .detail = "Goes with --format paths." },
    { .name = "passages", .kind = OPTION_COUNT, .argument = "N",
      .group = "Output", PLACE(passages), .min = 0, .max = 3,
      .brief = "show up to N passages of each article, 0 to 3 (1)" },
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_INDEX_MANY,
    OPTION_HELP,
    OPTIONS_END
};

#define WHICH                                                               \
    "The article is one of the index, by its id, its file's path, or its "  \
    "own id where only one article has it; or it is in a FILE of any form " \
    "that lede index reads, which need not be in an index; of a file of "   \
    "many the first. - is standard input."

const struct command similar_row = {
    .name = "similar", .group = "Searching", .operands = "ID|FILE",
    .kind = OPERAND_FILE, .operands_min = 1, .operands_max = 1,
    .brief = "find articles like one",
    .detail = "Find the articles that are most like one: by the words that "
              "are frequent in it and rare in others, those of its title "
              "twice. The article itself is left out; copies of it under "
              "other ids come first.\n\n" WHICH,
    .examples = "lede similar news/qwen.md\tlike this article\n"
                "lede similar --in 'lang:en date:2025..' news/qwen.md\t"
                "in English, since 2025\n"
                "lede similar draft.md\tlike a file that is not indexed\n",
    .exits = "0\tfound\n1\tnothing found, or no such article\n2\terror\n",
    .options = options, .run = command_similar,
};

const struct command background_row = {
    .name = "background", .group = "Searching", .operands = "ID|FILE",
    .kind = OPERAND_FILE, .operands_min = 1, .operands_max = 1,
    .brief = "find earlier articles that explain one",
    .detail = "Find what a reader of a news article may want to read before "
              "it: of the articles dated before it those that speak of the "
              "same people, places and matters, as its title and first "
              "paragraph name them. Near-copies of the article come last. "
              "What has no date cannot be said to be earlier, and is not "
              "found; an article without a date has no background.\n\n" WHICH,
    .examples = "lede background news/qwen.md\twhat led to it\n"
                "lede background --in tag:ai - <draft.md\t"
                "of an article that is being written\n",
    .exits = "0\tfound\n1\tnothing found, or no such article\n2\terror\n",
    .options = options, .run = command_background,
};
