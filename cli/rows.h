/* rows.h - rows of the tables of commands: options that several commands have,
   and exit statuses.

   An option's brief fits one line of 79 columns in `lede COMMAND -h'; its
   detail is for --help and the manual, and says what brief does not. */

#ifndef LEDE_CLI_ROWS_H
#define LEDE_CLI_ROWS_H

#include <stddef.h>

#include "cli/options.h"

#define PLACE(member) .place = offsetof(struct settings, member)
#define PERCENT_MAX 1.0
#define UNLIMITED 1e15

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
      .brief = "BM25: how much repeating a word counts (1.5)",              \
      .detail = "From 0, a word is there or not, upwards." }
#define OPTION_B                                                            \
    { .name = "b", .kind = OPTION_NUMBER, .argument = "X",                  \
      .group = "Ranking", PLACE(b), .min = 0, .max = PERCENT_MAX,           \
      .brief = "BM25: how much long articles count less (0.75)",             \
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
#define OPTION_FEEDBACK                                                     \
    { .name = "feedback", .kind = OPTION_CHOICE, .argument = "MODEL",       \
      .values = "off rm3 bo1", .group = "Ranking", PLACE(feedback),         \
      .brief = "learn words from the best articles: rm3, bo1 (off)",        \
      .detail = "The query is searched once more, with the 48 words that "  \
                "tell most of what its 15 best articles are about. That "   \
                "finds more where many articles are of one topic, and "     \
                "takes some milliseconds. A query of phrases and operators "\
                "alone finds what it did, in another order." }
#define OPTION_NEAR                                                         \
    { .name = "near", .kind = OPTION_NUMBER, .argument = "X",               \
      .group = "Ranking", PLACE(near), .min = 0, .max = 1000,               \
      .brief = "how much words near each other count (0.25)",               \
      .detail = "Of the best 100 articles, and the less the further the "   \
                "words are apart. With 0 it does not." }
#define OPTION_TITLE_SHARE                                                  \
    { .name = "title-share", .kind = OPTION_NUMBER, .argument = "X",        \
      .group = "Ranking", PLACE(title_share), .min = 0, .max = 1000,        \
      .brief = "how much it counts to be most of a title (1)",              \
      .detail = "Of the best 100 articles, each word by its share of the "  \
                "title: Sweden comes before Sweden at the Olympics. With 0 "\
                "it does not." }
#define OPTION_EXACT                                                        \
    { .name = "exact", .kind = OPTION_NUMBER, .argument = "X",              \
      .group = "Ranking", PLACE(exact), .min = 0, .max = PERCENT_MAX,       \
      .brief = "how much the form that was typed counts more (0.125)",      \
      .detail = "Besides what the word counts in all its forms. With 0 it " \
                "does not." }
#define OPTION_PARTICLES                                                    \
    { .name = "particles", .kind = OPTION_NUMBER, .argument = "X",          \
      .group = "Ranking", PLACE(particles), .min = 0.01,                    \
      .max = PERCENT_MAX,                                                   \
      .brief = "how much the particle of a Korean word counts (0.5)",       \
      .detail = "Of what the rest of the word does. With 1 it is like any " \
                "other syllable." }
#define OPTION_RECENCY                                                      \
    { .name = "recency", .kind = OPTION_TEXT, .argument = "DAYS[,FLOOR]",   \
      .group = "Ranking", PLACE(recency),                                   \
      .brief = "prefer what is new, by a half-life of DAYS",                \
      .detail = "Of the best 100 articles. A very old one, or one without " \
                "a date, keeps FLOOR of its score, from 0 to 1; one of "    \
                "DAYS ago the middle between that and all. FLOOR is 0.5 "   \
                "where it is left out. Default: off." }
#define OPTION_PRIOR                                                        \
    { .name = "prior", .kind = OPTION_TEXT, .argument = "KEY[,WEIGHT]",     \
      .group = "Ranking", PLACE(prior),                                     \
      .brief = "prefer what has a high number in its metadata",             \
      .detail = "Of the best 100 articles, WEIGHT times the logarithm of "  \
                "1 + the number under KEY; WEIGHT is 0.25 where it is left "\
                "out. Default: off." }
/* All that ranks: what is added here, and in ranking.c, every command that
   ranks has. */
#define OPTIONS_RANKING                                                     \
    OPTION_MODEL,                                                           \
    OPTION_K1,                                                              \
    OPTION_B,                                                               \
    OPTION_LENGTH_POWER,                                                    \
    OPTION_NEAR,                                                            \
    OPTION_TITLE_SHARE,                                                     \
    OPTION_EXACT,                                                           \
    OPTION_PARTICLES,                                                       \
    OPTION_RECENCY,                                                         \
    OPTION_PRIOR,                                                           \
    OPTION_FEEDBACK
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
#define OPTIONS_COLLAPSE                                                    \
    { .name = "collapse", .kind = OPTION_FLAG, .group = "Results",          \
      PLACE(collapse), .brief = "show near copies of a story as one",       \
      .detail = "The best of them, with where the others are from. The "    \
                "number found still counts articles; offset and limit "     \
                "count stories, and go to 1000 together." },                \
    { .name = "similarity", .kind = OPTION_NUMBER, .argument = "X",         \
      .group = "Results", PLACE(similarity), .min = 0.05,                   \
      .max = PERCENT_MAX,                                                   \
      .brief = "how much text near copies share, to 1 (0.5)",               \
      .detail = "Of all runs of four words in either, as is estimated." },  \
    { .name = "diversify", .kind = OPTION_NUMBER, .argument = "X",          \
      .group = "Results", PLACE(diversify), .min = 0, .max = PERCENT_MAX,   \
      .brief = "demote what is like better hits (0: not at all)",           \
      .detail = "Among the best 100, what resembles one above it, or is "   \
                "of the same source, goes down, the more the nearer X is "  \
                "to 1. Nothing is left out, and scores stay." }
#define OPTION_HELP                                                         \
    { .name = "help", .letter = 'h', .kind = OPTION_FLAG, .group = "Help",  \
      PLACE(help_long), .brief = "-h: this list; --help: everything" }
#define OPTIONS_END { .name = NULL }

#define EXITS_SEARCH "0\tfound\n1\tnothing found\n2\terror\n"
#define EXITS_ID "0\tdone\n1\tno such article\n2\terror\n"
#define EXITS_DONE "0\tdone\n2\terror\n"
#define EXITS_WRITE                                                         \
    "0\tdone\n"                                                             \
    "2\terror; what was committed stays\n"                                  \
    "3\tdone, but some articles failed\n"                                   \
    "130, 143\tended by ^C or SIGTERM; the batch was committed\n"

/* The tables, each in commands-*.c. */
extern const struct command search_row;
extern const struct command similar_row;
extern const struct command background_row;
extern const struct command suggest_row;
extern const struct command show_row;
extern const struct command info_row;
extern const struct command index_row;
extern const struct command add_row;
extern const struct command remove_row;
extern const struct command alert_row;
extern const struct command check_row;
extern const struct command optimize_row;
extern const struct command convert_row;
extern const struct command analyze_row;
extern const struct command eval_row;
extern const struct command fuse_row;
extern const struct command help_row;
extern const struct command completion_row;

#endif
