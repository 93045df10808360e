/* commands.c - the table of each command: what it is called, what it takes, and
   what each option means.  See options.h for what is made out of it.

   An option's brief fits one line of 79 columns in `lede COMMAND -h'; its
   detail is for --help and the manual, and says what brief does not. */

#include <stddef.h>

#include "cli/commands.h"
#include "cli/options.h"

#define PLACE(member) .place = offsetof(struct settings, member)
#define PERCENT_MAX 1.0
#define UNLIMITED 1e15

/* ---- options of several commands ---- */

#define OPTION_INDEX_ONE                                                    \
    { .name = "index", .kind = OPTION_FOLDERS, .argument = "DIR",           \
      .group = "Index", PLACE(indexes),                                     \
      .brief = "the index",                                                 \
      .detail = "Default: $LEDE_INDEX, else .lede in this folder or in the "\
                "nearest parent that has one." }
#define OPTION_INDEX_MADE                                                   \
    { .name = "index", .kind = OPTION_FOLDERS, .argument = "DIR",           \
      .group = "Index", PLACE(indexes),                                     \
      .brief = "the index; made if there is none",                          \
      .detail = "Default: $LEDE_INDEX, else .lede in this folder or in the "\
                "nearest parent that has one, else .lede is made in this "  \
                "folder." }
#define OPTION_INDEX_MANY                                                   \
    { .name = "index", .kind = OPTION_FOLDERS, .argument = "DIR",           \
      .group = "Index", PLACE(indexes),                                     \
      .brief = "the index; several are searched as one",                    \
      .detail = "May be given up to 64 times; the articles of all are "     \
                "ranked together, by their common statistics. Default: "    \
                "$LEDE_INDEX, else .lede in this folder or in the nearest " \
                "parent that has one." }
#define OPTION_JSON                                                         \
    { .name = "json", .kind = OPTION_FLAG, .group = "Output", PLACE(json),  \
      .brief = "print one JSON object on one line",                         \
      .detail = "Its members are described in docs/json.md." }
#define OPTION_COLOR                                                        \
    { .name = "color", .kind = OPTION_CHOICE, .argument = "WHEN",           \
      .values = "auto always never", .group = "Output", PLACE(color),       \
      .brief = "when there is colour: auto, always or never",               \
      .detail = "Default: auto, which is on a terminal, "                   \
                "unless NO_COLOR is set or TERM is dumb." }
#define OPTION_NO_PAGER                                                     \
    { .name = "no-pager", .kind = OPTION_FLAG, .group = "Output",           \
      PLACE(no_pager), .brief = "do not start a pager",                     \
      .detail = "On a terminal, what is longer than the screen is shown "   \
                "by $LEDE_PAGER, else $PAGER, else less." }
#define OPTION_K1                                                           \
    { .name = "k1", .kind = OPTION_NUMBER, .argument = "X",                 \
      .group = "Ranking", PLACE(k1), .min = 0, .max = 1000,                 \
      .brief = "BM25: how much repeating a word counts (0.9)",              \
      .detail = "From 0, a word is there or not, upwards." }
#define OPTION_B                                                            \
    { .name = "b", .kind = OPTION_NUMBER, .argument = "X",                  \
      .group = "Ranking", PLACE(b), .min = 0, .max = PERCENT_MAX,           \
      .brief = "BM25: how much long articles count less (0.4)",             \
      .detail = "From 0, not at all, to 1, in proportion to the length." }
#define OPTION_LANG(text, more)                                             \
    { .name = "lang", .kind = OPTION_TEXT, .argument = "LANG",              \
      .group = "Language", PLACE(lang), .brief = text, .detail = more }
#define OPTION_WAIT                                                         \
    { .name = "wait", .kind = OPTION_NUMBER, .argument = "SECONDS",         \
      .group = "Index", PLACE(wait), .min = 0, .max = 4000000,              \
      .brief = "wait for another writer to finish",                         \
      .detail = "An index has one writer at a time. Default: 0, say which " \
                "process it is and stop." }
#define OPTION_DRY_RUN                                                      \
    { .name = "dry-run", .kind = OPTION_FLAG, .group = "Articles",          \
      PLACE(dry_run), .brief = "say what would be done, and do nothing" }
#define OPTION_CONFIG                                                       \
    { .name = "config", .kind = OPTION_FILE, .argument = "FILE",            \
      .group = "Index", PLACE(config), .brief = "read this lede.yaml",      \
      .detail = "Default: lede.yaml in the folder that holds the index, "   \
                "else in the folder above it. It is stored in a new index; "\
                "where it differs from what an index was made with, that "  \
                "is said, and --rebuild applies it." }
