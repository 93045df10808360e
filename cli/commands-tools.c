/* commands-tools.c - the tables of the commands that are tools. */

#include "cli/commands.h"
#include "cli/rows.h"

static const struct option analyze_options[] = {
    OPTION_LANG("the language of the text",
                "A code such as en or zh. Default: it is detected."),
    OPTION_JSON,
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_HELP,
    OPTIONS_END
};

static const struct option eval_options[] = {
    { .name = "topics", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Collection", PLACE(topics),
      .brief = "the queries, lines of ID, tab, text; or a TREC file",
      .detail = "A TREC file is known by its <top> or <topic>; closing tags "
                "may be missing but for that of the topic." },
    { .name = "topic-field", .kind = OPTION_TEXT, .argument = "FIELDS",
      .group = "Collection", PLACE(topic_field),
      .brief = "of a TREC topic: title, desc and narr (title)",
      .detail = "Several with commas: title,desc." },
    { .name = "syntax", .kind = OPTION_FLAG, .group = "Collection",
      PLACE(syntax), .brief = "the topics are in the query language",
      .detail = "Otherwise their text is taken as plain words." },
    { .name = "qrels", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Collection", PLACE(qrels),
      .brief = "the judgments, lines of TOPIC 0 ARTICLE RELEVANCE",
      .detail = "As TREC has them. An article is named by its own id, or by "
                "lede's where it has none. Needed." },
    { .name = "run", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Collection", PLACE(run),
      .brief = "a TREC run: judged, or with --topics written",
      .detail = "A run from elsewhere needs no index. It may have any "
                "length; it is read twice, so it cannot be a pipe." },
    { .name = "compare", .kind = OPTION_FLAG, .group = "Collection",
      PLACE(compare), .brief = "compare two runs, or one and this index",
      .detail = "RUN is what it is compared with. For each measure the means "
                "of both, their difference, how many topics are better, the "
                "same and worse, and p of a paired randomisation test: of all "
                "ways to swap the topics' two values, or of 100,000 where "
                "more than 16 topics differ." },
    OPTIONS_RANKING,
    OPTION_LANG("stem the topics in this language only",
                "A code such as en or zh. Default: as lede search does."),
    OPTION_NOW,
    { .name = "measures", .kind = OPTION_TEXT, .argument = "LIST",
      .group = "Output", PLACE(measures),
      .brief = "which measures, with commas: ndcg@20,map,p@5",
      .detail = "With K for a number: ndcg, ndcg@K, map, map@K, p@K, "
                "recall@K, mrr, mrr@K, rprec, bpref. Default: "
                LEDE_MEASURES_DEFAULT "." },
    { .name = "per-query", .kind = OPTION_FLAG, .group = "Output",
      PLACE(per_query), .brief = "print each topic's measures too",
      .detail = "With --compare their differences, B less A." },
    { .name = "fail-under", .kind = OPTION_TEXTS, .argument = "MEASURE=X",
      .group = "Output", PLACE(fail_under),
      .brief = "exit with 1 where a mean is below X; several",
      .detail = "As in ndcg@10=0.34. Which are missed, is said. Of two that "
                "are compared the second counts." },
    OPTION_RUN_NAME,
    OPTION_JSON,
    OPTION_INDEX_MANY,
    OPTION_HELP,
    OPTIONS_END
};

#define EVAL_DETAIL                                                         \
    "Measure the ranking by topics whose relevant articles are known. Each "\
    "topic is searched, and its first 1,000 hits are judged, as "           \
    "trec_eval -c does: nDCG@10 (linear gain), MAP, P@10, MRR, recall@100 " \
    "and recall@1000, averaged over all judged topics; a topic that finds " \
    "nothing counts 0.\n\n"                                                 \
    "With --run and no --topics a run from elsewhere is judged, all of it; "\
    "--compare tells whether one ranking is better than another or might "  \
    "be so by chance."

