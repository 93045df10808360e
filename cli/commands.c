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
      .brief = "BM25: how much repeating a word counts (1.6)",              \
      .detail = "From 0, a word is there or not, upwards." }
#define OPTION_B                                                            \
    { .name = "b", .kind = OPTION_NUMBER, .argument = "X",                  \
      .group = "Ranking", PLACE(b), .min = 0, .max = PERCENT_MAX,           \
      .brief = "BM25: how much long articles count less (0.7)",             \
      .detail = "From 0, not at all, to 1." }
#define OPTION_LENGTH_POWER                                                 \
    { .name = "length-power", .kind = OPTION_NUMBER, .argument = "P",       \
      .group = "Ranking", PLACE(length_power), .min = 0,                    \
      .max = PERCENT_MAX,                                                   \
      .brief = "BM25: how fast that grows with the length (0.7)",           \
      .detail = "An article's length counts as its share of the average "   \
                "to the power of P. 1 is BM25 as others have it, with "     \
                "k1 0.9 and b 0.4 for instance." }
#define OPTION_MODEL                                                        \
    { .name = "model", .kind = OPTION_CHOICE, .argument = "MODEL",          \
      .values = "bm25 bm25+", .group = "Ranking", PLACE(model),             \
      .brief = "bm25, or bm25+, which adds 1 per word (bm25)",              \
      .detail = "Of BM25+ a word counts more than its absence however "     \
                "long the article is." }
/* All that ranks: what is added here, and in ranking.c, every command that
   ranks has. */
#define OPTIONS_RANKING                                                     \
    OPTION_MODEL,                                                           \
    OPTION_K1,                                                              \
    OPTION_B,                                                               \
    OPTION_LENGTH_POWER
#define OPTION_RUN_NAME                                                     \
    { .name = "run-name", .kind = OPTION_TEXT, .argument = "NAME",          \
      .group = "Output", PLACE(run_name),                                   \
      .brief = "the last column of a run that is written",                  \
      .detail = "Default: the command that writes it." }
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
#define OPTION_NOW                                                          \
    { .name = "now", .kind = OPTION_TEXT, .argument = "DATE",               \
      .group = "Query", PLACE(now),                                         \
      .brief = "take DATE for now, in date:yesterday",                      \
      .detail = "As 2025-02-12 or 2025-02-12T15:10:00Z. Default: the time " \
                "that it is, in the zone of the reader." }
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
    { .name = "with-run", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Results", PLACE(with_run),
      .brief = "fuse with a TREC run from elsewhere",
      .detail = "By reciprocal rank, as lede fuse does; an embedding model's, "
                "say. Of both the first 1000 count, and no more can be shown. "
                "What the run alone has need not match the query. A score is "
                "1 for the best of one of them, 2 for the best of both." },
    { .name = "topic", .kind = OPTION_TEXT, .argument = "ID",
      .group = "Results", PLACE(topic),
      .brief = "which topic this is, in TREC runs",
      .detail = "Default: the only one in --with-run; 1 where one is "
                "written." },
    { .name = "strict", .kind = OPTION_FLAG, .group = "Query",
      PLACE(strict), .brief = "refuse a query that would be repaired",
      .detail = "Otherwise what cannot be honoured is searched as words, and "
                "a note says so." },
    { .name = "explain-query", .kind = OPTION_FLAG, .group = "Query",
      PLACE(explain_query),
      .brief = "print how the query was understood, no results",
      .detail = "With --json also as a tree." },
    { .name = "query-json", .kind = OPTION_FILE, .argument = "FILE",
      .group = "Query", PLACE(query_json),
      .brief = "the query is the JSON tree in FILE, - for stdin",
      .detail = "As query.tree of --json has it, instead of words." },
    OPTION_NOW,
    OPTIONS_RANKING,
    OPTION_LANG("stem the words of the query in this language only",
                "A code such as en or zh. Default: in each language that "
                "holds at least 1 % of the articles, at most four. To find "
                "only articles in a language, put lang:en in the query."),
    OPTION_JSON,
    { .name = "trec", .kind = OPTION_FLAG, .group = "Output", PLACE(trec),
      .brief = "print the hits as a TREC run",
      .detail = "Lines of TOPIC Q0 ARTICLE RANK SCORE RUN; an article is named "
                "by its own id, or by lede's where it has none." },
    OPTION_RUN_NAME,
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
    "filter: date:2025-02, date:2025-01-15..2025-03, date:last-week. A "    \
    "query of filters alone lists what fits, newest first. No query is a "  \
    "syntax error. All of it is in docs/query-language.md."

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
    { .name = "eval", .group = "Tools", .operands = "[RUN]...",
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
      .options = eval_options, .run = command_eval },
    { .name = "fuse", .group = "Tools", .operands = "RUN...",
      .kind = OPERAND_PATHS, .operands_min = 1,
      .operands_max = LEDE_FUSE_RUNS_MAX,
      .brief = "make one TREC run of several",
      .detail = FUSE_DETAIL,
      .examples = "lede fuse lede.run vectors.run >both.run\t"
                  "words and an embedding model\n"
                  "lede fuse --weights 1,0.5 a.run b.run\t"
                  "the first counts twice as much\n",
      .exits = EXITS_DONE, .options = fuse_options, .run = command_fuse },
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