#define OPTION_MAX_ARTICLE                                                  \
    { .name = "max-article", .kind = OPTION_SIZE, .argument = "SIZE",       \
      .group = "Resources", PLACE(max_article), .min = 1, .max = UNLIMITED, \
      .brief = "largest article that is indexed (16M)",                     \
      .detail = "A larger one is a reported failure." }
#define OPTION_MEMORY                                                       \
    { .name = "memory", .kind = OPTION_SIZE, .argument = "SIZE",            \
      .group = "Resources", PLACE(memory), .min = 32 << 20,                 \
      .max = UNLIMITED, .brief = "memory to work with (512M)",              \
      .detail = "K, M, G and T are units of 1024; at least 32M. The "       \
                "process takes at most 64 MB more." }
#define OPTION_JOBS                                                         \
    { .name = "jobs", .letter = 'j', .kind = OPTION_COUNT, .argument = "N", \
      .group = "Resources", PLACE(jobs), .min = 1, .max = 1024,             \
      .brief = "threads (default: as many as processors)",                  \
      .detail = "The index is the same for any number." }
#define OPTION_ENGINE(text, more)                                           \
    { .name = "engine", .kind = OPTION_NAME, .argument = "NAME",            \
      .values = "native xapian", .group = "Index", PLACE(engine),           \
      .brief = text, .detail = more }
#define OPTION_ENGINE_NEW                                                   \
    OPTION_ENGINE("storage engine of a new index (native)",                 \
                  "Either native or xapian; lede(1) says which is for "     \
                  "what. Default: $LEDE_ENGINE, else native. An index "     \
                  "keeps its engine; lede convert changes it, and so does " \
                  "lede index --rebuild.")
#define OPTION_DRAFTS                                                       \
    { .name = "drafts", .kind = OPTION_FLAG, .group = "Articles",           \
      PLACE(drafts), .brief = "index drafts too",                           \
      .detail = "Articles whose metadata has `draft: true' are skipped "    \
                "otherwise." }
#define OPTION_QUIET                                                        \
    { .name = "quiet", .kind = OPTION_FLAG, .group = "Output",              \
      PLACE(quiet), .brief = "say nothing but what went wrong" }
#define OPTION_VERBOSE                                                      \
    { .name = "verbose", .kind = OPTION_FLAG, .group = "Output",            \
      PLACE(verbose), .brief = "list all warnings, not the first few" }
#define OPTION_HELP                                                         \
    { .name = "help", .letter = 'h', .kind = OPTION_FLAG, .group = "Help",  \
      PLACE(help_long), .brief = "-h: this list; --help: everything" }
#define OPTIONS_END { .name = NULL }

/* ---- searching ---- */

static const struct option search_options[] = {
    { .name = "limit", .letter = 'n', .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(limit), .min = 0, .max = LEDE_LIMIT_MAX,
      .brief = "show at most N articles (10)",
      .detail = "With 0 they are only counted." },
    { .name = "offset", .kind = OPTION_COUNT, .argument = "N",
      .group = "Results", PLACE(offset), .min = 0, .max = LEDE_LIMIT_MAX,
      .brief = "pass over the first N",
      .detail = "Offset and limit together are at most 1000000." },
    { .name = "sort", .kind = OPTION_CHOICE, .argument = "ORDER",
      .values = "relevance date -date", .group = "Results", PLACE(sort),
      .brief = "by relevance, date (oldest first) or -date (newest)",
      .detail = "Default: relevance. Articles without a date come last." },
    { .name = "approximate", .kind = OPTION_FLAG, .group = "Results",
      PLACE(approximate), .brief = "the number found may be a lower bound",
      .detail = "Lets articles that cannot come first be passed over "
                "uncounted, which is faster. The hits are the same." },
    { .name = "strict", .kind = OPTION_FLAG, .group = "Query",
      PLACE(strict), .brief = "refuse a query that would be repaired",
      .detail = "Otherwise what cannot be honoured is searched as words, and "
                "a note says so." },
    { .name = "explain-query", .kind = OPTION_FLAG, .group = "Query",
      PLACE(explain_query),
      .brief = "print how the query was understood, no results" },
    OPTION_K1,
    OPTION_B,
    OPTION_LANG("stem the words of the query in this language only",
                "A code such as en or zh. Default: in each language that "
                "holds at least 1 % of the articles, at most four. To find "
                "only articles in a language, put lang:en in the query."),
    OPTION_JSON,
    { .name = "paths", .kind = OPTION_FLAG, .group = "Output", PLACE(paths),
      .brief = "print the files' paths only, each once",
      .detail = "They work from the current folder. Articles that lede add "
                "put into the index have no file and are left out." },
    { .name = "null", .letter = '0', .kind = OPTION_FLAG, .group = "Output",
      PLACE(null), .brief = "end each path with a NUL, for xargs -0",
      .detail = "Goes with --paths." },
    { .name = "no-snippets", .kind = OPTION_FLAG, .group = "Output",
      PLACE(no_snippets), .brief = "leave the passages out" },
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_INDEX_MANY,
    OPTION_HELP,
    OPTIONS_END
};

