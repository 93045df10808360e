/* commands-index.c - the tables of the commands that write an index. */

#include "cli/commands.h"
#include "cli/rows.h"

#define OPTION_ALERTS                                                       \
    { .name = "alerts", .kind = OPTION_FLAG, .group = "Articles",           \
      PLACE(alerts), .brief = "print what is new for the alerts",           \
      .detail = "As lede alert run does, once the articles are committed. " \
                "The exit status is that of the indexing." }

static const struct option index_options[] = {
    OPTION_INDEX_MADE,
    OPTION_CONFIG,
    OPTION_ENGINE_NEW,
    { .name = "rebuild", .kind = OPTION_FLAG, .group = "Index",
      PLACE(rebuild), .brief = "make the index anew beside the old one",
      .detail = "Readers go on with the old one until the new one is "
                "complete and takes its place at once." },
    OPTION_WAIT,
    { .name = "prune", .kind = OPTION_FLAG, .group = "Articles",
      PLACE(prune), .brief = "a missing or empty PATH removes its articles",
      .detail = "Otherwise a PATH that is missing, empty or unreadable is a "
                "failure and nothing is removed: it may be a disk that is "
                "not mounted." },
    { .name = "files-from", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Articles", PLACE(files_from),
      .brief = "index the files listed in FILE, - for stdin",
      .detail = "One path a line, instead of PATHs. Only these files are "
                "looked at, and none vanishes. A later run over a folder "
                "they lie in keeps those that it would index itself." },
    { .name = "null", .letter = '0', .kind = OPTION_FLAG,
      .group = "Articles", PLACE(null),
      .brief = "the list ends each path with a NUL: find -print0",
      .detail = "Goes with --files-from." },
    OPTION_DRAFTS,
    OPTION_DRY_RUN,
    OPTION_ALERTS,
    OPTION_MAX_ARTICLE,
    OPTION_MEMORY,
    OPTION_JOBS,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTIONS_END
};

#define INDEX_DETAIL                                                        \
    "Bring an index up to date with files and folders: add what is new, "   \
    "read again what has changed, remove what has vanished below the "      \
    "PATHs. Without PATHs, those of earlier runs.\n\n"                      \
    "Articles are Markdown with front matter, plain text, or JSON Lines, "  \
    "each plain or compressed by gzip. Folders are walked; what a "         \
    ".ledeignore lists (as in .gitignore), hidden folders and binary files "\
    "are passed over. An article that cannot be read is listed with its "   \
    "reason, and the others are indexed.\n\n"                               \
    "What is done is committed as it goes, a batch at a time; whatever "    \
    "ends the run, the index holds the last commit. After ^C or SIGTERM "   \
    "the batch is finished and committed."

static const struct option add_options[] = {
    OPTION_INDEX_MADE,
    OPTION_CONFIG,
    OPTION_ENGINE_NEW,
    OPTION_WAIT,
    OPTION_DRAFTS,
    OPTION_DRY_RUN,
    OPTION_ALERTS,
    OPTION_MAX_ARTICLE,
    OPTION_MEMORY,
    OPTION_JOBS,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTIONS_END
};

#define ADD_DETAIL                                                          \
    "Add articles from JSON Lines, one object a line, as a batch job "      \
    "writes them: id, title, body (or text), date, lang, authors, tags, "   \
    "source, url, summary, and whatever else there is. An article whose id "\
    "is there already is replaced, and {\"delete\":\"ID\"} deletes one. "   \
    "Where an id comes twice, its last line counts. FILE is standard input "\
    "if it is - or left out; it may be compressed by gzip.\n\n"             \
    "Articles that were added so never vanish by themselves: lede index "   \
    "leaves them alone."

static const struct option remove_options[] = {
    OPTION_INDEX_ONE,
    OPTION_WAIT,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_HELP,
    OPTIONS_END
};