static const struct option fuse_options[] = {
    { .name = "k", .kind = OPTION_NUMBER, .argument = "X", .group = "Fusion",
      PLACE(k), .min = 0, .max = UNLIMITED,
      .brief = "how little the first ranks stand out (60)",
      .detail = "What is at rank R of a run gets 1 / (X + R)." },
    { .name = "weights", .kind = OPTION_TEXT, .argument = "LIST",
      .group = "Fusion", PLACE(weights),
      .brief = "how much each run counts, with commas: 1,0.5",
      .detail = "From 0 to 1000, in the order of the runs. Default: 1 each." },
    { .name = "depth", .kind = OPTION_COUNT, .argument = "N",
      .group = "Fusion", PLACE(depth), .min = 1, .max = LEDE_LIMIT_MAX,
      .brief = "take and write at most N of each topic (1000)",
      .detail = "So many lines of each topic of each run are in memory." },
    OPTION_RUN_NAME,
    OPTION_HELP,
    OPTIONS_END
};

#define FUSE_DETAIL                                                         \
    "Make one TREC run of several, by reciprocal rank: an article gets from "\
    "each run the run's weight by k and its rank there, and these add up "  \
    "(Cormack, Clarke and B\303\274ttcher 2009). Scores need not be alike, "   \
    "so that a run of lede can be fused with one of an embedding model.\n\n" \
    "As trec_eval does, ranks are taken from the scores of a run, equal "   \
    "ones ordered by name, highest first; so is what is written. RUN is "   \
    "standard input if it is -."

static const struct option no_options[] = { OPTION_HELP, OPTIONS_END };

const struct command analyze_row = {
    .name = "analyze", .group = "Tools", .operands = "TEXT...",
    .kind = OPERAND_WORDS, .operands_min = 1, .operands_max = SIZE_MAX,
    .brief = "show the terms that a text is indexed under",
    .detail = "Show the words that a text is cut into: position, byte "
              "range, kind, and the terms they are indexed under. TEXT is "
              "standard input if it is -.",
    .examples = "lede analyze 'Qwen2.5-VL runs well'\t"
                "names, whole and in part\n",
    .exits = EXITS_DONE, .options = analyze_options,
    .run = command_analyze,
};

const struct command eval_row = {
    .name = "eval", .group = "Tools", .operands = "[RUN]...",
    .kind = OPERAND_PATHS, .operands_max = 2,
    .brief = "measure the ranking by judged topics",
    .detail = EVAL_DETAIL,
    .examples = "lede eval --topics queries.tsv --qrels qrels.tsv\t"
                "a test collection\n"
                "lede eval --qrels qrels.tsv --run other.run\t"
                "a run from elsewhere\n"
                "lede eval --qrels qrels.tsv --compare a.run b.run\t"
                "whether b is better\n",
    .exits = "0\tdone\n1\ta measure is below --fail-under\n2\terror\n",
    .options = eval_options, .run = command_eval,
};

const struct command fuse_row = {
    .name = "fuse", .group = "Tools", .operands = "RUN...",
    .kind = OPERAND_PATHS, .operands_min = 1,
    .operands_max = LEDE_FUSE_RUNS_MAX,
    .brief = "make one TREC run of several",
    .detail = FUSE_DETAIL,
    .examples = "lede fuse lede.run vectors.run >both.run\t"
                "words and an embedding model\n"
                "lede fuse --weights 1,0.5 a.run b.run\t"
                "the first counts twice as much\n",
    .exits = EXITS_DONE, .options = fuse_options, .run = command_fuse,
};

const struct command help_row = {
    .name = "help", .group = "Tools", .operands = "[COMMAND]",
    .kind = OPERAND_COMMAND, .operands_max = 1,
    .brief = "explain a command",
    .exits = EXITS_DONE, .options = no_options, .run = command_help,
};

const struct command completion_row = {
    .name = "completion", .operands = "bash|zsh|fish",
    .kind = OPERAND_COMMAND, .operands_min = 1, .operands_max = 2,
    .brief = "write a shell's completions, or a manual's OPTIONS",
    .exits = EXITS_DONE, .options = no_options, .run = command_completion,
};