#define SEARCH_DETAIL                                                       \
    "Find articles, best match first. The arguments are joined by spaces; " \
    "after the first word only --long options are options, so that -word "  \
    "can be part of the query, and everything after -- is.\n\n"             \
    "Words: an article needs one of them, and more are better. "            \
    "\"some words\" is a phrase, in exactly this form; +word must be "      \
    "there, -word must not. AND, OR, NOT and brackets combine. title:word " \
    "looks in one field. tag: author: lang: source: path: and date: "       \
    "filter: date:2025-02, date:2025-01-15..2025-03, date:..2024. A query " \
    "of filters alone lists what fits, newest first. No query is a syntax " \
    "error. All of it is in docs/query-language.md."

static const struct option show_options[] = {
    OPTION_JSON,
    { .name = "meta", .kind = OPTION_FLAG, .group = "Output", PLACE(meta),
      .brief = "print the original metadata, a value a line" },
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_INDEX_ONE,
    OPTION_HELP,
    OPTIONS_END
};

static const struct option info_options[] = {
    OPTION_JSON,
    OPTION_COLOR,
    OPTION_NO_PAGER,
    OPTION_INDEX_ONE,
    OPTION_HELP,
    OPTIONS_END
};

/* ---- indexing ---- */

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

/* ---- tools ---- */

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
      .brief = "the queries, lines of ID, tab, text",
      .detail = "The text is taken as plain words. Needed." },
    { .name = "qrels", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Collection", PLACE(qrels),
      .brief = "the judgments, lines of TOPIC 0 ARTICLE RELEVANCE",
      .detail = "As TREC has them. An article is named by its own id, or by "
                "lede's where it has none. Needed." },
    { .name = "run", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Collection", PLACE(run),
      .brief = "write the hits to FILE as a TREC run" },
    OPTION_K1,
    OPTION_B,
    OPTION_LANG("stem the topics in this language only",
                "A code such as en or zh. Default: as lede search does."),
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
    "nothing counts 0."

static const struct option no_options[] = { OPTION_HELP, OPTIONS_END };

#define EXITS_SEARCH "0\tfound\n1\tnothing found\n2\terror\n"
#define EXITS_ID "0\tdone\n1\tno such article\n2\terror\n"
#define EXITS_DONE "0\tdone\n2\terror\n"
#define EXITS_WRITE                                                         \
    "0\tdone\n"                                                             \
    "2\terror; what was committed stays\n"                                  \
    "3\tdone, but some articles failed\n"                                   \
    "130, 143\tended by ^C or SIGTERM; the batch was committed\n"