static const struct option alert_options[] = {
    OPTION_INDEX_ONE,
    OPTION_WAIT,
    { .name = "all", .kind = OPTION_FLAG, .group = "Alerts", PLACE(all),
      .brief = "with add: what is there already is new, too" },
    { .name = "peek", .kind = OPTION_FLAG, .group = "Alerts", PLACE(peek),
      .brief = "with run: what is told stays new",
      .detail = "The index is only read." },
    { .name = "limit", .kind = OPTION_COUNT, .argument = "N",
      .group = "Alerts", PLACE(alert_limit), .min = 0,
      .max = LEDE_LIMIT_MAX,
      .brief = "with run: at most N articles of each alert (100)",
      .detail = "Those that were added first; the others are told the next "
                "time. With 0 they are only counted, and stay new." },
    OPTION_NOW,
    { .name = "format", .kind = OPTION_NAME, .argument = "FORM",
      .values = "text json jsonl", .group = "Output", PLACE(format),
      .brief = "text, json or jsonl",
      .detail = "For people, or: one object of JSON for all; one for each "
                "article, on a line, with the name of its alert. Default: "
                "text." },
    OPTION_JSON,
    { .name = "no-snippets", .kind = OPTION_FLAG, .group = "Output",
      PLACE(no_snippets), .brief = "leave out the passages that matched" },
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_QUIET,
    OPTION_HELP,
    OPTIONS_END
};

#define ALERT_DETAIL                                                        \
    "Save searches in the index, and print what is new for them. An "       \
    "article is new for an alert that finds it, from when it was added or " \
    "replaced until the alert has told it.\n\n"                             \
    "add saves QUERY as NAME, or changes what is saved as NAME; a query "   \
    "with a mistake is refused. list shows what is saved, remove takes it " \
    "out, and run prints what is new, for all alerts or those named. Dates "\
    "such as date:yesterday mean the day of the run.\n\n"                   \
    "What was printed is noted in the index afterwards. A run that is "     \
    "killed before that prints the same again the next time, so that each " \
    "article is told at least once. Rebuilding, converting and optimizing " \
    "an index make no article new."

static const struct option check_options[] = {
    OPTION_INDEX_ONE,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_HELP,
    OPTIONS_END
};

static const struct option convert_options[] = {
    OPTION_ENGINE("engine to convert to (the other one)",
                  "Either native or xapian."),
    OPTION_INDEX_ONE,
    OPTION_WAIT,
    OPTION_MEMORY,
    OPTION_JOBS,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_HELP,
    OPTIONS_END
};

#define CONVERT_DETAIL                                                      \
    "Make an index anew with the other engine, native or xapian, out of "   \
    "the articles that are stored in it. What it knows of files is kept, "  \
    "so that the next lede index reads only what has changed.\n\n"          \
    "The index is searched as it was until the new one is complete and "    \
    "takes its place at once; for that time both need room on the disk. "   \
    "Both engines give the same answers."

static const struct option optimize_options[] = {
    { .name = "reorder", .kind = OPTION_FLAG, .group = "Index",
      PLACE(reorder), .brief = "put articles that are alike side by side",
      .detail = "The index becomes smaller, and searching faster; this "
                "takes longer." },
    OPTION_INDEX_ONE,
    OPTION_WAIT,
    OPTION_MEMORY,
    OPTION_JOBS,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_HELP,
    OPTIONS_END
};

#define OPTIMIZE_DETAIL                                                     \
    "Make one segment of all that a native index consists of, without the " \
    "articles that are deleted. Searching is at its fastest then. lede "    \
    "index merges segments by itself as they become many, so this is for "  \
    "an index that is searched much more than it is changed.\n\n"           \
    "The index is searched as it was until that is done; room for a second "\
    "one is needed on the disk. The xapian engine has no segments: there "  \
    "is nothing to do, and that is said."

const struct command index_row = {
    .name = "index", .group = "Indexing", .operands = "[PATH]...",
    .kind = OPERAND_PATHS, .operands_max = SIZE_MAX,
    .brief = "bring an index up to date with files and folders",
    .detail = INDEX_DETAIL,
    .examples = "lede index articles/\ta folder\n"
                "lede index\tagain, whatever was indexed before\n"
                "lede index --dry-run articles/\twhat would be done\n"
                "git ls-files -z | lede index --files-from - -0\t"
                "the files of a list\n",
    .exits = EXITS_WRITE, .options = index_options, .run = command_index,
};

const struct command add_row = {
    .name = "add", .group = "Indexing", .operands = "[FILE|-]",
    .kind = OPERAND_FILE, .operands_max = 1,
    .brief = "add, replace or delete articles from JSON Lines",
    .detail = ADD_DETAIL,
    .examples = "lede add batch.jsonl.gz\ta file\n"
                "echo '{\"delete\":\"1234\"}' | lede add\t"
                "delete an article\n",
    .exits = EXITS_WRITE, .options = add_options, .run = command_add,
};

const struct command remove_row = {
    .name = "remove", .group = "Indexing", .operands = "ID|PATH...",
    .kind = OPERAND_IDS, .operands_min = 1, .operands_max = SIZE_MAX,
    .brief = "remove articles, or all of a file or folder",
    .detail = "Remove articles from the index, by id, by their own id where "
              "only one article has it, or all of a file or folder. The "
              "files stay; what is still below an indexed folder comes back "
              "when it changes, or when the index is rebuilt, unless "
              ".ledeignore lists it.",
    .examples = "lede remove news/2019\ta folder's articles\n",
    .exits = EXITS_ID, .options = remove_options, .run = command_remove,
};

const struct command alert_row = {
    .name = "alert", .group = "Indexing",
    .operands = "add NAME QUERY|list|remove NAME...|run [NAME]...",
    .kind = OPERAND_WORDS, .operands_min = 1, .operands_max = SIZE_MAX,
    .brief = "save searches, and print what is new for them",
    .detail = ALERT_DETAIL,
    .examples = "lede alert add qwen 'Qwen benchmarks'\tsave a search\n"
                "lede alert run\twhat is new since the last time\n"
                "lede alert run --peek qwen\tlook, and leave it new\n"
                "lede index --quiet --alerts\tindex, and what is new by it\n",
    .exits = "0\tdone; run: something is new\n"
             "1\tnothing is new; no such alert; no alerts\n"
             "2\terror; what was not noted is told again\n",
    .options = alert_options, .run = command_alert,
};

const struct command check_row = {
    .name = "check", .group = "Indexing", .operands = "[INDEX]",
    .kind = OPERAND_PATHS, .operands_max = 1,
    .brief = "read all of an index and say what is wrong",
    .detail = "Read all of an index and print what is wrong, one problem a "
              "line. The index can be searched meanwhile; a xapian index "
              "cannot be written to.",
    .examples = "lede check && cp -r .lede backup\tcopy a sound one\n"
                "lede check news.lede\tanother than this folder's\n",
    .exits = "0\tsound\n2\tdamaged, or error\n",
    .options = check_options, .run = command_check,
};

const struct command optimize_row = {
    .name = "optimize", .group = "Indexing", .operands = "[INDEX]",
    .kind = OPERAND_PATHS, .operands_max = 1,
    .brief = "make one segment of many, for faster searching",
    .detail = OPTIMIZE_DETAIL,
    .examples = "lede optimize\tthe index of this folder\n"
                "lede optimize --reorder news.lede\tas small as can be\n",
    .exits = EXITS_DONE
             "130, 143\tended by ^C or SIGTERM; nothing has changed\n",
    .options = optimize_options,
    .run = command_optimize,
};

const struct command convert_row = {
    .name = "convert", .group = "Indexing", .operands = "[INDEX]",
    .kind = OPERAND_PATHS, .operands_max = 1,
    .brief = "make the same index with another engine",
    .detail = CONVERT_DETAIL,
    .examples = "lede convert --engine native\t"
                "the index of this folder\n"
                "lede convert news.lede\tto the engine it does not have\n",
    .exits = "0\tdone\n2\terror; the index is as it was\n"
             "3\tdone, but some articles could not be read\n"
             "130, 143\tended by ^C or SIGTERM; the index is as it was\n",
    .options = convert_options, .run = command_convert,
};