const struct command commands[] = {
    { .name = "search", .group = "Searching", .operands = "QUERY...",
      .kind = OPERAND_WORDS, .operands_max = SIZE_MAX,
      .brief = "find articles, best match first",
      .detail = SEARCH_DETAIL,
      .examples = "lede search Qwen model benchmarks\tone of the words\n"
                  "lede search '\"Qwen2.5-VL\"'\texactly so\n"
                  "lede search +benchmark -phone --sort -date\t"
                  "the newest first\n"
                  "lede search title:qwen lang:en date:2025..\t"
                  "in English, since 2025\n"
                  "lede search --paths -0 Qwen | xargs -0 wc -w\t"
                  "the files\n",
      .exits = EXITS_SEARCH, .options = search_options, .run = command_search },
    { .name = "show", .group = "Searching", .operands = "ID",
      .kind = OPERAND_IDS, .operands_min = 1, .operands_max = 1,
      .brief = "print an article as it is stored",
      .detail = "Print the article with this id, its file's path, or its own "
                "id where only one article has it.",
      .examples = "lede show news/qwen.md\tthe text\n"
                  "lede show --meta news/qwen.md\tits front matter\n",
      .exits = EXITS_ID, .options = show_options, .run = command_show },
    { .name = "info", .group = "Searching", .operands = "[INDEX]",
      .kind = OPERAND_PATHS, .operands_max = 1,
      .brief = "say what is in an index",
      .detail = "Say how many articles an index holds, in which languages and "
                "of which time, where they come from, how it was made, and "
                "how large it is.",
      .examples = "lede info\tthe index of this folder\n"
                  "lede info news.lede\tanother\n",
      .exits = EXITS_DONE, .options = info_options, .run = command_info },
    { .name = "index", .group = "Indexing", .operands = "[PATH]...",
      .kind = OPERAND_PATHS, .operands_max = SIZE_MAX,
      .brief = "bring an index up to date with files and folders",
      .detail = INDEX_DETAIL,
      .examples = "lede index articles/\ta folder\n"
                  "lede index\tagain, whatever was indexed before\n"
                  "lede index --dry-run articles/\twhat would be done\n"
                  "git ls-files -z | lede index --files-from - -0\t"
                  "the files of a list\n",
      .exits = EXITS_WRITE, .options = index_options, .run = command_index },
    { .name = "add", .group = "Indexing", .operands = "[FILE|-]",
      .kind = OPERAND_FILE, .operands_max = 1,
      .brief = "add, replace or delete articles from JSON Lines",
      .detail = ADD_DETAIL,
      .examples = "lede add batch.jsonl.gz\ta file\n"
                  "echo '{\"delete\":\"1234\"}' | lede add\t"
                  "delete an article\n",
      .exits = EXITS_WRITE, .options = add_options, .run = command_add },
    { .name = "remove", .group = "Indexing", .operands = "ID|PATH...",
      .kind = OPERAND_IDS, .operands_min = 1, .operands_max = SIZE_MAX,
      .brief = "remove articles, or all of a file or folder",
      .detail = "Remove articles from the index, by id, by their own id where "
                "only one article has it, or all of a file or folder. The "
                "files stay; what is still below an indexed folder comes back "
                "when it changes, or when the index is rebuilt, unless "
                ".ledeignore lists it.",
      .examples = "lede remove news/2019\ta folder's articles\n",
      .exits = EXITS_ID, .options = remove_options, .run = command_remove },
    { .name = "check", .group = "Indexing", .operands = "[INDEX]",
      .kind = OPERAND_PATHS, .operands_max = 1,
      .brief = "read all of an index and say what is wrong",
      .detail = "Read all of an index and print what is wrong, one problem a "
                "line. The index can be searched meanwhile; a xapian index "
                "cannot be written to.",
      .examples = "lede check && cp -r .lede backup\tcopy a sound one\n"
                  "lede check news.lede\tanother than this folder's\n",
      .exits = "0\tsound\n2\tdamaged, or error\n",
      .options = check_options, .run = command_check },
    { .name = "optimize", .group = "Indexing", .operands = "[INDEX]",
      .kind = OPERAND_PATHS, .operands_max = 1,
      .brief = "make one segment of many, for faster searching",
      .detail = OPTIMIZE_DETAIL,
      .examples = "lede optimize\tthe index of this folder\n"
                  "lede optimize --reorder news.lede\tas small as can be\n",
      .exits = EXITS_DONE
               "130, 143\tended by ^C or SIGTERM; nothing has changed\n",
      .options = optimize_options,
      .run = command_optimize },
    { .name = "convert", .group = "Indexing", .operands = "[INDEX]",
      .kind = OPERAND_PATHS, .operands_max = 1,
      .brief = "make the same index with another engine",
      .detail = CONVERT_DETAIL,
      .examples = "lede convert --engine native\t"
                  "the index of this folder\n"
                  "lede convert news.lede\tto the engine it does not have\n",
      .exits = "0\tdone\n2\terror; the index is as it was\n"
               "3\tdone, but some articles could not be read\n"
               "130, 143\tended by ^C or SIGTERM; the index is as it was\n",
      .options = convert_options, .run = command_convert },
    { .name = "analyze", .group = "Tools", .operands = "TEXT...",
      .kind = OPERAND_WORDS, .operands_min = 1, .operands_max = SIZE_MAX,
      .brief = "show the terms that a text is indexed under",
      .detail = "Show the words that a text is cut into: position, byte "
                "range, kind, and the terms they are indexed under. TEXT is "
                "standard input if it is -.",
      .examples = "lede analyze 'Qwen2.5-VL runs well'\t"
                  "names, whole and in part\n",
      .exits = EXITS_DONE, .options = analyze_options,
      .run = command_analyze },
    { .name = "eval", .group = "Tools", .operands = "",
      .kind = OPERAND_NONE,
      .brief = "measure the ranking by judged topics",
      .detail = EVAL_DETAIL,
      .examples = "lede eval --topics queries.tsv --qrels qrels.tsv\t"
                  "a test collection\n",
      .exits = EXITS_DONE, .options = eval_options, .run = command_eval },
    { .name = "help", .group = "Tools", .operands = "[COMMAND]",
      .kind = OPERAND_COMMAND, .operands_max = 1,
      .brief = "explain a command",
      .exits = EXITS_DONE, .options = no_options, .run = command_help },
    { .name = "completion", .operands = "bash|zsh|fish",
      .kind = OPERAND_COMMAND, .operands_min = 1, .operands_max = 2,
      .brief = "write a shell's completions, or a manual's OPTIONS",
      .exits = EXITS_DONE, .options = no_options, .run = command_completion },
    { .name = NULL }
};
